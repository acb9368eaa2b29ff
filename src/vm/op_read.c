/* Reading paths: what a column is to the path that names it, whole maps, and indexing. */
#include "base/gotime.h"
#include "base/hex.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "vm/trace_state.h"
#include "vm/vm.h"

static const uint8_t zero_id[16];

static const char *const kind_names[] = {"Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"};
static const char *const kind_deprecated[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER",
                                              "SPAN_KIND_CLIENT",      "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER"};

static ottl_metric_kind row_kind(const ottl_vm *vm, uint8_t level, uint32_t i) {
  uint32_t row = level == vm->code->level ? vm->batch->first + i : vm_row(vm, level, i);
  return (ottl_metric_kind)vm->batch->rows[level].kind[row];
}

static uint16_t field_of(const ottl_vm *vm, const ottl_insn *in) { return vm->code->layout.columns[in->a].field; }

static ottl_type opaque_type(uint16_t field) {
  switch (field) {
  case OTTL_FIELD_SPAN_EVENTS: return OTTL_T_SPAN_EVENTS;
  case OTTL_FIELD_SPAN_LINKS: return OTTL_T_SPAN_LINKS;
  case OTTL_FIELD_PROFILE_SAMPLES: return OTTL_T_SAMPLES;
  default: return OTTL_T_STATUS;
  }
}

static ottl_type points_type(ottl_metric_kind kind) {
  switch (kind) {
  case OTTL_MK_GAUGE:
  case OTTL_MK_SUM: return OTTL_T_NUMBER_POINTS;
  case OTTL_MK_HISTOGRAM: return OTTL_T_HISTOGRAM_POINTS;
  case OTTL_MK_EXP_HISTOGRAM: return OTTL_T_EXP_HISTOGRAM_POINTS;
  case OTTL_MK_SUMMARY: return OTTL_T_SUMMARY_POINTS;
  default: return OTTL_T_NIL;
  }
}

bool ottl__kind_has_field(ottl_metric_kind kind, uint16_t field) {
  bool number = kind == OTTL_MK_GAUGE || kind == OTTL_MK_SUM, histogram = kind == OTTL_MK_HISTOGRAM;
  bool exp = kind == OTTL_MK_EXP_HISTOGRAM, summary = kind == OTTL_MK_SUMMARY;
  switch (field) {
  case OTTL_FIELD_POINT_VALUE: return number;
  case OTTL_FIELD_POINT_EXEMPLARS: return number || histogram || exp;
  case OTTL_FIELD_POINT_COUNT:
  case OTTL_FIELD_POINT_SUM: return histogram || exp || summary;
  case OTTL_FIELD_POINT_BUCKET_COUNTS:
  case OTTL_FIELD_POINT_EXPLICIT_BOUNDS: return histogram;
  case OTTL_FIELD_POINT_SCALE:
  case OTTL_FIELD_POINT_ZERO_COUNT:
  case OTTL_FIELD_POINT_POSITIVE:
  case OTTL_FIELD_POINT_NEGATIVE: return exp;
  case OTTL_FIELD_POINT_QUANTILES: return summary;
  case OTTL_FIELD_METRIC_TEMPORALITY: return kind == OTTL_MK_SUM || histogram || exp;
  case OTTL_FIELD_METRIC_IS_MONOTONIC: return kind == OTTL_MK_SUM;
  default: return true;
  }
}

static bool packed_list(ottl_vm *vm, ottl_view bytes, ottl_type type, ottl_cell *ret) {
  uint32_t n = (uint32_t)(bytes.len / 8);
  ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
  if (list) list->items = arena_array(&vm->batch->arena, n + 1, sizeof *list->items);
  if (!list || !list->items) return false;
  list->n = list->cap = n;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t word = load_u64(bytes.data + (size_t)i * 8);
    list->items[i] = (ottl_cell){word, 0, type == OTTL_T_LIST_DOUBLE ? OTTL_T_DOUBLE : OTTL_T_INT};
  }
  *ret = cell_tree(type, list);
  return true;
}

/* Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; } */
uint16_t ottl__buckets_read(ottl_vm *vm, ottl_view body, int32_t *ret_offset, ottl_list **ret_counts) {
  ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
  if (!list) return OTTL_RE_TOO_LARGE;
  *ret_offset = 0;
  ottl_wire w = {(const uint8_t *)body.data, (const uint8_t *)body.data + body.len};
  while (w.at < w.end) {
    uint32_t field, type;
    uint64_t v;
    if (!wire_tag(&w, &field, &type)) return OTTL_RE_BAD_WIRE;
    if (field == 1 && type == WIRE_VARINT) {
      if (!wire_varint(&w, &v)) return OTTL_RE_BAD_WIRE;
      *ret_offset = (int32_t)((uint32_t)v >> 1) ^ -(int32_t)(v & 1);
    } else if (field == 2 && type == WIRE_VARINT) {
      if (!wire_varint(&w, &v)) return OTTL_RE_BAD_WIRE;
      if (ottl__list_push(&vm->batch->arena, list, cell_int((int64_t)v)) != OTTL_OK) return OTTL_RE_TOO_LARGE;
    } else if (field == 2 && type == WIRE_LEN) {
      ottl_view packed;
      if (!wire_bytes(&w, &packed)) return OTTL_RE_BAD_WIRE;
      ottl_wire p = {(const uint8_t *)packed.data, (const uint8_t *)packed.data + packed.len};
      while (p.at < p.end) {
        if (!wire_varint(&p, &v)) return OTTL_RE_BAD_WIRE;
        if (ottl__list_push(&vm->batch->arena, list, cell_int((int64_t)v)) != OTTL_OK) return OTTL_RE_TOO_LARGE;
      }
    } else if (!ottl__wire_skip(&w, type)) {
      return OTTL_RE_BAD_WIRE;
    }
  }
  *ret_counts = list;
  return 0;
}

static bool hex_text(ottl_vm *vm, ottl_view id, size_t want, ottl_cell *ret) {
  if (id.len != want) id = view_of(zero_id, want);
  char *text = arena_alloc(&vm->batch->arena, want * 2);
  if (!text) return false;
  ottl__hex_encode(text, id.data, want);
  *ret = cell_string(view_of(text, want * 2));
  return true;
}

static ottl_cell id_cell(ottl_type type, ottl_view id, size_t want) {
  return cell_of_view(type, id.len == want ? id : view_of(zero_id, want));
}

static ottl_cell kind_name(const char *const *names, int64_t kind) {
  return cell_string(kind >= 0 && kind < 6 ? view_str(names[kind]) : VIEW(""));
}

/* The reference's AsString of a body, without a copy when it is text. */
static uint16_t body_string(ottl_vm *vm, ottl_cell body, ottl_cell *ret) {
  if (body.tag == OTTL_T_STRING) {
    *ret = body;
    return 0;
  }
  ottl_sbuf text;
  ottl__sbuf_init(&text, &vm->al);
  ottl_status status = ottl__value_as_string(&vm->slice, &text, body);
  ottl_view copy = {NULL, 0};
  if (status == OTTL_OK && !text.failed) copy = arena_copy(&vm->batch->arena, text.data, text.len);
  bool lost = text.failed || text.over || !copy.data;
  ottl__sbuf_done(&text);
  if (status == OTTL_DATA) return OTTL_RE_BAD_WIRE;
  if (status == OTTL_LIMIT && !text.over) return OTTL_RE_TOO_DEEP;
  if (status != OTTL_OK || lost) return OTTL_RE_TOO_LARGE;
  *ret = cell_string(copy);
  return 0;
}

static uint16_t number_part(ottl_cell number, bool want_int, ottl_cell *ret) {
  if (want_int) {
    *ret = number.tag == OTTL_T_INT ? number : cell_int(0);
  } else {
    *ret = number.tag == OTTL_T_DOUBLE ? number : cell_double(0);
  }
  return 0;
}

