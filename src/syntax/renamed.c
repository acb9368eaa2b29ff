/* Names that are no functions. Looked up when a diagnostic is written, so plain scans. */
#include "syntax/renamed.h"

#define OTTL(...)       #__VA_ARGS__
#define PLACE_VALUE     false
#define PLACE_STATEMENT true
const ottl_renamed ottl__renamed[] = {
#define RENAMED(name, place, function, use, fix, help) {name, PLACE_##place, function, use, fix, help},
#include "renamed.def"
#undef RENAMED
};
const size_t ottl__n_renamed = OTTL_COUNT(ottl__renamed);

/* The functions' names, and whether they are editors. */
#define KIND_EDITOR    true
#define KIND_CONVERTER false
static const struct {
  const char *name;
  bool editor;
} functions[] = {
#define FUNCTION(id, name, kind, result, flags, handler, prepare, doc) {name, KIND_##kind},
#define PARAM(id, name, field, kind, optional)
#define END(id)
#include "functions.def"
#undef FUNCTION
#undef PARAM
#undef END
};

bool ottl__name_same(const char *a, ottl_view b) {
  size_t i = 0;
  for (;; a++, i++) {
    while (*a == '_') a++;
    while (i < b.len && b.data[i] == '_') i++;
    if (!*a || i >= b.len) return !*a && i >= b.len;
    if ((*a | 0x20) != (b.data[i] | 0x20)) return false;
  }
}

bool ottl__name_contains(const char *whole, ottl_view part) {
  for (size_t n = strlen(whole), at = 0; at + part.len <= n; at++) {
    size_t i = 0;
    while (i < part.len && (whole[at + i] | 0x20) == (part.data[i] | 0x20)) i++;
    if (i == part.len) return true;
  }
  return false;
}

/* The text of each argument. False: too many, named ones, or keys behind the call. */
static bool renamed_args(const ottl_node *call, ottl_view text, ottl_view *args, size_t *ret_n) {
  size_t n = 0;
  for (const ottl_node *a = call->first; a; a = a->next) {
    if (n == 9 || a->kind != NODE_ARG || a->name_end > a->name_begin || !a->first || a->first->end > text.len) return false;
    args[n++] = (ottl_view){text.data + a->first->begin, a->first->end - a->first->begin};
  }
  *ret_n = n;
  return true;
}

/* A template with its arguments put in; only when it uses as many as there are. */
static bool renamed_fill(ottl_sbuf *out, const char *fix, const ottl_view *args, size_t n) {
  size_t used = 0;
  for (const char *p = fix; *p; p++) {
    if (*p != '$') {
      sbuf_byte(out, *p);
      continue;
    }
    size_t i = (size_t)(*++p - '1');
    if (i >= n) return false;
    if (i + 1 > used) used = i + 1;
    sbuf_view(out, args[i]);
  }
  return used == n && !out->failed;
}

static void renamed_fix(ottl_diag_item *item, const ottl_node *call, ottl_span name, const char *fix) {
  ottl_diags *diags = item->diags;
  if (!fix[0] || call->kind != NODE_CALL || name.source >= diags->n_sources) return;
  ottl_view args[9];
  size_t n;
  if (!renamed_args(call, diags->sources[name.source].text, args, &n)) return;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &diags->al);
  if (renamed_fill(&out, fix, args, n)) ottl__diag_fix(item, (ottl_span){name.source, name.begin, call->end}, sbuf_all(&out));
  diags->nomem |= out.failed;
  ottl__sbuf_done(&out);
}

bool ottl__renamed_help(ottl_diag_item *item, const ottl_node *node, ottl_span name, bool statement) {
  for (size_t i = 0; i < ottl__n_renamed; i++) {
    const ottl_renamed *r = &ottl__renamed[i];
    if (r->statement != statement || !ottl__name_same(r->name, node->text)) continue;
    ottl__diag_help(item, "%s", r->help);
    if (item) renamed_fix(item, node, name, r->fix);
    return true;
  }
  return false;
}

const char *ottl__function_like(ottl_view name) {
  for (size_t i = 0; i < OTTL_COUNT(functions); i++) {
    if (!functions[i].editor && ottl__name_same(functions[i].name, name)) return functions[i].name;
  }
  for (size_t i = 0; i < ottl__n_renamed; i++) {
    const ottl_renamed *r = &ottl__renamed[i];
    if (!r->statement && r->function[0] && ottl__name_same(r->name, name)) return r->function;
  }
  return NULL;
}

bool ottl__is_editor(ottl_view name) {
  for (size_t i = 0; i < OTTL_COUNT(functions); i++) {
    if (functions[i].editor && view_is(name, functions[i].name)) return true;
  }
  return false;
}

void ottl__misplaced_help(ottl_diag_item *item, const ottl_node *call, ottl_span name, bool statement) {
  for (size_t i = 0; i < OTTL_COUNT(functions); i++) {
    if (functions[i].editor != statement || !ottl__name_same(functions[i].name, call->text)) continue;
    ottl__diag_help(item, "did you mean `%s`?", functions[i].name);
    ottl__diag_fix(item, name, view_str(functions[i].name));
    return;
  }
  bool test = call->text.len > 3 && (memcmp(call->text.data, "Is", 2) == 0 || memcmp(call->text.data, "Has", 3) == 0);
  if (statement && test)
    ottl__diag_help(item, "a statement is a call of an editor; files of conditions begin with a line `# ottl: conditions`");
  else
    ottl__renamed_help(item, call, name, statement);
}
