/* Secrets: what a program removes or replaces is nowhere in the bytes that come out, and no message tells of it; nor does memory that
 * was used before, or never written, get there.
 *
 * Each place of a payload that a program can reach holds a random secret of its own. OTTL_SECRETS_ROUNDS=1000 is a long run. */
#define _GNU_SOURCE /* memmem, setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

/* ---- secrets, and payloads that hold them ---- */

enum { SECRET_LEN = 24 };

/* Places of records, which put_log, put_span and put_metric fill. */
#define LOG_PLACES(X)                                                                                                            \
  X(BODY)                                                                                                                        \
  X(PASSWORD)                                                                                                                    \
  X(CARD)                                                                                                                        \
  X(NESTED)                                                                                                                      \
  X(LISTED)                                                                                                                      \
  X(JSON_TEXT) X(PAIRS_TEXT) X(BYTES) X(LONG) X(KEY) X(SEVERITY) X(EVENT) X(RESOURCE) X(RESOURCE_MAP) X(SCOPE) X(SCOPE_NAME)
#define SPAN_PLACES(X)   X(NAME) X(SPAN_PASSWORD) X(STATUS) X(STATE) X(EVENT_NAME) X(EVENT_ATTR) X(LINK_ATTR)
#define METRIC_PLACES(X) X(DESCRIPTION) X(UNIT) X(POINT) X(POINT_MAP) X(EXEMPLAR) X(METADATA)
#define ENUM(name)       S_##name,
enum { LOG_PLACES(ENUM) SPAN_PLACES(ENUM) METRIC_PLACES(ENUM) S_COUNT };
#undef ENUM
#define NAME(name) #name,
static const char *const place_names[] = {LOG_PLACES(NAME) SPAN_PLACES(NAME) METRIC_PLACES(NAME)};
#undef NAME
#define B(name) (1ull << S_##name)

typedef struct secrets {
  char text[S_COUNT][SECRET_LEN + 1];
} secrets;

static uint64_t chance = 1;
static unsigned pick(unsigned n) {
  chance += 0x9e3779b97f4a7c15u;
  uint64_t x = (chance ^ (chance >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return (unsigned)((x ^ (x >> 31)) % n);
}

static void make_secrets(secrets *s) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (int i = 0; i < S_COUNT; i++) {
    for (int k = 0; k < SECRET_LEN; k++) s->text[i][k] = letters[pick(sizeof letters - 1)];
    s->text[i][SECRET_LEN] = 0;
  }
}

typedef struct text {
  char *data;
  size_t len, cap;
} text;

__attribute__((format(printf, 2, 3))) static void put(text *t, const char *format, ...) {
  for (;;) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->data + t->len, t->cap - t->len, format, args);
    va_end(args);
    if (t->len + (size_t)n < t->cap) {
      t->len += (size_t)n;
      return;
    }
    t->data = realloc(t->data, t->cap = 2 * t->cap + (size_t)n + 1);
    assert_non_null(t->data);
  }
}

#define STR(key, format) "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" format "\"}}"

/* Text of SECRET_LEN bytes, a multiple of 3, so that the same bytes in other text have the same base64. */
static void base64(const char *in, char *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < SECRET_LEN; i += 3) {
    unsigned v = (unsigned)(unsigned char)in[i] << 16 | (unsigned)(unsigned char)in[i + 1] << 8 | (unsigned char)in[i + 2];
    for (int k = 0; k < 4; k++) *out++ = letters[v >> (18 - 6 * k) & 63];
  }
  *out = 0;
}

static void put_log(text *t, const secrets *s, unsigned i) {
  char bytes[40];
  base64(s->text[S_BYTES], bytes);
  put(t, "{\"timeUnixNano\":\"%u\",\"severityNumber\":%u,\"severityText\":\"%s\",\"eventName\":\"%s\",", i + 1, 1 + i % 24,
      s->text[S_SEVERITY], s->text[S_EVENT]);
  put(t, "\"body\":{\"stringValue\":\"user %s signed in\"},\"attributes\":[", s->text[S_BODY]);
  put(t, STR("password", "%s") "," STR("card", "number %s ends") "," STR("plain", "x%u") ",", s->text[S_PASSWORD],
      s->text[S_CARD], i);
  put(t, "{\"key\":\"user\",\"value\":{\"kvlistValue\":{\"values\":[" STR("token", "%s") "," STR("id", "7") "]}}},",
      s->text[S_NESTED]);
  put(t, "{\"key\":\"list\",\"value\":{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"},{\"stringValue\":\"%s\"}]}}},",
      s->text[S_LISTED]);
  put(t, STR("json", "{\\\"a\\\":\\\"%s\\\",\\\"b\\\":1}") "," STR("pairs", "a=%s b=1") ",", s->text[S_JSON_TEXT],
      s->text[S_PAIRS_TEXT]);
  put(t, "{\"key\":\"bytes\",\"value\":{\"bytesValue\":\"%s\"}},", bytes);
  put(t, STR("z%s", "v") ",", s->text[S_KEY]);
  put(t, "{\"key\":\"long\",\"value\":{\"stringValue\":\"%0*d%s%0*d\"}}]}", i % 7 == 0 ? 5000 : 70, 0, s->text[S_LONG], 40, 0);
}

