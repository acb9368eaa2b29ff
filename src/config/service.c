/* A collector's file: its processors and connectors, and the pipelines of `service` that use them. */
#include "base/map.h"
#include "config/config.h"

/* "filter/drop" is of type filter; 0 is told apart from no type that we know. */
static bool type_of(ottl_view name, ottl_processor_type *ret) {
  const char *slash = memchr(name.data, '/', name.len);
  ottl_view type = {name.data, slash ? (size_t)(slash - name.data) : name.len};
  *ret = view_is(type, "filter") ? OTTL_PROCESSOR_FILTER : OTTL_PROCESSOR_TRANSFORM;
  return view_is(type, "filter") || view_is(type, "transform");
}

static const cfg_node *child(const cfg_node *map, const char *key) {
  CFG_EACH(map && map->kind == CFG_MAP ? map : NULL, kid) {
    if (view_is(kid->key, key)) return kid;
  }
  return NULL;
}

static bool is_map(cfg_reader *r, const cfg_node *node, const char *what) {
  if (!node || node->kind == CFG_NULL) return false;
  if (node->kind == CFG_MAP) return true;
  CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "`%s` is a map, this is %s", what, ottl__cfg_kind_name(node));
  return false;
}

static void read_processors(cfg_reader *r, const cfg_node *section, ottl_config *ret) {
  if (!is_map(r, section, "processors")) return;
  ret->processors = arena_zero(r->arena, ((size_t)section->n + 1) * sizeof *ret->processors);
  if (!ret->processors) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  CFG_EACH(section, kid) {
    ottl_processor_type type;
    if (!type_of(kid->key, &type)) continue;
    cfg_processor *p = &ret->processors[ret->n_processors++];
    p->name = kid->key;
    p->type = (uint8_t)type;
    p->line = ottl__cfg_line(r, kid->key_begin);
    if (type == OTTL_PROCESSOR_FILTER) {
      ottl__cfg_filter(r, kid, p);
    } else {
      ottl__cfg_transform(r, kid, p);
    }
    if (r->fatal) return;
  }
}

static void read_connectors(cfg_reader *r, const cfg_node *section, ottl_config *ret) {
  if (!is_map(r, section, "connectors")) return;
  ret->connectors = arena_zero(r->arena, ((size_t)section->n + 1) * sizeof *ret->connectors);
  if (!ret->connectors) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  CFG_EACH(section, kid) {
    const char *slash = memchr(kid->key.data, '/', kid->key.len);
    if (!view_is((ottl_view){kid->key.data, slash ? (size_t)(slash - kid->key.data) : kid->key.len}, "routing")) continue;
    cfg_connector *c = &ret->connectors[ret->n_connectors++];
    c->name = kid->key;
    c->line = ottl__cfg_line(r, kid->key_begin);
    ottl__cfg_routing(r, kid, c);
    if (r->fatal) return;
  }
}

/* Is the name in the list under that key of a pipeline? */
static bool pipeline_lists(const cfg_node *pipeline, const char *key, ottl_view name) {
  const cfg_node *list = child(pipeline, key);
  CFG_EACH(list && list->kind == CFG_LIST ? list : NULL, kid) {
    if (view_eq(kid->text, name)) return true;
  }
  return list && list->kind == CFG_STRING && view_eq(list->text, name);
}

/* The pipelines by name. */
typedef struct target_check {
  cfg_reader *r;
  const cfg_connector *connector;
  ottl_map names;
  const cfg_node **pipelines;
} target_check;

static void check_targets(target_check *t, const cfg_target *targets, size_t n) {
  ottl_view name = t->connector->name;
  for (size_t i = 0; i < n; i++) {
    uint32_t at = ottl__map_find(&t->names, targets[i].name);
    bool found = at != OTTL_MAP_NONE;
    if (found && pipeline_lists(t->pipelines[at], "receivers", name)) continue;
    ottl_diag_item *d =
        CFG_ERROR(t->r, CONFIG_MISSING, cfg_span(t->r, targets[i].node), "`%.*s` leads to `%.*s`, which %s", VIEW_ARG(name),
                  VIEW_ARG(targets[i].name), found ? "does not receive from it" : "`service` does not have");
    if (found)
      ottl__diag_help(d, "list `%.*s` among its `receivers`", VIEW_ARG(name));
    else
      ottl__diag_help(d, "add it under `pipelines`");
  }
}

