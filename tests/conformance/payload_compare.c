/* Compares OTLP/JSON documents as messages: a member at its default equals an absent one, the order of members and of
 * key-value lists does not matter, 64-bit integers may be text or numbers. Everything else must be the same. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct cmp_place {
  const struct cmp_place *parent;
  const char *key; /* NULL: a member of a list */
  size_t index;
} cmp_place;

typedef struct cmp_state {
  const conf_payload_rules *rules;
  conf_buf *why; /* NULL: only the answer counts */
} cmp_state;

static bool cmp_values(cmp_state *st, const cmp_place *at, bool in_summary, yyjson_val *want, yyjson_val *got);

static bool cmp_one_of(const char *key, const char *const *names) {
  for (; *names; names++) {
    if (!strcmp(key, *names)) return true;
  }
  return false;
}

/* Members of a oneof, and optional ones: there at a default is not the same as absent. */
static bool cmp_has_presence(const char *key, bool in_summary) {
  static const char *const names[] = {"stringValue", "boolValue",  "intValue", "doubleValue", "arrayValue",
                                      "kvlistValue", "bytesValue", "gauge",    "histogram",   "summary",
                                      "asInt",       "asDouble",   "min",      "max",         NULL};
  if (!strcmp(key, "sum")) return !in_summary; /* a summary's sum is a plain field */
  return !strcmp(key, "exponentialHistogram") || cmp_one_of(key, names);
}

