/* Statements and conditions inside a configuration. Only the bytes of their scalars are replaced; the result is read again, and all other
 * values must be what they were. */
#include "tooling/format.h"

#include "config/config.h"

#include <stdlib.h>

#define TRIES      64 /* times that the result is read: what is wrong with some of the scalars is found by halves */
#define LEAST_WIDE 40 /* columns that a statement gets, however far it is indented */

typedef enum scalar_state { SCALAR_SAME, SCALAR_NEW, SCALAR_REFUSED } scalar_state;

typedef struct scalar {
  const cfg_node *node;
  ottl_snippet snippet;
  ottl_parse_entry entry;
  uint32_t uses;       /* as a statement: aliases count */
  uint32_t begin, end; /* the bytes that are replaced */
  ottl_view text;      /* what replaces them */
  scalar_state state;
} scalar;

typedef struct format_config {
  format_job *job;
  ottl_arena scratch;     /* for one statement */
  ottl_arena again;       /* for the result, when it is read again */
  const cfg_node **nodes; /* texts of the file, by address */
  size_t n_nodes, cap_nodes;
  scalar *scalars; /* by place */
  size_t n_scalars, cap_scalars;
  ottl_view eol;
  uint32_t tries;
} format_config;

/* ---- which scalars are statements ---- */

static ottl_status gather_nodes(format_config *f, const cfg_node *n) {
  CFG_EACH(n->kind >= CFG_LIST ? n : NULL, kid) OTTL_TRY(gather_nodes(f, kid));
  if (n->kind != CFG_STRING || !n->text.len) return OTTL_OK;
  OTTL_TRY(ottl__al_reserve(&f->job->arena->al, &f->nodes, &f->cap_nodes, f->n_nodes + 1, sizeof *f->nodes));
  f->nodes[f->n_nodes++] = n;
  return OTTL_OK;
}

static int by_text(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)(*(const cfg_node *const *)a)->text.data, y = (uintptr_t)(*(const cfg_node *const *)b)->text.data;
  return x < y ? -1 : x > y;
}

static int by_place(const void *a, const void *b) {
  uint32_t x = ((const scalar *)a)->node->raw_begin, y = ((const scalar *)b)->node->raw_begin;
  return x < y ? -1 : x > y;
}

/* The nodes that have this very text; NULL: none. */
static const cfg_node **nodes_of(const format_config *f, const char *text, size_t *ret_n) {
  cfg_node key = {.text = {text, 0}};
  const cfg_node *wanted = &key, **end = f->nodes + f->n_nodes;
  const cfg_node **first = f->n_nodes ? bsearch(&wanted, f->nodes, f->n_nodes, sizeof *f->nodes, by_text) : NULL, **last = first;
  if (!first) return NULL;
  while (first > f->nodes && first[-1]->text.data == text) first--;
  while (last < end && (*last)->text.data == text) last++;
  *ret_n = (size_t)(last - first);
  return first;
}

/* A text that is all of a scalar; others were made out of several, or are a part of one. */
static ottl_status add_snippet(format_config *f, const ottl_snippet *snippet, ottl_parse_entry entry) {
  size_t n;
  const cfg_node **found = nodes_of(f, snippet->text, &n);
  if (!found || (*found)->text.len != snippet->len) return OTTL_OK;
  OTTL_TRY(ottl__al_reserve(&f->job->arena->al, &f->scalars, &f->cap_scalars, f->n_scalars + 1, sizeof *f->scalars));
  f->scalars[f->n_scalars++] = (scalar){.node = *found, .snippet = *snippet, .entry = entry, .uses = 1};
  return OTTL_OK;
}

/* list: NULL when something in it is no text. */
static ottl_status add_list(format_config *f, const ottl_snippet *list, size_t n, ottl_parse_entry entry) {
  for (size_t i = 0; list && i < n; i++) OTTL_TRY(add_snippet(f, &list[i], entry));
  return OTTL_OK;
}

