/* math.Exp, Exp2, Log, Log2 and Ldexp as Go has them on amd64, so that the last bit is that of the reference, everywhere. */
#ifndef OTTL_SRC_BASE_GOMATH_H
#define OTTL_SRC_BASE_GOMATH_H

#include "base/common.h"

double ottl__gomath_exp(double x);
double ottl__gomath_exp2(double x);
double ottl__gomath_log(double x);  /* x > 0, or NaN */
double ottl__gomath_log2(double x); /* the same */
double ottl__gomath_ldexp(double fraction, int64_t exponent);

#endif
