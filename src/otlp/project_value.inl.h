/* Reading one value or entry while projecting: the common shapes in a few steps, everything else the long way. For project.c. */
#ifndef OTTL_SRC_OTLP_PROJECT_VALUE_H
#define OTTL_SRC_OTLP_PROJECT_VALUE_H

#include "batch/rowerr.h"
#include "batch/value_wire.h"
#include "otlp/impl.h"

/* An AnyValue with exactly one member, encoded the usual way; false: ask ottl__anyvalue_decode. */
static inline bool any_fast(const uint8_t *p, uint32_t n, ottl_cell *ret) {
  if (OTTL_LIKELY(n >= 2 && p[0] == WR_TAG(1, WR_LEN) && p[1] == n - 2 && n < 130)) { /* short text: nearly all there is */
    *ret = (ottl_cell){(uint64_t)(uintptr_t)(p + 2), n - 2, OTTL_T_STRING};
    return true;
  }
  if (n == 0) {
    *ret = cell_nil();
    return true;
  }
  static const uint8_t types[8] = {[1] = OTTL_T_STRING, [5] = OTTL_T_LIST, [6] = OTTL_T_MAP, [7] = OTTL_T_BYTES};
  const uint8_t *end = p + n;
  switch (*p) {
  case WR_TAG(1, WR_LEN):
  case WR_TAG(5, WR_LEN):
  case WR_TAG(6, WR_LEN):
  case WR_TAG(7, WR_LEN): {
    uint32_t len;
    const uint8_t *value = wr_len(p + 1, end, &len);
    if (!value || value + len != end) return false;
    *ret = (ottl_cell){(uint64_t)(uintptr_t)value, len, types[*p >> 3]};
    return true;
  }
  case WR_TAG(2, WR_VARINT):
    if (n != 2 || p[1] >= 0x80) return false;
    *ret = cell_bool(p[1]);
    return true;
  case WR_TAG(3, WR_VARINT): {
    uint64_t v;
    if (wr_varint(p + 1, end, &v) != end) return false;
    *ret = cell_int((int64_t)v);
    return true;
  }
  case WR_TAG(4, WR_64):
    if (n != 9) return false;
    *ret = (ottl_cell){load_le64(p + 1), 0, OTTL_T_DOUBLE};
    return true;
  default: return false;
  }
}

static inline bool any_decode(const uint8_t *p, uint32_t n, ottl_cell *ret) {
  if (OTTL_LIKELY(any_fast(p, n, ret))) return true;
  return ottl__anyvalue_decode(p, n, ret) == OTTL_OK;
}

/* A value of the profiles signal. */
static bool any_indirect(ottl_batch *b, const uint8_t *p, uint32_t n, ottl_cell *ret) {
  bool nomem = false; /* the allocator has noted it: the run ends with it */
  return ottl__ot_any(b, p, n, ret, &nomem);
}

/* A KeyValue of any legal form: the last key wins, and the last value that is not empty, as in pdata. */
static OTTL_NOINLINE bool entry_slow(ottl_batch *b, const uint8_t *p, uint32_t n, ottl_view *ret_key, ottl_cell *ret_value) {
  const uint8_t *end = p + n;
  const bool indirect = b->signal == OTTL_SIGNAL_PROFILES;
  uint64_t key_index = 0;
  *ret_key = (ottl_view){(const char *)p, 0};
  *ret_value = cell_nil();
  while (p < end) {
    uint32_t number, type, len;
    p = wr_tag(p, end, &number, &type);
    if (!p) return false;
    if (number == 1 || number == 2) {
      if (type != WR_LEN || !(p = wr_len(p, end, &len))) return false;
      if (number == 1) {
        *ret_key = (ottl_view){(const char *)p, len};
      } else {
        ottl_cell value;
        if (indirect ? !any_indirect(b, p, len, &value) : !any_decode(p, len, &value)) return false;
        if (!cell_is_nil(value)) *ret_value = value;
      }
      p += len;
    } else {
      if (number == 3 && type != WR_VARINT) return false; /* key_strindex */
      p = number == 3 ? wr_varint(p, end, &key_index) : ottl__wr_skip(p, end, type);
      if (!p) return false;
    }
  }
  return !indirect || !key_index || ret_key->len || ottl__ot_key(b, key_index, ret_key) == OTTL_OK;
}

/* The usual forms: a key and a value and nothing else. Most libraries write the key first; the collector's (pdata)
 * writes all messages back to front. A missing part is empty. false: not of that form. */
static inline bool entry_fast(const uint8_t *p, uint32_t n, const uint8_t **ret_key, uint32_t *ret_klen,
                              const uint8_t **ret_value, uint32_t *ret_len) {
  const uint8_t *end = p + n;
  if (OTTL_UNLIKELY(n < 2)) return false;
  if (OTTL_LIKELY(n < 128 && n - 2 > p[1] + 1u)) {
    /* Both parts are there and short. PERF: w11; the lengths bound each other, so that one look at each is enough. */
    const uint32_t first = p[1];
    const uint8_t *second = p + 2 + first;
    if (OTTL_LIKELY(second[1] == n - 4 - first && (second[0] ^ p[0]) == (WR_TAG(1, WR_LEN) ^ WR_TAG(2, WR_LEN)))) {
      if (p[0] == WR_TAG(2, WR_LEN)) {
        *ret_value = p + 2;
        *ret_len = first;
        *ret_key = second + 2;
        *ret_klen = second[1];
        return true;
      }
      if (OTTL_LIKELY(p[0] == WR_TAG(1, WR_LEN))) {
        *ret_key = p + 2;
        *ret_klen = first;
        *ret_value = second + 2;
        *ret_len = second[1];
        return true;
      }
    }
  }
  if (p[0] == WR_TAG(2, WR_LEN)) {
    p = wr_len(p + 1, end, ret_len);
    if (OTTL_UNLIKELY(!p)) return false;
    *ret_value = p;
    p += *ret_len;
    if (OTTL_UNLIKELY(p == end)) {
      *ret_key = end;
      *ret_klen = 0;
      return true;
    }
    if (OTTL_UNLIKELY(*p != WR_TAG(1, WR_LEN))) return false;
    p = wr_len(p + 1, end, ret_klen);
    *ret_key = p;
    return OTTL_LIKELY(p && p + *ret_klen == end);
  }
  if (OTTL_UNLIKELY(p[0] != WR_TAG(1, WR_LEN))) return false;
  p = wr_len(p + 1, end, ret_klen);
  if (OTTL_UNLIKELY(!p)) return false;
  *ret_key = p;
  p += *ret_klen;
  if (OTTL_UNLIKELY(p == end)) {
    *ret_value = end;
    *ret_len = 0;
    return true;
  }
  if (OTTL_UNLIKELY(*p != WR_TAG(2, WR_LEN))) return false;
  p = wr_len(p + 1, end, ret_len);
  *ret_value = p;
  return OTTL_LIKELY(p && p + *ret_len == end);
}

#endif
