/* Explained programs for people: what a plan of a database looks like. Costs are a table of their own (explain_cost.c). */
#include <stdio.h>

#include "tooling/describe.h"
#include "tooling/explain.h"

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

typedef struct text_to {
  const explain *x;
  const explain_program *p;
  const explain_group *g;
  ottl_sbuf *out;
} text_to;

static void style(const text_to *t, const char *escape) {
  if (t->x->options->colour) sbuf_str(t->out, escape);
}

#define HEAD 10
#define LINE 100 /* columns */

/* "  name      ", and what follows on the same line is its value. */
static void head(const text_to *t, const char *name) {
  style(t, DIM);
  ottl__sbuf_printf(t->out, "  %-8s", name);
  style(t, PLAIN);
}

static void put_list(const text_to *t, const char *name, const explain_texts *texts) {
  if (!texts->n) return;
  head(t, name);
  for (uint32_t i = 0, column = HEAD; i < texts->n; i++) {
    column += (uint32_t)texts->items[i].len + 2;
    if (i && column > LINE) {
      ottl__sbuf_printf(t->out, ",\n%*s", HEAD, "");
      column = HEAD + (uint32_t)texts->items[i].len;
    } else if (i) {
      sbuf_str(t->out, ", ");
    }
    ottl__explain_line(t->out, texts->items[i], 0);
  }
  sbuf_byte(t->out, '\n');
}

static void put_maps(const text_to *t) {
  for (uint32_t i = 0; i < t->g->n_maps; i++) {
    const explain_map *m = &t->g->maps[i];
    if (!m->entries) continue;
    head(t, "whole");
    sbuf_view(t->out, m->path);
    sbuf_str(t->out, ": all of it is read");
    if (m->part != UINT32_MAX) {
      sbuf_str(t->out, " for ");
      ottl__explain_part_name(t->out, t->p, t->g, m->part);
    }
    sbuf_byte(t->out, '\n');
  }
}

static void put_group_head(const text_to *t) {
  const ottl_code *code = t->g->code->code;
  ottl__sbuf_printf(t->out, "\n");
  style(t, BOLD);
  ottl__sbuf_printf(t->out, "%s %u: %s", t->p->kind == OTTL_KIND_ROUTE ? "from route" : "group", t->g->code->group + 1,
                    ottl__contexts[code->context].name);
  style(t, PLAIN);
  ottl__sbuf_printf(t->out, ", %s\n", ottl__explain_how(t->g));
  if (code->row_order) {
    head(t, "because");
    ottl__explain_order(t->out, t->p, t->g);
    sbuf_byte(t->out, '\n');
  }
  head(t, "context");
  ottl__explain_context(t->out, t->p, t->g);
  sbuf_byte(t->out, '\n');
  head(t, "errors");
  sbuf_str(t->out, ottl__explain_mode(code->error_mode));
  if (code->on_failure == OTTL_ON_FAILURE_ATOMIC) sbuf_str(t->out, ", a record takes back what the group wrote");
  if (code->on_failure == OTTL_ON_FAILURE_ROLLBACK) sbuf_str(t->out, ", a record leaves as it came");
  sbuf_byte(t->out, '\n');
  put_list(t, "reads", &t->g->reads);
  put_list(t, "writes", &t->g->writes);
  put_maps(t);
  sbuf_byte(t->out, '\n');
}

/* ---- notes of a statement ---- */

#define NOTE_INDENT 8

static void note(const text_to *t, const char *format, ...) OTTL_PRINTF(2, 3);
static void note(const text_to *t, const char *format, ...) {
  char text[64];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  style(t, DIM);
  ottl__sbuf_printf(t->out, "%*s%-18s ", NOTE_INDENT, "", text);
  style(t, PLAIN);
}

static void note_expr(const text_to *t, const ottl_expr *x) { ottl__explain_line(t->out, ottl__explain_written(t->p, x), 0); }

static void put_notes(const text_to *t, const explain_part *part) {
  uint8_t own = t->g->code->code->level;
  if (part->never) note(t, "never runs"), sbuf_str(t->out, "its condition is never true\n");
  if (part->level != own) {
    note(t, "once per %s", ottl__explain_level(t->g, part->level));
    sbuf_str(t->out, "the statement as a whole, not for each record\n");
  }
  for (uint32_t i = 0; i < part->once.n; i++) {
    note(t, "once per %s", ottl__explain_level(t->g, part->once.items[i].what));
    note_expr(t, part->once.items[i].expr);
    sbuf_byte(t->out, '\n');
  }
  for (uint32_t i = 0; i < part->shares.n; i++) {
    const explain_part *with = &t->g->parts[part->shares.items[i].what];
    if (with == part)
      note(t, "computed once");
    else
      note(t, "computed in %s%u", with->condition && t->p->kind == OTTL_KIND_TRANSFORM ? "c" : "", with->number + 1);
    note_expr(t, part->shares.items[i].expr);
    sbuf_byte(t->out, '\n');
  }
  for (uint32_t i = 0; i < part->memo.n; i++) {
    note(t, "once per value");
    note_expr(t, part->memo.items[i].expr);
    sbuf_byte(t->out, '\n');
  }
  for (uint32_t i = 0; i < part->fails.n; i++) {
    note(t, "can fail");
    note_expr(t, part->fails.items[i].expr);
    ottl__sbuf_printf(t->out, ": %s\n", ottl__explain_fail(part->fails.items[i].what));
  }
}