static void put_span(text *t, const secrets *s, unsigned i) {
  put(t,
      "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\",\"name\":\"GET /%s\",\"kind\":2,"
      "\"traceState\":\"k=%s,l=x\",\"status\":{\"code\":2,\"message\":\"%s\"},",
      s->text[S_NAME], s->text[S_STATE], s->text[S_STATUS]);
  put(t, "\"attributes\":[" STR("password", "%s") "," STR("plain", "x%u") "],", s->text[S_SPAN_PASSWORD], i);
  put(t, "\"events\":[{\"name\":\"%s\",\"attributes\":[" STR("secret", "%s") "," STR("n", "%u") "]}],", s->text[S_EVENT_NAME],
      s->text[S_EVENT_ATTR], i);
  put(t,
      "\"links\":[{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\",\"attributes\":[" STR(
          "l", "%s") "]}]}",
      s->text[S_LINK_ATTR]);
}

static void put_metric(text *t, const secrets *s, unsigned i) {
  put(t, "{\"name\":\"m%u\",\"description\":\"%s\",\"unit\":\"%s\",\"metadata\":[" STR("secret", "%s") "],", i,
      s->text[S_DESCRIPTION], s->text[S_UNIT], s->text[S_METADATA]);
  put(t, "\"sum\":{\"aggregationTemporality\":2,\"dataPoints\":[{\"asInt\":\"%u\",\"attributes\":[" STR("secret", "%s") ",", i,
      s->text[S_POINT]);
  put(t, "{\"key\":\"map\",\"value\":{\"kvlistValue\":{\"values\":[" STR("x", "%s") "]}}}," STR("host", "h%u") "],",
      s->text[S_POINT_MAP], i % 3);
  put(t, "\"exemplars\":[{\"asInt\":\"1\",\"filteredAttributes\":[" STR("secret", "%s") "]}]}]}}", s->text[S_EXEMPLAR]);
}

/* An export request of n records, in OTLP/JSON. */
static text payload(ottl_signal signal, const secrets *s, unsigned n) {
  static const char *const names[][3] = {[OTTL_SIGNAL_LOGS] = {"resourceLogs", "scopeLogs", "logRecords"},
                                         [OTTL_SIGNAL_TRACES] = {"resourceSpans", "scopeSpans", "spans"},
                                         [OTTL_SIGNAL_METRICS] = {"resourceMetrics", "scopeMetrics", "metrics"}};
  text t = {0};
  put(&t, "{\"%s\":[", names[signal][0]);
  for (unsigned half = 0; half < 2; half++) {
    put(&t, "%s{\"resource\":{\"attributes\":[" STR("service.name", "svc%u"), half ? "," : "", half);
    if (signal == OTTL_SIGNAL_LOGS) {
      put(&t, "," STR("secret", "%s"), s->text[S_RESOURCE]);
      put(&t, ",{\"key\":\"map\",\"value\":{\"kvlistValue\":{\"values\":[" STR("x", "%s") "]}}}", s->text[S_RESOURCE_MAP]);
    }
    put(&t, "]},\"%s\":[{\"scope\":{\"name\":\"%s\",\"attributes\":[" STR("secret", "%s") "]},\"%s\":[", names[signal][1],
        signal == OTTL_SIGNAL_LOGS ? s->text[S_SCOPE_NAME] : "scope", signal == OTTL_SIGNAL_LOGS ? s->text[S_SCOPE] : "x",
        names[signal][2]);
    for (unsigned i = 0; i < n / 2 + half; i++) {
      if (i) put(&t, ",");
      if (signal == OTTL_SIGNAL_LOGS) put_log(&t, s, i);
      if (signal == OTTL_SIGNAL_TRACES) put_span(&t, s, i);
      if (signal == OTTL_SIGNAL_METRICS) put_metric(&t, s, i);
    }
    put(&t, "]}]}");
  }
  put(&t, "]}");
  return t;
}

