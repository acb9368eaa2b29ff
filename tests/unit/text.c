/* UTF-8, case, JSON scalars, hexadecimal and base64: the tables were printed by Go 1.26 and goccy/go-json 0.10.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/base64.h"
#include "base/gojson.h"
#include "base/gonum.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "base/unicode_case.h"
#include "base/utf8.h"

static const struct {
  ottl_view text;
  const char *upper, *lower, *valid;
  int runes;
} case_cases[] = {
    {VIEW(""), "", "", "", 0},
    {VIEW("plain"), "PLAIN", "plain", "plain", 5},
    {VIEW("MiXed 09"), "MIXED 09", "mixed 09", "MiXed 09", 8},
    {VIEW("\xc3\xa9"), "\xc3\x89", "\xc3\xa9", "\xc3\xa9", 1},
    {VIEW("Stra\xc3\x9f"
          "e"),
     "STRA\xc3\x9f"
     "E",
     "stra\xc3\x9f"
     "e",
     "Stra\xc3\x9f"
     "e",
     6},
    {VIEW("\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xbf\xce\xb4\xce\xbf\xcf\x82"),
     "\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\x9f\xce\x94\xce\x9f\xce\xa3",
     "\xce\xbf\xce\xb4\xce\xbf\xcf\x83 \xce\xbf\xce\xb4\xce\xbf\xcf\x82",
     "\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xbf\xce\xb4\xce\xbf\xcf\x82", 9},
    {VIEW("\xc4\xb0i \xc4\xb1 I"), "\xc4\xb0I I I", "ii \xc4\xb1 i", "\xc4\xb0i \xc4\xb1 I", 6},
    {VIEW("K \xc3\x85 \xc5\xbf"), "K \xc3\x85 S", "k \xc3\xa5 \xc5\xbf", "K \xc3\x85 \xc5\xbf", 5},
    {VIEW("\xc7\x86 \xc7\x85 \xc7\x84"), "\xc7\x84 \xc7\x84 \xc7\x84", "\xc7\x86 \xc7\x86 \xc7\x86", "\xc7\x86 \xc7\x85 \xc7\x84",
     5},
    {VIEW("\xc3\xbf \xc5\xb8 \xc2\xb5"), "\xc5\xb8 \xc5\xb8 \xce\x9c", "\xc3\xbf \xc3\xbf \xc2\xb5", "\xc3\xbf \xc5\xb8 \xc2\xb5",
     5},
    {VIEW("\xe1\xb2\x90 \xe1\x83\x90"), "\xe1\xb2\x90 \xe1\xb2\x90", "\xe1\x83\x90 \xe1\x83\x90", "\xe1\xb2\x90 \xe1\x83\x90", 3},
    {VIEW("\xea\xad\xb0 \xe1\x8e\xa0"), "\xe1\x8e\xa0 \xe1\x8e\xa0", "\xea\xad\xb0 \xea\xad\xb0", "\xea\xad\xb0 \xe1\x8e\xa0", 3},
    {VIEW("\xf0\x90\x90\x80 \xf0\x90\x90\xa8"), "\xf0\x90\x90\x80 \xf0\x90\x90\x80", "\xf0\x90\x90\xa8 \xf0\x90\x90\xa8",
     "\xf0\x90\x90\x80 \xf0\x90\x90\xa8", 3},
    {VIEW("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
     "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 3},
    {VIEW("a\xff"
          "b"),
     "A\xef\xbf\xbd"
     "B",
     "a\xef\xbf\xbd"
     "b",
     "a?b", 3},
    {VIEW("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd", "?", 2},
    {VIEW("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "?", 3},
    {VIEW("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "?", 4},
    {VIEW("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd", "?", 2},
    {VIEW("\xef\xbf\xbd ok"), "\xef\xbf\xbd OK", "\xef\xbf\xbd ok", "\xef\xbf\xbd ok", 4},
    {VIEW("longer ascii text than EIGHT bytes \xc3\xa9 and MORE of it"),
     "LONGER ASCII TEXT THAN EIGHT BYTES \xc3\x89 AND MORE OF IT", "longer ascii text than eight bytes \xc3\xa9 and more of it",
     "longer ascii text than EIGHT bytes \xc3\xa9 and MORE of it", 51},
};

static const struct {
  ottl_view text;
  const char *goccy, *std;
} json_cases[] = {
    {VIEW("<a href=\"x\">&amp;</a>"), "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026amp;\\u003c/a\\u003e\"",
     "\"<a href=\\\"x\\\">&amp;</a>\""},
    {VIEW("\x08\x0c\x0a\x0d\x09\x00\x1f\x7f\\/"), "\"\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\x7f\\\\/\"",
     "\"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\\\\/\""},
    {VIEW("\xe2\x80\xa8\xe2\x80\xa9"), "\"\\u2028\\u2029\"", "\"\\u2028\\u2029\""},
    {VIEW("12345678<"), "\"12345678\\u003c\"", "\"12345678<\""},
    {VIEW("1234567\""), "\"1234567\\\"\"", "\"1234567\\\"\""},
    {VIEW("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9>"), "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\\u003e\"",
     "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9>\""},
    {VIEW(""), "\"\"", "\"\""},
    {VIEW("plain"), "\"plain\"", "\"plain\""},
    {VIEW("MiXed 09"), "\"MiXed 09\"", "\"MiXed 09\""},
    {VIEW("\xc3\xa9"), "\"\xc3\xa9\"", "\"\xc3\xa9\""},
    {VIEW("Stra\xc3\x9f"
          "e"),
     "\"Stra\xc3\x9f"
     "e\"",
     "\"Stra\xc3\x9f"
     "e\""},
    {VIEW("\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xbf\xce\xb4\xce\xbf\xcf\x82"),
     "\"\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xbf\xce\xb4\xce\xbf\xcf\x82\"",
     "\"\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xbf\xce\xb4\xce\xbf\xcf\x82\""},
    {VIEW("\xc4\xb0i \xc4\xb1 I"), "\"\xc4\xb0i \xc4\xb1 I\"", "\"\xc4\xb0i \xc4\xb1 I\""},
    {VIEW("K \xc3\x85 \xc5\xbf"), "\"K \xc3\x85 \xc5\xbf\"", "\"K \xc3\x85 \xc5\xbf\""},
    {VIEW("\xc7\x86 \xc7\x85 \xc7\x84"), "\"\xc7\x86 \xc7\x85 \xc7\x84\"", "\"\xc7\x86 \xc7\x85 \xc7\x84\""},
    {VIEW("\xc3\xbf \xc5\xb8 \xc2\xb5"), "\"\xc3\xbf \xc5\xb8 \xc2\xb5\"", "\"\xc3\xbf \xc5\xb8 \xc2\xb5\""},
    {VIEW("\xe1\xb2\x90 \xe1\x83\x90"), "\"\xe1\xb2\x90 \xe1\x83\x90\"", "\"\xe1\xb2\x90 \xe1\x83\x90\""},
    {VIEW("\xea\xad\xb0 \xe1\x8e\xa0"), "\"\xea\xad\xb0 \xe1\x8e\xa0\"", "\"\xea\xad\xb0 \xe1\x8e\xa0\""},
    {VIEW("\xf0\x90\x90\x80 \xf0\x90\x90\xa8"), "\"\xf0\x90\x90\x80 \xf0\x90\x90\xa8\"", "\"\xf0\x90\x90\x80 \xf0\x90\x90\xa8\""},
    {VIEW("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"), "\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\"",
     "\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\""},
    {VIEW("a\xff"
          "b"),
     "\"a\\ufffdb\"", "\"a\\ufffdb\""},
    {VIEW("\xe2\x82"), "\"\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\""},
    {VIEW("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\\ufffd\""},
    {VIEW("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
    {VIEW("\xc0\x80"), "\"\\ufffd\\ufffd\"", "\"\\ufffd\\ufffd\""},
    {VIEW("\xef\xbf\xbd ok"), "\"\xef\xbf\xbd ok\"", "\"\xef\xbf\xbd ok\""},
    {VIEW("longer ascii text than EIGHT bytes \xc3\xa9 and MORE of it"),
     "\"longer ascii text than EIGHT bytes \xc3\xa9 and MORE of it\"",
     "\"longer ascii text than EIGHT bytes \xc3\xa9 and MORE of it\""},
};

static const struct {
  double value;
  const char *goccy, *std;
} number_cases[] = {
    {0.0, "0", "0"},
    {-0.0, "-0", "-0"},
    {1.0, "1", "1"},
    {0.1, "0.1", "0.1"},
    {1e-6, "0.000001", "0.000001"},
    {9.99e-7, "9.99e-07", "9.99e-7"},
    {1e-7, "1e-07", "1e-7"},
    {1.5e-10, "1.5e-10", "1.5e-10"},
    {1e20, "100000000000000000000", "100000000000000000000"},
    {1e21, "1e+21", "1e+21"},
    {-1e21, "-1e+21", "-1e+21"},
    {1e100, "1e+100", "1e+100"},
    {1e-100, "1e-100", "1e-100"},
    {123456789.0, "123456789", "123456789"},
    {5e-324, "5e-324", "5e-324"},
};

static const struct {
  ottl_view text;
  ottl_base64_form form;
  const char *bytes; /* NULL: corrupt */
  size_t bad;
} base64_cases[] = {
    {VIEW(""), 0, "", 0},
    {VIEW("QQ=="), 0, "A", 0},
    {VIEW("QUI="), 0, "AB", 0},
    {VIEW("QUJD"), 0, "ABC", 0},
    {VIEW("QQ"), 0, NULL, 0},
    {VIEW("Q"), 0, NULL, 0},
    {VIEW("QQ="), 0, NULL, 3},
    {VIEW("QQ==x"), 0, NULL, 4},
    {VIEW("QQ=x"), 0, NULL, 2},
    {VIEW("="), 0, NULL, 0},
    {VIEW("Q="), 0, NULL, 1},
    {VIEW("QUJDRA=="), 0, "ABCD", 0},
    {VIEW("QU\x0d\x0aJD\x0a"), 0, "ABC", 0},
    {VIEW("QQ=\x0a=\x0a"), 0, "A", 0},
    {VIEW("QR=="), 0, "A", 0},
    {VIEW("/+8="), 0, "\xff\xef", 0},
    {VIEW("_-8="), 0, NULL, 0},
    {VIEW("_-8="), 2, "\xff\xef", 0},
    {VIEW("/+8="), 2, NULL, 0},
    {VIEW("QQ"), 1, "A", 0},
    {VIEW("QQ=="), 1, NULL, 2},
    {VIEW("QUI"), 1, "AB", 0},
    {VIEW("Q"), 1, NULL, 0},
    {VIEW("QUJDR"), 1, NULL, 4},
    {VIEW("_-8"), 3, "\xff\xef", 0},
    {VIEW("Q*JD"), 0, NULL, 1},
    {VIEW("QUJD\x0a!"), 0, NULL, 5},
    {VIEW("\xc3\xa9"), 0, NULL, 0},
};

