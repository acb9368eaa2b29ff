/* Maps in the key tier that are seen as a whole, before anything is written to them: their entries as they came. */
#include "otlp/project_value.inl.h"

/* The entry at p, as one of a KeyValueList, to `out`; *ret_next: behind it. False: malformed. */
static OTTL_NOINLINE bool entry_odd(ottl_batch *b, const uint8_t *p, const uint8_t *end, uint8_t **out,
                                    const uint8_t **ret_next) {
  uint32_t number, type, n;
  ottl_view key;
  ottl_cell value;
  p = wr_tag(p, end, &number, &type);
  p = p && type == WR_LEN ? wr_len(p, end, &n) : NULL;
  if (!p || !entry_slow(b, p, n, &key, &value)) return false;
  *(*out)++ = WR_TAG(1, WR_LEN);
  *out = wr_put(varint_put(*out, n), p, n); /* no longer than it was */
  *ret_next = p + n;
  return true;
}

/* Steps over entries whose parts are short, in this order, and of the usual kinds; their copies at `out` get the tag of a KeyValueList's.
 * Returns the first other one. */
static OTTL_ALWAYS_INLINE const uint8_t *entries_short(const uint8_t *p, const uint8_t *end, uint8_t *out, uint8_t order) {
  const uint8_t *const first = p;
  wire_pair e;
  ottl_cell c;
  while (end - p > 5 && p[0] < 0x80) {
    const uint32_t n = p[1];
    if (OTTL_UNLIKELY(n > (size_t)(end - p) - 2 || n < 4 || !wire_pair_of(p + 2, n, order, &e))) break;
    if (OTTL_UNLIKELY(!wire_is_text(e.any, e.len) && !any_fast(e.any, e.len, &c))) break;
    out[p - first] = WR_TAG(1, WR_LEN);
    p += 2 + n;
  }
  return p;
}

/* PERF: String(attributes), set(body, attributes) */
ottl_status ottl__map_came(ottl_batch *b, uint32_t m, uint32_t i, ottl_cell *ret) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  const ottl_rowmaps *map = &b->maps[m];
  if (!spec->seen) return OTTL_INVALID_ARG;
  const uint32_t row = b->first + i, len = map->raw_end[i] - map->raw_begin[i];
  const uint8_t *body = b->rows[spec->level].body[row], *from = body + map->raw_begin[i], *end = from + len;
  if (b->signal == OTTL_SIGNAL_PROFILES) { /* keys and texts may lie in the dictionary */
    ottl_rowmap *list = arena_zero(&b->arena, sizeof *list);
    ot_place place = ot_of(b)->plan->map_places[(size_t)m * OTTL_MESSAGES + b->rows[spec->level].message[row]];
    if (!list) return OTTL_NOMEM;
    *ret = cell_tree(OTTL_T_MAP, list);
    return ottl__ot_entries(b, &b->arena, place, body, map->raw_begin[i], map->raw_end[i], list);
  }
  uint8_t *out = arena_alloc(&b->arena, (size_t)len + 1), *to = out;
  if (!out) return OTTL_NOMEM;
  if (len) memcpy(out, from, len);
  for (const uint8_t *p = from; p < end;) {
    if (OTTL_LIKELY(to - out == p - from)) { /* those are where they stood */
      const bool key_first = end - p > 2 && p[2] == WR_TAG(1, WR_LEN);
      const uint8_t *next =
          key_first ? entries_short(p, end, to, WR_TAG(1, WR_LEN)) : entries_short(p, end, to, WR_TAG(2, WR_LEN));
      to += next - p;
      p = next;
    }
    if (OTTL_UNLIKELY(p < end && !entry_odd(b, p, end, &to, &p))) return ottl__ot_refuse(b, p, "malformed attribute");
  }
  *ret = cell_of_view(OTTL_T_MAP, view_of(out, (size_t)(to - out)));
  return OTTL_OK;
}
