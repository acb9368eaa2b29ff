/* What there is to tell of a program, statement by statement. */
#include <stdio.h>

#include "tooling/explain.h"

#include "sema/tables.h"
#include "vm/memo.h"

static bool texts_add(explain *x, explain_texts *list, ottl_view text) {
  for (uint32_t i = 0; i < list->n; i++) {
    if (view_eq(list->items[i], text)) return true;
  }
  if (list->n == list->cap) {
    uint32_t cap = list->cap ? list->cap * 2 : 8;
    ottl_view *grown = arena_array(x->arena, cap, sizeof *grown);
    if (!grown) x->status = OTTL_NOMEM;
    if (!grown) return false;
    if (list->n) memcpy(grown, list->items, list->n * sizeof *grown);
    list->items = grown;
    list->cap = cap;
  }
  list->items[list->n++] = text;
  return true;
}

static void notes_add(explain *x, explain_notes *list, const ottl_expr *expr, uint32_t what) {
  if (list->n == list->cap) {
    uint32_t cap = list->cap ? list->cap * 2 : 4;
    explain_note *grown = arena_array(x->arena, cap, sizeof *grown);
    if (!grown) x->status = OTTL_NOMEM;
    if (!grown) return;
    if (list->n) memcpy(grown, list->items, list->n * sizeof *grown);
    list->items = grown;
    list->cap = cap;
  }
  list->items[list->n++] = (explain_note){expr, what};
}

void ottl__explain_kids(const ottl_expr *x, void (*visit)(void *context, const ottl_expr *kid), void *context) {
  for (uint32_t i = 0; x->kind == OTTL_E_CALL && i < x->call->n_args; i++) {
    const ottl_call_arg *a = &x->call->args[i];
    if (a->given && a->expr && !a->is_literal) visit(context, a->expr);
    for (uint32_t k = 0; k < a->n_items; k++) visit(context, a->items[k]);
  }
  for (uint32_t i = 0; i < x->n_kids; i++) visit(context, x->kids[i]);
}

/* ---- what is read and written ---- */

static void put_key(ottl_sbuf *out, ottl_cell key) {
  sbuf_byte(out, '[');
  if (key.tag == OTTL_T_INT)
    ottl__sbuf_printf(out, "%lld", (long long)key.word);
  else
    ottl__diag_json_text(out, cell_view(key));
  sbuf_byte(out, ']');
}

/* "log.attributes["a"]", keys that are not literals as "[...]". more: another key behind those of the path; NULL: none. */
static ottl_view path_text(explain *x, const ottl_expr *path, const ottl_cell *more) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &x->arena->al);
  ottl__sbuf_printf(&out, "%s.%s", ottl__contexts[path->path->view == OTTL_V_CACHE ? path->context : path->path->context].name,
                    path->path->spelling);
  for (uint32_t i = 0; i < path->n_kids; i++) {
    const ottl_expr *key = path->kids[i];
    if (key->kind == OTTL_E_LITERAL && (key->literal.tag == OTTL_T_STRING || key->literal.tag == OTTL_T_INT))
      put_key(&out, key->literal);
    else
      sbuf_str(&out, "[...]");
  }
  if (more) put_key(&out, *more);
  ottl_view text = arena_copy(x->arena, out.len ? out.data : "", out.len);
  if (out.failed || !text.data) x->status = OTTL_NOMEM;
  ottl__sbuf_done(&out);
  return text;
}

typedef struct tree_walk {
  explain *x;
  explain_group *group;
  explain_part *part;
  bool in_lambda;
} tree_walk;

static void walk_reads(void *context, const ottl_expr *e) {
  tree_walk *w = context;
  if (e->kind == OTTL_E_PATH) {
    ottl_view text = path_text(w->x, e, NULL);
    if (texts_add(w->x, &w->part->reads, text)) texts_add(w->x, &w->group->reads, text);
  }
  if (e->fails & (OTTL_FAIL_TYPE | OTTL_FAIL_DATA)) notes_add(w->x, &w->part->fails, e, e->fails);
  ottl__explain_kids(e, walk_reads, w);
}

