/* Names of topics: kafka://BROKERS/TOPICS?NAME=VALUE. Passwords do not belong there, and what is behind the `?` is never shown. */
#include "kafka.h"

#include "kafka_limits.h"

#include <stdlib.h>
#include <string.h>

#define NAME_SCHEME "kafka://"

bool cli_is_kafka(const char *path) { return path && strncmp(path, NAME_SCHEME, sizeof NAME_SCHEME - 1) == 0; }

void cli_kafka_name_done(cli_kafka_name *n) {
  free(n->text);
  free((char *)(uintptr_t)n->place);
  free(n->topics);
  free(n->properties);
  *n = (cli_kafka_name){0};
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %2F and the like, in place. */
static bool name_decode(char *text) {
  char *to = text;
  for (const char *p = text; *p; p++, to++) {
    *to = *p;
    if (*p != '%') continue;
    int high = hex_digit(p[1]), low = high < 0 ? -1 : hex_digit(p[2]);
    if (low < 0 || high + low == 0) return false;
    *to = (char)(high * 16 + low);
    p += 2;
  }
  *to = 0;
  return true;
}

static int name_wrong(const cli_kafka_name *n, const char *what) {
  return cli_fail(CLI_USAGE, "%s: %s (kafka://HOST:PORT/TOPIC?group=NAME)", n->place, what);
}

static int name_parameter(cli_kafka_name *n, char *parameter) {
  char *value = strchr(parameter, '=');
  if (value) *value++ = 0;
  if (!value || !name_decode(parameter) || !name_decode(value)) return name_wrong(n, "behind the `?` stand NAME=VALUE");
  if (strcmp(parameter, "group") == 0) {
    n->group = value;
  } else if (strcmp(parameter, "partition") == 0) {
    n->by_key = strcmp(value, "key") == 0;
    if (!n->by_key && strcmp(value, "same") != 0) return name_wrong(n, "partition is `same` or `key`");
  } else if (strchr(parameter, '.')) {
    n->properties[n->n_properties++] = (cli_kafka_property){parameter, value};
  } else {
    return cli_fail(CLI_USAGE,
                    "%s: there is no `%s`: give group, partition, or properties of librdkafka such as session.timeout.ms",
                    n->place, parameter);
  }
  return CLI_OK;
}

/* "a,b,c" */
static int name_topics(cli_kafka_name *n, char *topics) {
  for (char *next; topics; topics = next) {
    next = strchr(topics, ',');
    if (next) *next++ = 0;
    if (!*topics) return name_wrong(n, "which topic?");
    if (!name_decode(topics)) return name_wrong(n, "a `%` stands before two hexadecimal digits");
    if (n->n_topics == OTTL_MAX_KAFKA_TOPICS) return name_wrong(n, "too many topics");
    n->topics[n->n_topics++] = topics;
  }
  n->topic = n->topics[0];
  return CLI_OK;
}

static size_t count(const char *text, char c) {
  size_t n = 0;
  for (; *text; text++) n += *text == c;
  return n;
}

int cli_kafka_name_read(const char *path, cli_kafka_name *n) {
  const char *rest = path + sizeof NAME_SCHEME - 1;
  *n = (cli_kafka_name){.text = strdup(rest),
                        .place = strndup(path, strcspn(path, "?")),
                        .topics = calloc(count(rest, ',') + 1, sizeof *n->topics),
                        .properties = calloc(count(rest, '&') + 1, sizeof *n->properties)};
  if (!n->text || !n->place || !n->topics || !n->properties) return cli_fail(CLI_INTERNAL, "out of memory");
  char *query = strchr(n->text, '?');
  if (query) *query++ = 0;
  char *slash = strchr(n->text, '/');
  if (slash) *slash++ = 0;
  n->brokers = n->text;
  if (strchr(n->brokers, '@'))
    return cli_fail(CLI_USAGE,
                    "a name of Kafka has no user and password, which everybody on this machine would see: put sasl.username and "
                    "sasl.password into a file, and give that with --kafka-config");
  if (!*n->brokers) return name_wrong(n, "which broker?");
  if (!slash) return name_wrong(n, "which topic?");
  int status = name_topics(n, slash);
  for (char *next; query && status == CLI_OK; query = next) {
    next = strchr(query, '&');
    if (next) *next++ = 0;
    status = name_parameter(n, query);
  }
  return status;
}

static int check_output(const char *path) {
  cli_kafka_name name;
  int status = cli_kafka_name_read(path, &name);
  if (status == CLI_OK && name.n_topics > 1) status = name_wrong(&name, "an output is one topic");
  if (status == CLI_OK && name.topic[0] == '^') status = name_wrong(&name, "an output is one topic, and no pattern");
  if (status == CLI_OK && name.group) status = name_wrong(&name, "a group reads: it belongs to the input");
  cli_kafka_name_done(&name);
  return status;
}

static int check_input(const cli_options *o) {
  for (size_t i = 0; i < o->files.n; i++) {
    if (!cli_is_kafka(o->files.items[i])) continue;
    if (o->files.n > 1)
      return cli_fail(CLI_USAGE, "topics are the only input: name several as kafka://HOST:PORT/TOPIC,TOPIC?group=NAME");
    cli_kafka_name name;
    int status = cli_kafka_name_read(o->files.items[i], &name);
    if (status == CLI_OK && name.by_key) status = name_wrong(&name, "partition belongs to an output");
    cli_kafka_name_done(&name);
    return status;
  }
  return CLI_OK;
}

int cli_kafka_check(const cli_options *o) {
  bool in = o->files.n && cli_is_kafka(o->files.items[0]), out = cli_is_kafka(o->output);
  int status = check_input(o);
  if (out && status == CLI_OK) status = check_output(o->output);
  for (size_t i = 0; i < o->outputs.n && status == CLI_OK; i++) {
    const char *equals = strchr(o->outputs.items[i], '=');
    if (!equals || !cli_is_kafka(equals + 1)) continue;
    out = true;
    status = check_output(equals + 1);
  }
  if (status == CLI_OK && o->until_end && !in)
    status = cli_fail(CLI_USAGE, "--until-end is for topics: the input is no kafka://...");
  if (status == CLI_OK && o->kafka_config.n && !in && !out)
    status = cli_fail(CLI_USAGE, "--kafka-config is for topics: neither input nor output is kafka://...");
  return status;
}

int cli_kafka_not_here(void) {
  return cli_fail(
      CLI_USAGE,
      "topics of Kafka are read by run, filter and route alone: `ottl run ... --until-end -o FILE` makes a file of them");
}
