/* The emitter: a checked group to bytecode. Statements in order; each is a selection, its arguments, and one editor. */
#include "bytecode/emit.h"
#include "base/limits.h"
#include "sema/narrow.h"

bool ottl__emit_grow(ottl_emit *e, void *items, size_t *cap, size_t need, size_t item_bytes) {
  if (e->status != OTTL_OK) return false;
  e->status = ottl__al_reserve(&e->al, items, cap, need, item_bytes);
  return e->status == OTTL_OK;
}

void ottl__emit_limit(ottl_emit *e, ottl_limit limit) {
  if (e->status != OTTL_OK) return;
  e->status = OTTL_LIMIT;
  e->limit = limit;
}

uint16_t ottl__emit_reg(ottl_emit *e, uint8_t store, uint8_t type, uint8_t level) {
  if (e->n_regs >= OTTL_MAX_VALUES) ottl__emit_limit(e, OTTL_LIMIT_VALUES);
  if (!ottl__emit_grow(e, &e->regs, &e->cap_regs, e->n_regs + 1, sizeof *e->regs)) return 0;
  e->regs[e->n_regs] = (ottl_reg_desc){.store = store, .type = type, .level = level};
  return (uint16_t)e->n_regs++;
}

void ottl__emit_insn(ottl_emit *e, ottl_insn insn) {
  bool prologue = insn.level == OTTL_LEVEL_CONST;
  ottl_insn **list = prologue ? &e->prologue : &e->insns;
  size_t *n = prologue ? &e->n_prologue : &e->n_insns, *cap = prologue ? &e->cap_prologue : &e->cap_insns;
  if (insn.level > OTTL_LEVEL_CONST) {
    struct emit_lambda *l = &e->lambda[insn.level - OTTL_LEVEL_LAMBDA(0)];
    list = &l->insns;
    n = &l->n;
    cap = &l->cap;
  }
  if (!ottl__emit_grow(e, list, cap, *n + 1, sizeof **list)) return;
  if (prologue) insn.s = OTTL_SEL_ALL;
  (*list)[(*n)++] = insn;
  ottl__debug_insn(e, insn.level);
}

uint32_t ottl__emit_pool(ottl_emit *e, uint16_t v) {
  if (!ottl__emit_grow(e, &e->pool, &e->cap_pool, e->n_pool + 1, sizeof *e->pool)) return 0;
  e->pool[e->n_pool] = v;
  return (uint32_t)e->n_pool++;
}

void ottl__emit_narrowed(ottl_emit *e, uint16_t sel, uint16_t from) {
  size_t old = e->cap_sel_parent;
  if (!ottl__emit_grow(e, &e->sel_parent, &e->cap_sel_parent, (size_t)sel + 1, sizeof *e->sel_parent)) return;
  for (size_t i = old; i < e->cap_sel_parent; i++) e->sel_parent[i] = OTTL_SEL_ALL;
  e->sel_parent[sel] = from;
}

static uint8_t field_store(ottl_wire_kind wire, uint8_t *type) {
  switch (wire) {
  case OTTL_W_F64: *type = OTTL_T_DOUBLE; return OTTL_STORE_WORD;
  case OTTL_W_STRING: *type = OTTL_T_STRING; return OTTL_STORE_VIEW;
  case OTTL_W_BYTES:
  case OTTL_W_REPEATED:
  case OTTL_W_PACKED:
  case OTTL_W_PACKED_VARINT:
  case OTTL_W_MESSAGE: *type = OTTL_T_BYTES; return OTTL_STORE_VIEW;
  case OTTL_W_ANY:
  case OTTL_W_NUMBER:
  case OTTL_W_DICT_MAP:
  case OTTL_W_MAP: *type = OTTL_T_NIL; return OTTL_STORE_CELL;
  default: *type = OTTL_T_INT; return OTTL_STORE_WORD;
  }
}

