#include "base/gojson.h"

#include "base/base64.h"
#include "base/gonum.h"
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifndef __SSE2__
#define GJ_EACH(byte) ((byte) * 0x0101010101010101ull)

/* Nonzero when a byte of v is zero; v may hold bytes over 0x7f only if the caller asks for those anyway. */
static inline uint64_t gj_zero(uint64_t v) { return (v - GJ_EACH(1)) & ~v & GJ_EACH(0x80ull); }

/* Some byte of the eight may need an escape or a check. */
static inline bool gj_special8(uint64_t v, bool html) {
  uint64_t hit = (v & GJ_EACH(0x80ull)) | gj_zero(v & GJ_EACH(0xe0ull)) | gj_zero(v ^ GJ_EACH((uint64_t)'"')) |
                 gj_zero(v ^ GJ_EACH((uint64_t)'\\'));
  if (html) { /* '<' and '>' differ in bit 1 */
    hit |= gj_zero((v & GJ_EACH(0xfdull)) ^ GJ_EACH((uint64_t)'<')) | gj_zero(v ^ GJ_EACH((uint64_t)'&'));
  }
  return hit != 0;
}
#endif

static inline bool gj_special(unsigned char c, bool html) {
  return c < 0x20 || c >= 0x80 || c == '"' || c == '\\' || (html && (c == '<' || c == '>' || c == '&'));
}

#ifdef __SSE2__
/* A bit for each of the 16 bytes that may need an escape or a check. */
static inline unsigned gj_special16(__m128i v, bool html) {
  __m128i hit = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)), /* from 0x80 on, too */
                             _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
  if (html) { /* '<' and '>' differ in bit 1 */
    __m128i angle = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xfd)), _mm_set1_epi8('<'));
    hit = _mm_or_si128(hit, _mm_or_si128(angle, _mm_cmpeq_epi8(v, _mm_set1_epi8('&'))));
  }
  return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* How many bytes from p on stay as they are. */
static inline size_t gj_plain(const char *p, size_t n, bool html) {
  size_t at = 0;
#ifdef __SSE2__
  if (n < 16) {
    if (n == 0) return 0;
    __m128i v; /* some bytes twice, or padded with what stays */
    if (n >= 8)
      v = _mm_set_epi64x((long long)load_u64(p + n - 8), (long long)load_u64(p));
    else
      v = _mm_set1_epi64x((long long)(load_le_short(p, n) | UINT64_C(0x6161616161616161) << (8 * n)));
    if (OTTL_LIKELY(!gj_special16(v, html))) return n;
    while (!gj_special((unsigned char)p[at], html)) at++;
    return at;
  }
  while (at < n) {
    if (n - at < 16) at = n - 16;
    unsigned bits = gj_special16(_mm_loadu_si128((const __m128i *)(const void *)(p + at)), html);
    if (bits) return at + (unsigned)__builtin_ctz(bits);
    at += 16;
  }
  return n;
#else
  while (n - at >= 8 && !gj_special8(load_u64(p + at), html)) at += 8;
  while (at < n && !gj_special((unsigned char)p[at], html)) at++;
  return at;
#endif
}

bool ottl__gojson_is_plain(ottl_view text, ottl_json_style style) {
  return gj_plain(text.data, text.len, style == OTTL_JSON_GOCCY) == text.len;
}

void ottl__gojson_put_plain(ottl_sbuf *buf, ottl_view text) {
  if (!sbuf_reserve(buf, text.len + 2)) return;
  char *at = buf->data + buf->len;
  *at++ = '"';
  copy_short(at, text.data, text.len);
  at[text.len] = '"';
  buf->len += text.len + 2;
}

/* The escape of a byte that needs one. */
static size_t gj_escape(char out[6], unsigned char c, ottl_json_style style) {
  const char *hex = "0123456789abcdef";
  out[0] = '\\';
  out[1] = (char)c;
  switch (c) {
  case '"':
  case '\\': return 2;
  case '\n': out[1] = 'n'; return 2;
  case '\r': out[1] = 'r'; return 2;
  case '\t': out[1] = 't'; return 2;
  case '\b':
  case '\f':
    if (style != OTTL_JSON_STD) break;
    out[1] = c == '\b' ? 'b' : 'f';
    return 2;
  default: break;
  }
  memcpy(out + 1, "u00", 3);
  out[4] = hex[c >> 4];
  out[5] = hex[c & 15];
  return 6;
}

