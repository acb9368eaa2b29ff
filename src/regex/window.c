/* Windows: bytes in a row of which every match has some in given sets, and what a match can have before them. A vector kernel finds
 * the places where the window fits (kernels.def, find_window); only starts from which a match can reach one are tried.
 *
 * Of [a-z]+@[a-z]+ the window is [a-z]@[a-z], before it lies [a-z]*; of \d{4}[ -]?\d{4} it is \d\d\d\d[ -\d]\d\d\d.
 *
 * The sets are of bytes: ASCII exactly, and all from 0x80 on or none of them. A rune that is not ASCII takes 1 (invalid) to 4 bytes
 * there. So it holds for any subject, whatever it is. */
#include <math.h>

#include "regex/ast.h"

enum {
  WINDOW_PARTS = 64,                     /* of the pattern that are looked at as places to begin */
  WINDOW_COPIES = 4,                     /* of a repeated part among them */
  WINDOW_DEPTH = 200,                    /* of the tree */
  WINDOW_STEPS = 4096,                   /* for one window: loops in loops take powers of two */
  WINDOW_BYTES = 2 * KERNEL_WINDOW_BYTES /* of the window and what is behind it */
};

/* Sets of the next bytes, and offsets up to WINDOW_BYTES as bits. */
typedef struct window_walk {
  uint64_t in[WINDOW_BYTES][2];
  bool high[WINDOW_BYTES];
  uint32_t bytes; /* that are asked for */
  unsigned steps; /* that are left */
  bool spent;
} window_walk;

static void window_ascii(uint64_t set[2], const rx_class *c) {
  for (size_t i = 0; i < c->n && c->items[i].lo < 0x80; i++) {
    for (uint32_t r = c->items[i].lo; r <= c->items[i].hi && r < 0x80; r++) set[r / 64] |= (uint64_t)1 << r % 64;
  }
}

/* The runes of a node that takes one. `high`: some are not ASCII. */
bool ottl__regex_window_runes(const rx_node *n, size_t rune, uint64_t set[2]) {
  set[0] = set[1] = 0;
  switch (n->op) {
  case RX_LITERAL: {
    uint32_t r = n->runes[rune], other = r;
    bool high = false;
    do {
      if (other < 0x80)
        set[other / 64] |= (uint64_t)1 << other % 64;
      else
        high = true;
      other = n->flags & RX_FOLD ? ottl__regex_fold(other) : r;
    } while (other != r);
    return high;
  }
  case RX_CLASS: window_ascii(set, &n->cls); return n->cls.n && n->cls.items[n->cls.n - 1].hi >= 0x80;
  default:
    set[0] = set[1] = UINT64_MAX;
    if (n->op == RX_ANY_NOT_NL) set['\n' / 64] &= ~((uint64_t)1 << '\n' % 64);
    return true;
  }
}

/* One rune at each of the offsets `at`; returns the offsets behind it. */
static uint32_t window_step(window_walk *w, const uint64_t set[2], bool high, uint32_t at) {
  for (uint32_t k = 0; k < w->bytes; k++) {
    if (!(at >> k & 1)) continue;
    w->in[k][0] |= set[0];
    w->in[k][1] |= set[1];
    for (uint32_t j = k; high && j < w->bytes && j < k + 4; j++) w->high[j] = true;
  }
  uint32_t ascii = set[0] | set[1] ? at << 1 : 0, offsets = (2u << w->bytes) - 1;
  return (high ? ascii | at << 1 | at << 2 | at << 3 | at << 4 : ascii) & offsets;
}

