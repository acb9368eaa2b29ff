/* The tables of schema.def. */
#include "batch/schema.h"

const ottl_field_info ottl__fields[OTTL_FIELD_COUNT] = {
#define FIELD(id, level, wire) {#id, OTTL_L_##level, OTTL_W_##wire},
#define AT(id, message, sub, number)
#include "batch/schema.def"
#undef FIELD
#undef AT
};

const ottl_field_place ottl__places[] = {
#define FIELD(id, level, wire)
#define AT(id, message, sub, number) {OTTL_FIELD_##id, OTTL_M_##message, sub, number},
#include "batch/schema.def"
#undef FIELD
#undef AT
};
const uint32_t ottl__n_places = OTTL_COUNT(ottl__places);

static const uint8_t containers[] = {0, 5, 7, 9, 10, 11};
_Static_assert(OTTL_COUNT(containers) == OTTL_MK_SUMMARY + 1, "one container for each kind");

uint8_t ottl__metric_container(ottl_metric_kind kind) { return containers[kind]; }

ottl_metric_kind ottl__metric_kind_of(uint32_t container) {
  for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
    if (containers[k] == container) return (ottl_metric_kind)k;
  }
  return OTTL_MK_NONE;
}

ottl_message ottl__point_message(ottl_metric_kind kind) {
  switch (kind) {
  case OTTL_MK_HISTOGRAM: return OTTL_M_HISTOGRAM_POINT;
  case OTTL_MK_EXP_HISTOGRAM: return OTTL_M_EXP_POINT;
  case OTTL_MK_SUMMARY: return OTTL_M_SUMMARY_POINT;
  default: return OTTL_M_NUMBER_POINT;
  }
}
