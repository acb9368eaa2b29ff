/* Payloads as blocks of text: exact, in both layouts; hostile payloads and failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/common.h"
#include "ottl/ottl.h"

#include "base/varint.h"
#include "counter.h"
#include "profiles_payload.h"

static const char logs[] =
    "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}},"
    "{\"key\":\"odd "
    "key\",\"value\":{\"boolValue\":true}}]},\"schemaUrl\":\"https://s\",\"scopeLogs\":[{\"scope\":{\"name\":\"app\","
    "\"version\":\"1.2\"},\"logRecords\":[{\"timeUnixNano\":\"1790000000000000001\",\"severityNumber\":9,\"severityText\":"
    "\"info\","
    "\"body\":{\"stringValue\":\"two\\nlines\\u001b[31m\\u202e\"},\"traceId\":\"0102030405060708090a0b0c0d0e0f10\","
    "\"attributes\":["
    "{\"key\":\"n\",\"value\":{\"intValue\":\"5\"}},{\"key\":\"d\",\"value\":{\"doubleValue\":5}},"
    "{\"key\":\"user\",\"value\":{\"kvlistValue\":{\"values\":[{\"key\":\"id\",\"value\":{\"bytesValue\":\"AQI=\"}},"
    "{\"key\":\"none\",\"value\":{}},{\"key\":\"empty\",\"value\":{\"kvlistValue\":{}}}]}}},"
    "{\"key\":\"list\",\"value\":{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"},{\"intValue\":\"1\"}]}}},"
    "{\"key\":\"deep\",\"value\":{\"arrayValue\":{\"values\":[{\"arrayValue\":{}},{\"kvlistValue\":{\"values\":[{\"key\":\"k\","
    "\"value\":{\"boolValue\":false}}]}}]}}}]},{}]},{\"logRecords\":[{\"severityNumber\":99}]}]},{}]}";

static const char metrics[] =
    "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"temp\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":"
    "\"1\","
    "\"asDouble\":21.5,\"attributes\":[{\"key\":\"room\",\"value\":{\"stringValue\":\"a\"}}]},{\"asInt\":\"0\"},{}]}},{\"name\":"
    "\"h\","
    "\"histogram\":{\"aggregationTemporality\":2,\"dataPoints\":[{\"count\":\"3\",\"sum\":0,\"bucketCounts\":[\"1\",\"2\"],"
    "\"explicitBounds\":[0.5]}]}},{\"summary\":{}}]}]}]}";

static const char traces[] =
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
    "\"shop\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"http\"},\"spans\":[{\"traceId\":\"0102030405060708090"
    "a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\",\"name\":\"GET /cart\",\"kind\":2,\"startTimeUnixNano\""
    ":\"1790000000000000000\",\"endTimeUnixNano\":\"1790000000500000000\",\"attributes\":[{\"key\":\"http."
    "url\",\"value\":{\"stringValue\":\"https://shop.example/cart?token=abc\"}}],\"status\":{\"code\":2}},"
    "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060709\",\"name\":\"GET /hea"
    "lth\",\"kind\":2,\"startTimeUnixNano\":\"1790000000000000000\",\"endTimeUnixNano\":\"179000000000090"
    "0000\",\"events\":[{\"timeUnixNano\":\"1790000000000000500\",\"name\":\"ok\"}]}]}]}]}";

static ottl_viewer *viewer(ottl_viewer_layout layout) {
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.layout = layout;
  ottl_viewer *v = NULL;
  assert_int_equal(ottl_viewer_create(&options, &v), OTTL_OK);
  return v;
}

/* All blocks: "kind number resource.scope.item summary" and its lines. */
static char *shown(ottl_viewer *v) {
  char *text = NULL;
  size_t len = 0;
  FILE *to = open_memstream(&text, &len);
  for (size_t i = 0; i < ottl_viewer_count(v); i++) {
    ottl_block b;
    assert_int_equal(ottl_viewer_render(v, i, &b), OTTL_OK);
    fprintf(to, "%s %d %d.%d.%d %.*s\n%.*s", b.kind, (int)b.number, (int)b.resource, (int)b.scope, (int)b.item,
            (int)b.summary.len, b.summary.data ? b.summary.data : "", (int)b.lines.len, b.lines.data ? b.lines.data : "");
  }
  fclose(to);
  return text;
}

