/* Random bytes from the system. */
#ifndef OTTL_SRC_BASE_RANDOM_H
#define OTTL_SRC_BASE_RANDOM_H

#include "base/common.h"

/* False: the system has none to give. Any thread. */
OTTL_MUST_CHECK bool ottl__random(void *out, size_t len);

#endif
