/* Batches apart from the wire: schema tables against the protobuf descriptors, levels, maps and their key columns, memory. */
#include "unit/batch_help.h"

#include "opentelemetry/proto/collector/logs/v1/logs_service.pb-c.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb-c.h"
#include "opentelemetry/proto/collector/profiles/v1development/profiles_service.pb-c.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h"

/* -- schema.def says what the descriptors say -- */

static const ProtobufCMessageDescriptor *descriptors[OTTL_MESSAGES] = {
    [OTTL_M_RESOURCE] = &ottl__otlp__logs__v1__resource_logs__descriptor,
    [OTTL_M_SCOPE] = &ottl__otlp__logs__v1__scope_logs__descriptor,
    [OTTL_M_LOG] = &ottl__otlp__logs__v1__log_record__descriptor,
    [OTTL_M_SPAN] = &ottl__otlp__trace__v1__span__descriptor,
    [OTTL_M_EVENT] = &ottl__otlp__trace__v1__span__event__descriptor,
    [OTTL_M_METRIC] = &ottl__otlp__metrics__v1__metric__descriptor,
    [OTTL_M_NUMBER_POINT] = &ottl__otlp__metrics__v1__number_data_point__descriptor,
    [OTTL_M_HISTOGRAM_POINT] = &ottl__otlp__metrics__v1__histogram_data_point__descriptor,
    [OTTL_M_EXP_POINT] = &ottl__otlp__metrics__v1__exponential_histogram_data_point__descriptor,
    [OTTL_M_SUMMARY_POINT] = &ottl__otlp__metrics__v1__summary_data_point__descriptor,
    [OTTL_M_EXEMPLAR] = &ottl__otlp__metrics__v1__exemplar__descriptor,
    [OTTL_M_PROFILE] = &ottl__otlp__profiles__v1development__profile__descriptor,
    [OTTL_M_SAMPLE] = &ottl__otlp__profiles__v1development__sample__descriptor,
};

static bool wire_agrees(unsigned form, const ProtobufCFieldDescriptor *f) {
  bool repeated = f->label == PROTOBUF_C_LABEL_REPEATED, message = f->type == PROTOBUF_C_TYPE_MESSAGE;
  const char *of = message ? ((const ProtobufCMessageDescriptor *)f->descriptor)->short_name : "";
  switch (form) {
  case OTTL_W_FIX64: return !repeated && f->type == PROTOBUF_C_TYPE_FIXED64;
  case OTTL_W_SFIX64: return !repeated && f->type == PROTOBUF_C_TYPE_SFIXED64;
  case OTTL_W_FIX32: return !repeated && f->type == PROTOBUF_C_TYPE_FIXED32;
  case OTTL_W_VARINT_I32: return !repeated && (f->type == PROTOBUF_C_TYPE_ENUM || f->type == PROTOBUF_C_TYPE_INT32);
  case OTTL_W_VARINT_U32: return !repeated && f->type == PROTOBUF_C_TYPE_UINT32;
  case OTTL_W_BOOL: return !repeated && f->type == PROTOBUF_C_TYPE_BOOL;
  case OTTL_W_SINT32: return !repeated && f->type == PROTOBUF_C_TYPE_SINT32;
  case OTTL_W_F64: return !repeated && f->type == PROTOBUF_C_TYPE_DOUBLE;
  case OTTL_W_STRING: /* also bytes of any length */
    return !repeated && (f->type == PROTOBUF_C_TYPE_STRING || (f->type == PROTOBUF_C_TYPE_BYTES && strstr(f->name, "payload")));
  case OTTL_W_BYTES: return !repeated && f->type == PROTOBUF_C_TYPE_BYTES;
  case OTTL_W_ANY: return !repeated && strcmp(of, "AnyValue") == 0;
  case OTTL_W_MAP: return repeated && strcmp(of, "KeyValue") == 0;
  case OTTL_W_REPEATED: return repeated && message;
  case OTTL_W_PACKED: return repeated && (f->type == PROTOBUF_C_TYPE_FIXED64 || f->type == PROTOBUF_C_TYPE_DOUBLE);
  case OTTL_W_MESSAGE: return !repeated && message;
  case OTTL_W_VARINT_64: return !repeated && (f->type == PROTOBUF_C_TYPE_INT64 || f->type == PROTOBUF_C_TYPE_UINT64);
  case OTTL_W_PACKED_VARINT: return repeated && (f->type == PROTOBUF_C_TYPE_INT32 || f->type == PROTOBUF_C_TYPE_INT64);
  case OTTL_W_DICT_MAP: return repeated && f->type == PROTOBUF_C_TYPE_INT32;
  case OTTL_W_NUMBER: return f->id == 6 ? f->type == PROTOBUF_C_TYPE_SFIXED64 : f->type == PROTOBUF_C_TYPE_DOUBLE;
  default: return false;
  }
}

