/* Glob patterns of replace_match and replace_all_matches, as github.com/gobwas/glob 0.2.3 without separators understands them.
 *
 * That library compiles a pattern to a tree of matchers and rewrites the tree on the way; what comes out is not always what the
 * pattern says (`?` matches "", `[!ab][!ab]` matches "ba", `{?,?}x` depends on bytes). Results must be its results, so the same tree is
 * built here (glob.c, glob_build.c) and matched in the same way (glob_match.c). That can take time to the power of the number of stars;
 * after a fixed number of steps a linear-time machine made from the pattern's meaning (glob_linear.c) answers instead. */
#ifndef OTTL_SRC_REGEX_GLOB_H
#define OTTL_SRC_REGEX_GLOB_H

#include "base/alloc.h"

typedef struct ottl_glob ottl_glob;

/* COMPILE: not a pattern, *ret_message says why. LIMIT: too large. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__glob_compile(const ottl_allocator *al, ottl_view pattern, ottl_glob **ret,
                                               const char **ret_message);
void ottl__glob_free(ottl_glob *glob);
/* `scratch` is reset. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__glob_match(const ottl_glob *glob, ottl_arena *scratch, ottl_view subject, bool *ret);

#endif