static void emit_column_regs(ottl_emit *e) {
  for (size_t i = 0; i < e->n_columns; i++) {
    const ottl_column_spec *c = &e->columns[i].spec;
    uint8_t type = OTTL_T_NIL, store = OTTL_STORE_CELL;
    if (c->source == OTTL_COL_FIELD) store = field_store((ottl_wire_kind)ottl__fields[c->field].wire, &type);
    uint16_t r = ottl__emit_reg(e, store, type, c->level);
    if (e->status == OTTL_OK) e->regs[r].column = true;
  }
}

/* ---- writes ---- */

static bool is_status(uint16_t field) {
  return field == OTTL_FIELD_SPAN_STATUS || field == OTTL_FIELD_SPAN_STATUS_CODE || field == OTTL_FIELD_SPAN_STATUS_MESSAGE;
}

static void mark_written(ottl_emit *e, emit_place p) {
  uint32_t now = ++e->clock;
  if (p.is_map) {
    e->maps[p.map].written_at = e->maps[p.map].any_written_at = now;
    return;
  }
  if (p.column == OTTL_NO_COLUMN) return;
  emit_column *c = &e->columns[p.column];
  c->written_at = now;
  if (c->spec.source == OTTL_COL_KEY) {
    e->maps[c->spec.map].any_written_at = now;
  } else if (is_status(c->spec.field)) {
    for (size_t i = 0; i < e->n_columns; i++) {
      if (e->columns[i].spec.source == OTTL_COL_FIELD && is_status(e->columns[i].spec.field)) e->columns[i].written_at = now;
    }
  }
}

/* A key that is set or deleted takes or leaves its place among the entries at once, where something sees their order. */
static void place_if_ordered(ottl_emit *e, emit_place p, uint8_t level, uint16_t sel) {
  if (p.is_map || p.column == OTTL_NO_COLUMN || e->columns[p.column].spec.source != OTTL_COL_KEY) return;
  emit_map *map = &e->maps[e->columns[p.column].spec.map];
  bool noted = map->spec.counted && map->limit_by && !map->limited;
  if (!noted && !(map->spec.entries && map->spec.ordered)) return;
  uint32_t number = noted ? map->spec.n_places++ : 0;
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_PLACE, .level = level, .a = p.column, .s = sel, .x = number});
}

/* Stores register `value` to the place of `target`, for rows `sel` of `level`. `whole`: the value may hold the very map that the
 * target is in, as read into this register; else OTTL_NO_REG. */
static void emit_store(ottl_emit *e, const ottl_expr *target, uint16_t value, uint16_t whole, uint8_t level, uint16_t sel,
                       uint32_t statement) {
  emit_place p = ottl__emit_place(e, target);
  uint8_t view = target->path->view;
  ottl_insn in = {.level = level, .a = p.column, .b = value, .s = sel, .x = statement};
  bool map_like = view == OTTL_V_MAP || view == OTTL_V_CACHE;
  if (p.is_map && target->n_kids == 0) {
    in.op = OTTL_OP_SET_MAP;
    in.y = p.map;
  } else if (p.is_map || whole != OTTL_NO_REG) {
    uint32_t keys = ottl__emit_keys(e, target, 0, level, sel);
    in.op = OTTL_OP_SET_MAP_PATH;
    in.a = whole;
    in.y = ottl__emit_pool(e, p.map);
    uint32_t n = e->status == OTTL_OK ? e->pool[keys] : 0;
    for (uint32_t i = 0; i <= n && e->status == OTTL_OK; i++) {
      uint16_t v = e->pool[keys + i];
      ottl__emit_pool(e, v);
    }
  } else if (map_like || view == OTTL_V_BODY) {
    bool inside = p.first_key < target->n_kids;
    in.op = inside ? OTTL_OP_SET_PATH : OTTL_OP_SET_KEY;
    in.flags = view == OTTL_V_BODY ? OTTL_SET_BODY : 0;
    if (inside) in.y = ottl__emit_keys(e, target, p.first_key, level, sel);
  } else {
    in.op = OTTL_OP_SET_VIEW;
    in.flags = view;
    if (p.column == OTTL_NO_COLUMN) in.a = OTTL_NO_REG;
    if (target->n_kids) in.y = ottl__emit_keys(e, target, 0, level, sel) + 1;
  }
  ottl__emit_insn(e, in);
  mark_written(e, p);
  place_if_ordered(e, p, level, sel);
}

