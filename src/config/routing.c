/* The routing connector: a table of conditions and the pipelines that they lead to. */
#include "config/config.h"

#define PIPELINE_NAME_MAX 1024

static ottl_view trimmed(ottl_view v) {
  while (v.len && (v.data[0] == ' ' || (v.data[0] >= '\t' && v.data[0] <= '\r'))) v.data++, v.len--;
  while (v.len && (v.data[v.len - 1] == ' ' || (v.data[v.len - 1] >= '\t' && v.data[v.len - 1] <= '\r'))) v.len--;
  return v;
}

/* Letters, digits and punctuation: no blanks, controls or symbols. Above ASCII nothing is looked at. */
static bool good_name(ottl_view name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (c <= ' ' || c == 0x7f || memchr("$+<=>^`|~", c, 9)) return false;
  }
  return name.len > 0 && name.len <= PIPELINE_NAME_MAX;
}

/* "logs" or "logs/name": *ret is how the collector writes it. */
static bool read_pipeline_id(cfg_reader *r, const cfg_node *node, ottl_view text, cfg_target *ret) {
  const char *slash = memchr(text.data, '/', text.len);
  ottl_view type = trimmed((ottl_view){text.data, slash ? (size_t)(slash - text.data) : text.len});
  ottl_view name = {"", 0};
  if (slash) name = trimmed((ottl_view){slash + 1, text.len - (size_t)(slash + 1 - text.data)});
  int s = 0;
  while (s < CFG_SIGNALS && !view_is(type, ottl__cfg_signals[s].pipeline)) s++;
  if (s == CFG_SIGNALS || (slash && !good_name(name))) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "`%.*s` is no name of a pipeline", VIEW_ARG(text));
    ottl__diag_help(d, "write a signal, and a name behind a slash if there are several: `logs/errors`");
    return false;
  }
  size_t len = type.len + (slash ? 1 + name.len : 0);
  char *id = arena_alloc(r->arena, len + 1);
  if (!id) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  memcpy(id, type.data, type.len);
  if (slash) {
    id[type.len] = '/';
    memcpy(id + type.len + 1, name.data, name.len);
  }
  *ret = (cfg_target){.name = {id, len}, .signal = (cfg_signal)s, .node = node};
  return true;
}

static void read_targets(cfg_reader *r, const cfg_node *node, const char *what, cfg_target **ret, size_t *ret_n) {
  ottl_snippet *texts;
  size_t n;
  if (!ottl__cfg_list(r, node, what) || !ottl__cfg_strings(r, node, what, &texts, &n) || r->fatal) return;
  cfg_target *targets = arena_zero(r->arena, (n + 1) * sizeof *targets);
  if (!targets) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  const cfg_node *item = node ? node->first : NULL;
  for (size_t i = 0; i < n && item && !r->fatal; i++, item = item->next) {
    ottl_view text = {texts[i].text, texts[i].len};
    if (read_pipeline_id(r, item, text, &targets[*ret_n])) ++*ret_n;
  }
  *ret = targets;
}

static bool read_action(cfg_reader *r, const cfg_node *node, bool *copy) {
  ottl_view text = {"", 0};
  if (!node) return true;
  if (!ottl__cfg_text(r, node, "action", &text)) return false;
  *copy = view_is(text, "copy");
  if (*copy || view_is(text, "move")) return true;
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "unknown action `%.*s`", VIEW_ARG(text));
  ottl__diag_help(d, "`move` (the default) or `copy`");
  return false;
}

/* The same list as the collector's; `otelcol` came later. */
static bool read_context(cfg_reader *r, const cfg_node *node, const char **ret) {
  static const char *const contexts[] = {"request", "otelcol", "resource", "span", "metric", "datapoint", "log"};
  ottl_view text = {"", 0};
  if (!ottl__cfg_text(r, node, "context", &text)) return false;
  if (!text.len) return true;
  for (size_t i = 0; i < OTTL_COUNT(contexts); i++) {
    if (!view_is(text, contexts[i])) continue;
    *ret = contexts[i];
    return true;
  }
  ottl_diag_item *d = CFG_ERROR(r, GROUP_CONTEXT, cfg_span(r, node), "routes have no context `%.*s`", VIEW_ARG(text));
  ottl__diag_help(d, "`resource`, `span`, `metric`, `datapoint`, `log` or `otelcol`; or leave the key out: the paths tell");
  return false;
}

