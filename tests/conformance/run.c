#define _POSIX_C_SOURCE 200809L /* setenv */
/* Runs one case through the public API and compares what came out with what is wanted. */
#include "conformance.h"

#include <stdlib.h>
#include <string.h>

/* One way to run a case. */
typedef struct run_way {
  bool row_order;
  uint32_t slice_rows;
} run_way;

static const run_way run_ways[] = {{false, 0}, {true, 0}, {false, 1}, {false, 3}, {false, 64}, {true, 1}, {true, 3}, {true, 64}};
/* The narrower instruction sets are tried with the first of these. */
#define RUN_WAYS_ISA 2
/* A memo for every call that can have one, however few its rows. */
#define RUN_WAYS_MEMO 1
static const char *const run_isas[] = {"scalar", "v3", "v4", "neon", "wasm128"};

static void run_append(void *context, const char *data, size_t len) { conf_buf_put(context, data, len); }

static void run_put_diags(conf_buf *message, const ottl_diags *diags) {
  conf_buf text = {0};
  if (diags && ottl_diags_render(diags, OTTL_DIAGS_SHORT, false, run_append, &text) == OTTL_OK && text.len) {
    size_t len = strcspn(text.data, "\n"); /* the first says enough */
    conf_buf_puts(message, ": ");
    conf_buf_put(message, text.data, len);
  }
  conf_buf_free(&text);
}

static ottl_snippet run_snippet(yyjson_val *text) {
  return (ottl_snippet){.text = yyjson_get_str(text), .len = yyjson_get_len(text)};
}

static ottl_status run_compile(const conf_case *c, run_way way, ottl_program **ret_program, ottl_diags **ret_diags) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.row_order = way.row_order;
  options.experimental = c->lambdas;
  options.literal_lists = c->literal_lists;
  if (c->mode >= CONF_TRANSFORM) return conf_config_compile(c, &options, ret_program, ret_diags);
  size_t n = c->mode == CONF_STATEMENTS ? yyjson_arr_size(c->program) : 1, i, all;
  ottl_snippet *sources = conf_realloc(NULL, n * sizeof *sources);
  yyjson_val *text;
  if (c->mode == CONF_STATEMENTS) {
    yyjson_arr_foreach(c->program, i, all, text) sources[i] = run_snippet(text);
  } else {
    sources[0] = run_snippet(c->program);
  }
  ottl_group group = {
      .struct_size = sizeof group, .context = c->context, .statements = sources, .n_statements = n, .error_mode = c->error_mode};
  options.kind = c->mode == CONF_VALUE       ? OTTL_KIND_VALUES
                 : c->mode == CONF_CONDITION ? OTTL_KIND_CONDITIONS
                                             : OTTL_KIND_TRANSFORM;
  options.signal = c->signal;
  options.paths = c->paths;
  options.event_index = c->event_index;
  options.functions = OTTL_FUNCTIONS_STANDARD;
  options.experimental = c->signal == OTTL_SIGNAL_PROFILES;
  ottl_status status = ottl_program_compile(&group, 1, &options, ret_program, ret_diags);
  free(sources);
  return status;
}

/* Compares the result of row i; an error's text does not bind. */
static bool run_check_row(ottl_exec *exec, const conf_case *c, size_t row, yyjson_val *want, conf_buf *message) {
  ottl_value value;
  const char *text = NULL;
  yyjson_val *want_value = yyjson_obj_get(want, "value");
  ottl_status status = ottl_eval_value(exec, 0, row, &value, &text);
  if (status == OTTL_RUNTIME && !want_value) return true;
  if (status != OTTL_OK) {
    conf_buf_printf(message, "item %zu: want ", row);
    conf_put_short(message, want);
    conf_buf_printf(message, ", got %s: %s", ottl_status_name(status), text ? text : "");
    return false;
  }
  conf_buf got = {0};
  status = conf_value_encode(exec, &value, &got);
  yyjson_doc *doc = status == OTTL_OK ? yyjson_read(got.data, got.len, CONF_JSON_FLAGS) : NULL;
  bool same = false;
  if (!doc) {
    conf_buf_printf(message, "item %zu: the value cannot be read: %s", row, ottl_status_name(status));
  } else if (!want_value) {
    conf_buf_printf(message, "item %zu: want ", row);
    conf_put_short(message, want);
    conf_buf_puts(message, ", got ");
    conf_put_short(message, yyjson_doc_get_root(doc));
  } else {
    size_t before = message->len;
    conf_buf_printf(message, "item %zu: ", row);
    same = conf_value_equal(want_value, yyjson_doc_get_root(doc), c->nondeterministic, message);
    if (same) message->len = before;
  }
  yyjson_doc_free(doc);
  conf_buf_free(&got);
  return same;
}

