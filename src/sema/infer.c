/* The context of a group that names none, as the reference's context_inferrer.go finds it: the path prefix of highest priority
 * decides; when that context lacks a function or an enum symbol that is used, the contexts that see it are tried in order. */
#include "sema/sema.h"

typedef struct infer_name {
  const ottl_node *node;
  uint32_t source;
  bool maybe_function; /* an enum symbol as an argument may be the name of a function */
  struct infer_name *next;
} infer_name;

typedef struct infer_scope { /* lambda parameters */
  const ottl_node *lambda;
  const struct infer_scope *up;
} infer_scope;

typedef struct infer {
  sema *s;
  uint32_t source;
  infer_name *functions, *enums;
  const ottl_node *best; /* first segment of the path that decides */
  const ottl_node *best_path;
  uint32_t best_source;
  unsigned priority;
  const ottl_node *bare; /* some path without a prefix */
  uint32_t bare_source;
} infer;

/* In order of priority. */
static const char *const infer_priority[] = {"log",     "exemplar",      "datapoint", "metric", "spanevent",
                                             "span",    "profilesample", "profile",   "scope",  "instrumentation_scope",
                                             "resource"};
#define INFER_LAST 100u

static unsigned infer_priority_of(ottl_view name) {
  for (unsigned i = 0; i < OTTL_COUNT(infer_priority); i++) {
    if (view_is(name, infer_priority[i])) return i;
  }
  return INFER_LAST;
}

static void infer_push(infer *in, infer_name **list, const ottl_node *node, bool maybe_function) {
  infer_name *item = arena_alloc(in->s->arena, sizeof *item);
  if (!item) {
    in->s->fatal = OTTL_NOMEM;
    return;
  }
  *item = (infer_name){node, in->source, maybe_function, *list};
  *list = item;
}

static void infer_path(infer *in, const ottl_node *node, const infer_scope *scope) {
  const ottl_node *first = node->first;
  if (!first || first->kind != NODE_FIELD) return;
  for (; scope; scope = scope->up) {
    for (const ottl_node *f = scope->lambda->first; f; f = f->next) {
      if (f->kind == NODE_FORMAL && view_eq(f->text, first->text) && !view_is(f->text, "_")) return;
    }
  }
  if (!first->next || first->first) {
    if (!in->bare) in->bare = node, in->bare_source = in->source;
    return; /* no prefix: no candidate */
  }
  unsigned priority = infer_priority_of(first->text);
  if (in->best && priority >= in->priority) return;
  in->best = first;
  in->best_path = node;
  in->best_source = in->source;
  in->priority = priority;
}

static void infer_walk(infer *in, const ottl_node *node, const infer_scope *scope, bool argument) {
  infer_scope inner = {node, scope};
  switch ((ottl_node_kind)node->kind) {
  case NODE_CALL:
  case NODE_FUNCREF: infer_push(in, &in->functions, node, false); break;
  case NODE_ENUM: infer_push(in, &in->enums, node, argument); break;
  case NODE_PATH: infer_path(in, node, scope); break;
  case NODE_LAMBDA: scope = &inner; break;
  default: break;
  }
  for (const ottl_node *kid = node->first; kid && !in->s->fatal; kid = kid->next)
    infer_walk(in, kid, scope, node->kind == NODE_ARG);
}

static bool infer_has_function(const sema *s, ottl_context_id c, ottl_view name) {
  return ottl__function_available(s->options->functions, c, name) && ottl__function_find(name) != UINT32_MAX;
}

/* NULL: the context has all functions and symbols; else one that it lacks. */
static const infer_name *infer_lacks(const infer *in, ottl_context_id c) {
  for (const infer_name *f = in->functions; f; f = f->next) {
    if (!infer_has_function(in->s, c, f->node->text)) return f;
  }
  for (const infer_name *e = in->enums; e; e = e->next) {
    if (ottl__enum_find(c, e->node->text) || (e->maybe_function && infer_has_function(in->s, c, e->node->text))) continue;
    return e;
  }
  return NULL;
}

static bool infer_candidate(const sema *s, ottl_context_id c) {
  if (s->options->functions == OTTL_FUNCTIONS_ROUTING) /* a connector routes these, whatever its signal */
    return c == OTTL_C_OTELCOL || c == OTTL_C_RESOURCE || c == OTTL_C_SPAN || c == OTTL_C_METRIC || c == OTTL_C_DATAPOINT ||
           c == OTTL_C_LOG;
  if (c == OTTL_C_OTELCOL) return false;
  if (s->options->functions == OTTL_FUNCTIONS_FILTER && c == OTTL_C_EXEMPLAR) return false; /* that processor has no such level */
  if (context_is_experimental(c) && !s->options->experimental) return false;
  return s->options->signal == OTTL_SIGNAL_NONE || (ottl__contexts[c].signals >> s->options->signal & 1);
}

