/* on_failure and flatten against a model that knows nothing of them: each record is run alone, on the payload as the records
 * before it left it, under error mode propagate; when the run is refused, the record has left no trace. Random programs and
 * payloads, vectorized and record by record, in slices of any size.
 *
 * OTTL_OPTIONS_RUNS sets the number of programs (default 1,000), OTTL_OPTIONS_SEED the first seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "content.h"
#include "ottl/ottl.h"
#include "random_source.h"

#define MAX_GROUPS     4
#define MAX_STATEMENTS 4
#define MAX_RECORDS    64 /* of a context */
#define TEXT           512

typedef enum where { RESOURCE, SCOPE, LOG, SPAN, SPANEVENT, DATAPOINT, N_CONTEXTS } where;

/* Records are told apart by a field that no statement touches. */
static const struct {
  const char *name, *id;
} contexts[] = {
    {"resource", "resource.dropped_attributes_count"},
    {"scope", "scope.dropped_attributes_count"},
    {"log", "log.dropped_attributes_count"},
    {"span", "span.dropped_attributes_count"},
    {"spanevent", "spanevent.dropped_attributes_count"},
    {"datapoint", "datapoint.flags"},
};

/* `@`: the context's own path. Attributes s and b are texts or numbers. */
static const char *const anywhere[] = {
    "set(@.attributes[\"a\"], @.attributes[\"b\"])",
    "set(@.attributes[\"low\"], ToLowerCase(@.attributes[\"s\"]))",
    "set(@.attributes[\"m\"][\"k\"], ToUpperCase(@.attributes[\"b\"]))",
    "delete_key(@.attributes, \"s\")",
    "truncate_all(@.attributes, 2)",
    "keep_matching_keys(@.attributes, \"^[abm]\")",
    "merge_maps(@.attributes, ParseJSON(@.attributes[\"j\"]), \"upsert\")",
    "set(@.attributes[\"n\"], @.attributes[\"n\"] + 1)",
    "set(@.attributes[\"r\"], resource.attributes[\"last\"])",
};
static const char *const below_scope[] = {
    "set(resource.attributes[\"last\"], @.attributes[\"b\"])",
    "set(resource.attributes[\"last\"], ToLowerCase(@.attributes[\"b\"]))",
    "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)",
    "set(resource.attributes[\"deep\"][\"er\"], @.attributes[\"s\"])",
    "set(resource.attributes[\"deep\"][\"er\"][\"est\"], @.attributes[\"s\"])",
    "append(resource.attributes[\"list\"], @.attributes[\"b\"])",
    "merge_maps(resource.attributes, ParseJSON(@.attributes[\"j\"]), \"upsert\")",
    "delete_matching_keys(resource.attributes, \"^l\")",
    "delete_key(resource.attributes, \"n\")",
    "keep_keys(scope.attributes, [\"a\", \"n\"])",
    "replace_all_patterns(resource.attributes, \"value\", \"X\", \"y\")",
    "set(scope.name, ToUpperCase(@.attributes[\"b\"]))",
    "set(scope.attributes[\"a\"], @.attributes[\"b\"])",
    "set(resource.schema_url, @.attributes[\"s\"])",
    "set(@.cache[\"c\"], @.attributes[\"b\"])",
    "set(@.attributes[\"c\"], @.cache[\"c\"])",
};
static const char *const of_span[] = {"set(span.name, span.attributes[\"s\"])",
                                      "set(span.events, nil) where span.attributes[\"s\"] == \"X\"",
                                      "set(span.status.message, span.attributes[\"b\"])"};
static const char *const of_event[] = {"set(span.name, spanevent.attributes[\"s\"])",
                                       "set(span.attributes[\"e\"], spanevent.attributes[\"b\"])",
                                       "set(spanevent.name, Concat([span.name, spanevent.name], \"\"))"};
static const char *const of_point[] = {"set(metric.description, datapoint.attributes[\"s\"])",
                                       "set(datapoint.value_int, datapoint.attributes[\"b\"])",
                                       "set(metric.name, Concat([metric.name, \"+\"], \"\"))"};
static const char *const conditions[] = {"@.attributes[\"s\"] == \"X\"", "ToLowerCase(@.attributes[\"s\"]) == \"x\"",
                                         "resource.attributes[\"last\"] != nil", "@.attributes[\"n\"] > 1"};

#define PICK(r, list) (list)[rnd_below(r, sizeof(list) / sizeof *(list))]

typedef struct statement {
  char text[TEXT], where[TEXT];
} statement;

