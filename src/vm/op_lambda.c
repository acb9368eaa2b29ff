/* Functions on lambdas: the elements of the rows' lists and maps lie one behind the other in registers of their own level, the body
 * runs over all of them at once, and what comes out is put together row by row. Rows are taken in batches, so that memory is bounded
 * by the largest single container.
 *
 * SPEC: pkg/ottl v0.161.0 ottlfuncs func_all.go, func_any.go, func_filter.go, func_find.go, func_map_each.go, func_map_keys.go,
 * func_reduce.go. Elements after the one that decides are not looked at there: here their failures are not. */
#include "base/limits.h"
#include "base/map.h"
#include "batch/value_wire.h"
#include "vm/vm.h"

#define LAMBDA_BATCH   16384u /* elements that one run of a body works on, unless one row has more */
#define LAMBDA_GARBAGE ((size_t)8 << 20)

typedef struct lambda_run {
  ottl_vm *vm;
  const ottl_insn *in;
  const ottl_code_call *call;
  ottl_reg *out;
  uint32_t n_out; /* rows of the call's level */
  /* one batch */
  uint32_t n_rows, n;
  uint32_t *row, *first; /* n_rows + 1: elements first[k] .. first[k + 1] are of row[k] */
  ottl_cell *source;     /* by k */
  ottl_cell *key, *value;
} lambda_run;

static bool fail(lambda_run *r, uint32_t row, uint16_t code) { return ottl__vm_fail(r->vm, r->out, r->n_out, row, code); }

static uint8_t depth_of(const lambda_run *r) { return (uint8_t)(r->call->lambdas[0].level - OTTL_LEVEL_LAMBDA(0)); }

/* Empties an arena, which keeps its memory unless that is much. */
static void forget(ottl_arena *a) {
  if (ottl__arena_bytes(a) > LAMBDA_GARBAGE)
    ottl__arena_done(a);
  else
    ottl__arena_reset(a);
}

/* The reference's NormalizeValue. */
static ottl_cell normal(ottl_cell c) {
  switch (cell_type(c)) {
  case OTTL_T_ABSENT: return cell_nil();
  case OTTL_T_GO_INT: c.tag = OTTL_T_INT; return c;
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_DOUBLE: c.tag = OTTL_T_LIST_ANY | OTTL_TAG_TREE; return c;
  default: return c;
  }
}

/* A list or map of whatever the source gives; 0 or a row error. */
static uint16_t container(ottl_vm *vm, ottl_cell c, ottl_cell *ret) {
  *ret = c;
  if (cell_type(c) == OTTL_T_MAP || cell_type(c) == OTTL_T_LIST) return 0;
  uint16_t err = ottl__coerce(&vm->batch->arena, vm->scratch, OTTL_P_LIST, c, ret);
  return err == OTTL_ROWERR(WANT_LIST, cell_type(c)) ? OTTL_ROWERR(UNSUPPORTED_TYPE, cell_type(c)) : err;
}

/* What the body gave for element i; nil is not a value of a lambda. 0 or a row error. */
static uint16_t result_of(const ottl_reg *result, uint32_t i, ottl_cell *ret) {
  if (reg_failed(result, i)) return result->code[reg_at(result, i)];
  *ret = reg_cell(result, i);
  return cell_is_nil(*ret) ? OTTL_ROWERR(LAMBDA_RESULT, OTTL_T_NIL) : 0;
}

/* ---- running a body ---- */

static ottl_status run_body(lambda_run *r, const ottl_code_lambda *l, const uint32_t *parent, const ottl_cell *const args[3],
                            uint32_t n) {
  ottl_vm *vm = r->vm;
  OTTL_TRY(ottl__vm_reserve(vm, l->level, n));
  vm->lambda[l->level - OTTL_LEVEL_LAMBDA(0)] = (vm_elements){n, r->in->level, parent};
  uint64_t *all = vm->all[l->level];
  memset(all, 0xff, BM_WORDS(n) * 8);
  if (n % 64) all[BM_WORDS(n) - 1] = ((uint64_t)1 << n % 64) - 1;
  for (unsigned a = 0; a < l->n_formals; a++) {
    ottl_reg *formal = vm->r[l->formal[a]];
    for (uint32_t i = 0; i < n; i++) reg_put_cell(formal, i, args[a][i]);
  }
  /* Failures of elements are asked for until the next run at this depth. */
  ottl_arena *faults = &vm->faults[l->level - OTTL_LEVEL_LAMBDA(0)], slice = vm->slice;
  ottl__arena_reset(faults);
  vm->slice = *faults;
  ottl_status status = ottl__vm_run_body(vm, l);
  *faults = vm->slice;
  vm->slice = slice;
  return status;
}

