/* Open addressing, grown at one half; slots keep the whole hash, so that growing does not ask the caller. */
#include "base/hash_index.h"

static void put(hash_slot *slots, size_t cap, hash_slot slot) {
  size_t at = slot.hash & (cap - 1);
  while (slots[at].value) at = (at + 1) & (cap - 1);
  slots[at] = slot;
}

ottl_status ottl__hash_index_add(const ottl_allocator *al, hash_index *x, uint32_t hash, uint32_t value) {
  if (2 * (x->n + 1) > x->cap) {
    size_t cap = x->cap ? x->cap * 2 : 64;
    hash_slot *slots = cap < SIZE_MAX / sizeof *slots ? al_zero(al, cap * sizeof *slots) : NULL;
    if (!slots) return OTTL_NOMEM;
    for (size_t i = 0; i < x->cap; i++) {
      if (x->slots[i].value) put(slots, cap, x->slots[i]);
    }
    al_free(al, x->slots, x->cap * sizeof *x->slots);
    x->slots = slots;
    x->cap = cap;
  }
  put(x->slots, x->cap, (hash_slot){hash, value + 1});
  x->n++;
  return OTTL_OK;
}

void ottl__hash_index_clear(hash_index *x) {
  if (x->cap) memset(x->slots, 0, x->cap * sizeof *x->slots);
  x->n = 0;
}

void ottl__hash_index_done(const ottl_allocator *al, hash_index *x) {
  al_free(al, x->slots, x->cap * sizeof *x->slots);
  *x = (hash_index){NULL, 0, 0};
}
