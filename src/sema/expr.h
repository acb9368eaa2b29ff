/* The typed tree: what the checker makes of a syntax tree, and what the emitter reads. Immutable once made; lives in the
 * program's arena. Everything is resolved here: contexts, paths, enums (they become INT literals), functions, arguments by
 * parameter, the reference's own folding of comparisons and of `and`/`or`. */
#ifndef OTTL_SRC_SEMA_EXPR_H
#define OTTL_SRC_SEMA_EXPR_H

#include "batch/schema.h"
#include "funcs/func.h"
#include "syntax/tree.h"

/* How a path reads and writes its field: the columns `view` of grammar/paths.def. The emitter and the VM have one case each. */
typedef enum ottl_path_view {
  OTTL_V_MAP,            /* attributes, metadata, filtered_attributes; MAP field; keys allowed */
  OTTL_V_CACHE,          /* the context's cache; no field; keys allowed */
  OTTL_V_STRING,         /* STRING field */
  OTTL_V_INT64,          /* FIX64 field as int64, both ways without a check (times in ns) */
  OTTL_V_INT32,          /* VARINT_I32: written values are cut to 32 bits, signed */
  OTTL_V_UINT32,         /* VARINT_U32 or FIX32: written values are cut to 32 bits, unsigned */
  OTTL_V_UINT32_CHECKED, /* span.flags: out of range is an error */
  OTTL_V_TIME,           /* FIX64 nanoseconds as a time */
  OTTL_V_BODY,           /* ANY field; keys allowed */
  OTTL_V_BODY_STRING,    /* ANY field as text */
  OTTL_V_TRACE_ID,
  OTTL_V_TRACE_ID_STRING,
  OTTL_V_SPAN_ID,
  OTTL_V_SPAN_ID_STRING,
  OTTL_V_TRACE_STATE, /* STRING; one literal string key allowed */
  OTTL_V_KIND_STRING,
  OTTL_V_KIND_DEPRECATED,
  OTTL_V_STATUS,      /* opaque MESSAGE */
  OTTL_V_REPEATED,    /* opaque REPEATED: events, links */
  OTTL_V_METRIC_TYPE, /* reads the row's kind; writes are ignored */
  OTTL_V_TEMPORALITY, /* metric.aggregation_temporality: nil for kinds without it; such writes are ignored */
  OTTL_V_IS_MONOTONIC,
  OTTL_V_DATA_POINTS, /* opaque REPEATED by kind; nil for metrics without a type */
  /* data points: reading a field that the point's kind lacks is nil, writing it is an error */
  OTTL_V_POINT_INT64,  /* count, zero_count: FIX64 */
  OTTL_V_POINT_INT32,  /* scale: SINT32 */
  OTTL_V_POINT_DOUBLE, /* sum: F64 */
  OTTL_V_POINT_EXEMPLARS,
  OTTL_V_POINT_QUANTILES,
  OTTL_V_VALUE_INT, /* NUMBER of points (nil and error for other kinds) */
  OTTL_V_VALUE_DOUBLE,
  OTTL_V_BUCKET_COUNTS, /* PACKED fixed64 */
  OTTL_V_BOUNDS,        /* PACKED double */
  OTTL_V_BUCKETS,       /* positive, negative: MESSAGE */
  OTTL_V_BUCKETS_OFFSET,
  OTTL_V_BUCKETS_COUNTS,
  OTTL_V_EXEMPLAR_INT, /* NUMBER of exemplars */
  OTTL_V_EXEMPLAR_DOUBLE,
  OTTL_V_EVENT_INDEX,
  /* profiles */
  OTTL_V_VALUE_TYPE, /* MESSAGE of two indices into the string table */
  OTTL_V_VALUE_TYPE_TYPE,
  OTTL_V_VALUE_TYPE_UNIT,
  OTTL_V_INT64_POSITIVE,  /* VARINT_64: negative values are refused */
  OTTL_V_INT32_BELOW_MAX, /* VARINT_I32: from 2147483647 on refused, else cut */
  OTTL_V_PROFILE_ID,
  OTTL_V_PROFILE_ID_STRING,
  OTTL_V_BYTES,
  OTTL_V_INTS_32, /* PACKED_VARINT as a list; written values are cut to 32 bits */
  OTTL_V_INTS_64,
  OTTL_V_INTS_FIX64,      /* PACKED as a list */
  OTTL_V_TIMES,           /* PACKED nanoseconds as a list of times */
  OTTL_V_REQUEST_ADDRESS, /* otelcol: what the host told of the request; no field, never written */
  OTTL_V_REQUEST_CLIENT,
  OTTL_V_REQUEST_AUTH,
  OTTL_V_REQUEST_GRPC,
} ottl_path_view;

typedef struct ottl_path_info {
  uint8_t context;      /* ottl_context_id of the path's own context */
  const char *spelling; /* without the context: "attributes", "trace_id.string" */
  ottl_types types;     /* what it can read without keys */
  bool writable;
  uint8_t view;   /* ottl_path_view */
  uint16_t field; /* ottl_field; OTTL_FIELD_COUNT: none */
  bool keyable;
  const char *doc;
} ottl_path_info;

typedef enum ottl_context_id {
#define CONTEXT(id, name, level, signals, doc) OTTL_C_##id,
#include "contexts.def"
#undef CONTEXT
  OTTL_CONTEXT_COUNT
} ottl_context_id;

