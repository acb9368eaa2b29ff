/* Containers of values: from the wire to trees, copies, edits, and back to the wire.
 *
 * Trees are opened one level at a time: what nobody looks into stays a view of its encoded form. Writing goes from the end
 * to the beginning, so that the length of a container is known when its head is written, in one pass. */
#include "batch/value.h"
#include "base/limits.h"

#include "batch/keyset.h"
#include "batch/value_wire.h"

static const char *const type_names[] = {
#define TYPE(id, name, go_name, doc) name,
#include "types.def"
#undef TYPE
};
static const char *const type_go_names[] = {
#define TYPE(id, name, go_name, doc) go_name,
#include "types.def"
#undef TYPE
};

const char *ottl__type_name(ottl_type type) { return (unsigned)type < OTTL_TYPE_COUNT ? type_names[type] : "?"; }
const char *ottl__type_go_name(ottl_type type) { return (unsigned)type < OTTL_TYPE_COUNT ? type_go_names[type] : "?"; }

/* -- wire -- */

bool ottl__wire_skip(ottl_wire *w, uint32_t type) {
  uint32_t depth = 0, field;
  uint64_t v;
  ottl_view bytes;
  for (;;) {
    switch (type) {
    case WIRE_VARINT:
      if (!wire_varint(w, &v)) return false;
      break;
    case WIRE_I64:
      if (w->end - w->at < 8) return false;
      w->at += 8;
      break;
    case WIRE_LEN:
      if (!wire_bytes(w, &bytes)) return false;
      break;
    case WIRE_GROUP: depth++; break;
    case WIRE_GROUP_END:
      if (depth == 0) return false;
      depth--;
      break;
    case WIRE_I32:
      if (w->end - w->at < 4) return false;
      w->at += 4;
      break;
    default: return false;
    }
    if (depth == 0) return true;
    if (!wire_tag(w, &field, &type)) return false;
  }
}

bool ottl__wire_value(ottl_view body, ottl_cell *value) {
  const uint8_t *p = (const uint8_t *)body.data;
  if (OTTL_LIKELY(body.len == 9 && p[0] == 0x21)) {
    *value = (ottl_cell){load_le64(p + 1), 0, OTTL_T_DOUBLE};
    return true;
  }
  if (OTTL_LIKELY((body.len == 2 && p[0] == 0x18 && p[1] < 0x80) ||
                  (body.len == 3 && p[0] == 0x18 && p[1] >= 0x80 && p[2] < 0x80))) {
    *value = cell_int(body.len == 2 ? p[1] : (p[1] & 0x7f) | (int64_t)p[2] << 7);
    return true;
  }
  ottl_wire w = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  while (w.at < w.end) {
    uint32_t field, type;
    uint64_t v;
    ottl_view bytes;
    if (!wire_tag(&w, &field, &type)) return false;
    switch (field) {
    case 1:
    case 5:
    case 6:
    case 7: {
      static const uint8_t tags[8] = {[1] = OTTL_T_STRING, [5] = OTTL_T_LIST, [6] = OTTL_T_MAP, [7] = OTTL_T_BYTES};
      if (type != WIRE_LEN || !wire_bytes(&w, &bytes)) return false;
      *value = cell_of_view((ottl_type)tags[field], bytes);
      break;
    }
    case 2:
      if (type != WIRE_VARINT || !wire_varint(&w, &v)) return false;
      *value = cell_bool(v != 0);
      break;
    case 3:
      if (type != WIRE_VARINT || !wire_varint(&w, &v)) return false;
      *value = cell_int((int64_t)v);
      break;
    case 4:
      if (type != WIRE_I64 || w.end - w.at < 8) return false;
      *value = (ottl_cell){load_u64(w.at), 0, OTTL_T_DOUBLE};
      w.at += 8;
      break;
    case 8: /* string_value_strindex: a member that reads as an empty value */
      if (type != WIRE_VARINT || !wire_varint(&w, &v)) return false;
      *value = cell_nil();
      break;
    default:
      if (!ottl__wire_skip(&w, type)) return false;
    }
  }
  return true;
}

ottl_status ottl__anyvalue_decode(const uint8_t *body, size_t len, ottl_cell *ret) {
  ottl_cell value = cell_nil();
  if (!ottl__wire_value(view_of(body, len), &value)) return OTTL_DATA;
  *ret = value;
  return OTTL_OK;
}

