/* What to do about calls that are refused. */
#include "sema/narrow.h"
#include "sema/sema.h"

#include "syntax/renamed.h"

#include <stdio.h>
#include <string.h>

#define HELP_TEXT 200

/* What to do about a regular expression that is none, by what Go says of it. */
static void help_pattern(ottl_diag_item *d, const char *message) {
  static const char *const helps[][2] = {
      {"missing closing ): ", "a parenthesis that is meant itself is written `\\\\(`"},
      {"unexpected ): ", "a parenthesis that is meant itself is written `\\\\)`"},
      {"missing closing ]: ", "a bracket that is meant itself is written `\\\\[`"},
      {"missing argument to repetition operator: ", "`*`, `+` and `?` repeat what is before them: any text is `.*`"},
      {"invalid nested repetition operator: ", "there are no possessive repetitions"},
      {"invalid or unsupported Perl syntax: ", "there is no looking ahead or behind; test it with a second condition"},
      {"invalid named capture: `(?<!", "there is no looking ahead or behind; test it with a second condition"},
      {"invalid named capture: `(?<=", "there is no looking ahead or behind; test it with a second condition"},
      {"at least 1 named capture group", "name what is wanted: `%{NUMBER:bytes}`"},
      {"invalid escape sequence: ", "a backslash itself is written `\\\\\\\\`; there are no references back to groups"},
  };
  for (size_t i = 0; i < OTTL_COUNT(helps); i++) {
    if (strstr(message, helps[i][0])) ottl__diag_help(d, "%s", helps[i][1]);
  }
}

/* Words of other systems for modes, where no spelling is near. */
static const char *const mode_words[][2] = {
    {"overwrite", "upsert"}, {"merge", "upsert"},  {"replace", "upsert"},
    {"add", "insert"},       {"append", "insert"}, {"always", "upsert"},
};

/* `must be either 'key' or 'value'`: the one that is meant. */
static void help_mode(sema *s, ottl_diag_item *d, const char *message, const ottl_node *v) {
  const char *from = strstr(message, "must be ");
  if (!from || !v || v->kind != NODE_STRING) return;
  char words[8][32], fix[40];
  size_t n = 0;
  sema_guess guess = ottl__guess(v->text);
  const char *mode = NULL;
  for (const char *open = strchr(from, '\''), *end; open && n < 8 && (end = strchr(open + 1, '\''));
       open = strchr(end + 1, '\'')) {
    size_t len = (size_t)(end - open - 1);
    if (!len || len >= sizeof words[0]) continue;
    memcpy(words[n], open + 1, len);
    words[n][len] = 0;
    for (size_t i = 0; i < OTTL_COUNT(mode_words); i++) {
      if (view_is(v->text, mode_words[i][0]) && strcmp(words[n], mode_words[i][1]) == 0) mode = words[n];
    }
    if (ottl__name_same(words[n], v->text)) mode = words[n];
    ottl__guess_try(&guess, words[n++]);
  }
  if (!mode) mode = guess.name;
  if (!mode) return;
  snprintf(fix, sizeof fix, "\"%s\"", mode);
  ottl__diag_help(d, "did you mean `%s`?", fix);
  ottl__diag_fix(d, sema_span(s, v), view_str(fix));
}

void ottl__call_help_refused(sema *s, ottl_diag_item *d, const char *message, const ottl_node *argument) {
  help_pattern(d, message);
  help_mode(s, d, message, argument);
  if (strstr(message, "format string should not contain decimals") && argument && argument->kind == NODE_STRING)
    ottl__format_help(d, sema_span(s, argument), argument->text);
}

void ottl__fix_around(sema *s, ottl_diag_item *d, const ottl_node *v, const char *before, const char *behind) {
  ottl__diag_fix(d, (ottl_span){s->source, v->begin, v->begin}, view_str(before));
  ottl__diag_fix(d, (ottl_span){s->source, v->end, v->end}, view_str(behind));
}

/* "1h30m": digits, then units of durations. */
static bool is_duration(ottl_view text) {
  if (!text.len || text.data[0] < '0' || text.data[0] > '9' || !memchr("smh", text.data[text.len - 1], 3)) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (!memchr("0123456789.nsuhm", text.data[i], 16)) return false;
  }
  return true;
}

static bool is_hex(ottl_view text, size_t len) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
  }
  return text.len == len;
}

static void help_from_text(sema *s, ottl_diag_item *d, ottl_types takes, const ottl_node *v, ottl_view text) {
  if (takes & TYPES(STRING)) return;
  if (takes & TYPES(DURATION)) {
    ottl__diag_help(d, "a duration is made by `Duration(\"1h30m\")`");
    if (is_duration(text)) ottl__fix_around(s, d, v, "Duration(", ")");
  } else if (takes & TYPES(TIME)) {
    ottl__diag_help(d, "a time is made by `Time(text, \"%%Y-%%m-%%dT%%H:%%M:%%SZ\")`, the format as of the text");
  } else if (takes & TYPES(TRACE_ID)) {
    ottl__diag_help(d, "an id is made of hex digits by `TraceID(\"...\")`, or by writing to `.string`");
    if (is_hex(text, 32)) ottl__fix_around(s, d, v, "TraceID(", ")");
  } else if (takes & TYPES(SPAN_ID)) {
    ottl__diag_help(d, "an id is made of hex digits by `SpanID(\"...\")`, or by writing to `.string`");
    if (is_hex(text, 16)) ottl__fix_around(s, d, v, "SpanID(", ")");
  } else if (takes & TYPES(STATUS)) {
    ottl__diag_help(d, "write to its fields: `status.code` takes `STATUS_CODE_ERROR`, `status.message` a text");
  }
}

