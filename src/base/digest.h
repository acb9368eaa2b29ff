/* SHA-1, MD5 and SHA-512 of short texts, in one call: no heap, no context. Not for secrets: names of things. */
#ifndef OTTL_SRC_BASE_DIGEST_H
#define OTTL_SRC_BASE_DIGEST_H

#include "base/common.h"

void ottl__sha1(ottl_view text, unsigned char out[20]);
void ottl__md5(ottl_view text, unsigned char out[16]);
void ottl__sha512(ottl_view text, unsigned char out[64]);

#endif
