/* x86-64-v4: AVX-512, in native intrinsics (simde's emulation is incomplete). Comparisons give masks as they are, and rows that
 * fill no vector are loaded under a mask, which reads nothing beyond them.
 *
 * PERF: ns per row, 1,000 rows in cache, best of many rounds; Zen 5, gcc 12 -O3, a busy machine (one spread of 1.5 seen):
 *                                  scalar   v3      v4
 *   cmp_int_k                      0.46     0.050   0.035
 *   cmp_int                        0.50     0.071   0.065
 *   cmp_double_k                   0.40     0.051   0.036
 *   cmp_double                     0.51     0.071   0.064
 *   cmp_cell_int     ints          0.45     0.068   0.044
 *                    of all kinds  0.46     0.118   0.077
 *   cmp_cell_double  ints          0.78     0.138   0.046
 *                    of all kinds  0.44     0.174   0.076
 *   cell_nil                       0.87     0.019   0.011
 *   cell_string_len                0.64     0.037   0.025
 *   len_is                         0.46     0.030   0.019
 * One row costs 2 to 4 ns with each of them, scalar the least; ten rows cost least with v4, mostly. */
#include "kernels/kernels.h"

#ifdef KERNELS_X86_64
#include <immintrin.h>
#define DIGEST_BYTES 64
#include "kernels/digest.inl.h"

/* Which of the 8, 16 or 64 rows from i on there are, of m. With m a constant 64 it is a constant, and the load a plain one. */
KERNEL_INLINE __mmask8 rows8(uint32_t i, uint32_t m) { return m - i >= 8 ? 0xff : (__mmask8)((1u << (m - i)) - 1); }
KERNEL_INLINE __mmask16 rows16(uint32_t i, uint32_t m) { return m - i >= 16 ? 0xffff : (__mmask16)((1u << (m - i)) - 1); }
KERNEL_INLINE __m512i load64(const uint64_t *p, __mmask8 rows) { return _mm512_maskz_loadu_epi64(rows, p); }
KERNEL_INLINE __m512i load8(const uint8_t *p, uint32_t m) { return _mm512_maskz_loadu_epi8(kernel_low(m), p); }

KERNEL_INLINE __mmask8 int_test(int r, __mmask8 rows, __m512i a, __m512i b) {
  return r == KERNEL_EQ   ? _mm512_mask_cmpeq_epi64_mask(rows, a, b)
         : r == KERNEL_NE ? _mm512_mask_cmpneq_epi64_mask(rows, a, b)
         : r == KERNEL_LT ? _mm512_mask_cmplt_epi64_mask(rows, a, b)
         : r == KERNEL_LE ? _mm512_mask_cmple_epi64_mask(rows, a, b)
         : r == KERNEL_GE ? _mm512_mask_cmpge_epi64_mask(rows, a, b)
                          : _mm512_mask_cmpgt_epi64_mask(rows, a, b);
}

KERNEL_INLINE __mmask8 double_test(int r, __mmask8 rows, __m512d a, __m512d b) {
  return r == KERNEL_EQ   ? _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_EQ_OQ)
         : r == KERNEL_NE ? _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_NEQ_UQ)
         : r == KERNEL_LT ? _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_LT_OQ)
         : r == KERNEL_LE ? _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_LE_OQ)
         : r == KERNEL_GE ? _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_GE_OQ)
                          : _mm512_mask_cmp_pd_mask(rows, a, b, _CMP_GT_OQ);
}

KERNEL_INLINE uint64_t int_word(int r, const uint64_t *x, const uint64_t *y, bool column, uint32_t m) {
  const __m512i k = _mm512_set1_epi64((int64_t)y[0]);
  uint64_t bits = 0;
  KERNEL_LOOP(m, for (uint32_t i = 0; i < m; i += 8), {
    __mmask8 rows = rows8(i, m);
    bits |= (uint64_t)int_test(r, rows, load64(x + i, rows), column ? load64(y + i, rows) : k) << i;
  })
  return bits;
}

/* `ints`: x are int64s, to be made doubles. */
KERNEL_INLINE uint64_t double_word(int r, const uint64_t *x, bool ints, const uint64_t *y, bool column, uint32_t m) {
  const __m512d k = _mm512_set1_pd(double_of_bits(y[0]));
  uint64_t bits = 0;
  KERNEL_LOOP(m, for (uint32_t i = 0; i < m; i += 8), {
    __mmask8 rows = rows8(i, m);
    __m512i v = load64(x + i, rows);
    bits |= (uint64_t)double_test(r, rows, ints ? _mm512_cvtepi64_pd(v) : _mm512_castsi512_pd(v),
                                  column ? _mm512_castsi512_pd(load64(y + i, rows)) : k)
            << i;
  })
  return bits;
}

KERNEL_INLINE uint64_t len_word(const uint32_t *len, uint32_t k, uint32_t m) {
  const __m512i vk = _mm512_set1_epi32((int32_t)k);
  uint64_t bits = 0;
  KERNEL_LOOP(m, for (uint32_t i = 0; i < m; i += 16), {
    __mmask16 rows = rows16(i, m);
    bits |= (uint64_t)_mm512_mask_cmpeq_epi32_mask(rows, _mm512_maskz_loadu_epi32(rows, len + i), vk) << i;
  })
  return bits;
}

KERNEL_INLINE uint64_t tag_word(__m512i tags, uint8_t k, uint32_t m) {
  return _mm512_mask_cmpeq_epi8_mask(kernel_low(m), tags, _mm512_set1_epi8((char)k));
}

