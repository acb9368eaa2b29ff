/* Framing: which rows there are and where their bytes lie. Nothing of a row is read but what is needed to find the rows below.
 *
 * Level by level: all resources, then all scopes, then all items, so that each loop is tight and children of a row are
 * side by side. */
#include "base/limits.h"
#include "otlp/impl.h"

#define ROWS_MAX (UINT32_MAX / 2)

ottl_status ottl__ot_refuse(ottl_batch *b, const uint8_t *at, const char *text) {
  uintptr_t p = (uintptr_t)at, in = (uintptr_t)b->in;
  b->error_offset = p >= in && p <= in + b->in_len ? (size_t)(p - in) : 0;
  b->error_text = text;
  return OTTL_DATA;
}

/* All arrays of a level are one block: pointers first, bytes last. */
#define ROW_BYTES (sizeof(uint8_t *) + 5 * sizeof(uint32_t) + 3)

static OTTL_NOINLINE ottl_status rows_grow(ottl_batch *b, ottl_rows *r) {
  if (r->n >= ROWS_MAX) return OTTL_LIMIT;
  size_t cap = r->cap ? (size_t)r->cap * 2 : 64;
  if (cap > ROWS_MAX) cap = ROWS_MAX;
  size_t slots = cap + 1; /* first_child has one more */
  if (slots > SIZE_MAX / 2 / ROW_BYTES) return OTTL_NOMEM;
  uint8_t *block = al_new(&b->al, slots * ROW_BYTES);
  if (!block) return OTTL_NOMEM;
  ottl_rows old = *r;
  uint32_t n = r->n;
  r->body = (const uint8_t **)(void *)block;
  r->len = (uint32_t *)(void *)(r->body + slots);
  r->start = r->len + slots;
  r->end = r->start + slots;
  r->parent = r->end + slots;
  r->first_child = r->parent + slots;
  r->message = (uint8_t *)(r->first_child + slots);
  r->kind = r->message + slots;
  r->state = r->kind + slots;
  r->cap = (uint32_t)cap;
  if (n) {
    memcpy(r->body, old.body, n * sizeof *r->body);
    memcpy(r->len, old.len, n * sizeof *r->len);
    memcpy(r->start, old.start, n * sizeof *r->start);
    memcpy(r->end, old.end, n * sizeof *r->end);
    memcpy(r->parent, old.parent, n * sizeof *r->parent);
    memcpy(r->first_child, old.first_child, n * sizeof *r->first_child);
    memcpy(r->message, old.message, n);
    memcpy(r->kind, old.kind, n);
    memcpy(r->state, old.state, n);
  }
  al_free(&b->al, (void *)old.body, ((size_t)old.cap + 1) * ROW_BYTES);
  return OTTL_OK;
}

ottl_status ottl__ot_rows_reserve(ottl_batch *b, ottl_rows *r, uint32_t n) {
  while (r->cap < n) OTTL_TRY(rows_grow(b, r));
  return OTTL_OK;
}

void ottl__ot_rows_done(ottl_batch *b, ottl_rows *r) {
  if (r->cap) al_free(&b->al, (void *)r->body, ((size_t)r->cap + 1) * ROW_BYTES);
  *r = (ottl_rows){0};
}

/* Adds the fields of that number between p and end as rows. `base` is what `start` counts from. `ahead`: nobody has seen those
 * bytes yet, from *ahead on they are brought near, up to `stop`; or NULL. */