static ottl_status add_groups(format_config *f, const cfg_part *part, ottl_parse_entry statements) {
  for (size_t i = 0; i < part->n_groups; i++) {
    const ottl_group *g = &part->groups[i];
    OTTL_TRY(add_list(f, g->statements, g->n_statements, statements));
    OTTL_TRY(add_list(f, g->conditions, g->n_conditions, OTTL_ENTRY_CONDITION));
  }
  return OTTL_OK;
}

static ottl_status find_scalars(format_config *f, const ottl_config *c, const cfg_node *root) {
  OTTL_TRY(gather_nodes(f, root));
  if (f->n_nodes) qsort(f->nodes, f->n_nodes, sizeof *f->nodes, by_text);
  for (size_t p = 0; p < c->n_processors; p++) {
    for (int s = 0; s < CFG_SIGNALS; s++) OTTL_TRY(add_groups(f, &c->processors[p].parts[s], OTTL_ENTRY_STATEMENT));
  }
  for (size_t k = 0; k < c->n_connectors; k++) {
    for (size_t i = 0; i < c->connectors[k].n_routes; i++) {
      const cfg_route *r = &c->connectors[k].routes[i];
      OTTL_TRY(add_snippet(f, &r->text, r->statement ? OTTL_ENTRY_STATEMENT : OTTL_ENTRY_CONDITION));
    }
  }
  for (size_t k = 0; k < c->n_others; k++) {
    for (int use = 0; use < CFG_USES; use++) OTTL_TRY(add_groups(f, &c->others[k].parts[use], OTTL_ENTRY_VALUE));
  }
  if (!f->n_scalars) return OTTL_OK;
  qsort(f->scalars, f->n_scalars, sizeof *f->scalars, by_place);
  size_t n = 1;
  for (size_t i = 1; i < f->n_scalars; i++) { /* aliases stand for what is there already */
    if (by_place(&f->scalars[i], &f->scalars[n - 1]))
      f->scalars[n++] = f->scalars[i];
    else
      f->scalars[n - 1].uses++;
  }
  f->n_scalars = n;
  return OTTL_OK;
}

/* ---- scalars ---- */

static uint32_t column_of(ottl_view text, uint32_t at) {
  uint32_t begin = at;
  while (begin && text.data[begin - 1] != '\n') begin--;
  return at - begin;
}

bool ottl__format_plain(ottl_view text) {
  if (!text.len || strchr("-?:,[]{}#&*!|>'\"%@`", text.data[0])) return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i], next = i + 1 < text.len ? text.data[i + 1] : '\n';
    if ((c == ':' && (next == ' ' || next == '\n')) || (next == '#' && (c == ' ' || c == '\n'))) return false;
  }
  return true;
}

void ottl__format_escaped(ottl_sbuf *out, ottl_view text) {
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    size_t len = ottl__diag_rune(text.data + i, text.len - i, &rune);
    if (rune == '"' || rune == '\\')
      ottl__sbuf_printf(out, "\\%c", (int)rune);
    else if (rune == '\t')
      sbuf_str(out, "\\t");
    else if (rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0x2028 || rune == 0x2029 || rune == 0xFEFF)
      ottl__sbuf_printf(out, "\\u%04x", (unsigned)rune);
    else
      sbuf_put(out, text.data + i, len);
    i += len;
  }
}

static void put_line(ottl_sbuf *out, ottl_view line, cfg_style style) {
  if (style == CFG_DOUBLE_QUOTED) {
    ottl__format_escaped(out, line);
    return;
  }
  for (size_t i = 0; i < line.len; i++) {
    if (line.data[i] == '\'' && style == CFG_SINGLE_QUOTED) sbuf_byte(out, '\'');
    sbuf_byte(out, line.data[i]);
  }
}

