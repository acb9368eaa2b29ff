/* Literals of lists and maps, coercions, and calls of functions. */
#include <time.h>

#include "vm/memo.h"
#include "vm/meter.h"

ottl_status ottl__op_list(ottl_vm *vm, const ottl_insn *in) {
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  const uint16_t *items = &vm->code->pool[in->x];
  d->has_err = false;
  for (uint32_t k = 0; k < in->y; k++) {
    if (!ottl__vm_inherit(vm, d, vm->r[items[k]], sel, n)) return OTTL_NOMEM;
  }
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_list *list = arena_alloc(&vm->batch->arena, sizeof *list + ((size_t)in->y + 1) * sizeof(ottl_cell));
    if (!list) return OTTL_NOMEM;
    *list = (ottl_list){(ottl_cell *)(list + 1), in->y, in->y};
    for (uint32_t k = 0; k < in->y; k++) list->items[k] = reg_cell(vm->r[items[k]], i);
    reg_put_cell(d, i, cell_tree(OTTL_T_LIST_ANY, list));
  }
  return OTTL_OK;
}

ottl_status ottl__op_map(ottl_vm *vm, const ottl_insn *in) {
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  const uint16_t *pairs = &vm->code->pool[in->x];
  d->has_err = false;
  for (uint32_t k = 0; k < in->y; k++) {
    if (!ottl__vm_inherit(vm, d, vm->r[pairs[2 * k + 1]], sel, n)) return OTTL_NOMEM;
  }
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_rowmap *map = arena_zero(&vm->batch->arena, sizeof *map);
    if (!map) return OTTL_NOMEM;
    uint16_t err = 0;
    for (uint32_t k = 0; k < in->y && !err; k++) {
      ottl_cell value;
      err = ottl__from_raw(vm, reg_cell(vm->r[pairs[2 * k + 1]], i), true, &value);
      if (err) break;
      ottl_entry *e = ottl__rowmap_push(&vm->batch->arena, map, vm->code->names[pairs[2 * k]]);
      if (!e) return OTTL_NOMEM;
      entry_set(e, value);
    }
    if (err && !ottl__vm_fail(vm, d, n, i, err)) return OTTL_NOMEM;
    reg_put_cell(d, i, cell_tree(OTTL_T_MAP, map));
  }
  return OTTL_OK;
}

/* Which of the eight tags at p are not that of a string: a bit each. */
static uint64_t other_than_strings(const uint8_t *p) {
  const uint64_t ones = UINT64_C(0x0101010101010101), x = load_u64(p) ^ ones * OTTL_T_STRING;
  if (OTTL_LIKELY(x == 0)) return 0;
  uint64_t differs = ((((x & ones * 0x7f) + ones * 0x7f) | x) >> 7) & ones;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  differs = __builtin_bswap64(differs);
#endif
  return differs * UINT64_C(0x0102040810204080) >> 56;
}

/* Rows of word w, of those selected, whose cell is no string. */
static uint64_t rows_other_than_strings(const uint8_t *tag, size_t w, uint64_t selected, uint32_t n) {
  uint64_t other = 0;
  if (n - w * 64 < 64) {
    for (uint32_t k = 0; k < n - w * 64; k++) other |= (uint64_t)(tag[w * 64 + k] != OTTL_T_STRING) << k;
  } else {
    for (uint32_t k = 0; k < 64; k += 8) other |= other_than_strings(tag + w * 64 + k) << k;
  }
  return selected & other;
}

static ottl_status coerce_row(ottl_vm *vm, const ottl_reg *a, ottl_reg *d, ottl_param_kind kind, uint32_t n, uint32_t i) {
  ottl_cell c = reg_cell(a, i), out = c;
  if (reg_failed(d, i)) return OTTL_OK;
  uint16_t err = ottl__coerce(&vm->batch->arena, vm->scratch, kind, c, &out);
  if (err) return ottl__vm_fail(vm, d, n, i, err) ? OTTL_OK : OTTL_NOMEM;
  reg_put(d, i, out);
  return OTTL_OK;
}

