/* Cases of `ottl test` as a host runs them: what comes out is what is written, and what is written is what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counter.h"
#include "ottl/ottl.h"
#include "random_payload.h"

/* ---- a host whose files are in memory ---- */

typedef struct host {
  ottl_view policy, payload;
} host;

static bool read_file(void *context, const char *path, ottl_view *ret_text, const char **ret_name) {
  const host *h = context;
  (void)ret_name;
  if (strcmp(path, "payload") == 0) *ret_text = h->payload;
  if (strcmp(path, "policy.ottl") == 0) *ret_text = h->policy;
  return ret_text->data != NULL;
}

typedef struct text {
  char *data;
  size_t len;
} text;

static void keep(void *context, const char *data, size_t len) {
  text *t = context;
  free(t->data);
  t->data = malloc(len + 1);
  memcpy(t->data, data, len);
  t->data[len] = 0;
  t->len = len;
}

static ottl_test *open_test(const char *source, size_t len, host *h, const ottl_allocator *al, ottl_status *ret) {
  ottl_test_options o;
  ottl_test *test = NULL;
  ottl_test_options_init(&o);
  o.allocator = al;
  o.name = "unit.ottlt";
  o.read = read_file;
  o.read_context = h;
  *ret = ottl_test_parse(source, len, &o, &test, NULL);
  return test;
}

static ottl_test_outcome run(ottl_test *test, size_t i) {
  ottl_test_result result;
  assert_int_equal(ottl_test_run(test, i, &result, NULL), OTTL_OK);
  return result.outcome;
}

static ottl_test_outcome outcome_of(const char *source, host *h) {
  ottl_status status;
  ottl_test *test = open_test(source, strlen(source), h, NULL, &status);
  assert_int_equal(status, OTTL_OK);
  ottl_test_outcome outcome = run(test, 0);
  ottl_test_free(test);
  return outcome;
}

/* ---- random payloads ---- */

static const char *const no_change[] = {"", "set(log.flags, 1) where false", "set(span.name, \"\") where false",
                                        "set(metric.name, \"\") where false"};
static const char *const signals[] = {"", "logs", "traces", "metrics"};

/* The text after the update of a case that expects nothing; NULL: it cannot be written as YAML (a key that is there twice). */
static char *written(const char *source, host *h) {
  ottl_status status;
  text out = {0};
  size_t updated;
  ottl_test *test = open_test(source, strlen(source), h, NULL, &status), *again;
  assert_int_equal(status, OTTL_OK);
  assert_int_equal(run(test, 0), OTTL_TEST_OPEN);
  assert_int_equal(ottl_test_update(test, keep, &out, &updated), OTTL_OK);
  assert_int_equal(updated, 1);
  ottl_test_free(test);
  again = open_test(out.data, out.len, h, NULL, &status);
  ottl_test_free(again);
  if (status == OTTL_OK) return out.data;
  free(out.data);
  return NULL;
}

static void random_case(rnd *r, rp_tree *tree, ottl_signal signal, unsigned *n_written, unsigned *n_failed) {
  char source[512];
  ottl_status status;
  size_t updated;
  text out = {0};
  tree->n = 0;
  rp_request(r, tree, signal, 2);
  rp_encode(tree);
  host h = {.payload = {(const char *)tree->out, tree->len}};
  snprintf(source, sizeof source, "cases:\n  - name: r\n    signal: %s\n    statements: ['%s']\n    input_file: payload\n",
           signals[signal], no_change[signal]);
  char *passes = written(source, &h);
  if (!passes) return;
  ++*n_written;
  if (outcome_of(passes, &h) != OTTL_TEST_PASSED) fail_msg("what came out does not pass:\n%s", passes);
  ottl_test *test = open_test(passes, strlen(passes), &h, NULL, &status);
  assert_int_equal(run(test, 0), OTTL_TEST_PASSED);
  assert_int_equal(ottl_test_update(test, keep, &out, &updated), OTTL_OK);
  assert_int_equal(updated, 0); /* twice changes nothing */
  assert_null(out.data);
  ottl_test_free(test);
  /* Another payload in its place is found out, and an update makes the case pass again. */
  rp_tree other = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  rp_request(r, &other, signal, 2);
  rp_encode(&other);
  h.payload = (ottl_view){(const char *)other.out, other.len};
  test = open_test(passes, strlen(passes), &h, NULL, &status);
  bool failed = run(test, 0) == OTTL_TEST_FAILED;
  *n_failed += failed;
  assert_int_equal(ottl_test_update(test, keep, &out, &updated), OTTL_OK);
  assert_int_equal(updated, failed);
  ottl_test_free(test);
  test = out.data ? open_test(out.data, out.len, &h, NULL, &status) : NULL;
  if (test && run(test, 0) != OTTL_TEST_PASSED) fail_msg("what was updated does not pass:\n%s", out.data);
  ottl_test_free(test);
  free(out.data);
  free(other.nodes);
  free(other.out);
  free(passes);
}

