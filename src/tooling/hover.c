/* What stands at a place, for people; and the call that the place is in. */
#include "base/limits.h"
#include "tooling/describe.h"
#include "tooling/language.h"

#include "syntax/parser.h"

#include <stdio.h>

typedef struct hover_job {
  ottl_document *d;
  const lang_region *r;
  lang_tokens t;
  uint32_t token;
  ottl_context_id context;
  uint32_t begin, end; /* of what is told about, in the text */
  ottl_sbuf out;
} hover_job;

/* ---- types ---- */

/* The innermost expression around the place. */
static const ottl_expr *expr_at(const ottl_expr *e, uint32_t source, uint32_t begin, uint32_t end, const ottl_expr *best) {
  if (!e || e->source_id != source) return best;
  bool around = e->begin <= begin && e->end >= end;
  if (around && (!best || e->end - e->begin <= best->end - best->begin)) best = e;
  EXPR_INSIDE(e, x) best = expr_at(x.is, source, begin, end, best);
  return best;
}

static void put_types(hover_job *h, const ottl_checked_group *g, uint32_t source) {
  const ottl_expr *best = NULL;
  for (uint32_t i = 0; i < g->n_conditions; i++) best = expr_at(g->conditions[i], source, h->begin, h->end, best);
  for (uint32_t i = 0; i < g->n_statements; i++) {
    best = expr_at(g->statements[i].where, source, h->begin, h->end, best);
    best = expr_at(g->statements[i].call, source, h->begin, h->end, best);
  }
  bool told = best && (best->kind == OTTL_E_PATH || best->kind == OTTL_E_CALL || best->kind == OTTL_E_INDEX ||
                       best->kind == OTTL_E_LOCAL || best->kind == OTTL_E_MATH);
  if (!told || !best->types || best->types == TYPES_ALL) return;
  if (best->kind == OTTL_E_PATH && best->types == best->path->types && !best->n_kids) return; /* told already */
  sbuf_str(&h->out, "\n\nHere: ");
  ottl__describe_types_nil(&h->out, best->types);
  if (best->may_fail) sbuf_str(&h->out, best->must_fail ? "; always fails" : "; can fail");
}

/* The group is checked as the compiler does it: conditions narrow the types of what comes after them. A group that does not check
 * has no types. */
static ottl_status hover_types(hover_job *h) {
  const lang_group *g = &h->d->groups[h->r->group];
  const lang_region *first = &h->d->regions[g->first];
  ottl_diags *diags;
  ottl_arena arena;
  OTTL_TRY(ottl__diags_create(&h->d->al, &diags));
  ottl__arena_init(&arena, &h->d->al, 0);
  ottl_compile_options o = g->options;
  o.allocator = &h->d->al;
  o.lint = o.explain = false;
  ottl_snippet *list = arena_array(&arena, (size_t)g->n + 1, sizeof *list);
  ottl_group group = {.struct_size = sizeof group, .context = g->context};
  uint32_t n_conditions = 0, number = (uint32_t)(h->r - first);
  for (uint32_t i = 0; list && i < g->n; i++) {
    list[i] = first[i].snippet;
    n_conditions += first[i].condition || o.kind == OTTL_KIND_FILTER;
  }
  ottl_status status = list ? OTTL_OK : OTTL_NOMEM;
  ottl_checked_group checked;
  if (list) {
    group.conditions = list;
    group.n_conditions = n_conditions;
    group.statements = list + n_conditions;
    group.n_statements = g->n - n_conditions;
    status = ottl__sema_group(&arena, &o, &group, diags, &checked);
  }
  if (status == OTTL_OK) {
    put_types(h, &checked, number); /* sources are numbered in order */
    ottl__sema_release(&h->d->al, &checked);
  }
  ottl__arena_done(&arena);
  ottl_diags_free(diags);
  return status == OTTL_NOMEM ? status : OTTL_OK;
}

/* ---- words ---- */

