/* What was written to the keys of a map in the key tier, of one row: gathered from its columns, and written into its new body.
 *
 * Entries that stand in the old body are replaced in place; new ones follow the last entry. */
#include "otlp/weave_value.inl.h"

/* What im->keys and im->fresh are, at hand. */
typedef struct wk_found {
  wv_key *keys, *fresh;
  size_t n_keys, n_fresh;
  uint64_t bound; /* bytes that they take at most */
  bool cut;       /* other entries go */
} wk_found;

/* Notes an entry that stands in the body, in its place. */
static inline void note_key(wk_found *f, wv_key key) {
  size_t k = f->n_keys++;
  for (; k > 0 && f->keys[k - 1].begin > key.begin; k--) f->keys[k] = f->keys[k - 1];
  f->keys[k] = key;
}

/* keep_keys: entries that no column stands for go. *ret: was anything written or left out? */
static ottl_status gather_cut(ottl_batch *b, unsigned m, uint32_t i, wk_found *f, bool *ret) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  const ot_head *heads = ot_of(b)->plan->heads;
  uint32_t kept = 0;
  for (unsigned c = spec->first_column, stop = c + spec->n_columns; c < stop; c++) {
    const ottl_reg *col = &b->columns[c];
    const wv_key key = {col->word[i], col->len[i], col->off[i], col->end[i], (uint16_t)c, col->tag[i], !bm_get(col->dirty, i)};
    const bool stands = key.begin != key.end;
    if (!stands && (key.keep || key.tag == OTTL_T_ABSENT)) continue;
    if (key.keep) {
      kept += key.end - key.begin;
    } else {
      f->bound += heads[c].len;
      OTTL_TRY(value_bound((ottl_cell){key.word, key.len, key.tag}, &f->bound));
    }
    if (stands)
      note_key(f, key);
    else
      f->fresh[f->n_fresh++] = key;
  }
  *ret = kept != b->maps[m].raw_end[i] - b->maps[m].raw_begin[i] || f->n_fresh;
  return OTTL_OK;
}

static OTTL_ALWAYS_INLINE ottl_status gather_dirty(const wv_column *col, const wv_column *stop, uint32_t i, wk_found *f) {
  for (; col < stop; col++) {
    if (!(col->bits >> (i & 63) & 1)) continue;
    const uint8_t tag = col->tag[i];
    const uint32_t begin = col->off[i], end = col->end[i];
    if (tag == OTTL_T_ABSENT) {
      if (begin != end) note_key(f, (wv_key){.begin = begin, .end = end, .tag = OTTL_T_ABSENT});
      continue;
    }
    const ottl_cell value = {col->word[i], col->len[i], tag};
    f->bound += col->head;
    OTTL_TRY(value_bound(value, &f->bound));
    if (begin != end)
      note_key(f, (wv_key){value.word, value.len, begin, end, col->column, tag, false});
    else
      f->fresh[f->n_fresh++] = (wv_key){value.word, value.len, 0, 0, col->column, tag, false};
  }
  return OTTL_OK;
}

/* Entries that go by a rule on keys, or by a limit. */
static ottl_status gather_holes(ottl_batch *b, uint32_t i, wk_found *f) {
  ot_impl *im = ot_of(b);
  const ot_holes *holes = &im->holes_of[i];
  OTTL_TRY(ottl__al_reserve(&b->al, &im->keys, &im->keys_cap, f->n_keys + holes->n, sizeof *im->keys));
  f->keys = im->keys;
  for (uint32_t k = 0; k < holes->n; k++) {
    const ot_hole *hole = &im->holes[holes->first + k];
    note_key(f, (wv_key){.begin = hole->begin, .end = hole->end, .column = OTTL_NO_COLUMN, .tag = OTTL_T_ABSENT});
  }
  return OTTL_OK;
}

/* See ottl__wk_gather. */
static OTTL_ALWAYS_INLINE ottl_status gather(ottl_batch *b, unsigned m, uint32_t i, wk_found *f, uint32_t *begin, uint32_t *end,
                                             bool *any) {
  ot_impl *im = ot_of(b);
  const ottl_rowmaps *map = &b->maps[m];
  const bool cut = map->any_cut && bm_get(map->cut, i), pruned = map->any_pruned && bm_get(map->pruned, i);
  const uint32_t first = im->dirty_first[m], stop = im->dirty_first[m + 1];
  *f = (wk_found){.keys = im->keys, .fresh = im->fresh, .cut = cut};
  *any = false;
  if (first == stop && !cut && !pruned) return OTTL_OK; /* it may be only read */
  if (OTTL_UNLIKELY(cut)) {
    *begin = map->raw_begin[i];
    *end = map->raw_end[i];
    return gather_cut(b, m, i, f, any);
  }
  OTTL_TRY(gather_dirty(im->dirty + first, im->dirty + stop, i, f));
  if (pruned) OTTL_TRY(gather_holes(b, i, f));
  *any = f->n_keys || f->n_fresh;
  *begin = f->n_keys ? f->keys[0].begin : map->raw_end[i];
  *end = f->n_fresh || !f->n_keys ? map->raw_end[i] : f->keys[f->n_keys - 1].end;
  return OTTL_OK;
}

