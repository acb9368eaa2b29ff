/* OTLP/JSON both ways: the fixtures, odd cases by hand, hostile input. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <math.h>

#include "counter.h"
#include "ottl/json.h"
#include "yyjson.h"

static char *read_file(const char *path, size_t *ret_len) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char *text = malloc(1 << 20);
  assert_non_null(text);
  *ret_len = fread(text, 1, 1 << 20, file);
  fclose(file);
  return text;
}

static double number_of(yyjson_val *v) {
  if (!yyjson_is_str(v)) return yyjson_get_num(v);
  const char *s = yyjson_get_str(v);
  if (strcmp(s, "NaN") == 0) return 12345e300;
  return strtod(s, NULL);
}

static int is_default(yyjson_val *v) {
  if (yyjson_is_null(v) || yyjson_is_false(v)) return 1;
  if (yyjson_is_num(v)) return yyjson_get_num(v) == 0;
  if (yyjson_is_str(v)) return strspn(yyjson_get_str(v), "0") == yyjson_get_len(v);
  return yyjson_is_arr(v) && yyjson_arr_size(v) == 0;
}

/* Same content: what is at its default may be missing, numbers may be strings. */
static int same(yyjson_val *a, yyjson_val *b) {
  if (yyjson_is_obj(a) && yyjson_is_obj(b)) {
    size_t i, max;
    yyjson_val *k, *v;
    yyjson_obj_foreach(a, i, max, k, v) {
      yyjson_val *other = yyjson_obj_get(b, yyjson_get_str(k));
      if (other ? !same(v, other) : !is_default(v)) return 0;
    }
    yyjson_obj_foreach(b, i, max, k, v) if (!yyjson_obj_get(a, yyjson_get_str(k)) && !is_default(v)) return 0;
    return 1;
  }
  if (yyjson_is_arr(a) && yyjson_is_arr(b)) {
    if (yyjson_arr_size(a) != yyjson_arr_size(b)) return 0;
    for (size_t i = 0; i < yyjson_arr_size(a); i++)
      if (!same(yyjson_arr_get(a, i), yyjson_arr_get(b, i))) return 0;
    return 1;
  }
  if (yyjson_is_num(a) || yyjson_is_num(b)) return number_of(a) == number_of(b);
  return yyjson_equals(a, b);
}

static void test_fixtures(void **state) {
  ottl_json *json = *state;
  glob_t found;
  assert_int_equal(glob("tests/fixtures/otlp/*.json", 0, NULL, &found), 0);
  assert_true(found.gl_pathc > 20);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    size_t len, wire_len, out_len, again_len;
    char *text = read_file(found.gl_pathv[i], &len);
    ottl_signal signal = ottl_json_signal(text, len);
    if (signal == OTTL_SIGNAL_NONE) print_message("%s has no signal\n", found.gl_pathv[i]);
    if (signal == OTTL_SIGNAL_NONE) signal = OTTL_SIGNAL_LOGS;
    const uint8_t *wire, *again;
    const char *out;
    if (ottl_json_to_wire(json, signal, text, len, &wire, &wire_len) != OTTL_OK)
      fail_msg("%s: %s", found.gl_pathv[i], ottl_json_error(json, NULL));
    uint8_t *kept = malloc(wire_len + 1);
    memcpy(kept, wire, wire_len);
    assert_int_equal(ottl_json_from_wire(json, signal, kept, wire_len, &out, &out_len), OTTL_OK);
    yyjson_doc *before = yyjson_read(text, len, 0), *after = yyjson_read(out, out_len, 0);
    assert_non_null(before);
    assert_non_null(after);
    if (!same(yyjson_doc_get_root(before), yyjson_doc_get_root(after)))
      fail_msg("%s changed:\n%.*s\n%.*s", found.gl_pathv[i], (int)len, text, (int)out_len, out);
    yyjson_doc_free(before);
    yyjson_doc_free(after);
    assert_int_equal(ottl_json_to_wire(json, signal, out, out_len, &again, &again_len), OTTL_OK);
    assert_int_equal(again_len, wire_len);
    assert_memory_equal(again, kept, wire_len);
    /* Cut anywhere, either form gives an answer and no more. */
    for (size_t cut = 0; cut < len && len < 3000; cut++) {
      char *part = malloc(cut ? cut : 1);
      memcpy(part, text, cut);
      size_t n;
      bool blank_tail = strspn(text + cut, " \n\r\t") == len - cut;
      assert_int_equal(ottl_json_to_wire(json, signal, part, cut, &again, &n), blank_tail ? OTTL_OK : OTTL_DATA);
      free(part);
    }
    for (size_t cut = 0; cut < wire_len; cut++) {
      uint8_t *part = malloc(cut ? cut : 1);
      memcpy(part, kept, cut);
      size_t offset;
      ottl_status status = ottl_json_from_wire(json, signal, part, cut, &out, &out_len);
      assert_true(status == OTTL_OK || status == OTTL_DATA);
      ottl_json_error(json, &offset);
      assert_true(offset <= cut);
      free(part);
    }
    /* Every byte changed in some way. */
    for (size_t at = 0; at < wire_len; at++) {
      uint8_t old = kept[at];
      kept[at] = (uint8_t)(old + 1 + at * 7);
      ottl_status status = ottl_json_from_wire(json, signal, kept, wire_len, &out, &out_len);
      assert_true(status == OTTL_OK || status == OTTL_DATA);
      if (status == OTTL_OK) {
        after = yyjson_read(out, out_len, 0);
        assert_non_null(after);
        yyjson_doc_free(after);
      }
      kept[at] = old;
    }
    free(kept);
    free(text);
  }
  globfree(&found);
}

