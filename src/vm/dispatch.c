/* Dispatch: instructions one after another. The cost of decoding is paid once for a whole window of rows. */
#include "base/limits.h"
#include "kernels/kernels.h"
#include "vm/memo.h"
#include "vm/meter.h"
#include "vm/vm.h"

static vm_handler *const handlers[] = {
#define OP(name, operands, handler, synopsis) handler,
#include "opcodes.def"
#undef OP
};

static ottl_status run(ottl_vm *vm, uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; i++) {
    const ottl_insn *in = &vm->code->insns[i];
    OTTL_TRY(handlers[in->op](vm, in));
  }
  return OTTL_OK;
}

/* The same, counted and timed. */
static ottl_status run_metered(ottl_vm *vm, uint32_t from, uint32_t to) {
  vm_meter *m = vm->frame->meter;
  uint32_t next = 0;
  for (uint32_t i = from; i < to; i++) {
    const ottl_insn *in = &vm->code->insns[i];
    ottl__meter_marks(vm, i, &next);
    m->part = m->debug.insns[i].part;
    int64_t begun = ottl__meter_now();
    OTTL_TRY(handlers[in->op](vm, in));
    ottl__meter_ran(vm, &m->insns[i], in, &begun);
  }
  ottl__meter_marks(vm, to, &next);
  return OTTL_OK;
}

static ottl_status run_watched(ottl_vm *vm, uint32_t from, uint32_t to) {
  vm_watch *watch = vm->frame->watch;
  for (uint32_t i = from; i < to; i++) {
    const ottl_insn *in = &vm->code->insns[i];
    OTTL_TRY(watch->look(watch, i));
    OTTL_TRY(handlers[in->op](vm, in));
  }
  return watch->look(watch, to);
}

static ottl_status run_body_metered(ottl_vm *vm, const ottl_code_lambda *lambda) {
  int64_t begun = ottl__meter_now();
  for (uint32_t i = lambda->first; i < lambda->first + lambda->n; i++) {
    const ottl_insn *in = &vm->code->bodies[i];
    OTTL_TRY(handlers[in->op](vm, in));
    ottl__meter_ran(vm, &vm->frame->meter->bodies[i], in, &begun);
  }
  return OTTL_OK;
}

/* ---- registers ---- */

/* A window should stay in the cache of its core from the projection to the weaving, and still be long beside the dispatch.
 * PERF: 100 statements over 60 key columns, ns per record: 1,024 rows 1,510, 512 rows 1,400, 256 rows 1,460. */
#define SLICE_BYTES     (512u << 10)
#define MAX_SLICE_ROWS  1024u
#define MIN_SLICE_ROWS  320u
#define TYPICAL_ENTRIES 16u
#define TYPICAL_MAP     1024u /* bytes that a map was read as, and of what is made of it */

/* Bytes of a register's arrays for n rows; every array starts on a 64-byte line. */
static size_t reg_bytes(const ottl_reg_desc *d, size_t n) {
  size_t words = BM_WORDS(n) * 64; /* whole bitmap words, so that kernels may run over */
  switch (d->store) {
  case OTTL_STORE_BOOL: return (words / 8 + 63) / 64 * 64;
  case OTTL_STORE_WORD: return words * 8;
  case OTTL_STORE_VIEW: return words * 12;
  default: return words * 13;
  }
}

/* What a window touches for one row: columns, registers, entries. */
static size_t row_bytes(const ottl_code *code) {
  const ottl_layout *layout = &code->layout;
  size_t bits = 0, bytes = 0;
  for (uint32_t i = 0; i < code->n_regs; i++) {
    if (code->regs[i].level == code->level) bits += reg_bytes(&code->regs[i], 4096) / (4096 / 8);
  }
  for (uint32_t i = 0; i < layout->n_columns; i++) {
    if (layout->columns[i].level == code->level) bytes += 3 * sizeof(uint32_t); /* off, end, slot */
  }
  for (uint32_t m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != code->level) continue;
    bytes += layout->maps[m].entries ? TYPICAL_ENTRIES * sizeof(ottl_entry) : layout->maps[m].seen ? TYPICAL_MAP : 0;
  }
  return bytes + bits / 8;
}

