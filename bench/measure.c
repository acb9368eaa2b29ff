/* The measured loop: for each message of the payload, in order, bytes in and bytes out, nothing kept. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* malloc, counted. */
typedef struct count_state {
  uint64_t calls, bytes;
} count_state;

static void *count_alloc(void *context, size_t bytes) {
  count_state *st = context;
  st->calls++;
  st->bytes += bytes;
  return malloc(bytes);
}

static void *count_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  count_state *st = context;
  st->calls++;
  st->bytes += new_bytes > old_bytes ? new_bytes - old_bytes : 0;
  return realloc(old, new_bytes);
}

static void count_free(void *context, void *memory, size_t bytes) {
  (void)context;
  (void)bytes;
  free(memory);
}

static double clock_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_now(void) { return clock_ns(CLOCK_MONOTONIC); }
double bench_cpu(void) { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

/* What runs a workload. The transcoders are there for OTLP/JSON only. */
typedef struct measure_engine {
  const bench_workload *workload;
  const ottl_program *program;
  ottl_exec *exec;
  ottl_json *in, *out;
} measure_engine;

static measure_engine measure_begin(const ottl_program *program, const bench_workload *workload,
                                    const ottl_allocator *allocator) {
  measure_engine engine = {.workload = workload, .program = program};
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = allocator;
  options.strict = workload->strict;
  ottl_status status = ottl_exec_create(program, &options, &engine.exec);
  if (status != OTTL_OK) bench_fail("exec: %s", ottl_status_name(status));
  if (workload->json &&
      (ottl_json_create(allocator, &engine.in) != OTTL_OK || ottl_json_create(allocator, &engine.out) != OTTL_OK))
    bench_fail("out of memory");
  return engine;
}

static void measure_end(measure_engine *engine) {
  ottl_exec_free(engine->exec);
  ottl_json_free(engine->in);
  ottl_json_free(engine->out);
}

/* A message as protobuf. */
static bench_message measure_wire(const measure_engine *engine, bench_message m) {
  if (!engine->in) return m;
  bench_message wire;
  if (ottl_json_to_wire(engine->in, engine->workload->signal, (const char *)m.data, m.len, &wire.data, &wire.len) != OTTL_OK)
    bench_fail("%s", ottl_json_error(engine->in, NULL));
  return wire;
}

/* A result in the form in which it is handed on. */
static bench_message measure_form(const measure_engine *engine, const uint8_t *data, size_t len) {
  if (!engine->out || !data) return (bench_message){data, len};
  const char *text;
  if (ottl_json_from_wire(engine->out, engine->workload->signal, data, len, &text, &len) != OTTL_OK)
    bench_fail("%s", ottl_json_error(engine->out, NULL));
  return (bench_message){(const uint8_t *)text, len};
}

static ottl_result measure_run(const measure_engine *engine, bench_message m, size_t i) {
  ottl_result result = {0};
  ottl_status status = ottl_exec_run(engine->exec, m.data, m.len, &result);
  if (status != OTTL_OK) {
    size_t offset = 0;
    const char *why = ottl_exec_failure(engine->exec, &offset);
    bench_fail("message %zu: %s: %s at byte %zu", i, ottl_status_name(status), why ? why : "", offset);
  }
  return result;
}

static ottl_route_payload measure_route(const measure_engine *engine, size_t i, size_t k) {
  ottl_route_payload part;
  if (ottl_route_output(engine->exec, k, &part) != OTTL_OK) bench_fail("message %zu: no output %zu", i, k);
  return part;
}

/* ---- verification ---- */

static void write_delimited(FILE *f, const uint8_t *data, size_t len) {
  size_t n = len;
  for (; n >= 0x80; n >>= 7) putc((int)(n & 0x7F) | 0x80, f);
  putc((int)n, f);
  fwrite(data, 1, len, f);
}

static void write_line(FILE *f, ottl_json *json, ottl_signal signal, const uint8_t *data, size_t len) {
  const char *text;
  size_t text_len;
  if (ottl_json_from_wire(json, signal, data, len, &text, &text_len) != OTTL_OK) bench_fail("%s", ottl_json_error(json, NULL));
  fwrite(text, 1, text_len, f);
  putc('\n', f);
}

/* json: writes lines; NULL: delimited messages. */
static void verify_payload(const measure_engine *engine, FILE *f, ottl_json *json, const uint8_t *data, size_t len,
                           bench_report *report) {
  ottl_signal signal = engine->workload->signal;
  bench_message result = measure_form(engine, data, len);
  report->bytes_out += result.len;
  report->records_out += bench_count_records(signal, data, len);
  if (!f || !data) return; /* a batch that became empty is not handed on */
  if (json) {
    write_line(f, json, signal, data, len);
    return;
  }
  bench_message wire = measure_wire(engine, result); /* the text itself is what is compared */
  write_delimited(f, wire.data, wire.len);
}

void bench_verify(const ottl_program *program, const bench_workload *workload, const bench_payload *payload, const char *out,
                  bench_report *report) {
  size_t out_len = out ? strlen(out) : 0;
  bool as_json = out_len > 6 && !strcmp(out + out_len - 6, ".jsonl");
  ottl_json *json = NULL;
  if (as_json && ottl_json_create(NULL, &json) != OTTL_OK) bench_fail("out of memory");
  FILE *f = out ? fopen(out, "wb") : NULL;
  if (out && !f) bench_fail("%s cannot be written", out);
  measure_engine engine = measure_begin(program, workload, NULL);
  for (size_t i = 0; i < payload->n; i++) {
    bench_message m = measure_wire(&engine, payload->messages[i]);
    report->bytes_in += payload->messages[i].len;
    report->records_in += bench_count_records(workload->signal, m.data, m.len);
    ottl_result result = measure_run(&engine, m, i);
    report->errors += result.errors;
    if (workload->mode != BENCH_ROUTE) verify_payload(&engine, f, json, result.data, result.len, report);
    for (size_t k = 0; k < ottl_route_pipelines(program); k++) {
      ottl_route_payload part = measure_route(&engine, i, k);
      verify_payload(&engine, f, json, part.data, part.len, report);
    }
  }
  if (f && (ferror(f) | fclose(f))) bench_fail("%s cannot be written", out);
  measure_end(&engine);
  ottl_json_free(json);
}

/* ---- measurement ---- */

static int spread_order(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static bench_spread spread_of(double *figures, size_t n) {
  qsort(figures, n, sizeof *figures, spread_order);
  return (bench_spread){figures[0], (figures[(n - 1) / 2] + figures[n / 2]) / 2, figures[n - 1]};
}

/* The largest resident size from here on, in KiB; 0 where the system does not tell. */
static void peak_reset(void) {
  FILE *f = fopen("/proc/self/clear_refs", "w");
  if (!f) return;
  fputs("5", f);
  fclose(f);
}

static uint64_t peak_read(void) {
  FILE *f = fopen("/proc/self/status", "r");
  char line[256];
  unsigned long long kib = 0;
  while (f && fgets(line, sizeof line, f)) {
    if (sscanf(line, "VmHWM: %llu", &kib) == 1) break;
  }
  if (f) fclose(f);
  return kib;
}

/* The same messages, each copied to the same place. */
static double measure_copy(const bench_payload *payload, uint8_t *room) {
  double busy = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < payload->n; i++) {
    memcpy(room, payload->messages[i].data, payload->messages[i].len);
    __asm__ volatile("" : : "r"(room) : "memory"); /* somebody might read it */
  }
  return clock_ns(CLOCK_PROCESS_CPUTIME_ID) - busy;
}

/* Bytes in, bytes out. */
static void measure_message(const measure_engine *engine, bench_message m, size_t i) {
  ottl_result result = measure_run(engine, measure_wire(engine, m), i);
  if (!engine->out) return;
  if (engine->workload->mode != BENCH_ROUTE) (void)measure_form(engine, result.data, result.len);
  for (size_t k = 0; k < ottl_route_pipelines(engine->program); k++) {
    ottl_route_payload part = measure_route(engine, i, k);
    (void)measure_form(engine, part.data, part.len);
  }
}

void bench_measure(const ottl_program *program, const bench_workload *workload, const bench_payload *payload, unsigned rounds,
                   bench_report *report) {
  count_state count = {0};
  ottl_allocator allocator = {count_alloc, count_realloc, count_free, &count};
  measure_engine engine = measure_begin(program, workload, &allocator);
  double *wall = bench_realloc(NULL, rounds * sizeof *wall), *cpu = bench_realloc(NULL, rounds * sizeof *cpu),
         *copy = bench_realloc(NULL, rounds * sizeof *copy);
  size_t largest = 1;
  for (size_t i = 0; i < payload->n; i++) largest = payload->messages[i].len > largest ? payload->messages[i].len : largest;
  uint8_t *room = bench_realloc(NULL, largest);
  double records = (double)report->records_in;
  peak_reset();
  for (unsigned round = 0; round <= rounds; round++) {
    if (round == 1) count = (count_state){0}; /* the round before warmed up */
    double busy = clock_ns(CLOCK_PROCESS_CPUTIME_ID), began = clock_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < payload->n; i++) measure_message(&engine, payload->messages[i], i);
    double took = clock_ns(CLOCK_MONOTONIC) - began;
    busy = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - busy;
    double copied = measure_copy(payload, room);
    if (round == 0) continue;
    wall[round - 1] = took / records;
    cpu[round - 1] = busy / records;
    copy[round - 1] = copied / records;
  }
  report->ns = spread_of(wall, rounds);
  report->cpu_ns = spread_of(cpu, rounds);
  report->copy_ns = spread_of(copy, rounds);
  report->allocs = (double)count.calls / (records * rounds);
  report->alloc_bytes = (double)count.bytes / (records * rounds);
  report->peak_rss_kib = peak_read();
  measure_end(&engine);
  free(wall);
  free(cpu);
  free(copy);
  free(room);
}
