/* Every limit of limits.def is hit: what is over it has its diagnostic, its row error or its documented way out. A limit without a test
 * here does not compile. Some are hit where what they bound is tested; then it is made sure that they still are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/sbuf.h"
#include "ottl/ottl.h"
#include "regex/glob.h"
#include "regex/regex.h"

/* ---- texts ---- */

static ottl_allocator al;

/* `begin`, then n times `piece` with # for its number, then `end`. The caller frees. */
static char *repeated(const char *begin, const char *piece, long n, const char *end) {
  ottl_sbuf text;
  ottl__sbuf_init(&text, &al);
  sbuf_str(&text, begin);
  for (long i = 0; i < n; i++) {
    for (const char *p = piece; *p; p++) {
      if (*p == '#')
        ottl__sbuf_printf(&text, "%ld", i);
      else
        sbuf_byte(&text, *p);
    }
  }
  sbuf_str(&text, end);
  sbuf_byte(&text, 0);
  assert_false(text.failed);
  char *copy = malloc(text.len);
  assert_non_null(copy);
  memcpy(copy, text.data, text.len);
  ottl__sbuf_done(&text);
  return copy;
}

/* A message with a limit's number in it: builds may have raised it. Overwritten by the next one. */
static const char *with(const char *format, long limit) {
  static char text[100];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(text, sizeof text, format, limit);
#pragma GCC diagnostic pop
  return text;
}

/* ---- compiling ---- */

static bool told(const ottl_diags *diags, const char *code, const char *part) {
  ottl_diag d;
  for (size_t i = 0; ottl_diags_get(diags, i, &d) == OTTL_OK; i++) {
    char text[400] = "";
    memcpy(text, d.message.data, d.message.len < 399 ? d.message.len : 399);
    if (strcmp(d.code, code) == 0 && strstr(text, part)) return true;
  }
  return false;
}

/* Compiling the lines ends in this status, and tells this; n: how often the code is told at most (0: not asked). Frees the text. */
static void compiles(char *text, ottl_status wanted, const char *code, const char *part) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.experimental = true;
  ottl_program *p = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_IGNORE, &o, &p, &diags);
  if (status != wanted || (code && !told(diags, code, part))) {
    ottl_diag d = {0};
    if (ottl_diags_get(diags, 0, &d) != OTTL_OK) d.code = "-";
    fail_msg("%.60s...: %s, %s %.*s", text, ottl_status_name(status), d.code, (int)d.message.len,
             d.message.data ? d.message.data : "");
  }
  ottl_diags_free(diags);
  ottl_program_free(p);
  free(text);
}

static void too_large(const char *begin, const char *piece, long n, const char *end, const char *part) {
  compiles(repeated(begin, piece, n, end), OTTL_LIMIT, "E0605", part);
}

/* ---- running ---- */

typedef struct outcome {
  ottl_status status;
  char codes[200]; /* of the row errors, in order, each followed by a blank */
  char failure[200];
  ottl_result result;
} outcome;

/* One log record with this body; or the payload itself, when it begins with `{"resource`. */
static outcome run_with(const char *statements, const char *body, ottl_signal signal, ottl_on_failure on_failure, bool strict) {
  outcome o = {0};
  bool whole = strncmp(body, "{\"resource", 10) == 0;
  char *json =
      whole ? strdup(body) : repeated("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":", body, 1, "}]}]}]}");
  ottl_json *reader;
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  ottl_json_set_max_depth(reader, 3000);
  if (ottl_json_to_wire(reader, signal, json, strlen(json), &wire, &len) != OTTL_OK)
    fail_msg("%s", ottl_json_error(reader, NULL));
  ottl_compile_options c;
  ottl_compile_options_init(&c);
  c.experimental = true;
  c.on_failure = on_failure;
  c.signal = signal;
  ottl_program *p = NULL;
  ottl_diags *diags = NULL;
  ottl_diag d;
  ottl_status status = ottl_program_compile_text(statements, strlen(statements), NULL, OTTL_ERROR_IGNORE, &c, &p, &diags);
  if (status != OTTL_OK) {
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    fail_msg("%s: %.*s", statements, (int)d.message.len, d.message.data);
  }
  ottl_diags_free(diags);
  ottl_exec_options x;
  ottl_exec_options_init(&x);
  x.strict = strict;
  ottl_exec *exec;
  assert_int_equal(ottl_exec_create(p, &x, &exec), OTTL_OK);
  o.status = ottl_exec_run(exec, wire, len, &o.result);
  ottl_row_error e;
  for (size_t i = 0; i < 20 && ottl_exec_error(exec, i, &e); i++) {
    strcat(o.codes, e.code);
    strcat(o.codes, " ");
  }
  const char *why = ottl_exec_failure(exec, NULL);
  if (why) snprintf(o.failure, sizeof o.failure, "%s", why);
  o.result.data = NULL;
  ottl_exec_free(exec);
  ottl_program_free(p);
  ottl_json_free(reader);
  free(json);
  return o;
}

