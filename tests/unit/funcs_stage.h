/* A small stand-in for the engine: calls a function's handler on a few rows and looks at what it gives. */
#ifndef OTTL_TESTS_FUNCS_STAGE_H
#define OTTL_TESTS_FUNCS_STAGE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "batch/value_text.h"
#include "funcs/handlers.h"

enum { ROWS = 4, ARGS = 8, ITEMS = 4 };

static ottl_arena arena;
static ottl_scratch *scratch;
static const ottl_allocator *al;

static inline int set_up(void **state) {
  OTTL_UNUSED(state);
  static ottl_allocator def;
  def = ottl__alloc_or_default(NULL);
  al = &def;
  ottl__arena_init(&arena, al, 0);
  return ottl__scratch_create(al, &scratch) == OTTL_OK ? 0 : 1;
}
static inline int tear_down(void **state) {
  OTTL_UNUSED(state);
  ottl__scratch_free(scratch);
  ottl__arena_done(&arena);
  return 0;
}

/* -- values -- */

static inline ottl_cell str(const char *text) { return cell_string(view_str(text)); }
static inline ottl_cell bytes(const char *data, size_t n) { return cell_of_view(OTTL_T_BYTES, view_of(data, n)); }
static inline ottl_cell list_of(ottl_type type, int n, ...) {
  ottl_list *list = arena_zero(&arena, sizeof *list);
  va_list ap;
  va_start(ap, n);
  for (int i = 0; i < n; i++) assert_int_equal(ottl__list_push(&arena, list, va_arg(ap, ottl_cell)), OTTL_OK);
  va_end(ap);
  return cell_tree(type, list);
}
static inline ottl_cell map_of(int n, ...) {
  ottl_rowmap *map = arena_zero(&arena, sizeof *map);
  va_list ap;
  va_start(ap, n);
  for (int i = 0; i < n; i++) {
    const char *key = va_arg(ap, const char *);
    ottl_entry *e = ottl__rowmap_push(&arena, map, view_str(key));
    entry_set(e, va_arg(ap, ottl_cell));
    e->dirty = 0;
  }
  va_end(ap);
  return cell_tree(OTTL_T_MAP, map);
}
static inline ottl_cell wire_form(ottl_cell c) {
  size_t n;
  assert_int_equal(ottl__anyvalue_size(c, &n), OTTL_OK);
  uint8_t *p = arena_alloc(&arena, n);
  ottl__anyvalue_write(p, c);
  ottl_cell back;
  assert_int_equal(ottl__anyvalue_decode(p, n, &back), OTTL_OK);
  return back;
}
static inline void check_text(ottl_cell c, const char *want) {
  ottl_sbuf buf;
  ottl__sbuf_init(&buf, al);
  if (cell_is_nil(c))
    sbuf_str(&buf, "nil");
  else
    assert_int_equal(ottl__value_string_like(&arena, &buf, c), OTTL_OK);
  if (!view_is(sbuf_all(&buf), want)) {
    print_error("%.*s instead of %s\n", (int)buf.len, buf.data, want);
    fail();
  }
  ottl__sbuf_done(&buf);
}

/* -- the engine's part -- */

typedef struct reg_memory {
  ottl_reg reg;
  uint8_t tag[ROWS];
  uint64_t word[ROWS];
  uint32_t len[ROWS];
  uint64_t bits, err;
  uint16_t code[ROWS];
} reg_memory;

