/* Drives the generated parser over the tokens: says what was expected, recovers, closes brackets, counts nesting.
 *
 * Every token is tried on the automaton before it is fed, so that the parser itself never sees an error that was not reported.
 * After an error TOK_JUNK makes it pop to the nearest place that allows a hole; tokens are then skipped, brackets matched, up to
 * a comma or a closing bracket that fits. */
#include "base/limits.h"
#include "syntax/build.h"
#include "syntax/foreign.h"
#include "syntax/parser.h"

typedef struct open_bracket {
  uint32_t close; /* kind of its closing token */
  uint32_t begin;
} open_bracket;

typedef struct parse_driver {
  parse_ctx *c;
  ottl_parser *parser;
  const ottl_token *tokens;
  size_t i;              /* next token */
  const ottl_token *fed; /* last token fed, or NULL */
  uint32_t fed_kind;     /* what it was taken for */
  open_bracket *open;
  size_t n_open, cap_open;
  uint32_t n_closing[TOK_COLON + 1]; /* open brackets by the kind that closes them */
  bool unterminated;                 /* the scanner has said already why the end comes early */
  uint8_t *kinds;                    /* what each token was taken for; NULL: nobody asks */
  bool foreign_start;                /* the statement's first word was told to be none of OTTL */
  uint64_t *expected;                /* what could follow instead of the end; NULL: nobody asks */
} parse_driver;

static uint32_t bracket_close(uint32_t kind) {
  return kind == TOK_LPAREN ? TOK_RPAREN : kind == TOK_LBRACK ? TOK_RBRACK : kind == TOK_LBRACE ? TOK_RBRACE : 0;
}
static bool bracket_closes(uint32_t kind) { return kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE; }

static void drive_feed(parse_driver *d, uint32_t kind, const ottl_token *t) {
  uint32_t close = bracket_close(kind);
  if (close) {
    if (d->n_open >= d->c->max_depth) {
      if (!d->c->too_deep)
        CTX_ERROR(d->c, TOO_DEEP, ctx_span(d->c, t->begin, t->end), "more than %u brackets inside one another",
                  (unsigned)d->c->max_depth);
      d->c->too_deep = true;
      return;
    }
    if (ottl__al_reserve(&d->c->arena->al, &d->open, &d->cap_open, d->n_open + 1, sizeof *d->open) != OTTL_OK) {
      d->c->nomem = true;
      return;
    }
    d->open[d->n_open++] = (open_bracket){close, t->begin};
    d->n_closing[close]++;
  } else if (bracket_closes(kind) && d->n_open && d->open[d->n_open - 1].close == kind) {
    d->n_open--;
    d->n_closing[kind]--;
  }
  ottl__parser_feed(d->parser, kind, t);
  d->fed = t;
  d->fed_kind = kind;
}

static bool token_is_text(const ottl_token *t, const char *text) { return t->kind == TOK_STRING && view_is(t->text, text); }
static bool token_is(const ottl_token *t, uint32_t kind, const char *text) { return t->kind == kind || token_is_text(t, text); }

static bool token_starts_value(uint32_t kind) {
  return kind == TOK_NOT || kind == TOK_PLUS || kind == TOK_MINUS || kind == TOK_LOWER || kind == TOK_UPPER ||
         kind == TOK_UNDERSCORE || (kind >= TOK_NIL && kind <= TOK_BYTES) || bracket_close(kind);
}
_Static_assert(TOK_NIL + 6 == TOK_BYTES, "literals lie behind each other");
_Static_assert(TOK_RPAREN <= TOK_COLON && TOK_RBRACK <= TOK_COLON && TOK_RBRACE <= TOK_COLON, "n_closing has room");

/* SPEC: punctuation and `where` are matched by text, whatever the token, so that a string may stand for them. Where the grammar
 * takes both, the reference tries alternatives in order; looking at what comes next gives the same choice. */
