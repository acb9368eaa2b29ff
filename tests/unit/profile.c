/* Profiles: what is counted for statements, conditions and their operands, of programs of every kind; the same however rows are
 * grouped, and without a trace in what runs give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "counter.h"
#include "ottl/ottl.h"
#include "random_payload.h"
#include "random_program.h"

static ottl_json *json;

static const uint8_t *wire_of(ottl_signal signal, const char *text, size_t *ret_len) {
  const uint8_t *wire = NULL;
  assert_int_equal(ottl_json_to_wire(json, signal, text, strlen(text), &wire, ret_len), OTTL_OK);
  return wire;
}

/* 2 resources (prod: 5 records, dev: 2) of severities 1 5 9 13 17, 9 13. */
static const char logs[] =
    "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"env\",\"value\":{\"stringValue\":\"prod\"}}]},\"scopeLogs\":[{"
    "\"logRecords\":[{\"severityNumber\":1},{\"severityNumber\":5,\"body\":{\"stringValue\":\"x\"}},{\"severityNumber\":9},"
    "{\"severityNumber\":13,\"body\":{\"intValue\":\"1\"}},{\"severityNumber\":17}]}]},{\"resource\":{\"attributes\":[{\"key\":"
    "\"env\",\"value\":{\"stringValue\":\"dev\"}}]},\"scopeLogs\":[{\"logRecords\":[{\"severityNumber\":9},{\"severityNumber\":"
    "13,"
    "\"body\":{\"stringValue\":\"x\"}}]}]}]}";

static ottl_program *compile(const char *text, ottl_kind kind, ottl_error_mode mode, bool row_order) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.kind = kind;
  o.signal = OTTL_SIGNAL_LOGS;
  o.row_order = row_order;
  ottl_program *p = NULL;
  assert_int_equal(ottl_program_compile_text(text, strlen(text), "a.ottl", mode, &o, &p, NULL), OTTL_OK);
  return p;
}

static ottl_exec *profiled(const ottl_program *p, uint32_t slice_rows) {
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.slice_rows = slice_rows;
  o.clock_seconds = 1700000000;
  ottl_exec *x = NULL;
  assert_int_equal(ottl_exec_create(p, &o, &x), OTTL_OK);
  assert_int_equal(ottl_profile_statements(x), 0);
  assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
  return x;
}

static ottl_profile_statement_info statement(const ottl_exec *x, size_t i) {
  ottl_profile_statement_info s = {.struct_size = sizeof s};
  assert_int_equal(ottl_profile_statement(x, i, &s), OTTL_OK);
  return s;
}

static ottl_profile_operand_info operand(const ottl_exec *x, size_t i, size_t k) {
  ottl_profile_operand_info o = {.struct_size = sizeof o};
  assert_int_equal(ottl_profile_operand(x, i, k, &o), OTTL_OK);
  return o;
}

static void check_counts(const ottl_exec *x, size_t i, uint64_t rows, uint64_t selected, uint64_t errors) {
  ottl_profile_statement_info s = statement(x, i);
  if (s.rows != rows || s.selected != selected || s.errors != errors)
    fail_msg("statement %zu: %llu rows, %llu selected, %llu errors", i, (unsigned long long)s.rows,
             (unsigned long long)s.selected, (unsigned long long)s.errors);
}

static void check_operand(const ottl_exec *x, size_t i, size_t k, const char *text, uint64_t holds, uint64_t fails,
                          uint64_t errors) {
  ottl_profile_operand_info o = operand(x, i, k);
  assert_int_equal(o.span.text.len, strlen(text));
  assert_memory_equal(o.span.text.data, text, o.span.text.len);
  if (o.holds != holds || o.fails != fails || o.errors != errors)
    fail_msg("%s: %llu true, %llu false, %llu errors", text, (unsigned long long)o.holds, (unsigned long long)o.fails,
             (unsigned long long)o.errors);
}

/* ---- statements ---- */

