/* Go's elementary functions: see gomath.h. Exp is that of exp_amd64.s (N. Shibata's method) on a processor with fused
 * multiply-add; the others are FreeBSD's, as Go has them. */
#include "base/gomath.h"

#include <math.h>

double ottl__gomath_ldexp(double fraction, int64_t exponent) {
  return ldexp(fraction, exponent > 5000 ? 5000 : exponent < -5000 ? -5000 : (int)exponent);
}

double ottl__gomath_log(double x) {
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

double ottl__gomath_log2(double x) {
  if (isnan(x) || isinf(x)) return x;
  int exponent;
  double fraction = frexp(x, &exponent);
  if (fraction == 0.5) return exponent - 1;
  return ottl__gomath_log(fraction) * (1 / 0.693147180559945309417232121458176568) + exponent;
}

double ottl__gomath_exp(double x) {
  static const double taylor[] = {2.4801587301587301587e-5,
                                  1.9841269841269841270e-4,
                                  1.3888888888888888889e-3,
                                  8.3333333333333333333e-3,
                                  4.1666666666666666667e-2,
                                  1.6666666666666666667e-1,
                                  0.5,
                                  1.0};
  if (isnan(x) || isinf(x)) return x < 0 ? 0 : x;
  if (x > 7.09782712893384e+02) return INFINITY;
  if (x < -1000) return 0;
  const double k = nearbyint(x * 1.4426950408889634073599246810018920);
  double r = fma(-k, 0.69314718055966295651160180568695068359375, x);
  r = fma(-k, 0.28235290563031577122588448175013436025525412068e-12, r) * 0.0625;
  double sum = taylor[0];
  for (unsigned i = 1; i < OTTL_COUNT(taylor); i++) sum = fma(sum, r, taylor[i]);
  r *= sum;
  for (int i = 0; i < 3; i++) r *= r + 2; /* e^16r - 1 from e^r - 1: four doublings */
  r = fma(r + 2, r, 1);
  int exponent = (int)k + 0x3ff;
  if (exponent >= 0x7ff) return INFINITY;
  if (exponent > 0) return r * double_of_bits((uint64_t)exponent << 52);
  if (exponent < -52) return 0;
  return r * double_of_bits((uint64_t)(exponent + 0x3fe) << 52) * 0x1p-1022;
}

/* e^(hi - lo) * 2^k, hi - lo within ln(2) / 2 of 0. */
static double expmulti(double hi, double lo, int k) {
  const double p1 = 1.66666666666666657415e-01, p2 = -2.77777777770155933842e-03, p3 = 6.61375632143793436117e-05,
               p4 = -1.65339022054652515390e-06, p5 = 4.13813679705723846039e-08;
  double r = hi - lo, t = r * r;
  double c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  return ldexp(1 - ((lo - (r * c) / (2 - c)) - hi), k);
}

double ottl__gomath_exp2(double x) {
  const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;
  if (isnan(x)) return x;
  if (x > 1.0239999999999999e+03) return INFINITY;
  if (x < -1.0740e+03) return 0;
  int k = (int)(x > 0 ? x + 0.5 : x < 0 ? x - 0.5 : 0);
  double t = x - k;
  return expmulti(t * ln2_hi, -t * ln2_lo, k);
}