static uint16_t view_row(ottl_vm *vm, const ottl_insn *in, const ottl_reg *a, uint32_t i, ottl_cell *ret) {
  ottl_path_view view = (ottl_path_view)in->x;
  uint16_t field = a ? field_of(vm, in) : OTTL_FIELD_COUNT;
  *ret = cell_nil();
  switch (view) {
  case OTTL_V_TIME: {
    ottl_instant t = ottl__gotime_of_nanos(reg_int(a, i));
    *ret = (ottl_cell){(uint64_t)t.seconds, t.nanos, OTTL_T_TIME};
    return 0;
  }
  case OTTL_V_BODY_STRING: return body_string(vm, reg_cell(a, i), ret);
  case OTTL_V_TRACE_ID: *ret = id_cell(OTTL_T_TRACE_ID, reg_view(a, i), 16); return 0;
  case OTTL_V_SPAN_ID: *ret = id_cell(OTTL_T_SPAN_ID, reg_view(a, i), 8); return 0;
  case OTTL_V_TRACE_ID_STRING: return hex_text(vm, reg_view(a, i), 16, ret) ? 0 : OTTL_RE_TOO_LARGE;
  case OTTL_V_SPAN_ID_STRING: return hex_text(vm, reg_view(a, i), 8, ret) ? 0 : OTTL_RE_TOO_LARGE;
  case OTTL_V_TRACE_STATE: {
    if (!in->y) {
      *ret = cell_string(reg_view(a, i));
      return 0;
    }
    uint16_t reg = vm->code->pool[in->y]; /* pool index + 1, past the count */
    const ottl_reg *k = vm->r[reg];
    bool literal = vm->code->regs[reg].constant && k->store == OTTL_STORE_VIEW && k->type == OTTL_T_STRING;
    ottl_view value;
    if (!ottl__trace_state_get(reg_view(a, i), literal ? reg_view(k, i) : VIEW(""), &value)) return 0;
    if (literal) {
      *ret = cell_string(value);
      return 0;
    }
    return OTTL_ROWERR(KEY_TYPE, OTTL_T_INT);
  }
  case OTTL_V_KIND_STRING: *ret = kind_name(kind_names, reg_int(a, i)); return 0;
  case OTTL_V_KIND_DEPRECATED: *ret = kind_name(kind_deprecated, reg_int(a, i)); return 0;
  case OTTL_V_STATUS:
  case OTTL_V_REPEATED: *ret = cell_of_view(opaque_type(field), reg_view(a, i)); return 0;
  case OTTL_V_METRIC_TYPE: *ret = cell_int(row_kind(vm, in->level, i)); return 0;
  case OTTL_V_DATA_POINTS: {
    ottl_type type = points_type(row_kind(vm, in->level, i));
    if (type != OTTL_T_NIL) *ret = cell_of_view(type, reg_view(a, i));
    return 0;
  }
  case OTTL_V_EXEMPLAR_INT: return number_part(reg_cell(a, i), true, ret);
  case OTTL_V_EXEMPLAR_DOUBLE: return number_part(reg_cell(a, i), false, ret);
  case OTTL_V_EVENT_INDEX: {
    if (!vm->event_index) return OTTL_RE_NO_EVENT_INDEX;
    uint32_t row = vm->batch->first + i, span = vm->batch->rows[OTTL_L_CHILD].parent[row];
    *ret = cell_int((int64_t)row - vm->batch->rows[OTTL_L_ITEM].first_child[span]);
    return 0;
  }
  case OTTL_V_REQUEST_ADDRESS:
  case OTTL_V_REQUEST_CLIENT:
  case OTTL_V_REQUEST_AUTH:
  case OTTL_V_REQUEST_GRPC: {
    const uint16_t *keys = in->y ? &vm->code->pool[in->y - 1] : NULL; /* count, registers */
    return ottl__request_get(vm, (uint8_t)view, keys ? keys + 1 : NULL, keys ? keys[0] : 0, i, ret);
  }
  default: break;
  }
  if (view >= OTTL_V_VALUE_TYPE && view <= OTTL_V_TIMES) return ottl__profile_view(vm, view, a, i, ret);
  if (!ottl__kind_has_field(row_kind(vm, in->level, i), field)) return 0;
  switch (view) {
  case OTTL_V_TEMPORALITY:
  case OTTL_V_POINT_INT64:
  case OTTL_V_POINT_INT32: *ret = cell_int(reg_int(a, i)); return 0;
  case OTTL_V_IS_MONOTONIC: *ret = cell_bool(reg_int(a, i) != 0); return 0;
  case OTTL_V_POINT_DOUBLE: *ret = cell_double(reg_double(a, i)); return 0;
  case OTTL_V_POINT_EXEMPLARS: *ret = cell_of_view(OTTL_T_EXEMPLARS, reg_view(a, i)); return 0;
  case OTTL_V_POINT_QUANTILES: *ret = cell_of_view(OTTL_T_QUANTILES, reg_view(a, i)); return 0;
  case OTTL_V_VALUE_INT: return number_part(reg_cell(a, i), true, ret);
  case OTTL_V_VALUE_DOUBLE: return number_part(reg_cell(a, i), false, ret);
  case OTTL_V_BUCKET_COUNTS: return packed_list(vm, reg_view(a, i), OTTL_T_LIST_UINT64, ret) ? 0 : OTTL_RE_TOO_LARGE;
  case OTTL_V_BOUNDS: return packed_list(vm, reg_view(a, i), OTTL_T_LIST_DOUBLE, ret) ? 0 : OTTL_RE_TOO_LARGE;
  case OTTL_V_BUCKETS:
    *ret = cell_of_view(OTTL_T_BUCKETS, reg_view(a, i));
    /* Opaque values are equal by identity: one that is not there still has one. */
    if (ret->len == 0) ret->word = (uint64_t)(uintptr_t)&a->word[i];
    return 0;
  case OTTL_V_BUCKETS_OFFSET:
  case OTTL_V_BUCKETS_COUNTS: {
    int32_t offset;
    ottl_list *counts;
    uint16_t err = ottl__buckets_read(vm, reg_view(a, i), &offset, &counts);
    if (!err) *ret = view == OTTL_V_BUCKETS_OFFSET ? cell_int(offset) : cell_tree(OTTL_T_LIST_UINT64, counts);
    return err;
  }
  default: return OTTL_RE_READ_ONLY;
  }
}