/* JSON to wire to JSON. */
static void check(ottl_json *json, ottl_signal signal, const char *text, const char *wanted) {
  const uint8_t *wire;
  const char *out;
  size_t wire_len, out_len;
  if (ottl_json_to_wire(json, signal, text, strlen(text), &wire, &wire_len) != OTTL_OK)
    fail_msg("%s: %s", text, ottl_json_error(json, NULL));
  assert_int_equal(ottl_json_from_wire(json, signal, wire, wire_len, &out, &out_len), OTTL_OK);
  if (out_len != strlen(wanted) || memcmp(out, wanted, out_len) != 0)
    fail_msg("%s\nwanted %s\nfound  %.*s", text, wanted, (int)out_len, out);
}

static void check_log(ottl_json *json, const char *text, const char *wanted) {
  char a[8192], b[8192];
  snprintf(a, sizeof a, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[%s]}]}]}", text);
  snprintf(b, sizeof b, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[%s]}]}]}", wanted);
  check(json, OTTL_SIGNAL_LOGS, a, b);
}

static void check_body(ottl_json *json, const char *text, const char *wanted) {
  char a[4096], b[4096];
  snprintf(a, sizeof a, "{\"body\":%s}", text);
  snprintf(b, sizeof b, "{\"body\":%s}", wanted);
  check_log(json, a, b);
}

static void check_point(ottl_json *json, const char *kind, const char *text, const char *wanted) {
  char a[4096], b[4096];
  snprintf(a, sizeof a, "{\"resource_metrics\":[{\"scope_metrics\":[{\"metrics\":[{\"%s\":{\"data_points\":[%s]}}]}]}]}", kind,
           text);
  snprintf(b, sizeof b, "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"%s\":{\"dataPoints\":[%s]}}]}]}]}", kind,
           wanted);
  check(json, OTTL_SIGNAL_METRICS, a, b);
}