ottl_status ottl__op_coerce(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  ottl_param_kind kind = (ottl_param_kind)in->x;
  d->has_err = false;
  if (!ottl__vm_inherit(vm, d, a, sel, n)) return OTTL_NOMEM;
  bool text = (kind == OTTL_P_STRING || kind == OTTL_P_STRING_LIKE) && a->store == OTTL_STORE_CELL && a->mask && n;
  if (text) { /* PERF: w03 -4 %: strings nearly always; what is none is put right below */
    memcpy(d->word, a->word, n * sizeof *d->word);
    memcpy(d->len, a->len, n * sizeof *d->len);
    if (d->store == OTTL_STORE_CELL) memcpy(d->tag, a->tag, n);
  }
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    uint64_t left = text ? rows_other_than_strings(a->tag, w, sel[w], n) : sel[w];
    for (; left; left &= left - 1) OTTL_TRY(coerce_row(vm, a, d, kind, n, (uint32_t)(w * 64 + (size_t)__builtin_ctzll(left))));
  }
  return OTTL_OK;
}

/* ---- calls ---- */

/* Arguments of a call as the handler sees them; NULL when out of memory. */
static ottl_arg *call_args(ottl_vm *vm, const ottl_code_call *cc) {
  const ottl_call_site *site = cc->site;
  ottl_arg *args = arena_zero(&vm->slice, (site->n_args + 1) * sizeof *args);
  for (uint32_t k = 0; args && k < site->n_args; k++) {
    const ottl_call_arg *from = &site->args[k];
    args[k] =
        (ottl_arg){.given = from->given, .is_literal = from->is_literal, .literal = from->literal, .function = from->function};
    if (cc->regs[k] != OTTL_NO_REG) args[k].reg = vm->r[cc->regs[k]];
    if (!cc->items[k]) continue;
    const ottl_reg **items = arena_alloc(&vm->slice, (from->n_items + 1) * sizeof *items);
    if (!items) return NULL;
    for (uint32_t i = 0; i < from->n_items; i++) items[i] = vm->r[cc->items[k][i]];
    args[k].items = items;
    args[k].n_items = from->n_items;
  }
  return args;
}

static bool exclude(ottl_vm *vm, ottl_reg *d, const ottl_reg *a, uint64_t *rows, uint32_t n) {
  if (OTTL_LIKELY(!a->has_err)) return true;
  if (!ottl__vm_inherit(vm, d, a, rows, n)) return false;
  for (size_t w = 0; w < BM_WORDS(n); w++) rows[w] &= ~(a->mask ? a->err[w] : -(a->err[0] & 1));
  return true;
}

static void read_clock(ottl_vm *vm) {
  struct timespec now;
  vm->clock_known = true;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return;
  vm->now_seconds = now.tv_sec;
  vm->now_nanos = (uint32_t)now.tv_nsec;
}

/* Prepares a call for rows `sel`: rows whose arguments failed are failures of d, and not in call->sel. */
ottl_status ottl__vm_call_begin(ottl_vm *vm, const ottl_code_call *cc, ottl_reg *d, const uint64_t *sel, uint32_t n,
                                ottl_call *call) {
  const ottl_function *f = &ottl__functions[cc->site->function];
  ottl_arg *args = call_args(vm, cc);
  size_t words = BM_WORDS(n);
  uint64_t *rows = arena_alloc(&vm->slice, words * 8 + 8), *err = arena_zero(&vm->slice, words * 8 + 8);
  uint16_t *code = arena_array(&vm->slice, n + 1, sizeof *code);
  if (!args || !rows || !err || !code) return OTTL_NOMEM;
  memcpy(rows, sel, words * 8);
  d->has_err = false;
  bool lazy = f->flags & OTTL_FN_LAZY; /* looks at failures itself, argument by argument */
  for (uint32_t k = 0; k < cc->site->n_args && !lazy; k++) {
    if (args[k].reg && !exclude(vm, d, args[k].reg, rows, n)) return OTTL_NOMEM;
    if (f->params[k].kind == OTTL_P_GETTERS) continue; /* evaluated one by one: the handler looks */
    for (uint32_t i = 0; i < args[k].n_items; i++) {
      if (!exclude(vm, d, args[k].items[i], rows, n)) return OTTL_NOMEM;
    }
  }
  if (OTTL_UNLIKELY(!vm->clock_known) && (f->flags & OTTL_FN_CLOCK || cc->site->reads_clock)) read_clock(vm);
  *call = (ottl_call){.arg = args,
                      .n_args = cc->site->n_args,
                      .out = d,
                      .sel = rows,
                      .n = n,
                      .prep = cc->site->prep,
                      .arena = &vm->batch->arena,
                      .scratch = vm->scratch,
                      .kernels = vm->kernels,
                      .now_seconds = vm->now_seconds,
                      .now_nanos = vm->now_nanos,
                      .err = err,
                      .code = code};
  return OTTL_OK;
}

