/* Calls: finding the function, sorting arguments to parameters, building each as its parameter wants it, and letting the
 * function prepare. The rules are the reference's newFunctionCall and buildArgs. */
#include "sema/sema.h"

#include "syntax/renamed.h"

#include <stdio.h>

#define CALL_TEXT 240

/* -- names -- */

static const char *call_guess(const sema *s, ottl_view name, bool editor) {
  const char *contains = NULL;
  sema_guess guess = ottl__guess(name);
  for (uint32_t i = 0; i < ottl__n_functions; i++) {
    const ottl_function *f = &ottl__functions[i];
    if ((f->kind == OTTL_F_EDITOR) != editor || !ottl__function_available(s->functions, s->context, view_str(f->name))) continue;
    if (ottl__name_same(f->name, name)) return f->name;
    ottl__guess_try(&guess, f->name);
    if (name.len >= 4 && ottl__name_contains(f->name, name) && (!contains || strlen(f->name) < strlen(contains)))
      contains = f->name;
  }
  return guess.name ? guess.name : contains;
}

/* UINT32_MAX after a diagnostic. */
static uint32_t call_find(sema *s, const ottl_node *node, ottl_span span, bool editor) {
  ottl_view name = node->text;
  uint32_t index = ottl__function_find(name);
  if (index != UINT32_MAX && !ottl__function_available(s->functions, s->context, name)) {
    ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_FUNCTION, span, "the %s context has no function `%.*s`",
                                   ottl__contexts[s->context].name, VIEW_ARG(name));
    for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
      if (ottl__function_available(s->functions, (ottl_context_id)c, name))
        ottl__diag_help(d, "it is there in the %s context", ottl__contexts[c].name);
    }
    return UINT32_MAX;
  }
  if (index != UINT32_MAX && (ottl__functions[index].flags & OTTL_FN_EXPERIMENTAL)) {
    bool there = s->options->experimental && s->functions != OTTL_FUNCTIONS_STANDARD;
    if (there) return index;
    ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_FUNCTION, span, "the function `%.*s` is experimental", VIEW_ARG(name));
    ottl__diag_help(d, s->options->experimental ? "it is not among the standard functions"
                                                : "switch experimental functions on (`--experimental`)");
    return UINT32_MAX;
  }
  if (index != UINT32_MAX) {
    bool component = s->functions != OTTL_FUNCTIONS_ALL && s->functions != OTTL_FUNCTIONS_STANDARD;
    if (!(ottl__functions[index].flags & OTTL_FN_XPROFILE) || component || s->options->experimental) return index;
    SEMA_ERROR(s, EXPERIMENTAL, span, "the function `%.*s` is experimental, and that is off", VIEW_ARG(name));
    return UINT32_MAX;
  }
  ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_FUNCTION, span, "unknown function `%.*s`", VIEW_ARG(name));
  if (ottl__renamed_help(d, node, span, editor)) return UINT32_MAX;
  const char *guess = call_guess(s, name, editor);
  if (guess) {
    ottl__diag_help(d, "did you mean `%s`?", guess);
    ottl__diag_fix(d, span, view_str(guess));
    return UINT32_MAX;
  }
  for (uint32_t i = 0; i < ottl__n_functions && !editor; i++) {
    if (ottl__functions[i].kind == OTTL_F_EDITOR && ottl__name_same(ottl__functions[i].name, name))
      ottl__diag_help(d, "`%s` is an editor: a statement of its own, which changes its target", ottl__functions[i].name);
  }
  return UINT32_MAX;
}

/* `replace_pattern(target, regex, replacement, [function])` */
static const char *call_signature(const ottl_function *f, char *buf) {
  size_t at = (size_t)snprintf(buf, CALL_TEXT, "%s(", f->name);
  for (uint32_t i = 0; i < ottl__function_given(f) && at < CALL_TEXT; i++) {
    const ottl_param *p = &f->params[i];
    at += (size_t)snprintf(buf + at, CALL_TEXT - at, "%s%s%s%s", i ? ", " : "", p->optional ? "[" : "", p->name,
                           p->optional ? "]" : "");
  }
  if (at < CALL_TEXT) snprintf(buf + at, CALL_TEXT - at, ")");
  return buf;
}

/* -- one argument -- */

