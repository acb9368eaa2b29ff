/* Paths: which context, which field, which keys.
 *
 *   log.attributes["k"]     context log, path attributes, one key
 *
 * The first segment is a context when it has no keys and more segments follow. How far contexts may be left out depends on
 * the path style; see enum ottl_path_style. */
#include "sema/sema.h"

#include <stdio.h>

#define PATH_TEXT 160

typedef struct path_head {
  ottl_context_id context;
  const ottl_node *from; /* first segment of the path itself */
  bool legacy;           /* written as instrumentation_scope */
} path_head;

/* Joins segment names from `from` to `to` (NULL: the last one), with a limit on length. */
static ottl_view path_text(const ottl_node *from, const ottl_node *to, char *buf) {
  size_t at = 0;
  for (const ottl_node *f = from; f; f = f->next) {
    int n = snprintf(buf + at, PATH_TEXT - at, "%s%.*s", at ? "." : "", VIEW_ARG(f->text));
    at += (size_t)n;
    if (at >= PATH_TEXT) return (ottl_view){buf, PATH_TEXT - 1};
    if (f == to) break;
  }
  return (ottl_view){buf, at};
}

static uint32_t path_name_end(const ottl_node *field) { return field->first ? field->first->begin : field->end; }

/* With context names, the scope context itself does not take the older name; without, it does. */
static bool path_sees_legacy(const sema *s) {
  return ottl__context_sees(s->context, OTTL_C_SCOPE) && (s->context != OTTL_C_SCOPE || s->bare);
}

/* Takes `name` as a prefix of paths in the group's context. */
static bool path_prefix(const sema *s, ottl_view name, path_head *head) {
  head->legacy = view_is(name, "instrumentation_scope");
  if (head->legacy && !path_sees_legacy(s)) return false;
  ottl_context_id context = head->legacy ? OTTL_C_SCOPE : ottl__context_find(name);
  if (context == OTTL_CONTEXT_COUNT || !ottl__context_sees(s->context, context)) return false;
  head->context = context;
  return true;
}

/* Which context has a path of that spelling: the group's own first, then the nearest. OTTL_CONTEXT_COUNT: none. */
static ottl_context_id path_whose(const sema *s, ottl_view spelling) {
  ottl_context_id found = OTTL_CONTEXT_COUNT;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (!ottl__context_sees(s->context, (ottl_context_id)c) || !ottl__path_find((ottl_context_id)c, spelling)) continue;
    if (c == s->context) return s->context;
    found = (ottl_context_id)c; /* contexts come in the order of their levels */
  }
  return found;
}

/* Adds "did you mean" for a path that is not known. `with_context`: suggestions carry their context. `within`: only fields of
 * this path. False: nothing is near. */
static bool path_suggest(sema *s, ottl_diag_item *d, const ottl_node *node, ottl_view text, bool with_context,
                         const ottl_path_info *within) {
  char best[PATH_TEXT] = "";
  uint32_t distance = UINT32_MAX, most = text.len <= 4 ? 1 : text.len <= 8 ? 2 : 3;
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    const ottl_path_info *p = &ottl__paths[i];
    if (!ottl__context_sees(s->context, (ottl_context_id)p->context)) continue;
    if (p->view == OTTL_V_CACHE && p->context != s->context) continue;
    if (within) {
      size_t n = strlen(within->spelling);
      if (p->context != within->context || strncmp(p->spelling, within->spelling, n) != 0 || p->spelling[n] != '.') continue;
    }
    char name[PATH_TEXT];
    bool named = with_context || p->context != s->context;
    snprintf(name, sizeof name, "%s%s%s", named ? ottl__contexts[p->context].name : "", named ? "." : "", p->spelling);
    uint32_t e = ottl__edit_distance(text, view_str(name), most);
    /* of equals, the group's own */
    if (e > most || e > distance || (e == distance && p->context != s->context)) continue;
    distance = e;
    memcpy(best, name, sizeof best);
  }
  if (!best[0]) return false;
  const ottl_node *last = node->last;
  ottl__diag_help(d, "did you mean `%s`?", best);
  ottl__diag_fix(d, (ottl_span){s->source, node->begin, path_name_end(last)}, view_str(best));
  return true;
}

static foreign_path path_foreign(const ottl_node *node, ottl_view name, ottl_context_id context, bool named) {
  const ottl_node *last = node->last;
  return (foreign_path){node->begin, path_name_end(last), name, context, named, last->first != NULL};
}

