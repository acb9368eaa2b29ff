/* Records of an export request as trees. */
#include "tooling/record.h"

#include "base/base64.h"
#include "base/gonum.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "base/limits.h"
#include "otlp/wire.h"

typedef struct rec_reader {
  ottl_arena *arena;
  uint32_t depth;
  ottl_status status;
} rec_reader;

/* A field as it stands on the wire. */
typedef struct rec_raw {
  uint32_t number, type;
  uint64_t value;
  ottl_view bytes;
} rec_raw;

static rec *read_any(rec_reader *r, const js_message *m, ottl_view body, ottl_view key);
static bool read_fields(rec_reader *r, const js_message *m, ottl_view body, rec *into);

rec *ottl__rec_new(ottl_arena *arena, rec_kind kind, ottl_view key) {
  rec *v = arena_zero(arena, sizeof *v);
  if (!v) return NULL;
  v->kind = (uint8_t)kind;
  v->key = key;
  return v;
}

void ottl__rec_add(rec *list, rec *kid) {
  kid->next = NULL;
  *(list->last ? &list->last->next : &list->first) = kid;
  list->last = kid;
}

rec *ottl__rec_find(const rec *map, ottl_view key) {
  for (rec *kid = map ? map->first : NULL; kid; kid = kid->next) {
    if (view_eq(kid->key, key)) return kid;
  }
  return NULL;
}

static bool is_time(const js_field *f) {
  static const char ending[] = "time_unix_nano";
  size_t n = sizeof ending - 1;
  return f->type == PROTOBUF_C_TYPE_FIXED64 && f->snake_len >= n && memcmp(f->snake + f->snake_len - n, ending, n) == 0;
}

ottl_view ottl__rec_name(const js_field *f) {
  ottl_view name = {f->snake, f->snake_len};
  if (view_is(name, "as_int")) return VIEW("value_int");
  if (view_is(name, "as_double")) return VIEW("value_double");
  if (is_time(f)) name.len -= sizeof "_unix_nano" - 1;
  return name;
}

static bool fail(rec_reader *r, ottl_status status) {
  if (r->status == OTTL_OK) r->status = status;
  return false;
}

static rec *make(rec_reader *r, rec_kind kind, ottl_view key) {
  rec *v = ottl__rec_new(r->arena, kind, key);
  if (!v) fail(r, OTTL_NOMEM);
  return v;
}

/* The next field of a message; false: the end, or malformed. */
static bool next_raw(rec_reader *r, const uint8_t **p, const uint8_t *end, rec_raw *ret) {
  uint32_t len;
  if (*p == end || r->status != OTTL_OK) return false;
  *p = wr_tag(*p, end, &ret->number, &ret->type);
  if (!*p) return fail(r, OTTL_DATA);
  switch (ret->type) {
  case WR_VARINT: *p = wr_varint(*p, end, &ret->value); break;
  case WR_64:
    if (end - *p < 8) return fail(r, OTTL_DATA);
    ret->value = load_le64(*p);
    *p += 8;
    break;
  case WR_32:
    if (end - *p < 4) return fail(r, OTTL_DATA);
    ret->value = load_le32(*p);
    *p += 4;
    break;
  case WR_LEN:
    *p = wr_len(*p, end, &len);
    if (!*p) break;
    ret->bytes = view_of(*p, len);
    *p += len;
    break;
  default: *p = ottl__wr_skip(*p, end, ret->type); break;
  }
  return *p || fail(r, OTTL_DATA);
}

static rec *read_enum(rec_reader *r, const js_field *f, int32_t value, ottl_view key) {
  const ProtobufCEnumValue *symbol = protobuf_c_enum_descriptor_get_value(f->enums, value);
  rec *v = make(r, symbol ? REC_WORD : REC_INT, key);
  if (v && symbol) v->text = view_str(symbol->name);
  if (v) v->integer = value;
  return v;
}

