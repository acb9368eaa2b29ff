/* Where records of a result came from: every record has a mark that no statement writes, and whoever says where it came from must
 * find the same mark there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#define RESOURCES 5
#define SCOPES    3
#define RECORDS   7

typedef struct bytes {
  uint8_t *data;
  size_t len;
} bytes;

/* Resources, scopes and records with marks; some scopes and one resource have nothing below them. */
static bytes marked(ottl_signal signal) {
  bool logs = signal == OTTL_SIGNAL_LOGS;
  char *text = NULL;
  size_t size = 0, n = 0;
  FILE *to = open_memstream(&text, &size);
  fprintf(to, "{\"resource%s\":[", logs ? "Logs" : "Metrics");
  for (int r = 0; r < RESOURCES; r++) {
    fprintf(to, "%s{\"resource\":{\"attributes\":[{\"key\":\"r\",\"value\":{\"intValue\":%d}}]},\"scope%s\":[", r ? "," : "", r,
            logs ? "Logs" : "Metrics");
    for (int s = 0; s < (r == 2 ? 0 : SCOPES); s++) {
      fprintf(to, "%s{\"scope\":{\"name\":\"s%d.%d\"},\"%s\":[", s ? "," : "", r, s, logs ? "logRecords" : "metrics");
      for (int i = 0; i < (s == 1 && r % 2 ? 0 : RECORDS); i++, n++) {
        if (logs)
          fprintf(to, "%s{\"body\":{\"stringValue\":\"mark %zu\"},\"severityNumber\":%zu}", i ? "," : "", n, n % 20 + 1);
        else
          fprintf(to, "%s{\"name\":\"m%zu\",\"description\":\"mark %zu\",\"sum\":{\"dataPoints\":[{\"asInt\":\"%zu\"}]}}",
                  i ? "," : "", n % 5, n, n);
      }
      fputs("]}", to);
    }
    fputs("]}", to);
  }
  fputs("]}", to);
  fclose(to);
  ottl_json *json = NULL;
  const uint8_t *data;
  bytes b;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(json, signal, text, size, &data, &b.len), OTTL_OK);
  b.data = malloc(b.len);
  memcpy(b.data, data, b.len);
  ottl_json_free(json);
  free(text);
  return b;
}

static ottl_viewer *opened(ottl_signal signal, const uint8_t *data, size_t len) {
  static const char *const fields[] = {"body", "description"};
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.layout = OTTL_VIEWER_LINES;
  options.fields = fields;
  options.n_fields = 2;
  ottl_viewer *v = NULL;
  assert_int_equal(ottl_viewer_create(&options, &v), OTTL_OK);
  assert_int_equal(ottl_viewer_open(v, signal, data, len), OTTL_OK);
  return v;
}

/* The block of that level at that offset. */
static ottl_block found(ottl_viewer *v, ottl_block_level level, uint64_t offset) {
  ottl_block b;
  for (size_t i = 0; ottl_viewer_block(v, i, &b); i++) {
    if (b.level != level || b.offset != offset) continue;
    assert_int_equal(ottl_viewer_render(v, i, &b), OTTL_OK);
    return b;
  }
  fail_msg("nothing of level %d at %d", (int)level, (int)offset);
  return b;
}

static bool has(ottl_view text, const char *part) {
  size_t n = strlen(part);
  for (size_t i = 0; i + n <= text.len; i++) {
    if (memcmp(text.data + i, part, n) == 0) return true;
  }
  return false;
}