bool ottl__wire_entry(ottl_view body, ottl_view *ret_key, ottl_cell *ret_value) {
  ottl_wire w = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  ottl_view key = {"", 0}, bytes;
  ottl_cell value = cell_nil();
  while (w.at < w.end) {
    uint32_t field, type;
    uint64_t v;
    if (!wire_tag(&w, &field, &type)) return false;
    if (field == 1) {
      if (type != WIRE_LEN || !wire_bytes(&w, &key)) return false;
    } else if (field == 2) {
      if (type != WIRE_LEN || !wire_bytes(&w, &bytes) || !ottl__wire_value(bytes, &value)) return false;
    } else if (field == 3) {
      if (type != WIRE_VARINT || !wire_varint(&w, &v)) return false;
    } else if (!ottl__wire_skip(&w, type)) {
      return false;
    }
  }
  *ret_key = key;
  *ret_value = value;
  return true;
}

ottl_status ottl__value_count(ottl_cell cell, uint32_t *ret) {
  if (cell_is_tree(cell)) {
    *ret = cell_type(cell) == OTTL_T_MAP ? cell_map(cell)->n : cell_list(cell)->n;
    return OTTL_OK;
  }
  uint32_t n = 0;
  ottl_walk k = walk_begin(cell);
  for (bool more;; n++) {
    ottl_view body;
    while (k.wire.end - k.wire.at > 1 && k.wire.at[0] == 0x0a && k.wire.at[1] < 0x80 &&
           k.wire.at[1] <= k.wire.end - k.wire.at - 2) {
      k.wire.at += 2 + k.wire.at[1];
      n++;
    }
    if (!wire_next(&k.wire, &body, &more)) return OTTL_DATA;
    if (!more) break;
  }
  *ret = n;
  return OTTL_OK;
}

/* -- trees -- */

static ottl_status value_map_tree(ottl_arena *arena, ottl_cell *cell, uint32_t n) {
  ottl_rowmap *map = arena_zero(arena, sizeof *map);
  ottl_entry *items = arena_array(arena, n, sizeof *items);
  if (!map || !items) return OTTL_NOMEM;
  ottl_walk k = walk_begin(*cell);
  for (uint32_t i = 0; i < n; i++) {
    bool more;
    ottl_view key;
    ottl_cell value;
    if (!walk_entry(&k, &key, &value, &more)) return OTTL_DATA;
    if (!more) return OTTL_INTERNAL;
    items[i] = (ottl_entry){.key = key.data,
                            .word = value.word,
                            .klen = (uint32_t)key.len,
                            .len = value.len,
                            .keyid = OTTL_NO_KEY,
                            .column = OTTL_NO_COLUMN,
                            .tag = value.tag};
  }
  *map = (ottl_rowmap){items, n, n, NULL};
  *cell = cell_tree(OTTL_T_MAP, map);
  return OTTL_OK;
}

static ottl_status value_list_tree(ottl_arena *arena, ottl_cell *cell, uint32_t n) {
  ottl_list *list = arena_zero(arena, sizeof *list);
  ottl_cell *items = arena_array(arena, n, sizeof *items);
  if (!list || !items) return OTTL_NOMEM;
  ottl_walk k = walk_begin(*cell);
  for (uint32_t i = 0; i < n; i++) {
    bool more;
    if (!walk_item(&k, &items[i], &more)) return OTTL_DATA;
    if (!more) return OTTL_INTERNAL;
  }
  *list = (ottl_list){items, n, n};
  *cell = cell_tree(OTTL_T_LIST, list);
  return OTTL_OK;
}

ottl_status ottl__value_to_tree(ottl_arena *arena, ottl_cell *cell) {
  ottl_type type = cell_type(*cell);
  if (cell_is_tree(*cell) || (type != OTTL_T_MAP && type != OTTL_T_LIST)) return OTTL_OK;
  uint32_t n;
  OTTL_TRY(ottl__value_count(*cell, &n));
  return type == OTTL_T_MAP ? value_map_tree(arena, cell, n) : value_list_tree(arena, cell, n);
}

