/* Values on their way into a new body: the usual ones inline. For weave.c and weave_keys.c. */
#ifndef OTTL_SRC_OTLP_WEAVE_VALUE_H
#define OTTL_SRC_OTLP_WEAVE_VALUE_H

#include "batch/value_put.inl.h"
#include "otlp/impl.h"

/* The length and the body of its AnyValue. What fails was found by value_bound before. */
static inline uint8_t *any_put(uint8_t *at, ottl_cell c) {
  size_t size;
  return any_flat_size(c, &size) ? any_flat_write(varint_put(at, size), c) : ottl__anyvalue_put(at, c, ottl__anyvalue_guess(c));
}

#define HEAD_BOUND 64u /* tags and lengths of an entry and its value, a number, and what is copied of a head too much */

static inline ottl_status value_bound(ottl_cell c, uint64_t *sum) {
  size_t size = 0;
  if (c.tag >= OTTL_T_STRING && c.tag <= OTTL_T_LIST)
    size = c.len;
  else if (OTTL_UNLIKELY(cell_is_tree(c)))
    OTTL_TRY(ottl__anyvalue_bound(c, &size));
  *sum += size + HEAD_BOUND;
  return OTTL_OK;
}

#endif
