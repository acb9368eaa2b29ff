/* Diagnostics as `ottl check` tells them, with settings and comments; corrections; formatting. */
#include "checking.h"
#include "lsp.h"

#include <stdlib.h>
#include <string.h>

#define TELL_MOST 1000 /* diagnostics of a document */

/* ---- diagnostics ---- */

typedef struct tell_job {
  lsp_server *s;
  lsp_document *d;
  yyjson_mut_doc *doc;
  yyjson_mut_val *list;
  cli_rules rules;
} tell_job;

static yyjson_mut_val *span_range(tell_job *j, const ottl_diag_span *span) {
  size_t begin = lsp_place(j->d, span->line, span->column), end = lsp_place(j->d, span->end_line, span->end_column);
  return lsp_range(j->s, j->d, j->doc, begin, end > begin ? end : begin);
}

/* The message with what helps, since an editor shows nothing else. */
static yyjson_mut_val *message_of(tell_job *j, const ottl_diag *d) {
  size_t len = d->message.len + d->span.text.len + d->help.len + 32;
  for (size_t i = 0; i < d->n_notes; i++) len += d->notes[i].len + 8;
  char *text = malloc(len);
  if (!text) {
    lsp_doc_lose(j->doc);
    return NULL;
  }
  size_t n = (size_t)snprintf(text, len, "%.*s", (int)d->message.len, d->message.data);
  for (size_t i = 0; i < d->n_notes; i++)
    n += (size_t)snprintf(text + n, len - n, "\nnote: %.*s", (int)d->notes[i].len, d->notes[i].data);
  if (d->help.len) n += (size_t)snprintf(text + n, len - n, "\nhelp: %.*s", (int)d->help.len, d->help.data);
  yyjson_mut_val *val = lsp_text(j->doc, (ottl_view){text, n});
  free(text);
  return val;
}

static void add_related(tell_job *j, yyjson_mut_val *diagnostic, const ottl_diag *d) {
  if (!d->n_labels) return;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(j->doc, diagnostic, "relatedInformation");
  for (size_t i = 0; i < d->n_labels; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(j->doc, list);
    yyjson_mut_val *location = yyjson_mut_obj_add_obj(j->doc, one, "location");
    yyjson_mut_obj_add_strcpy(j->doc, location, "uri", j->d->uri);
    yyjson_mut_obj_add_val(j->doc, location, "range", span_range(j, &d->labels[i]));
    yyjson_mut_obj_add_val(j->doc, one, "message", lsp_text(j->doc, d->labels[i].text));
  }
}

/* Corrections go along as data, from where lsp_actions takes them. */
static void add_fixes(tell_job *j, yyjson_mut_val *diagnostic, const ottl_diag *d) {
  if (!d->n_fixes) return;
  yyjson_mut_val *data = yyjson_mut_obj_add_obj(j->doc, diagnostic, "data");
  ottl_view title = d->help.len ? d->help : (ottl_view){"correct it", 10};
  yyjson_mut_obj_add_val(j->doc, data, "title", lsp_text(j->doc, title));
  yyjson_mut_val *edits = yyjson_mut_obj_add_arr(j->doc, data, "edits");
  for (size_t i = 0; i < d->n_fixes; i++) {
    yyjson_mut_val *edit = yyjson_mut_arr_add_obj(j->doc, edits);
    yyjson_mut_obj_add_val(j->doc, edit, "range", span_range(j, &d->fixes[i].span));
    yyjson_mut_obj_add_val(j->doc, edit, "newText", lsp_text(j->doc, d->fixes[i].replacement));
  }
}

