#include "base/unicode_case.h"

#include "base/utf8.h"

typedef struct uc_range {
  uint32_t first, last;
  int32_t up, low; /* added to the rune */
} uc_range;

#define UC_ALTERNATING 0x110000 /* upper and lower case take turns */

static const uc_range uc_ranges[] = {
#include "../../third_party/unicode/unicode_case.inc"
};

static uint32_t uc_map(uint32_t rune, bool upper) {
  size_t low = 0, high = OTTL_COUNT(uc_ranges);
  while (low < high) {
    size_t mid = (low + high) / 2;
    const uc_range *r = &uc_ranges[mid];
    if (rune < r->first) {
      high = mid;
    } else if (rune > r->last) {
      low = mid + 1;
    } else {
      int32_t delta = upper ? r->up : r->low;
      if (delta != UC_ALTERNATING) return rune + (uint32_t)delta;
      return r->first + (((rune - r->first) & ~1u) | !upper);
    }
  }
  return rune;
}

uint32_t ottl__unicode_upper(uint32_t rune) {
  if (rune < 0x80) return rune - (rune >= 'a' && rune <= 'z' ? 32 : 0);
  return uc_map(rune, true);
}

uint32_t ottl__unicode_lower(uint32_t rune) {
  if (rune < 0x80) return rune + (rune >= 'A' && rune <= 'Z' ? 32 : 0);
  return uc_map(rune, false);
}

static inline void uc_put(ottl_sbuf *buf, ottl_view text, bool upper) {
  unsigned char first = upper ? 'a' : 'A';
  while (text.len) {
    size_t n = ottl__utf8_ascii_prefix(text);
    if (n) {
      if (!sbuf_reserve(buf, n)) return;
      char *out = buf->data + buf->len;
      for (size_t i = 0; i < n; i++) { /* vectorised by the compiler */
        unsigned char c = (unsigned char)text.data[i];
        out[i] = (char)(c ^ ((unsigned char)(c - first) < 26 ? 0x20 : 0));
      }
      buf->len += n;
    } else {
      uint32_t rune;
      n = (size_t)utf8_decode(text.data, text.len, &rune);
      ottl__utf8_put(buf, uc_map(rune, upper));
    }
    text.data += n;
    text.len -= n;
  }
}

/* A mapping can leave ASCII (U+017F to S) or enter it (U+212A to k); uc_map knows both ways, its ranges start at U+0080. */
void ottl__unicode_put_upper(ottl_sbuf *buf, ottl_view text) { uc_put(buf, text, true); }
void ottl__unicode_put_lower(ottl_sbuf *buf, ottl_view text) { uc_put(buf, text, false); }
