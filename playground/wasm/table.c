/* Records as rows, what their fields have as columns. Of a metric each data point is a row. */
#include "glue.h"

#include <stdlib.h>
#include <string.h>

EXPORT("ottl_table") glue_reply *glue_table(const char *json, size_t len, const char *data, size_t data_len);

enum { TABLE_COLUMNS = 512, TABLE_SLOTS = 2048, TABLE_ROWS = 1000, TABLE_TEXT = 200 };

/* What a column is a field of. */
typedef enum table_level { OF_RESOURCE, OF_SCOPE, OF_RECORD, OF_POINT } table_level;

typedef struct table_column {
  ottl_view path; /* in the document of the reply, as is the text */
  table_level of;
  uint64_t count; /* rows that have it */
  ottl_view text; /* the cell of the row that is made; the upper levels' stay for the rows below */
  uint64_t list;  /* of a list of groups: how many there are */
} table_column;

typedef struct table {
  glue_call *c;
  yyjson_mut_val *rows;
  table_column columns[TABLE_COLUMNS];
  uint16_t slots[TABLE_SLOTS]; /* column + 1 */
  size_t n_columns;
  bool full; /* there were more columns */
} table;

static uint32_t table_hash(table_level of, ottl_view path) {
  uint32_t h = 2166136261u ^ (uint32_t)of;
  for (size_t i = 0; i < path.len; i++) h = (h ^ (uint8_t)path.data[i]) * 16777619u;
  return h;
}

/* The column of that path; NULL: there are too many, or memory is out. */
static table_column *table_find(table *t, table_level of, ottl_view path) {
  uint32_t at = table_hash(of, path) % TABLE_SLOTS;
  for (; t->slots[at]; at = (at + 1) % TABLE_SLOTS) {
    table_column *there = &t->columns[t->slots[at] - 1];
    if (there->of == of && there->path.len == path.len && memcmp(there->path.data, path.data, path.len) == 0) return there;
  }
  yyjson_mut_val *copy = t->n_columns < TABLE_COLUMNS ? yyjson_mut_strncpy(t->c->doc, path.data, path.len) : NULL;
  t->full |= !copy;
  if (!copy) return NULL;
  table_column *column = &t->columns[t->n_columns++];
  *column = (table_column){.path = {yyjson_mut_get_str(copy), path.len}, .of = of};
  t->slots[at] = (uint16_t)t->n_columns;
  return column;
}

/* Where the path ends that a line begins with: at " = ", or at the ":" of a group. Quoted keys may hold either. */
static size_t line_path(ottl_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.len; i++) {
    if (quoted && line.data[i] == '\\')
      i++;
    else if (line.data[i] == '"')
      quoted = !quoted;
    else if (!quoted && (line.data[i] == ' ' || line.data[i] == ':'))
      return i;
  }
  return line.len;
}

static bool line_next(ottl_view *left, ottl_view *ret_line, size_t *ret_indent) {
  const char *end = left->len ? memchr(left->data, '\n', left->len) : NULL;
  if (!end) return false;
  size_t len = (size_t)(end - left->data), indent = 0;
  while (indent < len && left->data[indent] == ' ') indent++;
  *ret_line = (ottl_view){left->data + indent, len - indent};
  *ret_indent = indent;
  left->data += len + 1;
  left->len -= len + 1;
  return true;
}

static bool path_is_points(ottl_view path) {
  static const char name[] = "data_points";
  return path.len >= sizeof name - 1 && memcmp(path.data + path.len - (sizeof name - 1), name, sizeof name - 1) == 0;
}

static void table_line(table *t, table_level of, ottl_view line) {
  size_t end = line_path(line);
  bool list = end < line.len && line.data[end] == ':';
  table_column *column = table_find(t, of, (ottl_view){line.data, end});
  if (!column) return;
  if (list) {
    column->list++;
  } else if (line.len - end >= 3) {
    yyjson_mut_val *copy = yyjson_mut_strncpy(t->c->doc, line.data + end + 3, line.len - end - 3);
    column->text = (ottl_view){yyjson_mut_get_str(copy), copy ? line.len - end - 3 : 0};
  }
}

/* Forgets the cells of a level and of those below. */
static void table_clear(table *t, table_level of) {
  for (size_t i = 0; i < t->n_columns; i++) {
    if (t->columns[i].of < of) continue;
    t->columns[i].text = (ottl_view){NULL, 0};
    t->columns[i].list = 0;
  }
}

static void row_add(table *t, const ottl_block *b, uint64_t point) {
  yyjson_mut_doc *doc = t->c->doc;
  yyjson_mut_val *row = yyjson_mut_arr_add_obj(doc, t->rows);
  yyjson_mut_obj_add_uint(doc, row, "record", b->number);
  if (point != OTTL_NO_PLACE) yyjson_mut_obj_add_uint(doc, row, "point", point);
  yyjson_mut_val *cells = yyjson_mut_obj_add_arr(doc, row, "cells");
  for (size_t i = 0; i < t->n_columns; i++) {
    table_column *column = &t->columns[i];
    column->count += column->list || column->text.data;
    if (column->list)
      yyjson_mut_arr_add_uint(doc, cells, column->list);
    else if (column->text.data)
      yyjson_mut_arr_add_strn(doc, cells, column->text.data, column->text.len);
    else
      yyjson_mut_arr_add_null(doc, cells);
  }
}

