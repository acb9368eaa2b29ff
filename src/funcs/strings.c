/* Converters of strings. Results are views into their input wherever they can be. */
#define _GNU_SOURCE /* memmem */
#include "base/limits.h"
#include "base/unicode_case.h"
#include "base/utf8.h"
#include "batch/value_text.h"
#include "funcs/handlers.h"
#include "kernels/kernels.h"

/* -- ToUpperCase, ToLowerCase -- */

#define EACH_BYTE(n) (0x0101010101010101u * (uint64_t)(n))

/* The bit 0x80 of each byte that is one of the 26 letters from `first` on; all bytes are ASCII. */
static inline uint64_t case_letters(uint64_t word, char first) {
  const unsigned at = (unsigned char)first;
  return ((word + EACH_BYTE(0x80 - at)) ^ (word + EACH_BYTE(0x80 - 26 - at))) & EACH_BYTE(0x80);
}

/* The same as case_ascii for at most 16 bytes. PERF: w11 */
static inline bool case_short(ottl_call *c, ottl_view text, char first, ottl_view *ret, ottl_status *status) {
  const bool two = text.len > 8;
  const uint64_t head = load_le_short(text.data, text.len), tail = two ? load_le64(text.data + text.len - 8) : 0;
  if ((head | tail) & EACH_BYTE(0x80)) return false;
  const uint64_t a = case_letters(head, first), b = case_letters(tail, first);
  *status = OTTL_OK;
  *ret = text;
  if (!(a | b)) return true;
  char *p = arena_alloc(c->arena, 16);
  if (!p) {
    *status = OTTL_NOMEM;
    return true;
  }
  store_le64(p, head ^ a >> 2);
  if (two) store_le64(p + text.len - 8, tail ^ b >> 2);
  *ret = view_of(p, text.len);
  return true;
}

/* ASCII text: a view of the input when nothing changes, else one copy. */
static bool case_ascii(ottl_call *c, ottl_view text, char first, ottl_view *ret, ottl_status *status) {
  unsigned char high = 0, change = 0; /* bytes, so that loops go by vectors */
  for (size_t i = 0; i < text.len; i++) {
    unsigned char ch = (unsigned char)text.data[i];
    high |= ch;
    change |= (unsigned char)(ch - (unsigned char)first) < 26;
  }
  if (high & 0x80) return false;
  *status = OTTL_OK;
  *ret = text;
  if (!change) return true;
  char *p = arena_alloc(c->arena, text.len);
  if (!p) {
    *status = OTTL_NOMEM;
    return true;
  }
  const char *restrict from = text.data;
  char *restrict to = p;
  for (size_t i = 0, n = text.len; i < n; i++) {
    unsigned char ch = (unsigned char)from[i];
    to[i] = (char)(ch ^ (unsigned char)(((unsigned char)(ch - (unsigned char)first) < 26) << 5));
  }
  *ret = view_of(p, text.len);
  return true;
}

static ottl_status case_rows(ottl_call *c, char first, void (*put)(ottl_sbuf *, ottl_view)) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row), result;
    ottl_status status;
    if (text.len <= 16 ? case_short(c, text, first, &result, &status) : case_ascii(c, text, first, &result, &status)) {
      if (status != OTTL_OK) return status;
      out_view(c, row, result);
      continue;
    }
    ottl_sbuf *buf = scratch_text(c);
    put(buf, text);
    OTTL_TRY(out_text(c, row, buf));
  }
  return OTTL_OK;
}
ottl_status ottl__fn_upper(ottl_call *c) { return case_rows(c, 'a', ottl__unicode_put_upper); }
ottl_status ottl__fn_lower(ottl_call *c) { return case_rows(c, 'A', ottl__unicode_put_lower); }

/* -- Substring: target, start, length, utf8_safe -- */

