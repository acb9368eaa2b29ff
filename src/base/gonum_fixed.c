/* The exact digits of a double (767 at most), then rounding. Slower than what makes the shortest digits, and seldom asked for. */
#include "base/gonum_fixed.h"

#include "base/gonum.h"

#define NF_LIMBS  90 /* of 9 digits: 2^1024, and 53 bits times 5^1074, have fewer */
#define NF_DIGITS (9 * NF_LIMBS)

typedef struct nf_digits {
  char digit[NF_DIGITS + 1]; /* without zeros at either end */
  int n;
  int point; /* value = 0.d1d2.. * 10^point */
} nf_digits;

typedef struct nf_parts { /* value = mantissa * 2^exponent */
  bool negative, special;
  uint64_t mantissa;
  int exponent;
} nf_parts;

static nf_parts nf_split(double value) {
  uint64_t bits = bits_of_double(value);
  int exponent = (int)(bits >> 52 & 0x7ff);
  nf_parts p = {bits >> 63, exponent == 0x7ff, bits & 0xfffffffffffff, exponent ? exponent - 1075 : -1074};
  if (exponent) p.mantissa |= UINT64_C(1) << 52;
  return p;
}

static int nf_multiply(uint32_t *limb, int n, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    carry += (uint64_t)limb[i] * factor;
    limb[i] = (uint32_t)(carry % 1000000000);
    carry /= 1000000000;
  }
  for (; carry && n < NF_LIMBS; carry /= 1000000000) limb[n++] = (uint32_t)(carry % 1000000000);
  return n;
}

/* All digits; the value is not 0. */
static void nf_exact(nf_parts p, nf_digits *d) {
  uint32_t limb[NF_LIMBS];
  int n = 0, fives = 0;
  while (!(p.mantissa & 1) && p.exponent < 0) {
    p.mantissa >>= 1;
    p.exponent++;
  }
  for (uint64_t m = p.mantissa; m; m /= 1000000000) limb[n++] = (uint32_t)(m % 1000000000);
  if (p.exponent < 0) { /* m / 2^k = m * 5^k / 10^k */
    fives = -p.exponent;
    int left = fives;
    for (; left >= 12; left -= 12) n = nf_multiply(limb, n, 244140625);
    for (; left > 0; left--) n = nf_multiply(limb, n, 5);
  } else {
    int left = p.exponent;
    for (; left >= 29; left -= 29) n = nf_multiply(limb, n, UINT32_C(1) << 29);
    if (left) n = nf_multiply(limb, n, UINT32_C(1) << left);
  }
  int at = 0;
  for (int i = n - 1; i >= 0; i--) {
    uint32_t v = limb[i], unit = 100000000;
    for (; unit; unit /= 10) {
      char digit = (char)('0' + v / unit % 10);
      if (at || digit != '0') d->digit[at++] = digit;
    }
  }
  d->point = at - fives;
  while (at && d->digit[at - 1] == '0') at--;
  d->n = at;
}

/* Keeps the first `keep` digits. */
static void nf_round(nf_digits *d, int64_t keep) {
  if (keep < 0 || keep >= d->n) return;
  int k = (int)keep;
  bool tie = d->digit[k] == '5' && k + 1 == d->n;
  bool up = tie ? k > 0 && (d->digit[k - 1] - '0') % 2 : d->digit[k] >= '5';
  while (k && d->digit[k - 1] == (up ? '9' : '0')) k--;
  d->n = k;
  if (up && k) {
    d->digit[k - 1]++;
  } else if (up) { /* all nines */
    d->digit[0] = '1';
    d->n = 1;
    d->point++;
  } else if (k == 0) {
    d->point = 0;
  }
}

static void nf_zeros(ottl_sbuf *buf, int64_t n) {
  if (n <= 0 || !sbuf_reserve(buf, (size_t)n)) return;
  memset(buf->data + buf->len, '0', (size_t)n);
  buf->len += (size_t)n;
}

