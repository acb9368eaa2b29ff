/* Tokens of OTTL. Their kinds are TOK_ constants of the generated grammar. */
#ifndef OTTL_SRC_SYNTAX_LEXER_H
#define OTTL_SRC_SYNTAX_LEXER_H

#include "diag/diag.h"

typedef struct ottl_token {
  uint32_t begin, end;
  uint32_t kind;  /* TOK_... */
  ottl_view text; /* STRING: unescaped; BYTES: decoded; anything else: as written */
  union {
    int64_t integer; /* INT; CMP: ottl_cmp */
    double number;   /* FLOAT */
  };
} ottl_token;

typedef struct ottl_tokens {
  ottl_token *items; /* the last one is TOK_END; freed with the allocator of the arena */
  size_t n, cap;
  uint32_t n_errors;
  bool unterminated; /* a string that does not end took the rest of the text */
} ottl_tokens;

typedef struct ottl_lexer {
  ottl_arena *arena;
  const char *text; /* zero-terminated; zeros may stand inside too */
  uint32_t len, source;
  ottl_diags *diags;
  ottl_tokens *out;
  uint32_t max_depth; /* brackets inside one another; what is behind one more is not looked at */
  uint32_t depth;
  bool nomem;
} ottl_lexer;

/* Splits the text. Errors are given as diagnostics and do not stop it; what is no token becomes TOK_JUNK. */
OTTL_MUST_CHECK ottl_status ottl__lex(ottl_lexer *lexer);

/* literal.c: what the scanner hands on. `at` is the first byte, the result the first byte behind. */
uint32_t ottl__lex_string(ottl_lexer *lexer, uint32_t at);
uint32_t ottl__lex_foreign_string(ottl_lexer *lexer, uint32_t at, uint32_t open_len, ottl_view close);
void ottl__lex_int(ottl_lexer *lexer, uint32_t begin, uint32_t end);
void ottl__lex_float(ottl_lexer *lexer, uint32_t begin, uint32_t end);
void ottl__lex_bytes(ottl_lexer *lexer, uint32_t begin, uint32_t end);
void ottl__lex_push(ottl_lexer *lexer, uint32_t kind, uint32_t begin, uint32_t end, int64_t integer);
/* Reports something that is no token and pushes `kind` in its place. */
uint32_t ottl__lex_junk(ottl_lexer *lexer, uint32_t begin);
void ottl__lex_foreign(ottl_lexer *lexer, uint32_t kind, uint32_t begin, uint32_t end, const char *instead);
uint32_t ottl__lex_comment(ottl_lexer *lexer, uint32_t begin, bool block);

#endif
