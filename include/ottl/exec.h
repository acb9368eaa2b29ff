/* Running a program: payload in, payload out. An exec belongs to one thread at a time; make one for each thread. */
#ifndef OTTL_EXEC_H
#define OTTL_EXEC_H

#include "ottl/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_exec ottl_exec;

typedef struct ottl_exec_options {
  size_t struct_size;              /* sizeof(ottl_exec_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the exec */
  uint32_t slice_rows;             /* rows that one instruction works on: 1 to 1024; 0: the program decides */
  int64_t clock_seconds;           /* testing: what Now() gives; 0 with clock_nanos 0: the system's clock */
  uint32_t clock_nanos;
  uint64_t random_seed; /* testing: UUID() and its like give the same in each run; 0: random bytes of the system */
  uint32_t max_errors;  /* row errors kept for ottl_exec_error; 0: 1000 */
  uint64_t max_bytes;   /* memory the exec may hold, output included; a run that needs more: LIMIT; 0: no limit */
  /* Check the whole payload before the program runs, also what the program never opens, and refuse (DATA) what the collector's
   * decoder refuses: known fields of another wire type, values that are cut short, field numbers that are not positive, wire
   * types that do not exist, varints of more than ten bytes, groups with anything in them or without their end, trace, span and
   * profile ids of another length, packed numbers that do not come out even. Texts may be any bytes. Messages more than 2,000
   * levels inside one another: LIMIT. Costs a walk over the payload, allocates nothing. The program must be of a signal. */
  bool strict;
} ottl_exec_options;

typedef struct ottl_result {
  const uint8_t *data; /* the payload to hand on, a buffer of its own; NULL when nothing is left */
  size_t len;
  bool unchanged;        /* no row was written or dropped: data has the bytes that came in */
  uint64_t rows_in;      /* items: log records, spans, metrics for metric contexts, data points for data point contexts */
  uint64_t rows_changed; /* those that were appended included; of data points, events and samples: by the last group on them */
  uint64_t rows_dropped;
  uint64_t rows_failed;
  uint64_t errors; /* failures of statements and conditions, in all error modes */
} ottl_result;

/* One failure of a statement or condition. */
typedef struct ottl_row_error {
  uint64_t item; /* number of the record in its context, in payload order, from 0 */
  uint32_t group;
  uint32_t statement;  /* within the group; conditions of a TRANSFORM group: UINT32_MAX */
  uint32_t condition;  /* within the group when `statement` is UINT32_MAX or the program is a filter */
  const char *code;    /* such as "R0801" */
  const char *message; /* never shows values of the payload; until the next ottl_exec_error or ottl_exec_run */
} ottl_row_error;

#define OTTL_NO_PLACE UINT64_MAX

/* Where a record stands in the payload that came in. Places count from 0. */
typedef struct ottl_record_place {
  size_t struct_size;  /* sizeof(ottl_record_place), set by the caller */
  const char *context; /* what it is: "log", "datapoint", ... */
  uint64_t resource;   /* of the resource in the payload */
  uint64_t scope;      /* of the scope in its resource; NO_PLACE: the record is above; likewise below */
  uint64_t item;       /* of the log record, span or metric in its scope */
  uint64_t child; /* of the span event or data point in its item, of exemplars, too; as the list stood when the statement ran */
  uint64_t grandchild; /* of the exemplar in its data point */
  uint64_t offset;     /* of its bytes, tag included; NO_PLACE: it did not come with the payload */
  uint64_t len;        /* bytes */
} ottl_record_place;

/* Never fails; any thread; since 0.1. */
OTTL_API void ottl_exec_options_init(ottl_exec_options *options);

/* options: NULL for defaults. Owns: the caller frees with ottl_exec_free, before the program. Fails: NOMEM, INVALID_ARG (also
 * `strict` with a program of no signal: there is no telling what its payloads are).
 * Threads: any thread may create; then one at a time. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_create(const ottl_program *program, const ottl_exec_options *options,
                                                      ottl_exec **ret_exec);
OTTL_API void ottl_exec_free(ottl_exec *exec);

/* Runs the program on one export request (OTLP protobuf).
 * in: borrowed until the next run. ret_result->data: borrowed until the next run or free.
 * Fails: DATA (malformed payload: ottl_exec_failure tells where), RUNTIME (a row failed under error mode propagate: the result
 * counts and errors are set, no payload), LIMIT, NOMEM, INVALID_ARG. Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_run(ottl_exec *exec, const uint8_t *in, size_t in_len, ottl_result *ret_result);

/* Tells what the paths of `otelcol` read in the runs that follow: the request that brought the payload, as a collector knows it.
 * json: one object, all members optional; NULL with len 0: nothing is known (the default).
 *   { "addr": "10.1.2.3:4317", "metadata": { "x-tenant": ["acme"] }, "grpc": { "x-tenant": ["acme"] }, "auth": { "subject": "me" } }
 * metadata and grpc: lists of strings; auth: any values. Copied.
 * Fails: INVALID_ARG (no such object: what was told before stays), LIMIT (nested too deep), NOMEM. Threads: one at a time per
 * exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_set_request(ottl_exec *exec, const char *json, size_t len);

/* The i-th row error of the last run, in order of (group, item, statement); false when there is none (i too large, or more
 * errors than max_errors). Of the group under propagate that ended the run of a TRANSFORM program only the first failure is kept,
 * as the last one here. Threads: one at a time per exec. Since 0.1. */
OTTL_API bool ottl_exec_error(ottl_exec *exec, size_t i, ottl_row_error *ret_error);

/* The record that error i is about; record->struct_size is set by the caller. False when there is no such error, as above. The
 * payload of the last run must still be there. Threads: one at a time per exec. Since 0.1. */
OTTL_API bool ottl_exec_error_record(ottl_exec *exec, size_t i, ottl_record_place *record);

/* The record that error i is about as it came in, values and all: an export request of that record alone under its resource
 * and scope (records below the item: with the whole item), which can be run again.
 * Owns: *ret_data is borrowed until the next run. Fails: INVALID_ARG (no such error, or the record did not come with the payload),
 * NOMEM. The payload of the last run must still be there. Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_error_payload(ottl_exec *exec, size_t i, const uint8_t **ret_data,
                                                             size_t *ret_len);

typedef enum ottl_block_level { OTTL_BLOCK_RESOURCE = 0, OTTL_BLOCK_SCOPE = 1, OTTL_BLOCK_RECORD = 2 } ottl_block_level;

/* Which resource, scope or record (log record, span, metric, profile) of the payload that came in is the i-th one of the result, in
 * its order? Told by the rows that the engine worked on, not by what they hold. Of a program of kind TRANSFORM or FILTER.
 * *ret_offset: of its first byte, tag included, in the payload of the last run; OTTL_NO_PLACE: a statement appended it. In a
 * flattened result a resource or scope is that of the first record below it.
 * Fails: INVALID_ARG (the result has no such thing, or there is none: the run failed), NOMEM. The payload of the last run must
 * still be there. Threads: one at a time per exec. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_exec_origin(ottl_exec *exec, ottl_block_level level, uint64_t i, uint64_t *ret_offset);

/* Why the last run failed with DATA or LIMIT, and the byte offset in its input; NULL when it did not. */
OTTL_API const char *ottl_exec_failure(const ottl_exec *exec, size_t *ret_offset);

#ifdef __cplusplus
}
#endif
#endif
