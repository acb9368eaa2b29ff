/* Running: passes over a batch, window by window; then the payload is put together again. */
#include <stdlib.h>

#include "api/profile.h"
#include "api/route.h"
#include "api/trace.h"
#include "sema/tables.h"

#define MAX_SLICE_ROWS 1024

void ottl_exec_options_init(ottl_exec_options *options) { *options = (ottl_exec_options){.struct_size = sizeof *options}; }

/* Rows of a window; 0: as many as the code suggests. */
static uint32_t slice_of(const ottl_exec *x, const ottl_code *code) {
  return code->row_order && !code->rounds ? 1 : x->slice_rows;
}

ottl_status ottl_exec_create(const ottl_program *program, const ottl_exec_options *options, ottl_exec **ret_exec) {
  ottl_exec_options defaults;
  ottl_exec_options_init(&defaults);
  const ottl_exec_options *o = options ? options : &defaults;
  if (!program || !ret_exec || o->struct_size < sizeof *o || o->slice_rows > MAX_SLICE_ROWS) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_exec *x = al_zero(&al, sizeof *x);
  if (!x) return OTTL_NOMEM;
  x->memory = (exec_memory){.al = al, .held = 0, .max = o->max_bytes};
  al = x->al = ottl__memory_counted(&x->memory);
  x->program = program;
  x->slice_rows = o->slice_rows;
  x->clock_seconds = o->clock_seconds;
  x->clock_nanos = o->clock_nanos;
  x->max_errors = o->max_errors ? o->max_errors : 1000;
  ottl__arena_init(&x->request_arena, &al, 1024);
  for (size_t i = 0; i < OTTL_COUNT(x->caches); i++) ottl__arena_init(&x->caches[i].arena, &al, 1024);
  ottl__arena_init(&x->cache_saved, &al, 1024);
  ottl_status status = ottl__vm_init(&x->vm, &al);
  if (status == OTTL_OK) status = ottl__batch_create(&al, &x->batch);
  if (status != OTTL_OK) goto out;
  x->vm.event_index = program->event_index;
  ottl__scratch_seed(x->vm.scratch, o->random_seed);
  for (size_t i = 0; i < program->n_groups && !x->request_batch; i++) {
    if (program->codes[i].context == OTTL_C_OTELCOL) status = ottl__batch_create(&al, &x->request_batch);
    if (status != OTTL_OK) goto out;
  }
  if (o->strict) status = ottl__validator_create(&al, (int)program->signal, &x->validator);
  if (status != OTTL_OK) goto out;
  if (program->routes) status = ottl__route_exec_create(x);
  if (status != OTTL_OK) goto out;
  size_t n_results = program->n_groups ? program->codes[0].n_statements : 0;
  x->frames = al_zero(&al, (program->n_groups + 1) * sizeof *x->frames);
  x->results = al_zero(&al, (n_results + 1) * sizeof *x->results);
  status = OTTL_NOMEM;
  if (!x->frames || !x->results) goto out;
  status = OTTL_OK;
  for (size_t i = 0; i < program->n_groups && status == OTTL_OK; i++) {
    status = ottl__vm_frame_create(&x->vm, &program->codes[i], slice_of(x, &program->codes[i]), &x->frames[i]);
  }
  /* Constants are computed here, and a function may take what memory failed for a value that is not right. */
  if (status == OTTL_OK) status = memory_status(&x->memory);
out:
  if (status != OTTL_OK) {
    ottl_status cause = memory_status(&x->memory);
    ottl_exec_free(x);
    return cause != OTTL_OK ? cause : status;
  }
  *ret_exec = x;
  return OTTL_OK;
}

