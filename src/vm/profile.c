/* Paths of profiles and samples that read or write more than a column holds: value types, ids, lists of numbers and times. */
#include "base/gotime.h"
#include "base/hex.h"
#include "batch/value_wire.h"
#include "vm/vm.h"

static const uint8_t zero_id[16];

/* -- value types: { int32 type_strindex = 1; int32 unit_strindex = 2; } -- */

/* Both indices of a message body; the last of a field counts. */
static bool value_type_indices(ottl_view body, int32_t ret[2]) {
  ottl_wire w = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  ret[0] = ret[1] = 0;
  while (w.at < w.end) {
    uint32_t field, type;
    uint64_t v;
    if (!wire_tag(&w, &field, &type)) return false;
    if (field > 2) {
      if (!ottl__wire_skip(&w, type)) return false;
      continue;
    }
    if (type != WIRE_VARINT || !wire_varint(&w, &v)) return false;
    ret[field - 1] = (int32_t)(uint32_t)v;
  }
  return true;
}

static uint16_t value_type_text(ottl_vm *vm, ottl_view column, unsigned which, ottl_view *ret) {
  if (column.len == OTTL_PROFILE_TYPE_NEW) {
    const ottl_profile_type *v = (const ottl_profile_type *)(const void *)column.data;
    if (v->set[which]) {
      *ret = v->text[which];
      return 0;
    }
    column = v->body;
  }
  int32_t index[2];
  if (!value_type_indices(column, index)) return OTTL_RE_BAD_WIRE;
  return ottl__batch_text(vm->batch, index[which], ret) ? 0 : OTTL_ROWERR(BAD_INDEX, 0);
}

static uint16_t set_value_type_text(ottl_vm *vm, ottl_reg *col, uint32_t row, unsigned which, ottl_view text) {
  ottl_view old = reg_view(col, row), had;
  int32_t index[2];
  ottl_profile_type *v = arena_zero(&vm->batch->arena, sizeof *v);
  if (!v) return OTTL_RE_TOO_LARGE;
  if (old.len == OTTL_PROFILE_TYPE_NEW)
    *v = *(const ottl_profile_type *)(const void *)old.data;
  else if (!value_type_indices(old, index))
    return OTTL_RE_BAD_WIRE;
  else if (index[which] > 0 && ottl__batch_text(vm->batch, index[which], &had) && view_eq(had, text))
    return 0; /* the index stays, though the text may be in the table twice */
  else
    v->body = old;
  v->set[which] = true;
  v->text[which] = text;
  col->word[row] = (uint64_t)(uintptr_t)v;
  col->len[row] = OTTL_PROFILE_TYPE_NEW;
  col_touch(col, row);
  return 0;
}

/* -- lists -- */

static ottl_list *new_list(ottl_vm *vm, size_t n) {
  ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
  if (list) list->items = arena_array(&vm->batch->arena, n + 1, sizeof *list->items);
  return list && list->items ? list : NULL;
}

static uint16_t varint_list(ottl_vm *vm, ottl_view packed, bool narrow, ottl_cell *ret) {
  ottl_wire w = {(const uint8_t *)packed.data, (const uint8_t *)packed.data + packed.len};
  size_t n = 0;
  for (size_t i = 0; i < packed.len; i++) n += !(packed.data[i] & 0x80);
  ottl_list *list = new_list(vm, n);
  if (!list) return OTTL_RE_TOO_LARGE;
  while (w.at < w.end) {
    uint64_t v;
    if (!wire_varint(&w, &v) || list->n == n) return OTTL_RE_BAD_WIRE;
    list->items[list->n++] = cell_int(narrow ? (int32_t)(uint32_t)v : (int64_t)v);
  }
  list->cap = list->n;
  *ret = cell_tree(OTTL_T_LIST_INT, list);
  return 0;
}

static uint64_t fixed_at(ottl_view packed, size_t i) { return load_le64(packed.data + i * 8); }

static uint16_t fixed_list(ottl_vm *vm, ottl_view packed, bool times, ottl_cell *ret) {
  size_t n = packed.len / 8;
  ottl_list *list = new_list(vm, n);
  if (!list) return OTTL_RE_TOO_LARGE;
  for (size_t i = 0; i < n; i++) {
    int64_t nanos = (int64_t)fixed_at(packed, i);
    ottl_instant t = ottl__gotime_of_nanos(nanos);
    list->items[i] = times ? (ottl_cell){(uint64_t)t.seconds, t.nanos, OTTL_T_TIME} : cell_int(nanos);
  }
  list->n = list->cap = (uint32_t)n;
  *ret = cell_tree(times ? OTTL_T_LIST_TIME : OTTL_T_LIST_INT, list);
  return 0;
}

