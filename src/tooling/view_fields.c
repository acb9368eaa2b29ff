/* The fields of a message as rows, in the order of the schema: of a singular field the last one counts, its messages in pieces are
 * one, of the members of a oneof the last one counts. */
#include <stdio.h>

#include "base/gonum.h"
#include "base/goquote.h"
#include "base/gotime.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "otlp/wire.h"
#include "tooling/view.h"

#define SHORT_LIST   80 /* bytes of a list of numbers and texts that goes on one line */
#define SUMMARY_TEXT 80 /* bytes of a name in a summary */

bool ottl__view_next(ottl_view *rest, view_field *ret) {
  const uint8_t *tag = (const uint8_t *)rest->data, *end = tag + rest->len, *p;
  uint32_t type, len;
  if (rest->len == 0) return false;
  p = wr_tag(tag, end, &ret->number, &type);
  if (!p) return false;
  ret->type = (uint8_t)type;
  ret->word = 0;
  ret->body = view_of(p, 0);
  switch (type) {
  case WR_VARINT: p = wr_varint(p, end, &ret->word); break;
  case WR_64:
    if (end - p < 8) return false;
    ret->word = load_le64(p);
    p += 8;
    break;
  case WR_32:
    if (end - p < 4) return false;
    ret->word = load_le32(p);
    p += 4;
    break;
  case WR_LEN:
    p = wr_len(p, end, &len);
    if (!p) return false;
    ret->body = view_of(p, len);
    p += len;
    break;
  default: p = ottl__wr_skip(p, end, type); break;
  }
  if (!p) return false;
  ret->whole = view_of(tag, (size_t)(p - tag));
  *rest = view_of(p, (size_t)(end - p));
  return true;
}

bool ottl__view_find(ottl_view body, uint32_t number, view_field *ret) {
  view_field at;
  bool found = false;
  while (ottl__view_next(&body, &at)) {
    if (at.number != number) continue;
    *ret = at;
    found = true;
  }
  return found;
}

ottl_status ottl__view_joined(ottl_viewer *v, ottl_view body, uint32_t number, ottl_view *ret, bool *ret_found) {
  view_field at;
  size_t n = 0, bytes = 0;
  *ret_found = false;
  for (ottl_view rest = body; ottl__view_next(&rest, &at);) {
    if (at.number != number || at.type != WR_LEN) continue;
    if (at.body.len || !*ret_found) *ret = at.body;
    *ret_found = true;
    n += at.body.len > 0;
    bytes += at.body.len;
  }
  if (n < 2) return OTTL_OK;
  v->joined += bytes;
  OTTL_TRY(ottl__view_room(v, v->joined));
  char *all = arena_alloc(&v->scratch, bytes);
  if (!all) return OTTL_NOMEM;
  *ret = view_of(all, bytes);
  for (ottl_view rest = body; ottl__view_next(&rest, &at);) {
    if (at.number != number || at.type != WR_LEN || at.body.len == 0) continue;
    memcpy(all, at.body.data, at.body.len);
    all += at.body.len;
  }
  return OTTL_OK;
}

/* ---- values ---- */

/* The text of a value that is no map, no list and not nil. False: it is one of those. */
static bool put_plain(const ottl_viewer *v, ottl_sbuf *buf, ottl_view any, bool breaks) {
  ottl_cell c = cell_nil();
  view_field index;
  ottl_view text;
  if (!ottl__wire_value(any, &c)) return false;
  switch (cell_type(c)) {
  case OTTL_T_BOOL: sbuf_str(buf, c.word ? "true" : "false"); return true;
  case OTTL_T_INT: ottl__gonum_put_int(buf, (int64_t)c.word); return true;
  case OTTL_T_DOUBLE: ottl__view_put_double(buf, double_of_bits(c.word)); return true;
  case OTTL_T_STRING: ottl__view_put_text(v, buf, cell_view(c), breaks); return true;
  case OTTL_T_BYTES: ottl__view_put_bytes(v, buf, cell_view(c)); return true;
  case OTTL_T_NIL:
    if (v->signal != OTTL_SIGNAL_PROFILES || !ottl__view_find(any, 8, &index)) return false;
    if (ottl__view_string(v, index.word, &text))
      ottl__view_put_text(v, buf, text, breaks);
    else
      ottl__sbuf_printf(buf, "(text %lld, which the dictionary lacks)", (long long)(int32_t)index.word);
    return true;
  default: return false;
  }
}