static uint16_t new_sel(ottl_emit *e, uint8_t level) { return ottl__emit_reg(e, OTTL_STORE_BOOL, OTTL_T_BOOL, level); }

static bool is_whole_map(const ottl_expr *target) {
  return (target->path->view == OTTL_V_MAP || target->path->view == OTTL_V_CACHE) && target->n_kids == 0;
}

const ottl_expr *ottl__emit_map_of(ottl_emit *e, const ottl_expr *value, const ottl_expr *target) {
  const ottl_expr *found = NULL;
  if (value->kind == OTTL_E_PATH) {
    if (!is_whole_map(value) || target->n_kids == 0) return NULL;
    if (target->path->view != OTTL_V_MAP && target->path->view != OTTL_V_CACHE) return NULL;
    return ottl__emit_place(e, target).map == ottl__emit_place(e, value).map ? value : NULL;
  }
  if (value->kind == OTTL_E_CALL) {
    for (uint32_t i = 0; i < value->call->n_args && !found; i++) {
      const ottl_call_arg *a = &value->call->args[i];
      for (uint32_t k = 0; k < a->n_items && !found; k++) found = ottl__emit_map_of(e, a->items[k], target);
      bool chosen = i > 0 && strcmp(ottl__functions[value->call->function].name, "When") == 0;
      if (chosen && a->expr && !found) found = ottl__emit_map_of(e, a->expr, target);
    }
  }
  if (value->kind == OTTL_E_LIST) {
    for (uint32_t i = 0; i < value->n_kids && !found; i++) found = ottl__emit_map_of(e, value->kids[i], target);
  }
  return found;
}

/* Path editors, and map editors on a map inside something else: new values first, then a store of those that changed. */
static void emit_value_editor(ottl_emit *e, const ottl_expr *x, ottl_op op, uint8_t level, uint16_t sel, uint32_t statement) {
  const ottl_expr *target = x->call->args[0].expr;
  uint16_t old = ottl__emit_at(e, target, level, sel);
  uint16_t call = ottl__emit_call(e, x, level, sel);
  uint16_t d = ottl__emit_reg(e, OTTL_STORE_CELL, OTTL_T_NIL, level), changed = new_sel(e, level);
  ottl__emit_insn(
      e, (ottl_insn){.op = (uint16_t)op, .level = level, .d = d, .a = old, .b = changed, .s = sel, .x = call, .y = statement});
  /* A path that cannot be written fails for every row, changed or not. */
  emit_store(e, target, d, OTTL_NO_REG, level, target->path->writable ? changed : sel, statement);
}

static void emit_keep(ottl_emit *e, const ottl_expr *x, emit_place p, uint8_t level, uint16_t sel) {
  const ottl_call_arg *keys = &x->call->args[1];
  const ottl_map_spec *m = &e->maps[p.map].spec;
  uint32_t pool = ottl__emit_pool(e, 0);
  uint16_t n = 0;
  uint64_t *kept = arena_zero(e->arena, BM_WORDS(e->n_columns + 1) * sizeof *kept);
  if (!kept) {
    e->status = OTTL_NOMEM;
    return;
  }
  for (uint32_t i = 0; i < keys->n_items; i++) {
    uint16_t c = ottl__emit_key_column(e, p.map, cell_view(keys->items[i]->literal));
    if (c != OTTL_NO_COLUMN) bm_set(kept, c);
  }
  for (uint16_t c = m->first_column; c < m->first_column + m->n_columns; c++) {
    if (!bm_get(kept, c)) continue;
    ottl__emit_pool(e, c);
    n++;
  }
  if (e->status != OTTL_OK) return;
  e->pool[pool] = n;
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_KEEP_KEYS, .level = level, .s = sel, .x = p.map, .y = pool});
  mark_written(e, p);
}

