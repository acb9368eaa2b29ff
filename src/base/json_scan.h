/* Looking for the end of a string in JSON text. */
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

#endif
