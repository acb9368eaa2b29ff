/* `.ottl.toml`: as much of TOML as settings need, and an error for the rest: comments, tables, keys that are bare, and as values strings on one
 * line, booleans and lists of strings.
 *
 *   [lint]
 *   allow = ["W0733"]
 *   warn = ["W0715"]
 *   deny = ["W0729"]
 *   strict = true
 *   may-fail = false
 *   compat = "v0.130" */
#include "rules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTINGS_MOST 65536 /* bytes of a file */

typedef struct toml {
  const char *path, *text;
  size_t len, at;
  unsigned line;
  bool failed;
} toml;

static void toml_fail(toml *t, const char *what) {
  if (!t->failed) cli_fail(CLI_USAGE, "%s:%u: %s", t->path, t->line, what);
  t->failed = true;
}

static char toml_peek(const toml *t) { return t->at < t->len ? t->text[t->at] : 0; }

static void toml_blanks(toml *t) {
  while (toml_peek(t) == ' ' || toml_peek(t) == '\t' || toml_peek(t) == '\r') t->at++;
}

static void toml_comment(toml *t) {
  toml_blanks(t);
  if (toml_peek(t) == '#')
    while (t->at < t->len && t->text[t->at] != '\n') t->at++;
}

/* Blanks, comments and ends of lines, as between the items of a list. */
static void toml_lines(toml *t) {
  for (;;) {
    toml_comment(t);
    if (t->at >= t->len || t->text[t->at] != '\n') return;
    t->at++;
    t->line++;
  }
}

/* Nothing more stands on the line. */
static void toml_end(toml *t) {
  toml_comment(t);
  if (t->at < t->len && t->text[t->at] != '\n') toml_fail(t, "nothing may stand behind a value but a comment");
}

static bool toml_is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void toml_name(toml *t, char *ret, size_t size) {
  size_t n = 0;
  toml_blanks(t);
  while (toml_is_bare(toml_peek(t))) {
    if (n + 1 < size) ret[n++] = toml_peek(t);
    t->at++;
  }
  ret[n] = 0;
  if (n == 0) toml_fail(t, "a name is wanted here: letters, digits, `-` and `_`");
}

/* "..." without escapes, or '...'. */
static const char *toml_string(toml *t, size_t *ret_len) {
  char quote = toml_peek(t);
  const char *begin = t->text + t->at + 1;
  *ret_len = 0;
  if (quote != '"' && quote != '\'') {
    toml_fail(t, "a string is wanted here");
    return "";
  }
  for (t->at++; t->at < t->len && t->text[t->at] != quote; t->at++) {
    if (t->text[t->at] == '\n' || (quote == '"' && t->text[t->at] == '\\')) {
      toml_fail(t, "strings stand on one line, and have no escapes here");
      return "";
    }
  }
  *ret_len = (size_t)(t->text + t->at - begin);
  if (t->at == t->len) toml_fail(t, "a string is not closed");
  t->at++;
  return begin;
}

static void toml_codes(toml *t, cli_rules *rules, rule_level level) {
  char where[300];
  size_t len;
  toml_blanks(t);
  bool list = toml_peek(t) == '[';
  if (list) t->at++;
  while (!t->failed) {
    if (list) toml_lines(t);
    if (list && toml_peek(t) == ']') break;
    const char *code = toml_string(t, &len);
    snprintf(where, sizeof where, "%.250s:%u", t->path, t->line);
    if (!t->failed && !cli_rules_add(rules, code, len, level, where)) t->failed = true;
    if (!list) return;
    toml_lines(t);
    if (toml_peek(t) == ',')
      t->at++;
    else if (toml_peek(t) != ']')
      toml_fail(t, "`,` or `]` is wanted here");
  }
  t->at++;
}

static bool toml_bool(toml *t) {
  char word[8];
  toml_name(t, word, sizeof word);
  if (strcmp(word, "true") != 0 && strcmp(word, "false") != 0) toml_fail(t, "`true` or `false` is wanted here");
  return word[0] == 't';
}

