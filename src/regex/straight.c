/* Straight patterns: sets of bytes and literals, one behind the other, each repeated or not; groups around some; assertions between.
 * No alternatives, and nothing repeated that is longer than a byte, except so many times exactly. Most patterns of redaction are so.
 * They are matched here, by going back as PCRE2 would: that costs less than to call PCRE2 for a match of a few bytes. A subject that
 * makes it go back much is left to the engines.
 *
 * Only patterns that may be matched by bytes (bytes.c) come here, so no match is empty, or begins or ends within a rune. */
#include "regex/ast.h"
#include "regex/utf8.h"

enum {
  STRAIGHT_ITEMS = 48,
  STRAIGHT_SETS = 16,
  STRAIGHT_GROUPS = 32,
  STRAIGHT_TEXT = 64,  /* bytes of all literals */
  STRAIGHT_DEPTH = 50, /* of the tree */
  STEPS_LEAST = 256    /* and 16 for each byte of the subject */
};

typedef enum straight_kind {
  STRAIGHT_SET,
  STRAIGHT_LITERAL,
  STRAIGHT_SPAN, /* an offset of a group */
  STRAIGHT_BEGIN_TEXT,
  STRAIGHT_END_TEXT,
  STRAIGHT_BEGIN_LINE,
  STRAIGHT_END_LINE,
  STRAIGHT_WORD
} straight_kind;

typedef struct straight_item {
  uint8_t kind;
  bool final;    /* SET: if what follows fails, it fails with fewer, too */
  uint16_t at;   /* SET: its bit in the table; LITERAL: offset of the text; SPAN: which */
  uint32_t min;  /* LITERAL: length */
  uint32_t most; /* UINT32_MAX: no limit */
} straight_item;

struct rx_straight {
  uint32_t n_items, n_sets, n_text;
  uint32_t run;     /* the item, if it is a run, that matches begin with: where it fails, every later start in the run does */
  uint32_t only;    /* the item, if it is a set, that is all there is, but for groups */
  bool anchored;    /* matches begin at 0 */
  bool by_window;   /* starts are what rx_window says; else what `start` does */
  uint16_t in[256]; /* the sets a byte is in */
  uint64_t sets[STRAIGHT_SETS][4];
  straight_item items[STRAIGHT_ITEMS];
  char text[STRAIGHT_TEXT];
  kernel_window start;
};

/* --- from the tree --- */

static straight_item *straight_add(rx_straight *s, straight_kind kind) {
  if (s->n_items == STRAIGHT_ITEMS) return NULL;
  straight_item *item = &s->items[s->n_items++];
  *item = (straight_item){.kind = (uint8_t)kind};
  return item;
}

static bool straight_set(rx_straight *s, const rx_node *n, size_t rune, uint32_t min, uint32_t most) {
  uint64_t set[4];
  bool high = ottl__regex_window_runes(n, rune, set);
  set[2] = set[3] = high ? UINT64_MAX : 0;
  if (high && n->op == RX_LITERAL) return false;
  uint32_t i = 0;
  while (i < s->n_sets && memcmp(s->sets[i], set, sizeof set) != 0) i++;
  if (i == STRAIGHT_SETS) return false;
  if (i == s->n_sets) memcpy(s->sets[s->n_sets++], set, sizeof set);
  straight_item *item = straight_add(s, STRAIGHT_SET);
  if (!item) return false;
  item->at = (uint16_t)(1u << i);
  item->min = min;
  item->most = most;
  return true;
}

static bool straight_literal(rx_straight *s, const rx_node *n) {
  for (size_t i = 0; i < n->n_runes; i++) {
    char bytes[4];
    uint32_t r = n->runes[i];
    if (n->flags & RX_FOLD && ottl__regex_fold(r) != r) {
      if (!straight_set(s, n, i, 1, 1)) return false;
      continue;
    }
    unsigned width = utf8_encode(r, bytes);
    straight_item *item = s->n_items ? &s->items[s->n_items - 1] : NULL;
    if (s->n_text + width > STRAIGHT_TEXT) return false;
    if (!item || item->kind != STRAIGHT_LITERAL) {
      item = straight_add(s, STRAIGHT_LITERAL);
      if (!item) return false;
      item->at = (uint16_t)s->n_text;
    }
    memcpy(s->text + s->n_text, bytes, width);
    s->n_text += width;
    item->min += width;
  }
  return true;
}

static bool straight_node(rx_straight *s, const rx_node *n, unsigned depth);

