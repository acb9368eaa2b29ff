/* ottl lsp: a language server. One thread reads a message, answers it, reads the next; what has come in meanwhile is looked at first, so
 * that requests which are cancelled by then are not worked on, and diagnostics wait until nobody types. */
#include "lsp.h"

#include <stdlib.h>
#include <string.h>

/* ---- settings ---- */

static char *text_copy(yyjson_val *val) {
  const char *text = yyjson_get_str(val);
  return text && text[0] && strlen(text) < 4096 ? strdup(text) : NULL;
}

/* A path of the settings, below the folder of the workspace when it is not absolute. */
static char *settings_path(const lsp_server *s, yyjson_val *val) {
  char *path = text_copy(val);
  if (!path || path[0] == '/' || !s->root) return path;
  size_t size = strlen(path) + strlen(s->root) + 2;
  char *full = malloc(size);
  if (full) snprintf(full, size, "%s/%s", s->root, path);
  free(path);
  return full;
}

static void take_settings(lsp_server *s, yyjson_val *settings) {
  yyjson_val *ours = yyjson_obj_get(settings, "ottl");
  yyjson_val *from = yyjson_is_obj(ours) ? ours : settings;
  const char *signal = yyjson_get_str(yyjson_obj_get(from, "sampleSignal"));
  if (!yyjson_is_obj(from)) return;
  free(s->sample_path);
  s->sample_path = settings_path(s, yyjson_obj_get(from, "samplePayload"));
  if (!s->sample_path && yyjson_get_len(yyjson_obj_get(from, "samplePayload")))
    cli_fail(0, "the sample payload is left out: its name is too long, or there is no memory");
  s->sample_signal = OTTL_SIGNAL_NONE;
  for (int i = OTTL_SIGNAL_LOGS; signal && i <= OTTL_SIGNAL_PROFILES; i++) {
    if (strcmp(cli_signal_names[i], signal) == 0) s->sample_signal = (ottl_signal)i;
  }
  s->sample_time = -2; /* read it again */
  s->experimental = yyjson_get_bool(yyjson_obj_get(from, "experimental"));
  s->may_fail = yyjson_get_bool(yyjson_obj_get(from, "mayFail"));
  const char *compat = yyjson_get_str(yyjson_obj_get(from, "compat"));
  if (!compat || !cli_version_number(compat, &s->compat)) s->compat = 0;
  lsp_sample_load(s);
  for (size_t i = 0; i < s->n_documents; i++) {
    ottl_document_free(s->documents[i]->language);
    s->documents[i]->language = NULL;
    s->documents[i]->stale = true;
  }
}

/* ---- the life of a server ---- */

static yyjson_val *capability(yyjson_val *params, const char *a, const char *b, const char *c) {
  yyjson_val *val = yyjson_obj_get(yyjson_obj_get(yyjson_obj_get(params, "capabilities"), a), b);
  return c ? yyjson_obj_get(val, c) : val;
}

static bool lists(yyjson_val *list, const char *text) {
  size_t i, n;
  yyjson_val *one;
  yyjson_arr_foreach(list, i, n, one) {
    if (yyjson_equals_str(one, text)) return true;
  }
  return false;
}

/* False: out of memory. */
static bool take_capabilities(lsp_server *s, yyjson_val *params) {
  yyjson_val *completion = capability(params, "textDocument", "completion", "completionItem");
  yyjson_val *encodings = capability(params, "general", "positionEncodings", NULL);
  s->snippets = yyjson_get_bool(yyjson_obj_get(completion, "snippetSupport"));
  s->markdown = lists(capability(params, "textDocument", "hover", "contentFormat"), "markdown");
  s->links = yyjson_get_bool(capability(params, "textDocument", "definition", "linkSupport"));
  s->hierarchical = yyjson_get_bool(capability(params, "textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"));
  s->action_literals = yyjson_is_obj(capability(params, "textDocument", "codeAction", "codeActionLiteralSupport"));
  s->encoding = lists(encodings, "utf-8")                                   ? LSP_UTF8
                : lists(encodings, "utf-16") || !lists(encodings, "utf-32") ? LSP_UTF16
                                                                            : LSP_UTF32;
  const char *root = yyjson_get_str(yyjson_obj_get(params, "rootUri"));
  yyjson_val *folder = yyjson_arr_get_first(yyjson_obj_get(params, "workspaceFolders"));
  if (yyjson_get_str(yyjson_obj_get(folder, "uri"))) root = yyjson_get_str(yyjson_obj_get(folder, "uri"));
  free(s->root); /* of an `initialize` that could not be answered */
  s->root = root ? lsp_path(root) : NULL;
  return s->root || !root || !lsp_is_file(root);
}