/* Lines as they are written into the file; those behind the first are indented. */
static void put_lines(const format_config *f, ottl_sbuf *out, ottl_view text, cfg_style style, uint32_t indent) {
  for (size_t at = 0; at <= text.len;) {
    const char *newline = memchr(text.data + at, '\n', text.len - at);
    size_t end = newline ? (size_t)(newline - text.data) : text.len;
    if (at) sbuf_view(out, f->eol);
    for (uint32_t i = 0; at && end > at && i < indent; i++) sbuf_byte(out, ' ');
    put_line(out, view_of(text.data + at, end - at), style);
    at = end + 1;
  }
}

static ottl_span scalar_span(const format_config *f, const scalar *s) {
  const ottl_snippet *sn = &s->snippet;
  return (ottl_span){ottl__diags_snippet(f->job->diags, sn), 0, (uint32_t)sn->len};
}

static void leave(format_config *f, scalar *s, const char *why) {
  s->state = SCALAR_REFUSED;
  ottl__format_left(f->job, scalar_span(f, s), why);
}

/* The statement laid out; *ret_text is empty when it stays, which was told. Fails: NOMEM. */
static ottl_status lay_scalar(format_config *f, scalar *s, uint32_t width, bool whole_lines, ottl_view *ret_text) {
  layout_text text = {.entry = s->entry, .text = s->node->text, .width = width};
  layout_result result;
  *ret_text = (ottl_view){NULL, 0};
  ottl_status status = ottl__layout(&f->scratch, &text, 0, NULL, &result);
  bool variable = false;
  for (size_t i = 0; i + 1 < text.text.len && !variable; i++) variable = text.text.data[i] == '$' && text.text.data[i + 1] == '{';
  if (status == OTTL_COMPILE && variable) {
    leave(f, s, "a variable stands outside of its strings");
  } else if (status == OTTL_COMPILE) {
    s->state = SCALAR_REFUSED;
    f->job->refused = true;
    status = ottl__layout(&f->scratch, &text, scalar_span(f, s).source, f->job->diags, &result);
    return status == OTTL_COMPILE ? OTTL_OK : status;
  } else if (status != OTTL_OK) {
    return status;
  } else if (result.left) {
    leave(f, s, "it would become another one");
  } else if (result.raw_breaks && !whole_lines) {
    leave(f, s, "a string has a line break inside");
  } else {
    *ret_text = result.text;
  }
  return OTTL_OK;
}

static ottl_status keep_new(format_config *f, scalar *s, ottl_sbuf *out, uint32_t begin, uint32_t end) {
  size_t n = 0;
  OTTL_TRY(sbuf_status(out));
  if (view_eq(sbuf_all(out), view_of(f->job->text.data + begin, end - begin))) return OTTL_OK;
  nodes_of(f, s->node->text.data, &n);
  if (n > s->uses) {
    leave(f, s, "an alias uses it for something else");
    return OTTL_OK;
  }
  s->begin = begin;
  s->end = end;
  s->text = arena_copy(f->job->arena, out->data, out->len);
  s->state = SCALAR_NEW;
  return s->text.data ? OTTL_OK : OTTL_NOMEM;
}

static uint32_t width_behind(const format_config *f, uint32_t column) {
  uint32_t width = f->job->width;
  return width > column && width - column > LEAST_WIDE ? width - column : LEAST_WIDE;
}

/* Plain and quoted scalars: on one line they stay on one line. */
static ottl_status flow_scalar(format_config *f, scalar *s, ottl_sbuf *out) {
  const cfg_node *n = s->node;
  cfg_style style = (cfg_style)n->style;
  bool several = memchr(f->job->text.data + n->raw_begin, '\n', n->raw_end - n->raw_begin);
  uint32_t column = several ? column_of(f->job->text, n->raw_begin) + (style != CFG_PLAIN) : 0;
  ottl_view text;
  OTTL_TRY(lay_scalar(f, s, several ? width_behind(f, column) : LAYOUT_ONE_LINE, false, &text));
  if (!text.data || (!several && view_eq(text, n->text))) return OTTL_OK;
  if (style == CFG_PLAIN && !ottl__format_plain(text)) style = CFG_SINGLE_QUOTED;
  const char *quote = style == CFG_PLAIN ? "" : style == CFG_SINGLE_QUOTED ? "'" : "\"";
  sbuf_str(out, quote);
  put_lines(f, out, text, style, column);
  sbuf_str(out, quote);
  return keep_new(f, s, out, n->raw_begin, n->raw_end);
}

