/* Shared by xpath*.c: the parsed expression, and the queries made from it. */
#ifndef OTTL_SRC_XML_XPATH_IMPL_H
#define OTTL_SRC_XML_XPATH_IMPL_H

#include "xml/xpath.h"

/* -- expressions -- */

typedef enum xp_kind { XP_ROOT, XP_AXIS, XP_FILTER, XP_CALL, XP_OPERATOR, XP_VARIABLE, XP_STRING, XP_NUMBER, XP_GROUP } xp_kind;
typedef enum xp_test { XP_ROOT_NODE, XP_ELEMENT, XP_ATTRIBUTE, XP_TEXT, XP_COMMENT, XP_ALL } xp_test;
typedef enum xp_op {
  XP_ADD,
  XP_SUB,
  XP_MUL,
  XP_DIV,
  XP_MOD,
  XP_EQ,
  XP_GT,
  XP_GE,
  XP_LT,
  XP_LE,
  XP_NE,
  XP_OR,
  XP_AND,
  XP_UNION
} xp_op;

typedef struct xp_expr {
  uint8_t kind, test, op;
  ottl_view axis, local, prefix; /* XP_AXIS; XP_CALL: local */
  ottl_view text;
  double number;
  struct xp_expr *input, *right; /* right: operand, condition of a filter */
  struct xp_expr **args;
  uint32_t n_args;
} xp_expr;

/* *ret_message set: refused. */
OTTL_MUST_CHECK ottl_status ottl__xpath_parse(ottl_arena *arena, ottl_view text, xp_expr **ret, const char **ret_message);

/* -- queries -- */

typedef enum xq_kind {
  XQ_CONTEXT,
  XQ_ABSOLUTE,
  XQ_ANCESTOR,
  XQ_ATTRIBUTE,
  XQ_CHILD,
  XQ_CACHED_CHILD,
  XQ_DESCENDANT,
  XQ_DESC_OVER_DESC,
  XQ_FOLLOWING,
  XQ_PRECEDING,
  XQ_PARENT,
  XQ_SELF,
  XQ_FILTER,
  XQ_FUNCTION,
  XQ_REVERSE,
  XQ_STRING,
  XQ_NUMBER,
  XQ_GROUP,
  XQ_COMPARE,
  XQ_MATH,
  XQ_BOOLEAN,
  XQ_UNION,
  XQ_LAST,
  XQ_MERGE
} xq_kind;

typedef enum xq_function {
#define XPATH_FUNCTION(id, name, least, most) XF_##id,
#include "xpath_functions.h"
#undef XPATH_FUNCTION
  XF_COUNT_
} xq_function;

typedef struct xp_nav {
  xml_node *node;
  int32_t attr; /* -1: the node itself */
} xp_nav;

typedef struct xp_navs {
  xp_nav *at;
  size_t n, cap;
} xp_navs;

typedef struct xp_seen xp_seen;

typedef struct xp_query {
  uint8_t kind, op, test;
  bool self, sibling;
  bool named; /* the name is tested too */
  uint8_t function;
  ottl_view local, prefix, text;
  double number;
  const struct xp_query *input_of; /* XQ_FUNCTION: whose test position() and last() apply */
  struct xp_query *input, *right;  /* right: operand, predicate, child of a merge */
  struct xp_query **args;
  uint32_t n_args;
  /* state of a walk */
  bool active, first, list_made, counted;
  int32_t level, position, count;
  xp_nav nav;
  struct xp_query *inner; /* descendants, for the axes following and preceding */
  xp_navs list;
  size_t next;
  xp_seen *seen;
  uint32_t *levels; /* XQ_FILTER: how many matched, by depth */
  uint32_t n_levels;
} xp_query;

struct ottl_xpath {
  ottl_allocator al;
  ottl_arena arena;
  xp_query *query;
};

OTTL_MUST_CHECK ottl_status ottl__xpath_build(ottl_arena *arena, const ottl_allocator *al, const xp_expr *e, xp_query **ret,
                                              const char **ret_message);

/* -- a run -- */

typedef struct xp_run {
  ottl_arena *arena;
  const ottl_allocator *al;
  ottl_regex_context *regex;
  xml_node *doc;
  xp_nav current;
  uint64_t steps;
  ottl_status status; /* not OK: everything stops */
  ottl_sbuf buf;
  xml_text_walk texts;
} xp_run;

typedef enum xp_type { XP_V_NIL, XP_V_BOOL, XP_V_NUMBER, XP_V_STRING, XP_V_QUERY } xp_type;
typedef struct xp_value {
  xp_type type;
  bool b;
  double number;
  ottl_view text;
  xp_query *query;
} xp_value;

void ottl__xpath_spend(xp_run *r, uint64_t steps);
static inline bool xp_stop(const xp_run *r) { return r->status != OTTL_OK; }
static inline void xp_panic(xp_run *r) {
  if (r->status == OTTL_OK) r->status = OTTL_RUNTIME;
}

xp_query *ottl__xpath_clone(xp_run *r, const xp_query *q);
bool ottl__xpath_next(xp_run *r, xp_query *q, xp_nav *ret);
xp_value ottl__xpath_value(xp_run *r, xp_query *q);
xp_value ottl__xpath_call(xp_run *r, xp_query *q);
bool ottl__xpath_compare(xp_run *r, xp_op op, xp_value a, xp_value b);
ottl_view ottl__xpath_text(xp_run *r, xp_nav nav); /* NodeNavigator.Value */
double ottl__xpath_to_number(xp_run *r, xp_value v);
double ottl__xpath_parse_number(ottl_view text);
bool ottl__xpath_to_bool(xp_run *r, xp_value v);
bool ottl__xpath_test(const xp_query *q, xp_nav nav);
bool ottl__xpath_has_test(const xp_query *q);

/* -- moving about -- */
xp_test ottl__xpath_type(xp_nav nav);
bool ottl__xpath_parent(xp_nav *nav);
bool ottl__xpath_child(xp_nav *nav);
bool ottl__xpath_first(xp_nav *nav);
bool ottl__xpath_following(xp_nav *nav);
bool ottl__xpath_preceding(xp_nav *nav);
ottl_view ottl__xpath_local(xp_nav nav);
ottl_view ottl__xpath_prefix(xp_nav nav);
ottl_view ottl__xpath_uri(xp_nav nav);

#endif
