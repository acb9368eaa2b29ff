/* 64 x 64 -> 128 bit products, and remainders of them; with and without a compiler that has __int128. */
#ifndef OTTL_SRC_BASE_GONUM_WIDE_H
#define OTTL_SRC_BASE_GONUM_WIDE_H

#include <stdint.h>

typedef struct gonum_u128 {
  uint64_t hi, lo;
} gonum_u128;

static inline gonum_u128 gonum_mul(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ unsigned __int128 p = (unsigned __int128)a * b;
  return (gonum_u128){(uint64_t)(p >> 64), (uint64_t)p};
#else
  uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
  uint64_t ll = al * bl, lh = al * bh, hl = ah * bl;
  uint64_t mid = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
  return (gonum_u128){ah * bh + (lh >> 32) + (hl >> 32) + (mid >> 32), (mid << 32) | (uint32_t)ll};
#endif
}

/* x mod d; d > 0. */
static inline uint64_t gonum_mod(gonum_u128 x, uint64_t d) {
#ifdef __SIZEOF_INT128__
  __extension__ unsigned __int128 v = (unsigned __int128)x.hi << 64 | x.lo;
  return (uint64_t)(v % d);
#else
  uint64_t r = x.hi % d;
  for (int i = 63; i >= 0; i--) {
    uint64_t carry = r >> 63;
    r = r << 1 | (x.lo >> i & 1);
    if (carry || r >= d) r -= d;
  }
  return r;
#endif
}

#endif
