/* aggregate_on_attributes, aggregate_on_attribute_value: points that differ in some attributes only become one. */
#include "batch/value_wire.h"
#include "funcs/metric_group.h"

static const char *const function_names[] = {"sum", "mean", "min", "max", "median", "count"};
_Static_assert(OTTL_COUNT(function_names) == MG_FUNCTIONS, "a name for each");

static mg_function function_of(ottl_view name) {
  unsigned i = 0;
  while (i < MG_FUNCTIONS && !view_is(name, function_names[i])) i++;
  return (mg_function)i;
}

ottl_status ottl__prep_aggregate(ottl_prepare *p) {
  if (function_of(cell_view(p->arg[0].literal)) != MG_FUNCTIONS) return OTTL_OK;
  return ottl__refuse(p, 0, "an unknown function: `sum`, `mean`, `min`, `max`, `median` or `count`");
}

static bool listed(ottl_cell list, ottl_view text) {
  const ottl_list *l = cell_list(list);
  for (uint32_t i = 0; l && i < l->n; i++) {
    if (view_eq(cell_view(l->items[i]), text)) return true;
  }
  return false;
}

/* What becomes of a point's attributes before the points are grouped. */
typedef struct ag_change {
  bool filter, rename;
  ottl_cell keep;   /* filter: list of the keys that stay */
  ottl_view key;    /* rename: the first attribute of that key gets ... */
  ottl_cell values; /* ... when it is one of these, ... */
  ottl_view value;  /* ... this value */
} ag_change;

/* The point's body after the change, in `out`. */
static bool change_point(const ag_change *change, uint32_t number, ottl_view body, ottl_sbuf *out) {
  rec_walk w = rec_open(body);
  rec_field f;
  bool renamed = !change->rename;
  while (ottl__rec_next(&w, &f)) {
    ottl_view key;
    ottl_cell value;
    if (f.number != number) {
      rec_put_raw(out, &f);
      continue;
    }
    if (f.type != WR_LEN || !ottl__wire_entry(f.bytes, &key, &value)) return false;
    if (change->filter && !listed(change->keep, key)) continue;
    if (renamed || !view_eq(key, change->key)) {
      rec_put_raw(out, &f);
      continue;
    }
    renamed = true;
    ottl_view text = value.tag == OTTL_T_STRING ? cell_view(value) : (ottl_view){0};
    if (!listed(change->values, text)) {
      rec_put_raw(out, &f);
      continue;
    }
    size_t entry = ottl__rec_begin(out, number);
    rec_put_text(out, 1, key);
    size_t any = ottl__rec_begin(out, 2);
    rec_put_bytes(out, 1, change->value);
    ottl__rec_end(out, any);
    ottl__rec_end(out, entry);
  }
  return !w.bad;
}

static ottl_status gather(mg_groups *g, const ag_change *change, const rec_metric *m, ottl_sbuf *text) {
  rec_walk w = rec_open(m->points);
  uint32_t number = ottl__rec_attributes(m->kind);
  ottl_view body;
  while (ottl__rec_next_point(&w, &body)) {
    if (change->filter || change->rename) {
      text->len = 0;
      if (!change_point(change, number, body, text)) return OTTL_DATA;
      if (text->failed) return OTTL_NOMEM;
      body = arena_copy(g->arena, text->data, text->len);
      if (!body.data) return OTTL_NOMEM;
    }
    OTTL_TRY(ottl__mg_add(g, body));
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

/* The whole metric: only what the reference copies, so no metadata. */
static ottl_status aggregate(ottl_call *c, const rec_metric *m, const ag_change *change, ottl_sbuf *out) {
  if (m->kind == OTTL_MK_NONE) {
    rec_put_text(out, 1, m->name);
    rec_put_text(out, 2, m->description);
    rec_put_text(out, 3, m->unit);
    return OTTL_OK;
  }
  mg_groups g = {.arena = rec_arena(c), .kind = m->kind, .how = function_of(cell_view(c->arg[0].literal))};
  g.delta = m->temporality == 1;
  if (m->kind != OTTL_MK_SUMMARY) { /* points of summaries are lost */
    OTTL_TRY(gather(&g, change, m, scratch_text(c)));
    OTTL_TRY(ottl__mg_group(&g, c->scratch));
  }
  out->len = 0;
  size_t at = ottl__rec_new_metric(out, m->name, (ottl_view){0}, m->description, m->unit, m->kind);
  for (uint32_t i = 0; i < g.n_groups; i++) OTTL_TRY(ottl__mg_merge(&g, &g.groups[i], out));
  if (m->kind >= OTTL_MK_SUM && m->kind <= OTTL_MK_EXP_HISTOGRAM) ottl__rec_sum_fields(out, m->temporality, m->monotonic);
  ottl__rec_end(out, at);
  return OTTL_OK;
}

static ottl_status aggregate_rows(ottl_call *c, const ag_change *change) {
  SEL_EACH(c->sel, c->n, row) {
    rec_metric m;
    if (!ottl__rec_row_metric(c, row, &m)) continue;
    if (m.kind == OTTL_MK_SUMMARY && !change->rename) {
      call_fail(c, row, OTTL_ROWERR(METRIC_KIND, 0));
      continue;
    }
    ottl_sbuf *out = scratch_text(c);
    sbuf_clear(&c->scratch->text2);
    ottl_status status = aggregate(c, &m, change, out);
    if (status == OTTL_OK)
      OTTL_TRY(ottl__rec_keep(c, row, out, &c->record[row].edited));
    else if (status == OTTL_RUNTIME)
      call_fail(c, row, OTTL_ROWERR(BAD_HISTOGRAM, 0));
    else
      OTTL_TRY(fail_status(c, row, status));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_aggregate_on_attributes(ottl_call *c) {
  ag_change change = {.filter = c->arg[1].given, .keep = c->arg[1].literal};
  return aggregate_rows(c, &change);
}

ottl_status ottl__fn_aggregate_on_attribute_value(ottl_call *c) {
  ag_change change = {
      .rename = true, .key = cell_view(c->arg[1].literal), .values = c->arg[2].literal, .value = cell_view(c->arg[3].literal)};
  return aggregate_rows(c, &change);
}
