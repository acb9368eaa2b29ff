/* Instants, civil time and durations: the tables were printed by Go 1.26. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/gotime.h"

static const struct {
  ottl_view text;
  int64_t ns;
  const char *error;
} duration_cases[] = {
    {VIEW(""), 0, "time: invalid duration \"\""},
    {VIEW("0"), 0, NULL},
    {VIEW("+0"), 0, NULL},
    {VIEW("-"), 0, "time: invalid duration \"-\""},
    {VIEW("+"), 0, "time: invalid duration \"+\""},
    {VIEW("00"), 0, "time: missing unit in duration \"00\""},
    {VIEW("1"), 0, "time: missing unit in duration \"1\""},
    {VIEW("1s"), 1000000000, NULL},
    {VIEW("-1.5h"), -5400000000000, NULL},
    {VIEW("2h45m"), 9900000000000, NULL},
    {VIEW("300ms"), 300000000, NULL},
    {VIEW(".5s"), 500000000, NULL},
    {VIEW("1.s"), 1000000000, NULL},
    {VIEW(".s"), 0, "time: invalid duration \".s\""},
    {VIEW("1.5"), 0, "time: missing unit in duration \"1.5\""},
    {VIEW("1d"), 0, "time: unknown unit \"d\" in duration \"1d\""},
    {VIEW("1 s"), 0, "time: unknown unit \" s\" in duration \"1 s\""},
    {VIEW("1\xc2\xb5s"), 1000, NULL},
    {VIEW("1\xce\xbcs"), 1000, NULL},
    {VIEW("1us"), 1000, NULL},
    {VIEW("1\xffs"), 0, "time: unknown unit \"\\xffs\" in duration \"1\\xffs\""},
    {VIEW("1\""), 0, "time: unknown unit \"\\\"\" in duration \"1\\\"\""},
    {VIEW("\xc3\xa9"), 0, "time: invalid duration \"\\xc3\\xa9\""},
    {VIEW("1\xc3\xa9"), 0, "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\""},
    {VIEW("9223372036854775807ns"), 9223372036854775807, NULL},
    {VIEW("9223372036854775808ns"), 0, "time: invalid duration \"9223372036854775808ns\""},
    {VIEW("-9223372036854775808ns"), INT64_MIN, NULL},
    {VIEW("-9223372036854775809ns"), 0, "time: invalid duration \"-9223372036854775809ns\""},
    {VIEW("2562047h47m16.854775807s"), 9223372036854775807, NULL},
    {VIEW("2562047h47m16.854775808s"), 0, "time: invalid duration \"2562047h47m16.854775808s\""},
    {VIEW("3000000h"), 0, "time: invalid duration \"3000000h\""},
    {VIEW("0.3333333333333333333h"), 1200000000000, NULL},
    {VIEW("0.9223372036854775807h"), 3320413933267, NULL},
    {VIEW("1.0000000000000000000000000000001s"), 1000000000, NULL},
    {VIEW("1h1h"), 7200000000000, NULL},
    {VIEW("s"), 0, "time: invalid duration \"s\""},
    {VIEW("1s "), 0, "time: unknown unit \"s \" in duration \"1s \""},
    {VIEW("0.100000000000000000000h"), 360000000000, NULL},
    {VIEW("9223372036854775808ns9223372036854775808ns"), 0, NULL},
    {VIEW("1\x01"), 0, "time: unknown unit \"\\x01\" in duration \"1\\x01\""},
    {VIEW("-0.5ns"), 0, NULL},
    {VIEW("1.9ns"), 1, NULL},
};

static const struct {
  int64_t ns;
  const char *text;
} duration_texts[] = {
    {0, "0s"},
    {1, "1ns"},
    {-1, "-1ns"},
    {999, "999ns"},
    {1000, "1\xc2\xb5s"},
    {1100, "1.1\xc2\xb5s"},
    {999999, "999.999\xc2\xb5s"},
    {1000000, "1ms"},
    {1500000, "1.5ms"},
    {999999999, "999.999999ms"},
    {1000000000, "1s"},
    {1000000001, "1.000000001s"},
    {60000000000, "1m0s"},
    {61500000000, "1m1.5s"},
    {3600000000000, "1h0m0s"},
    {3661000000000, "1h1m1s"},
    {90061000000001, "25h1m1.000000001s"},
    {9223372036854775807, "2562047h47m16.854775807s"},
    {INT64_MIN, "-2562047h47m16.854775808s"},
    {-1500, "-1.5\xc2\xb5s"},
};

static const struct {
  int64_t seconds;
  uint32_t nanos;
  int32_t offset;
  const char *zone, *json, *text; /* json NULL: an error */
  int year_day, weekday;
} time_cases[] = {
    {0, 0, 0, "UTC", "\"1970-01-01T00:00:00Z\"", "1970-01-01 00:00:00 +0000 UTC", 1, 4},
    {1709210096, 789012345, 0, "UTC", "\"2024-02-29T12:34:56.789012345Z\"", "2024-02-29 12:34:56.789012345 +0000 UTC", 60, 4},
    {1709210096, 120000000, 3600, "CET", "\"2024-02-29T13:34:56.12+01:00\"", "2024-02-29 13:34:56.12 +0100 CET", 60, 4},
    {-1, 999999999, 0, "UTC", "\"1969-12-31T23:59:59.999999999Z\"", "1969-12-31 23:59:59.999999999 +0000 UTC", 365, 3},
    {951782400, 0, 0, "UTC", "\"2000-02-29T00:00:00Z\"", "2000-02-29 00:00:00 +0000 UTC", 60, 2},
    {-2203891200, 1, -18000, "EST", "\"1900-02-28T19:00:00.000000001-05:00\"", "1900-02-28 19:00:00.000000001 -0500 EST", 59, 3},
    {4107542399, 0, 0, "UTC", "\"2100-02-28T23:59:59Z\"", "2100-02-28 23:59:59 +0000 UTC", 59, 0},
    {-62135596800, 0, 0, "UTC", "\"0001-01-01T00:00:00Z\"", "0001-01-01 00:00:00 +0000 UTC", 1, 1},
    {-62167219200, 0, 0, "UTC", "\"0000-01-01T00:00:00Z\"", "0000-01-01 00:00:00 +0000 UTC", 1, 6},
    {-62167219201, 0, 0, "UTC", NULL, "-0001-12-31 23:59:59 +0000 UTC", 365, 5},
    {253402300799, 999999999, 0, "UTC", "\"9999-12-31T23:59:59.999999999Z\"", "9999-12-31 23:59:59.999999999 +0000 UTC", 365, 5},
    {253402300800, 0, 0, "UTC", NULL, "10000-01-01 00:00:00 +0000 UTC", 1, 6},
    {253402300799, 0, 3600, "CET", NULL, "10000-01-01 00:59:59 +0100 CET", 1, 6},
    {1, 0, 30, "x", "\"1970-01-01T00:00:31+00:00\"", "1970-01-01 00:00:31 +0000 x", 1, 4},
    {1, 0, -19800, "", "\"1969-12-31T18:30:01-05:30\"", "1969-12-31 18:30:01 -0530 -0530", 365, 3},
    {1, 0, 19845, "", "\"1970-01-01T05:30:46+05:30\"", "1970-01-01 05:30:46 +0530 +0530", 1, 4},
    {1, 0, 86400, "x", NULL, "1970-01-02 00:00:01 +2400 x", 2, 5},
    {1, 0, -86399, "x", "\"1969-12-31T00:00:02-23:59\"", "1969-12-31 00:00:02 -2359 x", 365, 3},
    {1, 0, -400000, "", NULL, "1969-12-27 08:53:21 -11106 -11106", 361, 6},
    {9223372036854775807, 0, 0, "UTC", NULL, "292277026596-12-04 15:30:07 +0000 UTC", 339, 0},
    {INT64_MIN, 5, 0, "UTC", NULL, "292277026596-12-04 15:30:08.000000005 +0000 UTC", 339, 0},
    {1735603200, 0, 0, "UTC", "\"2024-12-31T00:00:00Z\"", "2024-12-31 00:00:00 +0000 UTC", 366, 2},
    {1735689600, 0, 0, "UTC", "\"2025-01-01T00:00:00Z\"", "2025-01-01 00:00:00 +0000 UTC", 1, 3},
    {-10000000000000, 0, 0, "UTC", NULL, "-314918-08-13 06:13:20 +0000 UTC", 225, 0},
};

