/* What can be written at a place. The parser's automaton says whether a value, an operator or a name may stand there; open brackets say
 * which parameter it is for; what stands before a comparison says which symbols are meant. */
#include "tooling/complete.h"

#include "syntax/parser.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- items ---- */

static ottl_completion *add_item(complete_job *j, ottl_completion_kind kind, const char *label, uint32_t rank) {
  if (j->n == j->cap) {
    size_t cap = j->cap ? 2 * j->cap : 64;
    ottl_completion *items = arena_array(&j->d->query, cap, sizeof *items);
    if (!items) {
      j->nomem = true;
      return NULL;
    }
    if (j->n) memcpy(items, j->items, j->n * sizeof *items);
    j->items = items;
    j->cap = cap;
  }
  ottl_completion *c = &j->items[j->n++];
  *c = (ottl_completion){.kind = kind, .label = view_str(label), .rank = rank, .detail = {"", 0}, .summary = {"", 0}};
  return c;
}

/* The text in the form that the scalar has in the file. */
static void put_form(ottl_sbuf *out, lang_form form, ottl_view text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (form == LANG_DOUBLE_QUOTED && (c == '"' || c == '\\')) sbuf_byte(out, '\\');
    if (form == LANG_SINGLE_QUOTED && c == '\'') sbuf_byte(out, '\'');
    sbuf_byte(out, c);
  }
}

/* What is inserted: `before`, the cursor, `behind`. */
static void set_insert(complete_job *j, ottl_completion *c, ottl_view before, ottl_view behind) {
  ottl_sbuf out;
  if (!c) return;
  ottl__sbuf_init(&out, &j->d->al);
  put_form(&out, j->r->form, before);
  c->cursor = out.len;
  put_form(&out, j->r->form, behind);
  if (ottl__lang_keep(j->d, &out, &c->insert) != OTTL_OK) j->nomem = true;
  ottl__sbuf_done(&out);
}

static void set_detail(complete_job *j, ottl_completion *c, ottl_sbuf *out) {
  if (c && ottl__lang_keep(j->d, out, &c->detail) != OTTL_OK) j->nomem = true;
  ottl__sbuf_done(out);
}

static void add_plain(complete_job *j, ottl_completion_kind kind, const char *label, const char *summary, uint32_t rank) {
  ottl_completion *c = add_item(j, kind, label, rank);
  set_insert(j, c, view_str(label), (ottl_view){"", 0});
  if (c) c->summary = view_str(summary);
}

static char char_at(const complete_job *j, size_t at) { return at < j->d->text.len ? j->d->text.data[at] : 0; }

/* ---- functions ---- */

/* May the group still be of this context? One that is inferred may become one that sees it. */
static bool is_candidate(const complete_job *j, ottl_context_id c) {
  const ottl_compile_options *o = ottl__lang_options(j->groups, j->r);
  const lang_group *g = &j->groups->groups[j->r->group];
  if (g->context && j->context != OTTL_CONTEXT_COUNT) return c == j->context;
  if (context_is_experimental(c) && !o->experimental) return false;
  if (o->signal != OTTL_SIGNAL_NONE && !(ottl__contexts[c].signals >> o->signal & 1)) return false;
  return j->context == OTTL_CONTEXT_COUNT || ottl__context_sees(c, j->context);
}

static bool has_function(const complete_job *j, const ottl_function *f) {
  const ottl_compile_options *o = ottl__lang_options(j->groups, j->r);
  if ((f->flags & OTTL_FN_EXPERIMENTAL) && !o->experimental) return false;
  if ((f->flags & OTTL_FN_XPROFILE) && !o->experimental) return false;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (is_candidate(j, (ottl_context_id)c) &&
        ottl__function_available(ottl__lang_functions(j->groups, j->r), (ottl_context_id)c, view_str(f->name)))
      return true;
  }
  return false;
}