static rec *read_printed(rec_reader *r, ottl_sbuf *text, ottl_view key) {
  rec *v = text->failed ? NULL : make(r, REC_WORD, key);
  if (v) v->text = arena_copy(r->arena, text->data, text->len);
  if (!v || !v->text.data) fail(r, OTTL_NOMEM);
  ottl__sbuf_done(text);
  return v;
}

static rec *read_unsigned(rec_reader *r, const js_field *f, uint64_t bits, ottl_view key) {
  ottl_sbuf text;
  if (bits <= INT64_MAX && !is_time(f)) {
    rec *v = make(r, REC_INT, key);
    if (v) v->integer = (int64_t)bits;
    return v;
  }
  ottl__sbuf_init(&text, &r->arena->al);
  if (bits > INT64_MAX) {
    ottl__gonum_put_uint(&text, bits);
  } else {
    ottl__gotime_put_rfc3339(&text, ottl__gotime_of_nanos((int64_t)bits), 0);
  }
  return read_printed(r, &text, key);
}

static rec *read_scalar(rec_reader *r, const js_field *f, uint64_t bits, ottl_view key) {
  rec *v;
  switch (f->type) {
  case PROTOBUF_C_TYPE_BOOL:
    v = make(r, REC_BOOL, key);
    if (v) v->boolean = bits != 0;
    return v;
  case PROTOBUF_C_TYPE_DOUBLE:
    v = make(r, REC_DOUBLE, key);
    if (v) v->number = double_of_bits(bits);
    return v;
  case PROTOBUF_C_TYPE_ENUM: return read_enum(r, f, (int32_t)(uint32_t)bits, key);
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_UINT64: return read_unsigned(r, f, bits, key);
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32: return read_unsigned(r, f, (uint32_t)bits, key);
  default: break;
  }
  v = make(r, REC_INT, key);
  if (!v) return NULL;
  v->integer = (int64_t)bits;
  if (f->type == PROTOBUF_C_TYPE_SINT32 || f->type == PROTOBUF_C_TYPE_SINT64)
    v->integer = (int64_t)(bits >> 1 ^ (0 - (bits & 1)));
  if (f->type == PROTOBUF_C_TYPE_INT32 || f->type == PROTOBUF_C_TYPE_SFIXED32) v->integer = (int32_t)(uint32_t)bits;
  return v;
}

static rec *read_text(rec_reader *r, rec_kind kind, ottl_view bytes, ottl_view key) {
  rec *v = make(r, kind, key);
  if (v) v->text = bytes;
  return v;
}

static rec *read_bytes(rec_reader *r, const js_field *f, ottl_view bytes, ottl_view key) {
  if (f->type == PROTOBUF_C_TYPE_STRING) return read_text(r, REC_TEXT, bytes, key);
  if (!f->id_bytes) return read_text(r, REC_BYTES, bytes, key);
  char *hex = arena_alloc(r->arena, 2 * bytes.len + 1);
  if (!hex) return fail(r, OTTL_NOMEM), NULL;
  ottl__hex_encode(hex, bytes.data, bytes.len);
  return read_text(r, REC_TEXT, view_of(hex, 2 * bytes.len), key);
}

static bool read_pair(rec_reader *r, const js_message *m, ottl_view body, rec *into) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  ottl_view key = {"", 0}, value = {"", 0};
  rec_raw raw;
  while (next_raw(r, &p, end, &raw)) {
    if (raw.number == 1 && raw.type == WR_LEN) key = raw.bytes;
    if (raw.number == 2 && raw.type == WR_LEN) value = raw.bytes;
  }
  const js_message *any = m->fields[js_find(m, 2)].message;
  rec *v = r->status == OTTL_OK ? read_any(r, any, value, key) : NULL;
  if (v) ottl__rec_add(into, v);
  return v != NULL;
}