static OTTL_ALWAYS_INLINE ottl_status frame(ottl_batch *b, ottl_rows *r, uint32_t number, const uint8_t *p, const uint8_t *end,
                                            const uint8_t *base, uint32_t parent, const uint8_t **ahead, const uint8_t *stop) {
  const uint8_t want = (uint8_t)WR_TAG(number, WR_LEN);
  while (p < end) {
    const uint8_t *tag = p;
    if (OTTL_LIKELY(*p == want)) {
      p++;
    run: {
      uint32_t len;
      p = wr_len(p, end, &len);
      if (OTTL_UNLIKELY(!p)) return ottl__ot_refuse(b, tag, "length runs over the end of the message");
      uint32_t n = r->n;
      if (OTTL_UNLIKELY(n == r->cap)) OTTL_TRY(rows_grow(b, r));
      r->body[n] = p;
      r->len[n] = len;
      r->start[n] = (uint32_t)(tag - base);
      r->end[n] = (uint32_t)(p - base) + len;
      r->parent[n] = parent;
      r->n = n + 1;
      /* PERF: w04 265 -> 137 ns a record: each head waits for the one before it; what lies between is read soon anyway. */
      if (ahead) {
        const uint8_t *to = stop - p > 4096 ? p + 4096 : stop;
        for (; *ahead < to; *ahead += 64) __builtin_prefetch(*ahead, 0, 2);
      }
      p += len;
      continue;
    }
    }
    uint32_t found, type;
    p = wr_tag(p, end, &found, &type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed tag");
    if (found == number) {
      if (type != WR_LEN) return ottl__ot_refuse(b, tag, "wrong wire type");
      goto run; /* a tag that is longer than needed */
    }
    p = ottl__wr_skip(p, end, type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed field");
  }
  return OTTL_OK;
}

/* All rows of ITEM. Bytes before `ahead` are on their way. */
static OTTL_NOINLINE ottl_status frame_items(ottl_batch *b, ottl_rows *scopes, ottl_rows *r, const uint8_t *ahead) {
  const uint8_t *stop = b->in + b->in_len;
  for (uint32_t i = 0; i < scopes->n; i++) {
    const uint8_t *p = scopes->body[i], *end = p + scopes->len[i];
    scopes->first_child[i] = r->n;
    if (ahead < p) ahead = p;
    OTTL_TRY(frame(b, r, 2, p, end, b->in, i, &ahead, stop));
  }
  return OTTL_OK;
}

/* Other rows: of few bytes each, or of bytes that were brought near when the rows above them were framed. */
static OTTL_NOINLINE ottl_status frame_rows(ottl_batch *b, ottl_rows *r, uint32_t number, const uint8_t *p, const uint8_t *end,
                                            const uint8_t *base, uint32_t parent) {
  return frame(b, r, number, p, end, base, parent, NULL, NULL);
}

static const uint8_t item_message[] = {0, OTTL_M_LOG, OTTL_M_SPAN, OTTL_M_METRIC, OTTL_M_PROFILE};

static ottl_status level_done(ottl_batch *b, ottl_level level, unsigned message) {
  ottl_rows *r = &b->rows[level];
  if (r->cap == 0) OTTL_TRY(rows_grow(b, r));
  memset(r->message, (int)message, r->n);
  memset(r->kind, 0, r->n);
  memset(r->state, 0, r->n);
  r->open = true;
  return OTTL_OK;
}

ottl_status ottl__batch_open(ottl_batch *b, int signal, const uint8_t *in, size_t in_len) {
  if (signal < OTTL_SIGNAL_LOGS || signal > OTTL_SIGNAL_PROFILES || (!in && in_len)) return OTTL_INVALID_ARG;
  if (in_len > INT32_MAX) return OTTL_LIMIT;
  ot_impl *im = ot_of(b);
  ottl__arena_reset(&b->arena);
  b->arena.copy_left = OTTL_MAX_COPIED_CELLS + 8 * (uint64_t)in_len;
  b->in = in;
  b->in_len = in_len;
  b->signal = (uint8_t)signal;
  b->layout = NULL;
  ottl__keys_clear(b);
  ottl__dict_reset(&im->dict);
  b->error_text = NULL;
  b->error_offset = 0;
  im->bound = im->in_window = im->flat = im->touched = im->ungathered = im->kinds_known = im->points_seen = false;
  im->gaps[0] = im->gaps[1] = NULL;
  im->shells = NULL;
  im->n_odd = 0;
  im->n_appended = 0;
  b->n_appended = b->appended_bytes = 0;
  im->items_before = UINT32_MAX;
  im->pen = im->pen_end = NULL;
  im->woven = 0;
  b->too_much = false;
  for (unsigned l = 0; l < OTTL_LEVELS; l++) {
    b->rows[l].n = 0;
    b->rows[l].open = false;
  }

  ottl_rows *resources = &b->rows[OTTL_L_RESOURCE], *scopes = &b->rows[OTTL_L_SCOPE], *items = &b->rows[OTTL_L_ITEM];
  const uint8_t *ahead = in;
  for (const uint8_t *to = in_len > 4096 ? in + 4096 : in + in_len; ahead < to; ahead += 64) __builtin_prefetch(ahead, 0, 3);
  OTTL_TRY(frame_rows(b, resources, 1, in, in + in_len, in, 0));
  OTTL_TRY(level_done(b, OTTL_L_RESOURCE, OTTL_M_RESOURCE));
  for (uint32_t i = 0; i < resources->n; i++) {
    resources->first_child[i] = scopes->n;
    OTTL_TRY(frame_rows(b, scopes, 2, resources->body[i], resources->body[i] + resources->len[i], in, i));
  }
  resources->first_child[resources->n] = scopes->n;
  OTTL_TRY(level_done(b, OTTL_L_SCOPE, OTTL_M_SCOPE));
  OTTL_TRY(frame_items(b, scopes, items, ahead));
  scopes->first_child[scopes->n] = items->n;
  return level_done(b, OTTL_L_ITEM, item_message[signal]);
}

/* Finds the container of the metric's points: the last one, as pdata does. *ret_tag NULL: there is none. */
static ottl_status find_container(ottl_batch *b, uint32_t row, uint32_t *ret_number, const uint8_t **ret_value,
                                  uint32_t *ret_len) {
  const uint8_t *p = b->rows[OTTL_L_ITEM].body[row], *end = p + b->rows[OTTL_L_ITEM].len[row];
  *ret_number = 0;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, type;
    p = wr_tag(p, end, &number, &type);
    if (!p) return ottl__ot_refuse(b, tag, "malformed tag");
    if (ottl__metric_kind_of(number) != OTTL_MK_NONE) {
      uint32_t len = 0;
      if (type != WR_LEN) return ottl__ot_refuse(b, tag, "wrong wire type");
      p = wr_len(p, end, &len);
      if (!p) return ottl__ot_refuse(b, tag, "length runs over the end of the message");
      *ret_number = number;
      *ret_value = p;
      *ret_len = len;
      p += len;
    } else {
      p = ottl__wr_skip(p, end, type);
      if (!p) return ottl__ot_refuse(b, tag, "malformed field");
    }
  }
  return OTTL_OK;
}

ottl_status ottl__ot_metric_kind(ottl_batch *b, uint32_t row) {
  uint32_t number, len;
  const uint8_t *value;
  OTTL_TRY(find_container(b, row, &number, &value, &len));
  b->rows[OTTL_L_ITEM].kind[row] = (uint8_t)ottl__metric_kind_of(number);
  return OTTL_OK;
}

ottl_status ottl__ot_metric_kinds(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  if (im->kinds_known || b->signal != OTTL_SIGNAL_METRICS) return OTTL_OK;
  ottl_rows *r = &b->rows[OTTL_L_ITEM];
  for (uint32_t i = 0; i < r->n; i++) OTTL_TRY(ottl__ot_metric_kind(b, i));
  im->kinds_known = true;
  return OTTL_OK;
}

static ottl_status frame_children(ottl_batch *b, ottl_level level, uint32_t i) {
  ottl_rows *up = &b->rows[level - 1], *r = &b->rows[level];
  const uint8_t *body = up->body[i], *end = body + up->len[i];
  uint32_t number = 0, first = r->n;
  unsigned message = OTTL_M_EXEMPLAR, kind = OTTL_MK_NONE;
  if (level == OTTL_L_CHILD && b->signal == OTTL_SIGNAL_TRACES) {
    OTTL_TRY(frame_rows(b, r, 11, body, end, body, i));
    message = OTTL_M_EVENT;
  } else if (level == OTTL_L_CHILD && b->signal == OTTL_SIGNAL_PROFILES) {
    OTTL_TRY(frame_rows(b, r, 2, body, end, body, i));
    message = OTTL_M_SAMPLE;
  } else if (level == OTTL_L_CHILD) {
    const uint8_t *value;
    uint32_t len;
    OTTL_TRY(find_container(b, i, &number, &value, &len));
    kind = up->kind[i] = (uint8_t)ottl__metric_kind_of(number);
    message = ottl__point_message((ottl_metric_kind)kind);
    if (number) OTTL_TRY(frame_rows(b, r, 1, value, value + len, body, i));
  } else {
    switch (up->message[i]) {
    case OTTL_M_NUMBER_POINT: number = 5; break;
    case OTTL_M_HISTOGRAM_POINT: number = 8; break;
    case OTTL_M_EXP_POINT: number = 11; break;
    default: return OTTL_OK;
    }
    kind = up->kind[i];
    OTTL_TRY(frame_rows(b, r, number, body, end, body, i));
  }
  if (r->n > first) {
    memset(r->message + first, (int)message, r->n - first);
    memset(r->kind + first, (int)kind, r->n - first);
    memset(r->state + first, 0, r->n - first);
  }
  return OTTL_OK;
}

ottl_status ottl__batch_open_level(ottl_batch *b, ottl_level level) {
  if (level <= OTTL_L_ITEM || b->rows[level].open) return OTTL_OK;
  if (ot_of(b)->ungathered) OTTL_TRY(ottl__ot_gather(b, false, true)); /* the rows below have what their parents have not */
  OTTL_TRY(ottl__batch_open_level(b, (ottl_level)(level - 1)));
  ottl_rows *up = &b->rows[level - 1], *r = &b->rows[level];
  r->n = 0;
  if (level < OTTL_L_GRANDCHILD) b->rows[level + 1].open = false;
  bool any = b->signal == OTTL_SIGNAL_METRICS || (b->signal != OTTL_SIGNAL_LOGS && level == OTTL_L_CHILD);
  for (uint32_t i = 0; i < up->n; i++) {
    up->first_child[i] = r->n;
    if (any && !(up->state[i] & OTTL_ROW_DROPPED)) OTTL_TRY(frame_children(b, level, i));
  }
  up->first_child[up->n] = r->n;
  if (r->cap == 0) OTTL_TRY(rows_grow(b, r));
  r->open = true;
  if (b->signal == OTTL_SIGNAL_METRICS) ot_of(b)->points_seen = true;
  return OTTL_OK;
}

/* -- rows that statements append -- */

ottl_status ottl__ot_add_item(ottl_batch *b, const ot_appended *from, bool children) {
  ottl_rows *r = &b->rows[OTTL_L_ITEM], *kids = &b->rows[OTTL_L_CHILD];
  uint32_t row = r->n;
  if (row == r->cap) OTTL_TRY(rows_grow(b, r));
  r->body[row] = from->body;
  r->len[row] = from->len;
  r->start[row] = r->end[row] = 0; /* known when it has its place */
  r->parent[row] = from->scope;
  r->message[row] = item_message[b->signal];
  r->state[row] = OTTL_ROW_MOVED;
  r->n++;
  ottl__ot_mark_up(b, OTTL_L_ITEM, row);
  if (b->signal == OTTL_SIGNAL_METRICS) OTTL_TRY(ottl__ot_metric_kind(b, row));
  if (!children) return OTTL_OK;
  r->first_child[row] = kids->n;
  OTTL_TRY(frame_children(b, OTTL_L_CHILD, row));
  r->first_child[r->n] = kids->n;
  return OTTL_OK;
}

static void copy_row(ottl_rows *to, uint32_t at, const ottl_rows *from, uint32_t row) {
  to->body[at] = from->body[row];
  to->len[at] = from->len[row];
  to->start[at] = from->start[row];
  to->end[at] = from->end[row];
  to->parent[at] = from->parent[row];
  to->message[at] = from->message[row];
  to->kind[at] = from->kind[row];
  to->state[at] = from->state[row];
}

/* Children of a scope have new numbers; those that were added stand behind the last one. */
static ottl_status move_gaps(ot_gaps *gaps, uint32_t by, uint32_t added) {
  for (uint32_t g = 0; g < gaps->n; g++) {
    gaps->gap[g].first += by;
    gaps->gap[g].end += by;
  }
  if (added && !gaps->n) return OTTL_INTERNAL; /* whoever appended stands in the scope */
  if (added) gaps->gap[gaps->n - 1].end += added;
  return OTTL_OK;
}

ottl_status ottl__ot_settle_items(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[OTTL_L_ITEM], *scopes = &b->rows[OTTL_L_SCOPE];
  const uint32_t before = im->items_before, n = r->n;
  im->items_before = UINT32_MAX;
  if (before >= n) return OTTL_OK;
  /* next[s]: where the next appended row of scope s goes */
  uint32_t *next = arena_zero(&im->pass, ((size_t)scopes->n + 1) * sizeof *next);
  if (!next) return OTTL_NOMEM;
  while (im->settled.cap < n) OTTL_TRY(rows_grow(b, &im->settled));
  ottl_rows to = im->settled;
  for (uint32_t i = before; i < n; i++) next[r->parent[i]]++;
  uint32_t by = 0;
  ottl_status status = OTTL_OK;
  for (uint32_t s = 0; s < scopes->n; s++) {
    uint32_t first = scopes->first_child[s], end = scopes->first_child[s + 1], added = next[s];
    for (uint32_t i = first; i < end; i++) copy_row(&to, i + by, r, i);
    scopes->first_child[s] = first + by;
    next[s] = end + by;
    ot_gaps *gaps = ot_gaps_of(im, OTTL_L_SCOPE, s);
    if (gaps && status == OTTL_OK) status = move_gaps(gaps, by, added);
    by += added;
  }
  scopes->first_child[scopes->n] = n;
  for (uint32_t i = before; i < n; i++) {
    uint32_t s = r->parent[i], at = next[s]++;
    copy_row(&to, at, r, i);
    /* Not in the payload: as if an empty field stood behind the scope's last. */
    bool woven = ot_gaps_of(im, OTTL_L_SCOPE, s) != NULL;
    to.start[at] = to.end[at] = woven ? 0 : (uint32_t)(scopes->body[s] + scopes->len[s] - b->in);
  }
  to.n = n;
  to.open = true;
  im->settled = *r;
  im->settled.n = 0;
  *r = to;
  b->rows[OTTL_L_CHILD].open = b->rows[OTTL_L_GRANDCHILD].open = false;
  return status;
}
