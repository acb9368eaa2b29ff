/* What a call can give and how it can fail, from the types of its arguments and what grammar/refine.def knows of the function. */
#include "sema/sema.h"

enum { REFINE_NIL_OF_NIL = 1, REFINE_FIRST_OF = 2, REFINE_LIMITS = 4 };

static const struct {
  const char *name;
  int rule;
} refine_rules[] = {
#define NIL_OF_NIL(function) {#function, REFINE_NIL_OF_NIL},
#define FIRST_OF(function)   {#function, REFINE_FIRST_OF},
#define LIMITS(function)     {#function, REFINE_LIMITS},
#include "refine.def"
};

static const struct {
  const char *name;
  uint32_t param;
  ottl_types types;
} refine_takes[] = {
#define TAKES(function, parameter, types) {#function, parameter, types},
#include "refine.def"
};

static int refine_rules_of(const char *name) {
  int rules = 0;
  for (size_t i = 0; i < OTTL_COUNT(refine_rules); i++) {
    if (strcmp(refine_rules[i].name, name) == 0) rules |= refine_rules[i].rule;
  }
  return rules;
}

/* Functions that fail for their pattern alone, or for what they call: a pattern that is a literal was compiled. */
static const struct {
  const char *name;
  uint32_t param;
  bool extracts;
} refine_patterns[] = {
#define TESTS                            false
#define REPLACES                         false
#define READS                            true
#define REGEX(function, parameter, uses) {#function, parameter, uses},
#include "refine.def"
#undef TESTS
#undef REPLACES
#undef READS
};

static bool refine_pattern_is_sure(const ottl_function *f, const ottl_call_site *site) {
  for (uint32_t i = 0; i < f->n_params; i++) {
    if (f->params[i].kind == OTTL_P_FUNCTION && site->args[i].given) return false;
  }
  for (size_t i = 0; i < OTTL_COUNT(refine_patterns); i++) {
    if (!refine_patterns[i].extracts && strcmp(refine_patterns[i].name, f->name) == 0)
      return site->args[refine_patterns[i].param].is_literal;
  }
  return false;
}

/* As ottl__types_param, for one parameter of one function. *ret_any: the function itself looks at the type. */
static ottl_types refine_param(const ottl_function *f, uint32_t i, ottl_types *sure, bool *ret_any) {
  ottl_param_kind kind = (ottl_param_kind)f->params[i].kind;
  ottl_types takes = ottl__types_param(kind, sure);
  *ret_any = kind == OTTL_P_GETTER || kind == OTTL_P_GETSETTER || (kind >= OTTL_P_GETTERS && kind != OTTL_P_FUNCTION);
  for (size_t k = 0; k < OTTL_COUNT(refine_takes); k++) {
    if (refine_takes[k].param != i || strcmp(refine_takes[k].name, f->name) != 0) continue;
    *ret_any = false;
    return *sure = refine_takes[k].types;
  }
  return takes;
}

ottl_types ottl__refine_takes(const ottl_function *f, uint32_t param, ottl_types *sure) {
  bool any;
  return refine_param(f, param, sure, &any);
}

/* A type that is taken, but not always: texts that must be numbers, values that may have no text. */
static uint8_t refine_unsure(ottl_param_kind kind) {
  return kind == OTTL_P_INT_LIKE || kind == OTTL_P_DOUBLE_LIKE || kind == OTTL_P_BOOL_LIKE ? OTTL_FAIL_DATA
                                                                                           : OTTL_FAIL_TYPE | OTTL_FAIL_DATA;
}

static void refine_argument(ottl_expr *e, const ottl_expr *arg, ottl_param_kind kind, ottl_types takes, ottl_types sure,
                            bool lazy) {
  if (arg->is_literal && takes == TYPES_ALL) return;
  if (arg->types & ~takes) e->fails |= OTTL_FAIL_TYPE;
  if (!arg->is_literal && (arg->types & takes & ~sure)) e->fails |= refine_unsure(kind);
  if (arg->types && !(arg->types & takes) && !lazy) e->must_fail = true;
}

static ottl_types refine_first(const ottl_call_site *site) {
  ottl_types types = 0;
  for (uint32_t i = 0; i < site->args[0].n_items; i++) {
    ottl_types item = site->args[0].items[i]->types;
    types |= i + 1 < site->args[0].n_items ? item & ~TYPES_NIL : item;
    if (!(item & TYPES_NIL)) break;
  }
  return types;
}

void ottl__refine_call(ottl_expr *e) {
  const ottl_call_site *site = e->call;
  const ottl_function *f = &ottl__functions[site->function];
  int rules = refine_rules_of(f->name);
  bool lazy = f->flags & OTTL_FN_LAZY, looks = false;
  for (uint32_t i = 0; i < f->n_params; i++) {
    const ottl_call_arg *a = &site->args[i];
    ottl_param_kind kind = (ottl_param_kind)f->params[i].kind;
    ottl_types sure;
    bool any;
    ottl_types takes = refine_param(f, i, &sure, &any);
    looks |= any && a->given;
    if (a->expr) {
      bool body = kind >= OTTL_P_LAMBDA_COND && kind <= OTTL_P_LAMBDA_AKV; /* runs when there is something to run on */
      if (a->expr->must_fail && !lazy && !body) e->must_fail = true;
      if (kind >= OTTL_P_SETTER && kind <= OTTL_P_LIST_GETSETTER && !a->expr->path->writable) {
        e->fails |= OTTL_FAIL_TYPE;
        e->must_fail |= kind == OTTL_P_SETTER;
      }
      /* What is written is of the type that was read; the path may refuse it all the same. */
      if (kind == OTTL_P_GETSETTER && !ottl__types_set_sure(a->expr->path, a->expr->n_kids > 0, a->expr->types))
        e->fails |= OTTL_FAIL_TYPE | OTTL_FAIL_DATA;
      if (a->is_literal && takes != sure) continue; /* coerced already */
      refine_argument(e, a->expr, kind, takes, sure, lazy);
    }
    bool one_by_one = kind == OTTL_P_GETTERS || kind == OTTL_P_STRINGS;
    kind = param_item_kind(kind);
    for (uint32_t k = 0; k < a->n_items; k++) {
      takes = ottl__types_param(kind, &sure);
      if (a->items[k]->must_fail && !lazy && !one_by_one) e->must_fail = true;
      refine_argument(e, a->items[k], kind, takes, sure, lazy || one_by_one);
    }
  }
  if (f->flags & OTTL_FN_MAY_FAIL)
    e->fails |= (rules & REFINE_LIMITS) || refine_pattern_is_sure(f, site)
                    ? OTTL_FAIL_LIMIT
                    : OTTL_FAIL_DATA | OTTL_FAIL_LIMIT | (looks ? OTTL_FAIL_TYPE : 0);
  if (e->fails) e->may_fail = true;
  const ottl_expr *first = f->n_params ? site->args[0].expr : NULL;
  if ((rules & REFINE_NIL_OF_NIL) && first && first->types && !(first->types & TYPES_NIL)) e->types &= ~TYPES_NIL;
  if (rules & REFINE_FIRST_OF) {
    e->types = refine_first(site);
    e->must_fail |= site->args[0].n_items && site->args[0].items[0]->must_fail;
  }
  if (e->must_fail) e->may_fail = true;
}
