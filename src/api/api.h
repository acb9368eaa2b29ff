/* Objects behind the public handles. */
#ifndef OTTL_SRC_API_API_H
#define OTTL_SRC_API_API_H

#include "api/memory.h"
#include "batch/map.h"
#include "bytecode/code.h"
#include "otlp/validate.h"
#include "ottl/eval.h"
#include "vm/vm.h"

/* Which group and condition of the caller's a code's condition is. */
typedef struct program_origin {
  uint32_t group, condition;
} program_origin;

typedef struct program_routes program_routes; /* route.h */

struct ottl_program {
  exec_memory memory; /* the caller's allocator */
  ottl_allocator al;  /* counts in `memory`; for compiling and freeing: it is one thread's */
  ottl_arena arena;   /* trees, code, constants */
  ottl_kind kind;
  ottl_signal signal; /* NONE: contexts of every signal only */
  bool event_index;
  bool flatten;
  size_t n_groups;             /* of codes: a group whose conditions have contexts of their own has several */
  ottl_checked_group *checked; /* by code, as all of these */
  ottl_code *codes;
  uint32_t *stages;
  uint32_t *groups;         /* the caller's group */
  program_origin **origins; /* by condition; NULL: the group's own conditions in order */
  program_routes *routes;   /* kind ROUTE */
  bool row_order;           /* was asked for */
  bool narrow;              /* ottl_program_narrow */
  ottl_source *sources;     /* texts of statements and conditions, by expr->source_id - first_source */
  uint32_t first_source, n_sources;
};

/* An empty program, for ottl_program_free; NULL: out of memory. allocator: NULL for the default. */
ottl_program *ottl__program_new(const ottl_allocator *allocator, ottl_kind kind);
/* Ends compiling, which came to `status`: keeps the texts that were registered with diags since there were `first`. NOMEM when any
 * allocation failed, whatever was made of it. */
OTTL_MUST_CHECK ottl_status ottl__program_end(ottl_program *program, const ottl_diags *diags, size_t first, ottl_status status);
/* The source of an expression; never NULL. */
const ottl_source *ottl__program_source(const ottl_program *program, uint32_t id);
/* [begin, end) of a source as people count, with its text. */
ottl_diag_span ottl__program_span(const ottl_program *program, uint32_t source, size_t begin, size_t end);
/* The caller's group and condition that a condition of a code is. */
program_origin ottl__program_origin(const ottl_program *program, size_t code, uint32_t condition);
/* A code of the program once more, and what it is for, in `arena`. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__program_debug(const ottl_program *program, size_t code, ottl_arena *arena, ottl_code *ret_code,
                                                code_debug *ret_debug);
/* Room for its codes and what belongs to each. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__program_room(ottl_program *program, size_t n_codes);
/* Compiles into diagnostics of the caller's. */
OTTL_MUST_CHECK ottl_status ottl__program_compile(const ottl_group *groups, size_t n_groups, const ottl_compile_options *options,
                                                  ottl_diags *diags, ottl_program **ret_program);
bool ottl__program_is_narrow(const ottl_program *program); /* touch.c: once it is compiled */
/* The worst outcome of two counts: errors before what is merely lacking. */
ottl_status ottl__worse_status(ottl_status a, ottl_status b);

/* A record, however the rows of a batch are numbered. */
typedef struct exec_record {
  uint32_t row;               /* above ITEM: its row */
  uint32_t start;             /* in the payload, its own or that of the item it is under; UINT32_MAX: not there */
  uint32_t child, grandchild; /* below ITEM: its place among the children */
  uint8_t level;
} exec_record;

typedef struct exec_error {
  uint64_t item;
  exec_record record;
  uint32_t group, statement, condition;
  uint32_t order; /* in which they were found */
  uint16_t code;
  bool rolled_back;
} exec_error;

/* A cache that groups of one context share. */
typedef struct exec_cache {
  ottl_arena arena, before; /* before: as it was when the run began */
  ottl_rowmap entries, entries_before;
  bool written; /* in this run: then `before` holds something */
} exec_cache;

typedef struct exec_routes exec_routes;   /* route.h */
typedef struct exec_profile exec_profile; /* profile.h */
typedef struct exec_trace exec_trace;     /* trace.h */

