/* Tokens around a place: names, paths, open brackets, parameters of lambdas. All of it works on what is not finished yet. */
#include "base/limits.h"
#include "tooling/language.h"

#include "syntax/parser.h"

ottl_status ottl__lang_lex(ottl_document *d, ottl_view text, lang_tokens *ret) {
  ottl_tokens tokens = {0};
  ottl_view copy = arena_copy(&d->query, text.data, text.len); /* the scanner wants a zero behind it */
  *ret = (lang_tokens){NULL, 0, false};
  if (!copy.data) return OTTL_NOMEM;
  ottl_lexer lexer = {
      .arena = &d->query, .text = copy.data, .len = (uint32_t)copy.len, .out = &tokens, .max_depth = OTTL_MAX_PARSE_DEPTH};
  ottl_status status = ottl__lex(&lexer);
  size_t n = tokens.n ? tokens.n - 1 : 0; /* without the end */
  ottl_token *items = status == OTTL_OK ? arena_array(&d->query, n + 1, sizeof *items) : NULL;
  if (items && n) memcpy(items, tokens.items, n * sizeof *items);
  if (status == OTTL_OK && !items) status = OTTL_NOMEM;
  al_free(&d->query.al, tokens.items, tokens.cap * sizeof *tokens.items);
  /* strings with other quotes are none, and need not be a token */
  bool string =
      n && items && items[n - 1].kind == TOK_STRING && items[n - 1].end == text.len && text.data[items[n - 1].begin] == '"';
  if (status == OTTL_OK) *ret = (lang_tokens){items, (uint32_t)n, tokens.unterminated && string};
  return status;
}

/* ---- names and paths ---- */

static bool is_name(const ottl_token *t) { return t->kind == TOK_LOWER || t->kind == TOK_UPPER; }

lang_word ottl__lang_word(const lang_tokens *t, uint32_t token) {
  lang_word w = {token, token, {"", 0}};
  if (token >= t->n || !is_name(&t->items[token])) return w;
  while (w.first > 0 && is_name(&t->items[w.first - 1]) && t->items[w.first - 1].end == t->items[w.first].begin) w.first--;
  while (w.last + 1 < t->n && is_name(&t->items[w.last + 1]) && t->items[w.last].end == t->items[w.last + 1].begin) w.last++;
  const ottl_token *first = &t->items[w.first], *last = &t->items[w.last];
  w.text = view_of(first->text.data, (size_t)(last->text.data + last->text.len - first->text.data));
  return w;
}

static bool is_kind(const lang_tokens *t, uint32_t token, uint32_t kind) { return token < t->n && t->items[token].kind == kind; }

/* The bracket that the closing one at `token` closes; UINT32_MAX: none. */
static uint32_t opening(const lang_tokens *t, uint32_t token) {
  uint32_t depth = 0;
  for (uint32_t i = token + 1, look = OTTL_MAX_LANGUAGE_LOOK; i-- > 0 && look-- > 0;) {
    uint32_t kind = t->items[i].kind;
    if (kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE) depth++;
    if ((kind == TOK_LPAREN || kind == TOK_LBRACK || kind == TOK_LBRACE) && --depth == 0) return i;
  }
  return UINT32_MAX;
}

/* The last token of a key that begins at `[`; UINT32_MAX: it does not end. */
static uint32_t closing(const lang_tokens *t, uint32_t token, uint32_t to) {
  uint32_t depth = 0;
  for (uint32_t i = token; i < t->n && i < to && i - token < OTTL_MAX_LANGUAGE_LOOK; i++) {
    uint32_t kind = t->items[i].kind;
    if (kind == TOK_LPAREN || kind == TOK_LBRACK || kind == TOK_LBRACE) depth++;
    if ((kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE) && --depth == 0) return i;
  }
  return UINT32_MAX;
}

#define CHAIN_NAMES 16 /* of a path; a longer one is none */

/* Where the path begins that the token is in: its first name. */
static uint32_t chain_begin(const lang_tokens *t, uint32_t token) {
  uint32_t at = token;
  if (is_kind(t, at, TOK_DOT) && at > 0) at--;
  for (uint32_t names = 0; names < CHAIN_NAMES; names++) {
    while (is_kind(t, at, TOK_RBRACK)) { /* keys */
      uint32_t open = opening(t, at);
      if (open == UINT32_MAX || open == 0) return UINT32_MAX;
      at = open - 1;
    }
    if (at >= t->n || !is_name(&t->items[at])) return UINT32_MAX;
    at = ottl__lang_word(t, at).first;
    if (at < 2 || !is_kind(t, at - 1, TOK_DOT)) return at;
    at -= 2;
  }
  return UINT32_MAX;
}

