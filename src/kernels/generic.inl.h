/* The kernels in 256-bit vectors, written once against simde and instantiated by the file of an instruction set: AVX2 where the
 * compiler has it, NEON or SIMD128 where simde makes it of halves. Everything is static. Rows that fill no vector are done one
 * by one, so that nothing beyond the last row is read. */
#include "kernels/kernels.h"

#include <simde/x86/avx2.h>

KERNEL_INLINE simde__m256i load(const void *p) { return simde_mm256_loadu_si256((const simde__m256i *)p); }
KERNEL_INLINE simde__m256d load_double(const uint64_t *p) { return simde_mm256_castsi256_pd(load(p)); }

/* One bit from each lane of a comparison's result, of 64, 32 or 8 bits. simde does this lane by lane where it makes a vector of
 * halves. PERF: cmp_cell_int in wasm took 2.8 ns per row with that, 1.2 scalar, 0.28 as it is. */
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#define HALVES(v)                                                                                                                \
  v128_t h[2];                                                                                                                   \
  memcpy(h, &(v), 32)
KERNEL_INLINE uint64_t mask64(simde__m256i v) {
  HALVES(v);
  return (uint64_t)(wasm_i64x2_bitmask(h[0]) | wasm_i64x2_bitmask(h[1]) << 2);
}
KERNEL_INLINE uint64_t mask32(simde__m256i v) {
  HALVES(v);
  return (uint64_t)(wasm_i32x4_bitmask(h[0]) | wasm_i32x4_bitmask(h[1]) << 4);
}
KERNEL_INLINE uint64_t mask8(simde__m256i v) {
  HALVES(v);
  return (uint32_t)wasm_i8x16_bitmask(h[0]) | (uint32_t)wasm_i8x16_bitmask(h[1]) << 16;
}
#elif defined(__aarch64__)
#include <arm_neon.h>
KERNEL_INLINE uint64_t mask64(simde__m256i v) {
  static const uint32_t bit[4] = {1, 2, 4, 8};
  uint64x2_t h[2];
  memcpy(h, &v, 32);
  return vaddvq_u32(vandq_u32(vcombine_u32(vmovn_u64(h[0]), vmovn_u64(h[1])), vld1q_u32(bit)));
}
KERNEL_INLINE uint64_t mask32(simde__m256i v) {
  static const uint16_t bit[8] = {1, 2, 4, 8, 16, 32, 64, 128};
  uint32x4_t h[2];
  memcpy(h, &v, 32);
  return vaddvq_u16(vandq_u16(vcombine_u16(vmovn_u32(h[0]), vmovn_u32(h[1])), vld1q_u16(bit)));
}
KERNEL_INLINE uint64_t mask8(simde__m256i v) { return (uint32_t)simde_mm256_movemask_epi8(v); }
#else
KERNEL_INLINE uint64_t mask64(simde__m256i v) { return (uint64_t)simde_mm256_movemask_pd(simde_mm256_castsi256_pd(v)); }
KERNEL_INLINE uint64_t mask32(simde__m256i v) { return (uint64_t)simde_mm256_movemask_ps(simde_mm256_castsi256_ps(v)); }
KERNEL_INLINE uint64_t mask8(simde__m256i v) { return (uint32_t)simde_mm256_movemask_epi8(v); }
#endif
KERNEL_INLINE uint64_t mask_double(simde__m256d v) { return mask64(simde_mm256_castpd_si256(v)); }

/* AVX2 has == and > of integers: r is EQ, GT or LT, and the callers negate for the others. */
KERNEL_INLINE simde__m256i int_test(int r, simde__m256i a, simde__m256i b) {
  return r == KERNEL_EQ   ? simde_mm256_cmpeq_epi64(a, b)
         : r == KERNEL_GT ? simde_mm256_cmpgt_epi64(a, b)
                          : simde_mm256_cmpgt_epi64(b, a);
}
#define POSITIVE(r) ((r) == KERNEL_NE ? KERNEL_EQ : (r) == KERNEL_LE ? KERNEL_GT : (r) == KERNEL_GE ? KERNEL_LT : (r))

KERNEL_INLINE uint64_t int_word(int r, const uint64_t *x, const uint64_t *y, bool column, uint32_t m) {
  const int positive = POSITIVE(r);
  const simde__m256i k = simde_mm256_set1_epi64x((int64_t)y[0]);
  uint64_t bits = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 4 <= m; i += 4), bits |= mask64(int_test(positive, load(x + i), column ? load(y + i) : k)) << i)
  for (; i < m; i++) bits |= (uint64_t)KERNEL_REL(positive, (int64_t)x[i], (int64_t)(column ? y[i] : y[0])) << i;
  return r == positive ? bits : bits ^ kernel_low(m);
}

