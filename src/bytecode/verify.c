/* The verifier: every operand of every instruction is what the opcode table says, before anything runs. */
#include "bytecode/code.h"

typedef struct op_info {
  const char *name, *operands, *synopsis;
} op_info;

static const op_info infos[] = {
#define OP(name, operands, handler, synopsis) {#name, operands, synopsis},
#include "opcodes.def"
#undef OP
};

static bool reg_ok(const ottl_code *c, uint16_t r) { return r < c->n_regs; }

static bool sel_ok(const ottl_code *c, uint16_t s) {
  return s == OTTL_SEL_ALL || (reg_ok(c, s) && c->regs[s].store == OTTL_STORE_BOOL && !c->regs[s].column);
}

static bool list_ok(const ottl_code *c, const ottl_insn *in) {
  uint64_t n = in->op == OTTL_OP_MAP ? 2 * (uint64_t)in->y : in->y;
  if (in->op == OTTL_OP_SET_PATH || in->op == OTTL_OP_SET_MAP_PATH || in->op == OTTL_OP_KEEP_KEYS) {
    uint32_t skip = in->op == OTTL_OP_SET_MAP_PATH;
    if ((uint64_t)in->y + skip >= c->n_pool) return false;
    uint32_t count = c->pool[in->y + skip], first = in->y + skip + 1;
    if ((uint64_t)first + count > c->n_pool || (skip && (count == 0 || c->pool[in->y] >= c->layout.n_maps))) return false;
    for (uint32_t i = 0; i < count; i++) {
      if (!reg_ok(c, c->pool[first + i])) return false;
    }
    return true;
  }
  if (in->x + n > c->n_pool) return false;
  for (uint64_t i = 0; i < n; i++) {
    uint16_t v = c->pool[in->x + i];
    bool name = in->op == OTTL_OP_MAP && i % 2 == 0;
    if (name ? v >= c->n_names : !reg_ok(c, v)) return false;
  }
  return true;
}

static const char *check(const ottl_code *c, const ottl_insn *in) {
  const char *f = infos[in->op].operands;
  if (in->level >= OTTL_CODE_LEVELS || (in->level > c->level && in->level < OTTL_LEVEL_CONST)) return "level";
  bool no_column =
      in->a == OTTL_NO_REG && (in->op == OTTL_OP_VIEW || in->op == OTTL_OP_SET_VIEW || in->op == OTTL_OP_SET_MAP_PATH);
  bool a_is_sel = in->op == OTTL_OP_SEL_AND || in->op == OTTL_OP_SEL_NOT || in->op == OTTL_OP_ACTIVE || in->op == OTTL_OP_DROP ||
                  in->op == OTTL_OP_ROUTE_ROWS;
  bool b_is_sel = in->op == OTTL_OP_CONDITION || in->op == OTTL_OP_ROUTE || in->op == OTTL_OP_SELECT ||
                  in->op == OTTL_OP_PATH_CALL || in->op == OTTL_OP_CELL_EDIT;
  if (f[0] == 'd' && (!reg_ok(c, in->d) || c->regs[in->d].column || c->regs[in->d].constant || c->regs[in->d].level != in->level))
    return "d";
  if (f[1] == 'a' && !no_column && !(a_is_sel ? sel_ok(c, in->a) : reg_ok(c, in->a))) return "a";
  if (f[2] == 'b' && !(b_is_sel ? sel_ok(c, in->b) : reg_ok(c, in->b))) return "b";
  if (f[3] == 's' && !sel_ok(c, in->s)) return "s";
  if ((f[4] == 'C' && in->x >= c->n_calls) || (f[5] == 'C' && in->y >= c->n_calls)) return "call";
  if ((f[4] == 'm' && in->x >= c->layout.n_maps) || (f[5] == 'm' && in->y >= c->layout.n_maps)) return "map";
  if (f[5] == 'A' && !list_ok(c, in)) return "operand list";
  bool stores = in->op == OTTL_OP_SET_KEY || in->op == OTTL_OP_SET_PATH || in->op == OTTL_OP_DELETE_KEY ||
                in->op == OTTL_OP_PLACE || (in->op == OTTL_OP_SET_VIEW && !no_column);
  if (stores && !c->regs[in->a].column) return "column";
  return NULL;
}

static const char *check_lambdas(const ottl_code *c, const ottl_code_call *call) {
  for (uint32_t i = 0; i < call->n_lambdas; i++) {
    const ottl_code_lambda *l = &call->lambdas[i];
    if (l->first > c->n_bodies || l->n > c->n_bodies - l->first) return "body";
    if (l->level <= OTTL_LEVEL_CONST || l->level >= OTTL_CODE_LEVELS || l->n_formals > OTTL_COUNT(l->formal)) return "lambda";
    if (!reg_ok(c, l->result) || (c->regs[l->result].level != l->level && c->regs[l->result].level != OTTL_LEVEL_CONST))
      return "result";
    for (unsigned k = 0; k < l->n_formals; k++) {
      if (!reg_ok(c, l->formal[k]) || c->regs[l->formal[k]].level != l->level) return "formal";
    }
  }
  return NULL;
}

