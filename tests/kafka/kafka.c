/* Kafka for tests: librdkafka's own brokers in this process, and a plain client for those and for real ones.
 *
 *   ottl-kafka serve TOPIC:PARTITIONS...    brokers; prints their address. Lines of standard input: `down`, `up`, `fail API ERROR COUNT`
 *                                           (the next COUNT answers to that request are that error). Ends with standard input
 *   ottl-kafka publish BROKERS TOPIC        messages from standard input, one a line: PARTITION KEY HEADERS VALUE, in hex, `-` for none;
 *                                           HEADERS: NAME=VALUE,NAME=VALUE
 *   ottl-kafka read BROKERS TOPIC           prints all messages in this form, with the offset after the partition
 *   ottl-kafka committed BROKERS GROUP TOPIC   prints the offset of each partition, -1 for none */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT 10000 /* milliseconds */

static void stop(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void stop(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("ottl-kafka: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  exit(1);
}

static rd_kafka_t *client(rd_kafka_type_t type, const char *const *properties,
                          void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *)) {
  char why[300];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  for (; properties[0]; properties += 2)
    if (rd_kafka_conf_set(conf, properties[0], properties[1], why, sizeof why) != RD_KAFKA_CONF_OK) stop("%s", why);
  if (delivered) rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
  if (!rk) stop("%s", why);
  return rk;
}

/* -- brokers -- */

static void serve_line(rd_kafka_mock_cluster_t *cluster, const char *line) {
  int api, count;
  char error[64];
  if (strncmp(line, "down", 4) == 0) {
    rd_kafka_mock_broker_set_down(cluster, 1);
  } else if (strncmp(line, "up", 2) == 0) {
    rd_kafka_mock_broker_set_up(cluster, 1);
  } else if (sscanf(line, "fail %d %63s %d", &api, error, &count) == 3) {
    for (; count > 0; count--) rd_kafka_mock_push_request_errors(cluster, (int16_t)api, 1, (rd_kafka_resp_err_t)atoi(error));
  } else {
    stop("what is %s", line);
  }
  puts("ok");
  fflush(stdout);
}

static int serve(int n, char **topics) {
  const char *const none[] = {NULL};
  char line[200];
  rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, none, NULL);
  rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(rk, 1);
  if (!cluster) stop("no brokers");
  for (int i = 0; i < n; i++) {
    char *colon = strchr(topics[i], ':');
    if (!colon) stop("TOPIC:PARTITIONS");
    *colon = 0;
    if (rd_kafka_mock_topic_create(cluster, topics[i], atoi(colon + 1), 1) != RD_KAFKA_RESP_ERR_NO_ERROR) stop("no topic");
  }
  puts(rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) serve_line(cluster, line);
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(rk);
  return 0;
}

/* -- messages -- */

static int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/* In place; the length. */
static size_t from_hex(char *text) {
  size_t n = 0;
  for (; text[2 * n] && text[2 * n + 1]; n++) text[n] = (char)(hex_digit(text[2 * n]) * 16 + hex_digit(text[2 * n + 1]));
  return n;
}

static void put_hex(const void *data, size_t len) {
  if (!data) putchar('-');
  for (size_t i = 0; data && i < len; i++) printf("%02x", ((const unsigned char *)data)[i]);
}

static void was_delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque) {
  (void)rk, (void)opaque;
  if (m->err) stop("not delivered: %s", rd_kafka_err2str(m->err));
}

static rd_kafka_headers_t *headers_of(char *text) {
  rd_kafka_headers_t *headers = rd_kafka_headers_new(4);
  for (char *next; text; text = next) {
    next = strchr(text, ',');
    if (next) *next++ = 0;
    char *value = strchr(text, '=');
    if (!value) stop("a header is NAME=VALUE");
    *value++ = 0;
    rd_kafka_header_add(headers, text, -1, value, -1);
  }
  return headers;
}

