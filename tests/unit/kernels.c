/* Every kernel of every instruction set that this machine has gives what the scalar one gives: lengths 0 to 130, inputs
 * aligned to no vector that end where a guard page starts, random and special values; and it writes only the words of its result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/kernels.h"

enum { MAX_ROWS = 130, WORDS = (MAX_ROWS + 63) / 64, INPUTS = 3, RELATIONS = KERNEL_GT + 1 };

/* ---- inputs: arrays that end at a guard page ---- */

static uint8_t *end_of[INPUTS]; /* of the readable bytes */

static int make_inputs(void **state) {
  OTTL_UNUSED(state);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (int k = 0; k < INPUTS; k++) {
    uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + page, page, PROT_NONE) != 0) return -1;
    end_of[k] = p + page;
  }
  return 0;
}

static uint64_t seed = 0x9e3779b97f4a7c15u;
static uint64_t rnd(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}

/* Numbers on both sides of what goes wrong: signs, the range of doubles' integers, ties of rounding, NaNs, infinities. */
static const uint64_t special[] = {0,
                                   1,
                                   2,
                                   UINT64_MAX,
                                   UINT64_MAX - 1,
                                   INT64_MAX,
                                   INT64_MAX - 1,
                                   (uint64_t)INT64_MIN,
                                   (uint64_t)INT64_MIN + 1,
                                   (1ull << 53) - 1,
                                   1ull << 53,
                                   (1ull << 53) + 1,
                                   (1ull << 54) + 2,
                                   (1ull << 54) + 6,
                                   -((1ull << 53) + 1),
                                   (1ull << 63) - 512,
                                   (1ull << 63) - 513,
                                   0xffffffff,
                                   1ull << 32,
                                   0x8000000000000000u, /* -0.0 */
                                   0x3ff0000000000000u, /* 1.0 */
                                   0xbff0000000000000u,
                                   0x4340000000000000u, /* 2^53 */
                                   0x43e0000000000000u, /* 2^63 */
                                   0xc3e0000000000000u,
                                   0x7ff0000000000000u, /* infinities */
                                   0xfff0000000000000u,
                                   0x7ff8000000000000u, /* NaNs, quiet and signalling */
                                   0xfff8000000000001u,
                                   0x7ff0000000000001u};

static uint64_t any_word(void) {
  uint64_t r = rnd();
  if (r % 4 == 0) return rnd() >> (rnd() % 64);
  if (r % 4 == 1) return bits_of_double((double)(int64_t)(rnd() >> (rnd() % 64)));
  return special[rnd() % OTTL_COUNT(special)];
}

/* n rows of so many bytes that end `gap` rows before the guard page: aligned as an element, no more. What lies behind is noise. */
static uint8_t *place(int k, uint32_t n, size_t row_bytes, size_t gap) {
  for (size_t i = 1; i <= gap * row_bytes; i++) end_of[k][-(ptrdiff_t)i] = (uint8_t)rnd();
  return end_of[k] - (gap + n) * row_bytes;
}
static const uint64_t *words(int k, uint32_t n, size_t gap) {
  uint8_t *p = place(k, n, 8, gap);
  for (uint32_t i = 0; i < n; i++) memcpy(p + 8 * i, &(uint64_t){any_word()}, 8);
  return (const uint64_t *)(const void *)p;
}
static const uint32_t *lens(int k, uint32_t n, size_t gap) {
  uint8_t *p = place(k, n, 4, gap);
  for (uint32_t i = 0; i < n; i++) memcpy(p + 4 * i, &(uint32_t){rnd() % 8 ? (uint32_t)(rnd() % 4) : (uint32_t)rnd()}, 4);
  return (const uint32_t *)(const void *)p;
}
/* Tags of all kinds, or of one in runs of 64 rows, so that each way through a word is taken. */
static const uint8_t *tags(int k, uint32_t n, size_t gap) {
  uint8_t *p = place(k, n, 1, gap), one = 0;
  bool mixed = rnd() % 2;
  for (uint32_t i = 0; i < n; i++) {
    if (i % 64 == 0 || mixed) one = rnd() % 16 ? (uint8_t)(rnd() % (KERNEL_TAG_BYTES + 1)) : (uint8_t)rnd();
    p[i] = one;
  }
  return p;
}

