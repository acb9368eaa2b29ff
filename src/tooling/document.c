/* Documents: regions of a file of statements, and which one a place is in. */
#include "base/limits.h"
#include "tooling/language.h"

#include "syntax/split.h"

void ottl_document_options_init(ottl_document_options *options) {
  *options = (ottl_document_options){.struct_size = sizeof *options};
}

/* ---- regions and groups ---- */

lang_group *ottl__lang_add_group(ottl_document *d, const ottl_compile_options *options, const char *context) {
  if (ottl__al_reserve(&d->al, &d->groups, &d->cap_groups, d->n_groups + 1, sizeof *d->groups) != OTTL_OK) return NULL;
  lang_group *g = &d->groups[d->n_groups++];
  *g = (lang_group){.options = *options, .context = context, .first = (uint32_t)d->n_regions};
  return g;
}

lang_region *ottl__lang_add_region(ottl_document *d, const ottl_snippet *snippet, ottl_parse_entry entry) {
  if (ottl__al_reserve(&d->al, &d->regions, &d->cap_regions, d->n_regions + 1, sizeof *d->regions) != OTTL_OK) return NULL;
  lang_region *r = &d->regions[d->n_regions++];
  *r = (lang_region){.snippet = *snippet, .entry = (uint8_t)entry, .owner = LANG_NO_OWNER};
  r->text = view_of(snippet->text, snippet->len);
  r->group = (uint32_t)d->n_groups - 1;
  d->groups[r->group].n++;
  return r;
}

/* The text stands in the document as it is. */
static bool map_as_is(ottl_document *d, lang_region *r) {
  if (r->text.len > OTTL_MAX_LANGUAGE_BYTES) return true; /* too long to be asked about */
  uint32_t *map = arena_array(&d->arena, r->text.len + 1, sizeof *map);
  if (!map) return false;
  for (size_t i = 0; i <= r->text.len; i++) map[i] = (uint32_t)(r->snippet.offset + i);
  r->map = map;
  return true;
}

static ottl_parse_entry entry_of(ottl_kind kind) {
  return kind == OTTL_KIND_TRANSFORM ? OTTL_ENTRY_STATEMENT : kind == OTTL_KIND_VALUES ? OTTL_ENTRY_VALUE : OTTL_ENTRY_CONDITION;
}

/* Statements that follow each other under the same `context:` are one group, as when they are compiled. */
static ottl_status read_file(ottl_document *d) {
  ottl_pieces pieces;
  OTTL_TRY(ottl__split(&d->arena, d->text, &pieces));
  for (size_t i = 0; i < pieces.n; i++) {
    const ottl_piece *p = &pieces.items[i];
    if (i == 0 || !view_eq(p->context, pieces.items[i - 1].context)) {
      ottl_view context = arena_copy(&d->arena, p->context.data, p->context.len);
      if (!context.data || !ottl__lang_add_group(d, &d->compile, context.len ? context.data : NULL)) return OTTL_NOMEM;
    }
    ottl_snippet snippet = {.text = p->text.data, .len = p->text.len, .line = p->line, .column = p->column, .offset = p->offset};
    lang_region *r = ottl__lang_add_region(d, &snippet, entry_of(d->compile.kind));
    if (!r || !map_as_is(d, r)) return OTTL_NOMEM;
    r->goes_on = true;
  }
  return OTTL_OK;
}

static ottl_status read_snippet(ottl_document *d) {
  ottl_snippet snippet = {.text = d->text.data, .len = d->text.len};
  if (!ottl__lang_add_group(d, &d->compile, d->options.context)) return OTTL_NOMEM;
  lang_region *r = ottl__lang_add_region(d, &snippet, entry_of(d->compile.kind));
  return r && map_as_is(d, r) ? OTTL_OK : OTTL_NOMEM;
}

/* ---- making and freeing ---- */