ottl_status ottl__fn_substring(ottl_call *c) {
  bool utf8_safe = c->arg[3].given && c->arg[3].literal.word;
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    int64_t start = reg_int(c->arg[1].reg, row), length = reg_int(c->arg[2].reg, row), len = (int64_t)text.len;
    if (start < 0 || length <= 0 || start > len || length > len - start) {
      call_fail(c, row, OTTL_ROWERR(SUBSTRING_RANGE, 0));
      continue;
    }
    size_t from = (size_t)start, to = (size_t)(start + length);
    if (utf8_safe) {
      while (from < text.len && !utf8_starts(text.data[from])) from++;
      while (from < to && to < text.len && !utf8_starts(text.data[to])) to--;
      if (to < from) to = from;
    }
    out_view(c, row, view_of(text.data + from, to - from));
  }
  return OTTL_OK;
}

/* -- Split -- */

/* Where a delimiter (not empty) is next; SIZE_MAX: nowhere. */
static size_t text_find(ottl_view text, size_t from, ottl_view what) {
  if (what.len > text.len - from) return SIZE_MAX;
  const char *hit = what.len == 1 ? memchr(text.data + from, what.data[0], text.len - from)
                                  : memmem(text.data + from, text.len - from, what.data, what.len);
  return hit ? (size_t)(hit - text.data) : SIZE_MAX;
}

/* PERF: Split by one byte of ASCII, which a kernel finds 64 bytes at a time. */
static uint64_t split_hits(const ottl_call *c, ottl_view text, size_t from, const kernel_window *byte) {
  return c->kernels->window_hits((const uint8_t *)text.data, from, text.len, byte);
}

/* Is there room for a list of n texts? Else the row fails. */
static bool split_room(ottl_call *c, uint32_t row, size_t n) {
  return out_room(c, row, n > SIZE_MAX / sizeof(ottl_cell) ? SIZE_MAX : n * sizeof(ottl_cell));
}

static ottl_status split_by_byte(ottl_call *c, uint32_t row, ottl_view text, const kernel_window *byte) {
  uint64_t first = text.len ? split_hits(c, text, 0, byte) : 0;
  size_t n = 1 + (size_t)__builtin_popcountll(first), begin = 0;
  for (size_t from = 64; from < text.len; from += 64) n += (size_t)__builtin_popcountll(split_hits(c, text, from, byte));
  if (!split_room(c, row, n)) return OTTL_OK;
  ottl_list *list = arena_alloc(c->arena, sizeof *list);
  ottl_cell *items = arena_array(c->arena, n, sizeof *items), *item = items;
  if (!list || !items) return OTTL_NOMEM;
  for (size_t from = 0; from < text.len; from += 64) {
    for (uint64_t hits = from ? split_hits(c, text, from, byte) : first; hits; hits &= hits - 1) {
      size_t at = from + (size_t)__builtin_ctzll(hits);
      *item++ = cell_string(view_of(text.data + begin, at - begin));
      begin = at + 1;
    }
  }
  *item = cell_string(view_of(text.data + begin, text.len - begin));
  *list = (ottl_list){items, (uint32_t)n, (uint32_t)n};
  out_put(c, row, cell_tree(OTTL_T_LIST_STRING, list));
  return OTTL_OK;
}

static ottl_status split_row(ottl_call *c, uint32_t row, ottl_view text, ottl_view delimiter) {
  size_t n = 0;
  uint32_t rune;
  if (delimiter.len == 0) {
    n = ottl__utf8_count(text);
  } else {
    n = 1;
    for (size_t at = 0; (at = text_find(text, at, delimiter)) != SIZE_MAX; at += delimiter.len) n++;
  }
  if (!split_room(c, row, n)) return OTTL_OK;
  ottl_list *list = arena_alloc(c->arena, sizeof *list);
  ottl_cell *items = arena_array(c->arena, n, sizeof *items);
  if (!list || !items) return OTTL_NOMEM;
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    size_t end;
    if (delimiter.len == 0) {
      end = at + (size_t)utf8_decode(text.data + at, text.len - at, &rune);
    } else {
      end = text_find(text, at, delimiter);
      if (end == SIZE_MAX) end = text.len;
    }
    items[i] = cell_string(view_of(text.data + at, end - at));
    at = end + delimiter.len;
  }
  *list = (ottl_list){items, (uint32_t)n, (uint32_t)n};
  out_put(c, row, cell_tree(OTTL_T_LIST_STRING, list));
  return OTTL_OK;
}

