/* JSON -> wire, the usual way: text as programs write it goes to the wire form in one pass, forwards, without a document in
 * between. Whatever is unusual (names in snake case, null, a member twice, enums by name, numbers with fractions for integers,
 * bytes that are not UTF-8, anything wrong) ends it, and json_read.c does it all from the beginning and tells what is wrong.
 *
 * The length of a message stands before it and is known after it: as many bytes are left free as the last one at that level took,
 * and the message is moved where that was wrong. Members in another order than that of the schema are put into order when their
 * message ends. */
#include "base/digits.h"
#include "base/gonum.h"
#include "base/utf8.h"
#include "otlp/json_object.h"
#include "otlp/json_text.h"
#include "otlp/wire.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define JF_LEVELS  96 /* messages inside one another; values beyond are for json_read.c */
#define JF_MEMBERS 24 /* of one message */
#define JF_SLACK   128
#define JF_WIRE    0x7fffffffu

typedef struct jf_state {
  ottl_json *json;
  const char *p, *end;
  uint8_t *w; /* there is always room for what is left of the text, and JF_SLACK */
  bool no_memory;
  uint8_t guess[JF_LEVELS]; /* bytes of a length */
} jf_state;

typedef struct jf_member {
  uint32_t begin; /* in the wire form */
  uint32_t field;
} jf_member;

static OTTL_NOINLINE bool jf_grow(jf_state *s, size_t need) {
  ottl_json *json = s->json;
  size_t used = (size_t)(s->w - json->wire), cap = json->wire_cap * 2;
  if (need > JF_WIRE || used > JF_WIRE) return false;
  if (cap < used + need) cap = used + need;
  uint8_t *grown = json->al.realloc(json->al.context, json->wire, json->wire_cap, cap);
  if (!grown) {
    s->no_memory = true;
    return false;
  }
  json->wire = grown;
  json->wire_cap = cap;
  s->w = grown + used;
  return true;
}

static inline bool jf_room(jf_state *s) {
  size_t need = (size_t)(s->end - s->p) + JF_SLACK;
  return OTTL_LIKELY(s->json->wire_cap - (size_t)(s->w - s->json->wire) >= need) || jf_grow(s, need);
}