void ottl_exec_free(ottl_exec *x) {
  if (!x) return;
  ottl__trace_free(x);
  size_t n_groups = x->program->n_groups;
  for (size_t i = 0; x->frames && i < n_groups; i++) ottl__vm_frame_free(&x->vm, x->frames[i]);
  al_free(&x->al, x->frames, (n_groups + 1) * sizeof *x->frames);
  size_t n_results = n_groups ? x->program->codes[0].n_statements : 0;
  al_free(&x->al, x->results, (n_results + 1) * sizeof *x->results);
  ottl__route_exec_free(x);
  ottl__profile_free(x);
  al_free(&x->al, x->errors, x->cap_errors * sizeof *x->errors);
  for (size_t i = 0; i < OTTL_COUNT(x->caches); i++) {
    ottl__arena_done(&x->caches[i].arena);
    ottl__arena_done(&x->caches[i].before);
  }
  ottl__arena_done(&x->cache_saved);
  al_free(&x->al, x->rolled_back, x->cap_rolled_back * sizeof *x->rolled_back);
  al_free(&x->al, x->skip, x->cap_skip * sizeof *x->skip);
  ottl__vm_done(&x->vm);
  ottl__validator_free(x->validator);
  ottl__batch_free(x->batch);
  ottl__batch_free(x->request_batch);
  ottl__arena_done(&x->request_arena);
  ottl_allocator al = x->memory.al; /* the exec itself is not counted */
  al_free(&al, x, sizeof *x);
}

/* ---- failures ---- */

static int by_row(const void *a, const void *b) {
  const vm_failure *x = a, *y = b;
  if (x->row != y->row) return x->row < y->row ? -1 : 1;
  uint64_t sx = x->statement == UINT32_MAX ? x->condition : (uint64_t)x->statement + ((uint64_t)1 << 32);
  uint64_t sy = y->statement == UINT32_MAX ? y->condition : (uint64_t)y->statement + ((uint64_t)1 << 32);
  return sx < sy ? -1 : sx > sy;
}

/* Takes over the failures of a window, in order of row and statement. */
static ottl_status take_failures(ottl_exec *x, uint32_t group, ottl_result *result) {
  ottl_vm *vm = &x->vm;
  if (OTTL_LIKELY(vm->n_failed == 0)) return OTTL_OK;
  result->errors += vm->n_failed;
  vm->n_failed = 0;
  for (size_t w = 0; w < BM_WORDS(vm->batch->n); w++) result->rows_failed += (uint64_t)__builtin_popcountll(vm->touched[w]);
  if (vm->n_failures > 1) qsort(vm->failures, vm->n_failures, sizeof *vm->failures, by_row);
  const ottl_code *code = &x->program->codes[group];
  /* The failure that ends a run is kept, however many were ignored before. */
  size_t most = x->max_errors + (code->error_mode == OTTL_ERROR_PROPAGATE);
  for (size_t i = 0; i < vm->n_failures && x->n_errors < most; i++) {
    OTTL_TRY(ottl__al_reserve(&x->al, &x->errors, &x->cap_errors, x->n_errors + 1, sizeof *x->errors));
    const vm_failure *f = &vm->failures[i];
    exec_record record = ottl__exec_record(x, group, f->row);
    bool rolled_back = code->undo && code->on_failure == OTTL_ON_FAILURE_ROLLBACK && record.start != UINT32_MAX;
    x->errors[x->n_errors] = (exec_error){.item = ottl__batch_source_row(vm->batch, f->row),
                                          .record = record,
                                          .group = group,
                                          .statement = f->statement,
                                          .condition = f->condition,
                                          .order = (uint32_t)x->n_errors,
                                          .code = f->code,
                                          .rolled_back = rolled_back};
    x->n_errors++;
  }
  return OTTL_OK;
}

/* ---- passes ---- */

/* A group of the otelcol context has one row, whatever the payload holds: a resource without anything. */
static ottl_batch *batch_of(const ottl_exec *x, const ottl_code *code) {
  return code->context == OTTL_C_OTELCOL ? x->request_batch : x->batch;
}

static ottl_status open_request(ottl_exec *x, ottl_signal signal) {
  static const uint8_t one_resource[] = {0x0a, 0};
  return x->request_batch ? ottl__batch_open(x->request_batch, (int)signal, one_resource, sizeof one_resource) : OTTL_OK;
}