static uint32_t drive_kind(const parse_driver *d, const ottl_token *t) {
  if (t->kind == TOK_LOWER)
    return view_is(t->text, "where") && ottl__parser_accepts(d->parser, TOK_WHERE) ? TOK_WHERE : TOK_LOWER;
  if (t->kind != TOK_STRING) return t->kind;
  if (view_is(t->text, "where")) return ottl__parser_accepts(d->parser, TOK_WHERE) ? TOK_WHERE : TOK_STRING;
  static const struct {
    char text;
    uint8_t kind;
  } marks[] = {{'(', TOK_LPAREN}, {')', TOK_RPAREN}, {'[', TOK_LBRACK}, {']', TOK_RBRACK}, {'{', TOK_LBRACE},
               {'}', TOK_RBRACE}, {',', TOK_COMMA},  {'.', TOK_DOT},    {':', TOK_COLON}};
  if (t->text.len != 1) return TOK_STRING;
  uint32_t mark = 0;
  for (size_t i = 0; i < OTTL_COUNT(marks); i++)
    if (marks[i].text == t->text.data[0]) mark = marks[i].kind;
  if (!mark || !ottl__parser_accepts(d->parser, mark)) return TOK_STRING;
  if (!ottl__parser_accepts(d->parser, TOK_STRING)) return mark;

  bool after_value = d->fed && (d->fed->kind == TOK_LOWER || d->fed->kind == TOK_UPPER || bracket_closes(d->fed->kind));
  const ottl_token *next = t + 1; /* there is one: the end */
  switch (mark) {
  case TOK_COMMA: return mark;                                                        /* between the entries of a map */
  case TOK_RBRACE: return token_is(next, TOK_COLON, ":") ? TOK_STRING : mark;         /* or a key of the map */
  case TOK_DOT: return next->kind == TOK_LOWER ? mark : TOK_STRING;                   /* in a map, behind a path */
  case TOK_RPAREN: return next->kind == TOK_ARROW ? mark : TOK_STRING;                /* () => ... */
  case TOK_LBRACK: return after_value && next->kind != TOK_COLON ? mark : TOK_STRING; /* a string comes before a list */
  case TOK_LPAREN:
    if (after_value) return next->kind != TOK_COLON ? mark : TOK_STRING;
    /* Parentheses come before a string. With a run of such strings, what follows decides for all but the last, which is a string
     * when it is compared. */
    bool last = true;
    for (uint32_t run = 0; token_is_text(next, "("); next++, last = false)
      if (++run > d->c->max_depth) return mark; /* too deep anyway */
    if (next->kind == TOK_CMP) return last ? TOK_STRING : mark;
    if (next->kind == TOK_STRING) {
      if (token_is_text(next, ")")) return next[1].kind == TOK_ARROW ? mark : TOK_STRING;
      return next[1].kind == TOK_CMP ? mark : TOK_STRING;
    }
    if (next->kind == TOK_RPAREN) return next[1].kind == TOK_ARROW ? mark : TOK_STRING;
    return token_starts_value(next->kind) ? mark : TOK_STRING;
  default: return TOK_STRING;
  }
}

/* What could have stood here, for people: groups instead of single tokens. */
static void drive_expected(const parse_driver *d, ottl_sbuf *out) {
  static const struct {
    uint32_t kind;
    const char *text;
  } single[] = {{TOK_ASSIGN, "`=`"}, {TOK_ARROW, "`=>`"}, {TOK_COLON, "`:`"},     {TOK_COMMA, "`,`"},  {TOK_RPAREN, "`)`"},
                {TOK_RBRACK, "`]`"}, {TOK_RBRACE, "`}`"}, {TOK_WHERE, "`where`"}, {TOK_END, "the end"}};
  const char *items[16];
  size_t n = 0;
  bool value = ottl__parser_accepts(d->parser, TOK_INT);
  uint32_t before = d->fed ? d->fed->kind : TOK_JUNK;
  if (value) {
    bool condition = before == TOK_WHERE || before == TOK_AND || before == TOK_OR || before == TOK_NOT ||
                     (!d->fed && d->c->entry == OTTL_ENTRY_CONDITION);
    if (d->fed && d->fed->kind == TOK_LOWER && view_is(d->fed->text, "where")) condition = true;
    items[n++] = !d->fed && d->c->entry == OTTL_ENTRY_STATEMENT ? "the call of an editor" : condition ? "a condition" : "a value";
  } else if (ottl__parser_accepts(d->parser, TOK_OR))
    items[n++] =
        d->c->entry == OTTL_ENTRY_STATEMENT && d->n_open == 0 && ottl__parser_accepts(d->parser, TOK_WHERE) ? "" : "an operator";
  else if (ottl__parser_accepts(d->parser, TOK_LOWER))
    items[n++] = "a name";
  else if (ottl__parser_accepts(d->parser, TOK_STRING))
    items[n++] = "a string as key";
  if (n && !*items[n - 1]) n--;
  for (size_t i = 0; i < OTTL_COUNT(single); i++) {
    uint32_t kind = single[i].kind;
    if ((kind == TOK_ASSIGN || kind == TOK_ARROW) && ottl__parser_accepts(d->parser, TOK_OR)) continue;
    if (ottl__parser_accepts(d->parser, kind)) items[n++] = single[i].text;
  }
  if (!value && (before == TOK_LOWER || before == TOK_UPPER) && ottl__parser_accepts(d->parser, TOK_LPAREN) && d->n_open == 0 &&
      d->c->entry == OTTL_ENTRY_STATEMENT && ottl__parser_accepts(d->parser, TOK_WHERE))
    items[0] = "`(`", n = 1; /* the name of the editor was all there is */
  for (size_t i = 0; i < n; i++) {
    if (i) sbuf_str(out, i + 1 == n ? " or " : ", ");
    sbuf_str(out, items[i]);
  }
}