static uint32_t suggested_rows(const ottl_code *code) {
  size_t rows = SLICE_BYTES / (row_bytes(code) + 1);
  return rows >= MAX_SLICE_ROWS ? MAX_SLICE_ROWS : rows <= MIN_SLICE_ROWS ? MIN_SLICE_ROWS : (uint32_t)(rows / 64 * 64);
}

static void reg_point(ottl_reg *r, char *block, size_t n) {
  size_t words = BM_WORDS(n) * 64;
  r->bits = (uint64_t *)block;
  r->word = (uint64_t *)block;
  r->len = (uint32_t *)(block + words * 8);
  r->tag = (uint8_t *)(block + words * 12);
}

static ottl_status frame_reserve(ottl_vm *vm, vm_frame *f, uint8_t level, uint32_t rows) {
  if (rows <= f->cap[level]) return OTTL_OK;
  uint32_t cap = (rows + 63) / 64 * 64;
  for (uint32_t i = f->code->layout.n_columns; i < f->code->n_regs; i++) {
    const ottl_reg_desc *d = &f->code->regs[i];
    if (d->level != level) continue;
    size_t bytes = reg_bytes(d, cap) + 64;
    void *block = al_zero(&vm->al, bytes);
    if (!block) return OTTL_NOMEM;
    al_free(&vm->al, f->blocks[i], f->block_bytes[i]);
    f->blocks[i] = block;
    f->block_bytes[i] = bytes;
    reg_point(&f->own[i], (char *)(((uintptr_t)block + 63) & ~(uintptr_t)63), cap);
  }
  f->cap[level] = cap;
  return OTTL_OK;
}

static void put_constant(ottl_reg *r, ottl_cell c) {
  switch (r->store) {
  case OTTL_STORE_BOOL: bm_put(r->bits, 0, c.word != 0); break;
  case OTTL_STORE_WORD: r->word[0] = c.word; break;
  case OTTL_STORE_VIEW: r->word[0] = c.word, r->len[0] = c.len; break;
  default: reg_put_cell(r, 0, c); break;
  }
}

static ottl_status bitmap_reserve(ottl_vm *vm, uint8_t level, uint32_t rows) {
  size_t words = BM_WORDS(rows) + 1;
  return ottl__al_reserve(&vm->al, &vm->all[level], &vm->all_cap[level], words, sizeof(uint64_t));
}

ottl_status ottl__vm_reserve(ottl_vm *vm, uint8_t level, uint32_t n) {
  n = n ? n : 1; /* even what is empty has an address */
  OTTL_TRY(frame_reserve(vm, vm->frame, level, n));
  return bitmap_reserve(vm, level, n);
}

ottl_status ottl__vm_run_body(ottl_vm *vm, const ottl_code_lambda *lambda) {
  if (OTTL_UNLIKELY(vm->frame->meter != NULL)) return run_body_metered(vm, lambda);
  for (uint32_t i = 0; i < lambda->n; i++) {
    const ottl_insn *in = &vm->code->bodies[lambda->first + i];
    OTTL_TRY(handlers[in->op](vm, in));
  }
  return OTTL_OK;
}

/* Runs the prologue: what depends on no row is computed once, in memory that lives as long as the exec. */
static ottl_status frame_prologue(ottl_vm *vm, vm_frame *f) {
  ottl_batch batch = {.n = 1};
  batch.arena = vm->constants;
  ottl_arena slice = vm->slice;
  ottl__arena_init(&vm->slice, &vm->al, 256);
  vm->frame = f;
  vm->code = f->code;
  vm->batch = &batch;
  vm->r = f->r;
  ottl_status status = bitmap_reserve(vm, OTTL_LEVEL_CONST, 1);
  if (status == OTTL_OK) {
    vm->all[OTTL_LEVEL_CONST][0] = 1;
    status = run(vm, 0, f->code->n_prologue);
  }
  /* Failures of constants have to outlive the window. */
  for (uint32_t i = f->code->layout.n_columns; i < f->code->n_regs && status == OTTL_OK; i++) {
    ottl_reg *r = &f->own[i];
    if (!r->has_err || r->level != OTTL_LEVEL_CONST) continue;
    uint64_t *err = arena_zero(&batch.arena, 8);
    uint16_t *code = arena_zero(&batch.arena, 8);
    if (!err || !code) {
      status = OTTL_NOMEM;
      break;
    }
    *err = *r->err;
    *code = *r->code;
    r->err = err;
    r->code = code;
  }
  ottl__arena_done(&vm->slice);
  vm->constants = batch.arena;
  vm->slice = slice;
  vm->batch = NULL;
  return status;
}

