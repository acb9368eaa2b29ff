/* The payload as it is now: what is untouched is copied in long runs, what was woven goes in between, what was dropped stays out.
 *
 * Sizes of edited scopes and resources first, bottom-up; then one write, top-down. Pieces that are neighbours where they come
 * from are one copy, however many rows they are. */
#include "otlp/impl.h"

typedef struct sp_writer {
  ottl_batch *b;
  ot_impl *im;
  uint64_t added;               /* bytes that the dictionary grew by */
  const uint8_t *run, *run_end; /* to be copied */
  uint8_t *at;
} sp_writer;

static void flush(sp_writer *w) {
  w->at = wr_put(w->at, w->run, (size_t)(w->run_end - w->run));
  w->run = w->run_end = NULL;
}

static inline void put(sp_writer *w, const uint8_t *data, size_t len) {
  if (OTTL_LIKELY(data == w->run_end)) {
    w->run_end += len;
    return;
  }
  if (w->run) flush(w);
  w->run = data;
  w->run_end = data + len;
}

/* -- sizes -- */

/* Where the container of a metric's points is, and where it ends. False: it has several, of which the last one counts. */
static bool find_box(const ottl_rows *r, uint32_t row, ot_item *ret) {
  const uint8_t *body = r->body[row], *p = body, *end = p + r->len[row];
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type, len;
    p = wr_tag(p, end, &number, &type);
    if (!p) return false;
    if (ottl__metric_kind_of(number) == OTTL_MK_NONE) {
      p = ottl__wr_skip(p, end, type);
      if (!p) return false;
      continue;
    }
    p = type == WR_LEN && !ret->box ? wr_len(p, end, &len) : NULL;
    if (!p) return false;
    ret->tag = (uint32_t)(tag - body);
    ret->box = (uint32_t)(p - body);
    p += len;
    ret->end = (uint32_t)(p - body);
  }
  return ret->box != 0;
}

static const ot_shell *shell_of(const ot_impl *im, uint32_t row) { return im->shells ? im->shells[row] : NULL; }

/* An item whose children changed, or of which they did not change at all, is put together in the output. */
static ottl_status measure_item(ottl_batch *b, uint32_t row) {
  const ottl_rows *r = &b->rows[OTTL_L_ITEM], *kids = &b->rows[OTTL_L_CHILD];
  const ot_shell *shell = shell_of(ot_of(b), row);
  ot_item item = {0};
  if (r->message[row] == OTTL_M_METRIC && !find_box(r, row, &item))
    return ottl__ot_weave_level(b, OTTL_L_ITEM, row, 1, false, true);
  uint64_t grown = 0; /* may be less than 0: sums are right again in the end */
  for (uint32_t c = r->first_child[row], stop = r->first_child[row + 1]; c < stop; c++) {
    if (!(kids->state[c] & (OTTL_ROW_DROPPED | OTTL_ROW_MOVED))) continue;
    grown -= kids->end[c] - kids->start[c];
    if (!(kids->state[c] & OTTL_ROW_DROPPED)) grown += 1 + varint_size(kids->len[c]) + kids->len[c];
  }
  uint64_t size = r->len[row] + grown;
  if (item.box) {
    uint64_t inner = item.end - item.box + grown;
    if (inner > INT32_MAX) return OTTL_LIMIT;
    item.inner = (uint32_t)inner;
    uint64_t own = shell ? (uint64_t)shell->alen + shell->blen : item.tag + (r->len[row] - item.end);
    size = own + 1 + varint_size(inner) + inner;
  }
  if (size > INT32_MAX) return OTTL_LIMIT;
  item.size = (uint32_t)size;
  ot_of(b)->items[row] = item;
  return OTTL_OK;
}

static ottl_status measure_items(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  const ottl_rows *r = &b->rows[OTTL_L_ITEM];
  OTTL_TRY(ottl__al_reserve(&b->al, &im->items, &im->items_cap, r->n, sizeof *im->items));
  for (uint32_t i = 0; i < r->n; i++) {
    if ((r->state[i] & (OTTL_ROW_EDITED | OTTL_ROW_DROPPED)) == OTTL_ROW_EDITED) OTTL_TRY(measure_item(b, i));
  }
  return OTTL_OK;
}

