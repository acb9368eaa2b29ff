/* Values as text: the JSON of goccy behind String, Concat, IsMatch and their kin, and pdata's AsString behind body.string. */
#include "batch/value_text.h"
#include "base/limits.h"

#include "base/base64.h"
#include "base/gojson.h"
#include "base/gonum.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "batch/value_wire.h"

typedef struct text_writer {
  ottl_arena *scratch;
  ottl_sbuf *buf;
  ottl_json_style style;
  bool unsupported; /* a NaN or infinity was met */
} text_writer;

typedef struct text_member {
  ottl_view key;
  ottl_view order; /* what the members are sorted by */
  ottl_cell value;
} text_member;

/* A member's place in the order: the first bytes of what it is sorted by, as a number, decide most often. */
typedef struct text_rank {
  uint64_t head;
  uint32_t index; /* of the member; equal keys stay in the order they came */
} text_rank;

/* With the quote that ends the key where it is written as it is (`quoted`), and zeros behind that. */
static uint64_t rank_head(ottl_view text, bool quoted) {
  if (OTTL_LIKELY(text.len >= 8)) return __builtin_bswap64(load_le64(text.data));
  const uint64_t end = quoted ? (uint64_t)'"' << (8 * text.len) : 0;
  return __builtin_bswap64(load_le_short(text.data, text.len) | end);
}

/* Go's order of strings. `quoted`: of keys that are written as they are, each with a quote behind it. */
static bool rank_less(const text_rank *a, const text_rank *b, const text_member *m, bool quoted) {
  if (OTTL_LIKELY(a->head != b->head)) return a->head < b->head;
  ottl_view x = m[a->index].order, y = m[b->index].order;
  size_t n = x.len < y.len ? x.len : y.len;
  int c = n ? memcmp(x.data, y.data, n) : 0;
  if (c) return c < 0;
  if (x.len == y.len) return a->index < b->index;
  if (!quoted) return x.len < y.len;
  return x.len < y.len ? '"' < (unsigned char)y.data[n] : (unsigned char)x.data[n] < '"';
}

/* Heap sort: no memory, no bad case. */
static void ranks_sift(text_rank *r, uint32_t at, uint32_t n, const text_member *m, bool quoted) {
  text_rank moving = r[at];
  for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && rank_less(&r[child], &r[child + 1], m, quoted)) child++;
    if (!rank_less(&moving, &r[child], m, quoted)) break;
    r[at] = r[child];
  }
  r[at] = moving;
}
static void ranks_sort(text_rank *r, uint32_t n, const text_member *m, bool quoted) {
  if (n <= 16) {
    for (uint32_t i = 1; i < n; i++) {
      text_rank moving = r[i];
      uint32_t at = i;
      for (; at > 0 && rank_less(&moving, &r[at - 1], m, quoted); at--) r[at] = r[at - 1];
      r[at] = moving;
    }
    return;
  }
  for (uint32_t i = n / 2; i-- > 0;) ranks_sift(r, i, n, m, quoted);
  for (uint32_t last = n; last-- > 1;) {
    text_rank top = r[0];
    r[0] = r[last];
    r[last] = top;
    ranks_sift(r, 0, last, m, quoted);
  }
}

static ottl_status text_json(text_writer *w, ottl_cell c, bool go, unsigned depth);

