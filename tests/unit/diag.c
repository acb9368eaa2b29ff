/* Diagnostics: exact renderings, places, limits, order, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "diag/diag.h"

static char rendered[1 << 16];
static void collect(void *context, const char *data, size_t len) {
  size_t *n = context;
  assert_true(*n + len < sizeof rendered);
  memcpy(rendered + *n, data, len);
  *n += len;
  rendered[*n] = 0;
}
static const char *render(const ottl_diags *d, ottl_diags_format format, bool colour) {
  size_t n = 0;
  rendered[0] = 0;
  assert_int_equal(ottl_diags_render(d, format, colour, collect, &n), OTTL_OK);
  return rendered;
}
static ottl_diags *create(void) {
  ottl_diags *d = NULL;
  assert_int_equal(ottl__diags_create(NULL, &d), OTTL_OK);
  return d;
}
static uint32_t source(ottl_diags *d, const char *name, const char *text) {
  return ottl__diags_source(d, view_str(name), view_str(text), 1, 1, 0);
}

static void test_text(void **state) {
  (void)state;
  ottl_diags *d = create();
  uint32_t s = source(d, "", "set(atributes[\"k\"], 1)");
  ottl_diag_item *i =
      ottl__diag_add(d, DIAG_UNEXPECTED_TOKEN, (ottl_span){s, 4, 13}, "unknown path `%s` in the log context", "atributes");
  ottl__diag_mark(i, "not a path");
  ottl__diag_help(i, "did you mean `attributes`?");
  assert_string_equal(render(d, OTTL_DIAGS_TEXT, false), "error[E0201]: unknown path `atributes` in the log context\n"
                                                         " --> 1:5\n"
                                                         "  |\n"
                                                         "1 | set(atributes[\"k\"], 1)\n"
                                                         "  |     ^^^^^^^^^ not a path\n"
                                                         "  = help: did you mean `attributes`?\n");
  assert_string_equal(render(d, OTTL_DIAGS_SHORT, false), "1:5: error[E0201]: unknown path `atributes` in the log context\n");
  assert_string_equal(render(d, OTTL_DIAGS_SHORT, true),
                      "1:5: \x1b[1;31merror[E0201]\x1b[0m: unknown path `atributes` in the log context\n");
  ottl_diags_free(d);
}

/* Labels on other lines, a source that starts inside a file, code points and UTF-16 units. */
static void test_lines(void **state) {
  (void)state;
  ottl_diags *d = create();
  uint32_t s = ottl__diags_source(d, VIEW("a.ottl"), VIEW("f(\"\xF0\x9F\x98\x80\xC3\xA9\", [1,\n\t2)"), 9, 3, 100);
  ottl_diag_item *i = ottl__diag_add(d, DIAG_UNCLOSED, (ottl_span){s, 18, 19}, "`[` is not closed");
  ottl__diag_mark(i, "expected `]`");
  ottl__diag_label(i, (ottl_span){s, 12, 13}, "opened here");
  ottl__diag_note(i, "a note");
  ottl__diag_fix(i, (ottl_span){s, 18, 18}, VIEW("]"));
  assert_string_equal(render(d, OTTL_DIAGS_TEXT, false), "error[E0203]: `[` is not closed\n"
                                                         "  --> a.ottl:10:3\n"
                                                         "   |\n"
                                                         " 9 | f(\"\xF0\x9F\x98\x80\xC3\xA9\", [1,\n"
                                                         "   |         - opened here\n"
                                                         "10 |  2)\n"
                                                         "   |   ^ expected `]`\n"
                                                         "   = note: a note\n");
  assert_string_equal(
      render(d, OTTL_DIAGS_JSON, false),
      "[\n{\"code\":\"E0203\",\"severity\":\"error\",\"message\":\"`[` is not "
      "closed\",\"file\":\"a.ottl\",\"begin\":118,\"end\":119,"
      "\"line\":10,\"column\":3,\"column_utf16\":3,\"end_line\":10,\"end_column\":4,\"end_column_utf16\":4,\"label\":\"expected "
      "`]`\",\"labels\":[{\"file\":\"a.ottl\",\"begin\":112,\"end\":113,\"line\":9,\"column\":11,\"column_utf16\":12,\"end_"
      "line\":9,"
      "\"end_column\":12,\"end_column_utf16\":13,\"text\":\"opened here\"}],\"notes\":[\"a "
      "note\"],\"help\":null,\"fixes\":[{\"file\":"
      "\"a.ottl\",\"begin\":118,\"end\":118,\"line\":10,\"column\":3,\"column_utf16\":3,\"end_line\":10,\"end_column\":3,"
      "\"end_column_utf16\":3,\"replacement\":\"]\"}]}\n]\n");
  ottl_diag x;
  assert_int_equal(ottl_diags_get(d, 0, &x), OTTL_OK);
  assert_int_equal(x.n_labels, 1);
  assert_int_equal(x.span.begin, 118);
  assert_int_equal(ottl_diags_get(d, 1, &x), OTTL_INVALID_ARG);
  ottl_diags_free(d);
}

