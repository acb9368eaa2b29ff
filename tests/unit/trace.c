/* Traces: exact for a few statements; and of random programs, that following a record changes nothing, and that the last thing a trace
 * says of a record is what the record is in the result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#include "content.h"
#include "counter.h"
#include "random_payload.h"
#include "random_program.h"

static ottl_status compile(const rg_program *p, bool flatten, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.flatten = flatten && p->kind == OTTL_KIND_TRANSFORM;
  return rg_compile(p, options, ret, NULL);
}

static ottl_exec *exec_of(const ottl_program *program) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = 1;
  options.clock_seconds = 1700000000;
  options.random_seed = 5;
  ottl_exec *exec = NULL;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  return exec;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Lines of the context, those of its cache left out, sorted: the order of a map's entries is free where no statement sees it. */
static char *own_lines(ottl_view text, const char *context) {
  char **lines = calloc(text.len + 1, sizeof *lines), *all = NULL;
  size_t n = 0, size = 0, len = strlen(context);
  bool own = false;
  while (text.len) {
    const char *end = memchr(text.data, '\n', text.len);
    size_t line = end ? (size_t)(end - text.data) + 1 : text.len;
    if (text.data[0] != ' ') {
      own = line > len && memcmp(text.data, context, len) == 0 && text.data[len] == '.';
      own = own && !(line > len + 7 && memcmp(text.data + len, ".cache[", 7) == 0);
    }
    if (own) lines[n++] = strndup(text.data, line);
    text = (ottl_view){text.data + line, text.len - line};
  }
  qsort(lines, n, sizeof *lines, by_text);
  FILE *to = open_memstream(&all, &size);
  for (size_t i = 0; i < n; i++) {
    fputs(lines[i], to);
    free(lines[i]);
  }
  fclose(to);
  free(lines);
  return all;
}

/* Lines of a block as a trace has them. */
static char *with_context(ottl_view lines, const char *context) {
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  bool start = true;
  for (size_t i = 0; i < lines.len; i++) {
    if (start && lines.data[i] != ' ') fprintf(to, "%s.", context);
    start = lines.data[i] == '\n';
    fputc(lines.data[i], to);
  }
  fclose(to);
  return text;
}

static ottl_json *json;
static unsigned long n_compared, n_steps, n_values;

/* What the trace says last of the record is what it became. Of one group of the record's own context. */
static void compare_last(ottl_exec *exec, const rg_program *p, const ottl_result *result, uint64_t offset, ottl_viewer *v) {
  size_t last = SIZE_MAX, record = 0;
  uint64_t from;
  for (size_t i = 0; i < ottl_trace_steps(exec); i++) {
    ottl_trace_step s = {.struct_size = sizeof s};
    assert_int_equal(ottl_trace_step_get(exec, i, &s), OTTL_OK);
    if (s.after.len) last = i;
  }
  const char *context = p->groups[0].context;
  bool own = context && (strcmp(context, "log") == 0 || strcmp(context, "span") == 0 || strcmp(context, "metric") == 0);
  if (last == SIZE_MAX || p->n_groups != 1 || !own || p->kind != OTTL_KIND_TRANSFORM) return;
  while (ottl_exec_origin(exec, OTTL_BLOCK_RECORD, record, &from) == OTTL_OK && from != offset) record++;
  if (ottl_exec_origin(exec, OTTL_BLOCK_RECORD, record, &from) != OTTL_OK) return;
  if (ottl_viewer_open(v, p->signal, result->data, result->len) != OTTL_OK) return;
  ottl_trace_step s = {.struct_size = sizeof s};
  assert_int_equal(ottl_trace_step_get(exec, last, &s), OTTL_OK);
  ottl_block b;
  for (size_t i = 0; ottl_viewer_block(v, i, &b); i++) {
    if (b.level != OTTL_BLOCK_RECORD || b.number != record) continue;
    assert_int_equal(ottl_viewer_render(v, i, &b), OTTL_OK);
    char *lines = with_context(b.lines, context);
    char *want_lines = own_lines((ottl_view){lines, strlen(lines)}, context), *told = own_lines(s.after, context);
    if (strcmp(want_lines, told) != 0) {
      rg_print(p, stderr);
      fail_msg("the record is\n%s\nand the trace says\n%s", want_lines, told);
    }
    free(lines);
    free(want_lines);
    free(told);
    n_compared++;
  }
}

static void check_texts(ottl_exec *exec) {
  for (size_t i = 0; i < ottl_trace_steps(exec); i++) {
    ottl_trace_step s = {.struct_size = sizeof s};
    assert_int_equal(ottl_trace_step_get(exec, i, &s), OTTL_OK);
    n_steps++;
    for (size_t k = 0; k < s.n_values; k++) {
      ottl_trace_value v = {.struct_size = sizeof v};
      assert_int_equal(ottl_trace_value_get(exec, i, k, &v), OTTL_OK);
      assert_true(v.span.text.len > 0);
      assert_true(v.known == (v.asked && !v.code));
      if (v.known) assert_non_null(v.type);
      if (v.code) assert_true(v.message.len > 0);
      n_values++;
    }
  }
}

