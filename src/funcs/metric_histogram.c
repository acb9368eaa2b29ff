/* Histograms rebuilt: exponential ones with explicit bounds, and buckets merged. */
#include <math.h>

#include "base/gomath.h"
#include "base/random.h"
#include "funcs/record.h"

/* -- convert_exponential_histogram_to_histogram(distribution_fn, explicit_bounds) -- */

typedef enum hs_distribution { HS_UPPER, HS_MIDPOINT, HS_RANDOM, HS_UNIFORM } hs_distribution;

typedef struct hs_prep {
  hs_distribution how;
  uint32_t n; /* as many counts as bounds */
  double bounds[];
} hs_prep;

ottl_status ottl__prep_convert_exponential_histogram(ottl_prepare *p) {
  static const char *const names[] = {"upper", "midpoint", "random", "uniform"};
  ottl_view name = cell_view(p->arg[0].literal);
  unsigned how = name.len ? 0 : HS_RANDOM;
  if (name.len) {
    while (how < OTTL_COUNT(names) && !view_is(name, names[how])) how++;
    if (how == OTTL_COUNT(names))
      return ottl__refuse(p, 0, "an unknown distribution: `upper`, `midpoint`, `random` or `uniform`");
  }
  const ottl_list *list = cell_list(p->arg[1].literal);
  if (!list || list->n == 0) return ottl__refuse(p, 1, "there must be at least one bound");
  hs_prep *prep = arena_alloc(p->arena, sizeof *prep + list->n * sizeof prep->bounds[0]);
  if (!prep) return OTTL_NOMEM;
  prep->how = (hs_distribution)how;
  prep->n = list->n;
  for (uint32_t i = 0; i < list->n; i++) prep->bounds[i] = double_of_bits(list->items[i].word);
  p->prep = prep;
  return OTTL_OK;
}

/* A bucket of the exponential histogram, to be given to the new ones. */
typedef struct hs_bucket {
  uint64_t count;
  double low, high;
} hs_bucket;

/* The first of the bounds that is not below x; n when all are. */
static uint32_t bound_from(const hs_prep *h, uint32_t i, double x) {
  while (i < h->n && !(x <= h->bounds[i])) i++;
  return i;
}

static void give_upper(const hs_prep *h, const hs_bucket *b, uint64_t *counts) {
  uint32_t i = bound_from(h, 0, b->high);
  counts[i < h->n ? i : h->n - 1] += b->count;
}

static void give_midpoint(const hs_prep *h, const hs_bucket *b, uint64_t *counts) {
  uint32_t i = bound_from(h, 0, (b->high + b->low) / 2);
  counts[i < h->n ? i - (i > 0) : h->n - 1] += b->count;
}

static bool give_uniform(const hs_prep *h, const hs_bucket *b, uint64_t *counts) {
  uint32_t start = bound_from(h, 0, b->low), end = bound_from(h, start, b->high);
  if (end > h->n - 1) end = h->n - 1;
  if (start == h->n) return false; /* the reference panics: a bound that is no number */
  if (end <= start) {
    counts[start] += b->count;
    return true;
  }
  uint64_t parts = end - start + 1, each = b->count / parts, rest = b->count % parts;
  for (uint32_t i = start; i <= end; i++) counts[i] += each + (i - start < rest);
  return true;
}

/* DIFF: each part gets up to its share of the width; what is left is spread evenly, and the last few at
 * random: the reference throws every single count that is left, which takes for ever when there are many. */
static void give_random(const hs_prep *h, const hs_bucket *b, uint64_t *counts, uint64_t *state) {
  uint32_t start = 0;
  while (start < h->n && h->bounds[start] < b->low) start++;
  uint32_t end = start;
  while (end < h->n && h->bounds[end] < b->high) end++;
  if (end > h->n - 1) end = h->n - 1;
  if (start > h->n - 1) start = h->n - 1;
  if (end <= start) {
    counts[start] += b->count;
    return;
  }
  uint64_t left = b->count;
  for (uint32_t i = start; i <= end; i++) {
    double low = i == 0 ? b->low : h->bounds[i - 1], high = h->bounds[i];
    double width = fmin(high, b->high) - fmax(low, b->low), share = (double)b->count * (width / (b->high - b->low));
    share *= (double)(ottl__random_next(state) >> 11) * 0x1p-53;
    uint64_t given = share > 0 && share < 0x1p63 ? (uint64_t)share : 0;
    if (given > left) given = left;
    counts[i] += given;
    left -= given;
  }
  uint64_t parts = end - start + 1;
  for (uint32_t i = start; i <= end; i++) counts[i] += left / parts;
  for (uint64_t k = left % parts; k > 0; k--) counts[start + ottl__random_next(state) % parts]++;
}

