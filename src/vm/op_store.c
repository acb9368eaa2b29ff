/* Writing paths. A row that fails may have written before it failed, as in the reference. */
#include "base/gotime.h"
#include "base/hex.h"
#include "batch/value_wire.h"
#include "vm/trace_state.h"
#include "vm/vm.h"

/* Rows to store: those selected whose value did not fail; the failures are the statement's. */
static ottl_status store_rows(ottl_vm *vm, const ottl_insn *in, const ottl_reg *value, const uint64_t **ret) {
  const uint64_t *sel = vm_sel(vm, in);
  *ret = sel;
  if (OTTL_LIKELY(!value->has_err)) return OTTL_OK;
  uint32_t n = vm_n(vm, in->level);
  uint64_t *rows = arena_alloc(&vm->slice, BM_WORDS(n) * 8 + 8);
  if (!rows) return OTTL_NOMEM;
  memcpy(rows, sel, BM_WORDS(n) * 8);
  SEL_EACH(sel, n, i) {
    if (!reg_failed(value, i)) continue;
    bm_clear(rows, i);
    OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, value->code[reg_at(value, i)]));
  }
  *ret = rows;
  return OTTL_OK;
}

static uint8_t column_level(const ottl_vm *vm, uint16_t column) { return vm->code->layout.columns[column].level; }

/* ---- key columns and bodies ---- */

static bool plain(uint8_t tag) { return tag <= OTTL_T_BYTES; }

/* Values under a key that lie in the dictionary are written as a whole: a copy is changed, and put there when nothing failed. */
static ottl_status set_dict_key(ottl_vm *vm, const ottl_insn *in, const uint16_t *keys, uint32_t n_keys) {
  ottl_reg *col = vm->r[in->a];
  const ottl_reg *v = vm->r[in->b];
  uint8_t level = column_level(vm, in->a);
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  uint32_t n = vm_n(vm, in->level);
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    ottl_cell at = {col->word[row], col->len[row], col->tag[row]}, value = reg_cell(v, i);
    uint16_t err = 0;
    if (at.tag == OTTL_T_ABSENT) {
      if (col->has_err && bm_get(col->err, row)) err = OTTL_ROWERR(BAD_INDEX, 0); /* DIFF: the reference panics */
      at = cell_nil();
    } else if (ottl__value_copy(&vm->batch->arena, at, &at) != OTTL_OK) {
      err = OTTL_RE_TOO_DEEP;
    }
    if (!err) err = ottl__path_set(vm, &at, keys, n_keys, i, value);
    if (!err)
      col_set(col, row, at);
    else
      OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
  }
  return OTTL_OK;
}

static bool column_in_dict(const ottl_vm *vm, uint16_t column) {
  const ottl_column_spec *c = &vm->code->layout.columns[column];
  return c->source == OTTL_COL_KEY && field_is_dict_map(vm->code->layout.maps[c->map].field);
}

/* A plain constant, to rows of the column's own level: 64 rows at a time where all are selected. */
static void set_constant(ottl_reg *col, ottl_cell c, const uint64_t *rows, uint32_t n) {
  if (c.tag <= OTTL_T_NIL) c.tag = OTTL_T_NIL; /* as col_set */
  for (size_t w = 0; w < BM_WORDS(n); w++) {
    if (!rows[w]) continue;
    col->any_dirty = true;
    col->dirty[w] |= rows[w];
    uint64_t *word = col->word + w * 64;
    uint32_t *len = col->len + w * 64;
    uint8_t *tag = col->tag + w * 64;
    if (rows[w] == UINT64_MAX) {
      for (unsigned i = 0; i < 64; i++) word[i] = c.word;
      for (unsigned i = 0; i < 64; i++) len[i] = c.len;
      memset(tag, c.tag, 64);
      continue;
    }
    for (uint64_t left = rows[w]; left; left &= left - 1) {
      unsigned i = (unsigned)__builtin_ctzll(left);
      word[i] = c.word;
      len[i] = c.len;
      tag[i] = c.tag;
    }
  }
}

