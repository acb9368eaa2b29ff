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

/* Everything of the columns of a level that tells "not there", for n rows. */
static void clear_columns(ottl_batch *b, ottl_level level, uint32_t n) {
  const ottl_layout *layout = b->layout;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level != level) continue;
    ottl_reg *col = &b->columns[c];
    memset(col->word, 0, n * sizeof *col->word);
    if (col->len) memset(col->len, 0, n * sizeof *col->len);
    if (col->tag) memset(col->tag, layout->columns[c].source == OTTL_COL_KEY ? OTTL_T_ABSENT : OTTL_T_NIL, n);
    memset(col->off, 0, n * sizeof *col->off);
    memset(col->end, 0, n * sizeof *col->end);
    memset(col->dirty, 0, BM_WORDS(n) * sizeof *col->dirty);
    if (col->slot) memset(col->slot, 0xff, n * sizeof *col->slot);
    col->any_dirty = false;
    if (col->err) memset(col->err, 0, BM_WORDS(n) * sizeof *col->err);
    col->has_err = false;
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != level) continue;
    ottl_rowmaps *map = &b->maps[m];
    if (map->rows) {
      if (layout->maps[m].entries)
        memset(map->rows, 0, n * sizeof *map->rows);
      else
        map->rows = NULL; /* lists of rows with duplicate keys: made anew when needed */
    }
    memset(map->dirty, 0, BM_WORDS(n) * sizeof *map->dirty);
    memset(map->dups, 0, BM_WORDS(n) * sizeof *map->dups);
    if (map->raw_begin) {
      memset(map->raw_begin, 0, n * sizeof *map->raw_begin);
      memset(map->raw_end, 0, n * sizeof *map->raw_end);
    }
    map->any_dups = false;
    if (map->bad) memset(map->bad, 0, BM_WORDS(n) * sizeof *map->bad);
    map->any_bad = false;
    if (map->cut) memset(map->cut, 0, BM_WORDS(n) * sizeof *map->cut);
    map->any_cut = false;
    if (map->others) memset(map->others, 0, n * sizeof *map->others);
    if (!map->pruned) continue;
    memset(map->pruned, 0, BM_WORDS(n) * sizeof *map->pruned);
    map->any_pruned = false;
    memset(ot_of(b)->holes_of, 0, n * sizeof *ot_of(b)->holes_of);
    ot_of(b)->n_holes = 0;
  }
}

