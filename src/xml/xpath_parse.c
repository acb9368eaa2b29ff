/* Reading XPath. What follows a complete expression is not looked at, as in the original. */
#include "base/gonum.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "xml/names.h"
#include "xml/xpath_impl.h"

typedef enum xp_token {
  T_END = 0,
  T_NAME = 256,
  T_STRING,
  T_NUMBER,
  T_AXIS,
  T_NE,
  T_LE,
  T_GE,
  T_DOT_DOT,
  T_SLASHES
} xp_token; /* or a character */

typedef struct xp_parser {
  ottl_arena *arena;
  ottl_view text;
  size_t at;
  uint32_t ch; /* 0: the end */
  size_t width;
  int token;
  ottl_view name, prefix, string;
  double number;
  bool may_call; /* a name with a parenthesis behind it */
  uint32_t depth;
  const char *bad;
  bool nomem;
} xp_parser;

static void *refuse(xp_parser *p, const char *why) {
  if (!p->bad) p->bad = why;
  return NULL;
}

/* -- tokens -- */

static bool advance(xp_parser *p) {
  if (p->at >= p->text.len) {
    p->ch = 0;
    p->width = 1;
    return false;
  }
  p->width = (size_t)utf8_decode(p->text.data + p->at, p->text.len - p->at, &p->ch);
  p->at += p->width;
  return true;
}

static void skip_space(xp_parser *p) {
  char text[4];
  while (p->ch && ottl__utf8_space_width(text, (size_t)ottl__utf8_encode(text, p->ch)) && advance(p)) {
  }
}

/* Digits of other scripts count as digits, and are refused when the number is read. */
static bool digit(uint32_t c) {
  static const uint16_t zeros[] = {0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66,
                                   0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20};
  if (c < 0x80) return c >= '0' && c <= '9';
  for (size_t i = 0; i < OTTL_COUNT(zeros); i++) {
    if (c >= zeros[i] && c < zeros[i] + 10u) return true;
  }
  return false;
}
static bool name_char(uint32_t c) { return c != ':' && c != '/' && c <= 0xffff && ottl__xml_name_next(c); }

static void scan_number(xp_parser *p, size_t begin, bool fraction) {
  while (digit(p->ch)) advance(p);
  if (p->ch == '.' && !fraction) {
    advance(p);
    while (digit(p->ch)) advance(p);
  }
  size_t end = p->ch || p->at < p->text.len ? p->at - p->width : p->text.len;
  p->token = T_NUMBER;
  if (ottl__gonum_parse_double(view_of(p->text.data + begin, end - begin), &p->number) != OTTL_NUM_OK) {
    refuse(p, "invalid number in XPath expression");
  }
}

/* The original cuts a name one byte before the end of the character behind it. */
static ottl_view scan_name(xp_parser *p) {
  size_t begin = p->at - p->width, n = p->width - 1;
  while (name_char(p->ch)) {
    bool more = advance(p);
    n += p->width;
    if (!more) break;
  }
  return view_of(p->text.data + begin, n < p->text.len - begin ? n : p->text.len - begin);
}

static void scan_string(xp_parser *p) {
  uint32_t quote = p->ch;
  advance(p);
  size_t begin = p->ch || p->at < p->text.len ? p->at - p->width : p->text.len;
  while (p->ch != quote) {
    if (!advance(p)) {
      refuse(p, "unclosed string in XPath expression");
      return;
    }
  }
  p->token = T_STRING;
  p->string = view_of(p->text.data + begin, p->at - 1 - begin);
  advance(p);
}

/* name, prefix:name, prefix:*, or axis:: */
static void scan_qualified(xp_parser *p) {
  p->token = T_NAME;
  p->name = scan_name(p);
  p->prefix = VIEW("");
  bool direct = p->ch == ':';
  if (!direct) skip_space(p);
  if (p->ch == ':') {
    advance(p);
    if (p->ch == ':') {
      advance(p);
      p->token = T_AXIS;
    } else if (!direct) {
      refuse(p, "invalid qualified name in XPath expression");
    } else {
      p->prefix = p->name;
      if (p->ch == '*') {
        advance(p);
        p->name = VIEW("*");
      } else if (name_char(p->ch)) {
        p->name = scan_name(p);
      } else {
        refuse(p, "invalid qualified name in XPath expression");
      }
    }
  }
  skip_space(p);
  p->may_call = p->ch == '(';
}

