/* Regrouping: the output of a flattened batch. Items whose resources are equal come under the first of them, and under the first
 * of their scopes that are equal; groups stand in the order of their first item, and items in theirs. */
#include <stdlib.h>

#include "otlp/impl.h"

/* A row of the batch before it was regrouped, and the first rows that it is grouped with. */
typedef struct rg_row {
  uint32_t resource, scope;
  uint32_t group;                     /* first row with the same resource and scope */
  uint32_t row;                       /* of RESOURCE and SCOPE alike */
  uint64_t resource_size, scope_size; /* of the first row of a group: of its body */
} rg_row;

static int by_pair(const void *a, const void *b) {
  const rg_row *x = a, *y = b;
  if (x->resource != y->resource) return x->resource < y->resource ? -1 : 1;
  if (x->scope != y->scope) return x->scope < y->scope ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

static int by_group(const void *a, const void *b) {
  const rg_row *x = a, *y = b;
  if (x->resource != y->resource) return x->resource < y->resource ? -1 : 1;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* An item as it is now, tag and length included; empty when it was dropped. */
static ottl_view item_bytes(const ottl_batch *b, uint32_t item) {
  const ottl_rows *r = &b->rows[OTTL_L_ITEM];
  uint32_t len;
  if (r->state[item] & OTTL_ROW_DROPPED) return view_of(NULL, 0);
  if (r->state[item] == 0) {
    const uint8_t *at = b->in + r->start[item];
    return view_of(at, (size_t)(r->body[item] + r->len[item] - at));
  }
  const uint8_t *at = ot_woven(r, item, &len);
  return view_of(at, len);
}

static uint64_t items_size(const ottl_batch *b, uint32_t row) {
  const ot_gaps *gaps = ot_gaps_of(ot_of(b), OTTL_L_SCOPE, row);
  uint64_t sum = 0;
  for (uint32_t g = 0; g < gaps->n; g++) {
    for (uint32_t i = gaps->gap[g].first; i < gaps->gap[g].end; i++) sum += item_bytes(b, i).len;
  }
  return sum;
}

static uint8_t *write_items(const ottl_batch *b, uint8_t *at, uint32_t row) {
  const ot_gaps *gaps = ot_gaps_of(ot_of(b), OTTL_L_SCOPE, row);
  for (uint32_t g = 0; g < gaps->n; g++) {
    for (uint32_t i = gaps->gap[g].first; i < gaps->gap[g].end; i++) {
      ottl_view item = item_bytes(b, i);
      at = wr_put(at, item.data, item.len);
    }
  }
  return at;
}

/* Own fields of a row before and behind its children. */
static uint32_t gap_of(const ottl_batch *b, ottl_level level, uint32_t row) {
  const ot_gaps *gaps = ot_gaps_of(ot_of(b), level, row);
  return gaps->n ? gaps->gap[0].at : b->rows[level].len[row];
}

static ottl_status measure(const ottl_batch *b, rg_row *rows, uint32_t n, uint64_t *ret) {
  *ret = 0;
  for (uint32_t r = 0, next; r < n; r = next) {
    uint64_t size = b->rows[OTTL_L_RESOURCE].len[rows[r].resource];
    for (next = r; next < n && rows[next].resource == rows[r].resource;) {
      uint32_t s = next;
      uint64_t scope = b->rows[OTTL_L_SCOPE].len[rows[s].group];
      for (; next < n && rows[next].group == rows[s].group; next++) scope += items_size(b, rows[next].row);
      rows[s].scope_size = scope;
      size += 1 + varint_size(scope) + scope;
    }
    if (size > INT32_MAX) return OTTL_LIMIT;
    rows[r].resource_size = size;
    *ret += 1 + varint_size(size) + size;
  }
  return OTTL_OK;
}

static uint8_t *write_head(const ottl_batch *b, uint8_t *at, ottl_level level, uint32_t row, uint64_t size) {
  *at++ = ot_row_tag(b, level, row);
  at = varint_put(at, size);
  return wr_put(at, b->rows[level].body[row], gap_of(b, level, row));
}

static uint8_t *write_tail(const ottl_batch *b, uint8_t *at, ottl_level level, uint32_t row) {
  uint32_t gap = gap_of(b, level, row);
  return wr_put(at, b->rows[level].body[row] + gap, b->rows[level].len[row] - gap);
}

static uint8_t *write_rows(const ottl_batch *b, uint8_t *at, const rg_row *rows, uint32_t n) {
  for (uint32_t r = 0, next; r < n; r = next) {
    at = write_head(b, at, OTTL_L_RESOURCE, rows[r].resource, rows[r].resource_size);
    for (next = r; next < n && rows[next].resource == rows[r].resource;) {
      uint32_t s = next;
      at = write_head(b, at, OTTL_L_SCOPE, rows[s].group, rows[s].scope_size);
      for (; next < n && rows[next].group == rows[s].group; next++) at = write_items(b, at, rows[next].row);
      at = write_tail(b, at, OTTL_L_SCOPE, rows[s].group);
    }
    at = write_tail(b, at, OTTL_L_RESOURCE, rows[r].resource);
  }
  return at;
}

/* What stands beside the resources in the request: fields that nobody knows. Written when `at` is there; returns their size. */
static uint64_t others(const ottl_batch *b, uint8_t *at) {
  uint64_t size = 0;
  for (const uint8_t *p = b->in, *end = p + b->in_len; p < end;) {
    const uint8_t *tag = p;
    uint32_t number, type;
    p = wr_tag(p, end, &number, &type);
    p = p ? ottl__wr_skip(p, end, type) : end; /* framed before: it is well-formed */
    if (!p) p = end;
    if (number == 1) continue;
    if (at) at = wr_put(at, tag, (size_t)(p - tag));
    size += (uint64_t)(p - tag);
  }
  return size;
}

ottl_status ottl__ot_regroup(ottl_batch *b, const uint8_t **ret, size_t *ret_len) {
  ot_impl *im = ot_of(b);
  const uint32_t all = b->rows[OTTL_L_SCOPE].n;
  uint32_t *live = arena_array(&b->arena, (size_t)all + 1, sizeof *live), n = 0;
  uint32_t *resource = arena_array(&b->arena, (size_t)all + 1, sizeof *resource);
  uint32_t *scope = arena_array(&b->arena, (size_t)all + 1, sizeof *scope);
  rg_row *rows = arena_array(&b->arena, (size_t)all + 1, sizeof *rows);
  if (!live || !resource || !scope || !rows) return OTTL_NOMEM;
  for (uint32_t i = 0; i < all; i++) {
    if (items_size(b, i)) live[n++] = i;
  }
  OTTL_TRY(ottl__ot_equal_rows(b, OTTL_L_RESOURCE, live, n, resource));
  OTTL_TRY(ottl__ot_equal_rows(b, OTTL_L_SCOPE, live, n, scope));
  for (uint32_t i = 0; i < n; i++) rows[i] = (rg_row){.resource = live[resource[i]], .scope = live[scope[i]], .row = live[i]};
  if (n > 1) qsort(rows, n, sizeof *rows, by_pair);
  for (uint32_t i = 0; i < n; i++) {
    bool same = i && rows[i].resource == rows[i - 1].resource && rows[i].scope == rows[i - 1].scope;
    rows[i].group = same ? rows[i - 1].group : rows[i].row;
  }
  if (n > 1) qsort(rows, n, sizeof *rows, by_group);
  uint64_t size, beside = others(b, NULL);
  OTTL_TRY(measure(b, rows, n, &size));
  OTTL_TRY(ottl__ot_output(b, size + beside));
  uint8_t *at = write_rows(b, im->out, rows, n);
  if ((uint64_t)(at - im->out) != size) return OTTL_INTERNAL;
  others(b, at);
  im->regrouped = rows;
  im->n_regrouped = n;
  *ret = im->out;
  *ret_len = (size_t)(size + beside);
  return OTTL_OK;
}

static uint32_t item_origins(const ottl_batch *b, uint32_t row, uint32_t *out) {
  const ot_gaps *gaps = ot_gaps_of(ot_of(b), OTTL_L_SCOPE, row);
  uint32_t n = 0;
  for (uint32_t g = 0; g < gaps->n; g++) {
    for (uint32_t i = gaps->gap[g].first; i < gaps->gap[g].end; i++) {
      if (item_bytes(b, i).len) out[n++] = ottl__ot_origin(b, OTTL_L_ITEM, i);
    }
  }
  return n;
}

uint32_t ottl__ot_regroup_origins(const ottl_batch *b, ottl_level level, uint32_t *out) {
  const ot_impl *im = ot_of(b);
  const rg_row *rows = im->regrouped;
  uint32_t n = 0;
  for (uint32_t i = 0; i < im->n_regrouped; i++) {
    bool resource = i == 0 || rows[i].resource != rows[i - 1].resource;
    bool scope = resource || rows[i].group != rows[i - 1].group;
    if (level == OTTL_L_ITEM)
      n += item_origins(b, rows[i].row, out + n);
    else if (level == OTTL_L_SCOPE ? scope : resource)
      out[n++] = ottl__ot_origin(b, level, rows[i].row);
  }
  return n;
}
