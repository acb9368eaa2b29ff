/* Walking queries: `next` is the original's Select, `value` its Evaluate, which begins a walk anew where it does there. */
#include "base/fnv.h"
#include "base/gonum.h"
#include "base/limits.h"
#include "xml/xpath_impl.h"

#define CLONE_STEPS 64

void ottl__xpath_spend(xp_run *r, uint64_t steps) {
  r->steps += steps;
  if (r->steps > OTTL_MAX_XPATH_STEPS && r->status == OTTL_OK) r->status = OTTL_LIMIT;
}

static void no_memory(xp_run *r) {
  if (r->status == OTTL_OK) r->status = OTTL_NOMEM;
}

/* Without the state of a walk. Arguments of functions are shared: every call clones them. NULL: stopped. */
xp_query *ottl__xpath_clone(xp_run *r, const xp_query *q) {
  ottl__xpath_spend(r, CLONE_STEPS);
  xp_query *c = xp_stop(r) ? NULL : arena_zero(r->arena, sizeof *c);
  if (!c) {
    no_memory(r);
    return NULL;
  }
  c->kind = q->kind;
  c->op = q->op;
  c->test = q->test;
  c->self = q->self;
  c->sibling = q->sibling;
  c->named = q->named;
  c->function = q->function;
  c->local = q->local;
  c->prefix = q->prefix;
  c->text = q->text;
  c->number = q->number;
  c->input_of = q->input_of;
  c->args = q->args;
  c->n_args = q->n_args;
  if (q->input && !(c->input = ottl__xpath_clone(r, q->input))) return NULL;
  if (q->right && !(c->right = ottl__xpath_clone(r, q->right))) return NULL;
  return c;
}

bool ottl__xpath_test(const xp_query *q, xp_nav nav) {
  if (q->test != XP_ALL && q->test != ottl__xpath_type(nav)) return false;
  return !q->named || (view_eq(q->local, ottl__xpath_local(nav)) && view_eq(q->prefix, ottl__xpath_prefix(nav)));
}

bool ottl__xpath_has_test(const xp_query *q) {
  return q->kind >= XQ_ANCESTOR && q->kind <= XQ_SELF && q->kind != XQ_DESC_OVER_DESC;
}

/* -- sets of nodes, by the original's hash of where a node is -- */

struct xp_seen {
  uint64_t *slots; /* 0: free */
  size_t n, cap;
};

static uint32_t place_of(xp_run *r, xml_node *node) {
  xml_node *n = node;
  while (!n->place && n->prev) n = n->prev;
  if (!n->place) n->place = 1;
  for (; n != node; n = n->next) {
    ottl__xpath_spend(r, 1);
    n->next->place = n->place + !n->blank;
  }
  return node->place;
}

static uint64_t hash_of(xp_run *r, xp_nav nav) {
  uint64_t h = OTTL_FNV64A_START;
  xp_test type = ottl__xpath_type(nav);
  if (type == XP_ROOT_NODE) return h;
  ottl_view local = ottl__xpath_local(nav), prefix = type == XP_ELEMENT ? ottl__xpath_prefix(nav) : VIEW("");
  h = fnv64a_add(h, prefix.data, prefix.len);
  h = fnv64a_add(h, local.data, local.len);
  if (type != XP_ELEMENT) {
    ottl_view text = ottl__xpath_text(r, nav);
    h = fnv64a_add(h, "=", 1);
    h = fnv64a_add(h, text.data, text.len);
    ottl__xpath_spend(r, text.len / 4);
  }
  do {
    char digits[OTTL_INT_TEXT_MAX];
    size_t n = ottl__gonum_format_uint(digits, nav.attr >= 0 ? 1 : place_of(r, nav.node));
    h = fnv64a_add(fnv64a_add(h, "-", 1), digits, n);
    ottl__xpath_spend(r, 1);
  } while (!xp_stop(r) && ottl__xpath_parent(&nav));
  return h ? h : 1;
}

