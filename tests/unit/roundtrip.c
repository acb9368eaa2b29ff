/* What no program touches stays: every fixture, in every format, through programs that do nothing, that only read, and that
 * write everything back to itself. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "ottl/ottl.h"

typedef struct fixture {
  char name[80];
  ottl_signal signal;
  bool wire; /* a file of protobuf, else OTLP/JSON */
  uint8_t *data;
  size_t len;
} fixture;

#define MAX_FIXTURES 200
static fixture fixtures[MAX_FIXTURES];
static size_t n_fixtures;
static ottl_json *json;

/* ---- fixtures ---- */

static uint8_t *read_file(const char *path, size_t *ret_len) {
  FILE *f = fopen(path, "rb");
  if (!f) fail_msg("no %s: run from the repository root", path);
  size_t cap = (size_t)4 << 20;
  uint8_t *data = malloc(cap);
  assert_non_null(data);
  *ret_len = fread(data, 1, cap, f);
  fclose(f);
  uint8_t *exact = malloc(*ret_len ? *ret_len : 1);
  assert_non_null(exact);
  memcpy(exact, data, *ret_len);
  free(data);
  return exact;
}

static ottl_signal signal_of(const char *name) {
  if (strstr(name, "logs")) return OTTL_SIGNAL_LOGS;
  if (strstr(name, "traces") || strstr(name, "spans")) return OTTL_SIGNAL_TRACES;
  if (strstr(name, "profiles")) return OTTL_SIGNAL_PROFILES;
  return strstr(name, "metrics") ? OTTL_SIGNAL_METRICS : OTTL_SIGNAL_NONE;
}

static void read_folder(const char *folder, const char *ending, bool wire) {
  DIR *dir = opendir(folder);
  if (!dir) fail_msg("no %s: run from the repository root", folder);
  for (struct dirent *e; (e = readdir(dir));) {
    size_t len = strlen(e->d_name), end = strlen(ending);
    if (len < end || strcmp(e->d_name + len - end, ending) != 0 || n_fixtures == MAX_FIXTURES) continue;
    fixture *f = &fixtures[n_fixtures];
    *f = (fixture){.wire = wire};
    snprintf(f->name, sizeof f->name, "%.70s", e->d_name);
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    f->data = read_file(path, &f->len);
    f->signal = wire ? signal_of(f->name) : ottl_json_signal((const char *)f->data, f->len);
    n_fixtures++;
  }
  closedir(dir);
}

static int set_up(void **state) {
  (void)state;
  read_folder("tests/fixtures/otlp", ".json", false);
  read_folder("tests/fixtures/wire", ".pb", true);
  return ottl_json_create(NULL, &json);
}

static int tear_down(void **state) {
  (void)state;
  for (size_t i = 0; i < n_fixtures; i++) free(fixtures[i].data);
  ottl_json_free(json);
  return 0;
}

/* The fixture in wire form, in a block of its own. */
static uint8_t *wire_of(const fixture *f, size_t *ret_len) {
  const uint8_t *wire = f->data;
  *ret_len = f->len;
  if (!f->wire) {
    ottl_status status = ottl_json_to_wire(json, f->signal, (const char *)f->data, f->len, &wire, ret_len);
    if (status != OTTL_OK) fail_msg("%s: %s", f->name, ottl_json_error(json, NULL));
  }
  uint8_t *copy = malloc(*ret_len ? *ret_len : 1);
  assert_non_null(copy);
  if (*ret_len) memcpy(copy, wire, *ret_len);
  return copy;
}

/* ---- programs ---- */

static ottl_program *compile(const char *text, ottl_signal signal, ottl_kind kind, bool row_order) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.kind = kind;
  options.signal = signal;
  options.row_order = row_order;
  options.event_index = true;
  options.experimental = true;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_IGNORE, &options, &program, &diags);
  if (status != OTTL_OK) {
    ottl_diag d;
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    fail_msg("%.*s: %.*s", (int)d.span.file.len, d.span.file.data, (int)d.message.len, d.message.data);
  }
  ottl_diags_free(diags);
  return program;
}

typedef enum keeps { KEEPS_BYTES, KEEPS_CONTENT } keeps;