/* Every field and map of the record counts as written; its caches are not part of it. */
static void emit_record_editor(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel, uint32_t statement) {
  uint16_t call = ottl__emit_call(e, x, level, sel);
  if (e->status != OTTL_OK) return;
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_RECORD_EDIT, .level = level, .s = sel, .x = statement, .y = call});
  uint32_t now = e->record_at = ++e->clock;
  for (size_t m = 0; m < e->n_maps; m++) {
    if (e->maps[m].spec.level == level && e->maps[m].spec.field != OTTL_FIELD_COUNT)
      e->maps[m].written_at = e->maps[m].any_written_at = now;
  }
  for (size_t c = 0; c < e->n_columns; c++) {
    if (e->columns[c].spec.level == level && e->columns[c].spec.source == OTTL_COL_FIELD) e->columns[c].written_at = now;
  }
}

static void emit_sets(ottl_emit *e, const ottl_rowmap *source, uint16_t map, uint8_t level, uint16_t sel, uint32_t statement) {
  for (uint32_t i = 0; i < source->n && e->status == OTTL_OK; i++) {
    const ottl_entry *from = &source->items[i];
    const emit_place at = {false, map, ottl__emit_key_column(e, map, (ottl_view){from->key, from->klen}), 1};
    const uint16_t value = ottl__emit_const(e, entry_cell(from));
    if (at.column == OTTL_NO_COLUMN) e->status = OTTL_INTERNAL;
    if (e->status != OTTL_OK) return;
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_SET_KEY, .level = level, .a = at.column, .b = value, .s = sel, .x = statement});
    mark_written(e, at);
    place_if_ordered(e, at, level, sel);
  }
}

/* Does a statement read what is in the value at the target, or write in it? Then it is best a tree. */
static bool looked_into(const ottl_emit *e, const ottl_expr *target) {
  for (uint32_t i = 0; i < e->group->n_statements; i++) {
    const ottl_checked_statement *s = &e->group->statements[i];
    if (ottl__expr_reads(s->call, target) || (s->where && ottl__expr_reads(s->where, target))) return true;
    const ottl_expr *written = call_is_set(s->call) ? s->call->call->args[0].expr : NULL;
    if (written && written->n_kids > target->n_kids && ottl__place_touched(target, written, written->n_kids)) return true;
  }
  return false;
}

