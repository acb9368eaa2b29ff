/* Where the record is that a failure is about, and that record alone. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "content.h"
#include "ottl/ottl.h"

static ottl_json *json;

typedef struct stage {
  uint8_t *in;
  size_t len;
  ottl_program *program;
  ottl_exec *exec;
  ottl_result result;
} stage;

static void stage_run(stage *s, ottl_signal signal, const char *payload, const char *context, const char *statement,
                      bool flatten) {
  const uint8_t *wire;
  assert_int_equal(ottl_json_to_wire(json, signal, payload, strlen(payload), &wire, &s->len), OTTL_OK);
  s->in = malloc(s->len);
  assert_non_null(s->in);
  memcpy(s->in, wire, s->len);
  ottl_snippet text = {.text = statement, .len = strlen(statement)};
  ottl_group group = {
      .struct_size = sizeof group, .context = context, .statements = &text, .n_statements = 1, .error_mode = OTTL_ERROR_IGNORE};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = signal;
  options.flatten = flatten;
  options.experimental = true;
  assert_int_equal(ottl_program_compile(&group, 1, &options, &s->program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(s->program, NULL, &s->exec), OTTL_OK);
  assert_int_equal(ottl_exec_run(s->exec, s->in, s->len, &s->result), OTTL_OK);
}

static void stage_done(stage *s) {
  ottl_exec_free(s->exec);
  ottl_program_free(s->program);
  free(s->in);
}

/* "resource scope item child grandchild", `-` where there is none. */
static void assert_place(stage *s, size_t error, const char *want) {
  ottl_record_place r = {.struct_size = sizeof r};
  char text[200] = "";
  assert_true(ottl_exec_error_record(s->exec, error, &r));
  const uint64_t places[] = {r.resource, r.scope, r.item, r.child, r.grandchild};
  for (size_t i = 0; i < 5; i++) {
    size_t n = strlen(text);
    if (places[i] == OTTL_NO_PLACE) {
      snprintf(text + n, sizeof text - n, "%s-", i ? " " : "");
    } else {
      snprintf(text + n, sizeof text - n, "%s%llu", i ? " " : "", (unsigned long long)places[i]);
    }
  }
  assert_string_equal(text, want);
}

/* The bytes of the record hold the text, and no record before it does. */
static void assert_bytes(stage *s, size_t error, const char *text) {
  ottl_record_place r = {.struct_size = sizeof r};
  assert_true(ottl_exec_error_record(s->exec, error, &r));
  assert_true(r.offset < s->len && r.len <= s->len - r.offset);
  assert_non_null(memmem(s->in + r.offset, r.len, text, strlen(text)));
  assert_null(memmem(s->in, r.offset, text, strlen(text)));
}

static void assert_alone(stage *s, size_t error, ottl_signal signal, const char *want) {
  const uint8_t *data;
  const char *text;
  size_t len;
  assert_int_equal(ottl_exec_error_payload(s->exec, error, &data, &len), OTTL_OK);
  assert_int_equal(ottl_json_from_wire(json, signal, data, len, &text, &len), OTTL_OK);
  if (!content_texts_equal(text, len, want, strlen(want))) fail_msg("got %.*s", (int)len, text);
}

static const char logs[] = "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[]},{\"resource\":{\"droppedAttributesCount\":1},"
                           "\"schemaUrl\":\"u\",\"scopeLogs\":["
                           "{\"scope\":{\"name\":\"s\"},\"logRecords\":[{\"body\":{\"stringValue\":\"ok\"}}]},"
                           "{\"scope\":{\"name\":\"t\"},\"logRecords\":[{\"body\":{\"stringValue\":\"ok\"}},{\"body\":{"
                           "\"intValue\":\"7\"},\"severityText\":\"bad\"}]}]}]}";

static void log_records(void **state) {
  (void)state;
  for (int flatten = 0; flatten < 2; flatten++) {
    stage s = {0};
    stage_run(&s, OTTL_SIGNAL_LOGS, logs, "log", "set(log.body, ToLowerCase(log.body))", flatten);
    assert_int_equal(s.result.errors, 1);
    assert_place(&s, 0, "1 1 1 - -");
    assert_bytes(&s, 0, "bad");
    assert_alone(&s, 0, OTTL_SIGNAL_LOGS,
                 "{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":1},\"scopeLogs\":[{\"scope\":{\"name\":\"t\"},"
                 "\"logRecords\":[{\"severityText\":\"bad\",\"body\":{\"intValue\":\"7\"}}]}],\"schemaUrl\":\"u\"}]}");
    ottl_record_place r = {.struct_size = sizeof r};
    assert_false(ottl_exec_error_record(s.exec, 1, &r));
    r.struct_size = 8;
    assert_false(ottl_exec_error_record(s.exec, 0, &r));
    const uint8_t *data;
    size_t len;
    assert_int_equal(ottl_exec_error_payload(s.exec, 1, &data, &len), OTTL_INVALID_ARG);
    stage_done(&s);
  }
}

