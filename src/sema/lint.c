/* What is told of a statement once it is checked as a whole: that it never runs, numbers and symbols of enums, and, when the
 * options ask for it, what may fail and what one could write so that it does not. */
#include "sema/sema.h"

#include <stdio.h>

/* ---- classes of failures ---- */

uint8_t ottl__sema_failures(const ottl_expr *e) {
  uint8_t classes = e->fails;
  if (e->may_fail || e->must_fail) {
    EXPR_INSIDE(e, x) classes |= ottl__sema_failures(x.is);
    if (!classes) classes = OTTL_FAIL_TYPE | OTTL_FAIL_DATA | OTTL_FAIL_LIMIT; /* nobody says why */
  }
  return classes;
}

bool ottl__lint_likely_fails(const ottl_expr *e) {
  if (!e->may_fail) return false;
  bool remote = e->call && strcmp(ottl__functions[e->call->function].name, "IsMatch") == 0;
  if (!remote && (e->fails & (OTTL_FAIL_TYPE | OTTL_FAIL_DATA))) return true;
  EXPR_INSIDE(e, x) {
    if (ottl__lint_likely_fails(x.is)) return true;
  }
  return false;
}

/* ---- statements that never run ---- */

static bool never_holds(const ottl_expr *e) {
  return e->is_literal ? !e->literal.word : e->truth == OTTL_TRUTH_FALSE || e->must_fail;
}

void ottl__lint_statement(sema *s, ottl_checked_statement *c, const ottl_checked_group *group) {
  if (!c->call) return;
  ottl__lint_expr(s, c->call);
  if (c->where) ottl__lint_expr(s, c->where);
  if (c->is_condition || s->options->kind != OTTL_KIND_TRANSFORM) return;
  if (c->where && never_holds(c->where)) {
    c->unreachable = true;
    if (c->where->is_literal) return; /* told */
    if (s->told_of == c->where) {
      ottl__diag_note(s->told, "the statement never runs");
      return;
    }
    SEMA_WARN(s, UNREACHABLE, expr_span(c->call), "this statement never runs: its condition %s",
              c->where->must_fail ? "always fails" : "is always false");
    return;
  }
  bool never = group->n_conditions > 0;
  for (uint32_t i = 0; i < group->n_conditions && never; i++) never = group->conditions[i] && never_holds(group->conditions[i]);
  if (!never) return;
  c->unreachable = true;
  if (group->n_statements == 0)
    SEMA_WARN(s, UNREACHABLE, expr_span(group->conditions[0]),
              "the statements of this group never run: no condition of it ever holds");
}

/* ---- enums ---- */

static const struct enum_path {
  uint8_t context;
  const char *spelling, *prefix;
  bool closed;
} enum_paths[] = {
#define ENUM_PATH(context, spelling, prefix, closed) {OTTL_C_##context, spelling, prefix, closed},
#include "enum_paths.def"
};

static const struct {
  uint8_t context;
  const char *spelling, *meant;
} enum_beside[] = {
#define ENUM_BESIDE(context, spelling, meant) {OTTL_C_##context, spelling, meant},
#include "enum_paths.def"
};

static const struct enum_path *enum_path_of(const ottl_expr *path) {
  if (path->kind != OTTL_E_PATH || path->n_kids) return NULL;
  for (size_t i = 0; i < OTTL_COUNT(enum_paths); i++) {
    if (enum_paths[i].context == path->path->context && strcmp(enum_paths[i].spelling, path->path->spelling) == 0)
      return &enum_paths[i];
  }
  return NULL;
}

static bool has_prefix(const char *symbol, const char *prefix) { return strncmp(symbol, prefix, strlen(prefix)) == 0; }

/* The symbol of a number, if the context of the group knows it. */
static const char *enum_symbol(const sema *s, const struct enum_path *p, int64_t value) {
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    const ottl_enum_info *e = &ottl__enums[i];
    if (e->context == s->context && e->value == value && has_prefix(e->symbol, p->prefix)) return e->symbol;
  }
  return NULL;
}

bool ottl__lint_beside(sema *s, ottl_diag_item *d, const ottl_expr *path, const ottl_expr *literal, bool sure) {
  if (path->kind != OTTL_E_PATH || path->n_kids || !ottl__sema_is_literal(literal, OTTL_T_INT)) return false;
  for (size_t i = 0; i < OTTL_COUNT(enum_beside); i++) {
    if (enum_beside[i].context != path->path->context || strcmp(enum_beside[i].spelling, path->path->spelling) != 0) continue;
    size_t n = strlen(path->path->spelling);
    ottl__diag_help(d, "the number is in `%s.%s`", ottl__contexts[path->context].name, enum_beside[i].meant);
    ottl_view source = s->diags ? ottl__diag_source_of(s->diags, path->source_id)->text : VIEW("");
    if (sure && path->end <= source.len && path->end - path->begin >= n &&
        memcmp(source.data + path->end - n, path->path->spelling, n) == 0)
      ottl__diag_fix(d, (ottl_span){path->source_id, path->end - (uint32_t)n, path->end}, view_str(enum_beside[i].meant));
    return true;
  }
  return false;
}