static void put_enum(hover_job *h, ottl_view symbol) {
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    const ottl_enum_info *e = &ottl__enums[i];
    bool fits = h->context == OTTL_CONTEXT_COUNT || e->context == h->context;
    if (!fits || !view_is(symbol, e->symbol)) continue;
    ottl__sbuf_printf(&h->out, "`%s` = %lld\n\nA symbol of the context `%s`.", e->symbol, (long long)e->value,
                      ottl__contexts[e->context].name);
    return;
  }
}

static void put_keyword(hover_job *h, ottl_view word) {
  static const struct {
    const char *word, *doc;
  } keywords[] = {
#define KEYWORD(spelling, token, kind, doc) {spelling, doc},
#include "keywords.def"
#undef KEYWORD
  };
  for (size_t i = 0; i < OTTL_COUNT(keywords); i++) {
    if (view_is(word, keywords[i].word)) ottl__sbuf_printf(&h->out, "`%s`: %s", keywords[i].word, keywords[i].doc);
  }
}

static void put_context(hover_job *h, ottl_context_id c) {
  static const char *const docs[] = {
#define CONTEXT(id, name, level, signals, doc) doc,
#include "contexts.def"
#undef CONTEXT
  };
  ottl__sbuf_printf(&h->out, "context `%s`: %s", ottl__contexts[c].name, docs[c]);
}

static void put_path(hover_job *h, const ottl_path_info *p) {
  const char *keys = ottl__describe_keys(p);
  ottl__sbuf_printf(&h->out, "```ottl\n%s.%s\n```\n\n%s\n\n- reads: ", ottl__contexts[p->context].name, p->spelling, p->doc);
  ottl__describe_types_nil(&h->out, p->types);
  sbuf_str(&h->out, "\n- takes: ");
  if (p->writable)
    ottl__describe_takes(&h->out, p);
  else
    sbuf_str(&h->out, "nothing, it is read only");
  if (keys[0]) ottl__sbuf_printf(&h->out, "\n- keys: %s", keys);
}

/* The parameter that a name before `=` is. False: it is none. */
static bool put_parameter(hover_job *h, const lang_word *w) {
  lang_open open[64];
  if (w->last + 1 >= h->t.n || h->t.items[w->last + 1].kind != TOK_ASSIGN) return false;
  uint32_t n = ottl__lang_brackets(&h->t, w->first, open, OTTL_COUNT(open));
  const ottl_function *f = n ? ottl__lang_function(open[n - 1].function.text) : NULL;
  const ottl_param *p = f ? ottl__lang_param_named(f, w->text) : NULL;
  if (!p) return false;
  const char *text = "", *standard = ottl__manual_default(f->name, p->name, &text);
  sbuf_str(&h->out, "```ottl\n");
  ottl__describe_param(&h->out, p);
  ottl__sbuf_printf(&h->out, "\n```\n\nA parameter of `%s`.", f->name);
  if (text[0]) ottl__sbuf_printf(&h->out, " %s", text);
  if (standard[0]) ottl__sbuf_printf(&h->out, "\n\nDefault: `%s`", standard);
  return true;
}

/* A path, or the context at its beginning. */
static bool put_chain(hover_job *h) {
  lang_chain chain;
  if (!ottl__lang_chain(&h->t, h->token, h->t.n, &chain) || !chain.n_segments) return false;
  lang_word first = ottl__lang_word(&h->t, chain.first);
  uint32_t declared = ottl__lang_local(&h->t, chain.first, first.text);
  if (declared != UINT32_MAX) {
    ottl__sbuf_printf(&h->out, "`%.*s`: a parameter of a lambda", VIEW_ARG(first.text));
    return true;
  }
  ottl_context_id named = ottl__context_find(first.text), own;
  if (h->token <= first.last && chain.n_segments > 1 && named != OTTL_CONTEXT_COUNT) {
    put_context(h, named);
    return true;
  }
  const ottl_path_info *p = ottl__lang_path(h->context, ottl__lang_own(h->d, h->r), chain.text, &own);
  if (!p) return false;
  uint32_t end = chain.n_keys && h->token > ottl__lang_word(&h->t, chain.segments[chain.n_segments - 1]).last ? chain.last
                 : chain.n_segments ? ottl__lang_word(&h->t, chain.segments[chain.n_segments - 1]).last
                                    : chain.last;
  h->begin = h->t.items[chain.first].begin;
  h->end = h->t.items[end].end;
  put_path(h, p);
  return true;
}