/* A list of plain values on one line. False: it is too long for that, or has others in it; nothing was added. */
static bool put_short_list(ottl_viewer *v, ottl_view list) {
  size_t from = v->text.len;
  view_field at;
  sbuf_byte(&v->text, '[');
  while (ottl__view_next(&list, &at)) {
    if (at.number != 1) continue;
    if (v->text.len > from + 1) sbuf_str(&v->text, ", ");
    if (!put_plain(v, &v->text, at.body, false) || v->text.len - from > SHORT_LIST) {
      v->text.len = from;
      return false;
    }
  }
  sbuf_byte(&v->text, ']');
  return true;
}

static ottl_status list_rows(ottl_viewer *v, ottl_view label, view_label kind, ottl_view list, unsigned depth) {
  view_mark mark;
  view_field at;
  char index[32];
  OTTL_TRY(ottl__view_enter(v, label, kind, false, &mark));
  for (size_t i = 0; ottl__view_next(&list, &at);) {
    if (at.number != 1) continue;
    int n = snprintf(index, sizeof index, "[%zu]", i++);
    OTTL_TRY(ottl__view_value(v, view_of(index, (size_t)n), VIEW_INDEX, at.body, depth));
  }
  return ottl__view_leave(v, mark);
}

static ottl_status map_rows(ottl_viewer *v, ottl_view label, view_label kind, ottl_view map, unsigned depth) {
  view_mark mark;
  view_field at;
  OTTL_TRY(ottl__view_enter(v, label, kind, false, &mark));
  while (ottl__view_next(&map, &at)) {
    if (at.number == 1) OTTL_TRY(ottl__view_pair(v, at.body, false, depth));
  }
  return ottl__view_leave(v, mark);
}

ottl_status ottl__view_value(ottl_viewer *v, ottl_view label, view_label kind, ottl_view any, unsigned depth) {
  ottl_cell c = cell_nil();
  bool known = ottl__wire_value(any, &c);
  if (depth > OTTL_MAX_VALUE_DEPTH) {
    snprintf(v->error, sizeof v->error, "values nest deeper than %d levels", OTTL_MAX_VALUE_DEPTH);
    return OTTL_LIMIT;
  }
  if (known && cell_type(c) == OTTL_T_MAP && c.len) return map_rows(v, label, kind, cell_view(c), depth + 1);
  OTTL_TRY(ottl__view_begin(v, label, kind));
  if (known && cell_type(c) == OTTL_T_MAP) {
    sbuf_str(&v->text, "{}");
  } else if (known && cell_type(c) == OTTL_T_LIST) {
    if (!put_short_list(v, cell_view(c))) {
      v->n_rows--;
      return list_rows(v, label, kind, cell_view(c), depth + 1);
    }
  } else if (!put_plain(v, &v->text, any, true)) {
    sbuf_str(&v->text, "nil");
  }
  ottl__view_end(v);
  return sbuf_status(&v->text);
}

ottl_status ottl__view_pair(ottl_viewer *v, ottl_view body, bool dictionary, unsigned depth) {
  view_field key, index;
  ottl_view name = {"", 0}, value = {"", 0};
  bool found;
  if (!dictionary && ottl__view_find(body, 1, &key)) name = key.body;
  if (name.len == 0 && v->signal == OTTL_SIGNAL_PROFILES && ottl__view_find(body, dictionary ? 1 : 3, &index))
    (void)ottl__view_string(v, index.word, &name);
  OTTL_TRY(ottl__view_joined(v, body, 2, &value, &found));
  return ottl__view_value(v, name, VIEW_KEY, value, depth);
}

