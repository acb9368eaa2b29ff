/* One data point out of a group of them: the first, with what the others add. */
#include <math.h>
#include <stdlib.h>

#include "base/gonum.h"
#include "base/limits.h"
#include "funcs/metric_group.h"

static const rec_point *point_at(const mg_groups *g, uint32_t i) { return &g->points[i].point; }

/* -- numbers -- */

static double as_double(const rec_point *p) {
  return p->value_type == OTTL_T_DOUBLE ? double_of_bits(p->value) : p->value_type == OTTL_T_INT ? (double)(int64_t)p->value : 0;
}

static int64_t as_int(const rec_point *p) {
  return p->value_type == OTTL_T_DOUBLE ? gonum_int_of_double(double_of_bits(p->value))
         : p->value_type == OTTL_T_INT  ? (int64_t)p->value
                                        : 0;
}

/* math.Max and math.Min. */
static double double_max(double a, double b) {
  if (isinf(a) && a > 0) return a;
  if (isinf(b) && b > 0) return b;
  if (isnan(a) || isnan(b)) return NAN;
  if (a == 0 && b == 0) return signbit(a) ? b : a;
  return a > b ? a : b;
}
static double double_min(double a, double b) { return -double_max(-a, -b); }

static int by_double(const void *x, const void *y) { /* NaN first */
  double a = *(const double *)x, b = *(const double *)y;
  if (isnan(a) || isnan(b)) return isnan(b) - isnan(a);
  return (a > b) - (a < b);
}
static int by_int(const void *x, const void *y) {
  int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
  return (a > b) - (a < b);
}

static ottl_status median_double(const mg_groups *g, const mg_group *group, double *ret) {
  double *all = arena_array(g->arena, group->n, sizeof *all);
  uint32_t n = 0;
  if (!all) return OTTL_NOMEM;
  for (uint32_t i = group->first; i != UINT32_MAX; i = g->points[i].next) all[n++] = as_double(point_at(g, i));
  qsort(all, n, sizeof *all, by_double);
  *ret = n % 2 ? all[n / 2] : (all[n / 2 - 1] + all[n / 2]) / 2;
  return OTTL_OK;
}

static ottl_status median_int(const mg_groups *g, const mg_group *group, int64_t *ret) {
  int64_t *all = arena_array(g->arena, group->n, sizeof *all);
  uint32_t n = 0;
  if (!all) return OTTL_NOMEM;
  for (uint32_t i = group->first; i != UINT32_MAX; i = g->points[i].next) all[n++] = as_int(point_at(g, i));
  qsort(all, n, sizeof *all, by_int);
  *ret = n % 2 ? all[n / 2] : (int64_t)((uint64_t)all[n / 2 - 1] + (uint64_t)all[n / 2]) / 2;
  return OTTL_OK;
}

static ottl_status merge_doubles(const mg_groups *g, const mg_group *group, double *ret) {
  double v = *ret;
  if (g->how == MG_MEDIAN) return median_double(g, group, ret);
  for (uint32_t i = g->points[group->first].next; i != UINT32_MAX; i = g->points[i].next) {
    double other = as_double(point_at(g, i));
    switch (g->how) {
    case MG_SUM:
    case MG_MEAN: v += other; break;
    case MG_MAX: v = double_max(v, other); break;
    case MG_MIN: v = double_min(v, other); break;
    default: v = group->n; break;
    }
  }
  *ret = g->how == MG_MEAN ? v / group->n : v;
  return OTTL_OK;
}

/* The group's first point is an int: sums take doubles for 0, everything else cuts them, as the reference does. */
static ottl_status merge_ints(const mg_groups *g, const mg_group *group, int64_t *ret) {
  int64_t v = *ret;
  if (g->how == MG_MEDIAN) return median_int(g, group, ret);
  for (uint32_t i = g->points[group->first].next; i != UINT32_MAX; i = g->points[i].next) {
    const rec_point *p = point_at(g, i);
    int64_t other = as_int(p);
    switch (g->how) {
    case MG_SUM:
    case MG_MEAN: v = (int64_t)((uint64_t)v + (p->value_type == OTTL_T_INT ? p->value : 0)); break;
    case MG_MAX: v = other > v ? other : v; break;
    case MG_MIN: v = other < v ? other : v; break;
    default: v = group->n; break;
    }
  }
  *ret = g->how == MG_MEAN ? v / (int64_t)group->n : v;
  return OTTL_OK;
}

