/* One group: parse everything, find the context, check everything. */
#include "sema/sema.h"
#include "syntax/parse.h"

typedef struct group_item {
  const ottl_snippet *snippet;
  ottl_node *node;
  uint32_t source;
  uint8_t entry;  /* OTTL_ENTRY_... */
  bool condition; /* of the group, not of a statement */
  bool broken;    /* has syntax errors: what else is wrong with it would be guesswork */
} group_item;

static ottl_status group_parse(sema *s, ottl_arena *trees, group_item *item) {
  const ottl_snippet *sn = item->snippet;
  ottl_view text = view_of(sn->text, sn->len);
  item->source = ottl__diags_snippet(s->diags, sn);
  uint32_t depth = ottl__limits[OTTL_LIMIT_NESTING].standard;
  ottl_status st = ottl__parse(trees, item->entry, text, item->source, depth, s->diags, &item->node);
  item->broken = st == OTTL_COMPILE;
  s->n_errors += item->broken;
  return st == OTTL_COMPILE ? OTTL_OK : st;
}

static ottl_expr *group_check_entry(sema *s, const group_item *item, ottl_checked_statement *ret) {
  const ottl_node *node = item->node;
  s->source = item->source;
  ret->source_id = item->source;
  ret->is_condition = item->entry == OTTL_ENTRY_CONDITION;
  ottl__narrow_begin(s);
  switch (item->entry) {
  case OTTL_ENTRY_CONDITION: return ret->call = ottl__sema_condition(s, node);
  case OTTL_ENTRY_VALUE: return ret->call = ottl__sema_value(s, node);
  default: break;
  }
  if (node->kind != NODE_STATEMENT || !node->first || node->first->kind != NODE_CALL) return NULL;
  const ottl_node *where = node->first->next;
  const sema_fact *known = s->facts;
  if (where) ret->where = ottl__sema_condition(s, where);
  if (ret->where) ottl__narrow_by(s, ret->where, true); /* the statement itself runs where its condition holds */
  ret->call = ottl__sema_call(s, node->first);
  s->facts = known;
  ottl__narrow_written(s, ret->call);
  if (!where) return ret->call;
  if (ret->where && ret->where->is_literal && !ret->where->literal.word) {
    ottl_diag_item *d =
        SEMA_WARN(s, CONSTANT_CONDITION, sema_span(s, where), "this statement never runs: the condition is always false");
    OTTL_UNUSED(d);
  }
  return ret->where ? ret->call : NULL;
}

bool ottl__sema_experimental(sema *s, ottl_context_id c, ottl_span span) {
  if (c == OTTL_CONTEXT_COUNT || !context_is_experimental(c) || s->options->experimental) return false;
  SEMA_ERROR(s, EXPERIMENTAL, span, "the %s context is experimental, and that is off", ottl__contexts[c].name);
  return true;
}

static bool group_context(sema *s, const ottl_group *group, const group_item *items, uint32_t n, bool *certain) {
  *certain = true;
  if (group->context) {
    ottl_view name = view_str(group->context);
    s->context = ottl__context_find(name);
    s->own = !s->bare && s->options->paths == OTTL_PATHS_EITHER;
    if (ottl__sema_experimental(s, s->context, (ottl_span){n ? items[0].source : 0, 0, 0})) return false;
    if (s->context != OTTL_CONTEXT_COUNT) {
      if (s->options->signal == OTTL_SIGNAL_NONE || (ottl__contexts[s->context].signals >> s->options->signal & 1)) return true;
      ottl_span span = {n ? items[0].source : 0, 0, 0};
      SEMA_ERROR(s, SIGNAL_CONTEXT, span, "this signal has no %s context", group->context);
      return false;
    }
    ottl_span span = {n ? items[0].source : 0, 0, 0};
    ottl_diag_item *d = SEMA_ERROR(s, GROUP_CONTEXT, span, "unknown context `%.*s` for a group", VIEW_ARG(name));
    sema_guess guess = ottl__guess(name);
    for (unsigned i = 0; i < OTTL_CONTEXT_COUNT; i++) ottl__guess_try(&guess, ottl__contexts[i].name);
    const char *meant = guess.name ? guess.name : ottl__foreign_context(name);
    if (meant) ottl__diag_help(d, "did you mean `%s`?", meant);
    return false;
  }
  infer_source *sources = arena_array(s->arena, n ? n : 1, sizeof *sources);
  if (!sources) {
    s->fatal = OTTL_NOMEM;
    return false;
  }
  uint32_t parsed = 0, whole = 0, had = s->n_errors;
  for (uint32_t i = 0; i < n; i++) {
    if (items[i].node) sources[parsed++] = (infer_source){items[i].node, items[i].source};
    whole += items[i].node && !items[i].broken;
  }
  if (had && !parsed) return false; /* nothing to infer from, and told why */
  ottl_diags *diags = s->diags;
  if (had && !whole) s->diags = NULL; /* that what is left tells no context may come of what is broken */
  s->context = ottl__sema_infer(s, sources, parsed, certain);
  s->diags = diags;
  return s->context != OTTL_CONTEXT_COUNT;
}

