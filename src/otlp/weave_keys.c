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

/* Adds an entry that stands in the body to n others, in its place. PERF: whoever calls fills in each field where it lies; copying a whole
 * one that was just put together waits for its parts. */
static inline wv_key *note_key(wv_key *keys, size_t n, uint32_t begin) {
  for (; n > 0 && keys[n - 1].begin > begin; n--) keys[n] = keys[n - 1];
  keys[n].begin = begin;
  return &keys[n];
}
static inline void fill_key(wv_key *key, uint32_t end, uint16_t column, uint8_t tag) {
  key->end = end;
  key->column = column;
  key->tag = tag;
  key->keep = false;
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
      *note_key(f->keys, f->n_keys++, key.begin) = key;
    else
      f->fresh[f->n_fresh++] = key;
  }
  *ret = kept != b->maps[m].raw_end[i] - b->maps[m].raw_begin[i] || f->n_fresh;
  return OTTL_OK;
}

static OTTL_ALWAYS_INLINE ottl_status gather_dirty(const wv_column *col, const wv_column *stop, uint32_t i, wk_found *f) {
  wv_key *const keys = f->keys, *fresh = f->fresh;
  size_t n = 0; /* of keys */
  uint64_t bound = 0;
  for (; col < stop; col++) {
    if (!(col->bits >> (i & 63) & 1)) continue;
    const uint8_t tag = col->tag[i];
    const uint32_t begin = col->off[i], end = col->end[i];
    const bool stands = begin != end;
    if (!stands && tag == OTTL_T_ABSENT) continue;
    wv_key *key = stands ? note_key(keys, n++, begin) : fresh++;
    fill_key(key, end, col->column, tag);
    if (tag == OTTL_T_ABSENT) continue;
    key->word = col->word[i];
    key->len = col->len[i];
    bound += col->head;
    OTTL_TRY(value_bound((ottl_cell){key->word, key->len, tag}, &bound));
  }
  f->n_keys = n;
  f->n_fresh = (size_t)(fresh - f->fresh);
  f->bound = bound;
  return OTTL_OK;
}

