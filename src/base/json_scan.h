/* Looking for single bytes in short text: the end of a JSON string, or one of three bytes. */
#ifndef OTTL_SRC_BASE_JSON_SCAN_H
#define OTTL_SRC_BASE_JSON_SCAN_H

#include "base/common.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first quote, backslash or zero byte from s on; end when there is none. */
static inline const char *json_scan_string(const char *s, const char *end) {
#ifdef __SSE2__
  for (; end - s >= 16; s += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
    __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
                               _mm_cmpeq_epi8(v, _mm_setzero_si128()));
    int mask = _mm_movemask_epi8(hit);
    if (mask) return s + __builtin_ctz((unsigned)mask);
  }
#else
  /* A byte of x is zero if its bit is set here; those above the lowest such one may be marked wrongly. */
#define JSON_ZERO(x) (((x) - 0x0101010101010101u) & ~(x))
  for (; end - s >= 8; s += 8) {
    uint64_t v = load_u64(s), quote = v ^ 0x2222222222222222u, slash = v ^ 0x5c5c5c5c5c5c5c5cu;
    if ((JSON_ZERO(v) | JSON_ZERO(quote) | JSON_ZERO(slash)) & 0x8080808080808080u) break;
  }
#undef JSON_ZERO
#endif
  while (s < end && *s != '"' && *s != '\\' && *s != 0) s++;
  return s;
}

/* Is one of the three bytes, of which none is zero, in the text? */
static inline bool scan_has(const char *s, size_t n, const char three[3]) {
#ifdef __SSE2__
  const __m128i x = _mm_set1_epi8(three[0]), y = _mm_set1_epi8(three[1]), z = _mm_set1_epi8(three[2]);
  __m128i hit = _mm_setzero_si128();
  for (size_t i = 0; i < n; i += 16) { /* the last block may overlap the one before it; a short text is padded with zeros */
    __m128i v;
    if (OTTL_LIKELY(n >= 16)) {
      v = _mm_loadu_si128((const __m128i *)(const void *)(i + 16 <= n ? s + i : s + n - 16));
    } else if (n >= 8) { /* twice what is in the middle */
      v = _mm_set_epi64x((long long)load_u64(s), (long long)load_u64(s + n - 8));
    } else {
      v = _mm_set_epi64x(0, (long long)load_le_short(s, n));
    }
    hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, x), _mm_or_si128(_mm_cmpeq_epi8(v, y), _mm_cmpeq_epi8(v, z))));
  }
  return _mm_movemask_epi8(hit) != 0;
#else
  for (size_t i = 0; i < n; i++) {
    if (s[i] == three[0] || s[i] == three[1] || s[i] == three[2]) return true;
  }
  return false;
#endif
}

#endif