/* 64 rows of cells, from the first on, when all of them are plain. */
static bool set_block(ottl_reg *col, const ottl_reg *v, size_t w) {
  const uint8_t *from = v->tag + w * 64;
  uint8_t *tag = col->tag + w * 64, most = 0;
  for (unsigned i = 0; i < 64; i++) most = most < from[i] ? from[i] : most;
  if (!plain(most)) return false;
  for (unsigned i = 0; i < 64; i++) tag[i] = from[i] <= OTTL_T_NIL ? OTTL_T_NIL : from[i]; /* as col_set */
  memmove(col->word + w * 64, v->word + w * 64, 64 * sizeof *col->word);
  memmove(col->len + w * 64, v->len + w * 64, 64 * sizeof *col->len);
  col->dirty[w] = UINT64_MAX;
  col->any_dirty = true;
  return true;
}

/* Cells of rows of the column's own level, whole words of them at a time; *rows: those that are left. */
static ottl_status set_blocks(ottl_vm *vm, ottl_reg *col, const ottl_reg *v, const uint64_t **rows, uint32_t n) {
  uint64_t *left = arena_alloc(&vm->slice, BM_WORDS(n) * 8 + 8);
  if (!left) return OTTL_NOMEM;
  for (size_t w = 0; w < BM_WORDS(n); w++) left[w] = (*rows)[w] == UINT64_MAX && set_block(col, v, w) ? 0 : (*rows)[w];
  *rows = left;
  return OTTL_OK;
}

ottl_status ottl__op_set_key(ottl_vm *vm, const ottl_insn *in) {
  if (column_in_dict(vm, in->a)) return set_dict_key(vm, in, NULL, 0);
  ottl_reg *col = vm->r[in->a];
  const ottl_reg *v = vm->r[in->b];
  uint8_t level = column_level(vm, in->a);
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  uint32_t n = vm_n(vm, in->level);
  if (!v->mask && level == in->level && plain(reg_cell(v, 0).tag)) {
    set_constant(col, reg_cell(v, 0), rows, n);
    return OTTL_OK;
  }
  if (v->mask && level == in->level && v->store == OTTL_STORE_CELL) OTTL_TRY(set_blocks(vm, col, v, &rows, n));
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    ottl_cell c = reg_cell(v, i);
    if (OTTL_LIKELY(plain(c.tag))) {
      col_set(col, row, c);
      continue;
    }
    ottl_cell at = {col->word[row], col->len[row], col->tag[row]};
    if (at.tag == OTTL_T_ABSENT) at.tag = OTTL_T_NIL; /* the slot is made first */
    uint16_t err = ottl__set_value(vm, &at, c);
    col_set(col, row, at);
    if (err) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
  }
  return OTTL_OK;
}

ottl_status ottl__op_set_path(ottl_vm *vm, const ottl_insn *in) {
  ottl_reg *col = vm->r[in->a];
  const ottl_reg *v = vm->r[in->b];
  uint8_t level = column_level(vm, in->a);
  const uint16_t *pool = &vm->code->pool[in->y];
  if (column_in_dict(vm, in->a)) return set_dict_key(vm, in, pool + 1, pool[0]);
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  uint32_t n = vm_n(vm, in->level);
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    ottl_cell at = {col->word[row], col->len[row], col->tag[row]};
    ottl_type type = cell_type(at);
    uint16_t err;
    if ((in->flags & OTTL_SET_BODY) && type != OTTL_T_MAP && type != OTTL_T_LIST) {
      err = OTTL_ROWERR(NOT_INDEXABLE, type);
    } else {
      err = ottl__path_set(vm, &at, pool + 1, pool[0], i, reg_cell(v, i));
      col_set(col, row, at);
    }
    if (err) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
  }
  return OTTL_OK;
}

