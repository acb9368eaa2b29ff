/* Framing, projecting, weaving and splicing payloads: identity, edits against what the reference's data model writes
 * (tests/fixtures/wire/generate.go), malformed and random bytes. */
#include "syntax/tree.h"
#include "unit/batch_help.h"

static const struct payload {
  const char *name;
  int signal;
} payloads[] = {{"logs.pb", OTTL_SIGNAL_LOGS},           {"traces.pb", OTTL_SIGNAL_TRACES},
                {"metrics.pb", OTTL_SIGNAL_METRICS},     {"logs_pdata.pb", OTTL_SIGNAL_LOGS},
                {"traces_pdata.pb", OTTL_SIGNAL_TRACES}, {"metrics_pdata.pb", OTTL_SIGNAL_METRICS}};

static void assert_same_content(const uint8_t *a, size_t a_len, const uint8_t *z, size_t z_len, int signal, ottl_level level,
                                bool entries);

/* Payload NAME and what is expected of it; then the same as the collector writes it, back to front, where only the content is
 * expected. */
typedef struct edited {
  blob in, want;
  int signal;
  ottl_level level;
  bool pdata;
} edited;

static edited edited_open(const char *name, const char *want, int signal, ottl_level level, bool pdata) {
  char file[64];
  snprintf(file, sizeof file, "%s%s.pb", name, pdata ? "_pdata" : "");
  return (edited){blob_file(file), blob_file(want), signal, level, pdata};
}
static void edited_check(ottl_batch *b, const edited *e) {
  if (!e->pdata) {
    assert_output(b, false, e->want.data, e->want.len);
    return;
  }
  const uint8_t *out;
  size_t len;
  OK(ottl__batch_finish(b, false, &out, &len));
  assert_same_content(out, len, e->want.data, e->want.len, e->signal, e->level, true);
}
static void edited_done(edited *e) {
  free(e->in.data);
  free(e->want.data);
}

/* -- identity -- */

static void test_identity(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  for (unsigned f = 0; f < OTTL_COUNT(payloads); f++) {
    blob in = blob_file(payloads[f].name);
    OK(ottl__batch_open(b, payloads[f].signal, in.data, in.len));
    assert_output(b, false, in.data, in.len); /* no pass */
    for (unsigned level = 0; level < OTTL_LEVELS; level++) {
      for (unsigned entries = 0; entries < 2; entries++) {
        for (unsigned touch = 0; touch < 2; touch++) {
          plan *p = plan_all((ottl_level)level, entries);
          OK(ottl__batch_open(b, payloads[f].signal, in.data, in.len));
          OK(run_pass(b, p, 3, touch ? touch_all : NULL, NULL));
          OK(run_pass(b, p, 64, touch ? touch_all : NULL, NULL)); /* a pass over what was woven */
          if (touch && f >= 3) {                                  /* attributes that are written have their key first */
            const uint8_t *out;
            size_t len;
            OK(ottl__batch_finish(b, false, &out, &len));
            assert_same_content(out, len, in.data, in.len, payloads[f].signal, (ottl_level)level, entries);
          } else {
            assert_output(b, false, in.data, in.len);
          }
          free(p);
        }
      }
    }
    free(in.data);
  }
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, NULL, 0));
  plan *p = plan_all(OTTL_L_ITEM, true);
  OK(run_pass(b, p, 10, touch_all, NULL));
  assert_output(b, false, "", 0);
  free(p);
  ottl__batch_free(b);
}

/* -- edits -- */

enum { METHOD, FLAG, ADDED, SEVERITY, TIME, BODY, R_NAME, R_ADDED, R_URL, S_ADDED, S_NAME };

static void edit_logs(ottl_batch *b, uint32_t n, void *context) {
  const unsigned *c = context;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t s = b->up[OTTL_L_SCOPE][i], r = b->up[OTTL_L_RESOURCE][i];
    col_set(&b->columns[c[METHOD]], i, cell_string(VIEW("PATCH")));
    OK(col_delete(b, c[FLAG], i));
    col_set(&b->columns[c[ADDED]], i, cell_double(1.5));
    put_text(b, c[SEVERITY], i, "changed");
    put_word(b, c[TIME], i, 0);
    put_cell(b, c[BODY], i, cell_int(-5));
    col_set(&b->columns[c[R_NAME]], r, cell_string(VIEW("renamed")));
    col_set(&b->columns[c[R_ADDED]], r, cell_bool(true));
    put_text(b, c[R_URL], r, "u");
    col_set(&b->columns[c[S_ADDED]], s, cell_string(VIEW("yes")));
    put_text(b, c[S_NAME], s, "");
  }
}

