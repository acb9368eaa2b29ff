/* Compiling a routing table: each route is checked by itself, as the connector parses it; neighbours of one context become one code.
 *
 * SPEC: connector/routingconnector. A route without a context has the one that its paths tell, and when that does not compile, it
 * is one of resources whose paths need no prefix. */
#include "api/route.h"
#include "base/map.h"
#include "sema/tables.h"
#include "syntax/parse.h"

#define REQUEST_DEPRECATED 156 /* the context `request`: v0.156 */

typedef struct route_maker {
  const ottl_route *routes;
  size_t n;
  const ottl_route_options *options;
  ottl_diags *diags;
  ottl_program *program;
  program_routes *table;
  ottl_checked_group *checked; /* by entry that is ROWS; whoever holds them frees them */
  uint32_t *numbers;           /* by entry: of the caller's */
  ottl_arena scratch;          /* texts and trees, while compiling */
  ottl_map seen;               /* routes by context and text */
  ottl_map pipelines;
  size_t cap_pipelines;
} route_maker;

void ottl_route_options_init(ottl_route_options *options) {
  *options = (ottl_route_options){.struct_size = sizeof *options, .error_mode = OTTL_ERROR_IGNORE};
}

static ottl_view snippet_view(const ottl_snippet *s) { return (ottl_view){s->text, s->len}; }

/* The whole text of a route, to tell of it. */
static ottl_span route_span(const route_maker *m, const ottl_route *route) {
  return (ottl_span){ottl__diags_snippet(m->diags, &route->text), 0, (uint32_t)route->text.len};
}

/* -- request["name"] == "value" -- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static ottl_view trimmed(const char *data, const char *end) {
  while (data < end && is_blank(*data)) data++;
  while (data < end && is_blank(end[-1])) end--;
  return (ottl_view){data, (size_t)(end - data)};
}

/* Is there `open`, and behind it, on the same line, `close`? */
static bool has_between(ottl_view text, const char *open, const char *close) {
  size_t n_open = strlen(open), n_close = strlen(close);
  bool opened = false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == '\n') {
      opened = false;
    } else if (opened && text.len - i >= n_close && memcmp(text.data + i, close, n_close) == 0) {
      return true;
    } else if (!opened && text.len - i >= n_open && memcmp(text.data + i, open, n_open) == 0) {
      opened = true;
      i += n_open - 1;
    }
  }
  return false;
}

static bool starts_with(ottl_view v, const char *with) {
  return v.len >= strlen(with) && memcmp(v.data, with, strlen(with)) == 0;
}
static bool ends_with(ottl_view v, const char *with) {
  size_t n = strlen(with);
  return v.len >= n && memcmp(v.data + v.len - n, with, n) == 0;
}

/* NULL, or what is wrong with it. The connector's parser is as simple as that, and so are its mistakes. */
static const char *read_request(ottl_view text, route_entry *ret) {
  const char *end = text.data + text.len, *at = NULL;
  unsigned found = 0;
  for (const char *p = text.data; p + 1 < end; p++) {
    if (p[1] != '=' || (p[0] != '=' && p[0] != '!')) continue;
    if (!found) at = p;
    found++;
    p++;
  }
  if (!found) return "a condition on the request has `==` or `!=`";
  if (found > 1) return "a condition on the request has one comparison";
  ottl_view name = trimmed(text.data, at), value = trimmed(at + 2, end);
  if (!has_between(name, "request[\"", "\"]")) return "left of the comparison stands `request[\"NAME\"]`";
  if (!has_between(value, "\"", "\"")) return "right of the comparison stands a text in double quotes";
  if (starts_with(name, "request[\"")) name.data += 9, name.len -= 9;
  if (ends_with(name, "\"]")) name.len -= 2;
  if (starts_with(value, "\"")) value.data++, value.len--;
  if (ends_with(value, "\"")) value.len--;
  ret->name = name;
  ret->value = value;
  ret->differs = *at == '!';
  return NULL;
}

/* -- texts -- */