ottl_status ottl__op_delete_key(ottl_vm *vm, const ottl_insn *in) {
  uint8_t level = column_level(vm, in->a);
  const uint64_t *sel = vm_sel(vm, in);
  uint32_t n = vm_n(vm, in->level);
  if (level == in->level && !vm->batch->maps[vm->code->layout.columns[in->a].map].any_dups) {
    ottl_reg *col = vm->r[in->a];
    SEL_EACH(sel, n, i) {
      if (col->tag[i] == OTTL_T_ABSENT) continue;
      col->tag[i] = OTTL_T_ABSENT;
      col_touch(col, i);
    }
    return OTTL_OK;
  }
  SEL_EACH(sel, n, i) OTTL_TRY(col_delete(vm->batch, in->a, vm_row(vm, level, vm_up(vm, in->level, level, i))));
  return OTTL_OK;
}

/* ---- whole maps ---- */

ottl_status ottl__op_keep_keys(ottl_vm *vm, const ottl_insn *in) {
  const ottl_map_spec *spec = &vm->code->layout.maps[in->x];
  const uint16_t *pool = &vm->code->pool[in->y];
  uint64_t *kept = arena_zero(&vm->slice, BM_WORDS(spec->n_columns) * 8 + 8);
  if (!kept) return OTTL_NOMEM;
  for (uint32_t i = 0; i < pool[0]; i++) bm_set(kept, (uint32_t)pool[1 + i] - spec->first_column);
  const uint64_t *sel = vm_sel(vm, in);
  uint32_t n = vm_n(vm, in->level);
  if (spec->level == vm->code->level) return ottl__map_keep_rows(vm->batch, in->x, sel, n, kept);
  SEL_EACH(sel, n, i) {
    OTTL_TRY(ottl__map_keep(vm->batch, in->x, vm_row(vm, spec->level, vm_up(vm, in->level, spec->level, i)), kept));
  }
  return OTTL_OK;
}

ottl_status ottl__op_prune_keys(ottl_vm *vm, const ottl_insn *in) {
  return ottl__map_prune(vm->batch, in->x, vm_sel(vm, in), vm_n(vm, in->level));
}

ottl_status ottl__op_set_map(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *v = vm->r[in->b];
  uint16_t map = (uint16_t)in->y;
  uint8_t level = vm->code->layout.maps[map].level;
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    ottl_cell c = reg_cell(v, i);
    uint16_t err = 0;
    ottl_rowmap fresh = {0};
    if (cell_type(c) == OTTL_T_MAP) {
      ottl_status status = ottl__value_copy(&vm->batch->arena, c, &c);
      if (status == OTTL_OK) status = ottl__value_to_tree(&vm->batch->arena, &c);
      if (status == OTTL_NOMEM) return status;
      if (status != OTTL_OK) {
        err = OTTL_RE_BAD_WIRE;
      } else {
        fresh = *cell_map(c);
        for (uint32_t k = 0; k < fresh.n; k++) {
          ottl_entry *e = &fresh.items[k];
          e->raw_begin = e->raw_end = 0;
          e->keyid = OTTL_NO_KEY;
          e->column = OTTL_NO_COLUMN;
          e->dirty = 1;
        }
      }
    } else if (!cell_is_nil(c)) {
      err = OTTL_ROWERR(SET_TYPE, cell_type(c));
    }
    if (err) {
      OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
      continue;
    }
    uint32_t at = vm_row(vm, level, row);
    if (map_is_bad(&vm->batch->maps[map], at)) ottl__map_mend(vm->batch, map, at);
    vm->batch->maps[map].rows[at] = fresh;
    OTTL_TRY(vm_reload(vm, map, level, row));
  }
  return OTTL_OK;
}