static outcome run(const char *statements, const char *body) {
  return run_with(statements, body, OTTL_SIGNAL_LOGS, OTTL_ON_FAILURE_KEEP, false);
}

/* The failures of the statements on one record. */
static void rows(const char *statements, const char *body, const char *codes) {
  outcome o = run(statements, body);
  if (o.status != OTTL_OK || strcmp(o.codes, codes) != 0)
    fail_msg("%.100s: %s, %s", statements, ottl_status_name(o.status), o.codes);
}

static void run_is_refused(const char *statements, const char *body, ottl_signal signal, ottl_on_failure on_failure,
                           const char *why) {
  outcome o = run_with(statements, body, signal, on_failure, false);
  if (o.status != OTTL_LIMIT || !strstr(o.failure, why))
    fail_msg("%.100s: %s, %s", statements, ottl_status_name(o.status), o.failure);
}

/* ---- configurations and tools ---- */

static const char *env(void *context, const char *name) {
  (void)name;
  return context;
}

static void configures(char *text, ottl_config_form form, const char *variable, const char *part) {
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.form = form;
  o.env = env;
  o.env_context = (void *)(uintptr_t)variable;
  ottl_config *c = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_config_parse(text, strlen(text), &o, &c, &diags);
  ottl_diag d = {0};
  if (ottl_diags_get(diags, 0, &d) != OTTL_OK) d.message = (ottl_view){"", 0};
  char message[300] = "";
  memcpy(message, d.message.data, d.message.len < 299 ? d.message.len : 299);
  if ((status != OTTL_LIMIT && status != OTTL_COMPILE) || !strstr(message, part))
    fail_msg("%.60s...: %s, %s", text, ottl_status_name(status), message);
  ottl_diags_free(diags);
  ottl_config_free(c);
  free(text);
}

/* The test that hits it is in this file, and says so with these words. */
static void elsewhere(const char *path, const char *words) {
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  char *text = calloc(1, 1 << 20);
  assert_non_null(text);
  size_t n = fread(text, 1, (1 << 20) - 1, f);
  fclose(f);
  bool there = n && strstr(text, words);
  free(text);
  if (!there) fail_msg("%s has no `%s`", path, words);
}

/* ---- one function for each limit ---- */

