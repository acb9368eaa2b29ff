/* Numbers to and from text: the tables were printed by Go 1.26. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/gonum.h"

static const struct {
  uint64_t bits;
  const char *g, *f, *e;
} print_cases[] = {
    {0x0000000000000000, "0", "0", "0e+00"},
    {0x8000000000000000, "-0", "-0", "-0e+00"},
    {0x3ff0000000000000, "1", "1", "1e+00"},
    {0xbff0000000000000, "-1", "-1", "-1e+00"},
    {0x3fb999999999999a, "0.1", "0.1", "1e-01"},
    {0x3fd3333333333333, "0.3", "0.3", "3e-01"},
    {0x3fd5555555555555, "0.3333333333333333", "0.3333333333333333", "3.333333333333333e-01"},
    {0x40f86a0000000000, "100000", "100000", "1e+05"},
    {0x412e847e00000000, "999999", "999999", "9.99999e+05"},
    {0x412e848000000000, "1e+06", "1000000", "1e+06"},
    {0x419d6f3454000000, "1.23456789e+08", "123456789", "1.23456789e+08"},
    {0x4415af1d78b58c40, "1e+20", "100000000000000000000", "1e+20"},
    {0x444b1ae4d6e2ef50, "1e+21", "1000000000000000000000", "1e+21"},
    {0x4480f0cf064dd592, "1e+22", "10000000000000000000000", "1e+22"},
    {0x44b52d02c7e14af6, "1e+23", "100000000000000000000000", "1e+23"},
    {0x4340000000000000, "9.007199254740992e+15", "9007199254740992", "9.007199254740992e+15"},
    {0x433fffffffffffff, "9.007199254740991e+15", "9007199254740991", "9.007199254740991e+15"},
    {0x3f1a36e2eb1c432d, "0.0001", "0.0001", "1e-04"},
    {0x3f202e4b6ce5dc68, "0.00012345", "0.00012345", "1.2345e-04"},
    {0x3ee4f8b588e368f1, "1e-05", "0.00001", "1e-05"},
    {0x3e7ad7f29abcaf48, "1e-07", "0.0000001", "1e-07"},
    {0x0000000000000001, "5e-324", "", "5e-324"},
    {0x8000000000000001, "-5e-324", "", "-5e-324"},
    {0x0010000000000000, "2.2250738585072014e-308", "", "2.2250738585072014e-308"},
    {0x000fffffffffffff, "2.225073858507201e-308", "", "2.225073858507201e-308"},
    {0x7fefffffffffffff, "1.7976931348623157e+308", "", "1.7976931348623157e+308"},
    {0x400921fb54442d18, "3.141592653589793", "3.141592653589793", "3.141592653589793e+00"},
    {0x44dfe185ca57c517, "6.02214076e+23", "602214076000000000000000", "6.02214076e+23"},
    {0x4011666666666666, "4.35", "4.35", "4.35e+00"},
    {0x3eb0c6f7a0b5ed8d, "1e-06", "0.000001", "1e-06"},
    {0x36dc8b8218854567, "2e-44", "0.00000000000000000000000000000000000000000002", "2e-44"},
    {0x3d30000000000000, "5.684341886080802e-14", "0.00000000000005684341886080802", "5.684341886080802e-14"},
    {0x4630000000000000, "1.2676506002282294e+30", "1267650600228229400000000000000", "1.2676506002282294e+30"},
    {0x0170000000000000, "9.332636185032189e-302", "", "9.332636185032189e-302"},
    {0x4350000000000000, "1.8014398509481984e+16", "18014398509481984", "1.8014398509481984e+16"},
    {0x3eb0000000000000, "9.5367431640625e-07", "0.00000095367431640625", "9.5367431640625e-07"},
    {0x7ff8000000000001, "NaN", "NaN", "NaN"},
    {0x7ff0000000000000, "+Inf", "+Inf", "+Inf"},
    {0xfff0000000000000, "-Inf", "-Inf", "-Inf"},
};

static const struct {
  ottl_view text;
  ottl_num_error error;
  uint64_t bits;
} read_cases[] = {
    {VIEW(""), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("+"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("-"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("."), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("e"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1e"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1e+"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1"), OTTL_NUM_OK, 0x3ff0000000000000},
    {VIEW("-1"), OTTL_NUM_OK, 0xbff0000000000000},
    {VIEW("+1"), OTTL_NUM_OK, 0x3ff0000000000000},
    {VIEW(".5"), OTTL_NUM_OK, 0x3fe0000000000000},
    {VIEW("5."), OTTL_NUM_OK, 0x4014000000000000},
    {VIEW("1.5e3"), OTTL_NUM_OK, 0x4097700000000000},
    {VIEW("1E-2"), OTTL_NUM_OK, 0x3f847ae147ae147b},
    {VIEW("inf"), OTTL_NUM_OK, 0x7ff0000000000000},
    {VIEW("-INF"), OTTL_NUM_OK, 0xfff0000000000000},
    {VIEW("+Infinity"), OTTL_NUM_OK, 0x7ff0000000000000},
    {VIEW("infin"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("infinityx"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("nan"), OTTL_NUM_OK, 0x7ff8000000000001},
    {VIEW("NaN"), OTTL_NUM_OK, 0x7ff8000000000001},
    {VIEW("+nan"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("i"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x1p"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x1p4"), OTTL_NUM_OK, 0x4030000000000000},
    {VIEW("-0X.8P-1"), OTTL_NUM_OK, 0xbfd0000000000000},
    {VIEW("0x.p1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x_1p4"), OTTL_NUM_OK, 0x4030000000000000},
    {VIEW("0x1_0p4"), OTTL_NUM_OK, 0x4070000000000000},
    {VIEW("1_0"), OTTL_NUM_OK, 0x4024000000000000},
    {VIEW("1__0"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("_1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1_"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1_.5"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1._5"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1e1_0"), OTTL_NUM_OK, 0x4202a05f20000000},
    {VIEW("1e_1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0b1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("0x1p-1074"), OTTL_NUM_OK, 0x0000000000000001},
    {VIEW("0x1p-1075"), OTTL_NUM_OK, 0x0000000000000000},
    {VIEW("0x1.8p-1075"), OTTL_NUM_OK, 0x0000000000000001},
    {VIEW("0x1p1023"), OTTL_NUM_OK, 0x7fe0000000000000},
    {VIEW("0x1p1024"), OTTL_NUM_RANGE, 0x7ff0000000000000},
    {VIEW("0x1.fffffffffffff7p1023"), OTTL_NUM_OK, 0x7fefffffffffffff},
    {VIEW("0x1.fffffffffffff8p1023"), OTTL_NUM_RANGE, 0x7ff0000000000000},
    {VIEW("0x1.00000000000008p0"), OTTL_NUM_OK, 0x3ff0000000000000},
    {VIEW("0x1.000000000000080000000001p0"), OTTL_NUM_OK, 0x3ff0000000000001},
    {VIEW("0x1.00000000000018p0"), OTTL_NUM_OK, 0x3ff0000000000002},
    {VIEW("1e400"), OTTL_NUM_RANGE, 0x7ff0000000000000},
    {VIEW("-1e400"), OTTL_NUM_RANGE, 0xfff0000000000000},
    {VIEW("1e-400"), OTTL_NUM_OK, 0x0000000000000000},
    {VIEW("1e99999999999"), OTTL_NUM_RANGE, 0x7ff0000000000000},
    {VIEW("0e99999999"), OTTL_NUM_OK, 0x0000000000000000},
    {VIEW("1.7976931348623158e308"), OTTL_NUM_OK, 0x7fefffffffffffff},
    {VIEW("1.7976931348623159e308"), OTTL_NUM_RANGE, 0x7ff0000000000000},
    {VIEW("2.4703282292062327208e-324"), OTTL_NUM_OK, 0x0000000000000000},
    {VIEW("2.4703282292062328e-324"), OTTL_NUM_OK, 0x0000000000000001},
    {VIEW("4.9e-324"), OTTL_NUM_OK, 0x0000000000000001},
    {VIEW("3e-324"), OTTL_NUM_OK, 0x0000000000000001},
    {VIEW("1.2.3"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1 "), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW(" 1"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("1\x00"), OTTL_NUM_SYNTAX, 0x0000000000000000},
    {VIEW("-0"), OTTL_NUM_OK, 0x8000000000000000},
    {VIEW("9007199254740993"), OTTL_NUM_OK, 0x4340000000000000},
    {VIEW("9007199254740992.99999999999999999999999999"), OTTL_NUM_OK, 0x4340000000000000},
    {VIEW("9007199254740993.00000000000000000000000000000000000001"), OTTL_NUM_OK, 0x4340000000000001},
    {VIEW("2.2250738585072011e-308"), OTTL_NUM_OK, 0x000fffffffffffff},
    {VIEW("6.9294956446009195e15"), OTTL_NUM_OK, 0x43389e56ee5e7a58},
    {VIEW("89255.0000000000000000000000000001e-320"), OTTL_NUM_OK, 0x000000000ac49033},
    {VIEW("0.000000000000000000000000000000000000000000000000000123456789012345678901234567890e60"), OTTL_NUM_OK,
     0x419d6f34540ca458},
    {VIEW("12345678901234567890123456789012345678901234567890"), OTTL_NUM_OK, 0x4a20e4fec6d355f0},
    {VIEW("1\xd9\xa2"), OTTL_NUM_SYNTAX, 0x0000000000000000},
};

static const struct {
  ottl_view text;
  int base;
  ottl_num_error error;
  int64_t value;
} int_cases[] = {
    {VIEW(""), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("+"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("-"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("0"), 10, OTTL_NUM_OK, 0},
    {VIEW("-0"), 10, OTTL_NUM_OK, 0},
    {VIEW("+7"), 10, OTTL_NUM_OK, 7},
    {VIEW("9223372036854775807"), 10, OTTL_NUM_OK, 9223372036854775807},
    {VIEW("9223372036854775808"), 10, OTTL_NUM_RANGE, 9223372036854775807},
    {VIEW("-9223372036854775808"), 10, OTTL_NUM_OK, INT64_MIN},
    {VIEW("-9223372036854775809"), 10, OTTL_NUM_RANGE, INT64_MIN},
    {VIEW("99999999999999999999"), 10, OTTL_NUM_RANGE, 9223372036854775807},
    {VIEW("99999999999999999999x"), 10, OTTL_NUM_RANGE, 9223372036854775807},
    {VIEW("1_0"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("0x10"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW(" 1"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("1 "), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("0x1f"), 0, OTTL_NUM_OK, 31},
    {VIEW("0X_1f"), 0, OTTL_NUM_OK, 31},
    {VIEW("0x"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("0b101"), 0, OTTL_NUM_OK, 5},
    {VIEW("0b2"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("0o17"), 0, OTTL_NUM_OK, 15},
    {VIEW("017"), 0, OTTL_NUM_OK, 15},
    {VIEW("08"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("1_000"), 0, OTTL_NUM_OK, 1000},
    {VIEW("1__0"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("_1"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("1_"), 0, OTTL_NUM_SYNTAX, 0},
    {VIEW("0_7"), 0, OTTL_NUM_OK, 7},
    {VIEW("-0x8000000000000000"), 0, OTTL_NUM_OK, INT64_MIN},
    {VIEW("0x8000000000000000"), 0, OTTL_NUM_RANGE, 9223372036854775807},
    {VIEW("0x1f"), 16, OTTL_NUM_SYNTAX, 0},
    {VIEW("fF"), 16, OTTL_NUM_OK, 255},
    {VIEW("zz"), 36, OTTL_NUM_OK, 1295},
    {VIEW("12"), 2, OTTL_NUM_SYNTAX, 0},
    {VIEW("1"), 1, OTTL_NUM_BASE, 0},
    {VIEW("1"), 37, OTTL_NUM_BASE, 0},
    {VIEW("--1"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("1\x00"), 10, OTTL_NUM_SYNTAX, 0},
    {VIEW("@"), 16, OTTL_NUM_SYNTAX, 0},
    {VIEW("`"), 36, OTTL_NUM_SYNTAX, 0},
};

static void check_print(double value, char style, const char *expected) {
  char out[OTTL_DOUBLE_TEXT_MAX + 1];
  out[ottl__gonum_format_double(out, value, style)] = 0;
  assert_string_equal(out, expected);
}

static void test_print(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(print_cases); i++) {
    double v = double_of_bits(print_cases[i].bits);
    check_print(v, 'g', print_cases[i].g);
    check_print(v, 'e', print_cases[i].e);
    if (print_cases[i].f[0]) check_print(v, 'f', print_cases[i].f);
  }
  char out[OTTL_DOUBLE_TEXT_MAX];
  assert_int_equal(ottl__gonum_format_double(out, -5e-324, 'f'), 327);
  assert_int_equal(ottl__gonum_format_double(out, -1.7976931348623157e308, 'f'), 310);
}

static void test_read(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(read_cases); i++) {
    double v = 77;
    assert_int_equal(ottl__gonum_parse_double(read_cases[i].text, &v), read_cases[i].error);
    if (read_cases[i].error == OTTL_NUM_SYNTAX)
      assert_true(v == 77);
    else
      assert_int_equal(bits_of_double(v), read_cases[i].bits);
  }
}

/* Every power of ten in the table, and many doubles, through the C library and back. */
static void test_round_trip(void **state) {
  OTTL_UNUSED(state);
  char text[64], out[OTTL_DOUBLE_TEXT_MAX];
  for (int e = -345; e <= 308; e++) {
    for (int m = 1; m < 100; m += 7) {
      int n = snprintf(text, sizeof text, "%de%d", m, e);
      double v = -1, expected = strtod(text, NULL);
      ottl_num_error error = ottl__gonum_parse_double(view_of(text, (size_t)n), &v);
      assert_int_equal(error, isinf(expected) ? OTTL_NUM_RANGE : OTTL_NUM_OK);
      assert_int_equal(bits_of_double(v), bits_of_double(expected));
    }
  }
  uint64_t x = 88172645463325252u;
  for (int i = 0; i < 200000; i++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    double v = double_of_bits(i & 1 ? x : x >> (i >> 1 & 63)), back;
    if (!isfinite(v)) continue;
    size_t n = ottl__gonum_format_double(out, v, "efg"[i % 3]);
    assert_int_equal(ottl__gonum_parse_double(view_of(out, n), &back), OTTL_NUM_OK);
    assert_int_equal(bits_of_double(back), bits_of_double(v));
    int n_read = snprintf(text, sizeof text, "%.*e", i % 25, v);
    double expected = strtod(text, NULL);
    ottl_num_error error = ottl__gonum_parse_double(view_of(text, (size_t)n_read), &back);
    assert_int_equal(error, isinf(expected) ? OTTL_NUM_RANGE : OTTL_NUM_OK);
    assert_int_equal(bits_of_double(back), bits_of_double(expected));
  }
}

