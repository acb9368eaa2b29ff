/* Comparison: one handler for each pair of operand forms that matters, each with a kernel, or with its loop for
 * each relation. */
#include "kernels/kernels.h"
#include "vm/vm.h"

_Static_assert((int)KERNEL_EQ == OTTL_CMP_EQ && (int)KERNEL_NE == OTTL_CMP_NE && (int)KERNEL_LT == OTTL_CMP_LT &&
                   (int)KERNEL_LE == OTTL_CMP_LE && (int)KERNEL_GE == OTTL_CMP_GE && (int)KERNEL_GT == OTTL_CMP_GT,
               "relations of kernels are those of the language");

#define RELATION(rel, a, b)                                                                                                      \
  ((rel) == OTTL_CMP_EQ   ? (a) == (b)                                                                                           \
   : (rel) == OTTL_CMP_NE ? (a) != (b)                                                                                           \
   : (rel) == OTTL_CMP_LT ? (a) < (b)                                                                                            \
   : (rel) == OTTL_CMP_LE ? (a) <= (b)                                                                                           \
   : (rel) == OTTL_CMP_GE ? (a) >= (b)                                                                                           \
                          : (a) > (b))

/* Runs `test` (an expression of row i) for all n rows into d->bits, with `rel` a constant in each copy of the loop. */
#define EACH_RELATION(relation, d, n, test)                                                                                      \
  switch (relation) {                                                                                                            \
  case OTTL_CMP_EQ: CMP_LOOP(OTTL_CMP_EQ, d, n, test); break;                                                                    \
  case OTTL_CMP_NE: CMP_LOOP(OTTL_CMP_NE, d, n, test); break;                                                                    \
  case OTTL_CMP_LT: CMP_LOOP(OTTL_CMP_LT, d, n, test); break;                                                                    \
  case OTTL_CMP_LE: CMP_LOOP(OTTL_CMP_LE, d, n, test); break;                                                                    \
  case OTTL_CMP_GE: CMP_LOOP(OTTL_CMP_GE, d, n, test); break;                                                                    \
  default: CMP_LOOP(OTTL_CMP_GT, d, n, test); break;                                                                             \
  }
#define CMP_LOOP(relation_, d, n, test)                                                                                          \
  for (size_t w_ = 0; w_ < BM_WORDS(n); w_++) {                                                                                  \
    const int rel = (relation_);                                                                                                 \
    uint64_t bits_ = 0;                                                                                                          \
    uint32_t base_ = (uint32_t)w_ * 64, m_ = (n) - base_ < 64 ? (n) - base_ : 64;                                                \
    for (uint32_t k_ = 0; k_ < m_; k_++) {                                                                                       \
      const uint32_t i = base_ + k_;                                                                                             \
      OTTL_UNUSED(i);                                                                                                            \
      bits_ |= (uint64_t)(test) << k_;                                                                                           \
    }                                                                                                                            \
    (d)->bits[w_] = bits_;                                                                                                       \
  }

static void bits_fill(uint64_t *bits, uint32_t n, bool value) {
  if (n == 0) return;
  memset(bits, value ? 0xff : 0, BM_WORDS(n) * 8);
  if (value) bits[(n - 1) / 64] &= kernel_low((n - 1) % 64 + 1);
}
static void bits_not(uint64_t *bits, uint32_t n) {
  if (n == 0) return;
  for (size_t w = 0; w < BM_WORDS(n); w++) bits[w] = ~bits[w];
  bits[(n - 1) / 64] &= kernel_low((n - 1) % 64 + 1);
}

/* Failures of the operands are failures of the comparison: the left one's first. */
static ottl_status cmp_done(ottl_vm *vm, const ottl_insn *in, ottl_reg *d, const ottl_reg *a, const ottl_reg *b) {
  d->has_err = false;
  if (OTTL_LIKELY(!a->has_err && !b->has_err)) return OTTL_OK;
  uint32_t n = vm_n(vm, in->level);
  bool ok = ottl__vm_inherit(vm, d, a, vm_sel(vm, in), n) && ottl__vm_inherit(vm, d, b, vm_sel(vm, in), n);
  return ok ? OTTL_OK : OTTL_NOMEM;
}

