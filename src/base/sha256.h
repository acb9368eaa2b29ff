/* SHA-256 of short texts, one or some at once: no heap, no context. Uses the processor's SHA instructions where there are any. */
#ifndef OTTL_SRC_BASE_SHA256_H
#define OTTL_SRC_BASE_SHA256_H

#include "base/common.h"

/* A form updates the eight words of a state by n_blocks * 64 bytes: one message, or two side by side. */
typedef struct ottl_sha256_form {
  void (*one)(uint32_t state[8], const unsigned char *data, size_t n_blocks);
  void (*two)(uint32_t *const state[2], const unsigned char *const data[2], size_t n_blocks);
} ottl_sha256_form;

extern const ottl_sha256_form ottl__sha256_scalar;
/* The fastest for this processor. */
const ottl_sha256_form *ottl__sha256_pick(void);

void ottl__sha256(ottl_view text, unsigned char out[32]);
/* At most OTTL_SHA256_MANY texts, of any lengths. PERF: w14; in pairs, because one message waits for its rounds. */
#define OTTL_SHA256_MANY 8
void ottl__sha256_many(const ottl_sha256_form *form, const ottl_view *text, size_t n, unsigned char (*out)[32]);
/* The digest as 64 lower-case hexadecimal digits. */
void ottl__sha256_hex(ottl_view text, char out[64]);

#endif
