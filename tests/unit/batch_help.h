/* What the tests of batches share: payloads, layouts made in a line each, and passes that run over a whole payload. */
#ifndef OTTL_TESTS_UNIT_BATCH_HELP_H
#define OTTL_TESTS_UNIT_BATCH_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "batch/batch.h"

typedef struct blob {
  uint8_t *data;
  size_t len;
} blob;

static inline blob blob_copy(const void *data, size_t len) { /* exactly as long, so that sanitizers see every overrun */
  blob b = {malloc(len ? len : 1), len};
  assert_non_null(b.data);
  if (len) memcpy(b.data, data, len);
  return b;
}

static inline blob blob_file(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "tests/fixtures/wire/%s", name);
  FILE *f = fopen(path, "rb");
  if (!f) fail_msg("no %s: run from the repository root", path);
  static uint8_t buf[1 << 20];
  size_t n = fread(buf, 1, sizeof buf, f);
  fclose(f);
  return blob_copy(buf, n);
}

/* -- payloads by hand -- */

typedef struct wire {
  uint8_t data[4096];
  size_t len;
} wire;

static inline void w_byte(wire *w, unsigned b) {
  assert_true(w->len < sizeof w->data);
  w->data[w->len++] = (uint8_t)b;
}
static inline void w_varint(wire *w, uint64_t v) {
  for (; v >= 0x80; v >>= 7) w_byte(w, (unsigned)(v & 0x7f) | 0x80);
  w_byte(w, (unsigned)v);
}
static inline void w_bytes(wire *w, unsigned number, const void *data, size_t len) {
  w_varint(w, number << 3 | 2);
  w_varint(w, len);
  for (size_t i = 0; i < len; i++) w_byte(w, ((const uint8_t *)data)[i]);
}
static inline void w_str(wire *w, unsigned number, const char *text) { w_bytes(w, number, text, strlen(text)); }
static inline void w_msg(wire *w, unsigned number, const wire *body) { w_bytes(w, number, body->data, body->len); }
static inline void w_int(wire *w, unsigned number, uint64_t v) {
  w_varint(w, number << 3);
  w_varint(w, v);
}
static inline void w_64(wire *w, unsigned number, uint64_t v) {
  w_varint(w, number << 3 | 1);
  for (unsigned i = 0; i < 8; i++) w_byte(w, (unsigned)(v >> 8 * i) & 0xff);
}
/* A KeyValue with a text value. */
static inline void w_attr(wire *w, unsigned number, const char *key, const char *value) {
  wire any = {.len = 0}, kv = {.len = 0};
  w_str(&any, 1, value);
  w_str(&kv, 1, key);
  w_msg(&kv, 2, &any);
  w_msg(w, number, &kv);
}
/* One resource with one scope with that as its item. */
static inline wire w_request(const wire *item) {
  wire scope = {.len = 0}, resource = {.len = 0}, request = {.len = 0};
  w_msg(&scope, 2, item);
  w_msg(&resource, 2, &scope);
  w_msg(&request, 1, &resource);
  return request;
}

/* -- layouts -- */

typedef struct plan {
  ottl_layout layout;
  ottl_column_spec columns[OTTL_FIELD_COUNT + 256];
  ottl_map_spec maps[16];
} plan;

static inline plan *plan_new(ottl_level level) {
  plan *p = calloc(1, sizeof *p);
  assert_non_null(p);
  p->layout = (ottl_layout){.level = (uint8_t)level, .columns = p->columns, .maps = p->maps};
  return p;
}
static inline unsigned plan_field(plan *p, ottl_field field) {
  unsigned c = p->layout.n_columns++;
  p->columns[c] =
      (ottl_column_spec){.source = OTTL_COL_FIELD, .level = ottl__fields[field].level, .field = (uint16_t)field, .written = true};
  return c;
}
static inline unsigned plan_map(plan *p, ottl_field field, ottl_level level, bool entries) {
  unsigned m = p->layout.n_maps++;
  p->maps[m] = (ottl_map_spec){.field = (uint16_t)field,
                               .level = (uint8_t)level,
                               .entries = entries,
                               .written = true,
                               .first_column = p->layout.n_columns};
  return m;
}
/* A key of the newest map. */
static inline unsigned plan_key(plan *p, const char *key) {
  unsigned m = p->layout.n_maps - 1u, c = p->layout.n_columns++;
  p->maps[m].n_columns++;
  p->columns[c] = (ottl_column_spec){
      .source = OTTL_COL_KEY, .level = p->maps[m].level, .map = (uint16_t)m, .key = view_str(key), .written = true};
  return c;
}
/* Every field of the levels up to the pass's own, and every map with a few keys. */
static inline plan *plan_all(ottl_level level, bool entries) {
  plan *p = plan_new(level);
  for (unsigned f = 0; f < OTTL_FIELD_COUNT; f++) {
    if (ottl__fields[f].level <= level && ottl__fields[f].wire != OTTL_W_MAP) plan_field(p, (ottl_field)f);
  }
  for (unsigned f = 0; f < OTTL_FIELD_COUNT; f++) {
    if (ottl__fields[f].level > level || ottl__fields[f].wire != OTTL_W_MAP) continue;
    plan_map(p, (ottl_field)f, (ottl_level)ottl__fields[f].level, entries);
    static const char *const keys[] = {"http.method", "nothing", "ratio", "map", "service.name", "k", "host",
                                       "user",        "f",       "n",     ""};
    for (unsigned k = 0; k < OTTL_COUNT(keys); k++) plan_key(p, keys[k]);
  }
  return p;
}

