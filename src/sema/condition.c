/* Conditions, with the reference's folding: a comparison of two literals is a literal, literals in `and` and `or` decide or go,
 * `not` of a literal is one. A literal behind an operand that fails hides the failure; that is part of the language. */
#include "sema/sema.h"

#include <stdio.h>

static const char *const condition_ops[] = {"==", "!=", "<", "<=", ">=", ">"};

static void condition_told(sema *s, const ottl_expr *e, ottl_diag_item *d) {
  s->told_of = e;
  s->told = d;
}

static bool condition_is_same(const sema *s, ottl_span a, ottl_span b) {
  if (!s->diags) return false;
  ottl_view text = ottl__diag_source_of(s->diags, a.source)->text;
  size_t len = a.end - a.begin;
  return a.source == b.source && b.end - b.begin == len && a.end <= text.len && b.end <= text.len &&
         memcmp(text.data + a.begin, text.data + b.begin, len) == 0;
}

/* Something before decides the condition: what holds if this is evaluated at all. */
static void condition_decided(sema *s, const ottl_node *node, const ottl_expr *e, ottl_span because) {
  bool yes = e->truth == OTTL_TRUTH_TRUE;
  if (yes && !s->options->explain) return;                                                  /* superfluous, not wrong */
  if (yes && s->options->lint && condition_is_same(s, because, sema_span(s, node))) return; /* told as being there twice */
  ottl_diag_item *d = yes ? SEMA_WARN(s, SUPERFLUOUS, sema_span(s, node), "this is always true here")
                          : SEMA_WARN(s, CONTRADICTION, sema_span(s, node), "this is always false here");
  ottl__diag_label(d, because, "because of this");
  condition_told(s, e, d);
}

/* Has the path a field `string`? */
static bool condition_has_text(const ottl_expr *path) {
  char buf[64];
  if (path->kind != OTTL_E_PATH || path->n_kids) return false;
  snprintf(buf, sizeof buf, "%s.string", path->path->spelling);
  return ottl__path_find((ottl_context_id)path->path->context, view_str(buf)) != NULL;
}

static ottl_expr *condition_compare(sema *s, const ottl_node *node) {
  ottl_expr *a = ottl__sema_value(s, node->first), *b = ottl__sema_value(s, node->last);
  if (!a || !b) return NULL;
  if (a->is_literal && b->is_literal) {
    bool result = false;
    ottl_status st = ottl__value_compare(s->arena, a->literal, b->literal, node->op, &result);
    if (st == OTTL_OK) return ottl__sema_literal(s, node, cell_bool(result));
    s->fatal = st;
    return NULL;
  }
  ottl_expr *e = ottl__sema_new(s, OTTL_E_CMP, node, 2);
  if (!e) return NULL;
  e->op = node->op;
  e->kids[0] = a;
  e->kids[1] = b;
  e->types = TYPES(BOOL);
  ottl__sema_join(e);
  ottl_span because;
  bool has_because;
  ottl__truth_set(s, e, &because, &has_because);
  if (e->truth == OTTL_TRUTH_OPEN || e->must_fail) return e;
  if (has_because) {
    condition_decided(s, node, e, because);
    return e;
  }
  if (e->truth == (node->op == OTTL_CMP_NE ? OTTL_TRUTH_TRUE : OTTL_TRUTH_FALSE)) {
    char buf_a[200], buf_b[200];
    bool order = node->op > OTTL_CMP_NE && (a->types & b->types);
    ottl_diag_item *d = SEMA_WARN(s, NEVER_EQUAL, sema_span(s, node->last), "this comparison is always %s: the types %s",
                                  node->op == OTTL_CMP_NE ? "true" : "false", order ? "have no order" : "are never equal");
    condition_told(s, e, d);
    ottl__diag_mark(d, "%s", ottl__types_text(b->types, buf_b, sizeof buf_b));
    ottl__diag_label(d, sema_span(s, node->first), "%s", ottl__types_text(a->types, buf_a, sizeof buf_a));
    const ottl_expr *text = b->types == TYPES(STRING) ? b : a, *path = text == b ? a : b;
    ottl_types ids = TYPES(TRACE_ID) | TYPES(SPAN_ID);
    if (ottl__lint_beside(s, d, a, b, true) || ottl__lint_beside(s, d, b, a, true)) return e;
    if ((path->types & ~TYPES_NIL) == TYPES(INT) && ottl__sema_enum_hint(s, d, text == b ? node->last : node->first, text))
      return e;
    if (ottl__sema_is_literal(b, OTTL_T_NIL) && a->types && !(a->types & ~ids))
      ottl__diag_help(d, "an id is never nil: one that was not given is all zeros");
    else if (text->types == TYPES(STRING) && condition_has_text(path)) {
      const ottl_node *at = path == a ? node->first : node->last;
      ottl__diag_help(d, "compare the text: add `.string`");
      ottl__diag_fix(d, (ottl_span){s->source, at->end, at->end}, VIEW(".string"));
    } else if ((a->types | b->types) & TYPES(DURATION) && (a->types | b->types) & (TYPES(INT) | TYPES(DOUBLE)))
      ottl__diag_help(d, "a duration is made by `Duration(\"5s\")`; or compare a number: `Milliseconds(...)`, `Seconds(...)`");
    else if (node->op > OTTL_CMP_NE)
      ottl__diag_help(d, "`%s` compares values of one type", condition_ops[node->op]);
  }
  return e;
}

