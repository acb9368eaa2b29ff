/* Match properties of the filter processor, its oldest form: include and exclude with lists of names, attributes and so on. They are
 * written as conditions of OTTL that hold for exactly the same records, and never fail:
 *
 *   include: { match_type: strict, severity_texts: [INFO, ERROR] }    not ((log.severity_text == "INFO" or ... == "ERROR"))
 *
 * A strict value of an attribute has to have the same type, which == does not ask for between numbers; a pattern looks at strings,
 * bools and numbers only. */
#include <stdio.h>

#include "base/gonum.h"
#include "config/config.h"
#include "regex/regex.h"

typedef enum match_type { MATCH_BAD, MATCH_STRICT, MATCH_REGEXP, MATCH_EXPR } match_type;

typedef struct matcher { /* include or exclude */
  cfg_reader *r;
  cfg_part *part;
  const cfg_node *node; /* the whole of it */
  const cfg_node *type_node;
  ottl_view type_text;
  match_type type;
  ottl_sbuf out;
  unsigned n_parts;
} matcher;

void ottl__cfg_regexp_options(cfg_reader *r, const cfg_node *node) {
  const cfg_node *enabled = NULL, *entries = NULL;
  bool unused;
  const cfg_field fields[] = {{"cacheenabled", &enabled}, {"cachemaxnumentries", &entries}};
  if (!ottl__cfg_fields(r, node, "regexp", fields, OTTL_COUNT(fields))) return;
  ottl__cfg_bool(r, enabled, "cacheenabled", &unused);
  if (entries && entries->kind != CFG_NULL && entries->kind != CFG_INT)
    CFG_ERROR(r, CONFIG_KIND, cfg_span(r, entries), "`cachemaxnumentries` is an integer, this is %s",
              ottl__cfg_kind_name(entries));
}

/* -- text of conditions -- */

static void put_string(ottl_sbuf *out, ottl_view text) {
  sbuf_byte(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    if (c == '"' || c == '\\') {
      sbuf_byte(out, '\\');
      sbuf_byte(out, (char)c);
    } else if (c < 0x20 || c == 0x7f) {
      ottl__sbuf_printf(out, "\\x%02x", c);
    } else {
      sbuf_byte(out, (char)c);
    }
  }
  sbuf_byte(out, '"');
}

static void put_double(ottl_sbuf *out, double value) {
  char text[OTTL_DOUBLE_TEXT_MAX];
  size_t n = ottl__gonum_format_double(text, value, 'f');
  sbuf_put(out, text, n);
  if (!memchr(text, '.', n)) sbuf_str(out, ".0");
}

/* A value of the configuration as a literal; false: there is none for it. */
static bool put_literal(ottl_sbuf *out, const cfg_node *node) {
  bool ok = true, first = true;
  switch ((cfg_kind)node->kind) {
  case CFG_NULL: sbuf_str(out, "nil"); break;
  case CFG_BOOL: sbuf_str(out, node->boolean ? "true" : "false"); break;
  case CFG_STRING: put_string(out, node->text); break;
  case CFG_INT:
    if (node->integer == INT64_MIN) {
      sbuf_str(out, "(-9223372036854775807 - 1)");
    } else {
      ottl__gonum_put_int(out, node->integer);
    }
    break;
  case CFG_FLOAT:
    if (!(node->number - node->number == 0)) return false; /* no literal is infinite or NaN */
    put_double(out, node->number);
    break;
  case CFG_LIST:
  case CFG_MAP:
    sbuf_byte(out, node->kind == CFG_LIST ? '[' : '{');
    CFG_EACH(node, kid) {
      if (!first) sbuf_str(out, ", ");
      first = false;
      if (node->kind == CFG_MAP) put_string(out, kid->key), sbuf_str(out, ": ");
      ok &= put_literal(out, kid);
    }
    sbuf_byte(out, node->kind == CFG_LIST ? ']' : '}');
    break;
  }
  return ok;
}

