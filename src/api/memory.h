/* Memory of an exec: the caller's allocator, counted.
 *
 * Two promises in one place. A failed allocation ends the run, however deep in a row's evaluation it happened: a row error made
 * of it would be a wrong result. And statements that multiply a payload stop at a limit instead of filling the machine. */
#ifndef OTTL_SRC_API_MEMORY_H
#define OTTL_SRC_API_MEMORY_H

#include "base/alloc.h"

typedef struct exec_memory {
  ottl_allocator al;  /* the caller's */
  uint64_t held, max; /* bytes; max 0: none */
  bool refused;       /* an allocation failed since this was cleared; */
  bool over;          /* because of max */
} exec_memory;

/* The allocator that counts in *memory, which must stay where it is. */
ottl_allocator ottl__memory_counted(exec_memory *memory);

/* OK, or why an allocation was refused: LIMIT, NOMEM. */
static inline ottl_status memory_status(const exec_memory *m) {
  if (OTTL_LIKELY(!m->refused)) return OTTL_OK;
  return m->over ? OTTL_LIMIT : OTTL_NOMEM;
}

#endif
