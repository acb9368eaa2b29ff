/* ottl_exec_set_request: JSON from the host becomes the values that paths of otelcol read. */
#include <yyjson.h>

#include "api/api.h"
#include "base/limits.h"
#include "batch/value_wire.h"

static ottl_status request_value(ottl_arena *arena, yyjson_val *val, unsigned depth, ottl_cell *ret);

static ottl_status request_text(ottl_arena *arena, yyjson_val *val, ottl_view *ret) {
  *ret = arena_copy(arena, yyjson_get_str(val), yyjson_get_len(val));
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status request_map(ottl_arena *arena, yyjson_val *object, unsigned depth, ottl_rowmap **ret) {
  ottl_rowmap *map = arena_zero(arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  size_t i, n;
  yyjson_val *key, *val;
  yyjson_obj_foreach(object, i, n, key, val) {
    ottl_view name;
    ottl_cell cell;
    OTTL_TRY(request_text(arena, key, &name));
    OTTL_TRY(request_value(arena, val, depth + 1, &cell));
    ottl_entry *e = ottl__rowmap_push(arena, map, name);
    if (!e) return OTTL_NOMEM;
    entry_set(e, cell);
  }
  *ret = map;
  return OTTL_OK;
}

static ottl_status request_list(ottl_arena *arena, yyjson_val *array, unsigned depth, ottl_cell *ret) {
  ottl_list *list = arena_zero(arena, sizeof *list);
  if (!list) return OTTL_NOMEM;
  size_t i, n;
  yyjson_val *val;
  yyjson_arr_foreach(array, i, n, val) {
    ottl_cell cell;
    OTTL_TRY(request_value(arena, val, depth + 1, &cell));
    OTTL_TRY(ottl__list_push(arena, list, cell));
  }
  *ret = cell_tree(OTTL_T_LIST, list);
  return OTTL_OK;
}

static ottl_status request_value(ottl_arena *arena, yyjson_val *val, unsigned depth, ottl_cell *ret) {
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  switch (yyjson_get_type(val)) {
  case YYJSON_TYPE_BOOL: *ret = cell_bool(yyjson_get_bool(val)); return OTTL_OK;
  case YYJSON_TYPE_NUM:
    if (yyjson_is_real(val) || yyjson_get_uint(val) > INT64_MAX) {
      *ret = yyjson_is_sint(val) ? cell_int(yyjson_get_sint(val)) : cell_double(yyjson_get_num(val));
    } else {
      *ret = cell_int(yyjson_get_sint(val));
    }
    return OTTL_OK;
  case YYJSON_TYPE_STR: {
    ottl_view text;
    OTTL_TRY(request_text(arena, val, &text));
    *ret = cell_string(text);
    return OTTL_OK;
  }
  case YYJSON_TYPE_ARR: return request_list(arena, val, depth, ret);
  case YYJSON_TYPE_OBJ: {
    ottl_rowmap *map;
    OTTL_TRY(request_map(arena, val, depth, &map));
    *ret = cell_tree(OTTL_T_MAP, map);
    return OTTL_OK;
  }
  default: *ret = cell_nil(); return OTTL_OK;
  }
}

/* Metadata: every member is a list of strings. */
static bool request_is_headers(yyjson_val *object) {
  size_t i, n, k, m;
  yyjson_val *key, *val, *item;
  yyjson_obj_foreach(object, i, n, key, val) {
    if (!yyjson_is_arr(val)) return false;
    yyjson_arr_foreach(val, k, m, item) {
      if (!yyjson_is_str(item)) return false;
    }
  }
  return true;
}

static ottl_status request_read(ottl_arena *arena, yyjson_val *root, vm_request *q) {
  size_t i, n;
  yyjson_val *key, *val;
  if (!yyjson_is_obj(root)) return OTTL_INVALID_ARG;
  yyjson_obj_foreach(root, i, n, key, val) {
    if (yyjson_is_null(val)) continue;
    ottl_rowmap *map = NULL;
    if (yyjson_equals_str(key, "addr") && yyjson_is_str(val)) {
      ottl_view text;
      OTTL_TRY(request_text(arena, val, &text));
      q->address = cell_string(text);
      continue;
    }
    bool auth = yyjson_equals_str(key, "auth");
    if (!yyjson_is_obj(val) || (!auth && !request_is_headers(val))) return OTTL_INVALID_ARG;
    OTTL_TRY(request_map(arena, val, 0, &map));
    if (auth) {
      q->auth = map;
    } else if (yyjson_equals_str(key, "metadata")) {
      q->client = map;
    } else if (yyjson_equals_str(key, "grpc")) {
      q->grpc = map;
    } else {
      return OTTL_INVALID_ARG;
    }
  }
  return OTTL_OK;
}

ottl_status ottl_exec_set_request(ottl_exec *x, const char *json, size_t len) {
  if (!x || (!json && len)) return OTTL_INVALID_ARG;
  ottl_arena arena;
  ottl__arena_init(&arena, &x->al, 1024);
  vm_request request = {.address = cell_nil()};
  ottl_status status = OTTL_OK;
  x->memory.refused = x->memory.over = false;
  if (json) {
    size_t room = yyjson_read_max_memory_usage(len, 0);
    void *buffer = len && room ? al_new(&x->al, room) : NULL;
    yyjson_alc pool;
    status = !len ? OTTL_INVALID_ARG : !buffer ? OTTL_NOMEM : OTTL_OK;
    if (status == OTTL_OK) {
      yyjson_alc_pool_init(&pool, buffer, room);
      yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)json, len, 0, &pool, NULL);
      status = doc ? request_read(&arena, yyjson_doc_get_root(doc), &request) : OTTL_INVALID_ARG;
    }
    al_free(&x->al, buffer, buffer ? room : 0);
  }
  if (status != OTTL_OK) {
    ottl__arena_done(&arena);
    return status;
  }
  ottl__arena_done(&x->request_arena);
  x->request_arena = arena;
  x->request = request;
  x->vm.request = json ? &x->request : NULL;
  return OTTL_OK;
}
