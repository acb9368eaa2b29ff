/* Lints about statements of a group and what they do to each other: keys that are read after they were deleted, values that are
 * overwritten, nil that is written, expensive work on every record; and about conditions that are there twice or let nothing pass.
 * A statement is held against those behind it, as many as LINT_WINDOW says. */
#include "sema/sema.h"

#include <stdio.h>

static const char *name_of(const ottl_expr *call) { return ottl__functions[call->call->function].name; }

static uint32_t window_end(uint32_t i, uint32_t n) {
  uint32_t most = ottl__limits[OTTL_LIMIT_LINT_WINDOW].standard;
  return n - i > most ? i + most : n;
}

static bool statement_reads(const ottl_checked_statement *st, const ottl_expr *place) {
  return (st->where && ottl__expr_reads(st->where, place)) || ottl__expr_reads(st->call, place);
}

/* ---- keys that were deleted ---- */

/* Editors that take keys away or cut values, and never bring a key. */
static bool only_removes(const char *name) {
  static const char *const names[] = {"delete_key", "delete_matching_keys", "keep_keys",   "keep_matching_keys",
                                      "limit",      "truncate_all",         "delete_index"};
  for (size_t i = 0; i < OTTL_COUNT(names); i++) {
    if (strcmp(names[i], name) == 0) return true;
  }
  return false;
}

/* The map that a statement takes keys from on every record, when constants say which. NULL: none. */
static const ottl_expr *loses_keys(const ottl_checked_statement *st) {
  static const char *const names[] = {"delete_key", "delete_matching_keys", "keep_keys", "keep_matching_keys"};
  if (!st->call || st->where) return NULL;
  const ottl_call_site *site = st->call->call;
  const char *name = name_of(st->call);
  bool listed = false;
  for (size_t i = 0; i < OTTL_COUNT(names); i++) listed |= strcmp(names[i], name) == 0;
  if (!listed || !site->args[0].expr || !ottl__place_is(site->args[0].expr)) return NULL;
  bool constant = strcmp(name, "delete_key") == 0 ? site->args[1].expr && ottl__sema_is_literal(site->args[1].expr, OTTL_T_STRING)
                                                  : site->prep != NULL;
  return constant ? site->args[0].expr : NULL;
}

static bool key_goes(sema *s, const ottl_expr *editor, ottl_view key) {
  const ottl_call_site *site = editor->call;
  if (strcmp(name_of(editor), "delete_key") == 0) return view_eq(cell_view(site->args[1].expr->literal), key);
  bool goes = false;
  if (!s->scratch) s->fatal = ottl__scratch_create(&s->al, &s->scratch);
  if (!s->fatal) s->fatal = ottl__key_goes(&ottl__functions[site->function], site->prep, s->scratch, key, &goes);
  return !s->fatal && goes;
}

/* A path in the expression that reads a key of the map which the editor took away, or what is in it. Targets that are merely set do not
 * count. */
static const ottl_expr *find_read(sema *s, const ottl_expr *e, const ottl_expr *editor, const ottl_expr *map) {
  if (e->kind == OTTL_E_PATH && e->n_kids > map->n_kids && ottl__place_begins(e, map, map->n_kids) &&
      ottl__sema_is_literal(e->kids[map->n_kids], OTTL_T_STRING) && key_goes(s, editor, cell_view(e->kids[map->n_kids]->literal)))
    return e;
  const ottl_expr *found = NULL;
  for (uint32_t i = 0; i < e->n_kids && !found; i++) found = find_read(s, e->kids[i], editor, map);
  for (uint32_t i = 0; e->call && i < e->call->n_args && !found; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    bool set = ottl__functions[e->call->function].params[i].kind == OTTL_P_SETTER;
    if (a->expr && !set) found = find_read(s, a->expr, editor, map);
    for (uint32_t k = 0; k < a->n_items && !found; k++) found = find_read(s, a->items[k], editor, map);
  }
  return found;
}

