/* What the parts of the emitter share. */
#ifndef OTTL_SRC_BYTECODE_EMIT_H
#define OTTL_SRC_BYTECODE_EMIT_H

#include "base/hash_index.h"
#include "base/limits.h"
#include "bytecode/code.h"
#include "sema/tables.h"

/* A value that was computed: valid while nothing it read was written, for rows that were selected. */
typedef struct emit_value {
  const ottl_expr *expr;
  uint32_t hash;
  uint16_t reg, sel;
  uint32_t clock; /* when it was computed */
  uint8_t kind;   /* coercion (param kind + 1), 0: the plain value */
  uint32_t next;  /* 1 + the index of the value before it in its bucket; 0: none */
} emit_value;

typedef struct emit_column {
  ottl_column_spec spec;
  uint32_t written_at; /* clock of the last write */
} emit_column;

typedef struct emit_map {
  ottl_map_spec spec;
  uint8_t context;         /* caches: whose */
  uint32_t written_at;     /* of the map as a whole */
  uint32_t any_written_at; /* of the map or one of its keys */
  uint32_t last_keyed;     /* last statement that names one of its key columns */
  uint32_t prune_by;       /* 1 + the statement whose rule on keys it has in the key tier; 0: none */
  uint32_t limit_by;       /* 1 + the statement that limits its entries in the key tier; 0: none */
  uint32_t read_by;        /* 1 + the last statement that reads it as a whole; 0: none */
  uint32_t written_from;   /* 1 + the first statement that writes to it; 0: none */
  bool limited;            /* its code was emitted */
} emit_map;

/* What is noted for code_debug (emit_debug.c). */
typedef struct emit_origins {
  code_origin *items;
  size_t n, cap;
} emit_origins;

typedef struct emit_debug {
  code_debug *out;
  const ottl_expr *expr; /* that instructions are for */
  uint32_t part;
  emit_origins prologue, insns, bodies, lambda[OTTL_MAX_LAMBDAS];
  struct debug_value { /* where an expression's value is, and the expression that it was computed for */
    const ottl_expr *expr, *first;
    uint32_t part, at;
    uint16_t reg;
  } *values;
  size_t n_values, cap_values;
  hash_index values_by;
  code_mark *marks;
  code_operand *operands;
  code_reuse *reuses;
  size_t n_marks, cap_marks, n_operands, cap_operands, n_reuses, cap_reuses;
} emit_debug;

typedef struct ottl_emit {
  ottl_arena *arena;
  const ottl_checked_group *group;
  int kind; /* ottl_kind */
  bool row_order;
  bool undo, stops;        /* as in the code */
  ottl_status status;      /* first failure; sticky */
  ottl_limit limit;        /* status LIMIT: which */
  const ottl_expr *at;     /* the statement or condition that code is made for */
  const ottl_expr *stored; /* the value of a set that is being laid out */
  ottl_code *code;
  emit_column *columns;
  size_t n_columns, cap_columns;
  hash_index columns_by, constants_by; /* columns by what they are, constants by their value */
  emit_map *maps;
  size_t n_maps, cap_maps;
  ottl_insn *insns, *prologue;
  size_t n_insns, cap_insns, n_prologue, cap_prologue;
  ottl_reg_desc *regs;
  size_t n_regs, cap_regs;
  uint16_t *pool;
  size_t n_pool, cap_pool;
  ottl_view *names;
  size_t n_names, cap_names;
  ottl_code_call *calls;
  size_t n_calls, cap_calls;
  emit_value *values;
  size_t n_values, cap_values;
  uint32_t *buckets; /* 1 + the index of the last value of that hash; a power of two of them */
  size_t n_buckets;
  uint16_t *sel_parent; /* by register: the selection it was narrowed from */
  size_t cap_sel_parent;
  ottl_insn *bodies; /* finished bodies of lambdas */
  size_t n_bodies, cap_bodies;
  struct emit_lambda { /* the body that is being emitted at each depth */
    ottl_insn *insns;
    size_t n, cap;
    uint16_t formal[3];
  } lambda[OTTL_MAX_LAMBDAS];
  uint8_t inner;      /* level that selections are of: the group's, or that of the innermost lambda */
  bool has_records;   /* some function works on whole records */
  uint32_t statement; /* that is being laid out */
  uint32_t clock;
  uint32_t record_at; /* clock of the last record editor */
  uint16_t active;    /* selection of rows that statements run on */
  ottl_allocator al;  /* arrays above grow with it and are freed at the end */
  emit_debug *debug;  /* NULL: nobody wants to know */
} ottl_emit;

/* Where a path lies. */
typedef struct emit_place {
  bool is_map;        /* the whole map, or a dynamic key in it */
  uint16_t map;       /* is_map, and of key columns */
  uint16_t column;    /* OTTL_NO_COLUMN when is_map */
  uint32_t first_key; /* index of the first key of the expression that is still to be walked */
} emit_place;