ottl_status ottl__fn_split(ottl_call *c) {
  const ottl_reg *texts = c->arg[0].reg, *delimiters = c->arg[1].reg;
  if (!bm_any(c->sel, c->n)) return OTTL_OK; /* a constant may have failed */
  ottl_view delimiter = delimiters->mask ? VIEW("") : reg_view(delimiters, 0);
  const unsigned char byte = delimiter.len == 1 ? (unsigned char)delimiter.data[0] : 0x80;
  kernel_window window = {.width = 1, .n_sets = 1, .set = {{.n_at = 1}}};
  if (byte < 0x80) window.set[0].low[byte % 16] = (uint8_t)(1 << byte / 16);
  SEL_EACH(c->sel, c->n, row) {
    OTTL_TRY(byte < 0x80 ? split_by_byte(c, row, reg_view(texts, row), &window)
                         : split_row(c, row, reg_view(texts, row), reg_view(delimiters, row)));
  }
  return OTTL_OK;
}

/* -- HasPrefix, HasSuffix, TrimPrefix, TrimSuffix -- */

static bool has_prefix(ottl_view text, ottl_view part) {
  return part.len <= text.len && bytes_same(text.data, part.data, part.len);
}
static bool has_suffix(ottl_view text, ottl_view part) {
  return part.len <= text.len && bytes_same(text.data + text.len - part.len, part.data, part.len);
}

ottl_status ottl__fn_has_prefix(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_bool(c, row, has_prefix(reg_view(c->arg[0].reg, row), reg_view(c->arg[1].reg, row)));
  return OTTL_OK;
}
ottl_status ottl__fn_has_suffix(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_bool(c, row, has_suffix(reg_view(c->arg[0].reg, row), reg_view(c->arg[1].reg, row)));
  return OTTL_OK;
}
ottl_status ottl__fn_trim_prefix(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row), part = reg_view(c->arg[1].reg, row);
    if (has_prefix(text, part)) text = view_of(text.data + part.len, text.len - part.len);
    out_view(c, row, text);
  }
  return OTTL_OK;
}
ottl_status ottl__fn_trim_suffix(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row), part = reg_view(c->arg[1].reg, row);
    if (has_suffix(text, part)) text.len -= part.len;
    out_view(c, row, text);
  }
  return OTTL_OK;
}

/* -- Trim: a set of characters, where an invalid byte counts as U+FFFD -- */

static bool set_has(ottl_view set, uint32_t rune) {
  uint32_t r;
  for (size_t i = 0; i < set.len; i += (size_t)utf8_decode(set.data + i, set.len - i, &r)) {
    utf8_decode(set.data + i, set.len - i, &r);
    if (r == rune) return true;
  }
  return false;
}

ottl_status ottl__fn_trim(ottl_call *c) {
  ottl_view set = c->arg[1].given ? cell_view(c->arg[1].literal) : VIEW(" ");
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    uint32_t rune;
    while (text.len) {
      int width = utf8_decode(text.data, text.len, &rune);
      if (!set_has(set, rune)) break;
      text = view_of(text.data + width, text.len - (size_t)width);
    }
    while (text.len) {
      int width = ottl__utf8_decode_last(text, &rune);
      if (!set_has(set, rune)) break;
      text.len -= (size_t)width;
    }
    out_view(c, row, text);
  }
  return OTTL_OK;
}

/* -- Concat: vals, delimiter -- */

