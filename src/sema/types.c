/* What operators and parameters make of the types of their operands. Sets of types: what may come, not what will. */
#include "sema/sema.h"

#include <stdio.h>

#define T_LISTS   TYPES_LISTS
#define T_INTS    (TYPES_NIL | TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_INT)) /* what a list of integers is written from */
#define T_NUMBERS (TYPES(INT) | TYPES(DOUBLE))

static ottl_types math_one(uint8_t op, ottl_types a, ottl_types b) {
  if ((a & T_NUMBERS) && (b & T_NUMBERS)) return a & b & TYPES(INT) ? TYPES(INT) : TYPES(DOUBLE);
  if (op != '+' && op != '-') return 0;
  if ((a & TYPES_TIME) && (b & TYPES(DURATION))) return a;
  if ((a & TYPES_TIME) && (b & TYPES_TIME)) return op == '-' ? TYPES(DURATION) : 0;
  if ((a & TYPES(DURATION)) && (b & TYPES(DURATION))) return TYPES(DURATION);
  if ((a & TYPES(DURATION)) && (b & TYPES_TIME)) return op == '+' ? b : 0;
  return 0;
}

ottl_types ottl__types_math(uint8_t op, ottl_types a, ottl_types b, bool *may_fail) {
  ottl_types result = 0;
  for (ottl_types x = a; x; x &= x - 1) {
    for (ottl_types y = b; y; y &= y - 1) {
      ottl_types one = math_one(op, x & -x, y & -y);
      if (!one) *may_fail = true;
      result |= one;
    }
  }
  return result;
}

ottl_types ottl__types_index(ottl_types container, ottl_types key) {
  ottl_types result = 0;
  if (key & TYPES(STRING)) {
    if (container & TYPES(MAP)) result |= (TYPES_ANYVALUE & ~TYPES(ABSENT)) | TYPES(GO_INT); /* of Go maps, as URL makes them */
  }
  if (key & (TYPES(INT) | TYPES(GO_INT))) {
    if (container & TYPES(LIST)) result |= TYPES_ANYVALUE & ~TYPES(ABSENT);
    if (container & TYPES(LIST_ANY)) result |= TYPES_ALL;
    if (container & TYPES(LIST_STRING)) result |= TYPES(STRING);
    if (container & TYPES(LIST_INT)) result |= TYPES(INT);
    if (container & TYPES(LIST_DOUBLE)) result |= TYPES(DOUBLE);
    if (container & TYPES(BYTES)) result |= TYPES(INT) | TYPES(GO_INT);
  }
  return result;
}

ottl_types ottl__types_param(ottl_param_kind kind, ottl_types *sure) {
  ottl_types takes = TYPES_ALL, may = 0;
  switch (kind) {
  case OTTL_P_STRING: takes = TYPES(STRING); break;
  case OTTL_P_INT: takes = TYPES(INT); break;
  case OTTL_P_DOUBLE: takes = TYPES(DOUBLE); break;
  case OTTL_P_BOOL: takes = TYPES(BOOL); break;
  case OTTL_P_MAP:
  case OTTL_P_MAP_GETSETTER: takes = TYPES(MAP); break;
  case OTTL_P_LIST:
  case OTTL_P_LIST_GETSETTER: takes = T_LISTS, may = TYPES(LIST_ANY); break;
  case OTTL_P_TIME: takes = TYPES_TIME; break;
  case OTTL_P_DURATION: takes = TYPES(DURATION); break;
  case OTTL_P_STRING_LIKE: may = TYPES_ALL & ~(TYPES_NIL | TYPES(BOOL) | TYPES(INT) | TYPES(STRING) | TYPES(BYTES)); break;
  case OTTL_P_INT_LIKE:
  case OTTL_P_DOUBLE_LIKE: takes = TYPES_NIL | TYPES(BOOL) | T_NUMBERS | TYPES(STRING), may = TYPES(STRING); break;
  case OTTL_P_BOOL_LIKE: takes = TYPES_NIL | TYPES(BOOL) | T_NUMBERS | TYPES(GO_INT) | TYPES(STRING), may = TYPES(STRING); break;
  case OTTL_P_BYTES_LIKE: takes = TYPES_NIL | TYPES(BOOL) | T_NUMBERS | TYPES(STRING) | TYPES(BYTES); break;
  case OTTL_P_SLICE_STRING:
  case OTTL_P_SLICE_STRING_LIKE: takes = TYPES_NIL | T_LISTS | TYPES(BYTES), may = takes & ~TYPES(LIST_STRING); break;
  default: break;
  }
  *sure = takes & ~may;
  return takes;
}

