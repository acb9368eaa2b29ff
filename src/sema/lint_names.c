/* Lints about names of attributes: those that the semantic conventions of OpenTelemetry deprecate. A group that knows the new name as well is
 * on its way from one to the other, and left alone. */
#include "base/bulk.h"
#include "sema/sema.h"

#include <stdio.h>

static const struct deprecated {
  const char *name, *renamed, *known, *text;
} deprecated_names[] = {
#define DEPRECATED(name, renamed, known, text) {name, renamed, known, text},
#include "../../third_party/semconv/deprecated.inc"
#undef DEPRECATED
};

static const struct deprecated *find_name(ottl_view name) {
  size_t low = 0, high = ottl__bulk_here() ? OTTL_COUNT(deprecated_names) : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *here = deprecated_names[middle].name;
    size_t len = strlen(here), common = len < name.len ? len : name.len;
    int order = common ? memcmp(here, name.data, common) : 0;
    if (order == 0 && len == name.len) return &deprecated_names[middle];
    if (order < 0 || (order == 0 && len < name.len))
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

#define NAMES_MOST 16

typedef struct lint_names {
  sema *s;
  const struct deprecated *found[NAMES_MOST]; /* each is told once in a group */
  const ottl_expr *where[NAMES_MOST];
  bool known[NAMES_MOST];
  uint32_t n;
  bool looking; /* for new names */
} lint_names;

static void names_key(lint_names *l, const ottl_expr *key) {
  ottl_view name = cell_view(key->literal);
  if (l->looking) {
    for (uint32_t i = 0; i < l->n; i++) l->known[i] |= view_is(name, l->found[i]->known);
    return;
  }
  const struct deprecated *d = find_name(name);
  for (uint32_t i = 0; d && i < l->n; i++) {
    if (l->found[i] == d) d = NULL;
  }
  if (!d || l->n == NAMES_MOST) return;
  l->found[l->n] = d;
  l->where[l->n++] = key;
}

static void names_walk(lint_names *l, const ottl_expr *e) {
  if (e->kind == OTTL_E_PATH && e->path->view == OTTL_V_MAP && e->n_kids && ottl__sema_is_literal(e->kids[0], OTTL_T_STRING))
    names_key(l, e->kids[0]);
  EXPR_INSIDE(e, x) names_walk(l, x.is);
}

static void names_all(lint_names *l, const ottl_checked_group *g) {
  for (uint32_t i = 0; i < g->n_conditions; i++) {
    if (g->conditions[i]) names_walk(l, g->conditions[i]);
  }
  for (uint32_t i = 0; i < g->n_statements; i++) {
    if (g->statements[i].where) names_walk(l, g->statements[i].where);
    if (g->statements[i].call) names_walk(l, g->statements[i].call);
  }
}

void ottl__lint_names(sema *s, const ottl_checked_group *g) {
  lint_names l = {.s = s};
  names_all(&l, g);
  l.looking = true;
  if (l.n) names_all(&l, g);
  for (uint32_t i = 0; i < l.n; i++) {
    if (l.known[i]) continue;
    ottl_span span = {l.where[i]->source_id, l.where[i]->begin, l.where[i]->end};
    ottl_diag_item *d = SEMA_WARN(s, DEPRECATED_NAME, span, "the semantic conventions deprecate `%s`", l.found[i]->name);
    if (!l.found[i]->renamed[0]) {
      ottl__diag_help(d, "%s", l.found[i]->text);
      continue;
    }
    char text[200];
    int n = snprintf(text, sizeof text, "\"%s\"", l.found[i]->renamed);
    ottl__diag_help(d, "its name is `%s` now", l.found[i]->renamed);
    ottl__diag_fix(d, span, view_of(text, (size_t)n));
  }
}
