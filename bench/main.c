/* ottl-bench: flags and report. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct main_flags {
  const char *workload, *in, *rounds, *procs, *out, *compile;
} main_flags;

static const char main_usage[] = "usage: ottl-bench -workload FILE -in PATH [-rounds N] [-procs 1] [-out FILE]\n"
                                 "       ottl-bench -workload FILE -compile N";

static main_flags main_parse(int argc, char **argv) {
  main_flags flags = {.rounds = "15", .procs = "1"};
  struct {
    const char *name;
    const char **value;
  } known[] = {{"workload", &flags.workload}, {"in", &flags.in},   {"rounds", &flags.rounds},
               {"procs", &flags.procs},       {"out", &flags.out}, {"compile", &flags.compile}};
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    size_t k = 0, n = sizeof known / sizeof *known;
    while (*name == '-') name++;
    if (name != argv[i] && !strcmp(name, "pdata"))
      bench_fail("no such mode: nothing is decoded, so there are no decoded batches");
    while (k < n && (name == argv[i] || strcmp(name, known[k].name) != 0)) k++;
    if (k == n || ++i == argc) bench_fail("%s", main_usage);
    *known[k].value = argv[i];
  }
  if (!flags.workload || (!flags.in && !flags.compile)) bench_fail("%s", main_usage);
  return flags;
}

static void main_put_text(const char *text) {
  putchar('"');
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') putchar('\\');
    if ((unsigned char)*text >= 0x20) putchar(*text);
  }
  putchar('"');
}

static void main_put_spread(const char *name, bench_spread s) {
  printf("  \"%s\": {\"min\": %.3f, \"median\": %.3f, \"max\": %.3f},\n", name, s.min, s.median, s.max);
}

static void main_put_report(const bench_workload *w, const char *in, unsigned rounds, size_t batches, double compile_ms,
                            const bench_report *r) {
  const char *slash = strrchr(in, '/');
  printf("{\n  \"engine\": \"ottl %s (%s)\",\n  \"workload\": ", ottl_version(), ottl_isa());
  main_put_text(w->name);
  fputs(",\n  \"payload\": ", stdout);
  main_put_text(slash ? slash + 1 : in);
  printf(",\n  \"measured\": \"bytes\",\n  \"procs\": 1,\n  \"rounds\": %u,\n  \"batches\": %zu,\n", rounds, batches);
  printf(
      "  \"records_in\": %llu,\n  \"records_out\": %llu,\n  \"bytes_in\": %llu,\n  \"bytes_out\": %llu,\n  \"errors\": %llu,\n",
      (unsigned long long)r->records_in, (unsigned long long)r->records_out, (unsigned long long)r->bytes_in,
      (unsigned long long)r->bytes_out, (unsigned long long)r->errors);
  fputs("  \"hash\": \"\",\n  \"hash_sorted\": \"\",\n", stdout);
  main_put_spread("ns_per_record", r->ns);
  main_put_spread("cpu_ns_per_record", r->cpu_ns);
  main_put_spread("copy_ns_per_record", r->copy_ns);
  printf("  \"mb_per_s_in\": %.1f,\n", (double)r->bytes_in / (double)r->records_in / r->ns.median * 1000);
  printf("  \"allocs_per_record\": %.6f,\n  \"alloc_bytes_per_record\": %.3f,\n", r->allocs, r->alloc_bytes);
  printf("  \"gc_per_round\": 0,\n  \"peak_rss_kib\": %llu,\n  \"compile_ms\": %.4f\n}\n", (unsigned long long)r->peak_rss_kib,
         compile_ms);
}

/* Compiles the program again and again: CPU time of the first time, and the least. */
static int main_compile(const char *file, long times) {
  bench_workload workload = bench_read_workload(file);
  double first = 0, least = 0;
  for (long i = 0; i < times; i++) {
    double began = bench_cpu();
    ottl_program *program = bench_compile(&workload);
    double took = (bench_cpu() - began) / 1e3;
    ottl_program_free(program);
    if (i == 0) first = least = took;
    if (took < least) least = took;
  }
  bench_workload_free(&workload);
  printf("{\"compile_first_us\": %.3f, \"compile_us\": %.3f}\n", first, least);
  return 0;
}

int main(int argc, char **argv) {
  main_flags flags = main_parse(argc, argv);
  if (flags.compile) return main_compile(flags.workload, strtol(flags.compile, NULL, 10));
  long rounds = strtol(flags.rounds, NULL, 10);
  if (rounds < 1 || rounds > 1000000) bench_fail("-rounds starts at 1");
  if (strcmp(flags.procs, "1") != 0) bench_fail("-procs: one core only");
  bench_workload workload = bench_read_workload(flags.workload);
  bench_payload payload = bench_read_payload(flags.in);
  if (workload.json) bench_payload_to_json(&payload, workload.signal);
  double began = bench_now();
  ottl_program *program = bench_compile(&workload);
  double compile_ms = (bench_now() - began) / 1e6;
  bench_report report = {0};
  bench_verify(program, &workload, &payload, flags.out, &report);
  if (!report.records_in) bench_fail("the payload has no records");
  bench_measure(program, &workload, &payload, (unsigned)rounds, &report);
  main_put_report(&workload, flags.in, (unsigned)rounds, payload.n, compile_ms, &report);
  ottl_program_free(program);
  bench_payload_free(&payload);
  bench_workload_free(&workload);
  return 0;
}