static bool run_check_results(ottl_exec *exec, const conf_case *c, ottl_status status, const ottl_result *result,
                              conf_buf *message) {
  yyjson_val *results = yyjson_obj_get(c->want, "results"), *want;
  if (status != OTTL_OK || result->data) {
    size_t offset = 0;
    const char *failure = ottl_exec_failure(exec, &offset);
    conf_buf_printf(message, "evaluation: %s: %s", ottl_status_name(status), failure ? failure : "a payload is handed on");
    return false;
  }
  if (ottl_eval_rows(exec) != yyjson_arr_size(results)) {
    conf_buf_printf(message, "want %zu items, got %zu", yyjson_arr_size(results), ottl_eval_rows(exec));
    return false;
  }
  size_t i, n;
  yyjson_arr_foreach(results, i, n, want) {
    if (!run_check_row(exec, c, i, want, message)) return false;
  }
  return true;
}

static size_t run_number(yyjson_val *val) { return val ? (size_t)strtoull(yyjson_get_raw(val), NULL, 10) : 0; }

static bool run_wants_error(yyjson_val *errors, const ottl_row_error *got) {
  size_t i, n;
  yyjson_val *want;
  yyjson_arr_foreach(errors, i, n, want) {
    if (run_number(yyjson_obj_get(want, "item")) == got->item &&
        run_number(yyjson_obj_get(want, "statement")) == got->statement) {
      return true;
    }
  }
  return false;
}

/* The same set of (item, statement)? No pair comes twice, so equal sizes and inclusion are enough. */
static bool run_check_errors(ottl_exec *exec, const conf_case *c, bool refused, const ottl_result *result, conf_buf *message) {
  yyjson_val *errors = yyjson_obj_get(c->want, "errors");
  size_t n = 0, wanted = yyjson_arr_size(errors);
  ottl_row_error got, before = {0};
  for (; ottl_exec_error(exec, n, &got); n++) {
    bool twice = n && got.item == before.item && got.statement == before.statement && got.group == before.group;
    if (twice || got.group || !run_wants_error(errors, &got)) {
      conf_buf_printf(message, "item %llu, statement %u%s: %s %s, want %zu errors: ", (unsigned long long)got.item, got.statement,
                      twice ? " again" : "", got.code, got.message, wanted);
      conf_put_short(message, errors);
      return false;
    }
    before = got;
  }
  if (n != wanted || (result->errors != wanted && !refused)) {
    conf_buf_printf(message, "%zu errors (counted %llu), want %zu: ", n, (unsigned long long)result->errors, wanted);
    conf_put_short(message, errors);
    return false;
  }
  return true;
}

/* A payload that was handed on; want: as OTLP/JSON, or null when it is the fixture. */
static bool run_check_payload(conf_runner *runner, const conf_case *c, const conf_fixture *fix, yyjson_val *want,
                              const uint8_t *data, size_t data_len, conf_buf *message) {
  const char *text;
  size_t len;
  ottl_status status = ottl_json_from_wire(runner->json, c->signal, data, data_len, &text, &len);
  yyjson_doc *doc = status == OTTL_OK ? yyjson_read(text, len, CONF_JSON_FLAGS) : NULL;
  if (!doc) {
    conf_buf_printf(message, "the output cannot be read: %s %s", ottl_status_name(status), ottl_json_error(runner->json, NULL));
    return false;
  }
  conf_payload_rules rules = {.unordered_points = yyjson_is_true(yyjson_obj_get(c->want, "unordered_points")),
                              .replaced_utf8 = yyjson_is_true(yyjson_obj_get(c->want, "invalid_utf8"))};
  bool unchanged = yyjson_is_null(want);
  if (unchanged) want = yyjson_doc_get_root(fix->json);
  size_t before = message->len;
  conf_buf_puts(message, unchanged ? "output (want: unchanged) " : "output ");
  yyjson_val *got = yyjson_doc_get_root(doc);
  yyjson_doc *resolved[2] = {NULL, NULL};
  if (c->signal == OTTL_SIGNAL_PROFILES) {
    want = yyjson_doc_get_root(resolved[0] = conf_profiles_resolved(want));
    got = yyjson_doc_get_root(resolved[1] = conf_profiles_resolved(got));
  }
  bool same = conf_payload_equal(want, got, &rules, message);
  yyjson_doc_free(resolved[0]);
  yyjson_doc_free(resolved[1]);
  if (same) message->len = before;
  yyjson_doc_free(doc);
  return same;
}

