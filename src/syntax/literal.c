/* Literals of the scanner, unescaped and converted as the reference does, and its errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "syntax/lexer.h"
#include "syntax/parser.h"

static ottl_span lex_span(const ottl_lexer *lx, uint32_t begin, uint32_t end) { return (ottl_span){lx->source, begin, end}; }

/* SPEC: a string that holds a closing bracket may stand for it. Too few brackets counted are harmless: the parser counts again. */
static void lex_depth(ottl_lexer *lx, uint32_t kind, ottl_view text) {
  bool close = kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE;
  if (kind == TOK_STRING && text.len == 3) close = text.data[1] == ')' || text.data[1] == ']' || text.data[1] == '}';
  if (kind == TOK_LPAREN || kind == TOK_LBRACK || kind == TOK_LBRACE) lx->depth++;
  if (close && lx->depth) lx->depth--;
}

static ottl_token *lex_token(ottl_lexer *lx, uint32_t kind, uint32_t begin, uint32_t end) {
  ottl_tokens *out = lx->out;
  if (OTTL_UNLIKELY(out->n == out->cap) &&
      ottl__al_reserve(&lx->arena->al, &out->items, &out->cap, out->n + 1, sizeof *out->items) != OTTL_OK) {
    lx->nomem = true;
    return NULL;
  }
  ottl_token *t = &out->items[out->n++];
  *t = (ottl_token){.kind = kind, .begin = begin, .end = end, .text = view_of(lx->text + begin, end - begin)};
  lex_depth(lx, kind, t->text);
  return t;
}

void ottl__lex_push(ottl_lexer *lx, uint32_t kind, uint32_t begin, uint32_t end, int64_t integer) {
  ottl_token *t = lex_token(lx, kind, begin, end);
  if (t) t->integer = integer;
}

/* How much of a long text a message quotes. */
static int lex_quote(uint32_t begin, uint32_t end) { return end - begin > 40 ? 40 : (int)(end - begin); }

