/* Values: one cell is one value of a row.
 *
 *   cell  { word, len, tag }                       16 bytes
 *   BOOL word 0/1 · INT, DURATION int64 · DOUBLE its bits · STRING, BYTES, TRACE_ID, SPAN_ID word = pointer, len = bytes
 *   TIME word = int64 seconds, len = nanoseconds · TIME_ZONED word = pointer to ottl_zoned_time
 *   MAP, LIST on the wire: word = pointer to the body of a KeyValueList or ArrayValue message, len = its bytes
 *   MAP, LIST as a tree (tag has OTTL_TAG_TREE): word = pointer to ottl_rowmap or ottl_list, in an arena
 *   LIST_ANY, LIST_STRING, ... are always trees of cells · opaque types: word = pointer to the first occurrence's tag in the
 *   row (NULL: none), len = number of elements; BUCKETS, STATUS: word, len = body of the message
 *
 * Text and wire containers are views into the payload or an arena; nothing owns anything: arenas do. */
#ifndef OTTL_SRC_BATCH_VALUE_H
#define OTTL_SRC_BATCH_VALUE_H

#include "base/alloc.h"

typedef enum ottl_type {
#define TYPE(id, name, go_name, doc) OTTL_T_##id,
#include "types.def"
#undef TYPE
  OTTL_TYPE_COUNT
} ottl_type;
_Static_assert(OTTL_TYPE_COUNT <= 64, "type sets are 64-bit masks");

#define OTTL_TAG_TREE 0x80u
#define OTTL_TAG_TYPE 0x7fu

/* Sets of types: what an expression can yield. */
typedef uint64_t ottl_types;
#define TYPES(id)  ((ottl_types)1 << OTTL_T_##id)
#define TYPES_NIL  (TYPES(NIL) | TYPES(ABSENT))
#define TYPES_TIME (TYPES(TIME) | TYPES(TIME_ZONED))
/* What a value of an attribute, a body or a cache can be. */
#define TYPES_ANYVALUE                                                                                                           \
  (TYPES_NIL | TYPES(BOOL) | TYPES(INT) | TYPES(DOUBLE) | TYPES(STRING) | TYPES(BYTES) | TYPES(MAP) | TYPES(LIST))
#define TYPES_ALL (((ottl_types)1 << OTTL_TYPE_COUNT) - 1)

typedef struct ottl_cell {
  uint64_t word;
  uint32_t len;
  uint8_t tag;
} ottl_cell;
_Static_assert(sizeof(ottl_cell) == 16, "cells are 16 bytes");

typedef struct ottl_zoned_time {
  int64_t seconds;
  uint32_t nanos;
  int32_t offset_seconds;           /* at that instant */
  ottl_view zone;                   /* its short name then, such as "CEST" */
  const struct ottl_zone *location; /* base/zone.h; NULL: of that offset and name at all times */
} ottl_zoned_time;

#define OTTL_NO_COLUMN UINT16_MAX
#define OTTL_NO_KEY    UINT32_MAX

/* One entry of a map: of a tree, or of a row's map in the entry tier (then keyid, column and raw range may be set). */
typedef struct ottl_entry {
  const char *key;
  uint64_t word;
  uint32_t klen;
  uint32_t len;
  uint32_t raw_begin, raw_end; /* bytes of the whole KeyValue field (tag included) in the row's body; equal: none */
  uint32_t keyid;              /* of the batch's dictionary, or OTTL_NO_KEY */
  uint16_t column;             /* the key column that mirrors this entry, or OTTL_NO_COLUMN */
  uint8_t tag;
  uint8_t dirty; /* the raw range no longer tells the value or key: 1 or OTTL_ENTRY_READY */
} ottl_entry;

/* The entry stands ready as a whole where its key is, to be written to many rows: the tag of a field, the length, the tag and the
 * length of the key, in a byte each; the key; the value. Only its tag may have to be another. */