static ottl_status prepare_results(ottl_exec *x, const ottl_code *code) {
  x->n_rows = batch_of(x, code)->rows[code->level].n;
  for (uint32_t i = 0; i < code->n_statements; i++) {
    x->results[i].cells = arena_array(&x->batch->arena, (size_t)x->n_rows + 1, sizeof(ottl_cell));
    x->results[i].codes = arena_array(&x->batch->arena, (size_t)x->n_rows + 1, sizeof(uint16_t));
    if (!x->results[i].cells || !x->results[i].codes) return OTTL_NOMEM;
  }
  x->vm.results = x->results;
  return OTTL_OK;
}

/* set(span.events, nil) from a span event empties the list under iteration: the events that would follow are not visited. */
static bool parent_emptied(const ottl_exec *x, const ottl_code *code, uint32_t row) {
  uint8_t level = code->level;
  if (!code->row_order || level < OTTL_L_CHILD) return false;
  const ottl_batch *b = x->batch;
  uint32_t parent = b->rows[level].parent[row];
  for (uint16_t i = 0; i < code->layout.n_columns; i++) {
    const ottl_column_spec *c = &code->layout.columns[i];
    if (c->source != OTTL_COL_FIELD || c->level != level - 1 || !c->written) continue;
    bool holds = c->field == OTTL_FIELD_SPAN_EVENTS || c->field == OTTL_FIELD_PROFILE_SAMPLES ||
                 c->field == OTTL_FIELD_METRIC_POINTS || c->field == OTTL_FIELD_POINT_EXEMPLARS;
    if (holds && b->columns[i].any_dirty && bm_get(b->columns[i].dirty, parent) && b->columns[i].len[parent] == 0) return true;
  }
  return false;
}

/* Rows on which a condition of a filter failed under propagate stay, with all that is below them, to the end of the stage. */
static void hold_rows(ottl_exec *x, const ottl_code *code) {
  ottl_batch *b = batch_of(x, code);
  uint8_t *state = b->rows[code->level].state + b->first;
  SEL_EACH(x->vm.stopped, b->n, i) state[i] |= OTTL_ROW_HELD;
  x->vm.dropping = true; /* windows look at states from now on */
}

typedef struct exec_pass {
  ottl_exec *x;
  ottl_batch *batch;
  uint32_t group, step;
  const ottl_code *code;
  ottl_result *result;
  exec_cache_use cache;
  bool failed;  /* some row did, under propagate */
  bool refused; /* and that ends the run */
} exec_pass;

static ottl_status run_window(exec_pass *p, uint32_t first, uint32_t n) {
  ottl_exec *x = p->x;
  ottl_kind kind = x->program->kind;
  exec_phase_is(x, PHASE_READ);
  OTTL_TRY(ottl__batch_window(p->batch, first, n));
  OTTL_TRY(ottl__cache_enter(&p->cache));
  if (p->code->undo) OTTL_TRY(ottl__batch_save(p->batch));
  exec_phase_is(x, PHASE_OTHER);
  OTTL_TRY(ottl__vm_window(&x->vm));
  exec_phase_is(x, PHASE_WRITE);
  bool undo = p->code->undo && x->vm.any_stopped;
  OTTL_TRY(undo ? ottl__cache_undo(&p->cache) : ottl__cache_leave(&p->cache));
  OTTL_TRY(memory_status(&x->memory));
  if (undo) OTTL_TRY(ottl__rollback_window(x, p->group));
  OTTL_TRY(take_failures(x, p->group, p->result));
  /* A filter and a route under propagate try every record; statements stop at the first failure. */
  bool hands_on = kind == OTTL_KIND_TRANSFORM || kind == OTTL_KIND_FILTER || kind == OTTL_KIND_ROUTE;
  bool stopped = p->code->error_mode == OTTL_ERROR_PROPAGATE && x->vm.any_stopped && hands_on;
  if (stopped && kind == OTTL_KIND_FILTER) hold_rows(x, p->code);
  p->failed |= stopped;
  p->refused = stopped && kind == OTTL_KIND_TRANSFORM;
  return ottl__batch_close_window(p->batch);
}