/* Two values in a row. */
static void drive_comma(const parse_driver *d, ottl_diag_item *item) {
  ottl__diag_help(item, "put a `,` between two values");
  if (d->fed) ottl__diag_fix(item, ctx_span(d->c, d->fed->end, d->fed->end), VIEW(","));
}

/* A condition that does not go on. */
static void drive_ended(const parse_driver *d, ottl_diag_item *item) {
  uint32_t kind = d->fed_kind;
  if (kind == TOK_AND || kind == TOK_OR || kind == TOK_NOT || kind == TOK_WHERE)
    ottl__diag_help(item, "write the condition, or take the last word away");
}

static foreign_place drive_place(const parse_driver *d, ottl_view source) {
  return (foreign_place){.c = d->c,
                         .tokens = d->tokens,
                         .i = d->i,
                         .source = source,
                         .value = ottl__parser_accepts(d->parser, TOK_INT),
                         .operation = ottl__parser_accepts(d->parser, TOK_CMP),
                         .comma = ottl__parser_accepts(d->parser, TOK_COMMA),
                         .where = ottl__parser_accepts(d->parser, TOK_WHERE),
                         .open = d->n_open != 0};
}

static void drive_report(parse_driver *d, const ottl_token *t, ottl_view source) {
  parse_ctx *c = d->c;
  ottl_sbuf expected;
  ottl__sbuf_init(&expected, &c->arena->al);
  drive_expected(d, &expected);
  ottl_diag_item *item;
  if (t->kind == TOK_END) {
    item = CTX_ERROR(c, UNEXPECTED_END, ctx_span(c, t->begin, t->end), "expected %.*s, found the end",
                     VIEW_ARG(sbuf_all(&expected)));
    drive_ended(d, item);
  } else {
    uint32_t end = t->end;
    for (const ottl_token *u = t; (u->kind == TOK_LOWER || u->kind == TOK_UPPER) && u[1].begin == end; u++)
      if (u[1].kind == TOK_LOWER || u[1].kind == TOK_UPPER) end = u[1].end; /* all of the name */
    size_t len = end - t->begin;
    bool cut = len > 24;
    item = CTX_ERROR(c, UNEXPECTED_TOKEN, ctx_span(c, t->begin, end), "expected %.*s, found `%.*s%s`",
                     VIEW_ARG(sbuf_all(&expected)), cut ? 20 : (int)len, source.data + t->begin, cut ? "..." : "");
  }
  c->nomem |= expected.failed;
  ottl__sbuf_done(&expected);

  foreign_place place = drive_place(d, source);
  bool comma = place.comma, operation = place.operation;
  if (d->fed && d->fed->kind == TOK_STRING && d->fed_kind != TOK_STRING) {
    ottl__diag_label(item, ctx_span(c, d->fed->begin, d->fed->end), "this string stands for the mark in it");
    ottl__diag_help(item, "a string that holds nothing but punctuation may stand for it: is a `,` missing before it?");
  } else if (t->kind == TOK_ASSIGN && d->fed_kind == TOK_STRING && comma) {
    ottl__diag_help(item, "argument names stand without quotes");
  } else if (t->kind == TOK_ARROW && ottl__parser_accepts(d->parser, TOK_ASSIGN)) {
    ottl__diag_help(item, "arguments are named with `=`");
    ottl__diag_fix(item, ctx_span(c, t->begin, t->end), VIEW("="));
  } else if (ottl__foreign_help(&place, item)) {
    return;
  } else if (t->kind == TOK_ASSIGN && operation) {
    ottl__diag_help(item, "`==` compares");
    ottl__diag_fix(item, ctx_span(c, t->begin, t->end), VIEW("=="));
  } else if (t->kind == TOK_UPPER &&
             (view_is(t->text, "AND") || view_is(t->text, "OR") || view_is(t->text, "NOT") || view_is(t->text, "WHERE"))) {
    char lower[8];
    size_t n = 0;
    for (; n < t->text.len; n++) lower[n] = (char)(t->text.data[n] | 32);
    ottl__diag_help(item, "keywords are written in lower case: `%.*s`", (int)n, lower);
    ottl__diag_fix(item, ctx_span(c, t->begin, t->end), view_of(lower, n));
  } else if (t->kind == TOK_LOWER && view_is(t->text, "where") && c->entry != OTTL_ENTRY_STATEMENT && d->n_open == 0)
    ottl__diag_help(item, "`where` belongs to statements; a condition stands by itself");
  else if (comma && operation &&
           (t->kind == TOK_INT || t->kind == TOK_FLOAT || t->kind == TOK_STRING || t->kind == TOK_LBRACE || t->kind == TOK_NIL ||
            t->kind == TOK_TRUE || t->kind == TOK_FALSE || t->kind == TOK_BYTES))
    drive_comma(d, item);
  else if (d->n_open && d->fed)
    ottl__diag_label(item, ctx_span(c, d->open[d->n_open - 1].begin, d->open[d->n_open - 1].begin + 1), "inside this");
}

