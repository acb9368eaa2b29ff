/* Formatting: a second time changes nothing, what compiled compiles to the same, and whatever is refused is told. */
#include "target.h"

typedef struct result {
  ottl_status status;
  char *text;
  size_t len;
} result;

static void keep(void *context, const char *data, size_t len) {
  result *r = context;
  FZ_CHECK(!r->text, "written twice");
  r->text = malloc(len + 1);
  FZ_CHECK(r->text, "no memory");
  memcpy(r->text, data, len);
  r->len = len;
}

/* memory: what the allocator of the options says; NULL: it never fails. */
static result format(const ottl_format_options *o, const char *text, size_t len, const fz_memory *memory) {
  result r = {OTTL_OK, NULL, 0};
  ottl_diags *diags = NULL;
  r.status = ottl_format(text, len, o, keep, &r, &diags);
  bool memory_fails = memory && memory->refused;
  bool written = r.status == OTTL_OK || r.status == OTTL_COMPILE;
  FZ_CHECK(written == (r.text != NULL), "%s", ottl_status_name(r.status));
  FZ_CHECK(written || r.status == OTTL_LIMIT || (r.status == OTTL_NOMEM && memory_fails), "%s", ottl_status_name(r.status));
  FZ_CHECK(r.status != OTTL_COMPILE || ottl_diags_errors(diags) || memory_fails, "refused without a word");
  ottl_diags_free(diags);
  return r;
}

/* What a file compiles to; NULL: it does not. */
static char *disassembled(const char *text, size_t len, ottl_kind kind) {
  ottl_program *program = NULL;
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.kind = kind;
  char *code = NULL;
  size_t n;
  if (ottl_program_compile_text(text, len, NULL, OTTL_ERROR_IGNORE, &o, &program, NULL) != OTTL_OK) return NULL;
  FZ_CHECK(ottl_program_disassemble(program, &code, &n) == OTTL_OK, "no code");
  char *copy = strdup(code);
  ottl_text_free(program, code, n);
  ottl_program_free(program);
  return copy;
}

static void same_program(const char *before, size_t before_len, const result *after) {
  for (int kind = OTTL_KIND_TRANSFORM; kind <= OTTL_KIND_FILTER; kind++) {
    char *a = disassembled(before, before_len, (ottl_kind)kind);
    char *b = a ? disassembled(after->text, after->len, (ottl_kind)kind) : NULL;
    FZ_CHECK(!a || (b && strcmp(a, b) == 0), "another program:\n%.*s\n%.*s", (int)before_len, before, (int)after->len,
             after->text);
    free(a);
    free(b);
  }
}

/* What the processors of a configuration compile to, one behind the other; NULL: it is refused. */
static char *processors(ottl_config_form form, const char *text, size_t len) {
  ottl_config_options o;
  ottl_config *config = NULL;
  ottl_config_options_init(&o);
  o.form = form;
  o.keep_variables = true;
  if (ottl_config_parse(text, len, &o, &config, NULL) != OTTL_OK) return NULL;
  char *all = NULL;
  size_t all_len = 0;
  FILE *f = open_memstream(&all, &all_len);
  FZ_CHECK(f, "no memory");
  for (size_t p = 0; p < ottl_config_processors(config) && p < 4; p++) {
    for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_METRICS; s++) {
      ottl_program *program = NULL;
      char *code = NULL;
      size_t n;
      ottl_status status = ottl_config_compile(config, p, (ottl_signal)s, NULL, &program, NULL);
      fprintf(f, "%s\n", ottl_status_name(status));
      if (program && ottl_program_disassemble(program, &code, &n) == OTTL_OK) {
        fwrite(code, 1, n, f);
        ottl_text_free(program, code, n);
      }
      ottl_program_free(program);
    }
  }
  fclose(f);
  ottl_config_free(config);
  return all;
}

static void same_processors(ottl_config_form form, const char *before, size_t before_len, const result *after) {
  char *a = processors(form, before, before_len), *b = a ? processors(form, after->text, after->len) : NULL;
  FZ_CHECK(!a || (b && strcmp(a, b) == 0), "other processors:\n%.*s\n%.*s", (int)before_len, before, (int)after->len,
           after->text);
  free(a);
  free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const size_t widths[] = {0, 1, 30, 200};
  ft_input in = {data, size};
  uint8_t option = ft_byte(&in);
  fz_memory memory = fz_memory_of(option == 255 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_format_options o;
  ottl_format_options_init(&o);
  o.allocator = &al;
  o.form = (ottl_format_form)(option % 3);
  o.config = (ottl_config_form)(option / 3 % 4);
  o.width = widths[option / 12 % 4];
  const char *text = (const char *)in.data;
  result once = format(&o, text, in.len, &memory);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  o.allocator = NULL;
  if (once.text) {
    result again = format(&o, once.text, once.len, NULL);
    FZ_CHECK(again.status == once.status, "%s, then %s", ottl_status_name(once.status), ottl_status_name(again.status));
    FZ_CHECK(again.len == once.len && memcmp(again.text, once.text, once.len) == 0, "formatted twice:\n%.*s\nand\n%.*s",
             (int)once.len, once.text, (int)again.len, again.text);
    if (o.form == OTTL_FORMAT_FILE) same_program(text, in.len, &once);
    if (o.form == OTTL_FORMAT_CONFIG) same_processors(o.config, text, in.len, &once);
    free(again.text);
  }
  free(once.text);
  return 0;
}