/* Texts and programs */
static void hit_NESTING(void) {
  compiles(repeated("set(log.body, ", "[", 1501, ""), OTTL_COMPILE, "E0601", "more than 1500 brackets");
}
static void hit_PARSE_DEPTH(void) {
  compiles(repeated("set(log.body, 1) where ", "(", 1501, ""), OTTL_COMPILE, "E0601", "more than 1500 brackets");
}
static void hit_STATEMENT_BYTES(void) {
  compiles(repeated("set(log.body, \"", "xxxxxxxxxxxxxxxx", 1 << 20, "\")"), OTTL_COMPILE, "E0602", "more than 16777216 bytes");
}
static void hit_STATEMENTS(void) {
  compiles(repeated("", "set(log.body, #)\n", OTTL_MAX_STATEMENTS + 1, ""), OTTL_LIMIT, "E0604", "too many");
}
static void hit_GROUPS(void) {
  elsewhere("tests/unit/compile_limits.c", "ottl_program_compile(groups, N, NULL, &program, &diags), OTTL_LIMIT");
}
static void hit_VALUES(void) {
  too_large("set(log.body, 1) where false", " or log.attributes[\"k\"] == #", 40000, "", "more than 65534 values");
}
/* A call gives a value, and there may be fewer of those; but the call of an editor gives none. */
static void hit_CALLS(void) {
  char *nested = repeated("truncate_all(log.attributes, 5)\nset(log.severity_text, ", "ToLowerCase(", 13, "log.severity_text");
  char *statement = repeated(nested, ")", 14, "\n");
  too_large("", statement, 5000, "", "more than 65535 calls");
  free(nested);
  free(statement);
}
static void hit_COLUMNS(void) {
  too_large("set(log.body, [0", ", log.attributes[\"k#\"]", 40000, "])", "more than 32766 paths and keys");
}
static void hit_MAP_KEYS(void) {
  too_large("set(log.body, {\"z\": 1", ", \"k#\": log.attributes[\"k\"]", 70000, "})", "more than 65535 keys");
}
static void hit_INDEXES(void) { too_large("set(log.body, log.attributes[\"a\"]", "[\"k#\"]", 300, ")", "more than 256 keys"); }
static void hit_LAMBDAS(void) {
  compiles(strdup("set(log.body, MapEach([1], (a, b) => MapEach([1], (c, d) => MapEach([1], (e, f) => MapEach([1], (g, h) => "
                  "MapEach([1], "
                  "(i, j) => j))))))"),
           OTTL_COMPILE, "E0515", "deeper than 4");
}
/* What people read */
static void hit_ERRORS(void) {
  compiles(repeated("", "set(log.a#, 1)\n", OTTL_MAX_ERRORS + 50, ""), OTTL_COMPILE, "E0603", "too many errors");
}
static size_t count_told(char *text, ottl_severity severity, bool explain) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.lint = o.explain = explain;
  o.lint = true;
  ottl_program *p = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_IGNORE, &o, &p, &diags), OTTL_OK);
  size_t n = 0;
  ottl_diag d;
  for (size_t i = 0; ottl_diags_get(diags, i, &d) == OTTL_OK; i++) n += d.severity == severity;
  ottl_diags_free(diags);
  ottl_program_free(p);
  free(text);
  return n;
}
static void hit_WARNINGS(void) {
  assert_int_equal(
      count_told(repeated("", "set(log.severity_text, 1.5) where log.severity_number == #\n", 3 * OTTL_MAX_WARNINGS, ""),
                 OTTL_SEVERITY_WARNING, false),
      OTTL_MAX_WARNINGS);
}
static void hit_NOTES(void) {
  assert_int_equal(count_told(repeated("", "set(log.severity_text, log.attributes[\"k#\"][\"x\"])\n", 3 * OTTL_MAX_NOTES, ""),
                              OTTL_SEVERITY_NOTE, true),
                   OTTL_MAX_NOTES);
}
static void hit_SYNTAX_ERRORS(void) {
  char *text = repeated("set(log.body, [1", " ,", 3000, "])");
  ottl_program *p = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_IGNORE, NULL, &p, &diags), OTTL_COMPILE);
  assert_in_range(ottl_diags_errors(diags), OTTL_MAX_ERRORS, OTTL_MAX_SYNTAX_ERRORS + 1);
  assert_true(told(diags, "E0603", "too many errors"));
  ottl_diags_free(diags);
  free(text);
}
static void hit_FACTS(void) { /* the fact about k0 is there or it is not; what is known of the others is not asked */
  char *few = repeated("set(log.severity_text, ToLowerCase(log.attributes[\"k0\"])) where IsInt(log.attributes[\"k0\"])",
                       " and log.attributes[\"k#\"] == 1", 30, "");
  char *many = repeated("set(log.severity_text, ToLowerCase(log.attributes[\"k199\"])) where true",
                        " and IsInt(log.attributes[\"k#\"])", 200, "");
  assert_int_equal(count_told(few, OTTL_SEVERITY_WARNING, false), 1);
  assert_int_equal(count_told(many, OTTL_SEVERITY_WARNING, false), 0);
}
static void hit_NARROWING(void) {
  char *many = repeated("set(log.severity_text, ToLowerCase(log.attributes[\"k\"])) where (false",
                        " or (IsMap(log.attributes[\"x#\"]) and IsInt(log.attributes[\"k\"]))", 4000, ")");
  assert_int_equal(count_told(many, OTTL_SEVERITY_WARNING, false), 0);
}
static void hit_LINT_WINDOW(void) { /* a value that is overwritten: found if that is near */
  char *near =
      repeated("set(log.attributes[\"a\"], 1)\n", "set(log.attributes[\"b#\"], 1)\n", 5, "set(log.attributes[\"a\"], 2)\n");
  char *far = repeated("set(log.attributes[\"a\"], 1)\n", "set(log.attributes[\"b#\"], 1)\n", OTTL_MAX_LINT_WINDOW + 36,
                       "set(log.attributes[\"a\"], 2)\n");
  size_t told_near = count_told(near, OTTL_SEVERITY_WARNING, false), told_far = count_told(far, OTTL_SEVERITY_WARNING, false);
  assert_int_equal(told_near, 1);
  assert_int_equal(told_far, 0);
}