/* Everything a node can take from the offsets `at`; returns where it can end. Offsets at and beyond the last are forgotten. */
static uint32_t window_take(window_walk *w, const rx_node *n, uint32_t at) {
  uint64_t set[2];
  if (!at) return 0;
  if (w->steps-- == 0) w->spent = true;
  if (w->spent) return w->steps = 0;
  switch (n->op) {
  case RX_LITERAL:
    for (size_t i = 0; i < n->n_runes && at; i++) {
      bool high = ottl__regex_window_runes(n, i, set);
      at = window_step(w, set, high, at);
    }
    return at;
  case RX_CLASS:
  case RX_ANY:
  case RX_ANY_NOT_NL: {
    bool high = ottl__regex_window_runes(n, 0, set);
    return window_step(w, set, high, at);
  }
  case RX_NO_MATCH: return 0;
  case RX_CAPTURE: return window_take(w, n->subs[0], at);
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs && at; i++) at = window_take(w, n->subs[i], at);
    return at;
  case RX_ALTERNATE: {
    uint32_t ends = 0;
    for (size_t i = 0; i < n->n_subs; i++) ends |= window_take(w, n->subs[i], at);
    return ends;
  }
  case RX_QUEST: return at | window_take(w, n->subs[0], at);
  case RX_STAR:
  case RX_PLUS:
  case RX_REPEAT: {
    int min = n->op == RX_STAR ? 0 : n->op == RX_PLUS ? 1 : n->min, max = n->op == RX_REPEAT ? n->max : -1;
    for (int i = 0; i < min && at; i++) {
      uint32_t next = window_take(w, n->subs[0], at);
      if (next == at) break; /* empty, or nowhere new */
      at = next;
    }
    for (int i = min; i != max && at; i++) {
      uint32_t more = at | window_take(w, n->subs[0], at);
      if (more == at) break;
      at = more;
    }
    return at;
  }
  default: return at; /* takes nothing */
  }
}

/* --- how much a node takes --- */

typedef struct window_extent {
  size_t min, max; /* bytes; SIZE_MAX: no limit */
} window_extent;

static size_t extent_add(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }
static size_t extent_times(size_t a, size_t times) { return times && a > SIZE_MAX / times ? SIZE_MAX : a * times; }

static window_extent window_measure(const rx_node *n) {
  window_extent e = {0, 0};
  uint64_t set[2];
  switch (n->op) {
  case RX_LITERAL:
    for (size_t i = 0; i < n->n_runes; i++) e.max += ottl__regex_window_runes(n, i, set) ? 4 : 1;
    e.min = n->n_runes; /* a rune that is not ASCII is at least one byte, too */
    return e;
  case RX_CLASS:
  case RX_ANY:
  case RX_ANY_NOT_NL: return (window_extent){1, ottl__regex_window_runes(n, 0, set) ? 4 : 1};
  case RX_CAPTURE: return window_measure(n->subs[0]);
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      window_extent sub = window_measure(n->subs[i]);
      e.min = extent_add(e.min, sub.min);
      e.max = extent_add(e.max, sub.max);
    }
    return e;
  case RX_ALTERNATE:
    e.min = SIZE_MAX;
    for (size_t i = 0; i < n->n_subs; i++) {
      window_extent sub = window_measure(n->subs[i]);
      if (sub.min < e.min) e.min = sub.min;
      if (sub.max > e.max) e.max = sub.max;
    }
    return e;
  case RX_STAR:
  case RX_PLUS:
  case RX_QUEST:
  case RX_REPEAT: {
    window_extent sub = window_measure(n->subs[0]);
    size_t least = n->op == RX_PLUS ? 1 : n->op == RX_REPEAT ? (size_t)n->min : 0;
    bool endless = n->op == RX_STAR || n->op == RX_PLUS || (n->op == RX_REPEAT && n->max < 0);
    size_t most = n->op == RX_QUEST ? 1 : endless ? 0 : (size_t)n->max;
    e.min = extent_times(sub.min, least);
    e.max = endless ? (sub.max ? SIZE_MAX : 0) : extent_times(sub.max, most);
    return e;
  }
  default: return e;
  }
}

/* All bytes a node can take. */
static void window_bytes(const rx_node *n, uint64_t bytes[4]) {
  size_t runes = n->op == RX_LITERAL ? n->n_runes : rx_has_runes(n);
  for (size_t i = 0; i < runes; i++) {
    uint64_t set[2];
    if (ottl__regex_window_runes(n, i, set)) bytes[2] = bytes[3] = UINT64_MAX;
    bytes[0] |= set[0];
    bytes[1] |= set[1];
  }
  for (size_t i = 0; i < n->n_subs; i++) window_bytes(n->subs[i], bytes);
}

