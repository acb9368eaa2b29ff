/* The program of the linear engine, shared by linear.c (compiler), linear_run.c (machine) and linear_all.c (all matches). */
#ifndef OTTL_SRC_REGEX_LINEAR_H
#define OTTL_SRC_REGEX_LINEAR_H

#include "regex/ast.h"

typedef enum lin_op {
  LIN_FAIL, /* instruction 0 */
  LIN_MATCH,
  LIN_RUNE,  /* arg: the rune */
  LIN_CLASS, /* arg: index of the class */
  LIN_ANY,
  LIN_ANY_NOT_NL,
  LIN_ALT,   /* out first, then arg */
  LIN_CAP,   /* arg: the slot */
  LIN_EMPTY, /* arg: LIN_BEGIN_... bits that must hold */
  LIN_NOP
} lin_op;

enum { LIN_BEGIN_LINE = 1, LIN_END_LINE = 2, LIN_BEGIN_TEXT = 4, LIN_END_TEXT = 8, LIN_WORD = 16, LIN_NOT_WORD = 32 };

typedef struct lin_inst {
  uint32_t op, out, arg;
} lin_inst;

typedef struct lin_class {
  uint64_t ascii[2];
  uint32_t n;
  const rx_range *ranges;
} lin_class;

struct rx_program {
  lin_inst *insts;
  size_t n, cap;
  lin_class *classes;
  size_t n_classes, cap_classes;
  rx_range *ranges; /* of all classes */
  size_t n_ranges, cap_ranges;
  uint32_t start;
  uint32_t n_slots;   /* two for each group, group 0 too */
  uint32_t n_threads; /* instructions that consume, and the match: as many threads there can be */
  bool anchored;
  uint64_t first[4]; /* bytes a match may begin with, if it is not empty */
  bool any_first;    /* a match may be empty: every position counts */
};

static inline bool lin_is_word(uint8_t c) { return (unsigned)(c - '0') < 10 || (unsigned)((c | 0x20) - 'a') < 26 || c == '_'; }

/* What holds between two runes. Only ASCII matters, so bytes do. */
static inline uint32_t lin_conditions(ottl_view s, size_t at) {
  bool begin = at == 0, end = at == s.len;
  uint8_t before = begin ? 0 : (uint8_t)s.data[at - 1], after = end ? 0 : (uint8_t)s.data[at];
  uint32_t c = 0;
  if (begin) c |= LIN_BEGIN_TEXT;
  if (begin || before == '\n') c |= LIN_BEGIN_LINE;
  if (end) c |= LIN_END_TEXT;
  if (end || after == '\n') c |= LIN_END_LINE;
  return c | ((!begin && lin_is_word(before)) != (!end && lin_is_word(after)) ? LIN_WORD : LIN_NOT_WORD);
}

static inline bool lin_class_has(const lin_class *c, uint32_t r) {
  if (r < 128) return c->ascii[r / 64] >> r % 64 & 1;
  const rx_class ranges = {.items = (rx_range *)c->ranges, .n = c->n};
  return ottl__regex_class_has(&ranges, r);
}

/* Of an instruction that waits for a rune. */
static inline bool lin_takes(const rx_program *p, const lin_inst *i, uint32_t rune) {
  switch (i->op) {
  case LIN_RUNE: return rune == i->arg;
  case LIN_CLASS: return lin_class_has(&p->classes[i->arg], rune);
  case LIN_ANY: return true;
  default: return rune != '\n';
  }
}

#endif