/* Values of few decimals, which have a way of their own: no shorter digits read back as them. */
static void test_few_decimals(void **state) {
  OTTL_UNUSED(state);
  uint64_t x = 88172645463325252u;
  for (int i = 0; i < 200000; i++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    double v = (double)(x >> (i & 63)) / (i % 3 ? 1000 : 10);
    if (i % 5 == 0) v = nextafter(v, i & 1 ? 0 : INFINITY);
    if (v == 0) continue;
    char text[64], digits[OTTL_DIGITS_MAX];
    int point, n = ottl__gonum_shortest(digits, v, &point);
    assert_in_range(n, 1, 17);
    snprintf(text, sizeof text, "%.*s", n, digits);
    snprintf(text + n, sizeof text - (size_t)n, "e%d", point - n);
    assert_int_equal(bits_of_double(strtod(text, NULL)), bits_of_double(v));
    snprintf(text, sizeof text, "%.*e", n - 2, v);
    assert_true(n == 1 || strtod(text, NULL) != v);
  }
}

static void test_integers_of_any_length(void **state) {
  OTTL_UNUSED(state);
  uint64_t x = 88172645463325252u, power = 1;
  for (int i = 0; i < 200000; i++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    uint64_t v = i % 2 ? x >> (i & 63) : power - (unsigned)(i % 4) / 2;
    if (i % 4 == 3) power = power > UINT64_MAX / 10 ? 1 : power * 10;
    char text[32], out[OTTL_INT_TEXT_MAX];
    int n = snprintf(text, sizeof text, "%" PRIu64, v);
    assert_int_equal(ottl__gonum_format_uint(out, v), n);
    assert_memory_equal(out, text, n);
  }
}

