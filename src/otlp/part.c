/* Parts of a payload: rows that go somewhere, each under a copy of what is above it. Routing makes them.
 *
 *   ResourceLogs { resource, ScopeLogs { scope, [a] record record [b] }, schema_url }
 *                  `- own of the resource: a ---- `- the scopes that have rows ---- `- b
 *
 * A copy is the row's own fields, unknown ones included: what is left of its body without its children. Where children stand side by
 * side, as they do when somebody else did not write them oddly, that is two ranges of the body, and nothing is put together. */
#include "otlp/impl.h"

static ottl_status part_reserve(ottl_batch *b, ottl_part *part, uint64_t more) {
  if (more > INT32_MAX || part->len + more > INT32_MAX) return OTTL_LIMIT;
  size_t need = part->len + (size_t)more;
  if (need <= part->cap && part->data) return OTTL_OK;
  size_t cap = need + need / 2 + 64;
  uint8_t *data = al_new(&b->al, cap);
  if (!data) return OTTL_NOMEM;
  if (part->len) memcpy(data, part->data, part->len);
  al_free(&b->al, part->data, part->cap);
  part->data = data;
  part->cap = cap;
  return OTTL_OK;
}

ottl_status ottl__batch_part_put(ottl_batch *b, ottl_part *part, const uint8_t *data, size_t len) {
  OTTL_TRY(part_reserve(b, part, len));
  wr_put(part->data + part->len, data, len);
  part->len += len;
  return OTTL_OK;
}

ottl_status ottl__batch_reframe(ottl_batch *b, ottl_level level) {
  OTTL_TRY(ottl__batch_unbind(b));
  OTTL_TRY(ottl__ot_gather(b, false, true));
  for (unsigned l = OTTL_L_CHILD; l < OTTL_LEVELS; l++) b->rows[l].open = false;
  return ottl__batch_open_level(b, level);
}

