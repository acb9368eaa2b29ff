/* Statements that compile, run on a payload. */
#include "grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t rest;
  ft_program p = ft_program_of(&in, &rest);
  fz_memory memory = fz_memory_of(rest == 15 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_program *program = NULL;
  if (fz_compile(&al, p.context->signal, p.kind, p.context->name, p.texts.text, p.texts.n, p.mode, rest & 1, &program, NULL) ==
      OTTL_OK) {
    fz_output o = fz_run(program, &al, ft_slices[rest >> 1 & 3], p.payload, p.len);
    FZ_CHECK(o.status != OTTL_NOMEM || memory.refused, "out of memory at %zu bytes", memory.peak);
    fz_expect(&o, p.kind, p.payload, p.len);
    fz_reopen(&o, p.context->signal);
    fz_output_free(&o);
  }
  ottl_program_free(program);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  ft_texts_free(&p.texts);
  return 0;
}
