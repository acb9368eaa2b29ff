/* One program, many ways of running it: slices of several sizes, in row order, and on every instruction set that the machine has.
 * They must agree. Input as for fuzz_run. */
#include "grammar.h"
#include "kernels/kernels.h"

static bool has(const ft_texts *t, const char *word) {
  for (size_t i = 0; i < t->n; i++) {
    size_t n = strlen(word);
    for (size_t k = 0; k + n <= t->text[i].len; k++) {
      if (!memcmp(t->text[i].data + k, word, n)) return true;
    }
  }
  return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t rest;
  ft_program p = ft_program_of(&in, &rest);
  ottl_program *wide = NULL, *narrow = NULL;
  fz_memory memory = {.budget = FT_BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  ottl_status a =
      fz_compile(&al, p.context->signal, p.kind, p.context->name, p.texts.text, p.texts.n, p.mode, false, &wide, NULL);
  ottl_status b =
      fz_compile(&al, p.context->signal, p.kind, p.context->name, p.texts.text, p.texts.n, p.mode, true, &narrow, NULL);
  FZ_CHECK(a == b, "compiling: %s, in row order %s", ottl_status_name(a), ottl_status_name(b));
  if (a == OTTL_OK && !has(&p.texts, "UUID")) {
    fz_output first = fz_run(wide, &al, 0, p.payload, p.len);
    for (size_t i = 1; i < 4; i++) {
      fz_output o = fz_run(wide, &al, ft_slices[i], p.payload, p.len);
      fz_agree(&first, &o, "slices");
      fz_output_free(&o);
    }
    fz_output o = fz_run(narrow, &al, 0, p.payload, p.len);
    fz_agree(&first, &o, "row order");
    fz_output_free(&o);
    for (size_t isa = 0; ottl__kernels_at(isa + 1); isa++) { /* the last is what ran before */
      FZ_CHECK(setenv("OTTL_FORCE_ISA", ottl__kernels_at(isa)->isa, 1) == 0, "no memory");
      o = fz_run(wide, &al, ft_slices[size % 4], p.payload, p.len);
      (void)unsetenv("OTTL_FORCE_ISA");
      fz_agree(&first, &o, ottl__kernels_at(isa)->isa);
      fz_output_free(&o);
    }
    fz_output_free(&first);
  }
  ottl_program_free(wide);
  ottl_program_free(narrow);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  ft_texts_free(&p.texts);
  return 0;
}