/* ---- a batch of rows ---- */

static uint16_t gather_row(lambda_run *r, ottl_cell source) {
  ottl_walk walk = walk_begin(source);
  bool map = cell_type(source) == OTTL_T_MAP;
  for (int64_t i = 0;; i++) {
    ottl_view name;
    ottl_cell value;
    bool more;
    if (map ? !walk_entry(&walk, &name, &value, &more) : !walk_item(&walk, &value, &more)) return OTTL_RE_BAD_WIRE;
    if (!more) return 0;
    r->key[r->n] = map ? cell_string(name) : cell_int(i);
    r->value[r->n++] = normal(value);
  }
}

/* Arrays of the batch: the next one takes their place. */
static ottl_arena *arrays(const lambda_run *r) { return &r->vm->gathered[depth_of(r)]; }

static ottl_status gather(lambda_run *r, uint32_t total) {
  ottl_arena *a = arrays(r);
  r->key = arena_array(a, (size_t)total + 1, sizeof *r->key);
  r->value = arena_array(a, (size_t)total + 1, sizeof *r->value);
  r->first = arena_array(a, (size_t)r->n_rows + 1, sizeof *r->first);
  if (!r->key || !r->value || !r->first) return OTTL_NOMEM;
  r->n = 0;
  for (uint32_t k = 0; k < r->n_rows; k++) {
    r->first[k] = r->n;
    uint16_t err = gather_row(r, r->source[k]);
    if (!err) continue;
    r->n = r->first[k]; /* counted before, so that this cannot be: but nothing of it counts */
    if (!fail(r, r->row[k], err)) return OTTL_NOMEM;
  }
  r->first[r->n_rows] = r->n;
  return OTTL_OK;
}

static uint32_t *parents(const lambda_run *r) {
  uint32_t *parent = arena_array(arrays(r), (size_t)r->n + 1, sizeof *parent);
  for (uint32_t k = 0; parent && k < r->n_rows; k++) {
    for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) parent[i] = r->row[k];
  }
  return parent;
}

/* ---- what becomes of the elements ---- */

/* The first element of row k for which the predicate is `wanted`; first[k + 1]: none. 0 or a row error. */
static uint16_t search(const lambda_run *r, const ottl_reg *result, uint32_t k, bool wanted, uint32_t *ret) {
  uint32_t i = r->first[k];
  for (; i < r->first[k + 1]; i++) {
    ottl_cell c = cell_nil();
    uint16_t err = result_of(result, i, &c);
    if (err) return err;
    if (c.tag != OTTL_T_BOOL) return OTTL_ROWERR(LAMBDA_RESULT, cell_type(c));
    if ((c.word != 0) == wanted) break;
  }
  *ret = i;
  return 0;
}

typedef struct maker { /* a list or map that is being made of a row's elements */
  ottl_arena *arena;
  ottl_list *list;
  ottl_rowmap *map;
} maker;

static bool maker_begin(maker *m, ottl_arena *arena, bool map) {
  *m = (maker){.arena = arena};
  if (map)
    m->map = arena_zero(arena, sizeof *m->map);
  else
    m->list = arena_zero(arena, sizeof *m->list);
  return m->map || m->list;
}

static bool maker_add(maker *m, ottl_view name, ottl_cell c) {
  if (m->list) return ottl__list_push(m->arena, m->list, c) == OTTL_OK;
  ottl_entry *e = ottl__rowmap_push(m->arena, m->map, name);
  if (e) entry_set(e, c);
  return e != NULL;
}

static ottl_cell maker_cell(const maker *m) { return m->list ? cell_tree(OTTL_T_LIST, m->list) : cell_tree(OTTL_T_MAP, m->map); }