static void payloads_come_back(void **state) {
  (void)state;
  rp_tree tree = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  unsigned n_written = 0, n_failed = 0;
  for (unsigned i = 0; i < 300; i++) {
    rnd r = {i + 1};
    random_case(&r, &tree, (ottl_signal)(1 + i % 3), &n_written, &n_failed);
  }
  assert_true(n_written > 100);
  assert_true(n_failed > n_written / 2);
  free(tree.nodes);
  free(tree.out);
}

/* ---- memory ---- */

static const char everything[] = "statements_file: policy.ottl\n"
                                 "resource: {attributes: {service.name: shop}}\n"
                                 "cases:\n"
                                 "  - name: open\n"
                                 "    input: [{body: a, attributes: {n: x, m: {a: [1, 2.5, {$bytes: \"AQI=\"}]}}}]\n"
                                 "    error_mode: ignore\n"
                                 "  - name: differs\n"
                                 "    input:\n"
                                 "      - {body: a}\n"
                                 "      - {body: b}\n"
                                 "    expect:\n"
                                 "      - body: c\n"
                                 "      - contains: {attributes: {a: null, b: 1}, scope: {name: x}}\n"
                                 "        conditions: ['body == \"c\"']\n"
                                 "  - name: too few\n"
                                 "    input: [{body: a}]\n"
                                 "    expect: [{body: b}, {body: a}]\n"
                                 "  - name: conditions\n"
                                 "    input: [{body: a}]\n"
                                 "    expect: [body != nil, 'resource.attributes[\"a\"] == 1']\n"
                                 "  - name: mistakes\n"
                                 "    input: [{bdy: a}]\n"
                                 "    expect: []\n"
                                 "  - name: does not compile\n"
                                 "    statements: ['set(log.bdy, 1)']\n"
                                 "    input: []\n"
                                 "  - name: OTLP\n"
                                 "    input: {resourceLogs: [{scopeLogs: [{logRecords: [{severityNumber: 9}]}]}]}\n"
                                 "    expect: unchanged\n";

/* All of it once; the first status that is not OK. */
static ottl_status all_of_it(const ottl_allocator *al, ottl_coverage **coverage) {
  host h = {.policy = {"set(log.attributes[\"n\"], Int(log.attributes[\"n\"])) where log.body == \"a\" or log.flags == 1", 83}};
  ottl_test_options o;
  ottl_test *test = NULL;
  ottl_test_result result;
  ottl_diags *diags = NULL;
  text out = {0};
  h.policy.len = strlen(h.policy.data);
  ottl_test_options_init(&o);
  o.allocator = al;
  o.read = read_file;
  o.read_context = &h;
  ottl_status status = ottl_coverage_create(al, coverage);
  if (status == OTTL_OK) {
    o.coverage = *coverage;
    status = ottl_test_parse(everything, sizeof everything - 1, &o, &test, NULL);
  }
  for (size_t i = 0; status == OTTL_OK && i < ottl_test_cases(test); i++) {
    status = ottl_test_run(test, i, &result, &diags);
    ottl_diags_free(diags);
  }
  if (status == OTTL_OK) status = ottl_test_update(test, keep, &out, NULL);
  ottl_test_free(test);
  free(out.data);
  return status;
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  size_t n = 0;
  for (size_t fail_at = 0; fail_at <= n; fail_at++) {
    counter c = {.fail_at = fail_at, .onwards = true};
    ottl_allocator al = counter_allocator(&c);
    ottl_coverage *coverage = NULL;
    ottl_status status = all_of_it(&al, &coverage);
    if (!fail_at) {
      assert_int_equal(status, OTTL_OK);
      assert_true(ottl_coverage_files(coverage) > 0);
      n = c.n;
    } else if (c.failed && status != OTTL_NOMEM) {
      fail_msg("allocation %zu of %zu failed, and the status is %s", fail_at, n, ottl_status_name(status));
    }
    ottl_coverage_free(coverage);
    assert_int_equal(c.live_blocks, 0);
    assert_int_equal(c.live_bytes, 0);
  }
}

