/* Answers of the library as the protocol wants them. */
#include "lsp.h"

#include <stdlib.h>
#include <string.h>

static yyjson_mut_val *text_of(yyjson_mut_doc *doc, ottl_view text) { return yyjson_mut_strncpy(doc, text.data, text.len); }

/* {"kind": "markdown", "value": ...} */
static yyjson_mut_val *markdown_of(const lsp_server *s, yyjson_mut_doc *doc, ottl_view text) {
  yyjson_mut_val *markup = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_str(doc, markup, "kind", s->markdown ? "markdown" : "plaintext");
  yyjson_mut_obj_add_val(doc, markup, "value", text_of(doc, text));
  return markup;
}

static size_t place_of(const lsp_server *s, lsp_document *d, yyjson_val *params) {
  return lsp_offset(s, d, yyjson_obj_get(params, "position"));
}

/* ---- completion ---- */

/* A text for a snippet: `$`, `}` and `\` mean something there. The result is behind `out`, which has room. */
static size_t put_snippet(char *out, const char *text, size_t len) {
  size_t n = 0;
  for (size_t i = 0; i < len; i++) {
    if (strchr("$}\\", text[i])) out[n++] = '\\';
    out[n++] = text[i];
  }
  return n;
}

static yyjson_mut_val *inserted(const lsp_server *s, yyjson_mut_doc *doc, const ottl_completion *c) {
  if (c->cursor == c->insert.len) return text_of(doc, c->insert);
  if (!s->snippets)
    return yyjson_mut_strncpy(doc, c->insert.data, c->cursor); /* what is behind the cursor is left to who types */
  char *out = malloc(2 * c->insert.len + 4);
  if (!out) {
    lsp_doc_lose(doc);
    return NULL;
  }
  size_t n = put_snippet(out, c->insert.data, c->cursor);
  memcpy(out + n, "$0", 2);
  n += 2;
  n += put_snippet(out + n, c->insert.data + c->cursor, c->insert.len - c->cursor);
  yyjson_mut_val *text = yyjson_mut_strncpy(doc, out, n);
  free(out);
  return text;
}

/* CompletionItemKind */
static int item_kind(ottl_completion_kind kind) {
  static const int kinds[] = {[OTTL_COMPLETION_EDITOR] = 3,    [OTTL_COMPLETION_CONVERTER] = 3, [OTTL_COMPLETION_PATH] = 10,
                              [OTTL_COMPLETION_ENUM] = 20,     [OTTL_COMPLETION_KEYWORD] = 14,  [OTTL_COMPLETION_KEY] = 5,
                              [OTTL_COMPLETION_PARAMETER] = 5, [OTTL_COMPLETION_LOCAL] = 6,     [OTTL_COMPLETION_CONTEXT] = 9,
                              [OTTL_COMPLETION_LAMBDA] = 15};
  return kinds[kind];
}

static void add_item(const lsp_server *s, yyjson_mut_doc *doc, yyjson_mut_val *items, const ottl_completion *c,
                     yyjson_mut_val *range) {
  yyjson_mut_val *item = yyjson_mut_arr_add_obj(doc, items), *edit = yyjson_mut_obj(doc);
  char sort[16];
  snprintf(sort, sizeof sort, "%03u", (unsigned)(c->rank < 999 ? c->rank : 999));
  yyjson_mut_obj_add_val(doc, item, "label", text_of(doc, c->label));
  yyjson_mut_obj_add_int(doc, item, "kind", item_kind(c->kind));
  if (c->detail.len) yyjson_mut_obj_add_val(doc, item, "detail", text_of(doc, c->detail));
  bool function = c->kind == OTTL_COMPLETION_EDITOR || c->kind == OTTL_COMPLETION_CONVERTER;
  if (function) yyjson_mut_obj_add_val(doc, item, "data", text_of(doc, c->label)); /* for lsp_resolve */
  if (c->summary.len && !function) yyjson_mut_obj_add_val(doc, item, "documentation", text_of(doc, c->summary));
  yyjson_mut_obj_add_strcpy(doc, item, "sortText", sort);
  yyjson_mut_obj_add_int(doc, item, "insertTextFormat", s->snippets && c->cursor != c->insert.len ? 2 : 1);
  yyjson_mut_obj_add_val(doc, edit, "range", yyjson_mut_val_mut_copy(doc, range));
  yyjson_mut_obj_add_val(doc, edit, "newText", inserted(s, doc, c));
  yyjson_mut_obj_add_val(doc, item, "textEdit", edit);
}