/* The `values` of an ArrayValue or KeyValueList. */
static bool read_values(rec_reader *r, const js_message *m, ottl_view body, rec *into) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  const js_message *of = m->fields[js_find(m, 1)].message;
  rec_raw raw;
  while (next_raw(r, &p, end, &raw)) {
    if (raw.number != 1 || raw.type != WR_LEN) continue;
    if (of->is_pair) {
      if (!read_pair(r, of, raw.bytes, into)) return false;
      continue;
    }
    rec *v = read_any(r, of, raw.bytes, (ottl_view){NULL, 0});
    if (!v) return false;
    ottl__rec_add(into, v);
  }
  return r->status == OTTL_OK;
}

static rec *read_any(rec_reader *r, const js_message *m, ottl_view body, ottl_view key) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  rec_raw raw, last = {0};
  const js_field *f = NULL;
  while (next_raw(r, &p, end, &raw)) {
    unsigned i = js_find(m, raw.number);
    if (i == JS_NONE || m->fields[i].wire_type != raw.type) continue;
    f = &m->fields[i];
    last = raw;
  }
  if (r->status != OTTL_OK) return NULL;
  if (!f) return make(r, REC_NULL, key);
  if (f->type != PROTOBUF_C_TYPE_MESSAGE)
    return f->wire_type == JS_BYTES ? read_bytes(r, f, last.bytes, key) : read_scalar(r, f, last.value, key);
  const js_field *values = &f->message->fields[js_find(f->message, 1)];
  rec *v = make(r, values->message->is_pair ? REC_MAP : REC_LIST, key);
  if (!v) return NULL;
  v->pairs = v->kind == REC_MAP;
  if (++r->depth > OTTL_MAX_VALUE_DEPTH) return fail(r, OTTL_LIMIT), NULL;
  bool ok = read_values(r, f->message, last.bytes, v);
  r->depth--;
  return ok ? v : NULL;
}

/* -- messages -- */

/* What a message has of one of its fields. */
typedef struct rec_slot {
  rec *value;
  ottl_view body; /* a sub-message that stands once, in pieces put together */
  bool has_body;
} rec_slot;

static bool join(rec_reader *r, rec_slot *slot, ottl_view piece) {
  ottl_view before = slot->body;
  slot->body = piece;
  if (slot->has_body && before.len) {
    char *both = arena_alloc(r->arena, before.len + piece.len);
    if (!both) return fail(r, OTTL_NOMEM);
    memcpy(both, before.data, before.len);
    if (piece.len) memcpy(both + before.len, piece.data, piece.len);
    slot->body = view_of(both, before.len + piece.len);
  }
  slot->has_body = true;
  return true;
}

static bool read_packed(rec_reader *r, const js_field *f, ottl_view bytes, rec *list) {
  const uint8_t *p = (const uint8_t *)bytes.data, *end = p + bytes.len;
  while (p < end) {
    uint64_t bits = 0;
    size_t width = f->wire_type == JS_FIXED64 ? 8 : 4;
    if (f->wire_type == JS_VARINT) {
      p = wr_varint(p, end, &bits);
      if (!p) return fail(r, OTTL_DATA);
    } else if ((size_t)(end - p) < width) {
      return fail(r, OTTL_DATA);
    } else {
      bits = width == 8 ? load_le64(p) : load_le32(p);
      p += width;
    }
    rec *v = read_scalar(r, f, bits, (ottl_view){NULL, 0});
    if (!v) return false;
    ottl__rec_add(list, v);
  }
  return true;
}