static bool give(const hs_prep *h, const hs_bucket *b, uint64_t *counts, uint64_t *state) {
  if (b->low > h->bounds[h->n - 1]) {
    counts[h->n - 1] += b->count;
    return true;
  }
  for (uint32_t i = 1; i < h->n; i++) {
    if (b->low > h->bounds[i - 1] && b->high <= h->bounds[i]) {
      counts[i - 1] += b->count;
      return true;
    }
  }
  switch (h->how) {
  case HS_UPPER: give_upper(h, b, counts); return true;
  case HS_MIDPOINT: give_midpoint(h, b, counts); return true;
  case HS_UNIFORM: return give_uniform(h, b, counts);
  default: give_random(h, b, counts, state); return true;
  }
}

static bool count_buckets(const hs_prep *h, const rec_point *p, uint64_t *counts) {
  double factor = ottl__gomath_ldexp(0.693147180559945309417232121458176568, -(int64_t)p->scale);
  uint64_t state = p->time ^ p->count << 32; /* the same point gives the same counts */
  memset(counts, 0, h->n * sizeof *counts);
  if (p->zero_count && h->bounds[0] == 0) counts[0] += p->zero_count;
  for (uint32_t i = 0; i < p->positive.counts.n; i++) {
    uint32_t index = (uint32_t)p->positive.offset + i; /* wraps */
    hs_bucket b = {p->positive.counts.items[i], ottl__gomath_exp((double)(int32_t)index * factor),
                   ottl__gomath_exp((double)(int32_t)(index + 1) * factor)};
    if (!give(h, &b, counts, &state)) return false;
  }
  return true;
}

static ottl_status convert_point(ottl_call *c, const hs_prep *h, ottl_view body, ottl_sbuf *out, bool *ret_panic) {
  rec_point p;
  OTTL_TRY(ottl__rec_point(rec_arena(c), OTTL_MK_EXP_HISTOGRAM, body, &p));
  uint64_t *counts = arena_array(&c->scratch->arena, h->n, sizeof *counts),
           *bounds = arena_array(&c->scratch->arena, h->n, sizeof *bounds);
  if (!counts || !bounds) return OTTL_NOMEM;
  for (uint32_t i = 0; i < h->n; i++) bounds[i] = bits_of_double(h->bounds[i]);
  if (!count_buckets(h, &p, counts)) *ret_panic = true;
  size_t at = ottl__rec_begin(out, 1);
  bool good = ottl__rec_put_as(out, body, 1, 9);
  rec_put_fix64(out, 2, p.start);
  rec_put_fix64(out, 3, p.time);
  rec_put_fix64(out, 4, p.count);
  rec_put_word(out, 5, bits_of_double(p.sum));
  ottl__rec_put_packed(out, 6, counts, h->n);
  ottl__rec_put_packed(out, 7, bounds, h->n);
  good &= ottl__rec_put_as(out, body, 11, 8);
  rec_put_word(out, 11, bits_of_double(p.min));
  rec_put_word(out, 12, bits_of_double(p.max));
  ottl__rec_end(out, at);
  return good ? OTTL_OK : OTTL_DATA;
}

ottl_status ottl__fn_convert_exponential_histogram(ottl_call *c) {
  const hs_prep *h = c->prep;
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    rec_metric m;
    if (r->kind != OTTL_MK_EXP_HISTOGRAM || !ottl__rec_row_metric(c, row, &m)) continue;
    ottl_sbuf *out = scratch_text(c);
    size_t at = ottl__rec_new_metric(out, m.name, (ottl_view){0}, m.description, m.unit, OTTL_MK_HISTOGRAM);
    rec_walk w = rec_open(m.points);
    ottl_view body;
    ottl_status status = OTTL_OK;
    bool panic = false;
    while (status == OTTL_OK && ottl__rec_next_point(&w, &body)) status = convert_point(c, h, body, out, &panic);
    rec_put_int(out, 2, (uint64_t)(int64_t)m.temporality);
    ottl__rec_end(out, at);
    if (status != OTTL_OK)
      OTTL_TRY(fail_status(c, row, status));
    else if (panic)
      call_fail(c, row, OTTL_ROWERR(BAD_HISTOGRAM, 0));
    else
      OTTL_TRY(ottl__rec_keep(c, row, out, &r->edited));
  }
  return OTTL_OK;
}

