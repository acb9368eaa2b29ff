/* Weaving one row: its old body with the edits in place, written once, into the arena.
 *
 *   old  [ a ][ b ][ c ][ d ]     edits: b -> b', after d: e      new  [ a ][ b' ][ c ][ d ][ e ]
 *
 * Edits are ranges of the old body and what stands there instead; those within the row's sub-message (Resource, Scope, Status,
 * container of points) are a list of their own, because the sub-message's length changes with them. */
#include "otlp/weave_value.inl.h"

wv_edit *ottl__wv_add(ottl_batch *b, wv_list *list, wv_kind kind, uint32_t begin, uint32_t end) {
  if (OTTL_UNLIKELY(list->n == list->cap) &&
      ottl__al_reserve(&b->al, &list->items, &list->cap, list->n + 1, sizeof *list->items) != OTTL_OK)
    return NULL;
  wv_edit *e = &list->items[list->n++];
  *e = (wv_edit){.begin = begin, .end = end, .kind = (uint8_t)kind};
  return e;
}

/* -- room: bytes that something takes at most; lengths are found while it is written -- */

/* Adds what the edits put there; with the bytes that were there before, that is more than enough. Edits must not overlap. */
static ottl_status list_bound(const ottl_batch *b, const wv_list *list, uint64_t *sum) {
  uint32_t from = 0;
  for (size_t i = 0; i < list->n; i++) {
    const wv_edit *e = &list->items[i];
    if (e->begin < from) return OTTL_INTERNAL;
    from = e->end;
    switch (e->kind) {
    case WV_BYTES: *sum += (uint64_t)e->len + HEAD_BOUND; break;
    case WV_ANY: OTTL_TRY(value_bound((ottl_cell){e->word, e->len, e->tag}, sum)); break;
    case WV_KEYS: *sum += ot_of(b)->keys_bound; break;
    case WV_ENTRIES: OTTL_TRY(ottl__wl_bound((const ottl_rowmap *)(uintptr_t)e->word, sum)); break;
    case WV_RAW: *sum += e->size; break;
    default: *sum += HEAD_BOUND; break;
    }
  }
  return OTTL_OK;
}

/* -- edits -- */

static void sort_edits(wv_list *list) {
  for (size_t i = 1; i < list->n; i++) put_edit(list->items, i, list->items[i]);
}

typedef struct wv_pen {
  ottl_batch *b;
  const uint8_t *body; /* old */
  uint8_t *out;        /* begin of the new body */
} wv_pen;

static uint8_t *write_range(wv_pen *pen, uint8_t *at, uint32_t from, uint32_t to, const wv_edit *edits, size_t n);

static uint8_t *write_edit(wv_pen *pen, uint8_t *at, const wv_edit *e) {
  switch (e->kind) {
  case WV_KEYS: return ottl__wk_write(ot_of(pen->b), pen->body, at, e);
  case WV_ENTRIES: return ottl__wl_write(at, e->number, (const ottl_rowmap *)(uintptr_t)e->word, pen->body);
  case WV_RAW: return wr_put(at, (const void *)(uintptr_t)e->word, e->size);
  case WV_SUB: {
    const wv_list *sub = &ot_of(pen->b)->sub_edits;
    at = varint_put(at, WR_TAG(e->number, WR_LEN));
    uint8_t *body = at + varint_size(e->end - e->len); /* len: where its body begins */
    return wire_close(at, body, write_range(pen, body, e->len, e->end, sub->items, sub->n));
  }
  case WV_GAP: {
    ot_impl *im = ot_of(pen->b); /* reserved by ottl__ot_weave_row */
    im->new_gaps[im->n_new_gaps++] = (ot_gap){(uint32_t)(at - pen->out), e->len, (uint32_t)e->word};
    return at;
  }
  default: return plain_put(at, e);
  }
}

static uint8_t *write_range(wv_pen *pen, uint8_t *at, uint32_t from, uint32_t to, const wv_edit *edits, size_t n) {
  for (size_t i = 0; i < n; i++) {
    at = wr_put(at, pen->body + from, edits[i].begin - from);
    at = write_edit(pen, at, &edits[i]);
    from = edits[i].end;
  }
  return wr_put(at, pen->body + from, to - from);
}

uint8_t *ottl__wv_block(ottl_batch *b, size_t bytes) {
  ot_impl *im = ot_of(b);
  size_t block = bytes > 256u << 10 ? bytes : 256u << 10;
  /* Twice what a payload may have, and what several groups may write anew: more will not come out. */
  b->too_much = (im->woven += block) > 2 * (uint64_t)INT32_MAX + 16 * (uint64_t)b->in_len;
  im->pen = b->too_much ? NULL : arena_alloc(&b->arena, block);
  im->pen_end = im->pen ? im->pen + block : NULL;
  return im->pen;
}

