/* Traces as text and as JSON, of what the public functions tell. */
#include "ottl/trace.h"

#include "base/utf8.h"
#include "diag/diag.h"
#include "ottl/diff.h"

#define WIDEST_PART 60 /* columns of a part of a condition, before its value */

static const char *const outcomes[] = {"ran", "skipped", "failed", "passed"};

/* ---- text ---- */

typedef struct trace_text {
  ottl_sbuf *out;
  bool colour;
} trace_text;

static void paint(trace_text *t, const char *escape) {
  if (t->colour) sbuf_str(t->out, escape);
}

/* On one line: blanks and line ends as one blank, other control characters as `?`. Returns its columns. */
static size_t put_source(ottl_sbuf *out, ottl_view text) {
  size_t columns = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (blank && i + 1 < text.len && memchr(" \n\t\r", text.data[i + 1], 4)) continue;
    sbuf_byte(out, blank ? ' ' : c < ' ' || c == 0x7f ? '?' : (char)c);
    columns += utf8_starts((char)c);
  }
  return columns;
}

static void put_place(ottl_sbuf *out, const ottl_diag_span *span) {
  sbuf_view(out, span->file);
  ottl__sbuf_printf(out, "%s%u:%u", span->file.len ? ":" : "", span->line, span->column);
}

static void put_value(trace_text *t, const ottl_trace_value *v, bool statement) {
  bool where = statement && v->condition; /* set off from the arguments */
  size_t indent = 4 + 2 * (size_t)v->depth, columns = indent;
  for (size_t i = 0; i < indent; i++) sbuf_byte(t->out, ' ');
  if (where && !v->depth) {
    sbuf_str(t->out, "where ");
    columns += 6;
  }
  columns += put_source(t->out, v->span.text);
  do sbuf_byte(t->out, ' ');
  while (++columns < WIDEST_PART);
  sbuf_byte(t->out, ' ');
  if (!v->asked) {
    paint(t, "\x1b[2m");
    sbuf_str(t->out, "not asked");
  } else if (v->code) {
    paint(t, "\x1b[31m");
    ottl__sbuf_printf(t->out, "fails: %s: ", v->code);
    sbuf_view(t->out, v->message);
  } else {
    bool truth = strcmp(v->type, "bool") == 0;
    paint(t, truth && v->value.len == 5 ? "\x1b[31m" : truth ? "\x1b[32m" : "\x1b[36m");
    sbuf_view(t->out, v->value);
  }
  paint(t, "\x1b[0m");
  sbuf_byte(t->out, '\n');
}

static ottl_status put_changes(trace_text *t, const ottl_trace_step *s) {
  ottl_line_diff d;
  OTTL_TRY(ottl_line_diff_create(&t->out->al, s->before, s->after, &d));
  for (size_t i = 0; i < d.n; i++) {
    const ottl_diff_line *line = &d.lines[i];
    if (line->kind == ' ') continue;
    paint(t, line->kind == '+' ? "\x1b[32m" : "\x1b[31m");
    ottl__sbuf_printf(t->out, "  %c ", line->kind);
    sbuf_view(t->out, line->text);
    paint(t, "\x1b[0m");
    sbuf_byte(t->out, '\n');
  }
  if (s->outcome == OTTL_TRACE_RAN && d.n_removed + d.n_added == 0) sbuf_str(t->out, "    changed nothing\n");
  ottl_line_diff_free(&d);
  return OTTL_OK;
}

static void put_outcome(trace_text *t, const ottl_trace_step *s) {
  bool condition = s->statement == UINT32_MAX;
  switch (s->outcome) {
  case OTTL_TRACE_RAN: sbuf_str(t->out, condition ? "  holds\n" : "  ran\n"); break;
  case OTTL_TRACE_SKIPPED: sbuf_str(t->out, condition ? "  does not hold\n" : "  skipped: its condition does not hold\n"); break;
  case OTTL_TRACE_PASSED: sbuf_str(t->out, "  passed by: it was decided before\n"); break;
  case OTTL_TRACE_FAILED:
    ottl__sbuf_printf(t->out, "  failed: %s: ", s->code);
    sbuf_view(t->out, s->message);
    sbuf_byte(t->out, '\n');
  }
}

static ottl_status put_step(trace_text *t, const ottl_exec *exec, size_t i) {
  ottl_trace_step s = {.struct_size = sizeof s};
  OTTL_TRY(ottl_trace_step_get(exec, i, &s));
  if (i) sbuf_byte(t->out, '\n');
  paint(t, "\x1b[2m");
  put_place(t->out, &s.span);
  paint(t, "\x1b[0m");
  sbuf_byte(t->out, ' ');
  paint(t, "\x1b[1m");
  (void)put_source(t->out, s.span.text);
  paint(t, "\x1b[0m");
  if (s.child != OTTL_NO_PLACE) ottl__sbuf_printf(t->out, " on %s %llu", s.context, (unsigned long long)s.child + 1);
  if (s.grandchild != OTTL_NO_PLACE) ottl__sbuf_printf(t->out, ".%llu", (unsigned long long)s.grandchild + 1);
  sbuf_byte(t->out, '\n');
  put_outcome(t, &s);
  for (size_t k = 0; k < s.n_values; k++) {
    ottl_trace_value v = {.struct_size = sizeof v};
    OTTL_TRY(ottl_trace_value_get(exec, i, k, &v));
    put_value(t, &v, s.statement != UINT32_MAX);
  }
  bool editor = s.statement != UINT32_MAX && (s.outcome == OTTL_TRACE_RAN || s.outcome == OTTL_TRACE_FAILED);
  return editor ? put_changes(t, &s) : OTTL_OK;
}

