/* Actions of the grammar: nodes out of tokens and nodes.
 *
 * Without memory every function hands out one spare node; the tree is then thrown away. A hole (NODE_ERROR) swallows what is
 * applied to it, so that one mistake gives one message. */
#include "syntax/build.h"
#include "syntax/parser.h"

static ottl_node *node_new(parse_ctx *c, ottl_node_kind kind, uint32_t begin, uint32_t end) {
  ottl_node *n = arena_zero(c->arena, sizeof *n);
  if (OTTL_UNLIKELY(!n)) {
    c->nomem = true;
    c->spare = (ottl_node){0};
    return &c->spare;
  }
  n->kind = (uint8_t)kind;
  n->begin = begin;
  n->end = end;
  return n;
}

static void node_append(ottl_node *parent, ottl_node *child) {
  if (OTTL_UNLIKELY(parent == child)) return; /* both the spare */
  child->next = NULL;
  if (parent->last)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->n_children++;
  if (child->height > parent->height) parent->height = child->height;
}

/* Counts a level of nesting. What is too deep is reported once; the driver then stops. */
static ottl_node *node_nest(parse_ctx *c, ottl_node *n) {
  if (++n->height > OTTL_PARSE_HEIGHT(c->max_depth) && !c->too_deep) {
    c->too_deep = true;
    CTX_ERROR(c, TOO_DEEP, ctx_span(c, n->begin, n->end), "more than %u operators and calls inside one another",
              (unsigned)OTTL_PARSE_HEIGHT(c->max_depth));
  }
  return n;
}

ottl_node *ottl__build_hole(parse_ctx *c) { return node_new(c, NODE_ERROR, 0, 0); }

ottl_node *ottl__build_leaf(parse_ctx *c, ottl_node_kind kind, const ottl_token *t) {
  ottl_node *n = node_new(c, kind, t->begin, t->end);
  n->text = t->text;
  if (kind == NODE_INT) n->integer = t->integer;
  if (kind == NODE_FLOAT) n->number = t->number;
  return n;
}

static const ottl_token *name_last(parse_name name) { return name.first + name.n - 1; }

/* The source's own text, when nothing stands between the tokens. */
static ottl_view name_text(parse_ctx *c, parse_name name) {
  const ottl_token *last = name_last(name);
  size_t len = 0;
  for (uint32_t i = 0; i < name.n; i++) len += name.first[i].text.len;
  if (len == last->end - name.first->begin) return view_of(name.first->text.data, len);
  char *text = arena_text(c->arena, len);
  if (!text) {
    c->nomem = true;
    return (ottl_view){"", 0};
  }
  size_t at = 0;
  for (uint32_t i = 0; i < name.n; i++) {
    memcpy(text + at, name.first[i].text.data, name.first[i].text.len);
    at += name.first[i].text.len;
  }
  return view_of(text, len);
}

/* First token of the name that does not touch the one before; 0 when all do. */
static uint32_t name_gap(parse_name name) {
  for (uint32_t i = 1; i < name.n; i++)
    if (name.first[i].begin != name.first[i - 1].end) return i;
  return 0;
}

static void name_two_values(parse_ctx *c, parse_name name, uint32_t gap) {
  const ottl_token *t = &name.first[gap];
  static const char *const words[] = {"AND", "OR", "NOT", "WHERE"}, *const right[] = {"and", "or", "not", "where"};
  ottl_diag_item *d = CTX_ERROR(c, MISSING_OPERATOR, ctx_span(c, t->begin, t->end),
                                "expected an operator, a comma or an end, found `%.*s`", VIEW_ARG(t->text));
  for (size_t i = 0; i < OTTL_COUNT(words); i++)
    if (view_is(t->text, words[i])) {
      ottl__diag_help(d, "keywords are written in lower case: `%s`", right[i]);
      ottl__diag_fix(d, ctx_span(c, t->begin, t->end), view_str(right[i]));
      return;
    }
  ottl__diag_label(d, ctx_span(c, t[-1].begin, t[-1].end), "after this");
}

/* A name as a segment of a path. False: reported. */
static bool name_segment(parse_ctx *c, parse_name name) {
  if (name.n == 1 && name.first->kind == TOK_LOWER) return true;
  uint32_t gap = name_gap(name);
  if (gap && name.first->kind == TOK_LOWER) {
    name_two_values(c, name, gap);
    return false;
  }
  if (name_last(name)[1].kind == TOK_LPAREN) return false; /* a method: the parenthesis is told of */
  ottl_view text = name_text(c, name);
  ottl_diag_item *d = CTX_ERROR(c, BAD_SEGMENT, ctx_span(c, name.first->begin, name_last(name)->end),
                                "`%.*s` cannot be a segment of a path", VIEW_ARG(text));
  char snake[64];
  size_t n = 0;
  for (size_t i = 0; i < text.len && n + 2 < sizeof snake; i++) {
    char ch = text.data[i];
    bool upper = ch >= 'A' && ch <= 'Z';
    if (upper && i && text.data[i - 1] != '_' && !(text.data[i - 1] >= 'A' && text.data[i - 1] <= 'Z')) snake[n++] = '_';
    snake[n++] = (char)(upper ? ch + 32 : ch);
  }
  if (n + 2 < sizeof snake) ottl__diag_help(d, "segments are written in lower case, such as `%.*s`", (int)n, snake);
  return false;
}