/* The context is missing: tell where it goes. */
static void path_no_context(sema *s, const ottl_node *node) {
  char buf[PATH_TEXT];
  ottl_view text = path_text(node->first, NULL, buf);
  /* the longest path that the segments begin with: body.string, attributes["k"] */
  ottl_context_id whose = OTTL_CONTEXT_COUNT;
  for (const ottl_node *to = node->first; to; to = to->next) {
    char part[PATH_TEXT];
    ottl_context_id c = path_whose(s, path_text(node->first, to, part));
    if (c != OTTL_CONTEXT_COUNT) whose = c;
  }
  ottl_diag_item *d =
      SEMA_ERROR(s, MISSING_CONTEXT, sema_span(s, node), "the path `%.*s` has no context in front", VIEW_ARG(text));
  if (whose == OTTL_CONTEXT_COUNT) {
    foreign_path at = path_foreign(node, text, s->context, false);
    bool field = ottl__context_sees(s->context, s->context) && ottl__foreign_path(s, d, &at);
    if (!field && !path_suggest(s, d, node, text, false, NULL)) ottl__foreign_attribute(s, d, &at);
    return;
  }
  char fix[PATH_TEXT];
  snprintf(fix, sizeof fix, "%s.", ottl__contexts[whose].name);
  ottl__diag_help(d, "write `%s%.*s`", fix, VIEW_ARG(text));
  ottl__diag_fix(d, (ottl_span){s->source, node->begin, node->begin}, view_str(fix));
}

static void path_foreign_context(sema *s, const ottl_node *node) {
  const ottl_node *first = node->first;
  ottl_span span = {s->source, first->begin, path_name_end(first)};
  const char *own = ottl__contexts[s->context].name;
  ottl_diag_item *d;
  ottl_context_id named = ottl__context_find(first->text);
  if (named != OTTL_CONTEXT_COUNT || view_is(first->text, "instrumentation_scope")) {
    d = SEMA_ERROR(s, FOREIGN_CONTEXT, span, "the %s context does not see `%.*s`", own, VIEW_ARG(first->text));
    char list[PATH_TEXT];
    size_t at = 0;
    for (unsigned c = OTTL_CONTEXT_COUNT; c-- > 0;) {
      if (ottl__context_sees(s->context, (ottl_context_id)c))
        at += (size_t)snprintf(list + at, sizeof list - at, "%s`%s`", at ? ", " : "", ottl__contexts[c].name);
    }
    if (s->context == OTTL_C_SCOPE && view_is(first->text, "instrumentation_scope"))
      ottl__diag_help(d, "write `scope`");
    else if (named != OTTL_CONTEXT_COUNT && ottl__context_sees(named, s->context))
      ottl__diag_help(d, "it sees %s; a group of the context `%.*s` sees `%s` too", list, VIEW_ARG(first->text), own);
    else
      ottl__diag_help(d, "it sees %s", list);
    return;
  }
  sema_guess guess = ottl__guess(first->text);
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (ottl__context_sees(s->context, (ottl_context_id)c)) ottl__guess_try(&guess, ottl__contexts[c].name);
  }
  if (!guess.name) {
    path_no_context(s, node);
    return;
  }
  d = SEMA_ERROR(s, FOREIGN_CONTEXT, span, "unknown context `%.*s`", VIEW_ARG(first->text));
  ottl__diag_help(d, "did you mean `%s`?", guess.name);
  ottl__diag_fix(d, span, view_str(guess.name));
}

/* Splits off the context. False: a diagnostic was given. */
static bool path_head_of(sema *s, const ottl_node *node, path_head *head) {
  const ottl_node *first = node->first;
  *head = (path_head){.context = s->context, .from = first};
  bool dotted = first->next && !first->first;
  if (s->bare) {
    if (!path_prefix(s, first->text, head)) return true;
    head->from = first->next;
    if (head->from && dotted) return true;
    if (head->from)
      SEMA_ERROR(s, KEYS_REFUSED, sema_span(s, first), "the context `%.*s` takes no keys", VIEW_ARG(first->text));
    else
      SEMA_ERROR(s, UNKNOWN_PATH, sema_span(s, node), "`%.*s` is a context, not a path", VIEW_ARG(first->text));
    return false;
  }
  if (dotted && path_prefix(s, first->text, head)) {
    head->from = first->next;
    return true;
  }
  if (s->own) {
    *head = (path_head){.context = s->context, .from = first};
    return true;
  }
  if (dotted)
    path_foreign_context(s, node);
  else
    path_no_context(s, node);
  return false;
}