#define OTTL_ENTRY_READY 2u
static inline const uint8_t *entry_ready(const ottl_entry *e) { return (const uint8_t *)e->key - 4; }

/* An editable map: entries in order. Duplicate keys may be there when they came so. */
typedef struct ottl_rowmap {
  ottl_entry *items;
  uint32_t n, cap;
  struct rowmap_index *index; /* of ottl__rowmap_lookup, or NULL; whoever moves entries or changes keys forgets it */
} ottl_rowmap;

typedef struct ottl_list {
  ottl_cell *items;
  uint32_t n, cap;
} ottl_list;

static inline ottl_type cell_type(ottl_cell c) { return (ottl_type)(c.tag & OTTL_TAG_TYPE); }
static inline bool cell_is_nil(ottl_cell c) { return c.tag <= OTTL_T_NIL; }
static inline bool cell_is_tree(ottl_cell c) { return c.tag & OTTL_TAG_TREE; }
static inline ottl_view cell_view(ottl_cell c) { return (ottl_view){(const char *)(uintptr_t)c.word, c.len}; }
static inline ottl_rowmap *cell_map(ottl_cell c) { return (ottl_rowmap *)(uintptr_t)c.word; } /* trees only */
static inline ottl_list *cell_list(ottl_cell c) { return (ottl_list *)(uintptr_t)c.word; }    /* trees only */
static inline ottl_cell cell_nil(void) { return (ottl_cell){0, 0, OTTL_T_NIL}; }
static inline ottl_cell cell_bool(bool b) { return (ottl_cell){b, 0, OTTL_T_BOOL}; }
static inline ottl_cell cell_int(int64_t i) { return (ottl_cell){(uint64_t)i, 0, OTTL_T_INT}; }
static inline ottl_cell cell_double(double d) { return (ottl_cell){bits_of_double(d), 0, OTTL_T_DOUBLE}; }
static inline ottl_cell cell_of_view(ottl_type type, ottl_view v) {
  return (ottl_cell){(uint64_t)(uintptr_t)v.data, (uint32_t)v.len, (uint8_t)type};
}
static inline ottl_cell cell_string(ottl_view v) { return cell_of_view(OTTL_T_STRING, v); }
static inline ottl_cell cell_tree(ottl_type type, const void *node) {
  return (ottl_cell){(uint64_t)(uintptr_t)node, 0, (uint8_t)(type | OTTL_TAG_TREE)};
}
static inline ottl_cell entry_cell(const ottl_entry *e) { return (ottl_cell){e->word, e->len, e->tag}; }
static inline void entry_set(ottl_entry *e, ottl_cell c) {
  e->word = c.word;
  e->len = c.len;
  e->tag = c.tag;
  e->dirty = 1;
}

const char *ottl__type_name(ottl_type type);    /* "string" */
const char *ottl__type_go_name(ottl_type type); /* "pcommon.Map" */

/* -- containers (value.c). All memory from `arena`; NOMEM is the only failure unless said otherwise. -- */

/* Makes a MAP or LIST cell a tree (shallow: nested containers stay on the wire); trees and other cells stay as they are.
 * DATA: the wire bytes are malformed (checked here, not before). */
OTTL_MUST_CHECK ottl_status ottl__value_to_tree(ottl_arena *arena, ottl_cell *cell);
/* Deep copy: no tree node is shared with the source afterwards (views of bytes are). LIMIT: too deep, or too many elements. */
OTTL_MUST_CHECK ottl_status ottl__value_copy(ottl_arena *arena, ottl_cell source, ottl_cell *ret);
/* A row's list of entries as a MAP on the wire: what nobody wrote is the bytes of the row's body that it came as. *ret is nil where
 * that is not to be had: values that are trees. */
