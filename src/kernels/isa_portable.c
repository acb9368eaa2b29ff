/* NEON and WebAssembly's SIMD128, by simde. The compiler's base flags decide, so there is nothing to ask at run time.
 *
 * PERF: wasm in node 20, Zen 5, 1,000 rows, ns per row, scalar and SIMD128: cmp_int_k 0.70 and 0.22, cmp_double 0.72 and 0.33,
 * cmp_cell_int 1.2 and 0.28 (of all kinds 1.2 and 0.54), cmp_cell_double 1.4 and 0.56 (1.3 and 0.76), cell_nil 1.4 and 0.08,
 * cell_string_len 1.1 and 0.13, len_is 0.73 and 0.13. NEON was tested under qemu and measured nowhere. */
#include "kernels/kernels.h"

#ifdef KERNELS_PORTABLE
#include "kernels/generic.inl.h"
#define DIGEST_BYTES 16
#include "kernels/digest.inl.h"

const ottl_kernels ottl__kernels_portable = {
#ifdef __ARM_NEON
    "neon",
#else
    "wasm128",
#endif
#define KERNEL(result, name, arguments) name,
#include "kernels/kernels.def"
#undef KERNEL
};
#endif
