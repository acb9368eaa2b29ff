/* ParseKeyValue: pairs between delimiters, where quotes of either kind protect delimiters and are left out themselves. */
#include "base/json_scan.h"
#include "base/utf8.h"
#include "funcs/handlers.h"

typedef struct kv_delimiters {
  ottl_view key, pair;
} kv_delimiters;

static kv_delimiters kv_of(const ottl_arg *arg) {
  return (kv_delimiters){arg[1].given ? cell_view(arg[1].literal) : VIEW("="),
                         arg[2].given ? cell_view(arg[2].literal) : VIEW(" ")};
}

ottl_status ottl__prep_parse_key_value(ottl_prepare *p) {
  kv_delimiters d = kv_of(p->arg);
  if (d.key.len == 0) return ottl__refuse(p, 1, "delimiter cannot be set to an empty string");
  if (d.pair.len == 0) return ottl__refuse(p, 2, "pair delimiter cannot be set to an empty string");
  if (view_eq(d.key, d.pair)) {
    return ottl__refuse(p, 2, "pair delimiter \"%.*s\" cannot be equal to delimiter", (int)(d.pair.len < 40 ? d.pair.len : 40),
                        d.pair.data);
  }
  return OTTL_OK;
}

static bool kv_at(ottl_view text, size_t i, ottl_view what) {
  return what.len <= text.len - i && memcmp(text.data + i, what.data, what.len) == 0;
}

static inline ottl_view kv_trim(ottl_view v) {
  const bool plain = v.len && (uint8_t)v.data[0] - 0x21u < 0x5e && (uint8_t)v.data[v.len - 1] - 0x21u < 0x5e;
  return OTTL_LIKELY(plain) ? v : ottl__utf8_trim_space(v);
}

/* A pair with its delimiter at `at` into the map. */
static ottl_status kv_put(ottl_call *c, ottl_rowmap *map, ottl_view pair, size_t at, size_t delimiter) {
  ottl_view key = kv_trim(view_of(pair.data, at)),
            value = kv_trim(view_of(pair.data + at + delimiter, pair.len - at - delimiter));
  ottl_entry *e = ottl__rowmap_lookup(c->arena, map, key);
  if (!e) e = rowmap_append(c->arena, map, key);
  if (!e) return OTTL_NOMEM;
  entry_set(e, cell_string(value));
  return OTTL_OK;
}

/* One pair into the map; 0 or an error. */
static ottl_status kv_pair(ottl_call *c, ottl_rowmap *map, ottl_view pair, ottl_view delimiter, uint16_t *ret_error) {
  size_t i = 0;
  while (i < pair.len && !kv_at(pair, i, delimiter)) i++;
  if (i < pair.len) return kv_put(c, map, pair, i, delimiter.len);
  *ret_error = OTTL_ROWERR(BAD_PAIR, 0);
  return OTTL_OK;
}

/* Neither quotes nor zeros are in the text, and delimiters are bytes: pairs are views of it. PERF: ParseKeyValue */
static ottl_status kv_plain(ottl_call *c, ottl_rowmap *map, ottl_view text, const kv_delimiters *d, uint16_t *ret_error) {
  const char *end = text.data + text.len;
  for (const char *p = text.data, *next; p < end; p = next + 1) {
    next = memchr(p, d->pair.data[0], (size_t)(end - p));
    if (!next) next = end;
    if (next == p) continue;
    const ottl_view pair = view_of(p, (size_t)(next - p));
    const char *at = memchr(p, d->key.data[0], pair.len);
    if (at)
      OTTL_TRY(kv_put(c, map, pair, (size_t)(at - p), 1));
    else
      *ret_error = OTTL_ROWERR(BAD_PAIR, 0);
  }
  return OTTL_OK;
}

static bool kv_is_plain(ottl_view text, const kv_delimiters *d) {
  return d->key.len == 1 && d->pair.len == 1 && !scan_has(text.data, text.len, (const char[3]){'"', '\'', '"'}) &&
         !memchr(text.data, 0, text.len);
}

/* The same of any text. */
static ottl_status kv_any(ottl_call *c, ottl_rowmap *map, ottl_view text, const kv_delimiters *d, uint16_t *ret_error) {
  char *copy = arena_alloc(c->arena, text.len); /* the text without its quotes; pairs are views of it */
  if (!copy) return OTTL_NOMEM;
  size_t n = 0, begin = 0;
  char quote = 0;
  bool escaped = false;
  for (size_t i = 0; i <= text.len; i++) {
    bool end = i == text.len;
    if (end || (!quote && kv_at(text, i, d->pair))) {
      if (n > begin && !(end && quote)) OTTL_TRY(kv_pair(c, map, view_of(copy + begin, n - begin), d->key, ret_error));
      begin = n;
      if (!end) i += d->pair.len - 1;
      continue;
    }
    char ch = text.data[i];
    if (!escaped) {
      if (!quote && (ch == '"' || ch == '\'')) {
        quote = ch;
        continue;
      }
      if (ch == quote) { /* also a NUL outside of quotes, as in the reference */
        quote = 0;
        continue;
      }
      escaped = ch == '\\';
    } else {
      escaped = false;
    }
    copy[n++] = ch;
  }
  if (quote) *ret_error = OTTL_ROWERR(BAD_QUOTES, 0);
  return OTTL_OK;
}

static ottl_status kv_row(ottl_call *c, uint32_t row, ottl_view text, const kv_delimiters *d) {
  if (text.len == 0) {
    call_fail(c, row, OTTL_ROWERR(EMPTY_TARGET, 0));
    return OTTL_OK;
  }
  uint16_t error = 0;
  ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  OTTL_TRY((kv_is_plain(text, d) ? kv_plain : kv_any)(c, map, text, d, &error));
  if (error)
    call_fail(c, row, error);
  else
    out_put(c, row, cell_tree(OTTL_T_MAP, map));
  return OTTL_OK;
}

ottl_status ottl__fn_parse_key_value(ottl_call *c) {
  const kv_delimiters d = kv_of(c->arg);
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(kv_row(c, row, reg_view(c->arg[0].reg, row), &d));
  return OTTL_OK;
}
