/* Kernels: tight loops over raw arrays, one table of them for each instruction set.
 *
 *   isa_scalar.c    plain C: the reference that the others are tested against
 *   isa_v3.c        generic.inl.h for x86-64-v3 (AVX2)
 *   isa_v4.c        x86-64-v4 (AVX-512), native
 *   isa_portable.c  generic.inl.h for NEON and for WebAssembly's SIMD128
 *
 * A table is constant. Whoever runs kernels picks one when it is made and keeps the pointer. Files of an instruction set are
 * compiled with flags of their own, so all that they define but their table is static. */
#ifndef OTTL_SRC_KERNELS_KERNELS_H
#define OTTL_SRC_KERNELS_KERNELS_H

#include "base/digest.h"

/* Relations: the order of ottl_cmp, which this folder may not know; the comparison handlers assert it. */
typedef enum kernel_rel { KERNEL_EQ, KERNEL_NE, KERNEL_LT, KERNEL_LE, KERNEL_GE, KERNEL_GT } kernel_rel;

/* Tags of cells, from the same table as ottl_type. */
typedef enum kernel_tag {
#define TYPE(id, name, go_name, doc) KERNEL_TAG_##id,
#include "types.def"
#undef TYPE
} kernel_tag;
_Static_assert(KERNEL_TAG_ABSENT == 0 && KERNEL_TAG_NIL == 1, "nil is tag <= NIL");

/* Sets that some bytes in a row are in. Each set is of ASCII, and of all bytes from 0x80 on or none. */
enum { KERNEL_WINDOW_BYTES = 8 };
typedef struct kernel_set {
  uint8_t low[16]; /* bit c / 16 of low[c % 16]: the byte c below 0x80 is in */
  bool high;       /* bytes from 0x80 on are in */
  uint8_t n_at;
  uint8_t at[KERNEL_WINDOW_BYTES]; /* which bytes of the window */
} kernel_set;
typedef struct kernel_window {
  uint8_t width;    /* bytes, 1 to KERNEL_WINDOW_BYTES */
  uint8_t n_sets;   /* best with those first that most bytes are not in */
  bool ahead;       /* the first three are looked at without asking after each: whether one leaves a place is a toss */
  bool begins_word; /* no word character (ASCII) stands before it */
  kernel_set set[KERNEL_WINDOW_BYTES];
} kernel_window;

typedef struct ottl_kernels {
  const char *isa;
#define KERNEL(result, name, arguments) result(*name) arguments;
#include "kernels/kernels.def"
#undef KERNEL
} ottl_kernels;

/* The table for this machine: the widest it has, or the one that OTTL_FORCE_ISA names if the machine has it. Reads the
 * environment: not for hot paths. Any thread. */
const ottl_kernels *ottl__kernels_pick(void);
/* Table i of those that this machine can run, the scalar one first; NULL after the last. */
const ottl_kernels *ottl__kernels_at(size_t i);

extern const ottl_kernels ottl__kernels_scalar;
#if defined(__x86_64__)
#define KERNELS_X86_64
extern const ottl_kernels ottl__kernels_v3, ottl__kernels_v4;
#elif defined(__ARM_NEON) || defined(__wasm_simd128__)
#define KERNELS_PORTABLE
extern const ottl_kernels ottl__kernels_portable;
#endif

#define KERNEL_INLINE static inline __attribute__((always_inline))

KERNEL_INLINE bool kernel_in_set(const kernel_set *set, uint8_t byte) {
  return byte < 0x80 ? set->low[byte % 16] >> byte / 16 & 1 : set->high;
}
/* Word characters: 0-9 A-Z a-z _ */
static const kernel_set kernel_word = {
    .low = {0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf0, 0x50, 0x50, 0x50, 0x50, 0x70}};
KERNEL_INLINE bool kernel_is_word(uint8_t byte) { return kernel_in_set(&kernel_word, byte); }

#define KERNEL_FIND_SET(w, in)                                                                                                   \
  {                                                                                                                              \
    const kernel_set *set = &(w)->set[i];                                                                                        \
    uint64_t bits = (in);                                                                                                        \
    for (uint32_t k = 0; k < set->n_at; k++) hits &= bits >> set->at[k];                                                         \
    i++;                                                                                                                         \
  }
/* From the bits of m bytes, which are in set i (`in`, an expression of i), the places where the window fits, as bits: `places` many
 * may be the first byte. `before` is the byte before the first one, if there is one. PERF: user[0-9]+@ in JSON */