/* By how much items grow in all. A loop of vectors: no branch on what a row became. Sums are right modulo 2^64. */
static uint64_t items_growth(const ottl_rows *r, uint32_t first, uint32_t end) {
  uint64_t sum = 0;
  for (uint32_t i = first; i < end; i++) {
    const uint32_t len = r->len[i], came = r->end[i] - r->start[i];
    const uint32_t woven = len + 2 + (len >= 1u << 7) + (len >= 1u << 14) + (len >= 1u << 21) + (len >= 1u << 28);
    const uint32_t size = r->state[i] & OTTL_ROW_MOVED ? woven : came;
    sum += (uint64_t)(r->state[i] & OTTL_ROW_DROPPED ? 0 : size) - came;
  }
  return sum;
}

/* The same of any rows. */
static uint64_t children_growth(ottl_batch *b, unsigned level, uint32_t first, uint32_t end) {
  ot_impl *im = ot_of(b);
  const ottl_rows *r = &b->rows[level];
  if (level == OTTL_L_ITEM && !im->ungathered) return items_growth(r, first, end);
  uint64_t sum = 0;
  for (uint32_t i = first; i < end; i++) {
    if (r->state[i] == 0) continue;
    sum -= r->end[i] - r->start[i];
    if (r->state[i] & OTTL_ROW_DROPPED) continue;
    uint64_t len = level < OTTL_L_ITEM ? im->sizes[level][i] : r->state[i] & OTTL_ROW_EDITED ? im->items[i].size : r->len[i];
    sum += 1 + varint_size(len) + len;
  }
  return sum;
}

/* Bytes of the body of a resource or scope that changed. */
static uint64_t body_bytes(ottl_batch *b, unsigned level, uint32_t row) {
  const ottl_rows *r = &b->rows[level], *kids = &b->rows[level + 1];
  const uint32_t first = r->first_child[row], end = r->first_child[row + 1];
  uint64_t size = r->len[row] + children_growth(b, level + 1, first, end);
  if (!ot_gaps_of(ot_of(b), level, row)) return size;
  for (uint32_t c = first; c < end; c++) size += kids->end[c] - kids->start[c]; /* they are no part of a woven body */
  return size;
}

/* -- the dictionary of profiles, when it grew -- */

static uint64_t dict_bytes(const ot_dict *d, uint64_t added) {
  uint64_t body = (d->tag ? (uint64_t)(d->end - d->body) : 0) + added;
  return 1 + varint_size(body) + body;
}

static void write_dict(sp_writer *w, uint64_t added) {
  const ot_dict *d = &w->im->dict;
  flush(w);
  *w->at++ = WR_TAG(2, WR_LEN);
  size_t had = d->tag ? (size_t)(d->end - d->body) : 0;
  w->at = varint_put(w->at, had + added);
  w->at = wr_put(w->at, d->body, had);
  w->at = ottl__dict_added_write(w->at, d);
}

/* Bytes of the request that are no edited resource; the dictionary may be among them. */
static void put_request(sp_writer *w, const uint8_t *at, const uint8_t *to) {
  const ot_dict *d = &w->im->dict;
  if (w->added && d->tag && at <= d->tag && d->tag < to) {
    put(w, at, (size_t)(d->tag - at));
    write_dict(w, w->added);
    at = d->end;
  }
  put(w, at, (size_t)(to - at));
}

ottl_status ottl__sp_measure(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  if (im->ungathered) OTTL_TRY(measure_items(b));
  for (unsigned level = OTTL_L_ITEM; level-- > 0;) {
    const ottl_rows *r = &b->rows[level];
    OTTL_TRY(ottl__al_reserve(&b->al, &im->sizes[level], &im->sizes_cap[level], (size_t)r->n + 1, sizeof *im->sizes[level]));
    for (uint32_t i = 0; i < r->n; i++) {
      if (r->state[i] == 0 || (r->state[i] & OTTL_ROW_DROPPED)) continue;
      uint64_t size = body_bytes(b, level, i);
      if (size > INT32_MAX) return OTTL_LIMIT;
      im->sizes[level][i] = (uint32_t)size;
    }
  }
  return OTTL_OK;
}

/* -- writing -- */

static void write_body(sp_writer *w, unsigned level, uint32_t row);