ottl_status ottl__vm_frame_create(ottl_vm *vm, const ottl_code *code, uint32_t slice_rows, vm_frame **ret) {
  vm_frame *f = al_zero(&vm->al, sizeof *f);
  if (!f) return OTTL_NOMEM;
  ottl_status status = OTTL_NOMEM;
  f->code = code;
  size_t n = code->n_regs + 1;
  f->r = al_zero(&vm->al, n * sizeof *f->r);
  f->own = al_zero(&vm->al, n * sizeof *f->own);
  f->blocks = al_zero(&vm->al, n * sizeof *f->blocks);
  f->block_bytes = al_zero(&vm->al, n * sizeof *f->block_bytes);
  if (!f->r || !f->own || !f->blocks || !f->block_bytes) goto out;
  status = ottl__memo_create(&vm->al, code, &f->memos);
  if (status != OTTL_OK) goto out;
  for (uint32_t i = 0; i < code->n_regs; i++) {
    const ottl_reg_desc *d = &code->regs[i];
    f->own[i] =
        (ottl_reg){.store = d->store, .type = d->type, .level = d->level, .mask = d->level == OTTL_LEVEL_CONST ? 0 : UINT32_MAX};
    f->r[i] = &f->own[i];
  }
  f->window = slice_rows ? slice_rows : suggested_rows(code);
  status = frame_reserve(vm, f, OTTL_LEVEL_CONST, 1);
  if (status == OTTL_OK) status = frame_reserve(vm, f, code->level, f->window);
  if (status != OTTL_OK) goto out;
  for (uint32_t i = code->layout.n_columns; i < code->n_regs; i++) {
    if (code->regs[i].constant) put_constant(&f->own[i], code->regs[i].cell);
  }
  status = frame_prologue(vm, f);
out:
  if (status != OTTL_OK) {
    ottl__vm_frame_free(vm, f);
    return status;
  }
  *ret = f;
  return OTTL_OK;
}

void ottl__vm_frame_free(ottl_vm *vm, vm_frame *f) {
  if (!f) return;
  size_t n = f->code->n_regs + 1;
  for (size_t i = 0; f->blocks && f->block_bytes && i < n; i++) al_free(&vm->al, f->blocks[i], f->block_bytes[i]);
  al_free(&vm->al, f->r, n * sizeof *f->r);
  al_free(&vm->al, f->own, n * sizeof *f->own);
  al_free(&vm->al, f->blocks, n * sizeof *f->blocks);
  al_free(&vm->al, f->block_bytes, n * sizeof *f->block_bytes);
  ottl__memo_free(&vm->al, f->code, f->memos);
  al_free(&vm->al, f, sizeof *f);
}

/* ---- windows ---- */

static ottl_status key_goes(void *context, uint32_t rule, ottl_view key, bool *ret) {
  const ottl_vm *vm = context;
  const ottl_call_site *site = vm->code->calls[rule].site;
  return ottl__key_goes(&ottl__functions[site->function], site->prep, vm->scratch, key, ret);
}

ottl_status ottl__vm_begin(ottl_vm *vm, vm_frame *f, ottl_batch *batch) {
  vm->frame = f;
  vm->code = f->code;
  vm->batch = batch;
  batch->key_rule = (ottl_key_rule){key_goes, vm};
  vm->r = f->r;
  memset(vm->base, 0, sizeof vm->base);
  for (uint32_t i = 0; i < f->code->layout.n_columns; i++) {
    const ottl_column_spec *c = &f->code->layout.columns[i];
    bool above = c->level < f->code->level;
    f->r[i] = above ? &f->own[i] : &batch->columns[i];
    if (above && c->written) batch->columns[i].any_dirty = true; /* windows write through a register of their own */
  }
  return OTTL_OK;
}

