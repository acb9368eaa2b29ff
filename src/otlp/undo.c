/* Taking back what a record wrote.
 *
 * Its own row: writes are an overlay until the window closes, so that clearing the dirty bits is enough, and the old body is put
 * back if something made a new one before. The rows above it are shared, and hold what other records wrote before: what the pass may write there is copied before the record runs (then
 * windows have one row: hazards.c), and put back. Values that are trees are edited in place, therefore copied deep. */
#include "otlp/impl.h"

typedef struct saved_column {
  ottl_cell cell;
  uint32_t row, slot;
  bool dirty, err;
} saved_column;

typedef struct saved_map {
  ottl_rowmap entries;
  uint32_t row;
  bool listed, dirty, dups, cut, bad;
} saved_map;

struct ot_saved {
  bool above; /* of this window, what is above was saved */
  const uint8_t **body;
  uint32_t *len;
  uint8_t *kind, *state;
  saved_column *columns;
  saved_map *maps;
};

static bool map_saved(const ottl_layout *layout, unsigned m) {
  return layout->maps[m].level < layout->level && layout->maps[m].written;
}

/* A key column changes with its map, too. */
static bool column_saved(const ottl_layout *layout, unsigned c) {
  const ottl_column_spec *spec = &layout->columns[c];
  if (spec->level >= layout->level) return false;
  return spec->written || (spec->source == OTTL_COL_KEY && layout->maps[spec->map].written);
}

static ottl_status prepare(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  struct ot_saved *s = arena_zero(&im->pass, sizeof *s);
  if (!s) return OTTL_NOMEM;
  s->columns = arena_array(&im->pass, (size_t)layout->n_columns + 1, sizeof *s->columns);
  s->maps = arena_array(&im->pass, (size_t)layout->n_maps + 1, sizeof *s->maps);
  size_t n = (size_t)im->window_rows + 1;
  s->body = arena_array(&im->pass, n, sizeof *s->body);
  s->len = arena_array(&im->pass, n, sizeof *s->len);
  s->kind = arena_alloc(&im->pass, n);
  s->state = arena_alloc(&im->pass, n);
  if (!s->columns || !s->maps || !s->body || !s->len || !s->kind || !s->state) return OTTL_NOMEM;
  im->saved = s;
  return OTTL_OK;
}

static ottl_status copy_value(ottl_arena *arena, ottl_cell *c) {
  return cell_is_tree(*c) ? ottl__value_copy(arena, *c, c) : OTTL_OK;
}

static ottl_status copy_entries(ottl_arena *arena, ottl_rowmap *map) {
  ottl_entry *items = arena_array(arena, (size_t)map->n + 2, sizeof *items);
  if (!items) return OTTL_NOMEM;
  if (map->n) memcpy(items, map->items, map->n * sizeof *items);
  for (uint32_t i = 0; i < map->n; i++) {
    ottl_cell c = entry_cell(&items[i]);
    if (!cell_is_tree(c)) continue;
    OTTL_TRY(ottl__value_copy(arena, c, &c));
    items[i].word = c.word;
    items[i].len = c.len;
    items[i].tag = c.tag;
  }
  *map = (ottl_rowmap){items, map->n, map->n + 2, NULL};
  return OTTL_OK;
}

static ottl_status save_column(ottl_batch *b, unsigned c, saved_column *to) {
  const ottl_reg *col = &b->columns[c];
  uint32_t row = b->up[b->layout->columns[c].level][0];
  *to = (saved_column){.row = row, .dirty = bm_get(col->dirty, row), .slot = col->slot ? col->slot[row] : 0};
  to->err = col->err && bm_get(col->err, row);
  to->cell = (ottl_cell){col->word[row], col->len ? col->len[row] : 0, col->tag ? col->tag[row] : OTTL_T_NIL};
  return copy_value(&ot_of(b)->saved_values, &to->cell);
}

static ottl_status restore_column(ottl_batch *b, unsigned c, saved_column *from) {
  ottl_reg *col = &b->columns[c];
  OTTL_TRY(copy_value(&b->arena, &from->cell));
  col->word[from->row] = from->cell.word;
  if (col->len) col->len[from->row] = from->cell.len;
  if (col->tag) col->tag[from->row] = from->cell.tag;
  if (col->slot) col->slot[from->row] = from->slot;
  if (col->err) bm_put(col->err, from->row, from->err); /* mended by writing the map as a whole */
  bm_put(col->dirty, from->row, from->dirty);
  return OTTL_OK;
}

