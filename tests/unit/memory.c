/* Memory: once warm, a run allocates nothing; and whichever allocation fails, calls end in NOMEM, without leak or crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counter.h"
#include "ottl/ottl.h"

/* ---- programs and a payload ---- */

typedef struct test_program {
  const char *name;
  ottl_kind kind;
  const char *text;
  ottl_error_mode mode;
  ottl_on_failure on_failure;
  bool flatten;
} test_program;

static const test_program programs[] = {
    {"set", OTTL_KIND_TRANSFORM,
     "set(log.attributes[\"env\"], \"prod\") where log.severity_number >= 9\nset(log.body, log.attributes[\"k\"])",
     OTTL_ERROR_PROPAGATE, OTTL_ON_FAILURE_DEFAULT, false},
    {"delete", OTTL_KIND_TRANSFORM,
     "delete_key(log.attributes, \"k\")\ndelete_matching_keys(log.attributes, \"^pass\")\nkeep_keys(resource.attributes, "
     "[\"a\"])",
     OTTL_ERROR_PROPAGATE, OTTL_ON_FAILURE_DEFAULT, false},
    {"replace", OTTL_KIND_TRANSFORM,
     "replace_pattern(log.body, \"user (\\\\w+)\", \"user <$1>\")\nreplace_all_patterns(log.attributes, \"value\", \"[0-9]+\", "
     "\"#\")",
     OTTL_ERROR_PROPAGATE, OTTL_ON_FAILURE_DEFAULT, false},
    {"filter", OTTL_KIND_FILTER, "log.severity_number < 9\nIsMatch(log.body, \"health\")", OTTL_ERROR_PROPAGATE,
     OTTL_ON_FAILURE_DEFAULT, false},
    {"maps", OTTL_KIND_TRANSFORM,
     "merge_maps(log.attributes, {\"x\": 1, \"y\": log.body}, \"upsert\")\nlimit(log.attributes, 3, "
     "[\"x\"])\ntruncate_all(log.attributes, 5)",
     OTTL_ERROR_PROPAGATE, OTTL_ON_FAILURE_DEFAULT, false},
    {"shared", OTTL_KIND_TRANSFORM,
     "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)\nset(log.cache[\"m\"], ParseJSON(\"{\\\"k\\\": [1]}\"))\n"
     "set(log.attributes[\"m\"], log.cache[\"m\"][\"k\"])",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"texts", OTTL_KIND_TRANSFORM,
     "set(log.attributes[\"t\"], String(log.attributes)) where IsMatch({\"a\": log.body}, \"user\")\n"
     "set(log.severity_text, Hex(Concat([log.body, log.attributes[\"k\"]], \"-\")))\n"
     "set(log.trace_id.string, SHA256(log.body))\nset(log.attributes[\"b\"], log.body.string)",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"converters", OTTL_KIND_TRANSFORM,
     "set(log.time, Time(Concat([log.body, \" 2024 5\"], \"\"), \"user u%y at host %o %Y %d\", \"Europe/Berlin\", \"fr\"))\n"
     "set(log.attributes[\"t\"], FormatTime(Time(\"2024-01-02  03 CET\", \"%Y-%m-%d %H %Z\"), \"%c %Z\"))\n"
     "set(log.attributes[\"f\"], Format(\"%8v|%q|%x|%#v|%.3f\", [log.attributes, log.body, log.body, [log.body, 1], 1.5]))\n"
     "set(log.attributes[\"c\"], ParseCSV(\"a,\\\"b\\nc\\\",d\", \"x,y,z\"))\n"
     "set(log.attributes[\"s\"], Sort([log.body, \"b\", \"a\", true]))\n"
     "set(log.attributes[\"i\"], Concat([CommunityID(\"1.2.3.4\", 1, \"::1\", 2), UUID(), ToSnakeCase(log.body), "
     "XXH3(log.body)], \" \"))\n"
     "set(log.attributes[\"v\"], ToKeyValueString(log.attributes, \"=\", \";\", true)) where IsInCIDR(\"1.2.3.4\", "
     "[\"1.2.0.0/16\"])\n"
     "set(log.severity_text, ParseSeverity(log.severity_number, {\"low\": [{\"range\": {\"min\": 0, \"max\": 12}}]}))",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"grok", OTTL_KIND_TRANSFORM,
     "merge_maps(log.attributes, ExtractGrokPatterns(log.body, \"%{USER:a.b}(?: %{ME:n:int})?\", true, [\"ME=[0-9]%{INT}\"]), "
     "\"upsert\")\n"
     "set(log.attributes[\"d\"], ExtractGrokPatterns(log.body, Concat([\"%{WORD:w\", \"}\"], log.severity_text)))",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"user agents", OTTL_KIND_TRANSFORM,
     "merge_maps(log.attributes, UserAgent(log.body), \"upsert\")\n"
     "set(log.attributes[\"d\"], UserAgent(\"curl/7.1\")[\"user_agent.version\"])",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"errors", OTTL_KIND_TRANSFORM,
     "set(log.attributes[\"l\"], ToLowerCase(log.attributes[\"n\"]))\nset(log.severity_text, Concat([log.body, \"x\"], \"-\"))",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"records", OTTL_KIND_TRANSFORM,
     "context: metric\ncopy_metric(name=Concat([metric.name, \"x\"], \"\")) where Len(metric.name) < 5\nset(metric.unit, "
     "metric.name)\n"
     "extract_sum_metric(true) where metric.type == METRIC_DATA_TYPE_HISTOGRAM\nextract_percentile_metric(50.0)\n"
     "aggregate_on_attributes(\"sum\", [\"a\"])\nset(metric.description, metric.unit) where HasAttrKeyOnDatapoint(\"a\")\n"
     "context: datapoint\nset(datapoint.attributes[\"m\"], metric.unit)\nmerge_histogram_buckets(1.0)\n"
     "convert_summary_sum_val_to_sum(\"delta\", true) where datapoint.count > 0",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"records undone", OTTL_KIND_TRANSFORM,
     "context: metric\ncopy_metric(name=Concat([metric.name, \"x\"], \"\")) where Len(metric.name) < 5\n"
     "aggregate_on_attributes(\"sum\", [\"a\"])\nset(metric.unit, ToLowerCase(metric.description)) where metric.name == \"m2\"\n"
     "set(metric.unit, ParseJSON(metric.name)) where metric.name == \"m1\"",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_ATOMIC, true},
    {"lambdas", OTTL_KIND_TRANSFORM,
     "set(log.attributes[\"l\"], MapEach(Split(\"a b c d\", \" \"), (i, v) => Concat([v, String(i), log.body], \"-\")))\n"
     "set(log.attributes[\"m\"], MapKeys({\"a\": 1, \"b\": log.body}, (k, v) => Concat([k, log.body], \"\")))\n"
     "set(log.attributes[\"r\"], Reduce(log.attributes[\"l\"], [], (acc, k, v) => [acc, Reduce([v, k], \"\", (a, _, w) => "
     "Concat([a, "
     "w], \"\"))]))\n"
     "set(log.attributes[\"f\"], Filter(log.attributes, (k, v) => IsString(v) and v != log.body))\n"
     "set(log.attributes[\"x\"], Find(log.attributes[\"l\"], (k, v) => k == 2, (k, v) => {\"v\": v, \"b\": log.body}))",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"span names", OTTL_KIND_TRANSFORM, "set_semconv_span_name(\"1.40.0\", \"name\")\nset(span.attributes[\"n\"], span.name)",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_DEFAULT, false},
    {"undo", OTTL_KIND_TRANSFORM,
     "set(resource.attributes[\"n\"], log.attributes[\"n\"])\nset(resource.attributes[\"m\"][\"k\"], log.body)\n"
     "delete_matching_keys(resource.attributes, \"^x\")\n"
     "set(log.attributes[\"l\"], ToLowerCase(log.attributes[\"n\"])) where log.severity_number > 12",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_ROLLBACK, false},
    {"flatten", OTTL_KIND_TRANSFORM,
     "set(resource.attributes[\"n\"], log.severity_number)\nset(scope.name, ToLowerCase(log.attributes[\"n\"])) where "
     "log.severity_number > 12",
     OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_ATOMIC, true},
};

