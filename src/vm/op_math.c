/* Math: ints wrap, a mix of int and double is a double, times and durations add and subtract. */
#include "base/zone.h"
#include "vm/vm.h"

static ottl_status operands(ottl_vm *vm, const ottl_insn *in, ottl_reg *d) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  d->has_err = false;
  if (OTTL_LIKELY(!a->has_err && !b->has_err)) return OTTL_OK;
  uint32_t n = vm_n(vm, in->level);
  bool ok = ottl__vm_inherit(vm, d, a, vm_sel(vm, in), n) && ottl__vm_inherit(vm, d, b, vm_sel(vm, in), n);
  return ok ? OTTL_OK : OTTL_NOMEM;
}

/* min / -1 is min. */
static inline int64_t divide(int64_t x, int64_t y) { return y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y; }

static inline int64_t int_op(uint32_t op, int64_t x, int64_t y) {
  uint64_t a = (uint64_t)x, b = (uint64_t)y;
  switch (op) {
  case '+': return (int64_t)(a + b);
  case '-': return (int64_t)(a - b);
  case '*': return (int64_t)(a * b);
  default: return divide(x, y);
  }
}

static inline double double_op(uint32_t op, double x, double y) {
  switch (op) {
  case '+': return x + y;
  case '-': return x - y;
  case '*': return x * y;
  default: return x / y;
  }
}

ottl_status ottl__op_math_int(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  OTTL_TRY(operands(vm, in, d));
  if (in->x != '/') {
    switch (in->x) {
    case '+':
      for (uint32_t i = 0; i < n; i++) d->word[i] = a->word[i & a->mask] + b->word[i & b->mask];
      break;
    case '-':
      for (uint32_t i = 0; i < n; i++) d->word[i] = a->word[i & a->mask] - b->word[i & b->mask];
      break;
    default:
      for (uint32_t i = 0; i < n; i++) d->word[i] = a->word[i & a->mask] * b->word[i & b->mask];
      break;
    }
    return OTTL_OK;
  }
  if (b->mask == 0 && reg_int(b, 0) > 0 && a->mask) {
    int64_t k = reg_int(b, 0);
    for (uint32_t i = 0; i < n; i++) d->word[i] = (uint64_t)((int64_t)a->word[i] / k);
    return OTTL_OK;
  }
  const uint64_t *sel = vm_sel(vm, in);
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    int64_t y = reg_int(b, i);
    if (y == 0) {
      if (!ottl__vm_fail(vm, d, n, i, OTTL_RE_DIVIDE_BY_ZERO)) return OTTL_NOMEM;
      continue;
    }
    reg_put_int(d, i, divide(reg_int(a, i), y));
  }
  return OTTL_OK;
}

