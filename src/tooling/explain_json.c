/* Explained programs as JSON. */
#include "tooling/describe.h"
#include "tooling/explain.h"

static void put_line(ottl_sbuf *out, const char *key, ottl_view text) {
  ottl_sbuf line;
  ottl__sbuf_init(&line, &out->al);
  ottl__explain_line(&line, text, 0);
  ottl__describe_key(out, key);
  ottl__diag_json_text(out, sbuf_all(&line));
  if (line.failed) out->failed = true;
  ottl__sbuf_done(&line);
}

/* What a function writes, as a member. */
static void put_written(ottl_sbuf *out, const char *key, const explain_program *p, const explain_group *g,
                        void (*write)(ottl_sbuf *out, const explain_program *p, const explain_group *g)) {
  ottl_sbuf text;
  ottl__sbuf_init(&text, &out->al);
  write(&text, p, g);
  ottl__describe_key(out, key);
  if (text.len)
    ottl__diag_json_text(out, sbuf_all(&text));
  else
    sbuf_str(out, "null");
  if (text.failed) out->failed = true;
  ottl__sbuf_done(&text);
}

static void put_span(ottl_sbuf *out, const ottl_source *s, size_t begin, size_t end) {
  ottl_diag_span span = ottl__diag_span(s, begin, end, (ottl_view){"", 0});
  ottl__describe_key(out, "span");
  sbuf_str(out, "{\"file\":");
  if (span.file.len)
    ottl__diag_json_text(out, span.file);
  else
    sbuf_str(out, "null");
  ottl__sbuf_printf(out, ",\"begin\":%zu,\"end\":%zu,\"line\":%u,\"column\":%u,\"columnUtf16\":%u", span.begin, span.end,
                    span.line, span.column, span.column_utf16);
  ottl__sbuf_printf(out, ",\"endLine\":%u,\"endColumn\":%u,\"endColumnUtf16\":%u}", span.end_line, span.end_column,
                    span.end_column_utf16);
}

static void put_types(ottl_sbuf *out, ottl_types types) {
  ottl__describe_key(out, "types");
  sbuf_byte(out, '"');
  ottl__describe_types_nil(out, types);
  sbuf_byte(out, '"');
}

/* ---- expressions ---- */

typedef struct json_walk {
  ottl_sbuf *out;
  const explain_program *p;
  const explain_group *g;
} json_walk;

static void put_expr(void *context, const ottl_expr *x) {
  json_walk *w = context;
  x = explain_seen(x);
  ottl__describe_comma(w->out);
  sbuf_byte(w->out, '{');
  put_line(w->out, "text", ottl__explain_written(w->p, x));
  put_types(w->out, x->types);
  bool own = x->impure || x->locals;
  ottl__describe_text(w->out, "per",
                      ottl__explain_level(w->g, own            ? w->g->code->code->level
                                                : x->level < 0 ? OTTL_LEVEL_CONST
                                                               : (uint32_t)x->level));
  ottl__describe_bool(w->out, "mayFail", x->may_fail);
  ottl__describe_key(w->out, "operands");
  sbuf_byte(w->out, '[');
  ottl__explain_kids(x, put_expr, w);
  sbuf_str(w->out, "]}");
}

static void put_optional(json_walk *w, const char *key, const ottl_expr *x) {
  ottl__describe_key(w->out, key);
  if (x)
    put_expr(w, x);
  else
    sbuf_str(w->out, "null");
}

/* ---- parts ---- */

static void put_texts(ottl_sbuf *out, const char *key, const explain_texts *texts) {
  ottl__describe_key(out, key);
  sbuf_byte(out, '[');
  for (uint32_t i = 0; i < texts->n; i++) ottl__describe_view(out, texts->items[i]);
  sbuf_byte(out, ']');
}

typedef void (*put_note)(const json_walk *w, const explain_note *note);

static void put_expr_line(const json_walk *w, const ottl_expr *x) { put_line(w->out, "text", ottl__explain_written(w->p, x)); }

static void put_once(const json_walk *w, const explain_note *note) {
  ottl__describe_text(w->out, "per", ottl__explain_level(w->g, note->what));
  put_expr_line(w, note->expr);
}

