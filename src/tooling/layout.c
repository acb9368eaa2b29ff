/* Layout from tokens: brackets, commas, `where`, `and` and `or` say where lines may break.
 *
 *   range     what stands between two commas, or behind `where`: a name or parameters, then a chain of conditions
 *   chain     operands of the operators that bind least (`or`, else `and`, else `+` and `-`, else `*` and `/`): broken before each of
 *             them, all or none; comparisons are not broken, and nothing in them that binds more
 *   sequence  tokens and brackets behind each other: a bracket is broken when it and what follows it, up to where the next one
 *             opens, do not fit into the line
 *   group     a broken bracket: an item a line
 *
 * Whether something fits is a subtraction, since each token knows its column for the case that all stands on one line. A comment
 * stands before a token that may begin a line and breaks all that is around it. Recursion is bounded by the parser's limits. */
#include "tooling/layout.h"
#include "syntax/parser.h"

typedef struct lay_token {
  ottl_view text;
  uint32_t kind, begin; /* begin: in the source */
  uint32_t flat;        /* its column when all stands on one line */
  uint32_t width;
  uint32_t mate;                /* of a bracket: the other one */
  uint32_t comment, n_comments; /* that stand before it */
  uint32_t forced;              /* how many tokens before it have comments */
  uint8_t binds;                /* operators between two values: how much; else 0 */
  bool space;                   /* one before it, when it does not begin a line */
  bool starts;                  /* may begin a line */
} lay_token;

typedef struct lay {
  ottl_arena *arena;
  const layout_text *in;
  lay_token *tokens;
  uint32_t n;
  ottl_sbuf out;
  ottl_sbuf plain; /* the same without comments: what is parsed again */
  uint32_t column;
  bool raw_breaks, torn; /* torn: a comment inside a token */
} lay;

/* ---- tokens ---- */

static bool is_open(uint32_t kind) { return kind == TOK_LPAREN || kind == TOK_LBRACK || kind == TOK_LBRACE; }
static bool is_close(uint32_t kind) { return kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE; }
static bool is_name(uint32_t kind) { return kind == TOK_LOWER || kind == TOK_UPPER; }
static bool is_sign(uint32_t kind) { return kind == TOK_PLUS || kind == TOK_MINUS; }
static bool ends_value(uint32_t kind) {
  return is_name(kind) || is_close(kind) || kind == TOK_UNDERSCORE || (kind >= TOK_NIL && kind <= TOK_BYTES);
}

enum { BINDS_OR = 1, BINDS_AND, BINDS_CMP, BINDS_SUM, BINDS_PRODUCT };

static uint8_t binds(uint32_t kind, bool behind_value) {
  switch (kind) {
  case TOK_OR: return BINDS_OR;
  case TOK_AND: return BINDS_AND;
  case TOK_CMP: return BINDS_CMP;
  case TOK_PLUS:
  case TOK_MINUS: return behind_value ? BINDS_SUM : 0;
  case TOK_STAR:
  case TOK_SLASH: return BINDS_PRODUCT;
  default: return 0;
  }
}

/* A token as it is printed: as it is written, but for strings that stand for a mark. */
static ottl_view token_text(ottl_view source, const ottl_token *t) {
  static const char *const marks[TOK_COLON + 1] = {
      [TOK_LPAREN] = "(", [TOK_RPAREN] = ")", [TOK_LBRACK] = "[", [TOK_RBRACK] = "]",    [TOK_LBRACE] = "{",
      [TOK_RBRACE] = "}", [TOK_COMMA] = ",",  [TOK_DOT] = ".",    [TOK_WHERE] = "where", [TOK_COLON] = ":"};
  const char *mark = t->kind <= TOK_COLON ? marks[t->kind] : NULL;
  return mark ? view_str(mark) : view_of(source.data + t->begin, t->end - t->begin);
}

