/* Topics of Kafka as input and output, by librdkafka where it was there when the command was built (kafka_none.c where it was not).
 *
 *   consumer -> batches -> jobs, on any thread -> producer, or files -> delivered, on the disk -> committed
 *
 * What is committed was written: a record is never lost, and may come twice after a crash. */
#ifndef OTTL_CLI_KAFKA_H
#define OTTL_CLI_KAFKA_H

#include "job.h"

/* A property of librdkafka, such as "sasl.password"; the value may be a secret. */
typedef struct cli_kafka_property {
  const char *key, *value;
} cli_kafka_property;

/* kafka://BROKER[,BROKER]/TOPIC[,TOPIC][?NAME=VALUE[&NAME=VALUE]...] */
typedef struct cli_kafka_name {
  char *text;        /* what follows lies there */
  const char *place; /* for messages: "kafka://BROKERS/TOPICS", without what comes behind */
  const char *brokers;
  const char *topic; /* of an output */
  const char **topics;
  size_t n_topics;
  const char *group; /* NULL: not told */
  bool by_key;       /* partition=key */
  cli_kafka_property *properties;
  size_t n_properties;
} cli_kafka_name;

bool cli_is_kafka(const char *path); /* NULL is not */
/* Tells what is wrong, and returns the exit status; cli_kafka_name_done in either case. */
int cli_kafka_name_read(const char *path, cli_kafka_name *ret);
void cli_kafka_name_done(cli_kafka_name *name);
/* Wrong use of names and options, before anything is connected. */
int cli_kafka_check(const cli_options *options);
int cli_kafka_not_here(void); /* for commands that do not read topics */

const char *cli_kafka_version(void); /* for people */

typedef struct cli_kafka cli_kafka;         /* what a run has to do with Kafka */
typedef struct cli_kafka_out cli_kafka_out; /* a topic that is written */

int cli_kafka_create(const cli_options *options, cli_kafka **ret);
/* Nothing is in flight; leaves the group without a word, if cli_kafka_finish did not. NULL is fine. */
void cli_kafka_free(cli_kafka *kafka);

/* Connects, and finds the topic. Borrowed from `kafka`. */
int cli_kafka_open_output(cli_kafka *kafka, const char *path, cli_kafka_out **ret);
/* Joins the group. settle: called on this thread before partitions go to somebody else: what was given is to be written by then, and
 * cli_kafka_synced told if it is on the disk. */
int cli_kafka_open_input(cli_kafka *kafka, const char *path, void (*settle)(void *context), void *context);

/* Before the first message. files: some of what is written goes to files; nothing: nothing is written at all, so that nothing is
 * committed. From now on a first signal asks to stop. */
void cli_kafka_ready(cli_kafka *kafka, bool files, bool nothing);
bool cli_kafka_unsynced(const cli_kafka *kafka); /* does anything wait for cli_kafka_synced? */

/* Waits a moment for messages, and adds those that are there to a job that is cleared. *ret_end: there is nothing more to read,
 * because the end was asked for, or a signal came. */
int cli_kafka_fill(cli_kafka *kafka, cli_job *job, bool *ret_end);
/* Now and then, after cli_kafka_fill: commits what is done, looks after connections. */
int cli_kafka_tend(cli_kafka *kafka);

/* For the side that writes, by one thread at a time and in the order of the jobs: the messages of a part, then the job as a whole, as
 * far as it is done. A message that cannot be sent: job->done are those before it. */
int cli_kafka_send(cli_kafka *kafka, cli_kafka_out *out, const cli_part *part, cli_job *job);
int cli_kafka_written(cli_kafka *kafka, cli_job *job);
/* Everything that was told as written is on the disk now, as far as it went to files. */
void cli_kafka_synced(cli_kafka *kafka);
bool cli_kafka_sync_due(const cli_kafka *kafka); /* is it time, and is there anything? */

/* Waits until all that was sent is delivered. */
int cli_kafka_flush(cli_kafka *kafka);
/* Commits what is done, and leaves the group. status: of the run; returns it, or what failed here. */
int cli_kafka_finish(cli_kafka *kafka, int status);
void cli_kafka_stats(const cli_kafka *kafka); /* lines for --stats */

/* The messages of a job, as they came; cli_kafka_batch_free and cli_kafka_batch_place are in job.h. */
void cli_kafka_batch_clear(cli_kafka_batch *batch); /* NULL is fine, too */

#endif