static yyjson_mut_val *capabilities(const lsp_server *s, yyjson_mut_doc *doc) {
  static const char *const encodings[] = {"utf-16", "utf-8", "utf-32"};
  static const char *const triggers[] = {".", "(", "[", "\"", ",", "="};
  static const char *const signature_triggers[] = {"(", ","};
  yyjson_mut_val *c = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_str(doc, c, "positionEncoding", encodings[s->encoding]);
  yyjson_mut_val *sync = yyjson_mut_obj_add_obj(doc, c, "textDocumentSync");
  yyjson_mut_obj_add_bool(doc, sync, "openClose", true);
  yyjson_mut_obj_add_int(doc, sync, "change", 2); /* incremental */
  yyjson_mut_val *completion = yyjson_mut_obj_add_obj(doc, c, "completionProvider");
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, completion, "triggerCharacters");
  for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++) yyjson_mut_arr_add_str(doc, list, triggers[i]);
  yyjson_mut_obj_add_bool(doc, completion, "resolveProvider", true);
  yyjson_mut_obj_add_bool(doc, c, "hoverProvider", true);
  list = yyjson_mut_obj_add_arr(doc, yyjson_mut_obj_add_obj(doc, c, "signatureHelpProvider"), "triggerCharacters");
  for (size_t i = 0; i < 2; i++) yyjson_mut_arr_add_str(doc, list, signature_triggers[i]);
  yyjson_mut_obj_add_bool(doc, c, "definitionProvider", true);
  yyjson_mut_obj_add_bool(doc, c, "documentSymbolProvider", true);
  yyjson_mut_obj_add_bool(doc, c, "documentFormattingProvider", true);
  yyjson_mut_obj_add_bool(doc, c, "documentRangeFormattingProvider", true);
  yyjson_mut_obj_add_bool(doc, c, "foldingRangeProvider", true);
  yyjson_mut_val *actions = yyjson_mut_obj_add_obj(doc, c, "codeActionProvider");
  yyjson_mut_arr_add_str(doc, yyjson_mut_obj_add_arr(doc, actions, "codeActionKinds"), "quickfix");
  yyjson_mut_val *tokens = yyjson_mut_obj_add_obj(doc, c, "semanticTokensProvider");
  yyjson_mut_obj_add_val(doc, tokens, "legend", lsp_token_legend(doc));
  yyjson_mut_obj_add_bool(doc, tokens, "full", true);
  yyjson_mut_obj_add_bool(doc, tokens, "range", true);
  return c;
}

static yyjson_mut_val *initialize(lsp_server *s, yyjson_mut_doc *doc, yyjson_val *params) {
  if (!take_capabilities(s, params)) lsp_doc_lose(doc);
  take_settings(s, yyjson_obj_get(params, "initializationOptions"));
  yyjson_mut_val *result = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_val(doc, result, "capabilities", capabilities(s, doc));
  yyjson_mut_val *info = yyjson_mut_obj_add_obj(doc, result, "serverInfo");
  yyjson_mut_obj_add_str(doc, info, "name", "ottl");
  yyjson_mut_obj_add_str(doc, info, "version", ottl_version());
  return result;
}

/* ---- notifications ---- */

static void did_open(lsp_server *s, yyjson_val *params) {
  yyjson_val *document = yyjson_obj_get(params, "textDocument"), *text = yyjson_obj_get(document, "text");
  const char *uri = yyjson_get_str(yyjson_obj_get(document, "uri")),
             *language = yyjson_get_str(yyjson_obj_get(document, "languageId"));
  lsp_document *old = lsp_find(s, params);
  if (!uri || !yyjson_is_str(text)) return;
  if (old) lsp_close(s, old); /* a client that opens twice means the newer text */
  int64_t version = yyjson_get_sint(yyjson_obj_get(document, "version"));
  if (!lsp_open(s, uri, language ? language : "", version, yyjson_get_str(text), yyjson_get_len(text)))
    cli_fail(0, "%s cannot be opened: it is too large, too many are open, or there is no memory", uri);
}