static void read_route(cfg_reader *r, const cfg_node *node, cfg_route *ret) {
  const cfg_node *context = NULL, *statement = NULL, *condition = NULL, *action = NULL, *pipelines = NULL;
  const cfg_field fields[] = {{"context", &context},
                              {"statement", &statement},
                              {"condition", &condition},
                              {"action", &action},
                              {"pipelines", &pipelines}};
  if (!ottl__cfg_fields(r, node, "a route", fields, OTTL_COUNT(fields))) return;
  ottl_view texts[2] = {{"", 0}, {"", 0}};
  bool ok = ottl__cfg_text(r, statement, "statement", &texts[0]);
  ok &= ottl__cfg_text(r, condition, "condition", &texts[1]);
  ret->doubtful = !read_context(r, context, &ret->context);
  read_action(r, action, &ret->copy);
  read_targets(r, pipelines, "pipelines", &ret->targets, &ret->n_targets);
  if (!ok || r->fatal) return;
  if (!pipelines || pipelines->kind == CFG_NULL || (pipelines->kind == CFG_LIST && !pipelines->n)) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, pipelines ? pipelines : node), "a route without pipelines");
    ottl__diag_help(d, "say where it leads: `pipelines: [logs/errors]`");
  }
  if (texts[0].len && texts[1].len) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_span(r, condition), "a route with a condition and a statement");
    ottl__diag_label(d, cfg_span(r, statement), "the statement");
    ottl__diag_help(d, "leave one of them out");
  } else if (!texts[0].len && !texts[1].len) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, node), "a route without a condition");
    ottl__diag_help(d, "give it a `condition`");
  } else if (texts[0].len && ret->context && strcmp(ret->context, "request") == 0) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_span(r, statement), "the context `request` takes a condition only");
    ottl__diag_help(d, "write `condition: request[\"NAME\"] == \"VALUE\"`");
  }
  ret->statement = texts[0].len != 0;
  ret->text = ottl__cfg_snippet(r, ret->statement ? statement : condition ? condition : node, texts[ret->statement ? 0 : 1]);
}

void ottl__cfg_routing(cfg_reader *r, const cfg_node *node, cfg_connector *ret) {
  const cfg_node *error_mode = NULL, *defaults = NULL, *table = NULL;
  const cfg_field fields[] = {{"error_mode", &error_mode}, {"default_pipelines", &defaults}, {"table", &table}};
  ret->error_mode = OTTL_ERROR_IGNORE;
  if (!ottl__cfg_fields(r, node, "routing", fields, OTTL_COUNT(fields))) return;
  ottl__cfg_error_mode(r, error_mode, &ret->error_mode);
  ret->mode = error_mode;
  read_targets(r, defaults, "default_pipelines", &ret->defaults, &ret->n_defaults);
  if (!ottl__cfg_list(r, table, "table") || r->fatal) return;
  if (!table || !table->n) {
    ottl_span span = table ? cfg_span(r, table) : node ? cfg_span(r, node) : (ottl_span){r->source, 0, 0};
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_MISSING, span, "a routing table without routes");
    ottl__diag_help(d, "`table` is a list of routes: `- { condition: ..., pipelines: [...] }`");
    return;
  }
  ret->routes = arena_zero(r->arena, (size_t)table->n * sizeof *ret->routes);
  if (!ret->routes) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  CFG_EACH(table, kid) {
    uint32_t before = r->n_errors;
    read_route(r, kid, &ret->routes[ret->n_routes++]);
    if (r->fatal) return;
    const cfg_route *route = &ret->routes[ret->n_routes - 1];
    bool whole = route->text.len && route->n_targets && !route->doubtful;
    if (r->n_errors > before && r->options->keep_going && !whole) ret->routes[--ret->n_routes] = (cfg_route){.context = NULL};
  }
}
