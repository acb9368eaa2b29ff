/* One statement, condition or value expression in its canonical layout. docs/formatting.md has the rules.
 *
 * The parser says what each token is; the layout changes white space between tokens, the commas between entries of maps, and
 * nothing else. What comes out is parsed again: a text whose tree would be another one is left as it was. */
#ifndef OTTL_SRC_TOOLING_LAYOUT_H
#define OTTL_SRC_TOOLING_LAYOUT_H

#include "base/sbuf.h"
#include "syntax/parse.h"

#define LAYOUT_WIDTH    100 /* columns of a line */
#define LAYOUT_ONE_LINE 0   /* as a width: never break a line */
#define LAYOUT_INDENT   2
#define LAYOUT_DEEPEST  40 /* deeper brackets are indented no further */

/* A comment line between the lines of a statement. */
typedef struct layout_comment {
  uint32_t at; /* offset in the text; blanks stand there */
  ottl_view text;
} layout_comment;

typedef struct layout_text {
  ottl_parse_entry entry;
  ottl_view text;
  const layout_comment *comments; /* in order */
  size_t n_comments;
  uint32_t width;
} layout_text;

typedef struct layout_result {
  ottl_view text;  /* in the arena; lines behind the first are indented; no line break at the end */
  bool left;       /* it stays as it was: `text` is not set */
  bool raw_breaks; /* a string with a line break inside: lines cannot be moved about */
} layout_result;

/* Fails: COMPILE (it does not parse; diags has more, with `source` in its spans), NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__layout(ottl_arena *arena, const layout_text *text, uint32_t source, ottl_diags *diags,
                                         layout_result *ret);
/* Do both texts parse to the same tree? Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__layout_same(const ottl_allocator *al, ottl_parse_entry entry, ottl_view a, ottl_view b,
                                              bool *ret);

#endif
