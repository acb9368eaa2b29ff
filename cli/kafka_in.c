/* Topics as input: a member of a consumer group. Offsets are committed by hand, when what was read up to there is written; so after a
 * crash it is read again from there, by this member or another one. */
#include "kafka_limits.h"
#include "kafka_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IN_JOB_BYTES    ((size_t)512 << 10)
#define IN_JOB_MESSAGES 4096
#define IN_WAIT         100 /* milliseconds, for a first message */

/* -- offsets -- */

/* What is to be committed; NULL: nothing. wait: what no broker has confirmed yet, too. */
static rd_kafka_topic_partition_list_t *commit_list(cli_kafka *k, bool wait) {
  rd_kafka_topic_partition_list_t *list = NULL;
  for (uint32_t i = 0; i < ledger_partitions(k->ledger); i++) {
    ledger_partition *p = ledger_at(k->ledger, i);
    int64_t done = ledger_done(k->ledger, i);
    if (!p->ours || done == LEDGER_NONE || done == (wait ? p->confirmed : p->sent)) continue;
    if (!list) list = rd_kafka_topic_partition_list_new(8);
    rd_kafka_topic_partition_list_add(list, p->topic, p->number)->offset = done;
    p->sent = done;
  }
  return list;
}

/* Somebody else has the partition, or the group is just sharing them out anew: it is read again from the offset before. */
static bool commit_was_late(rd_kafka_resp_err_t err) {
  return err == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS || err == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
         err == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || err == RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST;
}

static bool commit_may_work_later(rd_kafka_resp_err_t err) {
  return err == RD_KAFKA_RESP_ERR__TRANSPORT || err == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         err == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE || err == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
         err == RD_KAFKA_RESP_ERR__WAIT_COORD || err == RD_KAFKA_RESP_ERR__DESTROY ||
         err == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE || err == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         err == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

/* What became of a commit. last: there will be no other one. */
static void commit_done(cli_kafka *k, rd_kafka_resp_err_t err, const rd_kafka_topic_partition_list_t *list, bool last) {
  for (int j = 0; list && j < list->cnt; j++) {
    const rd_kafka_topic_partition_t *got = &list->elems[j];
    uint32_t i = ledger_find(k->ledger, got->topic, got->partition);
    if (i == UINT32_MAX) continue;
    ledger_partition *p = ledger_at(k->ledger, i);
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) err = got->err;
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
      p->confirmed = got->offset;
    else
      p->sent = p->confirmed; /* next time */
  }
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR || err == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  if (commit_was_late(err) || (commit_may_work_later(err) && !last)) return;
  kafka_fail(k, "%s: group `%s`: what was written cannot be committed, and will be read again: %s", k->in.name.place, k->group,
             rd_kafka_err2str(err));
}

static void in_committed(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list, void *opaque) {
  (void)rk;
  kafka_link *l = opaque;
  commit_done(l->kafka, err, list, false);
}

void kafka_commit(cli_kafka *k, bool wait) {
  ledger_settle(k->ledger);
  k->last_commit = cli_now();
  rd_kafka_topic_partition_list_t *list = k->writes_nothing ? NULL : commit_list(k, wait);
  if (!list) return;
  rd_kafka_resp_err_t err = rd_kafka_commit(k->in.rk, list, !wait);
  if (wait || err != RD_KAFKA_RESP_ERR_NO_ERROR) commit_done(k, err, list, wait && k->leaving);
  rd_kafka_topic_partition_list_destroy(list);
}

/* -- the group -- */

/* Waits for what is in flight, but not for ever. */
static void in_settle(cli_kafka *k) {
  double start = cli_now();
  k->settle(k->context);
  while (ledger_settle(k->ledger) && !atomic_load(&k->failed) && cli_now() - start < KAFKA_LEAVE_SECONDS)
    kafka_poll_outputs(k, 10);
  if (ledger_unsynced(k->ledger)) k->settle(k->context); /* what was delivered meanwhile */
}

static void in_end_of(cli_kafka *k, ledger_partition *p) {
  int64_t low = 0, high = 0;
  rd_kafka_resp_err_t err =
      rd_kafka_query_watermark_offsets(k->in.rk, p->topic, p->number, &low, &high, (int)(1000 * KAFKA_START_SECONDS));
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
    p->end = high;
  else
    kafka_fail(k, "%s: where %s ends is not known: %s", k->in.name.place, p->place, rd_kafka_err2str(err));
}

static void in_given(cli_kafka *k, const rd_kafka_topic_partition_list_t *list) {
  for (int j = 0; j < list->cnt; j++) {
    uint32_t i = ledger_find(k->ledger, list->elems[j].topic, list->elems[j].partition);
    if (i == UINT32_MAX) {
      kafka_fail(k, "out of memory");
      return;
    }
    ledger_give(k->ledger, i, true);
    if (k->options->until_end) in_end_of(k, ledger_at(k->ledger, i));
  }
}