static bool lex_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/* The text of a string without escapes is the source's own; otherwise a copy. */
uint32_t ottl__lex_string(ottl_lexer *lx, uint32_t at) {
  const char *s = lx->text;
  uint32_t i = at + 1;
  bool plain = true;
  while (i < lx->len && s[i] != '"') {
    if (s[i] == '\\' && i + 1 < lx->len) i++, plain = false;
    if ((unsigned char)s[i] >= 0x80) plain = false; /* may be ill-formed */
    i++;
  }
  if (i >= lx->len) {
    lx->out->n_errors++;
    lx->out->unterminated = true;
    ottl_diag_item *d = ottl__diag_add(lx->diags, DIAG_UNTERMINATED_STRING, lex_span(lx, at, at + 1), "string is not closed");
    ottl__diag_mark(d, "the string begins here");
    /* A quote after an odd backslash at the very end is the usual reason. */
    if (lx->len - at > 2 && s[lx->len - 1] == '"' && s[lx->len - 2] == '\\')
      ottl__diag_help(d, "`\\\"` is a quote inside the string; a backslash itself is `\\\\`");
    else
      ottl__diag_help(d, "close it with `\"`");
    lex_token(lx, TOK_STRING, at, lx->len);
    return lx->len;
  }
  uint32_t end = i + 1;
  ottl_token *t = lex_token(lx, TOK_STRING, at, end);
  if (!t) return end;
  t->text = view_of(s + at + 1, i - at - 1);
  if (plain) return end;

  size_t room = t->text.len * 3 + 4; /* the worst are ill-formed bytes: one becomes three */
  char *out = arena_text(lx->arena, room);
  if (!out) {
    lx->nomem = true;
    return end;
  }
  size_t n = 0;
  for (i = at + 1; i < end - 1;) {
    uint32_t begin = i, rune = 0, digits = 0, base = 16;
    unsigned char c = (unsigned char)s[i];
    if (c != '\\') {
      i += (uint32_t)ottl__diag_rune(s + i, end - 1 - i, &rune);
    } else {
      c = (unsigned char)s[i + 1];
      i += 2;
      static const char from[] = "abfnrtv\\\"", to[] = "\a\b\f\n\r\t\v\\\"";
      const char *simple = c ? strchr(from, c) : NULL;
      if (simple) {
        rune = (unsigned char)to[simple - from];
      } else if (c == 'x' || c == 'u' || c == 'U') {
        digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      } else if (c >= '0' && c <= '7') {
        digits = 3, base = 8, i--;
      } else {
        uint32_t ignored;
        uint32_t len = 1 + (uint32_t)ottl__diag_rune(s + begin + 1, end - 1 - begin - 1, &ignored);
        i = begin + len;
        lx->out->n_errors++;
        ottl_diag_item *d;
        if (c == '\n' || c == '\r' || c == '\t')
          d = ottl__diag_add(lx->diags, DIAG_BAD_ESCAPE, lex_span(lx, begin, begin + 1), "backslash before a %s in a string",
                             c == '\t' ? "tab" : "line break");
        else
          d = ottl__diag_add(lx->diags, DIAG_BAD_ESCAPE, lex_span(lx, begin, i), "unknown escape `%.*s` in a string", (int)len,
                             s + begin);
        if (c == '\'')
          ottl__diag_help(d, "a single quote needs no backslash"), ottl__diag_fix(d, lex_span(lx, begin, begin + 1), VIEW(""));
        else {
          ottl__diag_help(d, "a backslash itself is written `\\\\`");
          ottl__diag_fix(d, lex_span(lx, begin, begin + 1), VIEW("\\\\"));
        }
        continue;
      }
      uint32_t got = 0;
      for (; got < digits && i < end - 1; got++, i++) {
        unsigned char h = (unsigned char)s[i];
        uint32_t v = 99;
        if (h >= '0' && h <= '9') v = (uint32_t)h - '0';
        if ((h | 32) >= 'a' && (h | 32) <= 'f') v = (uint32_t)(h | 32) - 'a' + 10;
        if (v >= base) break;
        rune = rune * base + v;
      }
      const char *why = NULL;
      if (got < digits)
        why = base == 8     ? "takes three octal digits"
              : digits == 2 ? "takes two hexadecimal digits"
              : digits == 4 ? "takes four hexadecimal digits"
                            : "takes eight hexadecimal digits";
      else if (base == 8 && rune > 255)
        why = "is larger than 377";
      else if (digits >= 4 && rune >= 0xD800 && rune < 0xE000)
        why = "is half of a surrogate pair: write the character itself or `\\U` with eight digits";
      else if (digits >= 4 && rune > 0x10FFFF)
        why = "is no Unicode character";
      if (why) {
        lx->out->n_errors++;
        ottl__diag_add(lx->diags, DIAG_BAD_ESCAPE, lex_span(lx, begin, i), "escape `%.*s` %s", lex_quote(begin, i), s + begin,
                       why);
        continue;
      }
    }
    if (rune < 0x80)
      out[n++] = (char)rune;
    else if (rune < 0x800)
      out[n++] = (char)(0xC0 | rune >> 6), out[n++] = (char)(0x80 | (rune & 0x3F));
    else if (rune < 0x10000)
      out[n++] = (char)(0xE0 | rune >> 12), out[n++] = (char)(0x80 | (rune >> 6 & 0x3F)), out[n++] = (char)(0x80 | (rune & 0x3F));
    else
      out[n++] = (char)(0xF0 | rune >> 18), out[n++] = (char)(0x80 | (rune >> 12 & 0x3F)),
      out[n++] = (char)(0x80 | (rune >> 6 & 0x3F)), out[n++] = (char)(0x80 | (rune & 0x3F));
  }
  arena_trim(lx->arena, out, room, n);
  t->text = view_of(out, n);
  return end;
}

uint32_t ottl__lex_foreign_string(ottl_lexer *lx, uint32_t at, uint32_t open_len, ottl_view close) {
  uint32_t i = at + open_len, line_end = lx->len;
  for (uint32_t k = i; k < lx->len; k++)
    if (lx->text[k] == '\n') {
      line_end = k;
      break;
    }
  while (i < line_end && !(line_end - i >= close.len && memcmp(lx->text + i, close.data, close.len) == 0)) i++;
  lx->out->n_errors++;
  if (i >= line_end) { /* a lone quote */
    ottl__diag_add(lx->diags, DIAG_FOREIGN_QUOTES, lex_span(lx, at, at + open_len), "strings do not stand in `%.*s`",
                   (int)open_len, lx->text + at);
    lex_token(lx, TOK_JUNK, at, at + open_len);
    return at + open_len;
  }
  uint32_t end = i + (uint32_t)close.len;
  ottl_diag_item *d = ottl__diag_add(lx->diags, DIAG_FOREIGN_QUOTES, lex_span(lx, at, end), "strings do not stand in `%.*s`",
                                     (int)open_len, lx->text + at);
  if (!memchr(lx->text + at, '"', end - at)) {
    ottl__diag_fix(d, lex_span(lx, at, at + open_len), VIEW("\""));
    ottl__diag_fix(d, lex_span(lx, i, end), VIEW("\""));
  }
  ottl_token *t = lex_token(lx, TOK_STRING, at, end);
  if (t) t->text = view_of(lx->text + at + open_len, i - at - open_len);
  return end;
}

