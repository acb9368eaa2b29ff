/* Fields that people write who know another system (grammar/foreign.def), and attributes that are written as fields. */
#include "sema/sema.h"

#include <stdio.h>

#include "syntax/foreign.h"
#include "syntax/renamed.h"

#define FOREIGN_TEXT 200

enum { C_ANY = -1, C_OWN = -2 };
#define C_RESOURCE  OTTL_C_RESOURCE
#define C_LOG       OTTL_C_LOG
#define C_SPAN      OTTL_C_SPAN
#define C_SPANEVENT OTTL_C_SPANEVENT
#define C_METRIC    OTTL_C_METRIC
#define C_DATAPOINT OTTL_C_DATAPOINT
static const struct {
  int context;
  const char *name, *path, *help;
} foreign_fields[] = {
#define FIELD(context, name, path, help) {C_##context, name, path, help},
#include "foreign.def"
};
static const struct {
  const char *name;
  int context;
} foreign_prefixes[] = {
#define PREFIX(name, context) {name, C_##context},
#include "foreign.def"
};

static const struct {
  const char *name;
  int context;
} foreign_contexts[] = {
#define C_SCOPE                     OTTL_C_SCOPE
#define CONTEXT_NAME(name, context) {name, C_##context},
#include "foreign.def"
};
static const struct {
  const char *where, *key, *help;
} foreign_keys[] = {
#define KEY(where, key, help) {where, key, help},
#include "foreign.def"
};

const char *ottl__foreign_context(ottl_view name) {
  for (size_t i = 0; i < OTTL_COUNT(foreign_contexts); i++) {
    if (ottl__name_same(foreign_contexts[i].name, name)) return ottl__contexts[foreign_contexts[i].context].name;
  }
  return NULL;
}

const char *ottl__foreign_key(const char *where, ottl_view key) {
  for (size_t i = 0; i < OTTL_COUNT(foreign_keys); i++) {
    if (strcmp(foreign_keys[i].where, where) == 0 && view_is(key, foreign_keys[i].key)) return foreign_keys[i].help;
  }
  return NULL;
}

/* How paths of a context are written in this group: with the context in front, unless it is the group's own and may be left out. */
static const char *front_of(const sema *s, ottl_context_id context, bool named) {
  return context == s->context && !named ? "" : ottl__contexts[context].name;
}

/* `attributes` and the like: the context is in the path when it is another one. */
static void help_field(sema *s, ottl_diag_item *d, const foreign_path *at, const char *path) {
  char text[FOREIGN_TEXT];
  const char *dot = strchr(path, '.');
  ottl_context_id other = dot ? ottl__context_find(view_of(path, (size_t)(dot - path))) : OTTL_CONTEXT_COUNT;
  const char *front = other != OTTL_CONTEXT_COUNT || strcmp(path, "scope") == 0 ? "" : front_of(s, at->context, at->named);
  snprintf(text, sizeof text, "%s%s%s", front, *front ? "." : "", path);
  ottl__diag_help(d, "write `%s`", text);
  ottl__diag_fix(d, (ottl_span){s->source, at->begin, at->name_end}, view_str(text));
}

static void help_attribute(sema *s, ottl_diag_item *d, const foreign_path *at, ottl_context_id context, ottl_view name,
                           bool fix) {
  char text[FOREIGN_TEXT];
  const char *front = front_of(s, context, at->named);
  int n = snprintf(text, sizeof text, "%s%sattributes[\"%.*s\"]", front, *front ? "." : "", VIEW_ARG(name));
  if (n < 0 || (size_t)n >= sizeof text) return;
  ottl__diag_help(d, "attributes are reached with keys: `%s`", text);
  if (fix) ottl__diag_fix(d, (ottl_span){s->source, at->begin, at->name_end}, view_str(text));
}

bool ottl__foreign_path(sema *s, ottl_diag_item *d, const foreign_path *at) {
  const char *value = at->keys || at->named ? NULL : ottl__foreign_value(at->name);
  if (value) {
    ottl__diag_help(d, "write `%s`", value);
    ottl__diag_fix(d, (ottl_span){s->source, at->begin, at->name_end}, view_str(value));
    return true;
  }
  for (size_t i = 0; i < OTTL_COUNT(foreign_fields); i++) {
    if (foreign_fields[i].context != C_ANY && foreign_fields[i].context != (int)at->context) continue;
    if (!ottl__name_same(foreign_fields[i].name, at->name)) continue;
    if (*foreign_fields[i].path)
      help_field(s, d, at, foreign_fields[i].path);
    else
      ottl__diag_help(d, "%s", foreign_fields[i].help);
    return true;
  }
  size_t dot = 0;
  while (dot < at->name.len && at->name.data[dot] != '.') dot++;
  bool dotted = dot < at->name.len;
  for (size_t i = 0; dotted && !at->named && i < OTTL_COUNT(foreign_prefixes); i++) {
    if (!view_is(view_of(at->name.data, dot), foreign_prefixes[i].name)) continue;
    bool own = foreign_prefixes[i].context == C_OWN || !ottl__context_sees(s->context, OTTL_C_RESOURCE);
    help_attribute(s, d, at, own ? s->context : (ottl_context_id)foreign_prefixes[i].context, at->name, !at->keys);
    return true;
  }
  return false;
}

bool ottl__foreign_attribute(sema *s, ottl_diag_item *d, const foreign_path *at) {
  bool dotted = at->name.len && memchr(at->name.data, '.', at->name.len);
  for (unsigned c = 0; dotted && c < OTTL_CONTEXT_COUNT; c++) {
    if (!ottl__path_find((ottl_context_id)c, at->name)) continue;
    ottl__diag_help(d, "`%s.%.*s` is of another context", ottl__contexts[c].name, VIEW_ARG(at->name));
    return true;
  }
  bool attributes = ottl__path_find(at->context, VIEW("attributes")) != NULL;
  if (attributes) help_attribute(s, d, at, at->context, at->name, at->named && !at->keys);
  return attributes;
}

const char *ottl__foreign_symbol(ottl_context_id context, ottl_view name) {
  size_t last = name.len;
  while (last && name.data[last - 1] != '_') last--;
  ottl_view word = view_of(name.data + last, name.len - last);
  const char *found = NULL;
  for (uint32_t i = 0; i < ottl__n_enums && word.len >= 2; i++) {
    const char *symbol = ottl__enums[i].symbol;
    size_t n = strlen(symbol);
    if (ottl__enums[i].context != context || n <= word.len || symbol[n - word.len - 1] != '_') continue;
    if (memcmp(symbol + n - word.len, word.data, word.len) != 0) continue;
    if (found) return NULL; /* which one is open */
    found = symbol;
  }
  return found;
}
