/* The layout: which columns and maps a group needs, and in which tier each map is.
 *
 * A map is in the key tier while only constant keys of it are named; then nothing but those columns is read. It is in the entry
 * tier as soon as something sees or edits it as a whole, or by a key known only at run time; but not when nothing was written to it
 * before it is seen: then what is seen are the bytes that it came as. */
#include "base/map.h"
#include "bytecode/emit.h"
#include "sema/narrow.h"

enum { MERGED_KEYS = 32 }; /* columns that a merge_maps of literals may take */

static uint16_t layout_map(ottl_emit *e, const ottl_expr *path) {
  const ottl_path_info *info = path->path;
  uint16_t field = info->view == OTTL_V_CACHE ? OTTL_FIELD_COUNT : info->field;
  for (size_t i = 0; i < e->n_maps; i++) {
    if (e->maps[i].spec.field == field && (field != OTTL_FIELD_COUNT || e->maps[i].context == info->context)) return (uint16_t)i;
  }
  if (e->n_maps >= OTTL_NO_COLUMN || !ottl__emit_grow(e, &e->maps, &e->cap_maps, e->n_maps + 1, sizeof *e->maps)) return 0;
  uint8_t level = info->view == OTTL_V_CACHE ? e->group->level : ottl__fields[field].level;
  bool shared = info->view == OTTL_V_CACHE && e->group->shared_cache && info->context == e->group->context;
  ottl_map_spec spec = {.field = field, .level = level, .entries = shared, .shared = shared};
  e->maps[e->n_maps] = (emit_map){.spec = spec, .context = info->context};
  return (uint16_t)e->n_maps++;
}

static uint32_t column_hash(const ottl_column_spec *c) {
  if (c->source == OTTL_COL_FIELD) return c->field * 0x9e3779b1u;
  return ottl__hash_bytes(c->key.data, c->key.len) + c->map;
}

static uint16_t column_find(const ottl_emit *e, const ottl_column_spec *spec) {
  uint32_t i;
  for (hash_cursor c = hash_begin(&e->columns_by, column_hash(spec)); hash_next(&c, &i);) {
    const ottl_column_spec *s = &e->columns[i].spec;
    if (s->source != spec->source) continue;
    if (spec->source == OTTL_COL_FIELD ? s->field == spec->field : s->map == spec->map && view_eq(s->key, spec->key))
      return (uint16_t)i;
  }
  return OTTL_NO_COLUMN;
}

static void column_index(ottl_emit *e, size_t i) {
  if (e->status == OTTL_OK) {
    e->status = ottl__hash_index_add(&e->al, &e->columns_by, column_hash(&e->columns[i].spec), (uint32_t)i);
  }
}

static uint16_t layout_column(ottl_emit *e, ottl_column_spec spec) {
  if (spec.source == OTTL_COL_KEY && e->maps[spec.map].last_keyed < e->statement) e->maps[spec.map].last_keyed = e->statement;
  uint16_t found = column_find(e, &spec);
  if (found != OTTL_NO_COLUMN) return found;
  if (!ottl__emit_grow(e, &e->columns, &e->cap_columns, e->n_columns + 1, sizeof *e->columns)) return 0;
  e->columns[e->n_columns] = (emit_column){.spec = spec};
  column_index(e, e->n_columns);
  return (uint16_t)e->n_columns++;
}

uint16_t ottl__emit_key_column(const ottl_emit *e, uint16_t map, ottl_view key) {
  return column_find(e, &(ottl_column_spec){.source = OTTL_COL_KEY, .map = map, .key = key});
}

static bool key_is_constant(const ottl_expr *path, uint32_t key) {
  return key < path->n_kids && path->kids[key]->kind == OTTL_E_LITERAL && path->kids[key]->literal.tag == OTTL_T_STRING;
}