static const struct {
  ottl_instant t;
  int64_t ns;
  ottl_instant sum, truncated, rounded;
} sum_cases[] = {
    {{0, 0}, 1, {0, 1}, {0, 0}, {0, 0}},
    {{0, 0}, -1, {-1, 999999999}, {0, 0}, {0, 0}},
    {{1709210096, 789012345}, 3600000000000, {1709213696, 789012345}, {1709208000, 0}, {1709211600, 0}},
    {{1709210096, 789012345}, 604800000000000, {1709814896, 789012345}, {1708905600, 0}, {1709510400, 0}},
    {{1709210096, 789012345}, 7000000, {1709210096, 796012345}, {1709210096, 787000000}, {1709210096, 787000000}},
    {{-62135596801, 5}, 1000000000, {-62135596800, 5}, {-62135596801, 0}, {-62135596801, 0}},
    {{-99999999999, 5}, 86400000000000, {-99999913599, 5}, {-100000051200, 0}, {-99999964800, 0}},
    {{-99999999999, 5}, 123456789, {-99999999999, 123456794}, {-100000000000, 985825333}, {-100000000000, 985825333}},
    {{1, 500000000}, 1000000000, {2, 500000000}, {1, 0}, {2, 0}},
    {{9223371974719179007, 999999999},
     9223372036854775807,
     {9223371974719179007, 854775806},
     {9223371974719179007, 0},
     {9223371974719179007, 0}},
    {{9223371974719179012, 3}, INT64_MIN, {9223371974719179009, 145224195}, {9223371974719179012, 3}, {9223371974719179012, 3}},
    {{100, 1}, INT64_MIN, {-9223371937, 145224193}, {100, 1}, {100, 1}},
    {{100, 1}, 9223372036854775807, {9223372136, 854775808}, {-6795364579, 128654842}, {2428007457, 983430649}},
};

