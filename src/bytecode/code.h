/* Bytecode of one group: straight-line code over registers, run once for each slice of rows.
 *
 *   registers  [0, n_columns) are the columns of the layout · then constants · then temporaries
 *   selections are BOOL registers; OTTL_SEL_ALL is every row of the instruction's level
 *
 * There are no jumps (LAMBDA runs the body of a lambda, once or once for each round): a handler whose selection is empty returns at
 * once. Expressions are pure, so an instruction may compute
 * more rows than asked; failures are data in the register. Only editors honour their selection exactly, and record failures. */
#ifndef OTTL_SRC_BYTECODE_CODE_H
#define OTTL_SRC_BYTECODE_CODE_H

#include "base/limits.h"
#include "batch/batch.h"
#include "sema/check.h"

typedef enum ottl_op {
#define OP(name, operands, handler, synopsis) OTTL_OP_##name,
#include "opcodes.def"
#undef OP
  OTTL_OP_COUNT
} ottl_op;

#define OTTL_SEL_ALL     UINT16_MAX
#define OTTL_NO_REG      UINT16_MAX
#define OTTL_SET_BODY    1 /* flags of SET_KEY and SET_PATH: the column is a body */
#define OTTL_EDIT_LAST   1 /* flags of MAP_EDIT: nothing looks at the map's key columns afterwards */
#define OTTL_READ_STORED 1 /* flags of MAP_READ: the value is stored as it is */
#define OTTL_ROUTE_FIRST 1 /* flags of ROUTE and ROUTE_ROWS */
#define OTTL_ROUTE_COPY  2
#define OTTL_LEVEL_CONST OTTL_LEVELS /* registers with one value; instructions that run once for an exec */
/* Elements that the lambda of depth d runs over; a row of this level is one element of one row of the call's level. */
#define OTTL_LEVEL_LAMBDA(d) (OTTL_LEVELS + 1 + (d))
#define OTTL_CODE_LEVELS     (OTTL_LEVELS + 1 + OTTL_MAX_LAMBDAS)

typedef struct ottl_insn {
  uint16_t op;
  uint8_t level;
  uint8_t flags;
  uint16_t d, a, b, s;
  uint32_t x, y;
} ottl_insn;
_Static_assert(sizeof(ottl_insn) == 20, "instructions are 20 bytes");

typedef struct ottl_reg_desc {
  uint8_t store, type, level;
  bool column, constant; /* constant: `cell` is its value, unless code computes it in the prologue */
  ottl_cell cell;
} ottl_reg_desc;

/* The body of a lambda: instructions that LAMBDA runs over elements. */
typedef struct ottl_code_lambda {
  uint32_t first, n;  /* of the code's bodies */
  uint16_t formal[3]; /* registers of its parameters */
  uint16_t result;    /* register of the body's value */
  uint8_t level;      /* OTTL_LEVEL_LAMBDA(depth) */
  uint8_t n_formals;
} ottl_code_lambda;

/* A call: which registers its arguments are in. */
typedef struct ottl_code_call {
  const ottl_call_site *site;
  const uint16_t *regs;            /* one for each parameter; OTTL_NO_REG: none */
  const uint16_t *const *items;    /* list parameters: registers of the items, or NULL */
  uint32_t map;                    /* MAP_EDIT: the map */
  uint32_t keys;                   /* CELL_EDIT: pool index of count, keys behind the column */
  const ottl_code_lambda *lambdas; /* LAMBDA: one for each argument that is one, in order */
  uint32_t n_lambdas;
} ottl_code_call;

typedef struct ottl_code {
  ottl_layout layout;
  uint8_t context, level, error_mode;
  uint8_t on_failure; /* ottl_on_failure, not DEFAULT */
  bool row_order;
  uint8_t rounds;   /* row order: 0: row by row; else windows go in rounds (rounds.c): the levels that some statement writes to */
  uint8_t settles;  /* of those: where a row can do nothing that the row before it under the same parent did not do */
  bool undo;        /* rows can fail, and then what they wrote is undone */
  bool stops;       /* a row's first failure is its last: it takes no part in what follows */
  bool filter;      /* conditions drop rows */
  bool appends;     /* some statement may append records */
  ottl_insn *insns; /* prologue first */
  uint32_t n_insns, n_prologue;
  ottl_insn *bodies; /* of lambdas: run by LAMBDA alone */
  uint32_t n_bodies;
  ottl_reg_desc *regs;
  uint32_t n_regs;
  uint16_t *pool; /* operand lists */
  uint32_t n_pool;
  ottl_view *names; /* keys of map literals, by the number in the pool */
  uint32_t n_names;
  ottl_code_call *calls;
  uint32_t n_calls;
  uint32_t n_statements, n_conditions;
  const char *row_order_reason; /* for explain; NULL: vectorized */
} ottl_code;

