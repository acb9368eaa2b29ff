/* Coverage: counts of profiles by the place of the statement, and what is missing in them. */
#include "ottl/coverage.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "ottl/profile.h"

typedef struct cov_place {
  ottl_view file, text;
  size_t begin;
  uint32_t line, column;
} cov_place;

typedef struct cov_operand {
  cov_place at;
  size_t parent;
  ottl_profile_operand_kind kind;
  uint64_t holds, fails, errors;
} cov_operand;

typedef struct cov_statement {
  cov_place at;
  bool condition; /* not a statement */
  uint64_t rows, selected;
  size_t n_operands;
  cov_operand *operands;
} cov_statement;

struct ottl_coverage {
  ottl_allocator al;
  ottl_arena arena;
  cov_statement *items; /* by file and place */
  size_t n, cap;
  bool counted; /* files and gaps are those of what was added */
  ottl_coverage_file_info *files;
  size_t n_files, cap_files;
  ottl_coverage_gap_info *gaps;
  size_t n_gaps, cap_gaps;
  bool failed; /* out of memory */
};

ottl_status ottl_coverage_create(const ottl_allocator *allocator, ottl_coverage **ret) {
  if (!ret) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_coverage *c = al_zero(&al, sizeof *c);
  if (!c) return OTTL_NOMEM;
  c->al = al;
  ottl__arena_init(&c->arena, &al, 0);
  *ret = c;
  return OTTL_OK;
}

void ottl_coverage_free(ottl_coverage *c) {
  if (!c) return;
  ottl_allocator al = c->al;
  al_free(&al, c->items, c->cap * sizeof *c->items);
  al_free(&al, c->files, c->cap_files * sizeof *c->files);
  al_free(&al, c->gaps, c->cap_gaps * sizeof *c->gaps);
  ottl__arena_done(&c->arena);
  al_free(&al, c, sizeof *c);
}

/* -- adding -- */

static int compare_places(const cov_place *a, const cov_place *b) {
  int c = view_cmp(a->file, b->file);
  if (c) return c;
  if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
  return view_cmp(a->text, b->text);
}

static bool copy_place(ottl_coverage *c, cov_place *p) {
  p->file = arena_copy(&c->arena, p->file.data, p->file.len);
  p->text = arena_copy(&c->arena, p->text.data, p->text.len);
  return p->file.data && p->text.data;
}

static cov_place place_of(const ottl_diag_span *span) {
  return (cov_place){span->file, span->text, span->begin, span->line, span->column};
}