static void add_function(complete_job *j, const ottl_function *f, bool call, uint32_t rank) {
  ottl_completion *c = add_item(j, f->kind == OTTL_F_EDITOR ? OTTL_COMPLETION_EDITOR : OTTL_COMPLETION_CONVERTER, f->name, rank);
  ottl_sbuf out;
  if (!c) return;
  char text[160];
  bool bracket = call && char_at(j, j->offset) != '(';
  bool arguments = ottl__function_given(f) > 0;
  snprintf(text, sizeof text, "%s%s", f->name, !bracket ? "" : arguments ? "(" : "()");
  set_insert(j, c, view_str(text), view_str(bracket && arguments ? ")" : ""));
  c->summary = view_str(f->doc);
  ottl__sbuf_init(&out, &j->d->al);
  ottl__lang_signature(&out, f);
  set_detail(j, c, &out);
}

static void add_functions(complete_job *j, uint8_t kind, ottl_types wanted, uint32_t rank) {
  for (uint32_t i = 0; i < ottl__n_functions; i++) {
    const ottl_function *f = &ottl__functions[i];
    if (f->kind != kind || !has_function(j, f)) continue;
    add_function(j, f, true, rank + (kind == OTTL_F_CONVERTER && !(f->result & wanted) ? UNFIT : 0));
  }
}

/* For a parameter that takes the name of a converter of one string. */
static void add_function_names(complete_job *j) {
  for (uint32_t i = 0; i < ottl__n_functions; i++) {
    const ottl_function *f = &ottl__functions[i];
    if (f->kind != OTTL_F_CONVERTER || !has_function(j, f)) continue;
    uint32_t needed = 0;
    for (uint32_t p = 0; p < ottl__function_given(f); p++) needed += !f->params[p].optional;
    if (needed == 1) add_function(j, f, false, f->result & TYPES(STRING) ? 0 : UNFIT);
  }
}

/* ---- paths ---- */

bool ottl__complete_sees(const complete_job *j, ottl_context_id other) {
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (is_candidate(j, (ottl_context_id)c) && ottl__context_sees((ottl_context_id)c, other)) return true;
  }
  return false;
}

static void add_path(complete_job *j, const ottl_path_info *p, const char *label, const char *insert, uint32_t rank) {
  ottl_completion *c = add_item(j, OTTL_COMPLETION_PATH, label, rank);
  ottl_sbuf out;
  if (!c) return;
  set_insert(j, c, view_str(insert), (ottl_view){"", 0});
  c->summary = view_str(p->doc);
  ottl__sbuf_init(&out, &j->d->al);
  ottl__describe_types_nil(&out, p->types);
  if (!p->writable) sbuf_str(&out, " (read only)");
  set_detail(j, c, &out);
}

/* `attributes["|"]` */
static void add_keyed(complete_job *j, const ottl_path_info *p, const char *label, uint32_t rank) {
  ottl_view before, keyed;
  ottl_sbuf out;
  if (char_at(j, j->offset) == '[') return;
  ottl__sbuf_init(&out, &j->d->al);
  ottl__sbuf_printf(&out, "%s[\"", label);
  if (ottl__lang_keep(j->d, &out, &before) != OTTL_OK) j->nomem = true;
  sbuf_str(&out, "\"]");
  if (ottl__lang_keep(j->d, &out, &keyed) != OTTL_OK) j->nomem = true;
  ottl__sbuf_done(&out);
  if (j->nomem) return;
  ottl_completion *c = add_item(j, OTTL_COMPLETION_PATH, keyed.data, rank);
  set_insert(j, c, before, VIEW("\"]"));
  if (!c) return;
  c->summary = view_str(p->doc);
  c->detail = p->view == OTTL_V_TRACE_STATE ? VIEW("string") : VIEW("a value in it");
}

typedef struct path_filter {
  bool setter;        /* paths that can be written */
  ottl_types wanted;  /* TYPES_ALL: any */
  const char *within; /* behind this and a dot; NULL: from the beginning */
} path_filter;

static uint32_t path_rank(const complete_job *j, const ottl_path_info *p, ottl_types wanted) {
  uint32_t rank = p->context == j->context ? 2 : p->context == OTTL_C_OTELCOL ? 4 : 3;
  return rank + (p->types & wanted ? 0 : UNFIT);
}

