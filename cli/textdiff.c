/* The difference of two texts, line by line (Myers, "An O(ND) difference algorithm"), in the form of `diff -u`. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define CONTEXT   3
#define MOST_EDIT 2000 /* lines that come or go; beyond that all lines between the ends that are equal count as changed */

typedef struct diff_lines {
  ottl_view *items; /* with their line breaks */
  size_t n;
} diff_lines;

typedef struct diff_step {
  char kind;   /* ' ', '-', '+' */
  size_t a, b; /* the lines before it */
} diff_step;

typedef struct text_diff {
  diff_lines a, b;
  size_t first, a_end, b_end; /* what lies between is not the same at once */
  diff_step *steps;
  size_t n_steps;
} text_diff;

static bool split_lines(ottl_view text, diff_lines *ret) {
  size_t n = 1;
  for (size_t i = 0; i < text.len; i++) n += text.data[i] == '\n';
  ret->items = calloc(n, sizeof *ret->items);
  for (size_t at = 0; ret->items && at < text.len;) {
    const char *newline = memchr(text.data + at, '\n', text.len - at);
    size_t end = newline ? (size_t)(newline - text.data) + 1 : text.len;
    ret->items[ret->n++] = (ottl_view){text.data + at, end - at};
    at = end;
  }
  return ret->items;
}