/* Does a statement between the two, or an unknown one, bring the key back? */
static bool brought_back(const ottl_checked_group *g, uint32_t from, uint32_t to, const ottl_expr *read, uint32_t n_keys) {
  for (uint32_t i = from; i < to; i++) {
    const ottl_expr *call = g->statements[i].call;
    if (!call || (ottl__editor_touches(call, read, n_keys) && !only_removes(name_of(call)))) return true;
  }
  return false;
}

static void lint_deleted(sema *s, const ottl_checked_group *g, uint32_t i) {
  const ottl_checked_statement *del = &g->statements[i];
  const ottl_expr *map = loses_keys(del);
  if (!map) return;
  for (uint32_t k = i + 1; k < window_end(i, g->n_statements) && !s->fatal; k++) {
    const ottl_checked_statement *st = &g->statements[k];
    if (!st->call) return;
    const ottl_expr *read = st->where ? find_read(s, st->where, del->call, map) : NULL;
    if (!read) read = find_read(s, st->call, del->call, map);
    if (!read || brought_back(g, i + 1, k, read, map->n_kids + 1)) continue;
    ottl_diag_item *d = SEMA_WARN(s, READ_AFTER_DELETE, expr_span(read), "this is always nil here: the key was deleted");
    ottl__diag_label(d, expr_span(del->call), "deleted here, on every record");
    ottl__diag_help(d, "delete it behind the last statement that reads it");
    return;
  }
}

/* ---- values that are overwritten ---- */

static const ottl_expr *set_place(const ottl_checked_statement *st) {
  if (!st->call || !call_is_set(st->call)) return NULL;
  const ottl_expr *target = st->call->call->args[0].expr;
  return target && ottl__place_is(target) ? target : NULL;
}

/* Does the editor change what the condition reads? */
static bool condition_changed(const ottl_expr *condition, const ottl_expr *editor) {
  if (condition->kind == OTTL_E_PATH && ottl__editor_touches(editor, condition, condition->n_kids)) return true;
  EXPR_INSIDE(condition, x) {
    if (condition_changed(x.is, editor)) return true;
  }
  return condition->call && (ottl__functions[condition->call->function].flags & OTTL_FN_RECORD);
}

static void lint_shadowed(sema *s, const ottl_checked_group *g, uint32_t i) {
  const ottl_checked_statement *first = &g->statements[i];
  const ottl_expr *place = set_place(first);
  if (!place || first->unreachable) return;
  bool open = first->where != NULL; /* the condition still says the same */
  for (uint32_t k = i + 1; k < window_end(i, g->n_statements); k++) {
    const ottl_checked_statement *st = &g->statements[k];
    if (!st->call || statement_reads(st, place)) return;
    if (open && condition_changed(first->where, g->statements[k - 1].call)) open = false;
    const ottl_expr *target = set_place(st);
    bool same = target && target->n_kids == place->n_kids && ottl__place_begins(target, place, place->n_kids);
    bool wider = !st->where || (open && ottl__expr_same(first->where, st->where));
    if (same && wider && !st->call->may_fail && !st->unreachable) {
      ottl_diag_item *d =
          SEMA_WARN(s, SHADOWED, expr_span(first->call), "what this writes is overwritten before anybody reads it");
      ottl__diag_label(d, expr_span(st->call), "by this, on every record that it is about");
      return;
    }
    if (!same && ottl__editor_touches(st->call, place, place->n_kids)) return;
  }
}

/* ---- nil ---- */