static ottl_sbuf buf;

static int start(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__sbuf_init(&buf, &al);
  return 0;
}

static int stop(void **state) {
  OTTL_UNUSED(state);
  ottl__sbuf_done(&buf);
  return 0;
}

static void check_buf(const char *expected) {
  sbuf_byte(&buf, 0);
  assert_string_equal(buf.data, expected);
  buf.len = 0;
}

static void test_case(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(case_cases); i++) {
    ottl_view text = case_cases[i].text;
    ottl__unicode_put_upper(&buf, text);
    check_buf(case_cases[i].upper);
    ottl__unicode_put_lower(&buf, text);
    check_buf(case_cases[i].lower);
    ottl__utf8_put_valid(&buf, text, VIEW("?"));
    bool valid = view_eq(sbuf_all(&buf), text);
    check_buf(case_cases[i].valid);
    assert_int_equal(utf8_valid(text), valid);
    assert_int_equal(ottl__utf8_count(text), case_cases[i].runes);
  }
  assert_int_equal(ottl__unicode_upper('z'), 'Z');
  assert_int_equal(ottl__unicode_lower(0x212a), 'k');
  assert_int_equal(ottl__unicode_lower(0x110000), 0x110000);
  ottl__utf8_put_replaced(&buf, VIEW("\xff\xfe"
                                     "a\xe2\x82"));
  check_buf("\xef\xbf\xbd\xef\xbf\xbd"
            "a\xef\xbf\xbd\xef\xbf\xbd");
}

