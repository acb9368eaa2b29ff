/* Reading a time by a layout, as Go's time.ParseInLocation does, its oddities included. */
#include "base/golayout.h"

typedef struct layout_reader {
  ottl_view text; /* what is left */
  int64_t year;
  int month, day, year_day; /* -1: not read */
  int hour, minute, second;
  int64_t nanos;
  bool am, pm, utc, range; /* range: a number was out of range */
  int32_t offset;          /* -1: not read (and so is an offset of -1 second) */
  ottl_view zone_name;
} layout_reader;

static bool lr_digit(ottl_view v, size_t i) { return i < v.len && v.data[i] >= '0' && v.data[i] <= '9'; }
static void lr_drop(layout_reader *r, size_t n) { r->text = view_of(r->text.data + n, r->text.len - n); }

/* Literal text; a space stands for any number of them, and for the end. */
static bool lr_skip(ottl_view *value, ottl_view prefix) {
  size_t p = 0, v = 0;
  while (p < prefix.len) {
    if (prefix.data[p] == ' ') {
      if (v < value->len && value->data[v] != ' ') break;
      while (p < prefix.len && prefix.data[p] == ' ') p++;
      while (v < value->len && value->data[v] == ' ') v++;
      continue;
    }
    if (v >= value->len || value->data[v] != prefix.data[p]) break;
    p++;
    v++;
  }
  *value = view_of(value->data + v, value->len - v);
  return p == prefix.len;
}

/* One or two digits. */
static bool lr_number(ottl_view *v, bool two, int *ret) {
  *ret = 0;
  if (!lr_digit(*v, 0)) return false;
  size_t n = lr_digit(*v, 1) ? 2 : 1;
  if (n == 1 && two) return false;
  *ret = n == 2 ? (v->data[0] - '0') * 10 + (v->data[1] - '0') : v->data[0] - '0';
  *v = view_of(v->data + n, v->len - n);
  return true;
}

static bool lr_in_range(layout_reader *r, bool two, int most, int *ret) {
  if (!lr_number(&r->text, two, ret)) return false;
  r->range = *ret > most;
  return true;
}

static bool lr_name(layout_reader *r, const char *const *names, int n, bool shortened, int *ret) {
  for (int i = 0; i < n; i++) {
    size_t len = shortened ? 3 : strlen(names[i]), k = 0;
    if (r->text.len < len) continue;
    while (k < len) {
      char a = r->text.data[k], b = names[i][k];
      if (a != b && (a | 0x20) != (b | 0x20)) break;
      k++;
    }
    if (k < len) continue;
    lr_drop(r, len);
    *ret = i;
    return true;
  }
  return false;
}

/* Go's atoi of a few bytes: a sign may stand before the digits. */
static bool lr_atoi(ottl_view v, int64_t *ret) {
  size_t i = v.len && (v.data[0] == '-' || v.data[0] == '+');
  int64_t x = 0;
  for (size_t k = i; k < v.len; k++) {
    if (!lr_digit(v, k)) return false;
    x = x * 10 + (v.data[k] - '0');
  }
  *ret = i && v.data[0] == '-' ? -x : x;
  return true;
}

static bool lr_year(layout_reader *r, size_t n) {
  if (r->text.len < n || (n == 4 && !lr_digit(r->text, 0))) return false;
  if (!lr_atoi(view_of(r->text.data, n), &r->year)) return false;
  lr_drop(r, n);
  if (n == 2) r->year += r->year >= 69 ? 1900 : 2000;
  return true;
}

/* Separator and digits, n bytes of them. */
static bool lr_fraction(layout_reader *r, size_t n) {
  int64_t x = 0;
  size_t used = n > 10 ? 10 : n;
  if (!lr_atoi(view_of(r->text.data + 1, used - 1), &x)) return false;
  r->range = x < 0;
  for (size_t i = used; i < 10; i++) x *= 10;
  r->nanos = x;
  lr_drop(r, n);
  return true;
}

