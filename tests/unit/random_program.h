/* Random programs that mostly compile: paths of every visible context, editors, where clauses, caches, writes to what records
 * share. A program is a list of pieces, each of which can be left out, so that a failing one can be cut down. */
#ifndef OTTL_TESTS_UNIT_RANDOM_PROGRAM_H
#define OTTL_TESTS_UNIT_RANDOM_PROGRAM_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ottl/program.h"
#include "random_source.h"

#define RG_MAX_GROUPS 2
#define RG_MAX_TEXTS  6
#define RG_TEXT       1024

typedef struct rg_text {
  char text[RG_TEXT];
  char where[RG_TEXT]; /* condition of a statement, or "" */
  bool removed;
} rg_text;

typedef struct rg_group {
  const char *context;
  unsigned n_conditions, n_statements;
  rg_text conditions[RG_MAX_TEXTS], statements[RG_MAX_TEXTS];
} rg_group;

typedef struct rg_program {
  ottl_kind kind;
  ottl_signal signal;
  ottl_error_mode mode;
  unsigned n_groups;
  rg_group groups[RG_MAX_GROUPS];
} rg_program;

typedef struct rg_out {
  char *data;
  size_t len, cap;
} rg_out;

__attribute__((format(printf, 2, 3))) static inline void rg_put(rg_out *o, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(o->data + o->len, o->cap - o->len, format, args);
  va_end(args);
  if (n > 0) o->len += (size_t)n < o->cap - o->len ? (size_t)n : o->cap - o->len - 1;
}

typedef struct rg_path {
  char type; /* i int, s string, a any, m map, t time, o opaque */
  const char *name;
} rg_path;

typedef struct rg_context {
  const char *name;
  ottl_signal signal;
  uint8_t parents[4], n_parents; /* itself first */
  const rg_path *paths;
} rg_context;

static const rg_path rg_resource[] = {{'m', "attributes"}, {'i', "dropped_attributes_count"}, {'s', "schema_url"}, {0, NULL}};
static const rg_path rg_scope[] = {{'m', "attributes"}, {'s', "name"}, {'s', "version"}, {'i', "dropped_attributes_count"},
                                   {'s', "schema_url"}, {0, NULL}};
static const rg_path rg_log[] = {{'m', "attributes"},     {'a', "body"},        {'a', "body"},       {'i', "severity_number"},
                                 {'s', "severity_text"},  {'s', "body.string"}, {'i', "flags"},      {'s', "trace_id.string"},
                                 {'i', "time_unix_nano"}, {'t', "time"},        {'s', "event_name"}, {0, NULL}};
static const rg_path rg_span[] = {{'m', "attributes"},
                                  {'s', "name"},
                                  {'i', "kind"},
                                  {'s', "kind.string"},
                                  {'i', "status.code"},
                                  {'s', "status.message"},
                                  {'o', "status"},
                                  {'o', "events"},
                                  {'o', "links"},
                                  {'s', "trace_state"},
                                  {'s', "span_id.string"},
                                  {'t', "start_time"},
                                  {'i', "end_time_unix_nano"},
                                  {0, NULL}};
static const rg_path rg_event[] = {
    {'m', "attributes"}, {'s', "name"}, {'i', "time_unix_nano"}, {'i', "dropped_attributes_count"}, {0, NULL}};
static const rg_path rg_metric[] = {
    {'s', "name"},         {'s', "description"}, {'s', "unit"},     {'i', "type"}, {'i', "aggregation_temporality"},
    {'a', "is_monotonic"}, {'o', "data_points"}, {'m', "metadata"}, {0, NULL}};
static const rg_path rg_point[] = {{'m', "attributes"}, {'i', "value_int"}, {'a', "value_double"},    {'i', "count"},
                                   {'a', "sum"},        {'o', "exemplars"}, {'a', "bucket_counts"},   {'a', "explicit_bounds"},
                                   {'i', "scale"},      {'o', "positive"},  {'i', "positive.offset"}, {'i', "time_unix_nano"},
                                   {'i', "flags"},      {0, NULL}};
static const rg_path rg_exemplar[] = {
    {'m', "filtered_attributes"}, {'i', "int_value"}, {'a', "double_value"}, {'s', "span_id.string"}, {0, NULL}};

