#include "base/sbuf.h"

#include <stdio.h>

void ottl__sbuf_init(ottl_sbuf *buf, const ottl_allocator *al) { *buf = (ottl_sbuf){.al = *al}; }

void ottl__sbuf_done(ottl_sbuf *buf) {
  al_free(&buf->al, buf->data, buf->allocated);
  buf->data = NULL;
  buf->len = buf->cap = buf->allocated = 0;
}

bool ottl__sbuf_grow(ottl_sbuf *buf, size_t more) {
  if (buf->failed || buf->over) return false;
  if (buf->most && (buf->len > buf->most || more > buf->most - buf->len)) {
    buf->over = true;
    return false;
  }
  if (more > SIZE_MAX / 4 - buf->len || ottl__al_reserve(&buf->al, &buf->data, &buf->allocated, buf->len + more, 1) != OTTL_OK) {
    buf->failed = true;
    return false;
  }
  sbuf_bound(buf, buf->most);
  return true;
}

void ottl__sbuf_printf(ottl_sbuf *buf, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n <= 0 || !sbuf_reserve(buf, (size_t)n + 1)) return;
  va_start(args, format);
  (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, format, args);
  va_end(args);
  buf->len += (size_t)n;
}
