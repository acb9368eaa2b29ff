/* Values: literals, arithmetic, lists, maps, keys. Folding is the reference's: only literals themselves, a minus in front of a
 * number, and lists and maps of literals are literals; arithmetic and converters never are. */
#include "base/map.h"
#include "sema/sema.h"
#include "syntax/foreign.h"

ottl_expr *ottl__sema_new(sema *s, ottl_expr_kind kind, const ottl_node *node, uint32_t n_kids) {
  ottl_expr *e = arena_zero(s->arena, sizeof *e);
  if (!e) goto nomem;
  e->kind = (uint8_t)kind;
  e->level = -1;
  e->begin = node->begin;
  e->end = node->end;
  e->source_id = s->source;
  if (n_kids) {
    e->kids = arena_zero(s->arena, n_kids * sizeof *e->kids);
    if (!e->kids) goto nomem;
    e->n_kids = n_kids;
  }
  return e;
nomem:
  s->fatal = OTTL_NOMEM;
  return NULL;
}

ottl_expr *ottl__sema_literal(sema *s, const ottl_node *node, ottl_cell cell) {
  ottl_expr *e = ottl__sema_new(s, OTTL_E_LITERAL, node, 0);
  if (!e) return NULL;
  e->is_literal = true;
  e->literal = cell;
  e->types = (ottl_types)1 << cell_type(cell);
  return e;
}

void ottl__sema_join(ottl_expr *e) {
  for (uint32_t i = 0; i < e->n_kids; i++) {
    const ottl_expr *kid = e->kids[i];
    if (kid->level > e->level) e->level = kid->level;
    e->may_fail |= kid->may_fail;
    e->must_fail |= kid->must_fail;
    e->impure |= kid->impure;
    e->locals |= kid->locals;
  }
}

bool ottl__sema_is_literal(const ottl_expr *e, ottl_type type) { return e->is_literal && cell_type(e->literal) == type; }

static ottl_expr *value_text(sema *s, const ottl_node *node, ottl_type type) {
  ottl_view copy = arena_copy(s->arena, node->text.data, node->text.len);
  if (copy.data) return ottl__sema_literal(s, node, cell_of_view(type, copy));
  s->fatal = OTTL_NOMEM;
  return NULL;
}

static ottl_expr *value_enum(sema *s, const ottl_node *node) {
  const ottl_enum_info *info = ottl__enum_find(s->context, node->text);
  if (info) {
    ottl_expr *e = ottl__sema_literal(s, node, cell_int(info->value));
    if (e) e->symbol = info->symbol;
    return e;
  }
  const char *context = ottl__contexts[s->context].name;
  sema_guess guess = ottl__guess(node->text);
  bool any = false;
  const ottl_enum_info *other = NULL;
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    if (ottl__enums[i].context == s->context) {
      any = true;
      ottl__guess_try(&guess, ottl__enums[i].symbol);
    } else if (!other && view_is(node->text, ottl__enums[i].symbol))
      other = &ottl__enums[i];
  }
  ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_ENUM, sema_span(s, node), "unknown enum symbol `%.*s` in the %s context",
                                 VIEW_ARG(node->text), context);
  const char *meant = ottl__foreign_value(node->text);
  if (!meant) meant = ottl__foreign_symbol(s->context, node->text);
  if (!meant) meant = guess.name;
  if (meant) {
    ottl__diag_help(d, "did you mean `%s`?", meant);
    ottl__diag_fix(d, sema_span(s, node), view_str(meant));
  } else if (other)
    ottl__diag_help(d, "write the number: %lld", (long long)other->value);
  else if (!any)
    ottl__diag_help(d, "the %s context knows no enum symbols", context);
  if (other) ottl__diag_note(d, "`%s` is a symbol of the %s context", other->symbol, ottl__contexts[other->context].name);
  return NULL;
}

bool ottl__sema_enum_hint(sema *s, ottl_diag_item *d, const ottl_node *node, const ottl_expr *text) {
  if (!ottl__sema_is_literal(text, OTTL_T_STRING)) return false;
  ottl_view v = cell_view(text->literal);
  for (uint32_t i = 0; i < ottl__n_enums && v.len >= 2; i++) {
    const char *symbol = ottl__enums[i].symbol;
    size_t n = strlen(symbol);
    if (ottl__enums[i].context != s->context || v.len > n || (v.len < n && symbol[n - v.len - 1] != '_')) continue;
    size_t k = 0;
    for (; k < v.len; k++) {
      char c = v.data[k];
      if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != symbol[n - v.len + k]) break;
    }
    if (k < v.len) continue;
    ottl__diag_help(d, "the number has a name: `%s`", symbol);
    ottl__diag_fix(d, sema_span(s, node), view_str(symbol));
    return true;
  }
  return false;
}