static void put_shared(const json_walk *w, const explain_note *note) {
  const explain_part *with = &w->g->parts[note->what];
  put_expr_line(w, note->expr);
  ottl__describe_text(w->out, "with", with->condition ? "condition" : "statement");
  ottl__describe_int(w->out, "number", with->number + 1);
}

static void put_memo(const json_walk *w, const explain_note *note) { put_expr_line(w, note->expr); }

static void put_fails(const json_walk *w, const explain_note *note) {
  put_expr_line(w, note->expr);
  ottl__describe_text(w->out, "by", ottl__explain_fail(note->what));
}

static void put_notes(const json_walk *w, const char *key, const explain_notes *notes, put_note put) {
  ottl__describe_key(w->out, key);
  sbuf_byte(w->out, '[');
  for (uint32_t i = 0; i < notes->n; i++) {
    ottl__describe_comma(w->out);
    sbuf_byte(w->out, '{');
    put(w, &notes->items[i]);
    sbuf_byte(w->out, '}');
  }
  sbuf_byte(w->out, ']');
}

static const char *operand_name(const ottl_expr *x) {
  return x->kind == OTTL_E_AND ? "and" : x->kind == OTTL_E_OR ? "or" : x->kind == OTTL_E_NOT ? "not" : "plain";
}

static void put_operands(const explain *x, json_walk *w, const explain_part *part) {
  uint32_t first = part->n_operands ? (uint32_t)(part->operands - w->g->code->debug.operands) : 0;
  ottl__describe_key(w->out, "condition");
  sbuf_byte(w->out, '[');
  for (uint32_t i = 0; i < part->n_operands; i++) {
    const code_operand *o = &part->operands[i];
    const meter_operand *m = &part->operand_counts[i];
    ottl__describe_comma(w->out);
    sbuf_byte(w->out, '{');
    ottl__describe_text(w->out, "kind", operand_name(o->expr));
    ottl__describe_key(w->out, "parent");
    if (o->parent == UINT32_MAX)
      sbuf_str(w->out, "null");
    else
      ottl__sbuf_printf(w->out, "%u", o->parent - first);
    put_line(w->out, "text", ottl__explain_written(w->p, o->expr));
    ottl__describe_int(w->out, "true", (int64_t)explain_count(x, m->holds));
    ottl__describe_int(w->out, "false", (int64_t)explain_count(x, m->fails));
    ottl__describe_int(w->out, "errors", (int64_t)explain_count(x, m->errors));
    sbuf_byte(w->out, '}');
  }
  sbuf_byte(w->out, ']');
}

static void put_profile(const explain *x, json_walk *w, const explain_part *part) {
  ottl__describe_key(w->out, "profile");
  sbuf_byte(w->out, '{');
  ottl__describe_int(w->out, "rows", (int64_t)part->count.rows);
  ottl__describe_int(w->out, "selected", (int64_t)part->count.selected);
  ottl__describe_int(w->out, "errors", (int64_t)part->count.errors);
  if (!x->options->no_times) {
    ottl__describe_int(w->out, "nanoseconds", (int64_t)explain_count(x, part->ns));
    ottl__describe_int(w->out, "memoRows", (int64_t)explain_count(x, part->count.memo_rows));
    ottl__describe_int(w->out, "memoHits", (int64_t)explain_count(x, part->count.memo_hits));
  }
  put_operands(x, w, part);
  sbuf_byte(w->out, '}');
}

static void put_bytecode(json_walk *w, uint32_t k) {
  const explain_code *c = w->g->code;
  ottl__describe_key(w->out, "bytecode");
  sbuf_byte(w->out, '[');
  for (uint32_t i = 0; i < c->code->n_insns; i++) {
    if (c->debug.insns[i].part != k) continue;
    ottl_sbuf line;
    ottl__sbuf_init(&line, &w->out->al);
    ottl__code_instruction(c->code, &line, i);
    ottl__describe_view(w->out, sbuf_all(&line));
    if (line.failed) w->out->failed = true;
    ottl__sbuf_done(&line);
  }
  sbuf_byte(w->out, ']');
}