static void next_token(xp_parser *p) {
  if (p->bad) return;
  skip_space(p);
  uint32_t c = p->ch;
  size_t begin = p->at - (p->at ? p->width : 0);
  p->token = c < 0x80 ? (int)c : 0;
  switch (c) {
  case 0: return;
  case ',':
  case '@':
  case '(':
  case ')':
  case '|':
  case '*':
  case '[':
  case ']':
  case '+':
  case '-':
  case '=':
  case '$': advance(p); return;
  case '<':
  case '>':
  case '!':
    advance(p);
    if (p->ch != '=') return;
    p->token = c == '<' ? T_LE : c == '>' ? T_GE : T_NE;
    advance(p);
    return;
  case '/':
    advance(p);
    if (p->ch != '/') return;
    p->token = T_SLASHES;
    advance(p);
    return;
  case '.':
    advance(p);
    if (p->ch == '.') {
      p->token = T_DOT_DOT;
      advance(p);
    } else if (digit(p->ch)) {
      scan_number(p, begin, true);
    }
    return;
  case '"':
  case '\'': scan_string(p); return;
  default:
    if (digit(c))
      scan_number(p, begin, false);
    else if (name_char(c))
      scan_qualified(p);
    else
      refuse(p, "invalid token in XPath expression");
  }
}

static bool skip_token(xp_parser *p, int token) {
  if (p->token != token) {
    refuse(p, "invalid token in XPath expression");
    return false;
  }
  next_token(p);
  return !p->bad;
}

/* -- nodes -- */

static xp_expr *make(xp_parser *p, xp_kind kind, xp_expr *input, xp_expr *right) {
  xp_expr *e = arena_zero(p->arena, sizeof *e);
  if (!e) {
    p->nomem = true;
    return refuse(p, "out of memory");
  }
  e->kind = (uint8_t)kind;
  e->input = input;
  e->right = right;
  return e;
}

static xp_expr *make_axis(xp_parser *p, const char *axis, xp_expr *input) {
  xp_expr *e = make(p, XP_AXIS, input, NULL);
  if (e) {
    e->axis = view_str(axis);
    e->test = XP_ALL;
  }
  return e;
}

static xp_expr *make_operator(xp_parser *p, xp_op op, xp_expr *left, xp_expr *right) {
  xp_expr *e = left && right ? make(p, XP_OPERATOR, left, right) : NULL;
  if (e) e->op = (uint8_t)op;
  return e;
}

static xp_expr *parse_expr(xp_parser *p);
static xp_expr *parse_step(xp_parser *p, xp_expr *input);

static bool is_node_type(const xp_parser *p) {
  return !p->prefix.len && (view_is(p->name, "node") || view_is(p->name, "text") || view_is(p->name, "comment") ||
                            view_is(p->name, "processing-instruction"));
}
static bool is_step(int token) {
  return token == '.' || token == T_DOT_DOT || token == '@' || token == T_AXIS || token == '*' || token == T_NAME;
}

/* -- steps -- */

static xp_expr *parse_predicate(xp_parser *p, xp_expr *input) {
  if (!input || !skip_token(p, '[')) return NULL;
  xp_expr *condition = parse_expr(p);
  if (!condition || !skip_token(p, ']')) return NULL;
  return make(p, XP_FILTER, input, condition);
}

static xp_expr *parse_type_test(xp_parser *p, xp_expr *e) {
  bool instruction = view_is(p->name, "processing-instruction");
  if (view_is(p->name, "comment"))
    e->test = XP_COMMENT;
  else if (view_is(p->name, "text"))
    e->test = XP_TEXT;
  else if (view_is(p->name, "node"))
    e->test = XP_ALL;
  next_token(p);
  if (!skip_token(p, '(')) return NULL;
  if (instruction && p->token != ')') {
    e->local = p->string;
    if (!skip_token(p, T_STRING)) return NULL;
  }
  return skip_token(p, ')') ? e : NULL;
}

