/* All matches of one subject, one after the other, in time that grows with its length alone. Engines that search anew behind each
 * match do not have that: for a+b|a on many a's each of them goes to the end before it settles for one a.
 *
 * First backwards over the subject: which instructions can still come to a match from each place. What is kept is where a match can
 * begin, and the sets of some places; those between are found again, a block at a time, when they are asked for. Then forwards, as
 * the Pike machine would, but on the one way that is preferred among those that come to a match: no other is ever begun.
 *
 * Time is O(program x subject) for all matches together; memory O(program x root of the subject), and 2 bits for each byte. */
#include "base/limits.h"
#include "regex/linear.h"
#include "regex/utf8.h"

/* A way that is left for later, or with `at` UINT32_MAX: a slot to be put back. */
typedef struct walk_todo {
  uint32_t at, slot;
  size_t old;
} walk_todo;

static bool walk_bit(const uint64_t *bits, size_t i) { return bits[i / 64] >> i % 64 & 1; }
static void walk_set_bit(uint64_t *bits, size_t i) { bits[i / 64] |= (uint64_t)1 << i % 64; }

static void walk_clear(rx_walk_set *s) {
  for (uint32_t i = 0; i < s->n; i++) s->bits[s->items[i] / 64] = 0;
  s->n = 0;
}
static void walk_add(rx_walk_set *s, uint32_t i) {
  if (walk_bit(s->bits, i)) return;
  walk_set_bit(s->bits, i);
  s->items[s->n++] = i;
}

static bool walk_consumes(const lin_inst *i) { return i->op >= LIN_RUNE && i->op <= LIN_ANY_NOT_NL; }

/* --- the memory --- */

typedef struct walk_sizes {
  size_t bits, row, block, n_blocks; /* words; words; bytes of the subject; how many */
} walk_sizes;

static walk_sizes walk_measure(const rx_program *p, size_t n) {
  walk_sizes z = {.bits = n / 64 + 1, .row = p->n / 64 + 1, .block = 64};
  while (z.block < n / z.block) z.block *= 2;
  z.n_blocks = n / z.block + 1;
  return z;
}

/* Lays out what the walk keeps. LIMIT: it would be too much. */
static ottl_status walk_reserve(const ottl_allocator *al, rx_walk *w, walk_sizes z) {
  size_t n = w->program->n, rows = z.n_blocks + z.block;
  size_t most = w->most_bytes ? w->most_bytes : OTTL_MAX_REGEX_CAPTURE_BYTES;
  if (rows > most / (z.row * sizeof(uint64_t))) return OTTL_LIMIT;
  size_t words = 2 * z.bits + rows * z.row + 2 * z.row;
  size_t bytes = words * sizeof(uint64_t) + (n + 2) * sizeof(walk_todo) + (5 * n + 2) * sizeof(uint32_t);
  if (w->bytes < bytes) {
    void *memory = al_new(al, bytes);
    if (!memory) return OTTL_NOMEM;
    al_free(al, w->memory, w->bytes);
    w->memory = memory;
    w->bytes = bytes;
  }
  uint64_t *at = w->memory;
  memset(at, 0, words * sizeof(uint64_t));
  w->bounds = at, at += z.bits;
  w->starts = at, at += z.bits;
  w->marks = at, at += z.n_blocks * z.row;
  w->rows = at, at += z.block * z.row;
  w->now.bits = at, at += z.row;
  w->next.bits = at, at += z.row;
  w->todo = (walk_todo *)at;
  uint32_t *numbers = (uint32_t *)((walk_todo *)w->todo + n + 2);
  w->first = numbers, numbers += n + 2;
  w->edges = numbers, numbers += 2 * n;
  w->now.items = numbers, numbers += n;
  w->next.items = numbers;
  w->now.n = w->next.n = 0;
  w->row_words = z.row;
  w->block = z.block;
  w->in_rows = SIZE_MAX;
  return OTTL_OK;
}