/* Rows of the data points in the lines of a metric; how many there were. */
static uint64_t table_points(table *t, const ottl_block *b) {
  ottl_view left = b->lines, line;
  size_t indent;
  uint64_t n = 0;
  bool inside = false;
  while (line_next(&left, &line, &indent)) {
    if (!indent && inside) row_add(t, b, n++);
    if (!indent) {
      inside = path_is_points((ottl_view){line.data, line_path(line)});
      table_clear(t, OF_POINT);
    } else if (inside && indent == 2) {
      table_line(t, OF_POINT, line);
    }
  }
  if (inside) row_add(t, b, n++);
  return n;
}

static void table_block(table *t, const ottl_block *b) {
  table_level of = (table_level)b->level;
  ottl_view left = b->lines, line;
  size_t indent;
  bool metric = of == OF_RECORD && strcmp(b->kind, "metric") == 0;
  table_clear(t, of);
  while (line_next(&left, &line, &indent)) {
    if (!indent && !(metric && path_is_points((ottl_view){line.data, line_path(line)}))) table_line(t, of, line);
  }
  if (of == OF_RECORD && !(metric && table_points(t, b))) row_add(t, b, OTTL_NO_PLACE);
}

static ottl_status table_fill(table *t, ottl_viewer *viewer, uint64_t first, uint64_t limit, uint64_t *ret_records) {
  ottl_block block;
  ottl_status status = OTTL_OK;
  *ret_records = 0;
  for (size_t i = 0; status == OTTL_OK && ottl_viewer_block(viewer, i, &block); i++) {
    if (block.level == OTTL_BLOCK_RECORD) ++*ret_records;
    if (block.level == OTTL_BLOCK_RECORD && (block.number < first || block.number - first >= limit)) continue;
    status = ottl_viewer_render(viewer, i, &block);
    if (status == OTTL_OK) table_block(t, &block);
  }
  return status;
}

static void columns_add(table *t, const char *record) {
  const char *const of[] = {"resource", "scope", record, "datapoint"};
  yyjson_mut_val *columns = yyjson_mut_obj_add_arr(t->c->doc, t->c->out, "columns");
  for (size_t i = 0; i < t->n_columns; i++) {
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(t->c->doc, columns);
    glue_add_string(t->c, o, "context", of[t->columns[i].of]);
    glue_add_text(t->c, o, "path", t->columns[i].path);
    yyjson_mut_obj_add_uint(t->c->doc, o, "count", t->columns[i].count);
  }
  yyjson_mut_obj_add_bool(t->c->doc, t->c->out, "moreColumns", t->full);
}

static ottl_status table_make(glue_call *c, const glue_payload *in) {
  static const char *const records[] = {"log", "log", "span", "metric", "profile"};
  ottl_viewer_options o;
  ottl_viewer *viewer = NULL;
  uint64_t limit = glue_number(c, "limit"), n = 0;
  table *t = calloc(1, sizeof *t);
  ottl_viewer_options_init(&o);
  o.layout = OTTL_VIEWER_LINES;
  o.max_text = glue_number(c, "maxText") ? glue_number(c, "maxText") : TABLE_TEXT;
  ottl_status status = t ? ottl_viewer_create(&o, &viewer) : OTTL_NOMEM;
  if (status == OTTL_OK) status = ottl_viewer_open(viewer, in->signal, in->data, in->len);
  if (status == OTTL_OK) {
    t->c = c;
    t->rows = yyjson_mut_obj_add_arr(c->doc, c->out, "rows");
    status = table_fill(t, viewer, glue_number(c, "first"), limit ? limit : TABLE_ROWS, &n);
    columns_add(t, records[in->signal]);
    yyjson_mut_obj_add_uint(c->doc, c->out, "records", n);
    glue_add_string(c, c->out, "signal", glue_signals[in->signal]);
  }
  if (status != OTTL_OK) glue_add_viewer_failure(c, viewer);
  ottl_viewer_free(viewer);
  free(t);
  return status;
}

/* "first" and "limit": which records; "maxText": bytes shown of one text. */
glue_reply *glue_table(const char *json, size_t len, const char *data, size_t data_len) {
  glue_call c;
  glue_payload in;
  ottl_signal signal;
  ottl_json *transcoder = NULL;
  if (!glue_begin(&c, json, len) || !glue_signal(&c, &signal)) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  ottl_status status = ottl_json_create(NULL, &transcoder);
  if (status == OTTL_OK) status = glue_payload_read(&c, transcoder, signal, data, data_len, &in);
  if (status == OTTL_OK) status = table_make(&c, &in);
  ottl_json_free(transcoder);
  return glue_end(&c, status, NULL, 0);
}
