/* The table of what programs did:
 *
 *       rows      selected  errors   ns/row   share   memo        statement
 *          7          4  57%       -      3.1   12.0%      -     2  set(...) where ...
 *          7          5  71%       -                                  log.severity_number >= 9
 *
 * Below a statement whose condition has operands, a line for each: the rows that asked it, and for how many it was true. */
#include <inttypes.h>
#include <stdio.h>

#include "tooling/explain.h"

#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

#define COUNTS     34 /* columns */
#define TIMES      24
#define LEAST_TEXT 20
#define REMARK     "  <- "

typedef struct cost_to {
  const explain *x;
  const explain_program *p;
  const explain_group *g;
  ottl_sbuf *out;
} cost_to;

static void style(const cost_to *t, const char *escape) {
  if (t->x->options->colour) sbuf_str(t->out, escape);
}

/* 1234567 as 1,234,567. */
static const char *number(uint64_t n, char *text, size_t size) {
  char digits[24];
  int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
  size_t at = 0;
  for (int i = 0; i < len && at + 2 < size; i++) {
    if (i && (len - i) % 3 == 0) text[at++] = ',';
    text[at++] = digits[i];
  }
  text[at] = 0;
  return text;
}

static void put_share(const cost_to *t, uint64_t ns) {
  if (t->x->options->no_times) return;
  double share = t->x->total_ns ? 100.0 * (double)ns / (double)t->x->total_ns : 0;
  if (share >= 25) style(t, BOLD);
  ottl__sbuf_printf(t->out, " %6.1f%%", share);
  if (share >= 25) style(t, PLAIN);
}

static void put_rows(const cost_to *t, uint64_t rows, uint64_t selected) {
  char a[32], b[32], percent[8] = "";
  if (rows) snprintf(percent, sizeof percent, "%.0f%%", 100.0 * (double)selected / (double)rows);
  ottl__sbuf_printf(t->out, "%10s %10s %4s", number(rows, a, sizeof a), number(selected, b, sizeof b), percent);
}

static void put_errors(const cost_to *t, uint64_t errors) {
  char text[32];
  if (errors) style(t, RED);
  ottl__sbuf_printf(t->out, " %7s", errors ? number(errors, text, sizeof text) : "-");
  if (errors) style(t, PLAIN);
}

static void put_time(const cost_to *t, uint64_t ns, uint64_t rows) {
  if (t->x->options->no_times) return;
  if (rows)
    ottl__sbuf_printf(t->out, " %8.1f", (double)ns / (double)t->x->passes / (double)rows);
  else
    ottl__sbuf_printf(t->out, " %8s", "-");
  put_share(t, ns);
}

static void put_memo(const cost_to *t, const explain_part *part) {
  if (t->x->options->no_times) return;
  if (part->count.memo_rows)
    ottl__sbuf_printf(t->out, " %5.0f%%", 100.0 * (double)part->count.memo_hits / (double)part->count.memo_rows);
  else
    ottl__sbuf_printf(t->out, " %6s", "-");
}

/* Of the numbers. */
static size_t columns(const cost_to *t) { return t->x->options->no_times ? COUNTS : COUNTS + TIMES; }

/* The text, cut to what the width leaves behind `used` columns, and a remark, if there is one. */
static void put_text(const cost_to *t, ottl_view text, size_t used, const char *remark) {
  size_t width = t->x->options->width, most = 0;
  if (remark) used += strlen(remark) + sizeof REMARK - 1;
  if (width) most = width > used + LEAST_TEXT ? width - used : LEAST_TEXT;
  ottl__explain_line(t->out, text, most);
  if (remark) {
    style(t, YELLOW);
    ottl__sbuf_printf(t->out, REMARK "%s", remark);
    style(t, PLAIN);
  }
  sbuf_byte(t->out, '\n');
}

/* What an operand's counts say, or NULL. */
static const char *operand_remark(uint64_t holds, uint64_t fails, uint64_t errors) {
  if (!(holds + fails + errors)) return "never asked";
  if (!holds && !fails) return "always fails";
  if (!holds) return "never true";
  return fails + errors ? NULL : "always true";
}

static void put_operands(const cost_to *t, const explain_part *part) {
  for (uint32_t i = 1; i < part->n_operands; i++) {
    const code_operand *o = &part->operands[i];
    const meter_operand *m = &part->operand_counts[i];
    uint64_t holds = explain_count(t->x, m->holds), fails = explain_count(t->x, m->fails),
             errors = explain_count(t->x, m->errors);
    unsigned depth = 0;
    for (uint32_t up = o->parent; up != UINT32_MAX; up = t->g->code->debug.operands[up].parent) depth++;
    style(t, DIM);
    put_rows(t, holds + fails + errors, holds);
    style(t, PLAIN);
    put_errors(t, errors);
    ottl__sbuf_printf(t->out, "%*s", (int)(columns(t) - COUNTS + 8 + 2 * depth), "");
    put_text(t, ottl__explain_written(t->p, o->expr), columns(t) + 8 + 2 * depth, operand_remark(holds, fails, errors));
  }
}