/* A number where the path holds one of an enum. */
static void lint_enum(sema *s, const ottl_expr *path, const ottl_expr *literal, bool equality) {
  if (!ottl__sema_is_literal(literal, OTTL_T_INT) || literal->kind != OTTL_E_LITERAL) return;
  const struct enum_path *p = enum_path_of(path);
  int64_t value = (int64_t)literal->literal.word;
  if (literal->symbol) {
    bool plain = path->kind == OTTL_E_PATH && !path->n_kids && !(path->types & ~TYPES(INT));
    if (p ? has_prefix(literal->symbol, p->prefix) : !plain) return;
    ottl_diag_item *d = SEMA_WARN(s, WRONG_ENUM, expr_span(literal), "`%s` is no value of `%s.%s`", literal->symbol,
                                  ottl__contexts[path->context].name, path->path->spelling);
    if (!p) {
      ottl__diag_help(d, "the path holds plain numbers; `%s` is %lld", literal->symbol, (long long)value);
      return;
    }
    ottl__diag_help(d, "its symbols begin with `%s`", p->prefix);
    const char *other = enum_symbol(s, p, value);
    if (other) ottl__diag_note(d, "both are %lld: this asks for `%s`", (long long)value, other);
    return;
  }
  if (!p || !p->closed) return;
  const char *symbol = enum_symbol(s, p, value);
  if (symbol && s->options->explain) {
    ottl_diag_item *d = SEMA_WARN(s, UNNAMED_ENUM, expr_span(literal), "this number has a name");
    ottl__diag_help(d, "write `%s`", symbol);
    ottl__diag_fix(d, expr_span(literal), view_str(symbol));
  }
  bool known = false; /* does the context of the group know symbols of the path at all? */
  for (uint32_t i = 0; i < ottl__n_enums && !known; i++)
    known = ottl__enums[i].context == s->context && has_prefix(ottl__enums[i].symbol, p->prefix);
  if (!symbol && equality && known) {
    ottl_diag_item *d = SEMA_WARN(s, NO_SYMBOL, expr_span(literal), "no `%s*` is %lld", p->prefix, (long long)value);
    ottl__diag_help(d, "`%s.%s` holds a number that one of them stands for", ottl__contexts[path->context].name,
                    path->path->spelling);
  }
}

/* ---- what may fail ---- */

static const char *guard_for(ottl_types takes) {
  static const struct {
    const char *name;
    ottl_types types;
  } checks[] = {
#define CHECK(function, types) {#function, types},
#include "refine.def"
  };
  for (size_t i = 0; i < OTTL_COUNT(checks); i++) {
    if (takes && !(checks[i].types & ~takes)) return checks[i].name;
  }
  return NULL;
}

/* "guard it: `where IsString(log.body)`" */
static void explain_guard(const sema *s, ottl_diag_item *d, const ottl_expr *e, uint32_t end, ottl_types takes) {
  if (!d || e->kind != OTTL_E_PATH) return;
  ottl_view source = ottl__diag_source_of(s->diags, e->source_id)->text;
  if (end > source.len || e->begin >= end || end - e->begin > 100) return;
  ottl_types bad = e->types & ~takes;
  const char *check = guard_for(takes);
  if (end == e->end && bad && !(bad & ~TYPES_NIL))
    ottl__diag_help(d, "guard it with `%.*s != nil`", (int)(end - e->begin), source.data + e->begin);
  else if (check)
    ottl__diag_help(d, "guard it with `%s(%.*s)`", check, (int)(end - e->begin), source.data + e->begin);
}

/* Bodies have a code of their own: people want to know of them even when they know the types of their attributes. */
static ottl_diag_code may_fail_code(const ottl_expr *e) {
  return e->kind == OTTL_E_PATH && e->path->view == OTTL_V_BODY ? DIAG_BODY_TYPE : DIAG_MAY_FAIL;
}

