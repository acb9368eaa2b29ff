/* Hashes that are fast and no secret: MurmurHash3 (32 bits; 128 bits, x64) and XXH3 (64 and 128 bits), seed 0. */
#ifndef OTTL_SRC_BASE_FASTHASH_H
#define OTTL_SRC_BASE_FASTHASH_H

#include "base/common.h"

typedef struct ottl_hash128 {
  uint64_t low, high;
} ottl_hash128;

uint32_t ottl__murmur3_32(ottl_view text);
ottl_hash128 ottl__murmur3_128(ottl_view text);
uint64_t ottl__xxh3_64(ottl_view text);
ottl_hash128 ottl__xxh3_128(ottl_view text);

#endif
