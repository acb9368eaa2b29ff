/* Locales. The translation walks layout and value side by side and counts bytes as the reference does, where it goes wrong too. */
#include "funcs/locale.h"

#include "base/golayout.h"
#include "base/unicode_case.h"
#include "base/utf8.h"

typedef struct locale_row {
  const char *tag;
  uint16_t list[5]; /* short days, days, short months, months, periods: in locale_lists */
} locale_row;

#include "../../third_party/cldr/locales.inc"

static void locale_split(const char *list, locale_names *ret) {
  ret->n = 0;
  if (!*list) return;
  for (;;) {
    size_t len = strcspn(list, "|");
    ret->name[ret->n++] = view_of(list, len);
    if (!list[len] || ret->n == OTTL_COUNT(ret->name)) return;
    list += len + 1;
  }
}

bool ottl__locale_find(ottl_view tag, ottl_locale *ret) {
  size_t low = 0, high = OTTL_COUNT(locale_rows);
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    const locale_row *row = &locale_rows[mid];
    int c = view_cmp(tag, view_str(row->tag));
    if (c == 0) {
      locale_names *names[] = {&ret->short_days, &ret->days, &ret->short_months, &ret->months, &ret->periods};
      for (size_t i = 0; i < OTTL_COUNT(names); i++) locale_split(locale_lists[row->list[i]], names[i]);
      return true;
    }
    if (c < 0)
      high = mid;
    else
      low = mid + 1;
  }
  return false;
}

/* -- translation -- */

typedef struct locale_walk {
  ottl_sbuf *out;
  const ottl_locale *locale;
  ottl_view layout, value;
  size_t l, v; /* where we are in either */
} locale_walk;

/* unicode.IsSpace of a byte taken for a rune. */
static bool locale_space(char byte) {
  unsigned char b = (unsigned char)byte;
  return b == ' ' || (b >= '\t' && b <= '\r') || b == 0x85 || b == 0xa0;
}

/* The rune that all runes of one folding orbit share. */
static uint32_t locale_fold(uint32_t rune) {
  if (rune == 0x130 || rune == 0x131) return rune; /* dotted I and dotless i fold to nothing */
  return ottl__unicode_lower(ottl__unicode_upper(rune));
}

/* strings.EqualFold. */
static bool locale_equal(ottl_view a, ottl_view b) {
  while (a.len && b.len) {
    uint32_t x, y;
    size_t m = (size_t)utf8_decode(a.data, a.len, &x), n = (size_t)utf8_decode(b.data, b.len, &y);
    if (x != y && locale_fold(x) != locale_fold(y)) return false;
    a = view_of(a.data + m, a.len - m);
    b = view_of(b.data + n, b.len - n);
  }
  return a.len == b.len;
}

/* A name of the language; its English one is written. `english` is cut to `shortened` bytes (0: not). */
static bool locale_name(locale_walk *w, const locale_names *names, const char *const *english, size_t shortened, size_t element) {
  size_t at = w->v, best = 0;
  const char *found = NULL;
  while (at < w->value.len && locale_space(w->value.data[at])) at++;
  if (at >= w->value.len) return false;
  for (uint32_t i = 0; i < names->n; i++) {
    size_t len = names->name[i].len;
    if ((found && len <= best) || len > w->value.len - at) continue;
    if (!locale_equal(view_of(w->value.data + at, len), names->name[i])) continue;
    found = english[i];
    best = len;
  }
  if (!found) return false;
  for (size_t i = w->v; i < at; i++) sbuf_byte(w->out, ' ');
  sbuf_put(w->out, found, shortened ? shortened : strlen(found));
  w->l += element;
  w->v = at + best;
  return true;
}

static bool locale_layout_is(const locale_walk *w, const char *word) {
  size_t n = strlen(word);
  return n <= w->layout.len - w->l && memcmp(w->layout.data + w->l, word, n) == 0;
}

typedef enum locale_step { LOCALE_NO_FIT, LOCALE_WRITTEN, LOCALE_LITERAL } locale_step;

static locale_step locale_word(locale_walk *w, const char *full, const locale_names *full_names, const locale_names *short_names,
                               const char *const *english) {
  bool is_full = locale_layout_is(w, full);
  char brief[4] = {full[0], full[1], full[2], 0};
  if (!is_full) {
    if (!locale_layout_is(w, brief)) return LOCALE_LITERAL;
    char after = w->l + 3 < w->layout.len ? w->layout.data[w->l + 3] : 0;
    if (after >= 'a' && after <= 'z') return LOCALE_LITERAL;
  }
  bool fits = locale_name(w, is_full ? full_names : short_names, english, is_full ? 0 : 3, is_full ? strlen(full) : 3);
  return fits ? LOCALE_WRITTEN : LOCALE_NO_FIT;
}

