/* The filter processor: conditions in lists for each level (the old form), plain or in groups with contexts found from the paths
 * (the new one), or match properties (match.c). */
#include <stdio.h>

#include "config/config.h"

static const char *const contexts[] = {"resource", "scope", "span", "spanevent", "metric", "datapoint", "log", "profile", NULL};

/* Old lists: keys of a signal's section and the context that each is about. */
typedef struct old_list {
  cfg_signal signal;
  const char *key, *context;
} old_list;
static const old_list old_lists[] = {
    {CFG_TRACES, "resource", "resource"},  {CFG_TRACES, "span", "span"},      {CFG_TRACES, "spanevent", "spanevent"},
    {CFG_METRICS, "resource", "resource"}, {CFG_METRICS, "metric", "metric"}, {CFG_METRICS, "datapoint", "datapoint"},
    {CFG_LOGS, "resource", "resource"},    {CFG_LOGS, "log_record", "log"},   {CFG_PROFILES, "resource", "resource"},
    {CFG_PROFILES, "profile", "profile"},
};

/* What a signal's part of the configuration has. */
typedef struct filter_part {
  const cfg_node *section, *conditions, *include, *exclude;
  const cfg_node *old[OTTL_COUNT(old_lists)];
  bool any_old;
} filter_part;

static void read_group(cfg_reader *r, const cfg_node *node, cfg_signal signal, ottl_error_mode mode, uint32_t stage,
                       cfg_part *part) {
  const cfg_node *context = NULL, *conditions = NULL, *error_mode = NULL;
  const cfg_field fields[] = {{"context", &context}, {"conditions", &conditions}, {"error_mode", &error_mode}};
  if (!ottl__cfg_fields(r, node, "a group of conditions", fields, OTTL_COUNT(fields))) return;
  ottl_group *g = ottl__cfg_add_group(r, part);
  ottl_snippet *list;
  if (!g) return;
  g->stage = stage;
  g->error_mode = mode;
  if (!ottl__cfg_context(r, context, signal, contexts, &g->context) && r->options->keep_going) {
    part->n_groups--;
    return;
  }
  ottl__cfg_error_mode(r, error_mode, &g->error_mode);
  if (error_mode) part->modes[part->n_groups - 1] = error_mode;
  if (ottl__cfg_strings(r, conditions, "conditions", &list, &g->n_conditions)) g->conditions = list;
  g->each_condition = !g->context;
  /* A group without conditions still leaves out what came empty, but looks at resources alone. */
  if (!g->n_conditions) g->context = "resource";
}

static void read_new(cfg_reader *r, const cfg_node *list, cfg_signal signal, ottl_error_mode mode, cfg_part *part) {
  if (list->kind != CFG_LIST) {
    CFG_ERROR(r, CONFIG_KIND, cfg_span(r, list), "`%.*s` is a list, this is %s", VIEW_ARG(list->key), ottl__cfg_kind_name(list));
    return;
  }
  const cfg_node *plain = NULL, *group = NULL;
  CFG_EACH(list, kid) {
    if (kid->kind == CFG_NULL && !kid->from_host) {
      CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, kid), "an empty item in a list of conditions");
      return;
    }
    if (ottl__cfg_torn(r, kid)) return;
    const cfg_node **same = kid->kind == CFG_STRING || kid->from_host ? &plain : &group;
    if (!*same) *same = kid;
    if (plain && group) {
      ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_span(r, kid), "plain conditions and groups in one list");
      ottl__diag_label(d, cfg_span(r, same == &plain ? group : plain), "here is the other kind");
      ottl__diag_help(d, "write groups alone, or conditions alone");
      return;
    }
  }
  if (plain) {
    ottl_group *g = ottl__cfg_add_group(r, part);
    ottl_snippet *conditions;
    if (!g) return;
    g->error_mode = mode;
    g->each_condition = true;
    if (ottl__cfg_strings(r, list, "conditions", &conditions, &g->n_conditions)) g->conditions = conditions;
    return;
  }
  uint32_t stage = 0;
  CFG_EACH(list, kid) read_group(r, kid, signal, mode, stage++, part);
}

/* Is the value given, as the collector sees it? A null is not. */
static bool given(const cfg_node *node) { return node && node->kind != CFG_NULL; }

static void read_section(cfg_reader *r, cfg_signal signal, filter_part *ret) {
  cfg_field fields[OTTL_COUNT(old_lists) + 3];
  const cfg_node *regexp = NULL;
  size_t n = 0;
  for (size_t i = 0; i < OTTL_COUNT(old_lists); i++) {
    if (old_lists[i].signal == signal) fields[n++] = (cfg_field){old_lists[i].key, &ret->old[i]};
  }
  if (signal == CFG_METRICS || signal == CFG_LOGS) {
    fields[n++] = (cfg_field){"include", &ret->include};
    fields[n++] = (cfg_field){"exclude", &ret->exclude};
  }
  if (signal == CFG_METRICS) fields[n++] = (cfg_field){"regexp", &regexp};
  ottl__cfg_fields(r, ret->section, ottl__cfg_signals[signal].section, fields, n);
  ottl__cfg_regexp_options(r, regexp);
  for (size_t i = 0; i < OTTL_COUNT(old_lists); i++) ret->any_old |= given(ret->old[i]);
}