static bool lr_second(layout_reader *r, bool two, const ottl_layout_chunk *next) {
  if (!lr_in_range(r, two, 59, &r->second)) return false;
  if (r->range || !(r->text.len >= 2 && (r->text.data[0] == '.' || r->text.data[0] == ',') && lr_digit(r->text, 1))) return true;
  if (next->std == OTTL_LAYOUT_FRACTION0 || next->std == OTTL_LAYOUT_FRACTION9) return true;
  size_t n = 2; /* a fraction that the layout does not mention */
  while (lr_digit(r->text, n)) n++;
  return lr_fraction(r, n);
}

static bool lr_year_day(layout_reader *r, bool under) {
  for (int i = 0; i < 2 && under && r->text.len && r->text.data[0] == ' '; i++) lr_drop(r, 1);
  size_t n = 0;
  int x = 0;
  while (n < 3 && lr_digit(r->text, n)) x = x * 10 + (r->text.data[n++] - '0');
  if (n == 0 || (!under && n != 3)) return false;
  r->year_day = x;
  lr_drop(r, n);
  return true;
}

static bool lr_pm(layout_reader *r, const char *pm, const char *am) {
  if (r->text.len < 2) return false;
  ottl_view two = view_of(r->text.data, 2);
  r->pm |= view_is(two, pm);
  r->am |= view_is(two, am);
  if (!view_is(two, pm) && !view_is(two, am)) return false;
  lr_drop(r, 2);
  return true;
}

static bool lr_offset(layout_reader *r, unsigned std) {
  if (std <= OTTL_LAYOUT_ISO8601_COLON_SECONDS_TZ) {
    if (r->text.len && r->text.data[0] == 'Z') {
      lr_drop(r, 1);
      r->utc = true;
      return true;
    }
    std += OTTL_LAYOUT_NUM_TZ - OTTL_LAYOUT_ISO8601_TZ;
  }
  bool colon = std == OTTL_LAYOUT_NUM_COLON_TZ || std == OTTL_LAYOUT_NUM_COLON_SECONDS_TZ;
  bool seconds = std == OTTL_LAYOUT_NUM_SECONDS_TZ || std == OTTL_LAYOUT_NUM_COLON_SECONDS_TZ;
  size_t parts = std == OTTL_LAYOUT_NUM_SHORT_TZ ? 1 : seconds ? 3 : 2, n = 1 + 2 * parts + (colon ? parts - 1 : 0);
  if (r->text.len < n) return false;
  const char *p = r->text.data;
  char sign = p[0];
  int part[3] = {0, 0, 0};
  for (size_t i = 0, at = 1; i < parts; i++) {
    if (colon && i && p[at++] != ':') return false;
    ottl_view two = view_of(p + at, 2);
    at += 2;
    if (!lr_number(&two, true, &part[i])) return false;
  }
  lr_drop(r, n);
  r->range = part[0] > 24 || part[1] > 60 || part[2] > 60;
  r->offset = (part[0] * 60 + part[1]) * 60 + part[2];
  if (sign == '-') r->offset = -r->offset;
  return r->range || sign == '-' || sign == '+';
}

/* Bytes of a signed number up to 23, or 0. */
static size_t lr_signed_hours(ottl_view v) {
  if (v.len == 0 || (v.data[0] != '-' && v.data[0] != '+')) return 0;
  size_t n = 1;
  uint64_t x = 0;
  for (; lr_digit(v, n); n++) {
    if (x > 23) return 0;
    x = x * 10 + (uint64_t)(v.data[n] - '0');
  }
  return n == 1 || x > 23 ? 0 : n;
}

/* Bytes that look like the abbreviation of a zone, or 0. */
static size_t lr_abbreviation(ottl_view v) {
  if (v.len < 3) return 0;
  if (v.len >= 4 && (memcmp(v.data, "ChST", 4) == 0 || memcmp(v.data, "MeST", 4) == 0)) return 4;
  if (memcmp(v.data, "GMT", 3) == 0) return 3 + lr_signed_hours(view_of(v.data + 3, v.len - 3));
  if (v.data[0] == '+' || v.data[0] == '-') return lr_signed_hours(v);
  size_t n = 0;
  while (n < 6 && n < v.len && v.data[n] >= 'A' && v.data[n] <= 'Z') n++;
  if (n == 5) return v.data[4] == 'T' ? 5 : 0;
  if (n == 4) return v.data[3] == 'T' || memcmp(v.data, "WITA", 4) == 0 ? 4 : 0;
  return n == 3 ? 3 : 0;
}

