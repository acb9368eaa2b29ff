#include "base/sha256_x86.h"

#ifdef OTTL_SHA256_X86
#include <cpuid.h>
#include <immintrin.h>

#if !defined(__clang__) && __GNUC__ >= 11
bool ottl__sha256_x86_present(void) {
  return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}
#else
/* This compiler does not know "sha". cpuid traps in virtual machines, so ask once; every thread would store the same. */
bool ottl__sha256_x86_present(void) {
  static _Atomic unsigned char known; /* 0: not asked yet, 1: no, 2: yes */
  unsigned char k = __atomic_load_n((unsigned char *)&known, __ATOMIC_RELAXED);
  if (OTTL_UNLIKELY(k == 0)) {
    unsigned a, b = 0, c = 0, d;
    bool yes = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) && __get_cpuid(1, &a, &b, &c, &d) && (c >> 9 & 1) &&
               (c >> 19 & 1);
    k = yes ? 2 : 1;
    __atomic_store_n((unsigned char *)&known, k, __ATOMIC_RELAXED);
  }
  return k == 2;
}
#endif

/* The instructions keep the state as (a b e f) and (c d g h), and do two rounds at a time. */
__attribute__((target("sha,sse4.1,ssse3"))) void ottl__sha256_x86(uint32_t state[8], const unsigned char *data, size_t n_blocks) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i lo = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0xb1);       /* c d a b */
  __m128i hi = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state + 4)), 0x1b); /* e f g h */
  __m128i abef = _mm_alignr_epi8(lo, hi, 8), cdgh = _mm_blend_epi16(hi, lo, 0xf0);

  for (; n_blocks; n_blocks--, data += 64) {
    __m128i abef_was = abef, cdgh_was = cdgh, w[4];
    for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i)), order);
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) { /* four rounds each; w[i & 3] holds their words */
      if (i >= 4) {
        __m128i sum = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);
        sum = _mm_add_epi32(sum, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
        w[i & 3] = _mm_sha256msg2_epu32(sum, w[(i + 3) & 3]);
      }
      __m128i k = _mm_add_epi32(w[i & 3], _mm_loadu_si128((const __m128i *)(const void *)(ottl__sha256_round + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, k);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(k, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_was);
    cdgh = _mm_add_epi32(cdgh, cdgh_was);
  }

  lo = _mm_shuffle_epi32(abef, 0x1b); /* f e b a, back in order */
  hi = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(lo, hi, 0xf0));
  _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(hi, lo, 8));
}
#else
typedef int ottl_sha256_x86_unused; /* an empty file is not C */
#endif
