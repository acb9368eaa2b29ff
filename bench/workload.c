/* Reads and compiles workloads. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yyjson.h"

static int workload_pick(const char *path, yyjson_val *root, const char *key, const char *const *names) {
  const char *text = yyjson_get_str(yyjson_obj_get(root, key));
  for (int i = 0; text && names[i]; i++) {
    if (!strcmp(text, names[i])) return i;
  }
  bench_fail("%s: %s `%s` is not known", path, key, text ? text : "");
}

/* A key that is not known is an error: a workload must not mean less than it says. */
static void workload_check_keys(const char *path, yyjson_val *root) {
  static const char *const known[] = {"name",       "title",      "payload",    "signal",    "mode", "context",
                                      "statements", "conditions", "error_mode", "unordered", "json", "strict"};
  size_t i, n;
  yyjson_val *key, *val;
  yyjson_obj_foreach(root, i, n, key, val) {
    size_t k = 0, count = sizeof known / sizeof *known;
    while (k < count && !yyjson_equals_str(key, known[k])) k++;
    if (k == count) bench_fail("%s: key `%s` is not known", path, yyjson_get_str(key));
  }
}

bench_workload bench_read_workload(const char *path) {
  static const char *const modes[] = {"pass", "transform", "filter", "route", NULL};
  static const char *const signals[] = {"", "logs", "traces", "metrics", NULL};
  static const char *const error_modes[] = {"propagate", "ignore", "silent", NULL};
  bench_text text = bench_read_file(path);
  yyjson_doc *doc = yyjson_read(text.data, text.len, 0);
  free(text.data);
  yyjson_val *root = yyjson_doc_get_root(doc);
  if (!yyjson_is_obj(root)) bench_fail("%s is not a workload", path);
  workload_check_keys(path, root);
  bench_workload w = {.doc = doc};
  w.mode = (bench_mode)workload_pick(path, root, "mode", modes);
  w.signal = (ottl_signal)workload_pick(path, root, "signal", signals);
  w.error_mode = (ottl_error_mode)workload_pick(path, root, "error_mode", error_modes);
  w.name = yyjson_get_str(yyjson_obj_get(root, "name"));
  w.context = yyjson_get_str(yyjson_obj_get(root, "context"));
  w.json = yyjson_get_bool(yyjson_obj_get(root, "json"));
  w.strict = yyjson_get_bool(yyjson_obj_get(root, "strict"));
  if (!w.name || !w.context) bench_fail("%s: name or context is missing", path);
  yyjson_val *program = yyjson_obj_get(root, w.mode == BENCH_TRANSFORM ? "statements" : "conditions"), *val;
  size_t i, n;
  w.program = bench_realloc(NULL, yyjson_arr_size(program) * sizeof *w.program);
  yyjson_arr_foreach(program, i, n, val) {
    w.program[w.n_program++] = (ottl_snippet){.text = yyjson_get_str(val), .len = yyjson_get_len(val)};
  }
  return w;
}

void bench_workload_free(bench_workload *workload) {
  free(workload->program);
  yyjson_doc_free(workload->doc);
}

static void workload_print(void *context, const char *data, size_t len) { fwrite(data, 1, len, context); }

/* Each condition leads to a pipeline of its own, what is left to the last. */
static ottl_status workload_routes(const bench_workload *workload, ottl_program **ret, ottl_diags **diags) {
  size_t n = workload->n_program;
  ottl_route *routes = bench_realloc(NULL, n * sizeof *routes);
  ottl_view *pipelines = bench_realloc(NULL, (n + 1) * sizeof *pipelines);
  char(*names)[24] = bench_realloc(NULL, (n + 1) * sizeof *names);
  for (size_t i = 0; i <= n; i++) {
    snprintf(names[i], sizeof names[i], "%zu", i);
    pipelines[i] = (ottl_view){names[i], strlen(names[i])};
    if (i == n) break;
    routes[i] = (ottl_route){.struct_size = sizeof *routes,
                             .context = workload->context,
                             .text = workload->program[i],
                             .pipelines = &pipelines[i],
                             .n_pipelines = 1};
  }
  ottl_route_options options;
  ottl_route_options_init(&options);
  options.signal = workload->signal;
  options.error_mode = workload->error_mode;
  options.default_pipelines = &pipelines[n];
  options.n_default_pipelines = 1;
  ottl_status status = ottl_route_compile(routes, n, &options, ret, diags);
  free(names);
  free(pipelines);
  free(routes);
  return status;
}

ottl_program *bench_compile(const bench_workload *workload) {
  ottl_group group = {.struct_size = sizeof group, .context = workload->context, .error_mode = workload->error_mode};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = workload->signal;
  if (workload->mode == BENCH_FILTER) {
    options.kind = OTTL_KIND_FILTER;
    group.conditions = workload->program;
    group.n_conditions = workload->n_program;
  } else {
    group.statements = workload->program;
    group.n_statements = workload->n_program;
  }
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = workload->mode == BENCH_ROUTE
                           ? workload_routes(workload, &program, &diags)
                           : ottl_program_compile(&group, workload->mode == BENCH_PASS ? 0 : 1, &options, &program, &diags);
  if (status != OTTL_OK) {
    if (ottl_diags_count(diags) && ottl_diags_render(diags, OTTL_DIAGS_SHORT, false, workload_print, stderr) != OTTL_OK) {
      fputs("the diagnostics cannot be rendered\n", stderr);
    }
    bench_fail("%s: %s", workload->name, ottl_status_name(status));
  }
  ottl_diags_free(diags);
  return program;
}