/* What the function makes of element i; *ret_kept false: nothing. */
static uint16_t make_element(lambda_run *r, uint16_t mode, const ottl_reg *result, uint32_t i, ottl_view *name, ottl_cell *ret,
                             bool *ret_kept) {
  ottl_cell c = cell_nil();
  uint16_t err = result_of(result, i, &c);
  if (err) return err;
  *ret_kept = true;
  if (mode == OTTL_FN_MAP_EACH) {
    if (cell_type(c) == OTTL_T_LIST || cell_type(c) == OTTL_T_MAP) {
      ottl_status status = ottl__value_copy(&r->vm->batch->arena, c, ret);
      return status == OTTL_OK ? 0 : ottl__vm_error_of(status);
    }
    return ottl__from_raw(r->vm, normal(c), true, ret); /* DIFF: maps from paths are taken inside lists */
  }
  if (mode == OTTL_FN_MAP_KEYS) {
    if (c.tag != OTTL_T_STRING) return OTTL_ROWERR(LAMBDA_RESULT, cell_type(c));
    *name = cell_view(c);
  } else {
    if (c.tag != OTTL_T_BOOL) return OTTL_ROWERR(LAMBDA_RESULT, cell_type(c));
    *ret_kept = c.word != 0;
  }
  if (!*ret_kept) return 0;
  ottl_status status = ottl__value_copy(&r->vm->batch->arena, r->value[i], ret);
  return status == OTTL_OK ? 0 : ottl__vm_error_of(status);
}

/* MapKeys: the names that a row's map has so far. */
static ottl_status add_named(maker *m, ottl_map *seen, ottl_view name, ottl_cell c) {
  uint32_t at = ottl__map_find(seen, name);
  if (at != OTTL_MAP_NONE) {
    entry_set(&m->map->items[at], c);
    return OTTL_OK;
  }
  OTTL_TRY(ottl__map_put(seen, name, m->map->n));
  return maker_add(m, name, c) ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status make_row(lambda_run *r, uint16_t mode, const ottl_reg *result, uint32_t k, ottl_map *seen) {
  maker m;
  if (!maker_begin(&m, &r->vm->batch->arena, cell_type(r->source[k]) == OTTL_T_MAP)) return OTTL_NOMEM;
  for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
    ottl_view name = m.map ? cell_view(r->key[i]) : VIEW("");
    ottl_cell c;
    bool kept = false;
    uint16_t err = make_element(r, mode, result, i, &name, &c, &kept);
    if (err) return fail(r, r->row[k], err) ? OTTL_OK : OTTL_NOMEM;
    if (!kept) continue;
    if (mode == OTTL_FN_MAP_KEYS)
      OTTL_TRY(add_named(&m, seen, name, c));
    else if (!maker_add(&m, name, c))
      return OTTL_NOMEM;
  }
  reg_put(r->out, r->row[k], maker_cell(&m));
  return OTTL_OK;
}

static ottl_status make_rows(lambda_run *r, uint16_t mode, const ottl_reg *result) {
  ottl_status status = OTTL_OK;
  for (uint32_t k = 0; k < r->n_rows && status == OTTL_OK; k++) {
    ottl__map_clear(&r->vm->names);
    if (!reg_failed(r->out, r->row[k])) status = make_row(r, mode, result, k, &r->vm->names);
  }
  return status;
}

static ottl_status match_rows(lambda_run *r, uint16_t mode, const ottl_reg *result) {
  bool wanted = mode == OTTL_FN_ANY;
  for (uint32_t k = 0; k < r->n_rows; k++) {
    uint32_t at;
    if (reg_failed(r->out, r->row[k])) continue;
    uint16_t err = search(r, result, k, wanted, &at);
    if (err && !fail(r, r->row[k], err)) return OTTL_NOMEM;
    if (!err) reg_put(r->out, r->row[k], cell_bool((at < r->first[k + 1]) == wanted));
  }
  return OTTL_OK;
}

