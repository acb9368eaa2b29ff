/* Files of statements: comments, blank lines and `context:` lines between them. */
#include "tooling/format.h"

#include "syntax/split.h"

void ottl__format_left(format_job *job, ottl_span span, const char *why) {
  ottl__diag_add(job->diags, DIAG_LEFT_ALONE, span, "left as it is: %s", why);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

/* ---- one text alone ---- */

/* What a text that does not parse was meant to be: a statement begins with the call of an editor. */
static ottl_parse_entry meant_entry(ottl_view text) {
  const char *p = text.data, *end = p + text.len;
  while (p < end && (is_blank(*p) || *p == '\n')) p++;
  const char *name = p;
  while (p < end && ((*p >= 'a' && *p <= 'z') || *p == '_' || (p > name && *p >= '0' && *p <= '9'))) p++;
  bool named = p > name;
  while (p < end && is_blank(*p)) p++;
  return p == end || (named && *p == '(') ? OTTL_ENTRY_STATEMENT : OTTL_ENTRY_CONDITION;
}

static ottl_status format_snippet(format_job *job) {
  layout_text text = {.text = job->text, .width = job->width};
  layout_result result;
  uint32_t source = ottl__diags_source(job->diags, view_str(job->options->name), job->text, 1, 1, 0);
  for (int entry = OTTL_ENTRY_STATEMENT; entry <= OTTL_ENTRY_VALUE; entry++) {
    text.entry = (ottl_parse_entry)entry;
    ottl_status status = ottl__layout(job->arena, &text, source, NULL, &result);
    if (status == OTTL_COMPILE) continue;
    if (status != OTTL_OK) return status;
    sbuf_view(job->out, result.left ? job->text : result.text);
    if (result.left) ottl__format_left(job, (ottl_span){source, 0, (uint32_t)job->text.len}, "it would become another one");
    return OTTL_OK;
  }
  job->refused = true;
  sbuf_view(job->out, job->text);
  text.entry = meant_entry(job->text);
  ottl_status status = ottl__layout(job->arena, &text, source, job->diags, &result);
  return status == OTTL_COMPILE ? OTTL_OK : status;
}

/* ---- files ---- */

typedef struct format_file {
  format_job *job;
  ottl_arena scratch; /* for one statement */
  ottl_parse_entry entry;
  layout_comment *comments;
  size_t cap_comments;
  bool blank; /* an empty line comes before what is written next */
} format_file;

static ottl_view trimmed(ottl_view v) {
  while (v.len && is_blank(v.data[0])) v.data++, v.len--;
  while (v.len && is_blank(v.data[v.len - 1])) v.len--;
  return v;
}

/* The line that begins at `at`, without its end; *ret_next: the line behind it. */
static ottl_view line_at(ottl_view text, size_t at, size_t *ret_next) {
  const char *newline = memchr(text.data + at, '\n', text.len - at);
  size_t end = newline ? (size_t)(newline - text.data) : text.len;
  *ret_next = newline ? end + 1 : end;
  return view_of(text.data + at, end - at);
}

static void write_line(format_file *f, const char *before, ottl_view line) {
  ottl_sbuf *out = f->job->out;
  if (f->blank && out->len) sbuf_byte(out, '\n');
  f->blank = false;
  sbuf_str(out, before);
  sbuf_view(out, line);
  sbuf_byte(out, '\n');
}

/* Lines between statements: they are empty, comments, or tell the context. */
static void write_between(format_file *f, size_t begin, size_t end) {
  for (size_t at = begin; at < end;) {
    ottl_view line = trimmed(line_at(f->job->text, at, &at));
    const char *colon = line.len ? memchr(line.data, ':', line.len) : NULL;
    if (!line.len) {
      f->blank = true;
    } else if (line.data[0] == '#' || !colon) {
      write_line(f, "", line);
    } else {
      write_line(f, "context: ", trimmed(view_of(colon + 1, line.len - (size_t)(colon + 1 - line.data))));
    }
  }
}

/* The comment lines inside a statement; its text has blanks in their place. */
static ottl_status find_comments(format_file *f, const ottl_piece *p, size_t *ret_n) {
  *ret_n = 0;
  size_t end = p->offset + p->text.len, at;
  line_at(f->job->text, p->offset, &at);
  while (at < end) {
    size_t next;
    ottl_view line = trimmed(line_at(f->job->text, at, &next));
    if (line.len && line.data[0] == '#') {
      OTTL_TRY(ottl__al_reserve(&f->job->arena->al, &f->comments, &f->cap_comments, *ret_n + 1, sizeof *f->comments));
      f->comments[(*ret_n)++] = (layout_comment){(uint32_t)((size_t)(line.data - f->job->text.data) - p->offset), line};
    }
    at = next;
  }
  return OTTL_OK;
}

static size_t line_begin(ottl_view text, size_t at) {
  while (at && text.data[at - 1] != '\n') at--;
  return at;
}

/* A statement that stays: its lines, as they are. */
static void write_as_is(format_file *f, const ottl_piece *p) {
  size_t begin = line_begin(f->job->text, p->offset);
  if (begin == 0 && p->offset >= 3 && (unsigned char)f->job->text.data[0] == 0xEF) begin = 3; /* behind the byte order mark */
  write_line(f, "", view_of(f->job->text.data + begin, p->offset + p->text.len - begin));
}

static ottl_status write_piece(format_file *f, const ottl_piece *p) {
  format_job *job = f->job;
  layout_text text = {.entry = f->entry, .text = p->text, .width = job->width};
  layout_result result;
  OTTL_TRY(find_comments(f, p, &text.n_comments));
  text.comments = f->comments;
  uint32_t source = ottl__diags_source(job->diags, view_str(job->options->name), p->text, p->line, p->column, p->offset);
  ottl__arena_reset(&f->scratch);
  ottl_status status = ottl__layout(&f->scratch, &text, source, job->diags, &result);
  if (status == OTTL_OK && !result.left) {
    write_line(f, "", result.text);
    return OTTL_OK;
  }
  if (status != OTTL_OK && status != OTTL_COMPILE) return status;
  job->refused |= status == OTTL_COMPILE;
  if (status == OTTL_OK)
    ottl__format_left(job, (ottl_span){source, 0, (uint32_t)p->text.len},
                      text.n_comments ? "a line that begins with `#` is part of a string" : "it would become another one");
  write_as_is(f, p);
  return OTTL_OK;
}

/* A file holds statements or conditions: whichever more of it are. */
static ottl_status find_entry(format_file *f, const ottl_pieces *pieces) {
  size_t n[2] = {0, 0};
  for (size_t i = 0; i < pieces->n; i++) {
    for (int entry = OTTL_ENTRY_STATEMENT; entry <= OTTL_ENTRY_CONDITION; entry++) {
      ottl_node *tree = NULL;
      ottl__arena_reset(&f->scratch);
      ottl_status status = ottl__parse(&f->scratch, (ottl_parse_entry)entry, pieces->items[i].text, 0, 0, NULL, &tree);
      if (status == OTTL_NOMEM) return status;
      n[entry] += status == OTTL_OK;
      if (status == OTTL_OK) break; /* nothing is both */
    }
  }
  f->entry = n[1] > n[0] ? OTTL_ENTRY_CONDITION : OTTL_ENTRY_STATEMENT;
  return OTTL_OK;
}

static ottl_status write_pieces(format_file *f, const ottl_pieces *pieces) {
  ottl_view text = f->job->text;
  size_t at = text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  OTTL_TRY(find_entry(f, pieces));
  for (size_t i = 0; i < pieces->n; i++) {
    const ottl_piece *p = &pieces->items[i];
    size_t begin = line_begin(text, p->offset);
    write_between(f, at, begin > at ? begin : at);
    OTTL_TRY(write_piece(f, p));
    line_at(text, p->offset + p->text.len, &at);
  }
  write_between(f, at, text.len);
  return OTTL_OK;
}

static ottl_status format_file_text(format_job *job) {
  format_file f = {.job = job};
  ottl_pieces pieces;
  ottl_status status = ottl__split(job->arena, job->text, &pieces);
  if (status != OTTL_OK) return status;
  ottl__arena_init(&f.scratch, &job->arena->al, 0);
  status = write_pieces(&f, &pieces);
  ottl__arena_done(&f.scratch);
  al_free(&job->arena->al, f.comments, f.cap_comments * sizeof *f.comments);
  return status;
}

/* ---- the public functions ---- */

void ottl_format_options_init(ottl_format_options *options) { *options = (ottl_format_options){.struct_size = sizeof *options}; }

static ottl_status format_text(format_job *job) {
  switch (job->options->form) {
  case OTTL_FORMAT_SNIPPET: return format_snippet(job);
  case OTTL_FORMAT_CONFIG: return ottl__format_config(job);
  default: return format_file_text(job);
  }
}

ottl_status ottl_format(const char *text, size_t len, const ottl_format_options *options, ottl_format_write write, void *context,
                        ottl_diags **ret_diags) {
  ottl_format_options defaults;
  ottl_format_options_init(&defaults);
  const ottl_format_options *o = options ? options : &defaults;
  if (ret_diags) *ret_diags = NULL;
  if ((len && !text) || !write || o->struct_size < sizeof *o || (unsigned)o->form > OTTL_FORMAT_CONFIG ||
      (unsigned)o->config > OTTL_CONFIG_ROUTING)
    return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(o->allocator);
  ottl_arena arena;
  ottl_sbuf out;
  format_job job = {.arena = &arena, .text = {text ? text : "", len}, .options = o, .out = &out};
  job.width = o->width == 0 ? LAYOUT_WIDTH : o->width < UINT32_MAX ? (uint32_t)o->width : UINT32_MAX;
  OTTL_TRY(ottl__diags_create(&al, &job.diags));
  ottl__arena_init(&arena, &al, 0);
  ottl__sbuf_init(&out, &al);
  ottl_status status = format_text(&job);
  if (status == OTTL_OK) status = sbuf_status(&out);
  const bool whole = status == OTTL_OK;
  if (whole && job.refused) status = OTTL_COMPILE;
  status = ottl__diags_give(job.diags, ret_diags, status);
  if (whole && status != OTTL_NOMEM) write(context, out.len ? out.data : "", out.len);
  ottl__sbuf_done(&out);
  ottl__arena_done(&arena);
  return status;
}
