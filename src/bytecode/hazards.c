/* Hazards: may a group run statement by statement over many rows, though the reference runs record by record?
 *
 * Rows of the group's own level see nothing of each other. What they share is the levels above. Let P be a place above that
 * some statement writes (a field, a key of a map, or a whole map). The vectorized order gives the reference's result if
 *   - nobody reads P, and P has one writer: the last selected row of each parent wins; or
 *   - every writer of P is a parent statement (its condition and value depend on P's level or above alone, and doing it twice is
 *     doing it once), and whoever reads P does so after the last writer, or is itself that writer and reads P only in its
 *     `where`, which cannot fail. Then the first record of a parent does all there is to do, and later ones change nothing.
 * A key that an editor leaves as it is, though it edits the map (keep_keys with the key in its list), is no place that it writes.
 * Everything else runs in row order. So does a group whose records take back what they wrote above when they fail.
 *
 * Row order need not be row by row: rows under different parents see nothing of each other, so that windows can go in rounds
 * (vm/rounds.c), if what is written above is all that rows share. */
#include "bytecode/emit.h"

typedef struct place {
  uint8_t level;
  uint16_t map;        /* maps: index, else UINT16_MAX */
  uint16_t column;     /* fields and keys: column, else OTTL_NO_COLUMN (whole map) */
  const ottl_expr *by; /* the editor that writes a whole map, or NULL */
} place;

/* Does the editor leave the key as it is, whatever else it does to its map? */
static bool editor_spares(ottl_emit *e, const ottl_expr *editor, ottl_view key) {
  const ottl_call_site *call = editor->call;
  if (ottl__emit_is_keep(editor)) {
    for (uint32_t i = 0; i < call->args[1].n_items; i++) {
      if (view_eq(cell_view(call->args[1].items[i]->literal), key)) return true;
    }
    return false;
  }
  if (!ottl__emit_is_prune(editor)) return false;
  ottl_scratch *scratch;
  ottl_status status = ottl__scratch_create(&e->al, &scratch);
  bool goes = true;
  if (status == OTTL_OK) {
    status = ottl__key_goes(&ottl__functions[call->function], call->prep, scratch, key, &goes);
    ottl__scratch_free(scratch);
  }
  if (status != OTTL_OK && e->status == OTTL_OK) e->status = status;
  return status == OTTL_OK && !goes;
}

static bool place_spared(ottl_emit *e, place map, place key) {
  return map.by && key.column != OTTL_NO_COLUMN && editor_spares(e, map.by, e->columns[key.column].spec.key);
}

static bool places_meet(ottl_emit *e, place a, place b) {
  if (a.level != b.level || a.map != b.map) return false;
  if (a.map == UINT16_MAX) {
    if (a.column == b.column) return true;
    /* Fields of one sub-message may overlap: status and status.code. */
    return ottl__fields[e->columns[a.column].spec.field].wire == OTTL_W_MESSAGE ||
           ottl__fields[e->columns[b.column].spec.field].wire == OTTL_W_MESSAGE;
  }
  if (place_spared(e, a, b) || place_spared(e, b, a)) return false;
  return a.column == OTTL_NO_COLUMN || b.column == OTTL_NO_COLUMN || a.column == b.column;
}

static bool path_place(ottl_emit *e, const ottl_expr *path, place *ret) {
  emit_place p = ottl__emit_place(e, path);
  if (!p.is_map && p.column == OTTL_NO_COLUMN) return false;
  bool in_map = p.is_map || e->columns[p.column].spec.source == OTTL_COL_KEY;
  uint8_t level = in_map ? e->maps[p.map].spec.level : e->columns[p.column].spec.level;
  *ret = (place){level, in_map ? p.map : UINT16_MAX, p.column, NULL};
  return true;
}

static bool expr_reads(ottl_emit *e, const ottl_expr *x, place p);

static bool call_reads(ottl_emit *e, const ottl_call_site *call, uint32_t from, place p) {
  for (uint32_t i = from; i < call->n_args; i++) {
    const ottl_call_arg *a = &call->args[i];
    if (a->expr && !a->is_literal && expr_reads(e, a->expr, p)) return true;
    for (uint32_t k = 0; k < a->n_items; k++) {
      if (expr_reads(e, a->items[k], p)) return true;
    }
  }
  return false;
}

static bool expr_reads(ottl_emit *e, const ottl_expr *x, place p) {
  if (x->kind == OTTL_E_PATH) {
    place q;
    if (path_place(e, x, &q) && places_meet(e, p, q)) return true;
  }
  if (x->kind == OTTL_E_CALL && call_reads(e, x->call, 0, p)) return true;
  for (uint32_t i = 0; i < x->n_kids; i++) {
    if (expr_reads(e, x->kids[i], p)) return true;
  }
  return false;
}

