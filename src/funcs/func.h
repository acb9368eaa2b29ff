/* What a function of OTTL is to the rest of the engine: a row of grammar/functions.def and a handler over one slice of rows.
 *
 * A handler computes rows c->sel of 0..c->n. Argument registers are already coerced to what the parameter takes, and rows
 * whose arguments failed are not in c->sel. A row that fails: call_fail(c, row, OTTL_ROWERR(...)); the handler goes on with the
 * next row. Handlers return a status only for NOMEM, LIMIT and INTERNAL.
 *
 *   converter        writes c->out (store and type as functions.def says; CELL when several types are possible)
 *   path editor      (first parameter GETSETTER) c->arg[0].reg holds the old values; writes new values to c->out (store CELL)
 *                    and sets c->changed for the rows that are to be stored; the engine stores them
 *   map editor       (first parameter MAP_GETSETTER) c->map[row] is the row's map, to be edited in place; sets c->changed for
 *                    rows it changed, entry.dirty for entries whose key or value it changed. An entry that is new, or whose key
 *                    changed, has column OTTL_NO_COLUMN and keyid OTTL_NO_KEY; a new one an empty raw range. rowmap_moved(map) when
 *                    entries moved or keys changed other than by ottl__rowmap_push and _remove_swap.
 *   record function  (flag RECORD) c->record[row] is the whole record of the row, complete with what was written to it. A record
 *                    editor puts a new body into `edited`, a body to append behind the records of the scope into `appended`,
 *                    or neither; c->out is not used. A record converter only looks. */
#ifndef OTTL_SRC_FUNCS_FUNC_H
#define OTTL_SRC_FUNCS_FUNC_H

#include "base/sbuf.h"
#include "batch/reg.h"
#include "batch/rowerr.h"

/* Kinds of parameters. The getters say what a register holds when it reaches the handler. */
typedef enum ottl_param_kind {
  OTTL_P_GETTER,      /* any register: use reg_cell */
  OTTL_P_STRING,      /* store VIEW, STRING */
  OTTL_P_INT,         /* store WORD, INT */
  OTTL_P_DOUBLE,      /* store WORD, DOUBLE */
  OTTL_P_BOOL,        /* store BOOL */
  OTTL_P_MAP,         /* store CELL: MAP in either form; not owned, copy before keeping */
  OTTL_P_LIST,        /* store CELL: LIST tree or wire (Go lists were converted) */
  OTTL_P_TIME,        /* store CELL: TIME or TIME_ZONED */
  OTTL_P_DURATION,    /* store WORD, DURATION */
  OTTL_P_STRING_LIKE, /* store CELL: STRING or NIL */
  OTTL_P_INT_LIKE,    /* store CELL: INT or NIL */
  OTTL_P_DOUBLE_LIKE, /* store CELL: DOUBLE or NIL */
  OTTL_P_BOOL_LIKE,   /* store CELL: BOOL or NIL */
  OTTL_P_BYTES_LIKE,  /* store CELL: BYTES or NIL */
  OTTL_P_IS_STRING,   /* any register; a literal is checked as for STRING when compiled (IsString and its kin) */
  OTTL_P_IS_INT,
  OTTL_P_IS_DOUBLE,
  OTTL_P_IS_BOOL,
  OTTL_P_IS_MAP,
  OTTL_P_SETTER,        /* a path; only `set`, which the engine does itself */
  OTTL_P_GETSETTER,     /* a path: old values as any register */
  OTTL_P_MAP_GETSETTER, /* a path that reads a map: c->map */
  OTTL_P_LIST_GETSETTER,
  OTTL_P_LIT_STRING, /* literals: arg.literal */
  OTTL_P_LIT_INT,
  OTTL_P_LIT_DOUBLE,
  OTTL_P_LIT_BOOL,
  OTTL_P_LIT_STRINGS,       /* list literal of string literals: arg.literal is a LIST_ANY tree */
  OTTL_P_LIT_DOUBLES,       /* list literal of float literals: arg.literal is a LIST_ANY tree */
  OTTL_P_GETTERS,           /* list literal of expressions: arg.items, any registers ([]Getter); rows whose items failed are
                               in c->sel: the handler asks reg_failed */
  OTTL_P_STRINGS,           /* list literal of string getters: arg.items of STRING registers; the rest as GETTERS */
  OTTL_P_SLICE_STRING,      /* SliceGetter: list literal: arg.items of STRING registers; else arg.reg: any register */
  OTTL_P_SLICE_STRING_LIKE, /* SliceGetter: list literal: arg.items of STRING_LIKE registers; else arg.reg: any register */
  OTTL_P_FUNCTION,          /* name of a converter: arg.function, an index into the function table */
  OTTL_P_LAMBDA_COND,       /* a lambda without parameters: any register, the value of its body */
  OTTL_P_LAMBDA_KV,         /* a lambda of (key, value): the engine runs it */
  OTTL_P_LAMBDA_AKV,        /* a lambda of (accumulator, key, value) */
  OTTL_P_IMPLICIT,          /* never given: the path that is the parameter's name, any register. After all others. */
} ottl_param_kind;

