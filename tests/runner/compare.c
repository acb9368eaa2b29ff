/* Comparison of JSON as cases mean it: an int is no double, members of objects and attributes count as sets. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

typedef struct rt_entry {
  const char *key;
  size_t index;
  yyjson_val *value;
} rt_entry;

static int by_key(const void *a, const void *b) {
  const rt_entry *x = a, *y = b;
  int c = strcmp(x->key, y->key);
  return c ? c : x->index < y->index ? -1 : x->index > y->index;
}

static rt_entry *members(yyjson_val *object, bool ordered) {
  size_t i, max, n = yyjson_obj_size(object);
  yyjson_val *key, *value;
  rt_entry *e = rt_alloc((n + 1) * sizeof *e);
  yyjson_obj_foreach(object, i, max, key, value) { e[i] = (rt_entry){yyjson_get_str(key), i, value}; }
  if (!ordered) qsort(e, n, sizeof *e, by_key);
  return e;
}

/* Lists of {"key": ..., "value": ...}; NULL for other lists. */
static rt_entry *attributes(yyjson_val *list) {
  size_t i, max, n = yyjson_arr_size(list);
  yyjson_val *item;
  rt_entry *e = rt_alloc((n + 1) * sizeof *e);
  yyjson_arr_foreach(list, i, max, item) {
    const char *key = yyjson_get_str(yyjson_obj_get(item, "key"));
    if (!key) return NULL;
    e[i] = (rt_entry){key, i, item};
  }
  qsort(e, n, sizeof *e, by_key);
  return e;
}

bool rt_json_equal(yyjson_val *a, yyjson_val *b, bool ordered) {
  if (yyjson_is_arr(a) && yyjson_is_arr(b)) {
    size_t n = yyjson_arr_size(a);
    if (n != yyjson_arr_size(b)) return false;
    rt_entry *x = ordered ? NULL : attributes(a), *y = ordered ? NULL : attributes(b);
    for (size_t i = 0; i < n; i++) {
      yyjson_val *v = x && y ? x[i].value : yyjson_arr_get(a, i), *w = x && y ? y[i].value : yyjson_arr_get(b, i);
      if (!rt_json_equal(v, w, ordered)) return false;
    }
    return true;
  }
  if (yyjson_is_obj(a) && yyjson_is_obj(b)) {
    size_t n = yyjson_obj_size(a);
    if (n != yyjson_obj_size(b)) return false;
    rt_entry *x = members(a, ordered), *y = members(b, ordered);
    for (size_t i = 0; i < n; i++) {
      if (strcmp(x[i].key, y[i].key) != 0 || !rt_json_equal(x[i].value, y[i].value, ordered)) return false;
    }
    return true;
  }
  if (yyjson_is_int(a) && yyjson_is_int(b)) return yyjson_get_uint(a) == yyjson_get_uint(b);
  if (yyjson_is_real(a) && yyjson_is_real(b)) return yyjson_get_real(a) == yyjson_get_real(b);
  return yyjson_equals(a, b);
}

static bool documents_equal(const char *a, size_t a_len, const char *b, size_t b_len, bool ordered) {
  if (a_len == b_len && memcmp(a, b, a_len) == 0) return true;
  yyjson_doc *x = yyjson_read(a, a_len, 0), *y = yyjson_read(b, b_len, 0);
  bool equal = x && y && rt_json_equal(yyjson_doc_get_root(x), yyjson_doc_get_root(y), ordered);
  yyjson_doc_free(x);
  yyjson_doc_free(y);
  return equal;
}

bool rt_texts_equal(const char *a, const char *b, bool lines, bool ordered) {
  if (!lines) return documents_equal(a, strlen(a), b, strlen(b), ordered);
  while (*a || *b) {
    size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
    if (!documents_equal(a, n, b, m, ordered)) return false;
    a += n + (a[n] == '\n');
    b += m + (b[m] == '\n');
  }
  return true;
}
