/* Lints about patterns: those that decide nothing, regular expressions and globs taken for each other, replacements whose groups
 * are not there. Only constant patterns are looked at. */
#include "regex/ast.h"
#include "sema/sema.h"

#include <stdio.h>

enum { USE_TESTS, USE_REPLACES, USE_READS };

static const struct {
  const char *name;
  uint32_t param;
  int use;
} regex_params[] = {
#define REGEX(function, parameter, uses) {#function, parameter, USE_##uses},
#include "refine.def"
};

static const struct {
  const char *name;
  uint32_t param;
} glob_params[] = {
#define GLOB(function, parameter) {#function, parameter},
#include "refine.def"
};

static const ottl_source *source_of(const sema *s, const ottl_expr *e) {
  return s->diags ? ottl__diag_source_of(s->diags, e->source_id) : NULL;
}

/* The text of an argument that is a string literal. */
static const ottl_expr *argument_text(const ottl_expr *call, uint32_t param, ottl_view *ret) {
  if (param >= call->call->n_args) return NULL;
  const ottl_call_arg *a = &call->call->args[param];
  if (!a->expr || !ottl__sema_is_literal(a->expr, OTTL_T_STRING)) return NULL;
  *ret = cell_view(a->expr->literal);
  return a->expr;
}

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* ---- patterns that never match ---- */

/* Must the node stand at the beginning (or end) of the text? */
static bool is_bound(const rx_node *n, rx_op op) {
  if (n->op == op) return true;
  if (n->op == RX_CAPTURE && n->n_subs == 1) return is_bound(n->subs[0], op);
  for (size_t i = 0; n->op == RX_CONCAT && i < n->n_subs; i++) {
    if (is_bound(n->subs[i], op)) return true;
  }
  return false;
}

static bool matches_never(const rx_node *n, unsigned depth) {
  if (depth == 0) return false;
  bool any = false, all = n->n_subs > 0;
  switch (n->op) {
  case RX_NO_MATCH: return true;
  case RX_CAPTURE:
  case RX_PLUS: return n->n_subs == 1 && matches_never(n->subs[0], depth - 1);
  case RX_ALTERNATE:
    for (size_t i = 0; i < n->n_subs; i++) all &= matches_never(n->subs[i], depth - 1);
    return all;
  case RX_CONCAT:
    for (size_t i = 0; i < n->n_subs; i++) {
      if (matches_never(n->subs[i], depth - 1) || (any && is_bound(n->subs[i], RX_BEGIN_TEXT))) return true;
      any |= !ottl__regex_nullable(n->subs[i]); /* something stands before what follows */
    }
    any = false;
    for (size_t i = n->n_subs; i-- > 0;) {
      if (any && is_bound(n->subs[i], RX_END_TEXT)) return true;
      any |= !ottl__regex_nullable(n->subs[i]);
    }
    return false;
  default: return false;
  }
}

/* ---- tests that need no pattern ---- */

/* `target == "x"`, `HasPrefix(target, "x")`; NULL: out of memory. */
static const char *comparison_text(sema *s, const ottl_expr *call, const rx_prefilter *f) {
  const ottl_expr *target = call->call->args[0].expr;
  const ottl_source *source = source_of(s, call);
  if (!source || !target || target->end > source->text.len || target->begin >= target->end) return NULL;
  ottl_expr literal = {.kind = OTTL_E_LITERAL, .literal = cell_string(view_of(f->literal, f->literal_len))};
  ottl_sbuf out;
  ottl__sbuf_init(&out, &s->al);
  if (f->match != SHAPE_EQUAL) sbuf_str(&out, f->match == SHAPE_PREFIX ? "HasPrefix(" : "HasSuffix(");
  sbuf_put(&out, source->text.data + target->begin, target->end - target->begin);
  sbuf_str(&out, f->match == SHAPE_EQUAL ? " == " : ", ");
  ottl__expr_print(&literal, false, &out);
  if (f->match != SHAPE_EQUAL) sbuf_byte(&out, ')');
  char *copy = out.failed ? NULL : arena_text(s->arena, out.len + 1);
  if (copy) memcpy(copy, out.data, out.len);
  if (copy) copy[out.len] = 0;
  if (!copy) s->fatal = OTTL_NOMEM;
  ottl__sbuf_done(&out);
  return copy;
}

