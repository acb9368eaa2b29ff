/* ottl test: policies against their cases. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* -- the files that cases name -- */

typedef struct test_reader {
  test_session *session;
  const char *cases; /* the file of the cases */
} test_reader;

/* Relative to the folder of the cases; what --config names is not theirs. */
static bool read_named(void *context, const char *path, ottl_view *ret_text, const char **ret_name) {
  const test_reader *r = context;
  const char *slash = strrchr(r->cases, '/'), *config = r->session->options->config;
  char full[4096];
  bool own = path[0] != '/' && path != config && slash;
  int n = snprintf(full, sizeof full, "%.*s%s", own ? (int)(slash + 1 - r->cases) : 0, r->cases, path);
  if (n < 0 || (size_t)n >= sizeof full) return false;
  const test_source *source = test_files_read(r->session, full, false);
  if (!source) return false;
  *ret_text = (ottl_view){source->text, source->len};
  *ret_name = source->name;
  return true;
}

/* -- running -- */

static char *copy_view(ottl_view v) {
  char *copy = malloc(v.len + 1);
  if (!copy) return NULL;
  if (v.len) memcpy(copy, v.data, v.len);
  copy[v.len] = 0;
  return copy;
}

/* Diagnostics as text; NULL: none. */
static char *render(const ottl_diags *diags, bool colour) {
  char *text = NULL;
  size_t len = 0;
  if (!ottl_diags_count(diags)) return NULL;
  FILE *to = open_memstream(&text, &len);
  if (!to) return NULL;
  bool ok = ottl_diags_render(diags, OTTL_DIAGS_TEXT, colour, cli_put, to) == OTTL_OK;
  fclose(to);
  if (ok) return text;
  free(text);
  return NULL;
}

static bool is_chosen(const cli_options *o, ottl_view name) {
  bool chosen = !o->names.n;
  char *text = copy_view(name);
  for (size_t i = 0; i < o->names.n && text; i++) chosen |= strstr(text, o->names.items[i]) != NULL;
  free(text);
  return chosen;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool plain_colour(const cli_options *o) { return o->format != OTTL_DIAGS_JSON && cli_colour(STDOUT_FILENO); }

static int run_one(test_session *s, ottl_test *test, size_t i, const ottl_test_case_info *info, test_one *one) {
  ottl_test_result result = {0};
  ottl_diags *diags = NULL;
  double begin = now();
  ottl_status status = s->options->list ? OTTL_OK : ottl_test_run(test, i, &result, &diags);
  *one = (test_one){
      .line = info->line, .outcome = result.outcome, .seconds = now() - begin, .told = render(diags, plain_colour(s->options))};
  ottl_diags_free(diags);
  one->name = copy_view(info->name);
  one->message = copy_view(result.message);
  one->detail = copy_view(result.detail);
  if (status == OTTL_OK && one->name && one->message && one->detail) return CLI_OK;
  return cli_fail(CLI_INTERNAL, "testing failed: %s", ottl_status_name(status == OTTL_OK ? OTTL_NOMEM : status));
}

static void suite_clear(test_suite *suite) {
  for (size_t i = 0; i < suite->n_cases; i++) {
    free(suite->cases[i].name);
    free(suite->cases[i].message);
    free(suite->cases[i].detail);
    free(suite->cases[i].told);
  }
  free(suite->cases);
  free(suite->told);
  suite->cases = NULL;
  suite->told = NULL;
  suite->n_cases = 0;
}

static int run_cases(test_session *s, test_suite *suite, ottl_test *test) {
  size_t n = ottl_test_cases(test);
  suite->cases = calloc(n + 1, sizeof *suite->cases);
  if (!suite->cases) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < n; i++) {
    ottl_test_case_info info;
    if (ottl_test_case(test, i, &info) != OTTL_OK || !is_chosen(s->options, info.name)) continue;
    int status = run_one(s, test, i, &info, &suite->cases[suite->n_cases++]);
    if (status != CLI_OK) return status;
  }
  return CLI_OK;
}

