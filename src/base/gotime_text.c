/* Times and durations to text, and durations from text. */
#include "base/gonum.h"
#include "base/gotime.h"
#include "base/utf8.h"

static char *gx_two(char *p, int n) {
  memcpy(p, ottl__gonum_two_digits + 2 * n, 2);
  return p + 2;
}

/* "2006-01-02", any year: at most 22 bytes. */
static char *gx_date(char *p, const ottl_civil *c) {
  if (OTTL_LIKELY(c->year >= 0 && c->year <= 9999)) {
    p = gx_two(gx_two(p, (int)c->year / 100), (int)c->year % 100);
  } else {
    char digits[OTTL_INT_TEXT_MAX];
    size_t n = ottl__gonum_format_uint(digits, c->year < 0 ? 0 - (uint64_t)c->year : (uint64_t)c->year);
    if (c->year < 0) *p++ = '-';
    for (size_t i = n; i < 4; i++) *p++ = '0';
    memcpy(p, digits, n);
    p += n;
  }
  *p++ = '-';
  p = gx_two(p, c->month);
  *p++ = '-';
  return gx_two(p, c->day);
}

/* "15:04:05.999999999" */
static char *gx_clock(char *p, const ottl_civil *c, uint32_t nanos) {
  p = gx_two(p, c->hour);
  *p++ = ':';
  p = gx_two(p, c->minute);
  *p++ = ':';
  p = gx_two(p, c->second);
  if (nanos == 0) return p;
  *p = '.';
  for (int i = 9; i > 0; i--, nanos /= 10) p[i] = (char)('0' + nanos % 10);
  p += 10;
  while (p[-1] == '0') p--;
  return p;
}

/* "-07:00" or "-0700"; the hours of a hostile offset can take more than two digits. */
static char *gx_zone(char *p, int32_t offset, const char *between) {
  int32_t minutes = offset / 60;
  *p++ = minutes < 0 ? '-' : '+';
  if (minutes < 0) minutes = -minutes;
  if (minutes / 60 < 100)
    p = gx_two(p, minutes / 60);
  else
    p += ottl__gonum_format_uint(p, (uint64_t)minutes / 60);
  if (*between) *p++ = *between;
  return gx_two(p, minutes % 60);
}

/* At most 60 bytes. */
static size_t gx_rfc3339(char *out, const ottl_civil *c, uint32_t nanos, int32_t offset) {
  char *p = gx_date(out, c);
  *p++ = 'T';
  p = gx_clock(p, c, nanos);
  if (offset)
    p = gx_zone(p, offset, ":");
  else
    *p++ = 'Z';
  return (size_t)(p - out);
}

