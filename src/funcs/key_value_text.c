/* ToKeyValueString: target, delimiter, pair_delimiter, sort_output. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>

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
  return text.len >= part.len && memmem(text.data, text.len, part.data, part.len) != NULL;
}

/* Nothing to quote or escape. False: perhaps there is. */
static bool kvt_plain(ottl_view text, ottl_view delimiter, ottl_view pair_delimiter) {
  if (delimiter.len != 1 || pair_delimiter.len != 1) return false;
  const uint64_t ones = UINT64_C(0x0101010101010101), a = ones * (unsigned char)delimiter.data[0],
                 b = ones * (unsigned char)pair_delimiter.data[0], q = ones * '"';
  uint64_t found = 0;
  for (size_t i = 0; i < text.len; i += 8) { /* the last word may overlap the one before it; shorter texts are padded with 0xff */
    uint64_t w = UINT64_MAX;
    if (text.len >= 8)
      w = load_u64(text.data + (i + 8 <= text.len ? i : text.len - 8));
    else
      memcpy(&w, text.data, text.len);
    const uint64_t x = w ^ a, y = w ^ b, z = w ^ q;
    found |= ((x - ones) & ~x) | ((y - ones) & ~y) | ((z - ones) & ~z);
  }
  return !(found & ones << 7);
}

/* Quotes are escaped; what holds a delimiter is put in quotes. A backslash stays, and may make a delimiter: escaped text is searched. */
static void kvt_put(ottl_call *c, ottl_sbuf *buf, ottl_view text, ottl_view delimiter, ottl_view pair_delimiter) {
  if (kvt_plain(text, delimiter, pair_delimiter)) {
    sbuf_view(buf, text);
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
  bool quoted = kvt_has(text, delimiter) || kvt_has(text, pair_delimiter);
  if (quoted) sbuf_byte(buf, '"');
  sbuf_view(buf, text);
  if (quoted) sbuf_byte(buf, '"');
}

static ottl_status kvt_row(ottl_call *c, uint32_t row, ottl_view delimiter, ottl_view pair_delimiter, bool sorted) {
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
  if (sorted && n > 1) qsort(pairs, n, sizeof *pairs, kvt_compare);
  ottl_sbuf *buf = scratch_text(c), *value = &c->scratch->text2;
  for (uint32_t i = 0; i < n; i++) {
    if (i) sbuf_view(buf, pair_delimiter);
    value->len = 0;
    value->failed = false;
    kvt_put(c, buf, pairs[i].key, delimiter, pair_delimiter);
    sbuf_view(buf, delimiter);
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
    kvt_put(c, buf, text, delimiter, pair_delimiter);
    if (buf->len > OTTL_MAX_RESULT_BYTES) break;
  }
  return out_text(c, row, buf);
}

ottl_status ottl__fn_to_key_value_string(ottl_call *c) {
  ottl_view delimiter = c->arg[1].given ? cell_view(c->arg[1].literal) : VIEW("=");
  ottl_view pair_delimiter = c->arg[2].given ? cell_view(c->arg[2].literal) : VIEW(" ");
  bool sorted = c->arg[3].given && c->arg[3].literal.word;
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(kvt_row(c, row, delimiter, pair_delimiter, sorted));
  return OTTL_OK;
}