ottl_status ottl__op_view(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = in->a == OTTL_NO_REG ? NULL : vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  d->has_err = false;
  SEL_EACH(sel, n, i) {
    ottl_cell c;
    uint16_t err = view_row(vm, in, a, i, &c);
    if (err && !ottl__vm_fail(vm, d, n, i, err)) return OTTL_NOMEM;
    reg_put(d, i, c);
  }
  return OTTL_OK;
}

/* Keys that a profile or sample has more than once. */
static void map_drop_hidden(ottl_rowmap *map) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < map->n; i++) {
    if (map->items[i].klen != OTTL_HIDDEN_KEY) map->items[n++] = map->items[i];
  }
  map->n = n;
}

ottl_status ottl__op_map_read(ottl_vm *vm, const ottl_insn *in) {
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  d->has_err = false;
  if (vm->code->layout.maps[in->x].seen) {
    SEL_EACH(sel, n, i) {
      ottl_cell came;
      OTTL_TRY(ottl__map_came(vm->batch, in->x, i, &came));
      reg_put_cell(d, i, came);
    }
    return OTTL_OK;
  }
  const ottl_rowmaps *maps = &vm->batch->maps[in->x];
  OTTL_TRY(vm_flush_rows(vm, in->x, in->level, sel, n));
  const uint8_t *const *bodies = in->flags & OTTL_READ_STORED ? vm_map_bodies(vm, (uint16_t)in->x) : NULL;
  SEL_EACH(sel, n, i) {
    if (map_is_bad(maps, vm_row(vm, in->level, i))) {
      if (!ottl__vm_fail(vm, d, n, i, OTTL_ROWERR(BAD_INDEX, 0))) return OTTL_NOMEM;
      continue;
    }
    /* A copy of the entries: later writes to the map must not show in a value that was read. */
    const ottl_rowmap *from = &maps->rows[vm_row(vm, in->level, i)];
    if (bodies) {
      ottl_cell came = cell_nil();
      OTTL_TRY(ottl__rowmap_wire(&vm->batch->arena, from, bodies[vm_row(vm, in->level, i)], &came));
      if (OTTL_LIKELY(came.tag == OTTL_T_MAP)) {
        reg_put_cell(d, i, came);
        continue;
      }
    }
    ottl_rowmap *map = arena_zero(&vm->batch->arena, sizeof *map);
    if (map) map->items = arena_array(&vm->batch->arena, from->n + 1, sizeof *map->items);
    if (!map || !map->items) return OTTL_NOMEM;
    if (from->n) memcpy(map->items, from->items, from->n * sizeof *map->items);
    map->n = map->cap = from->n;
    if (OTTL_UNLIKELY(maps->bad != NULL)) map_drop_hidden(map);
    reg_put_cell(d, i, cell_tree(OTTL_T_MAP, map));
  }
  return OTTL_OK;
}