/* Runs the program, and asks of everything in the result where it came from. Returns how many records were appended. */
static size_t check(ottl_signal signal, const char *text, ottl_kind kind, bool flatten, bool row_order, size_t *ret_records) {
  bytes in = marked(signal);
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = kind;
  options.flatten = flatten;
  options.row_order = row_order;
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_result result;
  size_t n_appended = 0, n[3] = {0};
  assert_int_equal(ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, &options, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  assert_int_equal(ottl_exec_run(exec, in.data, in.len, &result), OTTL_OK);
  ottl_viewer *before = opened(signal, in.data, in.len), *after = opened(signal, result.data, result.len);
  for (size_t i = 0; i < ottl_viewer_count(after); i++) {
    ottl_block b;
    uint64_t offset;
    assert_int_equal(ottl_viewer_render(after, i, &b), OTTL_OK);
    assert_int_equal(ottl_exec_origin(exec, b.level, n[b.level]++, &offset), OTTL_OK);
    if (offset == OTTL_NO_PLACE) {
      assert_int_equal(b.level, OTTL_BLOCK_RECORD);
      assert_true(has(b.lines, "copied"));
      n_appended++;
      continue;
    }
    ottl_block origin = found(before, b.level, offset);
    if (b.level == OTTL_BLOCK_RESOURCE) /* attribute r is the first line, and stays */
      assert_memory_equal(origin.lines.data, b.lines.data, strlen("attributes[\"r\"] = 0\n"));
    else if (b.level == OTTL_BLOCK_SCOPE)
      assert_memory_equal(origin.lines.data, b.lines.data, origin.lines.len);
    else {
      assert_int_equal(origin.lines.len, b.lines.len);
      assert_memory_equal(origin.lines.data, b.lines.data, b.lines.len);
    }
  }
  uint64_t offset;
  for (int level = 0; level < 3; level++)
    assert_int_equal(ottl_exec_origin(exec, (ottl_block_level)level, n[level], &offset), OTTL_INVALID_ARG);
  *ret_records = n[OTTL_BLOCK_RECORD];
  ottl_viewer_free(before);
  ottl_viewer_free(after);
  ottl_exec_free(exec);
  ottl_program_free(program);
  free(in.data);
  return n_appended;
}

#define ALL ((RESOURCES - 1) * SCOPES * RECORDS - 2 * RECORDS)

static void test_origins(void **state) {
  (void)state;
  static const struct {
    ottl_signal signal;
    const char *text;
    ottl_kind kind;
    bool flatten;
    size_t records, appended;
  } cases[] = {
      {OTTL_SIGNAL_LOGS, "set(log.flags, 1)", OTTL_KIND_TRANSFORM, false, ALL, 0},
      {OTTL_SIGNAL_LOGS, "set(log.flags, 1) where log.severity_number == 99", OTTL_KIND_TRANSFORM, false, ALL, 0},
      {OTTL_SIGNAL_LOGS, "log.severity_number > 5", OTTL_KIND_FILTER, false, 0, 0},
      {OTTL_SIGNAL_LOGS, "resource.attributes[\"r\"] == 1", OTTL_KIND_FILTER, false, ALL - 2 * RECORDS, 0},
      {OTTL_SIGNAL_LOGS, "scope.name == \"s3.0\"", OTTL_KIND_FILTER, false, ALL - RECORDS, 0},
      {OTTL_SIGNAL_LOGS, "set(resource.attributes[\"x\"], log.severity_number / 7)", OTTL_KIND_TRANSFORM, true, ALL, 0},
      {OTTL_SIGNAL_LOGS, "set(log.flags, 1)", OTTL_KIND_TRANSFORM, true, ALL, 0},
      {OTTL_SIGNAL_METRICS,
       "copy_metric(description=\"copied\") where metric.description != \"copied\" and metric.name == \"m1\"",
       OTTL_KIND_TRANSFORM, false, 0, 1},
      {OTTL_SIGNAL_METRICS,
       "copy_metric(description=\"copied\") where metric.description != \"copied\" and metric.name == \"m1\"",
       OTTL_KIND_TRANSFORM, true, 0, 1},
      {OTTL_SIGNAL_METRICS, "datapoint.value_int > 40", OTTL_KIND_FILTER, false, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int row_order = 0; row_order < 2; row_order++) {
      size_t records;
      size_t appended = check(cases[i].signal, cases[i].text, cases[i].kind, cases[i].flatten, row_order, &records);
      assert_int_equal(appended > 0, cases[i].appended);
      if (cases[i].records) assert_int_equal(records, cases[i].records);
      assert_true(records > RECORDS);
    }
  }
}

/* Without a result nothing came from anywhere. */
static void test_refused(void **state) {
  (void)state;
  bytes in = marked(OTTL_SIGNAL_LOGS);
  static const char text[] = "log.severity_number > 0";
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = OTTL_KIND_FILTER;
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_result result;
  uint64_t offset;
  assert_int_equal(ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, &options, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  assert_int_equal(ottl_exec_origin(exec, OTTL_BLOCK_RECORD, 0, &offset), OTTL_INVALID_ARG);
  assert_int_equal(ottl_exec_run(exec, in.data, in.len, &result), OTTL_OK);
  assert_null(result.data);
  assert_int_equal(ottl_exec_origin(exec, OTTL_BLOCK_RESOURCE, 0, &offset), OTTL_INVALID_ARG);
  assert_int_equal(ottl_exec_run(exec, in.data, in.len - 1, &result), OTTL_DATA);
  assert_int_equal(ottl_exec_origin(exec, OTTL_BLOCK_RECORD, 0, &offset), OTTL_INVALID_ARG);
  ottl_exec_free(exec);
  ottl_program_free(program);
  free(in.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_origins),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