/* Columns of the levels above, from the first row that the window sees. */
static void window_columns(ottl_vm *vm) {
  const ottl_layout *layout = &vm->code->layout;
  for (uint32_t i = 0; i < layout->n_columns; i++) {
    uint8_t level = layout->columns[i].level;
    if (level == vm->code->level) continue;
    ottl_reg *r = &vm->frame->own[i];
    uint32_t base = vm->base[level];
    *r = vm->batch->columns[i];
    r->word += base;
    if (r->len) r->len += base;
    if (r->tag) r->tag += base;
    r->off += base;
    r->end += base;
    r->dirty += base / 64;
    if (r->err) {
      r->err += base / 64;
      r->code += base;
    }
  }
}

static bool row_dropped(const ottl_batch *b, uint8_t level, uint32_t row) {
  for (;; level--) {
    if (b->rows[level].state[row] & (OTTL_ROW_DROPPED | OTTL_ROW_HELD)) return true;
    if (level == 0) return false;
    row = b->rows[level].parent[row];
  }
}

/* The rows of the window that count. */
static ottl_status window_rows(ottl_vm *vm) {
  ottl_batch *b = vm->batch;
  uint8_t own = vm->code->level;
  OTTL_TRY(bitmap_reserve(vm, own, b->n));
  size_t words = BM_WORDS(b->n);
  memset(vm->all[own], 0xff, words * 8);
  if (b->n % 64) vm->all[own][words - 1] = ((uint64_t)1 << b->n % 64) - 1;
  for (uint32_t i = 0; vm->dropping && i < b->n; i++) {
    if (row_dropped(b, own, b->first + i)) bm_clear(vm->all[own], i);
  }
  for (uint32_t i = 0; vm->skip && i < b->n && b->first + i < vm->n_skip; i++) {
    if (bm_get(vm->skip, b->first + i)) bm_clear(vm->all[own], i);
  }
  for (uint8_t level = 0; level < own; level++) {
    vm->base[level] = b->lo[level] / 64 * 64;
    uint32_t seen = b->hi[level] - vm->base[level];
    OTTL_TRY(frame_reserve(vm, vm->frame, level, seen));
    OTTL_TRY(bitmap_reserve(vm, level, seen));
  }
  ottl__vm_rows_above(vm);
  return OTTL_OK;
}

void ottl__vm_rows_above(ottl_vm *vm) {
  ottl_batch *b = vm->batch;
  uint8_t own = vm->code->level;
  /* From below: what is above a row above is seen through it, because there are fewer of those. */
  for (uint8_t level = own; level-- > 0;) {
    uint32_t seen = b->hi[level] - vm->base[level];
    uint64_t *all = vm->all[level];
    memset(all, 0, BM_WORDS(seen) * 8);
    uint32_t last = UINT32_MAX;
    if (level + 1 == own) {
      const uint32_t *up = b->up[level];
      SEL_EACH(vm->all[own], b->n, i) {
        if (up[i] != last) bm_set(all, up[i] - vm->base[level]);
        last = up[i];
      }
    } else {
      const uint32_t *parent = b->rows[level + 1].parent + vm->base[level + 1];
      SEL_EACH(vm->all[level + 1], b->hi[level + 1] - vm->base[level + 1], i) bm_set(all, parent[i] - vm->base[level]);
    }
  }
}

ottl_status ottl__vm_run(ottl_vm *vm) {
  if (OTTL_UNLIKELY(vm->frame->watch != NULL)) return run_watched(vm, vm->code->n_prologue, vm->code->n_insns);
  if (OTTL_UNLIKELY(vm->frame->meter != NULL)) return run_metered(vm, vm->code->n_prologue, vm->code->n_insns);
  return run(vm, vm->code->n_prologue, vm->code->n_insns);
}

ottl_status ottl__vm_window(ottl_vm *vm) {
  ottl__arena_reset(&vm->slice);
  OTTL_TRY(window_rows(vm));
  size_t words = BM_WORDS(vm->batch->n) + 1;
  vm->stopped = arena_zero(&vm->slice, words * 8);
  vm->touched = arena_zero(&vm->slice, words * 8);
  if (!vm->stopped || !vm->touched) return OTTL_NOMEM;
  vm->any_stopped = false;
  vm->n_failures = 0;
  window_columns(vm);
  return vm->code->rounds && vm->batch->n > 1 ? ottl__vm_rounds(vm) : ottl__vm_run(vm);
}

