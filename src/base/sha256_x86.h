/* SHA-256 with the x86 SHA instructions: for sha256.c only. */
#ifndef OTTL_SRC_BASE_SHA256_X86_H
#define OTTL_SRC_BASE_SHA256_X86_H

#include "base/digest.h"
#include "base/sha256.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define OTTL_SHA256_X86 1
/* One load: the answer is found once, when the library is loaded. */
bool ottl__sha256_x86_present(void);
extern const ottl_sha256_form ottl__sha256_x86;
#endif

#endif