static void column_form(const ottl_column_spec *spec, ottl_reg *col) {
  col->store = OTTL_STORE_CELL;
  col->type = OTTL_T_NIL;
  if (spec->source == OTTL_COL_KEY) return;
  static const uint8_t forms[][2] = {
      [OTTL_W_FIX64] = {OTTL_STORE_WORD, OTTL_T_INT},      [OTTL_W_FIX32] = {OTTL_STORE_WORD, OTTL_T_INT},
      [OTTL_W_SFIX64] = {OTTL_STORE_WORD, OTTL_T_INT},     [OTTL_W_VARINT_I32] = {OTTL_STORE_WORD, OTTL_T_INT},
      [OTTL_W_VARINT_U32] = {OTTL_STORE_WORD, OTTL_T_INT}, [OTTL_W_BOOL] = {OTTL_STORE_WORD, OTTL_T_BOOL},
      [OTTL_W_SINT32] = {OTTL_STORE_WORD, OTTL_T_INT},     [OTTL_W_F64] = {OTTL_STORE_WORD, OTTL_T_DOUBLE},
      [OTTL_W_STRING] = {OTTL_STORE_VIEW, OTTL_T_STRING},  [OTTL_W_BYTES] = {OTTL_STORE_VIEW, OTTL_T_BYTES},
      [OTTL_W_ANY] = {OTTL_STORE_CELL, OTTL_T_NIL},        [OTTL_W_MAP] = {OTTL_STORE_CELL, OTTL_T_NIL},
      [OTTL_W_REPEATED] = {OTTL_STORE_VIEW, OTTL_T_NIL},   [OTTL_W_PACKED] = {OTTL_STORE_VIEW, OTTL_T_BYTES},
      [OTTL_W_MESSAGE] = {OTTL_STORE_VIEW, OTTL_T_NIL},    [OTTL_W_NUMBER] = {OTTL_STORE_CELL, OTTL_T_NIL},
      [OTTL_W_VARINT_64] = {OTTL_STORE_WORD, OTTL_T_INT},  [OTTL_W_PACKED_VARINT] = {OTTL_STORE_VIEW, OTTL_T_BYTES},
      [OTTL_W_DICT_MAP] = {OTTL_STORE_CELL, OTTL_T_NIL},
  };
  col->store = forms[ottl__fields[spec->field].wire][0];
  col->type = forms[ottl__fields[spec->field].wire][1];
  switch (spec->field) {
  case OTTL_FIELD_LOG_TRACE_ID:
  case OTTL_FIELD_SPAN_TRACE_ID:
  case OTTL_FIELD_EXEMPLAR_TRACE_ID: col->type = OTTL_T_TRACE_ID; break;
  case OTTL_FIELD_LOG_SPAN_ID:
  case OTTL_FIELD_SPAN_SPAN_ID:
  case OTTL_FIELD_SPAN_PARENT_SPAN_ID:
  case OTTL_FIELD_EXEMPLAR_SPAN_ID: col->type = OTTL_T_SPAN_ID; break;
  case OTTL_FIELD_PROFILE_PROFILE_ID: col->type = OTTL_T_PROFILE_ID; break;
  case OTTL_FIELD_PROFILE_SAMPLES: col->type = OTTL_T_SAMPLES; break;
  case OTTL_FIELD_PROFILE_SAMPLE_TYPE:
  case OTTL_FIELD_PROFILE_PERIOD_TYPE: col->type = OTTL_T_VALUE_TYPE; break;
  case OTTL_FIELD_SPAN_EVENTS: col->type = OTTL_T_SPAN_EVENTS; break;
  case OTTL_FIELD_SPAN_LINKS: col->type = OTTL_T_SPAN_LINKS; break;
  case OTTL_FIELD_SPAN_STATUS: col->type = OTTL_T_STATUS; break;
  case OTTL_FIELD_METRIC_POINTS: col->type = OTTL_T_NUMBER_POINTS; break; /* the row's kind tells */
  case OTTL_FIELD_POINT_EXEMPLARS: col->type = OTTL_T_EXEMPLARS; break;
  case OTTL_FIELD_POINT_QUANTILES: col->type = OTTL_T_QUANTILES; break;
  case OTTL_FIELD_POINT_POSITIVE:
  case OTTL_FIELD_POINT_NEGATIVE: col->type = OTTL_T_BUCKETS; break;
  default: break;
  }
}

/* Columns have room for whole vectors behind the last row. */
#define COLUMN_SLACK 64

static ottl_status make_column(ottl_batch *b, const ottl_column_spec *spec, ottl_reg *col, uint32_t rows) {
  ottl_arena *a = &ot_of(b)->pass;
  size_t n = (size_t)rows + COLUMN_SLACK;
  *col = (ottl_reg){.level = spec->level, .mask = UINT32_MAX, .keyid = OTTL_NO_KEY};
  column_form(spec, col);
  col->word = arena_array(a, n, sizeof *col->word);
  col->off = arena_array(a, n, sizeof *col->off);
  col->end = arena_array(a, n, sizeof *col->end);
  col->dirty = arena_array(a, BM_WORDS(n), sizeof *col->dirty);
  if (!col->word || !col->off || !col->end || !col->dirty) return OTTL_NOMEM;
  if (col->store >= OTTL_STORE_VIEW) {
    col->len = arena_array(a, n, sizeof *col->len);
    if (!col->len) return OTTL_NOMEM;
  }
  if (col->store == OTTL_STORE_CELL) {
    col->tag = arena_array(a, n, sizeof *col->tag);
    if (!col->tag) return OTTL_NOMEM;
  }
  if (spec->source == OTTL_COL_KEY && field_is_dict_map(b->layout->maps[spec->map].field)) { /* rows that cannot be read */
    col->err = arena_array(a, BM_WORDS(n), sizeof *col->err);
    col->code = arena_array(a, n, sizeof *col->code);
    if (!col->err || !col->code) return OTTL_NOMEM;
  }
  if (spec->source == OTTL_COL_KEY && b->layout->maps[spec->map].entries) {
    col->slot = arena_array(a, n, sizeof *col->slot);
    if (!col->slot) return OTTL_NOMEM;
    col->keyid = ottl__key_id(b, spec->key);
  }
  return OTTL_OK;
}