static ottl_diag_item *call_wants(sema *s, ottl_diag_code code, const ottl_node *v, const ottl_function *f, const ottl_param *p,
                                  const char *what) {
  s->n_errors++;
  return ottl__diag_add(s->diags, code, sema_span(s, v), "`%s` of `%s` wants %s", p->name, f->name, what);
}

static const char *call_param_type(ottl_param_kind kind) {
  switch (kind) {
  case OTTL_P_STRING:
  case OTTL_P_IS_STRING: return "a string";
  case OTTL_P_INT:
  case OTTL_P_IS_INT: return "an int";
  case OTTL_P_DOUBLE:
  case OTTL_P_IS_DOUBLE: return "a float";
  case OTTL_P_BOOL:
  case OTTL_P_IS_BOOL: return "a bool";
  case OTTL_P_MAP:
  case OTTL_P_MAP_GETSETTER:
  case OTTL_P_IS_MAP: return "a map";
  case OTTL_P_LIST:
  case OTTL_P_LIST_GETSETTER: return "a list";
  case OTTL_P_TIME: return "a time";
  case OTTL_P_DURATION: return "a duration";
  case OTTL_P_STRING_LIKE: return "something that has a text";
  case OTTL_P_INT_LIKE: return "something that has an int: a number, bool or numeric string";
  case OTTL_P_DOUBLE_LIKE: return "something that has a float: a number, bool or numeric string";
  case OTTL_P_BOOL_LIKE: return "something that has a bool: a bool, number or string such as \"true\"";
  case OTTL_P_BYTES_LIKE: return "bytes, a string, number or bool";
  case OTTL_P_SLICE_STRING:
  case OTTL_P_SLICE_STRING_LIKE: return "a list";
  default: return "another type";
  }
}

/* A literal for a typed getter is coerced now, and refused now. */
static bool call_coerce(sema *s, const ottl_function *f, const ottl_param *p, ottl_param_kind kind, const ottl_node *v,
                        ottl_expr *e) {
  static const uint8_t plain[] = {OTTL_P_STRING, OTTL_P_INT, OTTL_P_DOUBLE, OTTL_P_BOOL, OTTL_P_MAP};
  ottl_types sure, takes = ottl__types_param(kind, &sure);
  bool is_kind = kind >= OTTL_P_IS_STRING && kind <= OTTL_P_IS_MAP,
       slice = kind == OTTL_P_SLICE_STRING || kind == OTTL_P_SLICE_STRING_LIKE;
  ottl_cell cell = e->literal;
  if (kind == OTTL_P_SLICE_STRING) takes &= ~TYPES(BYTES); /* their items are no strings */
  bool good = !slice || (e->types & takes);
  if (good && !slice) {
    if (!s->scratch && (s->fatal = ottl__scratch_create(&s->al, &s->scratch)) != OTTL_OK) return false;
    good = ottl__coerce(s->arena, s->scratch, is_kind ? plain[kind - OTTL_P_IS_STRING] : kind, e->literal, &cell) == 0;
  }
  if (!good) {
    char buf[200];
    ottl_diag_item *d = call_wants(s, DIAG_LITERAL_TYPE, v, f, p, call_param_type(kind));
    ottl__diag_mark(d, "%s", ottl__types_text(e->types, buf, sizeof buf));
    if (kind == OTTL_P_STRING && (v->kind == NODE_INT || v->kind == NODE_FLOAT)) {
      ottl__diag_help(d, "as a text it stands in double quotes");
      ottl__fix_around(s, d, v, "\"", "\"");
    }
    if (kind == OTTL_P_STRING && v->kind == NODE_LIST) ottl__diag_help(d, "one call for each");
    if (v->kind == NODE_STRING && (kind == OTTL_P_LIST || slice)) {
      ottl__diag_help(d, "put it into brackets");
      ottl__fix_around(s, d, v, "[", "]");
    }
    ottl__call_help_made(s, d, ottl__types_param(kind, &sure), v, e);
    if (kind == OTTL_P_INT && (e->types & TYPES(DOUBLE))) ottl__diag_help(d, "an int has no point; `Int(...)` cuts a float");
    return false;
  }
  if (is_kind || slice) return true; /* as written: only checked */
  e->literal = cell;
  e->types = (ottl_types)1 << cell_type(cell);
  return true;
}

