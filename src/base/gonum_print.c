/* Integers and doubles to text, as strconv.FormatInt and FormatFloat with precision -1 do. Shortest digits come from
 * Raffaello Giulietti's Schubfach algorithm on 128-bit powers of ten. */
#include "base/gonum.h"

#include "base/gonum_pow10.h"
#include "base/gonum_wide.h"

const char ottl__gonum_two_digits[200] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434"
    "44546474849505152535455565758596061626364656667686970717273747576777879808182838485868788"
    "8990919293949596979899";

/* The digits of v < 10^8 as bytes, the first digit at the least byte; zeros in front. */
static inline uint64_t np_eight(uint32_t v) {
  uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32;
  uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007f0000007f; /* each four divided by 100 */
  uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  uint64_t tens = (twos * 103 >> 10) & 0x000f000f000f000f;
  return tens | (twos - tens * 10) << 8;
}

static inline char *np_put_eight(char *to, uint64_t digits) {
  store_le64(to, digits | 0x3030303030303030);
  return to + 8;
}

/* Without zeros in front, but one digit at least; writes 8 bytes. */
static inline char *np_put_first(char *to, uint32_t v) {
  uint64_t digits = np_eight(v);
  unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
  np_put_eight(to, digits >> (8 * zeros));
  return to + 8 - zeros;
}

size_t ottl__gonum_format_uint(char out[OTTL_INT_TEXT_MAX], uint64_t value) {
  char *p;
  if (value < 100000000) {
    p = np_put_first(out, (uint32_t)value);
  } else if (value < 10000000000000000) {
    p = np_put_first(out, (uint32_t)(value / 100000000));
    p = np_put_eight(p, np_eight((uint32_t)(value % 100000000)));
  } else {
    uint64_t rest = value % 10000000000000000;
    p = np_put_first(out, (uint32_t)(value / 10000000000000000));
    p = np_put_eight(p, np_eight((uint32_t)(rest / 100000000)));
    p = np_put_eight(p, np_eight((uint32_t)(rest % 100000000)));
  }
  return (size_t)(p - out);
}

size_t ottl__gonum_format_int(char out[OTTL_INT_TEXT_MAX], int64_t value) {
  if (value >= 0) return ottl__gonum_format_uint(out, (uint64_t)value);
  char tmp[OTTL_INT_TEXT_MAX];
  size_t n = ottl__gonum_format_uint(tmp, 0 - (uint64_t)value);
  out[0] = '-';
  memcpy(out + 1, tmp, n);
  return n + 1;
}

void ottl__gonum_put_int(ottl_sbuf *buf, int64_t value) {
  if (sbuf_reserve(buf, OTTL_INT_TEXT_MAX)) buf->len += ottl__gonum_format_int(buf->data + buf->len, value);
}

void ottl__gonum_put_uint(ottl_sbuf *buf, uint64_t value) {
  if (sbuf_reserve(buf, OTTL_INT_TEXT_MAX)) buf->len += ottl__gonum_format_uint(buf->data + buf->len, value);
}

void ottl__gonum_put_int_base(ottl_sbuf *buf, int64_t value, int base) {
  assert(base >= 2 && base <= 36);
  char tmp[65];
  size_t at = sizeof tmp;
  uint64_t u = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    tmp[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[u % (unsigned)base];
    u /= (unsigned)base;
  } while (u);
  if (value < 0) tmp[--at] = '-';
  sbuf_put(buf, tmp + at, sizeof tmp - at);
}

/* floor(g * c / 2^128), with bit 0 set when anything but (nearly) nothing was cut off: enough for exact comparisons. */
static inline uint64_t np_round_to_odd(gonum_pow10_entry g, uint64_t c) {
  gonum_u128 x = gonum_mul(g.lo, c), y = gonum_mul(g.hi, c);
  uint64_t mid = y.lo + x.hi;
  return (y.hi + (mid < y.lo)) | (mid > 1);
}

/* Shortest decimal s * 10^*ret_k nearest to c * 2^q. `uneven`: the next lower double is half as far as the next higher one. */
static uint64_t np_schubfach(uint64_t c, int q, bool uneven, int *ret_k) {
  uint64_t odd = c & 1;                                              /* an even c owns the ends of its interval */
  int k = (int)((int64_t)q * 1262611 - (uneven ? 524031 : 0)) >> 22; /* floor(log10(2^q)), or of 3/4 of it */
  int h = q + (-k * 1741647 >> 19) + 1;
  gonum_pow10_entry g = gonum_pow10[-k - GONUM_POW10_MIN];
  if (k > 0 || -k > 55) { /* the algorithm wants it rounded up */
    g.lo++;
    g.hi += g.lo == 0;
  }
  uint64_t vbl = np_round_to_odd(g, (4 * c - 2 + uneven) << h);
  uint64_t vb = np_round_to_odd(g, (4 * c) << h);
  uint64_t vbr = np_round_to_odd(g, (4 * c + 2) << h);
  uint64_t lower = vbl + odd, upper = vbr - odd, s = vb / 4;

  if (s >= 10) { /* one digit fewer? */
    uint64_t sp = s / 10;
    bool down = lower <= 40 * sp, up = 40 * sp + 40 <= upper;
    if (down != up) {
      *ret_k = k + 1;
      return sp + up;
    }
  }
  *ret_k = k;
  bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
  if (down != up) return s + up;
  uint64_t mid = 4 * s + 2;
  return s + (vb > mid || (vb == mid && (s & 1)));
}