static ottl_status run_rows(exec_pass *p, uint32_t first, uint32_t end) {
  for (; first < end && !p->refused; first += p->step) {
    uint32_t count = end - first < p->step ? end - first : p->step;
    if (!parent_emptied(p->x, p->code, first)) OTTL_TRY(run_window(p, first, count));
  }
  return OTTL_OK;
}

/* Records that statements append are visited by the same statements, and may append more. */
static ottl_status run_appended(exec_pass *p) {
  ottl_batch *b = p->batch;
  for (uint64_t generation = 0; !p->refused; generation++) {
    uint32_t first, n;
    OTTL_TRY(ottl__batch_take_appended(b, &first, &n));
    if (n == 0) break;
    if (generation >= ottl__limits[OTTL_LIMIT_GENERATIONS].standard) {
      b->error_text = "appended metrics append more metrics without end: the statement wants a `where` that leaves them out";
      return OTTL_LIMIT;
    }
    OTTL_TRY(run_rows(p, first, first + n));
  }
  return OTTL_OK;
}

static uint32_t scope_of(const ottl_batch *b, uint8_t level, uint32_t row) {
  for (; level > OTTL_L_SCOPE; level--) row = b->rows[level].parent[row];
  return row;
}

static int by_item(const void *a, const void *b) {
  const exec_error *x = a, *y = b;
  if (x->item != y->item) return x->item < y->item ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

/* What a scope's records append comes before the next scope, where that shows: row by row, and when the first failure ends all.
 * Failures are those of the items that the records go back to. */
static ottl_status run_appending(exec_pass *p, uint32_t n) {
  ottl_batch *b = p->batch;
  size_t n_errors = p->x->n_errors;
  bool scopes = p->code->row_order || p->code->error_mode == OTTL_ERROR_PROPAGATE;
  for (uint32_t first = 0, end; first < n && !p->refused; first = end) {
    uint32_t scope = scope_of(b, p->code->level, first);
    for (end = first + 1; end < n && (!scopes || scope_of(b, p->code->level, end) == scope);) end++;
    OTTL_TRY(run_rows(p, first, end));
    OTTL_TRY(run_appended(p));
  }
  n = (uint32_t)(p->x->n_errors - n_errors);
  if (n > 1) qsort(p->x->errors + n_errors, n, sizeof *p->x->errors, by_item);
  return OTTL_OK;
}

ottl_status ottl__exec_group(ottl_exec *x, uint32_t group, ottl_result *result) {
  const ottl_code *code = &x->program->codes[group];
  ottl_batch *b = batch_of(x, code);
  bool evaluates = x->program->kind == OTTL_KIND_VALUES || x->program->kind == OTTL_KIND_CONDITIONS;
  exec_phase_is(x, PHASE_READ);
  OTTL_TRY(ottl__batch_open_level(b, (ottl_level)code->level));
  uint32_t step = x->trace ? 1 : x->frames[group]->window, n = b->rows[code->level].n;
  if (n < step && !code->appends) step = n ? n : 1; /* columns of small payloads lie close together */
  OTTL_TRY(ottl__batch_bind(b, &code->layout, step));
  n = b->rows[code->level].n;
  if (evaluates && group == 0) OTTL_TRY(prepare_results(x, code));
  OTTL_TRY(ottl__vm_begin(&x->vm, x->frames[group], b));
  exec_pass pass = {.x = x, .batch = b, .group = group, .step = step, .code = code, .result = result};
  ottl__cache_begin(x, code, b, &pass.cache);
  OTTL_TRY(ottl__rollback_begin(x, group));
  size_t before = x->n_errors;
  OTTL_TRY(code->appends ? run_appending(&pass, n) : run_rows(&pass, 0, n));
  if (pass.refused && x->n_errors > before + 1) x->n_errors = before + 1; /* the first failure of the payload counts */
  exec_phase_is(x, PHASE_WRITE);
  OTTL_TRY(ottl__batch_unbind(b)); /* what was written above may lie in the cache of the group before, until it is woven */
  OTTL_TRY(ottl__cache_end(x, &pass.cache));
  return pass.failed ? OTTL_RUNTIME : OTTL_OK;
}

/* The clock of a run is read when the run first asks for it. */
static void set_clock(ottl_exec *x) {
  x->vm.now_seconds = x->clock_seconds;
  x->vm.now_nanos = x->clock_nanos;
  x->vm.clock_known = x->clock_seconds || x->clock_nanos;
}

/* The level whose rows are counted: the deepest that a group works on. */
static uint8_t counted_level(const ottl_program *p) {
  uint8_t level = OTTL_L_ITEM;
  for (size_t i = 0; i < p->n_groups; i++) {
    if (p->codes[i].level > level) level = p->codes[i].level;
  }
  return level;
}

static void count_rows(const ottl_exec *x, ottl_result *result) {
  uint8_t level = counted_level(x->program);
  const ottl_rows *rows = &x->batch->rows[level];
  bool appended = level == OTTL_L_ITEM && x->batch->n_appended;
  result->rows_in = rows->n;
  uint32_t dropped = 0, left_or_changed = 0; /* of 32 bits, so that the loop is one of vectors */
  for (uint32_t i = 0; i < rows->n; i++) {
    dropped += (rows->state[i] & OTTL_ROW_DROPPED) != 0;
    left_or_changed += (rows->state[i] & (OTTL_ROW_DROPPED | OTTL_ROW_MOVED | OTTL_ROW_EDITED)) != 0;
  }
  result->rows_dropped = dropped;
  result->rows_changed = left_or_changed - dropped;
  for (uint32_t i = 0; appended && i < rows->n; i++) {
    if (!ottl__batch_came(x->batch, i)) result->rows_in--;
  }
}

/* One stage of a filter: its groups by level, because a record under a dropped resource is not looked at; then what was left
 * without anything below it goes, as deep as the stage has looked. *failed: some group failed under propagate. */
static ottl_status run_stage(ottl_exec *x, uint32_t stage, ottl_result *result, bool *failed, bool *left) {
  const ottl_program *p = x->program;
  uint8_t deepest = OTTL_L_RESOURCE;
  bool held = false;
  for (uint8_t level = 0; level < OTTL_LEVELS; level++) {
    for (uint32_t i = 0; i < p->n_groups; i++) {
      if (p->stages[i] != stage || p->codes[i].level != level) continue;
      ottl_status s = ottl__exec_group(x, i, result);
      if (s != OTTL_OK && s != OTTL_RUNTIME) return s;
      held |= s == OTTL_RUNTIME;
      deepest = level;
    }
  }
  *failed |= held;
  bool points = p->signal == OTTL_SIGNAL_METRICS && deepest >= OTTL_L_CHILD;
  ottl_level top = points ? OTTL_L_ITEM : deepest == OTTL_L_RESOURCE ? OTTL_L_RESOURCE : OTTL_L_SCOPE;
  OTTL_TRY(ottl__batch_drop_empty(x->batch, top, left));
  x->vm.dropping = true;
  for (uint8_t level = 0; held && level < OTTL_LEVELS; level++) {
    ottl_rows *rows = &x->batch->rows[level];
    for (uint32_t i = 0; rows->open && i < rows->n; i++) rows->state[i] &= (uint8_t)~OTTL_ROW_HELD;
  }
  return OTTL_OK;
}

static bool next_stage(const ottl_program *p, uint32_t *stage, bool first) {
  uint32_t best = UINT32_MAX;
  bool found = false;
  for (size_t i = 0; i < p->n_groups; i++) {
    if ((first || p->stages[i] > *stage) && p->stages[i] <= best) best = p->stages[i], found = true;
  }
  *stage = best;
  return found;
}

static ottl_status run_filter(ottl_exec *x, ottl_result *result) {
  uint32_t stage = 0;
  bool failed = false, left = true, first = true;
  for (; next_stage(x->program, &stage, first); first = false) OTTL_TRY(run_stage(x, stage, result, &failed, &left));
  x->nothing_left = !left;
  return failed && left ? OTTL_RUNTIME : OTTL_OK; /* a payload of which nothing is left has no failures, says the reference */
}

static ottl_status run_groups(ottl_exec *x, ottl_result *result) {
  if (x->program->kind == OTTL_KIND_FILTER) return run_filter(x, result);
  if (x->program->kind == OTTL_KIND_ROUTE) return ottl__route_run(x, result);
  for (uint32_t i = 0; i < x->program->n_groups && !ottl__rollback_ends(x, false); i++) OTTL_TRY(ottl__exec_group(x, i, result));
  return OTTL_OK;
}

/* Before anything of the payload is opened. */
static ottl_status check_payload(ottl_exec *x, const uint8_t *in, size_t in_len) {
  ottl_status status = ottl__validate(x->validator, in, in_len, &x->invalid);
  x->batch->error_text = x->invalid.text;
  x->batch->error_offset = x->invalid.offset;
  return status;
}

/* The program on a fresh batch of the payload; once more whenever records have to be left out that took part already. */
static ottl_status run_program(ottl_exec *x, const uint8_t *in, size_t in_len, ottl_result *result) {
  ottl_signal signal = x->program->signal != OTTL_SIGNAL_NONE ? x->program->signal : OTTL_SIGNAL_LOGS;
  uint32_t most = ottl__limits[OTTL_LIMIT_ROLLBACK_RUNS].standard;
  for (uint32_t runs = 1;; runs++) {
    x->vm.dropping = x->again = false;
    x->vm.n_failed = 0;
    OTTL_TRY(ottl__batch_open(x->batch, (int)signal, in, in_len));
    OTTL_TRY(open_request(x, signal));
    if (x->trace) ottl__trace_reset(x->trace);
    if (x->program->flatten) OTTL_TRY(ottl__batch_flatten(x->batch));
    OTTL_TRY(run_groups(x, result));
    if (!ottl__rollback_ends(x, true)) {
      if (runs > 1) ottl__rollback_sort(x);
      return OTTL_OK;
    }
    if (runs == most) {
      x->batch->error_text = "records were rolled back too many times";
      return OTTL_LIMIT;
    }
    ottl__rollback_again(x, result);
    ottl__caches_undo(x);
  }
}

ottl_status ottl_exec_run(ottl_exec *x, const uint8_t *in, size_t in_len, ottl_result *ret_result) {
  if (!x || !ret_result || (in_len && !in)) return OTTL_INVALID_ARG;
  ottl_result result = {0};
  x->n_errors = 0;
  x->n_rows = 0;
  x->failure = NULL;
  x->nothing_left = x->finished = false;
  memset(x->origins, 0, sizeof x->origins);
  if (x->routes) x->routes->valid = false;
  x->memory.refused = x->memory.over = false;
  x->n_rolled_back = 0;
  for (size_t i = 0; i < OTTL_COUNT(x->caches); i++) x->caches[i].written = false;
  set_clock(x);
  ottl__scratch_reset(x->vm.scratch, in_len);
  if (x->profile) ottl__profile_begin(x->profile, in_len);
  if (x->trace) ottl__trace_reset(x->trace);
  ottl_status status = x->validator ? check_payload(x, in, in_len) : OTTL_OK;
  if (status == OTTL_OK) status = run_program(x, in, in_len, &result);
  if ((status == OTTL_OK || status == OTTL_RUNTIME) && !x->routes) count_rows(x, &result);
  if (status == OTTL_OK && x->program->kind <= OTTL_KIND_FILTER) {
    if (!x->nothing_left) status = ottl__batch_finish(x->batch, false, &result.data, &result.len);
    result.unchanged = result.len == in_len && result.rows_changed == 0 && (in_len == 0 || memcmp(result.data, in, in_len) == 0);
    if (result.len == 0 && !x->program->flatten) result.data = NULL; /* flattened, a request without records is left */
  }
  if (OTTL_UNLIKELY(x->memory.refused)) {
    if (x->routes) x->routes->valid = false;
    status = memory_status(&x->memory); /* whatever became of it on the way */
    result.data = NULL;
    result.len = 0;
    x->batch->error_text = x->memory.over ? "this payload needs more memory than max_bytes allows" : NULL;
    x->batch->error_offset = 0;
  }
  if (status == OTTL_NOMEM && x->batch->too_much) status = OTTL_LIMIT;
  if (status == OTTL_DATA || status == OTTL_LIMIT) {
    const char *why =
        status == OTTL_LIMIT ? "the result would be larger, or deeper, than a payload may be" : "the payload cannot be read";
    x->failure = x->batch->error_text ? x->batch->error_text : why;
    x->failure_offset = x->batch->error_offset;
  }
  if (x->profile) ottl__profile_end(x->profile);
  x->finished = status == OTTL_OK && x->program->kind <= OTTL_KIND_FILTER;
  *ret_result = result;
  return status;
}

static const exec_error *error_at(const ottl_exec *x, size_t i) { return i < x->n_errors ? &x->errors[i] : NULL; }

bool ottl_exec_error(ottl_exec *x, size_t i, ottl_row_error *ret) {
  const exec_error *e = x && ret ? error_at(x, i) : NULL;
  if (!e) return false;
  program_origin from = {x->program->groups[e->group], e->condition};
  if (e->statement == UINT32_MAX) from = ottl__program_origin(x->program, e->group, e->condition);
  *ret = (ottl_row_error){.item = e->item,
                          .group = from.group,
                          .statement = e->statement,
                          .condition = from.condition,
                          .code = ottl__rowerr_name(e->code),
                          .message = ottl__rowerr_text(e->code, x->message, sizeof x->message)};
  return true;
}

static bool locate(const ottl_exec *x, const exec_error *e, ottl_located *ret) {
  return ottl__batch_locate(x->batch, (ottl_level)e->record.level, e->record.start, e->record.child, e->record.grandchild, ret);
}

static uint64_t place(uint32_t i) { return i == UINT32_MAX ? OTTL_NO_PLACE : i; }

bool ottl_exec_error_record(ottl_exec *x, size_t i, ottl_record_place *ret) {
  const exec_error *e = x && ret && ret->struct_size >= sizeof *ret ? error_at(x, i) : NULL;
  ottl_located at;
  if (!e) return false;
  bool found = locate(x, e, &at);
  *ret = (ottl_record_place){.struct_size = sizeof *ret,
                             .context = ottl__contexts[x->program->codes[e->group].context].name,
                             .resource = place(at.resource),
                             .scope = place(at.scope),
                             .item = place(at.item),
                             .child = place(at.child),
                             .grandchild = place(at.grandchild),
                             .offset = found ? at.offset : OTTL_NO_PLACE,
                             .len = found ? at.len : 0};
  return true;
}

ottl_status ottl_exec_error_payload(ottl_exec *x, size_t i, const uint8_t **ret_data, size_t *ret_len) {
  if (!x || !ret_data || !ret_len) return OTTL_INVALID_ARG;
  const exec_error *e = error_at(x, i);
  ottl_located at;
  ottl_view alone;
  if (!e || !locate(x, e, &at)) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__batch_alone(x->batch, &at, &alone));
  *ret_data = (const uint8_t *)alone.data;
  *ret_len = alone.len;
  return OTTL_OK;
}

const char *ottl_exec_failure(const ottl_exec *x, size_t *ret_offset) {
  if (!x || !x->failure) return NULL;
  if (ret_offset) *ret_offset = x->failure_offset;
  return x->failure;
}
