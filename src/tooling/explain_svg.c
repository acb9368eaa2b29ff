/* A flame graph of what programs did, root on top: program, phase or group, statement, its expressions, their opcodes. One image without
 * scripts, fonts or anything else from elsewhere; colours follow the reader's scheme, light or dark. */
#include <stdio.h>

#include "tooling/explain.h"

#define WIDTH     1200.0
#define MARGIN    10.0
#define ROW       19.0
#define TOP       44.0
#define LETTER    6.65 /* width of a letter of 11 px, a little too much */
#define MOST_DEEP 40
#define LEAST     0.4 /* narrower frames are left out */

typedef enum flame_kind { FLAME_ALL, FLAME_PROGRAM, FLAME_PHASE, FLAME_GROUP, FLAME_PART, FLAME_EXPR, FLAME_OP } flame_kind;

typedef struct flame {
  const void *key; /* of siblings, with `number` */
  uint32_t number;
  flame_kind kind;
  ottl_view text;
  uint64_t ns, rows; /* with all below; rows: of a part */
  struct flame *kids, *last, *next;
} flame;

typedef struct flame_job {
  const explain *x;
  ottl_sbuf *out;
  unsigned depth, deepest;
  ottl_status status;
} flame_job;

/* ---- the tree ---- */

static flame *child(flame_job *j, flame *of, flame_kind kind, const void *key, uint32_t number, ottl_view text) {
  for (flame *f = of->kids; f; f = f->next) {
    if (f->key == key && f->number == number && f->kind == kind) return f;
  }
  flame *f = arena_zero(j->x->arena, sizeof *f);
  if (!f) {
    j->status = OTTL_NOMEM;
    return of;
  }
  *f = (flame){.key = key, .number = number, .kind = kind, .text = text};
  if (of->last)
    of->last->next = f;
  else
    of->kids = f;
  of->last = f;
  return f;
}

typedef struct flame_search {
  const ottl_expr *wanted;
  const ottl_expr *chain[MOST_DEEP];
  unsigned n;
  bool found;
} flame_search;

static void search(void *context, const ottl_expr *e) {
  flame_search *s = context;
  if (s->found || s->n == MOST_DEEP) return;
  s->chain[s->n++] = e;
  s->found = e == s->wanted;
  if (!s->found) ottl__explain_kids(e, search, s);
  if (!s->found) s->n--;
}

static const char *const op_names[] = {
#define OP(name, operands, handler, synopsis) #name,
#include "opcodes.def"
#undef OP
};

/* The time of one instruction goes to its expression and all that this is a part of. */
static void add_insn(flame_job *j, const explain_program *p, const explain_part *part, flame *root, const code_origin *from,
                     uint16_t op, uint64_t ns) {
  flame_search s = {.wanted = from->expr};
  flame *at = root;
  if (from->expr && part->where) search(&s, part->where);
  if (from->expr && !s.found && part->call) search(&s, part->call);
  at->ns += ns;
  for (unsigned i = 0; i < s.n && s.found; i++) {
    if (s.chain[i] == part->call && part->call->kind == OTTL_E_CALL) continue; /* the statement itself */
    if (s.chain[i]->kind == OTTL_E_TRUTH && i + 1 < s.n) continue;
    at = child(j, at, FLAME_EXPR, s.chain[i], 0, ottl__explain_written(p, s.chain[i]));
    at->ns += ns;
  }
  child(j, at, FLAME_OP, NULL, op, view_str(op_names[op]))->ns += ns;
}

/* What the bodies of a call's lambdas took is part of what its instruction took. */
static uint64_t bodies_ns(const explain_code *c, const ottl_insn *in) {
  uint64_t ns = 0;
  if (in->op != OTTL_OP_LAMBDA) return 0;
  const ottl_code_call *call = &c->code->calls[in->x];
  for (uint32_t l = 0; l < call->n_lambdas; l++) {
    for (uint32_t i = 0; i < call->lambdas[l].n; i++) ns += c->meter->bodies[call->lambdas[l].first + i].ns;
  }
  return ns;
}

