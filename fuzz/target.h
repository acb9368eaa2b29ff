/* What fuzz targets have in common: the first bytes of an input choose options, the rest is what it says. */
#ifndef OTTL_FUZZ_TARGET_H
#define OTTL_FUZZ_TARGET_H

#include "mutate.h"

#define FT_BUDGET ((size_t)256 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct ft_input {
  const uint8_t *data;
  size_t len;
} ft_input;

static inline uint8_t ft_byte(ft_input *in) {
  if (!in->len) return 0;
  in->len--;
  return *in->data++;
}
/* Up to the next 0 byte, or all there is; in a block of its exact size, to be freed. */
static inline ottl_view ft_text(ft_input *in) {
  const uint8_t *end = in->len ? memchr(in->data, 0, in->len) : NULL;
  size_t n = end ? (size_t)(end - in->data) : in->len;
  char *copy = malloc(n ? n : 1);
  FZ_CHECK(copy, "no memory");
  if (n) memcpy(copy, in->data, n);
  in->data += end ? n + 1 : n;
  in->len -= end ? n + 1 : n;
  return (ottl_view){copy, n};
}

static const uint32_t ft_slices[] = {0, 1, 3, 64};

/* Contexts with their signals, and kinds of programs, as one byte says. */
typedef struct ft_context {
  ottl_signal signal;
  const char *name;
} ft_context;
static const ft_context ft_contexts[] = {
    {OTTL_SIGNAL_LOGS, "log"},          {OTTL_SIGNAL_TRACES, "span"},
    {OTTL_SIGNAL_METRICS, "datapoint"}, {OTTL_SIGNAL_METRICS, "metric"},
    {OTTL_SIGNAL_TRACES, "spanevent"},  {OTTL_SIGNAL_METRICS, "exemplar"},
    {OTTL_SIGNAL_LOGS, "resource"},     {OTTL_SIGNAL_TRACES, "scope"},
    {OTTL_SIGNAL_METRICS, "resource"},  {OTTL_SIGNAL_LOGS, NULL},
    {OTTL_SIGNAL_TRACES, NULL},         {OTTL_SIGNAL_METRICS, NULL},
    {OTTL_SIGNAL_PROFILES, "profile"},  {OTTL_SIGNAL_PROFILES, "profilesample"},
};
#define FT_CONTEXTS (sizeof ft_contexts / sizeof *ft_contexts)

typedef struct ft_texts {
  ottl_view text[6];
  size_t n;
} ft_texts;
static inline void ft_texts_free(ft_texts *t) {
  for (size_t i = 0; i < t->n; i++) free((void *)(uintptr_t)t->text[i].data);
}

/* A small payload of each signal with some of everything, so that targets need no files. */
#define FT_A(key, value) "{\"key\":\"" key "\",\"value\":{" value "}}"
#define FT_ATTRIBUTES                                                                                                                                                      \
  "\"attributes\":[" FT_A("a", "\"stringValue\":\"x y=1 k=v\"") "," FT_A("n", "\"intValue\":\"7\"") "," FT_A(                                                              \
      "d",                                                                                                                                                                 \
      "\"doubleValu"                                                                                                                                                       \
      "e\":2.5") "," FT_A("b",                                                                                                                                             \
                          "\"boolValue\":true") "," FT_A("raw",                                                                                                            \
                                                         "\"bytesValue\":\"/wA=\"") "," FT_A("m",                                                                          \
                                                                                             "\"kvlistValue\":{\"values\":"                                                \
                                                                                             "[" FT_A(                                                                     \
                                                                                                 "k",                                                                      \
                                                                                                 "\"stringVal"                                                             \
                                                                                                 "ue\":\"v\"") "," FT_A("l",                                               \
                                                                                                                        "\"arra"                                           \
                                                                                                                        "yValue"                                           \
                                                                                                                        "\":{"                                             \
                                                                                                                        "\"valu"                                           \
                                                                                                                        "es\":["                                           \
                                                                                                                        "{\"int"                                           \
                                                                                                                        "Value"                                            \
                                                                                                                        "\":1},"                                           \
                                                                                                                        "{}]"                                              \
                                                                                                                        "}") "]"                                           \
                                                                                                                             "}") "," FT_A("l",                            \
                                                                                                                                           "\"arrayValue\":{\"values\":[{" \
                                                                                                                                           "\"stringValue\":"              \
                                                                                                                                           "\"p\"},{\"stringValue\":"      \
                                                                                                                                           "\"q\"}]}") "," FT_A("a",       \
                                                                                                                                                                "\"string" \
                                                                                                                                                                "Value\":" \
                                                                                                                                                                "\"twice"  \
                                                                                                                                                                "\"") "]," \
                                                                                                                                                                      "\"" \
                                                                                                                                                                      "dr" \
                                                                                                                                                                      "op" \
                                                                                                                                                                      "pe" \
                                                                                                                                                                      "dA" \
                                                                                                                                                                      "tt" \
                                                                                                                                                                      "ri" \
                                                                                                                                                                      "bu" \
                                                                                                                                                                      "te" \
                                                                                                                                                                      "sC" \
                                                                                                                                                                      "ou" \
                                                                                                                                                                      "nt" \
                                                                                                                                                                      "\"" \
                                                                                                                                                                      ":1"