static void add_paths(complete_job *j, const path_filter *f) {
  size_t within = f->within ? strlen(f->within) : 0;
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    const ottl_path_info *p = &ottl__paths[i];
    bool own_cache = p->view == OTTL_V_CACHE && j->context != OTTL_CONTEXT_COUNT && p->context != j->context;
    if (!ottl__complete_sees(j, (ottl_context_id)p->context) || (f->setter && !p->writable) || own_cache) continue;
    char full[160];
    snprintf(full, sizeof full, "%s.%s", ottl__contexts[p->context].name, p->spelling);
    bool own = j->own && p->context == j->context;
    const char *rest = full;
    if (f->within && strncmp(full, f->within, within) == 0 && full[within] == '.')
      rest = full + within + 1;
    else if (f->within && own && strncmp(p->spelling, f->within, within) == 0 && p->spelling[within] == '.')
      rest = p->spelling + within + 1;
    else if (f->within)
      continue;
    else if (own && j->bare)
      rest = p->spelling;
    ottl_view label = arena_copy(&j->d->query, rest, strlen(rest));
    if (!label.data) {
      j->nomem = true;
      return;
    }
    uint32_t rank = path_rank(j, p, f->wanted);
    add_path(j, p, label.data, label.data, rank);
    if (p->keyable) add_keyed(j, p, label.data, rank % UNFIT);
    if (own && !j->bare && !f->within) add_path(j, p, p->spelling, p->spelling, rank + 3);
  }
}

/* ---- symbols, words, parameters ---- */

static void add_enums(complete_job *j, const char *prefix, uint32_t rank) {
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    const ottl_enum_info *e = &ottl__enums[i];
    bool seen = !is_candidate(j, (ottl_context_id)e->context);
    for (uint32_t b = 0; b < i && !seen; b++)
      seen = strcmp(ottl__enums[b].symbol, e->symbol) == 0 && is_candidate(j, (ottl_context_id)ottl__enums[b].context);
    if (seen || (prefix && strncmp(e->symbol, prefix, strlen(prefix)) != 0)) continue;
    ottl_completion *c = add_item(j, OTTL_COMPLETION_ENUM, e->symbol, rank);
    set_insert(j, c, view_str(e->symbol), (ottl_view){"", 0});
    ottl_sbuf out;
    ottl__sbuf_init(&out, &j->d->al);
    ottl__sbuf_printf(&out, "%lld", (long long)e->value);
    set_detail(j, c, &out);
  }
}

/* The prefix of the symbols that go with a path; NULL: it is no enum's. */
static const char *enum_prefix(const ottl_path_info *p) {
  static const struct {
    uint8_t context;
    const char *spelling, *prefix;
  } rows[] = {
#define ENUM_PATH(context, spelling, prefix, closed) {OTTL_C_##context, spelling, prefix},
#include "enum_paths.def"
  };
  for (size_t i = 0; p && i < OTTL_COUNT(rows); i++) {
    if (rows[i].context == p->context && strcmp(rows[i].spelling, p->spelling) == 0) return rows[i].prefix;
  }
  return NULL;
}

/* The symbols that fit: behind `kind ==`, or in `set(kind, |`. */
static const char *wanted_symbols(const complete_job *j, const lang_open *call) {
  lang_chain chain;
  ottl_context_id own;
  uint32_t at = UINT32_MAX;
  if (j->word > 1 && j->t.items[j->word - 1].kind == TOK_CMP) at = j->word - 2;
  if (call && call->function.text.len && view_is(call->function.text, "set") && call->arg == 1 && call->item == j->word)
    at = call->token + 1;
  if (at == UINT32_MAX || !ottl__lang_chain(&j->t, at, j->word, &chain) || chain.n_keys) return NULL;
  return enum_prefix(ottl__lang_path(j->context, j->own, chain.text, &own));
}

static void add_keyword(complete_job *j, const char *word, uint32_t rank) {
  static const struct {
    const char *word, *doc;
  } keywords[] = {
#define KEYWORD(spelling, token, kind, doc) {spelling, doc},
#include "keywords.def"
#undef KEYWORD
  };
  for (size_t i = 0; i < OTTL_COUNT(keywords); i++) {
    if (strcmp(keywords[i].word, word) == 0) add_plain(j, OTTL_COMPLETION_KEYWORD, word, keywords[i].doc, rank);
  }
}

