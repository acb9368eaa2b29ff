/* Payloads that are made large in one place: many records that write to one value, maps of many entries, values that double. What they
 * take of memory is bounded by max_bytes, so that anything more than linear ends the run. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/sbuf.h"
#include "ottl/ottl.h"

typedef struct stage {
  ottl_allocator al;
  ottl_sbuf text;
  ottl_json *json;
  uint8_t *in;
  size_t len;
  ottl_program *program;
  ottl_exec *exec;
  ottl_result result;
} stage;

/* Logs "line N", the attributes of all of them as given. */
static void stage_begin(stage *s, int logs, int attributes) {
  memset(s, 0, sizeof *s);
  s->al = ottl__alloc_or_default(NULL);
  ottl__sbuf_init(&s->text, &s->al);
  sbuf_str(&s->text, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[");
  for (int i = 0; i < logs; i++) {
    ottl__sbuf_printf(&s->text, "%s{\"body\":{\"stringValue\":\"line %d\"},\"severityNumber\":1,\"attributes\":[", i ? "," : "",
                      i);
    for (int k = 0; k < attributes; k++) {
      ottl__sbuf_printf(&s->text, "%s{\"key\":\"key%d\",\"value\":{\"stringValue\":\"v\"}}", k ? "," : "", k);
    }
    sbuf_str(&s->text, "]}");
  }
  sbuf_str(&s->text, "]}]}]}");
  assert_false(s->text.failed);
  assert_int_equal(ottl_json_create(NULL, &s->json), OTTL_OK);
  const uint8_t *wire;
  assert_int_equal(ottl_json_to_wire(s->json, OTTL_SIGNAL_LOGS, s->text.data, s->text.len, &wire, &s->len), OTTL_OK);
  s->in = malloc(s->len);
  assert_non_null(s->in);
  memcpy(s->in, wire, s->len);
}

static ottl_status stage_run(stage *s, const char *statements, size_t max_bytes) {
  ottl_snippet texts[40];
  ottl_group group = {.struct_size = sizeof group, .context = "log", .statements = texts, .error_mode = OTTL_ERROR_IGNORE};
  for (const char *line = statements; *line; group.n_statements++) {
    size_t len = strcspn(line, "\n");
    texts[group.n_statements] = (ottl_snippet){.text = line, .len = len};
    line += len + (line[len] == '\n');
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = OTTL_SIGNAL_LOGS;
  assert_int_equal(ottl_program_compile(&group, 1, &options, &s->program, NULL), OTTL_OK);
  ottl_exec_options exec_options;
  ottl_exec_options_init(&exec_options);
  exec_options.max_bytes = max_bytes;
  assert_int_equal(ottl_exec_create(s->program, &exec_options, &s->exec), OTTL_OK);
  return ottl_exec_run(s->exec, s->in, s->len, &s->result);
}

static void stage_done(stage *s) {
  ottl_exec_free(s->exec);
  ottl_program_free(s->program);
  ottl_json_free(s->json);
  ottl__sbuf_done(&s->text);
  free(s->in);
}

static bool holds(const stage *s, const char *text) { return memmem(s->result.data, s->result.len, text, strlen(text)) != NULL; }

/* 20,000 records write to one place of their resource: copying it each time would take gigabytes. */
static void test_gathering(void **state) {
  (void)state;
  static const struct {
    const char *statements, *want;
  } cases[] = {
      {"append(resource.attributes[\"all\"], body)", "line 19999"},
      {"append(resource.attributes[\"all\"][\"below\"], body)", "line 19999"},
      {"append(resource.attributes[\"all\"], body)\nset(attributes[\"n\"], Len(resource.attributes[\"all\"]))", "line 19999"},
      {"append(resource.attributes[\"all\"], body)\ndelete_index(resource.attributes[\"all\"], 0) where "
       "Len(resource.attributes[\"all\"]) > 10",
       "line 19999"},
      {"set(resource.attributes[\"all\"], Concat([resource.attributes[\"all\"], body], \",\"))", ",line 19998,line 19999"},
      {"set(resource.attributes[body], true)", "line 19999"},
      {"set(resource.attributes[\"all\"][body], true)", "line 19999"},
      {"merge_maps(resource.attributes, {\"a\": body}, \"upsert\")\nset(resource.attributes[body], resource.attributes[\"a\"])",
       "line 19999"},
      {"set(resource.attributes[body], true)\ndelete_key(resource.attributes, Concat([\"line\", \"7\"], \" \"))", "line 19999"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    stage s;
    stage_begin(&s, 20000, 0);
    ottl_status status = stage_run(&s, cases[i].statements, (size_t)64 << 20);
    if (status != OTTL_OK || s.result.errors) print_error("%s\n", cases[i].statements);
    assert_int_equal(status, OTTL_OK);
    assert_int_equal(s.result.errors, 0);
    assert_true(holds(&s, cases[i].want));
    stage_done(&s);
  }
}

/* A named key may stand anywhere among many. */
static void test_many_entries(void **state) {
  (void)state;
  stage s;
  stage_begin(&s, 1, 70000);
  assert_int_equal(stage_run(&s,
                             "keep_matching_keys(attributes, \"key\")\nset(attributes[\"key69998\"], \"found\")\n"
                             "delete_key(attributes, \"key69999\")\nset(attributes[\"key70000\"], \"new\")",
                             0),
                   OTTL_OK);
  assert_int_equal(s.result.errors, 0);
  assert_true(holds(&s, "found"));
  assert_true(holds(&s, "key70000"));
  assert_false(holds(&s, "key69999"));
  stage_done(&s);
}

static void assert_error(stage *s, size_t i, uint32_t statement, const char *code) {
  ottl_row_error e;
  assert_true(ottl_exec_error(s->exec, i, &e));
  assert_int_equal(e.statement, statement);
  assert_string_equal(e.code, code);
}

/* Ten megabytes for each record are too much together. */
static void test_made_bytes(void **state) {
  (void)state;
  stage s;
  stage_begin(&s, 30, 0);
  assert_int_equal(stage_run(&s, "set(attributes[\"n\"], Len(Format(\"%10000000d\", [severity_number])))", (size_t)512 << 20),
                   OTTL_OK);
  assert_int_equal(s.result.errors, 4);
  assert_error(&s, 0, 0, "R0854");
  stage_done(&s);
}

/* A text in the place of each of its own characters: it is stopped while it grows, and soon no record may make one any more. */
static void test_replacements_grow(void **state) {
  (void)state;
  static const char begin[] = "set(cache[\"a\"], \"0123456789abcdef0123456789abcdef\") where cache[\"a\"] == nil\n";
  static const char *const grows[] = {
      "replace_pattern(cache[\"a\"], \".\", cache[\"a\"])",
      "replace_pattern(cache[\"a\"], \"(?:a|[^a])\", cache[\"a\"])",
      "replace_pattern(cache[\"a\"], \"[0-9a-f]\", cache[\"a\"])",
      "replace_pattern(cache[\"a\"], \"([0-9a-f]+)\", \"$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1\")",
      "replace_pattern(cache[\"a\"], \".\", cache[\"a\"], ToLowerCase)",
      "replace_pattern(cache[\"a\"], \".+\", \"$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0$0\", "
      "ToLowerCase)",
      "replace_all_patterns(cache, \"value\", \".\", cache[\"a\"])",
  };
  for (size_t i = 0; i < sizeof grows / sizeof *grows; i++) {
    char statements[2048] = "";
    strcat(statements, begin);
    for (int k = 0; k < 8; k++) strcat(strcat(statements, grows[i]), "\n");
    stage s;
    stage_begin(&s, 4, 0);
    ottl_status status = stage_run(&s, statements, (size_t)1 << 30);
    if (status != OTTL_OK || s.result.errors < 16) print_error("%s: %d\n", grows[i], (int)s.result.errors);
    assert_int_equal(status, OTTL_OK);
    assert_true(s.result.errors >= 16); /* of 32 */
    stage_done(&s);
  }
}

/* Lists that hold one megabyte many times are small; as text they would be four gigabytes. */
static void test_shared_texts(void **state) {
  (void)state;
  static const char begin[] = "set(cache[\"l\"], Format(\"%1000000s\", [\"x\"]))\n"
                              "set(cache[\"l\"], [cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], "
                              "cache[\"l\"], cache[\"l\"], cache[\"l\"]])\n"
                              "set(cache[\"l\"], [cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], "
                              "cache[\"l\"], cache[\"l\"], cache[\"l\"]])\n"
                              "set(cache[\"l\"], [cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], "
                              "cache[\"l\"], cache[\"l\"], cache[\"l\"]])\n"
                              "set(cache[\"l\"], [cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], cache[\"l\"], "
                              "cache[\"l\"], cache[\"l\"], cache[\"l\"]])\n";
  static const char *const texts[] = {
      "set(attributes[\"n\"], Len(String(cache[\"l\"])))",
      "set(attributes[\"n\"], IsMatch(cache[\"l\"], \"y\"))",
      "set(attributes[\"n\"], Len(Concat([cache[\"l\"], cache[\"l\"]], \"\")))",
      "set(attributes[\"n\"], Len(Concat(cache[\"l\"], \"\")))",
      "set(attributes[\"n\"], Len(ToKeyValueString(cache)))",
      "set(attributes[\"n\"], Len(ToKeyValueString(cache, \"=\", \" \", true)))",
      "set(attributes[\"n\"], Len(Format(\"%v\", [cache[\"l\"]])))",
      "stringify_all(cache)",
      "set(body, cache[\"l\"])\nset(attributes[\"n\"], Len(body.string))",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char statements[2048];
    bool of_body = strstr(texts[i], "body");
    snprintf(statements, sizeof statements, "%s%s%s", begin, texts[i], of_body ? "\nset(body, 1)" : "");
    stage s;
    stage_begin(&s, 2, 0);
    ottl_status status = stage_run(&s, statements, (size_t)256 << 20);
    if (status != OTTL_OK || s.result.errors != 2) print_error("%s: %d\n", texts[i], (int)s.result.errors);
    assert_int_equal(status, OTTL_OK);
    assert_int_equal(s.result.errors, 2);
    assert_error(&s, 0, of_body ? 6 : 5, "R0841");
    stage_done(&s);
  }
}

/* XPath's replace squares a text as well. */
static void test_xpath_replacement_grows(void **state) {
  (void)state;
  stage s;
  stage_begin(&s, 2, 0);
  assert_int_equal(stage_run(&s,
                             "set(cache[\"t\"], Concat([\"<a>\", Format(\"%40000d\", [1]), \"</a>\"], \"\"))\n"
                             "set(attributes[\"n\"], GetXML(cache[\"t\"], \"/a[replace(., ' ', .) = 'x']\"))",
                             (size_t)64 << 20),
                   OTTL_OK);
  assert_int_equal(s.result.errors, 2);
  assert_error(&s, 0, 1, "R0857");
  stage_done(&s);
}

/* Each record doubles a list of the resource: none makes more than one value may have, but all together would. */
static void test_copied_cells(void **state) {
  (void)state;
  stage s;
  stage_begin(&s, 100, 0);
  assert_int_equal(stage_run(&s,
                             "set(resource.attributes[\"r\"], [resource.attributes[\"r\"], resource.attributes[\"r\"]])\n"
                             "set(resource.attributes[\"r\"], 1) where Len(resource.attributes) > 1",
                             (size_t)1 << 30),
                   OTTL_OK);
  assert_true(s.result.errors > 50);
  assert_error(&s, 0, 0, "R0842");
  stage_done(&s);
}

/* A list that holds itself twice. */
static void test_doubling(void **state) {
  (void)state;
  stage s;
  char statements[40 * 64] = "set(cache[\"l\"], [1])\n";
  for (int i = 0; i < 30; i++) strcat(statements, "set(cache[\"l\"], [cache[\"l\"], cache[\"l\"]])\n");
  stage_begin(&s, 1, 0);
  assert_int_equal(stage_run(&s, statements, (size_t)1 << 30), OTTL_OK);
  assert_true(s.result.errors > 0);
  assert_error(&s, 0, 22, "R0842");
  stage_done(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_gathering),
      cmocka_unit_test(test_many_entries),
      cmocka_unit_test(test_made_bytes),
      cmocka_unit_test(test_replacements_grow),
      cmocka_unit_test(test_shared_texts),
      cmocka_unit_test(test_copied_cells),
      cmocka_unit_test(test_xpath_replacement_grows),
      cmocka_unit_test(test_doubling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