static void put_part(const cost_to *t, const explain_part *part) {
  bool condition = part->condition && t->p->kind == OTTL_KIND_TRANSFORM;
  char name[16];
  snprintf(name, sizeof name, "%s%u", condition ? "c" : "", part->number + 1);
  put_rows(t, part->count.rows, part->count.selected);
  put_errors(t, part->count.errors);
  put_time(t, part->ns, part->count.rows);
  put_memo(t, part);
  ottl__sbuf_printf(t->out, "  %4s  ", name);
  const meter_operand *m = part->operand_counts;
  const char *remark = part->n_operands ? operand_remark(m->holds, m->fails, m->errors) : NULL;
  put_text(t, part->source->text, columns(t) + 8, part->count.rows ? remark : "no record came to it");
  if (part->n_operands > 1) put_operands(t, part);
}

static void put_phase(const cost_to *t, const char *name, uint64_t ns) {
  if (t->x->options->no_times) return;
  ottl__sbuf_printf(t->out, "%*s", COUNTS + 9, "");
  put_share(t, ns);
  ottl__sbuf_printf(t->out, "%15s", "");
  style(t, DIM);
  sbuf_str(t->out, name);
  style(t, PLAIN);
  sbuf_byte(t->out, '\n');
}

static void put_indent(const cost_to *t) { ottl__sbuf_printf(t->out, "%*s", (int)columns(t) + 3, ""); }

static void put_program(const cost_to *t) {
  if (t->x->n > 1 || t->p->name) {
    put_indent(t);
    style(t, BOLD);
    sbuf_str(t->out, t->p->name ? t->p->name : "");
    style(t, PLAIN);
    sbuf_byte(t->out, '\n');
  }
  put_phase(t, "read the payload", t->p->total.reading);
  for (uint32_t c = 0; c < t->p->n_codes; c++) {
    cost_to g = *t;
    g.g = &t->p->groups[c];
    put_indent(t);
    style(t, DIM);
    ottl__sbuf_printf(t->out, "%s %u: %s, %s", t->p->kind == OTTL_KIND_ROUTE ? "from route" : "group", g.g->code->group + 1,
                      ottl__contexts[g.g->code->code->context].name, ottl__explain_how(g.g));
    style(t, PLAIN);
    sbuf_byte(t->out, '\n');
    for (uint32_t k = 0; k < g.g->n_parts; k++) put_part(&g, &g.g->parts[k]);
  }
  put_phase(t, "write the payload", t->p->total.writing);
}

void ottl__explain_costs(const explain *x, ottl_sbuf *out) {
  cost_to t = {x, NULL, NULL, out};
  char messages[32], bytes[32];
  style(&t, BOLD);
  ottl__sbuf_printf(out, "%10s %15s %7s", "rows", "selected", "errors");
  if (!x->options->no_times) ottl__sbuf_printf(out, " %8s %7s %6s", "ns/row", "share", "memo");
  ottl__sbuf_printf(out, "  %4s  %s", "", "statement");
  style(&t, PLAIN);
  sbuf_byte(out, '\n');
  for (size_t i = 0; i < x->n; i++) {
    t.p = &x->programs[i];
    put_program(&t);
  }
  const ottl_profile_total_info *first = &x->programs[0].total;
  uint64_t n = explain_count(x, first->runs);
  ottl__sbuf_printf(out, "\n%s message%s, %s bytes", number(n, messages, sizeof messages), n == 1 ? "" : "s",
                    number(explain_count(x, first->bytes), bytes, sizeof bytes));
  if (!x->options->no_times) {
    double ns = (double)x->total_ns / (double)x->passes;
    const char *unit = ns < 1e4 ? "ns" : ns < 1e7 ? "us" : "ms";
    ottl__sbuf_printf(out, ": %.1f %s", ns < 1e4 ? ns : ns < 1e7 ? ns / 1e3 : ns / 1e6, unit);
    if (ns > 0) ottl__sbuf_printf(out, ", %.0f MB/s", (double)explain_count(x, first->bytes) * 1e3 / ns);
    if (x->passes > 1) ottl__sbuf_printf(out, " (mean of %" PRIu64 " passes)", x->passes);
  }
  sbuf_byte(out, '\n');
}
