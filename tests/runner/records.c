/* Records of case files, one a line with the names of paths as keys, to OTLP/JSON and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

typedef enum rt_form {
  RT_TEXT,   /* as it stands: text, hex ids */
  RT_NUMBER, /* an integer of 32 bits */
  RT_INT64,  /* an integer, in OTLP/JSON a string */
  RT_ANY,    /* a value */
  RT_MAP,    /* attributes */
  RT_EVENTS  /* list of objects with keys of their own */
} rt_form;

typedef struct rt_member {
  const char *key;  /* in records */
  const char *name; /* in OTLP/JSON; a dot leads into an object */
  rt_form form;
} rt_member;

static const rt_member log_members[] = {{"time_unix_nano", "timeUnixNano", RT_INT64},
                                        {"observed_time_unix_nano", "observedTimeUnixNano", RT_INT64},
                                        {"severity_number", "severityNumber", RT_NUMBER},
                                        {"severity_text", "severityText", RT_TEXT},
                                        {"event_name", "eventName", RT_TEXT},
                                        {"body", "body", RT_ANY},
                                        {"attributes", "attributes", RT_MAP},
                                        {"dropped_attributes_count", "droppedAttributesCount", RT_NUMBER},
                                        {"flags", "flags", RT_NUMBER},
                                        {"trace_id", "traceId", RT_TEXT},
                                        {"span_id", "spanId", RT_TEXT},
                                        {NULL, NULL, 0}};
static const rt_member span_members[] = {{"name", "name", RT_TEXT},
                                         {"kind", "kind", RT_NUMBER},
                                         {"trace_id", "traceId", RT_TEXT},
                                         {"span_id", "spanId", RT_TEXT},
                                         {"parent_span_id", "parentSpanId", RT_TEXT},
                                         {"trace_state", "traceState", RT_TEXT},
                                         {"start_time_unix_nano", "startTimeUnixNano", RT_INT64},
                                         {"end_time_unix_nano", "endTimeUnixNano", RT_INT64},
                                         {"attributes", "attributes", RT_MAP},
                                         {"dropped_attributes_count", "droppedAttributesCount", RT_NUMBER},
                                         {"events", "events", RT_EVENTS},
                                         {"status.code", "status.code", RT_NUMBER},
                                         {"status.message", "status.message", RT_TEXT},
                                         {"flags", "flags", RT_NUMBER},
                                         {NULL, NULL, 0}};
static const rt_member event_members[] = {{"name", "name", RT_TEXT},
                                          {"time_unix_nano", "timeUnixNano", RT_INT64},
                                          {"attributes", "attributes", RT_MAP},
                                          {"dropped_attributes_count", "droppedAttributesCount", RT_NUMBER},
                                          {NULL, NULL, 0}};
static const rt_member resource_members[] = {{"resource.attributes", "resource.attributes", RT_MAP},
                                             {"resource.dropped_attributes_count", "resource.droppedAttributesCount", RT_NUMBER},
                                             {"resource.schema_url", "schemaUrl", RT_TEXT},
                                             {NULL, NULL, 0}};
static const rt_member scope_members[] = {{"scope.name", "scope.name", RT_TEXT},
                                          {"scope.version", "scope.version", RT_TEXT},
                                          {"scope.attributes", "scope.attributes", RT_MAP},
                                          {"scope.dropped_attributes_count", "scope.droppedAttributesCount", RT_NUMBER},
                                          {"scope.schema_url", "schemaUrl", RT_TEXT},
                                          {NULL, NULL, 0}};

typedef struct rt_shape {
  const char *resources, *scopes, *items;
  const rt_member *members;
} rt_shape;

static const rt_shape *shape_of(ottl_signal signal) {
  static const rt_shape logs = {"resourceLogs", "scopeLogs", "logRecords", log_members};
  static const rt_shape traces = {"resourceSpans", "scopeSpans", "spans", span_members};
  return signal == OTTL_SIGNAL_TRACES ? &traces : signal == OTTL_SIGNAL_METRICS ? NULL : &logs;
}

/* ---- records to OTLP/JSON ---- */

static void put_any(rt_text *t, yyjson_val *v);

