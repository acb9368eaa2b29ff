/* The dictionary of a profiles request: one table of strings and one of attributes, which profiles and samples name by index.
 *
 *   request   [ resource_profiles ][ resource_profiles ]..[ dictionary: .. string_table .. attribute_table .. ]
 *   row       attribute_indices [ 3, 17, 4 ]  ->  attribute 3 { key: string 8, value, unit: string 2 }  ->  text of string 8
 *
 * It is read when something names what lies in it, once a payload. A row whose attributes were written gets new indices when it is
 * woven; what the tables lack is added then, in the order of the rows, so that the result does not depend on how many rows
 * are looked at together. Added entries go behind the body that came (a table's entries need not stand side by side), which
 * stays byte for byte. A payload in which no such row was woven keeps its dictionary.
 *
 * Strings of resources and scopes may lie in the dictionary as well: see ottl__ot_any. */
#ifndef OTTL_SRC_OTLP_DICT_H
#define OTTL_SRC_OTLP_DICT_H

#include "base/map.h"
#include "batch/batch.h"

typedef struct ot_attribute {
  ottl_view key;
  ottl_cell value;
  ottl_view wire; /* the AnyValue's body */
  int32_t key_index;
  int32_t unit;
  uint32_t key_id; /* equal keys have equal ids; OTTL_NO_KEY: the key is no string of the table */
  uint32_t keyid;  /* of the batch's dictionary of keys; set when a map is in the entry tier */
} ot_attribute;

typedef struct ot_dict {
  bool open;
  const uint8_t *tag, *body, *end; /* the last dictionary of the request; tag NULL: there is none */
  ottl_view *strings;
  size_t n_strings, cap_strings, n_strings_in; /* _in: those that came */
  ot_attribute *attributes;
  size_t n_attributes, cap_attributes, n_attributes_in;
  size_t strings_seen, attributes_seen; /* what a pass reads: what it adds is for the next one, or slices would show */
  uint32_t n_keys;
  ottl_map keys; /* text: key id */
  /* for writing; made when first needed */
  bool indexed;
  ottl_map string_at;    /* text: first index */
  ottl_map attribute_at; /* key index and value, of those without a unit: first index */
  /* for rows in the entry tier: where the row's list has the key already */
  uint64_t *seen; /* by key id: row serial << 32 | position in the list */
  size_t cap_seen;
  uint32_t serial;
  int32_t *row; /* indices of the row that is woven */
  size_t n_row, cap_row;
} ot_dict;

void ottl__dict_init(ot_dict *d, const ottl_allocator *al);
void ottl__dict_done(ot_dict *d, const ottl_allocator *al);
/* Forgets the tables of the last payload; keeps its memory. */
void ottl__dict_reset(ot_dict *d);
/* Reads the tables of the batch's payload, if that was not done. DATA: malformed. LIMIT, NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__dict_open(ottl_batch *b);
/* The dictionary of the batch's payload; not open: nothing has named what lies in it. */
const ot_dict *ottl__batch_dict(const ottl_batch *b);
/* A pass begins: what was added so far can be read. */
static inline void dict_pass(ot_dict *d) {
  d->strings_seen = d->n_strings;
  d->attributes_seen = d->n_attributes;
}
/* NULL: there is no such attribute, or its key is no string. The dictionary is open. */
static inline const ot_attribute *dict_attribute(const ot_dict *d, uint64_t index) {
  int32_t i = (int32_t)(uint32_t)index;
  if (i < 0 || (size_t)i >= d->attributes_seen || d->attributes[i].key_id == OTTL_NO_KEY) return NULL;
  return &d->attributes[i];
}
/* The index of a string or an attribute without a unit, which is added when the table lacks it. LIMIT, NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__dict_put_string(ottl_batch *b, ottl_view text, int32_t *ret);
OTTL_MUST_CHECK ottl_status ottl__dict_put_attribute(ottl_batch *b, ottl_view key, ottl_cell value, int32_t *ret);
/* Bytes that the tables grew by, as fields of the dictionary message; and those bytes. */
OTTL_MUST_CHECK ottl_status ottl__dict_added_size(const ot_dict *d, uint64_t *ret);
uint8_t *ottl__dict_added_write(uint8_t *at, const ot_dict *d);

/* A KeyValue, or an AnyValue, in which keys and texts may be indices into the string table: as pdata resolves them. The value is
 * a tree when something in it was an index. False: malformed, or out of memory (then *ret_nomem). */
bool ottl__ot_any(ottl_batch *b, const uint8_t *body, size_t len, ottl_cell *ret, bool *ret_nomem);
/* The text of a key_strindex; an index that points nowhere leaves the key as it is. */
OTTL_MUST_CHECK ottl_status ottl__ot_key(ottl_batch *b, uint64_t index, ottl_view *key);

#endif