static void add_local(void *context, uint32_t declared, ottl_view name) {
  complete_job *j = context;
  OTTL_UNUSED(declared);
  ottl_view copy = arena_copy(&j->d->query, name.data, name.len);
  if (!copy.data) j->nomem = true;
  for (size_t i = 0; i < j->n; i++) {
    if (j->items[i].kind == OTTL_COMPLETION_LOCAL && view_eq(j->items[i].label, name)) return; /* an inner one hides it */
  }
  if (copy.data) add_plain(j, OTTL_COMPLETION_LOCAL, copy.data, "a parameter of the lambda", 0);
}

/* `name=` for the parameters that are not given yet. */
static void add_parameters(complete_job *j, const ottl_function *f, const lang_open *call) {
  for (uint32_t i = call->arg; i < ottl__function_given(f); i++) {
    const ottl_param *p = &f->params[i];
    char text[80];
    snprintf(text, sizeof text, "%s=", p->name);
    ottl_view label = arena_copy(&j->d->query, text, strlen(text));
    if (!label.data) {
      j->nomem = true;
      return;
    }
    ottl_completion *c = add_item(j, OTTL_COMPLETION_PARAMETER, label.data, p->optional ? 3 : 7);
    set_insert(j, c, label, (ottl_view){"", 0});
    if (c) c->detail = view_str(ottl__describe_kind(p->kind));
  }
}

/* ---- where a value is wanted ---- */

static void add_values(complete_job *j, ottl_types wanted, const lang_open *call) {
  const char *symbols = wanted_symbols(j, call);
  if (symbols) add_enums(j, symbols, 0);
  ottl__lang_locals(&j->t, j->word, add_local, j);
  add_paths(j, &(path_filter){.wanted = wanted});
  add_functions(j, OTTL_F_CONVERTER, wanted, 4);
  if (!symbols) add_enums(j, NULL, wanted & TYPES(INT) ? 5 : UNFIT);
  add_keyword(j, "nil", 6);
  add_keyword(j, "true", 6 + (wanted & TYPES(BOOL) ? 0 : UNFIT));
  add_keyword(j, "false", 6 + (wanted & TYPES(BOOL) ? 0 : UNFIT));
}

static void add_lambda(complete_job *j, ottl_param_kind kind) {
  const char *text = kind == OTTL_P_LAMBDA_COND ? "() => " : kind == OTTL_P_LAMBDA_KV ? "(k, v) => " : "(acc, k, v) => ";
  add_plain(j, OTTL_COMPLETION_LAMBDA, text, "a lambda", 0);
}

static void add_argument(complete_job *j, const lang_open *call) {
  const ottl_function *f = ottl__lang_function(call->function.text);
  bool named = false;
  const ottl_param *p = f ? ottl__lang_param(f, &j->t, call, &named) : NULL;
  ottl_types sure, wanted = p ? ottl__types_param((ottl_param_kind)p->kind, &sure) : TYPES_ALL;
  bool first = call->item == j->word; /* nothing of the argument is there */
  if (first && f && !named) add_parameters(j, f, call);
  switch (p ? p->kind : OTTL_P_GETTER) {
  case OTTL_P_SETTER:
  case OTTL_P_GETSETTER: add_paths(j, &(path_filter){.setter = true, .wanted = TYPES_ALL}); return;
  case OTTL_P_MAP_GETSETTER: add_paths(j, &(path_filter){.setter = true, .wanted = TYPES(MAP)}); return;
  case OTTL_P_LIST_GETSETTER: add_paths(j, &(path_filter){.setter = true, .wanted = TYPES(LIST)}); return;
  case OTTL_P_FUNCTION: add_function_names(j); return;
  case OTTL_P_LIT_BOOL:
    add_keyword(j, "true", 0);
    add_keyword(j, "false", 0);
    return;
  case OTTL_P_LIT_STRING:
  case OTTL_P_LIT_INT:
  case OTTL_P_LIT_DOUBLE:
  case OTTL_P_LIT_STRINGS:
  case OTTL_P_LIT_DOUBLES: return; /* literals are not offered */
  case OTTL_P_LAMBDA_COND:
  case OTTL_P_LAMBDA_KV:
  case OTTL_P_LAMBDA_AKV:
    if (first) {
      add_lambda(j, (ottl_param_kind)p->kind);
      return;
    }
    break;
  default: break;
  }
  add_values(j, first && wanted ? wanted : TYPES_ALL, call);
}