static void test_options(test_session *s, test_reader *reader, const test_suite *suite, ottl_test_options *ret) {
  ottl_test_options_init(ret);
  ret->name = suite->path;
  ret->read = read_named;
  ret->read_context = reader;
  ret->config = s->options->config;
  ret->env = cli_config_env;
}

/* The file with what the cases gave in its place. What cannot be read again is not written. */
static int write_update(test_session *s, test_suite *suite, test_reader *reader, ottl_test *test, bool *ret_written) {
  cli_text text = {0};
  ottl_test *again = NULL;
  ottl_test_options options;
  io_error error;
  size_t updated;
  test_options(s, reader, suite, &options);
  ottl_status status = ottl_test_update(test, cli_keep, &text, &updated);
  if (status == OTTL_OK && updated && !text.data) status = OTTL_NOMEM;
  if (status == OTTL_OK && updated) status = ottl_test_parse(text.data, text.len, &options, &again, NULL);
  ottl_test_free(again);
  int result = CLI_OK;
  if (status == OTTL_OK && updated) {
    if (io_write_file(suite->path, text.data, text.len, &error) != IO_OK) result = cli_fail(CLI_USAGE, "%s", error.text);
    *ret_written = result == CLI_OK;
    suite->updated = updated;
  } else if (status == OTTL_COMPILE) {
    result = cli_fail(CLI_NO, "%s: what came out cannot be written into this file", suite->path);
  } else if (status != OTTL_OK) {
    result = cli_fail(CLI_INTERNAL, "updating failed: %s", ottl_status_name(status));
  }
  free(text.data);
  return result;
}

static int run_text(test_session *s, test_suite *suite, const char *data, size_t len, bool update, bool *ret_written) {
  test_reader reader = {s, suite->path};
  ottl_test_options options;
  ottl_test *test = NULL;
  ottl_diags *diags = NULL;
  int result = CLI_OK;
  suite_clear(suite);
  test_options(s, &reader, suite, &options);
  options.coverage = update ? NULL : s->coverage; /* what comes after the update counts */
  ottl_status status = ottl_test_parse(data, len, &options, &test, &diags);
  suite->told = render(diags, plain_colour(s->options));
  ottl_diags_free(diags);
  suite->broken = status == OTTL_COMPILE || status == OTTL_LIMIT;
  if (status != OTTL_OK && !suite->broken) return cli_fail(CLI_INTERNAL, "testing failed: %s", ottl_status_name(status));
  if (status == OTTL_OK) result = run_cases(s, suite, test);
  if (result == CLI_OK && update && test) result = write_update(s, suite, &reader, test, ret_written);
  ottl_test_free(test);
  return result;
}

static int run_suite(test_session *s, test_suite *suite) {
  const test_source *source = test_files_read(s, suite->path, true);
  bool update = s->options->update && !s->options->list, written = false;
  if (!source) return CLI_USAGE;
  int status = run_text(s, suite, source->text, source->len, update, &written);
  if (status > CLI_NO || !update) return status;
  char *text = NULL;
  size_t len = 0;
  status = cli_file_text(suite->path, "tests", &text, &len); /* as it is now */
  if (status == CLI_OK) status = run_text(s, suite, text, len, false, &written);
  free(text);
  s->updated += suite->updated;
  return status;
}

void test_session_done(test_session *s) {
  for (size_t i = 0; i < s->n_suites; i++) {
    suite_clear(&s->suites[i]);
    free(s->suites[i].path);
  }
  free(s->suites);
  while (s->sources) {
    test_source *next = s->sources->next;
    free(s->sources->path);
    free(s->sources->name);
    free(s->sources->text);
    free(s->sources);
    s->sources = next;
  }
  ottl_coverage_free(s->coverage);
  *s = (test_session){.options = s->options};
}

static void count_outcomes(test_session *s, size_t *ret_n) {
  *ret_n = 0;
  for (size_t i = 0; i < s->n_suites; i++) {
    const test_suite *suite = &s->suites[i];
    s->n_broken += suite->broken;
    *ret_n += suite->n_cases + suite->broken;
    for (size_t k = 0; k < suite->n_cases; k++) s->counts[suite->cases[k].outcome]++;
  }
}