static inline ottl_reg *reg_make(uint8_t store, uint8_t type, uint32_t mask) {
  reg_memory *m = arena_zero(&arena, sizeof *m);
  m->reg = (ottl_reg){.store = store, .type = type, .mask = mask};
  m->reg.tag = m->tag;
  m->reg.word = m->word;
  m->reg.len = m->len;
  m->reg.bits = &m->bits;
  m->reg.err = &m->err;
  m->reg.code = m->code;
  return &m->reg;
}
static inline uint8_t kind_store(ottl_param_kind kind, uint8_t *type) {
  *type = kind == OTTL_P_STRING     ? OTTL_T_STRING
          : kind == OTTL_P_INT      ? OTTL_T_INT
          : kind == OTTL_P_DOUBLE   ? OTTL_T_DOUBLE
          : kind == OTTL_P_BOOL     ? OTTL_T_BOOL
          : kind == OTTL_P_DURATION ? OTTL_T_DURATION
                                    : 0;
  switch (*type) {
  case OTTL_T_STRING: return OTTL_STORE_VIEW;
  case OTTL_T_BOOL: return OTTL_STORE_BOOL;
  case 0: return OTTL_STORE_CELL;
  default: return OTTL_STORE_WORD;
  }
}
/* A register of a parameter's kind; values that do not fit set its error. */
static inline ottl_reg *reg_of(ottl_param_kind kind, const ottl_cell *values, uint32_t n) {
  uint8_t type, store = kind_store(kind, &type);
  ottl_reg *r = reg_make(store, type, n == 1 ? 0 : UINT32_MAX);
  for (uint32_t i = 0; i < n; i++) {
    ottl_cell v = cell_nil();
    uint16_t error = ottl__coerce(&arena, scratch, kind, values[i], &v);
    if (error) {
      r->has_err = true;
      bm_set(r->err, i);
      r->code[i] = error;
    } else if (store == OTTL_STORE_BOOL) {
      bm_put(r->bits, i, v.word);
    } else {
      reg_put_cell(r, i, v);
    }
  }
  return r;
}

static struct {
  const ottl_function *f;
  ottl_arg arg[ARGS];
  const ottl_cell *item_literals[ARGS];
  ottl_cell literals[ARGS][ITEMS];
  const ottl_reg *items[ARGS][ITEMS];
  ottl_rowmap *map[ROWS];
  uint64_t changed, err;
  uint16_t code[ROWS];
  ottl_reg *out;
  ottl_prepare prep;
  uint32_t rows;
} call;

static inline void begin(const char *name) {
  memset(&call, 0, sizeof call);
  uint32_t id = ottl__function_find(view_str(name));
  assert_int_not_equal(id, UINT32_MAX);
  call.f = &ottl__functions[id];
  call.rows = 1;
}
static inline ottl_param_kind kind_of(uint32_t i) {
  assert_true(i < call.f->n_params);
  return (ottl_param_kind)call.f->params[i].kind;
}
static inline void arg_literal(uint32_t i, ottl_cell v) {
  ottl_arg *a = &call.arg[i];
  a->given = a->is_literal = true;
  assert_int_equal(ottl__coerce(&arena, NULL, kind_of(i), v, &a->literal), 0);
  ottl_param_kind kind = kind_of(i);
  if (kind < OTTL_P_LIT_STRING || kind > OTTL_P_LIT_STRINGS) a->reg = reg_of(kind, &v, 1);
}
static inline void arg_rows(uint32_t i, uint32_t n, ...) {
  ottl_cell v[ROWS];
  va_list ap;
  va_start(ap, n);
  for (uint32_t k = 0; k < n; k++) v[k] = va_arg(ap, ottl_cell);
  va_end(ap);
  call.arg[i].given = true;
  if (n > 1) call.rows = n;
  if (kind_of(i) == OTTL_P_MAP_GETSETTER) {
    for (uint32_t k = 0; k < n; k++) call.map[k] = cell_map(v[k]);
  } else {
    call.arg[i].reg = reg_of(kind_of(i), v, n);
    if (n == 1) ((ottl_reg *)(uintptr_t)call.arg[i].reg)->mask = UINT32_MAX;
  }
}
static inline void arg_items(uint32_t i, bool literal, uint32_t n, ...) {
  ottl_param_kind kind = kind_of(i) == OTTL_P_SLICE_STRING        ? OTTL_P_STRING
                         : kind_of(i) == OTTL_P_SLICE_STRING_LIKE ? OTTL_P_STRING_LIKE
                                                                  : OTTL_P_GETTER;
  va_list ap;
  va_start(ap, n);
  for (uint32_t k = 0; k < n; k++) {
    call.literals[i][k] = va_arg(ap, ottl_cell);
    call.items[i][k] = reg_of(kind, &call.literals[i][k], 1);
  }
  va_end(ap);
  call.arg[i].given = true;
  call.arg[i].items = call.items[i];
  call.arg[i].n_items = n;
  if (literal) call.item_literals[i] = call.literals[i];
}