/* The reference's SetCommonIntSliceValues: any list of int64. */
static uint16_t put_ints(ottl_vm *vm, ottl_path_view view, ottl_reg *col, uint32_t row, ottl_cell v) {
  ottl_type type = cell_type(v);
  ottl_view packed = VIEW("");
  if (!cell_is_nil(v)) {
    bool fits = type == OTTL_T_LIST || type == OTTL_T_LIST_ANY || type == OTTL_T_LIST_INT;
    if (!fits) return OTTL_ROWERR(SET_TYPE, type);
    uint32_t n;
    if (ottl__value_count(v, &n) != OTTL_OK) return OTTL_RE_BAD_WIRE;
    uint8_t *out = arena_array(&vm->batch->arena, (size_t)n + 1, 10), *at = out;
    if (!out) return OTTL_RE_TOO_LARGE;
    ottl_walk walk = walk_begin(v);
    for (uint32_t i = 0; i < n; i++) {
      ottl_cell item;
      bool more;
      if (!walk_item(&walk, &item, &more) || !more) return OTTL_RE_BAD_WIRE;
      if (item.tag != OTTL_T_INT) return OTTL_ROWERR(SET_ELEMENT, cell_type(item));
      uint64_t word = view == OTTL_V_INTS_32 ? (uint64_t)(int64_t)(int32_t)(uint32_t)item.word : item.word;
      if (view == OTTL_V_INTS_FIX64) {
        store_le64(at, word);
        at += 8;
        continue;
      }
      at = varint_put(at, word);
    }
    packed = view_of(out, (size_t)(at - out));
    arena_trim(&vm->batch->arena, out, ((size_t)n + 1) * 10, packed.len);
  }
  reg_put_view(col, row, packed);
  col_touch(col, row);
  return 0;
}

static uint16_t put_times(ottl_vm *vm, ottl_reg *col, uint32_t row, ottl_cell v) {
  if (!cell_is_nil(v) && cell_type(v) != OTTL_T_LIST_TIME) return OTTL_ROWERR(SET_TYPE, cell_type(v));
  const ottl_list *list = cell_is_nil(v) ? NULL : cell_list(v);
  size_t n = list ? list->n : 0;
  uint8_t *out = arena_array(&vm->batch->arena, n + 1, 8);
  if (!out) return OTTL_RE_TOO_LARGE;
  for (size_t i = 0; i < n; i++) {
    uint64_t nanos = (uint64_t)ottl__gotime_unix_nano((ottl_instant){(int64_t)list->items[i].word, list->items[i].len});
    store_le64(out + i * 8, nanos);
  }
  reg_put_view(col, row, view_of(out, n * 8));
  col_touch(col, row);
  return 0;
}

/* -- paths -- */

uint16_t ottl__profile_view(ottl_vm *vm, ottl_path_view view, const ottl_reg *a, uint32_t i, ottl_cell *ret) {
  ottl_view text, bytes = a->len ? reg_view(a, i) : VIEW("");
  uint16_t err;
  switch (view) {
  case OTTL_V_VALUE_TYPE:
    *ret = cell_of_view(OTTL_T_VALUE_TYPE, bytes);
    /* Opaque values are equal by identity: one that is not there still has one. */
    if (ret->len == 0) ret->word = (uint64_t)(uintptr_t)&a->word[i];
    return 0;
  case OTTL_V_VALUE_TYPE_TYPE:
  case OTTL_V_VALUE_TYPE_UNIT:
    err = value_type_text(vm, bytes, view == OTTL_V_VALUE_TYPE_UNIT, &text);
    if (!err) *ret = cell_string(text);
    return err;
  case OTTL_V_PROFILE_ID: *ret = cell_of_view(OTTL_T_PROFILE_ID, bytes.len == 16 ? bytes : view_of(zero_id, 16)); return 0;
  case OTTL_V_PROFILE_ID_STRING: {
    char *hex = arena_alloc(&vm->batch->arena, 32);
    if (!hex) return OTTL_RE_TOO_LARGE;
    ottl__hex_encode(hex, bytes.len == 16 ? bytes.data : (const char *)zero_id, 16);
    *ret = cell_string(view_of(hex, 32));
    return 0;
  }
  case OTTL_V_INT64_POSITIVE:
  case OTTL_V_INT32_BELOW_MAX: *ret = cell_int(reg_int(a, i)); return 0;
  case OTTL_V_BYTES: *ret = cell_of_view(OTTL_T_BYTES, bytes); return 0;
  case OTTL_V_INTS_32:
  case OTTL_V_INTS_64: return varint_list(vm, bytes, view == OTTL_V_INTS_32, ret);
  case OTTL_V_INTS_FIX64:
  case OTTL_V_TIMES: return fixed_list(vm, bytes, view == OTTL_V_TIMES, ret);
  default: return OTTL_RE_READ_ONLY;
  }
}

