/* Routing: parts keep bytes, each record goes where a filter of the same conditions would leave it, memory holds.
 * What the connector itself does is in tests/conformance/own/routing.jsonl. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "counter.h"
#include "ottl/ottl.h"
#include "random_payload.h"

#define MOST 8

static ottl_json *json;

/* ---- tables ---- */

typedef struct table {
  ottl_route routes[MOST];
  ottl_view names[MOST + 1];
  char texts[MOST + 1][24];
  size_t n;
  ottl_route_options options;
} table;

static void table_begin(table *t, ottl_signal signal) {
  memset(t, 0, sizeof *t);
  ottl_route_options_init(&t->options);
  t->options.signal = signal;
}

static void table_add(table *t, const char *context, const char *text) {
  size_t i = t->n++;
  snprintf(t->texts[i], sizeof t->texts[i], "p%zu", i);
  t->names[i] = (ottl_view){t->texts[i], strlen(t->texts[i])};
  t->routes[i] = (ottl_route){.struct_size = sizeof(ottl_route),
                              .context = context,
                              .text = {.text = text, .len = strlen(text)},
                              .pipelines = &t->names[i],
                              .n_pipelines = 1};
}

static void table_rest(table *t) {
  t->names[MOST] = (ottl_view){"rest", 4};
  t->options.default_pipelines = &t->names[MOST];
  t->options.n_default_pipelines = 1;
}

static ottl_program *table_compile(const table *t) {
  ottl_program *p = NULL;
  assert_int_equal(ottl_route_compile(t->routes, t->n, &t->options, &p, NULL), OTTL_OK);
  return p;
}

static ottl_exec *exec_of(const ottl_program *p, uint32_t slice_rows) {
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.slice_rows = slice_rows;
  ottl_exec *x = NULL;
  assert_int_equal(ottl_exec_create(p, &o, &x), OTTL_OK);
  return x;
}

static void check_output(const ottl_exec *x, size_t pipeline, const void *want, size_t len) {
  ottl_route_payload got;
  assert_int_equal(ottl_route_output(x, pipeline, &got), OTTL_OK);
  assert_int_equal(got.len, len);
  if (len) assert_memory_equal(got.data, want, len);
}

/* ---- bytes ---- */

/* A resource with an unknown field, a scope whose records have another one between them, a third behind the last one. */
static const char odd[] = "\x0a\x1e"                     /* ResourceLogs */
                          "\x0a\x00\x78\x01"             /* resource {}; 15: 1 */
                          "\x12\x15"                     /* ScopeLogs */
                          "\x12\x02\x10\x09"             /*   severity 9 */
                          "\x80\x01\x02"                 /*   16: 2 */
                          "\x12\x05\x10\x11\x98\x06\x07" /*   severity 17; 99: 7 */
                          "\x12\x02\x10\x05"             /*   severity 5 */
                          "\x1a\x01u"                    /*   schema_url */
                          "\x1a\x01r"                    /* schema_url */
                          "\xa0\x06\x01";                /* 100: 1, of the request */