static inline char jf_peek(const jf_state *s) { return OTTL_LIKELY(s->p < s->end) ? *s->p : 0; }
static inline void jf_blanks(jf_state *s) {
  while (OTTL_UNLIKELY(jf_peek(s) - 1u < ' ') && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r')) s->p++;
}
static inline bool jf_take(jf_state *s, char c) {
  if (jf_peek(s) != c) return false;
  s->p++;
  return true;
}

/* Four hex digits; UINT32_MAX when they are not. */
static uint32_t jf_hex4(const char *p, const char *end) {
  uint8_t bytes[2];
  if (end - p < 4 || !ottl__json_read_hex(bytes, view_of(p, 4))) return UINT32_MAX;
  return (uint32_t)bytes[0] << 8 | bytes[1];
}

/* The escape at s->p; its text goes to w. Half a surrogate pair: NULL. */
static uint8_t *jf_escape(jf_state *s, uint8_t *w) {
  if (s->end - s->p < 2) return NULL;
  char c = s->p[1];
  s->p += 2;
  switch (c) {
  case '"':
  case '\\':
  case '/': break;
  case 'b': c = '\b'; break;
  case 'f': c = '\f'; break;
  case 'n': c = '\n'; break;
  case 'r': c = '\r'; break;
  case 't': c = '\t'; break;
  case 'u': {
    uint32_t rune = jf_hex4(s->p, s->end);
    if (rune == UINT32_MAX || (rune & 0xfc00) == 0xdc00) return NULL;
    s->p += 4;
    if ((rune & 0xfc00) == 0xd800) {
      if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u') return NULL;
      uint32_t low = jf_hex4(s->p + 2, s->end);
      if ((low & ~0x3ffu) != 0xdc00) return NULL;
      rune = 0x10000 + ((rune & 0x3ff) << 10 | (low & 0x3ff));
      s->p += 6;
    }
    return w + ottl__utf8_encode((char *)w, rune);
  }
  default: return NULL;
  }
  *w++ = (uint8_t)c;
  return w;
}

/* Copies text that stands for itself (ASCII but quote, backslash, control characters) from p to *w. Where it ends. */
static inline const char *jf_plain(const char *p, const char *end, uint8_t **w_io) {
  uint8_t *w = *w_io;
#ifdef __SSE2__
  for (; end - p >= 16; p += 16, w += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    _mm_storeu_si128((__m128i *)(void *)w, v);
    /* As signed bytes, control characters and what is not ASCII are below the blank. */
    __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
                               _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
    int mask = _mm_movemask_epi8(odd);
    if (!mask) continue;
    int n = __builtin_ctz((unsigned)mask);
    *w_io = w + n;
    return p + n;
  }
#endif
  while (p < end && (unsigned char)*p >= ' ' && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\') *w++ = (uint8_t)*p++;
  *w_io = w;
  return p;
}

/* A string that goes on at s->p with something that does not stand for itself. */
static OTTL_NOINLINE uint8_t *jf_string_on(jf_state *s, uint8_t *w) {
  for (;;) {
    s->p = jf_plain(s->p, s->end, &w);
    unsigned char c = (unsigned char)jf_peek(s);
    if (c == '"') {
      s->p++;
      return w;
    }
    if (c == '\\') {
      w = jf_escape(s, w);
      if (!w) return NULL;
      continue;
    }
    unsigned n = c >= 0x80 ? json_utf8((const uint8_t *)s->p, (const uint8_t *)s->end) : 0;
    if (!n) return NULL;
    memcpy(w, s->p, n);
    s->p += n;
    w += n;
  }
}

/* The rest of a string and its quote; its text goes to w. The end of that, or NULL. */
static inline uint8_t *jf_string(jf_state *s, uint8_t *w) {
  const char *p = jf_plain(s->p, s->end, &w);
  bool done = OTTL_LIKELY(p < s->end && *p == '"');
  s->p = p + done;
  return done ? w : jf_string_on(s, w);
}

/* -- scalars -- */

/* Digits as JSON wants them; the place behind them, or NULL. */
static inline const char *jf_digits(const char *p, const char *end, uint64_t *ret) {
  const char *begin = p;
  *ret = 0;
  p = digits_read(p, end, ret);
  ptrdiff_t n = p - begin;
  return n == 0 || n > 19 || (*begin == '0' && n > 1) ? NULL : p;
}

/* Digits, with or without quotes. */
static bool jf_integer(jf_state *s, bool *negative, uint64_t *ret) {
  bool quoted = jf_take(s, '"');
  *negative = jf_take(s, '-');
  const char *p = jf_digits(s->p, s->end, ret);
  if (!p) return false;
  s->p = p;
  if (quoted) return jf_take(s, '"');
  char c = jf_peek(s);
  return c != '.' && c != 'e' && c != 'E';
}

/* A number of any form that JSON has. */
static OTTL_NOINLINE const char *jf_any_double(const char *p, const char *end, double *ret) {
  const char *begin = p;
  if (p < end && *p == '-') p++;
  if (end - p > 1 && p[0] == '0' && (unsigned)(p[1] - '0') < 10) return NULL;
  for (int part = 0; part < 3; part++) { /* digits, fraction, exponent */
    const char *digits = p;
    while (p < end && (unsigned)(*p - '0') < 10) p++;
    if (p == digits) return NULL;
    char c = p < end ? *p : 0;
    if (part == 0 && c == '.') {
      p++;
    } else if (part < 2 && (c == 'e' || c == 'E')) {
      part = 1;
      p++;
      if (p < end && (*p == '+' || *p == '-')) p++;
    } else {
      break;
    }
  }
  return ottl__gonum_parse_double(view_of(begin, (size_t)(p - begin)), ret) == OTTL_NUM_OK ? p : NULL;
}

/* The place behind the number at p, or NULL. */
static inline const char *jf_double(const char *p, const char *end, double *ret) {
  const char *begin = p;
  bool negative = p < end && *p == '-';
  p += negative;
  const char *digits = p;
  uint64_t v = 0;
  p = digits_read(p, end, &v);
  ptrdiff_t n = p - digits, decimals = 0;
  if (n == 0 || (*digits == '0' && n > 1)) return NULL;
  if (p < end && *p == '.') {
    const char *fraction = p + 1;
    p = digits_read(fraction, end, &v);
    decimals = p - fraction;
    if (!decimals) return NULL;
  }
  double d = 0;
  if (n + decimals > 19 || (p < end && (*p | 0x20) == 'e') || (v && !ottl__gonum_scale(v, (int)-decimals, &d)))
    return jf_any_double(begin, end, ret);
  *ret = negative ? -d : d;
  return p;
}

/* A scalar as the bits that stand on the wire. */
static bool jf_scalar(jf_state *s, const js_field *f, uint64_t *ret) {
  bool negative = false;
  const char *p;
  uint64_t v;
  double d;
  switch (f->type) {
  case PROTOBUF_C_TYPE_BOOL: {
    bool yes = s->end - s->p >= 4 && memcmp(s->p, "true", 4) == 0;
    if (!yes && (s->end - s->p < 5 || memcmp(s->p, "false", 5) != 0)) return false;
    s->p += yes ? 4 : 5;
    *ret = yes;
    return true;
  }
  case PROTOBUF_C_TYPE_DOUBLE:
    p = jf_double(s->p, s->end, &d);
    if (!p) return false;
    s->p = p;
    *ret = bits_of_double(d);
    return true;
  case PROTOBUF_C_TYPE_ENUM:
    if (jf_peek(s) == '"') return false; /* a name */
    break;
  default: break;
  }
  if (!jf_integer(s, &negative, &v)) return false;
  switch (f->type) {
  case PROTOBUF_C_TYPE_ENUM:
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
    if (v > INT32_MAX) return false;
    v = negative ? 0 - v : v;
    *ret = f->type == PROTOBUF_C_TYPE_SINT32 ? (uint32_t)v << 1 ^ (uint32_t)((int64_t)v >> 63) : v;
    return true;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SFIXED64:
    if (v > INT64_MAX) return false;
    *ret = negative ? 0 - v : v;
    return true;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
    if (v > UINT32_MAX) return false;  /* fall through */
  default: *ret = v; return !negative; /* UINT64, FIXED64 */
  }
}

static inline uint8_t *jf_put_scalar(uint8_t *w, const js_field *f, uint64_t bits) {
  if (f->wire_type == JS_VARINT) return varint_put(w, bits);
  return f->wire_type == JS_FIXED64 ? wr_put64(w, bits) : wr_put32(w, (uint32_t)bits);
}

/* -- what has a length -- */

/* The body of f behind the bytes left free for its length is complete, from `body` on in the wire form. */
static inline bool jf_close(jf_state *s, size_t body, uint8_t *guess) {
  size_t len = (size_t)(s->w - s->json->wire) - body, n = varint_size(len), left = *guess;
  if (OTTL_UNLIKELY(n != left)) {
    if (!jf_room(s)) return false;
    uint8_t *at = s->json->wire + body;
    memmove(at + n - left, at, len);
    s->w = s->w + n - left;
    *guess = (uint8_t)n;
  }
  varint_put(s->json->wire + body - left, len);
  return true;
}

static inline void jf_tag(jf_state *s, const js_field *f, unsigned wire_type) {
  s->w = varint_put(s->w, f->number << 3 | wire_type);
}

/* An id: hex digits, as many as it has to have. False: nothing was done. */
static inline bool jf_id(jf_state *s, const js_field *f) {
  size_t len = f->id_bytes;
  const char *p = s->p;
  uint8_t id[16] = {0};
  if ((size_t)(s->end - p) < 2 * len + 2 || p[0] != '"' || p[2 * len + 1] != '"') return false;
  if (!ottl__json_read_hex(id, view_of(p + 1, 2 * len))) return false;
  s->p = p + 2 * len + 2;
  if ((load_u64(id) | load_u64(id + 8)) == 0) return true; /* an id of zeros is no id */
  jf_tag(s, f, JS_BYTES);
  *s->w++ = (uint8_t)len;
  memcpy(s->w, id, 16);
  s->w += len;
  return true;
}

/* Text, bytes, empty ids; the empty ones are left out where `keep` does not say that presence counts. */
static bool jf_bytes(jf_state *s, const js_field *f, bool keep) {
  if (!jf_take(s, '"')) return false;
  uint8_t *tag = s->w;
  jf_tag(s, f, JS_BYTES);
  size_t body = (size_t)(s->w - s->json->wire) + 1;
  uint8_t *text = s->w + 1, *end = jf_string(s, text), guess = 1;
  if (!end) return false;
  size_t len = (size_t)(end - text);
  if (f->type == PROTOBUF_C_TYPE_BYTES) {
    ottl_view view = view_of(text, len);
    if (f->id_bytes && len) return false;
    if (!f->id_bytes && (!ottl__json_base64_bytes(view, &len) || !ottl__json_read_base64(text, view))) return false;
  }
  if (!len && !keep) {
    s->w = tag;
    return true;
  }
  s->w = text + len;
  return jf_close(s, body, &guess);
}

static bool jf_message(jf_state *s, const js_message *m, unsigned level, unsigned depth);

static bool jf_sub_message(jf_state *s, const js_field *f, unsigned level, unsigned depth) {
  if (level == JF_LEVELS || !jf_room(s)) return false;
  jf_tag(s, f, JS_BYTES);
  s->w += s->guess[level];
  size_t body = (size_t)(s->w - s->json->wire);
  return jf_message(s, f->message, level + 1, depth) && jf_close(s, body, &s->guess[level]);
}

/* -- PERF: what most of a payload is: pairs of a key and a value that is a text or a number -- */

#define JF_SAME8(p, text, at) (load_u64((p) + (at)) == load_u64((text) + (at)))

/* The lengths of a value's text of 126 bytes or more, which stands at w + 3; the end of the value. */
static OTTL_NOINLINE uint8_t *jf_long_text(uint8_t *w, size_t len) {
  size_t size = 1 + varint_size(len) + len, head = varint_size(size);
  memmove(w + head + 1 + varint_size(len), w + 3, len);
  w = varint_put(w, size);
  *w++ = 0x0a;
  return varint_put(w, len) + len;
}

/* The value at p, from its brace to its brace, with its length in front to *w_io. The place behind it; NULL: it is of another form. */
static inline const char *jf_plain_value(const char *p, const char *end, uint8_t **w_io) {
  static const char text[] = "{\"stringValue\":\"", integer[] = "{\"intValue\":\"",
                    real[] = "{\"doubleValue\":", truth[] = "{\"boolValue\":";
  uint8_t *w = *w_io;
  if (OTTL_UNLIKELY(end - p < 32)) return NULL;
  if (JF_SAME8(p, text, 0)) {
    if (!JF_SAME8(p, text, 8)) return NULL;
    uint8_t *to = w + 3;
    p = jf_plain(p + 16, end, &to);
    if (end - p < 2 || p[0] != '"' || p[1] != '}') return NULL;
    size_t len = (size_t)(to - (w + 3));
    if (OTTL_LIKELY(len < 126)) {
      w[0] = (uint8_t)(len + 2);
      w[1] = 0x0a;
      w[2] = (uint8_t)len;
      *w_io = to;
    } else {
      *w_io = jf_long_text(w, len);
    }
    return p + 2;
  }
  if (JF_SAME8(p, integer, 0)) {
    if (!JF_SAME8(p, integer, 5)) return NULL;
    uint64_t v;
    bool negative = p[13] == '-';
    p = jf_digits(p + 13 + negative, end, &v);
    if (!p || end - p < 2 || p[0] != '"' || p[1] != '}' || v > INT64_MAX) return NULL;
    w[1] = 0x18;
    *w_io = varint_put(w + 2, negative ? 0 - v : v);
    w[0] = (uint8_t)(*w_io - w - 1);
    return p + 2;
  }
  if (JF_SAME8(p, real, 0)) {
    if (!JF_SAME8(p, real, 7)) return NULL;
    double d;
    p = jf_double(p + 15, end, &d);
    if (!p || p == end || *p != '}') return NULL;
    w[0] = 9;
    w[1] = 0x21;
    *w_io = wr_put64(w + 2, bits_of_double(d));
    return p + 1;
  }
  if (!JF_SAME8(p, truth, 0) || !JF_SAME8(p, truth, 5)) return NULL;
  bool yes = memcmp(p + 13, "true}", 5) == 0;
  if (!yes && memcmp(p + 13, "false}", 6) != 0) return NULL;
  w[0] = 2;
  w[1] = 0x10;
  w[2] = yes;
  *w_io = w + 3;
  return p + 19 - yes;
}

/* {"key":"..","value":{..}}. False: nothing was done. */
static inline bool jf_plain_pair(jf_state *s, const js_field *f) {
  static const char head[] = "{\"key\":\"", middle[] = "\",\"value\":";
  const char *p = s->p, *end = s->end;
  uint8_t *w = s->w, *at = w + 4;
  if (f->number >= 16 || end - p < 40 || !JF_SAME8(p, head, 0)) return false;
  p = jf_plain(p + 8, end, &at);
  size_t key_len = (size_t)(at - (w + 4));
  if (key_len - 1 > 100 || end - p < 32 || !JF_SAME8(p, middle, 0) || p[8] != '"' || p[9] != ':') return false;
  *at++ = 0x12;
  p = jf_plain_value(p + 10, end, &at);
  if (!p || p == end || *p != '}') return false;
  size_t len = (size_t)(at - (w + 2));
  w[0] = (uint8_t)(f->number << 3 | JS_BYTES);
  w[1] = (uint8_t)len;
  w[2] = 0x0a;
  w[3] = (uint8_t)key_len;
  if (OTTL_UNLIKELY(len >= 128)) {
    memmove(w + 1 + varint_size(len), w + 2, len);
    at = varint_put(w + 1, len) + len;
  }
  s->p = p + 1;
  s->w = at;
  return true;
}

static bool jf_element(jf_state *s, const js_field *f, unsigned level, unsigned depth) {
  if (!jf_room(s)) return false;
  if (f->message)
    return (f->message->is_pair && depth < s->json->max_depth && jf_plain_pair(s, f)) || jf_sub_message(s, f, level, depth);
  if (f->wire_type == JS_BYTES) return jf_bytes(s, f, true);
  uint64_t bits;
  if (!jf_scalar(s, f, &bits)) return false;
  s->w = jf_put_scalar(s->w, f, bits);
  return true;
}

/* PERF: the counts and bounds of histograms, from the first of them to the bracket. False: something is of another form. */
static bool jf_packed64(jf_state *s, const js_field *f) {
  for (;;) {
    uint64_t bits;
    double d;
    const char *p = s->p, *end = s->end;
    if (!jf_room(s)) return false;
    if (f->kind == JS_KIND_DOUBLE) {
      p = jf_double(p, end, &d);
      bits = p ? bits_of_double(d) : 0;
    } else {
      bool quoted = p < end && *p == '"';
      p = jf_digits(p + quoted, end, &bits);
      if (p && quoted) p = p < end && *p == '"' ? p + 1 : NULL;
    }
    if (!p || p == end) return false;
    s->w = wr_put64(s->w, bits);
    s->p = p + 1;
    if (OTTL_LIKELY(*p == ',') && s->p < end && (unsigned char)*s->p > ' ') continue;
    s->p = p;
    jf_blanks(s);
    if (jf_take(s, ']')) return true;
    if (!jf_take(s, ',')) return false;
    jf_blanks(s);
  }
}

static bool jf_elements(jf_state *s, const js_field *f, unsigned level, unsigned depth) {
  if (!jf_take(s, '[')) return false;
  jf_blanks(s);
  if (jf_take(s, ']')) return true;
  size_t body = 0;
  uint8_t guess = 1;
  if (f->packed) {
    jf_tag(s, f, JS_BYTES);
    s->w++;
    body = (size_t)(s->w - s->json->wire);
    if (f->kind == JS_KIND_DOUBLE || f->kind == JS_KIND_TIME) return jf_packed64(s, f) && jf_close(s, body, &guess);
  }
  for (;;) {
    if (!jf_element(s, f, level, depth)) return false;
    jf_blanks(s);
    if (jf_take(s, ']')) break;
    if (!jf_take(s, ',')) return false;
    jf_blanks(s);
  }
  return !f->packed || jf_close(s, body, &guess);
}

/* A time, as its number in quotes. False: nothing was done. */
static inline bool jf_time(jf_state *s, const js_field *f) {
  uint64_t v;
  if (jf_peek(s) != '"') return false;
  const char *p = jf_digits(s->p + 1, s->end, &v);
  if (!p || p == s->end || *p != '"') return false;
  s->p = p + 1;
  if (!v && !f->oneof) return true;
  jf_tag(s, f, JS_FIXED64);
  s->w = wr_put64(s->w, v);
  return true;
}

static inline bool jf_value_message(jf_state *s, const js_field *f, unsigned level, unsigned depth) {
  if (f->message->is_value && f->number < 16 && depth < s->json->max_depth) {
    uint8_t *w = s->w + 1;
    const char *p = jf_plain_value(s->p, s->end, &w);
    if (p) {
      s->w[0] = (uint8_t)(f->number << 3 | JS_BYTES);
      s->w = w;
      s->p = p;
      return true;
    }
  }
  return jf_sub_message(s, f, level, depth);
}

static bool jf_value(jf_state *s, const js_field *f, unsigned level, unsigned depth) {
  if (f->repeated) return jf_elements(s, f, level, depth);
  switch ((js_kind)f->kind) {
  case JS_KIND_MESSAGE: return jf_value_message(s, f, level, depth);
  case JS_KIND_TEXT:
  case JS_KIND_BYTES: return (f->id_bytes && jf_id(s, f)) || jf_bytes(s, f, f->oneof != 0);
  case JS_KIND_TIME:
    if (jf_time(s, f)) return true;
    break;
  default: break;
  }
  uint64_t bits;
  if (!jf_scalar(s, f, &bits)) return false;
  /* Minus zero is a default as well: pdata compares with 0. */
  if (!f->oneof && (bits == 0 || (f->type == PROTOBUF_C_TYPE_DOUBLE && bits << 1 == 0))) return true;
  jf_tag(s, f, f->wire_type);
  s->w = jf_put_scalar(s->w, f, bits);
  return true;
}

static OTTL_NOINLINE unsigned jf_name_at_end(jf_state *s, const js_message *m) {
  for (unsigned i = 0; i < m->n_fields; i++) {
    const js_field *f = &m->fields[i];
    if ((size_t)(s->end - s->p) < f->quoted_len || memcmp(s->p, f->quoted, f->quoted_len) != 0) continue;
    s->p += f->quoted_len;
    return i;
  }
  return JS_NONE;
}

/* The field whose name and colon stand at s->p, behind them then. The search starts where the text most likely goes on. */
static inline unsigned jf_name(jf_state *s, const js_message *m, unsigned hint) {
  const char *p = s->p;
  size_t left = (size_t)(s->end - p);
  if (left < JS_QUOTED) return jf_name_at_end(s, m);
  uint64_t head = load_u64(p);
  for (unsigned k = 0, i = hint; k < m->n_fields; k++, i++) {
    if (i >= m->n_fields) i = 0;
    const js_field *f = &m->fields[i];
    if ((head & f->quoted_mask) != f->quoted_head) continue;
    if (f->quoted_len > left || !bytes_same(p, f->quoted, f->quoted_len)) continue;
    s->p = p + f->quoted_len;
    return i;
  }
  return JS_NONE;
}

/* Puts the members of a message, the last thing written, into the order of their fields. */
static OTTL_NOINLINE bool jf_order(jf_state *s, jf_member *members, unsigned n) {
  uint8_t *wire = s->json->wire;
  uint32_t begin = members[0].begin, end = (uint32_t)(s->w - wire);
  size_t len = end - begin, need = len + (size_t)(s->end - s->p) + JF_SLACK;
  if (s->json->wire_cap - end < need && !jf_grow(s, need)) return false;
  wire = s->json->wire;
  uint32_t ends[JF_MEMBERS];
  for (unsigned i = 0; i < n; i++) ends[i] = i + 1 < n ? members[i + 1].begin : end;
  uint8_t *to = wire + end;
  for (unsigned done = 0; done < n; done++) {
    unsigned least = 0;
    for (unsigned i = 1; i < n; i++) {
      if (members[i].field < members[least].field) least = i;
    }
    size_t bytes = ends[least] - members[least].begin;
    memcpy(to, wire + members[least].begin, bytes);
    to += bytes;
    members[least].field = UINT32_MAX;
  }
  memcpy(wire + begin, wire + end, len);
  return true;
}

static bool jf_message(jf_state *s, const js_message *m, unsigned level, unsigned depth) {
  if (m->is_value && ++depth > s->json->max_depth) return false;
  if (!jf_take(s, '{')) return false;
  jf_blanks(s);
  if (jf_take(s, '}')) return true;
  jf_member members[JF_MEMBERS];
  unsigned n = 0, hint = 0;
  uint64_t seen = 0;
  bool ordered = true;
  for (;;) {
    if (!jf_room(s)) return false;
    unsigned i = jf_name(s, m, hint);
    if (i == JS_NONE || n == JF_MEMBERS) return false;
    const js_field *f = &m->fields[i];
    if (seen & ((uint64_t)1 << i | f->oneof_mask)) return false;
    seen |= (uint64_t)1 << i;
    ordered &= i >= hint; /* hint: behind the last one */
    hint = i + 1;
    members[n++] = (jf_member){(uint32_t)(s->w - s->json->wire), i};
    jf_blanks(s);
    if (!jf_value(s, f, level, depth)) return false;
    jf_blanks(s);
    if (jf_take(s, '}')) break;
    if (!jf_take(s, ',')) return false;
    jf_blanks(s);
  }
  return ordered || jf_order(s, members, n);
}

ottl_status ottl__json_fast(ottl_json *json, const js_message *root, const char *text, size_t len, size_t *ret_len) {
  if (len > JF_WIRE / 2) return OTTL_DATA;
  jf_state s = {.json = json, .p = text, .end = text + len, .w = json->wire};
  memset(s.guess, 1, sizeof s.guess);
  bool ok = jf_room(&s);
  jf_blanks(&s);
  ok = ok && jf_message(&s, root, 0, 0);
  jf_blanks(&s);
  size_t used = (size_t)(s.w - json->wire);
  if (!ok || s.p != s.end || used > JF_WIRE) return s.no_memory ? OTTL_NOMEM : OTTL_DATA;
  *ret_len = used;
  return OTTL_OK;
}