ottl_status ottl__vm_call_end(ottl_vm *vm, ottl_reg *d, const ottl_call *call) {
  if (OTTL_LIKELY(!call->any_err)) return OTTL_OK;
  SEL_EACH(call->err, call->n, i) {
    if (!ottl__vm_fail(vm, d, call->n, i, call->code[i])) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

/* Runs the handler of call `index` on the rows of call->sel, which is memory of the call's own. */
static ottl_status call_handler(ottl_vm *vm, uint32_t index, ottl_call *call) {
  memo_run run;
  OTTL_TRY(ottl__memo_begin(vm, index, call, (uint64_t *)(uintptr_t)call->sel, &run));
  OTTL_TRY(ottl__functions[vm->code->calls[index].site->function].handler(call));
  ottl__memo_end(&run, call);
  if (OTTL_UNLIKELY(vm->frame->meter != NULL) && run.memo && !run.plain) {
    meter_part *part = &vm->frame->meter->parts[vm->frame->meter->part];
    part->memo_rows += run.n;
    part->memo_hits += run.n_copies;
  }
  return OTTL_OK;
}

ottl_status ottl__op_call(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->x];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  ottl_call call;
  if (!bm_any(sel, n)) {
    d->has_err = false;
    return OTTL_OK;
  }
  OTTL_TRY(ottl__vm_call_begin(vm, cc, d, sel, n, &call));
  OTTL_TRY(call_handler(vm, in->x, &call));
  return ottl__vm_call_end(vm, d, &call);
}

/* Failures of d become failures of the statement. */
static ottl_status report(ottl_vm *vm, const ottl_insn *in, ottl_reg *d, uint32_t statement, uint32_t n) {
  if (OTTL_LIKELY(!d->has_err)) return OTTL_OK;
  SEL_EACH(d->err, n, i) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, statement, 0, d->code[i]));
  d->has_err = false;
  return OTTL_OK;
}

ottl_status ottl__op_path_call(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->x];
  ottl_reg *d = vm->r[in->d];
  const ottl_reg *old = vm->r[in->a];
  uint64_t *changed = vm->r[in->b]->bits;
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  memset(changed, 0, BM_WORDS(n) * 8);
  d->has_err = false;
  if (!bm_any(sel, n)) return OTTL_OK;
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, d, sel, n, &call));
  uint64_t *rows = (uint64_t *)(uintptr_t)call.sel;
  if (!exclude(vm, d, old, rows, n)) return OTTL_NOMEM;
  ((ottl_arg *)(uintptr_t)call.arg)[0].reg = old;
  call.changed = changed;
  OTTL_TRY(call_handler(vm, in->x, &call));
  OTTL_TRY(ottl__vm_call_end(vm, d, &call));
  if (d->has_err) {
    for (size_t w = 0; w < BM_WORDS(n); w++) changed[w] &= ~d->err[w];
  }
  return report(vm, in, d, in->y, n);
}

ottl_status ottl__vm_edit_maps(ottl_vm *vm, const ottl_insn *in, ottl_call *call, ottl_rowmap **maps, uint64_t *changed,
                               ottl_reg *d, uint32_t function, uint32_t statement) {
  call->map = maps;
  call->changed = changed;
  OTTL_TRY(ottl__functions[function].handler(call));
  OTTL_TRY(ottl__vm_call_end(vm, d, call));
  return report(vm, in, d, statement, call->n);
}

static bool is_of_dictionary(const ottl_code_call *cc) {
  const ottl_expr *target = cc->site->args[0].expr;
  return target->kind == OTTL_E_PATH && field_is_dict_map(target->path->field);
}