/* Is the place in a condition: behind `where`, or in a text that is one? */
static bool in_condition(const complete_job *j) {
  if (j->r->entry != OTTL_ENTRY_STATEMENT) return true;
  for (uint32_t i = 0; i < j->word; i++) {
    if (j->t.items[i].kind == TOK_ARROW || (j->t.items[i].kind == TOK_LOWER && view_is(j->t.items[i].text, "where"))) return true;
  }
  return false;
}

static void add_operators(complete_job *j) {
  static const char *const compare[] = {"==", "!=", "<", "<=", ">", ">="};
  if (j->expected >> TOK_WHERE & 1) {
    add_keyword(j, "where", 0);
    return;
  }
  if (!in_condition(j)) return;
  add_keyword(j, "and", 1);
  add_keyword(j, "or", 1);
  for (size_t i = 0; i < OTTL_COUNT(compare) && j->expected >> TOK_CMP & 1; i++)
    add_plain(j, OTTL_COMPLETION_KEYWORD, compare[i], "", 2);
}

static void add_at_word(complete_job *j) {
  lang_open open[64];
  uint32_t n = ottl__lang_brackets(&j->t, j->word, open, OTTL_COUNT(open));
  const lang_open *inner = n ? &open[n - 1] : NULL;
  if (!(j->expected >> TOK_INT & 1)) {
    if (j->expected >> TOK_OR & 1) add_operators(j);
    return;
  }
  if (j->r->entry == OTTL_ENTRY_STATEMENT && j->word == 0) {
    add_functions(j, OTTL_F_EDITOR, TYPES_ALL, 0);
    return;
  }
  if (inner && inner->function.text.len) {
    add_argument(j, inner);
    return;
  }
  add_values(j, TYPES_ALL, NULL);
  if (in_condition(j)) add_keyword(j, "not", 5);
}

/* ---- where it is ---- */

static bool is_word(uint32_t kind) {
  return kind == TOK_LOWER || kind == TOK_UPPER || kind == TOK_NIL || kind == TOK_TRUE || kind == TOK_FALSE || kind == TOK_NOT ||
         kind == TOK_AND || kind == TOK_OR;
}

/* The word that is being typed begins at token j->word; behind the last one when there is none. */
static void find_word(complete_job *j, size_t len) {
  j->word = j->t.n;
  j->word_begin = (uint32_t)len;
  if (!j->t.n) return;
  const ottl_token *last = &j->t.items[j->t.n - 1];
  if (last->end != len || !is_word(last->kind)) return;
  j->word = j->t.n - 1;
  lang_word w = ottl__lang_word(&j->t, j->word);
  if (w.text.len) j->word = w.first;
  j->word_begin = j->t.items[j->word].begin;
}

static ottl_status complete_word(complete_job *j, ottl_view prefix) {
  lang_chain chain;
  find_word(j, prefix.len);
  const ottl_token *before = j->word ? &j->t.items[j->word - 1] : NULL;
  if (before && before->kind == TOK_DOT) {
    if (j->word < 2 || !ottl__lang_chain(&j->t, j->word - 2, j->word - 1, &chain) || chain.n_keys) return OTTL_OK;
    add_paths(j, &(path_filter){.within = chain.text, .wanted = TYPES_ALL});
    return OTTL_OK;
  }
  bool number = before && before->end == j->word_begin && (before->kind == TOK_INT || before->kind == TOK_FLOAT);
  if (number) return OTTL_OK;
  ottl_view parsed = view_of(prefix.data, j->word_begin);
  OTTL_TRY(ottl__parse_expected(&j->d->query, (ottl_parse_entry)j->r->entry, parsed, &j->expected));
  bool touches = before && before->end == prefix.len && !(j->expected >> TOK_INT & 1);
  if (!touches) add_at_word(j); /* an operator wants a blank before it */
  return OTTL_OK;
}

static int by_rank(const void *a, const void *b) {
  const ottl_completion *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return view_cmp(x->label, y->label);
}

/* The text of the region up to the place, with the blanks that follow it. */
static ottl_status prefix_of(const complete_job *j, uint32_t at, ottl_view *ret) {
  size_t blanks = j->offset > region_end(j->r) ? j->offset - region_end(j->r) : 0;
  char *text = arena_alloc(&j->d->query, at + blanks + 1);
  if (!text) return OTTL_NOMEM;
  if (at) memcpy(text, j->r->text.data, at);
  memset(text + at, ' ', blanks);
  text[at + blanks] = 0;
  *ret = view_of(text, at + blanks);
  return OTTL_OK;
}