static void test_schema(void **state) {
  OTTL_UNUSED(state);
  for (uint32_t i = 0; i < ottl__n_places; i++) {
    const ottl_field_place *p = &ottl__places[i];
    const ProtobufCMessageDescriptor *d = descriptors[p->message];
    if (p->sub) {
      const ProtobufCFieldDescriptor *sub = protobuf_c_message_descriptor_get_field(d, p->sub);
      assert_non_null(sub);
      assert_int_equal(sub->type, PROTOBUF_C_TYPE_MESSAGE);
      d = sub->descriptor;
    }
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(d, p->number);
    if (!f || !wire_agrees(ottl__fields[p->field].wire, f)) fail_msg("%s in %s", ottl__fields[p->field].name, d->name);
  }
  for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
    unsigned number = ottl__metric_container((ottl_metric_kind)k);
    assert_int_equal(ottl__metric_kind_of(number), k);
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(descriptors[OTTL_M_METRIC], number);
    assert_non_null(f);
    const ProtobufCFieldDescriptor *points = protobuf_c_message_descriptor_get_field(f->descriptor, 1);
    assert_ptr_equal(points->descriptor, descriptors[ottl__point_message((ottl_metric_kind)k)]);
  }
  assert_int_equal(ottl__metric_kind_of(1), OTTL_MK_NONE);
}

/* -- levels -- */

static void test_levels(void **state) {
  OTTL_UNUSED(state);
  blob in = blob_file("metrics.pb");
  ottl_batch *b = batch_new();
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, in.data, in.len));
  plan *p = plan_new(OTTL_L_GRANDCHILD);
  OK(ottl__batch_bind(b, &p->layout, 4));
  assert_int_equal(b->rows[OTTL_L_RESOURCE].n, 2);
  assert_int_equal(b->rows[OTTL_L_ITEM].n, 12);
  assert_int_equal(b->rows[OTTL_L_CHILD].n, 20);
  assert_int_equal(b->rows[OTTL_L_GRANDCHILD].n, 18);
  assert_int_equal(b->rows[OTTL_L_ITEM].kind[0], OTTL_MK_GAUGE);
  assert_int_equal(b->rows[OTTL_L_ITEM].kind[5], OTTL_MK_NONE);
  assert_int_equal(b->rows[OTTL_L_CHILD].message[6], OTTL_M_HISTOGRAM_POINT);
  assert_int_equal(b->rows[OTTL_L_CHILD].kind[9], OTTL_MK_SUMMARY);
  for (uint32_t first = 0; first < 18; first += 3) {
    OK(ottl__batch_window(b, first, 3));
    for (uint32_t i = 0; i < 3; i++) {
      uint32_t row = first + i;
      for (unsigned l = OTTL_L_GRANDCHILD; l-- > 0;) {
        row = b->rows[l + 1].parent[row];
        assert_int_equal(b->up[l][i], row);
        assert_in_range(row, b->lo[l], b->hi[l] - 1);
        assert_true(b->rows[l].first_child[row] < b->rows[l].first_child[row + 1]);
      }
    }
  }
  OK(ottl__batch_unbind(b));
  assert_int_equal(ottl__batch_window(b, 0, 1), OTTL_INVALID_ARG);
  /* a scope goes with everything below */
  ottl__batch_drop_row(b, OTTL_L_SCOPE, 0);
  assert_true(b->rows[OTTL_L_ITEM].state[5] & OTTL_ROW_DROPPED);
  assert_true(b->rows[OTTL_L_CHILD].state[9] & OTTL_ROW_DROPPED);
  assert_true(b->rows[OTTL_L_GRANDCHILD].state[8] & OTTL_ROW_DROPPED);
  assert_int_equal(b->rows[OTTL_L_GRANDCHILD].state[9], 0);
  free(p);

  /* A filter of data points: metrics that have none left go, and one without a kind stays. */
  p = plan_new(OTTL_L_CHILD);
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 64));
  OK(ottl__batch_window(b, 0, 20));
  for (uint32_t i = 0; i < 20; i++) {
    if (b->rows[OTTL_L_CHILD].kind[i] != OTTL_MK_SUM) ottl__batch_drop_row(b, OTTL_L_CHILD, i);
  }
  OK(ottl__batch_unbind(b));
  const uint8_t *out;
  size_t len;
  OK(ottl__batch_finish(b, true, &out, &len));
  blob rest = blob_copy(out, len);
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, rest.data, rest.len));
  OK(ottl__batch_bind(b, &p->layout, 64));
  assert_int_equal(b->rows[OTTL_L_ITEM].n, 4);
  assert_int_equal(b->rows[OTTL_L_ITEM].kind[0], OTTL_MK_SUM);
  assert_int_equal(b->rows[OTTL_L_ITEM].kind[1], OTTL_MK_NONE);
  assert_int_equal(b->rows[OTTL_L_CHILD].n, 6);
  free(rest.data);
  free(p);
  ottl__batch_free(b);
  free(in.data);
}

