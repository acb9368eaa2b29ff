/* Rounds: a group in row order whose rows see each other only through what they write above themselves.
 *
 * Rows under different parents see nothing of each other. So the first row of every parent runs, then the second row of every parent,
 * and so on: a window takes as many rounds as some parent has rows in it, instead of as many runs as there are rows. And when what
 * is written there depends on nothing but the parent and what is above it, a round that changes nothing means that the rows which
 * are left change nothing either, and see what that round saw: they are the last round, all together.
 *
 * Levels from above to below, because what is written to a metric may depend on its resource. A row is never before another one
 * under the same parent that comes first in the payload, as long as they can see each other. */
#include "vm/vm.h"

/* What the rows above had at one level before a round. */
typedef struct rd_before {
  uint64_t *word; /* n of each column */
  uint32_t *len;
  uint8_t *tag;
} rd_before;

typedef struct rd_state {
  ottl_vm *vm;
  uint64_t *left; /* rows of the window that have not run */
  uint8_t level;  /* whose parents are told apart */
  uint32_t lo, n; /* its rows that the window sees */
  rd_before before;
} rd_state;

/* The first row that is left of each parent goes from `left` to the rows that run. False: there is none. */
static bool take_first(rd_state *s) {
  ottl_vm *vm = s->vm;
  uint8_t own = vm->code->level;
  const uint32_t *up = vm->batch->up[s->level];
  uint32_t last = UINT32_MAX;
  memset(vm->all[own], 0, BM_WORDS(vm->batch->n) * 8);
  SEL_EACH(s->left, vm->batch->n, i) {
    if (up[i] == last) continue;
    last = up[i];
    bm_set(vm->all[own], i);
    bm_clear(s->left, i);
  }
  return last != UINT32_MAX;
}

static ottl_status run_round(ottl_vm *vm) {
  ottl__vm_rows_above(vm);
  return ottl__vm_run(vm);
}

static ottl_status reserve_before(rd_state *s) {
  const ottl_layout *layout = &s->vm->code->layout;
  ottl_arena *a = &s->vm->slice;
  size_t cells = (size_t)layout->n_columns * s->n + 1;
  s->before = (rd_before){arena_array(a, cells, sizeof(uint64_t)), arena_array(a, cells, sizeof(uint32_t)),
                          arena_array(a, cells, sizeof(uint8_t))};
  return s->before.word && s->before.len && s->before.tag ? OTTL_OK : OTTL_NOMEM;
}

static void remember(rd_state *s) {
  const ottl_layout *layout = &s->vm->code->layout;
  const ottl_batch *b = s->vm->batch;
  for (size_t c = 0; c < layout->n_columns; c++) {
    const ottl_reg *col = &b->columns[c];
    if (layout->columns[c].level != s->level) continue;
    memcpy(s->before.word + c * s->n, col->word + s->lo, s->n * sizeof *col->word);
    if (col->len) memcpy(s->before.len + c * s->n, col->len + s->lo, s->n * sizeof *col->len);
    if (col->tag) memcpy(s->before.tag + c * s->n, col->tag + s->lo, s->n);
  }
}

/* Same value? Texts by what they say: each round makes its own. Of containers nobody knows. */
static bool same_cell(const rd_state *s, const ottl_reg *col, size_t at, uint32_t row) {
  const uint8_t type = col->tag ? col->tag[row] : col->type;
  const uint64_t before = s->before.word[at], now = col->word[row];
  if (col->tag && s->before.tag[at] != type) return false;
  if (!col->len) return before == now;
  const uint32_t len = col->len[row];
  if (s->before.len[at] != len || (col->store == OTTL_STORE_CELL && type > OTTL_T_BYTES) || len == OTTL_PROFILE_TYPE_NEW)
    return false;
  if (before == now) return true;
  if (type != OTTL_T_STRING && type != OTTL_T_BYTES) return false;
  return len == 0 || memcmp((const void *)(uintptr_t)before, (const void *)(uintptr_t)now, len) == 0;
}

/* Entries that no column stands for may have gone: nobody sees those. */
static bool unchanged(const rd_state *s) {
  const ottl_layout *layout = &s->vm->code->layout;
  const ottl_batch *b = s->vm->batch;
  for (size_t c = 0; c < layout->n_columns; c++) {
    const ottl_reg *col = &b->columns[c];
    if (layout->columns[c].level != s->level || !col->any_dirty) continue;
    for (uint32_t i = 0; i < s->n; i++) {
      if (!same_cell(s, col, c * s->n + i, s->lo + i)) return false;
    }
  }
  for (size_t m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level == s->level && b->maps[m].any_dups) return false; /* such rows have lists of their own */
  }
  return true;
}

/* Rounds until nothing is left, or what is written at the level has settled. */
static ottl_status level_rounds(rd_state *s) {
  const bool settles = s->vm->code->settles >> s->level & 1;
  s->lo = s->vm->batch->lo[s->level];
  s->n = s->vm->batch->hi[s->level] - s->lo;
  if (settles) OTTL_TRY(reserve_before(s));
  while (take_first(s)) {
    if (settles) remember(s);
    OTTL_TRY(run_round(s->vm));
    if (settles && unchanged(s)) break;
  }
  return OTTL_OK;
}

ottl_status ottl__vm_rounds(ottl_vm *vm) {
  const uint8_t own = vm->code->level;
  const size_t words = BM_WORDS(vm->batch->n);
  rd_state s = {.vm = vm, .left = arena_alloc(&vm->slice, words * 8 + 8)};
  if (!s.left) return OTTL_NOMEM;
  memcpy(s.left, vm->all[own], words * 8);
  for (s.level = 0; s.level < own; s.level++) {
    if (vm->code->rounds >> s.level & 1) OTTL_TRY(level_rounds(&s));
  }
  memcpy(vm->all[own], s.left, words * 8);
  return bm_any(s.left, vm->batch->n) ? run_round(vm) : OTTL_OK;
}