/* The list that the rows of the group are in: emptying it ends the reference's walk over them. */
static bool holds_rows(ottl_emit *e, place p) {
  if (p.map != UINT16_MAX || p.column == OTTL_NO_COLUMN) return false;
  uint16_t field = e->columns[p.column].spec.field;
  return field == OTTL_FIELD_SPAN_EVENTS || field == OTTL_FIELD_PROFILE_SAMPLES || field == OTTL_FIELD_METRIC_POINTS ||
         field == OTTL_FIELD_POINT_EXEMPLARS;
}

static bool is_set(const ottl_call_site *call) { return strcmp(ottl__functions[call->function].name, "set") == 0; }

/* What the statement writes, if it is above the group's level. */
static bool shared_write(ottl_emit *e, const ottl_checked_statement *s, place *ret) {
  const ottl_call_site *call = s->call->call;
  if (emit_is_record(call)) return false; /* its own record */
  const ottl_expr *target = call->args[0].expr;
  if (!path_place(e, target, ret) || ret->level >= e->group->level) return false;
  if (target->n_kids == 0 && ret->map != UINT16_MAX && strcmp(ottl__functions[call->function].name, "delete_key") == 0 &&
      call->args[1].is_literal) {
    ottl_column_spec key = {.source = OTTL_COL_KEY, .map = ret->map, .key = cell_view(call->args[1].literal)};
    for (size_t c = 0; c < e->n_columns; c++) {
      const ottl_column_spec *spec = &e->columns[c].spec;
      if (spec->source == key.source && spec->map == key.map && view_eq(spec->key, key.key)) ret->column = (uint16_t)c;
    }
  }
  if (ret->map != UINT16_MAX && ret->column == OTTL_NO_COLUMN) ret->by = s->call;
  return true;
}

/* Overwrites what was there, whatever it was: the last writer alone counts. */
static bool full_overwrite(ottl_emit *e, const ottl_checked_statement *s, place p) {
  const ottl_call_site *call = s->call->call;
  const ottl_expr *target = call->args[0].expr;
  if (p.column == OTTL_NO_COLUMN) return false;
  if (is_set(call)) return target->n_kids == ottl__emit_place(e, target).first_key;
  return strcmp(ottl__functions[call->function].name, "delete_key") == 0 && target->n_kids == 0;
}

/* Highest level that arguments and condition depend on. */
static int call_level(const ottl_call_site *call, uint32_t from) {
  int level = -1;
  for (uint32_t i = from; i < call->n_args; i++) {
    const ottl_call_arg *a = &call->args[i];
    if (a->expr && !a->is_literal && a->expr->level > level) level = a->expr->level;
    for (uint32_t k = 0; k < a->n_items; k++) {
      if (a->items[k]->level > level) level = a->items[k]->level;
    }
  }
  return level;
}

static bool impure(const ottl_expr *x) {
  if (x->impure) return true;
  for (uint32_t i = 0; i < x->n_kids; i++) {
    if (impure(x->kids[i])) return true;
  }
  return false;
}

bool ottl__emit_parent_statement(ottl_emit *e, const ottl_checked_statement *s, uint8_t *ret_level) {
  place p;
  if (e->row_order || e->kind != OTTL_KIND_TRANSFORM || e->group->routes || !shared_write(e, s, &p)) return false;
  const ottl_call_site *call = s->call->call;
  const ottl_expr *target = call->args[0].expr;
  if (!(ottl__functions[call->function].flags & OTTL_FN_IDEMPOTENT)) return false;
  int level = call_level(call, 1);
  for (uint32_t i = 0; i < target->n_kids; i++) {
    const ottl_expr *key = target->kids[i];
    if (key->level > level) level = key->level;
    /* A negative index makes a list of one, and is out of its bounds the second time. */
    bool sure = key->kind == OTTL_E_LITERAL && (key->literal.tag != OTTL_T_INT || (int64_t)key->literal.word >= 0);
    if (!sure && (key->types & TYPES(INT))) return false;
    if (expr_reads(e, key, p)) return false;
  }
  if (s->where && s->where->level > level) level = s->where->level;
  if (e->group->n_conditions) return false; /* which parents have a record that passes them is known only record by record */
  if (level > (int)p.level || impure(s->call) || (s->where && impure(s->where))) return false;
  if (call_reads(e, call, 1, p)) return false; /* not even its own value may depend on what it writes */
  if (s->where && s->where->may_fail && expr_reads(e, s->where, p)) return false; /* it could fail on what was written */
  *ret_level = p.level;
  return true;
}