static ottl_signal signal_of(const test_program *t) {
  return strstr(t->text, "metric.") ? OTTL_SIGNAL_METRICS : strstr(t->text, "span.") ? OTTL_SIGNAL_TRACES : OTTL_SIGNAL_LOGS;
}

/* One metric, or span, or log record, in OTLP/JSON. */
static size_t record_text(char *out, size_t cap, ottl_signal signal, unsigned i) {
  static const char *const metrics[] = {
      "\"sum\":{\"aggregationTemporality\":1,\"dataPoints\":[%s\"asInt\":\"3\"},%s\"asDouble\":2.5}]}",
      "\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[%s\"count\":\"3\",\"sum\":4,\"bucketCounts\":[\"1\",\"2\","
      "\"0\"],"
      "\"explicitBounds\":[1,2]},%s\"count\":\"1\",\"bucketCounts\":[\"0\",\"1\",\"0\"],\"explicitBounds\":[1,2]}]}",
      "\"exponentialHistogram\":{\"aggregationTemporality\":2,\"dataPoints\":[%s\"count\":\"3\",\"positive\":{\"offset\":1,"
      "\"bucketCounts\":[\"1\",\"2\"]}},%s\"count\":\"1\",\"positive\":{\"bucketCounts\":[\"1\"]}}]}",
      "\"summary\":{\"dataPoints\":[%s\"count\":\"3\",\"sum\":4,\"quantileValues\":[{\"quantile\":0.5,\"value\":2}]},%s\"sum\":1}"
      "]}"};
  static const char point[] = "{\"attributes\":[{\"key\":\"a\",\"value\":{\"stringValue\":\"x\"}}],";
  switch (signal) {
  case OTTL_SIGNAL_METRICS: {
    size_t n = (size_t)snprintf(out, cap, "{\"name\":\"m%u\",", i);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n += (size_t)snprintf(out + n, cap - n, metrics[i % 4], point, point);
#pragma GCC diagnostic pop
    return n + (size_t)snprintf(out + n, cap - n, "}");
  }
  case OTTL_SIGNAL_TRACES:
    return (size_t)snprintf(out, cap,
                            "{\"name\":\"s%u\",\"kind\":%u,\"attributes\":[{\"key\":\"http.request.method\",\"value\":{"
                            "\"stringValue\":\"GET\"}},{\"key\":\"http.route\",\"value\":{\"stringValue\":\"/r%u\"}}]}",
                            i, i % 6, i);
  default:
    return (size_t)snprintf(
        out, cap,
        "{\"severityNumber\":%u,\"body\":{\"stringValue\":\"user u%u at host %u\"},\"attributes\":[{\"key\":\"k\",\"value\":"
        "{\"stringValue\":\"v%u\"}},{\"key\":\"n\",\"value\":{\"intValue\":\"%u\"}},{\"key\":\"password\",\"value\":{"
        "\"stringValue\":\"p\"}}]}",
        i % 24, i, i % 7, i, i);
  }
}

