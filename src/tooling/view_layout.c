/* Rows, and how they are laid out: as a tree with aligned values, or as lines that stand for themselves. */
#include <stdio.h>

#include "base/goquote.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "tooling/view.h"

#define WIDEST_LABEL 32 /* wider ones do not push the others' values away */

static bool lines(const ottl_viewer *v) { return v->options.layout == OTTL_VIEWER_LINES; }

/* A key that needs no quotes where it stands alone. */
static bool plain_key(ottl_view key) {
  for (size_t i = 0; i < key.len; i++) {
    char c = key.data[i];
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!word && (i == 0 || !strchr(".-/:", c))) return false;
  }
  return key.len > 0;
}

static void put_label(const ottl_viewer *v, ottl_sbuf *buf, ottl_view label, view_label kind, bool first) {
  if (kind == VIEW_NAME) {
    if (!first && lines(v)) sbuf_byte(buf, '.');
    sbuf_view(buf, label);
  } else if (kind == VIEW_INDEX || (!lines(v) && plain_key(label))) {
    sbuf_view(buf, label);
  } else {
    if (lines(v)) sbuf_byte(buf, '[');
    ottl__goquote_put(buf, label, false);
    if (lines(v)) sbuf_byte(buf, ']');
  }
}

ottl_status ottl__view_room(ottl_viewer *v, size_t bytes) {
  if (bytes <= OTTL_MAX_VIEW_BYTES) return OTTL_OK;
  snprintf(v->error, sizeof v->error, "as text it is longer than %d bytes", OTTL_MAX_VIEW_BYTES);
  return OTTL_LIMIT;
}

static ottl_status add_row(ottl_viewer *v) {
  OTTL_TRY(ottl__view_room(v, v->text.len));
  OTTL_TRY(ottl__al_reserve(&v->al, &v->rows, &v->cap_rows, v->n_rows + 1, sizeof *v->rows));
  v->rows[v->n_rows++] = (view_row){.label = v->text.len, .depth = v->depth};
  return OTTL_OK;
}

static void label_done(ottl_viewer *v) {
  view_row *r = &v->rows[v->n_rows - 1];
  r->label_len = v->text.len - r->label;
  r->value = v->text.len;
}

static void put_path(ottl_viewer *v) {
  if (lines(v)) sbuf_put(&v->text, v->path.data + v->path_base, v->path.len - v->path_base);
}

ottl_status ottl__view_begin(ottl_viewer *v, ottl_view label, view_label kind) {
  OTTL_TRY(add_row(v));
  put_path(v);
  put_label(v, &v->text, label, kind, v->path.len == v->path_base);
  label_done(v);
  return sbuf_status(&v->text);
}

void ottl__view_end(ottl_viewer *v) {
  view_row *r = &v->rows[v->n_rows - 1];
  r->value_len = v->text.len - r->value;
}

ottl_status ottl__view_enter(ottl_viewer *v, ottl_view label, view_label kind, bool group, view_mark *ret) {
  *ret = (view_mark){.path = v->path.len, .base = v->path_base, .depth = v->depth, .row = group || !lines(v)};
  if (ret->row) {
    OTTL_TRY(ottl__view_begin(v, label, kind));
    v->rows[v->n_rows - 1].bare = true;
    v->depth++;
    v->path_base = v->path.len;
  } else {
    put_label(v, &v->path, label, kind, v->path.len == v->path_base);
  }
  ret->n_rows = v->n_rows;
  return v->path.failed ? OTTL_NOMEM : OTTL_OK;
}

ottl_status ottl__view_leave(ottl_viewer *v, view_mark mark) {
  bool empty = v->n_rows == mark.n_rows;
  if (empty && !mark.row) {
    v->path_base = mark.base;
    OTTL_TRY(add_row(v));
    put_path(v);
    label_done(v);
  }
  v->path.len = mark.path;
  v->path_base = mark.base;
  v->depth = mark.depth;
  if (empty) {
    view_row *r = &v->rows[v->n_rows - 1];
    r->bare = false;
    r->value = v->text.len;
    sbuf_str(&v->text, "{}");
    ottl__view_end(v);
  }
  return sbuf_status(&v->text);
}