#define FT_TRACE "\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0102030405060708\""
#define FT_HEAD(name, scopes)                                                                                                    \
  "{\"" name "\":[{\"resource\":{" FT_ATTRIBUTES "},\"schemaUrl\":\"r\",\"" scopes                                               \
  "\":[{\"scope\":{\"name\":\"s\",\"version\":\"1\"," FT_ATTRIBUTES "},\"schemaUrl\":\"s\","
#define FT_EXEMPLARS                                                                                                             \
  "\"exemplars\":[{\"timeUnixNano\":\"5\",\"asInt\":\"3\"," FT_TRACE                                                             \
  ",\"filteredAttributes\":[" FT_A("a", "\"intValue\":1") "]},{\"asDouble\":0.5}]"
#define FT_POINT "{" FT_ATTRIBUTES ",\"startTimeUnixNano\":\"1\",\"timeUnixNano\":\"2\",\"flags\":1,"

static const char *const ft_json[] = {
    [OTTL_SIGNAL_LOGS] =
        FT_HEAD("resourceLogs", "scopeLogs") "\"logRecords\":[{\"timeUnixNano\":\"1700000000123456789\",\"severityNumber\":9,"
                                             "\"severityText\":\"INFO\",\"body\":{\"stringValue\":\"user=7 {\\\"a\\\": [1, 2.5, "
                                             "null]} 10.0.0.1\"}," FT_TRACE ",\"flags\":1," FT_ATTRIBUTES "},"
                                             "{\"body\":{\"kvlistValue\":{\"values\":[" FT_A(
                                                 "k", "\"intValue\":1") "]}},\"eventName\":\"e\"},{\"severityNumber\":17,"
                                                                        "\"body\":{\"arrayValue\":{\"values\":[{\"stringValue\":"
                                                                        "\"p\"},{\"doubleValue\":1.5}]}}," FT_ATTRIBUTES
                                                                        "},{\"body\":{\"stringValue\":\"\"}}]}]},{}]}",
    [OTTL_SIGNAL_TRACES] =
        FT_HEAD("resourceSpans", "scopeSpans") "\"spans\":[{" FT_TRACE
                                               ",\"traceState\":\"k=v,a=b\",\"name\":\"GET /x\",\"kind\":2,"
                                               "\"startTimeUnixNano\":\"10\",\"endTimeUnixNano\":\"25\"," FT_ATTRIBUTES
                                               ",\"events\":[{\"name\":\"e\",\"timeUnixNano\":\"12\"," FT_ATTRIBUTES
                                               "},{\"name\":\"f\"}],\"links\":[{" FT_TRACE
                                               "}],\"status\":{\"code\":2,\"message\":\"m\"}},{\"name\":\"two\",\"parentSpanId\":"
                                               "\"0102030405060708\",\"events\":[{}]},{}]},{}]},{}]}",
    [OTTL_SIGNAL_METRICS] = FT_HEAD(
        "resourceMetrics",
        "scopeMetrics") "\"metrics\":[{\"name\":\"g\",\"unit\":\"1\",\"description\":\"d\",\"gauge\":{\"dataPoints\":[" FT_POINT
                        "\"asDouble\":1.5," FT_EXEMPLARS "},{\"asInt\":\"4\"}]},\"metadata\":[" FT_A(
                            "a",
                            "\"intValue\":1") "]},"
                                              "{\"name\":\"s\",\"sum\":{\"isMonotonic\":true,\"aggregationTemporality\":2,"
                                              "\"dataPoints\":[" FT_POINT "\"asInt\":\"4\"}]}},"
                                              "{\"name\":\"h\",\"histogram\":{\"aggregationTemporality\":1,\"dataPoints\":"
                                              "[" FT_POINT "\"count\":\"3\",\"sum\":2.5,\"bucketCounts\":[\"1\",\"2\"],"
                                              "\"explicitBounds\":[1],\"min\":0,\"max\":2," FT_EXEMPLARS "}]}},"
                                              "{\"name\":\"e\",\"exponentialHistogram\":{\"dataPoints\":[" FT_POINT
                                              "\"count\":\"3\",\"scale\":-1,\"zeroCount\":\"1\",\"positive\":{\"offset\":2,"
                                              "\"bucketCounts\":[\"1\",\"2\"]},\"negative\":{\"offset\":-2,\"bucketCounts\":["
                                              "\"5\"]}}]}},"
                                              "{\"name\":\"q\",\"summary\":{\"dataPoints\":[" FT_POINT
                                              "\"count\":\"3\",\"sum\":9,\"quantileValues\":[{\"quantile\":0.5,\"value\":1}]}]}},"
                                              "{\"name\":\"none\"}]}]},{}]}",
    [OTTL_SIGNAL_PROFILES] = FT_HEAD(
        "resourceProfiles",
        "scopeProfiles") "\"profiles\":[{\"sampleType\":{\"typeStrindex\":1,\"unitStrindex\":2},"
                         "\"samples\":[{\"attributeIndices\":[1,2],\"values\":[\"5\",\"-1\"],\"timestampsUnixNano\":[\"9\"]},{"
                         "\"attributeIndices\":[9]}],"
                         "\"period\":\"3\",\"profileId\":\"0102030405060708090a0b0c0d0e0f10\",\"attributeIndices\":[2]},{}]}]},{}"
                         "],"
                         "\"dictionary\":{\"stringTable\":[\"\",\"cpu\",\"ns\",\"a\",\"n\"],\"attributeTable\":[{},{"
                         "\"keyStrindex\":3,\"value\":"
                         "{\"stringValue\":\"x\"},\"unitStrindex\":2},{\"keyStrindex\":4,\"value\":{\"intValue\":\"7\"}}]}}",
};

