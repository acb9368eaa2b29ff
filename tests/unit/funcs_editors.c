/* Editors and coercions, each on a few rows. */
#include "unit/funcs_stage.h"

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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_coerce, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_maps, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_replace_all, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_path_editors, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