/* A value for a getter of this kind, or NULL. */
static ottl_expr *call_getter(sema *s, const ottl_function *f, const ottl_param *p, ottl_param_kind kind, const ottl_node *v) {
  ottl_expr *e = ottl__sema_value(s, v);
  if (!e) return NULL;
  bool typed =
      (kind >= OTTL_P_STRING && kind <= OTTL_P_IS_MAP) || kind == OTTL_P_SLICE_STRING || kind == OTTL_P_SLICE_STRING_LIKE;
  if (typed && e->is_literal) return call_coerce(s, f, p, kind, v, e) ? e : NULL;
  ottl_types sure, takes = ottl__types_param(kind, &sure);
  if (e->types && !(e->types & takes)) {
    char buf[200];
    ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, v), "this call always fails: `%s` of `%s` wants %s", p->name,
                                  f->name, call_param_type(kind));
    ottl__diag_mark(d, "%s", ottl__types_text(e->types, buf, sizeof buf));
    if (kind == OTTL_P_STRING && (e->types & (TYPES(TRACE_ID) | TYPES(SPAN_ID))) && e->kind == OTTL_E_PATH) {
      ottl__diag_help(d, "take its text: add `.string`");
      ottl__diag_fix(d, (ottl_span){s->source, v->end, v->end}, VIEW(".string"));
    }
  }
  return e;
}

static bool is_digits(ottl_view text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] < '0' || text.data[i] > '9') return false;
  }
  return true;
}

static bool call_literal(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  static const uint8_t kinds[] = {NODE_STRING, NODE_INT, NODE_FLOAT, NODE_BOOL};
  static const char *const names[] = {"a string literal", "an int literal without sign or parentheses",
                                      "a float literal without sign or parentheses", "`true` or `false`"};
  unsigned which = p->kind - OTTL_P_LIT_STRING;
  if (v->kind != kinds[which] || v->parenthesized) {
    if (v->kind == NODE_ERROR) return false;
    ottl_diag_item *d = call_wants(s, DIAG_LITERAL_WANTED, v, f, p, names[which]);
    if (which == 2 && v->kind == NODE_INT && !v->parenthesized) {
      char fix[32];
      snprintf(fix, sizeof fix, "%lld.0", (long long)v->integer);
      ottl__diag_help(d, "write `%s`", fix);
      ottl__diag_fix(d, sema_span(s, v), view_str(fix));
    } else if (which == 1 && v->kind == NODE_STRING && v->text.len && v->end - v->begin == v->text.len + 2 &&
               is_digits(v->text)) {
      ottl__diag_help(d, "a number stands without quotes");
      ottl__diag_fix(d, sema_span(s, v), v->text);
    } else if (which == 1 && v->kind == NODE_FLOAT && !v->parenthesized && v->number >= 0 && v->number < 1e15) {
      char fix[32];
      snprintf(fix, sizeof fix, "%lld", (long long)v->number);
      ottl__diag_help(d, "an int has no point");
      ottl__diag_fix(d, sema_span(s, v), view_str(fix));
    } else if (which == 3 && v->kind == NODE_STRING && (view_is(v->text, "yes") || view_is(v->text, "true"))) {
      ottl__diag_help(d, "write `true`");
      ottl__diag_fix(d, sema_span(s, v), VIEW("true"));
    } else if (which == 3 && v->kind == NODE_STRING && (view_is(v->text, "no") || view_is(v->text, "false"))) {
      ottl__diag_help(d, "write `false`");
      ottl__diag_fix(d, sema_span(s, v), VIEW("false"));
    } else if (which == 0 && v->kind == NODE_PATH && !v->first->next && !v->first->first) {
      ottl__diag_help(d, "a text stands in double quotes");
      ottl__fix_around(s, d, v, "\"", "\"");
    } else {
      char buf[200];
      ottl__diag_help(d, "its signature is `%s`", call_signature(f, buf));
    }
    return false;
  }
  ottl_expr *e = ottl__sema_value(s, v);
  if (!e) return false;
  a->is_literal = true;
  a->literal = e->literal;
  a->begin = e->begin;
  a->end = e->end;
  return true;
}