typedef struct plan_group {
  where context;
  ottl_on_failure on_failure;
  unsigned n;
  statement statements[MAX_STATEMENTS];
} plan_group;

typedef struct plan {
  ottl_signal signal;
  bool flatten;
  unsigned n;
  plan_group groups[MAX_GROUPS];
} plan;

typedef struct bytes {
  uint8_t *data;
  size_t len;
} bytes;

typedef struct sheet {
  char *data;
  size_t len, cap;
} sheet;

static ottl_json *json;
static unsigned long n_failed, n_again, n_vector;

__attribute__((format(printf, 2, 3))) static void put(sheet *t, const char *format, ...) {
  va_list args;
  if (t->cap - t->len < 4096) {
    t->cap = t->cap * 2 + 8192;
    t->data = realloc(t->data, t->cap);
    assert_non_null(t->data);
  }
  va_start(args, format);
  t->len += (size_t)vsnprintf(t->data + t->len, t->cap - t->len, format, args);
  va_end(args);
}

/* ---- random programs ---- */

static void expand(char *to, const char *from, const char *context) {
  size_t n = 0;
  for (; *from; from++) {
    if (*from == '@') {
      n += (size_t)snprintf(to + n, TEXT - n, "%s", context);
    } else {
      to[n++] = *from;
    }
  }
  to[n] = 0;
}

static void make_statement(rnd *r, where context, statement *s) {
  const char *text = NULL;
  bool below = context >= LOG;
  if (context == SPAN && rnd_in(r, 20)) text = PICK(r, of_span);
  if (context == SPANEVENT && rnd_in(r, 30)) text = PICK(r, of_event);
  if (context == DATAPOINT && rnd_in(r, 30)) text = PICK(r, of_point);
  if (!text) text = below && rnd_in(r, 40) ? PICK(r, below_scope) : PICK(r, anywhere);
  expand(s->text, text, contexts[context].name);
  s->where[0] = 0;
  if (rnd_in(r, 40) && !strstr(text, " where ")) expand(s->where, PICK(r, conditions), contexts[context].name);
}

static void make_program(rnd *r, plan *p) {
  static const where of_signal[][4] = {
      {LOG, LOG, SCOPE, RESOURCE}, {SPAN, SPANEVENT, SPAN, RESOURCE}, {DATAPOINT, DATAPOINT, SCOPE, RESOURCE}};
  unsigned signal = rnd_below(r, 3);
  p->signal = (ottl_signal)(OTTL_SIGNAL_LOGS + signal);
  p->flatten = rnd_in(r, 30); /* then no groups of resources and scopes: their copies cannot be told apart */
  p->n = 1 + rnd_below(r, MAX_GROUPS);
  bool one_context = rnd_in(r, 40);
  for (unsigned i = 0; i < p->n; i++) {
    plan_group *g = &p->groups[i];
    g->context = of_signal[signal][one_context ? 0 : rnd_below(r, p->flatten ? 2 : 4)];
    g->on_failure = (ottl_on_failure)(OTTL_ON_FAILURE_KEEP + (rnd_in(r, 15) ? 0 : 1 + rnd_below(r, 2)));
    g->n = 1 + rnd_below(r, MAX_STATEMENTS);
    for (unsigned k = 0; k < g->n; k++) make_statement(r, g->context, &g->statements[k]);
  }
}

/* ---- random payloads ---- */

static void put_attributes(rnd *r, sheet *t) {
  static const char *const values[] = {"{\"stringValue\":\"X\"}", "{\"stringValue\":\"abc\"}", "{\"intValue\":\"2\"}",
                                       "{\"stringValue\":\"X\"}"};
  static const char *const jsons[] = {"{\\\"last\\\":1}", "none", "{\\\"q\\\":{\\\"w\\\":2}}", "{}"};
  put(t, "\"attributes\":[{\"key\":\"s\",\"value\":%s},{\"key\":\"b\",\"value\":%s}", PICK(r, values), PICK(r, values));
  put(t, ",{\"key\":\"j\",\"value\":{\"stringValue\":\"%s\"}}", PICK(r, jsons));
  if (rnd_in(r, 50)) put(t, ",{\"key\":\"n\",\"value\":{\"intValue\":\"%u\"}}", rnd_below(r, 4));
  if (rnd_in(r, 30))
    put(t, ",{\"key\":\"m\",\"value\":{\"kvlistValue\":{\"values\":[{\"key\":\"k\",\"value\":{\"intValue\":\"1\"}}]}}}");
  if (rnd_in(r, 10)) put(t, ",{\"key\":\"s\",\"value\":{\"intValue\":\"7\"}}"); /* a duplicate */
  put(t, "]");
}