/* An editor: its target is written, and read unless it is overwritten. */
static void walk_editor(tree_walk *w, const ottl_expr *call) {
  const ottl_call_site *site = call->call;
  const ottl_function *f = &ottl__functions[site->function];
  const ottl_expr *target = site->n_args ? site->args[0].expr : NULL;
  bool record = (f->flags & OTTL_FN_RECORD) != 0;
  if (record) {
    ottl_view text = view_str("the record");
    if (texts_add(w->x, &w->part->writes, text)) texts_add(w->x, &w->group->writes, text);
  } else if (target && target->kind == OTTL_E_PATH) {
    bool one = strcmp(f->name, "delete_key") == 0 && site->args[1].is_literal && site->args[1].literal.tag == OTTL_T_STRING;
    ottl_view text = path_text(w->x, target, one ? &site->args[1].literal : NULL);
    if (texts_add(w->x, &w->part->writes, text)) texts_add(w->x, &w->group->writes, text);
  }
  if (call->fails & (OTTL_FAIL_TYPE | OTTL_FAIL_DATA)) notes_add(w->x, &w->part->fails, call, call->fails);
  bool overwrites = !record && (!f->handler || strcmp(f->name, "delete_key") == 0);
  for (uint32_t i = 0; i < site->n_args; i++) {
    const ottl_call_arg *a = &site->args[i];
    if (i == 0 && overwrites && a->expr) {
      for (uint32_t k = 0; k < a->expr->n_kids; k++) walk_reads(w, a->expr->kids[k]);
      continue;
    }
    if (a->given && a->expr && !a->is_literal) walk_reads(w, a->expr);
    for (uint32_t k = 0; k < a->n_items; k++) walk_reads(w, a->items[k]);
  }
}

/* ---- what is computed once ---- */

/* The largest expressions that depend on fewer rows than the statement runs on. Reading a column is nothing to tell of. */
static void walk_once(void *context, const ottl_expr *e) {
  tree_walk *w = context;
  if (e->kind == OTTL_E_LITERAL) return;
  uint32_t level = e->level < 0 ? OTTL_LEVEL_CONST : (uint32_t)e->level;
  bool fewer = !e->impure && !e->locals && (level == OTTL_LEVEL_CONST || level < w->part->level);
  if (fewer && e->kind != OTTL_E_PATH && e->kind != OTTL_E_LAMBDA) {
    notes_add(w->x, &w->part->once, e, level);
    return;
  }
  ottl__explain_kids(e, walk_once, w);
}

static void find_once(tree_walk *w) {
  if (w->part->where) walk_once(w, w->part->where);
  if (w->part->call && w->part->call->kind == OTTL_E_CALL && !w->part->condition)
    ottl__explain_kids(w->part->call, walk_once, w);
  else if (w->part->call)
    walk_once(w, w->part->call);
}

static bool trivial(const ottl_expr *e) { return e->kind == OTTL_E_LITERAL || e->kind == OTTL_E_PATH || e->kind == OTTL_E_LOCAL; }

static uint32_t part_of_source(const explain_group *g, const ottl_source *source) {
  uint32_t i = 0;
  while (i < g->n_parts && g->parts[i].source != source) i++;
  return i;
}

static void find_shared(explain *x, const explain_program *p, explain_group *g) {
  const code_debug *d = &g->code->debug;
  for (uint32_t i = 0; i < d->n_reuses; i++) {
    const code_reuse *r = &d->reuses[i];
    if (trivial(r->expr) || r->expr->level < 0 || r->part >= g->n_parts) continue;
    uint32_t with = part_of_source(g, ottl__explain_source(p, r->first->source_id));
    if (with < g->n_parts) notes_add(x, &g->parts[r->part].shares, r->expr, with);
  }
}

/* Calls whose results equal arguments share. */
static ottl_status find_memos(explain *x, explain_group *g) {
  const ottl_code *code = g->code->code;
  vm_memo *memos = NULL;
  OTTL_TRY(ottl__memo_create(&x->arena->al, code, &memos));
  for (uint32_t i = code->n_prologue; i < code->n_insns; i++) {
    const ottl_insn *in = &code->insns[i];
    const code_origin *from = &g->code->debug.insns[i];
    if ((in->op != OTTL_OP_CALL && in->op != OTTL_OP_PATH_CALL) || memos[in->x].arg == MEMO_NONE || !from->expr) continue;
    notes_add(x, &g->parts[from->part].memo, from->expr, 0);
  }
  ottl__memo_free(&x->arena->al, code, memos);
  return OTTL_OK;
}