enum { RG_RESOURCE, RG_SCOPE, RG_LOG, RG_SPAN, RG_EVENT, RG_METRIC, RG_POINT, RG_EXEMPLAR, RG_CONTEXTS };
static const rg_context rg_contexts[] = {
    [RG_RESOURCE] = {"resource", OTTL_SIGNAL_NONE, {RG_RESOURCE}, 1, rg_resource},
    [RG_SCOPE] = {"scope", OTTL_SIGNAL_NONE, {RG_SCOPE, RG_RESOURCE}, 2, rg_scope},
    [RG_LOG] = {"log", OTTL_SIGNAL_LOGS, {RG_LOG, RG_SCOPE, RG_RESOURCE}, 3, rg_log},
    [RG_SPAN] = {"span", OTTL_SIGNAL_TRACES, {RG_SPAN, RG_SCOPE, RG_RESOURCE}, 3, rg_span},
    [RG_EVENT] = {"spanevent", OTTL_SIGNAL_TRACES, {RG_EVENT, RG_SPAN, RG_SCOPE, RG_RESOURCE}, 4, rg_event},
    [RG_METRIC] = {"metric", OTTL_SIGNAL_METRICS, {RG_METRIC, RG_SCOPE, RG_RESOURCE}, 3, rg_metric},
    [RG_POINT] = {"datapoint", OTTL_SIGNAL_METRICS, {RG_POINT, RG_METRIC, RG_SCOPE, RG_RESOURCE}, 4, rg_point},
    [RG_EXEMPLAR] = {"exemplar", OTTL_SIGNAL_METRICS, {RG_EXEMPLAR, RG_POINT, RG_METRIC, RG_SCOPE}, 4, rg_exemplar},
};

typedef struct rg {
  rnd *r;
  const rg_context *context;
  rg_out o;
} rg;

static const char *const rg_keys[] = {"a", "a", "b", "b", "c", "d", "list", "map", "new"};
static const char *const rg_strings[] = {"x", "y", "foo", "123", "", "17", "long text with words"};
static const char *const rg_ints[] = {"0", "1", "2", "3", "17", "-1", "100"};
static const char *const rg_regexes[] = {"^a", "o+", "[0-9]+", "^$", "(\\\\w+) (\\\\w+)", "l", "."};

static inline void rg_value(rg *g, char type, unsigned depth);
static inline void rg_condition(rg *g, unsigned depth);

static inline const rg_context *rg_level(rg *g) {
  unsigned n = g->context->n_parents;
  return &rg_contexts[g->context->parents[rnd_in(g->r, 55) ? 0 : rnd_below(g->r, n)]];
}

static inline void rg_key(rg *g, unsigned depth) {
  if (depth && rnd_in(g->r, 4)) {
    rg_put(&g->o, "[");
    rg_value(g, 's', 0);
    rg_put(&g->o, "]");
  } else if (rnd_in(g->r, 8)) {
    rg_put(&g->o, "[%u]", rnd_below(g->r, 3));
  } else {
    rg_put(&g->o, "[\"%s\"]", RND_PICK(g->r, rg_keys));
  }
}

/* A map: attributes of some level, a cache, or a map within. */
static inline void rg_map(rg *g, bool within) {
  const rg_context *c = rg_level(g);
  if (rnd_in(g->r, 12)) {
    rg_put(&g->o, "%s.cache", g->context->name);
  } else {
    const char *name = "attributes";
    if (c->paths == rg_metric) name = "metadata";
    if (c->paths == rg_exemplar) name = "filtered_attributes";
    rg_put(&g->o, "%s.%s", c->name, name);
  }
  if (within && rnd_in(g->r, 12)) rg_put(&g->o, "[\"map\"]");
}

/* A key of a map, or of a map within it. */
static inline void rg_keyed(rg *g, unsigned depth) {
  rg_map(g, false);
  if (rnd_in(g->r, 92)) {
    rg_put(&g->o, "[\"%s\"]", RND_PICK(g->r, rg_keys));
  } else {
    rg_key(g, depth);
  }
  if (rnd_in(g->r, 15)) rg_key(g, depth);
}

