/* Compares typed values in the encoding of the case files: {"t": TYPE, "v": ...}. */
#include "conformance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool val_values(yyjson_val *want, yyjson_val *got, conf_buf *why);

static bool val_fail(conf_buf *why, yyjson_val *want, yyjson_val *got) {
  if (!why) return false;
  conf_buf_puts(why, "want ");
  conf_put_short(why, want);
  conf_buf_puts(why, ", got ");
  conf_put_short(why, got);
  return false;
}

static const char *val_type(yyjson_val *val) {
  const char *type = yyjson_get_str(yyjson_obj_get(val, "t"));
  return type ? type : "";
}

static bool val_doubles(const char *want, const char *got) {
  double x = strtod(want, NULL), y = strtod(got, NULL);
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return memcmp(&x, &y, sizeof x) == 0;
}

/* Seconds east of UTC; absent stands for 0. */
static long val_offset(yyjson_val *val) {
  yyjson_val *offset = yyjson_obj_get(val, "offset");
  return offset && yyjson_is_raw(offset) ? strtol(yyjson_get_raw(offset), NULL, 10) : 0;
}

/* A text that is not UTF-8 is compared in base64, which says all; `v` then is but a rendering. */
static bool val_strings(yyjson_val *want, yyjson_val *got) {
  yyjson_val *a = yyjson_obj_get(want, "raw"), *b = yyjson_obj_get(got, "raw");
  if (a || b) return a && b && yyjson_equals(a, b);
  return yyjson_equals(yyjson_obj_get(want, "v"), yyjson_obj_get(got, "v"));
}

/* The entry of a map as [key, value], or a member of a list. */
static bool val_members(bool pairs, yyjson_val *a, yyjson_val *b, conf_buf *why) {
  if (!pairs) return val_values(a, b, why);
  return yyjson_equals(yyjson_arr_get(a, 0), yyjson_arr_get(b, 0)) && val_values(yyjson_arr_get(a, 1), yyjson_arr_get(b, 1), why);
}

static bool val_bags(bool pairs, yyjson_val *want, yyjson_val *got, conf_buf *why) {
  size_t n = yyjson_arr_size(want), i, j, all;
  bool *taken = conf_realloc(NULL, n), same = true;
  memset(taken, 0, n);
  yyjson_val *a, *b;
  yyjson_arr_foreach(want, i, all, a) {
    bool found = false;
    size_t all_got;
    yyjson_arr_foreach(got, j, all_got, b) {
      if (taken[j] || !val_members(pairs, a, b, NULL)) continue;
      taken[j] = found = true;
      break;
    }
    if (!found) {
      if (why) conf_buf_puts(why, "an entry is missing: ");
      same = val_fail(why, a, got);
      break;
    }
  }
  free(taken);
  return same;
}

static bool val_lists(yyjson_val *want, yyjson_val *got, conf_buf *why) {
  yyjson_arr_iter others = yyjson_arr_iter_with(got);
  size_t i, n;
  yyjson_val *member;
  yyjson_arr_foreach(want, i, n, member) {
    if (!val_values(member, yyjson_arr_iter_next(&others), why)) {
      if (why) conf_buf_printf(why, " (member %zu)", i);
      return false;
    }
  }
  return true;
}

static bool val_values(yyjson_val *want, yyjson_val *got, conf_buf *why) {
  const char *type = val_type(want);
  if (!strcmp(type, "opaque")) { /* that there is something is all that binds */
    return (strcmp(val_type(got), "nil") != 0 && *val_type(got)) || val_fail(why, want, got);
  }
  if (strcmp(type, val_type(got)) != 0) return val_fail(why, want, got);
  if (yyjson_is_true(yyjson_obj_get(want, "varies")) || !strcmp(type, "nil") || !strcmp(type, "time_zero")) return true;
  yyjson_val *a = yyjson_obj_get(want, "v"), *b = yyjson_obj_get(got, "v");
  if (!strcmp(type, "map") || !strcmp(type, "list")) {
    if (!yyjson_is_arr(a) || !yyjson_is_arr(b) || yyjson_arr_size(a) != yyjson_arr_size(b)) return val_fail(why, want, got);
    bool map = *type == 'm';
    if (map || yyjson_is_true(yyjson_obj_get(want, "unordered"))) return val_bags(map, a, b, why);
    return val_lists(a, b, why);
  }
  bool same;
  if (!strcmp(type, "double")) {
    same = yyjson_is_str(a) && yyjson_is_str(b) && val_doubles(yyjson_get_str(a), yyjson_get_str(b));
  } else if (!strcmp(type, "string")) {
    same = val_strings(want, got);
  } else {
    same = yyjson_equals(a, b) && val_offset(want) == val_offset(got);
  }
  return same || val_fail(why, want, got);
}

bool conf_value_equal(yyjson_val *want, yyjson_val *got, bool type_only, conf_buf *why) {
  if (!type_only) return val_values(want, got, why);
  return !strcmp(val_type(want), val_type(got)) || val_fail(why, want, got);
}
