/* Payloads that are right but odd, edited: fields twice, unpacked, out of order, varints longer than they need be. */
#include "unit/batch_help.h"

static void set_columns(ottl_batch *b, uint32_t n, void *context) { /* key column 0 of level ITEM, text column 1 */
  OTTL_UNUSED(context);
  for (uint32_t i = 0; i < n; i++) {
    col_set(&b->columns[0], i, cell_string(VIEW("new")));
    put_text(b, 1, i, "WARN");
  }
}

static void test_odd_log(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0}, kv = {.len = 0}, any = {.len = 0};
  w_str(&log, 3, "first");
  w_attr(&log, 6, "a", "1");
  w_varint(&log, 99 << 3 | 3);
  w_int(&log, 5, 7);
  w_varint(&log, 99 << 3 | 4);
  w_str(&log, 3, "last");
  w_attr(&log, 6, "b", "2");
  w_str(&any, 1, "value before key"); /* value, then key, then key again */
  w_msg(&kv, 2, &any);
  w_str(&kv, 1, "wrong");
  w_str(&kv, 1, "c");
  w_msg(&log, 6, &kv);
  w_int(&log, 40, 1);
  wire in = w_request(&log);
  ottl_batch *b = batch_new();
  for (unsigned entries = 0; entries < 2; entries++) {
    plan *p = plan_new(OTTL_L_ITEM);
    plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, entries);
    unsigned key = plan_key(p, "b");
    unsigned text = plan_field(p, OTTL_FIELD_LOG_SEVERITY_TEXT);
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 8));
    OK(ottl__batch_window(b, 0, 1));
    assert_true(view_is(reg_view(&b->columns[text], 0), "last"));
    assert_true(view_is(cell_view(reg_cell(&b->columns[key], 0)), "2"));
    OK(ottl__batch_close_window(b));
    assert_int_equal(b->rows[OTTL_L_ITEM].state[0], 0);
    assert_output(b, false, in.data, in.len); /* not written: as it came */
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
    OK(run_pass(b, p, 8, set_columns, NULL));
    wire want = {.len = 0};
    w_str(&want, 3, "WARN");
    w_attr(&want, 6, "a", "1");
    w_attr(&want, 6, "b", "new");
    w_msg(&want, 6, &kv);
    w_varint(&want, 99 << 3 | 3);
    w_int(&want, 5, 7);
    w_varint(&want, 99 << 3 | 4);
    w_int(&want, 40, 1);
    want = w_request(&want);
    assert_output(b, false, want.data, want.len);
    free(p);
  }
  ottl__batch_free(b);
}

static void set_resource(ottl_batch *b, uint32_t n, void *context) {
  OTTL_UNUSED(context);
  for (uint32_t i = 0; i < n; i++) {
    col_set(&b->columns[0], b->up[0][i], cell_string(VIEW("new")));
    if (b->layout->n_columns > 1) put_word(b, 1, i, 17);
  }
}

/* Scopes on both sides of a resource that comes in two pieces, and unknown fields between. */
static void test_odd_resource(void **state) {
  OTTL_UNUSED(state);
  wire log = {.len = 0}, scope = {.len = 0}, res1 = {.len = 0}, res2 = {.len = 0}, rl = {.len = 0}, in = {.len = 0};
  w_int(&log, 2, 9);
  w_msg(&scope, 2, &log);
  w_attr(&res1, 1, "a", "1");
  w_int(&res1, 2, 5);
  w_attr(&res2, 1, "b", "2");
  w_msg(&rl, 2, &scope);
  w_msg(&rl, 1, &res1);
  w_str(&rl, 50, "unknown");
  w_msg(&rl, 2, &scope);
  w_msg(&rl, 1, &res2);
  w_str(&rl, 3, "url");
  w_msg(&in, 1, &rl);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_ITEM);
  plan_map(p, OTTL_FIELD_RESOURCE_ATTRIBUTES, OTTL_L_RESOURCE, false);
  plan_key(p, "b");
  plan_field(p, OTTL_FIELD_LOG_SEVERITY_NUMBER);
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  OK(run_pass(b, p, 8, NULL, NULL));
  assert_output(b, false, in.data, in.len);
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  OK(run_pass(b, p, 8, set_resource, NULL));
  wire log2 = {.len = 0}, scope2 = {.len = 0}, res = {.len = 0}, rl2 = {.len = 0}, want = {.len = 0};
  w_int(&log2, 2, 17);
  w_msg(&scope2, 2, &log2);
  w_attr(&res, 1, "a", "1");
  w_attr(&res, 1, "b", "new");
  w_int(&res, 2, 5);
  w_msg(&rl2, 1, &res);
  w_msg(&rl2, 2, &scope2);
  w_msg(&rl2, 2, &scope2);
  w_str(&rl2, 3, "url");
  w_str(&rl2, 50, "unknown");
  w_msg(&want, 1, &rl2);
  assert_output(b, false, want.data, want.len);
  free(p);
  /* Without a resource: it is made. Edited twice, in two passes. */
  wire bare = w_request(&log);
  p = plan_new(OTTL_L_ITEM);
  plan_map(p, OTTL_FIELD_RESOURCE_ATTRIBUTES, OTTL_L_RESOURCE, false);
  plan_key(p, "b");
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, bare.data, bare.len));
  OK(run_pass(b, p, 8, set_resource, NULL));
  OK(run_pass(b, p, 8, set_resource, NULL));
  wire res3 = {.len = 0}, rl3 = {.len = 0}, want3 = {.len = 0};
  w_attr(&res3, 1, "b", "new");
  w_msg(&rl3, 2, &scope);
  w_msg(&rl3, 1, &res3);
  w_msg(&want3, 1, &rl3);
  assert_output(b, false, want3.data, want3.len);
  free(p);
  ottl__batch_free(b);
}

