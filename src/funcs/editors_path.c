/* Editors of one value: replace_pattern, append, delete_index, clear. Old values are in argument 0, new ones go to the result. */
#include "base/gotime.h"
#include "base/limits.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* -- replace_pattern: target, pattern, replacement, function, format -- */

ottl_status ottl__prep_replace_pattern(ottl_prepare *p) { return ottl__pattern_prepare(p, "replace_pattern", 1, 2); }

static ottl_status replace_row(ottl_call *c, uint32_t row, ottl_view text) {
  pattern_use use;
  bool ok;
  replaced how;
  uint16_t error;
  OTTL_TRY(ottl__pattern_for_row(c, row, 1, 2, &use, &ok));
  if (!ok || ottl__regex_rejects(use.re, c->scratch->regex, text)) return OTTL_OK;
  OTTL_TRY(ottl__replace_in_text(c, row, &use, text, 3, &how, &error));
  if (how == RE_FAILED) call_fail(c, row, error);
  if (how != RE_CHANGED) return OTTL_OK;
  ottl_view copy = arena_copy(c->arena, c->scratch->text.data, c->scratch->text.len);
  if (!copy.data) return OTTL_NOMEM;
  out_view(c, row, copy);
  bm_set(c->changed, row);
  return OTTL_OK;
}

ottl_status ottl__fn_replace_pattern(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    if (arg_failed(c, c->arg[0].reg, row)) continue;
    ottl_cell old = reg_cell(c->arg[0].reg, row);
    if (cell_is_nil(old) || arg_failed(c, c->arg[2].reg, row)) continue;
    if (cell_type(old) != OTTL_T_STRING || arg_failed(c, c->arg[1].reg, row)) continue;
    OTTL_TRY(replace_row(c, row, cell_view(old)));
  }
  return OTTL_OK;
}

/* -- append: target, value, values -- */

ottl_status ottl__prep_append(ottl_prepare *p) {
  if (p->arg[1].given || p->arg[2].given) return OTTL_OK;
  return ottl__refuse(p, 0, "at least one of the optional arguments ('value' or 'values') must be provided");
}

/* Takes over what pdata's FromRaw takes; lists of literals become lists. */
static ottl_status append_value(ottl_call *c, uint32_t row, ottl_list *list, ottl_cell value, bool *ret_ok) {
  uint16_t error = 0;
  *ret_ok = true;
  switch (cell_type(value)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: value = cell_nil(); break;
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE:
  case OTTL_T_STRING:
  case OTTL_T_BYTES: break;
  case OTTL_T_GO_INT: value = cell_int((int64_t)value.word); break;
  case OTTL_T_LIST_ANY: error = ottl__coerce(c->arena, c->scratch, OTTL_P_LIST, value, &value); break;
  default: error = OTTL_ROWERR(INVALID_VALUE, value.tag); break;
  }
  if (error) {
    call_fail(c, row, error);
    *ret_ok = false;
    return OTTL_OK;
  }
  return ottl__list_push(c->arena, list, value);
}

/* The elements of the old value as a new list. ret_ok false: the row failed. */
static ottl_status append_old(ottl_call *c, uint32_t row, ottl_cell old, ottl_list *list, bool *ret_ok) {
  *ret_ok = true;
  switch (cell_type(old)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: return OTTL_OK;
  case OTTL_T_LIST: { /* its elements are of pdata: any of them goes back */
    ottl_status status = ottl__value_to_tree(c->arena, &old);
    *ret_ok = status == OTTL_OK;
    if (!*ret_ok) return fail_status(c, row, status);
    *list = *cell_list(old);
    return OTTL_OK;
  }
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_DOUBLE: {
    const ottl_list *from = cell_list(old);
    for (uint32_t i = 0; *ret_ok && i < from->n; i++) OTTL_TRY(append_value(c, row, list, from->items[i], ret_ok));
    return OTTL_OK;
  }
  default: return append_value(c, row, list, old, ret_ok);
  }
}

static ottl_status append_new(ottl_call *c, uint32_t row, ottl_list *list, bool *ret_ok) {
  if (c->arg[1].given) OTTL_TRY(append_value(c, row, list, reg_cell(c->arg[1].reg, row), ret_ok));
  for (uint32_t i = 0; *ret_ok && c->arg[2].given && i < c->arg[2].n_items; i++) {
    const ottl_reg *item = c->arg[2].items[i];
    *ret_ok = !arg_failed(c, item, row); /* the rows of a list's items are all here */
    if (*ret_ok) OTTL_TRY(append_value(c, row, list, reg_cell(item, row), ret_ok));
  }
  return OTTL_OK;
}

/* A list that is a tree belongs to the path alone: it grows where it is, so that many appends to one list are not quadratic. Storing
 * it where it was is no copy either. */