static void put_pairs(rt_text *t, yyjson_val *object) {
  size_t i, max;
  yyjson_val *key, *value;
  rt_puts(t, "[");
  yyjson_obj_foreach(object, i, max, key, value) {
    rt_puts(t, i ? ",{\"key\":" : "{\"key\":");
    rt_put_json(t, yyjson_get_str(key), yyjson_get_len(key));
    rt_puts(t, ",\"value\":");
    put_any(t, value);
    rt_puts(t, "}");
  }
  rt_puts(t, "]");
}

static void put_any(rt_text *t, yyjson_val *v) {
  if (yyjson_is_str(v)) {
    rt_puts(t, "{\"stringValue\":");
    rt_put_json(t, yyjson_get_str(v), yyjson_get_len(v));
  } else if (yyjson_is_bool(v)) {
    rt_printf(t, "{\"boolValue\":%s", yyjson_get_bool(v) ? "true" : "false");
  } else if (yyjson_is_real(v)) {
    rt_printf(t, "{\"doubleValue\":%.17g", yyjson_get_real(v));
  } else if (yyjson_is_int(v)) {
    rt_printf(t, "{\"intValue\":\"%lld\"", (long long)yyjson_get_sint(v));
  } else if (yyjson_is_arr(v)) {
    size_t i, max;
    yyjson_val *item;
    rt_puts(t, "{\"arrayValue\":{\"values\":[");
    yyjson_arr_foreach(v, i, max, item) {
      if (i) rt_puts(t, ",");
      put_any(t, item);
    }
    rt_puts(t, "]}");
  } else if (yyjson_is_obj(v) && yyjson_obj_size(v) == 1 && yyjson_obj_get(v, "$bytes")) {
    rt_puts(t, "{\"bytesValue\":");
    yyjson_val *text = yyjson_obj_get(v, "$bytes");
    rt_put_json(t, yyjson_get_str(text), yyjson_get_len(text));
  } else if (yyjson_is_obj(v) && yyjson_obj_size(v) == 1 && yyjson_obj_get(v, "$double")) {
    rt_printf(t, "{\"doubleValue\":\"%s\"", yyjson_get_str(yyjson_obj_get(v, "$double")));
  } else if (yyjson_is_obj(v)) {
    rt_puts(t, "{\"kvlistValue\":{\"values\":");
    put_pairs(t, v);
    rt_puts(t, "}");
  } else {
    rt_puts(t, "{");
  }
  rt_puts(t, "}");
}

static const rt_member *member_of(const rt_member *members, const char *key) {
  for (; members->key; members++) {
    if (strcmp(members->key, key) == 0) return members;
  }
  return NULL;
}

static void put_members(rt_text *t, const rt_member *members, yyjson_val *record);

static void put_member(rt_text *t, const rt_member *m, yyjson_val *value) {
  size_t i, max;
  yyjson_val *item;
  switch (m->form) {
  case RT_TEXT: rt_put_json(t, yyjson_get_str(value) ? yyjson_get_str(value) : "", yyjson_get_len(value)); break;
  case RT_NUMBER: rt_printf(t, "%lld", (long long)yyjson_get_sint(value)); break;
  case RT_INT64: rt_printf(t, "\"%llu\"", (unsigned long long)yyjson_get_uint(value)); break;
  case RT_ANY: put_any(t, value); break;
  case RT_MAP: put_pairs(t, value); break;
  case RT_EVENTS:
    rt_puts(t, "[");
    yyjson_arr_foreach(value, i, max, item) {
      rt_puts(t, i ? ",{" : "{");
      put_members(t, event_members, item);
      rt_puts(t, "}");
    }
    rt_puts(t, "]");
  }
}