static uint16_t want(ottl_cell v, ottl_type type) {
  if (cell_is_nil(v)) return OTTL_RE_SET_NIL;
  return cell_type(v) == type ? 0 : OTTL_ROWERR(SET_TYPE, cell_type(v));
}

static uint16_t put_id(ottl_reg *col, uint32_t row, ottl_view id) {
  if (memcmp(id.data, zero_id, 16) == 0) return OTTL_RE_BAD_ID; /* must not be empty */
  reg_put_view(col, row, id);
  col_touch(col, row);
  return 0;
}

static uint16_t put_id_text(ottl_vm *vm, ottl_reg *col, uint32_t row, ottl_view text) {
  size_t bad;
  char *id = arena_alloc(&vm->batch->arena, 16);
  if (!id) return OTTL_RE_TOO_LARGE;
  if (text.len != 32 || ottl__hex_decode(id, text, &bad) != OTTL_HEX_OK) return OTTL_RE_BAD_ID;
  return put_id(col, row, view_of(id, 16));
}

static uint16_t put_value_type(ottl_reg *col, uint32_t row, ottl_cell v) {
  int32_t index[2];
  ottl_view body = cell_view(v);
  if (v.len == 0) body = VIEW(""); /* not there: its word tells which one, not where */
  if (v.len != OTTL_PROFILE_TYPE_NEW && !value_type_indices(body, index)) return OTTL_RE_BAD_WIRE;
  col->word[row] = (uint64_t)(uintptr_t)body.data;
  col->len[row] = v.len;
  col_touch(col, row);
  return 0;
}

uint16_t ottl__profile_set(ottl_vm *vm, ottl_path_view view, ottl_reg *col, uint32_t row, ottl_cell v) {
  uint16_t err;
  switch (view) {
  case OTTL_V_VALUE_TYPE: return (err = want(v, OTTL_T_VALUE_TYPE)) ? err : put_value_type(col, row, v);
  case OTTL_V_VALUE_TYPE_TYPE:
  case OTTL_V_VALUE_TYPE_UNIT:
    if ((err = want(v, OTTL_T_STRING))) return err;
    return set_value_type_text(vm, col, row, view == OTTL_V_VALUE_TYPE_UNIT, cell_view(v));
  case OTTL_V_INT64_POSITIVE:
  case OTTL_V_INT32_BELOW_MAX: {
    if ((err = want(v, OTTL_T_INT))) return err;
    int64_t i = (int64_t)v.word;
    if (view == OTTL_V_INT64_POSITIVE ? i < 0 : i >= INT32_MAX) return OTTL_RE_OUT_OF_RANGE;
    col->word[row] = view == OTTL_V_INT64_POSITIVE ? v.word : (uint64_t)(int64_t)(int32_t)(uint32_t)v.word;
    col_touch(col, row);
    return 0;
  }
  case OTTL_V_PROFILE_ID: return (err = want(v, OTTL_T_PROFILE_ID)) ? err : put_id(col, row, cell_view(v));
  case OTTL_V_PROFILE_ID_STRING: return (err = want(v, OTTL_T_STRING)) ? err : put_id_text(vm, col, row, cell_view(v));
  case OTTL_V_BYTES:
    if ((err = want(v, OTTL_T_BYTES))) return err;
    reg_put_view(col, row, cell_view(v));
    col_touch(col, row);
    return 0;
  case OTTL_V_INTS_32:
  case OTTL_V_INTS_64:
  case OTTL_V_INTS_FIX64: return put_ints(vm, view, col, row, v);
  case OTTL_V_TIMES: return put_times(vm, col, row, v);
  default: return OTTL_RE_READ_ONLY;
  }
}