static void explain_path(sema *s, const ottl_expr *e) {
  if (e->n_kids == 0) return;
  ottl_diag_item *d =
      ottl__diag_add(s->diags, may_fail_code(e), expr_span(e), "this fails where a value on the way has no such keys");
  if (e->n_kids > 2 || !ottl__sema_is_literal(e->kids[e->n_kids - 1], OTTL_T_STRING)) return;
  ottl_view source = s->diags ? ottl__diag_source_of(s->diags, e->source_id)->text : VIEW("");
  uint32_t end = e->kids[e->n_kids - 1]->begin; /* of the key: before it stands `[` */
  while (end > e->begin && end <= source.len && source.data[end - 1] != '[') end--;
  if (end > e->begin) explain_guard(s, d, e, end - 1, TYPES(MAP));
}

static void explain_call(sema *s, const ottl_expr *e) {
  const ottl_call_site *site = e->call;
  const ottl_function *f = &ottl__functions[site->function];
  char buf[200], want[200];
  uint8_t told = 0;
  bool converts = f->kind == OTTL_F_CONVERTER && f->result != TYPES(BOOL) && !(f->flags & OTTL_FN_LAMBDA);
  ottl_diag_code data = converts ? DIAG_CONVERSION : DIAG_MAY_FAIL_DATA;
  for (uint32_t i = 0; i < f->n_params; i++) {
    const ottl_call_arg *a = &site->args[i];
    if (!a->expr || a->is_literal) continue;
    ottl_types sure, takes = ottl__refine_takes(f, i, &sure);
    if (call_is_set(e) && i == 1) takes = sure = ottl__types_settable(site->args[0].expr->path, site->args[0].expr->n_kids > 0);
    if (a->expr->types & ~takes) {
      ottl_diag_item *d =
          ottl__diag_add(s->diags, may_fail_code(a->expr), expr_span(a->expr), "this fails where the value is no %s",
                         ottl__types_text(call_is_set(e) ? takes & ~TYPES_NIL : takes, want, sizeof want));
      ottl__diag_mark(d, "%s", ottl__types_text(a->expr->types, buf, sizeof buf));
      explain_guard(s, d, a->expr, a->expr->end, takes);
      told |= OTTL_FAIL_TYPE;
    } else if (a->expr->types & ~sure) {
      ottl_diag_item *d =
          ottl__diag_add(s->diags, data, expr_span(a->expr), "`%s` fails for some values of its argument", f->name);
      ottl__diag_mark(d, "%s", ottl__types_text(a->expr->types & ~sure, buf, sizeof buf));
      told |= OTTL_FAIL_DATA;
    }
  }
  if (e->fails & OTTL_FAIL_DATA & (uint8_t)~told) {
    if (call_is_set(e))
      SEMA_WARN(s, MAY_FAIL_DATA, expr_span(site->args[0].expr), "writing this path fails for some values or kinds of records");
    else
      ottl__diag_add(s->diags, data, expr_span(e), "`%s` fails for some values", f->name);
  }
}

static void explain(sema *s, const ottl_expr *e) {
  if (e->must_fail || !(e->fails & (OTTL_FAIL_TYPE | OTTL_FAIL_DATA))) return;
  char a[200], b[200];
  ottl_diag_item *d;
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_PATH: explain_path(s, e); return;
  case OTTL_E_CALL: explain_call(s, e); return;
  case OTTL_E_INDEX: SEMA_WARN(s, MAY_FAIL_DATA, expr_span(e), "this fails where the value has no such key"); return;
  case OTTL_E_NEG:
    d = SEMA_WARN(s, MAY_FAIL, expr_span(e), "this fails where the value is no number");
    ottl__diag_mark(d, "%s", ottl__types_text(e->kids[0]->types, a, sizeof a));
    return;
  case OTTL_E_MATH:
    if (e->fails & OTTL_FAIL_TYPE) {
      d = SEMA_WARN(s, MAY_FAIL, expr_span(e), "`%c` fails for some of these types: it takes numbers, times and durations",
                    e->op);
      ottl__diag_mark(d, "%s, and %s", ottl__types_text(e->kids[0]->types, a, sizeof a),
                      ottl__types_text(e->kids[1]->types, b, sizeof b));
    }
    if (e->fails & OTTL_FAIL_DATA) SEMA_WARN(s, MAY_FAIL_DATA, expr_span(e->kids[1]), "this fails where the divisor is 0");
    return;
  case OTTL_E_MAP: SEMA_WARN(s, MAY_FAIL, expr_span(e), "a map literal does not take values of every type"); return;
  case OTTL_E_TRUTH: SEMA_WARN(s, MAY_FAIL, expr_span(e), "this fails where the result is no bool"); return;
  default: return;
  }
}

/* ---- editors without effect ---- */