/* The name of a context where a path is wanted, with keys or without. */
static bool path_is_context(sema *s, const ottl_node *node, ottl_context_id context) {
  const char *name = ottl__contexts[context].name;
  if (!ottl__context_sees(s->context, context)) return false;
  ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_PATH, sema_span(s, node->first), "`%s` is a context, not a path", name);
  if (!ottl__path_find(context, VIEW("attributes"))) return true;
  if (!node->first->first) {
    ottl__diag_help(d, "its paths begin with it, such as `%s.attributes`", name);
    return true;
  }
  uint32_t end = path_name_end(node->first);
  const ottl_node *key = node->first->first;
  if (key->first && key->first->kind == NODE_STRING && ottl__path_find(context, key->first->text)) {
    char fix[PATH_TEXT];
    snprintf(fix, sizeof fix, ".%.*s", VIEW_ARG(key->first->text));
    ottl__diag_help(d, "write `%s%s`", name, fix);
    ottl__diag_fix(d, (ottl_span){s->source, end, key->end}, view_str(fix));
    return true;
  }
  ottl__diag_help(d, "attributes are `%s.attributes[\"key\"]`", name);
  ottl__diag_fix(d, (ottl_span){s->source, end, end}, VIEW(".attributes"));
  return true;
}

/* The whole path is not known: perhaps a part of it is. */
/* `name.length`, `events[0].name`. */
static bool path_other_field(sema *s, ottl_diag_item *d, const ottl_node *node, const ottl_node *end, ottl_view tail,
                             const ottl_path_info *part) {
  if (strcmp(part->spelling, "events") == 0) {
    ottl__diag_help(d, "events are records of their own, of the context `spanevent`: `spanevent.%.*s`", VIEW_ARG(tail));
    return true;
  }
  if (!view_is(tail, "length") && !view_is(tail, "len") && !view_is(tail, "size")) return false;
  ottl__diag_help(d, "`Len(...)` counts bytes of a text, items of a list, keys of a map");
  ottl__diag_fix(d, (ottl_span){s->source, node->begin, node->begin}, VIEW("Len("));
  ottl__diag_fix(d, (ottl_span){s->source, end->end, node->end}, VIEW(")"));
  return true;
}

/* `spans.name`: the context is misspelt. */
static bool path_misspelt_context(sema *s, ottl_diag_item *d, const ottl_node *first) {
  char buf[PATH_TEXT];
  if (!first->next || first->first) return false;
  ottl_view rest = path_text(first->next, NULL, buf);
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    const char *name = ottl__contexts[c].name;
    if (!ottl__context_sees(s->context, (ottl_context_id)c) || ottl__edit_distance(first->text, view_str(name), 1) > 1) continue;
    if (!ottl__path_find((ottl_context_id)c, rest)) continue;
    ottl__diag_help(d, "did you mean `%s.%.*s`?", name, VIEW_ARG(rest));
    ottl__diag_fix(d, (ottl_span){s->source, first->begin, path_name_end(first)}, view_str(name));
    return true;
  }
  return false;
}

static void path_unknown(sema *s, const ottl_node *node, const path_head *head) {
  const ottl_node *first = node->first;
  bool unnamed = head->from == first;
  ottl_context_id begins = unnamed ? ottl__context_find(first->text) : OTTL_CONTEXT_COUNT;
  if (begins != OTTL_CONTEXT_COUNT && first->next && !first->first) {
    path_foreign_context(s, node);
    return;
  }
  if (begins != OTTL_CONTEXT_COUNT && !first->next && path_is_context(s, node, begins)) return;
  char buf[PATH_TEXT], whole_buf[PATH_TEXT];
  ottl_view whole = path_text(node->first, NULL, whole_buf);
  const char *context = ottl__contexts[head->context].name;
  const ottl_path_info *part = NULL;
  const ottl_node *end = NULL;
  for (const ottl_node *to = head->from; to; to = to->next) {
    const ottl_path_info *p = ottl__path_find(head->context, path_text(head->from, to, buf));
    if (p) {
      part = p;
      end = to;
    }
  }
  if (part && end->next) {
    ottl_span rest = {s->source, end->next->begin, node->end};
    char rest_buf[PATH_TEXT];
    ottl_view tail = path_text(end->next, NULL, rest_buf);
    ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_PATH, rest, "`%s.%s` has no field `%.*s`", context, part->spelling, VIEW_ARG(tail));
    bool named = head->from != node->first;
    if (!end->first && path_suggest(s, d, node, whole, named, part)) return;
    if (part->keyable && part->view != OTTL_V_TRACE_STATE && !node->last->first) {
      char fix[PATH_TEXT + 8];
      snprintf(fix, sizeof fix, "[\"%.*s\"]", VIEW_ARG(tail));
      ottl__diag_help(d, "values in it are reached with keys: `%s.%s%s%s`", context, part->spelling, end->first ? "[...]" : "",
                      fix);
      ottl__diag_fix(d, (ottl_span){s->source, end->end, node->end}, view_str(fix));
    } else if (!path_other_field(s, d, node, end, tail, part) && !path_suggest(s, d, node, whole, named, NULL) && end->first)
      ottl__diag_help(d, "its items are not reached one by one");
    return;
  }
  ottl_diag_item *d = SEMA_ERROR(s, UNKNOWN_PATH, ((ottl_span){s->source, node->begin, path_name_end(node->last)}),
                                 "unknown path `%.*s`", VIEW_ARG(whole));
  ottl__diag_mark(d, "not a path of the %s context", context);
  foreign_path at = path_foreign(node, path_text(head->from, NULL, buf), head->context, !unnamed);
  if (unnamed && path_misspelt_context(s, d, first)) return;
  if (ottl__foreign_path(s, d, &at) || path_suggest(s, d, node, whole, !unnamed, NULL) || ottl__foreign_attribute(s, d, &at))
    return;
  if (unnamed && !at.keys) ottl__diag_help(d, "a text stands in double quotes: `\"%.*s\"`", VIEW_ARG(whole));
}