static void test_values(void **state) {
  ottl_json *json = *state;
  check_body(json, "{}", "{}");
  check_body(json, "{\"stringValue\":\"\"}", "{\"stringValue\":\"\"}");
  check_body(json, "{\"stringValue\":null}", "{\"stringValue\":\"\"}");
  check_body(json, "{\"arrayValue\":null}", "{\"arrayValue\":{}}");
  check_body(json, "{\"arrayValue\":{\"values\":[{},{\"intValue\":0}]}}",
             "{\"arrayValue\":{\"values\":[{},{\"intValue\":\"0\"}]}}");
  check_body(json, "{\"kvlist_value\":{\"values\":[{\"key\":\"\",\"value\":{}}]}}",
             "{\"kvlistValue\":{\"values\":[{\"value\":{}}]}}");
  check_body(json, "{\"boolValue\":false}", "{\"boolValue\":false}");
  check_body(json, "{\"intValue\":\"-9223372036854775808\"}", "{\"intValue\":\"-9223372036854775808\"}");
  check_body(json, "{\"intValue\":9223372036854775807}", "{\"intValue\":\"9223372036854775807\"}");
  check_body(json, "{\"intValue\":1.5e3}", "{\"intValue\":\"1500\"}");
  check_body(json, "{\"intValue\":\"+7\"}", "{\"intValue\":\"7\"}");
  check_body(json, "{\"doubleValue\":\"NaN\"}", "{\"doubleValue\":\"NaN\"}");
  check_body(json, "{\"doubleValue\":\"-inf\"}", "{\"doubleValue\":\"-Infinity\"}");
  check_body(json, "{\"doubleValue\":\"Infinity\"}", "{\"doubleValue\":\"Infinity\"}");
  check_body(json, "{\"doubleValue\":\" 1\",\"stringValue\":\"last\"}", "{\"stringValue\":\"last\"}");
  check_body(json, "{\"doubleValue\":\"+.5\"}", "{\"doubleValue\":0.5}");
  check_body(json, "{\"doubleValue\":\"007.e1\"}", "{\"doubleValue\":70}");
  check_body(json, "{\"doubleValue\":0}", "{\"doubleValue\":0}");
  check_body(json, "{\"doubleValue\":-0.0}", "{\"doubleValue\":-0}");
  check_body(json, "{\"doubleValue\":-0}", "{\"doubleValue\":-0}");
  check_body(json, "{\"doubleValue\":0.1}", "{\"doubleValue\":0.1}");
  check_body(json, "{\"doubleValue\":5e-324}", "{\"doubleValue\":5e-324}");
  check_body(json, "{\"doubleValue\":-1.7976931348623157e308}", "{\"doubleValue\":-1.7976931348623157e+308}");
  check_body(json, "{\"bytesValue\":\"AQL+/w==\"}", "{\"bytesValue\":\"AQL+/w==\"}");
  check_body(json, "{\"bytesValue\":\"AQL-_w\"}", "{\"bytesValue\":\"AQL+/w==\"}");
  check_body(json, "{\"bytesValue\":\"\"}", "{\"bytesValue\":\"\"}");
  check_body(json, "{\"bytesValue\":\"AQ\\n==\"}", "{\"bytesValue\":\"AQ==\"}");
  check_body(json, "{\"stringValue\":\"a\\u0000\\u001f\\\"\\\\\\/\\n\\t\\r\\b\"}",
             "{\"stringValue\":\"a\\u0000\\u001f\\\"\\\\/\\n\\t\\r\\u0008\"}");
  check_body(json, "{\"stringValue\":\"\\ud83d\\ude00 \\ud83d x \\ude00 \xc3\xa9\xe2\x82\xac 0123456789\"}",
             "{\"stringValue\":\"\xf0\x9f\x98\x80 \xef\xbf\xbd x \xef\xbf\xbd \xc3\xa9\xe2\x82\xac 0123456789\"}");
  check_body(json, "{\"stringValue\":\"bad \xff\xc0\x80\xed\xa0\x80 end of it\"}",
             "{\"stringValue\":\"bad \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd end of it\"}");
}