/* --- parts of a pattern that every match has, in order --- */

typedef struct window_parts {
  ottl_arena *arena;
  const rx_node *part[WINDOW_PARTS];
  size_t n;
  bool full, nomem;
} window_parts;

static void parts_add(window_parts *p, const rx_node *n) {
  p->full |= p->n == WINDOW_PARTS;
  if (!p->full) p->part[p->n++] = n;
}

static void parts_repeat(window_parts *p, const rx_node *n, int min, int max) {
  rx_node *r = arena_alloc(p->arena, sizeof *r);
  if (!r) {
    p->nomem = true;
    return;
  }
  *r = *n;
  r->op = RX_REPEAT;
  r->min = min;
  r->max = max;
  parts_add(p, r);
}

/* What repeats is taken apart: x{2,5} of one byte is x{0,3}x{2}, of more x x x{0,3}. */
static void parts_of(window_parts *p, const rx_node *n, unsigned depth) {
  if (p->full || p->nomem) return;
  if (depth < WINDOW_DEPTH && (n->op == RX_CONCAT || n->op == RX_CAPTURE)) {
    for (size_t i = 0; i < n->n_subs; i++) parts_of(p, n->subs[i], depth + 1);
    return;
  }
  bool counted = n->op == RX_REPEAT && n->min > 0;
  if (depth == WINDOW_DEPTH || !(n->op == RX_PLUS || counted)) {
    parts_add(p, n);
    return;
  }
  const rx_node *sub = n->subs[0];
  int min = counted ? n->min : 1, max = counted ? n->max : -1;
  if (rx_has_runes(sub)) {
    if (min != max) parts_repeat(p, n, 0, max < 0 ? -1 : max - min);
    parts_repeat(p, n, min, min);
    return;
  }
  int copies = min < WINDOW_COPIES ? min : WINDOW_COPIES;
  for (int i = 0; i < copies; i++) parts_of(p, sub, depth + 1);
  if (copies != max) parts_repeat(p, n, min - copies, max < 0 ? -1 : max - copies);
}

/* --- choosing --- */

/* About how many of 1,000 bytes are this one, in logs and attributes. */
static double window_frequency(unsigned c) {
  if (c >= 0x80) return 1;
  if (c == ' ' || c == 'e' || c == 't' || c == 'a' || c == 'o' || c == 'i' || c == 'n' || c == 's' || c == 'r') return 50;
  if (c == '0' || c == '1') return 25;
  if (c >= '2' && c <= '9') return 15;
  if (c >= 'a' && c <= 'z') return c == 'j' || c == 'q' || c == 'x' || c == 'z' || c == 'k' ? 5 : 20;
  if (c == '/' || c == '.' || c == '-' || c == '"' || c == ':' || c == '=' || c == '_') return 15;
  if ((c >= 'A' && c <= 'Z') || c == ',' || c == '{' || c == '}') return 5;
  return 1;
}

static double window_share(const uint64_t set[2], bool high) {
  double sum = high ? 20 : 0;
  for (unsigned c = 0; c < 0x80; c++) {
    if (set[c / 64] >> c % 64 & 1) sum += window_frequency(c);
  }
  return sum < 1000 ? sum / 1000 : 1;
}

static double window_of_literal(ottl_view v) {
  double share = 1;
  for (size_t i = 0; i < v.len; i++) share *= window_frequency((uint8_t)v.data[i]) / 1000;
  return share;
}

static bool window_words_only(const uint64_t set[2], bool high) {
  for (unsigned c = 0; c < 0x80; c++) {
    if (set[c / 64] >> c % 64 & 1 && !kernel_is_word((uint8_t)c)) return false;
  }
  return !high;
}

/* Byte k of the window, `place` of those that are walked, with its set, or with an equal one that is there. */
static void window_put(kernel_window *ret, const window_walk *w, uint32_t place, uint32_t k) {
  kernel_set set = {.high = w->high[place]};
  for (unsigned c = 0; c < 0x80; c++) {
    if (w->in[place][c / 64] >> c % 64 & 1) set.low[c % 16] |= (uint8_t)(1 << c / 16);
  }
  uint32_t i = 0;
  while (i < ret->n_sets && (memcmp(ret->set[i].low, set.low, sizeof set.low) != 0 || ret->set[i].high != set.high)) i++;
  if (i == ret->n_sets) ret->set[ret->n_sets++] = set;
  ret->set[i].at[ret->set[i].n_at++] = (uint8_t)k;
}