static void expect(ottl_viewer *v, ottl_signal signal, const char *json, const char *want) {
  ottl_json *reader = NULL;
  const uint8_t *data;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(reader, signal, json, strlen(json), &data, &len), OTTL_OK);
  assert_int_equal(ottl_viewer_open(v, signal, data, len), OTTL_OK);
  char *text = shown(v);
  assert_string_equal(text, want);
  free(text);
  ottl_json_free(reader);
}

static void test_lines(void **state) {
  (void)state;
  ottl_viewer *v = viewer(OTTL_VIEWER_LINES);
  expect(v, OTTL_SIGNAL_LOGS, logs,
         "resource 0 0.-1.-1 \"shop\"\n"
         "attributes[\"service.name\"] = \"shop\"\n"
         "attributes[\"odd key\"] = true\n"
         "schema_url = \"https://s\"\n"
         "scope 0 0.0.-1 \"app\" \"1.2\"\n"
         "name = \"app\"\n"
         "version = \"1.2\"\n"
         "log record 0 0.0.0 2026-09-21T14:13:20.000000001Z \"info\"\n"
         "time_unix_nano = 2026-09-21T14:13:20.000000001Z\n"
         "severity_number = SEVERITY_NUMBER_INFO (9)\n"
         "severity_text = \"info\"\n"
         "body = \"two\\n\"\n"
         "    \"lines\\x1b[31m\\u202e\"\n"
         "attributes[\"n\"] = 5\n"
         "attributes[\"d\"] = 5.0\n"
         "attributes[\"user\"][\"id\"] = 0x0102\n"
         "attributes[\"user\"][\"none\"] = nil\n"
         "attributes[\"user\"][\"empty\"] = {}\n"
         "attributes[\"list\"] = [\"a\", 1]\n"
         "attributes[\"deep\"][0] = []\n"
         "attributes[\"deep\"][1][\"k\"] = false\n"
         "trace_id = 0102030405060708090a0b0c0d0e0f10\n"
         "log record 1 0.0.1 \n"
         "scope 1 0.1.-1 \n"
         "log record 2 0.1.0 \n"
         "severity_number = 99\n"
         "resource 1 1.-1.-1 \n");
  expect(v, OTTL_SIGNAL_METRICS, metrics,
         "resource 0 0.-1.-1 \n"
         "scope 0 0.0.-1 \n"
         "metric 0 0.0.0 \"temp\" gauge\n"
         "name = \"temp\"\n"
         "gauge.data_points:\n"
         "  time_unix_nano = 1970-01-01T00:00:00.000000001Z\n"
         "  as_double = 21.5\n"
         "  attributes[\"room\"] = \"a\"\n"
         "gauge.data_points:\n"
         "  as_int = 0\n"
         "gauge.data_points = {}\n"
         "metric 1 0.0.1 \"h\" histogram\n"
         "name = \"h\"\n"
         "histogram.data_points:\n"
         "  count = 3\n"
         "  sum = 0.0\n"
         "  bucket_counts = [1, 2]\n"
         "  explicit_bounds = [0.5]\n"
         "histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE (2)\n"
         "metric 2 0.0.2 summary\n"
         "summary = {}\n");
  expect(v, OTTL_SIGNAL_TRACES, traces,
         "resource 0 0.-1.-1 \"shop\"\n"
         "attributes[\"service.name\"] = \"shop\"\n"
         "scope 0 0.0.-1 \"http\"\n"
         "name = \"http\"\n"
         "span 0 0.0.0 \"GET /cart\" 500ms\n"
         "trace_id = 0102030405060708090a0b0c0d0e0f10\n"
         "span_id = 0102030405060708\n"
         "name = \"GET /cart\"\n"
         "kind = SPAN_KIND_SERVER (2)\n"
         "start_time_unix_nano = 2026-09-21T14:13:20Z\n"
         "end_time_unix_nano = 2026-09-21T14:13:20.5Z\n"
         "attributes[\"http.url\"] = \"https://shop.example/cart?token=abc\"\n"
         "status.code = STATUS_CODE_ERROR (2)\n"
         "span 1 0.0.1 \"GET /health\" 900µs\n"
         "trace_id = 0102030405060708090a0b0c0d0e0f10\n"
         "span_id = 0102030405060709\n"
         "name = \"GET /health\"\n"
         "kind = SPAN_KIND_SERVER (2)\n"
         "start_time_unix_nano = 2026-09-21T14:13:20Z\n"
         "end_time_unix_nano = 2026-09-21T14:13:20.0009Z\n"
         "events:\n"
         "  time_unix_nano = 2026-09-21T14:13:20.0000005Z\n"
         "  name = \"ok\"\n");
  ottl_viewer_free(v);
}

