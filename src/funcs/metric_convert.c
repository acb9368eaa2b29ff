/* Metrics of one kind made into another, copies, and what summaries hold as metrics of their own. */
#include "batch/value_wire.h"
#include "funcs/record.h"

static bool points_only(ottl_sbuf *out, ottl_view container) { return ottl__rec_put_as(out, container, 1, 1); }

/* -- convert_sum_to_gauge(), convert_gauge_to_sum(string_agg_temp, monotonic) -- */

static ottl_status change_kind(ottl_call *c, ottl_metric_kind from, ottl_metric_kind to) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (r->kind != from || !ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *out = scratch_text(c);
    bool good = ottl__rec_put_others(out, r->body, OTTL_REC_CONTAINERS);
    size_t at = ottl__rec_begin(out, ottl__metric_container(to));
    good &= points_only(out, m.points);
    if (to == OTTL_MK_SUM) ottl__rec_sum_fields(out, rec_temporality(&c->arg[0]), c->arg[1].literal.word != 0);
    ottl__rec_end(out, at);
    if (good)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->edited));
    else
      call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_convert_sum_to_gauge(ottl_call *c) { return change_kind(c, OTTL_MK_SUM, OTTL_MK_GAUGE); }
ottl_status ottl__fn_convert_gauge_to_sum(ottl_call *c) { return change_kind(c, OTTL_MK_GAUGE, OTTL_MK_SUM); }
ottl_status ottl__prep_convert_gauge_to_sum(ottl_prepare *p) { return ottl__rec_check_temporality(p, 0); }

/* -- copy_metric(name, description, unit): fields 1, 2, 3 -- */

/* The copy is there before its names are known: one that fails leaves what came before it. */
ottl_status ottl__fn_copy_metric(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    ottl_sbuf *out = scratch_text(c);
    uint32_t named = 0;
    bool good = true;
    for (uint32_t i = 0; i < 3; i++) {
      const ottl_reg *reg = c->arg[i].reg;
      if (!reg) continue;
      if (arg_failed(c, reg, row)) break;
      rec_put_text(out, i + 1, reg_view(reg, row));
      named |= 2u << i;
    }
    good = ottl__rec_put_others(out, r->body, named);
    if (good)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->appended));
    else
      call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
  }
  return OTTL_OK;
}

/* -- convert_summary_*: on the metric of the data point, once for each data point -- */

static ottl_status summary_to_sum(ottl_call *c, bool count) {
  bool monotonic = c->arg[1].literal.word != 0;
  ottl_view suffix = c->arg[2].given ? cell_view(c->arg[2].literal) : count ? VIEW("_count") : VIEW("_sum");
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (r->kind != OTTL_MK_SUMMARY || !ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *out = scratch_text(c);
    size_t at = ottl__rec_new_metric(out, m.name, suffix, m.description, m.unit, OTTL_MK_SUM);
    rec_walk w = rec_open(m.points);
    ottl_view body;
    ottl_status status = OTTL_OK;
    while (status == OTTL_OK && ottl__rec_next_point(&w, &body)) {
      rec_point p;
      status = ottl__rec_point(rec_arena(c), m.kind, body, &p);
      ottl_cell value = count ? cell_int((int64_t)p.count) : cell_double(p.sum);
      if (status == OTTL_OK && !ottl__rec_number_point(out, m.kind, &p, value)) status = OTTL_DATA;
    }
    ottl__rec_sum_fields(out, rec_temporality(&c->arg[0]), monotonic);
    ottl__rec_end(out, at);
    if (status == OTTL_OK)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->appended));
    else
      OTTL_TRY(fail_status(c, row, status));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_convert_summary_count_val_to_sum(ottl_call *c) { return summary_to_sum(c, true); }
ottl_status ottl__fn_convert_summary_sum_val_to_sum(ottl_call *c) { return summary_to_sum(c, false); }

/* Attributes of a summary's point, and the quantile under `key`: over the first entry of that key, or as a new one. */
static bool quantile_attributes(ottl_sbuf *out, ottl_view point, ottl_view key, uint64_t quantile) {
  rec_walk w = rec_open(point);
  rec_field f;
  bool done = false;
  while (ottl__rec_next(&w, &f)) {
    ottl_view name;
    ottl_cell value;
    if (f.number != 7 || f.type != WR_LEN) continue;
    if (!ottl__wire_entry(f.bytes, &name, &value)) return false;
    if (done || !view_eq(name, key)) {
      rec_put_bytes(out, 7, f.bytes);
      continue;
    }
    done = true;
    size_t entry = ottl__rec_begin(out, 7);
    rec_put_text(out, 1, name);
    size_t any = ottl__rec_begin(out, 2);
    rec_put_word(out, 4, quantile);
    ottl__rec_end(out, any);
    ottl__rec_end(out, entry);
  }
  if (!done) {
    size_t entry = ottl__rec_begin(out, 7);
    rec_put_text(out, 1, key);
    size_t any = ottl__rec_begin(out, 2);
    rec_put_word(out, 4, quantile);
    ottl__rec_end(out, any);
    ottl__rec_end(out, entry);
  }
  return !w.bad;
}

/* One gauge point for each quantile of a summary's point. */
static ottl_status quantile_points(ottl_sbuf *out, const rec_point *p, ottl_view key) {
  rec_walk w = rec_open(p->body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number != 6) continue;
    if (f.type != WR_LEN) return OTTL_DATA;
    uint64_t quantile = 0, value = 0;
    rec_walk parts = rec_open(f.bytes);
    rec_field part;
    while (ottl__rec_next(&parts, &part)) {
      if (part.number > 2) continue;
      if (part.type != WR_64) return OTTL_DATA;
      *(part.number == 1 ? &quantile : &value) = part.word;
    }
    if (parts.bad) return OTTL_DATA;
    size_t at = ottl__rec_begin(out, 1);
    if (!quantile_attributes(out, p->body, key, quantile)) return OTTL_DATA;
    rec_put_fix64(out, 2, p->start);
    rec_put_fix64(out, 3, p->time);
    rec_put_word(out, 4, value);
    ottl__rec_end(out, at);
    if (out->len > INT32_MAX) return OTTL_LIMIT;
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

/* -- convert_summary_quantile_val_to_gauge(attribute_key, suffix): on the metric -- */

ottl_status ottl__fn_convert_summary_quantile_val_to_gauge(ottl_call *c) {
  ottl_view key = c->arg[0].given ? cell_view(c->arg[0].literal) : VIEW("quantile");
  ottl_view suffix = c->arg[1].given ? cell_view(c->arg[1].literal) : VIEW(".quantiles");
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (r->kind != OTTL_MK_SUMMARY || !ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *out = scratch_text(c);
    size_t at = ottl__rec_new_metric(out, m.name, suffix, m.description, m.unit, OTTL_MK_GAUGE);
    rec_walk w = rec_open(m.points);
    ottl_view body;
    ottl_status status = OTTL_OK;
    while (status == OTTL_OK && ottl__rec_next_point(&w, &body)) {
      rec_point p;
      status = ottl__rec_point(rec_arena(c), m.kind, body, &p);
      if (status == OTTL_OK) status = quantile_points(out, &p, key);
    }
    ottl__rec_end(out, at);
    if (status == OTTL_OK)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->appended));
    else if (status == OTTL_LIMIT)
      call_fail(c, row, OTTL_ROWERR(TOO_LARGE, 0));
    else
      OTTL_TRY(fail_status(c, row, status));
  }
  return OTTL_OK;
}