static void put_word(hover_job *h, const lang_word *w) {
  h->begin = h->t.items[w->first].begin;
  h->end = h->t.items[w->last].end;
  const ottl_function *f = ottl__lang_function(w->text);
  bool call = ottl__lang_is_call(&h->t, w);
  if (call && f)
    ottl__lang_manual(&h->out, f);
  else if (!call && !put_parameter(h, w) && !put_chain(h))
    put_enum(h, w->text);
  if (!h->out.len && f && f->kind == OTTL_F_CONVERTER) ottl__lang_manual(&h->out, f); /* its name as an argument */
  if (!h->out.len) put_keyword(h, w->text);
}

/* A key: the map that it is in. */
static void put_key(hover_job *h) {
  lang_chain chain;
  ottl_context_id own;
  if (h->token < 2 || h->t.items[h->token - 1].kind != TOK_LBRACK || !ottl__lang_chain(&h->t, h->token - 2, h->t.n, &chain))
    return;
  const ottl_path_info *p = ottl__lang_path(h->context, ottl__lang_own(h->d, h->r), chain.text, &own);
  if (!p || !p->keyable) return;
  ottl__sbuf_printf(&h->out, "A key of `%s.%s`.", ottl__contexts[own].name, p->spelling);
  h->begin = h->t.items[chain.first].begin;
  h->end = h->t.items[chain.last].end;
}

/* ---- the question ---- */

static bool find_token(hover_job *h, uint32_t at) {
  for (uint32_t i = 0; i < h->t.n; i++) {
    const ottl_token *t = &h->t.items[i];
    bool word = t->kind == TOK_LOWER || t->kind == TOK_UPPER;
    bool next_word = i + 1 < h->t.n && h->t.items[i + 1].begin == at;
    if (at < t->begin || at > t->end || (at == t->end && (!word || next_word))) continue;
    h->token = i;
    h->begin = t->begin;
    h->end = t->end;
    return true;
  }
  return false;
}

/* `context: log` of a file. */
static void hover_context_line(hover_job *h, size_t offset, ottl_range *range) {
  static const char word[] = "context:";
  const ottl_view text = h->d->text;
  size_t line = offset, end = offset;
  while (line && text.data[line - 1] != '\n') line--;
  while (end < text.len && text.data[end] != '\n' && text.data[end] != '\r') end++;
  if (h->d->options.form != OTTL_FORMAT_FILE || end - line < sizeof word - 1 ||
      memcmp(text.data + line, word, sizeof word - 1) != 0)
    return;
  size_t at = line + sizeof word - 1;
  while (at < end && text.data[at] == ' ') at++;
  while (end > at && text.data[end - 1] == ' ') end--;
  ottl_context_id c = ottl__context_find(view_of(text.data + at, end - at));
  if (c == OTTL_CONTEXT_COUNT) return;
  put_context(h, c);
  *range = (ottl_range){at, end};
}

static ottl_status hover_region(hover_job *h, uint32_t at, ottl_range *range) {
  ottl_status status;
  h->context = ottl__lang_context(h->d, h->r, &status);
  OTTL_TRY(status);
  OTTL_TRY(ottl__lang_lex(h->d, h->r->text, &h->t));
  if (!find_token(h, at)) return OTTL_OK;
  lang_word w = ottl__lang_word(&h->t, h->token);
  const ottl_token *token = &h->t.items[h->token];
  if (w.text.len)
    put_word(h, &w);
  else if (token->kind == TOK_STRING)
    put_key(h);
  else
    put_keyword(h, view_of(h->r->text.data + token->begin, token->end - token->begin));
  if (h->out.len) OTTL_TRY(hover_types(h));
  *range = (ottl_range){h->r->map[h->begin], h->r->map[h->end]};
  return OTTL_OK;
}