/* ---- programs: what they remove ---- */

typedef struct redaction {
  const char *statements; /* lines */
  uint64_t gone;
  bool filter;
} redaction;

static const redaction logs_redactions[] = {
    {"delete_key(log.attributes, \"password\")", B(PASSWORD), false},
    {"delete_key(log.attributes[\"user\"], \"token\")", B(NESTED), false},
    {"delete_matching_keys(log.attributes, \"^(pass|card|us)\")", B(PASSWORD) | B(CARD) | B(NESTED), false},
    {"delete_matching_keys(log.attributes, log.severity_text)", 0, false},
    {"delete_matching_keys(log.attributes, \"[A-Za-z0-9]{24}\")", B(KEY), false},
    {"keep_keys(log.attributes, [\"plain\"])",
     B(PASSWORD) | B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(BYTES) | B(LONG) | B(KEY), false},
    {"keep_matching_keys(log.attributes, \"^p\")", B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(BYTES) | B(LONG) | B(KEY),
     false},
    {"keep_keys(log.attributes[\"user\"], [\"id\"])", B(NESTED), false},
    {"set(log.attributes[\"password\"], \"***\")", B(PASSWORD), false},
    {"set(log.attributes[\"password\"], 7)\nset(log.attributes[\"card\"], true)\nset(log.attributes[\"user\"], {\"a\": 1})",
     B(PASSWORD) | B(CARD) | B(NESTED), false},
    {"set(log.attributes[\"user\"][\"token\"], \"\")", B(NESTED), false},
    {"set(log.attributes[\"list\"][1], \"x\")", B(LISTED), false},
    {"set(log.attributes[\"password\"], log.attributes[\"card\"])\nset(log.attributes[\"card\"], 1)", B(PASSWORD), false},
    {"set(log.body, \"gone\")", B(BODY), false},
    {"set(log.body, {\"a\": [1, 2]})", B(BODY), false},
    {"set(log.severity_text, \"\")\nset(log.event_name, \"e\")", B(SEVERITY) | B(EVENT), false},
    {"replace_pattern(log.body, \"user \\\\S+\", \"user ***\")", B(BODY), false},
    {"replace_pattern(log.attributes[\"card\"], \"[A-Za-z0-9]{24}\", \"***\")", B(CARD), false},
    {"replace_all_patterns(log.attributes, \"value\", \"[A-Za-z0-9]{24}\", \"*\")",
     B(PASSWORD) | B(CARD) | B(JSON_TEXT) | B(PAIRS_TEXT), false},
    {"replace_all_patterns(log.attributes, \"key\", \"[A-Za-z0-9]{24}\", \"*\")", B(KEY), false},
    {"replace_pattern(log.body, \"user (\\\\S+)\", \"$1\", SHA256)", B(BODY), false},
    {"replace_pattern(log.attributes[\"card\"], \"number (\\\\S+)\", \"$$1\")", B(CARD), false},
    {"replace_match(log.attributes[\"card\"], \"number *\", \"***\")", B(CARD), false},
    {"replace_all_matches(log.attributes, \"number *\", \"***\")", B(CARD), false},
    {"truncate_all(log.attributes, 8)", B(PASSWORD) | B(CARD) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(LONG), false},
    {"truncate_all(log.attributes, 0)", B(PASSWORD) | B(CARD) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(LONG), false},
    {"limit(log.attributes, 1, [\"plain\"])",
     B(PASSWORD) | B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(BYTES) | B(LONG) | B(KEY), false},
    {"limit(log.attributes, 0, [])",
     B(PASSWORD) | B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(BYTES) | B(LONG) | B(KEY), false},
    {"clear(log.attributes)",
     B(PASSWORD) | B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(BYTES) | B(LONG) | B(KEY), false},
    {"set(log.attributes, {\"a\": 1})",
     B(PASSWORD) | B(CARD) | B(NESTED) | B(LISTED) | B(JSON_TEXT) | B(PAIRS_TEXT) | B(BYTES) | B(LONG) | B(KEY), false},
    {"merge_maps(log.attributes, {\"password\": \"x\", \"card\": 1, \"user\": {}}, \"upsert\")",
     B(PASSWORD) | B(CARD) | B(NESTED), false},
    {"merge_maps(log.attributes, {\"password\": \"x\", \"new\": 1}, \"update\")", B(PASSWORD), false},
    {"set(log.attributes[\"password\"], SHA256(log.attributes[\"password\"]))\nset(log.body, Murmur3Hash128(log.body))",
     B(PASSWORD) | B(BODY), false},
    {"set(log.attributes[\"card\"], Substring(log.attributes[\"card\"], 0, 8))", B(CARD), false},
    {"set(log.body, ConvertCase(log.body, \"upper\"))", B(BODY), false},
    {"set(log.cache, ParseJSON(log.attributes[\"json\"]))\ndelete_key(log.cache, \"a\")\nset(log.attributes[\"json\"], "
     "log.cache)",
     B(JSON_TEXT), false},
    {"set(log.attributes[\"json\"], ParseJSON(log.attributes[\"json\"]))\ndelete_key(log.attributes[\"json\"], \"a\")",
     B(JSON_TEXT), false},
    {"set(log.attributes[\"pairs\"], ParseKeyValue(log.attributes[\"pairs\"]))\nkeep_keys(log.attributes[\"pairs\"], [\"b\"])",
     B(PAIRS_TEXT), false},
    {"merge_maps(log.attributes, ExtractPatterns(log.body, \"^(?P<who>\\\\w+)\"), \"upsert\")\nset(log.body, nil)\n"
     "delete_key(log.attributes, \"bytes\")",
     B(BYTES), false},
    {"set(log.attributes[\"bytes\"], Len(log.attributes[\"bytes\"]))", B(BYTES), false},
    {"flatten(log.attributes)\ndelete_key(log.attributes, \"user.token\")\ndelete_key(log.attributes, \"list.1\")",
     B(NESTED) | B(LISTED), false},
    {"delete_key(resource.attributes, \"secret\")\nset(resource.attributes[\"map\"][\"x\"], 1)", B(RESOURCE) | B(RESOURCE_MAP),
     false},
    {"keep_keys(resource.attributes, [\"service.name\"])\nset(scope.name, \"s\")\nclear(scope.attributes)",
     B(RESOURCE) | B(RESOURCE_MAP) | B(SCOPE) | B(SCOPE_NAME), false},
    {"set(resource.attributes[\"secret\"], log.severity_number)", B(RESOURCE), false},
    {"replace_all_patterns(resource.attributes, \"value\", \"\\\\w{24}\", \"x\")\nreplace_pattern(scope.name, \".+\", \"s\")",
     B(RESOURCE) | B(SCOPE_NAME), false},
    {"log.severity_number > 0", ~0ull, true},
};

