/* Records as a whole, for functions that rebuild one or append new ones.
 *
 * A record is its body. What was written to its columns is woven into it first; a new body is projected again. Appended records
 * wait until their rows can be made, stand behind all other rows for the rest of the pass, and get their place when it ends. */
#include <stdlib.h>

#include "otlp/impl.h"

static bool row_written(const ottl_batch *b, ottl_level level, uint32_t i) {
  const ottl_layout *layout = b->layout;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level == level && b->columns[c].any_dirty && bm_get(b->columns[c].dirty, i)) return true;
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_rowmaps *map = &b->maps[m];
    if (layout->maps[m].level != level) continue;
    if (bm_get(map->dirty, i) || (map->any_cut && bm_get(map->cut, i))) return true;
    if (map->any_pruned && bm_get(map->pruned, i)) return true;
  }
  return false;
}

static void close_below(ottl_batch *b, ottl_level level) {
  for (unsigned l = level + 1u; l < OTTL_LEVELS; l++) b->rows[l].open = false;
}

static void put_record(const ottl_rows *r, uint32_t row, ottl_record *ret) {
  *ret = (ottl_record){r->body[row], r->len[row], r->kind[row]};
}

ottl_status ottl__batch_record(ottl_batch *b, uint32_t i, ottl_record *ret) {
  ottl_level level = (ottl_level)b->layout->level;
  uint32_t row = b->first + i;
  if (row_written(b, level, i)) {
    OTTL_TRY(ottl__ot_weave_one(b, level, row, i));
    OTTL_TRY(ottl__ot_project_again(b, level, row, i));
  }
  put_record(&b->rows[level], row, ret);
  return OTTL_OK;
}

/* The parent is woven for the look of it only: its children's places are those in its old body. */
ottl_status ottl__batch_record_above(ottl_batch *b, uint32_t i, ottl_record *ret) {
  ottl_record own;
  OTTL_TRY(ottl__batch_record(b, i, &own));
  ottl_level level = (ottl_level)(b->layout->level - 1);
  ottl_rows *r = &b->rows[level];
  uint32_t row = b->up[level][i], len = r->len[row];
  const uint8_t *body = r->body[row];
  uint8_t state = r->state[row];
  bool open[OTTL_LEVELS];
  for (unsigned l = 0; l < OTTL_LEVELS; l++) open[l] = b->rows[l].open;
  ottl_status status = ottl__ot_weave_one(b, level, row, row);
  put_record(r, row, ret);
  r->body[row] = body;
  r->len[row] = len;
  r->state[row] = state;
  for (unsigned l = 0; l < OTTL_LEVELS; l++) b->rows[l].open = open[l];
  return status;
}

ottl_status ottl__batch_look(ottl_batch *b, ottl_level level, uint32_t i, ottl_record *ret, uint8_t *ret_tag) {
  ot_impl *im = ot_of(b);
  ottl_level own = (ottl_level)b->layout->level;
  uint32_t row = level == own ? b->first + i : b->up[level][i];
  uint32_t above[OTTL_LEVELS];
  uint8_t states[OTTL_LEVELS];
  bool open[OTTL_LEVELS];
  ottl_rows *r = &b->rows[level];
  uint32_t at = row;
  for (unsigned l = 0; l < OTTL_LEVELS; l++) open[l] = b->rows[l].open;
  for (unsigned l = level + 1u; l-- > 0;) {
    above[l] = at;
    states[l] = b->rows[l].state[at];
    at = l ? b->rows[l].parent[at] : 0;
  }
  const uint8_t *body = r->body[row];
  uint32_t len = r->len[row];
  bool touched = im->touched;
  ot_gaps *gaps = ot_gaps_of(im, level, row);
  uint32_t index = level == own ? i : row;
  ottl_status status = row_written(b, level, index) ? ottl__ot_weave_one(b, level, row, index) : OTTL_OK;
  put_record(r, row, ret);
  *ret_tag = ot_row_tag(b, level, row);
  r->body[row] = body;
  r->len[row] = len;
  if (level < OTTL_L_ITEM && im->gaps[level]) im->gaps[level][row] = gaps;
  for (unsigned l = 0; l <= level; l++) b->rows[l].state[above[l]] = states[l];
  for (unsigned l = 0; l < OTTL_LEVELS; l++) b->rows[l].open = open[l];
  im->touched = touched;
  return status;
}

