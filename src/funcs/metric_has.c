/* HasAttrKeyOnDatapoint(key), HasAttrOnDatapoint(key, expected_val): the first data point that has the key decides. */
#include "batch/value_wire.h"
#include "funcs/record.h"

/* The first attribute of that key: 1 there, 0 not, -1 malformed. */
static int find_attribute(ottl_view point, uint32_t number, ottl_view key, ottl_cell *ret) {
  rec_walk w = rec_open(point);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    ottl_view name;
    if (f.number != number) continue;
    if (f.type != WR_LEN || !ottl__wire_entry(f.bytes, &name, ret)) return -1;
    if (view_eq(name, key)) return 1;
  }
  return w.bad ? -1 : 0;
}

ottl_status ottl__fn_has_attr_on_datapoint(ottl_call *c) {
  ottl_view key = cell_view(c->arg[0].literal);
  SEL_EACH(c->sel, c->n, row) {
    rec_metric m;
    if (!ottl__rec_row_metric(c, row, &m)) continue;
    if (m.kind == OTTL_MK_NONE) {
      call_fail(c, row, OTTL_ROWERR(METRIC_KIND, 0));
      continue;
    }
    uint32_t number = ottl__rec_attributes(m.kind);
    rec_walk w = rec_open(m.points);
    ottl_view body;
    ottl_cell value = cell_nil();
    int found = 0;
    while (found == 0 && ottl__rec_next_point(&w, &body)) found = find_attribute(body, number, key, &value);
    bool yes = found > 0;
    if (yes && c->n_args > 1) { /* what is no string counts as "" */
      ottl_view text = value.tag == OTTL_T_STRING ? cell_view(value) : (ottl_view){0};
      yes = view_eq(text, cell_view(c->arg[1].literal));
    }
    if (found < 0)
      call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
    else
      out_bool(c, row, yes);
  }
  return OTTL_OK;
}