/* Configurations */
static void hit_CONFIG_BYTES(void) {
  configures(repeated("# ", "xxxxxxxxxxxxxxxx", OTTL_MAX_CONFIG_BYTES / 16, "\n"), OTTL_CONFIG_COLLECTOR, NULL,
             with("more than %ld bytes", OTTL_MAX_CONFIG_BYTES));
}
static void hit_CONFIG_NODES(void) {
  configures(repeated("a: [0", ", 0", OTTL_MAX_CONFIG_NODES, "]\n"), OTTL_CONFIG_COLLECTOR, NULL,
             with("more than %ld values", OTTL_MAX_CONFIG_NODES));
}
static void hit_CONFIG_DEPTH(void) {
  configures(repeated("a: ", "[", 101, ""), OTTL_CONFIG_COLLECTOR, NULL, "more than 100 levels");
}
static void hit_CONFIG_ANCHORS(void) {
  configures(repeated("", "a#: &x# 1\n", OTTL_MAX_CONFIG_ANCHORS + 1, ""), OTTL_CONFIG_COLLECTOR, NULL,
             with("more than %ld anchors", OTTL_MAX_CONFIG_ANCHORS));
}
static void hit_CONFIG_EXPANSIONS(void) { configures(strdup("error_mode: ${env:A}\n"), OTTL_CONFIG_TRANSFORM, "${env:A}", ""); }
static void hit_CONFIG_EXPANDED(void) {
  char *variable = repeated("", "xxxxxxxxxxxxxxxx", 1 << 16, ""); /* 1 MiB */
  configures(repeated("x: &v ${env:A}\nlog_statements: [a", ", ${env:A}", 100, "]\n"), OTTL_CONFIG_TRANSFORM, variable, "");
  free(variable);
}

/* Runs */
static void hit_LAMBDA_ELEMENTS(void) { elsewhere("tests/cases/lambdas/lambdas.case", "R0856"); }
static const char metric[] = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"gauge\":{\"dataPoints\":[{"
                             "\"asInt\":\"1\"}]}}]}]}]}";
