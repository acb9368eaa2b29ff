#include "tooling/groups.h"

#include "syntax/split.h"

/* Where a piece stands when its text does not begin the file. */
static ottl_snippet place(const ottl_piece *p, const ottl_snippet *at) {
  ottl_snippet s = *at;
  uint32_t line = at->line ? at->line : 1, column = at->column ? at->column : 1;
  s.text = p->text.data;
  s.len = p->text.len;
  s.line = line + p->line - 1;
  s.column = p->line == 1 ? column + p->column - 1 : at->indent + p->column;
  s.offset = at->offset + p->offset + (size_t)at->indent * (p->line - 1);
  return s;
}

ottl_status ottl__text_groups(ottl_arena *arena, ottl_view text, const ottl_snippet *at, bool filter, ottl_error_mode mode,
                              ottl_group **ret, size_t *ret_n) {
  ottl_pieces pieces;
  OTTL_TRY(ottl__split(arena, text, &pieces));
  ottl_group *groups = arena_zero(arena, (pieces.n + 1) * sizeof *groups);
  ottl_snippet *snippets = arena_zero(arena, (pieces.n + 1) * sizeof *snippets);
  if (!groups || !snippets) return OTTL_NOMEM;
  size_t n = 0;
  ottl_view context = {NULL, 0};
  for (size_t i = 0; i < pieces.n; i++) {
    const ottl_piece *p = &pieces.items[i];
    snippets[i] = place(p, at);
    if (i == 0 || !view_eq(context, p->context)) {
      context = p->context;
      ottl_view copy = arena_copy(arena, context.data, context.len);
      if (!copy.data) return OTTL_NOMEM;
      groups[n++] = (ottl_group){.struct_size = sizeof *groups, .context = context.len ? copy.data : NULL, .error_mode = mode};
    }
    ottl_group *g = &groups[n - 1];
    const ottl_snippet **list = filter ? &g->conditions : &g->statements;
    size_t *count = filter ? &g->n_conditions : &g->n_statements;
    if (*count == 0) *list = &snippets[i];
    ++*count;
  }
  *ret = groups;
  *ret_n = n;
  return OTTL_OK;
}
