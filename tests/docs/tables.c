/* Writes the reference pages that are made from the tables of grammar/.
 * usage: ottl-tables paths|enums|functions|limits     to standard output; tests/docs/pages keeps the files in docs/ */
#include <stdio.h>
#include <string.h>

#include "sema/check.h"
#include "sema/sema.h"
#include "sema/tables.h"
#include "syntax/parse.h"

#define MADE "<!-- Made from grammar/*.def by tests/docs/pages --update; do not edit. -->\n\n"

static const char *const context_docs[] = {
#define CONTEXT(id, name, level, signals, doc) doc,
#include "contexts.def"
#undef CONTEXT
};

static const char *context_name(unsigned c) { return ottl__contexts[c].name; }

/* ---- types ---- */

/* One name stands for several: these are told with the reference's. */
static const ottl_types told = TYPES(LIST_STRING) | TYPES(LIST_INT) | TYPES(LIST_UINT64) | TYPES(LIST_DOUBLE) | TYPES(LIST_TIME);

static void put_type(ottl_type type) {
  printf("%s", ottl__type_name(type));
  if (told >> type & 1) printf(" (`%s`)", ottl__type_go_name(type));
}

static bool same_name(ottl_types types, unsigned type) { /* one before it says the same */
  for (unsigned t = 0; t < type; t++) {
    if ((types >> t & 1) && !(told >> type & 1) && strcmp(ottl__type_name((ottl_type)t), ottl__type_name((ottl_type)type)) == 0)
      return true;
  }
  return false;
}

/* Separated by commas; nil is left to the caller. */
static void put_types(ottl_types types) {
  const char *before = "";
  types &= ~TYPES_NIL;
  if (types == (TYPES_ALL & ~TYPES_NIL)) {
    printf("anything");
    return;
  }
  for (unsigned t = 0; t < OTTL_TYPE_COUNT; t++) {
    if (!(types >> t & 1) || same_name(types, t)) continue;
    printf("%s", before);
    put_type((ottl_type)t);
    before = ", ";
  }
}

static void put_types_nil(ottl_types types) {
  put_types(types);
  if (types & TYPES_NIL) printf("%snil", types & ~TYPES_NIL ? ", " : "");
}

/* ---- paths ---- */

static const char *path_keys(const ottl_path_info *p) {
  if (!p->keyable) return "";
  switch ((ottl_path_view)p->view) {
  case OTTL_V_BODY: return "string or int, then any";
  case OTTL_V_TRACE_STATE: return "one string literal";
  case OTTL_V_REQUEST_CLIENT:
  case OTTL_V_REQUEST_GRPC: return "string, then int";
  default: return "string, then any";
  }
}

/* What writing does beyond storing a value of the right type. */
static const char *path_write_note(const ottl_path_info *p) {
  switch ((ottl_path_view)p->view) {
  case OTTL_V_INT32:
  case OTTL_V_UINT32: return "cut to 32 bits";
  case OTTL_V_INTS_32: return "each cut to 32 bits";
  case OTTL_V_INT64_POSITIVE: return "a negative one fails";
  case OTTL_V_INT32_BELOW_MAX: return "fails from 2147483647 on";
  case OTTL_V_UINT32_CHECKED: return "fails out of range";
  case OTTL_V_BODY_STRING: return "replaces a body of any type";
  case OTTL_V_TRACE_ID_STRING:
  case OTTL_V_PROFILE_ID_STRING: return "32 hex digits, else it fails";
  case OTTL_V_SPAN_ID_STRING: return "16 hex digits, else it fails";
  case OTTL_V_TRACE_STATE: return "a member that is not valid is not written";
  case OTTL_V_KIND_STRING:
  case OTTL_V_KIND_DEPRECATED: return "another text fails";
  case OTTL_V_TEMPORALITY:
  case OTTL_V_IS_MONOTONIC: return "ignored where it reads nil";
  case OTTL_V_METRIC_TYPE: return "ignored";
  case OTTL_V_VALUE_INT:
  case OTTL_V_VALUE_DOUBLE: return "changes the type of the value; fails for other kinds of points";
  case OTTL_V_EXEMPLAR_INT:
  case OTTL_V_EXEMPLAR_DOUBLE: return "changes the type of the value";
  case OTTL_V_POINT_INT32:
  case OTTL_V_BUCKETS_OFFSET: return "cut to 32 bits; fails for other kinds of points";
  case OTTL_V_POINT_INT64:
  case OTTL_V_POINT_DOUBLE:
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES:
  case OTTL_V_BUCKET_COUNTS:
  case OTTL_V_BOUNDS:
  case OTTL_V_BUCKETS:
  case OTTL_V_BUCKETS_COUNTS: return "fails for other kinds of points";
  default: return "";
  }
}