static void emit_editor(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel, uint32_t statement) {
  const ottl_call_site *site = x->call;
  const ottl_function *f = &ottl__functions[site->function];
  if (emit_is_record(site)) {
    emit_record_editor(e, x, level, sel, statement);
    return;
  }
  const ottl_expr *target = site->args[0].expr;
  if (!f->handler) { /* set */
    const ottl_call_arg *v = &site->args[1];
    bool map_value = !v->is_literal && v->expr->kind == OTTL_E_PATH && is_whole_map(v->expr);
    e->stored = map_value && !looked_into(e, target) ? v->expr : NULL;
    uint16_t value = v->is_literal ? ottl__emit_const(e, v->literal) : ottl__emit_at(e, v->expr, level, sel);
    e->stored = NULL;
    const ottl_expr *map = v->expr && !v->is_literal ? ottl__emit_map_of(e, v->expr, target) : NULL;
    uint16_t whole = map ? ottl__emit_expr(e, map, sel) : OTTL_NO_REG;
    if (e->status == OTTL_OK) emit_store(e, target, value, whole, level, sel, statement);
    return;
  }
  /* A map in the dictionary is changed as the reference does it: a copy, and then a new map. DIFF: none when nothing changed. */
  bool in_place = !field_is_dict_map(target->path->field);
  if (f->params[0].kind == OTTL_P_MAP_GETSETTER && is_whole_map(target) && in_place) {
    emit_place p = ottl__emit_place(e, target);
    if (strcmp(f->name, "delete_key") == 0 && site->args[1].is_literal) {
      uint16_t c = ottl__emit_key_column(e, p.map, cell_view(site->args[1].literal));
      if (c == OTTL_NO_COLUMN) {
        e->status = OTTL_INTERNAL; /* unreachable: the layout has a column for each literal key of delete_key */
        return;                    /* unreachable: as above */
      }
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_DELETE_KEY, .level = level, .a = c, .s = sel, .x = statement});
      emit_place at = {false, p.map, c, 1};
      mark_written(e, at);
      place_if_ordered(e, at, level, sel);
      return;
    }
    if (!e->maps[p.map].spec.entries && ottl__emit_is_keep(x)) {
      emit_keep(e, x, p, level, sel);
      return;
    }
    const ottl_rowmap *sets = ottl__emit_sets(e, x);
    if (sets) {
      emit_sets(e, sets, p.map, level, sel, statement);
      return;
    }
    uint16_t call = ottl__emit_call(e, x, level, sel);
    if (e->status != OTTL_OK) return;
    e->calls[call].map = p.map;
    if (!e->maps[p.map].spec.entries && e->maps[p.map].prune_by == statement + 1) {
      e->maps[p.map].spec.prune = (uint16_t)(call + 1);
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_PRUNE_KEYS, .level = level, .s = sel, .x = p.map, .y = call});
      mark_written(e, p);
      return;
    }
    const emit_counting how = e->maps[p.map].spec.counted ? ottl__emit_counting(x) : EMIT_COUNTS_NOT;
    if (how != EMIT_COUNTS_NOT) {
      ottl_op op = how == EMIT_LIMIT ? OTTL_OP_LIMIT_KEYS : how == EMIT_LONG_TEXTS ? OTTL_OP_TRUNCATE_KEYS : OTTL_OP_EDIT_VALUES;
      ottl__emit_insn(e, (ottl_insn){.op = (uint16_t)op, .level = level, .s = sel, .x = statement, .y = call});
      mark_written(e, p);
      e->maps[p.map].limited |= how == EMIT_LIMIT;
      return;
    }
    /* Columns need not follow when no later statement names one; rows share maps of the levels above. */
    const emit_map *m = &e->maps[p.map];
    uint8_t flags = m->spec.level == e->group->level && m->last_keyed <= statement ? OTTL_EDIT_LAST : 0;
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_MAP_EDIT, .level = level, .flags = flags, .s = sel, .x = statement, .y = call});
    mark_written(e, p);
    return;
  }
  bool on_map = f->params[0].kind == OTTL_P_MAP_GETSETTER;
  emit_value_editor(e, x, on_map ? OTTL_OP_CELL_EDIT : OTTL_OP_PATH_CALL, level, sel, statement);
}

/* ---- statements ---- */

/* Rows of `base` where the condition holds. One selection serves all statements with the same condition that cannot fail. */
static uint16_t emit_select(ottl_emit *e, const ottl_expr *where, uint8_t level, uint16_t base, uint32_t statement) {
  uint16_t cond = ottl__emit_at(e, where, level, base);
  if (e->status != OTTL_OK) return 0;
  ottl__debug_mark(e, where, level, base, false);
  for (size_t i = e->n_insns; i-- > 0 && !where->may_fail;) {
    const ottl_insn *in = &e->insns[i];
    if (in->op == OTTL_OP_SELECT && in->a == cond && in->b == base && in->level == level) return in->d;
  }
  uint16_t d = new_sel(e, level);
  ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_SELECT, .level = level, .d = d, .a = cond, .b = base, .x = statement});
  ottl__emit_narrowed(e, d, base);
  return d;
}

/* A write that cannot fail for any row. */
static bool infallible(ottl_emit *e, const ottl_checked_statement *s) {
  if (s->where && s->where->may_fail) return false;
  const ottl_call_site *site = s->call->call;
  if (emit_is_record(site)) return false;
  const ottl_expr *target = site->args[0].expr;
  if (field_is_dict_map(target->path->field)) return false;
  if (strcmp(ottl__functions[site->function].name, "delete_key") == 0) return is_whole_map(target) && site->args[1].is_literal;
  if (ottl__functions[site->function].handler) return false;
  emit_place p = ottl__emit_place(e, target);
  if (p.is_map || p.column == OTTL_NO_COLUMN || e->columns[p.column].spec.source != OTTL_COL_KEY || target->n_kids != 1)
    return false;
  const ottl_expr *v = site->args[1].expr;
  ottl_types plain = TYPES_NIL | TYPES(BOOL) | TYPES(INT) | TYPES(DOUBLE) | TYPES(STRING) | TYPES(BYTES);
  return v && !v->may_fail && !(v->types & ~plain);
}