static void lint_needless(sema *s, const ottl_expr *call, const ottl_expr *pattern, const rx_prefilter *f) {
  const ottl_expr *target = call->call->args[0].expr;
  bool text = target && target->types == TYPES(STRING);
  if (!s->options->explain || f->match < SHAPE_PREFIX || (!text && f->match != SHAPE_EQUAL)) return;
  const char *instead = comparison_text(s, call, f);
  if (!instead) return;
  ottl_diag_item *d = SEMA_WARN(s, NEEDLESS_PATTERN, expr_span(pattern), "this needs no regular expression");
  ottl__diag_help(d, "write `%s`", instead);
  if (text) ottl__diag_fix(d, expr_span(call), view_str(instead));
}

/* ---- globs and regular expressions ---- */

/* Where a `*` stands that repeats what was hardly meant to be repeated, as in globs: at the end behind a literal, where a regular expression
 * says nothing more, or between two separators. replaces: what is matched matters too, so the end only behind a `/`. SIZE_MAX: nowhere. */
static size_t glob_star(ottl_view p, bool replaces) {
  size_t found = SIZE_MAX;
  if (p.len < 3) return found;
  for (size_t i = 0; i < p.len; i++) {
    if (memchr("\\^$()[]{}|+?", p.data[i], 12)) return SIZE_MAX;
    if (p.data[i] != '*') continue;
    if (i == 0) return SIZE_MAX;
    char before = p.data[i - 1];
    bool separator = memchr("/-:_", before, 4) != NULL, last = i + 1 == p.len;
    if (!separator && !(is_word(before) && last)) return SIZE_MAX;
    if (last ? !replaces || before == '/' : p.data[i + 1] == before) found = i;
  }
  return found;
}

static bool looks_like_regex(ottl_view p) {
  if (p.len < 2) return false;
  if (p.data[0] == '^' || (p.data[0] == '.' && p.data[1] == '*')) return true;
  if (p.data[p.len - 1] == '$' && p.data[p.len - 2] != '\\') return true;
  for (size_t i = 0; i + 1 < p.len; i++) {
    char a = p.data[i], b = p.data[i + 1];
    if (a == '\\' && memchr("dwsDWS", b, 6)) return true;
    if ((a == '.' || a == ']' || a == ')') && b == '+') return true;
  }
  return false;
}

static void lint_glob_for_regex(sema *s, const ottl_expr *pattern, ottl_view text, size_t star) {
  ottl_diag_item *d = SEMA_WARN(s, GLOB_AS_REGEX, expr_span(pattern), "this is a regular expression, and looks like a glob");
  uint32_t at = pattern->begin + (uint32_t)star; /* of what is repeated, behind the quote */
  if (pattern->end - pattern->begin == text.len + 2)
    ottl__diag_label(d, (ottl_span){pattern->source_id, at, at + 1}, "any number of `%c`, none too: not any text",
                     text.data[star - 1]);
  if (star + 1 == text.len)
    ottl__diag_help(d, "`.*` is any text; write `^%.*s` for what begins so", (int)(text.len - 1 < 200 ? text.len - 1 : 200),
                    text.data);
  else
    ottl__diag_help(d, "`.*` is any text, `[^%c]+` text without `%c`", text.data[star - 1], text.data[star - 1]);
}

static void lint_glob(sema *s, const ottl_expr *call, uint32_t param) {
  ottl_view text;
  const ottl_expr *pattern = argument_text(call, param, &text);
  if (!pattern || !looks_like_regex(text)) return;
  ottl_diag_item *d = SEMA_WARN(s, REGEX_AS_GLOB, expr_span(pattern), "this is a glob, and looks like a regular expression");
  bool all = strcmp(ottl__functions[call->call->function].name, "replace_all_matches") == 0;
  ottl__diag_help(d, "a glob has `*`, `?`, `[a-z]` and `{a,b}`; `%s` takes regular expressions",
                  all ? "replace_all_patterns" : "replace_pattern");
}

