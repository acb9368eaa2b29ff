/* What user agents say of themselves: uap-core's rules for programs and systems, as the reference's library applies them.
 *
 * Hundreds of patterns in order, and the first that matches wins. Almost all of them hold texts without which they cannot match
 * (third_party/uap-core/gen_rules.go finds them); one look for all texts leaves a handful of rules. A rule is compiled when it
 * is first tried and then kept: what there is bounds the memory. */
#ifndef OTTL_SRC_FUNCS_UAP_H
#define OTTL_SRC_FUNCS_UAP_H

#include "regex/regex.h"

typedef struct ottl_uap ottl_uap; /* one thread at a time */

typedef struct uap_answer {
  ottl_view program, program_version, system, system_version; /* versions may be empty, and then are not known */
} uap_answer;

OTTL_MUST_CHECK ottl_status ottl__uap_create(const ottl_allocator *al, ottl_uap **ret);
void ottl__uap_free(ottl_uap *u);
/* The answer lives until the next call. Fails: NOMEM, LIMIT (an agent of 4 GiB or more). */
OTTL_MUST_CHECK ottl_status ottl__uap_parse(ottl_uap *u, ottl_regex_context *cx, ottl_view agent, uap_answer *ret);
/* For tests: whether every rule is tried. */
void ottl__uap_try_all(ottl_uap *u, bool all);

#endif