OTTL_MUST_CHECK ottl_status ottl__rowmap_wire(ottl_arena *arena, const ottl_rowmap *map, const uint8_t *body, ottl_cell *ret);
/* Number of entries or items of a MAP or LIST in either form, or of a Go list. DATA: malformed. */
OTTL_MUST_CHECK ottl_status ottl__value_count(ottl_cell cell, uint32_t *ret);
/* First entry with that key, or NULL. */
ottl_entry *ottl__rowmap_find(const ottl_rowmap *map, ottl_view key);
/* The same, for maps of a batch that are looked into often: a large one gets an index, in `arena`, which lives as long as the map. */
ottl_entry *ottl__rowmap_lookup(ottl_arena *arena, ottl_rowmap *map, ottl_view key);
/* Room was made, or keys changed, in another way than by push and remove_swap. */
static inline void rowmap_moved(ottl_rowmap *map) { map->index = NULL; }
/* Appends an entry with a nil value, without looking for the key; NULL when out of memory. The key is borrowed. */
ottl_entry *ottl__rowmap_push(ottl_arena *arena, ottl_rowmap *map, ottl_view key);
/* Room for `more` entries. */
OTTL_MUST_CHECK ottl_status ottl__rowmap_reserve(ottl_arena *arena, ottl_rowmap *map, uint32_t more);
/* push, without a call while there is room. */
static inline ottl_entry *rowmap_append(ottl_arena *arena, ottl_rowmap *map, ottl_view key) {
  if (OTTL_UNLIKELY(map->n >= map->cap || key.len > UINT32_MAX)) return ottl__rowmap_push(arena, map, key);
  ottl_entry *e = &map->items[map->n++];
  *e = (ottl_entry){
      .key = key.data, .klen = (uint32_t)key.len, .keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN, .tag = OTTL_T_NIL, .dirty = 1};
  return e;
}
/* As the reference's Map.Remove: the last entry moves into the hole. */
void ottl__rowmap_remove_swap(ottl_rowmap *map, uint32_t index);
OTTL_MUST_CHECK ottl_status ottl__list_push(ottl_arena *arena, ottl_list *list, ottl_cell cell);
/* Decodes one AnyValue message (body, without tag) into a cell; containers stay on the wire. DATA: malformed. */
OTTL_MUST_CHECK ottl_status ottl__anyvalue_decode(const uint8_t *body, size_t len, ottl_cell *ret);
/* Bytes that the AnyValue of a cell takes on the wire (body, without tag and length); 0 for nil. Types that no AnyValue can
 * hold count as nil. Depth is bounded by the limit on nesting (LIMIT). */
OTTL_MUST_CHECK ottl_status ottl__anyvalue_size(ottl_cell cell, size_t *ret);
/* Writes what anyvalue_size measured; returns the end. */
uint8_t *ottl__anyvalue_write(uint8_t *at, ottl_cell cell);
/* Bytes that anyvalue_put takes at most; found faster than its size. LIMIT as above. */
OTTL_MUST_CHECK ottl_status ottl__anyvalue_bound(ottl_cell cell, size_t *ret);
/* About how many bytes its AnyValue takes, found faster still: what is written behind a length of another size moves. */
size_t ottl__anyvalue_guess(ottl_cell cell);
/* Writes the length of the AnyValue, and then its body, into room for anyvalue_bound bytes; returns the end. */
uint8_t *ottl__anyvalue_put(uint8_t *at, ottl_cell cell, size_t guess);

/* Makes those of n entries ready that are short and plain. */
OTTL_MUST_CHECK ottl_status ottl__entries_ready(ottl_arena *arena, ottl_entry *entries, uint32_t n);

/* -- comparison and text (value_compare.c, value_text.c) -- */

/* The reference's comparison, ottl_cmp of syntax/tree.h as `op`. DATA only on malformed wire containers. */
OTTL_MUST_CHECK ottl_status ottl__value_compare(ottl_arena *scratch, ottl_cell a, ottl_cell b, int op, bool *ret);

#endif
