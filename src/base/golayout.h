/* Layouts of Go's package time ("2006-01-02 15:04"): cut into chunks once, then used to print and to read times. */
#ifndef OTTL_SRC_BASE_GOLAYOUT_H
#define OTTL_SRC_BASE_GOLAYOUT_H

#include "base/zone.h"

typedef enum ottl_layout_std {
  OTTL_LAYOUT_END, /* nothing follows the prefix */
  OTTL_LAYOUT_LONG_MONTH,
  OTTL_LAYOUT_MONTH,
  OTTL_LAYOUT_NUM_MONTH,
  OTTL_LAYOUT_ZERO_MONTH,
  OTTL_LAYOUT_LONG_WEEKDAY,
  OTTL_LAYOUT_WEEKDAY,
  OTTL_LAYOUT_DAY,
  OTTL_LAYOUT_UNDER_DAY,
  OTTL_LAYOUT_ZERO_DAY,
  OTTL_LAYOUT_UNDER_YEAR_DAY,
  OTTL_LAYOUT_ZERO_YEAR_DAY,
  OTTL_LAYOUT_HOUR,
  OTTL_LAYOUT_HOUR12,
  OTTL_LAYOUT_ZERO_HOUR12,
  OTTL_LAYOUT_MINUTE,
  OTTL_LAYOUT_ZERO_MINUTE,
  OTTL_LAYOUT_SECOND,
  OTTL_LAYOUT_ZERO_SECOND,
  OTTL_LAYOUT_LONG_YEAR,
  OTTL_LAYOUT_YEAR,
  OTTL_LAYOUT_PM,
  OTTL_LAYOUT_pm,
  OTTL_LAYOUT_TZ,
  OTTL_LAYOUT_ISO8601_TZ, /* Z0700 and its kin print Z for an offset of 0 */
  OTTL_LAYOUT_ISO8601_SECONDS_TZ,
  OTTL_LAYOUT_ISO8601_SHORT_TZ,
  OTTL_LAYOUT_ISO8601_COLON_TZ,
  OTTL_LAYOUT_ISO8601_COLON_SECONDS_TZ,
  OTTL_LAYOUT_NUM_TZ, /* -0700 and its kin, in the same order */
  OTTL_LAYOUT_NUM_SECONDS_TZ,
  OTTL_LAYOUT_NUM_SHORT_TZ,
  OTTL_LAYOUT_NUM_COLON_TZ,
  OTTL_LAYOUT_NUM_COLON_SECONDS_TZ,
  OTTL_LAYOUT_FRACTION0, /* .000: all digits */
  OTTL_LAYOUT_FRACTION9  /* .999: no zeros at the end */
} ottl_layout_std;

typedef struct ottl_layout_chunk {
  ottl_view prefix; /* literal text before the element */
  ottl_view text;   /* the element as it stands in the layout */
  uint8_t std;      /* ottl_layout_std */
  uint16_t digits;  /* of a fraction; its separator is text.data[0] */
} ottl_layout_chunk;

/* Takes the first chunk off a layout (views into it). False when it was the last one. */
bool ottl__layout_next(ottl_view *layout, ottl_layout_chunk *ret);

/* Time.Format; the chunks end with END. */
void ottl__layout_format(ottl_sbuf *buf, const ottl_layout_chunk *chunks, ottl_instant t, int32_t offset, ottl_view zone_name);

/* What was read. */
typedef struct ottl_parsed_time {
  ottl_instant at;
  const ottl_zone *zone; /* NULL: fixed, of that offset and name */
  int32_t offset;
  ottl_view name;
} ottl_parsed_time;

/* The element that did not fit, and the text from there on. No element: something else was wrong. */
typedef struct ottl_layout_error {
  ottl_view element, value;
} ottl_layout_error;

/* time.ParseInLocation. The name is a view into text, or constant. False: *ret_error. */
OTTL_MUST_CHECK bool ottl__layout_parse(const ottl_layout_chunk *chunks, ottl_view text, const ottl_zone *zone,
                                        ottl_parsed_time *ret, ottl_layout_error *ret_error);

/* English names: "January", "Sunday"; a prefix of three letters is the short name. */
extern const char *const ottl__month_names[12], *const ottl__day_names[7];

#endif
