/* A hash map from text to uint32_t, with the keys borrowed. Open addressing; grows at 3/4; no removal. */
#ifndef OTTL_SRC_BASE_MAP_H
#define OTTL_SRC_BASE_MAP_H

#include "base/alloc.h"

#define OTTL_MAP_NONE UINT32_MAX

typedef struct map_slot {
  ottl_view key;
  uint32_t hash;
  uint32_t value; /* OTTL_MAP_NONE: the slot is free */
} map_slot;

typedef struct ottl_map {
  ottl_allocator al;
  map_slot *slots;
  size_t n, cap; /* cap is a power of two, or 0 */
} ottl_map;

uint32_t ottl__hash_bytes(const void *data, size_t len);
void ottl__map_init(ottl_map *map, const ottl_allocator *al);
void ottl__map_done(ottl_map *map);
void ottl__map_clear(ottl_map *map); /* keeps its memory, unless that is far too much */
/* OTTL_MAP_NONE when the key is not there. */
uint32_t ottl__map_find(const ottl_map *map, ottl_view key);
/* The key's bytes are borrowed; an old value is replaced. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__map_put(ottl_map *map, ottl_view key, uint32_t value);

#endif
