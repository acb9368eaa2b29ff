/* Threads: one program that many share, each with an exec of its own, gives each what one thread alone gives; programs are compiled,
 * shared and freed by several at once. ThreadSanitizer (preset tsan) watches. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

enum { N_THREADS = 6, N_ROUNDS = 25, N_PAYLOADS = 3 };

/* What keeps something between runs or threads, if anything does: patterns (also made at run time), memo, user agents, zones, grok,
 * constants of the prologue, lambdas, rounds, undo. */
static const char text[] =
    "set(log.attributes[\"u\"], UserAgent(log.body)[\"user_agent.name\"])\n"
    "replace_pattern(log.body, \"id=(\\\\d+)\", \"<$1>\", SHA256)\n"
    "replace_pattern(log.body, Concat([log.severity_text, \"+x\"], \"\"), \"y\")\n"
    "merge_maps(log.attributes, ExtractGrokPatterns(log.body, \"%{WORD:w} %{INT:n:int}\"), \"upsert\")\n"
    "set(log.attributes[\"t\"], FormatTime(Time(\"2024-05-01 03 CET\", \"%Y-%m-%d %H %Z\", \"Europe/Berlin\"), \"%c %Z\"))\n"
    "set(log.attributes[\"m\"], MapEach(Split(log.body, \" \"), (i, v) => ToUpperCase(v)))\n"
    "set(resource.attributes[\"last\"], log.body)\n"
    "set(log.attributes[\"r\"], resource.attributes[\"last\"])\n"
    "set(log.attributes[\"x\"], ParseXML(Concat([\"<a b='\", log.severity_text, \"'/>\"], \"\")))\n"
    "delete_matching_keys(log.attributes, \"^p\")\n";

static ottl_program *compile(void) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.experimental = true;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_IGNORE, &options, &program, &diags);
  ottl_diags_free(diags);
  return status == OTTL_OK ? program : NULL;
}

typedef struct bytes {
  uint8_t *data;
  size_t len;
} bytes;

static bytes copy_of(const void *data, size_t len) {
  bytes b = {malloc(len ? len : 1), len};
  if (b.data) memcpy(b.data, data, len);
  return b;
}

static bytes payload(unsigned seed) {
  char json[30000];
  size_t len = (size_t)snprintf(json, sizeof json, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[");
  for (unsigned i = 0; i < 100; i++) {
    len +=
        (size_t)snprintf(json + len, sizeof json - len,
                         "%s{\"severityText\":\"s%u\",\"body\":{\"stringValue\":\"curl/7.%u %u id=%u s%uxx\"},\"attributes\":[{"
                         "\"key\":\"p%u\",\"value\":{\"intValue\":\"1\"}},{\"key\":\"k\",\"value\":{\"boolValue\":true}}]}",
                         i ? "," : "", (i + seed) % 5, i % 7, i, i * 31 + seed, i % 5, i % 3);
  }
  len += (size_t)snprintf(json + len, sizeof json - len, "]}]}]}");
  assert_true(len < sizeof json);
  ottl_json *reader;
  const uint8_t *wire;
  size_t wire_len;
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, json, len, &wire, &wire_len), OTTL_OK);
  bytes b = copy_of(wire, wire_len);
  ottl_json_free(reader);
  return b;
}

/* NULL data: the run failed. */
static bytes run(ottl_exec *exec, bytes in) {
  ottl_result result;
  if (ottl_exec_run(exec, in.data, in.len, &result) != OTTL_OK) return (bytes){NULL, 0};
  return copy_of(result.data, result.len);
}

typedef struct shared {
  _Atomic(ottl_program *) program; /* replaced while others run: each thread keeps the one that it took */
  bytes in[N_PAYLOADS], want[N_PAYLOADS];
  atomic_uint n_same, n_other;
} shared;

static void *runner(void *argument) {
  shared *s = argument;
  ottl_exec *exec = NULL;
  if (ottl_exec_create(atomic_load(&s->program), NULL, &exec) != OTTL_OK) return NULL;
  for (unsigned i = 0; i < N_ROUNDS; i++) {
    bytes got = run(exec, s->in[i % N_PAYLOADS]);
    bytes want = s->want[i % N_PAYLOADS];
    bool same = got.data && got.len == want.len && memcmp(got.data, want.data, want.len) == 0;
    atomic_fetch_add(same ? &s->n_same : &s->n_other, 1);
    free(got.data);
  }
  ottl_exec_free(exec);
  return NULL;
}

static void fill(shared *s) {
  s->program = compile();
  assert_non_null(s->program);
  ottl_exec *exec;
  assert_int_equal(ottl_exec_create(s->program, NULL, &exec), OTTL_OK);
  for (unsigned i = 0; i < N_PAYLOADS; i++) {
    s->in[i] = payload(i);
    s->want[i] = run(exec, s->in[i]);
    assert_non_null(s->want[i].data);
    assert_true(s->want[i].len != s->in[i].len || memcmp(s->want[i].data, s->in[i].data, s->in[i].len) != 0);
  }
  ottl_exec_free(exec);
}

static void empty(shared *s) {
  ottl_program_free(s->program);
  for (unsigned i = 0; i < N_PAYLOADS; i++) {
    free(s->in[i].data);
    free(s->want[i].data);
  }
}

static void test_shared_program(void **state) {
  (void)state;
  shared s = {0};
  fill(&s);
  pthread_t threads[N_THREADS];
  for (unsigned i = 0; i < N_THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, runner, &s), 0);
  for (unsigned i = 0; i < N_THREADS; i++) pthread_join(threads[i], NULL);
  assert_int_equal(atomic_load(&s.n_other), 0);
  assert_int_equal(atomic_load(&s.n_same), N_THREADS * N_ROUNDS);
  empty(&s);
}

/* Compiles, runs and frees programs of its own. */
static void *compiler(void *argument) {
  shared *s = argument;
  for (unsigned i = 0; i < 5; i++) {
    ottl_program *program = compile();
    ottl_exec *exec = NULL;
    if (!program || ottl_exec_create(program, NULL, &exec) != OTTL_OK) return NULL;
    bytes got = run(exec, s->in[i % N_PAYLOADS]);
    bool same =
        got.data && got.len == s->want[i % N_PAYLOADS].len && memcmp(got.data, s->want[i % N_PAYLOADS].data, got.len) == 0;
    atomic_fetch_add(same ? &s->n_same : &s->n_other, 1);
    free(got.data);
    ottl_exec_free(exec);
    ottl_program_free(program);
  }
  return NULL;
}

static void test_compiled_at_once(void **state) {
  (void)state;
  shared s = {0};
  fill(&s);
  pthread_t threads[N_THREADS];
  for (unsigned i = 0; i < N_THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, i % 2 ? compiler : runner, &s), 0);
  for (unsigned i = 0; i < N_THREADS; i++) pthread_join(threads[i], NULL);
  assert_int_equal(atomic_load(&s.n_other), 0);
  assert_int_equal(atomic_load(&s.n_same), N_THREADS / 2 * (5 + N_ROUNDS));
  empty(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_shared_program), cmocka_unit_test(test_compiled_at_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
