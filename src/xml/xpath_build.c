/* From an expression to queries, by the original's rules: which query it takes for a step, and how it rearranges filters that
 * look at positions, decides what comes out. */
#include "base/limits.h"
#include "xml/xpath_impl.h"

enum { FLAG_SMART = 1, FLAG_POSITION = 2, FLAG_FILTER = 4 };
enum { PROP_POSITION_FILTER = 1, PROP_POSITION = 2, PROP_LAST = 4, PROP_NOT_FLAT = 8 };

typedef struct xp_builder {
  ottl_arena *arena;
  const ottl_allocator *al;
  uint32_t depth;
  xp_query *first; /* what a position() that comes next would count */
  const char *bad;
  bool nomem;
} xp_builder;

static void *refuse(xp_builder *b, const char *why) {
  if (!b->bad) b->bad = why;
  return NULL;
}

static xp_query *make(xp_builder *b, xq_kind kind) {
  xp_query *q = arena_zero(b->arena, sizeof *q);
  if (!q) {
    b->nomem = true;
    return refuse(b, "out of memory");
  }
  q->kind = (uint8_t)kind;
  return q;
}

static xp_query *build(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props);

/* -- steps -- */

static void put_test(xp_query *q, const xp_expr *e) {
  q->test = e->test;
  q->local = e->local;
  q->prefix = e->prefix;
  q->named = e->local.len || e->prefix.len;
}

static bool axis_is(const xp_expr *e, const char *name) { return view_is(e->axis, name); }

/* a//b, in one walk. */
static xp_query *build_descendants(xp_builder *b, const xp_expr *e, unsigned *props) {
  const xp_expr *input = e->input->input;
  xp_query *from = input ? build(b, input, FLAG_SMART, props) : make(b, XQ_CONTEXT);
  xp_query *q = from ? make(b, XQ_DESCENDANT) : NULL;
  if (!q) return NULL;
  put_test(q, e);
  q->input = from;
  *props |= PROP_NOT_FLAT;
  return q;
}

static xp_query *build_step(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props, xp_query *input) {
  static const struct {
    const char *axis;
    uint8_t kind;
    bool self, sibling, not_flat;
  } axes[] = {
      {"ancestor", XQ_ANCESTOR, false, false, true},
      {"ancestor-or-self", XQ_ANCESTOR, true, false, true},
      {"attribute", XQ_ATTRIBUTE, false, false, false},
      {"child", XQ_CHILD, false, false, false},
      {"descendant", XQ_DESCENDANT, false, false, true},
      {"descendant-or-self", XQ_DESCENDANT, true, false, true},
      {"following", XQ_FOLLOWING, false, false, true},
      {"following-sibling", XQ_FOLLOWING, false, true, false},
      {"parent", XQ_PARENT, false, false, false},
      {"preceding", XQ_PRECEDING, false, false, true},
      {"preceding-sibling", XQ_PRECEDING, false, true, false},
      {"self", XQ_SELF, false, false, false},
  };
  for (size_t i = 0; i < OTTL_COUNT(axes); i++) {
    if (!axis_is(e, axes[i].axis)) continue;
    unsigned kind = axes[i].kind;
    if (kind == XQ_CHILD && (*props & PROP_NOT_FLAT)) kind = XQ_CACHED_CHILD;
    if (kind == XQ_DESCENDANT && (flags & FLAG_SMART)) kind = XQ_DESC_OVER_DESC;
    xp_query *q = make(b, (xq_kind)kind);
    if (!q) return NULL;
    put_test(q, e);
    q->input = input;
    q->self = axes[i].self;
    q->sibling = axes[i].sibling;
    if (axes[i].not_flat) *props |= PROP_NOT_FLAT;
    return q;
  }
  /* DIFF: the axis namespace compiles to nothing in the original, which panics when it gets there */
  return refuse(b, axis_is(e, "namespace") ? "the namespace axis is not supported" : "unknown axis");
}

static xp_query *build_axis(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props) {
  xp_query *input;
  b->first = NULL;
  if (!e->input) {
    input = make(b, XQ_CONTEXT);
    *props = 0;
  } else {
    unsigned input_flags = 0;
    if (!(flags & FLAG_FILTER)) {
      if (axis_is(e, "child") && e->input->kind == XP_AXIS && axis_is(e->input, "descendant-or-self")) {
        return build_descendants(b, e, props);
      }
      if (axis_is(e, "descendant") || axis_is(e, "descendant-or-self")) input_flags = FLAG_SMART;
    }
    input = build(b, e->input, input_flags, props);
  }
  return input ? build_step(b, e, flags, props, input) : NULL;
}

/* -- filters -- */

/* Properties of the original that matter: may a filter be split off from its first step? */
static bool merges(const xp_query *q) {
  while (q->kind == XQ_FILTER) q = q->input;
  return q->kind != XQ_GROUP;
}