static xp_expr *parse_node_test(xp_parser *p, xp_expr *input, ottl_view axis) {
  xp_expr *e = make(p, XP_AXIS, input, NULL);
  if (!e) return NULL;
  e->axis = axis;
  e->test = view_is(axis, "attribute") ? XP_ATTRIBUTE : XP_ELEMENT;
  if (p->token == '*') {
    next_token(p);
    return e;
  }
  if (p->token != T_NAME) return refuse(p, "expression must evaluate to a node-set");
  if (p->may_call && is_node_type(p)) return parse_type_test(p, e);
  e->prefix = p->prefix;
  e->local = p->name;
  next_token(p);
  if (view_is(p->name, "*")) e->local = VIEW(""); /* the name of this token, or of the next if that is a name too */
  return e;
}

static xp_expr *parse_sequence(xp_parser *p, xp_expr *input) {
  if (++p->depth > OTTL_MAX_XPATH_DEPTH || !skip_token(p, '(')) return refuse(p, "the xpath query is too complex");
  xp_expr *e = parse_step(p, input);
  while (e && p->token == ',') {
    next_token(p);
    e = make_operator(p, XP_UNION, e, parse_step(p, input));
  }
  p->depth--;
  return e && skip_token(p, ')') ? e : NULL;
}

static xp_expr *parse_step(xp_parser *p, xp_expr *input) {
  xp_expr *e;
  if (p->token == '.' || p->token == T_DOT_DOT) {
    e = make_axis(p, p->token == '.' ? "self" : "parent", input);
    next_token(p);
  } else {
    ottl_view axis = VIEW("child");
    if (p->token == '(') return parse_sequence(p, input);
    if (p->token == '@' || p->token == T_AXIS) {
      axis = p->token == '@' ? VIEW("attribute") : p->name;
      next_token(p);
    }
    e = parse_node_test(p, input, axis);
  }
  while (e && !p->bad && p->token == '[') e = parse_predicate(p, e);
  return e;
}

static xp_expr *parse_relative(xp_parser *p, xp_expr *input) {
  for (;;) {
    input = parse_step(p, input);
    if (!input || p->bad || (p->token != '/' && p->token != T_SLASHES)) return input;
    if (p->token == T_SLASHES) input = make_axis(p, "descendant-or-self", input);
    next_token(p);
  }
}

static xp_expr *parse_location(xp_parser *p) {
  if (p->token != '/' && p->token != T_SLASHES) return parse_relative(p, NULL);
  bool all = p->token == T_SLASHES;
  xp_expr *root = make(p, XP_ROOT, NULL, NULL);
  next_token(p);
  if (!root) return NULL;
  if (all) return parse_relative(p, make_axis(p, "descendant-or-self", root));
  return is_step(p->token) ? parse_relative(p, root) : root;
}

/* -- expressions -- */

static xp_expr *parse_call(xp_parser *p) {
  xp_expr *e = make(p, XP_CALL, NULL, NULL);
  if (!e) return NULL;
  uint32_t cap = 0;
  e->local = p->name;
  if (!skip_token(p, T_NAME) || !skip_token(p, '(')) return NULL;
  while (p->token != ')') {
    if (e->n_args && !skip_token(p, ',')) return NULL;
    xp_expr *arg = parse_expr(p);
    if (!arg) return NULL;
    if (e->n_args == cap) {
      cap = cap ? 2 * cap : 4;
      xp_expr **more = arena_array(p->arena, cap, sizeof(xp_expr *));
      if (!more) {
        p->nomem = true;
        return refuse(p, "out of memory");
      }
      if (e->n_args) memcpy(more, e->args, e->n_args * sizeof(xp_expr *));
      e->args = more;
    }
    e->args[e->n_args++] = arg;
  }
  return skip_token(p, ')') ? e : NULL;
}

