/* The program of the linear engine, shared by linear.c (compiler) and linear_run.c (machine). */
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

#endif
