#include "base/fasthash.h"

static inline uint32_t m_load32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t m_load64(const unsigned char *p) { return m_load32(p) | (uint64_t)m_load32(p + 4) << 32; }
static inline uint32_t m_rotl32(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }
static inline uint64_t m_rotl64(uint64_t x, unsigned n) { return x << n | x >> (64 - n); }
/* The last n < 8 bytes as a number. */
static inline uint64_t m_tail(const unsigned char *p, size_t n) {
  uint64_t v = 0;
  while (n--) v = v << 8 | p[n];
  return v;
}

uint32_t ottl__murmur3_32(ottl_view text) {
  const uint32_t c1 = 0xcc9e2d51, c2 = 0x1b873593;
  const unsigned char *p = (const unsigned char *)text.data;
  size_t left = text.len;
  uint32_t h = 0;
  for (; left >= 4; left -= 4, p += 4) {
    h ^= m_rotl32(m_load32(p) * c1, 15) * c2;
    h = m_rotl32(h, 13) * 5 + 0xe6546b64;
  }
  if (left) h ^= m_rotl32((uint32_t)m_tail(p, left) * c1, 15) * c2;
  h ^= (uint32_t)text.len;
  h = (h ^ h >> 16) * 0x85ebca6b;
  h = (h ^ h >> 13) * 0xc2b2ae35;
  return h ^ h >> 16;
}

static inline uint64_t m_mix(uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53;
  return x ^ x >> 33;
}

ottl_hash128 ottl__murmur3_128(ottl_view text) {
  const uint64_t c1 = 0x87c37b91114253d5, c2 = 0x4cf5ad432745937f;
  const unsigned char *p = (const unsigned char *)text.data;
  size_t left = text.len;
  uint64_t h1 = 0, h2 = 0;
  for (; left >= 16; left -= 16, p += 16) {
    h1 ^= m_rotl64(m_load64(p) * c1, 31) * c2;
    h1 = (m_rotl64(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= m_rotl64(m_load64(p + 8) * c2, 33) * c1;
    h2 = (m_rotl64(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  if (left > 8) h2 ^= m_rotl64(m_tail(p + 8, left - 8) * c2, 33) * c1;
  if (left) h1 ^= m_rotl64((left >= 8 ? m_load64(p) : m_tail(p, left)) * c1, 31) * c2;
  h1 ^= text.len;
  h2 ^= text.len;
  h1 += h2;
  h2 += h1;
  h1 = m_mix(h1);
  h2 = m_mix(h2);
  h1 += h2;
  return (ottl_hash128){h1, h1 + h2};
}
