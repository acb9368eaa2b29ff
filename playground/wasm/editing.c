/* What an editor asks: layout, and places of a text. Offsets are bytes. */
#include "glue.h"

static const char *const glue_forms[] = {"file", "snippet", "config", NULL};
static const char *const glue_completions[] = {"editor", "converter", "path",  "enum",    "keyword",
                                               "key",    "parameter", "local", "context", "lambda"};
static const char *const glue_symbols[] = {"section", "component", "statement", "condition"};
static const char *const glue_tokens[] = {"comment", "keyword",   "editor", "converter", "context", "path",    "enum",
                                          "local",   "parameter", "string", "key",       "number",  "operator"};

EXPORT("ottl_format") glue_reply *glue_format(const char *json, size_t len);
EXPORT("ottl_complete") glue_reply *glue_complete(const char *json, size_t len, const char *data, size_t data_len);
EXPORT("ottl_hover") glue_reply *glue_hover(const char *json, size_t len);
EXPORT("ottl_signature") glue_reply *glue_signature(const char *json, size_t len);
EXPORT("ottl_definition") glue_reply *glue_definition(const char *json, size_t len);
EXPORT("ottl_symbols") glue_reply *glue_outline(const char *json, size_t len);
EXPORT("ottl_tokens") glue_reply *glue_words(const char *json, size_t len);
EXPORT("ottl_folds") glue_reply *glue_folds(const char *json, size_t len);
EXPORT("ottl_describe") glue_reply *glue_describe(const char *json, size_t len);

/* "text", "form", "config" (what a configuration is), "width": the formatted text as "text". */
glue_reply *glue_format(const char *json, size_t len) {
  glue_call c;
  ottl_format_options o;
  int form, config;
  size_t text_len;
  ottl_diags *diags = NULL;
  glue_text out = {0};
  ottl_format_options_init(&o);
  const char *text = NULL;
  if (glue_begin(&c, json, len) && glue_word(&c, "form", glue_forms, 0, &form) &&
      glue_word(&c, "config", glue_configs, 0, &config))
    text = glue_string(&c, "text", &text_len);
  if (!text) return glue_end(&c, OTTL_INVALID_ARG, NULL, 0);
  o.form = (ottl_format_form)form;
  o.config = (ottl_config_form)config;
  o.width = glue_number(&c, "width");
  ottl_status status = ottl_format(text, text_len, &o, glue_put, &out, &diags);
  glue_add_diags(&c, diags);
  if (out.failed) status = OTTL_NOMEM;
  if (status == OTTL_OK || status == OTTL_COMPILE) glue_add_text(&c, c.out, "text", (ottl_view){out.data, out.len});
  glue_text_free(&out);
  return glue_end(&c, status, NULL, 0);
}

/* -- documents -- */

/* A text that is asked about, for one call: making one is cheap. */
typedef struct asked {
  glue_call c;
  ottl_document *document;
  ottl_sample *sample;
  ottl_json *json;
  size_t offset;
  ottl_status status;
} asked;

static ottl_status asked_open(asked *a, const ottl_compile_options *compile, int form, int config) {
  size_t len;
  const char *text = glue_string(&a->c, "text", &len);
  ottl_document_options o;
  ottl_document_options_init(&o);
  o.form = (ottl_format_form)form;
  o.config = (ottl_config_form)config;
  o.compile = compile;
  o.context = glue_string(&a->c, "context", NULL);
  o.sample = a->sample;
  a->offset = glue_number(&a->c, "offset");
  return text ? ottl_document_create(text, len, &o, &a->document) : OTTL_INVALID_ARG;
}