/* ---- maps ---- */

typedef struct whole_search {
  uint16_t field;
  bool found, in_target; /* in_target: as what an editor writes, too */
  const ottl_expr *target;
} whole_search;

static void search_whole(void *context, const ottl_expr *e) {
  whole_search *s = context;
  if (e->kind == OTTL_E_PATH && e->path->field == s->field && (s->field != OTTL_FIELD_COUNT || e->path->view == OTTL_V_CACHE)) {
    bool key = e->n_kids && e->kids[0]->kind == OTTL_E_LITERAL && e->kids[0]->literal.tag == OTTL_T_STRING;
    if (!key && (s->in_target || e != s->target)) s->found = true;
  }
  if (!s->found) ottl__explain_kids(e, search_whole, s);
}

/* The first part that wants all of a map. */
static uint32_t whole_part(const explain_group *g, uint16_t field) {
  for (int turn = 0; turn < 2; turn++) {
    for (uint32_t i = 0; i < g->n_parts; i++) {
      const explain_part *part = &g->parts[i];
      const ottl_call_site *editor = part->call && part->call->kind == OTTL_E_CALL ? part->call->call : NULL;
      whole_search s = {field, false, turn == 1, editor && editor->n_args ? editor->args[0].expr : NULL};
      if (part->where) search_whole(&s, part->where);
      if (part->call) search_whole(&s, part->call);
      if (s.found) return i;
    }
  }
  return UINT32_MAX;
}

static ottl_view map_text(explain *x, const explain_group *g, const ottl_map_spec *m) {
  char text[80];
  const char *path = m->field == OTTL_FIELD_COUNT ? "cache" : NULL, *context = ottl__contexts[g->code->code->context].name;
  for (uint32_t i = 0; !path && i < ottl__n_paths; i++) {
    if (ottl__paths[i].field != m->field || ottl__paths[i].view != OTTL_V_MAP) continue;
    path = ottl__paths[i].spelling;
    context = ottl__contexts[ottl__paths[i].context].name;
  }
  int n = snprintf(text, sizeof text, "%s.%s", context, path ? path : "?");
  ottl_view copy = arena_copy(x->arena, text, (size_t)n);
  if (!copy.data) x->status = OTTL_NOMEM;
  return copy;
}

static void find_maps(explain *x, explain_group *g) {
  const ottl_layout *layout = &g->code->code->layout;
  g->maps = arena_array(x->arena, (size_t)layout->n_maps + 1, sizeof *g->maps);
  if (!g->maps) {
    x->status = OTTL_NOMEM;
    return;
  }
  for (uint16_t i = 0; i < layout->n_maps; i++) {
    const ottl_map_spec *m = &layout->maps[i];
    uint32_t part = m->entries ? whole_part(g, m->field) : UINT32_MAX;
    g->maps[g->n_maps++] = (explain_map){map_text(x, g, m), m->entries, part};
  }
}

/* ---- what was counted ---- */

static void count_part(explain *x, const explain_code *c, uint32_t part, explain_part *ret) {
  const code_debug *d = &c->debug;
  for (uint32_t i = 0; i < d->n_marks; i++) {
    if (d->marks[i].part != part) continue;
    ret->level = d->marks[i].level;
    ret->operands = d->operands + d->marks[i].first_operand;
    ret->n_operands = d->marks[i].n_operands;
    if (c->meter) ret->operand_counts = c->meter->operands + d->marks[i].first_operand;
  }
  if (!c->meter) return;
  const meter_part *m = &c->meter->parts[part];
  ret->count = (meter_part){explain_count(x, m->rows), explain_count(x, m->selected), explain_count(x, m->errors), m->memo_rows,
                            m->memo_hits};
  for (uint32_t i = c->code->n_prologue; i < c->code->n_insns; i++) {
    if (d->insns[i].part == part) ret->ns += c->meter->insns[i].ns;
  }
}

/* ---- groups ---- */