static ottl_status value_copy_at(ottl_arena *arena, ottl_cell source, ottl_cell *ret, unsigned depth, uint32_t *left) {
  if (!cell_is_tree(source)) {
    *ret =
        source.tag == OTTL_T_GO_INT ? cell_int((int64_t)source.word) : source; /* of the maps that functions such as URL make */
    return OTTL_OK;
  }
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  if (cell_type(source) == OTTL_T_MAP) {
    const ottl_rowmap *from = cell_map(source);
    if (from->n > *left) return OTTL_LIMIT;
    *left -= from->n;
    ottl_rowmap *map = arena_zero(arena, sizeof *map);
    ottl_entry *items = arena_array(arena, from->n, sizeof *items);
    if (!map || !items) return OTTL_NOMEM;
    for (uint32_t i = 0; i < from->n; i++) {
      const ottl_entry *e = &from->items[i];
      ottl_cell value = entry_cell(e);
      if (value.tag > OTTL_T_BYTES) OTTL_TRY(value_copy_at(arena, value, &value, depth + 1, left));
      if (value.tag == (OTTL_T_LIST_ANY | OTTL_TAG_TREE)) value.tag = OTTL_T_LIST | OTTL_TAG_TREE; /* likewise */
      items[i] = (ottl_entry){.key = e->key,
                              .word = value.word,
                              .klen = e->klen,
                              .len = value.len,
                              .keyid = e->keyid,
                              .column = OTTL_NO_COLUMN,
                              .tag = value.tag,
                              .dirty = 1};
    }
    *map = (ottl_rowmap){items, from->n, from->n, NULL};
    *ret = cell_tree(OTTL_T_MAP, map);
    return OTTL_OK;
  }
  const ottl_list *from = cell_list(source);
  if (from->n > *left) return OTTL_LIMIT;
  *left -= from->n;
  ottl_list *list = arena_zero(arena, sizeof *list);
  ottl_cell *items = arena_array(arena, from->n, sizeof *items);
  if (!list || !items) return OTTL_NOMEM;
  for (uint32_t i = 0; i < from->n; i++) {
    const ottl_cell item = from->items[i];
    if (OTTL_LIKELY(item.tag <= OTTL_T_BYTES))
      items[i] = item;
    else
      OTTL_TRY(value_copy_at(arena, item, &items[i], depth + 1, left));
  }
  *list = (ottl_list){items, from->n, from->n};
  *ret = cell_tree(cell_type(source), list);
  return OTTL_OK;
}

ottl_status ottl__value_copy(ottl_arena *arena, ottl_cell source, ottl_cell *ret) {
  ottl_cell copy;
  const uint32_t most = arena->copy_left < OTTL_MAX_VALUE_CELLS ? (uint32_t)arena->copy_left : OTTL_MAX_VALUE_CELLS;
  uint32_t left = most;
  ottl_status status = value_copy_at(arena, source, &copy, 0, &left);
  arena->copy_left -= most - left;
  if (status != OTTL_OK) return status;
  *ret = copy;
  return OTTL_OK;
}

ottl_entry *ottl__rowmap_find(const ottl_rowmap *map, ottl_view key) {
  for (uint32_t i = 0; i < map->n; i++) {
    ottl_entry *e = &map->items[i];
    if (e->klen == key.len && bytes_same(e->key, key.data, e->klen)) return e;
  }
  return NULL;
}

/* Room for some more items; the old array stays in the arena. */
static void *value_grow(ottl_arena *arena, void *items, uint32_t n, uint32_t *cap, uint32_t more, size_t item_bytes) {
  if (more <= *cap - n) return items;
  if (n >= UINT32_MAX / 4 || more >= UINT32_MAX / 4) return NULL;
  uint32_t want = n < 4 ? 8 : n * 2;
  if (want < n + more) want = n + more;
  void *grown = arena_array(arena, want, item_bytes);
  if (!grown) return NULL;
  if (n) memcpy(grown, items, n * item_bytes);
  *cap = want;
  return grown;
}

ottl_status ottl__rowmap_reserve(ottl_arena *arena, ottl_rowmap *map, uint32_t more) {
  ottl_entry *items = value_grow(arena, map->items, map->n, &map->cap, more, sizeof *items);
  if (!items && more) return OTTL_NOMEM;
  map->items = items;
  return OTTL_OK;
}

ottl_entry *ottl__rowmap_push(ottl_arena *arena, ottl_rowmap *map, ottl_view key) {
  if (key.len > UINT32_MAX || ottl__rowmap_reserve(arena, map, 1) != OTTL_OK) return NULL;
  return rowmap_append(arena, map, key);
}

ottl_status ottl__list_push(ottl_arena *arena, ottl_list *list, ottl_cell cell) {
  ottl_cell *items = value_grow(arena, list->items, list->n, &list->cap, 1, sizeof *items);
  if (!items) return OTTL_NOMEM;
  list->items = items;
  items[list->n++] = cell;
  return OTTL_OK;
}

/* -- to the wire -- */