static void publish_line(rd_kafka_t *rk, const char *topic, char *line) {
  char *save = NULL, *words[4];
  line[strcspn(line, "\n")] = 0;
  for (int i = 0; i < 4; i++)
    if (!(words[i] = strtok_r(i ? NULL : line, " ", &save))) stop("a message is PARTITION KEY HEADERS VALUE");
  bool keyed = strcmp(words[1], "-") != 0, filled = strcmp(words[3], "-") != 0;
  size_t key = keyed ? from_hex(words[1]) : 0, value = filled ? from_hex(words[3]) : 0;
  for (;;) {
    rd_kafka_headers_t *headers = strcmp(words[2], "-") ? headers_of(words[2]) : NULL;
    rd_kafka_resp_err_t err =
        rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(atoi(words[0])),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(keyed ? words[1] : NULL, key),
                          RD_KAFKA_V_VALUE(filled ? words[3] : NULL, value), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL || strcmp(words[2], "-")) stop("%s", rd_kafka_err2str(err));
    rd_kafka_poll(rk, 100);
  }
  rd_kafka_poll(rk, 0);
}

static int publish(const char *brokers, const char *topic) {
  const char *const properties[] = {"bootstrap.servers", brokers, "acks", "all", NULL};
  rd_kafka_t *rk = client(RD_KAFKA_PRODUCER, properties, was_delivered);
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) publish_line(rk, topic, line);
  if (rd_kafka_flush(rk, 3 * WAIT) != RD_KAFKA_RESP_ERR_NO_ERROR) stop("not everything was delivered");
  free(line);
  rd_kafka_destroy(rk);
  return 0;
}

static int32_t partitions_of(rd_kafka_t *rk, const char *topic) {
  const struct rd_kafka_metadata *answer = NULL;
  rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
  rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, handle, &answer, WAIT);
  if (err || answer->topic_cnt != 1 || answer->topics[0].err)
    stop("no topic %s: %s", topic, rd_kafka_err2str(err ? err : answer->topics[0].err));
  int32_t n = answer->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(answer);
  rd_kafka_topic_destroy(handle);
  return n;
}

static void show(const rd_kafka_message_t *m) {
  rd_kafka_headers_t *headers;
  const char *name;
  const void *value;
  size_t len;
  printf("%d %" PRId64 " ", (int)m->partition, m->offset);
  put_hex(m->key, m->key_len);
  putchar(' ');
  if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
      printf("%s%s=%.*s", i ? "," : "", name, (int)len, (const char *)value);
  } else {
    putchar('-');
  }
  putchar(' ');
  put_hex(m->payload, m->len);
  putchar('\n');
}

static int read_all(const char *brokers, const char *topic) {
  const char *const properties[] = {"bootstrap.servers",
                                    brokers,
                                    "group.id",
                                    "ottl-kafka-read",
                                    "enable.auto.commit",
                                    "false",
                                    "auto.offset.reset",
                                    "earliest",
                                    "enable.partition.eof",
                                    "true",
                                    NULL};
  rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, properties, NULL);
  rd_kafka_poll_set_consumer(rk);
  int32_t n = partitions_of(rk, topic), left = n;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
  for (int32_t i = 0; i < n; i++) rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(rk, list);
  rd_kafka_topic_partition_list_destroy(list);
  while (left) {
    rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, WAIT);
    if (!m) stop("%s: no more messages, and no end", topic);
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      left--;
    else if (m->err)
      stop("%s", rd_kafka_message_errstr(m));
    else
      show(m);
    rd_kafka_message_destroy(m);
  }
  rd_kafka_consumer_close(rk);
  rd_kafka_destroy(rk);
  return 0;
}

static int committed(const char *brokers, const char *group, const char *topic) {
  const char *const properties[] = {"bootstrap.servers", brokers, "group.id", group, NULL};
  rd_kafka_t *rk = client(RD_KAFKA_CONSUMER, properties, NULL);
  int32_t n = partitions_of(rk, topic);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
  for (int32_t i = 0; i < n; i++) rd_kafka_topic_partition_list_add(list, topic, i);
  rd_kafka_resp_err_t err = rd_kafka_committed(rk, list, WAIT);
  if (err) stop("%s", rd_kafka_err2str(err));
  for (int i = 0; i < list->cnt; i++)
    printf("%s%" PRId64, i ? " " : "", list->elems[i].offset == RD_KAFKA_OFFSET_INVALID ? -1 : list->elems[i].offset);
  putchar('\n');
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_destroy(rk);
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "serve") == 0) return serve(argc - 2, argv + 2);
  if (strcmp(what, "publish") == 0 && argc == 4) return publish(argv[2], argv[3]);
  if (strcmp(what, "read") == 0 && argc == 4) return read_all(argv[2], argv[3]);
  if (strcmp(what, "committed") == 0 && argc == 5) return committed(argv[2], argv[3], argv[4]);
  stop("see the head of tests/kafka/kafka.c");
}