/* OTLP/JSON of some records, to wire form in a block that the caller frees. */
static uint8_t *payload(ottl_signal signal, unsigned n_records, size_t *ret_len) {
  static const char *const names[][3] = {[OTTL_SIGNAL_LOGS] = {"resourceLogs", "scopeLogs", "logRecords"},
                                         [OTTL_SIGNAL_TRACES] = {"resourceSpans", "scopeSpans", "spans"},
                                         [OTTL_SIGNAL_METRICS] = {"resourceMetrics", "scopeMetrics", "metrics"}};
  size_t cap = 400 + (size_t)n_records * 600, len = 0;
  char *text = malloc(cap);
  assert_non_null(text);
  len += (size_t)snprintf(text, cap,
                          "{\"%s\":[{\"resource\":{\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"1\"}},"
                          "{\"key\":\"a\",\"value\":{\"stringValue\":\"b\"}}]},\"%s\":[{\"%s\":[",
                          names[signal][0], names[signal][1], names[signal][2]);
  for (unsigned i = 0; i < n_records; i++) {
    if (i) text[len++] = ',';
    len += record_text(text + len, cap - len, signal, i);
  }
  snprintf(text + len, cap - len, "]}]}]}");
  ottl_json *json;
  const uint8_t *wire;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(json, signal, text, strlen(text), &wire, ret_len), OTTL_OK);
  uint8_t *copy = malloc(*ret_len);
  assert_non_null(copy);
  memcpy(copy, wire, *ret_len);
  ottl_json_free(json);
  free(text);
  return copy;
}

static ottl_status compile(const test_program *t, const ottl_allocator *al, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = t->kind;
  options.allocator = al;
  options.on_failure = t->on_failure;
  options.flatten = t->flatten;
  options.experimental = true;
  options.lint = options.explain = true;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(t->text, strlen(t->text), NULL, t->mode, &options, ret, &diags);
  if (status == OTTL_COMPILE || status == OTTL_UNSUPPORTED) {
    ottl_diag d;
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    print_error("%s: %.*s\n", t->name, (int)d.message.len, d.message.data);
  }
  ottl_diags_free(diags);
  return status;
}

