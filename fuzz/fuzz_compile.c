/* Statements, conditions and expressions: compiled, and everything that a compiler tells is asked for. */
#include "grammar.h"

static void count(void *context, const char *data, size_t len) { *(size_t *)context += data ? len : 0; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t rest;
  ft_program p = ft_program_of(&in, &rest);
  fz_memory memory = fz_memory_of(rest == 15 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status;
  if (rest == 14) {
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.lint = options.explain = true;
    options.allocator = &al;
    options.kind = p.kind;
    status = ottl_program_compile_text(p.texts.text[0].data, p.texts.text[0].len, "a.ottl", p.mode, &options, &program, &diags);
  } else {
    status =
        fz_compile(&al, p.context->signal, p.kind, p.context->name, p.texts.text, p.texts.n, p.mode, rest & 1, &program, &diags);
  }
  FZ_CHECK((status == OTTL_OK) == (program != NULL), "%s with program %d", ottl_status_name(status), program != NULL);
  FZ_CHECK(status == OTTL_OK || status == OTTL_COMPILE || status == OTTL_UNSUPPORTED || status == OTTL_LIMIT ||
               (status == OTTL_NOMEM && memory.refused),
           "%s", ottl_status_name(status));
  FZ_CHECK(status != OTTL_COMPILE || ottl_diags_errors(diags) > 0 || memory.refused, "refused without a word");
  size_t bytes = 0;
  for (int format = OTTL_DIAGS_TEXT; diags && format <= OTTL_DIAGS_JSON; format++) {
    status = ottl_diags_render(diags, (ottl_diags_format)format, rest & 2, count, &bytes);
    FZ_CHECK(status == OTTL_OK || memory.refused, "rendering: %s", ottl_status_name(status));
  }
  ottl_diag d;
  for (size_t i = 0; i < ottl_diags_count(diags); i++)
    FZ_CHECK(ottl_diags_get(diags, i, &d) == OTTL_OK && d.span.begin <= d.span.end, "span");
  char *text;
  size_t len;
  if (program && ottl_program_disassemble(program, &text, &len) == OTTL_OK) ottl_text_free(program, text, len);
  ottl_diags_free(diags);
  ottl_program_free(program);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  ft_texts_free(&p.texts);
  return 0;
}