static void test_edit_logs_of(bool pdata) {
  edited e = edited_open("logs", "logs_edited.pb", OTTL_SIGNAL_LOGS, OTTL_L_ITEM, pdata);
  ottl_batch *b = batch_new();
  for (unsigned entries = 0; entries < 2; entries++) {
    for (unsigned window = 1; window <= 64; window *= 4) {
      plan *p = plan_new(OTTL_L_ITEM);
      unsigned c[S_NAME + 1];
      plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, false);
      c[METHOD] = plan_key(p, "http.method");
      c[FLAG] = plan_key(p, "flag");
      c[ADDED] = plan_key(p, "added");
      plan_map(p, OTTL_FIELD_RESOURCE_ATTRIBUTES, OTTL_L_RESOURCE, entries);
      c[R_NAME] = plan_key(p, "service.name");
      c[R_ADDED] = plan_key(p, "r.added");
      plan_map(p, OTTL_FIELD_SCOPE_ATTRIBUTES, OTTL_L_SCOPE, entries);
      c[S_ADDED] = plan_key(p, "s.added");
      c[SEVERITY] = plan_field(p, OTTL_FIELD_LOG_SEVERITY_TEXT);
      c[TIME] = plan_field(p, OTTL_FIELD_LOG_TIME);
      c[BODY] = plan_field(p, OTTL_FIELD_LOG_BODY);
      c[R_URL] = plan_field(p, OTTL_FIELD_RESOURCE_SCHEMA_URL);
      c[S_NAME] = plan_field(p, OTTL_FIELD_SCOPE_NAME);
      OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, e.in.data, e.in.len));
      OK(run_pass(b, p, window, edit_logs, c));
      edited_check(b, &e);
      free(p);
    }
  }
  ottl__batch_free(b);
  edited_done(&e);
}

static void test_edit_logs(void **state) {
  OTTL_UNUSED(state);
  test_edit_logs_of(false);
  test_edit_logs_of(true);
}

static void flush_all(ottl_batch *b, uint32_t n) {
  uint64_t sel[4];
  memset(sel, 0xff, sizeof sel);
  assert_true(n <= 256);
  if (n % 64) sel[n / 64] = ((uint64_t)1 << n % 64) - 1;
  for (uint32_t w = (n + 63) / 64; w < 4; w++) sel[w] = 0;
  OK(ottl__map_flush(b, 0, sel, n));
  OK(ottl__map_reload(b, 0, sel, n));
}

static void edit_entries(ottl_batch *b, uint32_t n, void *context) {
  const unsigned *c = context; /* status, user, added, ratio, last */
  for (uint32_t i = 0; i < n; i++) OK(col_delete(b, c[0], i));
  flush_all(b, n);
  for (uint32_t i = 0; i < n; i++) col_set(&b->columns[c[1]], i, cell_string(VIEW("u")));
  flush_all(b, n);
  for (uint32_t i = 0; i < n; i++) col_set(&b->columns[c[2]], i, cell_int(b->first + i));
  flush_all(b, n);
  for (uint32_t i = 0; i < n; i++) OK(col_delete(b, c[3], i));
  flush_all(b, n);
  for (uint32_t i = 0; i < n; i++) OK(col_delete(b, c[2], i));
  flush_all(b, n);
  for (uint32_t i = 0; i < n; i++) col_set(&b->columns[c[4]], i, cell_string(VIEW("l"))); /* flushed by the weaver */
}