static void bytes_are_kept(void **state) {
  (void)state;
  static const char high[] = "\x0a\x16\x0a\x00\x78\x01\x12\x0d\x12\x05\x10\x11\x98\x06\x07\x80\x01\x02\x1a\x01u\x1a\x01r";
  static const char low[] = "\x0a\x13\x0a\x00\x78\x01\x12\x0a\x12\x02\x10\x05\x80\x01\x02\x1a\x01u\x1a\x01r";
  static const char rest[] = "\x0a\x13\x0a\x00\x78\x01\x12\x0a\x12\x02\x10\x09\x80\x01\x02\x1a\x01u\x1a\x01r\xa0\x06\x01";
  table t;
  table_begin(&t, OTTL_SIGNAL_LOGS);
  table_add(&t, "log", "severity_number > 9");
  table_add(&t, NULL, "log.severity_number < 9");
  table_rest(&t);
  ottl_program *p = table_compile(&t);
  ottl_exec *x = exec_of(p, 0);
  ottl_result result;
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)odd, sizeof odd - 1, &result), OTTL_OK);
  assert_null(result.data);
  assert_int_equal(result.rows_in, 3);
  assert_int_equal(ottl_route_pipelines(p), 3);
  check_output(x, 0, high, sizeof high - 1);
  check_output(x, 1, low, sizeof low - 1);
  check_output(x, 2, rest, sizeof rest - 1);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void what_nobody_takes_is_whole(void **state) {
  (void)state;
  table t;
  table_begin(&t, OTTL_SIGNAL_LOGS);
  table_add(&t, "log", "severity_number > 90");
  table_rest(&t);
  ottl_program *p = table_compile(&t);
  ottl_exec *x = exec_of(p, 0);
  ottl_result result;
  ottl_route_payload got;
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)odd, sizeof odd - 1, &result), OTTL_OK);
  assert_int_equal(ottl_route_output(x, 1, &got), OTTL_OK);
  assert_true(got.whole);
  assert_int_equal(got.records, 3);
  check_output(x, 1, odd, sizeof odd - 1);
  check_output(x, 0, NULL, 0);
  assert_int_equal(ottl_route_output(x, 2, &got), OTTL_INVALID_ARG);
  /* a run that failed has no outputs */
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)"\x0a\x05", 2, &result), OTTL_DATA);
  assert_int_equal(ottl_route_output(x, 1, &got), OTTL_INVALID_ARG);
  assert_int_equal(ottl_exec_run(x, NULL, 0, &result), OTTL_OK);
  check_output(x, 1, NULL, 0);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void failures_name_their_route(void **state) {
  (void)state;
  table t;
  table_begin(&t, OTTL_SIGNAL_LOGS);
  table_add(&t, "log", "severity_number > 9");
  table_add(&t, "log", "severity_text + 1 == 2");
  table_add(&t, "log", "severity_text + 2 == 2");
  t.options.error_mode = OTTL_ERROR_PROPAGATE;
  ottl_program *p = table_compile(&t);
  ottl_exec *x = exec_of(p, 1);
  ottl_result result;
  ottl_row_error e;
  ottl_route_payload got;
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)odd, sizeof odd - 1, &result), OTTL_RUNTIME);
  assert_true(ottl_exec_error(x, 0, &e));
  assert_int_equal(e.group, 1);
  assert_int_equal(e.item, 0);
  assert_false(ottl_exec_error(x, 1, &e));
  assert_int_equal(ottl_route_output(x, 0, &got), OTTL_INVALID_ARG);
  assert_int_equal(ottl_program_error_mode(p, 2), OTTL_ERROR_PROPAGATE);
  ottl_exec_free(x);
  ottl_program_free(p);
  /* ignored: the last route is asked after the one that failed */
  t.options.error_mode = OTTL_ERROR_IGNORE;
  p = table_compile(&t);
  x = exec_of(p, 0);
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)odd, sizeof odd - 1, &result), OTTL_OK);
  assert_int_equal(result.errors, 4);
  assert_int_equal(result.rows_dropped, 2);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void misuse_is_refused(void **state) {
  (void)state;
  ottl_program *p = NULL;
  ottl_route r = {.struct_size = sizeof r, .text = {.text = "true", .len = 4}};
  ottl_view name = {"a", 1};
  assert_int_equal(ottl_route_compile(&r, 1, NULL, &p, NULL), OTTL_INVALID_ARG); /* no pipelines */
  r.pipelines = &name;
  r.n_pipelines = 1;
  r.struct_size = 0;
  assert_int_equal(ottl_route_compile(&r, 1, NULL, &p, NULL), OTTL_INVALID_ARG);
  r.struct_size = sizeof r;
  assert_int_equal(ottl_route_compile(&r, 1, NULL, NULL, NULL), OTTL_INVALID_ARG);
  r.context = "scope";
  assert_int_equal(ottl_route_compile(&r, 1, NULL, &p, NULL), OTTL_COMPILE);
  r.context = "request";
  assert_int_equal(ottl_route_compile(&r, 1, NULL, &p, NULL), OTTL_COMPILE);
  r.context = NULL;
  assert_int_equal(ottl_route_compile(&r, 1, NULL, &p, NULL), OTTL_OK);
  assert_int_equal(ottl_route_pipelines(p), 1);
  assert_int_equal(ottl_route_pipeline(p, 1).len, 0);
  ottl_exec *x = exec_of(p, 0);
  ottl_value value;
  assert_int_equal(ottl_eval_value(x, 0, 0, &value, NULL), OTTL_INVALID_ARG);
  ottl_exec_free(x);
  ottl_program_free(p);
  assert_int_equal(ottl_route_pipelines(NULL), 0);
  assert_int_equal(ottl_route_output(NULL, 0, NULL), OTTL_INVALID_ARG);
}

/* ---- the same as filters ---- */