/* Walks the parts from `at` on; how many of the next bytes every match has. */
static uint32_t window_width(const window_parts *p, size_t at, uint32_t bytes, window_walk *w) {
  uint32_t ends = 1, width = 0;
  *w = (window_walk){.steps = WINDOW_STEPS, .bytes = bytes};
  for (size_t i = at; i < p->n; i++) ends = window_take(w, p->part[i], ends);
  /* Where a match, or the parts that are known, may end already, and behind, nothing is needed. */
  while (!w->spent && width < bytes && !(ends >> width & 1)) width++;
  return width;
}

/* The window of the walked bytes from `from` on, those first that are seen least, and about how often it fits. */
static double window_of(const window_walk *w, uint32_t from, uint32_t width, kernel_window *ret) {
  double share = 1, of[KERNEL_WINDOW_BYTES];
  uint32_t order[KERNEL_WINDOW_BYTES];
  *ret = (kernel_window){.width = (uint8_t)width};
  for (uint32_t k = 0; k < width; k++) {
    const uint64_t *in = w->in[from + k], *last = k ? w->in[from + k - 1] : in;
    of[k] = window_share(in, w->high[from + k]);
    bool same = k && in[0] == last[0] && in[1] == last[1] && w->high[from + k] == w->high[from + k - 1];
    share *= same ? sqrt(of[k]) : of[k]; /* bytes of a kind come in runs */
    uint32_t i = k;
    for (; i && of[order[i - 1]] > of[k]; i--) order[i] = order[i - 1];
    order[i] = k;
  }
  for (uint32_t i = 0; i < width && of[order[i]] < 0.9; i++) window_put(ret, w, from + order[i], order[i]);
  /* Some blocks of 64 bytes have the first set and some have not. */
  ret->ahead = ret->n_sets > 2 && of[order[0]] > 0.012 && of[order[0]] < 0.06;
  return share;
}

/* The window that begins at part `at`, and about how often it fits. */
static double window_at(const window_parts *p, size_t at, kernel_window *ret) {
  window_walk w;
  uint32_t width = window_width(p, at, KERNEL_WINDOW_BYTES, &w);
  double share = window_of(&w, 0, width, ret);
  if (width && at && p->part[at - 1]->op == RX_WORD && window_words_only(w.in[0], w.high[0])) {
    ret->begins_word = true;
    share *= 0.3;
  }
  return share;
}

/* What follows the window that begins at part `at`: of "level":"(debug|trace)" most have the window. */
static void window_behind(const window_parts *p, size_t at, kernel_window *ret) {
  window_walk w;
  uint32_t width = window_width(p, at, WINDOW_BYTES, &w);
  if (width <= KERNEL_WINDOW_BYTES || window_of(&w, KERNEL_WINDOW_BYTES, width - KERNEL_WINDOW_BYTES, ret) > 0.1)
    *ret = (kernel_window){0};
}

/* What a match that begins at 0 has further on: where it cannot end well, an engine need not look for how it could. PERF:
 * ^\d{4}-\d\d.*(ERROR|FATAL) */
static double window_later(const window_parts *p, rx_window *ret) {
  double best = 0.001;
  size_t before = 0;
  for (size_t at = 1; at < p->n; at++) {
    kernel_window w;
    before = extent_add(before, window_measure(p->part[at - 1]).min);
    double share = window_at(p, at, &w);
    if (w.n_sets == 0 || share >= best) continue;
    best = share;
    ret->later = w;
    ret->later_min = before;
  }
  return best;
}

