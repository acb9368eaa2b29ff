/* Reading and growing the dictionary of a profiles request; texts of resources and scopes that lie in it. */
#include "otlp/dict.h"
#include "base/limits.h"

#include "batch/value_wire.h"
#include "otlp/impl.h"

#define DICT_MOST INT32_MAX

static ot_dict *dict_of(const ottl_batch *b) { return &ot_of(b)->dict; }

void ottl__dict_init(ot_dict *d, const ottl_allocator *al) {
  ottl__map_init(&d->keys, al);
  ottl__map_init(&d->string_at, al);
  ottl__map_init(&d->attribute_at, al);
}

void ottl__dict_done(ot_dict *d, const ottl_allocator *al) {
  al_free(al, d->strings, d->cap_strings * sizeof *d->strings);
  al_free(al, d->attributes, d->cap_attributes * sizeof *d->attributes);
  al_free(al, d->seen, d->cap_seen * sizeof *d->seen);
  al_free(al, d->row, d->cap_row * sizeof *d->row);
  ottl__map_done(&d->keys);
  ottl__map_done(&d->string_at);
  ottl__map_done(&d->attribute_at);
}

void ottl__dict_reset(ot_dict *d) {
  if (!d->open) return;
  d->open = d->indexed = false;
  d->tag = d->body = d->end = NULL;
  d->n_strings = d->n_strings_in = d->n_attributes = d->n_attributes_in = 0;
  d->strings_seen = d->attributes_seen = 0;
  d->n_keys = 0;
  ottl__map_clear(&d->keys);
  ottl__map_clear(&d->string_at);
  ottl__map_clear(&d->attribute_at);
}

/* -- reading -- */

static ottl_status push_string(ottl_batch *b, ottl_view text) {
  ot_dict *d = dict_of(b);
  if (d->n_strings >= DICT_MOST) return OTTL_LIMIT;
  OTTL_TRY(ottl__al_reserve(&b->al, &d->strings, &d->cap_strings, d->n_strings + 1, sizeof *d->strings));
  d->strings[d->n_strings++] = text;
  return OTTL_OK;
}

static ottl_status push_attribute(ottl_batch *b, ot_attribute a) {
  ot_dict *d = dict_of(b);
  if (d->n_attributes >= DICT_MOST) return OTTL_LIMIT;
  OTTL_TRY(ottl__al_reserve(&b->al, &d->attributes, &d->cap_attributes, d->n_attributes + 1, sizeof *d->attributes));
  d->attributes[d->n_attributes++] = a;
  return OTTL_OK;
}

/* KeyValueAndUnit { int32 key_strindex = 1; AnyValue value = 2; int32 unit_strindex = 3; } */
static ottl_status read_attribute(ottl_batch *b, const uint8_t *p, const uint8_t *end) {
  ot_attribute a = {.value = cell_nil(), .wire = VIEW(""), .key_id = OTTL_NO_KEY};
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type, len;
    uint64_t v;
    p = wr_tag(p, end, &number, &type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed tag");
    if (number == 1 || number == 3) {
      if (type != WR_VARINT || !(p = wr_varint(p, end, &v))) return ottl__ot_refuse(b, tag, "malformed index");
      if (number == 1)
        a.key_index = (int32_t)(uint32_t)v;
      else
        a.unit = (int32_t)(uint32_t)v;
    } else if (number == 2) {
      if (type != WR_LEN || !(p = wr_len(p, end, &len))) return ottl__ot_refuse(b, tag, "malformed value of an attribute");
      if (len) a.wire = view_of(p, len); /* an empty piece adds nothing */
      p += len;
    } else {
      p = ottl__wr_skip(p, end, type);
      if (!p) return ottl__ot_refuse(b, tag, "malformed field");
    }
  }
  return push_attribute(b, a);
}

static ottl_status read_tables(ottl_batch *b, const uint8_t *p, const uint8_t *end) {
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type, len;
    p = wr_tag(p, end, &number, &type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed tag");
    if (number != 5 && number != 6) {
      p = ottl__wr_skip(p, end, type);
      if (!p) return ottl__ot_refuse(b, tag, "malformed field");
      continue;
    }
    if (type != WR_LEN) return ottl__ot_refuse(b, tag, "wrong wire type");
    p = wr_len(p, end, &len);
    if (!p) return ottl__ot_refuse(b, tag, "length runs over the end of the message");
    OTTL_TRY(number == 5 ? push_string(b, view_of(p, len)) : read_attribute(b, p, p + len));
    p += len;
  }
  return OTTL_OK;
}