static void chain_key(const lang_tokens *t, uint32_t open, uint32_t close, lang_chain *ret) {
  bool text = close == open + 2 && is_kind(t, open + 1, TOK_STRING);
  if (ret->n_keys < LANG_MAX_KEYS) ret->keys[ret->n_keys++] = text ? open + 1 : UINT32_MAX;
}

bool ottl__lang_chain(const lang_tokens *t, uint32_t token, uint32_t to, lang_chain *ret) {
  uint32_t at = token < t->n ? chain_begin(t, token) : UINT32_MAX;
  if (at == UINT32_MAX) return false;
  *ret = (lang_chain){.first = at, .last = at};
  size_t len = 0;
  bool odd = false; /* keys between names, or too many of them */
  for (uint32_t names = 0; names < CHAIN_NAMES; names++) {
    lang_word w = ottl__lang_word(t, at);
    odd |= ret->n_keys > 0 || ret->n_segments == OTTL_COUNT(ret->segments) || len + w.text.len + 2 > sizeof ret->text;
    if (!odd) {
      if (len) ret->text[len++] = '.';
      memcpy(ret->text + len, w.text.data, w.text.len);
      len += w.text.len;
      ret->segments[ret->n_segments++] = at;
    }
    ret->last = w.last;
    at = w.last + 1;
    while (at < to && is_kind(t, at, TOK_LBRACK)) {
      uint32_t close = closing(t, at, to);
      if (close == UINT32_MAX) break;
      chain_key(t, at, close, ret);
      ret->last = close;
      at = close + 1;
    }
    if (at + 1 >= to || !is_kind(t, at, TOK_DOT) || at + 1 >= t->n || !is_name(&t->items[at + 1])) break;
    at++;
  }
  ret->text[odd ? 0 : len] = 0;
  return true;
}

const ottl_path_info *ottl__lang_path(ottl_context_id context, bool own, const char *chain, ottl_context_id *ret_context) {
  const char *dot = strchr(chain, '.');
  ottl_context_id named = dot ? ottl__context_find(view_of(chain, (size_t)(dot - chain))) : OTTL_CONTEXT_COUNT;
  if (named != OTTL_CONTEXT_COUNT && (context == OTTL_CONTEXT_COUNT || ottl__context_sees(context, named))) {
    *ret_context = named;
    return ottl__path_find(named, view_str(dot + 1));
  }
  *ret_context = context;
  return own && context != OTTL_CONTEXT_COUNT ? ottl__path_find(context, view_str(chain)) : NULL;
}

const ottl_path_info *ottl__lang_keyed(const lang_tokens *t, const lang_chain *c, uint32_t n_keys, ottl_context_id context,
                                       bool own, ottl_sbuf *out) {
  ottl_context_id found;
  const ottl_path_info *p = ottl__lang_path(context, own, c->text, &found);
  out->len = 0;
  if (!p) return NULL;
  ottl__sbuf_printf(out, "%s.%s", ottl__contexts[found].name, p->spelling);
  for (uint32_t i = 0; i < n_keys; i++) {
    if (c->keys[i] == UINT32_MAX) return NULL;
    sbuf_byte(out, 0);
    sbuf_view(out, t->items[c->keys[i]].text);
  }
  return p;
}

/* ---- calls ---- */

bool ottl__lang_is_call(const lang_tokens *t, const lang_word *w) {
  return w->text.len && is_kind(t, w->last + 1, TOK_LPAREN) && (w->first == 0 || !is_kind(t, w->first - 1, TOK_DOT));
}

const ottl_function *ottl__lang_function(ottl_view name) {
  uint32_t i = ottl__function_find(name);
  return i == UINT32_MAX ? NULL : &ottl__functions[i];
}