static void did_change(lsp_server *s, yyjson_val *params) {
  lsp_document *d = lsp_find(s, params);
  yyjson_val *changes = yyjson_obj_get(params, "contentChanges"), *change;
  size_t i, n;
  if (!d) return;
  yyjson_arr_foreach(changes, i, n, change) {
    if (lsp_change(s, d, change)) continue;
    if (d->no_memory) {
      lsp_lose(s, d);
      return;
    }
    cli_fail(0, "%s: a change is left out", d->uri);
  }
  d->version = yyjson_get_sint(yyjson_obj_get(yyjson_obj_get(params, "textDocument"), "version"));
}

static void did_close(lsp_server *s, yyjson_val *params) {
  lsp_document *d = lsp_find(s, params);
  if (!d) return;
  lsp_publish_none(d);
  lsp_close(s, d);
}

/* `.ottl.toml` may have been changed with it. */
static void did_save(lsp_server *s, yyjson_val *params) {
  (void)params;
  for (size_t i = 0; i < s->n_documents; i++) s->documents[i]->stale = true;
}

static void did_configure(lsp_server *s, yyjson_val *params) { take_settings(s, yyjson_obj_get(params, "settings")); }

static void do_exit(lsp_server *s, yyjson_val *params) {
  (void)params;
  s->exiting = true;
  s->exit_status = s->down ? CLI_OK : CLI_NO;
}

static const struct {
  const char *method;
  void (*take)(lsp_server *s, yyjson_val *params);
} notifications[] = {
    {"textDocument/didOpen", did_open},
    {"textDocument/didChange", did_change},
    {"textDocument/didClose", did_close},
    {"textDocument/didSave", did_save},
    {"workspace/didChangeConfiguration", did_configure},
    {"workspace/didChangeWatchedFiles", did_save},
    {"exit", do_exit},
};

/* ---- requests ---- */

