/* Values: containers from and to the wire, copies, comparison, text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/varint.h"
#include "batch/value.h"
#include "batch/value_text.h"
#include "syntax/tree.h"

static ottl_arena arena;

static int set_up(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__arena_init(&arena, &al, 0);
  return 0;
}
static int tear_down(void **state) {
  OTTL_UNUSED(state);
  ottl__arena_done(&arena);
  return 0;
}

static ottl_cell str(const char *text) { return cell_string(view_str(text)); }
static ottl_cell list_of(ottl_type type, int n, ...) {
  ottl_list *list = arena_zero(&arena, sizeof *list);
  va_list ap;
  va_start(ap, n);
  for (int i = 0; i < n; i++) assert_int_equal(ottl__list_push(&arena, list, va_arg(ap, ottl_cell)), OTTL_OK);
  va_end(ap);
  return cell_tree(type, list);
}
/* Keys and values alternate. */
static ottl_cell map_of(int n, ...) {
  ottl_rowmap *map = arena_zero(&arena, sizeof *map);
  va_list ap;
  va_start(ap, n);
  for (int i = 0; i < n; i++) {
    const char *key = va_arg(ap, const char *);
    ottl_entry *e = ottl__rowmap_push(&arena, map, view_str(key));
    assert_non_null(e);
    entry_set(e, va_arg(ap, ottl_cell));
  }
  va_end(ap);
  return cell_tree(OTTL_T_MAP, map);
}
/* Written without being measured: the same bytes behind their length, within the bound. */
static void check_put(ottl_cell c, const uint8_t *body, size_t n) {
  size_t bound;
  assert_int_equal(ottl__anyvalue_bound(c, &bound), OTTL_OK);
  uint8_t head[10];
  const size_t head_len = (size_t)(varint_put(head, n) - head);
  assert_true(head_len + n <= bound);
  const size_t guesses[] = {ottl__anyvalue_guess(c), 0, 200, 20000};
  for (size_t i = 0; i < OTTL_COUNT(guesses); i++) {
    uint8_t *p = malloc(bound), *end = ottl__anyvalue_put(p, c, guesses[i]);
    assert_ptr_equal(end, p + head_len + n);
    assert_memory_equal(p, head, head_len);
    assert_memory_equal(p + head_len, body, n);
    free(p);
  }
}
/* The same value on the wire: a body decoded again. */
static ottl_cell wire_form(ottl_cell c) {
  size_t n;
  assert_int_equal(ottl__anyvalue_size(c, &n), OTTL_OK);
  uint8_t *p = arena_alloc(&arena, n);
  assert_non_null(p);
  assert_ptr_equal(ottl__anyvalue_write(p, c), p + n);
  check_put(c, p, n);
  ottl_cell back;
  assert_int_equal(ottl__anyvalue_decode(p, n, &back), OTTL_OK);
  return back;
}
static bool cmp(ottl_cell a, int op, ottl_cell b) {
  bool r = false;
  assert_int_equal(ottl__value_compare(&arena, a, b, op, &r), OTTL_OK);
  return r;
}
static bool eq(ottl_cell a, ottl_cell b) {
  bool e = cmp(a, OTTL_CMP_EQ, b);
  assert_true(e != cmp(a, OTTL_CMP_NE, b));
  return e;
}

