/* Calls of functions that work on whole records: the rows of the group's own level, or those right above it. */
#include "sema/tables.h"
#include "vm/vm.h"

/* The records of the rows that the handler is asked for. */
static ottl_status records_begin(ottl_vm *vm, uint32_t flags, ottl_call *call) {
  call->record = arena_zero(&vm->slice, (call->n + 1) * sizeof *call->record);
  if (!call->record) return OTTL_NOMEM;
  SEL_EACH(call->sel, call->n, i) {
    ottl_record r;
    OTTL_TRY(flags & OTTL_FN_ABOVE ? ottl__batch_record_above(vm->batch, i, &r) : ottl__batch_record(vm->batch, i, &r));
    call->record[i].body = view_of(r.body, r.len);
    call->record[i].kind = r.kind;
  }
  return OTTL_OK;
}

ottl_status ottl__op_record_call(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->x];
  const ottl_function *f = &ottl__functions[cc->site->function];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  ottl_call call;
  d->has_err = false;
  if (!bm_any(sel, n)) return OTTL_OK;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, d, sel, n, &call));
  OTTL_TRY(records_begin(vm, f->flags, &call));
  OTTL_TRY(f->handler(&call));
  return ottl__vm_call_end(vm, d, &call);
}

static ottl_status take_body(ottl_vm *vm, uint32_t i, const ottl_call_record *r) {
  if (r->edited.len > INT32_MAX || r->appended.len > INT32_MAX) return OTTL_LIMIT;
  if (r->edited.data) OTTL_TRY(ottl__batch_record_set(vm->batch, i, r->edited.data, (uint32_t)r->edited.len));
  if (!r->appended.data) return OTTL_OK;
  ottl_batch *b = vm->batch;
  if (b->n_appended >= ottl__limits[OTTL_LIMIT_APPENDED].standard ||
      b->appended_bytes + r->appended.len > ottl__limits[OTTL_LIMIT_APPENDED_BYTES].standard) {
    b->error_text = "statements append too many metrics: the statement wants a `where` that selects fewer";
    return OTTL_LIMIT;
  }
  return ottl__batch_append(b, i, r->appended.data, (uint32_t)r->appended.len);
}

ottl_status ottl__op_record_edit(ottl_vm *vm, const ottl_insn *in) {
  const ottl_code_call *cc = &vm->code->calls[in->y];
  const ottl_function *f = &ottl__functions[cc->site->function];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  if (!bm_any(sel, n)) return OTTL_OK;
  ottl_reg failures = {.mask = UINT32_MAX};
  ottl_call call;
  OTTL_TRY(ottl__vm_call_begin(vm, cc, &failures, sel, n, &call));
  OTTL_TRY(records_begin(vm, f->flags, &call));
  OTTL_TRY(f->handler(&call));
  OTTL_TRY(ottl__vm_call_end(vm, &failures, &call));
  SEL_EACH(call.sel, n, i) OTTL_TRY(take_body(vm, i, &call.record[i]));
  if (!failures.has_err) return OTTL_OK;
  SEL_EACH(failures.err, n, i) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, failures.code[i]));
  return OTTL_OK;
}
