/* Lambdas: their parameters, their bodies, and the names that stand for parameters inside them.
 *
 * SPEC: pkg/ottl functions.go newLambdaExpression, local_identifiers.go. A name is the innermost parameter that has it, and a path
 * only when there is none. */
#include "sema/sema.h"

static uint32_t lambda_arity(ottl_param_kind kind) { return kind == OTTL_P_LAMBDA_COND ? 0 : kind == OTTL_P_LAMBDA_KV ? 2 : 3; }

static bool lambda_formals(sema *s, const ottl_node *node, ottl_expr *e) {
  uint32_t n = 0;
  for (const ottl_node *f = node->first; f && f != node->last; f = f->next) {
    for (uint32_t i = 0; i < n; i++) {
      if (view_is(f->text, "_") || !view_eq(f->text, e->names[i])) continue;
      SEMA_ERROR(s, LAMBDA_FORMALS, sema_span(s, f), "two parameters of this lambda are named `%.*s`", VIEW_ARG(f->text));
      return false;
    }
    e->names[n] = arena_copy(s->arena, f->text.data, f->text.len);
    if (!e->names[n++].data) {
      s->fatal = OTTL_NOMEM;
      return false;
    }
  }
  return true;
}

static bool lambda_is_condition(const ottl_node *body) {
  switch ((ottl_node_kind)body->kind) {
  case NODE_CMP:
  case NODE_NOT:
  case NODE_AND:
  case NODE_OR: return true;
  case NODE_CALL: return body->parenthesized; /* (IsMatch(...)): only a condition may stand in parentheses */
  default: return false;
  }
}

static ottl_expr *lambda_body(sema *s, const ottl_node *body) {
  return lambda_is_condition(body) ? ottl__sema_condition(s, body) : ottl__sema_value(s, body);
}

ottl_expr *ottl__sema_lambda(sema *s, const ottl_node *node, ottl_param_kind kind) {
  uint32_t n = node->n_children - 1, want = lambda_arity(kind);
  uint8_t depth = s->lambda ? (uint8_t)(s->lambda->depth + 1) : 0;
  if (n != want) {
    static const char *const shapes[] = {"() => ...", "", "(key, value) => ...", "(accumulator, key, value) => ..."};
    ottl_diag_item *d = SEMA_ERROR(s, LAMBDA_FORMALS, sema_span(s, node), "this lambda has %u parameter%s, but %u %s given to it",
                                   n, n == 1 ? "" : "s", want, want == 1 ? "is" : "are");
    ottl__diag_help(d, "write `%s`; `_` stands for a parameter that is not used", shapes[want]);
    return NULL;
  }
  if (n && depth >= ottl__limits[OTTL_LIMIT_LAMBDAS].standard) {
    SEMA_ERROR(s, LAMBDA_FORMALS, sema_span(s, node), "lambdas are nested deeper than %u",
               ottl__limits[OTTL_LIMIT_LAMBDAS].standard);
    return NULL;
  }
  ottl_expr *e = ottl__sema_new(s, OTTL_E_LAMBDA, node, 1);
  if (!e) return NULL;
  e->op = (uint8_t)n;
  e->context = depth;
  e->names = arena_zero(s->arena, (n + 1) * sizeof *e->names);
  if (!e->names) s->fatal = OTTL_NOMEM;
  if (s->fatal || !lambda_formals(s, node, e)) return NULL;
  sema_lambda scope = {e, depth, s->lambda};
  if (n) s->lambda = &scope; /* without parameters there is no level of elements */
  e->kids[0] = lambda_body(s, node->last);
  s->lambda = scope.up;
  if (!e->kids[0]) return NULL;
  ottl__sema_join(e);
  e->types = e->kids[0]->types;
  if (n) e->locals &= (uint16_t)~(1u << depth);
  return e;
}

ottl_expr *ottl__sema_local(sema *s, const ottl_node *node, bool *ret_found) {
  const ottl_node *first = node->first;
  *ret_found = false;
  for (const sema_lambda *l = s->lambda; l; l = l->up) {
    for (uint8_t i = 0; i < l->expr->op; i++) {
      if (!view_eq(l->expr->names[i], first->text) || view_is(first->text, "_")) continue;
      *ret_found = true;
      if (first->next) {
        ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_PATH, sema_span(s, node), "`%.*s` is a parameter of a lambda and has no fields",
                                       VIEW_ARG(first->text));
        ottl__diag_help(d, "values in it are reached with keys: `%.*s[\"%.*s\"]`", VIEW_ARG(first->text),
                        VIEW_ARG(first->next->text));
        return NULL;
      }
      ottl_expr *e = ottl__sema_new(s, OTTL_E_LOCAL, node, first->n_children);
      if (!e || !ottl__sema_keys(s, first->first, e->kids, e->n_kids)) return NULL;
      ottl__sema_join(e);
      e->must_fail = false; /* keys are evaluated when the walk comes to them */
      e->op = i;
      e->context = l->depth;
      e->locals |= (uint16_t)(1u << l->depth);
      e->types = TYPES_ALL;
      e->may_fail |= e->n_kids > 0;
      return e;
    }
  }
  return NULL;
}