static void test_members(void **state) {
  ottl_json *json = *state;
  check(json, OTTL_SIGNAL_LOGS, " {} \n", "{}");
  check(json, OTTL_SIGNAL_LOGS, "{\"unknown\":[{\"deep\":[1]}],\"resourceLogs\":[]}", "{}");
  check(json, OTTL_SIGNAL_LOGS, "{\"resourceLogs\":[{\"resource\":{}}]}", "{\"resourceLogs\":[{\"resource\":{}}]}");
  check(json, OTTL_SIGNAL_LOGS, "{\"resourceLogs\":[{\"resource\":null},null]}", "{\"resourceLogs\":[{},{}]}");
  check(json, OTTL_SIGNAL_LOGS, "{\"resourceLogs\":[{\"schemaUrl\":\"a\"}],\"resourceLogs\":[{\"schemaUrl\":\"b\"},{}]}",
        "{\"resourceLogs\":[{\"schemaUrl\":\"a\"},{\"schemaUrl\":\"b\"},{}]}");
  /* Any order in, by number out; a scalar twice: the last; default values left out. */
  check_log(json, "{\"eventName\":\"e\",\"severityNumber\":\"SEVERITY_NUMBER_WARN\",\"timeUnixNano\":5,\"flags\":1,\"flags\":0}",
            "{\"timeUnixNano\":\"5\",\"severityNumber\":13,\"eventName\":\"e\"}");
  check_log(json, "{\"severityNumber\":-1,\"droppedAttributesCount\":\"4294967295\"}",
            "{\"severityNumber\":-1,\"droppedAttributesCount\":4294967295}");
  check_log(json, "{\"traceId\":\"0102030405060708090A0b0c0d0e0f10\",\"span_id\":\"0000000000000000\"}",
            "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\"}");
  check_log(json, "{\"timeUnixNano\":\"18446744073709551615\"}", "{\"timeUnixNano\":\"18446744073709551615\"}");
  /* Fields of presence, and the same name without it. */
  check_point(json, "histogram", "{\"sum\":0,\"max\":-0.0,\"count\":\"0\",\"bucketCounts\":[\"0\",1],\"explicitBounds\":[0.5]}",
              "{\"sum\":0,\"bucketCounts\":[\"0\",\"1\"],\"explicitBounds\":[0.5],\"max\":-0}");
  check_point(json, "histogram", "{\"bucketCounts\":[1],\"bucketCounts\":[],\"bucketCounts\":[\"2\",3]}",
              "{\"bucketCounts\":[\"1\",\"2\",\"3\"]}");
  check_point(json, "summary", "{\"sum\":0,\"quantileValues\":[{\"quantile\":1,\"value\":\"NaN\"}]}",
              "{\"quantileValues\":[{\"quantile\":1,\"value\":\"NaN\"}]}");
  check_point(json, "exponentialHistogram",
              "{\"scale\":-3,\"positive\":{\"offset\":-2147483648,\"bucketCounts\":[300,\"0\"]},\"negative\":{}}",
              "{\"scale\":-3,\"positive\":{\"offset\":-2147483648,\"bucketCounts\":[\"300\",\"0\"]},\"negative\":{}}");
  check_point(json, "gauge", "{\"asInt\":\"-5\"},{\"as_double\":\"1e3\"},{\"asDouble\":1,\"asInt\":2}",
              "{\"asInt\":\"-5\"},{\"asDouble\":1000},{\"asInt\":\"2\"}");
}

