#include "base/recycle.h"

/* RECYCLE_CLASSES: it is not kept. */
static unsigned class_of(size_t bytes) {
  unsigned k = 0;
  while (k < RECYCLE_CLASSES && ((size_t)RECYCLE_LEAST << k) < bytes) k++;
  return k;
}

static size_t class_bytes(unsigned k, size_t bytes) { return k < RECYCLE_CLASSES ? (size_t)RECYCLE_LEAST << k : bytes; }

static void *recycle_alloc(void *context, size_t bytes) {
  ottl_recycler *r = context;
  unsigned k = class_of(bytes);
  if (k == RECYCLE_CLASSES || !r->kept[k]) return al_new(&r->under, class_bytes(k, bytes));
  void *block = r->kept[k];
  memcpy(&r->kept[k], block, sizeof block);
  return block;
}

static void recycle_free(void *context, void *block, size_t bytes) {
  ottl_recycler *r = context;
  unsigned k = class_of(bytes);
  if (!block) return;
  if (k == RECYCLE_CLASSES) {
    al_free(&r->under, block, bytes);
    return;
  }
  memcpy(block, &r->kept[k], sizeof block);
  r->kept[k] = block;
}

static void *recycle_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  ottl_recycler *r = context;
  if (!old) return recycle_alloc(context, new_bytes);
  unsigned from = class_of(old_bytes), to = class_of(new_bytes);
  if (from == RECYCLE_CLASSES && to == RECYCLE_CLASSES) return r->under.realloc(r->under.context, old, old_bytes, new_bytes);
  if (from == to) return old;
  void *block = recycle_alloc(context, new_bytes);
  if (!block) return NULL;
  memcpy(block, old, old_bytes < new_bytes ? old_bytes : new_bytes);
  recycle_free(context, old, old_bytes);
  return block;
}

ottl_allocator ottl__recycler_init(ottl_recycler *r, const ottl_allocator *under) {
  *r = (ottl_recycler){.under = *under};
  return (ottl_allocator){.alloc = recycle_alloc, .realloc = recycle_realloc, .free = recycle_free, .context = r};
}

void ottl__recycler_done(ottl_recycler *r) {
  for (unsigned k = 0; k < RECYCLE_CLASSES; k++) {
    for (void *block = r->kept[k], *next; block; block = next) {
      memcpy(&next, block, sizeof next);
      al_free(&r->under, block, class_bytes(k, 0));
    }
    r->kept[k] = NULL;
  }
}
