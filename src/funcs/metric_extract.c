/* Metrics made of what histograms and summaries hold: their sums, their counts, a percentile. */
#include <math.h>

#include "base/gomath.h"
#include "base/gonum.h"
#include "funcs/record.h"

/* -- extract_sum_metric(monotonic, suffix), extract_count_metric(monotonic, suffix) -- */

static ottl_status extract_points(ottl_call *c, const rec_metric *m, bool count, ottl_sbuf *out, uint32_t *ret_n) {
  rec_walk w = rec_open(m->points);
  ottl_view body;
  while (ottl__rec_next_point(&w, &body)) {
    rec_point p;
    OTTL_TRY(ottl__rec_point(rec_arena(c), m->kind, body, &p));
    if (!count && !p.has_sum && m->kind != OTTL_MK_SUMMARY) continue;
    if (!ottl__rec_number_point(out, m->kind, &p, count ? cell_int((int64_t)p.count) : cell_double(p.sum))) return OTTL_DATA;
    ++*ret_n;
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

static ottl_status extract_field(ottl_call *c, bool count) {
  ottl_view suffix = c->arg[1].given ? cell_view(c->arg[1].literal) : count ? VIEW("_count") : VIEW("_sum");
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (!ottl__rec_row_metric(c, row, &m)) continue;
    if (m.kind == OTTL_MK_SUMMARY) m.temporality = 2; /* cumulative */
    if (m.kind < OTTL_MK_HISTOGRAM || m.temporality == 0) {
      call_fail(c, row, OTTL_ROWERR(METRIC_KIND, 0));
      continue;
    }
    ottl_sbuf *out = scratch_text(c);
    size_t at = ottl__rec_new_metric(out, m.name, suffix, m.description, count ? VIEW("1") : m.unit, OTTL_MK_SUM);
    uint32_t n = 0;
    ottl_status status = extract_points(c, &m, count, out, &n);
    ottl__rec_sum_fields(out, m.temporality, c->arg[0].literal.word != 0);
    ottl__rec_end(out, at);
    if (status != OTTL_OK)
      OTTL_TRY(fail_status(c, row, status));
    else if (n)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->appended));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_extract_sum_metric(ottl_call *c) { return extract_field(c, false); }
ottl_status ottl__fn_extract_count_metric(ottl_call *c) { return extract_field(c, true); }

/* -- extract_percentile_metric(percentile, suffix) -- */

ottl_status ottl__prep_extract_percentile_metric(ottl_prepare *p) {
  double percentile = double_of_bits(p->arg[0].literal.word);
  if (percentile <= 0 || percentile >= 100) return ottl__refuse(p, 0, "a percentile is greater than 0 and less than 100");
  return OTTL_OK;
}

typedef enum pc_result { PC_VALUE, PC_SKIP, PC_BAD } pc_result;

static pc_result linear(double low, double high, double ratio, double *ret) {
  if (ratio < 0 || ratio > 1) return PC_BAD;
  *ret = low + ratio * (high - low);
  return PC_VALUE;
}

static pc_result logarithmic(double low, double high, double ratio, double *ret) {
  if (ratio < 0 || ratio > 1 || low <= 0 || high <= 0) return PC_BAD;
  double log_low = ottl__gomath_log2(low), log_high = ottl__gomath_log2(high);
  *ret = ottl__gomath_exp2(log_low + (log_high - log_low) * ratio);
  return PC_VALUE;
}

/* Go's conversion of a float that is not negative. */
static uint64_t uint_of_double(double d) {
  return d >= 0x1p63 ? (uint64_t)gonum_int_of_double(d - 0x1p63) ^ (uint64_t)1 << 63 : (uint64_t)gonum_int_of_double(d);
}

static uint64_t target_count(const rec_point *p, double percentile) {
  return uint_of_double(ceil((double)p->count * (percentile / 100.0)));
}

static double number_at(const rec_numbers *list, uint32_t i) { return double_of_bits(list->items[i]); }

static pc_result of_histogram(const rec_point *p, double percentile, double *ret) {
  const rec_numbers *counts = &p->counts, *bounds = &p->bounds;
  if (p->count == 0 || counts->n == 0) return PC_SKIP;
  uint64_t target = target_count(p, percentile), total = 0;
  if (counts->n != bounds->n + 1) return PC_BAD;
  if (counts->n == 1) { /* one bucket without bounds: both ends must be known */
    if (!p->has_min || !p->has_max) return PC_SKIP;
    return linear(p->min, p->max, (double)target / (double)counts->items[0], ret);
  }
  for (uint32_t i = 0; i < counts->n; i++) {
    uint64_t before = total;
    total += counts->items[i];
    if (total < target) continue;
    double low, high;
    if (i == 0) {
      high = number_at(bounds, 0);
      low = 0;
      if (p->has_min && p->min < high) {
        low = p->min;
      } else if (0 > high) {
        *ret = high; /* nothing is known below it */
        return PC_VALUE;
      }
    } else {
      low = number_at(bounds, i - 1);
      if (i < bounds->n) {
        high = number_at(bounds, i);
      } else {
        *ret = low; /* the last bucket has an end only when the maximum is known */
        if (!p->has_max || p->max <= low) return PC_VALUE;
        high = p->max;
      }
    }
    return linear(low, high, (double)(target - before) / (double)counts->items[i], ret);
  }
  return PC_BAD;
}

/* Lower bound of a bucket of an exponential histogram. */
static double bucket_bound(int64_t index, int32_t scale) {
  if (scale > 0)
    return ottl__gomath_exp((double)index * ottl__gomath_ldexp(0.693147180559945309417232121458176568, -(int64_t)scale));
  int64_t shift = -(int64_t)scale;
  return ottl__gomath_ldexp(1, shift < 64 ? (int64_t)((uint64_t)index << shift) : 0);
}

static pc_result in_negative(const rec_point *p, uint32_t i, uint64_t rank, double *ret) {
  int64_t index = (int64_t)p->negative.offset + i;
  double low = bucket_bound(index, p->scale), high = bucket_bound(index + 1, p->scale);
  if (low >= high) return PC_BAD;
  double ratio = (double)rank / (double)p->negative.counts.items[i];
  pc_result result = logarithmic(low, high, 1 - ratio, ret);
  if (result == PC_VALUE) *ret = -*ret;
  return result;
}

static pc_result of_exp_histogram(const rec_point *p, double percentile, double *ret) {
  const rec_numbers *negative = &p->negative.counts, *positive = &p->positive.counts;
  if (p->count == 0 || (negative->n == 0 && positive->n == 0 && p->zero_count == 0)) return PC_SKIP;
  uint64_t target = target_count(p, percentile), total = 0;
  for (uint32_t i = negative->n; i-- > 0;) {
    uint64_t before = total;
    total += negative->items[i];
    if (total >= target) return in_negative(p, i, target - before, ret);
  }
  uint64_t zeros = total;
  total += p->zero_count;
  if (total >= target) {
    double low = negative->n == 0 && positive->n ? 0 : -p->zero_threshold;
    double high = positive->n == 0 && negative->n ? 0 : p->zero_threshold;
    return linear(low, high, (double)(target - zeros) / (double)p->zero_count, ret);
  }
  for (uint32_t i = 0; i < positive->n; i++) {
    uint64_t before = total;
    total += positive->items[i];
    if (total < target) continue;
    int64_t index = (int64_t)p->positive.offset + i;
    double ratio = (double)(target - before) / (double)positive->items[i];
    return logarithmic(bucket_bound(index, p->scale), bucket_bound(index + 1, p->scale), ratio, ret);
  }
  return PC_BAD;
}

/* *ret_error: a row error, or 0. */
static ottl_status percentile_points(ottl_call *c, const rec_metric *m, double percentile, ottl_sbuf *out, uint32_t *ret_n,
                                     uint16_t *ret_error) {
  rec_walk w = rec_open(m->points);
  ottl_view body;
  while (ottl__rec_next_point(&w, &body)) {
    rec_point p;
    double value = 0;
    OTTL_TRY(ottl__rec_point(rec_arena(c), m->kind, body, &p));
    pc_result result =
        m->kind == OTTL_MK_HISTOGRAM ? of_histogram(&p, percentile, &value) : of_exp_histogram(&p, percentile, &value);
    if (result == PC_SKIP) continue;
    if (result == PC_BAD) {
      *ret_error = OTTL_ROWERR(BAD_HISTOGRAM, 0);
      return OTTL_OK;
    }
    if (!ottl__rec_number_point(out, m->kind, &p, cell_double(value))) return OTTL_DATA;
    ++*ret_n;
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

ottl_status ottl__fn_extract_percentile_metric(ottl_call *c) {
  double percentile = double_of_bits(c->arg[0].literal.word);
  char name[OTTL_DOUBLE_TEXT_MAX + 2] = "_p", description[OTTL_DOUBLE_TEXT_MAX + 8] = " (p";
  size_t digits = ottl__gonum_format_double(name + 2, percentile, 'g');
  memcpy(description + 3, name + 2, digits);
  description[3 + digits] = ')';
  ottl_view suffix = c->arg[1].given ? cell_view(c->arg[1].literal) : (ottl_view){0};
  if (!suffix.len) suffix = view_of(name, digits + 2);
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if ((r->kind != OTTL_MK_HISTOGRAM && r->kind != OTTL_MK_EXP_HISTOGRAM) || !ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *text = &c->scratch->text2, *out = scratch_text(c);
    sbuf_clear(text);
    sbuf_view(text, m.description);
    sbuf_view(text, m.description.len ? view_of(description, digits + 4) : view_of(description + 2, digits + 1));
    if (text->failed) return OTTL_NOMEM;
    size_t at = ottl__rec_new_metric(out, m.name, suffix, sbuf_all(text), m.unit, OTTL_MK_GAUGE);
    uint32_t n = 0;
    uint16_t error = 0;
    ottl_status status = percentile_points(c, &m, percentile, out, &n, &error);
    ottl__rec_end(out, at);
    if (status != OTTL_OK)
      OTTL_TRY(fail_status(c, row, status));
    else if (error)
      call_fail(c, row, error);
    else if (n)
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->appended));
  }
  return OTTL_OK;
}