static void add_diagnostic(tell_job *j, const ottl_diag *d) {
  static const int severities[] = {1, 2, 3}; /* a note is information */
  if (yyjson_mut_arr_size(j->list) >= TELL_MOST) return;
  yyjson_mut_val *diagnostic = yyjson_mut_arr_add_obj(j->doc, j->list);
  yyjson_mut_obj_add_val(j->doc, diagnostic, "range", span_range(j, &d->span));
  yyjson_mut_obj_add_int(j->doc, diagnostic, "severity", severities[d->severity]);
  yyjson_mut_obj_add_str(j->doc, diagnostic, "code", d->code); /* of the library's table: it lives on */
  yyjson_mut_obj_add_str(j->doc, diagnostic, "source", "ottl");
  yyjson_mut_obj_add_val(j->doc, diagnostic, "message", message_of(j, d));
  add_related(j, diagnostic, d);
  add_fixes(j, diagnostic, d);
}

/* Of a configuration that several processors share (an alias), the same is told once. */
static bool is_told(const tell_job *j, const ottl_diag *d) {
  size_t i, n;
  yyjson_mut_val *old;
  size_t offset = lsp_place(j->d, d->span.line, d->span.column), line = lsp_line_of(j->d, offset);
  size_t units = lsp_units(j->s, j->d, lsp_line_begin(j->d, line), offset);
  yyjson_mut_arr_foreach(j->list, i, n, old) {
    yyjson_mut_val *start = yyjson_mut_obj_get(yyjson_mut_obj_get(old, "range"), "start");
    const char *code = yyjson_mut_get_str(yyjson_mut_obj_get(old, "code")); /* NULL: there was no memory for it */
    if (code && strcmp(code, d->code) == 0 && yyjson_mut_get_uint(yyjson_mut_obj_get(start, "line")) == line &&
        yyjson_mut_get_uint(yyjson_mut_obj_get(start, "character")) == units)
      return true;
  }
  return false;
}

static int tell_program(void *context, const char *name, ottl_status status, ottl_diags *diags, bool again) {
  tell_job *j = context;
  (void)name, (void)again;
  if (status == OTTL_NOMEM) lsp_doc_lose(j->doc);
  cli_rules_apply(&j->rules, diags);
  for (size_t i = 0; i < ottl_diags_count(diags); i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) == OTTL_OK && !is_told(j, &d)) add_diagnostic(j, &d);
  }
  return CLI_OK;
}

/* What settings or a comment are wrong about, on the line that it names. */
static void add_complaint(tell_job *j, const char *said) {
  if (!said) return;
  const char *text = strncmp(said, "ottl: ", 6) == 0 ? said + 6 : said;
  size_t len = strcspn(text, "\n"), line = 0, name = strlen(j->d->path ? j->d->path : j->d->uri);
  if (len > name && strncmp(text, j->d->path ? j->d->path : j->d->uri, name) == 0 && text[name] == ':') {
    char *behind;
    line = (size_t)strtoul(text + name + 1, &behind, 10);
    if (line) line--;
    if (strncmp(behind, ": ", 2) == 0) len -= (size_t)(behind + 2 - text), text = behind + 2;
  }
  yyjson_mut_val *diagnostic = yyjson_mut_arr_add_obj(j->doc, j->list);
  size_t begin = lsp_line_begin(j->d, line);
  yyjson_mut_obj_add_val(j->doc, diagnostic, "range", lsp_range(j->s, j->d, j->doc, begin, lsp_line_begin(j->d, line + 1)));
  yyjson_mut_obj_add_int(j->doc, diagnostic, "severity", 1);
  yyjson_mut_obj_add_str(j->doc, diagnostic, "source", "ottl");
  yyjson_mut_obj_add_val(j->doc, diagnostic, "message", lsp_text(j->doc, (ottl_view){text, len}));
}