static void test_tree(void **state) {
  (void)state;
  ottl_viewer *v = viewer(OTTL_VIEWER_TREE);
  expect(v, OTTL_SIGNAL_LOGS, logs,
         "resource 0 0.-1.-1 \"shop\"\n"
         "attributes\n"
         "  service.name  \"shop\"\n"
         "  \"odd key\"     true\n"
         "schema_url  \"https://s\"\n"
         "scope 0 0.0.-1 \"app\" \"1.2\"\n"
         "name     \"app\"\n"
         "version  \"1.2\"\n"
         "log record 0 0.0.0 2026-09-21T14:13:20.000000001Z \"info\"\n"
         "time_unix_nano   2026-09-21T14:13:20.000000001Z\n"
         "severity_number  SEVERITY_NUMBER_INFO (9)\n"
         "severity_text    \"info\"\n"
         "body             \"two\\n\"\n"
         "                 \"lines\\x1b[31m\\u202e\"\n"
         "attributes\n"
         "  n     5\n"
         "  d     5.0\n"
         "  user\n"
         "    id     0x0102\n"
         "    none   nil\n"
         "    empty  {}\n"
         "  list  [\"a\", 1]\n"
         "  deep\n"
         "    [0]  []\n"
         "    [1]\n"
         "      k  false\n"
         "trace_id         0102030405060708090a0b0c0d0e0f10\n"
         "log record 1 0.0.1 \n"
         "scope 1 0.1.-1 \n"
         "log record 2 0.1.0 \n"
         "severity_number  99\n"
         "resource 1 1.-1.-1 \n");
  expect(v, OTTL_SIGNAL_METRICS, metrics,
         "resource 0 0.-1.-1 \n"
         "scope 0 0.0.-1 \n"
         "metric 0 0.0.0 \"temp\" gauge\n"
         "name  \"temp\"\n"
         "gauge\n"
         "  data_points\n"
         "    time_unix_nano  1970-01-01T00:00:00.000000001Z\n"
         "    as_double       21.5\n"
         "    attributes\n"
         "      room  \"a\"\n"
         "  data_points\n"
         "    as_int  0\n"
         "  data_points  {}\n"
         "metric 1 0.0.1 \"h\" histogram\n"
         "name  \"h\"\n"
         "histogram\n"
         "  data_points\n"
         "    count            3\n"
         "    sum              0.0\n"
         "    bucket_counts    [1, 2]\n"
         "    explicit_bounds  [0.5]\n"
         "  aggregation_temporality  AGGREGATION_TEMPORALITY_CUMULATIVE (2)\n"
         "metric 2 0.0.2 summary\n"
         "summary  {}\n");
  ottl_viewer_free(v);
}