/* ---- damaged files ---- */

/* Whatever stands in a file of cases, it is read, run and updated, or refused; and what is updated can be read again, or refused. */
static void damage_is_survived(void **state) {
  (void)state;
  static const char bytes[] = "{}[]:-#&*!|>'\"%@`,? \n\t$\\ab19.\x80\xff";
  host h = {.policy = {"set(log.attributes[\"n\"], 1)\n", 28}};
  for (unsigned i = 0; i < 1500; i++) {
    rnd r = {i + 77};
    text source = {0}, out = {0};
    ottl_status status;
    keep(&source, everything, sizeof everything - 1);
    for (unsigned k = 1 + rnd_below(&r, 4); k; k--) {
      size_t at = rnd_below(&r, (unsigned)source.len), from = rnd_below(&r, (unsigned)source.len), n = rnd_below(&r, 12);
      if (n > source.len - at) n = source.len - at;
      if (n > source.len - from) n = source.len - from;
      if (rnd_in(&r, 50))
        source.data[at] = RND_PICK(&r, bytes);
      else
        memmove(source.data + at, source.data + from, n);
    }
    ottl_test *test = open_test(source.data, source.len, &h, NULL, &status);
    for (size_t k = 0; k < ottl_test_cases(test); k++) run(test, k);
    if (test) assert_int_equal(ottl_test_update(test, keep, &out, NULL), OTTL_OK);
    ottl_test_free(test);
    test = out.data ? open_test(out.data, out.len, &h, NULL, &status) : NULL;
    for (size_t k = 0; k < ottl_test_cases(test); k++) run(test, k);
    ottl_test_free(test);
    free(out.data);
    free(source.data);
  }
}

/* ---- the contract ---- */

static void calls_are_checked(void **state) {
  (void)state;
  ottl_test_case_info info;
  ottl_test_result result;
  ottl_test *test = NULL;
  ottl_coverage *coverage = NULL;
  ottl_coverage_gap_info gap;
  host h = {{0}, {0}};
  static const char source[] = "cases: [{name: a, skip: true, input: []}, {name: b, input: [{body: x}], statements_file: gone}]";
  assert_int_equal(ottl_test_parse(NULL, 1, NULL, &test, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_test_parse("", 0, NULL, NULL, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_test_parse("", 0, NULL, &test, NULL), OTTL_COMPILE);
  ottl_status status;
  test = open_test(source, sizeof source - 1, &h, NULL, &status);
  assert_int_equal(status, OTTL_OK);
  assert_int_equal(ottl_test_cases(test), 2);
  assert_int_equal(ottl_test_case(test, 2, &info), OTTL_INVALID_ARG);
  assert_int_equal(ottl_test_run(test, 2, &result, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_test_case(test, 0, &info), OTTL_OK);
  assert_non_null(info.skip.data);
  assert_int_equal(run(test, 0), OTTL_TEST_SKIPPED);
  assert_int_equal(run(test, 1), OTTL_TEST_BROKEN);
  assert_int_equal(ottl_test_update(test, NULL, NULL, NULL), OTTL_INVALID_ARG);
  ottl_test_free(test);
  ottl_test_free(NULL);
  assert_int_equal(ottl_test_cases(NULL), 0);
  assert_int_equal(ottl_coverage_create(NULL, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_coverage_create(NULL, &coverage), OTTL_OK);
  assert_int_equal(ottl_coverage_add(coverage, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_coverage_gaps(coverage), 0);
  assert_int_equal(ottl_coverage_gap_at(coverage, 0, &gap), OTTL_INVALID_ARG);
  ottl_coverage_free(coverage);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(payloads_come_back), cmocka_unit_test(every_allocation_may_fail),
                                     cmocka_unit_test(damage_is_survived), cmocka_unit_test(calls_are_checked)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
