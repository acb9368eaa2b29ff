/* Expressions to instructions. A value that was computed before is used again while nothing it read was written since and the
 * rows it was computed for cover those wanted now. */
#include "base/map.h"
#include "bytecode/emit.h"

/* ---- equality and hashing of expressions ---- */

static bool cell_same(ottl_cell a, ottl_cell b) {
  if (a.tag != b.tag) return false;
  if (a.tag == OTTL_T_STRING || a.tag == OTTL_T_BYTES) return view_eq(cell_view(a), cell_view(b));
  return a.word == b.word && a.len == b.len; /* trees: the same node only */
}

static bool arg_equal(const ottl_call_arg *a, const ottl_call_arg *b) {
  if (a->given != b->given || a->is_literal != b->is_literal || a->n_items != b->n_items || a->function != b->function)
    return false;
  if (a->is_literal && !cell_same(a->literal, b->literal)) return false;
  if (!a->is_literal && (a->expr || b->expr) && !(a->expr && b->expr && ottl__expr_equal(a->expr, b->expr))) return false;
  for (uint32_t i = 0; i < a->n_items; i++) {
    if (!ottl__expr_equal(a->items[i], b->items[i])) return false;
  }
  return true;
}

bool ottl__expr_equal(const ottl_expr *a, const ottl_expr *b) {
  if (a == b) return true;
  if (a->kind != b->kind || a->op != b->op || a->path != b->path || a->context != b->context || a->n_kids != b->n_kids)
    return false;
  if (a->kind == OTTL_E_LITERAL) return cell_same(a->literal, b->literal);
  if (a->kind == OTTL_E_LOCAL && a->locals != b->locals) return false;
  if (a->kind == OTTL_E_CALL) {
    if (a->call->function != b->call->function || a->call->n_args != b->call->n_args) return false;
    for (uint32_t i = 0; i < a->call->n_args; i++) {
      if (!arg_equal(&a->call->args[i], &b->call->args[i])) return false;
    }
  }
  for (uint32_t i = 0; i < a->n_kids; i++) {
    if (a->kind == OTTL_E_MAP && !view_eq(a->names[i], b->names[i])) return false;
    if (!ottl__expr_equal(a->kids[i], b->kids[i])) return false;
  }
  return true;
}

static uint32_t mix(uint32_t h, uint64_t v) { return (h ^ (uint32_t)(v ^ v >> 32)) * 0x9e3779b1u; }

uint32_t ottl__emit_hash(ottl_expr *x) {
  if (x->hash) return x->hash;
  uint32_t h = mix(0x811c9dc5u, (uint64_t)x->kind << 8 | x->op);
  if (x->path) h = mix(h, (uintptr_t)x->path);
  if (x->kind == OTTL_E_LITERAL) {
    bool text = x->literal.tag == OTTL_T_STRING || x->literal.tag == OTTL_T_BYTES;
    h = mix(h, text ? ottl__hash_bytes(cell_view(x->literal).data, x->literal.len) : x->literal.word);
  }
  if (x->kind == OTTL_E_CALL) {
    h = mix(h, x->call->function);
    for (uint32_t i = 0; i < x->call->n_args; i++) {
      const ottl_call_arg *a = &x->call->args[i];
      if (a->expr) h = mix(h, ottl__emit_hash(a->expr));
      for (uint32_t k = 0; k < a->n_items; k++) h = mix(h, ottl__emit_hash(a->items[k]));
    }
  }
  for (uint32_t i = 0; i < x->n_kids; i++) h = mix(h, ottl__emit_hash(x->kids[i]));
  x->hash = h ? h : 1;
  return x->hash;
}

/* ---- values computed before ---- */