/* ---- JSON ---- */

static void json_text(ottl_sbuf *out, const char *name, ottl_view text) {
  ottl__sbuf_printf(out, ",\"%s\":", name);
  ottl__diag_json_text(out, text);
}

static void json_span(ottl_sbuf *out, const ottl_diag_span *span) {
  ottl__sbuf_printf(out,
                    "\"line\":%u,\"column\":%u,\"column_utf16\":%u,\"end_line\":%u,\"end_column\":%u,\"end_column_utf16\":%u",
                    span->line, span->column, span->column_utf16, span->end_line, span->end_column, span->end_column_utf16);
  json_text(out, "text", span->text);
}

static void json_value(ottl_sbuf *out, const ottl_trace_value *v) {
  sbuf_byte(out, '{');
  json_span(out, &v->span);
  ottl__sbuf_printf(out, ",\"depth\":%u,\"condition\":%s,\"asked\":%s", v->depth, v->condition ? "true" : "false",
                    v->asked ? "true" : "false");
  if (v->asked && v->code) {
    json_text(out, "code", view_str(v->code));
    json_text(out, "message", v->message);
  } else if (v->asked) {
    json_text(out, "type", view_str(v->type));
    json_text(out, "value", v->value);
  }
  sbuf_byte(out, '}');
}

static ottl_status json_changes(ottl_sbuf *out, const ottl_trace_step *s) {
  ottl_line_diff d;
  bool first = true;
  OTTL_TRY(ottl_line_diff_create(&out->al, s->before, s->after, &d));
  sbuf_str(out, ",\"changes\":[");
  for (size_t i = 0; i < d.n; i++) {
    const ottl_diff_line *line = &d.lines[i];
    if (line->kind == ' ') continue;
    ottl__sbuf_printf(out, "%s{\"%s\":", first ? "" : ",", line->kind == '-' ? "before" : "after");
    ottl__diag_json_text(out, line->text);
    sbuf_byte(out, '}');
    first = false;
  }
  sbuf_byte(out, ']');
  ottl_line_diff_free(&d);
  return OTTL_OK;
}

static ottl_status json_step(ottl_sbuf *out, const ottl_exec *exec, size_t i) {
  ottl_trace_step s = {.struct_size = sizeof s};
  OTTL_TRY(ottl_trace_step_get(exec, i, &s));
  bool condition = s.statement == UINT32_MAX;
  ottl__sbuf_printf(out, "%s{\"context\":\"%s\",\"group\":%u,\"%s\":%u", i ? ",\n" : "", s.context, s.group,
                    condition ? "condition" : "statement", condition ? s.condition : s.statement);
  if (s.child != OTTL_NO_PLACE) ottl__sbuf_printf(out, ",\"child\":%llu", (unsigned long long)s.child);
  if (s.grandchild != OTTL_NO_PLACE) ottl__sbuf_printf(out, ",\"grandchild\":%llu", (unsigned long long)s.grandchild);
  if (s.span.file.len) json_text(out, "file", s.span.file);
  sbuf_byte(out, ',');
  json_span(out, &s.span);
  json_text(out, "outcome", view_str(outcomes[s.outcome]));
  if (s.code) {
    json_text(out, "code", view_str(s.code));
    json_text(out, "message", s.message);
  }
  sbuf_str(out, ",\"values\":[");
  for (size_t k = 0; k < s.n_values; k++) {
    ottl_trace_value v = {.struct_size = sizeof v};
    OTTL_TRY(ottl_trace_value_get(exec, i, k, &v));
    if (k) sbuf_byte(out, ',');
    json_value(out, &v);
  }
  sbuf_byte(out, ']');
  OTTL_TRY(json_changes(out, &s));
  sbuf_byte(out, '}');
  return OTTL_OK;
}

ottl_status ottl_trace_write(const ottl_exec *exec, ottl_trace_format format, bool colour, ottl_trace_put put, void *context) {
  if (!exec || !put || (unsigned)format > OTTL_TRACE_JSON) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_sbuf out;
  ottl_status status = OTTL_OK;
  ottl__sbuf_init(&out, &al);
  trace_text text = {&out, colour};
  if (format == OTTL_TRACE_JSON) sbuf_byte(&out, '[');
  for (size_t i = 0; i < ottl_trace_steps(exec) && status == OTTL_OK; i++) {
    status = format == OTTL_TRACE_JSON ? json_step(&out, exec, i) : put_step(&text, exec, i);
    if (status == OTTL_OK) status = sbuf_status(&out);
    if (status == OTTL_OK && out.len) put(context, out.data, out.len);
    out.len = 0;
  }
  if (format == OTTL_TRACE_JSON && status == OTTL_OK)
    put(context, ottl_trace_steps(exec) ? "]" : "[]", ottl_trace_steps(exec) ? 1 : 2);
  ottl__sbuf_done(&out);
  return status;
}
