/* A collector's file: its processors, and the pipelines of `service` that use them. */
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
}