static const struct {
  const char *name;
  ottl_types types;
} lint_acts_on[] = {
#define ACTS_ON(function, types) {#function, types},
#include "refine.def"
};

static void lint_effect(sema *s, const ottl_expr *call) {
  const char *name = ottl__functions[call->call->function].name;
  const ottl_expr *target = call->call->args[0].expr;
  for (size_t i = 0; i < OTTL_COUNT(lint_acts_on) && target; i++) {
    if (strcmp(lint_acts_on[i].name, name) != 0 || !target->types || (target->types & lint_acts_on[i].types)) continue;
    char buf[200], want[200];
    ottl_diag_item *d = SEMA_WARN(s, NO_EFFECT, expr_span(call), "this never changes anything: `%s` acts on a %s alone", name,
                                  ottl__types_text(lint_acts_on[i].types, want, sizeof want));
    ottl__diag_label(d, expr_span(target), "%s", ottl__types_text(target->types, buf, sizeof buf));
  }
}

/* ---- integers and doubles ---- */

static bool is_int_literal(const ottl_expr *e) { return e->is_literal && cell_type(e->literal) == OTTL_T_INT; }

static void lint_numbers(sema *s, const ottl_expr *e) {
  bool constant = e->kind == OTTL_E_MATH && e->op == '/' && is_int_literal(e->kids[0]) && is_int_literal(e->kids[1]);
  int64_t divisor = constant ? (int64_t)e->kids[1]->literal.word : 0;
  if (divisor > 0 && (int64_t)e->kids[0]->literal.word % divisor != 0) {
    ottl_diag_item *d = SEMA_WARN(s, INT_DOUBLE, expr_span(e), "this is %lld: both sides are int, and the fraction is dropped",
                                  (long long)((int64_t)e->kids[0]->literal.word / divisor));
    ottl__diag_help(d, "write a literal such as `%lld.0`", (long long)divisor);
  }
  for (int i = 0; i < 2; i++) {
    const ottl_expr *a = e->kids[i], *b = e->kids[1 - i];
    if (a->types != TYPES(INT) || b->types != TYPES(DOUBLE)) continue;
    bool divided = a->kind == OTTL_E_MATH && a->op == '/' && !(is_int_literal(a->kids[0]) && is_int_literal(a->kids[1]));
    double value = b->is_literal && cell_type(b->literal) == OTTL_T_DOUBLE ? double_of_bits(b->literal.word) : 0;
    bool whole = value > -1e15 && value < 1e15 && value == (double)(int64_t)value;
    if (divided) {
      ottl_diag_item *d = SEMA_WARN(s, INT_DOUBLE, expr_span(a), "this division drops the fraction: both sides are int");
      ottl__diag_label(d, expr_span(b), "double");
      ottl__diag_help(d, "convert one side with `Double(...)`, or write a literal such as `1000.0`");
    } else if (e->kind == OTTL_E_CMP && e->op <= OTTL_CMP_NE && b->is_literal && !whole) {
      ottl_diag_item *d = SEMA_WARN(s, INT_DOUBLE, expr_span(b), "an int is never equal to this");
      ottl__diag_label(d, expr_span(a), "int");
    }
  }
}

/* ---- the walk ---- */

void ottl__lint_expr(sema *s, const ottl_expr *e) {
  if (e->kind == OTTL_E_CMP) {
    bool equality = e->op == OTTL_CMP_EQ || e->op == OTTL_CMP_NE;
    lint_enum(s, e->kids[0], e->kids[1], equality);
    lint_enum(s, e->kids[1], e->kids[0], equality);
  }
  if (s->options->lint && (e->kind == OTTL_E_CMP || e->kind == OTTL_E_MATH)) lint_numbers(s, e);
  if (s->options->explain) explain(s, e);
  for (uint32_t i = 0; i < e->n_kids; i++) ottl__lint_expr(s, e->kids[i]);
  if (!e->call) return;
  if (s->options->lint) ottl__lint_patterns(s, e);
  if (s->options->lint) ottl__lint_formats(s, e);
  const ottl_call_site *site = e->call;
  if (ottl__functions[site->function].kind == OTTL_F_EDITOR && site->n_args) lint_effect(s, e);
  if (call_is_set(e)) lint_enum(s, site->args[0].expr, site->args[1].expr, true);
  for (uint32_t i = 0; i < site->n_args; i++) {
    if (site->args[i].expr) ottl__lint_expr(s, site->args[i].expr);
    for (uint32_t k = 0; k < site->args[i].n_items; k++) ottl__lint_expr(s, site->args[i].items[k]);
  }
}
