/* Comparing expressions, and what they read. */
#include "sema/sema.h"

static bool cell_same(ottl_cell a, ottl_cell b) {
  if (cell_type(a) != cell_type(b) || cell_is_tree(a) || cell_is_tree(b)) return false;
  switch (cell_type(a)) {
  case OTTL_T_NIL: return true;
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE: return a.word == b.word;
  case OTTL_T_STRING:
  case OTTL_T_BYTES: return view_eq(cell_view(a), cell_view(b));
  default: return false;
  }
}

static bool call_same(const ottl_call_site *a, const ottl_call_site *b) {
  if (a->function != b->function || a->n_args != b->n_args) return false;
  const ottl_function *f = &ottl__functions[a->function];
  for (uint32_t i = 0; i < a->n_args; i++) {
    const ottl_call_arg *x = &a->args[i], *y = &b->args[i];
    if (x->given != y->given || !x->expr != !y->expr || x->n_items != y->n_items) return false;
    if (x->expr && !ottl__expr_same(x->expr, y->expr)) return false;
    if (x->given && !x->expr && !x->items && f->params[i].kind == OTTL_P_FUNCTION && x->function != y->function) return false;
    if (x->given && !x->expr && !x->items && f->params[i].kind != OTTL_P_FUNCTION && !cell_same(x->literal, y->literal))
      return false;
    for (uint32_t k = 0; k < x->n_items; k++) {
      if (!ottl__expr_same(x->items[k], y->items[k])) return false;
    }
  }
  return true;
}

bool ottl__expr_same(const ottl_expr *a, const ottl_expr *b) {
  if (a->kind != b->kind || a->op != b->op || a->impure || b->impure || a->n_kids != b->n_kids) return false;
  switch ((ottl_expr_kind)a->kind) {
  case OTTL_E_LITERAL: return cell_same(a->literal, b->literal);
  case OTTL_E_PATH:
    if (a->path != b->path || a->context != b->context) return false;
    break;
  case OTTL_E_CALL:
    if (!call_same(a->call, b->call)) return false;
    break;
  case OTTL_E_MAP:
  case OTTL_E_LAMBDA:
  case OTTL_E_LOCAL: return false; /* seldom enough */
  default: break;
  }
  for (uint32_t i = 0; i < a->n_kids; i++) {
    if (!ottl__expr_same(a->kids[i], b->kids[i])) return false;
  }
  return true;
}

bool ottl__expr_reads(const ottl_expr *e, const ottl_expr *place) {
  if (e->kind == OTTL_E_PATH && ottl__place_touched(place, e, e->n_kids)) return true;
  for (uint32_t i = 0; i < e->n_kids; i++) {
    if (ottl__expr_reads(e->kids[i], place)) return true;
  }
  if (!e->call) return false;
  const ottl_function *f = &ottl__functions[e->call->function];
  if (f->flags & OTTL_FN_RECORD) return true;
  for (uint32_t i = 0; i < e->call->n_args; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    if (a->expr && f->params[i].kind == OTTL_P_SETTER) {
      for (uint32_t k = 0; k < a->expr->n_kids; k++) {
        if (ottl__expr_reads(a->expr->kids[k], place)) return true;
      }
    } else if (a->expr && ottl__expr_reads(a->expr, place))
      return true;
    for (uint32_t k = 0; k < a->n_items; k++) {
      if (ottl__expr_reads(a->items[k], place)) return true;
    }
  }
  return false;
}
