/* Fields of a configuration, decoded as strictly as the collector does it: no kind is made from another, but for a string alone
 * where strings are wanted, which is cut at its commas, and for what came from variables. */
#include <stdarg.h>
#include <stdio.h>

#include "config/config.h"
#include "sema/compat.h"
#include "sema/sema.h"

const cfg_signal_info ottl__cfg_signals[CFG_SIGNALS] = {
#define SIGNAL(id, signal, pipeline, prefix, section) {signal, pipeline, prefix, section},
#include "signals.def"
#undef SIGNAL
};

const char *ottl__cfg_kind_name(const cfg_node *node) {
  static const char *const names[] = {"null", "a bool", "an integer", "a float", "a string", "a list", "a map"};
  return names[node->kind];
}

static bool wrong_kind(cfg_reader *r, const cfg_node *node, const char *what, const char *wanted) {
  CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "`%s` is %s, this is %s", what, wanted, ottl__cfg_kind_name(node));
  return false;
}

bool ottl__cfg_torn(cfg_reader *r, const cfg_node *node) {
  const cfg_node *value = node->kind == CFG_MAP && node->n == 1 ? node->first : NULL;
  if (!value || node->text.data || !value->key.len || !memchr(value->key.data, '(', value->key.len)) return false;
  bool scalar =
      value->kind != CFG_LIST && value->kind != CFG_MAP && value->raw_end > value->key_end && value->raw_end <= r->text.len;
  ottl_span span = {r->source, value->key_begin, scalar ? value->raw_end : value->key_end};
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_KIND, span, "this is a map to YAML, not a string");
  ottl__diag_help(d, "`: ` makes a key of what is before it: put the whole into single quotes");
  size_t len = span.end - span.begin;
  if (!scalar || memchr(r->text.data + span.begin, '\'', len) || memchr(r->text.data + span.begin, '\n', len)) return true;
  ottl__diag_fix(d, (ottl_span){r->source, span.begin, span.begin}, VIEW("'"));
  ottl__diag_fix(d, (ottl_span){r->source, span.end, span.end}, VIEW("'"));
  return true;
}

static void key_compat(cfg_reader *r, const char *what, const cfg_node *kid) {
  char shown[100];
  snprintf(shown, sizeof shown, "the key `%.*s`", kid->key.len < 60 ? (int)kid->key.len : 60, kid->key.data);
  ottl__compat_tell(r->diags, r->options->compat, COMPAT_KEY, what, kid->key, cfg_key_span(r, kid), shown);
}

bool ottl__cfg_fields(cfg_reader *r, const cfg_node *node, const char *what, const cfg_field *fields, size_t n) {
  if (!node || node->kind == CFG_NULL) return true;
  if (node->kind != CFG_MAP) return wrong_kind(r, node, what, "a map");
  CFG_EACH(node, kid) {
    size_t i = 0;
    while (i < n && !view_is(kid->key, fields[i].name)) i++;
    if (i < n) {
      if (fields[i].ret) *fields[i].ret = kid;
      if (r->options->compat) key_compat(r, what, kid);
      continue;
    }
    ottl_diag_item *d =
        CFG_ERROR(r, CONFIG_UNKNOWN_KEY, cfg_key_span(r, kid), "`%s` has no key `%.*s`", what, VIEW_ARG(kid->key));
    const char *help = ottl__foreign_key(what, kid->key);
    if (help) {
      ottl__diag_help(d, "%s", help);
      continue;
    }
    sema_guess guess = ottl__guess(kid->key);
    for (i = 0; i < n; i++) ottl__guess_try(&guess, fields[i].name);
    if (!guess.name) continue;
    ottl__diag_help(d, "did you mean `%s`?", guess.name);
    ottl_view there = {r->text.data + kid->key_begin, kid->key_end - kid->key_begin};
    if (view_eq(there, kid->key)) ottl__diag_fix(d, cfg_key_span(r, kid), view_str(guess.name)); /* else out of a variable */
  }
  return true;
}

bool ottl__cfg_bool(cfg_reader *r, const cfg_node *node, const char *what, bool *ret) {
  if (!node || node->kind == CFG_NULL) return true;
  if (node->kind != CFG_BOOL) return wrong_kind(r, node, what, "true or false");
  *ret = node->boolean;
  return true;
}

