/* SHA-256 with the x86 SHA instructions: for sha256.c only. */
#ifndef OTTL_SRC_BASE_SHA256_X86_H
#define OTTL_SRC_BASE_SHA256_X86_H

#include "base/common.h"

extern const uint32_t ottl__sha256_round[64];

#if defined(__x86_64__) && defined(__GNUC__)
#define OTTL_SHA256_X86 1
/* One load: the answer is found once, when the library is loaded. */
bool ottl__sha256_x86_present(void);
void ottl__sha256_x86(uint32_t state[8], const unsigned char *data, size_t n_blocks);
#endif

#endif
