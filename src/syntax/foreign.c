/* What people write who know another language: words for operators, assignments, calls behind values. Looked at when a diagnostic is
 * written; the tokens around the place tell what was meant. */
#include "syntax/foreign.h"

#include "syntax/parser.h"
#include "syntax/renamed.h"

#include <stdio.h>

#define FOREIGN_TEXT 200 /* longer operands are not repeated */

static const struct word {
  const char *word, *fix, *help;
} foreign_words[] =
    {
#define WORD(word, fix, help) {word, fix, help},
#include "foreign.def"
},
  foreign_clauses[] =
      {
#define CLAUSE(word, fix, help) {word, fix, help},
#include "foreign.def"
},
  foreign_starts[] =
      {
#define START(word, help) {word, "", help},
#include "foreign.def"
},
  foreign_values[] = {
#define VALUE(name, value) {name, value, ""},
#include "foreign.def"
};

static bool is_name(const ottl_token *t) { return t->kind == TOK_LOWER || t->kind == TOK_UPPER; }
static bool is_open(const ottl_token *t) { return t->kind == TOK_LPAREN || t->kind == TOK_LBRACK || t->kind == TOK_LBRACE; }
static bool is_close(const ottl_token *t) { return t->kind == TOK_RPAREN || t->kind == TOK_RBRACK || t->kind == TOK_RBRACE; }
static bool is_where(const ottl_token *t) { return t->kind == TOK_LOWER && view_is(t->text, "where"); }

/* A name may be several tokens, `IsMatch` is four. */
static size_t name_begin(const ottl_token *tokens, size_t i) {
  while (i && is_name(&tokens[i - 1]) && tokens[i - 1].end == tokens[i].begin) i--;
  return i;
}
static size_t name_end(const ottl_token *tokens, size_t i) {
  while (is_name(&tokens[i + 1]) && tokens[i].end == tokens[i + 1].begin) i++;
  return i;
}
static ottl_view text_of(const foreign_place *p, uint32_t begin, uint32_t end) {
  return view_of(p->source.data + begin, end - begin);
}
static ottl_view name_at(const foreign_place *p, size_t i) {
  return text_of(p, p->tokens[i].begin, p->tokens[name_end(p->tokens, i)].end);
}

static const struct word *find(const struct word *words, size_t n, ottl_view name) {
  for (size_t i = 0; i < n; i++) {
    if (ottl__name_same(words[i].word, name)) return &words[i];
  }
  return NULL;
}

const char *ottl__foreign_value(ottl_view name) {
  const struct word *w = find(foreign_values, OTTL_COUNT(foreign_values), name);
  return w ? w->fix : NULL;
}

bool ottl__is_unit(ottl_view name) {
  static const char *const units[] = {"ns", "us", "ms", "s", "m", "h"};
  for (size_t i = 0; i < OTTL_COUNT(units); i++) {
    if (view_is(name, units[i])) return true;
  }
  return false;
}

/* ---- operands ---- */

/* First token of the value before token i. */
static size_t operand_before(const foreign_place *p, size_t i) {
  size_t depth = 0;
  while (i > 0) {
    const ottl_token *t = &p->tokens[i - 1];
    if (is_close(t)) depth++;
    if (is_open(t) && depth-- == 0) break;
    bool joins = t->kind == TOK_AND || t->kind == TOK_OR || t->kind == TOK_NOT || t->kind == TOK_COMMA || t->kind == TOK_CMP ||
                 t->kind == TOK_ASSIGN || is_where(t);
    if (depth == 0 && joins) break;
    i--;
  }
  return i;
}

/* Token behind the value that begins at i. */
static size_t operand_behind(const foreign_place *p, size_t i) {
  size_t depth = 0;
  for (; p->tokens[i].kind != TOK_END; i++) {
    const ottl_token *t = &p->tokens[i];
    if (is_open(t)) depth++;
    if (is_close(t) && depth-- == 0) break;
    if (depth == 0 && (t->kind == TOK_AND || t->kind == TOK_OR || t->kind == TOK_COMMA || is_where(t))) break;
  }
  return i;
}