static void condition_truth(sema *s, ottl_expr *e) {
  ottl_span because;
  bool has_because;
  ottl__truth_set(s, e, &because, &has_because);
}

static ottl_expr *condition_not(sema *s, const ottl_node *node) {
  ottl_expr *kid = ottl__sema_condition(s, node->first);
  if (!kid) return NULL;
  if (kid->is_literal) return ottl__sema_literal(s, node, cell_bool(!kid->literal.word));
  ottl_expr *e = ottl__sema_new(s, OTTL_E_NOT, node, 1);
  if (!e) return NULL;
  e->kids[0] = kid;
  e->types = TYPES(BOOL);
  ottl__sema_join(e);
  condition_truth(s, e);
  return e;
}

static ottl_expr *condition_logic(sema *s, const ottl_node *node) {
  bool is_and = node->kind == NODE_AND, good = true;
  ottl_expr *e = ottl__sema_new(s, is_and ? OTTL_E_AND : OTTL_E_OR, node, node->n_children);
  if (!e) return NULL;
  uint32_t n = 0;
  const ottl_node *decides = NULL;
  const sema_fact *known = s->facts;
  for (const ottl_node *item = node->first; item; item = item->next) {
    ottl_expr *kid = ottl__sema_condition(s, item);
    if (!kid)
      good = false;
    else if (!kid->is_literal) {
      e->kids[n++] = kid;
      if (item->next) ottl__narrow_by(s, kid, is_and);
    } else if ((kid->literal.word != 0) != is_and && !decides)
      decides = item;
  }
  s->facts = known;
  if (!good) return NULL;
  e->n_kids = n;
  if (decides) {
    if (n > 0) {
      ottl_diag_item *d =
          SEMA_WARN(s, CONSTANT_CONDITION, sema_span(s, node), "this condition is always %s", is_and ? "false" : "true");
      ottl__diag_label(d, sema_span(s, decides), "because of this");
    }
    for (uint32_t i = 0; i < n; i++) ottl__sema_drop(s, e->kids[i]);
    return ottl__sema_literal(s, node, cell_bool(!is_and));
  }
  if (n == 0) return ottl__sema_literal(s, node, cell_bool(is_and));
  if (n == 1) return e->kids[0];
  e->types = TYPES(BOOL);
  ottl__sema_join(e);
  e->must_fail = e->kids[0]->must_fail; /* the others are not always evaluated */
  condition_truth(s, e);
  return e;
}

/* A check such as IsString whose answer is known. */
static void condition_check(sema *s, const ottl_node *node, const ottl_expr *e, const ottl_span *because) {
  if (because) {
    condition_decided(s, node, e, *because);
    return;
  }
  const ottl_expr *arg = e->kids[0]->call->args[0].expr;
  char buf[200];
  ottl_diag_item *d =
      SEMA_WARN(s, CONSTANT_CHECK, sema_span(s, node), "this check is always %s", e->truth == OTTL_TRUTH_TRUE ? "true" : "false");
  condition_told(s, e, d);
  ottl__diag_label(d, (ottl_span){arg->source_id, arg->begin, arg->end}, "%s", ottl__types_text(arg->types, buf, sizeof buf));
}

static ottl_expr *condition_call(sema *s, const ottl_node *node) {
  ottl_expr *kid = ottl__sema_value(s, node);
  ottl_expr *e = kid ? ottl__sema_new(s, OTTL_E_TRUTH, node, 1) : NULL;
  if (!e) return NULL;
  e->kids[0] = kid;
  e->types = TYPES(BOOL);
  ottl__sema_join(e);
  if (kid->types & ~TYPES(BOOL)) {
    e->may_fail = true;
    e->fails = OTTL_FAIL_TYPE;
  }
  ottl_span because;
  bool has_because;
  ottl__truth_set(s, e, &because, &has_because);
  if (e->truth != OTTL_TRUTH_OPEN && !e->must_fail) condition_check(s, node, e, has_because ? &because : NULL);
  if (kid->types && !(kid->types & TYPES(BOOL))) {
    char buf[200];
    e->must_fail = true;
    ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, node), "this condition always fails: a bool is wanted");
    ottl__diag_mark(d, "%s", ottl__types_text(kid->types, buf, sizeof buf));
    ottl__diag_help(d, "compare it, such as `%.*s(...) != nil`", VIEW_ARG(node->text));
  }
  return e;
}

ottl_expr *ottl__sema_condition(sema *s, const ottl_node *node) {
  if (s->fatal) return NULL;
  switch ((ottl_node_kind)node->kind) {
  case NODE_BOOL: return ottl__sema_literal(s, node, cell_bool(node->integer != 0));
  case NODE_CMP: return condition_compare(s, node);
  case NODE_NOT: return condition_not(s, node);
  case NODE_AND:
  case NODE_OR: return condition_logic(s, node);
  case NODE_CALL: return condition_call(s, node);
  default: return NULL;
  }
}