/* Its wire form; kept. */
static inline const mu_buf *ft_payload(ottl_signal signal) {
  static mu_buf wire[OTTL_SIGNAL_PROFILES + 1];
  if (wire[signal].data) return &wire[signal];
  ottl_json *json = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  FZ_CHECK(ottl_json_create(NULL, &json) == OTTL_OK, "no memory");
  ottl_status status = ottl_json_to_wire(json, signal, ft_json[signal], strlen(ft_json[signal]), &data, &len);
  FZ_CHECK(status == OTTL_OK, "payload of signal %d: %s", (int)signal, ottl_json_error(json, NULL));
  mu_set(&wire[signal], data, len);
  ottl_json_free(json);
  return &wire[signal];
}

/* A program with the options of two bytes and up to six texts; a payload may follow an empty text, else it is a fixed one. */
typedef struct ft_program {
  const ft_context *context;
  ottl_kind kind;
  ottl_error_mode mode;
  ft_texts texts;
  const uint8_t *payload;
  size_t len;
} ft_program;
static inline ft_program ft_program_of(ft_input *in, uint8_t *ret_rest) {
  uint8_t first = ft_byte(in), second = ft_byte(in);
  ft_program p = {.context = &ft_contexts[first % FT_CONTEXTS],
                  .kind = (ottl_kind)(second & 3),
                  .mode = (ottl_error_mode)((second >> 2 & 3) % 3)};
  do {
    p.texts.text[p.texts.n++] = ft_text(in);
  } while (in->len && *in->data && p.texts.n < 6);
  const mu_buf *fixed = ft_payload(p.context->signal);
  p.payload = in->len > 1 ? in->data + 1 : fixed->data;
  p.len = in->len > 1 ? in->len - 1 : fixed->len;
  *ret_rest = second >> 4;
  return p;
}

#endif