static ottl_status create(const ottl_program *program, const ottl_allocator *al, ottl_exec **ret) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = al;
  options.clock_seconds = 1;
  return ottl_exec_create(program, &options, ret);
}

/* ---- tests ---- */

static void warm_runs_allocate_nothing(void **state) {
  (void)state;
  unsigned failures = 0;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    size_t big_len, small_len;
    uint8_t *big = payload(signal_of(&programs[i]), 1500, &big_len), *small = payload(signal_of(&programs[i]), 10, &small_len);
    counter c = {0};
    ottl_allocator al = counter_allocator(&c);
    ottl_program *program = NULL;
    ottl_exec *exec = NULL;
    ottl_result result;
    assert_int_equal(compile(&programs[i], &al, &program), OTTL_OK);
    assert_int_equal(create(program, &al, &exec), OTTL_OK);
    for (int turn = 0; turn < 4; turn++) assert_int_equal(ottl_exec_run(exec, big, big_len, &result), OTTL_OK);
    size_t before = c.n, bytes = c.live_bytes;
    for (int turn = 0; turn < 4; turn++) {
      assert_int_equal(ottl_exec_run(exec, big, big_len, &result), OTTL_OK);
      assert_int_equal(ottl_exec_run(exec, small, small_len, &result), OTTL_OK);
    }
    if (c.n != before || c.live_bytes != bytes) {
      print_error("%s: %zu allocations in warm runs\n", programs[i].name, c.n - before);
      failures++;
    }
    ottl_exec_free(exec);
    ottl_program_free(program);
    assert_int_equal(c.live_blocks, 0);
    assert_int_equal(c.live_bytes, 0);
    free(big);
    free(small);
  }
  assert_int_equal(failures, 0);
}

static void many_payloads_take_no_more_than_one(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    size_t len;
    uint8_t *in = payload(signal_of(&programs[i]), 300, &len);
    counter c = {0};
    ottl_allocator al = counter_allocator(&c);
    ottl_program *program = NULL;
    ottl_exec *exec = NULL;
    ottl_result result;
    assert_int_equal(compile(&programs[i], &al, &program), OTTL_OK);
    assert_int_equal(create(program, &al, &exec), OTTL_OK);
    size_t after_four = 0;
    for (int turn = 0; turn < 40; turn++) {
      assert_int_equal(ottl_exec_run(exec, in, len, &result), OTTL_OK);
      if (turn == 3) after_four = c.live_bytes;
    }
    assert_int_equal(c.live_bytes, after_four);
    ottl_exec_free(exec);
    ottl_program_free(program);
    free(in);
  }
}

/* Compiles and runs with allocation number `fail_at` failing; true when it was never reached. */
static bool one_failure(const test_program *t, size_t fail_at, const uint8_t *in, size_t len) {
  counter c = {.fail_at = fail_at};
  ottl_allocator al = counter_allocator(&c);
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_result result = {0};
  ottl_status status = compile(t, &al, &program);
  if (status == OTTL_OK) status = create(program, &al, &exec);
  if (status == OTTL_OK) {
    bool before = c.failed;
    status = ottl_exec_run(exec, in, len, &result);
    if (c.failed && !before && status != OTTL_NOMEM) /* a row error made of it would be a wrong result */
      fail_msg("%s: allocation %zu failed in the run, which went on: %s", t->name, fail_at, ottl_status_name(status));
  }
  if (status != OTTL_OK && !(status == OTTL_NOMEM && c.failed)) {
    fail_msg("%s: allocation %zu failed: status %s", t->name, fail_at, ottl_status_name(status));
  }
  if (exec && c.failed) { /* an exec that ran out of memory runs again */
    c.fail_at = 0;
    assert_int_equal(ottl_exec_run(exec, in, len, &result), OTTL_OK);
  }
  ottl_exec_free(exec);
  ottl_program_free(program);
  if (c.live_blocks || c.live_bytes) {
    fail_msg("%s: allocation %zu failed: %zu blocks, %zu bytes are lost", t->name, fail_at, c.live_blocks, c.live_bytes);
  }
  return !c.failed;
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    size_t n = 1, len;
    uint8_t *in = payload(signal_of(&programs[i]), 70, &len);
    while (!one_failure(&programs[i], n, in, len)) n++;
    assert_true(n > 20);
    free(in);
  }
}

