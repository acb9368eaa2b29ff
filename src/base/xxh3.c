/* XXH3 with seed 0 and its own secret. Short texts have ways of their own by length: up to 16, 128 and 240 bytes. */
#include "base/fasthash.h"
#include "base/gonum_wide.h"

#define XXH_PRIME32_1 2654435761u
#define XXH_PRIME32_2 2246822519u
#define XXH_PRIME32_3 3266489917u
#define XXH_PRIME64_1 UINT64_C(11400714785074694791)
#define XXH_PRIME64_2 UINT64_C(14029467366897019727)
#define XXH_PRIME64_3 UINT64_C(1609587929392839161)
#define XXH_PRIME64_4 UINT64_C(9650029242287828579)
#define XXH_PRIME64_5 UINT64_C(2870177450012600261)
#define XXH_MIX       UINT64_C(0x9fb21c651e98df25)

static const unsigned char xxh_secret[192] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9,
    0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78,
    0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6,
    0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8, 0xa8, 0xfa, 0x76, 0x3f,
    0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
    0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff,
    0xfa, 0x13, 0x63, 0xeb, 0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f,
    0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e};

static inline uint32_t xxh_load32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t xxh_load64(const unsigned char *p) { return xxh_load32(p) | (uint64_t)xxh_load32(p + 4) << 32; }
static inline uint64_t xxh_key(size_t at) { return xxh_load64(xxh_secret + at); }
static inline uint64_t xxh_rotl(uint64_t x, unsigned n) { return x << n | x >> (64 - n); }
static inline uint64_t xxh_fold(uint64_t a, uint64_t b) {
  gonum_u128 m = gonum_mul(a, b);
  return m.hi ^ m.lo;
}
static inline uint64_t xxh_avalanche(uint64_t x) {
  x = (x ^ x >> 37) * UINT64_C(0x165667919e3779f9);
  return x ^ x >> 32;
}
static inline uint64_t xxh_avalanche64(uint64_t x) {
  x = (x ^ x >> 33) * XXH_PRIME64_2;
  x = (x ^ x >> 29) * XXH_PRIME64_3;
  return x ^ x >> 32;
}
/* 16 bytes of the text with 16 of the secret. */
static inline uint64_t xxh_mix16(const unsigned char *p, size_t key) {
  return xxh_fold(xxh_load64(p) ^ xxh_key(key), xxh_load64(p + 8) ^ xxh_key(key + 8));
}

/* -- more than 240 bytes: stripes of 64 bytes, 16 to a block -- */

static void xxh_stripe(uint64_t acc[8], const unsigned char *p, size_t key) {
  for (unsigned i = 0; i < 8; i++) {
    uint64_t v = xxh_load64(p + 8 * i), k = v ^ xxh_key(key + 8 * i);
    acc[i ^ 1] += v;
    acc[i] += (k & 0xffffffff) * (k >> 32);
  }
}

static void xxh_long(uint64_t acc[8], const unsigned char *p, size_t len) {
  static const uint64_t start[8] = {XXH_PRIME32_3, XXH_PRIME64_1, XXH_PRIME64_2, XXH_PRIME64_3,
                                    XXH_PRIME64_4, XXH_PRIME32_2, XXH_PRIME64_5, XXH_PRIME32_1};
  memcpy(acc, start, sizeof start);
  size_t n_stripes = (len - 1) / 64;
  for (size_t i = 0; i < n_stripes; i++) {
    xxh_stripe(acc, p + 64 * i, 8 * (i % 16));
    if (i % 16 != 15) continue;
    for (unsigned k = 0; k < 8; k++) acc[k] = (acc[k] ^ acc[k] >> 47 ^ xxh_key(128 + 8 * k)) * XXH_PRIME32_1;
  }
  xxh_stripe(acc, p + len - 64, 121);
}

static uint64_t xxh_merge(const uint64_t acc[8], size_t key, uint64_t sum) {
  for (unsigned i = 0; i < 4; i++)
    sum += xxh_fold(acc[2 * i] ^ xxh_key(key + 16 * i), acc[2 * i + 1] ^ xxh_key(key + 16 * i + 8));
  return xxh_avalanche(sum);
}

/* 1 to 3 bytes and their number. */
static uint32_t xxh_small(const unsigned char *p, size_t len) {
  return (uint32_t)p[0] << 16 | (uint32_t)p[len / 2] << 24 | (uint32_t)p[len - 1] | (uint32_t)len << 8;
}

/* -- 64 bits -- */

static uint64_t xxh64_16(const unsigned char *p, size_t len) {
  if (len > 8) {
    uint64_t low = xxh_load64(p) ^ (xxh_key(24) ^ xxh_key(32)), high = xxh_load64(p + len - 8) ^ (xxh_key(40) ^ xxh_key(48));
    return xxh_avalanche(len + __builtin_bswap64(low) + high + xxh_fold(low, high));
  }
  if (len > 3) {
    uint64_t x = (xxh_load32(p + len - 4) + ((uint64_t)xxh_load32(p) << 32)) ^ (xxh_key(8) ^ xxh_key(16));
    x = (x ^ xxh_rotl(x, 49) ^ xxh_rotl(x, 24)) * XXH_MIX;
    x = (x ^ ((x >> 35) + len)) * XXH_MIX;
    return x ^ x >> 28;
  }
  if (len == 0) return xxh_avalanche64(xxh_key(56) ^ xxh_key(64));
  return xxh_avalanche64(xxh_small(p, len) ^ (uint64_t)(xxh_load32(xxh_secret) ^ xxh_load32(xxh_secret + 4)));
}

