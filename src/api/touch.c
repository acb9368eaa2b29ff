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

bool ottl_program_narrow(const ottl_program *p) {
  if (!p || p->kind == OTTL_KIND_ROUTE || p->flatten || p->signal == OTTL_SIGNAL_PROFILES) return false;
  for (size_t i = 0; i < p->n_groups; i++) {
    if (p->codes[i].layout.level > OTTL_L_ITEM || whole_records(&p->checked[i])) return false;
  }
  return true;
}

/* The place of a field; the first of those that depend on a metric's kind. */
static bool touch_field(uint32_t field, ottl_touch *ret) {
  for (uint32_t i = 0; i < ottl__n_places; i++) {
    const ottl_field_place *at = &ottl__places[i];
    if (at->field != field) continue;
    ret->level = (ottl_block_level)ottl__fields[field].level;
    ret->inner = at->sub;
    ret->number = at->number;
    return true;
  }
  return false;
}

static bool touch_column(const ottl_layout *layout, const ottl_column_spec *c, ottl_touch *ret) {
  *ret = (ottl_touch){.map = c->source == OTTL_COL_KEY, .key = c->key, .written = c->written};
  return touch_field(ret->map ? layout->maps[c->map].field : c->field, ret); /* not: of a cache */
}

/* Something looks at entries that have no column, or at how many there are. */
static bool touch_map(const ottl_map_spec *m, ottl_touch *ret) {
  *ret = (ottl_touch){.map = true, .written = m->written};
  return (m->entries || m->seen || m->cut || m->prune || m->counted) && touch_field(m->field, ret);
}

bool ottl_program_touch(const ottl_program *p, size_t i, ottl_touch *ret) {
  if (!ret || !ottl_program_narrow(p)) return false;
  for (size_t g = 0; g < p->n_groups; g++) {
    const ottl_layout *layout = &p->codes[g].layout;
    if (p->codes[g].context == OTTL_C_OTELCOL) continue; /* it runs on the request */
    for (uint32_t c = 0; c < layout->n_columns; c++) {
      if (touch_column(layout, &layout->columns[c], ret) && i-- == 0) return true;
    }
    for (uint32_t m = 0; m < layout->n_maps; m++) {
      if (touch_map(&layout->maps[m], ret) && i-- == 0) return true;
    }
  }
  return false;
}