/* Of doubles only NE is the negation of another relation. */
KERNEL_INLINE simde__m256d double_test(int r, simde__m256d a, simde__m256d b) {
  return r == KERNEL_EQ   ? simde_mm256_cmp_pd(a, b, SIMDE_CMP_EQ_OQ)
         : r == KERNEL_LT ? simde_mm256_cmp_pd(a, b, SIMDE_CMP_LT_OQ)
         : r == KERNEL_LE ? simde_mm256_cmp_pd(a, b, SIMDE_CMP_LE_OQ)
         : r == KERNEL_GE ? simde_mm256_cmp_pd(a, b, SIMDE_CMP_GE_OQ)
         : r == KERNEL_GT ? simde_mm256_cmp_pd(a, b, SIMDE_CMP_GT_OQ)
                          : simde_mm256_cmp_pd(a, b, SIMDE_CMP_NEQ_UQ);
}

KERNEL_INLINE uint64_t double_word(int r, const uint64_t *x, const uint64_t *y, bool column, uint32_t m) {
  const simde__m256d k = simde_mm256_set1_pd(double_of_bits(y[0]));
  uint64_t bits = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 4 <= m; i += 4),
              { bits |= mask_double(double_test(r, load_double(x + i), column ? load_double(y + i) : k)) << i; })
  for (; i < m; i++) bits |= (uint64_t)KERNEL_REL(r, double_of_bits(x[i]), double_of_bits(column ? y[i] : y[0])) << i;
  return bits;
}

/* Doubles of int64s, rounded once. AVX2 has no such instruction: the high 48 bits, signed, are added to the mantissa of 3 * 2^67
 * and the low 16 are put into that of 2^52; taking the two constants away again is exact, the last sum rounds. */
KERNEL_INLINE simde__m256d double_of_ints(simde__m256i v) {
#ifdef SIMDE_X86_AVX2_NATIVE
  simde__m256i high = simde_mm256_blend_epi16(simde_mm256_srai_epi32(v, 16), simde_mm256_setzero_si256(), 0x33);
  high = simde_mm256_add_epi64(high, simde_mm256_castpd_si256(simde_mm256_set1_pd(442721857769029238784.0)));
  simde__m256i low = simde_mm256_blend_epi16(v, simde_mm256_castpd_si256(simde_mm256_set1_pd(4503599627370496.0)), 0x88);
  simde__m256d sum = simde_mm256_sub_pd(simde_mm256_castsi256_pd(high), simde_mm256_set1_pd(442726361368656609280.0));
  return simde_mm256_add_pd(sum, simde_mm256_castsi256_pd(low));
#else
  int64_t x[4];
  memcpy(x, &v, 32);
  return simde_mm256_set_pd((double)x[3], (double)x[2], (double)x[1], (double)x[0]);
#endif
}

KERNEL_INLINE uint64_t int_as_double_word(int r, const uint64_t *x, double k, uint32_t m) {
  const simde__m256d vk = simde_mm256_set1_pd(k);
  uint64_t bits = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 4 <= m; i += 4), bits |= mask_double(double_test(r, double_of_ints(load(x + i)), vk)) << i)
  for (; i < m; i++) bits |= (uint64_t)KERNEL_REL(r, (double)(int64_t)x[i], k) << i;
  return bits;
}

KERNEL_INLINE uint64_t tag_word(const uint8_t *tag, uint8_t k, uint32_t m) {
  const simde__m256i vk = simde_mm256_set1_epi8((char)k);
  uint64_t bits = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 32 <= m; i += 32), bits |= mask8(simde_mm256_cmpeq_epi8(load(tag + i), vk)) << i)
  for (; i < m; i++) bits |= (uint64_t)(tag[i] == k) << i;
  return bits;
}

KERNEL_INLINE uint64_t len_word(const uint32_t *len, uint32_t k, uint32_t m) {
  const simde__m256i vk = simde_mm256_set1_epi32((int32_t)k);
  uint64_t bits = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 8 <= m; i += 8), bits |= mask32(simde_mm256_cmpeq_epi32(load(len + i), vk)) << i)
  for (; i < m; i++) bits |= (uint64_t)(len[i] == k) << i;
  return bits;
}

