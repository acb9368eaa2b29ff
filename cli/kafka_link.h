/* For the files about Kafka: connections, and what a run keeps of them. */
#ifndef OTTL_CLI_KAFKA_LINK_H
#define OTTL_CLI_KAFKA_LINK_H

#include "kafka.h"
#include "kafka_ledger.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdatomic.h>

#define KAFKA_START_SECONDS 10.0  /* to be connected */
#define KAFKA_DOWN_SECONDS  60.0  /* without any broker, until it is given up */
#define KAFKA_JOIN_SECONDS  360.0 /* for the group to give us something: its slowest member may take five minutes */
#define KAFKA_LEAVE_SECONDS 10.0  /* for what is in flight when partitions go */
#define KAFKA_JOBS          4096  /* that are written and not delivered yet */
#define KAFKA_COMMIT_EVERY  1.0

/* A client of librdkafka. */
typedef struct kafka_link {
  cli_kafka *kafka;
  cli_kafka_name name;
  rd_kafka_t *rk;
  bool writes;
  /* Under the lock of the run: */
  double down_since; /* 0: some broker is there, as far as we know */
  char reason[300];  /* why not */
} kafka_link;

struct cli_kafka_out {
  cli_kafka_out *next;
  kafka_link link;
  rd_kafka_topic_t *topic;
  int32_t n_partitions;
};

typedef struct kafka_message {
  rd_kafka_message_t *m;
  uint32_t partition, epoch; /* in the ledger */
  const ledger_partition *at;
} kafka_message;

struct cli_kafka_batch {
  cli_kafka *kafka;
  kafka_message *items;
  size_t n, cap;
};

struct cli_kafka {
  const cli_options *options;
  ledger *ledger;
  kafka_link in; /* rk: NULL when the input is no topic */
  cli_kafka_out *outs;
  /* Of the reading thread: */
  void (*settle)(void *context);
  void *context;
  char group[300];
  bool assigned, leaving; /* assigned: the group has told what is ours */
  double asked_group, last_commit, last_probe, last_sync;
  uint64_t rebalances;
  volatile sig_atomic_t asked; /* to stop, by a signal */
  /* Of the side that writes: */
  ledger_ticket *ticket; /* of the job that is being written */
  bool writes_nothing;
  atomic_uint_least64_t delivered;
  pthread_mutex_t lock;
  atomic_bool failed;
  bool told;
  char failure[700];
};

/* Makes the client. properties: ours, which the user's replace; ended by a NULL. */
int kafka_link_open(kafka_link *l, cli_kafka *k, const cli_kafka_property *properties, rd_kafka_conf_t *conf);
void kafka_link_close(kafka_link *l);
/* Waits until a topic is there; how many partitions it has. */
int kafka_link_topic(kafka_link *l, const char *topic, int32_t *ret_partitions);
/* Gives up when no broker could be reached for long. */
void kafka_link_watch(kafka_link *l);
void kafka_link_up(kafka_link *l); /* a broker answered */
bool kafka_link_is_up(kafka_link *l);
/* What is known of why there is no broker; text. */
const char *kafka_link_reason(kafka_link *l, char *text, size_t size);

/* The run cannot go on: the first one to say so is heard. Any thread. */
void kafka_fail(cli_kafka *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* CLI_OK, or tells why the run cannot go on. */
int kafka_status(cli_kafka *k);
void kafka_poll_outputs(cli_kafka *k, int milliseconds);

/* kafka_in.c */
void kafka_commit(cli_kafka *k, bool wait);

#endif