/* ---- fields ---- */

static ottl_status message_rows(ottl_viewer *v, const js_message *m, ottl_view body, uint32_t skip, bool top);

static bool wanted(const ottl_viewer *v, const char *name) {
  for (size_t i = 0; i < v->options.n_fields; i++) {
    if (strcmp(v->options.fields[i], name) == 0) return true;
  }
  return v->options.n_fields == 0;
}

static bool at_default(const js_field *f, const view_field *at) {
  if (f->oneof || f->message) return false;
  if (f->type == PROTOBUF_C_TYPE_DOUBLE) return at->word << 1 == 0;
  if (f->wire_type == JS_BYTES) return at->body.len == 0;
  return at->word == 0;
}

static ottl_status scalar_row(ottl_viewer *v, const js_field *f, ottl_view name, const view_field *at) {
  bool done = false;
  if (at_default(f, at)) return OTTL_OK;
  OTTL_TRY(ottl__view_index(v, f, at->word, &done));
  if (done) return OTTL_OK;
  OTTL_TRY(ottl__view_begin(v, name, VIEW_NAME));
  if (f->id_bytes) {
    for (size_t i = 0; i < at->body.len; i++) ottl__sbuf_printf(&v->text, "%02x", (unsigned char)at->body.data[i]);
  } else if (f->type == PROTOBUF_C_TYPE_STRING) {
    ottl__view_put_text(v, &v->text, at->body, true);
  } else if (f->type == PROTOBUF_C_TYPE_BYTES) {
    ottl__view_put_bytes(v, &v->text, at->body);
  } else {
    ottl__view_put_scalar(&v->text, f, at->word);
  }
  ottl__view_end(v);
  return sbuf_status(&v->text);
}

static void put_packed(ottl_viewer *v, const js_field *f, ottl_view body, size_t from) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  while (p < end) {
    uint64_t word;
    if (f->wire_type == JS_VARINT) {
      p = wr_varint(p, end, &word);
      if (!p) return;
    } else if (f->wire_type == JS_FIXED64) {
      if (end - p < 8) return;
      word = load_le64(p);
      p += 8;
    } else {
      if (end - p < 4) return;
      word = load_le32(p);
      p += 4;
    }
    if (v->text.len > from) sbuf_str(&v->text, ", ");
    ottl__view_put_scalar(&v->text, f, word);
  }
}

/* Numbers or texts: a list on one line, however long. */
static ottl_status list_row(ottl_viewer *v, const js_field *f, ottl_view name, ottl_view body) {
  view_field at;
  OTTL_TRY(ottl__view_begin(v, name, VIEW_NAME));
  sbuf_byte(&v->text, '[');
  size_t from = v->text.len;
  while (ottl__view_next(&body, &at)) {
    if (at.number != f->number) continue;
    if (at.type == WR_LEN && f->packed) {
      put_packed(v, f, at.body, from);
      continue;
    }
    if (v->text.len > from) sbuf_str(&v->text, ", ");
    if (at.type == WR_LEN)
      ottl__view_put_text(v, &v->text, at.body, false);
    else
      ottl__view_put_scalar(&v->text, f, at.word);
  }
  sbuf_byte(&v->text, ']');
  ottl__view_end(v);
  return sbuf_status(&v->text);
}

static ottl_status repeated_rows(ottl_viewer *v, const js_field *f, ottl_view name, ottl_view body) {
  view_field at;
  view_mark mark = {0};
  if (!f->message && strcmp(f->snake, "attribute_indices") == 0) return ottl__view_attributes(v, body, f->number);
  if (!f->message) return list_row(v, f, name, body);
  if (f->message->is_pair) OTTL_TRY(ottl__view_enter(v, name, VIEW_NAME, false, &mark));
  while (ottl__view_next(&body, &at)) {
    if (at.number != f->number) continue;
    if (f->message->is_pair) {
      OTTL_TRY(ottl__view_pair(v, at.body, false, 1));
      continue;
    }
    OTTL_TRY(ottl__view_enter(v, name, VIEW_NAME, true, &mark));
    OTTL_TRY(message_rows(v, f->message, at.body, 0, false));
    OTTL_TRY(ottl__view_leave(v, mark));
  }
  return f->message->is_pair ? ottl__view_leave(v, mark) : OTTL_OK;
}