/* Settings are those of the file's folder. What is wrong with them, or with a comment, is said. */
static void read_rules(tell_job *j) {
  char *folder = j->d->path ? strdup(j->d->path) : j->s->root ? strdup(j->s->root) : NULL;
  char *slash = folder && j->d->path ? strrchr(folder, '/') : NULL;
  if (slash) slash[slash == folder] = 0;
  if (folder)
    (void)cli_settings_read(NULL, folder, &j->rules);
  else if (j->d->path || j->s->root)
    lsp_doc_lose(j->doc);
  free(folder);
  j->rules.n_general = j->rules.n;
  j->rules.notes = j->rules.may_fail || j->s->may_fail;
  const char *name = j->d->path ? j->d->path : j->d->uri;
  (void)cli_rules_file(&j->rules, name, j->d->text, j->d->len);
}

/* Is a YAML file one of a collector? Others are nothing to us, and need not even be YAML (templates). */
static bool is_collector(const lsp_document *d) {
  static const char *const keys[] = {"processors:", "connectors:", "receivers:", "{\n", "{\r", "{\""};
  for (size_t at = 0; at < d->len;) {
    const char *line = d->text + at, *newline = memchr(line, '\n', d->len - at);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
      if (strncmp(line, keys[k], strlen(keys[k])) == 0) return true;
    }
    at = newline ? (size_t)(newline - d->text) + 1 : d->len;
  }
  return false;
}

static void find_diagnostics(tell_job *j) {
  lsp_document *d = j->d;
  cli_capture capture;
  cli_capture_begin(&capture);
  read_rules(j);
  cli_checking checking = {.explain = j->rules.notes || cli_rules_need_notes(&j->rules),
                           .experimental = j->s->experimental,
                           .compat = (uint32_t)(j->s->compat ? j->s->compat : j->rules.compat),
                           .conditions = lsp_holds_conditions(d),
                           .told = tell_program,
                           .context = j};
  int status = CLI_OK;
  if (!d->yaml)
    status = cli_check_text(&checking, d->uri, d->text, d->len);
  else if (is_collector(d))
    status = cli_check_config(&checking, d->uri, d->text, d->len);
  if (status == CLI_INTERNAL) lsp_doc_lose(j->doc);
  char *said = cli_capture_end(&capture);
  add_complaint(j, said);
  free(said);
}

static void publish(const lsp_document *d, yyjson_mut_val *list, bool version) {
  yyjson_mut_val *params;
  yyjson_mut_doc *doc = lsp_notification("textDocument/publishDiagnostics", &params);
  yyjson_mut_obj_add_strcpy(doc, params, "uri", d->uri);
  if (version) yyjson_mut_obj_add_int(doc, params, "version", d->version);
  yyjson_mut_obj_add_val(doc, params, "diagnostics", list ? yyjson_mut_val_mut_copy(doc, list) : yyjson_mut_arr(doc));
  lsp_tell(doc);
}

void lsp_publish_none(const lsp_document *d) { publish(d, NULL, false); }

void lsp_publish(lsp_server *s, lsp_document *d) {
  tell_job j = {.s = s, .d = d, .doc = lsp_lines(d) ? lsp_doc_new() : NULL};
  d->stale = false;
  lsp_doc_free(d->told);
  d->told = j.doc;
  if (!j.doc) return;
  j.list = yyjson_mut_arr(j.doc);
  yyjson_mut_doc_set_root(j.doc, j.list);
  find_diagnostics(&j);
  cli_rules_done(&j.rules);
  if (lsp_doc_is_whole(j.doc)) {
    publish(d, j.list, true);
    return;
  }
  cli_fail(0, "%s: out of memory for its diagnostics", d->uri);
  lsp_doc_free(d->told);
  d->told = NULL;
}

/* ---- corrections ---- */

static size_t start_offset(const lsp_server *s, lsp_document *d, yyjson_mut_val *range, const char *end) {
  yyjson_mut_val *position = yyjson_mut_obj_get(range, end);
  return lsp_offset_at(s, d, yyjson_mut_get_uint(yyjson_mut_obj_get(position, "line")),
                       yyjson_mut_get_uint(yyjson_mut_obj_get(position, "character")));
}

