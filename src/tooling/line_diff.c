/* The difference of two texts, line by line (Myers, "An O(ND) difference algorithm"). */
#include "base/alloc.h"
#include "ottl/diff.h"

#define MOST_EDIT 2000 /* lines that come or go; beyond that all lines between the ends that are equal count as changed */

typedef struct text_lines {
  ottl_view *items; /* with their line ends */
  size_t n, cap;
} text_lines;

typedef struct text_diff {
  ottl_allocator al;
  text_lines a, b;
  size_t first, a_end, b_end; /* what lies between is not the same at once */
  ottl_diff_line *lines;
  size_t n_lines, cap_lines;
} text_diff;

static ottl_status split_lines(text_diff *d, text_lines *ret, ottl_view text) {
  ret->cap = 1;
  for (size_t i = 0; i < text.len; i++) ret->cap += text.data[i] == '\n';
  ret->items = al_new(&d->al, ret->cap * sizeof *ret->items);
  if (!ret->items) return OTTL_NOMEM;
  for (size_t at = 0; at < text.len;) {
    const char *newline = memchr(text.data + at, '\n', text.len - at);
    size_t end = newline ? (size_t)(newline - text.data) + 1 : text.len;
    ret->items[ret->n++] = (ottl_view){text.data + at, end - at};
    at = end;
  }
  return OTTL_OK;
}

static bool same_line(const text_diff *d, size_t a, size_t b) { return view_eq(d->a.items[a], d->b.items[b]); }

static void cut_ends(text_diff *d) {
  d->a_end = d->a.n;
  d->b_end = d->b.n;
  while (d->first < d->a_end && d->first < d->b_end && same_line(d, d->first, d->first)) d->first++;
  while (d->a_end > d->first && d->b_end > d->first && same_line(d, d->a_end - 1, d->b_end - 1)) d->a_end--, d->b_end--;
}

static void push(text_diff *d, char kind, size_t a, size_t b) {
  ottl_view text = kind == '+' ? d->b.items[b] : d->a.items[a];
  bool ends = text.data[text.len - 1] == '\n';
  text.len -= ends;
  d->lines[d->n_lines++] = (ottl_diff_line){kind, ends, text, a, b};
}

/* All that lies between goes and comes. */
static void replace_middle(text_diff *d) {
  for (size_t a = d->first; a < d->a_end; a++) push(d, '-', a, d->first);
  for (size_t b = d->first; b < d->b_end; b++) push(d, '+', d->a_end, b);
}

/* Back from the end through the furthest points of each round; lines come out in reverse. */
static void walk_back(text_diff *d, const int32_t *rounds, int32_t n_rounds) {
  int32_t x = (int32_t)(d->a_end - d->first), y = (int32_t)(d->b_end - d->first);
  size_t from = d->n_lines;
  for (int32_t r = n_rounds; r >= 0; r--) {
    const int32_t *v = rounds + (size_t)r * (size_t)r + r; /* of the round before it; index 0 in the middle */
    int32_t k = x - y, old_k = r == 0 ? k : k == -r || (k != r && v[k - 1] < v[k + 1]) ? k + 1 : k - 1;
    int32_t old_x = r == 0 ? 0 : v[old_k], old_y = r == 0 ? 0 : old_x - old_k;
    while (x > old_x && y > old_y) x--, y--, push(d, ' ', d->first + (size_t)x, d->first + (size_t)y);
    if (r == 0) break;
    push(d, x == old_x ? '+' : '-', d->first + (size_t)old_x, d->first + (size_t)old_y);
    x = old_x;
    y = old_y;
  }
  for (size_t i = from, j = d->n_lines; i + 1 < j; i++) {
    ottl_diff_line swap = d->lines[i];
    d->lines[i] = d->lines[--j];
    d->lines[j] = swap;
  }
}

/* Rounds until the ends are reached; -1: too many. Round r reaches diagonals -r to r; `rounds` keeps, for each round, the points
 * that the one before it had reached. */
