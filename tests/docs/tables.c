/* Writes the reference pages that are made from the tables of grammar/, out of what the library describes.
 * usage: ottl-tables paths|enums|functions|limits|diagnostics     to standard output; tests/docs/pages keeps the files in docs/ */
#include "ottl/describe.h"
#include "yyjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE "<!-- Made from grammar/*.def by tests/docs/pages --update; do not edit. -->\n\n"

static void keep(void *context, const char *data, size_t len) { *(yyjson_doc **)context = yyjson_read(data, len, 0); }

/* The table, read; ends the program when there is none. */
static yyjson_val *table(const char *name) {
  yyjson_doc *doc = NULL;
  if (ottl_describe(name, NULL, NULL, keep, &doc) != OTTL_OK || !doc) {
    fprintf(stderr, "ottl-tables: no table %s\n", name);
    exit(2);
  }
  return yyjson_doc_get_root(doc); /* lives as long as the program */
}

static yyjson_val *entries_of(const char *name) { return yyjson_obj_get(table(name), "entries"); }

static const char *text(yyjson_val *entry, const char *key) {
  const char *found = yyjson_get_str(yyjson_obj_get(entry, key));
  return found ? found : "";
}

static bool is(yyjson_val *entry, const char *key) { return yyjson_is_true(yyjson_obj_get(entry, key)); }

static void put_names(yyjson_val *list) {
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach(list, i, n, item) printf("%s%s", i ? ", " : "", yyjson_get_str(item));
}

/* ---- paths ---- */

static void put_context_heading(yyjson_val *c) {
  const char *doc = text(c, "summary");
  printf("## %s\n\n%c%s.", text(c, "name"), doc[0] - (doc[0] >= 'a' ? 32 : 0), doc + 1);
  if (yyjson_arr_size(yyjson_obj_get(c, "sees"))) {
    printf(" Its statements see the paths of ");
    put_names(yyjson_obj_get(c, "sees"));
    printf(" too.");
  }
  printf("\n\n");
}

static void write_paths(void) {
  printf("# Paths\n\n" MADE);
  printf("A path is written with its context in front: `log.body`. *Reads* lists the types that it can give, *takes* those that "
         "can be\n"
         "written to it; anything else fails on the record, nil too, unless it says otherwise. *Keys* may follow where it says "
         "which.\n"
         "What is read and written through keys is any attribute value: bool, int, double, string, bytes, map, list or nil.\n"
         "[language.md](language.md) tells how paths work.\n\n");
  yyjson_val *paths = entries_of("paths"), *contexts = entries_of("contexts"), *c, *p;
  size_t i, n, k, m;
  yyjson_arr_foreach(contexts, i, n, c) {
    put_context_heading(c);
    printf("| path | reads | takes | keys | what it is |\n|---|---|---|---|---|\n");
    yyjson_arr_foreach(paths, k, m, p) {
      if (strcmp(text(p, "context"), text(c, "name")) != 0) continue;
      const char *takes = text(p, "takes");
      printf("| `%s` | %s | %s | %s | %s |\n", text(p, "name"), text(p, "reads"), takes[0] ? takes : "read only", text(p, "keys"),
             text(p, "summary"));
    }
    printf("\n");
  }
}

/* ---- enums ---- */

static void write_enums(void) {
  printf("# Enum symbols\n\n" MADE);
  printf("A symbol is an int when a statement is compiled. Which symbols there are depends on the context of the group, not on "
         "the path\n"
         "beside them.\n\n");
  yyjson_val *enums = entries_of("enums"), *contexts = entries_of("contexts"), *c, *e;
  const char *without[32];
  size_t n_without = 0, i, n, k, m;
  yyjson_arr_foreach(contexts, i, n, c) {
    bool any = false;
    yyjson_arr_foreach(enums, k, m, e) {
      if (strcmp(text(e, "context"), text(c, "name")) != 0) continue;
      if (!any) printf("## %s\n\n| symbol | number |\n|---|---|\n", text(c, "name"));
      any = true;
      printf("| `%s` | %lld |\n", text(e, "name"), (long long)yyjson_get_sint(yyjson_obj_get(e, "value")));
    }
    if (any)
      printf("\n");
    else if (n_without < sizeof without / sizeof *without)
      without[n_without++] = text(c, "name");
  }
  for (i = 0; i < n_without; i++) printf("%s%s", i ? ", " : "No symbols: ", without[i]);
  printf("%s", n_without ? ".\n" : "");
}

