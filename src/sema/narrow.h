/* What is known of paths where an expression stands, because of the conditions before it.
 *
 * A fact is about one path with constant keys: which types it can read as, or how it compares with a literal. Facts are a list
 * that only grows at its head, so that a scope is the head that was there when it began. They hold where an expression is
 * evaluated: operands of an `and` see what those before them say when they hold, operands of an `or` what those before them say
 * when they do not, a statement sees its `where`, the statements of a group its conditions. A write ends what it may touch. */
#ifndef OTTL_SRC_SEMA_NARROW_H
#define OTTL_SRC_SEMA_NARROW_H

#include "diag/diag.h"
#include "sema/expr.h"

#define TYPES_LISTS                                                                                                              \
  (TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_STRING) | TYPES(LIST_INT) | TYPES(LIST_UINT64) | TYPES(LIST_DOUBLE))
#define TYPES_SLICES                                                                                                             \
  (TYPES(SPAN_EVENTS) | TYPES(SPAN_LINKS) | TYPES(NUMBER_POINTS) | TYPES(HISTOGRAM_POINTS) | TYPES(EXP_HISTOGRAM_POINTS) |       \
   TYPES(SUMMARY_POINTS) | TYPES(EXEMPLARS) | TYPES(QUANTILES))

typedef struct sema sema;
typedef struct sema_fact sema_fact;

/* -- places: paths with constant keys -- */

bool ottl__place_is(const ottl_expr *e);
/* Is `path` the place that the first n_keys keys of `place` name, or something in it? */
bool ottl__place_begins(const ottl_expr *path, const ottl_expr *place, uint32_t n_keys);
/* May writing `target` change what `path`, with its first n_keys keys, reads? And an editor? */
bool ottl__place_touched(const ottl_expr *target, const ottl_expr *path, uint32_t n_keys);
bool ottl__editor_touches(const ottl_expr *editor, const ottl_expr *path, uint32_t n_keys);

/* -- facts -- */

/* The path was checked: takes over what is known of it and of what it goes through. */
void ottl__narrow_path(sema *s, ottl_expr *path);
/* From here on the condition is known to have given `holds`. */
void ottl__narrow_by(sema *s, const ottl_expr *condition, bool holds);
/* From here on one of the conditions is known to have given true; nothing is known of the others. */
void ottl__narrow_by_any(sema *s, ottl_expr *const *conditions, uint32_t n);
/* The editor has run: what it may have written is not known any more. */
void ottl__narrow_written(sema *s, const ottl_expr *editor);
/* Begins a statement or condition: how much work narrowing may be is bounded for each. */
void ottl__narrow_begin(sema *s);

/* -- truth.c: what comparisons and checks must give -- */

/* Can `a op b` be true (bit 1), can it be false (bit 2), for values of these types? Exact. */
unsigned ottl__truth_of_types(int op, ottl_types a, ottl_types b);
/* A literal that facts are kept of: what is known when path op1 a holds, of path op2 b. */
bool ottl__truth_keeps(ottl_cell literal);
ottl_truth ottl__truth_implied(ottl_arena *arena, int op1, ottl_cell a, int op2, ottl_cell b);
/* The relation of b with a that a `op` b is, and the one that holds when it does not. */
int ottl__truth_mirror(int op);
int ottl__truth_negate(int op);
/* Types for which a function such as IsString gives true; false: it is none. */
bool ottl__truth_check(uint16_t function, ottl_types *ret);
/* Sets the truth of a CMP, a TRUTH, a NOT, an AND or OR from its operands and the facts. *ret_because: the condition that makes
 * it so, when it is not the types alone. */
void ottl__truth_set(sema *s, ottl_expr *condition, ottl_span *ret_because, bool *ret_has_because);
/* The fact that decides a comparison of a path with a literal. */
ottl_truth ottl__narrow_compared(sema *s, const ottl_expr *path, int op, ottl_cell literal, ottl_span *ret_because);
/* Where the types of a path come from, if conditions before it narrowed them. */
bool ottl__narrow_origin(const sema *s, const ottl_expr *path, ottl_span *ret);

/* -- refine.c: calls -- */

/* Types and failures of a call, once its arguments are known. */
void ottl__refine_call(ottl_expr *call);
/* What a parameter takes; *sure: the part of it that cannot fail. */
ottl_types ottl__refine_takes(const ottl_function *f, uint32_t param, ottl_types *sure);

/* -- lint.c: what is told about a checked statement as a whole -- */

/* Somebody gives a path a number and means another path: adds that, as a correction when `sure`. False: there is no such path. */
bool ottl__lint_beside(sema *s, ottl_diag_item *d, const ottl_expr *path, const ottl_expr *literal, bool sure);
/* How it can fail: OTTL_FAIL_*. */
uint8_t ottl__sema_failures(const ottl_expr *e);
/* May it fail on some record of everyday life? What has no text (a list with NaN in it) makes IsMatch fail: that does not count. */
bool ottl__lint_likely_fails(const ottl_expr *e);
/* Tells of conditions that never hold; marks the statement. */
void ottl__lint_statement(sema *s, ottl_checked_statement *statement, const ottl_checked_group *group);
/* lint_pattern.c: patterns and replacements that are not what they look like, of a call. */
void ottl__lint_patterns(sema *s, const ottl_expr *call);
/* lint_format.c: formats of times, patterns without names. */
void ottl__lint_formats(sema *s, const ottl_expr *call);
/* A format as another system writes it: adds what to write instead, if that is known. */
void ottl__format_help(ottl_diag_item *d, ottl_span span, ottl_view text);
/* lint_group.c, lint_shared.c, lint_names.c: what statements do to each other. `checked` may lack statements that
 * have errors. */
void ottl__lint_group(sema *s, const ottl_checked_group *checked);
void ottl__lint_shared(sema *s, const ottl_checked_group *checked);
void ottl__lint_names(sema *s, const ottl_checked_group *checked);
/* Is it a call of `set`, whose arguments are a path and a value? */
static inline bool call_is_set(const ottl_expr *call) {
  const ottl_function *f = &ottl__functions[call->call->function];
  return f->n_params == 2 && f->params[0].kind == OTTL_P_SETTER && call->call->args[0].expr && call->call->args[1].expr;
}
/* same.c: are they the same expression, with the same value wherever nothing is written in between? */
bool ottl__expr_same(const ottl_expr *a, const ottl_expr *b);
/* Does it read what writing the place changes? The target of an editor counts when the editor looks at what is there. */
bool ottl__expr_reads(const ottl_expr *e, const ottl_expr *place);
/* Enum symbols, and notes on what may fail when the options ask for them. */
void ottl__lint_expr(sema *s, const ottl_expr *e);

#endif