static void test_profiles(void **state) {
  (void)state;
  ottl_viewer *v = viewer(OTTL_VIEWER_LINES);
  blob b = payload(1, 2);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_PROFILES, b.data, b.len), OTTL_OK);
  char *text = shown(v);
  assert_string_equal(text, "resource 0 0.-1.-1 \n"
                            "scope 0 0.0.-1 \n"
                            "profile 0 0.0.0 \n"
                            "sample_type.type = \"cpu\"\n"
                            "sample_type.unit = \"ns\"\n"
                            "samples:\n"
                            "  attributes[\"thread\"] = \"w1\"\n"
                            "  values = [5, -6]\n"
                            "samples:\n"
                            "  stack = (stack 1, which the dictionary lacks)\n"
                            "  attributes[\"pid\"] = 7\n"
                            "  values = [5, -6]\n"
                            "  timestamps_unix_nano = [2023-11-14T22:13:20Z]\n"
                            "attributes[\"pid\"] = 7\n"
                            "attributes[\"size\"] = 8 unit \"bytes\"\n");
  free(text);
  free(b.data);
  ottl_viewer_free(v);
}

/* Frames of a stack, links, and indices that lead nowhere. */
static void test_stacks(void **state) {
  (void)state;
  static const uint8_t bytes[] = {
      0x0a, 0x21, 0x12, 0x1f, 0x12, 0x1d, 0x0a, 0x04, 0x08, 0x01, 0x10, 0x03, 0x12, 0x0c, 0x08, 0x01, 0x12, 0x02, 0x01,
      0x07, 0x18, 0x01, 0x22, 0x02, 0x01, 0x02, 0x12, 0x04, 0x08, 0x05, 0x18, 0x09, 0x5a, 0x01, 0x01, 0x12, 0x5e, 0x12,
      0x02, 0x10, 0x07, 0x12, 0x0a, 0x1a, 0x04, 0x08, 0x01, 0x10, 0x0c, 0x1a, 0x02, 0x08, 0x09, 0x1a, 0x00, 0x1a, 0x04,
      0x08, 0x01, 0x18, 0x02, 0x22, 0x00, 0x22, 0x1c, 0x0a, 0x10, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
      0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x08, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x2a, 0x00,
      0x2a, 0x04, 0x6d, 0x61, 0x69, 0x6e, 0x2a, 0x04, 0x66, 0x2e, 0x67, 0x6f, 0x2a, 0x01, 0x6b, 0x32, 0x00, 0x32, 0x08,
      0x08, 0x03, 0x12, 0x02, 0x40, 0x01, 0x18, 0x02, 0x3a, 0x00, 0x3a, 0x05, 0x0a, 0x03, 0x00, 0x01, 0x09};
  ottl_viewer *v = viewer(OTTL_VIEWER_LINES);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_PROFILES, bytes, sizeof bytes), OTTL_OK);
  char *text = shown(v);
  assert_string_equal(text, "resource 0 0.-1.-1 \n"
                            "scope 0 0.0.-1 \n"
                            "profile 0 0.0.0 \n"
                            "sample_type.type = \"main\"\n"
                            "sample_type.unit = \"k\"\n"
                            "samples:\n"
                            "  stack[0] = 0x7\n"
                            "  stack[1] = \"main\" in \"f.go\" line 12, inlined into (function 9, which the dictionary lacks)\n"
                            "  stack[2] = (location 9, which the dictionary lacks)\n"
                            "  attributes[\"k\"] = \"main\" unit \"f.go\"\n"
                            "  attributes = (attribute 7, which the dictionary lacks)\n"
                            "  link = trace 000102030405060708090a0b0c0d0e0f span 0001020304050607\n"
                            "  values = [1, 2]\n"
                            "samples:\n"
                            "  stack = (stack 5, which the dictionary lacks)\n"
                            "  link = (link 9, which the dictionary lacks)\n"
                            "attributes[\"k\"] = \"main\" unit \"f.go\"\n");
  free(text);
  ottl_viewer_free(v);
}