/* SPEC: strconv.ParseInt in base 0; the pattern leaves only decimal and, with a leading zero, octal. */
void ottl__lex_int(ottl_lexer *lx, uint32_t begin, uint32_t end) {
  ottl_token *t = lex_token(lx, TOK_INT, begin, end);
  if (!t) return;
  uint64_t v = 0, base = end - begin > 1 && lx->text[begin] == '0' ? 8 : 10;
  bool range = false, octal = false;
  for (uint32_t i = begin; i < end; i++) {
    uint64_t digit = (uint64_t)(lx->text[i] - '0');
    if (digit >= base) octal = true;
    if (v > (INT64_MAX - digit) / base) range = true;
    if (!range) v = v * base + digit;
  }
  if (octal) {
    lx->out->n_errors++;
    ottl_diag_item *d = ottl__diag_add(lx->diags, DIAG_BAD_OCTAL, lex_span(lx, begin, end),
                                       "integer `%.*s` starts with 0 and is not octal", lex_quote(begin, end), lx->text + begin);
    uint32_t i = begin;
    while (i + 1 < end && lx->text[i] == '0') i++;
    ottl__diag_help(d, "leave out the leading zero");
    ottl__diag_fix(d, lex_span(lx, begin, i), VIEW(""));
  } else if (range) {
    lx->out->n_errors++;
    ottl_diag_item *d = ottl__diag_add(lx->diags, DIAG_INT_RANGE, lex_span(lx, begin, end),
                                       "integer `%.*s` does not fit into 64 bits", lex_quote(begin, end), lx->text + begin);
    ottl__diag_note(d, "integers go up to 9223372036854775807");
  }
  t->integer = octal || range ? 0 : (int64_t)v;
}

/* strtod depends on the locale for the point only: the digits go to it without one, with the exponent moved. */
void ottl__lex_float(ottl_lexer *lx, uint32_t begin, uint32_t end) {
  ottl_token *t = lex_token(lx, TOK_FLOAT, begin, end);
  size_t room = (size_t)(end - begin) + 32;
  char *digits = arena_text(lx->arena, room);
  if (!t || !digits) {
    lx->nomem = true;
    return;
  }
  size_t n = 0;
  int64_t exponent = 0, written = 0;
  bool fraction = false, negative = false;
  uint32_t i = begin;
  for (; i < end && (lx->text[i] | 32) != 'e'; i++) {
    if (lx->text[i] == '.') {
      fraction = true;
      continue;
    }
    digits[n++] = lx->text[i];
    exponent -= fraction;
  }
  for (; i < end; i++) {
    char c = lx->text[i];
    if (c == '-') negative = true;
    if (c >= '0' && c <= '9' && written < 100000000) written = written * 10 + (c - '0');
  }
  snprintf(digits + n, room - n, "e%lld", (long long)(exponent + (negative ? -written : written)));
  t->number = strtod(digits, NULL);
  arena_trim(lx->arena, digits, room, 0);
  if (isinf(t->number)) {
    t->number = 0;
    lx->out->n_errors++;
    ottl__diag_add(lx->diags, DIAG_FLOAT_RANGE, lex_span(lx, begin, end), "float `%.*s` is too large", lex_quote(begin, end),
                   lx->text + begin);
  }
}

static char lex_nibble(char c) { return (char)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10); }

void ottl__lex_bytes(ottl_lexer *lx, uint32_t begin, uint32_t end) {
  ottl_token *t = lex_token(lx, TOK_BYTES, begin, end);
  if (!t) return;
  uint32_t n = (end - begin - 2) / 2;
  char *bytes = arena_text(lx->arena, n);
  if (!bytes) {
    lx->nomem = true;
    return;
  }
  for (uint32_t i = 0; i < n; i++)
    bytes[i] = (char)(lex_nibble(lx->text[begin + 2 + 2 * i]) << 4 | lex_nibble(lx->text[begin + 3 + 2 * i]));
  t->text = view_of(bytes, n);
  if ((end - begin) % 2) {
    lx->out->n_errors++;
    ottl_diag_item *d =
        ottl__diag_add(lx->diags, DIAG_ODD_HEX, lex_span(lx, begin, end), "byte literal `%.*s` has an odd number of digits",
                       lex_quote(begin, end), lx->text + begin);
    ottl__diag_help(d, "two digits make a byte");
  }
}

