/* A growing byte buffer. Append functions remember a failed allocation: check `failed` (or sbuf_status) once at the end. */
#ifndef OTTL_SRC_BASE_SBUF_H
#define OTTL_SRC_BASE_SBUF_H

#include <stdarg.h>

#include "base/alloc.h"

typedef struct ottl_sbuf {
  ottl_allocator al;
  char *data;      /* not zero-terminated */
  size_t len, cap; /* cap: what may be filled of what is there */
  size_t allocated;
  size_t most; /* bytes up to which it may grow; 0: as far as there is memory */
  bool failed; /* out of memory: what was appended since is lost */
  bool over;   /* it would have grown further: what was appended since is lost */
} ottl_sbuf;

void ottl__sbuf_init(ottl_sbuf *buf, const ottl_allocator *al);
void ottl__sbuf_done(ottl_sbuf *buf);
/* Room for `more` bytes behind len; false when out of memory, or over `most`. */
bool ottl__sbuf_grow(ottl_sbuf *buf, size_t more);
void ottl__sbuf_printf(ottl_sbuf *buf, const char *format, ...) OTTL_PRINTF(2, 3);

/* How far it may grow; 0: as far as there is memory. */
static inline void sbuf_bound(ottl_sbuf *buf, size_t most) {
  buf->most = most;
  buf->cap = buf->allocated;
  if (most && most < buf->cap) buf->cap = most > buf->len ? most : buf->len;
}
/* As it was in the beginning, but for the memory. */
static inline void sbuf_clear(ottl_sbuf *buf) {
  buf->len = 0;
  buf->failed = buf->over = false;
  sbuf_bound(buf, 0);
}

static inline bool sbuf_reserve(ottl_sbuf *buf, size_t more) {
  return OTTL_LIKELY(buf->cap - buf->len >= more) || ottl__sbuf_grow(buf, more);
}
static inline void sbuf_put(ottl_sbuf *buf, const void *data, size_t len) {
  if (len == 0 || !sbuf_reserve(buf, len)) return;
  memcpy(buf->data + buf->len, data, len);
  buf->len += len;
}
static inline void sbuf_byte(ottl_sbuf *buf, char byte) {
  if (!sbuf_reserve(buf, 1)) return;
  buf->data[buf->len++] = byte;
}
static inline void sbuf_view(ottl_sbuf *buf, ottl_view v) { sbuf_put(buf, v.data, v.len); }
static inline void sbuf_str(ottl_sbuf *buf, const char *text) { sbuf_put(buf, text, strlen(text)); }
static inline ottl_view sbuf_all(const ottl_sbuf *buf) { return (ottl_view){buf->data, buf->len}; }
static inline ottl_status sbuf_status(const ottl_sbuf *buf) {
  return buf->failed ? OTTL_NOMEM : OTTL_UNLIKELY(buf->over) ? OTTL_LIMIT : OTTL_OK;
}

#endif
