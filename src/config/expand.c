/* ${env:NAME}, ${env:NAME:-default}, ${NAME} and $$ in the values of a configuration, with the rules of the collector's resolver
 * (confmap): innermost first, again until nothing is left to replace; a value that is one ${...} alone takes the kind of what it
 * stands for, and $$ becomes $ at the end. Keys are not expanded. */
#include "config/node.h"
#include "sema/tables.h"

typedef struct expander {
  cfg_reader *r;
  const cfg_node *place; /* what a diagnostic points at */
  uint64_t bytes;        /* of text that was made */
  uint32_t rounds;
  uint32_t depth;
  bool unset; /* the last variable looked up has no value */
} expander;

/* Counts what is made, for all values together: one may be aliased often. */
static bool count_bytes(expander *x, size_t n) {
  x->bytes += n;
  if (x->bytes <= ottl__limits[OTTL_LIMIT_CONFIG_EXPANDED].standard) return true;
  CFG_ERROR(x->r, CONFIG_SIZE, cfg_span(x->r, x->place), "the configuration becomes too long once the variables are put in");
  x->r->fatal = OTTL_LIMIT;
  return false;
}

static size_t find_byte(ottl_view text, size_t from, char byte) {
  const char *p = from < text.len ? memchr(text.data + from, byte, text.len - from) : NULL;
  return p ? (size_t)(p - text.data) : SIZE_MAX;
}

/* The first ${...} that is to be replaced: the one that ends first, from its last ${ on, unless an odd number of $ is before it. */
static bool find_uri(ottl_view text, size_t *ret_begin, size_t *ret_end) {
  for (size_t from = 0;;) {
    size_t close = find_byte(text, from, '}');
    if (close == SIZE_MAX) return false;
    size_t open = SIZE_MAX;
    for (size_t i = close; i-- > from;) {
      if (text.data[i] == '$' && text.data[i + 1] == '{') {
        open = i;
        break;
      }
    }
    size_t dollars = 0;
    while (open != SIZE_MAX && open > from + dollars && text.data[open - dollars - 1] == '$') dollars++;
    if (open != SIZE_MAX && dollars % 2 == 0) {
      *ret_begin = open;
      *ret_end = close + 1;
      return true;
    }
    from = close + 1;
  }
}

static bool is_scheme(ottl_view v) {
  for (size_t i = 0; i < v.len; i++) {
    char c = v.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-'))) return false;
  }
  return v.len >= 2;
}

static bool is_name(ottl_view v) {
  for (size_t i = 0; i < v.len; i++) {
    char c = v.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && (i == 0 || c < '0' || c > '9')) return false;
  }
  return v.len > 0;
}

/* What stands for a ${...}; false after a diagnostic. */
static bool look_up(expander *x, ottl_view uri, ottl_view *ret) {
  cfg_reader *r = x->r;
  ottl_span span = cfg_span(r, x->place);
  ottl_view body = {uri.data + 2, uri.len - 3};
  size_t colon = find_byte(body, 0, ':');
  ottl_view scheme = view_str("env"), name = body;
  if (colon != SIZE_MAX) {
    scheme = (ottl_view){body.data, colon};
    name = (ottl_view){body.data + colon + 1, body.len - colon - 1};
  }
  if (!is_scheme(scheme) || memchr(name.data, '$', name.len)) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_EXPANSION, span, "`%.*s` cannot be read", VIEW_ARG(uri));
    ottl__diag_help(d, "write `${env:NAME}` for a variable of the environment, `$$` for a `$`");
    return false;
  }
  if (!view_is(scheme, "env")) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_EXPANSION, span, "`%.*s` asks for `%.*s`, which is not there: only `env` is",
                                  VIEW_ARG(uri), VIEW_ARG(scheme));
    if (name.len && name.data[0] == '-') ottl__diag_help(d, "write `${env:%.*s:%.*s}`", VIEW_ARG(scheme), VIEW_ARG(name));
    return false;
  }
  ottl_view fallback = {NULL, 0};
  for (size_t i = 0; i + 1 < name.len && !fallback.data; i++) {
    if (name.data[i] != ':' || name.data[i + 1] != '-') continue;
    fallback = (ottl_view){name.data + i + 2, name.len - i - 2};
    name.len = i;
  }
  if (!is_name(name)) {
    ottl_diag_item *d = CFG_ERROR(r, CONFIG_EXPANSION, span, "`%.*s` is no name of a variable", VIEW_ARG(name));
    ottl__diag_help(d, "names are letters, digits and `_`, and do not begin with a digit; `$$` stands for a `$`");
    return false;
  }
  ottl_view copy = arena_copy(r->arena, name.data, name.len);
  if (!copy.data) {
    r->fatal = OTTL_NOMEM;
    return false;
  }
  const char *value = r->options->env ? r->options->env(r->options->env_context, copy.data) : NULL;
  x->unset = !value && !fallback.data;
  if (x->unset) {
    ottl_diag_item *d =
        ottl__diag_add(r->diags, DIAG_CONFIG_UNSET, span, "the variable `%.*s` is not set: it counts as empty", VIEW_ARG(name));
    if (!r->options->keep_going) ottl__diag_severity(d, OTTL_SEVERITY_WARNING); /* it is going to run like this */
  }
  *ret = value ? view_str(value) : fallback;
  if (!count_bytes(x, ret->len)) return false;
  *ret = arena_copy(r->arena, ret->data, ret->len); /* the host's text need not outlive the call */
  if (!ret->data) r->fatal = OTTL_NOMEM;
  return ret->data != NULL;
}

