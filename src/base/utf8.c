#include "base/utf8.h"

#define U8_HIGH 0x8080808080808080ull

static inline bool u8_continues(char byte) { return !utf8_starts(byte); }

int ottl__utf8_decode_slow(const char *p, size_t len, uint32_t *ret_rune) {
  *ret_rune = OTTL_RUNE_ERROR;
  if (len == 0) return 0;
  const unsigned char *u = (const unsigned char *)p;
  unsigned b = u[0];
  if (b < 0x80) {
    *ret_rune = b;
    return 1;
  }
  if (b < 0xc2 || b > 0xf4 || len < 2 || u8_continues(p[1]) == false) return 1;
  if (b < 0xe0) {
    *ret_rune = (b & 0x1f) << 6 | (u[1] & 0x3f);
    return 2;
  }
  if (len < 3 || !u8_continues(p[2])) return 1;
  if (b < 0xf0) {
    uint32_t r = (b & 0x0f) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3f);
    if (r < 0x800 || (r >= 0xd800 && r < 0xe000)) return 1;
    *ret_rune = r;
    return 3;
  }
  if (len < 4 || !u8_continues(p[3])) return 1;
  uint32_t r = (b & 0x07) << 18 | (u[1] & 0x3fu) << 12 | (u[2] & 0x3fu) << 6 | (u[3] & 0x3f);
  if (r < 0x10000 || r > OTTL_RUNE_MAX) return 1;
  *ret_rune = r;
  return 4;
}

int ottl__utf8_decode_last(ottl_view text, uint32_t *ret_rune) {
  for (size_t n = 1; n <= 4 && n <= text.len; n++) {
    if (!utf8_starts(text.data[text.len - n])) continue;
    if (utf8_decode(text.data + text.len - n, n, ret_rune) == (int)n) return (int)n;
    break;
  }
  *ret_rune = OTTL_RUNE_ERROR;
  return text.len != 0;
}

int ottl__utf8_encode(char out[4], uint32_t r) {
  if (r < 0x80) {
    out[0] = (char)r;
    return 1;
  }
  if (r < 0x800) {
    out[0] = (char)(0xc0 | r >> 6);
    out[1] = (char)(0x80 | (r & 0x3f));
    return 2;
  }
  if (r > OTTL_RUNE_MAX || (r >= 0xd800 && r < 0xe000)) r = OTTL_RUNE_ERROR;
  if (r < 0x10000) {
    out[0] = (char)(0xe0 | r >> 12);
    out[1] = (char)(0x80 | (r >> 6 & 0x3f));
    out[2] = (char)(0x80 | (r & 0x3f));
    return 3;
  }
  out[0] = (char)(0xf0 | r >> 18);
  out[1] = (char)(0x80 | (r >> 12 & 0x3f));
  out[2] = (char)(0x80 | (r >> 6 & 0x3f));
  out[3] = (char)(0x80 | (r & 0x3f));
  return 4;
}

void ottl__utf8_put(ottl_sbuf *buf, uint32_t rune) {
  if (sbuf_reserve(buf, 4)) buf->len += (size_t)ottl__utf8_encode(buf->data + buf->len, rune);
}

/* ASCII bytes from p on, 8 at a time. */
static inline const char *u8_skip_ascii(const char *p, const char *end) {
  while (end - p >= 8 && (load_u64(p) & U8_HIGH) == 0) p += 8;
  while (p < end && (unsigned char)*p < 0x80) p++;
  return p;
}

size_t ottl__utf8_ascii_prefix(ottl_view text) {
  return text.len ? (size_t)(u8_skip_ascii(text.data, text.data + text.len) - text.data) : 0;
}

size_t ottl__utf8_valid_prefix(ottl_view text) {
  if (text.len == 0) return 0;
  const char *p = text.data, *end = p + text.len;
  while ((p = u8_skip_ascii(p, end)) < end) {
    do {
      uint32_t rune;
      int n = ottl__utf8_decode_slow(p, (size_t)(end - p), &rune);
      if (n == 1) return (size_t)(p - text.data);
      p += n;
    } while (p < end && (unsigned char)*p >= 0x80);
  }
  return text.len;
}

size_t ottl__utf8_count(ottl_view text) {
  size_t n = 0;
  if (text.len == 0) return 0;
  for (const char *p = text.data, *end = p + text.len; p < end;) {
    const char *next = u8_skip_ascii(p, end);
    n += (size_t)(next - p);
    for (p = next; p < end && (unsigned char)*p >= 0x80; n++) {
      uint32_t rune;
      p += ottl__utf8_decode_slow(p, (size_t)(end - p), &rune);
    }
  }
  return n;
}

void ottl__utf8_put_valid(ottl_sbuf *buf, ottl_view text, ottl_view replacement) {
  bool in_run = false;
  while (text.len) {
    size_t n = ottl__utf8_valid_prefix(text);
    if (n) {
      sbuf_put(buf, text.data, n);
      in_run = false;
    } else {
      if (!in_run) sbuf_view(buf, replacement);
      in_run = true;
      n = 1;
    }
    text.data += n;
    text.len -= n;
  }
}

void ottl__utf8_put_replaced(ottl_sbuf *buf, ottl_view text) {
  while (text.len) {
    size_t n = ottl__utf8_valid_prefix(text);
    sbuf_put(buf, text.data, n);
    if (n < text.len) {
      sbuf_put(buf, "\xef\xbf\xbd", 3);
      n++;
    }
    text.data += n;
    text.len -= n;
  }
}

size_t ottl__utf8_space_width(const char *s, size_t n) {
  unsigned char a = n ? (unsigned char)s[0] : 0, b = n > 1 ? (unsigned char)s[1] : 0, d = n > 2 ? (unsigned char)s[2] : 0;
  if (a == ' ' || (a >= '\t' && a <= '\r')) return 1;
  if (a == 0xc2 && (b == 0x85 || b == 0xa0)) return 2;
  if (a == 0xe1 && b == 0x9a && d == 0x80) return 3;                                                         /* U+1680 */
  if (a == 0xe2 && b == 0x80 && ((d >= 0x80 && d <= 0x8a) || d == 0xa8 || d == 0xa9 || d == 0xaf)) return 3; /* U+2000 .. */
  return (a == 0xe2 && b == 0x81 && d == 0x9f) || (a == 0xe3 && b == 0x80 && d == 0x80) ? 3 : 0;             /* U+205F, U+3000 */
}

ottl_view ottl__utf8_trim_space(ottl_view v) {
  for (size_t width; (width = ottl__utf8_space_width(v.data, v.len)) > 0;) v = view_of(v.data + width, v.len - width);
  for (size_t width = 1; width && v.len;) {
    width = 0;
    for (size_t k = 1; k <= 3 && k <= v.len && !width; k++) {
      if (ottl__utf8_space_width(v.data + v.len - k, k) == k) width = k;
    }
    v.len -= width;
  }
  return v;
}