static ottl_status find_tables(ottl_batch *b) {
  ot_dict *d = dict_of(b);
  const uint8_t *p = b->in, *end = p + b->in_len;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type, len;
    p = wr_tag(p, end, &number, &type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed tag");
    if (number != 2) {
      p = ottl__wr_skip(p, end, type);
      if (!p) return ottl__ot_refuse(b, tag, "malformed field");
      continue;
    }
    if (type != WR_LEN) return ottl__ot_refuse(b, tag, "wrong wire type");
    p = wr_len(p, end, &len);
    if (!p) return ottl__ot_refuse(b, tag, "length runs over the end of the message");
    d->tag = tag;
    d->body = p;
    d->end = p += len;
    OTTL_TRY(read_tables(b, d->body, d->end)); /* several are one, as messages are joined */
  }
  return OTTL_OK;
}

/* The key as text and number, once all strings are known. */
static ottl_status key_of(ot_dict *d, ot_attribute *a) {
  if (a->key_index < 0 || (size_t)a->key_index >= d->n_strings) return OTTL_OK;
  a->key = d->strings[a->key_index];
  a->key_id = ottl__map_find(&d->keys, a->key);
  if (a->key_id != OTTL_MAP_NONE) return OTTL_OK;
  a->key_id = d->n_keys++;
  return ottl__map_put(&d->keys, a->key, a->key_id);
}

/* DIFF: values of the attribute table may be indices into the string table, too. */
const ot_dict *ottl__batch_dict(const ottl_batch *b) { return &ot_of(b)->dict; }

ottl_status ottl__dict_open(ottl_batch *b) {
  ot_dict *d = dict_of(b);
  if (d->open) return OTTL_OK;
  d->open = true; /* also when it fails: the payload is refused then, and reset has something to do */
  OTTL_TRY(find_tables(b));
  d->n_strings_in = d->n_strings;
  d->n_attributes_in = d->n_attributes;
  dict_pass(d);
  for (size_t i = 0; i < d->n_attributes; i++) {
    ot_attribute *a = &d->attributes[i];
    bool nomem = false;
    OTTL_TRY(key_of(d, a));
    if (ottl__ot_any(b, (const uint8_t *)a->wire.data, a->wire.len, &a->value, &nomem)) continue;
    return nomem ? OTTL_NOMEM : ottl__ot_refuse(b, (const uint8_t *)a->wire.data, "malformed value of an attribute");
  }
  return OTTL_OK;
}

/* -- writing -- */

/* The key index and the value's bytes, side by side. */
static ottl_status attribute_text(ottl_batch *b, int32_t key_index, const uint8_t *wire, size_t len, ottl_view *ret) {
  char *text = arena_alloc(&b->arena, len + 4);
  if (!text) return OTTL_NOMEM;
  memcpy(text, &key_index, 4);
  if (len) memcpy(text + 4, wire, len);
  *ret = view_of(text, len + 4);
  return OTTL_OK;
}

static ottl_status index_tables(ottl_batch *b) {
  ot_dict *d = dict_of(b);
  OTTL_TRY(ottl__dict_open(b));
  if (d->indexed) return OTTL_OK;
  for (size_t i = d->n_strings; i-- > 0;)
    OTTL_TRY(ottl__map_put(&d->string_at, d->strings[i], (uint32_t)i)); /* the first stays */
  for (size_t i = d->n_attributes; i-- > 0;) {
    const ot_attribute *a = &d->attributes[i];
    ottl_view text;
    if (a->unit) continue;
    OTTL_TRY(attribute_text(b, a->key_index, (const uint8_t *)a->wire.data, a->wire.len, &text));
    OTTL_TRY(ottl__map_put(&d->attribute_at, text, (uint32_t)i));
  }
  d->indexed = true;
  return OTTL_OK;
}

ottl_status ottl__dict_put_string(ottl_batch *b, ottl_view text, int32_t *ret) {
  ot_dict *d = dict_of(b);
  OTTL_TRY(index_tables(b));
  uint32_t at = ottl__map_find(&d->string_at, text);
  if (at == OTTL_MAP_NONE) {
    at = (uint32_t)d->n_strings;
    OTTL_TRY(push_string(b, text));
    OTTL_TRY(ottl__map_put(&d->string_at, text, at));
  }
  *ret = (int32_t)at;
  return OTTL_OK;
}

