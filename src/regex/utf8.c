/* Is a subject ASCII, valid UTF-8, or neither? Eight bytes at a time while it is ASCII. */
#include "regex/utf8.h"

utf8_kind ottl__regex_utf8_kind(ottl_view text) {
  const uint64_t high = 0x8080808080808080u;
  const char *p = text.data;
  size_t i = 0, n = text.len;
  /* A plain reduction, which the compiler turns into vector code. */
  while (n - i >= 64) {
    uint64_t any = 0;
    for (unsigned k = 0; k < 8; k++) any |= load_u64(p + i + 8 * k);
    if (any & high) break;
    i += 64;
  }
  while (n - i >= 8 && !(load_u64(p + i) & high)) i += 8;
  while (i < n && (uint8_t)p[i] < 0x80) i++;
  if (i == n) return UTF8_ASCII;
  while (i < n) {
    if (n - i >= 8 && !(load_u64(p + i) & high)) {
      i += 8;
      continue;
    }
    unsigned width;
    uint32_t r = utf8_decode(p + i, n - i, &width);
    if (r == 0xfffd && width == 1) return UTF8_INVALID;
    i += width;
  }
  return UTF8_VALID;
}