static ottl_view operand_text(const foreign_place *p, size_t from, size_t behind) {
  if (from >= behind) return VIEW("...");
  ottl_view text = text_of(p, p->tokens[from].begin, p->tokens[behind - 1].end);
  const char *value = is_name(&p->tokens[from]) && name_end(p->tokens, from) + 1 == behind ? ottl__foreign_value(text) : NULL;
  if (value) return view_str(value);
  return text.len <= FOREIGN_TEXT ? text : VIEW("...");
}

static void fill(ottl_sbuf *out, const char *template, ottl_view a, ottl_view b) {
  for (; *template; template ++) {
    if (*template == '$')
      sbuf_view(out, *++template == '1' ? a : b);
    else
      sbuf_byte(out, *template);
  }
}

static void help_filled(const foreign_place *p, ottl_diag_item *item, const char *template, ottl_view a, ottl_view b) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &p->c->arena->al);
  fill(&out, template, a, b);
  ottl__diag_help(item, "%.*s", VIEW_ARG(sbuf_all(&out)));
  ottl__sbuf_done(&out);
}

static void fix_filled(const foreign_place *p, ottl_diag_item *item, ottl_span span, bool negated, const char *template,
                       ottl_view a, ottl_view b) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &p->c->arena->al);
  if (negated) sbuf_str(&out, "not ");
  fill(&out, template, a, b);
  if (!out.failed) ottl__diag_fix(item, span, sbuf_all(&out));
  ottl__sbuf_done(&out);
}

/* SPEC: names may have gaps: `replace_ match(...)` is a call of replace_match. True: token i is part of such a name. */
static bool names_editor(const ottl_token *tokens, size_t i) {
  char text[64];
  size_t n = 0, k = 0;
  for (; is_name(&tokens[k]); k++) {
    if (n + tokens[k].text.len > sizeof text) return false;
    memcpy(text + n, tokens[k].text.data, tokens[k].text.len);
    n += tokens[k].text.len;
  }
  return i < k && ottl__is_editor(view_of(text, n));
}

/* `("a", "b")`, the list of SQL, as a list. */
static ottl_view in_brackets(const foreign_place *p, ottl_view list) {
  if (list.len < 2 || list.data[0] != '(' || list.data[list.len - 1] != ')') return list;
  ottl_view copy = arena_copy(p->c->arena, list.data, list.len);
  char *text = (char *)copy.data;
  if (!text) return list;
  text[0] = '[';
  text[list.len - 1] = ']';
  return copy;
}

bool ottl__foreign_word(const foreign_place *p) {
  size_t i = p->i, before = i;
  bool negated = p->tokens[i].kind == TOK_NOT && is_name(&p->tokens[i + 1]);
  if (negated) i++;
  const ottl_token *t = &p->tokens[i];
  if (!p->operation || !before || !is_name(t) || t->begin == p->tokens[i - 1].end || names_editor(p->tokens, i)) return false;
  /* Names that begin with a capital may have gaps. */
  if (is_name(&p->tokens[before - 1]) && p->tokens[name_begin(p->tokens, before - 1)].kind == TOK_UPPER) return false;
  ottl_view name = name_at(p, i);
  const struct word *w = find(foreign_words, OTTL_COUNT(foreign_words), name);
  if (!w || view_is(name, "where")) return false;
  size_t last = name_end(p->tokens, i), right = last + 1, left = operand_before(p, before);
  const char *fix = w->fix;
  if (strcmp(w->word, "is") == 0 && p->tokens[right].kind == TOK_NOT) {
    fix = "$1 != $2";
    right++;
  }
  size_t behind = operand_behind(p, right);
  ottl_view a = operand_text(p, left, before), b = operand_text(p, right, behind);
  if (strcmp(w->word, "in") == 0) b = in_brackets(p, b);
  ottl_span span = ctx_span(p->c, p->tokens[p->i].begin, p->tokens[last].end);
  ottl_diag_item *item =
      CTX_ERROR(p->c, FOREIGN_OPERATOR, span, "there is no operator `%s%.*s`", negated ? "not " : "", VIEW_ARG(name));
  help_filled(p, item, *fix && fix != w->fix ? "write `$1 != $2`" : w->help, a, b);
  bool both = strstr(fix, "$2") != NULL;
  if (!*fix || view_is(a, "...") || (both && view_is(b, "...")) || left == before) return true;
  uint32_t end = both ? p->tokens[behind - 1].end : p->tokens[last].end;
  if (negated && !strchr(fix, '(')) return true;
  fix_filled(p, item, ctx_span(p->c, p->tokens[left].begin, end), negated, fix, a, b);
  return true;
}