emit_place ottl__emit_place(ottl_emit *e, const ottl_expr *path) {
  const ottl_path_info *info = path->path;
  if (info->view == OTTL_V_MAP || info->view == OTTL_V_CACHE) {
    uint16_t map = layout_map(e, path);
    if (e->status != OTTL_OK || !key_is_constant(path, 0)) return (emit_place){true, map, OTTL_NO_COLUMN, 0};
    uint16_t column = layout_column(
        e, (ottl_column_spec){
               .source = OTTL_COL_KEY, .level = e->maps[map].spec.level, .map = map, .key = cell_view(path->kids[0]->literal)});
    return (emit_place){false, map, column, 1};
  }
  if (info->field == OTTL_FIELD_COUNT) return (emit_place){false, 0, OTTL_NO_COLUMN, 0};
  uint16_t column = layout_column(
      e, (ottl_column_spec){.source = OTTL_COL_FIELD, .level = ottl__fields[info->field].level, .field = info->field});
  return (emit_place){false, 0, column, 0};
}

static void layout_expr(ottl_emit *e, const ottl_expr *x);

/* target: it is written, too. */
static void layout_read(ottl_emit *e, const ottl_expr *path, bool target) {
  emit_place place = ottl__emit_place(e, path);
  if (e->status != OTTL_OK) return;
  if (place.is_map) {
    emit_map *map = &e->maps[place.map];
    bool seen = !target && path->n_kids == 0 && path->path->view == OTTL_V_MAP && map->spec.level == e->group->level &&
                !field_is_dict_map(map->spec.field);
    if (!seen)
      map->spec.entries = true;
    else if (map->read_by <= e->statement)
      map->read_by = e->statement + 1;
  }
  for (uint32_t i = place.first_key; i < path->n_kids; i++) layout_expr(e, path->kids[i]);
}

static void layout_call(ottl_emit *e, const ottl_call_site *call, bool is_editor) {
  const ottl_function *f = &ottl__functions[call->function];
  e->has_records |= emit_is_record(call);
  for (uint32_t i = 0; i < call->n_args; i++) {
    const ottl_call_arg *a = &call->args[i];
    if (is_editor && i == 0) continue; /* the target: layout_editor */
    if (a->expr && !a->is_literal) layout_expr(e, a->expr);
    for (uint32_t k = 0; k < a->n_items; k++) layout_expr(e, a->items[k]);
  }
  if (f->flags & OTTL_FN_SEES_ORDER) {
    for (size_t m = 0; m < e->n_maps; m++) e->maps[m].spec.ordered = true;
  }
}

static void layout_expr(ottl_emit *e, const ottl_expr *x) {
  if (x->kind == OTTL_E_PATH) {
    layout_read(e, x, false);
    return;
  }
  if (x->kind == OTTL_E_CALL) layout_call(e, x->call, false);
  for (uint32_t i = 0; i < x->n_kids; i++) layout_expr(e, x->kids[i]);
}

/* delete_key of a whole map by a constant key is a write to a key column: the map can stay in the key tier. */
static bool is_key_delete(const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  const ottl_expr *target = call->args[0].expr;
  return strcmp(ottl__functions[call->function].name, "delete_key") == 0 && target->n_kids == 0 &&
         !field_is_dict_map(target->path->field) && (target->path->view == OTTL_V_MAP || target->path->view == OTTL_V_CACHE) &&
         call->args[1].is_literal;
}

/* keep_keys of a whole map with literal keys: those keys are columns, and everything else goes, unseen. */
bool ottl__emit_is_keep(const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  const ottl_expr *target = call->args[0].expr;
  if (strcmp(ottl__functions[call->function].name, "keep_keys") != 0 || target->n_kids) return false;
  if ((target->path->view != OTTL_V_MAP && target->path->view != OTTL_V_CACHE) || field_is_dict_map(target->path->field))
    return false;
  const ottl_call_arg *keys = &call->args[1];
  if (!keys->given || keys->is_literal || keys->expr) return false;
  for (uint32_t i = 0; i < keys->n_items; i++) {
    if (keys->items[i]->kind != OTTL_E_LITERAL || keys->items[i]->literal.tag != OTTL_T_STRING) return false;
  }
  return true;
}