static void test_choice(void **state) {
  (void)state;
  static const char *const fields[] = {"body", "attributes"};
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.fields = fields;
  options.n_fields = OTTL_COUNT(fields);
  options.max_text = 5;
  options.colour = true;
  ottl_viewer *v = NULL;
  assert_int_equal(ottl_viewer_create(&options, &v), OTTL_OK);
  expect(v, OTTL_SIGNAL_LOGS,
         "{\"resourceLogs\":[{\"schemaUrl\":\"u\",\"scopeLogs\":[{\"logRecords\":[{\"severityNumber\":1,"
         "\"body\":{\"stringValue\":\"1234\u00e9\"},\"attributes\":[{\"key\":\"b\",\"value\":{\"bytesValue\":\"AAECAwQFBgc=\"}}]}"
         "]}]}]}",
         "resource 0 0.-1.-1 \n"
         "\x1b"
         "[36mschema_url\x1b"
         "[0m  \"u\"\n"
         "scope 0 0.0.-1 \n"
         "log record 0 0.0.0 TRACE\n"
         "\x1b"
         "[36mbody\x1b"
         "[0m  \"1234\" and 2 bytes more\n"
         "\x1b"
         "[36mattributes\x1b"
         "[0m\n"
         "  \x1b"
         "[36mb\x1b"
         "[0m  0x0001020304 and 3 bytes more\n");
  ottl_viewer_free(v);
}

/* Fields that nobody knows, a singular message in pieces, a oneof twice, a scalar twice, bytes that are no text. */
static void test_odd(void **state) {
  (void)state;
  static const uint8_t bytes[] = {0x0a, 0x3e, 0x0a, 0x09, 0x0a, 0x07, 0x0a, 0x01, 0x61, 0x12, 0x02, 0x18, 0x01, 0x12, 0x26, 0x12,
                                  0x24, 0x10, 0x05, 0x10, 0x09, 0x2a, 0x02, 0x18, 0x07, 0x2a, 0x03, 0x0a, 0x01, 0x78, 0x32, 0x09,
                                  0x0a, 0x01, 0x6b, 0x12, 0x04, 0x0a, 0x02, 0xff, 0x00, 0xa0, 0x06, 0x2a, 0xb3, 0x06, 0xb4, 0x06,
                                  0xaa, 0x06, 0x02, 0xde, 0xad, 0x0a, 0x09, 0x0a, 0x07, 0x0a, 0x01, 0x62, 0x12, 0x02, 0x18, 0x02};
  ottl_viewer *v = viewer(OTTL_VIEWER_LINES);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, bytes, sizeof bytes), OTTL_OK);
  char *text = shown(v);
  assert_string_equal(text, "resource 0 0.-1.-1 \n"
                            "attributes[\"a\"] = 1\n"
                            "attributes[\"b\"] = 2\n"
                            "scope 0 0.0.-1 \n"
                            "log record 0 0.0.0 INFO\n"
                            "severity_number = SEVERITY_NUMBER_INFO (9)\n"
                            "body = \"x\"\n"
                            "attributes[\"k\"] = \"\\xff\\x00\"\n"
                            "(field 100) = 42\n"
                            "(field 102) = a group\n"
                            "(field 101) = 0xdead\n");
  free(text);
  ottl_block b;
  assert_false(ottl_viewer_block(v, 3, &b));
  assert_int_equal(ottl_viewer_render(v, 3, &b), OTTL_INVALID_ARG);
  size_t offset;
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, bytes, sizeof bytes - 1), OTTL_DATA);
  assert_string_equal(
      ottl_viewer_error(v, &offset),
      "ExportLogsServiceRequest.resource_logs: its value is cut short, or its length runs over the end of the message");
  assert_int_equal(offset, 0);
  assert_int_equal(ottl_viewer_count(v), 0);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_NONE, bytes, sizeof bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, NULL, 0), OTTL_OK);
  assert_int_equal(ottl_viewer_count(v), 0);
  ottl_viewer_free(v);
}