static uint32_t text_columns(ottl_view text) {
  uint32_t n = 0;
  for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.data[i] & 0xC0) != 0x80;
  return n;
}

static bool needs_space(const lay_token *before, bool sign, uint32_t kind) {
  uint32_t b = before->kind;
  if (is_open(b) || is_close(kind) || b == TOK_DOT || b == TOK_ASSIGN) return false;
  if (kind == TOK_COMMA || kind == TOK_DOT || kind == TOK_COLON || kind == TOK_ASSIGN) return false;
  if (is_name(b) && (is_name(kind) || kind == TOK_LPAREN)) return false;                      /* pieces of a name; a call */
  if (kind == TOK_LBRACK && (is_name(b) || b == TOK_RBRACK || b == TOK_RPAREN)) return false; /* a key */
  return !sign;
}

typedef struct lay_builder {
  lay *l;
  uint32_t open; /* innermost open bracket; UINT32_MAX: none */
  bool sign;     /* the last token was a sign, not an operator */
} lay_builder;

static void push_token(lay_builder *b, uint32_t kind, ottl_view text, uint32_t begin) {
  lay *l = b->l;
  uint32_t i = l->n++;
  lay_token *t = &l->tokens[i];
  const lay_token *before = i ? t - 1 : NULL;
  *t = (lay_token){.text = text, .kind = kind, .begin = begin, .width = text_columns(text), .mate = UINT32_MAX};
  t->space = before && needs_space(before, b->sign, kind);
  t->flat = before ? before->flat + before->width + t->space : 0;
  t->starts = !before || is_open(before->kind) || before->kind == TOK_COMMA || is_close(kind) || kind == TOK_AND ||
              kind == TOK_OR || kind == TOK_WHERE;
  t->binds = binds(kind, before && ends_value(before->kind));
  b->sign = is_sign(kind) && !t->binds;
  if (memchr(text.data, '\n', text.len)) l->raw_breaks = true;
  if (is_open(kind)) {
    t->mate = b->open;
    b->open = i;
  } else if (is_close(kind)) {
    uint32_t open = b->open;
    b->open = l->tokens[open].mate;
    l->tokens[open].mate = i;
    t->mate = open;
  }
}

/* The key of an entry with no comma before it. */
static bool lacks_comma(const ottl_parsed_tokens *tokens, size_t i) {
  const ottl_token *t = &tokens->items[i];
  return i && i + 1 < tokens->n && t->kind == TOK_STRING && t[1].kind == TOK_COLON && t[-1].kind != TOK_COMMA &&
         t[-1].kind != TOK_LBRACE;
}

/* Commas between the entries of maps are added, one behind the last is taken away. */
static bool read_tokens(lay *l, const ottl_parsed_tokens *tokens) {
  lay_builder b = {.l = l, .open = UINT32_MAX};
  size_t n = tokens->n;
  for (size_t i = 0; i < tokens->n; i++) n += lacks_comma(tokens, i);
  l->tokens = arena_array(l->arena, n, sizeof *l->tokens);
  if (!l->tokens) return false;
  for (size_t i = 0; i < tokens->n; i++) {
    const ottl_token *t = &tokens->items[i];
    if (t->kind == TOK_COMMA && i + 1 < tokens->n && t[1].kind == TOK_RBRACE) continue;
    if (lacks_comma(tokens, i)) push_token(&b, TOK_COMMA, VIEW(","), t[-1].begin);
    push_token(&b, t->kind, token_text(l->in->text, t), t->begin);
  }
  return true;
}

