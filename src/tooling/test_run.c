/* A case run: policy, input, what comes out of one program into the next, and what is said of it. */
#include "tooling/test.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/gonum.h"

#define DEFAULT_CLOCK 1704067200 /* 2024-01-01T00:00:00Z: a case gives the same every day */
#define DEFAULT_SEED  1

static void set_message(test_run *t, ottl_test_outcome outcome, const char *format, va_list args) {
  char line[512];
  ottl_sbuf *message = &t->test->message;
  int n = vsnprintf(line, sizeof line, format, args);
  if (t->result->outcome != OTTL_TEST_PASSED) return; /* the first counts */
  t->result->outcome = outcome;
  sbuf_put(message, line, n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void ottl__test_broken(test_run *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  set_message(t, OTTL_TEST_BROKEN, format, args);
  va_end(args);
}

void ottl__test_failed(test_run *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  set_message(t, OTTL_TEST_FAILED, format, args);
  va_end(args);
}

ottl_status ottl__test_fatal(const test_run *t) {
  const ottl_test *test = t->test;
  if (t->r->fatal) return t->r->fatal;
  return test->message.failed || test->detail.failed || test->output.failed || t->in.failed || t->out.failed ? OTTL_NOMEM
                                                                                                             : OTTL_OK;
}

const char *ottl__test_text(test_run *t, test_key key) {
  const cfg_node *node = test_field(t, key);
  ottl_view text = {NULL, 0};
  return ottl__cfg_text(t->r, node, ottl__test_key_names[key], &text) ? text.data : NULL;
}

bool ottl__test_file(test_run *t, const cfg_node *node, const char *path, ottl_view *ret_text, const char **ret_name) {
  const ottl_test_options *o = &t->test->options;
  *ret_name = path;
  if (o->read && o->read(o->read_context, path, ret_text, ret_name)) {
    if (!ret_text->data) *ret_text = VIEW("");
    return true;
  }
  CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "the file %s cannot be read", path);
  return false;
}

const rec_schema *ottl__test_schema(ottl_test *test, ottl_signal signal) {
  if (!test->schemas[signal]) test->schemas[signal] = ottl__rec_schema(&test->arena, signal);
  return test->schemas[signal];
}

/* -- an exec -- */

static bool exec_options(test_run *t, ottl_exec_options *ret) {
  const cfg_node *clock = test_field(t, TEST_CLOCK), *seed = test_field(t, TEST_RANDOM_SEED);
  uint64_t nanos;
  ottl_exec_options_init(ret);
  ret->allocator = &t->test->al;
  ret->clock_seconds = DEFAULT_CLOCK;
  ret->random_seed = DEFAULT_SEED;
  if (clock && clock->kind == CFG_STRING && ottl__rec_time(clock->text, &nanos) && nanos) {
    ret->clock_seconds = (int64_t)(nanos / 1000000000);
    ret->clock_nanos = (uint32_t)(nanos % 1000000000);
  } else if (clock) {
    CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, clock), "`clock` is a time after 1970, such as 2024-05-01T12:00:00Z");
  }
  if (seed && seed->kind == CFG_INT && seed->integer > 0)
    ret->random_seed = (uint64_t)seed->integer;
  else if (seed)
    CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, seed), "`random_seed` is a positive integer");
  return !t->r->n_errors;
}

static bool tell_request(test_run *t, ottl_exec *exec) {
  const cfg_node *request = test_field(t, TEST_REQUEST);
  ottl_sbuf json;
  if (!request) return true;
  ottl__sbuf_init(&json, &t->test->al);
  ottl__rec_json(request, &json);
  ottl_status status = json.failed ? OTTL_NOMEM : ottl_exec_set_request(exec, json.data, json.len);
  ottl__sbuf_done(&json);
  if (status == OTTL_NOMEM) t->r->fatal = OTTL_NOMEM;
  if (status != OTTL_OK && status != OTTL_NOMEM) {
    ottl_diag_item *d = CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, request), "`request` is not what paths of `otelcol` read");
    ottl__diag_help(d, "a map with `addr`, `metadata` and `grpc` (lists of strings by name) and `auth`");
  }
  return status == OTTL_OK;
}

/* -- failures -- */

/* The statement or condition that failed, and its number among all of its program, in the order of the file. */
static const ottl_snippet *find_snippet(const test_step *step, const ottl_row_error *e, test_failure *ret) {
  uint64_t statements = 0, conditions = 0;
  if (e->group >= step->n_groups) return NULL;
  for (size_t i = 0; i < e->group; i++) {
    statements += step->groups[i].n_statements;
    conditions += step->groups[i].n_conditions;
  }
  const ottl_group *g = &step->groups[e->group];
  if (e->statement < g->n_statements) {
    ret->statement = statements + e->statement + 1;
    return &g->statements[e->statement];
  }
  if (e->condition >= g->n_conditions) return NULL;
  ret->condition = conditions + e->condition + 1;
  return &g->conditions[e->condition];
}

static bool keep_failures(test_run *t, const test_step *step, ottl_exec *exec) {
  size_t n = 0, cap;
  ottl_row_error e;
  while (ottl_exec_error(exec, n, &e)) n++;
  cap = t->n_failures + n;
  test_failure *all = arena_zero(&t->test->run, (cap + 1) * sizeof *all);
  if (all && t->n_failures) memcpy(all, t->failures, t->n_failures * sizeof *all);
  for (size_t i = 0; all && i < n && ottl_exec_error(exec, i, &e); i++) {
    ottl_view message = arena_copy(&t->test->run, e.message, strlen(e.message));
    if (!message.data) all = NULL;
    if (!all) break;
    test_failure *f = &all[t->n_failures + i];
    *f = (test_failure){.record = e.item + 1, .processor = step->name, .code = view_str(e.code), .message = message};
    const ottl_snippet *snippet = find_snippet(step, &e, f);
    f->file = snippet ? snippet->name : NULL;
    f->line = snippet ? snippet->line : 0;
  }
  if (!all) {
    t->r->fatal = OTTL_NOMEM;
    return false;
  }
  t->failures = all;
  t->n_failures = cap;
  return true;
}

