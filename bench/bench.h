/* ottl-bench: runs a workload over a payload as a collector runs a processor, and measures it. See README.md. */
#ifndef OTTL_BENCH_H
#define OTTL_BENCH_H

#include <ottl/ottl.h>

typedef struct bench_text {
  char *data; /* zero-terminated */
  size_t len;
} bench_text;

/* ---- payload.c: messages of a delimited file, or of a directory with one message a file ---- */
typedef struct bench_message {
  const uint8_t *data;
  size_t len;
} bench_message;

typedef struct bench_payload {
  bench_text *files;
  size_t n_files;
  bench_message *messages;
  size_t n;
} bench_payload;

/* A line on stderr, and exit status 1. */
void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *bench_realloc(void *old, size_t bytes);
bench_text bench_read_file(const char *path);
bench_payload bench_read_payload(const char *path);
/* Puts the messages into OTLP/JSON. */
void bench_payload_to_json(bench_payload *payload, ottl_signal signal);
void bench_payload_free(bench_payload *payload);

/* ---- workload.c ---- */
typedef enum bench_mode { BENCH_PASS, BENCH_TRANSFORM, BENCH_FILTER, BENCH_ROUTE } bench_mode;

typedef struct bench_workload {
  const char *name, *context;
  ottl_signal signal;
  bench_mode mode;
  ottl_error_mode error_mode;
  bool json;             /* batches come in and go out as OTLP/JSON */
  bool strict;           /* batches are checked as a whole */
  ottl_snippet *program; /* statements, or conditions */
  size_t n_program;
  void *doc; /* owns the texts */
} bench_workload;

bench_workload bench_read_workload(const char *path);
void bench_workload_free(bench_workload *workload);
/* Compiles a workload; what is wrong with it ends the process. */
ottl_program *bench_compile(const bench_workload *workload);

/* ---- records.c ---- */
/* Log records, spans or data points of a message. */
uint64_t bench_count_records(ottl_signal signal, const uint8_t *data, size_t len);

/* ---- measure.c ---- */
typedef struct bench_spread {
  double min, median, max;
} bench_spread;

typedef struct bench_report {
  uint64_t records_in, records_out, bytes_in, bytes_out, errors; /* of one pass */
  bench_spread ns, cpu_ns, copy_ns; /* a record; copy: CPU time of memcpy of the same messages, for scale */
  double allocs, alloc_bytes;       /* a record */
  uint64_t peak_rss_kib;
} bench_report;

/* Goes over the payload once: counts, and writes the result if `out` is not NULL. */
void bench_verify(const ottl_program *program, const bench_workload *workload, const bench_payload *payload, const char *out,
                  bench_report *report);
/* Measures rounds over the payload, after one that warms up. */
void bench_measure(const ottl_program *program, const bench_workload *workload, const bench_payload *payload, unsigned rounds,
                   bench_report *report);
/* Wall clock, and CPU time of the process, in nanoseconds. */
double bench_now(void);
double bench_cpu(void);

#endif
