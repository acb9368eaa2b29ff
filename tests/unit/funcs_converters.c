/* Converters, each on a few rows, and the table of functions. */
#include "unit/funcs_stage.h"

/* -- converters -- */

/* Every ASCII byte, at every place of texts of every length up to that of two blocks and a bit. */
static void test_case_blocks(void **state) {
  OTTL_UNUSED(state);
  for (size_t len = 1; len <= 37; len++) {
    for (unsigned from = 0; from < 128; from += (unsigned)len) {
      char text[40], upper[40] = "", lower[40] = "";
      for (size_t i = 0; i < len; i++) {
        const int ch = (int)((from + i) % 128);
        text[i] = (char)ch;
        upper[i] = (char)(ch >= 'a' && ch <= 'z' ? ch - 32 : ch);
        lower[i] = (char)(ch >= 'A' && ch <= 'Z' ? ch + 32 : ch);
      }
      const ottl_cell cell = {(uint64_t)(uintptr_t)text, (uint32_t)len, OTTL_T_STRING};
      begin("ToUpperCase");
      arg_rows(0, 1, cell);
      run();
      assert_memory_equal(reg_view(call.out, 0).data, upper, len);
      assert_int_equal(reg_view(call.out, 0).len, len);
      begin("ToLowerCase");
      arg_rows(0, 1, cell);
      run();
      assert_memory_equal(reg_view(call.out, 0).data, lower, len);
      assert_int_equal(reg_view(call.out, 0).len, len);
    }
  }
}

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
    assert_true(f->handler || f->flags >> OTTL_FN_LAMBDA_SHIFT || strcmp(f->name, "set") == 0);
    assert_true(f->doc[0] && (f->kind == OTTL_F_EDITOR) == (f->name[0] >= 'a'));
    bool prepared = f->prepare && f->prepare != ottl__need_bulk; /* which prepares nothing */
    assert_true(!(f->flags & OTTL_FN_STRING_ARG) || (f->n_params == 1 && f->params[0].kind == OTTL_P_STRING && !prepared));
  }
  assert_int_equal(ottl__function_find(VIEW("Nope")), UINT32_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_case_blocks, set_up, tear_down),
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
