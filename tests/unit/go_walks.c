/* Time zones, doubles of a given precision and printable runes: FNV-1a of all answers of a walk, against the same walk in Go 1.26. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fnv.h"
#include "base/gonum_fixed.h"
#include "base/goquote.h"
#include "base/zone.h"

static uint64_t add_number(uint64_t sum, uint64_t v, unsigned bytes) {
  unsigned char out[8];
  for (unsigned i = 0; i < bytes; i++) out[i] = (unsigned char)(v >> (8 * i));
  return fnv64a_add(sum, out, bytes);
}

/* Offset and name at instants from 1811 to 2223, and the instant of the same date and time of day there. */
static void test_zones(void **state) {
  OTTL_UNUSED(state);
  uint64_t spans = OTTL_FNV64A_START, dates = OTTL_FNV64A_START;
  size_t n = 0;
  for (const char *name; (name = ottl__zone_name(n)) != NULL; n++) {
    const ottl_zone *zone = ottl__zone_find(view_str(name));
    assert_non_null(zone);
    for (int64_t s = -5000000000; s < 8000000000; s += 17000003) {
      ottl_zone_span at = ottl__zone_at(zone, s);
      spans = add_number(fnv64a_add(spans, at.name.data, at.name.len), (uint32_t)at.offset, 4);
      ottl_civil c = ottl__gotime_civil((ottl_instant){s, 0}, 0);
      ottl_instant t = ottl__zone_date(zone, c.year, c.month, c.day, c.hour, c.minute, c.second, 0);
      dates = add_number(dates, (uint64_t)t.seconds, 8);
    }
  }
  assert_int_equal(n, 598);
  assert_int_equal(spans, 0x9375d9a1f8b50f28);
  assert_int_equal(dates, 0x34d45074538cabf4);
  assert_null(ottl__zone_find(VIEW("europe/Berlin")));
  assert_ptr_equal(ottl__zone_find(VIEW("UTC")), &ottl__zone_utc);
}

static void test_doubles(void **state) {
  OTTL_UNUSED(state);
  uint64_t sum = OTTL_FNV64A_START, x = 1;
  ottl_sbuf buf;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__sbuf_init(&buf, &al);
  for (int i = 0; i < 20000; i++) {
    x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double v = i % 2 ? (double)(int64_t)(x >> 40) / (double)(UINT64_C(1) << (x >> 8 & 15)) : double_of_bits(x);
    int precision = i % 100 ? (int)(x >> 16 & 31) - 1 : 60;
    for (const char *style = "eEfgGbxX"; *style; style++) {
      if (*style == 'f' && (v > 1e30 || v < -1e30)) continue;
      buf.len = 0;
      ottl__gonum_put_double_precision(&buf, v, *style, precision);
      sum = fnv64a_add(sum, buf.data, buf.len);
    }
  }
  ottl__sbuf_done(&buf);
  assert_int_equal(sum, 0xcfb7078cfe454a3b);
}

static void test_printable(void **state) {
  OTTL_UNUSED(state);
  uint64_t sum = OTTL_FNV64A_START;
  for (uint32_t rune = 0; rune <= 0x10ffff; rune++) sum = add_number(sum, ottl__unicode_is_print(rune), 1);
  assert_int_equal(sum, 0xbb9fce7ea625f389);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_zones), cmocka_unit_test(test_doubles),
                                     cmocka_unit_test(test_printable)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