/* The lines of a block that are not empty; false: its head tells the indent. */
static bool block_lines(const format_config *f, const cfg_node *n, uint32_t *ret_begin, uint32_t *ret_end) {
  const char *data = f->job->text.data;
  uint32_t at = n->raw_begin, end = n->raw_end;
  for (; at < end && !strchr(" \t\r\n", data[at]); at++) {
    if (data[at] >= '0' && data[at] <= '9') return false;
  }
  while (at < end && data[at] != '\n') at++;
  while (at < end && strchr(" \r\n", data[at])) at++;
  while (end > at && strchr(" \t\r\n", data[end - 1])) end--;
  *ret_begin = at;
  *ret_end = end;
  return true;
}

static ottl_status block_scalar(format_config *f, scalar *s, ottl_sbuf *out) {
  const cfg_node *n = s->node;
  uint32_t begin, end;
  ottl_view text;
  if (!block_lines(f, n, &begin, &end)) {
    leave(f, s, "the head of the block tells its indent");
    return OTTL_OK;
  }
  uint32_t column = column_of(f->job->text, begin);
  OTTL_TRY(lay_scalar(f, s, width_behind(f, column), n->style == CFG_LITERAL, &text));
  if (!text.data) return OTTL_OK;
  put_lines(f, out, text, (cfg_style)n->style, column);
  return keep_new(f, s, out, begin, end);
}

static ottl_status rewrite_scalars(format_config *f) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &f->job->arena->al);
  ottl_status status = OTTL_OK;
  for (size_t i = 0; i < f->n_scalars && status == OTTL_OK; i++) {
    scalar *s = &f->scalars[i];
    out.len = 0;
    ottl__arena_reset(&f->scratch);
    status = s->node->style >= CFG_LITERAL ? block_scalar(f, s, &out) : flow_scalar(f, s, &out);
  }
  ottl__sbuf_done(&out);
  return status;
}

/* ---- the result ---- */

/* The text with new scalars: those of [0, to) that are not refused. */
static ottl_status assemble(const format_config *f, size_t to, ottl_sbuf *out) {
  ottl_view text = f->job->text;
  uint32_t at = 0;
  out->len = 0;
  for (size_t i = 0; i < to; i++) {
    const scalar *s = &f->scalars[i];
    if (s->state != SCALAR_NEW) continue;
    sbuf_put(out, text.data + at, s->begin - at);
    sbuf_view(out, s->text);
    at = s->end;
  }
  sbuf_put(out, text.data + at, text.len - at);
  return sbuf_status(out);
}

static ottl_status same_text(format_config *f, const cfg_node *a, const cfg_node *b, bool *ret) {
  scalar key = {.node = a};
  *ret = view_eq(a->text, b->text);
  if (*ret || a->kind != CFG_STRING || b->kind != CFG_STRING || !f->n_scalars) return OTTL_OK;
  const scalar *s = bsearch(&key, f->scalars, f->n_scalars, sizeof *f->scalars, by_place);
  if (!s || s->state != SCALAR_NEW) return OTTL_OK;
  return ottl__layout_same(&f->job->arena->al, s->entry, a->text, b->text, ret);
}

/* Are these the same values, but for the layout of statements? */
static ottl_status same_tree(format_config *f, const cfg_node *a, const cfg_node *b, bool *ret) {
  *ret = a->kind == b->kind && a->n == b->n && view_eq(a->key, b->key);
  if (!*ret) return OTTL_OK;
  if (a->kind < CFG_LIST) return same_text(f, a, b, ret);
  for (a = a->first, b = b->first; a && b && *ret; a = a->next, b = b->next) OTTL_TRY(same_tree(f, a, b, ret));
  return OTTL_OK;
}

