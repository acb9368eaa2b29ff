/* Making and freeing a transcoder; the allocator that yyjson gets; telling the signal of a text. */
#include <stdarg.h>
#include <stdio.h>

#include "otlp/json_object.h"

/* yyjson frees without a size, so a block carries its own; and a document needs two blocks (values, text), so two that come
 * back are kept: a transcoder that is warm does not allocate. */
typedef union js_block {
  size_t bytes; /* with this header */
  max_align_t align;
} js_block;

static size_t block_room(const void *p) { return ((const js_block *)p - 1)->bytes - sizeof(js_block); }

static void block_drop(ottl_json *json, void *p) {
  if (!p) return;
  js_block *block = (js_block *)p - 1;
  al_free(&json->al, block, block->bytes);
}

static void *block_alloc(void *context, size_t bytes) {
  ottl_json *json = context;
  int best = -1;
  for (int i = 0; i < 2; i++)
    if (json->spare[i] && block_room(json->spare[i]) >= bytes &&
        (best < 0 || block_room(json->spare[i]) < block_room(json->spare[best])))
      best = i;
  if (best >= 0) {
    void *p = json->spare[best];
    json->spare[best] = NULL;
    return p;
  }
  if (bytes > SIZE_MAX / 2) return NULL;
  js_block *block = al_new(&json->al, bytes + sizeof *block);
  if (!block) return NULL;
  block->bytes = bytes + sizeof *block;
  return block + 1;
}

static void *block_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  ottl_json *json = context;
  OTTL_UNUSED(old_bytes);
  if (block_room(old) >= bytes) return old;
  if (bytes > SIZE_MAX / 2) return NULL;
  js_block *block = (js_block *)old - 1;
  block = json->al.realloc(json->al.context, block, block->bytes, bytes + sizeof *block);
  if (!block) return NULL;
  block->bytes = bytes + sizeof *block;
  return block + 1;
}

static void block_free(void *context, void *p) {
  ottl_json *json = context;
  if (!p) return;
  int least = !json->spare[0] ? 0 : !json->spare[1] ? 1 : block_room(json->spare[0]) < block_room(json->spare[1]) ? 0 : 1;
  if (json->spare[least] && block_room(json->spare[least]) >= block_room(p)) {
    block_drop(json, p);
    return;
  }
  block_drop(json, json->spare[least]);
  json->spare[least] = p;
}

ottl_status ottl_json_create(const ottl_allocator *allocator, ottl_json **ret) {
  if (!ret) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_json *json = al_zero(&al, sizeof *json);
  if (!json) return OTTL_NOMEM;
  json->al = al;
  json->max_depth = OTTL_JSON_MAX_DEPTH;
  json->yyjson_al = (yyjson_alc){block_alloc, block_realloc, block_free, json};
  ottl__arena_init(&json->arena, &json->al, 16 << 10);
  for (int i = 1; i < 5; i++) {
    json->roots[i] = ottl__json_message(&json->schema, &json->arena, ottl__json_root(i));
    if (!json->roots[i]) {
      ottl_json_free(json);
      return OTTL_NOMEM;
    }
  }
  *ret = json;
  return OTTL_OK;
}

void ottl_json_free(ottl_json *json) {
  if (!json) return;
  ottl_allocator al = json->al;
  block_drop(json, json->spare[0]);
  block_drop(json, json->spare[1]);
  al_free(&al, json->vals, json->vals_cap * sizeof *json->vals);
  al_free(&al, json->wire, json->wire_cap);
  al_free(&al, json->entries, json->entries_cap * sizeof *json->entries);
  al_free(&al, json->text, json->text_cap);
  ottl__arena_done(&json->arena);
  al_free(&al, json, sizeof *json);
}

void ottl_json_set_max_depth(ottl_json *json, unsigned depth) {
  if (json) json->max_depth = depth ? depth : OTTL_JSON_MAX_DEPTH;
}

const char *ottl_json_error(const ottl_json *json, size_t *ret_offset) {
  if (ret_offset) *ret_offset = json ? json->error_offset : 0;
  return json ? json->error : "";
}

ottl_status ottl__json_fail(ottl_json *json, ottl_status status, size_t offset, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(json->error, sizeof json->error, format, args);
  va_end(args);
  json->error_offset = offset;
  return status;
}

static size_t signal_blanks(const char *text, size_t len, size_t i) {
  while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r')) i++;
  return i;
}

/* The end of the string that starts at i (at its quote), or len + 1. */
static size_t signal_string(const char *text, size_t len, size_t i) {
  for (i++; i < len; i++) {
    if (text[i] == '\\')
      i++;
    else if (text[i] == '"')
      return i + 1;
  }
  return len + 1;
}

/* The end of the value that starts at i: the comma or bracket behind it. */
static size_t signal_value(const char *text, size_t len, size_t i) {
  for (size_t depth = 0; i < len;) {
    char c = text[i];
    if (c == '"') {
      i = signal_string(text, len, i);
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return i;
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    i++;
  }
  return i;
}

ottl_signal ottl_json_signal(const char *text, size_t len) {
  static const struct {
    ottl_view camel, snake;
    ottl_signal signal;
  } names[] = {
      {VIEW("resourceLogs"), VIEW("resource_logs"), OTTL_SIGNAL_LOGS},
      {VIEW("resourceSpans"), VIEW("resource_spans"), OTTL_SIGNAL_TRACES},
      {VIEW("resourceMetrics"), VIEW("resource_metrics"), OTTL_SIGNAL_METRICS},
      {VIEW("resourceProfiles"), VIEW("resource_profiles"), OTTL_SIGNAL_PROFILES},
  };
  if (!text) return OTTL_SIGNAL_NONE;
  size_t i = signal_blanks(text, len, 0);
  if (i >= len || text[i] != '{') return OTTL_SIGNAL_NONE;
  do {
    i = signal_blanks(text, len, i + 1);
    if (i >= len || text[i] != '"') return OTTL_SIGNAL_NONE;
    size_t end = signal_string(text, len, i);
    if (end > len) return OTTL_SIGNAL_NONE;
    ottl_view name = view_of(text + i + 1, end - i - 2);
    for (size_t k = 0; k < OTTL_COUNT(names); k++)
      if (view_eq(name, names[k].camel) || view_eq(name, names[k].snake)) return names[k].signal;
    i = signal_value(text, len, end);
  } while (i < len && text[i] == ',');
  return OTTL_SIGNAL_NONE;
}