static const struct {
  ottl_instant a, b;
  int64_t difference;
} difference_cases[] = {
    {{10, 5}, {3, 7}, 6999999998},
    {{3, 7}, {10, 5}, -6999999998},
    {{9223372036, 854775807}, {0, 0}, 9223372036854775807},
    {{9223372036, 854775808}, {0, 0}, 9223372036854775807},
    {{-9223372037, 145224192}, {0, 0}, INT64_MIN},
    {{-9223372037, 145224191}, {0, 0}, INT64_MIN},
    {{9223371974719179007, 0}, {9223371974719179009, 0}, 9223372036854775807},
    {{253402300800, 0}, {-62135596800, 0}, 9223372036854775807},
};

static const struct {
  int64_t y, mo, d, h, mi, s, ns;
  int32_t offset;
  ottl_instant t;
} date_cases[] = {
    {1970, 1, 1, 0, 0, 0, 0, 0, {0, 0}},
    {2024, 2, 29, 12, 34, 56, 789, 3600, {1709206496, 789}},
    {2023, 2, 29, 0, 0, 0, 0, 0, {1677628800, 0}},
    {2023, 14, -3, 25, 61, -1, -1, 0, {1706493658, 999999999}},
    {0, 0, 0, 0, 0, 0, 0, 0, {-62169984000, 0}},
    {-4712, 1, 1, 12, 0, 0, 0, 0, {-210863476800, 0}},
    {9999, 12, 31, 23, 59, 59, 999999999, -18000, {253402318799, 999999999}},
    {2000, -11, 400, -30, -200, 100000, 2000000000, 0, {949602402, 0}},
    {1900, 3, 0, 0, 0, 0, 0, 0, {-2203977600, 0}},
};

static const struct {
  int64_t seconds, year;
  int week;
} week_cases[] = {
    {0, 1970, 1},           {1104537600, 2004, 53}, {1230768000, 2009, 1}, {1262304000, 2009, 53}, {1609459199, 2020, 53},
    {1609459200, 2020, 53}, {1704067200, 2024, 1},  {1735516800, 2025, 1}, {-62135596800, 1, 1},
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

static void test_durations(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(duration_cases); i++) {
    int64_t ns = 77;
    ottl_view unit = {NULL, 0};
    ottl_duration_error error = ottl__gotime_parse_duration(duration_cases[i].text, &ns, &unit);
    ottl__gotime_put_duration_error(&buf, error, duration_cases[i].text, unit);
    check_buf(duration_cases[i].error ? duration_cases[i].error : "");
    assert_int_equal(ns, error ? 77 : duration_cases[i].ns);
  }
  for (size_t i = 0; i < OTTL_COUNT(duration_texts); i++) {
    ottl__gotime_put_duration(&buf, duration_texts[i].ns);
    check_buf(duration_texts[i].text);
  }
  assert_true(ottl__gotime_hours(5400000000001) == 1.5 + 1 / 3.6e12);
  assert_true(ottl__gotime_minutes(-90000000000) == -1.5);
  assert_true(ottl__gotime_seconds(1500000000) == 1.5);
}

