/* Keys, Values, Index, ContainsValue. */
#define _GNU_SOURCE /* memmem */
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* Values, or keys, of each row's map. */
static ottl_status map_parts(ottl_call *c, bool keys) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell map = reg_cell(c->arg[0].reg, row);
    uint32_t n;
    ottl_status status = ottl__value_count(map, &n);
    if (status != OTTL_OK) {
      OTTL_TRY(fail_status(c, row, status));
      continue;
    }
    ottl_list *list = arena_zero(c->arena, sizeof *list);
    ottl_cell *items = arena_array(c->arena, n, sizeof *items);
    if (!list || !items) return OTTL_NOMEM;
    ottl_walk k = walk_begin(map);
    for (uint32_t i = 0; status == OTTL_OK && i < n; i++) {
      ottl_view key;
      ottl_cell value;
      bool more;
      if (!walk_entry(&k, &key, &value, &more))
        status = OTTL_DATA;
      else if (keys)
        items[i] = cell_string(key);
      else
        status = ottl__value_copy(c->arena, value, &items[i]);
    }
    if (status != OTTL_OK) {
      OTTL_TRY(fail_status(c, row, status));
      continue;
    }
    *list = (ottl_list){items, n, n};
    out_put(c, row, cell_tree(OTTL_T_LIST, list));
  }
  return OTTL_OK;
}
ottl_status ottl__fn_keys(ottl_call *c) { return map_parts(c, true); }
ottl_status ottl__fn_values(ottl_call *c) { return map_parts(c, false); }

/* Index of the first item that is equal to the value, or -1. `raw`: items are compared as AsRaw gives them. */
static ottl_status list_search(ottl_call *c, ottl_cell list, ottl_cell value, bool raw, int64_t *ret) {
  ottl_arena *scratch = &c->scratch->arena;
  ottl__arena_reset(scratch);
  *ret = -1;
  ottl_walk k = walk_begin(list);
  for (int64_t i = 0;; i++) {
    ottl_cell item;
    bool more, equal;
    if (!walk_item(&k, &item, &more)) return OTTL_DATA;
    if (!more) return OTTL_OK;
    if (raw)
      OTTL_TRY(ottl__value_equal_raw(scratch, item, value, &equal));
    else
      OTTL_TRY(ottl__value_compare(scratch, item, value, 0, &equal));
    if (equal) {
      *ret = i;
      return OTTL_OK;
    }
  }
}

ottl_status ottl__fn_contains_value(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    int64_t at = -1;
    ottl_status status = list_search(c, reg_cell(c->arg[0].reg, row), reg_cell(c->arg[1].reg, row), false, &at);
    OTTL_TRY(fail_status(c, row, status));
    out_bool(c, row, at >= 0);
  }
  return OTTL_OK;
}

static ottl_status index_row(ottl_call *c, uint32_t row) {
  ottl_cell target = reg_cell(c->arg[0].reg, row), value = reg_cell(c->arg[1].reg, row);
  if (cell_type(target) == OTTL_T_STRING) {
    if (cell_type(value) != OTTL_T_STRING) {
      call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, value.tag));
      return OTTL_OK;
    }
    ottl_view text = cell_view(target), what = cell_view(value);
    const char *hit = what.len ? memmem(text.data, text.len, what.data, what.len) : text.data;
    out_int(c, row, what.len == 0 ? 0 : hit ? hit - text.data : -1);
    return OTTL_OK;
  }
  uint16_t error = ottl__coerce(c->arena, c->scratch, OTTL_P_LIST, target, &target);
  if (error) {
    call_fail(c, row, error);
    return OTTL_OK;
  }
  int64_t at = -1;
  OTTL_TRY(fail_status(c, row, list_search(c, target, value, true, &at)));
  out_int(c, row, at);
  return OTTL_OK;
}

ottl_status ottl__fn_index(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(index_row(c, row));
  return OTTL_OK;
}