static int32_t find_rounds(const text_diff *d, int32_t most, int32_t *rounds, int32_t *mid) {
  int32_t n = (int32_t)(d->a_end - d->first), m = (int32_t)(d->b_end - d->first);
  for (int32_t r = 0; r <= most; r++) {
    memcpy(rounds + (size_t)r * (size_t)r, mid - r, (2 * (size_t)r + 1) * sizeof *mid);
    for (int32_t k = -r; k <= r; k += 2) {
      int32_t x = r == 0 ? 0 : k == -r || (k != r && mid[k - 1] < mid[k + 1]) ? mid[k + 1] : mid[k - 1] + 1;
      while (x < n && x - k < m && same_line(d, d->first + (size_t)x, d->first + (size_t)(x - k))) x++;
      mid[k] = x;
      if (x >= n && x - k >= m) return r;
    }
  }
  return -1;
}

static ottl_status diff_middle(text_diff *d) {
  size_t n = d->a_end - d->first, m = d->b_end - d->first;
  if (n > INT32_MAX / 2 || m > INT32_MAX / 2) {
    replace_middle(d);
    return OTTL_OK;
  }
  size_t most = n + m < MOST_EDIT ? n + m : MOST_EDIT;
  size_t rounds_bytes = (most + 2) * (most + 2) * sizeof(int32_t), v_bytes = (2 * most + 3) * sizeof(int32_t);
  int32_t *rounds = al_new(&d->al, rounds_bytes), *v = al_zero(&d->al, v_bytes);
  ottl_status status = rounds && v ? OTTL_OK : OTTL_NOMEM;
  if (status == OTTL_OK) {
    int32_t end = find_rounds(d, (int32_t)most, rounds, v + most + 1);
    if (end < 0)
      replace_middle(d);
    else
      walk_back(d, rounds, end);
  }
  al_free(&d->al, rounds, rounds_bytes);
  al_free(&d->al, v, v_bytes);
  return status;
}

static ottl_status diff_lines(text_diff *d) {
  cut_ends(d);
  d->cap_lines = d->a.n + d->b.n + 1;
  d->lines = al_new(&d->al, d->cap_lines * sizeof *d->lines);
  if (!d->lines) return OTTL_NOMEM;
  for (size_t i = 0; i < d->first; i++) push(d, ' ', i, i);
  OTTL_TRY(diff_middle(d));
  for (size_t a = d->a_end, b = d->b_end; a < d->a.n; a++, b++) push(d, ' ', a, b);
  return OTTL_OK;
}

static void text_diff_free(text_diff *d) {
  ottl_allocator al = d->al;
  al_free(&al, d->lines, d->cap_lines * sizeof *d->lines);
  al_free(&al, d->a.items, d->a.cap * sizeof *d->a.items);
  al_free(&al, d->b.items, d->b.cap * sizeof *d->b.items);
  al_free(&al, d, sizeof *d);
}

ottl_status ottl_line_diff_create(const ottl_allocator *allocator, ottl_view before, ottl_view after, ottl_line_diff *ret) {
  if (!ret || (!before.data && before.len) || (!after.data && after.len)) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  text_diff *d = al_zero(&al, sizeof *d);
  if (!d) return OTTL_NOMEM;
  d->al = al;
  ottl_status status = split_lines(d, &d->a, before);
  if (status == OTTL_OK) status = split_lines(d, &d->b, after);
  if (status == OTTL_OK) status = diff_lines(d);
  if (status != OTTL_OK) {
    text_diff_free(d);
    return status;
  }
  *ret = (ottl_line_diff){.lines = d->lines, .n = d->n_lines, .impl = d};
  for (size_t i = 0; i < d->n_lines; i++) {
    ret->n_removed += d->lines[i].kind == '-';
    ret->n_added += d->lines[i].kind == '+';
  }
  return OTTL_OK;
}

void ottl_line_diff_free(ottl_line_diff *diff) {
  if (!diff || !diff->impl) return;
  text_diff_free(diff->impl);
  *diff = (ottl_line_diff){0};
}

bool ottl_line_diff_hunk(const ottl_line_diff *d, size_t context, size_t *ret_begin, size_t *end) {
  size_t i = *end, last, same = 0;
  while (i < d->n && d->lines[i].kind == ' ') i++;
  if (i == d->n) return false;
  for (size_t k = last = i; k < d->n && same <= 2 * context; k++) {
    same = d->lines[k].kind == ' ' ? same + 1 : 0;
    if (!same) last = k;
  }
  *ret_begin = i - *end > context ? i - context : *end;
  *end = d->n - last - 1 > context ? last + 1 + context : d->n;
  return true;
}