static void put_item(rnd *r, sheet *t, ottl_signal signal, unsigned *n, unsigned *n_children) {
  unsigned kids = rnd_below(r, 4);
  if (signal == OTTL_SIGNAL_LOGS) {
    put(t, "{\"droppedAttributesCount\":%u,", ++n[LOG]);
    put_attributes(r, t);
  } else if (signal == OTTL_SIGNAL_TRACES) {
    put(t, "{\"droppedAttributesCount\":%u,\"name\":\"span\",", ++n[SPAN]);
    put_attributes(r, t);
    put(t, ",\"events\":[");
    for (unsigned k = 0; k < kids; k++) {
      put(t, "%s{\"name\":\"event\",\"droppedAttributesCount\":%u,", k ? "," : "", ++*n_children);
      put_attributes(r, t);
      put(t, "}");
    }
    put(t, "]");
  } else {
    put(t, "{\"name\":\"m\",\"%s\":{\"dataPoints\":[", rnd_in(r, 50) ? "gauge" : "sum");
    for (unsigned k = 0; k < kids; k++) {
      put(t, "%s{\"asInt\":\"1\",\"flags\":%u,", k ? "," : "", ++*n_children);
      put_attributes(r, t);
      put(t, "}");
    }
    put(t, "]}");
  }
  put(t, "}");
}

static const char *const lists[] = {"", "resourceLogs", "resourceSpans", "resourceMetrics"};
static const char *const scopes[] = {"", "scopeLogs", "scopeSpans", "scopeMetrics"};
static const char *const items[] = {"", "logRecords", "spans", "metrics"};

/* n: how many records each context has; ids are 1 .. n. */
static void make_payload(rnd *r, ottl_signal signal, sheet *t, unsigned n[N_CONTEXTS]) {
  unsigned children = 0, n_resources = 1 + rnd_below(r, 3);
  put(t, "{\"%s\":[", lists[signal]);
  for (unsigned i = 0; i < n_resources; i++) {
    put(t, "%s{\"resource\":{\"droppedAttributesCount\":%u,", i ? "," : "", ++n[RESOURCE]);
    put_attributes(r, t);
    put(t, "},\"schemaUrl\":\"u\",\"%s\":[", scopes[signal]);
    for (unsigned k = 0, n_scopes = 1 + rnd_below(r, 2); k < n_scopes; k++) {
      put(t, "%s{\"scope\":{\"name\":\"s\",\"droppedAttributesCount\":%u,", k ? "," : "", ++n[SCOPE]);
      put_attributes(r, t);
      put(t, "},\"%s\":[", items[signal]);
      for (unsigned m = 0, n_items = 1 + rnd_below(r, 4); m < n_items; m++) {
        if (m) put(t, ",");
        put_item(r, t, signal, n, &children);
      }
      put(t, "]}");
    }
    put(t, "]}");
  }
  put(t, "]}");
  n[signal == OTTL_SIGNAL_TRACES ? SPANEVENT : DATAPOINT] = children;
}

static bytes to_wire(ottl_signal signal, const char *data, size_t len) {
  const uint8_t *wire;
  size_t n;
  assert_int_equal(ottl_json_to_wire(json, signal, data, len, &wire, &n), OTTL_OK);
  bytes b = {malloc(n + 1), n};
  assert_non_null(b.data);
  if (n) memcpy(b.data, wire, n);
  return b;
}

/* ---- running ---- */

