/* Lints about constant arguments that say something else than they look like: formats of times as other systems write them, patterns from
 * which nothing can be taken. */
#include "regex/regex.h"
#include "sema/sema.h"

#include <string.h>

#define FORMAT_TEXT 160

typedef enum word_style { STYLE_GO, STYLE_LETTERS } word_style;

static const struct {
  word_style style;
  const char *word, *directive;
} words[] = {
#define TIMEWORD(style, word, directive) {STYLE_##style, word, directive},
#include "timewords.def"
};

static const struct {
  const char *name;
  uint32_t param;
} format_params[] = {
#define FORMAT(function, parameter) {#function, parameter},
#include "refine.def"
};

static const struct {
  const char *name;
  uint32_t param;
  bool grok;
} group_params[] = {
#define GROUPS(function, parameter, grok) {#function, parameter, grok},
#include "refine.def"
};

/* ---- formats of times ---- */

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

typedef struct format_out {
  char text[FORMAT_TEXT];
  size_t len;
  bool full;
} format_out;

static void put(format_out *o, const char *text, size_t len) {
  o->full |= o->len + len >= sizeof o->text;
  if (o->full) return;
  memcpy(o->text + o->len, text, len);
  o->text[o->len += len] = 0;
}

/* The word of another system at `at`; its index in `words`. A word of letters ends where they end. */
static size_t word_at(ottl_view text, size_t at, word_style style) {
  for (size_t i = 0; i < OTTL_COUNT(words); i++) {
    size_t len = strlen(words[i].word);
    if (words[i].style != style || text.len - at < len || memcmp(text.data + at, words[i].word, len) != 0) continue;
    char behind = at + len < text.len ? text.data[at + len] : 0;
    if (style == STYLE_LETTERS ? behind != words[i].word[len - 1] : !is_digit(behind) || len > 2) return i;
  }
  return SIZE_MAX;
}

/* The format that is meant; false: there is nothing of another system in it, or something that is not known. */
static bool format_meant(ottl_view text, word_style style, format_out *out) {
  bool found = false;
  for (size_t i = 0; i < text.len;) {
    char c = text.data[i];
    const char *quote = c == '\'' ? memchr(text.data + i + 1, '\'', text.len - i - 1) : NULL;
    size_t word = word_at(text, i, style);
    if (c == '%' && i + 1 < text.len) {
      put(out, text.data + i, 2);
      i += 2;
    } else if (quote && style == STYLE_LETTERS) {
      size_t len = (size_t)(quote - text.data) - i - 1;
      put(out, text.data + i + 1, len);
      i += len + 2;
      found |= len > 0;
    } else if (word != SIZE_MAX && !(style == STYLE_LETTERS && i > 0 && text.data[i - 1] == c)) {
      put(out, words[word].directive, 2);
      i += strlen(words[word].word);
      found = true;
    } else if ((is_letter(c) && c != 'T' && c != 'Z') || is_digit(c) || c == '"' || c == '\\') {
      return false;
    } else {
      put(out, &c, 1);
      i++;
    }
  }
  return found && !out->full && memchr(out->text, '%', out->len);
}

static bool meant_format(ottl_view text, char ret[FORMAT_TEXT]) {
  bool digits = false;
  for (size_t i = 0; i < text.len; i++) digits |= is_digit(text.data[i]);
  format_out out = {.len = 0};
  if (!format_meant(text, digits ? STYLE_GO : STYLE_LETTERS, &out)) return false;
  memcpy(ret, out.text, out.len + 1);
  return true;
}

/* Are there letters of other systems beside directives, as in `%Y-MM-dd`? One letter alone may be meant as it is. */
static bool has_letters(ottl_view text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '%') {
      i++;
      continue;
    }
    if (i > 0 && is_letter(text.data[i - 1]) && !(i > 1 && text.data[i - 2] == '%')) continue;
    size_t word = word_at(text, i, STYLE_LETTERS);
    size_t len = word == SIZE_MAX ? 0 : strlen(words[word].word);
    if (len > 1 && (i + len == text.len || !is_letter(text.data[i + len]))) return true;
  }
  return false;
}

/* `%M` where a month has to be, or `%m` where a minute; SIZE_MAX: nowhere. */
static size_t month_for_minute(ottl_view t) {
  static const char *const dates[] = {"Y-*-", "d-*-", "Y/*/", "d/*/", "d.*.", "H:*", "I:*"};
  for (size_t i = 2; i + 2 < t.len; i++) {
    if (t.data[i + 1] != '%' || (t.data[i + 2] != 'M' && t.data[i + 2] != 'm')) continue;
    for (size_t k = 0; k < OTTL_COUNT(dates); k++) {
      const char *d = dates[k];
      bool time = d[1] == ':', wrong = t.data[i + 2] == (time ? 'm' : 'M');
      if (wrong && t.data[i - 2] == '%' && t.data[i - 1] == d[0] && t.data[i] == d[1] &&
          (!d[3] || (i + 3 < t.len && t.data[i + 3] == d[3])))
        return i + 1;
    }
  }
  return SIZE_MAX;
}

