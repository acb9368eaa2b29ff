/* Facts about paths: learning them from conditions, looking them up, ending them.
 *
 * A condition that was evaluated says something even when it did not hold: what it read could be read, and the arguments of its
 * calls were of types that the calls take. All of it is bounded: facts are few (FACTS of limits.def), learning is a number of
 * steps for each statement (NARROWING); what is not learned is merely not known. */
#include "sema/sema.h"

struct sema_fact {
  const sema_fact *next;
  uint32_t n;            /* facts up to this one */
  const ottl_expr *path; /* its first n_keys keys, literals all, are the place */
  uint32_t n_keys;
  ottl_types types; /* what it reads as; reading it does not fail */
  bool compared;    /* it stands in the relation `op` to `literal` */
  uint8_t op;
  ottl_cell literal;
  ottl_span origin;
};

/* ---- places ---- */

static bool key_is_constant(const ottl_expr *key) {
  return ottl__sema_is_literal(key, OTTL_T_STRING) || ottl__sema_is_literal(key, OTTL_T_INT);
}

static bool key_same(const ottl_expr *a, const ottl_expr *b) {
  if (cell_type(a->literal) != cell_type(b->literal)) return false;
  if (cell_type(a->literal) == OTTL_T_INT) return a->literal.word == b->literal.word;
  return view_eq(cell_view(a->literal), cell_view(b->literal));
}

bool ottl__place_is(const ottl_expr *e) {
  if (e->kind != OTTL_E_PATH) return false;
  for (uint32_t i = 0; i < e->n_kids; i++) {
    if (!key_is_constant(e->kids[i])) return false;
  }
  return true;
}

bool ottl__place_begins(const ottl_expr *path, const ottl_expr *place, uint32_t n_keys) {
  if (path->kind != OTTL_E_PATH || path->path != place->path || path->context != place->context || path->n_kids < n_keys)
    return false;
  for (uint32_t i = 0; i < n_keys; i++) {
    if (!key_is_constant(path->kids[i]) || !key_same(path->kids[i], place->kids[i])) return false;
  }
  return true;
}

static bool fact_about(const sema_fact *f, const ottl_expr *path, uint32_t n_keys) {
  return f->n_keys == n_keys && ottl__place_begins(path, f->path, n_keys);
}

/* ---- looking up ---- */

/* Types of a place as far as facts tell; *ret_read: a fact says that reading it does not fail. */
static ottl_types facts_types(const sema *s, const ottl_expr *path, uint32_t n_keys, bool *ret_read) {
  ottl_types types = TYPES_ALL;
  *ret_read = false;
  for (const sema_fact *f = s->facts; f; f = f->next) {
    if (!fact_about(f, path, n_keys)) continue;
    types &= f->types;
    *ret_read = true;
  }
  return types;
}

bool ottl__narrow_origin(const sema *s, const ottl_expr *path, ottl_span *ret) {
  if (!s->facts || !ottl__place_is(path)) return false;
  ottl_types all = path->n_kids ? TYPES_ANYVALUE : path->path->types;
  for (const sema_fact *f = s->facts; f; f = f->next) {
    if (f->compared || !fact_about(f, path, path->n_kids) || !(all & ~f->types)) continue;
    *ret = f->origin;
    return true;
  }
  return false;
}

ottl_truth ottl__narrow_compared(sema *s, const ottl_expr *path, int op, ottl_cell literal, ottl_span *ret_because) {
  if (!s->facts || !ottl__place_is(path) || !ottl__truth_keeps(literal)) return OTTL_TRUTH_OPEN;
  for (const sema_fact *f = s->facts; f; f = f->next) {
    if (!f->compared || !fact_about(f, path, path->n_kids)) continue;
    ottl_truth truth = ottl__truth_implied(s->arena, f->op, f->literal, op, literal);
    if (truth == OTTL_TRUTH_OPEN) continue;
    *ret_because = f->origin;
    return truth;
  }
  return OTTL_TRUTH_OPEN;
}

/* Can the walk along the keys fail, with what is known of the containers on the way? Missing keys end it; a container that is
 * there must be a map or list and the key must fit. Only maps are sure: lists have bounds. */
static bool walk_is_sure(const sema *s, const ottl_expr *path) {
  bool body = path->path->view == OTTL_V_BODY, read;
  if (field_is_dict_map(path->path->field)) return false; /* an index may point nowhere */
  if (!body && path->path->view != OTTL_V_MAP && path->path->view != OTTL_V_CACHE) return false;
  for (uint32_t i = body ? 0 : 1; i < path->n_kids; i++) {
    ottl_types good = TYPES(MAP);
    if (!body && i == 1) good |= TYPES(ABSENT); /* further down, what is missing looks like what is empty */
    if (!ottl__sema_is_literal(path->kids[i], OTTL_T_STRING) || (facts_types(s, path, i, &read) & ~good)) return false;
  }
  return true;
}