static ottl_status add_operands(ottl_coverage *c, const ottl_exec *exec, size_t statement, cov_statement *s, size_t n) {
  s->operands = arena_zero(&c->arena, (n + 1) * sizeof *s->operands);
  if (!s->operands) return OTTL_NOMEM;
  s->n_operands = n;
  for (size_t i = 0; i < n; i++) {
    ottl_profile_operand_info o = {.struct_size = sizeof o};
    OTTL_TRY(ottl_profile_operand(exec, statement, i, &o));
    s->operands[i] = (cov_operand){.at = place_of(&o.span), .parent = o.parent, .kind = o.kind};
    if (!copy_place(c, &s->operands[i].at)) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

/* The statement of that place, which may be new. */
static ottl_status find_statement(ottl_coverage *c, const ottl_exec *exec, size_t statement,
                                  const ottl_profile_statement_info *info, cov_statement **ret) {
  cov_statement s = {.at = place_of(&info->span), .condition = info->statement == UINT32_MAX};
  size_t low = 0, high = c->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare_places(&c->items[middle].at, &s.at);
    if (order == 0) {
      *ret = &c->items[middle];
      return OTTL_OK;
    }
    *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
  }
  OTTL_TRY(ottl__al_reserve(&c->al, &c->items, &c->cap, c->n + 1, sizeof *c->items));
  if (!copy_place(c, &s.at)) return OTTL_NOMEM;
  OTTL_TRY(add_operands(c, exec, statement, &s, info->n_operands));
  memmove(c->items + low + 1, c->items + low, (c->n - low) * sizeof *c->items);
  c->items[low] = s;
  c->n++;
  *ret = &c->items[low];
  return OTTL_OK;
}

static ottl_status add_statement(ottl_coverage *c, const ottl_exec *exec, size_t i) {
  ottl_profile_statement_info info = {.struct_size = sizeof info};
  cov_statement *s;
  OTTL_TRY(ottl_profile_statement(exec, i, &info));
  OTTL_TRY(find_statement(c, exec, i, &info, &s));
  s->rows += info.rows;
  s->selected += info.selected;
  for (size_t k = 0; k < info.n_operands && k < s->n_operands; k++) {
    ottl_profile_operand_info o = {.struct_size = sizeof o};
    OTTL_TRY(ottl_profile_operand(exec, i, k, &o));
    s->operands[k].holds += o.holds;
    s->operands[k].fails += o.fails;
    s->operands[k].errors += o.errors;
  }
  return OTTL_OK;
}

ottl_status ottl_coverage_add(ottl_coverage *c, const ottl_exec *exec) {
  ottl_profile_total_info total = {.struct_size = sizeof total};
  if (!c || !exec || ottl_profile_total(exec, &total) != OTTL_OK) return OTTL_INVALID_ARG;
  c->counted = false;
  for (size_t i = 0; i < ottl_profile_statements(exec); i++) OTTL_TRY(add_statement(c, exec, i));
  return OTTL_OK;
}

/* -- what is missing -- */

static void add_gap(ottl_coverage *c, const cov_statement *s, const cov_place *at, ottl_coverage_gap gap, bool operand) {
  if (ottl__al_reserve(&c->al, &c->gaps, &c->cap_gaps, c->n_gaps + 1, sizeof *c->gaps) != OTTL_OK) {
    c->failed = true;
    return;
  }
  c->gaps[c->n_gaps++] = (ottl_coverage_gap_info){.gap = gap,
                                                  .operand = operand,
                                                  .condition = s->condition,
                                                  .file = s->at.file,
                                                  .line = at->line,
                                                  .column = at->column,
                                                  .text = at->text};
}

/* `a and b` that was never false says it of both. */
static bool is_implied(const cov_operand *parent, ottl_coverage_gap gap) {
  if (parent->kind == OTTL_OPERAND_AND) return gap == OTTL_COVERAGE_NEVER_FALSE && !parent->fails;
  return parent->kind == OTTL_OPERAND_OR && gap == OTTL_COVERAGE_NEVER_TRUE && !parent->holds;
}

static void count_operand(ottl_coverage *c, const cov_statement *s, size_t i, ottl_coverage_file_info *file) {
  const cov_operand *o = &s->operands[i], *parent = i && o->parent < s->n_operands ? &s->operands[o->parent] : NULL;
  if (parent && parent->kind == OTTL_OPERAND_NOT) return; /* the other way round, and nothing else */
  file->branches += 2;
  file->branches_taken += (o->holds > 0) + (o->fails > 0);
  if (!s->rows) return;
  if (parent && o->holds + o->fails + o->errors == 0) {
    bool told = parent->holds + parent->fails + parent->errors == 0;
    if (!told) add_gap(c, s, &o->at, OTTL_COVERAGE_NEVER_ASKED, true);
    return;
  }
  if (!o->holds && !(parent && is_implied(parent, OTTL_COVERAGE_NEVER_TRUE)))
    add_gap(c, s, &o->at, OTTL_COVERAGE_NEVER_TRUE, parent != NULL);
  if (!o->fails && !(parent && is_implied(parent, OTTL_COVERAGE_NEVER_FALSE)))
    add_gap(c, s, &o->at, OTTL_COVERAGE_NEVER_FALSE, parent != NULL);
}

static void count(ottl_coverage *c) {
  if (c->counted) return;
  c->n_files = c->n_gaps = 0;
  c->failed = false;
  for (size_t i = 0; i < c->n; i++) {
    const cov_statement *s = &c->items[i];
    if (!c->n_files || !view_eq(c->files[c->n_files - 1].file, s->at.file)) {
      if (ottl__al_reserve(&c->al, &c->files, &c->cap_files, c->n_files + 1, sizeof *c->files) != OTTL_OK) {
        c->failed = true;
        return;
      }
      c->files[c->n_files++] = (ottl_coverage_file_info){.file = s->at.file};
    }
    ottl_coverage_file_info *file = &c->files[c->n_files - 1];
    file->statements++;
    file->statements_run += s->condition ? s->rows > 0 : s->selected > 0;
    if (!s->rows) add_gap(c, s, &s->at, OTTL_COVERAGE_NEVER_RAN, false);
    for (size_t k = 0; k < s->n_operands; k++) count_operand(c, s, k, file);
  }
  c->counted = !c->failed;
}

size_t ottl_coverage_files(ottl_coverage *c) {
  if (!c) return 0;
  count(c);
  return c->n_files;
}

ottl_status ottl_coverage_file(ottl_coverage *c, size_t i, ottl_coverage_file_info *ret) {
  if (!ret || i >= ottl_coverage_files(c)) return OTTL_INVALID_ARG;
  *ret = c->files[i];
  return OTTL_OK;
}

size_t ottl_coverage_gaps(ottl_coverage *c) {
  if (!c) return 0;
  count(c);
  return c->n_gaps;
}

ottl_status ottl_coverage_gap_at(ottl_coverage *c, size_t i, ottl_coverage_gap_info *ret) {
  if (!ret || i >= ottl_coverage_gaps(c)) return OTTL_INVALID_ARG;
  *ret = c->gaps[i];
  return OTTL_OK;
}