static void fix_format(ottl_diag_item *d, ottl_span span, const char *meant) {
  format_out quoted = {.len = 0};
  put(&quoted, "\"", 1);
  put(&quoted, meant, strlen(meant));
  put(&quoted, "\"", 1);
  if (quoted.full) return;
  ottl__diag_help(d, "write `%s`", quoted.text);
  ottl__diag_fix(d, span, view_str(quoted.text));
}

void ottl__format_help(ottl_diag_item *d, ottl_span span, ottl_view text) {
  char meant[FORMAT_TEXT];
  if (meant_format(text, meant))
    fix_format(d, span, meant);
  else if (memchr(text.data, '%', text.len))
    ottl__diag_help(d, "what stands beside directives has no digits: add it with `Concat`");
}

static void lint_format(sema *s, ottl_span span, ottl_view text) {
  size_t at = month_for_minute(text);
  char meant[FORMAT_TEXT];
  if (at != SIZE_MAX && text.len < sizeof meant) {
    bool minute = text.data[at + 1] == 'M';
    ottl_diag_item *d = SEMA_WARN(s, TIME_FORMAT, span,
                                  minute ? "`%%M` is the minute: the month is `%%m`" : "`%%m` is the month: the minute is `%%M`");
    memcpy(meant, text.data, text.len);
    meant[text.len] = 0;
    for (size_t i = at; i != SIZE_MAX; i = month_for_minute(view_of(meant, text.len))) meant[i + 1] ^= 'm' ^ 'M';
    fix_format(d, span, meant);
    return;
  }
  bool directives = memchr(text.data, '%', text.len) != NULL;
  if (directives && !has_letters(text)) return;
  ottl_diag_item *d = SEMA_WARN(s, TIME_FORMAT, span,
                                directives ? "letters that are no directives stand for themselves"
                                           : "a time format without a directive such as `%%Y`");
  ottl__format_help(d, span, text);
}

/* ---- groups ---- */

static bool has_named_group(sema *s, ottl_view text) {
  ottl_regex *re;
  if (ottl__regex_compile(&s->al, text, &re, NULL) != OTTL_OK) return true;
  bool found = false;
  for (uint32_t g = 1; g <= ottl__regex_groups(re) && !found; g++) found = ottl__regex_group_name(re, g).len > 0;
  ottl__regex_free(re);
  return found;
}

static void lint_groups(sema *s, ottl_span span, ottl_view text, bool grok) {
  for (size_t i = 0; grok && i + 1 < text.len; i++) {
    if (text.data[i] == '%' && text.data[i + 1] == '{') return;
  }
  if (has_named_group(s, text)) return;
  ottl_diag_item *d = SEMA_WARN(s, NOTHING_EXTRACTED, span, "nothing has a name in this pattern: %s",
                                grok ? "nothing is taken from it" : "this fails on every record");
  if (grok)
    ottl__diag_help(d, "name what is wanted: `%%{NUMBER:bytes}`");
  else
    ottl__diag_help(d, "name what is wanted: `(?P<name>...)`");
}

/* ---- a call ---- */

typedef struct constant {
  ottl_view text;
  ottl_span span;
} constant;

/* The text of an argument that is a string literal. */
static bool constant_text(const ottl_expr *call, uint32_t param, constant *ret) {
  if (param >= call->call->n_args) return false;
  const ottl_call_arg *a = &call->call->args[param];
  bool literal = a->expr && ottl__sema_is_literal(a->expr, OTTL_T_STRING);
  if (!literal && !(a->is_literal && a->end > a->begin && cell_type(a->literal) == OTTL_T_STRING)) return false;
  *ret = (constant){cell_view(literal ? a->expr->literal : a->literal),
                    literal ? expr_span(a->expr) : (ottl_span){call->source_id, a->begin, a->end}};
  return true;
}

void ottl__lint_formats(sema *s, const ottl_expr *call) {
  const char *name = ottl__functions[call->call->function].name;
  constant c;
  for (size_t i = 0; i < OTTL_COUNT(format_params); i++) {
    if (strcmp(format_params[i].name, name) == 0 && constant_text(call, format_params[i].param, &c))
      lint_format(s, c.span, c.text);
  }
  for (size_t i = 0; i < OTTL_COUNT(group_params); i++) {
    if (strcmp(group_params[i].name, name) == 0 && constant_text(call, group_params[i].param, &c))
      lint_groups(s, c.span, c.text, group_params[i].grok);
  }
}