static void run_fixture(const fixture *f, const ottl_program *program, const char *what, keeps keep) {
  size_t len;
  uint8_t *wire = wire_of(f, &len);
  ottl_exec *exec = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  for (int turn = 0; turn < 2; turn++) {
    ottl_status status = ottl_exec_run(exec, wire, len, &result);
    if (status != OTTL_OK) fail_msg("%s, %s: %s", f->name, what, ottl_status_name(status));
    bool same = result.len == len && (len == 0 || memcmp(result.data, wire, len) == 0);
    if (!same && keep == KEEPS_CONTENT) same = content_equal(json, f->signal, wire, len, result.data, result.len);
    if (!same) fail_msg("%s, %s: %zu bytes became %zu", f->name, what, len, result.len);
    if (keep == KEEPS_BYTES && !result.unchanged) fail_msg("%s, %s: not said to be unchanged", f->name, what);
    if (len && result.data == wire) fail_msg("%s, %s: the output is the input's own buffer", f->name, what);
  }
  ottl_exec_free(exec);
  free(wire);
}

/* Is every object of the list one that holds a list of `depth` levels more, none of them empty? */
static bool is_filled(yyjson_val *object, int depth) {
  size_t i, max, k, n;
  yyjson_val *key, *list, *item;
  yyjson_obj_foreach(object, i, max, key, list) {
    if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0) continue;
    bool filled = true;
    if (depth > 0) yyjson_arr_foreach(list, k, n, item) filled &= is_filled(item, depth - 1);
    return filled;
  }
  return false;
}

/* A filter leaves out resources and scopes without records, whether it emptied them or not. */
static bool has_bare_resource(const fixture *f) {
  size_t len;
  const char *text;
  uint8_t *wire = wire_of(f, &len);
  assert_int_equal(ottl_json_from_wire(json, f->signal, wire, len, &text, &len), OTTL_OK);
  yyjson_doc *doc = yyjson_read(text, len, YYJSON_READ_NUMBER_AS_RAW);
  bool bare = !is_filled(yyjson_doc_get_root(doc), 2);
  yyjson_doc_free(doc);
  free(wire);
  return bare;
}

static void run_all(ottl_signal signal, const char *text, ottl_kind kind, keeps keep) {
  for (int row_order = 0; row_order < 2; row_order++) {
    ottl_program *program = compile(text, signal, kind, row_order);
    for (size_t i = 0; i < n_fixtures; i++) {
      if (kind == OTTL_KIND_FILTER && has_bare_resource(&fixtures[i])) continue;
      if (fixtures[i].signal == signal) run_fixture(&fixtures[i], program, text, keep);
    }
    ottl_program_free(program);
  }
}

/* ---- tests ---- */

static void there_are_fixtures(void **state) {
  (void)state;
  size_t n[5] = {0};
  for (size_t i = 0; i < n_fixtures; i++) n[fixtures[i].signal]++;
  assert_true(n[OTTL_SIGNAL_LOGS] > 5 && n[OTTL_SIGNAL_TRACES] > 3 && n[OTTL_SIGNAL_METRICS] > 3 && n[OTTL_SIGNAL_PROFILES] >= 3);
}

static void json_to_wire_and_back(void **state) {
  (void)state;
  for (size_t i = 0; i < n_fixtures; i++) {
    const fixture *f = &fixtures[i];
    size_t len, again_len, text_len;
    uint8_t *wire = wire_of(f, &len);
    const char *text;
    if (ottl_json_from_wire(json, f->signal, wire, len, &text, &text_len) != OTTL_OK) {
      fail_msg("%s: %s", f->name, ottl_json_error(json, NULL));
    }
    char *copy = malloc(text_len + 1);
    assert_non_null(copy);
    memcpy(copy, text, text_len);
    const uint8_t *again;
    assert_int_equal(ottl_json_to_wire(json, f->signal, copy, text_len, &again, &again_len), OTTL_OK);
    uint8_t *kept = malloc(again_len ? again_len : 1);
    assert_non_null(kept);
    if (again_len) memcpy(kept, again, again_len);
    assert_int_equal(ottl_json_from_wire(json, f->signal, kept, again_len, &text, &text_len), OTTL_OK);
    /* The first text is canonical: from there on nothing changes any more. */
    if (again_len && !f->wire && (again_len != len || memcmp(kept, wire, len) != 0)) {
      fail_msg("%s: other bytes the second time", f->name);
    }
    if (!content_texts_equal(copy, strnlen(copy, text_len), text, text_len)) fail_msg("%s: other text the second time", f->name);
    free(kept);
    free(copy);
    free(wire);
  }
}

static void programs_without_statements(void **state) {
  (void)state;
  for (size_t i = 0; i < n_fixtures; i++) {
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.signal = fixtures[i].signal;
    ottl_program *program = NULL;
    assert_int_equal(ottl_program_compile(NULL, 0, &options, &program, NULL), OTTL_OK);
    run_fixture(&fixtures[i], program, "no groups", KEEPS_BYTES);
    ottl_program_free(program);
  }
}

