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

/* An entry as nearly all are: both parts, in this order (the tag of the first), short. `body`: behind the tag and the length, which
 * is `len`; what is between is there. */
typedef struct wire_pair {
  const uint8_t *key, *any;
  uint32_t klen, len; /* len: of any */
} wire_pair;

static OTTL_ALWAYS_INLINE bool wire_pair_of(const uint8_t *body, uint32_t len, uint8_t order, wire_pair *ret) {
  const uint32_t first = body[1];
  const int32_t rest = (int32_t)(len - 4 - first); /* of the second part */
  if (OTTL_UNLIKELY(len >= 0x80 || rest < 0)) return false;
  const uint8_t *second = body + 2 + first;
  if (OTTL_UNLIKELY(second[1] != rest || body[0] != order || second[0] != (0x0a ^ 0x12 ^ order))) return false;
  if (order == 0x0a)
    *ret = (wire_pair){body + 2, second + 2, first, (uint32_t)rest};
  else
    *ret = (wire_pair){second + 2, body + 2, (uint32_t)rest, first};
  return true;
}

/* The next entry of a KeyValueList, if it is one of those, in either order; else nothing moves. */
static inline bool wire_next_pair(ottl_wire *w, wire_pair *ret) {
  const uint8_t *p = w->at;
  if (OTTL_UNLIKELY(w->end - p < 6 || p[0] != 0x0a || p[1] < 4 || p[1] > w->end - p - 2)) return false;
  if (!wire_pair_of(p + 2, p[1], p[2] == 0x0a ? 0x0a : 0x12, ret)) return false;
  w->at = p + 2 + p[1];
  return true;
}

/* Is the AnyValue a text and nothing else? */
static inline bool wire_is_text(const uint8_t *any, uint32_t len) {
  return len >= 2 && len < 0x82 && any[0] == 0x0a && any[1] == len - 2;
}

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
  wire_pair pair;
  if (OTTL_LIKELY(wire_next_pair(&k->wire, &pair))) {
    *ret_more = true;
    *ret_key = view_of((const char *)pair.key, pair.klen);
    if (OTTL_LIKELY(wire_is_text(pair.any, pair.len))) {
      *ret = cell_string(view_of((const char *)pair.any + 2, pair.len - 2));
      return true;
    }
    *ret = cell_nil();
    return ottl__wire_value(view_of((const char *)pair.any, pair.len), ret);
  }
  ottl_view body;
  if (!wire_next(&k->wire, &body, ret_more)) return false;
  return !*ret_more || ottl__wire_entry(body, ret_key, ret);
}

#endif
