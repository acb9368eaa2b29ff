/* Traces: one record through every statement of a program, as the engine itself ran them. What is told was read from the engine's
 * registers and rows while it ran; nothing is computed a second time, and what was not computed is told as such.
 *
 *   ottl_exec_trace(exec, offset)   follow that record in the runs that come
 *   ottl_exec_run ...               slower: records go one by one, the results are the same
 *   ottl_trace_step ...             each condition and statement that met it: what its condition came to, and what it changed
 *   ottl_trace_write                all of that as text or JSON
 *
 * Conditions and statements of a context above the record (resource, scope) are told for what the record is under, those of a
 * context below it (data points, span events) for each of those. Traces show values: they are for people, and for their own data. */
#ifndef OTTL_TRACE_H
#define OTTL_TRACE_H

#include "ottl/diag.h"
#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ottl_trace_outcome {
  OTTL_TRACE_RAN = 0,     /* the editor ran; of a condition: it holds */
  OTTL_TRACE_SKIPPED = 1, /* its condition does not hold; of a condition: it does not */
  OTTL_TRACE_FAILED = 2,  /* on this record: `code` and `message` tell */
  OTTL_TRACE_PASSED = 3   /* the record did not come to it: the group's conditions or a failure before it kept it out */
} ottl_trace_outcome;

typedef struct ottl_trace_step {
  size_t struct_size;  /* sizeof(ottl_trace_step), set by the caller */
  const char *context; /* "log", ...; of the group */
  uint32_t group;      /* these three: as in ottl_row_error */
  uint32_t statement;  /* UINT32_MAX: a condition of the group or of a filter */
  uint32_t condition;  /* when `statement` is UINT32_MAX */
  uint64_t child;      /* of records below the traced one: place in it; NO_PLACE: it is none */
  uint64_t grandchild;
  ottl_trace_outcome outcome;
  const char *code;    /* FAILED: such as "R0801" */
  ottl_view message;   /* FAILED */
  ottl_diag_span span; /* where it stands in its file; `text` is all of it */
  ottl_view before;    /* what the statement changed, line by line, each with its path: as it was */
  ottl_view after;     /* and as it is; the same when nothing changed */
  size_t n_values;     /* of ottl_trace_value */
} ottl_trace_step;

/* A part of a condition, or of an argument, and what it came to. Parts follow what they are parts of. */
typedef struct ottl_trace_value {
  size_t struct_size; /* sizeof(ottl_trace_value), set by the caller */
  uint32_t depth;     /* 0: the condition as a whole, or an argument */
  bool condition;     /* of the condition; else of the editor */
  bool asked;         /* else the parts before it had decided, and it has no value */
  bool known;         /* it has a value: that it is not asked for, or only within a lambda, is possible */
  const char *code;   /* NULL: it did not fail */
  ottl_view message;  /* of the failure */
  const char *type;   /* of the value: "string", "int", ...; "elements": what a lambda gave for each element, the first of many */
  ottl_view value;    /* as text, in quotes where it is one; long ones are cut */
  ottl_diag_span span;
} ottl_trace_value;

typedef enum ottl_trace_format { OTTL_TRACE_TEXT = 0, OTTL_TRACE_JSON = 1 } ottl_trace_format;

/* Takes a piece of text; called several times in a row. */
typedef void (*ottl_trace_put)(void *context, const char *data, size_t len);

/* Follows the record (log record, span, metric, profile) whose first byte, tag included, is at that offset of the payload
 * (ottl_block.offset) in the runs that come; NO_PLACE: none, and the exec is as before. What was traced is forgotten.
 * Fails: NOMEM, INVALID_ARG (a program that evaluates or routes). Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_trace(ottl_exec *exec, uint64_t offset);

/* Steps of the last run, in the order that they were taken in; 0: the record was not met. Never fails; as above. */
OTTL_API size_t ottl_trace_steps(const ottl_exec *exec);
/* The i-th step. Owns: texts are borrowed until the next run. Fails: INVALID_ARG (no such step). */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_trace_step_get(const ottl_exec *exec, size_t i, ottl_trace_step *ret);
/* The k-th value of a step; as above. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_trace_value_get(const ottl_exec *exec, size_t step, size_t k, ottl_trace_value *ret);

/* Writes all steps: as text, or as one JSON array, an object each. colour: ANSI escapes in text. Fails: NOMEM, INVALID_ARG. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_trace_write(const ottl_exec *exec, ottl_trace_format format, bool colour,
                                                      ottl_trace_put put, void *context);

#ifdef __cplusplus
}
#endif
#endif