static bool run_check_output(conf_runner *runner, const conf_case *c, const conf_fixture *fix, const ottl_result *result,
                             conf_buf *message) {
  yyjson_val *want = yyjson_obj_get(c->want, "output");
  if (result->unchanged && (result->len != fix->len || (fix->len && memcmp(result->data, fix->wire, fix->len) != 0))) {
    conf_buf_puts(message, "said to be unchanged, but the bytes differ");
    return false;
  }
  if (c->nondeterministic) return true;
  bool dropped = !result->data && !result->len, wanted = yyjson_equals_str(want, "dropped");
  if (wanted || (dropped && fix->len)) { /* of an empty payload nothing is left either way */
    if (wanted && dropped) return true;
    conf_buf_puts(message, dropped ? "everything is dropped" : "not everything is dropped");
    return false;
  }
  return run_check_payload(runner, c, fix, want, result->data, result->len, message);
}

/* What one pipeline gets; want: NULL when it is to get nothing. */
static bool run_check_route(conf_runner *runner, const conf_case *c, const conf_fixture *fix, yyjson_val *want,
                            const ottl_route_payload *got, conf_buf *message) {
  if (got->whole && (got->len != fix->len || (fix->len && memcmp(got->data, fix->wire, fix->len) != 0))) {
    conf_buf_puts(message, "said to be whole, but the bytes differ");
    return false;
  }
  if (!want || !got->data) {
    if (!want && !got->data) return true;
    conf_buf_puts(message, want ? "gets nothing" : "gets something");
    return false;
  }
  return run_check_payload(runner, c, fix, want, got->data, got->len, message);
}

static bool run_check_routes(conf_runner *runner, const ottl_program *program, ottl_exec *exec, const conf_case *c,
                             const conf_fixture *fix, conf_buf *message) {
  yyjson_val *wanted = yyjson_obj_get(c->want, "outputs");
  size_t n = 0, pipelines = ottl_route_pipelines(program);
  for (size_t i = 0; i < pipelines; i++) {
    ottl_view name = ottl_route_pipeline(program, i);
    yyjson_val *want = yyjson_obj_getn(wanted, name.data, name.len);
    ottl_route_payload got;
    size_t before = message->len;
    conf_buf_printf(message, "%.*s: ", (int)name.len, name.data);
    if (ottl_route_output(exec, i, &got) != OTTL_OK || !run_check_route(runner, c, fix, want, &got, message)) return false;
    message->len = before;
    n += want != NULL;
  }
  if (n == yyjson_obj_size(wanted)) return true;
  conf_buf_printf(message, "%zu pipelines get something, %zu of them are known", yyjson_obj_size(wanted), n);
  return false;
}

static bool run_check_statements(conf_runner *runner, ottl_exec *exec, const conf_case *c, const conf_fixture *fix,
                                 ottl_status status, const ottl_result *result, conf_buf *message) {
  bool refused = c->error_mode == OTTL_ERROR_PROPAGATE && yyjson_arr_size(yyjson_obj_get(c->want, "errors")) > 0;
  if (status != OTTL_OK && status != OTTL_RUNTIME) {
    size_t offset = 0;
    const char *failure = ottl_exec_failure(exec, &offset);
    conf_buf_printf(message, "run: %s: %s at byte %zu", ottl_status_name(status), failure ? failure : "", offset);
    return false;
  }
  if (!run_check_errors(exec, c, refused, result, message)) return false;
  if (refused != (status == OTTL_RUNTIME)) {
    conf_buf_printf(message, "run: %s, want %s", ottl_status_name(status), refused ? "runtime" : "ok");
    return false;
  }
  return refused || run_check_output(runner, c, fix, result, message);
}

/* A processor's run fails as a whole, or hands a payload on; which records failed is nobody's business. */
static bool run_check_processor(conf_runner *runner, const ottl_program *program, ottl_exec *exec, const conf_case *c,
                                const conf_fixture *fix, ottl_status status, const ottl_result *result, conf_buf *message) {
  yyjson_val *error = yyjson_obj_get(c->want, "error");
  if (status != (error ? OTTL_RUNTIME : OTTL_OK)) {
    size_t offset = 0;
    ottl_row_error row = {.message = NULL};
    const char *failure = ottl_exec_failure(exec, &offset);
    if (status == OTTL_RUNTIME && ottl_exec_error(exec, 0, &row)) failure = row.message;
    conf_buf_printf(message, "run: %s: %s; want ", ottl_status_name(status), failure ? failure : "");
    conf_put_short(message, c->want);
    return false;
  }
  if (c->mode == CONF_ROUTE && !error) return run_check_routes(runner, program, exec, c, fix, message);
  return error || run_check_output(runner, c, fix, result, message);
}