static void conflict(cfg_reader *r, const cfg_node *a, const cfg_node *b) {
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_key_span(r, a), "`%.*s` does not go together with `%.*s`",
                                VIEW_ARG(a->key), VIEW_ARG(b->key));
  ottl__diag_label(d, cfg_key_span(r, b), "`%.*s`", VIEW_ARG(b->key));
  ottl__diag_help(d, "choose one of them for a signal");
}

static const cfg_node *first_old(const filter_part *f) {
  for (size_t i = 0; i < OTTL_COUNT(old_lists); i++) {
    if (given(f->old[i])) return f->old[i];
  }
  return NULL;
}

static void check_conflicts(cfg_reader *r, cfg_signal signal, const filter_part *f) {
  const cfg_node *match = given(f->include) ? f->include : given(f->exclude) ? f->exclude : NULL;
  if (f->any_old && match) conflict(r, match, first_old(f));
  if (!f->conditions) return;
  if (f->any_old) conflict(r, f->conditions, first_old(f));
  if (match && signal != CFG_TRACES) conflict(r, f->conditions, match); /* `spans` is passed over, as there */
}

static void read_old(cfg_reader *r, cfg_signal signal, const filter_part *f, ottl_error_mode mode, cfg_part *part) {
  for (size_t i = 0; i < OTTL_COUNT(old_lists) && !r->fatal; i++) {
    ottl_snippet *list;
    size_t n;
    if (old_lists[i].signal != signal || !given(f->old[i])) continue;
    if (!ottl__cfg_strings(r, f->old[i], old_lists[i].key, &list, &n)) continue;
    ottl_group *g = ottl__cfg_add_group(r, part);
    if (!g) return;
    g->context = old_lists[i].context;
    g->error_mode = mode;
    g->conditions = list;
    g->n_conditions = n;
  }
}

static void read_part(cfg_reader *r, cfg_signal signal, filter_part *f, cfg_processor *ret) {
  cfg_part *part = &ret->parts[signal];
  if (given(f->section)) part->old = f->section;
  read_section(r, signal, f);
  if (r->fatal) return;
  check_conflicts(r, signal, f);
  if (f->conditions) read_new(r, f->conditions, signal, ret->error_mode, part);
  bool taken = f->conditions && part->n_groups;
  if (f->any_old) {
    read_old(r, signal, f, ret->error_mode, part);
  } else {
    cfg_part unused = {0}; /* the new form goes first; what is wrong with the match is told all the same */
    ottl__cfg_match(r, signal, f->include, f->exclude, taken ? &unused : part);
  }
  if (ottl__cfg_signals[signal].signal == OTTL_SIGNAL_NONE && part->n_groups)
    ottl__cfg_problem(r, part, f->conditions ? f->conditions : f->section, DIAG_UNSUPPORTED, "%s are not there yet",
                      ottl__cfg_signals[signal].pipeline);
}

void ottl__cfg_filter(cfg_reader *r, const cfg_node *node, cfg_processor *ret) {
  const cfg_node *error_mode = NULL, *spans = NULL;
  filter_part parts[CFG_SIGNALS] = {{.section = NULL}};
  char names[CFG_SIGNALS][32];
  cfg_field fields[2 * CFG_SIGNALS + 2] = {{"error_mode", &error_mode}, {"spans", &spans}};
  for (int s = 0; s < CFG_SIGNALS; s++) {
    snprintf(names[s], sizeof names[s], "%s_conditions", ottl__cfg_signals[s].prefix);
    fields[2 * s + 2] = (cfg_field){names[s], &parts[s].conditions};
    fields[2 * s + 3] = (cfg_field){ottl__cfg_signals[s].section, &parts[s].section};
  }
  ret->error_mode = OTTL_ERROR_IGNORE;
  if (!ottl__cfg_fields(r, node, "filter", fields, OTTL_COUNT(fields))) return;
  ottl__cfg_error_mode(r, error_mode, &ret->error_mode);
  const cfg_field matches[] = {{"include", &parts[CFG_TRACES].include}, {"exclude", &parts[CFG_TRACES].exclude}};
  ottl__cfg_fields(r, spans, "spans", matches, OTTL_COUNT(matches));
  for (int s = 0; s < CFG_SIGNALS; s++) ret->parts[s].mode = error_mode;
  if (given(spans)) ret->parts[CFG_TRACES].old = spans;
  for (int s = 0; s < CFG_SIGNALS && !r->fatal; s++) read_part(r, (cfg_signal)s, &parts[s], ret);
}