ottl_status ottl__code_verify(const ottl_code *code, const char **ret_text) {
  const char *what = NULL;
  for (uint32_t i = 0; i < code->n_insns && !what; i++) {
    const ottl_insn *in = &code->insns[i];
    what = in->op >= OTTL_OP_COUNT ? "opcode" : check(code, in);
    if (!what && (in->level == OTTL_LEVEL_CONST) != (i < code->n_prologue)) what = "prologue";
    if (!what && in->level > OTTL_LEVEL_CONST) what = "element outside of a body";
  }
  for (uint32_t i = 0; i < code->n_bodies && !what; i++) {
    const ottl_insn *in = &code->bodies[i];
    what = in->op >= OTTL_OP_COUNT ? "opcode" : in->level <= OTTL_LEVEL_CONST ? "row inside a body" : check(code, in);
  }
  for (uint32_t i = 0; i < code->n_calls && !what; i++) what = check_lambdas(code, &code->calls[i]);
  if (!what) return OTTL_OK;
  if (ret_text) *ret_text = what;
  return OTTL_INTERNAL;
}

static void put_reg(const ottl_code *c, ottl_sbuf *out, uint16_t r) {
  if (r == OTTL_SEL_ALL) {
    ottl__sbuf_printf(out, " all");
  } else if (r < c->layout.n_columns) {
    const ottl_column_spec *s = &c->layout.columns[r];
    if (s->source == OTTL_COL_KEY) {
      ottl__sbuf_printf(out, " c%u[%.*s]", r, (int)s->key.len, s->key.data);
    } else {
      ottl__sbuf_printf(out, " c%u{%s}", r, ottl__fields[s->field].name);
    }
  } else {
    ottl__sbuf_printf(out, " %c%u", c->regs[r].constant ? 'k' : 'r', r);
  }
}

static void put_operands(const ottl_code *c, ottl_sbuf *out, uint32_t i, const ottl_insn *in) {
  const char *f = infos[in->op].operands;
  ottl__sbuf_printf(out, "%4u L%u %-16s", i, in->level, infos[in->op].name);
  if (f[0] == 'd') put_reg(c, out, in->d);
  if (f[1] == 'a') put_reg(c, out, in->a);
  if (f[2] == 'b') put_reg(c, out, in->b);
  if (f[3] == 's') {
    sbuf_str(out, " /");
    put_reg(c, out, in->s);
  }
  if (f[4] == 'C' || f[5] == 'C') {
    const ottl_code_call *call = &c->calls[f[4] == 'C' ? in->x : in->y];
    ottl__sbuf_printf(out, " %s(", ottl__functions[call->site->function].name);
    for (uint32_t k = 0; k < call->site->n_args; k++) {
      if (call->regs[k] != OTTL_NO_REG) put_reg(c, out, call->regs[k]);
    }
    sbuf_str(out, " )");
  } else {
    if (f[4] != '-') ottl__sbuf_printf(out, " x=%u", in->x);
    if (f[5] != '-') ottl__sbuf_printf(out, " y=%u", in->y);
  }
}

static void put_insn(const ottl_code *c, ottl_sbuf *out, uint32_t i, const ottl_insn *in) {
  put_operands(c, out, i, in);
  ottl__sbuf_printf(out, "\t; %s\n", infos[in->op].synopsis);
}

void ottl__code_instruction(const ottl_code *c, ottl_sbuf *out, uint32_t i) { put_operands(c, out, i, &c->insns[i]); }

void ottl__code_disassemble(const ottl_code *c, ottl_sbuf *out) {
  ottl__sbuf_printf(out, "; %s, %s%s%s\n", ottl__contexts[c->context].name, c->row_order ? "row order" : "vectorized",
                    c->row_order_reason ? ": " : "", c->row_order_reason ? c->row_order_reason : "");
  for (uint16_t m = 0; m < c->layout.n_maps; m++) {
    const ottl_map_spec *s = &c->layout.maps[m];
    ottl__sbuf_printf(out, "; map %u: %s, %s tier, %u keys\n", m,
                      s->field == OTTL_FIELD_COUNT ? "cache" : ottl__fields[s->field].name, s->entries ? "entry" : "key",
                      s->n_columns);
  }
  for (uint32_t i = 0; i < c->n_insns; i++) put_insn(c, out, i, &c->insns[i]);
  for (uint32_t k = 0; k < c->n_calls; k++) {
    for (uint32_t l = 0; l < c->calls[k].n_lambdas; l++) {
      const ottl_code_lambda *lambda = &c->calls[k].lambdas[l];
      ottl__sbuf_printf(out, "; lambda %u of call %u gives", l, k);
      put_reg(c, out, lambda->result);
      sbuf_byte(out, '\n');
      for (uint32_t i = 0; i < lambda->n; i++) put_insn(c, out, lambda->first + i, &c->bodies[lambda->first + i]);
    }
  }
}