/* What connectors that are in use lead to has to be there, and to receive from them. */
static void check_connectors(cfg_reader *r, const cfg_node *pipelines, const ottl_config *c) {
  target_check t = {.r = r, .pipelines = arena_array(r->arena, (size_t)pipelines->n + 1, sizeof *t.pipelines)};
  uint32_t n = 0;
  ottl__map_init(&t.names, &r->al);
  if (!t.pipelines) r->fatal = OTTL_NOMEM;
  CFG_EACH(t.pipelines ? pipelines : NULL, kid) {
    t.pipelines[n] = kid;
    if (ottl__map_put(&t.names, kid->key, n++) != OTTL_OK) r->fatal = OTTL_NOMEM;
  }
  for (size_t i = 0; i < c->n_connectors && !r->fatal; i++) {
    bool used = false;
    t.connector = &c->connectors[i];
    for (uint32_t k = 0; k < n && !used; k++) used = pipeline_lists(t.pipelines[k], "exporters", t.connector->name);
    if (!used) continue;
    check_targets(&t, t.connector->defaults, t.connector->n_defaults);
    for (size_t k = 0; k < t.connector->n_routes; k++)
      check_targets(&t, t.connector->routes[k].targets, t.connector->routes[k].n_targets);
  }
  ottl__map_done(&t.names);
}

static size_t find_processor(const ottl_config *config, ottl_view name) {
  size_t i = 0;
  while (i < config->n_processors && !view_eq(config->processors[i].name, name)) i++;
  return i;
}

static void read_pipeline(cfg_reader *r, const cfg_node *node, ottl_config *ret) {
  const char *slash = memchr(node->key.data, '/', node->key.len);
  ottl_view signal = {node->key.data, slash ? (size_t)(slash - node->key.data) : node->key.len};
  int s = 0;
  while (s < CFG_SIGNALS && !view_is(signal, ottl__cfg_signals[s].pipeline)) s++;
  if (s == CFG_SIGNALS || ottl__cfg_signals[s].signal == OTTL_SIGNAL_NONE || !is_map(r, node, "a pipeline")) return;
  const cfg_node *list = child(node, "processors");
  if (!ottl__cfg_list(r, list, "processors")) return;
  cfg_pipeline *p = &ret->pipelines[ret->n_pipelines++];
  p->name = node->key;
  p->signal = ottl__cfg_signals[s].signal;
  p->processors = arena_array(r->arena, (size_t)(list ? list->n : 0) + 1, sizeof *p->processors);
  if (!p->processors) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  CFG_EACH(list, kid) {
    ottl_view name = {"", 0};
    ottl_processor_type type;
    if (!ottl__cfg_text(r, kid, "processors", &name)) continue;
    if (!name.len || !type_of(name, &type)) {
      p->n_others++;
      continue;
    }
    size_t at = find_processor(ret, name);
    if (at < ret->n_processors) {
      p->processors[p->n_processors++] = at;
      continue;
    }
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, kid),
                                  "the pipeline uses `%.*s`, which `processors` does not have", VIEW_ARG(name));
    ottl__diag_help(d, "add it under `processors`");
  }
}

void ottl__cfg_collector(cfg_reader *r, const cfg_node *root, ottl_config *ret) {
  if (!is_map(r, root, "a collector configuration")) return;
  read_processors(r, child(root, "processors"), ret);
  if (!r->fatal) read_connectors(r, child(root, "connectors"), ret);
  if (!r->fatal) ottl__cfg_others(r, root, ret);
  const cfg_node *service = child(root, "service");
  if (r->fatal || !is_map(r, service, "service")) return;
  const cfg_node *pipelines = child(service, "pipelines");
  if (!is_map(r, pipelines, "pipelines")) return;
  ret->pipelines = arena_zero(r->arena, ((size_t)pipelines->n + 1) * sizeof *ret->pipelines);
  if (!ret->pipelines) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  CFG_EACH(pipelines, kid) {
    read_pipeline(r, kid, ret);
    if (r->fatal) return;
  }
  check_connectors(r, pipelines, ret);
}