/* A comment goes before the first token behind it, or from there back to one that may begin a line. */
static void place_comments(lay *l, const ottl_parsed_tokens *tokens) {
  size_t source = 0;
  uint32_t at = 0;
  for (size_t c = 0; c < l->in->n_comments; c++) {
    uint32_t where = l->in->comments[c].at;
    while (source < tokens->n && tokens->items[source].end <= where) source++;
    if (source < tokens->n && tokens->items[source].begin < where) l->torn = true;
    while (at + 1 < l->n && l->tokens[at].begin < where) at++;
    uint32_t to = at;
    while (!l->tokens[to].starts) to--;
    if (!l->tokens[to].n_comments) l->tokens[to].comment = (uint32_t)c;
    l->tokens[to].n_comments++;
  }
  uint32_t forced = 0;
  for (uint32_t i = 0; i < l->n; i++) {
    l->tokens[i].forced = forced;
    forced += l->tokens[i].n_comments != 0;
  }
}

/* ---- printing ---- */

static void put(lay *l, ottl_view text) {
  sbuf_view(&l->out, text);
  sbuf_view(&l->plain, text);
}

/* Nothing but the indent is on the line: no other blank is ever put at the end. */
static bool at_line(const lay *l) {
  return !l->plain.len || l->plain.data[l->plain.len - 1] == ' ' || l->plain.data[l->plain.len - 1] == '\n';
}

static void put_token(lay *l, uint32_t i) {
  const lay_token *t = &l->tokens[i];
  if (t->space && !at_line(l)) {
    put(l, VIEW(" "));
    l->column++;
  }
  put(l, t->text);
  l->column += t->width;
}

static void put_flat(lay *l, uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; i++) put_token(l, i);
}

static void put_indent(lay *l, uint32_t indent) {
  static const char blanks[LAYOUT_DEEPEST] = "                                        ";
  l->column = indent < LAYOUT_DEEPEST ? indent : LAYOUT_DEEPEST;
  put(l, view_of(blanks, l->column));
}

static void put_comments(lay *l, uint32_t i, uint32_t indent) {
  const lay_token *t = &l->tokens[i];
  for (uint32_t c = 0; c < t->n_comments; c++) {
    sbuf_view(&l->out, l->in->comments[t->comment + c].text);
    put(l, VIEW("\n"));
    put_indent(l, indent);
  }
}

/* A new line, before a token. */
static void put_line(lay *l, uint32_t i, uint32_t indent) {
  put(l, VIEW("\n"));
  put_indent(l, indent);
  put_comments(l, i, indent);
}

/* ---- what fits ---- */

static bool is_forced(const lay *l, uint32_t begin, uint32_t end) { /* a comment before a token behind the first one */
  return begin + 1 < end && l->tokens[end - 1].forced + (l->tokens[end - 1].n_comments != 0) > l->tokens[begin + 1].forced;
}

static uint32_t flat_width(const lay *l, uint32_t begin, uint32_t end) {
  return begin < end ? l->tokens[end - 1].flat + l->tokens[end - 1].width - l->tokens[begin].flat : 0;
}

static bool fits(const lay *l, uint32_t begin, uint32_t end, uint32_t behind) {
  if (is_forced(l, begin, end)) return false;
  uint64_t width = (uint64_t)l->column + (l->tokens[begin].space && !at_line(l)) + flat_width(l, begin, end) + behind;
  return l->in->width == LAYOUT_ONE_LINE || width <= l->in->width;
}

/* The next token of a kind on this level; `end` when there is none. */
static uint32_t find_kind(const lay *l, uint32_t begin, uint32_t end, uint32_t kind) {
  uint32_t i = begin;
  while (i < end && l->tokens[i].kind != kind) i = is_open(l->tokens[i].kind) ? l->tokens[i].mate + 1 : i + 1;
  return i < end ? i : end;
}

static uint32_t find_operator(const lay *l, uint32_t begin, uint32_t end, uint8_t how) {
  uint32_t i = begin;
  while (i < end && l->tokens[i].binds != how) i = is_open(l->tokens[i].kind) ? l->tokens[i].mate + 1 : i + 1;
  return i < end ? i : end;
}