/* Every rune there and back, from both ends, whole and cut. */
static void test_utf8(void **state) {
  OTTL_UNUSED(state);
  uint32_t rune;
  for (uint32_t r = 0; r <= OTTL_RUNE_MAX; r++) {
    char bytes[4];
    int n = ottl__utf8_encode(bytes, r);
    bool surrogate = r >= 0xd800 && r < 0xe000;
    assert_int_equal(utf8_decode(bytes, (size_t)n, &rune), n);
    assert_int_equal(rune, surrogate ? OTTL_RUNE_ERROR : r);
    assert_int_equal(ottl__utf8_decode_last(view_of(bytes, (size_t)n), &rune), n);
    assert_int_equal(rune, surrogate ? OTTL_RUNE_ERROR : r);
    if (n > 1) {
      assert_int_equal(utf8_decode(bytes, (size_t)n - 1, &rune), 1);
      assert_int_equal(rune, OTTL_RUNE_ERROR);
      assert_false(utf8_valid(view_of(bytes, (size_t)n - 1)));
    }
  }
  assert_int_equal(utf8_decode(NULL, 0, &rune), 0);
  assert_int_equal(ottl__utf8_decode_last(view_of(NULL, 0), &rune), 0);
  assert_int_equal(utf8_decode("\xed\xa0\x80", 3, &rune), 1);
  char bytes[4];
  assert_int_equal(ottl__utf8_encode(bytes, 0x110000), 3);
  assert_int_equal(ottl__utf8_ascii_prefix(VIEW("0123456789\xc3\xa9")), 10);
  assert_int_equal(ottl__utf8_valid_prefix(VIEW("0123456789\xc3\xa9\xff")), 12);
  assert_true(utf8_is_ascii(VIEW("")) && utf8_valid(view_of(NULL, 0)));
  assert_true(utf8_starts('a') && utf8_starts((char)0xc3) && !utf8_starts((char)0xa9));
}

