#include "base/sha256.h"

#include "base/digest.h"
#include "base/hex.h"
#include "base/sha256_x86.h"

static inline void sha_store(unsigned char *p, uint32_t v) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  v = __builtin_bswap32(v);
#endif
  memcpy(p, &v, sizeof v);
}

static void scalar_one(uint32_t state[8], const unsigned char *data, size_t n_blocks) {
  ottl_digest_state s;
  memcpy(s.word, state, sizeof s.word);
  ottl__digest_blocks(OTTL_SHA256, &s, data, n_blocks);
  memcpy(state, s.word, sizeof s.word);
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