/* PERF: values of three decimals or fewer. A decimal of at most 15 digits that rounds to a double is the shortest that does; the
 * division rounds right, since both its sides are exact. */
static inline bool np_thousandths(double value, uint64_t *ret) {
  if (!(value < 1e12) || value < 1e-3) return false;
  uint64_t n = (uint64_t)(value * 1000 + 0.5);
  *ret = n;
  return (double)n / 1000 == value;
}

int ottl__gonum_shortest(char digits[OTTL_DIGITS_MAX], double value, int *ret_point) {
  uint64_t bits = bits_of_double(value), fraction = bits & ((1ull << 52) - 1), s;
  int exponent = (int)(bits >> 52 & 0x7ff), k;
  assert(exponent != 0x7ff);
  if (exponent == 0 && fraction == 0) {
    *ret_point = 0;
    return 0;
  }
  uint64_t c = exponent ? fraction | 1ull << 52 : fraction;
  int q = (exponent ? exponent : 1) - 1075;
  if (q <= 0 && q > -53 && (c & ((1ull << -q) - 1)) == 0) {
    s = c >> -q; /* an integer up to 2^53 */
    k = 0;
  } else if (np_thousandths(double_of_bits(bits & INT64_MAX), &s)) {
    k = -3;
  } else {
    s = np_schubfach(c, q, fraction == 0 && exponent > 1, &k);
  }
  assert(s < 100000000000000000); /* 17 digits */
  int n = (int)ottl__gonum_format_uint(digits, s);
  *ret_point = n + k;
  while (digits[n - 1] == '0') n--;
  return n;
}

static char *np_zeros(char *p, int n) {
  if (n <= 0) return p;
  memset(p, '0', (size_t)n);
  return p + n;
}

/* Digits, 17 at most; 16 bytes behind them may be read and written. */
static inline char *np_copy(char *p, const char *from, int n) {
  memcpy(p, from, 16);
  p[16 & -(n > 16)] = from[16 & -(n > 16)];
  return p + n;
}

static char *np_exponent_form(char *p, const char *digits, int n, int point) {
  *p++ = n ? digits[0] : '0';
  if (n > 1) {
    *p++ = '.';
    p = np_copy(p, digits + 1, n - 1);
  }
  int e = n ? point - 1 : 0;
  *p++ = 'e';
  *p++ = e < 0 ? '-' : '+';
  unsigned u = (unsigned)(e < 0 ? -e : e);
  if (u >= 100) *p++ = (char)('0' + u / 100);
  memcpy(p, ottl__gonum_two_digits + 2 * (u % 100), 2);
  return p + 2;
}

static char *np_fixed_form(char *p, const char *digits, int n, int point) {
  if (point > 0) {
    int whole = point < n ? point : n;
    p = np_zeros(np_copy(p, digits, whole), point - whole);
    if (n > whole) {
      *p++ = '.';
      p = np_copy(p, digits + whole, n - whole);
    }
    return p;
  }
  *p++ = '0';
  if (n == 0) return p;
  *p++ = '.';
  return np_copy(np_zeros(p, -point), digits, n);
}

size_t ottl__gonum_format_double(char out[OTTL_DOUBLE_TEXT_MAX], double value, char style) {
  char *p = out, digits[OTTL_DIGITS_MAX + 16];
  uint64_t bits = bits_of_double(value);
  if (OTTL_UNLIKELY((bits >> 52 & 0x7ff) == 0x7ff)) {
    memcpy(out, bits << 12 ? "NaN" : bits >> 63 ? "-Inf" : "+Inf", 4);
    return bits << 12 ? 3 : 4;
  }
  if (bits >> 63) *p++ = '-';
  int point, n = ottl__gonum_shortest(digits, value, &point);
  int e = point - 1;
  bool exponent_form = style == 'e' || (style == 'g' && (e < -4 || e >= 6));
  p = exponent_form ? np_exponent_form(p, digits, n, point) : np_fixed_form(p, digits, n, point);
  return (size_t)(p - out);
}

void ottl__gonum_put_double(ottl_sbuf *buf, double value, char style) {
  char out[OTTL_DOUBLE_TEXT_MAX];
  sbuf_put(buf, out, ottl__gonum_format_double(out, value, style));
}
