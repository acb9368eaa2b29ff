/* Differences: of lines, that they are right and found in hunks; of payloads, through several programs and failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#include "counter.h"

static ottl_view view(const char *text) { return (ottl_view){text, strlen(text)}; }

/* ---- lines ---- */

/* The first text from ' ' and '-', or the second from ' ' and '+'. */
static void expect_text(const ottl_line_diff *d, char kind, ottl_view want) {
  size_t at = 0;
  for (size_t i = 0; i < d->n; i++) {
    const ottl_diff_line *line = &d->lines[i];
    if (line->kind != ' ' && line->kind != kind) continue;
    assert_true(at + line->text.len <= want.len);
    assert_memory_equal(want.data + at, line->text.data, line->text.len);
    at += line->text.len;
    if (line->ends) assert_int_equal(want.data[at++], '\n');
  }
  assert_int_equal(at, want.len);
}

static void expect_hunks(const ottl_line_diff *d, size_t context) {
  size_t begin, end = 0, last = 0, changes = 0;
  while (ottl_line_diff_hunk(d, context, &begin, &end)) {
    assert_true(begin >= last && begin < end && end <= d->n);
    for (size_t i = begin; i < end; i++) changes += d->lines[i].kind != ' ';
    size_t before = 0;
    while (d->lines[begin + before].kind == ' ') before++;
    assert_true(before == context || begin == 0 || before < context);
    last = end;
  }
  assert_int_equal(changes, d->n_removed + d->n_added);
}

static void test_lines(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    size_t removed, added;
  } cases[] = {
      {"", "", 0, 0},
      {"", "a\n", 0, 1},
      {"a", "a\n", 1, 1},
      {"a\nb\nc\n", "a\nc\n", 1, 0},
      {"a\nb\nc\n", "x\na\nb\nc\ny\n", 0, 2},
      {"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 3, 2}, /* of Myers' paper */
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\nx\n3\n4\n5\n6\n7\n8\ny\n", 2, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ottl_line_diff d;
    assert_int_equal(ottl_line_diff_create(NULL, view(cases[i].a), view(cases[i].b), &d), OTTL_OK);
    assert_int_equal(d.n_removed, cases[i].removed);
    assert_int_equal(d.n_added, cases[i].added);
    expect_text(&d, '-', view(cases[i].a));
    expect_text(&d, '+', view(cases[i].b));
    for (size_t context = 0; context < 4; context++) expect_hunks(&d, context);
    ottl_line_diff_free(&d);
    ottl_line_diff_free(&d);
  }
  ottl_line_diff d;
  assert_int_equal(ottl_line_diff_create(NULL, (ottl_view){NULL, 1}, view(""), &d), OTTL_INVALID_ARG);
}