void ottl__lex_foreign(ottl_lexer *lx, uint32_t kind, uint32_t begin, uint32_t end, const char *instead) {
  lx->out->n_errors++;
  ottl_diag_item *d = ottl__diag_add(lx->diags, DIAG_FOREIGN_OPERATOR, lex_span(lx, begin, end), "there is no operator `%.*s`",
                                     (int)(end - begin), lx->text + begin);
  if (instead) {
    ottl_view word = view_str(instead);
    while (word.len && word.data[word.len - 1] == ' ') word.len--;
    ottl__diag_help(d, "write `%.*s`", VIEW_ARG(word));
    ottl__diag_fix(d, lex_span(lx, begin, end), view_str(instead));
  } else if (end - begin == 2)
    ottl__diag_help(d, "`IsMatch(value, \"pattern\")` matches a regular expression");
  else if (lx->text[begin] == '%')
    ottl__diag_help(d, "the remainder of ints is `a - a / b * b`; the probabilistic sampler processor takes samples");
  else
    ottl__diag_help(d, "arithmetic has `+`, `-`, `*` and `/`");
  lex_token(lx, kind, begin, end);
}

uint32_t ottl__lex_comment(ottl_lexer *lx, uint32_t begin, bool block) {
  uint32_t i = begin;
  if (block) {
    for (i += 2; i < lx->len && !(lx->text[i] == '*' && i + 1 < lx->len && lx->text[i + 1] == '/');) i++;
    i = lx->len - i < 2 ? lx->len : i + 2;
  } else
    while (i < lx->len && lx->text[i] != '\n') i++;
  lx->out->n_errors++;
  ottl__diag_add(lx->diags, DIAG_FOREIGN_COMMENT, lex_span(lx, begin, i), "a comment cannot stand here");
  lx->out->unterminated = true; /* what is missing behind it is no second mistake */
  return i;
}

/* Takes a whole run of what belongs together, so that one mistake gives one message. */
uint32_t ottl__lex_junk(ottl_lexer *lx, uint32_t begin) {
  const char *s = lx->text;
  unsigned char c = (unsigned char)s[begin];
  uint32_t end = begin + 1;
  lx->out->n_errors++;
  ottl_diag_item *d;
  if (c == '_') {
    while (end < lx->len && lex_word(s[end])) end++;
    d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end), "names cannot start with `_`");
    if (begin && s[begin - 1] >= '0' && s[begin - 1] <= '9') {
      ottl__diag_help(d, "digits stand next to each other");
      ottl__diag_fix(d, lex_span(lx, begin, begin + 1), VIEW(""));
    }
  } else if (c >= 0x80) {
    uint32_t rune;
    end = begin + (uint32_t)ottl__diag_rune(s + begin, lx->len - begin, &rune);
    if (rune == 0xFEFF)
      d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end), "byte order mark in the text");
    else if (rune == 0xA0 || rune == 0x3000 || rune == 0x200B || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x85)
      d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end), "unusual white space U+%04X",
                         (unsigned)rune);
    else {
      while (end < lx->len && ((unsigned char)s[end] >= 0x80)) end++;
      d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end),
                         "unexpected character%s `%.*s` outside a string", end - begin > 4 ? "s" : "", lex_quote(begin, end),
                         s + begin);
    }
  } else if (c < 0x20 || c == 0x7F) {
    d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end), "unexpected control character U+%04X", c);
  } else {
    while (c == '?' && end < lx->len && s[end] == '?') end++;
    d = ottl__diag_add(lx->diags, DIAG_UNEXPECTED_CHARACTER, lex_span(lx, begin, end), "unexpected character `%c`", c);
    if (c == ';') ottl__diag_help(d, "statements are not ended by anything; each stands by itself");
    if (c == '~') ottl__diag_help(d, "`IsMatch(value, \"pattern\")` matches a regular expression");
    if (c == '$') {
      if (end < lx->len && s[end] == '{')
        ottl__diag_help(d, "variables are put in by configurations of the collector alone: `\"${env:NAME}\"`");
      else
        ottl__diag_help(d, "paths are written without a sign before them");
      if (end < lx->len && lex_word(s[end])) ottl__diag_fix(d, lex_span(lx, begin, end), VIEW(""));
    }
    if (c == '?' && end < lx->len && s[end] == '.')
      ottl__diag_help(d, "what is not there reads as nil: `attributes[\"a\"][\"b\"]`");
    else if (c == '?')
      ottl__diag_help(d, end - begin > 1
                             ? "the first value that is not nil: `Coalesce([a, b])`"
                             : "one statement for each case, with `where`; or the experimental `When(() => condition, a, b)`");
    if (c == '&') {
      ottl__diag_help(d, "write `and`");
      ottl__diag_fix(d, lex_span(lx, begin, end), VIEW("and"));
    }
    if (c == '|') ottl__diag_help(d, "functions stand inside one another: `Outer(Inner(value))`");
    if (c == '@') ottl__diag_help(d, "fields are paths, such as `log.time`; attributes are `log.attributes[\"@timestamp\"]`");
    if (c == '\\') ottl__diag_help(d, "a pattern is a string in double quotes, with `\\\\` for each backslash");
  }
  lex_token(lx, TOK_JUNK, begin, end);
  return end;
}