/* One group, or all; record: only on that one (0: all). */
static ottl_program *compile(const plan *p, int only, unsigned record, ottl_error_mode mode, bool options_on, bool row_order) {
  static char texts[MAX_GROUPS][MAX_STATEMENTS][4 * TEXT];
  ottl_snippet snippets[MAX_GROUPS][MAX_STATEMENTS];
  ottl_group groups[MAX_GROUPS];
  size_t n = 0;
  for (unsigned i = 0; i < p->n; i++) {
    const plan_group *g = &p->groups[i];
    if (only >= 0 && (unsigned)only != i) continue;
    for (unsigned k = 0; k < g->n; k++) {
      const statement *s = &g->statements[k];
      const char *own = strstr(s->text, " where ");
      char *to = texts[i][k];
      if (record) {
        int head = own ? (int)(own - s->text) : (int)strlen(s->text);
        const char *cond = own ? own + 7 : s->where;
        snprintf(to, sizeof texts[i][k], "%.*s where %s == %u%s%s%s", head, s->text, contexts[g->context].id, record,
                 *cond ? " and (" : "", cond, *cond ? ")" : "");
      } else {
        snprintf(to, sizeof texts[i][k], "%s%s%s", s->text, s->where[0] ? " where " : "", s->where);
      }
      snippets[i][k] = (ottl_snippet){.text = to, .len = strlen(to)};
    }
    groups[n++] = (ottl_group){.struct_size = sizeof *groups,
                               .context = contexts[g->context].name,
                               .statements = snippets[i],
                               .n_statements = g->n,
                               .error_mode = mode,
                               .on_failure = options_on ? g->on_failure : OTTL_ON_FAILURE_DEFAULT};
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = p->signal;
  options.row_order = row_order;
  options.flatten = options_on && p->flatten;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(groups, n, &options, &program, &diags);
  ottl_diag d;
  if (status != OTTL_OK && ottl_diags_count(diags) && ottl_diags_get(diags, 0, &d) == OTTL_OK)
    fail_msg("%s: %.*s", texts[0][0], (int)d.message.len, d.message.data);
  assert_int_equal(status, OTTL_OK);
  ottl_diags_free(diags);
  return program;
}

static ottl_status run(const ottl_program *program, uint32_t slice, bytes in, ottl_result *ret, bytes *ret_out) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.slice_rows = slice;
  ottl_exec *exec = NULL;
  assert_int_equal(ottl_exec_create(program, &options, &exec), OTTL_OK);
  ottl_status status = ottl_exec_run(exec, in.data, in.len, ret);
  if (status == OTTL_OK) status = ottl_exec_run(exec, in.data, in.len, ret); /* warm */
  *ret_out = (bytes){malloc(ret->len + 1), ret->len};
  assert_non_null(ret_out->data);
  if (status == OTTL_OK && ret->len) memcpy(ret_out->data, ret->data, ret->len);
  ottl_exec_free(exec);
  return status;
}

/* ---- the model ---- */

typedef struct model {
  const plan *p;
  const unsigned *n;
  bytes state;
  uint64_t errors;
  bool out[N_CONTEXTS][MAX_RECORDS]; /* rolled back */
} model;

static bool context_before(const plan *p, unsigned g) {
  for (unsigned i = 0; i < g; i++) {
    if (p->groups[i].context == p->groups[g].context) return true;
  }
  return false;
}

/* False: records were rolled back that took part before. */
static bool model_group(model *m, unsigned g) {
  const plan_group *of = &m->p->groups[g];
  bool keep = of->on_failure == OTTL_ON_FAILURE_KEEP, again = false;
  for (unsigned i = 1; i <= m->n[of->context]; i++) {
    if (m->out[of->context][i]) continue;
    ottl_program *program = compile(m->p, (int)g, i, keep ? OTTL_ERROR_IGNORE : OTTL_ERROR_PROPAGATE, false, true);
    ottl_result result;
    bytes out;
    ottl_status status = run(program, 0, m->state, &result, &out);
    ottl_program_free(program);
    assert_true(status == OTTL_OK || (status == OTTL_RUNTIME && !keep));
    if (status == OTTL_OK) {
      free(m->state.data);
      m->state = out;
      m->errors += result.errors;
      continue;
    }
    free(out.data);
    m->errors++;
    if (of->on_failure != OTTL_ON_FAILURE_ROLLBACK) continue;
    m->out[of->context][i] = true;
    again |= context_before(m->p, g);
  }
  return !again;
}

static void model_run(model *m, bytes in) {
  for (bool done = false; !done;) {
    m->state = (bytes){malloc(in.len + 1), in.len};
    assert_non_null(m->state.data);
    memcpy(m->state.data, in.data, in.len);
    m->errors = 0;
    for (unsigned c = 0; c < N_CONTEXTS; c++) {
      for (unsigned i = 0; i < MAX_RECORDS; i++) m->errors += m->out[c][i]; /* each failed once */
    }
    done = true;
    for (unsigned g = 0; g < m->p->n && done; g++) done = model_group(m, g);
    if (!done) {
      free(m->state.data);
      n_again++;
    }
  }
}

