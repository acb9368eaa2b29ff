/* Instants, civil time and durations as Go's time package has them, wrap-around and saturation included.
 *
 * An instant is seconds and nanoseconds since 1970 UTC. Go counts seconds from year 1 in an int64; all functions here give Go's
 * results over that whole range. A zone is an offset in seconds east of UTC and a short name; finding it is not done here. */
#ifndef OTTL_SRC_BASE_GOTIME_H
#define OTTL_SRC_BASE_GOTIME_H

#include "base/sbuf.h"

typedef struct ottl_instant {
  int64_t seconds; /* since 1970-01-01 00:00:00 UTC */
  uint32_t nanos;  /* 0..999999999 */
} ottl_instant;

typedef struct ottl_civil {
  int64_t year;
  int month; /* 1..12 */
  int day;   /* 1..31 */
  int hour, minute, second;
  int weekday;  /* 0 = Sunday */
  int year_day; /* 1..366 */
} ottl_civil;

/* Go's zero time, 0001-01-01 00:00:00 UTC. */
#define OTTL_INSTANT_ZERO_SECONDS INT64_C(-62135596800)

static inline bool instant_is_zero(ottl_instant t) { return t.seconds == OTTL_INSTANT_ZERO_SECONDS && t.nanos == 0; }
/* Before, Equal, After: -1, 0, 1. */
int ottl__gotime_compare(ottl_instant a, ottl_instant b);
/* time.Unix(0, ns). */
ottl_instant ottl__gotime_of_nanos(int64_t ns);
/* time.Unix(seconds, nanos) with nanos of any size. */
ottl_instant ottl__gotime_unix(int64_t seconds, int64_t nanos);
/* Time.UnixNano, UnixMicro, UnixMilli: wrap around outside their range. */
int64_t ottl__gotime_unix_nano(ottl_instant t);
int64_t ottl__gotime_unix_micro(ottl_instant t);
int64_t ottl__gotime_unix_milli(ottl_instant t);
/* Time.Add (saturates at the ends of Go's range) and Time.Sub (saturates at the ends of int64). */
ottl_instant ottl__gotime_add(ottl_instant t, int64_t ns);
int64_t ottl__gotime_sub(ottl_instant t, ottl_instant u);
/* Time.Truncate and Time.Round to multiples of ns since year 1; unchanged when ns <= 0. */
ottl_instant ottl__gotime_truncate(ottl_instant t, int64_t ns);
ottl_instant ottl__gotime_round(ottl_instant t, int64_t ns);

/* Civil time at that offset. */
ottl_civil ottl__gotime_civil(ottl_instant t, int32_t offset);
/* time.Date in a zone of that offset: any month, day, hour.. is carried over; nanos of any size. */
ottl_instant ottl__gotime_date(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second,
                               int64_t nanos, int32_t offset);
/* ISO 8601 year and week (Time.ISOWeek). */
void ottl__gotime_iso_week(ottl_instant t, int32_t offset, int64_t *ret_year, int *ret_week);
/* Days of month 1..12. */
int ottl__gotime_days_in_month(int64_t year, int month);

/* appendInt of package time: the number with leading zeros up to width, the sign before them. */
void ottl__gotime_put_padded(ottl_sbuf *buf, int64_t value, int width);
/* Time.Format(time.RFC3339Nano). */
void ottl__gotime_put_rfc3339(ottl_sbuf *buf, ottl_instant t, int32_t offset);
/* Time.MarshalJSON, with the quotes. false (nothing appended): year outside 0..9999 or zone hour over 23, for which Go errors;
 * *ret_error (may be NULL) is Go's text after "Time.MarshalJSON: ". */
OTTL_MUST_CHECK bool ottl__gotime_put_json(ottl_sbuf *buf, ottl_instant t, int32_t offset, const char **ret_error);
/* Time.String without a monotonic clock: "2006-01-02 15:04:05.999999999 -0700 MST"; an empty name prints the offset. */
void ottl__gotime_put_string(ottl_sbuf *buf, ottl_instant t, int32_t offset, ottl_view zone_name);

typedef enum ottl_duration_error {
  OTTL_DURATION_OK = 0,
  OTTL_DURATION_INVALID,      /* time: invalid duration "X" */
  OTTL_DURATION_MISSING_UNIT, /* time: missing unit in duration "X" */
  OTTL_DURATION_UNKNOWN_UNIT  /* time: unknown unit "U" in duration "X" */
} ottl_duration_error;

/* time.ParseDuration. ret_unit (may be NULL) gets U of an unknown unit. Nothing else is stored on failure. */
OTTL_MUST_CHECK ottl_duration_error ottl__gotime_parse_duration(ottl_view text, int64_t *ret_ns, ottl_view *ret_unit);
/* The error's text as Go prints it. */
void ottl__gotime_put_duration_error(ottl_sbuf *buf, ottl_duration_error error, ottl_view text, ottl_view unit);
/* Duration.String: "1h2m3.5s"; at most OTTL_DURATION_TEXT_MAX bytes. */
#define OTTL_DURATION_TEXT_MAX 32
size_t ottl__gotime_format_duration(char out[OTTL_DURATION_TEXT_MAX], int64_t ns);
void ottl__gotime_put_duration(ottl_sbuf *buf, int64_t ns);
/* Duration.Hours, Minutes, Seconds. */
double ottl__gotime_hours(int64_t ns);
double ottl__gotime_minutes(int64_t ns);
double ottl__gotime_seconds(int64_t ns);

#endif
