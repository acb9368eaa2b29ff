/* Values as text, as the reference writes them, and comparisons that only functions need. */
#ifndef OTTL_SRC_BATCH_VALUE_TEXT_H
#define OTTL_SRC_BATCH_VALUE_TEXT_H

#include "base/sbuf.h"
#include "batch/value.h"

/* Appends what a StringLikeGetter makes of a value that is not nil: text as it is, bytes in hex, everything else as goccy's JSON
 * of the Go value (keys sorted, <>& escaped). Nested values use `scratch` for sorting.
 * Fails: NOMEM, DATA (malformed bytes), LIMIT (nesting, or the buffer is over), RUNTIME (a number or time that JSON cannot express). */
OTTL_MUST_CHECK ottl_status ottl__value_string_like(ottl_arena *scratch, ottl_sbuf *buf, ottl_cell cell);

/* Appends pdata's Value.AsString: text as it is, bytes in base64, containers as encoding/json without HTML escapes (empty when
 * a number in them cannot be expressed). Nil is empty. Types that no AnyValue holds: INTERNAL.
 * Fails: NOMEM, DATA, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__value_as_string(ottl_arena *scratch, ottl_sbuf *buf, ottl_cell cell);

/* Equality of the elements of a list with a value, as Index does it: `a` was taken out of a pdata list with AsRaw. */
OTTL_MUST_CHECK ottl_status ottl__value_equal_raw(ottl_arena *scratch, ottl_cell a, ottl_cell b, bool *ret);

#endif