/* True when the node was not in the set. */
static bool seen_add(xp_run *r, xp_seen **set, xp_nav nav) {
  uint64_t h = hash_of(r, nav);
  xp_seen *s = *set;
  if (!s) s = *set = arena_zero(r->arena, sizeof *s);
  if (s && s->n * 2 >= s->cap) {
    xp_seen grown = {.cap = s->cap ? 2 * s->cap : 16, .n = s->n};
    grown.slots = arena_array(r->arena, grown.cap, sizeof(uint64_t));
    if (grown.slots) memset(grown.slots, 0, grown.cap * sizeof(uint64_t));
    for (size_t i = 0; grown.slots && i < s->cap; i++) {
      size_t k = (size_t)s->slots[i] & (grown.cap - 1);
      if (!s->slots[i]) continue;
      while (grown.slots[k]) k = (k + 1) & (grown.cap - 1);
      grown.slots[k] = s->slots[i];
    }
    *s = grown;
  }
  if (!s || !s->slots) {
    no_memory(r);
    return false;
  }
  size_t k = (size_t)h & (s->cap - 1);
  while (s->slots[k] && s->slots[k] != h) k = (k + 1) & (s->cap - 1);
  if (s->slots[k]) return false;
  s->slots[k] = h;
  s->n++;
  return true;
}

static void list_add(xp_run *r, xp_navs *list, xp_nav nav) {
  ottl__xpath_spend(r, 8);
  if (list->n == list->cap) {
    size_t cap = list->cap ? 2 * list->cap : 16;
    xp_nav *more = arena_array(r->arena, cap, sizeof *more);
    if (!more) {
      no_memory(r);
      return;
    }
    if (list->n) memcpy(more, list->at, list->n * sizeof *more);
    list->at = more;
    list->cap = cap;
  }
  list->at[list->n++] = nav;
}

/* -- one step along an axis from q->nav; the axis is that of one input node -- */

static bool axis_child(xp_run *r, xp_query *q) {
  for (;;) {
    ottl__xpath_spend(r, 1);
    if (xp_stop(r) || !(q->first ? ottl__xpath_child(&q->nav) : ottl__xpath_following(&q->nav))) return false;
    q->first = false;
    if (!ottl__xpath_test(q, q->nav)) continue;
    q->position++;
    return true;
  }
}

static bool axis_descendant(xp_run *r, xp_query *q) {
  bool hit = q->first && q->self && ottl__xpath_test(q, q->nav);
  q->first = false;
  while (!hit) {
    ottl__xpath_spend(r, 1);
    if (xp_stop(r)) return false;
    if (ottl__xpath_child(&q->nav)) {
      q->level++;
    } else {
      for (;;) {
        if (q->level == 0) return false;
        if (ottl__xpath_following(&q->nav)) break;
        ottl__xpath_parent(&q->nav);
        q->level--;
      }
    }
    hit = ottl__xpath_test(q, q->nav);
  }
  q->position++;
  return true;
}

static bool axis_ancestor(xp_run *r, xp_query *q) {
  for (;;) {
    ottl__xpath_spend(r, 1);
    bool self = q->first && q->self;
    q->first = false;
    if (xp_stop(r) || (!self && !ottl__xpath_parent(&q->nav))) return false;
    if (!ottl__xpath_test(q, q->nav) || !seen_add(r, &q->seen, q->nav)) continue;
    q->position++;
    return true;
  }
}

static bool axis_attribute(xp_run *r, xp_query *q) {
  for (;;) {
    ottl__xpath_spend(r, 1);
    if (xp_stop(r) || q->nav.attr + 1 >= (int64_t)q->nav.node->n_attr) return false;
    q->nav.attr++;
    if (ottl__xpath_test(q, q->nav)) return true;
  }
}

static bool axis_sibling(xp_run *r, xp_query *q) {
  for (;;) {
    ottl__xpath_spend(r, 1);
    if (xp_stop(r)) return false;
    if (!(q->kind == XQ_FOLLOWING ? ottl__xpath_following(&q->nav) : ottl__xpath_preceding(&q->nav))) return false;
    if (!ottl__xpath_test(q, q->nav)) continue;
    q->position++;
    return true;
  }
}

/* following:: and preceding::, by the descendants of one sibling after the other, up to the top. Moves the current node. */
static bool axis_document(xp_run *r, xp_query *q, xp_nav *ret) {
  for (;;) {
    ottl__xpath_spend(r, 1);
    if (xp_stop(r)) return false;
    if (!q->inner || !q->inner->active) {
      while (!(q->kind == XQ_FOLLOWING ? ottl__xpath_following(&q->nav) : ottl__xpath_preceding(&q->nav))) {
        ottl__xpath_spend(r, 1);
        if (xp_stop(r) || !ottl__xpath_parent(&q->nav)) return false;
        if (q->kind == XQ_PRECEDING) q->position = 0;
      }
      if (!q->inner) q->inner = arena_zero(r->arena, sizeof *q->inner);
      if (!q->inner) {
        no_memory(r);
        return false;
      }
      *q->inner = (xp_query){.kind = XQ_DESCENDANT,
                             .test = q->test,
                             .named = q->named,
                             .local = q->local,
                             .prefix = q->prefix,
                             .self = true,
                             .active = true,
                             .first = true,
                             .nav = q->nav};
      r->current = q->nav;
    }
    if (axis_descendant(r, q->inner)) {
      q->position = q->kind == XQ_FOLLOWING ? q->inner->position : q->position + 1;
      *ret = q->inner->nav;
      return true;
    }
    q->inner->active = false;
  }
}