static void make_part(explain *x, const explain_program *p, explain_group *g, uint32_t k) {
  const ottl_checked_group *checked = g->code->checked;
  const ottl_code *code = g->code->code;
  explain_part *part = &g->parts[k];
  tree_walk w = {.x = x, .group = g, .part = part};
  part->condition = k < code->n_conditions;
  part->number = g->code->number[k];
  part->level = code->level;
  if (part->condition) {
    part->where = checked->conditions[k];
    part->source = ottl__explain_source(p, part->where->source_id);
  } else {
    const ottl_checked_statement *s = &checked->statements[k - code->n_conditions];
    bool asks = p->kind == OTTL_KIND_CONDITIONS;
    part->call = asks ? NULL : s->call;
    part->where = asks ? s->call : s->where;
    part->source = ottl__explain_source(p, s->source_id);
    part->never = s->unreachable;
  }
  count_part(x, g->code, k, part);
  if (part->where) walk_reads(&w, part->where);
  if (part->call && p->kind != OTTL_KIND_VALUES)
    walk_editor(&w, part->call);
  else if (part->call)
    walk_reads(&w, part->call);
  find_once(&w);
}

ottl_status ottl__explain_tree(explain *x) {
  for (size_t i = 0; i < x->n && x->status == OTTL_OK; i++) {
    explain_program *p = &x->programs[i];
    p->groups = arena_zero(x->arena, ((size_t)p->n_codes + 1) * sizeof *p->groups);
    if (!p->groups) return OTTL_NOMEM;
    x->total_ns += p->total.reading + p->total.statements + p->total.writing;
    for (uint32_t c = 0; c < p->n_codes && x->status == OTTL_OK; c++) {
      explain_group *g = &p->groups[c];
      g->code = &p->codes[c];
      g->n_parts = explain_parts(g->code->code);
      g->parts = arena_zero(x->arena, ((size_t)g->n_parts + 1) * sizeof *g->parts);
      if (!g->parts) return OTTL_NOMEM;
      for (uint32_t k = 0; k < g->n_parts; k++) make_part(x, p, g, k);
      find_shared(x, p, g);
      find_maps(x, g);
      OTTL_TRY(find_memos(x, g));
    }
  }
  return x->status;
}

/* ---- words ---- */

const ottl_source *ottl__explain_source(const explain_program *p, uint32_t id) {
  static const ottl_source nothing = {.text = {"", 0}, .line = 1, .column = 1};
  return id - p->first_source < p->n_sources ? &p->sources[id - p->first_source] : &nothing;
}

ottl_view ottl__explain_written(const explain_program *p, const ottl_expr *x) {
  ottl_view text = ottl__explain_source(p, x->source_id)->text;
  if (x->begin > x->end || x->end > text.len) return (ottl_view){"", 0};
  return (ottl_view){text.data + x->begin, x->end - x->begin};
}

void ottl__explain_line(ottl_sbuf *out, ottl_view text, size_t most) {
  size_t begin = out->len, columns = 0;
  bool quoted = false, blank = false;
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    size_t n = ottl__diag_rune(text.data + i, text.len - i, &rune);
    char c = n == 1 ? text.data[i] : 'x';
    bool white = c == '\n' || c == '\r' || c == '\t' || (c == ' ' && !quoted);
    if (c == '"') quoted = !quoted;
    if (c == '\\' && quoted && i + 1 < text.len && text.data[i + 1] == '"') n = 2;
    bool skip = white && (blank || out->len == begin);
    blank = white;
    if (!skip && most && ++columns > most - 3) {
      size_t left = text.len - i;
      if (left > 3) {
        while (out->len > begin && out->data[out->len - 1] == ' ') out->len--;
        sbuf_str(out, "...");
        return;
      }
    }
    if (!skip && white)
      sbuf_byte(out, ' ');
    else if (!skip && (rune < 0x20 || rune == 0x7f))
      sbuf_byte(out, '?');
    else if (!skip)
      sbuf_put(out, text.data + i, n);
    i += n;
  }
  while (out->len > begin && out->data[out->len - 1] == ' ') out->len--;
}

