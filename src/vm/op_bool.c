/* Selections and logic: bitmaps, 64 rows at a time. */
#include "vm/vm.h"

static inline uint64_t err_word(const ottl_reg *r, size_t w) {
  if (!r->has_err) return 0;
  return r->mask ? r->err[w] : -(r->err[0] & 1);
}
static inline uint64_t val_word(const ottl_reg *r, size_t w) { return r->mask ? r->bits[w] : -(r->bits[0] & 1); }

/* Value p of a, to the rows i .. end of d. */
static void spread_run(ottl_reg *d, const ottl_reg *a, uint32_t p, uint32_t i, uint32_t end) {
  const uint64_t word = a->word[p];
  const uint32_t n = end - i;
  if (d->store == OTTL_STORE_CELL) memset(d->tag + i, a->tag[p], n);
  if (d->store >= OTTL_STORE_VIEW) {
    const uint32_t len = a->len[p];
    for (uint32_t k = 0; k < n; k++) d->len[i + k] = len;
  }
  for (uint32_t k = 0; k < n; k++) d->word[i + k] = word;
}

static void spread_bits(uint64_t *bits, uint32_t i, uint32_t end) {
  while (i < end) {
    uint32_t n = 64 - (i & 63) < end - i ? 64 - (i & 63) : end - i;
    bits[i >> 6] |= (n == 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1) << (i & 63);
    i += n;
  }
}

/* Rows of the own level under the same parent lie side by side: a value goes to all of them at once, selected or not. */
static void spread_own(ottl_vm *vm, ottl_reg *d, const ottl_reg *a, uint32_t n) {
  const uint32_t *up = vm->batch->up[a->level];
  const uint32_t base = vm->base[a->level];
  const uint64_t *all = vm->all[a->level];
  for (uint32_t i = 0, end; i < n; i = end) {
    const uint32_t p = up[i] - base;
    for (end = i + 1; end < n && up[end] == up[i]; end++) {
    }
    if (!bm_get(all, p)) continue; /* nobody asked for it */
    if (d->store != OTTL_STORE_BOOL)
      spread_run(d, a, p, i, end);
    else if (bm_get(a->bits, p))
      spread_bits(d->bits, i, end);
  }
  if (d->store != OTTL_STORE_BOOL) return;
  for (size_t w = 0; w < BM_WORDS(n); w++) d->bits[w] &= vm->all[vm->code->level][w]; /* it may be a selection */
}