static ottl_node *field_of(parse_ctx *c, const ottl_token *t) { return ottl__build_leaf(c, NODE_FIELD, t); }

ottl_node *ottl__build_name(parse_ctx *c, parse_name name) {
  const ottl_token *first = name.first;
  if (first->kind == TOK_LOWER) {
    if (!name_segment(c, name)) return ottl__build_hole(c);
    ottl_node *path = node_new(c, NODE_PATH, first->begin, first->end);
    node_append(path, field_of(c, first));
    return path;
  }
  if (name.n == 1) return ottl__build_leaf(c, NODE_ENUM, first);
  if (first[1].kind == TOK_UPPER) { /* SPEC: an enum ends here whatever follows, but for a lower case token */
    name_two_values(c, name, 1);
    return ottl__build_hole(c);
  }
  ottl_node *n = node_new(c, NODE_FUNCREF, first->begin, name_last(name)->end);
  n->text = name_text(c, name);
  return n;
}

ottl_node *ottl__build_field(parse_ctx *c, ottl_node *base, const ottl_token *dot, parse_name name) {
  if (base->kind == NODE_ERROR) return base;
  if (base->kind != NODE_PATH || base->parenthesized) {
    ottl_diag_item *d = CTX_ERROR(c, NO_FIELDS, ctx_span(c, dot->begin, dot->end), "only paths have fields");
    ottl__diag_label(d, ctx_node_span(c, base), "not a path");
    if (base->kind == NODE_CALL) ottl__diag_help(d, "index what a converter returns with a key, such as `[\"name\"]`");
    if (base->kind == NODE_ENUM || name.first->kind == TOK_UPPER)
      ottl__diag_help(d, "a symbol of an enum is one word, such as `SEVERITY_NUMBER_ERROR`");
    return ottl__build_hole(c);
  }
  if (!name_segment(c, name)) return ottl__build_hole(c);
  node_append(base, field_of(c, name.first));
  base->end = name.first->end;
  return base;
}

ottl_node *ottl__build_key(parse_ctx *c, ottl_node *base, const ottl_token *open, ottl_node *key, const ottl_token *close) {
  if (base->kind == NODE_ERROR) return base;
  bool path = base->kind == NODE_PATH;
  if ((!path && base->kind != NODE_CALL) || base->parenthesized) {
    ottl_diag_item *d = CTX_ERROR(c, NOT_INDEXABLE, ctx_span(c, open->begin, close->end), "keys cannot stand here");
    const char *what = base->parenthesized         ? "a value in parentheses"
                       : base->kind == NODE_STRING ? "a string"
                       : base->kind == NODE_LIST   ? "a list literal"
                       : base->kind == NODE_MAP    ? "a map literal"
                                                   : "neither a path nor a call";
    ottl__diag_label(d, ctx_node_span(c, base), "%s", what);
    return ottl__build_hole(c);
  }
  ottl_node *n = node_new(c, NODE_KEY, open->begin, close->end);
  node_append(n, key);
  ottl_node *owner = path ? base->last : base;
  uint32_t base_height = base->height;
  node_append(owner, n);
  owner->end = base->end = close->end;
  /* What has keys is one level more than its deepest key. */
  base->height = n->height;
  node_nest(c, base);
  if (base->height < base_height) base->height = base_height;
  return base;
}

ottl_node *ottl__build_arg(parse_ctx *c, const parse_name *name, ottl_node *value) {
  ottl_node *n = node_new(c, NODE_ARG, value->begin, value->end);
  if (name) {
    n->text = name_text(c, *name);
    n->name_begin = n->begin = name->first->begin;
    n->name_end = name_last(*name)->end;
    if (n->end < n->name_end) n->end = n->name_end;
    if (name->first->kind == TOK_UPPER)
      CTX_ERROR(c, ARGUMENT_NAME, ctx_span(c, n->name_begin, n->name_end), "`%.*s` cannot name an argument", VIEW_ARG(n->text));
  }
  node_append(n, value);
  return n;
}

ottl_node *ottl__build_call(parse_ctx *c, parse_name name, ottl_node *args, const ottl_token *close) {
  ottl_node *n = args; /* a list of ARG becomes the call */
  n->kind = NODE_CALL;
  n->text = name_text(c, name);
  n->is_editor = name.first->kind == TOK_LOWER;
  n->begin = n->name_begin = name.first->begin;
  n->name_end = name_last(name)->end;
  n->end = close->end;
  return node_nest(c, n);
}

