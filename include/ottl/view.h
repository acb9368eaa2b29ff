/* Payloads as text for people: a block of lines for each resource, scope and record (log record, span, metric, profile).
 *
 *   ottl_viewer_open     one export request: what is in it, and where
 *   ottl_viewer_block    the i-th of its blocks, in the order of the payload: a resource, then its scopes, each with its records
 *   ottl_viewer_render   the same with its text
 *
 * A block tells the fields of its own message alone, in the order of the schema, and nothing that is at its default. In
 * OTTL_VIEWER_LINES each line stands for itself and tells one value by the path that leads there, as statements write it; so the
 * difference of the lines of two blocks is the difference of two records:
 *
 *   severity_number = SEVERITY_NUMBER_INFO (9)
 *   body = "ana signed in"
 *   attributes["user"]["id"] = 5
 *
 * Text is in quotes with Go's escapes, so that no control character of a payload gets out. Ids are in hex, times in RFC 3339 (UTC),
 * names of enums beside their numbers. Fields that the schema does not know are told by number. Of profiles, texts, attributes,
 * stacks and links of the dictionary stand in the place of their indices. */
#ifndef OTTL_VIEW_H
#define OTTL_VIEW_H

#include "ottl/exec.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ottl_viewer ottl_viewer;

typedef enum ottl_viewer_layout {
  OTTL_VIEWER_TREE = 0, /* maps and messages as indented groups, their values aligned: to be read */
  OTTL_VIEWER_LINES = 1 /* a line for each value: to be compared */
} ottl_viewer_layout;

typedef struct ottl_viewer_options {
  size_t struct_size;              /* sizeof(ottl_viewer_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the viewer */
  ottl_viewer_layout layout;
  bool colour;               /* ANSI escapes in the text of TREE */
  const char *const *fields; /* names of fields, such as "body": no others are told of records; borrowed; NULL: all */
  size_t n_fields;
  size_t max_text; /* bytes shown of one text or byte string; 0: all */
} ottl_viewer_options;

typedef struct ottl_block {
  ottl_block_level level;
  const char *kind;   /* "resource", "scope", "log record", "span", "metric", "profile" */
  uint64_t number;    /* among those of its level in the payload, from 0 */
  uint64_t resource;  /* places from 0, as in ottl_record_place; below the block's level: OTTL_NO_PLACE */
  uint64_t scope;     /* in its resource */
  uint64_t item;      /* in its scope */
  size_t offset, len; /* of its bytes in the payload, tag included */
  ottl_view summary;  /* of ottl_viewer_render: what tells it from others, on one line; may be empty */
  ottl_view lines;    /* of ottl_viewer_render: each with its line end; may be empty */
} ottl_block;

/* TREE, all fields, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_viewer_options_init(ottl_viewer_options *options);

/* options: NULL for defaults. Owns: the caller frees *ret with ottl_viewer_free. Fails: NOMEM, INVALID_ARG. Threads: any; an
 * object: one at a time. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_viewer_create(const ottl_viewer_options *options, ottl_viewer **ret);
/* NULL is accepted. Since 0.1. */
OTTL_API void ottl_viewer_free(ottl_viewer *viewer);

/* Looks through one export request in wire form, and forgets the one before.
 * wire: borrowed until the next open or free.
 * Fails: DATA (what the collector's decoder refuses, as `strict` in exec.h: ottl_viewer_error tells), LIMIT, NOMEM, INVALID_ARG; then
 * there are no blocks. Threads: one at a time per viewer. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_viewer_open(ottl_viewer *viewer, ottl_signal signal, const uint8_t *wire, size_t len);
/* Why the last open or render failed, and the byte offset in the payload (may be NULL); "" when it did not. Since 0.1. */
OTTL_API const char *ottl_viewer_error(const ottl_viewer *viewer, size_t *ret_offset);

/* How many blocks the payload has. Never fails. Threads: one at a time per viewer. Since 0.1. */
OTTL_API size_t ottl_viewer_count(const ottl_viewer *viewer);
/* The i-th block, without its text. False: there is none. Threads: as above. Since 0.1. */
OTTL_API bool ottl_viewer_block(const ottl_viewer *viewer, size_t i, ottl_block *ret);
/* The i-th block with its text. Owns: text is borrowed until the next call on the viewer.
 * Fails: INVALID_ARG (no such block), LIMIT (values nest too deep, or the text is too long: ottl_viewer_error tells), NOMEM. Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_viewer_render(ottl_viewer *viewer, size_t i, ottl_block *ret);

#ifdef __cplusplus
}
#endif
#endif