/* A path that reads as the type, or a key. */
static inline void rg_path_of(rg *g, char type, unsigned depth) {
  if (type == 'm') {
    rg_map(g, true);
    return;
  }
  for (unsigned tries = 0; tries < 3 && rnd_in(g->r, 60); tries++) {
    const rg_context *c = rg_level(g);
    unsigned n = 0;
    while (c->paths[n].type) n++;
    const rg_path *p = &c->paths[rnd_below(g->r, n)];
    if (type && p->type != type && !rnd_in(g->r, 4)) continue;
    rg_put(&g->o, "%s.%s", c->name, p->name);
    return;
  }
  rg_keyed(g, depth);
}

static inline void rg_string_call(rg *g, unsigned depth) {
  switch (rnd_below(g->r, 9)) {
  case 0:
    rg_put(&g->o, "Concat([");
    rg_value(g, 0, depth);
    rg_put(&g->o, ", ");
    rg_value(g, 's', depth);
    rg_put(&g->o, "], \"-\")");
    return;
  case 1: rg_put(&g->o, "ToUpperCase("); break;
  case 2: rg_put(&g->o, "SHA256("); break;
  case 3:
    rg_put(&g->o, "Substring(");
    rg_value(g, 's', depth);
    rg_put(&g->o, ", 0, %u)", rnd_below(g->r, 4));
    return;
  case 4:
    rg_put(&g->o, "Coalesce([");
    rg_value(g, 0, depth);
    rg_put(&g->o, ", ");
    rg_value(g, 0, depth);
    rg_put(&g->o, "])");
    return;
  case 5: rg_put(&g->o, "Hex("); break;
  case 6: rg_put(&g->o, "Trim("); break;
  default: rg_put(&g->o, "String("); break;
  }
  rg_value(g, 's', depth);
  rg_put(&g->o, ")");
}

static inline void rg_value(rg *g, char type, unsigned depth) {
  static const char types[] = "iiissssssaamd";
  if (!type) type = types[rnd_below(g->r, sizeof types - 1)];
  unsigned form = rnd_below(g->r, 10);
  bool call = depth > 0 && form < 3;
  if (!call && form < 6) {
    rg_path_of(g, type, depth);
    return;
  }
  if (type == 'i') {
    if (!call) {
      rg_put(&g->o, "%s", RND_PICK(g->r, rg_ints));
    } else if (rnd_in(g->r, 50)) {
      static const char *const ops[] = {"+", "-", "*", "/"};
      rg_put(&g->o, "(");
      rg_path_of(g, 'i', depth - 1);
      rg_put(&g->o, " %s ", RND_PICK(g->r, ops));
      rg_value(g, 'i', depth - 1);
      rg_put(&g->o, ")");
    } else {
      static const char *const calls[] = {"Len", "Int", "FNV", "Len"};
      rg_put(&g->o, "%s(", RND_PICK(g->r, calls));
      rg_value(g, 's', depth - 1);
      rg_put(&g->o, ")");
    }
  } else if (type == 's' || type == 'd' || type == 't') {
    if (call) {
      rg_string_call(g, depth - 1);
    } else if (type == 'd') {
      rg_put(&g->o, "2.5");
    } else {
      rg_put(&g->o, "\"%s\"", RND_PICK(g->r, rg_strings));
    }
  } else if (type == 'm') {
    if (call) {
      rg_put(&g->o, "ParseJSON(");
      rg_value(g, 's', depth - 1);
      rg_put(&g->o, ")");
    } else {
      rg_put(&g->o, "{\"a\": %s, \"new\": \"%s\"}", RND_PICK(g->r, rg_ints), RND_PICK(g->r, rg_strings));
    }
  } else {
    static const char *const others[] = {"nil", "true", "1.5", "[1, \"x\"]", "{\"k\": \"v\"}", "0x0102", "\"z\""};
    if (call) {
      static const char *const calls[] = {"Keys", "Values", "ParseJSON", "Double", "Bool"};
      unsigned which = rnd_below(g->r, 5);
      rg_put(&g->o, "%s(", calls[which]);
      rg_value(g, which < 2 ? 'm' : 's', depth - 1);
      rg_put(&g->o, ")");
    } else {
      rg_put(&g->o, "%s", RND_PICK(g->r, others));
    }
  }
}