static void drive_close(parse_driver *d, const ottl_token *at) {
  ottl_token *close = arena_zero(d->c->arena, sizeof *close);
  if (!close) {
    d->c->nomem = true;
    d->n_open = 0;
    return;
  }
  *close = (ottl_token){.kind = d->open[d->n_open - 1].close, .begin = at->begin, .end = at->begin};
  drive_feed(d, close->kind, close);
}

/* A closing bracket that fits an outer bracket, or the end, or `where`: the inner ones were forgotten. True: one was closed. */
static bool drive_forgotten(parse_driver *d, const ottl_token *t, uint32_t kind, bool silent) {
  if (!d->n_open || (kind != TOK_END && kind != TOK_WHERE &&
                     (!bracket_closes(kind) || d->open[d->n_open - 1].close == kind || !d->n_closing[kind])))
    return false;
  open_bracket inner = d->open[d->n_open - 1];
  if (!ottl__parser_accepts(d->parser, inner.close)) return false;
  if (!silent) {
    char mark = inner.close == TOK_RPAREN ? ')' : inner.close == TOK_RBRACK ? ']' : '}';
    char open = mark == ')' ? '(' : mark == ']' ? '[' : '{';
    ottl_diag_item *item = CTX_ERROR(d->c, UNCLOSED, ctx_span(d->c, t->begin, t->end), "`%c` is not closed", open);
    ottl__diag_mark(item, "expected `%c`", mark);
    ottl__diag_help(item, "close it with `%c`", mark);
    uint32_t at = kind == TOK_WHERE && d->i ? d->tokens[d->i - 1].end : t->begin;
    ottl__diag_fix(item, ctx_span(d->c, at, at), view_of(&mark, 1));
    ottl__diag_label(item, ctx_span(d->c, inner.begin, inner.begin + 1), "opened here");
  }
  drive_close(d, t);
  return true;
}