void ottl__narrow_path(sema *s, ottl_expr *e) {
  if (!s->facts || !ottl__place_is(e) || e->must_fail) return;
  bool read;
  e->types &= facts_types(s, e, e->n_kids, &read);
  if (!e->may_fail || e->path->view == OTTL_V_EVENT_INDEX) return;
  bool literal_first = e->path->view == OTTL_V_BODY || (e->n_kids && ottl__sema_is_literal(e->kids[0], OTTL_T_STRING));
  if (read || (literal_first && walk_is_sure(s, e))) {
    e->may_fail = false;
    e->fails = 0;
  }
}

/* ---- learning ---- */

static bool learn_step(sema *s) {
  if (s->narrow_steps == 0 || s->fatal) return false;
  s->narrow_steps--;
  return true;
}

static sema_fact *learn(sema *s, const ottl_expr *path, uint32_t n_keys, const ottl_expr *origin) {
  uint32_t n = s->facts ? s->facts->n : 0;
  if (n >= ottl__limits[OTTL_LIMIT_FACTS].standard) return NULL;
  sema_fact *f = arena_zero(s->arena, sizeof *f);
  if (!f) {
    s->fatal = OTTL_NOMEM;
    return NULL;
  }
  *f = (sema_fact){.next = s->facts, .n = n + 1, .path = path, .n_keys = n_keys, .types = TYPES_ALL};
  f->origin = (ottl_span){origin->source_id, origin->begin, origin->end};
  s->facts = f;
  return f;
}

static void learn_types(sema *s, const ottl_expr *path, uint32_t n_keys, ottl_types types, const ottl_expr *origin) {
  bool read;
  ottl_types known = facts_types(s, path, n_keys, &read);
  if (read && !(known & ~types)) return;
  sema_fact *f = learn(s, path, n_keys, origin);
  if (f) f->types = types;
}

/* A path was read: what it went through were containers. */
static void learn_read(sema *s, const ottl_expr *path, const ottl_expr *origin) {
  if (!ottl__place_is(path)) return;
  uint8_t view = path->path->view;
  bool body = view == OTTL_V_BODY;
  if (body || view == OTTL_V_MAP || view == OTTL_V_CACHE) {
    for (uint32_t i = body ? 0 : 1; i < path->n_kids; i++) {
      ottl_types container = ottl__sema_is_literal(path->kids[i], OTTL_T_STRING) ? TYPES(MAP) : TYPES(LIST);
      if (i > 0) container |= i == 1 && !body ? TYPES(ABSENT) : TYPES_NIL; /* it may have been missing */
      learn_types(s, path, i, container, origin);
    }
  }
  if (path->may_fail) learn_types(s, path, path->n_kids, TYPES_ALL, origin);
}

static void learn_taken(sema *s, const ottl_expr *e, ottl_types takes, const ottl_expr *origin) {
  if (ottl__place_is(e) && (e->types & ~takes)) learn_types(s, e, e->n_kids, takes, origin);
}

static void learn_evaluated(sema *s, const ottl_expr *e, const ottl_expr *origin);

static void learn_called(sema *s, const ottl_expr *e, const ottl_expr *origin) {
  const ottl_function *f = &ottl__functions[e->call->function];
  if (f->flags & OTTL_FN_LAZY) return;
  for (uint32_t i = 0; i < e->call->n_args; i++) {
    const ottl_call_arg *a = &e->call->args[i];
    ottl_param_kind kind = (ottl_param_kind)f->params[i].kind;
    ottl_types sure;
    if (kind >= OTTL_P_LAMBDA_COND && kind <= OTTL_P_LAMBDA_AKV) continue; /* evaluated for what there is, if anything */
    if (a->expr && !a->is_literal) {
      learn_evaluated(s, a->expr, origin);
      learn_taken(s, a->expr, ottl__types_param(kind, &sure), origin);
    }
    if (kind == OTTL_P_GETTERS || kind == OTTL_P_STRINGS) continue; /* evaluated one by one, perhaps not all */
    kind = param_item_kind(kind);
    for (uint32_t k = 0; k < a->n_items; k++) {
      if (a->items[k]->is_literal) continue;
      learn_evaluated(s, a->items[k], origin);
      learn_taken(s, a->items[k], ottl__types_param(kind, &sure), origin);
    }
  }
}

