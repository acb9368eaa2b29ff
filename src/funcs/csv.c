/* ParseCSV: one record, whose fields may hold line ends: lines after the first go on where the line before ended. */
#define _GNU_SOURCE /* memmem */
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "funcs/handlers.h"

typedef enum csv_mode { CSV_STRICT, CSV_LAZY_QUOTES, CSV_IGNORE_QUOTES } csv_mode;

typedef struct csv_prep {
  csv_mode mode;
  bool bad_delimiter; /* one that fails on every row, except when quotes are ignored */
  ottl_view delimiter, header_delimiter;
} csv_prep;

/* One character; the text is kept as it is. */
static bool csv_is_rune(ottl_view text, uint32_t *ret) {
  return text.len && (size_t)utf8_decode(text.data, text.len, ret) == text.len;
}

ottl_status ottl__prep_parse_csv(ottl_prepare *p) {
  csv_prep *prep = arena_zero(p->arena, sizeof *prep);
  if (!prep) return OTTL_NOMEM;
  p->prep = prep;
  uint32_t rune = ',', ignored;
  prep->delimiter = VIEW(",");
  if (p->arg[2].given) {
    prep->delimiter = cell_view(p->arg[2].literal);
    if (!csv_is_rune(prep->delimiter, &rune)) return ottl__refuse(p, 2, "the delimiter must be a single character");
    if (rune == OTTL_RUNE_ERROR) prep->delimiter = VIEW("\xef\xbf\xbd");
    prep->bad_delimiter = rune == 0 || rune == '"' || rune == '\r' || rune == '\n' || rune == OTTL_RUNE_ERROR;
  }
  prep->header_delimiter = prep->delimiter;
  if (p->arg[3].given) {
    prep->header_delimiter = cell_view(p->arg[3].literal);
    if (!csv_is_rune(prep->header_delimiter, &ignored))
      return ottl__refuse(p, 3, "the header delimiter must be a single character");
  }
  if (!p->arg[4].given) return OTTL_OK;
  ottl_view mode = cell_view(p->arg[4].literal);
  if (view_is(mode, "lazyQuotes"))
    prep->mode = CSV_LAZY_QUOTES;
  else if (view_is(mode, "ignoreQuotes"))
    prep->mode = CSV_IGNORE_QUOTES;
  else if (!view_is(mode, "strict"))
    return ottl__refuse(p, 4, "unknown mode: it is strict, lazyQuotes or ignoreQuotes");
  return OTTL_OK;
}

/* Where a delimiter is next, or text.len. */
static size_t csv_find(ottl_view text, ottl_view delimiter) {
  if (text.len < delimiter.len) return text.len;
  const char *hit = delimiter.len == 1 ? memchr(text.data, delimiter.data[0], text.len)
                                       : memmem(text.data, text.len, delimiter.data, delimiter.len);
  return hit ? (size_t)(hit - text.data) : text.len;
}

static size_t csv_count(ottl_view text, ottl_view delimiter) {
  size_t n = 1;
  for (size_t at; (at = csv_find(text, delimiter)) < text.len; n++) {
    text = view_of(text.data + at + delimiter.len, text.len - at - delimiter.len);
  }
  return n;
}

static void csv_split(ottl_view text, ottl_view delimiter, ottl_view *fields) {
  for (;;) {
    size_t at = csv_find(text, delimiter);
    *fields++ = view_of(text.data, at);
    if (at == text.len) return;
    text = view_of(text.data + at + delimiter.len, text.len - at - delimiter.len);
  }
}

/* -- encoding/csv -- */

typedef struct csv_reader {
  ottl_view rest, line; /* line: without its end */
  bool line_end;        /* the line has one */
  ottl_view delimiter;
  bool lazy;
  char *out; /* texts of fields, one after the other */
  size_t n_out, field_begin;
  ottl_view *fields;
  size_t n;
} csv_reader;

/* False: no line is left. */
static bool csv_line(csv_reader *r) {
  r->line = VIEW("");
  r->line_end = false;
  if (r->rest.len == 0) return false;
  const char *end = memchr(r->rest.data, '\n', r->rest.len);
  size_t len = end ? (size_t)(end - r->rest.data) : r->rest.len, used = len + (end != NULL);
  r->line_end = end != NULL;
  r->line = view_of(r->rest.data, len && r->rest.data[len - 1] == '\r' ? len - 1 : len);
  r->rest = view_of(r->rest.data + used, r->rest.len - used);
  return true;
}

static void csv_put(csv_reader *r, ottl_view text) {
  if (text.len) memcpy(r->out + r->n_out, text.data, text.len);
  r->n_out += text.len;
}
static void csv_end_field(csv_reader *r) {
  r->fields[r->n++] = view_of(r->out + r->field_begin, r->n_out - r->field_begin);
  r->field_begin = r->n_out;
}
static void csv_step(csv_reader *r, size_t n) { r->line = view_of(r->line.data + n, r->line.len - n); }
static bool csv_at_delimiter(const csv_reader *r) {
  return r->line.len >= r->delimiter.len && memcmp(r->line.data, r->delimiter.data, r->delimiter.len) == 0;
}

typedef enum csv_next { CSV_MORE, CSV_DONE, CSV_BAD } csv_next;