static bool call_literal_list(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  bool good = v->kind == NODE_LIST, floats = p->kind == OTTL_P_LIT_DOUBLES;
  if (!good) {
    ottl_diag_item *d =
        call_wants(s, DIAG_LIST_WANTED, v, f, p, floats ? "a list of float literals" : "a list of string literals");
    if (v->kind == (floats ? NODE_FLOAT : NODE_STRING)) {
      ottl__diag_help(d, "put it into brackets");
      ottl__fix_around(s, d, v, "[", "]");
    }
  }
  for (const ottl_node *item = good ? v->first : NULL; item; item = item->next) {
    if (item->kind == (floats ? NODE_FLOAT : NODE_STRING) && !item->parenthesized) continue;
    call_wants(s, DIAG_LITERAL_WANTED, item, f, p, floats ? "float literals only" : "string literals only");
    good = false;
  }
  ottl_expr *e = good ? ottl__sema_value(s, v) : NULL;
  if (!e) return false;
  a->is_literal = true;
  a->literal = e->literal;
  return true;
}

static bool call_items(sema *s, const ottl_function *f, const ottl_param *p, ottl_param_kind kind, const ottl_node *list,
                       ottl_call_arg *a) {
  bool good = true;
  a->items = arena_zero(s->arena, (list->n_children ? list->n_children : 1) * sizeof *a->items);
  if (!a->items) s->fatal = OTTL_NOMEM;
  for (const ottl_node *item = list->first; item && !s->fatal; item = item->next) {
    ottl_expr *e = call_getter(s, f, p, kind, item);
    good &= e != NULL;
    a->items[a->n_items++] = e;
  }
  return good && !s->fatal;
}

static bool call_function_name(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  if (v->kind != NODE_ENUM && v->kind != NODE_FUNCREF) {
    ottl_diag_item *d = call_wants(s, DIAG_FUNCTION_WANTED, v, f, p, "the name of a converter");
    if (v->kind == NODE_CALL) ottl__diag_help(d, "write the name alone: `%.*s`", VIEW_ARG(v->text));
    return false;
  }
  uint32_t index = call_find(s, v, sema_span(s, v), false);
  if (index == UINT32_MAX) return false;
  if (!(ottl__functions[index].flags & OTTL_FN_STRING_ARG)) {
    ottl_diag_item *d =
        SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, v), "this always fails: `%.*s` does not take one string", VIEW_ARG(v->text));
    char buf[CALL_TEXT];
    ottl__diag_help(d, "`%s` wants a converter of one string; this one is `%s`", p->name,
                    call_signature(&ottl__functions[index], buf));
  }
  a->function = (uint16_t)index;
  return true;
}

static bool call_lambda(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  if (v->kind != NODE_LAMBDA || v->parenthesized) {
    call_wants(s, DIAG_LAMBDA_WANTED, v, f, p, "a lambda, such as `(key, value) => value != nil`");
    return false;
  }
  ottl_expr *e = ottl__sema_lambda(s, v, (ottl_param_kind)p->kind);
  /* Without parameters a lambda is a condition of the row itself. */
  a->expr = e && p->kind == OTTL_P_LAMBDA_COND ? e->kids[0] : e;
  if (a->expr && a->expr != e) {
    a->is_literal = a->expr->is_literal;
    a->literal = a->expr->literal;
  }
  return e != NULL;
}

static bool call_path(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  if (v->kind != NODE_PATH || v->parenthesized) {
    if (v->kind == NODE_ERROR) return false;
    ottl_diag_item *d = call_wants(s, DIAG_PATH_WANTED, v, f, p, "a path");
    if (v->kind == NODE_PATH) ottl__diag_help(d, "leave the parentheses out");
    if (v->kind == NODE_STRING)
      ottl__diag_help(d, "the attribute of this name is `%s.attributes[...]` with the text as its key",
                      ottl__contexts[s->context].name);
    return false;
  }
  ottl_expr *e = a->expr = ottl__sema_path(s, v);
  if (!e) return false;
  ottl_types sure, takes = ottl__types_param(p->kind, &sure);
  if (!e->path->writable)
    SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, v), "this always fails: the path cannot be written");
  else if (e->types && !(e->types & takes)) {
    char buf[200];
    ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, v), "this call always fails: `%s` of `%s` wants the path of %s",
                                  p->name, f->name, call_param_type(p->kind));
    ottl__diag_mark(d, "%s", ottl__types_text(e->types, buf, sizeof buf));
  }
  return true;
}

static bool call_wants_list(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v) {
  ottl_diag_item *d = call_wants(s, DIAG_LIST_WANTED, v, f, p, "a list in brackets, such as `[a, b]`");
  if (v->kind != NODE_ERROR) {
    ottl__diag_help(d, "put it into brackets");
    ottl__fix_around(s, d, v, "[", "]");
  }
  return false;
}