static const redaction traces_redactions[] = {
    {"delete_key(span.attributes, \"password\")\nset(span.name, \"n\")", B(SPAN_PASSWORD) | B(NAME), false},
    {"set(span.status.message, \"\")\nset(span.trace_state, \"\")", B(STATUS) | B(STATE), false},
    {"set(span.trace_state[\"k\"], \"v\")", B(STATE), false},
    {"set(span.events, nil)", 0, false},
    {"set(spanevent.name, \"e\")\ndelete_key(spanevent.attributes, \"secret\")", B(EVENT_NAME) | B(EVENT_ATTR), false},
    {"keep_keys(spanevent.attributes, [\"n\"])\nset(span.name, spanevent.attributes[\"n\"])", B(EVENT_ATTR) | B(NAME), false},
    {"replace_pattern(span.name, \"/\\\\w+\", \"/{id}\")\nreplace_all_patterns(span.attributes, \"value\", \"\\\\w{24}\", \"\")",
     B(NAME) | B(SPAN_PASSWORD), false},
    {"IsMatch(spanevent.name, \"\\\\w\")", B(EVENT_NAME) | B(EVENT_ATTR), true},
};

static const redaction metrics_redactions[] = {
    {"set(metric.description, \"\")\nset(metric.unit, \"1\")\ndelete_key(metric.metadata, \"secret\")",
     B(DESCRIPTION) | B(UNIT) | B(METADATA), false},
    {"delete_key(datapoint.attributes, \"secret\")\nset(datapoint.attributes[\"map\"], \"x\")", B(POINT) | B(POINT_MAP), false},
    {"keep_keys(datapoint.attributes, [\"host\"])\nset(metric.unit, datapoint.attributes[\"host\"])",
     B(POINT) | B(POINT_MAP) | B(UNIT), false},
    {"delete_key(exemplar.filtered_attributes, \"secret\")", B(EXEMPLAR), false},
    {"set(datapoint.exemplars, nil)", 0, false},
    {"aggregate_on_attributes(\"sum\", [\"host\"]) where metric.name != \"\"", B(POINT) | B(POINT_MAP), false},
    {"limit(datapoint.attributes, 1, [\"host\"])\ntruncate_all(datapoint.attributes, 1)", B(POINT) | B(POINT_MAP), false},
    {"datapoint.value_int >= 0", ~0ull, true},
};

