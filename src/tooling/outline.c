/* All of a document: its outline, its tokens, what can be folded. */
#include "base/limits.h"
#include "tooling/language.h"

#include "syntax/parser.h"
#include "syntax/split.h"

#include <stdlib.h>

#define OUTLINE_NAME 80 /* bytes of a statement that its symbol shows */

/* Regions that stand in the text, in its order, each once: aliases give the same scalar several times. */
typedef struct region_list {
  const lang_region **items;
  size_t n;
} region_list;

static int by_place(const void *a, const void *b) {
  const lang_region *x = *(const lang_region *const *)a, *y = *(const lang_region *const *)b;
  if (region_begin(x) != region_begin(y)) return region_begin(x) < region_begin(y) ? -1 : 1;
  return x < y ? -1 : x > y;
}

static ottl_status in_order(ottl_document *d, region_list *ret) {
  ret->items = arena_array(&d->query, d->n_regions + 1, sizeof *ret->items);
  ret->n = 0;
  if (!ret->items) return OTTL_NOMEM;
  for (size_t i = 0; i < d->n_regions; i++) {
    if (d->regions[i].map && d->regions[i].text.len) ret->items[ret->n++] = &d->regions[i];
  }
  if (ret->n) qsort(ret->items, ret->n, sizeof *ret->items, by_place);
  size_t n = 0;
  for (size_t i = 0; i < ret->n; i++) {
    if (!n || region_begin(ret->items[i]) >= region_end(ret->items[n - 1])) ret->items[n++] = ret->items[i];
  }
  ret->n = n;
  return OTTL_OK;
}

/* ---- symbols ---- */

/* On one line, blanks put together, cut where it is long. */
static ottl_status symbol_name(ottl_document *d, ottl_view text, ottl_view *ret) {
  char *name = arena_alloc(&d->query, OUTLINE_NAME + 8);
  size_t n = 0, i = 0;
  if (!name) return OTTL_NOMEM;
  for (; i < text.len && n < OUTLINE_NAME; i++) {
    bool blank = (unsigned char)text.data[i] <= ' ';
    if (blank && n && name[n - 1] == ' ') continue;
    name[n++] = blank ? ' ' : text.data[i];
  }
  while (i < text.len && n && ((unsigned char)text.data[i] & 0xC0) == 0x80) i--, n--; /* no half of a character */
  if (i < text.len) memcpy(name + n, "...", 3), n += 3;
  *ret = view_of(name, n);
  return OTTL_OK;
}

typedef struct symbol_list {
  ottl_document *d;
  ottl_symbol *items;
  size_t n;
} symbol_list;

static size_t line_end(ottl_view text, size_t at) {
  while (at < text.len && text.data[at] != '\n' && text.data[at] != '\r') at++;
  return at;
}

/* As the splitter sees lines: a carriage return inside one is a blank. */
static bool is_context_line(ottl_view text, size_t at, ottl_view *ret_name) {
  const char *newline = memchr(text.data + at, '\n', text.len - at);
  return ottl__split_context(text.data + at, newline ? (size_t)(newline - text.data) - at : text.len - at, ret_name);
}

/* `context:` lines; a section ends where the next one begins. */
static size_t next_section(const ottl_document *d, size_t from, size_t to) {
  for (size_t at = from; at < to;) {
    ottl_view name;
    if ((at == 0 || d->text.data[at - 1] == '\n') && is_context_line(d->text, at, &name)) return at;
    at = line_end(d->text, at);
    while (at < to && d->text.data[at] != '\n') at++;
    at++;
  }
  return to;
}

static void add_section(symbol_list *l, size_t at) {
  const ottl_document *d = l->d;
  size_t end = line_end(d->text, at), behind = next_section(d, end, d->text.len);
  while (behind > end && strchr(" \t\r\n", d->text.data[behind - 1])) behind--;
  l->items[l->n++] = (ottl_symbol){.kind = OTTL_SYMBOL_SECTION,
                                   .name = view_of(d->text.data + at, end - at),
                                   .detail = {"", 0},
                                   .range = {at, behind},
                                   .selection = {at, end}};
}

/* A component's range goes to the end of its last region; `first` is its first one. */
static void add_owner(symbol_list *l, const region_list *regions, size_t first) {
  uint32_t owner = regions->items[first]->owner;
  const lang_owner *o = &l->d->owners[owner];
  size_t end = o->end;
  for (size_t i = first; i < regions->n && regions->items[i]->owner == owner; i++) {
    if (region_end(regions->items[i]) > end) end = region_end(regions->items[i]);
  }
  l->items[l->n++] = (ottl_symbol){.kind = OTTL_SYMBOL_COMPONENT,
                                   .name = o->name,
                                   .detail = {"", 0},
                                   .range = {o->begin, end},
                                   .selection = {o->begin, o->end}};
}

