/* Meters of codes. Off the hot path: one row after another, whatever is simplest. */
#include <time.h>

#include "vm/meter.h"

ottl_status ottl__meter_create(ottl_arena *arena, const ottl_code *code, const code_debug *debug, vm_meter **ret) {
  vm_meter *m = arena_zero(arena, sizeof *m);
  if (!m) return OTTL_NOMEM;
  m->debug = *debug;
  m->n_parts = code->n_conditions + code->n_statements;
  m->parts = arena_array(arena, (size_t)m->n_parts + 1, sizeof *m->parts);
  m->operands = arena_array(arena, (size_t)debug->n_operands + 1, sizeof *m->operands);
  m->insns = arena_array(arena, (size_t)code->n_insns + 1, sizeof *m->insns);
  m->bodies = arena_array(arena, (size_t)code->n_bodies + 1, sizeof *m->bodies);
  if (!m->parts || !m->operands || !m->insns || !m->bodies) return OTTL_NOMEM;
  m->clock_ns = ottl__meter_clock();
  ottl__meter_reset(m, code);
  *ret = m;
  return OTTL_OK;
}

void ottl__meter_reset(vm_meter *m, const ottl_code *code) {
  memset(m->parts, 0, m->n_parts * sizeof *m->parts);
  memset(m->operands, 0, m->debug.n_operands * sizeof *m->operands);
  memset(m->insns, 0, code->n_insns * sizeof *m->insns);
  memset(m->bodies, 0, code->n_bodies * sizeof *m->bodies);
}

int64_t ottl__meter_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t ottl__meter_clock(void) {
  int64_t least = INT64_MAX, before = ottl__meter_now();
  for (int i = 0; i < 64; i++) {
    int64_t now = ottl__meter_now();
    if (now - before < least) least = now - before;
    before = now;
  }
  return least;
}

/* ---- conditions ---- */

meter_answer ottl__meter_answer(const ottl_vm *vm, const code_operand *o, uint32_t i) {
  if (o->reg == OTTL_NO_REG) return o->expr->literal.word ? ANSWER_TRUE : ANSWER_FALSE;
  const ottl_reg *r = vm->r[o->reg];
  uint32_t at = r->mask ? vm_up(vm, vm->code->level, r->level, i) : 0;
  if (reg_failed(r, at)) return ANSWER_ERROR;
  return r->store == OTTL_STORE_BOOL ? reg_bool(r, at) : reg_cell(r, at).word != 0;
}

/* Row i of the code's level asks operand k, and it asks its own operands as the reference does: until one decides. */
static meter_answer ask(const ottl_vm *vm, vm_meter *m, uint32_t k, uint32_t i) {
  const code_operand *o = &m->debug.operands[k];
  meter_answer answer = ottl__meter_answer(vm, o, i);
  meter_operand *count = &m->operands[k];
  if (answer == ANSWER_ERROR)
    count->errors++;
  else if (answer == ANSWER_TRUE)
    count->holds++;
  else
    count->fails++;
  meter_answer goes_on = o->expr->kind == OTTL_E_OR ? ANSWER_FALSE : ANSWER_TRUE;
  for (uint32_t next = k + 1; next < o->next; next = m->debug.operands[next].next) {
    if (ask(vm, m, next, i) != goes_on) break;
  }
  return answer;
}

static void mark(ottl_vm *vm, vm_meter *m, const code_mark *mark) {
  uint8_t own = vm->code->level;
  const uint64_t *base = vm_bits(vm, mark->base, mark->level);
  meter_part *part = &m->parts[mark->part];
  SEL_EACH(vm->all[own], vm->batch->n, i) {
    if (!bm_get(base, vm_up(vm, own, mark->level, i)) || (mark->stops && bm_get(vm->stopped, i))) continue;
    part->rows++;
    part->selected += mark->n_operands == 0 || ask(vm, m, mark->first_operand, i) == ANSWER_TRUE;
  }
}

void ottl__meter_marks(ottl_vm *vm, uint32_t i, uint32_t *next) {
  vm_meter *m = vm->frame->meter;
  for (; *next < m->debug.n_marks && m->debug.marks[*next].at == i; ++*next) mark(vm, m, &m->debug.marks[*next]);
}

/* ---- time ---- */

void ottl__meter_ran(ottl_vm *vm, meter_insn *of, const ottl_insn *in, int64_t *begun) {
  int64_t now = ottl__meter_now(), ns = now - *begun - vm->frame->meter->clock_ns;
  of->ns += ns > 0 ? (uint64_t)ns : 0;
  of->runs++;
  of->rows += vm_n(vm, in->level);
  *begun = ottl__meter_now();
}

void ottl__meter_failed(vm_meter *m, const ottl_code *code, uint32_t statement, uint32_t condition) {
  uint32_t part = statement == UINT32_MAX ? condition : code->n_conditions + statement;
  if (part < m->n_parts) m->parts[part].errors++;
}