#define KERNEL_FIND_IN_BLOCK(w, places, has_before, before, in)                                                                  \
  uint64_t hits = kernel_low(places);                                                                                            \
  uint32_t i = 0;                                                                                                                \
  if (ahead) {                                                                                                                   \
    KERNEL_FIND_SET(w, in)                                                                                                       \
    KERNEL_FIND_SET(w, in)                                                                                                       \
    KERNEL_FIND_SET(w, in)                                                                                                       \
  }                                                                                                                              \
  while (i < (w)->n_sets && hits) {                                                                                              \
    KERNEL_FIND_SET(w, in)                                                                                                       \
  }                                                                                                                              \
  if (OTTL_UNLIKELY(hits) && (w)->begins_word) {                                                                                 \
    const kernel_set *set = &kernel_word;                                                                                        \
    uint64_t bits = (in);                                                                                                        \
    hits &= ~(bits << 1 | ((has_before) && kernel_is_word(before)));                                                             \
  }

/* Where code is to be small, nothing is looked at ahead. */
#ifdef __OPTIMIZE_SIZE__
#define KERNEL_IS_AHEAD(w) false
#else
#define KERNEL_IS_AHEAD(w) ((w)->ahead)
#endif
/* find_window and window_hits by window_block, of the 64 bytes from `from` on. Blocks overlap, so that each window is in one. */
#define KERNEL_WINDOWS                                                                                                           \
  KERNEL_INLINE size_t find_windows(const uint8_t *text, size_t from, size_t n, const kernel_window *w, const bool ahead) {      \
    for (; from < n && n - from >= w->width; from += 65u - w->width) {                                                           \
      uint64_t hits = window_block(text, from, n, w, ahead);                                                                     \
      if (hits) return from + (size_t)__builtin_ctzll(hits);                                                                     \
    }                                                                                                                            \
    return SIZE_MAX;                                                                                                             \
  }                                                                                                                              \
  static size_t find_window(const uint8_t *text, size_t from, size_t n, const kernel_window *w) {                                \
    return KERNEL_IS_AHEAD(w) ? find_windows(text, from, n, w, true) : find_windows(text, from, n, w, false);                    \
  }                                                                                                                              \
  static uint64_t window_hits(const uint8_t *text, size_t from, size_t n, const kernel_window *w) {                              \
    return KERNEL_IS_AHEAD(w) ? window_block(text, from, n, w, true) : window_block(text, from, n, w, false);                    \
  }

/* The lowest m bits, 1 <= m <= 64. */
KERNEL_INLINE uint64_t kernel_low(uint32_t m) { return ~(uint64_t)0 >> (64 - m); }

/* Gives each word of `bits` the value of `expr`, in which `base` is the word's first row and m how many rows it has: first the
 * full words, with m a constant, then what is left. */
#define KERNEL_WORDS(bits, n, expr)                                                                                              \
  do {                                                                                                                           \
    uint32_t base = 0;                                                                                                           \
    for (; (n) - base >= 64; base += 64) {                                                                                       \
      const uint32_t m = 64;                                                                                                     \
      (bits)[base / 64] = (expr);                                                                                                \
    }                                                                                                                            \
    if (base < (n)) {                                                                                                            \
      const uint32_t m = (n) - base;                                                                                             \
      (bits)[base / 64] = (expr);                                                                                                \
    }                                                                                                                            \
  } while (0)

/* Relation r of a and b; r is a constant where it matters. */
#define KERNEL_REL(r, a, b)                                                                                                      \
  ((r) == KERNEL_EQ   ? (a) == (b)                                                                                               \
   : (r) == KERNEL_NE ? (a) != (b)                                                                                               \
   : (r) == KERNEL_LT ? (a) < (b)                                                                                                \
   : (r) == KERNEL_LE ? (a) <= (b)                                                                                               \
   : (r) == KERNEL_GE ? (a) >= (b)                                                                                               \
                      : (a) > (b))

/* `statement` with R a constant in each copy. */
#define KERNEL_EACH_REL(rel, statement)                                                                                          \
  switch (rel) {                                                                                                                 \
  case KERNEL_EQ: KERNEL_ONE_REL(KERNEL_EQ, statement) break;                                                                    \
  case KERNEL_NE: KERNEL_ONE_REL(KERNEL_NE, statement) break;                                                                    \
  case KERNEL_LT: KERNEL_ONE_REL(KERNEL_LT, statement) break;                                                                    \
  case KERNEL_LE: KERNEL_ONE_REL(KERNEL_LE, statement) break;                                                                    \
  case KERNEL_GE: KERNEL_ONE_REL(KERNEL_GE, statement) break;                                                                    \
  default: KERNEL_ONE_REL(KERNEL_GT, statement) break;                                                                           \
  }
#define KERNEL_ONE_REL(r, statement)                                                                                             \
  {                                                                                                                              \
    const int R = (r);                                                                                                           \
    statement;                                                                                                                   \
  }

/* A loop over the vectors of a word, unrolled where the word's number of rows m is a constant. */
#define KERNEL_LOOP(m, loop, statement)                                                                                          \
  if (__builtin_constant_p(m)) {                                                                                                 \
    _Pragma("GCC unroll 16") loop { statement; }                                                                                 \
  } else {                                                                                                                       \
    _Pragma("GCC unroll 1") loop { statement; }                                                                                  \
  }

#endif