ottl_status ottl__op_spread(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  uint8_t from = in->level, to = a->level;
  const uint64_t *rows = vm->all[from];
  d->has_err = false;
  if (d->store == OTTL_STORE_BOOL) memset(d->bits, 0, BM_WORDS(n) * 8);
  if (from == vm->code->level && to < from && !a->has_err) {
    spread_own(vm, d, a, n);
    return OTTL_OK;
  }
  SEL_EACH(rows, n, i) {
    uint32_t p = vm_up(vm, from, to, i);
    switch (d->store) {
    case OTTL_STORE_BOOL:
      if (bm_get(a->bits, p)) bm_set(d->bits, i);
      break;
    case OTTL_STORE_CELL: d->tag[i] = a->tag[p]; /* fall through */
    case OTTL_STORE_VIEW: d->len[i] = a->len[p]; /* fall through */
    default: d->word[i] = a->word[p]; break;
    }
    if (OTTL_UNLIKELY(a->has_err) && bm_get(a->err, p) && !ottl__vm_fail(vm, d, n, i, a->code[p])) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static ottl_status narrow(ottl_vm *vm, const ottl_insn *in, uint64_t flip) {
  const uint64_t *from = vm_bits(vm, in->a, in->level);
  const ottl_reg *b = vm->r[in->b];
  uint64_t *d = vm->r[in->d]->bits;
  size_t words = BM_WORDS(vm_n(vm, in->level));
  for (size_t w = 0; w < words; w++) d[w] = from[w] & (val_word(b, w) ^ flip) & ~err_word(b, w);
  return OTTL_OK;
}

ottl_status ottl__op_sel_and(ottl_vm *vm, const ottl_insn *in) { return narrow(vm, in, 0); }
ottl_status ottl__op_sel_not(ottl_vm *vm, const ottl_insn *in) { return narrow(vm, in, UINT64_MAX); }

/* The failures of a, and those of b where a leaves the answer open. */
static ottl_status logic_failures(ottl_vm *vm, ottl_reg *d, const ottl_reg *a, const ottl_reg *b, uint64_t open_when,
                                  uint8_t level) {
  d->has_err = false;
  if (OTTL_LIKELY(!a->has_err && !b->has_err)) return OTTL_OK;
  uint32_t n = vm_n(vm, level);
  size_t words = BM_WORDS(n);
  uint64_t *open = arena_zero(&vm->slice, words * 8 + 8);
  if (!open) return OTTL_NOMEM;
  if (!ottl__vm_inherit(vm, d, a, vm->all[level], n)) return OTTL_NOMEM;
  for (size_t w = 0; w < words; w++) open[w] = vm->all[level][w] & ~(val_word(a, w) ^ open_when) & ~err_word(a, w);
  return ottl__vm_inherit(vm, d, b, open, n) ? OTTL_OK : OTTL_NOMEM;
}

ottl_status ottl__op_and(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  size_t words = BM_WORDS(vm_n(vm, in->level));
  for (size_t w = 0; w < words; w++) d->bits[w] = val_word(a, w) & val_word(b, w) & ~err_word(a, w) & ~err_word(b, w);
  return logic_failures(vm, d, a, b, UINT64_MAX, in->level);
}

ottl_status ottl__op_or(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  size_t words = BM_WORDS(vm_n(vm, in->level));
  for (size_t w = 0; w < words; w++)
    d->bits[w] = (val_word(a, w) & ~err_word(a, w)) | (val_word(b, w) & ~err_word(b, w) & ~err_word(a, w));
  return logic_failures(vm, d, a, b, 0, in->level);
}

ottl_status ottl__op_not(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  for (size_t w = 0; w < BM_WORDS(n); w++) d->bits[w] = ~val_word(a, w) & ~err_word(a, w);
  d->has_err = false;
  return ottl__vm_inherit(vm, d, a, vm->all[in->level], n) ? OTTL_OK : OTTL_NOMEM;
}

ottl_status ottl__op_truth(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  const uint64_t *sel = vm_sel(vm, in);
  uint32_t n = vm_n(vm, in->level);
  d->has_err = false;
  memset(d->bits, 0, BM_WORDS(n) * 8);
  if (!ottl__vm_inherit(vm, d, a, sel, n)) return OTTL_NOMEM;
  SEL_EACH(sel, n, i) {
    if (reg_failed(a, i)) continue;
    ottl_cell c = reg_cell(a, i);
    if (c.tag == OTTL_T_BOOL) {
      bm_put(d->bits, i, c.word != 0);
    } else if (!ottl__vm_fail(vm, d, n, i, OTTL_ROWERR(CONDITION_TYPE, cell_type(c)))) {
      return OTTL_NOMEM;
    }
  }
  return OTTL_OK;
}

ottl_status ottl__op_condition(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  uint64_t *d = vm->r[in->d]->bits;
  const uint64_t *base = vm_bits(vm, in->b, in->level);
  uint32_t n = vm_n(vm, in->level);
  size_t words = BM_WORDS(n);
  if (in->flags) memset(d, 0, words * 8);
  for (size_t w = 0; w < words; w++) {
    uint64_t open = base[w] & ~d[w] & ~vm->stopped[w];
    uint64_t failed = open & err_word(a, w);
    d[w] |= open & val_word(a, w) & ~failed;
    for (; failed; failed &= failed - 1) {
      uint32_t i = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(failed));
      OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, UINT32_MAX, in->x, a->code[reg_at(a, i)]));
    }
  }
  return OTTL_OK;
}