ottl_status ottl__batch_record_set(ottl_batch *b, uint32_t i, const void *body, uint32_t len) {
  ottl_level level = (ottl_level)b->layout->level;
  ottl_rows *r = &b->rows[level];
  uint32_t row = b->first + i;
  if (len > INT32_MAX) return OTTL_LIMIT;
  OTTL_TRY(ottl__wv_keep(b, ot_row_tag(b, level, row), body, len, &r->body[row]));
  r->len[row] = len;
  r->state[row] = (uint8_t)((r->state[row] | OTTL_ROW_MOVED) & ~OTTL_ROW_EDITED);
  ottl__ot_mark_up(b, level, row);
  close_below(b, level);
  if (r->message[row] == OTTL_M_METRIC) OTTL_TRY(ottl__ot_metric_kind(b, row));
  return ottl__ot_project_again(b, level, row, i);
}

ottl_status ottl__batch_append(ottl_batch *b, uint32_t i, const void *body, uint32_t len) {
  ot_impl *im = ot_of(b);
  OTTL_TRY(ottl__al_reserve(&b->al, &im->appended, &im->appended_cap, im->n_appended + 1, sizeof *im->appended));
  ot_appended *a = &im->appended[im->n_appended];
  *a = (ot_appended){.len = len, .scope = b->up[OTTL_L_SCOPE][i], .row = b->first + i, .order = (uint32_t)im->n_appended};
  OTTL_TRY(ottl__wv_keep(b, ot_row_tag(b, OTTL_L_ITEM, 0), body, len, &a->body));
  im->n_appended++;
  b->n_appended++;
  b->appended_bytes += len;
  return OTTL_OK;
}

uint32_t ottl__batch_source_row(const ottl_batch *b, uint32_t row) {
  const ot_impl *im = ot_of(b);
  if (row < im->own_before) return row;
  return row - im->own_before < im->n_sources ? im->sources[row - im->own_before] : row;
}

static int by_row(const void *a, const void *b) {
  const ot_appended *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

ottl_status ottl__batch_take_appended(ottl_batch *b, uint32_t *ret_first, uint32_t *ret_n) {
  ot_impl *im = ot_of(b);
  ottl_level own = (ottl_level)b->layout->level;
  uint32_t items = b->rows[OTTL_L_ITEM].n;
  *ret_first = b->rows[own].n;
  if (im->n_appended > 1) qsort(im->appended, im->n_appended, sizeof *im->appended, by_row);
  for (size_t k = 0; k < im->n_appended; k++) {
    uint32_t source = ottl__batch_source_row(b, im->appended[k].row);
    OTTL_TRY(ottl__ot_add_item(b, &im->appended[k], own > OTTL_L_ITEM));
    size_t n = b->rows[own].n - im->own_before;
    OTTL_TRY(ottl__al_reserve(&b->al, &im->sources, &im->sources_cap, n, sizeof *im->sources));
    while (im->n_sources < n) im->sources[im->n_sources++] = source;
  }
  im->n_appended = 0;
  *ret_n = b->rows[own].n - *ret_first;
  if (own == OTTL_L_ITEM) return OTTL_OK;
  uint32_t n = b->rows[OTTL_L_ITEM].n;
  OTTL_TRY(ottl__ot_reserve_above(b, OTTL_L_ITEM, n));
  for (uint32_t row = items; row < n; row++) OTTL_TRY(ottl__ot_project_again(b, OTTL_L_ITEM, row, row));
  return OTTL_OK;
}