static bool lr_zone(layout_reader *r) {
  if (r->text.len >= 3 && memcmp(r->text.data, "UTC", 3) == 0) {
    lr_drop(r, 3);
    r->utc = true;
    return true;
  }
  size_t n = lr_abbreviation(r->text);
  if (!n) return false;
  r->zone_name = view_of(r->text.data, n);
  lr_drop(r, n);
  return true;
}

/* False: the element does not fit; r->range: it fits but says too much. */
static bool lr_element(layout_reader *r, const ottl_layout_chunk *c) {
  int ignored;
  switch ((ottl_layout_std)c->std) {
  case OTTL_LAYOUT_END: return true;
  case OTTL_LAYOUT_YEAR: return lr_year(r, 2);
  case OTTL_LAYOUT_LONG_YEAR: return lr_year(r, 4);
  case OTTL_LAYOUT_MONTH:
  case OTTL_LAYOUT_LONG_MONTH:
    if (!lr_name(r, ottl__month_names, 12, c->std == OTTL_LAYOUT_MONTH, &r->month)) return false;
    r->month++;
    return true;
  case OTTL_LAYOUT_NUM_MONTH:
  case OTTL_LAYOUT_ZERO_MONTH:
    if (!lr_in_range(r, c->std == OTTL_LAYOUT_ZERO_MONTH, 12, &r->month)) return false;
    r->range |= r->month == 0;
    return true;
  case OTTL_LAYOUT_WEEKDAY: return lr_name(r, ottl__day_names, 7, true, &ignored);
  case OTTL_LAYOUT_LONG_WEEKDAY: return lr_name(r, ottl__day_names, 7, false, &ignored);
  case OTTL_LAYOUT_UNDER_DAY:
    if (r->text.len && r->text.data[0] == ' ') lr_drop(r, 1);
    return lr_number(&r->text, false, &r->day);
  case OTTL_LAYOUT_DAY:
  case OTTL_LAYOUT_ZERO_DAY: return lr_number(&r->text, c->std == OTTL_LAYOUT_ZERO_DAY, &r->day);
  case OTTL_LAYOUT_UNDER_YEAR_DAY: return lr_year_day(r, true);
  case OTTL_LAYOUT_ZERO_YEAR_DAY: return lr_year_day(r, false);
  case OTTL_LAYOUT_HOUR: return lr_in_range(r, false, 23, &r->hour);
  case OTTL_LAYOUT_HOUR12:
  case OTTL_LAYOUT_ZERO_HOUR12: return lr_in_range(r, c->std == OTTL_LAYOUT_ZERO_HOUR12, 12, &r->hour);
  case OTTL_LAYOUT_MINUTE:
  case OTTL_LAYOUT_ZERO_MINUTE: return lr_in_range(r, c->std == OTTL_LAYOUT_ZERO_MINUTE, 59, &r->minute);
  case OTTL_LAYOUT_SECOND:
  case OTTL_LAYOUT_ZERO_SECOND: return lr_second(r, c->std == OTTL_LAYOUT_ZERO_SECOND, c + 1);
  case OTTL_LAYOUT_PM: return lr_pm(r, "PM", "AM");
  case OTTL_LAYOUT_pm: return lr_pm(r, "pm", "am");
  case OTTL_LAYOUT_TZ: return lr_zone(r);
  case OTTL_LAYOUT_FRACTION0: {
    size_t n = (size_t)c->digits + 1;
    return r->text.len >= n && (r->text.data[0] == '.' || r->text.data[0] == ',') && lr_fraction(r, n);
  }
  case OTTL_LAYOUT_FRACTION9: {
    if (r->text.len < 2 || (r->text.data[0] != '.' && r->text.data[0] != ',') || !lr_digit(r->text, 1)) return true;
    size_t n = 2;
    while (lr_digit(r->text, n)) n++;
    return lr_fraction(r, n);
  }
  default: return lr_offset(r, c->std);
  }
}

