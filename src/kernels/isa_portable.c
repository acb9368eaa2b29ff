/* NEON and WebAssembly's SIMD128, by simde. The compiler's base flags decide, so there is nothing to ask at run time. */
#include "kernels/kernels.h"

#ifdef KERNELS_PORTABLE
#include "kernels/generic.inl.h"

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