static bool same_line(const text_diff *d, size_t a, size_t b) {
  ottl_view x = d->a.items[a], y = d->b.items[b];
  return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

static void cut_ends(text_diff *d) {
  d->a_end = d->a.n;
  d->b_end = d->b.n;
  while (d->first < d->a_end && d->first < d->b_end && same_line(d, d->first, d->first)) d->first++;
  while (d->a_end > d->first && d->b_end > d->first && same_line(d, d->a_end - 1, d->b_end - 1)) d->a_end--, d->b_end--;
}

static void push(text_diff *d, char kind, size_t a, size_t b) { d->steps[d->n_steps++] = (diff_step){kind, a, b}; }

/* All that lies between goes and comes. */
static void replace_middle(text_diff *d) {
  for (size_t a = d->first; a < d->a_end; a++) push(d, '-', a, d->first);
  for (size_t b = d->first; b < d->b_end; b++) push(d, '+', d->a_end, b);
}

/* Back from the end through the furthest points of each round; steps come out in reverse. */
static void walk_back(text_diff *d, const long *rounds, long n_rounds) {
  long x = (long)(d->a_end - d->first), y = (long)(d->b_end - d->first);
  size_t from = d->n_steps;
  for (long r = n_rounds; r >= 0; r--) {
    const long *v = rounds + r * r + r; /* of the round before it; index 0 in the middle */
    long k = x - y, old_k = r == 0 ? k : k == -r || (k != r && v[k - 1] < v[k + 1]) ? k + 1 : k - 1;
    long old_x = r == 0 ? 0 : v[old_k], old_y = r == 0 ? 0 : old_x - old_k;
    while (x > old_x && y > old_y) x--, y--, push(d, ' ', d->first + (size_t)x, d->first + (size_t)y);
    if (r == 0) break;
    push(d, x == old_x ? '+' : '-', d->first + (size_t)old_x, d->first + (size_t)old_y);
    x = old_x;
    y = old_y;
  }
  for (size_t i = from, j = d->n_steps; i + 1 < j; i++) {
    diff_step swap = d->steps[i];
    d->steps[i] = d->steps[--j];
    d->steps[j] = swap;
  }
}

/* Round r reaches diagonals -r to r; `rounds` keeps, for each round, the points that the one before it had reached. False: out of
 * memory. */
static bool diff_middle(text_diff *d) {
  long n = (long)(d->a_end - d->first), m = (long)(d->b_end - d->first);
  long most = n + m < MOST_EDIT ? n + m : MOST_EDIT;
  long *rounds = calloc((size_t)(most + 2) * (size_t)(most + 2), sizeof *rounds);
  long *v = calloc((size_t)(2 * most + 3), sizeof *v), r, end = -1;
  if (!rounds || !v) {
    free(rounds);
    free(v);
    return false;
  }
  long *mid = v + most + 1;
  for (r = 0; r <= most && end < 0; r++) {
    memcpy(rounds + r * r, mid - r, (size_t)(2 * r + 1) * sizeof *v);
    for (long k = -r; k <= r && end < 0; k += 2) {
      long x = r == 0 ? 0 : k == -r || (k != r && mid[k - 1] < mid[k + 1]) ? mid[k + 1] : mid[k - 1] + 1;
      while (x < n && x - k < m && same_line(d, d->first + (size_t)x, d->first + (size_t)(x - k))) x++;
      mid[k] = x;
      if (x >= n && x - k >= m) end = r;
    }
  }
  if (end < 0)
    replace_middle(d);
  else
    walk_back(d, rounds, end);
  free(rounds);
  free(v);
  return true;
}

static bool diff_steps(text_diff *d) {
  cut_ends(d);
  d->steps = calloc(d->a.n + d->b.n + 1, sizeof *d->steps);
  if (!d->steps) return false;
  for (size_t i = 0; i < d->first; i++) push(d, ' ', i, i);
  if (!diff_middle(d)) return false;
  for (size_t a = d->a_end, b = d->b_end; a < d->a.n; a++, b++) push(d, ' ', a, b);
  return true;
}

static void put_step(const text_diff *d, const diff_step *s, bool colour) {
  ottl_view line = s->kind == '+' ? d->b.items[s->b] : d->a.items[s->a];
  bool newline = line.len && line.data[line.len - 1] == '\n';
  const char *paint = s->kind == '+' ? "\x1b[32m" : "\x1b[31m";
  if (colour && s->kind != ' ') fputs(paint, stdout);
  putchar(s->kind);
  fwrite(line.data, 1, line.len - newline, stdout);
  if (colour && s->kind != ' ') fputs("\x1b[0m", stdout);
  putchar('\n');
  if (!newline) puts("\\ No newline at end of file");
}

static void put_hunk(const text_diff *d, size_t begin, size_t end, bool colour) {
  size_t n_a = 0, n_b = 0;
  for (size_t i = begin; i < end; i++) {
    n_a += d->steps[i].kind != '+';
    n_b += d->steps[i].kind != '-';
  }
  printf("%s@@ -%zu,%zu +%zu,%zu @@%s\n", colour ? "\x1b[36m" : "", d->steps[begin].a + (n_a > 0), n_a,
         d->steps[begin].b + (n_b > 0), n_b, colour ? "\x1b[0m" : "");
  for (size_t i = begin; i < end; i++) put_step(d, &d->steps[i], colour);
}

/* Changes with no more than twice the context between them are one hunk. */
static void put_hunks(const text_diff *d, bool colour) {
  for (size_t i = 0; i < d->n_steps;) {
    if (d->steps[i].kind == ' ') {
      i++;
      continue;
    }
    size_t end = i + 1, same = 0;
    for (size_t k = i + 1; k < d->n_steps && same <= 2 * CONTEXT; k++) {
      same = d->steps[k].kind == ' ' ? same + 1 : 0;
      if (!same) end = k + 1;
    }
    size_t begin = i > CONTEXT ? i - CONTEXT : 0;
    put_hunk(d, begin, end + CONTEXT < d->n_steps ? end + CONTEXT : d->n_steps, colour);
    i = end;
  }
}

bool cli_text_diff(const char *name, ottl_view before, ottl_view after, bool colour) {
  text_diff d = {0};
  bool ok = split_lines(before, &d.a) && split_lines(after, &d.b) && diff_steps(&d);
  if (ok) {
    printf("--- %s\n+++ %s\n", name, name);
    put_hunks(&d, colour);
  }
  free(d.steps);
  free(d.a.items);
  free(d.b.items);
  return ok;
}
