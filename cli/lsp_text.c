/* Documents that are open, and positions in them: a line and a column, in the units that the client and we agreed on. */
#include "lsp.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
  return -1;
}

bool lsp_is_file(const char *uri) { return strncmp(uri, "file:///", 8) == 0; }

char *lsp_path(const char *uri) {
  if (!lsp_is_file(uri)) return NULL;
  char *path = malloc(strlen(uri));
  size_t n = 0;
  for (const char *c = uri + 7; path && *c; c++) {
    int high = *c == '%' ? hex_of(c[1]) : -1, low = high >= 0 ? hex_of(c[2]) : -1;
    path[n++] = low >= 0 ? (char)(high << 4 | low) : *c;
    if (low >= 0) c += 2;
  }
  if (path) path[n] = 0;
  return path;
}

/* ---- opening, changing, closing ---- */

static void forget(lsp_document *d) {
  free(d->lines);
  ottl_document_free(d->language);
  d->lines = NULL;
  d->language = NULL;
  d->stale = true;
}

void lsp_document_free(lsp_document *d) {
  if (!d) return;
  forget(d);
  lsp_doc_free(d->told);
  free(d->text);
  free(d->path);
  free(d->uri);
  free(d);
}

static bool splice(lsp_document *d, size_t begin, size_t end, const char *text, size_t len) {
  size_t now = d->len - (end - begin) + len;
  if (now > LSP_DOCUMENT_MOST) return false;
  if (now + 1 > d->cap) {
    size_t cap = now + now / 2 + 256;
    char *grown = realloc(d->text, cap);
    d->no_memory = !grown;
    if (!grown) return false;
    d->text = grown;
    d->cap = cap;
  }
  memmove(d->text + begin + len, d->text + end, d->len - end);
  if (len) memcpy(d->text + begin, text, len);
  d->len = now;
  d->text[now] = 0;
  forget(d);
  return true;
}

bool lsp_open(lsp_server *s, const char *uri, const char *language, int64_t version, const char *text, size_t len) {
  if (s->n_documents >= LSP_DOCUMENTS) return false;
  lsp_document **list = realloc(s->documents, (s->n_documents + 1) * sizeof *list);
  lsp_document *d = list ? calloc(1, sizeof *d) : NULL;
  if (list) s->documents = list;
  if (!d) return false;
  d->uri = strdup(uri);
  d->path = lsp_path(uri);
  d->version = version;
  d->yaml = strcmp(language, "yaml") == 0 || strcmp(language, "json") == 0 || (strcmp(language, "ottl") != 0 && cli_is_yaml(uri));
  bool named = d->uri && (d->path || !lsp_is_file(uri));
  if (!named || !splice(d, 0, 0, text, len)) {
    lsp_document_free(d);
    return false;
  }
  s->documents[s->n_documents++] = d;
  return true;
}

void lsp_close(lsp_server *s, lsp_document *d) {
  for (size_t i = 0; i < s->n_documents; i++) {
    if (s->documents[i] == d) s->documents[i] = s->documents[--s->n_documents];
  }
  lsp_document_free(d);
}

void lsp_lose(lsp_server *s, lsp_document *d) {
  cli_fail(0, "%s is closed, as there is no memory for what was said of it: open it again", d->uri);
  lsp_publish_none(d);
  lsp_close(s, d);
}

lsp_document *lsp_find(lsp_server *s, yyjson_val *params) {
  const char *uri = yyjson_get_str(yyjson_obj_get(yyjson_obj_get(params, "textDocument"), "uri"));
  for (size_t i = 0; uri && i < s->n_documents; i++) {
    if (strcmp(s->documents[i]->uri, uri) == 0) return s->documents[i];
  }
  return NULL;
}

bool lsp_change(lsp_server *s, lsp_document *d, yyjson_val *change) {
  yyjson_val *text = yyjson_obj_get(change, "text"), *range = yyjson_obj_get(change, "range");
  if (!yyjson_is_str(text)) return false;
  size_t begin = 0, end = d->len;
  d->no_memory = range && !lsp_lines(d);
  if (d->no_memory) return false;
  if (range) {
    begin = lsp_offset(s, d, yyjson_obj_get(range, "start"));
    end = lsp_offset(s, d, yyjson_obj_get(range, "end"));
    if (end < begin) return false;
  }
  return splice(d, begin, end, yyjson_get_str(text), yyjson_get_len(text));
}

/* ---- positions ---- */

bool lsp_lines(lsp_document *d) {
  if (d->lines) return true;
  size_t n = 1;
  for (size_t i = 0; i < d->len; i++) n += d->text[i] == '\n' || (d->text[i] == '\r' && d->text[i + 1] != '\n');
  d->lines = calloc(n, sizeof *d->lines);
  if (!d->lines) return false;
  d->n_lines = 1;
  for (size_t i = 0; i < d->len; i++) {
    if (d->text[i] == '\n' || (d->text[i] == '\r' && d->text[i + 1] != '\n')) d->lines[d->n_lines++] = (uint32_t)i + 1;
  }
  return true;
}

size_t lsp_line_begin(lsp_document *d, size_t line) {
  if (!lsp_lines(d) || line >= d->n_lines) return d->len;
  return d->lines[line];
}

