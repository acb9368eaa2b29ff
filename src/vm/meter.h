/* Meters: what the code of one group did, for who asks (ottl/profile.h). Off, they cost one branch a window.
 *
 * Counts are in rows of the group's level, as a host that goes record by record would count them: a condition that depends on a
 * resource alone is computed once for it, and counted once for each of its rows. Time is that of handlers alone. */
#ifndef OTTL_SRC_VM_METER_H
#define OTTL_SRC_VM_METER_H

#include "vm/vm.h"

typedef struct meter_part {
  uint64_t rows, selected, errors, memo_rows, memo_hits;
} meter_part;

typedef struct meter_operand {
  uint64_t holds, fails, errors; /* fails: it was asked, and was false */
} meter_operand;

typedef struct meter_insn {
  uint64_t ns, runs, rows; /* rows of its level that it ran over */
} meter_insn;

typedef struct vm_meter {
  code_debug debug;
  meter_part *parts; /* conditions, then statements */
  meter_operand *operands;
  meter_insn *insns, *bodies;
  uint32_t n_parts;
  uint32_t part;    /* that is running */
  int64_t clock_ns; /* what reading the clock costs: taken off */
} vm_meter;

/* A meter for the code, which was emitted once more in `arena` with what it is for. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__meter_create(ottl_arena *arena, const ottl_code *code, const code_debug *debug, vm_meter **ret);
/* All counts to 0. */
void ottl__meter_reset(vm_meter *meter, const ottl_code *code);
int64_t ottl__meter_now(void);   /* ns */
int64_t ottl__meter_clock(void); /* ns that ottl__meter_now takes */

/* Around instruction `i` of the code: marks before it; time since `begun`, which becomes now. */
void ottl__meter_marks(ottl_vm *vm, uint32_t i, uint32_t *next);
void ottl__meter_ran(ottl_vm *vm, meter_insn *of, const ottl_insn *in, int64_t *begun);

/* What a condition's operand, whose value is in `reg`, came to for row i of the code's level. */
typedef enum meter_answer { ANSWER_FALSE, ANSWER_TRUE, ANSWER_ERROR } meter_answer;
meter_answer ottl__meter_answer(const ottl_vm *vm, const code_operand *operand, uint32_t i);

void ottl__meter_failed(vm_meter *meter, const ottl_code *code, uint32_t statement, uint32_t condition);

#endif
