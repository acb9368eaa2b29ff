/* Layouts: cutting them up, and printing times. */
#include "base/golayout.h"

const char *const ottl__month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
const char *const ottl__day_names[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* -- chunks -- */

typedef struct layout_word {
  const char *text;
  uint8_t std;
} layout_word;

/* Words by their first letter, tried in this order (nextStdChunk). */
static const layout_word layout_words[] = {
    {"January", OTTL_LAYOUT_LONG_MONTH},
    {"Jan", OTTL_LAYOUT_MONTH}, /* these two only when no lower-case letter follows */
    {"Monday", OTTL_LAYOUT_LONG_WEEKDAY},
    {"Mon", OTTL_LAYOUT_WEEKDAY},
    {"MST", OTTL_LAYOUT_TZ},
    {"01", OTTL_LAYOUT_ZERO_MONTH},
    {"02", OTTL_LAYOUT_ZERO_DAY},
    {"03", OTTL_LAYOUT_ZERO_HOUR12},
    {"04", OTTL_LAYOUT_ZERO_MINUTE},
    {"05", OTTL_LAYOUT_ZERO_SECOND},
    {"06", OTTL_LAYOUT_YEAR},
    {"002", OTTL_LAYOUT_ZERO_YEAR_DAY},
    {"15", OTTL_LAYOUT_HOUR},
    {"1", OTTL_LAYOUT_NUM_MONTH},
    {"2006", OTTL_LAYOUT_LONG_YEAR},
    {"2", OTTL_LAYOUT_DAY},
    {"_2", OTTL_LAYOUT_UNDER_DAY}, /* but _2006 is _ and a year */
    {"__2", OTTL_LAYOUT_UNDER_YEAR_DAY},
    {"3", OTTL_LAYOUT_HOUR12},
    {"4", OTTL_LAYOUT_MINUTE},
    {"5", OTTL_LAYOUT_SECOND},
    {"PM", OTTL_LAYOUT_PM},
    {"pm", OTTL_LAYOUT_pm},
    {"-070000", OTTL_LAYOUT_NUM_SECONDS_TZ},
    {"-07:00:00", OTTL_LAYOUT_NUM_COLON_SECONDS_TZ},
    {"-0700", OTTL_LAYOUT_NUM_TZ},
    {"-07:00", OTTL_LAYOUT_NUM_COLON_TZ},
    {"-07", OTTL_LAYOUT_NUM_SHORT_TZ},
    {"Z070000", OTTL_LAYOUT_ISO8601_SECONDS_TZ},
    {"Z07:00:00", OTTL_LAYOUT_ISO8601_COLON_SECONDS_TZ},
    {"Z0700", OTTL_LAYOUT_ISO8601_TZ},
    {"Z07:00", OTTL_LAYOUT_ISO8601_COLON_TZ},
    {"Z07", OTTL_LAYOUT_ISO8601_SHORT_TZ},
};

static bool layout_begins(ottl_view text, const char *word) {
  size_t n = strlen(word);
  return n <= text.len && memcmp(text.data, word, n) == 0;
}

/* Number of digits of a fraction such as .000 at the beginning, or 0. */
static size_t layout_fraction(ottl_view text) {
  if (text.len < 2 || (text.data[1] != '0' && text.data[1] != '9')) return 0;
  size_t n = 1;
  while (n < text.len && text.data[n] == text.data[1]) n++;
  return n < text.len && text.data[n] >= '0' && text.data[n] <= '9' ? 0 : n - 1;
}

/* Bytes of the element at the beginning of text, or 0. */
static size_t layout_element(ottl_view text, ottl_layout_chunk *ret) {
  char first = text.data[0];
  if (first == '.' || first == ',') {
    size_t digits = layout_fraction(text);
    ret->std = digits && text.data[1] == '0' ? OTTL_LAYOUT_FRACTION0 : OTTL_LAYOUT_FRACTION9;
    ret->digits = (uint16_t)(digits & 0xfff);
    return digits ? digits + 1 : 0;
  }
  for (size_t i = 0; i < OTTL_COUNT(layout_words); i++) {
    const char *word = layout_words[i].text;
    if (word[0] != first || !layout_begins(text, word)) continue;
    size_t n = strlen(word);
    uint8_t std = layout_words[i].std;
    if (std == OTTL_LAYOUT_MONTH || std == OTTL_LAYOUT_WEEKDAY) {
      if (n < text.len && text.data[n] >= 'a' && text.data[n] <= 'z') continue;
    }
    if (std == OTTL_LAYOUT_UNDER_DAY && layout_begins(text, "_2006")) return 0;
    ret->std = std;
    return n;
  }
  return 0;
}

bool ottl__layout_next(ottl_view *layout, ottl_layout_chunk *ret) {
  static const char firsts[] = "JM012_345Pp-Z.,";
  *ret = (ottl_layout_chunk){0};
  for (size_t i = 0; i < layout->len; i++) {
    if (!memchr(firsts, layout->data[i], sizeof firsts - 1)) continue;
    size_t n = layout_element(view_of(layout->data + i, layout->len - i), ret);
    if (!n) continue;
    ret->prefix = view_of(layout->data, i);
    ret->text = view_of(layout->data + i, n);
    *layout = view_of(layout->data + i + n, layout->len - i - n);
    return true;
  }
  *ret = (ottl_layout_chunk){.prefix = *layout};
  layout->len = 0;
  return false;
}

/* -- printing -- */

static void layout_put_offset(ottl_sbuf *buf, unsigned std, int32_t offset) {
  bool iso = std <= OTTL_LAYOUT_ISO8601_COLON_SECONDS_TZ;
  if (iso && offset == 0) {
    sbuf_byte(buf, 'Z');
    return;
  }
  unsigned form = iso ? std + OTTL_LAYOUT_NUM_TZ - OTTL_LAYOUT_ISO8601_TZ : std;
  bool colon = form == OTTL_LAYOUT_NUM_COLON_TZ || form == OTTL_LAYOUT_NUM_COLON_SECONDS_TZ;
  int32_t minutes = offset / 60;
  sbuf_byte(buf, minutes < 0 ? '-' : '+');
  if (minutes < 0) {
    minutes = -minutes;
    offset = -offset;
  }
  ottl__gotime_put_padded(buf, minutes / 60, 2);
  if (colon) sbuf_byte(buf, ':');
  if (form != OTTL_LAYOUT_NUM_SHORT_TZ) ottl__gotime_put_padded(buf, minutes % 60, 2);
  if (form != OTTL_LAYOUT_NUM_SECONDS_TZ && form != OTTL_LAYOUT_NUM_COLON_SECONDS_TZ) return;
  if (colon) sbuf_byte(buf, ':');
  ottl__gotime_put_padded(buf, offset % 60, 2);
}

static void layout_put_zone(ottl_sbuf *buf, int32_t offset, ottl_view name) {
  if (name.len) {
    sbuf_view(buf, name);
    return;
  }
  int32_t minutes = offset / 60;
  sbuf_byte(buf, minutes < 0 ? '-' : '+');
  if (minutes < 0) minutes = -minutes;
  ottl__gotime_put_padded(buf, minutes / 60, 2);
  ottl__gotime_put_padded(buf, minutes % 60, 2);
}

static void layout_put_fraction(ottl_sbuf *buf, const ottl_layout_chunk *c, uint32_t nanos) {
  bool trim = c->std == OTTL_LAYOUT_FRACTION9;
  if (trim && (c->digits == 0 || nanos == 0)) return;
  char text[9];
  for (int i = 8; i >= 0; i--) {
    text[i] = (char)('0' + nanos % 10);
    nanos /= 10;
  }
  size_t n = c->digits < 9 ? c->digits : 9;
  if (trim) {
    while (n && text[n - 1] == '0') n--;
    if (!n) return;
  }
  sbuf_byte(buf, c->text.data[0]);
  sbuf_put(buf, text, n);
}

static void layout_put(ottl_sbuf *buf, const ottl_layout_chunk *c, const ottl_civil *t, uint32_t nanos, int32_t offset,
                       ottl_view zone_name) {
  int hour12 = t->hour % 12 ? t->hour % 12 : 12;
  switch ((ottl_layout_std)c->std) {
  case OTTL_LAYOUT_END: break;
  case OTTL_LAYOUT_LONG_MONTH: sbuf_str(buf, ottl__month_names[t->month - 1]); break;
  case OTTL_LAYOUT_MONTH: sbuf_put(buf, ottl__month_names[t->month - 1], 3); break;
  case OTTL_LAYOUT_NUM_MONTH: ottl__gotime_put_padded(buf, t->month, 0); break;
  case OTTL_LAYOUT_ZERO_MONTH: ottl__gotime_put_padded(buf, t->month, 2); break;
  case OTTL_LAYOUT_LONG_WEEKDAY: sbuf_str(buf, ottl__day_names[t->weekday]); break;
  case OTTL_LAYOUT_WEEKDAY: sbuf_put(buf, ottl__day_names[t->weekday], 3); break;
  case OTTL_LAYOUT_DAY: ottl__gotime_put_padded(buf, t->day, 0); break;
  case OTTL_LAYOUT_UNDER_DAY:
    if (t->day < 10) sbuf_byte(buf, ' ');
    ottl__gotime_put_padded(buf, t->day, 0);
    break;
  case OTTL_LAYOUT_ZERO_DAY: ottl__gotime_put_padded(buf, t->day, 2); break;
  case OTTL_LAYOUT_UNDER_YEAR_DAY:
    if (t->year_day < 100) sbuf_byte(buf, ' ');
    if (t->year_day < 10) sbuf_byte(buf, ' ');
    ottl__gotime_put_padded(buf, t->year_day, 0);
    break;
  case OTTL_LAYOUT_ZERO_YEAR_DAY: ottl__gotime_put_padded(buf, t->year_day, 3); break;
  case OTTL_LAYOUT_HOUR: ottl__gotime_put_padded(buf, t->hour, 2); break;
  case OTTL_LAYOUT_HOUR12: ottl__gotime_put_padded(buf, hour12, 0); break;
  case OTTL_LAYOUT_ZERO_HOUR12: ottl__gotime_put_padded(buf, hour12, 2); break;
  case OTTL_LAYOUT_MINUTE: ottl__gotime_put_padded(buf, t->minute, 0); break;
  case OTTL_LAYOUT_ZERO_MINUTE: ottl__gotime_put_padded(buf, t->minute, 2); break;
  case OTTL_LAYOUT_SECOND: ottl__gotime_put_padded(buf, t->second, 0); break;
  case OTTL_LAYOUT_ZERO_SECOND: ottl__gotime_put_padded(buf, t->second, 2); break;
  case OTTL_LAYOUT_LONG_YEAR: ottl__gotime_put_padded(buf, t->year, 4); break;
  case OTTL_LAYOUT_YEAR: ottl__gotime_put_padded(buf, t->year < 0 ? 0 : t->year % 100, 2); break;
  case OTTL_LAYOUT_PM: sbuf_str(buf, t->hour >= 12 ? "PM" : "AM"); break;
  case OTTL_LAYOUT_pm: sbuf_str(buf, t->hour >= 12 ? "pm" : "am"); break;
  case OTTL_LAYOUT_TZ: layout_put_zone(buf, offset, zone_name); break;
  case OTTL_LAYOUT_FRACTION0:
  case OTTL_LAYOUT_FRACTION9: layout_put_fraction(buf, c, nanos); break;
  default: layout_put_offset(buf, c->std, offset); break;
  }
}

void ottl__layout_format(ottl_sbuf *buf, const ottl_layout_chunk *chunks, ottl_instant t, int32_t offset, ottl_view zone_name) {
  ottl_civil civil = ottl__gotime_civil(t, offset);
  for (const ottl_layout_chunk *c = chunks;; c++) {
    sbuf_view(buf, c->prefix);
    if (c->std == OTTL_LAYOUT_END) return;
    layout_put(buf, c, &civil, t.nanos, offset, zone_name);
  }
}