static bool straight_repeat(rx_straight *s, const rx_node *n, unsigned depth) {
  const rx_node *sub = n->subs[0];
  int min = n->op == RX_REPEAT ? n->min : n->op == RX_PLUS, max = n->op == RX_REPEAT ? n->max : n->op == RX_QUEST ? 1 : -1;
  if (n->flags & RX_NON_GREEDY && min != max) return false;
  if (rx_has_runes(sub)) return max != 0 && straight_set(s, sub, 0, (uint32_t)min, max < 0 ? UINT32_MAX : (uint32_t)max);
  if (min != max || min <= 0) return false;
  for (int i = 0; i < min; i++) {
    if (!straight_node(s, sub, depth + 1)) return false;
  }
  return true;
}

static bool straight_node(rx_straight *s, const rx_node *n, unsigned depth) {
  if (depth > STRAIGHT_DEPTH) return false;
  switch (n->op) {
  case RX_EMPTY: return true;
  case RX_LITERAL: return straight_literal(s, n);
  case RX_CLASS:
  case RX_ANY:
  case RX_ANY_NOT_NL: return straight_set(s, n, 0, 1, 1);
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (!straight_node(s, n->subs[i], depth + 1)) return false;
    }
    return true;
  case RX_CAPTURE: {
    straight_item *item = n->cap < STRAIGHT_GROUPS ? straight_add(s, STRAIGHT_SPAN) : NULL;
    if (!item) return false;
    item->at = (uint16_t)(2 * n->cap);
    if (!straight_node(s, n->subs[0], depth + 1)) return false;
    item = straight_add(s, STRAIGHT_SPAN);
    if (item) item->at = (uint16_t)(2 * n->cap + 1);
    return item != NULL;
  }
  case RX_STAR:
  case RX_PLUS:
  case RX_QUEST:
  case RX_REPEAT: return straight_repeat(s, n, depth);
  case RX_BEGIN_TEXT: return straight_add(s, STRAIGHT_BEGIN_TEXT) != NULL;
  case RX_END_TEXT: return straight_add(s, STRAIGHT_END_TEXT) != NULL;
  case RX_BEGIN_LINE: return straight_add(s, STRAIGHT_BEGIN_LINE) != NULL;
  case RX_END_LINE: return straight_add(s, STRAIGHT_END_LINE) != NULL;
  case RX_WORD: return straight_add(s, STRAIGHT_WORD) != NULL;
  default: return false;
  }
}

static bool straight_disjoint(const rx_straight *s, uint16_t a, uint16_t b) {
  for (size_t c = 0; c < 256; c++) {
    if (s->in[c] & a && s->in[c] & b) return false;
  }
  return true;
}

/* All word characters, or none. */
static bool straight_one_kind(const rx_straight *s, uint16_t set) {
  bool word = false, other = false;
  for (size_t c = 0; c < 256; c++) {
    if (s->in[c] & set) *(kernel_is_word((uint8_t)c) ? &word : &other) = true;
  }
  return !word || !other;
}

/* A run stops before a byte that is not in its set, or at its most. With fewer, a byte of the set comes next: is it sure that what
 * follows cannot take that? */
static bool straight_final(const rx_straight *s, uint32_t at) {
  const straight_item *run = &s->items[at];
  if (run->min == run->most) return true;
  for (uint32_t i = at + 1; i < s->n_items; i++) {
    const straight_item *next = &s->items[i];
    switch (next->kind) {
    case STRAIGHT_SPAN: continue;
    case STRAIGHT_SET:
      if (!straight_disjoint(s, run->at, next->at)) return false;
      if (next->min > 0) return true;
      continue;
    case STRAIGHT_LITERAL: return !(s->in[(uint8_t)s->text[next->at]] & run->at);
    case STRAIGHT_END_TEXT: return true;
    case STRAIGHT_END_LINE: return !(s->in['\n'] & run->at);
    case STRAIGHT_WORD: return i == at + 1 && run->min > 0 && straight_one_kind(s, run->at);
    default: return false;
    }
  }
  return true; /* nothing that can fail */
}

/* The window of a set that must be there `min` times. */
static void straight_only_start(rx_straight *s) {
  const straight_item *item = &s->items[s->only];
  kernel_set set = {.high = s->in[0x80] & item->at};
  for (size_t c = 0; c < 0x80; c++) {
    if (s->in[c] & item->at) set.low[c % 16] |= (uint8_t)(1 << c / 16);
  }
  uint8_t width = (uint8_t)(item->min < KERNEL_WINDOW_BYTES ? item->min : KERNEL_WINDOW_BYTES);
  for (; set.n_at < width; set.n_at++) set.at[set.n_at] = set.n_at;
  s->start = (kernel_window){.width = width, .n_sets = 1, .set = {set}};
  s->by_window = false;
}