/* ---- failures ---- */

bool ottl__vm_fail(ottl_vm *vm, ottl_reg *r, uint32_t n, uint32_t i, uint16_t code) {
  if (!r->has_err) {
    r->err = arena_zero(&vm->slice, BM_WORDS(n) * 8);
    r->code = arena_array(&vm->slice, n ? n : 1, sizeof *r->code);
    if (!r->err || !r->code) return false;
    r->has_err = true;
  }
  bm_set(r->err, i);
  r->code[i] = code;
  return true;
}

bool ottl__vm_inherit(ottl_vm *vm, ottl_reg *r, const ottl_reg *a, const uint64_t *sel, uint32_t n) {
  if (!a->has_err) return true;
  SEL_EACH(sel, n, i) {
    if (reg_failed(a, i) && !reg_failed(r, i) && !ottl__vm_fail(vm, r, n, i, a->code[reg_at(a, i)])) return false;
  }
  return true;
}

static ottl_status row_failed(ottl_vm *vm, uint32_t i, uint32_t statement, uint32_t condition, uint16_t code) {
  vm->n_failed++;
  if (vm->frame->meter) ottl__meter_failed(vm->frame->meter, vm->code, statement, condition);
  bm_set(vm->touched, i);
  if (vm->code->stops) {
    if (bm_get(vm->stopped, i)) return OTTL_OK; /* the first failure of a row counts */
    bm_set(vm->stopped, i);
    vm->any_stopped = true;
  }
  if (vm->n_failures >= vm->max_failures) return OTTL_OK;
  OTTL_TRY(ottl__al_reserve(&vm->al, &vm->failures, &vm->cap_failures, vm->n_failures + 1, sizeof *vm->failures));
  vm->failures[vm->n_failures++] = (vm_failure){vm->batch->first + i, statement, condition, code};
  return OTTL_OK;
}

ottl_status ottl__vm_statement_failed(ottl_vm *vm, uint8_t level, uint32_t i, uint32_t statement, uint32_t condition,
                                      uint16_t code) {
  uint8_t own = vm->code->level;
  if (level == own) return row_failed(vm, i, statement, condition, code);
  SEL_EACH(vm->all[own], vm->batch->n, k) {
    if (vm_up(vm, own, level, k) == i) OTTL_TRY(row_failed(vm, k, statement, condition, code));
  }
  return OTTL_OK;
}

/* ---- life ---- */

ottl_status ottl__vm_init(ottl_vm *vm, const ottl_allocator *al) {
  *vm = (ottl_vm){.al = *al, .max_failures = 1u << 16, .kernels = ottl__kernels_pick(), .memo = ottl__memo_mode()};
  ottl__arena_init(&vm->constants, al, 4096);
  ottl__arena_init(&vm->slice, al, 0);
  for (size_t i = 0; i < OTTL_MAX_LAMBDAS; i++) {
    ottl__arena_init(&vm->heaps[i], al, 0);
    ottl__arena_init(&vm->gathered[i], al, 0);
    ottl__arena_init(&vm->faults[i], al, 0);
  }
  ottl__map_init(&vm->names, al);
  return ottl__scratch_create(al, &vm->scratch);
}

void ottl__vm_done(ottl_vm *vm) {
  for (size_t i = 0; i < OTTL_COUNT(vm->all); i++) al_free(&vm->al, vm->all[i], vm->all_cap[i] * sizeof(uint64_t));
  al_free(&vm->al, vm->failures, vm->cap_failures * sizeof *vm->failures);
  ottl__scratch_free(vm->scratch);
  for (size_t i = 0; i < OTTL_MAX_LAMBDAS; i++) {
    ottl__arena_done(&vm->heaps[i]);
    ottl__arena_done(&vm->gathered[i]);
    ottl__arena_done(&vm->faults[i]);
  }
  ottl__map_done(&vm->names);
  ottl__arena_done(&vm->constants);
  ottl__arena_done(&vm->slice);
}