static void hit_GENERATIONS(void) {
  run_is_refused("context: metric\ncopy_metric()", metric, OTTL_SIGNAL_METRICS, OTTL_ON_FAILURE_KEEP, "append");
}
static void hit_APPENDED(void) {
  run_is_refused("context: metric\ncopy_metric()\ncopy_metric()\ncopy_metric()\ncopy_metric()", metric, OTTL_SIGNAL_METRICS,
                 OTTL_ON_FAILURE_KEEP, "append");
}
static void hit_APPENDED_BYTES(void) {
  char *big = repeated("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"", "xxxxxxxxxxxxxxxx", 1 << 16,
                       "\",\"gauge\":{\"dataPoints\":[{}]}}]}]}]}");
  run_is_refused("context: metric\ncopy_metric()\ncopy_metric()", big, OTTL_SIGNAL_METRICS, OTTL_ON_FAILURE_KEEP, "append");
  free(big);
}
static void hit_ROLLBACK_RUNS(void) { elsewhere("tests/unit/options.c", "{200, OTTL_LIMIT}"); }
static void hit_VALUE_DEPTH(void) {
  char *deep = repeated("", "{\"arrayValue\":{\"values\":[", 600, "{\"intValue\":\"1\"}");
  char *body = repeated(deep, "]}}", 600, "");
  rows("set(log.attributes[\"t\"], String(log.body))", body, "R0842 ");
  free(deep);
  free(body);
}
static void hit_STRICT_DEPTH(void) { elsewhere("tests/unit/strict.c", "OTTL_MAX_STRICT_DEPTH"); }
static void hit_VALUE_CELLS(void) { elsewhere("tests/unit/value.c", "OTTL_MAX_VALUE_CELLS"); }
static void hit_COPIED_CELLS(void) { elsewhere("tests/unit/hostile_sizes.c", "test_copied_cells"); }
static void hit_RESULT_BYTES(void) { elsewhere("tests/cases/errors/limits.case", "=== a result is too large"); }
static void hit_MADE_BYTES(void) { elsewhere("tests/unit/hostile_sizes.c", "R0854"); }
static void hit_LIST_PADDING(void) {
  rows(with("set(log.attributes[\"l\"][%ld], 1)", OTTL_MAX_LIST_PADDING), "{\"stringValue\":\"x\"}", "R0855 ");
}
static void hit_JSON_DEPTH(void) { elsewhere("tests/cases/errors/limits.case", "=== JSON is too deep"); }
static void hit_XML_DEPTH(void) { elsewhere("tests/cases/errors/limits.case", "=== XML is too deep"); }
static void hit_XML_PARSE_DEPTH(void) {
  elsewhere("tests/cases/errors/limits.case", "set(attributes[\"r\"], ParseXML(cache[\"t\"]))");
}
static void hit_XML_SIMPLE_DEPTH(void) { elsewhere("tests/cases/errors/limits.case", "=== simplified XML is too deep"); }
static void hit_XML_STEPS(void) { elsewhere("tests/cases/errors/limits.case", "R0858"); }
static void hit_XPATH_STEPS(void) { elsewhere("tests/cases/errors/limits.case", "R0857"); }
static void hit_XPATH_DEPTH(void) {
  compiles(repeated("set(log.body, GetXML(log.body, \"/a", "[(b", 201, "\"))"), OTTL_COMPILE, "E0511", "too complex");
}
static void hit_XPATH_BUILD_DEPTH(void) {
  compiles(repeated("set(log.body, GetXML(log.body, \"", "/a", 1100, "\"))"), OTTL_COMPILE, "E0511", "too complex");
}
static void hit_HISTOGRAM_BUCKETS(void) {
  char far[600];
  static const char format[] = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"exponentialHistogram\":{"
                               "\"aggregationTemporality\":1,\"dataPoints\":["
                               "{\"count\":\"1\",\"positive\":{\"offset\":0,\"bucketCounts\":[\"1\"]},\"attributes\":[{\"key\":"
                               "\"a\",\"value\":{\"stringValue\":\"x\"}}]},"
                               "{\"count\":\"1\",\"positive\":{\"offset\":%ld,\"bucketCounts\":[\"1\"]},\"attributes\":[{"
                               "\"key\":\"a\",\"value\":{\"stringValue\":\"y\"}}]}]}}]}]}]}";
  snprintf(far, sizeof far, format, 2L * OTTL_MAX_HISTOGRAM_BUCKETS);
  outcome o =
      run_with("context: metric\naggregate_on_attributes(\"sum\", [])", far, OTTL_SIGNAL_METRICS, OTTL_ON_FAILURE_KEEP, false);
  assert_int_equal(o.status, OTTL_OK);
  assert_string_equal(o.codes, "R0891 ");
}