/* Exactly halfway between two doubles, with up to 1,075 digits, and a little beside it. */
static void test_halfway(void **state) {
  OTTL_UNUSED(state);
  static char text[4096];
  for (int e = -1074; e < 971; e += 13) {
    long double half = ldexpl(0x10000000000001p1L + 1, e - 1); /* m is odd: even is above */
    int n = snprintf(text, sizeof text, "%.1100Le", half);
    double low = ldexp(0x10000000000001p0, e), high = ldexp(0x10000000000002p0, e), v;
    assert_int_equal(ottl__gonum_parse_double(view_of(text, (size_t)n), &v), OTTL_NUM_OK);
    assert_true(v == high);
    char *last = strchr(text, 'e') - 1;
    *last = '1';
    assert_int_equal(ottl__gonum_parse_double(view_of(text, (size_t)n), &v), OTTL_NUM_OK);
    assert_true(v == high);
    n = snprintf(text, sizeof text, "%.1100Le", nextafterl(half, 0));
    assert_int_equal(ottl__gonum_parse_double(view_of(text, (size_t)n), &v), OTTL_NUM_OK);
    assert_true(v == low);
  }
  /* Half of the least double is 0, a bit more is not; 2,000 digits are no trouble. */
  int n = snprintf(text, sizeof text, "%.1100Le", ldexpl(1, -1075));
  double v;
  assert_int_equal(ottl__gonum_parse_double(view_of(text, (size_t)n), &v), OTTL_NUM_OK);
  assert_true(v == 0);
  *(strchr(text, 'e') - 1) = '1';
  assert_int_equal(ottl__gonum_parse_double(view_of(text, (size_t)n), &v), OTTL_NUM_OK);
  assert_true(v == 5e-324);
  memset(text, '9', 4000);
  assert_int_equal(ottl__gonum_parse_double(view_of(text, 4000), &v), OTTL_NUM_RANGE);
  memset(text, '0', 3900);
  text[1] = '.';
  memcpy(text + 3990, "e4000     ", 10);
  assert_int_equal(ottl__gonum_parse_double(view_of(text, 3995), &v), OTTL_NUM_OK);
  assert_true(v == 1e102);
}