static void put_takes(const ottl_path_info *p) {
  if (!p->writable) {
    printf("read only");
    return;
  }
  ottl_types takes = ottl__types_settable(p, false);
  if (p->view == OTTL_V_DATA_POINTS) takes = p->types;
  put_types(takes);
  bool whole = p->view != OTTL_V_METRIC_TYPE && (takes & TYPES_NIL);
  const char *note = path_write_note(p);
  if (whole) printf("; nil empties it");
  if (note[0]) printf("; %s", note);
}

static void put_context_heading(unsigned c) {
  printf("## %s\n\n%c%s.", context_name(c), context_docs[c][0] - (context_docs[c][0] >= 'a' ? 32 : 0), context_docs[c] + 1);
  const char *before = " Its statements see the paths of ";
  for (unsigned o = OTTL_CONTEXT_COUNT; o-- > 0;) {
    if (o == c || !ottl__context_sees((ottl_context_id)c, (ottl_context_id)o)) continue;
    printf("%s%s", before, context_name(o));
    before = ", ";
  }
  printf("%s\n\n", before[0] == ',' ? " too." : "");
}

static void write_paths(void) {
  printf("# Paths\n\n" MADE);
  printf("A path is written with its context in front: `log.body`. *Reads* lists the types that it can give, *takes* those that "
         "can be\n"
         "written to it; anything else fails on the record, nil too, unless it says otherwise. *Keys* may follow where it says "
         "which.\n"
         "What is read and written through keys is any attribute value: bool, int, double, string, bytes, map, list or nil.\n"
         "[language.md](language.md) tells how paths work.\n\n");
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    put_context_heading(c);
    printf("| path | reads | takes | keys | what it is |\n|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < ottl__n_paths; i++) {
      const ottl_path_info *p = &ottl__paths[i];
      if (p->context != c) continue;
      printf("| `%s.%s` | ", context_name(c), p->spelling);
      put_types_nil(p->types);
      printf(" | ");
      put_takes(p);
      printf(" | %s | %s |\n", path_keys(p), p->doc);
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
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    bool any = false;
    for (uint32_t i = 0; i < ottl__n_enums; i++) {
      if (ottl__enums[i].context != c) continue;
      if (!any) printf("## %s\n\n| symbol | number |\n|---|---|\n", context_name(c));
      any = true;
      printf("| `%s` | %lld |\n", ottl__enums[i].symbol, (long long)ottl__enums[i].value);
    }
    if (any) printf("\n");
  }
  const char *before = "No symbols: ";
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    bool any = false;
    for (uint32_t i = 0; i < ottl__n_enums; i++) any |= ottl__enums[i].context == c;
    if (!any) printf("%s%s", before, context_name(c)), before = ", ";
  }
  printf("%s", before[0] == ',' ? ".\n" : "");
}

/* ---- functions ---- */

