/* Arguments of calls: each parameter gets a register of the kind it wants. */
#include "bytecode/emit.h"

/* Parameters that want a typed register, and of which type. */
static const ottl_types typed_kinds[OTTL_P_IMPLICIT + 1] = {[OTTL_P_STRING] = TYPES(STRING),
                                                            [OTTL_P_INT] = TYPES(INT),
                                                            [OTTL_P_DOUBLE] = TYPES(DOUBLE),
                                                            [OTTL_P_BOOL] = TYPES(BOOL),
                                                            [OTTL_P_DURATION] = TYPES(DURATION)};

/* Does a register hold already what the parameter kind promises? */
static bool fits(ottl_param_kind kind, ottl_reg_desc d) {
  if (typed_kinds[kind]) return d.store != OTTL_STORE_CELL && typed_kinds[kind] == (ottl_types)1 << d.type;
  switch (kind) {
  case OTTL_P_MAP:
  case OTTL_P_LIST:
  case OTTL_P_TIME:
  case OTTL_P_STRING_LIKE:
  case OTTL_P_INT_LIKE:
  case OTTL_P_DOUBLE_LIKE:
  case OTTL_P_BOOL_LIKE:
  case OTTL_P_BYTES_LIKE: return false;
  default: return true;
  }
}

static ottl_store store_of_kind(ottl_param_kind kind, uint8_t *type) {
  if (typed_kinds[kind]) return store_of_types(typed_kinds[kind], type);
  *type = OTTL_T_NIL;
  return OTTL_STORE_CELL;
}

static uint16_t emit_coerced(ottl_emit *e, const ottl_expr *x, ottl_param_kind kind, uint8_t level, uint16_t sel) {
  uint16_t a = ottl__emit_expr(e, x, sel);
  if (e->status != OTTL_OK) return 0;
  if (fits(kind, e->regs[a])) return ottl__emit_spread(e, a, level);
  uint8_t own = ottl__emit_level(e, x), type;
  uint16_t own_sel = own == e->inner ? sel : OTTL_SEL_ALL;
  ottl_store store = store_of_kind(kind, &type);
  uint16_t d = ottl__emit_reg(e, (uint8_t)store, type, own);
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_COERCE, .level = own, .d = d, .a = a, .s = own_sel, .x = (uint32_t)kind});
  return ottl__emit_spread(e, d, level);
}

/* A literal argument: its cell is coerced already; typed parameters want a typed register. */
static uint16_t literal_reg(ottl_emit *e, ottl_param_kind kind, ottl_cell literal) {
  uint16_t r = ottl__emit_const(e, literal);
  if (e->status != OTTL_OK) return 0;
  uint8_t type;
  ottl_store store = store_of_kind(kind, &type);
  if (store != OTTL_STORE_CELL || e->regs[r].store == OTTL_STORE_CELL || kind == OTTL_P_GETTER) return r;
  return ottl__emit_const_cell(e, literal); /* the handler reads cells */
}

static bool kind_has_register(ottl_param_kind kind) {
  switch (kind) {
  case OTTL_P_SETTER:
  case OTTL_P_GETSETTER:
  case OTTL_P_MAP_GETSETTER:
  case OTTL_P_LIST_GETSETTER:
  case OTTL_P_LIT_STRING:
  case OTTL_P_LIT_INT:
  case OTTL_P_LIT_DOUBLE:
  case OTTL_P_LIT_BOOL:
  case OTTL_P_LIT_STRINGS:
  case OTTL_P_LAMBDA_KV:
  case OTTL_P_LAMBDA_AKV:
  case OTTL_P_LIT_DOUBLES:
  case OTTL_P_FUNCTION: return false;
  default: return true;
  }
}

uint16_t ottl__emit_call(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  const ottl_call_site *site = x->call;
  const ottl_function *f = &ottl__functions[site->function];
  uint16_t *regs = arena_array(e->arena, site->n_args + 1, sizeof *regs);
  const uint16_t **items = arena_array(e->arena, site->n_args + 1, sizeof *items);
  if (!regs || !items) {
    e->status = OTTL_NOMEM;
    return 0;
  }
  for (uint32_t i = 0; i < site->n_args && e->status == OTTL_OK; i++) {
    const ottl_call_arg *a = &site->args[i];
    ottl_param_kind kind = (ottl_param_kind)f->params[i].kind;
    regs[i] = OTTL_NO_REG;
    items[i] = NULL;
    if (!a->given || !kind_has_register(kind)) continue;
    if (a->items || a->n_items || (!a->expr && !a->is_literal)) { /* a list literal, empty ones too */
      uint16_t *list = arena_array(e->arena, a->n_items + 1, sizeof *list);
      if (!list) {
        e->status = OTTL_NOMEM;
        return 0;
      }
      for (uint32_t k = 0; k < a->n_items && e->status == OTTL_OK; k++) {
        list[k] = emit_coerced(e, a->items[k], param_item_kind(kind), level, sel);
      }
      items[i] = list;
    } else if (a->is_literal) {
      regs[i] = literal_reg(e, kind, a->literal);
    } else {
      regs[i] = emit_coerced(e, a->expr, kind, level, sel);
    }
  }
  if (e->status != OTTL_OK) return 0;
  if (e->n_calls >= OTTL_MAX_CALLS) ottl__emit_limit(e, OTTL_LIMIT_CALLS);
  if (!ottl__emit_grow(e, &e->calls, &e->cap_calls, e->n_calls + 1, sizeof *e->calls)) return 0;
  e->calls[e->n_calls] = (ottl_code_call){.site = site, .regs = regs, .items = items};
  return (uint16_t)e->n_calls++;
}