static void straight_finish(rx_straight *s) {
  for (size_t c = 0; c < 256; c++) {
    for (uint32_t i = 0; i < s->n_sets; i++) {
      if (s->sets[i][c / 64] >> c % 64 & 1) s->in[c] |= (uint16_t)(1u << i);
    }
  }
  for (uint32_t i = 0; i < s->n_items; i++) {
    if (s->items[i].kind == STRAIGHT_SET) s->items[i].final = straight_final(s, i);
  }
  uint32_t first = 0;
  while (first < s->n_items && s->items[first].kind == STRAIGHT_SPAN) first++;
  const straight_item *item = &s->items[first];
  bool set = first < s->n_items && item->kind == STRAIGHT_SET;
  s->run = set && item->final && item->most == UINT32_MAX ? first : STRAIGHT_ITEMS;
  uint32_t last = first + 1;
  while (last < s->n_items && s->items[last].kind == STRAIGHT_SPAN) last++;
  s->only = set && last == s->n_items ? first : STRAIGHT_ITEMS;
  if (s->only == first) straight_only_start(s);
}

ottl_status ottl__regex_straight_create(const ottl_allocator *al, const rx_node *root, const rx_window *window,
                                        rx_straight **ret) {
  rx_straight *s = al_zero(al, sizeof *s);
  if (!s) return OTTL_NOMEM;
  s->anchored = ottl__regex_anchored(root);
  s->by_window = window->used && window->before_max > 0;
  s->start = window->used ? window->window : window->start;
  bool starts = s->anchored || s->by_window || s->start.n_sets;
  if (!starts || !straight_node(s, root, 0) || s->n_items == 0) {
    ottl__regex_straight_free(al, s);
    return OTTL_OK;
  }
  straight_finish(s);
  *ret = s;
  return OTTL_OK;
}

void ottl__regex_straight_free(const ottl_allocator *al, rx_straight *s) {
  if (s) al_free(al, s, sizeof *s);
}

/* --- matching --- */

typedef struct straight_try {
  const rx_straight *s;
  const uint8_t *text;
  size_t n, run_end; /* behind the run that a match begins with */
  straight_state *state;
} straight_try;

/* A run that may give back: down to `least`. */
typedef struct straight_back {
  uint32_t item;
  size_t least, at;
} straight_back;

static inline bool straight_holds(straight_kind kind, const uint8_t *text, size_t n, size_t at) {
  switch (kind) {
  case STRAIGHT_BEGIN_TEXT: return at == 0;
  case STRAIGHT_END_TEXT: return at == n;
  case STRAIGHT_BEGIN_LINE: return at == 0 || text[at - 1] == '\n';
  case STRAIGHT_END_LINE: return at == n || text[at] == '\n';
  default: return (at > 0 && kernel_is_word(text[at - 1])) != (at < n && kernel_is_word(text[at]));
  }
}

/* For good: what is left of this subject is for the engines. */
static straight_found straight_give_up(straight_try *t) {
  t->state->steps = 0;
  return STRAIGHT_UNKNOWN;
}

/* The match that begins at `at`; *ret is where it ends. */
static straight_found straight_match(straight_try *t, size_t at, size_t *spans, size_t *ret) {
  const rx_straight *s = t->s;
  const uint8_t *text = t->text;
  const size_t n = t->n;
  straight_back back[STRAIGHT_ITEMS];
  uint32_t n_back = 0;
  for (uint32_t i = 0; i < s->n_items;) {
    const straight_item *item = &s->items[i];
    bool ok = true;
    if (t->state->steps-- == 0) return straight_give_up(t);
    switch (item->kind) {
    case STRAIGHT_SET: {
      size_t from = at, end = n - at > item->most ? at + item->most : n;
      while (at < end && s->in[text[at]] & item->at) at++;
      size_t took = at - from;
      if (i == s->run) t->run_end = at;
      ok = took >= item->min;
      if (took > t->state->steps) return straight_give_up(t);
      t->state->steps -= took;
      if (ok && !item->final && took > item->min) back[n_back++] = (straight_back){i, from + item->min, at};
      break;
    }
    case STRAIGHT_LITERAL:
      ok = n - at >= item->min && text[at] == (uint8_t)s->text[item->at] && memcmp(text + at, s->text + item->at, item->min) == 0;
      at += item->min;
      break;
    case STRAIGHT_SPAN:
      if (spans) spans[item->at] = at;
      break;
    default: ok = straight_holds((straight_kind)item->kind, text, n, at); break;
    }
    if (OTTL_LIKELY(ok)) {
      i++;
      continue;
    }
    if (n_back == 0) return STRAIGHT_NONE;
    straight_back *b = &back[n_back - 1];
    at = --b->at;
    i = b->item + 1;
    n_back -= b->at == b->least;
  }
  *ret = at;
  return STRAIGHT_HIT;
}

