/* Functions and coercions, each on a few rows, through a small stand-in for the engine. */
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

static int set_up(void **state) {
  OTTL_UNUSED(state);
  static ottl_allocator def;
  def = ottl__alloc_or_default(NULL);
  al = &def;
  ottl__arena_init(&arena, al, 0);
  return ottl__scratch_create(al, &scratch) == OTTL_OK ? 0 : 1;
}
static int tear_down(void **state) {
  OTTL_UNUSED(state);
  ottl__scratch_free(scratch);
  ottl__arena_done(&arena);
  return 0;
}

/* -- values -- */

static ottl_cell str(const char *text) { return cell_string(view_str(text)); }
static ottl_cell bytes(const char *data, size_t n) { return cell_of_view(OTTL_T_BYTES, view_of(data, n)); }
static ottl_cell list_of(ottl_type type, int n, ...) {
  ottl_list *list = arena_zero(&arena, sizeof *list);
  va_list ap;
  va_start(ap, n);
  for (int i = 0; i < n; i++) assert_int_equal(ottl__list_push(&arena, list, va_arg(ap, ottl_cell)), OTTL_OK);
  va_end(ap);
  return cell_tree(type, list);
}
static ottl_cell map_of(int n, ...) {
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
static ottl_cell wire_form(ottl_cell c) {
  size_t n;
  assert_int_equal(ottl__anyvalue_size(c, &n), OTTL_OK);
  uint8_t *p = arena_alloc(&arena, n);
  ottl__anyvalue_write(p, c);
  ottl_cell back;
  assert_int_equal(ottl__anyvalue_decode(p, n, &back), OTTL_OK);
  return back;
}
static void check_text(ottl_cell c, const char *want) {
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

static ottl_reg *reg_make(uint8_t store, uint8_t type, uint32_t mask) {
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
static uint8_t kind_store(ottl_param_kind kind, uint8_t *type) {
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
static ottl_reg *reg_of(ottl_param_kind kind, const ottl_cell *values, uint32_t n) {
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

static void begin(const char *name) {
  memset(&call, 0, sizeof call);
  uint32_t id = ottl__function_find(view_str(name));
  assert_int_not_equal(id, UINT32_MAX);
  call.f = &ottl__functions[id];
  call.rows = 1;
}
static ottl_param_kind kind_of(uint32_t i) {
  assert_true(i < call.f->n_params);
  return (ottl_param_kind)call.f->params[i].kind;
}
static void arg_literal(uint32_t i, ottl_cell v) {
  ottl_arg *a = &call.arg[i];
  a->given = a->is_literal = true;
  assert_int_equal(ottl__coerce(&arena, NULL, kind_of(i), v, &a->literal), 0);
  ottl_param_kind kind = kind_of(i);
  if (kind < OTTL_P_LIT_STRING || kind > OTTL_P_LIT_STRINGS) a->reg = reg_of(kind, &v, 1);
}
static void arg_rows(uint32_t i, uint32_t n, ...) {
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
static void arg_items(uint32_t i, bool literal, uint32_t n, ...) {
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

static ottl_status prepare(void) {
  if (!call.f->prepare) return OTTL_OK;
  call.prep =
      (ottl_prepare){.al = al, .arena = &arena, .arg = call.arg, .item_literals = call.item_literals, .n_args = call.f->n_params};
  return call.f->prepare(&call.prep);
}
static void refused(const char *message) {
  assert_int_equal(prepare(), OTTL_COMPILE);
  if (!strstr(call.prep.message, message)) {
    print_error("%s instead of %s\n", call.prep.message, message);
    fail();
  }
}
static void run(void) {
  assert_int_equal(prepare(), OTTL_OK);
  uint64_t sel = ((uint64_t)1 << call.rows) - 1;
  ottl_types result = call.f->result;
  bool one = result && (result & (result - 1)) == 0;
  uint8_t type = one ? (uint8_t)__builtin_ctzll(result) : 0;
  uint8_t store = !one || call.f->kind == OTTL_F_EDITOR                                    ? OTTL_STORE_CELL
                  : type == OTTL_T_BOOL                                                    ? OTTL_STORE_BOOL
                  : type == OTTL_T_INT || type == OTTL_T_DOUBLE || type == OTTL_T_DURATION ? OTTL_STORE_WORD
                                                                                           : OTTL_STORE_VIEW;
  bool tree = type >= OTTL_T_MAP && type <= OTTL_T_LIST_DOUBLE;
  call.out = reg_make(store, tree ? type | OTTL_TAG_TREE : type, UINT32_MAX);
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
static void gives(uint32_t row, const char *want) {
  assert_false(call.err >> row & 1);
  check_text(reg_cell(call.out, row), want);
}
static void fails(uint32_t row, ottl_rowerr want) {
  assert_true(call.err >> row & 1);
  assert_int_equal(rowerr_code(call.code[row]), want);
}
static void map_is(uint32_t row, bool changed, const char *want) {
  assert_false(call.err >> row & 1);
  assert_int_equal(call.changed >> row & 1, changed);
  check_text(cell_tree(OTTL_T_MAP, call.map[row]), want);
}
static void path_is(uint32_t row, const char *want) { /* NULL: not stored */
  assert_int_equal(call.changed >> row & 1, want != NULL);
  if (want) gives(row, want);
}

/* -- coercions -- */

static void coerces(ottl_param_kind kind, ottl_cell in, const char *want) {
  ottl_cell v = cell_nil();
  assert_int_equal(ottl__coerce(&arena, scratch, kind, in, &v), 0);
  check_text(v, want);
  assert_int_equal(ottl__coerce(&arena, NULL, kind, in, &v), 0);
}
static void refuses(ottl_param_kind kind, ottl_cell in, ottl_rowerr want, ottl_type found) {
  ottl_cell v;
  uint16_t e = ottl__coerce(&arena, scratch, kind, in, &v);
  assert_int_equal(rowerr_code(e), want);
  assert_int_equal(rowerr_found(e), found);
}

static void test_coerce(void **state) {
  OTTL_UNUSED(state);
  ottl_cell m = map_of(1, "k", cell_int(1)),
            any = list_of(OTTL_T_LIST_ANY, 2, cell_int(1), list_of(OTTL_T_LIST_ANY, 1, str("x")));
  coerces(OTTL_P_STRING, str("a"), "a");
  refuses(OTTL_P_STRING, cell_nil(), OTTL_RE_WANT_STRING, OTTL_T_NIL);
  refuses(OTTL_P_STRING, cell_int(1), OTTL_RE_WANT_STRING, OTTL_T_INT);
  refuses(OTTL_P_INT, cell_double(1), OTTL_RE_WANT_INT, OTTL_T_DOUBLE);
  refuses(OTTL_P_DOUBLE, cell_int(1), OTTL_RE_WANT_DOUBLE, OTTL_T_INT);
  refuses(OTTL_P_MAP, any, OTTL_RE_WANT_MAP, OTTL_T_LIST_ANY);
  refuses(OTTL_P_LIST, m, OTTL_RE_WANT_LIST, OTTL_T_MAP);
  refuses(OTTL_P_LIST, list_of(OTTL_T_LIST_ANY, 1, m), OTTL_RE_INVALID_VALUE, OTTL_T_MAP);
  coerces(OTTL_P_LIST, any, "[1,[\"x\"]]");
  coerces(OTTL_P_LIST, list_of(OTTL_T_LIST_STRING, 1, str("x")), "[\"x\"]");
  coerces(OTTL_P_STRING_LIKE, cell_nil(), "nil");
  coerces(OTTL_P_STRING_LIKE, cell_int(-5), "-5");
  coerces(OTTL_P_STRING_LIKE, m, "{\"k\":1}");
  coerces(OTTL_P_STRING_LIKE, bytes("\xff", 1), "ff");
  refuses(OTTL_P_STRING_LIKE, cell_double(NAN), OTTL_RE_UNSUPPORTED_TYPE, OTTL_T_DOUBLE);
  refuses(OTTL_P_STRING_LIKE, map_of(1, "k", cell_double(NAN)), OTTL_RE_JSON_NUMBER, 0);
  coerces(OTTL_P_INT_LIKE, str("-12"), "-12");
  coerces(OTTL_P_INT_LIKE, cell_double(-2.9), "-2");
  coerces(OTTL_P_INT_LIKE, cell_double(NAN), "-9223372036854775808");
  coerces(OTTL_P_INT_LIKE, cell_bool(true), "1");
  refuses(OTTL_P_INT_LIKE, str("0x1"), OTTL_RE_BAD_INT, OTTL_T_STRING);
  refuses(OTTL_P_INT_LIKE, (ottl_cell){1, 0, OTTL_T_GO_INT}, OTTL_RE_UNSUPPORTED_TYPE, OTTL_T_GO_INT);
  coerces(OTTL_P_DOUBLE_LIKE, str("0x1p4"), "16");
  refuses(OTTL_P_DOUBLE_LIKE, str("1e400"), OTTL_RE_BAD_DOUBLE, OTTL_T_STRING);
  coerces(OTTL_P_BOOL_LIKE, str("T"), "true");
  coerces(OTTL_P_BOOL_LIKE, (ottl_cell){80, 0, OTTL_T_GO_INT}, "true");
  refuses(OTTL_P_BOOL_LIKE, str("yes"), OTTL_RE_BAD_BOOL, OTTL_T_STRING);
  coerces(OTTL_P_BYTES_LIKE, cell_int(258), "0000000000000102");
  coerces(OTTL_P_BYTES_LIKE, cell_bool(true), "01");
  coerces(OTTL_P_BYTES_LIKE, str("ab"), "6162");
  refuses(OTTL_P_BYTES_LIKE, m, OTTL_RE_UNSUPPORTED_TYPE, OTTL_T_MAP);
  refuses(OTTL_P_TIME, cell_int(1), OTTL_RE_WANT_TIME, OTTL_T_INT);
}

/* -- editors of maps -- */

static void test_keys(void **state) {
  OTTL_UNUSED(state);
  begin("delete_key");
  arg_rows(0, 2, map_of(3, "a", cell_int(1), "b", cell_int(2), "c", cell_int(3)), map_of(1, "x", cell_int(1)));
  arg_literal(1, str("a"));
  run();
  map_is(0, true, "{\"b\":2,\"c\":3}");
  assert_string_equal(call.map[0]->items[0].key, "c"); /* the last entry moved into the hole */
  map_is(1, false, "{\"x\":1}");

  begin("delete_matching_keys");
  ottl_cell m = map_of(3, "k1", cell_int(1), "z", cell_int(2), "k2", cell_int(3));
  for (uint32_t i = 0; i < 3; i++) cell_map(m)->items[i].keyid = 100 * i;
  arg_rows(0, 2, m, map_of(2, "k9", cell_int(1), "a", cell_nil()));
  arg_literal(1, str("^k[0-9]$"));
  run();
  map_is(0, true, "{\"z\":2}");
  map_is(1, true, "{\"a\":null}");

  begin("keep_matching_keys");
  arg_rows(0, 2, map_of(2, "k1", cell_int(1), "z", cell_int(2)), map_of(1, "k", cell_int(1)));
  arg_rows(1, 2, str("z"), str("("));
  run();
  map_is(0, true, "{\"z\":2}");
  fails(1, OTTL_RE_BAD_REGEX);

  begin("keep_matching_keys");
  arg_literal(1, str("a("));
  refused("the regex pattern supplied to keep_matching_keys '\"a(\"' is not a valid pattern: error parsing regexp: missing");

  for (int literal = 0; literal < 2; literal++) {
    begin("keep_keys");
    arg_rows(0, 1, map_of(3, "a", cell_int(1), "b", cell_int(2), "c", cell_int(3)));
    arg_items(1, literal, 3, str("c"), str("a"), str("nope"));
    run();
    map_is(0, true, "{\"a\":1,\"c\":3}");
  }
  begin("keep_keys");
  arg_rows(0, 1, map_of(1, "a", cell_int(1)));
  arg_items(1, true, 0);
  run();
  map_is(0, true, "{}");
  begin("keep_keys");
  arg_rows(0, 3, map_of(1, "a", cell_int(1)), map_of(2, "a", cell_int(1), "b", cell_nil()), map_of(0));
  arg_rows(1, 3, cell_nil(), wire_form(list_of(OTTL_T_LIST, 1, str("b"))), list_of(OTTL_T_LIST_ANY, 1, cell_int(1)));
  run();
  fails(0, OTTL_RE_KEYS_NIL);
  map_is(1, true, "{\"b\":null}");
  fails(2, OTTL_RE_WANT_STRING);

  begin("limit");
  arg_rows(0, 2, map_of(4, "a", cell_int(1), "b", cell_int(2), "c", cell_int(3), "d", cell_int(4)), map_of(1, "a", cell_int(1)));
  arg_literal(1, cell_int(2));
  arg_literal(2, list_of(OTTL_T_LIST_ANY, 1, str("d")));
  run();
  map_is(0, true, "{\"a\":1,\"d\":4}");
  map_is(1, false, "{\"a\":1}");
  begin("limit");
  arg_rows(0, 1, map_of(3, "str", cell_int(1), "b", cell_int(2), "c", cell_int(3)));
  arg_literal(1, cell_int(2));
  arg_literal(2, list_of(OTTL_T_LIST_ANY, 2, str("str"), str("str")));
  run();
  map_is(0, true, "{\"str\":1}");
  begin("limit");
  arg_literal(1, cell_int(0));
  arg_literal(2, list_of(OTTL_T_LIST_ANY, 1, str("d")));
  refused("cannot be less than number of priority attributes 1");
}

static void test_maps(void **state) {
  OTTL_UNUSED(state);
  static const char *const strategies[] = {"insert", "update", "upsert"};
  static const char *const wants[] = {"{\"a\":1,\"b\":2,\"c\":[3]}", "{\"a\":9,\"b\":2}", "{\"a\":9,\"b\":2,\"c\":[3]}"};
  for (int i = 0; i < 3; i++) {
    begin("merge_maps");
    arg_rows(0, 1, map_of(2, "a", cell_int(1), "b", cell_int(2)));
    arg_rows(1, 1, wire_form(map_of(2, "a", cell_int(9), "c", list_of(OTTL_T_LIST, 1, cell_int(3)))));
    arg_literal(2, str(strategies[i]));
    run();
    map_is(0, true, wants[i]);
  }
  ottl_cell self = map_of(1, "a", cell_int(1));
  begin("merge_maps");
  arg_rows(0, 1, self);
  arg_rows(1, 1, self);
  arg_literal(2, str("upsert"));
  run();
  map_is(0, true, "{\"a\":1}");
  begin("merge_maps");
  arg_literal(2, str("x"));
  refused("invalid value for strategy, x,");
  ottl_cell big = map_of(0), more = map_of(0);
  for (int i = 0; i < 600; i++) {
    char *k = arena_alloc(&arena, 16);
    snprintf(k, 16, "%d", i);
    entry_set(ottl__rowmap_push(&arena, cell_map(i < 100 ? big : more), view_str(k)), cell_int(i));
  }
  entry_set(ottl__rowmap_push(&arena, cell_map(more), VIEW("5")), cell_int(-5));
  begin("merge_maps");
  arg_rows(0, 1, big);
  arg_rows(1, 1, wire_form(more));
  arg_literal(2, str("upsert"));
  run();
  assert_int_equal(call.map[0]->n, 600);
  assert_int_equal(call.map[0]->items[5].word, (uint64_t)-5);
  assert_int_equal(call.map[0]->items[599].word, 599);

  begin("truncate_all");
  arg_rows(0, 2, map_of(4, "a", str("h\xc3\xa9llo"), "b", cell_int(5), "c", str("ab"), "d", bytes("12345", 5)), map_of(0));
  arg_literal(1, cell_int(2));
  run();
  map_is(0, true, "{\"a\":\"h\",\"b\":5,\"c\":\"ab\",\"d\":\"MTIzNDU=\"}");
  assert_int_equal(call.map[0]->items[2].dirty, 0);
  map_is(1, false, "{}");
  begin("truncate_all");
  arg_rows(0, 1, map_of(1, "a", str("h\xc3\xa9llo")));
  arg_literal(1, cell_int(5));
  arg_literal(2, cell_bool(false));
  arg_literal(3, str("..."));
  run();
  map_is(0, true, "{\"a\":\"h\\ufffd...\"}");
  begin("truncate_all");
  arg_literal(1, cell_int(2));
  arg_literal(3, str("..."));
  refused("length of marker 3 cannot be greater than limit 2");
}

static void test_replace_all(void **state) {
  OTTL_UNUSED(state);
  begin("replace_all_patterns");
  arg_rows(0, 2, map_of(3, "a", str("id 12 and 345"), "b", cell_int(12), "c", str("none")), map_of(1, "a", str("x")));
  arg_literal(1, str("value"));
  arg_literal(2, str("([0-9])[0-9]*"));
  arg_literal(3, str("<$1>"));
  run();
  map_is(0, true, "{\"a\":\"id \\u003c1\\u003e and \\u003c3\\u003e\",\"b\":12,\"c\":\"none\"}");
  map_is(1, false, "{\"a\":\"x\"}");

  begin("replace_all_patterns");
  arg_rows(0, 1, map_of(3, "k.1", cell_int(1), "x", cell_int(2), "k.2", cell_int(3)));
  arg_literal(1, str("key"));
  arg_literal(2, str("^k\\.[0-9]$"));
  arg_rows(3, 1, str("x"));
  run();
  map_is(0, true, "{\"x\":3}");

  /* a function whose result is no string drops keys and keeps values, without an error */
  for (int keys = 0; keys < 2; keys++) {
    begin("replace_all_patterns");
    arg_rows(0, 1, map_of(2, "str", str("str"), "other", cell_int(1)));
    arg_literal(1, str(keys ? "key" : "value"));
    arg_literal(2, str("^str$"));
    arg_literal(3, str("x"));
    call.arg[4].given = true;
    call.arg[4].function = (uint16_t)ottl__function_find(VIEW("FNV"));
    run();
    map_is(0, keys, keys ? "{\"other\":1}" : "{\"other\":1,\"str\":\"str\"}");
  }
  begin("replace_all_patterns");
  arg_literal(1, str("both"));
  refused("invalid mode both, must be either 'key' or 'value'");
}

static void test_path_editors(void **state) {
  OTTL_UNUSED(state);
  begin("replace_pattern");
  arg_rows(0, 4, str("a1b22"), cell_nil(), cell_int(1), str("none"));
  arg_literal(1, str("[0-9]+"));
  arg_literal(2, str("#"));
  run();
  path_is(0, "a#b#");
  path_is(1, NULL);
  path_is(2, NULL);
  path_is(3, NULL);
  begin("replace_pattern"); /* arguments are evaluated only where they are needed */
  arg_rows(0, 3, str("ab"), cell_nil(), cell_int(1));
  arg_rows(1, 3, str("(a)(b)"), cell_nil(), cell_nil());
  arg_rows(2, 3, str("$2$1"), cell_nil(), str("x"));
  run();
  path_is(0, "ba");
  assert_int_equal(call.err, 0);
  begin("replace_pattern");
  arg_rows(0, 2, str("user alice, user bob"), str("x"));
  arg_literal(1, str("user (\\w+)"));
  arg_literal(2, str("$1"));
  call.arg[3].given = true;
  call.arg[3].function = (uint16_t)ottl__function_find(VIEW("ToUpperCase"));
  arg_rows(4, 2, str("<%s>"), str("%d"));
  run();
  path_is(0, "<ALICE>, <BOB>");
  path_is(1, NULL);
  assert_int_equal(call.err, 0);
  begin("replace_pattern");
  arg_rows(0, 3, str("x"), str("x"), str("x"));
  arg_literal(1, str("x"));
  arg_literal(2, str("$0"));
  call.arg[3].given = true;
  call.arg[3].function = (uint16_t)ottl__function_find(VIEW("ToUpperCase"));
  arg_rows(4, 3, str("%s%s 100%"), str("%d"), str("no verb"));
  run();
  path_is(0, "X%!s(MISSING) 100%!(NOVERB)");
  fails(1, OTTL_RE_BAD_FORMAT);
  fails(2, OTTL_RE_BAD_FORMAT);
  static const char *const functions[] = {"FNV", "Concat"};
  static const ottl_rowerr errors[] = {OTTL_RE_FUNCTION_RESULT, OTTL_RE_FUNCTION_ARGUMENT};
  for (int i = 0; i < 2; i++) {
    begin("replace_pattern");
    arg_rows(0, 1, str("x"));
    arg_literal(1, str("x"));
    arg_literal(2, str("y"));
    call.arg[3].given = true;
    call.arg[3].function = (uint16_t)ottl__function_find(view_str(functions[i]));
    run();
    fails(0, errors[i]);
  }

  begin("append");
  arg_rows(0, 4, cell_nil(), str("a"), wire_form(list_of(OTTL_T_LIST, 1, map_of(1, "k", cell_int(1)))), map_of(0));
  arg_literal(1, cell_int(1));
  arg_items(2, true, 1, list_of(OTTL_T_LIST_ANY, 1, str("n")));
  run();
  path_is(0, "[1,[\"n\"]]");
  path_is(1, "[\"a\",1,[\"n\"]]");
  path_is(2, "[{\"k\":1},1,[\"n\"]]");
  fails(3, OTTL_RE_INVALID_VALUE);
  begin("append");
  arg_rows(0, 1, cell_nil());
  arg_rows(1, 1, wire_form(list_of(OTTL_T_LIST, 0)));
  run();
  fails(0, OTTL_RE_INVALID_VALUE);
  begin("append");
  refused("at least one of the optional arguments");

  begin("clear");
  arg_rows(0, 4, str("a"), map_of(1, "k", cell_nil()), cell_nil(), (ottl_cell){0, 2, OTTL_T_STATUS});
  run();
  path_is(0, "");
  path_is(1, "{}");
  path_is(2, "nil");
  path_is(3, NULL);
  assert_int_equal(call.err, 0);
}

/* -- converters -- */

static void test_strings(void **state) {
  OTTL_UNUSED(state);
  begin("ToUpperCase");
  arg_rows(0, 4, str("abc-1"), str("\xc3\xa9\xc3\x9f"), str(""), cell_nil());
  run();
  gives(0, "ABC-1");
  gives(1, "\xc3\x89\xc3\x9f");
  gives(2, "");
  fails(3, OTTL_RE_WANT_STRING);
  begin("ToLowerCase");
  arg_rows(0, 2, str("AbC[\xff"), str("xyz"));
  run();
  gives(0, "abc[\xef\xbf\xbd");
  gives(1, "xyz");
  begin("Substring");
  arg_rows(0, 3, str("h\xc3\xa9llo"), str("hello"), str("hi"));
  arg_literal(1, cell_int(1));
  arg_literal(2, cell_int(3));
  run();
  gives(0, "\xc3\xa9l");
  gives(1, "ell");
  fails(2, OTTL_RE_SUBSTRING_RANGE);
  begin("Substring");
  arg_rows(0, 1, str("h\xc3\xa9llo"));
  arg_literal(1, cell_int(0));
  arg_literal(2, cell_int(2));
  arg_literal(3, cell_bool(true));
  run();
  gives(0, "h");
  begin("Split");
  arg_rows(0, 3, str("a||b||"), str(""), str("\xc3\xa9z\xff"));
  arg_rows(1, 3, str("||"), str("a"), str(""));
  run();
  gives(0, "[\"a\",\"b\",\"\"]");
  gives(1, "[\"\"]");
  gives(2, "[\"\xc3\xa9\",\"z\",\"\\ufffd\"]");
  begin("HasPrefix");
  arg_rows(0, 2, str("abc"), str("a"));
  arg_literal(1, str("ab"));
  run();
  gives(0, "true");
  gives(1, "false");
  begin("HasSuffix");
  arg_rows(0, 2, str("abc"), str("c"));
  arg_literal(1, str("bc"));
  run();
  gives(0, "true");
  gives(1, "false");
  begin("Trim");
  arg_rows(0, 2, str("  a b "), str("   "));
  run();
  gives(0, "a b");
  gives(1, "");
  begin("Trim");
  arg_rows(0, 1, str("\xc3\xa9!a!\xc3\xa9"));
  arg_literal(1, str("!\xc3\xa9"));
  run();
  gives(0, "a");
  begin("TrimPrefix");
  arg_rows(0, 1, str("xxa"));
  arg_literal(1, str("x"));
  run();
  gives(0, "xa");
  begin("TrimSuffix");
  arg_rows(0, 1, str("axx"));
  arg_literal(1, str("x"));
  run();
  gives(0, "ax");

  begin("Concat");
  arg_items(0, false, 4, str("a"), cell_nil(), cell_double(1e-7), map_of(1, "k", str("<")));
  arg_literal(1, str("|"));
  run();
  gives(0, "a|<nil>|1e-07|{\"k\":\"\\u003c\"}");
  begin("Concat"); /* elements of a pdata list are written as pdata does */
  arg_rows(0, 4, wire_form(list_of(OTTL_T_LIST, 3, cell_nil(), cell_double(1e-7), str("x"))),
           list_of(OTTL_T_LIST_STRING, 2, str("p"), str("q")), cell_nil(), cell_int(1));
  arg_literal(1, str(";"));
  run();
  gives(0, ";1e-7;x");
  gives(1, "p;q");
  gives(2, "");
  fails(3, OTTL_RE_WANT_LIST);
  begin("Concat");
  arg_literal(0, str("abc"));
  arg_literal(1, str(";"));
  refused("expected a slice, got string");
}

static void test_types(void **state) {
  OTTL_UNUSED(state);
  begin("IsMatch");
  arg_rows(0, 4, str("hello"), cell_int(42), cell_nil(), bytes("\x00\xff", 2));
  arg_literal(1, str("^(hel|4|00ff)"));
  run();
  gives(0, "true");
  gives(1, "true");
  gives(2, "false");
  gives(3, "true");
  begin("IsMatch");
  arg_rows(0, 2, str("a"), str("a"));
  arg_rows(1, 2, str("A|a"), str("*"));
  run();
  gives(0, "true");
  fails(1, OTTL_RE_BAD_REGEX);
  begin("IsString");
  arg_rows(0, 3, str(""), cell_nil(), cell_int(1));
  run();
  gives(0, "true");
  gives(1, "false");
  gives(2, "false");
  begin("IsList");
  arg_rows(0, 4, list_of(OTTL_T_LIST_UINT64, 0), list_of(OTTL_T_LIST_STRING, 0), (ottl_cell){0, 1, OTTL_T_SPAN_LINKS},
           wire_form(map_of(0)));
  run();
  gives(0, "false");
  gives(1, "true");
  gives(2, "true");
  gives(3, "false");
  begin("Int");
  arg_rows(0, 3, str("12"), cell_nil(), str("x"));
  run();
  gives(0, "12");
  gives(1, "nil");
  fails(2, OTTL_RE_BAD_INT);
  begin("Len");
  arg_rows(0, 4, str("\xc3\xa9"), wire_form(map_of(2, "a", cell_nil(), "b", cell_nil())), (ottl_cell){0, 7, OTTL_T_EXEMPLARS},
           cell_int(1));
  run();
  gives(0, "2");
  gives(1, "2");
  gives(2, "7");
  fails(3, OTTL_RE_LEN_TYPE);
  begin("Coalesce");
  arg_items(0, false, 3, cell_nil(), str("x"), cell_int(1));
  ottl_reg *third = (ottl_reg *)(uintptr_t)call.items[0][2];
  third->has_err = true;
  bm_set(third->err, 0);
  run();
  gives(0, "x");
  begin("Coalesce");
  arg_items(0, false, 2, cell_nil(), str("x"));
  ottl_reg *first = (ottl_reg *)(uintptr_t)call.items[0][0];
  first->has_err = true;
  bm_set(first->err, 0);
  first->code[0] = OTTL_ROWERR(KEY_NOT_FOUND, 0);
  run();
  fails(0, OTTL_RE_KEY_NOT_FOUND);
  begin("Coalesce");
  arg_items(0, true, 0);
  refused("Coalesce requires at least one argument");
}

static void test_hashes_and_ids(void **state) {
  OTTL_UNUSED(state);
  begin("SHA256");
  arg_rows(0, 2, str(""), str("hello world"));
  run();
  gives(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  gives(1, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
  begin("FNV");
  arg_rows(0, 1, str("hello world"));
  run();
  gives(0, "8618312879776256743");
  begin("SpanID");
  arg_rows(0, 4, str("0102030405060708"), bytes("\1\2\3\4\5\6\7\xff", 8), str("010203040506070x"), cell_nil());
  run();
  gives(0, "[1,2,3,4,5,6,7,8]");
  gives(1, "[1,2,3,4,5,6,7,255]");
  fails(2, OTTL_RE_BAD_ID);
  fails(3, OTTL_RE_BAD_ID);
  begin("TraceID");
  arg_literal(0, str("x"));
  refused("TraceID: could not decode ID: invalid length: expected 16 or 32 bytes, got 1");
  begin("Hex");
  arg_rows(0, 2, str("AB"), cell_nil());
  run();
  gives(0, "4142");
  gives(1, "");
}

static void test_time(void **state) {
  OTTL_UNUSED(state);
  begin("Now");
  run();
  gives(0, "\"2023-11-14T22:13:20Z\"");
  begin("Unix");
  arg_rows(0, 1, cell_int(1));
  arg_rows(1, 1, cell_int(-1));
  run();
  gives(0, "\"1970-01-01T00:00:00.999999999Z\"");
  ottl_zoned_time z = {.seconds = 86399, .nanos = 5, .offset_seconds = 3600};
  ottl_cell zoned = {(uint64_t)(uintptr_t)&z, 0, OTTL_T_TIME_ZONED}, plain = {86399, 5, OTTL_T_TIME};
  begin("UnixNano");
  arg_rows(0, 3, plain, zoned, cell_int(1));
  run();
  gives(0, "86399000000005");
  gives(1, "86399000000005");
  fails(2, OTTL_RE_WANT_TIME);
  begin("Day");
  arg_rows(0, 2, plain, zoned);
  run();
  gives(0, "1");
  gives(1, "2");
  begin("Duration");
  arg_rows(0, 2, str("1h30m"), str("1x"));
  run();
  gives(0, "5400000000000");
  fails(1, OTTL_RE_BAD_DURATION);
  begin("Hours");
  arg_rows(0, 1, (ottl_cell){5400000000000, 0, OTTL_T_DURATION});
  run();
  gives(0, "1.5");
  begin("Milliseconds");
  arg_rows(0, 1, (ottl_cell){1999999, 0, OTTL_T_DURATION});
  run();
  gives(0, "1");
}

static void json(const char *text, const char *want) {
  begin("ParseJSON");
  arg_rows(0, 1, str(text));
  run();
  if (want)
    gives(0, want);
  else
    assert_true(call.err & 1);
}

static void test_json(void **state) {
  OTTL_UNUSED(state);
  json("{\"a\": [1, 2.5, true, false, null, \"x\"], \"b\": {}}", "{\"a\":[1,2.5,true,false,null,\"x\"],\"b\":{}}");
  json(" [ ] ", "[]");
  json("[01,1.,-.5,1E3]", "[1,1,-0.5,1000]");
  json("{null:1}", "{\"\":1}");
  json("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}");
  json("[\"a\nb\"]", "[\"a\\nb\"]");
  json("[\"\\u00e9\\n\\/\\ud83d\\ude00\\ud800x\\udc00\"]", "[\"\xc3\xa9\\n/\xf0\x9f\x98\x80\xef\xbf\xbdx\xef\xbf\xbd\"]");
  json("[9007199254740993]", "[9007199254740992]");
  json("[[],[[]],{\"k\":[{}]}]", "[[],[[]],{\"k\":[{}]}]");
  static const char *const bad[] = {"",           "1",        "null",  "\"x\"",        "[1,]",       "[1 2]",
                                    "{\"a\"}",    "{\"a\":}", "{a:1}", "[1e400]",      "[-]",        "[\"\\x\"]",
                                    "[\"\\u12\"", "[\"abc",   "[tru]", "[1]x",         "{\"a\":1,}", "[1}",
                                    "{\"a\":1]",  "[+1]",     "[1a]",  "[\"\\ud83\"]", "[",          "{"};
  for (size_t i = 0; i < OTTL_COUNT(bad); i++) json(bad[i], NULL);
  begin("ParseJSON");
  arg_rows(0, 1, cell_string(VIEW("[1]\0garbage")));
  run();
  gives(0, "[1]");
  enum { DEEP = 10001 };
  char *deep = arena_alloc(&arena, 2 * DEEP + 1);
  memset(deep, '[', DEEP);
  memset(deep + DEEP, ']', DEEP);
  deep[2 * DEEP] = 0;
  json(deep, NULL);
  deep[2 * DEEP - 1] = 0;
  begin("ParseJSON");
  arg_rows(0, 1, str(deep + 1));
  run();
  assert_int_equal(call.err, 0);
  deep[DEEP + 400] = 0;
  json(deep + DEEP - 400, deep + DEEP - 400);
}

static void test_lists(void **state) {
  OTTL_UNUSED(state);
  begin("Keys");
  arg_rows(0, 2, wire_form(map_of(2, "b", cell_int(1), "a", cell_int(2))), cell_of_view(OTTL_T_MAP, VIEW("\x0a\x7f")));
  run();
  gives(0, "[\"b\",\"a\"]");
  fails(1, OTTL_RE_BAD_WIRE);
  begin("Values");
  arg_rows(0, 1, map_of(2, "b", cell_int(1), "a", map_of(1, "k", cell_nil())));
  run();
  gives(0, "[1,{\"k\":null}]");
  ottl_cell list = wire_form(list_of(OTTL_T_LIST, 4, cell_double(1), str("x"), map_of(1, "k", cell_int(1)), cell_nil()));
  begin("ContainsValue");
  arg_rows(0, 4, list, list, list, list_of(OTTL_T_LIST_ANY, 1, list_of(OTTL_T_LIST_ANY, 1, cell_double(1))));
  arg_rows(1, 4, cell_int(1), map_of(1, "k", cell_int(1)), str("y"), list_of(OTTL_T_LIST_ANY, 1, cell_int(1)));
  run();
  gives(0, "true");
  gives(1, "true");
  gives(2, "false");
  gives(3, "false");
  begin("Index");
  arg_rows(0, 4, list, list, str("hello"), cell_int(1));
  arg_rows(1, 4, map_of(1, "k", cell_int(1)), cell_nil(), str("lo"), cell_int(1));
  run();
  gives(0, "2");
  gives(1, "3");
  gives(2, "3");
  fails(3, OTTL_RE_WANT_LIST);
  begin("Index");
  arg_rows(0, 3, str("hello"), str("hello"), str("hello"));
  arg_rows(1, 3, str(""), str("z"), cell_int(1));
  run();
  gives(0, "0");
  gives(1, "-1");
  fails(2, OTTL_RE_FUNCTION_ARGUMENT);
}

static void test_more(void **state) {
  OTTL_UNUSED(state);
  begin("ParseInt");
  arg_rows(0, 3, str("0x1f"), str("z"), str(""));
  arg_rows(1, 3, cell_int(0), cell_int(10), cell_int(10));
  run();
  gives(0, "31");
  fails(1, OTTL_RE_BAD_INT);
  fails(2, OTTL_RE_EMPTY_TARGET);
  begin("Log");
  arg_rows(0, 4, cell_double(1), cell_int(10), cell_int(0), cell_nil());
  run();
  gives(0, "0");
  gives(1, "2.302585092994046");
  fails(2, OTTL_RE_FUNCTION_ARGUMENT);
  fails(3, OTTL_RE_FUNCTION_ARGUMENT);
  begin("IsValidLuhn");
  arg_rows(0, 4, str("1784 0"), str("17841"), str(" "), str("17a"));
  run();
  gives(0, "false");
  gives(1, "false");
  gives(2, "false");
  fails(3, OTTL_RE_FUNCTION_ARGUMENT);
  begin("IsValidLuhn");
  arg_rows(0, 2, str("17893729974"), str("1 8"));
  run();
  gives(0, "true");
  gives(1, "true");
  begin("IsEmpty");
  arg_rows(0, 4, cell_double(-0.0), wire_form(map_of(0)), str(" "), cell_of_view(OTTL_T_SPAN_ID, VIEW("\0\0\0\0\0\0\0\0")));
  run();
  gives(0, "true");
  gives(1, "true");
  gives(2, "false");
  gives(3, "true");
  begin("Base64Encode");
  arg_rows(0, 2, str("ab?>"), str("a"));
  arg_rows(1, 2, str("base64-raw-url"), str("base32"));
  run();
  gives(0, "YWI_Pg");
  fails(1, OTTL_RE_FUNCTION_ARGUMENT);
  begin("ExtractPatterns");
  arg_rows(0, 2, str("a1"), str("none"));
  arg_literal(1, str("(?P<l>[a-z])(?P<d>[0-9])(?P<x>y)?"));
  run();
  gives(0, "{\"d\":\"1\",\"l\":\"a\",\"x\":\"\"}");
  gives(1, "{}");
  begin("ExtractPatterns");
  arg_rows(0, 1, str("a1"));
  arg_literal(1, str("(a)"));
  run();
  fails(0, OTTL_RE_NO_NAMED_GROUP);
  begin("ParseKeyValue");
  arg_rows(0, 4, str("a=1  b=\"x y\" a='z'=\xc2\xa0"), str("a=1 b"), str("a='x"), str("  "));
  run();
  gives(0, "{\"a\":\"z=\",\"b\":\"x y\"}");
  fails(1, OTTL_RE_BAD_PAIR);
  fails(2, OTTL_RE_BAD_QUOTES);
  gives(3, "{}");
  begin("stringify_all");
  arg_rows(0, 1, map_of(4, "i", cell_int(1), "s", str("<"), "m", wire_form(map_of(1, "k", str("<"))), "n", cell_nil()));
  run();
  map_is(0, true, "{\"i\":\"1\",\"m\":\"{\\\"k\\\":\\\"\\u003c\\\"}\",\"n\":\"\",\"s\":\"\\u003c\"}");
  ottl_cell list = wire_form(list_of(OTTL_T_LIST, 3, cell_int(1), cell_int(2), cell_int(3)));
  begin("delete_index");
  arg_rows(0, 4, list, list, list, cell_int(1));
  arg_rows(1, 4, cell_int(1), cell_int(0), cell_int(2), cell_int(0));
  arg_rows(2, 4, cell_int(2), cell_int(3), cell_int(1), cell_int(0));
  run();
  path_is(0, "[1,3]");
  path_is(1, "[]");
  fails(2, OTTL_RE_INDEX_BOUNDS);
  fails(3, OTTL_RE_WANT_LIST);
}

static void test_reshape(void **state) {
  OTTL_UNUSED(state);
  for (int resolve = 0; resolve < 2; resolve++) {
    begin("flatten");
    ottl_cell nested = list_of(OTTL_T_LIST, 3, cell_int(1), map_of(1, "z", cell_int(2)), list_of(OTTL_T_LIST, 1, cell_int(3)));
    arg_rows(0, 1, map_of(3, "a", wire_form(map_of(2, "x", cell_int(1), "l", nested)), "a.x", cell_int(9), "e", map_of(0)));
    if (resolve) arg_literal(3, cell_bool(true));
    run();
    map_is(0, true,
           resolve ? "{\"a.l\":1,\"a.l.1.z\":2,\"a.l.20\":3,\"a.x\":1,\"a.x.0\":9}"
                   : "{\"a.l.0\":1,\"a.l.1.z\":2,\"a.l.20\":3,\"a.x\":9}");
  }
  begin("flatten");
  arg_rows(0, 1, map_of(1, "a", map_of(1, "b", map_of(1, "c", cell_int(1)))));
  arg_literal(1, str("p"));
  arg_literal(2, cell_int(1));
  run();
  map_is(0, true, "{\"p.a.b\":{\"c\":1}}");
  begin("flatten");
  arg_literal(2, cell_int(0));
  refused("invalid depth '0'");

  ottl_cell list =
      wire_form(list_of(OTTL_T_LIST, 2, map_of(2, "k", str("a"), "v", cell_int(1)), map_of(2, "k", str("b"), "v", cell_int(2))));
  begin("SliceToMap");
  arg_rows(0, 2, list, list_of(OTTL_T_LIST, 1, cell_int(1)));
  arg_literal(1, list_of(OTTL_T_LIST_ANY, 1, str("k")));
  arg_literal(2, list_of(OTTL_T_LIST_ANY, 1, str("v")));
  run();
  gives(0, "{\"a\":1,\"b\":2}");
  fails(1, OTTL_RE_FUNCTION_ARGUMENT);
  begin("SliceToMap");
  arg_rows(0, 1, list_of(OTTL_T_LIST_STRING, 2, str("x"), str("y")));
  run();
  gives(0, "{\"0\":\"x\",\"1\":\"y\"}");
}

static void test_table(void **state) {
  OTTL_UNUSED(state);
  for (uint32_t i = 0; i < ottl__n_functions; i++) {
    const ottl_function *f = &ottl__functions[i];
    assert_int_equal(ottl__function_find(view_str(f->name)), i); /* sorted, and no name twice */
    assert_false(ottl__function_lacking(view_str(f->name)));
    assert_true(f->handler || strcmp(f->name, "set") == 0);
    assert_true(f->doc[0] && (f->kind == OTTL_F_EDITOR) == (f->name[0] >= 'a'));
    assert_true(!(f->flags & OTTL_FN_STRING_ARG) || (f->n_params == 1 && f->params[0].kind == OTTL_P_STRING && !f->prepare));
  }
  assert_int_equal(ottl__function_find(VIEW("Nope")), UINT32_MAX);
  assert_true(ottl__function_lacking(VIEW("UserAgent")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_coerce, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_maps, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_replace_all, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_path_editors, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_strings, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_types, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_hashes_and_ids, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_time, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_json, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_lists, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_more, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_reshape, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