static void test_edit_entries_of(bool pdata) {
  edited e = edited_open("logs", "logs_entries.pb", OTTL_SIGNAL_LOGS, OTTL_L_ITEM, pdata);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_ITEM);
  plan_map(p, OTTL_FIELD_LOG_ATTRIBUTES, OTTL_L_ITEM, true);
  unsigned c[] = {plan_key(p, "http.status_code"), plan_key(p, "user"), plan_key(p, "added"), plan_key(p, "ratio"),
                  plan_key(p, "last")};
  for (unsigned window = 1; window <= 64; window *= 2) {
    OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, e.in.data, e.in.len));
    OK(run_pass(b, p, window, edit_entries, c));
    edited_check(b, &e);
  }
  free(p);
  ottl__batch_free(b);
  edited_done(&e);
}

static void test_edit_entries(void **state) {
  OTTL_UNUSED(state);
  test_edit_entries_of(false);
  test_edit_entries_of(true);
}

static void test_filter(void **state) {
  OTTL_UNUSED(state);
  blob in = blob_file("logs.pb"), want = blob_file("logs_filtered.pb");
  ottl_batch *b = batch_new();
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  for (uint32_t i = 0; i < b->rows[OTTL_L_ITEM].n; i++) {
    if (i % 3 != 0) ottl__batch_drop_row(b, OTTL_L_ITEM, i);
  }
  assert_output(b, true, want.data, want.len);
  /* everything goes: nothing is left, or empty shells */
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  for (uint32_t i = 0; i < b->rows[OTTL_L_ITEM].n; i++) ottl__batch_drop_row(b, OTTL_L_ITEM, i);
  const uint8_t *out;
  size_t len;
  OK(ottl__batch_finish(b, false, &out, &len));
  blob shells = blob_copy(out, len);
  OK(ottl__batch_finish(b, true, &out, &len));
  assert_int_equal(len, 0);
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, shells.data, shells.len));
  assert_int_equal(b->rows[OTTL_L_RESOURCE].n, 2);
  assert_int_equal(b->rows[OTTL_L_SCOPE].n, 6);
  assert_int_equal(b->rows[OTTL_L_ITEM].n, 0);
  /* a resource goes with all that is in it */
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len));
  ottl__batch_drop_row(b, OTTL_L_RESOURCE, 0);
  uint32_t n = b->rows[OTTL_L_RESOURCE].start[1];
  assert_output(b, false, in.data + n, in.len - n);
  ottl__batch_free(b);
  free(in.data);
  free(shells.data);
  free(want.data);
}

static uint32_t visited;

static void edit_events(ottl_batch *b, uint32_t n, void *context) {
  const unsigned *c = context; /* event name, event key, span name, span key, status code, status message */
  if (b->first == 0) {
    const ottl_rows *spans = &b->rows[OTTL_L_ITEM];
    for (uint32_t s = 0; s < spans->n; s++) {
      uint32_t events = spans->first_child[s + 1] - spans->first_child[s];
      if (events) {
        put_text(b, c[2], s, "touched");
        col_set(&b->columns[c[3]], s, cell_int(events));
      }
      if (b->columns[c[4]].word[s] == 2) {
        put_word(b, c[4], s, 1);
        put_text(b, c[5], s, "fine now, and rather longer than it was before");
      }
    }
  }
  for (uint32_t i = 0; i < n; i++) {
    visited++;
    if (visited % 3 == 0) ottl__batch_drop_row(b, OTTL_L_CHILD, b->first + i);
    if (visited % 3 != 1) continue;
    put_text(b, c[0], i, "renamed");
    col_set(&b->columns[c[1]], i, cell_string(VIEW("x")));
  }
}

static void test_edit_events_of(bool pdata) {
  edited e = edited_open("traces", "traces_edited.pb", OTTL_SIGNAL_TRACES, OTTL_L_CHILD, pdata);
  ottl_batch *b = batch_new();
  for (unsigned window = 1; window <= 64; window *= 4) {
    plan *p = plan_new(OTTL_L_CHILD);
    unsigned c[6];
    c[0] = plan_field(p, OTTL_FIELD_EVENT_NAME);
    plan_map(p, OTTL_FIELD_EVENT_ATTRIBUTES, OTTL_L_CHILD, window == 4);
    c[1] = plan_key(p, "new");
    c[2] = plan_field(p, OTTL_FIELD_SPAN_NAME);
    plan_map(p, OTTL_FIELD_SPAN_ATTRIBUTES, OTTL_L_ITEM, window == 16);
    c[3] = plan_key(p, "events");
    c[4] = plan_field(p, OTTL_FIELD_SPAN_STATUS_CODE);
    c[5] = plan_field(p, OTTL_FIELD_SPAN_STATUS_MESSAGE);
    OK(ottl__batch_open(b, OTTL_SIGNAL_TRACES, e.in.data, e.in.len));
    visited = 0;
    OK(run_pass(b, p, window, edit_events, c));
    edited_check(b, &e);
    free(p);
  }
  ottl__batch_free(b);
  edited_done(&e);
}

