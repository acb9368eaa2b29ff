/* Clients of librdkafka: their properties, whether brokers are there, and topics. Values of properties may be secrets, and are never shown. */
#include "kafka_link.h"
#include "kafka_limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kafka_fail(cli_kafka *k, const char *format, ...) {
  va_list args;
  va_start(args, format);
  pthread_mutex_lock(&k->lock);
  if (!atomic_load(&k->failed)) {
    vsnprintf(k->failure, sizeof k->failure, format, args);
    atomic_store(&k->failed, true);
  }
  pthread_mutex_unlock(&k->lock);
  va_end(args);
}

int kafka_status(cli_kafka *k) {
  if (!atomic_load(&k->failed)) return CLI_OK;
  pthread_mutex_lock(&k->lock);
  bool told = k->told;
  k->told = true;
  pthread_mutex_unlock(&k->lock);
  return told ? CLI_USAGE : cli_fail(CLI_USAGE, "%s", k->failure);
}

/* -- properties -- */

/* What keeps records from being lost, and what the name tells. */
static const char *const conf_ours[] = {
    "enable.auto.commit",    "enable.auto.offset.store",   "enable.partition.eof", "acks",
    "request.required.acks", "delivery.report.only.error", "bootstrap.servers",    "metadata.broker.list"};
static const char *const conf_secret[] = {"password", "secret", "pem", "sasl.", "key", "token"};

static bool conf_is_secret(const char *key) {
  for (size_t i = 0; i < sizeof conf_secret / sizeof *conf_secret; i++)
    if (strstr(key, conf_secret[i])) return true;
  return false;
}

static int conf_set(rd_kafka_conf_t *conf, const char *key, const char *value) {
  char why[300];
  rd_kafka_conf_res_t got = rd_kafka_conf_set(conf, key, value, why, sizeof why);
  if (got == RD_KAFKA_CONF_OK) return CLI_OK;
  if (got == RD_KAFKA_CONF_UNKNOWN) return cli_fail(CLI_USAGE, "librdkafka has no property `%s`", key);
  if (conf_is_secret(key)) return cli_fail(CLI_USAGE, "librdkafka does not take the value of `%s`", key);
  return cli_fail(CLI_USAGE, "librdkafka does not take the value of `%s`: %s", key, why);
}

/* A property of the user's. */
static int conf_user(rd_kafka_conf_t *conf, const char *key, const char *value) {
  for (size_t i = 0; i < sizeof conf_ours / sizeof *conf_ours; i++) {
    if (strcmp(key, conf_ours[i]) != 0) continue;
    return cli_fail(CLI_USAGE,
                    key[0] == 'b' || key[0] == 'm'
                        ? "`%s` is not to be set: the brokers stand in kafka://BROKERS/TOPIC"
                        : "`%s` is not to be set: what is read is committed when it was written, so that nothing is lost",
                    key);
  }
  return conf_set(conf, key, value);
}

static char *trimmed(char *text) {
  size_t n = strlen(text);
  while (n && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r')) text[--n] = 0;
  return text + strspn(text, " \t");
}

/* KEY=VALUE; the text is cut in two. */
static int conf_pair(rd_kafka_conf_t *conf, char *text, const char *where, size_t line) {
  char *equals = strchr(text, '=');
  if (!equals) return cli_fail(CLI_USAGE, "%s: line %zu is no KEY=VALUE", where, line);
  *equals = 0;
  return conf_user(conf, trimmed(text), trimmed(equals + 1));
}

static int conf_file(rd_kafka_conf_t *conf, const char *path) {
  char *text = NULL;
  size_t len = 0, line = 0;
  int status = cli_file_text(path, "properties", &text, &len);
  for (char *at = text, *next; at && status == CLI_OK; at = next) {
    next = strchr(at, '\n');
    if (next) *next++ = 0;
    line++;
    char *pair = trimmed(at);
    if (*pair && *pair != '#') status = conf_pair(conf, pair, path, line);
  }
  free(text);
  return status;
}

/* --kafka-config: a property, or a file of them. A `=` behind a `/` is one of a file's name. */
static int conf_option(rd_kafka_conf_t *conf, const char *value) {
  if (value[strcspn(value, "=/")] != '=') return conf_file(conf, value);
  char *copy = strdup(value);
  int status = copy ? conf_pair(conf, copy, "--kafka-config", 1) : cli_fail(CLI_INTERNAL, "out of memory");
  free(copy);
  return status;
}

static int conf_fill(const kafka_link *l, const cli_kafka_property *properties, rd_kafka_conf_t *conf) {
  const cli_options *o = l->kafka->options;
  int status = conf_set(conf, "bootstrap.servers", l->name.brokers);
  for (; properties->key && status == CLI_OK; properties++) status = conf_set(conf, properties->key, properties->value);
  for (size_t i = 0; i < o->kafka_config.n && status == CLI_OK; i++) status = conf_option(conf, o->kafka_config.items[i]);
  for (size_t i = 0; i < l->name.n_properties && status == CLI_OK; i++)
    status = conf_user(conf, l->name.properties[i].key, l->name.properties[i].value);
  return status;
}

const char *cli_kafka_version(void) { return rd_kafka_version_str(); }

/* -- connections -- */

/* Served by whoever polls. */
static void link_error(rd_kafka_t *rk, int err, const char *reason, void *opaque) {
  kafka_link *l = opaque;
  char text[300];
  if (err == RD_KAFKA_RESP_ERR__FATAL) {
    rd_kafka_resp_err_t why = rd_kafka_fatal_error(rk, text, sizeof text);
    kafka_fail(l->kafka, "%s: %s (%s)", l->name.place, text, rd_kafka_err2name(why));
    return;
  }
  if (err == RD_KAFKA_RESP_ERR__AUTHENTICATION || err == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
      err == RD_KAFKA_RESP_ERR__SSL) {
    kafka_fail(l->kafka, "%s: %s (see to the properties of --kafka-config)", l->name.place, reason);
    return;
  }
  pthread_mutex_lock(&l->kafka->lock);
  if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    if (l->down_since == 0) l->down_since = cli_now();
  } else {
    snprintf(l->reason, sizeof l->reason, "%s", reason);
  }
  pthread_mutex_unlock(&l->kafka->lock);
}