static void test_round_trip(void **state) {
  OTTL_UNUSED(state);
  ottl_cell inner = map_of(2, "x", cell_int(-1), "y", cell_double(1.5));
  ottl_cell c = map_of(6, "s", str("text"), "b", cell_bool(true), "n", cell_nil(), "m", inner, "l",
                       list_of(OTTL_T_LIST, 3, cell_int(300), str(""), inner), "by", cell_of_view(OTTL_T_BYTES, VIEW("\0\1")));
  ottl_cell w = wire_form(c);
  assert_false(cell_is_tree(w));
  uint32_t n;
  assert_int_equal(ottl__value_count(w, &n), OTTL_OK);
  assert_int_equal(n, 6);
  assert_true(eq(c, w));
  assert_true(eq(w, c));
  ottl_cell t = w, copy;
  assert_int_equal(ottl__value_to_tree(&arena, &t), OTTL_OK);
  assert_true(cell_is_tree(t));
  assert_false(cell_is_tree(entry_cell(ottl__rowmap_find(cell_map(t), VIEW("m")))));
  assert_int_equal(ottl__value_copy(&arena, t, &copy), OTTL_OK);
  entry_set(ottl__rowmap_find(cell_map(copy), VIEW("s")), cell_int(7));
  assert_true(eq(t, c));
  assert_false(eq(copy, c));
  ottl__rowmap_remove_swap(cell_map(copy), 0);
  assert_int_equal(cell_map(copy)->n, 5);
  assert_true(view_is((ottl_view){cell_map(copy)->items[0].key, cell_map(copy)->items[0].klen}, "by"));
  assert_true(eq(wire_form(t), c));
}

