#include "base/sha256.h"

#include "base/hex.h"
#include "base/sha256_x86.h"

const uint32_t ottl__sha256_round[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t sha_rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }
static inline uint32_t sha_load(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void sha_store(unsigned char *p, uint32_t v) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  v = __builtin_bswap32(v);
#endif
  memcpy(p, &v, sizeof v);
}

void ottl__sha256_scalar(uint32_t state[8], const unsigned char *data, size_t n_blocks) {
  for (; n_blocks; n_blocks--, data += 64) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = sha_load(data + 4 * i);
    for (int i = 16; i < 64; i++) {
      uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (sha_rotate(a, 7) ^ sha_rotate(a, 18) ^ a >> 3) +
             (sha_rotate(b, 17) ^ sha_rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i += 8) {
#pragma GCC unroll 8
      for (int j = 0; j < 8; j++) { /* instead of moving a..h along, their places in s turn */
#define SHA_S(n) s[((n) - j) & 7]
        uint32_t a = SHA_S(0), b = SHA_S(1), c = SHA_S(2), e = SHA_S(4), f = SHA_S(5), g = SHA_S(6);
        uint32_t t1 = SHA_S(7) + (sha_rotate(e, 6) ^ sha_rotate(e, 11) ^ sha_rotate(e, 25)) + ((e & f) ^ (~e & g)) +
                      ottl__sha256_round[i + j] + w[i + j];
        SHA_S(3) += t1;
        SHA_S(7) = t1 + (sha_rotate(a, 2) ^ sha_rotate(a, 13) ^ sha_rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
#undef SHA_S
      }
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
  }
}

ottl_sha256_blocks ottl__sha256_pick(void) {
#ifdef OTTL_SHA256_X86
  if (ottl__sha256_x86_present()) return ottl__sha256_x86;
#endif
  return ottl__sha256_scalar;
}

void ottl__sha256_with(ottl_sha256_blocks blocks, ottl_view text, unsigned char out[32]) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const unsigned char *p = (const unsigned char *)text.data;
  size_t whole = text.len / 64, rest = text.len % 64;
  unsigned char tail[128] = {0}; /* a clear of known length is cheaper than one of what is needed */
  size_t n_tail = rest < 56 ? 1 : 2;
  if (whole) blocks(state, p, whole);
  if (rest) memcpy(tail, p + 64 * whole, rest);
  tail[rest] = 0x80;
  uint64_t bits = (uint64_t)text.len * 8;
  sha_store(tail + 64 * n_tail - 8, (uint32_t)(bits >> 32));
  sha_store(tail + 64 * n_tail - 4, (uint32_t)bits);
  blocks(state, tail, n_tail);
  for (int i = 0; i < 8; i++) sha_store(out + 4 * i, state[i]);
}

void ottl__sha256(ottl_view text, unsigned char out[32]) { ottl__sha256_with(ottl__sha256_pick(), text, out); }

void ottl__sha256_hex(ottl_view text, char out[64]) {
  unsigned char digest[32];
  ottl__sha256(text, digest);
  ottl__hex_encode(out, digest, sizeof digest);
}