static ottl_status merge_numbers(const mg_groups *g, const mg_group *group, ottl_sbuf *out) {
  const rec_point *first = point_at(g, group->first);
  uint64_t start = first->start, word = first->value;
  for (uint32_t i = group->first; i != UINT32_MAX; i = g->points[i].next) {
    if (point_at(g, i)->start < start) start = point_at(g, i)->start;
  }
  if (first->value_type == OTTL_T_INT) {
    int64_t v = (int64_t)word;
    OTTL_TRY(merge_ints(g, group, &v));
    word = (uint64_t)v;
  } else if (first->value_type == OTTL_T_DOUBLE) {
    double v = double_of_bits(word);
    OTTL_TRY(merge_doubles(g, group, &v));
    word = bits_of_double(v);
  } else {
    sbuf_view(out, first->body);
    return OTTL_OK;
  }
  if (!ottl__rec_put_others(out, first->body, 1u << 2 | 1u << 4 | 1u << 6)) return OTTL_DATA;
  rec_put_fix64(out, 2, start);
  rec_put_word(out, first->value_type == OTTL_T_INT ? 6 : 4, word);
  return OTTL_OK;
}

/* -- what both kinds of histograms have -- */

static void add_common(rec_point *to, const rec_point *p) {
  to->count += p->count;
  to->sum += p->sum;
  to->has_sum = true;
  to->zero_count += p->zero_count;
  if (to->has_min && to->min > p->min) to->min = p->min;
  if (to->has_max && to->max < p->max) to->max = p->max;
  if (p->start < to->start) to->start = p->start;
}

static void put_optional(ottl_sbuf *out, uint32_t number, bool has, double v) {
  if (has) rec_put_word(out, number, bits_of_double(v));
}

/* Exemplars of the points that count. */
static bool put_exemplars(const mg_groups *g, const mg_group *group, ottl_sbuf *out) {
  uint32_t number = ottl__rec_exemplars(g->kind);
  bool good = true;
  for (uint32_t i = g->points[group->first].next; i != UINT32_MAX; i = g->points[i].next) {
    if (point_at(g, i)->count) good &= ottl__rec_put_as(out, point_at(g, i)->body, number, number);
  }
  return good;
}

/* -- histograms -- */

static ottl_status merge_histograms(const mg_groups *g, const mg_group *group, ottl_sbuf *out) {
  rec_point to = *point_at(g, group->first);
  for (uint32_t i = g->points[group->first].next; i != UINT32_MAX; i = g->points[i].next) {
    const rec_point *p = point_at(g, i);
    if (p->count == 0) continue;
    if (p->counts.n > to.counts.n) return OTTL_RUNTIME; /* DIFF: the reference panics */
    add_common(&to, p);
    for (uint32_t k = 0; k < p->counts.n; k++) to.counts.items[k] += p->counts.items[k];
  }
  bool good = ottl__rec_put_others(out, to.body, 1u << 2 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 11 | 1u << 12);
  rec_put_fix64(out, 2, to.start);
  rec_put_fix64(out, 4, to.count);
  put_optional(out, 5, to.has_sum, to.sum);
  ottl__rec_put_packed(out, 6, to.counts.items, to.counts.n);
  put_optional(out, 11, to.has_min, to.min);
  put_optional(out, 12, to.has_max, to.max);
  return put_exemplars(g, group, out) && good ? OTTL_OK : OTTL_DATA;
}

/* -- exponential histograms -- */

/* A histogram has a few hundred buckets; two that lie far apart have the whole range between them. */

/* Counts from index 0 to n of a list in the arena. */
static bool widen(ottl_arena *arena, rec_numbers *list, uint64_t n) {
  if (n <= list->n) return true;
  if (n > list->cap) {
    uint64_t cap = 2 * n;
    uint64_t *items = cap < UINT32_MAX / 16 ? arena_array(arena, (size_t)cap, sizeof *items) : NULL;
    if (!items) return false;
    if (list->n) memcpy(items, list->items, list->n * sizeof *items);
    list->items = items;
    list->cap = (uint32_t)cap;
  }
  memset(list->items + list->n, 0, (size_t)(n - list->n) * sizeof *list->items);
  list->n = (uint32_t)n;
  return true;
}

