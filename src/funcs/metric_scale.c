/* scale_metric(multiplier, unit): the values of a metric times a number. */
#include "base/gonum.h"
#include "funcs/record.h"

static double times(uint64_t bits, double by) { return double_of_bits(bits) * by; }
static uint64_t int_times(uint64_t word, double by) { return (uint64_t)gonum_int_of_double((double)(int64_t)word * by); }

/* A message with a number as a oneof: a point or an exemplar. The last member counts; the others go, as pdata has it. */
static bool scale_number(ottl_sbuf *out, ottl_view body, uint32_t as_double, double by) {
  rec_walk w = rec_open(body);
  rec_field f, value = {0};
  while (ottl__rec_next(&w, &f)) {
    if (f.number != as_double && f.number != 6) {
      rec_put_raw(out, &f);
      continue;
    }
    if (f.type != WR_64) return false;
    value = f;
  }
  if (value.number == 6)
    rec_put_word(out, 6, int_times(value.word, by));
  else if (value.number)
    rec_put_word(out, as_double, bits_of_double(times(value.word, by)));
  return !w.bad;
}

static bool scale_inside(ottl_sbuf *out, const rec_field *f, uint32_t as_double, double by) {
  if (f->type != WR_LEN) return false;
  size_t at = ottl__rec_begin(out, f->number);
  bool good = scale_number(out, f->bytes, as_double, by);
  ottl__rec_end(out, at);
  return good;
}

static ottl_status scale_histogram(ottl_call *c, ottl_sbuf *out, ottl_view body, double by) {
  rec_point p;
  OTTL_TRY(ottl__rec_point(rec_arena(c), OTTL_MK_HISTOGRAM, body, &p));
  rec_walk w = rec_open(body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    switch (f.number) {
    case 5:
    case 11:
    case 12: rec_put_word(out, f.number, bits_of_double(times(f.word, by))); break;
    case 7: break;
    case 8:
      if (!scale_inside(out, &f, 3, by)) return OTTL_DATA;
      break;
    default: rec_put_raw(out, &f); break;
    }
  }
  for (uint32_t i = 0; i < p.bounds.n; i++) p.bounds.items[i] = bits_of_double(times(p.bounds.items[i], by));
  ottl__rec_put_packed(out, 7, p.bounds.items, p.bounds.n);
  return OTTL_OK;
}

static void put_nonzero(ottl_sbuf *out, uint32_t number, double v) {
  if (v != 0) rec_put_word(out, number, bits_of_double(v)); /* -0 is left out too, as pdata does */
}

static bool scale_quantile(ottl_sbuf *out, ottl_view body, double by) {
  rec_walk w = rec_open(body);
  rec_field f;
  uint64_t value = 0;
  while (ottl__rec_next(&w, &f)) {
    if (f.number != 2) {
      rec_put_raw(out, &f);
      continue;
    }
    if (f.type != WR_64) return false;
    value = f.word;
  }
  put_nonzero(out, 2, times(value, by));
  return !w.bad;
}

static ottl_status scale_summary(ottl_sbuf *out, ottl_view body, double by) {
  rec_walk w = rec_open(body);
  rec_field f;
  uint64_t sum = 0;
  while (ottl__rec_next(&w, &f)) {
    if (f.number == 5) {
      if (f.type != WR_64) return OTTL_DATA;
      sum = f.word;
    } else if (f.number == 6) {
      if (f.type != WR_LEN) return OTTL_DATA;
      size_t at = ottl__rec_begin(out, 6);
      if (!scale_quantile(out, f.bytes, by)) return OTTL_DATA;
      ottl__rec_end(out, at);
    } else {
      rec_put_raw(out, &f);
    }
  }
  put_nonzero(out, 5, times(sum, by));
  return w.bad ? OTTL_DATA : OTTL_OK;
}

static ottl_status scale_points(ottl_call *c, ottl_sbuf *out, const rec_metric *m, double by) {
  rec_walk w = rec_open(m->points);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number != 1) {
      rec_put_raw(out, &f);
      continue;
    }
    size_t at = ottl__rec_begin(out, 1);
    if (m->kind == OTTL_MK_HISTOGRAM) {
      OTTL_TRY(scale_histogram(c, out, f.bytes, by));
    } else if (m->kind == OTTL_MK_SUMMARY) {
      OTTL_TRY(scale_summary(out, f.bytes, by));
    } else if (!scale_number(out, f.bytes, 4, by)) {
      return OTTL_DATA;
    }
    ottl__rec_end(out, at);
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

ottl_status ottl__fn_scale_metric(ottl_call *c) {
  double by = double_of_bits(c->arg[0].literal.word);
  const ottl_reg *unit = c->arg[1].reg;
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (r->kind == OTTL_MK_NONE || r->kind == OTTL_MK_EXP_HISTOGRAM) {
      call_fail(c, row, OTTL_ROWERR(METRIC_KIND, 0));
      continue;
    }
    if (!ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *out = scratch_text(c);
    bool good = ottl__rec_put_others(out, r->body, OTTL_REC_CONTAINERS | (unit ? 1u << 3 : 0));
    if (unit) rec_put_text(out, 3, reg_view(unit, row));
    size_t at = ottl__rec_begin(out, ottl__metric_container(m.kind));
    ottl_status status = good ? scale_points(c, out, &m, by) : OTTL_DATA;
    ottl__rec_end(out, at);
    if (status == OTTL_OK)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->edited));
    else
      OTTL_TRY(fail_status(c, row, status));
  }
  return OTTL_OK;
}
