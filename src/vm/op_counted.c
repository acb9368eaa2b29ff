/* limit, truncate_all, and what else looks at values alone, in the key tier. */
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
  memset(call->err, 0, BM_WORDS(n) * 8); /* those are told */
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

/* The list, with room of its own, and the row's columns behind what it has. */
static ottl_status add_columns(ottl_vm *vm, const ottl_map_spec *spec, uint32_t i, ottl_rowmap *list) {
  const uint32_t noted = list->n;
  ottl_entry *items = arena_array(&vm->slice, (size_t)noted + spec->n_columns, sizeof *items);
  if (!items) return OTTL_NOMEM;
  if (noted) memcpy(items, list->items, noted * sizeof *items);
  *list = (ottl_rowmap){items, noted, noted + spec->n_columns, NULL};
  for (unsigned c = spec->first_column, stop = c + spec->n_columns; c < stop; c++) {
    const ottl_reg *col = &vm->batch->columns[c];
    if (col->tag[i] == OTTL_T_ABSENT) continue;
    items[list->n++] =
        (ottl_entry){.word = col->word[i], .len = col->len[i], .keyid = OTTL_NO_KEY, .column = (uint16_t)c, .tag = col->tag[i]};
  }
  return OTTL_OK;
}

/* What was written to the list goes where it came from. */
static void take_back(ottl_vm *vm, uint32_t m, uint32_t i, const ottl_rowmap *list) {
  const ottl_rowmap noted = ottl__map_noted(vm->batch, i);
  ottl__map_noted_changed(vm->batch, m, i);
  if (list->items == noted.items) return;
  if (noted.n) memcpy(noted.items, list->items, noted.n * sizeof *noted.items);
  for (const ottl_entry *e = list->items + noted.n, *stop = list->items + list->n; e < stop; e++) {
    if (e->dirty) col_set(&vm->batch->columns[e->column], i, entry_cell(e));
  }
}

/* Runs the editor on rows of call->sel: on their noted values, and on those of columns. */
static ottl_status edit_values(ottl_vm *vm, const ottl_insn *in, ottl_call *call, ottl_reg *failures, bool columns) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  const ottl_map_spec *spec = &vm->code->layout.maps[cc->map];
  const uint32_t n = call->n;
  ottl_rowmap *lists = arena_array(&vm->slice, (size_t)n + 1, sizeof *lists);
  ottl_rowmap **maps = arena_array(&vm->slice, (size_t)n + 1, sizeof *maps);
  uint64_t *changed = arena_zero(&vm->slice, BM_WORDS(n) * 8 + 8);
  if (!lists || !maps || !changed) return OTTL_NOMEM;
  SEL_EACH(call->sel, n, i) {
    maps[i] = &lists[i];
    lists[i] = ottl__map_noted(vm->batch, i);
    if (columns && spec->n_columns) OTTL_TRY(add_columns(vm, spec, i, &lists[i]));
  }
  OTTL_TRY(ottl__vm_edit_maps(vm, in, call, maps, changed, failures, cc->site->function, in->x));
  SEL_EACH(changed, n, i) take_back(vm, cc->map, i, &lists[i]);
  return OTTL_OK;
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
  return ottl__map_any_noted(vm->batch) ? edit_values(vm, in, &call, &failures, false) : OTTL_OK;
}

ottl_status ottl__op_edit_values(ottl_vm *vm, const ottl_insn *in) {
  ottl_reg failures = {.mask = UINT32_MAX};
  ottl_call call;
  const uint64_t *sel = vm_sel(vm, in);
  const uint32_t n = vm_n(vm, in->level);
  if (!bm_any(sel, n)) return OTTL_OK;
  OTTL_TRY(ottl__vm_call_begin(vm, &vm->code->calls[in->y], &failures, sel, n, &call));
  OTTL_TRY(edit_lists(vm, in, &call, &failures));
  return edit_values(vm, in, &call, &failures, true);
}
