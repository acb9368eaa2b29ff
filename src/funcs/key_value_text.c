/* ToKeyValueString: target, delimiter, pair_delimiter, sort_output. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>

#include "base/json_scan.h"
#include "base/limits.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

ottl_status ottl__prep_to_key_value_string(ottl_prepare *p) { return ottl__prep_parse_key_value(p); }

typedef struct kvt_pair {
  ottl_view key;
  ottl_cell value;
  uint64_t head;  /* the first bytes of the key, which decide most often */
  uint32_t place; /* equal keys stay in order */
} kvt_pair;

static int kvt_compare(const void *a, const void *b) {
  const kvt_pair *x = a, *y = b;
  if (OTTL_LIKELY(x->head != y->head)) return x->head < y->head ? -1 : 1;
  int c = view_cmp(x->key, y->key);
  return c ? c : (x->place > y->place) - (x->place < y->place);
}

static void kvt_sort(kvt_pair *pairs, uint32_t n) {
  if (n > 24) {
    qsort(pairs, n, sizeof *pairs, kvt_compare);
    return;
  }
  for (uint32_t i = 1; i < n; i++) {
    const kvt_pair moving = pairs[i];
    uint32_t at = i;
    for (; at > 0 && kvt_compare(&moving, &pairs[at - 1]) < 0; at--) pairs[at] = pairs[at - 1];
    pairs[at] = moving;
  }
}

static bool kvt_has(ottl_view text, ottl_view part) {
  if (part.len == 1) return text.len && memchr(text.data, part.data[0], text.len);
  return text.len >= part.len && memmem(text.data, text.len, part.data, part.len) != NULL;
}

typedef struct kvt_style {
  ottl_view delimiter, pair_delimiter;
  char special[3]; /* a quote and the delimiters, where those are bytes */
  bool bytes, sorted;
} kvt_style;

static kvt_style kvt_style_of(const ottl_call *c) {
  kvt_style s = {.delimiter = c->arg[1].given ? cell_view(c->arg[1].literal) : VIEW("="),
                 .pair_delimiter = c->arg[2].given ? cell_view(c->arg[2].literal) : VIEW(" "),
                 .sorted = c->arg[3].given && c->arg[3].literal.word};
  s.bytes = s.delimiter.len == 1 && s.pair_delimiter.len == 1 && s.delimiter.data[0] && s.pair_delimiter.data[0];
  if (s.bytes) memcpy(s.special, (char[]){'"', s.delimiter.data[0], s.pair_delimiter.data[0]}, 3);
  return s;
}

static inline void kvt_copy(ottl_sbuf *buf, ottl_view text) {
  if (!sbuf_reserve(buf, text.len)) return;
  copy_short(buf->data + buf->len, text.data, text.len);
  buf->len += text.len;
}

/* Quotes are escaped; what holds a delimiter is put in quotes. A backslash stays, and may make a delimiter: escaped text is searched. */
static void kvt_put(ottl_call *c, ottl_sbuf *buf, ottl_view text, const kvt_style *s) {
  if (s->bytes && !scan_has(text.data, text.len, s->special)) {
    kvt_copy(buf, text);
    return;
  }
  if (text.len && memchr(text.data, '"', text.len)) {
    ottl_sbuf *escaped = &c->scratch->text2;
    size_t begin = escaped->len;
    for (size_t i = 0; i < text.len; i++) {
      if (text.data[i] == '"') sbuf_byte(escaped, '\\');
      sbuf_byte(escaped, text.data[i]);
    }
    if (escaped->failed || escaped->over) {
      buf->failed |= escaped->failed;
      buf->over |= escaped->over;
      return;
    }
    text = view_of(escaped->data + begin, escaped->len - begin);
  }
  bool quoted = kvt_has(text, s->delimiter) || kvt_has(text, s->pair_delimiter);
  if (quoted) sbuf_byte(buf, '"');
  sbuf_view(buf, text);
  if (quoted) sbuf_byte(buf, '"');
}

/* A pair in which nothing is quoted, as nearly all are; false: it is not one, and nothing was put. PERF: ToKeyValueString; a cell that was
 * just put together is not copied to be handed on, which would wait for its parts. */
