/* Following one record: what an exec writes down while the VM runs windows that the record is in. */
#ifndef OTTL_SRC_API_TRACE_H
#define OTTL_SRC_API_TRACE_H

#include "api/api.h"
#include "ottl/trace.h"
#include "ottl/view.h"

void ottl__trace_free(ottl_exec *x);
void ottl__trace_reset(exec_trace *trace); /* what was written down is forgotten */

#endif
