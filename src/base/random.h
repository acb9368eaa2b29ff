/* Random bytes from the system. */
#ifndef OTTL_SRC_BASE_RANDOM_H
#define OTTL_SRC_BASE_RANDOM_H

#include "base/common.h"

/* False: the system has none to give. Any thread. */
OTTL_MUST_CHECK bool ottl__random(void *out, size_t len);

/* The next number of a sequence (splitmix64): the same for the same state. For tests and for spreading, not for secrets. */
static inline uint64_t ottl__random_next(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

#endif
