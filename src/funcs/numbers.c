/* ParseInt, Log, IsValidLuhn. */
#include "base/gomath.h"
#include "base/gonum.h"
#include "funcs/handlers.h"

ottl_status ottl__fn_parse_int(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    int64_t base = reg_int(c->arg[1].reg, row), v;
    if (text.len == 0)
      call_fail(c, row, OTTL_ROWERR(EMPTY_TARGET, 0));
    else if (base < 0 || base > 36 || ottl__gonum_parse_int(text, (int)base, &v) != OTTL_NUM_OK) {
      call_fail(c, row, OTTL_ROWERR(BAD_INT, OTTL_T_STRING));
    } else {
      out_int(c, row, v);
    }
  }
  return OTTL_OK;
}

ottl_status ottl__fn_log(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    if (cell_is_nil(v) || double_of_bits(v.word) <= 0)
      call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, v.tag));
    else
      out_put(c, row, cell_double(ottl__gomath_log(double_of_bits(v.word))));
  }
  return OTTL_OK;
}

/* Blanks are skipped; -1: something that is no digit. */
static int luhn(ottl_view text) {
  int sum = 0, check = 0;
  size_t n = 0;
  for (size_t i = text.len; i-- > 0;) {
    if (text.data[i] == ' ') continue;
    int digit = text.data[i] - '0';
    if (digit < 0 || digit > 9) return -1;
    if (n == 0) {
      check = digit;
    } else {
      if (n % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
      sum = (sum + digit) % 10;
    }
    n++;
  }
  return n > 0 && (10 - sum) % 10 == check;
}

ottl_status ottl__fn_is_valid_luhn(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    int valid = cell_is_nil(v) ? -1 : luhn(cell_view(v));
    if (valid < 0)
      call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, v.tag));
    else
      out_bool(c, row, valid);
  }
  return OTTL_OK;
}
