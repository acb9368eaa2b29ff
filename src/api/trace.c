/* Following one record. The VM runs windows of one row, and calls back before each instruction; when the row is the record, or what is
 * above or below it, values are written down as soon as they are in their registers, and rows before and after each editor. */
#include "api/trace.h"

#include <stdio.h>

#include "base/goquote.h"
#include "otlp/dict.h"
#include "otlp/wire.h"
#include "tooling/cell_text.h"
#include "tooling/view.h"
#include "vm/meter.h"

#define MOST_TEXT     4096 /* bytes shown of one value; of what changed, all are */
#define MOST_ELEMENTS 8    /* whose answers of a lambda are shown */

/* A value that was in its register. */
typedef struct seen_value {
  bool seen;
  uint16_t code; /* of its failure; 0: none */
  const char *type;
  ottl_view text;
} seen_value;

typedef struct trace_value {
  const ottl_expr *expr; /* as it is written */
  seen_value value;
  uint32_t depth;
  bool condition, asked;
} trace_value;

typedef struct trace_step {
  uint32_t code, part;
  uint32_t child, grandchild; /* UINT32_MAX: none */
  ottl_trace_outcome outcome;
  uint16_t failure;
  ottl_view message;
  ottl_view before, after;
  size_t first_value, n_values;
} trace_step;

/* A row, as it was looked at last. */
typedef struct trace_row {
  const uint8_t *body;
  ottl_view lines;
} trace_row;

typedef struct trace_code {
  vm_watch watch; /* first: a watch is its code */
  exec_trace *trace;
  const ottl_code *code;
  code_debug debug;
  seen_value *seen;     /* by value of the debug */
  seen_value *elements; /* of a call with a lambda: what that gave for each */
  uint32_t index;       /* of the code */
} trace_code;

struct exec_trace {
  ottl_exec *exec;
  uint64_t offset;
  ottl_arena arena; /* debugs: as long as the trace */
  trace_code *codes;
  ottl_viewer *viewer;

  ottl_arena texts; /* of a run */
  trace_step *steps;
  size_t n_steps, cap_steps;
  trace_value *values;
  size_t n_values, cap_values;

  /* of the window that is running */
  bool met;
  uint32_t next_mark, next_value;
  trace_row rows[OTTL_LEVELS];
  ottl_view lines;   /* of all of them */
  size_t open;       /* 1 + the step whose editor runs; 0: none */
  size_t n_failures; /* that were looked at */
  ottl_sbuf text, request;
};

/* ---- life ---- */

static ottl_status look(vm_watch *watch, uint32_t i);

static ottl_status trace_create(ottl_exec *x, exec_trace **ret) {
  exec_trace *t = al_zero(&x->al, sizeof *t);
  if (!t) return OTTL_NOMEM;
  t->exec = x;
  ottl__arena_init(&t->arena, &x->al, 0);
  ottl__arena_init(&t->texts, &x->al, 0);
  ottl__sbuf_init(&t->text, &x->al);
  ottl__sbuf_init(&t->request, &x->al);
  *ret = t;
  size_t n = x->program->n_groups;
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  options.allocator = &x->al;
  options.layout = OTTL_VIEWER_LINES;
  OTTL_TRY(ottl_viewer_create(&options, &t->viewer));
  t->codes = arena_zero(&t->arena, (n + 1) * sizeof *t->codes);
  if (!t->codes) return OTTL_NOMEM;
  for (size_t i = 0; i < n; i++) {
    ottl_code code; /* the same as the program's */
    trace_code *c = &t->codes[i];
    OTTL_TRY(ottl__program_debug(x->program, i, &t->arena, &code, &c->debug));
    c->seen = arena_zero(&t->arena, ((size_t)c->debug.n_values + 1) * sizeof *c->seen);
    c->elements = arena_zero(&t->arena, ((size_t)c->debug.n_values + 1) * sizeof *c->elements);
    if (!c->seen || !c->elements) return OTTL_NOMEM;
    c->watch.look = look;
    c->trace = t;
    c->code = &x->program->codes[i];
    c->index = (uint32_t)i;
  }
  return OTTL_OK;
}