static ottl_status singular_rows(ottl_viewer *v, const js_field *f, ottl_view name, ottl_view body, bool inlined) {
  view_field at;
  if (!f->message) return ottl__view_find(body, f->number, &at) ? scalar_row(v, f, name, &at) : OTTL_OK;
  ottl_view joined = {"", 0};
  bool found;
  OTTL_TRY(ottl__view_joined(v, body, f->number, &joined, &found));
  if (f->message->is_value) return ottl__view_value(v, name, VIEW_NAME, joined, 1);
  if (inlined) return message_rows(v, f->message, joined, 0, false);
  view_mark mark;
  OTTL_TRY(ottl__view_enter(v, name, VIEW_NAME, false, &mark));
  OTTL_TRY(message_rows(v, f->message, joined, 0, false));
  return ottl__view_leave(v, mark);
}

/* Fields that the schema does not know, or knows with another type. */
static ottl_status unknown_rows(ottl_viewer *v, const js_message *m, ottl_view body) {
  view_field at;
  while (ottl__view_next(&body, &at)) {
    if (js_find(m, at.number) != JS_NONE) continue;
    char label[40];
    int n = snprintf(label, sizeof label, "(field %u)", (unsigned)at.number);
    OTTL_TRY(ottl__view_begin(v, view_of(label, (size_t)n), VIEW_NAME));
    if (at.type == WR_LEN)
      ottl__view_put_bytes(v, &v->text, at.body);
    else if (at.type == WR_GROUP)
      sbuf_str(&v->text, "a group");
    else
      ottl__gonum_put_uint(&v->text, at.word);
    ottl__view_end(v);
  }
  return OTTL_OK;
}

/* Which fields of the message there are, a bit each; of a oneof the last member alone. */
static uint64_t present(const js_message *m, ottl_view body, bool *ret_unknown) {
  uint64_t bits = 0;
  view_field at;
  while (ottl__view_next(&body, &at)) {
    unsigned i = js_find(m, at.number);
    if (i == JS_NONE) {
      *ret_unknown = true;
      continue;
    }
    bits &= ~m->fields[i].oneof_mask;
    bits |= (uint64_t)1 << i;
  }
  return bits;
}

/* top: of a block. skip: number of the field that holds what is below the block; what it holds itself is not a level of its own. */
static ottl_status message_rows(ottl_viewer *v, const js_message *m, ottl_view body, uint32_t skip, bool top) {
  bool unknown = false;
  uint64_t bits = present(m, body, &unknown);
  for (unsigned i = 0; i < m->n_fields; i++) {
    const js_field *f = &m->fields[i];
    if (!(bits >> i & 1) || f->number == skip || (top && !skip && !wanted(v, f->snake))) continue;
    ottl_view name = view_str(f->snake);
    if (f->repeated)
      OTTL_TRY(repeated_rows(v, f, name, body));
    else
      OTTL_TRY(singular_rows(v, f, name, body, top && skip));
  }
  return unknown && (!top || skip || !v->options.n_fields) ? unknown_rows(v, m, body) : OTTL_OK;
}

ottl_status ottl__view_rows(ottl_viewer *v, const view_place *place, const js_message *message, ottl_view body) {
  return message_rows(v, message, body, place->level == OTTL_BLOCK_RECORD ? 0 : 2, true);
}

/* ---- what tells a block from others ---- */

static void sum_put(ottl_viewer *v, ottl_view text) {
  size_t n = text.len;
  if (n > SUMMARY_TEXT) {
    for (n = SUMMARY_TEXT; n && !utf8_starts(text.data[n]); n--) continue;
  }
  if (v->summary.len) sbuf_byte(&v->summary, ' ');
  ottl__goquote_put(&v->summary, view_of(text.data, n), false);
  if (n < text.len) sbuf_str(&v->summary, "...");
}

