/* The tree as an s-expression on one line: (call set (arg (path log (field body))) ...). */
#include <math.h>

#include "syntax/parse.h"

static void print_text(ottl_sbuf *out, ottl_view text) {
  sbuf_byte(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    unsigned char ch = (unsigned char)text.data[i];
    if (ch == '"' || ch == '\\') sbuf_byte(out, '\\');
    if (ch < 0x20 || ch == 0x7F)
      ottl__sbuf_printf(out, "\\x%02x", ch);
    else
      sbuf_byte(out, (char)ch);
  }
  sbuf_byte(out, '"');
}

void ottl__tree_print(const ottl_node *n, ottl_sbuf *out) {
  static const char *const names[] = {[NODE_STATEMENT] = "statement",
                                      [NODE_PATH] = "path",
                                      [NODE_FIELD] = "field",
                                      [NODE_KEY] = "key",
                                      [NODE_CALL] = "call",
                                      [NODE_ARG] = "arg",
                                      [NODE_POS] = "pos",
                                      [NODE_NEG] = "neg",
                                      [NODE_NOT] = "not",
                                      [NODE_AND] = "and",
                                      [NODE_OR] = "or",
                                      [NODE_LIST] = "list",
                                      [NODE_MAP] = "map",
                                      [NODE_MAPITEM] = "item",
                                      [NODE_LAMBDA] = "lambda"};
  static const char *const compare[] = {"==", "!=", "<", "<=", ">=", ">"};
  if (!n) {
    sbuf_str(out, "(none)");
    return;
  }
  switch (n->kind) {
  case NODE_ERROR: sbuf_str(out, "?"); return;
  case NODE_NIL: sbuf_str(out, "nil"); return;
  case NODE_BOOL: sbuf_str(out, n->integer ? "true" : "false"); return;
  case NODE_INT: ottl__sbuf_printf(out, "%lld", (long long)n->integer); return;
  case NODE_FLOAT:
    ottl__sbuf_printf(out, "%.17g%s", n->number, n->number == floor(n->number) && fabs(n->number) < 1e15 ? ".0" : "");
    return;
  case NODE_STRING: print_text(out, n->text); return;
  case NODE_BYTES:
    sbuf_str(out, "0x");
    for (size_t i = 0; i < n->text.len; i++) ottl__sbuf_printf(out, "%02x", (unsigned char)n->text.data[i]);
    return;
  case NODE_ENUM: sbuf_view(out, n->text); return;
  case NODE_FUNCREF:
    sbuf_byte(out, '&');
    sbuf_view(out, n->text);
    return;
  case NODE_FORMAL: sbuf_view(out, n->text); return;
  case NODE_FIELD:
    if (!n->first) {
      sbuf_view(out, n->text);
      return;
    }
    break;
  case NODE_ARG:
    if (!n->text.len) { /* a positional argument is its value */
      ottl__tree_print(n->first, out);
      return;
    }
    break;
  default: break;
  }
  sbuf_byte(out, '(');
  if (n->kind == NODE_CMP)
    sbuf_str(out, compare[n->op]);
  else if (n->kind == NODE_MATH)
    sbuf_byte(out, (char)n->op);
  else
    sbuf_str(out, names[n->kind]);
  if (n->kind == NODE_MAPITEM) {
    sbuf_byte(out, ' ');
    print_text(out, n->text);
  } else if (n->text.len) {
    sbuf_byte(out, ' ');
    sbuf_view(out, n->text);
  }
  for (const ottl_node *i = n->first; i; i = i->next) {
    sbuf_byte(out, ' ');
    ottl__tree_print(i, out);
  }
  sbuf_byte(out, ')');
}