static void put_part(const explain *x, json_walk *w, uint32_t k) {
  const explain_part *part = &w->g->parts[k];
  ottl_sbuf *out = w->out;
  ottl__describe_comma(out);
  sbuf_str(out, "\n{");
  ottl__describe_text(out, "kind", ottl__explain_part_kind(w->p, part));
  ottl__describe_int(out, "number", part->number + 1);
  put_line(out, "text", part->source->text);
  put_span(out, part->source, 0, part->source->text.len);
  ottl__describe_text(out, "per", ottl__explain_level(w->g, part->level));
  ottl__describe_bool(out, "neverRuns", part->never);
  put_texts(out, "reads", &part->reads);
  put_texts(out, "writes", &part->writes);
  put_notes(w, "once", &part->once, put_once);
  put_notes(w, "shared", &part->shares, put_shared);
  put_notes(w, "memo", &part->memo, put_memo);
  put_notes(w, "fails", &part->fails, put_fails);
  put_optional(w, "where", part->where);
  put_optional(w, "does", part->call);
  if (x->options->bytecode) put_bytecode(w, k);
  if (w->p->profiled) put_profile(x, w, part);
  sbuf_byte(out, '}');
}

/* ---- groups and programs ---- */

static void put_group(const explain *x, json_walk *w) {
  ottl_sbuf *out = w->out;
  const explain_group *g = w->g;
  ottl__describe_comma(out);
  sbuf_str(out, "\n{");
  ottl__describe_int(out, "group", g->code->group + 1);
  ottl__describe_text(out, "context", ottl__contexts[g->code->code->context].name);
  ottl__describe_bool(out, "inferred", g->code->checked->reason.inferred);
  put_written(out, "why", w->p, g, ottl__explain_context);
  ottl__describe_text(out, "errorMode", ottl__explain_mode(g->code->code->error_mode));
  ottl__describe_text(out, "order", ottl__explain_how(g));
  put_written(out, "because", w->p, g, ottl__explain_order);
  put_texts(out, "reads", &g->reads);
  put_texts(out, "writes", &g->writes);
  ottl__describe_key(out, "maps");
  sbuf_byte(out, '[');
  for (uint32_t i = 0; i < g->n_maps; i++) {
    ottl__describe_comma(out);
    sbuf_str(out, "{\"path\":");
    ottl__diag_json_text(out, g->maps[i].path);
    ottl__describe_bool(out, "whole", g->maps[i].entries);
    sbuf_byte(out, '}');
  }
  sbuf_byte(out, ']');
  ottl__describe_key(out, "statements");
  sbuf_byte(out, '[');
  for (uint32_t k = 0; k < g->n_parts; k++) put_part(x, w, k);
  sbuf_str(out, "]}");
}

static void put_total(const explain *x, ottl_sbuf *out, const explain_program *p) {
  ottl__describe_key(out, "profile");
  sbuf_byte(out, '{');
  ottl__describe_int(out, "messages", (int64_t)explain_count(x, p->total.runs));
  ottl__describe_int(out, "bytes", (int64_t)explain_count(x, p->total.bytes));
  if (!x->options->no_times) {
    ottl__describe_int(out, "passes", (int64_t)x->passes);
    ottl__describe_int(out, "reading", (int64_t)explain_count(x, p->total.reading));
    ottl__describe_int(out, "statements", (int64_t)explain_count(x, p->total.statements));
    ottl__describe_int(out, "writing", (int64_t)explain_count(x, p->total.writing));
  }
  sbuf_byte(out, '}');
}

void ottl__explain_json(const explain *x, ottl_sbuf *out) {
  static const char *const kinds[] = {"transform", "filter", "values", "conditions", "route"};
  static const char *const signals[] = {"any", "logs", "traces", "metrics", "profiles"};
  sbuf_str(out, "{\"programs\":[");
  for (size_t i = 0; i < x->n; i++) {
    const explain_program *p = &x->programs[i];
    ottl__describe_comma(out);
    sbuf_byte(out, '{');
    ottl__describe_key(out, "name");
    if (p->name)
      ottl__diag_json_text(out, view_str(p->name));
    else
      sbuf_str(out, "null");
    ottl__describe_text(out, "kind", kinds[p->kind]);
    ottl__describe_text(out, "signal", signals[p->signal]);
    if (p->profiled) put_total(x, out, p);
    ottl__describe_key(out, "groups");
    sbuf_byte(out, '[');
    for (uint32_t c = 0; c < p->n_codes; c++) {
      json_walk w = {out, p, &p->groups[c]};
      put_group(x, &w);
    }
    sbuf_str(out, "]}");
  }
  sbuf_str(out, "]}\n");
}