static void test_texts(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(time_cases); i++) {
    ottl_instant t = {time_cases[i].seconds, time_cases[i].nanos};
    int32_t offset = time_cases[i].offset;
    const char *error = NULL;
    bool ok = ottl__gotime_put_json(&buf, t, offset, &error);
    assert_int_equal(ok, time_cases[i].json != NULL);
    assert_int_equal(ok, error == NULL);
    check_buf(ok ? time_cases[i].json : "");
    ottl__gotime_put_rfc3339(&buf, t, offset);
    if (ok) assert_memory_equal(buf.data, time_cases[i].json + 1, buf.len);
    buf.len = 0;
    ottl__gotime_put_string(&buf, t, offset, view_str(time_cases[i].zone));
    check_buf(time_cases[i].text);
    ottl_civil c = ottl__gotime_civil(t, offset);
    assert_int_equal(c.year_day, time_cases[i].year_day);
    assert_int_equal(c.weekday, time_cases[i].weekday);
  }
  ottl__gotime_put_padded(&buf, -7, 3);
  ottl__gotime_put_padded(&buf, 12345, 2);
  check_buf("-00712345");
}

static void check_instant(ottl_instant a, ottl_instant b) {
  assert_int_equal(a.seconds, b.seconds);
  assert_int_equal(a.nanos, b.nanos);
}

static void test_arithmetic(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(sum_cases); i++) {
    check_instant(ottl__gotime_add(sum_cases[i].t, sum_cases[i].ns), sum_cases[i].sum);
    check_instant(ottl__gotime_truncate(sum_cases[i].t, sum_cases[i].ns), sum_cases[i].truncated);
    check_instant(ottl__gotime_round(sum_cases[i].t, sum_cases[i].ns), sum_cases[i].rounded);
  }
  for (size_t i = 0; i < OTTL_COUNT(difference_cases); i++)
    assert_int_equal(ottl__gotime_sub(difference_cases[i].a, difference_cases[i].b), difference_cases[i].difference);
  assert_int_equal(ottl__gotime_unix_nano((ottl_instant){16725225600, 0}), -1721518473709551616); /* year 2500 wraps */
  assert_int_equal(ottl__gotime_unix_nano((ottl_instant){OTTL_INSTANT_ZERO_SECONDS, 0}), (int64_t)11651379494838206464u);
  assert_int_equal(ottl__gotime_unix_micro((ottl_instant){-1, 999999999}), -1);
  assert_int_equal(ottl__gotime_unix_milli((ottl_instant){1, 2999999}), 1002);
  check_instant(ottl__gotime_of_nanos(-1), (ottl_instant){-1, 999999999});
  check_instant(ottl__gotime_unix(5, -2000000001), (ottl_instant){2, 999999999});
  assert_true(instant_is_zero((ottl_instant){OTTL_INSTANT_ZERO_SECONDS, 0}));
  assert_int_equal(ottl__gotime_compare((ottl_instant){1, 2}, (ottl_instant){1, 3}), -1);
}

static void test_calendar(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(date_cases); i++) {
    check_instant(ottl__gotime_date(date_cases[i].y, date_cases[i].mo, date_cases[i].d, date_cases[i].h, date_cases[i].mi,
                                    date_cases[i].s, date_cases[i].ns, date_cases[i].offset),
                  date_cases[i].t);
  }
  for (size_t i = 0; i < OTTL_COUNT(week_cases); i++) {
    int64_t year;
    int week;
    ottl__gotime_iso_week((ottl_instant){week_cases[i].seconds, 0}, 0, &year, &week);
    assert_int_equal(year, week_cases[i].year);
    assert_int_equal(week, week_cases[i].week);
  }
  /* Day by day over 800 years, there and back. */
  ottl_civil last = {.year = 1599, .month = 12, .day = 31, .year_day = 365, .weekday = 5};
  for (int64_t day = -135140; day < 157054; day++) {
    ottl_instant t = {day * 86400 + 86399, 0};
    ottl_civil c = ottl__gotime_civil(t, 0);
    if (c.day != 1) {
      assert_int_equal(c.day, last.day + 1);
      assert_int_equal(c.month, last.month);
    } else {
      assert_int_equal(last.day, ottl__gotime_days_in_month(last.year, last.month));
      assert_int_equal(c.month, last.month % 12 + 1);
      assert_int_equal(c.year, last.year + (c.month == 1));
    }
    assert_int_equal(c.weekday, (last.weekday + 1) % 7);
    assert_int_equal(c.year_day, c.month == 1 && c.day == 1 ? 1 : last.year_day + 1);
    check_instant(ottl__gotime_date(c.year, c.month, c.day, c.hour, c.minute, c.second, 0, 0), t);
    last = c;
  }
  assert_int_equal(last.year, 2399);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_durations),
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_arithmetic),
      cmocka_unit_test(test_calendar),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
