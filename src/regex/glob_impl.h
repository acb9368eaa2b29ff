/* Shared by glob*.c: the pattern's tree, and the matchers made from it. */
#ifndef OTTL_SRC_REGEX_GLOB_IMPL_H
#define OTTL_SRC_REGEX_GLOB_IMPL_H

#include "base/utf8.h"
#include "regex/glob.h"

typedef enum glob_kind {
  GLOB_NOTHING,
  GLOB_PATTERN,
  GLOB_LIST,
  GLOB_RANGE,
  GLOB_TEXT,
  GLOB_STAR, /* *, and ** which is the same without separators */
  GLOB_SUPER,
  GLOB_SINGLE,
  GLOB_ANY_OF
} glob_kind;

typedef struct glob_node {
  uint8_t kind;
  bool not;
  uint32_t lo, hi; /* GLOB_RANGE */
  ottl_view text;  /* GLOB_TEXT, GLOB_LIST: UTF-8 without escapes */
  struct glob_node *parent;
  struct glob_node **child;
  uint32_t n, cap;
} glob_node;

typedef enum glob_op {
  GM_NOTHING,
  GM_TEXT,
  GM_SINGLE,
  GM_LIST,
  GM_RANGE,
  GM_SUPER,
  GM_PREFIX,
  GM_SUFFIX,
  GM_PREFIX_SUFFIX, /* prefix a, suffix b */
  GM_CONTAINS,
  GM_MIN,
  GM_MAX,
  GM_ROW,
  GM_ANY_OF,
  GM_EVERY_OF,
  GM_BTREE
} glob_op;

typedef struct glob_matcher {
  uint8_t op;
  bool not;
  int32_t len;     /* in runes; -1: not fixed */
  uint32_t lo, hi; /* GM_RANGE; lo: the number of GM_MIN and GM_MAX */
  ottl_view a, b;  /* texts; GM_LIST: its characters */
  const struct glob_matcher *const *sub;
  uint32_t n;
  const struct glob_matcher *value, *left, *right; /* GM_BTREE; left, right may be NULL */
  int32_t left_len, right_len;
} glob_matcher;

typedef struct glob_inst {
  const glob_node *node; /* consumes a rune of this kind; NULL: `rune`, or nothing */
  uint32_t rune, out, alt;
  uint8_t op;
} glob_inst;

struct ottl_glob {
  ottl_allocator al;
  ottl_arena arena;
  glob_node *root;
  const glob_matcher *matcher;
  ottl_view head; /* what every text that matches begins with */
  const glob_inst *code;
  uint32_t n_code;
};

/* glob_build.c. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__glob_build(ottl_glob *g);
/* glob_linear.c. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__glob_linear_build(ottl_glob *g);
OTTL_MUST_CHECK ottl_status ottl__glob_linear_match(const ottl_glob *g, ottl_arena *scratch, ottl_view subject, bool *ret);
bool ottl__glob_in_list(ottl_view list, uint32_t rune);

#endif