/* As set_dict_key, when the map is in the entry tier and the key is known only now. */
static uint16_t set_dict_path(ottl_vm *vm, ottl_rowmap *m, ottl_view key, const uint16_t *keys, uint32_t n_keys, uint32_t i,
                              ottl_cell v) {
  ottl_entry *e = ottl__rowmap_find(m, key);
  ottl_cell at = cell_nil();
  if (e && ottl__value_copy(&vm->batch->arena, entry_cell(e), &at) != OTTL_OK) return OTTL_RE_TOO_DEEP;
  uint16_t err = ottl__path_set(vm, &at, keys, n_keys, i, v);
  if (err) return err;
  if (!e) e = ottl__rowmap_push(&vm->batch->arena, m, key);
  if (!e) return OTTL_RE_TOO_LARGE;
  entry_set(e, at);
  return 0;
}

/* A map under a key of its own: a copy in which that is an empty map, as the target is when the copy is made. */
static ottl_status map_within_itself(ottl_vm *vm, uint16_t map, uint32_t row, ottl_entry *e, ottl_cell *value) {
  const uint8_t *const *bodies = vm_map_bodies(vm, map);
  const ottl_entry before = *e;
  ottl_cell copy;
  if (!bodies) return OTTL_OK;
  entry_set(e, cell_of_view(OTTL_T_MAP, VIEW("")));
  OTTL_TRY(ottl__rowmap_wire(&vm->batch->arena, cell_map(*value), bodies[row], &copy));
  *e = before;
  if (copy.tag == OTTL_T_MAP) *value = copy;
  return OTTL_OK;
}

/* The value of row i goes to what is inside the entry of the map, or is no plain one. */
static ottl_status set_inside(ottl_vm *vm, const ottl_insn *in, uint32_t i, ottl_rowmap *m, ottl_entry *e, uint16_t *err) {
  const uint16_t *pool = &vm->code->pool[in->y], *keys = pool + 2;
  const uint32_t n_keys = pool[1];
  const uint8_t level = vm->code->layout.maps[pool[0]].level;
  const uint32_t row = vm_up(vm, in->level, level, i);
  ottl_cell c = reg_cell(vm->r[in->b], i);
  if (in->a != OTTL_NO_REG) {
    ottl__value_live(&c, reg_cell(vm->r[in->a], row), cell_tree(OTTL_T_MAP, m));
    bool self = n_keys == 1 && c.word == (uint64_t)(uintptr_t)m && cell_type(entry_cell(e)) != OTTL_T_MAP;
    if (self) OTTL_TRY(map_within_itself(vm, pool[0], vm_row(vm, level, row), e, &c));
  }
  *err = ottl__path_set_entry(vm, e, keys + 1, n_keys - 1, i, c);
  e->dirty = 1;
  return OTTL_OK;
}

ottl_status ottl__op_set_map_path(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *v = vm->r[in->b];
  const uint16_t *pool = &vm->code->pool[in->y];
  uint16_t map = pool[0];
  const uint16_t *keys = pool + 2;
  uint32_t n_keys = pool[1];
  uint8_t level = vm->code->layout.maps[map].level;
  bool in_dict = field_is_dict_map(vm->code->layout.maps[map].field);
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    OTTL_TRY(vm_flush(vm, map, level, row));
    const ottl_reg *k = vm->r[keys[0]];
    uint16_t err = reg_failed(k, i) ? k->code[reg_at(k, i)] : 0;
    ottl_cell key = reg_cell(k, i);
    if (!err && key.tag != OTTL_T_STRING) err = OTTL_ROWERR(KEY_TYPE, cell_type(key));
    if (!err && map_is_bad(&vm->batch->maps[map], vm_row(vm, level, row))) err = OTTL_ROWERR(BAD_INDEX, 0);
    if (!err && in_dict) {
      ottl_rowmap *m = &vm->batch->maps[map].rows[vm_row(vm, level, row)];
      err = set_dict_path(vm, m, cell_view(key), keys + 1, n_keys - 1, i, reg_cell(v, i));
      if (!err) OTTL_TRY(vm_reload(vm, map, level, row));
    } else if (!err) {
      ottl_rowmap *m = &vm->batch->maps[map].rows[vm_row(vm, level, row)];
      ottl_entry *e = ottl__rowmap_lookup(&vm->batch->arena, m, cell_view(key));
      if (!e) e = ottl__rowmap_push(&vm->batch->arena, m, cell_view(key));
      if (!e) return OTTL_NOMEM;
      const ottl_cell c = reg_cell(v, i);
      if (OTTL_LIKELY(n_keys == 1 && c.tag > OTTL_T_NIL && plain(c.tag))) /* PERF: the key is an attribute's value */
        entry_set(e, c);
      else
        OTTL_TRY(set_inside(vm, in, i, m, e, &err));
      bm_set(vm->batch->maps[map].dirty, vm_row(vm, level, row));
      ottl__map_reload_entry(vm->batch, map, vm_row(vm, level, row), e);
    }
    if (err) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
  }
  return OTTL_OK;
}