static ottl_types path_keyed(ottl_expr *e, const ottl_path_info *info) {
  const ottl_expr *key = e->kids[0];
  e->must_fail = info->view != OTTL_V_BODY && info->view != OTTL_V_TRACE_STATE && key->must_fail; /* other keys: only if walked */
  if (info->view == OTTL_V_TRACE_STATE) {
    if (!ottl__sema_is_literal(key, OTTL_T_STRING)) e->fails = OTTL_FAIL_TYPE;
  } else if (info->view == OTTL_V_BODY || e->n_kids > 1)
    e->fails = OTTL_FAIL_TYPE | OTTL_FAIL_DATA;
  else if (key->types & ~TYPES(STRING))
    e->fails = OTTL_FAIL_TYPE;
  e->may_fail |= e->fails != 0;
  return info->view == OTTL_V_TRACE_STATE ? TYPES(STRING) | TYPES(NIL) : TYPES_ANYVALUE;
}

static void path_lint_keys(sema *s, const ottl_node *last, ottl_expr *e, const ottl_path_info *info) {
  ottl_types takes = info->view == OTTL_V_BODY ? TYPES(STRING) | TYPES(INT) | TYPES(GO_INT) : TYPES(STRING);
  const ottl_expr *key = e->kids[0];
  if (!key->types || (key->types & takes)) return;
  char buf[200];
  e->must_fail = true;
  ottl_diag_item *d = SEMA_WARN(s, ALWAYS_FAILS, sema_span(s, last->first->first),
                                "this always fails: a map has no keys of type %s", ottl__types_text(key->types, buf, sizeof buf));
  ottl__diag_help(d, "keys of maps are strings");
}

/* Indices into a dictionary may point nowhere. */
static bool path_is_indirect(const ottl_path_info *info) {
  return field_is_dict_map(info->field) || info->view == OTTL_V_VALUE_TYPE_TYPE || info->view == OTTL_V_VALUE_TYPE_UNIT;
}

/* DIFF: a group sees attributes that lie in the dictionary as a map or as a list of indices, not as both. */
static bool path_one_form(sema *s, const ottl_node *node, const ottl_path_info *info) {
  bool map = field_is_dict_map(info->field),
       list = info->field == OTTL_FIELD_PROFILE_INDICES || info->field == OTTL_FIELD_SAMPLE_INDICES;
  if (!map && !list) return true;
  uint8_t bit = (uint8_t)(1u << ottl__contexts[info->context].level);
  if (map)
    s->dict_maps |= bit;
  else
    s->dict_lists |= bit;
  if (!(s->dict_maps & s->dict_lists & bit)) return true;
  ottl_diag_item *d =
      SEMA_LACKS(s, sema_span(s, node), "`attributes` and `attribute_indices` of one context in one group are not there yet");
  ottl__diag_help(d, "they are the same field: make two groups");
  return false;
}