static void begin_part(matcher *m) {
  if (m->n_parts++) sbuf_str(&m->out, " and ");
}

/* -- match types and patterns -- */

static void bad_type(matcher *m) {
  ottl__cfg_problem(m->r, m->part, m->type_node ? m->type_node : m->node, DIAG_CONFIG_VALUE,
                    m->type_node ? "unknown `match_type` `%.*s`: it is `strict` or `regexp`" : "`match_type` is missing%.*s",
                    m->type_node ? (int)m->type_text.len : 0, m->type_text.data ? m->type_text.data : "");
}

static bool check_type(matcher *m) {
  bool ok = m->type == MATCH_STRICT || m->type == MATCH_REGEXP;
  if (!ok) bad_type(m);
  return ok;
}

static bool check_pattern(matcher *m, const cfg_node *place, ottl_view pattern) {
  ottl_regex *re = NULL;
  ottl_regex_error error;
  ottl_status status = ottl__regex_compile(&m->r->al, pattern, &re, &error);
  ottl__regex_free(re);
  if (status == OTTL_NOMEM) m->r->fatal = OTTL_NOMEM;
  if (status == OTTL_COMPILE)
    ottl__cfg_problem(m->r, m->part, place, DIAG_CONFIG_VALUE, "not a regular expression: %s", error.message);
  return status == OTTL_OK;
}

/* `subject`, an expression that yields a string, is one of the texts, or matches one of the patterns. */
static void put_text(matcher *m, const char *subject, const cfg_node *place, ottl_view text) {
  if (m->type == MATCH_REGEXP) {
    check_pattern(m, place, text);
    ottl__sbuf_printf(&m->out, "IsMatch(%s, ", subject);
    put_string(&m->out, text);
    sbuf_byte(&m->out, ')');
  } else {
    ottl__sbuf_printf(&m->out, "%s == ", subject);
    put_string(&m->out, text);
  }
}

static void put_texts(matcher *m, const char *subject, const cfg_node *place, const ottl_snippet *texts, size_t n) {
  if (!n || !check_type(m)) return;
  begin_part(m);
  sbuf_byte(&m->out, '(');
  for (size_t i = 0; i < n; i++) {
    if (i) sbuf_str(&m->out, " or ");
    put_text(m, subject, place, (ottl_view){texts[i].text, texts[i].len});
  }
  sbuf_byte(&m->out, ')');
}

static void put_attribute_value(matcher *m, const char *map, ottl_view key, const cfg_node *value) {
  static const char *const strict[] = {[CFG_INT] = "IsInt", [CFG_FLOAT] = "IsDouble", [CFG_MAP] = NULL};
  static const char *const plain[] = {"IsString", "IsBool", "IsInt", "IsDouble"};
  ottl_sbuf *out = &m->out;
  ottl_sbuf path;
  ottl__sbuf_init(&path, &m->r->al);
  ottl__sbuf_printf(&path, "%s[", map);
  put_string(&path, key);
  sbuf_byte(&path, ']');
  ottl_view at = sbuf_all(&path);
  if (m->type == MATCH_REGEXP) {
    if (value->kind != CFG_STRING) {
      ottl__cfg_problem(m->r, m->part, value, DIAG_CONFIG_VALUE, "with `match_type: regexp` a value is a pattern, this is %s",
                        ottl__cfg_kind_name(value));
    } else {
      check_pattern(m, value, value->text);
    }
    sbuf_byte(out, '(');
    for (size_t i = 0; i < OTTL_COUNT(plain); i++) {
      ottl__sbuf_printf(out, "%s%s(", i ? " or " : "", plain[i]);
      sbuf_view(out, at);
      sbuf_byte(out, ')');
    }
    sbuf_str(out, ") and IsMatch(");
    sbuf_view(out, at);
    sbuf_str(out, ", ");
    put_string(out, value->text);
    sbuf_byte(out, ')');
  } else {
    const char *type = strict[value->kind];
    if (type) {
      ottl__sbuf_printf(out, "%s(", type);
      sbuf_view(out, at);
      sbuf_str(out, ") and ");
    }
    sbuf_view(out, at);
    sbuf_str(out, " == ");
    if (!put_literal(out, value))
      ottl__cfg_problem(m->r, m->part, value, DIAG_UNSUPPORTED, "values that are infinite or no number are not matched yet");
  }
  out->failed |= path.failed;
  ottl__sbuf_done(&path);
}