/* ---- statements ---- */

bool ottl__foreign_clause(const foreign_place *p, bool *ret_where) {
  const ottl_token *t = &p->tokens[p->i];
  *ret_where = false;
  if (!p->where || p->open || !is_name(t)) return false;
  ottl_view name = name_at(p, p->i);
  const struct word *w = find(foreign_clauses, OTTL_COUNT(foreign_clauses), name);
  if (!w) return false;
  ottl_span span = ctx_span(p->c, t->begin, t->begin + (uint32_t)name.len);
  ottl_diag_item *item = CTX_ERROR(p->c, UNEXPECTED_TOKEN, span, "expected `where` or the end, found `%.*s`", VIEW_ARG(name));
  ottl__diag_help(item, "%s", w->help);
  if (*w->fix) ottl__diag_fix(item, span, view_str(w->fix));
  *ret_where = *w->fix && name_end(p->tokens, p->i) == p->i; /* one token, that can be taken for `where` */
  return true;
}

/* Are these tokens a path with fields, and not a name by itself or several words? */
static bool is_path(const foreign_place *p, size_t from, size_t behind) {
  bool dotted = false;
  for (size_t i = from; i < behind; i++) {
    if (i > from && is_name(&p->tokens[i]) && p->tokens[i - 1].end < p->tokens[i].begin) return false;
    dotted |= p->tokens[i].kind == TOK_DOT || p->tokens[i].kind == TOK_LBRACK;
  }
  return dotted || behind - from > 1 || from == 0;
}

/* `path = value` up to `where`, as a call of set. from: where the path begins; at: the `=` or `to`. */
static void fix_assignment(const foreign_place *p, ottl_diag_item *item, uint32_t begin, size_t from, size_t at) {
  size_t right = at + 1 + (p->tokens[at].kind == TOK_COLON); /* `:=` */
  size_t behind = operand_behind(p, right);
  if (from >= at || behind == right) return;
  if (p->tokens[behind].kind != TOK_END && !is_where(&p->tokens[behind])) return;
  ottl_view path = operand_text(p, from, at), value = operand_text(p, right, behind);
  if (view_is(path, "...") || view_is(value, "...") || !is_path(p, from, at)) return;
  help_filled(p, item, "write `set($1, $2)`", path, value);
  fix_filled(p, item, ctx_span(p->c, begin, p->tokens[behind - 1].end), false, "set($1, $2)", path, value);
}