/* "2 set(...)" */
static ottl_view part_text(flame_job *j, const explain_program *p, const explain_part *part) {
  char *text = arena_text(j->x->arena, part->source->text.len + 16);
  if (!text) j->status = OTTL_NOMEM;
  if (!text) return (ottl_view){"", 0};
  bool condition = part->condition && p->kind == OTTL_KIND_TRANSFORM;
  int n = snprintf(text, 16, "%s%u ", condition ? "c" : "", part->number + 1);
  if (part->source->text.len) memcpy(text + n, part->source->text.data, part->source->text.len);
  return (ottl_view){text, (size_t)n + part->source->text.len};
}

static void add_group(flame_job *j, const explain_program *p, const explain_group *g, flame *program) {
  const explain_code *c = g->code;
  char text[64];
  int n = snprintf(text, sizeof text, "group %u: %s", c->group + 1, ottl__contexts[c->code->context].name);
  ottl_view name = arena_copy(j->x->arena, text, (size_t)n);
  if (!name.data) j->status = OTTL_NOMEM;
  if (!name.data) return;
  flame *group = child(j, program, FLAME_GROUP, g, 0, name);
  for (uint32_t k = 0; k < g->n_parts; k++) { /* in their order */
    flame *part = child(j, group, FLAME_PART, g, k, part_text(j, p, &g->parts[k]));
    part->rows = g->parts[k].count.rows;
  }
  for (uint32_t i = c->code->n_prologue; i < c->code->n_insns + c->code->n_bodies; i++) {
    bool body = i >= c->code->n_insns;
    uint32_t at = body ? i - c->code->n_insns : i;
    const ottl_insn *in = body ? &c->code->bodies[at] : &c->code->insns[at];
    const code_origin *from = body ? &c->debug.bodies[at] : &c->debug.insns[at];
    uint64_t ns = body ? c->meter->bodies[at].ns : c->meter->insns[at].ns, within = bodies_ns(c, in);
    ns = ns > within ? ns - within : 0;
    if (from->part >= g->n_parts || !ns) continue;
    const explain_part *part = &g->parts[from->part];
    group->ns += ns;
    program->ns += ns;
    add_insn(j, p, part, child(j, group, FLAME_PART, g, from->part, part->source->text), from, in->op, ns); /* it is there */
  }
}

static void add_phase(flame_job *j, flame *program, const char *name, uint64_t ns) {
  child(j, program, FLAME_PHASE, name, 0, view_str(name))->ns = ns;
  program->ns += ns;
}

static flame *make_tree(flame_job *j) {
  flame *all = arena_zero(j->x->arena, sizeof *all);
  if (!all) return NULL;
  all->text = VIEW("all");
  for (size_t i = 0; i < j->x->n; i++) {
    const explain_program *p = &j->x->programs[i];
    ottl_view name = p->name ? view_str(p->name) : VIEW("program");
    flame *program = j->x->n > 1 || p->name ? child(j, all, FLAME_PROGRAM, p, 0, name) : all;
    add_phase(j, program, "read the payload", p->total.reading);
    for (uint32_t c = 0; c < p->n_codes; c++) add_group(j, p, &p->groups[c], program);
    add_phase(j, program, "write the payload", p->total.writing);
    if (program != all) all->ns += program->ns;
  }
  return all;
}

/* ---- the image ---- */

static void put_xml(ottl_sbuf *out, ottl_view text) {
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    size_t n = ottl__diag_rune(text.data + i, text.len - i, &rune);
    bool bad = rune == 0xFFFD || rune == 0xFFFE || rune == 0xFFFF || rune < 0x20 || rune == 0x7f;
    if (bad)
      sbuf_byte(out, '?');
    else if (rune == '&')
      sbuf_str(out, "&amp;");
    else if (rune == '<')
      sbuf_str(out, "&lt;");
    else if (rune == '>')
      sbuf_str(out, "&gt;");
    else
      sbuf_put(out, text.data + i, n);
    i += n;
  }
}

static void put_label(flame_job *j, ottl_view text, size_t most) {
  ottl_sbuf line;
  ottl__sbuf_init(&line, &j->out->al);
  ottl__explain_line(&line, text, most);
  put_xml(j->out, sbuf_all(&line));
  if (line.failed) j->status = OTTL_NOMEM;
  ottl__sbuf_done(&line);
}

static void put_time(ottl_sbuf *out, double ns) {
  if (ns < 1e4)
    ottl__sbuf_printf(out, "%.0f ns", ns);
  else if (ns < 1e7)
    ottl__sbuf_printf(out, "%.1f us", ns / 1e3);
  else
    ottl__sbuf_printf(out, "%.1f ms", ns / 1e6);
}