ottl_status ottl__op_math_double(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  OTTL_TRY(operands(vm, in, d));
  for (uint32_t i = 0; i < n; i++) reg_put_double(d, i, double_op(in->x, reg_double(a, i), reg_double(b, i)));
  if (in->x != '/') return OTTL_OK;
  const uint64_t *sel = vm_sel(vm, in);
  SEL_EACH(sel, n, i) {
    if (reg_double(b, i) == 0 && !reg_failed(d, i) && !ottl__vm_fail(vm, d, n, i, OTTL_RE_DIVIDE_BY_ZERO)) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

/* ---- any types ---- */

static bool is_time(ottl_cell c) { return c.tag == OTTL_T_TIME || c.tag == OTTL_T_TIME_ZONED; }

static ottl_instant time_of(ottl_cell c) {
  if (c.tag == OTTL_T_TIME) return (ottl_instant){(int64_t)c.word, c.len};
  const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)c.word;
  return (ottl_instant){z->seconds, z->nanos};
}

/* A time with the zone of `like`. */
static bool time_cell(ottl_vm *vm, ottl_instant t, ottl_cell like, ottl_cell *ret) {
  if (like.tag == OTTL_T_TIME) {
    *ret = (ottl_cell){(uint64_t)t.seconds, t.nanos, OTTL_T_TIME};
    return true;
  }
  ottl_zoned_time *z = arena_alloc(&vm->batch->arena, sizeof *z);
  if (!z) return false;
  *z = *(const ottl_zoned_time *)(uintptr_t)like.word;
  z->seconds = t.seconds;
  z->nanos = t.nanos;
  if (z->location) {
    ottl_zone_span at = ottl__zone_at(z->location, t.seconds);
    z->offset_seconds = at.offset;
    z->zone = at.name;
  }
  *ret = (ottl_cell){(uint64_t)(uintptr_t)z, 0, OTTL_T_TIME_ZONED};
  return true;
}

static ottl_cell duration_cell(int64_t ns) { return (ottl_cell){(uint64_t)ns, 0, OTTL_T_DURATION}; }

/* Returns 0 or a row error; *ret_ok false: out of memory. */
static uint16_t math_cells(ottl_vm *vm, uint32_t op, ottl_cell x, ottl_cell y, ottl_cell *ret, bool *ret_ok) {
  if (x.tag == OTTL_T_INT || x.tag == OTTL_T_DOUBLE) {
    if (y.tag != OTTL_T_INT && y.tag != OTTL_T_DOUBLE) return OTTL_ROWERR(MATH_TYPE, cell_type(y));
    if (x.tag == OTTL_T_INT && y.tag == OTTL_T_INT) {
      if (op == '/' && y.word == 0) return OTTL_RE_DIVIDE_BY_ZERO;
      *ret = cell_int(int_op(op, (int64_t)x.word, (int64_t)y.word));
      return 0;
    }
    double a = x.tag == OTTL_T_INT ? (double)(int64_t)x.word : double_of_bits(x.word);
    double b = y.tag == OTTL_T_INT ? (double)(int64_t)y.word : double_of_bits(y.word);
    if (op == '/' && b == 0) return OTTL_RE_DIVIDE_BY_ZERO;
    *ret = cell_double(double_op(op, a, b));
    return 0;
  }
  if (is_time(x)) {
    if (y.tag == OTTL_T_DURATION && (op == '+' || op == '-')) {
      int64_t ns = (int64_t)y.word;
      if (op == '-') ns = (int64_t)(0 - (uint64_t)ns);
      *ret_ok = time_cell(vm, ottl__gotime_add(time_of(x), ns), x, ret);
      return 0;
    }
    if (is_time(y) && op == '-') {
      *ret = duration_cell(ottl__gotime_sub(time_of(x), time_of(y)));
      return 0;
    }
    return OTTL_ROWERR(TIME_MATH, cell_type(y));
  }
  if (x.tag == OTTL_T_DURATION) {
    if (y.tag == OTTL_T_DURATION && (op == '+' || op == '-')) {
      *ret = duration_cell(int_op(op, (int64_t)x.word, (int64_t)y.word));
      return 0;
    }
    if (is_time(y) && op == '+') {
      *ret_ok = time_cell(vm, ottl__gotime_add(time_of(y), (int64_t)x.word), y, ret);
      return 0;
    }
    return OTTL_ROWERR(TIME_MATH, cell_type(y));
  }
  return OTTL_ROWERR(MATH_TYPE, cell_type(x));
}

ottl_status ottl__op_math_any(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a], *b = vm->r[in->b];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  OTTL_TRY(operands(vm, in, d));
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_cell result = cell_nil();
    bool ok = true;
    uint16_t code = math_cells(vm, in->x, reg_cell(a, i), reg_cell(b, i), &result, &ok);
    if (!ok || (code && !ottl__vm_fail(vm, d, n, i, code))) return OTTL_NOMEM;
    reg_put_cell(d, i, result);
  }
  return OTTL_OK;
}

ottl_status ottl__op_neg(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  d->has_err = false;
  if (!ottl__vm_inherit(vm, d, a, sel, n)) return OTTL_NOMEM;
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_cell c = reg_cell(a, i);
    if (c.tag == OTTL_T_INT) {
      reg_put_cell(d, i, cell_int((int64_t)(0 - c.word)));
    } else if (c.tag == OTTL_T_DOUBLE) {
      reg_put_cell(d, i, cell_double(-double_of_bits(c.word)));
    } else if (!ottl__vm_fail(vm, d, n, i, OTTL_ROWERR(NEGATE_TYPE, cell_type(c)))) {
      return OTTL_NOMEM;
    }
  }
  return OTTL_OK;
}