/* Members that the record has, without braces. Those of an object within stand together in the tables. */
static void put_members(rt_text *t, const rt_member *members, yyjson_val *record) {
  const char *open = NULL; /* the object within that is open */
  bool first = true;
  for (const rt_member *m = members; m->key; m++) {
    yyjson_val *value = yyjson_obj_get(record, m->key);
    if (!value) continue;
    const char *dot = strchr(m->name, '.');
    size_t within = dot ? (size_t)(dot - m->name) : 0;
    if (open && (!dot || strncmp(open, m->name, within + 1) != 0)) {
      rt_puts(t, "}");
      open = NULL;
    }
    if (!first) rt_puts(t, ",");
    if (dot && !open) {
      rt_printf(t, "\"%.*s\":{", (int)within, m->name);
      open = m->name;
    } else if (dot && open) {
      /* goes on in the same object */
    }
    rt_printf(t, "\"%s\":", dot ? dot + 1 : m->name);
    put_member(t, m, value);
    first = false;
  }
  if (open) rt_puts(t, "}");
}

static bool same_members(const rt_member *members, yyjson_val *a, yyjson_val *b) {
  for (; members->key; members++) {
    yyjson_val *x = yyjson_obj_get(a, members->key), *y = yyjson_obj_get(b, members->key);
    if (!x != !y || (x && !rt_json_equal(x, y, true))) return false;
  }
  return true;
}

static bool known_keys(const rt_shape *s, yyjson_val *record, const char **ret_why) {
  size_t i, max;
  yyjson_val *key, *value;
  yyjson_obj_foreach(record, i, max, key, value) {
    const char *k = yyjson_get_str(key);
    if (member_of(s->members, k) || member_of(resource_members, k) || member_of(scope_members, k)) continue;
    rt_text t = {0};
    rt_printf(&t, "unknown key `%s` of a record", k);
    *ret_why = t.data;
    return false;
  }
  return true;
}

char *rt_records_to_otlp(ottl_signal signal, const char *lines, const char **ret_why) {
  const rt_shape *s = shape_of(signal);
  *ret_why = "records of this signal are written as `input otlp`";
  if (!s) return NULL;
  rt_text t = {0};
  rt_printf(&t, "{\"%s\":[", s->resources);
  yyjson_doc *before = NULL;
  bool failed = false;
  while (*lines && !failed) {
    size_t len = strcspn(lines, "\n");
    yyjson_doc *doc = len ? yyjson_read(lines, len, 0) : NULL;
    lines += len + (lines[len] == '\n');
    if (!len) continue;
    yyjson_val *record = yyjson_doc_get_root(doc), *old = yyjson_doc_get_root(before);
    *ret_why = "a record that is not a JSON object";
    failed = !yyjson_is_obj(record) || !known_keys(s, record, ret_why);
    if (failed) {
      yyjson_doc_free(doc);
      break;
    }
    bool same_resource = old && same_members(resource_members, old, record);
    bool same_scope = same_resource && same_members(scope_members, old, record);
    if (old) rt_puts(&t, same_scope ? "," : same_resource ? "]}," : "]}]},");
    if (!same_resource) {
      rt_text m = {0};
      put_members(&m, resource_members, record);
      rt_printf(&t, "{%s%s\"%s\":[", m.len ? m.data : "", m.len ? "," : "", s->scopes);
    }
    if (!same_scope) {
      rt_text m = {0};
      put_members(&m, scope_members, record);
      rt_printf(&t, "{%s%s\"%s\":[", m.len ? m.data : "", m.len ? "," : "", s->items);
    }
    rt_puts(&t, "{");
    put_members(&t, s->members, record);
    rt_puts(&t, "}");
    yyjson_doc_free(before);
    before = doc;
  }
  rt_puts(&t, before ? "]}]}]}" : "]}");
  yyjson_doc_free(before);
  return failed ? NULL : t.data;
}

/* ---- OTLP/JSON to records ---- */

static void get_any(rt_text *t, yyjson_val *v);

static void get_pairs(rt_text *t, yyjson_val *list) {
  size_t i, max;
  yyjson_val *pair;
  rt_puts(t, "{");
  yyjson_arr_foreach(list, i, max, pair) {
    yyjson_val *key = yyjson_obj_get(pair, "key");
    if (i) rt_puts(t, ", ");
    rt_put_json(t, yyjson_get_str(key) ? yyjson_get_str(key) : "", yyjson_get_len(key));
    rt_puts(t, ": ");
    get_any(t, yyjson_obj_get(pair, "value"));
  }
  rt_puts(t, "}");
}