/* ---- fields ---- */

static uint16_t want(ottl_cell v, ottl_type type) {
  if (cell_is_nil(v)) return OTTL_RE_SET_NIL;
  return cell_type(v) == type ? 0 : OTTL_ROWERR(SET_TYPE, cell_type(v));
}

static uint16_t put_word(ottl_reg *col, uint32_t row, uint64_t word) {
  col->word[row] = word;
  col_touch(col, row);
  return 0;
}

static uint16_t put_bytes(ottl_reg *col, uint32_t row, ottl_view v) {
  reg_put_view(col, row, v);
  col_touch(col, row);
  return 0;
}

static uint16_t put_id_text(ottl_vm *vm, ottl_reg *col, uint32_t row, ottl_view text, size_t want_bytes) {
  char *id = arena_alloc(&vm->batch->arena, 16);
  size_t bad;
  if (!id) return OTTL_RE_TOO_LARGE;
  if (text.len != want_bytes * 2 || ottl__hex_decode(id, text, &bad) != OTTL_HEX_OK) return OTTL_RE_BAD_ID;
  return put_bytes(col, row, view_of(id, want_bytes));
}

static uint16_t put_kind_name(ottl_reg *col, uint32_t row, ottl_view name, bool deprecated) {
  static const char *const plain_names[] = {"Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"};
  static const char *const old_names[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER",
                                          "SPAN_KIND_CLIENT",      "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"};
  for (uint64_t k = 0; k < 6; k++) {
    if (view_is(name, deprecated ? old_names[k] : plain_names[k])) return put_word(col, row, k);
  }
  return OTTL_RE_BAD_KIND;
}

/* A list of numbers as packed 8-byte words. */
static uint16_t packed_of(ottl_vm *vm, ottl_cell v, bool doubles, ottl_view *ret) {
  *ret = VIEW("");
  if (cell_is_nil(v)) return 0;
  ottl_type type = cell_type(v);
  bool fits = type == OTTL_T_LIST || type == OTTL_T_LIST_ANY || type == (doubles ? OTTL_T_LIST_DOUBLE : OTTL_T_LIST_INT) ||
              (!doubles && type == OTTL_T_LIST_UINT64);
  if (!fits) return OTTL_ROWERR(SET_TYPE, type);
  uint32_t count;
  if (ottl__value_count(v, &count) != OTTL_OK) return OTTL_RE_BAD_WIRE;
  char *out = arena_array(&vm->batch->arena, count + 1, 8);
  if (!out) return OTTL_RE_TOO_LARGE;
  ottl_walk walk = walk_begin(v);
  for (uint32_t i = 0; i < count; i++) {
    ottl_cell item;
    bool more;
    if (!walk_item(&walk, &item, &more) || !more) return OTTL_RE_BAD_WIRE;
    if (item.tag != (doubles ? OTTL_T_DOUBLE : OTTL_T_INT)) return OTTL_ROWERR(SET_ELEMENT, cell_type(item));
    memcpy(out + (size_t)i * 8, &item.word, 8);
  }
  *ret = view_of(out, (size_t)count * 8);
  return 0;
}