static bool read_repeated(rec_reader *r, const js_field *f, const rec_raw *raw, rec_slot *slot) {
  bool pairs = f->message && f->message->is_pair;
  if (!slot->value) slot->value = make(r, pairs ? REC_MAP : REC_LIST, ottl__rec_name(f));
  rec *list = slot->value, *v;
  if (!list) return false;
  list->pairs = pairs;
  if (pairs) return read_pair(r, f->message, raw->bytes, list);
  if (f->message) {
    v = make(r, REC_MAP, (ottl_view){NULL, 0});
    if (!v || !read_fields(r, f->message, raw->bytes, v)) return false;
  } else if (raw->type == WR_LEN && f->wire_type != JS_BYTES) {
    return read_packed(r, f, raw->bytes, list);
  } else {
    v = raw->type == WR_LEN ? read_bytes(r, f, raw->bytes, (ottl_view){NULL, 0})
                            : read_scalar(r, f, raw->value, (ottl_view){NULL, 0});
  }
  if (v) ottl__rec_add(list, v);
  return v != NULL;
}

/* Is it what a field that is not there has? */
static bool is_default(const js_message *m, const js_field *f, const rec_raw *raw) {
  if (f->oneof || m->descriptor->fields[f - m->fields].label != PROTOBUF_C_LABEL_NONE) return false;
  return f->wire_type == JS_BYTES ? raw->bytes.len == 0 : raw->value == 0;
}

static bool read_single(rec_reader *r, const js_message *m, const js_field *f, const rec_raw *raw, rec_slot *slots) {
  rec_slot *slot = &slots[f - m->fields];
  for (unsigned i = 0; i < m->n_fields; i++) { /* the last of a oneof counts */
    if (f->oneof_mask >> i & 1 && i != (unsigned)(f - m->fields)) slots[i] = (rec_slot){0};
  }
  if (f->type == PROTOBUF_C_TYPE_MESSAGE) return join(r, slot, raw->bytes);
  slot->value = NULL;
  if (is_default(m, f, raw)) return true;
  slot->value = f->wire_type == JS_BYTES ? read_bytes(r, f, raw->bytes, ottl__rec_name(f))
                                         : read_scalar(r, f, raw->value, ottl__rec_name(f));
  return slot->value != NULL;
}

/* A sub-message; empty ones of a value say nothing. */
static bool read_body(rec_reader *r, const js_field *f, rec_slot *slot) {
  if (f->message->is_value) {
    slot->value = slot->body.len ? read_any(r, f->message, slot->body, ottl__rec_name(f)) : NULL;
    return r->status == OTTL_OK;
  }
  slot->value = make(r, REC_MAP, ottl__rec_name(f));
  return slot->value && read_fields(r, f->message, slot->body, slot->value);
}

static bool read_fields(rec_reader *r, const js_message *m, ottl_view body, rec *into) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  rec_slot slots[JS_MAX_FIELDS] = {{0}};
  rec_raw raw;
  if (++r->depth > OTTL_MAX_VALUE_DEPTH) return fail(r, OTTL_LIMIT);
  while (next_raw(r, &p, end, &raw)) {
    unsigned i = js_find(m, raw.number);
    if (i == JS_NONE) continue;
    const js_field *f = &m->fields[i];
    bool packed = f->repeated && raw.type == WR_LEN;
    if (raw.type != f->wire_type && !packed) return fail(r, OTTL_DATA);
    if (!(f->repeated ? read_repeated(r, f, &raw, &slots[i]) : read_single(r, m, f, &raw, slots))) return false;
  }
  if (r->status != OTTL_OK) return false;
  for (unsigned i = 0; i < m->n_fields; i++) {
    if (slots[i].has_body && !read_body(r, &m->fields[i], &slots[i])) return false;
    if (slots[i].value) ottl__rec_add(into, slots[i].value);
  }
  r->depth--;
  return true;
}

ottl_status ottl__rec_message(ottl_arena *arena, const js_message *m, ottl_view body, rec *ret) {
  rec_reader r = {.arena = arena};
  read_fields(&r, m, body, ret);
  return r.status;
}

/* -- requests -- */

/* Number 1, 2 and 3 of a ResourceLogs and its like: the resource, what is below it, the URL of its schema. */
typedef struct rec_level {
  ottl_view own, url;
} rec_level;

