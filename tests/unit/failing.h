/* A piece of work in which each allocation fails once: it ends in NOMEM, loses nothing, and what it left can be used again. */
#ifndef OTTL_TESTS_UNIT_FAILING_H
#define OTTL_TESTS_UNIT_FAILING_H

#include "counter.h"
#include "ottl/ottl.h"

/* A program on a payload. */
typedef struct failing_work {
  const char *name;
  const ottl_group *group;
  ottl_compile_options options;
  uint32_t slice_rows; /* 0: the program decides */
  const uint8_t *in;
  size_t len;
} failing_work;

/* Reads all that a host may ask of a run. */
static inline ottl_status failing_ask(ottl_exec *exec) {
  ottl_row_error e;
  ottl_record_place place = {.struct_size = sizeof place};
  const uint8_t *data;
  size_t n;
  ottl_status status = OTTL_OK;
  for (size_t i = 0; i < 4 && ottl_exec_error(exec, i, &e); i++) {
    if (ottl_exec_error_record(exec, i, &place) && place.offset != OTTL_NO_PLACE && status == OTTL_OK)
      status = ottl_exec_error_payload(exec, i, &data, &n);
  }
  uint64_t offset;
  ottl_status origin = ottl_exec_origin(exec, OTTL_BLOCK_RECORD, 0, &offset);
  if (status == OTTL_OK && origin == OTTL_NOMEM) status = origin;
  for (size_t row = 0; status == OTTL_OK && row < ottl_eval_rows(exec) && row < 4; row++) {
    ottl_value v;
    const char *why;
    if (ottl_eval_value(exec, 0, row, &v, &why) == OTTL_NOMEM) status = OTTL_NOMEM;
  }
  return status;
}

static inline bool failing_ended(ottl_status status) {
  return status == OTTL_OK || status == OTTL_RUNTIME || status == OTTL_LIMIT;
}

/* True when allocation fail_at was never reached. *ret_len: of the output, the same every time; SIZE_MAX: not known yet. */
static inline bool failing_once(const failing_work *w, size_t fail_at, size_t *ret_len) {
  counter c = {.fail_at = fail_at};
  ottl_allocator al = counter_allocator(&c);
  ottl_compile_options options = w->options;
  options.allocator = &al;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_exec *exec = NULL;
  ottl_result result = {0};
  ottl_status status = ottl_program_compile(w->group, 1, &options, &program, &diags);
  ottl_diags_free(diags);
  if (status == OTTL_OK) {
    ottl_exec_options how;
    ottl_exec_options_init(&how);
    how.allocator = &al;
    how.clock_seconds = 1;
    how.random_seed = 1;
    how.slice_rows = w->slice_rows;
    status = ottl_exec_create(program, &how, &exec);
  }
  if (status == OTTL_OK) status = ottl_exec_run(exec, w->in, w->len, &result);
  if (exec && failing_ended(status)) {
    ottl_status asked = failing_ask(exec);
    if (asked != OTTL_OK) status = asked;
  }
  if (c.failed != (status == OTTL_NOMEM))
    fail_msg("%s: allocation %zu %s, and the status is %s", w->name, fail_at, c.failed ? "failed" : "did not fail",
             ottl_status_name(status));
  if (exec && c.failed) { /* an exec that ran out of memory runs again */
    c.fail_at = 0;
    status = ottl_exec_run(exec, w->in, w->len, &result);
    if (!failing_ended(status)) fail_msg("%s: after allocation %zu failed: %s", w->name, fail_at, ottl_status_name(status));
  }
  if (exec) {
    if (*ret_len == SIZE_MAX) *ret_len = result.len;
    if (result.len != *ret_len)
      fail_msg("%s: after allocation %zu failed: %zu bytes, not %zu", w->name, fail_at, result.len, *ret_len);
  }
  ottl_exec_free(exec);
  ottl_program_free(program);
  if (c.live_blocks || c.live_bytes)
    fail_msg("%s: allocation %zu failed: %zu blocks, %zu bytes are lost", w->name, fail_at, c.live_blocks, c.live_bytes);
  return !c.failed;
}

/* How many allocations there were. */
static inline size_t failing_each(const failing_work *w) {
  size_t n = 1, len = SIZE_MAX;
  failing_once(w, 0, &len);
  while (!failing_once(w, n, &len)) n++;
  return n - 1;
}

#endif
