/* What the reference's typed getters do to one value: refuse it, take it, or convert it (the ...Like getters). */
#include "base/gonum.h"
#include "base/limits.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/scratch.h"

/* Values of Go that are none of a pcommon.Map: what URL makes has an int, and lists one level down. */
static bool has_go_values(const ottl_rowmap *map, bool deeper) {
  for (uint32_t i = 0; i < map->n; i++) {
    const ottl_entry *e = &map->items[i];
    if (e->tag == OTTL_T_GO_INT || e->tag == (OTTL_T_LIST_ANY | OTTL_TAG_TREE)) return true;
    if (deeper && e->tag == (OTTL_T_MAP | OTTL_TAG_TREE) && has_go_values(cell_map(entry_cell(e)), false)) return true;
  }
  return false;
}

static uint16_t coerce_map(ottl_arena *arena, ottl_cell in, ottl_cell *ret) {
  *ret = in;
  if (cell_type(in) != OTTL_T_MAP) return OTTL_ROWERR(WANT_MAP, in.tag);
  if (!cell_is_tree(in) || !has_go_values(cell_map(in), true)) return 0;
  return ottl__value_copy(arena, in, ret) == OTTL_OK ? 0 : OTTL_ROWERR(TOO_LARGE, 0);
}

#define COERCE_WANT(type, id) return cell_type(in) == OTTL_T_##type ? (*ret = in, 0) : OTTL_ROWERR(WANT_##id, in.tag)

static uint16_t coerce_status(ottl_status status, ottl_cell in) {
  switch (status) {
  case OTTL_OK: return 0;
  case OTTL_DATA: return OTTL_ROWERR(BAD_WIRE, 0);
  case OTTL_LIMIT: return OTTL_ROWERR(TOO_DEEP, 0);
  case OTTL_RUNTIME:
    /* the reference words it differently for pdata's containers and for Go values */
    if (cell_type(in) == OTTL_T_MAP || cell_type(in) == OTTL_T_LIST) return OTTL_ROWERR(JSON_NUMBER, 0);
    return OTTL_ROWERR(UNSUPPORTED_TYPE, in.tag);
  default: return OTTL_ROWERR(TOO_LARGE, 0);
  }
}

static uint16_t coerce_text(ottl_arena *arena, ottl_view text, ottl_cell *ret) {
  ottl_view copy = arena_copy(arena, text.data, text.len);
  if (!copy.data) return OTTL_ROWERR(TOO_LARGE, 0);
  *ret = cell_string(copy);
  return 0;
}

static uint16_t coerce_string_like(ottl_arena *arena, ottl_scratch *scratch, ottl_cell in, ottl_cell *ret) {
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_STRING: *ret = in; return 0;
  case OTTL_T_BOOL: *ret = cell_string(in.word ? VIEW("true") : VIEW("false")); return 0;
  case OTTL_T_INT: {
    char digits[OTTL_INT_TEXT_MAX];
    return coerce_text(arena, view_of(digits, ottl__gonum_format_int(digits, (int64_t)in.word)), ret);
  }
  default: break;
  }
  ottl_sbuf own, *buf = scratch ? &scratch->text2 : &own;
  ottl_arena own_arena, *sorting = scratch ? &scratch->arena : &own_arena;
  if (!scratch) {
    ottl__sbuf_init(&own, &arena->al);
    ottl__arena_init(&own_arena, &arena->al, 4096);
  } else {
    ottl__arena_reset(sorting);
  }
  sbuf_clear(buf);
  if (scratch) sbuf_bound(buf, scratch_most(scratch));
  uint16_t error = coerce_status(ottl__value_string_like(sorting, buf, in), in);
  if (OTTL_UNLIKELY(buf->over)) error = scratch ? scratch_over(scratch) : OTTL_ROWERR(TOO_LARGE, 0);
  if (!error) {
    error = buf->len > OTTL_MAX_RESULT_BYTES ? OTTL_ROWERR(TOO_LARGE, 0) : coerce_text(arena, sbuf_all(buf), ret);
    if (scratch && buf->len >= 4096) scratch_made(scratch, buf->len);
  }
  if (!scratch) {
    ottl__sbuf_done(&own);
    ottl__arena_done(&own_arena);
  }
  return error;
}

static uint16_t coerce_int_like(ottl_cell in, ottl_cell *ret) {
  int64_t v;
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_INT: *ret = in; return 0;
  case OTTL_T_DOUBLE: *ret = cell_int(gonum_int_of_double(double_of_bits(in.word))); return 0;
  case OTTL_T_BOOL: *ret = cell_int(in.word != 0); return 0;
  case OTTL_T_STRING:
    if (ottl__gonum_parse_int(cell_view(in), 10, &v) != OTTL_NUM_OK) return OTTL_ROWERR(BAD_INT, in.tag);
    *ret = cell_int(v);
    return 0;
  default: return OTTL_ROWERR(UNSUPPORTED_TYPE, in.tag);
  }
}

static uint16_t coerce_double_like(ottl_cell in, ottl_cell *ret) {
  double v;
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_INT: *ret = cell_double((double)(int64_t)in.word); return 0;
  case OTTL_T_DOUBLE: *ret = in; return 0;
  case OTTL_T_BOOL: *ret = cell_double(in.word != 0); return 0;
  case OTTL_T_STRING:
    if (ottl__gonum_parse_double(cell_view(in), &v) != OTTL_NUM_OK) return OTTL_ROWERR(BAD_DOUBLE, in.tag);
    *ret = cell_double(v);
    return 0;
  default: return OTTL_ROWERR(UNSUPPORTED_TYPE, in.tag);
  }
}