static uint64_t next(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

static size_t random_lines(uint64_t *seed, char *text, size_t lines, unsigned letters) {
  size_t n = 0;
  for (size_t i = 0; i < lines; i++) {
    text[n++] = (char)('a' + next(seed) % letters);
    if (i + 1 < lines || next(seed) % 2) text[n++] = '\n';
  }
  return n;
}

static void test_random_lines(void **state) {
  (void)state;
  static char a[20000], b[20000];
  uint64_t seed = 3;
  for (int round = 0; round < 300; round++) {
    size_t most = round < 295 ? 40 : 5000;
    unsigned letters = round % 2 ? 3 : 20;
    ottl_view x = {a, random_lines(&seed, a, next(&seed) % most, letters)};
    ottl_view y = {b, random_lines(&seed, b, next(&seed) % most, letters)};
    ottl_line_diff d;
    assert_int_equal(ottl_line_diff_create(NULL, x, y, &d), OTTL_OK);
    expect_text(&d, '-', x);
    expect_text(&d, '+', y);
    expect_hunks(&d, 3);
    ottl_line_diff_free(&d);
  }
}

/* ---- payloads ---- */

static const char payload[] = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"flags\":1},{\"flags\":2},{\"flags\":3}]},{"
                              "\"logRecords\":[{\"flags\":4},"
                              "{\"flags\":5}]}]},{\"scopeLogs\":[{\"logRecords\":[{\"flags\":6}]}]}]}";

typedef struct step {
  const char *text;
  ottl_kind kind;
  bool flatten;
} step;

/* Each entry as "resource.scope.item-before what resource.scope.item-after fields". */
static ottl_status compare(const ottl_allocator *al, const step *steps, size_t n, char **ret_text) {
  ottl_json *json = NULL;
  ottl_diff *diff = NULL;
  ottl_program *programs[4] = {NULL};
  ottl_exec *execs[4] = {NULL};
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, payload, strlen(payload), &wire, &len), OTTL_OK);
  ottl_status status = ottl_diff_create(al, &diff);
  if (status == OTTL_OK) status = ottl_diff_begin(diff, OTTL_SIGNAL_LOGS, wire, len);
  ottl_result result = {.data = wire, .len = len};
  for (size_t i = 0; i < n && status == OTTL_OK; i++) {
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.kind = steps[i].kind;
    options.flatten = steps[i].flatten;
    assert_int_equal(
        ottl_program_compile_text(steps[i].text, strlen(steps[i].text), NULL, OTTL_ERROR_PROPAGATE, &options, &programs[i], NULL),
        OTTL_OK);
    assert_int_equal(ottl_exec_create(programs[i], NULL, &execs[i]), OTTL_OK);
    ottl_result got;
    assert_int_equal(ottl_exec_run(execs[i], result.data, result.len, &got), OTTL_OK);
    result = got;
    status = ottl_diff_step(diff, execs[i], &result);
  }
  size_t size;
  FILE *to = open_memstream(ret_text, &size);
  for (size_t i = 0; status == OTTL_OK && i < ottl_diff_count(diff); i++) {
    static const char *const words[] = {"same", "changed", "dropped", "added"};
    ottl_diff_entry e;
    status = ottl_diff_get(diff, i, &e);
    if (status != OTTL_OK) break;
    if (e.has_before) fprintf(to, "%d.%d.%d ", (int)e.before.resource, (int)e.before.scope, (int)e.before.item);
    fprintf(to, "%s%s", words[e.change], e.moved ? " moved" : "");
    if (e.has_after) fprintf(to, " %d.%d.%d", (int)e.after.resource, (int)e.after.scope, (int)e.after.item);
    fprintf(to, " %zu\n", e.fields);
  }
  fclose(to);
  ottl_diff_free(diff);
  for (size_t i = 0; i < n; i++) {
    ottl_exec_free(execs[i]);
    ottl_program_free(programs[i]);
  }
  ottl_json_free(json);
  return status;
}

static void expect(const step *steps, size_t n, const char *want) {
  char *text = NULL;
  assert_int_equal(compare(NULL, steps, n, &text), OTTL_OK);
  assert_string_equal(text, want);
  free(text);
}

static const step drop_two = {"log.flags == 2", OTTL_KIND_FILTER, false},
                  drop_scope = {"log.flags > 3 and log.flags < 6", OTTL_KIND_FILTER, false};
static const step change = {"set(log.body, \"x\") where log.flags == 3", OTTL_KIND_TRANSFORM, false};
static const step flat = {"set(resource.attributes[\"odd\"], true) where log.flags == 3 or log.flags == 6", OTTL_KIND_TRANSFORM,
                          true};