static straight_found straight_at(straight_try *t, size_t at, size_t *spans) {
  size_t end;
  straight_found found = straight_match(t, at, spans, &end);
  if (found == STRAIGHT_HIT && spans) {
    spans[0] = at;
    spans[1] = end;
  }
  return found;
}

/* Where a match may begin after one at `at` failed. */
static inline size_t straight_next(const straight_try *t, size_t at) { return t->run_end > at ? t->run_end : at + 1; }

static straight_found straight_by_window(straight_try *t, const rx_window *w, const ottl_kernels *kernels, size_t from,
                                         size_t *spans) {
  const ottl_view text = {(const char *)t->text, t->n};
  size_t first, last;
  while (from <= t->n && ottl__regex_window_next(w, kernels, text, from, &first, &last)) {
    for (from = first; from <= last; from = straight_next(t, from)) {
      straight_found found = straight_at(t, from, spans);
      if (found != STRAIGHT_NONE) return found;
    }
  }
  return STRAIGHT_NONE;
}

static straight_found straight_by_start(straight_try *t, const ottl_kernels *kernels, size_t at, size_t *spans) {
  const kernel_window *w = &t->s->start;
  straight_state *state = t->state;
  const size_t places = 65u - w->width;
  for (;;) {
    if (at < state->from || at - state->from >= places) {
      if (at >= t->n || t->n - at < w->width) return STRAIGHT_NONE;
      state->from = at;
      state->hits = kernels->window_hits(t->text, at, t->n, w);
    }
    uint64_t hits = state->hits >> (at - state->from);
    if (!hits) {
      at = state->from + places;
      continue;
    }
    at += (size_t)__builtin_ctzll(hits);
    straight_found found = straight_at(t, at, spans);
    if (found != STRAIGHT_NONE) return found;
    at = straight_next(t, at);
  }
}

straight_state ottl__regex_straight_begin(ottl_view text) {
  return (straight_state){.from = SIZE_MAX, .steps = STEPS_LEAST + 16 * text.len};
}

straight_found ottl__regex_straight_find(const rx_straight *s, const rx_window *w, const ottl_kernels *kernels, ottl_view text,
                                         size_t from, straight_state *state, size_t *spans) {
  straight_try t = {s, (const uint8_t *)text.data, text.len, 0, state};
  if (s->anchored) return from == 0 ? straight_at(&t, 0, spans) : STRAIGHT_NONE;
  if (s->by_window) return straight_by_window(&t, w, kernels, from, spans);
  return straight_by_start(&t, kernels, from, spans);
}

/* All there is to a match is a run of one set. */
static straight_found straight_runs(const rx_straight *s, const ottl_kernels *kernels, ottl_view text, size_t from,
                                    straight_spans *ret) {
  const straight_item *item = &s->items[s->only];
  const uint8_t *p = (const uint8_t *)text.data;
  const size_t n = text.len, width = s->start.width;
  while (from < n && n - from >= width) {
    uint64_t hits = kernels->window_hits(p, from, n, &s->start);
    size_t base = from;
    from += 65u - width;
    while (hits) {
      size_t at = base + (size_t)__builtin_ctzll(hits), end = at + width, most = n - at > item->most ? at + item->most : n;
      while (end < most && s->in[p[end]] & item->at) end++;
      if (end - at >= item->min) {
        ret->at[ret->n][0] = at;
        ret->at[ret->n][1] = end;
        if (++ret->n == STRAIGHT_SPANS) return STRAIGHT_HIT;
      }
      if (end > from) from = end; /* a block overlaps the one before */
      if (end - base >= 64) break;
      hits = hits >> (end - base) << (end - base);
    }
  }
  return STRAIGHT_NONE;
}

straight_found ottl__regex_straight_all(const rx_straight *s, const rx_window *w, const ottl_kernels *kernels, ottl_view text,
                                        size_t from, straight_state *state, straight_spans *ret) {
  ret->n = 0;
  if (s->only < STRAIGHT_ITEMS) return straight_runs(s, kernels, text, from, ret);
  straight_found found = STRAIGHT_HIT;
  size_t groups[2 * STRAIGHT_GROUPS];
  while (ret->n < STRAIGHT_SPANS) {
    found = ottl__regex_straight_find(s, w, kernels, text, from, state, groups);
    if (found != STRAIGHT_HIT) break;
    memcpy(ret->at[ret->n++], groups, sizeof ret->at[0]);
    from = groups[1];
  }
  return found;
}