static ottl_status keep_options(ottl_document *d, const ottl_document_options *options) {
  d->options = *options;
  if (options->compile)
    d->compile = *options->compile;
  else
    ottl_compile_options_init(&d->compile);
  d->options.compile = NULL; /* d->compile counts */
  if (!options->context) return OTTL_OK;
  d->options.context = arena_copy(&d->arena, options->context, strlen(options->context)).data;
  return d->options.context ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status read_text(ottl_document *d, ottl_view text, const ottl_document_options *options) {
  OTTL_TRY(keep_options(d, options));
  d->text = arena_copy(&d->arena, text.data, text.len);
  if (!d->text.data) return OTTL_NOMEM;
  switch (d->options.form) {
  case OTTL_FORMAT_SNIPPET: return read_snippet(d);
  case OTTL_FORMAT_CONFIG: return ottl__lang_read_config(d);
  default: return read_file(d);
  }
}

ottl_status ottl__lang_open(ottl_view text, const ottl_document_options *options, ottl_document **ret) {
  ottl_allocator al = ottl__alloc_or_default(options->allocator);
  ottl_document *d = al_zero(&al, sizeof *d);
  if (!d) return OTTL_NOMEM;
  d->al = al;
  ottl__arena_init(&d->arena, &d->al, 0);
  ottl__arena_init(&d->query, &d->al, 0);
  ottl__arena_init(&d->config.arena, &d->al, 0);
  d->config.al = al;
  ottl_status status = read_text(d, text, options);
  if (status == OTTL_OK)
    *ret = d;
  else
    ottl_document_free(d);
  return status;
}

ottl_status ottl_document_create(const char *text, size_t len, const ottl_document_options *options, ottl_document **ret) {
  ottl_document_options defaults;
  ottl_document_options_init(&defaults);
  const ottl_document_options *o = options ? options : &defaults;
  if ((len && !text) || !ret || o->struct_size < sizeof *o || (unsigned)o->form > OTTL_FORMAT_CONFIG ||
      (unsigned)o->config > OTTL_CONFIG_ROUTING)
    return OTTL_INVALID_ARG;
  if (o->compile && (o->compile->struct_size < sizeof *o->compile || (unsigned)o->compile->kind > OTTL_KIND_CONDITIONS))
    return OTTL_INVALID_ARG;
  if (len > (o->form == OTTL_FORMAT_CONFIG ? OTTL_MAX_CONFIG_BYTES : OTTL_MAX_STATEMENT_BYTES)) return OTTL_LIMIT;
  return ottl__lang_open((ottl_view){text ? text : "", len}, o, ret);
}

void ottl_document_free(ottl_document *d) {
  if (!d) return;
  ottl_allocator al = d->al;
  al_free(&al, d->regions, d->cap_regions * sizeof *d->regions);
  al_free(&al, d->groups, d->cap_groups * sizeof *d->groups);
  al_free(&al, d->owners, d->cap_owners * sizeof *d->owners);
  ottl__arena_done(&d->config.arena);
  ottl__arena_done(&d->query);
  ottl__arena_done(&d->arena);
  al_free(&al, d, sizeof *d);
}

/* ---- places ---- */

ottl_status ottl__lang_ask(ottl_document *d, size_t offset) {
  if (!d || offset > d->text.len) return OTTL_INVALID_ARG;
  ottl__arena_reset(&d->query);
  return OTTL_OK;
}

/* Does the place lie behind the region with nothing but blanks between them? */
static bool is_behind(const ottl_document *d, const lang_region *r, size_t offset) {
  if (r->form != LANG_AS_IS) return false;
  size_t newline = SIZE_MAX;
  for (size_t i = region_end(r); i < offset; i++) {
    char c = d->text.data[i];
    if (c == '\n' && !r->goes_on) return false;
    if (c == '\n' && newline != SIZE_MAX && i == newline + 1) return false; /* an empty line */
    if (c == '\n') newline = i;
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return newline == SIZE_MAX || offset > newline + 1; /* the line that goes on with it is indented */
}

const lang_region *ottl__lang_region_at(const ottl_document *d, size_t offset, uint32_t *ret_at) {
  const lang_region *before = NULL;
  for (size_t i = 0; i < d->n_regions; i++) {
    const lang_region *r = &d->regions[i];
    if (!r->map || region_begin(r) > offset) continue;
    if (offset > region_end(r)) {
      if (!before || region_end(r) > region_end(before)) before = r;
      continue;
    }
    uint32_t low = 0, high = (uint32_t)r->text.len + 1; /* the last byte that stands there or before */
    while (high - low > 1) {
      uint32_t middle = low + (high - low) / 2;
      if (r->map[middle] <= offset)
        low = middle;
      else
        high = middle;
    }
    *ret_at = low;
    return r;
  }
  if (!before || !is_behind(d, before, offset)) return NULL;
  *ret_at = (uint32_t)before->text.len;
  return before;
}

/* ---- contexts ---- */

const ottl_compile_options *ottl__lang_options(const ottl_document *d, const lang_region *r) {
  return &d->groups[r->group].options;
}

ottl_function_set ottl__lang_functions(const ottl_document *d, const lang_region *r) {
  ottl_function_set set = ottl__lang_options(d, r)->functions;
  return r->condition && set == OTTL_FUNCTIONS_TRANSFORM ? OTTL_FUNCTIONS_FILTER : set;
}

bool ottl__lang_own(const ottl_document *d, const lang_region *r) {
  const lang_group *g = &d->groups[r->group];
  return g->options.paths == OTTL_PATHS_BARE || (g->options.paths == OTTL_PATHS_EITHER && g->context);
}

/* What the group's trees tell, holes and all. */
static ottl_status infer_context(ottl_document *d, lang_group *g, uint8_t *ret) {
  ottl_arena arena;
  ottl__arena_init(&arena, &d->al, 0);
  sema s = {.arena = &arena, .al = d->al, .options = &g->options, .context = OTTL_CONTEXT_COUNT};
  infer_source *sources = arena_array(&arena, (size_t)g->n + 1, sizeof *sources);
  ottl_status status = sources ? OTTL_OK : OTTL_NOMEM;
  uint32_t n = 0;
  for (uint32_t i = 0; i < g->n && status == OTTL_OK; i++) {
    const lang_region *r = &d->regions[g->first + i];
    ottl_node *tree = NULL;
    status = ottl__parse(&arena, (ottl_parse_entry)r->entry, r->text, 0, OTTL_MAX_NESTING, NULL, &tree);
    if (status == OTTL_COMPILE) status = OTTL_OK;
    if (tree) sources[n++] = (infer_source){tree, 0};
  }
  bool certain;
  *ret = OTTL_CONTEXT_COUNT;
  if (status == OTTL_OK) *ret = (uint8_t)ottl__sema_infer(&s, sources, n, &certain);
  if (status == OTTL_OK) status = s.fatal;
  ottl__arena_done(&arena);
  return status;
}

ottl_context_id ottl__lang_context(ottl_document *d, const lang_region *r, ottl_status *ret_status) {
  lang_group *g = &d->groups[r->group];
  *ret_status = OTTL_OK;
  if (g->asked) return (ottl_context_id)g->found;
  if (g->context)
    g->found = (uint8_t)ottl__context_find(view_str(g->context));
  else
    *ret_status = infer_context(d, g, &g->found);
  g->asked = *ret_status == OTTL_OK;
  return (ottl_context_id)g->found;
}