static bool written_since(ottl_emit *e, const ottl_expr *x, uint32_t clock) {
  if (x->impure) return true;
  if (x->kind == OTTL_E_PATH) {
    emit_place p = ottl__emit_place(e, x);
    if (!p.is_map && p.column == OTTL_NO_COLUMN && e->record_at > clock) return true; /* metric.type */
    if (p.is_map && e->maps[p.map].any_written_at > clock) return true;
    if (p.column != OTTL_NO_COLUMN) {
      const emit_column *c = &e->columns[p.column];
      if (c->written_at > clock || (c->spec.source == OTTL_COL_KEY && e->maps[c->spec.map].written_at > clock)) return true;
    }
  }
  if (x->kind == OTTL_E_CALL) {
    if (emit_is_record(x->call) && e->clock > clock) return true; /* it sees whatever was written */
    for (uint32_t i = 0; i < x->call->n_args; i++) {
      const ottl_call_arg *a = &x->call->args[i];
      if (a->expr && !a->is_literal && written_since(e, a->expr, clock)) return true;
      for (uint32_t k = 0; k < a->n_items; k++) {
        if (written_since(e, a->items[k], clock)) return true;
      }
    }
  }
  for (uint32_t i = 0; i < x->n_kids; i++) {
    if (written_since(e, x->kids[i], clock)) return true;
  }
  return false;
}

/* Rows of `inner` are among those of `outer`. */
static bool sel_within(ottl_emit *e, uint16_t inner, uint16_t outer) {
  for (;;) {
    if (outer == OTTL_SEL_ALL || inner == outer) return true;
    if (inner == OTTL_SEL_ALL || inner >= e->cap_sel_parent) return false;
    inner = e->sel_parent[inner];
  }
}

static uint16_t known_value(ottl_emit *e, const ottl_expr *x, uint32_t hash, uint8_t kind, uint16_t sel) {
  for (uint32_t i = e->n_buckets ? e->buckets[hash & (e->n_buckets - 1)] : 0; i; i = e->values[i - 1].next) {
    const emit_value *v = &e->values[i - 1];
    if (v->hash != hash || v->kind != kind || !sel_within(e, sel, v->sel) || !ottl__expr_equal(v->expr, x)) continue;
    if (written_since(e, x, v->clock)) return OTTL_NO_REG;
    ottl__debug_value(e, x, v->expr, v->reg);
    return v->reg;
  }
  return OTTL_NO_REG;
}

void ottl__emit_link_values(ottl_emit *e) {
  memset(e->buckets, 0, e->n_buckets * sizeof *e->buckets);
  for (size_t i = 0; i < e->n_values; i++) {
    uint32_t *bucket = &e->buckets[e->values[i].hash & (e->n_buckets - 1)];
    e->values[i].next = *bucket;
    *bucket = (uint32_t)i + 1;
  }
}

static void remember(ottl_emit *e, const ottl_expr *x, uint32_t hash, uint8_t kind, uint16_t sel, uint16_t reg) {
  if (!ottl__emit_grow(e, &e->values, &e->cap_values, e->n_values + 1, sizeof *e->values)) return;
  if (e->n_values >= e->n_buckets) {
    size_t n = e->n_buckets ? 2 * e->n_buckets : 64;
    uint32_t *grown = al_new(&e->al, n * sizeof *grown);
    if (!grown) {
      e->status = OTTL_NOMEM;
      return;
    }
    al_free(&e->al, e->buckets, e->n_buckets * sizeof *e->buckets);
    e->buckets = grown;
    e->n_buckets = n;
    ottl__emit_link_values(e);
  }
  uint32_t *bucket = &e->buckets[hash & (e->n_buckets - 1)];
  e->values[e->n_values++] = (emit_value){x, hash, reg, sel, e->clock, kind, *bucket};
  *bucket = (uint32_t)e->n_values;
}

/* ---- registers of other levels ---- */

static bool column_written_since(ottl_emit *e, uint16_t column, uint32_t clock) {
  const emit_column *c = &e->columns[column];
  return c->written_at > clock || (c->spec.source == OTTL_COL_KEY && e->maps[c->spec.map].written_at > clock);
}

