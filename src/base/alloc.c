#include "base/alloc.h"

#include <stdlib.h>

static void *default_alloc(void *context, size_t bytes) {
  OTTL_UNUSED(context);
  return malloc(bytes);
}

static void *default_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(old_bytes);
  return realloc(old, new_bytes);
}

static void default_free(void *context, void *memory, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(bytes);
  free(memory);
}

ottl_allocator ottl__alloc_or_default(const ottl_allocator *allocator) {
  if (allocator && allocator->alloc && allocator->realloc && allocator->free) return *allocator;
  return (ottl_allocator){default_alloc, default_realloc, default_free, NULL};
}

ottl_status ottl__al_grow(const ottl_allocator *al, void *items_ptr, size_t *cap, size_t need, size_t item_bytes) {
  size_t n = *cap < 8 ? 8 : *cap;
  while (n < need) {
    if (n > SIZE_MAX / 4) return OTTL_NOMEM;
    n += n / 2;
  }
  if (n > SIZE_MAX / 2 / item_bytes) return OTTL_NOMEM;
  void *old;
  memcpy(&old, items_ptr, sizeof old);
  void *grown = al->realloc(al->context, old, *cap * item_bytes, n * item_bytes);
  if (!grown) return OTTL_NOMEM;
  memcpy(items_ptr, &grown, sizeof grown);
  *cap = n;
  return OTTL_OK;
}

void ottl__arena_init(ottl_arena *arena, const ottl_allocator *al, size_t block_bytes) {
  *arena = (ottl_arena){.al = *al, .block_bytes = block_bytes ? block_bytes : (size_t)64 << 10, .copy_left = UINT64_MAX};
}

void ottl__arena_done(ottl_arena *arena) {
  for (arena_block *b = arena->first; b;) {
    arena_block *next = b->next;
    al_free(&arena->al, b, sizeof *b + b->size);
    b = next;
  }
  arena->first = arena->current = NULL;
  arena->at = arena->end = NULL;
  arena->growing = (arena_growing){0};
}

static void arena_enter(ottl_arena *arena, arena_block *block) {
  arena->current = block;
  arena->at = (char *)(block + 1);
  /* The header is 24 bytes: start at the next 16-byte boundary. */
  arena->at += (16 - (uintptr_t)arena->at % 16) % 16;
  arena->end = (char *)(block + 1) + block->size;
}

void ottl__arena_reset(ottl_arena *arena) {
  arena->growing = (arena_growing){0};
  if (arena->first) arena_enter(arena, arena->first);
}

size_t ottl__arena_bytes(const ottl_arena *arena) {
  size_t sum = 0;
  for (const arena_block *b = arena->first; b; b = b->next) sum += sizeof *b + b->size;
  return sum;
}

/* Takes the next kept block that is large enough, or a new one behind the current. */
void *ottl__arena_slow(ottl_arena *arena, size_t bytes) {
  while (arena->current && arena->current->next) {
    arena_enter(arena, arena->current->next);
    if ((size_t)(arena->end - arena->at) >= bytes) {
      void *p = arena->at;
      arena->at += bytes;
      return p;
    }
  }
  size_t size = arena->block_bytes;
  if (arena->current && arena->current->size < (size_t)8 << 20 && arena->current->size * 2 > size)
    size = arena->current->size * 2;
  if (bytes > SIZE_MAX / 4) return NULL;
  if (size < bytes + 16) size = bytes + 16;
  arena_block *block = al_new(&arena->al, sizeof *block + size);
  if (!block) return NULL;
  *block = (arena_block){.size = size};
  if (arena->current) {
    block->next = arena->current->next;
    arena->current->next = block;
  } else {
    arena->first = block;
  }
  arena_enter(arena, block);
  void *p = arena->at;
  arena->at += bytes;
  return p;
}