/* -- queries that walk an axis for each node of their input -- */

static bool axis_step(xp_run *r, xp_query *q, xp_nav *ret) {
  bool hit;
  switch (q->kind) {
  case XQ_ANCESTOR: hit = axis_ancestor(r, q); break;
  case XQ_ATTRIBUTE: hit = axis_attribute(r, q); break;
  case XQ_CHILD:
  case XQ_CACHED_CHILD: hit = axis_child(r, q); break;
  case XQ_DESCENDANT: hit = axis_descendant(r, q); break;
  default:
    if (!q->sibling) return axis_document(r, q, ret);
    hit = axis_sibling(r, q);
  }
  if (hit) *ret = q->nav;
  return hit;
}

static bool next_on_axis(xp_run *r, xp_query *q, xp_nav *ret) {
  while (!xp_stop(r)) {
    if (!q->active) {
      if (q->kind != XQ_ANCESTOR) q->position = 0;
      if (!ottl__xpath_next(r, q->input, &q->nav)) return false;
      q->active = q->first = true;
      q->position = q->level = 0;
      if (q->inner) q->inner->active = false;
    }
    if (axis_step(r, q, ret)) return true;
    q->active = false;
  }
  return false;
}

/* Descendants of descendants. Oddities kept: where the node itself matches nothing below it is looked at, and a node without
 * children is tried itself. */
static bool next_deep(xp_run *r, xp_query *q, xp_nav *ret) {
  while (!xp_stop(r)) {
    ottl__xpath_spend(r, 1);
    if (q->level == 0) {
      if (!ottl__xpath_next(r, q->input, &q->nav)) return false;
      q->position = 0;
      if (q->self && ottl__xpath_test(q, q->nav)) {
        q->position = 1;
        *ret = q->nav;
        return true;
      }
      q->level += ottl__xpath_child(&q->nav);
    } else {
      bool up = true;
      while (!ottl__xpath_following(&q->nav)) {
        if (--q->level == 0) {
          up = false;
          break;
        }
        ottl__xpath_parent(&q->nav);
      }
      if (!up) continue;
    }
    do {
      ottl__xpath_spend(r, 1);
      if (ottl__xpath_test(q, q->nav)) {
        q->position++;
        *ret = q->nav;
        return true;
      }
      if (!ottl__xpath_child(&q->nav)) break;
      q->level++;
    } while (!xp_stop(r));
  }
  return false;
}

/* -- the others -- */

static int32_t position_of(const xp_query *q) {
  if (ottl__xpath_has_test(q) ? q->kind != XQ_ATTRIBUTE && q->kind != XQ_PARENT && q->kind != XQ_SELF
                              : q->kind == XQ_DESC_OVER_DESC || q->kind == XQ_FILTER || q->kind == XQ_GROUP) {
    return q->position;
  }
  return 1;
}

static bool filter_holds(xp_run *r, xp_query *q) {
  xp_value v = ottl__xpath_value(r, q->right);
  xp_nav ignored;
  switch (v.type) {
  case XP_V_BOOL: return v.b;
  case XP_V_STRING: return v.text.len > 0;
  case XP_V_NUMBER: return gonum_int_of_double(v.number) == position_of(q->input);
  default: return ottl__xpath_next(r, q->right, &ignored);
  }
}

static void count_level(xp_run *r, xp_query *q) {
  uint32_t level = q->input->kind == XQ_DESCENDANT ? (uint32_t)q->input->level : 0;
  if (level >= q->n_levels) {
    uint32_t cap = 2 * level + 8;
    uint32_t *more = arena_array(r->arena, cap, sizeof *more);
    if (!more) {
      no_memory(r);
      return;
    }
    memset(more, 0, cap * sizeof *more);
    if (q->n_levels) memcpy(more, q->levels, q->n_levels * sizeof *more);
    q->levels = more;
    q->n_levels = cap;
  }
  q->position = (int32_t)++q->levels[level];
}

