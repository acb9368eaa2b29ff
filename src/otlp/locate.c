/* Where a record stands in the payload that came in, and that record alone as a payload. Walks the payload again: this is for
 * failures that somebody looks at, and rows need not remember it. */
#include "otlp/impl.h"

typedef struct lc_span {
  const uint8_t *tag, *body, *end;
} lc_span;

bool ottl__batch_came(const ottl_batch *b, uint32_t item) {
  const ottl_rows *items = &b->rows[OTTL_L_ITEM], *scopes = &b->rows[OTTL_L_SCOPE];
  uint32_t start = items->start[item], scope = scopes->start[items->parent[item]];
  const uint8_t *end = ot_field_end(b->in + scope, b->in + b->in_len);
  return start > scope && b->in + start < end; /* one that was appended begins at 0, or where its scope ends */
}

/* The next field of that number at or behind *at; *at moves behind it. */
static bool next_field(const uint8_t **at, const uint8_t *end, uint32_t number, lc_span *ret) {
  while (*at < end) {
    const uint8_t *tag = *at, *p;
    uint32_t found, type, len;
    p = wr_tag(tag, end, &found, &type);
    if (!p) return false;
    *at = ottl__wr_skip(p, end, type);
    if (!*at) return false;
    if (found != number || type != WR_LEN) continue;
    *ret = (lc_span){tag, wr_len(p, *at, &len), *at};
    return ret->body != NULL;
  }
  return false;
}

/* The field that begins at `start`, or has it inside. */
static bool find_offset(const uint8_t *p, const uint8_t *end, uint32_t number, const uint8_t *start, lc_span *ret,
                        uint32_t *ret_place) {
  for (*ret_place = 0; next_field(&p, end, number, ret); ++*ret_place) {
    if (start >= ret->tag && start < ret->end) return true;
  }
  return false;
}

static bool find_place(const uint8_t *p, const uint8_t *end, uint32_t number, uint32_t place, lc_span *ret) {
  for (uint32_t i = 0; next_field(&p, end, number, ret); i++) {
    if (i == place) return true;
  }
  return false;
}

/* The child of an item: an event, a sample, or a point; of a point, an exemplar. */
static bool find_child(const ottl_batch *b, lc_span item, ottl_level level, ottl_located *ret, lc_span *ret_span) {
  if (b->signal == OTTL_SIGNAL_TRACES) return find_place(item.body, item.end, 11, ret->child, ret_span);
  if (b->signal == OTTL_SIGNAL_PROFILES) return find_place(item.body, item.end, 2, ret->child, ret_span);
  unsigned kind = OTTL_MK_NONE;
  lc_span container = item, field;
  for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) { /* the last container is the one */
    const uint8_t *p = item.body;
    while (next_field(&p, item.end, ottl__metric_container((ottl_metric_kind)k), &field)) {
      if (kind && field.tag < container.tag) continue;
      kind = k;
      container = field;
    }
  }
  if (!kind || !find_place(container.body, container.end, 1, ret->child, ret_span)) return false;
  if (level == OTTL_L_CHILD) return true;
  const uint32_t number = kind == OTTL_MK_HISTOGRAM ? 8 : kind == OTTL_MK_EXP_HISTOGRAM ? 11 : 5;
  lc_span point = *ret_span;
  return find_place(point.body, point.end, number, ret->grandchild, ret_span);
}

bool ottl__batch_locate(const ottl_batch *b, ottl_level level, uint32_t start, uint32_t child, uint32_t grandchild,
                        ottl_located *ret) {
  *ret = (ottl_located){UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0, {{0, 0}}};
  if (start >= b->in_len) return false;
  const uint8_t *at = b->in + start;
  lc_span span = {b->in, b->in, b->in + b->in_len};
  uint32_t *const places[] = {&ret->resource, &ret->scope, &ret->item};
  for (unsigned l = 0; l <= OTTL_L_ITEM && l <= (unsigned)level; l++) {
    if (!find_offset(span.body, span.end, l == OTTL_L_RESOURCE ? 1 : 2, at, &span, places[l])) return false;
    ret->above[l] = (ottl_view){(const char *)span.body, (size_t)(span.end - span.body)};
  }
  if (level <= OTTL_L_ITEM && span.tag != at) return false;
  if (level >= OTTL_L_CHILD) {
    ret->child = child;
    if (level == OTTL_L_GRANDCHILD) ret->grandchild = grandchild;
    if (!find_child(b, span, level, ret, &span)) return false;
  }
  ret->offset = (uint32_t)(span.tag - b->in);
  ret->len = (uint32_t)(span.end - span.tag);
  return true;
}

/* Tag, length and body; `inner` stands where the children stood. */
static uint8_t *put_own(uint8_t *at, uint8_t tag, const ot_own *own, const uint8_t *inner, size_t inner_len) {
  *at++ = tag;
  at = varint_put(at, own->len + inner_len);
  at = wr_put(at, own->body, own->gap);
  at = wr_put(at, inner, inner_len);
  return wr_put(at, own->body + own->gap, own->len - own->gap);
}

/* What profiles refer to. Written when `at` is there; returns its size. */
static size_t dictionary(const ottl_batch *b, uint8_t *at) {
  const uint8_t *p = b->in, *end = p + b->in_len;
  size_t size = 0;
  for (lc_span s; b->signal == OTTL_SIGNAL_PROFILES && next_field(&p, end, 2, &s);) {
    if (at) at = wr_put(at, s.tag, (size_t)(s.end - s.tag));
    size += (size_t)(s.end - s.tag);
  }
  return size;
}

ottl_status ottl__batch_alone(ottl_batch *b, const ottl_located *where, ottl_view *ret) {
  ot_own own[OTTL_L_ITEM];
  size_t room = 64 + where->above[OTTL_L_ITEM].len + dictionary(b, NULL);
  unsigned n = 0;
  for (; n < OTTL_L_ITEM && where->above[n].data; n++) {
    OTTL_TRY(ottl__ot_own_fields(b, (const uint8_t *)where->above[n].data, (uint32_t)where->above[n].len, &own[n]));
    room += own[n].len;
  }
  uint8_t *inner = arena_alloc(&b->arena, room), *outer = arena_alloc(&b->arena, room);
  if (!inner || !outer) return OTTL_NOMEM;
  uint8_t *end = inner;
  const ottl_view item = where->above[OTTL_L_ITEM];
  if (item.data) {
    *end++ = WR_TAG(2, WR_LEN);
    end = varint_put(end, item.len);
    end = wr_put(end, item.data, item.len);
  }
  for (; n-- > 0;) { /* from the inside out, turn and turn about */
    uint8_t tag = n == OTTL_L_RESOURCE ? WR_TAG(1, WR_LEN) : WR_TAG(2, WR_LEN);
    end = put_own(outer, tag, &own[n], inner, (size_t)(end - inner));
    uint8_t *swap = inner;
    inner = outer;
    outer = swap;
  }
  end += dictionary(b, end);
  *ret = (ottl_view){(const char *)inner, (size_t)(end - inner)};
  return OTTL_OK;
}