static ottl_status add_statement(symbol_list *l, const lang_region *r, uint32_t depth) {
  ottl_status status;
  ottl_context_id context = ottl__lang_context(l->d, r, &status);
  OTTL_TRY(status);
  ottl_symbol *s = &l->items[l->n++];
  ottl_range range = {region_begin(r), region_end(r)};
  *s = (ottl_symbol){.kind = r->entry == OTTL_ENTRY_STATEMENT ? OTTL_SYMBOL_STATEMENT : OTTL_SYMBOL_CONDITION,
                     .detail = view_str(context == OTTL_CONTEXT_COUNT ? "" : ottl__contexts[context].name),
                     .range = range,
                     .selection = range,
                     .depth = depth};
  return symbol_name(l->d, r->text, &s->name);
}

static size_t count_sections(const ottl_document *d) {
  size_t n = 0;
  if (d->options.form != OTTL_FORMAT_FILE) return 0;
  for (size_t at = next_section(d, 0, d->text.len); at < d->text.len; at = next_section(d, line_end(d->text, at), d->text.len))
    n++;
  return n;
}

static void add_sections(symbol_list *l, size_t from, size_t to) {
  if (l->d->options.form != OTTL_FORMAT_FILE) return;
  for (size_t at = next_section(l->d, from, to); at < to; at = next_section(l->d, line_end(l->d->text, at), to))
    add_section(l, at);
}

ottl_status ottl_document_symbols(ottl_document *d, const ottl_symbol **ret, size_t *ret_n) {
  region_list regions;
  if (!ret || !ret_n) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, 0));
  OTTL_TRY(in_order(d, &regions));
  symbol_list l = {.d = d};
  l.items = arena_array(&d->query, regions.n * 2 + count_sections(d) + 1, sizeof *l.items);
  if (!l.items) return OTTL_NOMEM;
  size_t at = 0;
  uint32_t owner = LANG_NO_OWNER;
  bool deeper = false; /* under a `context:` line, or a component */
  for (size_t i = 0; i < regions.n; i++) {
    const lang_region *r = regions.items[i];
    size_t before = l.n;
    add_sections(&l, at, region_begin(r));
    at = region_end(r);
    if (r->owner != owner && d->options.config == OTTL_CONFIG_COLLECTOR) add_owner(&l, &regions, i);
    owner = r->owner;
    deeper |= l.n > before;
    OTTL_TRY(add_statement(&l, r, deeper));
  }
  add_sections(&l, at, d->text.len);
  *ret = l.items;
  *ret_n = l.n;
  return OTTL_OK;
}

/* ---- tokens ---- */

typedef struct token_list {
  ottl_document *d;
  ottl_language_token *items;
  size_t n, cap;
} token_list;

static ottl_status put_token(token_list *l, const lang_region *r, uint32_t begin, uint32_t end, ottl_language_token token) {
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 256;
    ottl_language_token *items = arena_array(&l->d->query, cap, sizeof *items);
    if (!items) return OTTL_NOMEM;
    if (l->n) memcpy(items, l->items, l->n * sizeof *items);
    l->items = items;
    l->cap = cap;
  }
  token.range = r ? (ottl_range){r->map[begin], r->map[end]} : (ottl_range){begin, end};
  l->items[l->n++] = token;
  return OTTL_OK;
}

static ottl_status put_word(token_list *l, const lang_region *r, const lang_tokens *t, const lang_word *w, ottl_token_kind kind,
                            bool unknown) {
  return put_token(l, r, t->items[w->first].begin, t->items[w->last].end,
                   (ottl_language_token){.kind = kind, .unknown = unknown});
}

/* A path; a name alone may be a parameter of a lambda, a symbol, or the name of a function. */
static ottl_status put_chain(token_list *l, const lang_region *r, const lang_tokens *t, const lang_chain *c,
                             ottl_context_id context) {
  lang_word first = ottl__lang_word(t, c->first);
  uint32_t declared = ottl__lang_local(t, c->first, first.text);
  if (declared != UINT32_MAX)
    return put_token(l, r, t->items[first.first].begin, t->items[first.last].end,
                     (ottl_language_token){.kind = OTTL_TOKEN_LOCAL, .declares = declared == c->first});
  ottl_context_id own, named = ottl__context_find(first.text);
  bool prefix = c->n_segments > 1 && named != OTTL_CONTEXT_COUNT;
  const ottl_path_info *p = ottl__lang_path(context, ottl__lang_own(l->d, r), c->text, &own);
  for (uint32_t i = 0; i < c->n_segments; i++) {
    lang_word w = ottl__lang_word(t, c->segments[i]);
    OTTL_TRY(put_word(l, r, t, &w, i == 0 && prefix ? OTTL_TOKEN_CONTEXT : OTTL_TOKEN_PATH, !p));
  }
  return OTTL_OK;
}