bool ottl__foreign_start(const foreign_place *p) {
  const ottl_token *t = p->tokens;
  if (p->c->entry != OTTL_ENTRY_STATEMENT || p->i != 1 || !is_name(&t[0]) || t[1].begin == t[0].end) return false;
  if ((!is_name(&t[1]) && t[1].kind != TOK_NOT) || names_editor(t, 1)) return false;
  const struct word *w = find(foreign_starts, OTTL_COUNT(foreign_starts), t[0].text);
  if (!w) return false;
  ottl_diag_item *item =
      CTX_ERROR(p->c, NOT_A_STATEMENT, ctx_span(p->c, t[0].begin, t[0].end), "`%s` is no statement by itself", w->word);
  ottl__diag_help(item, "%s", w->help);
  if (strcmp(w->word, "set") != 0 && strcmp(w->word, "let") != 0 && strcmp(w->word, "var") != 0) return true;
  for (size_t i = 2; t[i].kind != TOK_END; i++) {
    if (t[i].kind != TOK_ASSIGN && !(t[i].kind == TOK_LOWER && view_is(t[i].text, "to"))) continue;
    fix_assignment(p, item, t[0].begin, 1, i);
    break;
  }
  return true;
}

/* ---- single tokens ---- */

/* The function whose name is written behind a value, as in `body.startsWith("x")`. */
static bool help_method(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i];
  if (t->kind != TOK_LPAREN || p->i < 2 || !is_name(&p->tokens[p->i - 1])) return false;
  size_t name = name_begin(p->tokens, p->i - 1);
  if (name < 2 || p->tokens[name - 1].kind != TOK_DOT) return false;
  size_t left = operand_before(p, name - 1);
  ottl_view method = text_of(p, p->tokens[name].begin, t->begin);
  const char *function = ottl__function_like(method);
  ottl_view value = operand_text(p, left, name - 1);
  const struct word *word = find(foreign_words, OTTL_COUNT(foreign_words), method);
  if (word && !*word->fix && strstr(word->help, "$1")) {
    help_filled(p, item, word->help, value, VIEW("..."));
    return true;
  }
  if (function && strcmp(function, "Now") == 0 && t[1].kind == TOK_RPAREN) {
    ottl__diag_help(item, "write `Now()`");
    ottl__diag_fix(item, ctx_span(p->c, p->tokens[left].begin, t[1].end), VIEW("Now()"));
    return true;
  }
  ottl__diag_help(item, "functions stand before their arguments: `%s(%.*s, ...)`", function ? function : "Name", VIEW_ARG(value));
  return true;
}

static void remove_token(const foreign_place *p, ottl_diag_item *item, const ottl_token *t) {
  ottl__diag_fix(item, ctx_span(p->c, t->begin, t->end), VIEW(""));
}

/* `a == "x" or == "y"`: the value before the first comparison belongs before the second one. */
static bool help_half(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i];
  if (t->kind != TOK_CMP || p->i < 2 || (t[-1].kind != TOK_AND && t[-1].kind != TOK_OR)) return false;
  size_t right = operand_before(p, p->i - 1);
  if (!right || p->tokens[right - 1].kind != TOK_CMP) return false;
  ottl_view left = operand_text(p, operand_before(p, right - 1), right - 1);
  ottl__diag_help(item, "each comparison names both sides: `%.*s %.*s ...`", VIEW_ARG(left), VIEW_ARG(t->text));
  if (!view_is(left, "...")) fix_filled(p, item, ctx_span(p->c, t->begin, t->begin), false, "$1 ", left, left);
  return true;
}

static bool help_value(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  if (help_half(p, item)) return true;
  if (before && before->kind == TOK_COMMA && (is_close(t) || t->kind == TOK_COMMA)) {
    ottl__diag_help(item, "take the `,` away, or write the value behind it");
    if (t->kind != TOK_RPAREN) remove_token(p, item, before); /* a call may lack an argument */
    return true;
  }
  if (t->kind == TOK_AND || t->kind == TOK_OR) {
    ottl__diag_help(item, "`%.*s` stands between two conditions", VIEW_ARG(t->text));
    return true;
  }
  if (t->kind == TOK_SLASH) {
    ottl__diag_help(item, "a pattern is a string in double quotes, with `\\\\` for each backslash");
    return true;
  }
  if (t->kind == TOK_DOT) {
    ottl__diag_help(item, "paths do not begin with a point");
    remove_token(p, item, t);
    return true;
  }
  if (t->kind == TOK_ASSIGN || t->kind == TOK_PLUS || t->kind == TOK_MINUS || t->kind == TOK_STAR) {
    if (t->kind == TOK_STAR && before && before->kind == TOK_STAR) {
      ottl__diag_help(item, "there are no powers: write `a * a`");
      return true;
    }
    bool doubled =
        before && before->end == t->begin && (before->kind == TOK_PLUS || before->kind == TOK_MINUS || before->kind == TOK_STAR);
    if (doubled) ottl__diag_help(item, "statements write with `set`: `set(path, path + 1)`");
    return doubled;
  }
  if (before && before->kind == TOK_PLUS && is_close(t)) {
    ottl__diag_help(item, "statements write with `set`: `set(path, path + 1)`");
    return true;
  }
  return false;
}

