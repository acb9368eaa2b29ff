/* Files of statements (.ottl):
 *
 *   # a comment line
 *   context: log
 *   set(log.attributes["a"], 1)
 *     where log.body != nil
 *
 * One statement a line; an indented line goes on with the statement before it. `context: NAME` holds for what follows. */
#ifndef OTTL_SRC_SYNTAX_SPLIT_H
#define OTTL_SRC_SYNTAX_SPLIT_H

#include "base/alloc.h"

typedef struct ottl_piece {
  ottl_view text;        /* as in the file, line breaks included; comment lines inside are blanks */
  ottl_view context;     /* empty before the first `context:` line */
  size_t offset;         /* of the first byte in the file */
  uint32_t line, column; /* of the first byte, from 1 */
} ottl_piece;

typedef struct ottl_pieces {
  ottl_piece *items; /* in the arena, as is all text */
  size_t n;
} ottl_pieces;

/* Is an unindented line `context: NAME` and nothing else? */
bool ottl__split_context(const char *line, size_t len, ottl_view *ret);
/* Never refuses a file: what is no statement is found by the parser. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__split(ottl_arena *arena, ottl_view file, ottl_pieces *ret);

#endif