static inline void rg_condition(rg *g, unsigned depth) {
  static const char *const relations[] = {"==", "!=", "==", "!=", "<", ">", "<=", ">="};
  unsigned form = rnd_below(g->r, depth ? 16 : 10);
  if (form < 5) {
    static const char types[] = "iissa";
    char type = types[rnd_below(g->r, 5)];
    rg_path_of(g, type, 1);
    rg_put(&g->o, " %s ", RND_PICK(g->r, relations));
    if (rnd_in(g->r, 15)) {
      rg_put(&g->o, "nil");
    } else {
      rg_value(g, rnd_in(g->r, 85) ? type : 0, 1);
    }
  } else if (form < 6) {
    rg_put(&g->o, "IsMatch(");
    rg_path_of(g, 's', 1);
    rg_put(&g->o, ", \"%s\")", RND_PICK(g->r, rg_regexes));
  } else if (form < 7) {
    static const char *const calls[] = {"IsString", "IsInt", "IsMap", "IsList", "IsBool", "IsEmpty"};
    rg_put(&g->o, "%s(", RND_PICK(g->r, calls));
    rg_value(g, 0, 1);
    rg_put(&g->o, ")");
  } else if (form < 8 && g->context == &rg_contexts[RG_METRIC]) {
    rg_put(&g->o, rnd_in(g->r, 50) ? "HasAttrKeyOnDatapoint(\"a\")" : "HasAttrOnDatapoint(\"a\", \"x\")");
  } else if (form < 8) {
    rg_put(&g->o, "HasPrefix(");
    rg_value(g, 's', 1);
    rg_put(&g->o, ", \"f\")");
  } else if (form < 10) {
    rg_keyed(g, 0);
    rg_put(&g->o, " %s \"%s\"", RND_PICK(g->r, relations), RND_PICK(g->r, rg_strings));
  } else if (form < 14) {
    rg_put(&g->o, "(");
    rg_condition(g, depth - 1);
    rg_put(&g->o, rnd_in(g->r, 50) ? " and " : " or ");
    rg_condition(g, depth - 1);
    rg_put(&g->o, ")");
  } else if (form < 15) {
    rg_put(&g->o, "not (");
    rg_condition(g, depth - 1);
    rg_put(&g->o, ")");
  } else {
    rg_put(&g->o, rnd_in(g->r, 50) ? "true" : "false");
  }
}

static inline void rg_target(rg *g, char type) {
  if (type == 's' && rnd_in(g->r, 50)) {
    rg_keyed(g, 1);
  } else {
    rg_path_of(g, type, 1);
  }
}

static inline void rg_editor(rg *g) {
  static const char types[] = "iiissssssaaamo";
  rg_out *o = &g->o;
  switch (rnd_below(g->r, 26)) {
  default: {
    char type = types[rnd_below(g->r, sizeof types - 1)];
    rg_put(o, "set(");
    rg_target(g, type);
    rg_put(o, ", ");
    if (type == 'o') {
      rg_path_of(g, 'o', 0);
    } else {
      rg_value(g, rnd_in(g->r, 90) ? type : 0, 2);
    }
    break;
  }
  case 0:
  case 1:
  case 2:
    rg_put(o, "delete_key(");
    rg_map(g, true);
    rg_put(o, ", \"%s\"", RND_PICK(g->r, rg_keys));
    break;
  case 3:
    rg_put(o, "keep_keys(");
    rg_map(g, true);
    rg_put(o, ", [\"a\", \"%s\"]", RND_PICK(g->r, rg_keys));
    break;
  case 4:
    rg_put(o, "%s(", rnd_in(g->r, 50) ? "delete_matching_keys" : "keep_matching_keys");
    rg_map(g, true);
    rg_put(o, ", \"%s\"", RND_PICK(g->r, rg_regexes));
    break;
  case 5:
  case 6:
    rg_put(o, "replace_pattern(");
    rg_target(g, 's');
    rg_put(o, ", \"%s\", ", RND_PICK(g->r, rg_regexes));
    if (rnd_in(g->r, 70)) {
      rg_put(o, "\"<$1>\"");
    } else {
      rg_value(g, 's', 1);
    }
    break;
  case 7:
    rg_put(o, "replace_all_patterns(");
    rg_map(g, true);
    rg_put(o, ", \"%s\", \"%s\", \"#\"", rnd_in(g->r, 50) ? "key" : "value", RND_PICK(g->r, rg_regexes));
    break;
  case 8:
  case 9: {
    static const char *const how[] = {"insert", "update", "upsert"};
    rg_put(o, "merge_maps(");
    rg_map(g, true);
    rg_put(o, ", ");
    rg_value(g, 'm', 1);
    rg_put(o, ", \"%s\"", RND_PICK(g->r, how));
    break;
  }
  case 10:
    rg_put(o, "limit(");
    rg_map(g, true);
    rg_put(o, ", %u, [\"%s\"]", 1 + rnd_below(g->r, 3), RND_PICK(g->r, rg_keys));
    break;
  case 11:
    rg_put(o, "truncate_all(");
    rg_map(g, true);
    rg_put(o, ", %u", rnd_below(g->r, 4));
    break;
  case 12:
    rg_put(o, "append(");
    rg_keyed(g, 1);
    rg_put(o, ", ");
    rg_value(g, 0, 1);
    break;
  case 13:
    rg_put(o, "stringify_all(");
    rg_map(g, true);
    break;
  case 14:
    rg_put(o, "delete_index(");
    rg_keyed(g, 1);
    rg_put(o, ", %u", rnd_below(g->r, 2));
    break;
  }
  rg_put(o, ")");
}