ottl_status ottl__ot_weave_shell(ottl_batch *b, uint32_t row, uint32_t begin, uint32_t end) {
  ot_impl *im = ot_of(b);
  const ottl_rows *r = &b->rows[OTTL_L_ITEM];
  const uint32_t len = r->len[row];
  uint64_t bound = (uint64_t)len - (end - begin) + HEAD_BOUND;
  if (im->edits.n > 1) sort_edits(&im->edits);
  OTTL_TRY(list_bound(b, &im->edits, &bound));
  if (bound > INT32_MAX) return OTTL_LIMIT;
  if (!im->shells) im->shells = arena_zero(&b->arena, ((size_t)r->n + 1) * sizeof *im->shells);
  ot_shell *shell = arena_zero(&b->arena, sizeof *shell);
  uint8_t *at = ottl__wv_room(b, (size_t)bound);
  if (!im->shells || !shell || !at) return OTTL_NOMEM;
  size_t before = 0;
  while (before < im->edits.n && im->edits.items[before].end <= begin) before++;
  wv_pen pen = {b, r->body[row], at};
  shell->a = at;
  shell->b = write_range(&pen, at, 0, begin, im->edits.items, before);
  im->pen = write_range(&pen, at + (shell->b - at), end, len, im->edits.items + before, im->edits.n - before);
  shell->alen = (uint32_t)(shell->b - shell->a);
  shell->blen = (uint32_t)(im->pen - shell->b);
  im->shells[row] = shell;
  im->edits.n = 0;
  b->rows[OTTL_L_ITEM].state[row] |= OTTL_ROW_EDITED;
  ottl__ot_mark_up(b, OTTL_L_ITEM, row);
  return OTTL_OK;
}

ottl_status ottl__wv_keep(ottl_batch *b, uint8_t tag, const void *body, uint32_t len, const uint8_t **ret) {
  uint8_t *at = ottl__wv_room(b, 6 + (size_t)len);
  if (!at) return OTTL_NOMEM;
  *at++ = tag;
  at = varint_put(at, len);
  *ret = at;
  ot_of(b)->pen = wr_put(at, body, len);
  return OTTL_OK;
}

ottl_status ottl__ot_weave_row(ottl_batch *b, ottl_level level, uint32_t row) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[level];
  uint64_t bound = (uint64_t)r->len[row] + HEAD_BOUND;
  if (im->sub_edits.n > 1) sort_edits(&im->sub_edits);
  if (im->edits.n > 1) sort_edits(&im->edits);
  OTTL_TRY(list_bound(b, &im->sub_edits, &bound));
  OTTL_TRY(list_bound(b, &im->edits, &bound));
  if (bound > INT32_MAX) return OTTL_LIMIT;
  im->n_new_gaps = 0;
  if (level < OTTL_L_ITEM)
    OTTL_TRY(ottl__al_reserve(&b->al, &im->new_gaps, &im->new_gaps_cap, im->edits.n + 1, sizeof *im->new_gaps));
  uint8_t *at = ottl__wv_room(b, (size_t)bound);
  if (!at) return OTTL_NOMEM;
  *at++ = ot_row_tag(b, level, row);
  uint8_t *out = at + varint_size(r->len[row]);
  wv_pen pen = {b, r->body[row], out};
  uint8_t *end = write_range(&pen, out, 0, r->len[row], im->edits.items, im->edits.n);
  size_t size = (size_t)(end - out);
  im->pen = wire_close(at, out, end);
  out = im->pen - size;
  if (level < OTTL_L_ITEM) {
    ot_gaps *gaps = arena_alloc(&b->arena, sizeof *gaps + im->n_new_gaps * sizeof gaps->gap[0]);
    if (!gaps) return OTTL_NOMEM;
    gaps->n = (uint32_t)im->n_new_gaps;
    if (gaps->n) memcpy(gaps->gap, im->new_gaps, gaps->n * sizeof gaps->gap[0]);
    im->gaps[level][row] = gaps;
  }
  r->body[row] = out;
  r->len[row] = (uint32_t)size;
  r->state[row] |= OTTL_ROW_MOVED;
  im->edits.n = im->sub_edits.n = 0;
  ottl__ot_mark_up(b, level, row);
  return OTTL_OK;
}
