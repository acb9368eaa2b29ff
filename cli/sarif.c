/* SARIF 2.1.0, for what collects the results of checkers (code scanning, editors): one log of one run, whose rules are the codes of
 * diagnostics. It is made of what the library tells any host. */
#include "cli.h"

#include "yyjson.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cli_sarif {
  bool failed;       /* out of memory */
  yyjson_doc *codes; /* entries of the table "diagnostics" */
  yyjson_mut_doc *doc;
  yyjson_mut_val *results;
  char folder[4096]; /* where we are, with a slash at the end: absolute names below it become relative ones */
};

static const char *const levels[] = {"error", "warning", "note"}; /* by ottl_severity */

static const char *member(yyjson_val *entry, const char *key) {
  const char *text = yyjson_get_str(yyjson_obj_get(entry, key));
  return text ? text : "";
}

/* {"text": ...} */
static yyjson_mut_val *sarif_text(yyjson_mut_doc *doc, const char *text) {
  yyjson_mut_val *message = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_strcpy(doc, message, "text", text);
  return message;
}

/* UNKNOWN_PATH is UnknownPath there. */
static void sarif_rule_name(yyjson_mut_doc *doc, yyjson_mut_val *rule, const char *symbol) {
  char name[64];
  size_t n = 0;
  for (bool upper = true; *symbol && n + 1 < sizeof name; symbol++) {
    if (*symbol != '_') name[n++] = (char)(upper || *symbol < 'A' ? *symbol : *symbol + ('a' - 'A'));
    upper = *symbol == '_';
  }
  name[n] = 0;
  yyjson_mut_obj_add_strcpy(doc, rule, "name", name);
}

static void sarif_rules(cli_sarif *s, yyjson_mut_val *driver) {
  yyjson_mut_val *rules = yyjson_mut_obj_add_arr(s->doc, driver, "rules");
  yyjson_val *entries = yyjson_obj_get(yyjson_doc_get_root(s->codes), "entries"), *entry;
  size_t i, n;
  yyjson_arr_foreach(entries, i, n, entry) {
    const char *severity = member(entry, "severity");
    if (strcmp(severity, "error") != 0 && strcmp(severity, "warning") != 0 && strcmp(severity, "note") != 0) continue;
    yyjson_mut_val *rule = yyjson_mut_arr_add_obj(s->doc, rules);
    yyjson_mut_obj_add_strcpy(s->doc, rule, "id", member(entry, "name"));
    sarif_rule_name(s->doc, rule, member(entry, "symbol"));
    yyjson_mut_obj_add_val(s->doc, rule, "shortDescription", sarif_text(s->doc, member(entry, "summary")));
    if (member(entry, "why")[0])
      yyjson_mut_obj_add_val(s->doc, rule, "fullDescription", sarif_text(s->doc, member(entry, "why")));
    if (member(entry, "todo")[0]) yyjson_mut_obj_add_val(s->doc, rule, "help", sarif_text(s->doc, member(entry, "todo")));
    yyjson_mut_val *standard = yyjson_mut_obj_add_obj(s->doc, rule, "defaultConfiguration");
    yyjson_mut_obj_add_strcpy(s->doc, standard, "level", severity);
  }
}

/* The number of a code among the rules, which are the table's first entries in its order. */
static int sarif_rule_index(const cli_sarif *s, const char *code) {
  yyjson_val *entries = yyjson_obj_get(yyjson_doc_get_root(s->codes), "entries"), *entry;
  size_t i, n;
  yyjson_arr_foreach(entries, i, n, entry) {
    if (strcmp(member(entry, "name"), code) == 0) return (int)i;
  }
  return -1;
}