static ottl_status put_name(token_list *l, const lang_region *r, const lang_tokens *t, const lang_word *w,
                            ottl_context_id context) {
  const ottl_function *f = ottl__lang_function(w->text);
  if (ottl__lang_is_call(t, w)) {
    bool editor = w->text.data[0] >= 'a' && w->text.data[0] <= 'z';
    return put_word(l, r, t, w, editor ? OTTL_TOKEN_EDITOR : OTTL_TOKEN_CONVERTER, !f);
  }
  if (w->last + 1 < t->n && t->items[w->last + 1].kind == TOK_ASSIGN) return put_word(l, r, t, w, OTTL_TOKEN_PARAMETER, false);
  if (t->items[w->first].kind == TOK_LOWER) {
    lang_chain chain;
    if (view_is(w->text, "where")) return put_word(l, r, t, w, OTTL_TOKEN_KEYWORD, false);
    if (ottl__lang_chain(t, w->first, t->n, &chain) && chain.first == w->first) return put_chain(l, r, t, &chain, context);
    return put_word(l, r, t, w, OTTL_TOKEN_PATH, true);
  }
  if (f) return put_word(l, r, t, w, OTTL_TOKEN_CONVERTER, false);
  bool known = context == OTTL_CONTEXT_COUNT || ottl__enum_find(context, w->text);
  return put_word(l, r, t, w, OTTL_TOKEN_ENUM, !known);
}

/* Names of the path behind the first one are done with it. */
static uint32_t behind_name(const lang_tokens *t, const lang_word *w) {
  lang_chain chain;
  if (t->items[w->first].kind != TOK_LOWER || view_is(w->text, "where") || ottl__lang_is_call(t, w) ||
      !ottl__lang_chain(t, w->first, t->n, &chain) || chain.first != w->first || !chain.n_segments)
    return w->last + 1;
  return ottl__lang_word(t, chain.segments[chain.n_segments - 1]).last + 1;
}

static bool is_key(const lang_tokens *t, uint32_t i) {
  uint32_t next = i + 1 < t->n ? t->items[i + 1].kind : TOK_END;
  if (next == TOK_COLON) return true;
  bool path = i > 1 && t->items[i - 1].kind == TOK_LBRACK && next == TOK_RBRACK;
  uint32_t before = path ? t->items[i - 2].kind : TOK_END;
  return before == TOK_LOWER || before == TOK_UPPER || before == TOK_RBRACK || before == TOK_RPAREN;
}

/* INT: not a kind that is told. */
static bool plain_kind(const lang_tokens *t, uint32_t i, ottl_token_kind *ret) {
  switch (t->items[i].kind) {
  case TOK_NIL:
  case TOK_TRUE:
  case TOK_FALSE:
  case TOK_NOT:
  case TOK_AND:
  case TOK_OR: *ret = OTTL_TOKEN_KEYWORD; return true;
  case TOK_STRING: *ret = is_key(t, i) ? OTTL_TOKEN_KEY : OTTL_TOKEN_STRING; return true;
  case TOK_INT:
  case TOK_FLOAT:
  case TOK_BYTES: *ret = OTTL_TOKEN_NUMBER; return true;
  case TOK_CMP:
  case TOK_ARROW:
  case TOK_ASSIGN:
  case TOK_PLUS:
  case TOK_MINUS:
  case TOK_STAR:
  case TOK_SLASH: *ret = OTTL_TOKEN_OPERATOR; return true;
  default: return false;
  }
}

static ottl_status put_region(token_list *l, const lang_region *r) {
  ottl_status status;
  lang_tokens t;
  ottl_context_id context = ottl__lang_context(l->d, r, &status);
  OTTL_TRY(status);
  OTTL_TRY(ottl__lang_lex(l->d, r->text, &t));
  for (uint32_t i = 0; i < t.n;) {
    ottl_token_kind kind;
    lang_word w = ottl__lang_word(&t, i);
    if (w.text.len) {
      OTTL_TRY(put_name(l, r, &t, &w, context));
      i = behind_name(&t, &w);
      continue;
    }
    if (plain_kind(&t, i, &kind))
      OTTL_TRY(put_token(l, r, t.items[i].begin, t.items[i].end, (ottl_language_token){.kind = kind}));
    i++;
  }
  return OTTL_OK;
}

