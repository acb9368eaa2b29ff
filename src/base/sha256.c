#include "base/sha256.h"

#include "base/digest.h"
#include "base/hex.h"
#include "base/sha256_x86.h"

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
  ottl_digest_state state;
  unsigned char tail[128]; /* what is left behind the whole blocks, padded: two of them at most */
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
  ottl__digest_start(OTTL_SHA256, &lane->state);
  lane->data = (const unsigned char *)text.data;
  lane->n_blocks = text.len / 64;
  lane->n_tail = ottl__digest_tail(&ottl__digests[OTTL_SHA256], text, lane->tail) / 64;
  lane_step(lane, 0);
}

static void lanes_two(const ottl_sha256_form *form, sha_lane *a, sha_lane *b) {
  while (a->n_blocks && b->n_blocks) {
    size_t n = a->n_blocks < b->n_blocks ? a->n_blocks : b->n_blocks;
    form->two((uint32_t *const[2]){a->state.word, b->state.word}, (const unsigned char *const[2]){a->data, b->data}, n);
    lane_step(a, n);
    lane_step(b, n);
  }
}

static void lane_end(const ottl_sha256_form *form, sha_lane *lane, unsigned char out[32]) {
  for (; lane->n_blocks; lane_step(lane, lane->n_blocks)) form->one(lane->state.word, lane->data, lane->n_blocks);
  ottl__digest_out(OTTL_SHA256, &lane->state, out);
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