static const char *const conditions[][6] = {
    [OTTL_SIGNAL_LOGS] = {"log.attributes[\"a\"] == 1", "log.severity_number > 9", "log.attributes[\"b\"] != nil",
                          "log.body == log.attributes[\"c\"]", "resource.attributes[\"a\"] != nil", "scope.name == \"b\""},
    [OTTL_SIGNAL_TRACES] = {"span.attributes[\"a\"] == 1", "span.kind == 2", "span.attributes[\"b\"] != nil",
                            "span.name == \"b\"", "resource.attributes[\"a\"] != nil", "span.status.code == 2"},
    [OTTL_SIGNAL_METRICS] = {"datapoint.attributes[\"a\"] == 1", "metric.unit == \"b\"", "datapoint.attributes[\"b\"] != nil",
                             "datapoint.flags == 1", "resource.attributes[\"a\"] != nil", "datapoint.start_time_unix_nano > 5"}};
static const char *const item_contexts[] = {
    [OTTL_SIGNAL_LOGS] = "log", [OTTL_SIGNAL_TRACES] = "span", [OTTL_SIGNAL_METRICS] = "datapoint"};

/* Routes of data points take no metric without them, filters of data points leave those that are of no kind. */
static void filter_as(ottl_signal signal, const char *condition, bool rest, const uint8_t *in, size_t len,
                      ottl_program **ret_program, ottl_exec **ret_exec, ottl_result *ret) {
  static const char kindless[] = "type == METRIC_DATA_TYPE_NONE";
  ottl_snippet s[] = {{.text = condition, .len = strlen(condition)}, {.text = kindless, .len = sizeof kindless - 1}};
  ottl_group g[] = {{.struct_size = sizeof *g, .context = item_contexts[signal], .conditions = &s[0], .n_conditions = 1},
                    {.struct_size = sizeof *g, .context = "metric", .conditions = &s[1], .n_conditions = 1}};
  bool points = signal == OTTL_SIGNAL_METRICS && !rest;
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.kind = OTTL_KIND_FILTER;
  o.signal = signal;
  assert_int_equal(ottl_program_compile(g, points ? 2 : 1, &o, ret_program, NULL), OTTL_OK);
  *ret_exec = exec_of(*ret_program, 0);
  assert_int_equal(ottl_exec_run(*ret_exec, in, len, ret), OTTL_OK);
}

/* What the filter leaves is what the pipeline gets, and JSON says the same of both. */
static void check_filtered(const ottl_exec *x, size_t pipeline, ottl_signal signal, const char *drop, bool rest,
                           const uint8_t *in, size_t len, unsigned seed) {
  ottl_program *p = NULL;
  ottl_exec *f = NULL;
  ottl_result want;
  ottl_route_payload got;
  filter_as(signal, drop, rest, in, len, &p, &f, &want);
  assert_int_equal(ottl_route_output(x, pipeline, &got), OTTL_OK);
  if (!content_equal(json, signal, want.data, want.data ? want.len : 0, got.data, got.data ? got.len : 0))
    fail_msg("seed %u, pipeline %zu: not what a filter leaves that drops %s", seed, pipeline, drop);
  ottl_exec_free(f);
  ottl_program_free(p);
}

static void as_filters(void **state) {
  (void)state;
  rp_tree t = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  assert_non_null(t.nodes);
  for (unsigned seed = 0; seed < 300; seed++) {
    rnd r = {seed};
    ottl_signal signal = (ottl_signal)(OTTL_SIGNAL_LOGS + rnd_below(&r, 3));
    rp_request(&r, &t, signal, rnd_in(&r, 90) ? 6 : 200);
    rp_encode(&t);
    table routes;
    table_begin(&routes, signal);
    routes.options.row_order = rnd_in(&r, 20);
    char before[1200] = "false", drop[1500];
    const char *chosen[3];
    size_t n = 1 + rnd_below(&r, 3);
    for (size_t i = 0; i < n; i++) {
      chosen[i] = RND_PICK(&r, conditions[signal]);
      table_add(&routes, item_contexts[signal], chosen[i]);
    }
    table_rest(&routes);
    ottl_program *p = table_compile(&routes);
    ottl_exec *x = exec_of(p, rnd_in(&r, 50) ? 0 : 1 + rnd_below(&r, 70));
    ottl_result result;
    assert_int_equal(ottl_exec_run(x, t.out, t.len, &result), OTTL_OK);
    size_t pipeline = 0;
    for (size_t i = 0; i < n; i++) {
      bool again = false; /* a route that repeats another is left out */
      for (size_t k = 0; k < i; k++) again |= chosen[k] == chosen[i];
      if (again) continue;
      snprintf(drop, sizeof drop, "%s or not (%s)", before, chosen[i]);
      check_filtered(x, pipeline++, signal, drop, false, t.out, t.len, seed);
      snprintf(drop, sizeof drop, "%s or %s", before, chosen[i]);
      memcpy(before, drop, sizeof before);
    }
    check_filtered(x, pipeline, signal, before, true, t.out, t.len, seed);
    ottl_exec_free(x);
    ottl_program_free(p);
  }
  free(t.out);
  free(t.nodes);
}