yyjson_mut_val *lsp_complete(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  ottl_completions c = {NULL, 0, {0, 0}};
  lsp_sample_load(s);
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_complete(language, place_of(s, d, params), &c) != OTTL_OK) return NULL;
  yyjson_mut_val *list = yyjson_mut_obj(doc), *range = lsp_range(s, d, doc, c.range.begin, c.range.end);
  yyjson_mut_obj_add_bool(doc, list, "isIncomplete", false);
  yyjson_mut_val *items = yyjson_mut_obj_add_arr(doc, list, "items");
  for (size_t i = 0; i < c.n; i++) add_item(s, doc, items, &c.items[i], range);
  return list;
}

yyjson_mut_val *lsp_resolve(yyjson_mut_doc *doc, yyjson_val *params) {
  yyjson_mut_val *item = params ? yyjson_val_mut_copy(doc, params) : yyjson_mut_null(doc);
  const char *function = yyjson_get_str(yyjson_obj_get(params, "data"));
  cli_text text = {0};
  ottl_status status = function ? ottl_language_manual(function, NULL, cli_keep, &text) : OTTL_OK;
  if (status == OTTL_NOMEM || text.failed) lsp_doc_lose(doc);
  if (status == OTTL_OK && text.data) {
    yyjson_mut_val *markup = yyjson_mut_obj(doc);
    yyjson_mut_obj_add_str(doc, markup, "kind", "markdown");
    yyjson_mut_obj_add_val(doc, markup, "value", text_of(doc, (ottl_view){text.data, text.len}));
    yyjson_mut_obj_add_val(doc, item, "documentation", markup);
  }
  free(text.data);
  return item;
}

/* ---- at a place ---- */

yyjson_mut_val *lsp_hover(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  ottl_hover h = {{0, 0}, {"", 0}};
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_hover(language, place_of(s, d, params), &h) != OTTL_OK) return NULL;
  if (!h.markdown.len) return yyjson_mut_null(doc);
  yyjson_mut_val *hover = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_val(doc, hover, "contents", markdown_of(s, doc, h.markdown));
  yyjson_mut_obj_add_val(doc, hover, "range", lsp_range(s, d, doc, h.range.begin, h.range.end));
  return hover;
}

static void add_parameter(yyjson_mut_doc *doc, yyjson_mut_val *list, const ottl_signature *signature, size_t i) {
  const ottl_signature_param *p = &signature->params[i];
  yyjson_mut_val *param = yyjson_mut_arr_add_obj(doc, list);
  ottl_view label = {signature->label.data + p->begin, p->end - p->begin};
  yyjson_mut_obj_add_val(doc, param, "label", text_of(doc, label));
  if (p->summary.len) yyjson_mut_obj_add_val(doc, param, "documentation", text_of(doc, p->summary));
}

yyjson_mut_val *lsp_signature(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  ottl_signature signature = {{"", 0}, {"", 0}, NULL, 0, 0};
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_signature(language, place_of(s, d, params), &signature) != OTTL_OK) return NULL;
  if (!signature.label.len) return yyjson_mut_null(doc);
  yyjson_mut_val *help = yyjson_mut_obj(doc);
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, yyjson_mut_obj_add_arr(doc, help, "signatures"));
  yyjson_mut_obj_add_val(doc, one, "label", text_of(doc, signature.label));
  yyjson_mut_obj_add_val(doc, one, "documentation", text_of(doc, signature.summary));
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, one, "parameters");
  for (size_t i = 0; i < signature.n_params; i++) add_parameter(doc, list, &signature, i);
  yyjson_mut_obj_add_int(doc, help, "activeSignature", 0);
  yyjson_mut_obj_add_uint(doc, help, "activeParameter", signature.active);
  return help;
}

