/* A configuration: nothing it says may crash, hang or leak; what is refused is told, with places inside the file. */
#include "target.h"

static const char *fuzz_env(void *context, const char *name) {
  (void)context;
  return name[0] == 'L' ? "[1, '${env:M}']" : name[0] == 'M' ? "${env:L}" : name[0] == 'S' ? "text" : NULL;
}

static void check_diags(ottl_diags *diags, size_t size) {
  ottl_diag d;
  for (size_t i = 0; ottl_diags_get(diags, i, &d) == OTTL_OK; i++) {
    FZ_CHECK(d.message.len, "a diagnostic without message");
    FZ_CHECK(d.span.begin <= d.span.end && d.span.line <= size + 2, "line %u of a text of %zu bytes", (unsigned)d.span.line,
             size);
  }
  ottl_diags_free(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t option = ft_byte(&in);
  fz_memory memory = {.budget = FT_BUDGET};
  ottl_allocator al = fz_allocator(&memory);
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.allocator = &al;
  o.form = (ottl_config_form)(option % 3);
  o.keep_variables = option & 0x80;
  o.env = fuzz_env;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_config_parse((const char *)in.data, in.len, &o, &config, &diags);
  FZ_CHECK((status == OTTL_OK) == (config != NULL), "%s", ottl_status_name(status));
  FZ_CHECK(status != OTTL_COMPILE || ottl_diags_errors(diags), "refused without a word");
  check_diags(diags, in.len);
  ottl_compile_options co;
  ottl_compile_options_init(&co);
  co.lint = co.explain = true;
  co.allocator = &al;
  size_t n = ottl_config_processors(config);
  for (size_t i = 0; i < n && i < 4; i++) {
    ottl_program *program = NULL;
    status = ottl_config_compile(config, i, (ottl_signal)(OTTL_SIGNAL_LOGS + option / 3 % 3), &co, &program, &diags);
    FZ_CHECK((status == OTTL_OK) == (program != NULL), "%s", ottl_status_name(status));
    FZ_CHECK(status != OTTL_COMPILE || ottl_diags_errors(diags), "refused without a word");
    check_diags(diags, in.len);
    ottl_program_free(program);
  }
  ottl_config_free(config);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  return 0;
}