/* Comments and `context:` lines of a file, between regions and inside them. */
static ottl_status put_lines(token_list *l, size_t from, size_t to) {
  static const char word[] = "context";
  ottl_view text = l->d->text;
  for (size_t at = from; at < to;) {
    size_t end = line_end(text, at), first = at;
    ottl_view name;
    while (first < end && (text.data[first] == ' ' || text.data[first] == '\t')) first++;
    if (first < end && text.data[first] == '#')
      OTTL_TRY(put_token(l, NULL, (uint32_t)first, (uint32_t)end, (ottl_language_token){.kind = OTTL_TOKEN_COMMENT}));
    if (is_context_line(text, at, &name)) {
      uint32_t begin = (uint32_t)(name.data - text.data);
      bool unknown = ottl__context_find(name) == OTTL_CONTEXT_COUNT;
      OTTL_TRY(
          put_token(l, NULL, (uint32_t)at, (uint32_t)at + sizeof word - 1, (ottl_language_token){.kind = OTTL_TOKEN_KEYWORD}));
      OTTL_TRY(put_token(l, NULL, begin, begin + (uint32_t)name.len,
                         (ottl_language_token){.kind = OTTL_TOKEN_CONTEXT, .unknown = unknown}));
    }
    while (end < text.len && text.data[end] != '\n') end++;
    at = end + 1;
  }
  return OTTL_OK;
}

static int by_begin(const void *a, const void *b) {
  const ottl_language_token *x = a, *y = b;
  return x->range.begin < y->range.begin ? -1 : x->range.begin > y->range.begin;
}

ottl_status ottl_document_tokens(ottl_document *d, const ottl_language_token **ret, size_t *ret_n) {
  region_list regions;
  if (!ret || !ret_n) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, 0));
  OTTL_TRY(in_order(d, &regions));
  token_list l = {.d = d};
  if (d->options.form == OTTL_FORMAT_FILE) OTTL_TRY(put_lines(&l, 0, d->text.len));
  for (size_t i = 0; i < regions.n; i++) OTTL_TRY(put_region(&l, regions.items[i]));
  if (l.n) qsort(l.items, l.n, sizeof *l.items, by_begin);
  for (size_t i = 1; i < l.n; i++) { /* a string that nobody closed goes over the comments between its lines */
    if (l.items[i - 1].range.end > l.items[i].range.begin) l.items[i - 1].range.end = l.items[i].range.begin;
  }
  *ret = l.items;
  *ret_n = l.n;
  return OTTL_OK;
}

/* ---- folding ---- */

static bool several_lines(ottl_view text, size_t begin, size_t end) {
  return memchr(text.data + begin, '\n', end - begin) != NULL;
}

/* Comment lines one behind the other. */
static void add_comments(const ottl_document *d, ottl_fold *folds, size_t *n) {
  ottl_view text = d->text;
  size_t begin = SIZE_MAX, last = 0, lines = 0;
  for (size_t at = 0; at <= text.len;) {
    size_t end = line_end(text, at), first = at;
    while (first < end && (text.data[first] == ' ' || text.data[first] == '\t')) first++;
    bool comment = first < end && text.data[first] == '#';
    if (comment && begin == SIZE_MAX) begin = first, lines = 0;
    if (comment) last = end, lines++;
    if (!comment && begin != SIZE_MAX) {
      if (lines > 1) folds[(*n)++] = (ottl_fold){{begin, last}, true};
      begin = SIZE_MAX;
    }
    while (end < text.len && text.data[end] != '\n') end++;
    at = end + 1;
  }
  if (begin != SIZE_MAX && lines > 1) folds[(*n)++] = (ottl_fold){{begin, last}, true};
}

ottl_status ottl_document_folds(ottl_document *d, const ottl_fold **ret, size_t *ret_n) {
  const ottl_symbol *symbols;
  size_t n_symbols, lines = 1, n = 0;
  if (!ret || !ret_n) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl_document_symbols(d, &symbols, &n_symbols));
  for (size_t i = 0; i < d->text.len; i++) lines += d->text.data[i] == '\n';
  ottl_fold *folds = arena_array(&d->query, n_symbols + lines, sizeof *folds);
  if (!folds) return OTTL_NOMEM;
  for (size_t i = 0; i < n_symbols; i++) {
    if (several_lines(d->text, symbols[i].range.begin, symbols[i].range.end)) folds[n++] = (ottl_fold){symbols[i].range, false};
  }
  add_comments(d, folds, &n);
  *ret = folds;
  *ret_n = n;
  return OTTL_OK;
}
