/* The scanner. SPEC: pkg/ottl grammar.go, buildLexer: rules are tried in order at each place, and a word boundary is wanted only
 * on the right: "notX" is `not` and `X`, "nilx" is one name. The longest match with ties to the earlier rule gives the same
 * tokens, since only keywords and names overlap. Strings and errors are done by hand in src/syntax/literal.c. */
#include "syntax/lexer.h"
#include "syntax/parser.h"
#include "syntax/tree.h"

ottl_status ottl__lex(ottl_lexer *lexer) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  const unsigned char *p = text, *marker = p;
#define BEGIN         (uint32_t)(start - text)
#define BEHIND        (uint32_t)(p - text)
#define TOKEN(kind)   do { ottl__lex_push(lexer, TOK_##kind, BEGIN, BEHIND, 0); goto next; } while (0)
#define COMPARE(op)   do { ottl__lex_push(lexer, TOK_CMP, BEGIN, BEHIND, OTTL_CMP_##op); goto next; } while (0)
#define GO_ON(offset) do { p = text + (offset); goto next; } while (0)
next:;
  const unsigned char *start = p;
  if (lexer->nomem) return OTTL_NOMEM;
  if (lexer->depth > lexer->max_depth + 1) { /* the parser will not come so far */
    ottl__lex_push(lexer, TOK_END, BEGIN, BEGIN, 0);
    return lexer->nomem ? OTTL_NOMEM : OTTL_OK;
  }
  /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = p;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;

    boundary = [^0-9A-Za-z_];
    exponent = [eE] [-+]? [0-9]+;

    "\x00" {
      if (BEGIN >= lexer->len) {
        ottl__lex_push(lexer, TOK_END, BEGIN, BEGIN, 0);
        return lexer->nomem ? OTTL_NOMEM : OTTL_OK;
      }
      GO_ON(ottl__lex_junk(lexer, BEGIN));
    }
    [ \t\n\f\r]+ { goto next; }

    "0x" [0-9a-fA-F]+ { ottl__lex_bytes(lexer, BEGIN, BEHIND); goto next; }
    ([0-9]+ "." [0-9]* | "." [0-9]+) exponent? { ottl__lex_float(lexer, BEGIN, BEHIND); goto next; }
    [0-9]+ { ottl__lex_int(lexer, BEGIN, BEHIND); goto next; }
    "\"" { GO_ON(ottl__lex_string(lexer, BEGIN)); }

    "nil" / boundary { TOKEN(NIL); }
    "not" / boundary { TOKEN(NOT); }
    "or" / boundary { TOKEN(OR); }
    "and" / boundary { TOKEN(AND); }
    "true" / boundary { TOKEN(TRUE); }
    "false" / boundary { TOKEN(FALSE); }
    "_" / boundary { TOKEN(UNDERSCORE); }

    "==" { COMPARE(EQ); }
    "!=" { COMPARE(NE); }
    ">=" { COMPARE(GE); }
    "<=" { COMPARE(LE); }
    ">" { COMPARE(GT); }
    "<" { COMPARE(LT); }
    "=>" { TOKEN(ARROW); }
    "=" { TOKEN(ASSIGN); }
    "+" { TOKEN(PLUS); }
    "-" { TOKEN(MINUS); }
    "*" { TOKEN(STAR); }
    "/" { TOKEN(SLASH); }
    "(" { TOKEN(LPAREN); }
    ")" { TOKEN(RPAREN); }
    "{" { TOKEN(LBRACE); }
    "}" { TOKEN(RBRACE); }
    "[" { TOKEN(LBRACK); }
    "]" { TOKEN(RBRACK); }
    ":" { TOKEN(COLON); }
    "," { TOKEN(COMMA); }
    "." { TOKEN(DOT); }

    [A-Z][A-Z0-9_]* { TOKEN(UPPER); }
    [a-z][a-z0-9_]* { TOKEN(LOWER); }

    // From here on errors: what people bring along from other languages.
    "===" { ottl__lex_foreign(lexer, TOK_CMP, BEGIN, BEHIND, "=="); goto next; }
    "!==" | "<>" { ottl__lex_foreign(lexer, TOK_CMP, BEGIN, BEHIND, "!="); goto next; }
    "=~" | "!~" { ottl__lex_foreign(lexer, TOK_CMP, BEGIN, BEHIND, NULL); goto next; }
    "&&" { ottl__lex_foreign(lexer, TOK_AND, BEGIN, BEHIND, "and"); goto next; }
    "||" { ottl__lex_foreign(lexer, TOK_OR, BEGIN, BEHIND, "or"); goto next; }
    "!" { ottl__lex_foreign(lexer, TOK_NOT, BEGIN, BEHIND, "not "); goto next; }
    "%" { ottl__lex_foreign(lexer, TOK_STAR, BEGIN, BEHIND, NULL); goto next; }
    "^" { ottl__lex_foreign(lexer, TOK_STAR, BEGIN, BEHIND, NULL); goto next; }
    "'" { GO_ON(ottl__lex_foreign_string(lexer, BEGIN, 1, VIEW("'"))); }
    "`" { GO_ON(ottl__lex_foreign_string(lexer, BEGIN, 1, VIEW("`"))); }
    "\xE2\x80\x9C" | "\xE2\x80\x9D" { GO_ON(ottl__lex_foreign_string(lexer, BEGIN, 3, VIEW("\xE2\x80\x9D"))); }
    "\xE2\x80\x98" | "\xE2\x80\x99" { GO_ON(ottl__lex_foreign_string(lexer, BEGIN, 3, VIEW("\xE2\x80\x99"))); }
    "#" | "//" { GO_ON(ottl__lex_comment(lexer, BEGIN, false)); }
    "/*" { GO_ON(ottl__lex_comment(lexer, BEGIN, true)); }
    * { GO_ON(ottl__lex_junk(lexer, BEGIN)); }
  */
}