typedef enum ottl_func_kind { OTTL_F_CONVERTER, OTTL_F_EDITOR } ottl_func_kind;

/* Flags of a function. */
enum {
  OTTL_FN_MAY_FAIL = 1,     /* a row can fail though its arguments are of the right types */
  OTTL_FN_CLOCK = 2,        /* reads the clock: not folded, not shared */
  OTTL_FN_RANDOM = 4,       /* random: not folded, not shared */
  OTTL_FN_COSTLY = 8,       /* depends on its arguments alone, and costs more than a look into a table: vm/memo.h */
  OTTL_FN_SEES_ORDER = 16,  /* the order of a map's entries shows in its result */
  OTTL_FN_IDEMPOTENT = 32,  /* editors: doing it twice to a value is doing it once */
  OTTL_FN_NO_FOLD = 64,     /* never folded by our own constant folding */
  OTTL_FN_STRING_ARG = 128, /* has exactly one parameter, a string getter: may stand as `function` of replace_* */
  /* Looks at arguments only where the reference evaluates them (Coalesce, replace_pattern): rows in which an argument failed
   * stay in c->sel, and the handler asks reg_failed where it needs the argument. */
  OTTL_FN_LAZY = 256,
  OTTL_FN_EXPERIMENTAL = 4096, /* only where the host switched such things on */
  /* Functions on lambdas, which the engine runs itself: what becomes of the elements. */
  OTTL_FN_LAMBDA_SHIFT = 13,
  OTTL_FN_ALL = 1 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_ANY = 2 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_FILTER = 3 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_FIND = 4 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_MAP_EACH = 5 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_MAP_KEYS = 6 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_REDUCE = 7 << OTTL_FN_LAMBDA_SHIFT,
  OTTL_FN_LAMBDA = 7 << OTTL_FN_LAMBDA_SHIFT, /* any of them */
  OTTL_FN_XPROFILE = 1 << 16,                 /* of the profiles signal, not of the frozen language: see call_find */
  OTTL_FN_RECORD = 512,                       /* works on the whole record; an editor without a path */
  OTTL_FN_ABOVE = 1024,                       /* RECORD: on the record above: the metric of a data point */
  OTTL_FN_APPENDS = 2048,                     /* RECORD: may append records */
};

typedef struct ottl_arg {
  const ottl_reg *reg;          /* NULL: an optional argument that was not given, or a kind without a register */
  const ottl_reg *const *items; /* list literals */
  uint32_t n_items;
  bool given;
  bool is_literal;   /* the reference's notion: known when compiled; literal is set */
  ottl_cell literal; /* literals and literal getters, after the parameter's own coercion */
  uint16_t function;
} ottl_arg;

/* A record as record functions see it. */
typedef struct ottl_call_record {
  ottl_view body;     /* of its message */
  uint8_t kind;       /* ottl_metric_kind of metrics and data points */
  ottl_view edited;   /* the new body; data NULL: as it was */
  ottl_view appended; /* data NULL: nothing */
} ottl_call_record;

typedef struct ottl_scratch ottl_scratch; /* regex context, buffers, pattern cache: funcs/scratch.h; one for each exec */

typedef struct ottl_call {
  const ottl_arg *arg;
  uint32_t n_args; /* number of parameters of the function */
  ottl_reg *out;
  const uint64_t *sel;
  uint32_t n;               /* rows of the slice */
  ottl_rowmap *const *map;  /* map editors */
  bool of_dictionary;       /* map editors: rows of profiles, which hold more than their maps show, until they are written */
  uint64_t *changed;        /* editors; all zero at the start */
  ottl_call_record *record; /* record functions */
  const void *prep;         /* what prepare made of the constant arguments, or NULL */
  ottl_arena *arena;        /* lives as long as the batch: results go here */
  ottl_scratch *scratch;
  const struct ottl_kernels *kernels;
  int64_t now_seconds; /* the clock of this run */
  uint32_t now_nanos;
  /* where failures go; call_fail */
  uint64_t *err;
  uint16_t *code;
  bool any_err;
} ottl_call;