static inline ottl_status kvt_plain(ottl_call *c, ottl_sbuf *buf, ottl_view key, const ottl_cell *value, const kvt_style *s,
                                    bool *ret) {
  const size_t begin = buf->len;
  const bool text = OTTL_LIKELY(value->tag == OTTL_T_STRING);
  *ret = false;
  if (!s->bytes || scan_has(key.data, key.len, s->special)) return OTTL_OK;
  if (text && scan_has(cell_view(*value).data, value->len, s->special)) return OTTL_OK;
  if (!sbuf_reserve(buf, key.len + 1 + (text ? value->len : 0))) return sbuf_status(buf);
  char *at = buf->data + begin;
  copy_short(at, key.data, key.len);
  at[key.len] = s->delimiter.data[0];
  buf->len += key.len + 1;
  if (text) {
    copy_short(at + key.len + 1, cell_view(*value).data, value->len);
    buf->len += value->len;
    *ret = true;
    return OTTL_OK;
  }
  const size_t from = buf->len;
  if (value->tag > OTTL_T_BYTES) ottl__arena_reset(&c->scratch->arena);
  OTTL_TRY(ottl__value_as_string(&c->scratch->arena, buf, *value));
  *ret = !scan_has(buf->data + from, buf->len - from, s->special);
  if (!*ret) buf->len = begin;
  return OTTL_OK;
}

static ottl_status kvt_pair_put(ottl_call *c, ottl_sbuf *buf, ottl_view key, const ottl_cell *value, const kvt_style *s) {
  bool plain;
  OTTL_TRY(kvt_plain(c, buf, key, value, s, &plain));
  if (OTTL_LIKELY(plain)) return OTTL_OK;
  ottl_sbuf *room = &c->scratch->text2;
  sbuf_clear(room);
  sbuf_bound(room, buf->most);
  kvt_put(c, buf, key, s);
  kvt_copy(buf, s->delimiter);
  room->len = 0;
  ottl_view text = cell_view(*value);
  if (value->tag != OTTL_T_STRING) {
    ottl__arena_reset(&c->scratch->arena);
    OTTL_TRY(ottl__value_as_string(&c->scratch->arena, room, *value));
    text = arena_copy(&c->scratch->arena, room->data, room->len);
    if (!text.data) return OTTL_NOMEM;
    room->len = 0;
  }
  kvt_put(c, buf, text, s);
  return OTTL_OK;
}

static ottl_status kvt_sorted(ottl_call *c, ottl_sbuf *buf, ottl_cell map, const kvt_style *s) {
  uint32_t n;
  OTTL_TRY(ottl__value_count(map, &n));
  const size_t bytes = ((size_t)n + 1) * sizeof(kvt_pair);
  kvt_pair *pairs = arena_alloc(c->arena, bytes);
  if (!pairs) return OTTL_NOMEM;
  ottl_walk k = walk_begin(map);
  for (uint32_t i = 0; i < n; i++) {
    bool more;
    kvt_pair *p = &pairs[i];
    if (!walk_entry(&k, &p->key, &p->value, &more)) return OTTL_DATA;
    const uint64_t head = load_le_short(p->key.data, p->key.len);
    p->head = __builtin_bswap64(head);
    p->place = i;
  }
  kvt_sort(pairs, n);
  ottl_status status = OTTL_OK;
  for (uint32_t i = 0; i < n && status == OTTL_OK && !buf->over; i++) {
    if (i) kvt_copy(buf, s->pair_delimiter);
    status = kvt_pair_put(c, buf, pairs[i].key, &pairs[i].value, s);
  }
  arena_trim(c->arena, pairs, bytes, 0);
  return status;
}

static ottl_status kvt_in_order(ottl_call *c, ottl_sbuf *buf, ottl_cell map, const kvt_style *s) {
  ottl_walk k = walk_begin(map);
  for (bool first = true;; first = false) {
    ottl_view key;
    ottl_cell value;
    bool more;
    if (!walk_entry(&k, &key, &value, &more)) return OTTL_DATA;
    if (!more || buf->over) return OTTL_OK;
    if (!first) kvt_copy(buf, s->pair_delimiter);
    OTTL_TRY(kvt_pair_put(c, buf, key, &value, s));
  }
}

static ottl_status kvt_row(ottl_call *c, uint32_t row, const kvt_style *s) {
  ottl_cell map = reg_cell(c->arg[0].reg, row);
  ottl_sbuf *buf = scratch_bounded(c);
  ottl_status status = s->sorted ? kvt_sorted(c, buf, map, s) : kvt_in_order(c, buf, map, s);
  return status == OTTL_OK ? out_text(c, row, buf) : fail_status(c, row, status);
}

ottl_status ottl__fn_to_key_value_string(ottl_call *c) {
  const kvt_style style = kvt_style_of(c);
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(kvt_row(c, row, &style));
  return OTTL_OK;
}
