/* The rounds of MD5 (RFC 1321), SHA-1, SHA-256 and SHA-512 (FIPS 180-4) over one block. Written once: `digest32` and `digest64`, types
 * that the including file defines, are one word, or a vector of words of several messages, a lane for each. Everything is static;
 * the loops are unrolled, so that what depends on the round is a constant. */
#ifndef OTTL_SRC_BASE_DIGEST_ROUNDS_INL_H
#define OTTL_SRC_BASE_DIGEST_ROUNDS_INL_H

#include "base/digest.h"

static inline uint32_t digest_le32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint32_t digest_be32(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}
static inline uint64_t digest_be64(const unsigned char *p) { return (uint64_t)digest_be32(p) << 32 | digest_be32(p + 4); }

/* WebAssembly is loaded each time it is used: there the rounds are loops. */
#ifdef __wasm__
#define DIGEST_UNROLL(n) _Pragma("GCC unroll 1")
#else
#define DIGEST_UNROLL(n) _Pragma(#n)
#endif

#define DIGEST_INLINE     static inline __attribute__((always_inline))
#define DIGEST_LEFT(x, n) ((x) << (n) | (x) >> (8 * sizeof(digest_word) - (n)))

/* Sixteen words of the block, in w; all functions may spoil them. */

#define digest_word uint32_t
DIGEST_INLINE void digest_md5(digest32 *h, digest32 *w) {
  static const uint8_t turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  digest32 a = h[0], b = h[1], c = h[2], d = h[3];
  DIGEST_UNROLL(GCC unroll 64)
  for (unsigned i = 0; i < 64; i++) {
    digest32 f = i < 16 ? d ^ (b & (c ^ d)) : i < 32 ? (d & b) + (~d & c) : i < 48 ? b ^ c ^ d : c ^ (b | ~d);
    const unsigned g = i < 16 ? i : i < 32 ? (5 * i + 1) % 16 : i < 48 ? (3 * i + 5) % 16 : 7 * i % 16;
    f += a + ottl__md5_round[i] + w[g];
    a = d;
    d = c;
    c = b;
    b += DIGEST_LEFT(f, turns[i / 16][i % 4]);
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
}

DIGEST_INLINE void digest_sha1(digest32 *h, digest32 *w) {
  static const uint32_t round[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
  digest32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  DIGEST_UNROLL(GCC unroll 80)
  for (unsigned i = 0; i < 80; i++) {
    if (i >= 16) {
      digest32 x = w[(i - 3) % 16] ^ w[(i - 8) % 16] ^ w[(i - 14) % 16] ^ w[i % 16];
      w[i % 16] = DIGEST_LEFT(x, 1);
    }
    digest32 f = i < 20 ? d ^ (b & (c ^ d)) : i >= 40 && i < 60 ? (b & c) | (d & (b | c)) : b ^ c ^ d;
    digest32 t = DIGEST_LEFT(a, 5) + f + (e + round[i / 20] + w[i % 16]);
    e = d;
    d = c;
    c = DIGEST_LEFT(b, 30);
    b = a;
    a = t;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

/* SHA-256 and SHA-512 are one algorithm of other numbers: `turn` has those of S1, S0, s0 and s1, the last of s0 and s1 a shift. */
#define DIGEST_SHA2(name, word, rounds, constants, T0, T1, T2, U0, U1, U2, V0, V1, V2, W0, W1, W2)                               \
  DIGEST_INLINE void name(word *h, word *w) {                                                                                    \
    word s[8];                                                                                                                   \
    for (unsigned i = 0; i < 8; i++) s[i] = h[i];                                                                                \
    DIGEST_UNROLL(GCC unroll 80) for (unsigned i = 0; i < (rounds); i++) {                                                       \
      if (i >= 16) {                                                                                                             \
        const word x = w[(i + 1) % 16], y = w[(i + 14) % 16];                                                                    \
        w[i % 16] += w[(i + 9) % 16] + (DIGEST_RIGHT(x, V0) ^ DIGEST_RIGHT(x, V1) ^ x >> (V2)) +                                 \
                     (DIGEST_RIGHT(y, W0) ^ DIGEST_RIGHT(y, W1) ^ y >> (W2));                                                    \
      }                                                                                                                          \
      /* instead of moving a..h along, their places in s turn */                                                                 \
      const word a = s[(0 - i) % 8], b = s[(1 - i) % 8], c = s[(2 - i) % 8];                                                     \
      const word e = s[(4 - i) % 8], f = s[(5 - i) % 8], g = s[(6 - i) % 8];                                                     \
      const word t1 = s[(7 - i) % 8] + (DIGEST_RIGHT(e, T0) ^ DIGEST_RIGHT(e, T1) ^ DIGEST_RIGHT(e, T2)) + (g ^ (e & (f ^ g))) + \
                      (constants)[i] + w[i % 16];                                                                                \
      s[(3 - i) % 8] += t1;                                                                                                      \
      s[(7 - i) % 8] = t1 + (DIGEST_RIGHT(a, U0) ^ DIGEST_RIGHT(a, U1) ^ DIGEST_RIGHT(a, U2)) + ((a & b) | (c & (a | b)));       \
    }                                                                                                                            \
    for (unsigned i = 0; i < 8; i++) h[i] += s[i];                                                                               \
  }
#define DIGEST_RIGHT(x, n) ((x) >> (n) | (x) << (8 * sizeof(digest_word) - (n)))
DIGEST_SHA2(digest_sha256, digest32, 64, ottl__sha256_round, 6, 11, 25, 2, 13, 22, 7, 18, 3, 17, 19, 10)
#undef digest_word
#define digest_word uint64_t
DIGEST_SHA2(digest_sha512, digest64, 80, ottl__sha512_round, 14, 18, 41, 28, 34, 39, 1, 8, 7, 19, 61, 6)
#undef digest_word
#undef DIGEST_SHA2
#undef DIGEST_RIGHT
#undef DIGEST_LEFT

#endif