static ottl_status save_map(ottl_batch *b, unsigned m, saved_map *to) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  const ottl_rowmaps *map = &b->maps[m];
  uint32_t row = b->up[spec->level][0];
  *to = (saved_map){.row = row, .dirty = bm_get(map->dirty, row), .dups = bm_get(map->dups, row)};
  to->cut = map->cut && bm_get(map->cut, row);
  to->bad = map->bad && bm_get(map->bad, row);
  to->listed = map->rows && (spec->entries || to->dirty); /* in the key tier, a list that means something */
  if (!to->listed) return OTTL_OK;
  to->entries = map->rows[row];
  return copy_entries(&ot_of(b)->saved_values, &to->entries);
}

static ottl_status restore_map(ottl_batch *b, unsigned m, saved_map *from) {
  ottl_rowmaps *map = &b->maps[m];
  if (from->listed) {
    OTTL_TRY(copy_entries(&b->arena, &from->entries));
    map->rows[from->row] = from->entries;
  }
  bm_put(map->dirty, from->row, from->dirty);
  bm_put(map->dups, from->row, from->dups);
  if (map->cut) bm_put(map->cut, from->row, from->cut);
  if (map->bad) bm_put(map->bad, from->row, from->bad);
  return OTTL_OK;
}

static void save_rows(ottl_batch *b) {
  const ottl_rows *r = &b->rows[b->layout->level];
  struct ot_saved *s = ot_of(b)->saved;
  memcpy(s->body, r->body + b->first, b->n * sizeof *s->body);
  memcpy(s->len, r->len + b->first, b->n * sizeof *s->len);
  memcpy(s->kind, r->kind + b->first, b->n);
  memcpy(s->state, r->state + b->first, b->n);
}

static void restore_row(ottl_batch *b, uint32_t i) {
  ottl_rows *r = &b->rows[b->layout->level];
  const struct ot_saved *s = ot_of(b)->saved;
  uint32_t row = b->first + i;
  if (r->body[row] == s->body[i]) return;
  r->body[row] = s->body[i];
  r->len[row] = s->len[i];
  r->kind[row] = s->kind[i];
  r->state[row] = s->state[i];
  for (unsigned level = b->layout->level + 1u; level < OTTL_LEVELS; level++) b->rows[level].open = false;
}

ottl_status ottl__batch_save(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  if (!im->in_window) return OTTL_INVALID_ARG;
  if (!im->saved) OTTL_TRY(prepare(b));
  save_rows(b);
  im->saved->above = b->n == 1;
  if (!im->saved->above) return OTTL_OK;
  ottl__arena_reset(&im->saved_values);
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (column_saved(layout, c)) OTTL_TRY(save_column(b, c, &im->saved->columns[c]));
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (map_saved(layout, m)) OTTL_TRY(save_map(b, m, &im->saved->maps[m]));
  }
  return OTTL_OK;
}

static void forget_rows(ottl_batch *b, const uint64_t *rows) {
  const ottl_layout *layout = b->layout;
  for (size_t w = 0; w < BM_WORDS(b->n); w++) {
    for (unsigned c = 0; c < layout->n_columns; c++) {
      if (layout->columns[c].level == layout->level) b->columns[c].dirty[w] &= ~rows[w];
    }
    for (unsigned m = 0; m < layout->n_maps; m++) {
      if (layout->maps[m].level != layout->level) continue;
      b->maps[m].dirty[w] &= ~rows[w];
      if (b->maps[m].cut) b->maps[m].cut[w] &= ~rows[w];
      if (b->maps[m].pruned) b->maps[m].pruned[w] &= ~rows[w];
    }
  }
}

/* Records that these rows appended are no rows yet. */
static void forget_appended(ottl_batch *b, const uint64_t *rows) {
  ot_impl *im = ot_of(b);
  size_t n = 0;
  for (size_t k = 0; k < im->n_appended; k++) {
    uint32_t i = im->appended[k].row - b->first; /* rows before the window wrap around */
    if (i >= b->n || !bm_get(rows, i)) im->appended[n++] = im->appended[k];
  }
  im->n_appended = n;
}

ottl_status ottl__batch_undo(ottl_batch *b, const uint64_t *rows) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  if (!im->in_window || !im->saved) return OTTL_INVALID_ARG;
  forget_rows(b, rows);
  forget_appended(b, rows);
  SEL_EACH(rows, b->n, i) restore_row(b, i);
  if (!im->saved->above) return OTTL_OK;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (column_saved(layout, c)) OTTL_TRY(restore_column(b, c, &im->saved->columns[c]));
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (map_saved(layout, m)) OTTL_TRY(restore_map(b, m, &im->saved->maps[m]));
  }
  return OTTL_OK;
}