static ottl_status complete_region(complete_job *j, uint32_t at, ottl_completions *ret) {
  ottl_view prefix;
  ottl_status status;
  j->context = ottl__lang_context(j->groups, j->r, &status);
  OTTL_TRY(status);
  j->own = ottl__lang_own(j->groups, j->r);
  j->bare = ottl__lang_options(j->groups, j->r)->paths == OTTL_PATHS_BARE;
  OTTL_TRY(prefix_of(j, at, &prefix));
  OTTL_TRY(ottl__lang_lex(j->d, prefix, &j->t));
  if (j->t.open_string)
    OTTL_TRY(ottl__complete_string(j));
  else
    OTTL_TRY(complete_word(j, prefix));
  if (j->nomem) return OTTL_NOMEM;
  if (j->n) qsort(j->items, j->n, sizeof *j->items, by_rank);
  size_t begin = j->word_begin < j->r->text.len ? j->r->map[j->word_begin] : j->offset;
  if (j->word_begin >= prefix.len) begin = j->offset;
  *ret = (ottl_completions){j->items, j->n, {begin, j->offset}};
  return OTTL_OK;
}

ottl_completion *ottl__complete_add(complete_job *j, ottl_completion_kind kind, const char *label, uint32_t rank,
                                    ottl_view before, ottl_view behind) {
  ottl_completion *c = add_item(j, kind, label, rank);
  set_insert(j, c, before, behind);
  return c;
}

/* The name behind `context:` on a line of a file. */
static bool complete_context(complete_job *j, ottl_completions *ret) {
  static const char word[] = "context:";
  const ottl_document *d = j->d;
  size_t line = j->offset, at;
  while (line && d->text.data[line - 1] != '\n') line--;
  if (d->options.form != OTTL_FORMAT_FILE || j->offset - line < sizeof word - 1 ||
      memcmp(d->text.data + line, word, sizeof word - 1) != 0)
    return false;
  for (at = line + sizeof word - 1; at < j->offset && d->text.data[at] == ' '; at++) {
  }
  static const lang_region plain = {.form = LANG_AS_IS};
  j->r = &plain;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (c == OTTL_C_OTELCOL || (context_is_experimental((ottl_context_id)c) && !d->compile.experimental)) continue;
    add_plain(j, OTTL_COMPLETION_CONTEXT, ottl__contexts[c].name, "", 0);
  }
  *ret = (ottl_completions){j->items, j->n, {at, j->offset}};
  return true;
}

/* A comment line of a file; one inside a statement is part of its region. */
static bool in_comment(const ottl_document *d, size_t offset) {
  size_t at = offset;
  while (at && d->text.data[at - 1] != '\n') at--;
  while (at < offset && (d->text.data[at] == ' ' || d->text.data[at] == '\t')) at++;
  return d->options.form == OTTL_FORMAT_FILE && at < offset && d->text.data[at] == '#';
}

static ottl_status complete_typed(complete_job *j, ottl_completions *ret) {
  ottl_document *repaired;
  ottl_status status;
  lang_region typed;
  if (ottl__lang_typed(j->d, j->offset, &typed, &repaired, &status)) {
    j->r = &typed;
    j->groups = repaired;
    status = complete_region(j, (uint32_t)typed.text.len, ret);
  }
  ottl_document_free(repaired);
  return status;
}

ottl_status ottl_document_complete(ottl_document *d, size_t offset, ottl_completions *ret) {
  uint32_t at;
  complete_job j = {.d = d, .offset = offset};
  if (!ret) return OTTL_INVALID_ARG;
  OTTL_TRY(ottl__lang_ask(d, offset));
  *ret = (ottl_completions){NULL, 0, {offset, offset}};
  if (in_comment(d, offset)) return OTTL_OK;
  if (complete_context(&j, ret)) return j.nomem ? OTTL_NOMEM : OTTL_OK;
  const lang_region *r = ottl__lang_region_at(d, offset, &at);
  if (!r) return complete_typed(&j, ret);
  j.r = r;
  j.groups = d;
  return complete_region(&j, at, ret);
}
