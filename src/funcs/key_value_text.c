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
  uint32_t place; /* equal keys stay in order */
} kvt_pair;

static int kvt_compare(const void *a, const void *b) {
  const kvt_pair *x = a, *y = b;
  int c = view_cmp(x->key, y->key);
  return c ? c : (x->place > y->place) - (x->place < y->place);
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
    if (escaped->failed) {
      buf->failed = true;
      return;
    }
    text = view_of(escaped->data + begin, escaped->len - begin);
  }
  bool quoted = kvt_has(text, s->delimiter) || kvt_has(text, s->pair_delimiter);
  if (quoted) sbuf_byte(buf, '"');
  sbuf_view(buf, text);
  if (quoted) sbuf_byte(buf, '"');
}

static ottl_status kvt_row(ottl_call *c, uint32_t row, const kvt_style *s) {
  ottl_cell map = reg_cell(c->arg[0].reg, row);
  uint32_t n;
  ottl_status status = ottl__value_count(map, &n);
  if (status != OTTL_OK) return fail_status(c, row, status);
  kvt_pair *pairs = arena_array(c->arena, (size_t)n + 1, sizeof *pairs);
  if (!pairs) return OTTL_NOMEM;
  ottl_walk k = walk_begin(map);
  for (uint32_t i = 0; i < n; i++) {
    bool more;
    if (!walk_entry(&k, &pairs[i].key, &pairs[i].value, &more)) return fail_status(c, row, OTTL_DATA);
    pairs[i].place = i;
  }
  if (s->sorted && n > 1) qsort(pairs, n, sizeof *pairs, kvt_compare);
  ottl_sbuf *buf = scratch_text(c), *value = &c->scratch->text2;
  for (uint32_t i = 0; i < n; i++) {
    if (i) kvt_copy(buf, s->pair_delimiter);
    value->len = 0;
    value->failed = false;
    kvt_put(c, buf, pairs[i].key, s);
    kvt_copy(buf, s->delimiter);
    value->len = 0;
    ottl_view text = cell_view(pairs[i].value);
    if (pairs[i].value.tag != OTTL_T_STRING) {
      ottl__arena_reset(&c->scratch->arena);
      status = ottl__value_as_string(&c->scratch->arena, value, pairs[i].value);
      if (status != OTTL_OK) return fail_status(c, row, status);
      text = arena_copy(&c->scratch->arena, value->data, value->len);
      if (!text.data) return OTTL_NOMEM;
      value->len = 0;
    }
    kvt_put(c, buf, text, s);
    if (buf->len > OTTL_MAX_RESULT_BYTES) break;
  }
  return out_text(c, row, buf);
}

ottl_status ottl__fn_to_key_value_string(ottl_call *c) {
  const kvt_style style = kvt_style_of(c);
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(kvt_row(c, row, &style));
  return OTTL_OK;
}