const ottl_rowmap *ottl__emit_sets(const ottl_emit *e, const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  if (strcmp(ottl__functions[call->function].name, "merge_maps") != 0) return NULL;
  const ottl_expr *target = call->args[0].expr;
  if (target->n_kids || target->path->view != OTTL_V_MAP || field_is_dict_map(target->path->field)) return NULL;
  if (ottl__fields[target->path->field].level != e->group->level || !view_is(cell_view(call->args[2].literal), "upsert"))
    return NULL;
  const ottl_call_arg *source = &call->args[1];
  if (!source->is_literal && (!source->expr || source->expr->kind != OTTL_E_LITERAL)) return NULL;
  const ottl_cell literal = source->is_literal ? source->literal : source->expr->literal;
  if (literal.tag != (OTTL_T_MAP | OTTL_TAG_TREE) || cell_map(literal)->n > MERGED_KEYS) return NULL;
  for (uint32_t i = 0; i < cell_map(literal)->n; i++) {
    uint8_t tag = cell_map(literal)->items[i].tag;
    if (tag < OTTL_T_BOOL || tag > OTTL_T_STRING) return NULL;
  }
  return cell_map(literal);
}

static void map_written(ottl_emit *e, uint16_t map) {
  e->maps[map].spec.written = true;
  if (!e->maps[map].written_from || e->maps[map].written_from > e->statement) e->maps[map].written_from = e->statement + 1;
}

static void layout_sets(ottl_emit *e, const ottl_expr *editor, const ottl_rowmap *source) {
  uint16_t map = layout_map(e, editor->call->args[0].expr);
  if (e->status == OTTL_OK) map_written(e, map);
  for (uint32_t i = 0; i < source->n && e->status == OTTL_OK; i++) {
    ottl_view key = {source->items[i].key, source->items[i].klen};
    uint16_t column =
        layout_column(e, (ottl_column_spec){.source = OTTL_COL_KEY, .level = e->maps[map].spec.level, .map = map, .key = key});
    if (e->status == OTTL_OK) e->columns[column].spec.written = true;
  }
}

/* Some statement may write any entry of the map. */
static void write_whole(ottl_emit *e, uint16_t map) {
  map_written(e, map);
  for (size_t c = 0; c < e->n_columns; c++) {
    if (e->columns[c].spec.source == OTTL_COL_KEY && e->columns[c].spec.map == map) e->columns[c].spec.written = true;
  }
}

static void layout_keep(ottl_emit *e, const ottl_expr *editor) {
  const ottl_call_arg *keys = &editor->call->args[1];
  uint16_t map = layout_map(e, editor->call->args[0].expr);
  for (uint32_t i = 0; i < keys->n_items && e->status == OTTL_OK; i++) {
    layout_column(
        e, (ottl_column_spec){
               .source = OTTL_COL_KEY, .level = e->maps[map].spec.level, .map = map, .key = cell_view(keys->items[i]->literal)});
  }
  if (e->status != OTTL_OK) return;
  e->maps[map].spec.cut = true;
  write_whole(e, map);
}

/* delete_matching_keys or keep_matching_keys of a whole map with a constant pattern: whether an entry goes depends on its key alone. */
bool ottl__emit_is_prune(const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  const ottl_expr *target = call->args[0].expr;
  const char *name = ottl__functions[call->function].name;
  if (strcmp(name, "delete_matching_keys") != 0 && strcmp(name, "keep_matching_keys") != 0) return false;
  return call->prep && target->n_kids == 0 && target->path->view == OTTL_V_MAP && !field_is_dict_map(target->path->field);
}

/* A pass has one such rule at most, of a map of its own level, and no keep_keys beside it; everything else needs entries. */
static void layout_prune(ottl_emit *e, const ottl_expr *target) {
  uint16_t m = layout_map(e, target);
  if (e->status != OTTL_OK) return;
  emit_map *map = &e->maps[m];
  uint32_t by = e->statement + 1;
  bool alone = map->spec.level == e->group->level && !map->spec.cut && (!map->prune_by || map->prune_by == by);
  for (size_t k = 0; k < e->n_maps; k++) alone &= k == m || !e->maps[k].prune_by;
  if (alone)
    map->prune_by = by;
  else
    map->spec.entries = true;
  write_whole(e, m);
}

emit_counting ottl__emit_counting(const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  const ottl_expr *target = call->args[0].expr;
  const char *name = ottl__functions[call->function].name;
  if (target->n_kids || target->path->view != OTTL_V_MAP || field_is_dict_map(target->path->field)) return EMIT_COUNTS_NOT;
  if (strcmp(name, "limit") == 0) return EMIT_LIMIT;
  if (strcmp(name, "truncate_all") == 0) return EMIT_LONG_TEXTS;
  if (strcmp(name, "stringify_all") == 0) return EMIT_NO_TEXTS;
  if (strcmp(name, "replace_all_matches") == 0) return EMIT_TEXTS;
  bool patterns = strcmp(name, "replace_all_patterns") == 0;
  return patterns && view_is(cell_view(call->args[1].literal), "value") ? EMIT_TEXTS : EMIT_COUNTS_NOT;
}