/* The JSON of the character at p, which takes *ret_width bytes there. 0: it stays as it is. */
static size_t gj_unit(char out[6], const char *p, const char *end, ottl_json_style style, int *ret_width) {
  if (!gj_special((unsigned char)*p, style == OTTL_JSON_GOCCY)) {
    *ret_width = 1;
    return 0;
  }
  uint32_t rune;
  *ret_width = utf8_decode(p, (size_t)(end - p), &rune);
  if (rune < 0x80) return gj_escape(out, (unsigned char)*p, style);
  if (rune == OTTL_RUNE_ERROR && *ret_width == 1) {
    memcpy(out, "\\ufffd", 6);
    return 6;
  }
  if (rune != 0x2028 && rune != 0x2029) return 0;
  memcpy(out, rune == 0x2028 ? "\\u2028" : "\\u2029", 6);
  return 6;
}

void ottl__gojson_put_string(ottl_sbuf *buf, ottl_view text, ottl_json_style style) {
  bool html = style == OTTL_JSON_GOCCY;
  size_t plain = gj_plain(text.data, text.len, html);
  if (OTTL_LIKELY(plain == text.len)) {
    ottl__gojson_put_plain(buf, text);
    return;
  }
  sbuf_byte(buf, '"');
  const char *p = text.data, *end = p + text.len, *from = p; /* from..p is not copied yet */
  for (p += plain; p < end; p += gj_plain(p, (size_t)(end - p), html)) {
    char out[6];
    int width;
    size_t n = gj_unit(out, p, end, style, &width);
    p += width;
    if (n == 0) continue;
    sbuf_put(buf, from, (size_t)(p - width - from));
    sbuf_put(buf, out, n);
    from = p;
  }
  if (end > from) sbuf_put(buf, from, (size_t)(end - from));
  sbuf_byte(buf, '"');
}

int ottl__gojson_compare_keys(ottl_view a, ottl_view b, ottl_json_style style) {
  if (style == OTTL_JSON_STD) return view_cmp(a, b);
  const char *p = a.len ? a.data : "", *q = b.len ? b.data : "", *p_end = p + a.len, *q_end = q + b.len;
  while (p < p_end || q < q_end) {
    if (p < p_end && q < q_end && *p == *q && (unsigned char)*p < 0x80) {
      p++;
      q++;
      continue;
    }
    /* The JSON of no character begins that of another, so the first that differs decides. */
    char x[6] = {'"'}, y[6] = {'"'};
    int p_width = 0, q_width = 0;
    size_t n = p < p_end ? gj_unit(x, p, p_end, style, &p_width) : 1;
    size_t m = q < q_end ? gj_unit(y, q, q_end, style, &q_width) : 1;
    int c = view_cmp(n ? view_of(x, n) : view_of(p, (size_t)p_width), m ? view_of(y, m) : view_of(q, (size_t)q_width));
    if (c) return c;
    p += p_width;
    q += q_width;
  }
  return 0;
}

void ottl__gojson_put_double(ottl_sbuf *buf, double value, ottl_json_style style, bool *ret_unsupported) {
  double size = __builtin_fabs(value);
  if (OTTL_UNLIKELY(!(size < __builtin_inf()))) {
    if (ret_unsupported) *ret_unsupported = true;
    return;
  }
  bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  char out[OTTL_DOUBLE_TEXT_MAX];
  size_t n = ottl__gonum_format_double(out, value, exponent ? 'e' : 'f');
  if (exponent && style == OTTL_JSON_STD && n >= 4 && memcmp(out + n - 4, "e-0", 3) == 0) { /* e-07 to e-7 */
    out[n - 2] = out[n - 1];
    n--;
  }
  sbuf_put(buf, out, n);
}

void ottl__gojson_put_bytes(ottl_sbuf *buf, ottl_view bytes) {
  if (bytes.len == 0) {
    sbuf_str(buf, "null");
    return;
  }
  sbuf_byte(buf, '"');
  ottl__base64_put(buf, bytes, OTTL_BASE64_STD);
  sbuf_byte(buf, '"');
}

static const char *gj_name(double value, const char *inf, const char *minus_inf) {
  return value != value ? "NaN" : value > 0 ? inf : minus_inf;
}

void ottl__gojson_put_plain_double(ottl_sbuf *buf, double value) {
  bool unsupported = false;
  ottl__gojson_put_double(buf, value, OTTL_JSON_STD, &unsupported);
  if (unsupported) sbuf_str(buf, gj_name(value, "Infinity", "-Infinity"));
}

void ottl__gojson_put_unsupported(ottl_sbuf *buf, double value) {
  sbuf_str(buf, "json: unsupported value: ");
  sbuf_str(buf, gj_name(value, "+Inf", "-Inf"));
}
