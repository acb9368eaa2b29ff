/* Programs that need more than there may be: each refusal has a diagnostic, and hostile text costs little before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/sbuf.h"
#include "counter.h"
#include "ottl/ottl.h"

typedef struct peak {
  counter c;
  size_t most;
} peak;

static void *peak_keep(peak *p, void *memory) {
  if (p->c.live_bytes > p->most) p->most = p->c.live_bytes;
  return memory;
}
static void *peak_alloc(void *context, size_t bytes) { return peak_keep(context, counter_alloc(context, bytes)); }
static void *peak_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  return peak_keep(context, counter_realloc(context, old, old_bytes, new_bytes));
}

static ottl_status compile(ottl_view statement, peak *p, ottl_diags **ret) {
  ottl_snippet snippet = {.text = statement.data, .len = statement.len};
  ottl_group group = {.struct_size = sizeof group, .context = "log", .statements = &snippet, .n_statements = 1};
  ottl_allocator al = {peak_alloc, peak_realloc, counter_free, p};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = &al;
  ottl_program *program = NULL;
  ottl_status status = ottl_program_compile(&group, 1, &options, &program, ret);
  ottl_program_free(program);
  return status;
}

/* Ends in that status, with a diagnostic of that code whose message has that in it. */
static void refused(ottl_view statement, ottl_status wanted, const char *code, const char *message) {
  peak p = {0};
  ottl_diags *diags = NULL;
  assert_int_equal(compile(statement, &p, &diags), wanted);
  assert_true(ottl_diags_count(diags) > 0);
  ottl_diag d;
  assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
  assert_string_equal(d.code, code);
  char text[256] = "";
  memcpy(text, d.message.data, d.message.len < 255 ? d.message.len : 255);
  if (!strstr(text, message)) fail_msg("%s", text);
  ottl_diags_free(diags);
  assert_int_equal(p.c.live_blocks, 0);
}

static void test_brackets(void **state) {
  (void)state;
  static const char *const forms[] = {"(", "[", "{\"a\":", "(\"(\"", "(not "};
  for (size_t f = 0; f < OTTL_COUNT(forms); f++) {
    ottl_allocator al = ottl__alloc_or_default(NULL);
    ottl_sbuf text;
    ottl__sbuf_init(&text, &al);
    sbuf_str(&text, "set(body, ");
    while (text.len < 1 << 20) sbuf_str(&text, forms[f]);
    peak p = {0};
    ottl_diags *diags = NULL;
    assert_int_equal(compile(sbuf_all(&text), &p, &diags), OTTL_COMPILE);
    ottl_diag d;
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    assert_string_equal(d.code, "E0601");
    ottl_diags_free(diags);
    assert_in_range(p.most, 0, 8 << 20);
    ottl__sbuf_done(&text);
  }
}

/* `count` pieces, %d their number, with something between them. */
static ottl_sbuf repeat(const char *begin, const char *piece, const char *between, int count, const char *end) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_sbuf text;
  ottl__sbuf_init(&text, &al);
  sbuf_str(&text, begin);
  for (int i = 0; i < count; i++) {
    if (i) sbuf_str(&text, between);
    for (const char *p = piece; *p; p++) {
      if (*p == '#')
        ottl__sbuf_printf(&text, "%d", i);
      else
        sbuf_byte(&text, *p);
    }
  }
  sbuf_str(&text, end);
  return text;
}

static void test_emitter(void **state) {
  (void)state;
  const struct {
    const char *begin, *piece, *between;
    int fits, too_many;
    const char *end, *message;
  } cases[] = {
      {"set(body, 1) where ", "attributes[\"k\"] == #", " or ", 20000, 40000, "", "more than 65534 values"},
      {"set(body, [", "attributes[\"k#\"]", ", ", 30000, 40000, "])", "more than 32766 paths and keys"},
      {"set(body, {", "\"k#\": attributes[\"k\"]", ", ", 65000, 70000, "})", "more than 65535 keys"},
      {"set(body, attributes[\"a\"]", "[\"k#\"]", "", 250, 300, ")", "more than 256 keys"},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    ottl_sbuf text = repeat(cases[i].begin, cases[i].piece, cases[i].between, cases[i].fits, cases[i].end);
    peak p = {0};
    ottl_diags *diags = NULL;
    assert_int_equal(compile(sbuf_all(&text), &p, &diags), OTTL_OK);
    ottl_diags_free(diags);
    ottl__sbuf_done(&text);
    text = repeat(cases[i].begin, cases[i].piece, cases[i].between, cases[i].too_many, cases[i].end);
    refused(sbuf_all(&text), OTTL_LIMIT, "E0605", cases[i].message);
    ottl__sbuf_done(&text);
  }
}

static void test_numbers_of_things(void **state) {
  (void)state;
  enum { N = 70000 };
  ottl_snippet snippet = {.text = "set(body, 1)", .len = 12};
  ottl_group *groups = calloc(N, sizeof *groups);
  ottl_route *routes = calloc(N, sizeof *routes);
  ottl_view pipeline = VIEW("logs/a");
  for (int i = 0; i < N; i++) {
    groups[i] = (ottl_group){.struct_size = sizeof *groups, .context = "log", .statements = &snippet, .n_statements = 1};
    routes[i] = (ottl_route){.struct_size = sizeof *routes,
                             .context = "log",
                             .text = {.text = "true", .len = 4},
                             .pipelines = &pipeline,
                             .n_pipelines = 1};
  }
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_program_compile(groups, N, NULL, &program, &diags), OTTL_LIMIT);
  assert_int_equal(ottl_diags_count(diags), 1);
  ottl_diags_free(diags);
  assert_int_equal(ottl_route_compile(routes, N, NULL, &program, &diags), OTTL_LIMIT);
  assert_int_equal(ottl_diags_count(diags), 1);
  ottl_diags_free(diags);
  free(groups);
  free(routes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_brackets),
      cmocka_unit_test(test_emitter),
      cmocka_unit_test(test_numbers_of_things),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
