/* The life of a batch and of a pass over it: create, bind, window, close, unbind. The work is in project.c and weave.c. */
#include "otlp/impl.h"

ottl_status ottl__batch_create(const ottl_allocator *allocator, ottl_batch **ret) {
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_batch *b = al_zero(&al, sizeof *b);
  ot_impl *im = al_zero(&al, sizeof *im);
  if (!b || !im) {
    al_free(&al, b, sizeof *b);
    al_free(&al, im, sizeof *im);
    return OTTL_NOMEM;
  }
  b->al = al;
  b->impl = im;
  ottl__arena_init(&b->arena, &al, 0);
  ottl__arena_init(&im->pass, &al, 0);
  ottl__arena_init(&im->window, &al, 0);
  ottl__arena_init(&im->saved_values, &al, 4096);
  ottl__dict_init(&im->dict, &al);
  *ret = b;
  return OTTL_OK;
}

void ottl__batch_free(ottl_batch *b) {
  if (!b) return;
  ot_impl *im = ot_of(b);
  ottl_allocator al = b->al;
  for (unsigned l = 0; l < OTTL_LEVELS; l++) ottl__ot_rows_done(b, &b->rows[l]);
  al_free(&al, im->sources, im->sources_cap * sizeof *im->sources);
  ottl__ot_rows_done(b, &im->settled);
  al_free(&al, im->items, im->items_cap * sizeof *im->items);
  for (unsigned l = 0; l < OTTL_L_ITEM; l++) al_free(&al, im->sizes[l], im->sizes_cap[l] * sizeof *im->sizes[l]);
  al_free(&al, im->odd, im->odd_cap * sizeof *im->odd);
  al_free(&al, im->edits.items, im->edits.cap * sizeof *im->edits.items);
  al_free(&al, im->sub_edits.items, im->sub_edits.cap * sizeof *im->sub_edits.items);
  al_free(&al, im->new_gaps, im->new_gaps_cap * sizeof *im->new_gaps);
  al_free(&al, im->fields, im->fields_cap * sizeof *im->fields);
  al_free(&al, im->appended, im->appended_cap * sizeof *im->appended);
  al_free(&al, im->out, im->out_cap);
  al_free(&al, im->canon, im->canon_cap);
  al_free(&al, im->dirty, im->dirty_cap * sizeof *im->dirty);
  ottl__ot_plans_done(b);
  al_free(&al, im->dirty_first, im->dirty_first_cap * sizeof *im->dirty_first);
  al_free(&al, im->keys, im->keys_cap * sizeof *im->keys);
  al_free(&al, im->fresh, im->fresh_cap * sizeof *im->fresh);
  al_free(&al, im->holes, im->holes_cap * sizeof *im->holes);
  al_free(&al, im->counted.order, im->counted.order_cap * sizeof *im->counted.order);
  al_free(&al, im->counted.noted, im->counted.noted_cap * sizeof *im->counted.noted);
  al_free(&al, im->counted.at, im->counted.at_cap * sizeof *im->counted.at);
  al_free(&al, im->verdicts, im->verdicts_cap * sizeof *im->verdicts);
  ottl__dict_done(&im->dict, &al);
  al_free(&al, b->key_names, b->cap_keys * sizeof *b->key_names);
  al_free(&al, b->key_slots, b->cap_key_slots * sizeof *b->key_slots);
  ottl__arena_done(&im->pass);
  ottl__arena_done(&im->window);
  ottl__arena_done(&im->saved_values);
  ottl__arena_done(&b->arena);
  al_free(&al, im, sizeof *im);
  al_free(&al, b, sizeof *b);
}

ottl_status ottl__batch_bind(ottl_batch *b, const ottl_layout *layout, uint32_t window_rows) {
  if (layout->level >= OTTL_LEVELS || !b->rows[OTTL_L_RESOURCE].open) return OTTL_INVALID_ARG;
  ot_impl *im = ot_of(b);
  ottl__arena_reset(&im->pass);
  ottl__arena_reset(&im->window);
  b->layout = layout;
  b->first = b->n = 0;
  im->window_rows = window_rows;
  im->bound = im->in_window = false;
  im->n_appended = 0;
  im->items_before = b->rows[OTTL_L_ITEM].n;
  im->saved = NULL;
  OTTL_TRY(ottl__ot_metric_kinds(b));
  OTTL_TRY(ottl__ot_gather(b, false, true)); /* rows dropped outside of any pass */
  OTTL_TRY(ottl__ot_plan(b, layout));
  OTTL_TRY(ottl__ot_columns_begin(b));

  /* From above to below: an odd row has its canonical form in place before its children are framed. */
  for (unsigned level = 0; level <= layout->level; level++) {
    OTTL_TRY(ottl__batch_open_level(b, (ottl_level)level));
    uint32_t rows = level == layout->level ? window_rows : b->rows[level].n;
    OTTL_TRY(ottl__ot_columns_make(b, (ottl_level)level, rows));
    if (level == layout->level || !(im->plan->read >> level & 1)) continue;
    ottl__ot_columns_clear(b, (ottl_level)level, rows);
    OTTL_TRY(ottl__ot_project(b, (ottl_level)level, 0, rows));
  }
  im->own_before = b->rows[layout->level].n;
  im->n_sources = 0;
  im->bound = true;
  return OTTL_OK;
}