/* A key that is written with escapes is sorted as it is written, quotes and all. */
static ottl_status text_order(text_writer *w, text_member *m) {
  size_t before = w->buf->len;
  ottl__gojson_put_string(w->buf, m->key, w->style);
  OTTL_TRY(sbuf_status(w->buf));
  m->order.len = w->buf->len - before;
  m->order.data = arena_copy(w->scratch, w->buf->data + before, m->order.len).data;
  w->buf->len = before;
  return m->order.data ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status text_members(text_writer *w, ottl_cell c, text_member *m, uint32_t n, bool *ret_plain) {
  bool plain = true;
  ottl_walk k = walk_begin(c);
  for (uint32_t i = 0; i < n; i++) {
    bool more;
    if (!walk_entry(&k, &m[i].key, &m[i].value, &more)) return OTTL_DATA;
    m[i].order = m[i].key;
    plain = plain && ottl__gojson_is_plain(m[i].key, w->style);
  }
  *ret_plain = plain;
  return OTTL_OK;
}

/* goccy sorts keys as they are written, quotes and escapes included; encoding/json as they are. */
static ottl_status text_map(text_writer *w, ottl_cell c, unsigned depth) {
  uint32_t n;
  bool plain, goccy = w->style == OTTL_JSON_GOCCY;
  OTTL_TRY(ottl__value_count(c, &n));
  text_member *m = arena_array(w->scratch, n, sizeof *m);
  text_rank *rank = arena_array(w->scratch, n, sizeof *rank);
  if (!m || !rank) return OTTL_NOMEM;
  OTTL_TRY(text_members(w, c, m, n, &plain));
  for (uint32_t i = 0; i < n; i++) {
    if (goccy && !plain) OTTL_TRY(text_order(w, &m[i]));
    rank[i] = (text_rank){rank_head(m[i].order, goccy && plain), i};
  }
  ranks_sort(rank, n, m, goccy && plain);
  sbuf_byte(w->buf, '{');
  bool first = true;
  for (uint32_t i = 0; i < n; i++) {
    const text_member *e = &m[rank[i].index];
    if (i + 1 < n && view_eq(e->key, m[rank[i + 1].index].key)) continue; /* a Go map keeps the last of equal keys */
    if (!first) sbuf_byte(w->buf, ',');
    first = false;
    if (plain)
      ottl__gojson_put_plain(w->buf, e->key);
    else
      ottl__gojson_put_string(w->buf, e->key, w->style);
    sbuf_byte(w->buf, ':');
    OTTL_TRY(text_json(w, e->value, false, depth + 1));
  }
  sbuf_byte(w->buf, '}');
  return sbuf_status(w->buf);
}

static ottl_status text_list(text_writer *w, ottl_cell c, bool go, unsigned depth) {
  sbuf_byte(w->buf, '[');
  ottl_walk k = walk_begin(c);
  for (bool first = true;; first = false) {
    bool more;
    ottl_cell item;
    if (!walk_item(&k, &item, &more)) return OTTL_DATA;
    if (!more) break;
    if (!first) sbuf_byte(w->buf, ',');
    OTTL_TRY(text_json(w, item, go, depth + 1));
  }
  sbuf_byte(w->buf, ']');
  return sbuf_status(w->buf);
}

static void text_time(text_writer *w, ottl_cell c) {
  ottl_instant t = {(int64_t)c.word, c.len};
  int32_t offset = 0;
  if (cell_type(c) == OTTL_T_TIME_ZONED) {
    const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)c.word;
    t = (ottl_instant){z->seconds, z->nanos};
    offset = z->offset_seconds;
  }
  if (!ottl__gotime_put_json(w->buf, t, offset, NULL)) w->unsupported = true;
}

static void text_id(text_writer *w, ottl_view id) {
  sbuf_byte(w->buf, '[');
  for (size_t i = 0; i < id.len; i++) {
    if (i) sbuf_byte(w->buf, ',');
    ottl__gonum_put_uint(w->buf, (unsigned char)id.data[i]);
  }
  sbuf_byte(w->buf, ']');
}