size_t lsp_line_of(lsp_document *d, size_t offset) {
  if (!lsp_lines(d)) return 0;
  size_t low = 0, high = d->n_lines;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (d->lines[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static size_t line_end(lsp_document *d, size_t line) {
  size_t end = lsp_line_begin(d, line + 1), begin = lsp_line_begin(d, line);
  while (end > begin && (d->text[end - 1] == '\n' || d->text[end - 1] == '\r')) end--;
  return end;
}

/* The bytes of the character that a text begins with; ill-formed: 1. */
static size_t bytes_at(const char *text, size_t len) {
  unsigned char c = (unsigned char)*text;
  size_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  if (n > len) return 1;
  for (size_t i = 1; i < n; i++) {
    if (((unsigned char)text[i] & 0xC0) != 0x80) return 1;
  }
  return n;
}

static size_t rune_bytes(const lsp_document *d, size_t at) { return bytes_at(d->text + at, d->len - at); }

yyjson_mut_val *lsp_text(yyjson_mut_doc *doc, ottl_view text) {
  char *out = malloc(3 * text.len + 1);
  size_t len = 0;
  if (!out) {
    lsp_doc_lose(doc);
    return NULL;
  }
  for (size_t at = 0, n; at < text.len; at += n) {
    n = bytes_at(text.data + at, text.len - at);
    bool half = n == 1 && (unsigned char)text.data[at] >= 0x80;
    memcpy(out + len, half ? "\xEF\xBF\xBD" : text.data + at, half ? 3 : n);
    len += half ? 3 : n;
  }
  yyjson_mut_val *val = yyjson_mut_strncpy(doc, out, len);
  free(out);
  return val;
}

static size_t rune_units(lsp_encoding encoding, size_t bytes) {
  return encoding == LSP_UTF8 ? bytes : encoding == LSP_UTF16 && bytes == 4 ? 2 : 1;
}

size_t lsp_units(const lsp_server *s, const lsp_document *d, size_t begin, size_t end) {
  size_t units = 0;
  for (size_t at = begin, n; at < end; at += n) units += rune_units(s->encoding, n = rune_bytes(d, at));
  return units;
}

size_t lsp_offset(const lsp_server *s, lsp_document *d, yyjson_val *position) {
  yyjson_val *line = yyjson_obj_get(position, "line"), *character = yyjson_obj_get(position, "character");
  return lsp_offset_at(s, d, yyjson_is_uint(line) ? yyjson_get_uint(line) : 0,
                       yyjson_is_uint(character) ? yyjson_get_uint(character) : 0);
}

size_t lsp_offset_at(const lsp_server *s, lsp_document *d, uint64_t line, uint64_t units) {
  if (!lsp_lines(d) || line >= d->n_lines) return d->len;
  size_t at = d->lines[line], end = line_end(d, (size_t)line);
  while (at < end) {
    size_t bytes = rune_bytes(d, at), width = rune_units(s->encoding, bytes);
    if (width > units) break;
    units -= width;
    at += bytes;
  }
  return at;
}

size_t lsp_place(lsp_document *d, uint32_t line, uint32_t column) {
  size_t at = lsp_line_begin(d, line ? line - 1 : 0), end = line_end(d, line ? line - 1 : 0);
  while (column > 1 && at < end) {
    at += rune_bytes(d, at);
    column--;
  }
  return at;
}

yyjson_mut_val *lsp_position(const lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, size_t offset) {
  size_t line = lsp_line_of(d, offset);
  yyjson_mut_val *position = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_uint(doc, position, "line", line);
  yyjson_mut_obj_add_uint(doc, position, "character", lsp_units(s, d, lsp_line_begin(d, line), offset));
  return position;
}

yyjson_mut_val *lsp_range(const lsp_server *s, lsp_document *d, yyjson_mut_doc *doc, size_t begin, size_t end) {
  yyjson_mut_val *range = yyjson_mut_obj(doc);
  yyjson_mut_obj_add_val(doc, range, "start", lsp_position(s, d, doc, begin));
  yyjson_mut_obj_add_val(doc, range, "end", lsp_position(s, d, doc, end));
  return range;
}

/* ---- what it holds ---- */

bool lsp_holds_conditions(const lsp_document *d) {
  if (cli_rules_conditions(d->text, d->len)) return true;
  for (size_t at = 0; at < d->len;) {
    const char *line = d->text + at, *newline = memchr(line, '\n', d->len - at);
    size_t len = newline ? (size_t)(newline - line) : d->len - at, i = 0;
    at += len + 1;
    if (!len || line[0] == '#' || line[0] == ' ' || line[0] == '\t' || line[0] == '\r' || strncmp(line, "context:", 8) == 0)
      continue;
    while (i < len && ((line[i] >= 'a' && line[i] <= 'z') || line[i] == '_' || (i && line[i] >= '0' && line[i] <= '9'))) i++;
    size_t name = i;
    while (i < len && line[i] == ' ') i++;
    bool statement = name && (i == len || line[i] == '(' || line[i] == '\r');
    bool word = name == 3 && memcmp(line, "not", 3) == 0;
    return !statement || word;
  }
  return false;
}

ottl_document *lsp_language(lsp_server *s, lsp_document *d) {
  if (d->language) return d->language;
  ottl_compile_options compile;
  ottl_compile_options_init(&compile);
  compile.experimental = s->experimental;
  if (!d->yaml && lsp_holds_conditions(d)) compile.kind = OTTL_KIND_FILTER;
  ottl_document_options options;
  ottl_document_options_init(&options);
  options.form = d->yaml ? OTTL_FORMAT_CONFIG : OTTL_FORMAT_FILE;
  options.compile = &compile;
  options.sample = s->sample;
  ottl_status status = ottl_document_create(d->text, d->len, &options, &d->language);
  d->no_memory |= status == OTTL_NOMEM;
  return status == OTTL_OK ? d->language : NULL;
}