static bool call_argument(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *v, ottl_call_arg *a) {
  *a = (ottl_call_arg){.given = true};
  if (v->kind == NODE_ERROR) return false;
  switch ((ottl_param_kind)p->kind) {
  case OTTL_P_SETTER:
  case OTTL_P_GETSETTER:
  case OTTL_P_MAP_GETSETTER:
  case OTTL_P_LIST_GETSETTER: return call_path(s, f, p, v, a);
  case OTTL_P_LIT_STRING:
  case OTTL_P_LIT_INT:
  case OTTL_P_LIT_DOUBLE:
  case OTTL_P_LIT_BOOL: return call_literal(s, f, p, v, a);
  case OTTL_P_LIT_STRINGS:
  case OTTL_P_LIT_DOUBLES: return call_literal_list(s, f, p, v, a);
  case OTTL_P_GETTERS:
  case OTTL_P_STRINGS:
    if (v->kind == NODE_LIST) return call_items(s, f, p, param_item_kind((ottl_param_kind)p->kind), v, a);
    return call_wants_list(s, f, p, v);
  case OTTL_P_SLICE_STRING:
  case OTTL_P_SLICE_STRING_LIKE:
    if (v->kind == NODE_LIST) return call_items(s, f, p, param_item_kind((ottl_param_kind)p->kind), v, a);
    if (s->options->literal_lists) return call_wants_list(s, f, p, v);
    break;
  case OTTL_P_FUNCTION: return call_function_name(s, f, p, v, a);
  case OTTL_P_LAMBDA_COND:
  case OTTL_P_LAMBDA_KV:
  case OTTL_P_LAMBDA_AKV: return call_lambda(s, f, p, v, a);
  default: break;
  }
  ottl_expr *e = a->expr = call_getter(s, f, p, (ottl_param_kind)p->kind, v);
  if (!e) return false;
  a->is_literal = e->is_literal;
  a->literal = e->literal;
  return true;
}

/* -- all arguments -- */

static const ottl_param *call_param(sema *s, const ottl_function *f, const ottl_node *arg, uint32_t position, uint32_t *ret) {
  if (!arg->text.len) {
    *ret = position;
    return &f->params[position];
  }
  char *camel = arena_alloc(s->arena, arg->text.len + 1);
  if (!camel) {
    s->fatal = OTTL_NOMEM;
    return NULL;
  }
  ottl__to_camel(arg->text, camel);
  sema_guess guess = ottl__guess(arg->text);
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    *ret = i;
    if (strcmp(f->params[i].field, camel) == 0) return &f->params[i];
    if (ottl__name_same(f->params[i].field, arg->text)) guess = (sema_guess){f->params[i].name, 0, arg->text};
    ottl__guess_try(&guess, f->params[i].name);
    bool begins = arg->text.len >= 3 && strncmp(f->params[i].name, arg->text.data, arg->text.len) == 0;
    if (begins && guess.distance) guess = (sema_guess){f->params[i].name, 1, arg->text};
  }
  ottl_span span = {s->source, arg->name_begin, arg->name_end};
  char buf[CALL_TEXT];
  ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_PARAMETER, span, "`%s` has no parameter `%.*s`", f->name, VIEW_ARG(arg->text));
  char field[64];
  if (guess.name && ottl__to_camel(view_str(guess.name), field) && ottl__name_same(guess.name, view_str(field))) {
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
    ottl__diag_fix(d, span, view_str(guess.name));
  }
  if (!d || d->help.len)
    ottl__diag_note(d, "its signature is `%s`", call_signature(f, buf));
  else
    ottl__diag_help(d, "its signature is `%s`", call_signature(f, buf));
  return NULL;
}