yyjson_mut_val *lsp_definition(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  ottl_definition def = {{0, 0}, {0, 0}, {0, 0}};
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_definition(language, place_of(s, d, params), &def) != OTTL_OK) return NULL;
  if (def.target.begin == def.target.end) return yyjson_mut_null(doc);
  yyjson_mut_val *place = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_strcpy(doc, place, s->links ? "targetUri" : "uri", d->uri);
  if (!s->links) {
    yyjson_mut_obj_add_val(doc, place, "range", lsp_range(s, d, doc, def.selection.begin, def.selection.end));
    return place;
  }
  yyjson_mut_val *links = yyjson_mut_arr(doc);
  yyjson_mut_obj_add_val(doc, place, "originSelectionRange", lsp_range(s, d, doc, def.origin.begin, def.origin.end));
  yyjson_mut_obj_add_val(doc, place, "targetRange", lsp_range(s, d, doc, def.target.begin, def.target.end));
  yyjson_mut_obj_add_val(doc, place, "targetSelectionRange", lsp_range(s, d, doc, def.selection.begin, def.selection.end));
  yyjson_mut_arr_append(links, place);
  return links;
}

/* ---- documents ---- */

static yyjson_mut_val *symbol_of(const lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, const ottl_symbol *symbol) {
  static const int kinds[] = {
      [OTTL_SYMBOL_SECTION] = 3, [OTTL_SYMBOL_COMPONENT] = 2, [OTTL_SYMBOL_STATEMENT] = 12, [OTTL_SYMBOL_CONDITION] = 17};
  yyjson_mut_val *val = yyjson_mut_obj(doc);
  ottl_view name = symbol->name.len ? symbol->name : (ottl_view){"?", 1}; /* an empty one is refused */
  yyjson_mut_obj_add_val(doc, val, "name", text_of(doc, name));
  if (symbol->detail.len) yyjson_mut_obj_add_val(doc, val, "detail", text_of(doc, symbol->detail));
  yyjson_mut_obj_add_int(doc, val, "kind", kinds[symbol->kind]);
  yyjson_mut_val *range = lsp_range(s, d, doc, symbol->range.begin, symbol->range.end);
  if (!s->hierarchical) {
    yyjson_mut_val *location = yyjson_mut_obj_add_obj(doc, val, "location");
    yyjson_mut_obj_add_strcpy(doc, location, "uri", d->uri);
    yyjson_mut_obj_add_val(doc, location, "range", range);
    return val;
  }
  yyjson_mut_obj_add_val(doc, val, "range", range);
  yyjson_mut_obj_add_val(doc, val, "selectionRange", lsp_range(s, d, doc, symbol->selection.begin, symbol->selection.end));
  return val;
}

yyjson_mut_val *lsp_symbols(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  const ottl_symbol *symbols = NULL;
  size_t n = 0;
  (void)params;
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_symbols(language, &symbols, &n) != OTTL_OK) return NULL;
  yyjson_mut_val *list = yyjson_mut_arr(doc), *parent = NULL;
  for (size_t i = 0; i < n; i++) {
    yyjson_mut_val *symbol = symbol_of(s, d, doc, &symbols[i]);
    yyjson_mut_val *kids = s->hierarchical && symbols[i].depth && parent ? yyjson_mut_obj_get(parent, "children") : NULL;
    if (s->hierarchical && symbols[i].depth && parent && !kids) kids = yyjson_mut_obj_add_arr(doc, parent, "children");
    yyjson_mut_arr_append(kids ? kids : list, symbol);
    if (!symbols[i].depth) parent = symbol;
  }
  return list;
}

/* SemanticTokenTypes; a key of a map is a text too. */
static const char *const legend[] = {"comment",    "keyword",  "function",  "method", "namespace", "property",
                                     "enumMember", "variable", "parameter", "string", "number",    "operator"};