ottl_status ottl__dict_put_attribute(ottl_batch *b, ottl_view key, ottl_cell value, int32_t *ret) {
  ot_dict *d = dict_of(b);
  int32_t key_index;
  OTTL_TRY(ottl__dict_put_string(b, key, &key_index));
  size_t len;
  OTTL_TRY(ottl__anyvalue_size(value, &len));
  char *text = arena_alloc(&b->arena, len + 4);
  if (!text) return OTTL_NOMEM;
  memcpy(text, &key_index, 4);
  if (len) ottl__anyvalue_write((uint8_t *)text + 4, value);
  uint32_t at = ottl__map_find(&d->attribute_at, view_of(text, len + 4));
  if (at != OTTL_MAP_NONE) {
    arena_trim(&b->arena, text, len + 4, 0);
    *ret = (int32_t)at;
    return OTTL_OK;
  }
  at = (uint32_t)d->n_attributes;
  ot_attribute a = {.key = key, .value = value, .wire = view_of(text + 4, len), .key_index = key_index, .key_id = OTTL_NO_KEY};
  OTTL_TRY(key_of(d, &a));
  OTTL_TRY(ottl__anyvalue_decode((const uint8_t *)a.wire.data, len, &a.value)); /* a view that lives as long as the payload */
  OTTL_TRY(push_attribute(b, a));
  OTTL_TRY(ottl__map_put(&d->attribute_at, view_of(text, len + 4), at));
  *ret = (int32_t)at;
  return OTTL_OK;
}

static uint64_t attribute_bytes(const ot_attribute *a) {
  uint64_t value = 1 + varint_size(a->wire.len) + a->wire.len;
  return (a->key_index ? 1 + varint_size((uint64_t)a->key_index) : 0) + value;
}

ottl_status ottl__dict_added_size(const ot_dict *d, uint64_t *ret) {
  uint64_t sum = 0;
  for (size_t i = d->n_strings_in; i < d->n_strings; i++) sum += 1 + varint_size(d->strings[i].len) + d->strings[i].len;
  for (size_t i = d->n_attributes_in; i < d->n_attributes; i++) {
    uint64_t body = attribute_bytes(&d->attributes[i]);
    sum += 1 + varint_size(body) + body;
  }
  *ret = sum;
  return sum > INT32_MAX ? OTTL_LIMIT : OTTL_OK;
}

uint8_t *ottl__dict_added_write(uint8_t *at, const ot_dict *d) {
  for (size_t i = d->n_strings_in; i < d->n_strings; i++) {
    *at++ = WR_TAG(5, WR_LEN);
    at = varint_put(at, d->strings[i].len);
    at = wr_put(at, d->strings[i].data, d->strings[i].len);
  }
  for (size_t i = d->n_attributes_in; i < d->n_attributes; i++) {
    const ot_attribute *a = &d->attributes[i];
    *at++ = WR_TAG(6, WR_LEN);
    at = varint_put(at, attribute_bytes(a));
    if (a->key_index) {
      *at++ = WR_TAG(1, WR_VARINT);
      at = varint_put(at, (uint64_t)a->key_index);
    }
    *at++ = WR_TAG(2, WR_LEN);
    at = varint_put(at, a->wire.len);
    at = wr_put(at, a->wire.data, a->wire.len);
  }
  return at;
}

/* -- texts that are indices -- */

static ottl_status text_at(ottl_batch *b, uint64_t index, ottl_view *ret, bool *ret_found) {
  ot_dict *d = dict_of(b);
  int32_t i = (int32_t)(uint32_t)index;
  OTTL_TRY(ottl__dict_open(b));
  *ret_found = i > 0 && (size_t)i < d->strings_seen;
  if (*ret_found) *ret = d->strings[i];
  return OTTL_OK;
}

ottl_status ottl__ot_key(ottl_batch *b, uint64_t index, ottl_view *key) {
  bool found;
  return text_at(b, index, key, &found);
}

/* What became of a value: each step down says whether some text in it was an index. */
typedef struct rf_walk {
  ottl_batch *b;
  ottl_status status;
} rf_walk;

static bool resolve(rf_walk *w, ottl_view body, unsigned depth, ottl_cell *ret, bool *ret_changed);