static void test_edit_events(void **state) {
  OTTL_UNUSED(state);
  test_edit_events_of(false);
  test_edit_events_of(true);
}

static void edit_points(ottl_batch *b, uint32_t n, void *context) {
  const unsigned *c = context; /* time, host, added, buckets, scale, name, temporality, monotonic */
  if (b->first == 0) {
    for (uint32_t m = 0; m < b->rows[OTTL_L_ITEM].n; m++) {
      put_text(b, c[5], m, "renamed");
      if (b->rows[OTTL_L_ITEM].kind[m] != OTTL_MK_SUM) continue;
      put_word(b, c[6], m, 2);
      put_word(b, c[7], m, 0);
    }
  }
  for (uint32_t i = 0; i < n; i++) {
    visited++;
    put_word(b, c[0], i, 99);
    col_set(&b->columns[c[1]], i, cell_string(VIEW("other")));
    col_set(&b->columns[c[2]], i, cell_int(1));
    if (b->rows[OTTL_L_CHILD].kind[b->first + i] == OTTL_MK_HISTOGRAM) {
      reg_put_view(&b->columns[c[3]], i, view_of("\7\0\0\0\0\0\0\0", 8));
      col_touch(&b->columns[c[3]], i);
    }
    if (b->rows[OTTL_L_CHILD].kind[b->first + i] == OTTL_MK_EXP_HISTOGRAM) put_word(b, c[4], i, (uint64_t)-40);
    if (visited % 4 == 0) ottl__batch_drop_row(b, OTTL_L_CHILD, b->first + i);
  }
}

static void test_edit_points_of(bool pdata) {
  edited e = edited_open("metrics", "metrics_edited.pb", OTTL_SIGNAL_METRICS, OTTL_L_CHILD, pdata);
  ottl_batch *b = batch_new();
  for (unsigned window = 1; window <= 64; window *= 4) {
    plan *p = plan_new(OTTL_L_CHILD);
    unsigned c[8];
    c[0] = plan_field(p, OTTL_FIELD_POINT_TIME);
    plan_map(p, OTTL_FIELD_POINT_ATTRIBUTES, OTTL_L_CHILD, window == 4);
    c[1] = plan_key(p, "host");
    c[2] = plan_key(p, "added");
    c[3] = plan_field(p, OTTL_FIELD_POINT_BUCKET_COUNTS);
    c[4] = plan_field(p, OTTL_FIELD_POINT_SCALE);
    c[5] = plan_field(p, OTTL_FIELD_METRIC_NAME);
    c[6] = plan_field(p, OTTL_FIELD_METRIC_TEMPORALITY);
    c[7] = plan_field(p, OTTL_FIELD_METRIC_IS_MONOTONIC);
    OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, e.in.data, e.in.len));
    visited = 0;
    OK(run_pass(b, p, window, edit_points, c));
    edited_check(b, &e);
    free(p);
  }
  ottl__batch_free(b);
  edited_done(&e);
}

static void test_edit_points(void **state) {
  OTTL_UNUSED(state);
  test_edit_points_of(false);
  test_edit_points_of(true);
}

static void edit_exemplars(ottl_batch *b, uint32_t n, void *context) {
  const unsigned *c = context;
  for (uint32_t i = 0; i < n; i++) {
    put_cell(b, c[0], i, cell_double(8));
    col_set(&b->columns[c[1]], i, cell_string(VIEW("changed")));
  }
}