/* ---- every kind of table on every kind of payload, also broken ones ---- */

static const struct {
  const char *context, *text;
  bool statement, copy;
} anything[] = {
    {"log", "severity_number > 9", false, false},
    {"log", "body == attributes[\"a\"]", false, true},
    {NULL, "attributes[\"a\"] == 1", false, false},
    {NULL, "attributes[\"b\"] == 1", false, true},
    {"span", "kind == 2", false, false},
    {"span", "attributes[\"a\"] + 1 == 2", false, false},
    {"metric", "unit == \"b\"", false, true},
    {"metric", "name != \"b\"", false, false},
    {"datapoint", "attributes[\"a\"] == 1", false, false},
    {"datapoint", "flags == 0", false, true},
    {"datapoint", "delete_key(attributes, \"a\") where attributes[\"b\"] != nil", true, false},
    {"log", "delete_matching_keys(attributes, \"[ab]\")", true, true},
    {"span", "delete_key(resource.attributes, \"a\") where resource.attributes[\"a\"] == 1 and kind == 2", true, false},
    {"resource", "delete_key(attributes, \"c\") where attributes[\"a\"] != nil", true, true},
    {"metric", "delete_key(scope.attributes, name)", true, false},
    {"request", "request[\"a\"] == \"b\"", false, true},
    {"otelcol", "client.metadata[\"a\"][0] == \"c\"", false, false},
    {"log", "route() where severity_number == 5", true, false},
};

static void random_table(rnd *r, table *t, ottl_signal signal) {
  table_begin(t, signal);
  for (size_t n = 1 + rnd_below(r, MOST); n; n--) {
    unsigned i = rnd_below(r, sizeof anything / sizeof *anything);
    table_add(t, anything[i].context, anything[i].text);
    t->routes[t->n - 1].statement = anything[i].statement;
    t->routes[t->n - 1].copy = anything[i].copy;
    if (rnd_in(r, 20)) t->routes[t->n - 1].pipelines = &t->names[rnd_below(r, (unsigned)t->n)];
  }
  if (rnd_in(r, 70)) table_rest(t);
  if (rnd_in(r, 20)) t->options.error_mode = OTTL_ERROR_PROPAGATE;
}

/* Outputs are payloads that can be framed, and hold no more records than they say. */
static void check_sound(const ottl_program *p, ottl_exec *x, ottl_signal signal, unsigned seed) {
  for (size_t i = 0; i < ottl_route_pipelines(p); i++) {
    ottl_route_payload got;
    ottl_result counted;
    assert_int_equal(ottl_route_output(x, i, &got), OTTL_OK);
    if (!got.data) continue;
    ottl_compile_options o;
    ottl_compile_options_init(&o);
    o.signal = signal;
    ottl_program *nothing = NULL;
    assert_int_equal(ottl_program_compile(NULL, 0, &o, &nothing, NULL), OTTL_OK);
    ottl_exec *reader = exec_of(nothing, 0);
    if (ottl_exec_run(reader, got.data, got.len, &counted) != OTTL_OK || counted.rows_in != got.records)
      fail_msg("seed %u, pipeline %zu: %llu records, told of %llu", seed, i, (unsigned long long)counted.rows_in,
               (unsigned long long)got.records);
    ottl_exec_free(reader);
    ottl_program_free(nothing);
  }
}

