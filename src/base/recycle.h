/* An allocator that keeps blocks which are given back, for whoever needs memory for a moment again and again: once warm, it asks nobody.
 *
 * Blocks have sizes that are powers of two; large ones go back at once, so that a large payload is not remembered for ever. */
#ifndef OTTL_SRC_BASE_RECYCLE_H
#define OTTL_SRC_BASE_RECYCLE_H

#include "base/alloc.h"

#define RECYCLE_LEAST   64u
#define RECYCLE_CLASSES 17 /* the last one: 4 MiB */

typedef struct ottl_recycler {
  ottl_allocator under;
  void *kept[RECYCLE_CLASSES]; /* each block holds the address of the next */
} ottl_recycler;

/* The allocator; it and what it gave are good until ottl__recycler_done. r does not move. */
ottl_allocator ottl__recycler_init(ottl_recycler *r, const ottl_allocator *under);
/* Gives back what is kept; what was not given back to it before is lost. */
void ottl__recycler_done(ottl_recycler *r);

#endif