static const char program_text[] =
    "set(log.attributes[\"all\"], 1)\n"
    "set(log.attributes[\"p\"], 1) where log.severity_number >= 9 and (resource.attributes[\"env\"] == \"prod\" or log.body == "
    "nil)\n"
    "set(log.attributes[\"q\"], 1) where not (log.severity_number >= 9)\n"
    "set(log.attributes[\"r\"], 1)\n"
    "  where log.severity_number >= 9 and (resource.attributes[\"env\"] == \"prod\" or log.body == nil)\n"
    "set(log.attributes[\"len\"], Len(log.body)) where log.severity_number > 4\n"
    "set(resource.attributes[\"seen\"], 1) where resource.attributes[\"env\"] == \"dev\"\n"
    "set(log.attributes[\"never\"], 1) where log.severity_number > 100 or IsMatch(log.body, \"^y\")\n";

static void check_program(const ottl_exec *x, uint64_t turns) {
  assert_int_equal(ottl_profile_statements(x), 7);
  check_counts(x, 0, 7 * turns, 7 * turns, 0);
  check_counts(x, 1, 7 * turns, 4 * turns, 0);
  check_operand(x, 1, 1, "log.severity_number >= 9", 5 * turns, 2 * turns, 0);
  check_operand(x, 1, 2, "(resource.attributes[\"env\"] == \"prod\" or log.body == nil)", 4 * turns, turns, 0);
  check_operand(x, 1, 3, "resource.attributes[\"env\"] == \"prod\"", 3 * turns, 2 * turns, 0);
  check_operand(x, 1, 4, "log.body == nil", turns, turns, 0);
  check_counts(x, 2, 7 * turns, 2 * turns, 0);
  check_operand(x, 2, 1, "(log.severity_number >= 9)", 5 * turns, 2 * turns, 0);
  check_counts(x, 3, 7 * turns, 4 * turns, 0); /* shares all it asks with statement 1 */
  check_operand(x, 3, 4, "log.body == nil", turns, turns, 0);
  check_counts(x, 4, 7 * turns, 6 * turns, 4 * turns); /* nil, int */
  check_counts(x, 5, 7 * turns, 2 * turns, 0);         /* once for its resource, and counted for its records */
  check_counts(x, 6, 7 * turns, 0, 0);
  check_operand(x, 6, 1, "log.severity_number > 100", 0, 7 * turns, 0);
  check_operand(x, 6, 2, "IsMatch(log.body, \"^y\")", 0, 7 * turns, 0);
}

static void test_statements(void **state) {
  (void)state;
  static const uint32_t slices[] = {0, 1, 3, 64};
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  for (int row_order = 0; row_order < 2; row_order++) {
    ottl_program *p = compile(program_text, OTTL_KIND_TRANSFORM, OTTL_ERROR_IGNORE, row_order);
    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
      ottl_exec *x = profiled(p, slices[i]);
      ottl_result result;
      for (uint64_t turn = 1; turn <= 2; turn++) {
        assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
        check_program(x, turn);
      }
      assert_int_equal(ottl_exec_profile(x, true), OTTL_OK); /* from the beginning */
      assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
      check_program(x, 1);
      assert_int_equal(statement(x, 0).row_order, row_order);
      assert_int_equal(ottl_exec_profile(x, false), OTTL_OK);
      assert_int_equal(ottl_profile_statements(x), 0);
      assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
      ottl_exec_free(x);
    }
    ottl_program_free(p);
  }
}

