/* ottl describe: the tables of the language for people, out of the JSON that the library gives. */
#include "cli.h"

#include "yyjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 100

/* ---- text ---- */

static const char *text_of(yyjson_val *entry, const char *key) {
  const char *text = yyjson_get_str(yyjson_obj_get(entry, key));
  return text ? text : "";
}

void cli_put_words(const char *text, size_t column, size_t indent) {
  bool first = true;
  while (*text) {
    size_t len = strcspn(text, " ");
    if (!first && column + 1 + len > WIDTH) {
      printf("\n%*s", (int)indent, "");
      column = indent;
    } else if (!first) {
      putchar(' ');
      column++;
    }
    printf("%.*s", (int)len, text);
    column += len;
    first = false;
    text += len;
    while (*text == ' ') text++;
  }
  putchar('\n');
}

/* A name, and a text in the column behind the longest name. */
static void put_line(const char *name, const char *text, size_t width) {
  int pad = printf("  %-*s  ", (int)width, name);
  cli_put_words(text, (size_t)pad, width + 4);
}

static size_t width_of(yyjson_val *entries, size_t most) {
  size_t width = 0, i, n;
  yyjson_val *entry;
  yyjson_arr_foreach(entries, i, n, entry) {
    size_t len = strlen(text_of(entry, "name"));
    if (len > width && len <= most) width = len;
  }
  return width;
}

static void put_list(const char *before, yyjson_val *list, const char *behind) {
  size_t i, n;
  yyjson_val *item;
  if (!yyjson_arr_size(list)) return;
  printf("%s", before);
  yyjson_arr_foreach(list, i, n, item) printf("%s%s", i ? ", " : "", yyjson_get_str(item));
  puts(behind);
}

/* ---- one entry ---- */

static void show_parameters(yyjson_val *function) {
  yyjson_val *params = yyjson_obj_get(function, "parameters"), *p;
  size_t width = width_of(params, 40), i, n;
  if (yyjson_arr_size(params)) puts("\nArguments:");
  yyjson_arr_foreach(params, i, n, p) {
    char text[600];
    const char *standard = text_of(p, "default"), *named = text_of(p, "named");
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s", text_of(p, "kind"), standard[0] ? "; default: " : "", standard,
             text_of(p, "summary")[0] ? "; " : "", text_of(p, "summary"), named[0] ? "; as a named argument it is written `" : "",
             named, named[0] ? "`" : "");
    put_line(text_of(p, "name"), text, width);
  }
}

static void show_examples(yyjson_val *function) {
  static const struct {
    const char *signal, *record;
  } records[] = {{"logs", "log record"}, {"traces", "span"}, {"metrics", "metric"}};
  yyjson_val *examples = yyjson_obj_get(function, "examples"), *e;
  size_t i, n;
  const char *before = "";
  if (yyjson_arr_size(examples)) puts("\nExamples:");
  yyjson_arr_foreach(examples, i, n, e) {
    const char *input = text_of(e, "input");
    if (i && strcmp(input, before) != 0) putchar('\n');
    for (size_t r = 0; r < sizeof records / sizeof *records; r++) {
      if (strcmp(text_of(e, "signal"), records[r].signal) != 0 || strcmp(input, before) == 0) continue;
      printf("  %s %s\n", records[r].record, input);
    }
    before = input;
    printf("    %s\n      %s%s\n", text_of(e, "ottl"), strcmp(text_of(e, "kind"), "refused") == 0 ? "refused: " : "-> ",
           text_of(e, "result"));
  }
}

static void show_function(yyjson_val *f) {
  char text[2000];
  puts(text_of(f, "signature"));
  putchar('\n');
  snprintf(text, sizeof text, "%s %s", text_of(f, "summary"), text_of(f, "about"));
  cli_put_words(text, 0, 0);
  put_list("Only in the context ", yyjson_obj_get(f, "contexts"), ".");
  put_list("Not a standard function: added by the ", yyjson_obj_get(f, "components"), " processor.");
  if (yyjson_is_true(yyjson_obj_get(f, "experimental"))) puts("Experimental: switch it on with --experimental.");
  if (yyjson_is_true(yyjson_obj_get(f, "appends"))) puts("What it appends is visited by the statements too.");
  show_parameters(f);
  show_examples(f);
}

static void show_path(yyjson_val *p) {
  const char *takes = text_of(p, "takes");
  printf("%s: %s\n", text_of(p, "name"), text_of(p, "summary"));
  printf("  reads: %s\n", text_of(p, "reads"));
  printf("  takes: %s\n", takes[0] ? takes : "nothing, it is read only");
  if (text_of(p, "keys")[0]) printf("  keys:  %s\n", text_of(p, "keys"));
}

static void show_context(yyjson_val *c) {
  printf("%s: %s\n", text_of(c, "name"), text_of(c, "summary"));
  put_list("  signals: ", yyjson_obj_get(c, "signals"), "");
  put_list("  sees the paths of: ", yyjson_obj_get(c, "sees"), "");
  printf("  its paths: ottl describe paths %s\n", text_of(c, "name"));
}

static void show_enum(yyjson_val *e) {
  printf("%s = %lld, in the context %s\n", text_of(e, "name"), (long long)yyjson_get_sint(yyjson_obj_get(e, "value")),
         text_of(e, "context"));
}

static void show_type(yyjson_val *t) {
  printf("%s (reference: %s): %s\n", text_of(t, "name"), text_of(t, "reference"), text_of(t, "summary"));
}

static void show_limit(yyjson_val *l) {
  printf("%s: %llu %s\n", text_of(l, "name"), (unsigned long long)yyjson_get_uint(yyjson_obj_get(l, "value")),
         text_of(l, "unit"));
  cli_put_words(text_of(l, "summary"), 0, 0);
}

