/* Once warm, a run allocates nothing: for every example of every function, and for the programs of the benchmark. */
#define _GNU_SOURCE /* setenv */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sbuf.h"
#include "failing.h"
#include "ottl/ottl.h"
#include "yyjson.h"

typedef struct example {
  const char *function, *form, *signal, *record, *ottl;
} example;

static const example examples[] = {
#define NONE        "", ""
#define LOG(...)    "log", #__VA_ARGS__
#define SPAN(...)   "span", #__VA_ARGS__
#define METRIC(...) "metric", #__VA_ARGS__
#define OTTL(...)   #__VA_ARGS__
#define IS(...)
#define VALUE(function, input, ottl, is)     {#function, "set(%s.attributes[\"made here\"], %s)", input, ottl},
#define CONDITION(function, input, ottl, is) {#function, "set(%s.cache[\"made here\"], 1) where %s", input, ottl},
#define STATEMENT(function, input, ottl, is) {#function, "%.0s%s", input, ottl},
#include "manual.def"
    /* Arguments from data, and results of many keys. */
    {"ParseJSON", "%.0s%s", "log",
     "{\"body\": \"{\\\"k0\\\": 0, \\\"k1\\\": 1, \\\"k2\\\": 2, \\\"k3\\\": 3, \\\"k4\\\": 4, \\\"k5\\\": 5, \\\"k6\\\": 6, "
     "\\\"k7\\\": 7, \\\"k8\\\": 8, \\\"k9\\\": 9, \\\"k10\\\": 10, \\\"k11\\\": 11, \\\"k12\\\": 12, \\\"k13\\\": 13, "
     "\\\"k14\\\": 14, \\\"k15\\\": 15, \\\"k16\\\": 16, \\\"k17\\\": 17, \\\"k18\\\": 18, \\\"k19\\\": 19, \\\"k20\\\": 20, "
     "\\\"k21\\\": 21, \\\"k22\\\": 22, \\\"k23\\\": 23, \\\"k24\\\": 24, \\\"k25\\\": 25, \\\"k26\\\": 26, \\\"k27\\\": 27, "
     "\\\"k28\\\": 28, \\\"k29\\\": 29, \\\"k30\\\": 30, \\\"k31\\\": 31, \\\"k32\\\": 32, \\\"k33\\\": 33, \\\"k34\\\": 34, "
     "\\\"k35\\\": 35, \\\"k36\\\": 36, \\\"k37\\\": 37, \\\"k38\\\": 38, \\\"k39\\\": 39}\"}",
     "merge_maps(log.attributes, ParseJSON(log.body), \"upsert\")"},
    {"ParseKeyValue", "%.0s%s", "log",
     "{\"body\": \"k0=v k1=v k2=v k3=v k4=v k5=v k6=v k7=v k8=v k9=v k10=v k11=v k12=v k13=v k14=v k15=v k16=v k17=v k18=v k19=v "
     "k20=v k21=v k22=v k23=v k24=v k25=v k26=v k27=v k28=v k29=v k30=v k31=v k32=v k33=v k34=v k35=v k36=v k37=v k38=v k39=v\"}",
     "merge_maps(log.attributes, ParseKeyValue(log.body), \"upsert\")"},
    {"IsMatch", "%.0s%s", "log", "{\"body\": \"abc\", \"attributes\": {\"p\": \"^a.*c$\"}}",
     "set(log.attributes[\"r\"], IsMatch(log.body, log.attributes[\"p\"]))"},
    {"IsInCIDR", "%.0s%s", "log", "{\"attributes\": {\"ip\": \"10.1.2.3\", \"net\": \"10.0.0.0/8\"}}",
     "set(log.attributes[\"r\"], IsInCIDR(log.attributes[\"ip\"], [log.attributes[\"net\"]]))"},
    {"ExtractPatterns", "%.0s%s", "log", "{\"body\": \"abc\", \"attributes\": {\"p\": \"^(?P<x>a).*c$\"}}",
     "merge_maps(log.attributes, ExtractPatterns(log.body, log.attributes[\"p\"]), \"upsert\")"},
    {"replace_pattern", "%.0s%s", "log", "{\"body\": \"abc\", \"attributes\": {\"p\": \"b\", \"r\": \"<$0>\"}}",
     "replace_pattern(log.body, log.attributes[\"p\"], log.attributes[\"r\"])"},
    {"replace_match", "%.0s%s", "log", "{\"body\": \"abc\", \"attributes\": {\"p\": \"a*\", \"r\": \"x\"}}",
     "replace_match(log.body, log.attributes[\"p\"], log.attributes[\"r\"])"},
    {"keep_keys", "%.0s%s", "log", "{\"body\": \"abc\", \"attributes\": {\"p\": \"a\", \"a\": 1}}",
     "keep_keys(log.attributes, [log.attributes[\"p\"]])"},
    {"Decode", "%.0s%s", "log", "{\"body\": \"YWJj\", \"attributes\": {\"p\": \"base64\"}}",
     "set(log.attributes[\"r\"], Decode(log.body, log.attributes[\"p\"]))"},
    {"ParseCSV", "%.0s%s", "log", "{\"body\": \"1,2,3\", \"attributes\": {\"h\": \"a,b,c\"}}",
     "set(log.attributes[\"r\"], ParseCSV(log.body, log.attributes[\"h\"]))"},
    {"String", "%.0s%s", "log", "{\"body\": {\"b\": 1.5, \"a\": [true, \"x\"]}}", "set(log.attributes[\"r\"], String(log.body))"},
    {"Sort", "%.0s%s", "log", "{\"attributes\": {\"l\": [3, 1, 2]}}",
     "set(log.attributes[\"r\"], Sort(log.attributes[\"l\"], \"desc\"))"},
    {"flatten", "%.0s%s", "log", "{\"attributes\": {\"l\": {\"a\": {\"b\": [1, {\"c\": 2}]}}}}", "flatten(log.attributes)"},
};