/* The keys that a limit keeps are columns. */
static void layout_limit(ottl_emit *e, uint16_t m, const ottl_call_arg *keys) {
  const ottl_list *list = cell_is_tree(keys->literal) ? cell_list(keys->literal) : NULL;
  for (uint32_t i = 0; list && i < list->n && e->status == OTTL_OK; i++) {
    layout_column(e, (ottl_column_spec){
                         .source = OTTL_COL_KEY, .level = e->maps[m].spec.level, .map = m, .key = cell_view(list->items[i])});
  }
}

/* The values that the projection has to note for the editor. */
static void layout_noted(ottl_map_spec *spec, emit_counting how, int64_t longest) {
  if (!spec->counted) spec->least = UINT32_MAX;
  spec->counted = true;
  spec->no_texts |= how == EMIT_NO_TEXTS;
  const int64_t least = how == EMIT_TEXTS ? 0 : how == EMIT_LONG_TEXTS && longest < UINT32_MAX ? longest + 1 : UINT32_MAX;
  if (least < spec->least) spec->least = (uint32_t)least;
}

static void layout_counting(ottl_emit *e, const ottl_expr *editor, emit_counting how) {
  const ottl_call_site *call = editor->call;
  uint16_t m = layout_map(e, call->args[0].expr);
  if (e->status != OTTL_OK) return;
  emit_map *map = &e->maps[m];
  layout_noted(&map->spec, how, how == EMIT_LONG_TEXTS ? (int64_t)call->args[1].literal.word : 0);
  if (how == EMIT_LIMIT) {
    uint32_t by = e->statement + 1;
    if (map->limit_by && map->limit_by != by) map->spec.entries = true; /* what a limit leaves out is in no order */
    map->limit_by = by;
    layout_limit(e, m, &call->args[2]);
  }
  write_whole(e, m);
}

static bool sees_order(const ottl_expr *x) {
  if (!x) return false;
  if (x->kind == OTTL_E_CALL && (ottl__functions[x->call->function].flags & OTTL_FN_SEES_ORDER)) return true;
  EXPR_INSIDE(x, in) {
    if (sees_order(in.is)) return true;
  }
  return false;
}

bool ottl__group_sees_order(const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (sees_order(g->conditions[i])) return true;
  }
  for (uint32_t i = 0; i < g->n_statements; i++) {
    if (sees_order(g->statements[i].where) || sees_order(g->statements[i].call)) return true;
  }
  return false;
}

/* What a later group sees must be in the reference's order. */
static void layout_shown(ottl_emit *e) {
  for (size_t m = 0; m < e->n_maps && e->group->order_shows; m++) {
    ottl_map_spec *spec = &e->maps[m].spec;
    if (spec->written && spec->field != OTTL_FIELD_COUNT && !field_is_dict_map(spec->field)) spec->entries = spec->ordered = true;
  }
}

/* Maps that are seen as a whole, but not after something was written to them. */
static void layout_seen(ottl_emit *e) {
  for (size_t m = 0; m < e->n_maps; m++) {
    emit_map *map = &e->maps[m];
    if (!map->read_by) continue;
    map->spec.entries |= e->has_records || (map->written_from && map->written_from < map->read_by);
    map->spec.seen = !map->spec.entries;
  }
}

/* Maps that are counted: of the own level, and nothing else takes entries away unseen or reads rows again. */
static void layout_counted(ottl_emit *e) {
  for (size_t m = 0; m < e->n_maps; m++) {
    emit_map *map = &e->maps[m];
    if (!map->spec.counted) continue;
    bool alone =
        map->spec.level == e->group->level && !map->spec.cut && !map->prune_by && !e->has_records && e->n_columns <= UINT8_MAX;
    map->spec.entries |= !alone;
    map->spec.counted = !map->spec.entries;
  }
}