uint64_t ottl__xxh3_64(ottl_view text) {
  const unsigned char *p = (const unsigned char *)text.data;
  size_t len = text.len;
  if (len <= 16) return xxh64_16(p, len);
  uint64_t sum = len * XXH_PRIME64_1;
  if (len <= 128) {
    for (size_t i = (len - 1) / 32 + 1; i-- > 0;)
      sum += xxh_mix16(p + 16 * i, 32 * i) + xxh_mix16(p + len - 16 * (i + 1), 32 * i + 16);
    return xxh_avalanche(sum);
  }
  if (len <= 240) {
    for (size_t i = 0; i < 8; i++) sum += xxh_mix16(p + 16 * i, 16 * i);
    sum = xxh_avalanche(sum);
    for (size_t i = 8; i < len / 16; i++) sum += xxh_mix16(p + 16 * i, 16 * (i - 8) + 3);
    return xxh_avalanche(sum + xxh_mix16(p + len - 16, 119));
  }
  uint64_t acc[8];
  xxh_long(acc, p, len);
  return xxh_merge(acc, 11, sum);
}

/* -- 128 bits -- */

static ottl_hash128 xxh128_16(const unsigned char *p, size_t len) {
  if (len > 8) {
    uint64_t low = xxh_load64(p), high = xxh_load64(p + len - 8);
    gonum_u128 m = gonum_mul(low ^ high ^ (xxh_key(32) ^ xxh_key(40)), XXH_PRIME64_1);
    m.lo += (uint64_t)(len - 1) << 54;
    high ^= xxh_key(48) ^ xxh_key(56);
    m.hi += high + (high & 0xffffffff) * (XXH_PRIME32_2 - 1);
    m.lo ^= __builtin_bswap64(m.hi);
    gonum_u128 h = gonum_mul(m.lo, XXH_PRIME64_2);
    return (ottl_hash128){xxh_avalanche(h.lo), xxh_avalanche(h.hi + m.hi * XXH_PRIME64_2)};
  }
  if (len > 3) {
    uint64_t x = (xxh_load32(p) + ((uint64_t)xxh_load32(p + len - 4) << 32)) ^ (xxh_key(16) ^ xxh_key(24));
    gonum_u128 m = gonum_mul(x, XXH_PRIME64_1 + (len << 2));
    m.hi += m.lo << 1;
    m.lo ^= m.hi >> 3;
    m.lo = (m.lo ^ m.lo >> 35) * XXH_MIX;
    return (ottl_hash128){m.lo ^ m.lo >> 28, xxh_avalanche(m.hi)};
  }
  if (len == 0) return (ottl_hash128){xxh_avalanche64(xxh_key(64) ^ xxh_key(72)), xxh_avalanche64(xxh_key(80) ^ xxh_key(88))};
  uint32_t low = xxh_small(p, len), high = __builtin_bswap32(low);
  high = high << 13 | high >> 19;
  return (ottl_hash128){xxh_avalanche64(low ^ (uint64_t)(xxh_load32(xxh_secret) ^ xxh_load32(xxh_secret + 4))),
                        xxh_avalanche64(high ^ (uint64_t)(xxh_load32(xxh_secret + 8) ^ xxh_load32(xxh_secret + 12)))};
}

/* Two pieces of 16 bytes, each into one half and plainly into the other. */
static inline void xxh128_mix32(ottl_hash128 *h, const unsigned char *a, const unsigned char *b, size_t key) {
  h->low = (h->low + xxh_mix16(a, key)) ^ (xxh_load64(b) + xxh_load64(b + 8));
  h->high = (h->high + xxh_mix16(b, key + 16)) ^ (xxh_load64(a) + xxh_load64(a + 8));
}

static ottl_hash128 xxh128_end(ottl_hash128 h, size_t len) {
  uint64_t high = h.low * XXH_PRIME64_1 + h.high * XXH_PRIME64_4 + len * XXH_PRIME64_2;
  return (ottl_hash128){xxh_avalanche(h.low + h.high), 0 - xxh_avalanche(high)};
}

ottl_hash128 ottl__xxh3_128(ottl_view text) {
  const unsigned char *p = (const unsigned char *)text.data;
  size_t len = text.len;
  if (len <= 16) return xxh128_16(p, len);
  ottl_hash128 h = {len * XXH_PRIME64_1, 0};
  if (len <= 128) {
    for (size_t i = (len - 1) / 32 + 1; i-- > 0;) xxh128_mix32(&h, p + 16 * i, p + len - 16 * (i + 1), 32 * i);
    return xxh128_end(h, len);
  }
  if (len <= 240) {
    for (size_t i = 0; i < 4; i++) xxh128_mix32(&h, p + 32 * i, p + 32 * i + 16, 32 * i);
    h = (ottl_hash128){xxh_avalanche(h.low), xxh_avalanche(h.high)};
    for (size_t i = 4; i < len / 32; i++) xxh128_mix32(&h, p + 32 * i, p + 32 * i + 16, 3 + 32 * (i - 4));
    xxh128_mix32(&h, p + len - 16, p + len - 32, 103);
    return xxh128_end(h, len);
  }
  uint64_t acc[8];
  xxh_long(acc, p, len);
  return (ottl_hash128){xxh_merge(acc, 11, h.low), xxh_merge(acc, 117, ~(len * XXH_PRIME64_2))};
}
