/* Maps in the key tier of which limit, or an editor of values such as truncate_all, sees all entries.
 *
 * Nearly all rows have no more entries than a limit allows, and editors of values look at few of them: so entries need not be listed. The
 * projection counts those that no column stands for, and notes those among them that an editor looks at (texts that are too long, all
 * texts, what is no text), which get their new values where they stand. A row with an odd entry gets a list, as rows with duplicate keys
 * do (duplicates.c).
 *
 * Which entries a limit leaves depends on their order: as they came, but for what statements did to it (a new key is appended, the
 * last entry moves to where one was deleted). Each instruction that writes a key column notes in which rows the key came or went.
 * A row that is over the limit plays that back. */
#include "batch/map.h"
#include "otlp/impl.h"

ottl_status ottl__counted_make(ottl_batch *b, unsigned m, uint32_t rows) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ot_impl *im = ot_of(b);
  ot_counted *co = &im->counted;
  b->maps[m].others = arena_array(&im->pass, (size_t)rows + 1, sizeof *b->maps[m].others);
  co->words = BM_WORDS(rows) + 1;
  co->there = arena_array(&im->pass, (size_t)spec->n_columns * co->words + 1, sizeof *co->there);
  co->toggled = arena_array(&im->pass, (size_t)spec->n_places * co->words + 1, sizeof *co->toggled);
  co->key = arena_array(&im->pass, (size_t)spec->n_places + 1, sizeof *co->key);
  co->noted_of = arena_array(&im->pass, (size_t)rows + 1, sizeof *co->noted_of);
  return b->maps[m].others && co->there && co->toggled && co->key && co->noted_of ? OTTL_OK : OTTL_NOMEM;
}

void ottl__counted_clear(ottl_batch *b, unsigned m, uint32_t n) {
  ot_counted *co = &ot_of(b)->counted;
  memset(b->maps[m].others, 0, n * sizeof *b->maps[m].others);
  memset(co->noted_of, 0, n * sizeof *co->noted_of);
  co->n_noted = 0;
}

/* -- values -- */

bool ottl__counted_grow(ottl_batch *b) {
  ot_counted *co = &ot_of(b)->counted;
  return co->n_noted < UINT32_MAX &&
         ottl__al_reserve(&b->al, &co->noted, &co->noted_cap, co->n_noted + 1, sizeof *co->noted) == OTTL_OK;
}

bool ottl__map_any_noted(const ottl_batch *b) { return ot_of(b)->counted.n_noted > 0; }

ottl_rowmap ottl__map_noted(const ottl_batch *b, uint32_t i) {
  const ot_counted *co = &ot_of(b)->counted;
  const ot_holes of = co->noted_of[i];
  return (ottl_rowmap){of.n ? co->noted + of.first : NULL, of.n, of.n, NULL};
}

void ottl__map_noted_changed(ottl_batch *b, uint32_t m, uint32_t i) {
  bm_set(b->maps[m].pruned, i);
  b->maps[m].any_pruned = true;
}

bool ottl__counted_gone(const ottl_batch *b, uint32_t i, uint32_t begin) {
  const ot_impl *im = ot_of(b);
  const ot_holes *holes = &im->holes_of[i];
  for (uint32_t k = 0; k < holes->n; k++) {
    const ot_hole *hole = &im->holes[holes->first + k];
    if (hole->begin <= begin && begin < hole->end) return true;
  }
  return false;
}

/* Which of 64 tags are not ABSENT, which is 0. */
static inline uint64_t present_word(const uint8_t *tag) {
  const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
  uint64_t bits = 0;
  for (unsigned k = 0; k < 8; k++) {
    uint64_t x = load_le64(tag + k * 8);
    x = ((((x & low) + low) | x) & ~low) >> 7;          /* one bit a byte */
    bits |= (x * 0x0102040810204080u) >> 56 << (k * 8); /* side by side */
  }
  return bits;
}