/* `route() where CONDITION`: the condition, "true" without one. False: it is no call of route.
 * DIFF: arguments of route are parsed and forgotten; the reference lets paths in them take part in finding the context. */
static bool route_condition(const ottl_snippet *text, const ottl_node *statement, ottl_snippet *ret) {
  const ottl_node *call = statement && statement->kind == NODE_STATEMENT ? statement->first : NULL;
  if (!call || call->kind != NODE_CALL || !view_is(call->text, "route")) return false;
  *ret = *text;
  if (!call->next) {
    ret->text = "true";
    ret->len = 4;
    return true;
  }
  size_t at = call->end;
  while (at < text->len && is_blank(text->text[at])) at++;
  at += 5; /* where */
  if (at > text->len) return false;
  ret->text += at;
  ret->len -= at;
  if (text->places) {
    ret->places += at; /* behind the same byte of the file */
    return true;
  }
  ret->offset += at;
  uint32_t line = text->line ? text->line : 1, column = text->column ? text->column : 1;
  for (size_t i = 0; i < at; i++) {
    bool newline = text->text[i] == '\n';
    line += newline;
    column = newline ? 1 : column + 1;
  }
  ret->line = line;
  ret->column = column;
  return true;
}

/* Paths without a context get this one: how the connector tells routes apart. */
static void put_prefixed(const ottl_node *node, ottl_view text, ottl_context_id context, uint32_t *from, ottl_sbuf *out) {
  if (node->kind == NODE_PATH && node->first) {
    const ottl_node *first = node->first;
    ottl_context_id named = ottl__context_find(first->text);
    bool prefixed =
        first->next && !first->first &&
        (view_is(first->text, "instrumentation_scope") || (named != OTTL_CONTEXT_COUNT && ottl__context_sees(context, named)));
    if (!prefixed && node->begin >= *from) {
      sbuf_put(out, text.data + *from, node->begin - *from);
      ottl__sbuf_printf(out, "%s.", ottl__contexts[context].name);
      *from = node->begin;
    }
  }
  for (const ottl_node *kid = node->first; kid; kid = kid->next) put_prefixed(kid, text, context, from, out);
}

/* The key of a route among the others; an empty view: out of memory. */
static ottl_view route_key(route_maker *m, const ottl_route *route, const ottl_node *tree, int context) {
  ottl_view text = snippet_view(&route->text), key = {NULL, 0};
  ottl_sbuf out;
  ottl__sbuf_init(&out, &m->program->al);
  ottl__sbuf_printf(&out, "[%s] %s", context < 0 ? "request" : ottl__contexts[context].name,
                    route->statement || context < 0 ? "" : "route() where ");
  uint32_t from = 0;
  if (tree && context >= 0) put_prefixed(tree, text, (ottl_context_id)context, &from, &out);
  sbuf_put(&out, text.data + from, text.len - from);
  if (!out.failed) key = arena_copy(&m->scratch, out.data, out.len);
  ottl__sbuf_done(&out);
  return key;
}

/* -- checking -- */

static ottl_compile_options check_options(const route_maker *m, bool edits) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.allocator = &m->program->al;
  o.kind = edits ? OTTL_KIND_TRANSFORM : OTTL_KIND_FILTER;
  o.functions = OTTL_FUNCTIONS_ROUTING;
  o.experimental = m->options->experimental;
  o.lint = m->options->lint;
  o.explain = m->options->explain;
  o.compat = m->options->compat;
  return o;
}

static ottl_status check_as(route_maker *m, const char *context, const ottl_snippet *text, bool edits, ottl_arena *arena,
                            ottl_diags *diags, ottl_checked_group *ret) {
  ottl_compile_options o = check_options(m, edits);
  ottl_group g = {.struct_size = sizeof g, .context = context, .error_mode = m->options->error_mode};
  if (edits) {
    g.statements = text;
    g.n_statements = 1;
  } else {
    g.conditions = text;
    g.n_conditions = 1;
  }
  return ottl__sema_group(arena, &o, &g, diags, ret);
}

