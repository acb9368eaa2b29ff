/* Deleting a key of a row that has some key more than once.
 *
 * The reference finds the first entry, and moves the last one into the hole: with duplicates, that decides which value is seen
 * next. Such rows get a list of their entries, in the key tier too, and follow the reference step by step. */
#include "batch/map.h"
#include "otlp/impl.h"

ottl_status ottl__column_delete_dup(ottl_batch *b, uint32_t column, uint32_t row) {
  const ottl_layout *layout = b->layout;
  ot_impl *im = ot_of(b);
  uint32_t m = layout->columns[column].map;
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
      ot_place place = im->map_places[(size_t)m * OTTL_MESSAGES + r->message[at]];
      if (spec->field < OTTL_FIELD_COUNT)
        OTTL_TRY(ottl__ot_entries(b, arena, place, r->body[at], map->raw_begin[row], map->raw_end[row], &map->rows[row]));
      bm_set(map->dirty, row);
    }
  }
  OTTL_TRY(ottl__map_flush_row(b, m, row));
  ottl_reg *col = &b->columns[column];
  if (col->tag[row] == OTTL_T_ABSENT) return OTTL_OK;
  col->tag[row] = OTTL_T_ABSENT;
  col_touch(col, row);
  OTTL_TRY(ottl__map_flush_row(b, m, row));
  return ottl__map_reload_row(b, m, row);
}
