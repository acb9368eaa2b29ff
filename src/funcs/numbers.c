/* ParseInt, Log, IsValidLuhn. */
#include <math.h>

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

/* math.Log as Go has it (FreeBSD's e_log.c), so that the last bit is the same everywhere. x > 0. */
static double go_log(double x) {
  const double l1 = 6.666666666666735130e-01, l2 = 3.999999999940941908e-01, l3 = 2.857142874366239149e-01,
               l4 = 2.222219843214978396e-01, l5 = 1.818357216161805012e-01, l6 = 1.531383769920937332e-01,
               l7 = 1.479819860511658591e-01;
  const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;
  if (isnan(x) || isinf(x)) return x;
  uint64_t bits = bits_of_double(x); /* a denormal counts as if it were normal: so does Go's code for amd64 */
  int exponent = (int)(bits >> 52 & 0x7ff) - 1022;
  double f1 = double_of_bits((bits & 0xfffffffffffff) | 0x3fe0000000000000);
  if (f1 < 0.70710678118654752440) {
    f1 *= 2;
    exponent--;
  }
  double f = f1 - 1, k = exponent;
  double s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
  double t1 = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7))), t2 = s4 * (l2 + s4 * (l4 + s4 * l6));
  double r = t1 + t2, half = 0.5 * f * f;
  return k * ln2_hi - ((half - (s * (half + r) + k * ln2_lo)) - f);
}

ottl_status ottl__fn_log(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    if (cell_is_nil(v) || double_of_bits(v.word) <= 0)
      call_fail(c, row, OTTL_ROWERR(FUNCTION_ARGUMENT, v.tag));
    else
      out_put(c, row, cell_double(go_log(double_of_bits(v.word))));
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