/* ---- flattening, on JSON ---- */

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* A text that is the same for equal values: attributes in order of their keys. */
static void put_sorted(sheet *t, yyjson_val *v) {
  size_t i, n;
  yyjson_val *key, *value;
  if (yyjson_is_obj(v)) {
    put(t, "{");
    yyjson_obj_foreach(v, i, n, key, value) {
      put(t, "%s:", yyjson_get_str(key));
      put_sorted(t, value);
    }
    put(t, "}");
  } else if (yyjson_is_arr(v) && yyjson_obj_get(yyjson_arr_get_first(v), "key")) {
    char *texts[32];
    assert_true(yyjson_arr_size(v) <= 32);
    yyjson_arr_foreach(v, i, n, value) {
      sheet one = {0};
      put_sorted(&one, value);
      texts[i] = one.data;
    }
    qsort(texts, n, sizeof *texts, by_text);
    for (i = 0; i < n; i++) {
      put(t, "[%s]", texts[i]);
      free(texts[i]);
    }
  } else if (yyjson_is_arr(v)) {
    yyjson_arr_foreach(v, i, n, value) {
      put(t, "(");
      put_sorted(t, value);
      put(t, ")");
    }
  } else {
    char *scalar = v ? yyjson_val_write(v, 0, NULL) : NULL;
    put(t, "%s", scalar ? scalar : "-");
    free(scalar);
  }
}

typedef struct flat {
  yyjson_val *resource, *scope, *item; /* resource: of the list, with its scopes */
  char *resource_text, *scope_text;
  bool taken;
} flat;

static void put_json(sheet *t, yyjson_val *v) {
  char *s = v ? yyjson_val_write(v, 0, NULL) : NULL;
  for (const char *at = s ? s : "{}"; *at; at += strlen(at) > 1000 ? 1000 : strlen(at)) put(t, "%.1000s", at);
  free(s);
}

static size_t flat_list(ottl_signal signal, yyjson_doc *doc, flat *out) {
  size_t n = 0, i, k, m, max;
  yyjson_val *resource, *scope, *item;
  yyjson_arr_foreach(yyjson_obj_get(yyjson_doc_get_root(doc), lists[signal]), i, max, resource) {
    size_t max_scopes;
    yyjson_arr_foreach(yyjson_obj_get(resource, scopes[signal]), k, max_scopes, scope) {
      size_t max_items;
      yyjson_arr_foreach(yyjson_obj_get(scope, items[signal]), m, max_items, item) {
        sheet r = {0}, s = {0};
        put_sorted(&r, yyjson_obj_get(resource, "resource"));
        put_sorted(&r, yyjson_obj_get(resource, "schemaUrl"));
        put_sorted(&s, yyjson_obj_get(scope, "scope"));
        assert_true(n < MAX_RECORDS);
        out[n++] = (flat){resource, scope, item, r.data, s.data, false};
      }
    }
  }
  return n;
}

static void put_head(sheet *t, ottl_signal signal, const flat *f, bool resource) {
  if (resource) {
    put(t, "{\"resource\":");
    put_json(t, yyjson_obj_get(f->resource, "resource"));
    yyjson_val *url = yyjson_obj_get(f->resource, "schemaUrl");
    put(t, ",\"schemaUrl\":\"%s\",\"%s\":[", url ? yyjson_get_str(url) : "", scopes[signal]);
  } else {
    put(t, "{\"scope\":");
    put_json(t, yyjson_obj_get(f->scope, "scope"));
    put(t, ",\"%s\":[", items[signal]);
  }
}

/* group: put together what is equal; else each item stands alone. */
static bytes rearrange(ottl_signal signal, bytes in, bool group) {
  const char *from;
  size_t len;
  assert_int_equal(ottl_json_from_wire(json, signal, in.data, in.len, &from, &len), OTTL_OK);
  yyjson_doc *doc = yyjson_read(from, len, YYJSON_READ_NUMBER_AS_RAW);
  static flat all[MAX_RECORDS];
  size_t n = flat_list(signal, doc, all);
  sheet t = {0};
  put(&t, "{\"%s\":[", lists[signal]);
  for (size_t i = 0, n_resources = 0; i < n; i++) {
    if (all[i].taken) continue;
    if (n_resources++) put(&t, ",");
    put_head(&t, signal, &all[i], true);
    for (size_t k = i, n_scopes = 0; k < (group ? n : i + 1); k++) {
      if (all[k].taken || strcmp(all[k].resource_text, all[i].resource_text) != 0) continue;
      if (n_scopes++) put(&t, ",");
      put_head(&t, signal, &all[k], false);
      for (size_t m = k, n_items = 0; m < (group ? n : i + 1); m++) {
        if (all[m].taken || strcmp(all[m].resource_text, all[i].resource_text) != 0) continue;
        if (strcmp(all[m].scope_text, all[k].scope_text) != 0) continue;
        if (n_items++) put(&t, ",");
        put_json(&t, all[m].item);
        all[m].taken = true;
      }
      put(&t, "]}");
    }
    put(&t, "]}");
  }
  put(&t, "]}");
  for (size_t i = 0; i < n; i++) {
    free(all[i].resource_text);
    free(all[i].scope_text);
  }
  yyjson_doc_free(doc);
  bytes out = to_wire(signal, t.data, t.len);
  free(t.data);
  return out;
}