/* What the source holds must not reach a terminal as it is; long lines are cut around the place. */
static void test_hostile(void **state) {
  (void)state;
  ottl_diags *d = create();
  uint32_t s = source(d, "x", "a\x1b[31m\xff");
  ottl__diag_add(d, DIAG_UNEXPECTED_CHARACTER, (ottl_span){s, 1, 2}, "bad \x1b");
  assert_string_equal(render(d, OTTL_DIAGS_TEXT, false), "error[E0101]: bad \xEF\xBF\xBD\n"
                                                         " --> x:1:2\n"
                                                         "  |\n"
                                                         "1 | a\xEF\xBF\xBD[31m\xEF\xBF\xBD\n"
                                                         "  |  ^\n");
  ottl_diags_free(d);

  d = create();
  static char line[4000];
  memset(line, 'x', sizeof line - 1);
  s = source(d, "", line);
  ottl__diag_add(d, DIAG_UNEXPECTED_CHARACTER, (ottl_span){s, 2000, 3999}, "long");
  ottl__diag_add(d, DIAG_UNEXPECTED_CHARACTER, (ottl_span){s, 90000, 90001}, "outside");
  ottl__diag_add(d, DIAG_UNEXPECTED_CHARACTER, (ottl_span){77, 1, 2}, "no source");
  const char *text = render(d, OTTL_DIAGS_TEXT, true);
  assert_non_null(strstr(text, "...xxx"));
  assert_true(strlen(text) < 1500);
  assert_true(strlen(render(d, OTTL_DIAGS_JSON, true)) < 1500);
  ottl_diags_free(d);
}

static void test_limits(void **state) {
  (void)state;
  ottl_diags *d = create();
  char text[2 * OTTL_MAX_ERRORS + 1];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  uint32_t s = source(d, "", text);
  for (uint32_t i = 2 * OTTL_MAX_ERRORS; i-- > 0;)
    ottl__diag_add(d, DIAG_UNEXPECTED_TOKEN, (ottl_span){s, i, i + 1}, "error %u", i);
  assert_int_equal(ottl_diags_count(d), OTTL_MAX_ERRORS + 1);
  assert_int_equal(ottl_diags_errors(d), 2 * OTTL_MAX_ERRORS);
  ottl__diags_sort(d, 0);
  ottl_diag x;
  assert_int_equal(ottl_diags_get(d, 0, &x), OTTL_OK);
  assert_int_equal(x.span.begin, OTTL_MAX_ERRORS);
  assert_int_equal(ottl_diags_get(d, OTTL_MAX_ERRORS, &x), OTTL_OK);
  assert_string_equal(x.code, "E0603");
  ottl_diags_free(d);

  assert_int_equal(ottl_diags_count(NULL), 0);
  assert_null(ottl__diag_add(NULL, DIAG_UNCLOSED, (ottl_span){0, 0, 0}, "nobody listens"));
  ottl__diag_help(NULL, "x");
  ottl__diags_sort(NULL, 0);
  ottl_diags_free(NULL);
}

static void test_table(void **state) {
  (void)state;
  for (int i = 0; i < DIAG_N_CODES; i++) {
    const ottl_diag_info *a = &ottl__diag_infos[i];
    assert_int_equal(strlen(a->code), 5);
    assert_true(strchr("EWRD", a->code[0]) != NULL);
    assert_true(a->summary[0] != 0 && a->summary[strlen(a->summary) - 1] != '.');
    for (int k = 0; k < i; k++) assert_string_not_equal(a->code, ottl__diag_infos[k].code);
  }
}

/* Allocation number `left` and all after it fail. */
static long left;
static void *fail_alloc(void *context, size_t bytes) {
  (void)context;
  return left-- > 0 ? malloc(bytes) : NULL;
}
static void *fail_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  (void)context, (void)old_bytes;
  return left-- > 0 ? realloc(old, bytes) : NULL;
}
static void fail_free(void *context, void *memory, size_t bytes) {
  (void)context, (void)bytes;
  free(memory);
}
static void test_memory(void **state) {
  (void)state;
  ottl_allocator al = {fail_alloc, fail_realloc, fail_free, NULL};
  for (long n = 0; n < 40; n++) {
    ottl_diags *d = NULL;
    left = n;
    if (ottl__diags_create(&al, &d) != OTTL_OK) continue;
    uint32_t s = source(d, "name", "text");
    for (uint32_t i = 0; i < 30; i++) {
      ottl_diag_item *item = ottl__diag_add(d, DIAG_UNEXPECTED_TOKEN, (ottl_span){s, i, i}, "message %u", i);
      ottl__diag_label(item, (ottl_span){s, 0, 1}, "label");
      ottl__diag_fix(item, (ottl_span){s, 0, 1}, VIEW("fix"));
    }
    size_t len = 0;
    ottl_status status = ottl_diags_render(d, OTTL_DIAGS_TEXT, true, collect, &len);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    ottl_diags_free(d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_text),   cmocka_unit_test(test_lines), cmocka_unit_test(test_hostile),
                                     cmocka_unit_test(test_limits), cmocka_unit_test(test_table), cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