/* Would it compile in that context? */
static ottl_status check_trial(route_maker *m, const char *context, const ottl_snippet *text, bool edits) {
  ottl_diags *diags = NULL;
  ottl_checked_group checked = {0};
  OTTL_TRY(ottl__diags_create(&m->program->al, &diags));
  ottl_arena arena;
  ottl__arena_init(&arena, &m->program->al, 4096);
  ottl_status status = check_as(m, context, text, edits, &arena, diags, &checked);
  if (status == OTTL_OK) ottl__sema_release(&m->program->al, &checked);
  ottl__arena_done(&arena);
  return ottl__diags_give(diags, NULL, status);
}

static ottl_status check_route(route_maker *m, const ottl_route *route, const ottl_snippet *text, bool edits,
                               ottl_checked_group *ret) {
  const char *context = route->context;
  if (!context) {
    ottl_status inferred = check_trial(m, NULL, text, edits);
    if (inferred == OTTL_NOMEM) return inferred;
    if (inferred == OTTL_COMPILE) {
      ottl_status fallback = check_trial(m, "resource", text, edits);
      if (fallback != OTTL_COMPILE) context = "resource";
      if (fallback == OTTL_NOMEM) return fallback;
    }
  }
  return check_as(m, context, text, edits, &m->program->arena, m->diags, ret);
}

/* -- the table -- */

/* Numbers of pipelines, each once. */
static ottl_status take_pipelines(route_maker *m, const ottl_view *names, size_t n, uint32_t **ret, uint32_t *ret_n) {
  program_routes *t = m->table;
  uint32_t *list = arena_array(&m->program->arena, n + 1, sizeof *list), count = 0;
  if (!list) return OTTL_NOMEM;
  for (size_t i = 0; i < n; i++) {
    uint32_t number = ottl__map_find(&m->pipelines, names[i]);
    if (number == OTTL_MAP_NONE) {
      number = t->n_pipelines;
      OTTL_TRY(ottl__al_reserve(&m->program->al, &t->pipelines, &m->cap_pipelines, (size_t)number + 1, sizeof *t->pipelines));
      ottl_view copy = arena_copy(&m->program->arena, names[i].data, names[i].len);
      if (!copy.data) return OTTL_NOMEM;
      t->pipelines[t->n_pipelines++] = copy;
      OTTL_TRY(ottl__map_put(&m->pipelines, copy, number));
    }
    bool twice = false;
    for (uint32_t k = 0; k < count; k++) twice |= list[k] == number; /* DIFF: a pipeline that is listed twice gets things once */
    if (!twice) list[count++] = number;
  }
  *ret = list;
  *ret_n = count;
  return OTTL_OK;
}

/* Was the same route there before? */
static ottl_status route_repeats(route_maker *m, const ottl_route *route, const ottl_node *tree, int context, uint32_t number,
                                 bool *ret) {
  ottl_view key = route_key(m, route, tree, context);
  if (!key.data) return OTTL_NOMEM;
  uint32_t first = ottl__map_find(&m->seen, key);
  *ret = first != OTTL_MAP_NONE;
  if (!*ret) return ottl__map_put(&m->seen, key, number);
  ottl_diag_item *d = ottl__diag_add(m->diags, DIAG_ROUTE_IGNORED, route_span(m, route),
                                     "this route is left out: route %u of the table is the same", (unsigned)first + 1);
  ottl__diag_help(d, "list the pipelines of both in one route");
  return OTTL_OK;
}

/* Do the payloads have such records? The first route that is about those of one signal alone tells which they are, if nobody did. */
static bool context_has(route_maker *m, ottl_context_id context) {
  unsigned signals = ottl__contexts[context].signals;
  for (int s = OTTL_SIGNAL_LOGS; m->program->signal == OTTL_SIGNAL_NONE && s <= OTTL_SIGNAL_METRICS; s++) {
    if (signals == 1u << s) m->program->signal = (ottl_signal)s;
  }
  return m->program->signal == OTTL_SIGNAL_NONE || (signals >> m->program->signal & 1);
}

