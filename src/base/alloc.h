/* Memory: the caller's allocator, and arenas on top of it.
 *
 *   arena:  block ─► block ─► block(current: [used ......... free])
 *
 * An arena hands out memory that lives until the arena is reset or done. Reset keeps the blocks, so that a loop which resets
 * after each turn stops allocating once warm. */
#ifndef OTTL_SRC_BASE_ALLOC_H
#define OTTL_SRC_BASE_ALLOC_H

#include "base/common.h"

/* The given allocator, or malloc and friends when it is NULL or empty. */
ottl_allocator ottl__alloc_or_default(const ottl_allocator *allocator);

static inline void *al_new(const ottl_allocator *al, size_t bytes) { return al->alloc(al->context, bytes ? bytes : 1); }
static inline void al_free(const ottl_allocator *al, void *p, size_t bytes) {
  if (p) al->free(al->context, p, bytes ? bytes : 1);
}
/* Zeroed. */
static inline void *al_zero(const ottl_allocator *al, size_t bytes) {
  void *p = al_new(al, bytes);
  if (p) memset(p, 0, bytes);
  return p;
}

OTTL_MUST_CHECK ottl_status ottl__al_grow(const ottl_allocator *al, void *items_ptr, size_t *cap, size_t need, size_t item_bytes);
/* Grows *items (of item_bytes each) so that at least `need` fit; *cap is in items. Fails: NOMEM, then nothing changed. */
OTTL_MUST_CHECK static inline ottl_status ottl__al_reserve(const ottl_allocator *al, void *items_ptr, size_t *cap, size_t need,
                                                           size_t item_bytes) {
  return OTTL_LIKELY(need <= *cap) ? OTTL_OK : ottl__al_grow(al, items_ptr, cap, need, item_bytes);
}

typedef struct arena_block {
  struct arena_block *next;
  size_t size, used; /* bytes after this header */
} arena_block;

/* A text with room behind it, for whoever adds to one text again and again; gone when the arena is reset. */
typedef struct arena_growing {
  char *data; /* NULL: none */
  size_t len, cap;
} arena_growing;

typedef struct ottl_arena {
  ottl_allocator al;
  arena_block *first, *current;
  size_t block_bytes; /* least size of a new block */
  char *at, *end;     /* free part of the current block */
  arena_growing growing;
  uint64_t copy_left; /* elements of values that may still be copied into it (batch/value.h) */
} ottl_arena;

/* No allocation yet; never fails. block_bytes 0: 64 KiB. */
void ottl__arena_init(ottl_arena *arena, const ottl_allocator *al, size_t block_bytes);
void ottl__arena_done(ottl_arena *arena);
/* Everything handed out is gone; blocks are kept. */
void ottl__arena_reset(ottl_arena *arena);
size_t ottl__arena_bytes(const ottl_arena *arena); /* held from the allocator */
void *ottl__arena_slow(ottl_arena *arena, size_t bytes);

/* NULL when out of memory. 16-byte aligned. */
static inline void *arena_alloc(ottl_arena *arena, size_t bytes) {
  if (OTTL_UNLIKELY(bytes > SIZE_MAX / 2)) return NULL;
  size_t n = bytes ? (bytes + 15) & ~(size_t)15 : 16;
  if (OTTL_LIKELY((size_t)(arena->end - arena->at) >= n)) {
    void *p = arena->at;
    arena->at += n;
    return p;
  }
  return ottl__arena_slow(arena, n);
}
static inline void *arena_zero(ottl_arena *arena, size_t bytes) {
  void *p = arena_alloc(arena, bytes);
  if (p) memset(p, 0, bytes);
  return p;
}
/* Array of n items; NULL on overflow too. */
static inline void *arena_array(ottl_arena *arena, size_t n, size_t item_bytes) {
  if (item_bytes && n > SIZE_MAX / 2 / item_bytes) return NULL;
  return arena_alloc(arena, n * item_bytes);
}
/* Room for up to `bytes` unaligned text at arena->at; arena_text_end tells how much was used. NULL when out of memory. */
static inline char *arena_text(ottl_arena *arena, size_t bytes) {
  char *p = arena_alloc(arena, bytes);
  return p;
}
/* Gives back the unused tail of the newest allocation of `bytes` at p. */
static inline void arena_trim(ottl_arena *arena, void *p, size_t bytes, size_t used) {
  size_t n = (bytes + 15) & ~(size_t)15, m = (used + 15) & ~(size_t)15;
  if ((char *)p + (n ? n : 16) == arena->at) arena->at = (char *)p + (m ? m : 16);
}
/* Copy of bytes; the data of the result is NULL when out of memory (and len kept). */
static inline ottl_view arena_copy(ottl_arena *arena, const void *data, size_t len) {
  char *p = arena_alloc(arena, len + 1);
  if (p && len) memcpy(p, data, len);
  if (p) p[len] = 0;
  return (ottl_view){p, len};
}

#endif