static ottl_status try_result(format_config *f, const cfg_node *root, size_t to, ottl_sbuf *out, bool *ret) {
  OTTL_TRY(assemble(f, to, out));
  ottl__arena_reset(&f->again);
  cfg_reader r = {.arena = &f->again, .al = f->job->arena->al, .text = sbuf_all(out)};
  const cfg_node *result = ottl__cfg_read(&r, r.text);
  *ret = false;
  f->tries++;
  if (r.fatal == OTTL_NOMEM) return r.fatal;
  return result ? same_tree(f, root, result, ret) : OTTL_OK;
}

/* Finds the scalars that spoil the result. All before `from` are fine. */
static ottl_status settle(format_config *f, const cfg_node *root, size_t from, size_t to, ottl_sbuf *out) {
  bool fine = false;
  if (f->tries < TRIES) OTTL_TRY(try_result(f, root, to, out, &fine));
  if (fine) return OTTL_OK;
  if (to - from == 1 || f->tries >= TRIES) {
    for (size_t i = from; i < to; i++) {
      if (f->scalars[i].state == SCALAR_NEW) leave(f, &f->scalars[i], "the file would become another one");
    }
    return OTTL_OK;
  }
  size_t middle = from + (to - from) / 2;
  OTTL_TRY(settle(f, root, from, middle, out));
  return settle(f, root, middle, to, out);
}

static ottl_status format_tree(format_config *f, const ottl_config *c, const cfg_node *root) {
  ottl_view text = f->job->text;
  const char *newline = memchr(text.data, '\n', text.len);
  f->eol = newline && newline > text.data && newline[-1] == '\r' ? VIEW("\r\n") : VIEW("\n");
  OTTL_TRY(find_scalars(f, c, root));
  OTTL_TRY(rewrite_scalars(f));
  if (f->n_scalars) OTTL_TRY(settle(f, root, 0, f->n_scalars, f->job->out));
  return assemble(f, f->n_scalars, f->job->out);
}

/* What is wrong with the configuration is not told here, as long as it is YAML: a key that is not known is no reason to leave
 * statements alone. */
static ottl_status load_and_format(format_config *f, ottl_config *c, const ottl_config_options *options) {
  format_job *job = f->job;
  const cfg_node *root = NULL;
  cfg_reader r = {.arena = &c->arena, .al = c->al, .diags = job->diags, .options = options};
  ottl_status status = ottl__cfg_tree(c, &r, job->text.data, job->text.len, &root);
  if (status == OTTL_COMPILE) {
    job->refused = true;
    sbuf_view(job->out, job->text);
    return OTTL_OK;
  }
  if (status != OTTL_OK) return status;
  r.diags = NULL;
  ottl__cfg_form(c, &r, root);
  return r.fatal ? r.fatal : format_tree(f, c, root);
}

ottl_status ottl__format_config(format_job *job) {
  const ottl_allocator *al = &job->arena->al;
  format_config f = {.job = job};
  ottl_config c = {.al = *al};
  ottl_config_options options;
  ottl_config_options_init(&options);
  options.form = job->options->config;
  options.name = job->options->name;
  options.keep_variables = true;
  options.flatten_logs = true;
  ottl__arena_init(&c.arena, al, 0);
  ottl__arena_init(&f.scratch, al, 0);
  ottl__arena_init(&f.again, al, 0);
  ottl_status status = load_and_format(&f, &c, &options);
  al_free(al, f.nodes, f.cap_nodes * sizeof *f.nodes);
  al_free(al, f.scalars, f.cap_scalars * sizeof *f.scalars);
  ottl__arena_done(&f.again);
  ottl__arena_done(&f.scratch);
  ottl__arena_done(&c.arena);
  return status;
}
