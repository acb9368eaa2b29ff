/* The grammar of OTTL, wider than the language: see src/syntax/build.h. Every action is one call of src/syntax/build.c. */
%include {
#include "syntax/build.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wunused-variable"

/* The stack grows in the arena of the parse (yyGrowStack's parser is called p); old stacks stay there. */
#define malloc(bytes)       arena_alloc(p->c->arena, (size_t)(bytes))
#define realloc(old, bytes) parser_grow(p->c->arena, (old), sizeof(yyStackEntry) * (size_t)p->yystksz, (size_t)(bytes))
#define free(old)           ((void)(old))
#define ottl__lemon_ENGINEALWAYSONSTACK

static inline void *parser_grow(ottl_arena *arena, const void *old, size_t old_bytes, size_t bytes) {
  void *grown = arena_alloc(arena, bytes);
  if (grown && old_bytes) memcpy(grown, old, old_bytes);
  return grown;
}

/* No tracing: it needs a global and stdio. */
#undef NDEBUG
#define NDEBUG 1
}

%name ottl__lemon
%token_prefix TOK_
%token_type {const ottl_token *}
%default_type {ottl_node *}
%extra_context {parse_ctx *c}
%stack_size 0
%stack_overflow { c->nomem = true; }

%token JUNK. // never part of a rule: what is no token at all
%right ARROW.
%left OR.
%left AND.
%right NOT.
%left CMP.
%left PLUS MINUS.
%left STAR SLASH.
%right SIGN.

// No rule may be reduced by default where a list or the whole could still go on: TOK_JUNK, which makes a hole, would take that
// way. Therefore END is a token of the grammar, and lists have no empty form.
%start_symbol start
start ::= FOR_EXPRESSION expr(E) END. { c->root = E; }
start ::= FOR_EXPRESSION expr(E) cut END. { c->root = E; }
start ::= FOR_EXPRESSION error END. { c->root = ottl__build_hole(c); }
start ::= FOR_STATEMENT expr(E) END. { c->root = ottl__build_statement(c, E, NULL); }
start ::= FOR_STATEMENT expr(E) cut END. { c->root = ottl__build_statement(c, E, NULL); }
start ::= FOR_STATEMENT expr(E) WHERE where(C) END. { c->root = ottl__build_statement(c, E, C); }
start ::= FOR_STATEMENT expr(E) cut WHERE where(C) END. { c->root = ottl__build_statement(c, E, C); }
start ::= FOR_STATEMENT error END. { c->root = ottl__build_hole(c); }
start ::= FOR_STATEMENT error WHERE where(C) END. { c->root = ottl__build_statement(c, ottl__build_hole(c), C); }
where(X) ::= expr(E). { X = E; }
where(X) ::= error. { X = ottl__build_hole(c); }
cut ::= error. { c->cut = true; }

expr(X) ::= expr(A) OR(T) expr(B). { X = ottl__build_binary(c, NODE_OR, T, A, B); }
expr(X) ::= expr(A) AND(T) expr(B). { X = ottl__build_binary(c, NODE_AND, T, A, B); }
expr(X) ::= expr(A) CMP(T) expr(B). { X = ottl__build_binary(c, NODE_CMP, T, A, B); }
expr(X) ::= expr(A) PLUS(T) expr(B). { X = ottl__build_binary(c, NODE_MATH, T, A, B); }
expr(X) ::= expr(A) MINUS(T) expr(B). { X = ottl__build_binary(c, NODE_MATH, T, A, B); }
expr(X) ::= expr(A) STAR(T) expr(B). { X = ottl__build_binary(c, NODE_MATH, T, A, B); }
expr(X) ::= expr(A) SLASH(T) expr(B). { X = ottl__build_binary(c, NODE_MATH, T, A, B); }
expr(X) ::= NOT(T) expr(A). { X = ottl__build_unary(c, NODE_NOT, T, A); }
expr(X) ::= PLUS(T) expr(A). [SIGN] { X = ottl__build_unary(c, NODE_POS, T, A); }
expr(X) ::= MINUS(T) expr(A). [SIGN] { X = ottl__build_unary(c, NODE_NEG, T, A); }
expr(X) ::= paren(P) ARROW expr(B). { X = ottl__build_lambda(c, P, B); }
expr(X) ::= postfix(A). { X = A; }

postfix(X) ::= atom(A). { X = A; }
postfix(X) ::= postfix(A) DOT(T) name(N). { X = ottl__build_field(c, A, T, N); }
postfix(X) ::= postfix(A) LBRACK(T) expr(K) RBRACK(U). { X = ottl__build_key(c, A, T, K, U); }
postfix(X) ::= postfix(A) LBRACK(T) error RBRACK(U). { X = ottl__build_key(c, A, T, ottl__build_hole(c), U); }
postfix(X) ::= postfix(A) LBRACK(T) expr error RBRACK(U). { X = ottl__build_key(c, A, T, ottl__build_hole(c), U); }

