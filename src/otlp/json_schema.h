/* The OTLP schema as the transcoder wants it: made once per transcoder from the protobuf-c descriptors, which are used as data
 * only (no protobuf-c object is ever made). */
#ifndef OTTL_SRC_OTLP_JSON_SCHEMA_H
#define OTTL_SRC_OTLP_JSON_SCHEMA_H

#include <protobuf-c/protobuf-c.h>

#include "base/alloc.h"

#define JS_NONE       0xff
#define JS_MAX_FIELDS 64
#define JS_QUOTED     32

enum { JS_VARINT = 0, JS_FIXED64 = 1, JS_BYTES = 2, JS_GROUP = 3, JS_END_GROUP = 4, JS_FIXED32 = 5 };

/* How the value of a field lies on the wire and what its text is like. */
typedef enum js_kind {
  JS_KIND_OTHER, /* by type */
  JS_KIND_MESSAGE,
  JS_KIND_TEXT,
  JS_KIND_BYTES, /* ids too */
  JS_KIND_TIME,  /* fixed64, digits in quotes */
  JS_KIND_DOUBLE
} js_kind;

typedef struct js_message js_message;

typedef struct js_field {
  const char *camel, *snake; /* zero-terminated */
  const char *quoted;        /* "camelName": as output wants it; JS_QUOTED bytes can be read */
  uint8_t camel_len, snake_len, quoted_len;
  uint64_t camel_head;               /* first 8 bytes, as js_head gives them */
  uint64_t quoted_head, quoted_mask; /* first 8 bytes of quoted, and which of them count */
  uint64_t oneof_mask;               /* bits of the fields of the same oneof, this one included; 0: in none */
  uint8_t type;                      /* ProtobufCType */
  uint8_t wire_type;                 /* of one value */
  uint8_t kind;                      /* js_kind, of one value */
  uint8_t oneof;                     /* fields of one oneof have the same number; 0: in none */
  uint8_t id_bytes;                  /* trace and span ids: their length; 0: any other field */
  bool repeated;
  bool packed; /* repeated scalar: packed when we write it */
  uint32_t number;
  const js_message *message; /* type MESSAGE */
  const ProtobufCEnumDescriptor *enums;
} js_field;

struct js_message {
  const ProtobufCMessageDescriptor *descriptor;
  js_field *fields; /* by number */
  unsigned n_fields;
  bool is_value;         /* AnyValue: what nests */
  bool is_pair;          /* KeyValue */
  uint8_t by_number[32]; /* index into fields, or JS_NONE */
};

typedef struct js_schema {
  js_message *messages[JS_MAX_FIELDS];
  unsigned n_messages;
} js_schema;

/* The message of that descriptor with everything below it; NULL when out of memory or when the schema has outgrown the tables. */
const js_message *ottl__json_message(js_schema *schema, ottl_arena *arena, const ProtobufCMessageDescriptor *descriptor);

/* The first bytes of a name of `len` bytes, where 8 can be read: names are told apart by this and their length nearly always. */
static inline uint64_t js_head(const char *name, size_t len) {
  uint64_t v = load_u64(name);
  if (len >= 8) return v;
  return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? v >> (64 - 8 * len - !len) : v & (((uint64_t)1 << (8 * len)) - 1);
}

/* The request of a signal; NULL: it has none. */
const ProtobufCMessageDescriptor *ottl__json_root(int signal);

/* The index of a field number, or JS_NONE. */
static inline unsigned js_find(const js_message *m, uint32_t number) {
  if (OTTL_LIKELY(number < sizeof m->by_number)) return m->by_number[number];
  for (unsigned i = 0; i < m->n_fields; i++)
    if (m->fields[i].number == number) return i;
  return JS_NONE;
}

#endif
