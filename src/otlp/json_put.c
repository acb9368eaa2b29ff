/* Wire -> JSON: text with anything in it, and the buffer when it is full. */
#include "otlp/json_put.h"

bool ottl__jw_grow(jw_state *s, size_t n) {
  ottl_json *json = s->json;
  size_t used = (size_t)(s->w - json->text);
  if (n > SIZE_MAX / 4 || used > SIZE_MAX / 4) return false;
  size_t cap = json->text_cap * 2;
  if (cap < used + n) cap = used + n;
  if (cap < 4096) cap = 4096;
  char *grown = json->al.realloc(json->al.context, json->text, json->text_cap, cap);
  if (!grown) return false;
  json->text = grown;
  json->text_cap = cap;
  s->w = grown + used;
  s->end = grown + cap;
  return true;
}

static char *jw_escape(char *w, uint8_t c) {
  static const char hex[] = "0123456789abcdef";
  *w++ = '\\';
  switch (c) {
  case '"':
  case '\\': *w++ = (char)c; return w;
  case '\n': *w++ = 'n'; return w;
  case '\r': *w++ = 'r'; return w;
  case '\t': *w++ = 't'; return w;
  default:
    memcpy(w, "u00", 3);
    w[3] = hex[c >> 4];
    w[4] = hex[c & 15];
    return w + 5;
  }
}

ottl_status ottl__jw_any_text(jw_state *s, const uint8_t *p, size_t len) {
  const uint8_t *end = p + len;
  while (p < end) {
    /* Room for as many bytes as are left, and for what gets longer or is copied beyond the end. */
    if (!jw_need(s, (size_t)(end - p) + 64)) return OTTL_NOMEM;
    char *w = s->w;
#ifdef __SSE2__
    for (; end - p >= 16; p += 16, w += 16) {
      __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
      _mm_storeu_si128((__m128i *)(void *)w, v);
      __m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
                                 _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
      unsigned mask = (unsigned)_mm_movemask_epi8(odd);
      if (!mask) continue;
      unsigned n = (unsigned)__builtin_ctz(mask);
      p += n;
      w += n;
      break;
    }
#endif
    while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\') *w++ = (char)*p++;
    while (p < end && *p >= 0x80) {
      unsigned n = json_utf8(p, end);
      if (!n) break;
      for (; n; n--) *w++ = (char)*p++;
    }
    if (p < end && *p >= 0x80) {
      memcpy(w, "\xef\xbf\xbd", 3);
      w += 3;
      p++;
    } else if (p < end && (*p < 0x20 || *p == '"' || *p == '\\')) {
      w = jw_escape(w, *p++);
    }
    s->w = w;
  }
  return OTTL_OK;
}
