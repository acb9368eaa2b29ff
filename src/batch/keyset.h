/* The keys of one map that a program names, to be matched against every entry of every row.
 *
 * Most entries have a key that no program names: their length and last byte tell, or a hash of them and the middle byte finds an empty
 * bucket for nearly all of them. What is left is compared, first and last 8 bytes first. */
#ifndef OTTL_SRC_BATCH_KEYSET_H
#define OTTL_SRC_BATCH_KEYSET_H

#include "batch/value.h"

typedef struct ottl_key {
  const char *data;
  uint32_t len;
  uint16_t column, next; /* next: index into keys of the same bucket, or OTTL_NO_COLUMN */
} ottl_key;

typedef struct ottl_keyset {
  uint16_t bucket[256]; /* index into keys, or OTTL_NO_COLUMN */
  uint64_t ends;        /* key_end of all keys */
  ottl_key *keys;
} ottl_keyset;

static inline uint32_t key_bucket(const char *key, uint32_t len) {
  if (len == 0) return 0;
  return (uint8_t)(len * 7 + (uint32_t)(uint8_t)key[len - 1] * 3 + (uint8_t)key[len >> 1]);
}

/* The same by what stands at hand while entries are stepped over. last: its last byte; 0 if it has none. */
static inline uint64_t key_end(uint32_t len, uint8_t last) { return (uint64_t)1 << ((len * 5 + last) & 63); }

/* One of 64 bits: a key whose bit is not in a set of them is not among the keys the set was made of. */
static inline uint64_t key_bit(ottl_view key) { return (uint64_t)1 << (key_bucket(key.data, (uint32_t)key.len) & 63); }

/* The column of the key, or OTTL_NO_COLUMN. */
static inline uint16_t keyset_look(const ottl_keyset *set, const char *key, uint32_t len) {
  uint16_t at = set->bucket[key_bucket(key, len)];
  while (OTTL_UNLIKELY(at != OTTL_NO_COLUMN)) {
    const ottl_key *k = &set->keys[at];
    if (k->len == len && bytes_same(k->data, key, len)) return k->column;
    at = k->next;
  }
  return OTTL_NO_COLUMN;
}
static inline uint16_t keyset_find(const ottl_keyset *set, const char *key, uint32_t len) {
  return set->ends & key_end(len, len ? (uint8_t)key[len - 1] : 0) ? keyset_look(set, key, len) : OTTL_NO_COLUMN;
}

#endif
