/* The interpreter: one code over one window of rows at a time. Handlers are ordinary functions over registers. */
#ifndef OTTL_SRC_VM_VM_H
#define OTTL_SRC_VM_VM_H

#include "base/limits.h"
#include "base/map.h"
#include "batch/map.h"
#include "bytecode/code.h"

/* One failure of a row, until the window is done. */
typedef struct vm_failure {
  uint32_t row;       /* of the group's level */
  uint32_t statement; /* UINT32_MAX: the group's conditions */
  uint32_t condition;
  uint16_t code;
} vm_failure;

/* Elements that the lambda of one depth runs over. */
typedef struct vm_elements {
  uint32_t n;
  uint8_t level;          /* of the call; may be OTTL_LEVEL_CONST or that of an outer lambda */
  const uint32_t *parent; /* by element: row of that level */
} vm_elements;

/* What the host tells of the request that brought the payload (paths of otelcol). The maps are trees that nobody edits. */
typedef struct vm_request {
  ottl_cell address;                       /* STRING or NIL */
  const ottl_rowmap *client, *auth, *grpc; /* NULL: not told. client and grpc: lists of strings */
} vm_request;

/* Results of programs that evaluate: one cell for each row and expression. */
typedef struct vm_results {
  ottl_cell *cells;
  uint16_t *codes; /* 0: the cell is the value */
} vm_results;

/* Where the rows of a pass go: what ROUTE and ROUTE_ROWS write, by the absolute row of the code's level. */
typedef struct vm_routes {
  uint16_t *taken;   /* 1 + the condition (or statement) that moves it; 0: none */
  uint64_t **copied; /* by condition: rows that go there as copies; NULL: it moves rows */
} vm_routes;

/* Whether calls have a memo (memo.h): where it pays; for testing, always or never (OTTL_FORCE_MEMO is "on" or "off"). */
typedef enum vm_memo_mode { VM_MEMO_AUTO, VM_MEMO_ON, VM_MEMO_OFF } vm_memo_mode;

/* Registers of one code, kept between runs.
 *
 * Rows of the levels above the code's are numbered from `base` on while a window runs: a window sees few of them, wherever in
 * the payload it is, and must not pay for those before. */
typedef struct vm_frame {
  const ottl_code *code;
  ottl_reg **r; /* n_regs: columns point into the batch, others at `own` */
  ottl_reg *own;
  uint32_t window; /* rows of one */
  void **blocks;   /* memory of own registers, by register */
  size_t *block_bytes;
  struct vm_memo *memos;          /* by call */
  struct vm_meter *meter;         /* NULL: nobody asks */
  struct vm_watch *watch;         /* NULL: nobody looks */
  uint32_t cap[OTTL_CODE_LEVELS]; /* rows that registers of a level have room for */
} vm_frame;

/* Who looks at registers and rows while a window runs (ottl/trace.h). */
typedef struct vm_watch {
  ottl_status (*look)(struct vm_watch *watch, uint32_t i); /* before instruction i of the window, and behind the last */
} vm_watch;

typedef struct ottl_vm {
  ottl_allocator al;
  ottl_arena constants; /* results of prologues; lives as long as the exec */
  ottl_arena slice;     /* reset for each window: error bitmaps, pointers */
  ottl_scratch *scratch;
  const struct ottl_kernels *kernels; /* of the instruction set in use */
  vm_memo_mode memo;
  int64_t now_seconds; /* of this run, when the clock is known */
  uint32_t now_nanos;
  bool clock_known;
  bool event_index;          /* the host tells spanevent.event_index */
  const vm_request *request; /* NULL: none */

  /* of the running code */
  vm_frame *frame;
  const ottl_code *code;
  ottl_batch *batch;
  ottl_reg **r;
  uint32_t base[OTTL_CODE_LEVELS]; /* first row of each level that the window sees, a multiple of 64; 0 for the own level */
  uint64_t *all[OTTL_CODE_LEVELS]; /* rows of each level that count: not dropped, and of the window */
  size_t all_cap[OTTL_CODE_LEVELS];
  vm_elements lambda[OTTL_MAX_LAMBDAS];
  uint32_t *lambda_used;                 /* elements that the outermost lambda that runs has looked at, by its row */
  ottl_arena heaps[OTTL_MAX_LAMBDAS];    /* what the rounds of a Reduce, or a predicate, make */
  ottl_arena gathered[OTTL_MAX_LAMBDAS]; /* arrays of the elements that a body runs on */
  ottl_arena faults[OTTL_MAX_LAMBDAS];   /* the slice of a body: failures, arguments of calls */
  ottl_map names;                        /* that MapKeys has given in a row */
  const uint64_t *skip;                  /* rows of the code's level, by absolute number, that take no part; NULL: none */
  uint32_t n_skip;                       /* rows that skip knows of; what is appended later takes part */
  uint64_t *stopped;                     /* rows of the window that failed, where that stops them (code->stops); as all[level] */
  bool any_stopped;
  bool dropping; /* some row of the batch was dropped */
  vm_failure *failures;
  size_t n_failures, cap_failures;
  uint64_t n_failed; /* failures counted, kept or not */
  size_t max_failures;
  uint64_t *touched;   /* rows of the window that failed something: for rows_failed */
  vm_routes *routes;   /* routing programs */
  vm_results *results; /* evaluating programs: by expression; indexed by absolute row */
} ottl_vm;

