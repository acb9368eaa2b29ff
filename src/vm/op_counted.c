/* limit and truncate_all in the key tier. */
#include "batch/keyset.h"
#include "vm/vm.h"

/* Rows of call->sel that go by a list of their entries are edited as in the entry tier; the others are left in call->sel. */
static ottl_status edit_lists(ottl_vm *vm, const ottl_insn *in, ottl_call *call, ottl_reg *failures) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  const uint32_t n = call->n;
  uint64_t *rows = (uint64_t *)(uintptr_t)call->sel;
  uint64_t *listed = arena_zero(&vm->slice, BM_WORDS(n) * 8 + 8);
  bool any;
  if (!listed) return OTTL_NOMEM;
  OTTL_TRY(ottl__map_listed(vm->batch, cc->map, rows, listed, n, &any));
  if (OTTL_LIKELY(!any)) return OTTL_OK;
  ottl_rowmap **maps = arena_zero(&vm->slice, (n + 1) * sizeof *maps);
  uint64_t *changed = arena_zero(&vm->slice, BM_WORDS(n) * 8 + 8);
  if (!maps || !changed) return OTTL_NOMEM;
  SEL_EACH(listed, n, i) maps[i] = &vm->batch->maps[cc->map].rows[i];
  call->sel = listed;
  OTTL_TRY(ottl__vm_edit_maps(vm, in, call, maps, changed, failures, cc->site->function, in->x));
  call->sel = rows;
  SEL_EACH(changed, n, i) OTTL_TRY(vm_reload(vm, cc->map, in->level, i));
  return OTTL_OK;
}

ottl_status ottl__op_limit_keys(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  uint32_t n = vm_n(vm, in->level);
  ottl_reg failures = {.mask = UINT32_MAX};
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, &failures, vm_sel(vm, in), n, &call));
  OTTL_TRY(edit_lists(vm, in, &call, &failures));
  const ottl_cell literal = call.arg[2].literal;
  const ottl_list *keys = cell_is_tree(literal) ? cell_list(literal) : NULL;
  const uint32_t n_first = keys ? keys->n : 0;
  uint16_t *first = arena_array(&vm->slice, (size_t)n_first + 1, sizeof *first);
  if (!first) return OTTL_NOMEM;
  for (uint32_t k = 0; k < n_first; k++) {
    ottl_view key = cell_view(keys->items[k]);
    first[k] = keyset_find(&vm->batch->keysets[cc->map], key.data, (uint32_t)key.len);
    if (first[k] == OTTL_NO_COLUMN) return OTTL_INTERNAL; /* the layout made one for each */
  }
  return ottl__map_limit(vm->batch, cc->map, call.sel, n, (int64_t)call.arg[1].literal.word, first, n_first);
}

ottl_status ottl__op_truncate_keys(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  const ottl_map_spec *spec = &vm->code->layout.maps[cc->map];
  ottl_reg failures = {.mask = UINT32_MAX};
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, &failures, vm_sel(vm, in), vm_n(vm, in->level), &call));
  OTTL_TRY(edit_lists(vm, in, &call, &failures));
  for (unsigned k = 0; k < spec->n_columns; k++)
    OTTL_TRY(ottl__truncate_column(&call, &vm->batch->columns[spec->first_column + k]));
  if (OTTL_LIKELY(!ottl__map_any_long_text(vm->batch))) return OTTL_OK;
  SEL_EACH(call.sel, call.n, i) {
    uint32_t n;
    bool cut = false;
    ottl_long_text *texts = ottl__map_long_texts(vm->batch, i, &n);
    if (n) OTTL_TRY(ottl__truncate_texts(&call, texts, n, &cut));
    if (cut) ottl__map_texts_cut(vm->batch, cc->map, i);
  }
  return OTTL_OK;
}