static void value_always_fails(sema *s, const ottl_node *node, const char *what) {
  ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, node), "%s", what);
  OTTL_UNUSED(d);
}

static ottl_expr *value_negated(sema *s, const ottl_node *node) {
  const ottl_node *kid = node->first;
  if (!kid->parenthesized && kid->kind == NODE_INT)
    return ottl__sema_literal(s, node, cell_int((int64_t)(0 - (uint64_t)kid->integer)));
  if (!kid->parenthesized && kid->kind == NODE_FLOAT) return ottl__sema_literal(s, node, cell_double(-kid->number));
  ottl_expr *value = ottl__sema_value(s, kid);
  ottl_expr *e = value ? ottl__sema_new(s, OTTL_E_NEG, node, 1) : NULL;
  if (!e) return NULL;
  e->kids[0] = value;
  ottl__sema_join(e);
  e->types = value->types & (TYPES(INT) | TYPES(DOUBLE));
  if (value->types & ~e->types) {
    e->may_fail = true;
    e->fails = OTTL_FAIL_TYPE;
  }
  if (!e->types && value->types) {
    e->must_fail = true;
    char buf[200];
    ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, node), "this always fails: only numbers can be negated");
    ottl__diag_mark(d, "%s", ottl__types_text(value->types, buf, sizeof buf));
  }
  return e;
}

static ottl_expr *value_math(sema *s, const ottl_node *node) {
  ottl_expr *a = ottl__sema_value(s, node->first), *b = ottl__sema_value(s, node->last);
  ottl_expr *e = a && b ? ottl__sema_new(s, OTTL_E_MATH, node, 2) : NULL;
  if (!e) return NULL;
  e->op = node->op;
  e->kids[0] = a;
  e->kids[1] = b;
  ottl__sema_join(e);
  bool mixed = false;
  e->types = ottl__types_math(node->op, a->types, b->types, &mixed);
  if (mixed) {
    e->may_fail = true;
    e->fails = OTTL_FAIL_TYPE;
  }
  if (!e->types && a->types && b->types) {
    e->must_fail = true;
    char buf_a[200], buf_b[200];
    ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, node->last),
                                  "this arithmetic always fails: `%c` does not take these types", node->op);
    ottl__diag_mark(d, "%s", ottl__types_text(b->types, buf_b, sizeof buf_b));
    ottl__diag_label(d, sema_span(s, node->first), "%s", ottl__types_text(a->types, buf_a, sizeof buf_a));
  }
  if (node->op == '/') {
    bool zero = (ottl__sema_is_literal(b, OTTL_T_INT) && b->literal.word == 0) ||
                (ottl__sema_is_literal(b, OTTL_T_DOUBLE) && double_of_bits(b->literal.word) == 0);
    if (zero) value_always_fails(s, node, "this always fails: division by zero");
    e->must_fail |= zero;
    if (zero || !b->is_literal) {
      e->may_fail = true;
      e->fails |= OTTL_FAIL_DATA;
    }
  }
  return e;
}

static ottl_expr *value_list(sema *s, const ottl_node *node) {
  bool good = true, literal = true;
  ottl_expr *e = ottl__sema_new(s, OTTL_E_LIST, node, node->n_children);
  if (!e) return NULL;
  uint32_t n = 0;
  for (const ottl_node *item = node->first; item; item = item->next) {
    ottl_expr *value = ottl__sema_value(s, item);
    if (!value) {
      good = false;
      continue;
    }
    literal &= value->is_literal;
    e->kids[n++] = value;
  }
  if (!good) return NULL;
  e->types = TYPES(LIST_ANY);
  ottl__sema_join(e);
  if (!literal) return e;
  ottl_list *list = arena_zero(s->arena, sizeof *list);
  if (!list) goto nomem;
  for (uint32_t i = 0; i < n; i++) {
    if (ottl__list_push(s->arena, list, e->kids[i]->literal) != OTTL_OK) goto nomem;
  }
  return ottl__sema_literal(s, node, cell_tree(OTTL_T_LIST_ANY, list));
nomem:
  s->fatal = OTTL_NOMEM;
  return NULL;
}

