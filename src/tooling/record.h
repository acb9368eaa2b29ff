/* Records as people write them in test cases: a log record, span or metric as a YAML map with the fields of OTLP, its resource and
 * scope beside them, attributes as plain maps. From YAML to the wire, from the wire to a tree, and the tree as YAML again. What the
 * fields are comes from the schema's descriptors. */
#ifndef OTTL_SRC_TOOLING_RECORD_H
#define OTTL_SRC_TOOLING_RECORD_H

#include "config/node.h"
#include "otlp/json_schema.h"

typedef enum rec_kind { REC_NULL, REC_BOOL, REC_INT, REC_DOUBLE, REC_TEXT, REC_WORD, REC_BYTES, REC_LIST, REC_MAP } rec_kind;

typedef struct rec {
  uint8_t kind; /* rec_kind; WORD: a symbol, time or number beyond int64, never in quotes */
  bool boolean;
  bool pairs; /* MAP: of attributes, whose order does not count */
  ottl_view key, text;
  int64_t integer;
  double number;
  struct rec *first, *last, *next;
} rec;

/* The messages of one signal. */
typedef struct rec_schema {
  js_schema js;
  ottl_signal signal;
  const js_message *request, *resources, *scopes, *resource, *scope, *item;
} rec_schema;

/* NULL: out of memory, or a signal whose records stand on their own nowhere (profiles). */
const rec_schema *ottl__rec_schema(ottl_arena *arena, ottl_signal signal);

/* -- record_write.c: YAML to the wire. Mistakes are told and counted in r. -- */

/* A list of records as an export request. Neighbours with the same resource and scope share them. resource, scope: of records
 * without their own; NULL: empty. False: see r. */
bool ottl__rec_request(cfg_reader *r, const rec_schema *s, const cfg_node *records, const cfg_node *resource,
                       const cfg_node *scope, ottl_sbuf *out);
/* A field of a message, tag included; nothing for a default. */
bool ottl__rec_field(cfg_reader *r, const js_field *f, const cfg_node *value, ottl_sbuf *out);
/* The field that a key names; NULL was told. */
const js_field *ottl__rec_field_of(cfg_reader *r, const js_message *m, const char *what, const cfg_node *key);
/* How many keys of the map are fields of a record of that signal. Tells nothing. */
size_t ottl__rec_known(const rec_schema *s, const cfg_node *record);
/* RFC 3339, as nanoseconds since 1970. False: it is none, or lies before. */
bool ottl__rec_time(ottl_view text, uint64_t *ret);
/* Any value as JSON. */
void ottl__rec_json(const cfg_node *node, ottl_sbuf *out);

/* -- record_read.c: the wire to trees. Fails: DATA, LIMIT, NOMEM. -- */

/* Appends the fields of the message to a MAP. */
OTTL_MUST_CHECK ottl_status ottl__rec_message(ottl_arena *arena, const js_message *m, ottl_view body, rec *ret);
/* All records of a request, in its order, each with its resource and scope. */
OTTL_MUST_CHECK ottl_status ottl__rec_records(ottl_arena *arena, const rec_schema *s, ottl_view wire, rec ***ret, size_t *ret_n);
/* The name of a field in records. */
ottl_view ottl__rec_name(const js_field *f);
rec *ottl__rec_new(ottl_arena *arena, rec_kind kind, ottl_view key); /* NULL: out of memory */
void ottl__rec_add(rec *list, rec *kid);
rec *ottl__rec_find(const rec *map, ottl_view key);

/* -- record_text.c -- */

/* As YAML: the members of a map on lines of their own, indented; the first line is not when `inside`. */
void ottl__rec_text(ottl_sbuf *out, const rec *map, uint32_t indent, bool inside);
/* A text as a YAML scalar on one line. */
void ottl__rec_scalar(ottl_sbuf *out, ottl_view text);

#endif
