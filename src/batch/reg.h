/* Registers: a register is a column of values, one for each row of a slice.
 *
 *   store BOOL: bits                       (type is OTTL_T_BOOL)
 *   store WORD: word                       (INT, DOUBLE, DURATION)
 *   store VIEW: word (pointer) and len     (STRING, BYTES, TRACE_ID, SPAN_ID; TIME: seconds and nanoseconds; trees: word)
 *   store CELL: word, len and tag          (any type, row by row)
 *
 * A constant has one value: `mask` is 0, else all ones, and row i is at i & mask. A row that failed has its bit in `err` and a
 * code; its value means nothing. Values of rows outside the selection that an instruction ran under mean nothing either.
 * Columns of a batch are registers too: they have `off`, `end` (where the field or entry lies in the row's body, tag
 * included; equal when it is not there) and `dirty`. */
#ifndef OTTL_SRC_BATCH_REG_H
#define OTTL_SRC_BATCH_REG_H

#include "batch/value.h"

typedef enum ottl_store { OTTL_STORE_BOOL, OTTL_STORE_WORD, OTTL_STORE_VIEW, OTTL_STORE_CELL } ottl_store;

typedef struct ottl_reg {
  uint8_t store; /* ottl_store */
  uint8_t type;  /* ottl_type (with OTTL_TAG_TREE for trees) when store is not CELL */
  uint8_t level; /* ottl_level its rows are of */
  bool has_err;  /* some bit of err is set */
  uint32_t mask;
  uint8_t *tag;
  uint64_t *word;
  uint32_t *len;
  uint64_t *bits;
  uint64_t *err;  /* valid when has_err: a bitmap over the rows */
  uint16_t *code; /* valid where err is set: OTTL_ROWERR(code, type) */
  /* columns only */
  uint32_t *off, *end;
  uint64_t *dirty;
  uint32_t *slot; /* key columns in the entry tier: index of the row's entry, UINT32_MAX when absent */
  uint32_t keyid; /* key columns in the entry tier: number of the key in the batch's dictionary, or OTTL_NO_KEY */
  bool any_dirty;
} ottl_reg;

/* -- bitmaps: 64 rows a word; bits at and above n are zero in selections -- */
#define BM_WORDS(n) (((size_t)(n) + 63) / 64)
static inline bool bm_get(const uint64_t *bm, uint32_t i) { return bm[i >> 6] >> (i & 63) & 1; }
static inline void bm_set(uint64_t *bm, uint32_t i) { bm[i >> 6] |= (uint64_t)1 << (i & 63); }
static inline void bm_clear(uint64_t *bm, uint32_t i) { bm[i >> 6] &= ~((uint64_t)1 << (i & 63)); }
static inline void bm_put(uint64_t *bm, uint32_t i, bool on) { on ? bm_set(bm, i) : bm_clear(bm, i); }
static inline bool bm_any(const uint64_t *bm, uint32_t n) {
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    if (bm[w]) return true;
  }
  return false;
}
/* Runs the statement for each selected row i. `break` leaves only the current word: use a flag or goto. */
#define SEL_EACH(sel, n, i)                                                                                                      \
  for (size_t i##_w = 0; i##_w < BM_WORDS(n); i##_w++)                                                                           \
    for (uint64_t i##_bits = (sel)[i##_w]; i##_bits; i##_bits &= i##_bits - 1)                                                   \
      for (uint32_t i = (uint32_t)(i##_w * 64 + (size_t)__builtin_ctzll(i##_bits)), i##_once = 1; i##_once; i##_once = 0)

/* -- reading -- */
static inline uint32_t reg_at(const ottl_reg *r, uint32_t i) { return i & r->mask; }
static inline bool reg_bool(const ottl_reg *r, uint32_t i) { return bm_get(r->bits, reg_at(r, i)); }
static inline int64_t reg_int(const ottl_reg *r, uint32_t i) { return (int64_t)r->word[reg_at(r, i)]; }
static inline double reg_double(const ottl_reg *r, uint32_t i) { return double_of_bits(r->word[reg_at(r, i)]); }
static inline ottl_view reg_view(const ottl_reg *r, uint32_t i) {
  uint32_t k = reg_at(r, i);
  return (ottl_view){(const char *)(uintptr_t)r->word[k], r->len[k]};
}
/* Any register as a cell. */
static inline ottl_cell reg_cell(const ottl_reg *r, uint32_t i) {
  uint32_t k = reg_at(r, i);
  switch (r->store) {
  case OTTL_STORE_BOOL: return cell_bool(bm_get(r->bits, k));
  case OTTL_STORE_WORD: return (ottl_cell){r->word[k], 0, r->type};
  case OTTL_STORE_VIEW: return (ottl_cell){r->word[k], r->len[k], r->type};
  default: return (ottl_cell){r->word[k], r->len[k], r->tag[k]};
  }
}
static inline bool reg_failed(const ottl_reg *r, uint32_t i) { return r->has_err && bm_get(r->err, reg_at(r, i)); }

/* -- writing (never to constants) -- */
static inline void reg_put_int(ottl_reg *r, uint32_t i, int64_t v) { r->word[i] = (uint64_t)v; }
static inline void reg_put_double(ottl_reg *r, uint32_t i, double v) { r->word[i] = bits_of_double(v); }
static inline void reg_put_bool(ottl_reg *r, uint32_t i, bool v) { bm_put(r->bits, i, v); }
static inline void reg_put_view(ottl_reg *r, uint32_t i, ottl_view v) {
  r->word[i] = (uint64_t)(uintptr_t)v.data;
  r->len[i] = (uint32_t)v.len;
}
static inline void reg_put_cell(ottl_reg *r, uint32_t i, ottl_cell c) { /* store CELL */
  r->word[i] = c.word;
  r->len[i] = c.len;
  r->tag[i] = c.tag;
}
/* A cell into a register of any store; where there is one type, the cell is of it. */
static inline void reg_put(ottl_reg *r, uint32_t i, ottl_cell c) {
  switch (r->store) {
  case OTTL_STORE_BOOL: bm_put(r->bits, i, c.word != 0); break;
  case OTTL_STORE_CELL: r->tag[i] = c.tag; /* fall through */
  case OTTL_STORE_VIEW: r->len[i] = c.len; /* fall through */
  default: r->word[i] = c.word; break;
  }
}

#endif