/* What a literal becomes inside a map: lists become lists of values. Maps are taken as values and as items of a list that is a
 * value, not deeper down: the reference goes another way there, which knows no maps. False: refused. */
static bool value_in_map(sema *s, ottl_cell in, int depth, ottl_cell *ret) {
  *ret = in;
  if (cell_type(in) == OTTL_T_MAP) return depth < 2;
  if (cell_type(in) != OTTL_T_LIST_ANY) return true;
  const ottl_list *from = cell_list(in);
  ottl_list *list = arena_zero(s->arena, sizeof *list);
  if (!list) s->fatal = OTTL_NOMEM;
  for (uint32_t i = 0; list && i < from->n; i++) {
    ottl_cell item;
    if (!value_in_map(s, from->items[i], depth + 1, &item)) return false;
    if (ottl__list_push(s->arena, list, item) != OTTL_OK) s->fatal = OTTL_NOMEM;
  }
  *ret = cell_tree(OTTL_T_LIST, list);
  return true;
}

#define VALUE_MAP_TAKES                                                                                                          \
  (TYPES_NIL | TYPES(BOOL) | TYPES(INT) | TYPES(DOUBLE) | TYPES(STRING) | TYPES(BYTES) | TYPES(MAP) | TYPES(LIST_ANY) |          \
   TYPES(GO_INT))

static ottl_expr *value_map_literal(sema *s, const ottl_node *node, const ottl_expr *e) {
  ottl_rowmap *map = arena_zero(s->arena, sizeof *map);
  if (!map) goto nomem;
  for (uint32_t i = 0; i < e->n_kids; i++) {
    ottl_cell value;
    if (!value_in_map(s, e->kids[i]->literal, 0, &value)) {
      ottl_span span = {s->source, e->kids[i]->begin, e->kids[i]->end};
      ottl_diag_item *d = SEMA_ERROR(s, MAP_VALUE, span, "a map literal does not take a map two lists down");
      ottl__diag_help(d, "the reference refuses it too: a map may stand in a list, not in a list of lists");
      return NULL;
    }
    ottl_entry *entry = s->fatal ? NULL : ottl__rowmap_push(s->arena, map, e->names[i]);
    if (!entry) goto nomem;
    entry->word = value.word;
    entry->len = value.len;
    entry->tag = value.tag;
  }
  return ottl__sema_literal(s, node, cell_tree(OTTL_T_MAP, map));
nomem:
  s->fatal = OTTL_NOMEM;
  return NULL;
}

static ottl_expr *value_map(sema *s, const ottl_node *node) {
  bool good = true, literal = true;
  ottl_map index;
  ottl_expr *e = ottl__sema_new(s, OTTL_E_MAP, node, node->n_children);
  if (!e) return NULL;
  ottl__map_init(&index, &s->al);
  e->names = arena_zero(s->arena, node->n_children * sizeof *e->names);
  if (!e->names) s->fatal = OTTL_NOMEM;
  uint32_t n = 0;
  for (const ottl_node *item = node->first; item && !s->fatal; item = item->next) {
    if (item->kind != NODE_MAPITEM || !item->first) { /* a hole */
      good = false;
      continue;
    }
    ottl_expr *value = ottl__sema_value(s, item->first);
    if (!value) {
      good = false;
      continue;
    }
    if (value->types && !(value->types & VALUE_MAP_TAKES)) {
      e->must_fail = true;
      char buf[200];
      ottl_diag_item *d =
          SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, item->first), "this always fails: a map literal does not take %s",
                    ottl__types_text(value->types, buf, sizeof buf));
      ottl__diag_help(d, "set the key by itself, such as `set(log.attributes[\"key\"], ...)`");
    }
    if (value->types & ~(VALUE_MAP_TAKES & ~TYPES(LIST_ANY))) {
      e->may_fail = true;
      e->fails = OTTL_FAIL_TYPE;
    }
    uint32_t at = ottl__map_find(&index, item->text);
    if (at != OTTL_MAP_NONE) {
      ottl__sema_drop(s, e->kids[at]);
      SEMA_WARN(s, DUPLICATE_KEY, sema_span(s, item), "the key `%.*s` is given twice; the last value counts",
                VIEW_ARG(item->text));
      e->kids[at] = value;
      continue;
    }
    e->names[n] = arena_copy(s->arena, item->text.data, item->text.len);
    if (!e->names[n].data || ottl__map_put(&index, e->names[n], n) != OTTL_OK) {
      s->fatal = OTTL_NOMEM;
      break;
    }
    e->kids[n++] = value;
  }
  ottl__map_done(&index);
  if (!good || s->fatal) return NULL;
  e->n_kids = n;
  e->types = TYPES(MAP);
  ottl__sema_join(e);
  for (uint32_t i = 0; i < n; i++) literal &= e->kids[i]->is_literal;
  return literal ? value_map_literal(s, node, e) : e;
}

