/* Rules about codes, and the comments that make them for parts of a file:
 *
 *   # ottl: allow W0729            the next line, and lines indented deeper behind it: a statement, an item, a whole list
 *   - set(...)  # ottl: allow W0729, W0735    this line
 *   # ottl: allow-file W0733       the file */
#include "rules.h"

#include "yyjson.h"

#include <stdlib.h>
#include <string.h>

static bool rules_put(cli_rules *r, const cli_rule *rule) {
  if (r->n == r->cap) {
    size_t cap = r->cap ? 2 * r->cap : 16;
    cli_rule *items = realloc(r->items, cap * sizeof *items);
    if (!items) {
      cli_fail(CLI_INTERNAL, "out of memory");
      return false;
    }
    r->items = items;
    r->cap = cap;
  }
  r->items[r->n++] = *rule;
  return true;
}

/* Is there such a code, and can it be switched? */
static bool code_known(const char *code, const char *where) {
  ottl_status status;
  yyjson_doc *doc = cli_table("diagnostics", code, &status);
  yyjson_val *entry = yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(doc), "entries"));
  const char *severity = yyjson_get_str(yyjson_obj_get(entry, "severity"));
  bool known = severity && (strcmp(severity, "warning") == 0 || strcmp(severity, "note") == 0);
  if (!doc)
    cli_fail(CLI_INTERNAL, "out of memory");
  else if (!severity)
    cli_fail(CLI_USAGE, "%s: no code `%s`; `ottl describe diagnostics` lists them", where, code);
  else if (!known)
    cli_fail(CLI_USAGE, "%s: `%s` is an error, only warnings and notes can be switched", where, code);
  yyjson_doc_free(doc);
  return known;
}

static bool is_separator(char c) { return c == ',' || c == ' ' || c == '\t'; }

bool cli_rules_add(cli_rules *r, const char *codes, size_t len, rule_level level, const char *where) {
  for (size_t i = 0; i < len;) {
    size_t from = i;
    while (i < len && !is_separator(codes[i])) i++;
    if (i > from) {
      char word[32];
      cli_rule rule = {.level = level};
      snprintf(word, sizeof word, "%.*s", (int)(i - from < 31 ? i - from : 31), codes + from);
      if (!code_known(word, where)) return false;
      snprintf(rule.code, sizeof rule.code, "%.5s", word);
      if (rule.code[0] == 'w') rule.code[0] = 'W';
      if (!rules_put(r, &rule)) return false;
    }
    i++;
  }
  return true;
}

/* ---- comments ---- */

typedef struct rule_line {
  const char *text;
  size_t len, indent;
  bool blank, comment;
} rule_line;

static rule_line line_at(const char *text, size_t len, size_t at) {
  const char *end = memchr(text + at, '\n', len - at);
  rule_line l = {.text = text + at, .len = end ? (size_t)(end - text) - at : len - at};
  while (l.indent < l.len && (l.text[l.indent] == ' ' || l.text[l.indent] == '\t' || l.text[l.indent] == '\r')) l.indent++;
  l.blank = l.indent == l.len;
  l.comment = !l.blank && l.text[l.indent] == '#';
  return l;
}

/* What stands behind `# ottl: ` of a line; NULL: nothing. */
static const char *comment_of(const rule_line *l, size_t *ret_len) {
  static const char mark[] = "ottl:";
  for (size_t i = l->indent; i < l->len; i++) {
    if (l->text[i] != '#' || (i > l->indent && l->text[i - 1] != ' ' && l->text[i - 1] != '\t')) continue;
    size_t at = i + 1;
    while (at < l->len && l->text[at] == ' ') at++;
    if (l->len - at < sizeof mark - 1 || memcmp(l->text + at, mark, sizeof mark - 1) != 0) continue;
    at += sizeof mark - 1;
    while (at < l->len && l->text[at] == ' ') at++;
    *ret_len = l->len - at;
    return l->text + at;
  }
  return NULL;
}

