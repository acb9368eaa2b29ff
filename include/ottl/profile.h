/* Profiles of runs: for each statement and condition how many records came to it, how often its condition and each operand of its
 * condition held, what failed, and what it took. For `ottl explain --cost`, for coverage of tests, for dashboards.
 *
 *   ottl_exec_profile(exec, true)   from now on runs are counted and timed
 *   ottl_exec_run ...               as often as wanted: counts add up
 *   ottl_profile_statement ...      what was counted
 *
 * Counts are the same for every instruction set, slice size and row order, memo aside. They are in records of the group's context:
 * a condition that depends on a resource alone is computed once for the resource, and counted for each of its records. Where such a
 * statement reads in its condition what it writes itself, all records of a resource count as they found it first. A payload that was run again because
 * records were rolled back counts again. Statements whose condition is the same share its computation; its time is that of the first. */
#ifndef OTTL_PROFILE_H
#define OTTL_PROFILE_H

#include "ottl/diag.h"
#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A statement, a condition of a group or of a filter, a route's condition, or an expression of programs that evaluate. */
typedef struct ottl_profile_statement_info {
  size_t struct_size;   /* sizeof(ottl_profile_statement_info), set by the caller */
  const char *context;  /* "log", ...; lives as long as the program, as all texts here */
  uint32_t group;       /* these three: as in ottl_row_error */
  uint32_t statement;   /* UINT32_MAX: a condition */
  uint32_t condition;   /* when `statement` is UINT32_MAX */
  bool conditional;     /* it has a condition, or is one */
  bool row_order;       /* its group is run record by record */
  ottl_diag_span span;  /* where it stands; `text` is all of it */
  uint64_t rows;        /* records that came to it: alive, let in by the group, not stopped by a failure before */
  uint64_t selected;    /* of those: its condition held, or it has none */
  uint64_t errors;      /* records that it failed on, in its condition or after it */
  uint64_t nanoseconds; /* in its instructions */
  uint64_t memo_rows;   /* rows of calls for which results of equal rows were looked for ... */
  uint64_t memo_hits;   /* ... and found. Where a memo is tried depends on whether it pays, that is, on the clock */
  size_t n_operands;    /* of its condition; 0: not conditional */
} ottl_profile_statement_info;

typedef enum ottl_profile_operand_kind {
  OTTL_OPERAND_PLAIN = 0, /* a comparison, a call, a path */
  OTTL_OPERAND_AND = 1,
  OTTL_OPERAND_OR = 2,
  OTTL_OPERAND_NOT = 3
} ottl_profile_operand_kind;

/* The condition itself, or an operand of `and`, `or`, `not` in it. An operand is asked when those before it leave the answer open, as
 * a host that goes from left to right would do it; the rows that asked it are holds + fails + errors. */
typedef struct ottl_profile_operand_info {
  size_t struct_size; /* sizeof(ottl_profile_operand_info), set by the caller */
  ottl_profile_operand_kind kind;
  size_t parent;       /* the operand that it is an operand of; SIZE_MAX: it is the whole condition, operand 0 */
  ottl_diag_span span; /* where it stands; `text` is all of it */
  uint64_t holds;      /* rows for which it was true */
  uint64_t fails;      /* rows for which it was false */
  uint64_t errors;     /* rows for which it could not be computed */
} ottl_profile_operand_info;

typedef struct ottl_profile_total_info {
  size_t struct_size;   /* sizeof(ottl_profile_total_info), set by the caller */
  uint64_t runs, bytes; /* bytes: of payloads that came in */
  uint64_t nanoseconds; /* of all of it, what the profile itself costs included */
  uint64_t reading;     /* ns: framing, checking, reading what the program names */
  uint64_t statements;  /* ns: in instructions */
  uint64_t writing;     /* ns: putting the payload together again */
} ottl_profile_total_info;

/* Switches profiling of the runs that follow on (all counts are 0 then, also when it was on) or off (counts are gone). An exec that
 * is not profiled pays nothing for it. Fails: NOMEM, INVALID_ARG. Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_profile(ottl_exec *exec, bool on);

/* Number of statements and conditions, in the order of groups, and in a group conditions first: the same for every exec of a
 * program, so counts of several execs may be added. 0: profiling is off. A route that looks at nothing but the request's headers
 * (context `request`) is not among them. Never fails; threads: one at a time per exec; since 0.1. */
OTTL_API size_t ottl_profile_statements(const ottl_exec *exec);
/* Fails: INVALID_ARG (no such statement). Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_profile_statement(const ottl_exec *exec, size_t statement,
                                                            ottl_profile_statement_info *ret);
/* An operand of a statement's condition: the whole condition first, then each operand before its own operands.
 * Fails: INVALID_ARG (no such statement or operand). Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_profile_operand(const ottl_exec *exec, size_t statement, size_t operand,
                                                          ottl_profile_operand_info *ret);
/* Fails: INVALID_ARG (profiling is off). Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_profile_total(const ottl_exec *exec, ottl_profile_total_info *ret);

#ifdef __cplusplus
}
#endif
#endif