static bool next_filtered(xp_run *r, xp_query *q, xp_nav *ret) {
  while (!xp_stop(r) && ottl__xpath_next(r, q->input, ret)) {
    r->current = *ret;
    if (!filter_holds(r, q) || xp_stop(r)) continue;
    count_level(r, q);
    return !xp_stop(r);
  }
  return false;
}

static void collect(xp_run *r, xp_query *from, xp_navs *list, xp_seen **seen) {
  for (xp_nav nav; !xp_stop(r) && ottl__xpath_next(r, from, &nav);) {
    if (!seen || seen_add(r, seen, nav)) list_add(r, list, nav);
  }
}

/* Lists that are made before their first node is given out. */
static void make_list(xp_run *r, xp_query *q) {
  xp_nav root = r->current;
  xp_seen *seen = NULL;
  q->list = (xp_navs){0};
  q->next = 0;
  q->list_made = true;
  if (q->kind == XQ_REVERSE) {
    collect(r, q->input, &q->list, NULL);
    for (size_t i = 0; i < q->list.n / 2; i++) {
      xp_nav nav = q->list.at[i];
      q->list.at[i] = q->list.at[q->list.n - 1 - i];
      q->list.at[q->list.n - 1 - i] = nav;
    }
    return;
  }
  bool is_union = q->kind == XQ_UNION;
  xp_navs right = {0};
  collect(r, q->input, &q->list, is_union ? &seen : NULL);
  r->current = root;
  collect(r, q->right, is_union || q->op == XP_OR ? &q->list : &right, is_union ? &seen : NULL);
  if (is_union || q->op == XP_OR) return;
  if (right.n) q->list = right; /* `and` of nodes: the last of them */
  q->next = q->list.n ? q->list.n - 1 : 0;
}

static bool next_merged(xp_run *r, xp_query *q, xp_nav *ret) {
  while (!xp_stop(r)) {
    if (!q->list_made) {
      xp_nav root;
      if (!ottl__xpath_next(r, q->input, &root)) return false;
      ottl__xpath_value(r, q->right);
      r->current = root;
      q->list = (xp_navs){0};
      q->next = 0;
      q->list_made = true;
      collect(r, q->right, &q->list, NULL);
    }
    if (q->next < q->list.n) {
      *ret = q->list.at[q->next++];
      return true;
    }
    q->list_made = false;
  }
  return false;
}

bool ottl__xpath_next(xp_run *r, xp_query *q, xp_nav *ret) {
  ottl__xpath_spend(r, 1);
  if (xp_stop(r)) return false;
  switch (q->kind) {
  case XQ_CONTEXT:
  case XQ_ABSOLUTE:
    if (q->count++ > 0) return false;
    *ret = r->current;
    if (q->kind == XQ_ABSOLUTE) ret->node = r->doc; /* a place among attributes stays, as in the original */
    return true;
  case XQ_DESC_OVER_DESC: return next_deep(r, q, ret);
  case XQ_PARENT:
    while (ottl__xpath_next(r, q->input, ret)) {
      if (ottl__xpath_parent(ret) && ottl__xpath_test(q, *ret)) return true;
    }
    return false;
  case XQ_SELF:
    while (ottl__xpath_next(r, q->input, ret)) {
      if (ottl__xpath_test(q, *ret)) return true;
    }
    return false;
  case XQ_FILTER: return next_filtered(r, q, ret);
  case XQ_GROUP:
    if (!ottl__xpath_next(r, q->input, ret)) return false;
    q->position++;
    return true;
  case XQ_REVERSE:
  case XQ_UNION:
  case XQ_BOOLEAN:
    if (!q->list_made) make_list(r, q);
    if (xp_stop(r) || q->next >= q->list.n) return false;
    *ret = q->list.at[q->next++];
    return true;
  case XQ_MERGE: return next_merged(r, q, ret);
  case XQ_FUNCTION:
  case XQ_STRING:
  case XQ_NUMBER:
  case XQ_COMPARE:
  case XQ_MATH:
  case XQ_LAST: return false;
  default: return next_on_axis(r, q, ret);
  }
}

/* -- values -- */

static double compute(xp_op op, double a, double b) {
  switch (op) {
  case XP_ADD: return a + b;
  case XP_SUB: return a - b;
  case XP_MUL: return a * b;
  case XP_DIV: return a / b;
  default: return __builtin_fmod(a, b);
  }
}

static xp_value value_of_numbers(xp_run *r, xp_query *q) {
  xp_nav root = r->current;
  double a = ottl__xpath_to_number(r, ottl__xpath_value(r, q->input));
  r->current = root;
  double b = ottl__xpath_to_number(r, ottl__xpath_value(r, q->right));
  r->current = root;
  return (xp_value){.type = XP_V_NUMBER, .number = compute((xp_op)q->op, a, b)};
}

