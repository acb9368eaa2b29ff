/* OTLP/JSON to wire form and back.
 *
 * One export request (logs, traces, metrics) at a time, with the names and the forms of OTLP/JSON: camelCase names, trace and
 * span ids in hex, other bytes in base64, 64-bit integers as strings, enums as numbers. Reading also takes snake_case names,
 * integers as numbers or strings, enum names, and ignores members that the schema does not know. Wire fields that the schema
 * does not know cannot be expressed in JSON and are left out of it. */
#ifndef OTTL_JSON_H
#define OTTL_JSON_H

#include "ottl/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How deep values (maps and lists in attributes and bodies) may nest unless ottl_json_set_max_depth says otherwise. */
#define OTTL_JSON_MAX_DEPTH 512

/* A transcoder: schema tables and scratch memory that is reused from call to call. */
typedef struct ottl_json ottl_json;

/* Makes a transcoder.
 * allocator: NULL for malloc and friends; copied.
 * Owns: the caller frees *ret with ottl_json_free. Fails: NOMEM, INTERNAL. Threads: any; an object: one at a time. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_json_create(const ottl_allocator *allocator, ottl_json **ret);

/* Frees a transcoder and everything borrowed from it.
 * json: may be NULL. Fails: never. Threads: one at a time per object. Since: 0.1. */
OTTL_API void ottl_json_free(ottl_json *json);

/* Limits how deep values may nest; each level costs some hundred bytes of the C stack.
 * depth: 1 or more; 0 stands for the default, OTTL_JSON_MAX_DEPTH.
 * Fails: never. Threads: one at a time per object. Since: 0.1. */
OTTL_API void ottl_json_set_max_depth(ottl_json *json, unsigned depth);

/* Turns the JSON text of one export request into wire form.
 * text: len bytes, one JSON object with blanks around it at most.
 * Owns: *ret_wire is borrowed until the next call on this object.
 * Fails: DATA (not OTLP/JSON: see ottl_json_error), LIMIT (nested too deep, result above 2 GiB), NOMEM, INVALID_ARG.
 * Threads: one at a time per object. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_json_to_wire(ottl_json *json, ottl_signal signal, const char *text, size_t len,
                                                       const uint8_t **ret_wire, size_t *ret_len);

/* Turns the wire form of one export request into JSON text on one line, members by field number, nothing at its default.
 * Bytes in text fields that are not UTF-8 become U+FFFD, one for each byte.
 * Owns: *ret_text is borrowed until the next call on this object; it is not zero-terminated.
 * Fails: DATA (malformed: see ottl_json_error), LIMIT (nested too deep), NOMEM, INVALID_ARG.
 * Threads: one at a time per object. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_json_from_wire(ottl_json *json, ottl_signal signal, const uint8_t *wire, size_t len,
                                                         const char **ret_text, size_t *ret_len);

/* Why the last call failed, for people: "" after a success.
 * ret_offset: byte offset into the input of that call; may be NULL.
 * Owns: borrowed until the next call on this object. Fails: never. Threads: one at a time per object. Since: 0.1. */
OTTL_API const char *ottl_json_error(const ottl_json *json, size_t *ret_offset);

/* Which signal a JSON text carries, from its first member named resourceLogs, resourceSpans or resourceMetrics.
 * Fails: never; OTTL_SIGNAL_NONE if there is none, or if the text ends before it. Threads: any. Since: 0.1. */
OTTL_API ottl_signal ottl_json_signal(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
