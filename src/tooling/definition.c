/* Where things come from. */
#include "tooling/describe.h"
#include "tooling/language.h"

#include "syntax/parser.h"

#include <stdio.h>

/* ---- keys that an earlier statement set ---- */

/* A path with its keys, if it has some. */
static bool path_name(const lang_tokens *t, const lang_chain *c, ottl_context_id context, bool own, ottl_sbuf *out) {
  return c->n_keys && ottl__lang_keyed(t, c, c->n_keys, context, own, out) && !out->failed;
}

/* Does the region `set` that path? Then its first argument is in *ret. */
static ottl_status sets_path(ottl_document *d, const lang_region *r, ottl_view wanted, ottl_range *ret, bool *ret_found) {
  ottl_status status;
  lang_tokens t;
  lang_chain chain;
  ottl_sbuf name;
  *ret_found = false;
  ottl_context_id context = ottl__lang_context(d, r, &status);
  OTTL_TRY(status);
  OTTL_TRY(ottl__lang_lex(d, r->text, &t));
  lang_word w = ottl__lang_word(&t, 0);
  if (!view_is(w.text, "set") || !ottl__lang_is_call(&t, &w) || !ottl__lang_chain(&t, w.last + 2, t.n, &chain)) return OTTL_OK;
  ottl__sbuf_init(&name, &d->al);
  *ret_found = path_name(&t, &chain, context, ottl__lang_own(d, r), &name) && view_eq(sbuf_all(&name), wanted);
  if (*ret_found) *ret = (ottl_range){r->map[t.items[chain.first].begin], r->map[t.items[chain.last].end]};
  status = sbuf_status(&name);
  ottl__sbuf_done(&name);
  return status;
}

static ottl_status define_key(ottl_document *d, const lang_region *r, const lang_tokens *t, const lang_chain *c,
                              ottl_definition *ret) {
  ottl_status status;
  ottl_sbuf wanted;
  ottl_context_id context = ottl__lang_context(d, r, &status);
  OTTL_TRY(status);
  ottl__sbuf_init(&wanted, &d->al);
  const lang_region *best = NULL;
  if (path_name(t, c, context, ottl__lang_own(d, r), &wanted)) {
    for (size_t i = 0; i < d->n_regions && status == OTTL_OK; i++) {
      const lang_region *other = &d->regions[i];
      ottl_range range;
      bool found;
      if (!other->map || region_begin(other) >= region_begin(r)) continue;
      if (best && region_begin(other) < region_begin(best)) continue;
      status = sets_path(d, other, sbuf_all(&wanted), &range, &found);
      if (status != OTTL_OK || !found) continue;
      best = other;
      *ret = (ottl_definition){
          {r->map[t->items[c->first].begin], r->map[t->items[c->last].end]}, {region_begin(other), region_end(other)}, range};
    }
  }
  if (status == OTTL_OK) status = sbuf_status(&wanted);
  ottl__sbuf_done(&wanted);
  return status;
}

/* ---- in a statement ---- */

static ottl_status define_in(ottl_document *d, const lang_region *r, uint32_t at, ottl_definition *ret) {
  lang_tokens t;
  lang_chain chain;
  OTTL_TRY(ottl__lang_lex(d, r->text, &t));
  uint32_t i = 0;
  while (i < t.n && t.items[i].end <= at) i++;
  if (i == t.n || t.items[i].begin > at) { /* behind a word */
    if (i == 0 || t.items[i - 1].end != at) return OTTL_OK;
    i--;
  }
  lang_word w = ottl__lang_word(&t, i);
  uint32_t local = w.text.len ? ottl__lang_local(&t, w.first, w.text) : UINT32_MAX;
  bool field = w.text.len && w.first > 0 && t.items[w.first - 1].kind == TOK_DOT;
  if (local != UINT32_MAX && !field) {
    lang_word declared = ottl__lang_word(&t, local);
    ottl_range name = {r->map[t.items[declared.first].begin], r->map[t.items[declared.last].end]};
    *ret = (ottl_definition){{r->map[t.items[w.first].begin], r->map[t.items[w.last].end]}, name, name};
    return OTTL_OK;
  }
  if (t.items[i].kind == TOK_STRING && i > 1 && t.items[i - 1].kind == TOK_LBRACK) i -= 2; /* a key */
  if (!ottl__lang_chain(&t, i, t.n, &chain)) return OTTL_OK;
  return define_key(d, r, &t, &chain, ret);
}

/* ---- in YAML ---- */

