/* Functions on lambdas. The source is computed for all rows; the body of the lambda becomes code of its own over the elements of
 * all rows, flattened. What in the body depends on no parameter is computed before, once for each row. */
#include "bytecode/emit.h"

/* Values of the elements' level mean nothing once the body is done. */
static void forget(ottl_emit *e, uint8_t level) {
  size_t kept = 0;
  for (size_t i = 0; i < e->n_values; i++) {
    if (e->regs[e->values[i].reg].level != level) e->values[kept++] = e->values[i];
  }
  if (kept == e->n_values) return;
  e->n_values = kept;
  ottl__emit_link_values(e);
}

static void emit_body(ottl_emit *e, const ottl_expr *lambda, ottl_code_lambda *ret) {
  uint8_t depth = lambda->context, level = (uint8_t)OTTL_LEVEL_LAMBDA(depth), outer = e->inner;
  struct emit_lambda *l = &e->lambda[depth];
  *ret = (ottl_code_lambda){.level = level, .n_formals = lambda->op};
  l->n = 0;
  for (unsigned i = 0; i < lambda->op; i++) ret->formal[i] = l->formal[i] = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level);
  e->inner = level;
  ret->result = ottl__emit_at(e, lambda->kids[0], level, OTTL_SEL_ALL);
  e->inner = outer;
  if (e->status != OTTL_OK) return;
  forget(e, level);
  if (!ottl__emit_grow(e, &e->bodies, &e->cap_bodies, e->n_bodies + l->n, sizeof *e->bodies)) return;
  if (l->n) memcpy(e->bodies + e->n_bodies, l->insns, l->n * sizeof *l->insns);
  ottl__debug_body(e, depth);
  ret->first = (uint32_t)e->n_bodies;
  ret->n = (uint32_t)l->n;
  e->n_bodies += l->n;
}

uint16_t ottl__emit_lambda(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  const ottl_call_site *site = x->call;
  const ottl_function *f = &ottl__functions[site->function];
  ottl_code_lambda *lambdas = arena_zero(e->arena, (site->n_args + 1) * sizeof *lambdas);
  uint16_t call = ottl__emit_call(e, x, level, sel);
  if (!lambdas) e->status = OTTL_NOMEM;
  uint32_t n = 0;
  for (uint32_t i = 0; i < site->n_args && e->status == OTTL_OK; i++) {
    const ottl_expr *a = site->args[i].given ? site->args[i].expr : NULL;
    if (a && a->kind == OTTL_E_LAMBDA) emit_body(e, a, &lambdas[n++]);
  }
  if (e->status != OTTL_OK) return 0;
  e->calls[call].lambdas = lambdas;
  e->calls[call].n_lambdas = n;
  uint8_t type;
  ottl_store store = store_of_types(f->result, &type);
  uint16_t d = ottl__emit_reg(e, (uint8_t)store, type, level);
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_LAMBDA, .level = level, .d = d, .s = sel, .x = call});
  return d;
}