/* Functions that rebuild a whole record, or append some. Of those only a copy could go on for ever: it is guarded. */
static inline void rg_record_editor(rg *g, bool first, char *where) {
  static const char *const aggregations[] = {"sum", "mean", "min", "max", "median", "count"};
  static const char *const others[] = {"convert_sum_to_gauge()",
                                       "convert_gauge_to_sum(\"delta\", true)",
                                       "convert_exponential_histogram_to_histogram(\"upper\", [0.0, 1.0, 10.0])",
                                       "convert_exponential_histogram_to_histogram(\"random\", [0.5, 1.0, 2.0, 10.0])",
                                       "extract_sum_metric(true)",
                                       "extract_count_metric(false, \".n\")",
                                       "extract_percentile_metric(95.0)",
                                       "convert_summary_quantile_val_to_gauge()",
                                       "convert_summary_quantile_val_to_gauge(\"a\")",
                                       "aggregate_on_attribute_value(\"sum\", \"a\", [\"x\", \"y\"], \"z\")",
                                       "aggregate_on_attributes(\"sum\")"};
  static const char *const points[] = {"convert_summary_count_val_to_sum(\"delta\", true)",
                                       "convert_summary_sum_val_to_sum(\"cumulative\", false)", "merge_histogram_buckets(1.0)",
                                       "merge_histogram_buckets(2, \"limit_buckets\")",
                                       "merge_histogram_buckets(datapoint.attributes[\"a\"])"};
  rg_out *o = &g->o;
  if (g->context == &rg_contexts[RG_SPAN]) {
    rg_put(o, "set_semconv_span_name(\"1.40.0\"%s)", rnd_in(g->r, 50) ? ", \"a\"" : "");
  } else if (g->context == &rg_contexts[RG_POINT]) {
    rg_put(o, "%s", RND_PICK(g->r, points));
  } else if (first && rnd_in(g->r, 40)) {
    rg_put(o, "copy_metric(name=Concat([metric.name, \"_\"], \"\"), unit=");
    rg_value(g, 's', 1);
    rg_put(o, ")");
    snprintf(where, RG_TEXT, "Len(metric.name) < 14");
  } else if (rnd_in(g->r, 30)) {
    rg_put(o, "aggregate_on_attributes(\"%s\", [\"a\"])", RND_PICK(g->r, aggregations));
  } else if (rnd_in(g->r, 25)) {
    rg_put(o, "scale_metric(2.5, ");
    rg_value(g, 's', 1);
    rg_put(o, ")");
  } else {
    rg_put(o, "%s", RND_PICK(g->r, others));
  }
}