/* The counts of lower buckets go in front one by one, without the empty ones between them: as the reference has it. */
static ottl_status put_in_front(ottl_arena *arena, rec_numbers *to, const rec_numbers *from) {
  uint32_t more = 0, old = to->n;
  for (uint32_t i = 0; i < from->n; i++) more += from->items[i] != 0;
  if (!widen(arena, to, (uint64_t)old + more)) return OTTL_NOMEM;
  if (old) memmove(to->items + more, to->items, old * sizeof *to->items);
  for (uint32_t i = 0, at = 0; i < from->n; i++) {
    if (from->items[i]) to->items[at++] = from->items[i];
  }
  return OTTL_OK;
}

static void trim(rec_numbers *list) {
  uint32_t zeros = 0;
  while (zeros < list->n && list->items[zeros] == 0) zeros++;
  list->items += zeros;
  list->n -= zeros;
  list->cap -= zeros;
}

static ottl_status merge_buckets(ottl_arena *arena, rec_buckets *to, const rec_buckets *from) {
  const rec_numbers *src = &from->counts;
  int32_t by = (int32_t)((uint32_t)from->offset - (uint32_t)to->offset);
  if (from->offset < to->offset) {
    OTTL_TRY(put_in_front(arena, &to->counts, src));
  } else {
    for (uint32_t i = 0; i < src->n; i++) {
      int64_t at = (int64_t)i + by;
      if (at < 0 || (src->items[i] == 0 && by)) continue;
      if (at >= OTTL_MAX_HISTOGRAM_BUCKETS) return OTTL_RUNTIME; /* DIFF: the reference panics */
      if (!widen(arena, &to->counts, (uint64_t)at + 1)) return OTTL_NOMEM;
      to->counts.items[at] += src->items[i];
    }
  }
  if (by && src->n) {
    if (from->offset < to->offset) to->offset = from->offset;
    trim(&to->counts);
  }
  return OTTL_OK;
}

static void put_buckets(ottl_sbuf *out, uint32_t number, const rec_buckets *b) {
  size_t at = ottl__rec_begin(out, number);
  uint32_t zigzag = (uint32_t)b->offset << 1 ^ (0 - ((uint32_t)b->offset >> 31));
  rec_put_int(out, 1, zigzag);
  if (b->counts.n) {
    size_t list = ottl__rec_begin(out, 2);
    for (uint32_t i = 0; i < b->counts.n; i++) rec_put_varint(out, b->counts.items[i]);
    ottl__rec_end(out, list);
  }
  ottl__rec_end(out, at);
}

static ottl_status merge_exp_histograms(const mg_groups *g, const mg_group *group, ottl_sbuf *out) {
  rec_point to = *point_at(g, group->first);
  for (uint32_t i = g->points[group->first].next; i != UINT32_MAX; i = g->points[i].next) {
    const rec_point *p = point_at(g, i);
    if (p->count == 0) continue;
    add_common(&to, p);
    OTTL_TRY(merge_buckets(g->arena, &to.negative, &p->negative));
    OTTL_TRY(merge_buckets(g->arena, &to.positive, &p->positive));
  }
  const uint32_t written = 1u << 2 | 1u << 4 | 1u << 5 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 12 | 1u << 13;
  bool good = ottl__rec_put_others(out, to.body, written);
  rec_put_fix64(out, 2, to.start);
  rec_put_fix64(out, 4, to.count);
  put_optional(out, 5, to.has_sum, to.sum);
  rec_put_fix64(out, 7, to.zero_count);
  put_buckets(out, 8, &to.positive);
  put_buckets(out, 9, &to.negative);
  put_optional(out, 12, to.has_min, to.min);
  put_optional(out, 13, to.has_max, to.max);
  return put_exemplars(g, group, out) && good ? OTTL_OK : OTTL_DATA;
}

ottl_status ottl__mg_merge(mg_groups *g, const mg_group *group, ottl_sbuf *out) {
  size_t at = ottl__rec_begin(out, 1);
  ottl_status status = OTTL_OK;
  if (g->kind <= OTTL_MK_SUM)
    status = merge_numbers(g, group, out);
  else if (group->n == 1)
    sbuf_view(out, point_at(g, group->first)->body);
  else
    status = g->kind == OTTL_MK_HISTOGRAM ? merge_histograms(g, group, out) : merge_exp_histograms(g, group, out);
  ottl__rec_end(out, at);
  return status;
}