static void test_ints(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(int_cases); i++) {
    int64_t v = 77;
    assert_int_equal(ottl__gonum_parse_int(int_cases[i].text, int_cases[i].base, &v), int_cases[i].error);
    bool stored = int_cases[i].error == OTTL_NUM_OK || int_cases[i].error == OTTL_NUM_RANGE;
    assert_int_equal(v, stored ? int_cases[i].value : 77);
  }
  uint64_t u;
  assert_int_equal(ottl__gonum_parse_uint(VIEW("18446744073709551615"), 10, &u), OTTL_NUM_OK);
  assert_int_equal(u, UINT64_MAX);
  assert_int_equal(ottl__gonum_parse_uint(VIEW("18446744073709551616"), 10, &u), OTTL_NUM_RANGE);
  assert_int_equal(ottl__gonum_parse_uint(VIEW("-1"), 10, &u), OTTL_NUM_SYNTAX);
  assert_string_equal(ottl__gonum_error_text(OTTL_NUM_RANGE), "value out of range");

  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_sbuf buf;
  ottl__sbuf_init(&buf, &al);
  ottl__gonum_put_int(&buf, INT64_MIN);
  sbuf_byte(&buf, ' ');
  ottl__gonum_put_uint(&buf, UINT64_MAX);
  sbuf_byte(&buf, ' ');
  ottl__gonum_put_int_base(&buf, INT64_MIN, 2);
  sbuf_byte(&buf, ' ');
  ottl__gonum_put_int_base(&buf, -35 * 36 - 10, 36);
  sbuf_byte(&buf, ' ');
  ottl__gonum_put_double(&buf, 0.25, 'g');
  assert_true(view_is(sbuf_all(&buf), "-9223372036854775808 18446744073709551615 "
                                      "-1000000000000000000000000000000000000000000000000000000000000000 -za 0.25"));
  ottl__sbuf_done(&buf);
  char out[OTTL_INT_TEXT_MAX + 1], expected[32];
  for (int64_t v = 1; v < INT64_MAX / 11; v = v * 10 + 9) {
    out[ottl__gonum_format_int(out, -v)] = 0;
    snprintf(expected, sizeof expected, "%lld", (long long)-v);
    assert_string_equal(out, expected);
  }
}