static void test_edit_exemplars_of(bool pdata) {
  edited e = edited_open("metrics", "metrics_exemplars.pb", OTTL_SIGNAL_METRICS, OTTL_L_GRANDCHILD, pdata);
  ottl_batch *b = batch_new();
  plan *p = plan_new(OTTL_L_GRANDCHILD);
  unsigned c[2];
  c[0] = plan_field(p, OTTL_FIELD_EXEMPLAR_VALUE);
  plan_map(p, OTTL_FIELD_EXEMPLAR_ATTRIBUTES, OTTL_L_GRANDCHILD, false);
  c[1] = plan_key(p, "f");
  OK(ottl__batch_open(b, OTTL_SIGNAL_METRICS, e.in.data, e.in.len));
  OK(run_pass(b, p, 5, edit_exemplars, c));
  edited_check(b, &e);
  free(p);
  ottl__batch_free(b);
  edited_done(&e);
}

static void test_edit_exemplars(void **state) {
  OTTL_UNUSED(state);
  test_edit_exemplars_of(false);
  test_edit_exemplars_of(true);
}

static void empty_column(ottl_batch *b, uint32_t n, void *context) {
  for (uint32_t i = 0; i < n; i++) {
    unsigned c = *(const unsigned *)context;
    b->columns[c].word[i] = 0;
    b->columns[c].len[i] = 0;
    col_touch(&b->columns[c], i);
  }
}

static void test_empty_repeated(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *file;
    int signal;
    ottl_field field;
  } cases[] = {{"traces.pb", OTTL_SIGNAL_TRACES, OTTL_FIELD_SPAN_EVENTS},
               {"traces.pb", OTTL_SIGNAL_TRACES, OTTL_FIELD_SPAN_LINKS},
               {"metrics.pb", OTTL_SIGNAL_METRICS, OTTL_FIELD_METRIC_POINTS},
               {"metrics.pb", OTTL_SIGNAL_METRICS, OTTL_FIELD_POINT_EXEMPLARS},
               {"metrics.pb", OTTL_SIGNAL_METRICS, OTTL_FIELD_POINT_QUANTILES}};
  ottl_batch *b = batch_new();
  for (unsigned k = 0; k < OTTL_COUNT(cases); k++) {
    blob in = blob_file(cases[k].file);
    plan *p = plan_new((ottl_level)ottl__fields[cases[k].field].level);
    unsigned c = plan_field(p, cases[k].field);
    OK(ottl__batch_open(b, cases[k].signal, in.data, in.len));
    OK(run_pass(b, p, 64, empty_column, &c));
    const uint8_t *out;
    size_t len;
    OK(ottl__batch_finish(b, false, &out, &len));
    assert_true(len < in.len);
    blob woven = blob_copy(out, len);
    OK(ottl__batch_open(b, cases[k].signal, woven.data, woven.len));
    OK(ottl__batch_bind(b, &p->layout, 64));
    OK(ottl__batch_window(b, 0, b->rows[p->layout.level].n));
    assert_true(b->n > 0);
    for (uint32_t i = 0; i < b->n; i++) assert_int_equal(b->columns[c].len[i], 0);
    OK(ottl__batch_unbind(b));
    free(woven.data);
    free(in.data);
    free(p);
  }
  ottl__batch_free(b);
}

/* -- malformed -- */

static ottl_status try_log(const wire *log, size_t *ret_offset) {
  wire in = w_request(log);
  ottl_batch *b = batch_new();
  plan *p = plan_all(OTTL_L_ITEM, false);
  ottl_status s = ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len);
  if (s == OTTL_OK) s = run_pass(b, p, 8, NULL, NULL);
  *ret_offset = b->error_offset;
  if (s == OTTL_DATA) assert_non_null(b->error_text);
  ottl__batch_free(b);
  free(p);
  return s;
}