/* layout.c: finds columns and maps of the group; sets tiers. */
void ottl__emit_layout(ottl_emit *e);
/* OTTL_NO_COLUMN: no statement names the key. */
uint16_t ottl__emit_key_column(const ottl_emit *e, uint16_t map, ottl_view key);
/* The place of a path expression. */
emit_place ottl__emit_place(ottl_emit *e, const ottl_expr *path);
bool ottl__emit_is_keep(const ottl_expr *editor);
/* The whole map that the target is a key of, where the value can be or hold it: set(attributes["self"], attributes). Else NULL. */
const ottl_expr *ottl__emit_map_of(ottl_emit *e, const ottl_expr *value, const ottl_expr *target);
/* delete_matching_keys or keep_matching_keys of a whole map with a constant pattern. */
bool ottl__emit_is_prune(const ottl_expr *editor);
/* merge_maps of plain literals into a whole map of the group's level is a set for each of them: these, else NULL. */
const ottl_rowmap *ottl__emit_sets(const ottl_emit *e, const ottl_expr *editor);
/* Editors of a whole map that may be counted (layout.c says when), by what they look at. All but limit leave keys and order as they are. */
typedef enum emit_counting { EMIT_COUNTS_NOT, EMIT_LIMIT, EMIT_LONG_TEXTS, EMIT_TEXTS, EMIT_NO_TEXTS } emit_counting;
emit_counting ottl__emit_counting(const ottl_expr *editor);
/* A call that works on the whole record; an editor of that kind has no target. */
static inline bool emit_is_record(const ottl_call_site *call) {
  return (ottl__functions[call->function].flags & OTTL_FN_RECORD) != 0;
}
/* hazards.c: NULL when the group may run statement by statement, else why not. */
const char *ottl__emit_hazards(ottl_emit *e, code_hazard *ret);
/* In row order: may windows go in rounds? Then code->rounds and code->settles tell how. */
void ottl__emit_rounds(ottl_emit *e, ottl_code *code);
/* Does the statement depend on a level at or above `level` alone, so that it may run once for each row of that level? Then
 * *ret_level is the level of what it writes. */
bool ottl__emit_parent_statement(ottl_emit *e, const ottl_checked_statement *s, uint8_t *ret_level);

/* emit_expr.c */
uint16_t ottl__emit_expr(ottl_emit *e, const ottl_expr *x, uint16_t sel);
/* The same on rows of `level`, which is not below the expression's. */
uint16_t ottl__emit_at(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel);
uint16_t ottl__emit_spread(ottl_emit *e, uint16_t reg, uint8_t level);
uint16_t ottl__emit_const(ottl_emit *e, ottl_cell cell);
uint16_t ottl__emit_const_cell(ottl_emit *e, ottl_cell cell); /* the same in a register of store CELL */
/* emit_lambda.c: a call of a function on lambdas. */
uint16_t ottl__emit_lambda(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel);
/* emit_call.c: registers of a call's arguments; returns the call's index. */
uint16_t ottl__emit_call(ottl_emit *e, const ottl_expr *x, uint8_t level, uint16_t sel);
/* Keys behind a path: pool index of [count, reg...]; count 0 is possible. */
uint32_t ottl__emit_keys(ottl_emit *e, const ottl_expr *path, uint32_t first_key, uint8_t level, uint16_t sel);

/* emit_debug.c: nothing is done when nobody wants to know. */
void ottl__debug_insn(ottl_emit *e, uint8_t level); /* an instruction was added */
void ottl__debug_body(ottl_emit *e, uint8_t depth); /* the instructions of a lambda are moved to the bodies */
void ottl__debug_part(ottl_emit *e, uint32_t part); /* what follows is for this part */
void ottl__debug_editor(ottl_emit *e, const ottl_expr *x);
/* What follows computes x; returns what was computed before, to be given back to it. */
const ottl_expr *ottl__debug_expr(ottl_emit *e, const ottl_expr *x);
/* The value of x is in reg, computed for `first`, which may be x. */
void ottl__debug_value(ottl_emit *e, const ottl_expr *x, const ottl_expr *first, uint16_t reg);
/* The part's condition is known here for rows `base`; NULL: it has none. */
void ottl__debug_mark(ottl_emit *e, const ottl_expr *condition, uint8_t level, uint16_t base, bool stops);
void ottl__debug_finish(ottl_emit *e);

/* emit.c */
/* Ends it: the group needs more than that limit allows. */
void ottl__emit_limit(ottl_emit *e, ottl_limit limit);
/* The hash of an expression, kept in it and in all below it. */
uint32_t ottl__emit_hash(ottl_expr *x);
/* Makes the buckets of e->values anew. */
void ottl__emit_link_values(ottl_emit *e);
uint16_t ottl__emit_reg(ottl_emit *e, uint8_t store, uint8_t type, uint8_t level);
void ottl__emit_insn(ottl_emit *e, ottl_insn insn);
/* Notes that the rows of selection `sel` are among those of `from`. */
void ottl__emit_narrowed(ottl_emit *e, uint16_t sel, uint16_t from);
uint32_t ottl__emit_pool(ottl_emit *e, uint16_t v); /* its index */
bool ottl__emit_grow(ottl_emit *e, void *items, size_t *cap, size_t need, size_t item_bytes);
uint8_t ottl__emit_level(const ottl_emit *e, const ottl_expr *x); /* level of the registers it is computed in */
/* Same value for the same row, whatever the row? */
bool ottl__expr_equal(const ottl_expr *a, const ottl_expr *b);

#endif