static uint16_t coerce_bool_like(ottl_cell in, ottl_cell *ret) {
  bool v;
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_BOOL: *ret = in; return 0;
  case OTTL_T_INT:
  case OTTL_T_GO_INT: *ret = cell_bool(in.word != 0); return 0;
  case OTTL_T_DOUBLE: *ret = cell_bool(double_of_bits(in.word) != 0); return 0; /* NaN too */
  case OTTL_T_STRING:
    if (!ottl__gonum_parse_bool(cell_view(in), &v)) return OTTL_ROWERR(BAD_BOOL, in.tag);
    *ret = cell_bool(v);
    return 0;
  default: return OTTL_ROWERR(UNSUPPORTED_TYPE, in.tag);
  }
}

static uint16_t coerce_bytes_like(ottl_arena *arena, ottl_cell in, ottl_cell *ret) {
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_BYTES: *ret = in; return 0;
  case OTTL_T_STRING: *ret = cell_of_view(OTTL_T_BYTES, cell_view(in)); return 0;
  case OTTL_T_BOOL: *ret = cell_of_view(OTTL_T_BYTES, in.word ? VIEW("\1") : VIEW("\0")); return 0;
  case OTTL_T_INT:
  case OTTL_T_DOUBLE: {
    char *p = arena_alloc(arena, 8);
    if (!p) return OTTL_ROWERR(TOO_LARGE, 0);
    for (int i = 0; i < 8; i++) p[i] = (char)(in.word >> (56 - 8 * i));
    *ret = cell_of_view(OTTL_T_BYTES, view_of(p, 8));
    return 0;
  }
  default: return OTTL_ROWERR(UNSUPPORTED_TYPE, in.tag);
  }
}

/* pdata's FromRaw of one element of a []any. */
static uint16_t coerce_raw(ottl_arena *arena, ottl_cell in, ottl_cell *ret, unsigned depth) {
  switch (cell_type(in)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL:
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE:
  case OTTL_T_STRING:
  case OTTL_T_BYTES: *ret = in; return 0;
  case OTTL_T_GO_INT: *ret = cell_int((int64_t)in.word); return 0;
  case OTTL_T_LIST_ANY: {
    if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_ROWERR(TOO_DEEP, 0);
    const ottl_list *from = cell_list(in);
    ottl_list *list = arena_alloc(arena, sizeof *list);
    ottl_cell *items = arena_array(arena, from->n, sizeof *items);
    if (!list || !items) return OTTL_ROWERR(TOO_LARGE, 0);
    for (uint32_t i = 0; i < from->n; i++) {
      uint16_t error = coerce_raw(arena, from->items[i], &items[i], depth + 1);
      if (error) return error;
    }
    *list = (ottl_list){items, from->n, from->n};
    *ret = cell_tree(OTTL_T_LIST, list);
    return 0;
  }
  default: return OTTL_ROWERR(INVALID_VALUE, in.tag);
  }
}

static uint16_t coerce_list(ottl_arena *arena, ottl_cell in, ottl_cell *ret) {
  switch (cell_type(in)) {
  case OTTL_T_LIST: *ret = in; return 0;
  case OTTL_T_LIST_ANY: return coerce_raw(arena, in, ret, 0);
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_DOUBLE: *ret = cell_tree(OTTL_T_LIST, cell_list(in)); return 0; /* as int64 each */
  default: return OTTL_ROWERR(WANT_LIST, in.tag);
  }
}

uint16_t ottl__coerce(ottl_arena *arena, ottl_scratch *scratch, ottl_param_kind kind, ottl_cell in, ottl_cell *ret) {
  switch (kind) {
  case OTTL_P_STRING:
  case OTTL_P_LIT_STRING: COERCE_WANT(STRING, STRING);
  case OTTL_P_INT:
  case OTTL_P_LIT_INT: COERCE_WANT(INT, INT);
  case OTTL_P_DOUBLE:
  case OTTL_P_LIT_DOUBLE: COERCE_WANT(DOUBLE, DOUBLE);
  case OTTL_P_BOOL:
  case OTTL_P_LIT_BOOL: COERCE_WANT(BOOL, BOOL);
  case OTTL_P_MAP: return coerce_map(arena, in, ret);
  case OTTL_P_MAP_GETSETTER: COERCE_WANT(MAP, MAP);
  case OTTL_P_DURATION: COERCE_WANT(DURATION, DURATION);
  case OTTL_P_TIME:
    if (cell_type(in) == OTTL_T_TIME_ZONED) {
      *ret = in;
      return 0;
    }
    COERCE_WANT(TIME, TIME);
  case OTTL_P_LIST:
  case OTTL_P_LIST_GETSETTER: return coerce_list(arena, in, ret);
  case OTTL_P_STRING_LIKE: return coerce_string_like(arena, scratch, in, ret);
  case OTTL_P_INT_LIKE: return coerce_int_like(in, ret);
  case OTTL_P_DOUBLE_LIKE: return coerce_double_like(in, ret);
  case OTTL_P_BOOL_LIKE: return coerce_bool_like(in, ret);
  case OTTL_P_BYTES_LIKE: return coerce_bytes_like(arena, in, ret);
  default: *ret = in; return 0;
  }
}
