/* Memo of calls: a costly function of one argument runs once for each distinct value of a window, and its results are given to the
 * other rows with that value.
 *
 *   rows      a b a c a      first of each kind: rows 0 1 3 go to the handler, rows 2 and 4 get what row 0 got
 *
 * Values and failures are shared, never copied: what a register holds is not edited by anybody. Nothing outlives the window but
 * whether it paid, which decides when to try again. */
#ifndef OTTL_SRC_VM_MEMO_H
#define OTTL_SRC_VM_MEMO_H

#include "vm/vm.h"

/* Of one call of the code; lives as long as the frame. */
typedef struct vm_memo {
  uint16_t arg;   /* the only argument that differs from row to row, or MEMO_NONE: no memo */
  uint16_t skip;  /* windows to come that do without */
  uint16_t pause; /* windows skipped the last time it did not pay */
  uint16_t turns; /* windows with a memo since the last that was measured without */
  bool measure;   /* the next window runs without, to be measured */
  float plain;    /* ns that a row costs without; 0: not measured */
} vm_memo;

#define MEMO_NONE UINT16_MAX

/* One call in one window. */
typedef struct memo_run {
  vm_memo *memo;    /* NULL: nothing is to be done after the handler */
  uint32_t n;       /* rows of the call */
  bool plain;       /* without a memo, measured */
  uint32_t *copies; /* pairs: a row, and the row before it with the same value */
  uint32_t n_copies;
  uint32_t n_first;        /* distinct values that were handed on */
  int64_t begun, searched; /* ns; when the search began, and when it was over */
} memo_run;

/* Finds out which calls of the frame's code can have a memo. */
OTTL_MUST_CHECK ottl_status ottl__memo_create(const ottl_allocator *al, const ottl_code *code, vm_memo **ret);
void ottl__memo_free(const ottl_allocator *al, const ottl_code *code, vm_memo *memos);

/* Before the handler: takes rows out of `rows`, the call's selection, whose results another row will have. */
OTTL_MUST_CHECK ottl_status ottl__memo_begin(ottl_vm *vm, uint32_t call_index, const ottl_call *call, uint64_t *rows,
                                             memo_run *run);
/* After the handler. */
void ottl__memo_end(memo_run *run, ottl_call *call);

#endif