/* Behind a complete statement. */
static bool help_ended(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i];
  if (t->kind == TOK_RPAREN && !p->open) {
    ottl__diag_help(item, "there is one `)` too many");
    remove_token(p, item, t);
    return true;
  }
  if (p->c->entry != OTTL_ENTRY_STATEMENT || p->open || !p->where || !p->i || p->tokens[p->i - 1].kind != TOK_RPAREN)
    return false;
  if (t->kind == TOK_COMMA || t->kind == TOK_LOWER)
    ottl__diag_help(item, "each statement stands by itself: on a line of its own, or an item of the list of its own");
  else
    return false;
  return true;
}

/* Units and exponents behind a number. */
static bool help_number(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  if (!before || t->kind != TOK_LOWER || (before->end != t->begin && !ottl__is_unit(t->text)) ||
      (before->kind != TOK_INT && before->kind != TOK_FLOAT))
    return false;
  ottl_view number = text_of(p, before->begin, before->end);
  if (ottl__is_unit(t->text)) {
    char text[64];
    int n = snprintf(text, sizeof text, "Duration(\"%.*s%.*s\")", number.len < 32 ? (int)number.len : 0, number.data,
                     VIEW_ARG(t->text));
    ottl__diag_help(item, "a duration is `%.*s`", n, text);
    ottl__diag_fix(item, ctx_span(p->c, before->begin, t->end), view_of(text, (size_t)n));
    return true;
  }
  if (before->kind != TOK_INT || t->text.len < 2 || t->text.data[0] != 'e') return false;
  ottl__diag_help(item, "a float has a point: `%.*s.0%.*s`", VIEW_ARG(number), VIEW_ARG(t->text));
  ottl__diag_fix(item, ctx_span(p->c, before->end, before->end), VIEW(".0"));
  return true;
}

/* Inside of `{ }`: keys without quotes, `=` for `:`. */
static bool help_map(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  bool begins = before && (before->kind == TOK_LBRACE || before->kind == TOK_COMMA);
  if (begins && t->kind == TOK_LBRACE) {
    ottl__diag_help(item, "nothing is put in between `{{` and `}}`: write the path itself");
    return true;
  }
  if (begins && is_name(t) && t[1].kind == TOK_COLON) {
    ottl__diag_help(item, "keys of a map stand in double quotes");
    ottl__diag_fix(item, ctx_span(p->c, t->begin, t->begin), VIEW("\""));
    ottl__diag_fix(item, ctx_span(p->c, t->end, t->end), VIEW("\""));
    return true;
  }
  if (before && before->kind == TOK_STRING && !p->value && !p->operation && (t->kind == TOK_ASSIGN || t->kind == TOK_ARROW)) {
    ottl__diag_help(item, "a `:` stands between key and value");
    ottl__diag_fix(item, ctx_span(p->c, t->begin, t->end), VIEW(":"));
    return true;
  }
  return false;
}

