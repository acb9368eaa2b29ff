/* Numbers by the hash of what they stand for: the caller keeps the things themselves, and tells which of the candidates is the one.
 *
 *   for (hash_cursor c = hash_begin(&index, hash); hash_next(&c, &value);) if (is_it(value)) ... */
#ifndef OTTL_SRC_BASE_HASH_INDEX_H
#define OTTL_SRC_BASE_HASH_INDEX_H

#include "base/alloc.h"

typedef struct hash_slot {
  uint32_t hash, value; /* value + 1; 0: free */
} hash_slot;

typedef struct hash_index {
  hash_slot *slots;
  size_t n, cap; /* cap is a power of two, or 0 */
} hash_index;

typedef struct hash_cursor {
  const hash_index *index;
  size_t at;
  uint32_t hash;
} hash_cursor;

/* Values are below UINT32_MAX; the same may stand there several times. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__hash_index_add(const ottl_allocator *al, hash_index *index, uint32_t hash, uint32_t value);
void ottl__hash_index_clear(hash_index *index);
void ottl__hash_index_done(const ottl_allocator *al, hash_index *index);

static inline hash_cursor hash_begin(const hash_index *index, uint32_t hash) { return (hash_cursor){index, hash, hash}; }
/* The next candidate; false: there are no more. */
static inline bool hash_next(hash_cursor *c, uint32_t *ret) {
  const hash_index *x = c->index;
  while (x->cap) {
    const hash_slot *s = &x->slots[c->at++ & (x->cap - 1)];
    if (!s->value) return false;
    if (s->hash != c->hash) continue;
    *ret = s->value - 1;
    return true;
  }
  return false;
}

#endif