static uint32_t row_width(const ottl_viewer *v, const view_row *r) {
  size_t n = ottl__utf8_count(view_of(v->text.data + r->label, r->label_len));
  return n > WIDEST_LABEL ? WIDEST_LABEL : (uint32_t)n;
}

/* The width of the labels of each group of rows: by the group's first row. `group` gets each row's group. */
static void row_widths(const ottl_viewer *v, uint32_t *widths, uint32_t *group, uint32_t *open) {
  for (size_t i = 0; i < v->n_rows; i++) {
    const view_row *r = &v->rows[i];
    if (i == 0 || r->depth > v->rows[i - 1].depth) {
      open[r->depth] = (uint32_t)i;
      widths[i] = 0;
    }
    group[i] = open[r->depth];
    uint32_t width = r->bare ? 0 : row_width(v, r);
    if (width > widths[group[i]]) widths[group[i]] = width;
  }
}

static void put_spaces(ottl_sbuf *out, size_t n) {
  while (n--) sbuf_byte(out, ' ');
}

/* Its lines after the first begin at that column. */
static void put_value(ottl_sbuf *out, ottl_view value, size_t column) {
  const char *end;
  while ((end = value.len ? memchr(value.data, '\n', value.len) : NULL) && out->len <= OTTL_MAX_VIEW_BYTES) {
    size_t n = (size_t)(end - value.data) + 1;
    sbuf_put(out, value.data, n);
    put_spaces(out, column);
    value = view_of(value.data + n, value.len - n);
  }
  sbuf_view(out, value);
  sbuf_byte(out, '\n');
}

static void put_tree_row(ottl_viewer *v, const view_row *r, uint32_t width) {
  ottl_sbuf *out = &v->lines;
  size_t indent = 2 * (size_t)r->depth;
  const char *label = v->text.data + r->label;
  put_spaces(out, indent);
  if (v->options.colour) sbuf_str(out, "\x1b[36m");
  sbuf_put(out, label, r->label_len);
  if (v->options.colour) sbuf_str(out, "\x1b[0m");
  if (r->bare) {
    sbuf_byte(out, '\n');
    return;
  }
  size_t own = ottl__utf8_count(view_of(label, r->label_len));
  if (own < width) put_spaces(out, width - own);
  sbuf_str(out, "  ");
  put_value(out, view_of(v->text.data + r->value, r->value_len), indent + (own > width ? own : width) + 2);
}

static void put_line_row(ottl_viewer *v, const view_row *r) {
  ottl_sbuf *out = &v->lines;
  put_spaces(out, 2 * (size_t)r->depth);
  sbuf_put(out, v->text.data + r->label, r->label_len);
  sbuf_str(out, r->bare ? ":\n" : " = ");
  if (!r->bare) put_value(out, view_of(v->text.data + r->value, r->value_len), 2 * (size_t)r->depth + 4);
}

ottl_status ottl__view_lay_out(ottl_viewer *v) {
  uint32_t deepest = 0;
  for (size_t i = 0; i < v->n_rows; i++) deepest = v->rows[i].depth > deepest ? v->rows[i].depth : deepest;
  if (v->n_rows >= UINT32_MAX) return OTTL_LIMIT;
  uint32_t *widths = arena_array(&v->scratch, v->n_rows + 1, sizeof *widths);
  uint32_t *group = arena_array(&v->scratch, v->n_rows + 1, sizeof *group);
  uint32_t *open = arena_array(&v->scratch, (size_t)deepest + 1, sizeof *open);
  if (!widths || !group || !open) return OTTL_NOMEM;
  if (!lines(v)) row_widths(v, widths, group, open);
  for (size_t i = 0; i < v->n_rows; i++) {
    if (lines(v))
      put_line_row(v, &v->rows[i]);
    else
      put_tree_row(v, &v->rows[i], widths[group[i]]);
    OTTL_TRY(ottl__view_room(v, v->lines.len));
  }
  return sbuf_status(&v->lines);
}
