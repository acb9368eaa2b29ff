/* grammar/codes.def: why a diagnostic is told, what to do, and examples, as members of its object. */
#include "base/bulk.h"
#include "tooling/describe.h"

static const struct {
  const char *code, *why, *todo;
} codes[] = {
#define CODE(code, why, todo) {#code, why, todo},
#include "codes.def"
};

static const struct {
  const char *code, *kind, *text;
  bool good;
} examples[] = {
#define BAD(code, kind, text)  {#code, #kind, text, false},
#define GOOD(code, kind, text) {#code, #kind, text, true},
#include "codes.def"
};

/* STATEMENTS is "statements". */
static void put_kind(ottl_sbuf *out, const char *kind) {
  char lower[16];
  size_t n = 0;
  for (; kind[n] && n + 1 < sizeof lower; n++) lower[n] = (char)(kind[n] + ('a' - 'A'));
  lower[n] = 0;
  ottl__describe_text(out, "kind", lower);
}

static void put_examples(ottl_sbuf *out, const char *key, const char *code, bool good) {
  ottl__describe_key(out, key);
  sbuf_byte(out, '[');
  for (size_t i = 0; i < OTTL_COUNT(examples); i++) {
    if (examples[i].good != good || strcmp(examples[i].code, code) != 0) continue;
    ottl__describe_comma(out);
    sbuf_byte(out, '{');
    put_kind(out, examples[i].kind);
    ottl__describe_text(out, "text", examples[i].text);
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
}

void ottl__describe_code_manual(ottl_sbuf *out, const char *code) {
  for (size_t i = 0; i < OTTL_COUNT(codes) && ottl__bulk_here(); i++) {
    if (strcmp(codes[i].code, code) != 0) continue;
    ottl__describe_text(out, "why", codes[i].why);
    ottl__describe_text(out, "todo", codes[i].todo);
    put_examples(out, "bad", code, false);
    put_examples(out, "good", code, true);
  }
}
