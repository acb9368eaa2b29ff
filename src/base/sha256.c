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

static void scalar_one(uint32_t state[8], const unsigned char *data, size_t n_blocks) {
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

static void scalar_two(uint32_t *const state[2], const unsigned char *const data[2], size_t n_blocks) {
  for (int k = 0; k < 2; k++) scalar_one(state[k], data[k], n_blocks);
}

const ottl_sha256_form ottl__sha256_scalar = {scalar_one, scalar_two};

const ottl_sha256_form *ottl__sha256_pick(void) {
#ifdef OTTL_SHA256_X86
  if (ottl__sha256_x86_present()) return &ottl__sha256_x86;
#endif
  return &ottl__sha256_scalar;
}

/* A message on its way: the blocks of `data` are next, then those of the tail. */
typedef struct sha_lane {
  const unsigned char *data;
  size_t n_blocks, n_tail;
  uint32_t state[8];
  unsigned char tail[128]; /* what is left behind the whole blocks, padded */
} sha_lane;

/* `n` blocks are done. */
static inline void lane_step(sha_lane *lane, size_t n) {
  lane->n_blocks -= n;
  if (lane->n_blocks) {
    lane->data += 64 * n;
    return;
  }
  lane->data = lane->tail;
  lane->n_blocks = lane->n_tail;
  lane->n_tail = 0;
}

static inline void lane_begin(sha_lane *lane, ottl_view text) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  size_t rest = text.len % 64;
  memcpy(lane->state, start, sizeof start);
  lane->data = (const unsigned char *)text.data;
  lane->n_blocks = text.len / 64;
  lane->n_tail = rest < 56 ? 1 : 2;
  memset(lane->tail, 0, 64); /* clears of known length are cheaper than one of what is needed */
  if (lane->n_tail == 2) memset(lane->tail + 64, 0, 64);
  if (rest) copy_short(lane->tail, lane->data + 64 * lane->n_blocks, rest);
  lane->tail[rest] = 0x80;
  uint64_t bits = (uint64_t)text.len * 8;
  sha_store(lane->tail + 64 * lane->n_tail - 8, (uint32_t)(bits >> 32));
  sha_store(lane->tail + 64 * lane->n_tail - 4, (uint32_t)bits);
  lane_step(lane, 0);
}

static void lanes_two(const ottl_sha256_form *form, sha_lane *a, sha_lane *b) {
  while (a->n_blocks && b->n_blocks) {
    size_t n = a->n_blocks < b->n_blocks ? a->n_blocks : b->n_blocks;
    form->two((uint32_t *const[2]){a->state, b->state}, (const unsigned char *const[2]){a->data, b->data}, n);
    lane_step(a, n);
    lane_step(b, n);
  }
}

static void lane_end(const ottl_sha256_form *form, sha_lane *lane, unsigned char out[32]) {
  for (; lane->n_blocks; lane_step(lane, lane->n_blocks)) form->one(lane->state, lane->data, lane->n_blocks);
  for (int i = 0; i < 8; i++) sha_store(out + 4 * i, lane->state[i]);
}

void ottl__sha256_many(const ottl_sha256_form *form, const ottl_view *text, size_t n, unsigned char (*out)[32]) {
  sha_lane lanes[OTTL_SHA256_MANY];
  assert(n <= OTTL_SHA256_MANY);
  for (size_t k = 0; k < n; k++) lane_begin(&lanes[k], text[k]);
  for (size_t k = 0; k + 1 < n; k += 2) lanes_two(form, &lanes[k], &lanes[k + 1]);
  for (size_t k = 0; k < n; k++) lane_end(form, &lanes[k], out[k]);
}

void ottl__sha256(ottl_view text, unsigned char out[32]) {
  const ottl_sha256_form *form = ottl__sha256_pick();
  sha_lane lane;
  lane_begin(&lane, text);
  lane_end(form, &lane, out);
}

void ottl__sha256_hex(ottl_view text, char out[64]) {
  unsigned char digest[32];
  ottl__sha256(text, digest);
  ottl__hex_encode(out, digest, sizeof digest);
}
