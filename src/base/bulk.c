#include "base/bulk.h"

#include <stdint.h>

/* One of what is laid there. It is read each time: what the compiler sees is not what the core begins with. */
static const volatile uint32_t bulk_mark = 1;

bool ottl__bulk_here(void) { return bulk_mark != 0; }