/* AnyValue { int32 string_value_strindex = 8; }: an index when that is its last member that says something. */
static bool value_index(rf_walk *w, ottl_view body, ottl_cell *ret, bool *ret_changed) {
  ottl_wire in = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  while (in.at < in.end) {
    uint32_t field, type;
    uint64_t v;
    if (!wire_tag(&in, &field, &type)) return false;
    if (field != 8) {
      if (!ottl__wire_skip(&in, type)) return false;
      if (field < 8) return true; /* an odd value: the other member stays */
      continue;
    }
    ottl_view text;
    bool found;
    if (type != WIRE_VARINT || !wire_varint(&in, &v)) return false;
    w->status = text_at(w->b, v, &text, &found);
    if (w->status != OTTL_OK) return false;
    if (found) *ret = cell_string(text);
    *ret_changed |= found;
  }
  return true;
}

/* KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; } into *e. */
static bool resolve_entry(rf_walk *w, ottl_view body, unsigned depth, ottl_entry *e, bool *ret_changed) {
  ottl_wire in = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  ottl_view key = VIEW(""), value = VIEW("");
  uint64_t index = 0;
  while (in.at < in.end) {
    uint32_t field, type;
    if (!wire_tag(&in, &field, &type)) return false;
    if (field == 1 || field == 2) {
      if (type != WIRE_LEN || !wire_bytes(&in, field == 1 ? &key : &value)) return false;
    } else if (field == 3) {
      if (type != WIRE_VARINT || !wire_varint(&in, &index)) return false;
    } else if (!ottl__wire_skip(&in, type)) {
      return false;
    }
  }
  if (key.len == 0 && index) {
    bool found;
    w->status = text_at(w->b, index, &key, &found);
    if (w->status != OTTL_OK) return false;
    *ret_changed |= found;
  }
  ottl_cell cell;
  if (!resolve(w, value, depth, &cell, ret_changed)) return false;
  *e = (ottl_entry){.key = key.data, .klen = (uint32_t)key.len, .keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN};
  entry_set(e, cell);
  return true;
}

static bool resolve_container(rf_walk *w, unsigned depth, ottl_cell *cell, bool *ret_changed) {
  ottl_arena *arena = &w->b->arena;
  bool is_map = cell_type(*cell) == OTTL_T_MAP, changed = false, more;
  uint32_t n;
  if (depth >= OTTL_MAX_VALUE_DEPTH) return true; /* too deep for anything to look at */
  if (ottl__value_count(*cell, &n) != OTTL_OK) return false;
  if (n == 0) return true;
  void *items = arena_array(arena, n, is_map ? sizeof(ottl_entry) : sizeof(ottl_cell));
  w->status = items ? OTTL_OK : OTTL_NOMEM;
  if (!items) return false;
  ottl_wire in = wire_of(*cell);
  for (uint32_t i = 0; i < n; i++) {
    ottl_view body;
    if (!wire_next(&in, &body, &more) || !more) return false;
    bool good = is_map ? resolve_entry(w, body, depth + 1, (ottl_entry *)items + i, &changed)
                       : resolve(w, body, depth + 1, (ottl_cell *)items + i, &changed);
    if (!good) return false;
  }
  if (!changed) return true; /* the bytes say the same */
  ottl_list *node = arena_alloc(arena, sizeof(ottl_list) > sizeof(ottl_rowmap) ? sizeof(ottl_list) : sizeof(ottl_rowmap));
  w->status = node ? OTTL_OK : OTTL_NOMEM;
  if (!node) return false;
  if (is_map)
    *(ottl_rowmap *)(void *)node = (ottl_rowmap){items, n, n, NULL};
  else
    *node = (ottl_list){items, n, n};
  *cell = cell_tree(cell_type(*cell), node);
  *ret_changed = true;
  return true;
}

static bool resolve(rf_walk *w, ottl_view body, unsigned depth, ottl_cell *ret, bool *ret_changed) {
  if (ottl__anyvalue_decode((const uint8_t *)body.data, body.len, ret) != OTTL_OK) return false;
  switch (cell_type(*ret)) {
  case OTTL_T_NIL: return body.len == 0 || value_index(w, body, ret, ret_changed);
  case OTTL_T_MAP:
  case OTTL_T_LIST: return resolve_container(w, depth, ret, ret_changed);
  default: return true;
  }
}

bool ottl__ot_any(ottl_batch *b, const uint8_t *body, size_t len, ottl_cell *ret, bool *ret_nomem) {
  rf_walk w = {b, OTTL_OK};
  bool changed = false;
  if (resolve(&w, view_of(body, len), 0, ret, &changed)) return true;
  *ret_nomem = w.status == OTTL_NOMEM;
  return false;
}