static void trace_destroy(ottl_exec *x, exec_trace *t) {
  if (!t) return;
  ottl_viewer_free(t->viewer);
  al_free(&x->al, t->steps, t->cap_steps * sizeof *t->steps);
  al_free(&x->al, t->values, t->cap_values * sizeof *t->values);
  ottl__sbuf_done(&t->text);
  ottl__sbuf_done(&t->request);
  ottl__arena_done(&t->texts);
  ottl__arena_done(&t->arena);
  al_free(&x->al, t, sizeof *t);
}

void ottl__trace_free(ottl_exec *x) {
  exec_trace *t = x->trace;
  for (size_t i = 0; t && x->frames && i < x->program->n_groups; i++) {
    if (x->frames[i]) x->frames[i]->watch = NULL;
  }
  x->trace = NULL;
  trace_destroy(x, t);
}

ottl_status ottl_exec_trace(ottl_exec *x, uint64_t offset) {
  exec_trace *t = NULL;
  if (!x || x->program->kind > OTTL_KIND_FILTER) return OTTL_INVALID_ARG;
  ottl_status status = offset == OTTL_NO_PLACE ? OTTL_OK : trace_create(x, &t);
  if (status != OTTL_OK) {
    trace_destroy(x, t);
    return status;
  }
  ottl__trace_free(x);
  x->trace = t;
  if (!t) return OTTL_OK;
  t->offset = offset;
  for (size_t i = 0; i < x->program->n_groups; i++) x->frames[i]->watch = &t->codes[i].watch;
  return OTTL_OK;
}

void ottl__trace_reset(exec_trace *t) {
  t->n_steps = t->n_values = 0;
  t->open = 0;
  ottl__arena_reset(&t->texts);
}

/* ---- is this the record? ---- */

static bool is_met(const exec_trace *t, const trace_code *c) {
  const ottl_batch *b = t->exec->vm.batch;
  unsigned level = c->code->level;
  if (c->code->context == OTTL_C_OTELCOL) return true;
  if (!bm_get(t->exec->vm.all[level], 0)) return false;
  uint32_t row = b->first;
  if (level < OTTL_L_ITEM) {
    uint64_t start = b->rows[level].start[row];
    if (t->exec->program->flatten) { /* the one item below it */
      for (; level < OTTL_L_ITEM; level++) row = b->rows[level].first_child[row];
      return b->rows[OTTL_L_ITEM].start[row] == t->offset;
    }
    const uint8_t *p = b->in + start, *end = b->in + b->in_len;
    uint32_t number, type, len;
    p = wr_tag(p, end, &number, &type);
    p = p ? wr_len(p, end, &len) : NULL;
    return p && t->offset > start && t->offset < (uint64_t)(p - b->in) + len;
  }
  for (; level > OTTL_L_ITEM; level--) row = b->rows[level].parent[row];
  return ottl__batch_came(b, row) && b->rows[OTTL_L_ITEM].start[row] == t->offset;
}

/* ---- texts ---- */

