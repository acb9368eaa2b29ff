/* What a batch does without looking at the wire: the dictionary of keys. */
#include "batch/batch.h"

/* Distinct keys of one payload that get an id. More of them is an attack or a mistake; they still work, by comparing. */
#define KEYS_MAX 65536u

uint32_t ottl__key_id(ottl_batch *batch, ottl_view key) {
  uint32_t id = ottl__map_find(&batch->keys, key);
  if (id != OTTL_MAP_NONE) return id;
  if (batch->n_keys >= KEYS_MAX) return OTTL_NO_KEY;
  if (ottl__al_reserve(&batch->al, &batch->key_names, &batch->cap_keys, batch->n_keys + 1, sizeof *batch->key_names) != OTTL_OK)
    return OTTL_NO_KEY;
  id = (uint32_t)batch->n_keys;
  if (ottl__map_put(&batch->keys, key, id) != OTTL_OK) return OTTL_NO_KEY;
  batch->key_names[id] = key;
  batch->n_keys++;
  return id;
}
