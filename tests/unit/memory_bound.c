/* The bound of docs/limits.md on the memory of a run, measured: programs of every kind, on payloads that are usual and on payloads that are
 * made to need much. OTTL_MEMORY_VERBOSE=1 prints what each needs, OTTL_MEMORY_BYTES=1000000 takes larger ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../fuzz/common.h"

typedef struct bytes {
  uint8_t *data;
  size_t len, cap;
} bytes;

static void put(bytes *b, const void *data, size_t len) {
  if (b->cap - b->len < len) {
    b->cap = 2 * b->cap + len;
    b->data = realloc(b->data, b->cap);
    assert_non_null(b->data);
  }
  if (len) memcpy(b->data + b->len, data, len);
  b->len += len;
}

static void put_field(bytes *b, unsigned number, const void *data, size_t len) {
  uint8_t head[16];
  size_t n = 0;
  head[n++] = (uint8_t)(number << 3 | 2);
  size_t v = len;
  for (; v > 0x7f; v >>= 7) head[n++] = (uint8_t)(v | 0x80);
  head[n++] = (uint8_t)v;
  put(b, head, n);
  put(b, data, len);
}

/* The record again and again, up to so many bytes, in one scope of one resource. */
static bytes payload(const bytes *record, size_t size) {
  bytes scope = {0}, resource = {0}, all = {0};
  while (scope.len < size) put_field(&scope, 2, record->data, record->len);
  put_field(&resource, 2, scope.data, scope.len);
  put_field(&all, 1, resource.data, resource.len);
  free(scope.data);
  free(resource.data);
  return all;
}

/* A record of the JSON, in wire form: what is in resource, scope and list of a request of one. */
static bytes record_of(ottl_signal signal, const char *json) {
  static const char *const names[][3] = {[OTTL_SIGNAL_LOGS] = {"resourceLogs", "scopeLogs", "logRecords"},
                                         [OTTL_SIGNAL_TRACES] = {"resourceSpans", "scopeSpans", "spans"},
                                         [OTTL_SIGNAL_METRICS] = {"resourceMetrics", "scopeMetrics", "metrics"},
                                         [OTTL_SIGNAL_PROFILES] = {"resourceProfiles", "scopeProfiles", "profiles"}};
  char *text = malloc(strlen(json) + 200);
  assert_non_null(text);
  sprintf(text, "{\"%s\":[{\"%s\":[{\"%s\":[%s]}]}]}", names[signal][0], names[signal][1], names[signal][2], json);
  ottl_json *reader;
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  if (ottl_json_to_wire(reader, signal, text, strlen(text), &wire, &len) != OTTL_OK)
    fail_msg("%s", ottl_json_error(reader, NULL));
  for (int level = 0; level < 3; level++) { /* into the next message */
    size_t n = 1;
    while (wire[n] & 0x80) n++;
    wire += n + 1;
    len -= n + 1;
  }
  bytes b = {0};
  put(&b, wire, len);
  ottl_json_free(reader);
  free(text);
  return b;
}

static const struct {
  const char *name;
  ottl_signal signal;
  unsigned rows, entries; /* messages of a record that are rows of some level; attributes, and elements of lists */
  const char *json;
} records[] = {
    {"usual", OTTL_SIGNAL_LOGS, 1, 3,
     "{\"timeUnixNano\":\"5\",\"severityNumber\":9,\"body\":{\"stringValue\":\"user=7 paid 12 for order "
     "9\"},\"attributes\":[{\"key\":\"user\",\"value\":{"
     "\"stringValue\":\"alice\"}},{\"key\":\"http.method\",\"value\":{\"stringValue\":\"GET\"}},{\"key\":\"n\",\"value\":{"
     "\"intValue\":\"7\"}}]}"},
    {"empty", OTTL_SIGNAL_LOGS, 1, 0, "{}"},
    {"empty attributes", OTTL_SIGNAL_LOGS, 1, 8, "{\"attributes\":[{},{},{},{},{},{},{},{}]}"},
    {"lists of nothing", OTTL_SIGNAL_LOGS, 1, 12,
     "{\"body\":{\"arrayValue\":{\"values\":[{},{},{},{},{},{},{},{},{},{},{},{}]}}}"},
    {"usual", OTTL_SIGNAL_TRACES, 2, 2,
     "{\"name\":\"GET "
     "/a\",\"kind\":2,\"attributes\":[{\"key\":\"http.method\",\"value\":{\"stringValue\":\"GET\"}}],\"events\":[{\"name\":\"e\","
     "\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}]}]}"},
    {"empty", OTTL_SIGNAL_TRACES, 1, 0, "{}"},
    {"empty events", OTTL_SIGNAL_TRACES, 9, 0, "{\"events\":[{},{},{},{},{},{},{},{}]}"},
    {"usual", OTTL_SIGNAL_METRICS, 4, 1,
     "{\"name\":\"m\",\"sum\":{\"aggregationTemporality\":2,\"dataPoints\":[{\"asInt\":\"5\",\"attributes\":[{\"key\":\"a\","
     "\"value\":{\"stringValue\":\"x\"}}],"
     "\"exemplars\":[{\"asInt\":\"1\"}]},{\"asDouble\":1.5}]}}"},
    {"empty", OTTL_SIGNAL_METRICS, 1, 0, "{}"},
    {"empty points", OTTL_SIGNAL_METRICS, 9, 0, "{\"gauge\":{\"dataPoints\":[{},{},{},{},{},{},{},{}]}}"},
    {"empty exemplars", OTTL_SIGNAL_METRICS, 10, 0, "{\"gauge\":{\"dataPoints\":[{\"exemplars\":[{},{},{},{},{},{},{},{}]}]}}"},
    {"empty", OTTL_SIGNAL_PROFILES, 1, 0, "{}"},
    {"empty samples", OTTL_SIGNAL_PROFILES, 9, 0, "{\"samples\":[{},{},{},{},{},{},{},{}]}"},
};

