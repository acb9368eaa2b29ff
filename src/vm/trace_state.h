/* W3C trace state: one text, list members `key=value` with commas between. SPEC: go.opentelemetry.io/otel/trace TraceState. */
#ifndef OTTL_SRC_VM_TRACE_STATE_H
#define OTTL_SRC_VM_TRACE_STATE_H

#include "base/alloc.h"

/* Value of the key, empty when it is not there. False: the text is no trace state. */
bool ottl__trace_state_get(ottl_view text, ottl_view key, ottl_view *ret);
/* The text with the member in front; *ret = text when key or value are not allowed or the text is no trace state. */
OTTL_MUST_CHECK ottl_status ottl__trace_state_put(ottl_arena *arena, ottl_view text, ottl_view key, ottl_view value,
                                                  ottl_view *ret);

#endif