static bool call_counts(sema *s, const ottl_function *f, const ottl_node *node, uint32_t n) {
  uint32_t required = 0, most = ottl__function_given(f);
  const ottl_node *named = NULL;
  bool good = true;
  for (uint32_t i = 0; i < most; i++) required += !f->params[i].optional;
  for (const ottl_node *arg = node->first; arg && arg->kind == NODE_ARG; arg = arg->next) {
    if (arg->text.len) {
      if (!named) named = arg;
    } else if (named) {
      ottl_diag_item *d =
          SEMA_ERROR(s, POSITIONAL_AFTER_NAMED, sema_span(s, arg), "an argument without a name after one with a name");
      ottl__diag_label(d, sema_span(s, named), "named from here on");
      good = false;
    }
  }
  if (n < required || n > most) {
    char buf[CALL_TEXT], count[48];
    if (required == most)
      snprintf(count, sizeof count, "%u argument%s", required, required == 1 ? "" : "s");
    else
      snprintf(count, sizeof count, "%u to %u arguments", required, most);
    ottl_span span = {s->source, node->name_begin, node->name_end};
    ottl_diag_item *d =
        SEMA_ERROR(s, ARGUMENT_COUNT, span, "`%s` wants %s, but there %s %u", f->name, count, n == 1 ? "is" : "are", n);
    if (n < required || !ottl__call_help_spread(s, d, f, node, n))
      ottl__diag_help(d, "its signature is `%s`", call_signature(f, buf));
    good = false;
  }
  return good;
}

/* Lets the function look at its constant arguments. */
static bool call_prepare(sema *s, const ottl_function *f, const ottl_node *node, const ottl_node **nodes, ottl_call_site *site) {
  if (!f->prepare) return true;
  uint32_t n = f->n_params;
  ottl_arg *args = arena_zero(s->arena, (n ? n : 1) * sizeof *args);
  const ottl_cell **items = arena_zero(s->arena, (n ? n : 1) * sizeof *items);
  const ottl_cell **firsts = arena_zero(s->arena, (n ? n : 1) * sizeof *firsts);
  uint32_t *n_firsts = arena_zero(s->arena, (n ? n : 1) * sizeof *n_firsts);
  sema_prep *link = arena_alloc(s->arena, sizeof *link);
  if (!args || !items || !firsts || !n_firsts || !link) goto nomem;
  for (uint32_t i = 0; i < n; i++) {
    const ottl_call_arg *a = &site->args[i];
    args[i] = (ottl_arg){
        .given = a->given, .is_literal = a->is_literal, .literal = a->literal, .n_items = a->n_items, .function = a->function};
    if (!a->items) continue;
    ottl_cell *cells = arena_array(s->arena, a->n_items ? a->n_items : 1, sizeof *cells);
    if (!cells) goto nomem;
    uint32_t k = 0;
    for (; k < a->n_items && a->items[k]->is_literal; k++) cells[k] = a->items[k]->literal;
    firsts[i] = cells;
    n_firsts[i] = k;
    if (k == a->n_items) items[i] = cells;
  }
  ottl_prepare p = {.al = &s->al,
                    .arena = s->arena,
                    .arg = args,
                    .item_literals = items,
                    .first_literals = firsts,
                    .n_first_literals = n_firsts,
                    .n_args = n};
  ottl_status st = f->prepare(&p);
  if (st == OTTL_OK) {
    site->prep = p.prep;
    site->free_prep = p.free_prep;
    site->reads_clock = p.reads_clock;
    *link = (sema_prep){site, s->preps};
    s->preps = link;
    return true;
  }
  if (p.free_prep && p.prep) p.free_prep(&s->al, p.prep);
  if (st != OTTL_COMPILE) {
    s->fatal = st;
    return false;
  }
  if (p.no_tables) {
    ottl_diag_item *missing = SEMA_ERROR(s, TABLES_MISSING, sema_span(s, node), "`%s` needs tables that are not loaded", f->name);
    ottl__diag_help(missing, "load the data file that belongs to this core, then compile again");
    return false;
  }
  const ottl_node *bad = p.bad_arg < n && nodes[p.bad_arg] ? nodes[p.bad_arg] : node;
  ottl_diag_item *d =
      SEMA_ERROR(s, ARGUMENT_REFUSED, sema_span(s, bad), "%s", p.message[0] ? p.message : "the function refuses its arguments");
  ottl__call_help_refused(s, d, p.message, bad);
  return false;
nomem:
  s->fatal = OTTL_NOMEM;
  return false;
}

static void call_join(ottl_expr *e, const ottl_expr *arg) {
  if (arg->level > e->level) e->level = arg->level;
  e->may_fail |= arg->may_fail;
  e->impure |= arg->impure;
  e->locals |= arg->locals;
}