/* ---- comparing ---- */

static void print_payload(const char *title, ottl_signal signal, bytes b) {
  const char *s;
  size_t n;
  if (ottl_json_from_wire(json, signal, b.data, b.len, &s, &n) == OTTL_OK) printf("  %s %.*s\n", title, (int)n, s);
}

static void print_program(const plan *p) {
  static const char *const names[] = {"default", "keep", "atomic", "rollback"};
  for (unsigned i = 0; i < p->n; i++) {
    printf("  group %u, %s, %s%s\n", i, contexts[p->groups[i].context].name, names[p->groups[i].on_failure],
           p->flatten ? ", flatten" : "");
    for (unsigned k = 0; k < p->groups[i].n; k++)
      printf("    %s%s%s\n", p->groups[i].statements[k].text, p->groups[i].statements[k].where[0] ? " where " : "",
             p->groups[i].statements[k].where);
  }
}

static bool same_as_model(const plan *p, bytes in, bytes want, uint64_t errors) {
  static const uint32_t slices[] = {0, 64, 3, 1};
  bool same = true;
  for (int by_row = 0; by_row < 2; by_row++) {
    ottl_program *program = compile(p, -1, 0, OTTL_ERROR_IGNORE, true, by_row);
    for (size_t i = 0; i < p->n && !by_row; i++) n_vector += !ottl_program_row_order(program, i);
    for (size_t i = 0; i < 4 && same; i++) {
      ottl_result result;
      bytes got;
      ottl_status status = run(program, slices[i], in, &result, &got);
      same =
          status == OTTL_OK && result.errors == errors && content_equal(json, p->signal, want.data, want.len, got.data, got.len);
      if (!same) {
        printf("%s, slices of %u: %s, %llu errors, want %llu\n", by_row ? "by row" : "vectorized", slices[i],
               ottl_status_name(status), (unsigned long long)result.errors, (unsigned long long)errors);
        print_program(p);
        print_payload("in  ", p->signal, in);
        print_payload("want", p->signal, want);
        if (status == OTTL_OK) print_payload("got ", p->signal, got);
      }
      free(got.data);
    }
    ottl_program_free(program);
  }
  return same;
}

static void as_the_model(void **state) {
  (void)state;
  const char *runs_text = getenv("OTTL_OPTIONS_RUNS"), *seed_text = getenv("OTTL_OPTIONS_SEED");
  unsigned long runs = runs_text ? strtoul(runs_text, NULL, 10) : 1000, differences = 0;
  uint64_t first = seed_text ? strtoull(seed_text, NULL, 10) : 1;
  static plan p;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (uint64_t seed = first; seed < first + runs && differences < 5; seed++) {
    rnd r = {seed * 1000003};
    unsigned n[N_CONTEXTS] = {0};
    sheet t = {0};
    make_program(&r, &p);
    make_payload(&r, p.signal, &t, n);
    for (unsigned c = 0; c < N_CONTEXTS; c++) assert_true(n[c] < MAX_RECORDS);
    bytes in = to_wire(p.signal, t.data, t.len);
    bytes start = p.flatten ? rearrange(p.signal, in, false) : in;
    static model m;
    m = (model){.p = &p, .n = n};
    model_run(&m, start);
    bytes want = p.flatten ? rearrange(p.signal, m.state, true) : m.state;
    n_failed += m.errors > 0;
    if (!same_as_model(&p, in, want, m.errors)) {
      printf("seed %llu\n", (unsigned long long)seed);
      differences++;
    }
    if (p.flatten) {
      free(start.data);
      free(want.data);
    }
    free(m.state.data);
    free(in.data);
    free(t.data);
  }
  ottl_json_free(json);
  if (differences) fail_msg("%lu programs differ from the model", differences);
  printf("%lu programs, %lu with failures, %lu run again, %lu groups vectorized\n", runs, n_failed, n_again, n_vector);
}

