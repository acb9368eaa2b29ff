/* What the dictionary of a profiles request has in the place of indices. */
#include <stdio.h>

#include "base/gonum.h"
#include "base/hex.h"
#include "otlp/wire.h"
#include "tooling/view.h"

static const view_field *table_at(const ottl_viewer *v, unsigned table, uint64_t index, view_field *room) {
  int32_t i = (int32_t)(uint32_t)index;
  const view_table *t = &v->dictionary[table];
  if (i < 0 || (size_t)i >= t->n) return NULL;
  *room = (view_field){.body = t->items[i]};
  return room;
}

bool ottl__view_string(const ottl_viewer *v, uint64_t index, ottl_view *ret) {
  view_field at;
  if (!table_at(v, VIEW_STRINGS, index, &at)) return false;
  *ret = at.body;
  return true;
}

/* The last dictionary of the request is the one, as for statements. */
ottl_status ottl__view_dictionary(ottl_viewer *v) {
  view_field d, at;
  memset(v->dictionary, 0, sizeof v->dictionary);
  if (v->signal != OTTL_SIGNAL_PROFILES || !ottl__view_find(view_of(v->in, v->in_len), 2, &d)) return OTTL_OK;
  for (ottl_view rest = d.body; ottl__view_next(&rest, &at);) {
    if (at.number >= VIEW_MAPPINGS && at.number < VIEW_TABLES && at.type == WR_LEN) v->dictionary[at.number].n++;
  }
  for (unsigned i = VIEW_MAPPINGS; i < VIEW_TABLES; i++) {
    view_table *t = &v->dictionary[i];
    t->items = arena_array(&v->payload, t->n, sizeof *t->items);
    if (!t->items) return OTTL_NOMEM;
    t->n = 0;
  }
  for (ottl_view rest = d.body; ottl__view_next(&rest, &at);) {
    view_table *t = &v->dictionary[at.number < VIEW_TABLES ? at.number : 0];
    if (at.number >= VIEW_MAPPINGS && at.number < VIEW_TABLES && at.type == WR_LEN) t->items[t->n++] = at.body;
  }
  return OTTL_OK;
}

static void put_lacking(ottl_viewer *v, const char *what, uint64_t index) {
  ottl__sbuf_printf(&v->text, "(%s %d, which the dictionary lacks)", what, (int)(int32_t)(uint32_t)index);
}

static void put_string(ottl_viewer *v, uint64_t index) {
  ottl_view text;
  if (ottl__view_string(v, index, &text))
    ottl__view_put_text(v, &v->text, text, false);
  else
    put_lacking(v, "text", index);
}

static uint64_t number_of(ottl_view body, uint32_t number) {
  view_field at;
  return ottl__view_find(body, number, &at) ? at.word : 0;
}

/* "function" (file:line), or the address. */
static void put_line(ottl_viewer *v, ottl_view line) {
  view_field function;
  if (!table_at(v, VIEW_FUNCTIONS, number_of(line, 1), &function)) {
    put_lacking(v, "function", number_of(line, 1));
    return;
  }
  put_string(v, number_of(function.body, 1));
  if (!number_of(function.body, 3)) return;
  sbuf_str(&v->text, " in ");
  put_string(v, number_of(function.body, 3));
  if (number_of(line, 2)) ottl__sbuf_printf(&v->text, " line %lld", (long long)number_of(line, 2));
}

static void put_location(ottl_viewer *v, uint64_t index) {
  view_field location, at;
  if (!table_at(v, VIEW_LOCATIONS, index, &location)) {
    put_lacking(v, "location", index);
    return;
  }
  size_t from = v->text.len;
  for (ottl_view rest = location.body; ottl__view_next(&rest, &at);) {
    if (at.number != 3 || at.type != WR_LEN) continue;
    if (v->text.len > from) sbuf_str(&v->text, ", inlined into ");
    put_line(v, at.body);
  }
  if (v->text.len == from) ottl__sbuf_printf(&v->text, "0x%llx", (unsigned long long)number_of(location.body, 2));
}

/* The indices of a field that may be packed or not, one after another: *field and *packed are where it stands. */
typedef struct index_walk {
  ottl_view rest, packed;
  uint32_t number;
} index_walk;