/* The kernels compare a column with a constant or with a column. One row of a constant is the answer for all. */
static uint32_t cmp_rows(const ottl_reg *a, uint32_t n) { return a->mask ? n : n != 0; }
static void cmp_spread(const ottl_reg *a, uint64_t *bits, uint32_t n) {
  if (OTTL_LIKELY(a->mask) || n == 0) return;
  bits_fill(bits, n, bits[0] & 1);
}

/* The relation of b with a, given that of a with b. */
static int cmp_mirror(int rel) {
  static const uint8_t mirror[] = {OTTL_CMP_EQ, OTTL_CMP_NE, OTTL_CMP_GT, OTTL_CMP_GE, OTTL_CMP_LE, OTTL_CMP_LT};
  return mirror[rel];
}

ottl_status ottl__op_cmp_int(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  int rel = (int)in->x;
  if (a->mask && b->mask) {
    vm->kernels->cmp_int(d->bits, a->word, b->word, n, rel);
  } else {
    const ottl_reg *column = a, *k = b;
    if (!a->mask) column = b, k = a, rel = cmp_mirror(rel);
    vm->kernels->cmp_int_k(d->bits, column->word, cmp_rows(column, n), rel, reg_int(k, 0));
    cmp_spread(column, d->bits, n);
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status ottl__op_cmp_double(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  int rel = (int)in->x;
  if (a->mask && b->mask) {
    vm->kernels->cmp_double(d->bits, a->word, b->word, n, rel);
  } else {
    const ottl_reg *column = a, *k = b;
    if (!a->mask) column = b, k = a, rel = cmp_mirror(rel);
    vm->kernels->cmp_double_k(d->bits, column->word, cmp_rows(column, n), rel, reg_double(k, 0));
    cmp_spread(column, d->bits, n);
  }
  return cmp_done(vm, in, d, a, b);
}

/* Are the k.len bytes of p those of k? Short texts are two loads that may overlap: a call of memcmp costs more than they do.
 * PERF: 1,024 texts of 1 to 16 bytes, all equal, ns per row: 1.1 to 1.25, by memcmp 2.0 to 2.1. */
static inline bool text_is_1_3(const char *p, ottl_view k) {
  return p[0] == k.data[0] && p[k.len / 2] == k.data[k.len / 2] && p[k.len - 1] == k.data[k.len - 1];
}
static inline bool text_is_4_7(const char *p, ottl_view k) {
  return ((load_u32(p) ^ load_u32(k.data)) | (load_u32(p + k.len - 4) ^ load_u32(k.data + k.len - 4))) == 0;
}
static inline bool text_is_8_16(const char *p, ottl_view k) {
  return ((load_u64(p) ^ load_u64(k.data)) | (load_u64(p + k.len - 8) ^ load_u64(k.data + k.len - 8))) == 0;
}

/* Rows of `bits` have texts of k's length: clears those whose text is not k. Only rows that count are looked at: words of the
 * others may be pointers to what is gone. */
#define KEEP_LOOP(test)                                                                                                          \
  for (size_t w = 0; w < BM_WORDS(n); w++) {                                                                                     \
    uint64_t keep = bits[w] & sel[w];                                                                                            \
    if (a->has_err) keep &= ~a->err[w];                                                                                          \
    for (uint64_t left = keep; left; left &= left - 1) {                                                                         \
      uint32_t row = (uint32_t)__builtin_ctzll(left);                                                                            \
      const char *p = (const char *)(uintptr_t)a->word[w * 64 + row];                                                            \
      keep ^= (uint64_t)!(test) << row;                                                                                          \
    }                                                                                                                            \
    bits[w] = keep;                                                                                                              \
  }
static void keep_equal(uint64_t *bits, const ottl_reg *a, const uint64_t *sel, uint32_t n, ottl_view k) {
  if (k.len == 0) return;
  if (k.len < 4) {
    KEEP_LOOP(text_is_1_3(p, k))
  } else if (k.len < 8) {
    KEEP_LOOP(text_is_4_7(p, k))
  } else if (k.len <= 16) {
    KEEP_LOOP(text_is_8_16(p, k))
  } else {
    KEEP_LOOP(memcmp(p, k.data, k.len) == 0)
  }
}

ottl_status ottl__op_cmp_string(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  if (in->x == OTTL_CMP_EQ || in->x == OTTL_CMP_NE) {
    bool ne = in->x == OTTL_CMP_NE;
    if (!a->mask != !b->mask) {
      const ottl_reg *column = a->mask ? a : b;
      ottl_view k = reg_view(a->mask ? b : a, 0);
      vm->kernels->len_is(d->bits, column->len, n, (uint32_t)k.len);
      keep_equal(d->bits, column, vm_sel(vm, in), n, k);
      if (ne) bits_not(d->bits, n);
    } else {
      CMP_LOOP(OTTL_CMP_EQ, d, n, (OTTL_UNUSED(rel), view_eq(reg_view(a, i), reg_view(b, i)) != ne))
    }
  } else {
    EACH_RELATION((int)in->x, d, n, RELATION(rel, view_cmp(reg_view(a, i), reg_view(b, i)), 0))
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status ottl__op_cmp_nil(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  /* nil is ==, <= and >= nil; against anything else only != holds. Empty bytes of an attribute are nil, too. */
  bool if_nil = in->x == OTTL_CMP_EQ || in->x == OTTL_CMP_LE || in->x == OTTL_CMP_GE, if_not = in->x == OTTL_CMP_NE;
  if (if_nil == if_not) {
    bits_fill(d->bits, n, false);
  } else if (a->store == OTTL_STORE_CELL) {
    vm->kernels->cell_nil(d->bits, a->tag, a->len, cmp_rows(a, n));
    cmp_spread(a, d->bits, n);
    if (if_not) bits_not(d->bits, n);
  } else if (a->store == OTTL_STORE_VIEW && a->type == OTTL_T_BYTES) {
    vm->kernels->len_is(d->bits, a->len, cmp_rows(a, n), 0);
    cmp_spread(a, d->bits, n);
    if (if_not) bits_not(d->bits, n);
  } else {
    bits_fill(d->bits, n, if_not);
  }
  return cmp_done(vm, in, d, a, a);
}

ottl_status ottl__op_cmp_cell_string(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  ottl_view k = reg_view(b, 0);
  bool ne = in->x == OTTL_CMP_NE;
  if (ne || in->x == OTTL_CMP_EQ) {
    if (a->mask) {
      vm->kernels->cell_string_len(d->bits, a->tag, a->len, n, (uint32_t)k.len);
      keep_equal(d->bits, a, vm_sel(vm, in), n, k);
      if (ne) bits_not(d->bits, n);
    } else {
      bits_fill(d->bits, n, (a->tag[0] == OTTL_T_STRING && view_eq(reg_view(a, 0), k)) != ne);
    }
  } else {
    EACH_RELATION((int)in->x, d, n, a->tag[i & a->mask] == OTTL_T_STRING && RELATION(rel, view_cmp(reg_view(a, i), k), 0))
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status ottl__op_cmp_cell_int(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  vm->kernels->cmp_cell_int(d->bits, a->tag, a->word, cmp_rows(a, n), (int)in->x, reg_int(b, 0));
  cmp_spread(a, d->bits, n);
  return cmp_done(vm, in, d, a, b);
}

ottl_status ottl__op_cmp_cell_double(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  vm->kernels->cmp_cell_double(d->bits, a->tag, a->word, cmp_rows(a, n), (int)in->x, reg_double(b, 0));
  cmp_spread(a, d->bits, n);
  return cmp_done(vm, in, d, a, b);
}

ottl_status ottl__op_cmp_any(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  const uint64_t *sel = vm_sel(vm, in);
  uint32_t n = vm_n(vm, in->level);
  OTTL_TRY(cmp_done(vm, in, d, a, b));
  memset(d->bits, 0, BM_WORDS(n) * 8);
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    bool result = false;
    ottl_status status = ottl__value_compare(&vm->slice, reg_cell(a, i), reg_cell(b, i), (int)in->x, &result);
    if (status == OTTL_NOMEM) return status;
    if (status != OTTL_OK) {
      if (!ottl__vm_fail(vm, d, n, i, status == OTTL_LIMIT ? OTTL_RE_TOO_DEEP : OTTL_RE_BAD_WIRE)) return OTTL_NOMEM;
    } else if (result) {
      bm_set(d->bits, i);
    }
  }
  return OTTL_OK;
}
