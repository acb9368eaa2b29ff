/* ottl explain-code: what a code of a diagnostic means, why it is told, what to do, and what is wrong and right. */
#include "cli.h"

#include "yyjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *member(yyjson_val *entry, const char *key) {
  const char *text = yyjson_get_str(yyjson_obj_get(entry, key));
  return text ? text : "";
}

static void put_examples(const char *title, yyjson_val *examples) {
  size_t i, n;
  yyjson_val *example;
  if (yyjson_arr_size(examples)) printf("\n%s:\n", title);
  yyjson_arr_foreach(examples, i, n, example) {
    const char *line = member(example, "text");
    if (i) putchar('\n');
    for (size_t len; *line; line += len + (line[len] == '\n')) {
      len = strcspn(line, "\n");
      printf("    %.*s\n", (int)len, line);
    }
  }
}

static void explain(yyjson_val *entry) {
  printf("%s (%s): %s\n", member(entry, "name"), member(entry, "severity"), member(entry, "summary"));
  if (member(entry, "why")[0]) putchar('\n');
  if (member(entry, "why")[0]) cli_put_words(member(entry, "why"), 0, 0);
  if (member(entry, "todo")[0]) putchar('\n');
  if (member(entry, "todo")[0]) cli_put_words(member(entry, "todo"), 0, 0);
  put_examples("Wrong", yyjson_obj_get(entry, "bad"));
  put_examples("Right", yyjson_obj_get(entry, "good"));
}

static int explain_one(const char *code, bool json) {
  ottl_status status;
  yyjson_doc *doc = cli_table("diagnostics", code, &status);
  if (!doc && status == OTTL_INVALID_ARG) return cli_fail(CLI_USAGE, "that name is too long");
  if (!doc) return cli_fail(CLI_INTERNAL, "cannot explain it");
  yyjson_val *entry = yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(doc), "entries"));
  int result = CLI_OK;
  if (!entry) {
    result = cli_fail(CLI_NO, "no code `%s`; `ottl describe diagnostics` lists them", code);
  } else if (json) {
    char *text = yyjson_val_write(entry, YYJSON_WRITE_PRETTY_TWO_SPACES, NULL);
    result = text ? CLI_OK : cli_fail(CLI_INTERNAL, "out of memory");
    if (text) puts(text);
    free(text);
  } else {
    explain(entry);
  }
  yyjson_doc_free(doc);
  return result;
}

int cli_explain_code(int argc, char **argv) {
  cli_options options;
  int status = cli_options_read(argv[0], IN_EXPLAIN, argc, argv, &options);
  if (status == CLI_OK && options.help)
    cli_help_command(argv[0]);
  else if (status == CLI_OK && options.files.n != 1)
    status = cli_fail(CLI_USAGE, "give one code, such as W0702");
  else if (status == CLI_OK)
    status = explain_one(options.files.items[0], options.format == OTTL_DIAGS_JSON);
  cli_options_done(&options);
  return status;
}
