/* Values: results of programs of kind VALUES and CONDITIONS, one for each record of the context and expression.
 *
 * ottl_exec_run on such a program evaluates; nothing is handed on (result.data is NULL). Then ask for the values. */
#ifndef OTTL_EVAL_H
#define OTTL_EVAL_H

#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ottl_value_type {
  OTTL_VALUE_NIL = 0,
  OTTL_VALUE_BOOL = 1,
  OTTL_VALUE_INT = 2,
  OTTL_VALUE_DOUBLE = 3,
  OTTL_VALUE_STRING = 4,
  OTTL_VALUE_BYTES = 5,
  OTTL_VALUE_MAP = 6,
  OTTL_VALUE_LIST = 7,
  OTTL_VALUE_TIME = 8,
  OTTL_VALUE_DURATION = 9,
  OTTL_VALUE_TRACE_ID = 10,
  OTTL_VALUE_SPAN_ID = 11,
  OTTL_VALUE_OPAQUE = 12 /* a reference type: span events, buckets, ... */
} ottl_value_type;

typedef struct ottl_value {
  ottl_value_type type;
  bool boolean;
  int64_t integer;        /* INT; DURATION in nanoseconds; TIME: seconds since 1970 */
  uint32_t nanos;         /* TIME */
  int32_t offset_seconds; /* TIME: east of UTC */
  double number;          /* DOUBLE */
  ottl_view text;         /* STRING, BYTES, ids; OPAQUE: the reference's type name */
  size_t n;               /* MAP, LIST: number of members */
  const void *impl[3];    /* private */
} ottl_value;

/* Number of records that were evaluated in the last run. */
OTTL_API size_t ottl_eval_rows(const ottl_exec *exec);
/* Where record `row` stands in the payload: its places from 0; `offset` is NO_PLACE. place->struct_size is set by the caller. False:
 * there is no such record, or it is none of the payload (context otelcol). Threads: one at a time per exec. Since 0.1. */
OTTL_API bool ottl_eval_place(const ottl_exec *exec, size_t row, ottl_record_place *place);
/* Value of expression `expression` (of group 0) for record `row`.
 * Owns: text and members are borrowed until the next run. Fails: RUNTIME (the evaluation of this row failed: *ret_message tells),
 * INVALID_ARG, NOMEM. Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_eval_value(ottl_exec *exec, size_t expression, size_t row, ottl_value *ret_value,
                                                     const char **ret_message);
/* Member i of a MAP or LIST; ret_key (MAP only) may be NULL. Fails: INVALID_ARG, DATA (malformed bytes), NOMEM. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_value_member(ottl_exec *exec, const ottl_value *container, size_t i, ottl_view *ret_key,
                                                       ottl_value *ret_value);

#ifdef __cplusplus
}
#endif
#endif