static void infer_refuse(infer *in, const infer_source *sources, uint32_t n) {
  sema *s = in->s;
  if (in->best) {
    ottl_view name = in->best->text;
    ottl_span span = {in->best_source, in->best->begin, in->best->end};
    ottl_context_id c = ottl__context_find(name);
    ottl_diag_item *d;
    if (ottl__sema_experimental(s, c, span)) return;
    if (c != OTTL_CONTEXT_COUNT && c != OTTL_C_OTELCOL) {
      SEMA_ERROR(s, SIGNAL_CONTEXT, span, "this signal has no %s context", ottl__contexts[c].name);
      return;
    }
    if (view_is(name, "otelcol") || view_is(name, "instrumentation_scope")) {
      d = SEMA_ERROR(s, NO_CONTEXT, span, "paths of `%.*s` alone do not tell the context of a group", VIEW_ARG(name));
      ottl__diag_help(d, view_is(name, "instrumentation_scope") ? "write `scope`" : "name the context of the group");
      return;
    }
    d = SEMA_ERROR(s, FOREIGN_CONTEXT, span, "unknown context `%.*s`", VIEW_ARG(name));
    sema_guess guess = ottl__guess(name);
    for (unsigned i = 0; i < OTTL_CONTEXT_COUNT; i++) {
      if (infer_candidate(s, (ottl_context_id)i)) ottl__guess_try(&guess, ottl__contexts[i].name);
    }
    if (guess.name) {
      ottl__diag_help(d, "did you mean `%s`?", guess.name);
      ottl__diag_fix(d, span, view_str(guess.name));
    } else {
      for (unsigned i = OTTL_CONTEXT_COUNT; i-- > 0;) {
        if (!infer_candidate(s, (ottl_context_id)i) || !ottl__path_find((ottl_context_id)i, name)) continue;
        ottl__diag_help(d, "write `%s.%.*s`, or name the context of the group", ottl__contexts[i].name, VIEW_ARG(name));
        break;
      }
    }
    return;
  }
  if (in->bare) {
    ottl_span span = {in->bare_source, in->bare->begin, in->bare->end};
    ottl_diag_item *d = SEMA_ERROR(s, NO_CONTEXT, span, "cannot tell the context: no path of the group names one");
    for (unsigned i = OTTL_CONTEXT_COUNT; i-- > 0;) {
      ottl_view name = in->bare->first->text;
      if (!infer_candidate(s, (ottl_context_id)i) || !ottl__path_find((ottl_context_id)i, name)) continue;
      ottl__diag_help(d, "write `%s.%.*s`, or name the context of the group", ottl__contexts[i].name, VIEW_ARG(name));
      break;
    }
    return;
  }
  const ottl_node *first = n ? sources[0].node : NULL;
  ottl_span span = {n ? sources[0].source : 0, first ? first->begin : 0, first ? first->end : 0};
  ottl_diag_item *d = SEMA_ERROR(s, NO_CONTEXT, span, "cannot tell the context: the group has no paths");
  ottl__diag_help(d, "name the context of the group");
}

ottl_context_id ottl__sema_infer(sema *s, const infer_source *sources, uint32_t n, bool *ret_certain) {
  infer in = {.s = s};
  for (uint32_t i = 0; i < n; i++) {
    in.source = sources[i].source;
    if (sources[i].node) infer_walk(&in, sources[i].node, NULL, false);
  }
  *ret_certain = true;
  if (s->fatal) return OTTL_CONTEXT_COUNT;
  ottl_context_id best = in.best ? ottl__context_find(in.best->text) : OTTL_CONTEXT_COUNT;
  /* A prefix that is no candidate, such as instrumentation_scope or otelcol: the reference looks among those who see it only
   * when it is one. */
  if (best == OTTL_CONTEXT_COUNT || !infer_candidate(s, best)) {
    infer_refuse(&in, sources, n);
    return OTTL_CONTEXT_COUNT;
  }
  s->reason = (ottl_context_reason){true, in.best_source, in.best_path->begin, in.best_path->end, 0, 0, 0};
  const infer_name *lack = infer_lacks(&in, best);
  if (!lack) return best;
  for (size_t p = 0; p < OTTL_COUNT(infer_priority); p++) {
    ottl_context_id c = ottl__context_find(view_str(infer_priority[p]));
    if (c == OTTL_CONTEXT_COUNT || c == best || !infer_candidate(s, c) || !ottl__context_sees(c, best)) continue;
    if (infer_lacks(&in, c)) continue;
    s->reason.lack_source = lack->source;
    s->reason.lack_begin = lack->node->begin;
    s->reason.lack_end = lack->node->end;
    return c;
  }
  *ret_certain = false;
  return best;
}