/* -- maps -- */

static wire log_of(const char *const *pairs, unsigned n) {
  wire log = {.len = 0};
  for (unsigned i = 0; i < n; i++) w_attr(&log, 6, pairs[2 * i], pairs[2 * i + 1]);
  return log;
}

static void assert_column(const ottl_batch *b, unsigned c, const char *want) {
  ottl_cell cell = reg_cell(&b->columns[c], 0);
  if (!want) {
    assert_int_equal(cell.tag, OTTL_T_ABSENT);
    return;
  }
  assert_int_equal(cell.tag, OTTL_T_STRING);
  if (!view_is(cell_view(cell), want)) fail_msg("found %.*s, expected %s", (int)cell.len, cell_view(cell).data, want);
}

/* Deletes with duplicates: what is seen next depends on which entry the last one replaces. `deletes`: indexes of key columns. */
static void run_duplicates(const char *const *pairs, unsigned n, const char *const *keys, unsigned n_keys,
                           const unsigned *deletes, unsigned n_deletes, const char *const *seen, const char *const *left,
                           unsigned n_left) {
  wire log = log_of(pairs, n);
  wire in = w_request(&log);
  wire expected = log_of(left, n_left);
  expected = w_request(&expected);
  for (unsigned entries = 0; entries < 2; entries++) {
    ottl_batch *b = batch_new();
    plan *p = plan_new(OTTL_L_ITEM);
    plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, entries);
    for (unsigned k = 0; k < n_keys; k++) plan_key(p, keys[k]);
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 1));
    OK(ottl__batch_window(b, 0, 1));
    assert_true(b->maps[0].any_dups && bm_get(b->maps[0].dups, 0));
    for (unsigned d = 0; d < n_deletes; d++) {
      OK(col_delete(b, deletes[d], 0));
      for (unsigned k = 0; k < n_keys; k++) assert_column(b, k, seen[d * n_keys + k]);
    }
    assert_output(b, false, expected.data, expected.len);
    free(p);
    ottl__batch_free(b);
  }
}

static void test_duplicates(void **state) {
  OTTL_UNUSED(state);
  {
    static const char *const pairs[] = {"k", "1", "a", "x", "k", "2"}, *const keys[] = {"k", "a"};
    static const char *const seen[] = {"2", "x", NULL, "x"}, *const left[] = {"a", "x"};
    static const unsigned deletes[] = {0, 0};
    run_duplicates(pairs, 3, keys, 2, deletes, 2, seen, left, 1);
  }
  { /* the last entry moves into the hole: 3 is seen before 2 */
    static const char *const pairs[] = {"k", "1", "k", "2", "k", "3"}, *const keys[] = {"k"};
    static const char *const seen[] = {"3"}, *const left[] = {"k", "3", "k", "2"};
    static const unsigned deletes[] = {0};
    run_duplicates(pairs, 3, keys, 1, deletes, 1, seen, left, 2);
  }
  { /* removing another key changes which duplicate is the first */
    static const char *const pairs[] = {"x", "0", "a", "1", "a", "2"}, *const keys[] = {"x", "a"};
    static const char *const seen[] = {NULL, "2"}, *const left[] = {"a", "2", "a", "1"};
    static const unsigned deletes[] = {0};
    run_duplicates(pairs, 3, keys, 2, deletes, 1, seen, left, 2);
  }
}