/* Makes a hole and skips to where the surrounding list or bracket goes on; d->i is then at a token that fits, or the end. */
static void drive_recover(parse_driver *d) {
  static const ottl_token junk = {.kind = TOK_JUNK};
  ottl__parser_feed(d->parser, TOK_JUNK, &junk);
  size_t depth = 0;
  for (;; d->i++) {
    const ottl_token *t = &d->tokens[d->i];
    if (t->kind == TOK_END) {
      while (drive_forgotten(d, t, TOK_END, true)) {
      }
      return;
    }
    if (bracket_close(t->kind)) {
      depth++;
      continue;
    }
    if (depth) {
      if (bracket_closes(t->kind)) depth--;
      continue;
    }
    if (bracket_closes(t->kind))
      while (drive_forgotten(d, t, t->kind, true)) {
      }
    uint32_t kind = d->n_open == 0 ? drive_kind(d, t) : t->kind;
    if ((kind == TOK_COMMA || bracket_closes(kind) || kind == TOK_WHERE) && ottl__parser_accepts(d->parser, kind)) return;
  }
}

/* Words of other languages. True: reported, and the parser has gone on. */
static bool drive_foreign(parse_driver *d, uint32_t kind, ottl_view source) {
  if (kind != TOK_LOWER && kind != TOK_UPPER && kind != TOK_NOT && !(d->i == 1 && d->fed)) return false;
  foreign_place place = drive_place(d, source);
  const ottl_token *t = &d->tokens[d->i];
  bool where;
  if (!ottl__parser_accepts(d->parser, kind) && ottl__foreign_clause(&place, &where)) {
    if (!where) {
      drive_recover(d);
      return true;
    }
    drive_feed(d, TOK_WHERE, t);
    if (d->kinds) d->kinds[d->i] = TOK_WHERE;
    d->i++;
    return true;
  }
  bool start = !d->foreign_start && ottl__foreign_start(&place);
  if (!start && !ottl__foreign_word(&place)) return false;
  d->foreign_start |= start; /* what follows may be the token where it goes on: told once */
  drive_recover(d);
  return true;
}

static void drive(parse_driver *d, ottl_view source) {
  parse_ctx *c = d->c;
  static const ottl_token first = {0};
  ottl__parser_feed(d->parser, c->entry == OTTL_ENTRY_STATEMENT ? TOK_FOR_STATEMENT : TOK_FOR_EXPRESSION, &first);
  bool said_unclosed = d->unterminated;
  const ottl_token *unclosed_at = NULL; /* one message for all that is forgotten at one place */
  while (!c->nomem && !c->too_deep && c->n_errors < OTTL_MAX_SYNTAX_ERRORS) {
    const ottl_token *t = &d->tokens[d->i];
    if (t->kind == TOK_END && d->expected) {
      for (uint32_t k = 1; k <= TOK_COLON; k++) *d->expected |= (uint64_t)ottl__parser_accepts(d->parser, k) << k;
      return;
    }
    uint32_t kind = drive_kind(d, t);
    if (drive_foreign(d, kind, source)) continue;
    if (ottl__parser_accepts(d->parser, kind)) {
      drive_feed(d, kind, t);
      if (d->kinds) d->kinds[d->i] = (uint8_t)kind;
      if (kind == TOK_END) {
        ottl__parser_feed(d->parser, 0, t);
        return;
      }
      d->i++;
      continue;
    }
    /* `where` inside brackets, where no name can stand, says that they were forgotten. */
    bool where = kind == TOK_LOWER && c->entry == OTTL_ENTRY_STATEMENT && d->n_open && view_is(t->text, "where");
    uint32_t forgotten = where ? TOK_WHERE : kind;
    if (kind != TOK_JUNK && drive_forgotten(d, t, forgotten, forgotten == TOK_END ? said_unclosed : t == unclosed_at)) {
      if (kind == TOK_END) said_unclosed = true;
      unclosed_at = t;
      continue;
    }
    if (kind != TOK_JUNK && !(kind == TOK_END && said_unclosed)) drive_report(d, t, source);
    if (kind == TOK_END) said_unclosed = true;
    drive_recover(d);
  }
}

static bool tokens_empty(const ottl_tokens *tokens) { return tokens->n == 1 && tokens->n_errors == 0; }

/* The tokens as the parser took them, without the end. */
static ottl_status keep_tokens(ottl_arena *arena, const ottl_tokens *tokens, const uint8_t *kinds, ottl_parsed_tokens *ret) {
  size_t n = tokens->n - 1;
  ottl_token *items = arena_array(arena, n, sizeof *items);
  if (!items) return OTTL_NOMEM;
  memcpy(items, tokens->items, n * sizeof *items);
  for (size_t i = 0; i < n; i++) items[i].kind = kinds[i];
  *ret = (ottl_parsed_tokens){items, n};
  return OTTL_OK;
}