/* A word of cells takes the loops of the types that are in it: of one type mostly. */
KERNEL_INLINE uint64_t cell_int_word(int r, const uint8_t *tag, const uint64_t *word, const uint64_t *k, const uint64_t *kd,
                                     uint32_t m) {
  uint64_t ints = tag_word(tag, KERNEL_TAG_INT, m), doubles = tag_word(tag, KERNEL_TAG_DOUBLE, m), bits = 0;
  if (r == KERNEL_NE) bits = ~(ints | doubles) & kernel_low(m);
  if (ints) bits |= int_word(r, word, k, false, m) & ints;
  if (doubles) bits |= double_word(r, word, kd, false, m) & doubles;
  return bits;
}

KERNEL_INLINE uint64_t cell_double_word(int r, const uint8_t *tag, const uint64_t *word, const uint64_t *k, uint32_t m) {
  uint64_t ints = tag_word(tag, KERNEL_TAG_INT, m), doubles = tag_word(tag, KERNEL_TAG_DOUBLE, m), bits = 0;
  if (r == KERNEL_NE) bits = ~(ints | doubles) & kernel_low(m);
  if (doubles) bits |= double_word(r, word, k, false, m) & doubles;
  if (ints) bits |= int_as_double_word(r, word, double_of_bits(*k), m) & ints;
  return bits;
}

KERNEL_INLINE uint64_t nil_word(const uint8_t *tag, const uint32_t *len, uint32_t m) {
  const simde__m256i nil = simde_mm256_set1_epi8(KERNEL_TAG_NIL), bytes = simde_mm256_set1_epi8(KERNEL_TAG_BYTES);
  uint64_t bits = 0, maybe = 0;
  uint32_t i = 0;
  KERNEL_LOOP(m, for (; i + 32 <= m; i += 32), {
    simde__m256i v = load(tag + i);
    bits |= mask8(simde_mm256_cmpeq_epi8(simde_mm256_min_epu8(v, nil), v)) << i;
    maybe |= mask8(simde_mm256_cmpeq_epi8(v, bytes)) << i;
  })
  for (; i < m; i++) {
    bits |= (uint64_t)(tag[i] <= KERNEL_TAG_NIL) << i;
    maybe |= (uint64_t)(tag[i] == KERNEL_TAG_BYTES) << i;
  }
  if (OTTL_UNLIKELY(maybe)) bits |= maybe & len_word(len, 0, m);
  return bits;
}

KERNEL_INLINE uint64_t string_len_word(const uint8_t *tag, const uint32_t *len, uint32_t k, uint32_t m) {
  uint64_t strings = tag_word(tag, KERNEL_TAG_STRING, m);
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
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, double_word(R, x + base, &y, false, m)))
}

static void cmp_double(uint64_t *bits, const uint64_t *x, const uint64_t *y, uint32_t n, int rel) {
  KERNEL_EACH_REL(rel, KERNEL_WORDS(bits, n, double_word(R, x + base, y + base, true, m)))
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

/* Which of 64 bytes are in a set: bit c / 16 of low[c % 16]. The shuffles give 0 for bytes from 0x80 on. */
KERNEL_INLINE uint64_t set_word(const kernel_set *set, const simde__m256i bytes[2]) {
  const simde__m256i bit = simde_mm256_set1_epi64x((int64_t)0x8040201008040201u), nibble = simde_mm256_set1_epi8(15);
  const simde__m256i low = simde_mm256_broadcastsi128_si256(simde_mm_loadu_si128((const simde__m128i *)set->low));
  const simde__m256i zero = simde_mm256_setzero_si256();
  uint64_t in = 0;
  for (uint32_t i = 0; i < 2; i++) {
    simde__m256i upper = simde_mm256_and_si256(simde_mm256_srli_epi16(bytes[i], 4), nibble);
    simde__m256i both = simde_mm256_and_si256(simde_mm256_shuffle_epi8(low, bytes[i]), simde_mm256_shuffle_epi8(bit, upper));
    in |= (0xffffffffu & ~mask8(simde_mm256_cmpeq_epi8(both, zero))) << 32 * i;
    if (set->high) in |= mask8(simde_mm256_cmpgt_epi8(zero, bytes[i])) << 32 * i;
  }
  return in;
}

/* A block that is not full is looked at in a copy. */
KERNEL_INLINE uint64_t window_block(const uint8_t *text, size_t from, size_t n, const kernel_window *w, const bool ahead) {
  uint8_t copy[64];
  uint32_t m = 64;
  const uint8_t *p = text + from;
  if (n - from < 64) {
    m = (uint32_t)(n - from);
    memset(copy, 0, sizeof copy);
    p = memcpy(copy, p, m);
  }
  const simde__m256i bytes[2] = {load(p), load(p + 32)};
  KERNEL_FIND_IN_BLOCK(w, m + 1 - w->width, from, text[from - 1], set_word(set, bytes))
  return hits;
}

KERNEL_WINDOWS
