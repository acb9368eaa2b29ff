/* Refuses trees that the wide grammar lets through and OTTL does not.
 *
 * SPEC: pkg/ottl grammar.go, value, mathExpression, booleanValue, key, lambdaBody. Each kind of place has a function: a value, an
 * operand of arithmetic, a condition, a key. Holes are skipped: they have been reported. Recursion is bounded by the height of
 * the tree, which the parser limits. */
#include "syntax/build.h"
#include "syntax/foreign.h"
#include "syntax/renamed.h"

static void shape_value(parse_ctx *c, ottl_node *n, bool argument);
static void shape_condition(parse_ctx *c, ottl_node *n);

static const char *shape_name(const ottl_node *n) {
  switch (n->kind) {
  case NODE_NIL: return "`nil`";
  case NODE_BOOL: return "a boolean";
  case NODE_INT: return "an integer";
  case NODE_FLOAT: return "a float";
  case NODE_STRING: return "a string";
  case NODE_BYTES: return "a byte literal";
  case NODE_ENUM: return "an enum";
  case NODE_PATH: return "a path";
  case NODE_CALL: return "a call";
  case NODE_FUNCREF: return "the name of a function";
  case NODE_POS:
  case NODE_NEG:
  case NODE_MATH: return "arithmetic";
  case NODE_CMP: return "a comparison";
  case NODE_NOT:
  case NODE_AND:
  case NODE_OR: return "a condition";
  case NODE_LIST: return "a list";
  case NODE_MAP: return "a map";
  case NODE_LAMBDA: return "a lambda";
  default: return "this";
  }
}

static void shape_unparen(parse_ctx *c, ottl_diag_item *d, const ottl_node *n) {
  ottl__diag_fix(d, ctx_span(c, n->begin, n->begin + 1), VIEW(""));
  ottl__diag_fix(d, ctx_span(c, n->end - 1, n->end), VIEW(""));
}

static bool shape_is_math(const ottl_node *n) {
  return n->kind == NODE_INT || n->kind == NODE_FLOAT || n->kind == NODE_PATH || n->kind == NODE_CALL || n->kind == NODE_MATH ||
         n->kind == NODE_NEG || n->kind == NODE_POS || n->kind == NODE_ERROR;
}
static bool shape_is_condition(const ottl_node *n) {
  return n->kind == NODE_CMP || n->kind == NODE_AND || n->kind == NODE_OR || n->kind == NODE_NOT;
}

/* The operator of a condition was told to be none of OTTL: that it is one too many besides goes there, for what was to be written
 * instead is no better. NULL: it was not. */
static ottl_diag_item *shape_foreign(const parse_ctx *c, const ottl_node *n) {
  for (size_t i = c->diags ? c->diags->n : 0; i-- > 0;) {
    ottl_diag_item *d = c->diags->items[i];
    if (d->code != DIAG_FOREIGN_OPERATOR || d->primary.span.source != c->source || d->primary.span.begin != n->name_begin)
      continue;
    d->n_fixes = 0;
    return d;
  }
  return NULL;
}

static void shape_no_condition(parse_ctx *c, ottl_node *n, const char *where) {
  ottl_diag_item *d = shape_foreign(c, n);
  if (!d) d = CTX_ERROR(c, CONDITION_AS_VALUE, ctx_span(c, n->name_begin, n->name_end), "%s cannot be %s", shape_name(n), where);
  const ottl_node *left = n->first;
  if (n->kind == NODE_CMP && n->op == OTTL_CMP_EQ && left->kind == NODE_PATH && !left->next->next && left->n_children == 1 &&
      !left->first->first)
    ottl__diag_help(d, "if this names the argument, write `%.*s = ...`", VIEW_ARG(left->first->text));
  else if (n->kind == NODE_OR)
    ottl__diag_help(d, "the first value that is not nil: `Coalesce([a, b])`");
  else
    ottl__diag_help(d, "one statement for each case: `set(path, true) where ...`, `set(path, false) where not ...`");
  ottl__diag_label(d, ctx_node_span(c, n), "a value is wanted here");
}

static void shape_no_funcref(parse_ctx *c, ottl_node *n) {
  ottl_diag_item *d =
      CTX_ERROR(c, FUNCTION_NAME, ctx_node_span(c, n), "`%.*s` names a function without calling it", VIEW_ARG(n->text));
  const char *value = ottl__foreign_value(n->text);
  if (value) {
    ottl__diag_help(d, "write `%s`", value);
    ottl__diag_fix(d, ctx_node_span(c, n), view_str(value));
  } else
    ottl__diag_help(d, "a call is written `%.*s(...)`", VIEW_ARG(n->text));
}