/* A route of another signal's records takes nothing, as in the connector. */
static void tell_foreign(route_maker *m, const ottl_route *route, ottl_context_id context) {
  ottl__diag_add(m->diags, DIAG_ROUTE_IGNORED, route_span(m, route),
                 "this route takes nothing: what it is given has no %s context", ottl__contexts[context].name);
}

static ottl_status make_request(route_maker *m, const ottl_route *route, uint32_t number, route_entry *e, bool *there) {
  ottl_view text = arena_copy(&m->program->arena, route->text.text, route->text.len);
  if (!text.data) return OTTL_NOMEM;
  const char *wrong =
      route->statement ? "a route of the request context has a condition, not a statement" : read_request(text, e);
  if (wrong) {
    ottl_diag_item *d = ottl__diag_add(m->diags, DIAG_ROUTE_REQUEST, route_span(m, route), "%s", wrong);
    ottl__diag_help(d, "write `request[\"NAME\"] == \"VALUE\"`, or a condition of the otelcol context");
    return OTTL_COMPILE;
  }
  e->what = ROUTE_REQUEST;
  if (m->options->lint && (!m->options->compat || m->options->compat >= REQUEST_DEPRECATED)) {
    ottl_diag_item *d = ottl__diag_add(m->diags, DIAG_CONFIG_OLD_CONTEXT, route_span(m, route),
                                       "the connector deprecates the context `request`, since v0.156");
    ottl__diag_help(d, "leave `context` out and ask for `otelcol.client.metadata[\"%.*s\"][0]`, or `otelcol.grpc.metadata`",
                    VIEW_ARG(e->name));
  }
  bool repeated;
  OTTL_TRY(route_repeats(m, route, NULL, -1, number, &repeated));
  *there = !repeated;
  return OTTL_OK;
}

static ottl_status make_rows(route_maker *m, const ottl_route *route, uint32_t number, route_entry *e, bool *there) {
  ottl_node *tree = NULL;
  ottl_snippet condition = route->text;
  bool edits = false;
  ottl_parse_entry entry = route->statement ? OTTL_ENTRY_STATEMENT : OTTL_ENTRY_CONDITION;
  uint32_t depth = ottl__limits[OTTL_LIMIT_NESTING].standard;
  ottl_status parsed = ottl__parse(&m->scratch, entry, snippet_view(&route->text), 0, depth, NULL, &tree);
  if (parsed != OTTL_OK && parsed != OTTL_COMPILE) return parsed;
  if (parsed == OTTL_COMPILE) tree = NULL; /* told by the checker */
  if (route->statement) edits = !route_condition(&route->text, tree, &condition);
  ottl_checked_group *checked = &m->checked[m->table->n];
  OTTL_TRY(check_route(m, route, &condition, edits, checked));
  bool repeated = false;
  ottl_status status = route_repeats(m, route, tree, checked->context, number, &repeated);
  bool foreign = !context_has(m, (ottl_context_id)checked->context);
  if (status == OTTL_OK && foreign && !repeated) { /* its pipelines are there all the same */
    uint32_t *list, n;
    tell_foreign(m, route, (ottl_context_id)checked->context);
    status = take_pipelines(m, route->pipelines, route->n_pipelines, &list, &n);
  }
  *there = status == OTTL_OK && !repeated && !foreign;
  e->what = ROUTE_ROWS;
  if (!*there) {
    ottl__sema_release(&m->program->al, checked);
    *checked = (ottl_checked_group){0};
  }
  return status;
}

static bool known_context(const char *context) {
  static const char *const names[] = {"otelcol", "resource", "span", "metric", "datapoint", "log"};
  for (size_t i = 0; i < OTTL_COUNT(names); i++) {
    if (strcmp(context, names[i]) == 0) return true;
  }
  return false;
}