static void in_taken(cli_kafka *k, const rd_kafka_topic_partition_list_t *list, bool lost) {
  if (!lost) {
    in_settle(k);
    kafka_commit(k, true);
  }
  for (int j = 0; j < list->cnt; j++) {
    uint32_t i = ledger_find(k->ledger, list->elems[j].topic, list->elems[j].partition);
    if (i != UINT32_MAX) ledger_give(k->ledger, i, false);
  }
}

static void in_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list, void *opaque) {
  cli_kafka *k = ((kafka_link *)opaque)->kafka;
  rd_kafka_error_t *error = NULL;
  bool bit_by_bit = strcmp(rd_kafka_rebalance_protocol(rk), "COOPERATIVE") == 0;
  if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    in_given(k, list);
    k->assigned = true;
    k->rebalances++;
    if (bit_by_bit)
      error = rd_kafka_incremental_assign(rk, list);
    else
      rd_kafka_assign(rk, list);
  } else {
    in_taken(k, list, err != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS || rd_kafka_assignment_lost(rk));
    k->assigned = false; /* until the group tells what is ours now, if anything */
    k->asked_group = cli_now();
    if (bit_by_bit)
      error = rd_kafka_incremental_unassign(rk, list);
    else
      rd_kafka_assign(rk, NULL);
    if (err != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) kafka_fail(k, "%s: %s", k->in.name.place, rd_kafka_err2str(err));
  }
  if (!error) return;
  kafka_fail(k, "%s: %s", k->in.name.place, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
}

static int in_subscribe(cli_kafka *k) {
  const cli_kafka_name *n = &k->in.name;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n->n_topics);
  for (size_t i = 0; i < n->n_topics; i++) rd_kafka_topic_partition_list_add(list, n->topics[i], RD_KAFKA_PARTITION_UA);
  rd_kafka_resp_err_t err = rd_kafka_subscribe(k->in.rk, list);
  rd_kafka_topic_partition_list_destroy(list);
  return err == RD_KAFKA_RESP_ERR_NO_ERROR ? CLI_OK : cli_fail(CLI_USAGE, "%s: %s", n->place, rd_kafka_err2str(err));
}

/* The group may stand among the properties. */
static int in_group(cli_kafka *k) {
  size_t size = sizeof k->group;
  if (rd_kafka_conf_get(rd_kafka_conf(k->in.rk), "group.id", k->group, &size) == RD_KAFKA_CONF_OK && k->group[0]) return CLI_OK;
  return cli_fail(CLI_USAGE, "%s: which consumer group? the group remembers how far it has read: %s?group=NAME", k->in.name.place,
                  k->in.name.place);
}

int cli_kafka_open_input(cli_kafka *k, const char *path, void (*settle)(void *context), void *context) {
  char ahead[24];
  kafka_link *l = &k->in;
  int32_t partitions;
  int status = cli_kafka_name_read(path, &l->name);
  if (status != CLI_OK) return status;
  k->settle = settle;
  k->context = context;
  snprintf(ahead, sizeof ahead, "%d", OTTL_MAX_KAFKA_READ_AHEAD / 1024);
  const cli_kafka_property properties[] = {{"client.id", "ottl"},
                                           {"enable.auto.commit", "false"},
                                           {"enable.auto.offset.store", "false"},
                                           {"enable.partition.eof", "true"},
                                           {"auto.offset.reset", "earliest"},
                                           {"queued.max.messages.kbytes", ahead},
                                           {l->name.group ? "group.id" : NULL, l->name.group},
                                           {NULL, NULL}};
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set_rebalance_cb(conf, in_rebalance);
  rd_kafka_conf_set_offset_commit_cb(conf, in_committed);
  status = kafka_link_open(l, k, properties, conf);
  if (status == CLI_OK) status = in_group(k);
  for (size_t i = 0; i < l->name.n_topics && status == CLI_OK; i++)
    if (l->name.topics[i][0] != '^') status = kafka_link_topic(l, l->name.topics[i], &partitions);
  if (status != CLI_OK) return status;
  rd_kafka_poll_set_consumer(l->rk);
  k->asked_group = k->last_commit = k->last_sync = cli_now();
  return in_subscribe(k);
}

/* -- messages -- */

void cli_kafka_batch_clear(cli_kafka_batch *b) {
  if (!b) return;
  for (size_t i = 0; i < b->n; i++) rd_kafka_message_destroy(b->items[i].m);
  b->n = 0;
}

void cli_kafka_batch_free(cli_kafka_batch *b) {
  if (!b) return;
  cli_kafka_batch_clear(b);
  free(b->items);
  free(b);
}

void cli_kafka_batch_place(const cli_kafka_batch *b, size_t i, const char **ret_input, uint64_t *ret_number) {
  *ret_input = b->items[i].at->place;
  *ret_number = (uint64_t)b->items[i].m->offset;
}

static bool batch_add(cli_kafka *k, cli_kafka_batch *b, rd_kafka_message_t *m, uint32_t partition) {
  if (!cli_grow(&b->items, b->n, &b->cap, sizeof *b->items)) return false;
  const ledger_partition *at = ledger_at(k->ledger, partition);
  b->items[b->n++] = (kafka_message){m, partition, at->epoch, at};
  return true;
}