ottl_status ottl__batch_parts_begin(ottl_batch *b, ottl_level level) {
  ot_impl *im = ot_of(b);
  OTTL_TRY(ottl__batch_unbind(b));
  OTTL_TRY(ottl__ot_gather(b, false, true));
  OTTL_TRY(ottl__batch_open_level(b, level));
  if (level == OTTL_L_RESOURCE) return im->touched ? ottl__sp_measure(b) : OTTL_OK;
  ottl__arena_reset(&im->pass);
  for (unsigned l = 0; l < OTTL_L_CHILD && l < level; l++) {
    im->own[l] = arena_zero(&im->pass, ((size_t)b->rows[l].n + 1) * sizeof *im->own[l]);
    if (!im->own[l]) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

/* -- own fields -- */

/* Bytes between the children go behind them, with what follows the last one. */
static ottl_status shell_scattered(ottl_batch *b, const ottl_rows *kids, uint32_t first, uint32_t end, const uint8_t *stop,
                                   ot_shell *own) {
  uint8_t *joined = arena_alloc(&ot_of(b)->pass, (size_t)(stop - (b->in + kids->start[first])) + 1), *at = joined;
  if (!joined) return OTTL_NOMEM;
  const uint8_t *from = b->in + kids->start[first];
  for (uint32_t c = first; c < end; c++) {
    const uint8_t *begin = b->in + kids->start[c];
    at = wr_put(at, from, (size_t)(begin - from));
    from = b->in + kids->end[c];
  }
  at = wr_put(at, from, (size_t)(stop - from));
  own->b = joined;
  own->blen = (uint32_t)(at - joined);
  return OTTL_OK;
}

/* Of a resource or a scope. */
static ottl_status shell_of(ottl_batch *b, unsigned level, uint32_t row, ot_shell **ret) {
  ot_shell *own = *ret = &ot_of(b)->own[level][row];
  const ottl_rows *r = &b->rows[level], *kids = &b->rows[level + 1];
  const uint8_t *body = r->body[row], *stop = body + r->len[row];
  if (own->a) return OTTL_OK;
  const ot_gaps *gaps = ot_gaps_of(ot_of(b), level, row);
  uint32_t first = r->first_child[row], end = r->first_child[row + 1];
  own->a = body;
  if (gaps || first == end) { /* woven: the body is its own fields alone */
    own->alen = gaps && gaps->n ? gaps->gap[0].at : r->len[row];
    own->b = body + own->alen;
    own->blen = r->len[row] - own->alen;
    return OTTL_OK;
  }
  own->alen = (uint32_t)(b->in + kids->start[first] - body);
  const uint8_t *at = b->in + kids->start[first];
  for (uint32_t c = first; c < end; c++) {
    if (b->in + kids->start[c] != at) return shell_scattered(b, kids, first, end, stop, own);
    at = b->in + kids->end[c];
  }
  own->b = at;
  own->blen = (uint32_t)(stop - at);
  return OTTL_OK;
}

/* Copies the fields of a metric but for its containers, or of a container but for its points. */
static uint8_t *shell_fields(uint8_t *to, const uint8_t *p, const uint8_t *end, bool container) {
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type;
    p = wr_tag(p, end, &number, &type);
    p = p ? ottl__wr_skip(p, end, type) : NULL;
    if (!p) break; /* it was framed: this does not happen */
    bool leave = container ? number == 1 : ottl__metric_kind_of(number) != OTTL_MK_NONE;
    if (!leave) to = wr_put(to, tag, (size_t)(p - tag));
  }
  return to;
}

/* Of a metric: its fields, and those of the container of its points. Containers before the last one mean nothing.
 * DIFF: all of its fields; the reference copies name, description and unit. */
static ottl_status shell_of_metric(ottl_batch *b, uint32_t row, ot_shell **ret) {
  ot_shell *own = *ret = &ot_of(b)->own[OTTL_L_ITEM][row];
  if (own->a) return OTTL_OK;
  const ottl_rows *r = &b->rows[OTTL_L_ITEM];
  const uint8_t *body = r->body[row], *end = body + r->len[row], *container = end, *container_end = end;
  for (const uint8_t *p = body; p && p < end;) {
    uint32_t number, type;
    p = wr_tag(p, end, &number, &type);
    if (!p) break;
    const uint8_t *value = p;
    p = ottl__wr_skip(p, end, type);
    if (!p || type != WR_LEN || ottl__metric_kind_of(number) == OTTL_MK_NONE) continue;
    uint32_t len;
    container = wr_len(value, end, &len);
    if (!container) break;
    container_end = container + len;
  }
  if (!container) return OTTL_INTERNAL;
  uint8_t *joined = arena_alloc(&ot_of(b)->pass, (size_t)r->len[row] + 1);
  if (!joined) return OTTL_NOMEM;
  uint8_t *middle = shell_fields(joined, body, end, false), *last = shell_fields(middle, container, container_end, true);
  *own = (ot_shell){.a = joined,
                    .alen = (uint32_t)(middle - joined),
                    .b = middle,
                    .blen = (uint32_t)(last - middle),
                    .tag = (uint8_t)WR_TAG(ottl__metric_container((ottl_metric_kind)r->kind[row]), WR_LEN)};
  return OTTL_OK;
}

/* -- rows -- */

/* The end of the rows from `i` on that are under the same row of `level` (above theirs). */
static uint32_t row_above(const ottl_batch *b, ottl_level from, unsigned level, uint32_t row) {
  for (unsigned l = from; l > level; l--) row = b->rows[l].parent[row];
  return row;
}

static uint32_t run_end(const ottl_batch *b, ottl_level from, unsigned level, const uint32_t *rows, uint32_t i, uint32_t n) {
  uint32_t above = row_above(b, from, level, rows[i]);
  for (i++; i < n && row_above(b, from, level, rows[i]) == above;) i++;
  return i;
}

static const uint8_t *item_bytes(const ottl_batch *b, uint32_t row, uint32_t *ret_len) {
  const ottl_rows *r = &b->rows[OTTL_L_ITEM];
  if (OTTL_UNLIKELY(r->state[row] & OTTL_ROW_MOVED)) return ot_woven(r, row, ret_len);
  *ret_len = r->end[row] - r->start[row];
  return b->in + r->start[row];
}

/* The size of the row of `level` that rows i .. end - 1 are under, with them alone below it; own->size keeps it for part_write. */
static ottl_status part_measure(ottl_batch *b, ottl_level from, unsigned level, const uint32_t *rows, uint32_t i, uint32_t end,
                                uint32_t *ret) {
  ot_shell *own;
  uint32_t row = row_above(b, from, level, rows[i]);
  if (level == OTTL_L_ITEM) {
    OTTL_TRY(shell_of_metric(b, row, &own));
  } else {
    OTTL_TRY(shell_of(b, level, row, &own));
  }
  uint64_t size = level == OTTL_L_ITEM ? own->blen : (uint64_t)own->alen + own->blen;
  if (level + 1 < from && level < OTTL_L_ITEM) {
    for (uint32_t next; i < end; i = next) {
      uint32_t below;
      next = run_end(b, from, level + 1, rows, i, end);
      OTTL_TRY(part_measure(b, from, level + 1, rows, i, next, &below));
      size += 1 + varint_size(below) + below;
    }
  } else if (from == OTTL_L_ITEM) {
    for (uint32_t len; i < end; i++) {
      item_bytes(b, rows[i], &len);
      size += len;
    }
  } else {
    for (; i < end; i++) size += 1 + varint_size(b->rows[from].len[rows[i]]) + b->rows[from].len[rows[i]];
  }
  if (size > INT32_MAX) return OTTL_LIMIT;
  own->size = (uint32_t)size; /* a metric: of the container */
  if (level == OTTL_L_ITEM) size += own->alen + 1 + varint_size(size);
  *ret = (uint32_t)size;
  return size > INT32_MAX ? OTTL_LIMIT : OTTL_OK;
}

static uint8_t *part_write(ottl_batch *b, ottl_level from, unsigned level, const uint32_t *rows, uint32_t i, uint32_t end,
                           uint8_t *at) {
  const ot_shell *own = &ot_of(b)->own[level][row_above(b, from, level, rows[i])];
  *at++ = level == OTTL_L_RESOURCE ? WR_TAG(1, WR_LEN) : WR_TAG(2, WR_LEN);
  uint32_t size = own->size;
  if (level == OTTL_L_ITEM) size += own->alen + 1 + varint_size(own->size);
  at = varint_put(at, size);
  at = wr_put(at, own->a, own->alen);
  if (level == OTTL_L_ITEM) {
    *at++ = own->tag;
    at = varint_put(at, own->size);
  }
  if (level + 1 < from && level < OTTL_L_ITEM) {
    for (uint32_t next; i < end; i = next) {
      next = run_end(b, from, level + 1, rows, i, end);
      at = part_write(b, from, level + 1, rows, i, next, at);
    }
  } else if (from == OTTL_L_ITEM) {
    while (i < end) { /* neighbours are one copy */
      uint32_t len;
      const uint8_t *run = item_bytes(b, rows[i], &len), *stop = run + len;
      while (++i < end && item_bytes(b, rows[i], &len) == stop) stop += len;
      at = wr_put(at, run, (size_t)(stop - run));
    }
  } else {
    const ottl_rows *r = &b->rows[from];
    for (; i < end; i++) {
      *at++ = WR_TAG(1, WR_LEN);
      at = varint_put(at, r->len[rows[i]]);
      at = wr_put(at, r->body[rows[i]], r->len[rows[i]]);
    }
  }
  return wr_put(at, own->b, own->blen);
}

ottl_status ottl__batch_part(ottl_batch *b, ottl_level level, const uint32_t *rows, uint32_t n, ottl_part *part) {
  if (level == OTTL_L_RESOURCE) {
    uint64_t size = 0;
    for (uint32_t i = 0; i < n; i++) size += ottl__sp_resource_bytes(b, rows[i]);
    OTTL_TRY(part_reserve(b, part, size));
    uint8_t *at = part->data + part->len;
    for (uint32_t i = 0; i < n; i++) at = ottl__sp_put_resource(b, rows[i], at);
    part->len = (size_t)(at - part->data);
    return OTTL_OK;
  }
  for (uint32_t i = 0, next; i < n; i = next) {
    uint32_t size;
    next = run_end(b, level, OTTL_L_RESOURCE, rows, i, n);
    OTTL_TRY(part_measure(b, level, OTTL_L_RESOURCE, rows, i, next, &size));
    OTTL_TRY(part_reserve(b, part, (uint64_t)size + 1 + varint_size(size)));
    uint8_t *at = part_write(b, level, OTTL_L_RESOURCE, rows, i, next, part->data + part->len);
    part->len = (size_t)(at - part->data);
  }
  return OTTL_OK;
}