ottl_types ottl__types_settable(const ottl_path_info *path, bool keyed) {
  if (!path->writable) return 0;
  if (path->view == OTTL_V_TRACE_STATE) return TYPES(STRING);
  if (keyed) return TYPES_ANYVALUE | (T_LISTS & ~TYPES(LIST_UINT64));
  switch ((ottl_path_view)path->view) {
  case OTTL_V_MAP:
  case OTTL_V_CACHE: return TYPES(MAP) | TYPES_NIL;
  case OTTL_V_STRING:
  case OTTL_V_BODY_STRING:
  case OTTL_V_TRACE_ID_STRING:
  case OTTL_V_SPAN_ID_STRING:
  case OTTL_V_KIND_STRING:
  case OTTL_V_KIND_DEPRECATED:
  case OTTL_V_VALUE_TYPE_TYPE:
  case OTTL_V_VALUE_TYPE_UNIT:
  case OTTL_V_PROFILE_ID_STRING: return TYPES(STRING);
  case OTTL_V_INT64:
  case OTTL_V_INT32:
  case OTTL_V_UINT32:
  case OTTL_V_UINT32_CHECKED:
  case OTTL_V_TEMPORALITY:
  case OTTL_V_POINT_INT64:
  case OTTL_V_POINT_INT32:
  case OTTL_V_VALUE_INT:
  case OTTL_V_BUCKETS_OFFSET:
  case OTTL_V_INT64_POSITIVE:
  case OTTL_V_INT32_BELOW_MAX:
  case OTTL_V_EXEMPLAR_INT: return TYPES(INT);
  case OTTL_V_BYTES: return TYPES(BYTES);
  case OTTL_V_PROFILE_ID: return TYPES(PROFILE_ID);
  case OTTL_V_VALUE_TYPE: return TYPES(VALUE_TYPE);
  case OTTL_V_INTS_32:
  case OTTL_V_INTS_64:
  case OTTL_V_INTS_FIX64: return T_INTS;
  case OTTL_V_TIMES: return TYPES(LIST_TIME) | TYPES_NIL;
  case OTTL_V_POINT_DOUBLE:
  case OTTL_V_VALUE_DOUBLE:
  case OTTL_V_EXEMPLAR_DOUBLE: return TYPES(DOUBLE);
  case OTTL_V_IS_MONOTONIC: return TYPES(BOOL);
  case OTTL_V_TIME: return TYPES_TIME;
  case OTTL_V_TRACE_ID: return TYPES(TRACE_ID);
  case OTTL_V_SPAN_ID: return TYPES(SPAN_ID);
  case OTTL_V_BODY: return TYPES_ANYVALUE | (T_LISTS & ~TYPES(LIST_UINT64));
  case OTTL_V_STATUS:
  case OTTL_V_BUCKETS: return path->types & ~TYPES_NIL;
  case OTTL_V_REPEATED:
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES: return path->types | TYPES_NIL;
  case OTTL_V_BUCKET_COUNTS:
  case OTTL_V_BUCKETS_COUNTS: return TYPES_NIL | TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_INT) | TYPES(LIST_UINT64);
  case OTTL_V_BOUNDS: return TYPES_NIL | TYPES(LIST) | TYPES(LIST_ANY) | TYPES(LIST_DOUBLE);
  default: return TYPES_ALL;
  }
}

bool ottl__types_set_sure(const ottl_path_info *path, bool keyed, ottl_types value) {
  if (field_is_dict_map(path->field)) return false;                       /* indices that point nowhere */
  ottl_types sure = ottl__types_settable(path, keyed) & ~TYPES(LIST_ANY); /* a list may hold what values cannot be */
  switch ((ottl_path_view)path->view) {
  case OTTL_V_UINT32_CHECKED: /* ranges and texts */
  case OTTL_V_TRACE_ID_STRING:
  case OTTL_V_SPAN_ID_STRING:
  case OTTL_V_KIND_STRING:
  case OTTL_V_KIND_DEPRECATED:
  case OTTL_V_POINT_INT64: /* kinds of points */
  case OTTL_V_POINT_INT32:
  case OTTL_V_POINT_DOUBLE:
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES:
  case OTTL_V_VALUE_INT:
  case OTTL_V_VALUE_DOUBLE:
  case OTTL_V_BUCKET_COUNTS:
  case OTTL_V_BOUNDS:
  case OTTL_V_BUCKETS:
  case OTTL_V_BUCKETS_OFFSET:
  case OTTL_V_BUCKETS_COUNTS:
  case OTTL_V_DATA_POINTS:
  case OTTL_V_REPEATED:
  case OTTL_V_STATUS:
  case OTTL_V_INT64_POSITIVE:
  case OTTL_V_INT32_BELOW_MAX:
  case OTTL_V_PROFILE_ID:
  case OTTL_V_PROFILE_ID_STRING:
  case OTTL_V_INTS_32:
  case OTTL_V_INTS_64:
  case OTTL_V_INTS_FIX64:
  case OTTL_V_EVENT_INDEX:
  case OTTL_V_REQUEST_ADDRESS:
  case OTTL_V_REQUEST_CLIENT:
  case OTTL_V_REQUEST_AUTH:
  case OTTL_V_REQUEST_GRPC: return false;
  case OTTL_V_METRIC_TYPE: return true;
  default: return !(value & ~sure);
  }
}

uint8_t ottl__types_set_failures(const ottl_path_info *path, bool keyed, ottl_types takes, ottl_types value) {
  uint8_t fails = 0;
  if ((value & ~takes) || takes == TYPES_ALL || (value & T_LISTS)) fails |= OTTL_FAIL_TYPE;
  return fails | (ottl__types_set_sure(path, keyed, takes & ~TYPES(LIST_ANY)) ? 0 : OTTL_FAIL_DATA);
}

const char *ottl__types_text(ottl_types types, char *buf, size_t cap) {
  if ((types | TYPES(ABSENT)) == TYPES_ANYVALUE) return "any attribute value";
  const char *names[OTTL_TYPE_COUNT];
  size_t n = 0, at = 0;
  for (unsigned t = 0; t < OTTL_TYPE_COUNT; t++) {
    if (!(types >> t & 1) || t == OTTL_T_NIL || t == OTTL_T_ABSENT) continue;
    const char *name = ottl__type_name((ottl_type)t);
    bool seen = false; /* several types have one name for people */
    for (size_t i = 0; i < n; i++) seen |= strcmp(names[i], name) == 0;
    if (!seen) names[n++] = name;
  }
  if (types & TYPES_NIL) names[n++] = "nil"; /* last: it is the exception */
  if (types == TYPES_ALL || n > 7) return "any type";
  buf[0] = 0;
  for (size_t i = 0; i < n && at < cap; i++)
    at += (size_t)snprintf(buf + at, cap - at, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", names[i]);
  return n ? buf : "nothing";
}