static bool group_fails(ottl_emit *e) {
  const ottl_checked_group *g = e->group;
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (g->conditions[i]->may_fail) return true;
  }
  for (uint32_t i = 0; i < g->n_statements; i++) {
    if (!infallible(e, &g->statements[i])) return true;
  }
  return false;
}

static void emit_statement(ottl_emit *e, const ottl_checked_statement *s, uint32_t statement) {
  uint8_t level = e->group->level;
  bool parent = ottl__emit_parent_statement(e, s, &level);
  uint16_t sel = parent ? OTTL_SEL_ALL : e->active;
  ottl__debug_part(e, e->group->n_conditions + statement);
  if (!s->where) ottl__debug_mark(e, NULL, level, sel, false);
  if (s->where) sel = emit_select(e, s->where, level, sel, statement);
  ottl__debug_editor(e, s->call);
  emit_editor(e, s->call, level, sel, statement);
  if (e->group->routes) {
    uint8_t flags = e->group->routes[0] ? OTTL_ROUTE_COPY : 0;
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_ROUTE_ROWS, .level = level, .flags = flags, .a = sel, .x = statement});
    return;
  }
  if (e->stops && !parent && !infallible(e, s)) {
    uint16_t d = new_sel(e, e->group->level);
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_ACTIVE, .level = e->group->level, .d = d, .a = e->active});
    ottl__emit_narrowed(e, d, e->active);
    e->active = d;
  }
}

static void emit_conditions(ottl_emit *e) {
  const ottl_checked_group *g = e->group;
  uint16_t d = new_sel(e, g->level);
  for (uint32_t i = 0; i < g->n_conditions && e->status == OTTL_OK; i++) {
    uint16_t sel = OTTL_SEL_ALL;
    ottl__debug_part(e, i);
    if (i > 0) { /* only rows that no condition took */
      sel = new_sel(e, g->level);
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_SEL_NOT, .level = g->level, .d = sel, .a = OTTL_SEL_ALL, .b = d});
    }
    uint16_t cond = ottl__emit_at(e, g->conditions[i], g->level, sel);
    ottl__debug_mark(e, g->conditions[i], g->level, sel, true);
    ottl_insn in = {.op = OTTL_OP_CONDITION, .level = g->level, .flags = i == 0, .d = d, .a = cond, .b = OTTL_SEL_ALL, .x = i};
    if (g->routes) {
      in.op = OTTL_OP_ROUTE;
      in.flags = (uint8_t)((i == 0 ? OTTL_ROUTE_FIRST : 0) | (g->routes[i] ? OTTL_ROUTE_COPY : 0));
    }
    ottl__emit_insn(e, in);
  }
  e->active = d;
}

static void emit_body(ottl_emit *e) {
  const ottl_checked_group *g = e->group;
  e->active = OTTL_SEL_ALL;
  if (g->n_conditions) emit_conditions(e);
  if (e->kind == OTTL_KIND_FILTER) {
    if (!g->n_conditions || g->routes) return; /* nothing drops anything */
    ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_DROP, .level = g->level, .a = e->active});
    return;
  }
  for (uint32_t i = 0; i < g->n_statements && e->status == OTTL_OK; i++) {
    e->at = g->statements[i].call;
    if (e->kind == OTTL_KIND_TRANSFORM) {
      emit_statement(e, &g->statements[i], i);
    } else {
      ottl__debug_part(e, g->n_conditions + i);
      uint16_t r = ottl__emit_at(e, g->statements[i].call, g->level, OTTL_SEL_ALL);
      ottl__debug_mark(e, e->kind == OTTL_KIND_CONDITIONS ? g->statements[i].call : NULL, g->level, OTTL_SEL_ALL, false);
      ottl__emit_insn(e, (ottl_insn){.op = OTTL_OP_RESULT, .level = g->level, .a = r, .s = OTTL_SEL_ALL, .x = i});
    }
  }
}

/* The hashes of all expressions, bottom up: so each is computed once. */
static void hash_trees(const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_conditions; i++) ottl__emit_hash(g->conditions[i]);
  for (uint32_t i = 0; i < g->n_statements; i++) {
    ottl__emit_hash(g->statements[i].call);
    if (g->statements[i].where) ottl__emit_hash(g->statements[i].where);
  }
}

