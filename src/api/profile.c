/* Profiles: codes are emitted once more to find out what each instruction is for; programs that nobody asks about carry nothing. */
#include <stdlib.h>

#include "api/profile.h"
#include "ottl/profile.h"

/* ---- life ---- */

static int by_place(const void *a, const void *b) {
  const profile_item *x = a, *y = b;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

static uint32_t n_parts(const ottl_code *code) { return code->n_conditions + code->n_statements; }

static ottl_status list_items(exec_profile *p, const ottl_program *program) {
  size_t n = 0;
  for (size_t i = 0; i < program->n_groups; i++) n += n_parts(&program->codes[i]);
  p->items = arena_array(&p->arena, n + 1, sizeof *p->items);
  if (!p->items) return OTTL_NOMEM;
  for (uint32_t i = 0; i < program->n_groups; i++) {
    const ottl_code *code = &program->codes[i];
    for (uint32_t k = 0; k < n_parts(code); k++) {
      program_origin from = {program->groups[i], k - code->n_conditions + (UINT32_C(1) << 31)}; /* behind all conditions */
      if (k < code->n_conditions) from = ottl__program_origin(program, i, k);
      p->items[p->n_items++] = (profile_item){i, k, from.group, from.condition};
    }
  }
  if (p->n_items > 1) qsort(p->items, p->n_items, sizeof *p->items, by_place);
  return OTTL_OK;
}

static ottl_status make_meters(exec_profile *p, const ottl_program *program) {
  p->meters = arena_zero(&p->arena, (program->n_groups + 1) * sizeof *p->meters);
  if (!p->meters) return OTTL_NOMEM;
  for (size_t i = 0; i < program->n_groups; i++) {
    ottl_code code;
    code_debug debug;
    OTTL_TRY(ottl__program_debug(program, i, &p->arena, &code, &debug));
    OTTL_TRY(ottl__meter_create(&p->arena, &code, &debug, &p->meters[i]));
  }
  return OTTL_OK;
}

static ottl_status profile_create(const ottl_exec *x, exec_profile **ret) {
  exec_profile *p = al_zero(&x->al, sizeof *p);
  if (!p) return OTTL_NOMEM;
  ottl__arena_init(&p->arena, &x->al, (size_t)16 << 10);
  p->clock_ns = ottl__meter_clock();
  ottl_status status = list_items(p, x->program);
  if (status == OTTL_OK) status = make_meters(p, x->program);
  if (status != OTTL_OK) {
    ottl__arena_done(&p->arena);
    al_free(&x->al, p, sizeof *p);
    return status;
  }
  *ret = p;
  return OTTL_OK;
}

static void attach(ottl_exec *x, const exec_profile *p) {
  for (size_t i = 0; i < x->program->n_groups; i++) x->frames[i]->meter = p ? p->meters[i] : NULL;
}

void ottl__profile_free(ottl_exec *x) {
  exec_profile *p = x->profile;
  if (!p) return;
  x->profile = NULL;
  ottl__arena_done(&p->arena);
  al_free(&x->al, p, sizeof *p);
}

ottl_status ottl_exec_profile(ottl_exec *x, bool on) {
  if (!x) return OTTL_INVALID_ARG;
  exec_profile *p = NULL;
  x->memory.refused = x->memory.over = false;
  ottl_status status = on ? profile_create(x, &p) : OTTL_OK;
  if (status != OTTL_OK) return x->memory.over ? OTTL_LIMIT : status;
  attach(x, p);
  ottl__profile_free(x);
  x->profile = p;
  return OTTL_OK;
}

/* ---- phases ---- */

void ottl__profile_phase(exec_profile *p, exec_phase phase) {
  int64_t now = ottl__meter_now(), ns = now - p->phase_begun - p->clock_ns;
  if (ns > 0) p->phase_ns[p->phase] += (uint64_t)ns;
  p->phase = phase;
  p->phase_begun = now;
}

void ottl__profile_begin(exec_profile *p, size_t bytes) {
  p->runs++;
  p->bytes += bytes;
  p->run_begun = p->phase_begun = ottl__meter_now();
  p->phase = PHASE_READ;
}

void ottl__profile_end(exec_profile *p) {
  ottl__profile_phase(p, PHASE_OTHER);
  p->nanoseconds += (uint64_t)(p->phase_begun - p->run_begun);
}

/* ---- what was counted ---- */

static uint64_t time_of(const ottl_code *code, const vm_meter *m, uint32_t part) {
  uint64_t ns = 0;
  for (uint32_t i = code->n_prologue; i < code->n_insns; i++) ns += m->debug.insns[i].part == part ? m->insns[i].ns : 0;
  return ns; /* bodies run inside of an instruction */
}

/* Operands of a part's condition: index of the first, and their number. */
static uint32_t operands_of(const vm_meter *m, uint32_t part, uint32_t *ret_first) {
  for (uint32_t i = 0; i < m->debug.n_marks; i++) {
    if (m->debug.marks[i].part != part) continue;
    *ret_first = m->debug.marks[i].first_operand;
    return m->debug.marks[i].n_operands;
  }
  return 0;
}

size_t ottl_profile_statements(const ottl_exec *x) { return x && x->profile ? x->profile->n_items : 0; }

static const profile_item *item_at(const ottl_exec *x, size_t i) {
  return i < ottl_profile_statements(x) ? &x->profile->items[i] : NULL;
}

ottl_status ottl_profile_statement(const ottl_exec *x, size_t statement, ottl_profile_statement_info *ret) {
  const profile_item *item = item_at(x, statement);
  if (!item || !ret || ret->struct_size < sizeof *ret) return OTTL_INVALID_ARG;
  const ottl_program *program = x->program;
  const ottl_code *code = &program->codes[item->code];
  const ottl_checked_group *checked = &program->checked[item->code];
  const vm_meter *m = x->profile->meters[item->code];
  const meter_part *part = &m->parts[item->part];
  bool condition = item->part < code->n_conditions;
  uint32_t first, k = item->part - code->n_conditions;
  uint32_t source = condition ? checked->conditions[item->part]->source_id : checked->statements[k].source_id;
  size_t n_operands = operands_of(m, item->part, &first);
  *ret = (ottl_profile_statement_info){
      .struct_size = sizeof *ret,
      .context = ottl__contexts[code->context].name,
      .group = item->group,
      .statement = condition ? UINT32_MAX : k,
      .condition = condition ? item->number : 0,
      .conditional = n_operands != 0,
      .row_order = code->row_order,
      .span = ottl__program_span(program, source, 0, ottl__program_source(program, source)->text.len),
      .rows = part->rows,
      .selected = part->selected,
      .errors = part->errors,
      .nanoseconds = time_of(code, m, item->part),
      .memo_rows = part->memo_rows,
      .memo_hits = part->memo_hits,
      .n_operands = n_operands};
  return OTTL_OK;
}

static ottl_profile_operand_kind operand_kind(const ottl_expr *x) {
  switch ((ottl_expr_kind)x->kind) {
  case OTTL_E_AND: return OTTL_OPERAND_AND;
  case OTTL_E_OR: return OTTL_OPERAND_OR;
  case OTTL_E_NOT: return OTTL_OPERAND_NOT;
  default: return OTTL_OPERAND_PLAIN;
  }
}

ottl_status ottl_profile_operand(const ottl_exec *x, size_t statement, size_t operand, ottl_profile_operand_info *ret) {
  const profile_item *item = item_at(x, statement);
  if (!item || !ret || ret->struct_size < sizeof *ret) return OTTL_INVALID_ARG;
  const vm_meter *m = x->profile->meters[item->code];
  uint32_t first = 0;
  if (operand >= operands_of(m, item->part, &first)) return OTTL_INVALID_ARG;
  const code_operand *o = &m->debug.operands[first + operand];
  const meter_operand *count = &m->operands[first + operand];
  *ret = (ottl_profile_operand_info){.struct_size = sizeof *ret,
                                     .kind = operand_kind(o->expr),
                                     .parent = o->parent == UINT32_MAX ? SIZE_MAX : o->parent - first,
                                     .span = ottl__program_span(x->program, o->expr->source_id, o->expr->begin, o->expr->end),
                                     .holds = count->holds,
                                     .fails = count->fails,
                                     .errors = count->errors};
  return OTTL_OK;
}

ottl_status ottl_profile_total(const ottl_exec *x, ottl_profile_total_info *ret) {
  const exec_profile *p = x ? x->profile : NULL;
  if (!p || !ret || ret->struct_size < sizeof *ret) return OTTL_INVALID_ARG;
  uint64_t statements = 0;
  for (size_t i = 0; i < x->program->n_groups; i++) {
    for (uint32_t k = 0; k < x->program->codes[i].n_insns; k++) statements += p->meters[i]->insns[k].ns;
  }
  *ret = (ottl_profile_total_info){.struct_size = sizeof *ret,
                                   .runs = p->runs,
                                   .bytes = p->bytes,
                                   .nanoseconds = p->nanoseconds,
                                   .reading = p->phase_ns[PHASE_READ],
                                   .statements = statements,
                                   .writing = p->phase_ns[PHASE_WRITE]};
  return OTTL_OK;
}
