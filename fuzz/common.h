/* What the fuzz targets and tests/unit/corruption.c share: programs that between them open every level, path and tier, an
 * allocator with a budget, and a run that checks what must hold for any input. Everything is deterministic. */
#ifndef OTTL_FUZZ_COMMON_H
#define OTTL_FUZZ_COMMON_H

#include <ottl/ottl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- failing ---- */

#define FZ_CHECK(condition, ...)                                                                                                 \
  do {                                                                                                                           \
    if (!(condition)) {                                                                                                          \
      fprintf(stderr, "\n%s:%d: broken: %s: ", __FILE__, __LINE__, #condition);                                                  \
      fprintf(stderr, __VA_ARGS__);                                                                                              \
      fputc('\n', stderr);                                                                                                       \
      abort();                                                                                                                   \
    }                                                                                                                            \
  } while (0)

/* ---- memory: a budget, and sizes that must be told truly ---- */

typedef struct fz_memory {
  size_t used, peak, budget; /* bytes */
  size_t fail_at;            /* this allocation from now fails, once; 0: none */
  bool refused;
} fz_memory;

static void *fz_resize(void *context, void *old, size_t old_bytes, size_t new_bytes) {
  fz_memory *m = context;
  size_t *head = old ? (size_t *)old - 2 : NULL;
  FZ_CHECK(!head || *head == old_bytes, "block of %zu bytes given back as %zu", *head, old_bytes);
  bool fails = m->fail_at && --m->fail_at == 0;
  if (fails || new_bytes > m->budget || m->used - old_bytes > m->budget - new_bytes) {
    m->refused = true;
    return NULL;
  }
  head = realloc(head, new_bytes + 2 * sizeof *head);
  if (!head) return NULL;
  *head = new_bytes;
  m->used += new_bytes - old_bytes;
  if (m->used > m->peak) m->peak = m->used;
  return head + 2;
}
static void *fz_alloc(void *context, size_t bytes) { return fz_resize(context, NULL, 0, bytes); }
static void fz_free(void *context, void *memory, size_t bytes) {
  fz_memory *m = context;
  if (!memory) return;
  size_t *head = (size_t *)memory - 2;
  FZ_CHECK(*head == bytes, "block of %zu bytes freed as %zu", *head, bytes);
  m->used -= bytes;
  free(head);
}
/* Mostly plenty; for some numbers little, or one failing allocation. */
static inline fz_memory fz_memory_of(uint64_t number, size_t budget) {
  fz_memory m = {.budget = budget};
  if (number % 20 == 0) m.budget = 2000 + number / 20 % 200000;
  if (number % 20 == 1) m.fail_at = 1 + number / 20 % 300;
  return m;
}
static inline ottl_allocator fz_allocator(fz_memory *m) { return (ottl_allocator){fz_alloc, fz_resize, fz_free, m}; }

static inline double fz_cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- programs ---- */

typedef struct fz_program {
  ottl_signal signal;
  ottl_kind kind;
  const char *context; /* NULL: inferred */
  const char *text[12];
} fz_program;

#define T(signal, context, ...)                                                                                                  \
  {                                                                                                                              \
    OTTL_SIGNAL_##signal, OTTL_KIND_TRANSFORM, context, { __VA_ARGS__ }                                                          \
  }
#define F(signal, context, ...)                                                                                                  \
  {                                                                                                                              \
    OTTL_SIGNAL_##signal, OTTL_KIND_FILTER, context, { __VA_ARGS__ }                                                             \
  }
#define V(signal, context, ...)                                                                                                  \
  {                                                                                                                              \
    OTTL_SIGNAL_##signal, OTTL_KIND_VALUES, context, { __VA_ARGS__ }                                                             \
  }

/* The first three programs read and never write: what they hand on is what came in. */
static const fz_program fz_programs[] = {
    T(LOGS, "log", "set(log.body, 1) where log.severity_text == \"no such text\" and log.attributes[\"a\"] == \"no such value\"",
      "set(log.cache[\"n\"], Len(log.attributes))", "set(log.cache[\"b\"], log.body)"),
    T(TRACES, "spanevent",
      "set(span.name, \"x\") where spanevent.name == \"no such name\" and span.attributes[\"a\"] == \"\\n\\n\"",
      "set(spanevent.cache[\"k\"], Keys(spanevent.attributes))"),
    T(METRICS, "datapoint",
      "set(metric.name, \"x\") where metric.name == \"no such name\" and datapoint.attributes[\"a\"] == \"\\n\\n\"",
      "set(datapoint.cache[\"k\"], Values(datapoint.attributes))"),

    /* logs: key tier */
    T(LOGS, "log", "set(log.attributes[\"new\"], \"v\")",
      "set(log.attributes[\"user\"], 5) where log.attributes[\"user\"] != nil",
      "set(log.attributes[\"copy\"], log.attributes[\"http.method\"])", "delete_key(log.attributes, \"msg\")",
      "set(log.severity_number, 17) where log.severity_number >= 9",
      "set(log.severity_text, Concat([log.severity_text, \"x\"], \"-\"))"),
    /* logs: entry tier */
    T(LOGS, "log", "keep_matching_keys(log.attributes, \"^[a-t]\")", "truncate_all(log.attributes, 3)",
      "limit(log.attributes, 4, [\"user\"])", "merge_maps(log.attributes, resource.attributes, \"upsert\")",
      "replace_all_patterns(log.attributes, \"value\", \"[aeiou]+\", \"#\")", "delete_matching_keys(log.attributes, \"e$\")",
      "stringify_all(log.attributes)"),
    T(LOGS, "log", "replace_all_patterns(log.attributes, \"key\", \"(.)\", \"$1$1\")",
      "keep_keys(log.attributes, [\"aa\", \"uusseerr\"])", "set(log.attributes[\"keys\"], Keys(log.attributes))",
      "set(log.attributes[\"values\"], Values(log.attributes))"),
    /* logs: nested writes */
    T(LOGS, "log", "set(log.attributes[\"user\"][\"name\"], \"n\")", "set(log.attributes[\"user\"][\"roles\"][1], 2.5)",
      "set(log.attributes[\"x\"][\"y\"][\"z\"], true)", "set(log.body[\"k\"], 1)", "set(log.body[0], \"first\")",
      "append(log.attributes[\"tags\"], \"t\")", "delete_key(log.attributes[\"user\"], \"id\")",
      "set(log.attributes[\"self\"], log.attributes)", "set(log.body, log.attributes)"),
    T(LOGS, "log", "set(log.body, log.body.string)", "set(log.attributes[\"all\"], String(log.body))",
      "set(log.attributes[\"json\"], ParseJSON(log.body))", "set(log.attributes[\"kv\"], ParseKeyValue(log.body, \"=\", \" \"))",
      "replace_pattern(log.body, \"(\\\\w+)=(\\\\S*)\", \"$2:$1\")",
      "merge_maps(log.cache, ExtractPatterns(log.body, \"(?P<a>\\\\d+)\"), \"upsert\")",
      "merge_maps(log.cache, ExtractGrokPatterns(log.body, \"%{WORD:w}(?: %{NUMBER:n.x:double})?\", true), \"upsert\")",
      "set(log.attributes[\"g\"], ExtractGrokPatterns(log.severity_text, log.body, false, [\"ME=x%{ME}%{WORD}\"]))",
      "set(log.attributes[\"split\"], Split(log.body, \" \"))", "set(log.attributes[\"c\"], log.cache)"),
    /* logs: fields */
    T(LOGS, "log", "set(log.time_unix_nano, log.observed_time_unix_nano)", "set(log.observed_time, log.time)",
      "set(log.flags, 1)", "set(log.trace_id, TraceID(0x0102030405060708090a0b0c0d0e0f10))",
      "set(log.span_id.string, \"0102030405060708\")", "set(log.event_name, log.trace_id.string)",
      "set(log.dropped_attributes_count, log.flags)", "set(log.severity_text, nil)"),
    T(LOGS, "log", "set(resource.attributes[\"last\"], log.severity_number)",
      "set(scope.name, log.event_name) where log.flags == 0", "set(log.attributes[\"seen\"], resource.attributes[\"last\"])",
      "set(scope.attributes[\"n\"], scope.name)"),
    T(LOGS, NULL, "set(resource.attributes[\"a\"], \"b\")", "delete_matching_keys(resource.attributes, \"^p\")",
      "set(resource.schema_url, resource.attributes[\"service.name\"])", "set(resource.dropped_attributes_count, 3)"),
    T(LOGS, NULL, "set(scope.version, scope.name)", "set(scope.attributes, resource.attributes)", "set(scope.schema_url, \"s\")",
      "set(scope.cache[\"a\"], scope.attributes)"),
    F(LOGS, "log", "log.severity_number < 9", "IsMatch(log.body, \"[0-9]{2}\")", "log.attributes[\"user\"] == \"alice\""),
    F(LOGS, "resource", "resource.attributes[\"service.name\"] == \"checkout\"", "Len(resource.attributes) > 3"),
    F(LOGS, "scope", "scope.name == \"\"", "scope.attributes[\"a\"] == 1"),
    V(LOGS, "log", "log.attributes", "log.body", "log.attributes[\"user\"][\"name\"]", "log.body.string", "Len(log.body)",
      "log.time", "[log.body, log.trace_id]", "{\"a\": log.body}", "log.severity_number * 2 + 1", "resource.attributes"),

    /* spans */
    T(TRACES, "span", "set(span.name, Concat([span.name, span.kind.string], \" \"))",
      "set(span.attributes[\"status\"], span.status.code)", "set(span.status.message, \"m\") where span.status.code == 2",
      "set(span.kind, 3)", "set(span.trace_state[\"k\"], \"v\")", "set(span.end_time, span.start_time)",
      "set(span.parent_span_id, SpanID(0x0102030405060708))", "delete_key(span.attributes, \"http.method\")"),
    T(TRACES, "span", "set(span.events, nil) where span.kind == 1", "set(span.links, span.links)",
      "set(span.status, span.status)", "set(span.dropped_events_count, span.dropped_links_count)", "set(span.flags, 257)",
      "set(span.trace_id.string, span.trace_id.string)", "set(span.kind.deprecated_string, span.kind.deprecated_string)",
      "set(span.trace_state, \"a=b\")", "truncate_all(span.attributes, 2)"),
    T(TRACES, "spanevent", "set(spanevent.name, span.name)", "set(spanevent.attributes[\"t\"], spanevent.time_unix_nano)",
      "set(span.attributes[\"last\"], spanevent.name)", "set(spanevent.attributes[\"l\"], span.attributes[\"last\"])",
      "set(resource.attributes[\"ev\"], spanevent.name)"),
    T(TRACES, "spanevent", "keep_keys(spanevent.attributes, [\"a\", \"exception.type\"])", "set(spanevent.time, span.start_time)",
      "set(spanevent.dropped_attributes_count, 1)", "set(span.events, nil) where spanevent.name == \"exception\""),
    T(TRACES, "span", "set(span.attributes[\"a\"], span.kind)", "set_semconv_span_name(\"1.40.0\", \"http.method\")",
      "set(span.attributes[\"name\"], span.name)"),
    F(TRACES, "span", "span.status.code == 2", "span.attributes[\"http.status_code\"] >= 400", "span.name == \"\""),
    F(TRACES, "spanevent", "spanevent.name == \"exception\"", "Len(spanevent.attributes) == 0"),
    V(TRACES, "span", "span.attributes", "span.status", "span.events", "span.trace_state", "span.trace_state[\"k1\"]",
      "span.end_time - span.start_time", "span.trace_id.string", "span.links"),
    V(TRACES, "spanevent", "spanevent.attributes", "span.attributes", "spanevent.name", "spanevent.time"),

    /* metrics */
    T(METRICS, "metric", "set(metric.name, Concat([metric.name, metric.unit], \"_\"))", "set(metric.description, \"d\")",
      "set(metric.is_monotonic, true)", "set(metric.aggregation_temporality, 2)", "set(metric.metadata[\"m\"], metric.type)",
      "set(metric.data_points, metric.data_points)"),
    T(METRICS, "datapoint", "set(datapoint.attributes[\"unit\"], metric.unit)",
      "set(datapoint.value_int, 7) where metric.type == 1", "set(datapoint.value_double, datapoint.value_double * 2.0)",
      "set(datapoint.count, datapoint.count)", "set(datapoint.sum, 1.5)", "set(datapoint.bucket_counts, datapoint.bucket_counts)",
      "set(datapoint.explicit_bounds, [1.0, 2.0])", "set(datapoint.flags, 1)"),
    T(METRICS, "datapoint", "set(datapoint.scale, 3)", "set(datapoint.zero_count, 2)", "set(datapoint.positive.offset, 4)",
      "set(datapoint.positive.bucket_counts, datapoint.negative.bucket_counts)", "set(datapoint.negative, datapoint.positive)",
      "set(datapoint.quantile_values, datapoint.quantile_values)", "set(datapoint.exemplars, datapoint.exemplars)",
      "set(datapoint.time, datapoint.start_time)", "limit(datapoint.attributes, 1, [])",
      "set(metric.description, datapoint.attributes[\"a\"])"),
    T(METRICS, "exemplar", "set(exemplar.filtered_attributes[\"x\"], exemplar.int_value)", "set(exemplar.double_value, 1.5)",
      "set(exemplar.trace_id, TraceID(0x0102030405060708090a0b0c0d0e0f10))",
      "set(datapoint.attributes[\"ex\"], exemplar.span_id.string)", "set(metric.unit, exemplar.trace_id.string)"),
    T(METRICS, "exemplar", "set(exemplar.time_unix_nano, datapoint.time_unix_nano)", "set(exemplar.int_value, 3)",
      "keep_matching_keys(exemplar.filtered_attributes, \"a\")", "set(exemplar.span_id, SpanID(0x0102030405060708))"),
    T(METRICS, "metric", "set(metric.unit, metric.name)",
      "copy_metric(name=Concat([metric.name, \"_\"], \"\")) where Len(metric.name) < 12",
      "convert_summary_quantile_val_to_gauge(\"a\")", "extract_sum_metric(true)", "extract_count_metric(false, \".n\")",
      "extract_percentile_metric(95.0)", "set(metric.description, \"d\") where HasAttrOnDatapoint(\"a\", \"x\")"),
    T(METRICS, "metric", "set(metric.metadata[\"k\"], metric.type)", "scale_metric(2.5, metric.name)",
      "aggregate_on_attribute_value(\"mean\", \"a\", [\"x\", \"\"], \"y\")", "aggregate_on_attributes(\"sum\", [\"a\"])",
      "convert_exponential_histogram_to_histogram(\"random\", [0.5, 1.0, 8.0])", "convert_sum_to_gauge()",
      "convert_gauge_to_sum(\"delta\", true)", "aggregate_on_attributes(\"median\", [])"),
    T(METRICS, "datapoint", "set(datapoint.attributes[\"n\"], metric.name)", "merge_histogram_buckets(1.0)",
      "merge_histogram_buckets(2, \"limit_buckets\")", "set(metric.unit, \"u\")",
      "convert_summary_count_val_to_sum(\"delta\", true)", "convert_summary_sum_val_to_sum(\"cumulative\", false, \".s\")"),
    F(METRICS, "metric", "metric.type == 1", "metric.name == \"requests\"", "metric.is_monotonic == true"),
    F(METRICS, "datapoint", "datapoint.value_int > 5", "datapoint.attributes[\"host\"] == \"a\"", "datapoint.count == 0"),
    F(METRICS, "exemplar", "exemplar.int_value > 0", "exemplar.filtered_attributes[\"a\"] != nil"),
    V(METRICS, "datapoint", "datapoint.attributes", "datapoint.bucket_counts", "datapoint.explicit_bounds", "datapoint.positive",
      "datapoint.positive.bucket_counts", "datapoint.quantile_values", "datapoint.exemplars", "metric.data_points",
      "datapoint.negative.offset", "metric.metadata"),
    V(METRICS, "exemplar", "exemplar.filtered_attributes", "exemplar.double_value", "datapoint.attributes", "exemplar.trace_id"),

    /* profiles: what lies in the dictionary, in both tiers */
    T(PROFILES, "profile", "set(profile.attributes[\"pid\"], 43)", "set(profile.attributes[\"new\"][\"a\"][1], profile.period)",
      "set(profile.sample_type.type, Concat([profile.sample_type.type, profile.period_type.unit], \"/\"))",
      "set(profile.period_type, profile.sample_type)", "set(profile.duration, 5)",
      "set(profile.profile_id.string, SHA256(\"x\"))", "set(profile.profile_id, ProfileID(0x0102030405060708090a0b0c0d0e0f10))",
      "set(profile.time, Unix(1, 2))", "set(profile.original_payload, 0x00ff)",
      "set(resource.attributes[\"t\"], profile.sample_type.unit)"),
    T(PROFILES, "profile", "delete_key(profile.attributes, \"pid\")", "set(profile.attributes[profile.sample_type.type], \"v\")",
      "keep_matching_keys(profile.attributes, \"^[a-r]\")", "set(profile.attributes[\"keys\"], Keys(profile.attributes))",
      "truncate_all(profile.attributes, 2)", "set(profile.sample, nil) where profile.period == 0"),
    T(PROFILES, "profilesample", "set(profilesample.attributes[\"thread.name\"], \"main\")",
      "set(profilesample.attributes[\"n\"], Len(profilesample.values))", "set(profilesample.values, [1, -2, 300])",
      "set(profilesample.timestamps_unix_nano, profilesample.values)", "set(profilesample.timestamps, profilesample.timestamps)",
      "set(profilesample.link_index, 7)", "set(profile.attributes[\"last\"], profilesample.attributes[\"thread.name\"])",
      "set(profilesample.attributes[\"p\"], profile.attributes[\"last\"])"),
    T(PROFILES, "profilesample", "merge_maps(profilesample.attributes, resource.attributes, \"upsert\")",
      "replace_all_patterns(profilesample.attributes, \"value\", \"[aeiou]+\", \"#\")",
      "set(profilesample.cache[\"a\"], scope.attributes)", "limit(profilesample.attributes, 3, [])"),
    T(PROFILES, "profilesample", "set(profilesample.attribute_indices, [1, 4294967297, -1])",
      "set(profilesample.values, profilesample.attribute_indices)", "set(scope.attributes[\"i\"], profile.attribute_indices)"),
    T(PROFILES, NULL, "set(resource.attributes[\"a\"], resource.attributes)",
      "delete_matching_keys(resource.attributes, \"^h\")"),
    F(PROFILES, "profile", "profile.sample_type.type == \"cpu\"", "profile.attributes[\"env\"] == \"prod\""),
    F(PROFILES, "profilesample", "profilesample.attributes[\"thread.name\"] == \"worker-1\"",
      "Len(profilesample.attributes) == 0"),
    V(PROFILES, "profile", "profile.attributes", "profile.sample_type", "profile.sample_type.type", "profile.profile_id",
      "profile.sample", "profile.original_payload", "resource.attributes", "scope.attributes"),
    V(PROFILES, "profilesample", "profilesample.attributes", "profilesample.values", "profilesample.timestamps",
      "profilesample.timestamps_unix_nano", "profile.attributes[\"pid\"]", "profile.period_type.unit"),
};
#undef T
#undef F
#undef V
#define FZ_PROGRAMS (sizeof fz_programs / sizeof *fz_programs)
#define FZ_READERS  3

/* Compiles texts as one group; statements, or conditions of a filter. */
static inline bool fz_flattens(size_t len_of_first) { return len_of_first / 4 % 4 == 3; }

static inline ottl_status fz_compile(const ottl_allocator *al, ottl_signal signal, ottl_kind kind, const char *context,
                                     const ottl_view *texts, size_t n, ottl_error_mode mode, bool row_order, ottl_program **ret,
                                     ottl_diags **ret_diags) {
  ottl_snippet snippets[16];
  if (n > 16) n = 16;
  for (size_t i = 0; i < n; i++) snippets[i] = (ottl_snippet){.text = texts[i].data, .len = texts[i].len};
  ottl_group group = {.struct_size = sizeof group, .context = context, .error_mode = mode};
  if (kind == OTTL_KIND_FILTER) {
    group.conditions = snippets;
    group.n_conditions = n;
  } else {
    group.statements = snippets;
    group.n_statements = n;
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = al;
  options.kind = kind;
  options.signal = signal;
  options.row_order = row_order;
  if (kind == OTTL_KIND_TRANSFORM && n) { /* by chance, the same for the same texts */
    options.on_failure = (ottl_on_failure)(texts[0].len % 4);
    options.flatten = fz_flattens(texts[0].len);
  }
  options.experimental = true;
  return ottl_program_compile(&group, 1, &options, ret, ret_diags);
}

/* Programs of the table, compiled when first asked for; never freed (a static pointer keeps them). */
static inline const ottl_program *fz_get(size_t i, bool row_order, ottl_error_mode mode) {
  static ottl_program *kept[FZ_PROGRAMS][2][3];
  ottl_program **slot = &kept[i][row_order][mode];
  if (*slot) return *slot;
  const fz_program *p = &fz_programs[i];
  ottl_view texts[12];
  size_t n = 0;
  while (n < 12 && p->text[n]) texts[n] = (ottl_view){p->text[n], strlen(p->text[n])}, n++;
  ottl_diags *diags = NULL;
  ottl_status status = fz_compile(NULL, p->signal, p->kind, p->context, texts, n, mode, row_order, slot, &diags);
  ottl_diag d = {0};
  if (status != OTTL_OK && ottl_diags_get(diags, 0, &d) != OTTL_OK) d.message = (ottl_view){"", 0};
  FZ_CHECK(status == OTTL_OK, "program %zu: %s: %.*s", i, ottl_status_name(status), (int)d.message.len, d.message.data);
  ottl_diags_free(diags);
  return *slot;
}

/* ---- running ---- */

typedef struct fz_output {
  ottl_status status;
  uint8_t *data; /* malloced */
  size_t len;
  ottl_result result;
} fz_output;

static inline void fz_output_free(fz_output *o) {
  free(o->data);
  *o = (fz_output){0};
}

/* Reads a value with all its members, as a host would. */
static inline size_t fz_walk(ottl_exec *x, const ottl_value *v, unsigned depth) {
  size_t sum = v->text.len;
  for (size_t i = 0; i < v->text.len; i += 64) sum += (unsigned char)v->text.data[i];
  for (size_t i = 0; i < v->n && depth < 600; i++) {
    ottl_value member;
    ottl_view key = {NULL, 0};
    if (ottl_value_member(x, v, i, v->type == OTTL_VALUE_MAP ? &key : NULL, &member) != OTTL_OK) break;
    sum += key.len + fz_walk(x, &member, depth + 1);
  }
  return sum;
}

/* One run on an exec of its own. in is copied to a block of its exact size, so that sanitizers see a byte too far. */
static inline fz_output fz_run_as(const ottl_program *program, const ottl_allocator *al, uint32_t slice_rows, bool strict,
                                  const uint8_t *in, size_t len) {
  fz_output o = {0};
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.allocator = al;
  options.slice_rows = slice_rows;
  options.clock_seconds = 1700000000;
  options.random_seed = 1;
  options.strict = strict;
  ottl_exec *x = NULL;
  o.status = ottl_exec_create(program, &options, &x);
  if (o.status != OTTL_OK) return o;
  uint8_t *copy = malloc(len ? len : 1);
  FZ_CHECK(copy, "no memory");
  if (len) memcpy(copy, in, len);
  o.status = ottl_exec_run(x, copy, len, &o.result);
  if (o.status == OTTL_OK && o.result.data) {
    o.data = malloc(o.result.len ? o.result.len : 1);
    FZ_CHECK(o.data, "no memory");
    memcpy(o.data, o.result.data, o.result.len);
    o.len = o.result.len;
  }
  ottl_row_error e;
  for (size_t i = 0; i < 50 && ottl_exec_error(x, i, &e); i++) FZ_CHECK(e.code && e.message, "row error without text");
  size_t offset = 0;
  bool told = ottl_exec_failure(x, &offset) != NULL;
  FZ_CHECK(told == (o.status == OTTL_DATA || o.status == OTTL_LIMIT), "failure told: %d, status %s", told,
           ottl_status_name(o.status));
  FZ_CHECK(offset <= len, "offset %zu in %zu bytes", offset, len);
  if (o.status == OTTL_OK && ottl_eval_rows(x)) {
    ottl_value v;
    const char *why;
    for (size_t k = 0; k < 12; k++) {
      for (size_t row = 0; row < ottl_eval_rows(x) && row < 40; row++) {
        if (ottl_eval_value(x, k, row, &v, &why) == OTTL_OK) (void)fz_walk(x, &v, 0);
      }
    }
  }
  /* Once more: an exec must be as good as new after any run. */
  ottl_result again = {0};
  ottl_status second = ottl_exec_run(x, copy, len, &again);
  FZ_CHECK(second == o.status || second == OTTL_NOMEM || o.status == OTTL_NOMEM ||
               (al && ((const fz_memory *)al->context)->refused),
           "%s, then %s", ottl_status_name(o.status), ottl_status_name(second));
  if (o.status == OTTL_OK && second == OTTL_OK) {
    FZ_CHECK(again.len == o.result.len && (again.len == 0 || !o.data || memcmp(again.data, o.data, again.len) == 0),
             "the second run gives other bytes: %zu, %zu, errors %llu, %llu", o.result.len, again.len,
             (unsigned long long)o.result.errors, (unsigned long long)again.errors);
    FZ_CHECK(again.rows_failed == o.result.rows_failed && again.errors == o.result.errors, "the second run gives other counts");
  }
  ottl_exec_free(x);
  free(copy);
  o.result.data = NULL;
  return o;
}

static inline fz_output fz_run(const ottl_program *program, const ottl_allocator *al, uint32_t slice_rows, const uint8_t *in,
                               size_t len) {
  return fz_run_as(program, al, slice_rows, false, in, len);
}

/* What a run without `strict` refuses is refused with it; what is taken with it gives the same. */
static inline void fz_check_strict(const ottl_program *program, const fz_output *lazy, const ottl_allocator *al,
                                   const uint8_t *in, size_t len) {
  if (ottl_program_signal(program) == OTTL_SIGNAL_NONE) return;
  fz_output o = fz_run_as(program, al, 0, true, in, len);
  bool refused = o.status == OTTL_DATA || o.status == OTTL_LIMIT || o.status == OTTL_NOMEM;
  bool same = o.status == lazy->status && o.len == lazy->len && (o.len == 0 || memcmp(o.data, lazy->data, o.len) == 0);
  FZ_CHECK(refused || same || lazy->status == OTTL_NOMEM, "strict gives %s, else %s", ottl_status_name(o.status),
           ottl_status_name(lazy->status));
  FZ_CHECK(lazy->status != OTTL_DATA || refused, "strict takes what is refused else");
  fz_output_free(&o);
}

/* What must hold for the result of any run. */
static inline void fz_expect(const fz_output *o, ottl_kind kind, const uint8_t *in, size_t len) {
  FZ_CHECK(o->status == OTTL_OK || o->status == OTTL_DATA || o->status == OTTL_RUNTIME || o->status == OTTL_LIMIT ||
               o->status == OTTL_NOMEM,
           "status %s", ottl_status_name(o->status));
  if (o->status != OTTL_OK || kind > OTTL_KIND_FILTER) return;
  if (o->result.unchanged) FZ_CHECK(o->len == len && (len == 0 || memcmp(o->data, in, len) == 0), "unchanged, but other bytes");
  if (o->result.rows_changed == 0 && o->result.rows_dropped == 0 && kind == OTTL_KIND_TRANSFORM && o->result.unchanged == false)
    FZ_CHECK(o->len != len || memcmp(o->data, in, len) != 0, "same bytes, but not unchanged");
}

/* What was written must be readable: an empty program frames it down to the records and hands it on as it is. */
static inline void fz_reopen(const fz_output *o, ottl_signal signal) {
  static ottl_program *empty[OTTL_SIGNAL_PROFILES + 1];
  if (o->status != OTTL_OK || !o->data) return;
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = signal;
  if (!empty[signal]) FZ_CHECK(ottl_program_compile(NULL, 0, &options, &empty[signal], NULL) == OTTL_OK, "empty program");
  ottl_exec *x = NULL;
  ottl_result result;
  FZ_CHECK(ottl_exec_create(empty[signal], NULL, &x) == OTTL_OK, "no memory");
  ottl_status status = ottl_exec_run(x, o->data, o->len, &result);
  FZ_CHECK(status == OTTL_OK, "the output cannot be read: %s", ottl_exec_failure(x, NULL));
  FZ_CHECK(result.unchanged && result.len == o->len, "an empty program changed something");
  ottl_exec_free(x);
}

/* Two ways of running one program on one payload must agree. Failures may come in another order under propagate, and a payload
 * that is malformed somewhere may be refused before or after a row failed. */
static inline void fz_agree(const fz_output *a, const fz_output *b, const char *what) {
  bool refused = a->status == OTTL_DATA || b->status == OTTL_DATA;
  bool failed = a->status == OTTL_RUNTIME || b->status == OTTL_RUNTIME;
  if (a->status == OTTL_NOMEM || b->status == OTTL_NOMEM || (refused && failed)) return;
  FZ_CHECK(a->status == b->status, "%s: %s or %s", what, ottl_status_name(a->status), ottl_status_name(b->status));
  if (a->status != OTTL_OK) return;
  FZ_CHECK(a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0), "%s: other bytes (%zu, %zu)", what, a->len,
           b->len);
  FZ_CHECK(a->result.errors == b->result.errors && a->result.rows_failed == b->result.rows_failed &&
               a->result.rows_dropped == b->result.rows_dropped,
           "%s: other counts: errors %llu %llu, failed %llu %llu, changed %llu %llu, dropped %llu %llu", what,
           (unsigned long long)a->result.errors, (unsigned long long)b->result.errors, (unsigned long long)a->result.rows_failed,
           (unsigned long long)b->result.rows_failed, (unsigned long long)a->result.rows_changed,
           (unsigned long long)b->result.rows_changed, (unsigned long long)a->result.rows_dropped,
           (unsigned long long)b->result.rows_dropped);
}

#endif
