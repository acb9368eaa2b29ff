/* Parsing of one statement, condition or value expression. */
#ifndef OTTL_SRC_SYNTAX_PARSE_H
#define OTTL_SRC_SYNTAX_PARSE_H

#include "diag/diag.h"
#include "syntax/lexer.h"
#include "syntax/tree.h"

typedef enum ottl_parse_entry { OTTL_ENTRY_STATEMENT, OTTL_ENTRY_CONDITION, OTTL_ENTRY_VALUE } ottl_parse_entry;

#define OTTL_PARSE_HEIGHT(max_depth)                                                                                             \
  (4 * (max_depth)) /* nodes inside one another: a sum of 3000 terms leans that deep to the left */

/* Parses `source`. Diagnostics are added to diags (may be NULL) for every error, with source_id in their spans; then the status
 * is COMPILE. *ret is NULL when nothing usable came out; it may be a tree with holes (NODE_ERROR) beside errors.
 * Nodes and their texts live in `arena`; nothing points into `source`. max_depth 0: the default.
 * No more than max_depth brackets lie inside one another, and the height of the tree (see tree.h) is at most
 * OTTL_PARSE_HEIGHT(max_depth): it may be walked by recursion with small frames. max_depth is at most 100,000.
 * Fails: COMPILE, NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__parse(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint32_t source_id,
                                        uint32_t max_depth, ottl_diags *diags, ottl_node **ret);

/* The tokens of a text that parsed: kinds are what the parser took them for (a string may stand for a `,`), the end is left out. */
typedef struct ottl_parsed_tokens {
  ottl_token *items; /* in the arena, as their texts */
  size_t n;
} ottl_parsed_tokens;

/* The same, with the tokens when the status is OK. ret_tokens: NULL for none. */
OTTL_MUST_CHECK ottl_status ottl__parse_tokens(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint32_t source_id,
                                               uint32_t max_depth, ottl_diags *diags, ottl_node **ret,
                                               ottl_parsed_tokens *ret_tokens);

/* Which tokens could follow a text that is not finished, as somebody types it: bit TOK_... of *ret. Mistakes before its end are passed
 * over; 0: there are too many of them. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__parse_expected(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint64_t *ret);

/* Adds the tree as an s-expression on one line; for tests and for `--dump`. */
void ottl__tree_print(const ottl_node *node, ottl_sbuf *out);

#endif
