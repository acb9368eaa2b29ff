/* The comparison of the conformance runner: what counts as equal, what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/buf.c"
#include "conformance/payload_compare.c"
#include "conformance/value_compare.c"

static bool same(const char *want, const char *got, conf_payload_rules rules, bool value, bool type_only) {
  yyjson_doc *a = yyjson_read(want, strlen(want), CONF_JSON_FLAGS), *b = yyjson_read(got, strlen(got), CONF_JSON_FLAGS);
  assert_non_null(a);
  assert_non_null(b);
  conf_buf why = {0};
  yyjson_val *x = yyjson_doc_get_root(a), *y = yyjson_doc_get_root(b);
  bool equal = value ? conf_value_equal(x, y, type_only, &why) : conf_payload_equal(x, y, &rules, &why);
  if (!equal) assert_true(why.len > 0); /* a difference is always named */
  conf_buf_free(&why);
  yyjson_doc_free(a);
  yyjson_doc_free(b);
  return equal;
}

static void check_payload(const char *a, const char *b, bool equal) {
  conf_payload_rules strict = {0};
  assert_int_equal(same(a, b, strict, false, false), equal);
  assert_int_equal(same(b, a, strict, false, false), equal);
}

static void payloads_equal(void **state) {
  (void)state;
  check_payload("{}", "{\"resource\":{},\"name\":\"\",\"flags\":0,\"count\":\"0\",\"events\":[],\"isMonotonic\":false}", true);
  check_payload("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true);
  check_payload("{\"intValue\":\"12\"}", "{\"intValue\":12}", true);
  check_payload("{\"quantile\":1}", "{\"quantile\":1.0}", true);
  check_payload("{\"doubleValue\":0.1}", "{\"doubleValue\":1e-1}", true);
  check_payload("{\"doubleValue\":-0}", "{\"doubleValue\":-0.0}", true);
  check_payload("{\"doubleValue\":\"NaN\"}", "{\"doubleValue\":\"NaN\"}", true);
  check_payload("{\"traceId\":\"\"}", "{\"traceId\":\"00000000000000000000000000000000\"}", true);
  check_payload("{\"value\":{}}", "{}", true);
  check_payload("{\"summary\":{\"dataPoints\":[{\"sum\":0}]}}", "{\"summary\":{\"dataPoints\":[{}]}}", true);
  check_payload("{\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}},{\"key\":\"b\"}]}",
                "{\"attributes\":[{\"key\":\"b\",\"value\":{}},{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}]}", true);
  check_payload("{\"kvlistValue\":{\"values\":[{\"key\":\"a\"},{\"key\":\"b\"}]}}",
                "{\"kvlistValue\":{\"values\":[{\"key\":\"b\"},{\"key\":\"a\"}]}}", true);
}

static void payloads_differ(void **state) {
  (void)state;
  check_payload("{\"stringValue\":\"\"}", "{}", false);
  check_payload("{\"value\":{\"intValue\":\"0\"}}", "{\"value\":{}}", false);
  check_payload("{\"body\":{\"stringValue\":\"\"}}", "{}", false);
  check_payload("{\"gauge\":{}}", "{}", false);
  check_payload("{\"histogram\":{\"dataPoints\":[{\"sum\":0}]}}", "{\"histogram\":{\"dataPoints\":[{}]}}", false);
  check_payload("{\"stringValue\":\"1\"}", "{\"intValue\":\"1\"}", false);
  check_payload("{\"name\":\"0\"}", "{}", false);
  check_payload("{\"doubleValue\":0}", "{\"doubleValue\":-0.0}", false);
  check_payload("{\"zeroThreshold\":-0.0}", "{}", false);
  check_payload("{\"intValue\":\"9007199254740993\"}", "{\"intValue\":\"9007199254740992\"}", false);
  check_payload("{\"traceId\":\"0A\"}", "{\"traceId\":\"0a\"}", false);
  check_payload("{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"},{}]}}",
                "{\"arrayValue\":{\"values\":[{},{\"intValue\":\"1\"}]}}", false);
  check_payload("{\"spans\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "{\"spans\":[{\"name\":\"b\"},{\"name\":\"a\"}]}", false);
  check_payload("{\"attributes\":[{\"key\":\"a\"},{\"key\":\"a\"}]}", "{\"attributes\":[{\"key\":\"a\"},{\"key\":\"b\"}]}",
                false);
  check_payload("{\"attributes\":[{\"key\":\"a\"},{\"key\":\"a\"}]}", "{\"attributes\":[{\"key\":\"a\"}]}", false);
  check_payload("{\"scopeLogs\":[{}]}", "{}", false);
}