static inline void rg_group_make(rnd *r, rg_program *p, rg_group *group, const rg_context *context) {
  rg g = {r, context, {NULL, 0, RG_TEXT}};
  group->context = context->name;
  bool filter = p->kind == OTTL_KIND_FILTER;
  group->n_conditions = filter ? 1 + rnd_below(r, 3) : rnd_in(r, 20) ? 1 + rnd_below(r, 2) : 0;
  group->n_statements = filter ? 0 : 1 + rnd_below(r, RG_MAX_TEXTS - 1);
  for (unsigned i = 0; i < group->n_conditions; i++) {
    group->conditions[i] = (rg_text){0};
    g.o = (rg_out){group->conditions[i].text, 0, RG_TEXT};
    rg_condition(&g, 2);
  }
  for (unsigned i = 0; i < group->n_statements; i++) {
    group->statements[i] = (rg_text){0};
    g.o = (rg_out){group->statements[i].text, 0, RG_TEXT};
    bool whole = context == &rg_contexts[RG_METRIC] || context == &rg_contexts[RG_POINT] || context == &rg_contexts[RG_SPAN];
    if (whole && rnd_in(r, 30)) {
      rg_record_editor(&g, i == 0, group->statements[i].where);
      if (group->statements[i].where[0]) continue;
    } else {
      rg_editor(&g);
    }
    if (rnd_in(r, 50)) continue;
    g.o = (rg_out){group->statements[i].where, 0, RG_TEXT};
    rg_condition(&g, 2);
  }
}

static inline void rg_make(rnd *r, rg_program *p) {
  *p = (rg_program){.kind = rnd_in(r, 88) ? OTTL_KIND_TRANSFORM : OTTL_KIND_FILTER,
                    .signal = (ottl_signal)(1 + rnd_below(r, 3)),
                    .mode = rnd_in(r, 75) ? OTTL_ERROR_IGNORE : OTTL_ERROR_PROPAGATE};
  p->n_groups = rnd_in(r, 75) ? 1 : 2;
  for (unsigned i = 0; i < p->n_groups; i++) {
    const rg_context *c = NULL;
    while (!c || (c->signal != p->signal && (c->signal != OTTL_SIGNAL_NONE || !rnd_in(r, 30)))) c = &RND_PICK(r, rg_contexts);
    rg_group_make(r, p, &p->groups[i], c);
  }
}

/* Compiles it, without what is removed. options: all but kind and signal, which are the program's; ret_diags: NULL, or freed by the
 * caller. */
static inline ottl_status rg_compile(const rg_program *p, ottl_compile_options options, ottl_program **ret,
                                     ottl_diags **ret_diags) {
  static char texts[RG_MAX_GROUPS * RG_MAX_TEXTS][2 * RG_TEXT + 10];
  ottl_group groups[RG_MAX_GROUPS];
  ottl_snippet snippets[RG_MAX_GROUPS][2 * RG_MAX_TEXTS];
  size_t n_texts = 0;
  for (unsigned i = 0; i < p->n_groups; i++) {
    const rg_group *g = &p->groups[i];
    size_t n = 0;
    groups[i] =
        (ottl_group){.struct_size = sizeof *groups, .context = g->context, .conditions = snippets[i], .error_mode = p->mode};
    for (unsigned k = 0; k < g->n_conditions; k++) {
      if (!g->conditions[k].removed)
        snippets[i][n++] = (ottl_snippet){.text = g->conditions[k].text, .len = strlen(g->conditions[k].text)};
    }
    groups[i].n_conditions = n;
    groups[i].statements = &snippets[i][n];
    for (unsigned k = 0; k < g->n_statements; k++) {
      const rg_text *s = &g->statements[k];
      if (s->removed) continue;
      char *text = texts[n_texts++];
      snprintf(text, sizeof *texts, "%s%s%s", s->text, s->where[0] ? " where " : "", s->where);
      snippets[i][n++] = (ottl_snippet){.text = text, .len = strlen(text)};
      groups[i].n_statements++;
    }
  }
  options.kind = p->kind;
  options.signal = p->signal;
  return ottl_program_compile(groups, p->n_groups, &options, ret, ret_diags);
}

static inline void rg_print(const rg_program *p, FILE *f) {
  for (unsigned i = 0; i < p->n_groups; i++) {
    const rg_group *g = &p->groups[i];
    fprintf(f, "  context: %s, %s, %s\n", g->context, p->kind == OTTL_KIND_FILTER ? "filter" : "transform",
            p->mode == OTTL_ERROR_IGNORE ? "ignore" : "propagate");
    for (unsigned k = 0; k < g->n_conditions; k++) {
      if (!g->conditions[k].removed) fprintf(f, "    condition %s\n", g->conditions[k].text);
    }
    for (unsigned k = 0; k < g->n_statements; k++) {
      const rg_text *s = &g->statements[k];
      if (!s->removed) fprintf(f, "    %s%s%s\n", s->text, s->where[0] ? " where " : "", s->where);
    }
  }
}

#endif