ottl_status ottl__op_cell_edit(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->x];
  ottl_reg *d = vm->r[in->d];
  const ottl_reg *old = vm->r[in->a];
  uint64_t *changed = vm->r[in->b]->bits;
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  memset(changed, 0, BM_WORDS(n) * 8);
  d->has_err = false;
  if (!bm_any(sel, n)) return OTTL_OK;
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, d, sel, n, &call));
  call.of_dictionary = is_of_dictionary(cc);
  uint64_t *rows = (uint64_t *)(uintptr_t)call.sel;
  ottl_rowmap **maps = arena_zero(&vm->slice, (n + 1) * sizeof *maps);
  if (!maps || !exclude(vm, d, old, rows, n)) return OTTL_NOMEM;
  for (uint32_t i = 0; i < n; i++) {
    if (!bm_get(rows, i)) continue;
    ottl_cell c = reg_cell(old, i);
    uint16_t err = cell_type(c) == OTTL_T_MAP ? 0 : OTTL_ROWERR(WANT_MAP, cell_type(c));
    ottl_status status = err ? OTTL_OK : ottl__value_copy(&vm->batch->arena, c, &c);
    if (!err && status == OTTL_OK) status = ottl__value_to_tree(&vm->batch->arena, &c);
    if (status == OTTL_NOMEM) return status;
    if (status != OTTL_OK) err = OTTL_RE_BAD_WIRE;
    if (err) {
      bm_clear(rows, i);
      if (!ottl__vm_fail(vm, d, n, i, err)) return OTTL_NOMEM;
      continue;
    }
    maps[i] = cell_map(c);
    reg_put_cell(d, i, c);
  }
  return ottl__vm_edit_maps(vm, in, &call, maps, changed, d, cc->site->function, in->y);
}

ottl_status ottl__op_map_edit(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  if (!bm_any(sel, n)) return OTTL_OK;
  uint8_t level = vm->code->layout.maps[cc->map].level;
  ottl_reg failures = {.mask = UINT32_MAX};
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, &failures, sel, n, &call));
  call.of_dictionary = is_of_dictionary(cc);
  ottl_rowmaps *of = &vm->batch->maps[cc->map];
  ottl_rowmap **maps = arena_zero(&vm->slice, (n + 1) * sizeof *maps);
  uint64_t *changed = arena_zero(&vm->slice, BM_WORDS(n) * 8 + 8);
  if (!maps || !changed) return OTTL_NOMEM;
  if (level == in->level) OTTL_TRY(vm_flush_rows(vm, cc->map, level, call.sel, n));
  SEL_EACH(call.sel, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    if (level != in->level) OTTL_TRY(vm_flush(vm, cc->map, level, row));
    maps[i] = &of->rows[vm_row(vm, level, row)];
  }
  OTTL_TRY(ottl__vm_edit_maps(vm, in, &call, maps, changed, &failures, cc->site->function, in->x));
  if (in->flags & OTTL_EDIT_LAST) {
    for (size_t w = 0; w < BM_WORDS(n); w++) of->dirty[w] |= changed[w];
    return OTTL_OK;
  }
  SEL_EACH(changed, n, i) { OTTL_TRY(vm_reload(vm, cc->map, level, vm_up(vm, in->level, level, i))); }
  return OTTL_OK;
}

ottl_status ottl__op_flush(ottl_vm *vm, const ottl_insn *in) {
  uint8_t level = vm->code->layout.maps[in->x].level;
  const uint64_t *sel = level == in->level ? vm_sel(vm, in) : vm->all[level];
  return vm_flush_rows(vm, in->x, level, sel, vm_n(vm, level));
}

ottl_status ottl__op_place(ottl_vm *vm, const ottl_insn *in) {
  uint8_t level = vm->code->layout.columns[in->a].level;
  const uint64_t *sel = level == in->level ? vm_sel(vm, in) : vm->all[level];
  if (!vm->code->layout.maps[vm->code->layout.columns[in->a].map].entries)
    return ottl__map_note(vm->batch, in->a, in->x, sel, vm_n(vm, level));
  return ottl__map_place(vm->batch, in->a, sel, vm->base[level], vm_n(vm, level));
}
