/* Are two payloads the same content? Attributes and members of maps count as sets, a message that is there but empty as one that
 * is not there; everything else as it stands. */
#ifndef OTTL_TESTS_UNIT_CONTENT_H
#define OTTL_TESTS_UNIT_CONTENT_H

#include <stdlib.h>
#include <string.h>

#include "ottl/json.h"
#include "yyjson.h"

typedef struct content_item {
  const char *key;
  size_t index;
  yyjson_val *value;
} content_item;

static inline int content_by_key(const void *a, const void *b) {
  const content_item *x = a, *y = b;
  int c = strcmp(x->key, y->key);
  return c ? c : x->index < y->index ? -1 : x->index > y->index;
}

static inline bool content_json_equal(yyjson_val *a, yyjson_val *b);

/* Lists of {key, value} in any order; NULL if it is none. */
static inline content_item *content_sorted(yyjson_val *list) {
  size_t n = yyjson_arr_size(list), i, max;
  content_item *items = calloc(n + 1, sizeof *items);
  yyjson_val *v;
  yyjson_arr_foreach(list, i, max, v) {
    const char *key = yyjson_get_str(yyjson_obj_get(v, "key"));
    bool pair = yyjson_obj_size(v) == 0 || yyjson_obj_get(v, "key") || (yyjson_obj_get(v, "value") && yyjson_obj_size(v) == 1);
    if (!items || !yyjson_is_obj(v) || !pair) {
      free(items);
      return NULL;
    }
    items[i] = (content_item){key ? key : "", i, v};
  }
  qsort(items, n, sizeof *items, content_by_key);
  return items;
}

static inline bool content_lists_equal(yyjson_val *a, yyjson_val *b) {
  size_t n = yyjson_arr_size(a);
  if (n != yyjson_arr_size(b)) return false;
  content_item *x = content_sorted(a), *y = content_sorted(b);
  bool equal = true;
  for (size_t i = 0; i < n && equal; i++) {
    equal = x && y ? content_json_equal(x[i].value, y[i].value) : content_json_equal(yyjson_arr_get(a, i), yyjson_arr_get(b, i));
  }
  free(x);
  free(y);
  return equal;
}

/* Fields of a message that the reference does not tell from missing ones when they are empty. */
static inline bool content_is_nothing(const char *key, yyjson_val *value) {
  static const char *const names[] = {"body", "value", "resource", "scope", "status"};
  if (!yyjson_is_obj(value) || yyjson_obj_size(value)) return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(key, names[i]) == 0) return true;
  }
  return false;
}

static inline size_t content_size(yyjson_val *object) {
  size_t i, max, n = 0;
  yyjson_val *key, *value;
  yyjson_obj_foreach(object, i, max, key, value) { n += !content_is_nothing(yyjson_get_str(key), value); }
  return n;
}

static inline bool content_json_equal(yyjson_val *a, yyjson_val *b) {
  if (yyjson_is_arr(a) && yyjson_is_arr(b)) return content_lists_equal(a, b);
  if (!yyjson_is_obj(a) || !yyjson_is_obj(b)) return yyjson_equals(a, b);
  size_t i, max;
  yyjson_val *key, *value;
  if (content_size(a) != content_size(b)) return false;
  yyjson_obj_foreach(a, i, max, key, value) {
    if (content_is_nothing(yyjson_get_str(key), value)) continue;
    yyjson_val *other = yyjson_obj_getn(b, yyjson_get_str(key), yyjson_get_len(key));
    if (!other || !content_json_equal(value, other)) return false;
  }
  return true;
}

static inline bool content_texts_equal(const char *a, size_t a_len, const char *b, size_t b_len) {
  yyjson_doc *x = yyjson_read(a, a_len, YYJSON_READ_NUMBER_AS_RAW), *y = yyjson_read(b, b_len, YYJSON_READ_NUMBER_AS_RAW);
  bool equal = x && y && content_json_equal(yyjson_doc_get_root(x), yyjson_doc_get_root(y));
  yyjson_doc_free(x);
  yyjson_doc_free(y);
  return equal;
}

/* Of wire form; false also when either cannot be read. */
static inline bool content_equal(ottl_json *json, ottl_signal signal, const uint8_t *a, size_t a_len, const uint8_t *b,
                                 size_t b_len) {
  if (a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0)) return true;
  const char *text;
  size_t len;
  if (ottl_json_from_wire(json, signal, a, a_len, &text, &len) != OTTL_OK) return false;
  char *copy = malloc(len + 1);
  if (!copy) return false;
  memcpy(copy, text, len);
  size_t copy_len = len;
  bool equal =
      ottl_json_from_wire(json, signal, b, b_len, &text, &len) == OTTL_OK && content_texts_equal(copy, copy_len, text, len);
  free(copy);
  return equal;
}

#endif