static const char read_logs[] =
    "context: log\n"
    "set(log.cache[\"a\"], [log.time_unix_nano, log.observed_time_unix_nano, log.severity_number, log.severity_text, log.body, "
    "log.attributes,\n"
    "  log.dropped_attributes_count, log.flags, log.trace_id.string, log.span_id.string, log.event_name, log.body.string])\n"
    "set(log.cache[\"b\"], [resource.attributes, resource.dropped_attributes_count, resource.schema_url, scope.name, "
    "scope.version,\n"
    "  scope.attributes, scope.dropped_attributes_count, scope.schema_url])\n"
    "set(log.cache[\"c\"], Concat([Keys(log.attributes), Values(resource.attributes), log.attributes[\"k\"]], \"\"))\n"
    "context: scope\n"
    "set(scope.cache[\"a\"], [scope.name, scope.attributes, resource.attributes])\n"
    "context: resource\n"
    "set(resource.cache[\"a\"], [resource.attributes, resource.schema_url])\n";
static const char read_traces[] =
    "context: span\n"
    "set(span.cache[\"a\"], [span.trace_id.string, span.span_id.string, span.parent_span_id.string, span.trace_state, span.name, "
    "span.kind,\n"
    "  span.start_time_unix_nano, span.end_time_unix_nano, span.attributes, span.dropped_attributes_count, "
    "span.dropped_events_count,\n"
    "  span.dropped_links_count, span.status.code, span.status.message, span.flags])\n"
    "set(span.cache[\"b\"], [resource.attributes, scope.attributes, scope.name]) where span.status.code != 7\n"
    "context: spanevent\n"
    "set(spanevent.cache[\"a\"], [spanevent.name, spanevent.time_unix_nano, spanevent.attributes, spanevent.event_index, "
    "span.name])\n";
static const char read_metrics[] =
    "context: metric\n"
    "set(metric.cache[\"a\"], [metric.name, metric.description, metric.unit, metric.type, metric.aggregation_temporality, "
    "metric.is_monotonic,\n"
    "  metric.metadata, resource.attributes, scope.name])\n"
    "context: datapoint\n"
    "set(datapoint.cache[\"a\"], [datapoint.attributes, datapoint.start_time_unix_nano, datapoint.time_unix_nano, "
    "datapoint.value_double,\n"
    "  datapoint.value_int, datapoint.flags, datapoint.count, datapoint.sum, datapoint.bucket_counts, datapoint.explicit_bounds, "
    "datapoint.scale,\n"
    "  datapoint.zero_count, datapoint.positive.offset, datapoint.positive.bucket_counts, datapoint.negative.offset, "
    "metric.name])\n"
    "context: exemplar\n"
    "set(exemplar.cache[\"a\"], [exemplar.time_unix_nano, exemplar.double_value, exemplar.int_value, exemplar.trace_id.string,\n"
    "  exemplar.filtered_attributes, datapoint.attributes, metric.name])\n";
static const char read_profiles[] =
    "context: profile\n"
    "set(profile.cache[\"a\"], [profile.attributes, profile.time_unix_nano, profile.duration, profile.period, "
    "profile.profile_id.string,\n"
    "  profile.dropped_attributes_count, profile.original_payload_format, profile.original_payload, resource.attributes])\n"
    "set(profile.cache[\"b\"], [profile.sample_type.type, profile.period_type.unit, scope.attributes])\n"
    "set(profile.cache[\"c\"], profile.attributes[\"pid\"]) where profile.attributes[\"pid\"] == 42\n"
    "context: profilesample\n"
    "set(profilesample.cache[\"a\"], [profilesample.attributes[\"thread.name\"], profilesample.values, "
    "profilesample.link_index,\n"
    "  profilesample.timestamps_unix_nano, profile.period, profile.attributes])\n"
    "context: resource\n"
    "set(resource.cache[\"a\"], resource.attributes)\n"
    "context: profilesample\n"
    "set(profilesample.cache[\"a\"], profilesample.attribute_indices)\n";

static void programs_that_only_read(void **state) {
  (void)state;
  run_all(OTTL_SIGNAL_LOGS, read_logs, OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_TRACES, read_traces, OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_METRICS, read_metrics, OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_PROFILES, read_profiles, OTTL_KIND_TRANSFORM, KEEPS_BYTES);
}