/* ---- types ---- */

typedef struct types_walk {
  const text_to *t;
  unsigned depth;
  size_t width; /* of the column of texts */
  bool measure;
} types_walk;

#define MOST_TYPED 72

static void put_typed(void *context, const ottl_expr *x) {
  types_walk *w = context;
  ottl_sbuf *out = w->t->out;
  size_t before = out->len, begin;
  if (x->kind == OTTL_E_LITERAL) return;
  x = explain_seen(x);
  ottl__sbuf_printf(out, "%*s", NOTE_INDENT + 2 * (int)w->depth, "");
  begin = before;
  ottl__explain_line(out, ottl__explain_written(w->t->p, x), MOST_TYPED);
  size_t columns = out->len - begin;
  if (w->measure) {
    if (columns > w->width) w->width = columns;
    out->len = before;
  } else {
    ottl__sbuf_printf(out, "%*s  ", columns < w->width ? (int)(w->width - columns) : 0, "");
    style(w->t, DIM);
    ottl__describe_types_nil(out, x->types);
    if (x->may_fail) sbuf_str(out, x->must_fail ? ", always fails" : ", can fail");
    style(w->t, PLAIN);
    sbuf_byte(out, '\n');
  }
  w->depth++;
  ottl__explain_kids(x, put_typed, w);
  w->depth--;
}

static void put_types(const text_to *t, const explain_part *part) {
  types_walk w = {t, 0, 0, true};
  for (int turn = 0; turn < 2; turn++) {
    w.measure = turn == 0;
    if (part->where) put_typed(&w, part->where);
    if (part->call && part->call->kind == OTTL_E_CALL && t->p->kind != OTTL_KIND_VALUES)
      ottl__explain_kids(part->call, put_typed, &w);
    else if (part->call)
      put_typed(&w, part->call);
  }
}

/* ---- bytecode ---- */

static void put_bytecode(const text_to *t, uint32_t k) {
  const explain_code *c = t->g->code;
  for (uint32_t i = 0; i < c->code->n_insns; i++) {
    if (c->debug.insns[i].part != k) continue;
    style(t, DIM);
    ottl__sbuf_printf(t->out, "%*s", NOTE_INDENT, "");
    ottl__code_instruction(c->code, t->out, i);
    style(t, PLAIN);
    sbuf_byte(t->out, '\n');
  }
}

/* ---- parts ---- */

/* Is it worth telling where each stands? */
static bool has_places(const explain_group *g) {
  for (uint32_t k = 0; k < g->n_parts; k++) {
    diag_place at = ottl__diag_place(g->parts[k].source, 0);
    if (at.line != 1 || at.column != 1) return true;
  }
  return false;
}

static void put_part(const text_to *t, uint32_t k, bool places) {
  const explain_part *part = &t->g->parts[k];
  bool condition = part->condition && t->p->kind == OTTL_KIND_TRANSFORM;
  char number[16], place[32] = "";
  snprintf(number, sizeof number, "%s%u", condition ? "c" : "", part->number + 1);
  diag_place at = ottl__diag_place(part->source, 0);
  if (places) snprintf(place, sizeof place, "%u:%u", at.line, at.column);
  ottl__sbuf_printf(t->out, "%5s  ", number);
  style(t, DIM);
  if (places) ottl__sbuf_printf(t->out, "%-7s ", place);
  style(t, PLAIN);
  style(t, BOLD);
  ottl__explain_line(t->out, part->source->text, 0);
  style(t, PLAIN);
  sbuf_byte(t->out, '\n');
  if (t->x->options->types) put_types(t, part);
  put_notes(t, part);
  if (t->x->options->bytecode) put_bytecode(t, k);
}

static void put_program_head(const text_to *t, size_t i) {
  static const char *const kinds[] = {"transform", "filter: a record goes when any condition holds", "values", "conditions",
                                      "routing table"};
  static const char *const signals[] = {"any signal", "logs", "traces", "metrics", "profiles"};
  const explain_program *p = t->p;
  if (i) sbuf_byte(t->out, '\n');
  style(t, BOLD);
  if (p->name) sbuf_str(t->out, p->name);
  style(t, PLAIN);
  ottl__sbuf_printf(t->out, "%s%s, %s", p->name ? ": " : "", signals[p->signal], kinds[p->kind]);
  if (p->flatten) sbuf_str(t->out, ", flattened");
  if (!p->n_codes) sbuf_str(t->out, ", nothing to do");
  sbuf_byte(t->out, '\n');
}

void ottl__explain_text(const explain *x, ottl_sbuf *out) {
  bool profiled = x->n && x->programs[0].profiled;
  if (profiled) ottl__explain_costs(x, out);
  for (size_t i = 0; i < x->n && (!profiled || x->options->types || x->options->bytecode); i++) {
    text_to t = {x, &x->programs[i], NULL, out};
    put_program_head(&t, i + profiled);
    for (uint32_t c = 0; c < x->programs[i].n_codes; c++) {
      t.g = &x->programs[i].groups[c];
      bool places = has_places(t.g);
      put_group_head(&t);
      for (uint32_t k = 0; k < t.g->n_parts; k++) put_part(&t, k, places);
    }
  }
}
