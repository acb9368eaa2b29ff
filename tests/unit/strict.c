/* The exec option `strict`: tests/fixtures/strict/go.tsv tells what the reference's decoder takes and what it refuses; what is
 * taken is not changed; offsets and reasons; depth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../fuzz/mutate.h"
#include "base/limits.h"
#include "counter.h"
#include "otlp/validate.h"

static ottl_program *programs[5];
static ottl_exec *execs[5];

static int set_up(void **state) {
  (void)state;
  for (int signal = 1; signal < 5; signal++) {
    ottl_group none = {.struct_size = sizeof none};
    ottl_compile_options compile;
    ottl_compile_options_init(&compile);
    compile.signal = (ottl_signal)signal;
    ottl_exec_options options;
    ottl_exec_options_init(&options);
    options.strict = true;
    assert_int_equal(ottl_program_compile(&none, 0, &compile, &programs[signal], NULL), OTTL_OK);
    assert_int_equal(ottl_exec_create(programs[signal], &options, &execs[signal]), OTTL_OK);
  }
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  for (int signal = 1; signal < 5; signal++) {
    ottl_exec_free(execs[signal]);
    ottl_program_free(programs[signal]);
  }
  return 0;
}

static int signal_of(const char *name) {
  return name[0] == 'l' ? OTTL_SIGNAL_LOGS : name[0] == 't' ? OTTL_SIGNAL_TRACES : OTTL_SIGNAL_METRICS;
}

/* In a block of its own, so that sanitizers see a byte too far. Gives the reason of a refusal, NULL: it was handed on as it is. */
static const char *refused(int signal, const mu_buf *b, size_t *ret_offset) {
  uint8_t *exact = malloc(b->len ? b->len : 1);
  assert_non_null(exact);
  if (b->len) memcpy(exact, b->data, b->len);
  ottl_result result;
  ottl_status status = ottl_exec_run(execs[signal], exact, b->len, &result);
  const char *why = ottl_exec_failure(execs[signal], ret_offset);
  assert_int_equal(status, why ? OTTL_DATA : OTTL_OK);
  if (why)
    assert_true(*ret_offset < b->len && strlen(why) > 5);
  else
    assert_true(result.unchanged);
  free(exact);
  return why;
}

/* pdata does not see that a group has no end when there is a value in it (and takes the end for an error when there is one). */
static bool unended_group(const char *why) { return why && strstr(why, "a group that does not end"); }

static size_t judge(int signal, const mu_buf *b, char verdict, const char *what) {
  size_t offset;
  const char *why = refused(signal, b, &offset);
  assert_true(verdict == '+' || verdict == '-');
  if ((verdict == '-') == (why != NULL)) return 0;
  if (verdict == '+' && unended_group(why)) return 1;
  print_error("%s: the reference says %c, here: %s\n  ", what, verdict, why ? why : "taken");
  for (size_t i = 0; i < b->len && i < 100; i++) print_error("%02x", b->data[i]);
  print_error("\n");
  fail();
  return 0;
}

static void put_hex(mu_buf *b, const char *hex, size_t digits) {
  for (size_t i = 0; i + 1 < digits; i += 2) {
    unsigned byte = 0;
    assert_int_equal(sscanf(hex + i, "%2x", &byte), 1);
    mu_put(b, &(uint8_t){(uint8_t)byte}, 1);
  }
}

/* Puts it into a message for each number of the path, the last one first. */
static void wrap(mu_buf *b, const char *path) {
  unsigned numbers[16], n = 0;
  for (const char *p = path; *p != '-' && *p; p += *p == '.') numbers[n++] = (unsigned)strtoul(p, (char **)(uintptr_t)&p, 10);
  while (n > 0) {
    mu_buf out = {0};
    mu_varint(&out, (uint64_t)numbers[--n] << 3 | 2, 0);
    mu_varint(&out, b->len, 0);
    mu_put(&out, b->data, b->len);
    free(b->data);
    *b = out;
  }
}

static size_t judge_shapes(const char *shapes, const char *signal, const char *path, const char *verdicts, size_t *excused) {
  size_t n = 0;
  for (const char *hex = shapes; *verdicts; verdicts++, n++) {
    size_t digits = strcspn(hex, " ");
    mu_buf b = {0};
    put_hex(&b, hex, digits);
    wrap(&b, path);
    *excused += judge(signal_of(signal), &b, *verdicts, path);
    free(b.data);
    hex += digits + 1;
  }
  return n;
}

static void read_file(const char *name, mu_buf *b) {
  char path[200], block[4096];
  snprintf(path, sizeof path, "tests/fixtures/wire/%s", name);
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) mu_put(b, block, n);
  fclose(f);
}

static size_t judge_edited(const char *name, const char *edits, char verdict) {
  mu_buf b = {0}, put = {0};
  read_file(name, &b);
  for (const char *e = edits; *e;) {
    size_t at = 0, cut = 0;
    int used = 0;
    assert_int_equal(sscanf(e, "%zu:%zu:%n", &at, &cut, &used), 2);
    e += used;
    size_t digits = strcspn(e, ",");
    put.len = 0;
    put_hex(&put, e, digits);
    assert_true(at + cut <= b.len);
    mu_splice(&b, at, cut, put.data, put.len);
    e += digits;
    if (*e == ',') e++;
  }
  size_t excused = judge(signal_of(name), &b, verdict, name);
  free(b.data);
  free(put.data);
  return excused;
}

