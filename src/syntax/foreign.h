/* What people write who know another language (grammar/foreign.def): helps and corrections for syntax errors. */
#ifndef OTTL_SRC_SYNTAX_FOREIGN_H
#define OTTL_SRC_SYNTAX_FOREIGN_H

#include "syntax/build.h"

/* The place where something is wrong. */
typedef struct foreign_place {
  parse_ctx *c;
  const ottl_token *tokens; /* the last one is TOK_END */
  size_t i;                 /* the token that cannot stand here */
  ottl_view source;
  bool value, operation, comma, where; /* what could: a value, an operator, a comma, `where` */
  bool open;                           /* inside of brackets */
} foreign_place;

/* A word between two values, as in `body contains "x"`. True: it was reported. */
bool ottl__foreign_word(const foreign_place *p);
/* A word behind a statement, as in `set(body, "x") if ...`. True: it was reported; *ret_where: go on as behind `where`. */
bool ottl__foreign_clause(const foreign_place *p, bool *ret_where);
/* A statement that begins with a word, or that assigns: `set body = "x"`. True: it was reported. */
bool ottl__foreign_start(const foreign_place *p);
/* Adds what is known of the token at this place. False: nothing. */
bool ottl__foreign_help(const foreign_place *p, ottl_diag_item *item);
/* A literal that is written otherwise: "nil" for `None`. NULL: none. */
const char *ottl__foreign_value(ottl_view name);
/* A unit of durations: "ms". */
bool ottl__is_unit(ottl_view name);

#endif
