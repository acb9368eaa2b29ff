/* The dictionary of keys of a batch.
 *
 * Keys come from payloads, which are hostile: a lookup looks at PROBES slots and no more. A key that finds no place among them
 * has no id, which costs whoever decides things once per id a little time. */
#include "batch/batch.h"

#include "base/map.h"

#define KEYS_MAX 16384u
#define PROBES   16u

/* A slot is hash << 32 | id + 1, or 0. */
static uint64_t *probe(const ottl_batch *batch, ottl_view key, uint32_t hash) {
  for (uint32_t i = 0; i < PROBES; i++) {
    uint64_t *slot = &batch->key_slots[(hash + i) & (batch->cap_key_slots - 1)];
    if (*slot == 0) return slot;
    if ((uint32_t)(*slot >> 32) == hash && view_eq(batch->key_names[(uint32_t)*slot - 1], key)) return slot;
  }
  return NULL;
}

static bool grow(ottl_batch *batch) {
  size_t cap = batch->cap_key_slots ? batch->cap_key_slots * 2 : 256;
  uint64_t *slots = al_zero(&batch->al, cap * sizeof *slots);
  if (!slots) return false;
  al_free(&batch->al, batch->key_slots, batch->cap_key_slots * sizeof *slots);
  batch->key_slots = slots;
  batch->cap_key_slots = cap;
  for (size_t id = 0; id < batch->n_keys; id++) {
    ottl_view key = batch->key_names[id];
    uint32_t hash = ottl__hash_bytes(key.data, key.len);
    uint64_t *slot = probe(batch, key, hash);
    if (slot) *slot = (uint64_t)hash << 32 | (id + 1);
  }
  return true;
}

uint32_t ottl__key_id(ottl_batch *batch, ottl_view key) {
  uint32_t hash = ottl__hash_bytes(key.data, key.len);
  uint64_t *slot = batch->cap_key_slots ? probe(batch, key, hash) : NULL;
  if (slot && *slot) return (uint32_t)*slot - 1;
  if (batch->n_keys >= KEYS_MAX) return OTTL_NO_KEY;
  if (batch->n_keys * 4 >= batch->cap_key_slots) {
    if (!grow(batch)) return OTTL_NO_KEY;
    slot = probe(batch, key, hash);
  }
  if (!slot || *slot) return OTTL_NO_KEY;
  if (ottl__al_reserve(&batch->al, &batch->key_names, &batch->cap_keys, batch->n_keys + 1, sizeof *batch->key_names) != OTTL_OK)
    return OTTL_NO_KEY;
  batch->key_names[batch->n_keys] = key;
  *slot = (uint64_t)hash << 32 | ++batch->n_keys;
  return (uint32_t)*slot - 1;
}

void ottl__keys_clear(ottl_batch *batch) {
  if (batch->n_keys) memset(batch->key_slots, 0, batch->cap_key_slots * sizeof *batch->key_slots);
  batch->n_keys = 0;
}
