/* Where the rows of a finished payload came from: rows keep the offset that they were framed at, whatever becomes of them. */
#include "otlp/impl.h"

uint32_t ottl__ot_origin(const ottl_batch *b, ottl_level level, uint32_t row) {
  if (level == OTTL_L_ITEM && !ottl__batch_came(b, row)) return UINT32_MAX;
  return b->rows[level].start[row];
}

ottl_status ottl__batch_origins(ottl_batch *b, ottl_level level, const uint32_t **ret, uint32_t *ret_n) {
  const ottl_rows *r = &b->rows[level];
  uint32_t *origins = arena_array(&b->arena, (size_t)r->n + 1, sizeof *origins), n = 0;
  if (!origins) return OTTL_NOMEM;
  if (ot_of(b)->flat) {
    n = ottl__ot_regroup_origins(b, level, origins);
  } else {
    for (uint32_t i = 0; i < r->n; i++) {
      if (!(r->state[i] & OTTL_ROW_DROPPED)) origins[n++] = ottl__ot_origin(b, level, i);
    }
  }
  *ret = origins;
  *ret_n = n;
  return OTTL_OK;
}
