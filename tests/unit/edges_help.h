/* What every file of edges shares: an arena for each group of tests, and how programs are compiled. */
#ifndef OTTL_TESTS_UNIT_EDGES_HELP_H
#define OTTL_TESTS_UNIT_EDGES_HELP_H

#include "unit/batch_help.h"

#include "api/api.h"
#include "ottl/ottl.h"

static ottl_allocator system_allocator;
static ottl_arena arena;

static inline int set_up(void **state) {
  OTTL_UNUSED(state);
  system_allocator = ottl__alloc_or_default(NULL);
  ottl__arena_init(&arena, &system_allocator, 0);
  return 0;
}
static inline int tear_down(void **state) {
  OTTL_UNUSED(state);
  ottl__arena_done(&arena);
  return 0;
}

static inline ottl_status compile_with(const char *text, ottl_signal signal, const ottl_allocator *al, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = signal;
  options.experimental = true;
  options.lint = options.explain = true;
  options.allocator = al;
  ottl_diags *diags = NULL;
  *ret = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, &options, ret, &diags);
  ottl_diag d;
  if (status == OTTL_COMPILE && ottl_diags_get(diags, 0, &d) == OTTL_OK)
    print_error("%.*s\n", (int)d.message.len, d.message.data);
  ottl_diags_free(diags);
  return status;
}

#endif