/* -- merge_histogram_buckets(target_value, method): on the data point -- */

static bool is_limit(const ottl_arg *method) { return method->given && view_is(cell_view(method->literal), "limit_buckets"); }

static bool good_limit(double v) { return v >= 1 && trunc(v) == v && v <= 0x1p63; }

ottl_status ottl__prep_merge_histogram_buckets(ottl_prepare *p) {
  const ottl_arg *target = &p->arg[0], *method = &p->arg[1];
  if (method->given && !is_limit(method) && !view_is(cell_view(method->literal), "remove_explicit_bound"))
    return ottl__refuse(p, 1, "an unknown method: `remove_explicit_bound` or `limit_buckets`");
  if (!target->is_literal) return OTTL_OK;
  if (cell_is_nil(target->literal)) return ottl__refuse(p, 0, "the target value must not be nil");
  if (is_limit(method) && !good_limit(double_of_bits(target->literal.word)))
    return ottl__refuse(p, 0, "a limit of buckets is a positive integer");
  return OTTL_OK;
}

/* False: nothing to do. */
static bool remove_bound(rec_point *p, double bound) {
  uint32_t i = 0;
  while (i < p->bounds.n && !(fabs(double_of_bits(p->bounds.items[i]) - bound) < 1e-12)) i++;
  if (i == p->bounds.n) return false;
  p->counts.items[i + 1] += p->counts.items[i];
  memmove(&p->bounds.items[i], &p->bounds.items[i + 1], (p->bounds.n - i - 1) * sizeof *p->bounds.items);
  memmove(&p->counts.items[i], &p->counts.items[i + 1], (p->counts.n - i - 1) * sizeof *p->counts.items);
  p->bounds.n--;
  p->counts.n--;
  return true;
}

static bool limit_buckets(rec_point *p, double limit) {
  const uint32_t n = p->counts.n;
  if ((double)n <= limit) return false;
  for (uint32_t i = 1; i < p->bounds.n; i++) {
    if (!(double_of_bits(p->bounds.items[i]) > double_of_bits(p->bounds.items[i - 1]))) return false;
  }
  uint32_t step = (n - 1) / (uint32_t)limit + 1, counts = 0, bounds = 0;
  for (uint32_t i = 0; i < n; i += step) {
    uint64_t sum = 0;
    for (uint32_t k = i; k < n && k - i < step; k++) sum += p->counts.items[k];
    p->counts.items[counts++] = sum;
  }
  for (uint32_t i = step - 1; i < p->bounds.n; i += step) p->bounds.items[bounds++] = p->bounds.items[i];
  p->counts.n = counts;
  p->bounds.n = bounds;
  return true;
}

ottl_status ottl__fn_merge_histogram_buckets(ottl_call *c) {
  const bool limit = is_limit(&c->arg[1]);
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    if (r->kind != OTTL_MK_HISTOGRAM || arg_failed(c, c->arg[0].reg, row)) continue;
    ottl_cell target = reg_cell(c->arg[0].reg, row);
    double value = double_of_bits(target.word);
    if (cell_is_nil(target) || (limit && !good_limit(value))) {
      call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, target.tag));
      continue;
    }
    rec_point p;
    ottl_status status = ottl__rec_point(rec_arena(c), OTTL_MK_HISTOGRAM, r->body, &p);
    if (status != OTTL_OK) {
      OTTL_TRY(fail_status(c, row, status));
      continue;
    }
    if (p.counts.n != p.bounds.n + 1 || p.counts.n == 1) continue;
    if (!(limit ? limit_buckets(&p, value) : remove_bound(&p, value))) continue;
    ottl_sbuf *out = scratch_text(c);
    bool good = ottl__rec_put_others(out, r->body, 1u << 6 | 1u << 7);
    ottl__rec_put_packed(out, 6, p.counts.items, p.counts.n);
    ottl__rec_put_packed(out, 7, p.bounds.items, p.bounds.n);
    if (good) OTTL_TRY(ottl__rec_keep(c, row, out, &r->edited));
  }
  return OTTL_OK;
}