static void what_is_above(void **state) {
  (void)state;
  stage s = {0};
  stage_run(&s, OTTL_SIGNAL_LOGS, logs, "scope", "set(scope.name, ToLowerCase(resource.attributes[\"none\"]))", false);
  assert_int_equal(s.result.errors, 2);
  assert_place(&s, 1, "1 1 - - -");
  assert_bytes(&s, 1, "bad");
  assert_alone(&s, 1, OTTL_SIGNAL_LOGS,
               "{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":1},\"scopeLogs\":[{\"scope\":{\"name\":\"t\"}}],"
               "\"schemaUrl\":\"u\"}]}");
  stage_done(&s);
  stage_run(&s, OTTL_SIGNAL_LOGS, logs, "resource", "set(resource.schema_url, ToLowerCase(resource.attributes[\"none\"]))",
            false);
  assert_int_equal(s.result.errors, 2);
  assert_place(&s, 0, "0 - - - -");
  assert_place(&s, 1, "1 - - - -");
  assert_alone(&s, 1, OTTL_SIGNAL_LOGS, "{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":1},\"schemaUrl\":\"u\"}]}");
  stage_done(&s);
}

static void what_is_below(void **state) {
  (void)state;
  stage s = {0};
  stage_run(&s, OTTL_SIGNAL_TRACES,
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"a\"},{\"name\":\"b\",\"events\":[{\"name\":\"x\"},"
            "{\"name\":\"bad\"}]}]}]}]}",
            "spanevent", "set(span.name, ParseJSON(spanevent.name)) where spanevent.name == \"bad\"", false);
  assert_int_equal(s.result.errors, 1);
  assert_place(&s, 0, "0 0 1 1 -");
  assert_bytes(&s, 0, "bad");
  assert_alone(
      &s, 0, OTTL_SIGNAL_TRACES,
      "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"b\",\"events\":[{\"name\":\"x\"},{\"name\":\"bad\"}]}]}]}]}");
  stage_done(&s);
  static const char *const kinds[] = {"gauge", "sum", "histogram", "exponentialHistogram"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char payload[600];
    snprintf(payload, sizeof payload,
             "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"a\"},{\"name\":\"b\",\"%s\":{\"dataPoints\":[{},"
             "{\"exemplars\":[{},{\"filteredAttributes\":[{\"key\":\"bad\",\"value\":{\"intValue\":\"1\"}}]}]}]}}]}]}]}",
             kinds[i]);
    stage_run(&s, OTTL_SIGNAL_METRICS, payload, "exemplar",
              "set(exemplar.filtered_attributes[\"x\"], ToLowerCase(exemplar.filtered_attributes[\"bad\"])) where "
              "exemplar.filtered_attributes[\"bad\"] != nil",
              false);
    assert_int_equal(s.result.errors, 1);
    assert_place(&s, 0, "0 0 1 1 1");
    assert_bytes(&s, 0, "bad");
    stage_done(&s);
  }
}

/* A sample, and what its indices mean. */
static void with_dictionary(void **state) {
  (void)state;
  static const char one[] = "{\"profiles\":[{\"samples\":[{\"values\":[\"1\"]},{\"attributeIndices\":[1],\"values\":[\"2\"]}]}]}";
  static const char dictionary[] = "\"dictionary\":{\"stringTable\":[\"\",\"bad\"],\"attributeTable\":[{},{\"keyStrindex\":1,"
                                   "\"value\":{\"intValue\":\"1\"}}]}";
  char payload[600], want[600];
  snprintf(payload, sizeof payload, "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{}]},%s]}],%s}", one, dictionary);
  snprintf(want, sizeof want, "{\"resourceProfiles\":[{\"scopeProfiles\":[%s]}],%s}", one, dictionary);
  stage s = {0};
  stage_run(&s, OTTL_SIGNAL_PROFILES, payload, "profilesample",
            "set(profilesample.attributes[\"x\"], ToLowerCase(profilesample.attributes[\"bad\"])) where "
            "profilesample.attributes[\"bad\"] != nil",
            false);
  assert_int_equal(s.result.errors, 1);
  assert_place(&s, 0, "0 1 0 1 -");
  assert_alone(&s, 0, OTTL_SIGNAL_PROFILES, want);
  stage_done(&s);
}

static int start(void **state) {
  (void)state;
  return ottl_json_create(NULL, &json) == OTTL_OK ? 0 : -1;
}

static int stop(void **state) {
  (void)state;
  ottl_json_free(json);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(log_records), cmocka_unit_test(what_is_above),
                                     cmocka_unit_test(what_is_below), cmocka_unit_test(with_dictionary)};
  return cmocka_run_group_tests(tests, start, stop);
}