static void anything_goes(void **state) {
  (void)state;
  static const char request[] = "{\"metadata\":{\"A\":[\"b\",\"c\"]}}";
  rp_tree t = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  assert_non_null(t.nodes);
  for (unsigned seed = 0; seed < 1500; seed++) {
    rnd r = {1000 + seed};
    ottl_signal signal = (ottl_signal)(OTTL_SIGNAL_LOGS + rnd_below(&r, 3));
    table routes;
    random_table(&r, &routes, signal);
    ottl_program *p = table_compile(&routes);
    ottl_exec *x = exec_of(p, rnd_in(&r, 50) ? 0 : 3);
    if (rnd_in(&r, 50)) assert_int_equal(ottl_exec_set_request(x, request, sizeof request - 1), OTTL_OK);
    for (unsigned turn = 0; turn < 3; turn++) {
      rp_request(&r, &t, signal, 8);
      rp_encode(&t);
      bool broken = rnd_in(&r, 40);
      uint8_t *copy = malloc(t.len + 1); /* its end is watched */
      assert_non_null(copy);
      memcpy(copy, t.out, t.len);
      size_t len = t.len;
      for (unsigned k = broken && len ? 1 + rnd_below(&r, 4) : 0; k; k--)
        copy[rnd_below(&r, (unsigned)len)] = (uint8_t)rnd_next(&r);
      if (broken && rnd_in(&r, 30)) len = rnd_below(&r, (unsigned)len + 1);
      ottl_result result;
      ottl_status status = ottl_exec_run(x, copy, len, &result);
      assert_true(status == OTTL_OK || status == OTTL_RUNTIME || (broken && status == OTTL_DATA));
      if (status == OTTL_OK && !broken) check_sound(p, x, signal, seed);
      free(copy);
    }
    ottl_exec_free(x);
    ottl_program_free(p);
  }
  free(t.out);
  free(t.nodes);
}

/* ---- memory ---- */

static ottl_status whole_life(const table *base, counter *c, const uint8_t *in, size_t len, size_t *ret_warm) {
  ottl_allocator al = counter_allocator(c);
  table t = *base;
  for (size_t i = 0; i < t.n; i++) t.routes[i].pipelines = &t.names[i];
  if (t.options.n_default_pipelines) t.options.default_pipelines = &t.names[MOST];
  t.options.allocator = &al;
  ottl_program *p = NULL;
  ottl_exec *x = NULL;
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.allocator = &al;
  ottl_result result;
  ottl_status status = ottl_route_compile(t.routes, t.n, &t.options, &p, NULL);
  if (status == OTTL_OK) status = ottl_exec_create(p, &o, &x);
  if (status == OTTL_OK) status = ottl_exec_run(x, in, len, &result);
  for (unsigned i = 0; i < 3 && status == OTTL_OK; i++) status = ottl_exec_run(x, in, len, &result); /* warming up */
  size_t before = c->n;
  if (status == OTTL_OK) status = ottl_exec_run(x, in, len, &result);
  if (ret_warm) *ret_warm = c->n - before;
  ottl_exec_free(x);
  ottl_program_free(p);
  return status;
}

static void memory_holds(void **state) {
  (void)state;
  rp_tree t = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  assert_non_null(t.nodes);
  rnd r = {5};
  rp_request(&r, &t, OTTL_SIGNAL_METRICS, 30);
  rp_encode(&t);
  table routes;
  table_begin(&routes, OTTL_SIGNAL_METRICS);
  table_add(&routes, NULL, "datapoint.attributes[\"a\"] == 1");
  table_add(&routes, "metric", "unit == \"b\"");
  table_add(&routes, NULL, "attributes[\"a\"] == 1");
  table_add(&routes, "datapoint", "delete_key(attributes, \"a\") where flags == 0");
  routes.routes[3].statement = routes.routes[3].copy = true;
  table_rest(&routes);
  counter c = {0};
  size_t warm = 1;
  assert_int_equal(whole_life(&routes, &c, t.out, t.len, &warm), OTTL_OK);
  assert_int_equal(warm, 0);
  assert_int_equal(c.live_blocks, 0);
  size_t all = c.n;
  for (size_t i = 1; i <= all; i++) {
    c = (counter){.fail_at = i};
    ottl_status status = whole_life(&routes, &c, t.out, t.len, NULL);
    assert_true(status == OTTL_NOMEM || status == OTTL_OK); /* OK: it went without, as with numbers of keys */
    assert_int_equal(c.live_blocks, 0);
  }
  free(t.out);
  free(t.nodes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_are_kept),
      cmocka_unit_test(what_nobody_takes_is_whole),
      cmocka_unit_test(failures_name_their_route),
      cmocka_unit_test(misuse_is_refused),
      cmocka_unit_test(as_filters),
      cmocka_unit_test(anything_goes),
      cmocka_unit_test(memory_holds),
  };
  if (ottl_json_create(NULL, &json) != OTTL_OK) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  ottl_json_free(json);
  return failed;
}