/* Patterns */
static void regex_is(char *pattern, ottl_status wanted) {
  ottl_regex *re = NULL;
  ottl_regex_error error = {0};
  assert_int_equal(ottl__regex_compile(&al, view_str(pattern), &re, &error), wanted);
  ottl__regex_free(re);
  free(pattern);
}
static void hit_REGEX_BYTES(void) { regex_is(repeated("a", "xxxxxxxxxxxxxxxx", 1 << 20, ""), OTTL_LIMIT); }
static void hit_REGEX_INSTRUCTIONS(void) { elsewhere("tests/unit/regex_bounded.c", "OTTL_MAX_REGEX_INSTRUCTIONS"); }
static void hit_REGEX_CAPTURE_BYTES(void) { elsewhere("tests/unit/regex_bounded.c", "most_bytes"); }
static void glob_is(char *pattern, ottl_status wanted) {
  ottl_glob *glob = NULL;
  const char *message = NULL;
  assert_int_equal(ottl__glob_compile(&al, view_str(pattern), &glob, &message), wanted);
  ottl__glob_free(glob);
  free(pattern);
}
static void hit_GLOB_BYTES(void) { glob_is(repeated("a", "xxxxxxxxxxxxxxxx", 1024, ""), OTTL_LIMIT); }
static void hit_GLOB_NODES(void) { glob_is(repeated("a", "*x?", 600, ""), OTTL_LIMIT); }
static void hit_GLOB_DEPTH(void) {
  char *open = repeated("", "{a,", 129, "b");
  glob_is(repeated(open, "}", 129, ""), OTTL_LIMIT);
  free(open);
}
static void hit_GLOB_STEPS(void) { elsewhere("tests/unit/hostile_texts.c", "OTTL_MAX_GLOB"); }
static void hit_GROK_BYTES(void) { elsewhere("tests/unit/grok.c", "OTTL_MAX_GROK_BYTES"); }
static void hit_GROK_STEPS(void) { /* each name is looked for in all of the text */
  const long sixteens = 13000, names = OTTL_MAX_GROK_STEPS / (16 * sixteens) + 100;
  char *begin = repeated("set(log.body, ExtractGrokPatterns(log.body, \"", "xxxxxxxxxxxxxxxx", sixteens, "");
  compiles(repeated(begin, "%{WORD:w#}", names, "\"))"), OTTL_COMPILE, "E0511", "too large");
  free(begin);
}

