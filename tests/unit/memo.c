/* Memo of calls: with it, without it and where the engine chooses, all results and failures are the same; what rows share is not
 * written through; values made to collide cost nothing but the memo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#define N_ROWS 700

static const char *const statements[] = {
    "set(attributes[\"j\"], ParseJSON(body))",
    "set(attributes[\"j\"][\"n\"], severity_number)",
    "set(attributes[\"j\"][\"h\"][\"x\"], severity_number)",
    "delete_key(attributes[\"j\"][\"h\"], \"k\") where severity_number == 3",
    "merge_maps(cache, ParseJSON(body), \"upsert\")",
    "set(cache[\"h\"][\"y\"], severity_number)",
    "set(attributes[\"c\"], cache)",
    "set(attributes[\"split\"], ParseCSV(attributes[\"v\"], \"a,b\", mode=\"ignoreQuotes\"))",
    "append(attributes[\"split\"][\"a\"], \"z\")",
    "set(attributes[\"sha\"], SHA256(attributes[\"v\"]))",
    "set(severity_text, \"m\") where IsMatch(attributes[\"v\"], \"a+b|[2-4]\")",
    "replace_pattern(attributes[\"t\"], \"a(.)\", \"<$$1>\")",
    "replace_pattern(attributes[\"v\"], \"(1)\", \"<$$1>\", SHA1)",
    "set(attributes[\"url\"], URL(attributes[\"t\"]))",
    "set(attributes[\"decoded\"], Decode(attributes[\"v\"], \"base64\"))",
    "set(attributes[\"net\"], IsInCIDR(attributes[\"t\"], [\"10.0.0.0/8\"]))",
    "set(attributes[\"when\"], FormatTime(time, \"%Y-%m-%d\"))",
    "set(attributes[\"key\"], ToSnakeCase(attributes[\"t\"]))",
};

static const char *const bodies[] = {
    "{\\\"a\\\":1,\\\"h\\\":{\\\"k\\\":[1,2]}}",
    "{\\\"a\\\":1,\\\"h\\\":{\\\"k\\\":[1,3]}}",
    "[1,{\\\"b\\\":2}]",
    "{bad",
    "",
    "7",
};
/* Values of attribute v: types of the same bits, texts with the same bytes wherever a hash of some of them looks. */
static const char *const values[] = {
    "{\"stringValue\":\"aab\"}",
    "{\"stringValue\":\"aac\"}",
    "{\"stringValue\":\"\"}",
    "{\"intValue\":\"2\"}",
    "{\"doubleValue\":2}",
    "{\"boolValue\":true}",
    "{\"bytesValue\":\"YWFi\"}",
    "{\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}]}}",
    "{\"kvlistValue\":{\"values\":[{\"key\":\"a\",\"value\":{\"intValue\":\"2\"}}]}}",
    "{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"}]}}",
    "{}",
};
static const char *const texts[] = {"abc", "aBc", "http://h/p?q=1", "10.1.2.3", "::1", "a", "%zz", "10.1.2.3 "};

static uint8_t *payload(ottl_signal signal, size_t *ret_len) {
  char *json = malloc(N_ROWS * 700 + 200), *at = json;
  assert_non_null(json);
  at += sprintf(at, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[");
  unsigned long long random = 88172645463325252u;
  for (unsigned i = 0; i < N_ROWS; i++) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    unsigned r = (unsigned)(random >> 20);
    at += sprintf(
        at, "%s{\"timeUnixNano\":\"%u00000000000000\",\"severityNumber\":%u,\"body\":{\"stringValue\":\"%s\"},\"attributes\":[",
        i ? "," : "", 1700 + r % 3, r % 5, bodies[r / 3 % (sizeof bodies / sizeof *bodies)]);
    if (r % 11) at += sprintf(at, "{\"key\":\"v\",\"value\":%s},", values[r / 5 % (sizeof values / sizeof *values)]);
    if (r % 2)
      at += sprintf(at, "{\"key\":\"t\",\"value\":{\"stringValue\":\"%s\"}}]}", texts[r / 7 % (sizeof texts / sizeof *texts)]);
    else /* most differ, but neither at the ends nor in the middle */
      at +=
          sprintf(at, "{\"key\":\"t\",\"value\":{\"stringValue\":\"%032d%016d%03u%013d%032d%032d\"}}]}", 0, 0, r % 997, 0, 0, 0);
  }
  at += sprintf(at, "]}]}]}");
  ottl_json *transcoder;
  const uint8_t *wire;
  assert_int_equal(ottl_json_create(NULL, &transcoder), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(transcoder, signal, json, (size_t)(at - json), &wire, ret_len), OTTL_OK);
  uint8_t *copy = malloc(*ret_len);
  assert_non_null(copy);
  memcpy(copy, wire, *ret_len);
  ottl_json_free(transcoder);
  free(json);
  return copy;
}

struct outcome {
  uint8_t *data;
  size_t len;
  uint64_t errors;
};

static ottl_program *compile(void) {
  ottl_snippet texts_of[sizeof statements / sizeof *statements];
  for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
    texts_of[i] = (ottl_snippet){.text = statements[i], .len = strlen(statements[i])};
  ottl_group group = {.struct_size = sizeof group,
                      .context = "log",
                      .statements = texts_of,
                      .n_statements = sizeof statements / sizeof *statements,
                      .error_mode = OTTL_ERROR_SILENT};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = OTTL_SIGNAL_LOGS;
  ottl_program *program;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(&group, 1, &options, &program, &diags);
  ottl_diags_free(diags);
  assert_int_equal(status, OTTL_OK);
  return program;
}

/* The result of the last of some runs. */
static struct outcome run(const ottl_program *program, const char *mode, uint32_t slice_rows, unsigned times, const uint8_t *data,
                          size_t len) {
  assert_int_equal(setenv("OTTL_FORCE_MEMO", mode, 1), 0);
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = slice_rows;
  ottl_exec *exec;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  assert_int_equal(unsetenv("OTTL_FORCE_MEMO"), 0);
  ottl_result result = {0};
  for (unsigned i = 0; i < times; i++) assert_int_equal(ottl_exec_run(exec, data, len, &result), OTTL_OK);
  struct outcome o = {malloc(result.len), result.len, result.errors};
  assert_non_null(o.data);
  memcpy(o.data, result.data, result.len);
  ottl_exec_free(exec);
  return o;
}

static void same_everywhere(void **state) {
  (void)state;
  size_t len;
  uint8_t *data = payload(OTTL_SIGNAL_LOGS, &len);
  ottl_program *program = compile();
  struct outcome want = run(program, "off", 0, 1, data, len);
  assert_true(want.errors > N_ROWS && want.len > len);
  static const struct {
    const char *mode;
    uint32_t slice_rows;
    unsigned times;
  } ways[] = {{"on", 0, 1}, {"on", 0, 3}, {"on", 2, 1}, {"on", 65, 1}, {"auto", 0, 150}, {"auto", 64, 10}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct outcome got = run(program, ways[i].mode, ways[i].slice_rows, ways[i].times, data, len);
    assert_int_equal(got.errors, want.errors);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
    free(got.data);
  }
  free(want.data);
  ottl_program_free(program);
  free(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(same_everywhere)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