ottl_expr *ottl__sema_path(sema *s, const ottl_node *node) {
  bool good = true;
  for (const ottl_node *f = node->first; f; f = f->next) good &= f->kind == NODE_FIELD;
  if (!good || !node->first) return NULL; /* holes */
  bool local;
  ottl_expr *parameter = ottl__sema_local(s, node, &local);
  if (local) return parameter;
  uint32_t n_keys = node->last->n_children;
  ottl_expr *e = ottl__sema_new(s, OTTL_E_PATH, node, n_keys);
  if (!e) return NULL;
  for (const ottl_node *f = node->first; f != node->last; f = f->next) {
    for (const ottl_node *k = f->first; k; k = k->next) { /* refused below; errors inside are told all the same */
      if (k->first) ottl__sema_drop(s, ottl__sema_value(s, k->first));
    }
  }
  good = ottl__sema_keys(s, node->last->first, e->kids, n_keys);
  path_head head;
  if (!path_head_of(s, node, &head)) return NULL;
  char buf[PATH_TEXT];
  ottl_view spelling = path_text(head.from, NULL, buf);
  if (view_is(head.from->text, "cache") && (head.legacy || head.context != s->context)) {
    const char *own = ottl__contexts[s->context].name;
    ottl_diag_item *d = SEMA_ERROR(s, FOREIGN_CACHE, sema_span(s, node), "the %s context has no access to the cache of `%.*s`",
                                   own, VIEW_ARG(node->first->text));
    char fix[PATH_TEXT];
    snprintf(fix, sizeof fix, "%s%scache", s->bare ? "" : own, s->bare ? "" : ".");
    ottl__diag_help(d, "use its own: `%s`", fix);
    ottl__diag_fix(d, (ottl_span){s->source, node->begin, path_name_end(head.from)}, view_str(fix));
    return NULL;
  }
  const ottl_path_info *info = ottl__path_find(head.context, spelling);
  if (!info) {
    path_unknown(s, node, &head);
    return NULL;
  }
  for (const ottl_node *f = node->first; f; f = f->next) {
    if (!f->first || (f == node->last && info->keyable)) continue;
    ottl_span span = {s->source, f->first->begin, f->last->end};
    ottl_diag_item *d = SEMA_ERROR(s, KEYS_REFUSED, span, "`%.*s` takes no keys", VIEW_ARG(path_text(node->first, f, buf)));
    char types[200];
    ottl__diag_help(d, "leave them out");
    ottl__diag_fix(d, span, VIEW(""));
    if (f == node->last) ottl__diag_note(d, "it reads %s", ottl__types_text(info->types, types, sizeof types));
    return NULL;
  }
  if (info->view == OTTL_V_TRACE_STATE && n_keys > 1) {
    SEMA_ERROR(s, TRACE_STATE_KEYS, sema_span(s, node->last), "`trace_state` takes one key");
    return NULL;
  }
  if (!good || !path_one_form(s, node, info)) return NULL;
  ottl__sema_join(e);
  bool request = info->view >= OTTL_V_REQUEST_ADDRESS && info->view <= OTTL_V_REQUEST_GRPC;
  int8_t level = (int8_t)ottl__contexts[head.context].level;
  if (level > e->level && !request) e->level = level;
  e->impure |= request; /* constant in a run, not in a program */
  e->path = info;
  e->context = (uint8_t)head.context;
  e->types = n_keys ? path_keyed(e, info) : info->types;
  e->may_fail |= path_is_indirect(info);
  if (n_keys && info->view != OTTL_V_TRACE_STATE) path_lint_keys(s, node->last, e, info);
  if (info->view == OTTL_V_EVENT_INDEX && !(s->options && s->options->event_index)) {
    e->may_fail = e->must_fail = true;
    e->fails = OTTL_FAIL_TYPE;
    SEMA_WARN(s, EVENT_INDEX, sema_span(s, node), "`event_index` always fails here: the host does not tell it");
  }
  ottl__narrow_path(s, e);
  return e;
}

ottl_expr *ottl__sema_implicit(sema *s, const ottl_node *node, const char *spelling) {
  const char *dot = strchr(spelling, '.');
  ottl_context_id context = ottl__context_find(view_of(spelling, dot ? (size_t)(dot - spelling) : 0));
  const ottl_path_info *info = context == OTTL_CONTEXT_COUNT ? NULL : ottl__path_find(context, view_str(dot + 1));
  ottl_expr *e = info ? ottl__sema_new(s, OTTL_E_PATH, node, 0) : NULL;
  if (!info) s->fatal = OTTL_INTERNAL; /* the table is wrong */
  if (!e) return NULL;
  e->begin = node->end; /* nowhere in the text */
  e->path = info;
  e->context = (uint8_t)context;
  e->types = info->types;
  e->level = (int8_t)ottl__contexts[context].level;
  return e;
}