static void put_value(ottl_sbuf *out, yyjson_val *v);

static void put_pairs(ottl_sbuf *out, yyjson_val *object) {
  size_t i, n;
  yyjson_val *key, *val;
  sbuf_byte(out, '[');
  yyjson_obj_foreach(object, i, n, key, val) {
    char *name = yyjson_val_write(key, 0, NULL);
    ottl__sbuf_printf(out, "%s{\"key\":%s,\"value\":", i ? "," : "", name);
    free(name);
    put_value(out, val);
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
}

static void put_value(ottl_sbuf *out, yyjson_val *v) {
  size_t i, n;
  yyjson_val *val;
  if (yyjson_is_obj(v)) {
    sbuf_str(out, "{\"kvlistValue\":{\"values\":");
    put_pairs(out, v);
    sbuf_str(out, "}}");
  } else if (yyjson_is_arr(v)) {
    sbuf_str(out, "{\"arrayValue\":{\"values\":[");
    yyjson_arr_foreach(v, i, n, val) {
      if (i) sbuf_byte(out, ',');
      put_value(out, val);
    }
    sbuf_str(out, "]}}");
  } else if (yyjson_is_null(v)) {
    sbuf_str(out, "{}");
  } else {
    const char *name = yyjson_is_str(v)    ? "stringValue"
                       : yyjson_is_bool(v) ? "boolValue"
                       : yyjson_is_int(v)  ? "intValue"
                                           : "doubleValue";
    char *text = yyjson_val_write(v, 0, NULL);
    ottl__sbuf_printf(out, "{\"%s\":%s}", name, text);
    free(text);
  }
}

static void put_record(ottl_sbuf *out, const char *record, bool metric) {
  if (metric) {
    sbuf_str(out, record);
    return;
  }
  yyjson_doc *doc = yyjson_read(record[0] ? record : "{}", record[0] ? strlen(record) : 2, 0);
  assert_non_null(doc);
  yyjson_val *root = yyjson_doc_get_root(doc), *attributes = yyjson_obj_get(root, "attributes"),
             *body = yyjson_obj_get(root, "body"), *name = yyjson_obj_get(root, "name");
  sbuf_str(out, "{\"attributes\":");
  put_pairs(out, attributes);
  if (body) {
    sbuf_str(out, ",\"body\":");
    put_value(out, body);
  }
  if (name) ottl__sbuf_printf(out, ",\"name\":\"%s\"", yyjson_get_str(name));
  sbuf_byte(out, '}');
  yyjson_doc_free(doc);
}

static uint8_t *payload(const char *kind, const char *record, int n, size_t *ret_len) {
  bool metric = !strcmp(kind, "metric"), span = !strcmp(kind, "span");
  ottl_signal signal = metric ? OTTL_SIGNAL_METRICS : span ? OTTL_SIGNAL_TRACES : OTTL_SIGNAL_LOGS;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &al);
  sbuf_str(&text, metric ? "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":["
                  : span ? "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
                         : "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[");
  for (int i = 0; i < n; i++) {
    if (i) sbuf_byte(&text, ',');
    put_record(&text, record, metric);
  }
  sbuf_str(&text, "]}]}]}");
  ottl_json *json;
  const uint8_t *wire;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  if (ottl_json_to_wire(json, signal, text.data, text.len, &wire, ret_len) != OTTL_OK)
    fail_msg("%.*s: %s", (int)text.len, text.data, ottl_json_error(json, NULL));
  uint8_t *copy = malloc(*ret_len + 1);
  memcpy(copy, wire, *ret_len);
  ottl_json_free(json);
  ottl__sbuf_done(&text);
  return copy;
}

/* Allocations of runs after the first ones. */
static size_t warm_allocations(const ottl_program *program, counter *c, const ottl_allocator *al, uint8_t *const in[2],
                               const size_t len[2]) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = al;
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  for (int turn = 0; turn < 6; turn++) assert_int_equal(ottl_exec_run(exec, in[turn % 2], len[turn % 2], &result), OTTL_OK);
  size_t before = c->n;
  for (int turn = 0; turn < 6; turn++) assert_int_equal(ottl_exec_run(exec, in[turn % 2], len[turn % 2], &result), OTTL_OK);
  size_t n = c->n - before;
  ottl_exec_free(exec);
  return n;
}