/* "text", "form", "config", "kind", "signal", "context", "experimental", "offset"; sample: a payload whose keys are offered, or NULL. */
static void asked_begin(asked *a, const char *json, size_t len, const char *sample, size_t sample_len) {
  int form, config, kind;
  ottl_compile_options compile;
  ottl_compile_options_init(&compile);
  *a = (asked){.status = OTTL_INVALID_ARG};
  if (!glue_begin(&a->c, json, len) || !glue_word(&a->c, "form", glue_forms, 0, &form) ||
      !glue_word(&a->c, "config", glue_configs, 0, &config) || !glue_word(&a->c, "kind", glue_kinds, 0, &kind) ||
      !glue_signal(&a->c, &compile.signal))
    return;
  compile.kind = (ottl_kind)kind;
  compile.experimental = glue_flag(&a->c, "experimental");
  a->status = OTTL_OK;
  if (sample_len) {
    glue_payload payload;
    a->status = ottl_sample_create(NULL, &a->sample);
    if (a->status == OTTL_OK) a->status = ottl_json_create(NULL, &a->json);
    if (a->status == OTTL_OK) a->status = glue_payload_read(&a->c, a->json, compile.signal, sample, sample_len, &payload);
    if (a->status == OTTL_OK) a->status = ottl_sample_add(a->sample, payload.signal, payload.data, payload.len);
  }
  if (a->status == OTTL_OK) a->status = asked_open(a, &compile, form, config);
}

static glue_reply *asked_end(asked *a) {
  ottl_document_free(a->document);
  ottl_sample_free(a->sample);
  ottl_json_free(a->json);
  return glue_end(&a->c, a->status, NULL, 0);
}

static yyjson_mut_val *range_fill(glue_call *c, yyjson_mut_val *to, ottl_range r) {
  yyjson_mut_obj_add_uint(c->doc, to, "begin", r.begin);
  yyjson_mut_obj_add_uint(c->doc, to, "end", r.end);
  return to;
}

static void range_add(glue_call *c, yyjson_mut_val *to, const char *name, ottl_range r) {
  range_fill(c, yyjson_mut_obj_add_obj(c->doc, to, name), r);
}

glue_reply *glue_complete(const char *json, size_t len, const char *data, size_t data_len) {
  asked a;
  ottl_completions found = {0};
  asked_begin(&a, json, len, data, data_len);
  if (a.status == OTTL_OK) a.status = ottl_document_complete(a.document, a.offset, &found);
  if (a.status != OTTL_OK) return asked_end(&a);
  range_add(&a.c, a.c.out, "range", found.range);
  yyjson_mut_val *items = yyjson_mut_obj_add_arr(a.c.doc, a.c.out, "items");
  for (size_t i = 0; i < found.n; i++) {
    const ottl_completion *one = &found.items[i];
    yyjson_mut_val *item = yyjson_mut_arr_add_obj(a.c.doc, items);
    glue_add_string(&a.c, item, "kind", glue_completions[one->kind]);
    glue_add_text(&a.c, item, "label", one->label);
    glue_add_text(&a.c, item, "insert", one->insert);
    yyjson_mut_obj_add_uint(a.c.doc, item, "cursor", one->cursor);
    glue_add_text(&a.c, item, "detail", one->detail);
    glue_add_text(&a.c, item, "summary", one->summary);
    yyjson_mut_obj_add_uint(a.c.doc, item, "rank", one->rank);
  }
  return asked_end(&a);
}

/* "range" and "markdown"; neither where there is nothing to say. */
glue_reply *glue_hover(const char *json, size_t len) {
  asked a;
  ottl_hover hover = {0};
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_hover(a.document, a.offset, &hover);
  if (a.status != OTTL_OK || !hover.markdown.len) return asked_end(&a);
  range_add(&a.c, a.c.out, "range", hover.range);
  glue_add_text(&a.c, a.c.out, "markdown", hover.markdown);
  return asked_end(&a);
}

/* "label", "summary", "params", "active"; nothing where there is no call. */
glue_reply *glue_signature(const char *json, size_t len) {
  asked a;
  ottl_signature found = {0};
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_signature(a.document, a.offset, &found);
  if (a.status != OTTL_OK || !found.label.len) return asked_end(&a);
  glue_add_text(&a.c, a.c.out, "label", found.label);
  glue_add_text(&a.c, a.c.out, "summary", found.summary);
  yyjson_mut_val *params = yyjson_mut_obj_add_arr(a.c.doc, a.c.out, "params");
  for (size_t i = 0; i < found.n_params; i++) {
    const ottl_signature_param *one = &found.params[i];
    yyjson_mut_val *param = range_fill(&a.c, yyjson_mut_arr_add_obj(a.c.doc, params), (ottl_range){one->begin, one->end});
    glue_add_text(&a.c, param, "summary", one->summary);
  }
  if (found.active < found.n_params) yyjson_mut_obj_add_uint(a.c.doc, a.c.out, "active", found.active);
  return asked_end(&a);
}

