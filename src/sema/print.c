/* Typed trees as text, for tests and dumps. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sema/sema.h"

static void print_text(ottl_sbuf *out, ottl_view v) {
  sbuf_byte(out, '"');
  for (size_t i = 0; i < v.len; i++) {
    unsigned char c = (unsigned char)v.data[i];
    if (c == '"' || c == '\\')
      ottl__sbuf_printf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      ottl__sbuf_printf(out, "\\x%02x", c);
    else
      sbuf_byte(out, (char)c);
  }
  sbuf_byte(out, '"');
}

static void print_double(ottl_sbuf *out, double d) {
  char buf[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buf, sizeof buf, "%.*g", digits, d);
    if (isnan(d) || strtod(buf, NULL) == d) break;
  }
  sbuf_str(out, buf);
  if (!strpbrk(buf, ".einf")) sbuf_str(out, ".0");
}

static void print_cell(ottl_sbuf *out, ottl_cell c) {
  switch (cell_type(c)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: sbuf_str(out, "nil"); return;
  case OTTL_T_BOOL: sbuf_str(out, c.word ? "true" : "false"); return;
  case OTTL_T_INT: ottl__sbuf_printf(out, "%lld", (long long)c.word); return;
  case OTTL_T_DOUBLE: print_double(out, double_of_bits(c.word)); return;
  case OTTL_T_STRING: print_text(out, cell_view(c)); return;
  case OTTL_T_BYTES: {
    ottl_view v = cell_view(c);
    sbuf_str(out, "0x");
    for (size_t i = 0; i < v.len; i++) ottl__sbuf_printf(out, "%02x", (unsigned char)v.data[i]);
    return;
  }
  default: break;
  }
  if (cell_is_tree(c) && cell_type(c) == OTTL_T_MAP) {
    const ottl_rowmap *map = cell_map(c);
    sbuf_byte(out, '{');
    for (uint32_t i = 0; i < map->n; i++) {
      if (i) sbuf_byte(out, ' ');
      print_text(out, view_of(map->items[i].key, map->items[i].klen));
      sbuf_byte(out, ':');
      print_cell(out, entry_cell(&map->items[i]));
    }
    sbuf_byte(out, '}');
  } else if (cell_is_tree(c)) {
    const ottl_list *list = cell_list(c);
    sbuf_str(out, cell_type(c) == OTTL_T_LIST ? "p[" : "[");
    for (uint32_t i = 0; i < list->n; i++) {
      if (i) sbuf_byte(out, ' ');
      print_cell(out, list->items[i]);
    }
    sbuf_byte(out, ']');
  } else
    ottl__sbuf_printf(out, "<%s>", ottl__type_name(cell_type(c)));
}

static void print_list(ottl_sbuf *out, const char *head, ottl_expr **kids, uint32_t n, bool typed) {
  ottl__sbuf_printf(out, "(%s", head);
  for (uint32_t i = 0; i < n; i++) {
    sbuf_byte(out, ' ');
    ottl__expr_print(kids[i], typed, out);
  }
  sbuf_byte(out, ')');
}

static void print_call(ottl_sbuf *out, const ottl_call_site *site, bool typed) {
  const ottl_function *f = &ottl__functions[site->function];
  ottl__sbuf_printf(out, "(%s", f->name);
  for (uint32_t i = 0; i < site->n_args; i++) {
    const ottl_call_arg *a = &site->args[i];
    if (!a->given) {
      sbuf_str(out, " -");
      continue;
    }
    sbuf_byte(out, ' ');
    if (a->items)
      print_list(out, "items", a->items, a->n_items, typed);
    else if (a->expr)
      ottl__expr_print(a->expr, typed, out);
    else if (f->params[i].kind == OTTL_P_FUNCTION)
      ottl__sbuf_printf(out, "@%s", ottl__functions[a->function].name);
    else {
      sbuf_byte(out, '\'');
      print_cell(out, a->literal);
    }
  }
  sbuf_byte(out, ')');
}

void ottl__expr_print(const ottl_expr *e, bool typed, ottl_sbuf *out) {
  static const char *const cmps[] = {"==", "!=", "<", "<=", ">=", ">"};
  if (!e) {
    sbuf_str(out, "null");
    return;
  }
  char op[2] = {(char)e->op, 0};
  switch ((ottl_expr_kind)e->kind) {
  case OTTL_E_LITERAL: print_cell(out, e->literal); break;
  case OTTL_E_PATH:
    ottl__sbuf_printf(out, "%s.%s", ottl__contexts[e->context].name, e->path->spelling);
    for (uint32_t i = 0; i < e->n_kids; i++) {
      sbuf_byte(out, '[');
      ottl__expr_print(e->kids[i], false, out);
      sbuf_byte(out, ']');
    }
    break;
  case OTTL_E_CALL: print_call(out, e->call, typed); break;
  case OTTL_E_INDEX: print_list(out, "index", e->kids, e->n_kids, typed); break;
  case OTTL_E_NEG: print_list(out, "neg", e->kids, e->n_kids, typed); break;
  case OTTL_E_MATH: print_list(out, op, e->kids, e->n_kids, typed); break;
  case OTTL_E_LIST: print_list(out, "list", e->kids, e->n_kids, typed); break;
  case OTTL_E_MAP:
    sbuf_str(out, "(map");
    for (uint32_t i = 0; i < e->n_kids; i++) {
      sbuf_byte(out, ' ');
      print_text(out, e->names[i]);
      sbuf_byte(out, ':');
      ottl__expr_print(e->kids[i], typed, out);
    }
    sbuf_byte(out, ')');
    break;
  case OTTL_E_CMP: print_list(out, cmps[e->op], e->kids, e->n_kids, typed); break;
  case OTTL_E_NOT: print_list(out, "not", e->kids, e->n_kids, typed); break;
  case OTTL_E_AND: print_list(out, "and", e->kids, e->n_kids, typed); break;
  case OTTL_E_OR: print_list(out, "or", e->kids, e->n_kids, typed); break;
  case OTTL_E_LOCAL:
    ottl__sbuf_printf(out, "$%u.%u", e->context, e->op);
    for (uint32_t i = 0; i < e->n_kids; i++) {
      sbuf_byte(out, '[');
      ottl__expr_print(e->kids[i], false, out);
      sbuf_byte(out, ']');
    }
    break;
  case OTTL_E_LAMBDA: print_list(out, "lambda", e->kids, e->n_kids, typed); break;
  case OTTL_E_TRUTH: print_list(out, "truth", e->kids, e->n_kids, typed); break;
  }
  if (!typed || e->kind == OTTL_E_LITERAL) return;
  char buf[200];
  ottl__sbuf_printf(out, ":%s%s@%d", ottl__types_text(e->types, buf, sizeof buf), e->may_fail ? "!" : "", e->level);
}