static void test_wire_oddities(void **state) {
  OTTL_UNUSED(state);
  ottl_cell c;
  /* the last member wins; unknown fields and groups are stepped over */
  static const uint8_t twice[] = {0x0a, 1,    'x',  0x48, 5,    0x4b, 0x08, 1,    0x4c, 0x18,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
  assert_int_equal(ottl__anyvalue_decode(twice, sizeof twice, &c), OTTL_OK);
  assert_int_equal(c.tag, OTTL_T_INT);
  assert_int_equal((int64_t)c.word, -1);
  static const uint8_t index[] = {0x18, 1, 0x40, 3};
  assert_int_equal(ottl__anyvalue_decode(index, sizeof index, &c), OTTL_OK);
  assert_int_equal(c.tag, OTTL_T_NIL);
  static const uint8_t *const bad[] = {(const uint8_t *)"\x0a\x05x",    (const uint8_t *)"\x08\x01",
                                       (const uint8_t *)"\x02\x01",     (const uint8_t *)"\x21\x01",
                                       (const uint8_t *)"\x18\x80\x80", (const uint8_t *)"\x4c\x01"};
  static const size_t bad_len[] = {3, 2, 2, 2, 3, 2};
  for (size_t i = 0; i < OTTL_COUNT(bad); i++) assert_int_equal(ottl__anyvalue_decode(bad[i], bad_len[i], &c), OTTL_DATA);
  /* a container is framed when it is opened */
  ottl_cell open = cell_of_view(OTTL_T_MAP, VIEW("\x0a\x04\x0a\x01k\x12"));
  assert_int_equal(ottl__value_to_tree(&arena, &open), OTTL_DATA);
  open = cell_of_view(OTTL_T_MAP, VIEW("\x0a\x05\x12\x03\x0a\x01v\x0a\x00"));
  assert_int_equal(ottl__value_to_tree(&arena, &open), OTTL_OK);
  assert_int_equal(cell_map(open)->n, 2);
  assert_int_equal(cell_map(open)->items[0].klen, 0);
}

/* Containers of all lengths about those where a length takes another byte, alone and in others. */
static void test_put(void **state) {
  OTTL_UNUSED(state);
  static const char text[20000];
  static const size_t lens[] = {0, 1, 100, 16300, 16360};
  for (size_t l = 0; l < OTTL_COUNT(lens); l++) {
    for (size_t more = 0; more < 40; more++) {
      ottl_cell t = cell_string(view_of(text, lens[l] + more)), list = list_of(OTTL_T_LIST_STRING, 2, t, cell_string(VIEW("x")));
      wire_form(list);
      wire_form(map_of(2, "k", t, "", cell_of_view(OTTL_T_BYTES, cell_view(t))));
      wire_form(map_of(3, "list", list, "nil", cell_nil(), "m", map_of(2, "i", cell_int(-1), "d", cell_double(1.5))));
    }
  }
  for (uint32_t n = 0; n < 70; n++) {
    ottl_cell list = list_of(OTTL_T_LIST, 0), map = map_of(0);
    for (uint32_t i = 0; i < n; i++) {
      assert_int_equal(ottl__list_push(&arena, cell_list(list), cell_int((int64_t)i << n % 40)), OTTL_OK);
      ottl_entry *e = ottl__rowmap_push(&arena, cell_map(map), VIEW("key"));
      assert_non_null(e);
      entry_set(e, i % 5 ? cell_bool(i % 2) : cell_string(view_of(text, i)));
    }
    wire_form(list);
    wire_form(map);
    wire_form(map_of(2, "list", list, "map", map));
  }
  ottl_cell deep = cell_string(view_of(text, 100)), wire = wire_form(map_of(1, "k", cell_int(1)));
  for (int i = 0; i < 40; i++) deep = i % 2 ? list_of(OTTL_T_LIST_ANY, 2, deep, wire) : map_of(2, "a", wire, "b", deep);
  wire_form(deep);
}

static void test_depth(void **state) {
  OTTL_UNUSED(state);
  ottl_cell c = cell_int(1), copy;
  for (int i = 0; i < 2000; i++) c = list_of(OTTL_T_LIST, 1, c);
  size_t n;
  bool r;
  assert_int_equal(ottl__anyvalue_size(c, &n), OTTL_LIMIT);
  assert_int_equal(ottl__anyvalue_bound(c, &n), OTTL_LIMIT);
  assert_int_equal(ottl__value_copy(&arena, c, &copy), OTTL_LIMIT);
  assert_int_equal(ottl__value_compare(&arena, c, c, OTTL_CMP_EQ, &r), OTTL_LIMIT);
}

static void test_compare(void **state) {
  OTTL_UNUSED(state);
  double nan = NAN;
  assert_true(cmp(cell_nil(), OTTL_CMP_LE, cell_nil()));
  assert_false(cmp(cell_nil(), OTTL_CMP_LT, cell_nil()));
  assert_true(cmp(cell_nil(), OTTL_CMP_NE, cell_int(0)));
  assert_false(cmp(cell_nil(), OTTL_CMP_LE, cell_int(0)));
  assert_true(eq(cell_nil(), cell_of_view(OTTL_T_BYTES, VIEW("")))); /* a nil []byte */
  assert_true(eq(cell_int(1), cell_double(1)));
  assert_true(cmp(cell_double(1.5), OTTL_CMP_GT, cell_int(1)));
  assert_true(eq(cell_int(INT64_MAX), cell_double(0x1p63)));
  assert_false(eq(cell_double(nan), cell_double(nan)));
  assert_false(cmp(cell_double(nan), OTTL_CMP_LE, cell_double(nan)));
  assert_true(cmp(cell_bool(false), OTTL_CMP_LT, cell_bool(true)));
  assert_false(eq(cell_bool(true), cell_int(1)));
  assert_true(cmp(str("a"), OTTL_CMP_LT, str("ab")));
  assert_false(cmp(str("1"), OTTL_CMP_LT, cell_int(2)));
  assert_true(cmp(str("1"), OTTL_CMP_NE, cell_int(1)));
  assert_false(eq(str("a"), cell_of_view(OTTL_T_BYTES, VIEW("a"))));
  ottl_zoned_time z = {.seconds = 5, .nanos = 7, .offset_seconds = 3600};
  ottl_cell t = {5, 7, OTTL_T_TIME}, zoned = {(uint64_t)(uintptr_t)&z, 0, OTTL_T_TIME_ZONED};
  assert_true(eq(t, zoned));
  assert_true(cmp((ottl_cell){(uint64_t)INT64_MIN, 0, OTTL_T_TIME}, OTTL_CMP_LT, t));
  assert_false(eq(t, cell_int(5)));

  /* pdata maps: no order, first of equal keys on the right side */
  ottl_cell ab = map_of(2, "a", cell_int(1), "b", cell_int(2)), ba = map_of(2, "b", cell_int(2), "a", cell_int(1));
  assert_true(eq(ab, ba));
  assert_true(eq(wire_form(ab), ba));
  assert_false(cmp(ab, OTTL_CMP_LT, ba));
  assert_false(eq(ab, map_of(2, "a", cell_double(1), "b", cell_int(2))));
  assert_false(eq(map_of(2, "a", cell_int(1), "a", cell_int(2)), map_of(2, "a", cell_int(1), "a", cell_int(2))));
  assert_true(eq(map_of(2, "a", cell_int(1), "a", cell_int(1)), map_of(2, "a", cell_int(1), "z", cell_int(2))));
  assert_false(eq(map_of(1, "a", cell_double(nan)), map_of(1, "a", cell_double(nan))));
  ottl_cell big1 = map_of(0), big2 = map_of(0);
  for (int i = 0; i < 100; i++) {
    char *k = arena_alloc(&arena, 16);
    snprintf(k, 16, "key%d", i);
    entry_set(ottl__rowmap_push(&arena, cell_map(big1), view_str(k)), cell_int(i));
    k = arena_alloc(&arena, 16);
    snprintf(k, 16, "key%d", 99 - i);
    entry_set(ottl__rowmap_push(&arena, cell_map(big2), view_str(k)), cell_int(99 - i));
  }
  assert_true(eq(big1, big2));

  /* lists: pdata with pdata, literals with both, Go lists with their own kind only */
  ottl_cell l = list_of(OTTL_T_LIST, 2, cell_int(1), str("x")), any = list_of(OTTL_T_LIST_ANY, 2, cell_int(1), str("x"));
  assert_true(eq(l, any));
  assert_true(eq(any, wire_form(l)));
  assert_true(eq(any, any));
  ottl_cell strings = list_of(OTTL_T_LIST_STRING, 1, str("x"));
  assert_false(eq(strings, list_of(OTTL_T_LIST_ANY, 1, str("x"))));
  assert_false(eq(list_of(OTTL_T_LIST, 1, str("x")), strings));
  assert_true(eq(strings, list_of(OTTL_T_LIST_STRING, 1, str("x"))));
  assert_false(eq(list_of(OTTL_T_LIST, 1, ab), list_of(OTTL_T_LIST_ANY, 1, ab))); /* map[string]any, pcommon.Map */
  assert_true(eq(list_of(OTTL_T_LIST_ANY, 1, ab), list_of(OTTL_T_LIST_ANY, 1, wire_form(ab))));
  assert_false(eq(list_of(OTTL_T_LIST_ANY, 1, ab), list_of(OTTL_T_LIST_ANY, 1, ba)));
  assert_true(eq(list_of(OTTL_T_LIST, 1, l), list_of(OTTL_T_LIST_ANY, 1, any)));
  assert_false(eq(list_of(OTTL_T_LIST_ANY, 1, cell_int(1)), list_of(OTTL_T_LIST_ANY, 1, cell_double(1))));
  bool r;
  assert_int_equal(ottl__value_equal_raw(&arena, ab, ba, &r), OTTL_OK);
  assert_true(r);
  assert_int_equal(ottl__value_equal_raw(&arena, cell_int(1), cell_double(1), &r), OTTL_OK);
  assert_true(r);
}

static void check_like(ottl_cell c, const char *want) {
  ottl_sbuf buf;
  ottl__sbuf_init(&buf, &arena.al);
  ottl_status status = ottl__value_string_like(&arena, &buf, c);
  if (want) {
    assert_int_equal(status, OTTL_OK);
    assert_true(view_is(sbuf_all(&buf), want));
  } else {
    assert_int_equal(status, OTTL_RUNTIME);
    assert_int_equal(buf.len, 0);
  }
  ottl__sbuf_done(&buf);
}
static void check_plain(ottl_cell c, const char *want) {
  ottl_sbuf buf;
  ottl__sbuf_init(&buf, &arena.al);
  assert_int_equal(ottl__value_as_string(&arena, &buf, c), OTTL_OK);
  assert_true(view_is(sbuf_all(&buf), want));
  ottl__sbuf_done(&buf);
}

static void test_text(void **state) {
  OTTL_UNUSED(state);
  check_like(str("<a>"), "<a>");
  check_like(cell_int(-42), "-42");
  check_like(cell_bool(true), "true");
  check_like(cell_double(1e-7), "1e-07");
  check_like(cell_double(NAN), NULL);
  check_like(cell_of_view(OTTL_T_BYTES, VIEW("\x00\xff")), "00ff");
  check_like((ottl_cell){1, 0, OTTL_T_TIME}, "\"1970-01-01T00:00:01Z\"");
  check_like(cell_of_view(OTTL_T_SPAN_ID, VIEW("\1\2\3\4\5\6\7\xff")), "[1,2,3,4,5,6,7,255]");
  ottl_cell m = map_of(5, "b", cell_double(1e-7), "a", str("<\b"), "c", cell_of_view(OTTL_T_BYTES, VIEW("")), "a", str("<\f"),
                       "d", list_of(OTTL_T_LIST, 2, cell_nil(), map_of(0)));
  check_like(m, "{\"a\":\"\\u003c\\u000c\",\"b\":1e-07,\"c\":null,\"d\":[null,{}]}");
  check_like(wire_form(m), "{\"a\":\"\\u003c\\u000c\",\"b\":1e-07,\"c\":null,\"d\":[null,{}]}");
  check_like(list_of(OTTL_T_LIST_ANY, 3, map_of(1, "k", cell_int(1)), list_of(OTTL_T_LIST_ANY, 1, cell_int(1)),
                     list_of(OTTL_T_LIST_STRING, 1, str("x"))),
             "[{},[1],[\"x\"]]");
  check_like(list_of(OTTL_T_LIST_UINT64, 1, cell_int(-1)), "[18446744073709551615]");
  check_like(map_of(1, "k", cell_double(INFINITY)), NULL);
  ottl_cell many = map_of(0);
  ottl_sbuf want;
  ottl__sbuf_init(&want, &arena.al);
  sbuf_byte(&want, '{');
  for (int i = 0; i < 90; i++) {
    char *k = arena_alloc(&arena, 16);
    snprintf(k, 16, "k%02d", (i * 37) % 90);
    entry_set(ottl__rowmap_push(&arena, cell_map(many), view_str(k)), cell_int((i * 37) % 90));
    ottl__sbuf_printf(&want, "%s\"k%02d\":%d", i ? "," : "", i, i);
  }
  sbuf_put(&want, "}", 2);
  check_like(many, want.data);
  ottl__sbuf_done(&want);

  check_plain(cell_nil(), "");
  check_plain(cell_double(INFINITY), "Infinity");
  check_plain(cell_double(1e-7), "1e-7");
  check_plain(cell_of_view(OTTL_T_BYTES, VIEW("\x00\xff")), "AP8=");
  check_plain(map_of(1, "k", str("<&>")), "{\"k\":\"<&>\"}");
  check_plain(map_of(1, "k", cell_double(NAN)), "");
}

/* Random edits of a map: a lookup finds what a search finds. */
static void test_lookup(void **state) {
  OTTL_UNUSED(state);
  ottl_rowmap map = {0};
  uint64_t random = 7;
  for (int step = 0; step < 60000; step++) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    uint32_t number = (uint32_t)(random >> 40) % 700, kind = (uint32_t)(random >> 33) % 8;
    char *text = arena_alloc(&arena, 16);
    ottl_view key = view_of(text, (size_t)snprintf(text, 16, "key%u", number));
    ottl_entry *e = ottl__rowmap_lookup(&arena, &map, key);
    assert_ptr_equal(e, ottl__rowmap_find(&map, key));
    if (kind < 4 && (!e || kind == 0)) { /* at times a key comes twice */
      assert_non_null(ottl__rowmap_push(&arena, &map, key));
    } else if (kind < 6 && e) {
      ottl__rowmap_remove_swap(&map, (uint32_t)(e - map.items));
    } else if (kind == 7 && number == 1 && map.n) { /* an edit of another kind */
      map.n /= 2;
      rowmap_moved(&map);
    }
    ottl_rowmap copy = map; /* has no part in the index */
    assert_ptr_equal(ottl__rowmap_lookup(&arena, &copy, key), ottl__rowmap_find(&copy, key));
  }
}