static uint16_t put_buckets(ottl_vm *vm, ottl_reg *col, uint32_t row, int32_t offset, ottl_view counts) {
  size_t n = counts.len / 8, body = 0;
  uint8_t *out = arena_array(&vm->batch->arena, n + 4, 10), *at = out;
  if (!out) return OTTL_RE_TOO_LARGE;
  if (offset) {
    *at++ = 0x08;
    at = varint_put(at, (uint32_t)offset << 1 ^ (uint32_t)-(offset < 0));
  }
  for (size_t i = 0; i < n; i++) body += varint_size(load_u64(counts.data + i * 8));
  if (n) {
    *at++ = 0x12;
    at = varint_put(at, body);
    for (size_t i = 0; i < n; i++) at = varint_put(at, load_u64(counts.data + i * 8));
  }
  return put_bytes(col, row, view_of(out, (size_t)(at - out)));
}

static uint16_t set_buckets_part(ottl_vm *vm, ottl_reg *col, uint32_t row, ottl_path_view view, ottl_cell v) {
  int32_t offset;
  ottl_list *old;
  ottl_view counts;
  uint16_t err = ottl__buckets_read(vm, reg_view(col, row), &offset, &old);
  if (err) return err;
  if (view == OTTL_V_BUCKETS_COUNTS) {
    err = packed_of(vm, v, false, &counts);
    return err ? err : put_buckets(vm, col, row, offset, counts);
  }
  err = packed_of(vm, cell_tree(OTTL_T_LIST_UINT64, old), false, &counts);
  return err ? err : put_buckets(vm, col, row, (int32_t)(uint32_t)v.word, counts);
}

static uint16_t set_repeated(ottl_reg *col, uint32_t row, ottl_cell v, ottl_type type) {
  if (cell_is_nil(v)) {
    if (col->len[row] == 0) return 0;
    return put_bytes(col, row, (ottl_view){NULL, 0}); /* emptied */
  }
  return want(v, type); /* the only value of the type is the field itself: nothing changes */
}

static uint16_t set_trace_state_key(ottl_vm *vm, const ottl_insn *in, ottl_reg *col, uint32_t row, uint32_t i, ottl_cell v) {
  uint16_t reg = vm->code->pool[in->y];
  const ottl_reg *k = vm->r[reg];
  ottl_view text = reg_view(col, row), updated, ignored;
  if (!ottl__trace_state_get(text, VIEW(""), &ignored)) return 0;
  if (!vm->code->regs[reg].constant || k->store != OTTL_STORE_VIEW || k->type != OTTL_T_STRING)
    return OTTL_ROWERR(KEY_TYPE, OTTL_T_INT);
  if (ottl__trace_state_put(&vm->batch->arena, text, reg_view(k, i), cell_view(v), &updated) != OTTL_OK) return OTTL_RE_TOO_LARGE;
  return updated.data == text.data ? 0 : put_bytes(col, row, updated);
}

static ottl_type opaque_of(uint16_t field, ottl_metric_kind kind) {
  switch (field) {
  case OTTL_FIELD_SPAN_EVENTS: return OTTL_T_SPAN_EVENTS;
  case OTTL_FIELD_SPAN_LINKS: return OTTL_T_SPAN_LINKS;
  case OTTL_FIELD_PROFILE_SAMPLES: return OTTL_T_SAMPLES;
  case OTTL_FIELD_POINT_EXEMPLARS: return OTTL_T_EXEMPLARS;
  case OTTL_FIELD_POINT_QUANTILES: return OTTL_T_QUANTILES;
  default: break;
  }
  switch (kind) {
  case OTTL_MK_HISTOGRAM: return OTTL_T_HISTOGRAM_POINTS;
  case OTTL_MK_EXP_HISTOGRAM: return OTTL_T_EXP_HISTOGRAM_POINTS;
  case OTTL_MK_SUMMARY: return OTTL_T_SUMMARY_POINTS;
  default: return OTTL_T_NUMBER_POINTS;
  }
}