typedef ottl_status vm_handler(ottl_vm *vm, const ottl_insn *in);

OTTL_MUST_CHECK ottl_status ottl__vm_init(ottl_vm *vm, const ottl_allocator *al);
void ottl__vm_done(ottl_vm *vm);
/* slice_rows: of a window; 0: as many as the code suggests. */
OTTL_MUST_CHECK ottl_status ottl__vm_frame_create(ottl_vm *vm, const ottl_code *code, uint32_t slice_rows, vm_frame **ret);
void ottl__vm_frame_free(ottl_vm *vm, vm_frame *frame);
/* Before the windows of a pass: the batch is bound to the code's layout. */
OTTL_MUST_CHECK ottl_status ottl__vm_begin(ottl_vm *vm, vm_frame *frame, ottl_batch *batch);
/* Runs the code on the batch's window. */
OTTL_MUST_CHECK ottl_status ottl__vm_window(ottl_vm *vm);

/* -- for windows -- */

/* Runs the code on the rows vm->all of its level; those of the levels above are what they are under. */
OTTL_MUST_CHECK ottl_status ottl__vm_run(ottl_vm *vm);
void ottl__vm_rows_above(ottl_vm *vm);
/* The window of a code with `rounds` (rounds.c): runs it once for each round of rows. */
OTTL_MUST_CHECK ottl_status ottl__vm_rounds(ottl_vm *vm);

/* -- for handlers -- */

/* Room for n rows in registers and selections of a level. */
OTTL_MUST_CHECK ottl_status ottl__vm_reserve(ottl_vm *vm, uint8_t level, uint32_t n);
/* Runs the body of a lambda; vm->lambda and its parameters are set. */
OTTL_MUST_CHECK ottl_status ottl__vm_run_body(ottl_vm *vm, const ottl_code_lambda *lambda);

/* Rows [0, n) that registers of the level are computed for. */
static inline uint32_t vm_n(const ottl_vm *vm, uint8_t level) {
  if (level == vm->code->level) return vm->batch->n;
  if (level == OTTL_LEVEL_CONST) return 1;
  if (level > OTTL_LEVEL_CONST) return vm->lambda[level - OTTL_LEVEL_LAMBDA(0)].n;
  return vm->batch->hi[level] - vm->base[level];
}
/* The batch's number of row i. */
static inline uint32_t vm_row(const ottl_vm *vm, uint8_t level, uint32_t i) { return vm->base[level] + i; }
static inline const uint64_t *vm_sel(const ottl_vm *vm, const ottl_insn *in) {
  return in->s == OTTL_SEL_ALL ? vm->all[in->level] : vm->r[in->s]->bits;
}
static inline const uint64_t *vm_bits(const ottl_vm *vm, uint16_t sel, uint8_t level) {
  return sel == OTTL_SEL_ALL ? vm->all[level] : vm->r[sel]->bits;
}
/* Row of level `to` (at or above `from`) that row i of level `from` is under. */
static inline uint32_t vm_up(const ottl_vm *vm, uint8_t from, uint8_t to, uint32_t i) {
  while (from > OTTL_LEVEL_CONST && from != to) {
    const vm_elements *e = &vm->lambda[from - OTTL_LEVEL_LAMBDA(0)];
    i = e->parent[i];
    from = e->level;
  }
  if (from == to) return i;
  if (from == vm->code->level) return vm->batch->up[to][i] - vm->base[to];
  uint32_t row = vm_row(vm, from, i);
  while (from > to) {
    row = vm->batch->rows[from].parent[row];
    from--;
  }
  return row - vm->base[to];
}

/* The bodies that entries of a map are ranges of, by vm_row; NULL: they lie elsewhere. */
static inline const uint8_t *const *vm_map_bodies(const ottl_vm *vm, uint16_t map) {
  const ottl_map_spec *spec = &vm->code->layout.maps[map];
  if (spec->field == OTTL_FIELD_COUNT || vm->batch->signal == OTTL_SIGNAL_PROFILES) return NULL;
  return vm->batch->rows[spec->level].body + (spec->level == vm->code->level ? vm->batch->first : 0);
}