/* How much the operators bind that bind least on this level; 0: there are none. */
static uint8_t least_binding(const lay *l, uint32_t begin, uint32_t end) {
  uint8_t least = 0;
  for (uint32_t i = begin; i < end; i = is_open(l->tokens[i].kind) ? l->tokens[i].mate + 1 : i + 1) {
    uint8_t how = l->tokens[i].binds;
    if (how && (!least || how < least)) least = how;
  }
  return least;
}

static uint32_t find_open(const lay *l, uint32_t begin, uint32_t end) {
  while (begin < end && !is_open(l->tokens[begin].kind)) begin++;
  return begin;
}

/* Nothing is gained by breaking empty brackets, and keys without calls inside. */
static bool may_break(const lay *l, uint32_t open) {
  const lay_token *t = &l->tokens[open];
  if (is_forced(l, open, t->mate + 1)) return true;
  bool key = t->kind == TOK_LBRACK && open && ends_value(t[-1].kind);
  return t->mate > open + 1 && (!key || find_open(l, open + 1, t->mate) < t->mate);
}

/* ---- layout ---- */

static void lay_range(lay *l, uint32_t begin, uint32_t end, uint32_t indent, uint32_t deeper, uint32_t behind);

static void lay_group(lay *l, uint32_t open, uint32_t indent) {
  uint32_t close = l->tokens[open].mate, inside = indent + LAYOUT_INDENT;
  put_token(l, open);
  for (uint32_t i = open + 1, end; i < close; i = end + 1) {
    end = find_kind(l, i, close, TOK_COMMA);
    put_line(l, i, inside);
    lay_range(l, i, end, inside, 0, end < close);
    if (end < close) put_token(l, end);
  }
  put(l, VIEW("\n"));
  for (uint32_t c = 0; c < l->tokens[close].n_comments; c++) {
    put_indent(l, inside);
    sbuf_view(&l->out, l->in->comments[l->tokens[close].comment + c].text);
    put(l, VIEW("\n"));
  }
  put_indent(l, indent);
  put_token(l, close);
}

static void lay_sequence(lay *l, uint32_t begin, uint32_t end, uint32_t indent, uint32_t behind) {
  for (uint32_t i = begin; i < end;) {
    uint32_t open = find_open(l, i, end);
    put_flat(l, i, open);
    if (open == end) return;
    uint32_t close = l->tokens[open].mate, next = find_open(l, close + 1, end);
    if ((next == end ? fits(l, open, end, behind) : fits(l, open, next + 1, 0)) || !may_break(l, open))
      put_flat(l, open, close + 1);
    else
      lay_group(l, open, indent);
    i = close + 1;
  }
}

/* A name, parameters or a key: what stands before the value. */
static uint32_t value_begin(const lay *l, uint32_t begin, uint32_t end) {
  uint32_t value = begin;
  for (uint32_t i = begin; i < end; i = is_open(l->tokens[i].kind) ? l->tokens[i].mate + 1 : i + 1) {
    uint32_t kind = l->tokens[i].kind;
    if (kind == TOK_ASSIGN || kind == TOK_COLON || kind == TOK_ARROW) value = i + 1;
  }
  return value;
}

/* Operands, each on a line of its own. */
static void lay_chain(lay *l, uint32_t begin, uint32_t end, uint8_t how, uint32_t indent, uint32_t behind) {
  for (uint32_t i = begin, next; i < end; i = next) {
    bool first = i == begin;
    next = find_operator(l, first ? i : i + 1, end, how);
    if (!first) {
      put_line(l, i, indent);
      put_token(l, i);
    }
    lay_range(l, first ? i : i + 1, next, indent, LAYOUT_INDENT, next < end ? 0 : behind);
  }
}

/* indent: of lines that go on with it; deeper: how much more a chain is indented; behind: columns that have to follow on its
 * last line. */