/* `row` is the column's, `i` the statement's. */
static uint16_t set_field(ottl_vm *vm, const ottl_insn *in, ottl_reg *col, uint32_t row, uint32_t i, ottl_cell v) {
  ottl_path_view view = (ottl_path_view)in->flags;
  uint16_t err = 0, field = vm->code->layout.columns[in->a].field;
  uint8_t level = column_level(vm, in->a);
  ottl_metric_kind kind = OTTL_MK_NONE;
  if (vm->batch->signal == OTTL_SIGNAL_METRICS && level >= OTTL_L_ITEM && level <= OTTL_L_CHILD) {
    kind =
        (ottl_metric_kind)vm->batch->rows[level].kind[level == vm->code->level ? vm->batch->first + row : vm_row(vm, level, row)];
  }
  bool has = ottl__kind_has_field(kind, field);
  switch (view) {
  case OTTL_V_STRING:
  case OTTL_V_TRACE_STATE:
    err = want(v, OTTL_T_STRING);
    if (err) return err;
    return in->y ? set_trace_state_key(vm, in, col, row, i, v) : put_bytes(col, row, cell_view(v));
  case OTTL_V_INT64: return (err = want(v, OTTL_T_INT)) ? err : put_word(col, row, v.word);
  case OTTL_V_INT32: return (err = want(v, OTTL_T_INT)) ? err : put_word(col, row, (uint64_t)(int64_t)(int32_t)(uint32_t)v.word);
  case OTTL_V_UINT32: return (err = want(v, OTTL_T_INT)) ? err : put_word(col, row, (uint32_t)v.word);
  case OTTL_V_UINT32_CHECKED:
    if ((err = want(v, OTTL_T_INT))) return err;
    return v.word > UINT32_MAX ? OTTL_RE_OUT_OF_RANGE : put_word(col, row, v.word);
  case OTTL_V_TIME: {
    if (v.tag == OTTL_T_TIME_ZONED) {
      const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)v.word;
      v = (ottl_cell){(uint64_t)z->seconds, z->nanos, OTTL_T_TIME};
    }
    if ((err = want(v, OTTL_T_TIME))) return err;
    return put_word(col, row, (uint64_t)ottl__gotime_unix_nano((ottl_instant){(int64_t)v.word, v.len}));
  }
  case OTTL_V_BODY_STRING:
    if ((err = want(v, OTTL_T_STRING))) return err;
    col_set(col, row, v);
    return 0;
  case OTTL_V_TRACE_ID: return (err = want(v, OTTL_T_TRACE_ID)) ? err : put_bytes(col, row, cell_view(v));
  case OTTL_V_SPAN_ID: return (err = want(v, OTTL_T_SPAN_ID)) ? err : put_bytes(col, row, cell_view(v));
  case OTTL_V_TRACE_ID_STRING: return (err = want(v, OTTL_T_STRING)) ? err : put_id_text(vm, col, row, cell_view(v), 16);
  case OTTL_V_SPAN_ID_STRING: return (err = want(v, OTTL_T_STRING)) ? err : put_id_text(vm, col, row, cell_view(v), 8);
  case OTTL_V_KIND_STRING:
  case OTTL_V_KIND_DEPRECATED:
    return (err = want(v, OTTL_T_STRING)) ? err : put_kind_name(col, row, cell_view(v), view == OTTL_V_KIND_DEPRECATED);
  case OTTL_V_STATUS: return want(v, OTTL_T_STATUS); /* the only status at hand is the span's own */
  case OTTL_V_REPEATED: return set_repeated(col, row, v, opaque_of(field, kind));
  case OTTL_V_METRIC_TYPE: return 0;
  case OTTL_V_TEMPORALITY:
    if ((err = want(v, OTTL_T_INT)) || !has) return err;
    return put_word(col, row, (uint64_t)(int64_t)(int32_t)(uint32_t)v.word);
  case OTTL_V_IS_MONOTONIC: return (err = want(v, OTTL_T_BOOL)) || !has ? err : put_word(col, row, v.word);
  case OTTL_V_DATA_POINTS: return kind == OTTL_MK_NONE ? 0 : set_repeated(col, row, v, opaque_of(field, kind));
  case OTTL_V_POINT_INT64: return (err = want(v, OTTL_T_INT)) ? err : !has ? OTTL_RE_POINT_KIND : put_word(col, row, v.word);
  case OTTL_V_POINT_INT32:
    if ((err = want(v, OTTL_T_INT))) return err;
    return !has ? OTTL_RE_POINT_KIND : put_word(col, row, (uint64_t)(int64_t)(int32_t)(uint32_t)v.word);
  case OTTL_V_POINT_DOUBLE: return (err = want(v, OTTL_T_DOUBLE)) ? err : !has ? OTTL_RE_POINT_KIND : put_word(col, row, v.word);
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES: return !has ? OTTL_RE_POINT_KIND : set_repeated(col, row, v, opaque_of(field, kind));
  case OTTL_V_VALUE_INT:
  case OTTL_V_EXEMPLAR_INT:
  case OTTL_V_VALUE_DOUBLE:
  case OTTL_V_EXEMPLAR_DOUBLE: {
    bool is_int = view == OTTL_V_VALUE_INT || view == OTTL_V_EXEMPLAR_INT,
         exemplar = view == OTTL_V_EXEMPLAR_INT || view == OTTL_V_EXEMPLAR_DOUBLE;
    if ((err = want(v, is_int ? OTTL_T_INT : OTTL_T_DOUBLE))) return err;
    if (!exemplar && !has) return OTTL_RE_POINT_KIND;
    col_set(col, row, v);
    return 0;
  }
  case OTTL_V_BUCKET_COUNTS:
  case OTTL_V_BOUNDS: {
    ottl_view packed;
    if (!has) return OTTL_RE_POINT_KIND;
    err = packed_of(vm, v, view == OTTL_V_BOUNDS, &packed);
    return err ? err : put_bytes(col, row, packed);
  }
  case OTTL_V_BUCKETS:
    return (err = want(v, OTTL_T_BUCKETS)) ? err : !has ? OTTL_RE_POINT_KIND : put_bytes(col, row, cell_view(v));
  case OTTL_V_BUCKETS_OFFSET:
    if ((err = want(v, OTTL_T_INT))) return err;
    return !has ? OTTL_RE_POINT_KIND : set_buckets_part(vm, col, row, view, v);
  case OTTL_V_BUCKETS_COUNTS: return !has ? OTTL_RE_POINT_KIND : set_buckets_part(vm, col, row, view, v);
  default: break;
  }
  return view >= OTTL_V_VALUE_TYPE && view <= OTTL_V_TIMES ? ottl__profile_set(vm, view, col, row, v) : OTTL_RE_READ_ONLY;
}

ottl_status ottl__op_set_view(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *v = vm->r[in->b];
  const uint64_t *rows;
  OTTL_TRY(store_rows(vm, in, v, &rows));
  uint32_t n = vm_n(vm, in->level);
  ottl_reg *col = in->a == OTTL_NO_REG ? NULL : vm->r[in->a];
  uint8_t level = col ? column_level(vm, in->a) : in->level;
  SEL_EACH(rows, n, i) {
    uint32_t row = vm_up(vm, in->level, level, i);
    uint16_t err = 0;
    if (col) {
      err = set_field(vm, in, col, row, i, reg_cell(v, i));
    } else if (in->flags != OTTL_V_METRIC_TYPE) {
      err = OTTL_RE_READ_ONLY;
    }
    if (err) OTTL_TRY(ottl__vm_statement_failed(vm, in->level, i, in->x, 0, err));
  }
  return OTTL_OK;
}
