/* What the host tells of the request: ottl_exec_set_request, and that it is bounded and all or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

static ottl_exec *exec_of(const char *expression, ottl_program **ret_program) {
  ottl_snippet s = {.text = expression, .len = strlen(expression)};
  ottl_group g = {.struct_size = sizeof g, .context = "otelcol", .statements = &s, .n_statements = 1};
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.kind = OTTL_KIND_VALUES;
  assert_int_equal(ottl_program_compile(&g, 1, &o, ret_program, NULL), OTTL_OK);
  ottl_exec *x = NULL;
  assert_int_equal(ottl_exec_create(*ret_program, NULL, &x), OTTL_OK);
  return x;
}

static ottl_status tell(ottl_exec *x, const char *json) { return ottl_exec_set_request(x, json, json ? strlen(json) : 0); }

static ottl_value value_of(ottl_exec *x) {
  ottl_result result;
  ottl_value value;
  assert_int_equal(ottl_exec_run(x, NULL, 0, &result), OTTL_OK);
  assert_int_equal(ottl_eval_rows(x), 1); /* one item, whatever the payload */
  assert_int_equal(ottl_eval_value(x, 0, 0, &value, NULL), OTTL_OK);
  return value;
}

static void check_text(ottl_exec *x, const char *want) {
  ottl_value v = value_of(x);
  assert_int_equal(v.type, OTTL_VALUE_STRING);
  assert_int_equal(v.text.len, strlen(want));
  assert_memory_equal(v.text.data, want, v.text.len);
}

static void test_tell(void **state) {
  (void)state;
  ottl_program *p;
  ottl_exec *x = exec_of("otelcol.client.metadata[\"X-Tenant\"][0]", &p);
  assert_int_equal(value_of(x).type, OTTL_VALUE_NIL);
  assert_int_equal(tell(x, "{\"metadata\":{\"x-tenant\":[\"acme\"]}}"), OTTL_OK);
  check_text(x, "acme");
  /* told again, and taken back */
  assert_int_equal(tell(x, "{\"addr\":null,\"metadata\":{\"X-TENANT\":[\"b\",\"c\"]}}"), OTTL_OK);
  check_text(x, "b");
  assert_int_equal(tell(x, NULL), OTTL_OK);
  assert_int_equal(value_of(x).type, OTTL_VALUE_NIL);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void test_refuse(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "[]",
                                    "{",
                                    "{\"metadata\":[]}",
                                    "{\"metadata\":{\"a\":\"b\"}}",
                                    "{\"grpc\":{\"a\":[1]}}",
                                    "{\"addr\":1}",
                                    "{\"other\":{}}",
                                    "{\"auth\":\"x\"}"};
  ottl_program *p;
  ottl_exec *x = exec_of("otelcol.client.addr", &p);
  assert_int_equal(tell(x, "{\"addr\":\"10.0.0.1:1\"}"), OTTL_OK);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(tell(x, bad[i]), OTTL_INVALID_ARG);
    check_text(x, "10.0.0.1:1"); /* what was told before stays */
  }
  char deep[2100] = "{\"auth\":{\"a\":";
  size_t at = strlen(deep);
  memset(deep + at, '[', 1000);
  memset(deep + at + 1000, ']', 1000);
  strcpy(deep + at + 2000, "}}");
  assert_int_equal(tell(x, deep), OTTL_LIMIT);
  check_text(x, "10.0.0.1:1");
  assert_int_equal(ottl_exec_set_request(NULL, "{}", 2), OTTL_INVALID_ARG);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void test_auth(void **state) {
  (void)state;
  ottl_program *p;
  ottl_exec *x = exec_of("otelcol.client.auth.attributes[\"claims\"][\"n\"][1]", &p);
  assert_int_equal(tell(x, "{\"auth\":{\"claims\":{\"n\":[1.5,-7,true,null,18446744073709551615]}}}"), OTTL_OK);
  ottl_value v = value_of(x);
  assert_int_equal(v.type, OTTL_VALUE_INT);
  assert_int_equal(v.integer, -7);
  ottl_exec_free(x);
  ottl_program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tell), cmocka_unit_test(test_refuse), cmocka_unit_test(test_auth)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