/* Each record that is left out makes the next one fail: that ends, one way or the other. */
static void runs_are_limited(void **state) {
  (void)state;
  static const struct {
    unsigned n_records;
    ottl_status status;
  } rounds[] = {{40, OTTL_OK}, {200, OTTL_LIMIT}};
  ottl_snippet count[] = {{.text = "set(resource.attributes[\"n\"], resource.attributes[\"n\"] + 1)"},
                          {.text = "set(log.attributes[\"n\"], resource.attributes[\"n\"])"}};
  ottl_snippet fails = {.text = "set(log.body, ToLowerCase(log.attributes[\"n\"])) where log.attributes[\"n\"] == 1"};
  for (size_t i = 0; i < 2; i++) count[i].len = strlen(count[i].text);
  fails.len = strlen(fails.text);
  ottl_group groups[2] = {
      {.struct_size = sizeof *groups, .statements = count, .n_statements = 2, .error_mode = OTTL_ERROR_SILENT},
      {.struct_size = sizeof *groups, .statements = &fails, .n_statements = 1, .error_mode = OTTL_ERROR_SILENT}};
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.on_failure = OTTL_ON_FAILURE_ROLLBACK;
  ottl_program *compiled = NULL;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_program_compile(groups, 2, &options, &compiled, NULL), OTTL_OK);
  for (size_t i = 0; i < 2; i++) {
    sheet t = {0};
    put(&t,
        "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"0\"}}]},\"scopeLogs\":[{");
    put(&t, "\"logRecords\":[{}");
    for (unsigned k = 1; k < rounds[i].n_records; k++) put(&t, ",{}");
    put(&t, "]}]}]}");
    bytes in = to_wire(OTTL_SIGNAL_LOGS, t.data, t.len), out;
    ottl_result result;
    assert_int_equal(run(compiled, 0, in, &result, &out), rounds[i].status);
    if (rounds[i].status == OTTL_OK) {
      assert_int_equal(result.errors, rounds[i].n_records);
      assert_int_equal(result.rows_failed, rounds[i].n_records);
      assert_int_equal(result.rows_changed, 0);
      assert_true(result.unchanged);
    }
    free(out.data);
    free(in.data);
    free(t.data);
  }
  ottl_program_free(compiled);
  ottl_json_free(json);
}

/* Groups of programs that are written by hand; the JSON of what comes out of two runs on one exec, to be freed. */
static char *outcome(const ottl_group *groups, size_t n, ottl_signal signal, const sheet *t, ottl_result *ret) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.signal = signal;
  options.on_failure = OTTL_ON_FAILURE_ROLLBACK;
  options.experimental = true;
  ottl_program *compiled = NULL;
  assert_int_equal(ottl_program_compile(groups, n, &options, &compiled, NULL), OTTL_OK);
  bytes in = to_wire(signal, t->data, t->len), out;
  assert_int_equal(run(compiled, 0, in, ret, &out), OTTL_OK);
  const char *text;
  size_t len;
  assert_int_equal(ottl_json_from_wire(json, signal, out.data, out.len, &text, &len), OTTL_OK);
  char *shown = malloc(len + 1);
  assert_non_null(shown);
  memcpy(shown, text, len);
  shown[len] = 0;
  free(in.data);
  free(out.data);
  ottl_program_free(compiled);
  return shown;
}

static unsigned count_of(const char *text, const char *what) {
  unsigned n = 0;
  for (; (text = strstr(text, what)); text++) n++;
  return n;
}

static ottl_group group_of(const char *context, ottl_snippet *statements, size_t n) {
  for (size_t i = 0; i < n; i++) statements[i].len = strlen(statements[i].text);
  return (ottl_group){.struct_size = sizeof(ottl_group),
                      .context = context,
                      .statements = statements,
                      .n_statements = n,
                      .error_mode = OTTL_ERROR_IGNORE};
}

/* Records that are appended in a run that leaves others out are visited, however many they are. */
static void appended_are_visited(void **state) {
  (void)state;
  ottl_snippet first = {.text = "set(metric.unit, \"u\")"};
  ottl_snippet then[] = {{.text = "set(metric.unit, ToLowerCase(metric.metadata[\"n\"])) where metric.name == \"bad\""},
                         {.text = "copy_metric(name=\"copy\") where metric.name != \"copy\""},
                         {.text = "set(metric.description, \"seen\")"}};
  const ottl_group groups[] = {group_of("metric", &first, 1), group_of("metric", then, 3)};
  sheet t = {0};
  ottl_result result;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  put(&t, "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[");
  put(&t, "{\"name\":\"bad\",\"metadata\":[{\"key\":\"n\",\"value\":{\"intValue\":\"1\"}}]}");
  for (unsigned i = 0; i < 2000; i++) put(&t, ",{\"name\":\"m\"}");
  put(&t, "]}]}]}");
  char *shown = outcome(groups, 2, OTTL_SIGNAL_METRICS, &t, &result);
  assert_int_equal(count_of(shown, "\"copy\""), 2000);
  assert_int_equal(count_of(shown, "\"seen\""), 4000);
  assert_int_equal(result.rows_failed, 1);
  assert_int_equal(result.rows_in, 2001);
  free(shown);
  free(t.data);
  ottl_json_free(json);
}

