/* Profiles of an exec: a meter for each code, and the phases of its runs. */
#ifndef OTTL_SRC_API_PROFILE_H
#define OTTL_SRC_API_PROFILE_H

#include "api/api.h"
#include "vm/meter.h"

typedef enum exec_phase { PHASE_OTHER, PHASE_READ, PHASE_WRITE, PHASES } exec_phase;

/* A statement or condition, in the caller's order. */
typedef struct profile_item {
  uint32_t code, part;
  uint32_t group, number; /* number: of the condition, or of the statement + 2^31 */
} profile_item;

struct exec_profile {
  ottl_arena arena;
  profile_item *items;
  uint32_t n_items;
  vm_meter **meters; /* by code */
  uint64_t runs, bytes, nanoseconds;
  uint64_t phase_ns[PHASES];
  exec_phase phase;
  int64_t phase_begun, run_begun, clock_ns;
};

void ottl__profile_free(ottl_exec *x);
void ottl__profile_phase(exec_profile *p, exec_phase phase);
void ottl__profile_begin(exec_profile *p, size_t bytes);
void ottl__profile_end(exec_profile *p);

static inline void exec_phase_is(ottl_exec *x, exec_phase phase) {
  if (OTTL_UNLIKELY(x->profile != NULL)) ottl__profile_phase(x->profile, phase);
}

#endif