/* Find: the elements found, and what the mapper makes of them. */
static ottl_status find_rows(lambda_run *r, const ottl_reg *result) {
  ottl_arena *a = arrays(r);
  const ottl_code_lambda *mapper = r->call->n_lambdas > 1 ? &r->call->lambdas[1] : NULL;
  ottl_cell *key = arena_array(a, r->n_rows + 1, sizeof *key), *value = arena_array(a, r->n_rows + 1, sizeof *value);
  uint32_t *row = arena_array(a, r->n_rows + 1, sizeof *row), n = 0;
  if (!key || !value || !row) return OTTL_NOMEM;
  for (uint32_t k = 0; k < r->n_rows; k++) {
    uint32_t at;
    if (reg_failed(r->out, r->row[k])) continue;
    uint16_t err = search(r, result, k, true, &at);
    if (err && !fail(r, r->row[k], err)) return OTTL_NOMEM;
    if (err) continue;
    bool found = at < r->first[k + 1];
    reg_put(r->out, r->row[k], found ? r->value[at] : cell_nil());
    if (!found) continue;
    key[n] = r->key[at];
    value[n] = r->value[at];
    row[n++] = r->row[k];
  }
  if (!mapper || n == 0) return OTTL_OK;
  OTTL_TRY(run_body(r, mapper, row, (const ottl_cell *const[3]){key, value}, n));
  const ottl_reg *mapped = r->vm->r[mapper->result];
  for (uint32_t i = 0; i < n; i++) {
    ottl_cell c = cell_nil();
    uint16_t err = result_of(mapped, i, &c);
    if (err && !fail(r, row[i], err)) return OTTL_NOMEM;
    if (!err) reg_put(r->out, row[i], normal(c));
  }
  return OTTL_OK;
}

/* ---- Reduce: round j takes the j-th element of every row that has one ---- */

