/* UTF-8 as Go reads it: a byte that begins no valid sequence is U+FFFD of width 1. */
#ifndef OTTL_SRC_REGEX_UTF8_H
#define OTTL_SRC_REGEX_UTF8_H

#include "base/common.h"

typedef enum utf8_kind { UTF8_UNKNOWN, UTF8_ASCII, UTF8_VALID, UTF8_INVALID } utf8_kind;

/* What the bytes are; never UTF8_UNKNOWN. A function of its own so that a kernel can take its place. */
utf8_kind ottl__regex_utf8_kind(ottl_view text);

/* The rune at p, of at least one byte and at most n; *width is 1 and the rune U+FFFD where it is not valid. */
static inline uint32_t utf8_decode(const char *data, size_t n, unsigned *width) {
  const uint8_t *p = (const uint8_t *)data;
  uint32_t c = p[0];
  *width = 1;
  if (OTTL_LIKELY(c < 0x80)) return c;
  if (c < 0xc2 || c > 0xf4 || n < 2) return 0xfffd;
  if ((p[1] & 0xc0) != 0x80) return 0xfffd;
  if (c < 0xe0) {
    *width = 2;
    return (c & 0x1f) << 6 | (p[1] & 0x3fu);
  }
  if (n < 3 || (p[2] & 0xc0) != 0x80) return 0xfffd;
  if (c < 0xf0) {
    uint32_t r = (c & 0xf) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    if (r < 0x800 || (r >= 0xd800 && r < 0xe000)) return 0xfffd;
    *width = 3;
    return r;
  }
  if (n < 4 || (p[3] & 0xc0) != 0x80) return 0xfffd;
  uint32_t r = (c & 7) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
  if (r < 0x10000 || r > 0x10ffff) return 0xfffd;
  *width = 4;
  return r;
}

/* Writes up to 4 bytes; returns how many. */
static inline unsigned utf8_encode(uint32_t r, char *out) {
  if (r < 0x80) return out[0] = (char)r, 1;
  if (r < 0x800) return out[0] = (char)(0xc0 | r >> 6), out[1] = (char)(0x80 | (r & 0x3f)), 2;
  if (r < 0x10000) {
    out[0] = (char)(0xe0 | r >> 12), out[1] = (char)(0x80 | (r >> 6 & 0x3f)), out[2] = (char)(0x80 | (r & 0x3f));
    return 3;
  }
  out[0] = (char)(0xf0 | r >> 18), out[1] = (char)(0x80 | (r >> 12 & 0x3f));
  out[2] = (char)(0x80 | (r >> 6 & 0x3f)), out[3] = (char)(0x80 | (r & 0x3f));
  return 4;
}

#endif