static void test_refused(void **state) {
  ottl_json *json = *state;
  static const struct {
    const char *text;
    size_t offset;
  } bad[] = {
      {"", 0},
      {"[]", 0},
      {"null", 0},
      {"{} x", 3},
      {"{}{}", 2},
      {"{\"resourceLogs\":{}}", 2},
      {"{\"resourceLogs\":[1]}", 2},
      {"{\"resourceLogs\":[{\"schemaUrl\":1}]}", 19},
      {"{\"resourceLogs\":[{\"schemaUrl\":1,\"resource\":{},\"x\":2}]}", 19},
      {"{\"resourceLogs\":[{\"resource\":1},{\"schemaUrl\":\"\"}]}", 19},
      {"{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":-1}}]}", 31},
      {"{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":4294967296}}]}", 31},
      {"{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":1.5}}]}", 31},
      {"{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":\"\"}}]}", 31},
      {"{\"resourceLogs\":[{\"resource\":{\"droppedAttributesCount\":true}}]}", 31},
  };
  const uint8_t *wire = NULL;
  size_t len = 7, offset;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, bad[i].text, strlen(bad[i].text), &wire, &len), OTTL_DATA);
    assert_string_not_equal(ottl_json_error(json, &offset), "");
    if (offset != bad[i].offset) fail_msg("%s: %s at %zu", bad[i].text, ottl_json_error(json, NULL), offset);
  }
  assert_null(wire);
  assert_int_equal(len, 7);
  static const char *const records[] = {
      "\"traceId\":\"01\"",
      "\"traceId\":\"0102030405060708090A0b0c0d0e0f1x\"",
      "\"severityNumber\":\"NO_SUCH\"",
      "\"body\":{\"bytesValue\":\"A\"}",
      "\"body\":{\"bytesValue\":\"A===\"}",
      "\"body\":{\"bytesValue\":\"AA=A\"}",
      "\"body\":{\"boolValue\":1}",
      "\"body\":{\"intValue\":\"9223372036854775808\"}",
      "\"body\":{\"intValue\":1e19}",
      "\"body\":{\"intValue\":\"1 \"}",
      "\"body\":{\"doubleValue\":\"\"}",
      "\"body\":{\"doubleValue\":\"1x\"}",
      "\"body\":{\"doubleValue\":\".\"}",
      "\"body\":{\"doubleValue\":\"1e999\"}",
      "\"body\":{\"stringValue\":\"\\x\"}",
      "\"body\":{\"stringValue\":\"\n\"}",
      "\"body\":[]",
  };
  for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
    char text[300];
    snprintf(text, sizeof text, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{%s}]}]}]}", records[i]);
    if (ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, text, strlen(text), &wire, &len) != OTTL_DATA) fail_msg("%s", records[i]);
  }
}

static void check_wire(ottl_json *json, const char *hex_wire, size_t len, const char *wanted) {
  const char *out;
  size_t out_len;
  if (ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, (const uint8_t *)hex_wire, len, &out, &out_len) != OTTL_OK)
    fail_msg("%s", ottl_json_error(json, NULL));
  if (out_len != strlen(wanted) || memcmp(out, wanted, out_len) != 0)
    fail_msg("wanted %s\nfound  %.*s", wanted, (int)out_len, out);
}
#define WIRE(bytes) bytes, sizeof bytes - 1