static void test_places(void **state) {
  (void)state;
  ottl_program *p = compile(program_text, OTTL_KIND_TRANSFORM, OTTL_ERROR_IGNORE, false);
  ottl_exec *x = profiled(p, 0);
  ottl_profile_statement_info s = statement(x, 3);
  assert_string_equal(s.context, "log");
  assert_memory_equal(s.span.file.data, "a.ottl", 6);
  assert_int_equal(s.span.line, 4);
  assert_int_equal(s.span.column, 1);
  assert_int_equal(s.statement, 3);
  assert_int_equal(s.group, 0);
  assert_true(s.conditional);
  assert_int_equal(s.n_operands, 5);
  assert_false(statement(x, 0).conditional);
  assert_int_equal(statement(x, 0).n_operands, 0);
  ottl_profile_operand_info o = operand(x, 3, 4);
  assert_int_equal(o.span.line, 5);
  assert_int_equal(o.span.column, 79);
  assert_int_equal(o.parent, 2);
  assert_int_equal(o.kind, OTTL_OPERAND_PLAIN);
  assert_int_equal(operand(x, 3, 2).kind, OTTL_OPERAND_OR);
  assert_int_equal(operand(x, 3, 2).parent, 0);
  assert_int_equal(operand(x, 3, 0).kind, OTTL_OPERAND_AND);
  assert_true(operand(x, 3, 0).parent == SIZE_MAX);
  assert_int_equal(operand(x, 2, 0).kind, OTTL_OPERAND_NOT);
  assert_int_equal(ottl_profile_operand(x, 3, 5, &o), OTTL_INVALID_ARG);
  assert_int_equal(ottl_profile_statement(x, 7, &s), OTTL_INVALID_ARG);
  ottl_profile_total_info total = {.struct_size = sizeof total};
  assert_int_equal(ottl_profile_total(x, &total), OTTL_OK);
  assert_int_equal(total.runs, 0);
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  ottl_result result;
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  assert_int_equal(ottl_profile_total(x, &total), OTTL_OK);
  assert_int_equal(total.runs, 1);
  assert_int_equal(total.bytes, len);
  assert_true(total.nanoseconds > 0);
  assert_int_equal(ottl_exec_profile(x, false), OTTL_OK);
  assert_int_equal(ottl_profile_total(x, &total), OTTL_INVALID_ARG);
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* Under propagate a record that failed comes to nothing more. */
static void test_stops(void **state) {
  (void)state;
  ottl_program *p = compile("Len(log.body) > 0\nlog.severity_number > 4\n", OTTL_KIND_FILTER, OTTL_ERROR_PROPAGATE, false);
  ottl_exec *x = profiled(p, 0);
  ottl_result result;
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_RUNTIME);
  check_counts(x, 0, 7, 2, 5);
  check_counts(x, 1, 0, 0, 0);
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* ---- kinds ---- */

static const char config_text[] = "processors:\n"
                                  "  filter/a:\n"
                                  "    error_mode: ignore\n"
                                  "    log_conditions:\n"
                                  "      - log.severity_number < 5\n"
                                  "      - resource.attributes[\"env\"] == \"dev\"\n"
                                  "      - >-\n"
                                  "        log.body == nil\n"
                                  "        and log.severity_number < 10\n"
                                  "  transform:\n"
                                  "    log_statements:\n"
                                  "      - conditions: ['log.body != nil', 'log.severity_number == 17']\n"
                                  "        statements:\n"
                                  "          - set(log.severity_text, \"a\") where log.severity_number > 5\n";

static ottl_exec *of_config(const ottl_config *c, size_t processor, ottl_program **ret) {
  assert_int_equal(ottl_config_compile(c, processor, OTTL_SIGNAL_LOGS, NULL, ret, NULL), OTTL_OK);
  return profiled(*ret, 0);
}

static void test_config(void **state) {
  (void)state;
  ottl_config *c = NULL;
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.name = "c.yaml";
  assert_int_equal(ottl_config_parse(config_text, strlen(config_text), &o, &c, NULL), OTTL_OK);
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  ottl_program *p = NULL;
  ottl_result result;
  ottl_exec *x = of_config(c, 0, &p);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  assert_int_equal(ottl_profile_statements(x), 3);
  check_counts(x, 0, 5, 1, 0); /* those of dev are gone before records are looked at */
  check_counts(x, 1, 2, 1, 0);
  check_counts(x, 2, 4, 1, 0);
  assert_string_equal(statement(x, 1).context, "resource");
  assert_int_equal(statement(x, 1).condition, 1);
  assert_true(statement(x, 1).statement == UINT32_MAX);
  assert_int_equal(statement(x, 1).span.line, 6);
  assert_int_equal(statement(x, 1).span.column, 9);
  assert_int_equal(statement(x, 2).span.line, 8);
  ottl_exec_free(x);
  ottl_program_free(p);
  x = of_config(c, 1, &p);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  assert_int_equal(ottl_profile_statements(x), 3);
  check_counts(x, 0, 7, 3, 0);
  check_counts(x, 1, 4, 1, 0);
  check_counts(x, 2, 4, 3, 0);
  assert_int_equal(statement(x, 2).span.line, 14);
  ottl_exec_free(x);
  ottl_program_free(p);
  ottl_config_free(c);
}

static void test_routes(void **state) {
  (void)state;
  static const char *const texts[] = {"log.severity_number > 10", "log.body == nil", "log.severity_number > 0"};
  ottl_route routes[3];
  ottl_view name = {"logs/a", 6};
  for (size_t i = 0; i < 3; i++)
    routes[i] = (ottl_route){.struct_size = sizeof *routes,
                             .context = "log",
                             .text = {.text = texts[i], .len = strlen(texts[i])},
                             .copy = i == 1,
                             .pipelines = &name,
                             .n_pipelines = 1};
  ottl_program *p = NULL;
  ottl_result result;
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  assert_int_equal(ottl_route_compile(routes, 3, NULL, &p, NULL), OTTL_OK);
  ottl_exec *x = profiled(p, 0);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  check_counts(x, 0, 7, 3, 0);
  check_counts(x, 1, 4, 3, 0);
  check_counts(x, 2, 4, 4, 0);
  assert_int_equal(statement(x, 2).group, 2);
  ottl_exec_free(x);
  ottl_program_free(p);
}

static void test_conditions(void **state) {
  (void)state;
  ottl_program *p = compile("log.severity_number > 5 and Len(log.body) > 0\n", OTTL_KIND_CONDITIONS, OTTL_ERROR_IGNORE, false);
  ottl_exec *x = profiled(p, 0);
  ottl_result result;
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  check_counts(x, 0, 7, 1, 4);
  check_operand(x, 0, 2, "Len(log.body) > 0", 1, 0, 4);
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* Without memo no hits; with it all rows but the distinct values. */
static void test_memo(void **state) {
  (void)state;
  ottl_program *p = compile("set(log.attributes[\"h\"], SHA256(resource.attributes[\"env\"])) where log.severity_number > 0\n"
                            "set(log.attributes[\"h\"], SHA256(log.attributes[\"none\"]))\n",
                            OTTL_KIND_TRANSFORM, OTTL_ERROR_IGNORE, false);
  ottl_result result;
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  for (int on = 0; on < 2; on++) {
    assert_int_equal(setenv("OTTL_FORCE_MEMO", on ? "on" : "off", 1), 0);
    ottl_exec *x = profiled(p, 0);
    assert_int_equal(unsetenv("OTTL_FORCE_MEMO"), 0);
    assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
    assert_int_equal(statement(x, 0).memo_rows, on ? 2 : 0); /* once for each resource */
    assert_int_equal(statement(x, 0).memo_hits, 0);
    ottl_exec_free(x);
  }
  ottl_program_free(p);
}

/* ---- memory ---- */

static void test_memory(void **state) {
  (void)state;
  ottl_program *p = compile(program_text, OTTL_KIND_TRANSFORM, OTTL_ERROR_IGNORE, false);
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  ottl_exec_options o;
  ottl_exec_options_init(&o);
  o.allocator = &al;
  ottl_exec *x = NULL;
  assert_int_equal(ottl_exec_create(p, &o, &x), OTTL_OK);
  size_t fails = 0, bytes = c.live_bytes;
  for (ottl_status status = OTTL_NOMEM; status != OTTL_OK; fails++) {
    c.n = 0;
    c.fail_at = fails + 1;
    status = ottl_exec_profile(x, true);
    if (status != OTTL_OK) assert_int_equal(status, OTTL_NOMEM);
    if (status != OTTL_OK) assert_int_equal(c.live_bytes, bytes);
  }
  assert_true(fails > 10);
  c.fail_at = 0;
  ottl_result result;
  size_t len;
  const uint8_t *wire = wire_of(OTTL_SIGNAL_LOGS, logs, &len);
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  check_program(x, 1);
  c.n = 0;
  assert_int_equal(ottl_exec_run(x, wire, len, &result), OTTL_OK);
  assert_int_equal(c.n, 0); /* warm: counting allocates nothing */
  ottl_exec_free(x);
  assert_int_equal(c.live_blocks, 0);
  ottl_program_free(p);
}

/* ---- random programs ---- */

static unsigned long n_compared, n_operands;

static ottl_status compile_random(const rg_program *p, bool row_order, ottl_program **ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.row_order = row_order;
  return rg_compile(p, options, ret, NULL);
}

/* Does it write to records of its own context? Else it may be asked once for many, and see what it wrote itself. */
static bool writes_own(const ottl_profile_statement_info *s) {
  char own[40];
  int n = snprintf(own, sizeof own, "(%s.", s->context);
  const char *at = memchr(s->span.text.data, '(', s->span.text.len);
  return s->statement == UINT32_MAX || (at && strncmp(at, own, (size_t)n) == 0);
}

static bool same_statement(const ottl_exec *a, const ottl_exec *b, size_t i) {
  ottl_profile_statement_info x = statement(a, i), y = statement(b, i);
  if (x.rows != y.rows || x.errors != y.errors || x.n_operands != y.n_operands) return false;
  if (!writes_own(&x)) return true;
  n_compared++;
  for (size_t k = 0; k < x.n_operands; k++, n_operands++) {
    ottl_profile_operand_info p = operand(a, i, k), q = operand(b, i, k);
    if (p.holds != q.holds || p.fails != q.fails || p.errors != q.errors) return false;
  }
  return x.selected == y.selected;
}

/* A profile changes nothing, and is the same in slices of any size and record by record. */
static void test_random(void **state) {
  (void)state;
  rp_tree payload = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  rg_program *program = malloc(sizeof *program);
  assert_non_null(payload.nodes);
  assert_non_null(program);
  for (uint64_t seed = 1; seed <= 600; seed++) {
    rnd r = {seed * 1000003};
    rg_make(&r, program);
    program->mode = OTTL_ERROR_SILENT;
    rp_request(&r, &payload, program->signal, rnd_in(&r, 90) ? 6 : 120);
    rp_encode(&payload);
    ottl_program *p[3] = {0};
    bool ok = compile_random(program, true, &p[0]) == OTTL_OK && compile_random(program, false, &p[1]) == OTTL_OK &&
              compile_random(program, false, &p[2]) == OTTL_OK;
    ottl_exec *x[3] = {0};
    ottl_result result[3];
    ottl_status status[3] = {0};
    for (int i = 0; ok && i < 3; i++) {
      x[i] = profiled(p[i], i == 1 ? 3 : 0);
      status[i] = ottl_exec_run(x[i], payload.out, payload.len, &result[i]);
    }
    for (int i = 1; ok && i < 3; i++) {
      assert_int_equal(status[i], status[0]);
      if (status[0] != OTTL_OK) continue;
      assert_int_equal(ottl_profile_statements(x[i]), ottl_profile_statements(x[0]));
      for (size_t k = 0; k < ottl_profile_statements(x[0]); k++) {
        if (same_statement(x[0], x[i], k)) continue;
        rg_print(program, stdout);
        fail_msg("seed %llu: counts of statement %zu differ", (unsigned long long)seed, k);
      }
    }
    if (ok && status[2] == OTTL_OK) { /* the same without a profile */
      ottl_result plain;
      uint8_t *copy = malloc(result[2].len + 1);
      if (result[2].len) memcpy(copy, result[2].data, result[2].len);
      assert_int_equal(ottl_exec_profile(x[2], false), OTTL_OK);
      assert_int_equal(ottl_exec_run(x[2], payload.out, payload.len, &plain), OTTL_OK);
      assert_int_equal(plain.len, result[2].len);
      if (plain.len && !strstr(program->groups[0].statements[0].text, "UUID")) assert_memory_equal(plain.data, copy, plain.len);
      free(copy);
    }
    for (int i = 0; i < 3; i++) {
      ottl_exec_free(x[i]);
      ottl_program_free(p[i]);
    }
  }
  printf("%lu statements and %lu operands compared\n", n_compared, n_operands);
  assert_true(n_compared > 500 && n_operands > 500);
  free(program);
  free(payload.nodes);
  free(payload.out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_statements), cmocka_unit_test(test_places), cmocka_unit_test(test_stops),
      cmocka_unit_test(test_config),     cmocka_unit_test(test_routes), cmocka_unit_test(test_conditions),
      cmocka_unit_test(test_memo),       cmocka_unit_test(test_memory), cmocka_unit_test(test_random),
  };
  if (ottl_json_create(NULL, &json) != OTTL_OK) return 1;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  ottl_json_free(json);
  return failed;
}
