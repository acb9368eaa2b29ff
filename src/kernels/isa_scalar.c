/* The kernels in plain C: what each one means, and what runs where there is nothing wider. */
#include "kernels/kernels.h"

/* One bit for each row of a word, from an expression of row i. */
#define ROWS(bits, n, test)                                                                                                      \
  for (uint32_t base_ = 0; base_ < (n); base_ += 64) {                                                                           \
    uint64_t word_ = 0;                                                                                                          \
    uint32_t m_ = (n) - base_ < 64 ? (n) - base_ : 64;                                                                           \
    for (uint32_t j_ = 0; j_ < m_; j_++) {                                                                                       \
      const uint32_t i = base_ + j_;                                                                                             \
      word_ |= (uint64_t)(test) << j_;                                                                                           \
    }                                                                                                                            \
    (bits)[base_ / 64] = word_;                                                                                                  \
  }

static void cmp_int_k(uint64_t *bits, const uint64_t *x, uint32_t n, int rel, int64_t k) {
  KERNEL_EACH_REL(rel, ROWS(bits, n, KERNEL_REL(R, (int64_t)x[i], k)))
}

static void cmp_int(uint64_t *bits, const uint64_t *x, const uint64_t *y, uint32_t n, int rel) {
  KERNEL_EACH_REL(rel, ROWS(bits, n, KERNEL_REL(R, (int64_t)x[i], (int64_t)y[i])))
}

static void cmp_double_k(uint64_t *bits, const uint64_t *x, uint32_t n, int rel, double k) {
  KERNEL_EACH_REL(rel, ROWS(bits, n, KERNEL_REL(R, double_of_bits(x[i]), k)))
}

static void cmp_double(uint64_t *bits, const uint64_t *x, const uint64_t *y, uint32_t n, int rel) {
  KERNEL_EACH_REL(rel, ROWS(bits, n, KERNEL_REL(R, double_of_bits(x[i]), double_of_bits(y[i]))))
}

static void cmp_cell_int(uint64_t *bits, const uint8_t *tag, const uint64_t *word, uint32_t n, int rel, int64_t k) {
  double kd = (double)k;
  KERNEL_EACH_REL(rel, ROWS(bits, n,
                            tag[i] == KERNEL_TAG_INT      ? KERNEL_REL(R, (int64_t)word[i], k)
                            : tag[i] == KERNEL_TAG_DOUBLE ? KERNEL_REL(R, double_of_bits(word[i]), kd)
                                                          : R == KERNEL_NE))
}

static void cmp_cell_double(uint64_t *bits, const uint8_t *tag, const uint64_t *word, uint32_t n, int rel, double k) {
  KERNEL_EACH_REL(rel, ROWS(bits, n,
                            tag[i] == KERNEL_TAG_DOUBLE ? KERNEL_REL(R, double_of_bits(word[i]), k)
                            : tag[i] == KERNEL_TAG_INT  ? KERNEL_REL(R, (double)(int64_t)word[i], k)
                                                        : R == KERNEL_NE))
}

static void cell_nil(uint64_t *bits, const uint8_t *tag, const uint32_t *len, uint32_t n) {
  ROWS(bits, n, (tag[i] <= KERNEL_TAG_NIL) | ((tag[i] == KERNEL_TAG_BYTES) & (len[i] == 0)))
}

static void cell_string_len(uint64_t *bits, const uint8_t *tag, const uint32_t *len, uint32_t n, uint32_t k) {
  ROWS(bits, n, (tag[i] == KERNEL_TAG_STRING) & (len[i] == k))
}

static void len_is(uint64_t *bits, const uint32_t *len, uint32_t n, uint32_t k) { ROWS(bits, n, len[i] == k) }

static bool fits_window(const uint8_t *text, const kernel_window *w) {
  for (uint32_t i = 0; i < w->n_sets; i++) {
    for (uint32_t k = 0; k < w->set[i].n_at; k++) {
      if (!kernel_in_set(&w->set[i], text[w->set[i].at[k]])) return false;
    }
  }
  return true;
}

static size_t find_window(const uint8_t *text, size_t from, size_t n, const kernel_window *w) {
  for (; from < n && n - from >= w->width; from++) {
    if (fits_window(text + from, w) && !(w->begins_word && from && kernel_is_word(text[from - 1]))) return from;
  }
  return SIZE_MAX;
}

static uint64_t window_hits(const uint8_t *text, size_t from, size_t n, const kernel_window *w) {
  uint64_t hits = 0;
  size_t end = n - from < 64 ? n : from + 64;
  for (size_t at = from; (at = find_window(text, at, end, w)) != SIZE_MAX; at++) hits |= (uint64_t)1 << (at - from);
  return hits;
}

static void digest(int kind, const ottl_view *text, uint32_t n, unsigned char (*out)[OTTL_DIGEST_MAX]) {
  for (uint32_t k = 0; k < n; k++) ottl__digest((ottl_digest_kind)kind, text[k], out[k]);
}

const ottl_kernels ottl__kernels_scalar = {
    "scalar",
#define KERNEL(result, name, arguments) name,
#include "kernels/kernels.def"
#undef KERNEL
};
