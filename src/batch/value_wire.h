/* Reading protobuf containers of values (KeyValueList, ArrayValue, AnyValue) and the size of what is written.
 *
 * Accepts and refuses what pdata's decoder does, for what is looked at. Every function that returns bool says false when the
 * bytes are malformed. */
#ifndef OTTL_SRC_BATCH_VALUE_WIRE_H
#define OTTL_SRC_BATCH_VALUE_WIRE_H

#include "base/varint.h"
#include "batch/value.h"

/* Levels of containers in one value. Recursion over values stops there, so that no payload uses up the stack. */

enum { WIRE_VARINT, WIRE_I64, WIRE_LEN, WIRE_GROUP, WIRE_GROUP_END, WIRE_I32 };

typedef struct ottl_wire {
  const uint8_t *at, *end;
} ottl_wire;

static inline ottl_wire wire_of(ottl_cell c) {
  const uint8_t *p = (const uint8_t *)(uintptr_t)c.word;
  return (ottl_wire){p, p ? p + c.len : p};
}

static inline bool wire_varint(ottl_wire *w, uint64_t *ret) {
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (OTTL_UNLIKELY(w->at == w->end)) return false;
    uint8_t b = *w->at++;
    v |= (uint64_t)(b & 0x7f) << shift;
    if (b < 0x80) {
      *ret = v;
      return true;
    }
  }
  return false;
}

static inline bool wire_bytes(ottl_wire *w, ottl_view *ret) {
  uint64_t n;
  if (!wire_varint(w, &n) || n > (uint64_t)(w->end - w->at) || n > UINT32_MAX) return false;
  *ret = view_of(w->at, (size_t)n);
  w->at += n;
  return true;
}

static inline bool wire_tag(ottl_wire *w, uint32_t *ret_field, uint32_t *ret_type) {
  uint64_t tag;
  if (!wire_varint(w, &tag)) return false;
  int32_t field = (int32_t)(uint32_t)(tag >> 3);
  if (field <= 0) return false;
  *ret_field = (uint32_t)field;
  *ret_type = tag & 7;
  return true;
}

/* Steps over a field's value; groups may hold groups. */
bool ottl__wire_skip(ottl_wire *w, uint32_t type);

/* The next entry of a KeyValueList or item of an ArrayValue (field 1) as its body; *ret_more false: there is none. */
static inline bool wire_next(ottl_wire *w, ottl_view *ret_body, bool *ret_more) {
  while (w->at < w->end) {
    uint32_t field, type;
    if (!wire_tag(w, &field, &type)) return false;
    if (OTTL_LIKELY(field == 1)) {
      *ret_more = true;
      return type == WIRE_LEN && wire_bytes(w, ret_body);
    }
    if (!ottl__wire_skip(w, type)) return false;
  }
  *ret_more = false;
  return true;
}

/* One KeyValue message. */
bool ottl__wire_entry(ottl_view body, ottl_view *ret_key, ottl_cell *ret_value);
bool ottl__wire_value(ottl_view body, ottl_cell *value); /* merges an AnyValue message into *value */

static inline size_t len_size(size_t body) { return varint_size(body) + body; }

/* -- iterating over containers in any form -- */

/* Walks a MAP or LIST in either form, or a Go list. */
typedef struct ottl_walk {
  ottl_wire wire;
  const ottl_entry *entry, *entry_end;
  const ottl_cell *item, *item_end;
} ottl_walk;

static inline ottl_walk walk_begin(ottl_cell c) {
  ottl_walk k = {0};
  if (!cell_is_tree(c)) {
    if (cell_type(c) == OTTL_T_MAP || cell_type(c) == OTTL_T_LIST) k.wire = wire_of(c);
  } else if (cell_type(c) == OTTL_T_MAP) {
    k.entry = cell_map(c)->items;
    k.entry_end = k.entry ? k.entry + cell_map(c)->n : NULL;
  } else {
    k.item = cell_list(c)->items;
    k.item_end = k.item ? k.item + cell_list(c)->n : NULL;
  }
  return k;
}
/* The next item of a list. */
static inline bool walk_item(ottl_walk *k, ottl_cell *ret, bool *ret_more) {
  if (k->item < k->item_end) {
    *ret = *k->item++;
    *ret_more = true;
    return true;
  }
  ottl_view body;
  if (!wire_next(&k->wire, &body, ret_more)) return false;
  *ret = cell_nil();
  return !*ret_more || ottl__wire_value(body, ret);
}
/* The next entry of a map. */
static inline bool walk_entry(ottl_walk *k, ottl_view *ret_key, ottl_cell *ret, bool *ret_more) {
  if (k->entry < k->entry_end) {
    *ret_key = (ottl_view){k->entry->key, k->entry->klen};
    *ret = entry_cell(k->entry++);
    *ret_more = true;
    return true;
  }
  ottl_view body;
  if (!wire_next(&k->wire, &body, ret_more)) return false;
  return !*ret_more || ottl__wire_entry(body, ret_key, ret);
}

#endif
