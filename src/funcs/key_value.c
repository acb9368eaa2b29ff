/* ParseKeyValue: pairs between delimiters, where quotes of either kind protect delimiters and are left out themselves. */
#include "base/map.h"
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

/* One pair into the map; 0 or an error. */
static ottl_status kv_pair(ottl_call *c, ottl_rowmap *map, ottl_map *index, ottl_view pair, ottl_view delimiter,
                           uint16_t *ret_error) {
  size_t i = 0;
  while (i < pair.len && !kv_at(pair, i, delimiter)) i++;
  if (i >= pair.len) {
    *ret_error = OTTL_ROWERR(BAD_PAIR, 0);
    return OTTL_OK;
  }
  ottl_view key = ottl__utf8_trim_space(view_of(pair.data, i));
  ottl_view value = ottl__utf8_trim_space(view_of(pair.data + i + delimiter.len, pair.len - i - delimiter.len));
  uint32_t at = ottl__map_find(index, key);
  if (at == OTTL_MAP_NONE) {
    at = map->n;
    if (!ottl__rowmap_push(c->arena, map, key)) return OTTL_NOMEM;
    OTTL_TRY(ottl__map_put(index, key, at));
  }
  entry_set(&map->items[at], cell_string(value));
  return OTTL_OK;
}

static ottl_status kv_row(ottl_call *c, uint32_t row, ottl_view text, const kv_delimiters *d, ottl_map *index) {
  if (text.len == 0) {
    call_fail(c, row, OTTL_ROWERR(EMPTY_TARGET, 0));
    return OTTL_OK;
  }
  ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
  char *copy = arena_alloc(c->arena, text.len); /* the text without its quotes; pairs are views of it */
  if (!map || !copy) return OTTL_NOMEM;
  ottl__map_clear(index);
  size_t n = 0, begin = 0;
  char quote = 0;
  bool escaped = false;
  uint16_t error = 0;
  for (size_t i = 0; i <= text.len; i++) {
    bool end = i == text.len;
    if (end || (!quote && kv_at(text, i, d->pair))) {
      if (n > begin && !(end && quote)) OTTL_TRY(kv_pair(c, map, index, view_of(copy + begin, n - begin), d->key, &error));
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
  if (quote) error = OTTL_ROWERR(BAD_QUOTES, 0);
  if (error)
    call_fail(c, row, error);
  else
    out_put(c, row, cell_tree(OTTL_T_MAP, map));
  return OTTL_OK;
}

ottl_status ottl__fn_parse_key_value(ottl_call *c) {
  kv_delimiters d = kv_of(c->arg);
  ottl_map index;
  ottl__map_init(&index, &c->scratch->al);
  ottl_status status = OTTL_OK;
  SEL_EACH(c->sel, c->n, row) {
    if (status == OTTL_OK) status = kv_row(c, row, reg_view(c->arg[0].reg, row), &d, &index);
  }
  ottl__map_done(&index);
  return status;
}