static bool cmp_is_wide_int(const char *key) {
  static const char *const names[] = {
      "timeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "observedTimeUnixNano", "count", "zeroCount", NULL};
  return cmp_one_of(key, names);
}

static bool cmp_is_id(const char *key) {
  static const char *const names[] = {"traceId", "spanId", "parentSpanId", NULL};
  return cmp_one_of(key, names);
}

static bool cmp_only(yyjson_val *text, char c) { return strspn(yyjson_get_str(text), (char[]){c, '\0'}) == yyjson_get_len(text); }

/* Is this member what an absent one stands for? Ids of zeros are empty ids. */
static bool cmp_is_default(const char *key, bool in_summary, yyjson_val *val) {
  if (!val || yyjson_is_null(val) || yyjson_is_false(val)) return true;
  if (yyjson_is_raw(val)) return yyjson_get_raw(val)[0] != '-' && strtod(yyjson_get_raw(val), NULL) == 0;
  if (yyjson_is_str(val)) {
    return yyjson_get_len(val) == 0 || (cmp_is_wide_int(key) && yyjson_equals_str(val, "0")) ||
           (cmp_is_id(key) && cmp_only(val, '0'));
  }
  if (yyjson_is_arr(val)) return yyjson_arr_size(val) == 0;
  if (!yyjson_is_obj(val)) return false;
  size_t i, n;
  yyjson_val *name, *member;
  yyjson_obj_foreach(val, i, n, name, member) {
    const char *text = yyjson_get_str(name);
    if (cmp_has_presence(text, in_summary) || !cmp_is_default(text, in_summary, member)) return false;
  }
  return true;
}

static void cmp_put_place(conf_buf *why, const cmp_place *at) {
  if (!at) return;
  cmp_put_place(why, at->parent);
  if (at->key) {
    conf_buf_printf(why, "%s%s", at->parent ? "." : "", at->key);
  } else {
    conf_buf_printf(why, "[%zu]", at->index);
  }
}

void conf_put_short(conf_buf *why, yyjson_val *val) {
  enum { MOST = 160 };
  size_t len = 0;
  char *text = val ? yyjson_val_write(val, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &len) : NULL;
  if (!text) {
    conf_buf_puts(why, "nothing");
    return;
  }
  size_t kept = len <= MOST ? len : MOST;
  while (kept < len && kept > 0 && ((unsigned char)text[kept] & 0xC0) == 0x80) kept--; /* not inside a character */
  conf_buf_put(why, text, kept);
  if (kept < len) conf_buf_puts(why, "...");
  free(text);
}

static bool cmp_fail(cmp_state *st, const cmp_place *at, yyjson_val *want, yyjson_val *got) {
  if (!st->why) return false;
  cmp_put_place(st->why, at);
  conf_buf_puts(st->why, ": want ");
  conf_put_short(st->why, want);
  conf_buf_puts(st->why, ", got ");
  conf_put_short(st->why, got);
  return false;
}

/* Text of a number, or of a text that may stand for one. */
static const char *cmp_number(yyjson_val *val) { return yyjson_is_raw(val) ? yyjson_get_raw(val) : yyjson_get_str(val); }

static bool cmp_is_integer(const char *text) {
  if (!strcmp(text, "-0")) return false; /* a double */
  return *text && text[strspn(text, "-0123456789")] == '\0';
}

static bool cmp_numbers(yyjson_val *want, yyjson_val *got) {
  const char *a = cmp_number(want), *b = cmp_number(got);
  if (!strcmp(a, b)) return true;
  if (cmp_is_integer(a) && cmp_is_integer(b)) return false;
  if (yyjson_is_str(want) || yyjson_is_str(got)) return false; /* NaN and the infinities are texts on both sides */
  double x = strtod(a, NULL), y = strtod(b, NULL);
  return memcmp(&x, &y, sizeof x) == 0;
}

/* Next character of a text in which each run of U+FFFD is one. */
static const char *cmp_step(const char *p, const char *end, size_t *ret_len) {
  *ret_len = 1;
  if (end - p < 3 || memcmp(p, "\xEF\xBF\xBD", 3) != 0) return p + 1;
  *ret_len = 3;
  while (end - p >= 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0) p += 3;
  return p;
}

static bool cmp_replaced(yyjson_val *want, yyjson_val *got) {
  const char *a = yyjson_get_str(want), *a_end = a + yyjson_get_len(want);
  const char *b = yyjson_get_str(got), *b_end = b + yyjson_get_len(got);
  while (a < a_end && b < b_end) {
    size_t m, n;
    const char *a_next = cmp_step(a, a_end, &m), *b_next = cmp_step(b, b_end, &n);
    if (m != n || memcmp(a, b, m) != 0) return false;
    a = a_next;
    b = b_next;
  }
  return a == a_end && b == b_end;
}

/* Lists whose order says nothing: entries of maps, and data points on demand. */
static bool cmp_is_bag(const cmp_state *st, const cmp_place *at) {
  static const char *const maps[] = {"attributes", "metadata", "filteredAttributes", NULL};
  if (!at || !at->key) return false;
  if (!strcmp(at->key, "values")) return at->parent && at->parent->key && !strcmp(at->parent->key, "kvlistValue");
  return cmp_one_of(at->key, maps) || (st->rules->unordered_points && !strcmp(at->key, "dataPoints"));
}

/* First member of a list that was not taken. */
static yyjson_val *cmp_left(yyjson_val *list, const bool *taken, size_t *ret_index) {
  size_t n;
  yyjson_val *member;
  yyjson_arr_foreach(list, *ret_index, n, member) {
    if (!taken[*ret_index]) return member;
  }
  return NULL;
}

/* Takes each wanted member from what is there; equality is transitive, so the first match is as good as any. */
static bool cmp_bags(cmp_state *st, const cmp_place *at, bool in_summary, yyjson_val *want, yyjson_val *got) {
  size_t n = yyjson_arr_size(got), i, j, all;
  yyjson_val *a, *b, *near = NULL, *missing = NULL; /* near: of the same key as what is missing, to show where it differs */
  bool *taken = conf_realloc(NULL, n);
  if (n) memset(taken, 0, n);
  cmp_state quiet = {st->rules, NULL};
  cmp_place place = {at, NULL, 0};
  yyjson_arr_foreach(want, i, all, a) {
    yyjson_val *key = yyjson_obj_get(a, "key");
    bool found = false;
    near = NULL;
    yyjson_arr_foreach(got, j, n, b) {
      if (taken[j]) continue;
      found = taken[j] = cmp_values(&quiet, &place, in_summary, a, b);
      if (found) break;
      if (key && !near && yyjson_equals(key, yyjson_obj_get(b, "key"))) near = b;
    }
    if (found) continue;
    missing = a;
    place.index = i;
    break;
  }
  yyjson_val *left = missing ? NULL : cmp_left(got, taken, &place.index);
  free(taken);
  if (!missing && !left) return true;
  if (!st->why) return false;
  return near && missing ? cmp_values(st, &place, in_summary, missing, near) : cmp_fail(st, &place, missing, left);
}

static bool cmp_lists(cmp_state *st, const cmp_place *at, bool in_summary, yyjson_val *want, yyjson_val *got) {
  if (cmp_is_bag(st, at)) return cmp_bags(st, at, in_summary, want, got);
  if (yyjson_arr_size(want) != yyjson_arr_size(got)) {
    if (st->why) conf_buf_printf(st->why, "%zu members wanted, %zu there; ", yyjson_arr_size(want), yyjson_arr_size(got));
    return cmp_fail(st, at, want, got);
  }
  yyjson_arr_iter others = yyjson_arr_iter_with(got);
  size_t i, n;
  yyjson_val *member;
  yyjson_arr_foreach(want, i, n, member) {
    cmp_place place = {at, NULL, i};
    if (!cmp_values(st, &place, in_summary, member, yyjson_arr_iter_next(&others))) return false;
  }
  return true;
}

static bool cmp_members(cmp_state *st, const cmp_place *at, bool in_summary, yyjson_val *want, yyjson_val *got) {
  size_t i, n;
  yyjson_val *name, *member;
  yyjson_obj_foreach(want, i, n, name, member) {
    const char *key = yyjson_get_str(name);
    yyjson_val *other = yyjson_obj_get(got, key);
    cmp_place place = {at, key, 0};
    if (!cmp_has_presence(key, in_summary) && cmp_is_default(key, in_summary, member) && cmp_is_default(key, in_summary, other)) {
      continue;
    }
    if (other ? !cmp_values(st, &place, in_summary || !strcmp(key, "summary"), member, other)
              : cmp_has_presence(key, in_summary) || !cmp_is_default(key, in_summary, member)) {
      return other ? false : cmp_fail(st, &place, member, NULL);
    }
  }
  yyjson_obj_foreach(got, i, n, name, member) {
    const char *key = yyjson_get_str(name);
    if (yyjson_obj_get(want, key)) continue;
    cmp_place place = {at, key, 0};
    if (cmp_has_presence(key, in_summary) || !cmp_is_default(key, in_summary, member)) return cmp_fail(st, &place, NULL, member);
  }
  return true;
}

static bool cmp_values(cmp_state *st, const cmp_place *at, bool in_summary, yyjson_val *want, yyjson_val *got) {
  bool same;
  if (yyjson_is_obj(want) && yyjson_is_obj(got)) return cmp_members(st, at, in_summary, want, got);
  if (yyjson_is_arr(want) && yyjson_is_arr(got)) return cmp_lists(st, at, in_summary, want, got);
  if (yyjson_is_str(want) && yyjson_is_str(got)) {
    same = yyjson_equals(want, got) || (st->rules->replaced_utf8 && cmp_replaced(want, got));
  } else if ((yyjson_is_raw(want) || yyjson_is_str(want)) && (yyjson_is_raw(got) || yyjson_is_str(got))) {
    same = cmp_numbers(want, got);
  } else if (at && at->key && yyjson_get_type(want) != yyjson_get_type(got)) {
    /* `{}` beside null, and the like */
    same = cmp_is_default(at->key, in_summary, want) && cmp_is_default(at->key, in_summary, got);
  } else {
    same = yyjson_equals(want, got);
  }
  return same || cmp_fail(st, at, want, got);
}

bool conf_payload_equal(yyjson_val *want, yyjson_val *got, const conf_payload_rules *rules, conf_buf *why) {
  cmp_state st = {rules, why};
  return cmp_values(&st, NULL, false, want, got);
}