/* Brings what was written to key columns of row i into the entries of the map. */
static inline ottl_status vm_flush(ottl_vm *vm, uint32_t map, uint8_t level, uint32_t i) {
  return ottl__map_flush_row(vm->batch, map, vm_row(vm, level, i));
}
/* The same of rows `sel` of the map's level. */
static inline ottl_status vm_flush_rows(ottl_vm *vm, uint32_t map, uint8_t level, const uint64_t *sel, uint32_t n) {
  if (level == vm->code->level) return ottl__map_flush(vm->batch, map, sel, n);
  SEL_EACH(sel, n, i) OTTL_TRY(vm_flush(vm, map, level, i));
  return OTTL_OK;
}
/* The entries of row i were edited: back into the key columns. */
static inline ottl_status vm_reload(ottl_vm *vm, uint32_t map, uint8_t level, uint32_t i) {
  bm_set(vm->batch->maps[map].dirty, vm_row(vm, level, i));
  return ottl__map_reload_row(vm->batch, map, vm_row(vm, level, i));
}
/* Runs a map editor on the maps of rows call->sel; failures, which are collected in d, become the statement's. */
OTTL_MUST_CHECK ottl_status ottl__vm_edit_maps(ottl_vm *vm, const ottl_insn *in, ottl_call *call, ottl_rowmap **maps,
                                               uint64_t *changed, ottl_reg *d, uint32_t function, uint32_t statement);
/* Row i of register r failed. False when out of memory. */
bool ottl__vm_fail(ottl_vm *vm, ottl_reg *r, uint32_t n, uint32_t i, uint16_t code);
/* Gives r the failures of a, for selected rows. */
bool ottl__vm_inherit(ottl_vm *vm, ottl_reg *r, const ottl_reg *a, const uint64_t *sel, uint32_t n);
/* Row i of in->level failed statement `statement`. */
ottl_status ottl__vm_statement_failed(ottl_vm *vm, uint8_t level, uint32_t i, uint32_t statement, uint32_t condition,
                                      uint16_t code);
/* Arguments of a call, its failures and their end (op_call.c): see there. */
OTTL_MUST_CHECK ottl_status ottl__vm_call_begin(ottl_vm *vm, const ottl_code_call *cc, ottl_reg *d, const uint64_t *sel,
                                                uint32_t n, ottl_call *call);
OTTL_MUST_CHECK ottl_status ottl__vm_call_end(ottl_vm *vm, ottl_reg *d, const ottl_call *call);

vm_memo_mode ottl__memo_mode(void); /* as the environment has it */

/* Indexing and writing inside containers (path.c). keys: registers from the pool. Returns 0 or a row error. */
uint16_t ottl__path_get(ottl_vm *vm, ottl_cell base, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret);
/* The row error that stands for a status of a value function; 0: none. */
uint16_t ottl__vm_error_of(ottl_status status);
/* The key of one step; it fails when it is got, not before. */
uint16_t ottl__path_key(ottl_vm *vm, uint16_t reg, uint32_t row, ottl_cell *ret);
uint16_t ottl__path_get_result(ottl_vm *vm, ottl_cell base, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret);
/* Writes v into *at at the keys, making containers on the way; effects before a failure stay. */
uint16_t ottl__path_set(ottl_vm *vm, ottl_cell *at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell v);
uint16_t ottl__path_set_entry(ottl_vm *vm, ottl_entry *at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell v);
/* Where a value, or an item of a list literal, is the container `read`, it becomes `live`: the one that is about to be written. */
void ottl__value_live(ottl_cell *v, ottl_cell read, ottl_cell live);
/* The reference's SetValue: *at becomes a copy of v; effects before a failure stay. */
uint16_t ottl__set_value(ottl_vm *vm, ottl_cell *at, ottl_cell v);
/* The reference's FromRaw and map literal values: *ret is a copy of v as a value. */
uint16_t ottl__from_raw(ottl_vm *vm, ottl_cell v, bool top, ottl_cell *ret);

/* The value of an otelcol path of this view (request.c); keys as above. */
uint16_t ottl__request_get(ottl_vm *vm, uint8_t view, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret);

/* Paths of profiles (profile.c): as the other views. */
uint16_t ottl__profile_view(ottl_vm *vm, ottl_path_view view, const ottl_reg *a, uint32_t i, ottl_cell *ret);
uint16_t ottl__profile_set(ottl_vm *vm, ottl_path_view view, ottl_reg *col, uint32_t row, ottl_cell v);

/* Do points or metrics of this kind have the field? */
bool ottl__kind_has_field(ottl_metric_kind kind, uint16_t field);
uint16_t ottl__buckets_read(ottl_vm *vm, ottl_view body, int32_t *ret_offset, ottl_list **ret_counts);

#define OP(name, operands, handler, synopsis) vm_handler handler;
#include "opcodes.def"
#undef OP

#endif