static void test_payloads(void **state) {
  (void)state;
  expect(NULL, 0,
         "0.-1.-1 same 0.-1.-1 0\n"
         "0.0.-1 same 0.0.-1 0\n"
         "0.0.0 same 0.0.0 0\n"
         "0.0.1 same 0.0.1 0\n"
         "0.0.2 same 0.0.2 0\n"
         "0.1.-1 same 0.1.-1 0\n"
         "0.1.0 same 0.1.0 0\n"
         "0.1.1 same 0.1.1 0\n"
         "1.-1.-1 same 1.-1.-1 0\n"
         "1.0.-1 same 1.0.-1 0\n"
         "1.0.0 same 1.0.0 0\n");
  expect((step[]){drop_two, change, drop_scope}, 3,
         "0.-1.-1 same 0.-1.-1 0\n"
         "0.0.-1 same 0.0.-1 0\n"
         "0.0.0 same 0.0.0 0\n"
         "0.0.1 dropped 1\n"
         "0.0.2 changed 0.0.1 1\n"
         "0.1.-1 dropped 0\n"
         "0.1.0 dropped 1\n"
         "0.1.1 dropped 1\n"
         "1.-1.-1 same 1.-1.-1 0\n"
         "1.0.-1 same 1.0.-1 0\n"
         "1.0.0 same 1.0.0 0\n");
  expect((step[]){change, flat}, 2,
         "0.-1.-1 same 0.-1.-1 0\n"
         "0.-1.-1 added 1.-1.-1 1\n"
         "0.0.-1 same 0.0.-1 0\n"
         "0.0.-1 added moved 1.0.-1 0\n"
         "0.0.0 same 0.0.0 0\n"
         "0.0.1 same 0.0.1 0\n"
         "0.0.2 changed moved 1.0.0 1\n"
         "0.1.-1 dropped 0\n"
         "0.1.0 same moved 0.0.2 0\n"
         "0.1.1 same moved 0.0.3 0\n"
         "1.-1.-1 dropped 0\n"
         "1.0.-1 dropped 0\n"
         "1.0.0 same moved 1.0.1 0\n");
  expect((step[]){flat, flat, drop_two}, 3,
         "0.-1.-1 same 0.-1.-1 0\n"
         "0.-1.-1 added 1.-1.-1 1\n"
         "0.0.-1 same 0.0.-1 0\n"
         "0.0.-1 added moved 1.0.-1 0\n"
         "0.0.0 same 0.0.0 0\n"
         "0.0.1 dropped 1\n"
         "0.0.2 same moved 1.0.0 0\n"
         "0.1.-1 dropped 0\n"
         "0.1.0 same moved 0.0.1 0\n"
         "0.1.1 same moved 0.0.2 0\n"
         "1.-1.-1 dropped 0\n"
         "1.0.-1 dropped 0\n"
         "1.0.0 same moved 1.0.1 0\n");
  expect((step[]){{"log.flags > 0", OTTL_KIND_FILTER, false}}, 1,
         "0.-1.-1 dropped 0\n"
         "0.0.-1 dropped 0\n"
         "0.0.0 dropped 1\n"
         "0.0.1 dropped 1\n"
         "0.0.2 dropped 1\n"
         "0.1.-1 dropped 0\n"
         "0.1.0 dropped 1\n"
         "0.1.1 dropped 1\n"
         "1.-1.-1 dropped 0\n"
         "1.0.-1 dropped 0\n"
         "1.0.0 dropped 1\n");
}

static void test_memory(void **state) {
  (void)state;
  ottl_status status = OTTL_NOMEM;
  size_t n = 0;
  for (; status != OTTL_OK; n++) {
    counter c = {.fail_at = n + 1};
    ottl_allocator al = counter_allocator(&c);
    char *text = NULL;
    status = compare(&al, (step[]){drop_two, change}, 2, &text);
    free(text);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    assert_int_equal(c.live_blocks, 0);
  }
  assert_true(n > 10);
}

static void test_refused(void **state) {
  (void)state;
  ottl_diff *diff = NULL;
  ottl_diff_entry e;
  size_t offset = 7;
  assert_int_equal(ottl_diff_create(NULL, &diff), OTTL_OK);
  assert_int_equal(ottl_diff_count(diff), 0);
  assert_int_equal(ottl_diff_get(diff, 0, &e), OTTL_INVALID_ARG);
  assert_int_equal(ottl_diff_begin(diff, OTTL_SIGNAL_LOGS, (const uint8_t *)"\x0a\x05", 2), OTTL_DATA);
  assert_true(ottl_diff_error(diff, &offset)[0]);
  assert_int_equal(offset, 0);
  assert_int_equal(ottl_diff_begin(diff, OTTL_SIGNAL_LOGS, NULL, 0), OTTL_OK);
  assert_string_equal(ottl_diff_error(diff, NULL), "");
  /* An exec that ran on something else. */
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_program_compile_text("set(log.flags, 1)", 17, NULL, OTTL_ERROR_PROPAGATE, NULL, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  assert_int_equal(ottl_exec_run(exec, (const uint8_t *)"\x0a\x04\x12\x02\x12\x00", 6, &result), OTTL_OK);
  assert_int_equal(ottl_diff_step(diff, exec, &result), OTTL_INVALID_ARG);
  assert_int_equal(ottl_diff_count(diff), 0);
  ottl_diff_free(diff);
  ottl_exec_free(exec);
  ottl_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines),  cmocka_unit_test(test_random_lines), cmocka_unit_test(test_payloads),
      cmocka_unit_test(test_memory), cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
