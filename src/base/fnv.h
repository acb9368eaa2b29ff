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

#endif
