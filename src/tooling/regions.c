/* Regions of configurations: statements and conditions in their scalars, and where each of their bytes stands in the file. */
#include "base/limits.h"
#include "base/utf8.h"
#include "tooling/language.h"

#include <stdlib.h>

/* ---- where the bytes of a scalar stand ---- */

/* Walks a scalar in the file and its text side by side. What the YAML reader made of it is known; a walk that comes to something
 * else gives up. */
typedef struct scalar_walk {
  ottl_view file, text;
  size_t at, i; /* places in them */
  uint32_t *map;
  uint32_t indent;
} scalar_walk;

static bool walk_byte(scalar_walk *w, size_t width) {
  w->map[w->i++] = (uint32_t)w->at;
  w->at += width;
  return true;
}

static char file_at(const scalar_walk *w, size_t ahead) { return w->at + ahead < w->file.len ? w->file.data[w->at + ahead] : 0; }

/* A line break of a literal block: the indent of the next line is not text. */
static bool walk_literal(scalar_walk *w) {
  char c = w->text.data[w->i];
  if (c != '\n') return file_at(w, 0) == c && walk_byte(w, 1);
  if (file_at(w, 0) == '\r') w->at++;
  if (file_at(w, 0) != '\n' && w->at < w->file.len) return false;
  walk_byte(w, 1);
  for (uint32_t k = 0; k < w->indent && file_at(w, 0) == ' '; k++) w->at++;
  return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Blanks with a line break among them, which YAML folds into one blank, or several into one less. */
static bool walk_fold(scalar_walk *w, bool *ret_folded) {
  size_t end = w->at, breaks = 0;
  while (end < w->file.len && (is_blank(w->file.data[end]) || w->file.data[end] == '\n' || w->file.data[end] == '\r'))
    breaks += w->file.data[end++] == '\n';
  *ret_folded = breaks > 0;
  if (!breaks) return true;
  size_t made = breaks == 1 ? 1 : breaks - 1;
  for (size_t k = 0; k < made; k++) {
    if (w->i >= w->text.len || w->text.data[w->i] != (breaks == 1 ? ' ' : '\n')) return w->i == w->text.len;
    walk_byte(w, 0);
  }
  w->at = end;
  return true;
}

/* `\"`, `\u00e9` and so on. */
static bool walk_escape(scalar_walk *w) {
  char c = file_at(w, 1);
  size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (c == '\n' || c == '\r') { /* the line goes on */
    w->at += c == '\r' ? 3 : 2;
    while (is_blank(file_at(w, 0))) w->at++;
    return true;
  }
  uint32_t rune;
  int width = utf8_decode(w->text.data + w->i, w->text.len - w->i, &rune);
  if (width == 0) return false;
  for (int k = 0; k < width; k++) walk_byte(w, 0);
  w->at += 2 + digits;
  return true;
}

static bool walk_flow(scalar_walk *w, cfg_style style) {
  char c = file_at(w, 0);
  if (is_blank(c) || c == '\n' || c == '\r') {
    bool folded;
    if (!walk_fold(w, &folded)) return false;
    if (folded) return true;
  }
  if (style == CFG_SINGLE_QUOTED && c == '\'') return w->text.data[w->i] == '\'' && walk_byte(w, 2);
  if (style == CFG_DOUBLE_QUOTED && c == '\\') return walk_escape(w);
  return w->text.data[w->i] == c && walk_byte(w, 1);
}

/* NULL: it cannot be told, or *ret_nomem. */
static const uint32_t *map_scalar(ottl_document *d, const cfg_node *n, ottl_view text, bool *ret_nomem) {
  if (text.len > OTTL_MAX_LANGUAGE_BYTES) return NULL;
  scalar_walk w = {.file = {d->text.data, n->end < d->text.len ? n->end : d->text.len}, .text = text, .at = n->begin};
  w.map = arena_array(&d->arena, text.len + 1, sizeof *w.map);
  w.indent = n->indent;
  *ret_nomem = !w.map;
  while (w.map && w.i < text.len) {
    size_t i = w.i, at = w.at;
    if (!(n->style == CFG_LITERAL ? walk_literal(&w) : walk_flow(&w, (cfg_style)n->style))) return NULL;
    if (i == w.i && at == w.at) return NULL;
  }
  if (w.map) w.map[w.i] = (uint32_t)w.at;
  return w.map;
}

/* ---- groups ---- */

typedef struct config_regions {
  ottl_document *d;
  const cfg_node **items; /* texts of the file, by address */
  size_t n, cap;
  uint32_t owner;
} config_regions;

static ottl_status gather_nodes(config_regions *c, const cfg_node *n) {
  CFG_EACH(n->kind >= CFG_LIST ? n : NULL, kid) OTTL_TRY(gather_nodes(c, kid));
  if (n->kind != CFG_STRING || !n->text.len) return OTTL_OK;
  OTTL_TRY(ottl__al_reserve(&c->d->al, &c->items, &c->cap, c->n + 1, sizeof *c->items));
  c->items[c->n++] = n;
  return OTTL_OK;
}

static int by_text(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)(*(const cfg_node *const *)a)->text.data, y = (uintptr_t)(*(const cfg_node *const *)b)->text.data;
  return x < y ? -1 : x > y;
}

