/* What was written to the keys of a map in the key tier, of one row: gathered from its columns, and written into its new body.
 *
 * Entries that stand in the old body are replaced in place; new ones follow the last entry. */
#include "otlp/weave_value.inl.h"

/* Notes an entry that stands in the body, in its place. */
static inline void note_key(ot_impl *im, wv_key key) {
  size_t k = im->n_keys++;
  for (; k > 0 && im->keys[k - 1].begin > key.begin; k--) im->keys[k] = im->keys[k - 1];
  im->keys[k] = key;
}

/* keep_keys: entries that no column stands for go. *ret: was anything written or left out? */
static ottl_status gather_cut(ottl_batch *b, unsigned m, uint32_t i, bool *ret) {
  ot_impl *im = ot_of(b);
  const ottl_map_spec *spec = &b->layout->maps[m];
  uint32_t kept = 0;
  for (unsigned c = spec->first_column, stop = c + spec->n_columns; c < stop; c++) {
    const ottl_reg *col = &b->columns[c];
    const wv_key key = {col->word[i], col->len[i], col->off[i], col->end[i], (uint16_t)c, col->tag[i], !bm_get(col->dirty, i)};
    const bool stands = key.begin != key.end;
    if (!stands && (key.keep || key.tag == OTTL_T_ABSENT)) continue;
    if (key.keep) {
      kept += key.end - key.begin;
    } else {
      im->keys_bound += im->plan->heads[c].len;
      OTTL_TRY(value_bound((ottl_cell){key.word, key.len, key.tag}, &im->keys_bound));
    }
    if (stands)
      note_key(im, key);
    else
      im->fresh[im->n_fresh++] = key;
  }
  *ret = kept != b->maps[m].raw_end[i] - b->maps[m].raw_begin[i] || im->n_fresh;
  return OTTL_OK;
}

static OTTL_ALWAYS_INLINE ottl_status gather_dirty(ottl_batch *b, unsigned m, uint32_t i) {
  ot_impl *im = ot_of(b);
  wv_key *fresh = im->fresh;
  uint64_t bound = 0;
  for (const wv_column *col = im->dirty + im->dirty_first[m], *stop = im->dirty + im->dirty_first[m + 1]; col < stop; col++) {
    if (!(col->bits >> (i & 63) & 1)) continue;
    const uint8_t tag = col->tag[i];
    const uint32_t begin = col->off[i], end = col->end[i];
    if (tag == OTTL_T_ABSENT) {
      if (begin != end) note_key(im, (wv_key){.begin = begin, .end = end, .tag = OTTL_T_ABSENT});
      continue;
    }
    const ottl_cell value = {col->word[i], col->len[i], tag};
    bound += col->head;
    OTTL_TRY(value_bound(value, &bound));
    if (begin != end)
      note_key(im, (wv_key){value.word, value.len, begin, end, col->column, tag, false});
    else
      *fresh++ = (wv_key){value.word, value.len, 0, 0, col->column, tag, false};
  }
  im->n_fresh = (size_t)(fresh - im->fresh);
  im->keys_bound = bound;
  return OTTL_OK;
}

/* Entries that go by a rule on keys, or by a limit. */
static ottl_status gather_holes(ottl_batch *b, uint32_t i) {
  ot_impl *im = ot_of(b);
  const ot_holes *holes = &im->holes_of[i];
  OTTL_TRY(ottl__al_reserve(&b->al, &im->keys, &im->keys_cap, im->n_keys + holes->n, sizeof *im->keys));
  for (uint32_t k = 0; k < holes->n; k++) {
    const ot_hole *hole = &im->holes[holes->first + k];
    note_key(im, (wv_key){.begin = hole->begin, .end = hole->end, .column = OTTL_NO_COLUMN, .tag = OTTL_T_ABSENT});
  }
  return OTTL_OK;
}