static void lint_nil(sema *s, const ottl_checked_statement *st) {
  const ottl_expr *place = set_place(st);
  if (!place || place->n_kids == 0 || !ottl__sema_is_literal(place->kids[place->n_kids - 1], OTTL_T_STRING)) return;
  if (place->path->view != OTTL_V_MAP && place->path->view != OTTL_V_CACHE && place->path->view != OTTL_V_BODY) return;
  const ottl_expr *value = st->call->call->args[1].expr, *key = place->kids[place->n_kids - 1];
  if (!value) return;
  ottl_view source = s->diags ? ottl__diag_source_of(s->diags, place->source_id)->text : VIEW("");
  if (ottl__sema_is_literal(value, OTTL_T_NIL)) {
    ottl_diag_item *d =
        SEMA_WARN(s, NIL_WRITTEN, expr_span(value), "this does not take the key away: it is there, without a value");
    uint32_t end = key->begin;
    while (end > place->begin && end <= source.len && source.data[end - 1] != '[') end--;
    if (end <= place->begin + 1 || key->end > source.len || end - place->begin > 400 || key->end - key->begin > 400) return;
    char text[1000];
    int n = snprintf(text, sizeof text, "delete_key(%.*s, %.*s)", (int)(end - 1 - place->begin), source.data + place->begin,
                     (int)(key->end - key->begin), source.data + key->begin);
    ottl__diag_help(d, "write `%s`", text);
    ottl__diag_fix(d, expr_span(st->call), view_of(text, (size_t)n));
  } else if (s->options->explain && value->kind == OTTL_E_PATH && !value->may_fail && (value->types & TYPES_NIL) &&
             place->path->view == OTTL_V_MAP) {
    ottl_diag_item *d =
        SEMA_WARN(s, MAYBE_NIL, expr_span(value), "where this is missing, an attribute without a value is written");
    if (value->end <= source.len && value->end - value->begin <= 200)
      ottl__diag_help(d, "guard it with `%.*s != nil`", (int)(value->end - value->begin), source.data + value->begin);
  }
}

/* ---- expensive work ---- */

static const ottl_expr *find_costly(const ottl_expr *e) {
  if (e->kind == OTTL_E_CALL && (ottl__functions[e->call->function].flags & OTTL_FN_COSTLY) && e->level >= 0) return e;
  EXPR_INSIDE(e, x) {
    const ottl_expr *found = find_costly(x.is);
    if (found) return found;
  }
  return NULL;
}

/* In an `and`, something expensive before something cheap that cannot fail. */
static void lint_costly_condition(sema *s, const ottl_expr *e) {
  if (e->kind != OTTL_E_AND) return;
  for (uint32_t i = 0; i + 1 < e->n_kids; i++) {
    const ottl_expr *costly = find_costly(e->kids[i]);
    for (uint32_t k = i + 1; costly && k < e->n_kids; k++) {
      const ottl_expr *cheap = e->kids[k];
      if (cheap->kind != OTTL_E_CMP || cheap->may_fail || find_costly(cheap)) continue;
      ottl_diag_item *d =
          SEMA_WARN(s, COSTLY, expr_span(costly), "`%s` is expensive, and runs before a cheap condition", name_of(costly));
      ottl__diag_label(d, expr_span(cheap), "cheap");
      ottl__diag_help(d, "write the cheap condition first");
      return;
    }
  }
}

static void lint_costly(sema *s, const ottl_checked_group *g, const ottl_checked_statement *st) {
  if (st->where) {
    lint_costly_condition(s, st->where);
    return;
  }
  const ottl_expr *costly = g->n_conditions ? NULL : find_costly(st->call);
  if (!costly) return;
  ottl_diag_item *d = SEMA_WARN(s, COSTLY, expr_span(costly), "`%s` is expensive, and runs on every record", name_of(costly));
  ottl__diag_help(d, "say with `where` on which records it is needed");
}

/* ---- conditions ---- */

static bool complements(const ottl_expr *a, const ottl_expr *b) {
  if (b->kind == OTTL_E_NOT) return ottl__expr_same(a, b->kids[0]);
  if (a->kind == OTTL_E_NOT) return ottl__expr_same(a->kids[0], b);
  bool equality =
      a->kind == OTTL_E_CMP && b->kind == OTTL_E_CMP && a->op <= OTTL_CMP_NE && b->op <= OTTL_CMP_NE && a->op != b->op;
  return equality && ottl__expr_same(a->kids[0], b->kids[0]) && ottl__expr_same(a->kids[1], b->kids[1]);
}

static void lint_drops(ottl_diags *diags, const ottl_expr *e) {
  bool always = e->is_literal ? e->literal.word != 0 : e->truth == OTTL_TRUTH_TRUE && !e->may_fail;
  if (!always) return;
  ottl_diag_item *d = ottl__diag_add(diags, DIAG_DROPS_ALL, expr_span(e), "this condition always holds: everything is dropped");
  ottl__diag_help(d, "a filter drops that for which a condition holds");
}