static void write_item(sp_writer *w, uint32_t row) {
  const ottl_rows *r = &w->b->rows[OTTL_L_ITEM], *kids = &w->b->rows[OTTL_L_CHILD];
  const ot_item *item = &w->im->items[row];
  const ot_shell *shell = shell_of(w->im, row);
  const uint8_t *body = r->body[row], *at = body, *end = body + r->len[row];
  flush(w);
  *w->at++ = ot_row_tag(w->b, OTTL_L_ITEM, row);
  w->at = varint_put(w->at, item->size);
  if (item->box) {
    w->at = shell ? wr_put(w->at, shell->a, shell->alen) : wr_put(w->at, body, item->tag);
    *w->at++ = (uint8_t)WR_TAG(ottl__metric_container((ottl_metric_kind)r->kind[row]), WR_LEN);
    w->at = varint_put(w->at, item->inner);
    at = body + item->box;
  }
  for (uint32_t c = r->first_child[row], stop = r->first_child[row + 1]; c < stop; c++) {
    if (!(kids->state[c] & (OTTL_ROW_DROPPED | OTTL_ROW_MOVED))) continue; /* goes with the range around it */
    const uint8_t *begin = body + kids->start[c];
    uint32_t len;
    if (begin != at) put(w, at, (size_t)(begin - at));
    if (!(kids->state[c] & OTTL_ROW_DROPPED)) {
      const uint8_t *woven = ot_woven(kids, c, &len);
      put(w, woven, len);
    }
    at = body + kids->end[c];
  }
  if (shell) {
    put(w, at, (size_t)(body + item->end - at));
    put(w, shell->b, shell->blen);
    return;
  }
  put(w, at, (size_t)(end - at));
}

static void write_children(sp_writer *w, unsigned level, uint32_t first, uint32_t end) {
  const ottl_rows *r = &w->b->rows[level];
  for (uint32_t i = first; i < end; i++) {
    if (OTTL_LIKELY(r->state[i] == 0)) {
      put(w, w->b->in + r->start[i], r->end[i] - r->start[i]);
    } else if (r->state[i] & OTTL_ROW_DROPPED) {
      continue;
    } else if (level == OTTL_L_ITEM && (r->state[i] & OTTL_ROW_EDITED)) {
      write_item(w, i);
    } else if (level == OTTL_L_ITEM) {
      uint32_t len;
      const uint8_t *woven = ot_woven(r, i, &len);
      put(w, woven, len);
    } else {
      flush(w);
      *w->at++ = ot_row_tag(w->b, level, i);
      w->at = varint_put(w->at, w->im->sizes[level][i]);
      write_body(w, level, i);
    }
  }
}

static void write_body(sp_writer *w, unsigned level, uint32_t row) {
  ottl_batch *b = w->b;
  const ottl_rows *r = &b->rows[level], *kids = &b->rows[level + 1];
  const uint8_t *at = r->body[row], *end = at + r->len[row];
  const ot_gaps *gaps = ot_gaps_of(w->im, level, row);
  if (gaps) {
    const uint8_t *body = at;
    for (uint32_t g = 0; g < gaps->n; g++) {
      put(w, at, (size_t)(body + gaps->gap[g].at - at));
      write_children(w, level + 1, gaps->gap[g].first, gaps->gap[g].end);
      at = body + gaps->gap[g].at;
    }
  } else {
    for (uint32_t c = r->first_child[row], stop = r->first_child[row + 1]; c < stop; c++) {
      if (OTTL_LIKELY(kids->state[c] == 0)) continue; /* goes with the range around it */
      const uint8_t *begin = b->in + kids->start[c];
      if (begin != at) put(w, at, (size_t)(begin - at));
      uint32_t first = c, to = kids->end[c];
      while (c + 1 < stop && kids->state[c + 1] && kids->start[c + 1] == to) to = kids->end[++c];
      write_children(w, level + 1, first, c + 1);
      at = b->in + to;
    }
  }
  put(w, at, (size_t)(end - at));
}

uint64_t ottl__sp_resource_bytes(const ottl_batch *b, uint32_t row) {
  const ottl_rows *r = &b->rows[OTTL_L_RESOURCE];
  if (r->state[row] == 0) return r->end[row] - r->start[row];
  uint64_t size = ot_of(b)->sizes[OTTL_L_RESOURCE][row];
  return 1 + varint_size(size) + size;
}

uint8_t *ottl__sp_put_resource(ottl_batch *b, uint32_t row, uint8_t *at) {
  sp_writer w = {.b = b, .im = ot_of(b), .at = at};
  write_children(&w, OTTL_L_RESOURCE, row, row + 1);
  flush(&w);
  return w.at;
}

/* -- leaving out what is empty -- */