static const cfg_node *node_of(const config_regions *c, const char *text) {
  cfg_node key = {.text = {text, 0}};
  const cfg_node *wanted = &key;
  const cfg_node **found = c->n ? bsearch(&wanted, c->items, c->n, sizeof *c->items, by_text) : NULL;
  return found ? *found : NULL;
}

static ottl_status add_snippet(config_regions *c, const ottl_snippet *snippet, ottl_parse_entry entry, bool condition) {
  const cfg_node *n = node_of(c, snippet->text);
  lang_region *r = ottl__lang_add_region(c->d, snippet, entry);
  bool nomem = false;
  if (!r) return OTTL_NOMEM;
  r->condition = condition;
  r->owner = c->owner;
  if (!n || n->text.len != snippet->len) return OTTL_OK; /* made out of several, or a part of one */
  ottl_view text = r->text;
  if (n->style >= CFG_LITERAL) /* line breaks behind it are not the statement's */
    while (text.len && text.data[text.len - 1] == '\n') text.len--;
  r->form = n->style == CFG_SINGLE_QUOTED ? LANG_SINGLE_QUOTED : n->style == CFG_DOUBLE_QUOTED ? LANG_DOUBLE_QUOTED : LANG_AS_IS;
  r->goes_on = n->style >= CFG_LITERAL;
  r->text = text;
  r->map = map_scalar(c->d, n, text, &nomem);
  return nomem ? OTTL_NOMEM : OTTL_OK;
}

static ottl_status add_list(config_regions *c, const ottl_snippet *list, size_t n, ottl_parse_entry entry, bool condition) {
  for (size_t i = 0; list && i < n; i++) OTTL_TRY(add_snippet(c, &list[i], entry, condition));
  return OTTL_OK;
}

static ottl_status add_group(config_regions *c, const ottl_group *g, const ottl_compile_options *o) {
  bool apart = g->each_condition && !g->context, filter = o->kind == OTTL_KIND_FILTER;
  if (!apart && !ottl__lang_add_group(c->d, o, g->context)) return OTTL_NOMEM;
  for (size_t i = 0; g->conditions && i < g->n_conditions; i++) {
    if (apart && !ottl__lang_add_group(c->d, o, NULL)) return OTTL_NOMEM;
    OTTL_TRY(add_snippet(c, &g->conditions[i], OTTL_ENTRY_CONDITION, !filter));
  }
  return apart ? OTTL_OK : add_list(c, g->statements, g->n_statements, OTTL_ENTRY_STATEMENT, false);
}

static ottl_status add_owner(config_regions *c, ottl_view name, size_t at) {
  ottl_document *d = c->d;
  OTTL_TRY(ottl__al_reserve(&d->al, &d->owners, &d->cap_owners, d->n_owners + 1, sizeof *d->owners));
  c->owner = (uint32_t)d->n_owners;
  d->owners[d->n_owners++] = (lang_owner){name, (uint32_t)at, (uint32_t)(at + name.len)};
  return OTTL_OK;
}

/* Where a key of a section stands. */
static size_t key_at(const ottl_document *d, const char *section, ottl_view name) {
  CFG_EACH(d->root && d->root->kind == CFG_MAP ? d->root : NULL, part) {
    CFG_EACH(view_is(part->key, section) && part->kind == CFG_MAP ? part : NULL, kid) {
      if (view_eq(kid->key, name)) return kid->key_begin;
    }
  }
  return 0;
}

