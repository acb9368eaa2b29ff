/* The cases of the corpus, for tests of the compiler and its tools. */
#ifndef OTTL_TESTS_UNIT_CORPUS_H
#define OTTL_TESTS_UNIT_CORPUS_H

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "ottl/ottl.h"
#include "yyjson.h"

static inline bool corpus_is(yyjson_val *v, const char *text) { return yyjson_equals_str(v, text); }

/* Compiles an expression, or statements, with what the case says of context, signal and gates. */
static inline ottl_status corpus_compile(yyjson_val *root, yyjson_val *expr, yyjson_val *statements, ottl_program **ret) {
  ottl_snippet snippets[256];
  size_t n = 0, i, all;
  yyjson_val *one;
  if (expr) snippets[n++] = (ottl_snippet){.text = yyjson_get_str(expr), .len = yyjson_get_len(expr)};
  yyjson_arr_foreach(statements, i, all, one) {
    if (n < 256) snippets[n++] = (ottl_snippet){.text = yyjson_get_str(one), .len = yyjson_get_len(one)};
  }
  ottl_group group = {.struct_size = sizeof group, .statements = snippets, .n_statements = n, .error_mode = OTTL_ERROR_IGNORE};
  group.context = yyjson_get_str(yyjson_obj_get(root, "context"));
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  yyjson_val *mode = yyjson_obj_get(root, "mode"), *signal = yyjson_obj_get(root, "signal");
  options.kind = corpus_is(mode, "value")       ? OTTL_KIND_VALUES
                 : corpus_is(mode, "condition") ? OTTL_KIND_CONDITIONS
                                                : OTTL_KIND_TRANSFORM;
  options.signal = corpus_is(signal, "logs")     ? OTTL_SIGNAL_LOGS
                   : corpus_is(signal, "traces") ? OTTL_SIGNAL_TRACES
                                                 : OTTL_SIGNAL_METRICS;
  options.paths = corpus_is(yyjson_obj_get(root, "paths"), "bare") ? OTTL_PATHS_BARE : OTTL_PATHS_PREFIXED;
  options.event_index = yyjson_get_bool(yyjson_obj_get(root, "event_index"));
  options.functions = OTTL_FUNCTIONS_STANDARD;
  options.experimental = yyjson_obj_get(root, "gates") != NULL;
  return ottl_program_compile(&group, 1, &options, ret, NULL);
}

/* Calls `each` for every line of the files of a pattern; false: there are no such files. */
static inline bool corpus_each(const char *pattern, void (*each)(const char *line, size_t len)) {
  glob_t files;
  char *line = NULL;
  size_t cap = 0;
  if (glob(pattern, 0, NULL, &files) != 0) return false;
  for (size_t i = 0; i < files.gl_pathc; i++) {
    FILE *f = fopen(files.gl_pathv[i], "rb");
    ssize_t len;
    while (f && (len = getline(&line, &cap, f)) > 0) each(line, (size_t)len);
    if (f) fclose(f);
  }
  free(line);
  globfree(&files);
  return true;
}

#endif