/* The expression was evaluated and did not fail. */
static void learn_evaluated(sema *s, const ottl_expr *e, const ottl_expr *origin) {
  if (!learn_step(s)) return;
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_PATH: learn_read(s, e, origin); return;
  case OTTL_E_CALL: learn_called(s, e, origin); return;
  case OTTL_E_INDEX: /* its keys are evaluated when the walk comes to them */
  case OTTL_E_AND:
  case OTTL_E_OR: learn_evaluated(s, e->kids[0], origin); return;
  case OTTL_E_NEG:
    learn_evaluated(s, e->kids[0], origin);
    learn_taken(s, e->kids[0], TYPES(INT) | TYPES(DOUBLE), origin);
    return;
  case OTTL_E_LITERAL:
  case OTTL_E_LOCAL:
  case OTTL_E_LAMBDA: return;
  default:
    for (uint32_t i = 0; i < e->n_kids; i++) learn_evaluated(s, e->kids[i], origin);
    return;
  }
}

/* Which types of `a` can stand in a relation to those of `b` that gives `holds`. */
static ottl_types types_that_give(int op, ottl_types a, ottl_types b, bool holds) {
  ottl_types keep = 0;
  for (ottl_types t = a; t; t &= t - 1) {
    if (ottl__truth_of_types(op, t & -t, b) & (holds ? 1 : 2)) keep |= t & -t;
  }
  return keep;
}

static void learn_compared(sema *s, const ottl_expr *a, int op, const ottl_expr *b, bool holds, const ottl_expr *origin) {
  if (!ottl__place_is(a)) return;
  ottl_types keep = types_that_give(op, a->types, b->types, holds);
  if (a->types & ~keep) learn_types(s, a, a->n_kids, keep, origin);
  if (!b->is_literal || !ottl__truth_keeps(b->literal)) return;
  if (!holds) {
    /* Values of other types, and NaN, stand in no order at all. */
    ottl_types ordered = TYPES(INT) | TYPES(STRING) | TYPES(BOOL);
    if (op > OTTL_CMP_NE && ((keep & ~ordered) || (keep & (keep - 1)))) return;
    op = ottl__truth_negate(op);
  }
  sema_fact *f = learn(s, a, a->n_kids, origin);
  if (!f) return;
  f->compared = true;
  f->op = (uint8_t)op;
  f->literal = b->literal;
}

#define NARROW_ALTERNATIVES 8

/* One of the alternatives is so: `alternative[i]` is the head of the facts that hold if it is the i-th. What every one of them
 * says of a path's types is known. */
static void learn_join(sema *s, const sema_fact *const *alternative, uint32_t n, const ottl_expr *origin) {
  const sema_fact *base = s->facts, *joined = base;
  for (const sema_fact *f = n ? alternative[0] : base; f != base && learn_step(s); f = f->next) {
    ottl_types types = 0;
    bool all = true;
    for (uint32_t i = 0; i < n && all; i++) {
      s->facts = alternative[i];
      types |= facts_types(s, f->path, f->n_keys, &all);
    }
    s->facts = joined;
    if (all) learn_types(s, f->path, f->n_keys, types, origin);
    joined = s->facts;
  }
  s->facts = joined;
}

static void learn_condition(sema *s, const ottl_expr *e, bool holds);

/* Of an `or` that holds, or an `and` that does not: one operand decided, and those before it did not. */
static void learn_decided(sema *s, const ottl_expr *e, bool holds) {
  if (e->n_kids > NARROW_ALTERNATIVES) {
    learn_evaluated(s, e->kids[0], e->kids[0]);
    return;
  }
  const sema_fact *base = s->facts, *alternative[NARROW_ALTERNATIVES];
  for (uint32_t i = 0; i < e->n_kids; i++) {
    s->facts = base;
    for (uint32_t k = 0; k < i; k++) learn_condition(s, e->kids[k], !holds);
    learn_condition(s, e->kids[i], holds);
    alternative[i] = s->facts;
  }
  s->facts = base;
  learn_join(s, alternative, e->n_kids, e);
}