static locale_step locale_period(locale_walk *w) {
  static const char *const upper[] = {"AM", "PM"}, *const lower[] = {"am", "pm"};
  if (w->layout.len - w->l < 2 || (w->layout.data[w->l + 1] | 0x20) != 'm') return LOCALE_LITERAL;
  return locale_name(w, &w->locale->periods, w->layout.data[w->l] == 'p' ? lower : upper, 0, 2) ? LOCALE_WRITTEN : LOCALE_NO_FIT;
}

/* Up to `most` bytes that are no spaces. */
static bool locale_bytes(locale_walk *w, size_t most) {
  size_t at = w->v, n = 0;
  while (at < w->value.len && locale_space(w->value.data[at])) at++;
  if (at >= w->value.len) return false;
  for (size_t i = w->v; i < at; i++) sbuf_byte(w->out, ' ');
  while (n < most && at + n < w->value.len && !locale_space(w->value.data[at + n])) n++;
  sbuf_put(w->out, w->value.data + at, n);
  w->v = at + n;
  return true;
}

/* _2, _2006 and __2: as wide as the layout says. The reference looks for __2 again after the others. */
static locale_step locale_under(locale_walk *w) {
  locale_step step = LOCALE_LITERAL;
  size_t left = w->value.len >= w->v ? w->value.len - w->v : 0, n = 0;
  if (locale_layout_is(w, "_2006"))
    n = left >= 5 ? 5 : 0;
  else if (locale_layout_is(w, "_2"))
    n = left >= 2 ? 2 : 0;
  if (n) {
    w->l += n;
    if (!locale_bytes(w, n)) return LOCALE_NO_FIT;
    step = LOCALE_WRITTEN;
  }
  if (w->layout.len - w->l >= 3 && w->layout.data[w->l + 1] == '_' && w->layout.data[w->l + 2] == '2' &&
      w->value.len >= w->v + 3) {
    w->l += 3;
    if (!locale_bytes(w, 3)) return LOCALE_NO_FIT;
    step = LOCALE_WRITTEN;
  }
  return step;
}

/* One or two digits of an hour, minute or second. */
static locale_step locale_clock(locale_walk *w) {
  if (w->l && w->layout.data[w->l - 1] == '0') return LOCALE_LITERAL;
  size_t at = w->v, n = 1;
  while (at < w->value.len && locale_space(w->value.data[at])) at++;
  if (at >= w->value.len || w->value.data[at] < '0' || w->value.data[at] > '9') return LOCALE_NO_FIT;
  if (at + 1 < w->value.len && w->value.data[at + 1] >= '0' && w->value.data[at + 1] <= '9') n = 2;
  for (size_t i = w->v; i < at; i++) sbuf_byte(w->out, ' ');
  sbuf_put(w->out, w->value.data + at, n);
  w->v = at + n;
  w->l++;
  return LOCALE_WRITTEN;
}

static locale_step locale_step_of(locale_walk *w) {
  const ottl_locale *names = w->locale;
  switch (w->layout.data[w->l]) {
  case 'J': return locale_word(w, "January", &names->months, &names->short_months, ottl__month_names);
  case 'M': return locale_word(w, "Monday", &names->days, &names->short_days, ottl__day_names);
  case 'P':
  case 'p': return locale_period(w);
  case '_': return locale_under(w);
  case '3':
  case '4':
  case '5': return locale_clock(w);
  default: return LOCALE_LITERAL;
  }
}

bool ottl__locale_translate(ottl_sbuf *out, const ottl_locale *locale, ottl_view layout, ottl_view value) {
  locale_walk w = {.out = out, .locale = locale, .layout = layout, .value = value};
  /* Days are kept from Sunday on, and the English names too: "Monday" stands for any of them. */
  while (w.l < layout.len) {
    locale_step step = locale_step_of(&w);
    if (step == LOCALE_NO_FIT) return false;
    if (step == LOCALE_WRITTEN) continue;
    w.l++;
    if (w.v >= value.len) continue;
    unsigned char byte = (unsigned char)value.data[w.v];
    ottl__utf8_put(out, byte); /* a byte is taken for a rune, and two bytes are left behind when it is no ASCII */
    w.v += byte < 0x80 ? 1 : 2;
  }
  if (w.v < value.len) sbuf_put(out, value.data + w.v, value.len - w.v);
  return true;
}
