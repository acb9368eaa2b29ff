/* What older collectors do not have. A program is walked once it is checked; nothing is told of what the table does not know. */
#include "sema/compat.h"

#include "sema/sema.h"

#include <stdio.h>

static const struct since {
  compat_kind kind;
  const char *name;
  uint32_t without, with;
} since[] = {
#define SINCE(kind, name, without, with) {COMPAT_##kind, name, without, with},
#include "versions.def"
#undef SINCE
};

static bool name_is(const char *name, const char *whole, ottl_view part) {
  size_t n = strlen(whole);
  if (strncmp(name, whole, n) != 0) return false;
  return part.len ? name[n] == '.' && view_is(part, name + n + 1) : name[n] == 0;
}

bool ottl__compat_tell(ottl_diags *diags, uint32_t version, compat_kind kind, const char *whole, ottl_view part, ottl_span span,
                       const char *shown) {
  for (size_t i = 0; i < OTTL_COUNT(since); i++) {
    const struct since *row = &since[i];
    if (row->kind != kind || version > row->without || !name_is(row->name, whole, part)) continue;
    ottl_diag_item *d = ottl__diag_add(diags, DIAG_COMPAT, span, "v0.%u does not have %s", (unsigned)version, shown);
    if (row->with == row->without + 1)
      ottl__diag_help(d, "it came with v0.%u", (unsigned)row->with);
    else
      ottl__diag_help(d, "it came after v0.%u, not later than v0.%u", (unsigned)row->without, (unsigned)row->with);
    return true;
  }
  return false;
}

static bool tell(sema *s, compat_kind kind, const char *whole, const char *part, const ottl_expr *e, const char *what) {
  char shown[200];
  snprintf(shown, sizeof shown, "%s`%s%s%s`", what, whole, *part ? "." : "", part);
  return ottl__compat_tell(s->diags, s->options->compat, kind, whole, view_str(part), (ottl_span){e->source_id, e->begin, e->end},
                           shown);
}

static bool tell_syntax(sema *s, const char *name, const ottl_expr *e, const char *shown) {
  return ottl__compat_tell(s->diags, s->options->compat, COMPAT_SYNTAX, name, VIEW(""),
                           (ottl_span){e->source_id, e->begin, e->end}, shown);
}

static void compat_path(sema *s, const ottl_expr *e) {
  const char *context = ottl__contexts[e->context].name;
  if (tell(s, COMPAT_CONTEXT, context, "", e, "the context ") || tell(s, COMPAT_PATH, context, e->path->spelling, e, "")) return;
  for (uint32_t i = 0; i < e->n_kids; i++) {
    if (!e->kids[i]->is_literal && tell_syntax(s, "key expression", e->kids[i], "keys that are computed")) return;
  }
}

static void compat_call(sema *s, const ottl_expr *e) {
  const ottl_function *f = &ottl__functions[e->call->function];
  ottl_expr name = *e;
  name.end = name.begin + (uint32_t)strlen(f->name); /* names that stand in pieces are a little longer */
  if (name.end > e->end) name.end = e->end;
  if (tell(s, COMPAT_FUNCTION, f->name, "", &name, "the function ")) return;
  for (uint32_t i = 0; i < e->call->n_args; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    if (!a->given || f->params[i].kind == OTTL_P_IMPLICIT) continue;
    char shown[200];
    snprintf(shown, sizeof shown, "the parameter `%s` of `%s`", f->params[i].name, f->name);
    const ottl_expr *at = a->expr ? a->expr : &name;
    ottl__compat_tell(s->diags, s->options->compat, COMPAT_PARAMETER, f->name, view_str(f->params[i].name),
                      (ottl_span){at->source_id, at->begin, at->end}, shown);
  }
}

/* Depth: that of the tree, which the parser bounds. */
static void compat_walk(sema *s, const ottl_expr *e) {
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_PATH:
    if (e->begin != e->end || e->n_kids) compat_path(s, e); /* else nobody wrote it */
    break;
  case OTTL_E_CALL: compat_call(s, e); break;
  case OTTL_E_LAMBDA:
    if (tell_syntax(s, "lambda", e, "lambdas")) return;
    break;
  case OTTL_E_MAP:
    if (tell_syntax(s, "map", e, "map literals")) return;
    break;
  case OTTL_E_LITERAL:
    if (cell_type(e->literal) == OTTL_T_MAP && tell_syntax(s, "map", e, "map literals")) return;
    break;
  default: break;
  }
  EXPR_INSIDE(e, x) compat_walk(s, x.is);
}

void ottl__compat_group(sema *s, const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (g->conditions[i]) compat_walk(s, g->conditions[i]);
  }
  for (uint32_t i = 0; i < g->n_statements; i++) {
    if (g->statements[i].where) compat_walk(s, g->statements[i].where);
    if (g->statements[i].call) compat_walk(s, g->statements[i].call);
  }
}