static void sarif_uri(cli_sarif *s, yyjson_mut_val *physical, ottl_view file) {
  static const char hex[] = "0123456789ABCDEF";
  size_t below = strlen(s->folder), n = 0;
  if (below && file.len > below && memcmp(file.data, s->folder, below) == 0)
    file = (ottl_view){file.data + below, file.len - below};
  while (file.len > 2 && file.data[0] == '.' && file.data[1] == '/') file = (ottl_view){file.data + 2, file.len - 2};
  char *uri = malloc(3 * file.len + sizeof "file://");
  yyjson_mut_val *place = yyjson_mut_obj_add_obj(s->doc, physical, "artifactLocation");
  if (!uri) {
    yyjson_mut_obj_add_str(s->doc, place, "uri", "");
    return;
  }
  if (file.len && file.data[0] == '/') n = (size_t)sprintf(uri, "file://");
  for (size_t i = 0; i < file.len; i++) {
    unsigned char c = (unsigned char)file.data[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL;
    if (!plain) uri[n++] = '%';
    if (!plain) uri[n++] = hex[c >> 4];
    uri[n++] = plain ? (char)c : hex[c & 15];
  }
  yyjson_mut_obj_add_strncpy(s->doc, place, "uri", uri, n);
  free(uri);
}

static yyjson_mut_val *sarif_region(cli_sarif *s, const ottl_diag_span *span) {
  yyjson_mut_val *region = yyjson_mut_obj(s->doc);
  yyjson_mut_obj_add_uint(s->doc, region, "startLine", span->line);
  yyjson_mut_obj_add_uint(s->doc, region, "startColumn", span->column_utf16);
  yyjson_mut_obj_add_uint(s->doc, region, "endLine", span->end_line);
  yyjson_mut_obj_add_uint(s->doc, region, "endColumn", span->end_column_utf16);
  return region;
}

/* What is not in a file has the name of a statement, if any. */
static yyjson_mut_val *sarif_location(cli_sarif *s, const ottl_diag_span *span, bool files) {
  yyjson_mut_val *location = yyjson_mut_obj(s->doc);
  if (files && span->file.len) {
    yyjson_mut_val *physical = yyjson_mut_obj_add_obj(s->doc, location, "physicalLocation");
    sarif_uri(s, physical, span->file);
    yyjson_mut_obj_add_val(s->doc, physical, "region", sarif_region(s, span));
  } else {
    yyjson_mut_val *logical = yyjson_mut_arr_add_obj(s->doc, yyjson_mut_obj_add_arr(s->doc, location, "logicalLocations"));
    yyjson_mut_obj_add_strncpy(s->doc, logical, "name", span->file.len ? span->file.data : "statement",
                               span->file.len ? span->file.len : strlen("statement"));
  }
  if (!span->text.len) return location;
  yyjson_mut_val *message = yyjson_mut_obj_add_obj(s->doc, location, "message");
  yyjson_mut_obj_add_strncpy(s->doc, message, "text", span->text.data, span->text.len);
  return location;
}

static void sarif_message(cli_sarif *s, yyjson_mut_val *result, const ottl_diag *d) {
  size_t len = d->message.len + d->help.len + sizeof "\nhelp: ", at;
  for (size_t i = 0; i < d->n_notes; i++) len += d->notes[i].len + sizeof "\nnote: ";
  char *text = malloc(len);
  yyjson_mut_val *message = yyjson_mut_obj_add_obj(s->doc, result, "message");
  if (!text) {
    yyjson_mut_obj_add_str(s->doc, message, "text", d->code);
    return;
  }
  at = (size_t)snprintf(text, len, "%.*s", (int)d->message.len, d->message.data);
  for (size_t i = 0; i < d->n_notes; i++)
    at += (size_t)snprintf(text + at, len - at, "\nnote: %.*s", (int)d->notes[i].len, d->notes[i].data);
  if (d->help.len) at += (size_t)snprintf(text + at, len - at, "\nhelp: %.*s", (int)d->help.len, d->help.data);
  yyjson_mut_obj_add_strncpy(s->doc, message, "text", text, at);
  free(text);
}

/* All replacements of a diagnostic are one correction, of one file. */
static void sarif_fix(cli_sarif *s, yyjson_mut_val *result, const ottl_diag *d) {
  yyjson_mut_val *fix = yyjson_mut_arr_add_obj(s->doc, yyjson_mut_obj_add_arr(s->doc, result, "fixes"));
  if (d->help.len) {
    yyjson_mut_val *about = yyjson_mut_obj_add_obj(s->doc, fix, "description");
    yyjson_mut_obj_add_strncpy(s->doc, about, "text", d->help.data, d->help.len);
  }
  yyjson_mut_val *change = yyjson_mut_arr_add_obj(s->doc, yyjson_mut_obj_add_arr(s->doc, fix, "artifactChanges"));
  sarif_uri(s, change, d->fixes[0].span.file);
  yyjson_mut_val *replacements = yyjson_mut_obj_add_arr(s->doc, change, "replacements");
  for (size_t i = 0; i < d->n_fixes; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(s->doc, replacements);
    yyjson_mut_obj_add_val(s->doc, one, "deletedRegion", sarif_region(s, &d->fixes[i].span));
    yyjson_mut_val *with = yyjson_mut_obj_add_obj(s->doc, one, "insertedContent");
    yyjson_mut_obj_add_strncpy(s->doc, with, "text", d->fixes[i].replacement.data, d->fixes[i].replacement.len);
  }
}

static void sarif_result(cli_sarif *s, const ottl_diag *d, bool files) {
  yyjson_mut_val *result = yyjson_mut_arr_add_obj(s->doc, s->results);
  int index = sarif_rule_index(s, d->code);
  yyjson_mut_obj_add_str(s->doc, result, "ruleId", d->code);
  if (index >= 0) yyjson_mut_obj_add_int(s->doc, result, "ruleIndex", index);
  yyjson_mut_obj_add_str(s->doc, result, "level", levels[d->severity]);
  sarif_message(s, result, d);
  yyjson_mut_arr_append(yyjson_mut_obj_add_arr(s->doc, result, "locations"), sarif_location(s, &d->span, files));
  yyjson_mut_val *related = d->n_labels ? yyjson_mut_obj_add_arr(s->doc, result, "relatedLocations") : NULL;
  for (size_t i = 0; i < d->n_labels; i++) yyjson_mut_arr_append(related, sarif_location(s, &d->labels[i], files));
  if (files && d->n_fixes && d->fixes[0].span.file.len) sarif_fix(s, result, d);
}

cli_sarif *cli_sarif_begin(void) {
  cli_sarif *s = calloc(1, sizeof *s);
  ottl_status status;
  if (!s) return NULL;
  s->codes = cli_table("diagnostics", NULL, &status);
  s->doc = cli_json_doc(&s->failed);
  if (!s->codes || !s->doc) {
    cli_sarif_end(s, NULL);
    return NULL;
  }
  if (getcwd(s->folder, sizeof s->folder - 1)) strcat(s->folder, "/");
  yyjson_mut_val *root = yyjson_mut_obj(s->doc);
  yyjson_mut_doc_set_root(s->doc, root);
  yyjson_mut_obj_add_str(s->doc, root, "$schema",
                         "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
  yyjson_mut_obj_add_str(s->doc, root, "version", "2.1.0");
  yyjson_mut_val *run = yyjson_mut_arr_add_obj(s->doc, yyjson_mut_obj_add_arr(s->doc, root, "runs"));
  yyjson_mut_val *driver = yyjson_mut_obj_add_obj(s->doc, yyjson_mut_obj_add_obj(s->doc, run, "tool"), "driver");
  yyjson_mut_obj_add_str(s->doc, driver, "name", "ottl");
  yyjson_mut_obj_add_str(s->doc, driver, "version", ottl_version());
  sarif_rules(s, driver);
  yyjson_mut_obj_add_str(s->doc, run, "columnKind", "utf16CodeUnits");
  s->results = yyjson_mut_obj_add_arr(s->doc, run, "results");
  return s;
}

void cli_sarif_add(cli_sarif *s, const ottl_diags *diags, bool files) {
  for (size_t i = 0; i < ottl_diags_count(diags); i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) == OTTL_OK) sarif_result(s, &d, files);
  }
}