static size_t toml_version(toml *t) {
  size_t len = 0, version = 0;
  toml_blanks(t);
  const char *text = toml_string(t, &len);
  char word[16];
  snprintf(word, sizeof word, "%.*s", (int)(len < 15 ? len : 15), t->failed ? "" : text);
  if (!t->failed && !cli_version_number(word, &version)) toml_fail(t, "a version such as \"v0.130\" is wanted here");
  return version;
}

static void toml_pair(toml *t, cli_rules *rules) {
  static const struct {
    const char *key;
    rule_level level;
  } levels[] = {{"allow", RULE_ALLOW}, {"warn", RULE_WARN}, {"deny", RULE_DENY}};
  char key[32];
  toml_name(t, key, sizeof key);
  toml_blanks(t);
  if (toml_peek(t) != '=') toml_fail(t, "`=` is wanted here");
  if (t->failed) return;
  t->at++;
  for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
    if (strcmp(key, levels[i].key) != 0) continue;
    toml_codes(t, rules, levels[i].level);
    return;
  }
  if (strcmp(key, "strict") == 0)
    rules->strict = toml_bool(t);
  else if (strcmp(key, "may-fail") == 0)
    rules->may_fail = toml_bool(t);
  else if (strcmp(key, "compat") == 0)
    rules->compat = toml_version(t);
  else
    toml_fail(t, "no such key: [lint] has allow, warn, deny, strict, may-fail and compat");
}

static bool settings_parse(const char *path, const char *text, size_t len, cli_rules *rules) {
  toml t = {.path = path, .text = text, .len = len, .line = 1};
  bool table = false;
  for (toml_lines(&t); t.at < t.len && !t.failed; toml_lines(&t)) {
    if (toml_peek(&t) == '[') {
      char name[32];
      t.at++;
      toml_name(&t, name, sizeof name);
      toml_blanks(&t);
      table = strcmp(name, "lint") == 0;
      if (!t.failed && (!table || toml_peek(&t) != ']')) toml_fail(&t, "no such table: there is [lint]");
      t.at++;
    } else if (table) {
      toml_pair(&t, rules);
    } else {
      toml_fail(&t, "keys belong to the table [lint]");
    }
    if (!t.failed) toml_end(&t);
  }
  return !t.failed;
}

#define SETTINGS_PATH 4096

/* The nearest one, from the folder upwards; NULL: from this one. The caller frees; NULL: none. */
static char *settings_find(const char *folder) {
  static const char name[] = "/.ottl.toml";
  char *path = malloc(SETTINGS_PATH + sizeof name);
  bool here = !folder;
  bool known = path && (folder ? strlen(folder) < SETTINGS_PATH && folder[0] == '/' : getcwd(path, SETTINGS_PATH) != NULL);
  if (!known) {
    free(path);
    return NULL;
  }
  if (folder) strcpy(path, folder);
  for (char *end = path + strlen(path);; end = strrchr(path, '/')) {
    if (end == path + 1) end = path; /* the root */
    strcpy(end, name);
    if (access(path, R_OK) == 0) {
      if (here) strcpy(path, name + 1); /* shorter in what is told of it */
      return path;
    }
    here = false;
    *end = 0;
    if (end == path) break;
  }
  free(path);
  return NULL;
}

bool cli_settings_read(const char *path, const char *folder, cli_rules *rules) {
  char *found = path ? NULL : settings_find(folder), *text = NULL;
  size_t len = 0;
  bool good = true;
  if (path || found) {
    const char *file = path ? path : found;
    good = cli_file_text(file, "settings", &text, &len) == CLI_OK;
    if (good && len > SETTINGS_MOST) {
      cli_fail(CLI_USAGE, "%s is too large for settings", file);
      good = false;
    }
    good = good && settings_parse(file, text ? text : "", len, rules);
  }
  free(text);
  free(found);
  return good;
}