static bool may_be_number(const xp_query *q) {
  while (q->kind == XQ_GROUP) q = q->input;
  return q->kind == XQ_FUNCTION || q->kind == XQ_REVERSE || q->kind == XQ_NUMBER || q->kind == XQ_MATH || q->kind == XQ_LAST;
}

/* Takes the input away from a step, so that it can be applied to one node at a time; NULL: it begins at the context anyway. */
static xp_query *split_input(xp_builder *b, xp_query *step) {
  if (step->kind < XQ_ANCESTOR || (step->kind > XQ_SELF && step->kind != XQ_GROUP) || step->input->kind == XQ_CONTEXT)
    return NULL;
  xp_query *parent = step->input;
  step->input = make(b, XQ_CONTEXT);
  return step->input ? parent : NULL;
}

static xp_query *make_pair(xp_builder *b, xq_kind kind, xp_query *input, xp_query *right) {
  xp_query *q = make(b, kind);
  if (!q) return NULL;
  q->input = input;
  q->right = right;
  return q;
}

static xp_query *build_filter(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props) {
  bool outermost = !(flags & FLAG_FILTER);
  xp_query *input = build(b, e->input, flags | FLAG_FILTER, props);
  xp_query *first = b->first;
  unsigned own = 0;
  xp_query *condition = input ? build(b, e->right, flags, &own) : NULL;
  if (!condition) return NULL;
  if (may_be_number(condition) || (own & (PROP_POSITION | PROP_LAST))) own |= PROP_POSITION;
  if (e->input->kind != XP_FILTER) *props &= ~(unsigned)PROP_POSITION_FILTER;
  if (own & PROP_POSITION) *props |= PROP_POSITION_FILTER;
  if ((own & PROP_LAST) && condition->kind == XQ_FUNCTION && condition->input_of &&
      (condition->input_of->kind == XQ_FILTER || condition->input_of->kind == XQ_GROUP)) {
    xp_query *last = make(b, XQ_LAST);
    if (!last) return NULL;
    last->input = (xp_query *)(uintptr_t)condition->input_of;
    condition = last;
  }
  if (outermost && first) {
    b->first = NULL;
    if (merges(input) && (*props & PROP_POSITION_FILTER)) {
      xp_query *parent = split_input(b, first), *child = make_pair(b, XQ_FILTER, input, condition);
      return parent && child ? make_pair(b, XQ_MERGE, parent, child) : child;
    }
  }
  return make_pair(b, XQ_FILTER, input, condition);
}

/* -- functions -- */

static const struct {
  const char *name;
  uint32_t least, most;
} functions[] = {
#define XPATH_FUNCTION(id, name, least, most) {name, least, most},
#include "xpath_functions.h"
#undef XPATH_FUNCTION
};

/* Arguments that are never used are not looked at. */
static uint32_t used_args(unsigned f, uint32_t n) {
  if (f == XF_CONCAT || f == XF_NAME || f == XF_LOCAL_NAME || f == XF_NAMESPACE_URI || f == XF_BOOLEAN || f == XF_STRING ||
      f == XF_NUMBER) {
    return n;
  }
  if (f == XF_SUBSTRING) return n == 3 ? 3 : 2;
  return f == XF_NORMALIZE_SPACE && n ? 1 : functions[f].least;
}

static xp_query *build_arg_self(xp_builder *b) {
  xp_query *q = make(b, XQ_SELF);
  if (!q) return NULL;
  q->test = XP_ALL;
  q->input = make(b, XQ_CONTEXT);
  b->first = q;
  return q->input ? q : NULL;
}

static bool check_pattern(xp_builder *b, ottl_view pattern) {
  ottl_regex *re = NULL;
  ottl_status status = ottl__regex_compile(b->al, pattern, &re, NULL);
  if (status == OTTL_OK) ottl__regex_free(re);
  if (status == OTTL_NOMEM) b->nomem = true;
  if (status != OTTL_OK) refuse(b, "matches() got an invalid regular expression");
  return status == OTTL_OK;
}