static ottl_status keep_text(exec_trace *t, ottl_view *ret) {
  OTTL_TRY(sbuf_status(&t->text));
  *ret = arena_copy(&t->texts, t->text.data, t->text.len);
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status message_text(exec_trace *t, uint16_t code, ottl_view *ret) {
  char room[200];
  ottl_view text = view_str(ottl__rowerr_text(code, room, sizeof room));
  *ret = arena_copy(&t->texts, text.data, text.len);
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

/* The value of row 0 of the window in that register. */
static ottl_status see(exec_trace *t, uint16_t reg, seen_value *ret) {
  const ottl_vm *vm = &t->exec->vm;
  const ottl_reg *r = vm->r[reg];
  uint32_t at = r->mask ? vm_up(vm, vm->code->level, r->level, 0) : 0;
  *ret = (seen_value){.seen = true};
  if (reg_failed(r, at)) {
    ret->code = r->code[reg_at(r, at)];
    return message_text(t, ret->code, &ret->text);
  }
  ottl_cell cell = reg_cell(r, at);
  ret->type = ottl__type_name(cell_is_nil(cell) ? OTTL_T_NIL : cell_type(cell));
  t->text.len = 0;
  ottl__cell_text(&t->text, cell, MOST_TEXT);
  return keep_text(t, &ret->text);
}

/* The call of a lambda that instruction i is; NULL: none. */
static const ottl_code_call *lambda_at(const trace_code *c, uint32_t i) {
  const ottl_insn *in = &c->code->insns[i];
  if (in->op != OTTL_OP_LAMBDA) return NULL;
  const ottl_code_call *call = &c->code->calls[in->x];
  unsigned mode = ottl__functions[call->site->function].flags & OTTL_FN_REDUCE;
  return call->n_lambdas && mode != OTTL_FN_REDUCE ? call : NULL; /* which has but the last round */
}

/* What the first lambda of the call before instruction i gave, element by element: all of them are of this one row. */
static ottl_status see_elements(trace_code *c, uint32_t i, uint16_t reg, seen_value *ret) {
  exec_trace *t = c->trace;
  const ottl_vm *vm = &t->exec->vm;
  *ret = (seen_value){.seen = false};
  const ottl_code_call *call = i > c->code->n_prologue && c->code->insns[i - 1].d == reg ? lambda_at(c, i - 1) : NULL;
  if (!call) return OTTL_OK;
  const vm_elements *e = &vm->lambda[call->lambdas[0].level - OTTL_LEVEL_LAMBDA(0)];
  const ottl_reg *r = vm->r[call->lambdas[0].result];
  if (!e->n || r->level != call->lambdas[0].level) return OTTL_OK;
  t->text.len = 0;
  for (uint32_t k = 0; k < e->n && k < MOST_ELEMENTS; k++) {
    if (k) sbuf_str(&t->text, ", ");
    if (reg_failed(r, k))
      sbuf_str(&t->text, "fails");
    else
      ottl__cell_text(&t->text, reg_cell(r, k), MOST_TEXT / MOST_ELEMENTS);
  }
  if (e->n > MOST_ELEMENTS) ottl__sbuf_printf(&t->text, ", ... (%u elements)", (unsigned)e->n);
  ret->seen = true;
  ret->type = "elements";
  return keep_text(t, &ret->text);
}

/* ---- rows, as lines ---- */

/* Field numbers from the request down to the row, behind one another. */
static unsigned row_path(const ottl_batch *b, unsigned level, uint32_t row, uint8_t tag, uint8_t *path) {
  unsigned n = 0;
  path[n++] = WR_TAG(1, WR_LEN);
  if (level >= OTTL_L_SCOPE) path[n++] = WR_TAG(2, WR_LEN);
  if (level >= OTTL_L_ITEM) path[n++] = WR_TAG(2, WR_LEN);
  if (level < OTTL_L_CHILD) return n;
  uint32_t child = level == OTTL_L_CHILD ? row : b->rows[level].parent[row];
  if (b->signal == OTTL_SIGNAL_METRICS)
    path[n++] = (uint8_t)WR_TAG(ottl__metric_container((ottl_metric_kind)b->rows[OTTL_L_CHILD].kind[child]), WR_LEN);
  path[n++] = level == OTTL_L_CHILD ? tag : WR_TAG(1, WR_LEN);
  if (level == OTTL_L_GRANDCHILD) path[n++] = tag;
  return n;
}

/* A request of the row alone, and the dictionary as it is now, into t->request. */
static ottl_status row_request(exec_trace *t, const ottl_record *record, const uint8_t *path, unsigned n) {
  ottl_batch *b = t->exec->vm.batch;
  const ot_dict *dict = b->signal == OTTL_SIGNAL_PROFILES ? ottl__batch_dict(b) : NULL;
  uint64_t sizes[8], added = 0;
  t->request.len = 0;
  for (unsigned i = n; i-- > 0;) sizes[i] = i + 1 == n ? record->len : 1 + varint_size(sizes[i + 1]) + sizes[i + 1];
  for (unsigned i = 0; i < n; i++) {
    uint8_t head[11] = {path[i]};
    sbuf_put(&t->request, head, (size_t)(varint_put(head + 1, sizes[i]) - head));
  }
  sbuf_put(&t->request, record->body, record->len);
  view_field came;
  if (dict && !dict->open && ottl__view_find(view_of(b->in, b->in_len), 2, &came)) sbuf_view(&t->request, came.whole);
  if (!dict || !dict->open) return sbuf_status(&t->request);
  OTTL_TRY(ottl__dict_added_size(dict, &added));
  size_t had = dict->tag ? (size_t)(dict->end - dict->body) : 0;
  uint8_t head[11] = {WR_TAG(2, WR_LEN)};
  sbuf_put(&t->request, head, (size_t)(varint_put(head + 1, had + added) - head));
  sbuf_put(&t->request, dict->body, had);
  if (!sbuf_reserve(&t->request, added)) return OTTL_NOMEM;
  t->request.len =
      (size_t)(ottl__dict_added_write((uint8_t *)t->request.data + t->request.len, dict) - (uint8_t *)t->request.data);
  return OTTL_OK;
}

static const char *level_name(const ottl_batch *b, unsigned level) {
  static const char *const items[] = {"", "log", "span", "metric", "profile"};
  static const char *const children[] = {"", "", "spanevent", "datapoint", "profilesample"};
  switch (level) {
  case OTTL_L_RESOURCE: return "resource";
  case OTTL_L_SCOPE: return "scope";
  case OTTL_L_ITEM: return items[b->signal];
  case OTTL_L_CHILD: return children[b->signal];
  default: return "exemplar";
  }
}

/* Lines with the context before each path, as statements have it. Of what is below an item, lines that name the list are left out. */
static ottl_status put_lines(exec_trace *t, const char *context, unsigned level, ottl_view lines) {
  size_t indent = level > OTTL_L_ITEM ? 2 * (size_t)(level - OTTL_L_ITEM) : 0;
  while (lines.len) {
    const char *end = memchr(lines.data, '\n', lines.len);
    size_t n = end ? (size_t)(end - lines.data) + 1 : lines.len, spaces = 0;
    while (spaces < n && lines.data[spaces] == ' ') spaces++;
    if (spaces >= indent) {
      if (spaces == indent) ottl__sbuf_printf(&t->text, "%s.", context);
      sbuf_put(&t->text, lines.data + indent, n - indent);
    }
    lines = view_of(lines.data + n, lines.len - n);
  }
  return sbuf_status(&t->text);
}

/* The row of that level, when it is not what it was at the last look. */
static ottl_status look_row(exec_trace *t, unsigned level, trace_row *row) {
  ottl_batch *b = t->exec->vm.batch;
  ottl_record record;
  uint8_t tag, path[8];
  OTTL_TRY(ottl__batch_look(b, (ottl_level)level, 0, &record, &tag));
  if (record.body == row->body) return OTTL_OK;
  uint32_t at = level == b->layout->level ? b->first : b->up[level][0];
  unsigned n = row_path(b, level, at, tag, path);
  OTTL_TRY(row_request(t, &record, path, n));
  ottl_block block;
  row->body = record.body;
  row->lines = view_of("", 0);
  ottl_status status = ottl_viewer_open(t->viewer, (ottl_signal)b->signal, (const uint8_t *)t->request.data, t->request.len);
  size_t i = level < OTTL_L_ITEM ? level : OTTL_BLOCK_RECORD;
  if (status == OTTL_OK) status = ottl_viewer_render(t->viewer, i, &block);
  t->text.len = 0;
  if (status == OTTL_DATA || status == OTTL_LIMIT) { /* it can be run all the same */
    ottl__sbuf_printf(&t->text, "%s = (%u bytes that cannot be shown: %s)\n", level_name(b, level), (unsigned)record.len,
                      ottl_viewer_error(t->viewer, NULL));
  } else {
    OTTL_TRY(status);
    OTTL_TRY(put_lines(t, level_name(b, level), level, block.lines));
  }
  return keep_text(t, &row->lines);
}

static void put_cache_line(exec_trace *t, const char *context, ottl_view key, ottl_cell value) {
  if (value.tag == OTTL_T_ABSENT) return;
  ottl__sbuf_printf(&t->text, "%s.cache[", context);
  ottl__goquote_put(&t->text, key, false);
  sbuf_str(&t->text, "] = ");
  ottl__cell_text(&t->text, value, OTTL_MAX_VIEW_BYTES);
  sbuf_byte(&t->text, '\n');
}

/* Caches are no part of rows. */
static ottl_status put_caches(exec_trace *t) {
  ottl_batch *b = t->exec->vm.batch;
  const ottl_layout *layout = b->layout;
  for (uint32_t m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    if (spec->field != OTTL_FIELD_COUNT) continue;
    uint32_t i = spec->level == layout->level ? 0 : b->up[spec->level][0];
    const char *context = ottl__contexts[t->exec->vm.code->context].name;
    for (unsigned c = spec->first_column; !spec->entries && c < spec->first_column + (unsigned)spec->n_columns; c++)
      put_cache_line(t, context, layout->columns[c].key, reg_cell(&b->columns[c], i));
    if (!spec->entries) continue;
    OTTL_TRY(ottl__map_flush_row(b, m, i));
    const ottl_rowmap *map = &b->maps[m].rows[i];
    for (uint32_t k = 0; k < map->n; k++)
      put_cache_line(t, context, view_of(map->items[k].key, map->items[k].klen), entry_cell(&map->items[k]));
  }
  return OTTL_OK;
}

/* Everything that a statement may change, line by line. */
static ottl_status look_all(exec_trace *t) {
  const ottl_code *code = t->exec->vm.code;
  if (code->context == OTTL_C_OTELCOL) return OTTL_OK;
  for (unsigned level = 0; level <= code->level; level++) OTTL_TRY(look_row(t, level, &t->rows[level]));
  t->text.len = 0;
  for (unsigned level = 0; level <= code->level; level++) sbuf_view(&t->text, t->rows[level].lines);
  OTTL_TRY(put_caches(t));
  return keep_text(t, &t->lines);
}

/* ---- values of a part ---- */

static const seen_value nothing;

/* The newest value that was seen of the expression; *ret_first: the one that it was computed for. */
static const seen_value *seen_of(const trace_code *c, const ottl_expr *expr, const ottl_expr **ret_first) {
  for (uint32_t i = c->trace->next_value; i-- > 0;) {
    if (c->debug.values[i].expr != expr || !c->seen[i].seen) continue;
    *ret_first = c->debug.values[i].first;
    return &c->seen[i];
  }
  *ret_first = expr;
  return &nothing;
}

static ottl_status add_value(exec_trace *t, const ottl_expr *expr, const seen_value *value, uint32_t depth, bool condition,
                             bool asked) {
  OTTL_TRY(ottl__al_reserve(&t->exec->al, &t->values, &t->cap_values, t->n_values + 1, sizeof *t->values));
  t->values[t->n_values++] = (trace_value){expr, asked ? *value : nothing, depth, condition, asked};
  t->steps[t->n_steps - 1].n_values++;
  return OTTL_OK;
}

static ottl_status add_parts(trace_code *c, const ottl_expr *written, const ottl_expr *computed, uint32_t depth, bool condition);

/* What a lambda among the arguments gave for each element. */
static ottl_status add_elements(trace_code *c, const ottl_expr *call, const seen_value *value, uint32_t depth, bool condition) {
  if (value < c->seen || value >= c->seen + c->debug.n_values) return OTTL_OK;
  const seen_value *elements = &c->elements[value - c->seen];
  for (uint32_t i = 0; elements->seen && call->call && i < call->call->n_args; i++) {
    const ottl_expr *lambda = call->call->args[i].expr;
    if (lambda && lambda->kind == OTTL_E_LAMBDA) return add_value(c->trace, lambda, elements, depth, condition, true);
  }
  return OTTL_OK;
}

/* An expression with what it consists of. Literals tell themselves. */
static ottl_status add_expr(trace_code *c, const ottl_expr *written, const ottl_expr *computed, uint32_t depth, bool condition) {
  const ottl_expr *first;
  if (!written || !computed || written->kind == OTTL_E_LAMBDA) return OTTL_OK;
  if (written->kind == OTTL_E_LITERAL) {
    if (!written->symbol) return OTTL_OK;
    seen_value value = {.seen = true, .type = ottl__type_name(cell_type(written->literal))};
    c->trace->text.len = 0;
    ottl__cell_text(&c->trace->text, written->literal, MOST_TEXT);
    OTTL_TRY(keep_text(c->trace, &value.text));
    return add_value(c->trace, written, &value, depth, condition, true);
  }
  const seen_value *value = seen_of(c, computed, &first);
  if (value->seen) {
    OTTL_TRY(add_value(c->trace, written, value, depth, condition, true));
    depth++;
    OTTL_TRY(add_elements(c, written, value, depth, condition));
  }
  return add_parts(c, written, first, depth, condition);
}

static ottl_status add_parts(trace_code *c, const ottl_expr *written, const ottl_expr *computed, uint32_t depth, bool condition) {
  for (uint32_t i = 0; i < written->n_kids && i < computed->n_kids; i++)
    OTTL_TRY(add_expr(c, written->kids[i], computed->kids[i], depth, condition));
  if (!written->call || !computed->call) return OTTL_OK;
  for (uint32_t i = 0; i < written->call->n_args; i++) {
    const ottl_call_arg *arg = &written->call->args[i], *from = &computed->call->args[i];
    OTTL_TRY(add_expr(c, arg->expr, from->expr, depth, condition));
    for (uint32_t k = 0; k < arg->n_items && k < from->n_items; k++)
      OTTL_TRY(add_expr(c, arg->items[k], from->items[k], depth, condition));
  }
  return OTTL_OK;
}

/* Operand k and what it asks, in the order of the reference: until one decides. */
static ottl_status add_operand(trace_code *c, uint32_t k, uint32_t depth, bool asked, meter_answer *ret) {
  const code_operand *o = &c->debug.operands[k];
  const ottl_expr *first;
  meter_answer answer = asked ? ottl__meter_answer(&c->trace->exec->vm, o, 0) : ANSWER_FALSE;
  bool inner = o->expr->kind == OTTL_E_AND || o->expr->kind == OTTL_E_OR || o->expr->kind == OTTL_E_NOT;
  *ret = answer;
  seen_value value = {.seen = asked, .type = "bool", .text = answer == ANSWER_TRUE ? VIEW("true") : VIEW("false")};
  if (answer == ANSWER_ERROR) {
    const ottl_reg *r = c->trace->exec->vm.r[o->reg];
    uint32_t at = r->mask ? vm_up(&c->trace->exec->vm, c->code->level, r->level, 0) : 0;
    value.code = r->code[reg_at(r, at)];
    OTTL_TRY(message_text(c->trace, value.code, &value.text));
  }
  OTTL_TRY(add_value(c->trace, o->expr, &value, depth, true, asked));
  if (!inner) {
    if (!asked) return OTTL_OK;
    const ottl_expr *written = o->expr;
    (void)seen_of(c, written, &first);
    if (written->kind == OTTL_E_TRUTH) { /* the call itself has been told */
      written = written->kids[0];
      const seen_value *call = seen_of(c, first->kids[0], &first);
      OTTL_TRY(add_elements(c, written, call, depth + 1, true));
    }
    return add_parts(c, written, first, depth + 1, true);
  }
  meter_answer goes_on = o->expr->kind == OTTL_E_OR ? ANSWER_FALSE : ANSWER_TRUE;
  for (uint32_t next = k + 1; next < o->next; next = c->debug.operands[next].next) {
    meter_answer one;
    OTTL_TRY(add_operand(c, next, depth + 1, asked, &one));
    asked &= one == goes_on;
  }
  return OTTL_OK;
}

/* ---- steps ---- */

static ottl_status add_step(trace_code *c, uint32_t part) {
  exec_trace *t = c->trace;
  const ottl_batch *b = t->exec->vm.batch;
  OTTL_TRY(ottl__al_reserve(&t->exec->al, &t->steps, &t->cap_steps, t->n_steps + 1, sizeof *t->steps));
  trace_step *s = &t->steps[t->n_steps++];
  *s = (trace_step){.code = c->index, .part = part, .child = UINT32_MAX, .grandchild = UINT32_MAX, .first_value = t->n_values};
  uint32_t row = b->first;
  if (c->code->level == OTTL_L_GRANDCHILD) {
    uint32_t point = b->rows[OTTL_L_GRANDCHILD].parent[row];
    s->grandchild = row - b->rows[OTTL_L_CHILD].first_child[point];
    row = point;
  }
  if (c->code->level >= OTTL_L_CHILD && c->code->context != OTTL_C_OTELCOL)
    s->child = row - b->rows[OTTL_L_ITEM].first_child[b->rows[OTTL_L_CHILD].parent[row]];
  return OTTL_OK;
}

/* The editor of the open step has run. */
static ottl_status close_step(trace_code *c) {
  exec_trace *t = c->trace;
  const ottl_vm *vm = &t->exec->vm;
  if (!t->open) return OTTL_OK;
  trace_step *s = &t->steps[t->open - 1];
  t->open = 0;
  uint32_t statement = s->part - c->code->n_conditions;
  for (; t->n_failures < vm->n_failures; t->n_failures++) {
    const vm_failure *f = &vm->failures[t->n_failures];
    if (f->statement != statement || s->outcome == OTTL_TRACE_FAILED) continue;
    s->outcome = OTTL_TRACE_FAILED;
    s->failure = f->code;
    OTTL_TRY(message_text(t, f->code, &s->message));
  }
  s->before = t->lines;
  OTTL_TRY(look_all(t));
  s->after = t->lines;
  return OTTL_OK;
}

/* A part's condition is known, and its editor has not run. */
static ottl_status mark(trace_code *c, const code_mark *m) {
  exec_trace *t = c->trace;
  const ottl_vm *vm = &t->exec->vm;
  uint8_t own = c->code->level;
  OTTL_TRY(close_step(c));
  OTTL_TRY(add_step(c, m->part));
  trace_step *s = &t->steps[t->n_steps - 1];
  size_t at = t->n_steps - 1;
  bool reached = bm_get(vm_bits(vm, m->base, m->level), vm_up(vm, own, m->level, 0)) && !(m->stops && bm_get(vm->stopped, 0));
  bool statement = m->part >= c->code->n_conditions;
  meter_answer answer = ANSWER_TRUE;
  if (!reached) {
    s->outcome = OTTL_TRACE_PASSED;
    return OTTL_OK;
  }
  if (m->n_operands) OTTL_TRY(add_operand(c, m->first_operand, 0, true, &answer));
  s = &t->steps[at];
  s->outcome = answer == ANSWER_TRUE ? OTTL_TRACE_RAN : OTTL_TRACE_SKIPPED;
  if (answer == ANSWER_ERROR) {
    s->outcome = OTTL_TRACE_FAILED;
    s->failure = t->values[s->first_value].value.code;
    OTTL_TRY(message_text(t, s->failure, &t->steps[at].message));
  }
  if (statement && answer == ANSWER_TRUE) t->open = at + 1;
  return OTTL_OK;
}

/* Values of the editor's arguments: they are there when the editor has run. */
static ottl_status add_arguments(trace_code *c) {
  exec_trace *t = c->trace;
  if (!t->open || t->open != t->n_steps) return OTTL_OK;
  const trace_step *s = &t->steps[t->open - 1];
  const ottl_expr *call = t->exec->program->checked[c->index].statements[s->part - c->code->n_conditions].call;
  return add_parts(c, call, call, 0, false);
}

static ottl_status look(vm_watch *watch, uint32_t i) {
  trace_code *c = (trace_code *)watch;
  exec_trace *t = c->trace;
  const code_debug *d = &c->debug;
  if (i == c->code->n_prologue) {
    t->met = is_met(t, c);
    t->next_mark = t->next_value = 0;
    t->open = t->n_failures = 0;
    memset(t->rows, 0, sizeof t->rows);
    if (t->met) memset(c->seen, 0, d->n_values * sizeof *c->seen);
    if (t->met) OTTL_TRY(look_all(t));
  }
  if (!t->met) return OTTL_OK;
  for (; t->next_value < d->n_values && d->values[t->next_value].at <= i; t->next_value++) {
    const code_value *v = &d->values[t->next_value];
    OTTL_TRY(see(t, v->reg, &c->seen[t->next_value]));
    OTTL_TRY(see_elements(c, i, v->reg, &c->elements[t->next_value]));
  }
  const ottl_code_call *lambda = i < c->code->n_insns ? lambda_at(c, i) : NULL;
  if (lambda) t->exec->vm.lambda[lambda->lambdas[0].level - OTTL_LEVEL_LAMBDA(0)].n = 0; /* what is there is of another call */
  bool ends = i == c->code->n_insns;
  if (t->next_mark < d->n_marks && d->marks[t->next_mark].at == i) ends = true;
  if (ends) OTTL_TRY(add_arguments(c));
  for (; t->next_mark < d->n_marks && d->marks[t->next_mark].at == i; t->next_mark++) OTTL_TRY(mark(c, &d->marks[t->next_mark]));
  return i == c->code->n_insns ? close_step(c) : OTTL_OK;
}

/* ---- what was written down ---- */

size_t ottl_trace_steps(const ottl_exec *x) { return x && x->trace ? x->trace->n_steps : 0; }

static uint64_t place(uint32_t i) { return i == UINT32_MAX ? OTTL_NO_PLACE : i; }

ottl_status ottl_trace_step_get(const ottl_exec *x, size_t i, ottl_trace_step *ret) {
  if (i >= ottl_trace_steps(x) || !ret || ret->struct_size < sizeof *ret) return OTTL_INVALID_ARG;
  const trace_step *s = &x->trace->steps[i];
  const ottl_program *p = x->program;
  const ottl_checked_group *g = &p->checked[s->code];
  bool condition = s->part < p->codes[s->code].n_conditions;
  uint32_t k = s->part - p->codes[s->code].n_conditions;
  uint32_t source = condition ? g->conditions[s->part]->source_id : g->statements[k].source_id;
  program_origin from = {p->groups[s->code], 0};
  if (condition) from = ottl__program_origin(p, s->code, s->part);
  *ret = (ottl_trace_step){.struct_size = sizeof *ret,
                           .context = ottl__contexts[g->context].name,
                           .group = from.group,
                           .statement = condition ? UINT32_MAX : k,
                           .condition = from.condition,
                           .child = place(s->child),
                           .grandchild = place(s->grandchild),
                           .outcome = s->outcome,
                           .code = s->failure ? ottl__rowerr_name(s->failure) : NULL,
                           .message = s->message,
                           .span = ottl__program_span(p, source, 0, ottl__program_source(p, source)->text.len),
                           .before = s->before,
                           .after = s->after,
                           .n_values = s->n_values};
  return OTTL_OK;
}

ottl_status ottl_trace_value_get(const ottl_exec *x, size_t step, size_t k, ottl_trace_value *ret) {
  if (step >= ottl_trace_steps(x) || !ret || ret->struct_size < sizeof *ret) return OTTL_INVALID_ARG;
  const trace_step *s = &x->trace->steps[step];
  if (k >= s->n_values) return OTTL_INVALID_ARG;
  const trace_value *v = &x->trace->values[s->first_value + k];
  bool failed = v->value.code != 0;
  *ret = (ottl_trace_value){.struct_size = sizeof *ret,
                            .depth = v->depth,
                            .condition = v->condition,
                            .asked = v->asked,
                            .known = v->value.seen && !failed,
                            .code = failed ? ottl__rowerr_name(v->value.code) : NULL,
                            .message = failed ? v->value.text : (ottl_view){"", 0},
                            .type = v->value.type,
                            .value = failed ? (ottl_view){"", 0} : v->value.text,
                            .span = ottl__program_span(x->program, v->expr->source_id, v->expr->begin, v->expr->end)};
  return OTTL_OK;
}