/* "origin", "target", "selection"; nothing where it is not known. */
glue_reply *glue_definition(const char *json, size_t len) {
  asked a;
  ottl_definition found = {0};
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_definition(a.document, a.offset, &found);
  if (a.status != OTTL_OK || found.target.begin == found.target.end) return asked_end(&a);
  range_add(&a.c, a.c.out, "origin", found.origin);
  range_add(&a.c, a.c.out, "target", found.target);
  range_add(&a.c, a.c.out, "selection", found.selection);
  return asked_end(&a);
}

glue_reply *glue_outline(const char *json, size_t len) {
  asked a;
  const ottl_symbol *found = NULL;
  size_t n = 0;
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_symbols(a.document, &found, &n);
  yyjson_mut_val *symbols = yyjson_mut_obj_add_arr(a.c.doc, a.c.out, "symbols");
  for (size_t i = 0; a.status == OTTL_OK && i < n; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(a.c.doc, symbols);
    glue_add_string(&a.c, one, "kind", glue_symbols[found[i].kind]);
    glue_add_text(&a.c, one, "name", found[i].name);
    glue_add_text(&a.c, one, "detail", found[i].detail);
    range_add(&a.c, one, "range", found[i].range);
    range_add(&a.c, one, "selection", found[i].selection);
    yyjson_mut_obj_add_uint(a.c.doc, one, "depth", found[i].depth);
  }
  return asked_end(&a);
}

glue_reply *glue_words(const char *json, size_t len) {
  asked a;
  const ottl_language_token *found = NULL;
  size_t n = 0;
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_tokens(a.document, &found, &n);
  yyjson_mut_val *tokens = yyjson_mut_obj_add_arr(a.c.doc, a.c.out, "tokens");
  for (size_t i = 0; a.status == OTTL_OK && i < n; i++) {
    yyjson_mut_val *one = range_fill(&a.c, yyjson_mut_arr_add_obj(a.c.doc, tokens), found[i].range);
    glue_add_string(&a.c, one, "kind", glue_tokens[found[i].kind]);
    if (found[i].unknown) yyjson_mut_obj_add_bool(a.c.doc, one, "unknown", true);
    if (found[i].declares) yyjson_mut_obj_add_bool(a.c.doc, one, "declares", true);
  }
  return asked_end(&a);
}

glue_reply *glue_folds(const char *json, size_t len) {
  asked a;
  const ottl_fold *found = NULL;
  size_t n = 0;
  asked_begin(&a, json, len, NULL, 0);
  if (a.status == OTTL_OK) a.status = ottl_document_folds(a.document, &found, &n);
  yyjson_mut_val *folds = yyjson_mut_obj_add_arr(a.c.doc, a.c.out, "folds");
  for (size_t i = 0; a.status == OTTL_OK && i < n; i++) {
    yyjson_mut_val *one = range_fill(&a.c, yyjson_mut_arr_add_obj(a.c.doc, folds), found[i].range);
    yyjson_mut_obj_add_bool(a.c.doc, one, "comment", found[i].comment);
  }
  return asked_end(&a);
}

/* "table" and "name": a table of the language, as ottl_describe writes it, in "result". */
glue_reply *glue_describe(const char *json, size_t len) {
  glue_call c;
  glue_text text = {0};
  ottl_status status = OTTL_INVALID_ARG;
  if (glue_begin(&c, json, len) && glue_string(&c, "table", NULL))
    status = ottl_describe(glue_string(&c, "table", NULL), glue_string(&c, "name", NULL), NULL, glue_put, &text);
  if (text.failed) status = OTTL_NOMEM;
  if (status == OTTL_OK) glue_add_json(&c, c.out, "result", &text);
  glue_text_free(&text);
  return glue_end(&c, status, NULL, 0);
}
