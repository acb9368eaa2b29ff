/* Which instruction set the kernels use: the widest that the machine has, unless the environment says otherwise. */
#include "kernels/kernels.h"

#include <stdlib.h>

/* From the narrowest to the widest: having one implies having those before it. */
static const ottl_kernels *const tables[] = {
    &ottl__kernels_scalar,
#if defined(KERNELS_X86_64)
    &ottl__kernels_v3,
    &ottl__kernels_v4,
#elif defined(KERNELS_PORTABLE)
    &ottl__kernels_portable,
#endif
};

/* How many of the tables this machine can run. */
static size_t tables_present(void) {
#ifdef KERNELS_X86_64
  /* Asks for the operating system's part, too. The rest of each level came with these in every processor. */
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2") ||
      !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("popcnt")) {
    return 1;
  }
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512cd") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
    return 2;
  }
#endif
  return OTTL_COUNT(tables);
}

const ottl_kernels *ottl__kernels_at(size_t i) { return i < tables_present() ? tables[i] : NULL; }

const ottl_kernels *ottl__kernels_pick(void) {
  size_t n = tables_present();
#ifndef __wasm__ /* no environment there, and asking for one imports it */
  const char *force = getenv("OTTL_FORCE_ISA");
  for (size_t i = 0; force && i < n; i++) {
    if (strcmp(force, tables[i]->isa) == 0) return tables[i];
  }
#endif
  return tables[n - 1];
}

const char *ottl_isa(void) { return ottl__kernels_pick()->isa; }
