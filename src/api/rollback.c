/* Records that fail take back what they wrote: in their group, or in the whole program.
 *
 * Within a group the batch undoes a window's rows. A record that is rolled back takes no part in what follows; when it did take
 * part in an earlier group, what it wrote there may have been read, overwritten and passed on, so the whole payload is run again
 * without it: that is the only undoing which leaves no trace. */
#include <stdlib.h>

#include "api/api.h"

exec_record ottl__exec_record(const ottl_exec *x, uint32_t group, uint32_t row) {
  const ottl_rows *rows = x->batch->rows;
  const ottl_code *code = &x->program->codes[group];
  uint8_t level = code->level;
  exec_record r = {.row = row, .start = UINT32_MAX, .level = level};
  if (code->context == OTTL_C_OTELCOL) return r; /* a row of another batch */
  if (level == OTTL_L_GRANDCHILD) {
    uint32_t parent = rows[OTTL_L_GRANDCHILD].parent[row];
    r.grandchild = row - rows[OTTL_L_CHILD].first_child[parent];
    row = parent;
  }
  if (level >= OTTL_L_CHILD) {
    uint32_t item = rows[OTTL_L_CHILD].parent[row];
    r.child = row - rows[OTTL_L_ITEM].first_child[item];
    row = item;
  }
  if (level < OTTL_L_ITEM) {
    r.start = rows[level].start[row];
  } else if (ottl__batch_came(x->batch, row)) {
    r.start = rows[OTTL_L_ITEM].start[row];
  }
  return r;
}

static int by_record(const void *a, const void *b) {
  const exec_record *x = a, *y = b;
  if (x->level != y->level) return x->level < y->level ? -1 : 1;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->child != y->child) return x->child < y->child ? -1 : 1;
  return x->grandchild < y->grandchild ? -1 : x->grandchild > y->grandchild;
}

/* The first of the records, which are sorted, that is not before this level and start. */
static size_t lower_bound(const ottl_exec *x, uint8_t level, uint32_t start) {
  size_t low = 0, high = x->n_rolled_back;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const exec_record *r = &x->rolled_back[middle];
    if (r->level < level || (r->level == level && r->start < start)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* The record's row under that item; UINT32_MAX when it is not there any more. */
static uint32_t row_under(const ottl_batch *b, const exec_record *r, uint32_t row) {
  for (unsigned level = OTTL_L_ITEM; level < r->level; level++) {
    const uint32_t *first = b->rows[level].first_child;
    uint32_t place = level == OTTL_L_ITEM ? r->child : r->grandchild;
    if (place >= first[row + 1] - first[row]) return UINT32_MAX;
    row = first[row] + place;
  }
  return row;
}

static void skip_items(ottl_exec *x, uint8_t level) {
  const ottl_rows *items = &x->batch->rows[OTTL_L_ITEM];
  for (uint32_t i = 0; i < items->n; i++) {
    for (size_t k = lower_bound(x, level, items->start[i]); k < x->n_rolled_back; k++) {
      const exec_record *r = &x->rolled_back[k];
      if (r->level != level || r->start != items->start[i]) break;
      uint32_t row = row_under(x->batch, r, i);
      if (row != UINT32_MAX) bm_set(x->skip, row);
    }
  }
}

ottl_status ottl__rollback_begin(ottl_exec *x, uint32_t group) {
  uint8_t level = x->program->codes[group].level;
  x->vm.skip = NULL;
  if (OTTL_LIKELY(x->n_rolled_back == 0) || x->program->codes[group].context == OTTL_C_OTELCOL) return OTTL_OK;
  size_t words = BM_WORDS(x->batch->rows[level].n) + 1;
  OTTL_TRY(ottl__al_reserve(&x->al, &x->skip, &x->cap_skip, words, sizeof *x->skip));
  memset(x->skip, 0, words * sizeof *x->skip);
  qsort(x->rolled_back, x->n_rolled_back, sizeof *x->rolled_back, by_record);
  if (level >= OTTL_L_ITEM) {
    skip_items(x, level);
  } else {
    for (size_t i = lower_bound(x, level, 0); i < x->n_rolled_back && x->rolled_back[i].level == level; i++)
      bm_set(x->skip, x->rolled_back[i].row);
  }
  x->vm.skip = x->skip;
  x->vm.n_skip = x->batch->rows[level].n;
  return OTTL_OK;
}

/* Did records of this group take part in one before? */
static bool came_before(const ottl_program *p, uint32_t group) {
  for (uint32_t i = 0; i < group; i++) {
    if (p->codes[i].level == p->codes[group].level) return true;
  }
  return false;
}

ottl_status ottl__rollback_window(ottl_exec *x, uint32_t group) {
  const ottl_code *code = &x->program->codes[group];
  OTTL_TRY(ottl__batch_undo(x->batch, x->vm.stopped));
  if (code->on_failure != OTTL_ON_FAILURE_ROLLBACK) return OTTL_OK;
  bool before = came_before(x->program, group);
  SEL_EACH(x->vm.stopped, x->batch->n, i) {
    exec_record record = ottl__exec_record(x, group, x->batch->first + i);
    if (record.start == UINT32_MAX) continue; /* appended: there is no telling it in another run */
    x->again |= before;
    OTTL_TRY(ottl__al_reserve(&x->al, &x->rolled_back, &x->cap_rolled_back, x->n_rolled_back + 1, sizeof *x->rolled_back));
    x->rolled_back[x->n_rolled_back++] = record;
  }
  return OTTL_OK;
}

/* No record sees what another one wrote: then all groups may run first, and the records that fail are those that fail anyway. */
static bool independent(const ottl_program *p) {
  for (size_t g = 0; g < p->n_groups; g++) {
    const ottl_layout *layout = &p->codes[g].layout;
    if (layout->level != p->codes[0].layout.level) return false;
    for (unsigned c = 0; c < layout->n_columns; c++) {
      if (layout->columns[c].written && layout->columns[c].level < layout->level) return false;
    }
    for (unsigned m = 0; m < layout->n_maps; m++) {
      if (layout->maps[m].written && layout->maps[m].level < layout->level) return false;
    }
  }
  return true;
}

bool ottl__rollback_ends(const ottl_exec *x, bool last) { return OTTL_UNLIKELY(x->again) && (last || !independent(x->program)); }

void ottl__rollback_again(ottl_exec *x, ottl_result *result) {
  size_t n = 0;
  for (size_t i = 0; i < x->n_errors; i++) {
    if (x->errors[i].rolled_back) x->errors[n++] = x->errors[i];
  }
  x->n_errors = n;
  *result = (ottl_result){.errors = x->n_rolled_back, .rows_failed = x->n_rolled_back};
}

static int by_place(const void *a, const void *b) {
  const exec_error *x = a, *y = b;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  if (x->item != y->item) return x->item < y->item ? -1 : 1;
  bool cx = x->statement == UINT32_MAX, cy = y->statement == UINT32_MAX; /* conditions come first */
  if (cx != cy) return cx ? -1 : 1;
  uint32_t sx = cx ? x->condition : x->statement, sy = cy ? y->condition : y->statement;
  return sx < sy ? -1 : sx > sy;
}

void ottl__rollback_sort(ottl_exec *x) {
  if (x->n_errors > 1) qsort(x->errors, x->n_errors, sizeof *x->errors, by_place);
}