static ottl_status append_row(ottl_call *c, uint32_t row) {
  ottl_cell old = reg_cell(c->arg[0].reg, row);
  bool ok = true, grows = old.tag == (OTTL_T_LIST | OTTL_TAG_TREE);
  ottl_list *list = grows ? cell_list(old) : arena_zero(c->arena, sizeof *list);
  if (!list) return OTTL_NOMEM;
  uint32_t before = list->n;
  if (!grows) OTTL_TRY(append_old(c, row, old, list, &ok));
  if (ok) OTTL_TRY(append_new(c, row, list, &ok));
  if (!ok) {
    list->n = before;
    return OTTL_OK;
  }
  out_put(c, row, cell_tree(OTTL_T_LIST, list));
  bm_set(c->changed, row);
  return OTTL_OK;
}

ottl_status ottl__fn_append(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(append_row(c, row));
  return OTTL_OK;
}

/* -- delete_index: target, start, end -- */

static ottl_status delete_index_row(ottl_call *c, uint32_t row) {
  ottl_cell old = reg_cell(c->arg[0].reg, row);
  bool own = old.tag == (OTTL_T_LIST | OTTL_TAG_TREE); /* then in place: see append_row */
  uint16_t error = ottl__coerce(c->arena, c->scratch, OTTL_P_LIST, old, &old);
  if (error) {
    call_fail(c, row, error);
    return OTTL_OK;
  }
  ottl_status status = own ? OTTL_OK : ottl__value_copy(c->arena, old, &old);
  if (status == OTTL_OK) status = ottl__value_to_tree(c->arena, &old);
  if (status != OTTL_OK) return fail_status(c, row, status);
  ottl_list *list = cell_list(old);
  int64_t start = reg_int(c->arg[1].reg, row), n = list->n;
  int64_t end = c->arg[2].given ? reg_int(c->arg[2].reg, row) : (int64_t)((uint64_t)start + 1);
  if (start == 0 && end == n) {
    list->n = 0;
  } else if (start < 0 || start >= n || end < start || end > n) {
    call_fail(c, row, OTTL_ROWERR(INDEX_BOUNDS, 0));
    return OTTL_OK;
  } else if (end > start) {
    memmove(list->items + start, list->items + end, (size_t)(n - end) * sizeof *list->items);
    list->n = (uint32_t)(n - (end - start));
  }
  out_put(c, row, cell_tree(OTTL_T_LIST, list));
  bm_set(c->changed, row);
  return OTTL_OK;
}

ottl_status ottl__fn_delete_index(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(delete_index_row(c, row));
  return OTTL_OK;
}

/* -- clear -- */

/* Go's zero value of a type. */
static ottl_status clear_zero(ottl_call *c, ottl_cell old, ottl_cell *ret, bool *ret_ok) {
  static const char zeros[16];
  ottl_type type = cell_type(old);
  *ret_ok = true;
  switch (type) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return OTTL_OK;
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE:
  case OTTL_T_DURATION:
  case OTTL_T_GO_INT: *ret = (ottl_cell){0, 0, (uint8_t)type}; return OTTL_OK;
  case OTTL_T_STRING:
  case OTTL_T_BYTES: *ret = cell_of_view(type, VIEW("")); return OTTL_OK;
  case OTTL_T_PROFILE_ID:
  case OTTL_T_TRACE_ID: *ret = cell_of_view(type, view_of(zeros, 16)); return OTTL_OK;
  case OTTL_T_SPAN_ID: *ret = cell_of_view(type, view_of(zeros, 8)); return OTTL_OK;
  case OTTL_T_TIME:
  case OTTL_T_TIME_ZONED: *ret = (ottl_cell){(uint64_t)OTTL_INSTANT_ZERO_SECONDS, 0, OTTL_T_TIME}; return OTTL_OK;
  case OTTL_T_MAP:
  case OTTL_T_LIST:
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_TIME:
  case OTTL_T_LIST_DOUBLE: {
    _Static_assert(sizeof(ottl_rowmap) >= sizeof(ottl_list), "an empty one of either");
    void *node = arena_zero(c->arena, sizeof(ottl_rowmap));
    if (!node) return OTTL_NOMEM;
    *ret = cell_tree(type, node);
    return OTTL_OK;
  }
  case OTTL_T_STATUS:
  case OTTL_T_VALUE_TYPE:
  case OTTL_T_BUCKETS: *ret_ok = false; return OTTL_OK; /* a copy of nothing: the reference leaves them as they are */
  default: *ret = cell_nil(); return OTTL_OK;           /* DIFF: the reference panics; lists of messages are emptied */
  }
}

ottl_status ottl__fn_clear(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell old = reg_cell(c->arg[0].reg, row), zero;
    bool ok;
    OTTL_TRY(clear_zero(c, old, &zero, &ok));
    if (!ok) continue;
    out_put(c, row, zero);
    bm_set(c->changed, row);
  }
  return OTTL_OK;
}
