/* Messages of the language server: `Content-Length: N`, an empty line, N bytes of JSON. */
#include "lsp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- out ---- */

yyjson_mut_doc *lsp_doc_new(void) {
  bool *lost = calloc(1, sizeof *lost);
  yyjson_mut_doc *doc = lost ? cli_json_doc(lost) : NULL;
  if (!doc) free(lost);
  return doc;
}

void lsp_doc_free(yyjson_mut_doc *doc) {
  bool *lost = doc ? doc->alc.ctx : NULL;
  yyjson_mut_doc_free(doc);
  free(lost);
}

void lsp_doc_lose(yyjson_mut_doc *doc) { *(bool *)doc->alc.ctx = true; }
bool lsp_doc_is_whole(const yyjson_mut_doc *doc) { return doc && !*(const bool *)doc->alc.ctx; }

bool lsp_write(yyjson_mut_doc *doc) {
  size_t len = 0;
  char *text = lsp_doc_is_whole(doc) ? yyjson_mut_write(doc, 0, &len) : NULL;
  if (text) {
    printf("Content-Length: %zu\r\n\r\n", len);
    fwrite(text, 1, len, stdout);
    fflush(stdout);
  }
  free(text);
  lsp_doc_free(doc);
  return text != NULL;
}

void lsp_tell(yyjson_mut_doc *doc) {
  if (!lsp_write(doc)) cli_fail(0, "a message is lost: out of memory");
}

yyjson_mut_doc *lsp_notification(const char *method, yyjson_mut_val **ret_params) {
  yyjson_mut_doc *doc = lsp_doc_new();
  yyjson_mut_val *root = doc ? yyjson_mut_obj(doc) : NULL;
  *ret_params = NULL;
  if (!root) return doc;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_str(doc, root, "jsonrpc", "2.0");
  yyjson_mut_obj_add_strcpy(doc, root, "method", method);
  *ret_params = yyjson_mut_obj_add_obj(doc, root, "params");
  return doc;
}

void lsp_error(yyjson_val *id, int code, const char *message) {
  yyjson_mut_doc *doc = lsp_doc_new();
  yyjson_mut_val *root = doc ? yyjson_mut_obj(doc) : NULL;
  if (root) {
    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "jsonrpc", "2.0");
    yyjson_mut_obj_add_val(doc, root, "id", id ? yyjson_val_mut_copy(doc, id) : yyjson_mut_null(doc));
    yyjson_mut_val *error = yyjson_mut_obj_add_obj(doc, root, "error");
    yyjson_mut_obj_add_int(doc, error, "code", code);
    yyjson_mut_obj_add_strcpy(doc, error, "message", message);
  }
  lsp_tell(doc);
}

/* ---- in ---- */

bool lsp_pending(lsp_server *s) {
  struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
  return !s->in.end && poll(&fd, 1, 0) > 0;
}

/* Reads some bytes more; false: the end. */
static bool in_fill(lsp_input *in) {
  if (in->at && in->at == in->len) in->at = in->len = 0;
  if (in->at > in->cap / 2) {
    memmove(in->data, in->data + in->at, in->len - in->at);
    in->len -= in->at;
    in->at = 0;
  }
  if (in->cap - in->len < 4096) {
    size_t cap = in->cap ? 2 * in->cap : 65536;
    char *data = realloc(in->data, cap);
    if (!data) {
      in->end = true;
      cli_fail(0, "out of memory: nothing more is read");
      return false;
    }
    in->data = data;
    in->cap = cap;
  }
  ssize_t n;
  do n = read(STDIN_FILENO, in->data + in->len, in->cap - in->len);
  while (n < 0 && errno == EINTR);
  in->end = n <= 0;
  if (n > 0) in->len += (size_t)n;
  return n > 0;
}

/* What stands behind `Content-Length:`; len: the line does not have it. It is looked for in all of the line: behind a message whose
 * length was wrong, the next header follows on the same line. */
static size_t header_value(const char *line, size_t len) {
  static const char name[] = "Content-Length:";
  for (size_t i = 0; i + sizeof name - 1 <= len; i++) {
    if (strncasecmp(line + i, name, sizeof name - 1) == 0) return i + sizeof name - 1;
  }
  return len;
}

/* The header that begins at in->at. 1: it is there, *ret_body is the length of what follows; 0: more bytes are needed; -1: it is none,
 * and was passed over. */
static int in_header(lsp_input *in, size_t *ret_body) {
  bool known = false;
  size_t at = in->at;
  for (;;) {
    const char *line = in->data ? in->data + at : "", *end = in->len > at ? memchr(line, '\n', in->len - at) : NULL;
    if (!end) {
      if (in->len - at <= LSP_HEADER_MOST) return 0;
      in->at = in->len; /* whatever this is, it is no header */
      return -1;
    }
    size_t len = (size_t)(end - line);
    if (len && line[len - 1] == '\r') len--;
    at = (size_t)(end - in->data) + 1;
    if (!len) break;
    size_t value = header_value(line, len);
    if (value == len) continue;
    char digits[24] = "";
    memcpy(digits, line + value, len - value < sizeof digits - 1 ? len - value : sizeof digits - 1);
    char *behind;
    errno = 0;
    *ret_body = (size_t)strtoull(digits, &behind, 10);
    known = behind != digits && !errno && !strchr(digits, '-');
  }
  in->at = at;
  return known ? 1 : -1;
}

/* Passes over a body that is too long. */
static void in_skip(lsp_input *in, size_t bytes) {
  while (bytes) {
    size_t here = in->len - in->at < bytes ? in->len - in->at : bytes;
    in->at += here;
    bytes -= here;
    if (bytes && !in_fill(in)) return;
  }
}

/* *ret_later: there is no memory for it now. */
static yyjson_doc *in_parse(lsp_server *s, char *text, size_t len, bool *ret_later) {
  yyjson_read_err error = {0};
  yyjson_doc *doc = yyjson_read_opts(text, len, 0, NULL, &error);
  yyjson_val *root = yyjson_doc_get_root(doc);
  if (doc && yyjson_is_obj(root)) return doc;
  if (doc) {
    lsp_error(NULL, LSP_INVALID_REQUEST, "a message is an object");
  } else if (error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION && s->n_queue) {
    *ret_later = true; /* what waits is answered, and freed */
  } else if (error.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) {
    while (s->n_documents) lsp_lose(s, s->documents[0]); /* it may have been a change of any */
    lsp_error(NULL, LSP_INTERNAL_ERROR, "out of memory");
  } else {
    lsp_error(NULL, LSP_PARSE_ERROR, "this is not JSON");
  }
  yyjson_doc_free(doc);
  return NULL;
}

yyjson_doc *lsp_read(lsp_server *s, bool wait) {
  lsp_input *in = &s->in;
  for (;;) {
    size_t body = 0;
    size_t begin = in->at;
    int header = in_header(in, &body);
    if (header < 0) {
      lsp_error(NULL, LSP_PARSE_ERROR, "a header without Content-Length");
      continue;
    }
    if (header > 0 && body > LSP_MESSAGE_MOST) {
      lsp_error(NULL, LSP_INVALID_REQUEST, "the message is too long");
      in_skip(in, body);
      continue;
    }
    if (header > 0 && in->len - in->at >= body) {
      char *text = in->data + in->at;
      in->at += body;
      bool later = false;
      yyjson_doc *doc = in_parse(s, text, body, &later);
      if (later) in->at = begin;
      if (doc || later) return doc;
      continue;
    }
    in->at = begin;
    if (!wait && !lsp_pending(s)) return NULL;
    if (in->end || !in_fill(in)) return NULL;
  }
}
