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

/* A text under a key, where all lengths are of one byte. PERF: stringify_all */
static inline bool entry_is_short(const ottl_entry *e) {
  return e->tag == OTTL_T_STRING && e->klen && e->klen < 0x78 && e->len < 0x78 - e->klen;
}
static inline uint8_t *short_put(uint8_t *at, unsigned number, const ottl_entry *e) {
  at[0] = (uint8_t)WR_TAG(number, WR_LEN);
  at[1] = (uint8_t)(e->klen + e->len + 6);
  at[2] = WR_TAG(1, WR_LEN);
  at[3] = (uint8_t)e->klen;
  at = wr_put(at + 4, e->key, e->klen);
  at[0] = WR_TAG(2, WR_LEN);
  at[1] = (uint8_t)(e->len + 2);
  at[2] = WR_TAG(1, WR_LEN);
  at[3] = (uint8_t)e->len;
  return wr_put(at + 4, (const void *)(uintptr_t)e->word, e->len);
}

/* An edit of a plain kind: a tag and a value. */
static inline uint8_t *plain_put(uint8_t *at, const wv_edit *e) {
  switch (e->kind) {
  case WV_VARINT: at = varint_put(at, WR_TAG(e->number, WR_VARINT)); return varint_put(at, e->word);
  case WV_64: at = varint_put(at, WR_TAG(e->number, WR_64)); return wr_put64(at, e->word);
  case WV_32: at = varint_put(at, WR_TAG(e->number, WR_32)); return wr_put32(at, (uint32_t)e->word);
  case WV_BYTES:
    at = varint_put(at, WR_TAG(e->number, WR_LEN));
    at = varint_put(at, e->len);
    return wr_put(at, (const void *)(uintptr_t)e->word, e->len);
  case WV_ANY: *at++ = (uint8_t)WR_TAG(e->number, WR_LEN); return any_put(at, (ottl_cell){e->word, e->len, e->tag});
  default: return at;
  }
}

/* Adds an edit to n others, in the order of the body; where they begin together, what inserts comes before what replaces, else as they
 * were added. */
static inline void put_edit(wv_edit *edits, size_t n, wv_edit e) {
  for (; n > 0; n--) {
    const wv_edit *before = &edits[n - 1];
    if (before->begin < e.begin || (before->begin == e.begin && (before->end == before->begin || e.end > e.begin))) break;
    edits[n] = *before;
  }
  edits[n] = e;
}

#endif
