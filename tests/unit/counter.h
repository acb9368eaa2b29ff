/* An allocator that counts, checks sizes, and fails on demand. */
#ifndef OTTL_TESTS_UNIT_COUNTER_H
#define OTTL_TESTS_UNIT_COUNTER_H

#include <stdlib.h>
#include <string.h>

#include "ottl/base.h"

typedef struct counter {
  size_t n;       /* allocations and reallocations so far */
  size_t fail_at; /* this one fails, counted from 1; 0: none */
  bool onwards;   /* and all after it */
  bool failed;
  size_t live_bytes, live_blocks;
} counter;

static inline bool counter_fails(counter *c) {
  c->n++;
  if (!c->fail_at || !(c->onwards ? c->n >= c->fail_at : c->n == c->fail_at)) return false;
  c->failed = true;
  return true;
}

static inline void *counter_alloc(void *context, size_t bytes) {
  counter *c = context;
  if (counter_fails(c)) return NULL;
  c->live_bytes += bytes;
  c->live_blocks++;
  return malloc(bytes);
}

static inline void counter_free(void *context, void *memory, size_t bytes) {
  counter *c = context;
  if (!memory) return;
  c->live_bytes -= bytes;
  c->live_blocks--;
  free(memory);
}

static inline void *counter_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  counter *c = context;
  if (counter_fails(c)) return NULL;
  void *p = malloc(new_bytes); /* never the same place: who keeps the old one is found out */
  c->live_bytes += new_bytes;
  c->live_blocks++;
  if (old) memcpy(p, old, old_bytes < new_bytes ? old_bytes : new_bytes);
  counter_free(c, old, old_bytes);
  return p;
}

static inline ottl_allocator counter_allocator(counter *c) {
  return (ottl_allocator){counter_alloc, counter_realloc, counter_free, c};
}

#endif
