/* Jobs: some messages of the input, one behind the other, and what became of them. Workers run them, each with execs of its own;
 * the stream (stream.c) makes them and writes what they give, in order. */
#ifndef OTTL_CLI_JOB_H
#define OTTL_CLI_JOB_H

#include "cli.h"

#include <pthread.h>

/* Messages of a topic, as they came (kafka.h). */
typedef struct cli_kafka_batch cli_kafka_batch;
void cli_kafka_batch_free(cli_kafka_batch *batch); /* NULL is fine */
/* Where a message comes from, for people: the topic with its partition, and the offset. */
void cli_kafka_batch_place(const cli_kafka_batch *batch, size_t i, const char **ret_input, uint64_t *ret_number);

typedef enum cli_sink_kind { SINK_NOWHERE = 0, SINK_FRAMED, SINK_TOPIC } cli_sink_kind;

/* What all workers share. */
typedef struct cli_shared {
  const cli_options *options;
  cli_program *program; /* under `lock`: it compiles for the signals that turn up */
  pthread_mutex_t lock;
  struct {
    bool made;
    int status;
    char *said; /* by the compiler, when status is not CLI_OK; for every job that meets it */
    cli_step *steps;
    size_t n;
  } by_signal[CLI_SIGNALS];
  /* Since the first message: */
  ottl_framing framing; /* of the output */
  io_compression compression;
  size_t n_sinks;
  cli_sink_kind *sinks; /* where it is written */
} cli_shared;

typedef struct cli_job {
  const char *input;    /* its name */
  ottl_framing framing; /* of the input */
  uint64_t before;      /* messages of the input before these */
  void *buffer;         /* that they lie in */
  size_t buffer_bytes;
  ottl_view *messages;
  size_t n, cap;
  bool flush;             /* more may take a while */
  cli_kafka_batch *batch; /* of a topic: what they lie in; NULL: of a file */
  size_t borrowed;        /* bytes of it */
  /* What became of them: */
  int status;      /* other than CLI_OK: of the last one that was looked at */
  char *said;      /* for standard error, zero-terminated; NULL: nothing */
  size_t done;     /* messages before the one that failed */
  char *passed;    /* why the first one was passed over, as `said` */
  size_t n_passed; /* messages that were passed over */
  cli_part *parts; /* by sink */
  size_t n_parts;
  cli_stats stats;
} cli_job;

typedef struct cli_worker cli_worker;

/* NULL: out of memory. */
cli_worker *cli_worker_create(cli_shared *shared);
void cli_worker_free(cli_worker *worker);
io_codec *cli_worker_codec(cli_worker *worker); /* its own; NULL: out of memory */

/* Adds a message to a job; false: out of memory. */
bool cli_job_add(cli_job *job, ottl_view message);
/* Runs all messages, or those before the first one that fails. Says nothing, but in job->said. */
void cli_job_run(cli_job *job, cli_worker *worker);
/* For the next use; the buffer stays. */
void cli_job_clear(cli_job *job);
void cli_job_done(cli_job *job);

/* Room for more bytes, bytes behind those of a part; false: out of memory. */
bool cli_part_room(cli_part *part, size_t more);
bool cli_part_add(cli_part *part, const void *data, size_t len);
/* Compresses a part, in pieces of at most a mebibyte that can be read in parallel. */
io_status cli_part_pack(cli_part *part, io_codec *codec, io_compression compression, int level, io_error *error);

#endif
