/* Values on their way into a message: the usual ones inline. */
#ifndef OTTL_SRC_BATCH_VALUE_PUT_H
#define OTTL_SRC_BATCH_VALUE_PUT_H

#include "batch/value_wire.h"

/* Bytes of the body of its AnyValue; false: a tree, or what no AnyValue can hold. */
static inline bool any_flat_size(ottl_cell c, size_t *ret) {
  switch (c.tag) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = 0; return true;
  case OTTL_T_STRING:
  case OTTL_T_MAP:
  case OTTL_T_LIST:
  case OTTL_T_BYTES: *ret = 1 + (size_t)varint_size(c.len) + c.len; return true;
  case OTTL_T_INT: *ret = 1 + (size_t)varint_size(c.word); return true;
  case OTTL_T_BOOL: *ret = 2; return true;
  case OTTL_T_DOUBLE: *ret = 9; return true;
  default: *ret = 0; return false;
  }
}

/* Writes what any_flat_size measured. */
static inline uint8_t *any_flat_write(uint8_t *at, ottl_cell c) {
  switch (c.tag) {
  case OTTL_T_STRING:
  case OTTL_T_MAP:
  case OTTL_T_LIST:
  case OTTL_T_BYTES:
    *at++ = c.tag == OTTL_T_STRING ? 0x0a : c.tag == OTTL_T_BYTES ? 0x3a : c.tag == OTTL_T_MAP ? 0x32 : 0x2a;
    at = varint_put(at, c.len);
    copy_short(at, (const void *)(uintptr_t)c.word, c.len);
    return at + c.len;
  case OTTL_T_INT: *at++ = 0x18; return varint_put(at, c.word);
  case OTTL_T_BOOL:
    *at++ = 0x10;
    *at++ = c.word != 0;
    return at;
  case OTTL_T_DOUBLE:
    *at++ = 0x21;
    store_le64(at, c.word);
    return at + 8;
  default: return at;
  }
}

/* Puts the length of body .. end at `at`. `body` was a guess of where the length ends: it moves if that was wrong. */
static inline uint8_t *wire_close(uint8_t *at, uint8_t *body, uint8_t *end) {
  const size_t size = (size_t)(end - body);
  uint8_t *place = at + varint_size(size);
  if (OTTL_UNLIKELY(place != body)) memmove(place, body, size);
  varint_put(at, size);
  return place + size;
}

#endif