/* -- running -- */

static inline ottl_batch *batch_new(void) {
  ottl_batch *b;
  assert_int_equal(ottl__batch_create(NULL, &b), OTTL_OK);
  return b;
}

#define OK(expr) assert_int_equal((expr), OTTL_OK)

/* Calls edit(batch, n, context) in every window. */
typedef void pass_edit(ottl_batch *b, uint32_t n, void *context);
static inline ottl_status run_pass(ottl_batch *b, const plan *p, uint32_t window, pass_edit *edit, void *context) {
  OTTL_TRY(ottl__batch_bind(b, &p->layout, window));
  uint32_t rows = b->rows[p->layout.level].n;
  for (uint32_t at = 0; at < rows; at += window) {
    uint32_t n = rows - at < window ? rows - at : window;
    OTTL_TRY(ottl__batch_window(b, at, n));
    if (edit) edit(b, n, context);
    OTTL_TRY(ottl__batch_close_window(b));
  }
  return ottl__batch_unbind(b);
}

static inline void assert_output(ottl_batch *b, bool drop_empty, const void *data, size_t len) {
  const uint8_t *out;
  size_t n;
  OK(ottl__batch_finish(b, drop_empty, &out, &n));
  for (size_t i = 0; i < n && i < len; i++) {
    if (out[i] != ((const uint8_t *)data)[i]) fail_msg("differs at %zu of %zu, expected %zu bytes", i, n, len);
  }
  assert_int_equal(n, len);
}

/* Writes a field column of store WORD, VIEW or CELL. */
static inline void put_word(ottl_batch *b, unsigned c, uint32_t row, uint64_t word) {
  b->columns[c].word[row] = word;
  col_touch(&b->columns[c], row);
}
static inline void put_text(ottl_batch *b, unsigned c, uint32_t row, const char *text) {
  reg_put_view(&b->columns[c], row, view_str(text));
  col_touch(&b->columns[c], row);
}
static inline void put_cell(ottl_batch *b, unsigned c, uint32_t row, ottl_cell cell) {
  reg_put_cell(&b->columns[c], row, cell);
  col_touch(&b->columns[c], row);
}

/* Marks everything that is there as written: what is woven must be what was. */
static inline void touch_all(ottl_batch *b, uint32_t n, void *context) {
  OTTL_UNUSED(context);
  const ottl_layout *l = b->layout;
  for (unsigned c = 0; c < l->n_columns; c++) {
    const ottl_column_spec *spec = &l->columns[c];
    if (spec->source == OTTL_COL_FIELD && ottl__fields[spec->field].wire == OTTL_W_REPEATED) continue;
    if (spec->level != l->level && b->first) continue; /* once */
    uint32_t rows = spec->level == l->level ? n : b->rows[spec->level].n;
    for (uint32_t i = 0; i < rows; i++) {
      if (b->columns[c].off[i] != b->columns[c].end[i]) col_touch(&b->columns[c], i);
    }
  }
  for (unsigned m = 0; m < l->n_maps; m++) {
    if (!l->maps[m].entries || (l->maps[m].level != l->level && b->first)) continue;
    uint32_t rows = l->maps[m].level == l->level ? n : b->rows[l->maps[m].level].n;
    for (uint32_t i = 0; i < rows; i++) {
      ottl_rowmap *map = &b->maps[m].rows[i];
      if (!map->n) continue;
      for (uint32_t e = 0; e < map->n; e += 2) map->items[e].dirty = 1;
      bm_set(b->maps[m].dirty, i);
    }
  }
}

#endif