/* What the last group left in a cache is written to what records share: it is there until that is in the payload. */
static void cache_outlives_writes(void **state) {
  (void)state;
  ottl_snippet first = {.text = "set(log.cache[\"c\"], Concat([log.body, \"a text that lies in the cache\"], \": \"))"};
  ottl_snippet then = {.text = "set(resource.attributes[\"c\"], log.cache[\"c\"])"};
  ottl_group groups[] = {group_of("log", &first, 1), group_of("log", &then, 1)};
  groups[0].shared_cache = groups[1].shared_cache = true;
  sheet t = {0};
  ottl_result result;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  put(&t, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"b\"}}]}]}]}");
  char *shown = outcome(groups, 2, OTTL_SIGNAL_LOGS, &t, &result);
  assert_non_null(strstr(shown, "{\"key\":\"c\",\"value\":{\"stringValue\":\"b: a text that lies in the cache\"}}"));
  free(shown);
  free(t.data);
  ottl_json_free(json);
}

/* Attributes of a profile that cannot be read, mended by a sample that is undone: the next sample cannot read them either. */
static void mending_is_undone(void **state) {
  (void)state;
  ottl_snippet text[] = {
      {.text = "set(profile.attributes, {\"only\": \"me\"}) where profilesample.attributes[\"k\"] == 1"},
      {.text = "set(profilesample.attributes[\"x\"], ToLowerCase(profilesample.attributes[\"k\"])) where "
               "profilesample.attributes[\"k\"] == 1"},
      {.text = "set(profilesample.attributes[\"x\"], profile.attributes[\"only\"])"},
      {.text = "set(profilesample.attributes[\"x\"], profile.attributes)"},
  };
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (size_t i = 0; i < 2; i++) {
    if (i) text[2] = text[3];
    const ottl_group group = group_of("profilesample", text, 3);
    sheet t = {0};
    ottl_result result;
    put(&t, "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"attributeIndices\":[99],\"samples\":[");
    put(&t, "{\"attributeIndices\":[1],\"values\":[\"1\"]},{\"values\":[\"2\"]}]}]}]}],\"dictionary\":{\"stringTable\":[\"\",");
    put(&t, "\"k\"],\"attributeTable\":[{},{\"keyStrindex\":1,\"value\":{\"intValue\":\"1\"}}]}}");
    char *shown = outcome(&group, 1, OTTL_SIGNAL_PROFILES, &t, &result);
    assert_int_equal(result.errors, 2);
    assert_true(result.unchanged);
    free(shown);
    free(t.data);
  }
  ottl_json_free(json);
}

/* What a record may have to take back from a shared cache takes memory once, not for each record. */
static void caches_are_bounded(void **state) {
  (void)state;
  ottl_snippet text[] = {{.text = "set(log.cache[log.body], 1)"},
                         {.text = "set(log.attributes[\"x\"], ToLowerCase(log.attributes[\"s\"])) where log.body == \"b7\""}};
  ottl_group group = group_of("log", text, 2);
  group.shared_cache = true;
  group.on_failure = OTTL_ON_FAILURE_ATOMIC;
  sheet t = {0};
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  put(&t, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{}");
  for (unsigned i = 0; i < 2000; i++) put(&t, ",{\"body\":{\"stringValue\":\"b%u\"}}", i);
  put(&t, "]}]}]}");
  bytes in = to_wire(OTTL_SIGNAL_LOGS, t.data, t.len);
  ottl_program *compiled = NULL;
  ottl_exec *exec = NULL;
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.max_bytes = 8 << 20;
  ottl_result result;
  assert_int_equal(ottl_program_compile(&group, 1, NULL, &compiled, NULL), OTTL_OK);
  assert_int_equal(ottl_exec_create(compiled, &options, &exec), OTTL_OK);
  for (unsigned i = 0; i < 2; i++) assert_int_equal(ottl_exec_run(exec, in.data, in.len, &result), OTTL_OK);
  assert_int_equal(result.rows_failed, 2); /* a body that is no text, a text that is none */
  ottl_exec_free(exec);
  ottl_program_free(compiled);
  free(in.data);
  free(t.data);
  ottl_json_free(json);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_model),         cmocka_unit_test(runs_are_limited),
                                     cmocka_unit_test(appended_are_visited), cmocka_unit_test(cache_outlives_writes),
                                     cmocka_unit_test(mending_is_undone),    cmocka_unit_test(caches_are_bounded)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