uint16_t ottl__emit_spread(ottl_emit *e, uint16_t reg, uint8_t level) {
  if (e->status != OTTL_OK) return 0;
  ottl_reg_desc d = e->regs[reg];
  if (d.level == OTTL_LEVEL_CONST || d.level == level || level == OTTL_LEVEL_CONST) return reg;
  /* The newest SPREAD of the same register still holds when the source is a temporary, or a column not written since. */
  bool element = level > OTTL_LEVEL_CONST;
  const ottl_insn *insns = element ? e->lambda[level - OTTL_LEVEL_LAMBDA(0)].insns : e->insns;
  for (size_t i = element ? e->lambda[level - OTTL_LEVEL_LAMBDA(0)].n : e->n_insns; i-- > 0;) {
    const ottl_insn *in = &insns[i];
    if (in->op != OTTL_OP_SPREAD || in->a != reg || in->level != level) continue;
    if (!d.column || !column_written_since(e, reg, in->y)) return in->d;
    break;
  }
  uint16_t to = ottl__emit_reg(e, d.store, d.type, level);
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_SPREAD, .level = level, .d = to, .a = reg, .s = OTTL_SEL_ALL, .y = e->clock});
  return to;
}

uint16_t ottl__emit_at(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  return ottl__emit_spread(e, ottl__emit_expr(e, x, sel), level);
}

uint8_t ottl__emit_level(const ottl_emit *e, const ottl_expr *x) {
  if (x->impure) return e->inner;
  if (x->locals) return (uint8_t)OTTL_LEVEL_LAMBDA(31 - __builtin_clz(x->locals));
  return x->level < 0 ? OTTL_LEVEL_CONST : (uint8_t)x->level;
}

/* Rows of a level above are computed all, whatever the selection of the inner rows is. */
static uint16_t sel_for(const ottl_emit *e, uint8_t level, uint16_t sel) { return level == e->inner ? sel : OTTL_SEL_ALL; }

/* ---- comparison ---- */

static int mirrored(int op) {
  switch (op) {
  case OTTL_CMP_LT: return OTTL_CMP_GT;
  case OTTL_CMP_LE: return OTTL_CMP_GE;
  case OTTL_CMP_GT: return OTTL_CMP_LT;
  case OTTL_CMP_GE: return OTTL_CMP_LE;
  default: return op;
  }
}

static bool desc_is(ottl_reg_desc d, uint8_t type) { return d.store != OTTL_STORE_CELL && d.type == type; }
static bool is_constant_of(ottl_reg_desc d, uint8_t type) { return d.constant && d.cell.tag == type; }

static uint16_t emit_cmp(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  uint16_t a = ottl__emit_at(e, x->kids[0], level, sel), b = ottl__emit_at(e, x->kids[1], level, sel);
  if (e->status != OTTL_OK) return 0;
  int rel = x->op;
  if (e->regs[a].constant && !e->regs[b].constant) {
    uint16_t t = a;
    a = b;
    b = t;
    rel = mirrored(rel);
  }
  ottl_reg_desc da = e->regs[a], db = e->regs[b];
  ottl_op op = OTTL_OP_CMP_ANY;
  bool b_text = is_constant_of(db, OTTL_T_STRING);
  if (db.constant && db.cell.tag == OTTL_T_NIL && x->kids[0]->kind != OTTL_E_LITERAL) {
    op = OTTL_OP_CMP_NIL;
  } else if (da.store == OTTL_STORE_CELL && b_text) {
    op = OTTL_OP_CMP_CELL_STRING;
  } else if (da.store == OTTL_STORE_CELL && is_constant_of(db, OTTL_T_INT)) {
    op = OTTL_OP_CMP_CELL_INT;
  } else if (da.store == OTTL_STORE_CELL && is_constant_of(db, OTTL_T_DOUBLE)) {
    op = OTTL_OP_CMP_CELL_DOUBLE;
  } else if (desc_is(da, OTTL_T_INT) && desc_is(db, OTTL_T_INT)) {
    op = OTTL_OP_CMP_INT;
  } else if (desc_is(da, OTTL_T_DOUBLE) && desc_is(db, OTTL_T_DOUBLE)) {
    op = OTTL_OP_CMP_DOUBLE;
  } else if (desc_is(da, OTTL_T_STRING) && desc_is(db, OTTL_T_STRING)) {
    op = OTTL_OP_CMP_STRING;
  }
  uint16_t d = ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, level);
  ottl__emit_insn(e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .a = a, .b = b, .s = sel, .x = (uint32_t)rel});
  return d;
}