static void test_refused(void **state) {
  OTTL_UNUSED(state);
  size_t at;
  wire w = {.len = 0};
  w_str(&w, 3, "x");
  w_int(&w, 3, 1); /* text as a varint */
  assert_int_equal(try_log(&w, &at), OTTL_DATA);
  assert_int_equal(at, 9);
  w.len = 0;
  w_str(&w, 9, "fifteen bytes..");
  assert_int_equal(try_log(&w, &at), OTTL_DATA);
  w.len = 0;
  w_str(&w, 10, "1234567");
  assert_int_equal(try_log(&w, &at), OTTL_DATA);
  w.len = 0;
  w_str(&w, 9, "");
  assert_int_equal(try_log(&w, &at), OTTL_OK);
  static const uint8_t bad[][3] = {{0x02, 0x00}, {0x0e, 0x00}, {0x0f, 0x00}, {0x0c, 0x00},
                                   {0x0b, 0x00}, {0x32, 0x7f}, {0x08, 0xff}};
  for (unsigned i = 0; i < OTTL_COUNT(bad); i++) {
    w.len = 0;
    w_byte(&w, bad[i][0]);
    w_byte(&w, bad[i][1]);
    assert_int_equal(try_log(&w, &at), OTTL_DATA);
    assert_int_equal(at, 6);
  }
  /* framing fields of the wrong wire type */
  wire in = {.len = 0};
  w_int(&in, 1, 1);
  ottl_batch *b = batch_new();
  assert_int_equal(ottl__batch_open(b, OTTL_SIGNAL_LOGS, in.data, in.len), OTTL_DATA);
  assert_int_equal(b->error_offset, 0);
  /* groups nest without using the stack */
  size_t depth = 200000;
  uint8_t *groups = malloc(depth * 2);
  assert_non_null(groups);
  memset(groups, 0x23, depth);
  memset(groups + depth, 0x24, depth);
  OK(ottl__batch_open(b, OTTL_SIGNAL_LOGS, groups, depth * 2));
  assert_output(b, false, groups, depth * 2);
  assert_int_equal(ottl__batch_open(b, OTTL_SIGNAL_LOGS, groups, depth * 2 - 1), OTTL_DATA);
  free(groups);
  ottl__batch_free(b);
}

static ottl_status run_everything(ottl_batch *b, int signal, const uint8_t *in, size_t len, ottl_level level, bool entries,
                                  bool touch) {
  plan *p = plan_all(level, entries);
  ottl_status s = ottl__batch_open(b, signal, in, len);
  if (s == OTTL_OK) s = run_pass(b, p, 4, touch ? touch_all : NULL, NULL);
  const uint8_t *out;
  size_t n;
  if (s == OTTL_OK) s = ottl__batch_finish(b, false, &out, &n);
  if (s == OTTL_OK && !touch) {
    assert_int_equal(n, len);
    if (n) assert_memory_equal(out, in, n);
  }
  free(p);
  return s;
}

static void test_truncated(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  for (unsigned f = 0; f < OTTL_COUNT(payloads); f++) {
    blob in = blob_file(payloads[f].name);
    for (size_t len = 0; len < in.len; len++) {
      blob part = blob_copy(in.data, len);
      ottl_status s = run_everything(b, payloads[f].signal, part.data, len, (ottl_level)(len % OTTL_LEVELS), len & 1, len & 2);
      assert_true(s == OTTL_OK || s == OTTL_DATA);
      if (s == OTTL_DATA) assert_true(b->error_offset <= len);
      free(part.data);
    }
    free(in.data);
  }
  ottl__batch_free(b);
}

static bool same_bytes(ottl_cell a, ottl_cell b) { return view_eq(cell_view(a), cell_view(b)); }

/* Containers may have their entries' parts in another order. */
static bool same_container(ottl_cell a, ottl_cell b) {
  if (same_bytes(a, b)) return true;
  ottl_arena arena;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__arena_init(&arena, &al, 0);
  bool same = false;
  assert_int_equal(ottl__value_compare(&arena, a, b, OTTL_CMP_EQ, &same), OTTL_OK);
  ottl__arena_done(&arena);
  return same;
}