static void put_double(rt_text *t, double d) {
  char buf[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buf, sizeof buf, "%.*g", digits, d);
    if (strtod(buf, NULL) == d) break;
  }
  rt_puts(t, buf);
  if (!strpbrk(buf, ".e")) rt_puts(t, ".0");
}

static void get_any(rt_text *t, yyjson_val *v) {
  yyjson_val *x;
  if ((x = yyjson_obj_get(v, "stringValue"))) {
    rt_put_json(t, yyjson_get_str(x), yyjson_get_len(x));
  } else if ((x = yyjson_obj_get(v, "boolValue"))) {
    rt_puts(t, yyjson_get_bool(x) ? "true" : "false");
  } else if ((x = yyjson_obj_get(v, "intValue"))) {
    rt_puts(t, yyjson_get_str(x) ? yyjson_get_str(x) : "?");
  } else if ((x = yyjson_obj_get(v, "doubleValue"))) {
    if (yyjson_is_num(x)) {
      put_double(t, yyjson_get_num(x));
    } else {
      rt_printf(t, "{\"$double\": \"%s\"}", yyjson_get_str(x));
    }
  } else if ((x = yyjson_obj_get(v, "bytesValue"))) {
    rt_printf(t, "{\"$bytes\": \"%s\"}", yyjson_get_str(x));
  } else if ((x = yyjson_obj_get(v, "arrayValue"))) {
    size_t i, max;
    yyjson_val *item;
    rt_puts(t, "[");
    yyjson_arr_foreach(yyjson_obj_get(x, "values"), i, max, item) {
      if (i) rt_puts(t, ", ");
      get_any(t, item);
    }
    rt_puts(t, "]");
  } else if ((x = yyjson_obj_get(v, "kvlistValue"))) {
    get_pairs(t, yyjson_obj_get(x, "values"));
  } else {
    rt_puts(t, "null");
  }
}

static yyjson_val *get_path(yyjson_val *v, const char *name) {
  const char *dot = strchr(name, '.');
  if (!dot) return yyjson_obj_get(v, name);
  return yyjson_obj_get(yyjson_obj_getn(v, name, (size_t)(dot - name)), dot + 1);
}

static void get_members(rt_text *t, const rt_member *members, yyjson_val *v, bool *first) {
  size_t i, max;
  yyjson_val *item;
  for (; members->key; members++) {
    yyjson_val *x = get_path(v, members->name);
    if (!x) continue;
    rt_printf(t, "%s\"%s\": ", *first ? "" : ", ", members->key);
    *first = false;
    switch (members->form) {
    case RT_TEXT: rt_put_json(t, yyjson_get_str(x), yyjson_get_len(x)); break;
    case RT_NUMBER: rt_printf(t, "%lld", (long long)yyjson_get_sint(x)); break;
    case RT_INT64: rt_puts(t, yyjson_get_str(x)); break;
    case RT_ANY: get_any(t, x); break;
    case RT_MAP: get_pairs(t, x); break;
    case RT_EVENTS:
      rt_puts(t, "[");
      yyjson_arr_foreach(x, i, max, item) {
        bool none = true;
        rt_puts(t, i ? ", {" : "{");
        get_members(t, event_members, item, &none);
        rt_puts(t, "}");
      }
      rt_puts(t, "]");
    }
  }
}

char *rt_records_from_otlp(ottl_signal signal, yyjson_val *request) {
  const rt_shape *s = shape_of(signal);
  rt_text t = {0};
  rt_put(&t, "", 0);
  size_t i, j, k, ni, nj, nk;
  yyjson_val *resource, *scope, *item;
  if (!s) return t.data;
  yyjson_arr_foreach(yyjson_obj_get(request, s->resources), i, ni, resource) {
    yyjson_arr_foreach(yyjson_obj_get(resource, s->scopes), j, nj, scope) {
      yyjson_arr_foreach(yyjson_obj_get(scope, s->items), k, nk, item) {
        bool first = true;
        rt_puts(&t, t.len ? "\n{" : "{");
        get_members(&t, s->members, item, &first);
        get_members(&t, scope_members, scope, &first);
        get_members(&t, resource_members, resource, &first);
        rt_puts(&t, "}");
      }
    }
  }
  return t.data;
}