/* ---- one check for each row of kernels.def ---- */

typedef struct result {
  uint64_t bits[WORDS + 1];
} result;

static const ottl_kernels *isa; /* under test */

static void compare(const char *kernel, const result *want, const result *got, uint32_t n, size_t gap, int rel) {
  if (memcmp(want, got, sizeof *want) == 0) return;
  fail_msg("%s of %s: %u rows, %zu rows before the guard page, relation %d", kernel, isa->isa, n, gap, rel);
}

/* Calls the kernel of both tables; the arguments use `bits`. */
#define CHECK(kernel, rel, ...)                                                                                                  \
  do {                                                                                                                           \
    result want, got;                                                                                                            \
    memset(&want, 0xa5, sizeof want);                                                                                            \
    memset(&got, 0xa5, sizeof got);                                                                                              \
    uint64_t *bits = want.bits;                                                                                                  \
    ottl__kernels_scalar.kernel(bits, __VA_ARGS__);                                                                              \
    bits = got.bits;                                                                                                             \
    isa->kernel(bits, __VA_ARGS__);                                                                                              \
    compare(#kernel, &want, &got, n, gap, rel);                                                                                  \
  } while (0)

static void check_cmp_int_k(uint32_t n, size_t gap) {
  const uint64_t *x = words(0, n, gap);
  int64_t k = (int64_t)any_word();
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_int_k, r, x, n, r, k);
}
static void check_cmp_int(uint32_t n, size_t gap) {
  const uint64_t *x = words(0, n, gap), *y = words(1, n, gap);
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_int, r, x, y, n, r);
}
static void check_cmp_double_k(uint32_t n, size_t gap) {
  const uint64_t *x = words(0, n, gap);
  double k = double_of_bits(any_word());
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_double_k, r, x, n, r, k);
}
static void check_cmp_double(uint32_t n, size_t gap) {
  const uint64_t *x = words(0, n, gap), *y = words(1, n, gap);
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_double, r, x, y, n, r);
}
static void check_cmp_cell_int(uint32_t n, size_t gap) {
  const uint8_t *tag = tags(0, n, gap);
  const uint64_t *word = words(1, n, gap);
  int64_t k = (int64_t)any_word();
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_cell_int, r, tag, word, n, r, k);
}
static void check_cmp_cell_double(uint32_t n, size_t gap) {
  const uint8_t *tag = tags(0, n, gap);
  const uint64_t *word = words(1, n, gap);
  double k = rnd() % 2 ? double_of_bits(any_word()) : (double)(int64_t)any_word();
  for (int r = 0; r < RELATIONS; r++) CHECK(cmp_cell_double, r, tag, word, n, r, k);
}
static void check_cell_nil(uint32_t n, size_t gap) {
  const uint8_t *tag = tags(0, n, gap);
  const uint32_t *len = lens(1, n, gap);
  CHECK(cell_nil, 0, tag, len, n);
}
static void check_cell_string_len(uint32_t n, size_t gap) {
  const uint8_t *tag = tags(0, n, gap);
  const uint32_t *len = lens(1, n, gap);
  for (uint32_t k = 0; k < 3; k++) CHECK(cell_string_len, 0, tag, len, n, k);
}
static void check_len_is(uint32_t n, size_t gap) {
  const uint32_t *len = lens(0, n, gap);
  for (uint32_t k = 0; k < 3; k++) CHECK(len_is, 0, len, n, k);
}

