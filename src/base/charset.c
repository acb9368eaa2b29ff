/* Encodings by name, and all but the multi-byte ones. */
#include "base/charset.h"

#include "base/utf8.h"

typedef struct charset_name {
  const char *name;
  int charset;
} charset_name;

static const charset_name charset_names[] = {
#include "../../third_party/encodings/names.inc"
};
static const charset_name charset_labels[] = {
#include "../../third_party/encodings/labels.inc"
};

static const uint16_t charset_single[][256] = {
#include "../../third_party/encodings/single.inc"
};

static ottl_charset find_exact(const charset_name *names, size_t n, ottl_view name) {
  size_t lo = 0, hi = n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    int c = view_cmp(name, view_str(names[mid].name));
    if (c == 0) return (ottl_charset)names[mid].charset;
    if (c < 0)
      hi = mid;
    else
      lo = mid + 1;
  }
  return CHARSET_NONE;
}

/* strings.ToLower, for what can become ASCII; the length, or SIZE_MAX. */
static size_t lower_name(ottl_view name, char out[64]) {
  size_t n = 0;
  for (size_t i = 0; i < name.len;) {
    uint32_t rune;
    i += (size_t)utf8_decode(name.data + i, name.len - i, &rune);
    if (rune == 0x212a) rune = 'k';
    if (rune == 0x130) rune = 'i';
    if (rune >= 'A' && rune <= 'Z') rune += 'a' - 'A';
    if (rune >= 0x80 || n == 64) return SIZE_MAX;
    out[n++] = (char)rune;
  }
  return n;
}

ottl_charset ottl__charset_find(ottl_view name) {
  char lower[64];
  name = ottl__utf8_trim_space(name);
  ottl_charset found = find_exact(charset_names, OTTL_COUNT(charset_names), name);
  size_t n = found ? 0 : lower_name(name, lower);
  return found || n == SIZE_MAX ? found : find_exact(charset_names, OTTL_COUNT(charset_names), view_of(lower, n));
}

ottl_charset ottl__charset_find_label(ottl_view label) {
  char lower[64];
  size_t n = lower_name(ottl__utf8_trim_space(label), lower);
  return n == SIZE_MAX ? CHARSET_NONE : find_exact(charset_labels, OTTL_COUNT(charset_labels), view_of(lower, n));
}

/* -- decoders -- */

/* Each maximal part of an ill-formed sequence becomes one U+FFFD, which is not what Go does elsewhere. */
static void put_utf8(ottl_sbuf *buf, ottl_view text) {
  while (text.len) {
    size_t good = ottl__utf8_valid_prefix(text), skip = 1;
    sbuf_put(buf, text.data, good);
    text = view_of(text.data + good, text.len - good);
    if (!text.len) break;
    unsigned char c = (unsigned char)text.data[0], lo = 0x80, hi = 0xbf;
    size_t size = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 1;
    if (c == 0xe0) lo = 0xa0;
    if (c == 0xed) hi = 0x9f;
    if (c == 0xf0) lo = 0x90;
    if (c == 0xf4) hi = 0x8f;
    for (; skip < size && skip < text.len; skip++, lo = 0x80, hi = 0xbf) {
      unsigned char next = (unsigned char)text.data[skip];
      if (next < lo || next > hi) break;
    }
    ottl__utf8_put(buf, OTTL_RUNE_ERROR);
    text = view_of(text.data + skip, text.len - skip);
  }
}

static uint32_t unit16(const unsigned char *p, bool little) {
  return little ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
}

static void put_utf16(ottl_sbuf *buf, const unsigned char *p, size_t n, bool little) {
  for (size_t i = 0; i < n;) {
    uint32_t rune = OTTL_RUNE_ERROR;
    size_t size = n - i < 2 ? 1 : 2;
    if (size == 2) rune = unit16(p + i, little);
    if (rune >= 0xd800 && rune < 0xe000 && n - i >= 4) {
      uint32_t low = unit16(p + i + 2, little);
      if (low >= 0xdc00 && low < 0xe000) {
        rune = rune < 0xdc00 ? ((rune - 0xd800) << 10 | (low - 0xdc00)) + 0x10000 : OTTL_RUNE_ERROR;
        size = 4;
      }
    }
    ottl__utf8_put(buf, rune); /* lone surrogates become U+FFFD */
    i += size;
  }
}

static void put_utf16_marked(ottl_sbuf *buf, const unsigned char *p, size_t n) {
  bool big = n >= 2 && p[0] == 0xfe && p[1] == 0xff, little = n >= 2 && p[0] == 0xff && p[1] == 0xfe;
  size_t skip = big || little ? 2 : 0;
  put_utf16(buf, p + skip, n - skip, little);
}

static void put_cjk(ottl_sbuf *buf, ottl_charset charset, const unsigned char *p, size_t n) {
  unsigned state = 0;
  for (size_t i = 0; i < n;) {
    uint32_t rune;
    i += ottl__charset_cjk(charset, &state, p + i, n - i, &rune);
    if (rune == UINT32_MAX) continue;
    if (rune >> 24) ottl__utf8_put(buf, rune >> 24); /* two at once */
    ottl__utf8_put(buf, rune >> 24 ? rune & 0xffffff : rune);
  }
}

void ottl__charset_put(ottl_sbuf *buf, ottl_charset charset, ottl_view text) {
  const unsigned char *p = (const unsigned char *)text.data;
  switch (charset) {
  case CHARSET_NONE:
  case CHARSET_RAW: sbuf_view(buf, text); return;
  case CHARSET_UTF8: put_utf8(buf, text); return;
  case CHARSET_UTF16_LE:
  case CHARSET_UTF16_BE: put_utf16(buf, p, text.len, charset == CHARSET_UTF16_LE); return;
  case CHARSET_UTF16_BOM: put_utf16_marked(buf, p, text.len); return;
  case CHARSET_ASCII:
    for (size_t i = 0; i < text.len; i++) ottl__utf8_put(buf, p[i] < 0x80 ? p[i] : OTTL_RUNE_ERROR);
    return;
  default: break;
  }
  if (charset < CHARSET_SINGLE) {
    put_cjk(buf, charset, p, text.len);
    return;
  }
  const uint16_t *runes = charset_single[charset - CHARSET_SINGLE];
  for (size_t i = 0; i < text.len; i++) ottl__utf8_put(buf, runes[p[i]]);
}