ottl_status ottl__batch_drop_empty(ottl_batch *b, ottl_level top, bool *ret_left) {
  OTTL_TRY(ottl__batch_unbind(b));
  if (top >= OTTL_L_ITEM) {
    top = OTTL_L_ITEM;
    OTTL_TRY(ottl__batch_open_level(b, OTTL_L_CHILD));
  }
  for (unsigned level = top + 1; level-- > 0;) {
    const ottl_rows *r = &b->rows[level], *kids = &b->rows[level + 1];
    for (uint32_t i = 0; i < r->n; i++) {
      if (r->state[i] & (OTTL_ROW_DROPPED | OTTL_ROW_HELD)) continue;
      if (level == OTTL_L_ITEM && r->kind[i] == OTTL_MK_NONE) continue;
      uint32_t c = r->first_child[i], stop = r->first_child[i + 1];
      while (c < stop && (kids->state[c] & OTTL_ROW_DROPPED)) c++;
      if (c == stop) ottl__batch_drop_row(b, (ottl_level)level, i);
    }
  }
  const ottl_rows *r = &b->rows[OTTL_L_RESOURCE];
  uint32_t i = 0;
  while (i < r->n && (r->state[i] & OTTL_ROW_DROPPED)) i++;
  *ret_left = i < r->n;
  return OTTL_OK;
}

ottl_status ottl__ot_output(ottl_batch *b, uint64_t size) {
  ot_impl *im = ot_of(b);
  if (size > SIZE_MAX / 2) return OTTL_LIMIT;
  if (size <= im->out_cap && im->out) return OTTL_OK;
  size_t cap = (size_t)size + (size_t)size / 8 + 64;
  uint8_t *out = al_new(&b->al, cap);
  if (!out) return OTTL_NOMEM;
  al_free(&b->al, im->out, im->out_cap);
  im->out = out;
  im->out_cap = cap;
  return OTTL_OK;
}

ottl_status ottl__batch_finish(ottl_batch *b, bool drop_empty, const uint8_t **ret, size_t *ret_len) {
  ot_impl *im = ot_of(b);
  if (!b->rows[OTTL_L_RESOURCE].open) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__batch_unbind(b));
  OTTL_TRY(ottl__ot_gather(b, false, im->flat));
  if (im->flat) return ottl__ot_regroup(b, ret, ret_len);
  if (drop_empty) {
    bool left;
    OTTL_TRY(ottl__batch_drop_empty(b, im->points_seen ? OTTL_L_ITEM : OTTL_L_SCOPE, &left));
  }
  const ottl_rows *r = &b->rows[OTTL_L_RESOURCE];
  bool some = false;
  uint64_t size = b->in_len;
  if (im->touched) {
    OTTL_TRY(ottl__sp_measure(b));
    for (uint32_t i = 0; i < r->n; i++) {
      if (r->state[i] == 0) continue;
      size -= r->end[i] - r->start[i];
      if (!(r->state[i] & OTTL_ROW_DROPPED)) size += 1 + varint_size(im->sizes[0][i]) + im->sizes[0][i];
    }
  }
  uint64_t added = 0;
  if (im->touched && im->dict.open) {
    const ot_dict *d = &im->dict;
    OTTL_TRY(ottl__dict_added_size(d, &added));
    if (added) size = size - (d->tag ? (uint64_t)(d->end - d->tag) : 0) + dict_bytes(d, added);
  }
  for (uint32_t i = 0; i < r->n; i++) some |= !(r->state[i] & OTTL_ROW_DROPPED);
  if (drop_empty && !some) size = 0;
  OTTL_TRY(ottl__ot_output(b, size));
  sp_writer w = {.b = b, .im = im, .added = added, .at = im->out};
  const uint8_t *at = b->in, *end = at + b->in_len;
  if (size && im->touched) {
    for (uint32_t i = 0; i < r->n; i++) {
      if (r->state[i] == 0) continue;
      const uint8_t *begin = b->in + r->start[i];
      put_request(&w, at, begin);
      write_children(&w, OTTL_L_RESOURCE, i, i + 1);
      at = b->in + r->end[i];
    }
  }
  if (size) {
    put_request(&w, at, end);
    if (added && !im->dict.tag) write_dict(&w, added);
  }
  flush(&w);
  if ((size_t)(w.at - im->out) != size) return OTTL_INTERNAL;
  *ret = im->out;
  *ret_len = (size_t)size;
  return OTTL_OK;
}
