#include "base/map.h"

#include "base/gonum_wide.h"

static uint64_t fold(uint64_t a, uint64_t b) {
  gonum_u128 p = gonum_mul(a, b);
  return p.hi ^ p.lo;
}

/* Keys come from payloads: what collides must not be known beforehand. The secret is where the system put the library. */
uint32_t ottl__hash_bytes(const void *data, size_t len) {
  static const char here;
  const unsigned char *p = data;
  uint64_t secret = (uint64_t)(uintptr_t)&here * 0x9e3779b97f4a7c15u, tail[2] = {0, 0};
  secret ^= secret >> 29;
  uint64_t h = secret ^ len * 0xff51afd7ed558ccdu;
  for (; len > 16; p += 16, len -= 16) h = fold(load_u64(p) ^ secret, load_u64(p + 8) ^ h);
  if (len) memcpy(tail, p, len);
  h = fold(tail[0] ^ secret, tail[1] ^ h);
  return (uint32_t)(h ^ h >> 32);
}

void ottl__map_init(ottl_map *map, const ottl_allocator *al) { *map = (ottl_map){.al = *al}; }

void ottl__map_done(ottl_map *map) {
  al_free(&map->al, map->slots, map->cap * sizeof *map->slots);
  map->slots = NULL;
  map->n = map->cap = 0;
}

void ottl__map_clear(ottl_map *map) {
  if (map->cap > 4096 && map->n < map->cap / 16) { /* one large use must not make all small ones dear */
    ottl__map_done(map);
    return;
  }
  for (size_t i = 0; i < map->cap; i++) map->slots[i].value = OTTL_MAP_NONE;
  map->n = 0;
}

static map_slot *map_probe(const ottl_map *map, ottl_view key, uint32_t hash) {
  for (size_t i = hash;; i++) {
    map_slot *s = &map->slots[i & (map->cap - 1)];
    if (s->value == OTTL_MAP_NONE || (s->hash == hash && view_eq(s->key, key))) return s;
  }
}

uint32_t ottl__map_find(const ottl_map *map, ottl_view key) {
  if (map->n == 0) return OTTL_MAP_NONE;
  return map_probe(map, key, ottl__hash_bytes(key.data, key.len))->value;
}

static ottl_status map_grow(ottl_map *map) {
  size_t cap = map->cap ? map->cap * 2 : 16;
  if (cap > SIZE_MAX / 4 / sizeof(map_slot)) return OTTL_NOMEM;
  map_slot *old = map->slots;
  size_t old_cap = map->cap;
  map_slot *slots = al_new(&map->al, cap * sizeof *slots);
  if (!slots) return OTTL_NOMEM;
  map->slots = slots;
  map->cap = cap;
  for (size_t i = 0; i < cap; i++) slots[i].value = OTTL_MAP_NONE;
  for (size_t i = 0; i < old_cap; i++) {
    if (old[i].value != OTTL_MAP_NONE) *map_probe(map, old[i].key, old[i].hash) = old[i];
  }
  al_free(&map->al, old, old_cap * sizeof *old);
  return OTTL_OK;
}

ottl_status ottl__map_put(ottl_map *map, ottl_view key, uint32_t value) {
  if (map->n * 4 >= map->cap * 3) OTTL_TRY(map_grow(map));
  uint32_t hash = ottl__hash_bytes(key.data, key.len);
  map_slot *s = map_probe(map, key, hash);
  if (s->value == OTTL_MAP_NONE) map->n++;
  *s = (map_slot){key, hash, value};
  return OTTL_OK;
}