static void as_the_reference(void **state) {
  (void)state;
  static char line[100000], shapes[100000];
  FILE *f = fopen("tests/fixtures/strict/go.tsv", "r");
  assert_non_null(f);
  size_t n = 0, excused = 0;
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\n")] = 0;
    char *second = strchr(line, '\t'), *third = second ? strchr(second + 1, '\t') : NULL;
    assert_non_null(third);
    *second++ = *third++ = 0;
    if (!strcmp(line, "shapes")) {
      memcpy(shapes, third, strlen(third) + 1);
    } else if (strstr(line, ".pb")) {
      excused += judge_edited(line, second, *third);
      n++;
    } else {
      n += judge_shapes(shapes, line, second, third, &excused);
    }
  }
  fclose(f);
  assert_true(n > 15000);
  assert_true(excused > 0 && excused < n / 50);
}

static void fixtures_are_taken(void **state) {
  (void)state;
  static const char *const names[] = {"logs.pb",    "logs_edited.pb",       "logs_pdata.pb",
                                      "traces.pb",  "traces_edited.pb",     "traces_pdata.pb",
                                      "metrics.pb", "metrics_exemplars.pb", "metrics_pdata.pb"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    mu_buf b = {0};
    read_file(names[i], &b);
    size_t offset;
    assert_null(refused(signal_of(names[i]), &b, &offset));
    free(b.data);
  }
}

static void expect(const char *hex, int signal, const char *why, size_t offset) {
  mu_buf b = {0};
  put_hex(&b, hex, strlen(hex));
  size_t got_offset = 0;
  const char *got = refused(signal, &b, &got_offset);
  assert_non_null(got);
  assert_string_equal(got, why);
  assert_int_equal(got_offset, offset);
  free(b.data);
}

static void reasons_and_places(void **state) {
  (void)state;
  const int logs = OTTL_SIGNAL_LOGS;
  expect("0a0612041202"
         "0805",
         logs, "LogRecord.time_unix_nano: wire type 0 instead of 1", 6);
  expect("0a0712051203"
         "4a0101",
         logs, "LogRecord.trace_id: an id of another length", 6);
  expect("0a0512031201"
         "00",
         logs, "LogRecord: a field with the number 0", 6);
  expect("0a0512031201"
         "f0",
         logs, "LogRecord: a tag that is cut short, or whose number is not positive", 6);
  expect("0a0712051203"
         "1a0500",
         logs, "LogRecord.severity_text: its value is cut short, or its length runs over the end of the message", 6);
  expect("0a0812061204"
         "f3010801",
         logs, "LogRecord: field 30: a group that does not end, or holds values, or is the last field", 6);
  expect("0a0412020a01"
         "",
         logs, "ScopeLogs.scope: its value is cut short, or its length runs over the end of the message", 4);
  expect("1208"
         "0a062a04"
         "f4f4f4f4",
         OTTL_SIGNAL_PROFILES, "Mapping.attribute_indices: one of its numbers is cut short or too long", 4);
}

/* Lists of lists: what is as deep as the limit is taken, one more is refused. */
static void depth(void **state) {
  (void)state;
  for (unsigned more = 0; more < 2; more++) {
    mu_buf b = {0};
    for (unsigned level = 4; level < OTTL_MAX_STRICT_DEPTH + more; level += 2) wrap(&b, "5.1");
    wrap(&b, "1.2.2.5");
    ottl_result result;
    assert_int_equal(ottl_exec_run(execs[OTTL_SIGNAL_LOGS], b.data, b.len, &result), more ? OTTL_LIMIT : OTTL_OK);
    const char *why = ottl_exec_failure(execs[OTTL_SIGNAL_LOGS], NULL);
    if (more) assert_string_equal(why, "AnyValue.array_value: messages are too deep inside one another");
    free(b.data);
  }
}

static void needs_a_signal(void **state) {
  (void)state;
  ottl_group none = {.struct_size = sizeof none};
  ottl_compile_options compile;
  ottl_compile_options_init(&compile);
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.strict = true;
  assert_int_equal(ottl_program_compile(&none, 0, &compile, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_INVALID_ARG);
  ottl_program_free(program);
}

static void without_memory(void **state) {
  (void)state;
  for (int signal = 1; signal < 5; signal++) {
    ottl_validator *v = NULL;
    size_t n = 0;
    for (ottl_status status = OTTL_NOMEM; status != OTTL_OK; n++) {
      counter c = {.fail_at = n + 1, .onwards = true};
      ottl_allocator al = counter_allocator(&c);
      status = ottl__validator_create(&al, signal, &v);
      assert_int_equal(status, v ? OTTL_OK : OTTL_NOMEM);
      ottl__validator_free(v);
      assert_int_equal(c.live_bytes, 0);
    }
    assert_true(n > 2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_the_reference),   cmocka_unit_test(fixtures_are_taken),
      cmocka_unit_test(reasons_and_places), cmocka_unit_test(depth),
      cmocka_unit_test(needs_a_signal),     cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