void ottl__lint_conditions(const ottl_compile_options *options, ottl_diags *diags, ottl_expr *const *conditions, uint32_t n) {
  bool filter = options->kind == OTTL_KIND_FILTER && options->functions != OTTL_FUNCTIONS_ROUTING;
  for (uint32_t i = 0; i < n; i++) {
    if (!conditions[i] || conditions[i]->is_literal) continue; /* many conditions come to `true` */
    for (uint32_t k = i + 1; k < window_end(i, n); k++) {
      if (!conditions[k] || conditions[k]->is_literal) continue;
      if (ottl__expr_same(conditions[i], conditions[k])) {
        ottl_diag_item *d =
            ottl__diag_add(diags, DIAG_DUPLICATE_CONDITION, expr_span(conditions[k]), "this condition is there already");
        ottl__diag_label(d, expr_span(conditions[i]), "here");
        break;
      }
      if (!filter || !complements(conditions[i], conditions[k])) continue;
      ottl_diag_item *d = ottl__diag_add(diags, DIAG_DROPS_ALL, expr_span(conditions[k]),
                                         "with this, one of two conditions holds for every record: everything is dropped");
      ottl__diag_label(d, expr_span(conditions[i]), "the other one");
      ottl__diag_help(d, "a filter drops that for which any condition holds; to ask for both, join them with `and`");
    }
  }
}

/* Was the condition told to be always true? */
static bool is_superfluous(const sema *s, const ottl_expr *e) {
  ottl_span span = expr_span(e);
  for (size_t i = s->diags ? s->diags->n : 0; i-- > 0;) {
    const ottl_diag_item *d = s->diags->items[i];
    if (d->code == DIAG_SUPERFLUOUS && d->primary.span.source == span.source && d->primary.span.begin == span.begin) return true;
  }
  return false;
}

/* The same operand twice in an `and` or `or`. Of an `or`, the second one was told to be always false. */
static void lint_operands(sema *s, const ottl_expr *e) {
  for (uint32_t i = 0; i < e->n_kids; i++) {
    lint_operands(s, e->kids[i]);
    if (e->kind != OTTL_E_AND && e->kind != OTTL_E_OR) continue;
    for (uint32_t k = 0; k < i && k < ottl__limits[OTTL_LIMIT_LINT_WINDOW].standard; k++) {
      if (!ottl__expr_same(e->kids[k], e->kids[i])) continue;
      if (e->kids[i]->truth == OTTL_TRUTH_FALSE || is_superfluous(s, e->kids[i])) break;
      ottl_diag_item *d = SEMA_WARN(s, DUPLICATE_CONDITION, expr_span(e->kids[i]), "this condition is there already");
      ottl__diag_label(d, expr_span(e->kids[k]), "here");
      break;
    }
  }
}

/* ---- the group ---- */

void ottl__lint_group(sema *s, const ottl_checked_group *g) {
  ottl__lint_conditions(s->options, s->diags, g->conditions, g->n_conditions);
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (g->conditions[i]) lint_operands(s, g->conditions[i]);
    bool drops = s->options->kind == OTTL_KIND_FILTER && s->options->functions != OTTL_FUNCTIONS_ROUTING;
    if (g->conditions[i] && drops) lint_drops(s->diags, g->conditions[i]);
  }
  if (s->options->explain) ottl__lint_names(s, g);
  if (s->options->kind != OTTL_KIND_TRANSFORM) return;
  for (uint32_t i = 0; i < g->n_statements && !s->fatal; i++) {
    const ottl_checked_statement *st = &g->statements[i];
    if (st->where) lint_operands(s, st->where);
    if (!st->call) continue;
    lint_deleted(s, g, i);
    lint_shadowed(s, g, i);
    lint_nil(s, st);
    if (s->options->explain) lint_costly(s, g, st);
  }
  ottl__lint_shared(s, g);
}