static void test_bool_and_conversion(void **state) {
  OTTL_UNUSED(state);
  bool b = false;
  static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"}, *const no[] = {"0",     "f",     "F",
                                                                                           "false", "FALSE", "False"};
  for (size_t i = 0; i < OTTL_COUNT(yes); i++) {
    assert_true(ottl__gonum_parse_bool(view_str(yes[i]), &b) && b);
    assert_true(ottl__gonum_parse_bool(view_str(no[i]), &b) && !b);
  }
  assert_false(ottl__gonum_parse_bool(VIEW("yes"), &b));
  assert_false(ottl__gonum_parse_bool(VIEW("tRUE"), &b));
  assert_false(ottl__gonum_parse_bool(VIEW(""), &b));
  assert_int_equal(gonum_int_of_double(-1.9), -1);
  assert_int_equal(gonum_int_of_double(0x1p63), INT64_MIN);
  assert_int_equal(gonum_int_of_double(-0x1p63), INT64_MIN);
  assert_int_equal(gonum_int_of_double(nextafter(0x1p63, 0)), 9223372036854774784);
  assert_int_equal(gonum_int_of_double((double)NAN), INT64_MIN);
  assert_int_equal(gonum_int_of_double(-INFINITY), INT64_MIN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_print),
      cmocka_unit_test(test_read),
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_few_decimals),
      cmocka_unit_test(test_integers_of_any_length),
      cmocka_unit_test(test_halfway),
      cmocka_unit_test(test_ints),
      cmocka_unit_test(test_bool_and_conversion),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