static void call_type(ottl_expr *e, const ottl_function *f, const ottl_call_site *site) {
  e->types = f->result;
  e->may_fail = f->flags & OTTL_FN_MAY_FAIL;
  e->impure = f->flags & (OTTL_FN_CLOCK | OTTL_FN_RANDOM) || site->reads_clock;
  for (uint32_t i = 0; i < f->n_params; i++) {
    const ottl_call_arg *a = &site->args[i];
    ottl_param_kind kind = (ottl_param_kind)f->params[i].kind;
    ottl_types sure;
    if (a->expr) {
      call_join(e, a->expr);
      ottl__types_param(kind, &sure);
      if (!a->is_literal && (a->expr->types & ~sure)) e->may_fail = true;
    }
    kind = param_item_kind(kind);
    ottl__types_param(kind, &sure);
    for (uint32_t k = 0; k < a->n_items; k++) {
      call_join(e, a->items[k]);
      if (!a->items[k]->is_literal && (a->items[k]->types & ~sure)) e->may_fail = true;
    }
  }
  ottl__refine_call(e);
}

/* `set`: whether the path takes the value. */
static void call_check_set(sema *s, const ottl_function *f, ottl_expr *e, const ottl_node **nodes) {
  if (f->n_params != 2 || f->params[0].kind != OTTL_P_SETTER) return;
  const ottl_expr *path = e->call->args[0].expr, *value = e->call->args[1].expr;
  bool keyed = path->n_kids > 0;
  ottl_types takes = ottl__types_settable(path->path, keyed);
  if (!ottl__types_set_sure(path->path, keyed, value->types)) {
    e->may_fail = true;
    e->fails |= ottl__types_set_failures(path->path, keyed, takes, value->types);
  }
  if (!takes || !value->types || (value->types & takes)) {
    e->must_fail |= !takes;
    return;
  }
  e->must_fail = true;
  char buf[200], want[200];
  ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, nodes[1]), "this always fails: the path takes %s",
                                ottl__types_text(takes & ~TYPES_NIL, want, sizeof want));
  ottl__diag_mark(d, "%s", ottl__types_text(value->types, buf, sizeof buf));
  if (takes == TYPES(INT)) ottl__sema_enum_hint(s, d, nodes[1], value);
  ottl__call_help_made(s, d, takes & ~TYPES_NIL, nodes[1], value);
  ottl__lint_beside(s, d, path, value, false);
}

/* A required parameter that was left out though the count fits: in the reference, literals and lists of expressions are then
 * zero and empty; anything else is nil and crashes. False: there is no empty value. */
static bool call_empty(sema *s, const ottl_function *f, const ottl_param *p, const ottl_node *node, ottl_call_arg *a) {
  ottl_call_arg empty = {.given = true, .is_literal = true};
  switch ((ottl_param_kind)p->kind) {
  case OTTL_P_LIT_STRING: empty.literal = cell_string(VIEW("")); break;
  case OTTL_P_LIT_INT: empty.literal = cell_int(0); break;
  case OTTL_P_LIT_DOUBLE: empty.literal = cell_double(0); break;
  case OTTL_P_LIT_BOOL: empty.literal = cell_bool(false); break;
  case OTTL_P_LIT_STRINGS:
  case OTTL_P_LIT_DOUBLES:
    empty.literal = cell_tree(OTTL_T_LIST_ANY, arena_zero(s->arena, sizeof(ottl_list)));
    if (!empty.literal.word) s->fatal = OTTL_NOMEM;
    break;
  case OTTL_P_GETTERS:
  case OTTL_P_STRINGS:
    empty.is_literal = false;
    empty.items = arena_zero(s->arena, sizeof *empty.items);
    if (!empty.items) s->fatal = OTTL_NOMEM;
    break;
  default: return false;
  }
  ottl_diag_item *d =
      SEMA_WARN(s, EMPTY_ARGUMENT, sema_span(s, node), "`%s` of `%s` is missing and counts as empty", p->name, f->name);
  char buf[CALL_TEXT];
  ottl__diag_help(d, "its signature is `%s`", call_signature(f, buf));
  *a = empty;
  return true;
}