static void lay_range(lay *l, uint32_t begin, uint32_t end, uint32_t indent, uint32_t deeper, uint32_t behind) {
  if (fits(l, begin, end, behind)) {
    put_flat(l, begin, end);
    return;
  }
  uint32_t value = value_begin(l, begin, end);
  uint8_t how = least_binding(l, value, end);
  lay_sequence(l, begin, value, indent, 0);
  if (!how || how == BINDS_CMP)
    lay_sequence(l, value, end, indent, behind);
  else
    lay_chain(l, value, end, how, indent + (value > begin || how > BINDS_CMP ? LAYOUT_INDENT : deeper), behind);
}

static void lay_all(lay *l) {
  uint32_t where = find_kind(l, 0, l->n, TOK_WHERE);
  put_comments(l, 0, 0);
  if (where == l->n || fits(l, 0, l->n, 0)) {
    lay_range(l, 0, l->n, LAYOUT_INDENT, 0, 0);
    return;
  }
  lay_range(l, 0, where, LAYOUT_INDENT, 0, 0);
  put_line(l, where, LAYOUT_INDENT);
  put_token(l, where);
  lay_range(l, where + 1, l->n, 2 * LAYOUT_INDENT, 0, 0);
}

/* ---- is it still the same? ---- */

static ottl_status print_tree(const ottl_allocator *al, ottl_parse_entry entry, ottl_view text, ottl_sbuf *out) {
  ottl_node *tree = NULL;
  ottl_arena arena; /* of its own: a tree is large */
  ottl__arena_init(&arena, al, 0);
  ottl_status status = ottl__parse(&arena, entry, text, 0, 0, NULL, &tree);
  if (status == OTTL_OK) ottl__tree_print(tree, out);
  ottl__arena_done(&arena);
  return status == OTTL_NOMEM ? status : sbuf_status(out);
}

ottl_status ottl__layout_same(const ottl_allocator *al, ottl_parse_entry entry, ottl_view a, ottl_view b, bool *ret) {
  ottl_sbuf trees[2];
  for (int i = 0; i < 2; i++) ottl__sbuf_init(&trees[i], al);
  ottl_status status = print_tree(al, entry, a, &trees[0]);
  if (status == OTTL_OK) status = print_tree(al, entry, b, &trees[1]);
  *ret = trees[0].len && view_eq(sbuf_all(&trees[0]), sbuf_all(&trees[1]));
  for (int i = 0; i < 2; i++) ottl__sbuf_done(&trees[i]);
  return status;
}

static ottl_status lay_finish(lay *l, layout_result *ret) {
  bool same = false;
  OTTL_TRY(sbuf_status(&l->out));
  OTTL_TRY(sbuf_status(&l->plain));
  OTTL_TRY(ottl__layout_same(&l->arena->al, l->in->entry, l->in->text, sbuf_all(&l->plain), &same));
  ret->left = !same;
  if (ret->left) return OTTL_OK;
  ret->raw_breaks = l->raw_breaks;
  ret->text = arena_copy(l->arena, l->out.data, l->out.len);
  return ret->text.data ? OTTL_OK : OTTL_NOMEM;
}

ottl_status ottl__layout(ottl_arena *arena, const layout_text *text, uint32_t source, ottl_diags *diags, layout_result *ret) {
  ottl_node *tree = NULL;
  ottl_parsed_tokens tokens = {0};
  lay l = {.arena = arena, .in = text};
  *ret = (layout_result){.left = true};
  OTTL_TRY(ottl__parse_tokens(arena, text->entry, text->text, source, 0, diags, &tree, &tokens));
  if (!read_tokens(&l, &tokens)) return OTTL_NOMEM;
  place_comments(&l, &tokens);
  if (l.torn) return OTTL_OK;
  ottl__sbuf_init(&l.out, &arena->al);
  ottl__sbuf_init(&l.plain, &arena->al);
  lay_all(&l);
  ottl_status status = lay_finish(&l, ret);
  ottl__sbuf_done(&l.out);
  ottl__sbuf_done(&l.plain);
  return status;
}