static void shape_math(parse_ctx *c, ottl_node *n);

/* SPEC: key; a literal is tried before arithmetic and must then be all. */
static void shape_key(parse_ctx *c, ottl_node *n) {
  if (n->kind == NODE_ERROR) return;
  if (n->kind == NODE_STRING && !n->parenthesized) return;
  const ottl_node *left = n;
  while (!left->parenthesized && (left->kind == NODE_MATH || left->kind == NODE_CMP)) left = left->first;
  if (left != n && !left->parenthesized && (left->kind == NODE_INT || left->kind == NODE_STRING)) {
    bool math = n->kind == NODE_MATH && left->kind == NODE_INT;
    ottl_diag_item *d = CTX_ERROR(c, KEY_EXPRESSION, ctx_span(c, left->end, n->end), "a key that starts with %s must end there",
                                  shape_name(left));
    if (math) {
      ottl__diag_help(d, "put arithmetic in parentheses: `[(1 + 1)]`");
      ottl__diag_fix(d, ctx_span(c, n->begin, n->begin), VIEW("("));
      ottl__diag_fix(d, ctx_span(c, n->end, n->end), VIEW(")"));
    } else if (left->kind == NODE_STRING)
      ottl__diag_help(d, "`Concat` joins strings");
    return;
  }
  if (!shape_is_math(n)) {
    ottl_diag_item *d = CTX_ERROR(c, BAD_KEY, ctx_node_span(c, n), "%s%s cannot be a key", shape_name(n),
                                  n->parenthesized ? " in parentheses" : "");
    if (n->kind == NODE_STRING) ottl__diag_help(d, "leave out the parentheses"), shape_unparen(c, d, n);
    return;
  }
  shape_math(c, n);
}

static void shape_keys(parse_ctx *c, ottl_node *first) {
  for (ottl_node *k = first; k; k = k->next)
    if (k->kind == NODE_KEY) shape_key(c, k->first);
}

static void shape_call(parse_ctx *c, ottl_node *n) {
  if (n->is_editor) {
    ottl_span name = ctx_span(c, n->name_begin, n->name_end);
    ottl_diag_item *d =
        CTX_ERROR(c, EDITOR_AS_VALUE, name, "`%.*s` is an editor name where a converter is wanted", VIEW_ARG(n->text));
    ottl__diag_mark(d, "editors give no value");
    ottl__misplaced_help(d, n, name, false);
  }
  for (ottl_node *a = n->first; a; a = a->next) {
    if (a->kind == NODE_ARG)
      shape_value(c, a->first, true);
    else
      shape_key(c, a->first);
  }
}

/* "5s", "10ms" */
static bool shape_is_duration(const ottl_node *n) {
  size_t digits = 0;
  if (n->kind != NODE_STRING) return false;
  while (digits < n->text.len && n->text.data[digits] >= '0' && n->text.data[digits] <= '9') digits++;
  return digits && ottl__is_unit(view_of(n->text.data + digits, n->text.len - digits));
}

static void shape_operand(parse_ctx *c, ottl_node *n) {
  if (shape_is_math(n)) {
    shape_math(c, n);
    return;
  }
  if (n->kind == NODE_FUNCREF && !n->parenthesized) {
    shape_no_funcref(c, n);
    return;
  }
  ottl_diag_item *d = CTX_ERROR(c, BAD_OPERAND, ctx_node_span(c, n), "%s cannot be part of arithmetic", shape_name(n));
  if (shape_is_duration(n)) {
    ottl__diag_help(d, "a duration is `Duration(\"%.*s\")`", VIEW_ARG(n->text));
    ottl__diag_fix(d, ctx_span(c, n->begin, n->begin), VIEW("Duration("));
    ottl__diag_fix(d, ctx_span(c, n->end, n->end), VIEW(")"));
  } else if (n->kind == NODE_STRING)
    ottl__diag_help(d, "`Concat` joins strings");
  if (n->kind == NODE_NOT || n->kind == NODE_AND || n->kind == NODE_OR || n->kind == NODE_CMP) ottl__diag_help(d, "%s", "");
}