static void put_attribute(matcher *m, const char *map, const cfg_node *node, const char *what) {
  const cfg_node *key_node = NULL, *value = NULL;
  ottl_view key = {"", 0};
  const cfg_field fields[] = {{"key", &key_node}, {"value", &value}};
  if (!ottl__cfg_fields(m->r, node, what, fields, OTTL_COUNT(fields))) return;
  if (!ottl__cfg_text(m->r, key_node, "key", &key)) return;
  if (!key.len) {
    ottl__cfg_problem(m->r, m->part, key_node ? key_node : node, DIAG_CONFIG_VALUE, "`key` is empty");
    return;
  }
  begin_part(m);
  if (value && value->kind != CFG_NULL) {
    if (check_type(m)) put_attribute_value(m, map, key, value);
    return;
  }
  ottl__sbuf_printf(&m->out, "ContainsValue(Keys(%s), ", map);
  put_string(&m->out, key);
  sbuf_byte(&m->out, ')');
}

static void put_attributes(matcher *m, const char *map, const cfg_node *list, const char *what) {
  if (!ottl__cfg_list(m->r, list, what)) return;
  CFG_EACH(list, kid) put_attribute(m, map, kid, what);
}

static void put_libraries(matcher *m, const cfg_node *list) {
  if (!ottl__cfg_list(m->r, list, "libraries")) return;
  CFG_EACH(list, kid) {
    const cfg_node *name_node = NULL, *version_node = NULL;
    ottl_view name = {"", 0}, version = {"", 0};
    const cfg_field fields[] = {{"name", &name_node}, {"version", &version_node}};
    if (!ottl__cfg_fields(m->r, kid, "libraries", fields, OTTL_COUNT(fields))) continue;
    if (!ottl__cfg_text(m->r, name_node, "name", &name) || !ottl__cfg_text(m->r, version_node, "version", &version)) continue;
    if (!check_type(m)) return;
    begin_part(m);
    put_text(m, "instrumentation_scope.name", kid, name);
    if (!version_node || version_node->kind == CFG_NULL) continue;
    begin_part(m);
    put_text(m, "instrumentation_scope.version", kid, version);
  }
}

/* A resource without service.name counts as one of this name. */
static void put_services(matcher *m, const cfg_node *place, const ottl_snippet *texts, size_t n) {
  if (!n || !check_type(m)) return;
  begin_part(m);
  sbuf_byte(&m->out, '(');
  for (size_t i = 0; i < n; i++) {
    ottl_view text = {texts[i].text, texts[i].len};
    sbuf_str(&m->out, i ? " or (" : "(");
    sbuf_str(&m->out, "resource.attributes[\"service.name\"] != nil and ");
    put_text(m, "String(resource.attributes[\"service.name\"])", place, text);
    sbuf_str(&m->out, ") or (ContainsValue(Keys(resource.attributes), \"service.name\") and "
                      "resource.attributes[\"service.name\"] == nil and ");
    put_text(m, "\"\"", place, text);
    sbuf_str(&m->out, ") or (not ContainsValue(Keys(resource.attributes), \"service.name\") and ");
    put_text(m, "\"<nil-service-name>\"", place, text);
    sbuf_byte(&m->out, ')');
  }
  sbuf_byte(&m->out, ')');
}

/* -- the properties of each signal -- */

