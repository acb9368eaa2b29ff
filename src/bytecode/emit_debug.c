/* What code is for: which part each instruction serves, where the operands of conditions lie, what was there already. */
#include "bytecode/emit.h"

#define NONE UINT32_MAX

void ottl__debug_insn(ottl_emit *e, uint8_t level) {
  emit_debug *d = e->debug;
  if (!d || e->status != OTTL_OK) return;
  emit_origins *to = level == OTTL_LEVEL_CONST  ? &d->prologue
                     : level > OTTL_LEVEL_CONST ? &d->lambda[level - OTTL_LEVEL_LAMBDA(0)]
                                                : &d->insns;
  if (!ottl__emit_grow(e, &to->items, &to->cap, to->n + 1, sizeof *to->items)) return;
  to->items[to->n++] = (code_origin){d->expr, d->part};
}

void ottl__debug_body(ottl_emit *e, uint8_t depth) {
  emit_debug *d = e->debug;
  if (!d || e->status != OTTL_OK) return;
  emit_origins *from = &d->lambda[depth], *to = &d->bodies;
  if (!ottl__emit_grow(e, &to->items, &to->cap, to->n + from->n, sizeof *to->items)) return;
  if (from->n) memcpy(to->items + to->n, from->items, from->n * sizeof *from->items);
  to->n += from->n;
  from->n = 0;
}

void ottl__debug_part(ottl_emit *e, uint32_t part) {
  if (!e->debug) return;
  e->debug->part = part;
  e->debug->expr = NULL;
}

void ottl__debug_editor(ottl_emit *e, const ottl_expr *x) {
  if (e->debug) e->debug->expr = x;
}

const ottl_expr *ottl__debug_expr(ottl_emit *e, const ottl_expr *x) {
  if (!e->debug) return NULL;
  const ottl_expr *before = e->debug->expr;
  e->debug->expr = x;
  return before;
}

static uint32_t address_hash(const ottl_expr *x) { return (uint32_t)(((uintptr_t)x >> 4) * 0x9e3779b1u); }

void ottl__debug_value(ottl_emit *e, const ottl_expr *x, const ottl_expr *first, uint16_t reg) {
  emit_debug *d = e->debug;
  if (!d || e->status != OTTL_OK) return;
  if (!ottl__emit_grow(e, &d->values, &d->cap_values, d->n_values + 1, sizeof *d->values)) return;
  e->status = ottl__hash_index_add(&e->al, &d->values_by, address_hash(x), (uint32_t)d->n_values);
  d->values[d->n_values++] = (struct debug_value){x, first, d->part, (uint32_t)e->n_insns, reg};
  if (first == x || !ottl__emit_grow(e, &d->reuses, &d->cap_reuses, d->n_reuses + 1, sizeof *d->reuses)) return;
  d->reuses[d->n_reuses++] = (code_reuse){x, first, d->part};
}

/* The newest: an expression is emitted twice where a store wants what its target's editor read. */
static const struct debug_value *value_of(const emit_debug *d, const ottl_expr *x) {
  const struct debug_value *found = NULL;
  uint32_t i;
  for (hash_cursor c = hash_begin(&d->values_by, address_hash(x)); hash_next(&c, &i);) {
    if (d->values[i].expr == x && (!found || &d->values[i] > found)) found = &d->values[i];
  }
  return found;
}

/* x as it is written, and the expression that its value was computed for, whose operands have the registers. */
static void add_operand(ottl_emit *e, const ottl_expr *x, const ottl_expr *computed, uint32_t parent) {
  emit_debug *d = e->debug;
  const struct debug_value *v = value_of(d, computed);
  if (!ottl__emit_grow(e, &d->operands, &d->cap_operands, d->n_operands + 1, sizeof *d->operands)) return;
  size_t at = d->n_operands++;
  d->operands[at] = (code_operand){x, parent, 0, v ? v->reg : OTTL_NO_REG};
  const ottl_expr *first = v ? v->first : computed;
  bool inner = x->kind == OTTL_E_AND || x->kind == OTTL_E_OR || x->kind == OTTL_E_NOT;
  for (uint32_t i = 0; inner && i < x->n_kids && e->status == OTTL_OK; i++)
    add_operand(e, x->kids[i], first->kids[i], (uint32_t)at);
  if (e->status == OTTL_OK) d->operands[at].next = (uint32_t)d->n_operands;
}

void ottl__debug_mark(ottl_emit *e, const ottl_expr *condition, uint8_t level, uint16_t base, bool stops) {
  emit_debug *d = e->debug;
  if (!d || e->status != OTTL_OK) return;
  uint32_t first = (uint32_t)d->n_operands;
  if (condition) add_operand(e, condition, condition, NONE);
  if (!ottl__emit_grow(e, &d->marks, &d->cap_marks, d->n_marks + 1, sizeof *d->marks)) return;
  d->marks[d->n_marks++] = (code_mark){(uint32_t)e->n_insns, d->part, base, level, stops, first, (uint32_t)d->n_operands - first};
}

static void *copy_of(ottl_emit *e, const void *items, size_t n, size_t item_bytes) {
  void *p = arena_array(e->arena, n + 1, item_bytes);
  if (!p) e->status = OTTL_NOMEM;
  if (p && n) memcpy(p, items, n * item_bytes);
  return p;
}

void ottl__debug_finish(ottl_emit *e) {
  emit_debug *d = e->debug;
  if (!d || e->status != OTTL_OK) return;
  code_debug *out = d->out;
  size_t n = d->prologue.n + d->insns.n;
  out->insns = arena_array(e->arena, n + 1, sizeof *out->insns);
  if (!out->insns) {
    e->status = OTTL_NOMEM;
    return;
  }
  if (d->prologue.n) memcpy(out->insns, d->prologue.items, d->prologue.n * sizeof *out->insns);
  if (d->insns.n) memcpy(out->insns + d->prologue.n, d->insns.items, d->insns.n * sizeof *out->insns);
  out->bodies = copy_of(e, d->bodies.items, d->bodies.n, sizeof *out->bodies);
  out->marks = copy_of(e, d->marks, d->n_marks, sizeof *out->marks);
  out->operands = copy_of(e, d->operands, d->n_operands, sizeof *out->operands);
  out->reuses = copy_of(e, d->reuses, d->n_reuses, sizeof *out->reuses);
  out->values = arena_array(e->arena, d->n_values + 1, sizeof *out->values);
  out->n_values = 0;
  if (!out->values) e->status = OTTL_NOMEM;
  for (size_t i = 0; i < d->n_values && e->status == OTTL_OK; i++) {
    const struct debug_value *v = &d->values[i];
    if (v->expr->locals) continue; /* elements of a lambda */
    out->values[out->n_values++] = (code_value){v->expr, v->first, v->part, v->at + (uint32_t)d->prologue.n, v->reg};
  }
  out->n_marks = (uint32_t)d->n_marks;
  out->n_operands = (uint32_t)d->n_operands;
  out->n_reuses = (uint32_t)d->n_reuses;
  for (uint32_t i = 0; e->status == OTTL_OK && i < out->n_marks; i++) out->marks[i].at += (uint32_t)d->prologue.n;
}