static void test_too_many_elements(void **state) {
  OTTL_UNUSED(state);
  ottl_cell v = cell_int(1), copy;
  uint32_t n = 0; /* elements of v, when it is copied */
  for (; n <= OTTL_MAX_VALUE_CELLS / 4; n = 2 * n + 2) v = list_of(OTTL_T_LIST, 2, v, v);
  assert_int_equal(ottl__value_copy(&arena, v, &copy), OTTL_OK);
  v = list_of(OTTL_T_LIST, 2, v, v);
  v = list_of(OTTL_T_LIST, 2, v, v);
  assert_int_equal(ottl__value_copy(&arena, v, &copy), OTTL_LIMIT);
}

static ottl_entry *raw_entry(ottl_rowmap *map, const char *key, ottl_cell value, uint32_t begin, uint32_t end) {
  ottl_entry *e = ottl__rowmap_push(&arena, map, view_str(key));
  assert_non_null(e);
  entry_set(e, value);
  e->raw_begin = begin;
  e->raw_end = end;
  e->dirty = 0;
  return e;
}

/* A row's entries as a map on the wire: neighbours, one with its value first, one whose tag takes two bytes, one that was written. */
static void test_rowmap_wire(void **state) {
  OTTL_UNUSED(state);
  static const char body[] = "\x32\x08\x0a\x01"
                             "a\x12\x03\x0a\x01"
                             "x"
                             "\x32\x07\x12\x02\x18\x05\x0a\x01"
                             "b"
                             "\xb2\x00\x07\x0a\x01"
                             "c\x12\x02\x18\x06"
                             "\x28\x01"
                             "\x32\x03\x0a\x01"
                             "d";
  ottl_rowmap map = {0};
  ottl_cell wire, copy;
  bool same;
  raw_entry(&map, "a", str("x"), 0, 10);
  raw_entry(&map, "b", cell_int(5), 10, 19);
  raw_entry(&map, "c", cell_int(6), 19, 29);
  raw_entry(&map, "d", cell_nil(), 31, 36);
  ottl_entry *e = raw_entry(&map, "e", cell_nil(), 0, 0);
  entry_set(e, str("new"));
  for (unsigned i = 0; i < 3; i++) { /* the second time, with a hole; the third time, moved */
    assert_int_equal(ottl__rowmap_wire(&arena, &map, (const uint8_t *)body, &wire), OTTL_OK);
    assert_int_equal(wire.tag, OTTL_T_MAP);
    assert_int_equal(ottl__value_compare(&arena, wire, cell_tree(OTTL_T_MAP, &map), OTTL_CMP_EQ, &same), OTTL_OK);
    assert_true(same);
    copy = wire;
    assert_int_equal(ottl__value_to_tree(&arena, &copy), OTTL_OK);
    assert_int_equal(cell_map(copy)->n, map.n);
    for (uint32_t k = 0; k < map.n; k++) assert_memory_equal(cell_map(copy)->items[k].key, map.items[k].key, 1);
    ottl__rowmap_remove_swap(&map, i ? 0 : 1);
  }
  ottl_rowmap none = {0};
  assert_int_equal(ottl__rowmap_wire(&arena, &none, (const uint8_t *)body, &wire), OTTL_OK);
  assert_int_equal(wire.tag, OTTL_T_MAP);
  assert_int_equal(wire.len, 0);
  entry_set(&map.items[0], list_of(OTTL_T_LIST, 1, str("a")));
  assert_int_equal(ottl__rowmap_wire(&arena, &map, (const uint8_t *)body, &wire), OTTL_OK);
  assert_int_equal(wire.tag, OTTL_T_NIL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_wire_oddities, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_put, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_compare, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_text, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_lookup, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_too_many_elements, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_rowmap_wire, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