/* Tools */
static void hit_VIEW_BYTES(void) {
  char *name = repeated("", "kkkkkkkkkkkkkkkk", 4096, ""); /* 64 KiB, before each member */
  char *begin = repeated("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"attributes\":[{\"key\":\"", name, 1,
                         "\",\"value\":{\"arrayValue\":{\"values\":[{}");
  char *json = repeated(begin, ",{\"intValue\":\"#\"}", OTTL_MAX_VIEW_BYTES / 65536 + 900, "]}}}]}]}]}]}");
  ottl_json *reader;
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, json, strlen(json), &wire, &len), OTTL_OK);
  ottl_viewer_options o;
  ottl_viewer_options_init(&o);
  o.layout = OTTL_VIEWER_LINES;
  ottl_viewer *v;
  ottl_block block;
  ottl_status status = OTTL_OK;
  assert_int_equal(ottl_viewer_create(&o, &v), OTTL_OK);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, wire, len), OTTL_OK);
  for (size_t i = 0; i < ottl_viewer_count(v) && status == OTTL_OK; i++) status = ottl_viewer_render(v, i, &block);
  assert_int_equal(status, OTTL_LIMIT);
  assert_non_null(strstr(ottl_viewer_error(v, NULL), with("longer than %ld bytes", OTTL_MAX_VIEW_BYTES)));
  ottl_viewer_free(v);
  ottl_json_free(reader);
  free(name);
  free(begin);
  free(json);
}
static size_t completions(char *text) {
  ottl_document *d;
  ottl_completions c = {0};
  assert_int_equal(ottl_document_create(text, strlen(text), NULL, &d), OTTL_OK);
  assert_int_equal(ottl_document_complete(d, strlen(text), &c), OTTL_OK);
  size_t n = c.n;
  ottl_document_free(d);
  free(text);
  return n;
}
static void hit_LANGUAGE_BYTES(void) {
  assert_true(completions(repeated("set(log.body, [0", ", #", 10, ", Conc")) > 0);
  assert_int_equal(completions(repeated("set(log.body, [0", ", #", OTTL_MAX_LANGUAGE_BYTES / 3, ", Conc")), 0);
}
static void hit_SAMPLE_KEYS(void) {
  char *json = repeated("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"attributes\":[{\"key\":\"a\"}",
                        ",{\"key\":\"k#\",\"value\":{}}", OTTL_MAX_SAMPLE_KEYS + 500, "]}]}]}]}");
  ottl_json *reader;
  ottl_sample *sample;
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, json, strlen(json), &wire, &len), OTTL_OK);
  assert_int_equal(ottl_sample_create(NULL, &sample), OTTL_OK);
  assert_int_equal(ottl_sample_add(sample, OTTL_SIGNAL_LOGS, wire, len), OTTL_OK);
  assert_int_equal(ottl_sample_keys(sample), OTTL_MAX_SAMPLE_KEYS);
  ottl_sample_free(sample);
  ottl_json_free(reader);
  free(json);
}
static void hit_LANGUAGE_LOOK(void) { /* names that a lambda declares are looked for so far back */
  size_t near = completions(repeated("set(log.body, MapEach([1], (first, second) => [0", ", #", 20, ", "));
  size_t far = completions(repeated("set(log.body, MapEach([1], (first, second) => [0", ", #", 2 * OTTL_MAX_LANGUAGE_LOOK, ", "));
  assert_int_equal(near, far + 2);
}
static void test_file(char *text, ottl_test_outcome wanted, const char *part) {
  ottl_test *t = NULL;
  ottl_test_result r = {0};
  ottl_diags *diags = NULL;
  ottl_status status = ottl_test_parse(text, strlen(text), NULL, &t, &diags);
  if (status != OTTL_OK) {
    ottl_diag d = {0};
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    fail_msg("%.*s", (int)d.message.len, d.message.data);
  }
  ottl_diags_free(diags);
  diags = NULL;

  assert_int_equal(ottl_test_run(t, 0, &r, &diags), OTTL_OK);
  assert_int_equal(r.outcome, wanted);
  ottl_diag d = {0};
  char message[300] = "";
  if (ottl_diags_get(diags, 0, &d) == OTTL_OK) memcpy(message, d.message.data, d.message.len < 299 ? d.message.len : 299);
  if (part && !strstr(message, part)) fail_msg("%s", message);
  ottl_diags_free(diags);
  ottl_test_free(t);
  free(text);
}
static void hit_TEST_PAIRS(
    void) { /* one record more than expected: with more pairs than are compared it is still told that one is too many */
  const long records = OTTL_MAX_TEST_PAIRS / 100 + 50;
  char *input = repeated("cases:\n  - name: a\n    statements: set(log.flags, 1)\n    input:\n", "      - {body: b#}\n", records,
                         "    expect:\n");
  test_file(repeated(input, "      - {body: b#, flags: 1}\n", records - 1, ""), OTTL_TEST_FAILED, NULL);
  free(input);
}
static void hit_TEST_CONTAINS(void) {
  test_file(repeated("cases:\n  - name: a\n    statements: set(log.flags, 1)\n    input: [{body: b}]\n    expect:\n      - "
                     "contains:\n          attributes:\n",
                     "            k#: 1\n", OTTL_MAX_TEST_CONTAINS + 1, ""),
            OTTL_TEST_BROKEN, with("more than %ld keys", OTTL_MAX_TEST_CONTAINS));
}
static void hit_KAFKA_TOPICS(void) { elsewhere("tests/kafka/messages", "too many topics"); }
static void hit_KAFKA_READ_AHEAD(void) { elsewhere("tests/kafka/messages", "def reads_ahead"); }
static void hit_KAFKA_WRITE_AHEAD(void) { elsewhere("tests/kafka/messages", "def writes_ahead"); }

/* ---- all of them ---- */

#define LIMIT(id, name, standard, maximum, unit, doc)                                                                            \
  static void limit_##id(void **state) {                                                                                         \
    (void)state;                                                                                                                 \
    hit_##id();                                                                                                                  \
  }
#include "limits.def"
#undef LIMIT

int main(void) {
  static const struct CMUnitTest tests[] = {
#define LIMIT(id, name, standard, maximum, unit, doc) {name, limit_##id, NULL, NULL, NULL},
#include "limits.def"
#undef LIMIT
  };
  al = ottl__alloc_or_default(NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