static xp_expr *parse_primary(xp_parser *p) {
  xp_expr *e = NULL;
  switch (p->token) {
  case T_STRING:
    e = make(p, XP_STRING, NULL, NULL);
    if (e) e->text = p->string;
    next_token(p);
    return e;
  case T_NUMBER:
    e = make(p, XP_NUMBER, NULL, NULL);
    if (e) e->number = p->number;
    next_token(p);
    return e;
  case '$': next_token(p); return skip_token(p, T_NAME) ? make(p, XP_VARIABLE, NULL, NULL) : NULL;
  case '(':
    next_token(p);
    e = parse_expr(p);
    if (e && e->kind != XP_STRING && e->kind != XP_NUMBER) e = make(p, XP_GROUP, e, NULL);
    return e && skip_token(p, ')') ? e : NULL;
  default: return parse_call(p);
  }
}

static xp_expr *parse_path(xp_parser *p) {
  bool primary = p->token == T_STRING || p->token == T_NUMBER || p->token == '$' || p->token == '(' ||
                 (p->token == T_NAME && p->may_call && !is_node_type(p));
  if (!primary) return parse_location(p);
  xp_expr *e = parse_primary(p);
  if (e && !p->bad && p->token == '[') e = parse_predicate(p, e);
  if (!e || p->bad || (p->token != '/' && p->token != T_SLASHES)) return e;
  if (p->token == T_SLASHES) e = make_axis(p, "descendant-or-self", e);
  next_token(p);
  return parse_relative(p, e);
}

static xp_expr *parse_union(xp_parser *p) {
  xp_expr *e = parse_path(p);
  while (e && !p->bad && p->token == '|') {
    next_token(p);
    e = make_operator(p, XP_UNION, e, parse_path(p));
  }
  return e;
}

static xp_expr *parse_unary(xp_parser *p) {
  bool minus = false;
  for (; p->token == '-' && !p->bad; minus = !minus) next_token(p);
  xp_expr *e = parse_union(p);
  if (!e || !minus) return e;
  xp_expr *one = make(p, XP_NUMBER, NULL, NULL);
  if (one) one->number = -1;
  return make_operator(p, XP_MUL, e, one);
}

/* The operator at hand that binds as `rank` says: 0 or, 1 and, 2 = !=, 3 < > <= >=, 4 + -, 5 * div mod; -1: none. */
static int operator_at(const xp_parser *p, int rank) {
  bool word = p->token == T_NAME && !p->prefix.len;
  switch (rank) {
  case 0: return word && view_is(p->name, "or") ? XP_OR : -1;
  case 1: return word && view_is(p->name, "and") ? XP_AND : -1;
  case 2: return p->token == '=' ? XP_EQ : p->token == T_NE ? XP_NE : -1;
  case 3: return p->token == '<' ? XP_LT : p->token == '>' ? XP_GT : p->token == T_LE ? XP_LE : p->token == T_GE ? XP_GE : -1;
  case 4: return p->token == '+' ? XP_ADD : p->token == '-' ? XP_SUB : -1;
  default:
    if (p->token == '*') return XP_MUL;
    return !word ? -1 : view_is(p->name, "div") ? XP_DIV : view_is(p->name, "mod") ? XP_MOD : -1;
  }
}

static xp_expr *parse_rank(xp_parser *p, int rank) {
  xp_expr *e = rank > 5 ? parse_unary(p) : parse_rank(p, rank + 1);
  for (int op; rank <= 5 && e && !p->bad && (op = operator_at(p, rank)) >= 0;) {
    next_token(p);
    e = make_operator(p, (xp_op)op, e, parse_rank(p, rank + 1));
  }
  return e;
}

static xp_expr *parse_expr(xp_parser *p) {
  if (p->bad) return NULL;
  if (++p->depth > OTTL_MAX_XPATH_DEPTH) return refuse(p, "the xpath query is too complex(depth > 200)");
  xp_expr *e = parse_rank(p, 0);
  p->depth--;
  return p->bad ? NULL : e;
}

ottl_status ottl__xpath_parse(ottl_arena *arena, ottl_view text, xp_expr **ret, const char **ret_message) {
  xp_parser p = {.arena = arena, .text = text};
  advance(&p);
  next_token(&p);
  *ret = parse_expr(&p);
  if (p.nomem) return OTTL_NOMEM;
  if (*ret && !p.bad) return OTTL_OK;
  *ret_message = p.bad ? p.bad : "expression must evaluate to a node-set";
  return OTTL_COMPILE;
}
