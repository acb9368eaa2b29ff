/* Functions as JSON: signature, where they are there, parameters, examples. */
#include "tooling/describe.h"

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

const char *ottl__describe_kind(uint8_t kind) {
  for (size_t i = 0; i < OTTL_COUNT(kinds); i++) {
    if (kinds[i].kind == kind) return kinds[i].name;
  }
  return "?"; /* tests/docs/pages refuses it */
}

void ottl__describe_kinds(ottl_sbuf *out) {
  ottl__describe_key(out, "kinds");
  sbuf_byte(out, '[');
  for (size_t i = 0; i < OTTL_COUNT(kinds); i++) {
    if (!kinds[i].doc) continue;
    ottl__describe_comma(out);
    sbuf_str(out, "\n{");
    ottl__describe_text(out, "name", kinds[i].name);
    ottl__describe_text(out, "summary", kinds[i].doc);
    if (kinds[i].takes != OTTL_P_GETTER) {
      ottl_types sure, takes = ottl__types_param(kinds[i].takes, &sure);
      ottl__describe_key(out, "types");
      sbuf_byte(out, '"');
      ottl__describe_types_nil(out, takes);
      sbuf_byte(out, '"');
    }
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
}

void ottl__describe_param(ottl_sbuf *out, const ottl_param *p) {
  ottl__sbuf_printf(out, "%s%s: %s%s", p->optional ? "[" : "", p->name, ottl__describe_kind(p->kind), p->optional ? "]" : "");
}

static void function_signature(ottl_sbuf *out, const ottl_function *f) {
  ottl__describe_key(out, "signature");
  ottl__sbuf_printf(out, "\"%s(", f->name);
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    if (i) sbuf_str(out, ", ");
    ottl__describe_param(out, &f->params[i]);
  }
  sbuf_byte(out, ')');
  if (f->kind == OTTL_F_CONVERTER) {
    sbuf_str(out, " -> ");
    ottl__describe_types_nil(out, f->result);
  }
  sbuf_byte(out, '"');
}

/* Where it is there, when it is not everywhere. */
static void function_where(ottl_sbuf *out, const ottl_function *f) {
  static const char *const sets[] = {
      [OTTL_FUNCTIONS_TRANSFORM] = "transform", [OTTL_FUNCTIONS_FILTER] = "filter", [OTTL_FUNCTIONS_ROUTING] = "routing"};
  ottl_view name = view_str(f->name);
  bool restricted = false, standard = true;
  uint32_t contexts = 0;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    contexts |= (uint32_t)ottl__function_available(OTTL_FUNCTIONS_ALL, (ottl_context_id)c, name) << c;
  }
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) restricted |= !(contexts >> c & 1);
  if (!restricted) return;
  ottl__describe_key(out, "contexts");
  sbuf_byte(out, '[');
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (!(contexts >> c & 1)) continue;
    ottl__describe_view(out, view_str(ottl__contexts[c].name));
    standard &= ottl__function_available(OTTL_FUNCTIONS_STANDARD, (ottl_context_id)c, name);
  }
  sbuf_byte(out, ']');
  if (standard) return;
  ottl__describe_key(out, "components");
  sbuf_byte(out, '[');
  for (unsigned set = 0; set < OTTL_COUNT(sets); set++) {
    bool has = false;
    for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
      has |= (contexts >> c & 1) && ottl__function_available((ottl_function_set)set, (ottl_context_id)c, name);
    }
    if (sets[set] && has) ottl__describe_view(out, view_str(sets[set]));
  }
  sbuf_byte(out, ']');
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

static void function_params(ottl_sbuf *out, const ottl_function *f) {
  ottl__describe_key(out, "parameters");
  sbuf_byte(out, '[');
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    const ottl_param *p = &f->params[i];
    const char *text = "", *standard = ottl__manual_default(f->name, p->name, &text);
    char buf[128];
    const char *field = field_of(p, buf);
    sbuf_str(out, i ? ",{" : "{");
    ottl__describe_text(out, "name", p->name);
    ottl__describe_text(out, "kind", ottl__describe_kind(p->kind));
    ottl__describe_bool(out, "optional", p->optional);
    if (standard[0]) ottl__describe_text(out, "default", standard);
    if (text[0]) ottl__describe_text(out, "summary", text);
    if (field) ottl__describe_text(out, "named", field);
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
}

void ottl__describe_functions(describe *d) {
  for (uint32_t i = 0; i < ottl__n_functions; i++) {
    const ottl_function *f = &ottl__functions[i];
    if (!ottl__describe_entry(d, f->name)) continue;
    ottl__describe_text(d->out, "kind", f->kind == OTTL_F_EDITOR ? "editor" : "converter");
    function_signature(d->out, f);
    ottl__describe_text(d->out, "summary", f->doc);
    ottl__describe_bool(d->out, "experimental", (f->flags & (OTTL_FN_EXPERIMENTAL | OTTL_FN_XPROFILE)) != 0);
    ottl__describe_bool(d->out, "appends", (f->flags & OTTL_FN_APPENDS) != 0);
    function_where(d->out, f);
    function_params(d->out, f);
    ottl__describe_manual(d->out, f);
    ottl__describe_end(d);
  }
}