static const struct {
  uint8_t kind;
  const char *name, *doc;
  ottl_param_kind takes; /* the kind whose types it takes; GETTER: no line of types */
} kinds[] = {
    {OTTL_P_GETTER, "value", "an expression of any type", OTTL_P_GETTER},
    {OTTL_P_STRING, "string", "an expression that gives a string", OTTL_P_GETTER},
    {OTTL_P_INT, "int", "an expression that gives an int; a double is none", OTTL_P_GETTER},
    {OTTL_P_DOUBLE, "double", "an expression that gives a double; an int is none", OTTL_P_GETTER},
    {OTTL_P_BOOL, "bool", "an expression that gives a bool", OTTL_P_GETTER},
    {OTTL_P_MAP, "map", "an expression that gives a map", OTTL_P_GETTER},
    {OTTL_P_LIST, "list", "an expression that gives a list of some type", OTTL_P_LIST},
    {OTTL_P_TIME, "time", "an expression that gives a time", OTTL_P_GETTER},
    {OTTL_P_DURATION, "duration", "an expression that gives a duration", OTTL_P_GETTER},
    {OTTL_P_STRING_LIKE, "stringlike", "an expression, made a string; nil stays nil", OTTL_P_GETTER},
    {OTTL_P_INT_LIKE, "intlike", "an expression, made an int; nil stays nil", OTTL_P_INT_LIKE},
    {OTTL_P_DOUBLE_LIKE, "doublelike", "an expression, made a double; nil stays nil", OTTL_P_DOUBLE_LIKE},
    {OTTL_P_BOOL_LIKE, "boollike", "an expression, made a bool; nil stays nil", OTTL_P_BOOL_LIKE},
    {OTTL_P_BYTES_LIKE, "byteslike", "an expression, made bytes; nil stays nil", OTTL_P_BYTES_LIKE},
    {OTTL_P_IS_STRING, "checked", "an expression of any type; a literal of another type than the function checks for is refused",
     OTTL_P_GETTER},
    {OTTL_P_IS_INT, "checked", NULL, OTTL_P_GETTER},
    {OTTL_P_IS_DOUBLE, "checked", NULL, OTTL_P_GETTER},
    {OTTL_P_IS_BOOL, "checked", NULL, OTTL_P_GETTER},
    {OTTL_P_IS_MAP, "checked", NULL, OTTL_P_GETTER},
    {OTTL_P_SETTER, "path", "a path, which is written or changed", OTTL_P_GETTER},
    {OTTL_P_GETSETTER, "path", NULL, OTTL_P_GETTER},
    {OTTL_P_MAP_GETSETTER, "map path", "a path that holds a map, which is changed", OTTL_P_GETTER},
    {OTTL_P_LIST_GETSETTER, "list path", "a path that holds a list, which is changed", OTTL_P_GETTER},
    {OTTL_P_LIT_STRING, "string literal", "a literal, nothing else", OTTL_P_GETTER},
    {OTTL_P_LIT_INT, "int literal", "a literal without sign or parentheses", OTTL_P_GETTER},
    {OTTL_P_LIT_DOUBLE, "double literal", "a literal with a point, without sign or parentheses", OTTL_P_GETTER},
    {OTTL_P_LIT_BOOL, "bool literal", "`true` or `false`", OTTL_P_GETTER},
    {OTTL_P_LIT_STRINGS, "list of string literals", "such as `[\"a\", \"b\"]`", OTTL_P_GETTER},
    {OTTL_P_LIT_DOUBLES, "list of double literals", "such as `[0.5, 1.0]`", OTTL_P_GETTER},
    {OTTL_P_GETTERS, "values in [ ]", "a list literal of expressions of any type", OTTL_P_GETTER},
    {OTTL_P_STRINGS, "strings in [ ]", "a list literal of expressions that give strings", OTTL_P_GETTER},
    {OTTL_P_SLICE_STRING, "strings", "a list literal of expressions that give strings; or an expression for a list of them",
     OTTL_P_GETTER},
    {OTTL_P_SLICE_STRING_LIKE, "stringlikes", "a list literal of stringlike expressions; or an expression for a list of them",
     OTTL_P_GETTER},
    {OTTL_P_FUNCTION, "function", "the name of a converter that takes one string", OTTL_P_GETTER},
    {OTTL_P_LAMBDA_COND, "() => condition", "a lambda without parameters", OTTL_P_GETTER},
    {OTTL_P_LAMBDA_KV, "(k, v) => ...", "a lambda of key and value, or of index and element", OTTL_P_GETTER},
    {OTTL_P_LAMBDA_AKV, "(acc, k, v) => ...", "a lambda of accumulator, key and value", OTTL_P_GETTER},
};

static const char *kind_name(uint8_t kind) {
  for (size_t i = 0; i < OTTL_COUNT(kinds); i++) {
    if (kinds[i].kind == kind) return kinds[i].name;
  }
  return "?"; /* tests/docs/pages refuses it */
}

static void write_kinds(void) {
  printf("## Kinds of parameters\n\nWhat a parameter takes. A literal of a wrong type is refused when compiled; any other "
         "expression fails\n"
         "on the records where it gives a wrong type.\n\n| kind | takes |\n|---|---|\n");
  for (size_t i = 0; i < OTTL_COUNT(kinds); i++) {
    if (!kinds[i].doc) continue;
    printf("| `%s` | %s", kinds[i].name, kinds[i].doc);
    if (kinds[i].takes != OTTL_P_GETTER) {
      ottl_types sure, takes = ottl__types_param(kinds[i].takes, &sure);
      printf(": ");
      put_types_nil(takes);
    }
    printf(" |\n");
  }
  printf("\n");
}

static void write_signature(const ottl_function *f) {
  printf("    %s(", f->name);
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    const ottl_param *p = &f->params[i];
    printf("%s%s%s: %s%s", i ? ", " : "", p->optional ? "[" : "", p->name, kind_name(p->kind), p->optional ? "]" : "");
  }
  printf(")");
  if (f->kind == OTTL_F_CONVERTER) {
    printf(" -> ");
    put_types_nil(f->result);
  }
  printf("\n\n");
}