uint32_t ottl__lang_brackets(const lang_tokens *t, uint32_t to, lang_open *ret, uint32_t most) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < to && i < t->n; i++) {
    uint32_t kind = t->items[i].kind;
    if (kind == TOK_LPAREN || kind == TOK_LBRACK || kind == TOK_LBRACE) {
      if (n == most) { /* of so many, the innermost count */
        memmove(ret, ret + 1, (most - 1) * sizeof *ret);
        n--;
      }
      ret[n] = (lang_open){.token = i, .kind = kind, .item = i + 1, .function = {0, 0, {"", 0}}};
      if (kind == TOK_LPAREN && i > 0) {
        lang_word w = ottl__lang_word(t, i - 1);
        if (ottl__lang_is_call(t, &w)) ret[n].function = w;
      }
      n++;
    } else if ((kind == TOK_RPAREN || kind == TOK_RBRACK || kind == TOK_RBRACE) && n) {
      n--;
    } else if (kind == TOK_COMMA && n) {
      ret[n - 1].arg++;
      ret[n - 1].item = i + 1;
    }
  }
  return n;
}

const ottl_param *ottl__lang_param_named(const ottl_function *f, ottl_view name) {
  char camel[128];
  if (name.len >= sizeof camel) return NULL;
  ottl__to_camel(name, camel);
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    if (strcmp(f->params[i].field, camel) == 0) return &f->params[i];
  }
  return NULL;
}

const ottl_param *ottl__lang_param(const ottl_function *f, const lang_tokens *t, const lang_open *call, bool *ret_named) {
  lang_word w = ottl__lang_word(t, call->item);
  *ret_named = w.text.len && is_kind(t, w.last + 1, TOK_ASSIGN);
  if (*ret_named) return ottl__lang_param_named(f, w.text);
  return call->arg < ottl__function_given(f) ? &f->params[call->arg] : NULL;
}

/* ---- lambdas ---- */

/* The parameters before an arrow. */
static void each_formal(const lang_tokens *t, uint32_t arrow, void (*each)(void *, uint32_t, ottl_view), void *context) {
  if (arrow == 0 || !is_kind(t, arrow - 1, TOK_RPAREN)) return;
  uint32_t open = opening(t, arrow - 1);
  if (open == UINT32_MAX) return;
  for (uint32_t i = open + 1; i < arrow - 1; i++) {
    lang_word w = ottl__lang_word(t, i);
    if (!w.text.len) continue;
    each(context, w.first, w.text);
    i = w.last;
  }
}

void ottl__lang_locals(const lang_tokens *t, uint32_t token, void (*each)(void *context, uint32_t declared, ottl_view name),
                       void *context) {
  bool over = false; /* a comma ended the bodies of this bracket */
  uint32_t look = OTTL_MAX_LANGUAGE_LOOK;
  for (uint32_t i = token < t->n ? token : t->n; i-- > 0 && look-- > 0;) {
    switch (t->items[i].kind) {
    case TOK_RPAREN:
    case TOK_RBRACK:
    case TOK_RBRACE: {
      uint32_t open = opening(t, i);
      if (open == UINT32_MAX) return;
      i = open;
      break;
    }
    case TOK_LPAREN:
    case TOK_LBRACK:
    case TOK_LBRACE: over = false; break;
    case TOK_COMMA: over = true; break;
    case TOK_ARROW:
      if (!over) each_formal(t, i, each, context);
      break;
    default: break;
    }
  }
}

typedef struct local_search {
  ottl_view name;
  uint32_t found;
} local_search;

static void local_is(void *context, uint32_t declared, ottl_view name) {
  local_search *s = context;
  if (s->found == UINT32_MAX && view_eq(s->name, name)) s->found = declared;
}

#define FORMAL_TOKENS 64 /* of the parameters of a lambda; there are three at most */

/* Is the token among the parameters of a lambda themselves? */
static bool is_formal(const lang_tokens *t, uint32_t token) {
  uint32_t at = token, end = token;
  while (at > 0 && token - at < FORMAL_TOKENS && t->items[at].kind != TOK_LPAREN) {
    uint32_t kind = t->items[at].kind;
    if (!is_name(&t->items[at]) && kind != TOK_COMMA && kind != TOK_UNDERSCORE) return false;
    at--;
  }
  if (!is_kind(t, at, TOK_LPAREN)) return false;
  while (end < t->n && end - token < FORMAL_TOKENS && t->items[end].kind != TOK_RPAREN) end++;
  return is_kind(t, end, TOK_RPAREN) && is_kind(t, end + 1, TOK_ARROW) && closing(t, at, t->n) == end;
}

uint32_t ottl__lang_local(const lang_tokens *t, uint32_t token, ottl_view name) {
  local_search search = {name, UINT32_MAX};
  if (is_formal(t, token)) return token;
  ottl__lang_locals(t, token, local_is, &search);
  return search.found;
}