/* go: the value is an element of a Go list, where pdata's maps and lists are structs without exported fields. */
static ottl_status text_json(text_writer *w, ottl_cell c, bool go, unsigned depth) {
  if (depth > OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  switch (cell_type(c)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: sbuf_put(w->buf, "null", 4); break;
  case OTTL_T_BOOL: sbuf_str(w->buf, c.word ? "true" : "false"); break;
  case OTTL_T_INT:
  case OTTL_T_DURATION:
  case OTTL_T_GO_INT: ottl__gonum_put_int(w->buf, (int64_t)c.word); break;
  case OTTL_T_DOUBLE: ottl__gojson_put_double(w->buf, double_of_bits(c.word), w->style, &w->unsupported); break;
  case OTTL_T_STRING:
    if (!sbuf_reserve(w->buf, c.len)) break; /* it is not looked through for nothing */
    ottl__gojson_put_string(w->buf, cell_view(c), w->style);
    break;
  case OTTL_T_BYTES: ottl__gojson_put_bytes(w->buf, cell_view(c)); break;
  case OTTL_T_TIME:
  case OTTL_T_TIME_ZONED: text_time(w, c); break;
  case OTTL_T_TRACE_ID:
  case OTTL_T_PROFILE_ID:
  case OTTL_T_SPAN_ID: text_id(w, cell_view(c)); break;
  case OTTL_T_MAP:
    if (!go) return text_map(w, c, depth);
    sbuf_put(w->buf, "{}", 2);
    break;
  case OTTL_T_LIST:
    if (!go) return text_list(w, c, false, depth);
    sbuf_put(w->buf, "{}", 2);
    break;
  case OTTL_T_LIST_UINT64: {
    const ottl_list *list = cell_list(c);
    if (list->n == 0) { /* pdata gives a nil slice */
      sbuf_put(w->buf, "null", 4);
      break;
    }
    sbuf_byte(w->buf, '[');
    for (uint32_t i = 0; i < list->n; i++) {
      if (i) sbuf_byte(w->buf, ',');
      ottl__gonum_put_uint(w->buf, list->items[i].word);
    }
    sbuf_byte(w->buf, ']');
    break;
  }
  case OTTL_T_LIST_TIME:
  case OTTL_T_LIST_DOUBLE: /* explicit bounds and timestamps: as above */
    if (cell_list(c)->n == 0) {
      sbuf_put(w->buf, "null", 4);
      break;
    }
    /* fall through */
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT: return text_list(w, c, true, depth);
  default: sbuf_put(w->buf, "{}", 2); break; /* opaque: pointers to what is not exported */
  }
  return sbuf_status(w->buf);
}

/* JSON of a container. It grows by as much as one result may have at most, where the buffer has no bound of its own: lists that hold
 * a text many times are small. */
static ottl_status text_container(text_writer *w, ottl_cell cell) {
  ottl_sbuf *buf = w->buf;
  const size_t before = buf->len, most = buf->most;
  if (!most) sbuf_bound(buf, before + OTTL_MAX_RESULT_BYTES);
  ottl_status status = text_json(w, cell, false, 0);
  sbuf_bound(buf, most);
  if (status != OTTL_OK || w->unsupported) buf->len = before;
  return status;
}

ottl_status ottl__value_string_like(ottl_arena *scratch, ottl_sbuf *buf, ottl_cell cell) {
  switch (cell_type(cell)) {
  case OTTL_T_STRING: sbuf_view(buf, cell_view(cell)); return sbuf_status(buf);
  case OTTL_T_BYTES: ottl__hex_put(buf, cell_view(cell)); return sbuf_status(buf);
  default: break;
  }
  text_writer w = {scratch, buf, OTTL_JSON_GOCCY, false};
  ottl_status status = text_container(&w, cell);
  return status == OTTL_OK && w.unsupported ? OTTL_RUNTIME : status;
}

ottl_status ottl__value_as_string(ottl_arena *scratch, ottl_sbuf *buf, ottl_cell cell) {
  switch (cell_type(cell)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: return OTTL_OK;
  case OTTL_T_STRING: sbuf_view(buf, cell_view(cell)); break;
  case OTTL_T_BOOL: sbuf_str(buf, cell.word ? "true" : "false"); break;
  case OTTL_T_GO_INT:
  case OTTL_T_INT: ottl__gonum_put_int(buf, (int64_t)cell.word); break;
  case OTTL_T_DOUBLE: ottl__gojson_put_plain_double(buf, double_of_bits(cell.word)); break;
  case OTTL_T_BYTES: ottl__base64_put(buf, cell_view(cell), OTTL_BASE64_STD); break;
  case OTTL_T_MAP:
  case OTTL_T_LIST: {
    text_writer w = {scratch, buf, OTTL_JSON_STD, false};
    return text_container(&w, cell); /* the reference drops the encoder's error */
  }
  default: return OTTL_INTERNAL;
  }
  return sbuf_status(buf);
}