struct ottl_exec {
  exec_memory memory;
  ottl_allocator al; /* counts in `memory` */
  const ottl_program *program;
  ottl_batch *batch;
  ottl_vm vm;
  vm_frame **frames;   /* one for each group */
  uint32_t slice_rows; /* 0: as many as the code suggests */
  int64_t clock_seconds;
  uint32_t clock_nanos;
  exec_error *errors;
  size_t n_errors, cap_errors, max_errors;
  uint64_t rows_touched; /* rows of the widest level that failed something */
  bool nothing_left;     /* of the payload, after a filter */
  bool finished;         /* the last run has a result */
  struct {
    const uint32_t *offsets; /* NULL: nobody has asked */
    uint32_t n;
  } origins[OTTL_BLOCK_RECORD + 1];
  exec_record *rolled_back; /* records that take no part any more */
  size_t n_rolled_back, cap_rolled_back;
  uint64_t *skip; /* their rows in the running pass */
  size_t cap_skip;
  bool again;                /* some of them took part in an earlier group: the run is to be made without them */
  ottl_validator *validator; /* strict; NULL: nothing but what is opened is checked */
  ottl_invalid invalid;
  const char *failure;
  size_t failure_offset;
  char message[200];
  ottl_batch *request_batch; /* what groups of the otelcol context run on; NULL: there are none */
  ottl_arena request_arena;
  vm_request request;
  exec_cache caches[OTTL_CONTEXT_COUNT];
  ottl_arena cache_saved;
  exec_routes *routes;   /* kind ROUTE */
  vm_results *results;   /* by expression of group 0 */
  uint32_t n_rows;       /* that were evaluated */
  exec_profile *profile; /* NULL: off */
  exec_trace *trace;     /* NULL: no record is followed */
};

/* exec.c: one group over the batch. RUNTIME: some row failed under propagate. */
OTTL_MUST_CHECK ottl_status ottl__exec_group(ottl_exec *x, uint32_t group, ottl_result *result);

/* cache.c: what a group does with a shared cache. Row by row: enter when the window is there, leave before it is closed. */
typedef struct exec_cache_use {
  exec_cache *cache;
  ottl_batch *batch;
  ottl_rowmap entries; /* as they are now, in memory of the batch */
  uint16_t map;        /* of the layout; UINT16_MAX: the group shares none */
  bool entered;
  ottl_arena *saved; /* where a record may fail, and undo what it wrote: memory of the entries as they were before it */
} exec_cache_use;
void ottl__cache_begin(ottl_exec *x, const ottl_code *code, ottl_batch *batch, exec_cache_use *use);
OTTL_MUST_CHECK ottl_status ottl__cache_enter(exec_cache_use *use);
OTTL_MUST_CHECK ottl_status ottl__cache_leave(exec_cache_use *use);
OTTL_MUST_CHECK ottl_status ottl__cache_undo(exec_cache_use *use); /* instead of leaving: as it was when it was entered */
OTTL_MUST_CHECK ottl_status ottl__cache_end(ottl_exec *x, exec_cache_use *use); /* keeps what is there */
void ottl__caches_undo(ottl_exec *x);                                           /* as they were when the run began */

/* rollback.c */
exec_record ottl__exec_record(const ottl_exec *x, uint32_t group, uint32_t row);
/* Before a pass: the rows of records that were rolled back take no part. */
OTTL_MUST_CHECK ottl_status ottl__rollback_begin(ottl_exec *x, uint32_t group);
/* After a window, before it closes: what the rows that failed wrote is undone. */
OTTL_MUST_CHECK ottl_status ottl__rollback_window(ottl_exec *x, uint32_t group);
/* Is the run to be ended here, and made again? */
bool ottl__rollback_ends(const ottl_exec *x, bool last);
/* Before the run is made again: of failures, only those of records that were rolled back are kept. */
void ottl__rollback_again(ottl_exec *x, ottl_result *result);
/* After runs that were made again: failures in their order. */
void ottl__rollback_sort(ottl_exec *x);

/* Text of a row error, into `out`. */
const char *ottl__rowerr_text(uint16_t code, char *out, size_t size);
const char *ottl__rowerr_name(uint16_t code); /* "R0801" */

/* config.c: what is likely to fail on some record; NULL: nothing. */
const ottl_expr *ottl__lint_can_fail(const ottl_checked_group *group);
/* Tells of `error_mode: propagate`, written at `mode`. fails: what can; NULL: nothing, which is a note, if `explain` asks for notes. */
struct cfg_node;
struct ottl_config;
void ottl__lint_propagate(const struct ottl_config *config, const struct cfg_node *mode, const ottl_expr *fails, bool explain,
                          ottl_diags *diags);

#endif