static const cfg_node *child(const cfg_node *map, ottl_view key) {
  CFG_EACH(map && map->kind == CFG_MAP ? map : NULL, kid) {
    if (view_eq(kid->key, key)) return kid;
  }
  return NULL;
}

/* The key `name` of one of the sections is the definition. */
static bool define_component(const ottl_document *d, const cfg_node *at, const char *section, const char *other,
                             ottl_definition *ret) {
  const cfg_node *found = child(child(d->root, view_str(section)), at->text);
  if (!found && other) found = child(child(d->root, view_str(other)), at->text);
  if (!found) return false;
  ottl_range key = {found->key_begin, found->key_end};
  size_t end = found->end > found->key_end && found->end <= d->text.len ? found->end : found->key_end;
  while (end > key.end && strchr(" \t\r\n", d->text.data[end - 1])) end--;
  *ret = (ottl_definition){{at->begin, at->end}, {key.begin, end}, key};
  return true;
}

static bool is_at(const cfg_node *n, size_t offset) { return n->kind == CFG_STRING && n->begin <= offset && offset <= n->end; }

/* Names in the lists of a pipeline. */
static bool define_in_pipelines(const ottl_document *d, size_t offset, ottl_definition *ret) {
  static const char *const lists[][3] = {
      {"receivers", "receivers", "connectors"}, {"processors", "processors", NULL}, {"exporters", "exporters", "connectors"}};
  const cfg_node *service = child(d->root, VIEW("service"));
  CFG_EACH(child(service, VIEW("pipelines")), pipeline) {
    for (size_t i = 0; i < OTTL_COUNT(lists); i++) {
      CFG_EACH(child(pipeline, view_str(lists[i][0])), item) {
        if (is_at(item, offset)) return define_component(d, item, lists[i][1], lists[i][2], ret);
      }
    }
  }
  CFG_EACH(child(service, VIEW("extensions")), item) {
    if (is_at(item, offset)) return define_component(d, item, "extensions", NULL, ret);
  }
  return false;
}

/* Pipelines that a routing connector leads to. */
static bool define_target(const ottl_document *d, size_t offset, ottl_definition *ret) {
  const cfg_node *pipelines = child(child(d->root, VIEW("service")), VIEW("pipelines"));
  for (size_t k = 0; k < d->config.n_connectors; k++) {
    const cfg_connector *c = &d->config.connectors[k];
    for (size_t i = 0; i <= c->n_routes; i++) {
      const cfg_target *targets = i < c->n_routes ? c->routes[i].targets : c->defaults;
      size_t n = i < c->n_routes ? c->routes[i].n_targets : c->n_defaults;
      for (size_t t = 0; t < n; t++) {
        if (!is_at(targets[t].node, offset)) continue;
        const cfg_node *found = child(pipelines, targets[t].name);
        if (!found) return false;
        ottl_range key = {found->key_begin, found->key_end};
        *ret = (ottl_definition){{targets[t].node->begin, targets[t].node->end}, key, key};
        return true;
      }
    }
  }
  return false;
}

static bool is_anchor_char(char c) { return c && !strchr(" \t\r\n,[]{}", c); }

/* `*name` leads to the last `&name` before it. */
static bool define_alias(const ottl_document *d, size_t offset, ottl_definition *ret) {
  const char *s = d->text.data;
  size_t begin = offset, end = offset;
  while (begin > 0 && is_anchor_char(s[begin - 1])) begin--;
  while (end < d->text.len && is_anchor_char(s[end])) end++;
  if (begin >= end || s[begin] != '*') return false;
  size_t len = end - begin;
  for (size_t i = begin; i-- > 0;) {
    if (s[i] != '&' || i + len > begin || memcmp(s + i + 1, s + begin + 1, len - 1) != 0 || is_anchor_char(s[i + len])) continue;
    if (i > 0 && is_anchor_char(s[i - 1])) continue;
    ottl_range name = {i, i + len};
    *ret = (ottl_definition){{begin, end}, name, name};
    return true;
  }
  return false;
}

ottl_status ottl_document_definition(ottl_document *d, size_t offset, ottl_definition *ret) {
  uint32_t at;
  if (!ret) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, offset));
  ottl_definition found = {{offset, offset}, {0, 0}, {0, 0}};
  const lang_region *r = ottl__lang_region_at(d, offset, &at);
  ottl_status status = OTTL_OK;
  if (r)
    status = define_in(d, r, at, &found);
  else if (d->options.form == OTTL_FORMAT_CONFIG && d->root && !define_in_pipelines(d, offset, &found) &&
           !define_target(d, offset, &found))
    define_alias(d, offset, &found);
  if (status == OTTL_OK) *ret = found;
  return status;
}