static ottl_status parse_text(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint32_t source_id, uint32_t max_depth,
                              ottl_diags *diags, ottl_node **ret, ottl_parsed_tokens *ret_tokens, uint64_t *ret_expected) {
  parse_ctx c = {.arena = arena,
                 .diags = diags,
                 .entry = entry,
                 .source = source_id,
                 .max_depth = max_depth == 0       ? OTTL_MAX_PARSE_DEPTH
                              : max_depth < 100000 ? max_depth
                                                   : 100000};
  size_t first_diag = ottl_diags_count(diags);
  if (source.len > OTTL_MAX_STATEMENT_BYTES) {
    CTX_ERROR(&c, TOO_LONG, ctx_span(&c, 0, 0), "text of more than %d bytes", OTTL_MAX_STATEMENT_BYTES);
    *ret = NULL;
    return OTTL_COMPILE;
  }
  ottl_view text = arena_copy(arena, source.data, source.len);
  if (!text.data) return OTTL_NOMEM;

  ottl_tokens tokens = {0};
  parse_driver d = {.c = &c, .expected = ret_expected};
  ottl_lexer lexer = {arena, text.data, (uint32_t)text.len, source_id, diags, &tokens, c.max_depth, 0, false};
  ottl_status status = ottl__lex(&lexer);
  if (status != OTTL_OK) goto out;
  if (ret_tokens && !(d.kinds = arena_zero(arena, tokens.n))) {
    status = OTTL_NOMEM;
    goto out;
  }
  if (tokens_empty(&tokens) && !ret_expected) {
    static const char *const names[] = {"statement", "condition", "value expression"};
    CTX_ERROR(&c, EMPTY, ctx_span(&c, 0, (uint32_t)text.len), "the %s is empty", names[entry]);
  } else {
    d.tokens = tokens.items;
    /* The end is where the last token ends, not behind the white space after it. */
    if (tokens.n > 1) tokens.items[tokens.n - 1].begin = tokens.items[tokens.n - 1].end = tokens.items[tokens.n - 2].end;
    d.unterminated = tokens.unterminated;
    d.parser = ottl__parser_create(&c);
    if (d.parser) drive(&d, text);
    if (c.root && !c.nomem && !c.too_deep) ottl__shape_check(&c, c.root);
  }
  if (c.nomem) {
    status = OTTL_NOMEM;
    goto out;
  }
  ottl__diags_sort(diags, first_diag);
  status = c.n_errors || tokens.n_errors ? OTTL_COMPILE : OTTL_OK;
  *ret = c.too_deep || (c.root && c.root->kind == NODE_ERROR) ? NULL : c.root;
  if (status == OTTL_OK && !*ret) status = OTTL_INTERNAL;
  if (status == OTTL_OK && ret_tokens) status = keep_tokens(arena, &tokens, d.kinds, ret_tokens);
out:
  al_free(&arena->al, tokens.items, tokens.cap * sizeof *tokens.items);
  al_free(&arena->al, d.open, d.cap_open * sizeof *d.open);
  return status;
}

ottl_status ottl__parse(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint32_t source_id, uint32_t max_depth,
                        ottl_diags *diags, ottl_node **ret) {
  return parse_text(arena, entry, source, source_id, max_depth, diags, ret, NULL, NULL);
}

ottl_status ottl__parse_tokens(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint32_t source_id,
                               uint32_t max_depth, ottl_diags *diags, ottl_node **ret, ottl_parsed_tokens *ret_tokens) {
  return parse_text(arena, entry, source, source_id, max_depth, diags, ret, ret_tokens, NULL);
}

ottl_status ottl__parse_expected(ottl_arena *arena, ottl_parse_entry entry, ottl_view source, uint64_t *ret) {
  ottl_node *tree = NULL;
  *ret = 0;
  ottl_status status = parse_text(arena, entry, source, 0, 0, NULL, &tree, NULL, ret);
  return status == OTTL_NOMEM ? status : OTTL_OK;
}
