/* Flattening: each item gets a resource and a scope of its own, so that what a record writes there is seen by no other.
 *
 *   resource 0 ─ scope 0 ─ items 0, 1          resource 0 ─ scope 0 ─ item 0
 *              ─ scope 1 ─ item 2        =>    resource 1 ─ scope 1 ─ item 1
 *                                              resource 2 ─ scope 2 ─ item 2
 *
 * Rows are made, not bytes: the body of such a row is the own fields of the resource that it is a copy of, as after weaving, with
 * a gap for its one child; all copies share them until one is written. Resources and scopes without items have no copy: they
 * are gone afterwards, as in the reference. DIFF: the reference copies attributes alone, of scopes name, version and schema URL
 * too; here nothing is lost. */
#include "otlp/impl.h"

ottl_status ottl__ot_own_fields(ottl_batch *b, const uint8_t *body, uint32_t len, ot_own *ret) {
  const uint8_t *end = body + len, *from = body, *own = NULL;
  uint32_t size = 0, gap = UINT32_MAX, runs = 0;
  for (int turn = 0; turn < 2; turn++) { /* measure, then copy where they do not stand side by side */
    uint8_t *out = NULL;
    if (turn == 1) {
      if (runs <= 1) break;
      out = arena_alloc(&b->arena, size);
      if (!out) return OTTL_NOMEM;
      own = out;
    }
    bool in_run = false;
    for (const uint8_t *p = body; p < end;) {
      const uint8_t *tag = p;
      uint32_t number, type;
      p = wr_tag(p, end, &number, &type);
      p = p ? ottl__wr_skip(p, end, type) : NULL;
      if (!p) return ottl__ot_refuse(b, tag, "malformed field");
      if (number == 2 && type == WR_LEN) {
        if (gap == UINT32_MAX) gap = size;
        in_run = false;
      } else if (out) {
        out = wr_put(out, tag, (size_t)(p - tag));
      } else {
        if (!in_run && runs++ == 0) from = tag;
        in_run = true;
        size += (uint32_t)(p - tag);
      }
    }
  }
  *ret = (ot_own){own ? own : from, size, gap == UINT32_MAX ? size : gap, 0};
  return OTTL_OK;
}

static ottl_status own_rows(ottl_batch *b, const ottl_rows *r, ot_own **ret) {
  ot_own *own = arena_array(&b->arena, (size_t)r->n + 1, sizeof *own);
  if (!own) return OTTL_NOMEM;
  for (uint32_t i = 0; i < r->n; i++) {
    if (r->first_child[i] == r->first_child[i + 1]) continue;
    OTTL_TRY(ottl__ot_own_fields(b, r->body[i], r->len[i], &own[i]));
    own[i].start = r->start[i];
  }
  *ret = own;
  return OTTL_OK;
}

/* Row i of the level is a copy of own[of[i]], and has child i. */
static ottl_status copy_rows(ottl_batch *b, ottl_level level, const ot_own *own, const uint32_t *of, uint32_t n) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[level];
  const size_t gap_bytes = sizeof(ot_gaps) + sizeof(ot_gap);
  uint8_t *gaps = arena_array(&b->arena, (size_t)n + 1, gap_bytes);
  im->gaps[level] = arena_array(&b->arena, (size_t)n + 1, sizeof *im->gaps[level]);
  if (!gaps || !im->gaps[level]) return OTTL_NOMEM;
  OTTL_TRY(ottl__ot_rows_reserve(b, r, n));
  for (uint32_t i = 0; i < n; i++) {
    const ot_own *from = &own[of[i]];
    ot_gaps *gap = (ot_gaps *)(void *)(gaps + i * gap_bytes);
    gap->n = 1;
    gap->gap[0] = (ot_gap){from->gap, i, i + 1};
    im->gaps[level][i] = gap;
    r->body[i] = from->body;
    r->len[i] = from->len;
    r->start[i] = r->end[i] = from->start;
    r->parent[i] = r->first_child[i] = i;
  }
  r->first_child[n] = r->n = n;
  memset(r->message, level == OTTL_L_RESOURCE ? OTTL_M_RESOURCE : OTTL_M_SCOPE, n);
  memset(r->kind, 0, n);
  memset(r->state, 0, n);
  return OTTL_OK;
}

ottl_status ottl__batch_flatten(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  ottl_rows *items = &b->rows[OTTL_L_ITEM];
  const ottl_rows *scopes = &b->rows[OTTL_L_SCOPE];
  const uint32_t n = items->n;
  ot_own *resource, *scope;
  OTTL_TRY(own_rows(b, &b->rows[OTTL_L_RESOURCE], &resource));
  OTTL_TRY(own_rows(b, scopes, &scope));
  uint32_t *resource_of = arena_array(&b->arena, (size_t)n + 1, sizeof *resource_of);
  uint32_t *scope_of = arena_array(&b->arena, (size_t)n + 1, sizeof *scope_of);
  if (!resource_of || !scope_of) return OTTL_NOMEM;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    scope_of[i] = items->parent[i];
    resource_of[i] = scopes->parent[scope_of[i]];
    sum += (uint64_t)resource[resource_of[i]].len + scope[scope_of[i]].len;
    items->parent[i] = i;
  }
  if (sum > INT32_MAX) { /* what a pass reads; a small payload can have many items under a large resource */
    b->error_text = "flattened, the payload is too large";
    return OTTL_LIMIT;
  }
  OTTL_TRY(copy_rows(b, OTTL_L_RESOURCE, resource, resource_of, n));
  OTTL_TRY(copy_rows(b, OTTL_L_SCOPE, scope, scope_of, n));
  im->flat = im->touched = true;
  return OTTL_OK;
}