/* Marks that stand between arguments elsewhere, and keys of YAML. */
static bool help_marks(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  if (t->kind == TOK_COLON && p->i == 1 && !p->open && is_name(before)) {
    ottl__diag_help(item,
                    "this is no YAML: files whose names end in .yaml are; here each line is a statement, or `context: NAME`");
    return true;
  }
  bool named = before && p->i > 1 && is_name(before) && (t[-2].kind == TOK_LPAREN || t[-2].kind == TOK_COMMA);
  if (t->kind == TOK_COLON && p->open && p->comma && before->kind != TOK_INT) {
    ottl__diag_help(item, named ? "arguments are named with `=`" : "arguments are separated by `,`");
    ottl__diag_fix(item, ctx_span(p->c, t->begin, t->end), view_str(named ? "=" : ","));
    return true;
  }
  if (p->value && p->open && before && before->kind == TOK_MINUS && before->end == t->begin && view_is(t->text, ">")) {
    ottl__diag_help(item, "arguments are separated by `,`");
    ottl__diag_fix(item, ctx_span(p->c, before->begin, t->end), VIEW(","));
    return true;
  }
  if (t->kind == TOK_LBRACK && before && before->kind == TOK_DOT) {
    ottl__diag_help(item, "there is no point before `[`");
    remove_token(p, item, before);
    return true;
  }
  return false;
}

/* Behind the quote that closes a string: what was meant to be in it, or a mark of other languages. */
static bool help_quoted(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  if (!before || before->kind != TOK_STRING || before->end != t->begin || !is_name(t)) return false;
  bool flag = t->text.len == 1 && memchr("gimsux", t->text.data[0], 6) && t[1].kind != TOK_STRING;
  ottl__diag_help(item, flag ? "flags stand at the beginning of the pattern: `\"(?i)...\"`"
                             : "a quote inside of a string is written `\\\"`");
  return true;
}

bool ottl__foreign_help(const foreign_place *p, ottl_diag_item *item) {
  const ottl_token *t = &p->tokens[p->i], *before = p->i ? t - 1 : NULL;
  if (help_marks(p, item) || help_quoted(p, item)) return true;
  if (help_ended(p, item) || help_number(p, item) || help_map(p, item) || help_method(p, item)) return true;
  if (p->value) return help_value(p, item);
  bool colon = t->kind == TOK_COLON && t[1].kind == TOK_ASSIGN;
  bool assigns = (t->kind == TOK_ASSIGN || colon) && p->c->entry == OTTL_ENTRY_STATEMENT && !p->open && p->where && before;
  if (assigns) {
    ottl__diag_help(item, "statements write with `set`: `set(path, value)`");
    fix_assignment(p, item, p->tokens[0].begin, 0, p->i);
    return true;
  }
  if (t->kind == TOK_COMMA && !p->open) {
    ottl__diag_help(item, "conditions are joined with `and` or `or`");
    return true;
  }
  if (t->kind == TOK_COMMA && p->open && !p->comma && p->operation) {
    ottl__diag_help(item, "keys stand in brackets of their own: `[\"a\"][\"b\"]`");
    if (t[1].kind != TOK_END) ottl__diag_fix(item, ctx_span(p->c, t->begin, t[1].begin), VIEW("]["));
    return true;
  }
  if (t->kind == TOK_ARROW && p->operation) {
    ottl__diag_help(item, "write `>=`");
    ottl__diag_fix(item, ctx_span(p->c, t->begin, t->end), VIEW(">="));
    return true;
  }
  if (t->kind == TOK_COLON && p->open && before && before->kind == TOK_INT) {
    ottl__diag_help(item, "`Substring(text, start, length)` takes a part of a text");
    return true;
  }
  if (t->kind == TOK_STRING && before && before->kind == TOK_DOT) {
    ottl__diag_help(item, "`Concat([values], delimiter)` joins strings");
    return true;
  }
  if (t->kind == TOK_STRING && before && is_name(before) && before->end == t->begin) {
    ottl__diag_help(item,
                    "`Format(\"... %%v ...\", [values])` puts values into a text, `Concat([values], delimiter)` joins them");
    return true;
  }
  return false;
}