static void show_diagnostic(yyjson_val *d) {
  printf("%s (%s): %s\n", text_of(d, "name"), text_of(d, "severity"), text_of(d, "summary"));
  if (text_of(d, "help")[0]) printf("  help: %s\n", text_of(d, "help"));
}

static void show_renamed(yyjson_val *r) { printf("%s: %s\n", text_of(r, "name"), text_of(r, "instead")); }

static const struct {
  const char *table, *other; /* other names of the table */
  void (*show)(yyjson_val *entry);
  const char *summary; /* member that its list shows */
} views[] = {
    {"functions", "function", show_function, "summary"},
    {"paths", "path", show_path, "summary"},
    {"contexts", "context", show_context, "summary"},
    {"enums", "enum", show_enum, "context"},
    {"types", "type", show_type, "summary"},
    {"limits", "limit", show_limit, "summary"},
    {"diagnostics", "codes", show_diagnostic, "summary"},
    {"renamed", "", show_renamed, "instead"},
};

/* ---- the command ---- */

static int describe_tables(bool json) {
  const char *doc, *name;
  if (json) {
    printf("{\"table\":\"tables\",\"entries\":[");
    for (size_t i = 0; (name = ottl_describe_table(i, &doc)); i++)
      printf("%s\n{\"name\":\"%s\",\"summary\":\"%s\"}", i ? "," : "", name, doc);
    puts("\n]}");
    return CLI_OK;
  }
  puts("Tables:");
  for (size_t i = 0; (name = ottl_describe_table(i, &doc)); i++) put_line(name, doc, 11);
  puts("\n`ottl describe TABLE` lists one, `ottl describe TABLE NAME` shows an entry.");
  return CLI_OK;
}

static int describe_nothing(const char *table, const char *name, yyjson_val *root) {
  yyjson_val *near = yyjson_obj_get(root, "suggestions"), *one;
  if (text_of(root, "instead")[0]) return cli_fail(CLI_NO, "no `%s` among the %s: %s", name, table, text_of(root, "instead"));
  fprintf(stderr, "ottl: no `%s` among the %s", name, table);
  size_t i, n;
  yyjson_arr_foreach(near, i, n, one) fprintf(stderr, "%s `%s`", i ? "," : "; there is", yyjson_get_str(one));
  fprintf(stderr, "\n");
  return CLI_NO;
}

static int describe_show(size_t view, const char *name, yyjson_val *root) {
  yyjson_val *entries = yyjson_obj_get(root, "entries"), *entry;
  size_t i, n, width = width_of(entries, 32);
  if (!yyjson_arr_size(entries)) return describe_nothing(views[view].table, name, root);
  bool several = !name || yyjson_arr_size(entries) > 3; /* of a path's name in several contexts, each is shown */
  yyjson_arr_foreach(entries, i, n, entry) {
    if (several)
      printf("  %-*s  %s\n", (int)width, text_of(entry, "name"), text_of(entry, views[view].summary));
    else
      views[view].show(entry);
  }
  return CLI_OK;
}

/* The table as it is written, and read. The caller frees both. */
static ottl_status table_read(const char *table, const char *name, cli_text *text, yyjson_doc **ret) {
  ottl_status status = ottl_describe(table, name, NULL, cli_keep, text);
  *ret = status == OTTL_OK && !text->failed ? yyjson_read(text->data, text->len, 0) : NULL;
  return status == OTTL_OK && !*ret ? OTTL_NOMEM : status;
}

struct yyjson_doc *cli_table(const char *table, const char *name, ottl_status *ret_status) {
  cli_text text = {0};
  yyjson_doc *doc;
  *ret_status = table_read(table, name, &text, &doc);
  free(text.data);
  return doc;
}

static int describe_table(const cli_options *options, size_t view, const char *name) {
  cli_text text = {0};
  yyjson_doc *doc;
  ottl_status status = table_read(views[view].table, name, &text, &doc);
  int result = CLI_OK;
  if (status == OTTL_INVALID_ARG)
    result = cli_fail(CLI_USAGE, "that name is too long");
  else if (status != OTTL_OK)
    result = cli_fail(CLI_INTERNAL, "cannot describe it: %s", ottl_status_name(status));
  else if (options->format != OTTL_DIAGS_JSON)
    result = describe_show(view, name, yyjson_doc_get_root(doc));
  else {
    fwrite(text.data, 1, text.len, stdout);
    result = yyjson_arr_size(yyjson_obj_get(yyjson_doc_get_root(doc), "entries")) ? CLI_OK : CLI_NO;
  }
  yyjson_doc_free(doc);
  free(text.data);
  return result;
}

int cli_describe(int argc, char **argv) {
  cli_options options;
  int status = cli_options_read(argv[0], IN_DESCRIBE, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  const char *table = options.files.n ? options.files.items[0] : NULL;
  if (!table) {
    status = describe_tables(options.format == OTTL_DIAGS_JSON);
    goto out;
  }
  if (options.files.n > 2) {
    status = cli_fail(CLI_USAGE, "describe shows one entry at a time");
    goto out;
  }
  size_t view = 0, n = sizeof views / sizeof *views;
  while (view < n && strcmp(table, views[view].table) != 0 && strcmp(table, views[view].other) != 0) view++;
  if (view == n)
    status = cli_fail(CLI_USAGE, "no table `%s`; `ottl describe` lists them", table);
  else
    status = describe_table(&options, view, options.files.n > 1 ? options.files.items[1] : NULL);
out:
  cli_options_done(&options);
  return status;
}