ottl_node *ottl__build_unary(parse_ctx *c, ottl_node_kind kind, const ottl_token *op, ottl_node *value) {
  ottl_node *n = node_new(c, kind, op->begin, value->kind == NODE_ERROR && value->end < op->end ? op->end : value->end);
  n->name_begin = op->begin;
  n->name_end = op->end;
  node_append(n, value);
  return node_nest(c, n);
}

ottl_node *ottl__build_binary(parse_ctx *c, ottl_node_kind kind, const ottl_token *op, ottl_node *left, ottl_node *right) {
  uint32_t begin = left->kind == NODE_ERROR ? op->begin : left->begin;
  uint32_t end = right->kind == NODE_ERROR ? op->end : right->end;
  if ((kind == NODE_AND || kind == NODE_OR) && left->kind == kind && !left->parenthesized) {
    uint32_t height = left->height;
    left->height = height - 1;
    node_append(left, right);
    left->end = end;
    return node_nest(c, left);
  }
  ottl_node *n = node_new(c, kind, begin, end);
  n->name_begin = op->begin;
  n->name_end = op->end;
  if (kind == NODE_CMP) n->op = (uint8_t)op->integer;
  if (kind == NODE_MATH)
    n->op = (uint8_t)(op->kind == TOK_PLUS ? '+' : op->kind == TOK_MINUS ? '-' : op->kind == TOK_STAR ? '*' : '/');
  node_append(n, left);
  node_append(n, right);
  return node_nest(c, n);
}

ottl_node *ottl__build_item(parse_ctx *c, const ottl_token *key, ottl_node *value) {
  ottl_node *n = ottl__build_leaf(c, NODE_MAPITEM, key);
  n->name_begin = key->begin;
  n->name_end = key->end;
  if (value->end > n->end) n->end = value->end;
  node_append(n, value);
  return n;
}

ottl_node *ottl__build_list(parse_ctx *c, ottl_node *first) {
  ottl_node *n = node_new(c, NODE_LIST, 0, 0);
  if (first) node_append(n, first);
  return n;
}

ottl_node *ottl__build_append(parse_ctx *c, ottl_node *list, ottl_node *item) {
  OTTL_UNUSED(c);
  node_append(list, item);
  return list;
}

ottl_node *ottl__build_close(parse_ctx *c, ottl_node_kind kind, const ottl_token *open, ottl_node *list,
                             const ottl_token *close) {
  list->kind = (uint8_t)kind;
  list->begin = open->begin;
  list->end = close->end;
  return node_nest(c, list);
}

/* A list in round brackets that turned out to be an expression in parentheses. */
ottl_node *ottl__build_paren(parse_ctx *c, ottl_node *list) {
  if (list->n_children == 0 && c->n_errors) return ottl__build_hole(c); /* very likely what remained of another error */
  for (ottl_node *n = list->first; n; n = n->next)
    if (n->kind == NODE_ERROR) return n;
  if (list->n_children != 1) {
    ottl_diag_item *d = CTX_ERROR(c, PARENTHESES, ctx_node_span(c, list), "%s",
                                  list->n_children ? "more than one value in parentheses" : "nothing in the parentheses");
    ottl__diag_help(d, list->n_children ? "a list is written in square brackets" : "");
    return ottl__build_hole(c);
  }
  ottl_node *n = list->first;
  n->parenthesized = true;
  n->begin = list->begin;
  n->end = list->end;
  return n;
}

ottl_node *ottl__build_lambda(parse_ctx *c, ottl_node *list, ottl_node *body) {
  ottl_node *n = node_new(c, NODE_LAMBDA, list->begin, body->kind == NODE_ERROR ? list->end : body->end);
  for (ottl_node *p = list->first, *next; p; p = next) {
    next = p->next;
    bool plain = p->kind == NODE_PATH && p->n_children == 1 && p->first->n_children == 0;
    if (p->kind != NODE_ERROR && (p->parenthesized || (!plain && p->kind != NODE_FORMAL))) {
      CTX_ERROR(c, LAMBDA_PARAMETER, ctx_node_span(c, p), "a lambda parameter must be a plain name");
      p = ottl__build_hole(c);
    }
    if (plain && p->kind == NODE_PATH) {
      p = p->first;
      p->kind = NODE_FORMAL;
    }
    if (p->kind == NODE_FORMAL) node_append(n, p);
  }
  n->height = 0;
  node_append(n, body);
  return node_nest(c, n);
}

ottl_node *ottl__build_statement(parse_ctx *c, ottl_node *call, ottl_node *condition) {
  ottl_node *n = node_new(c, NODE_STATEMENT, call->begin, condition && condition->end > call->end ? condition->end : call->end);
  node_append(n, call);
  if (condition) node_append(n, condition);
  return n;
}