typedef struct rec_walk {
  rec_reader r;
  const rec_schema *s;
  rec_level resource, scope;
  rec **items;
  size_t n, cap;
} rec_walk;

static bool add_level(rec_walk *w, rec *record, const char *name, const js_message *m, const rec_level *level) {
  rec *v = make(&w->r, REC_MAP, view_str(name));
  if (!v || !read_fields(&w->r, m, level->own, v)) return false;
  if (level->url.len) {
    rec *url = read_text(&w->r, REC_TEXT, level->url, VIEW("schema_url"));
    if (!url) return false;
    ottl__rec_add(v, url);
  }
  if (v->first) ottl__rec_add(record, v);
  return true;
}

static bool add_item(rec_walk *w, ottl_view body) {
  rec *record = make(&w->r, REC_MAP, (ottl_view){NULL, 0});
  if (!record || !add_level(w, record, "resource", w->s->resource, &w->resource) ||
      !add_level(w, record, "scope", w->s->scope, &w->scope) || !read_fields(&w->r, w->s->item, body, record))
    return false;
  ottl_status status = ottl__al_reserve(&w->r.arena->al, &w->items, &w->cap, w->n + 1, sizeof *w->items);
  if (status != OTTL_OK) return fail(&w->r, status);
  w->items[w->n++] = record;
  return true;
}

static rec_level level_of(rec_reader *r, ottl_view body) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  rec_level level = {{"", 0}, {"", 0}};
  rec_raw raw;
  while (next_raw(r, &p, end, &raw)) {
    if (raw.type != WR_LEN) continue;
    if (raw.number == 1) level.own = raw.bytes;
    if (raw.number == 3) level.url = raw.bytes;
  }
  return level;
}

/* What is below: 0 requests, whose field is 1; 1 resources; 2 scopes. */
static bool walk(rec_walk *w, ottl_view body, unsigned level) {
  const uint8_t *p = (const uint8_t *)body.data, *end = p + body.len;
  rec_raw raw;
  if (level) *(level == 1 ? &w->resource : &w->scope) = level_of(&w->r, body);
  while (next_raw(&w->r, &p, end, &raw)) {
    if (raw.type != WR_LEN || raw.number != (level ? 2u : 1u)) continue;
    if (!(level == 2 ? add_item(w, raw.bytes) : walk(w, raw.bytes, level + 1))) return false;
  }
  return w->r.status == OTTL_OK;
}

ottl_status ottl__rec_records(ottl_arena *arena, const rec_schema *s, ottl_view wire, rec ***ret, size_t *ret_n) {
  rec_walk w = {.r = {.arena = arena}, .s = s};
  walk(&w, wire, 0);
  rec **copy = w.r.status == OTTL_OK ? arena_array(arena, w.n + 1, sizeof *copy) : NULL;
  if (!copy) fail(&w.r, OTTL_NOMEM);
  if (copy && w.n) memcpy(copy, w.items, w.n * sizeof *copy);
  al_free(&arena->al, w.items, w.cap * sizeof *w.items);
  *ret = copy;
  *ret_n = w.n;
  return w.r.status;
}

const rec_schema *ottl__rec_schema(ottl_arena *arena, ottl_signal signal) {
  rec_schema *s = signal == OTTL_SIGNAL_PROFILES ? NULL : arena_zero(arena, sizeof *s);
  const ProtobufCMessageDescriptor *root = ottl__json_root(signal);
  if (!s || !root || !(s->request = ottl__json_message(&s->js, arena, root))) return NULL;
  s->signal = signal;
  s->resources = s->request->fields[0].message;
  s->resource = s->resources->fields[js_find(s->resources, 1)].message;
  s->scopes = s->resources->fields[js_find(s->resources, 2)].message;
  s->scope = s->scopes->fields[js_find(s->scopes, 1)].message;
  s->item = s->scopes->fields[js_find(s->scopes, 2)].message;
  return s;
}