static conf_outcome run_execute(conf_runner *runner, const conf_case *c, run_way way, const ottl_program *program,
                                conf_buf *message) {
  const conf_fixture *fix = conf_fixtures_get(&runner->fixtures, runner->json, c->fixture, c->signal);
  if (fix->failure) {
    conf_buf_printf(message, "fixture %s: %s", fix->name, fix->failure);
    return CONF_FAILED;
  }
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = way.slice_rows;
  options.max_errors = 1000000;
  ottl_exec *exec = NULL;
  ottl_status status = ottl_exec_create(program, &options, &exec);
  if (status != OTTL_OK) {
    conf_buf_printf(message, "exec: %s", ottl_status_name(status));
    return CONF_FAILED;
  }
  ottl_result result = {0};
  size_t request_len = 0;
  char *request = c->call ? yyjson_val_write(c->call, 0, &request_len) : NULL;
  if (request) status = ottl_exec_set_request(exec, request, request_len);
  free(request);
  if (status == OTTL_OK) status = ottl_exec_run(exec, fix->wire, fix->len, &result);
  bool ok = c->mode >= CONF_TRANSFORM    ? run_check_processor(runner, program, exec, c, fix, status, &result, message)
            : c->mode == CONF_STATEMENTS ? run_check_statements(runner, exec, c, fix, status, &result, message)
                                         : run_check_results(exec, c, status, &result, message);
  ottl_exec_free(exec);
  return ok ? CONF_PASSED : CONF_FAILED;
}

static conf_outcome run_once(conf_runner *runner, const conf_case *c, run_way way, conf_buf *message) {
  yyjson_val *rejection = yyjson_obj_get(c->want, "compile_error");
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  conf_outcome outcome;
  ottl_status status = run_compile(c, way, &program, &diags);
  if (status == OTTL_UNSUPPORTED) {
    outcome = CONF_SKIPPED;
    conf_buf_puts(message, "unsupported");
    run_put_diags(message, diags);
  } else if (status == OTTL_OK && !rejection) {
    outcome = run_execute(runner, c, way, program, message);
  } else if (status == OTTL_COMPILE && rejection) {
    outcome = CONF_PASSED;
  } else {
    outcome = CONF_FAILED;
    conf_buf_printf(message, "compile: %s", ottl_status_name(status));
    run_put_diags(message, diags);
    if (rejection) {
      conf_buf_puts(message, "; the reference rejects it: ");
      conf_put_short(message, rejection);
    }
  }
  ottl_program_free(program);
  ottl_diags_free(diags);
  return outcome;
}

static conf_outcome run_all(conf_runner *runner, const conf_case *c, size_t n_ways, const char *with, conf_buf *message) {
  for (size_t i = 0; i < n_ways; i++) {
    conf_buf_reset(message);
    if (with) conf_buf_printf(message, "[%s] ", with);
    if (run_ways[i].row_order) conf_buf_puts(message, "[row order] ");
    if (run_ways[i].slice_rows) conf_buf_printf(message, "[slices of %u] ", run_ways[i].slice_rows);
    conf_outcome outcome = run_once(runner, c, run_ways[i], message);
    if (outcome != CONF_PASSED) return outcome;
  }
  return CONF_PASSED;
}

conf_outcome conf_run(conf_runner *runner, const conf_case *c, conf_buf *message) {
  size_t n = sizeof run_ways / sizeof *run_ways;
  conf_outcome outcome = run_all(runner, c, runner->matrix ? n : 2, NULL, message);
  if (!runner->matrix || getenv("OTTL_FORCE_ISA")) return outcome;
  const char *widest = ottl_isa();
  for (size_t i = 0; i < sizeof run_isas / sizeof *run_isas && outcome == CONF_PASSED; i++) {
    setenv("OTTL_FORCE_ISA", run_isas[i], 1);
    bool there = strcmp(ottl_isa(), run_isas[i]) == 0 && strcmp(run_isas[i], widest) != 0;
    if (there) outcome = run_all(runner, c, RUN_WAYS_ISA, run_isas[i], message);
    unsetenv("OTTL_FORCE_ISA");
  }
  if (outcome == CONF_PASSED && !getenv("OTTL_FORCE_MEMO")) {
    setenv("OTTL_FORCE_MEMO", "on", 1);
    outcome = run_all(runner, c, RUN_WAYS_MEMO, "memo", message);
    unsetenv("OTTL_FORCE_MEMO");
  }
  return outcome;
}