/* 0: warm runs of the group allocate nothing; 1: they do, which is said; 2: it does not compile. */
static unsigned is_loud(const char *name, const ottl_group *group, ottl_kind kind, uint8_t *const in[2], const size_t len[2]) {
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = &al;
  options.kind = kind;
  options.experimental = true;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(group, 1, &options, &program, &diags);
  ottl_diags_free(diags);
  if (status == OTTL_COMPILE) return 2;
  if (status != OTTL_OK) fail_msg("%s: %s", name, ottl_status_name(status));
  size_t n = 0;
  for (int on = 0; on < 2; on++) { /* whether a memo pays is measured: here it does not depend on the clock */
    assert_int_equal(setenv("OTTL_FORCE_MEMO", on ? "on" : "off", 1), 0);
    n += warm_allocations(program, &c, &al, in, len);
  }
  if (n) print_error("%s: %zu allocations in warm runs\n", name, n);
  ottl_program_free(program);
  assert_int_equal(c.live_blocks, 0);
  return n != 0;
}

static const char *const contexts[] = {NULL, "metric", "datapoint", "span"};

static const char *kind_of(const example *x) { return x->signal[0] ? x->signal : strstr(x->ottl, "span.") ? "span" : "log"; }

/* The statement of an example; its length. */
static size_t text_of(const example *x, char *text, size_t size) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return (size_t)snprintf(text, size, x->form, strstr(x->ottl, "datapoint.") ? "datapoint" : kind_of(x), x->ottl);
#pragma GCC diagnostic pop
}

static void test_functions(void **state) {
  (void)state;
  unsigned failures = 0;
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    const example *x = &examples[i];
    const char *kind = kind_of(x);
    char text[4096];
    ottl_snippet snippet = {.text = text, .len = text_of(x, text, sizeof text)};
    ottl_group group = {.struct_size = sizeof group, .statements = &snippet, .n_statements = 1, .error_mode = OTTL_ERROR_IGNORE};
    size_t len[2];
    uint8_t *in[2] = {payload(kind, x->record, 40, &len[0]), payload(kind, x->record, 3, &len[1])};
    unsigned loud = 2;
    for (unsigned k = 0; k < 4 && loud == 2; k++) {
      group.context = contexts[k];
      loud = is_loud(text, &group, OTTL_KIND_TRANSFORM, in, len);
    }
    if (loud == 2) print_error("%s: does not compile\n", text);
    failures += loud != 0;
    free(in[0]);
    free(in[1]);
  }
  assert_int_equal(failures, 0);
}