void ottl__call_help_made(sema *s, ottl_diag_item *d, ottl_types takes, const ottl_node *v, const ottl_expr *value) {
  if (ottl__sema_is_literal(value, OTTL_T_STRING) && !v->parenthesized) {
    help_from_text(s, d, takes, v, cell_view(value->literal));
    return;
  }
  if (value->types == TYPES(INT) && (takes & TYPES(TIME)) && !(takes & TYPES(INT))) {
    ottl__diag_help(d, "a time is made of seconds by `Unix(...)`; `time_unix_nano` and its like take nanoseconds");
    ottl__fix_around(s, d, v, "Unix(", ")");
  } else if (value->types == TYPES(INT) && takes == TYPES(DOUBLE)) {
    ottl__diag_help(d, "as a double: `Double(...)`");
    ottl__fix_around(s, d, v, "Double(", ")");
  } else if ((value->types & TYPES(TIME)) && (takes & TYPES(STRING)))
    ottl__diag_help(d, "as a text: `FormatTime(time, \"%%Y-%%m-%%dT%%H:%%M:%%SZ\")`; as a number: `UnixNano(time)`");
  else if ((value->types & TYPES(DURATION)) && (takes & TYPES(DOUBLE))) {
    ottl__diag_help(d, "as a number: `Seconds(...)`, `Milliseconds(...)`");
    ottl__fix_around(s, d, v, "Seconds(", ")");
  } else if ((value->types & (TYPES(TRACE_ID) | TYPES(SPAN_ID))) && (takes & TYPES(STRING)) && value->kind == OTTL_E_PATH) {
    ottl__diag_help(d, "take its text: add `.string`");
    ottl__fix_around(s, d, v, "", ".string");
  }
}

void ottl__call_help_symbol(sema *s, const ottl_expr *path, const ottl_node *symbol) {
  ottl_diag_item *d = s->diags && s->diags->n ? s->diags->items[s->diags->n - 1] : NULL;
  if (!d || d->code != DIAG_UNKNOWN_ENUM || d->primary.span.begin != symbol->begin || !path || path->kind != OTTL_E_PATH) return;
  ottl_types takes = ottl__types_settable(path->path, path->n_kids > 0);
  if (takes & TYPES(INT)) return;
  d->n_fixes = 0;
  if (takes & TYPES(STRING)) {
    ottl__diag_help(d, "a text stands in double quotes");
    ottl__fix_around(s, d, symbol, "\"", "\"");
  } else if (takes & TYPES(STATUS))
    ottl__diag_help(d, "write to its fields: `status.code` takes `STATUS_CODE_ERROR`, `status.message` a text");
  else
    ottl__diag_help(d, "the path takes no number");
}

/* A parameter that takes a list of values. */
static bool takes_list(ottl_param_kind kind) {
  return kind == OTTL_P_GETTERS || kind == OTTL_P_STRINGS || kind == OTTL_P_SLICE_STRING || kind == OTTL_P_SLICE_STRING_LIKE ||
         kind == OTTL_P_LIT_STRINGS || kind == OTTL_P_LIST;
}

/* Arguments that were to stand in brackets: the first one, from 1, and how many. 0: it is something else. */
static uint32_t spread_of(const ottl_function *f, const ottl_node *node, uint32_t n, uint32_t *ret_many) {
  uint32_t required = 0, most = ottl__function_given(f), at = 0;
  for (uint32_t i = 0; i < most; i++) {
    required += !f->params[i].optional;
    if (!at && takes_list((ottl_param_kind)f->params[i].kind)) at = i + 1;
  }
  if (!at || n <= most || (f->params[at - 1].optional && at != most)) return 0;
  *ret_many = f->params[at - 1].optional ? n - at + 1 : n - required + 1;
  uint32_t i = 1;
  for (const ottl_node *arg = node->first; arg && arg->kind == NODE_ARG; arg = arg->next, i++) {
    if (arg->text.len || !arg->first || arg->first->kind == NODE_ERROR) return 0;
    if (i >= at && i < at + *ret_many && arg->first->kind == NODE_LIST) return 0;
  }
  return at;
}

uint32_t ottl__call_spread(const ottl_function *f, const ottl_node *node, uint32_t n) {
  uint32_t many;
  return spread_of(f, node, n, &many);
}

bool ottl__call_help_spread(sema *s, ottl_diag_item *d, const ottl_function *f, const ottl_node *node, uint32_t n) {
  uint32_t many = 0, at = spread_of(f, node, n, &many), i = 1;
  if (!at) return false;
  ottl__diag_help(d, "`%s` is one argument, a list: put the values into brackets", f->params[at - 1].name);
  const ottl_node *last = node->first;
  while (last->next && last->next->kind == NODE_ARG) last = last->next;
  if (strcmp(f->name, "Concat") == 0 && last->first->kind != NODE_STRING) { /* no delimiter was meant */
    ottl__diag_fix(d, (ottl_span){s->source, node->first->begin, node->first->begin}, VIEW("["));
    ottl__diag_fix(d, (ottl_span){s->source, last->end, last->end}, VIEW("], \"\""));
    return true;
  }
  for (const ottl_node *arg = node->first; arg && arg->kind == NODE_ARG; arg = arg->next, i++) {
    if (i == at) ottl__diag_fix(d, (ottl_span){s->source, arg->begin, arg->begin}, VIEW("["));
    if (i == at + many - 1) ottl__diag_fix(d, (ottl_span){s->source, arg->end, arg->end}, VIEW("]"));
  }
  return true;
}
