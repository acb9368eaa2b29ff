/* Entries of a row's map and the key columns that mirror some of them, brought into line with each other.
 *
 * flush: columns -> entries, with the reference's order: a new key is appended, a removed one leaves its place to the last entry.
 * reload: entries -> columns. A column mirrors the first entry with its key. */
#include "batch/map.h"

#include "batch/keyset.h"

static uint32_t entry_of(const ottl_rowmap *map, const ottl_reg *col, uint32_t row, ottl_view key) {
  if (col->slot) return col->slot[row];
  const ottl_entry *e = ottl__rowmap_find(map, key);
  return e ? (uint32_t)(e - map->items) : UINT32_MAX;
}

static void load_column(ottl_reg *col, uint32_t row, const ottl_entry *e) {
  col->word[row] = e->word;
  col->len[row] = e->len;
  col->tag[row] = e->tag;
}

/* The column of a key of that map, or OTTL_NO_COLUMN. */
static uint16_t column_of(const ottl_batch *b, uint32_t m, ottl_view key) {
  return keyset_find(&b->keysets[m], key.data, (uint32_t)key.len);
}

static void set_slot(ottl_reg *col, uint32_t row, uint32_t at) {
  if (col->slot) col->slot[row] = at;
}

static void remove_entry(ottl_batch *b, uint32_t m, uint32_t row, uint32_t at) {
  ottl_rowmap *map = &b->maps[m].rows[row];
  uint16_t gone = map->items[at].column, moved = map->items[map->n - 1].column;
  if (OTTL_UNLIKELY(map->index != NULL))
    ottl__rowmap_remove_swap(map, at);
  else
    map->items[at] = map->items[--map->n]; /* as that */
  if (gone != OTTL_NO_COLUMN && b->columns[gone].slot) b->columns[gone].slot[row] = UINT32_MAX;
  if (at < map->n && moved != OTTL_NO_COLUMN) set_slot(&b->columns[moved], row, at);
}

/* A key column on its way into the entries of many rows: what is the same for all of them. */
typedef struct flushing {
  ottl_reg col;
  ottl_rowmap *rows;
  uint64_t *edited;
  ottl_entry fresh; /* a new entry but for its value */
  ottl_view key;
  uint32_t m;
} flushing;

static flushing flush_of(const ottl_batch *b, uint32_t m, unsigned c) {
  ottl_view key = b->layout->columns[c].key;
  const ottl_reg *col = &b->columns[c];
  return (flushing){.col = *col,
                    .rows = b->maps[m].rows,
                    .edited = b->maps[m].dirty,
                    .fresh = {.key = key.data, .klen = (uint32_t)key.len, .keyid = col->keyid, .column = (uint16_t)c, .dirty = 1},
                    .key = key,
                    .m = m};
}

/* Brings the dirty column of the row into the list. *removed: an entry went. */
static OTTL_ALWAYS_INLINE ottl_status flush_key(ottl_batch *b, const flushing *f, uint32_t row, bool *removed) {
  ottl_rowmap *map = &f->rows[row];
  const ottl_reg *col = &f->col;
  uint32_t at = entry_of(map, col, row, f->key);
  const ottl_cell value = {col->word[row], col->len[row], col->tag[row]};
  bm_clear(col->dirty, row);
  bm_set(f->edited, row);
  if (value.tag == OTTL_T_ABSENT) {
    if (at == UINT32_MAX) return OTTL_OK;
    *removed = true;
    remove_entry(b, f->m, row, at);
    return OTTL_OK;
  }
  if (at != UINT32_MAX) {
    entry_set(&map->items[at], value);
    return OTTL_OK;
  }
  at = map->n;
  if (OTTL_LIKELY(at < map->cap))
    map->n = at + 1;
  else if (!ottl__rowmap_push(&b->arena, map, f->key))
    return OTTL_NOMEM;
  if (col->slot) col->slot[row] = at;
  ottl_entry *e = &map->items[at];
  *e = f->fresh;
  e->word = value.word;
  e->len = value.len;
  e->tag = value.tag;
  return OTTL_OK;
}

ottl_status ottl__map_flush_row(ottl_batch *b, uint32_t m, uint32_t row) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  bool removed = false;
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) {
    if (!b->columns[c].any_dirty || !bm_get(b->columns[c].dirty, row)) continue;
    const flushing f = flush_of(b, m, c);
    OTTL_TRY(flush_key(b, &f, row, &removed));
  }
  if (removed && b->maps[m].any_dups && bm_get(b->maps[m].dups, row)) return ottl__map_reload_row(b, m, row);
  return OTTL_OK;
}

/* Are number and column of an entry that was written still those of its key? */
static bool same_names(const ottl_batch *b, const ottl_entry *e) {
  ottl_view key = {e->key, e->klen};
  if (e->column != OTTL_NO_COLUMN) {
    ottl_view name = b->layout->columns[e->column].key;
    return view_eq(name, key);
  }
  return e->keyid != OTTL_NO_KEY && view_eq(b->key_names[e->keyid], key);
}