/* A few entries more than came, as many as the program may add; rows that get more grow. */
static uint32_t spare_entries(const ottl_layout *layout, const ottl_map_spec *spec) {
  uint32_t n = 2;
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end && n < 16; c++) n += layout->columns[c].written;
  return n;
}

static ottl_status make_map(ottl_batch *b, unsigned m, uint32_t rows) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  ottl_arena *a = &ot_of(b)->pass;
  size_t n = (size_t)rows + COLUMN_SLACK;
  *map = (ottl_rowmaps){.cap = rows};
  map->dirty = arena_array(a, BM_WORDS(n), sizeof *map->dirty);
  map->dups = arena_array(a, BM_WORDS(n), sizeof *map->dups);
  if (!map->dirty || !map->dups) return OTTL_NOMEM;
  if (spec->entries) {
    map->rows = arena_array(a, n, sizeof *map->rows);
    if (!map->rows) return OTTL_NOMEM;
    map->spare = spare_entries(b->layout, spec);
  }
  if (field_is_dict_map(spec->field)) {
    map->bad = arena_array(a, BM_WORDS(n), sizeof *map->bad);
    if (!map->bad) return OTTL_NOMEM;
  }
  if (spec->cut && !spec->entries) {
    map->cut = arena_array(a, BM_WORDS(n), sizeof *map->cut);
    if (!map->cut) return OTTL_NOMEM;
  }
  if ((spec->prune || spec->counted) && !spec->entries) {
    ot_impl *im = ot_of(b);
    map->pruned = arena_array(a, BM_WORDS(n), sizeof *map->pruned);
    im->holes_of = arena_array(a, n, sizeof *im->holes_of);
    if (!map->pruned || !im->holes_of) return OTTL_NOMEM;
    if (im->verdicts_cap) memset(im->verdicts, 0, im->verdicts_cap * sizeof *im->verdicts);
  }
  if (spec->counted) OTTL_TRY(ottl__counted_make(b, m, rows));
  if (spec->entries || spec->written) {
    map->raw_begin = arena_array(a, n, sizeof *map->raw_begin);
    map->raw_end = arena_array(a, n, sizeof *map->raw_end);
    if (!map->raw_begin || !map->raw_end) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static bool layout_reads(const ottl_layout *layout, unsigned level) {
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level == level) return true;
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level == level) return true;
  }
  return false;
}

/* Grows an array of n items to `slots`; what is new is as `fill`. */
static bool grow(ottl_arena *a, void *array, size_t n, size_t slots, size_t item_bytes, int fill) {
  void *old;
  memcpy(&old, array, sizeof old);
  if (!old) return true;
  char *p = arena_array(a, slots, item_bytes);
  if (!p) return false;
  memcpy(p, old, n * item_bytes);
  memset(p + n * item_bytes, fill, (slots - n) * item_bytes);
  memcpy(array, &p, sizeof p);
  return true;
}

static bool grow_column(ottl_arena *a, const ottl_column_spec *spec, ottl_reg *col, size_t n, size_t slots) {
  uint8_t none = spec->source == OTTL_COL_KEY ? OTTL_T_ABSENT : OTTL_T_NIL;
  return grow(a, &col->word, n, slots, sizeof *col->word, 0) && grow(a, &col->len, n, slots, sizeof *col->len, 0) &&
         grow(a, &col->tag, n, slots, sizeof *col->tag, none) && grow(a, &col->off, n, slots, sizeof *col->off, 0) &&
         grow(a, &col->end, n, slots, sizeof *col->end, 0) && grow(a, &col->slot, n, slots, sizeof *col->slot, 0xff) &&
         grow(a, &col->dirty, BM_WORDS(n), BM_WORDS(slots), sizeof *col->dirty, 0);
}