/* Month and day from the day of the year. */
static bool lr_use_year_day(layout_reader *r) {
  int left = r->year_day, month = 1;
  bool leap = ottl__gotime_days_in_month(r->year, 2) == 29;
  if (left < 1 || left > 365 + leap) return false;
  while (left > ottl__gotime_days_in_month(r->year, month)) left -= ottl__gotime_days_in_month(r->year, month++);
  if ((r->month >= 0 && r->month != month) || (r->day >= 0 && r->day != left)) return false;
  r->month = month;
  r->day = left;
  return true;
}

static void lr_fixed(ottl_parsed_time *ret, int32_t offset, ottl_view name) {
  ret->zone = NULL;
  ret->offset = offset;
  ret->name = name;
}

static void lr_local(ottl_parsed_time *ret, const ottl_zone *zone) {
  ottl_zone_span span = ottl__zone_at(zone, ret->at.seconds);
  ret->zone = zone;
  ret->offset = span.offset;
  ret->name = span.name;
}

static void lr_result(const layout_reader *r, const ottl_zone *zone, ottl_parsed_time *ret) {
  if (!r->utc && r->offset == -1 && r->zone_name.len == 0) {
    ret->at = ottl__zone_date(zone, r->year, r->month, r->day, r->hour, r->minute, r->second, r->nanos);
    lr_local(ret, zone);
    return;
  }
  ret->at = ottl__gotime_date(r->year, r->month, r->day, r->hour, r->minute, r->second, r->nanos, 0);
  if (r->utc) {
    lr_local(ret, &ottl__zone_utc);
  } else if (r->offset != -1) {
    ret->at.seconds -= r->offset;
    ottl_zone_span span = ottl__zone_at(zone, ret->at.seconds);
    if (span.offset == r->offset && (r->zone_name.len == 0 || view_eq(span.name, r->zone_name)))
      lr_local(ret, zone);
    else
      lr_fixed(ret, r->offset, r->zone_name);
  } else {
    int32_t offset;
    if (ottl__zone_abbreviation(zone, r->zone_name, ret->at.seconds, &offset)) {
      ret->at.seconds -= offset;
      lr_local(ret, zone);
      return;
    }
    int64_t hours = 0; /* the time of day stays as it is read, even for GMT+5 */
    if (r->zone_name.len > 3 && memcmp(r->zone_name.data, "GMT", 3) == 0 &&
        !lr_atoi(view_of(r->zone_name.data + 3, r->zone_name.len - 3), &hours))
      hours = 0;
    lr_fixed(ret, (int32_t)(hours * 3600), r->zone_name);
  }
}

bool ottl__layout_parse(const ottl_layout_chunk *chunks, ottl_view text, const ottl_zone *zone, ottl_parsed_time *ret,
                        ottl_layout_error *ret_error) {
  layout_reader r = {.text = text, .month = -1, .day = -1, .year_day = -1, .offset = -1};
  for (const ottl_layout_chunk *c = chunks;; c++) {
    if (!lr_skip(&r.text, c->prefix)) {
      *ret_error = (ottl_layout_error){c->prefix, r.text};
      return false;
    }
    if (c->std == OTTL_LAYOUT_END) break;
    ottl_view hold = r.text;
    bool fits = lr_element(&r, c);
    if (!fits || r.range) {
      *ret_error = (ottl_layout_error){c->text, r.range ? r.text : hold};
      return false;
    }
  }
  *ret_error = (ottl_layout_error){VIEW(""), r.text};
  if (r.text.len) return false;
  if (r.pm && r.hour < 12)
    r.hour += 12;
  else if (r.am && r.hour == 12)
    r.hour = 0;
  if (r.year_day >= 0) {
    if (!lr_use_year_day(&r)) return false;
  } else {
    if (r.month < 0) r.month = 1;
    if (r.day < 0) r.day = 1;
  }
  if (r.day < 1 || r.day > ottl__gotime_days_in_month(r.year, r.month)) return false;
  lr_result(&r, zone, ret);
  return true;
}
