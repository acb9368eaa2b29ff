/* The tables as JSON: whole, one entry, wrong names, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "funcs/func.h"
#include "ottl/describe.h"

#include "counter.h"
#include "yyjson.h"

static void collect(void *context, const char *data, size_t len) {
  *(yyjson_doc **)context = yyjson_read(data, len, 0);
  assert_non_null(*(yyjson_doc **)context);
}

static yyjson_doc *described(const char *table, const char *name) {
  yyjson_doc *doc = NULL;
  assert_int_equal(ottl_describe(table, name, NULL, collect, &doc), OTTL_OK);
  return doc;
}

static size_t entries(yyjson_doc *doc) { return yyjson_arr_size(yyjson_obj_get(yyjson_doc_get_root(doc), "entries")); }

static void test_tables(void **state) {
  (void)state;
  const char *doc, *table;
  size_t i = 0;
  for (; (table = ottl_describe_table(i, &doc)); i++) {
    yyjson_doc *all = described(table, NULL);
    assert_true(entries(all) > 5);
    assert_true(doc[0]);
    yyjson_doc_free(all);
  }
  assert_int_equal(i, 8);
  yyjson_doc *functions = described("functions", NULL);
  assert_int_equal(entries(functions), ottl__n_functions);
  yyjson_doc_free(functions);
}

static void test_names(void **state) {
  (void)state;
  static const struct {
    const char *table, *name;
    size_t entries;
    const char *suggestion;
  } cases[] = {
      {"functions", "Concat", 1, NULL},
      {"functions", "concat", 1, NULL},
      {"functions", "Conact", 0, "Concat"},
      {"functions", "Prefix", 0, "HasPrefix"},
      {"functions", "StartsWith", 0, "HasPrefix"},
      {"functions", "zzzzzz", 0, NULL},
      {"functions", "", 0, NULL},
      {"paths", "log.body", 1, NULL},
      {"paths", "body", 1, NULL},
      {"paths", "log.attributes[\"a\"]", 1, NULL},
      {"paths", "log.bodi", 0, "log.body"},
      {"contexts", "span", 1, NULL},
      {"enums", "SPAN_KIND_SERVER", 2, NULL},
      {"limits", "nesting", 1, NULL},
      {"diagnostics", "e0501", 1, NULL},
      {"diagnostics", "R0801", 1, NULL},
      {"diagnostics", "E9999", 0, NULL},
      {"types", "duration", 1, NULL},
      {"renamed", "Uppercase", 2, NULL},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    yyjson_doc *doc = described(cases[i].table, cases[i].name);
    if (entries(doc) != cases[i].entries) fail_msg("%s %s: %zu entries", cases[i].table, cases[i].name, entries(doc));
    yyjson_val *near = yyjson_obj_get(yyjson_doc_get_root(doc), "suggestions");
    assert_int_equal(near != NULL, cases[i].entries == 0);
    if (cases[i].suggestion) assert_string_equal(yyjson_get_str(yyjson_arr_get_first(near)), cases[i].suggestion);
    yyjson_doc_free(doc);
  }
  yyjson_doc *context = described("paths", "exemplar");
  assert_true(entries(context) > 4);
  yyjson_doc_free(context);
}

static void test_refused(void **state) {
  (void)state;
  char name[400];
  memset(name, 'a', sizeof name - 1);
  name[sizeof name - 1] = 0;
  assert_int_equal(ottl_describe("functions", name, NULL, collect, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_describe("nothing", NULL, NULL, collect, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_describe(NULL, NULL, NULL, collect, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_describe("functions", NULL, NULL, NULL, NULL), OTTL_INVALID_ARG);
}

/* ---- failing memory ---- */

static void ignore(void *context, const char *data, size_t len) { (void)context, (void)data, (void)len; }

static void test_memory(void **state) {
  (void)state;
  for (size_t t = 0; ottl_describe_table(t, NULL); t++) {
    ottl_status status = OTTL_NOMEM;
    size_t n = 0;
    for (; status != OTTL_OK; n++) {
      counter c = {.fail_at = n + 1, .onwards = true};
      ottl_allocator al = counter_allocator(&c);
      status = ottl_describe(ottl_describe_table(t, NULL), NULL, &al, ignore, NULL);
      assert_true(status == OTTL_OK || status == OTTL_NOMEM);
      assert_int_equal(c.live_blocks, 0);
    }
    assert_true(n > 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tables),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
