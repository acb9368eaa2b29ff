/* Flattening: what the reference's transform processor gives with `flatten_data`, on payloads without what it loses on the way
 * (docs/differences.md): schema URLs of resources, counts of dropped attributes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "content.h"
#include "ottl/ottl.h"

#define CONFORMANCE "tests/conformance/"

static ottl_json *json;

static char *read_file(const char *path, size_t *ret_len) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  assert_int_equal(fseek(f, 0, SEEK_END), 0);
  long size = ftell(f);
  assert_true(size >= 0);
  rewind(f);
  char *text = malloc((size_t)size + 1);
  assert_non_null(text);
  assert_int_equal(fread(text, 1, (size_t)size, f), (size_t)size);
  text[size] = 0;
  fclose(f);
  *ret_len = (size_t)size;
  return text;
}

static ottl_exec *make_exec(yyjson_val *config, ottl_program **ret) {
  yyjson_val *texts = yyjson_obj_get(config, "log_statements"), *text;
  const char *mode = yyjson_get_str(yyjson_obj_get(config, "error_mode"));
  ottl_snippet statements[16];
  size_t i, n;
  assert_true(yyjson_arr_size(texts) <= 16);
  yyjson_arr_foreach(texts, i, n, text) {
    statements[i] = (ottl_snippet){.text = yyjson_get_str(text), .len = yyjson_get_len(text)};
  }
  ottl_group group = {.struct_size = sizeof group, .statements = statements, .n_statements = yyjson_arr_size(texts)};
  group.error_mode = mode && strcmp(mode, "propagate") == 0 ? OTTL_ERROR_PROPAGATE : OTTL_ERROR_IGNORE;
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = OTTL_SIGNAL_LOGS;
  options.flatten = yyjson_is_true(yyjson_obj_get(config, "flatten_data"));
  ottl_exec *exec = NULL;
  assert_int_equal(ottl_program_compile(&group, group.n_statements ? 1 : 0, &options, ret, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(*ret, NULL, &exec), OTTL_OK);
  return exec;
}

static void without(yyjson_mut_val *list, const char *below) {
  size_t i, n;
  yyjson_mut_val *v;
  yyjson_mut_arr_foreach(list, i, n, v) {
    if (below) yyjson_mut_obj_remove_key(v, "schemaUrl");
    yyjson_mut_obj_remove_key(yyjson_mut_obj_get(v, below ? "resource" : "scope"), "droppedAttributesCount");
    if (below) without(yyjson_mut_obj_get(v, below), NULL);
  }
}

/* The fixture as the reference takes it apart. */
static char *losing_nothing(const char *text, size_t len, size_t *ret_len) {
  yyjson_doc *doc = yyjson_read(text, len, 0);
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  without(yyjson_mut_obj_get(yyjson_mut_doc_get_root(copy), "resourceLogs"), "scopeLogs");
  char *out = yyjson_mut_write(copy, 0, ret_len);
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
  return out;
}

static bool case_holds(yyjson_val *c) {
  char path[200];
  size_t len, wire_len, want_len;
  const uint8_t *wire;
  const char *fixture = yyjson_get_str(yyjson_obj_get(c, "fixture"));
  snprintf(path, sizeof path, CONFORMANCE "fixtures/%s.json", fixture ? fixture : "");
  char *text = read_file(path, &len);
  if (yyjson_is_true(yyjson_obj_get(yyjson_obj_get(c, "config"), "flatten_data"))) {
    char *less = losing_nothing(text, len, &len);
    free(text);
    text = less;
  }
  assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, text, len, &wire, &wire_len), OTTL_OK);
  uint8_t *in = malloc(wire_len + 1);
  assert_non_null(in);
  memcpy(in, wire, wire_len);
  ottl_program *program = NULL;
  ottl_exec *exec = make_exec(yyjson_obj_get(c, "config"), &program);
  ottl_result result;
  ottl_status status = ottl_exec_run(exec, in, wire_len, &result);
  yyjson_val *want = yyjson_obj_get(c, "want"), *output = yyjson_obj_get(want, "output");
  bool holds = (status == OTTL_RUNTIME) == (yyjson_obj_get(want, "error") != NULL);
  if (holds && output) {
    char *want_text = yyjson_val_write(yyjson_is_null(output) ? NULL : output, 0, &want_len);
    const uint8_t *expected = in;
    size_t expected_len = wire_len;
    if (want_text)
      assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, want_text, want_len, &expected, &expected_len), OTTL_OK);
    uint8_t *copy = malloc(expected_len + 1);
    assert_non_null(copy);
    if (expected_len) memcpy(copy, expected, expected_len);
    holds =
        status == OTTL_OK && result.data && content_equal(json, OTTL_SIGNAL_LOGS, copy, expected_len, result.data, result.len);
    free(copy);
    free(want_text);
  }
  ottl_exec_free(exec);
  ottl_program_free(program);
  free(in);
  free(text);
  return holds;
}

static void as_the_reference(void **state) {
  (void)state;
  size_t len;
  char *text = read_file(CONFORMANCE "cases/processors/transform_flatten_data.jsonl", &len);
  unsigned n = 0;
  for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, n++) {
    yyjson_doc *doc = yyjson_read(line, (size_t)(end - line), 0);
    yyjson_val *c = yyjson_doc_get_root(doc);
    const char *id = yyjson_get_str(yyjson_obj_get(c, "id"));
    assert_non_null(id);
    if (!case_holds(c)) fail_msg("%s", id);
    yyjson_doc_free(doc);
  }
  free(text);
  assert_int_equal(n, 13);
}

/* A small payload with many records under a large resource would be a huge one. */
static void bounded(void **state) {
  (void)state;
  const size_t n_items = 60000, n_attribute = 60000;
  uint8_t *in = malloc(n_attribute + n_items * 2 + 64), *at = in;
  assert_non_null(in);
  size_t scope = n_items * 2, value = n_attribute, any = value + 4, entry = any + 4, resource = entry + 4,
         all = resource + 4 + scope + 4;
  const struct {
    uint8_t tag;
    size_t len;
  } heads[] = {{0x0a, all}, {0x0a, resource}, {0x0a, entry}, {0x12, any}, {0x0a, value}};
  for (size_t i = 0; i < 5; i++) {
    *at++ = heads[i].tag;
    for (int k = 0; k < 3; k++) *at++ = (uint8_t)((heads[i].len >> 7 * k & 0x7f) | (k < 2 ? 0x80 : 0));
  }
  memset(at, 'x', n_attribute);
  at += n_attribute;
  *at++ = 0x12;
  for (int k = 0; k < 3; k++) *at++ = (uint8_t)((scope >> 7 * k & 0x7f) | (k < 2 ? 0x80 : 0));
  for (size_t i = 0; i < n_items; i++) {
    *at++ = 0x12;
    *at++ = 0;
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = OTTL_SIGNAL_LOGS;
  options.flatten = true;
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_program_compile(NULL, 0, &options, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  assert_int_equal(ottl_exec_run(exec, in, (size_t)(at - in), &result), OTTL_LIMIT);
  assert_string_equal(ottl_exec_failure(exec, NULL), "flattened, the payload is too large");
  ottl_exec_free(exec);
  ottl_program_free(program);
  options.kind = OTTL_KIND_FILTER;
  assert_int_equal(ottl_program_compile(NULL, 0, &options, &program, NULL), OTTL_INVALID_ARG);
  free(in);
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
  const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_reference), cmocka_unit_test(bounded)};
  return cmocka_run_group_tests(tests, start, stop);
}
