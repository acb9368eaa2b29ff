/* Topics as output: a producer that is idempotent and waits for all replicas. A job is done when all of its messages were delivered. */
#include "kafka_limits.h"
#include "kafka_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message has arrived, or will not. */
static void out_delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk;
  kafka_link *l = opaque;
  cli_kafka *k = l->kafka;
  if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    atomic_fetch_add(&k->delivered, 1);
    kafka_link_up(l);
    ledger_delivered(k->ledger, m->_private);
  } else if (m->err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) {
    char reason[300];
    kafka_fail(k, "%s: no broker took a message within message.timeout.ms: %s", l->name.place,
               kafka_link_reason(l, reason, sizeof reason));
  } else {
    kafka_fail(k, "%s: a message was not taken: %s", l->name.place, rd_kafka_err2str(m->err));
  }
}

static int out_open(cli_kafka_out *out, cli_kafka *k) {
  char ahead[24], level[24];
  const cli_options *o = k->options;
  bool levels = o->compress_given && o->level && o->level <= 12;
  snprintf(ahead, sizeof ahead, "%d", OTTL_MAX_KAFKA_WRITE_AHEAD / 1024);
  snprintf(level, sizeof level, "%d", levels ? o->level : -1);
  const cli_kafka_property properties[] = {{"client.id", "ottl"},
                                           {"enable.idempotence", "true"},
                                           {"acks", "all"},
                                           {"partitioner", "murmur2_random"}, /* as other clients have it */
                                           {"queue.buffering.max.kbytes", ahead},
                                           {"message.timeout.ms", "60000"},
                                           {"compression.codec", io_compression_name(o->compress_given ? o->compress : IO_PLAIN)},
                                           {"compression.level", level},
                                           {NULL, NULL}};
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set_dr_msg_cb(conf, out_delivered);
  int status = kafka_link_open(&out->link, k, properties, conf);
  if (status == CLI_OK) status = kafka_link_topic(&out->link, out->link.name.topic, &out->n_partitions);
  if (status == CLI_OK) out->topic = rd_kafka_topic_new(out->link.rk, out->link.name.topic, NULL);
  return status != CLI_OK || out->topic
             ? status
             : cli_fail(CLI_USAGE, "%s: %s", out->link.name.place, rd_kafka_err2str(rd_kafka_last_error()));
}

int cli_kafka_open_output(cli_kafka *k, const char *path, cli_kafka_out **ret) {
  cli_kafka_out *out = calloc(1, sizeof *out);
  if (!out) return cli_fail(CLI_INTERNAL, "out of memory");
  out->next = k->outs;
  k->outs = out;
  out->link.writes = true;
  int status = cli_kafka_name_read(path, &out->link.name);
  if (status == CLI_OK) status = out_open(out, k);
  if (status == CLI_OK) *ret = out;
  return status;
}

void kafka_poll_outputs(cli_kafka *k, int milliseconds) {
  for (cli_kafka_out *out = k->outs; out; out = out->next)
    if (out->link.rk) rd_kafka_poll(out->link.rk, milliseconds);
}

/* The partition of the same number, so that the order of each is kept. */
static int32_t out_partition(const cli_kafka_out *out, const rd_kafka_message_t *origin) {
  return origin && !out->link.name.by_key ? origin->partition % out->n_partitions : RD_KAFKA_PARTITION_UA;
}

/* Hands a message to the producer, with key and headers of the one that it was. */
static rd_kafka_resp_err_t out_produce(cli_kafka_out *out, const rd_kafka_message_t *origin, const char *data, size_t len,
                                       ledger_ticket *ticket) {
  rd_kafka_headers_t *headers = NULL;
  const void *key = origin ? origin->key : NULL;
  bool nothing = origin && !origin->payload; /* it stays one, also where JSON would write `{}` */
  if (origin && rd_kafka_message_headers(origin, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
    headers = rd_kafka_headers_copy(headers);
  rd_kafka_resp_err_t err = rd_kafka_producev(
      out->link.rk, RD_KAFKA_V_RKT(out->topic), RD_KAFKA_V_PARTITION(out_partition(out, origin)),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY((void *)(uintptr_t)key, origin ? origin->key_len : 0),
      RD_KAFKA_V_VALUE((void *)(uintptr_t)(nothing ? NULL
                                           : len   ? data
                                                   : ""),
                       nothing ? 0 : len),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(ticket), RD_KAFKA_V_END);
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR && headers) rd_kafka_headers_destroy(headers);
  return err;
}

static int out_failed(const cli_kafka_out *out, size_t len, rd_kafka_resp_err_t err) {
  char most[24] = "";
  size_t size = sizeof most;
  const char *place = out->link.name.place;
  if (err != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) return cli_fail(CLI_USAGE, "%s: %s", place, rd_kafka_err2str(err));
  rd_kafka_conf_get(rd_kafka_conf(out->link.rk), "message.max.bytes", most, &size);
  return cli_fail(
      CLI_USAGE,
      "%s: a message of %zu bytes is too large: message.max.bytes is %s; raise it with --kafka-config message.max.bytes=N, and "
      "at the topic",
      place, len, most);
}

/* One message, when there is room for it. */
static int out_send(cli_kafka *k, cli_kafka_out *out, const rd_kafka_message_t *origin, const char *data, size_t len) {
  rd_kafka_resp_err_t err;
  ledger_sent(k->ledger, k->ticket);
  while ((err = out_produce(out, origin, data, len, k->ticket)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    rd_kafka_poll(out->link.rk, 50);
    int status = kafka_status(k);
    if (status != CLI_OK) return status;
  }
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR) return CLI_OK;
  ledger_delivered(k->ledger, k->ticket); /* it is not on its way, and not waited for */
  rd_kafka_poll(out->link.rk, 0);         /* if it is fatal, it says why */
  int status = kafka_status(k);
  return status != CLI_OK ? status : out_failed(out, len, err);
}

int cli_kafka_send(cli_kafka *k, cli_kafka_out *out, const cli_part *part, cli_job *job) {
  int status = CLI_OK;
  size_t at = 0;
  if (!k->ticket && !(k->ticket = ledger_open(k->ledger, 0))) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < part->n_cuts && status == CLI_OK; i++) {
    const cli_cut *cut = &part->cuts[i];
    const kafka_message *from = job->batch ? &job->batch->items[cut->from] : NULL;
    bool wanted = !from || ledger_current(k->ledger, from->partition, from->epoch); /* else another member reads it */
    if (wanted) status = out_send(k, out, from ? from->m : NULL, part->data + at, cut->end - at);
    if (status != CLI_OK) job->done = cut->from;
    at = cut->end;
  }
  rd_kafka_poll(out->link.rk, 0);
  return status != CLI_OK ? status : kafka_status(k);
}

int cli_kafka_flush(cli_kafka *k) {
  for (cli_kafka_out *out = k->outs; out; out = out->next)
    while (out->link.rk && rd_kafka_outq_len(out->link.rk) > 0 && kafka_status(k) == CLI_OK) rd_kafka_flush(out->link.rk, 50);
  return kafka_status(k);
}