typedef struct need {
  size_t peak, out;
  ottl_status status;
} need;

static need peak_of(const ottl_program *program, uint32_t slice_rows, const uint8_t *in, size_t len) {
  fz_memory m = {.budget = SIZE_MAX / 2};
  ottl_allocator al = fz_allocator(&m);
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.allocator = &al;
  o.slice_rows = slice_rows;
  o.clock_seconds = 1;
  ottl_exec *x;
  ottl_result r = {0};
  need n = {0};
  assert_int_equal(ottl_exec_create(program, &o, &x), OTTL_OK);
  n.status = ottl_exec_run(x, in, len, &r);
  for (int turn = 0; turn < 2 && n.status == OTTL_OK; turn++)
    n.status = ottl_exec_run(x, in, len, &r); /* buffers grow between runs, too */
  n.peak = m.peak;
  n.out = r.len;
  ottl_exec_free(x);
  return n;
}

/* The formula of docs/limits.md. */
static double bound(size_t statements, size_t in, size_t out, size_t rows, size_t entries) {
  return 4.0 * 1048576 + 8.0 * (double)(in + out) + 512.0 * (double)rows * (1.0 + (double)statements) + 64.0 * (double)entries;
}

static void memory_of_a_run(void **state) {
  (void)state;
  const char *told = getenv("OTTL_MEMORY_BYTES");
  size_t size = told ? strtoull(told, NULL, 10) : 30 << 10;
  bool verbose = getenv("OTTL_MEMORY_VERBOSE") != NULL;
  double closest = 0;
  for (size_t i = 0; i < FZ_PROGRAMS; i++) {
    const fz_program *p = &fz_programs[i];
    size_t statements = 0;
    while (statements < 12 && p->text[statements]) statements++;
    for (size_t r = 0; r < sizeof records / sizeof *records; r++) {
      if (records[r].signal != p->signal) continue;
      bytes record = record_of(p->signal, records[r].json), in = payload(&record, size);
      for (int way = 0; way < 2; way++) { /* row order with windows as large as can be */
        need n = peak_of(fz_get(i, way, OTTL_ERROR_IGNORE), way ? 1024 : 0, in.data, in.len);
        size_t n_records = in.len / (record.len + 2) + 1;
        double most = bound(statements, in.len, n.out, records[r].rows * n_records, records[r].entries * n_records);
        double share = (double)n.peak / most;
        if (share > closest) closest = share;
        if (verbose)
          print_message("program %zu, way %d, %s: in %zu, out %zu, peak %zu, %.2f\n", i, way, records[r].name, in.len, n.out,
                        n.peak, share);
        if (share > 1)
          fail_msg("program %zu, way %d, %s: %zu bytes, and the bound is %.0f", i, way, records[r].name, n.peak, most);
      }
      free(in.data);
      free(record.data);
    }
  }
  print_message("at most %.0f %% of the bound\n", closest * 100);
  assert_true(closest > 0.2); /* it says something */
}

/* Compiling: by the bytes of the text. */
static void memory_of_a_program(void **state) {
  (void)state;
  double closest = 0;
  for (size_t i = 0; i < FZ_PROGRAMS; i++) {
    const fz_program *p = &fz_programs[i];
    fz_memory m = {.budget = SIZE_MAX / 2};
    ottl_allocator memory = fz_allocator(&m);
    ottl_view texts[12];
    size_t n = 0, len = 0;
    for (; n < 12 && p->text[n]; n++) {
      texts[n] = (ottl_view){p->text[n], strlen(p->text[n])};
      len += texts[n].len;
    }
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    assert_int_equal(fz_compile(&memory, p->signal, p->kind, p->context, texts, n, OTTL_ERROR_IGNORE, false, &program, &diags),
                     OTTL_OK);
    ottl_diags_free(diags);
    ottl_program_free(program);
    double share = (double)m.peak / (262144.0 + 512.0 * (double)len);
    if (share > closest) closest = share;
    if (share > 1) fail_msg("program %zu: %zu bytes for %zu bytes of text", i, m.peak, len);
  }
  print_message("at most %.0f %% of the bound\n", closest * 100);
  assert_true(closest > 0.2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(memory_of_a_run), cmocka_unit_test(memory_of_a_program)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
