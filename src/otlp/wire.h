/* Reading and writing the protobuf wire format: checked, inline, no state.
 *
 * Readers take the position and the end of what may be read and return the position behind it, or NULL when the bytes are
 * malformed. Limits are those of pdata: varints of ten bytes at most, field numbers that are positive as int32. */
#ifndef OTTL_SRC_OTLP_WIRE_H
#define OTTL_SRC_OTLP_WIRE_H

#include "base/varint.h"

enum { WR_VARINT, WR_64, WR_LEN, WR_GROUP, WR_GROUP_END, WR_32 };
#define WR_TAG(number, wire_type) ((uint32_t)(number) << 3 | (wire_type))

const uint8_t *ottl__wr_varint_slow(const uint8_t *p, const uint8_t *end, uint64_t *ret);
/* Steps over the value of a field whose tag was read. Groups nest without recursion. */
const uint8_t *ottl__wr_skip(const uint8_t *p, const uint8_t *end, uint32_t wire_type);

static inline const uint8_t *wr_varint(const uint8_t *p, const uint8_t *end, uint64_t *ret) {
  if (OTTL_LIKELY(p < end && *p < 0x80)) {
    *ret = *p;
    return p + 1;
  }
  if (OTTL_LIKELY(end - p >= 2 && p[1] < 0x80)) {
    *ret = (p[0] & 0x7fu) | (uint32_t)p[1] << 7;
    return p + 2;
  }
  return ottl__wr_varint_slow(p, end, ret);
}

/* A tag: field numbers above 2^28 - 1 are legal for pdata, but mean nothing to us: they read as 2^28 - 1. */
static inline const uint8_t *wr_tag(const uint8_t *p, const uint8_t *end, uint32_t *ret_number, uint32_t *ret_type) {
  if (OTTL_LIKELY(p < end && *p < 0x80)) {
    *ret_number = *p >> 3;
    *ret_type = *p & 7;
    return *ret_number ? p + 1 : NULL;
  }
  uint64_t tag;
  p = wr_varint(p, end, &tag);
  if (!p) return NULL;
  int32_t number = (int32_t)(uint32_t)(tag >> 3);
  if (number <= 0) return NULL;
  *ret_number = (uint32_t)number < 0xfffffff ? (uint32_t)number : 0xfffffff;
  *ret_type = (uint32_t)(tag & 7);
  return p;
}

/* The length of a length-delimited value: the result is where its *ret_len bytes begin; they are all there. */
static inline const uint8_t *wr_len(const uint8_t *p, const uint8_t *end, uint32_t *ret_len) {
  uint64_t n;
  p = wr_varint(p, end, &n);
  if (OTTL_UNLIKELY(!p || n > (uint64_t)(end - p))) return NULL;
  *ret_len = (uint32_t)n;
  return p;
}

static inline uint8_t *wr_put64(uint8_t *at, uint64_t v) {
  store_le64(at, v);
  return at + 8;
}
static inline uint8_t *wr_put32(uint8_t *at, uint32_t v) {
  store_le32(at, v);
  return at + 4;
}
static inline uint8_t *wr_put(uint8_t *at, const void *data, size_t len) {
  copy_short(at, data, len);
  return at + len;
}

#endif
