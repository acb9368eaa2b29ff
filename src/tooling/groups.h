/* Texts of statements as groups for the compiler. */
#ifndef OTTL_SRC_TOOLING_GROUPS_H
#define OTTL_SRC_TOOLING_GROUPS_H

#include "base/alloc.h"
#include "ottl/program.h"

/* The text of an .ottl file as groups: pieces that follow each other with the same context are one. at: where the text stands (name,
 * line, column, offset, indent; `{0}` for a file of its own without a name). filter: its pieces are conditions.
 * All of it lives in the arena, or as long as the text. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__text_groups(ottl_arena *arena, ottl_view text, const ottl_snippet *at, bool filter,
                                              ottl_error_mode mode, ottl_group **ret, size_t *ret_n);

#endif
