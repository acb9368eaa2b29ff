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

#define SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))
#define SHA_MOST   2 /* messages side by side: more do not fit the registers */

/* The instructions keep the state as (a b e f) and (c d g h), and do two rounds at a time. They take four cycles and more, but one can
 * begin every other cycle: a second message costs a third of the first. */
SHA_TARGET static inline void sha_rows(uint32_t *const *state, const unsigned char *const *data, size_t n_blocks, const int n) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abef[SHA_MOST], cdgh[SHA_MOST], abef_was[SHA_MOST], cdgh_was[SHA_MOST], w[SHA_MOST][4];
  for (int m = 0; m < n; m++) {
    __m128i lo = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state[m]), 0xb1);       /* c d a b */
    __m128i hi = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state[m] + 4)), 0x1b); /* e f g h */
    abef[m] = _mm_alignr_epi8(lo, hi, 8);
    cdgh[m] = _mm_blend_epi16(hi, lo, 0xf0);
  }
  for (size_t at = 0; at < 64 * n_blocks; at += 64) {
    for (int m = 0; m < n; m++) {
      abef_was[m] = abef[m];
      cdgh_was[m] = cdgh[m];
      for (int i = 0; i < 4; i++) {
        w[m][i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(data[m] + at + 16 * i)), order);
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) { /* four rounds each; w[m][i & 3] holds their words */
      for (int m = 0; i >= 4 && m < n; m++) {
        __m128i sum = _mm_sha256msg1_epu32(w[m][i & 3], w[m][(i + 1) & 3]);
        sum = _mm_add_epi32(sum, _mm_alignr_epi8(w[m][(i + 3) & 3], w[m][(i + 2) & 3], 4));
        w[m][i & 3] = _mm_sha256msg2_epu32(sum, w[m][(i + 3) & 3]);
      }
      for (int m = 0; m < n; m++) {
        __m128i k = _mm_add_epi32(w[m][i & 3], _mm_loadu_si128((const __m128i *)(const void *)(ottl__sha256_round + 4 * i)));
        cdgh[m] = _mm_sha256rnds2_epu32(cdgh[m], abef[m], k);
        abef[m] = _mm_sha256rnds2_epu32(abef[m], cdgh[m], _mm_shuffle_epi32(k, 0x0e));
      }
    }
    for (int m = 0; m < n; m++) {
      abef[m] = _mm_add_epi32(abef[m], abef_was[m]);
      cdgh[m] = _mm_add_epi32(cdgh[m], cdgh_was[m]);
    }
  }
  for (int m = 0; m < n; m++) {
    __m128i lo = _mm_shuffle_epi32(abef[m], 0x1b); /* f e b a, back in order */
    __m128i hi = _mm_shuffle_epi32(cdgh[m], 0xb1);
    _mm_storeu_si128((__m128i *)(void *)state[m], _mm_blend_epi16(lo, hi, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(state[m] + 4), _mm_alignr_epi8(hi, lo, 8));
  }
}

SHA_TARGET static void x86_one(uint32_t state[8], const unsigned char *data, size_t n_blocks) {
  sha_rows(&state, &data, n_blocks, 1);
}
SHA_TARGET static void x86_two(uint32_t *const state[2], const unsigned char *const data[2], size_t n_blocks) {
  sha_rows(state, data, n_blocks, 2);
}

const ottl_sha256_form ottl__sha256_x86 = {x86_one, x86_two};
#else
typedef int ottl_sha256_x86_unused; /* an empty file is not C */
#endif