/* Statements that multiply the payload end at max_bytes; the exec is as good as new for the next one. */
static void memory_of_an_exec_has_a_limit(void **state) {
  (void)state;
  static const test_program t = {"grow",
                                 OTTL_KIND_TRANSFORM,
                                 "set(log.body, Concat([log.body, log.body, log.body, log.body], \"\"))\n"
                                 "set(log.body, Concat([log.body, log.body, log.body, log.body], \"\"))\n"
                                 "set(log.body, Concat([log.body, log.body, log.body, log.body], \"\"))",
                                 OTTL_ERROR_IGNORE,
                                 OTTL_ON_FAILURE_DEFAULT,
                                 false};
  size_t big_len, small_len;
  uint8_t *big = payload(OTTL_SIGNAL_LOGS, 3000, &big_len), *small = payload(OTTL_SIGNAL_LOGS, 3, &small_len);
  ottl_program *program = NULL;
  assert_int_equal(compile(&t, NULL, &program), OTTL_OK);
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = &al;
  options.max_bytes = 2 << 20;
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  for (int turn = 0; turn < 3; turn++) {
    assert_int_equal(ottl_exec_run(exec, small, small_len, &result), OTTL_OK);
    assert_int_equal(result.errors, 0);
    assert_int_equal(ottl_exec_run(exec, big, big_len, &result), OTTL_LIMIT);
    assert_null(result.data);
    size_t offset;
    assert_non_null(strstr(ottl_exec_failure(exec, &offset), "max_bytes"));
    assert_true(c.live_bytes <= options.max_bytes + 4096);
  }
  ottl_exec_free(exec);
  assert_int_equal(c.live_bytes, 0);
  ottl_program_free(program);
  free(big);
  free(small);
}

/* What elements of nested lambdas need is not more for more of them: 40^4 here. */
static void nested_lambdas_take_no_more_for_more_elements(void **state) {
  (void)state;
  static const test_program t = {
      "nested",
      OTTL_KIND_TRANSFORM,
      "set(log.cache[\"l\"], Split(\"0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,"
      "0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9\", \",\"))\n"
      "set(log.body, Any(log.cache[\"l\"], (_, a) => Any(log.cache[\"l\"], (_, b) => "
      "Any(log.cache[\"l\"], (_, c) => Any(log.cache[\"l\"], (i, d) => i + Len(Concat([a, b, c, d], \"\")) == -1)))))",
      OTTL_ERROR_PROPAGATE,
      OTTL_ON_FAILURE_DEFAULT,
      false};
  size_t len;
  uint8_t *in = payload(OTTL_SIGNAL_LOGS, 1, &len);
  ottl_program *program = NULL;
  assert_int_equal(compile(&t, NULL, &program), OTTL_OK);
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.max_bytes = 16 << 20;
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  assert_int_equal(ottl_exec_run(exec, in, len, &result), OTTL_OK);
  ottl_exec_free(exec);
  ottl_program_free(program);
  free(in);
}

static void compile_errors_without_memory(void **state) {
  (void)state;
  static const char text[] = "set(log.bdy, 1)\nset(log.body, Uppercase(\"x\"))\nset(log.body 1)\nlimit(log.attributes, -1)";
  for (size_t fail_at = 1;; fail_at++) {
    counter c = {.fail_at = fail_at};
    ottl_allocator al = counter_allocator(&c);
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.allocator = &al;
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    ottl_status status =
        ottl_program_compile_text(text, sizeof text - 1, "x.ottl", OTTL_ERROR_IGNORE, &options, &program, &diags);
    assert_int_equal(status, c.failed ? OTTL_NOMEM : OTTL_COMPILE);
    assert_null(program);
    ottl_diags_free(diags);
    assert_int_equal(c.live_blocks, 0);
    if (!c.failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(warm_runs_allocate_nothing),    cmocka_unit_test(many_payloads_take_no_more_than_one),
      cmocka_unit_test(every_allocation_may_fail),     cmocka_unit_test(memory_of_an_exec_has_a_limit),
      cmocka_unit_test(compile_errors_without_memory), cmocka_unit_test(nested_lambdas_take_no_more_for_more_elements),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