/* A window of random sets, or of one byte and a set, in text of few characters. */
static kernel_window some_window(uint8_t *text, uint32_t n) {
  static const char few[] = "abAB_09 .@z\x7f\x80\xff\xc3";
  for (uint32_t i = 0; i < n; i++) text[i] = rnd() % 8 ? (uint8_t)few[rnd() % (sizeof few - 1)] : (uint8_t)rnd();
  kernel_window w = {.width = (uint8_t)(1 + rnd() % KERNEL_WINDOW_BYTES), .ahead = rnd() % 2, .begins_word = rnd() % 3 == 0};
  for (uint32_t k = 0; k < w.width; k++) {
    if (rnd() % 4 == 0 && k + 1 < w.width) continue; /* any byte will do */
    kernel_set *set = w.n_sets && rnd() % 2 ? &w.set[rnd() % w.n_sets] : &w.set[w.n_sets++];
    set->at[set->n_at++] = (uint8_t)(w.width - 1 - k);
    set->high |= rnd() % 2;
    uint64_t sets = rnd() | (rnd() % 2 ? rnd() : 0);
    for (uint32_t i = 0; i < 16; i++) set->low[i] |= (uint8_t)(sets >> i * 4 % 57 | (rnd() % 2 ? rnd() : 0));
  }
  return w;
}

static void check_find_window(uint32_t n, size_t gap) {
  uint8_t *text = place(0, n, 1, gap);
  kernel_window w = some_window(text, n);
  for (size_t from = 0; from <= n + 1; from = from * 5 / 4 + 1) {
    size_t want = ottl__kernels_scalar.find_window(text, from, n, &w), got = isa->find_window(text, from, n, &w);
    if (want != got) fail_msg("find_window of %s: %u bytes from %zu: %zu, not %zu", isa->isa, n, from, got, want);
  }
}

static void check_window_hits(uint32_t n, size_t gap) {
  uint8_t *text = place(0, n, 1, gap);
  kernel_window w = some_window(text, n);
  for (size_t from = 0; from < n && n - from >= w.width; from = from * 5 / 4 + 1) {
    uint64_t want = ottl__kernels_scalar.window_hits(text, from, n, &w), got = isa->window_hits(text, from, n, &w);
    if (want != got) {
      fail_msg("window_hits of %s: %u bytes from %zu: %llx, not %llx", isa->isa, n, from, (unsigned long long)got,
               (unsigned long long)want);
    }
  }
}

/* Texts of lengths near and far apart, at any place of n bytes. */
static void check_digest(uint32_t n, size_t gap) {
  enum { TEXTS = 20 };
  static unsigned char want[TEXTS][OTTL_DIGEST_MAX], got[TEXTS][OTTL_DIGEST_MAX];
  if (rnd() % 4) return; /* four digests of many texts: slower than the others */
  uint8_t *bytes = place(0, n, 1, gap);
  for (uint32_t i = 0; i < n; i++) bytes[i] = (uint8_t)rnd();
  const uint32_t texts = (uint32_t)(rnd() % (TEXTS + 1)), most = rnd() % 2 ? n : n / 4;
  ottl_view text[TEXTS];
  for (uint32_t k = 0; k < texts; k++) {
    const uint32_t len = (uint32_t)(rnd() % (most + 1));
    text[k] = view_of(bytes + rnd() % (n - len + 1), len);
  }
  for (int kind = 0; kind < OTTL_DIGESTS; kind++) {
    memset(want, 0, sizeof want);
    memset(got, 0, sizeof got);
    ottl__kernels_scalar.digest(kind, text, texts, want);
    isa->digest(kind, text, texts, got);
    if (memcmp(want, got, sizeof want) != 0) fail_msg("digest %d of %s: %u texts of up to %u bytes", kind, isa->isa, texts, most);
  }
}

static void every_isa_agrees(void **state) {
  OTTL_UNUSED(state);
  printf("instruction sets:");
  for (size_t i = 0; (isa = ottl__kernels_at(i)); i++) {
    printf(" %s", isa->isa);
    for (uint32_t n = 0; n <= MAX_ROWS; n++) {
      for (int round = 0; round < 24; round++) {
        size_t gap = round < 8 ? 0 : rnd() % 64;
#define KERNEL(result, name, arguments) check_##name(n, gap);
#include "kernels/kernels.def"
#undef KERNEL
      }
    }
  }
  printf("\n");
}

/* ---- the scalar table, against values written down here ---- */