ottl_status ottl__wk_gather(ottl_batch *b, unsigned m, uint32_t i, uint32_t *begin, uint32_t *end, bool *any) {
  ot_impl *im = ot_of(b);
  wk_found f;
  OTTL_TRY(gather(b, m, i, &f, begin, end, any));
  im->n_keys = f.n_keys;
  im->n_fresh = f.n_fresh;
  im->keys_bound = f.bound;
  im->keys_cut = f.cut;
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
static OTTL_NOINLINE uint8_t *write_cut(const ot_head *heads, const wv_key *key, size_t n, const uint8_t *body, uint8_t *at,
                                        const wv_edit *e) {
  uint32_t from = e->begin, run = e->begin; /* from .. run is to be copied */
  for (const wv_key *stop = key + n; key < stop; key++) {
    if (key->keep && key->begin == run) {
      run = key->end;
      continue;
    }
    at = wr_put(at, body + from, run - from);
    from = key->keep ? key->begin : key->end;
    run = key->end;
    if (!key->keep && key->tag != OTTL_T_ABSENT) at = key_write(at, e->number, &heads[key->column], key);
  }
  return wr_put(at, body + from, run - from);
}

/* See ottl__wk_write. */
static OTTL_ALWAYS_INLINE uint8_t *write_found(const ot_head *heads, const wk_found *f, const uint8_t *body, uint8_t *at,
                                               const wv_edit *e) {
  uint32_t from = e->begin;
  if (OTTL_UNLIKELY(f->cut)) {
    at = write_cut(heads, f->keys, f->n_keys, body, at, e);
  } else {
    for (const wv_key *key = f->keys, *stop = key + f->n_keys; key < stop; key++) {
      at = wr_put(at, body + from, key->begin - from);
      from = key->end;
      if (key->tag != OTTL_T_ABSENT) at = key_write(at, e->number, &heads[key->column], key);
    }
    at = wr_put(at, body + from, e->end - from);
  }
  for (const wv_key *key = f->fresh, *stop = key + f->n_fresh; key < stop; key++)
    at = key_write(at, e->number, &heads[key->column], key);
  return at;
}

uint8_t *ottl__wk_write(const ot_impl *im, const uint8_t *body, uint8_t *at, const wv_edit *e) {
  const wk_found f = {im->keys, im->fresh, im->n_keys, im->n_fresh, im->keys_bound, im->keys_cut};
  return write_found(im->plan->heads, &f, body, at, e);
}

ottl_status ottl__wk_weave(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned m) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[level];
  const unsigned number = im->plan->map_places[(size_t)m * OTTL_MESSAGES + r->message[row]].number;
  wv_edit keys = {.kind = WV_KEYS, .number = (uint8_t)number};
  wk_found f;
  bool any;
  if (!number) return OTTL_OK;
  OTTL_TRY(gather(b, m, i, &f, &keys.begin, &keys.end, &any));
  if (!any) return OTTL_OK;
  const uint8_t *body = r->body[row];
  const uint32_t len = r->len[row];
  const uint64_t bound = (uint64_t)len + HEAD_BOUND + f.bound;
  if (OTTL_UNLIKELY(bound > INT32_MAX)) return OTTL_LIMIT;
  uint8_t *at = ottl__wv_room(b, (size_t)bound);
  if (OTTL_UNLIKELY(!at)) return OTTL_NOMEM;
  if (keys.end == 0) keys.begin = keys.end = len;
  *at++ = ot_row_tag(b, level, row);
  uint8_t *out = at + varint_size(len);
  uint8_t *to = wr_put(out, body, keys.begin);
  to = write_found(im->plan->heads, &f, body, to, &keys);
  to = wr_put(to, body + keys.end, len - keys.end);
  const size_t size = (size_t)(to - out);
  im->pen = wire_close(at, out, to);
  r->body[row] = im->pen - size;
  r->len[row] = (uint32_t)size;
  r->state[row] |= OTTL_ROW_MOVED;
  if (!(b->rows[level - 1].state[r->parent[row]] & OTTL_ROW_EDITED)) ottl__ot_mark_up(b, level, row);
  return OTTL_OK;
}