/* Values that were written to entries that no column stands for. */
static ottl_status gather_noted(ottl_batch *b, uint32_t i, wk_found *f) {
  ot_impl *im = ot_of(b);
  const ot_counted *co = &im->counted;
  const ot_holes *of = &co->noted_of[i];
  OTTL_TRY(ottl__al_reserve(&b->al, &im->keys, &im->keys_cap, f->n_keys + of->n, sizeof *im->keys));
  f->keys = im->keys;
  for (const ottl_entry *e = co->noted + of->first, *stop = e + of->n; e < stop; e++) {
    if (!e->dirty || (im->holes_of[i].n && ottl__counted_gone(b, i, e->raw_begin))) continue;
    OTTL_TRY(value_bound(entry_cell(e), &f->bound)); /* its key stands in the old body */
    wv_key *key = note_key(f->keys, f->n_keys++, e->raw_begin);
    fill_key(key, e->raw_end, OTTL_NO_COLUMN, OTTL_T_STRING);
    key->word = (uint64_t)(uintptr_t)e;
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
    fill_key(note_key(f->keys, f->n_keys++, hole->begin), hole->end, OTTL_NO_COLUMN, OTTL_T_ABSENT);
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
  if (pruned && map->others && im->counted.noted_of[i].n) OTTL_TRY(gather_noted(b, i, f));
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
  if (OTTL_LIKELY(key->tag == OTTL_T_STRING && head->len <= OT_HEAD_BLOCK && key->len < 0x78 - OT_HEAD_BLOCK)) {
    /* PERF: w07; all lengths are of one byte. */
    at[0] = (uint8_t)WR_TAG(number, WR_LEN);
    at[1] = (uint8_t)(head->len + key->len + 3);
    memcpy(at + 2, head->data, OT_HEAD_BLOCK); /* there is room, and more to come */
    at += 2 + head->len;
    at[0] = (uint8_t)(key->len + 2);
    at[1] = WR_TAG(1, WR_LEN);
    at[2] = (uint8_t)key->len;
    return wr_put(at + 3, (const void *)(uintptr_t)key->word, key->len);
  }
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
  memcpy(at, head->data, OT_HEAD_BLOCK);
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

/* An entry that no column stands for, with a new value. */
static OTTL_NOINLINE uint8_t *noted_write(uint8_t *at, unsigned number, const wv_key *key) {
  ottl_entry *e = (ottl_entry *)(uintptr_t)key->word;
  return entry_is_short(e) ? short_put(at, number, e) : ottl__wl_write(at, number, &(ottl_rowmap){e, 1, 1, NULL}, NULL);
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
      if (key->tag == OTTL_T_ABSENT) continue;
      at = OTTL_LIKELY(key->column != OTTL_NO_COLUMN) ? key_write(at, e->number, &heads[key->column], key)
                                                      : noted_write(at, e->number, key);
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

/* The plain fields that were written. */
static OTTL_ALWAYS_INLINE ottl_status gather_fields(ottl_batch *b, unsigned message, uint32_t len, uint32_t i, wv_edit *edits,
                                                    size_t *n, uint64_t *bound) {
  const ot_impl *im = ot_of(b);
  const wv_column *col = im->dirty + im->dirty_first[b->layout->n_maps], *stop = im->dirty + im->n_dirty;
  for (; col < stop; col++) {
    if (!(col->bits >> (i & 63) & 1)) continue;
    wv_edit e = {.begin = col->off[i], .end = col->end[i]};
    bool empty;
    e.number = im->plan->places[(size_t)col->column * OTTL_MESSAGES + message].number;
    if (!e.number) continue;
    OTTL_TRY(ottl__wv_field(b, col->column, message, i, &e, &empty));
    if (empty && e.begin == e.end) continue;
    if (e.end == 0) e.begin = e.end = len;
    *bound += HEAD_BOUND + (e.kind == WV_BYTES ? e.len : 0);
    if (e.kind == WV_ANY) OTTL_TRY(value_bound((ottl_cell){e.word, e.len, e.tag}, bound));
    put_edit(edits, (*n)++, e);
  }
  return OTTL_OK;
}

/* The new body is written between its two ends. */
static inline uint8_t *body_begin(ottl_batch *b, ottl_level level, uint32_t row, uint64_t bound, ottl_status *ret) {
  *ret = bound > INT32_MAX ? OTTL_LIMIT : OTTL_NOMEM;
  uint8_t *at = OTTL_LIKELY(bound <= INT32_MAX) ? ottl__wv_room(b, (size_t)bound) : NULL;
  if (OTTL_LIKELY(at != NULL)) *at++ = ot_row_tag(b, level, row);
  return at;
}
static inline void body_end(ottl_batch *b, ottl_level level, uint32_t row, uint8_t *at, uint8_t *out, uint8_t *to) {
  ottl_rows *r = &b->rows[level];
  const size_t size = (size_t)(to - out);
  ot_of(b)->pen = wire_close(at, out, to);
  r->body[row] = ot_of(b)->pen - size;
  r->len[row] = (uint32_t)size;
  r->state[row] |= OTTL_ROW_MOVED;
  if (!(b->rows[level - 1].state[r->parent[row]] & OTTL_ROW_EDITED)) ottl__ot_mark_up(b, level, row);
}

static inline unsigned map_number(const ottl_batch *b, unsigned m, unsigned message) {
  return m < b->layout->n_maps ? ot_of(b)->plan->map_places[(size_t)m * OTTL_MESSAGES + message].number : 0;
}

ottl_status ottl__wk_weave(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned m) {
  const ottl_rows *r = &b->rows[level];
  const unsigned number = map_number(b, m, r->message[row]);
  wv_edit keys = {.kind = WV_KEYS, .number = (uint8_t)number};
  wk_found f;
  bool any;
  if (!number) return OTTL_OK;
  OTTL_TRY(gather(b, m, i, &f, &keys.begin, &keys.end, &any));
  if (!any) return OTTL_OK;
  const uint8_t *body = r->body[row];
  const uint32_t len = r->len[row];
  ottl_status status;
  uint8_t *at = body_begin(b, level, row, len + HEAD_BOUND + f.bound, &status);
  if (OTTL_UNLIKELY(!at)) return status;
  if (keys.end == 0) keys.begin = keys.end = len;
  uint8_t *out = at + varint_size(len), *to = wr_put(out, body, keys.begin);
  to = write_found(ot_of(b)->plan->heads, &f, body, to, &keys);
  to = wr_put(to, body + keys.end, len - keys.end);
  body_end(b, level, row, at, out, to);
  return OTTL_OK;
}

/* Writes the row anew: its map, which is edits[0] if n is 1, and the plain fields that were written. bound: of what stands for the map,
 * in `keys` or in `list`. */
static OTTL_ALWAYS_INLINE ottl_status fields_weave(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i,
                                                   wv_edit edits[WK_EDITS + 1], size_t n, uint64_t bound, const wk_found *keys,
                                                   const ottl_rowmap *list) {
  const ottl_rows *r = &b->rows[level];
  const uint8_t *body = r->body[row];
  const uint32_t len = r->len[row];
  bound += len + HEAD_BOUND;
  OTTL_TRY(gather_fields(b, r->message[row], len, i, edits, &n, &bound));
  if (n == 0) return OTTL_OK;
  ottl_status status;
  uint8_t *at = body_begin(b, level, row, bound, &status);
  if (OTTL_UNLIKELY(!at)) return status;
  uint8_t *out = at + varint_size(len), *to = out;
  uint32_t from = 0;
  for (const wv_edit *e = edits, *stop = e + n; e < stop; e++) {
    to = wr_put(to, body + from, e->begin - from);
    if (e->kind == WV_KEYS)
      to = write_found(ot_of(b)->plan->heads, keys, body, to, e);
    else
      to = e->kind == WV_ENTRIES ? ottl__wl_write(to, e->number, list, body) : plain_put(to, e);
    from = e->end;
  }
  body_end(b, level, row, at, out, wr_put(to, body + from, len - from));
  return OTTL_OK;
}

ottl_status ottl__wk_weave_fields(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned m) {
  const uint32_t len = b->rows[level].len[row];
  const unsigned number = map_number(b, m, b->rows[level].message[row]);
  wv_edit edits[WK_EDITS + 1];
  size_t n = 0;
  wk_found f = {0};
  if (number) {
    bool any;
    uint32_t begin, end;
    OTTL_TRY(gather(b, m, i, &f, &begin, &end, &any));
    if (any && end == 0) begin = end = len;
    if (any) edits[n++] = (wv_edit){.begin = begin, .end = end, .kind = WV_KEYS, .number = (uint8_t)number};
  }
  return fields_weave(b, level, row, i, edits, n, f.bound, &f, NULL);
}

ottl_status ottl__wk_weave_list(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned m) {
  const ottl_rowmaps *map = &b->maps[m];
  ottl_rowmap list = map->rows[i];
  const uint32_t len = b->rows[level].len[row];
  const unsigned number = map_number(b, m, b->rows[level].message[row]);
  wv_edit edits[WK_EDITS + 1];
  size_t n = 0;
  uint64_t bound = 0;
  if (number) {
    const bool none = map->raw_end[i] == 0;
    const uint32_t begin = none ? len : ottl__wl_stands(&list, map->raw_begin[i]), end = none ? len : map->raw_end[i];
    edits[n++] = (wv_edit){.begin = begin, .end = end, .kind = WV_ENTRIES, .number = (uint8_t)number};
    OTTL_TRY(ottl__wl_bound(&list, &bound));
  }
  return fields_weave(b, level, row, i, edits, n, bound, NULL, &list);
}