static void put_frame(flame_job *j, const flame *f, double left, double width, double all) {
  static const char *const classes[] = {"a", "a", "f", "g", "s", "e", "o"};
  double y = TOP + ROW * j->depth, letters = (width - 6) / LETTER;
  if (width < LEAST) return;
  if (j->depth > j->deepest) j->deepest = j->depth;
  ottl__sbuf_printf(j->out, "<g class=\"%s\"><title>", classes[f->kind]);
  put_label(j, f->text, 200);
  sbuf_str(j->out, "\n");
  put_time(j->out, (double)f->ns / (double)j->x->passes);
  ottl__sbuf_printf(j->out, ", %.1f%%", all > 0 ? 100.0 * (double)f->ns / all : 0.0);
  if (f->rows) ottl__sbuf_printf(j->out, ", %llu rows", (unsigned long long)f->rows);
  ottl__sbuf_printf(j->out, "</title><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%.0f\"/>", left, y,
                    width > 1 ? width - 0.5 : width, ROW - 1);
  if (letters >= 4) {
    ottl__sbuf_printf(j->out, "<text x=\"%.1f\" y=\"%.0f\">", left + 3, y + 13);
    put_label(j, f->text, (size_t)letters);
    sbuf_str(j->out, "</text>");
  }
  sbuf_str(j->out, "</g>\n");
  j->depth++;
  for (const flame *kid = f->kids; kid; kid = kid->next) {
    double part = f->ns ? width * (double)kid->ns / (double)f->ns : 0;
    put_frame(j, kid, left, part, all);
    left += part;
  }
  j->depth--;
}

static const char head[] =
    "<style>.b{fill:#fff;stroke:none}text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1a1a1a}"
    ".t{font-size:14px;font-weight:bold}.n{fill:#666}g rect{stroke:#fff;stroke-width:.5}"
    ".a rect{fill:#d5d9de}.f rect{fill:#a9c9e8}.g rect{fill:#e3d4c0}.s rect{fill:#f5a262}.e rect{fill:#f8cd6d}.o "
    "rect{fill:#f8e9a8}"
    "g:hover rect{stroke:#000}"
    "@media(prefers-color-scheme:dark){.b{fill:#16181c;stroke:none}text{fill:#f2f2f2}.n{fill:#9aa0a8}g rect{stroke:#16181c}"
    ".a rect{fill:#3a4048}.f rect{fill:#2b5478}.g rect{fill:#5b4a33}.s rect{fill:#a1501a}.e rect{fill:#866315}.o "
    "rect{fill:#5e5a2a}"
    "g:hover rect{stroke:#fff}}</style>\n";

ottl_status ottl__explain_svg(const explain *x, ottl_sbuf *out) {
  flame_job j = {.x = x, .out = out};
  flame *all = make_tree(&j);
  if (!all || j.status != OTTL_OK) return OTTL_NOMEM;
  ottl_sbuf body;
  ottl__sbuf_init(&body, &out->al);
  j.out = &body;
  put_frame(&j, all, MARGIN, WIDTH - 2 * MARGIN, (double)all->ns);
  double height = TOP + ROW * (j.deepest + 1) + MARGIN;
  ottl__sbuf_printf(out,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
                    "role=\"img\" aria-label=\"flame graph of OTTL statements\">\n",
                    WIDTH, height, WIDTH, height);
  sbuf_str(out, head);
  sbuf_str(out, "<rect class=\"b\" width=\"100%\" height=\"100%\"/>\n");
  ottl__sbuf_printf(out, "<text class=\"t\" x=\"%.0f\" y=\"18\">What statements cost</text>\n", MARGIN);
  ottl__sbuf_printf(out, "<text class=\"n\" x=\"%.0f\" y=\"34\">%llu messages, %llu bytes, ", MARGIN,
                    (unsigned long long)explain_count(x, x->programs[0].total.runs),
                    (unsigned long long)explain_count(x, x->programs[0].total.bytes));
  put_time(out, (double)all->ns / (double)x->passes);
  sbuf_str(out, "; the width is time, what is below is part of what is above</text>\n");
  sbuf_view(out, sbuf_all(&body));
  sbuf_str(out, "</svg>\n");
  if (body.failed) j.status = OTTL_NOMEM;
  ottl__sbuf_done(&body);
  return j.status;
}