static bool next_index(index_walk *w, uint64_t *ret) {
  view_field at;
  while (w->packed.len == 0) {
    if (!ottl__view_next(&w->rest, &at)) return false;
    if (at.number != w->number) continue;
    if (at.type == WR_VARINT) {
      *ret = at.word;
      return true;
    }
    w->packed = at.body;
  }
  const uint8_t *p = (const uint8_t *)w->packed.data, *end = p + w->packed.len;
  p = wr_varint(p, end, ret);
  w->packed = p ? view_of(p, (size_t)(end - p)) : view_of(NULL, 0);
  return p != NULL;
}

static ottl_status stack_rows(ottl_viewer *v, uint64_t index) {
  view_field stack;
  view_mark mark;
  char label[32];
  if (!table_at(v, VIEW_STACKS, index, &stack)) {
    OTTL_TRY(ottl__view_begin(v, VIEW("stack"), VIEW_NAME));
    put_lacking(v, "stack", index);
    ottl__view_end(v);
    return sbuf_status(&v->text);
  }
  OTTL_TRY(ottl__view_enter(v, VIEW("stack"), VIEW_NAME, false, &mark));
  index_walk walk = {.rest = stack.body, .number = 1};
  uint64_t location;
  for (size_t i = 0; next_index(&walk, &location); i++) {
    int n = snprintf(label, sizeof label, "[%zu]", i);
    OTTL_TRY(ottl__view_begin(v, view_of(label, (size_t)n), VIEW_INDEX));
    put_location(v, location);
    ottl__view_end(v);
  }
  return ottl__view_leave(v, mark);
}

static ottl_status link_row(ottl_viewer *v, uint64_t index) {
  view_field link, id;
  OTTL_TRY(ottl__view_begin(v, VIEW("link"), VIEW_NAME));
  if (table_at(v, VIEW_LINKS, index, &link)) {
    sbuf_str(&v->text, "trace ");
    if (ottl__view_find(link.body, 1, &id)) ottl__hex_put(&v->text, id.body);
    sbuf_str(&v->text, " span ");
    if (ottl__view_find(link.body, 2, &id)) ottl__hex_put(&v->text, id.body);
  } else {
    put_lacking(v, "link", index);
  }
  ottl__view_end(v);
  return sbuf_status(&v->text);
}

ottl_status ottl__view_index(ottl_viewer *v, const js_field *f, uint64_t word, bool *ret_done) {
  static const char ending[] = "_strindex";
  size_t n = strlen(f->snake), end = sizeof ending - 1;
  *ret_done = true;
  if (strcmp(f->snake, "stack_index") == 0) return stack_rows(v, word);
  if (strcmp(f->snake, "link_index") == 0) return link_row(v, word);
  *ret_done = n > end && strcmp(f->snake + n - end, ending) == 0;
  if (!*ret_done) return OTTL_OK;
  OTTL_TRY(ottl__view_begin(v, view_of(f->snake, n - end), VIEW_NAME));
  put_string(v, word);
  ottl__view_end(v);
  return sbuf_status(&v->text);
}

/* Behind the value of an attribute, which is the last row. */
static void put_unit(ottl_viewer *v, ottl_view pair) {
  uint64_t unit = number_of(pair, 3);
  if (!unit) return;
  sbuf_str(&v->text, " unit ");
  put_string(v, unit);
  ottl__view_end(v);
}

ottl_status ottl__view_attributes(ottl_viewer *v, ottl_view body, uint32_t number) {
  view_mark mark;
  uint64_t index;
  index_walk walk = {.rest = body, .number = number};
  OTTL_TRY(ottl__view_enter(v, VIEW("attributes"), VIEW_NAME, false, &mark));
  while (next_index(&walk, &index)) {
    view_field pair;
    if (table_at(v, VIEW_ATTRIBUTES, index, &pair)) {
      OTTL_TRY(ottl__view_pair(v, pair.body, true, 1));
      put_unit(v, pair.body);
      continue;
    }
    OTTL_TRY(ottl__view_begin(v, VIEW(""), VIEW_INDEX));
    put_lacking(v, "attribute", index);
    ottl__view_end(v);
  }
  return ottl__view_leave(v, mark);
}