/* For each instruction those that lead to it: edges[first[i]] to edges[first[i + 1]]. */
static void walk_turn(rx_walk *w) {
  const rx_program *p = w->program;
  uint32_t *first = w->first;
  memset(first, 0, (p->n + 2) * sizeof *first);
  for (size_t i = 0; i < p->n; i++) {
    const lin_inst *in = &p->insts[i];
    if (in->op == LIN_FAIL || in->op == LIN_MATCH) continue;
    first[in->out + 2]++;
    if (in->op == LIN_ALT) first[in->arg + 2]++;
  }
  for (size_t i = 2; i < p->n + 2; i++) first[i] += first[i - 1];
  for (size_t i = 0; i < p->n; i++) {
    const lin_inst *in = &p->insts[i];
    if (in->op == LIN_MATCH) w->match = (uint32_t)i;
    if (in->op == LIN_FAIL || in->op == LIN_MATCH) continue;
    w->edges[first[in->out + 1]++] = (uint32_t)i;
    if (in->op == LIN_ALT) w->edges[first[in->arg + 1]++] = (uint32_t)i;
  }
}

/* --- backwards --- */

/* The set `now` of place `pos` from `next`, that of the place behind it. */
static void walk_step_back(rx_walk *w, size_t pos) {
  const rx_program *p = w->program;
  rx_walk_set swap = w->next;
  w->next = w->now;
  w->now = swap;
  walk_clear(&w->now);
  walk_add(&w->now, w->match);
  uint64_t steps = 1;
  unsigned width;
  uint32_t rune = pos < w->subject.len ? utf8_decode(w->subject.data + pos, w->subject.len - pos, &width) : 0;
  for (uint32_t k = 0; pos < w->subject.len && k < w->next.n; k++) {
    uint32_t to = w->next.items[k];
    for (uint32_t e = w->first[to]; e < w->first[to + 1]; e++, steps++) {
      const lin_inst *in = &p->insts[w->edges[e]];
      if (walk_consumes(in) && lin_takes(p, in, rune)) walk_add(&w->now, w->edges[e]);
    }
  }
  uint32_t holds = lin_conditions(w->subject, pos);
  for (uint32_t k = 0; k < w->now.n; k++) {
    uint32_t to = w->now.items[k];
    for (uint32_t e = w->first[to]; e < w->first[to + 1]; e++, steps++) {
      const lin_inst *in = &p->insts[w->edges[e]];
      if (walk_consumes(in) || (in->op == LIN_EMPTY && in->arg & ~holds)) continue;
      walk_add(&w->now, w->edges[e]);
    }
  }
  w->steps += steps;
}

/* The place between runes before `pos`, which is behind the first. */
static size_t walk_before(const rx_walk *w, size_t pos) {
  do {
    pos--;
  } while (!walk_bit(w->bounds, pos - w->from));
  return pos;
}

static void walk_all_back(rx_walk *w) {
  const uint32_t start = w->program->start;
  for (size_t pos = w->subject.len;; pos = walk_before(w, pos)) {
    walk_step_back(w, pos);
    size_t at = pos - w->from;
    if (walk_bit(w->now.bits, start)) walk_set_bit(w->starts, at);
    /* The first place of a block is the last that is written for it. */
    if (at % w->block < 4) memcpy(w->marks + at / w->block * w->row_words, w->now.bits, w->row_words * sizeof(uint64_t));
    if (pos == w->from) break;
  }
}