ottl_status ottl__batch_window(ottl_batch *b, uint32_t first, uint32_t n) {
  ot_impl *im = ot_of(b);
  if (!im->bound || n > im->window_rows) return OTTL_INVALID_ARG;
  ottl_level own = (ottl_level)b->layout->level;
  if (first > b->rows[own].n || n > b->rows[own].n - first) return OTTL_INVALID_ARG;
  ottl__arena_reset(&im->window);
  b->first = first;
  b->n = n;
  im->in_window = true;
  for (unsigned level = own; level-- > 0;) {
    if (level + 1 == own) {
      b->up[level] = b->rows[own].parent + first;
    } else {
      const uint32_t *below = b->up[level + 1], *parent = b->rows[level + 1].parent;
      b->up[level] = im->up_store[level];
      for (uint32_t i = 0; i < n; i++) b->up[level][i] = parent[below[i]];
    }
    b->lo[level] = n ? b->up[level][0] : 0;
    b->hi[level] = n ? b->up[level][n - 1] + 1 : 0;
  }
  ottl__ot_columns_clear(b, own, n);
  OTTL_TRY(ottl__ot_project(b, own, first, n));
  for (unsigned m = 0; m < b->layout->n_maps; m++) {
    if (b->layout->maps[m].counted) ottl__counted_begin(b, m, n);
  }
  return OTTL_OK;
}

ottl_status ottl__batch_close_window(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  if (!im->in_window) return OTTL_OK;
  im->in_window = false;
  ottl_level own = (ottl_level)b->layout->level;
  if (im->plan->written >> own & 1) OTTL_TRY(ottl__ot_weave_level(b, own, b->first, b->n, true, false));
  ottl__ot_restore(b, own);
  return OTTL_OK;
}

ottl_status ottl__batch_unbind(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  if (!im->bound) return OTTL_OK;
  OTTL_TRY(ottl__batch_close_window(b));
  im->bound = false;
  /* Rows that change places, or their body for another one, take none of their children along. */
  bool items = im->n_odd || im->items_before < b->rows[OTTL_L_ITEM].n;
  OTTL_TRY(ottl__ot_gather(b, true, items));
  for (unsigned level = b->layout->level; level-- > 0;) ottl__ot_restore(b, (ottl_level)level);
  b->layout = NULL;
  return ottl__ot_settle_items(b);
}

static void drop_below(ottl_batch *batch, unsigned level, uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; i++) batch->rows[level].state[i] |= OTTL_ROW_DROPPED;
  if (first == end || level + 1 >= OTTL_LEVELS || !batch->rows[level + 1].open) return;
  drop_below(batch, level + 1, batch->rows[level].first_child[first], batch->rows[level].first_child[end]);
}

void ottl__batch_drop_row(ottl_batch *b, ottl_level level, uint32_t row) {
  if (b->rows[level].state[row] & OTTL_ROW_DROPPED) return;
  drop_below(b, level, row, row + 1);
  ottl__ot_mark_up(b, level, row);
}

void ottl__batch_drop_rows(ottl_batch *b, ottl_level level, uint32_t first, const uint64_t *rows, uint32_t n) {
  ottl_rows *r = &b->rows[level];
  bool below = level + 1 < OTTL_LEVELS && b->rows[level + 1].open;
  uint32_t marked = UINT32_MAX; /* the row above that was marked last */
  SEL_EACH(rows, n, i) {
    uint32_t row = first + i;
    if (OTTL_UNLIKELY(below || level == OTTL_L_RESOURCE)) {
      ottl__batch_drop_row(b, level, row);
      continue;
    }
    if (r->state[row] & OTTL_ROW_DROPPED) continue;
    r->state[row] |= OTTL_ROW_DROPPED;
    if (r->parent[row] != marked) ottl__ot_mark_up(b, level, row);
    marked = r->parent[row];
  }
}
