#include "base/gonum_exact.h"

#include "base/gonum_wide.h"

/* No halfway point between two doubles has more than 767 significant digits: what comes later can only break a tie. */
#define NX_DIGITS 770
/* 770 digits, or 54 bits times 5^(340 + 770), or 10^311, are below 2^2700. */
#define NX_LIMBS 48

typedef struct nx_big {
  int n;
  uint64_t limb[NX_LIMBS]; /* least first */
} nx_big;

static void nx_mul_add(nx_big *x, uint64_t factor, uint64_t add) {
  for (int i = 0; i < x->n; i++) {
    gonum_u128 p = gonum_mul(x->limb[i], factor);
    p.lo += add;
    p.hi += p.lo < add;
    x->limb[i] = p.lo;
    add = p.hi;
  }
  if (add && x->n < NX_LIMBS) x->limb[x->n++] = add;
}

static void nx_mul_pow5(nx_big *x, int64_t n) {
  for (; n >= 27; n -= 27) nx_mul_add(x, 7450580596923828125u, 0);
  for (; n > 0; n--) nx_mul_add(x, 5, 0);
}

static void nx_shift_left(nx_big *x, int64_t bits) {
  int words = (int)(bits / 64), rest = (int)(bits % 64);
  if (rest) nx_mul_add(x, 1ull << rest, 0);
  if (words == 0 || x->n + words > NX_LIMBS) return;
  memmove(x->limb + words, x->limb, (size_t)x->n * sizeof x->limb[0]);
  memset(x->limb, 0, (size_t)words * sizeof x->limb[0]);
  x->n += words;
}

static int nx_order(const nx_big *a, const nx_big *b) {
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  for (int i = a->n - 1; i >= 0; i--) {
    if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
  }
  return 0;
}

int ottl__gonum_compare(const char *digits, const char *digits_end, int64_t point, uint64_t m, int k) {
  nx_big decimal = {0}, binary = {1, {m}};
  int n = 0;
  bool more = false;
  for (const char *p = digits; p < digits_end; p++) {
    unsigned d = (unsigned char)(*p - '0');
    if (d > 9 || (n == 0 && d == 0)) continue;
    if (n < NX_DIGITS) {
      nx_mul_add(&decimal, 10, d);
      n++;
    } else if (d) {
      more = true;
      break;
    }
  }
  int64_t ten = point - n, two = ten - k; /* decimal * 10^ten against binary * 2^k */
  nx_mul_pow5(ten >= 0 ? &decimal : &binary, ten >= 0 ? ten : -ten);
  nx_shift_left(two >= 0 ? &decimal : &binary, two >= 0 ? two : -two);
  int order = nx_order(&decimal, &binary);
  return order == 0 && more ? 1 : order;
}