/* The last line that a comment at `at`, on a line of its own, is about. */
static uint32_t last_line(const char *text, size_t len, size_t at, uint32_t number) {
  bool found = false;
  size_t indent = 0;
  uint32_t last = number;
  for (; at < len; number++) {
    rule_line l = line_at(text, len, at);
    if (!l.blank && !l.comment) {
      if (found && l.indent <= indent) return last;
      if (!found) indent = l.indent;
      found = true;
      last = number;
    }
    at += l.len + 1;
  }
  return last;
}

static bool says_conditions(const char *words, size_t len) {
  static const char word[] = "conditions";
  return len >= sizeof word - 1 && memcmp(words, word, sizeof word - 1) == 0 &&
         (len == sizeof word - 1 || words[sizeof word - 1] <= ' ');
}

bool cli_rules_conditions(const char *text, size_t len) {
  for (size_t at = 0; at < len;) {
    rule_line l = line_at(text, len, at);
    size_t words_len = 0;
    const char *words = comment_of(&l, &words_len);
    if (words && says_conditions(words, words_len)) return true;
    if (!l.blank && !l.comment) return false;
    at += l.len + 1;
  }
  return false;
}

static bool rules_comment(cli_rules *r, const char *where, const char *words, size_t len, uint32_t first, uint32_t last) {
  static const char allow[] = "allow ", whole[] = "allow-file ";
  if (says_conditions(words, len)) return true;
  bool file = len >= sizeof whole - 1 && memcmp(words, whole, sizeof whole - 1) == 0;
  if (!file && (len < sizeof allow - 1 || memcmp(words, allow, sizeof allow - 1) != 0)) {
    cli_fail(CLI_USAGE, "%s: a comment for ottl says `allow CODE`, `allow-file CODE` or `conditions`", where);
    return false;
  }
  size_t at = file ? sizeof whole - 1 : sizeof allow - 1, end = at;
  while (end < len && (is_separator(words[end]) || words[end] == 'W' || (words[end] >= '0' && words[end] <= '9'))) end++;
  size_t before = r->n;
  if (!cli_rules_add(r, words + at, end - at, RULE_ALLOW, where)) return false;
  if (r->n == before) cli_fail(0, "%s: this comment names no code", where);
  for (size_t i = before; i < r->n; i++) {
    r->items[i].first = file ? 1 : first;
    r->items[i].last = file ? UINT32_MAX : last;
  }
  return r->n > before;
}

bool cli_rules_file(cli_rules *r, const char *path, const char *text, size_t len) {
  r->n = r->n_general;
  uint32_t number = 1;
  for (size_t at = 0; at < len; number++) {
    rule_line l = line_at(text, len, at);
    size_t words_len = 0;
    const char *words = comment_of(&l, &words_len);
    at += l.len + 1;
    if (!words) continue;
    char where[600];
    snprintf(where, sizeof where, "%s:%u", path, (unsigned)number);
    uint32_t last = l.comment ? last_line(text, len, at < len ? at : len, number + 1) : number;
    if (!rules_comment(r, where, words, words_len, l.comment ? number + 1 : number, last)) return false;
  }
  return true;
}

/* ---- diagnostics ---- */

bool cli_rules_need_notes(const cli_rules *r) {
  for (size_t i = 0; i < r->n_general; i++) {
    if (r->items[i].level > RULE_ALLOW) return true; /* of warnings it costs little */
  }
  return false;
}

static bool rules_revise(void *context, ottl_diag *d) {
  const cli_rules *r = context;
  if (d->severity == OTTL_SEVERITY_ERROR) return true;
  rule_level level = RULE_NONE;
  for (size_t i = 0; i < r->n; i++) {
    const cli_rule *rule = &r->items[i];
    if (strcmp(rule->code, d->code) != 0) continue;
    if (rule->last == 0 || (d->span.line >= rule->first && d->span.line <= rule->last)) level = rule->level;
  }
  if (level == RULE_NONE) return d->severity != OTTL_SEVERITY_NOTE || r->notes || strcmp(d->code, "E0603") == 0;
  if (level != RULE_ALLOW) d->severity = level == RULE_DENY ? OTTL_SEVERITY_ERROR : OTTL_SEVERITY_WARNING;
  return level != RULE_ALLOW;
}

void cli_rules_apply(cli_rules *r, ottl_diags *diags) { ottl_diags_revise(diags, rules_revise, r); }

void cli_rules_done(cli_rules *r) { free(r->items); }
