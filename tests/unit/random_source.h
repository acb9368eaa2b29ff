/* A source of chance for property tests: the same seed gives the same programs and payloads on every machine. */
#ifndef OTTL_TESTS_UNIT_RANDOM_SOURCE_H
#define OTTL_TESTS_UNIT_RANDOM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rnd {
  uint64_t state;
} rnd;

static inline uint64_t rnd_next(rnd *r) { /* splitmix64 */
  uint64_t z = r->state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
/* 0 to n - 1. */
static inline unsigned rnd_below(rnd *r, unsigned n) { return (unsigned)(rnd_next(r) >> 32) % n; }
/* True in `percent` of 100 cases. */
static inline bool rnd_in(rnd *r, unsigned percent) { return rnd_below(r, 100) < percent; }
#define RND_PICK(r, array) ((array)[rnd_below(r, (unsigned)(sizeof(array) / sizeof *(array)))])

#endif