static bool read_type(matcher *m, const cfg_node *type) {
  m->type_node = type && type->kind != CFG_NULL ? type : NULL;
  if (!ottl__cfg_text(m->r, type, "match_type", &m->type_text)) return false;
  m->type = view_is(m->type_text, "strict")   ? MATCH_STRICT
            : view_is(m->type_text, "regexp") ? MATCH_REGEXP
            : view_is(m->type_text, "expr")   ? MATCH_EXPR
                                              : MATCH_BAD;
  return true;
}

typedef struct texts {
  ottl_snippet *items;
  size_t n;
} texts;

static bool read_texts(matcher *m, const cfg_node *node, const char *what, texts *ret) {
  return ottl__cfg_strings(m->r, node, what, &ret->items, &ret->n);
}

/* 1 to 24, or a name such as WARN or INFO2; 0: neither. */
static int severity_of(ottl_view text) {
  static const char *const names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
  char upper[8];
  if (!text.len || text.len >= sizeof upper) return 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    upper[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
  }
  ottl_view v = {upper, text.len};
  for (int i = 0; i < 24; i++) {
    char name[16];
    size_t n = (size_t)(i % 4 ? snprintf(name, sizeof name, "%s%d", names[i / 4], i % 4 + 1)
                              : snprintf(name, sizeof name, "%s", names[i / 4]));
    if (view_eq(v, (ottl_view){name, n})) return i + 1;
    n = (size_t)snprintf(name, sizeof name, "%d", i + 1);
    if (view_eq(v, (ottl_view){name, n})) return i + 1;
  }
  return 0;
}

static void put_severity(matcher *m, const cfg_node *node) {
  const cfg_node *min_node = NULL, *undefined_node = NULL;
  ottl_view min = {"", 0};
  bool undefined = false;
  const cfg_field fields[] = {{"min", &min_node}, {"match_undefined", &undefined_node}};
  if (!node || node->kind == CFG_NULL) return;
  if (!ottl__cfg_fields(m->r, node, "severity_number", fields, OTTL_COUNT(fields))) return;
  if (!ottl__cfg_text(m->r, min_node, "min", &min) || !ottl__cfg_bool(m->r, undefined_node, "match_undefined", &undefined))
    return;
  int severity = severity_of(min);
  if (min.len && !severity) {
    ottl_diag_item *d = CFG_ERROR(m->r, CONFIG_VALUE, cfg_span(m->r, min_node), "unknown severity `%.*s`", VIEW_ARG(min));
    ottl__diag_help(d, "a name such as `INFO` or `WARN2`, or \"1\" to \"24\" in quotes");
  }
  begin_part(m);
  ottl__sbuf_printf(&m->out, "((log.severity_number == 0 and %s) or (log.severity_number != 0 and log.severity_number >= %d))",
                    undefined ? "true" : "false", severity);
}

static void match_logs(matcher *m) {
  const cfg_node *type = NULL, *resource = NULL, *record = NULL, *severity_texts = NULL, *severity = NULL, *bodies = NULL;
  texts severities = {0}, body_texts = {0};
  const cfg_field fields[] = {{"match_type", &type},          {"resource_attributes", &resource},
                              {"record_attributes", &record}, {"severity_texts", &severity_texts},
                              {"severity_number", &severity}, {"bodies", &bodies}};
  if (!ottl__cfg_fields(m->r, m->node, m->node->key.data, fields, OTTL_COUNT(fields)) || !read_type(m, type)) return;
  put_attributes(m, "log.attributes", record, "record_attributes");
  put_attributes(m, "resource.attributes", resource, "resource_attributes");
  if (read_texts(m, bodies, "bodies", &body_texts)) put_texts(m, "log.body.string", bodies, body_texts.items, body_texts.n);
  if (read_texts(m, severity_texts, "severity_texts", &severities))
    put_texts(m, "log.severity_text", severity_texts, severities.items, severities.n);
  put_severity(m, severity);
}

