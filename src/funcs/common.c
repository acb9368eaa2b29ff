/* What several families of functions share: refusals, literal patterns, list arguments. */
#include <stdarg.h>
#include <stdio.h>

#include "base/bulk.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

ottl_status ottl__refuse(ottl_prepare *p, uint32_t arg, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  vsnprintf(p->message, sizeof p->message, format, ap);
  va_end(ap);
  p->bad_arg = arg;
  return OTTL_COMPILE;
}

ottl_status ottl__need_bulk(ottl_prepare *p) {
  p->no_tables = !ottl__bulk_here();
  return p->no_tables ? OTTL_COMPILE : OTTL_OK;
}

/* -- patterns -- */

static void pattern_free(const ottl_allocator *al, void *prep) {
  pattern_prep *pp = prep;
  if (!pp) return;
  ottl__regex_template_free(pp->tmpl);
  ottl__regex_free(pp->re);
  al_free(al, pp, sizeof *pp);
}

/* Go's %q, near enough for a message: printable ASCII as it is. */
static void pattern_quote(char *out, size_t cap, ottl_view text) {
  size_t n = 0;
  out[n++] = '"';
  for (size_t i = 0; i < text.len && n + 8 < cap; i++) {
    char ch = text.data[i];
    if (ch == '"' || ch == '\\') out[n++] = '\\';
    if (ch == '\n') {
      out[n++] = '\\';
      ch = 'n';
    }
    out[n++] = ch;
  }
  out[n++] = '"';
  out[n] = 0;
}

ottl_status ottl__pattern_refuse(ottl_prepare *p, const char *function, uint32_t arg, const char *why) {
  char quoted[96];
  pattern_quote(quoted, sizeof quoted, cell_view(p->arg[arg].literal));
  return ottl__refuse(p, arg, "the regex pattern supplied to %s '%s' is not a valid pattern: %s", function, quoted, why);
}

ottl_status ottl__pattern_prepare(ottl_prepare *p, const char *function, uint32_t pattern, uint32_t replacement) {
  const ottl_arg *arg = &p->arg[pattern];
  if (!arg->is_literal || cell_type(arg->literal) != OTTL_T_STRING) return OTTL_OK;
  ottl_regex_error error = {0};
  ottl_regex *re = NULL;
  ottl_status status = ottl__regex_compile(p->al, cell_view(arg->literal), &re, &error);
  if (status == OTTL_COMPILE || status == OTTL_LIMIT)
    return ottl__pattern_refuse(p, function, pattern, status == OTTL_LIMIT ? "it is too large" : error.message);
  if (status != OTTL_OK) return status;
  pattern_prep *pp = al_zero(p->al, sizeof *pp);
  if (!pp) {
    ottl__regex_free(re);
    return OTTL_NOMEM;
  }
  pp->re = re;
  p->prep = pp;
  p->free_prep = pattern_free;
  if (replacement == OTTL_NO_ARG) return OTTL_OK;
  const ottl_arg *text = &p->arg[replacement];
  if (!text->is_literal || cell_type(text->literal) != OTTL_T_STRING) return OTTL_OK;
  status = ottl__regex_template_create(p->al, re, cell_view(text->literal), &pp->tmpl);
  if (status != OTTL_OK) {
    pattern_free(p->al, pp);
    p->prep = NULL;
    p->free_prep = NULL;
  }
  return status;
}

ottl_status ottl__pattern_for_row(ottl_call *c, uint32_t row, uint32_t pattern, uint32_t replacement, pattern_use *ret,
                                  bool *ret_ok) {
  const pattern_prep *pp = c->prep;
  *ret_ok = true;
  if (pp && pp->re && (replacement == OTTL_NO_ARG || pp->tmpl)) {
    *ret = (pattern_use){pp->re, pp->tmpl};
    return OTTL_OK;
  }
  scratch_pattern *p;
  OTTL_TRY(ottl__scratch_pattern(c->scratch, reg_view(c->arg[pattern].reg, row), &p));
  if (!p->re) {
    call_fail(c, row, OTTL_ROWERR(BAD_REGEX, 0));
    *ret_ok = false;
    return OTTL_OK;
  }
  if (replacement != OTTL_NO_ARG) OTTL_TRY(ottl__scratch_template(c->scratch, p, reg_view(c->arg[replacement].reg, row)));
  *ret = (pattern_use){p->re, p->tmpl};
  return OTTL_OK;
}

/* -- list arguments -- */

ottl_status ottl__slice_begin(ottl_call *c, uint32_t row, uint32_t arg, slice_items *ret, bool *ret_ok) {
  const ottl_arg *a = &c->arg[arg];
  *ret = (slice_items){.arg = a, .row = row, .n = a->n_items};
  *ret_ok = true;
  if (!a->reg) return OTTL_OK;
  ottl_cell list = reg_cell(a->reg, row);
  switch (cell_type(list)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: ret->is_nil = true; return OTTL_OK;
  case OTTL_T_BYTES: { /* to the reference a slice like any other: its items are numbers */
    ret->is_nil = list.len == 0;
    ottl_cell *items = arena_array(c->arena, list.len, sizeof *items);
    if (!items) return OTTL_NOMEM;
    for (uint32_t i = 0; i < list.len; i++) items[i] = cell_int((unsigned char)cell_view(list).data[i]);
    ret->items = items;
    ret->n = list.len;
    return OTTL_OK;
  }
  case OTTL_T_LIST: ret->of_pdata = true; break;
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_UINT64:
  case OTTL_T_LIST_DOUBLE: break;
  default:
    call_fail(c, row, OTTL_ROWERR(WANT_LIST, list.tag));
    *ret_ok = false;
    return OTTL_OK;
  }
  ottl_status status = ottl__value_to_tree(c->arena, &list);
  if (status != OTTL_OK) {
    *ret_ok = false;
    return fail_status(c, row, status);
  }
  static const ottl_cell none[1];
  ret->items = cell_list(list)->n ? cell_list(list)->items : none;
  ret->n = cell_list(list)->n;
  return OTTL_OK;
}