ottl_status ottl__regex_window_init(ottl_arena *arena, const rx_node *root, const rx_prefilter *filter, rx_window *ret) {
  window_parts p = {.arena = arena};
  bool anchored = ottl__regex_anchored(root);
  *ret = (rx_window){.used = false};
  parts_of(&p, root, 0);
  if (p.nomem) return OTTL_NOMEM;
  double best = 1;
  size_t best_at = 0;
  for (size_t at = 0; at < p.n; at++) {
    if (at && anchored) break;
    kernel_window w;
    double share = window_at(&p, at, &w);
    if (at == 0) ret->start = w;
    if (w.n_sets == 0 || share >= best) continue;
    best = share;
    best_at = at;
    ret->window = w;
  }
  ret->anchored = anchored;
  const bool need_later = anchored && filter->need && !filter->need_begins;
  const double rare = need_later ? window_of_literal(view_of(filter->need, filter->need_len)) : 1;
  if (anchored && window_later(&p, ret) >= rare) ret->later = (kernel_window){0};
  if (best > (anchored ? 0.5 : 0.02)) ret->window = (kernel_window){0};
  if (ret->window.n_sets && !anchored) window_behind(&p, best_at, &ret->behind);
  if (!ret->window.n_sets && !ret->later.n_sets) return OTTL_OK;
  ret->used = true;
  if (need_later)
    ret->instead_of_need = ret->later.n_sets;
  else
    ret->instead_of_need = best < 1e-5 || !filter->need || best < 4 * window_of_literal(view_of(filter->need, filter->need_len));
  for (size_t i = 0; i < best_at; i++) {
    window_extent e = window_measure(p.part[i]);
    ret->before_min = extent_add(ret->before_min, e.min);
    ret->before_max = extent_add(ret->before_max, e.max);
    window_bytes(p.part[i], ret->before);
  }
  return OTTL_OK;
}

bool ottl__regex_window_is(const rx_window *w, ottl_view literal) {
  const kernel_window *window = &w->window;
  if (!w->used || w->anchored || window->begins_word || window->width != literal.len) return false;
  size_t known = 0;
  for (uint32_t i = 0; i < window->n_sets; i++) {
    const kernel_set *set = &window->set[i];
    unsigned n = set->high ? 2 : 0;
    for (unsigned c = 0; c < 0x80; c++) n += kernel_in_set(set, (uint8_t)c);
    for (uint32_t k = 0; k < set->n_at && n == 1; k++) known += kernel_in_set(set, (uint8_t)literal.data[set->at[k]]);
  }
  return known == literal.len;
}

size_t ottl__regex_window_find(const rx_window *w, const ottl_kernels *kernels, ottl_view text, size_t at) {
  const uint8_t *s = (const uint8_t *)text.data;
  const kernel_window *behind = &w->behind;
  while (at != SIZE_MAX) {
    size_t then = at + KERNEL_WINDOW_BYTES;
    if (text.len - then < behind->width) return SIZE_MAX;
    if (kernels->find_window(s, then, then + behind->width, behind) != SIZE_MAX) return at;
    at = kernels->find_window(s, at + 1, text.len, &w->window);
  }
  return at;
}

bool ottl__regex_window_next(const rx_window *w, const ottl_kernels *kernels, ottl_view text, size_t from, size_t *ret_first,
                             size_t *ret_last) {
  const uint8_t *s = (const uint8_t *)text.data;
  if (w->anchored) {
    *ret_first = *ret_last = 0;
    if (from) return false;
    if (w->window.n_sets && kernels->find_window(s, 0, text.len < w->window.width ? 0 : w->window.width, &w->window) != 0)
      return false;
    return !w->later.n_sets ||
           (text.len >= w->later_min && kernels->find_window(s, w->later_min, text.len, &w->later) != SIZE_MAX);
  }
  if (text.len - from < w->before_min) return false;
  size_t at = kernels->find_window(s, from + w->before_min, text.len, &w->window);
  if (w->behind.n_sets) at = ottl__regex_window_find(w, kernels, text, at);
  if (at == SIZE_MAX) return false;
  size_t first = at - w->before_min, least = at - from > w->before_max ? at - w->before_max : from;
  /* The bytes that must be there may be any of `before`, too: the run of those decides. */
  while (first > least && w->before[s[first - 1] / 64] >> s[first - 1] % 64 & 1) first--;
  *ret_first = first;
  *ret_last = at - w->before_min;
  return true;
}