static void test_odd_wire(void **state) {
  ottl_json *json = *state;
  check_wire(json, "", 0, "{}");
  /* schema_url before resource; resource in two pieces around a scope; schema_url twice. */
  check_wire(json,
             WIRE("\x0a\x13\x1a\x01"
                  "a"
                  "\x0a\x02\x10\x05\x12\x00\x0a\x05\x0a\x03\x0a\x01k\x1a\x01"
                  "b"),
             "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"k\"}],\"droppedAttributesCount\":5},"
             "\"scopeMetrics\":[{}],\"schemaUrl\":\"b\"}]}");
  /* A gauge, then a sum, then a gauge: one oneof, the last wins and is not merged. */
  check_wire(json, WIRE("\x0a\x10\x12\x0e\x12\x0c\x2a\x02\x0a\x00\x3a\x02\x18\x01\x2a\x00\x7a\x00"),
             "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{}}]}]}]}");
  /* bucket_counts: fixed64 packed, then one unpacked; empty packed bounds; an over-long varint; unknown fields and a group. */
  check_wire(
      json,
      WIRE("\x0a\x27\x12\x25\x12\x23\x4a\x21\x0a\x1f\x32\x08\x01\0\0\0\0\0\0\0\x31\x02\0\0\0\0\0\0\0\x3a\0\x50\x83\x80\x00"
           "\xa3\x06\x08\x01\xa4\x06"),
      "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"histogram\":{\"dataPoints\":[{\"bucketCounts\":[\"1\",\"2\"],"
      "\"flags\":3}]}}]}]}]}");
  static const struct {
    const char *wire;
    size_t len, offset;
  } bad[] = {
      {WIRE("\x0a"), 1},
      {WIRE("\x0a\x01"), 1},
      {WIRE("\x08\x01"), 0},
      {WIRE("\x02\x00"), 0},
      {WIRE("\x0a\x00\x0f"), 2},
      {WIRE("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 1},
      {WIRE("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), 1},
      {WIRE("\x9b\x06\x0a\x00"), 0},
      {WIRE("\x9b\x06\xa4\x06"), 0},
      {WIRE("\x0c"), 0},
      {WIRE("\x0a\x03\x0a\x01\x0a"), 5},
      {WIRE("\xf8\xff\xff\xff\xff\x01\x00"), 0},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const char *out;
    size_t out_len, offset;
    assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, (const uint8_t *)bad[i].wire, bad[i].len, &out, &out_len),
                     OTTL_DATA);
    const char *why = ottl_json_error(json, &offset);
    if (offset != bad[i].offset) fail_msg("case %zu: %s at %zu", i, why, offset);
  }
}

static void test_depth(void **state) {
  ottl_json *json = *state;
  static char text[200000];
  for (unsigned depth = 200; depth <= 100000; depth = depth < 512 ? 512 : depth == 512 ? 513 : depth == 513 ? 5000 : 200000) {
    size_t n = (size_t)snprintf(text, sizeof text, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":");
    for (unsigned i = 1; i < depth; i++) n += (size_t)snprintf(text + n, sizeof text - n, "{\"arrayValue\":{\"values\":[");
    n += (size_t)snprintf(text + n, sizeof text - n, "{}");
    for (unsigned i = 1; i < depth; i++) n += (size_t)snprintf(text + n, sizeof text - n, "]}}");
    n += (size_t)snprintf(text + n, sizeof text - n, "}]}]}]}");
    const uint8_t *wire;
    const char *out;
    size_t wire_len, out_len;
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, text, n, &wire, &wire_len), depth <= 512 ? OTTL_OK : OTTL_LIMIT);
    if (depth > 512) continue;
    assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_LOGS, wire, wire_len, &out, &out_len), OTTL_OK);
    assert_int_equal(out_len, n);
    assert_memory_equal(out, text, n);
    ottl_json_set_max_depth(json, depth - 1);
    assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_LOGS, wire, wire_len, &out, &out_len), OTTL_LIMIT);
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, text, n, &wire, &wire_len), OTTL_LIMIT);
    ottl_json_set_max_depth(json, 0);
  }
  /* Unknown members may nest as they like. */
  memset(text, '[', 50000);
  memcpy(text, "{\"x\":", 5);
  memset(text + 50000, ']', 49995);
  text[99995] = '}';
  const uint8_t *wire;
  size_t wire_len;
  assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, text, 99996, &wire, &wire_len), OTTL_OK);
  assert_int_equal(wire_len, 0);
}

/* Puts tag and length before the len bytes at the start of buf. */
static size_t wrap(uint8_t *buf, size_t len, uint8_t tag) {
  uint8_t header[8], n = 0;
  size_t v = len;
  header[n++] = tag;
  for (; v >= 0x80; v >>= 7) header[n++] = (uint8_t)(v | 0x80);
  header[n++] = (uint8_t)v;
  memmove(buf + n, buf, len);
  memcpy(buf, header, n);
  return len + n;
}

/* Maps within maps whose value comes in two pieces at each level: what is joined at one time is bounded. */
static void test_pieces(void **state) {
  ottl_json *json = *state;
  static uint8_t buf[20000];
  const char *out;
  size_t out_len;
  for (int levels = 1; levels <= 400; levels += 399) {
    size_t len = 0;
    buf[len++] = 0x18, buf[len++] = 7; /* int_value */
    for (int i = 0; i < levels; i++) {
      len = wrap(buf, len, 0x12);
      buf[len++] = 0x12, buf[len++] = 0; /* KeyValue: value again, empty */
      len = wrap(buf, len, 0x0a);        /* KeyValueList */
      len = wrap(buf, len, 0x32);        /* AnyValue */
    }
    const uint8_t path[] = {0x2a, 0x12, 0x12, 0x0a}; /* body, log record, scope, resource */
    for (size_t i = 0; i < sizeof path; i++) len = wrap(buf, len, path[i]);
    ottl_status status = ottl_json_from_wire(json, OTTL_SIGNAL_LOGS, buf, len, &out, &out_len);
    assert_int_equal(status, levels == 1 ? OTTL_OK : OTTL_LIMIT);
    const char *wanted = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"kvlistValue\":{\"values\":["
                         "{\"value\":{\"intValue\":\"7\"}}]}}}]}]}]}";
    if (levels > 1) break;
    assert_int_equal(out_len, strlen(wanted));
    assert_memory_equal(out, wanted, out_len);
  }
}

