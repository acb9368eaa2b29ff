/* Keys of a large map by hash.
 *
 * The index is made when the map was searched often enough to pay for it. It may hold places that are no longer true: a place counts when
 * its entry has the key. What it must not lack is a place that is true; those below `covered` are all in it. */
#include "base/hash_index.h"
#include "base/map.h"
#include "batch/value.h"

#define INDEX_LEAST 64u /* entries: below it a search is as fast */
#define INDEX_AFTER 8u  /* searches through the whole map */

typedef struct rowmap_index {
  const ottl_rowmap *owner; /* a copy of the map has no part in it */
  hash_slot *slots;         /* open addressing, half full at most; NULL: not made yet */
  uint32_t cap, used, covered;
  uint32_t searches;
} rowmap_index;

static uint32_t entry_hash(const ottl_entry *e) { return ottl__hash_bytes(e->key, e->klen); }

/* Room for a place more must be there. */
static void index_put(rowmap_index *x, uint32_t hash, uint32_t place) {
  uint32_t at = hash & (x->cap - 1);
  for (; x->slots[at].value; at = (at + 1) & (x->cap - 1)) {
    if (x->slots[at].hash == hash && x->slots[at].value == place + 1) return;
  }
  x->slots[at] = (hash_slot){hash, place + 1};
  x->used++;
}

/* Covers all entries, after making the table anew if it gets too full. False: out of memory. */
static bool index_cover(ottl_arena *arena, rowmap_index *x, const ottl_rowmap *map) {
  if (x->slots && x->covered == map->n) return true;
  if (!x->slots || x->used + (map->n - x->covered) > x->cap / 2) {
    if (map->n > UINT32_MAX / 8) return false;
    uint32_t cap = 4 * INDEX_LEAST;
    while (cap < 4 * map->n) cap *= 2;
    x->slots = arena_zero(arena, cap * sizeof *x->slots);
    x->cap = x->slots ? cap : 0;
    x->used = x->covered = 0;
    if (!x->slots) return false;
  }
  for (; x->covered < map->n; x->covered++) index_put(x, entry_hash(&map->items[x->covered]), x->covered);
  return true;
}

static ottl_entry *index_find(const rowmap_index *x, const ottl_rowmap *map, ottl_view key) {
  uint32_t hash = ottl__hash_bytes(key.data, key.len), first = UINT32_MAX;
  for (uint32_t at = hash & (x->cap - 1); x->slots[at].value; at = (at + 1) & (x->cap - 1)) {
    uint32_t place = x->slots[at].value - 1;
    if (x->slots[at].hash != hash || place >= map->n || place >= first) continue;
    if (view_eq((ottl_view){map->items[place].key, map->items[place].klen}, key)) first = place;
  }
  return first == UINT32_MAX ? NULL : &map->items[first];
}

ottl_entry *ottl__rowmap_lookup(ottl_arena *arena, ottl_rowmap *map, ottl_view key) {
  if (map->n < INDEX_LEAST) return ottl__rowmap_find(map, key);
  rowmap_index *x = map->index;
  if (!x || x->owner != map) {
    x = map->index = arena_zero(arena, sizeof *x);
    if (x) x->owner = map;
  }
  bool scan = !x || (!x->slots && x->searches++ < INDEX_AFTER);
  if (scan || !index_cover(arena, x, map)) return ottl__rowmap_find(map, key); /* slower, but right */
  return index_find(x, map, key);
}

void ottl__rowmap_remove_swap(ottl_rowmap *map, uint32_t place) {
  assert(place < map->n);
  map->items[place] = map->items[--map->n];
  rowmap_index *x = map->index;
  if (!x || x->owner != map || !x->slots) return;
  bool full = x->used >= x->cap / 2;
  if (x->covered > map->n) x->covered = map->n;
  if (full)
    x->slots = NULL;
  else if (place < x->covered)
    index_put(x, entry_hash(&map->items[place]), place);
}
