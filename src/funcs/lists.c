/* Keys, Values, Index, ContainsValue. */
#define _GNU_SOURCE /* memmem */
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* Is the AnyValue, as it stands, what would be written for its value? Of the usual kinds. */
static inline bool any_is_plain(const uint8_t *any, uint32_t len) {
  if (OTTL_LIKELY(wire_is_text(any, len)) || len == 0) return true;
  switch (any[0]) {
  case 0x10: return len == 2 && any[1] <= 1;
  case 0x18: return len == 2 ? any[1] < 0x80 : len == 3 && any[1] >= 0x80 && any[2] > 0 && any[2] < 0x80;
  case 0x21: return len == 9;
  default: return false;
  }
}

/* The keys or values of a map on the wire whose entries are all of the usual form, as a list on the wire; else *ret is nil. PERF: Keys */
static ottl_status parts_wire(ottl_call *c, ottl_cell map, bool keys, ottl_cell *ret) {
  ottl_wire w = wire_of(map);
  wire_pair e;
  *ret = cell_nil();
  uint8_t *out = arena_alloc(c->arena, (size_t)map.len + 1), *at = out; /* an item is shorter than its entry */
  if (!out) return OTTL_NOMEM;
  while (w.at < w.end) {
    if (OTTL_UNLIKELY(!wire_next_pair(&w, &e) || (!keys && !any_is_plain(e.any, e.len)))) return OTTL_OK;
    at[0] = 0x0a;
    if (keys) {
      at[1] = (uint8_t)(e.klen + 2);
      at[2] = 0x0a;
      at[3] = (uint8_t)e.klen;
      copy_short(at + 4, e.key, e.klen);
      at += 4 + e.klen;
    } else {
      at[1] = (uint8_t)e.len;
      copy_short(at + 2, e.any, e.len);
      at += 2 + e.len;
    }
  }
  arena_trim(c->arena, out, (size_t)map.len + 1, (size_t)(at - out));
  *ret = cell_of_view(OTTL_T_LIST, view_of((const char *)out, (size_t)(at - out)));
  return OTTL_OK;
}

/* The same of any map, as a tree. */
static ottl_status parts_tree(ottl_call *c, ottl_cell map, bool keys, ottl_cell *ret) {
  uint32_t n;
  OTTL_TRY(ottl__value_count(map, &n));
  ottl_list *list = arena_zero(c->arena, sizeof *list);
  ottl_cell *items = arena_array(c->arena, n, sizeof *items);
  if (!list || !items) return OTTL_NOMEM;
  ottl_walk k = walk_begin(map);
  for (uint32_t i = 0; i < n; i++) {
    ottl_view key;
    ottl_cell value;
    bool more;
    if (!walk_entry(&k, &key, &value, &more)) return OTTL_DATA;
    if (keys)
      items[i] = cell_string(key);
    else
      OTTL_TRY(ottl__value_copy(c->arena, value, &items[i]));
  }
  *list = (ottl_list){items, n, n};
  *ret = cell_tree(OTTL_T_LIST, list);
  return OTTL_OK;
}

/* Values, or keys, of each row's map. */
static ottl_status map_parts(ottl_call *c, bool keys) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell map = reg_cell(c->arg[0].reg, row), list = cell_nil();
    if (!cell_is_tree(map)) OTTL_TRY(parts_wire(c, map, keys, &list));
    if (cell_is_nil(list)) OTTL_TRY(fail_status(c, row, parts_tree(c, map, keys, &list)));
    out_put(c, row, list);
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