/* Both payloads read the same in every column. */
static void assert_same_content(const uint8_t *a, size_t a_len, const uint8_t *z, size_t z_len, int signal, ottl_level level,
                                bool entries) {
  ottl_batch *b[2] = {batch_new(), batch_new()};
  plan *p = plan_all(level, entries);
  OK(ottl__batch_open(b[0], signal, a, a_len));
  OK(ottl__batch_open(b[1], signal, z, z_len));
  for (unsigned k = 0; k < 2; k++) OK(ottl__batch_bind(b[k], &p->layout, 4096));
  for (unsigned l = 0; l <= level; l++) assert_int_equal(b[0]->rows[l].n, b[1]->rows[l].n);
  uint32_t rows = b[0]->rows[level].n;
  assert_true(rows <= 4096);
  for (unsigned k = 0; k < 2; k++) OK(ottl__batch_window(b[k], 0, rows));
  for (unsigned c = 0; c < p->layout.n_columns; c++) {
    const ottl_reg *x = &b[0]->columns[c], *y = &b[1]->columns[c];
    bool repeated = p->columns[c].source == OTTL_COL_FIELD && ottl__fields[p->columns[c].field].wire == OTTL_W_REPEATED;
    if (p->columns[c].source == OTTL_COL_FIELD && ottl__fields[p->columns[c].field].wire == OTTL_W_MESSAGE) continue;
    for (uint32_t i = 0; i < b[0]->rows[x->level].n; i++) {
      ottl_cell u = reg_cell(x, i), v = reg_cell(y, i);
      unsigned type = u.tag & OTTL_TAG_TYPE;
      if (u.tag != v.tag || u.len != v.len) fail_msg("column %u row %u: %u/%u, %u/%u", c, i, u.tag, u.len, v.tag, v.len);
      if (repeated) continue;
      if (type == OTTL_T_MAP || type == OTTL_T_LIST)
        assert_true(same_container(u, v));
      else if (x->store == OTTL_STORE_VIEW || type == OTTL_T_STRING || type == OTTL_T_BYTES)
        assert_true(same_bytes(u, v));
      else
        assert_true(u.word == v.word || (type == OTTL_T_DOUBLE && double_of_bits(u.word) == double_of_bits(v.word)));
    }
  }
  for (unsigned m = 0; entries && m < p->layout.n_maps; m++) {
    for (uint32_t i = 0; i < b[0]->rows[p->maps[m].level].n; i++) {
      const ottl_rowmap *x = &b[0]->maps[m].rows[i], *y = &b[1]->maps[m].rows[i];
      assert_int_equal(x->n, y->n);
      for (uint32_t e = 0; e < x->n; e++)
        assert_true(view_eq((ottl_view){x->items[e].key, x->items[e].klen}, (ottl_view){y->items[e].key, y->items[e].klen}));
    }
  }
  for (unsigned k = 0; k < 2; k++) ottl__batch_free(b[k]);
  free(p);
}

static uint64_t seed = 88172645463325252u;
static uint32_t rnd(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}

/* Damaged payloads: refused, or read the same after everything in them was written again. */
static void test_corrupted(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  unsigned accepted = 0;
  const char *rounds = getenv("OTTL_TEST_ROUNDS");
  for (unsigned round = 0, n = rounds ? (unsigned)atoi(rounds) : 4000; round < n; round++) {
    unsigned f = rnd(OTTL_COUNT(payloads));
    blob in = blob_file(payloads[f].name);
    for (uint32_t k = 1 + rnd(3); k > 0; k--) {
      uint32_t at = rnd((uint32_t)in.len);
      switch (rnd(5)) {
      case 0: in.data[at] = (uint8_t)rnd(256); break;
      case 1: in.data[at] ^= (uint8_t)(1u << rnd(8)); break;
      case 2: in.data[at] = (uint8_t)(rnd(20) << 3 | rnd(6)); break;
      case 3: { /* a piece of the payload somewhere else */
        uint32_t len = rnd(24), to = rnd((uint32_t)in.len);
        if (at + len <= in.len && to + len <= in.len) memmove(in.data + to, in.data + at, len);
        break;
      }
      default: in.data[at] = in.data[rnd((uint32_t)in.len)]; break;
      }
    }
    ottl_level level = (ottl_level)rnd(OTTL_LEVELS);
    bool entries = rnd(2);
    ottl_status s = run_everything(b, payloads[f].signal, in.data, in.len, level, entries, false);
    assert_true(s == OTTL_OK || s == OTTL_DATA);
    if (s == OTTL_OK) {
      accepted++;
      OK(run_everything(b, payloads[f].signal, in.data, in.len, level, entries, true));
      const uint8_t *out;
      size_t len;
      OK(ottl__batch_finish(b, false, &out, &len));
      assert_same_content(in.data, in.len, out, len, payloads[f].signal, level, entries);
    }
    free(in.data);
  }
  assert_true(accepted > 100);
  ottl__batch_free(b);
}