static bool statement_reads(ottl_emit *e, const ottl_checked_statement *s, place p, bool own_target) {
  if (s->where && expr_reads(e, s->where, p)) return true;
  if (e->kind != OTTL_KIND_TRANSFORM) return expr_reads(e, s->call, p);
  const ottl_call_site *call = s->call->call;
  if (emit_is_record(call)) return call_reads(e, call, 0, p);
  if (call_reads(e, call, 1, p)) return true;
  const ottl_expr *target = call->args[0].expr;
  for (uint32_t i = 0; i < target->n_kids; i++) {
    if (expr_reads(e, target->kids[i], p)) return true;
  }
  /* Editors other than set and delete_key read their target. */
  return !own_target && !full_overwrite(e, s, p) && expr_reads(e, target, p);
}

/* Flags that some statement's function has. */
static uint32_t group_flags(const ottl_checked_group *g) {
  uint32_t flags = 0;
  for (uint32_t i = 0; i < g->n_statements; i++) flags |= ottl__functions[g->statements[i].call->call->function].flags;
  return flags;
}

const char *ottl__emit_hazards(ottl_emit *e, code_hazard *ret) {
  const ottl_checked_group *g = e->group;
  if (e->kind != OTTL_KIND_TRANSFORM) return NULL;
  uint32_t flags = group_flags(g);
  if (flags & OTTL_FN_ABOVE) return "a statement looks at the whole record that many rows share";
  for (uint32_t i = 0; i < g->n_statements; i++) {
    const ottl_checked_statement *s = &g->statements[i];
    place p;
    if (!shared_write(e, s, &p)) continue;
    *ret = (code_hazard){s->call->call->args[0].expr, g->n_conditions + i, UINT32_MAX, false};
    if (flags & OTTL_FN_APPENDS) return "a statement appends records, and a value that many records share is written";
    if (holds_rows(e, p)) return "a statement writes the list that the records are in";
    if (e->undo) return "a record that fails takes back what it wrote to values that many records share";
    uint8_t level;
    bool parent = ottl__emit_parent_statement(e, s, &level);
    if (!parent && !full_overwrite(e, s, p)) return "a statement edits a value that many records share, in place";
    uint32_t writers = 0, last_writer = i;
    bool all_parent = true, read = false, read_early = false;
    for (uint32_t k = 0; k < g->n_statements; k++) {
      place q;
      if (!shared_write(e, &g->statements[k], &q) || !places_meet(e, p, q)) continue;
      writers++;
      if (k != i) ret->other = g->n_conditions + k;
      last_writer = k;
      all_parent &= ottl__emit_parent_statement(e, &g->statements[k], &level);
    }
    for (uint32_t k = 0; k < g->n_statements; k++) {
      if (!statement_reads(e, &g->statements[k], p, k == i)) continue;
      if (!read || (ret->other == g->n_conditions + i && k != i)) ret->other = g->n_conditions + k;
      read = true;
      if (k < last_writer || (k == last_writer && call_reads(e, g->statements[k].call->call, 1, p))) read_early = true;
    }
    for (uint32_t k = 0; k < g->n_conditions; k++) {
      if (!expr_reads(e, g->conditions[k], p)) continue;
      read = read_early = true;
      ret->other = k;
    }
    if (all_parent ? read_early : read || writers > 1) {
      ret->reads = read;
      return read ? "a value that many records share is written and read" : "a value that many records share is written twice";
    }
  }
  ret->written = NULL;
  return NULL;
}

/* Does what the statement writes above depend on nothing but P's level and what is above it, and can the rounds see whether it
 * changed? */
static bool write_settles(ottl_emit *e, const ottl_checked_statement *s, place p) {
  const ottl_call_site *call = s->call->call;
  const ottl_expr *target = call->args[0].expr;
  int level = call_level(call, 1);
  if (s->where && s->where->level > level) level = s->where->level;
  for (uint32_t i = 0; i < target->n_kids; i++) {
    if (target->kids[i]->level > level) level = target->kids[i]->level;
  }
  if (level > (int)p.level || impure(s->call) || (s->where && impure(s->where))) return false;
  return p.map == UINT16_MAX || (!e->maps[p.map].spec.entries && !field_is_dict_map(e->maps[p.map].spec.field));
}

void ottl__emit_rounds(ottl_emit *e, ottl_code *code) {
  const ottl_checked_group *g = e->group;
  if (e->kind != OTTL_KIND_TRANSFORM || g->routes || e->undo) return;
  if (group_flags(g) & (OTTL_FN_ABOVE | OTTL_FN_APPENDS | OTTL_FN_RECORD)) return;
  uint8_t rounds = 0, restless = 0;
  for (uint32_t i = 0; i < g->n_statements; i++) {
    place p;
    if (!shared_write(e, &g->statements[i], &p)) continue;
    if (holds_rows(e, p)) return;
    rounds |= (uint8_t)(1u << p.level);
    if (!write_settles(e, &g->statements[i], p)) restless |= (uint8_t)(1u << p.level);
  }
  code->rounds = rounds;
  if (g->n_conditions == 0)
    code->settles = rounds & (uint8_t)~restless; /* else a row may change nothing because it was left out */
}
