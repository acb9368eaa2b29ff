/* Routing connectors of configurations, as programs. */
#include "api/route.h"
#include "config/config.h"

size_t ottl_config_connectors(const ottl_config *c) { return c ? c->n_connectors : 0; }

static ottl_signal connector_signal(const cfg_connector *c) {
  for (size_t i = 0; i < c->n_routes; i++) {
    if (c->routes[i].n_targets) return ottl__cfg_signals[c->routes[i].targets[0].signal].signal;
  }
  return OTTL_SIGNAL_NONE;
}

ottl_status ottl_config_connector(const ottl_config *c, size_t connector, ottl_config_connector_info *ret) {
  if (!c || !ret || connector >= c->n_connectors) return OTTL_INVALID_ARG;
  const cfg_connector *k = &c->connectors[connector];
  *ret = (ottl_config_connector_info){k->name, k->line, connector_signal(k)};
  return OTTL_OK;
}

static const ottl_view *connector_names(ottl_arena *arena, const cfg_target *targets, size_t n) {
  ottl_view *names = arena_array(arena, n + 1, sizeof *names);
  for (size_t i = 0; names && i < n; i++) names[i] = targets[i].name;
  return names;
}

/* The first of the targets that has this name and is of another signal; NULL: none. */
static const cfg_target *foreign_target(const cfg_target *targets, size_t n, ottl_view name, ottl_signal signal) {
  for (size_t i = 0; i < n; i++) {
    if (view_eq(targets[i].name, name) && ottl__cfg_signals[targets[i].signal].signal != signal) return &targets[i];
  }
  return NULL;
}

/* Pipelines of other signals cannot be reached; those of routes that were left out do not matter, as in the collector. */
static ottl_status check_pipelines(const ottl_config *config, const cfg_connector *c, const ottl_program *program,
                                   ottl_signal signal, ottl_diags *diags) {
  for (size_t i = 0; i < ottl_route_pipelines(program); i++) {
    ottl_view name = ottl_route_pipeline(program, i);
    const cfg_target *found = foreign_target(c->defaults, c->n_defaults, name, signal);
    for (size_t k = 0; k < c->n_routes && !found; k++)
      found = foreign_target(c->routes[k].targets, c->routes[k].n_targets, name, signal);
    if (!found) continue;
    uint32_t source = ottl__diags_source(diags, config->name, config->text, 1, 1, 0);
    ottl_span span = {source, found->node->begin, found->node->end};
    ottl_diag_item *d =
        ottl__diag_add(diags, DIAG_CONFIG_VALUE, span, "`%.*s` is no pipeline for what is routed", VIEW_ARG(name));
    ottl__diag_help(d, "a connector routes one signal: its pipelines are all of that signal");
    return OTTL_COMPILE;
  }
  return OTTL_OK;
}

static void lint_mode(const ottl_config *config, const cfg_connector *c, const ottl_program *program, bool explain,
                      ottl_diags *diags) {
  const ottl_expr *fails = NULL;
  for (size_t i = 0; i < program->n_groups && !fails; i++) fails = ottl__lint_can_fail(&program->checked[i]);
  ottl__lint_propagate(config, c->mode, fails, explain, diags);
}

static ottl_status connector_compile(const ottl_config *config, const cfg_connector *c, ottl_signal signal,
                                     const ottl_compile_options *o, ottl_arena *arena, ottl_diags *diags, ottl_program **ret) {
  ottl_route *routes = arena_zero(arena, (c->n_routes + 1) * sizeof *routes);
  ottl_route_options options;
  if (!routes) return OTTL_NOMEM;
  ottl_route_options_init(&options);
  options.allocator = o->allocator;
  options.signal = signal;
  options.error_mode = c->error_mode;
  options.row_order = o->row_order;
  options.experimental = o->experimental;
  options.lint = o->lint;
  options.explain = o->explain;
  options.compat = o->compat;
  options.n_default_pipelines = c->n_defaults;
  options.default_pipelines = connector_names(arena, c->defaults, c->n_defaults);
  if (!options.default_pipelines) return OTTL_NOMEM;
  for (size_t i = 0; i < c->n_routes; i++) {
    const cfg_route *from = &c->routes[i];
    routes[i] = (ottl_route){.struct_size = sizeof *routes,
                             .context = from->context,
                             .text = from->text,
                             .statement = from->statement,
                             .copy = from->copy,
                             .n_pipelines = from->n_targets};
    routes[i].pipelines = connector_names(arena, from->targets, from->n_targets);
    if (!routes[i].pipelines) return OTTL_NOMEM;
  }
  ottl_program *program = NULL;
  ottl_status status = ottl__route_program(routes, c->n_routes, &options, diags, &program);
  if (status == OTTL_OK && o->lint && c->mode && c->error_mode == OTTL_ERROR_PROPAGATE)
    lint_mode(config, c, program, o->explain, diags);
  if (status == OTTL_OK) status = check_pipelines(config, c, program, signal, diags);
  if (status != OTTL_OK) {
    ottl_program_free(program);
    return status;
  }
  *ret = program;
  return OTTL_OK;
}

ottl_status ottl_config_connector_compile(const ottl_config *c, size_t connector, ottl_signal signal,
                                          const ottl_compile_options *options, ottl_program **ret_program,
                                          ottl_diags **ret_diags) {
  ottl_compile_options defaults;
  ottl_compile_options_init(&defaults);
  const ottl_compile_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if (!c || connector >= c->n_connectors || !ret_program || o->struct_size < sizeof *o || signal == OTTL_SIGNAL_NONE ||
      (unsigned)signal > OTTL_SIGNAL_METRICS)
    return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_arena arena;
  ottl__arena_init(&arena, &al, 4096);
  ottl_status status = connector_compile(c, &c->connectors[connector], signal, o, &arena, diags, ret_program);
  ottl__arena_done(&arena);
  return ottl__diags_give(diags, ret_diags, status);
}