static void test_json(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(json_cases); i++) {
    ottl__gojson_put_string(&buf, json_cases[i].text, OTTL_JSON_GOCCY);
    check_buf(json_cases[i].goccy);
    ottl__gojson_put_string(&buf, json_cases[i].text, OTTL_JSON_STD);
    check_buf(json_cases[i].std);
  }
  for (size_t i = 0; i < OTTL_COUNT(number_cases); i++) {
    bool unsupported = false;
    ottl__gojson_put_double(&buf, number_cases[i].value, OTTL_JSON_GOCCY, &unsupported);
    check_buf(number_cases[i].goccy);
    ottl__gojson_put_double(&buf, number_cases[i].value, OTTL_JSON_STD, &unsupported);
    check_buf(number_cases[i].std);
    assert_false(unsupported);
  }
  bool unsupported = false;
  ottl__gojson_put_double(&buf, -INFINITY, OTTL_JSON_GOCCY, &unsupported);
  assert_true(unsupported && buf.len == 0);
  ottl__gojson_put_plain_double(&buf, -INFINITY);
  ottl__gojson_put_plain_double(&buf, INFINITY);
  ottl__gojson_put_plain_double(&buf, (double)NAN);
  ottl__gojson_put_plain_double(&buf, 1e-7);
  check_buf("-InfinityInfinityNaN1e-7");
  ottl__gojson_put_unsupported(&buf, INFINITY);
  check_buf("json: unsupported value: +Inf");
  ottl__gojson_put_bytes(&buf, VIEW("a\xff"));
  ottl__gojson_put_bytes(&buf, VIEW(""));
  check_buf("\"Yf8=\"null");
}

static void test_key_order(void **state) {
  OTTL_UNUSED(state);
  static const char *const keys[] = {" ",  "",  "=",  "\n",        "<", "\xff",
                                     "a!", "a", "a#", "a\xc3\xa9", "b"}; /* as goccy sorts them */
  for (size_t i = 1; i < OTTL_COUNT(keys); i++) {
    ottl_view a = view_str(keys[i - 1]), b = view_str(keys[i]);
    assert_true(ottl__gojson_compare_keys(a, b, OTTL_JSON_GOCCY) < 0);
    assert_true(ottl__gojson_compare_keys(b, a, OTTL_JSON_GOCCY) > 0);
    assert_int_equal(ottl__gojson_compare_keys(a, a, OTTL_JSON_GOCCY), 0);
  }
  assert_int_equal(ottl__gojson_compare_keys(VIEW("x\xff"), VIEW("x\xfe"), OTTL_JSON_GOCCY), 0);
  assert_true(ottl__gojson_compare_keys(VIEW("a!"), VIEW("a"), OTTL_JSON_STD) > 0);
}

static void test_base64(void **state) {
  OTTL_UNUSED(state);
  char out[64];
  for (size_t i = 0; i < OTTL_COUNT(base64_cases); i++) {
    size_t len = 0, bad = 0;
    bool ok = ottl__base64_decode(out, &len, base64_cases[i].text, base64_cases[i].form, &bad);
    assert_int_equal(ok, base64_cases[i].bytes != NULL);
    assert_int_equal(bad, base64_cases[i].bad);
    if (ok) assert_true(view_eq(view_of(out, len), view_str(base64_cases[i].bytes)));
    if (ok) assert_true(len <= base64_decoded_max(base64_cases[i].text.len));
  }
  unsigned char all[256], back[256];
  char text[400];
  for (int i = 0; i < 256; i++) all[i] = (unsigned char)(i * 5);
  for (size_t n = 0; n <= sizeof all; n++) {
    for (int form = 0; form < 4; form++) {
      size_t len = ottl__base64_encode(text, all, n, (ottl_base64_form)form), got;
      assert_int_equal(len, ottl__base64_encoded_len(n, (ottl_base64_form)form));
      assert_true(ottl__base64_decode(back, &got, view_of(text, len), (ottl_base64_form)form, NULL));
      assert_true(view_eq(view_of(back, got), view_of(all, n)));
    }
  }
}