/* Numbers as text of any number of digits, with and without a point, read as strtod reads them. */
static void test_decimals(void **state) {
  ottl_json *json = *state;
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 100000; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    char number[64], text[256];
    int n = snprintf(number, sizeof number, "%" PRIu64, seed >> (i % 64)), digits = 1 + i % 22;
    for (; n < digits; n++) number[n] = (char)('0' + (seed >> n) % 10);
    if (number[0] == '0') n = 1;
    if (n > digits) n = digits;
    int point = (int)(seed % 24);
    if (point < n) {
      memmove(number + point + 2, number + point, (size_t)(n - point));
      memmove(number + point, point ? "." : "0.", point ? 1 : 2);
      if (point) memmove(number + point + 1, number + point + 2, (size_t)(n - point));
      n += point ? 1 : 2;
    }
    number[n] = 0;
    double wanted = strtod(number, NULL);
    if (wanted == 0) continue;
    int len = snprintf(
        text, sizeof text,
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[{\"asDouble\":%s}]}}]}]}]}", number);
    const uint8_t *wire;
    size_t wire_len;
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, (size_t)len, &wire, &wire_len), OTTL_OK);
    assert_int_equal(wire_len, 19);
    uint64_t bits = 0, wanted_bits;
    for (int k = 0; k < 8; k++) bits |= (uint64_t)wire[11 + k] << (8 * k);
    memcpy(&wanted_bits, &wanted, 8);
    if (bits != wanted_bits) fail_msg("%s", number);
  }
}

/* Plain text of every length with one byte that is not plain at every place, as key and as value. */
static void test_text_lengths(void **state) {
  ottl_json *json = *state;
  static const char *const odd[][2] = {
      {"x", "x"}, {"\\n", "\\n"}, {"\\u00e9", "\xc3\xa9"}, {"\\\"", "\\\""}, {"\xc3\xa9", "\xc3\xa9"}};
  for (unsigned len = 1; len < 300; len += len < 150 ? 1 : 37) {
    for (unsigned k = 0; k < sizeof odd / sizeof *odd; k++) {
      unsigned at = (len * 7 + k * 13) % len;
      for (int key = 0; key < 2; key++) {
        char in[4096], wanted[4096], text[2][400];
        for (int side = 0; side < 2; side++) {
          char *w = text[side];
          for (unsigned i = 0; i < len; i++) {
            if (i == at)
              w = strcpy(w, odd[k][side]) + strlen(odd[k][side]);
            else
              *w++ = (char)('a' + i % 26);
          }
          *w = 0;
          snprintf(side ? wanted : in, sizeof in,
                   "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"%s\"},"
                   "\"attributes\":[{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}},{\"key\":\"b\",\"value\":{\"intValue\":"
                   "\"-12\"}}]}]}]}]}",
                   key ? "b" : text[side], key ? text[side] : "k", key ? "v" : text[side]);
        }
        const uint8_t *wire;
        size_t wire_len, out_len;
        const char *out;
        assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, in, strlen(in), &wire, &wire_len), OTTL_OK);
        assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_LOGS, wire, wire_len, &out, &out_len), OTTL_OK);
        assert_int_equal(out_len, strlen(wanted));
        assert_memory_equal(out, wanted, out_len);
      }
    }
  }
}