/* A body of lists inside one another: each level is AnyValue { ArrayValue { AnyValue .. } }. */
static void test_deep(void **state) {
  (void)state;
  enum { LEVELS = 600, ROOM = 16 * LEVELS };
  uint8_t *room = malloc(ROOM), *at = room + ROOM;
  static const uint8_t tags[] = {0x2a, 0x0a};              /* array_value, values */
  static const uint8_t above[] = {0x2a, 0x12, 0x12, 0x0a}; /* body, log record, scope, resource */
  for (int i = 0; i < 2 * LEVELS + 4; i++) {
    uint8_t head[10], *end = varint_put(head, (uint64_t)(room + ROOM - at));
    at -= end - head;
    memcpy(at, head, (size_t)(end - head));
    *--at = i < 2 * LEVELS ? tags[1 - i % 2] : above[i - 2 * LEVELS];
  }
  ottl_viewer *v = viewer(OTTL_VIEWER_LINES);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, at, (size_t)(room + ROOM - at)), OTTL_OK);
  ottl_block b;
  size_t offset;
  assert_int_equal(ottl_viewer_render(v, 2, &b), OTTL_LIMIT);
  assert_string_equal(ottl_viewer_error(v, &offset), "values nest deeper than 512 levels");
  assert_int_equal(ottl_viewer_render(v, 0, &b), OTTL_OK);
  ottl_viewer_free(v);
  free(room);
}

/* Whatever a payload is: no crash, nothing but printable text and line ends. */
static void test_hostile(void **state) {
  (void)state;
  blob b = payload(2, 3);
  ottl_viewer *v = viewer(OTTL_VIEWER_TREE);
  uint64_t seed = 7;
  size_t opened = 0;
  for (int round = 0; round < 4000; round++) {
    uint8_t *copy = malloc(b.len);
    memcpy(copy, b.data, b.len);
    for (int i = 0; i < round % 4 + 1; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      copy[(seed >> 33) % b.len] = (uint8_t)(seed >> 20);
    }
    for (ottl_signal s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES; s++) {
      if (ottl_viewer_open(v, s, copy, b.len) != OTTL_OK) continue;
      opened++;
      char *text = shown(v);
      for (char *c = text; *c; c++) assert_true((unsigned char)*c >= ' ' || *c == '\n');
      free(text);
    }
    free(copy);
  }
  assert_true(opened > 1000);
  free(b.data);
  ottl_viewer_free(v);
}

static ottl_status show_all(const ottl_allocator *al, ottl_signal signal, blob b) {
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.allocator = al;
  ottl_viewer *v = NULL;
  ottl_status status = ottl_viewer_create(&options, &v);
  if (status == OTTL_OK) status = ottl_viewer_open(v, signal, b.data, b.len);
  ottl_block block;
  for (size_t i = 0; status == OTTL_OK && i < ottl_viewer_count(v); i++) status = ottl_viewer_render(v, i, &block);
  ottl_viewer_free(v);
  return status;
}

static void test_memory(void **state) {
  (void)state;
  blob b = payload(2, 2);
  ottl_status status = OTTL_NOMEM;
  size_t n = 0;
  for (; status != OTTL_OK; n++) {
    counter c = {.fail_at = n + 1};
    ottl_allocator al = counter_allocator(&c);
    status = show_all(&al, OTTL_SIGNAL_PROFILES, b);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    assert_int_equal(c.live_blocks, 0);
    assert_int_equal(c.live_bytes, 0);
  }
  assert_true(n > 5);
  free(b.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines),  cmocka_unit_test(test_tree),    cmocka_unit_test(test_profiles),
      cmocka_unit_test(test_stacks), cmocka_unit_test(test_choice),  cmocka_unit_test(test_odd),
      cmocka_unit_test(test_deep),   cmocka_unit_test(test_hostile), cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