/* A copy of a value with all its bytes. */
static ottl_status keep_value(ottl_arena *a, ottl_cell c, unsigned depth, ottl_cell *ret) {
  *ret = c;
  if (depth > OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  switch (cell_type(c)) {
  case OTTL_T_STRING:
  case OTTL_T_BYTES:
  case OTTL_T_TRACE_ID:
  case OTTL_T_SPAN_ID: {
    ottl_view copy = arena_copy(a, cell_view(c).data, c.len);
    *ret = cell_of_view(cell_type(c), copy);
    return copy.data ? OTTL_OK : OTTL_NOMEM;
  }
  case OTTL_T_TIME_ZONED: {
    ottl_zoned_time *z = arena_alloc(a, sizeof *z);
    if (!z) return OTTL_NOMEM;
    *z = *(const ottl_zoned_time *)(uintptr_t)c.word;
    z->zone = arena_copy(a, z->zone.data, z->zone.len);
    *ret = (ottl_cell){(uint64_t)(uintptr_t)z, 0, OTTL_T_TIME_ZONED};
    return z->zone.data ? OTTL_OK : OTTL_NOMEM;
  }
  default: break;
  }
  bool map = cell_type(c) == OTTL_T_MAP;
  if (!map && cell_type(c) != OTTL_T_LIST && !cell_is_tree(c)) return OTTL_OK; /* opaque values lie in the payload */
  maker m;
  if (!maker_begin(&m, a, map)) return OTTL_NOMEM;
  for (ottl_walk walk = walk_begin(c);;) {
    ottl_view name = VIEW("");
    ottl_cell item, copy;
    bool more;
    if (map ? !walk_entry(&walk, &name, &item, &more) : !walk_item(&walk, &item, &more)) return OTTL_DATA;
    if (!more) break;
    OTTL_TRY(keep_value(a, item, depth + 1, &copy));
    name = arena_copy(a, name.data, name.len);
    if (!name.data || !maker_add(&m, name, copy)) return OTTL_NOMEM;
  }
  *ret = maker_cell(&m);
  ret->tag = (uint8_t)(cell_type(c) | OTTL_TAG_TREE);
  return OTTL_OK;
}

/* Accumulators of rounds gone by are garbage: a round works in a heap of its own, and what lives moves on when that is full. */
static ottl_status reduce_keep(lambda_run *r, ottl_cell *acc, ottl_arena *to) {
  for (uint32_t k = 0; k < r->n_rows; k++) {
    if (reg_failed(r->out, r->row[k])) continue;
    ottl_status status = keep_value(to, acc[k], 0, &acc[k]);
    if (status == OTTL_DATA || status == OTTL_LIMIT) {
      if (!fail(r, r->row[k], ottl__vm_error_of(status))) return OTTL_NOMEM;
    } else if (status != OTTL_OK) {
      return status;
    }
  }
  return OTTL_OK;
}

static ottl_status reduce_collect(lambda_run *r, ottl_cell *acc, ottl_arena *heap) {
  ottl_arena next;
  ottl__arena_init(&next, &r->vm->al, 0);
  ottl_status status = reduce_keep(r, acc, &next);
  ottl__arena_done(heap);
  *heap = next;
  return status;
}

static ottl_status reduce_round(lambda_run *r, uint32_t j, ottl_cell *acc, uint32_t *ret_live, void *const scratch[5]) {
  uint32_t *parent = scratch[0], *which = scratch[1], n = 0;
  ottl_cell *a = scratch[2], *key = scratch[3], *value = scratch[4];
  for (uint32_t k = 0; k < r->n_rows; k++) {
    uint32_t at = r->first[k] + j;
    if (at >= r->first[k + 1] || reg_failed(r->out, r->row[k])) continue;
    parent[n] = r->row[k];
    which[n] = k;
    a[n] = normal(acc[k]);
    key[n] = r->key[at];
    value[n++] = r->value[at];
  }
  *ret_live = n;
  if (n == 0) return OTTL_OK;
  const ottl_code_lambda *l = &r->call->lambdas[0];
  OTTL_TRY(run_body(r, l, parent, (const ottl_cell *const[3]){a, key, value}, n));
  const ottl_reg *result = r->vm->r[l->result];
  for (uint32_t i = 0; i < n; i++) {
    uint16_t err = result_of(result, i, &acc[which[i]]);
    if (err && !fail(r, parent[i], err)) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static ottl_status reduce_rounds(lambda_run *r, ottl_cell *acc) {
  ottl_arena *arena = &r->vm->batch->arena, outer = *arena, *heap = &r->vm->heaps[depth_of(r)];
  void *scratch[5];
  for (unsigned i = 0; i < 5; i++) {
    scratch[i] = arena_array(arrays(r), r->n_rows + 1, i < 2 ? sizeof(uint32_t) : sizeof(ottl_cell));
    if (!scratch[i]) return OTTL_NOMEM;
  }
  ottl_status status = OTTL_OK;
  uint32_t live = 1;
  for (uint32_t j = 0; live && status == OTTL_OK; j++) {
    *arena = *heap;
    status = reduce_round(r, j, acc, &live, scratch);
    *heap = *arena;
    *arena = outer;
    if (status == OTTL_OK && ottl__arena_bytes(heap) > LAMBDA_GARBAGE) status = reduce_collect(r, acc, heap);
  }
  if (status == OTTL_OK) status = reduce_keep(r, acc, arena);
  forget(heap);
  return status;
}

static ottl_status reduce_rows(lambda_run *r) {
  const ottl_reg *seed = r->vm->r[r->call->regs[1]];
  ottl_cell *acc = arena_array(arrays(r), r->n_rows + 1, sizeof *acc);
  if (!acc) return OTTL_NOMEM;
  for (uint32_t k = 0; k < r->n_rows; k++) acc[k] = reg_cell(seed, r->row[k]);
  OTTL_TRY(reduce_rounds(r, acc));
  for (uint32_t k = 0; k < r->n_rows; k++) {
    if (!reg_failed(r->out, r->row[k])) reg_put(r->out, r->row[k], acc[k]);
  }
  return OTTL_OK;
}

/* Runs the first lambda on the batch. Of what a predicate makes nothing is kept but its answers. */
static ottl_status run_elements(lambda_run *r, uint16_t mode) {
  const uint32_t *parent = parents(r);
  if (!parent) return OTTL_NOMEM;
  bool kept = mode == OTTL_FN_MAP_EACH || mode == OTTL_FN_MAP_KEYS;
  ottl_arena *arena = &r->vm->batch->arena, outer = *arena, *heap = &r->vm->heaps[depth_of(r)];
  if (!kept) *arena = *heap;
  ottl_status status = run_body(r, &r->call->lambdas[0], parent, (const ottl_cell *const[3]){r->key, r->value}, r->n);
  if (kept) return status;
  *heap = *arena;
  *arena = outer;
  forget(heap);
  return status;
}

static ottl_status run_gathered(lambda_run *r, uint16_t mode) {
  if (mode == OTTL_FN_REDUCE) return reduce_rows(r);
  OTTL_TRY(run_elements(r, mode));
  const ottl_reg *result = r->vm->r[r->call->lambdas[0].result];
  switch (mode) {
  case OTTL_FN_ALL:
  case OTTL_FN_ANY: return match_rows(r, mode, result);
  case OTTL_FN_FIND: return find_rows(r, result);
  default: return make_rows(r, mode, result);
  }
}

static ottl_status run_batch(lambda_run *r, uint32_t total) {
  if (r->n_rows == 0) return OTTL_OK;
  ottl_status status = gather(r, total);
  if (status == OTTL_OK) status = run_gathered(r, ottl__functions[r->call->site->function].flags & OTTL_FN_REDUCE);
  forget(arrays(r));
  return status;
}

/* Row i looks at `count` more elements: all that one row of the outermost call takes is counted together. */
static bool charge(const lambda_run *r, uint32_t i, uint32_t count) {
  const ottl_vm *vm = r->vm;
  for (uint8_t level = r->in->level; level > OTTL_LEVEL_CONST;) {
    const vm_elements *e = &vm->lambda[level - OTTL_LEVEL_LAMBDA(0)];
    i = e->parent[i];
    level = e->level;
  }
  if (count > OTTL_MAX_LAMBDA_ELEMENTS - vm->lambda_used[i]) return false;
  vm->lambda_used[i] += count;
  return true;
}

ottl_status ottl__op_lambda(ottl_vm *vm, const ottl_insn *in) {
  lambda_run r = {.vm = vm, .in = in, .call = &vm->code->calls[in->x], .out = vm->r[in->d], .n_out = vm_n(vm, in->level)};
  const uint64_t *sel = vm_sel(vm, in);
  const ottl_reg *source = vm->r[r.call->regs[0]];
  uint16_t mode = ottl__functions[r.call->site->function].flags & OTTL_FN_REDUCE;
  r.out->has_err = false;
  if (!ottl__vm_inherit(vm, r.out, source, sel, r.n_out)) return OTTL_NOMEM;
  if (mode == OTTL_FN_REDUCE && !ottl__vm_inherit(vm, r.out, vm->r[r.call->regs[1]], sel, r.n_out)) return OTTL_NOMEM;
  r.row = arena_array(&vm->batch->arena, (size_t)r.n_out + 1, sizeof *r.row);
  r.source = arena_array(&vm->batch->arena, (size_t)r.n_out + 1, sizeof *r.source);
  if (!r.row || !r.source) return OTTL_NOMEM;
  if (in->level <= OTTL_LEVEL_CONST) {
    vm->lambda_used = arena_zero(&vm->slice, ((size_t)r.n_out + 1) * sizeof *vm->lambda_used);
    if (!vm->lambda_used) return OTTL_NOMEM;
  }
  uint32_t total = 0;
  SEL_EACH(sel, r.n_out, i) {
    if (reg_failed(r.out, i)) continue;
    ottl_cell c;
    uint32_t count = 0;
    uint16_t err = container(vm, reg_cell(source, i), &c);
    ottl_status status = err ? OTTL_OK : ottl__value_count(c, &count);
    if (status != OTTL_OK) err = ottl__vm_error_of(status);
    if (!err && !charge(&r, i, count)) err = OTTL_RE_LAMBDA_WORK;
    if (err) {
      if (!fail(&r, i, err)) return OTTL_NOMEM;
      continue;
    }
    if (r.n_rows && count > LAMBDA_BATCH - (total < LAMBDA_BATCH ? total : LAMBDA_BATCH)) {
      OTTL_TRY(run_batch(&r, total));
      r.n_rows = total = 0;
    }
    r.row[r.n_rows] = i;
    r.source[r.n_rows++] = c;
    total += count;
  }
  return run_batch(&r, total);
}