/* Statements that fail on what is there, for all functions that take texts apart; their messages tell nothing. */
static const char failing[] =
    "set(log.cache[\"x\"], ParseJSON(log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], ParseKeyValue(log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], ParseCSV(log.attributes[\"card\"], \"a,b,c\"))\n"
    "set(log.cache[\"x\"], ParseXML(log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], ParseSimplifiedXML(log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], GetXML(log.attributes[\"password\"], \"/a\"))\n"
    "set(log.cache[\"x\"], Time(log.attributes[\"password\"], \"%Y-%m-%d\"))\n"
    "set(log.cache[\"x\"], Duration(log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], URL(Concat([\"%\", log.attributes[\"password\"]], \"\")))\n"
    "set(log.cache[\"x\"], Decode(Concat([\"!\", log.attributes[\"password\"]], \"\"), \"base64\"))\n"
    "set(log.cache[\"x\"], Decode(log.body, log.attributes[\"password\"]))\n"
    "set(log.cache[\"x\"], Double(log.attributes[\"card\"]))\n"
    "set(log.cache[\"x\"], Bool(log.attributes[\"card\"]))\n"
    "set(log.cache[\"x\"], Substring(log.attributes[\"card\"], 500, 8))\n"
    "set(log.cache[\"x\"], ExtractPatterns(log.body, Concat([\"(\", log.attributes[\"password\"]], \"\")))\n"
    "set(log.cache[\"x\"], IsMatch(log.body, Concat([\"(\", log.attributes[\"password\"]], \"\")))\n"
    "set(log.cache[\"x\"], ExtractGrokPatterns(log.body, Concat([\"%{\", log.attributes[\"password\"], \"}\"], \"\")))\n"
    "set(log.cache[\"x\"], ToLowerCase(log.attributes[\"user\"]))\n"
    "set(log.cache[\"x\"], log.attributes[\"password\"] + 1)\n"
    "set(log.cache[\"x\"], log.attributes[\"list\"][7])\n"
    "set(log.cache[\"x\"], IsInCIDR(log.attributes[\"password\"], [\"10.0.0.0/8\"]))\n"
    "set(log.cache[\"x\"], ParseInt(log.attributes[\"password\"], 10))\n"
    "set(log.cache[\"x\"], TraceID(log.attributes[\"bytes\"]))\n"
    "set(log.trace_id.string, log.attributes[\"password\"])\n"
    "set(log.severity_number, log.attributes[\"password\"])\n"
    "merge_maps(log.attributes, log.attributes[\"password\"], \"upsert\")\n"
    "set(log.cache[\"x\"], CommunityID(log.attributes[\"password\"], 1, \"::1\", 2))\n"
    "set(log.cache[\"x\"], ParseSeverity(log.attributes[\"password\"], {\"low\": [\"a\"]}))\n"
    "replace_pattern(log.body, Concat([\"[\", log.attributes[\"password\"]], \"\"), \"\")";

/* ---- memory that shows where it came from ---- */

static const char poison[] = "PoIsOnEdMeMoRy24bYtEsXyZ"; /* SECRET_LEN bytes: never in a payload */

static void *poisoned(void *p, size_t bytes) {
  for (size_t i = 0; p && i < bytes; i++) ((char *)p)[i] = poison[i % SECRET_LEN];
  return p;
}
static void *poison_alloc(void *context, size_t bytes) {
  (void)context;
  return poisoned(malloc(bytes), bytes);
}
static void *poison_realloc(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  void *p = poison_alloc(context, new_bytes);
  if (p && old) memcpy(p, old, old_bytes < new_bytes ? old_bytes : new_bytes);
  free(old);
  return p;
}
static void poison_free(void *context, void *p, size_t bytes) {
  (void)context;
  (void)poisoned(p, bytes);
  free(p);
}
static const ottl_allocator poisoning = {poison_alloc, poison_realloc, poison_free, NULL};

/* ---- looking ---- */

/* As they are, or as bytes in JSON are written. */
static bool holds(const void *data, size_t len, const char *secret) {
  if (memmem(data, len, secret, SECRET_LEN)) return true;
  char coded[40];
  base64(secret, coded);
  return memmem(data, len, coded, SECRET_LEN / 3 * 4) != NULL;
}

static unsigned n_looked;

