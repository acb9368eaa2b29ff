/* Growing text, and reading whole files. */
#include "conformance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *conf_realloc(void *old, size_t bytes) {
  void *memory = realloc(old, bytes ? bytes : 1);
  if (!memory) {
    fputs("ottl-conformance: out of memory\n", stderr);
    exit(2);
  }
  return memory;
}

static void buf_reserve(conf_buf *buf, size_t more) {
  if (buf->capacity - buf->len > more) return;
  size_t capacity = buf->capacity ? buf->capacity : 256;
  while (capacity - buf->len <= more) capacity *= 2;
  buf->data = conf_realloc(buf->data, capacity);
  buf->capacity = capacity;
}

void conf_buf_put(conf_buf *buf, const char *data, size_t len) {
  buf_reserve(buf, len);
  if (len) memcpy(buf->data + buf->len, data, len);
  buf->len += len;
  buf->data[buf->len] = '\0';
}

void conf_buf_puts(conf_buf *buf, const char *text) { conf_buf_put(buf, text, strlen(text)); }

void conf_buf_printf(conf_buf *buf, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  if (len > 0) {
    buf_reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
    buf->len += (size_t)len;
  }
  va_end(again);
  va_end(args);
}

void conf_buf_put_json(conf_buf *buf, const char *data, size_t len) {
  conf_buf_puts(buf, "\"");
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)data[i];
    if (c == '"' || c == '\\') {
      conf_buf_printf(buf, "\\%c", c);
    } else if (c < 0x20) {
      conf_buf_printf(buf, "\\u%04x", c);
    } else {
      conf_buf_put(buf, data + i, 1);
    }
  }
  conf_buf_puts(buf, "\"");
}

void conf_buf_put_base64(conf_buf *buf, const char *data, size_t len) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *in = (const unsigned char *)data;
  for (size_t i = 0; i < len; i += 3) {
    uint32_t bits = (uint32_t)in[i] << 16 | (i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0) | (i + 2 < len ? in[i + 2] : 0);
    char out[4] = {digits[bits >> 18], digits[bits >> 12 & 63], digits[bits >> 6 & 63], digits[bits & 63]};
    if (i + 1 >= len) out[2] = '=';
    if (i + 2 >= len) out[3] = '=';
    conf_buf_put(buf, out, 4);
  }
}

void conf_buf_reset(conf_buf *buf) {
  buf->len = 0;
  if (buf->data) buf->data[0] = '\0';
}

void conf_buf_free(conf_buf *buf) {
  free(buf->data);
  *buf = (conf_buf){0};
}

bool conf_file_read(const char *path, conf_buf *ret_text) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  char piece[16384];
  size_t n;
  while ((n = fread(piece, 1, sizeof piece, f)) > 0) conf_buf_put(ret_text, piece, n);
  bool ok = !ferror(f);
  fclose(f);
  if (ok) conf_buf_put(ret_text, "", 0);
  return ok;
}