void ottl__counted_begin(ottl_batch *b, unsigned m, uint32_t n) {
  ot_counted *co = &ot_of(b)->counted;
  const ottl_map_spec *spec = &b->layout->maps[m];
  if (!spec->n_places) return;
  for (unsigned k = 0; k < spec->n_columns; k++) {
    const uint8_t *tag = b->columns[spec->first_column + k].tag;
    for (size_t w = 0; w < BM_WORDS(n); w++) co->there[k * co->words + w] = present_word(tag + w * 64);
  }
  memset(co->toggled, 0, spec->n_places * co->words * sizeof *co->toggled);
}

ottl_status ottl__map_note(ottl_batch *b, uint32_t c, uint32_t place, const uint64_t *sel, uint32_t n) {
  ot_counted *co = &ot_of(b)->counted;
  const uint32_t m = b->layout->columns[c].map;
  const ottl_map_spec *spec = &b->layout->maps[m];
  if (!spec->counted || place >= spec->n_places) return OTTL_INVALID_ARG;
  const ottl_rowmaps *map = &b->maps[m];
  const ottl_reg *col = &b->columns[c];
  const bool lists = map->any_dups || map->rows;
  uint64_t *there = co->there + (c - spec->first_column) * co->words, *toggled = co->toggled + place * co->words;
  co->key[place] = (uint16_t)(c - spec->first_column);
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    if (!sel[w]) continue;
    const uint64_t changed = (present_word(col->tag + w * 64) ^ there[w]) & sel[w];
    there[w] ^= changed;
    toggled[w] |= changed;
    if (OTTL_LIKELY(!lists)) continue;
    for (uint64_t rows = col->dirty[w] & sel[w]; rows; rows &= rows - 1) {
      uint32_t i = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(rows));
      if (ot_listed(map, i)) OTTL_TRY(ottl__ot_row_list(b, m, i));
    }
  }
  return OTTL_OK;
}

ottl_status ottl__map_listed(ottl_batch *b, uint32_t m, uint64_t *sel, uint64_t *listed, uint32_t n, bool *any) {
  const ottl_rowmaps *map = &b->maps[m];
  *any = false;
  if (OTTL_LIKELY(!map->any_dups && !map->rows)) return OTTL_OK;
  SEL_EACH(sel, n, i) {
    if (!ot_listed(map, i)) continue;
    OTTL_TRY(ottl__ot_row_list(b, m, i));
    bm_clear(sel, i);
    bm_set(listed, i);
    *any = true;
  }
  return OTTL_OK;
}

/* -- limit -- */

/* The row's entries as they came, into `order`; *ret: how many. */
static ottl_status order_came(ottl_batch *b, uint32_t m, uint32_t i, uint32_t *ret) {
  ot_counted *co = &ot_of(b)->counted;
  const ottl_map_spec *spec = &b->layout->maps[m];
  const ottl_rowmaps *map = &b->maps[m];
  const ottl_rows *r = &b->rows[spec->level];
  const uint8_t *body = r->body[b->first + i], *end = body + map->raw_end[i];
  size_t cap = (size_t)map->others[i] + spec->n_columns; /* each column stands there once at most */
  OTTL_TRY(ottl__al_reserve(&b->al, &co->order, &co->order_cap, cap + 1, sizeof *co->order));
  OTTL_TRY(ottl__al_reserve(&b->al, &co->at, &co->at_cap, (size_t)spec->n_columns + 1, sizeof *co->at));
  uint32_t n = 0;
  for (const uint8_t *p = body + map->raw_begin[i]; p < end && n < cap; n++) {
    const uint8_t *next = ot_field_end(p, end);
    co->order[n] = (ot_placed){(uint32_t)(p - body), (uint32_t)(next - body), OTTL_NO_COLUMN};
    p = next;
  }
  for (uint16_t k = 0; k < spec->n_columns; k++) {
    const ottl_reg *col = &b->columns[spec->first_column + k];
    co->at[k] = UINT32_MAX;
    if (col->off[i] == col->end[i]) continue;
    uint32_t lo = 0, hi = n;
    while (lo + 1 < hi) {
      uint32_t mid = lo + (hi - lo) / 2;
      *(co->order[mid].begin <= col->off[i] ? &lo : &hi) = mid;
    }
    if (lo >= n || co->order[lo].begin != col->off[i]) return OTTL_INTERNAL;
    co->order[lo].key = k;
    co->at[k] = lo;
  }
  *ret = n;
  return OTTL_OK;
}