ottl_status ottl__wk_gather(ottl_batch *b, unsigned m, uint32_t i, uint32_t *begin, uint32_t *end, bool *any) {
  ot_impl *im = ot_of(b);
  const ottl_rowmaps *map = &b->maps[m];
  const bool cut = map->any_cut && bm_get(map->cut, i), pruned = map->any_pruned && bm_get(map->pruned, i);
  *any = false;
  if (im->dirty_first[m] == im->dirty_first[m + 1] && !cut && !pruned) return OTTL_OK; /* it may be only read */
  im->n_keys = im->n_fresh = 0;
  im->keys_bound = 0;
  im->keys_cut = cut;
  if (OTTL_UNLIKELY(cut)) {
    *begin = map->raw_begin[i];
    *end = map->raw_end[i];
    return gather_cut(b, m, i, any);
  }
  OTTL_TRY(gather_dirty(b, m, i));
  if (pruned) OTTL_TRY(gather_holes(b, i));
  *any = im->n_keys || im->n_fresh;
  *begin = im->n_keys ? im->keys[0].begin : map->raw_end[i];
  *end = im->n_fresh || !im->n_keys ? map->raw_end[i] : im->keys[im->n_keys - 1].end;
  return OTTL_OK;
}

/* An empty key is left out, the value never is, as pdata writes it. */
static OTTL_ALWAYS_INLINE uint8_t *key_write(uint8_t *at, unsigned number, const ot_head *head, const wv_key *key) {
  const ottl_cell value = {key->word, key->len, key->tag};
  size_t size, guess = 0;
  const bool flat = any_flat_size(value, &size);
  *at++ = (uint8_t)WR_TAG(number, WR_LEN);
  uint8_t *length = at, *body;
  if (OTTL_LIKELY(flat))
    body = varint_put(at, head->len + varint_size(size) + size);
  else
    body = at + varint_size(head->len + (guess = ottl__anyvalue_guess(value)));
  at = body;
  memcpy(at, head->data, OT_HEAD_BLOCK); /* there is room, and more to come */
  if (OTTL_UNLIKELY(head->len > OT_HEAD_BLOCK)) memcpy(at + OT_HEAD_BLOCK, head->data + OT_HEAD_BLOCK, head->len - OT_HEAD_BLOCK);
  at += head->len;
  return OTTL_LIKELY(flat) ? any_flat_write(varint_put(at, size), value)
                           : wire_close(length, body, ottl__anyvalue_put(at, value, guess));
}

/* Only what columns stand for stays: runs of kept neighbours are one copy. */
static OTTL_NOINLINE uint8_t *write_cut(const ot_impl *im, const uint8_t *body, uint8_t *at, const wv_edit *e) {
  uint32_t from = e->begin, run = e->begin; /* from .. run is to be copied */
  for (size_t k = 0; k < im->n_keys; k++) {
    const wv_key *key = &im->keys[k];
    if (key->keep && key->begin == run) {
      run = key->end;
      continue;
    }
    at = wr_put(at, body + from, run - from);
    from = key->keep ? key->begin : key->end;
    run = key->end;
    if (!key->keep && key->tag != OTTL_T_ABSENT) at = key_write(at, e->number, &im->plan->heads[key->column], key);
  }
  return wr_put(at, body + from, run - from);
}

uint8_t *ottl__wk_write(const ot_impl *im, const uint8_t *body, uint8_t *at, const wv_edit *e) {
  const ot_head *heads = im->plan->heads;
  uint32_t from = e->begin;
  if (OTTL_UNLIKELY(im->keys_cut)) {
    at = write_cut(im, body, at, e);
  } else {
    for (const wv_key *key = im->keys, *stop = key + im->n_keys; key < stop; key++) {
      at = wr_put(at, body + from, key->begin - from);
      from = key->end;
      if (key->tag != OTTL_T_ABSENT) at = key_write(at, e->number, &heads[key->column], key);
    }
    at = wr_put(at, body + from, e->end - from);
  }
  for (const wv_key *key = im->fresh, *stop = key + im->n_fresh; key < stop; key++)
    at = key_write(at, e->number, &heads[key->column], key);
  return at;
}