bool ottl__sema_keys(sema *s, const ottl_node *key, ottl_expr **kids, uint32_t n) {
  bool good = true;
  for (uint32_t i = 0; key && i < n; key = key->next) {
    if (key->kind != NODE_KEY) continue;
    kids[i] = key->first ? ottl__sema_value(s, key->first) : NULL;
    good &= kids[i++] != NULL;
  }
  return good;
}

static ottl_expr *value_call(sema *s, const ottl_node *node) {
  const ottl_node *key = node->first;
  uint32_t n_args = 0;
  for (; key && key->kind != NODE_KEY; key = key->next) n_args++;
  ottl_expr *call = ottl__sema_call(s, node);
  if (!key) return call;
  if (call) call->end = key->begin;
  uint32_t n_keys = node->n_children - n_args;
  ottl_expr *e = ottl__sema_new(s, OTTL_E_INDEX, node, n_keys + 1);
  if (!e || !ottl__sema_keys(s, key, e->kids + 1, n_keys) || !call) return NULL;
  e->kids[0] = call;
  ottl__sema_join(e);
  e->may_fail = true;
  e->fails = OTTL_FAIL_TYPE | OTTL_FAIL_DATA;
  e->must_fail = call->must_fail || e->kids[1]->must_fail; /* the other keys are evaluated when the walk comes to them */
  e->types = call->types;
  for (uint32_t i = 1; i <= n_keys && e->types; i++) e->types = ottl__types_index(e->types, e->kids[i]->types);
  if (!e->types && call->types) {
    e->must_fail = true;
    value_always_fails(s, node, "this always fails: the value has no such keys");
  }
  return e;
}

ottl_expr *ottl__sema_value(sema *s, const ottl_node *node) {
  if (s->fatal) return NULL;
  switch ((ottl_node_kind)node->kind) {
  case NODE_NIL: return ottl__sema_literal(s, node, cell_nil());
  case NODE_BOOL: return ottl__sema_literal(s, node, cell_bool(node->integer != 0));
  case NODE_INT: return ottl__sema_literal(s, node, cell_int(node->integer));
  case NODE_FLOAT: return ottl__sema_literal(s, node, cell_double(node->number));
  case NODE_STRING: return value_text(s, node, OTTL_T_STRING);
  case NODE_BYTES: return value_text(s, node, OTTL_T_BYTES);
  case NODE_ENUM: return value_enum(s, node);
  case NODE_PATH: return ottl__sema_path(s, node);
  case NODE_CALL: return value_call(s, node);
  case NODE_POS: return ottl__sema_value(s, node->first);
  case NODE_NEG: return value_negated(s, node);
  case NODE_MATH: return value_math(s, node);
  case NODE_LIST: return value_list(s, node);
  case NODE_MAP: return value_map(s, node);
  case NODE_FUNCREF: {
    ottl_diag_item *d = SEMA_ERROR(s, FUNCTION_AS_VALUE, sema_span(s, node), "`%.*s` is the name of a function, not a value",
                                   VIEW_ARG(node->text));
    const char *meant = ottl__foreign_value(node->text);
    if (meant) {
      ottl__diag_help(d, "write `%s`", meant);
      ottl__diag_fix(d, sema_span(s, node), view_str(meant));
    } else
      ottl__diag_help(d, "call it: `%.*s(...)`", VIEW_ARG(node->text));
    return NULL;
  }
  case NODE_LAMBDA: SEMA_ERROR(s, LAMBDA_REFUSED, sema_span(s, node), "no function here takes a lambda"); return NULL;
  default: /* holes and what the parser has refused */ return NULL;
  }
}
