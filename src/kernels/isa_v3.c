/* x86-64-v3: AVX2. */
#include "kernels/kernels.h"

#ifdef KERNELS_X86_64
#include "kernels/generic.inl.h"
#define DIGEST_BYTES 32
#include "kernels/digest.inl.h"

const ottl_kernels ottl__kernels_v3 = {
    "v3",
#define KERNEL(result, name, arguments) name,
#include "kernels/kernels.def"
#undef KERNEL
};
#endif