static void writes_that_no_row_makes(void **state) {
  (void)state;
  run_all(OTTL_SIGNAL_LOGS,
          "context: log\n"
          "set(log.body, \"x\") where log.attributes[\"no such key\"] == \"never\"\n"
          "delete_key(log.attributes, \"no such key\")\n"
          "delete_matching_keys(resource.attributes, \"^no such key$\")\n"
          "replace_pattern(log.body, \"no such text\", \"x\")\n"
          "set(resource.attributes[\"x\"], 1) where scope.name == \"no such name\"\n",
          OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(
      OTTL_SIGNAL_TRACES,
      "context: spanevent\nset(spanevent.name, \"x\") where span.name == \"no such name\"\nset(span.name, \"x\") where false\n",
      OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_METRICS,
          "context: exemplar\nset(metric.name, \"x\") where datapoint.attributes[\"k\"] == \"no such value\"\n",
          OTTL_KIND_TRANSFORM, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_PROFILES,
          "context: profilesample\n"
          "set(profilesample.attributes[\"new\"], \"x\") where profilesample.attributes[\"no such key\"] == \"never\"\n"
          "delete_key(profilesample.attributes, \"no such key\")\n"
          "set(profile.sample_type.type, \"x\") where resource.attributes[\"no such key\"] != nil\n",
          OTTL_KIND_TRANSFORM, KEEPS_BYTES);
}

static void filters_that_drop_nothing(void **state) {
  (void)state;
  run_all(OTTL_SIGNAL_LOGS, "context: log\nlog.severity_text == \"no such text\"\nlog.attributes[\"no such key\"] != nil\n",
          OTTL_KIND_FILTER, KEEPS_BYTES);
  run_all(OTTL_SIGNAL_TRACES,
          "context: span\nspan.name == \"no such name\"\ncontext: spanevent\nspanevent.name == \"no such name\"\n",
          OTTL_KIND_FILTER, KEEPS_BYTES);
}

static void values_of_themselves(void **state) {
  (void)state;
  run_all(OTTL_SIGNAL_LOGS,
          "context: log\n"
          "set(log.body, log.body)\n"
          "set(log.attributes, log.attributes)\n"
          "set(log.severity_text, log.severity_text)\n"
          "set(log.severity_number, log.severity_number)\n"
          "set(log.time_unix_nano, log.time_unix_nano)\n"
          "set(log.trace_id, log.trace_id)\n"
          "set(resource.attributes, resource.attributes)\n"
          "set(scope.name, scope.name)\n",
          OTTL_KIND_TRANSFORM, KEEPS_CONTENT);
  run_all(OTTL_SIGNAL_TRACES,
          "context: span\n"
          "set(span.name, span.name)\n"
          "set(span.attributes, span.attributes)\n"
          "set(span.events, span.events)\n"
          "set(span.links, span.links)\n"
          "set(span.span_id, span.span_id)\n"
          "set(span.end_time, span.end_time)\n"
          "context: spanevent\n"
          "set(spanevent.name, spanevent.name)\n"
          "set(spanevent.attributes, spanevent.attributes)\n",
          OTTL_KIND_TRANSFORM, KEEPS_CONTENT);
  run_all(OTTL_SIGNAL_METRICS,
          "context: metric\n"
          "set(metric.name, metric.name)\n"
          "set(metric.unit, metric.unit)\n"
          "set(metric.data_points, metric.data_points)\n"
          "context: datapoint\n"
          "set(datapoint.attributes, datapoint.attributes)\n"
          "set(datapoint.time_unix_nano, datapoint.time_unix_nano)\n"
          "set(datapoint.exemplars, datapoint.exemplars)\n",
          OTTL_KIND_TRANSFORM, KEEPS_CONTENT);
}

/* A key that is set and deleted again, a map that is emptied and given back. */
static void there_and_back(void **state) {
  (void)state;
  run_all(OTTL_SIGNAL_LOGS,
          "context: log\n"
          "set(log.attributes[\"no such key\"], log.body)\n"
          "delete_key(log.attributes, \"no such key\")\n"
          "set(log.cache[\"body\"], log.body)\n"
          "set(log.body, \"other\")\n"
          "set(log.body, log.cache[\"body\"])\n",
          OTTL_KIND_TRANSFORM, KEEPS_CONTENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_are_fixtures),          cmocka_unit_test(json_to_wire_and_back),
      cmocka_unit_test(programs_without_statements), cmocka_unit_test(programs_that_only_read),
      cmocka_unit_test(writes_that_no_row_makes),    cmocka_unit_test(filters_that_drop_nothing),
      cmocka_unit_test(values_of_themselves),        cmocka_unit_test(there_and_back),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
