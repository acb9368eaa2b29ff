/* A text to a configuration, whichever form it has. */
#include "config/config.h"
#include "sema/tables.h"

/* Copies of the text and its name, and where the lines of the text begin. */
static ottl_status keep_text(ottl_config *c, cfg_reader *r, const char *text, size_t len) {
  c->text = arena_copy(&c->arena, text, len);
  if (!c->text.data) return OTTL_NOMEM;
  if (r->options->name) {
    c->name = arena_copy(&c->arena, r->options->name, strlen(r->options->name));
    if (!c->name.data) return OTTL_NOMEM;
  }
  size_t n = 1;
  for (size_t i = 0; i < len; i++) n += text[i] == '\n';
  uint32_t *lines = arena_array(&c->arena, n, sizeof *lines);
  if (!lines) return OTTL_NOMEM;
  lines[0] = 0;
  n = 1;
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '\n') lines[n++] = (uint32_t)i + 1;
  }
  r->text = c->text;
  r->name = c->name;
  r->lines = lines;
  r->n_lines = (uint32_t)n;
  return OTTL_OK;
}

void ottl__cfg_form(ottl_config *c, cfg_reader *r, const cfg_node *root) {
  ottl_config_form form = r->options->form;
  if (form == OTTL_CONFIG_COLLECTOR) {
    ottl__cfg_collector(r, root, c);
    return;
  }
  if (form == OTTL_CONFIG_ROUTING) {
    cfg_connector *connector = arena_zero(&c->arena, sizeof *connector);
    if (!connector) {
      r->fatal = OTTL_NOMEM;
      return;
    }
    *connector = (cfg_connector){.name = view_str("routing"), .line = 1};
    c->connectors = connector;
    c->n_connectors = 1;
    ottl__cfg_routing(r, root, connector);
    return;
  }
  cfg_processor *p = arena_zero(&c->arena, sizeof *p);
  if (!p) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  c->processors = p;
  c->n_processors = 1;
  p->line = 1;
  p->type = form == OTTL_CONFIG_FILTER ? OTTL_PROCESSOR_FILTER : OTTL_PROCESSOR_TRANSFORM;
  p->name = view_str(form == OTTL_CONFIG_FILTER ? "filter" : "transform");
  if (form == OTTL_CONFIG_FILTER) {
    ottl__cfg_filter(r, root, p);
  } else {
    ottl__cfg_transform(r, root, p);
  }
}

ottl_status ottl__cfg_tree(ottl_config *c, cfg_reader *r, const char *text, size_t len, const cfg_node **ret) {
  if (len > ottl__limits[OTTL_LIMIT_CONFIG_BYTES].standard) len = ottl__limits[OTTL_LIMIT_CONFIG_BYTES].standard + 1;
  OTTL_TRY(keep_text(c, r, text, len));
  c->source = r->source = ottl__diags_source(r->diags, c->name, c->text, 1, 1, 0);
  *ret = ottl__cfg_read(r, c->text);
  if (r->fatal) return r->fatal;
  return *ret ? OTTL_OK : OTTL_COMPILE;
}