static void in_refused(cli_kafka *k, const rd_kafka_message_t *m) {
  if (m->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) return; /* the group gives us partitions again */
  const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : "";
  if (m->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    kafka_fail(k, "%s: there is no topic `%s` any more", k->in.name.place, topic);
  else
    kafka_fail(k, "%s: %s%s%s", k->in.name.place, topic, *topic ? ": " : "", rd_kafka_message_errstr(m));
}

/* A message, or what else the consumer has to say. Takes it over. */
static void in_take(cli_kafka *k, cli_kafka_batch *b, rd_kafka_message_t *m, size_t *bytes) {
  bool about_partition = m->err == RD_KAFKA_RESP_ERR_NO_ERROR || m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  uint32_t i = about_partition ? ledger_find(k->ledger, rd_kafka_topic_name(m->rkt), m->partition) : UINT32_MAX;
  if (!about_partition) {
    in_refused(k, m);
  } else if (i == UINT32_MAX) {
    kafka_fail(k, "out of memory");
  } else {
    ledger_partition *p = ledger_at(k->ledger, i);
    bool message = m->err == RD_KAFKA_RESP_ERR_NO_ERROR, beyond = p->end != LEDGER_NONE && m->offset >= p->end;
    p->at_end |= !message || (p->end != LEDGER_NONE && m->offset + 1 >= p->end);
    if (message && p->ours && !beyond) {
      if (batch_add(k, b, m, i)) {
        if (p->first == LEDGER_NONE) p->first = m->offset;
        *bytes += m->len;
        return;
      }
      kafka_fail(k, "out of memory");
    }
  }
  rd_kafka_message_destroy(m);
}

/* Partitions may have gone to somebody else while it was gathered. */
static int batch_to_job(cli_kafka *k, cli_kafka_batch *b, cli_job *job) {
  size_t n = 0;
  for (size_t i = 0; i < b->n; i++) {
    if (ledger_current(k->ledger, b->items[i].partition, b->items[i].epoch))
      b->items[n++] = b->items[i];
    else
      rd_kafka_message_destroy(b->items[i].m);
  }
  b->n = n;
  for (size_t i = 0; i < n; i++) {
    const rd_kafka_message_t *m = b->items[i].m;
    if (!cli_job_add(job, (ottl_view){m->payload, m->len})) return cli_fail(CLI_INTERNAL, "out of memory");
  }
  ledger_read(k->ledger, n);
  return CLI_OK;
}

static bool in_at_end(const cli_kafka *k) {
  for (uint32_t i = 0; i < ledger_partitions(k->ledger); i++) {
    const ledger_partition *p = ledger_at(k->ledger, i);
    if (p->ours && !p->at_end) return false;
  }
  return k->assigned;
}

int cli_kafka_fill(cli_kafka *k, cli_job *job, bool *ret_end) {
  *ret_end = k->asked != 0;
  if (*ret_end) return CLI_OK;
  if (!job->batch && !(job->batch = calloc(1, sizeof *job->batch))) return cli_fail(CLI_INTERNAL, "out of memory");
  cli_kafka_batch *b = job->batch;
  b->kafka = k;
  cli_kafka_batch_clear(b);
  size_t bytes = 0;
  bool more = true;
  for (int wait = IN_WAIT; more && bytes < IN_JOB_BYTES && b->n < IN_JOB_MESSAGES; wait = 0) {
    rd_kafka_message_t *m = rd_kafka_consumer_poll(k->in.rk, wait);
    more = m != NULL;
    if (m) in_take(k, b, m, &bytes);
  }
  int status = kafka_status(k);
  if (status == CLI_OK) status = batch_to_job(k, b, job);
  job->borrowed = bytes;
  job->flush = !more;
  *ret_end = k->options->until_end && in_at_end(k);
  return status;
}

/* -- what was written -- */

/* Messages from i on that are of one partition. */
static size_t batch_run(const cli_kafka_batch *b, size_t i, size_t n) {
  size_t j = i + 1;
  while (j < n && b->items[j].partition == b->items[i].partition && b->items[j].epoch == b->items[i].epoch) j++;
  return j;
}

int cli_kafka_written(cli_kafka *k, cli_job *job) {
  const cli_kafka_batch *b = job->batch;
  size_t n = 0, done = b ? job->done : 0;
  for (size_t i = 0; i < done; i = batch_run(b, i, done)) n++;
  ledger_ticket *marks = ledger_open(k->ledger, n); /* behind that of what was sent: they settle in this order */
  if (!marks) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0, end; i < done; i = end) {
    end = batch_run(b, i, done);
    ledger_mark(marks, b->items[i].partition, b->items[i].epoch, b->items[end - 1].m->offset + 1, end - i);
  }
  if (k->ticket) ledger_close(k->ledger, k->ticket);
  k->ticket = NULL;
  ledger_close(k->ledger, marks);
  cli_kafka_batch_clear(job->batch);
  if (!k->in.rk) ledger_settle(k->ledger);
  return CLI_OK;
}