bool ottl__cfg_text(cfg_reader *r, const cfg_node *node, const char *what, ottl_view *ret) {
  if (!node || (node->kind == CFG_NULL && !node->from_host)) return true;
  if (node->kind != CFG_STRING && !node->from_host && !(node->kind >= CFG_LIST && node->text.data)) {
    if (ottl__cfg_torn(r, node)) return false;
    if (node->kind >= CFG_LIST) return wrong_kind(r, node, what, "a string");
    ottl_diag_item *d =
        CFG_ERROR(r, CONFIG_KIND, cfg_span(r, node), "`%s` is a string, this is %s", what, ottl__cfg_kind_name(node));
    ottl__diag_help(d, "put it into quotes");
    return false;
  }
  *ret = node->text;
  return true;
}

static char *lower_case(cfg_reader *r, ottl_view text) {
  ottl_view copy = arena_copy(r->arena, text.data, text.len);
  char *p = (char *)copy.data;
  if (!p) r->fatal = OTTL_NOMEM;
  for (size_t i = 0; p && i < text.len; i++) p[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
  return p;
}

bool ottl__cfg_error_mode(cfg_reader *r, const cfg_node *node, ottl_error_mode *ret) {
  static const char *const modes[] = {"propagate", "ignore", "silent"};
  if (!node) return true;
  ottl_view text = {"", 0};
  if (!ottl__cfg_text(r, node, "error_mode", &text)) return false;
  const char *lower = lower_case(r, text);
  if (!lower) return false;
  for (size_t i = 0; i < OTTL_COUNT(modes); i++) {
    if (strcmp(lower, modes[i]) != 0 || strlen(lower) != text.len) continue;
    *ret = (ottl_error_mode)i;
    return true;
  }
  ottl_diag_item *d = CFG_ERROR(r, CONFIG_VALUE, cfg_span(r, node), "unknown error mode `%.*s`", VIEW_ARG(text));
  ottl__diag_help(d, "`propagate`, `ignore` or `silent`; leave the key out for the default");
  return false;
}

bool ottl__cfg_list(cfg_reader *r, const cfg_node *node, const char *what) {
  if (!node || node->kind == CFG_NULL) return true;
  return node->kind == CFG_LIST || wrong_kind(r, node, what, "a list");
}

uint32_t ottl__cfg_line(const cfg_reader *r, size_t at) {
  uint32_t low = 0, high = r->n_lines;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (r->lines[middle] <= at) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low + 1;
}

static const uint32_t *places_of(cfg_reader *r, const cfg_node *node) {
  if (r->placed != node) {
    r->placed = node;
    r->places = ottl__cfg_places(r, node);
  }
  return r->places;
}

/* Where the text of a node stands, which is the node's or a part of it. */
ottl_snippet ottl__cfg_snippet(cfg_reader *r, const cfg_node *node, ottl_view text) {
  const bool part = text.data >= node->text.data && text.data + text.len <= node->text.data + node->text.len;
  const size_t from = part ? (size_t)(text.data - node->text.data) : 0;
  const uint32_t *places = node->verbatim || !part ? NULL : places_of(r, node);
  size_t at = node->begin + (node->verbatim ? from : 0);
  uint32_t *own = places ? arena_array(r->arena, text.len + 1, sizeof *own) : NULL;
  for (size_t i = 0; own && i <= text.len; i++) own[i] = places[from + i] - places[from];
  if (own) at = places[from];
  uint32_t line = ottl__cfg_line(r, at);
  return (ottl_snippet){.text = text.data,
                        .len = text.len,
                        .name = r->name.data,
                        .line = line,
                        .column = (uint32_t)at - r->lines[line - 1] + 1,
                        .offset = at,
                        .indent = node->indent,
                        .derived = !node->verbatim,
                        .doubles = !r->options->keep_variables,
                        .places = own,
                        .file = own ? r->text.data + at : NULL};
}

static bool cut_at_commas(cfg_reader *r, const cfg_node *node, ottl_snippet **ret, size_t *ret_n) {
  size_t n = node->text.len ? 1 : 0;
  for (size_t i = 0; i < node->text.len; i++) n += node->text.data[i] == ',';
  ottl_snippet *list = arena_array(r->arena, n + 1, sizeof *list);
  if (!list) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  size_t begin = 0, k = 0;
  for (size_t i = 0; k < n && i <= node->text.len; i++) {
    if (i < node->text.len && node->text.data[i] != ',') continue;
    list[k++] = ottl__cfg_snippet(r, node, (ottl_view){node->text.data + begin, i - begin});
    begin = i + 1;
  }
  *ret = list;
  *ret_n = n;
  return true;
}

bool ottl__cfg_strings(cfg_reader *r, const cfg_node *node, const char *what, ottl_snippet **ret, size_t *ret_n) {
  *ret_n = 0;
  *ret = NULL;
  if (!node || (node->kind == CFG_NULL && !node->from_host)) return true;
  if (node->kind == CFG_STRING) return cut_at_commas(r, node, ret, ret_n);
  if (node->kind != CFG_LIST) return wrong_kind(r, node, what, "a list of strings");
  ottl_snippet *list = arena_array(r->arena, (size_t)node->n + 1, sizeof *list);
  if (!list) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  bool ok = true;
  size_t n = 0;
  CFG_EACH(node, kid) {
    ottl_view text = {"", 0}; /* null is "", as there */
    bool good = ottl__cfg_text(r, kid, what, &text);
    if (!good && r->options->keep_going) continue;
    ok &= good;
    list[n++] = ottl__cfg_snippet(r, kid, text);
  }
  *ret = list;
  *ret_n = n;
  return ok;
}

void ottl__cfg_problem(cfg_reader *r, cfg_part *part, const cfg_node *node, ottl_diag_code code, const char *format, ...) {
  if (part->problem) return;
  char line[512];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  size_t len = n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
  part->problem = node;
  part->problem_code = code;
  part->problem_text = arena_copy(r->arena, line, len);
  if (!part->problem_text.data) r->fatal = OTTL_NOMEM;
}

ottl_group *ottl__cfg_add_group(cfg_reader *r, cfg_part *part) {
  if (part->n_groups == part->cap_groups) {
    size_t cap = part->cap_groups ? part->cap_groups * 2 : 4;
    ottl_group *groups = arena_array(r->arena, cap, sizeof *groups);
    const cfg_node **modes = arena_array(r->arena, cap, sizeof *modes);
    if (!groups || !modes) {
      r->fatal = OTTL_NOMEM;
      return NULL;
    }
    if (part->n_groups) memcpy(groups, part->groups, part->n_groups * sizeof *groups);
    if (part->n_groups) memcpy(modes, part->modes, part->n_groups * sizeof *modes);
    part->groups = groups;
    part->modes = modes;
    part->cap_groups = cap;
  }
  part->modes[part->n_groups] = part->mode;
  ottl_group *g = &part->groups[part->n_groups++];
  *g = (ottl_group){.struct_size = sizeof *g};
  return g;
}

static bool signal_has(cfg_signal signal, ottl_context_id context) {
  ottl_signal s = ottl__cfg_signals[signal].signal;
  return s != OTTL_SIGNAL_NONE && (ottl__contexts[context].signals >> s & 1);
}

bool ottl__cfg_context(cfg_reader *r, const cfg_node *node, cfg_signal signal, const char *const *contexts, const char **ret) {
  if (!node) return true;
  ottl_view text = {"", 0};
  if (!ottl__cfg_text(r, node, "context", &text)) return false;
  const char *lower = lower_case(r, text);
  if (!lower) return false;
  for (; *contexts; contexts++) {
    if (strcmp(lower, *contexts) != 0 || strlen(lower) != text.len) continue;
    ottl_context_id id = ottl__context_find(view_str(lower));
    if (id == OTTL_CONTEXT_COUNT || signal_has(signal, id) || ottl__cfg_signals[signal].signal == OTTL_SIGNAL_NONE) {
      *ret = *contexts;
      return true;
    }
    ottl_diag_item *d =
        CFG_ERROR(r, SIGNAL_CONTEXT, cfg_span(r, node), "%s have no %s context", ottl__cfg_signals[signal].pipeline, lower);
    for (int s = 0; s < CFG_SIGNALS; s++) {
      if (s != (int)signal && signal_has((cfg_signal)s, id))
        ottl__diag_help(d, "%s are under `%s_...`", ottl__cfg_signals[s].pipeline, ottl__cfg_signals[s].prefix);
    }
    return false;
  }
  ottl_diag_item *d = CFG_ERROR(r, GROUP_CONTEXT, cfg_span(r, node), "unknown context `%.*s`", VIEW_ARG(text));
  const char *meant = ottl__foreign_context(text);
  if (!meant) {
    ottl__diag_help(d, "leave the key out: the paths tell the context");
    return false;
  }
  ottl__diag_help(d, "did you mean `%s`?", meant);
  if (view_eq(view_of(r->text.data + node->begin, node->end - node->begin), text))
    ottl__diag_fix(d, cfg_span(r, node), view_str(meant));
  if (!r->options->keep_going || !signal_has(signal, ottl__context_find(view_str(meant)))) return false;
  *ret = meant; /* what is in it is looked at as if */
  return true;
}