static uint64_t cell_int(uint8_t tag, uint64_t word, int rel, int64_t k) {
  uint64_t bits = 2;
  ottl__kernels_scalar.cmp_cell_int(&bits, &tag, &word, 1, rel, k);
  return bits;
}

static void scalar_meaning(void **state) {
  OTTL_UNUSED(state);
  assert_int_equal(cell_int(KERNEL_TAG_INT, (uint64_t)-3, KERNEL_LT, 2), 1);
  assert_int_equal(cell_int(KERNEL_TAG_DOUBLE, bits_of_double(2.5), KERNEL_GT, 2), 1);
  assert_int_equal(cell_int(KERNEL_TAG_DOUBLE, 0x7ff8000000000000u, KERNEL_NE, 2), 1);
  assert_int_equal(cell_int(KERNEL_TAG_DOUBLE, 0x7ff8000000000000u, KERNEL_GE, 2), 0);
  assert_int_equal(cell_int(KERNEL_TAG_STRING, 2, KERNEL_EQ, 2), 0);
  assert_int_equal(cell_int(KERNEL_TAG_STRING, 2, KERNEL_NE, 2), 1);
  assert_int_equal(cell_int(KERNEL_TAG_NIL, 2, KERNEL_LE, 2), 0);

  const uint8_t tag[] = {KERNEL_TAG_ABSENT, KERNEL_TAG_NIL,    KERNEL_TAG_BYTES,
                         KERNEL_TAG_BYTES,  KERNEL_TAG_STRING, KERNEL_TAG_STRING};
  const uint32_t len[] = {9, 9, 0, 1, 0, 1};
  uint64_t bits;
  ottl__kernels_scalar.cell_nil(&bits, tag, len, 6);
  assert_int_equal(bits, 7);
  ottl__kernels_scalar.cell_string_len(&bits, tag, len, 6, 1);
  assert_int_equal(bits, 32);
  ottl__kernels_scalar.len_is(&bits, len, 6, 9);
  assert_int_equal(bits, 3);

  /* 4 or D, then a byte from 0x80 on, at the beginning of a word */
  const kernel_window w = {2, 2, false, true, {{{[4] = 1 << 3 | 1 << 4}, false, 1, {0}}, {{0}, true, 1, {1}}}};
  const uint8_t text[] = "x4\x80 4\x80\x80"
                         "D\xff"
                         "D";
  assert_int_equal(ottl__kernels_scalar.find_window(text, 0, 10, &w), 4);
  assert_int_equal(ottl__kernels_scalar.find_window(text, 5, 10, &w), 7);
  assert_int_equal(ottl__kernels_scalar.find_window(text, 8, 10, &w), SIZE_MAX);
  assert_int_equal(ottl__kernels_scalar.window_hits(text, 0, 10, &w), 1 << 4 | 1 << 7);
  assert_int_equal(ottl__kernels_scalar.window_hits(text, 5, 10, &w), 1 << 2);
  for (unsigned c = 0; c < 256; c++) {
    bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    assert_int_equal(kernel_is_word((uint8_t)c), is_word);
  }
}

static void environment_chooses(void **state) {
  OTTL_UNUSED(state);
  const ottl_kernels *widest = ottl__kernels_at(0), *one;
  for (size_t i = 0; (one = ottl__kernels_at(i)); i++) {
    widest = one;
    assert_int_equal(setenv("OTTL_FORCE_ISA", one->isa, 1), 0);
    assert_ptr_equal(ottl__kernels_pick(), one);
    assert_string_equal(ottl_isa(), one->isa);
  }
  assert_int_equal(setenv("OTTL_FORCE_ISA", "abacus", 1), 0);
  assert_ptr_equal(ottl__kernels_pick(), widest);
  assert_int_equal(unsetenv("OTTL_FORCE_ISA"), 0);
  assert_ptr_equal(ottl__kernels_pick(), widest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scalar_meaning),
      cmocka_unit_test(every_isa_agrees),
      cmocka_unit_test(environment_chooses),
  };
  return cmocka_run_group_tests_name("kernels", tests, make_inputs, NULL);
}