/* ---- logic ---- */

static uint16_t narrow(ottl_emit *e, ottl_op op, uint16_t from, uint16_t by, uint8_t level) {
  uint16_t d = ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, level);
  ottl__emit_insn(e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .a = from, .b = by});
  ottl__emit_narrowed(e, d, from);
  return d;
}

/* Calls cost enough to be asked only for the rows that need them; comparisons do not. */
static bool costly(const ottl_expr *x) {
  if (x->kind == OTTL_E_CALL) return true;
  for (uint32_t i = 0; i < x->n_kids; i++) {
    if (costly(x->kids[i])) return true;
  }
  return false;
}

static uint16_t emit_logic(ottl_emit *e, const ottl_expr *x, uint16_t sel) {
  bool is_and = x->kind == OTTL_E_AND;
  uint16_t result = ottl__emit_expr(e, x->kids[0], sel);
  for (uint32_t i = 1; i < x->n_kids && e->status == OTTL_OK; i++) {
    const ottl_expr *kid = x->kids[i];
    uint8_t level = ottl__emit_level(e, kid), at = e->regs[result].level;
    uint8_t high = at == OTTL_LEVEL_CONST ? level : level == OTTL_LEVEL_CONST ? at : level > at ? level : at;
    uint16_t kid_sel = sel;
    if (costly(kid) && level == e->inner && high == level) {
      result = ottl__emit_spread(e, result, level);
      kid_sel = narrow(e, is_and ? OTTL_OP_SEL_AND : OTTL_OP_SEL_NOT, sel_for(e, level, sel), result, level);
    }
    uint16_t right = ottl__emit_at(e, kid, high, sel_for(e, level, kid_sel));
    result = ottl__emit_spread(e, result, high);
    if (e->status != OTTL_OK) return 0;
    uint16_t d = ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, high);
    ottl__emit_insn(
        e,
        (ottl_insn){.op = is_and ? OTTL_OP_AND : OTTL_OP_OR, .level = high, .d = d, .a = result, .b = right, .s = OTTL_SEL_ALL});
    result = d;
  }
  return result;
}

/* ---- math ---- */

static uint16_t emit_math(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  uint16_t a = ottl__emit_at(e, x->kids[0], level, sel), b = ottl__emit_at(e, x->kids[1], level, sel);
  if (e->status != OTTL_OK) return 0;
  bool ints = desc_is(e->regs[a], OTTL_T_INT) && desc_is(e->regs[b], OTTL_T_INT);
  bool doubles = desc_is(e->regs[a], OTTL_T_DOUBLE) && desc_is(e->regs[b], OTTL_T_DOUBLE);
  uint8_t type = ints ? OTTL_T_INT : doubles ? OTTL_T_DOUBLE : OTTL_T_NIL;
  ottl_store store = ints || doubles ? OTTL_STORE_WORD : OTTL_STORE_CELL;
  uint16_t d = ottl__emit_reg(e, (uint8_t)store, type, level);
  ottl_op op = ints ? OTTL_OP_MATH_INT : doubles ? OTTL_OP_MATH_DOUBLE : OTTL_OP_MATH_ANY;
  ottl__emit_insn(e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .a = a, .b = b, .s = sel, .x = x->op});
  return d;
}

