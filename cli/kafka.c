/* What a run has to do with Kafka, from its begin to its end. */
#include "io_guard.h"
#include "kafka_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int cli_kafka_create(const cli_options *options, cli_kafka **ret) {
  cli_kafka *k = calloc(1, sizeof *k);
  if (k) k->ledger = ledger_create();
  if (!k || !k->ledger) {
    free(k);
    return cli_fail(CLI_INTERNAL, "out of memory");
  }
  k->options = options;
  pthread_mutex_init(&k->lock, NULL);
  *ret = k;
  return CLI_OK;
}

void cli_kafka_free(cli_kafka *k) {
  if (!k) return;
  io_guard_ask(NULL);
  kafka_link_close(&k->in);
  while (k->outs) {
    cli_kafka_out *out = k->outs;
    k->outs = out->next;
    if (out->topic) rd_kafka_topic_destroy(out->topic);
    if (out->link.rk)
      rd_kafka_purge(out->link.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
    kafka_link_close(&out->link);
    free(out);
  }
  ledger_free(k->ledger);
  pthread_mutex_destroy(&k->lock);
  free(k);
}

void cli_kafka_ready(cli_kafka *k, bool files, bool nothing) {
  ledger_files(k->ledger, files);
  k->writes_nothing = nothing;
  if (k->in.rk) io_guard_ask(&k->asked);
}

void cli_kafka_synced(cli_kafka *k) {
  ledger_synced(k->ledger);
  k->last_sync = cli_now();
}

bool cli_kafka_unsynced(const cli_kafka *k) { return ledger_unsynced(k->ledger); }

bool cli_kafka_sync_due(const cli_kafka *k) {
  return cli_now() - k->last_sync >= KAFKA_COMMIT_EVERY && ledger_unsynced(k->ledger);
}

int cli_kafka_tend(cli_kafka *k) {
  kafka_poll_outputs(k, 0);
  while (ledger_settle(k->ledger) > KAFKA_JOBS && kafka_status(k) == CLI_OK) kafka_poll_outputs(k, 10);
  if (cli_now() - k->last_commit >= KAFKA_COMMIT_EVERY) kafka_commit(k, false);
  kafka_link_watch(&k->in);
  if (!k->assigned && cli_now() - k->asked_group > KAFKA_JOIN_SECONDS)
    kafka_fail(k, "%s: the group has given us nothing to read within %.0f seconds, not even word that there is nothing",
               k->in.name.place, KAFKA_JOIN_SECONDS);
  return kafka_status(k);
}

int cli_kafka_finish(cli_kafka *k, int status) {
  if (!k->in.rk) return status;
  bool failed = atomic_load(&k->failed);
  k->leaving = true;
  if (!failed || kafka_link_is_up(&k->in)) kafka_commit(k, true); /* else it would be waited for in vain */
  int committed = kafka_status(k);
  if (!failed || committed == CLI_OK)
    rd_kafka_consumer_close(k->in.rk); /* takes the partitions away, which counts what came too late */
  return status != CLI_OK ? status : committed;
}

void cli_kafka_stats(const cli_kafka *k) {
  ledger_counts n = ledger_count(k->ledger);
  if (k->in.rk)
    fprintf(stderr, "kafka    %" PRIu64 " read, %" PRIu64 " done and %s, %" PRIu64 " may come twice, %" PRIu64 " assignment%s\n",
            n.read, n.done, k->writes_nothing ? "not committed" : "committed", n.again, k->rebalances,
            k->rebalances == 1 ? "" : "s");
  if (k->outs) fprintf(stderr, "kafka    %" PRIu64 " delivered\n", (uint64_t)atomic_load(&k->delivered));
}
