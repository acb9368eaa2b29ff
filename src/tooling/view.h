/* Inside of the viewer: rows of text, before they are laid out.
 *
 *   message --view_fields.c--> rows { depth, label, value } --view_layout.c--> lines */
#ifndef OTTL_SRC_TOOLING_VIEW_H
#define OTTL_SRC_TOOLING_VIEW_H

#include "ottl/view.h"

#include "base/sbuf.h"
#include "batch/value_wire.h"
#include "otlp/json_schema.h"
#include "otlp/validate.h"

/* A value of several lines has a line end between them. */
typedef struct view_row {
  size_t label, label_len; /* in `text` */
  size_t value, value_len;
  uint32_t depth;
  bool bare; /* no value: what belongs to it follows, one deeper */
} view_row;

typedef struct view_place {
  size_t offset, body, end;
  uint32_t resource, scope, item; /* `scope` and `item` in what is above them */
  uint32_t number;
  uint8_t level;
} view_place;

enum { /* tables of a profiles dictionary, by field number */
       VIEW_MAPPINGS = 1,
       VIEW_LOCATIONS,
       VIEW_FUNCTIONS,
       VIEW_LINKS,
       VIEW_STRINGS,
       VIEW_ATTRIBUTES,
       VIEW_STACKS,
       VIEW_TABLES
};

typedef struct view_table {
  ottl_view *items; /* bodies, in the payload's arena */
  size_t n;
} view_table;

struct ottl_viewer {
  ottl_allocator al;
  ottl_viewer_options options;
  ottl_arena tables; /* of the schema */
  js_schema schema;
  const js_message *roots[5]; /* by ottl_signal */
  ottl_validator *validators[5];

  ottl_arena payload; /* places, dictionary: until the next open */
  ottl_signal signal;
  const uint8_t *in;
  size_t in_len;
  view_place *places;
  size_t n_places, cap_places;
  view_table dictionary[VIEW_TABLES];

  ottl_arena scratch; /* while a block is rendered */
  size_t joined;      /* bytes of messages in pieces that were put together for it */
  ottl_sbuf path;     /* LINES: what goes before each label, from `path_base` on */
  size_t path_base;
  ottl_sbuf text; /* labels and values */
  view_row *rows;
  size_t n_rows, cap_rows;
  uint32_t depth;
  ottl_sbuf lines, summary;

  char error[192];
  size_t error_offset;
};

/* The next field of a message. False: there is none. The payload was validated: what is malformed ends the message. */
typedef struct view_field {
  uint32_t number;
  uint8_t type;
  uint64_t word;  /* numbers */
  ottl_view body; /* LEN */
  ottl_view whole;
} view_field;
bool ottl__view_next(ottl_view *rest, view_field *ret);
/* The last field of that number. False: there is none. */
bool ottl__view_find(ottl_view body, uint32_t number, view_field *ret);

/* view_text.c: values as text, into a buffer. */
void ottl__view_put_text(const ottl_viewer *v, ottl_sbuf *buf, ottl_view text, bool breaks); /* breaks: a line for each line */
void ottl__view_put_bytes(const ottl_viewer *v, ottl_sbuf *buf, ottl_view bytes);
void ottl__view_put_double(ottl_sbuf *buf, double value);
void ottl__view_put_time(ottl_sbuf *buf, uint64_t nanos);
/* A number of a field that is no message. */
void ottl__view_put_scalar(ottl_sbuf *buf, const js_field *f, uint64_t word);

/* view_fields.c: the rows of a block's message. */
OTTL_MUST_CHECK ottl_status ottl__view_rows(ottl_viewer *v, const view_place *place, const js_message *message, ottl_view body);
/* What tells the block from others, into v->summary. */
void ottl__view_summary(ottl_viewer *v, const view_place *place, ottl_view body);

/* view_layout.c: rows. How a label goes on from the path before it: */
typedef enum view_label {
  VIEW_NAME, /* of a field: `.name` */
  VIEW_KEY,  /* of a map: `["key"]` */
  VIEW_INDEX /* of a list: as it is */
} view_label;
/* Fails: LIMIT (more than a block's text may have). */
OTTL_MUST_CHECK ottl_status ottl__view_room(ottl_viewer *v, size_t bytes);
/* Begins a row: its value goes to v->text, until it is ended. */
OTTL_MUST_CHECK ottl_status ottl__view_begin(ottl_viewer *v, ottl_view label, view_label kind);
void ottl__view_end(ottl_viewer *v);
/* What follows, until it is left, is under that label. group: as a group of rows in any layout. Without any rows: `{}`. */
typedef struct view_mark {
  size_t path, base, n_rows;
  uint32_t depth;
  bool row; /* the last row before is the label's */
} view_mark;
OTTL_MUST_CHECK ottl_status ottl__view_enter(ottl_viewer *v, ottl_view label, view_label kind, bool group, view_mark *ret);
OTTL_MUST_CHECK ottl_status ottl__view_leave(ottl_viewer *v, view_mark mark);
/* All rows as lines, into v->lines. */
OTTL_MUST_CHECK ottl_status ottl__view_lay_out(ottl_viewer *v);

/* view_profile.c: what the dictionary has. */
OTTL_MUST_CHECK ottl_status ottl__view_dictionary(ottl_viewer *v);
/* A field whose value is an index into the dictionary. *ret_done false: it is none. */
OTTL_MUST_CHECK ottl_status ottl__view_index(ottl_viewer *v, const js_field *f, uint64_t word, bool *ret_done);
OTTL_MUST_CHECK ottl_status ottl__view_attributes(ottl_viewer *v, ottl_view body, uint32_t number);
bool ottl__view_string(const ottl_viewer *v, uint64_t index, ottl_view *ret);

/* A value under a label. */
OTTL_MUST_CHECK ottl_status ottl__view_value(ottl_viewer *v, ottl_view label, view_label kind, ottl_view body, unsigned depth);
/* One KeyValue. Also of the dictionary, where its key is field 1 as an index. */
OTTL_MUST_CHECK ottl_status ottl__view_pair(ottl_viewer *v, ottl_view body, bool dictionary, unsigned depth);
/* The bodies of all fields of that number, one behind the other: a message in pieces. *ret_found false: there is none. */
OTTL_MUST_CHECK ottl_status ottl__view_joined(ottl_viewer *v, ottl_view body, uint32_t number, ottl_view *ret, bool *ret_found);

#endif