/* ---- replacements ---- */

static bool has_group(const ottl_regex *re, ottl_view name) {
  size_t number = 0;
  bool digits = name.len > 0 && name.len < 9;
  for (size_t i = 0; i < name.len && digits; i++) {
    digits = is_digit(name.data[i]);
    number = number * 10 + (size_t)(name.data[i] - '0');
  }
  if (digits) return number <= ottl__regex_groups(re);
  for (uint32_t g = 1; g <= ottl__regex_groups(re); g++) {
    if (view_eq(ottl__regex_group_name(re, g), name)) return true;
  }
  return false;
}

/* Where the i-th byte of a literal stands in its source: known while no escape is before it. */
static bool literal_place(const sema *s, const ottl_expr *literal, size_t at, size_t len, ottl_span *ret) {
  const ottl_source *source = source_of(s, literal);
  ottl_view text = cell_view(literal->literal);
  size_t begin = literal->begin + 1;
  if (!source || begin + at + len >= source->text.len || memcmp(source->text.data + begin, text.data, at + len) != 0)
    return false;
  *ret = (ottl_span){literal->source_id, (uint32_t)(begin + at), (uint32_t)(begin + at + len)};
  return true;
}

/* `$1_x` is a group named `1_x`: `${1}_x` was meant. */
static void replacement_braces(sema *s, ottl_diag_item *d, const ottl_expr *literal, size_t at, ottl_view name) {
  size_t digits = 0;
  char text[32];
  while (digits < name.len && is_digit(name.data[digits])) digits++;
  if (digits == 0 || digits == name.len || digits > 8) return;
  const ottl_source *source = source_of(s, literal);
  int n = snprintf(text, sizeof text, "%s${%.*s}", source && source->doubles ? "$" : "", (int)digits, name.data);
  ottl__diag_help(d, "write `%s`: the name of a group goes on as long as letters, digits and `_` do", text);
  ottl_span span;
  if (literal_place(s, literal, at, 1 + digits, &span)) ottl__diag_fix(d, span, view_of(text, (size_t)n));
}

/* `$1` at `at`; gives the length of it. */
static size_t lint_dollar(sema *s, const ottl_expr *literal, ottl_view text, size_t at, const ottl_regex *re) {
  bool braces = at + 1 < text.len && text.data[at + 1] == '{';
  size_t from = at + 1 + braces, to = from;
  while (to < text.len && is_word(text.data[to])) to++;
  if (to == from || (braces && (to == text.len || text.data[to] != '}'))) return 1;
  ottl_view name = {text.data + from, to - from};
  size_t len = to + braces - at;
  if (has_group(re, name)) return len;
  ottl_span span;
  if (!literal_place(s, literal, at, len, &span)) span = expr_span(literal);
  ottl_diag_item *d =
      SEMA_WARN(s, REPLACEMENT_GROUP, span, "the pattern has no group `%.*s`: this is always empty", VIEW_ARG(name));
  uint32_t n = ottl__regex_groups(re);
  ottl__diag_help(d, n == 0 ? "put what is meant into parentheses in the pattern" : "it has %u group%s", n, n == 1 ? "" : "s");
  if (!braces) replacement_braces(s, d, literal, at, name);
  return len;
}

/* `$$1` in a file where nothing makes `$1` of it. In a configuration it was written with four. */
static void lint_double_dollar(sema *s, const ottl_expr *literal, ottl_view text, size_t at) {
  const ottl_source *source = source_of(s, literal);
  if (!source || source->doubles || at + 2 >= text.len || !(is_digit(text.data[at + 2]) || text.data[at + 2] == '{')) return;
  ottl_span span;
  bool known = literal_place(s, literal, at, 2, &span);
  ottl_diag_item *d =
      SEMA_WARN(s, DOUBLE_DOLLAR, known ? span : expr_span(literal), "this writes a `$`, not what the group matched");
  ottl__diag_help(d, "write one `$`: only in YAML of the collector a `$` is written twice");
  if (known) ottl__diag_fix(d, span, VIEW("$"));
}

