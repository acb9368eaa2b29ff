/* In place of kafka.c, kafka_in.c, kafka_out.c and kafka_link.c in a command that was built without librdkafka. As there is no
 * cli_kafka then, nothing but the first two functions is ever called. */
#include "kafka.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

int cli_kafka_create(const cli_options *options, cli_kafka **ret) {
  return cli_fail(CLI_USAGE, "this command was built without Kafka: librdkafka was not there (docs/kafka.md)");
}

const char *cli_kafka_version(void) { return "not built in"; }
void cli_kafka_free(cli_kafka *k) {}
int cli_kafka_open_output(cli_kafka *k, const char *path, cli_kafka_out **ret) { return CLI_INTERNAL; }
int cli_kafka_open_input(cli_kafka *k, const char *path, void (*settle)(void *context), void *context) { return CLI_INTERNAL; }
void cli_kafka_ready(cli_kafka *k, bool files, bool nothing) {}
int cli_kafka_fill(cli_kafka *k, cli_job *job, bool *ret_end) { return CLI_INTERNAL; }
int cli_kafka_tend(cli_kafka *k) { return CLI_INTERNAL; }
int cli_kafka_send(cli_kafka *k, cli_kafka_out *out, const cli_part *part, cli_job *job) { return CLI_INTERNAL; }
int cli_kafka_written(cli_kafka *k, cli_job *job) { return CLI_INTERNAL; }
void cli_kafka_synced(cli_kafka *k) {}
bool cli_kafka_unsynced(const cli_kafka *k) { return false; }
bool cli_kafka_sync_due(const cli_kafka *k) { return false; }
int cli_kafka_flush(cli_kafka *k) { return CLI_INTERNAL; }
int cli_kafka_finish(cli_kafka *k, int status) { return status; }
void cli_kafka_stats(const cli_kafka *k) {}
void cli_kafka_batch_free(cli_kafka_batch *batch) {}
void cli_kafka_batch_place(const cli_kafka_batch *batch, size_t i, const char **ret_input, uint64_t *ret_number) {}
