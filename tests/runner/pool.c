/* Memory and text of the runner. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

typedef struct pool_block {
  struct pool_block *next;
  max_align_t data[];
} pool_block;

static pool_block *pool;

void *rt_alloc(size_t bytes) {
  pool_block *b = calloc(1, sizeof *b + bytes);
  if (!b) {
    fprintf(stderr, "out of memory\n");
    exit(2);
  }
  b->next = pool;
  pool = b;
  return b->data;
}

void rt_free_all(void) {
  while (pool) {
    pool_block *next = pool->next;
    free(pool);
    pool = next;
  }
}

void rt_put(rt_text *t, const char *data, size_t len) {
  if (t->len + len + 1 > t->cap) {
    size_t cap = (t->len + len + 1) * 2;
    char *bigger = rt_alloc(cap);
    if (t->len) memcpy(bigger, t->data, t->len);
    t->data = bigger;
    t->cap = cap;
  }
  if (len) memcpy(t->data + t->len, data, len);
  t->len += len;
  t->data[t->len] = 0;
}

void rt_puts(rt_text *t, const char *text) { rt_put(t, text, strlen(text)); }

void rt_printf(rt_text *t, const char *format, ...) {
  char small[256];
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(small, sizeof small, format, args);
  if (n >= (int)sizeof small) {
    char *big = rt_alloc((size_t)n + 1);
    vsnprintf(big, (size_t)n + 1, format, again);
    rt_put(t, big, (size_t)n);
  } else if (n > 0) {
    rt_put(t, small, (size_t)n);
  }
  va_end(again);
  va_end(args);
}

void rt_put_json(rt_text *t, const char *data, size_t len) {
  rt_puts(t, "\"");
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)data[i];
    if (c == '"' || c == '\\') {
      rt_printf(t, "\\%c", c);
    } else if (c == '\n') {
      rt_puts(t, "\\n");
    } else if (c == '\t') {
      rt_puts(t, "\\t");
    } else if (c < 0x20) {
      rt_printf(t, "\\u%04x", c);
    } else {
      rt_put(t, (const char *)&c, 1);
    }
  }
  rt_puts(t, "\"");
}

char *rt_copy(const char *data, size_t len) {
  char *copy = rt_alloc(len + 1);
  if (len) memcpy(copy, data, len);
  return copy;
}

bool rt_read_file(const char *path, rt_text *ret) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  char buf[1 << 14];
  for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;) rt_put(ret, buf, n);
  bool ok = !ferror(f);
  fclose(f);
  rt_put(ret, "", 0);
  return ok;
}