/* Random writes to keys, fields and rows: both tiers and every window size give the same payload. Nothing depends on the order of
 * entries here: deletes move entries in one tier only. */
static void edit_random(ottl_batch *b, uint32_t n, void *context) {
  const uint64_t run = *(const uint64_t *)context;
  const ottl_layout *l = b->layout;
  for (uint32_t i = 0; i < n; i++) {
    seed = (run * 1000003 + b->first + i) * 0x9e3779b97f4a7c15u | 1; /* the same for a row however windows fall */
    for (unsigned k = 0; k < 8; k++) (void)rnd(2);
    for (unsigned c = 0; c < l->n_columns; c++) {
      const ottl_column_spec *spec = &l->columns[c];
      ottl_reg *col = &b->columns[c];
      bool own = spec->level == l->level;
      uint32_t row = own ? i : b->up[spec->level][i], what = rnd(own ? 5 : 40), value = rnd(300);
      if (spec->source == OTTL_COL_KEY) {
        if (what == 0) OK(col_delete(b, c, row));
        if (what == 1)
          col_set(col, row, value < 20 ? cell_nil() : value < 100 ? cell_int((int64_t)value << value % 50) : cell_bool(true));
        if (what == 2)
          col_set(col, row,
                  cell_string(view_of("a long text of some length or other, to make varints grow. "
                                      "a long text of some length or other, to make varints grow.",
                                      value % 118)));
        continue;
      }
      if (what != 0) continue;
      switch (ottl__fields[spec->field].wire) {
      case OTTL_W_STRING: put_text(b, c, row, value % 3 ? "text" : ""); break;
      case OTTL_W_ANY: put_cell(b, c, row, value % 3 ? cell_int(value) : cell_nil()); break;
      case OTTL_W_FIX64:
      case OTTL_W_FIX32:
      case OTTL_W_VARINT_U32:
      case OTTL_W_VARINT_I32: put_word(b, c, row, value % 3 ? value : 0); break;
      default: break;
      }
    }
    if (rnd(9) == 0) ottl__batch_drop_row(b, (ottl_level)l->level, b->first + i);
  }
}

static void test_random_edits(void **state) {
  OTTL_UNUSED(state);
  ottl_batch *b = batch_new();
  for (uint64_t run = 0; run < 300; run++) {
    const struct payload *file = &payloads[run % OTTL_COUNT(payloads)];
    ottl_level level = run % 3 == 0 ? OTTL_L_CHILD : OTTL_L_ITEM;
    blob in = blob_file(file->name), first = {NULL, 0};
    for (unsigned variant = 0; variant < 4; variant++) {
      plan *p = plan_all(level, variant & 1);
      OK(ottl__batch_open(b, file->signal, in.data, in.len));
      OK(run_pass(b, p, variant < 2 ? 64 : 1 + variant, edit_random, &run));
      const uint8_t *out;
      size_t len;
      OK(ottl__batch_finish(b, run & 1, &out, &len));
      if (!variant)
        first = blob_copy(out, len);
      else
        assert_same_content(first.data, first.len, out, len, file->signal, OTTL_L_CHILD, false);
      free(p);
    }
    free(first.data);
    free(in.data);
  }
  ottl__batch_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_identity),       cmocka_unit_test(test_edit_logs),      cmocka_unit_test(test_edit_entries),
      cmocka_unit_test(test_filter),         cmocka_unit_test(test_edit_events),    cmocka_unit_test(test_edit_points),
      cmocka_unit_test(test_edit_exemplars), cmocka_unit_test(test_empty_repeated), cmocka_unit_test(test_refused),
      cmocka_unit_test(test_truncated),      cmocka_unit_test(test_corrupted),      cmocka_unit_test(test_random_edits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