static void lint_replacement(sema *s, const ottl_expr *call, uint32_t param, const ottl_regex *re) {
  ottl_view text;
  const ottl_expr *literal = argument_text(call, param, &text);
  if (!literal) return;
  for (size_t i = 0; i < text.len;) {
    bool two = i + 1 < text.len;
    if (text.data[i] == '$' && two && text.data[i + 1] == '$') {
      lint_double_dollar(s, literal, text, i);
      i += 2;
    } else if (text.data[i] == '$') {
      i += lint_dollar(s, literal, text, i, re);
    } else {
      if (text.data[i] == '\\' && two && is_digit(text.data[i + 1]) && text.data[i + 1] != '0' && ottl__regex_groups(re) > 0) {
        ottl_diag_item *d = SEMA_WARN(s, REPLACEMENT_GROUP, expr_span(literal),
                                      "`\\%c` is no group here: it is written as it stands", text.data[i + 1]);
        ottl__diag_help(d, "write `$%c`", text.data[i + 1]);
      }
      i++;
    }
  }
}

/* ---- a pattern ---- */

static void lint_regex_tree(sema *s, const ottl_expr *call, const ottl_expr *pattern, ottl_view text, int use) {
  rx_tree tree;
  rx_prefilter filter;
  ottl_arena arena;
  ottl__arena_init(&arena, &s->al, 0);
  const char *name = ottl__functions[call->call->function].name;
  ottl_status status = ottl__regex_parse(&arena, text, &tree, NULL);
  if (status == OTTL_OK) status = ottl__regex_prefilter_init(&s->al, &tree, &filter);
  if (status == OTTL_NOMEM) s->fatal = status;
  if (status == OTTL_OK) {
    bool tests = use == USE_TESTS;
    size_t star = glob_star(text, !tests);
    if (matches_never(tree.root, 100)) {
      ottl_diag_item *d = SEMA_WARN(s, PATTERN_DECIDED, expr_span(pattern), "this pattern never matches");
      ottl__diag_help(d, "`^` is the beginning of the text and `$` its end; `\\\\^` and `\\\\$` are the characters");
    } else if (tests && filter.match == SHAPE_ALWAYS) {
      SEMA_WARN(s, PATTERN_DECIDED, expr_span(pattern), "this pattern matches every text");
    } else if (star != SIZE_MAX && (tests || use == USE_REPLACES)) {
      lint_glob_for_regex(s, pattern, text, star);
    } else if (tests && strcmp(name, "IsMatch") == 0) {
      lint_needless(s, call, pattern, &filter);
    }
    ottl__regex_prefilter_done(&s->al, &filter);
  }
  ottl__arena_done(&arena);
}

static void lint_regex(sema *s, const ottl_expr *call, uint32_t param, int use) {
  ottl_view text;
  const ottl_expr *pattern = argument_text(call, param, &text);
  if (!pattern) return;
  lint_regex_tree(s, call, pattern, text, use);
  ottl_regex *re;
  if (use != USE_REPLACES || s->fatal) return;
  ottl_status status = ottl__regex_compile(&s->al, text, &re, NULL);
  if (status == OTTL_NOMEM) s->fatal = status;
  if (status != OTTL_OK) return;
  lint_replacement(s, call, param + 1, re);
  ottl__regex_free(re);
}

void ottl__lint_patterns(sema *s, const ottl_expr *call) {
  const char *name = ottl__functions[call->call->function].name;
  for (size_t i = 0; i < OTTL_COUNT(regex_params); i++) {
    if (strcmp(regex_params[i].name, name) == 0) lint_regex(s, call, regex_params[i].param, regex_params[i].use);
  }
  for (size_t i = 0; i < OTTL_COUNT(glob_params); i++) {
    if (strcmp(glob_params[i].name, name) == 0) lint_glob(s, call, glob_params[i].param);
  }
}