typedef enum ottl_expr_kind {
  OTTL_E_LITERAL, /* cell; containers are trees: LIST_ANY of cells, MAP */
  OTTL_E_PATH,    /* path, kids: the keys */
  OTTL_E_CALL,    /* call */
  OTTL_E_INDEX,   /* kids[0] a call, the rest its keys; converter rules: a missing key fails */
  OTTL_E_NEG,     /* kids[0] */
  OTTL_E_MATH,    /* op, two kids */
  OTTL_E_LIST,    /* kids: a []any */
  OTTL_E_MAP,     /* kids with names, each name once: the last value of a name counts */
  OTTL_E_CMP,     /* op (ottl_cmp), two kids; bool */
  OTTL_E_NOT,     /* kids[0]; bool */
  OTTL_E_AND,     /* kids; bool; literals were folded away */
  OTTL_E_OR,
  OTTL_E_TRUTH,  /* kids[0] a converter as a condition: fails unless it gives a bool; bool */
  OTTL_E_LOCAL,  /* a parameter of a lambda: op its number, context the lambda's depth; kids: keys, by the rules for converters */
  OTTL_E_LAMBDA, /* kids[0] the body, names and op: the parameters; context: depth. An argument only */
} ottl_expr_kind;

typedef struct ottl_expr ottl_expr;

/* Classes of failures, as in grammar/rowclasses.def. */
enum { OTTL_FAIL_TYPE = 1, OTTL_FAIL_DATA = 2, OTTL_FAIL_LIMIT = 4 };

/* What is known of a condition, wherever it is evaluated and does not fail. */
typedef enum ottl_truth { OTTL_TRUTH_OPEN, OTTL_TRUTH_TRUE, OTTL_TRUTH_FALSE } ottl_truth;

/* One parameter's argument. */
typedef struct ottl_call_arg {
  bool given;
  bool is_literal; /* literal is set, coerced to the parameter's kind */
  ottl_cell literal;
  uint32_t begin, end; /* of a literal that was written */
  ottl_expr *expr;     /* value, or the path of a setter; NULL for literals kinds and lists */
  ottl_expr **items;   /* list literals of GETTERS and SLICE_* */
  uint32_t n_items;
  uint16_t function;
} ottl_call_arg;

typedef struct ottl_call_site {
  uint16_t function; /* index into ottl__functions */
  uint32_t n_args;   /* = n_params */
  ottl_call_arg *args;
  void *prep;
  void (*free_prep)(const ottl_allocator *al, void *prep);
  bool reads_clock; /* though its function need not */
} ottl_call_site;

struct ottl_expr {
  uint8_t kind; /* ottl_expr_kind */
  uint8_t op;
  int8_t level;        /* highest ottl_level it depends on; -1: constant */
  bool is_literal;     /* the reference's notion of a literal */
  bool may_fail;       /* some row may fail */
  bool impure;         /* clock or random */
  bool must_fail;      /* fails wherever it is evaluated */
  uint8_t fails;       /* OTTL_FAIL_*: how it can fail by itself, not through its operands */
  uint8_t truth;       /* ottl_truth of a bool */
  uint8_t context;     /* PATH of a cache: whose; LOCAL, LAMBDA: depth */
  uint16_t locals;     /* bit d: depends on the parameters of the enclosing lambda of depth d */
  uint32_t begin, end; /* span */
  uint32_t source_id;
  ottl_types types;   /* what it can yield, where it is evaluated: conditions before it count (narrow.h) */
  const char *symbol; /* LITERAL that was written as an enum's symbol */
  const ottl_path_info *path;
  ottl_cell literal;
  ottl_call_site *call;
  ottl_view *names; /* MAP */
  ottl_expr **kids;
  uint32_t n_kids;
  uint32_t hash; /* the emitter's; 0: not computed */
};

/* Goes over the expressions right inside of another: its kids, then those of a call's arguments. Begins with zeros. */
typedef struct expr_inside {
  ottl_expr *is;
  uint32_t kid, arg, item;
} expr_inside;

static inline bool expr_next(const ottl_expr *e, expr_inside *at) {
  if (at->kid < e->n_kids) {
    at->is = e->kids[at->kid++];
    return true;
  }
  for (; e->call && at->arg < e->call->n_args; at->arg++, at->item = 0) {
    const ottl_call_arg *a = &e->call->args[at->arg];
    if (at->item == 0 && !a->expr) at->item = 1; /* 0: the value, from 1 on: the items */
    if (at->item > a->n_items) continue;
    at->is = at->item ? a->items[at->item - 1] : a->expr;
    at->item++;
    return true;
  }
  return false;
}
#define EXPR_INSIDE(e, x) for (expr_inside x = {0}; expr_next(e, &x);)

typedef struct ottl_checked_statement {
  ottl_expr *call;  /* an editor's CALL; programs of kind VALUES: any value; CONDITIONS: a bool */
  ottl_expr *where; /* NULL: always */
  uint32_t source_id;
  bool is_condition;
  bool unreachable; /* its condition, or those of the group, never let a record in */
} ottl_checked_statement;

/* How the context of a group was found; spans of a source, 0 to 0: none. */
typedef struct ottl_context_reason {
  bool inferred;                              /* else it was named */
  uint32_t source, begin, end;                /* the path that decides */
  uint32_t lack_source, lack_begin, lack_end; /* what the path's own context lacks: a function or an enum symbol */
} ottl_context_reason;

typedef struct ottl_checked_group {
  uint8_t context; /* ottl_context_id */
  uint8_t level;
  uint8_t error_mode;
  bool shared_cache;  /* its cache passes from record to record, and to other groups of its context */
  uint8_t on_failure; /* ottl_on_failure, not DEFAULT */
  bool order_shows;   /* a later group sees the order of entries that this one leaves */
  ottl_expr **conditions;
  uint32_t n_conditions;
  ottl_checked_statement *statements;
  uint32_t n_statements;
  const bool
      *routes; /* of a routing table: each condition (or the one statement) is a route; true: it takes copies. NULL: no routes */
  ottl_context_reason reason;
} ottl_checked_group;

#endif