static bool value_is_list(ottl_type type) { return type >= OTTL_T_LIST && type <= OTTL_T_LIST_DOUBLE; }

static ottl_status value_size_at(ottl_cell c, size_t *ret, unsigned depth) {
  size_t n = 0;
  switch (cell_type(c)) {
  case OTTL_T_BOOL: n = 2; break;
  case OTTL_T_INT: n = 1 + varint_size(c.word); break;
  case OTTL_T_DOUBLE: n = 9; break;
  case OTTL_T_STRING:
  case OTTL_T_BYTES: n = 1 + len_size(c.len); break;
  case OTTL_T_MAP:
  case OTTL_T_LIST:
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_DOUBLE: {
    if (!cell_is_tree(c)) {
      n = 1 + len_size(c.len);
      break;
    }
    if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
    size_t body = 0, item;
    if (cell_type(c) == OTTL_T_MAP) {
      for (uint32_t i = 0; i < cell_map(c)->n; i++) {
        const ottl_entry *e = &cell_map(c)->items[i];
        OTTL_TRY(value_size_at(entry_cell(e), &item, depth + 1));
        body += 1 + len_size(1 + len_size(e->klen) + 1 + len_size(item));
      }
    } else {
      for (uint32_t i = 0; i < cell_list(c)->n; i++) {
        OTTL_TRY(value_size_at(cell_list(c)->items[i], &item, depth + 1));
        body += 1 + len_size(item);
      }
    }
    n = 1 + len_size(body);
    break;
  }
  default: break;
  }
  if (n > UINT32_MAX) return OTTL_LIMIT; /* a length on the wire that no reader takes */
  *ret = n;
  return OTTL_OK;
}

ottl_status ottl__anyvalue_size(ottl_cell cell, size_t *ret) { return value_size_at(cell, ret, 0); }

/* All of these write in front of `at` and return the new beginning. */
static uint8_t *back_varint(uint8_t *at, uint64_t v) {
  at -= varint_size(v);
  varint_put(at, v);
  return at;
}
static uint8_t *back_head(uint8_t *at, uint8_t tag, const uint8_t *end) {
  at = back_varint(at, (uint64_t)(end - at));
  *--at = tag;
  return at;
}
static uint8_t *back_bytes(uint8_t *at, uint8_t tag, uint64_t data, uint32_t len) {
  uint8_t *end = at;
  at -= len;
  if (len) memcpy(at, (const void *)(uintptr_t)data, len);
  return back_head(at, tag, end);
}

static uint8_t *value_write_back(uint8_t *at, ottl_cell c) {
  ottl_type type = cell_type(c);
  uint8_t *end = at;
  switch (type) {
  case OTTL_T_BOOL:
    *--at = c.word != 0;
    *--at = 0x10;
    return at;
  case OTTL_T_INT:
    at = back_varint(at, c.word);
    *--at = 0x18;
    return at;
  case OTTL_T_DOUBLE:
    at -= 8;
    store_le64(at, c.word);
    *--at = 0x21;
    return at;
  case OTTL_T_STRING: return back_bytes(at, 0x0a, c.word, c.len);
  case OTTL_T_BYTES: return back_bytes(at, 0x3a, c.word, c.len);
  case OTTL_T_MAP:
    if (!cell_is_tree(c)) return back_bytes(at, 0x32, c.word, c.len);
    for (uint32_t i = cell_map(c)->n; i-- > 0;) {
      const ottl_entry *e = &cell_map(c)->items[i];
      uint8_t *entry_end = at;
      at = back_head(value_write_back(at, entry_cell(e)), 0x12, at);
      at = back_bytes(at, 0x0a, (uint64_t)(uintptr_t)e->key, e->klen);
      at = back_head(at, 0x0a, entry_end);
    }
    return back_head(at, 0x32, end);
  default:
    if (!value_is_list(type)) return at;
    if (!cell_is_tree(c)) return back_bytes(at, 0x2a, c.word, c.len);
    for (uint32_t i = cell_list(c)->n; i-- > 0;) {
      uint8_t *item_end = at;
      at = back_head(value_write_back(at, cell_list(c)->items[i]), 0x0a, item_end);
    }
    return back_head(at, 0x2a, end);
  }
}

uint8_t *ottl__anyvalue_write(uint8_t *at, ottl_cell cell) {
  size_t n;
  if (ottl__anyvalue_size(cell, &n) != OTTL_OK) return at;
  uint8_t *begin = value_write_back(at + n, cell);
  assert(begin == at);
  OTTL_UNUSED(begin);
  return at + n;
}