static void test_set_duplicate(void **state) { /* the first one is replaced, the others stay */
  OTTL_UNUSED(state);
  static const char *const pairs[] = {"k", "1", "k", "2"}, *const left[] = {"k", "new", "k", "2"};
  wire log = log_of(pairs, 2), want = log_of(left, 2);
  wire in = w_request(&log);
  want = w_request(&want);
  for (unsigned entries = 0; entries < 2; entries++) {
    ottl_batch *b = batch_new();
    plan *p = plan_new(OTTL_L_ITEM);
    plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, entries);
    unsigned c = plan_key(p, "k");
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 1));
    OK(ottl__batch_window(b, 0, 1));
    assert_column(b, c, "1");
    col_set(&b->columns[c], 0, cell_string(VIEW("new")));
    assert_output(b, false, want.data, want.len);
    free(p);
    ottl__batch_free(b);
  }
}

/* Entries edited by a function, then read through columns; slots, ids and the dictionary. */
static void test_reload(void **state) {
  OTTL_UNUSED(state);
  static const char *const pairs[] = {"a", "1", "b", "2", "c", "3"}, *const left[] = {"a", "1", "z", "9", "c",
                                                                                      "3", "d", "4", "e", "5"};
  wire log = log_of(pairs, 3), want = log_of(left, 5);
  wire in = w_request(&log);
  want = w_request(&want);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_ITEM);
  plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, true);
  unsigned a = plan_key(p, "a"), bb = plan_key(p, "b"), d = plan_key(p, "d"), e = plan_key(p, "e"), z = plan_key(p, "z");
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 1));
  OK(ottl__batch_window(b, 0, 1));
  assert_int_equal(b->n_keys, 6); /* the five that the plan names, and "c" */
  assert_int_equal(b->columns[bb].slot[0], 1);
  assert_int_equal(b->columns[d].slot[0], UINT32_MAX);
  ottl_rowmap *map = &b->maps[0].rows[0];
  assert_int_equal(map->n, 3);
  assert_int_equal(map->items[2].column, OTTL_NO_COLUMN);
  assert_int_equal(map->items[2].keyid, ottl__key_id(b, VIEW("c")));
  map->items[1].key = "z"; /* a function renames an entry, writes its value and appends another */
  entry_set(&map->items[1], cell_string(VIEW("9")));
  ottl_entry *pushed = ottl__rowmap_push(&b->arena, map, VIEW("d"));
  assert_non_null(pushed);
  entry_set(pushed, cell_string(VIEW("4")));
  bm_set(b->maps[0].dirty, 0);
  uint64_t sel[1] = {1};
  OK(ottl__map_reload(b, 0, sel, 1));
  assert_column(b, a, "1");
  assert_column(b, bb, NULL);
  assert_column(b, d, "4");
  assert_column(b, z, "9");
  assert_int_equal(b->columns[d].slot[0], 3);
  assert_int_equal(map->items[1].keyid, OTTL_NO_KEY);
  col_set(&b->columns[e], 0, cell_string(VIEW("5")));
  OK(ottl__map_flush(b, 0, sel, 1));
  assert_int_equal(b->columns[e].slot[0], 4);
  assert_false(bm_get(b->columns[e].dirty, 0));
  assert_output(b, false, want.data, want.len);
  free(p);
  ottl__batch_free(b);
}

static void test_cache(void **state) {
  OTTL_UNUSED(state);
  blob in = blob_file("logs.pb");
  ottl_batch *b = batch_new();
  for (unsigned entries = 0; entries < 2; entries++) {
    plan *p = plan_new(OTTL_L_ITEM);
    plan_map(p, OTTL_FIELD_COUNT, OTTL_L_ITEM, entries);
    unsigned c = plan_key(p, "k");
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 2));
    for (uint32_t at = 0; at < 4; at += 2) {
      OK(ottl__batch_window(b, at, 2));
      assert_column(b, c, NULL); /* starts empty for every row */
      col_set(&b->columns[c], 0, cell_int(1));
      uint64_t sel[1] = {3};
      if (entries) {
        OK(ottl__map_flush(b, 0, sel, 2));
        assert_int_equal(b->maps[0].rows[0].n, 1);
      }
      OK(ottl__batch_close_window(b));
    }
    OK(ottl__batch_unbind(b));
    assert_output(b, false, in.data, in.len); /* and is never encoded */
    free(p);
  }
  ottl__batch_free(b);
  free(in.data);
}

