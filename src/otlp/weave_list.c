/* The entries of a row's list, written into its new body: those that stand in the old one as they came, others from their parts. */
#include "otlp/weave_value.inl.h"

static inline bool entry_clean(const ottl_entry *e) { return !e->dirty && e->raw_end > e->raw_begin; }

/* PERF: most lists are as they came but for their end. */
uint32_t ottl__wl_stands(ottl_rowmap *map, uint32_t begin) {
  ottl_entry *e = map->items, *stop = e + map->n;
  for (; e < stop && e->raw_begin == begin && entry_clean(e); e++) begin = e->raw_end;
  map->n = (uint32_t)(stop - e);
  map->items = e;
  return begin;
}

ottl_status ottl__wl_bound(const ottl_rowmap *map, uint64_t *sum) {
  uint64_t bytes = 0;
  for (const ottl_entry *e = map->items, *stop = e + map->n; e < stop; e++) {
    if (entry_clean(e)) continue; /* the old body's bytes are counted already */
    if (e->dirty == OTTL_ENTRY_READY) {
      bytes += 2u + entry_ready(e)[1];
      continue;
    }
    bytes += e->klen;
    OTTL_TRY(value_bound(entry_cell(e), &bytes));
  }
  *sum += bytes;
  return OTTL_OK;
}

/* KeyValue: an empty key is left out, the value never is, as pdata writes it. */
static OTTL_NOINLINE uint8_t *entry_write(uint8_t *at, unsigned number, const ottl_entry *e) {
  const ottl_cell value = entry_cell(e);
  const size_t head = (e->klen ? 1 + (size_t)varint_size(e->klen) + e->klen : 0) + 1;
  size_t size, guess = 0;
  const bool flat = any_flat_size(value, &size);
  *at++ = (uint8_t)WR_TAG(number, WR_LEN);
  uint8_t *length = at, *body;
  if (OTTL_LIKELY(flat))
    body = varint_put(at, head + varint_size(size) + size);
  else
    body = at + varint_size(head + (guess = ottl__anyvalue_guess(value)));
  at = body;
  if (e->klen) {
    *at++ = WR_TAG(1, WR_LEN);
    at = varint_put(at, e->klen);
    at = wr_put(at, e->key, e->klen);
  }
  *at++ = WR_TAG(2, WR_LEN);
  return OTTL_LIKELY(flat) ? any_flat_write(varint_put(at, size), value)
                           : wire_close(length, body, ottl__anyvalue_put(at, value, guess));
}

uint8_t *ottl__wl_write(uint8_t *at, unsigned number, const ottl_rowmap *map, const uint8_t *body) {
  const uint8_t tag = (uint8_t)WR_TAG(number, WR_LEN);
  for (const ottl_entry *e = map->items, *stop = e + map->n; e < stop;) {
    if (entry_clean(e)) { /* a run of neighbours is one copy */
      const uint32_t begin = e->raw_begin;
      uint32_t end = e->raw_end;
      for (e++; e < stop && e->raw_begin == end && entry_clean(e); e++) end = e->raw_end;
      at = wr_put(at, body + begin, end - begin);
      continue;
    }
    if (e->dirty == OTTL_ENTRY_READY) { /* as are its neighbours most often */
      const uint8_t *begin = entry_ready(e), *end = begin + 2 + begin[1];
      for (e++; e < stop && e->dirty == OTTL_ENTRY_READY && entry_ready(e) == end; e++) end += 2 + end[1];
      uint8_t *stands = at;
      at = wr_put(at, begin, (size_t)(end - begin));
      for (; stands < at; stands += 2 + stands[1]) *stands = tag;
      continue;
    }
    if (OTTL_LIKELY(entry_is_short(e))) {
      at = short_put(at, number, e);
    } else {
      at = entry_write(at, number, e);
    }
    e++;
  }
  return at;
}
