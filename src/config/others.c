/* OTTL of components that are not run here (grammar/others.def): found, so that it can be checked. What else such a component says is
 * its own business, but for the keys beside conditions of tail_sampling. */
#include "config/config.h"

typedef struct other_row {
  const char *section, *type, *path, *context;
  cfg_use use;
} other_row;

static const other_row rows[] = {
#define OTHER(section, type, path, context, use) {section, type, path, context, CFG_USE_##use},
#include "others.def"
};

static const cfg_node *child(const cfg_node *map, const char *key, size_t len) {
  CFG_EACH(map && map->kind == CFG_MAP ? map : NULL, kid) {
    if (view_eq(kid->key, (ottl_view){key, len})) return kid;
  }
  return NULL;
}

static void add_conditions(cfg_reader *r, const cfg_node *node, const other_row *row, cfg_part *part) {
  ottl_snippet *list;
  size_t n;
  if (!ottl__cfg_strings(r, node, "conditions", &list, &n) || !n) return;
  ottl_group *g = ottl__cfg_add_group(r, part);
  if (!g) return;
  g->context = row->context;
  g->conditions = list;
  g->n_conditions = n;
}

/* AdjustedCount() is a function of the connector's own: values that call it are not looked into. */
static bool calls_own_function(ottl_view text) {
  static const char name[] = "AdjustedCount(";
  for (size_t i = 0; i + sizeof name - 1 <= text.len; i++) {
    if (memcmp(text.data + i, name, sizeof name - 1) == 0) return true;
  }
  return false;
}

static void add_value(cfg_reader *r, const cfg_node *node, const other_row *row, cfg_part *part) {
  ottl_view text = {"", 0};
  if (!ottl__cfg_text(r, node, "value", &text) || !text.len || calls_own_function(text)) return;
  ottl_group *g = ottl__cfg_add_group(r, part);
  ottl_snippet *one = arena_alloc(r->arena, sizeof *one);
  if (!g || !one) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  *one = ottl__cfg_snippet(r, node, text);
  g->context = row->context;
  g->statements = one;
  g->n_statements = 1;
}

/* From a node on along the path. */
static void follow(cfg_reader *r, const cfg_node *node, const char *path, const other_row *row, cfg_part *part) {
  if (!node || r->fatal) return;
  if (!*path) {
    if (row->use == CFG_USE_VALUE)
      add_value(r, node, row, part);
    else
      add_conditions(r, node, row, part);
    return;
  }
  size_t len = strcspn(path, ".");
  const char *rest = path + len + (path[len] == '.');
  if (*path == '*') {
    CFG_EACH(node->kind >= CFG_LIST ? node : NULL, kid) follow(r, kid, rest, row, part);
    return;
  }
  if (*path == '=') {
    const cfg_node *type = child(node, "type", 4);
    path++, len--;
    if (!type || !view_eq(type->text, (ottl_view){path, len})) return;
  }
  follow(r, child(node, path, len), rest, row, part);
}

/* ---- policies of tail_sampling ---- */

static void check_condition(cfg_reader *r, const cfg_node *policy, const cfg_node *type) {
  const cfg_node *node = child(policy, "ottl_condition", 14), *mode = NULL, *span = NULL, *event = NULL;
  const cfg_field fields[] = {{"error_mode", &mode}, {"span", &span}, {"spanevent", &event}};
  ottl_error_mode unused;
  if (!ottl__cfg_fields(r, node, "ottl_condition", fields, OTTL_COUNT(fields))) return;
  ottl__cfg_error_mode(r, mode, &unused);
  bool any = (span && (span->n || span->kind == CFG_STRING)) || (event && (event->n || event->kind == CFG_STRING));
  if (any || !type) return;
  ottl_span at = node ? cfg_key_span(r, node) : cfg_span(r, type);
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_MISSING, at, "a policy of type `ottl_condition` without conditions");
  ottl__diag_help(d, "give it conditions on spans, or on their events: `ottl_condition: {error_mode: ignore, span: ['...']}`");
}