static void look(const void *data, size_t len, const secrets *s, uint64_t gone, const char *what, const char *program) {
  n_looked++;
  if (!len) return;
  for (int i = 0; i < S_COUNT; i++)
    if ((gone >> i & 1) && holds(data, len, s->text[i])) fail_msg("%s: the secret %s is in %s", program, place_names[i], what);
  if (memmem(data, len, poison, 8)) fail_msg("%s: memory that nobody wrote is in %s", program, what);
}

/* ---- runs ---- */

typedef struct way {
  bool row_order, flatten;
  uint32_t slice_rows;
  ottl_on_failure on_failure;
  const char *isa;
} way;

static const way ways[] = {
    {false, false, 0, OTTL_ON_FAILURE_KEEP, NULL},   {false, false, 64, OTTL_ON_FAILURE_ATOMIC, "scalar"},
    {false, true, 3, OTTL_ON_FAILURE_KEEP, "v3"},    {true, false, 1, OTTL_ON_FAILURE_KEEP, NULL},
    {true, true, 0, OTTL_ON_FAILURE_ROLLBACK, "v3"}, {false, false, 1, OTTL_ON_FAILURE_ROLLBACK, "scalar"},
};

static ottl_program *compile(const char *statements, ottl_signal signal, bool filter, const way *w) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.allocator = &poisoning;
  o.kind = filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  o.signal = signal;
  o.row_order = w->row_order;
  o.flatten = !filter && w->flatten;
  if (!filter) o.on_failure = w->on_failure;
  o.experimental = true;
  ottl_program *p = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(statements, strlen(statements), NULL, OTTL_ERROR_IGNORE, &o, &p, &diags);
  ottl_diag d;
  if (status != OTTL_OK && ottl_diags_get(diags, 0, &d) == OTTL_OK)
    fail_msg("%s: %.*s", statements, (int)d.message.len, d.message.data);
  ottl_diags_free(diags);
  assert_int_equal(status, OTTL_OK);
  return p;
}

static void look_at_errors(ottl_exec *x, const secrets *s, const char *program) {
  ottl_row_error e;
  for (size_t i = 0; i < 200 && ottl_exec_error(x, i, &e); i++) look(e.message, strlen(e.message), s, ~0ull, "an error", program);
  const char *why = ottl_exec_failure(x, NULL);
  if (why) look(why, strlen(why), s, ~0ull, "a failure", program);
}

/* One payload through a program, JSON both ways, and what comes out looked at. */
static void run(ottl_exec *x, ottl_json *reader, ottl_json *writer, ottl_signal signal, const secrets *s, uint64_t gone,
                unsigned n, const char *program) {
  text in = payload(signal, s, n);
  const uint8_t *wire;
  const char *out;
  size_t len, out_len;
  ottl_result r;
  assert_int_equal(ottl_json_to_wire(reader, signal, in.data, in.len, &wire, &len), OTTL_OK);
  for (int i = 0; i < S_COUNT; i++) /* a test that cannot fail is none */
    if ((gone >> i & 1) && gone != ~0ull && !holds(wire, len, s->text[i]))
      fail_msg("%s: %s is not in the payload", program, place_names[i]);
  assert_int_equal(ottl_exec_run(x, wire, len, &r), OTTL_OK);
  look(r.data, r.data ? r.len : 0, s, gone, "the output", program);
  look_at_errors(x, s, program);
  if (r.data) {
    assert_int_equal(ottl_json_from_wire(writer, signal, r.data, r.len, &out, &out_len), OTTL_OK);
    look(out, out_len, s, gone, "the output's JSON", program);
  }
  free(in.data);
}

static size_t rounds(size_t otherwise) {
  const char *told = getenv("OTTL_SECRETS_ROUNDS");
  return told ? (size_t)strtoull(told, NULL, 10) : otherwise;
}

