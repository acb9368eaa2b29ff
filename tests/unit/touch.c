/* What programs touch: told right, and enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

static ottl_program *compiled(const char *text, ottl_kind kind, ottl_signal signal, bool flatten) {
  ottl_compile_options options;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_compile_options_init(&options);
  options.kind = kind;
  options.signal = signal;
  options.flatten = flatten;
  options.functions = kind == OTTL_KIND_FILTER ? OTTL_FUNCTIONS_FILTER : OTTL_FUNCTIONS_TRANSFORM;
  ottl_status status = ottl_program_compile_text(text, strlen(text), "t", OTTL_ERROR_IGNORE, &options, &program, &diags);
  if (status != OTTL_OK) fail_msg("%s: %s", text, ottl_status_name(status));
  ottl_diags_free(diags);
  return program;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Touches as "level.inner.number[key]", written ones with a star, sorted, each once. */
static void touches(const char *text, ottl_signal signal, const char *want) {
  ottl_program *p = compiled(text, OTTL_KIND_TRANSFORM, signal, false);
  char *list[64], all[1024] = "";
  size_t n = 0;
  ottl_touch t;
  assert_true(ottl_program_narrow(p));
  for (; ottl_program_touch(p, n, &t); n++) {
    list[n] = malloc(64);
    snprintf(list[n], 64, "%d.%u.%u%s%.*s%s%s", (int)t.level, t.inner, t.number, t.map ? "[" : "", (int)t.key.len,
             t.key.data ? t.key.data : "", t.map ? "]" : "", t.written ? "*" : "");
  }
  qsort(list, n, sizeof *list, by_text);
  for (size_t i = 0; i < n; i++) {
    if (!i || strcmp(list[i], list[i - 1])) snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? " " : "", list[i]);
  }
  assert_string_equal(all, want);
  for (size_t i = 0; i < n; i++) free(list[i]);
  ottl_program_free(p);
}

static void test_what_is_touched(void **state) {
  (void)state;
  touches("set(log.attributes[\"a\"], 1)", OTTL_SIGNAL_LOGS, "2.0.6[a]*");
  touches("set(log.severity_text, log.body) where log.attributes[\"a\"] == 1", OTTL_SIGNAL_LOGS, "2.0.3* 2.0.5 2.0.6[a]");
  touches("delete_key(resource.attributes, \"a\")\nset(log.cache[\"x\"], scope.name)", OTTL_SIGNAL_LOGS, "0.1.1[a]* 1.1.1");
  touches("keep_matching_keys(log.attributes, \"^a\")", OTTL_SIGNAL_LOGS, "2.0.6[]*");
  touches("keep_keys(log.attributes, [\"a\"])", OTTL_SIGNAL_LOGS, "2.0.6[]* 2.0.6[a]*");
  touches("limit(log.attributes, 2, [])", OTTL_SIGNAL_LOGS, "2.0.6[]*");
  touches("set(log.attributes[\"n\"], Len(resource.attributes))", OTTL_SIGNAL_LOGS, "0.1.1[] 2.0.6[n]*");
  touches("set(log.attributes[\"n\"], Len(log.attributes))", OTTL_SIGNAL_LOGS, "2.0.6[]* 2.0.6[n]*");
  touches("set(log.body, log.attributes)", OTTL_SIGNAL_LOGS, "2.0.5* 2.0.6[]");
  touches("truncate_all(log.attributes, 3)", OTTL_SIGNAL_LOGS, "2.0.6[]*");
  touches("flatten(log.attributes)", OTTL_SIGNAL_LOGS, "2.0.6[]*");
  touches("set(log.attributes[log.body], 1)", OTTL_SIGNAL_LOGS, "2.0.5 2.0.6[]*");
  touches("set(span.status.code, 2) where span.kind == 1 and resource.schema_url == \"\"", OTTL_SIGNAL_TRACES,
          "0.0.3 2.0.6 2.15.3*");
  touches("set(metric.name, metric.unit) where metric.type == METRIC_DATA_TYPE_SUM", OTTL_SIGNAL_METRICS, "2.0.1* 2.0.3");
  touches("set(metric.metadata[\"a\"], metric.is_monotonic)", OTTL_SIGNAL_METRICS, "2.0.12[a]* 2.7.3");
  touches("set(span.attributes[\"t\"], otelcol.client.metadata[\"t\"][0])", OTTL_SIGNAL_TRACES, "2.0.9[t]*");
}

static void narrow(const char *text, ottl_kind kind, ottl_signal signal, bool flatten, bool want) {
  ottl_program *p = compiled(text, kind, signal, flatten);
  ottl_touch t;
  assert_int_equal(ottl_program_narrow(p), want);
  assert_int_equal(ottl_program_touch(p, 0, &t), want);
  ottl_program_free(p);
}

static void test_what_is_not_narrow(void **state) {
  (void)state;
  narrow("set(log.body, 1)", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_LOGS, false, true);
  narrow("set(log.body, 1)", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_LOGS, true, false);
  narrow("log.body == 1", OTTL_KIND_FILTER, OTTL_SIGNAL_LOGS, false, true);
  narrow("spanevent.name == \"a\"", OTTL_KIND_FILTER, OTTL_SIGNAL_TRACES, false, false);
  narrow("metric.name == \"a\"", OTTL_KIND_FILTER, OTTL_SIGNAL_METRICS, false, true);
  narrow("datapoint.value_int == 1", OTTL_KIND_FILTER, OTTL_SIGNAL_METRICS, false, false);
  narrow("set(datapoint.value_int, 1)", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_METRICS, false, false);
  narrow("context: metric\nscale_metric(2.0)", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_METRICS, false, false);
  narrow("context: metric\nnot HasAttrKeyOnDatapoint(\"a\")", OTTL_KIND_FILTER, OTTL_SIGNAL_METRICS, false, false);
  narrow("context: span\nset_semconv_span_name(\"1.37.0\")", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_TRACES, false, false);
  narrow("set(resource.attributes[\"a\"], 1)", OTTL_KIND_TRANSFORM, OTTL_SIGNAL_NONE, false, true);
  assert_false(ottl_program_narrow(NULL));
  assert_false(ottl_program_touch(NULL, 0, &(ottl_touch){0}));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_is_touched),
      cmocka_unit_test(test_what_is_not_narrow),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