ottl_status ottl__map_reload_row(ottl_batch *b, uint32_t m, uint32_t row) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *maps = &b->maps[m];
  ottl_rowmap *map = &maps->rows[row];
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) {
    ottl_reg *col = &b->columns[c];
    col->tag[row] = OTTL_T_ABSENT;
    if (col->slot) col->slot[row] = UINT32_MAX;
    bm_clear(col->dirty, row);
  }
  if (spec->n_columns == 0) return OTTL_OK; /* such a map may be large, and edited for each record below it */
  bool had_dups = maps->any_dups && bm_get(maps->dups, row);
  bm_clear(maps->dups, row);
  ottl_reg *columns = b->columns; /* a tag that is stored could be anything's byte: these are not loaded again */
  ottl_entry *items = map->items;
  for (uint32_t i = 0, n = map->n; i < n; i++) {
    ottl_entry *e = &items[i];
    uint16_t column = e->column;
    if (OTTL_UNLIKELY(e->dirty) && (column == OTTL_NO_COLUMN || !same_names(b, e))) {
      if (!same_names(b, e)) e->keyid = OTTL_NO_KEY;
      e->column = column = column_of(b, m, (ottl_view){e->key, e->klen});
    } else if (OTTL_UNLIKELY(had_dups) && column == OTTL_NO_COLUMN) {
      e->column = column = column_of(b, m, (ottl_view){e->key, e->klen});
    }
    if (column == OTTL_NO_COLUMN) continue; /* it was no key of the program before, and its key is the same */
    ottl_reg *col = &columns[column];
    if (col->tag[row] != OTTL_T_ABSENT) { /* a later entry with the same key */
      e->column = OTTL_NO_COLUMN;
      bm_set(maps->dups, row);
      maps->any_dups = true;
      continue;
    }
    load_column(col, row, e);
    set_slot(col, row, i);
  }
  return OTTL_OK;
}

void ottl__map_reload_entry(ottl_batch *b, uint32_t m, uint32_t row, ottl_entry *e) {
  if (e->column == OTTL_NO_COLUMN) e->column = column_of(b, m, (ottl_view){e->key, e->klen});
  if (e->column == OTTL_NO_COLUMN) return;
  load_column(&b->columns[e->column], row, e);
  set_slot(&b->columns[e->column], row, (uint32_t)(e - b->maps[m].rows[row].items));
}

/* Rows of word w of `sel` (NULL: all); those with duplicate keys are flushed as a whole. */
static inline ottl_status flush_word(ottl_batch *b, const flushing *f, const uint64_t *sel, size_t w) {
  const ottl_rowmaps *maps = &b->maps[f->m];
  uint64_t rows = f->col.dirty[w] & (sel ? sel[w] : UINT64_MAX);
  for (; rows; rows &= rows - 1) {
    uint32_t row = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(rows));
    bool removed = false;
    if (OTTL_UNLIKELY(maps->any_dups && bm_get(maps->dups, row)))
      OTTL_TRY(ottl__map_flush_row(b, f->m, row));
    else
      OTTL_TRY(flush_key(b, f, row, &removed));
  }
  return OTTL_OK;
}

ottl_status ottl__map_flush(ottl_batch *b, uint32_t m, const uint64_t *sel, uint32_t n) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  if (!spec->entries) return OTTL_INVALID_ARG;
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) {
    ottl_reg *col = &b->columns[c];
    if (!col->any_dirty) continue;
    const flushing f = flush_of(b, m, c);
    uint64_t left = 0;
    for (size_t w = 0; w < BM_WORDS(n); w++) {
      OTTL_TRY(flush_word(b, &f, sel, w));
      left |= col->dirty[w];
    }
    /* Windows write to columns of the levels above through registers of their own, which leave no other trace. */
    if (spec->level == b->layout->level && n == b->n) col->any_dirty = left != 0;
  }
  return OTTL_OK;
}

ottl_status ottl__map_place(ottl_batch *b, uint32_t c, const uint64_t *sel, uint32_t first, uint32_t n) {
  const ottl_column_spec *spec = &b->layout->columns[c];
  const ottl_reg *col = &b->columns[c];
  const ottl_rowmaps *maps = &b->maps[spec->map];
  if (spec->source != OTTL_COL_KEY || !col->slot) return OTTL_INVALID_ARG;
  const flushing f = flush_of(b, spec->map, c);
  SEL_EACH(sel, n, i) {
    uint32_t row = first + i;
    bool there = col->slot[row] != UINT32_MAX, wanted = col->tag[row] != OTTL_T_ABSENT, removed;
    if (OTTL_LIKELY(there == wanted) || !bm_get(col->dirty, row)) continue;
    if (OTTL_UNLIKELY(maps->any_dups && bm_get(maps->dups, row)))
      OTTL_TRY(ottl__map_flush_row(b, spec->map, row));
    else
      OTTL_TRY(flush_key(b, &f, row, &removed));
  }
  return OTTL_OK;
}

ottl_status ottl__map_reload(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n) {
  if (!batch->layout->maps[map].entries) return OTTL_INVALID_ARG;
  SEL_EACH(sel, n, row) { OTTL_TRY(ottl__map_reload_row(batch, map, row)); }
  return OTTL_OK;
}

void ottl__map_mend(ottl_batch *b, uint32_t m, uint32_t row) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  bm_clear(b->maps[m].bad, row);
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) bm_clear(b->columns[c].err, row);
}
