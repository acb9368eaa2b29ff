/* Compiling: groups through parser, checker and emitter. */
#include "api/route.h"
#include "sema/tables.h"
#include "tooling/groups.h"

void ottl_compile_options_init(ottl_compile_options *options) {
  *options = (ottl_compile_options){.struct_size = sizeof *options};
}

ottl_status ottl__worse_status(ottl_status a, ottl_status b) {
  static const uint8_t rank[] = {
      [OTTL_OK] = 0, [OTTL_UNSUPPORTED] = 1, [OTTL_COMPILE] = 2, [OTTL_LIMIT] = 3, [OTTL_INTERNAL] = 4, [OTTL_NOMEM] = 5};
  unsigned ra = (unsigned)a < OTTL_COUNT(rank) ? rank[a] : 4, rb = (unsigned)b < OTTL_COUNT(rank) ? rank[b] : 4;
  return rb > ra ? b : a;
}

/* The one signal that all contexts have; NONE when there are several. */
static ottl_signal program_signal(const ottl_program *p) {
  unsigned all = OTTL_SIGNALS_ALL;
  for (size_t i = 0; i < p->n_groups; i++) all &= ottl__contexts[p->codes[i].context].signals;
  for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES; s++) {
    if (all == 1u << s) return (ottl_signal)s;
  }
  return OTTL_SIGNAL_NONE;
}

static ottl_on_failure on_failure(const ottl_compile_options *o, const ottl_group *group) {
  ottl_on_failure said = group->on_failure ? group->on_failure : o->on_failure;
  return said ? said : OTTL_ON_FAILURE_KEEP;
}

/* The code of a group, from `first` on, whose conditions are about this context; n_groups when there is none yet. */
static size_t code_of_context(const ottl_program *p, size_t first, uint8_t context) {
  while (first < p->n_groups && p->checked[first].context != context) first++;
  return first;
}

/* A group whose conditions have contexts of their own becomes one code for each context. */
static ottl_status check_each(ottl_program *p, const ottl_group *group, uint32_t number, const ottl_compile_options *o,
                              ottl_diags *diags) {
  ottl_status status = OTTL_OK;
  size_t first = p->n_groups, told = diags ? diags->n : 0;
  for (size_t k = 0; k < group->n_conditions; k++) {
    ottl_group one = *group;
    ottl_checked_group checked = {0};
    one.conditions = &group->conditions[k];
    one.n_conditions = 1;
    ottl_status s = ottl__sema_group(&p->arena, o, &one, diags, &checked);
    status = ottl__worse_status(status, s);
    if (s == OTTL_NOMEM) break;
    if (s != OTTL_OK || !checked.n_conditions) continue;
    size_t at = code_of_context(p, first, checked.context);
    ottl_checked_group *c = &p->checked[at];
    if (at == p->n_groups) {
      p->n_groups++;
      *c = checked;
      c->conditions = arena_array(&p->arena, group->n_conditions, sizeof *c->conditions);
      p->origins[at] = arena_array(&p->arena, group->n_conditions, sizeof **p->origins);
      p->stages[at] = group->stage;
      p->groups[at] = number;
      c->n_conditions = 0;
      if (!c->conditions || !p->origins[at]) {
        ottl__sema_release(&p->al, &checked);
        return OTTL_NOMEM;
      }
    }
    p->origins[at][c->n_conditions] = (program_origin){number, (uint32_t)k};
    c->conditions[c->n_conditions++] = checked.conditions[0];
  }
  for (size_t i = first; o->lint && i < p->n_groups; i++)
    ottl__lint_conditions(o, diags, p->checked[i].conditions, p->checked[i].n_conditions);
  if (o->lint) ottl__diags_sort(diags, told);
  return status;
}

static ottl_status check_groups(ottl_program *p, const ottl_group *groups, size_t n_groups, const ottl_compile_options *o,
                                ottl_diags *diags) {
  ottl_status status = OTTL_OK;
  for (size_t i = 0; i < n_groups && status != OTTL_NOMEM; i++) {
    const ottl_group *g = &groups[i];
    if (o->kind == OTTL_KIND_FILTER && g->each_condition && !g->context) {
      status = ottl__worse_status(status, check_each(p, g, (uint32_t)i, o, diags));
      continue;
    }
    p->stages[p->n_groups] = g->stage;
    p->groups[p->n_groups] = (uint32_t)i;
    status = ottl__worse_status(status, ottl__sema_group(&p->arena, o, g, diags, &p->checked[p->n_groups]));
    p->checked[p->n_groups].on_failure = (uint8_t)on_failure(o, g);
    p->n_groups++;
  }
  return status;
}