/* Ids are stable, and keys beyond the limit have none. */
static void test_dictionary(void **state) {
  OTTL_UNUSED(state);
  enum { KEYS = 40000 };
  static char names[KEYS][8];
  static uint32_t ids[KEYS];
  ottl_batch *b = batch_new();
  for (unsigned round = 0; round < 2; round++) {
    unsigned without = 0;
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, NULL, 0));
    for (unsigned i = 0; i < KEYS; i++) {
      snprintf(names[i], sizeof names[i], "k%u", i);
      ids[i] = ottl__key_id(b, view_str(names[i]));
      if (ids[i] == OTTL_NO_KEY)
        without += i < 8000; /* hardly any as long as there is room */
      else
        assert_true(view_is(b->key_names[ids[i]], names[i]));
    }
    assert_true(without < 80);
    assert_in_range(b->n_keys, 15000, 20000);
    for (unsigned i = 0; i < 100; i++) assert_int_equal(ottl__key_id(b, view_str(names[i])), ids[i]);
  }
  ottl__batch_free(b);
}

/* -- memory -- */

typedef struct counter {
  long left; /* allocations until one fails; negative: none does */
  long made;
} counter;

static bool counted(counter *c) {
  c->made++;
  if (c->left == 0) return false;
  if (c->left > 0) c->left--;
  return true;
}
static void *counting_alloc(void *context, size_t bytes) { return counted(context) ? malloc(bytes) : NULL; }
static void *counting_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  OTTL_UNUSED(old_bytes);
  return counted(context) ? realloc(old, bytes) : NULL;
}
static void counting_free(void *context, void *p, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(bytes);
  free(p);
}

static void drop_some(ottl_batch *b, uint32_t n, void *context) {
  touch_all(b, n, context);
  for (uint32_t i = 0; i < n; i++) {
    if ((b->first + i) % 3 == 2) ottl__batch_drop_row(b, (ottl_level)b->layout->level, b->first + i);
  }
  const ottl_layout *l = b->layout;
  for (unsigned c = 0; c < l->n_columns; c++) {
    if (l->columns[c].source == OTTL_COL_KEY && l->columns[c].level == l->level) {
      for (uint32_t i = 0; i < n; i += 2) col_set(&b->columns[c], i, cell_string(VIEW("a value")));
    }
  }
}

static ottl_status whole_run(ottl_batch *b, const plan *const *plans, unsigned n, int signal, blob in) {
  OTTL_TRY(ottl__batch_open(b, signal, in.data, in.len));
  for (unsigned k = 0; k < n; k++) OTTL_TRY(run_pass(b, plans[k], 7, drop_some, NULL));
  const uint8_t *out;
  size_t len;
  return ottl__batch_finish(b, true, &out, &len);
}

static void test_memory(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *file;
    int signal;
  } files[] = {{"logs.pb", OTTL_SIGNAL_LOGS}, {"traces_pdata.pb", OTTL_SIGNAL_TRACES}, {"metrics.pb", OTTL_SIGNAL_METRICS}};
  for (unsigned f = 0; f < OTTL_COUNT(files); f++) {
    blob in = blob_file(files[f].file);
    plan *plans[] = {plan_all(OTTL_L_ITEM, false), plan_all(OTTL_L_CHILD, true), plan_all(OTTL_L_GRANDCHILD, false)};
    const plan *const *all = (const plan *const *)plans;
    for (long fail = 0;; fail++) { /* the first fails, the second, ... until none does */
      counter c = {fail, 0};
      ottl_allocator al = {counting_alloc, counting_realloc, counting_free, &c};
      ottl_batch *b;
      ottl_status s = ottl__batch_create(&al, &b);
      if (s == OTTL_OK) {
        s = whole_run(b, all, 3, files[f].signal, in);
        if (s == OTTL_NOMEM) { /* it goes on with the next payload */
          c.left = -1;
          OK(whole_run(b, all, 3, files[f].signal, in));
        }
        ottl__batch_free(b);
      }
      assert_true(s == OTTL_OK || s == OTTL_NOMEM);
      if (s == OTTL_OK && c.left > 0) break;
      assert_true(fail < 10000);
    }
    /* once warm, nothing is allocated */
    counter c = {-1, 0};
    ottl_allocator al = {counting_alloc, counting_realloc, counting_free, &c};
    ottl_batch *b;
    OK(ottl__batch_create(&al, &b));
    for (unsigned round = 0; round < 4; round++) {
      if (round == 2) c.made = 0;
      OK(whole_run(b, all, 3, files[f].signal, in));
    }
    assert_int_equal(c.made, 0);
    ottl__batch_free(b);
    for (unsigned k = 0; k < 3; k++) free(plans[k]);
    free(in.data);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_schema),        cmocka_unit_test(test_levels), cmocka_unit_test(test_duplicates),
      cmocka_unit_test(test_set_duplicate), cmocka_unit_test(test_reload), cmocka_unit_test(test_cache),
      cmocka_unit_test(test_dictionary),    cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