static ottl_status add_processor(config_regions *c, const cfg_processor *p) {
  bool filter = p->type == OTTL_PROCESSOR_FILTER;
  ottl_compile_options o = c->d->compile;
  o.kind = filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  o.functions = filter ? OTTL_FUNCTIONS_FILTER : OTTL_FUNCTIONS_TRANSFORM;
  o.paths = OTTL_PATHS_EITHER;
  OTTL_TRY(add_owner(c, p->name, key_at(c->d, "processors", p->name)));
  for (int s = 0; s < CFG_SIGNALS; s++) {
    o.signal = ottl__cfg_signals[s].signal;
    if (o.signal == OTTL_SIGNAL_PROFILES) o.experimental = true;
    for (size_t i = 0; i < p->parts[s].n_groups; i++) OTTL_TRY(add_group(c, &p->parts[s].groups[i], &o));
  }
  return OTTL_OK;
}

/* Each route is a group: it has a context of its own. */
static ottl_status add_connector(config_regions *c, const cfg_connector *k) {
  ottl_compile_options o = c->d->compile;
  o.functions = OTTL_FUNCTIONS_ROUTING;
  o.paths = OTTL_PATHS_EITHER;
  OTTL_TRY(add_owner(c, k->name, key_at(c->d, "connectors", k->name)));
  for (size_t i = 0; i < k->n_routes; i++) {
    const cfg_route *r = &k->routes[i];
    o.kind = r->statement ? OTTL_KIND_TRANSFORM : OTTL_KIND_CONDITIONS;
    bool request = r->context && strcmp(r->context, "request") == 0;
    if (!ottl__lang_add_group(c->d, &o, request ? NULL : r->context)) return OTTL_NOMEM;
    OTTL_TRY(add_snippet(c, &r->text, r->statement ? OTTL_ENTRY_STATEMENT : OTTL_ENTRY_CONDITION, false));
  }
  return OTTL_OK;
}

static ottl_status add_other(config_regions *c, const cfg_other *k) {
  OTTL_TRY(add_owner(c, k->name, key_at(c->d, k->section, k->name)));
  for (int use = 0; use < CFG_USES; use++) {
    for (size_t i = 0; i < k->parts[use].n_groups; i++) {
      const ottl_group *g = &k->parts[use].groups[i];
      ottl_compile_options o = c->d->compile;
      ottl__cfg_other_options((cfg_use)use, g->context, &o);
      if (!ottl__lang_add_group(c->d, &o, g->context)) return OTTL_NOMEM;
      OTTL_TRY(add_list(c, g->conditions, g->n_conditions, OTTL_ENTRY_CONDITION, true));
      OTTL_TRY(add_list(c, g->statements, g->n_statements, OTTL_ENTRY_VALUE, false));
    }
  }
  return OTTL_OK;
}

static ottl_status add_all(config_regions *c) {
  const ottl_config *config = &c->d->config;
  OTTL_TRY(gather_nodes(c, c->d->root));
  if (c->n) qsort(c->items, c->n, sizeof *c->items, by_text);
  for (size_t i = 0; i < config->n_processors; i++) OTTL_TRY(add_processor(c, &config->processors[i]));
  for (size_t i = 0; i < config->n_connectors; i++) OTTL_TRY(add_connector(c, &config->connectors[i]));
  for (size_t i = 0; i < config->n_others; i++) OTTL_TRY(add_other(c, &config->others[i]));
  return OTTL_OK;
}

ottl_status ottl__lang_read_config(ottl_document *d) {
  ottl_config_options options;
  ottl_config_options_init(&options);
  options.form = d->options.config;
  options.keep_variables = true;
  options.flatten_logs = true;
  cfg_reader r = {.arena = &d->config.arena, .al = d->al, .options = &options};
  ottl_status status = ottl__cfg_tree(&d->config, &r, d->text.data, d->text.len, &d->root);
  if (status == OTTL_COMPILE || status == OTTL_LIMIT) { /* no YAML, or too much of it: nothing is known */
    d->root = NULL;
    return OTTL_OK;
  }
  OTTL_TRY(status);
  ottl__cfg_form(&d->config, &r, d->root);
  if (r.fatal == OTTL_NOMEM) return r.fatal;
  config_regions c = {.d = d};
  status = add_all(&c);
  al_free(&d->al, c.items, c.cap * sizeof *c.items);
  return status;
}

/* ---- what is being typed ---- */

