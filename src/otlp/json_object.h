/* The transcoder's state, shared by its two directions. */
#ifndef OTTL_SRC_OTLP_JSON_OBJECT_H
#define OTTL_SRC_OTLP_JSON_OBJECT_H

#include "base/alloc.h"
#include "otlp/json_schema.h"
#include "ottl/json.h"
#include "yyjson.h"

/* A field of a message as it stands on the wire. */
typedef struct js_entry {
  const uint8_t *data; /* wire type BYTES: len bytes; else where the value stands */
  uint64_t value;      /* wire type BYTES: the length */
  uint8_t field, wire_type;
} js_entry;

/* A message whose singular sub-message came in several pieces gets them joined; freed when that message is done. */
typedef struct js_joined {
  struct js_joined *next;
  size_t bytes; /* of this block with its header */
} js_joined;

struct ottl_json {
  ottl_allocator al;
  ottl_arena arena; /* schema tables */
  js_schema schema;
  const js_message *roots[5]; /* by ottl_signal */
  unsigned max_depth;
  char error[192];
  size_t error_offset;

  /* JSON -> wire */
  yyjson_alc yyjson_al;
  void *spare[2]; /* blocks that yyjson gave back, kept for the next document */
  yyjson_val **vals;
  size_t n_vals, vals_cap;
  uint8_t *wire;
  size_t wire_cap;

  /* wire -> JSON */
  js_entry *entries;
  size_t n_entries, entries_cap;
  char *text;
  size_t text_cap;
  js_joined *joined;
  size_t joined_bytes;
};

/* JSON -> wire of text in the usual form, to the beginning of json->wire. Fails: NOMEM, DATA (something is unusual or wrong:
 * json_read.c finds out, and nothing has been told). */
OTTL_MUST_CHECK ottl_status ottl__json_fast(ottl_json *json, const js_message *root, const char *text, size_t len,
                                            size_t *ret_len);

/* Records the failure and returns status. */
ottl_status ottl__json_fail(ottl_json *json, ottl_status status, size_t offset, const char *format, ...) OTTL_PRINTF(4, 5);

#endif