static void redact_all(ottl_signal signal, const redaction *list, size_t n) {
  ottl_json *reader, *writer;
  assert_int_equal(ottl_json_create(&poisoning, &reader), OTTL_OK);
  assert_int_equal(ottl_json_create(&poisoning, &writer), OTTL_OK);
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
      if (ways[k].isa) setenv("OTTL_FORCE_ISA", ways[k].isa, 1);
      ottl_program *p = compile(list[i].statements, signal, list[i].filter, &ways[k]);
      ottl_exec_options o;
      ottl_exec_options_init(&o);
      o.allocator = &poisoning;
      o.slice_rows = ways[k].slice_rows;
      o.clock_seconds = o.clock_nanos = 1;
      ottl_exec *x;
      assert_int_equal(ottl_exec_create(p, &o, &x), OTTL_OK);
      for (size_t turn = 0; turn < rounds(3); turn++) {
        secrets now, before;
        make_secrets(&now);
        run(x, reader, writer, signal, &now, list[i].gone, turn == 1 ? 130 : 5 + pick(30), list[i].statements);
        /* What the exec saw then is gone, all of it: the next payload has other secrets. */
        before = now;
        make_secrets(&now);
        text in = payload(signal, &now, 3 + pick(9));
        const uint8_t *wire;
        size_t len;
        ottl_result r;
        assert_int_equal(ottl_json_to_wire(reader, signal, in.data, in.len, &wire, &len), OTTL_OK);
        look(wire, len, &before, ~0ull, "the next payload, from JSON", list[i].statements);
        assert_int_equal(ottl_exec_run(x, wire, len, &r), OTTL_OK);
        look(r.data, r.data ? r.len : 0, &before, ~0ull, "the output of the next payload", list[i].statements);
        free(in.data);
      }
      ottl_exec_free(x);
      ottl_program_free(p);
      unsetenv("OTTL_FORCE_ISA");
    }
  }
  ottl_json_free(reader);
  ottl_json_free(writer);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))
static void logs(void **state) {
  (void)state;
  redact_all(OTTL_SIGNAL_LOGS, logs_redactions, COUNT(logs_redactions));
}
static void traces(void **state) {
  (void)state;
  redact_all(OTTL_SIGNAL_TRACES, traces_redactions, COUNT(traces_redactions));
}
static void metrics(void **state) {
  (void)state;
  redact_all(OTTL_SIGNAL_METRICS, metrics_redactions, COUNT(metrics_redactions));
}

/* Random redactions, one behind the other, with failures between and behind them: what one of them takes away, and none puts back, stays
 * away. */
static void in_any_order(void **state) {
  (void)state;
  ottl_json *reader, *writer;
  assert_int_equal(ottl_json_create(&poisoning, &reader), OTTL_OK);
  assert_int_equal(ottl_json_create(&poisoning, &writer), OTTL_OK);
  size_t looked = 0;
  for (size_t turn = 0; turn < 50 * rounds(4); turn++) {
    text t = {0};
    uint64_t gone = 0, harmless = 0; /* by statement: it fails, and removes nothing */
    unsigned n_statements = 0;
    for (unsigned n = 2 + pick(4); n; n--) {
      const redaction *r = &logs_redactions[pick(COUNT(logs_redactions) - 1)]; /* the last one is a filter */
      put(&t, "%s\n", r->statements);
      gone |= r->gone;
      n_statements++;
      for (const char *c = r->statements; *c; c++) n_statements += *c == '\n';
      for (unsigned k = pick(3); k; k--) {
        harmless |= 1ull << n_statements++;
        put(&t, "set(log.cache[\"fails\"], ToLowerCase(log.attributes%s))\n", pick(2) ? "[\"user\"]" : "");
      }
    }
    /* One of them copies a value elsewhere, to be kept. */
    if (strstr(t.data, "log.attributes[\"password\"], log.attributes[\"card\"]")) gone &= ~B(CARD);
    way w = ways[pick(COUNT(ways))];
    w.on_failure = OTTL_ON_FAILURE_KEEP; /* the others put back what a record had, secrets too: that is what they are for */
    ottl_program *p = compile(t.data, OTTL_SIGNAL_LOGS, false, &w);
    ottl_exec_options o;
    ottl_exec_options_init(&o);
    o.allocator = &poisoning;
    o.slice_rows = w.slice_rows;
    ottl_exec *x;
    assert_int_equal(ottl_exec_create(p, &o, &x), OTTL_OK);
    secrets s;
    make_secrets(&s);
    text in = payload(OTTL_SIGNAL_LOGS, &s, 40);
    const uint8_t *wire;
    size_t len;
    ottl_result r;
    assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, in.data, in.len, &wire, &len), OTTL_OK);
    assert_int_equal(ottl_exec_run(x, wire, len, &r), OTTL_OK);
    /* Where another one fails (what it was to take apart is gone), nothing was to be removed by it. */
    ottl_row_error e;
    for (size_t i = 0; ottl_exec_error(x, i, &e); i++)
      if (!(harmless >> e.statement & 1)) gone = 0;
    looked += gone != 0;
    look(r.data, r.data ? r.len : 0, &s, gone, "the output", t.data);
    look_at_errors(x, &s, t.data);
    ottl_exec_free(x);
    ottl_program_free(p);
    free(in.data);
    free(t.data);
  }
  assert_true(looked * 4 > 50 * rounds(4));
  ottl_json_free(reader);
  ottl_json_free(writer);
}

