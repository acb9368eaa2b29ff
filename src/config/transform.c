/* The transform processor: lists of statements, plain or in groups. */
#include <stdio.h>

#include "config/config.h"
#include "sema/compat.h"

/* `context` may name any; what the signal has is looked at when the group is used, as there. */
static const char *const contexts[] = {"resource",  "scope",    "span", "spanevent", "metric",
                                       "datapoint", "exemplar", "log",  "profile",   NULL};

static void read_group(cfg_reader *r, const cfg_node *node, cfg_signal signal, ottl_error_mode mode, cfg_part *part) {
  const cfg_node *context = NULL, *conditions = NULL, *statements = NULL, *error_mode = NULL, *shared_cache = NULL;
  const cfg_field fields[] = {{"context", &context},
                              {"conditions", &conditions},
                              {"statements", &statements},
                              {"error_mode", &error_mode},
                              {"shared_cache", &shared_cache}};
  if (!ottl__cfg_fields(r, node, "a group of statements", fields, OTTL_COUNT(fields))) return;
  ottl_group *g = ottl__cfg_add_group(r, part);
  ottl_snippet *list;
  if (!g) return;
  g->error_mode = mode;
  if (!ottl__cfg_context(r, context, signal, contexts, &g->context) && r->options->keep_going) { /* what is in it means nothing */
    part->n_groups--;
    return;
  }
  ottl__cfg_error_mode(r, error_mode, &g->error_mode);
  if (error_mode) part->modes[part->n_groups - 1] = error_mode;
  ottl__cfg_bool(r, shared_cache, "shared_cache", &g->shared_cache);
  if (ottl__cfg_strings(r, conditions, "conditions", &list, &g->n_conditions)) g->conditions = list;
  if (ottl__cfg_strings(r, statements, "statements", &list, &g->n_statements)) g->statements = list;
  if (g->context || context || g->n_conditions || g->n_statements || r->fatal) return;
  ottl_diag_item *d =
      CFG_ERROR(r, CONFIG_MISSING, cfg_span(r, node), "a group without context, conditions and statements: for what is it?");
  ottl__diag_help(d, "give it `statements`");
  if (r->options->keep_going) part->n_groups--;
}

/* Strings behind groups are one group more; groups behind strings are refused. */
static void read_list(cfg_reader *r, const cfg_node *list, cfg_signal signal, ottl_error_mode mode, cfg_part *part) {
  if (list->kind != CFG_LIST) {
    CFG_ERROR(r, CONFIG_KIND, cfg_span(r, list), "`%.*s` is a list, this is %s", VIEW_ARG(list->key), ottl__cfg_kind_name(list));
    return;
  }
  cfg_node plain = {.kind = CFG_LIST};
  const cfg_node **tail = &plain.first, *first_plain = NULL;
  CFG_EACH(list, kid) {
    if (kid->kind == CFG_NULL && !kid->from_host) {
      CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, kid), "an empty item in a list of statements");
    } else if (kid->kind == CFG_STRING || kid->from_host) {
      cfg_node *copy = arena_alloc(r->arena, sizeof *copy);
      if (!copy) {
        r->fatal = OTTL_NOMEM;
        return;
      }
      *copy = *kid;
      copy->next = NULL;
      *tail = copy;
      tail = &copy->next;
      plain.n++;
      if (!first_plain) first_plain = kid;
    } else if (ottl__cfg_torn(r, kid)) {
      continue;
    } else if (first_plain) {
      ottl_diag_item *d = CFG_ERROR(r, CONFIG_CONFLICT, cfg_span(r, kid), "a group behind plain statements");
      ottl__diag_label(d, cfg_span(r, first_plain), "a plain statement");
      ottl__diag_help(d, "write groups alone, or statements alone");
      return;
    } else {
      read_group(r, kid, signal, mode, part);
    }
  }
  if (!plain.n) return;
  if (r->options->compat)
    ottl__compat_tell(r->diags, r->options->compat, COMPAT_SYNTAX, "flat", VIEW(""), cfg_span(r, first_plain),
                      "statements without a group");
  ottl_group *g = ottl__cfg_add_group(r, part);
  ottl_snippet *statements;
  if (!g) return;
  g->error_mode = mode;
  if (ottl__cfg_strings(r, &plain, "statements", &statements, &g->n_statements)) g->statements = statements;
}

void ottl__cfg_transform(cfg_reader *r, const cfg_node *node, cfg_processor *ret) {
  const cfg_node *error_mode = NULL, *flatten = NULL, *lists[CFG_SIGNALS] = {NULL};
  char names[CFG_SIGNALS][32];
  cfg_field fields[CFG_SIGNALS + 2] = {{"error_mode", &error_mode}, {"flatten_data", &flatten}};
  for (int s = 0; s < CFG_SIGNALS; s++) {
    snprintf(names[s], sizeof names[s], "%s_statements", ottl__cfg_signals[s].prefix);
    fields[s + 2] = (cfg_field){names[s], &lists[s]};
  }
  ret->error_mode = OTTL_ERROR_IGNORE;
  if (!ottl__cfg_fields(r, node, "transform", fields, OTTL_COUNT(fields))) return;
  ottl__cfg_error_mode(r, error_mode, &ret->error_mode);
  ottl__cfg_bool(r, flatten, "flatten_data", &ret->flatten);
  if (ret->flatten && !r->options->flatten_logs) {
    ottl_diag_item *d =
        CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, flatten), "`flatten_data` needs the feature gate `transform.flatten.logs`");
    ottl__diag_help(d, "the collector takes it with `--feature-gates=transform.flatten.logs`");
  }
  for (int s = 0; s < CFG_SIGNALS && !r->fatal; s++) {
    if (!lists[s]) continue;
    cfg_part *part = &ret->parts[s];
    part->mode = error_mode;
    read_list(r, lists[s], (cfg_signal)s, ret->error_mode, part);
    if (part->n_groups && ottl__cfg_signals[s].signal == OTTL_SIGNAL_NONE)
      ottl__cfg_problem(r, part, lists[s], DIAG_UNSUPPORTED, "%s are not there yet", ottl__cfg_signals[s].pipeline);
  }
}