static void layout_editor(ottl_emit *e, const ottl_expr *editor) {
  const ottl_call_site *call = editor->call;
  layout_call(e, call, !emit_is_record(call));
  if (emit_is_record(call)) return; /* what it writes is read again as a whole */
  const ottl_expr *target = call->args[0].expr;
  if (ottl__emit_is_keep(editor)) {
    layout_keep(e, editor);
    return;
  }
  if (ottl__emit_is_prune(editor)) {
    layout_prune(e, target);
    return;
  }
  const ottl_rowmap *sets = ottl__emit_sets(e, editor);
  if (sets) {
    layout_sets(e, editor, sets);
    return;
  }
  const emit_counting how = ottl__emit_counting(editor);
  if (how != EMIT_COUNTS_NOT) {
    layout_counting(e, editor, how);
    return;
  }
  if (is_key_delete(editor)) {
    uint16_t map = layout_map(e, target);
    if (e->status != OTTL_OK) return;
    uint16_t column = layout_column(
        e, (ottl_column_spec){
               .source = OTTL_COL_KEY, .level = e->maps[map].spec.level, .map = map, .key = cell_view(call->args[1].literal)});
    if (e->status != OTTL_OK) return;
    e->columns[column].spec.written = true;
    map_written(e, map);
    return;
  }
  layout_read(e, target, true);
  if (e->status != OTTL_OK) return;
  emit_place place = ottl__emit_place(e, target);
  if (call_is_set(editor) && call->args[1].expr && !call->args[1].is_literal && ottl__emit_map_of(e, call->args[1].expr, target))
    e->maps[place.map].spec.entries = true;
  if (place.column != OTTL_NO_COLUMN) e->columns[place.column].spec.written = true;
  if (place.is_map || (place.column != OTTL_NO_COLUMN && e->columns[place.column].spec.source == OTTL_COL_KEY)) {
    map_written(e, place.map);
  }
  /* The whole map is rewritten, or an entry of it that is known only at run time: every key column may change. */
  if (place.is_map) write_whole(e, place.map);
}

/* Key columns of a map have to be contiguous: sorts the columns by map, fields last, and renumbers. */
static void layout_sort(ottl_emit *e) {
  emit_column *sorted = arena_array(e->arena, e->n_columns, sizeof *sorted);
  if (!sorted) {
    e->status = OTTL_NOMEM;
    return;
  }
  size_t n = 0;
  for (size_t m = 0; m < e->n_maps; m++) {
    e->maps[m].spec.first_column = (uint16_t)n;
    for (size_t c = 0; c < e->n_columns; c++) {
      if (e->columns[c].spec.source == OTTL_COL_KEY && e->columns[c].spec.map == m) sorted[n++] = e->columns[c];
    }
    e->maps[m].spec.n_columns = (uint16_t)(n - e->maps[m].spec.first_column);
  }
  for (size_t c = 0; c < e->n_columns; c++) {
    if (e->columns[c].spec.source == OTTL_COL_FIELD) sorted[n++] = e->columns[c];
  }
  if (e->n_columns) memcpy(e->columns, sorted, n * sizeof *sorted);
  ottl__hash_index_clear(&e->columns_by);
  for (size_t c = 0; c < n; c++) column_index(e, c);
}

void ottl__emit_layout(ottl_emit *e) {
  const ottl_checked_group *g = e->group;
  for (uint32_t i = 0; i < g->n_conditions; i++) layout_expr(e, g->conditions[i]);
  /* Twice: an editor of a whole map marks the key columns that later statements name, too. */
  for (int turn = 0; turn < 2; turn++) {
    for (uint32_t i = 0; i < g->n_statements && e->status == OTTL_OK; i++) {
      const ottl_checked_statement *s = &g->statements[i];
      e->statement = i;
      if (s->where) layout_expr(e, s->where);
      if (e->kind == OTTL_KIND_TRANSFORM) {
        layout_editor(e, s->call);
      } else {
        layout_expr(e, s->call);
      }
    }
  }
  layout_shown(e);
  layout_seen(e);
  if (e->status == OTTL_OK) layout_counted(e);
  e->statement = 0; /* paths are looked up again while code is made */
  if (e->status == OTTL_OK) layout_sort(e);
  if (e->n_columns > OTTL_MAX_COLUMNS) ottl__emit_limit(e, OTTL_LIMIT_COLUMNS);
}