/* Copies what grew into the program's arena. */
static void *keep(ottl_emit *e, const void *items, size_t n, size_t item_bytes) {
  void *p = arena_array(e->arena, n + 1, item_bytes);
  if (!p) {
    e->status = OTTL_NOMEM;
  } else if (n) {
    memcpy(p, items, n * item_bytes);
  }
  return p;
}

static void finish(ottl_emit *e, ottl_code *code) {
  ottl_column_spec *columns = arena_array(e->arena, e->n_columns + 1, sizeof *columns);
  ottl_map_spec *maps = arena_array(e->arena, e->n_maps + 1, sizeof *maps);
  ottl_insn *insns = arena_array(e->arena, e->n_prologue + e->n_insns + 1, sizeof *insns);
  if (!columns || !maps || !insns) {
    e->status = OTTL_NOMEM;
    return;
  }
  for (size_t i = 0; i < e->n_columns; i++) columns[i] = e->columns[i].spec;
  for (size_t i = 0; i < e->n_maps; i++) maps[i] = e->maps[i].spec;
  if (e->n_prologue) memcpy(insns, e->prologue, e->n_prologue * sizeof *insns);
  if (e->n_insns) memcpy(insns + e->n_prologue, e->insns, e->n_insns * sizeof *insns);
  code->layout = (ottl_layout){e->group->level, (uint16_t)e->n_columns, (uint16_t)e->n_maps, columns, maps, 0};
  code->bodies = keep(e, e->bodies, e->n_bodies, sizeof *code->bodies);
  code->n_bodies = (uint32_t)e->n_bodies;
  code->insns = insns;
  code->n_prologue = (uint32_t)e->n_prologue;
  code->n_insns = (uint32_t)(e->n_prologue + e->n_insns);
  code->regs = keep(e, e->regs, e->n_regs, sizeof *e->regs);
  code->n_regs = (uint32_t)e->n_regs;
  code->pool = keep(e, e->pool, e->n_pool, sizeof *e->pool);
  code->n_pool = (uint32_t)e->n_pool;
  code->names = keep(e, e->names, e->n_names, sizeof *e->names);
  code->n_names = (uint32_t)e->n_names;
  code->calls = keep(e, e->calls, e->n_calls, sizeof *e->calls);
  code->n_calls = (uint32_t)e->n_calls;
  ottl__debug_finish(e);
}