static const struct {
  const char *method;
  yyjson_mut_val *(*answer)(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
} requests[] = {
    {"textDocument/completion", lsp_complete},         {"textDocument/hover", lsp_hover},
    {"textDocument/signatureHelp", lsp_signature},     {"textDocument/definition", lsp_definition},
    {"textDocument/documentSymbol", lsp_symbols},      {"textDocument/semanticTokens/full", lsp_tokens},
    {"textDocument/semanticTokens/range", lsp_tokens}, {"textDocument/foldingRange", lsp_folds},
    {"textDocument/codeAction", lsp_actions},          {"textDocument/formatting", lsp_format},
    {"textDocument/rangeFormatting", lsp_format},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool respond(yyjson_mut_doc *doc, yyjson_val *id, yyjson_mut_val *result) {
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_str(doc, root, "jsonrpc", "2.0");
  yyjson_mut_obj_add_val(doc, root, "id", yyjson_val_mut_copy(doc, id));
  yyjson_mut_obj_add_val(doc, root, "result", result);
  if (lsp_write(doc)) return true;
  lsp_error(id, LSP_INTERNAL_ERROR, "out of memory");
  return false;
}

static void answer_document(lsp_server *s, size_t request, yyjson_val *id, yyjson_val *params) {
  lsp_document *d = lsp_find(s, params);
  if (!d) {
    lsp_error(id, LSP_INVALID_PARAMS, "this document is not open");
    return;
  }
  yyjson_mut_doc *doc = lsp_doc_new();
  d->no_memory = false;
  yyjson_mut_val *result = doc && lsp_lines(d) ? requests[request].answer(s, d, doc, params) : NULL;
  if (result && !d->no_memory) {
    (void)respond(doc, id, result);
    return;
  }
  lsp_doc_free(doc);
  lsp_error(id, LSP_INTERNAL_ERROR, "out of memory");
}

static void answer(lsp_server *s, const char *method, yyjson_val *id, yyjson_val *params) {
  bool begins = strcmp(method, "initialize") == 0;
  if (s->down) {
    lsp_error(id, LSP_INVALID_REQUEST, "the server was shut down");
    return;
  }
  if (begins == s->initialized) {
    lsp_error(id, begins ? LSP_INVALID_REQUEST : LSP_NOT_INITIALIZED, begins ? "initialized twice" : "not initialized");
    return;
  }
  for (size_t i = 0; i < COUNT(requests); i++) {
    if (strcmp(method, requests[i].method) != 0) continue;
    answer_document(s, i, id, params);
    return;
  }
  bool shutdown = strcmp(method, "shutdown") == 0, resolve = strcmp(method, "completionItem/resolve") == 0;
  if (!begins && !shutdown && !resolve) {
    lsp_error(id, LSP_METHOD_NOT_FOUND, "no such method");
    return;
  }
  yyjson_mut_doc *doc = lsp_doc_new();
  if (!doc) {
    lsp_error(id, LSP_INTERNAL_ERROR, "out of memory");
    return;
  }
  yyjson_mut_val *result = begins ? initialize(s, doc, params) : resolve ? lsp_resolve(doc, params) : yyjson_mut_null(doc);
  bool answered = respond(doc, id, result);
  s->initialized |= begins && answered;
  s->down = shutdown && answered;
}

/* ---- messages ---- */

/* Was the request cancelled by what came in after it? */
static bool is_cancelled(const lsp_server *s, yyjson_val *id) {
  for (size_t i = 0; i < s->n_queue; i++) {
    yyjson_val *root = yyjson_doc_get_root(s->queue[i]);
    if (!yyjson_equals_str(yyjson_obj_get(root, "method"), "$/cancelRequest")) continue;
    if (yyjson_equals(yyjson_obj_get(yyjson_obj_get(root, "params"), "id"), id)) return true;
  }
  return false;
}

static void handle(lsp_server *s, yyjson_val *message) {
  yyjson_val *id = yyjson_obj_get(message, "id"), *params = yyjson_obj_get(message, "params");
  const char *method = yyjson_get_str(yyjson_obj_get(message, "method"));
  if (!method) { /* an answer to a request of ours: there are none */
    if (!yyjson_obj_get(message, "result") && !yyjson_obj_get(message, "error"))
      lsp_error(id, LSP_INVALID_REQUEST, "a message without a method");
    return;
  }
  if (id) {
    if (!yyjson_is_int(id) && !yyjson_is_str(id))
      lsp_error(NULL, LSP_INVALID_REQUEST, "an id is a number or a text");
    else if (is_cancelled(s, id))
      lsp_error(id, LSP_CANCELLED, "cancelled");
    else
      answer(s, method, id, params);
    return;
  }
  for (size_t i = 0; i < COUNT(notifications); i++) {
    bool leave = notifications[i].take == do_exit;
    if (strcmp(method, notifications[i].method) == 0 && (leave || (s->initialized && !s->down))) notifications[i].take(s, params);
  }
}

/* Takes what came in out of the pipe, as far as there is room. */
static void read_ahead(lsp_server *s) {
  while (s->n_queue < LSP_QUEUE_MOST) {
    yyjson_doc *doc = lsp_read(s, false);
    if (!doc) return;
    s->queue[s->n_queue++] = doc;
  }
}

/* Diagnostics of one document that waits for them; false: none does. */
static bool tell_one(lsp_server *s) {
  for (size_t i = 0; i < s->n_documents; i++) {
    if (!s->documents[i]->stale) continue;
    lsp_publish(s, s->documents[i]);
    return true;
  }
  return false;
}

static void serve(lsp_server *s) {
  while (!s->exiting) {
    read_ahead(s);
    if (!s->n_queue && s->initialized && !s->down && tell_one(s)) continue;
    if (!s->n_queue) {                                /* nothing is left to do */
      if (!(s->queue[0] = lsp_read(s, true))) return; /* the client is gone */
      s->n_queue = 1;
      continue; /* with what came along */
    }
    yyjson_doc *doc = s->queue[0];
    s->n_queue--;
    memmove(s->queue, s->queue + 1, s->n_queue * sizeof *s->queue);
    handle(s, yyjson_doc_get_root(doc));
    yyjson_doc_free(doc);
  }
}

static void server_done(lsp_server *s) {
  while (s->n_documents) lsp_close(s, s->documents[0]);
  while (s->n_queue) yyjson_doc_free(s->queue[--s->n_queue]);
  ottl_sample_free(s->sample);
  free(s->documents);
  free(s->in.data);
  free(s->sample_path);
  free(s->root);
}

int cli_lsp(int argc, char **argv) {
  cli_options options;
  lsp_server *server = calloc(1, sizeof *server);
  int status = cli_options_read(argv[0], IN_LSP, argc, argv, &options);
  if (status == CLI_OK && options.help) {
    cli_help_command(argv[0]);
  } else if (status == CLI_OK && options.files.n) {
    status = cli_fail(CLI_USAGE, "`ottl lsp` takes no files: an editor tells it of them");
  } else if (status == CLI_OK && !server) {
    status = cli_fail(CLI_INTERNAL, "out of memory");
  } else if (status == CLI_OK) {
    server->exit_status = CLI_NO; /* when the input ends before `exit` */
    server->sample_time = -1;
    serve(server);
    status = server->exit_status;
    server_done(server);
  }
  free(server);
  cli_options_done(&options);
  return status;
}