/* d.ddde+dd */
static void nf_put_e(ottl_sbuf *buf, const nf_digits *d, int precision, char letter) {
  sbuf_byte(buf, d->n ? d->digit[0] : '0');
  if (precision > 0) {
    int n = d->n - 1 < precision ? d->n - 1 : precision;
    if (n < 0) n = 0;
    sbuf_byte(buf, '.');
    sbuf_put(buf, d->digit + 1, (size_t)n);
    nf_zeros(buf, (int64_t)precision - n);
  }
  int exponent = d->n ? d->point - 1 : 0;
  ottl__sbuf_printf(buf, "%c%c%02d", letter, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

/* ddd.ddd */
static void nf_put_f(ottl_sbuf *buf, const nf_digits *d, int precision) {
  if (d->point > 0) {
    int n = d->n < d->point ? d->n : d->point;
    sbuf_put(buf, d->digit, (size_t)n);
    nf_zeros(buf, (int64_t)d->point - n);
  } else {
    sbuf_byte(buf, '0');
  }
  if (precision <= 0) return;
  sbuf_byte(buf, '.');
  int64_t zeros = d->point < 0 ? -(int64_t)d->point : 0, begin = d->point > 0 ? d->point : 0;
  if (zeros > precision) zeros = precision;
  nf_zeros(buf, zeros);
  int64_t n = begin < d->n ? d->n - begin : 0;
  if (n > precision - zeros) n = precision - zeros;
  if (n > 0) sbuf_put(buf, d->digit + begin, (size_t)n);
  nf_zeros(buf, precision - zeros - n);
}

static void nf_put_g(ottl_sbuf *buf, nf_digits *d, int precision, char letter) {
  if (precision == 0) precision = 1;
  nf_round(d, precision);
  int limit = precision > d->n && d->n >= d->point ? d->n : precision, exponent = d->point - 1;
  if (exponent < -4 || exponent >= limit) {
    nf_put_e(buf, d, (precision > d->n ? d->n : precision) - 1, letter);
  } else {
    nf_put_f(buf, d, d->n > d->point ? d->n - d->point : 0);
  }
}

/* 0x1.8p+01 */
static void nf_put_x(ottl_sbuf *buf, nf_parts p, char style, int precision) {
  const char *digits = style == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  uint64_t m = p.mantissa << 8;
  int exponent = m ? p.exponent + 52 : 0;
  for (; m && !(m >> 60); exponent--) m <<= 1;
  if (precision >= 0 && precision < 15) {
    unsigned shift = (unsigned)precision * 4;
    uint64_t extra = m << shift & ((UINT64_C(1) << 60) - 1);
    m >>= 60 - shift;
    if ((extra | (m & 1)) > UINT64_C(1) << 59) m++;
    m <<= 60 - shift;
    if (m >> 61) {
      m >>= 1;
      exponent++;
    }
  }
  sbuf_byte(buf, '0');
  sbuf_byte(buf, style);
  sbuf_byte(buf, (char)('0' + (m >> 60 & 1)));
  m <<= 4;
  if (precision > 0 || (precision < 0 && m)) sbuf_byte(buf, '.');
  for (int i = 0; precision < 0 ? m != 0 : i < precision && i < 15; i++, m <<= 4) sbuf_byte(buf, digits[m >> 60 & 15]);
  if (precision > 15) nf_zeros(buf, (int64_t)precision - 15);
  ottl__sbuf_printf(buf, "%c%c%02d", style == 'X' ? 'P' : 'p', exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static void nf_put_shortest(ottl_sbuf *buf, double value, char style) {
  size_t begin = buf->len;
  ottl__gonum_put_double(buf, value, (char)(style | 0x20));
  if (style & 0x20) return;
  for (size_t i = begin; i < buf->len; i++) {
    if (buf->data[i] == 'e') buf->data[i] = 'E';
  }
}

void ottl__gonum_put_double_precision(ottl_sbuf *buf, double value, char style, int precision) {
  nf_parts p = nf_split(value);
  if (p.special || (precision < 0 && (style | 0x20) != 'x' && style != 'b')) {
    nf_put_shortest(buf, value, p.special ? 'g' : style);
    return;
  }
  if (p.negative) sbuf_byte(buf, '-');
  if ((style | 0x20) == 'x') {
    nf_put_x(buf, p, style, precision);
    return;
  }
  if (style == 'b') {
    ottl__gonum_put_uint(buf, p.mantissa);
    ottl__sbuf_printf(buf, "p%+d", p.exponent);
    return;
  }
  nf_digits d;
  d.n = d.point = 0;
  if (p.mantissa) nf_exact(p, &d);
  if ((style | 0x20) == 'g') {
    nf_put_g(buf, &d, precision, (char)(style - 'g' + 'e'));
    return;
  }
  nf_round(&d, (style == 'f' ? (int64_t)d.point : 1) + precision);
  if (style == 'f')
    nf_put_f(buf, &d, precision);
  else
    nf_put_e(buf, &d, precision, style);
}