static ottl_status compile_groups(ottl_program *p, const ottl_group *groups, size_t n_groups, const ottl_compile_options *o,
                                  ottl_diags *diags) {
  OTTL_TRY(check_groups(p, groups, n_groups, o, diags));
  bool shows = false;
  for (size_t i = p->n_groups; i-- > 0;) {
    p->checked[i].order_shows = shows;
    shows |= ottl__group_sees_order(&p->checked[i]);
  }
  for (size_t i = 0; i < p->n_groups; i++) {
    OTTL_TRY(ottl__emit_group(&p->arena, &p->checked[i], (int)o->kind, o->row_order, diags, &p->codes[i]));
    p->codes[i].layout.id = (uint32_t)i + 1;
    const char *text = NULL;
    OTTL_TRY(ottl__code_verify(&p->codes[i], &text));
  }
  p->signal = o->signal != OTTL_SIGNAL_NONE ? o->signal : program_signal(p);
  return OTTL_OK;
}

/* How many codes the groups become at most. */
static size_t most_codes(const ottl_group *groups, size_t n_groups, const ottl_compile_options *o) {
  size_t n = 0;
  for (size_t i = 0; i < n_groups; i++) {
    size_t contexts = groups[i].n_conditions < OTTL_CONTEXT_COUNT ? groups[i].n_conditions : OTTL_CONTEXT_COUNT;
    n += o->kind == OTTL_KIND_FILTER && groups[i].each_condition && !groups[i].context ? contexts : 1;
  }
  return n;
}

ottl_program *ottl__program_new(const ottl_allocator *allocator, ottl_kind kind) {
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_program *p = al_zero(&al, sizeof *p);
  if (!p) return NULL;
  p->memory = (exec_memory){.al = al};
  p->al = ottl__memory_counted(&p->memory);
  p->kind = kind;
  ottl__arena_init(&p->arena, &p->al, (size_t)16 << 10);
  return p;
}

ottl_status ottl__program_room(ottl_program *p, size_t n_codes) {
  size_t n = n_codes + 1; /* even nothing has an address */
  p->checked = arena_zero(&p->arena, n * sizeof *p->checked);
  p->codes = arena_zero(&p->arena, n * sizeof *p->codes);
  p->stages = arena_zero(&p->arena, n * sizeof *p->stages);
  p->groups = arena_zero(&p->arena, n * sizeof *p->groups);
  p->origins = arena_zero(&p->arena, n * sizeof *p->origins);
  return p->checked && p->codes && p->stages && p->groups && p->origins ? OTTL_OK : OTTL_NOMEM;
}

ottl_status ottl__program_compile(const ottl_group *groups, size_t n_groups, const ottl_compile_options *o, ottl_diags *diags,
                                  ottl_program **ret_program) {
  size_t n_codes = most_codes(groups, n_groups, o);
  if (n_codes > ottl__limits[OTTL_LIMIT_GROUPS].standard) {
    ottl__diag_add(diags, DIAG_TOO_LARGE, (ottl_span){0, 0, 0}, "too many groups: %zu", n_codes);
    return OTTL_LIMIT;
  }
  ottl_program *p = ottl__program_new(o->allocator, o->kind);
  if (!p) return OTTL_NOMEM;
  p->event_index = o->event_index;
  p->row_order = o->row_order;
  p->flatten = o->flatten;
  ottl_status status = ottl__program_room(p, n_codes);
  size_t first_source = diags->n_sources;
  ottl_compile_options counted = *o;
  counted.allocator = &p->al;
  if (status == OTTL_OK) status = compile_groups(p, groups, n_groups, &counted, diags);
  status = ottl__program_end(p, diags, first_source, status);
  if (status != OTTL_OK) {
    ottl_program_free(p);
    return status;
  }
  p->narrow = ottl__program_is_narrow(p);
  *ret_program = p;
  return OTTL_OK;
}

ottl_status ottl_program_compile(const ottl_group *groups, size_t n_groups, const ottl_compile_options *options,
                                 ottl_program **ret_program, ottl_diags **ret_diags) {
  ottl_compile_options defaults;
  ottl_compile_options_init(&defaults);
  const ottl_compile_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if (!ret_program || (n_groups && !groups) || o->struct_size < sizeof *o) return OTTL_INVALID_ARG;
  if ((unsigned)o->on_failure > OTTL_ON_FAILURE_ROLLBACK || (o->flatten && o->kind != OTTL_KIND_TRANSFORM))
    return OTTL_INVALID_ARG;
  for (size_t i = 0; i < n_groups; i++) {
    if (groups[i].struct_size < sizeof *groups || (unsigned)groups[i].on_failure > OTTL_ON_FAILURE_ROLLBACK)
      return OTTL_INVALID_ARG;
  }
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_diags *diags = NULL;
  OTTL_TRY(ottl__diags_create(&al, &diags));
  ottl_status status = ottl__program_compile(groups, n_groups, o, diags, ret_program);
  return ottl__diags_give(diags, ret_diags, status);
}

ottl_status ottl_program_compile_text(const char *text, size_t len, const char *name, ottl_error_mode error_mode,
                                      const ottl_compile_options *options, ottl_program **ret_program, ottl_diags **ret_diags) {
  ottl_compile_options defaults;
  ottl_compile_options_init(&defaults);
  const ottl_compile_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if ((len && !text) || !ret_program || o->struct_size < sizeof *o) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_arena arena;
  ottl__arena_init(&arena, &al, 0);
  ottl_group *groups;
  size_t n;
  ottl_snippet at = {.name = name};
  ottl_status status =
      ottl__text_groups(&arena, (ottl_view){text, len}, &at, o->kind == OTTL_KIND_FILTER, error_mode, &groups, &n);
  if (status == OTTL_OK) status = ottl_program_compile(groups, n, o, ret_program, ret_diags);
  ottl__arena_done(&arena);
  return status;
}