static inline ottl_status prepare(void) {
  if (!call.f->prepare) return OTTL_OK;
  call.prep =
      (ottl_prepare){.al = al, .arena = &arena, .arg = call.arg, .item_literals = call.item_literals, .n_args = call.f->n_params};
  return call.f->prepare(&call.prep);
}
static inline void refused(const char *message) {
  assert_int_equal(prepare(), OTTL_COMPILE);
  if (!strstr(call.prep.message, message)) {
    print_error("%s instead of %s\n", call.prep.message, message);
    fail();
  }
}
static inline void run(void) {
  assert_int_equal(prepare(), OTTL_OK);
  uint64_t sel = ((uint64_t)1 << call.rows) - 1;
  ottl_types result = call.f->result;
  bool one = result && (result & (result - 1)) == 0;
  uint8_t type = one ? (uint8_t)__builtin_ctzll(result) : 0;
  bool container = type >= OTTL_T_MAP && type <= OTTL_T_LIST_DOUBLE; /* in either form, as store_of_types has it */
  uint8_t store = !one || container || call.f->kind == OTTL_F_EDITOR                       ? OTTL_STORE_CELL
                  : type == OTTL_T_BOOL                                                    ? OTTL_STORE_BOOL
                  : type == OTTL_T_INT || type == OTTL_T_DOUBLE || type == OTTL_T_DURATION ? OTTL_STORE_WORD
                                                                                           : OTTL_STORE_VIEW;
  call.out = reg_make(store, type, UINT32_MAX);
  ottl_call c = {.arg = call.arg,
                 .n_args = call.f->n_params,
                 .out = call.out,
                 .n = call.rows,
                 .map = call.map,
                 .changed = &call.changed,
                 .prep = call.prep.prep,
                 .arena = &arena,
                 .scratch = scratch,
                 .now_seconds = 1700000000,
                 .err = &call.err,
                 .code = call.code};
  for (uint32_t i = 0; i < call.f->n_params && !(call.f->flags & OTTL_FN_LAZY); i++) {
    for (uint32_t row = 0; row < call.rows; row++) {
      const ottl_reg *r = call.arg[i].reg;
      if (r && reg_failed(r, row)) {
        sel &= ~((uint64_t)1 << row);
        call_fail(&c, row, r->code[reg_at(r, row)]);
      }
    }
  }
  c.sel = &sel;
  assert_int_equal(call.f->handler(&c), OTTL_OK);
  if (call.prep.free_prep) call.prep.free_prep(al, call.prep.prep);
}
static inline void gives(uint32_t row, const char *want) {
  assert_false(call.err >> row & 1);
  check_text(reg_cell(call.out, row), want);
}
static inline void fails(uint32_t row, ottl_rowerr want) {
  assert_true(call.err >> row & 1);
  assert_int_equal(rowerr_code(call.code[row]), want);
}
static inline void map_is(uint32_t row, bool changed, const char *want) {
  assert_false(call.err >> row & 1);
  assert_int_equal(call.changed >> row & 1, changed);
  check_text(cell_tree(OTTL_T_MAP, call.map[row]), want);
}
static inline void path_is(uint32_t row, const char *want) { /* NULL: not stored */
  assert_int_equal(call.changed >> row & 1, want != NULL);
  if (want) gives(row, want);
}

#endif
