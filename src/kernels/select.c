/* Which instruction set the kernels use. */
#include "base/common.h"

const char *ottl_isa(void) { return "scalar"; }
