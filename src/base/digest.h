/* MD5, SHA-1, SHA-256 and SHA-512 of short texts: no heap, no context. Not for secrets: names of things.
 * Several texts at once: the kernel `digest` (kernels/digest.inl.h), made of the same parts. SHA-256 alone: base/sha256.h. */
#ifndef OTTL_SRC_BASE_DIGEST_H
#define OTTL_SRC_BASE_DIGEST_H

#include "base/common.h"

typedef enum ottl_digest_kind { OTTL_MD5, OTTL_SHA1, OTTL_SHA256, OTTL_SHA512, OTTL_DIGESTS } ottl_digest_kind;

enum { OTTL_DIGEST_MAX = 64, OTTL_DIGEST_TAIL = 256 }; /* bytes: of a digest, of two blocks */

typedef struct ottl_digest {
  uint8_t log2;    /* of the block's bytes */
  uint8_t block;   /* bytes */
  uint8_t n_words; /* of 32 bits; SHA-512: of 64 */
  bool little;     /* words of the block and of the digest, and the length */
  uint64_t start[8];
} ottl_digest;
extern const ottl_digest ottl__digests[OTTL_DIGESTS];

typedef union ottl_digest_state {
  uint32_t word[8];
  uint64_t long_word[8]; /* SHA-512 */
} ottl_digest_state;

/* Constants of the rounds. */
extern const uint32_t ottl__md5_round[64], ottl__sha256_round[64];
extern const uint64_t ottl__sha512_round[80];

/* The digest of a text: 16, 20, 32 or 64 bytes. */
void ottl__digest(ottl_digest_kind kind, ottl_view text, unsigned char *out);

/* The same in steps: start, n blocks, the tail's blocks, out. The tail (OTTL_DIGEST_TAIL bytes of room) is what stands behind the
 * whole blocks of a text, padded; its length is returned. */
void ottl__digest_start(ottl_digest_kind kind, ottl_digest_state *s);
void ottl__digest_blocks(ottl_digest_kind kind, ottl_digest_state *s, const unsigned char *p, size_t n);
size_t ottl__digest_tail(const ottl_digest *d, ottl_view text, unsigned char *tail);
void ottl__digest_out(ottl_digest_kind kind, const ottl_digest_state *s, unsigned char *out);

#endif