/* Where the text of the line begins in which somebody types: behind `- `, and behind a quote. */
static size_t typed_begin(ottl_view text, size_t offset, char *ret_quote) {
  size_t at = offset;
  while (at > 0 && text.data[at - 1] != '\n') at--;
  while (at < offset && is_blank(text.data[at])) at++;
  while (at < offset && text.data[at] == '-' && (at + 1 == offset || is_blank(text.data[at + 1]))) {
    at++;
    while (at < offset && is_blank(text.data[at])) at++;
  }
  static const char condition[] = "condition: ", statement[] = "statement: "; /* of a route */
  if (offset - at >= sizeof condition - 1 && (memcmp(text.data + at, condition, sizeof condition - 1) == 0 ||
                                              memcmp(text.data + at, statement, sizeof statement - 1) == 0))
    at += sizeof condition - 1;
  *ret_quote = 0;
  if (at < offset && (text.data[at] == '"' || text.data[at] == '\'')) *ret_quote = text.data[at++];
  return at;
}

/* Does a comment begin before the place? */
static bool is_comment(ottl_view text, size_t begin, size_t offset, char quote) {
  for (size_t i = begin; i < offset && !quote; i++) {
    if (text.data[i] == '#' && (i == begin || is_blank(text.data[i - 1]))) return true;
  }
  return false;
}

/* The document with something harmless in place of what is typed. */
static ottl_status repair(const ottl_document *d, size_t begin, size_t offset, ottl_document **ret) {
  size_t end = offset;
  while (end < d->text.len && d->text.data[end] != '\n' && d->text.data[end] != '\r') end++;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &d->al);
  sbuf_put(&out, d->text.data, begin);
  sbuf_byte(&out, 'x');
  for (size_t i = begin; i + 1 < end; i++) sbuf_byte(&out, 'x');
  sbuf_put(&out, d->text.data + end, d->text.len - end);
  ottl_status status = sbuf_status(&out);
  ottl_document_options options = d->options;
  options.compile = &d->compile;
  options.allocator = &d->al;
  if (status == OTTL_OK) status = ottl__lang_open(sbuf_all(&out), &options, ret);
  ottl__sbuf_done(&out);
  return status;
}

/* The text from `begin` to `offset` as it is meant, and where it stands. */
static bool typed_text(ottl_document *d, size_t begin, size_t offset, char quote, lang_region *ret) {
  char *text = arena_alloc(&d->query, offset - begin + 1);
  uint32_t *map = arena_array(&d->query, offset - begin + 1, sizeof *map);
  size_t n = 0;
  if (!text || !map) return false;
  for (size_t i = begin; i < offset; n++) {
    char c = d->text.data[i], next = i + 1 < offset ? d->text.data[i + 1] : 0;
    bool escape = (quote == '"' && c == '\\' && (next == '"' || next == '\\')) || (quote == '\'' && c == '\'' && next == '\'');
    map[n] = (uint32_t)i;
    text[n] = escape ? next : c;
    i += escape ? 2 : 1;
  }
  map[n] = (uint32_t)offset;
  text[n] = 0;
  ret->text = view_of(text, n);
  ret->map = map;
  ret->form = quote == '"' ? LANG_DOUBLE_QUOTED : quote ? LANG_SINGLE_QUOTED : LANG_AS_IS;
  return true;
}

bool ottl__lang_typed(ottl_document *d, size_t offset, lang_region *ret, ottl_document **ret_repaired, ottl_status *ret_status) {
  char quote;
  *ret_repaired = NULL;
  *ret_status = OTTL_OK;
  if (d->options.form == OTTL_FORMAT_SNIPPET) return false;
  size_t begin = typed_begin(d->text, offset, &quote);
  if (offset - begin > OTTL_MAX_LANGUAGE_BYTES || is_comment(d->text, begin, offset, quote)) return false;
  *ret_status = repair(d, begin - (quote != 0), offset, ret_repaired);
  if (*ret_status == OTTL_LIMIT) *ret_status = OTTL_OK; /* of YAML */
  uint32_t at;
  const lang_region *r = *ret_repaired ? ottl__lang_region_at(*ret_repaired, begin, &at) : NULL;
  if (!r) return false;
  *ret = *r;
  if (typed_text(d, begin, offset, quote, ret)) return true;
  *ret_status = OTTL_NOMEM;
  return false;
}
