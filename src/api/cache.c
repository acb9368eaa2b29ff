/* Caches that groups share: one for each context that asks, for the life of the exec. What a group leaves in it is copied out of
 * the batch's memory when the group is done, so that nothing points into a payload that has gone. */
#include "api/api.h"
#include "base/limits.h"
#include "batch/value_wire.h"

static ottl_status persist(ottl_arena *arena, ottl_cell from, ottl_cell *ret, unsigned depth);

static ottl_status persist_bytes(ottl_arena *arena, const void *data, size_t len, const char **ret) {
  ottl_view copy = arena_copy(arena, data, len);
  *ret = copy.data;
  return copy.data ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status persist_map(ottl_arena *arena, const ottl_rowmap *from, ottl_rowmap *ret, unsigned depth) {
  ottl_entry *items = arena_array(arena, (size_t)from->n + 1, sizeof *items);
  if (!items) return OTTL_NOMEM;
  for (uint32_t i = 0; i < from->n; i++) {
    const ottl_entry *e = &from->items[i];
    ottl_cell value;
    const char *key;
    OTTL_TRY(persist(arena, entry_cell(e), &value, depth + 1));
    OTTL_TRY(persist_bytes(arena, e->key, e->klen, &key));
    items[i] = (ottl_entry){.key = key,
                            .word = value.word,
                            .klen = e->klen,
                            .len = value.len,
                            .keyid = OTTL_NO_KEY, /* the dictionary is the batch's */
                            .column = OTTL_NO_COLUMN,
                            .tag = value.tag,
                            .dirty = 1};
  }
  *ret = (ottl_rowmap){items, from->n, from->n, NULL};
  return OTTL_OK;
}

static ottl_status persist_tree(ottl_arena *arena, ottl_cell from, ottl_cell *ret, unsigned depth) {
  if (cell_type(from) == OTTL_T_MAP) {
    ottl_rowmap *map = arena_zero(arena, sizeof *map);
    if (!map) return OTTL_NOMEM;
    OTTL_TRY(persist_map(arena, cell_map(from), map, depth));
    *ret = cell_tree(OTTL_T_MAP, map);
    return OTTL_OK;
  }
  const ottl_list *list = cell_list(from);
  ottl_list *copy = arena_zero(arena, sizeof *copy);
  ottl_cell *items = arena_array(arena, (size_t)list->n + 1, sizeof *items);
  if (!copy || !items) return OTTL_NOMEM;
  for (uint32_t i = 0; i < list->n; i++) OTTL_TRY(persist(arena, list->items[i], &items[i], depth + 1));
  *copy = (ottl_list){items, list->n, list->n};
  *ret = cell_tree(cell_type(from), copy);
  return OTTL_OK;
}

static ottl_status persist(ottl_arena *arena, ottl_cell from, ottl_cell *ret, unsigned depth) {
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  if (cell_is_tree(from)) return persist_tree(arena, from, ret, depth);
  *ret = from;
  switch (cell_type(from)) {
  case OTTL_T_STRING:
  case OTTL_T_BYTES:
  case OTTL_T_MAP:
  case OTTL_T_LIST: {
    const char *copy;
    OTTL_TRY(persist_bytes(arena, cell_view(from).data, from.len, &copy));
    ret->word = (uint64_t)(uintptr_t)copy;
    return OTTL_OK;
  }
  default: return OTTL_OK; /* numbers, bools, nil: a cache holds values of attributes, and they have no other types */
  }
}

void ottl__cache_begin(ottl_exec *x, const ottl_code *code, ottl_batch *batch, exec_cache_use *use) {
  *use = (exec_cache_use){.batch = batch, .map = UINT16_MAX, .saved = code->undo ? &x->cache_saved : NULL};
  for (uint16_t m = 0; m < code->layout.n_maps; m++) {
    if (!code->layout.maps[m].shared) continue;
    use->map = m;
    use->cache = &x->caches[code->context];
    use->entries = use->cache->entries;
  }
}

/* The entries are edited in memory of the batch: the cache itself is as it was until the group is done. */
static ottl_status own_entries(ottl_arena *arena, ottl_rowmap *map) {
  ottl_cell copy;
  OTTL_TRY(ottl__value_copy(arena, cell_tree(OTTL_T_MAP, map), &copy));
  *map = *cell_map(copy);
  return OTTL_OK;
}

ottl_status ottl__cache_enter(exec_cache_use *use) {
  if (use->map == UINT16_MAX) return OTTL_OK;
  if (!use->entered) OTTL_TRY(own_entries(&use->batch->arena, &use->entries));
  use->entered = true;
  use->batch->maps[use->map].rows[0] = use->entries;
  if (use->saved) {
    ottl__arena_reset(use->saved);
    OTTL_TRY(own_entries(use->saved, &use->entries));
  }
  return ottl__map_reload_row(use->batch, use->map, 0);
}

ottl_status ottl__cache_undo(exec_cache_use *use) {
  return use->map == UINT16_MAX ? OTTL_OK : own_entries(&use->batch->arena, &use->entries);
}

ottl_status ottl__cache_leave(exec_cache_use *use) {
  if (use->map == UINT16_MAX) return OTTL_OK;
  OTTL_TRY(ottl__map_flush_row(use->batch, use->map, 0));
  use->entries = use->batch->maps[use->map].rows[0];
  return OTTL_OK;
}

ottl_status ottl__cache_end(ottl_exec *x, exec_cache_use *use) {
  if (!use->entered) return OTTL_OK;
  exec_cache *cache = use->cache;
  ottl_arena fresh;
  ottl_rowmap entries;
  ottl__arena_init(&fresh, &x->al, 1024);
  ottl_status status = persist_map(&fresh, &use->entries, &entries, 0);
  if (status != OTTL_OK) {
    ottl__arena_done(&fresh);
    return status;
  }
  if (cache->written) {
    ottl__arena_done(&cache->arena);
  } else {
    ottl__arena_done(&cache->before);
    cache->before = cache->arena;
    cache->entries_before = cache->entries;
  }
  cache->arena = fresh;
  cache->entries = entries;
  cache->written = true;
  return OTTL_OK;
}

void ottl__caches_undo(ottl_exec *x) {
  for (size_t i = 0; i < OTTL_COUNT(x->caches); i++) {
    exec_cache *cache = &x->caches[i];
    if (!cache->written) continue;
    ottl__arena_done(&cache->arena);
    cache->arena = cache->before;
    cache->entries = cache->entries_before;
    cache->before = (ottl_arena){.al = cache->arena.al};
    cache->written = false;
  }
}