/* ---- paths, indexing, literals ---- */

uint32_t ottl__emit_keys(ottl_emit *e, const ottl_expr *path, uint32_t first_key, uint8_t level, uint16_t sel) {
  uint16_t regs[OTTL_MAX_INDEXES];
  uint32_t n = path->n_kids - first_key;
  if (n > OTTL_COUNT(regs)) {
    ottl__emit_limit(e, OTTL_LIMIT_INDEXES);
    return 0;
  }
  for (uint32_t i = 0; i < n; i++) regs[i] = ottl__emit_at(e, path->kids[first_key + i], level, sel);
  uint32_t at = ottl__emit_pool(e, (uint16_t)n);
  for (uint32_t i = 0; i < n; i++) ottl__emit_pool(e, regs[i]);
  return at;
}

/* Views whose column can be used as it is. */
static bool view_is_plain(uint8_t view) {
  switch (view) {
  case OTTL_V_STRING:
  case OTTL_V_INT64:
  case OTTL_V_INT32:
  case OTTL_V_UINT32:
  case OTTL_V_UINT32_CHECKED:
  case OTTL_V_BODY: return true;
  default: return false;
  }
}

static uint16_t emit_index(ottl_emit *e, ottl_op op, uint16_t base, const ottl_expr *x, uint32_t first_key, uint8_t level,
                           uint16_t sel) {
  uint32_t pool = ottl__emit_keys(e, x, first_key, level, sel);
  base = ottl__emit_spread(e, base, level);
  uint16_t d = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level);
  ottl__emit_insn(
      e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .a = base, .s = sel, .x = pool + 1, .y = x->n_kids - first_key});
  return d;
}

static uint16_t emit_path(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  emit_place p = ottl__emit_place(e, x);
  const ottl_path_info *info = x->path;
  if (e->status != OTTL_OK) return 0;
  uint16_t base;
  uint32_t next_key = p.first_key;
  if (p.is_map) {
    uint8_t map_level = e->maps[p.map].spec.level;
    if (x->n_kids == 0) {
      base = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, map_level);
      uint8_t flags = x == e->stored ? OTTL_READ_STORED : 0;
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_MAP_READ,
                                     .level = map_level,
                                     .flags = flags,
                                     .d = base,
                                     .s = sel_for(e, map_level, sel),
                                     .x = p.map});
    } else {
      uint16_t key = ottl__emit_at(e, x->kids[0], level, sel);
      /* What the map keeps must not be made while a body runs, in memory of the body. */
      if (level > OTTL_LEVEL_CONST) {
        ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_FLUSH, .level = map_level, .s = OTTL_SEL_ALL, .x = p.map});
      }
      base = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level);
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_MAP_KEY, .level = level, .d = base, .a = key, .s = sel, .x = p.map});
      next_key = 1;
    }
  } else if (info->view == OTTL_V_MAP || info->view == OTTL_V_CACHE || view_is_plain(info->view)) {
    base = p.column;
  } else {
    uint8_t type, field_level = info->field == OTTL_FIELD_COUNT ? level : ottl__fields[info->field].level;
    ottl_store store = store_of_types(x->n_kids ? TYPES_ALL : info->types, &type);
    base = ottl__emit_reg(e, (uint8_t)store, type, field_level);
    uint32_t keys = 0;
    if (x->n_kids && info->view == OTTL_V_TRACE_STATE && x->kids[0]->kind != OTTL_E_LITERAL) {
      uint16_t no_text = ottl__emit_const(e, cell_int(0)); /* only literals are keys; anything else fails when it is looked at */
      keys = ottl__emit_pool(e, 1) + 1;
      ottl__emit_pool(e, no_text);
    } else if (x->n_kids) {
      keys = ottl__emit_keys(e, x, 0, field_level, OTTL_SEL_ALL) + 1;
    }
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_VIEW,
                                   .level = field_level,
                                   .d = base,
                                   .a = p.column == OTTL_NO_COLUMN ? OTTL_NO_REG : p.column,
                                   .s = sel_for(e, field_level, sel),
                                   .x = info->view,
                                   .y = keys});
    return base;
  }
  if (next_key < x->n_kids) return emit_index(e, OTTL_OP_INDEX, base, x, next_key, level, sel);
  return base;
}

