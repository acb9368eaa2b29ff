#include "api/memory.h"

static bool over(exec_memory *m, size_t more) {
  if (!m->max || (m->held <= m->max && more <= m->max - m->held)) return false;
  m->refused = m->over = true;
  return true;
}

static void *counted_alloc(void *context, size_t bytes) {
  exec_memory *m = context;
  if (over(m, bytes)) return NULL;
  void *p = m->al.alloc(m->al.context, bytes);
  if (p) {
    m->held += bytes;
  } else {
    m->refused = true;
  }
  return p;
}

static void *counted_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  exec_memory *m = context;
  if (new_bytes > old_bytes && over(m, new_bytes - old_bytes)) return NULL;
  void *p = m->al.realloc(m->al.context, old, old_bytes, new_bytes);
  if (p) {
    m->held += new_bytes;
    m->held -= old ? old_bytes : 0;
  } else {
    m->refused = true;
  }
  return p;
}

static void counted_free(void *context, void *memory, size_t bytes) {
  exec_memory *m = context;
  if (!memory) return;
  m->held -= bytes;
  m->al.free(m->al.context, memory, bytes);
}

ottl_allocator ottl__memory_counted(exec_memory *memory) {
  return (ottl_allocator){counted_alloc, counted_realloc, counted_free, memory};
}