/* -- running -- */

static bool run_step(test_run *t, const test_step *step, ottl_view in, const ottl_exec_options *options) {
  ottl_exec *exec = NULL;
  ottl_result result;
  ottl_status status = ottl_exec_create(step->program, options, &exec);
  if (status == OTTL_OK && t->test->options.coverage) status = ottl_exec_profile(exec, true);
  if (status != OTTL_OK) {
    ottl_exec_free(exec);
    t->r->fatal = status;
    return false;
  }
  bool ok = tell_request(t, exec);
  if (ok) {
    status = ottl_exec_run(exec, (const uint8_t *)in.data, in.len, &result);
    t->refused = status == OTTL_RUNTIME;
    if (status == OTTL_OK || t->refused) {
      t->all_failures += result.errors;
      ok = keep_failures(t, step, exec);
      t->out.len = 0;
      if (status == OTTL_OK && result.data) sbuf_put(&t->out, result.data, result.len);
    } else if (status == OTTL_NOMEM || status == OTTL_INVALID_ARG || status == OTTL_INTERNAL) {
      t->r->fatal = status;
      ok = false;
    } else {
      const char *why = ottl_exec_failure(exec, NULL);
      ottl__test_broken(t, "the input cannot be run: %s", why ? why : ottl_status_name(status));
      ok = false;
    }
  }
  if (ok && t->test->options.coverage && ottl_coverage_add(t->test->options.coverage, exec) != OTTL_OK) t->r->fatal = OTTL_NOMEM;
  ottl_exec_free(exec);
  return ok && !t->r->fatal;
}

static bool run_steps(test_run *t) {
  ottl_exec_options options;
  if (!exec_options(t, &options)) return false;
  sbuf_view(&t->out, sbuf_all(&t->in));
  for (size_t i = 0; i < t->n_steps && !t->refused && (i == 0 || t->out.len); i++) {
    ottl_view in = arena_copy(&t->test->run, t->out.data, t->out.len);
    if (!in.data) t->r->fatal = OTTL_NOMEM;
    if (!in.data || !run_step(t, &t->steps[i], in, &options)) return false;
  }
  if (t->refused) t->out.len = 0;
  return true;
}

static void run_case(test_run *t) {
  if (!ottl__test_policy(t)) return;
  t->schema = ottl__test_schema(t->test, t->signal);
  if (!t->schema) {
    t->r->fatal = OTTL_NOMEM;
    return;
  }
  t->result->signal = t->signal;
  if (!ottl__test_payload(t, TEST_INPUT, TEST_INPUT_FILE, &t->in) || !run_steps(t)) return;
  ottl__test_expect(t);
  ottl__test_errors(t);
}

static ottl_status finish(test_run *t, ottl_diags **ret_diags) {
  ottl_test *test = t->test;
  ottl_test_result *result = t->result;
  if (t->r->n_errors && result->outcome == OTTL_TEST_PASSED) ottl__test_broken(t, "there are mistakes in the case");
  if (t->r->n_errors) result->outcome = OTTL_TEST_BROKEN;
  if (result->outcome == OTTL_TEST_BROKEN || result->outcome == OTTL_TEST_PASSED) test->detail.len = 0, t->c->n_edits = 0;
  sbuf_view(&test->output, sbuf_all(&t->out));
  ottl_status status = ottl__test_fatal(t);
  result->message = sbuf_all(&test->message);
  result->detail = sbuf_all(&test->detail);
  result->output = t->out.len ? sbuf_all(&test->output) : (ottl_view){NULL, 0};
  result->errors = t->all_failures;
  ottl__test_policy_done(t);
  ottl__sbuf_done(&t->in);
  ottl__sbuf_done(&t->out);
  ottl__diags_sort(t->diags, 0);
  return ottl__diags_give(t->diags, ret_diags, status);
}

ottl_status ottl_test_run(ottl_test *test, size_t i, ottl_test_result *ret_result, ottl_diags **ret_diags) {
  ottl_test_case_info info;
  if (ret_diags) *ret_diags = NULL;
  if (!ret_result || ottl_test_case(test, i, &info) != OTTL_OK) return OTTL_INVALID_ARG;
  *ret_result = (ottl_test_result){0};
  test->cases[i].n_edits = 0;
  if (info.skip.data) {
    ret_result->outcome = OTTL_TEST_SKIPPED;
    ret_result->message = info.skip;
    return OTTL_OK;
  }
  cfg_reader r = test->r;
  test_run t = {.test = test, .c = &test->cases[i], .r = &r, .result = ret_result};
  OTTL_TRY(ottl__diags_create(&test->al, &t.diags));
  ottl__arena_reset(&test->run);
  test->message.len = test->detail.len = test->output.len = 0;
  ottl__sbuf_init(&t.in, &test->al);
  ottl__sbuf_init(&t.out, &test->al);
  r.diags = t.diags;
  r.arena = &test->run;
  r.source = ottl__diags_source(t.diags, test->file.name, test->file.text, 1, 1, 0);
  r.n_errors = 0;
  run_case(&t);
  return finish(&t, ret_diags);
}
