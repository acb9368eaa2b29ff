/* The checker: syntax trees in, typed trees out. */
#ifndef OTTL_SRC_SEMA_CHECK_H
#define OTTL_SRC_SEMA_CHECK_H

#include "diag/diag.h"
#include "ottl/program.h"
#include "sema/expr.h"

static inline ottl_span expr_span(const ottl_expr *e) { return (ottl_span){e->source_id, e->begin, e->end}; }

/* For the column `signals` of contexts.def: a bit for each ottl_signal. */
#define OTTL_SIGNALS_ALL                                                                                                         \
  (1u << OTTL_SIGNAL_LOGS | 1u << OTTL_SIGNAL_TRACES | 1u << OTTL_SIGNAL_METRICS | 1u << OTTL_SIGNAL_PROFILES)

typedef struct ottl_context_info {
  const char *name;
  uint8_t level;
  uint8_t signals; /* bit 1 << ottl_signal */
} ottl_context_info;
extern const ottl_context_info ottl__contexts[OTTL_CONTEXT_COUNT];
/* Is the context there only when the option `experimental` is on? */
static inline bool context_is_experimental(ottl_context_id c) { return ottl__contexts[c].signals == 1u << OTTL_SIGNAL_PROFILES; }
/* OTTL_CONTEXT_COUNT when there is none of that name. */
ottl_context_id ottl__context_find(ottl_view name);

/* Parses and checks one group: registers its sources with `diags`, infers the context when group->context is NULL.
 * kind: what statements are (editor statements, conditions of a filter, values, conditions). Of a FILTER, the group's conditions
 * and statements alike become conditions, in that order; it has no statements then.
 * A text with syntax errors is not checked further, the others of the group are.
 * Memory: `arena` (lives as long as the program); call sites with a free_prep are the caller's to free (walk the tree, or see
 * ottl__sema_release). Fails: COMPILE, UNSUPPORTED, LIMIT, NOMEM; diagnostics say why. All errors of the group are reported. */
OTTL_MUST_CHECK ottl_status ottl__sema_group(ottl_arena *arena, const ottl_compile_options *options, const ottl_group *group,
                                             ottl_diags *diags, ottl_checked_group *ret);
/* Lints about conditions beside each other, any of which lets a record in or drops it: for those of a group that were checked one by one. */
void ottl__lint_conditions(const ottl_compile_options *options, ottl_diags *diags, ottl_expr *const *conditions, uint32_t n);
/* Frees what prepare functions made. */
void ottl__sema_release(const ottl_allocator *al, ottl_checked_group *group);

#endif