static void follow(const rg_program *p, const rp_tree *payload, bool flatten) {
  ottl_program *program = NULL;
  ottl_viewer *v = NULL;
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.layout = OTTL_VIEWER_LINES;
  options.max_text = 4096;
  if (compile(p, flatten, &program) != OTTL_OK) return;
  assert_int_equal(ottl_viewer_create(&options, &v), OTTL_OK);
  ottl_exec *plain = exec_of(program), *traced = exec_of(program);
  ottl_result want, got;
  ottl_status status = ottl_exec_run(plain, payload->out, payload->len, &want);
  ottl_block b;
  size_t tried = 0;
  uint64_t offsets[3];
  if (ottl_viewer_open(v, p->signal, payload->out, payload->len) == OTTL_OK) {
    for (size_t i = 0; tried < 3 && ottl_viewer_block(v, i, &b); i++) {
      if (b.level == OTTL_BLOCK_RECORD) offsets[tried++] = b.offset;
    }
  }
  for (size_t i = 0; i < tried; i++) {
    ottl_exec_free(traced);
    traced = exec_of(program); /* random numbers and caches as the first time */
    assert_int_equal(ottl_exec_trace(traced, offsets[i]), OTTL_OK);
    assert_int_equal(ottl_exec_run(traced, payload->out, payload->len, &got), status);
    assert_int_equal(got.rows_in, want.rows_in);
    assert_int_equal(got.rows_changed, want.rows_changed);
    assert_int_equal(got.rows_dropped, want.rows_dropped);
    assert_int_equal(got.errors, want.errors);
    if (status == OTTL_OK && !content_equal(json, p->signal, want.data, want.len, got.data, got.len)) {
      rg_print(p, stderr);
      fail_msg("following a record changes the result");
    }
    check_texts(traced);
    if (status == OTTL_OK) compare_last(traced, p, &got, offsets[i], v);
  }
  ottl_exec_free(plain);
  ottl_exec_free(traced);
  ottl_viewer_free(v);
  ottl_program_free(program);
}

static void test_random(void **state) {
  (void)state;
  static rg_program p;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  rp_tree payload = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  const char *runs = getenv("OTTL_TRACE_RUNS");
  uint64_t n = runs ? strtoull(runs, NULL, 10) : 1500;
  for (uint64_t seed = 1; seed <= n; seed++) {
    rnd r = {seed * 1000003};
    rg_make(&r, &p);
    rp_request(&r, &payload, p.signal, 5);
    rp_encode(&payload);
    follow(&p, &payload, seed % 5 == 0);
  }
  assert_true(n_compared > n / 10);
  assert_true(n_steps > n && n_values > n);
  ottl_json_free(json);
  free(payload.nodes);
  free(payload.out);
}

/* ---- memory and misuse ---- */

static const char logs[] =
    "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"a\"}},{\"flags\":1}]}]}]}";

static void ignore(void *context, const char *data, size_t len) { (void)data, *(size_t *)context += len; }

static ottl_status trace_all(const ottl_allocator *al, const ottl_program *program, const uint8_t *data, size_t len) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = al;
  ottl_exec *exec = NULL;
  ottl_result result;
  size_t written = 0;
  ottl_status status = ottl_exec_create(program, &options, &exec);
  ottl_viewer *v = NULL;
  ottl_block b = {0};
  assert_int_equal(ottl_viewer_create(NULL, &v), OTTL_OK);
  assert_int_equal(ottl_viewer_open(v, OTTL_SIGNAL_LOGS, data, len), OTTL_OK);
  assert_true(ottl_viewer_block(v, 2, &b));
  ottl_viewer_free(v);
  if (status == OTTL_OK) status = ottl_exec_trace(exec, b.offset);
  if (status == OTTL_OK) status = ottl_exec_run(exec, data, len, &result);
  if (status == OTTL_OK) {
    assert_int_equal(ottl_trace_steps(exec), 2);
    assert_int_equal(ottl_trace_write(exec, OTTL_TRACE_TEXT, true, ignore, &written), OTTL_OK);
    assert_true(written > 100);
    ottl_trace_step s = {.struct_size = sizeof s};
    ottl_trace_value value = {.struct_size = sizeof value};
    assert_int_equal(ottl_trace_step_get(exec, 2, &s), OTTL_INVALID_ARG);
    assert_int_equal(ottl_trace_value_get(exec, 1, 99, &value), OTTL_INVALID_ARG);
    assert_int_equal(ottl_exec_trace(exec, OTTL_NO_PLACE), OTTL_OK);
    assert_int_equal(ottl_trace_steps(exec), 0);
    assert_int_equal(ottl_exec_run(exec, data, len, &result), OTTL_OK);
  }
  ottl_exec_free(exec);
  return status;
}

static void test_memory(void **state) {
  (void)state;
  static const char text[] =
      "set(log.attributes[\"k\"], Concat([log.body, \"x\"], \"\")) where log.body == \"a\" and IsString(log.body)\n"
      "set(log.cache[\"c\"], log.attributes)";
  ottl_program *program = NULL;
  ottl_json *reader = NULL;
  const uint8_t *data;
  size_t len, n = 0;
  assert_int_equal(ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, NULL, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, logs, strlen(logs), &data, &len), OTTL_OK);
  ottl_status status = OTTL_NOMEM;
  for (; status != OTTL_OK; n++) {
    counter c = {.fail_at = n + 1};
    ottl_allocator al = counter_allocator(&c);
    status = trace_all(&al, program, data, len);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    assert_int_equal(c.live_blocks, 0);
  }
  assert_true(n > 5);
  assert_int_equal(ottl_exec_trace(NULL, 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl_trace_steps(NULL), 0);
  ottl_json_free(reader);
  ottl_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