/* It says with errors what is to be known. */
static void link_log(const rd_kafka_t *rk, int level, const char *facility, const char *text) {
  (void)rk, (void)level, (void)facility, (void)text;
}

int kafka_link_open(kafka_link *l, cli_kafka *k, const cli_kafka_property *properties, rd_kafka_conf_t *conf) {
  char why[300];
  l->kafka = k;
  rd_kafka_conf_set_opaque(conf, l);
  rd_kafka_conf_set_error_cb(conf, link_error);
  rd_kafka_conf_set_log_cb(conf, link_log);
  int status = conf_fill(l, properties, conf);
  if (status == CLI_OK) l->rk = rd_kafka_new(l->writes ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (l->rk) return CLI_OK;
  rd_kafka_conf_destroy(conf);
  return status != CLI_OK ? status : cli_fail(CLI_USAGE, "%s: %s", l->name.place, why);
}

void kafka_link_close(kafka_link *l) {
  if (l->rk) rd_kafka_destroy_flags(l->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  l->rk = NULL;
  cli_kafka_name_done(&l->name);
}

void kafka_link_up(kafka_link *l) {
  pthread_mutex_lock(&l->kafka->lock);
  l->down_since = 0;
  pthread_mutex_unlock(&l->kafka->lock);
}

bool kafka_link_is_up(kafka_link *l) {
  pthread_mutex_lock(&l->kafka->lock);
  bool up = l->down_since == 0;
  pthread_mutex_unlock(&l->kafka->lock);
  return up;
}

const char *kafka_link_reason(kafka_link *l, char *text, size_t size) {
  pthread_mutex_lock(&l->kafka->lock);
  snprintf(text, size, "%s", l->reason[0] ? l->reason : "no answer");
  pthread_mutex_unlock(&l->kafka->lock);
  return text;
}

static void link_down(kafka_link *l, double seconds) {
  char reason[300];
  kafka_fail(l->kafka, "%s: no broker could be reached for %.0f seconds: %s; is it up, and is that its address?", l->name.place,
             seconds, kafka_link_reason(l, reason, sizeof reason));
}

void kafka_link_watch(kafka_link *l) {
  const struct rd_kafka_metadata *answer = NULL;
  pthread_mutex_lock(&l->kafka->lock);
  double since = l->down_since;
  pthread_mutex_unlock(&l->kafka->lock);
  if (since == 0 || cli_now() - l->kafka->last_probe < 1) return;
  if (rd_kafka_metadata(l->rk, 0, NULL, &answer, 500) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_metadata_destroy(answer);
    kafka_link_up(l);
  } else if (cli_now() - since > KAFKA_DOWN_SECONDS) {
    link_down(l, KAFKA_DOWN_SECONDS);
  }
  l->kafka->last_probe = cli_now();
}

/* Whether a topic is there, asked once. */
static rd_kafka_resp_err_t topic_ask(const kafka_link *l, rd_kafka_topic_t *topic, int32_t *ret_partitions) {
  const struct rd_kafka_metadata *answer = NULL;
  rd_kafka_resp_err_t err = rd_kafka_metadata(l->rk, 0, topic, &answer, 1000);
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    err = answer->topic_cnt == 1 ? answer->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    *ret_partitions = answer->topic_cnt == 1 ? answer->topics[0].partition_cnt : 0;
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR && !*ret_partitions) err = RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    rd_kafka_metadata_destroy(answer);
  }
  return err;
}

static bool topic_may_come(const kafka_link *l, rd_kafka_resp_err_t err) {
  if (err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return l->writes; /* the broker may be making it */
  return err == RD_KAFKA_RESP_ERR__TRANSPORT || err == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE || err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

static void topic_wrong(kafka_link *l, const char *topic, rd_kafka_resp_err_t err) {
  if (err == RD_KAFKA_RESP_ERR__TRANSPORT || err == RD_KAFKA_RESP_ERR__TIMED_OUT || err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    link_down(l, KAFKA_START_SECONDS);
  else if (err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    kafka_fail(l->kafka, "%s: there is no topic `%s`: create it, or see to its spelling", l->name.place, topic);
  else
    kafka_fail(l->kafka, "%s: topic `%s`: %s", l->name.place, topic, rd_kafka_err2str(err));
}

int kafka_link_topic(kafka_link *l, const char *topic, int32_t *ret_partitions) {
  double start = cli_now();
  rd_kafka_topic_t *handle = rd_kafka_topic_new(l->rk, topic, NULL);
  if (!handle) return cli_fail(CLI_USAGE, "%s: topic `%s`: %s", l->name.place, topic, rd_kafka_err2str(rd_kafka_last_error()));
  rd_kafka_resp_err_t err = topic_ask(l, handle, ret_partitions);
  while (topic_may_come(l, err) && cli_now() - start < KAFKA_START_SECONDS) {
    rd_kafka_poll(l->rk, 100);
    if (kafka_status(l->kafka) != CLI_OK) break;
    err = topic_ask(l, handle, ret_partitions);
  }
  rd_kafka_topic_destroy(handle);
  rd_kafka_poll(l->rk, 0); /* what it has to say of that */
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
    kafka_link_up(l);
  else
    topic_wrong(l, topic, err);
  return kafka_status(l->kafka);
}