static bool out_of_rounds(expander *x) {
  if (++x->rounds <= ottl__limits[OTTL_LIMIT_CONFIG_EXPANSIONS].standard) return false;
  CFG_ERROR(x->r, CONFIG_EXPANSION, cfg_span(x->r, x->place), "this does not come to an end: it stands for itself");
  return true;
}

/* Every occurrence of `what` by `with`. */
static bool replace_all(expander *x, ottl_view *text, ottl_view what, ottl_view with) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &x->r->al);
  for (size_t i = 0; i < text->len;) {
    if (text->data[i] == what.data[0] && text->len - i >= what.len && memcmp(text->data + i, what.data, what.len) == 0) {
      sbuf_view(&out, with);
      i += what.len;
    } else {
      sbuf_byte(&out, text->data[i++]);
    }
    if (out.len > ottl__limits[OTTL_LIMIT_CONFIG_BYTES].standard) break;
  }
  bool ok = false;
  if (out.failed) {
    x->r->fatal = OTTL_NOMEM;
  } else if (out.len > ottl__limits[OTTL_LIMIT_CONFIG_BYTES].standard) {
    CFG_ERROR(x->r, CONFIG_SIZE, cfg_span(x->r, x->place), "this becomes too long once the variables are put in");
  } else if (count_bytes(x, out.len)) {
    *text = arena_copy(x->r->arena, out.data ? out.data : "", out.len);
    ok = text->data != NULL;
    if (!ok) x->r->fatal = OTTL_NOMEM;
  }
  ottl__sbuf_done(&out);
  return ok;
}

/* Is a place of a statement outside of its strings? There an empty value makes another statement of it. */
static bool outside_strings(ottl_view text, size_t at) {
  bool quoted = false;
  for (size_t i = 0; i < at; i++) {
    if (quoted && text.data[i] == '\\')
      i++;
    else if (text.data[i] == '"')
      quoted = !quoted;
  }
  return !quoted;
}

static cfg_node *expand_node(expander *x, const cfg_node *node);
static cfg_node *expand_text(expander *x, const cfg_node *node);