static xp_value value_of_logic(xp_run *r, xp_query *q) {
  xp_nav root = r->current;
  bool b = ottl__xpath_to_bool(r, ottl__xpath_value(r, q->input));
  if (b != (q->op == XP_OR)) {
    r->current = root;
    b = ottl__xpath_to_bool(r, ottl__xpath_value(r, q->right));
  }
  return (xp_value){.type = XP_V_BOOL, .b = b};
}

static xp_value value_of_last(xp_run *r, xp_query *q) {
  if (!q->counted) collect(r, q->input, &q->list, NULL);
  q->counted = true;
  return (xp_value){.type = XP_V_NUMBER, .number = (double)q->list.n};
}

xp_value ottl__xpath_value(xp_run *r, xp_query *q) {
  xp_value v = {.type = XP_V_QUERY, .query = q};
  ottl__xpath_spend(r, 1);
  if (xp_stop(r)) return (xp_value){.type = XP_V_NIL};
  switch (q->kind) {
  case XQ_CONTEXT:
  case XQ_ABSOLUTE: q->count = 0; return v;
  case XQ_STRING: return (xp_value){.type = XP_V_STRING, .text = q->text};
  case XQ_NUMBER: return (xp_value){.type = XP_V_NUMBER, .number = q->number};
  case XQ_FUNCTION: return ottl__xpath_call(r, q);
  case XQ_GROUP: return ottl__xpath_value(r, q->input);
  case XQ_MATH: return value_of_numbers(r, q);
  case XQ_BOOLEAN: return value_of_logic(r, q);
  case XQ_LAST: return value_of_last(r, q);
  case XQ_COMPARE: {
    xp_value a = ottl__xpath_value(r, q->input), b = ottl__xpath_value(r, q->right);
    return (xp_value){.type = XP_V_BOOL, .b = ottl__xpath_compare(r, (xp_op)q->op, a, b)};
  }
  default: break;
  }
  ottl__xpath_value(r, q->input);
  switch (q->kind) {
  case XQ_UNION:
    ottl__xpath_value(r, q->right);
    q->list_made = false;
    break;
  case XQ_MERGE:
  case XQ_REVERSE: q->list_made = false; break;
  case XQ_ANCESTOR:
    q->seen = NULL;
    q->active = false;
    break;
  case XQ_ATTRIBUTE:
  case XQ_CHILD:
  case XQ_CACHED_CHILD:
  case XQ_DESCENDANT: q->active = false; break;
  case XQ_FILTER: q->n_levels = 0; break;
  default: break; /* the other axes go on where they were */
  }
  return v;
}

/* -- a whole query -- */

static xml_node *found(xp_run *r, xp_nav nav) {
  if (ottl__xpath_type(nav) != XP_ATTRIBUTE) return nav.node;
  xml_node *n = ottl__xml_node(r->arena, XML_ATTRIBUTE, ottl__xpath_local(nav));
  xml_node *text = ottl__xml_node(r->arena, XML_TEXT_NODE, nav.node->attr[nav.attr].value);
  if (!n || !text) {
    no_memory(r);
    return NULL;
  }
  n->parent = nav.node;
  n->first = n->last = text;
  return n;
}

ottl_status ottl__xpath_select(const ottl_xpath *xp, ottl_arena *arena, const ottl_allocator *al, ottl_regex_context *regex,
                               xml_node *doc, xml_node ***ret, size_t *ret_n) {
  xp_run r = {.arena = arena, .al = al, .regex = regex, .doc = doc, .current = {doc, -1}};
  ottl__sbuf_init(&r.buf, al);
  size_t n = 0, cap = 0;
  xml_node **nodes = NULL;
  xp_query *q = ottl__xpath_clone(&r, xp->query);
  for (xp_nav nav; q && !xp_stop(&r) && ottl__xpath_next(&r, q, &nav);) {
    r.current = nav;
    if (n == cap) {
      cap = cap ? 2 * cap : 16;
      xml_node **more = arena_array(arena, cap, sizeof(xml_node *));
      if (!more) {
        no_memory(&r);
        break;
      }
      if (n) memcpy(more, nodes, n * sizeof(xml_node *));
      nodes = more;
    }
    nodes[n++] = found(&r, nav);
  }
  ottl__sbuf_done(&r.buf);
  *ret = nodes;
  *ret_n = n;
  return r.status;
}