static ottl_status make_entry(route_maker *m, uint32_t number) {
  const ottl_route *route = &m->routes[number];
  route_entry e = {.copy = route->copy};
  bool there = false, request = route->context && strcmp(route->context, "request") == 0;
  if (route->context && !request && !known_context(route->context)) {
    ottl_diag_item *d =
        ottl__diag_add(m->diags, DIAG_GROUP_CONTEXT, route_span(m, route), "routes have no %s context", route->context);
    ottl__diag_help(d, "`resource`, `span`, `metric`, `datapoint`, `log` or `otelcol`");
    return OTTL_COMPILE;
  }
  if (request) {
    OTTL_TRY(make_request(m, route, number, &e, &there));
  } else {
    OTTL_TRY(make_rows(m, route, number, &e, &there));
  }
  if (!there) return OTTL_OK;
  uint32_t *pipelines, at = m->table->n++;
  m->table->entries[at] = e;
  m->numbers[at] = number;
  OTTL_TRY(take_pipelines(m, route->pipelines, route->n_pipelines, &pipelines, &e.n_pipelines));
  e.pipelines = pipelines;
  m->table->entries[at] = e;
  return OTTL_OK;
}

/* -- codes -- */

/* How many routes from `first` on are decided in one pass. */
static uint32_t run_of(const route_maker *m, uint32_t first) {
  const program_routes *t = m->table;
  uint32_t n = 1;
  if (m->checked[first].n_statements) return 1;
  while (first + n < t->n && t->entries[first + n].what == ROUTE_ROWS && !m->checked[first + n].n_statements &&
         m->checked[first + n].context == m->checked[first].context)
    n++;
  return n;
}

static ottl_status make_code(route_maker *m, uint32_t first, uint32_t n) {
  ottl_program *p = m->program;
  size_t at = p->n_groups;
  ottl_checked_group *c = &p->checked[at];
  bool edits = m->checked[first].n_statements != 0;
  bool *copies = arena_zero(&p->arena, n * sizeof *copies);
  ottl_expr **conditions = arena_array(&p->arena, n, sizeof *conditions);
  program_origin *origins = arena_array(&p->arena, n, sizeof *origins);
  if (!copies || !conditions || !origins) return OTTL_NOMEM;
  *c = m->checked[first]; /* the program frees it from now on */
  p->n_groups++;
  c->routes = copies;
  if (!edits) c->conditions = conditions;
  for (uint32_t i = 0; i < n; i++) {
    route_entry *e = &m->table->entries[first + i];
    e->code = (uint32_t)at;
    e->condition = i;
    copies[i] = e->copy;
    origins[i] = (program_origin){m->numbers[first + i], 0};
    if (!edits) conditions[i] = m->checked[first + i].conditions[0];
    m->checked[first + i] = (ottl_checked_group){0};
  }
  if (!edits) c->n_conditions = n;
  p->groups[at] = m->numbers[first];
  p->origins[at] = edits ? NULL : origins;
  ottl_kind kind = edits ? OTTL_KIND_TRANSFORM : OTTL_KIND_FILTER;
  OTTL_TRY(ottl__emit_group(&p->arena, c, kind, m->options->row_order, m->diags, &p->codes[at]));
  p->codes[at].layout.id = (uint32_t)at + 1;
  const char *text = NULL;
  return ottl__code_verify(&p->codes[at], &text);
}

static ottl_status make_codes(route_maker *m) {
  ottl_program *p = m->program;
  OTTL_TRY(ottl__program_room(p, m->table->n));
  for (uint32_t i = 0, run; i < m->table->n; i += run) {
    run = 1;
    if (m->table->entries[i].what != ROUTE_ROWS) continue;
    run = run_of(m, i);
    OTTL_TRY(make_code(m, i, run));
  }
  return OTTL_OK;
}

