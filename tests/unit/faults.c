/* Memory that runs out: programs that between them open every level, path and tier, of every kind, on payloads of every signal, in
 * every order; and JSON both ways around them. Functions are in memory_functions.c, tools in their own tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../fuzz/common.h"
#include "failing.h"

typedef struct bytes {
  uint8_t *data;
  size_t len;
} bytes;

static bytes slurp(const char *path) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  bytes b = {.data = malloc(1 << 20)};
  assert_non_null(b.data);
  b.len = fread(b.data, 1, 1 << 20, f);
  fclose(f);
  return b;
}

/* Of each signal, in wire form. */
static bytes payload_of(ottl_signal signal) {
  static const char *const paths[] = {[OTTL_SIGNAL_LOGS] = "tests/fixtures/wire/logs.pb",
                                      [OTTL_SIGNAL_TRACES] = "tests/fixtures/wire/traces.pb",
                                      [OTTL_SIGNAL_METRICS] = "tests/fixtures/wire/metrics_exemplars.pb",
                                      [OTTL_SIGNAL_PROFILES] = "tests/fixtures/otlp/prof_basic.json"};
  bytes b = slurp(paths[signal]), wire = {0};
  if (signal != OTTL_SIGNAL_PROFILES) return b;
  ottl_json *json;
  const uint8_t *data;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(json, signal, (const char *)b.data, b.len, &data, &wire.len), OTTL_OK);
  wire.data = malloc(wire.len);
  assert_non_null(wire.data);
  memcpy(wire.data, data, wire.len);
  ottl_json_free(json);
  free(b.data);
  return wire;
}

/* How a program is run: the ways share no order of allocations. */
static const struct {
  bool row_order, flatten;
  uint32_t slice_rows;
  ottl_error_mode mode;
  ottl_on_failure on_failure;
} ways[] = {{false, false, 0, OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_KEEP},
            {true, false, 3, OTTL_ERROR_IGNORE, OTTL_ON_FAILURE_ATOMIC},
            {false, true, 1, OTTL_ERROR_SILENT, OTTL_ON_FAILURE_ROLLBACK}};

static void every_program_and_order(void **state) {
  (void)state;
  size_t n_allocations = 0;
  for (size_t i = 0; i < FZ_PROGRAMS; i++) {
    const fz_program *p = &fz_programs[i];
    bool transform = p->kind == OTTL_KIND_TRANSFORM;
    ottl_snippet snippets[12];
    size_t n = 0;
    for (; n < 12 && p->text[n]; n++)
      snippets[n] = (ottl_snippet){.text = p->text[n], .len = strlen(p->text[n]), .name = "p.ottl"};
    bytes in = payload_of(p->signal);
    for (size_t way = 0; way < (transform ? 3 : 2); way++) {
      char name[64];
      snprintf(name, sizeof name, "program %zu, way %zu", i, way);
      ottl_group group = {.struct_size = sizeof group, .context = p->context, .error_mode = ways[way].mode};
      if (p->kind == OTTL_KIND_FILTER) {
        group.conditions = snippets;
        group.n_conditions = n;
      } else {
        group.statements = snippets;
        group.n_statements = n;
      }
      failing_work work = {.name = name, .group = &group, .slice_rows = ways[way].slice_rows, .in = in.data, .len = in.len};
      ottl_compile_options_init(&work.options);
      work.options.kind = p->kind;
      work.options.signal = p->signal;
      work.options.experimental = true;
      work.options.row_order = ways[way].row_order;
      work.options.flatten = transform && ways[way].flatten && p->signal != OTTL_SIGNAL_PROFILES;
      if (transform) work.options.on_failure = ways[way].on_failure;
      n_allocations += failing_each(&work);
    }
    free(in.data);
  }
  assert_true(n_allocations > 30 * FZ_PROGRAMS);
}

/* JSON in and out: the texts of a payload, and back. */
static void json_both_ways(void **state) {
  (void)state;
  for (int signal = OTTL_SIGNAL_LOGS; signal <= OTTL_SIGNAL_PROFILES; signal++) {
    bytes in = payload_of((ottl_signal)signal);
    for (size_t fail_at = 1;; fail_at++) {
      counter c = {.fail_at = fail_at};
      ottl_allocator al = counter_allocator(&c);
      ottl_json *from = NULL, *to = NULL;
      const char *text;
      const uint8_t *wire;
      size_t len, back;
      ottl_status status = ottl_json_create(&al, &from);
      if (status == OTTL_OK) status = ottl_json_create(&al, &to);
      for (int turn = 0; turn < 2; turn++) { /* what failed once goes the second time */
        if (status == OTTL_OK) status = ottl_json_from_wire(from, (ottl_signal)signal, in.data, in.len, &text, &len);
        if (status == OTTL_OK) status = ottl_json_to_wire(to, (ottl_signal)signal, text, len, &wire, &back);
        assert_true(status == OTTL_OK || (status == OTTL_NOMEM && c.failed && turn == 0) || !to);
        if (from && to) status = OTTL_OK;
      }
      ottl_json_free(from);
      ottl_json_free(to);
      assert_int_equal(c.live_blocks, 0);
      if (!c.failed) break;
    }
    free(in.data);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_program_and_order), cmocka_unit_test(json_both_ways)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
