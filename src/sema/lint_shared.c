/* Lints about what records share: a statement that runs for each record and writes to its resource, scope, metric or span leaves what
 * the last record said, for all of them. Where each record has a resource and scope of its own (the option `flatten`), it is no
 * mistake. */
#include "sema/sema.h"

static int level_of(const ottl_expr *path) { return ottl__contexts[path->context].level; }

/* What an editor writes, when records share it; NULL: their own. */
static const ottl_expr *shared_target(const sema *s, const ottl_checked_group *g, const ottl_expr *call) {
  const ottl_function *f = &ottl__functions[call->call->function];
  if (f->n_params == 0 || f->params[0].kind < OTTL_P_SETTER || f->params[0].kind > OTTL_P_LIST_GETSETTER) return NULL;
  const ottl_expr *target = call->call->args[0].expr;
  if (!target || level_of(target) >= g->level) return NULL;
  if (s->options->flatten && level_of(target) < OTTL_L_ITEM) return NULL;
  return target;
}

/* An argument that depends on the record. */
static const ottl_expr *record_value(const ottl_expr *call, const ottl_expr *target) {
  for (uint32_t i = 1; i < call->call->n_args; i++) {
    const ottl_call_arg *a = &call->call->args[i];
    if (a->expr && a->expr->level > level_of(target)) return a->expr;
    for (uint32_t k = 0; k < a->n_items; k++) {
      if (a->items[k]->level > level_of(target)) return a->items[k];
    }
  }
  return NULL;
}

/* Is it a comparison of order with what is there, as in "the largest so far"? */
static bool compares_order(const ottl_expr *e, const ottl_expr *place) {
  if (e->kind == OTTL_E_CMP && e->op > OTTL_CMP_NE && ottl__expr_reads(e, place)) return true;
  for (uint32_t i = 0; i < e->n_kids; i++) {
    if (compares_order(e->kids[i], place)) return true;
  }
  return false;
}

static const char *what_is_shared(const ottl_expr *target) { return ottl__contexts[target->context].name; }

static bool takes_away(const ottl_expr *call) {
  const char *name = ottl__functions[call->call->function].name;
  return strncmp(name, "delete_", 7) == 0 || strncmp(name, "keep_", 5) == 0;
}

/* A constant that one record writes for all, or what one takes away from all. */
static void lint_picked(sema *s, const ottl_checked_statement *st, const ottl_expr *target) {
  if (!s->options->explain || level_of(target) >= OTTL_L_ITEM || !st->where) return;
  bool away = takes_away(st->call);
  if (!away && !call_is_set(st->call)) return;
  if (st->where->level <= level_of(target) || compares_order(st->where, target)) return;
  ottl_diag_item *d =
      SEMA_WARN(s, SHARED_WRITE, expr_span(target), "all records of the %s share this: one of them is enough to %s",
                what_is_shared(target), away ? "take it away" : "set it");
  ottl__diag_severity(d, OTTL_SEVERITY_NOTE);
  ottl__diag_label(d, expr_span(st->where), "about a record");
}

static void lint_value(sema *s, const ottl_checked_group *g, const ottl_checked_statement *st) {
  const ottl_expr *target = shared_target(s, g, st->call);
  const ottl_expr *value = target ? record_value(st->call, target) : NULL;
  if (target && !value) lint_picked(s, st, target);
  if (!value || strcmp(ottl__functions[st->call->call->function].name, "append") == 0) return;
  if (ottl__expr_reads(value, target) || (st->where && compares_order(st->where, target))) return; /* it gathers */
  /* One event among those of a span may be picked: the exception's, say. */
  if (target->context == OTTL_C_SPAN && st->where && st->where->level > level_of(target)) return;
  ottl_diag_item *d = SEMA_WARN(s, SHARED_WRITE, expr_span(target),
                                "all records of the %s share this: the value of the last one remains", what_is_shared(target));
  ottl__diag_label(d, expr_span(value), "each record has its own");
  ottl__diag_help(d, "write it to the record; or group records by it first (processor groupbyattrs, or `flatten_data`)");
}

/* Two constants for one place, each where some records say so. */
static void lint_constants(sema *s, const ottl_checked_group *g, uint32_t i) {
  const ottl_checked_statement *first = &g->statements[i];
  const ottl_expr *target = shared_target(s, g, first->call);
  if (!target || !call_is_set(first->call) || !ottl__place_is(target)) return;
  const ottl_expr *value = first->call->call->args[1].expr;
  if (!value || !value->is_literal || !first->where || first->where->level <= level_of(target)) return;
  uint32_t most = ottl__limits[OTTL_LIMIT_LINT_WINDOW].standard;
  for (uint32_t k = i + 1; k < g->n_statements && k - i < most; k++) {
    const ottl_checked_statement *st = &g->statements[k];
    if (!st->call || st->call->call->function != first->call->call->function || !st->where) continue;
    const ottl_expr *other = st->call->call->args[0].expr, *constant = st->call->call->args[1].expr;
    if (!other || other->n_kids != target->n_kids || !ottl__place_begins(other, target, target->n_kids)) continue;
    if (!constant || !constant->is_literal || st->where->level <= level_of(target) || ottl__expr_same(value, constant)) continue;
    ottl_diag_item *d = SEMA_WARN(s, SHARED_WRITE, expr_span(other),
                                  "all records of the %s share this: which of the values remains is up to the last record",
                                  what_is_shared(other));
    ottl__diag_label(d, expr_span(first->call), "the other value");
    return;
  }
}

/* What is deleted for the first record is gone for those after it. */
static void lint_deletion(sema *s, const ottl_checked_group *g, uint32_t i) {
  const ottl_checked_statement *del = &g->statements[i];
  if (del->where || strcmp(ottl__functions[del->call->call->function].name, "delete_key") != 0) return;
  const ottl_expr *target = shared_target(s, g, del->call);
  const ottl_expr *key = target ? del->call->call->args[1].expr : NULL;
  if (!key || !ottl__place_is(target) || !ottl__sema_is_literal(key, OTTL_T_STRING)) return;
  ottl_expr *kids[8] = {0}, place = *target;
  if (target->n_kids + 1 > OTTL_COUNT(kids)) return;
  for (uint32_t k = 0; k < target->n_kids; k++) kids[k] = target->kids[k];
  kids[target->n_kids] = (ottl_expr *)key;
  place.kids = kids;
  place.n_kids++;
  uint32_t most = ottl__limits[OTTL_LIMIT_LINT_WINDOW].standard;
  for (uint32_t k = i > most ? i - most : 0; k < i; k++) {
    const ottl_checked_statement *st = &g->statements[k];
    if (!st->call || shared_target(s, g, st->call) || !ottl__expr_reads(st->call, &place)) continue;
    if (ottl__functions[st->call->call->function].flags & OTTL_FN_RECORD) continue;
    ottl_diag_item *d =
        SEMA_WARN(s, SHARED_WRITE, expr_span(del->call),
                  "all records of the %s share this: the first one deletes it for those after it", what_is_shared(target));
    ottl__diag_label(d, expr_span(st->call), "finds it for the first record alone");
    ottl__diag_help(d, "delete it in a group of its own, with the context %s, behind this one", what_is_shared(target));
    return;
  }
}

void ottl__lint_shared(sema *s, const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_statements; i++) {
    if (!g->statements[i].call) continue;
    lint_value(s, g, &g->statements[i]);
    lint_constants(s, g, i);
    lint_deletion(s, g, i);
  }
}
