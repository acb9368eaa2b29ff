/* Removing entries in the key tier: keep_keys, and deleting a key of a row that has some key more than once.
 *
 * The reference finds the first entry, and moves the last one into the hole: with duplicates, that decides which value is seen
 * next. Such rows get a list of their entries, in the key tier too, and follow the reference step by step. */
#include "batch/map.h"
#include "otlp/impl.h"

ottl_status ottl__ot_row_list(ottl_batch *b, uint32_t m, uint32_t row) {
  const ottl_layout *layout = b->layout;
  ot_impl *im = ot_of(b);
  const ottl_map_spec *spec = &layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  if (!spec->entries) {
    bool own = spec->level == layout->level;
    ottl_arena *arena = own ? &im->window : &im->pass;
    if (!map->rows) {
      map->rows = arena_zero(arena, ((size_t)map->cap + 1) * sizeof *map->rows);
      if (!map->rows) return OTTL_NOMEM;
    }
    uint32_t at = own ? b->first + row : row;
    const ottl_rows *r = &b->rows[spec->level];
    if (!bm_get(map->dirty, row)) {
      ot_place place = im->plan->map_places[(size_t)m * OTTL_MESSAGES + r->message[at]];
      if (spec->field < OTTL_FIELD_COUNT)
        OTTL_TRY(ottl__ot_entries(b, arena, place, r->body[at], map->raw_begin[row], map->raw_end[row], &map->rows[row]));
      bm_set(map->dirty, row);
    }
  }
  return ottl__map_flush_row(b, m, row);
}

ottl_status ottl__map_keep(ottl_batch *b, uint32_t m, uint32_t row, const uint64_t *kept) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  if (spec->entries || !map->cut) return OTTL_INVALID_ARG;
  bool listed = map->rows && bm_get(map->dirty, row); /* a delete went before: its edits and cuts would overlap */
  if (OTTL_UNLIKELY(listed || (map->any_dups && bm_get(map->dups, row)))) {
    OTTL_TRY(ottl__ot_row_list(b, m, row));
    ottl_rowmap *list = &map->rows[row];
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
      bool keep = false;
      for (unsigned k = 0; k < spec->n_columns && !keep; k++) {
        const ottl_view key = b->layout->columns[spec->first_column + k].key;
        keep = bm_get(kept, k) && view_eq(key, (ottl_view){list->items[i].key, list->items[i].klen});
      }
      if (keep) list->items[n++] = list->items[i];
    }
    list->n = n;
    rowmap_moved(list);
    return ottl__map_reload_row(b, m, row);
  }
  for (unsigned k = 0; k < spec->n_columns; k++) {
    ottl_reg *col = &b->columns[spec->first_column + k];
    if (bm_get(kept, k) || col->tag[row] == OTTL_T_ABSENT) continue;
    col->tag[row] = OTTL_T_ABSENT;
    col_touch(col, row);
  }
  bm_set(map->cut, row);
  map->any_cut = true;
  return OTTL_OK;
}

ottl_status ottl__map_keep_rows(ottl_batch *b, uint32_t m, const uint64_t *sel, uint32_t n, const uint64_t *kept) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  if (spec->entries || !map->cut) return OTTL_INVALID_ARG;
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    const uint64_t lists = sel[w] & ((map->rows ? map->dirty[w] : 0) | (map->any_dups ? map->dups[w] : 0));
    const uint64_t rows = sel[w] & ~lists;
    for (uint64_t bits = lists; bits; bits &= bits - 1)
      OTTL_TRY(ottl__map_keep(b, m, (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits)), kept));
    for (unsigned k = 0; k < spec->n_columns; k++) {
      ottl_reg *col = &b->columns[spec->first_column + k];
      if (bm_get(kept, k)) continue;
      for (uint64_t bits = rows; bits; bits &= bits - 1) {
        uint32_t row = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(bits));
        if (col->tag[row] == OTTL_T_ABSENT) continue;
        col->tag[row] = OTTL_T_ABSENT;
        col_touch(col, row);
      }
    }
    map->cut[w] |= rows;
    map->any_cut |= rows != 0;
  }
  return OTTL_OK;
}

ottl_status ottl__column_delete_dup(ottl_batch *b, uint32_t column, uint32_t row) {
  uint32_t m = b->layout->columns[column].map;
  OTTL_TRY(ottl__ot_row_list(b, m, row));
  ottl_reg *col = &b->columns[column];
  if (col->tag[row] == OTTL_T_ABSENT) return OTTL_OK;
  col->tag[row] = OTTL_T_ABSENT;
  col_touch(col, row);
  OTTL_TRY(ottl__map_flush_row(b, m, row));
  return ottl__map_reload_row(b, m, row);
}