/* One register for each value and form; `cell`: the one of store CELL, for values that have another as well. */
static uint16_t emit_const(ottl_emit *e, ottl_cell value, uint8_t store, uint8_t type, bool cell) {
  bool text = value.tag == OTTL_T_STRING || value.tag == OTTL_T_BYTES;
  uint32_t hash = mix(value.tag | (uint32_t)cell << 8, text ? ottl__hash_bytes(cell_view(value).data, value.len) : value.word), i;
  for (hash_cursor c = hash_begin(&e->constants_by, hash); hash_next(&c, &i);) {
    if (e->regs[i].store == store && cell_same(e->regs[i].cell, value)) return (uint16_t)i;
  }
  uint16_t r = ottl__emit_reg(e, store, type, OTTL_LEVEL_CONST);
  if (e->status == OTTL_OK) e->status = ottl__hash_index_add(&e->al, &e->constants_by, hash, r);
  if (e->status != OTTL_OK) return 0;
  e->regs[r].constant = true;
  e->regs[r].cell = value;
  return r;
}

uint16_t ottl__emit_const(ottl_emit *e, ottl_cell cell) {
  if (e->status != OTTL_OK) return 0;
  uint8_t type;
  ottl_store store = cell.tag & OTTL_TAG_TREE ? OTTL_STORE_CELL : store_of_types((ottl_types)1 << cell.tag, &type);
  return emit_const(e, cell, (uint8_t)store, store == OTTL_STORE_CELL ? OTTL_T_NIL : type, false);
}

uint16_t ottl__emit_const_cell(ottl_emit *e, ottl_cell cell) {
  return e->status == OTTL_OK ? emit_const(e, cell, OTTL_STORE_CELL, OTTL_T_NIL, true) : 0;
}

static uint16_t emit_operands(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  uint16_t *regs = arena_array(e->arena, x->n_kids + 1, sizeof *regs);
  if (!regs) {
    e->status = OTTL_NOMEM;
    return 0;
  }
  for (uint32_t i = 0; i < x->n_kids && e->status == OTTL_OK; i++) regs[i] = ottl__emit_at(e, x->kids[i], level, sel);
  if (e->status != OTTL_OK) return 0;
  uint32_t first = (uint32_t)e->n_pool;
  for (uint32_t i = 0; i < x->n_kids; i++) {
    if (x->kind == OTTL_E_MAP) {
      if (e->n_names >= OTTL_MAX_MAP_KEYS) ottl__emit_limit(e, OTTL_LIMIT_MAP_KEYS);
      if (!ottl__emit_grow(e, &e->names, &e->cap_names, e->n_names + 1, sizeof *e->names)) return 0;
      ottl__emit_pool(e, (uint16_t)e->n_names);
      e->names[e->n_names++] = x->names[i];
    }
    ottl__emit_pool(e, regs[i]);
  }
  uint16_t d = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level);
  ottl__emit_insn(e, (ottl_insn){.op = x->kind == OTTL_E_MAP ? OTTL_OP_MAP : OTTL_OP_LIST,
                                 .level = level,
                                 .d = d,
                                 .s = sel,
                                 .x = first,
                                 .y = x->n_kids});
  return d;
}

static uint16_t emit_call(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  if (ottl__functions[x->call->function].flags & OTTL_FN_LAMBDA) return ottl__emit_lambda(e, x, level, sel);
  uint16_t call = ottl__emit_call(e, x, level, sel);
  uint8_t type;
  ottl_store store = store_of_types(ottl__functions[x->call->function].result, &type);
  uint16_t d = ottl__emit_reg(e, (uint8_t)store, type, level);
  ottl_op op = emit_is_record(x->call) ? OTTL_OP_RECORD_CALL : OTTL_OP_CALL;
  ottl__emit_insn(e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .s = sel, .x = call});
  return d;
}