static ottl_status emit_group(ottl_arena *arena, const ottl_checked_group *group, int kind, bool row_order, ottl_diags *diags,
                              ottl_code *ret, emit_debug *debug) {
  ottl_emit e = {.arena = arena,
                 .al = arena->al,
                 .group = group,
                 .kind = kind,
                 .row_order = row_order,
                 .code = ret,
                 .inner = group->level,
                 .clock = 1,
                 .debug = debug};
  *ret = (ottl_code){.context = group->context,
                     .level = group->level,
                     .error_mode = group->error_mode,
                     .on_failure = group->on_failure,
                     .filter = kind == OTTL_KIND_FILTER,
                     .n_statements = group->n_statements,
                     .n_conditions = group->n_conditions};
  hash_trees(group);
  ottl__emit_layout(&e);
  bool shares_cache = false;
  for (size_t i = 0; i < e.n_maps; i++) shares_cache |= e.maps[i].spec.shared;
  bool goes_on = kind == OTTL_KIND_TRANSFORM && group->error_mode != OTTL_ERROR_PROPAGATE && group->context != OTTL_C_OTELCOL;
  e.undo = goes_on && group->on_failure > OTTL_ON_FAILURE_KEEP && e.status == OTTL_OK && group_fails(&e);
  e.stops = ret->stops = e.undo || group->error_mode == OTTL_ERROR_PROPAGATE;
  ret->undo = e.undo;
  if (e.status == OTTL_OK && !row_order) {
    code_hazard hazard = {NULL, 0, 0, false};
    ret->row_order_reason = shares_cache ? "records share a cache" : ottl__emit_hazards(&e, &hazard);
    if (debug) debug->out->hazard = hazard;
    e.row_order = ret->row_order_reason != NULL;
    if (e.row_order && !shares_cache) ottl__emit_rounds(&e, ret);
  } else {
    ret->row_order_reason = row_order ? "asked for" : NULL;
  }
  ret->row_order = e.row_order;
  for (uint32_t i = 0; kind == OTTL_KIND_TRANSFORM && i < group->n_statements; i++)
    ret->appends |= (ottl__functions[group->statements[i].call->call->function].flags & OTTL_FN_APPENDS) != 0;
  emit_column_regs(&e);
  if (e.status == OTTL_OK) emit_body(&e);
  if (e.status == OTTL_OK) finish(&e, ret);
  ottl__hash_index_done(&e.al, &e.columns_by);
  ottl__hash_index_done(&e.al, &e.constants_by);
  al_free(&e.al, e.columns, e.cap_columns * sizeof *e.columns);
  al_free(&e.al, e.maps, e.cap_maps * sizeof *e.maps);
  al_free(&e.al, e.insns, e.cap_insns * sizeof *e.insns);
  al_free(&e.al, e.prologue, e.cap_prologue * sizeof *e.prologue);
  al_free(&e.al, e.bodies, e.cap_bodies * sizeof *e.bodies);
  for (unsigned i = 0; i < OTTL_MAX_LAMBDAS; i++) al_free(&e.al, e.lambda[i].insns, e.lambda[i].cap * sizeof *e.lambda[i].insns);
  al_free(&e.al, e.regs, e.cap_regs * sizeof *e.regs);
  al_free(&e.al, e.pool, e.cap_pool * sizeof *e.pool);
  al_free(&e.al, e.names, e.cap_names * sizeof *e.names);
  al_free(&e.al, e.calls, e.cap_calls * sizeof *e.calls);
  if (e.status == OTTL_LIMIT) {
    const ottl_limit_info *l = &ottl__limits[e.limit];
    ottl_span span = e.at ? (ottl_span){e.at->source_id, e.at->begin, e.at->end} : (ottl_span){0, 0, 0};
    ottl__diag_add(diags, DIAG_TOO_LARGE, span, "a group with more than %llu %s", (unsigned long long)l->standard, l->unit);
  }
  al_free(&e.al, e.buckets, e.n_buckets * sizeof *e.buckets);
  al_free(&e.al, e.values, e.cap_values * sizeof *e.values);
  al_free(&e.al, e.sel_parent, e.cap_sel_parent * sizeof *e.sel_parent);
  return e.status;
}

ottl_status ottl__emit_group(ottl_arena *arena, const ottl_checked_group *group, int kind, bool row_order, ottl_diags *diags,
                             ottl_code *ret) {
  return emit_group(arena, group, kind, row_order, diags, ret, NULL);
}

ottl_status ottl__emit_debug(ottl_arena *arena, const ottl_checked_group *group, int kind, bool row_order, ottl_code *ret,
                             code_debug *debug) {
  *debug = (code_debug){0};
  emit_debug notes = {.out = debug};
  ottl_allocator al = arena->al;
  ottl_status status = emit_group(arena, group, kind, row_order, NULL, ret, &notes);
  al_free(&al, notes.prologue.items, notes.prologue.cap * sizeof(code_origin));
  al_free(&al, notes.insns.items, notes.insns.cap * sizeof(code_origin));
  al_free(&al, notes.bodies.items, notes.bodies.cap * sizeof(code_origin));
  for (unsigned i = 0; i < OTTL_MAX_LAMBDAS; i++) al_free(&al, notes.lambda[i].items, notes.lambda[i].cap * sizeof(code_origin));
  al_free(&al, notes.values, notes.cap_values * sizeof *notes.values);
  ottl__hash_index_done(&al, &notes.values_by);
  al_free(&al, notes.marks, notes.cap_marks * sizeof *notes.marks);
  al_free(&al, notes.operands, notes.cap_operands * sizeof *notes.operands);
  al_free(&al, notes.reuses, notes.cap_reuses * sizeof *notes.reuses);
  return status;
}