/* What code is for, for whoever wants to tell of it: which part of the group each instruction serves. Parts are the group's
 * conditions, then its statements. Made on demand: programs run without it. */
typedef struct code_origin {
  const ottl_expr *expr; /* what it computes, or the editor; NULL: neither */
  uint32_t part;
} code_origin;

/* One operand of a condition: its register, and its place in the tree of `and`, `or` and `not`. */
typedef struct code_operand {
  const ottl_expr *expr;
  uint32_t parent; /* operand of the group's; UINT32_MAX: the condition as a whole */
  uint32_t next;   /* the operand behind all that are inside this one */
  uint16_t reg;
} code_operand;

/* The point at which a part's condition is known, and its editor has not run: before instruction `at`. */
typedef struct code_mark {
  uint32_t at, part;
  uint16_t base; /* selection of rows that are asked */
  uint8_t level;
  bool stops;                         /* rows that were stopped are not asked */
  uint32_t first_operand, n_operands; /* 0: no condition */
} code_mark;

/* A value that was there already when a part wanted it. */
typedef struct code_reuse {
  const ottl_expr *expr, *first; /* first: where it was computed */
  uint32_t part;
} code_reuse;

/* A value that was computed, or was there already, for an expression: before instruction `at` it is in the register. */
typedef struct code_value {
  const ottl_expr *expr, *first; /* first: the expression that it was computed for, whose operands have values of their own */
  uint32_t part, at;
  uint16_t reg;
} code_value;

/* Why a group runs row by row, as far as it is about two of its parts: one writes what the other reads or writes. */
typedef struct code_hazard {
  const ottl_expr *written; /* the path; NULL: no such reason */
  uint32_t writer, other;   /* parts; other UINT32_MAX: none */
  bool reads;               /* the other one reads it */
} code_hazard;

typedef struct code_debug {
  code_origin *insns, *bodies; /* by instruction of the code */
  code_mark *marks;            /* by `at`, one for each part */
  code_operand *operands;
  code_reuse *reuses;
  code_value *values; /* by `at` */
  uint32_t n_marks, n_operands, n_reuses, n_values;
  code_hazard hazard;
} code_debug;

/* How values of these types are stored, and the type when there is only one. */
static inline ottl_store store_of_types(ottl_types types, uint8_t *type) {
  for (int t = OTTL_T_BOOL; t <= OTTL_T_SPAN_ID; t++) {
    if (types != (ottl_types)1 << t) continue;
    *type = (uint8_t)t;
    switch (t) {
    case OTTL_T_BOOL: return OTTL_STORE_BOOL;
    case OTTL_T_INT:
    case OTTL_T_DOUBLE:
    case OTTL_T_DURATION: return OTTL_STORE_WORD;
    case OTTL_T_STRING:
    case OTTL_T_BYTES:
    case OTTL_T_TRACE_ID:
    case OTTL_T_SPAN_ID: return OTTL_STORE_VIEW;
    default: break;
    }
  }
  *type = OTTL_T_NIL;
  return OTTL_STORE_CELL;
}

/* Does some function of the group see the order of a map's entries? */
bool ottl__group_sees_order(const ottl_checked_group *group);
/* Emits the code of a checked group into `arena`. kind: ottl_kind. Fails: NOMEM, LIMIT (with a diagnostic). */
OTTL_MUST_CHECK ottl_status ottl__emit_group(ottl_arena *arena, const ottl_checked_group *group, int kind, bool row_order,
                                             ottl_diags *diags, ottl_code *ret);
/* The same code once more, and what it is for: both in `arena`. */
OTTL_MUST_CHECK ottl_status ottl__emit_debug(ottl_arena *arena, const ottl_checked_group *group, int kind, bool row_order,
                                             ottl_code *ret, code_debug *debug);
/* Checks every operand of the code against the opcode table. INTERNAL with a text when something is wrong. */
OTTL_MUST_CHECK ottl_status ottl__code_verify(const ottl_code *code, const char **ret_text);
void ottl__code_disassemble(const ottl_code *code, ottl_sbuf *out);
/* One instruction: its operands, without what the opcode does. */
void ottl__code_instruction(const ottl_code *code, ottl_sbuf *out, uint32_t i);

#endif