/* `a + "b"`: true when it was reported. */
static bool shape_joins(parse_ctx *c, const ottl_node *n) {
  const ottl_node *a = n->first, *b = n->last;
  if (shape_is_duration(a) || shape_is_duration(b)) return false;
  if (n->op != '+' || (a->kind != NODE_STRING && b->kind != NODE_STRING) || a->kind == NODE_MATH || a->parenthesized ||
      b->parenthesized)
    return false;
  ottl_diag_item *d =
      CTX_ERROR(c, BAD_OPERAND, ctx_node_span(c, b->kind == NODE_STRING ? b : a), "a string cannot be part of arithmetic");
  ottl__diag_help(d, "`Concat([values], delimiter)` joins strings");
  if (!d) return true;
  const char *text = ottl__diag_source_of(c->diags, c->source)->text.data;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &c->arena->al);
  sbuf_str(&out, "Concat([");
  sbuf_view(&out, view_of(text + a->begin, a->end - a->begin));
  sbuf_str(&out, ", ");
  sbuf_view(&out, view_of(text + b->begin, b->end - b->begin));
  sbuf_str(&out, "], \"\")");
  if (!out.failed) ottl__diag_fix(d, ctx_node_span(c, n), sbuf_all(&out));
  ottl__sbuf_done(&out);
  return true;
}

static void shape_math(parse_ctx *c, ottl_node *n) {
  /* The left spine of a long sum is walked, not recursed into. */
  for (;;) {
    switch (n->kind) {
    case NODE_PATH:
      for (ottl_node *f = n->first; f; f = f->next) shape_keys(c, f->first);
      return;
    case NODE_CALL: shape_call(c, n); return;
    case NODE_NEG:
    case NODE_POS: {
      ottl_node *v = n->first;
      if ((v->kind == NODE_NEG || v->kind == NODE_POS) && !v->parenthesized) {
        ottl_diag_item *d = CTX_ERROR(c, DOUBLE_SIGN, ctx_span(c, v->name_begin, v->name_end), "a sign cannot follow a sign");
        ottl__diag_help(d, "write `%c(%c...)`", n->kind == NODE_NEG ? '-' : '+', v->kind == NODE_NEG ? '-' : '+');
      }
      if (!shape_is_math(v)) {
        shape_operand(c, v);
        return;
      }
      n = v;
      continue;
    }
    case NODE_MATH:
      if (shape_joins(c, n)) return;
      shape_operand(c, n->last);
      if (!shape_is_math(n->first)) {
        shape_operand(c, n->first);
        return;
      }
      n = n->first;
      continue;
    default: return;
    }
  }
}

static void shape_lambda(parse_ctx *c, ottl_node *n) {
  ottl_node *body = n->last;
  if (body->kind == NODE_LAMBDA && !body->parenthesized)
    CTX_ERROR(c, LAMBDA_BODY, ctx_node_span(c, body), "the body of a lambda cannot be a lambda");
  else if (shape_is_condition(body) || body->kind == NODE_BOOL)
    shape_condition(c, body);
  else
    shape_value(c, body, false);
}

static void shape_value(parse_ctx *c, ottl_node *n, bool argument) {
  if (shape_is_math(n)) {
    shape_math(c, n);
    return;
  }
  if (shape_is_condition(n)) {
    shape_no_condition(c, n, argument ? "an argument" : "a value");
    return;
  }
  if (n->parenthesized) {
    ottl_diag_item *d = CTX_ERROR(c, PARENTHESES, ctx_node_span(c, n), "%s cannot stand in parentheses", shape_name(n));
    shape_unparen(c, d, n);
    return;
  }
  switch (n->kind) {
  case NODE_FUNCREF:
    if (!argument) shape_no_funcref(c, n);
    break;
  case NODE_LIST:
    for (ottl_node *i = n->first; i; i = i->next) shape_value(c, i, false);
    break;
  case NODE_MAP:
    for (ottl_node *i = n->first; i; i = i->next)
      if (i->kind == NODE_MAPITEM) shape_value(c, i->first, false);
    break;
  case NODE_LAMBDA: shape_lambda(c, n); break;
  case NODE_FORMAL: CTX_ERROR(c, BLANK_NAME, ctx_node_span(c, n), "`_` cannot be used as a value"); break;
  default: break;
  }
}