/* What is no UTF-8 in the source becomes U+FFFD. */
static const yyjson_write_flag sarif_style =
    YYJSON_WRITE_PRETTY_TWO_SPACES | YYJSON_WRITE_ALLOW_INVALID_UNICODE | YYJSON_WRITE_ESCAPE_UNICODE;

bool cli_sarif_end(cli_sarif *s, FILE *to) {
  char *text = NULL;
  if (!s) return false;
  if (to && !s->failed) text = yyjson_mut_write(s->doc, sarif_style, NULL);
  if (text) fprintf(to, "%s\n", text);
  bool written = text != NULL;
  free(text);
  yyjson_doc_free(s->codes);
  yyjson_mut_doc_free(s->doc);
  free(s);
  return written;
}

/* ---- GitHub's workflow commands ---- */

static void github_put(ottl_view text, bool property) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      printf("%%%02X", c);
    else if (c >= 0x20 && c != 0x7F)
      putchar(c);
  }
}

static void github_more(const char *word, ottl_view text) {
  printf("%%0A%s: ", word);
  github_put(text, false);
}

void cli_github(const ottl_diags *diags, bool files) {
  static const char *const commands[] = {"error", "warning", "notice"};
  for (size_t i = 0; i < ottl_diags_count(diags); i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) != OTTL_OK) continue;
    printf("::%s ", commands[d.severity]);
    if (files && d.span.file.len) {
      printf("file=");
      github_put(d.span.file, true);
      printf(",line=%u,endLine=%u,", (unsigned)d.span.line, (unsigned)d.span.end_line);
      printf("col=%u,endColumn=%u,", (unsigned)d.span.column, (unsigned)d.span.end_column);
    }
    printf("title=%s::", d.code);
    github_put(d.message, false);
    for (size_t k = 0; k < d.n_notes; k++) github_more("note", d.notes[k]);
    if (d.help.len) github_more("help", d.help);
    putchar('\n');
  }
}