ottl_status ottl_document_hover(ottl_document *d, size_t offset, ottl_hover *ret) {
  uint32_t at = 0;
  hover_job h = {.d = d};
  if (!ret) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, offset));
  ottl_hover hover = {{offset, offset}, {"", 0}};
  ottl__sbuf_init(&h.out, &d->al);
  h.r = ottl__lang_region_at(d, offset, &at);
  ottl_status status = OTTL_OK;
  if (h.r)
    status = hover_region(&h, at, &hover.range);
  else
    hover_context_line(&h, offset, &hover.range);
  if (status == OTTL_OK) status = ottl__lang_keep(d, &h.out, &hover.markdown);
  ottl__sbuf_done(&h.out);
  if (status == OTTL_OK) *ret = hover;
  return status;
}

/* ---- signatures ---- */

static ottl_status signature_of(ottl_document *d, const lang_tokens *t, const lang_open *call, ottl_signature *ret) {
  const ottl_function *f = ottl__lang_function(call->function.text);
  uint32_t n = f ? ottl__function_given(f) : 0;
  ottl_signature_param *params = arena_array(&d->query, (size_t)n + 1, sizeof *params);
  bool named;
  if (!f) return OTTL_OK;
  if (!params) return OTTL_NOMEM;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &d->al);
  ottl__sbuf_printf(&out, "%s(", f->name);
  for (uint32_t i = 0; i < n; i++) {
    const char *text = "";
    if (i) sbuf_str(&out, ", ");
    size_t begin = out.len;
    ottl__describe_param(&out, &f->params[i]);
    ottl__manual_default(f->name, f->params[i].name, &text);
    params[i] = (ottl_signature_param){begin, out.len, view_str(text)};
  }
  ottl_sbuf whole;
  ottl__sbuf_init(&whole, &d->al);
  ottl__lang_signature(&whole, f);
  ottl_view label = {"", 0};
  ottl_status status = sbuf_status(&out);
  if (status == OTTL_OK) status = ottl__lang_keep(d, &whole, &label);
  ottl__sbuf_done(&whole);
  ottl__sbuf_done(&out);
  OTTL_TRY(status);
  const ottl_param *p = ottl__lang_param(f, t, call, &named);
  *ret = (ottl_signature){label, view_str(f->doc), params, n, p ? (size_t)(p - f->params) : n};
  return OTTL_OK;
}

/* The text of the region up to the place, as tokens. */
static ottl_status signature_in(ottl_document *d, const lang_region *r, uint32_t at, ottl_signature *ret) {
  lang_tokens t;
  lang_open open[64];
  OTTL_TRY(ottl__lang_lex(d, view_of(r->text.data, at), &t));
  uint32_t n = ottl__lang_brackets(&t, t.n, open, OTTL_COUNT(open));
  while (n && !open[n - 1].function.text.len) n--; /* out of lists, keys and parentheses */
  return n ? signature_of(d, &t, &open[n - 1], ret) : OTTL_OK;
}

ottl_status ottl_document_signature(ottl_document *d, size_t offset, ottl_signature *ret) {
  uint32_t at;
  if (!ret) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, offset));
  ottl_signature signature = {{"", 0}, {"", 0}, NULL, 0, 0};
  const lang_region *r = ottl__lang_region_at(d, offset, &at);
  ottl_status status = OTTL_OK;
  if (r) {
    status = signature_in(d, r, at, &signature);
  } else {
    ottl_document *repaired;
    lang_region typed;
    if (ottl__lang_typed(d, offset, &typed, &repaired, &status))
      status = signature_in(d, &typed, (uint32_t)typed.text.len, &signature);
    ottl_document_free(repaired);
  }
  if (status == OTTL_OK) *ret = signature;
  return status;
}