static void check_kinds(matcher *m, const cfg_node *place, const texts *kinds) {
  static const char *const known[] = {"INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
  for (size_t i = 0; m->type == MATCH_STRICT && i < kinds->n; i++) {
    ottl_view kind = {kinds->items[i].text, kinds->items[i].len};
    size_t k = 0;
    for (; k < OTTL_COUNT(known); k++) {
      char name[32];
      size_t n = (size_t)snprintf(name, sizeof name, "SPAN_KIND_%s", known[k]);
      if (view_eq(kind, (ottl_view){name, n})) break;
    }
    if (k == OTTL_COUNT(known))
      ottl__cfg_problem(m->r, m->part, place, DIAG_CONFIG_VALUE,
                        "unknown span kind `%.*s`: they are SPAN_KIND_SERVER and its like", VIEW_ARG(kind));
  }
}

static void match_spans(matcher *m) {
  const cfg_node *type = NULL, *regexp = NULL, *services = NULL, *names = NULL, *bodies = NULL, *severity_texts = NULL;
  const cfg_node *severity = NULL, *metric_names = NULL, *attributes = NULL, *resources = NULL, *libraries = NULL, *kinds = NULL;
  const cfg_field fields[] = {{"match_type", &type},
                              {"regexp", &regexp},
                              {"services", &services},
                              {"span_names", &names},
                              {"log_bodies", &bodies},
                              {"log_severity_texts", &severity_texts},
                              {"log_severity_number", &severity},
                              {"metric_names", &metric_names},
                              {"attributes", &attributes},
                              {"resources", &resources},
                              {"libraries", &libraries},
                              {"span_kinds", &kinds}};
  if (!ottl__cfg_fields(m->r, m->node, m->node->key.data, fields, OTTL_COUNT(fields)) || !read_type(m, type)) return;
  ottl__cfg_regexp_options(m->r, regexp);
  texts service = {0}, name = {0}, kind = {0};
  const struct {
    const cfg_node *node;
    const char *what;
  } foreign[] = {{bodies, "log_bodies"}, {severity_texts, "log_severity_texts"}, {metric_names, "metric_names"}};
  for (size_t i = 0; i < OTTL_COUNT(foreign); i++) {
    texts unused = {0};
    if (read_texts(m, foreign[i].node, foreign[i].what, &unused) && unused.n)
      ottl__cfg_problem(m->r, m->part, foreign[i].node, DIAG_CONFIG_CONFLICT, "`%s` is not for spans", foreign[i].what);
  }
  if (severity && severity->kind != CFG_NULL) {
    const cfg_node *min = NULL, *undefined = NULL;
    bool unused;
    const cfg_field of_severity[] = {{"min", &min}, {"match_undefined", &undefined}};
    ottl__cfg_fields(m->r, severity, "log_severity_number", of_severity, OTTL_COUNT(of_severity));
    ottl__cfg_bool(m->r, undefined, "match_undefined", &unused);
    if (min && min->kind != CFG_NULL && min->kind != CFG_INT)
      CFG_ERROR(m->r, CONFIG_KIND, cfg_span(m->r, min), "`min` is an integer, this is %s", ottl__cfg_kind_name(min));
    ottl__cfg_problem(m->r, m->part, severity, DIAG_CONFIG_CONFLICT, "`log_severity_number` is not for spans");
  }
  put_libraries(m, libraries);
  put_attributes(m, "span.attributes", attributes, "attributes");
  put_attributes(m, "resource.attributes", resources, "resources");
  if (read_texts(m, services, "services", &service)) put_services(m, services, service.items, service.n);
  if (read_texts(m, names, "span_names", &name)) put_texts(m, "span.name", names, name.items, name.n);
  if (read_texts(m, kinds, "span_kinds", &kind)) {
    check_kinds(m, kinds, &kind);
    put_texts(m, "span.kind.deprecated_string", kinds, kind.items, kind.n);
  }
  if (!m->n_parts && !m->part->problem)
    ottl__cfg_problem(m->r, m->part, m->node, DIAG_CONFIG_MISSING,
                      "nothing to match: give it `services`, `span_names`, `attributes`, ...");
}

/* Metrics have conditions of two levels: `resources` says which are wanted. */
static void match_metrics(matcher *m, bool resources) {
  const cfg_node *type = NULL, *regexp = NULL, *names = NULL, *expressions = NULL, *resource = NULL;
  texts name = {0}, expression = {0};
  const cfg_field fields[] = {{"match_type", &type},
                              {"regexp", &regexp},
                              {"metric_names", &names},
                              {"expressions", &expressions},
                              {"resource_attributes", &resource}};
  if (!ottl__cfg_fields(m->r, m->node, m->node->key.data, fields, OTTL_COUNT(fields)) || !read_type(m, type)) return;
  if (resources) {
    ottl__cfg_regexp_options(m->r, regexp);
    put_attributes(m, "resource.attributes", resource, "resource_attributes");
    return;
  }
  if (!read_texts(m, names, "metric_names", &name) || !read_texts(m, expressions, "expressions", &expression)) return;
  if (m->type != MATCH_EXPR) {
    put_texts(m, "metric.name", names, name.items, name.n);
  } else if (expression.n) {
    ottl__cfg_problem(m->r, m->part, expressions, DIAG_UNSUPPORTED,
                      "`match_type: expr` is another language, which is not there yet: write `metric_conditions`");
  }
}

/* -- conditions -- */

static bool is_given(const cfg_node *node) { return node && node->kind != CFG_NULL; }

static void put_condition(cfg_reader *r, cfg_signal signal, const cfg_node *node, bool include, bool resources, cfg_part *part,
                          ottl_snippet *list, size_t *n) {
  if (!is_given(node) || r->fatal) return;
  matcher m = {.r = r, .part = part, .node = node, .type_text = {"", 0}};
  ottl__sbuf_init(&m.out, &r->al);
  if (include) sbuf_str(&m.out, "not (");
  switch (signal) {
  case CFG_LOGS: match_logs(&m); break;
  case CFG_TRACES: match_spans(&m); break;
  default: match_metrics(&m, resources); break;
  }
  if (include) sbuf_byte(&m.out, ')');
  if (m.n_parts) {
    ottl_view text = arena_copy(r->arena, m.out.data ? m.out.data : "", m.out.len);
    if (!text.data) r->fatal = OTTL_NOMEM;
    list[(*n)++] = (ottl_snippet){.text = text.data, .len = text.len, .name = r->name.data, .line = 1, .column = 1};
  }
  if (m.out.failed) r->fatal = OTTL_NOMEM;
  ottl__sbuf_done(&m.out);
}

static void put_group(cfg_reader *r, cfg_signal signal, const cfg_node *include, const cfg_node *exclude, bool resources,
                      const char *context, cfg_part *part) {
  ottl_snippet *list = arena_zero(r->arena, 2 * sizeof *list);
  size_t n = 0;
  if (!list) {
    r->fatal = OTTL_NOMEM;
    return;
  }
  put_condition(r, signal, include, true, resources, part, list, &n);
  put_condition(r, signal, exclude, false, resources, part, list, &n);
  if (!n || r->fatal) return;
  ottl_group *g = ottl__cfg_add_group(r, part);
  if (!g) return;
  g->context = context;
  g->conditions = list;
  g->n_conditions = n;
}

void ottl__cfg_match(cfg_reader *r, cfg_signal signal, const cfg_node *include, const cfg_node *exclude, cfg_part *ret) {
  if (!is_given(include) && !is_given(exclude)) return;
  ret->matched = true;
  if (signal == CFG_METRICS) put_group(r, signal, include, exclude, true, "resource", ret);
  put_group(r, signal, include, exclude, false, signal == CFG_LOGS ? "log" : signal == CFG_METRICS ? "metric" : "span", ret);
}