static ottl_status make_table(route_maker *m) {
  ottl_program *p = m->program;
  program_routes *t = m->table = p->routes = arena_zero(&p->arena, sizeof *t);
  if (!t) return OTTL_NOMEM;
  t->entries = arena_zero(&p->arena, (m->n + 1) * sizeof *t->entries);
  t->error_mode = (uint8_t)m->options->error_mode;
  m->checked = arena_zero(&m->scratch, (m->n + 1) * sizeof *m->checked);
  m->numbers = arena_zero(&m->scratch, (m->n + 1) * sizeof *m->numbers);
  if (!t->entries || !m->checked || !m->numbers) return OTTL_NOMEM;
  p->signal = m->options->signal;
  ottl_status status = OTTL_OK;
  for (uint32_t i = 0; i < m->n && status != OTTL_NOMEM; i++) status = ottl__worse_status(status, make_entry(m, i));
  if (status == OTTL_OK)
    status = take_pipelines(m, m->options->default_pipelines, m->options->n_default_pipelines, &t->defaults, &t->n_defaults);
  if (status == OTTL_OK) status = make_codes(m);
  for (uint32_t i = 0; i < m->n; i++) ottl__sema_release(&p->al, &m->checked[i]);
  /* The list of names moves into the program. */
  ottl_view *names = arena_array(&p->arena, (size_t)t->n_pipelines + 1, sizeof *names);
  if (names && t->n_pipelines) memcpy(names, t->pipelines, t->n_pipelines * sizeof *names);
  al_free(&p->al, t->pipelines, m->cap_pipelines * sizeof *t->pipelines);
  t->pipelines = names;
  return names ? status : OTTL_NOMEM;
}

ottl_status ottl__route_program(const ottl_route *routes, size_t n_routes, const ottl_route_options *o, ottl_diags *diags,
                                ottl_program **ret_program) {
  if (n_routes > ottl__limits[OTTL_LIMIT_STATEMENTS].standard) {
    ottl__diag_add(diags, DIAG_TOO_MANY_STATEMENTS, (ottl_span){0, 0, 0}, "too many routes: %zu", n_routes);
    return OTTL_LIMIT;
  }
  ottl_program *p = ottl__program_new(o->allocator, OTTL_KIND_ROUTE);
  if (!p) return OTTL_NOMEM;
  route_maker m = {.routes = routes, .n = n_routes, .options = o, .diags = diags, .program = p};
  ottl__arena_init(&m.scratch, &p->al, (size_t)16 << 10);
  ottl__map_init(&m.seen, &p->al);
  ottl__map_init(&m.pipelines, &p->al);
  p->row_order = o->row_order;
  size_t first_source = diags->n_sources;
  ottl_status status = make_table(&m);
  status = ottl__program_end(p, diags, first_source, status);
  ottl__map_done(&m.pipelines);
  ottl__map_done(&m.seen);
  ottl__arena_done(&m.scratch);
  if (status != OTTL_OK) {
    ottl_program_free(p);
    return status;
  }
  *ret_program = p;
  return OTTL_OK;
}

ottl_status ottl_route_compile(const ottl_route *routes, size_t n_routes, const ottl_route_options *options,
                               ottl_program **ret_program, ottl_diags **ret_diags) {
  ottl_route_options defaults;
  ottl_route_options_init(&defaults);
  const ottl_route_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if (!ret_program || (n_routes && !routes) || o->struct_size < sizeof *o || (unsigned)o->signal > OTTL_SIGNAL_METRICS ||
      (o->n_default_pipelines && !o->default_pipelines))
    return OTTL_INVALID_ARG;
  for (size_t i = 0; i < n_routes; i++) {
    if (routes[i].struct_size < sizeof *routes || !routes[i].pipelines || !routes[i].n_pipelines) return OTTL_INVALID_ARG;
  }
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_status status = ottl__route_program(routes, n_routes, o, diags, ret_program);
  return ottl__diags_give(diags, ret_diags, status);
}

size_t ottl_route_pipelines(const ottl_program *p) { return p && p->routes ? p->routes->n_pipelines : 0; }

ottl_view ottl_route_pipeline(const ottl_program *p, size_t pipeline) {
  return pipeline < ottl_route_pipelines(p) ? p->routes->pipelines[pipeline] : (ottl_view){NULL, 0};
}