static void sum_text(ottl_viewer *v, ottl_view body, uint32_t number) {
  view_field at;
  if (ottl__view_find(body, number, &at) && at.body.len) sum_put(v, at.body);
}

/* INFO of SEVERITY_NUMBER_INFO. */
static void sum_severity(ottl_viewer *v, int32_t number) {
  const js_message *log = v->roots[OTTL_SIGNAL_LOGS]->fields[0].message->fields[1].message->fields[1].message;
  const ProtobufCEnumDescriptor *e = log->fields[js_find(log, 2)].enums;
  for (unsigned i = 0; i < e->n_values; i++) {
    if (e->values[i].value != number) continue;
    ottl__sbuf_printf(&v->summary, "%s%s", v->summary.len ? " " : "", e->values[i].name + sizeof "SEVERITY_NUMBER_" - 1);
  }
}

static void sum_log(ottl_viewer *v, ottl_view body) {
  view_field at;
  if (ottl__view_find(body, 1, &at) || ottl__view_find(body, 11, &at)) ottl__view_put_time(&v->summary, at.word);
  if (ottl__view_find(body, 3, &at) && at.body.len)
    sum_text(v, body, 3);
  else if (ottl__view_find(body, 2, &at) && at.word)
    sum_severity(v, (int32_t)at.word);
}

static void sum_span(ottl_viewer *v, ottl_view body) {
  view_field start, end;
  sum_text(v, body, 5);
  if (!ottl__view_find(body, 7, &start) || !ottl__view_find(body, 8, &end) || end.word < start.word) return;
  if (v->summary.len) sbuf_byte(&v->summary, ' ');
  ottl__gotime_put_duration(&v->summary, (int64_t)(end.word - start.word));
}

static void sum_metric(ottl_viewer *v, ottl_view body) {
  const js_message *request = v->roots[OTTL_SIGNAL_METRICS];
  const js_message *metric = request->fields[0].message->fields[1].message->fields[1].message;
  const js_field *kind = NULL;
  view_field at;
  sum_text(v, body, 1);
  while (ottl__view_next(&body, &at)) {
    unsigned i = js_find(metric, at.number);
    if (i != JS_NONE && metric->fields[i].oneof) kind = &metric->fields[i];
  }
  if (kind) ottl__sbuf_printf(&v->summary, "%s%s", v->summary.len ? " " : "", kind->snake);
}

/* Attribute service.name. */
static void sum_resource(ottl_viewer *v, ottl_view body) {
  view_field resource, pair, key, value;
  if (!ottl__view_find(body, 1, &resource)) return;
  while (ottl__view_next(&resource.body, &pair)) {
    if (pair.number != 1 || !ottl__view_find(pair.body, 1, &key) || !view_eq(key.body, VIEW("service.name"))) continue;
    ottl_cell c = cell_nil();
    if (ottl__view_find(pair.body, 2, &value) && ottl__wire_value(value.body, &c) && cell_type(c) == OTTL_T_STRING)
      sum_put(v, cell_view(c));
    return;
  }
}

void ottl__view_summary(ottl_viewer *v, const view_place *place, ottl_view body) {
  view_field at;
  if (place->level == OTTL_BLOCK_RESOURCE) {
    sum_resource(v, body);
  } else if (place->level == OTTL_BLOCK_SCOPE) {
    if (!ottl__view_find(body, 1, &at)) return;
    sum_text(v, at.body, 1);
    sum_text(v, at.body, 2);
  } else {
    switch (v->signal) {
    case OTTL_SIGNAL_LOGS: sum_log(v, body); break;
    case OTTL_SIGNAL_TRACES: sum_span(v, body); break;
    case OTTL_SIGNAL_METRICS: sum_metric(v, body); break;
    default:
      if (ottl__view_find(body, 3, &at)) ottl__view_put_time(&v->summary, at.word);
    }
  }
}
