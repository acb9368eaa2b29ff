/* Paths of otelcol: what the host told of the request that brought the payload.
 *
 * SPEC: pkg/ottl contexts/internal/ctxotelcol. */
#include "vm/vm.h"

static bool same_header(ottl_view a, ottl_view b) { /* names of headers are ASCII; their case does not count */
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++) {
    unsigned x = (unsigned char)a.data[i], y = (unsigned char)b.data[i];
    if (x != y && ((x ^ y) != 0x20 || (x | 0x20) < 'a' || (x | 0x20) > 'z')) return false;
  }
  return true;
}

/* A list of strings, at most one key deep. A name without values is one that is not there. */
static uint16_t header_get(ottl_vm *vm, const ottl_rowmap *map, ottl_view name, const uint16_t *keys, uint32_t n_keys,
                           uint32_t row, ottl_cell *ret) {
  *ret = cell_nil();
  for (uint32_t i = 0; map && i < map->n; i++) {
    const ottl_entry *e = &map->items[i];
    if (!same_header((ottl_view){e->key, e->klen}, name)) continue;
    ottl_cell list = entry_cell(e);
    if (cell_list(list)->n == 0) return 0;
    if (n_keys > 1) return OTTL_ROWERR(NOT_INDEXABLE, OTTL_T_STRING);
    return ottl__path_get(vm, list, keys, n_keys, row, ret);
  }
  return 0;
}

uint16_t ottl__request_get(ottl_vm *vm, uint8_t view, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret) {
  static const ottl_rowmap no_entries = {NULL, 0, 0, NULL};
  static const vm_request nothing = {.address = {0, 0, OTTL_T_NIL}};
  const vm_request *q = vm->request ? vm->request : &nothing;
  *ret = q->address;
  if (view == OTTL_V_REQUEST_ADDRESS) return 0;
  const ottl_rowmap *map = view == OTTL_V_REQUEST_CLIENT ? q->client : view == OTTL_V_REQUEST_AUTH ? q->auth : q->grpc;
  *ret = cell_tree(OTTL_T_MAP, map ? map : &no_entries);
  if (n_keys == 0) return 0;
  *ret = cell_nil();
  if (view == OTTL_V_REQUEST_GRPC && !map) return 0; /* keys are not looked at */
  ottl_cell key;
  uint16_t err = ottl__path_key(vm, keys[0], row, &key);
  if (err) return err;
  if (key.tag != OTTL_T_STRING) return OTTL_ROWERR(KEY_TYPE, cell_type(key));
  if (view != OTTL_V_REQUEST_AUTH) return header_get(vm, map, cell_view(key), keys + 1, n_keys - 1, row, ret);
  if (!map) return 0;
  const ottl_entry *e = ottl__rowmap_find(map, cell_view(key));
  return ottl__path_get(vm, e ? entry_cell(e) : cell_nil(), keys + 1, n_keys - 1, row, ret);
}