ottl_status ottl__prep_concat(ottl_prepare *p) {
  const ottl_arg *vals = &p->arg[0];
  if (!vals->is_literal || cell_is_nil(vals->literal)) return OTTL_OK;
  ottl_type type = cell_type(vals->literal);
  if ((type >= OTTL_T_LIST && type <= OTTL_T_LIST_DOUBLE) || type == OTTL_T_BYTES) return OTTL_OK;
  return ottl__refuse(p, 0, "expected a slice, got %s", ottl__type_go_name(type));
}

static bool concat_grows(const ottl_call *c, ottl_view begin) {
  const arena_growing *g = &c->arena->growing;
  return g->data && begin.data == g->data && begin.len == g->len;
}

/* A text that begins with the last long one goes on behind it: many records that add to one text would copy it each time. What was
 * read before ends where it ended. */
static ottl_status concat_long(ottl_call *c, uint32_t row, ottl_view begin, ottl_view more) {
  arena_growing *g = &c->arena->growing;
  size_t len = begin.len + more.len;
  if (!concat_grows(c, begin) || len > g->cap) {
    if (!out_room(c, row, len)) return OTTL_OK;
    char *data = arena_alloc(c->arena, 2 * len);
    if (!data) return OTTL_NOMEM;
    if (begin.len) memcpy(data, begin.data, begin.len);
    *g = (arena_growing){data, begin.len, 2 * len};
  }
  if (more.len) memcpy(g->data + g->len, more.data, more.len);
  g->len = len;
  out_view(c, row, view_of(g->data, len));
  return OTTL_OK;
}

/* One item, as text. ret_ok false: the row failed. */
static ottl_status concat_item(ottl_call *c, uint32_t row, const slice_items *vals, ottl_cell v, ottl_sbuf *buf, bool *ret_ok) {
  *ret_ok = true;
  if (vals->of_pdata) { /* elements of a pdata list are pcommon.Value, and nil is a value too */
    ottl__arena_reset(&c->scratch->arena);
    ottl_status status = ottl__value_as_string(&c->scratch->arena, buf, v);
    *ret_ok = status == OTTL_OK;
    return status == OTTL_NOMEM ? status : fail_status(c, row, status);
  }
  if (vals->items) {
    uint16_t error = ottl__coerce(c->arena, c->scratch, OTTL_P_STRING_LIKE, v, &v);
    if (error) {
      call_fail(c, row, error);
      *ret_ok = false;
      return OTTL_OK;
    }
  }
  sbuf_view(buf, cell_is_nil(v) ? VIEW("<nil>") : cell_view(v));
  return OTTL_OK;
}

static ottl_status concat_row(ottl_call *c, uint32_t row) {
  slice_items vals;
  bool ok;
  OTTL_TRY(ottl__slice_begin(c, row, 0, &vals, &ok));
  if (!ok) return OTTL_OK;
  ottl_view delimiter = reg_view(c->arg[1].reg, row), begin = VIEW("");
  ottl_sbuf *buf = scratch_bounded(c);
  bool first = true;
  for (ottl_cell v; slice_next(&vals, &v); first = false) {
    if (!first) sbuf_view(buf, delimiter);
    if (first && v.tag == OTTL_T_STRING && concat_grows(c, cell_view(v)))
      begin = cell_view(v);
    else
      OTTL_TRY(concat_item(c, row, &vals, v, buf, &ok));
    if (!ok) return OTTL_OK;
    if (begin.len + buf->len > OTTL_MAX_RESULT_BYTES) break;
  }
  if (OTTL_UNLIKELY(buf->failed || buf->over)) return out_text(c, row, buf);
  if (begin.len + buf->len < 4096) return out_text(c, row, buf);
  if (begin.len + buf->len <= OTTL_MAX_RESULT_BYTES) return concat_long(c, row, begin, sbuf_all(buf));
  call_fail(c, row, scratch_over(c->scratch));
  return OTTL_OK;
}

ottl_status ottl__fn_concat(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(concat_row(c, row));
  return OTTL_OK;
}
