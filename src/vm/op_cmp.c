/* Comparison: one handler for each pair of operand forms that matters, each with its loop for each relation. */
#include "vm/vm.h"

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

/* Failures of the operands are failures of the comparison: the left one's first. */
static ottl_status cmp_done(ottl_vm *vm, const ottl_insn *in, ottl_reg *d, const ottl_reg *a, const ottl_reg *b) {
  d->has_err = false;
  if (OTTL_LIKELY(!a->has_err && !b->has_err)) return OTTL_OK;
  uint32_t n = vm_n(vm, in->level);
  bool ok = ottl__vm_inherit(vm, d, a, vm_sel(vm, in), n) && ottl__vm_inherit(vm, d, b, vm_sel(vm, in), n);
  return ok ? OTTL_OK : OTTL_NOMEM;
}

ottl_status op_cmp_int(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const int64_t *x = (const int64_t *)a->word, *y = (const int64_t *)b->word;
  if (b->mask == 0 && a->mask) {
    int64_t k = y[0];
    EACH_RELATION((int)in->x, d, n, RELATION(rel, x[i], k))
  } else {
    EACH_RELATION((int)in->x, d, n, RELATION(rel, x[i & a->mask], y[i & b->mask]))
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_double(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  EACH_RELATION((int)in->x, d, n, RELATION(rel, reg_double(a, i), reg_double(b, i)))
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_string(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  if (in->x == OTTL_CMP_EQ || in->x == OTTL_CMP_NE) {
    bool ne = in->x == OTTL_CMP_NE;
    OTTL_UNUSED(ne);
    CMP_LOOP(OTTL_CMP_EQ, d, n, (OTTL_UNUSED(rel), view_eq(reg_view(a, i), reg_view(b, i)) != ne))
  } else {
    EACH_RELATION((int)in->x, d, n, RELATION(rel, view_cmp(reg_view(a, i), reg_view(b, i)), 0))
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_nil(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  /* nil is ==, <= and >= nil; against anything else only != holds. Empty bytes of an attribute are nil, too. */
  bool if_nil = in->x == OTTL_CMP_EQ || in->x == OTTL_CMP_LE || in->x == OTTL_CMP_GE, if_not = in->x == OTTL_CMP_NE;
  if (a->store != OTTL_STORE_CELL) {
    bool bytes = a->store == OTTL_STORE_VIEW && a->type == OTTL_T_BYTES;
    CMP_LOOP(OTTL_CMP_EQ, d, n, (OTTL_UNUSED(rel), bytes && a->len[i & a->mask] == 0 ? if_nil : if_not))
  } else if (a->mask) {
    const uint8_t *tag = a->tag;
    const uint32_t *len = a->len;
    CMP_LOOP(OTTL_CMP_EQ, d, n,
             (OTTL_UNUSED(rel), (bool)((tag[i] <= OTTL_T_NIL) | ((tag[i] == OTTL_T_BYTES) & (len[i] == 0))) ? if_nil : if_not))
  } else {
    bool nil = a->tag[0] <= OTTL_T_NIL || (a->tag[0] == OTTL_T_BYTES && a->len[0] == 0);
    CMP_LOOP(OTTL_CMP_EQ, d, n, (OTTL_UNUSED(rel), nil ? if_nil : if_not))
  }
  return cmp_done(vm, in, d, a, a);
}

ottl_status op_cmp_cell_string(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  ottl_view k = reg_view(b, 0);
  bool ne = in->x == OTTL_CMP_NE;
  if (ne || in->x == OTTL_CMP_EQ) {
    if (a->mask) {
      const uint8_t *tag = a->tag;
      const uint32_t *len = a->len;
      const uint64_t *word = a->word;
      uint32_t klen = (uint32_t)k.len;
      CMP_LOOP(OTTL_CMP_EQ, d, n,
               (OTTL_UNUSED(rel),
                (tag[i] == OTTL_T_STRING && len[i] == klen && memcmp((const char *)(uintptr_t)word[i], k.data, klen) == 0) != ne))
    } else {
      bool eq = a->tag[0] == OTTL_T_STRING && view_eq(reg_view(a, 0), k);
      CMP_LOOP(OTTL_CMP_EQ, d, n, (OTTL_UNUSED(rel), eq != ne))
    }
  } else {
    EACH_RELATION((int)in->x, d, n, a->tag[i & a->mask] == OTTL_T_STRING && RELATION(rel, view_cmp(reg_view(a, i), k), 0))
  }
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_cell_int(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  int64_t k = reg_int(b, 0);
  double kd = (double)k;
  const uint8_t *tag = a->tag;
  const uint64_t *word = a->word;
  uint32_t mask = a->mask;
  EACH_RELATION((int)in->x, d, n,
                tag[i & mask] == OTTL_T_INT      ? RELATION(rel, (int64_t)word[i & mask], k)
                : tag[i & mask] == OTTL_T_DOUBLE ? RELATION(rel, double_of_bits(word[i & mask]), kd)
                                                 : rel == OTTL_CMP_NE)
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_cell_double(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  double k = reg_double(b, 0);
  const uint8_t *tag = a->tag;
  const uint64_t *word = a->word;
  uint32_t mask = a->mask;
  EACH_RELATION((int)in->x, d, n,
                tag[i & mask] == OTTL_T_DOUBLE ? RELATION(rel, double_of_bits(word[i & mask]), k)
                : tag[i & mask] == OTTL_T_INT  ? RELATION(rel, (double)(int64_t)word[i & mask], k)
                                               : rel == OTTL_CMP_NE)
  return cmp_done(vm, in, d, a, b);
}

ottl_status op_cmp_any(ottl_vm *vm, const ottl_insn *in) {
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
