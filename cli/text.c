/* What the library writes, piece by piece: handed on, or kept. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

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