/* ---- functions ---- */

static void write_kinds(yyjson_val *kinds) {
  printf("## Kinds of parameters\n\nWhat a parameter takes. A literal of a wrong type is refused when compiled; any other "
         "expression fails\n"
         "on the records where it gives a wrong type.\n\n| kind | takes |\n|---|---|\n");
  size_t i, n;
  yyjson_val *k;
  yyjson_arr_foreach(kinds, i, n, k) {
    const char *types = text(k, "types");
    printf("| `%s` | %s%s%s |\n", text(k, "name"), text(k, "summary"), types[0] ? ": " : "", types);
  }
  printf("\n");
}

/* Is a default something that people would write, or a description? */
static bool is_code(const char *standard) {
  size_t len = strlen(standard);
  if (len && standard[0] == '"') return standard[len - 1] == '"';
  return strstr(standard, "=>") || strcmp(standard, "true") == 0 || strcmp(standard, "false") == 0 ||
         (len && strspn(standard, "0123456789") == len);
}

/* A line of each argument, where there is more to tell than the signature does. */
static void write_arguments(yyjson_val *params) {
  size_t i, n;
  yyjson_val *p;
  bool any = false, standards = false;
  yyjson_arr_foreach(params, i, n, p) {
    any |= text(p, "summary")[0] || text(p, "default")[0] || text(p, "named")[0];
    standards |= text(p, "default")[0];
  }
  if (!any) return;
  printf(standards ? "| argument | takes | default | |\n|---|---|---|---|\n" : "| argument | takes | |\n|---|---|---|\n");
  yyjson_arr_foreach(params, i, n, p) {
    const char *standard = text(p, "default"), *named = text(p, "named");
    printf("| `%s` | %s |", text(p, "name"), text(p, "kind"));
    if (standards) printf(is_code(standard) ? " `%s` |" : " %s |", standard);
    printf(" %s%s", text(p, "summary"), named[0] && text(p, "summary")[0] ? "; " : "");
    if (named[0]) printf("as a named argument it is written `%s`", named);
    printf(" |\n");
  }
  printf("\n");
}

static void write_examples(yyjson_val *examples) {
  size_t i, n;
  yyjson_val *e;
  const char *before = "";
  yyjson_arr_foreach(examples, i, n, e) {
    const char *signal = text(e, "signal"), *input = text(e, "input");
    const char *record = strcmp(signal, "logs") == 0 ? "log record" : strcmp(signal, "traces") == 0 ? "span" : "metric";
    if (i && strcmp(input, before) != 0) printf("\n");
    if (signal[0] && strcmp(input, before) != 0) printf("    %s %s\n", record, input);
    before = input;
    printf("    %s\n      %s %s\n", text(e, "ottl"), strcmp(text(e, "kind"), "refused") == 0 ? "refused:" : "→",
           text(e, "result"));
  }
  printf("\n");
}

static void write_function(yyjson_val *f) {
  yyjson_val *contexts = yyjson_obj_get(f, "contexts"), *components = yyjson_obj_get(f, "components");
  printf("### %s\n\n    %s\n\n%s %s", text(f, "name"), text(f, "signature"), text(f, "summary"), text(f, "about"));
  if (yyjson_arr_size(contexts)) {
    printf(" Only in the context ");
    put_names(contexts);
    printf(".");
  }
  if (yyjson_arr_size(components)) {
    printf(" Not a standard function: added by the ");
    put_names(components);
    printf(" processor.");
  }
  if (is(f, "experimental")) printf(" *Experimental.*");
  if (is(f, "appends")) printf(" What it appends is visited by the statements too.");
  printf("\n\n");
  write_arguments(yyjson_obj_get(f, "parameters"));
  write_examples(yyjson_obj_get(f, "examples"));
}

