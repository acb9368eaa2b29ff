/* Wire -> JSON: the text of strings, scalars and whole pairs, and the buffer it goes to. */
#ifndef OTTL_SRC_OTLP_JSON_PUT_H
#define OTTL_SRC_OTLP_JSON_PUT_H

#include "otlp/json_object.h"
#include "otlp/json_text.h"
#include "otlp/wire.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct jw_state {
  ottl_json *json;
  char *w, *end; /* of json->text */
  const uint8_t *in, *in_end;
  unsigned odd; /* messages that could not be written as they were read */
} jw_state;

/* Bytes that can be read behind what stands anywhere but at the end of the input. */
#define JW_BEHIND 16

bool ottl__jw_grow(jw_state *s, size_t n);
/* The body of any JSON string. */
ottl_status ottl__jw_any_text(jw_state *s, const uint8_t *p, size_t len);

static inline bool jw_need(jw_state *s, size_t n) { return OTTL_LIKELY((size_t)(s->end - s->w) >= n) || ottl__jw_grow(s, n); }

/* Copies text that stands for itself (ASCII but quote, backslash, control characters) to `to`, where there is room for len + 32
 * bytes. The end of it, or NULL: the text is not like that, or there is nothing behind it to be read. */
static inline char *jw_plain(const jw_state *s, char *to, const uint8_t *p, size_t len) {
#ifdef __SSE2__
  if (OTTL_UNLIKELY((uintptr_t)s->in_end - (uintptr_t)(p + len) < JW_BEHIND)) return NULL;
  for (;; p += 16, to += 16, len -= 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    _mm_storeu_si128((__m128i *)(void *)to, v);
    /* As signed bytes, control characters and what is not ASCII are below the blank. */
    __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
                               _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
    unsigned mask = (unsigned)_mm_movemask_epi8(odd);
    if (len <= 16) return mask & ((1u << len) - 1) ? NULL : to + len;
    if (mask) return NULL;
  }
#else
  OTTL_UNUSED(s);
  for (; len >= 8; p += 8, to += 8, len -= 8) {
    uint64_t v = load_u64(p);
    if (json_odd_bytes(v)) return NULL;
    memcpy(to, &v, 8);
  }
  for (; len; len--) {
    if (*p < ' ' || *p >= 0x80 || *p == '"' || *p == '\\') return NULL;
    *to++ = (char)*p++;
  }
  return to;
#endif
}

/* The body of a JSON string. */
static inline ottl_status jw_text(jw_state *s, const uint8_t *p, size_t len) {
  if (!jw_need(s, len + 64)) return OTTL_NOMEM;
  char *end = jw_plain(s, s->w, p, len);
  if (OTTL_UNLIKELY(!end)) return ottl__jw_any_text(s, p, len);
  s->w = end;
  return OTTL_OK;
}

static inline ottl_status jw_bytes(jw_state *s, const js_field *f, const js_entry *e) {
  size_t len = (size_t)e->value;
  if (!jw_need(s, 2)) return OTTL_NOMEM;
  *s->w++ = '"';
  if (f->type == PROTOBUF_C_TYPE_STRING) {
    OTTL_TRY(jw_text(s, e->data, len));
    if (!jw_need(s, 2)) return OTTL_NOMEM;
  } else {
    if (len > SIZE_MAX / 4 || !jw_need(s, 2 * len + 8)) return OTTL_NOMEM;
    s->w = f->id_bytes ? ottl__json_hex(s->w, e->data, len) : ottl__json_base64(s->w, e->data, len);
  }
  *s->w++ = '"';
  return OTTL_OK;
}

/* What a scalar's bits are worth in the width of its type, so that 0 is the default; doubles stay bits. */
static inline uint64_t jw_value(const js_field *f, uint64_t v) {
  switch (f->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_ENUM: return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
  case PROTOBUF_C_TYPE_SINT32: {
    uint32_t n = (uint32_t)v;
    return (uint64_t)(int64_t)(int32_t)(n >> 1 ^ (0 - (n & 1)));
  }
  case PROTOBUF_C_TYPE_UINT32: return (uint32_t)v;
  case PROTOBUF_C_TYPE_BOOL: return v != 0;
  default: return v;
  }
}