/* {"title", "kind", "diagnostics": [...], "edit": {"changes": {uri: edits}}} */
static void add_action(const lsp_document *d, yyjson_mut_doc *doc, yyjson_mut_val *list, yyjson_mut_val *diagnostic,
                       yyjson_mut_val *title, yyjson_mut_val *edits, bool preferred) {
  yyjson_mut_val *action = yyjson_mut_arr_add_obj(doc, list);
  yyjson_mut_obj_add_val(doc, action, "title", title);
  yyjson_mut_obj_add_str(doc, action, "kind", "quickfix");
  if (preferred) yyjson_mut_obj_add_bool(doc, action, "isPreferred", true);
  yyjson_mut_val *told = yyjson_mut_obj_add_arr(doc, action, "diagnostics");
  yyjson_mut_arr_append(told, yyjson_mut_val_mut_copy(doc, diagnostic));
  yyjson_mut_val *changes = yyjson_mut_obj_add_obj(doc, yyjson_mut_obj_add_obj(doc, action, "edit"), "changes");
  yyjson_mut_obj_add(changes, yyjson_mut_strcpy(doc, d->uri), edits);
}

/* A comment line above switches a warning off, where such a line does not become part of a text. */
static void add_allow(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_mut_val *list, yyjson_mut_val *diagnostic) {
  const char *code = yyjson_mut_get_str(yyjson_mut_obj_get(diagnostic, "code"));
  if (!code || yyjson_mut_get_int(yyjson_mut_obj_get(diagnostic, "severity")) == 1) return;
  size_t offset = start_offset(s, d, yyjson_mut_obj_get(diagnostic, "range"), "start");
  size_t begin = lsp_line_begin(d, lsp_line_of(d, offset)), at = begin;
  while (at < offset && d->text[at] == ' ') at++;
  if (d->yaml ? d->text[at] != '-' : at > begin) return;
  char title[64];
  char *line = malloc(at - begin + 64);
  if (!line) {
    lsp_doc_lose(doc);
    return;
  }
  snprintf(title, sizeof title, "allow %s here", code);
  int n = snprintf(line, at - begin + 64, "%.*s# ottl: allow %s\n", (int)(at - begin), d->text + begin, code);
  yyjson_mut_val *edits = yyjson_mut_arr(doc), *edit = yyjson_mut_arr_add_obj(doc, edits);
  yyjson_mut_obj_add_val(doc, edit, "range", lsp_range(s, d, doc, begin, begin));
  yyjson_mut_obj_add_val(doc, edit, "newText", yyjson_mut_strncpy(doc, line, (size_t)n));
  free(line);
  add_action(d, doc, list, diagnostic, yyjson_mut_strcpy(doc, title), edits, false);
}

static bool wants_kind(yyjson_val *params, const char *kind) {
  yyjson_val *only = yyjson_obj_get(yyjson_obj_get(params, "context"), "only"), *one;
  size_t i, n;
  if (!yyjson_is_arr(only)) return true;
  yyjson_arr_foreach(only, i, n, one) {
    const char *text = yyjson_get_str(one);
    if (text && (!text[0] || strcmp(text, kind) == 0)) return true;
  }
  return false;
}

yyjson_mut_val *lsp_actions(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  yyjson_mut_val *list = yyjson_mut_arr(doc), *diagnostic;
  yyjson_val *range = yyjson_obj_get(params, "range");
  size_t begin = lsp_offset(s, d, yyjson_obj_get(range, "start")), end = lsp_offset(s, d, yyjson_obj_get(range, "end"));
  size_t i, n;
  if (d->stale || !d->told) lsp_publish(s, d);
  if (!d->told) return NULL;
  if (!s->action_literals || !wants_kind(params, "quickfix")) return list;
  yyjson_mut_arr_foreach(yyjson_mut_doc_get_root(d->told), i, n, diagnostic) {
    yyjson_mut_val *at = yyjson_mut_obj_get(diagnostic, "range"), *data = yyjson_mut_obj_get(diagnostic, "data");
    if (start_offset(s, d, at, "start") > end || start_offset(s, d, at, "end") < begin) continue;
    if (data)
      add_action(d, doc, list, diagnostic, yyjson_mut_val_mut_copy(doc, yyjson_mut_obj_get(data, "title")),
                 yyjson_mut_val_mut_copy(doc, yyjson_mut_obj_get(data, "edits")), true);
    add_allow(s, d, doc, list, diagnostic);
  }
  return list;
}