static void learn_condition(sema *s, const ottl_expr *e, bool holds) {
  if (!learn_step(s)) return;
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_NOT: learn_condition(s, e->kids[0], !holds); return;
  case OTTL_E_AND:
  case OTTL_E_OR:
    if ((e->kind == OTTL_E_AND) != holds) {
      learn_decided(s, e, holds);
      return;
    }
    for (uint32_t i = 0; i < e->n_kids; i++) learn_condition(s, e->kids[i], holds);
    return;
  case OTTL_E_CMP:
    learn_evaluated(s, e, e);
    learn_compared(s, e->kids[0], e->op, e->kids[1], holds, e);
    learn_compared(s, e->kids[1], ottl__truth_mirror(e->op), e->kids[0], holds, e);
    return;
  case OTTL_E_TRUTH: {
    learn_evaluated(s, e->kids[0], e);
    const ottl_expr *call = e->kids[0];
    ottl_types checked;
    if (call->kind != OTTL_E_CALL || !ottl__truth_check(call->call->function, &checked)) return;
    const ottl_expr *arg = call->call->args[0].expr;
    if (arg && ottl__place_is(arg)) learn_types(s, arg, arg->n_kids, holds ? checked : TYPES_ALL & ~checked, e);
    return;
  }
  default: return;
  }
}

void ottl__narrow_begin(sema *s) { s->narrow_steps = ottl__limits[OTTL_LIMIT_NARROWING].standard; }

void ottl__narrow_by(sema *s, const ottl_expr *condition, bool holds) { learn_condition(s, condition, holds); }

void ottl__narrow_by_any(sema *s, ottl_expr *const *conditions, uint32_t n) {
  if (n == 0 || n > NARROW_ALTERNATIVES) return;
  const sema_fact *base = s->facts, *alternative[NARROW_ALTERNATIVES];
  for (uint32_t i = 0; i < n; i++) {
    if (!conditions[i]) return;
    s->facts = base;
    learn_condition(s, conditions[i], true);
    alternative[i] = s->facts;
  }
  if (n == 1) return;
  s->facts = base;
  learn_join(s, alternative, n, conditions[0]);
}

/* ---- writes ---- */

static bool same_segment(const char *a, const char *b) {
  while (*a && *a != '.' && *a == *b) a++, b++;
  return (!*a || *a == '.') && (!*b || *b == '.');
}

/* Views of whole parts of a record: who writes them changes what many paths read. */
static bool view_is_whole(uint8_t view) {
  switch (view) {
  case OTTL_V_STATUS:
  case OTTL_V_REPEATED:
  case OTTL_V_METRIC_TYPE:
  case OTTL_V_DATA_POINTS:
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES:
  case OTTL_V_BUCKETS:
  case OTTL_V_VALUE_TYPE: return true;
  default: return false;
  }
}

bool ottl__place_touched(const ottl_expr *target, const ottl_expr *path, uint32_t n_keys) {
  const ottl_path_info *a = target->path, *b = path->path;
  if (view_is_whole(a->view)) return true;
  if (target->context != path->context) return false;
  if (a != b) return (a->field != OTTL_FIELD_COUNT && a->field == b->field) || same_segment(a->spelling, b->spelling);
  if (a->view == OTTL_V_TRACE_STATE) return true;
  for (uint32_t i = 0; i < target->n_kids && i < n_keys; i++) {
    const ottl_expr *x = target->kids[i], *y = path->kids[i];
    if (key_is_constant(x) && key_is_constant(y) && cell_type(x->literal) == cell_type(y->literal) && !key_same(x, y))
      return false;
  }
  return true;
}

bool ottl__editor_touches(const ottl_expr *editor, const ottl_expr *path, uint32_t n_keys) {
  const ottl_function *fn = &ottl__functions[editor->call->function];
  bool told = false; /* the function says what it writes */
  for (uint32_t i = 0; i < fn->n_params; i++) {
    uint8_t kind = fn->params[i].kind;
    const ottl_expr *target = editor->call->args[i].expr;
    if (kind < OTTL_P_SETTER || kind > OTTL_P_LIST_GETSETTER || !target) continue;
    if (ottl__place_touched(target, path, n_keys)) return true;
    told = true;
  }
  return !told;
}

static bool editor_touches(const ottl_expr *editor, const sema_fact *f) {
  return ottl__editor_touches(editor, f->path, f->n_keys);
}

void ottl__narrow_written(sema *s, const ottl_expr *editor) {
  if (!editor || !editor->call) return;
  const sema_fact *kept = NULL;
  bool any = false;
  for (const sema_fact *f = s->facts; f && !any; f = f->next) any = editor_touches(editor, f);
  if (!any) return;
  for (const sema_fact *f = s->facts; f; f = f->next) {
    if (editor_touches(editor, f)) continue;
    sema_fact *copy = arena_alloc(s->arena, sizeof *copy);
    if (!copy) {
      s->fatal = OTTL_NOMEM;
      break;
    }
    *copy = *f;
    copy->next = kept;
    copy->n = kept ? kept->n + 1 : 1;
    kept = copy;
  }
  s->facts = kept;
}