static ottl_status program_sources(ottl_program *p, const ottl_diags *diags, size_t first) {
  size_t n = diags->n_sources - first;
  p->sources = arena_array(&p->arena, n + 1, sizeof *p->sources);
  if (!p->sources) return OTTL_NOMEM;
  p->first_source = (uint32_t)first;
  for (size_t i = 0; i < n; i++) {
    ottl_source *s = &p->sources[i];
    *s = diags->sources[first + i];
    bool same_file = i > 0 && view_eq(s->name, p->sources[i - 1].name);
    s->name = same_file ? p->sources[i - 1].name : arena_copy(&p->arena, s->name.data, s->name.len);
    s->text = arena_copy(&p->arena, s->text.data, s->text.len);
    if (!s->name.data || !s->text.data || !ottl__source_keep_places(s, &p->arena)) return OTTL_NOMEM;
  }
  p->n_sources = (uint32_t)n;
  return OTTL_OK;
}

ottl_status ottl__program_end(ottl_program *p, const ottl_diags *diags, size_t first, ottl_status status) {
  if (status == OTTL_OK && !diags->nomem) status = program_sources(p, diags, first);
  return diags->nomem || p->memory.refused ? OTTL_NOMEM : status;
}

const ottl_source *ottl__program_source(const ottl_program *p, uint32_t id) {
  static const ottl_source nothing = {.text = {"", 0}, .line = 1, .column = 1};
  return id - p->first_source < p->n_sources ? &p->sources[id - p->first_source] : &nothing;
}

ottl_diag_span ottl__program_span(const ottl_program *p, uint32_t source, size_t begin, size_t end) {
  const ottl_source *s = ottl__program_source(p, source);
  ottl_view text = {s->text.data, s->text.len};
  if (begin <= end && end <= text.len) text = (ottl_view){text.data + begin, end - begin};
  return ottl__diag_span(s, begin, end, text);
}

program_origin ottl__program_origin(const ottl_program *p, size_t code, uint32_t condition) {
  const program_origin *own = p->origins[code];
  return own ? own[condition] : (program_origin){p->groups[code], condition};
}

ottl_status ottl__program_debug(const ottl_program *p, size_t code, ottl_arena *arena, ottl_code *ret_code,
                                code_debug *ret_debug) {
  const ottl_checked_group *g = &p->checked[code];
  int kind = p->kind != OTTL_KIND_ROUTE ? (int)p->kind : g->n_statements ? OTTL_KIND_TRANSFORM : OTTL_KIND_FILTER;
  return ottl__emit_debug(arena, g, kind, p->row_order, ret_code, ret_debug);
}

void ottl_program_free(ottl_program *p) {
  if (!p) return;
  for (size_t i = 0; i < p->n_groups; i++) ottl__sema_release(&p->al, &p->checked[i]);
  ottl__arena_done(&p->arena);
  ottl_allocator al = p->memory.al;
  al_free(&al, p, sizeof *p);
}

ottl_signal ottl_program_signal(const ottl_program *p) { return p ? p->signal : OTTL_SIGNAL_NONE; }
size_t ottl_program_groups(const ottl_program *p) { return p ? p->n_groups : 0; }

const char *ottl_program_context(const ottl_program *p, size_t group) {
  return p && group < p->n_groups ? ottl__contexts[p->codes[group].context].name : NULL;
}

ottl_error_mode ottl_program_error_mode(const ottl_program *p, size_t group) {
  if (p && p->routes) return (ottl_error_mode)p->routes->error_mode;
  for (size_t i = 0; p && i < p->n_groups; i++) {
    if (p->groups[i] == group) return (ottl_error_mode)p->codes[i].error_mode;
  }
  return OTTL_ERROR_PROPAGATE;
}

bool ottl_program_row_order(const ottl_program *p, size_t group) { return p && group < p->n_groups && p->codes[group].row_order; }

ottl_status ottl_program_disassemble(const ottl_program *p, char **ret_text, size_t *ret_len) {
  if (!p || !ret_text || !ret_len) return OTTL_INVALID_ARG;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &p->memory.al);
  for (size_t i = 0; i < p->n_groups; i++) ottl__code_disassemble(&p->codes[i], &out);
  if (out.failed) {
    ottl__sbuf_done(&out);
    return OTTL_NOMEM;
  }
  char *text = al_new(&p->memory.al, out.len + 1);
  if (text) memcpy(text, out.len ? out.data : "", out.len);
  if (text) text[out.len] = 0;
  *ret_len = out.len;
  ottl__sbuf_done(&out);
  if (!text) return OTTL_NOMEM;
  *ret_text = text;
  return OTTL_OK;
}

void ottl_text_free(const ottl_program *p, char *text, size_t len) {
  if (p) al_free(&p->memory.al, text, len + 1);
}