static ottl_status group_check(sema *s, const ottl_group *group, ottl_arena *trees, ottl_checked_group *ret) {
  static const uint8_t entries[] = {OTTL_ENTRY_STATEMENT, OTTL_ENTRY_CONDITION, OTTL_ENTRY_VALUE, OTTL_ENTRY_CONDITION};
  bool filter = s->options->kind == OTTL_KIND_FILTER;
  size_t total = group->n_conditions + group->n_statements;
  if (group->n_conditions > ottl__limits[OTTL_LIMIT_STATEMENTS].standard ||
      total > ottl__limits[OTTL_LIMIT_STATEMENTS].standard) {
    SEMA_ERROR(s, TOO_MANY_STATEMENTS, ((ottl_span){0, 0, 0}), "a group has too many statements: %zu", total);
    return OTTL_LIMIT;
  }
  uint32_t n = (uint32_t)total;
  group_item *items = arena_zero(trees, (n ? n : 1) * sizeof *items);
  ottl_checked_statement *checked = arena_zero(s->arena, (n ? n : 1) * sizeof *checked);
  ottl_checked_group g = {.error_mode = (uint8_t)group->error_mode, .shared_cache = group->shared_cache};
  g.conditions = arena_zero(s->arena, (n ? n : 1) * sizeof *g.conditions);
  if (!items || !checked || !g.conditions) return OTTL_NOMEM;
  for (uint32_t i = 0; i < n; i++) {
    bool condition = i < group->n_conditions;
    items[i].snippet = condition ? &group->conditions[i] : &group->statements[i - group->n_conditions];
    items[i].condition = condition || filter;
    items[i].entry = condition ? OTTL_ENTRY_CONDITION : entries[s->options->kind];
    OTTL_TRY(group_parse(s, trees, &items[i]));
  }
  bool certain;
  if (!group_context(s, group, items, n, &certain)) goto out;
  g.context = (uint8_t)s->context;
  g.level = ottl__contexts[s->context].level;
  g.reason = s->reason;
  for (uint32_t i = 0; i < n && !s->fatal; i++) {
    ottl_checked_statement c = {0};
    if (!items[i].node || items[i].broken) {
      if (!items[i].condition) checked[g.n_statements++] = c;
      continue;
    }
    uint32_t told = s->n_errors + s->n_unsupported;
    if (i == group->n_conditions && s->options->kind == OTTL_KIND_TRANSFORM) ottl__narrow_by_any(s, g.conditions, g.n_conditions);
    bool as_filter = i < group->n_conditions && s->options->functions == OTTL_FUNCTIONS_TRANSFORM;
    s->functions = as_filter ? OTTL_FUNCTIONS_FILTER : s->options->functions;
    if (!group_check_entry(s, &items[i], &c) && !s->fatal && s->n_errors + s->n_unsupported == told)
      s->fatal = OTTL_INTERNAL; /* something was refused and nobody said why */
    if (!s->fatal) ottl__lint_statement(s, &c, &g);
    if (items[i].condition)
      g.conditions[g.n_conditions++] = c.call;
    else {
      if (s->n_errors + s->n_unsupported != told) c.call = c.where = NULL; /* lints about statements stop there */
      checked[g.n_statements++] = c;
    }
  }
  if (!certain && s->n_errors == 0 && !s->fatal) {
    ottl_span span = {n ? items[0].source : 0, 0, 0};
    SEMA_ERROR(s, NO_CONTEXT, span, "no context has all the functions and enum symbols of this group");
  }
  g.statements = checked;
  if (s->options->lint && !s->fatal) ottl__lint_group(s, &g);
  if (s->options->compat && !s->fatal) ottl__compat_group(s, &g);
out:
  if (s->fatal) return s->fatal;
  if (s->n_errors) return OTTL_COMPILE;
  if (s->n_unsupported) return OTTL_UNSUPPORTED;
  *ret = g;
  return OTTL_OK;
}

ottl_status ottl__sema_group(ottl_arena *arena, const ottl_compile_options *options, const ottl_group *group, ottl_diags *diags,
                             ottl_checked_group *ret) {
  if ((unsigned)options->kind > OTTL_KIND_CONDITIONS) return OTTL_INVALID_ARG;
  sema s = {.arena = arena, .al = ottl__alloc_or_default(options->allocator), .diags = diags, .options = options};
  s.bare = options->paths == OTTL_PATHS_BARE;
  s.context = OTTL_CONTEXT_COUNT;
  ottl_arena trees;
  ottl__arena_init(&trees, &s.al, 0);
  size_t before = diags ? diags->n : 0;
  ottl_status st = group_check(&s, group, &trees, ret);
  if (st != OTTL_OK) {
    for (sema_prep *p = s.preps; p; p = p->next) {
      if (p->site->free_prep && p->site->prep) p->site->free_prep(&s.al, p->site->prep);
      p->site->prep = NULL;
      p->site->free_prep = NULL;
    }
  }
  ottl__diags_sort(diags, before);
  if (s.scratch) ottl__scratch_free(s.scratch);
  ottl__arena_done(&trees);
  return st;
}