/* At most 40 bytes; there is room. */
static inline void jw_scalar(jw_state *s, const js_field *f, uint64_t v) {
  char *w = s->w;
  switch (f->type) {
  case PROTOBUF_C_TYPE_DOUBLE: w = ottl__json_double(w, double_of_bits(v)); break;
  case PROTOBUF_C_TYPE_BOOL:
    memcpy(w, v ? "true" : "false", 5);
    w += v ? 4 : 5;
    break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    *w++ = '"';
    if (f->type != PROTOBUF_C_TYPE_UINT64 && f->type != PROTOBUF_C_TYPE_FIXED64 && (int64_t)v < 0) *w++ = '-', v = 0 - v;
    w = json_u64(w, v);
    *w++ = '"';
    break;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32: w = json_u64(w, v); break;
  default:
    if ((int64_t)v < 0) *w++ = '-', v = 0 - v;
    w = json_u64(w, v);
  }
  s->w = w;
}

/* "name": where there is room for quoted_len + JS_QUOTED bytes. */
static inline char *jw_name(char *w, const js_field *f) {
  memcpy(w, f->quoted, JS_QUOTED);
  return w + f->quoted_len;
}

/* PERF: attributes are most of a payload, and their values texts and numbers. Writes the value that is p up to end, where there is
 * room for its length and 64 bytes. The end of that; NULL: the value is not plain. */
static inline char *jw_plain_value(const jw_state *s, char *w, const uint8_t *p, const uint8_t *end) {
  static const char text[] = "{\"stringValue\":\"", integer[] = "{\"intValue\":\"",
                    real[] = "{\"doubleValue\":", truth[] = "{\"boolValue\":";
  uint64_t v = 0;
  if (end - p < 2) return NULL;
  switch (*p++) {
  case 0x0a:
    p = wr_varint(p, end, &v);
    if (!p || v != (uint64_t)(end - p)) return NULL;
    memcpy(w, text, 16);
    w = jw_plain(s, w + 16, p, (size_t)v);
    if (!w) return NULL;
    *w++ = '"';
    break;
  case 0x10:
    if (wr_varint(p, end, &v) != end) return NULL;
    memcpy(w, truth, 13);
    memcpy(w + 13, v ? "true" : "false", 5);
    w += v ? 17 : 18;
    break;
  case 0x18:
    if (wr_varint(p, end, &v) != end) return NULL;
    memcpy(w, integer, 13);
    w += 13;
    if ((int64_t)v < 0) *w++ = '-', v = 0 - v;
    w = json_u64(w, v);
    *w++ = '"';
    break;
  case 0x21:
    if (end - p != 8) return NULL;
    memcpy(w, real, 15);
    w = ottl__json_double(w + 15, double_of_bits(load_le64(p)));
    break;
  default: return NULL;
  }
  *w++ = '}';
  return w;
}

/* A pair of a key and a plain value, where there is room for its length and 128 bytes. False: it is not like that, and nothing was
 * written. */
static inline bool jw_plain_pair(jw_state *s, const uint8_t *p, const uint8_t *end) {
  static const char head[] = "{\"key\":\"", middle[] = "\",\"value\":";
  if (end - p < 4 || p[0] != 0x0a || p[1] - 1u >= 0x7f || end - p < p[1] + 4) return false;
  const uint8_t *value = p + 2 + p[1];
  uint64_t n;
  if (*value != 0x12) return false;
  value = wr_varint(value + 1, end, &n);
  if (!value || n != (uint64_t)(end - value)) return false;
  memcpy(s->w, head, 8);
  char *w = jw_plain(s, s->w + 8, p + 2, p[1]);
  if (!w) return false;
  memcpy(w, middle, 10);
  w = jw_plain_value(s, w + 10, value, end);
  if (!w) return false;
  *w++ = '}';
  s->w = w;
  return true;
}

/* Writes the elements of that tag from p on that are plain pairs, with a comma before each; returns what is behind them. */
static inline const uint8_t *jw_pairs(jw_state *s, uint32_t tag, const uint8_t *p, const uint8_t *end) {
  while (p < end && *p == tag) {
    uint64_t n;
    const uint8_t *pair = wr_varint(p + 1, end, &n);
    if (!pair || n > (uint64_t)(end - pair) || !jw_need(s, (size_t)n + 160)) break;
    *s->w++ = ',';
    if (!jw_plain_pair(s, pair, pair + n)) {
      s->w--;
      break;
    }
    p = pair + n;
  }
  return p;
}

#endif
