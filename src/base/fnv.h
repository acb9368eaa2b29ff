/* FNV-1a, 64 bits: Go's hash/fnv New64a. */
#ifndef OTTL_SRC_BASE_FNV_H
#define OTTL_SRC_BASE_FNV_H

#include "base/common.h"

#define OTTL_FNV64A_START 0xcbf29ce484222325ull

/* Continues from `hash`; begin with OTTL_FNV64A_START. */
static inline uint64_t fnv64a_add(uint64_t hash, const void *data, size_t len) {
  const unsigned char *p = data;
  for (size_t i = 0; i < len; i++) hash = (hash ^ p[i]) * 0x100000001b3ull;
  return hash;
}
static inline uint64_t fnv64a(ottl_view text) { return fnv64a_add(OTTL_FNV64A_START, text.data, text.len); }

/* PERF: w12, 32 bytes each: one hash waits for its multiplications; four side by side hardly take longer than one. */
#define OTTL_FNV_LANES 4
static inline void fnv64a_lanes(const ottl_view text[OTTL_FNV_LANES], uint64_t ret[OTTL_FNV_LANES]) {
  size_t common = text[0].len;
  uint64_t hash[OTTL_FNV_LANES];
  for (unsigned k = 0; k < OTTL_FNV_LANES; k++) {
    hash[k] = OTTL_FNV64A_START;
    if (text[k].len < common) common = text[k].len;
  }
  for (size_t i = 0; i < common; i++) {
    for (unsigned k = 0; k < OTTL_FNV_LANES; k++) hash[k] = fnv64a_add(hash[k], text[k].data + i, 1);
  }
  for (unsigned k = 0; k < OTTL_FNV_LANES; k++) ret[k] = fnv64a_add(hash[k], text[k].data + common, text[k].len - common);
}

#endif