KERNEL_INLINE uint64_t cell_int_word(int r, const uint8_t *tag, const uint64_t *word, const uint64_t *k, const uint64_t *kd,
                                     uint32_t m) {
  __m512i tags = load8(tag, m);
  uint64_t ints = tag_word(tags, KERNEL_TAG_INT, m), doubles = tag_word(tags, KERNEL_TAG_DOUBLE, m), bits = 0;
  if (r == KERNEL_NE) bits = ~(ints | doubles) & kernel_low(m);
  if (ints) bits |= int_word(r, word, k, false, m) & ints;
  if (doubles) bits |= double_word(r, word, false, kd, false, m) & doubles;
  return bits;
}

KERNEL_INLINE uint64_t cell_double_word(int r, const uint8_t *tag, const uint64_t *word, const uint64_t *k, uint32_t m) {
  __m512i tags = load8(tag, m);
  uint64_t ints = tag_word(tags, KERNEL_TAG_INT, m), doubles = tag_word(tags, KERNEL_TAG_DOUBLE, m), bits = 0;
  if (r == KERNEL_NE) bits = ~(ints | doubles) & kernel_low(m);
  if (doubles) bits |= double_word(r, word, false, k, false, m) & doubles;
  if (ints) bits |= double_word(r, word, true, k, false, m) & ints;
  return bits;
}

KERNEL_INLINE uint64_t nil_word(const uint8_t *tag, const uint32_t *len, uint32_t m) {
  __m512i tags = load8(tag, m);
  uint64_t bits = _mm512_mask_cmple_epu8_mask(kernel_low(m), tags, _mm512_set1_epi8(KERNEL_TAG_NIL));
  uint64_t maybe = tag_word(tags, KERNEL_TAG_BYTES, m);
  if (OTTL_UNLIKELY(maybe)) bits |= maybe & len_word(len, 0, m);
  return bits;
}

KERNEL_INLINE uint64_t string_len_word(const uint8_t *tag, const uint32_t *len, uint32_t k, uint32_t m) {
  uint64_t strings = tag_word(load8(tag, m), KERNEL_TAG_STRING, m);
  return strings ? strings & len_word(len, k, m) : 0;
}

static void cmp_int_k(uint64_t *bits, const uint64_t *x, uint32_t n, int rel, int64_t k) {
  const uint64_t y = (uint64_t)k;
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, int_word(R, x + base, &y, false, m)))
}

static void cmp_int(uint64_t *bits, const uint64_t *x, const uint64_t *y, uint32_t n, int rel) {
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, int_word(R, x + base, y + base, true, m)))
}

static void cmp_double_k(uint64_t *bits, const uint64_t *x, uint32_t n, int rel, double k) {
  const uint64_t y = bits_of_double(k);
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, double_word(R, x + base, false, &y, false, m)))
}

static void cmp_double(uint64_t *bits, const uint64_t *x, const uint64_t *y, uint32_t n, int rel) {
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, double_word(R, x + base, false, y + base, true, m)))
}

static void cmp_cell_int(uint64_t *bits, const uint8_t *tag, const uint64_t *word, uint32_t n, int rel, int64_t k) {
  const uint64_t y = (uint64_t)k, yd = bits_of_double((double)k);
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, cell_int_word(R, tag + base, word + base, &y, &yd, m)))
}

static void cmp_cell_double(uint64_t *bits, const uint8_t *tag, const uint64_t *word, uint32_t n, int rel, double k) {
  const uint64_t y = bits_of_double(k);
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, cell_double_word(R, tag + base, word + base, &y, m)))
}

static void cell_nil(uint64_t *bits, const uint8_t *tag, const uint32_t *len, uint32_t n) {
  KERNEL_WORDS(bits, n, nil_word(tag + base, len + base, m));
}

static void cell_string_len(uint64_t *bits, const uint8_t *tag, const uint32_t *len, uint32_t n, uint32_t k) {
  KERNEL_WORDS(bits, n, string_len_word(tag + base, len + base, k, m));
}

static void len_is(uint64_t *bits, const uint32_t *len, uint32_t n, uint32_t k) {
  KERNEL_WORDS(bits, n, len_word(len + base, k, m));
}

/* Which bytes are in a set: bit c / 16 of low[c % 16]. `bit` has the bit c / 16 of each, 0 for bytes from 0x80 on. */
KERNEL_INLINE uint64_t set_mask(const kernel_set *set, __m512i bytes, __m512i bit) {
  __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)set->low));
  uint64_t in = _mm512_test_epi8_mask(_mm512_shuffle_epi8(low, bytes), bit);
  return set->high ? in | _mm512_movepi8_mask(bytes) : in;
}

KERNEL_INLINE uint64_t window_block(const uint8_t *text, size_t from, size_t n, const kernel_window *w, const bool ahead) {
  const __m512i table = _mm512_broadcast_i32x4(_mm_set_epi64x(0, (int64_t)0x8040201008040201u));
  uint32_t m = n - from < 64 ? (uint32_t)(n - from) : 64;
  __m512i bytes = load8(text + from, m);
  __m512i bit = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(15)));
  KERNEL_FIND_IN_BLOCK(w, m + 1 - w->width, from, text[from - 1], set_mask(set, bytes, bit))
  return hits;
}

KERNEL_WINDOWS

const ottl_kernels ottl__kernels_v4 = {
    "v4",
#define KERNEL(result, name, arguments) name,
#include "kernels/kernels.def"
#undef KERNEL
};
#endif