/* What statements did to the order since. */
static void order_play(ot_counted *co, const ottl_map_spec *spec, uint32_t i, uint32_t *n) {
  for (uint32_t place = 0; place < spec->n_places; place++) {
    if (!bm_get(co->toggled + place * co->words, i)) continue;
    uint16_t key = co->key[place];
    uint32_t at = co->at[key];
    if (at == UINT32_MAX) {
      co->at[key] = *n;
      co->order[(*n)++] = (ot_placed){.key = key};
      continue;
    }
    const ot_placed last = co->order[--*n];
    co->order[at] = last;
    if (last.key != OTTL_NO_COLUMN) co->at[last.key] = at;
    co->at[key] = UINT32_MAX;
  }
}

typedef struct limit_rule {
  int64_t limit;
  const uint16_t *first; /* columns */
  uint32_t n_first;
  const uint64_t *is_first; /* the same as bits, from the map's first column on */
} limit_rule;

static ottl_status limit_row(ottl_batch *b, uint32_t m, uint32_t i, const limit_rule *rule) {
  ot_counted *co = &ot_of(b)->counted;
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  uint32_t n;
  OTTL_TRY(order_came(b, m, i, &n));
  order_play(co, spec, i, &n);
  int64_t count = 0;
  for (uint32_t k = 0; k < rule->n_first; k++) count += b->columns[rule->first[k]].tag[i] != OTTL_T_ABSENT;
  for (uint32_t k = 0; k < n; k++) {
    const ot_placed *e = &co->order[k];
    if (e->key != OTTL_NO_COLUMN && bm_get(rule->is_first, e->key)) continue;
    if (count < rule->limit) {
      count++;
      continue;
    }
    if (e->key == OTTL_NO_COLUMN) {
      OTTL_TRY(ottl__ot_hole(b, i, e->begin, e->end));
      bm_set(map->pruned, i);
      map->any_pruned = true;
      continue;
    }
    ottl_reg *col = &b->columns[spec->first_column + e->key];
    col->tag[i] = OTTL_T_ABSENT;
    col_touch(col, i);
  }
  return OTTL_OK;
}

ottl_status ottl__map_limit(ottl_batch *b, uint32_t m, const uint64_t *sel, uint32_t n, int64_t limit, const uint16_t *first,
                            uint32_t n_first) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  if (!spec->counted) return OTTL_INVALID_ARG;
  uint64_t *is_first = arena_zero(&ot_of(b)->window, (BM_WORDS(spec->n_columns) + 1) * sizeof *is_first);
  if (!is_first) return OTTL_NOMEM;
  for (uint32_t k = 0; k < n_first; k++) bm_set(is_first, (uint32_t)first[k] - spec->first_column);
  const limit_rule rule = {limit, first, n_first, is_first};
  const uint32_t *others = b->maps[m].others;
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    uint8_t keys[64] = {0}; /* the map has at most UINT8_MAX columns */
    for (unsigned k = 0; sel[w] && k < spec->n_columns; k++) {
      const uint8_t *tag = b->columns[spec->first_column + k].tag + w * 64;
      for (unsigned j = 0; j < 64; j++) keys[j] = (uint8_t)(keys[j] + (tag[j] != OTTL_T_ABSENT));
    }
    for (uint64_t rows = sel[w]; rows; rows &= rows - 1) {
      unsigned j = (unsigned)__builtin_ctzll(rows);
      uint32_t i = (uint32_t)(w * 64 + j);
      if (OTTL_UNLIKELY((int64_t)others[i] + keys[j] > limit)) OTTL_TRY(limit_row(b, m, i, &rule));
    }
  }
  return OTTL_OK;
}
