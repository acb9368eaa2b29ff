/* Values on their way into a new body: the usual ones inline. For weave.c and weave_keys.c. */
#ifndef OTTL_SRC_OTLP_WEAVE_VALUE_H
#define OTTL_SRC_OTLP_WEAVE_VALUE_H

#include "otlp/impl.h"

/* Bytes of the body of its AnyValue. What fails was found by value_bound before. */
static inline size_t any_size(ottl_cell c) {
  switch (c.tag) {
  case OTTL_T_STRING:
  case OTTL_T_BYTES: return 1 + (size_t)varint_size(c.len) + c.len;
  case OTTL_T_INT: return 1 + (size_t)varint_size(c.word);
  case OTTL_T_BOOL: return 2;
  case OTTL_T_DOUBLE: return 9;
  default: {
    size_t size;
    return ottl__anyvalue_size(c, &size) == OTTL_OK ? size : 0;
  }
  }
}

static inline uint8_t *any_write(uint8_t *at, ottl_cell c) {
  switch (c.tag) {
  case OTTL_T_STRING:
  case OTTL_T_BYTES:
    *at++ = c.tag == OTTL_T_STRING ? WR_TAG(1, WR_LEN) : WR_TAG(7, WR_LEN);
    at = varint_put(at, c.len);
    return wr_put(at, (const void *)(uintptr_t)c.word, c.len);
  case OTTL_T_INT: *at++ = WR_TAG(3, WR_VARINT); return varint_put(at, c.word);
  case OTTL_T_BOOL:
    *at++ = WR_TAG(2, WR_VARINT);
    *at++ = c.word != 0;
    return at;
  case OTTL_T_DOUBLE: *at++ = WR_TAG(4, WR_64); return wr_put64(at, c.word);
  default: return ottl__anyvalue_write(at, c);
  }
}

#define HEAD_BOUND 64u /* tags and lengths of an entry and its value, a number, and what is copied of a head too much */

static inline ottl_status value_bound(ottl_cell c, uint64_t *sum) {
  size_t size = 0;
  if (c.tag == OTTL_T_STRING || c.tag == OTTL_T_BYTES)
    size = c.len;
  else if (OTTL_UNLIKELY(c.tag > OTTL_T_BYTES))
    OTTL_TRY(ottl__anyvalue_size(c, &size));
  *sum += size + HEAD_BOUND;
  return OTTL_OK;
}

#endif