static void test_doubles(void **state) {
  ottl_json *json = *state;
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 200000; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    double d, back;
    uint64_t bits = i % 3 == 0   ? seed
                    : i % 3 == 1 ? 0x3ff0000000000000u + (seed >> 12)
                                 : 0x40f0000000000000u + (seed >> 14 << 20);
    memcpy(&d, &bits, 8);
    if (isnan(d) || isinf(d)) continue;
    /* A gauge with one point: as_double. */
    uint8_t wire[19] = {0x0a, 17, 0x12, 15, 0x12, 13, 0x2a, 11, 0x0a, 9, 0x21};
    for (int k = 0; k < 8; k++) wire[11 + k] = (uint8_t)(bits >> (8 * k));
    const char *out;
    size_t out_len;
    assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, wire, 19, &out, &out_len), OTTL_OK);
    char text[200];
    memcpy(text, out, out_len);
    text[out_len] = 0;
    back = strtod(strstr(text, "asDouble\":") + 10, NULL);
    assert_memory_equal(&back, &d, 8);
    const uint8_t *again;
    size_t again_len;
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, out_len, &again, &again_len), OTTL_OK);
    assert_int_equal(again_len, 19);
    assert_memory_equal(again, wire, 19);
  }
}

static void test_signal(void **state) {
  (void)state;
  static const struct {
    const char *text;
    ottl_signal signal;
  } cases[] = {
      {" \n{ \"resourceLogs\" : []}", OTTL_SIGNAL_LOGS},
      {"{\"resourceSpans\"", OTTL_SIGNAL_TRACES},
      {"{\"resource_metrics\":[", OTTL_SIGNAL_METRICS},
      {"{\"x\":{\"resourceLogs\":[\"}\\\"\"]},\"y\":1,\"resourceSpans\":[]}", OTTL_SIGNAL_TRACES},
      {"{\"x\":\"resourceLogs\"}", OTTL_SIGNAL_NONE},
      {"{\"resourceSpan", OTTL_SIGNAL_NONE},
      {"{}", OTTL_SIGNAL_NONE},
      {"[", OTTL_SIGNAL_NONE},
      {"", OTTL_SIGNAL_NONE},
      {"{\"a\":]},\"resourceLogs\":1", OTTL_SIGNAL_NONE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (ottl_json_signal(cases[i].text, strlen(cases[i].text)) != cases[i].signal) fail_msg("%s", cases[i].text);
}

static void test_memory(void **state) {
  (void)state;
  size_t len, wire_len, out_len;
  char *text = read_file("tests/fixtures/otlp/ctx_metrics.json", &len);
  const uint8_t *wire;
  const char *out;
  bool done = false;
  for (size_t n = 1; !done; n++) {
    counter c = {.fail_at = n};
    ottl_allocator al = counter_allocator(&c);
    ottl_json *json = NULL;
    ottl_status status = ottl_json_create(&al, &json);
    if (status == OTTL_OK) status = ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, len, &wire, &wire_len);
    if (status == OTTL_OK) status = ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, wire, wire_len, &out, &out_len);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    done = status == OTTL_OK;
    if (done) { /* warm: nothing is allocated any more */
      size_t before = c.n;
      for (int i = 0; i < 3; i++) {
        assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, len, &wire, &wire_len), OTTL_OK);
        assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, wire, wire_len, &out, &out_len), OTTL_OK);
      }
      assert_int_equal(c.n, before);
    }
    ottl_json_free(json);
    assert_int_equal(c.live_bytes, 0);
  }
  free(text);
}

static int set_up(void **state) { return ottl_json_create(NULL, (ottl_json **)state); }
static int tear_down(void **state) {
  ottl_json_free(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values),       cmocka_unit_test(test_members),  cmocka_unit_test(test_refused),
      cmocka_unit_test(test_signal),       cmocka_unit_test(test_odd_wire), cmocka_unit_test(test_depth),
      cmocka_unit_test(test_pieces),       cmocka_unit_test(test_doubles),  cmocka_unit_test(test_decimals),
      cmocka_unit_test(test_text_lengths), cmocka_unit_test(test_memory),   cmocka_unit_test(test_fixtures),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
