/* What the library writes, piece by piece: handed on, or kept; and room for more of anything. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

bool cli_grow(void *items, size_t n, size_t *cap, size_t size) {
  void *old;
  if (n < *cap) return true;
  const size_t more = *cap ? *cap * 2 : 16;
  memcpy(&old, items, sizeof old);
  void *grown = realloc(old, more * size);
  if (!grown) return false;
  memcpy(items, &grown, sizeof grown);
  *cap = more;
  return true;
}

void cli_put(void *file, const char *data, size_t len) { fwrite(data, 1, len, file); }

void cli_keep(void *text, const char *data, size_t len) {
  cli_text *t = text;
  if (t->failed) return;
  char *grown = realloc(t->data, t->len + len + 1);
  if (!grown) {
    free(t->data);
    *t = (cli_text){.failed = true};
    return;
  }
  memcpy(grown + t->len, data, len);
  t->data = grown;
  t->len += len;
  t->data[t->len] = 0;
}