void ottl__gotime_put_padded(ottl_sbuf *buf, int64_t value, int width) {
  char digits[OTTL_INT_TEXT_MAX];
  size_t n = ottl__gonum_format_uint(digits, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
  if (value < 0) sbuf_byte(buf, '-');
  for (int i = (int)n; i < width; i++) sbuf_byte(buf, '0');
  sbuf_put(buf, digits, n);
}

void ottl__gotime_put_rfc3339(ottl_sbuf *buf, ottl_instant t, int32_t offset) {
  char out[64];
  ottl_civil c = ottl__gotime_civil(t, offset);
  sbuf_put(buf, out, gx_rfc3339(out, &c, t.nanos, offset));
}

bool ottl__gotime_put_json(ottl_sbuf *buf, ottl_instant t, int32_t offset, const char **ret_error) {
  char out[64];
  ottl_civil c = ottl__gotime_civil(t, offset);
  const char *error = NULL;
  if (c.year < 0 || c.year > 9999)
    error = "year outside of range [0,9999]";
  else if (offset / 3600 >= 24 || offset / 3600 <= -24)
    error = "timezone hour outside of range [0,23]";
  if (error) {
    if (ret_error) *ret_error = error;
    return false;
  }
  out[0] = '"';
  size_t n = gx_rfc3339(out + 1, &c, t.nanos, offset) + 1;
  out[n++] = '"';
  sbuf_put(buf, out, n);
  return true;
}

void ottl__gotime_put_string(ottl_sbuf *buf, ottl_instant t, int32_t offset, ottl_view zone_name) {
  char out[80];
  ottl_civil c = ottl__gotime_civil(t, offset);
  char *p = gx_date(out, &c);
  *p++ = ' ';
  p = gx_clock(p, &c, t.nanos);
  *p++ = ' ';
  p = gx_zone(p, offset, "");
  *p++ = ' ';
  if (zone_name.len == 0) p = gx_zone(p, offset, "");
  sbuf_put(buf, out, (size_t)(p - out));
  sbuf_view(buf, zone_name);
}

/* v / 10^places backwards from p, without trailing zeros of the fraction; the whole part is left in *v. */
static char *gx_fraction(char *p, uint64_t *v, int places) {
  bool any = false;
  for (int i = 0; i < places; i++, *v /= 10) {
    any |= *v % 10 != 0;
    if (any) *--p = (char)('0' + *v % 10);
  }
  if (any) *--p = '.';
  return p;
}

static char *gx_whole(char *p, uint64_t v) {
  do *--p = (char)('0' + v % 10);
  while (v /= 10);
  return p;
}

size_t ottl__gotime_format_duration(char out[OTTL_DURATION_TEXT_MAX], int64_t ns) {
  char tmp[OTTL_DURATION_TEXT_MAX], *end = tmp + sizeof tmp, *p = end;
  uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
  *--p = 's';
  if (u < 1000000000) { /* one smaller unit */
    if (u == 0) {
      *--p = '0';
    } else if (u < 1000) {
      *--p = 'n';
      p = gx_whole(p, u);
    } else {
      bool micro = u < 1000000;
      if (micro) {
        p -= 2;
        memcpy(p, "\xc2\xb5", 2); /* U+00B5 */
      } else {
        *--p = 'm';
      }
      p = gx_fraction(p, &u, micro ? 3 : 6);
      p = gx_whole(p, u);
    }
  } else {
    p = gx_fraction(p, &u, 9);
    p = gx_whole(p, u % 60);
    if (u /= 60) {
      *--p = 'm';
      p = gx_whole(p, u % 60);
      if (u /= 60) {
        *--p = 'h';
        p = gx_whole(p, u);
      }
    }
  }
  if (ns < 0) *--p = '-';
  memcpy(out, p, (size_t)(end - p));
  return (size_t)(end - p);
}

void ottl__gotime_put_duration(ottl_sbuf *buf, int64_t ns) {
  char out[OTTL_DURATION_TEXT_MAX];
  sbuf_put(buf, out, ottl__gotime_format_duration(out, ns));
}

double ottl__gotime_hours(int64_t ns) { return (double)(ns / 3600000000000) + (double)(ns % 3600000000000) / 3.6e12; }
double ottl__gotime_minutes(int64_t ns) { return (double)(ns / 60000000000) + (double)(ns % 60000000000) / 6e10; }
double ottl__gotime_seconds(int64_t ns) { return (double)(ns / 1000000000) + (double)(ns % 1000000000) / 1e9; }

static inline bool gx_digit(char c) { return (unsigned char)(c - '0') <= 9; }

/* 0: no such unit. */
static uint64_t gx_unit(ottl_view u) {
  if (view_is(u, "s")) return 1000000000;
  if (view_is(u, "ms")) return 1000000;
  if (view_is(u, "m")) return 60000000000;
  if (view_is(u, "h")) return 3600000000000;
  if (view_is(u, "ns")) return 1;
  if (view_is(u, "us") || view_is(u, "\xc2\xb5s") || view_is(u, "\xce\xbcs")) return 1000; /* U+00B5, U+03BC */
  return 0;
}

ottl_duration_error ottl__gotime_parse_duration(ottl_view text, int64_t *ret_ns, ottl_view *ret_unit) {
  if (text.len == 0) return OTTL_DURATION_INVALID;
  const char *p = text.data, *end = p + text.len;
  const uint64_t most = 1ull << 63;
  uint64_t sum = 0;
  bool neg = *p == '-';
  p += *p == '-' || *p == '+';
  if (p == end) return OTTL_DURATION_INVALID;
  if (end - p == 1 && *p == '0') p = end; /* the one number that needs no unit */
  while (p < end) {
    uint64_t whole = 0, fraction = 0;
    double scale = 1;
    const char *start = p;
    for (; p < end && gx_digit(*p); p++) {
      if (whole > most / 10) return OTTL_DURATION_INVALID;
      whole = whole * 10 + (uint64_t)(*p - '0');
      if (whole > most) return OTTL_DURATION_INVALID;
    }
    bool any = p > start;
    if (p < end && *p == '.') {
      start = ++p;
      for (bool full = false; p < end && gx_digit(*p); p++) {
        uint64_t next = fraction * 10 + (uint64_t)(*p - '0');
        full = full || fraction > (most - 1) / 10 || next > most;
        if (full) continue;
        fraction = next;
        scale *= 10;
      }
      any |= p > start;
    }
    if (!any) return OTTL_DURATION_INVALID;
    start = p;
    while (p < end && *p != '.' && !gx_digit(*p)) p++;
    if (p == start) return OTTL_DURATION_MISSING_UNIT;
    ottl_view name = {start, (size_t)(p - start)};
    uint64_t unit = gx_unit(name);
    if (unit == 0) {
      if (ret_unit) *ret_unit = name;
      return OTTL_DURATION_UNKNOWN_UNIT;
    }
    if (whole > most / unit) return OTTL_DURATION_INVALID;
    whole *= unit;
    if (fraction) {
      whole += (uint64_t)((double)fraction * ((double)unit / scale));
      if (whole > most) return OTTL_DURATION_INVALID;
    }
    sum += whole; /* 2^63 + 2^63 is 0, in Go too */
    if (sum > most) return OTTL_DURATION_INVALID;
  }
  if (!neg && sum == most) return OTTL_DURATION_INVALID;
  *ret_ns = (int64_t)(neg ? 0 - sum : sum);
  return OTTL_DURATION_OK;
}

/* quote of package time: not strconv.Quote. */
static void gx_quote(ottl_sbuf *buf, ottl_view t) {
  sbuf_byte(buf, '"');
  for (size_t i = 0; i < t.len;) {
    uint32_t rune;
    int n = utf8_decode(t.data + i, t.len - i, &rune);
    for (int j = 0; j < n; j++, i++) {
      unsigned char b = (unsigned char)t.data[i];
      if (b >= 0x80 || b < ' ') {
        const char *hex = "0123456789abcdef";
        char out[4] = {'\\', 'x', hex[b >> 4], hex[b & 15]};
        sbuf_put(buf, out, sizeof out);
      } else {
        if (b == '"' || b == '\\') sbuf_byte(buf, '\\');
        sbuf_byte(buf, (char)b);
      }
    }
  }
  sbuf_byte(buf, '"');
}

void ottl__gotime_put_duration_error(ottl_sbuf *buf, ottl_duration_error error, ottl_view text, ottl_view unit) {
  switch (error) {
  case OTTL_DURATION_OK: return;
  case OTTL_DURATION_INVALID: sbuf_str(buf, "time: invalid duration "); break;
  case OTTL_DURATION_MISSING_UNIT: sbuf_str(buf, "time: missing unit in duration "); break;
  case OTTL_DURATION_UNKNOWN_UNIT:
    sbuf_str(buf, "time: unknown unit ");
    gx_quote(buf, unit);
    sbuf_str(buf, " in duration ");
    break;
  }
  gx_quote(buf, text);
}