static uint16_t emit_new(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel) {
  uint16_t a, d;
  switch ((ottl_expr_kind)x->kind) {
  case OTTL_E_LITERAL: return ottl__emit_const(e, x->literal);
  case OTTL_E_PATH: return emit_path(e, x, level, sel);
  case OTTL_E_CALL: return emit_call(e, x, level, sel);
  case OTTL_E_LOCAL:
    a = e->lambda[x->context].formal[x->op];
    return x->n_kids ? emit_index(e, OTTL_OP_INDEX_RESULT, a, x, 0, level, sel) : a;
  case OTTL_E_INDEX: return emit_index(e, OTTL_OP_INDEX_RESULT, ottl__emit_expr(e, x->kids[0], sel), x, 1, level, sel);
  case OTTL_E_NEG:
  case OTTL_E_TRUTH:
    a = ottl__emit_at(e, x->kids[0], level, sel);
    if (e->status != OTTL_OK) return 0;
    if (x->kind == OTTL_E_TRUTH && e->regs[a].store == OTTL_STORE_BOOL) return a;
    d = x->kind == OTTL_E_TRUTH ? ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, level)
                                : ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level);
    ottl__emit_insn(
        e, (ottl_insn){.op = x->kind == OTTL_E_TRUTH ? OTTL_OP_TRUTH : OTTL_OP_NEG, .level = level, .d = d, .a = a, .s = sel});
    return d;
  case OTTL_E_MATH: return emit_math(e, x, level, sel);
  case OTTL_E_LIST:
  case OTTL_E_MAP: return emit_operands(e, x, level, sel);
  case OTTL_E_CMP: return emit_cmp(e, x, level, sel);
  case OTTL_E_NOT:
    a = ottl__emit_at(e, x->kids[0], level, sel);
    d = ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, level);
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_NOT, .level = level, .d = d, .a = a, .s = OTTL_SEL_ALL});
    return d;
  case OTTL_E_AND:
  case OTTL_E_OR: return emit_logic(e, x, sel);
  case OTTL_E_LAMBDA: break; /* unreachable: an argument only, emit_lambda.c */
  }
  e->status = OTTL_INTERNAL; /* unreachable: as above */
  return 0;                  /* unreachable: as above */
}

/* Paths that are a column as it is, or one key away from it. */
static bool is_plain_read(const ottl_expr *x) {
  uint8_t view = x->path->view;
  return view_is_plain(view) || ((view == OTTL_V_MAP || view == OTTL_V_CACHE) && x->n_kids);
}

uint16_t ottl__emit_expr(ottl_emit *e, const ottl_expr *x, uint16_t sel) {
  if (e->status != OTTL_OK) return 0;
  if (x->kind == OTTL_E_LITERAL) return ottl__emit_const(e, x->literal);
  uint8_t level = ottl__emit_level(e, x);
  sel = sel_for(e, level, sel);
  /* Comparisons and reads are cheap and cannot fail in a way that costs: compute them for all rows, so that all may use them. */
  if ((x->kind == OTTL_E_CMP || (x->kind == OTTL_E_PATH && is_plain_read(x))) && !costly(x)) sel = OTTL_SEL_ALL;
  uint32_t hash = x->hash;
  uint16_t r = known_value(e, x, hash, 0, sel);
  if (r != OTTL_NO_REG) return r;
  const ottl_expr *outer = ottl__debug_expr(e, x);
  r = emit_new(e, x, level, sel);
  ottl__debug_expr(e, outer);
  ottl__debug_value(e, x, x, r);
  if (e->status == OTTL_OK) remember(e, x, hash, 0, sel, r);
  return r;
}
