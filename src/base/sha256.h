/* SHA-256 of short texts, in one call: no heap, no context. Uses the processor's SHA instructions where there are any. */
#ifndef OTTL_SRC_BASE_SHA256_H
#define OTTL_SRC_BASE_SHA256_H

#include "base/common.h"

/* Updates the eight words of state by n_blocks * 64 bytes. */
typedef void (*ottl_sha256_blocks)(uint32_t state[8], const unsigned char *data, size_t n_blocks);

/* The fastest for this processor. A caller with many texts may keep the pointer and use ottl__sha256_with. */
ottl_sha256_blocks ottl__sha256_pick(void);
void ottl__sha256_scalar(uint32_t state[8], const unsigned char *data, size_t n_blocks);

void ottl__sha256_with(ottl_sha256_blocks blocks, ottl_view text, unsigned char out[32]);
void ottl__sha256(ottl_view text, unsigned char out[32]);
/* The digest as 64 lower-case hexadecimal digits. */
void ottl__sha256_hex(ottl_view text, char out[64]);

#endif
