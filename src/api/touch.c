/* What programs touch: their layouts, as a host sees it. */
#include "ottl/touch.h"
#include "api/api.h"

static bool sees_records(const ottl_expr *x) {
  if (!x) return false;
  if (x->kind == OTTL_E_CALL && (ottl__functions[x->call->function].flags & (OTTL_FN_RECORD | OTTL_FN_APPENDS))) return true;
  EXPR_INSIDE(x, in) {
    if (sees_records(in.is)) return true;
  }
  return false;
}

static bool whole_records(const ottl_checked_group *group) {
  for (uint32_t i = 0; i < group->n_conditions; i++) {
    if (sees_records(group->conditions[i])) return true;
  }
  for (uint32_t i = 0; i < group->n_statements; i++) {
    if (sees_records(group->statements[i].call) || sees_records(group->statements[i].where)) return true;
  }
  return false;
}

bool ottl__program_is_narrow(const ottl_program *p) {
  if (p->kind == OTTL_KIND_ROUTE || p->flatten || p->signal == OTTL_SIGNAL_PROFILES) return false;
  for (size_t i = 0; i < p->n_groups; i++) {
    if (p->codes[i].layout.level > OTTL_L_ITEM || whole_records(&p->checked[i])) return false;
  }
  return true;
}

bool ottl_program_narrow(const ottl_program *p) { return p && p->narrow; }

/* The first place of each field, of those that depend on a metric's kind; NULL: it has none, as what lies in a cache. */
typedef struct touch_places {
  const ottl_field_place *of[OTTL_FIELD_COUNT + 1];
} touch_places;

static void places_find(touch_places *ret) {
  *ret = (touch_places){0};
  for (uint32_t i = ottl__n_places; i-- > 0;) ret->of[ottl__places[i].field] = &ottl__places[i];
}

/* *ret: a touch but for its place. */
static bool touch_is(const ottl_field_place *at, size_t *i, ottl_touch *ret, ottl_touch touch) {
  if (!at || (*i)-- > 0) return false;
  *ret = touch;
  ret->level = (ottl_block_level)ottl__fields[at->field].level;
  ret->inner = at->sub;
  ret->number = at->number;
  return true;
}

static bool touch_column(const touch_places *places, const ottl_layout *layout, const ottl_column_spec *c, size_t *i,
                         ottl_touch *ret) {
  bool key = c->source == OTTL_COL_KEY;
  return touch_is(places->of[key ? layout->maps[c->map].field : c->field], i, ret,
                  (ottl_touch){.map = key, .key = c->key, .written = c->written});
}

/* Something looks at entries that have no column, or at how many there are. */
static bool touch_map(const touch_places *places, const ottl_map_spec *m, size_t *i, ottl_touch *ret) {
  return (m->entries || m->seen || m->cut || m->prune || m->counted) &&
         touch_is(places->of[m->field], i, ret, (ottl_touch){.map = true, .written = m->written});
}

bool ottl_program_touch(const ottl_program *p, size_t i, ottl_touch *ret) {
  touch_places places;
  if (!ret || !ottl_program_narrow(p)) return false;
  places_find(&places);
  for (size_t g = 0; g < p->n_groups; g++) {
    const ottl_layout *layout = &p->codes[g].layout;
    if (p->codes[g].context == OTTL_C_OTELCOL) continue; /* it runs on the request */
    for (uint32_t c = 0; c < layout->n_columns; c++) {
      if (touch_column(&places, layout, &layout->columns[c], &i, ret)) return true;
    }
    for (uint32_t m = 0; m < layout->n_maps; m++) {
      if (touch_map(&places, &layout->maps[m], &i, ret)) return true;
    }
  }
  return false;
}