/* Where it is there, when it is not everywhere. */
static void write_where(const ottl_function *f) {
  static const char *const sets[] = {
      [OTTL_FUNCTIONS_TRANSFORM] = "transform", [OTTL_FUNCTIONS_FILTER] = "filter", [OTTL_FUNCTIONS_ROUTING] = "routing"};
  ottl_view name = view_str(f->name);
  const char *before = "Only in the context ";
  bool restricted = false, standard = true;
  uint32_t contexts = 0;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    contexts |= (uint32_t)ottl__function_available(OTTL_FUNCTIONS_ALL, (ottl_context_id)c, name) << c;
  }
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) restricted |= !(contexts >> c & 1);
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (!(contexts >> c & 1)) continue;
    if (restricted) printf("%s%s", before, context_name(c)), before = ", ";
    standard &= ottl__function_available(OTTL_FUNCTIONS_STANDARD, (ottl_context_id)c, name);
  }
  if (restricted) printf(". ");
  if (standard) return;
  before = "Not a standard function: added by the ";
  for (unsigned set = 0; set < OTTL_COUNT(sets); set++) {
    bool has = false;
    for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
      has |= (contexts >> c & 1) && ottl__function_available((ottl_function_set)set, (ottl_context_id)c, name);
    }
    if (sets[set] && has) printf("%s%s", before, sets[set]), before = ", ";
  }
  printf(" processor. ");
}

static const char *field_of(const ottl_param *p,
                            char *buf) { /* in snake case as people would write it, when it is not the name */
  char camel[64];
  ottl__to_camel(view_str(p->name), camel);
  if (strcmp(camel, p->field) == 0) return NULL;
  size_t n = 0;
  for (const char *c = p->field; *c; c++) {
    if (*c >= 'A' && *c <= 'Z' && c != p->field) buf[n++] = '_';
    buf[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
  }
  buf[n] = 0;
  return buf;
}

static void write_function(const ottl_function *f) {
  printf("### %s\n\n", f->name);
  write_signature(f);
  printf("%s ", f->doc);
  write_where(f);
  if (f->flags & (OTTL_FN_EXPERIMENTAL | OTTL_FN_XPROFILE)) printf("*Experimental.* ");
  if (f->flags & OTTL_FN_APPENDS) printf("What it appends is visited by the statements too. ");
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    char buf[128];
    const char *name = field_of(&f->params[i], buf);
    if (name) printf("As a named argument `%s` is written `%s`. ", f->params[i].name, name);
  }
  printf("\n\n");
}

static void write_functions(void) {
  static const char *const lacking[] = {
#define LACKING(name) name,
#include "lacking.def"
#undef LACKING
      NULL};
  printf("# Functions\n\n" MADE);
  printf("Editors change a record, converters give a value. A signature tells of each parameter its name and its kind, of a "
         "converter the\n"
         "types that it can give; parameters in brackets are optional ([arguments](language.md#arguments)). *Experimental* "
         "functions are\n"
         "there when the host switches them on ([language.md](language.md#lambdas)).\n\n");
  write_kinds();
  for (int editors = 1; editors >= 0; editors--) {
    printf("## %s\n\n", editors ? "Editors" : "Converters");
    for (uint32_t i = 0; i < ottl__n_functions; i++) {
      if ((ottl__functions[i].kind == OTTL_F_EDITOR) == (editors == 1)) write_function(&ottl__functions[i]);
    }
  }
  if (!lacking[0]) return;
  printf("## Not there yet\n\nFunctions of the reference that this version refuses as unsupported:");
  for (size_t i = 0; lacking[i]; i++) printf("%s `%s`", i ? "," : "", lacking[i]);
  printf(".\n");
}

/* ---- limits ---- */

static void put_number(uint32_t n) { /* 10,000 */
  if (n >= 1000) {
    put_number(n / 1000);
    printf(",%03u", n % 1000);
  } else
    printf("%u", n);
}

static void write_limits(void) {
  printf("# Limits\n\n" MADE "Every limit has a cause.\n\n");
  printf("| limit | | of what, and why |\n|---|---|---|\n");
  for (unsigned i = 0; i < OTTL_LIMIT_COUNT; i++) {
    const ottl_limit_info *l = &ottl__limits[i];
    printf("| `%s` | ", l->name);
    put_number(l->standard);
    printf(" %s | %s |\n", l->unit, l->doc);
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
  else {
    fprintf(stderr, "usage: ottl-tables paths|enums|functions|limits\n");
    return 2;
  }
  return fflush(stdout) != 0 || ferror(stdout);
}
