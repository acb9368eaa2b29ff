/* Instants and the calendar. Sums wrap on purpose (unsigned), as Go's do. */
#include "base/gotime.h"

#include "base/gonum_wide.h"

#define GT_DAY        86400u
#define GT_SECOND     1000000000
#define GT_UNIX_TO_GO 62135596800u /* seconds from year 1 to 1970 */
/* The calendar starts on 1 March of this year, so that leap days come last; Go's "absolute" time. */
#define GT_ABS_YEARS   292277022400u
#define GT_UNIX_TO_ABS (GT_UNIX_TO_GO + ((uint64_t)GT_ABS_YEARS / 400 * 146097 + 306) * GT_DAY)

static inline int64_t gt_go_seconds(ottl_instant t) { return (int64_t)((uint64_t)t.seconds + GT_UNIX_TO_GO); }

/* Compared on Go's scale: it matters only where 64 bits wrap. */
int ottl__gotime_compare(ottl_instant a, ottl_instant b) {
  int64_t x = gt_go_seconds(a), y = gt_go_seconds(b);
  if (x != y) return x < y ? -1 : 1;
  return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

ottl_instant ottl__gotime_unix(int64_t seconds, int64_t nanos) {
  int64_t n = nanos / GT_SECOND;
  nanos %= GT_SECOND;
  if (nanos < 0) {
    nanos += GT_SECOND;
    n--;
  }
  return (ottl_instant){(int64_t)((uint64_t)seconds + (uint64_t)n), (uint32_t)nanos};
}

ottl_instant ottl__gotime_of_nanos(int64_t ns) { return ottl__gotime_unix(0, ns); }

int64_t ottl__gotime_unix_nano(ottl_instant t) { return (int64_t)((uint64_t)t.seconds * GT_SECOND + t.nanos); }
int64_t ottl__gotime_unix_micro(ottl_instant t) { return (int64_t)((uint64_t)t.seconds * 1000000 + t.nanos / 1000); }
int64_t ottl__gotime_unix_milli(ottl_instant t) { return (int64_t)((uint64_t)t.seconds * 1000 + t.nanos / 1000000); }

ottl_instant ottl__gotime_add(ottl_instant t, int64_t ns) {
  int64_t seconds = ns / GT_SECOND, nanos = (int64_t)t.nanos + ns % GT_SECOND, at = gt_go_seconds(t);
  if (nanos >= GT_SECOND) {
    seconds++;
    nanos -= GT_SECOND;
  } else if (nanos < 0) {
    seconds--;
    nanos += GT_SECOND;
  }
  int64_t sum = (int64_t)((uint64_t)at + (uint64_t)seconds);
  if ((sum > at) != (seconds > 0)) sum = seconds > 0 ? INT64_MAX : -INT64_MAX;
  return (ottl_instant){(int64_t)((uint64_t)sum - GT_UNIX_TO_GO), (uint32_t)nanos};
}

int64_t ottl__gotime_sub(ottl_instant t, ottl_instant u) {
  uint64_t seconds = (uint64_t)t.seconds - (uint64_t)u.seconds;
  int64_t d = (int64_t)(seconds * GT_SECOND + t.nanos - u.nanos);
  if (ottl__gotime_compare(ottl__gotime_add(u, d), t) == 0) return d;
  return ottl__gotime_compare(t, u) < 0 ? INT64_MIN : INT64_MAX;
}

/* Time since year 1 modulo ns, 0 <= result < ns. */
static int64_t gt_remainder(ottl_instant t, int64_t ns) {
  int64_t seconds = gt_go_seconds(t);
  bool neg = seconds < 0;
  uint64_t nanos = t.nanos, s = (uint64_t)seconds;
  if (neg) {
    s = 0 - s;
    if (nanos) {
      nanos = GT_SECOND - nanos;
      s--;
    }
  }
  gonum_u128 total = gonum_mul(s, GT_SECOND);
  total.lo += nanos;
  total.hi += total.lo < nanos;
  int64_t r = (int64_t)gonum_mod(total, (uint64_t)ns);
  return neg && r ? ns - r : r;
}

ottl_instant ottl__gotime_truncate(ottl_instant t, int64_t ns) { return ns <= 0 ? t : ottl__gotime_add(t, -gt_remainder(t, ns)); }

ottl_instant ottl__gotime_round(ottl_instant t, int64_t ns) {
  if (ns <= 0) return t;
  int64_t r = gt_remainder(t, ns);
  return ottl__gotime_add(t, (uint64_t)r * 2 < (uint64_t)ns ? -r : ns - r);
}

static bool gt_is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int ottl__gotime_days_in_month(int64_t year, int month) {
  return month == 2 ? 28 + gt_is_leap(year) : 30 + ((month + (month >> 3)) & 1);
}

/* Year, month, day, weekday and day of the year of an absolute day. */
static void gt_date(uint64_t days, ottl_civil *c) {
  uint64_t d = 4 * days + 3, century = d / 146097;
  uint32_t in_century = (uint32_t)(d % 146097) | 3, year = in_century / 1461, day = in_century % 1461 / 4; /* from 1 March */
  uint32_t m = 5 * day + 461, month = m / 153;
  bool jan_feb = month > 12;
  c->year = (int64_t)(century * 100 + year + jan_feb - GT_ABS_YEARS);
  c->month = (int)month - 12 * jan_feb;
  c->day = (int)(m % 153 / 5) + 1;
  c->year_day = (int)day + (jan_feb ? -305 : 60 + gt_is_leap(c->year));
  c->weekday = (int)((days + 3) % 7);
}

ottl_civil ottl__gotime_civil(ottl_instant t, int32_t offset) {
  uint64_t seconds = (uint64_t)t.seconds + (uint64_t)(int64_t)offset + GT_UNIX_TO_ABS;
  uint32_t in_day = (uint32_t)(seconds % GT_DAY);
  ottl_civil c = {.hour = (int)(in_day / 3600), .minute = (int)(in_day / 60 % 60), .second = (int)(in_day % 60)};
  gt_date(seconds / GT_DAY, &c);
  return c;
}

/* Carries *low over into the next unit so that 0 <= result < base. */
static int64_t gt_carry(int64_t *high, int64_t low, int64_t base) {
  int64_t n = low / base, rest = low % base;
  if (rest < 0) {
    rest += base;
    n--;
  }
  *high = (int64_t)((uint64_t)*high + (uint64_t)n);
  return rest;
}

ottl_instant ottl__gotime_date(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second,
                               int64_t nanos, int32_t offset) {
  uint32_t m = (uint32_t)gt_carry(&year, (int64_t)((uint64_t)month - 1), 12) + 1;
  nanos = gt_carry(&second, nanos, GT_SECOND);
  second = gt_carry(&minute, second, 60);
  minute = gt_carry(&hour, minute, 60);
  hour = gt_carry(&day, hour, 24);
  bool jan_feb = m < 3;
  m += 12 * jan_feb;
  uint64_t y = (uint64_t)year - jan_feb + GT_ABS_YEARS;
  uint64_t days = y / 100 * 146097 / 4 + 1461 * (y % 100) / 4 + (153 * m - 457) / 5 + (uint64_t)day - 1;
  uint64_t seconds = days * GT_DAY + (uint64_t)(hour * 3600 + minute * 60 + second) - GT_UNIX_TO_ABS - (uint64_t)(int64_t)offset;
  return (ottl_instant){(int64_t)seconds, (uint32_t)nanos};
}

void ottl__gotime_iso_week(ottl_instant t, int32_t offset, int64_t *ret_year, int *ret_week) {
  uint64_t days = ((uint64_t)t.seconds + (uint64_t)(int64_t)offset + GT_UNIX_TO_ABS) / GT_DAY;
  ottl_civil c;
  gt_date(days + 3 - (days + 2) % 7, &c); /* the Thursday of its week decides */
  *ret_year = c.year;
  *ret_week = (c.year_day - 1) / 7 + 1;
}
