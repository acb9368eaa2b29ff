/* The kernel `digest` in vectors of DIGEST_BYTES, a text in each lane. Written once in the compiler's vectors; the file of an instruction
 * set defines DIGEST_BYTES and includes it. Everything is static.
 *
 * Texts of a few blocks more than the others leave lanes idle; when fewer than DIGEST_LEAST are left, each goes on alone. */
#ifndef DIGEST_BYTES
#error "the file of an instruction set defines DIGEST_BYTES"
#endif
#include "kernels/kernels.h"

typedef uint32_t digest32 __attribute__((vector_size(DIGEST_BYTES)));
typedef uint64_t digest64 __attribute__((vector_size(DIGEST_BYTES)));
#include "base/digest_rounds.inl.h"

enum { DIGEST_LANES = DIGEST_BYTES / 4, DIGEST_LEAST = 3 };

typedef struct digest_lane {
  const unsigned char *text, *tail;
  size_t full, blocks; /* whole ones, and all */
} digest_lane;

/* Block t of a lane; behind its last one the last one again, which nobody looks at. */
KERNEL_INLINE const unsigned char *lane_block(const digest_lane *lane, size_t t, size_t size) {
  if (OTTL_LIKELY(t < lane->full)) return lane->text + t * size;
  return lane->tail + ((t < lane->blocks ? t : lane->blocks - 1) - lane->full) * size;
}

/* One block of each lane. Words are put side by side in memory: a store of a word costs what an insert into a vector does. */
#define DIGEST_STEP(name, word, vector, load, rounds)                                                                            \
  KERNEL_INLINE void name(vector *h, const digest_lane *lanes, size_t t) {                                                       \
    enum { LANES = DIGEST_BYTES / sizeof(word) };                                                                                \
    word words[16][LANES];                                                                                                       \
    vector w[16], last[8], more;                                                                                                 \
    for (unsigned k = 0; k < LANES; k++) {                                                                                       \
      const unsigned char *p = lane_block(&lanes[k], t, 16 * sizeof(word));                                                      \
      for (unsigned i = 0; i < 16; i++) words[i][k] = load(p + sizeof(word) * i);                                                \
      more[k] = t < lanes[k].blocks ? ~(word)0 : 0;                                                                              \
    }                                                                                                                            \
    memcpy(w, words, sizeof w);                                                                                                  \
    memcpy(last, h, sizeof last);                                                                                                \
    rounds;                                                                                                                      \
    for (unsigned i = 0; i < 8; i++) h[i] = (h[i] & more) | (last[i] & ~more);                                                   \
  }
DIGEST_STEP(step_md5, uint32_t, digest32, digest_le32, digest_md5(h, w))
DIGEST_STEP(step_sha1, uint32_t, digest32, digest_be32, digest_sha1(h, w))
DIGEST_STEP(step_sha256, uint32_t, digest32, digest_be32, digest_sha256(h, w))
DIGEST_STEP(step_sha512, uint64_t, digest64, digest_be64, digest_sha512(h, w))

typedef union digest_lanes_state {
  digest32 word[8];
  digest64 long_word[8];
} digest_lanes_state;

KERNEL_INLINE void lanes_start(ottl_digest_kind kind, digest_lanes_state *s) {
  const ottl_digest *d = &ottl__digests[kind];
  memset(s, 0, sizeof *s);
  for (unsigned i = 0; i < d->n_words; i++) {
    if (kind == OTTL_SHA512)
      s->long_word[i] += d->start[i];
    else
      s->word[i] += (uint32_t)d->start[i];
  }
}

/* Steps done by all lanes, and then the rest of one. */
static void lane_end(ottl_digest_kind kind, const digest_lanes_state *s, unsigned k, const digest_lane *lane, size_t done,
                     unsigned char *out) {
  const ottl_digest *d = &ottl__digests[kind];
  ottl_digest_state one;
  for (unsigned i = 0; i < d->n_words; i++) {
    if (kind == OTTL_SHA512)
      one.long_word[i] = s->long_word[i][k];
    else
      one.word[i] = s->word[i][k];
  }
  if (done < lane->full) {
    ottl__digest_blocks(kind, &one, lane->text + done * d->block, lane->full - done);
    done = lane->full;
  }
  if (done < lane->blocks) ottl__digest_blocks(kind, &one, lane->tail + (done - lane->full) * d->block, lane->blocks - done);
  ottl__digest_out(kind, &one, out);
}

/* How many blocks DIGEST_LEAST of the lanes have, at the least. */
KERNEL_INLINE size_t common_blocks(const digest_lane *lanes, uint32_t n) {
  size_t top[DIGEST_LEAST] = {0}; /* the greatest first */
  for (uint32_t k = 0; k < n; k++) {
    size_t b = lanes[k].blocks;
    for (unsigned i = 0; i < DIGEST_LEAST; i++) {
      size_t was = top[i];
      if (b > was) top[i] = b, b = was;
    }
  }
  return top[DIGEST_LEAST - 1];
}

/* At most as many texts as there are lanes. */
static void digest_lanes(ottl_digest_kind kind, const ottl_view *text, uint32_t n, unsigned char (*out)[OTTL_DIGEST_MAX]) {
  const ottl_digest *d = &ottl__digests[kind];
  unsigned char tails[DIGEST_LANES][OTTL_DIGEST_TAIL];
  digest_lane lanes[DIGEST_LANES];
  digest_lanes_state s;
  for (uint32_t k = 0; k < n; k++) {
    size_t full = text[k].len >> d->log2, tail = ottl__digest_tail(d, text[k], tails[k]) >> d->log2;
    lanes[k] = (digest_lane){(const unsigned char *)text[k].data, tails[k], full, full + tail};
  }
  for (uint32_t k = n; k < DIGEST_LANES; k++) lanes[k] = lanes[0];
  lanes_start(kind, &s);
  const size_t steps = common_blocks(lanes, n);
  for (size_t t = 0; t < steps; t++) {
    switch (kind) {
    case OTTL_MD5: step_md5(s.word, lanes, t); break;
    case OTTL_SHA1: step_sha1(s.word, lanes, t); break;
    case OTTL_SHA256: step_sha256(s.word, lanes, t); break;
    default: step_sha512(s.long_word, lanes, t);
    }
  }
  for (uint32_t k = 0; k < n; k++) lane_end(kind, &s, k, &lanes[k], steps < lanes[k].blocks ? steps : lanes[k].blocks, out[k]);
}

static void digest(int kind, const ottl_view *text, uint32_t n, unsigned char (*out)[OTTL_DIGEST_MAX]) {
  const uint32_t lanes = kind == OTTL_SHA512 ? DIGEST_LANES / 2 : DIGEST_LANES;
  while (n >= DIGEST_LEAST) {
    uint32_t m = n < lanes ? n : lanes;
    digest_lanes((ottl_digest_kind)kind, text, m, out);
    text += m, out += m, n -= m;
  }
  for (uint32_t k = 0; k < n; k++) ottl__digest((ottl_digest_kind)kind, text[k], out[k]);
}