static void test_hex(void **state) {
  OTTL_UNUSED(state);
  unsigned char all[256], back[256];
  for (int i = 0; i < 256; i++) all[i] = (unsigned char)i;
  ottl__hex_put(&buf, view_of(all, sizeof all));
  assert_memory_equal(buf.data, "000102030405060708090a0b0c0d0e0f10", 34);
  assert_memory_equal(buf.data + 510, "ff", 2);
  assert_int_equal(ottl__hex_decode(back, sbuf_all(&buf), NULL), OTTL_HEX_OK);
  assert_memory_equal(back, all, sizeof all);
  buf.len = 0;
  size_t bad = 0;
  for (int i = 0; i < 34 * 256; i++) { /* every byte at every place of a text that is read 16 digits at a time */
    char digits[] = "0123456789abcdefABCDEF012345678901";
    unsigned char c = (unsigned char)(i & 255), out[17];
    digits[i / 256] = (char)c;
    bad = 99;
    ottl_hex_error error = ottl__hex_decode(out, view_of(digits, 34), &bad);
    bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    assert_int_equal(error, is_hex ? OTTL_HEX_OK : OTTL_HEX_BYTE);
    if (!is_hex) assert_int_equal(bad, i / 256);
    for (unsigned k = 0; is_hex && k < 17; k++)
      assert_int_equal(out[k], hex_value(digits[2 * k]) << 4 | hex_value(digits[2 * k + 1]));
  }
  assert_int_equal(ottl__hex_decode(back, VIEW("aF0"), &bad), OTTL_HEX_LENGTH);
  assert_int_equal(ottl__hex_decode(back, VIEW("aFg"), &bad), OTTL_HEX_BYTE);
  assert_int_equal(bad, 2);
  assert_int_equal(ottl__hex_decode(back, VIEW("aFa@"), &bad), OTTL_HEX_BYTE);
  assert_int_equal(bad, 3);
  assert_int_equal(hex_value('G'), -1);
}

static void *no_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(old);
  OTTL_UNUSED(old_bytes);
  OTTL_UNUSED(new_bytes);
  return NULL;
}
static void *no_alloc(void *context, size_t bytes) { return no_realloc(context, NULL, 0, bytes); }
static void no_free(void *context, void *memory, size_t bytes) { no_realloc(context, memory, bytes, 0); }

static void test_no_memory(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator none = {no_alloc, no_realloc, no_free, NULL};
  ottl_sbuf dry;
  for (int i = 0; i < 10; i++) {
    ottl__sbuf_init(&dry, &none);
    switch (i) {
    case 0: ottl__gojson_put_string(&dry, VIEW("a<\xff"), OTTL_JSON_GOCCY); break;
    case 1: ottl__gojson_put_bytes(&dry, VIEW("a")); break;
    case 2: ottl__unicode_put_upper(&dry, VIEW("a\xc3\xa9")); break;
    case 3: ottl__utf8_put_valid(&dry, VIEW("a\xff"), VIEW("?")); break;
    case 4: ottl__hex_put(&dry, VIEW("a")); break;
    case 5: ottl__gonum_put_int(&dry, 5); break;
    case 6: ottl__gonum_put_double(&dry, 5, 'g'); break;
    case 7: ottl__gotime_put_duration(&dry, 5); break;
    case 8: ottl__gotime_put_string(&dry, (ottl_instant){0, 0}, 0, VIEW("UTC")); break;
    default: ottl__gotime_put_duration_error(&dry, OTTL_DURATION_INVALID, VIEW("x"), VIEW("")); break;
    }
    assert_int_equal(sbuf_status(&dry), OTTL_NOMEM);
    ottl__sbuf_done(&dry);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_case),      cmocka_unit_test(test_utf8),   cmocka_unit_test(test_json),
      cmocka_unit_test(test_key_order), cmocka_unit_test(test_base64), cmocka_unit_test(test_hex),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