/* Every function of the manual, every allocation of a compile and a run. */
static void test_each_allocation_fails(void **state) {
  (void)state;
  size_t n_allocations = 0;
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    const example *x = &examples[i];
    const char *kind = kind_of(x);
    char text[4096];
    ottl_snippet snippet = {.text = text, .len = text_of(x, text, sizeof text)};
    ottl_group group = {.struct_size = sizeof group, .statements = &snippet, .n_statements = 1, .error_mode = OTTL_ERROR_IGNORE};
    failing_work work = {.name = text, .group = &group};
    ottl_compile_options_init(&work.options);
    work.options.experimental = work.options.lint = work.options.explain = true;
    uint8_t *in = payload(kind, x->record, 3, &work.len);
    work.in = in;
    for (unsigned k = 0; k < 4; k++) {
      ottl_program *program = NULL;
      group.context = contexts[k];
      if (ottl_program_compile(&group, 1, &work.options, &program, NULL) != OTTL_OK) continue;
      ottl_program_free(program);
      n_allocations += failing_each(&work);
      break;
    }
    free(in);
  }
  assert_true(n_allocations > 20 * sizeof examples / sizeof *examples);
}

/* The programs of the benchmark, on a few records of their kind. */
static void test_workloads(void **state) {
  (void)state;
  static const char *const records[][2] = {
      {"log", "{\"body\": \"{\\\"level\\\": \\\"info\\\", \\\"n\\\": {\\\"a\\\": [1, 2]}} a@b.example 4111 1111 1111 1111\", "
              "\"attributes\": "
              "{\"http.method\": \"GET\", \"http.route\": \"/a\", \"http.target\": \"/a?b=c\", \"http.status_code\": 200, "
              "\"client.address\": \"10.1.2.3\", \"user_agent\": \"curl/8\", \"duration_ms\": 1.5, \"session.id\": \"x\"}}"},
      {"span",
       "{\"name\": \"GET /a\", \"attributes\": {\"http.request.method\": \"GET\", \"url.path\": \"/a\", \"db.statement\": "
       "\"SELECT 1\", \"http.response.status_code\": 500}}"},
      {"metric",
       "{\"name\": \"m\", \"gauge\": {\"dataPoints\": [{\"asDouble\": 1.5, \"attributes\": [{\"key\": \"pod\", \"value\": "
       "{\"stringValue\": \"pod-1\"}}, {\"key\": \"http.route\", \"value\": {\"stringValue\": \"/a\"}}]}]}}"}};
  unsigned failures = 0;
  DIR *folder = opendir("bench/workloads");
  assert_non_null(folder);
  unsigned n_files = 0;
  for (struct dirent *e; (e = readdir(folder)) != NULL;) {
    size_t len = strlen(e->d_name);
    if (len < 5 || strcmp(e->d_name + len - 5, ".json") != 0) continue;
    char path[512];
    snprintf(path, sizeof path, "bench/workloads/%s", e->d_name);
    yyjson_doc *doc = yyjson_read_file(path, 0, NULL, NULL);
    assert_non_null(doc);
    yyjson_val *root = yyjson_doc_get_root(doc), *list = yyjson_obj_get(root, "statements"), *val;
    bool filter = !list;
    if (filter) list = yyjson_obj_get(root, "conditions");
    ottl_snippet program[200];
    size_t i, n, n_program = 0, lens[2];
    yyjson_arr_foreach(list, i, n, val) program[n_program++] =
        (ottl_snippet){.text = yyjson_get_str(val), .len = yyjson_get_len(val)};
    ottl_group group = {
        .struct_size = sizeof group, .context = yyjson_get_str(yyjson_obj_get(root, "context")), .error_mode = OTTL_ERROR_IGNORE};
    if (filter) {
      group.conditions = program;
      group.n_conditions = n_program;
    } else {
      group.statements = program;
      group.n_statements = n_program;
    }
    const char *signal = yyjson_get_str(yyjson_obj_get(root, "signal"));
    const char *const *record = records[signal[0] == 'l' ? 0 : signal[0] == 't' ? 1 : 2];
    uint8_t *in[2] = {payload(record[0], record[1], 1200, &lens[0]), payload(record[0], record[1], 10, &lens[1])};
    failures += is_loud(path, &group, filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM, in, lens) != 0;
    free(in[0]);
    free(in[1]);
    yyjson_doc_free(doc);
    n_files++;
  }
  closedir(folder);
  assert_true(n_files > 15);
  assert_int_equal(failures, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_functions),
      cmocka_unit_test(test_workloads),
      cmocka_unit_test(test_each_allocation_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