static void list_cases(const test_session *s) {
  for (size_t i = 0; i < s->n_suites; i++) {
    for (size_t k = 0; k < s->suites[i].n_cases; k++)
      printf("%s:%u: %s\n", s->suites[i].path, (unsigned)s->suites[i].cases[k].line, s->suites[i].cases[k].name);
  }
}

static int report(test_session *s) {
  const cli_options *o = s->options;
  size_t n;
  count_outcomes(s, &n);
  if (!n && o->names.n) return cli_fail(CLI_USAGE, "no case has `%s` in its name; --list shows their names", o->names.items[0]);
  if (o->list && o->format != OTTL_DIAGS_JSON) {
    list_cases(s);
    for (size_t i = 0; i < s->n_suites; i++)
      if (s->suites[i].told) fputs(s->suites[i].told, stderr);
    return s->n_broken ? CLI_NO : CLI_OK;
  }
  if (o->format == OTTL_DIAGS_JSON)
    test_report_json(s);
  else
    test_report_text(s);
  if (o->list) return s->n_broken ? CLI_NO : CLI_OK;
  int status = o->junit ? test_report_junit(s, o->junit) : CLI_OK;
  if (status != CLI_OK) return status;
  bool bad = s->n_broken || s->counts[OTTL_TEST_FAILED] || s->counts[OTTL_TEST_BROKEN] || s->counts[OTTL_TEST_OPEN];
  if (o->min_coverage && test_report_percent(s) < o->min_coverage) {
    fflush(stdout);
    cli_fail(0, "coverage is %.1f %%, and --min-coverage asks for %g %%", test_report_percent(s), o->min_coverage);
    bad = true;
  }
  return bad ? CLI_NO : CLI_OK;
}

int test_session_run(test_session *s) {
  int status = CLI_OK;
  if (s->options->coverage && !s->options->list && ottl_coverage_create(NULL, &s->coverage) != OTTL_OK)
    return cli_fail(CLI_INTERNAL, "out of memory");
  status = test_files_find(s);
  if (status == CLI_OK && s->options->config && !test_files_read(s, s->options->config, true)) status = CLI_USAGE;
  for (size_t i = 0; i < s->n_suites && (status == CLI_OK || status == CLI_NO); i++) {
    int one = run_suite(s, &s->suites[i]);
    if (one != CLI_OK) status = one;
  }
  if (status != CLI_OK && status != CLI_NO) return status;
  int told = report(s);
  return told != CLI_OK ? told : status;
}

static int watch(test_session *s) {
  int status;
  test_watch_begin();
  do {
    test_session_done(s);
    status = test_session_run(s);
    fflush(stdout);
    if (status == CLI_INTERNAL || test_watch_ended()) break;
    cli_fail(0, "watching; Ctrl-C ends");
  } while (test_watch_wait(s));
  return status == CLI_INTERNAL ? status : CLI_OK;
}

static int test_usage(const cli_options *o) {
  for (size_t i = 0; i < o->files.n; i++) {
    if (strcmp(o->files.items[i], "-") == 0) return cli_fail(CLI_USAGE, "cases are read from files, not from standard input");
  }
  if (o->update && o->list) return cli_fail(CLI_USAGE, "--update and --list do not go together");
  if (o->watch && (o->list || o->format == OTTL_DIAGS_JSON))
    return cli_fail(CLI_USAGE, "--watch is for people: it does not go together with --list and --format json");
  if (o->config && strcmp(o->config, "-") == 0) return cli_fail(CLI_USAGE, "--config reads a file, not standard input");
  return CLI_OK;
}

int cli_test(int argc, char **argv) {
  cli_options options;
  test_session session = {.options = &options};
  int status = cli_options_read(argv[0], IN_TEST, argc, argv, &options);
  if (status == CLI_OK && options.help) {
    cli_help_command(argv[0]);
  } else if (status == CLI_OK) {
    status = test_usage(&options);
    if (status == CLI_OK) status = options.watch ? watch(&session) : test_session_run(&session);
  }
  test_session_done(&session);
  cli_options_done(&options);
  return status;
}
