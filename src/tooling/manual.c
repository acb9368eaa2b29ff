/* grammar/manual.def: what people want to know of functions. Expressions and records stand there as they are written; the
 * preprocessor makes texts of them. */
#include "base/bulk.h"
#include "tooling/describe.h"

#define NONE        "", ""
#define LOG(...)    "logs", #__VA_ARGS__
#define SPAN(...)   "traces", #__VA_ARGS__
#define METRIC(...) "metrics", #__VA_ARGS__
#define OTTL(...)   #__VA_ARGS__
#define IS(...)     #__VA_ARGS__

static const struct {
  const char *function, *text;
} abouts[] = {
#define ABOUT(function, text) {#function, text},
#include "manual.def"
};

static const struct {
  const char *function, *param, *standard, *text;
} args[] = {
#define ARG(function, param, standard, text) {#function, #param, standard, text},
#include "manual.def"
};

#define EXAMPLE(kind, function, ...) {kind, #function, __VA_ARGS__},
static const struct {
  const char *kind, *function, *signal, *input, *ottl, *result;
} examples[] = {
#define VALUE(function, input, ottl, is)     EXAMPLE("value", function, input, ottl, is)
#define CONDITION(function, input, ottl, is) EXAMPLE("condition", function, input, ottl, is)
#define STATEMENT(function, input, ottl, is) EXAMPLE("statement", function, input, ottl, is)
#define REFUSED(function, ottl, is)          EXAMPLE("refused", function, NONE, ottl, is)
#include "manual.def"
};

const char *ottl__manual_default(const char *function, const char *param, const char **ret_text) {
  for (size_t i = 0; i < OTTL_COUNT(args) && ottl__bulk_here(); i++) {
    if (strcmp(args[i].function, function) != 0 || strcmp(args[i].param, param) != 0) continue;
    *ret_text = args[i].text;
    return args[i].standard;
  }
  return "";
}

const char *ottl__manual_about(const char *function) {
  for (size_t i = 0; i < OTTL_COUNT(abouts) && ottl__bulk_here(); i++) {
    if (strcmp(abouts[i].function, function) == 0) return abouts[i].text;
  }
  return "";
}

const char *ottl__manual_example(const char *function, const char **ret_input, const char **ret_result) {
  for (size_t i = 0; i < OTTL_COUNT(examples) && ottl__bulk_here(); i++) {
    if (strcmp(examples[i].function, function) != 0 || strcmp(examples[i].kind, "refused") == 0) continue;
    *ret_input = examples[i].input;
    *ret_result = examples[i].result;
    return examples[i].ottl;
  }
  return NULL;
}

void ottl__describe_manual(ottl_sbuf *out, const ottl_function *f) {
  if (!ottl__bulk_here()) return;
  const char *about = ottl__manual_about(f->name);
  if (about[0]) ottl__describe_text(out, "about", about);
  ottl__describe_key(out, "examples");
  sbuf_byte(out, '[');
  for (size_t i = 0; i < OTTL_COUNT(examples); i++) {
    if (strcmp(examples[i].function, f->name) != 0) continue;
    ottl__describe_comma(out);
    sbuf_byte(out, '{');
    ottl__describe_text(out, "kind", examples[i].kind);
    if (examples[i].signal[0]) {
      ottl__describe_text(out, "signal", examples[i].signal);
      ottl__describe_text(out, "input", examples[i].input);
    }
    ottl__describe_text(out, "ottl", examples[i].ottl);
    ottl__describe_text(out, "result", examples[i].result);
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
}