/* ---- formatting ---- */

typedef struct format_edits {
  lsp_server *s;
  lsp_document *d;
  yyjson_mut_doc *doc;
  yyjson_mut_val *list;
  size_t first, last; /* lines that may change */
  cli_text text;
  bool failed;
} format_edits;

/* The lines of a hunk that come, with the end of the last one. */
static ottl_view added_lines(const format_edits *f, const ottl_line_diff *diff, size_t begin, size_t end) {
  ottl_view lines = {"", 0};
  const char *behind = f->text.data + f->text.len;
  for (size_t i = begin; i < end; i++) {
    const ottl_diff_line *line = &diff->lines[i];
    if (line->kind != '+') continue;
    if (!lines.len) lines.data = line->text.data;
    const char *last = line->text.data + line->text.len;
    if (last < behind && *last == '\r') last++;
    if (last < behind && *last == '\n') last++;
    lines.len = (size_t)(last - lines.data);
  }
  return lines;
}

static void add_hunk(format_edits *f, const ottl_line_diff *diff, size_t begin, size_t end) {
  size_t from = diff->lines[begin].before, to = from;
  for (size_t i = begin; i < end; i++) to += diff->lines[i].kind == '-';
  bool inside = from <= f->last && (to > f->first || (from == to && from >= f->first));
  if (!inside) return;
  yyjson_mut_val *edit = yyjson_mut_arr_add_obj(f->doc, f->list);
  yyjson_mut_obj_add_val(f->doc, edit, "range",
                         lsp_range(f->s, f->d, f->doc, lsp_line_begin(f->d, from), lsp_line_begin(f->d, to)));
  yyjson_mut_obj_add_val(f->doc, edit, "newText", lsp_text(f->doc, added_lines(f, diff, begin, end)));
}

static void add_hunks(format_edits *f) {
  ottl_line_diff diff;
  size_t begin, end = 0;
  f->failed |=
      ottl_line_diff_create(NULL, (ottl_view){f->d->text, f->d->len}, (ottl_view){f->text.data, f->text.len}, &diff) != OTTL_OK;
  if (f->failed) return;
  while (ottl_line_diff_hunk(&diff, 0, &begin, &end)) add_hunk(f, &diff, begin, end);
  ottl_line_diff_free(&diff);
}

yyjson_mut_val *lsp_format(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  format_edits f = {.s = s, .d = d, .doc = doc, .list = yyjson_mut_arr(doc), .last = SIZE_MAX};
  yyjson_val *range = yyjson_obj_get(params, "range");
  if (range) {
    f.first = lsp_line_of(d, lsp_offset(s, d, yyjson_obj_get(range, "start")));
    f.last = lsp_line_of(d, lsp_offset(s, d, yyjson_obj_get(range, "end")));
  }
  ottl_format_options options;
  ottl_format_options_init(&options);
  options.form = d->yaml ? OTTL_FORMAT_CONFIG : OTTL_FORMAT_FILE;
  ottl_status status = ottl_format(d->text, d->len, &options, cli_keep, &f.text, NULL);
  bool ok = (status == OTTL_OK || status == OTTL_COMPILE) && f.text.data; /* what does not parse stays, the rest is formatted */
  if (ok && (f.text.len != d->len || memcmp(f.text.data, d->text, d->len) != 0)) add_hunks(&f);
  free(f.text.data);
  return f.failed || f.text.failed || status == OTTL_NOMEM ? NULL : f.list;
}
