/* Objects behind the public handles. */
#ifndef OTTL_SRC_API_API_H
#define OTTL_SRC_API_API_H

#include "api/memory.h"
#include "bytecode/code.h"
#include "ottl/eval.h"
#include "vm/vm.h"

struct ottl_program {
  ottl_allocator al;
  ottl_arena arena; /* trees, code, constants */
  ottl_kind kind;
  ottl_signal signal; /* NONE: contexts of every signal only */
  bool event_index;
  size_t n_groups;
  ottl_checked_group *checked;
  ottl_code *codes;
};

typedef struct exec_error {
  uint64_t item;
  uint32_t group, statement, condition;
  uint16_t code;
} exec_error;

struct ottl_exec {
  exec_memory memory;
  ottl_allocator al; /* counts in `memory` */
  const ottl_program *program;
  ottl_batch *batch;
  ottl_vm vm;
  vm_frame **frames; /* one for each group */
  uint32_t slice_rows;
  int64_t clock_seconds;
  uint32_t clock_nanos;
  exec_error *errors;
  size_t n_errors, cap_errors, max_errors;
  uint64_t rows_touched; /* rows of the widest level that failed something */
  const char *failure;
  size_t failure_offset;
  char message[200];
  ottl_batch *request_batch; /* what groups of the otelcol context run on; NULL: there are none */
  ottl_arena request_arena;
  vm_request request;
  vm_results *results; /* by expression of group 0 */
  uint32_t n_rows;     /* that were evaluated */
};

/* Text of a row error, into `out`. */
const char *ottl__rowerr_text(uint16_t code, char *out, size_t size);
const char *ottl__rowerr_name(uint16_t code); /* "R0801" */

#endif
