#include "otlp/wire.h"

const uint8_t *ottl__wr_varint_slow(const uint8_t *p, const uint8_t *end, uint64_t *ret) {
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (p >= end) return NULL;
    uint8_t b = *p++;
    v |= (uint64_t)(b & 0x7f) << shift;
    if (b < 0x80) {
      *ret = v;
      return p;
    }
  }
  return NULL;
}

const uint8_t *ottl__wr_skip(const uint8_t *p, const uint8_t *end, uint32_t wire_type) {
  uint64_t ignored;
  uint32_t depth = 0, number, len;
  for (;;) {
    switch (wire_type) {
    case WR_VARINT: p = wr_varint(p, end, &ignored); break;
    case WR_64: p = end - p >= 8 ? p + 8 : NULL; break;
    case WR_LEN:
      p = wr_len(p, end, &len);
      if (p) p += len;
      break;
    case WR_GROUP: depth++; break;
    case WR_GROUP_END:
      if (depth == 0) return NULL;
      depth--;
      break;
    case WR_32: p = end - p >= 4 ? p + 4 : NULL; break;
    default: return NULL;
    }
    if (!p || depth == 0) return p;
    p = wr_tag(p, end, &number, &wire_type);
    if (!p) return NULL;
  }
}