ottl_expr *ottl__sema_call(sema *s, const ottl_node *node) {
  uint32_t index = call_find(s, node, (ottl_span){s->source, node->name_begin, node->name_end}, node->is_editor);
  if (index == UINT32_MAX) return NULL;
  const ottl_function *f = &ottl__functions[index];
  ottl_expr *e = ottl__sema_new(s, OTTL_E_CALL, node, 0);
  ottl_call_site *site = e ? arena_zero(s->arena, sizeof *site) : NULL;
  uint32_t n = 0, room = f->n_params ? f->n_params : 1, given = ottl__function_given(f);
  if (site) site->args = arena_zero(s->arena, room * sizeof *site->args);
  const ottl_node **nodes = arena_zero(s->arena, room * sizeof *nodes);
  if (!site || !site->args || !nodes) {
    s->fatal = OTTL_NOMEM;
    return NULL;
  }
  site->function = (uint16_t)index;
  site->n_args = f->n_params;
  e->call = site;
  for (const ottl_node *arg = node->first; arg && arg->kind == NODE_ARG; arg = arg->next) n++;
  bool good = given == 0 || call_counts(s, f, node, n);
  uint32_t i = 0, spread = good ? 0 : ottl__call_spread(f, node, n);
  /* A function without parameters never looks at what it is given. */
  for (const ottl_node *arg = node->first; arg && arg->kind == NODE_ARG && given && !s->fatal; arg = arg->next, i++) {
    uint32_t at;
    const ottl_param *p = arg->text.len || i < given ? call_param(s, f, arg, i, &at) : NULL;
    ottl_call_arg a;
    if (spread && i >= spread - 1) {
      ottl_expr *value = arg->first ? ottl__sema_value(s, arg->first) : NULL; /* the call is refused; is this one good? */
      if (value) ottl__sema_drop(s, value);
      continue;
    }
    if (!p || !arg->first || !call_argument(s, f, p, arg->first, &a)) {
      good = false;
      if (p && at == 1 && arg->first && f->params[0].kind == OTTL_P_SETTER)
        ottl__call_help_symbol(s, site->args[0].expr, arg->first);
      continue;
    }
    if (site->args[at].given) {
      ottl_diag_item *d =
          SEMA_WARN(s, DUPLICATE_ARGUMENT, sema_span(s, arg), "`%s` is given twice; the last one counts", p->name);
      ottl__diag_label(d, sema_span(s, nodes[at]), "not used");
      if (site->args[at].expr) ottl__sema_drop(s, site->args[at].expr);
      for (uint32_t k = 0; k < site->args[at].n_items; k++) ottl__sema_drop(s, site->args[at].items[k]);
    }
    site->args[at] = a;
    nodes[at] = arg->first;
  }
  for (i = given; i < f->n_params; i++) {
    site->args[i] = (ottl_call_arg){.given = true, .expr = ottl__sema_implicit(s, node, f->params[i].name)};
    good &= site->args[i].expr != NULL;
  }
  if (!good || s->fatal) return NULL;
  for (i = 0; i < given; i++) {
    if (f->params[i].optional || site->args[i].given) continue;
    if (call_empty(s, f, &f->params[i], node, &site->args[i])) continue;
    char buf[CALL_TEXT];
    ottl_diag_item *d =
        SEMA_ERROR(s, MISSING_ARGUMENT, sema_span(s, node), "`%s` of `%s` is missing", f->params[i].name, f->name);
    ottl__diag_help(d, "its signature is `%s`", call_signature(f, buf));
    ottl__diag_note(d, "the reference accepts this and crashes when it runs");
    good = false;
  }
  if (!good || s->fatal || !call_prepare(s, f, node, nodes, site)) return NULL;
  call_type(e, f, site);
  if (f->flags & OTTL_FN_RECORD) e->level = (int8_t)ottl__contexts[s->context].level;
  if (f->kind == OTTL_F_EDITOR) call_check_set(s, f, e, nodes);
  return e;
}

/* -- freeing -- */

static void call_release(const ottl_allocator *al, ottl_expr *e) {
  if (!e) return;
  EXPR_INSIDE(e, x) call_release(al, x.is);
  ottl_call_site *site = e->call;
  if (!site) return;
  if (site->free_prep && site->prep) site->free_prep(al, site->prep);
  site->prep = NULL;
  site->free_prep = NULL;
}

void ottl__sema_drop(sema *s, ottl_expr *e) { call_release(&s->al, e); }

void ottl__sema_release(const ottl_allocator *al, ottl_checked_group *group) {
  ottl_allocator own = ottl__alloc_or_default(al);
  for (uint32_t i = 0; i < group->n_conditions; i++) call_release(&own, group->conditions[i]);
  for (uint32_t i = 0; i < group->n_statements; i++) {
    call_release(&own, group->statements[i].call);
    call_release(&own, group->statements[i].where);
  }
}