const char *ottl__explain_level(const explain_group *g, uint32_t level) {
  uint8_t own = g->code->code->context;
  if (level == OTTL_LEVEL_CONST) return "run";
  if (ottl__contexts[own].level == level) return ottl__contexts[own].name;
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (c != OTTL_C_OTELCOL && ottl__contexts[c].level == level && ottl__context_sees((ottl_context_id)own, (ottl_context_id)c))
      return ottl__contexts[c].name;
  }
  return "record";
}

const char *ottl__explain_part_kind(const explain_program *p, const explain_part *part) {
  if (p->kind == OTTL_KIND_ROUTE) return "route";
  if (part->condition || p->kind == OTTL_KIND_CONDITIONS) return "condition";
  return p->kind == OTTL_KIND_VALUES ? "expression" : "statement";
}

void ottl__explain_part_name(ottl_sbuf *out, const explain_program *p, const explain_group *g, uint32_t part) {
  const explain_part *s = &g->parts[part];
  ottl__sbuf_printf(out, "%s %u", ottl__explain_part_kind(p, s), s->number + 1);
}

const char *ottl__explain_how(const explain_group *g) {
  const ottl_code *code = g->code->code;
  return !code->row_order ? "vectorized" : code->rounds ? "record by record, in rounds" : "record by record";
}

void ottl__explain_order(ottl_sbuf *out, const explain_program *p, const explain_group *g) {
  const code_hazard *h = &g->code->debug.hazard;
  if (!g->code->code->row_order_reason) return;
  sbuf_str(out, g->code->code->row_order_reason);
  if (!h->written || h->writer >= g->n_parts) return;
  sbuf_str(out, ": `");
  ottl__explain_line(out, ottl__explain_written(p, h->written), 60);
  sbuf_str(out, "` (");
  ottl__explain_part_name(out, p, g, h->writer);
  if (h->other < g->n_parts && h->other != h->writer) {
    sbuf_str(out, h->reads ? " writes, " : ", ");
    ottl__explain_part_name(out, p, g, h->other);
    if (h->reads) sbuf_str(out, " reads");
  } else if (h->other == h->writer && h->reads) {
    sbuf_str(out, " writes and reads");
  }
  sbuf_byte(out, ')');
}

/* The file is the one that the program is named after. */
static void put_place(ottl_sbuf *out, const explain_program *p, const ottl_source *s, uint32_t at) {
  diag_place place = ottl__diag_place(s, at);
  bool known = p->name && strncmp(p->name, s->name.len ? s->name.data : "", s->name.len) == 0;
  if (!known) sbuf_view(out, s->name);
  ottl__sbuf_printf(out, "%s%u:%u", s->name.len && !known ? ":" : "", place.line, place.column);
}

void ottl__explain_context(ottl_sbuf *out, const explain_program *p, const explain_group *g) {
  const ottl_context_reason *r = &g->code->checked->reason;
  if (!r->inferred) {
    sbuf_str(out, "named");
    return;
  }
  const ottl_source *s = ottl__explain_source(p, r->source);
  sbuf_str(out, "found from `");
  if (r->begin <= r->end && r->end <= s->text.len)
    ottl__explain_line(out, (ottl_view){s->text.data + r->begin, r->end - r->begin}, 60);
  sbuf_str(out, "` (");
  put_place(out, p, s, r->begin);
  sbuf_byte(out, ')');
  if (!r->lack_end) return;
  s = ottl__explain_source(p, r->lack_source);
  sbuf_str(out, ", and there is no `");
  if (r->lack_begin <= r->lack_end && r->lack_end <= s->text.len) {
    ottl_view text = {s->text.data + r->lack_begin, r->lack_end - r->lack_begin};
    const char *bracket = memchr(text.data, '(', text.len);
    if (bracket) text.len = (size_t)(bracket - text.data);
    ottl__explain_line(out, text, 60);
  }
  sbuf_str(out, "` in that context");
}

const char *ottl__explain_mode(uint8_t error_mode) {
  static const char *const names[] = {"propagate", "ignore", "silent"};
  return error_mode < OTTL_COUNT(names) ? names[error_mode] : "?";
}

const char *ottl__explain_fail(uint32_t classes) {
  bool types = (classes & OTTL_FAIL_TYPE) != 0, values = (classes & OTTL_FAIL_DATA) != 0;
  return types && values ? "types and values" : types ? "types" : "values";
}
