/* Between the generated parser, the driver (parse.c), the tree builder (build.c) and the shape check (shape.c).
 *
 * The grammar is wider than OTTL: one kind of expression, parentheses round any list. What it lets through too much, the shape
 * check refuses, with a message that says what is wrong instead of which token was unexpected. */
#ifndef OTTL_SRC_SYNTAX_BUILD_H
#define OTTL_SRC_SYNTAX_BUILD_H

#include "syntax/lexer.h"
#include "syntax/parse.h"

typedef struct parse_ctx {
  ottl_arena *arena;
  ottl_diags *diags;
  ottl_parse_entry entry;
  uint32_t source, max_depth;
  uint32_t n_errors;
  bool nomem, too_deep;
  bool cut;        /* a condition or statement was given up in the middle: what is there of it may be no condition */
  ottl_node *root; /* set when the parser accepts */
  ottl_node spare; /* stands in for every node when there is no memory */
} parse_ctx;

/* Tokens that make up one name: `I s M atch` is a name too. They lie behind each other in the token list. */
typedef struct parse_name {
  const ottl_token *first;
  uint32_t n;
} parse_name;

static inline ottl_span ctx_span(const parse_ctx *c, uint32_t begin, uint32_t end) { return (ottl_span){c->source, begin, end}; }
static inline ottl_span ctx_node_span(const parse_ctx *c, const ottl_node *n) { return ctx_span(c, n->begin, n->end); }
#define CTX_ERROR(c, code, span, ...) ((c)->n_errors++, ottl__diag_add((c)->diags, DIAG_##code, span, __VA_ARGS__))

/* build.c */
ottl_node *ottl__build_leaf(parse_ctx *c, ottl_node_kind kind, const ottl_token *t);
ottl_node *ottl__build_hole(parse_ctx *c);
ottl_node *ottl__build_name(parse_ctx *c, parse_name name);
ottl_node *ottl__build_field(parse_ctx *c, ottl_node *base, const ottl_token *dot, parse_name name);
ottl_node *ottl__build_key(parse_ctx *c, ottl_node *base, const ottl_token *open, ottl_node *key, const ottl_token *close);
ottl_node *ottl__build_call(parse_ctx *c, parse_name name, ottl_node *args, const ottl_token *close);
ottl_node *ottl__build_arg(parse_ctx *c, const parse_name *name, ottl_node *value);
ottl_node *ottl__build_unary(parse_ctx *c, ottl_node_kind kind, const ottl_token *op, ottl_node *value);
ottl_node *ottl__build_binary(parse_ctx *c, ottl_node_kind kind, const ottl_token *op, ottl_node *left, ottl_node *right);
ottl_node *ottl__build_item(parse_ctx *c, const ottl_token *key, ottl_node *value);
/* A list node to collect things in; close sets span and kind. */
ottl_node *ottl__build_list(parse_ctx *c, ottl_node *first);
ottl_node *ottl__build_append(parse_ctx *c, ottl_node *list, ottl_node *item);
ottl_node *ottl__build_close(parse_ctx *c, ottl_node_kind kind, const ottl_token *open, ottl_node *list, const ottl_token *close);
ottl_node *ottl__build_paren(parse_ctx *c, ottl_node *list);
ottl_node *ottl__build_lambda(parse_ctx *c, ottl_node *list, ottl_node *body);
ottl_node *ottl__build_statement(parse_ctx *c, ottl_node *call, ottl_node *condition);

/* shape.c: refuses what is not OTTL in a tree from the wide grammar. */
void ottl__shape_check(parse_ctx *c, ottl_node *root);

/* The generated parser (grammar/parser.y). */
typedef struct yyParser ottl_parser;
ottl_parser *ottl__parser_create(parse_ctx *c); /* in the arena; NULL: no memory */
void ottl__parser_feed(ottl_parser *parser, uint32_t kind, const ottl_token *t);
/* Whether a token of this kind may come next. Exact: the automaton is run on, without its actions. */
bool ottl__parser_accepts(const ottl_parser *parser, uint32_t kind);

#endif