static void errors_tell_nothing(void **state) {
  (void)state;
  static const way w = {false, false, 0, OTTL_ON_FAILURE_KEEP, NULL};
  ottl_program *p = compile(failing, OTTL_SIGNAL_LOGS, false, &w);
  ottl_exec *x;
  ottl_json *reader;
  const uint8_t *wire;
  size_t len;
  ottl_result r;
  assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
  assert_int_equal(ottl_json_create(NULL, &reader), OTTL_OK);
  secrets s;
  make_secrets(&s);
  text in = payload(OTTL_SIGNAL_LOGS, &s, 6);
  assert_int_equal(ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, in.data, in.len, &wire, &len), OTTL_OK);
  assert_int_equal(ottl_exec_run(x, wire, len, &r), OTTL_OK);
  unsigned n = 0;
  for (const char *c = failing; *c; c++) n += *c == '\n';
  assert_true(r.errors >= n * 4ull); /* nearly all of them fail on each of the records */
  look_at_errors(x, &s, "failing statements");
  /* A payload that is damaged anywhere: the reason tells a place, not what stands there. */
  uint8_t *bad = malloc(len);
  assert_non_null(bad);
  unsigned refused = 0;
  for (unsigned turn = 0; turn < 400; turn++) {
    memcpy(bad, wire, len);
    for (unsigned k = 1 + pick(3); k; k--) bad[pick((unsigned)len)] = (uint8_t)pick(256);
    refused += ottl_exec_run(x, bad, len - pick(2) * pick((unsigned)len), &r) == OTTL_DATA;
    look_at_errors(x, &s, "a damaged payload");
  }
  assert_true(refused > 50);
  refused = 0;
  for (unsigned turn = 0; turn < 400; turn++) { /* and JSON */
    text copy = payload(OTTL_SIGNAL_LOGS, &s, 2);
    for (unsigned k = 1 + pick(3); k; k--) copy.data[pick((unsigned)copy.len)] = "{}[]\":,0xu\\ "[pick(12)];
    if (ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, copy.data, copy.len, &wire, &len) != OTTL_OK) {
      const char *why = ottl_json_error(reader, NULL);
      look(why, strlen(why), &s, ~0ull, "an error", "damaged JSON");
      refused++;
    }
    free(copy.data);
  }
  assert_true(refused > 50);
  /* Values of the wrong kind, each in its place. */
  static const char *const wrong[] = {"\"traceId\":\"%s\"",
                                      "\"spanId\":\"%s\"",
                                      "\"timeUnixNano\":\"%s\"",
                                      "\"severityNumber\":\"%s\"",
                                      "\"flags\":\"%s\"",
                                      "\"body\":\"%s\"",
                                      "\"attributes\":\"%s\"",
                                      "\"body\":{\"intValue\":\"%s\"}",
                                      "\"body\":{\"bytesValue\":\"%s!\"}",
                                      "\"body\":{\"boolValue\":\"%s\"}",
                                      "\"body\":{\"doubleValue\":\"%s\"}",
                                      "\"attributes\":{\"%s\":1}"};
  for (size_t i = 0; i < COUNT(wrong); i++) {
    text t = {0};
    put(&t, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    put(&t, wrong[i], s.text[S_PASSWORD]);
#pragma GCC diagnostic pop
    put(&t, "}]}]}]}");
    if (ottl_json_to_wire(reader, OTTL_SIGNAL_LOGS, t.data, t.len, &wire, &len) == OTTL_OK) fail_msg("%s is taken", t.data);
    const char *why = ottl_json_error(reader, NULL);
    look(why, strlen(why), &s, ~0ull, "an error", t.data);
    free(t.data);
  }
  free(bad);
  free(in.data);
  ottl_json_free(reader);
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* Row errors are made of this table: types are all that it takes from a row. */
static void texts_have_no_room_for_values(void **state) {
  (void)state;
  static const char *const texts[] = {
#define ROWERR(id, code, text) text,
#include "rowerrors.def"
#undef ROWERR
  };
  for (size_t i = 0; i < COUNT(texts); i++)
    for (const char *p = strchr(texts[i], '%'); p; p = strchr(p + 2, '%'))
      if (p[1] != 'T' && p[1] != '%') fail_msg("%s", texts[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(logs),
                                     cmocka_unit_test(traces),
                                     cmocka_unit_test(metrics),
                                     cmocka_unit_test(in_any_order),
                                     cmocka_unit_test(errors_tell_nothing),
                                     cmocka_unit_test(texts_have_no_room_for_values)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  printf("%u texts looked at\n", n_looked);
  return failed;
}