static xp_query *build_call(xp_builder *b, const xp_expr *e, unsigned *props) {
  unsigned f = 0;
  *props = 0;
  while (f < XF_COUNT_ && !view_is(e->local, functions[f].name)) f++;
  if (f == XF_COUNT_) return refuse(b, "not yet support this function");
  if (e->n_args < functions[f].least || (functions[f].most < 99 && e->n_args > functions[f].most)) {
    return refuse(b, "wrong number of arguments of an XPath function");
  }
  xp_query *q = make(b, f == XF_REVERSE ? XQ_REVERSE : XQ_FUNCTION);
  if (!q) return NULL;
  q->function = (uint8_t)f;
  q->n_args = used_args(f, e->n_args);
  q->args = arena_array(b->arena, q->n_args + 1, sizeof(xp_query *));
  if (!q->args) {
    b->nomem = true;
    return refuse(b, "out of memory");
  }
  for (uint32_t i = 0; i < q->n_args; i++) {
    q->args[i] = build(b, e->args[i], 0, props);
    if (!q->args[i]) return NULL;
  }
  if (f == XF_NORMALIZE_SPACE && !q->n_args) {
    *props = 0;
    q->args[q->n_args++] = build_arg_self(b);
    if (!q->args[0]) return NULL;
  }
  if (f == XF_MATCHES && q->args[1]->kind == XQ_NUMBER) return refuse(b, "matches() wants a string");
  if (f == XF_MATCHES && q->args[1]->kind == XQ_STRING && !check_pattern(b, q->args[1]->text)) return NULL;
  if (f == XF_REVERSE) q->input = q->args[0];
  if (f == XF_LAST || f == XF_POSITION) {
    q->input_of = b->first;
    *props |= f == XF_LAST ? PROP_LAST : PROP_POSITION;
  }
  return q;
}

/* -- the rest -- */

static xp_query *build_operator(xp_builder *b, const xp_expr *e, unsigned *props) {
  unsigned left_props = 0, right_props = 0;
  xp_query *left = build(b, e->input, 0, &left_props);
  xp_query *right = left ? build(b, e->right, 0, &right_props) : NULL;
  if (!right) return NULL;
  *props = left_props | right_props;
  if (e->op == XP_UNION) *props |= PROP_NOT_FLAT;
  xq_kind kind = e->op <= XP_MOD ? XQ_MATH : e->op <= XP_NE ? XQ_COMPARE : e->op == XP_UNION ? XQ_UNION : XQ_BOOLEAN;
  xp_query *q = make_pair(b, kind, left, right);
  if (q) q->op = e->op;
  return q;
}

static xp_query *build_node(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props) {
  xp_query *q = NULL;
  switch (e->kind) {
  case XP_STRING:
  case XP_NUMBER:
    q = make(b, e->kind == XP_STRING ? XQ_STRING : XQ_NUMBER);
    if (!q) return NULL;
    q->text = e->text;
    q->number = e->number;
    return q;
  case XP_ROOT: return make(b, XQ_ABSOLUTE);
  case XP_AXIS: q = build_axis(b, e, flags, props); break;
  case XP_FILTER: q = build_filter(b, e, flags, props); break;
  case XP_CALL: return build_call(b, e, props);
  case XP_OPERATOR: return build_operator(b, e, props);
  case XP_GROUP:
    q = build(b, e->input, 0, props);
    q = q ? make_pair(b, XQ_GROUP, q, NULL) : NULL;
    break;
  default: return refuse(b, "undeclared variable in XPath expression");
  }
  b->first = q;
  return q;
}

static xp_query *build(xp_builder *b, const xp_expr *e, unsigned flags, unsigned *props) {
  if (b->bad) return NULL;
  if (++b->depth > OTTL_MAX_XPATH_BUILD_DEPTH) return refuse(b, "the xpath expressions is too complex");
  *props = 0;
  xp_query *q = build_node(b, e, flags, props);
  b->depth--;
  return q;
}

ottl_status ottl__xpath_build(ottl_arena *arena, const ottl_allocator *al, const xp_expr *e, xp_query **ret,
                              const char **ret_message) {
  xp_builder b = {.arena = arena, .al = al};
  unsigned props;
  *ret = build(&b, e, 0, &props);
  if (b.nomem) return OTTL_NOMEM;
  if (*ret && !b.bad) return OTTL_OK;
  *ret_message = b.bad ? b.bad : "invalid XPath expression";
  return OTTL_COMPILE;
}

ottl_status ottl__xpath_compile(const ottl_allocator *al, ottl_view text, ottl_xpath **ret, const char **ret_message) {
  ottl_xpath *xp = al_zero(al, sizeof *xp);
  if (!xp) return OTTL_NOMEM;
  xp->al = *al;
  ottl__arena_init(&xp->arena, al, 1024);
  xp_expr *e = NULL;
  ottl_view copy = arena_copy(&xp->arena, text.data, text.len);
  ottl_status status = !copy.data ? OTTL_NOMEM : text.len ? OTTL_OK : OTTL_COMPILE;
  *ret_message = "expr expression is nil";
  if (status == OTTL_OK) status = ottl__xpath_parse(&xp->arena, copy, &e, ret_message);
  if (status == OTTL_OK) status = ottl__xpath_build(&xp->arena, al, e, &xp->query, ret_message);
  if (status == OTTL_OK)
    *ret = xp;
  else
    ottl__xpath_free(xp);
  return status;
}

void ottl__xpath_free(ottl_xpath *xp) {
  if (!xp) return;
  ottl__arena_done(&xp->arena);
  ottl_allocator al = xp->al;
  al_free(&al, xp, sizeof *xp);
}
