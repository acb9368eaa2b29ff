/* The columns and maps of a pass: their arrays, and what "not there" looks like in them.
 *
 * They lie in the pass's arena, made anew by each bind. Where payloads are small that would cost more than their rows do: then a
 * layout with an id keeps a set for itself, for as many rows as a word of a bitmap has bits. */
#include "otlp/impl.h"

/* So many rows are set without a call. PERF: w15. */
#define CLEAR_ROWS 16u

static inline void clear_bits(uint64_t *bm, uint32_t n) {
  for (size_t w = 0; w < BM_WORDS(n); w++) bm[w] = 0;
}

static OTTL_ALWAYS_INLINE void fill(void *array, int byte, uint32_t n, size_t item_bytes) {
  if (n > CLEAR_ROWS)
    memset(array, byte, n * item_bytes);
  else
    memset(array, byte, CLEAR_ROWS * item_bytes); /* COLUMN_SLACK is more than that */
}

/* Everything of the columns of a level that tells "not there", for n rows. */
void ottl__ot_columns_clear(ottl_batch *b, ottl_level level, uint32_t n) {
  const ottl_layout *layout = b->layout;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level != level) continue;
    ottl_reg *col = &b->columns[c];
    fill(col->word, 0, n, sizeof *col->word);
    if (col->len) fill(col->len, 0, n, sizeof *col->len);
    if (col->tag) fill(col->tag, layout->columns[c].source == OTTL_COL_KEY ? OTTL_T_ABSENT : OTTL_T_NIL, n, 1);
    fill(col->off, 0, n, sizeof *col->off);
    fill(col->end, 0, n, sizeof *col->end);
    clear_bits(col->dirty, n);
    if (col->slot) memset(col->slot, 0xff, n * sizeof *col->slot);
    col->any_dirty = false;
    if (col->err) clear_bits(col->err, n);
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
    clear_bits(map->dirty, n);
    clear_bits(map->dups, n);
    if (map->raw_begin) {
      fill(map->raw_begin, 0, n, sizeof *map->raw_begin);
      fill(map->raw_end, 0, n, sizeof *map->raw_end);
    }
    map->any_dups = false;
    if (map->bad) clear_bits(map->bad, n);
    map->any_bad = false;
    if (map->cut) clear_bits(map->cut, n);
    map->any_cut = false;
    if (map->others) ottl__counted_clear(b, m, n);
    if (!map->pruned) continue;
    clear_bits(map->pruned, n);
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

static ottl_status make_column(ottl_batch *b, ottl_arena *a, const ottl_column_spec *spec, ottl_reg *col, uint32_t rows) {
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

static ottl_status make_map(ottl_batch *b, ottl_arena *a, unsigned m, uint32_t rows) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
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
  if (spec->entries || spec->written || spec->seen) {
    map->raw_begin = arena_array(a, n, sizeof *map->raw_begin);
    map->raw_end = arena_array(a, n, sizeof *map->raw_end);
    if (!map->raw_begin || !map->raw_end) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static ottl_status make_level(ottl_batch *b, ottl_arena *a, unsigned level, uint32_t rows) {
  const ottl_layout *layout = b->layout;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level == level) OTTL_TRY(make_column(b, a, &layout->columns[c], &b->columns[c], rows));
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level == level) OTTL_TRY(make_map(b, a, m, rows));
  }
  /* The rows above that the rows of a window are under. */
  if (level + 1 >= layout->level) return OTTL_OK;
  ot_of(b)->up_store[level] = arena_array(a, (size_t)ot_of(b)->window_rows + COLUMN_SLACK, sizeof(uint32_t));
  return ot_of(b)->up_store[level] ? OTTL_OK : OTTL_NOMEM;
}

/* -- small payloads -- */

#define KEPT_ROWS    64u
#define KEPT_COLUMNS 64u

/* What is in the arrays of a map that some rule looks at, or that has lists of entries, depends on the payload. */
static bool can_keep(const ottl_layout *layout, unsigned signal) {
  if (!layout->id || layout->level > OTTL_L_CHILD || layout->n_columns > KEPT_COLUMNS || signal == OTTL_SIGNAL_PROFILES)
    return false;
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    if (spec->entries || spec->prune || spec->counted) return false;
  }
  return true;
}

static ottl_status make_kept(ottl_batch *b, ot_plan *plan) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  const uint32_t rows = im->window_rows;
  ot_kept *kept = arena_zero(&plan->arena, sizeof *kept);
  if (!kept) return OTTL_NOMEM;
  b->columns = arena_array(&plan->arena, (size_t)layout->n_columns + 1, sizeof *b->columns);
  b->maps = arena_array(&plan->arena, (size_t)layout->n_maps + 1, sizeof *b->maps);
  kept->fresh = arena_array(&plan->arena, (size_t)layout->n_columns + 1, sizeof *b->columns);
  kept->fresh_maps = arena_array(&plan->arena, (size_t)layout->n_maps + 1, sizeof *b->maps);
  if (!b->columns || !b->maps || !kept->fresh || !kept->fresh_maps) return OTTL_NOMEM;
  im->window_rows = KEPT_ROWS;
  ottl_status status = OTTL_OK;
  for (unsigned level = 0; level <= layout->level && status == OTTL_OK; level++)
    status = make_level(b, &plan->arena, level, KEPT_ROWS);
  im->window_rows = rows;
  OTTL_TRY(status);
  kept->columns = b->columns;
  kept->maps = b->maps;
  memcpy(kept->fresh, b->columns, layout->n_columns * sizeof *b->columns);
  memcpy(kept->fresh_maps, b->maps, layout->n_maps * sizeof *b->maps);
  memcpy(kept->up_store, im->up_store, sizeof kept->up_store);
  plan->kept = kept;
  return OTTL_OK;
}

static bool is_small(const ottl_batch *b) {
  bool small = ot_of(b)->window_rows <= KEPT_ROWS;
  for (unsigned level = 0; level < b->layout->level; level++) small &= b->rows[level].n <= KEPT_ROWS;
  return small;
}

ottl_status ottl__ot_columns_begin(ottl_batch *b) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  ot_plan *plan = im->plans[layout->id];
  /* At the first payload, whatever its size: later ones allocate nothing. */
  if (!plan->kept && can_keep(layout, b->signal)) OTTL_TRY(make_kept(b, plan));
  im->kept = plan->kept && is_small(b);
  if (im->kept) {
    b->columns = plan->kept->columns;
    b->maps = plan->kept->maps;
    memcpy(b->columns, plan->kept->fresh, layout->n_columns * sizeof *b->columns);
    memcpy(b->maps, plan->kept->fresh_maps, layout->n_maps * sizeof *b->maps);
    memcpy(im->up_store, plan->kept->up_store, sizeof im->up_store);
    return OTTL_OK;
  }
  b->columns = arena_array(&im->pass, (size_t)layout->n_columns + 1, sizeof *b->columns);
  b->maps = arena_array(&im->pass, (size_t)layout->n_maps + 1, sizeof *b->maps);
  return b->columns && b->maps ? OTTL_OK : OTTL_NOMEM;
}

ottl_status ottl__ot_columns_make(ottl_batch *b, ottl_level level, uint32_t rows) {
  ot_impl *im = ot_of(b);
  if (level < b->layout->level) im->above_rows[level] = rows;
  return im->kept ? OTTL_OK : make_level(b, &im->pass, level, rows);
}

/* -- rows that come while a pass runs -- */

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