/* Rows of one word of the window, by what `taken` says (or copies). */
static void route_word(ottl_vm *vm, const ottl_insn *in, size_t w, uint64_t rows) {
  const vm_routes *out = vm->routes;
  for (; rows; rows &= rows - 1) {
    uint32_t row = vm->batch->first + (uint32_t)(w * 64 + (size_t)__builtin_ctzll(rows));
    if (in->flags & OTTL_ROUTE_COPY)
      bm_set(out->copied[in->x], row);
    else
      out->taken[row] = (uint16_t)(in->x + 1);
  }
}

ottl_status ottl__op_route(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  uint64_t *d = vm->r[in->d]->bits;
  const uint64_t *base = vm_bits(vm, in->b, in->level);
  size_t words = BM_WORDS(vm_n(vm, in->level));
  if (in->flags & OTTL_ROUTE_FIRST) memset(d, 0, words * 8);
  for (size_t w = 0; w < words; w++) {
    uint64_t open = base[w] & ~d[w] & ~vm->stopped[w];
    uint64_t failed = open & err_word(a, w);
    uint64_t taken = open & val_word(a, w) & ~failed;
    route_word(vm, in, w, taken);
    if (!(in->flags & OTTL_ROUTE_COPY)) d[w] |= taken;
    for (; failed; failed &= failed - 1) {
      uint32_t i = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(failed));
      OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, UINT32_MAX, in->x, a->code[reg_at(a, i)]));
    }
  }
  return OTTL_OK;
}

ottl_status ottl__op_route_rows(ottl_vm *vm, const ottl_insn *in) {
  const uint64_t *rows = vm_bits(vm, in->a, in->level);
  for (size_t w = 0; w < BM_WORDS(vm->batch->n); w++) route_word(vm, in, w, rows[w] & ~vm->touched[w]);
  return OTTL_OK;
}

ottl_status ottl__op_select(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  uint64_t *d = vm->r[in->d]->bits;
  const uint64_t *base = vm_bits(vm, in->b, in->level);
  size_t words = BM_WORDS(vm_n(vm, in->level));
  for (size_t w = 0; w < words; w++) {
    uint64_t failed = base[w] & err_word(a, w);
    d[w] = base[w] & val_word(a, w) & ~failed;
    for (; failed; failed &= failed - 1) {
      uint32_t i = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(failed));
      OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, a->code[reg_at(a, i)]));
    }
  }
  return OTTL_OK;
}

ottl_status ottl__op_active(ottl_vm *vm, const ottl_insn *in) {
  const uint64_t *from = vm_bits(vm, in->a, in->level);
  uint64_t *d = vm->r[in->d]->bits;
  for (size_t w = 0; w < BM_WORDS(vm_n(vm, in->level)); w++) d[w] = from[w] & ~vm->stopped[w];
  return OTTL_OK;
}

ottl_status ottl__op_drop(ottl_vm *vm, const ottl_insn *in) {
  const uint64_t *rows = vm_bits(vm, in->a, in->level);
  uint32_t n = vm->batch->n;
  for (size_t w = 0; w < BM_WORDS(n); w++) vm->dropping |= rows[w] != 0;
  ottl__batch_drop_rows(vm->batch, (ottl_level)in->level, vm->batch->first, rows, n);
  return OTTL_OK;
}

ottl_status ottl__op_result(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  vm_results *out = &vm->results[in->x];
  SEL_EACH(vm->all[in->level], vm->batch->n, i) {
    uint32_t row = vm->batch->first + i;
    bool failed = reg_failed(a, i);
    out->codes[row] = failed ? a->code[reg_at(a, i)] : 0;
    out->cells[row] = failed ? cell_nil() : reg_cell(a, i);
    if (failed) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, out->codes[row]));
  }
  return OTTL_OK;
}
