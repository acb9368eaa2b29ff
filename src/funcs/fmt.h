/* Values printed by verbs and flags, as Go's package fmt does it. */
#ifndef OTTL_SRC_FUNCS_FMT_H
#define OTTL_SRC_FUNCS_FMT_H

#include "funcs/handlers.h"

typedef struct fmt_state {
  ottl_call *c;
  ottl_sbuf *out;
  int wid, prec;
  bool wid_present, prec_present, minus, plus, sharp, space, zero;
  bool go_syntax;     /* %#v */
  bool erroring;      /* the value of a bad verb is printed without asking its type's methods */
  uint16_t row_error; /* what makes the row fail: the size of the result, malformed values */
} fmt_state;

/* -- pieces (fmt_pad.c): all look at width, precision and flags -- */
void ottl__fmt_pad(fmt_state *f, ottl_view text);
void ottl__fmt_string(fmt_state *f, ottl_view text);
void ottl__fmt_hex(fmt_state *f, ottl_view bytes, bool upper);
void ottl__fmt_quoted(fmt_state *f, ottl_view text);
void ottl__fmt_integer(fmt_state *f, uint64_t v, unsigned base, bool is_signed, bool upper, bool prefix_o);
void ottl__fmt_unicode(fmt_state *f, uint64_t v);
void ottl__fmt_double(fmt_state *f, double v, char style, int precision);

/* -- values (fmt_value.c) -- */
/* printArg, at the top level of the arguments. */
void ottl__fmt_value(fmt_state *f, ottl_cell v, uint32_t verb);
const char *ottl__fmt_type(ottl_cell v);

#endif
