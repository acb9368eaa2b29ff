/* What shows people a program and a payload: explain, profile, trace, view, diff. Any program on any payload gives an answer, and what
 * is said of places lies in the payload. Input as for fuzz_run. */
#include <ottl/diff.h>
#include <ottl/explain.h>
#include <ottl/profile.h>
#include <ottl/trace.h>
#include <ottl/view.h>

#include "grammar.h"

static void count(void *context, const char *data, size_t len) { *(size_t *)context += data ? len : 0; }

static void answered(ottl_status status, const fz_memory *m, const char *what) {
  FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_LIMIT || (status == OTTL_NOMEM && m->refused), "%s: %s",
           what, ottl_status_name(status));
}

/* Looks at all blocks; the offset of one record, chosen by `pick`, or OTTL_NO_PLACE. */
static uint64_t look(const ottl_allocator *al, const fz_memory *m, ottl_signal signal, const uint8_t *data, size_t len,
                     uint8_t pick) {
  ottl_viewer_options o;
  ottl_viewer_options_init(&o);
  o.allocator = al;
  o.layout = (ottl_viewer_layout)(pick & 1);
  o.colour = pick & 2;
  o.max_text = pick & 4 ? 5 : 0;
  ottl_viewer *v = NULL;
  uint64_t place = OTTL_NO_PLACE;
  if (ottl_viewer_create(&o, &v) != OTTL_OK) return place;
  ottl_status status = ottl_viewer_open(v, signal, data, len);
  answered(status, m, "view");
  FZ_CHECK(status != OTTL_DATA || ottl_viewer_error(v, NULL)[0], "no reason");
  size_t n = ottl_viewer_count(v);
  FZ_CHECK(status == OTTL_OK || n == 0, "blocks of what is refused");
  for (size_t i = 0; i < n && i < 300; i++) {
    ottl_block b;
    FZ_CHECK(ottl_viewer_block(v, i, &b), "block %zu", i);
    FZ_CHECK(b.offset <= len && b.len <= len - b.offset, "block %zu: %zu bytes at %zu of %zu", i, b.len, b.offset, len);
    if (b.item != OTTL_NO_PLACE && (place == OTTL_NO_PLACE || i % 5 == pick % 5)) place = b.offset;
    answered(ottl_viewer_render(v, i, &b), m, "render");
  }
  ottl_viewer_free(v);
  return place;
}

static void compare(const ottl_allocator *al, const fz_memory *m, ottl_signal signal, ottl_exec *x, const ottl_result *result,
                    const uint8_t *data, size_t len) {
  ottl_diff *d = NULL;
  if (ottl_diff_create(al, &d) != OTTL_OK) return;
  ottl_status status = ottl_diff_begin(d, signal, data, len);
  answered(status, m, "diff");
  if (status == OTTL_OK) {
    status = ottl_diff_step(d, x, result);
    answered(status, m, "diff step");
  }
  for (size_t i = 0; status == OTTL_OK && i < ottl_diff_count(d) && i < 300; i++) {
    ottl_diff_entry e;
    ottl_status got = ottl_diff_get(d, i, &e);
    answered(got, m, "entry");
    FZ_CHECK(got != OTTL_OK || e.has_before || e.has_after, "entry %zu of nothing", i);
  }
  ottl_diff_free(d);
}

static void explain(const ottl_allocator *al, const fz_memory *m, const ottl_program *program, const ottl_exec *x,
                    uint8_t option) {
  ottl_explain_program p = {program, x, "p"};
  ottl_explain_options o;
  ottl_explain_options_init(&o);
  o.allocator = al;
  o.format = (ottl_explain_format)(option % (x ? 3 : 2));
  o.types = o.bytecode = true;
  o.colour = option & 4;
  o.width = option & 8 ? 40 : 0;
  size_t bytes = 0;
  ottl_status status = ottl_explain(&p, 1, &o, count, &bytes);
  FZ_CHECK((status == OTTL_OK && bytes) || status == OTTL_INVALID_ARG || (status == OTTL_NOMEM && m->refused), "explain: %s",
           ottl_status_name(status));
}

static void run(const ft_program *p, const ottl_program *program, const ottl_allocator *al, const fz_memory *m, uint8_t rest) {
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.allocator = al;
  o.slice_rows = ft_slices[rest & 3];
  ottl_exec *x = NULL;
  ottl_result result;
  if (ottl_exec_create(program, &o, &x) != OTTL_OK) return;
  ottl_signal signal = p->context->signal;
  uint64_t place = look(al, m, signal, p->payload, p->len, (uint8_t)(rest * 7 + p->len));
  bool traced = ottl_exec_trace(x, place) == OTTL_OK && place != OTTL_NO_PLACE;
  bool profiled = ottl_exec_profile(x, true) == OTTL_OK;
  ottl_status status = ottl_exec_run(x, p->payload, p->len, &result);
  size_t bytes = 0;
  if (traced) {
    ottl_trace_step step = {.struct_size = sizeof step};
    ottl_trace_value value = {.struct_size = sizeof value};
    for (size_t i = 0; i < ottl_trace_steps(x) && i < 200; i++) {
      ottl_status got = ottl_trace_step_get(x, i, &step);
      answered(got, m, "trace step");
      if (got != OTTL_OK) break;
      for (size_t k = 0; k < 50 && ottl_trace_value_get(x, i, k, &value) == OTTL_OK; k++)
        FZ_CHECK(value.span.begin <= value.span.end, "value %zu of step %zu", k, i);
    }
    answered(ottl_trace_write(x, (ottl_trace_format)(rest & 1), rest & 2, count, &bytes), m, "trace");
  }
  if (status == OTTL_OK && p->kind <= OTTL_KIND_FILTER) {
    compare(al, m, signal, x, &result, p->payload, p->len);
    if (result.data) (void)look(al, m, signal, result.data, result.len, rest);
  }
  if (profiled) explain(al, m, program, x, (uint8_t)(rest + p->len));
  ottl_exec_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t rest;
  ft_program p = ft_program_of(&in, &rest);
  fz_memory memory = fz_memory_of(rest == 15 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_program *program = NULL;
  if (fz_compile(&al, p.context->signal, p.kind, p.context->name, p.texts.text, p.texts.n, p.mode, rest & 1, &program, NULL) ==
      OTTL_OK) {
    explain(&al, &memory, program, NULL, rest);
    run(&p, program, &al, &memory, rest);
  }
  ottl_program_free(program);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  ft_texts_free(&p.texts);
  return 0;
}