static void set_points(ottl_batch *b, uint32_t n, void *context) {
  OTTL_UNUSED(context);
  for (uint32_t i = 0; i < n; i++) put_cell(b, 0, i, cell_int(3));
}

/* Two containers: the last one is the metric's. */
static void test_odd_metric(void **state) {
  OTTL_UNUSED(state);
  wire point = {.len = 0}, gauge = {.len = 0}, sum = {.len = 0}, metric = {.len = 0};
  w_64(&point, 3, 1);
  w_64(&point, 4, 0);
  w_64(&point, 6, 8); /* both members of the oneof: the last one counts */
  w_msg(&gauge, 1, &point);
  w_msg(&sum, 1, &point);
  w_int(&sum, 2, 1);
  w_msg(&sum, 1, &point);
  w_str(&metric, 1, "m");
  w_msg(&metric, 5, &gauge);
  w_msg(&metric, 7, &sum);
  wire in = w_request(&metric);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_CHILD);
  plan_field(p, OTTL_FIELD_POINT_VALUE);
  for (unsigned with_parent = 0; with_parent < 2; with_parent++) {
    if (with_parent) plan_field(p, OTTL_FIELD_METRIC_TEMPORALITY);
    OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, in.data, in.len));
    OK(run_pass(b, p, 8, NULL, NULL));
    assert_output(b, false, in.data, in.len);
    OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, in.data, in.len));
    OK(ottl__batch_bind(b, &p->layout, 8));
    assert_int_equal(b->rows[OTTL_L_CHILD].n, 2);
    assert_int_equal(b->rows[OTTL_L_CHILD].kind[0], OTTL_MK_SUM);
    OK(ottl__batch_window(b, 0, 2));
    assert_int_equal(reg_cell(&b->columns[0], 0).tag, OTTL_T_INT);
    assert_int_equal(reg_cell(&b->columns[0], 0).word, 8);
    if (with_parent) assert_int_equal(b->columns[1].word[0], 1);
    set_points(b, 2, NULL);
    OK(ottl__batch_unbind(b));
    wire point2 = {.len = 0}, sum2 = {.len = 0}, metric2 = {.len = 0};
    w_64(&point2, 3, 1);
    w_64(&point2, 6, 3);
    w_msg(&sum2, 1, &point2);
    if (with_parent) w_msg(&sum2, 1, &point2); /* the canonical form puts points before the rest */
    w_int(&sum2, 2, 1);
    if (!with_parent) w_msg(&sum2, 1, &point2);
    w_str(&metric2, 1, "m");
    w_msg(&metric2, 7, &sum2);
    wire want = w_request(&metric2);
    assert_output(b, false, want.data, want.len);
  }
  free(p);
  ottl__batch_free(b);
}

static void test_unpacked(void **state) {
  OTTL_UNUSED(state);
  wire point = {.len = 0}, packed = {.len = 0}, hist = {.len = 0}, metric = {.len = 0};
  w_64(&point, 6, 1);
  for (unsigned i = 0; i < 16; i++) w_byte(&packed, i % 8 == 0);
  w_msg(&point, 6, &packed);
  w_msg(&hist, 1, &point);
  w_msg(&metric, 9, &hist);
  wire in = w_request(&metric);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_CHILD);
  unsigned c = plan_field(p, OTTL_FIELD_POINT_BUCKET_COUNTS);
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 8));
  OK(ottl__batch_window(b, 0, 1));
  assert_int_equal(b->columns[c].len[0], 24);
  assert_memory_equal((const void *)(uintptr_t)b->columns[c].word[0], "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24);
  assert_output(b, false, in.data, in.len);
  free(p);
  ottl__batch_free(b);
}

/* Over-long varints in tags and lengths are copied as they are. */
static void test_long_varints(void **state) {
  OTTL_UNUSED(state);
  static const uint8_t log[] = {0x12, 0x84, 0x80, 0x00, 0x90, 0x80, 0x00, 0x09}; /* an item of 4 bytes: severity number 9 */
  wire scope = {.len = 0}, rl = {.len = 0}, in = {.len = 0};
  for (unsigned r = 0; r < 3; r++) {
    for (unsigned i = 0; i < sizeof log; i++) w_byte(&scope, log[i]);
  }
  w_msg(&rl, 2, &scope);
  w_msg(&in, 1, &rl);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_ITEM);
  unsigned c = plan_field(p, OTTL_FIELD_LOG_SEVERITY_NUMBER);
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  OK(ottl__batch_bind(b, &p->layout, 8));
  OK(ottl__batch_window(b, 0, 3));
  assert_int_equal(b->columns[c].word[2], 9);
  put_word(b, c, 1, 10);
  wire scope2 = {.len = 0}, rl2 = {.len = 0}, want = {.len = 0}, changed = {.len = 0};
  w_int(&changed, 2, 10);
  for (unsigned i = 0; i < sizeof log; i++) w_byte(&scope2, log[i]);
  w_msg(&scope2, 2, &changed);
  for (unsigned i = 0; i < sizeof log; i++) w_byte(&scope2, log[i]);
  w_msg(&rl2, 2, &scope2);
  w_msg(&want, 1, &rl2);
  assert_output(b, false, want.data, want.len);
  free(p);
  ottl__batch_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_odd_log),  cmocka_unit_test(test_odd_resource), cmocka_unit_test(test_odd_metric),
      cmocka_unit_test(test_unpacked), cmocka_unit_test(test_long_varints),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