ottl_status ottl__op_map_key(ottl_vm *vm, const ottl_insn *in) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  d->has_err = false;
  if (!ottl__vm_inherit(vm, d, a, sel, n)) return OTTL_NOMEM;
  uint8_t level = vm->code->layout.maps[in->x].level;
  const ottl_rowmaps *maps = &vm->batch->maps[in->x];
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_cell key = reg_cell(a, i);
    if (key.tag != OTTL_T_STRING) {
      if (!ottl__vm_fail(vm, d, n, i, OTTL_ROWERR(KEY_TYPE, cell_type(key)))) return OTTL_NOMEM;
      continue;
    }
    uint32_t row = vm_up(vm, in->level, level, i);
    if (map_is_bad(maps, vm_row(vm, level, row))) {
      if (!ottl__vm_fail(vm, d, n, i, OTTL_ROWERR(BAD_INDEX, 0))) return OTTL_NOMEM;
      continue;
    }
    OTTL_TRY(vm_flush(vm, in->x, level, row));
    ottl_rowmap *map = &maps->rows[vm_row(vm, level, row)];
    bool lasting = in->level <= OTTL_LEVEL_CONST; /* bodies of lambdas give their memory back */
    const ottl_entry *e =
        lasting ? ottl__rowmap_lookup(&vm->batch->arena, map, cell_view(key)) : ottl__rowmap_find(map, cell_view(key));
    reg_put_cell(d, i, e ? entry_cell(e) : (ottl_cell){0, 0, OTTL_T_ABSENT});
  }
  return OTTL_OK;
}

typedef uint16_t index_fn(ottl_vm *vm, ottl_cell base, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret);

static ottl_status index_rows(ottl_vm *vm, const ottl_insn *in, index_fn *get) {
  const ottl_reg *a = vm->r[in->a];
  ottl_reg *d = vm->r[in->d];
  uint32_t n = vm_n(vm, in->level);
  const uint64_t *sel = vm_sel(vm, in);
  d->has_err = false;
  if (!ottl__vm_inherit(vm, d, a, sel, n)) return OTTL_NOMEM;
  SEL_EACH(sel, n, i) {
    if (reg_failed(d, i)) continue;
    ottl_cell c = cell_nil();
    uint16_t err = get(vm, reg_cell(a, i), &vm->code->pool[in->x], in->y, i, &c);
    if (err && !ottl__vm_fail(vm, d, n, i, err)) return OTTL_NOMEM;
    reg_put_cell(d, i, c);
  }
  return OTTL_OK;
}

ottl_status ottl__op_index(ottl_vm *vm, const ottl_insn *in) { return index_rows(vm, in, ottl__path_get); }
ottl_status ottl__op_index_result(ottl_vm *vm, const ottl_insn *in) { return index_rows(vm, in, ottl__path_get_result); }