static bool grow_map(ottl_arena *a, ottl_rowmaps *map, size_t n, size_t slots) {
  return grow(a, &map->rows, n, slots, sizeof *map->rows, 0) && grow(a, &map->raw_begin, n, slots, sizeof *map->raw_begin, 0) &&
         grow(a, &map->raw_end, n, slots, sizeof *map->raw_end, 0) &&
         grow(a, &map->dirty, BM_WORDS(n), BM_WORDS(slots), sizeof *map->dirty, 0) &&
         grow(a, &map->dups, BM_WORDS(n), BM_WORDS(slots), sizeof *map->dups, 0) &&
         grow(a, &map->cut, BM_WORDS(n), BM_WORDS(slots), sizeof *map->cut, 0);
}

ottl_status ottl__ot_reserve_above(ottl_batch *b, ottl_level level, uint32_t rows) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  uint32_t n = im->above_rows[level];
  if (rows <= n) return OTTL_OK;
  if (rows > UINT32_MAX / 4) return OTTL_LIMIT;
  uint32_t cap = rows > 2 * n ? rows : 2 * n;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level == level &&
        !grow_column(&im->pass, &layout->columns[c], &b->columns[c], n, (size_t)cap + COLUMN_SLACK))
      return OTTL_NOMEM;
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != level) continue;
    if (!grow_map(&im->pass, &b->maps[m], n, (size_t)cap + COLUMN_SLACK)) return OTTL_NOMEM;
    b->maps[m].cap = cap;
  }
  im->above_rows[level] = cap;
  return OTTL_OK;
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
  b->columns = arena_array(&im->pass, (size_t)layout->n_columns + 1, sizeof *b->columns);
  b->maps = arena_array(&im->pass, (size_t)layout->n_maps + 1, sizeof *b->maps);
  if (!b->columns || !b->maps) return OTTL_NOMEM;
  OTTL_TRY(ottl__ot_metric_kinds(b));
  OTTL_TRY(ottl__ot_gather(b, false, true)); /* rows dropped outside of any pass */

  /* From above to below: an odd row has its canonical form in place before its children are framed. */
  for (unsigned level = 0; level <= layout->level; level++) {
    OTTL_TRY(ottl__batch_open_level(b, (ottl_level)level));
    uint32_t rows = level == layout->level ? window_rows : b->rows[level].n;
    for (unsigned c = 0; c < layout->n_columns; c++) {
      if (layout->columns[c].level == level) OTTL_TRY(make_column(b, &layout->columns[c], &b->columns[c], rows));
    }
    for (unsigned m = 0; m < layout->n_maps; m++) {
      if (layout->maps[m].level == level) OTTL_TRY(make_map(b, m, rows));
    }
    if (level < layout->level) im->above_rows[level] = rows;
    if (level == 0) OTTL_TRY(ottl__ot_plan(b, layout));
    if (level < layout->level && layout_reads(layout, level)) {
      clear_columns(b, (ottl_level)level, rows);
      OTTL_TRY(ottl__ot_project(b, (ottl_level)level, 0, rows));
    }
  }
  for (unsigned level = 0; level + 1 < layout->level; level++) {
    im->up_store[level] = arena_array(&im->pass, (size_t)window_rows + COLUMN_SLACK, sizeof(uint32_t));
    if (!im->up_store[level]) return OTTL_NOMEM;
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
  clear_columns(b, own, n);
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
  OTTL_TRY(ottl__ot_weave_level(b, (ottl_level)b->layout->level, b->first, b->n, true, false));
  ottl__ot_restore(b, (ottl_level)b->layout->level);
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