atom(X) ::= NIL(T). { X = ottl__build_leaf(c, NODE_NIL, T); }
atom(X) ::= TRUE(T). { X = ottl__build_leaf(c, NODE_BOOL, T); X->integer = 1; }
atom(X) ::= FALSE(T). { X = ottl__build_leaf(c, NODE_BOOL, T); }
atom(X) ::= INT(T). { X = ottl__build_leaf(c, NODE_INT, T); }
atom(X) ::= FLOAT(T). { X = ottl__build_leaf(c, NODE_FLOAT, T); }
atom(X) ::= STRING(T). { X = ottl__build_leaf(c, NODE_STRING, T); }
atom(X) ::= BYTES(T). { X = ottl__build_leaf(c, NODE_BYTES, T); }
atom(X) ::= UNDERSCORE(T). { X = ottl__build_leaf(c, NODE_FORMAL, T); }
atom(X) ::= name(N). { X = ottl__build_name(c, N); }
atom(X) ::= name(N) LPAREN RPAREN(U). { X = ottl__build_call(c, N, ottl__build_list(c, NULL), U); }
atom(X) ::= name(N) LPAREN args(L) RPAREN(U). { X = ottl__build_call(c, N, L, U); }
atom(X) ::= LBRACK(T) RBRACK(U). { X = ottl__build_close(c, NODE_LIST, T, ottl__build_list(c, NULL), U); }
atom(X) ::= LBRACK(T) items(L) RBRACK(U). { X = ottl__build_close(c, NODE_LIST, T, L, U); }
atom(X) ::= LBRACE(T) RBRACE(U). { X = ottl__build_close(c, NODE_MAP, T, ottl__build_list(c, NULL), U); }
atom(X) ::= LBRACE(T) entries(L) RBRACE(U). { X = ottl__build_close(c, NODE_MAP, T, L, U); }
atom(X) ::= LBRACE(T) entries(L) COMMA RBRACE(U). { X = ottl__build_close(c, NODE_MAP, T, L, U); }
atom(X) ::= paren(P). { X = ottl__build_paren(c, P); }
paren(X) ::= LPAREN(T) RPAREN(U). { X = ottl__build_close(c, NODE_LIST, T, ottl__build_list(c, NULL), U); }
paren(X) ::= LPAREN(T) items(L) RPAREN(U). { X = ottl__build_close(c, NODE_LIST, T, L, U); }

%type name {parse_name}
name(X) ::= LOWER(T). { X = (parse_name){T, 1}; }
name(X) ::= UPPER(T). { X = (parse_name){T, 1}; }
name(X) ::= name(N) LOWER. { X = (parse_name){N.first, N.n + 1}; }
name(X) ::= name(N) UPPER. { X = (parse_name){N.first, N.n + 1}; }

args(X) ::= arg(A). { X = ottl__build_list(c, A); }
args(X) ::= args(L) COMMA arg(A). { X = ottl__build_append(c, L, A); }
args(X) ::= args(L) error. { X = L; }
arg(X) ::= expr(V). { X = ottl__build_arg(c, NULL, V); }
arg(X) ::= name(N) ASSIGN expr(V). { X = ottl__build_arg(c, &N, V); }
arg(X) ::= name(N) ASSIGN error. { X = ottl__build_arg(c, &N, ottl__build_hole(c)); }
arg(X) ::= error. { X = ottl__build_arg(c, NULL, ottl__build_hole(c)); }

items(X) ::= expr(A). { X = ottl__build_list(c, A); }
items(X) ::= error. { X = ottl__build_list(c, ottl__build_hole(c)); }
items(X) ::= items(L) COMMA expr(A). { X = ottl__build_append(c, L, A); }
items(X) ::= items(L) COMMA error. { X = ottl__build_append(c, L, ottl__build_hole(c)); }
items(X) ::= items(L) error. { X = ottl__build_append(c, L, ottl__build_hole(c)); }

// Commas between entries are optional, one may stand after each.
entries(X) ::= entry(A). { X = ottl__build_list(c, A); }
entries(X) ::= entries(L) entry(A). { X = ottl__build_append(c, L, A); }
entries(X) ::= entries(L) COMMA entry(A). { X = ottl__build_append(c, L, A); }
entry(X) ::= STRING(T) COLON expr(V). { X = ottl__build_item(c, T, V); }
entry(X) ::= STRING(T) COLON error. { X = ottl__build_item(c, T, ottl__build_hole(c)); }
entry(X) ::= error. { X = ottl__build_hole(c); }

%code {
ottl_parser *ottl__parser_create(parse_ctx *c) {
  yyParser *parser = arena_zero(c->arena, sizeof *parser);
  if (parser)
    ottl__lemonInit(parser, c);
  else
    c->nomem = true;
  return c->nomem ? NULL : parser;
}

void ottl__parser_feed(ottl_parser *parser, uint32_t kind, const ottl_token *t) { ottl__lemon(parser, (int)kind, t); }

/* States pushed while simulating lie in `pushed`, above what is left of the real stack. A reduction pushes one, so that only
 * empty rules make it grow: two in a row at most in this grammar. */
bool ottl__parser_accepts(const ottl_parser *parser, uint32_t kind) {
  YYACTIONTYPE pushed[16];
  int n = 0;
  const yyStackEntry *top = parser->yytos;
  YYACTIONTYPE state = top->stateno;
  if (kind == TOK_JUNK) return false;
  for (;;) {
    YYACTIONTYPE act = yy_find_shift_action((YYCODETYPE)kind, state);
    if (act <= YY_MAX_SHIFTREDUCE || act == YY_ACCEPT_ACTION) return true;
    if (act < YY_MIN_REDUCE) return false;
    unsigned rule = act - YY_MIN_REDUCE;
    int pops = -yyRuleInfoNRhs[rule];
    if (pops <= n)
      n -= pops;
    else {
      top -= pops - n;
      n = 0;
    }
    state = yy_find_reduce_action(n ? pushed[n - 1] : top->stateno, yyRuleInfoLhs[rule]);
    if (n == (int)(sizeof pushed / sizeof *pushed)) return true;
    pushed[n++] = state;
  }
}
}