/* A field in quotes; the first is behind us. */
static csv_next csv_quoted(csv_reader *r) {
  for (;;) {
    const char *quote = r->line.len ? memchr(r->line.data, '"', r->line.len) : NULL;
    if (quote) {
      size_t n = (size_t)(quote - r->line.data);
      csv_put(r, view_of(r->line.data, n));
      csv_step(r, n + 1);
      if (r->line.len && r->line.data[0] == '"') {
        csv_put(r, VIEW("\""));
        csv_step(r, 1);
      } else if (csv_at_delimiter(r)) {
        csv_step(r, r->delimiter.len);
        csv_end_field(r);
        return CSV_MORE;
      } else if (r->line.len == 0) {
        csv_end_field(r);
        return CSV_DONE;
      } else if (r->lazy) {
        csv_put(r, VIEW("\""));
      } else {
        return CSV_BAD;
      }
    } else if (r->line.len || r->line_end) {
      csv_put(r, r->line);
      if (r->line_end) csv_put(r, VIEW("\n"));
      (void)csv_line(r);
    } else {
      if (!r->lazy) return CSV_BAD;
      csv_end_field(r);
      return CSV_DONE;
    }
  }
}

static csv_next csv_plain(csv_reader *r) {
  size_t n = csv_find(r->line, r->delimiter);
  if (!r->lazy && n && memchr(r->line.data, '"', n)) return CSV_BAD;
  bool more = n < r->line.len;
  csv_put(r, view_of(r->line.data, n));
  csv_end_field(r);
  csv_step(r, more ? n + r->delimiter.len : n);
  return more ? CSV_MORE : CSV_DONE;
}

/* All fields of the text. False: it is no CSV, or empty. */
static bool csv_read(csv_reader *r) {
  bool first = true;
  while (csv_line(r)) {
    if (r->line.len == 0) continue;
    if (!first) { /* goes on with the last field */
      csv_put(r, VIEW("\n"));
      r->field_begin = (size_t)(r->fields[--r->n].data - r->out);
    }
    size_t before = r->n;
    csv_next next = CSV_MORE;
    while (next == CSV_MORE) {
      if (r->line.len && r->line.data[0] == '"') {
        csv_step(r, 1);
        next = csv_quoted(r);
      } else {
        next = csv_plain(r);
      }
    }
    if (next == CSV_BAD) {
      /* The reference keeps the fields before what is wrong, if there are any. */
      if (r->n == before) return false;
      r->n_out = r->field_begin;
    }
    first = false;
  }
  return !first;
}

/* -- rows -- */

static ottl_status csv_map(ottl_call *c, uint32_t row, const ottl_view *headers, const ottl_view *fields, size_t n,
                           ottl_map *index) {
  ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  ottl__map_clear(index);
  for (size_t i = 0; i < n; i++) {
    uint32_t at = ottl__map_find(index, headers[i]);
    if (at == OTTL_MAP_NONE) {
      at = map->n;
      if (!ottl__rowmap_push(c->arena, map, headers[i])) return OTTL_NOMEM;
      OTTL_TRY(ottl__map_put(index, headers[i], at));
    }
    entry_set(&map->items[at], cell_string(fields[i]));
  }
  out_put(c, row, cell_tree(OTTL_T_MAP, map));
  return OTTL_OK;
}

/* The names of a header, which most rows have in common. */
typedef struct csv_header {
  ottl_view text;
  ottl_view *names;
  size_t n;
} csv_header;

static bool csv_headers(ottl_call *c, ottl_view text, const csv_prep *prep, csv_header *h) {
  if (h->names && view_eq(h->text, text)) return true;
  size_t n = csv_count(text, prep->header_delimiter);
  ottl_view *names = arena_array(c->arena, n, sizeof *names);
  if (!names) return false;
  csv_split(text, prep->header_delimiter, names);
  *h = (csv_header){text, names, n};
  return true;
}

static ottl_status csv_row(ottl_call *c, uint32_t row, const csv_prep *prep, csv_header *known, ottl_map *index) {
  ottl_view text = reg_view(c->arg[0].reg, row), header = reg_view(c->arg[1].reg, row);
  bool ignore = prep->mode == CSV_IGNORE_QUOTES;
  if (header.len == 0 || (!ignore && (prep->bad_delimiter || text.len == 0))) {
    call_fail(c, row, OTTL_ROWERR(BAD_CSV, 0));
    return OTTL_OK;
  }
  if (!csv_headers(c, header, prep, known)) return OTTL_NOMEM;
  size_t n_headers = known->n, most = csv_count(text, prep->delimiter), n = most;
  if (most < n_headers || most > OTTL_MAX_RESULT_BYTES / sizeof(ottl_entry) || (ignore && most != n_headers)) {
    call_fail(c, row, OTTL_ROWERR(BAD_CSV, 0));
    return OTTL_OK;
  }
  ottl_view *fields = arena_array(c->arena, most, sizeof *fields);
  if (!fields) return OTTL_NOMEM;
  if (ignore || !(memchr(text.data, '"', text.len) || memchr(text.data, '\n', text.len) || memchr(text.data, '\r', text.len))) {
    csv_split(text, prep->delimiter, fields); /* no copies */
  } else {
    csv_reader r = {.rest = text, .delimiter = prep->delimiter, .lazy = prep->mode == CSV_LAZY_QUOTES, .fields = fields};
    r.out = arena_alloc(c->arena, text.len + 1);
    if (!r.out) return OTTL_NOMEM;
    n = csv_read(&r) ? r.n : 0;
  }
  if (n != n_headers) {
    call_fail(c, row, OTTL_ROWERR(BAD_CSV, 0));
    return OTTL_OK;
  }
  return csv_map(c, row, known->names, fields, n, index);
}

ottl_status ottl__fn_parse_csv(ottl_call *c) {
  ottl_map index;
  ottl__map_init(&index, &c->scratch->al);
  csv_header header = {{NULL, 0}, NULL, 0};
  ottl_status status = OTTL_OK;
  SEL_EACH(c->sel, c->n, row) {
    if (status == OTTL_OK) status = csv_row(c, row, c->prep, &header, &index);
  }
  ottl__map_done(&index);
  return status;
}
