/* Doubles with a given number of digits: strconv.FormatFloat(value, style, precision, 64), exact and rounded half to even. */
#ifndef OTTL_SRC_BASE_GONUM_FIXED_H
#define OTTL_SRC_BASE_GONUM_FIXED_H

#include "base/sbuf.h"

/* style: e E f g G b x X; a precision below 0 stands for the shortest digits that read back as value. */
void ottl__gonum_put_double_precision(ottl_sbuf *buf, double value, char style, int precision);

#endif