/* A value that is one ${...}: what it stands for is read as YAML, and keeps its own text in case that a string is wanted. */
static cfg_node *whole_value(expander *x, const cfg_node *node, ottl_view text) {
  cfg_reader inner = *x->r;
  inner.diags = NULL; /* what is no YAML is a string */
  inner.n_errors = 0;
  cfg_node *read = ottl__cfg_read(&inner, text);
  x->r->nodes = inner.nodes;
  if (inner.fatal == OTTL_NOMEM) {
    x->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  if (inner.nodes > ottl__limits[OTTL_LIMIT_CONFIG_NODES].standard) {
    CFG_ERROR(x->r, CONFIG_SIZE, cfg_span(x->r, x->place), "the configuration has too many values once the variables are put in");
    x->r->fatal = OTTL_LIMIT;
    return NULL;
  }
  cfg_node *n = arena_zero(x->r->arena, sizeof *n);
  if (!n) {
    x->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  if (read && read->kind != CFG_STRING) {
    *n = *read;
  } else {
    n->kind = CFG_STRING;
    n->weight = 1;
  }
  n->from_host = n->kind < CFG_LIST;
  n->text = text;
  n->verbatim = false;
  n->begin = node->begin;
  n->end = node->end;
  n->key = node->key;
  n->key_begin = node->key_begin;
  n->key_end = node->key_end;
  return n;
}

static cfg_node *expand_text(expander *x, const cfg_node *node) {
  ottl_view text = node->text;
  size_t begin, end;
  bool changed = false, unset = node->open;
  while (find_uri(text, &begin, &end)) {
    if (out_of_rounds(x)) return NULL;
    ottl_view uri = {text.data + begin, end - begin}, with;
    if (!look_up(x, uri, &with)) return NULL;
    unset |= x->unset && outside_strings(text, begin);
    if (begin == 0 && end == text.len) {
      cfg_node *whole = whole_value(x, node, with);
      if (whole) whole->open = unset;
      return whole ? expand_node(x, whole) : NULL;
    }
    if (!replace_all(x, &text, uri, with)) return NULL;
    changed = true;
  }
  if (find_byte(text, 0, '$') != SIZE_MAX) {
    size_t before = text.len;
    if (!replace_all(x, &text, view_str("$$"), view_str("$"))) return NULL;
    changed |= text.len != before;
  }
  cfg_node *n = arena_alloc(x->r->arena, sizeof *n);
  if (!n) {
    x->r->fatal = OTTL_NOMEM;
    return NULL;
  }
  *n = *node;
  n->text = text;
  n->verbatim &= !changed;
  n->open = unset;
  return n;
}

static cfg_node *expand_node(expander *x, const cfg_node *node) {
  cfg_reader *r = x->r;
  if (x->depth >= ottl__limits[OTTL_LIMIT_CONFIG_DEPTH].standard) { /* variables bring containers of their own */
    CFG_ERROR(r, CONFIG_SIZE, cfg_span(r, x->place), "this becomes too deep once the variables are put in");
    return NULL;
  }
  if (node->kind < CFG_LIST && (node->kind == CFG_STRING || node->from_host)) return expand_text(x, node);
  cfg_node *n = arena_alloc(r->arena, sizeof *n);
  if (!n) {
    r->fatal = OTTL_NOMEM;
    return NULL;
  }
  *n = *node;
  if (node->text.data) { /* of a list or map: it may be a string that is wanted */
    cfg_node text = {.kind = CFG_STRING, .text = node->text};
    const cfg_node *copy = expand_text(x, &text);
    if (!copy) return NULL;
    n->text = copy->text;
  }
  n->first = NULL;
  const cfg_node **tail = &n->first;
  x->depth++;
  bool from_file = x->rounds == 0;
  CFG_EACH(node, kid) {
    if (from_file) { /* else places inside what a variable gave mean nothing: the value around it is shown */
      x->place = kid;
      x->rounds = 0;
    }
    cfg_node *copy = expand_node(x, kid);
    if (from_file) x->rounds = 0;
    if (!copy && r->fatal) return NULL;
    if (!copy) continue;                        /* told; others may be wrong as well */
    if (copy->open && r->options->keep_going) { /* it will say something else where it runs */
      n->n--;
      continue;
    }
    copy->next = NULL;
    if (!from_file) {
      copy->begin = copy->key_begin = x->place->begin;
      copy->end = copy->key_end = x->place->end;
    }
    *tail = copy;
    tail = &copy->next;
  }
  x->depth--;
  return n;
}

cfg_node *ottl__cfg_expand(cfg_reader *r, const cfg_node *node) {
  expander x = {.r = r, .place = node};
  cfg_node *n = expand_node(&x, node);
  return r->n_errors || r->fatal ? NULL : n;
}