static inline void call_fail(ottl_call *c, uint32_t row, uint16_t rowerr) {
  bm_set(c->err, row);
  c->code[row] = rowerr;
  c->any_err = true;
}

/* Called once for each call in a program, when it is compiled. Returns OTTL_COMPILE with a message to refuse the arguments,
 * as the reference's factory does. What it makes may use `al`; free_prep undoes it. */
typedef struct ottl_prepare {
  const ottl_allocator *al;
  ottl_arena *arena;   /* lives as long as the program */
  const ottl_arg *arg; /* literal, is_literal, given, n_items and items' literals (item_literal) are set; no registers */
  const ottl_cell *const *item_literals;  /* item_literals[i]: for list parameters whose items are all literals, else NULL */
  const ottl_cell *const *first_literals; /* the literals at the beginning of a list parameter.. */
  const uint32_t *n_first_literals;       /* ..and how many */
  uint32_t n_args;
  void *prep;
  void (*free_prep)(const ottl_allocator *al, void *prep);
  bool reads_clock; /* set when this call looks at the clock: it is not folded, not shared */
  char message[300];
  uint32_t bad_arg; /* the argument the message is about */
  bool no_tables;   /* refused for want of large tables: base/bulk.h */
} ottl_prepare;

typedef ottl_status ottl_handler(ottl_call *c);
typedef ottl_status ottl_preparer(ottl_prepare *p);

typedef struct ottl_param {
  const char *name;  /* snake case, for people */
  const char *field; /* the reference's Go field: named arguments match this after CamelCasing */
  uint8_t kind;      /* ottl_param_kind */
  bool optional;
} ottl_param;

typedef struct ottl_function {
  const char *name;
  uint8_t kind; /* ottl_func_kind */
  uint32_t flags;
  ottl_types result; /* types a converter can give */
  const ottl_param *params;
  uint32_t n_params;
  ottl_handler *handler;  /* NULL: the engine does it itself (set) */
  ottl_preparer *prepare; /* NULL: nothing to prepare */
  const char *doc;
} ottl_function;

/* Number of parameters that a statement can give. */
static inline uint32_t ottl__function_given(const ottl_function *f) {
  uint32_t n = f->n_params;
  while (n && f->params[n - 1].kind == OTTL_P_IMPLICIT) n--;
  return n;
}

/* Does delete_matching_keys or keep_matching_keys with this constant pattern, or keep_keys with these constant keys, remove the key?
 * Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__key_goes(const ottl_function *f, const void *prep, ottl_scratch *scratch, ottl_view key,
                                           bool *ret);

/* truncate_all on the values of a key column, in rows c->sel. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__truncate_column(ottl_call *c, ottl_reg *column);

/* What the items of a list literal are coerced to. */
static inline ottl_param_kind param_item_kind(ottl_param_kind kind) {
  if (kind == OTTL_P_STRINGS || kind == OTTL_P_SLICE_STRING) return OTTL_P_STRING;
  return kind == OTTL_P_SLICE_STRING_LIKE ? OTTL_P_STRING_LIKE : OTTL_P_GETTER;
}

/* The table made from grammar/functions.def. Any thread. */
extern const ottl_function ottl__functions[];
extern const uint32_t ottl__n_functions;
/* OTTL_MAP_NONE-like UINT32_MAX when there is none. */
uint32_t ottl__function_find(ottl_view name);

/* funcs/scratch.h: made and freed with an exec. */
OTTL_MUST_CHECK ottl_status ottl__scratch_create(const ottl_allocator *al, ottl_scratch **ret);
void ottl__scratch_free(ottl_scratch *scratch);
void ottl__scratch_reset(ottl_scratch *scratch, size_t payload_bytes); /* before each run */
/* Testing: what is random is the same in each run; 0: it is random. */
void ottl__scratch_seed(ottl_scratch *scratch, uint64_t seed);

/* -- coercions (funcs/coerce.c): one row; what the parameter kinds promise. `found` types go into the error. -- */
/* Coerces `in` to what `kind` wants. Returns 0 and *ret, or an OTTL_ROWERR. Text goes to `arena`. NOMEM shows as OTTL_RE_TOO_LARGE. */
uint16_t ottl__coerce(ottl_arena *arena, ottl_scratch *scratch, ottl_param_kind kind, ottl_cell in, ottl_cell *ret);

#endif
