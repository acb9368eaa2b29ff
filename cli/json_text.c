/* Text in JSON: well-formed, and nothing in it that a terminal takes for a command or that turns lines around. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "yyjson.h"

size_t cli_utf8(const char *p, size_t len, uint32_t *ret) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *u = (const unsigned char *)p;
  if (!len) return 0;
  *ret = u[0];
  if (u[0] < 0x80) return 1;
  size_t n = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
  if (u[0] < 0xc2 || u[0] > 0xf4 || n > len) return 0;
  uint32_t rune = u[0] & (0xffu >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if ((u[i] & 0xc0) != 0x80) return 0;
    rune = rune << 6 | (u[i] & 0x3fu);
  }
  *ret = rune;
  return rune < least[n] || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff) ? 0 : n;
}

/* Controls, and what has no width of its own: joiners, directions, line separators. */
static bool is_hidden(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

void cli_json_text(const char *text, size_t len) {
  putchar('"');
  for (size_t i = 0; i < len;) {
    uint32_t c = 0xfffd;
    size_t n = cli_utf8(text + i, len - i, &c);
    if (!n)
      fputs("\\ufffd", stdout);
    else if (c == '"' || c == '\\')
      printf("\\%c", (char)c);
    else if (c == '\n')
      fputs("\\n", stdout);
    else if (is_hidden(c))
      printf("\\u%04x", (unsigned)c);
    else
      fwrite(text + i, 1, n, stdout);
    i += n ? n : 1;
  }
  putchar('"');
}

char *cli_json_plain(const char *json, size_t len) {
  char *copy = len < SIZE_MAX / 3 ? malloc(len * 3 + 1) : NULL; /* two bytes become six */
  size_t at = 0;
  for (size_t i = 0; copy && i < len;) {
    uint32_t c;
    size_t n = cli_utf8(json + i, len - i, &c);
    if (n > 1 && is_hidden(c)) {
      at += (size_t)snprintf(copy + at, 7, "\\u%04x", (unsigned)c);
    } else {
      memcpy(copy + at, json + i, n ? n : 1);
      at += n ? n : 1;
    }
    i += n ? n : 1;
  }
  if (copy) copy[at] = 0;
  return copy;
}

static void *doc_malloc(void *failed, size_t bytes) {
  void *memory = malloc(bytes);
  if (!memory) *(bool *)failed = true;
  return memory;
}

static void *doc_realloc(void *failed, void *old, size_t old_bytes, size_t bytes) {
  (void)old_bytes;
  void *memory = realloc(old, bytes);
  if (!memory) *(bool *)failed = true;
  return memory;
}

static void doc_free(void *failed, void *memory) {
  (void)failed;
  free(memory);
}

yyjson_mut_doc *cli_json_doc(bool *failed) {
  yyjson_alc memory = {doc_malloc, doc_realloc, doc_free, failed};
  return yyjson_mut_doc_new(&memory);
}
