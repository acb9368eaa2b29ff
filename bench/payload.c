/* Reads payloads. */
#include "bench.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void bench_fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("ottl-bench: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(1);
}

void *bench_realloc(void *old, size_t bytes) {
  void *memory = realloc(old, bytes ? bytes : 1);
  if (!memory) bench_fail("out of memory");
  return memory;
}

bench_text bench_read_file(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) bench_fail("%s cannot be read", path);
  bench_text text = {0};
  size_t capacity = 1 << 16, n;
  text.data = bench_realloc(NULL, capacity);
  while ((n = fread(text.data + text.len, 1, capacity - text.len - 1, f)) > 0) {
    text.len += n;
    if (capacity - text.len <= 1) text.data = bench_realloc(text.data, capacity *= 2);
  }
  if (ferror(f)) bench_fail("%s cannot be read", path);
  fclose(f);
  text.data[text.len] = '\0';
  return text;
}

static void payload_append(bench_payload *payload, const char *data, size_t len) {
  if ((payload->n & (payload->n - 1)) == 0) { /* grows at powers of two */
    payload->messages = bench_realloc(payload->messages, (payload->n ? payload->n * 2 : 1) * sizeof *payload->messages);
  }
  payload->messages[payload->n++] = (bench_message){(const uint8_t *)data, len};
}

static bench_text payload_load(bench_payload *payload, const char *path) {
  bench_text text = bench_read_file(path);
  payload->files = bench_realloc(payload->files, (payload->n_files + 1) * sizeof *payload->files);
  payload->files[payload->n_files++] = text;
  return text;
}

static void payload_read_delimited(bench_payload *payload, const char *path) {
  bench_text text = payload_load(payload, path);
  for (size_t at = 0; at < text.len;) {
    uint64_t size = 0;
    unsigned shift = 0;
    unsigned char byte = 0x80;
    while (at < text.len && shift < 63 && (byte & 0x80)) {
      byte = (unsigned char)text.data[at++];
      size |= (uint64_t)(byte & 0x7F) << shift;
      shift += 7;
    }
    if ((byte & 0x80) || size > text.len - at) bench_fail("%s: message %zu is cut short", path, payload->n);
    payload_append(payload, text.data + at, (size_t)size);
    at += (size_t)size;
  }
}

static int payload_is_message(const struct dirent *entry) {
  size_t len = strlen(entry->d_name);
  return len > 3 && !strcmp(entry->d_name + len - 3, ".pb");
}

static void payload_read_folder(bench_payload *payload, const char *path) {
  struct dirent **entries;
  int n = scandir(path, &entries, payload_is_message, alphasort);
  if (n < 0) bench_fail("%s cannot be read", path);
  for (int i = 0; i < n; i++) {
    size_t size = strlen(path) + strlen(entries[i]->d_name) + 2;
    char *file = bench_realloc(NULL, size);
    snprintf(file, size, "%s/%s", path, entries[i]->d_name);
    bench_text text = payload_load(payload, file);
    payload_append(payload, text.data, text.len);
    free(file);
    free(entries[i]);
  }
  free(entries);
}

bench_payload bench_read_payload(const char *path) {
  bench_payload payload = {0};
  struct stat st;
  if (stat(path, &st) != 0) bench_fail("%s: no such payload", path);
  if (S_ISDIR(st.st_mode)) {
    payload_read_folder(&payload, path);
  } else {
    payload_read_delimited(&payload, path);
  }
  return payload;
}

void bench_payload_to_json(bench_payload *payload, ottl_signal signal) {
  ottl_json *json;
  if (ottl_json_create(NULL, &json) != OTTL_OK) bench_fail("out of memory");
  payload->files = bench_realloc(payload->files, (payload->n_files + payload->n) * sizeof *payload->files);
  for (size_t i = 0; i < payload->n; i++) {
    bench_message *m = &payload->messages[i];
    const char *text;
    size_t len;
    if (ottl_json_from_wire(json, signal, m->data, m->len, &text, &len) != OTTL_OK) bench_fail("%s", ottl_json_error(json, NULL));
    bench_text copy = {bench_realloc(NULL, len), len};
    memcpy(copy.data, text, len);
    payload->files[payload->n_files++] = copy;
    *m = (bench_message){(const uint8_t *)copy.data, len};
  }
  ottl_json_free(json);
}

void bench_payload_free(bench_payload *payload) {
  for (size_t i = 0; i < payload->n_files; i++) free(payload->files[i].data);
  free(payload->files);
  free(payload->messages);
}
