/* Coverage: what runs of several programs reached of the statements they are made of. See profile.h for the counts it is made from. */
#ifndef OTTL_COVERAGE_H
#define OTTL_COVERAGE_H

#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_coverage ottl_coverage;

/* allocator: NULL for malloc; must outlive it. Owns: the caller frees with ottl_coverage_free. Fails: NOMEM, INVALID_ARG.
 * Threads: any; then one at a time. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_coverage_create(const ottl_allocator *allocator, ottl_coverage **ret);
/* NULL is accepted. Since 0.1. */
OTTL_API void ottl_coverage_free(ottl_coverage *coverage);

/* Adds what an exec counted that is profiled (ottl_exec_profile). The same statement of the same file counts together, whichever
 * program it is in. Fails: NOMEM, INVALID_ARG (the exec is not profiled). Threads: one at a time per object. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_coverage_add(ottl_coverage *coverage, const ottl_exec *exec);

/* What was never seen of a statement. */
typedef enum ottl_coverage_gap {
  OTTL_COVERAGE_NEVER_RAN = 0,  /* no record came to it */
  OTTL_COVERAGE_NEVER_TRUE = 1, /* its condition, or an operand in it, never held */
  OTTL_COVERAGE_NEVER_FALSE = 2,
  OTTL_COVERAGE_NEVER_ASKED = 3 /* an operand that others always decided before */
} ottl_coverage_gap;

typedef struct ottl_coverage_gap_info {
  ottl_coverage_gap gap;
  bool operand;          /* an operand of a condition; else the whole condition, or a statement */
  bool condition;        /* of a condition that is not a statement's: of a filter, or of a group */
  ottl_view file;        /* may be empty */
  uint32_t line, column; /* from 1 */
  ottl_view text;        /* the statement, the condition or the operand */
} ottl_coverage_gap_info;

typedef struct ottl_coverage_file_info {
  ottl_view file;
  uint64_t statements, statements_run; /* statements and conditions; those that a record came to and that were selected */
  uint64_t branches, branches_taken;   /* true and false of each condition and of each operand of its `and`, `or` */
} ottl_coverage_file_info;

/* Files, in the order of their names. Never fails; one at a time; since 0.1. */
OTTL_API size_t ottl_coverage_files(ottl_coverage *coverage);
/* Owns: views live until the next ottl_coverage_add. Fails: INVALID_ARG (no such file). Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_coverage_file(ottl_coverage *coverage, size_t i, ottl_coverage_file_info *ret);
/* Gaps, by file and place. Never fails; one at a time; since 0.1. */
OTTL_API size_t ottl_coverage_gaps(ottl_coverage *coverage);
/* Owns, fails: as ottl_coverage_file. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_coverage_gap_at(ottl_coverage *coverage, size_t i, ottl_coverage_gap_info *ret);

#ifdef __cplusplus
}
#endif
#endif