static void write_functions(void) {
  yyjson_val *root = table("functions"), *f;
  printf("# Functions\n\n" MADE);
  printf("Editors change a record, converters give a value. A signature tells of each parameter its name and its kind, of a "
         "converter the\n"
         "types that it can give; parameters in brackets are optional ([arguments](language.md#arguments)). *Experimental* "
         "functions are\n"
         "there when the host switches them on ([language.md](language.md#lambdas)). Each example runs as a test; `ottl describe "
         "functions\n"
         "NAME` shows the same on a terminal.\n\n");
  write_kinds(yyjson_obj_get(root, "kinds"));
  size_t i, n;
  for (int editors = 1; editors >= 0; editors--) {
    printf("## %s\n\n", editors ? "Editors" : "Converters");
    yyjson_arr_foreach(yyjson_obj_get(root, "entries"), i, n, f) {
      if ((strcmp(text(f, "kind"), "editor") == 0) == (editors == 1)) write_function(f);
    }
  }
}

/* ---- limits ---- */

static void put_number(uint64_t n) { /* 10,000 */
  if (n >= 1000) {
    put_number(n / 1000);
    printf(",%03u", (unsigned)(n % 1000));
  } else
    printf("%u", (unsigned)n);
}

static void write_limits(void) {
  printf("# Limits\n\n" MADE
         "Every limit has a cause, and a test that hits it. Those with a maximum beside them can be raised so far by a build:\n"
         "`cmake -DOTTL_LIMITS=\"statements=60000;errors=500\"`. What memory they leave a run is in "
         "[security.md](security.md).\n\n");
  printf("| limit | | maximum | of what, and why |\n|---|---|---|---|\n");
  yyjson_val *limits = entries_of("limits"), *l;
  size_t i, n;
  yyjson_arr_foreach(limits, i, n, l) {
    printf("| `%s` | ", text(l, "name"));
    put_number(yyjson_get_uint(yyjson_obj_get(l, "value")));
    printf(" %s | ", text(l, "unit"));
    yyjson_val *maximum = yyjson_obj_get(l, "maximum");
    if (maximum) put_number(yyjson_get_uint(maximum));
    printf(" | %s |\n", text(l, "summary"));
  }
}

/* ---- diagnostics ---- */

static void put_code_examples(const char *title, yyjson_val *examples) {
  size_t i, n;
  yyjson_val *example;
  yyjson_arr_foreach(examples, i, n, example) {
    const char *kind = text(example, "kind"), *body = text(example, "text");
    const char *language = strcmp(kind, "config") == 0 ? "yaml" : "ottl";
    const char *what = strcmp(kind, "conditions") == 0 ? ", as conditions of a filter" : "";
    printf("%s%s:\n\n```%s\n%s%s```\n\n", title, what, language, body, body[strlen(body) - 1] == '\n' ? "" : "\n");
  }
}

static void write_diagnostics(void) {
  printf("# Diagnostics\n\n" MADE "What `ottl check` tells, by code; `ottl explain-code CODE` shows the same. Errors do not "
         "compile, warnings are mistakes that\n"
         "do, notes are told when they are asked for. [lint.md](lint.md) says how to use it and how to switch codes on and off. "
         "Codes that\n"
         "begin with R are failures of single records.\n\n");
  yyjson_val *codes = entries_of("diagnostics"), *c;
  size_t i, n;
  yyjson_arr_foreach(codes, i, n, c) {
    printf("## %s\n\n%s: %s.\n\n", text(c, "name"), text(c, "severity"), text(c, "summary"));
    if (text(c, "why")[0]) printf("%s\n\n%s\n\n", text(c, "why"), text(c, "todo"));
    put_code_examples("Wrong", yyjson_obj_get(c, "bad"));
    put_code_examples("Right", yyjson_obj_get(c, "good"));
  }
}

int main(int argc, char **argv) {
  const char *page = argc == 2 ? argv[1] : "";
  if (strcmp(page, "paths") == 0)
    write_paths();
  else if (strcmp(page, "enums") == 0)
    write_enums();
  else if (strcmp(page, "functions") == 0)
    write_functions();
  else if (strcmp(page, "limits") == 0)
    write_limits();
  else if (strcmp(page, "diagnostics") == 0)
    write_diagnostics();
  else {
    fprintf(stderr, "usage: ottl-tables paths|enums|functions|limits|diagnostics\n");
    return 2;
  }
  return fflush(stdout) != 0 || ferror(stdout);
}
