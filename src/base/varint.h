/* Varints of the protobuf wire format, written: seven bits a byte, the least first. Reading is otlp/wire.h's. */
#ifndef OTTL_SRC_BASE_VARINT_H
#define OTTL_SRC_BASE_VARINT_H

#include "base/common.h"

/* 9/64 is near enough to 1/7 for all 64 values. */
static inline uint32_t varint_size(uint64_t v) { return ((uint32_t)(63 - __builtin_clzll(v | 1)) * 9 + 73) / 64; }

/* There is room for varint_size(v) bytes. Returns the place behind them. */
static inline uint8_t *varint_put(uint8_t *at, uint64_t v) {
  for (; v >= 0x80; v >>= 7) *at++ = (uint8_t)(v | 0x80);
  *at++ = (uint8_t)v;
  return at;
}

#endif
