/* Between the files of `ottl lsp`: a server of the Language Server Protocol over standard input and output. What is known of the
 * language comes from ottl/language.h; here are messages, documents and positions. */
#ifndef OTTL_CLI_LSP_H
#define OTTL_CLI_LSP_H

#include "rules.h"

#include "yyjson.h"

#define LSP_MESSAGE_MOST  ((size_t)64 << 20) /* bytes of a message */
#define LSP_HEADER_MOST   4096               /* bytes of a header line */
#define LSP_QUEUE_MOST    256                /* messages that are read ahead, to see which are cancelled */
#define LSP_DOCUMENT_MOST ((size_t)16 << 20)
#define LSP_DOCUMENTS     1000 /* that are open at once */

/* Error codes of JSON-RPC and LSP. */
enum {
  LSP_PARSE_ERROR = -32700,
  LSP_INVALID_REQUEST = -32600,
  LSP_METHOD_NOT_FOUND = -32601,
  LSP_INVALID_PARAMS = -32602,
  LSP_INTERNAL_ERROR = -32603,
  LSP_NOT_INITIALIZED = -32002,
  LSP_CANCELLED = -32800
};

typedef enum lsp_encoding { LSP_UTF16, LSP_UTF8, LSP_UTF32 } lsp_encoding;

typedef struct lsp_document {
  char *uri, *path; /* path: NULL when it is no file */
  int64_t version;
  char *text;
  size_t len, cap;
  bool yaml;
  bool stale;      /* diagnostics are to be told */
  bool no_memory;  /* for what was asked last, or for a change */
  uint32_t *lines; /* where they begin; NULL: not known since the last change */
  size_t n_lines;
  ottl_document *language; /* NULL: not made since the last change */
  yyjson_mut_doc *told;    /* diagnostics as they were published, with corrections */
} lsp_document;

typedef struct lsp_input {
  char *data; /* what was read */
  size_t len, cap, at;
  bool end;
} lsp_input;

typedef struct lsp_server {
  bool initialized, down, exiting;
  int exit_status;
  lsp_encoding encoding;
  bool snippets, markdown, links, action_literals, hierarchical; /* what the client can do */
  bool experimental, may_fail;
  size_t compat; /* v0.N; 0: what .ottl.toml says */
  char *root;    /* folder of the workspace */
  char *sample_path;
  ottl_signal sample_signal;
  ottl_sample *sample;
  int64_t sample_time; /* when the file was changed */
  lsp_document **documents;
  size_t n_documents;
  lsp_input in;
  yyjson_doc *queue[LSP_QUEUE_MOST];
  size_t n_queue;
} lsp_server;

/* lsp_wire.c: messages. */

/* Reads what there is without waiting for more, or (wait) until there is a message; NULL: none, or the input is at its end. What is no
 * message is answered there. *ret_end: no more will come. */
yyjson_doc *lsp_read(lsp_server *s, bool wait);
bool lsp_pending(lsp_server *s); /* is more input there? */
/* A document that knows whether there was memory for all of it; a value that is missing in it for another reason has to be told. */
yyjson_mut_doc *lsp_doc_new(void); /* NULL: out of memory */
void lsp_doc_free(yyjson_mut_doc *doc);
void lsp_doc_lose(yyjson_mut_doc *doc);
bool lsp_doc_is_whole(const yyjson_mut_doc *doc); /* false for NULL, too */
/* Writes a document as a message and frees it. False: out of memory, nothing was written. */
bool lsp_write(yyjson_mut_doc *doc);
void lsp_tell(yyjson_mut_doc *doc); /* the same; says so when it is lost */
/* A notification; *ret_params is what its params are to be put into. Out of memory: lsp_tell knows. */
yyjson_mut_doc *lsp_notification(const char *method, yyjson_mut_val **ret_params);
void lsp_error(yyjson_val *id, int code, const char *message);

/* lsp_text.c: documents and positions. */

bool lsp_is_file(const char *uri);
char *lsp_path(const char *uri); /* of a file: URI; NULL: it is none, or out of memory. The caller frees */
lsp_document *lsp_find(lsp_server *s, yyjson_val *params); /* of params.textDocument; NULL: it is not open */
/* False: out of memory, or too many. */
bool lsp_open(lsp_server *s, const char *uri, const char *language, int64_t version, const char *text, size_t len);
void lsp_close(lsp_server *s, lsp_document *d);
/* Closes a document whose text is no longer the client's, for want of memory. */
void lsp_lose(lsp_server *s, lsp_document *d);
/* False: the change is none, or out of memory (d->no_memory). */
bool lsp_change(lsp_server *s, lsp_document *d, yyjson_val *change);
/* Finds its lines, without which there are no places in it. False: out of memory. */
bool lsp_lines(lsp_document *d);
void lsp_document_free(lsp_document *d);
/* A position as a place in the text; behind the end of a line it is its end. */
size_t lsp_offset(const lsp_server *s, lsp_document *d, yyjson_val *position);
size_t lsp_offset_at(const lsp_server *s, lsp_document *d, uint64_t line, uint64_t units);
size_t lsp_line_begin(lsp_document *d, size_t line);
yyjson_mut_val *lsp_position(const lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, size_t offset);
yyjson_mut_val *lsp_range(const lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, size_t begin, size_t end);
/* The place of a line and column of a diagnostic: both from 1, columns in code points. */
size_t lsp_place(lsp_document *d, uint32_t line, uint32_t column);
/* Bytes [begin, end) in units of the encoding. */
size_t lsp_units(const lsp_server *s, const lsp_document *d, size_t begin, size_t end);
size_t lsp_line_of(lsp_document *d, size_t offset);
/* A text of the library's: where one was cut to fit, half a character may be left, which would be no JSON. */
yyjson_mut_val *lsp_text(yyjson_mut_doc *doc, ottl_view text);
/* The document as the library sees it; NULL: out of memory (d->no_memory), or it is too large. */
ottl_document *lsp_language(lsp_server *s, lsp_document *d);
/* Does the file hold conditions instead of statements? */
bool lsp_holds_conditions(const lsp_document *d);

/* lsp_tell.c: diagnostics, corrections, formatting. */

void lsp_publish(lsp_server *s, lsp_document *d);
void lsp_publish_none(const lsp_document *d);
yyjson_mut_val *lsp_actions(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_format(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);

/* lsp_answer.c: questions about a place or a document. NULL: out of memory. */

yyjson_mut_val *lsp_complete(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_resolve(yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_hover(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_signature(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_definition(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_symbols(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_tokens(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_folds(lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, yyjson_val *params);
yyjson_mut_val *lsp_token_legend(yyjson_mut_doc *doc);

/* lsp_sample.c: keys of the sample payload, read again when its file was changed. */
void lsp_sample_load(lsp_server *s);

#endif
