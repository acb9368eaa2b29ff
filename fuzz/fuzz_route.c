/* A routing table and a payload: each pipeline gets what can be read, and no record gets lost or comes twice where nothing is copied.
 * Input as for fuzz_run; each text is the condition or statement of a route. */
#include "grammar.h"

static uint64_t records_in(const ft_program *p, const ottl_allocator *al) {
  ottl_route_options o;
  ottl_route_options_init(&o);
  o.allocator = al;
  o.signal = p->context->signal;
  ottl_view all = {"all", 3};
  o.default_pipelines = &all;
  o.n_default_pipelines = 1;
  ottl_program *program = NULL;
  ottl_exec *x = NULL;
  ottl_result result;
  ottl_route_payload got = {.records = 0};
  if (ottl_route_compile(NULL, 0, &o, &program, NULL) == OTTL_OK && ottl_exec_create(program, NULL, &x) == OTTL_OK &&
      ottl_exec_run(x, p->payload, p->len, &result) == OTTL_OK)
    FZ_CHECK(ottl_route_output(x, 0, &got) == OTTL_OK, "no default pipeline");
  ottl_exec_free(x);
  ottl_program_free(program);
  return got.data ? got.records : UINT64_MAX;
}

static void check_outputs(const ft_program *p, const ottl_program *program, const ottl_exec *x, bool copies, uint64_t records) {
  uint64_t sum = 0;
  for (size_t i = 0; i < ottl_route_pipelines(program); i++) {
    ottl_route_payload got;
    FZ_CHECK(ottl_route_output(x, i, &got) == OTTL_OK && ottl_route_pipeline(program, i).len, "pipeline %zu", i);
    if (!got.data) continue;
    FZ_CHECK(!got.whole || (got.len == p->len && (p->len == 0 || memcmp(got.data, p->payload, p->len) == 0)),
             "whole, but not the same");
    fz_output o = {.status = OTTL_OK, .data = (uint8_t *)(uintptr_t)got.data, .len = got.len};
    fz_reopen(&o, p->context->signal);
    sum += got.records;
  }
  /* One pipeline for each route: without copies a record goes one way. Metrics may count in several. */
  if (!copies && records != UINT64_MAX && p->context->signal != OTTL_SIGNAL_METRICS)
    FZ_CHECK(sum == records, "%llu records in, %llu out", (unsigned long long)records, (unsigned long long)sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const ottl_view names[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}, {"rest", 4}};
  ft_input in = {data, size};
  uint8_t rest;
  ft_program p = ft_program_of(&in, &rest);
  fz_memory memory = fz_memory_of(rest == 15 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_route routes[6] = {{0}};
  bool copies = false;
  for (size_t i = 0; i < p.texts.n; i++) {
    ottl_snippet text = {.text = p.texts.text[i].data, .len = p.texts.text[i].len};
    bool statement = text.len > 5 && memcmp(text.text, "route", 5) == 0;
    routes[i].struct_size = sizeof routes[i];
    routes[i].context = p.context->name;
    routes[i].text = text;
    routes[i].statement = statement || p.kind == OTTL_KIND_TRANSFORM;
    routes[i].copy = rest & 2 && i % 2;
    copies |= routes[i].copy;
    routes[i].pipelines = &names[i];
    routes[i].n_pipelines = 1;
  }
  ottl_route_options o;
  ottl_route_options_init(&o);
  o.allocator = &al;
  o.signal = p.context->signal;
  o.error_mode = p.mode;
  o.row_order = rest & 1;
  o.experimental = true;
  o.default_pipelines = &names[6];
  o.n_default_pipelines = 1;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_route_compile(routes, p.texts.n, &o, &program, &diags);
  FZ_CHECK((status == OTTL_OK) == (program != NULL), "%s", ottl_status_name(status));
  FZ_CHECK(status != OTTL_COMPILE || ottl_diags_errors(diags) || memory.refused, "refused without a word");
  ottl_diags_free(diags);
  if (program) {
    uint64_t records = records_in(&p, NULL);
    ottl_exec_options eo;
    ottl_exec_options_init(&eo);
    eo.allocator = &al;
    eo.slice_rows = ft_slices[rest >> 2 & 3];
    ottl_exec *x = NULL;
    ottl_result result;
    if (ottl_exec_create(program, &eo, &x) == OTTL_OK) {
      status = ottl_exec_run(x, p.payload, p.len, &result);
      FZ_CHECK(status == OTTL_OK || status == OTTL_DATA || status == OTTL_RUNTIME || status == OTTL_LIMIT ||
                   (status == OTTL_NOMEM && memory.refused),
               "%s", ottl_status_name(status));
      if (status == OTTL_OK) check_outputs(&p, program, x, copies, records);
    }
    ottl_exec_free(x);
  }
  ottl_program_free(program);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  ft_texts_free(&p.texts);
  return 0;
}