static void payload_rules(void **state) {
  (void)state;
  conf_payload_rules strict = {0}, points = {.unordered_points = true}, utf8 = {.replaced_utf8 = true};
  const char *one = "{\"dataPoints\":[{\"asInt\":\"1\"},{\"asInt\":\"2\"}]}",
             *two = "{\"dataPoints\":[{\"asInt\":\"2\"},{\"asInt\":\"1\"}]}";
  assert_false(same(one, two, strict, false, false));
  assert_true(same(one, two, points, false, false));
  assert_false(same("{\"name\":\"a\\ufffdb\"}", "{\"name\":\"a\\ufffd\\ufffdb\"}", strict, false, false));
  assert_true(same("{\"name\":\"a\\ufffdb\"}", "{\"name\":\"a\\ufffd\\ufffdb\"}", utf8, false, false));
  assert_false(same("{\"name\":\"a\\ufffdb\"}", "{\"name\":\"ab\"}", utf8, false, false));
}

static void check_value(const char *want, const char *got, bool equal) {
  conf_payload_rules none = {0};
  assert_int_equal(same(want, got, none, true, false), equal);
}

static void values(void **state) {
  (void)state;
  check_value("{\"t\":\"int\",\"v\":\"1\"}", "{\"t\":\"int\",\"v\":\"1\"}", true);
  check_value("{\"t\":\"int\",\"v\":\"1\"}", "{\"t\":\"double\",\"v\":\"1\"}", false);
  check_value("{\"t\":\"double\",\"v\":\"0.1\"}", "{\"t\":\"double\",\"v\":\"0.10000000000000001\"}", true);
  check_value("{\"t\":\"double\",\"v\":\"-0\"}", "{\"t\":\"double\",\"v\":\"0\"}", false);
  check_value("{\"t\":\"double\",\"v\":\"+Inf\"}", "{\"t\":\"double\",\"v\":\"-Inf\"}", false);
  check_value("{\"t\":\"double\",\"v\":\"NaN\"}", "{\"t\":\"double\",\"v\":\"NaN\"}", true);
  check_value("{\"t\":\"string\",\"v\":\"?\",\"raw\":\"/w==\"}", "{\"t\":\"string\",\"v\":\"!\",\"raw\":\"/w==\"}", true);
  check_value("{\"t\":\"string\",\"v\":\"?\",\"raw\":\"/w==\"}", "{\"t\":\"string\",\"v\":\"?\"}", false);
  check_value("{\"t\":\"time\",\"v\":\"5\"}", "{\"t\":\"time\",\"v\":\"5\",\"offset\":3600}", false);
  check_value("{\"t\":\"time_zero\",\"v\":null}", "{\"t\":\"time_zero\",\"v\":null}", true);
  check_value("{\"t\":\"opaque\",\"v\":\"a\"}", "{\"t\":\"opaque\",\"v\":\"b\"}", true);
  check_value("{\"t\":\"opaque\",\"v\":\"a\"}", "{\"t\":\"nil\",\"v\":null}", false);
  check_value("{\"t\":\"string\",\"v\":null,\"varies\":true}", "{\"t\":\"string\",\"v\":\"x\"}", true);
  check_value("{\"t\":\"map\",\"v\":[[\"a\",{\"t\":\"nil\",\"v\":null}],[\"b\",{\"t\":\"bool\",\"v\":true}]]}",
              "{\"t\":\"map\",\"v\":[[\"b\",{\"t\":\"bool\",\"v\":true}],[\"a\",{\"t\":\"nil\",\"v\":null}]]}", true);
  check_value("{\"t\":\"map\",\"v\":[[\"a\",{\"t\":\"nil\",\"v\":null}]]}",
              "{\"t\":\"map\",\"v\":[[\"b\",{\"t\":\"nil\",\"v\":null}]]}", false);
}

static void lists(void **state) {
  (void)state;
  const char *got = "{\"t\":\"list\",\"v\":[{\"t\":\"int\",\"v\":\"2\"},{\"t\":\"int\",\"v\":\"1\"}]}";
  check_value("{\"t\":\"list\",\"v\":[{\"t\":\"int\",\"v\":\"2\"},{\"t\":\"int\",\"v\":\"1\"}]}", got, true);
  check_value("{\"t\":\"list\",\"v\":[{\"t\":\"int\",\"v\":\"1\"},{\"t\":\"int\",\"v\":\"2\"}]}", got, false);
  check_value("{\"t\":\"list\",\"v\":[{\"t\":\"int\",\"v\":\"1\"},{\"t\":\"int\",\"v\":\"2\"}],\"unordered\":true}", got, true);
  check_value("{\"t\":\"list\",\"v\":[{\"t\":\"int\",\"v\":\"1\"}]}", got, false);
  conf_payload_rules none = {0};
  assert_true(
      same("{\"t\":\"int\",\"v\":\"1\"}", "{\"t\":\"int\",\"v\":\"2\"}", none, true, true)); /* of which only the type binds */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(payloads_equal), cmocka_unit_test(payloads_differ),
                                     cmocka_unit_test(payload_rules), cmocka_unit_test(values), cmocka_unit_test(lists)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
