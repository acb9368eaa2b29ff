/* One line of text for any value; what is too long is cut, and says so. */
#include "tooling/cell_text.h"

#include "base/gonum.h"
#include "base/goquote.h"
#include "base/gotime.h"
#include "base/hex.h"
#include "base/limits.h"
#include "batch/value_wire.h"
#include "tooling/view.h"

typedef struct cell_text {
  ottl_sbuf *buf;
  size_t end; /* of what may be there */
} cell_text;

static bool full(const cell_text *t) { return t->buf->len >= t->end; }

static void put_cut(cell_text *t, ottl_view text) {
  size_t room = full(t) ? 0 : t->end - t->buf->len, n = text.len < room ? text.len : room;
  while (n < text.len && n && !((text.data[n] & 0xc0) != 0x80)) n--;
  ottl__goquote_put(t->buf, view_of(text.data, n), false);
  if (n < text.len) ottl__sbuf_printf(t->buf, " and %zu bytes more", text.len - n);
}

static void put_bytes(cell_text *t, ottl_view bytes) {
  size_t room = full(t) ? 0 : (t->end - t->buf->len) / 2, n = bytes.len < room ? bytes.len : room;
  sbuf_str(t->buf, bytes.len ? "0x" : "no bytes");
  ottl__hex_put(t->buf, view_of(bytes.data, n));
  if (n < bytes.len) ottl__sbuf_printf(t->buf, " and %zu bytes more", bytes.len - n);
}

static void put(cell_text *t, ottl_cell c, unsigned depth);

static void put_container(cell_text *t, ottl_cell c, unsigned depth) {
  bool map = cell_type(c) == OTTL_T_MAP, more = false, first = true;
  ottl_walk walk = walk_begin(c);
  sbuf_byte(t->buf, map ? '{' : '[');
  for (;; first = false) {
    ottl_view key = {"", 0};
    ottl_cell item;
    if (!(map ? walk_entry(&walk, &key, &item, &more) : walk_item(&walk, &item, &more)) || !more) break;
    if (!first) sbuf_str(t->buf, ", ");
    if (full(t) || depth > OTTL_MAX_VALUE_DEPTH) {
      sbuf_str(t->buf, "...");
      break;
    }
    if (map) {
      put_cut(t, key);
      sbuf_str(t->buf, ": ");
    }
    put(t, item, depth + 1);
  }
  sbuf_byte(t->buf, map ? '}' : ']');
}

static void put(cell_text *t, ottl_cell c, unsigned depth) {
  switch (cell_type(c)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: sbuf_str(t->buf, "nil"); break;
  case OTTL_T_BOOL: sbuf_str(t->buf, c.word ? "true" : "false"); break;
  case OTTL_T_GO_INT:
  case OTTL_T_INT: ottl__gonum_put_int(t->buf, (int64_t)c.word); break;
  case OTTL_T_DOUBLE: ottl__view_put_double(t->buf, double_of_bits(c.word)); break;
  case OTTL_T_STRING: put_cut(t, cell_view(c)); break;
  case OTTL_T_BYTES: put_bytes(t, cell_view(c)); break;
  case OTTL_T_TRACE_ID:
  case OTTL_T_SPAN_ID: ottl__hex_put(t->buf, cell_view(c)); break;
  case OTTL_T_TIME: ottl__gotime_put_rfc3339(t->buf, (ottl_instant){(int64_t)c.word, c.len}, 0); break;
  case OTTL_T_TIME_ZONED: {
    const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)c.word;
    ottl__gotime_put_rfc3339(t->buf, (ottl_instant){z->seconds, z->nanos}, z->offset_seconds);
    break;
  }
  case OTTL_T_DURATION: ottl__gotime_put_duration(t->buf, (int64_t)c.word); break;
  case OTTL_T_MAP:
  case OTTL_T_LIST: put_container(t, c, depth); break;
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_TIME:
  case OTTL_T_LIST_DOUBLE: put_container(t, c, depth); break;
  default: ottl__sbuf_printf(t->buf, "(%s)", ottl__type_go_name(cell_type(c)));
  }
}

void ottl__cell_text(ottl_sbuf *buf, ottl_cell cell, size_t most) {
  cell_text t = {buf, buf->len + most};
  put(&t, cell, 0);
}
