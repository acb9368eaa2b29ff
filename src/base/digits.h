/* Decimal digits read eight at a time. */
#ifndef OTTL_SRC_BASE_DIGITS_H
#define OTTL_SRC_BASE_DIGITS_H

#include "base/common.h"

/* How many of the eight bytes, from the first on, are digits. x: the bytes xor '0', the first one lowest. */
static inline unsigned digits_count(uint64_t x) {
  uint64_t other = (((x & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | x) & 0x8080808080808080;
  return other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
}

/* The number that eight digits make; x: their values, the first one lowest. */
static inline uint32_t digits_eight(uint64_t x) {
  x = x * 10 + (x >> 8);
  return (uint32_t)(((x & 0x000000ff000000ff) * 0x000f424000000064 + ((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
                    32);
}

/* Takes the digits at p, up to end: *value becomes *value * 10^n + what they make. Returns where they end. Only as many as fit 64
 * bits give a number that means something: 19 are always fine. */
static inline const char *digits_read(const char *p, const char *end, uint64_t *value) {
  static const uint32_t power[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
  uint64_t v = *value;
  while (end - p >= 8) {
    uint64_t x = load_le64(p) ^ 0x3030303030303030;
    unsigned n = digits_count(x);
    /* What is no digit is shifted out, zeros come in front. */
    if (n) v = v * power[n] + digits_eight(x << (64 - 8 * n));
    p += n;
    if (n < 8) {
      *value = v;
      return p;
    }
  }
  for (; p < end && (unsigned)(*p - '0') < 10; p++) v = v * 10 + (unsigned)(*p - '0');
  *value = v;
  return p;
}

#endif