/* Makes `now` the set of the first place behind block `b` and returns that place; behind the last block there is none. */
static size_t walk_load_mark(rx_walk *w, size_t b) {
  size_t at = (b + 1) * w->block;
  walk_clear(&w->now);
  if (at > w->subject.len - w->from) return w->subject.len + 1;
  while (!walk_bit(w->bounds, at)) at++;
  const uint64_t *mark = w->marks + (b + 1) * w->row_words;
  for (size_t i = 0; i < w->row_words; i++) {
    for (uint64_t left = mark[i]; left; left &= left - 1) walk_add(&w->now, (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(left));
  }
  return w->from + at;
}

/* The set of a place, as bits. */
static const uint64_t *walk_row(rx_walk *w, size_t pos) {
  size_t b = (pos - w->from) / w->block, begin = w->from + b * w->block;
  if (w->in_rows != b) {
    w->in_rows = b;
    size_t at = walk_load_mark(w, b);
    /* At the end of the subject nothing lies behind: its own set is the first. */
    at = at > w->subject.len ? w->subject.len : walk_before(w, at);
    for (;; at = walk_before(w, at)) {
      walk_step_back(w, at);
      memcpy(w->rows + (at - begin) * w->row_words, w->now.bits, w->row_words * sizeof(uint64_t));
      if (at == begin || at == w->from) break;
      if (walk_before(w, at) < begin) break;
    }
  }
  return w->rows + (pos - begin) * w->row_words;
}

ottl_status ottl__regex_walk_begin(const ottl_allocator *al, const rx_program *p, rx_walk *w, ottl_view subject, size_t from) {
  if (subject.len >= UINT32_MAX) return OTTL_LIMIT;

  w->number++;
  w->program = p;
  w->subject = subject;
  w->from = from;
  OTTL_TRY(walk_reserve(al, w, walk_measure(p, subject.len - from)));
  walk_turn(w);
  for (size_t pos = from; pos < subject.len;) {
    unsigned width;
    walk_set_bit(w->bounds, pos - from);
    (void)utf8_decode(subject.data + pos, subject.len - pos, &width);
    pos += width;
  }
  walk_set_bit(w->bounds, subject.len - from);
  walk_all_back(w);
  return OTTL_OK;
}

/* --- forwards --- */

/* The first place at or behind `pos` where a match begins, SIZE_MAX: none. */
static size_t walk_start(const rx_walk *w, size_t pos) {
  size_t at = pos - w->from, n = w->subject.len - w->from;
  for (size_t i = at / 64; i <= n / 64; i++) {
    uint64_t word = w->starts[i];
    if (i == at / 64) word &= ~(uint64_t)0 << at % 64;
    if (word) return w->from + 64 * i + (size_t)__builtin_ctzll(word);
  }
  return SIZE_MAX;
}

/* The instruction, preferred to all others, that waits for the rune at `pos` and leads to a match; or the match. */
static uint32_t walk_follow(rx_walk *w, const uint64_t *row, uint32_t from, size_t pos, size_t *spans) {
  const lin_inst *insts = w->program->insts;
  walk_todo *todo = w->todo;
  size_t n = 0;
  walk_clear(&w->now);
  todo[n++] = (walk_todo){from, 0, 0};
  while (n) {
    walk_todo t = todo[--n];
    if (t.at == UINT32_MAX) {
      spans[t.slot] = t.old;
      continue;
    }
    for (uint32_t at = t.at; walk_bit(row, at) && !walk_bit(w->now.bits, at);) {
      const lin_inst *in = &insts[at];
      w->steps++;
      if (walk_consumes(in) || in->op == LIN_MATCH) return at;
      walk_add(&w->now, at);
      if (in->op == LIN_ALT) todo[n++] = (walk_todo){in->arg, 0, 0};
      if (in->op == LIN_CAP) {
        todo[n++] = (walk_todo){UINT32_MAX, in->arg, spans[in->arg]};
        spans[in->arg] = pos;
      }
      at = in->out;
    }
  }
  return 0; /* not reached: what is in the row leads on */
}

bool ottl__regex_walk_next(rx_walk *w, size_t start, size_t *spans) {
  const rx_program *p = w->program;
  size_t pos = walk_start(w, start), begin = pos;
  if (pos == SIZE_MAX) return false;
  for (uint32_t i = 0; i < p->n_slots; i++) spans[i] = SIZE_MAX;
  for (uint32_t at = p->start;;) {
    at = walk_follow(w, walk_row(w, pos), at, pos, spans);
    if (p->insts[at].op == LIN_MATCH) break;
    unsigned width;
    (void)utf8_decode(w->subject.data + pos, w->subject.len - pos, &width);
    pos += width;
    at = p->insts[at].out;
  }
  spans[0] = begin;
  spans[1] = pos;
  for (uint32_t i = 2; i < p->n_slots; i += 2) {
    if (spans[i] == SIZE_MAX || spans[i + 1] == SIZE_MAX) spans[i] = spans[i + 1] = SIZE_MAX;
  }
  return true;
}