/* operand: of `and` or `or`. */
static void shape_condition_of(parse_ctx *c, ottl_node *n, bool operand) {
  switch (n->kind) {
  case NODE_ERROR:
  case NODE_BOOL: return;
  case NODE_CALL: shape_call(c, n); return;
  case NODE_AND:
  case NODE_OR:
    for (ottl_node *i = n->first; i; i = i->next) shape_condition_of(c, i, true);
    return;
  case NODE_NOT:
    if (n->first->kind == NODE_NOT && !n->first->parenthesized) {
      ottl_diag_item *d =
          CTX_ERROR(c, DOUBLE_NOT, ctx_span(c, n->first->name_begin, n->first->name_end), "`not` cannot follow `not`");
      ottl__diag_help(d, "write `not (not ...)`");
    }
    shape_condition(c, n->first);
    return;
  case NODE_CMP:
    for (ottl_node *i = n->first; i; i = i->next) {
      if (i->kind == NODE_CMP && !i->parenthesized) {
        ottl_diag_item *d =
            CTX_ERROR(c, COMPARISON_CHAIN, ctx_span(c, n->name_begin, n->name_end), "comparisons cannot be chained");
        ottl__diag_label(d, ctx_node_span(c, i), "this is a comparison already");
        shape_condition(c, i);
      } else if (shape_is_condition(i))
        shape_no_condition(c, i, "compared");
      else
        shape_value(c, i, false);
    }
    return;
  default: break;
  }
  if (n->kind == NODE_FORMAL || n->kind == NODE_FUNCREF) {
    shape_value(c, n, false);
    return;
  }
  if (c->cut) return;
  ottl_diag_item *d = CTX_ERROR(c, NOT_A_CONDITION, ctx_node_span(c, n), "%s is not a condition", shape_name(n));
  if (n->kind == NODE_PATH) {
    ottl__diag_help(d, "compare it, for instance with `== true` or `!= nil`");
    ottl__diag_fix(d, ctx_span(c, n->end, n->end), VIEW(" == true"));
  } else if (operand && n->kind != NODE_LAMBDA)
    ottl__diag_help(d, "both sides of `and` and `or` are conditions: `a == nil or a == \"\"`");
  else if (n->kind != NODE_LAMBDA)
    ottl__diag_help(d, "compare it with something: `==`, `!=`, `<`, `<=`, `>`, `>=`");
  if (n->kind == NODE_LAMBDA) shape_lambda(c, n);
}

static void shape_condition(parse_ctx *c, ottl_node *n) { shape_condition_of(c, n, false); }

static void shape_statement(parse_ctx *c, ottl_node *n) {
  ottl_node *call = n->first;
  if (call->kind == NODE_CALL && !call->parenthesized) {
    if (!call->is_editor) {
      ottl_span name = ctx_span(c, call->name_begin, call->name_end);
      ottl__misplaced_help(CTX_ERROR(c, CONVERTER_AS_STATEMENT, name, "`%.*s` is a converter name where an editor is wanted",
                                     VIEW_ARG(call->text)),
                           call, name, true);
    }
    const ottl_node *key = NULL;
    for (ottl_node *a = call->first; a; a = a->next) {
      if (a->kind == NODE_ARG)
        shape_value(c, a->first, true);
      else {
        if (!key) key = a;
        shape_key(c, a->first);
      }
    }
    if (key && call->is_editor)
      CTX_ERROR(c, EDITOR_KEYS, ctx_span(c, key->begin, call->last->end), "what an editor returns cannot be indexed");
  } else if (call->kind != NODE_ERROR && !c->cut) {
    ottl_diag_item *d = CTX_ERROR(c, NOT_A_STATEMENT, ctx_node_span(c, call), "%s is not a statement", shape_name(call));
    if (call->kind == NODE_NEG && call->first->kind == NODE_CALL && call->first->is_editor) {
      ottl__diag_help(d, "here each line is a statement, without `- ` before it");
      ottl__diag_fix(d, ctx_span(c, call->begin, call->first->begin), VIEW(""));
    } else if (call->kind == NODE_STRING && call->text.len && memchr(call->text.data, '(', call->text.len)) {
      ottl__diag_help(d, "a statement stands without quotes");
      if (call->end - call->begin == call->text.len + 2) shape_unparen(c, d, call);
    } else if (call->parenthesized && call->kind == NODE_CALL) {
      ottl__diag_help(d, "leave out the parentheses");
      shape_unparen(c, d, call);
    } else if (shape_is_condition(call) && !(call->first->kind == NODE_CALL && call->first->is_editor)) {
      ottl__diag_help(d, "a statement is a call of an editor; files of conditions begin with a line `# ottl: conditions`");
    } else if (shape_is_condition(call)) {
      if (call->last->kind == NODE_CALL && call->last->is_editor)
        ottl__diag_help(d, "each statement stands by itself");
      else {
        ottl__diag_help(d, "a condition follows `where`");
        if (call->kind == NODE_AND) ottl__diag_fix(d, ctx_span(c, call->name_begin, call->name_end), VIEW("where"));
      }
    }
  }
  if (call->next) shape_condition(c, call->next);
}

void ottl__shape_check(parse_ctx *c, ottl_node *root) {
  if (root->kind == NODE_STATEMENT)
    shape_statement(c, root);
  else if (c->entry == OTTL_ENTRY_CONDITION)
    shape_condition(c, root);
  else
    shape_value(c, root, false);
}