static uint64_t token_type(ottl_token_kind kind) {
  return kind == OTTL_TOKEN_KEY ? OTTL_TOKEN_STRING : kind > OTTL_TOKEN_KEY ? kind - 1u : kind;
}

yyjson_mut_val *lsp_token_legend(yyjson_mut_doc *doc) {
  yyjson_mut_val *val = yyjson_mut_obj(doc);
  yyjson_mut_val *types = yyjson_mut_obj_add_arr(doc, val, "tokenTypes");
  for (size_t i = 0; i < sizeof legend / sizeof *legend; i++) yyjson_mut_arr_add_str(doc, types, legend[i]);
  yyjson_mut_arr_add_str(doc, yyjson_mut_obj_add_arr(doc, val, "tokenModifiers"), "declaration");
  return val;
}

typedef struct token_writer {
  const lsp_server *s;
  lsp_document *d;
  yyjson_mut_doc *doc;
  yyjson_mut_val *data;
  size_t line, column; /* of the token before */
} token_writer;

/* Five numbers, relative to the token before; a token of several lines is one for each. */
static void put_token(token_writer *w, const ottl_language_token *t) {
  for (size_t at = t->range.begin; at < t->range.end;) {
    size_t line = lsp_line_of(w->d, at), next = lsp_line_begin(w->d, line + 1);
    size_t end = next < t->range.end ? next : t->range.end, last = end;
    while (last > at && (w->d->text[last - 1] == '\n' || w->d->text[last - 1] == '\r')) last--;
    size_t column = lsp_units(w->s, w->d, lsp_line_begin(w->d, line), at), len = lsp_units(w->s, w->d, at, last);
    if (len) {
      yyjson_mut_arr_add_uint(w->doc, w->data, line - w->line);
      yyjson_mut_arr_add_uint(w->doc, w->data, line == w->line ? column - w->column : column);
      yyjson_mut_arr_add_uint(w->doc, w->data, len);
      yyjson_mut_arr_add_uint(w->doc, w->data, token_type(t->kind));
      yyjson_mut_arr_add_uint(w->doc, w->data, t->declares);
      w->line = line;
      w->column = column;
    }
    if (end <= at) return;
    at = end;
  }
}

yyjson_mut_val *lsp_tokens(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  const ottl_language_token *tokens = NULL;
  size_t n = 0;
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_tokens(language, &tokens, &n) != OTTL_OK) return NULL;
  yyjson_val *range = yyjson_obj_get(params, "range");
  size_t begin = range ? lsp_offset(s, d, yyjson_obj_get(range, "start")) : 0;
  size_t end = range ? lsp_offset(s, d, yyjson_obj_get(range, "end")) : d->len;
  yyjson_mut_val *val = yyjson_mut_obj(doc);
  token_writer w = {.s = s, .d = d, .doc = doc, .data = yyjson_mut_obj_add_arr(doc, val, "data")};
  for (size_t i = 0; i < n; i++) { /* what is not known is left to the grammar of the editor */
    if (!tokens[i].unknown && tokens[i].range.end >= begin && tokens[i].range.begin <= end) put_token(&w, &tokens[i]);
  }
  return val;
}

yyjson_mut_val *lsp_folds(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params) {
  const ottl_fold *folds = NULL;
  size_t n = 0;
  (void)params;
  ottl_document *language = lsp_language(s, d);
  if (language && ottl_document_folds(language, &folds, &n) != OTTL_OK) return NULL;
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  for (size_t i = 0; i < n; i++) {
    yyjson_mut_val *fold = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_uint(doc, fold, "startLine", lsp_line_of(d, folds[i].range.begin));
    yyjson_mut_obj_add_uint(doc, fold, "endLine", lsp_line_of(d, folds[i].range.end));
    if (folds[i].comment) yyjson_mut_obj_add_str(doc, fold, "kind", "comment");
  }
  return list;
}