/* A policy and those in it, to the depth that the processor knows. */
static void check_policy(cfg_reader *r, const cfg_node *policy, int depth) {
  static const char *const inner[][2] = {
      {"and", "and_sub_policy"}, {"drop", "drop_sub_policy"}, {"composite", "composite_sub_policy"}, {"not", "not_sub_policy"}};
  const cfg_node *type = child(policy, "type", 4);
  if (!type || r->fatal || depth > 3) return;
  if (view_is(type->text, "ottl_condition")) check_condition(r, policy, type);
  for (size_t i = 0; i < OTTL_COUNT(inner); i++) {
    if (!view_is(type->text, inner[i][0])) continue;
    const cfg_node *below = child(child(policy, inner[i][0], strlen(inner[i][0])), inner[i][1], strlen(inner[i][1]));
    if (!below) continue;
    if (below->kind == CFG_MAP) check_policy(r, below, depth + 1);
    CFG_EACH(below->kind == CFG_LIST ? below : NULL, kid) check_policy(r, kid, depth + 1);
  }
}

/* ---- components ---- */

static void read_other(cfg_reader *r, const cfg_node *node, const char *section, ottl_view type, cfg_other *ret) {
  for (size_t i = 0; i < OTTL_COUNT(rows); i++) {
    if (strcmp(rows[i].section, section) == 0 && view_is(type, rows[i].type))
      follow(r, node, rows[i].path, &rows[i], &ret->parts[rows[i].use]);
  }
  if (!view_is(type, "tail_sampling")) return;
  const cfg_node *policies = child(node, "policies", 8);
  CFG_EACH(policies && policies->kind == CFG_LIST ? policies : NULL, kid) check_policy(r, kid, 0);
}

static void read_section(cfg_reader *r, const cfg_node *section, const char *name, ottl_config *ret) {
  CFG_EACH(section && section->kind == CFG_MAP ? section : NULL, kid) {
    const char *slash = memchr(kid->key.data, '/', kid->key.len);
    ottl_view type = {kid->key.data, slash ? (size_t)(slash - kid->key.data) : kid->key.len};
    size_t i = 0;
    while (i < OTTL_COUNT(rows) && !(strcmp(rows[i].section, name) == 0 && view_is(type, rows[i].type))) i++;
    if (i == OTTL_COUNT(rows)) continue;
    cfg_other *o = &ret->others[ret->n_others++];
    *o = (cfg_other){.name = kid->key, .section = name, .line = ottl__cfg_line(r, kid->key_begin)};
    read_other(r, kid, name, type, o);
    if (r->fatal) return;
  }
}

void ottl__cfg_others(cfg_reader *r, const cfg_node *root, ottl_config *ret) {
  static const char *const sections[] = {"processors", "connectors", "exporters"};
  const cfg_node *found[OTTL_COUNT(sections)];
  size_t n = 1;
  for (size_t i = 0; i < OTTL_COUNT(sections); i++) {
    found[i] = child(root, sections[i], strlen(sections[i]));
    if (found[i] && found[i]->kind == CFG_MAP) n += found[i]->n;
  }
  ret->others = arena_zero(r->arena, n * sizeof *ret->others);
  if (!ret->others) r->fatal = OTTL_NOMEM;
  for (size_t i = 0; i < OTTL_COUNT(sections) && !r->fatal; i++) read_section(r, found[i], sections[i], ret);
}

void ottl__cfg_other_options(cfg_use use, const char *context, ottl_compile_options *o) {
  o->kind = use == CFG_USE_VALUE ? OTTL_KIND_VALUES : OTTL_KIND_TRANSFORM;
  o->functions =
      use == CFG_USE_FILTER ? OTTL_FUNCTIONS_TRANSFORM : OTTL_FUNCTIONS_STANDARD; /* whose conditions have the filter's */
  o->signal = OTTL_SIGNAL_NONE;
  o->paths = OTTL_PATHS_EITHER;
  if (strcmp(context, "profile") == 0) o->experimental = true; /* of their own gate, which is the collector's matter */
}
