/* Text to integers and doubles, as strconv.ParseInt, ParseFloat and ParseBool do. Doubles: Clinger's exact cases, then Lemire's
 * 128-bit product; what that cannot decide is compared exactly with the nearest halfway point in gonum_exact.c. */
#include "base/gonum.h"

#include "base/gonum_exact.h"
#include "base/gonum_pow10.h"
#include "base/gonum_wide.h"

#define NR_LOWER(c) ((unsigned char)((c) | 0x20))

static inline bool nr_digit(char c) { return (unsigned char)(c - '0') <= 9; }
static inline bool nr_hex_letter(char c) { return (unsigned char)(NR_LOWER(c) - 'a') <= 5; }

/* Underscores stand between digits, or between a base prefix and a digit. */
static bool nr_underscores_ok(ottl_view t) {
  char saw = '^'; /* class of the last character: ^ start, 0 digit or prefix, _ underscore, ! other */
  size_t i = 0;
  bool hex = false;
  if (t.len && (t.data[0] == '-' || t.data[0] == '+')) i = 1;
  if (t.len - i >= 2 && t.data[i] == '0') {
    unsigned char c = NR_LOWER(t.data[i + 1]);
    if (c == 'b' || c == 'o' || c == 'x') {
      i += 2;
      saw = '0';
      hex = c == 'x';
    }
  }
  for (; i < t.len; i++) {
    char c = t.data[i];
    if (nr_digit(c) || (hex && nr_hex_letter(c))) {
      saw = '0';
    } else if (c == '_') {
      if (saw != '0') return false;
      saw = '_';
    } else {
      if (saw == '_') return false;
      saw = '!';
    }
  }
  return saw != '_';
}

ottl_num_error ottl__gonum_parse_uint(ottl_view text, int base, uint64_t *ret_value) {
  if (text.len == 0) return OTTL_NUM_SYNTAX;
  if (base != 0 && (base < 2 || base > 36)) return OTTL_NUM_BASE;
  const char *p = text.data, *end = p + text.len;
  bool base0 = base == 0, underscores = false;
  if (base0) {
    base = 10;
    if (*p == '0') {
      unsigned char c = text.len >= 3 ? NR_LOWER(p[1]) : 0;
      base = c == 'b' ? 2 : c == 'x' ? 16 : 8;
      p += c == 'b' || c == 'o' || c == 'x' ? 2 : 1;
    }
  }
  uint64_t n = 0, cutoff = UINT64_MAX / (unsigned)base + 1;
  for (; p < end; p++) {
    unsigned d;
    if (*p == '_' && base0) {
      underscores = true;
      continue;
    }
    if (nr_digit(*p)) {
      d = (unsigned)(*p - '0');
    } else {
      unsigned char c = NR_LOWER(*p);
      if (c < 'a' || c > 'z') return OTTL_NUM_SYNTAX;
      d = c - 'a' + 10u;
    }
    if (d >= (unsigned)base) return OTTL_NUM_SYNTAX;
    if (n >= cutoff || n * (unsigned)base > UINT64_MAX - d) { /* what follows is not looked at, as in Go */
      *ret_value = UINT64_MAX;
      return OTTL_NUM_RANGE;
    }
    n = n * (unsigned)base + d;
  }
  if (underscores && !nr_underscores_ok(text)) return OTTL_NUM_SYNTAX;
  *ret_value = n;
  return OTTL_NUM_OK;
}

ottl_num_error ottl__gonum_parse_int(ottl_view text, int base, int64_t *ret_value) {
  if (text.len == 0) return OTTL_NUM_SYNTAX;
  bool neg = text.data[0] == '-';
  if (neg || text.data[0] == '+') {
    text.data++;
    text.len--;
  }
  uint64_t u;
  ottl_num_error error = ottl__gonum_parse_uint(text, base, &u);
  if (error != OTTL_NUM_OK && error != OTTL_NUM_RANGE) return error;
  uint64_t limit = 1ull << 63;
  if (neg ? u > limit : u >= limit) {
    *ret_value = neg ? INT64_MIN : INT64_MAX;
    return OTTL_NUM_RANGE;
  }
  *ret_value = (int64_t)(neg ? 0 - u : u);
  return OTTL_NUM_OK;
}

static size_t nr_common_prefix(const char *p, const char *end, const char *lower_word) {
  size_t n = 0;
  for (; p + n < end && lower_word[n]; n++) {
    char c = p[n];
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (c != lower_word[n]) break;
  }
  return n;
}

/* inf, infinity (signed) and nan (unsigned), the whole text. */
static bool nr_special(ottl_view t, double *ret_value) {
  const char *p = t.data, *end = p + t.len;
  bool sign = *p == '-' || *p == '+', neg = *p == '-';
  p += sign;
  size_t n = nr_common_prefix(p, end, "infinity");
  if ((n == 3 || n == 8) && p + n == end) {
    *ret_value = neg ? -__builtin_inf() : __builtin_inf();
    return true;
  }
  if (!sign && t.len == 3 && nr_common_prefix(p, end, "nan") == 3) {
    *ret_value = double_of_bits(0x7ff8000000000001ull);
    return true;
  }
  return false;
}

/* m * 2^ue with m < 2^53 + 1, to bits; m = 2^53 carries over. Infinity: false. */
static bool nr_assemble(uint64_t m, int ue, double *ret_value) {
  uint64_t bits = m; /* subnormal, or exponent field 1 when m has bit 52: ue is -1074 */
  if (m >> 52) {
    if (ue > 971) return false;
    bits = m + ((uint64_t)(ue + 1074) << 52);
    if (bits >= 0x7ff0000000000000ull) return false;
  }
  *ret_value = double_of_bits(bits);
  return true;
}

/* Exponent of the last place kept for x * 2^e, bit 63 of x set; how many bits of x go. */
static inline int nr_drop(int e) { return e + 11 >= -1074 ? 11 : -1074 - e; }

/* x * 2^e (and a bit more when sticky), rounded to nearest even. */
static bool nr_round_binary(uint64_t x, int64_t e64, bool sticky, double *ret_value) {
  *ret_value = 0;
  if (x == 0 || e64 < -1200) return true;
  if (e64 > 1100) return false;
  int zeros = __builtin_clzll(x), e = (int)e64 - zeros;
  x <<= zeros;
  int drop = nr_drop(e);
  if (drop > 64) return true;
  uint64_t m = drop < 64 ? x >> drop : 0, half = 1ull << (drop - 1), rest = x & (half | (half - 1));
  m += rest > half || (rest == half && (sticky || (m & 1)));
  return nr_assemble(m, e + drop, ret_value);
}

static const double nr_exact_pow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* w * 10^q when both fit into a double exactly, so that one operation rounds right. */
static bool nr_exact(uint64_t w, int64_t q, double *ret_value) {
  if (w >> 53 || q < -22 || q > 22) return false;
  *ret_value = q < 0 ? (double)w / nr_exact_pow10[-q] : (double)w * nr_exact_pow10[q];
  return true;
}

/* w * 10^q is put as *ret_x * 2^*ret_e, bit 63 of x set, right but for a few units; and rounded when that cannot be wrong.
 * 1: rounded, 0: infinity, -1: not sure. */
static int nr_lemire(uint64_t w, int q, double *ret_value, uint64_t *ret_x, int *ret_e) {
  int zeros = __builtin_clzll(w);
  w <<= zeros;
  gonum_pow10_entry t = gonum_pow10[q - GONUM_POW10_MIN];
  gonum_u128 x = gonum_mul(w, t.hi);
  bool sure = true;
  if ((x.hi & 0x1ff) == 0x1ff && x.lo + w < w) { /* the low half of the power may carry into what is kept */
    gonum_u128 y = gonum_mul(w, t.lo);
    uint64_t lo = x.lo + y.hi;
    x.hi += lo < x.lo;
    x.lo = lo;
    sure = !((x.hi & 0x1ff) == 0x1ff && lo + 1 == 0 && y.lo + w < w);
  }
  int top = (int)(x.hi >> 63), e = (q * 1741647 >> 19) + top - zeros;
  *ret_x = top ? x.hi : x.hi << 1 | x.lo >> 63;
  *ret_e = e;
  uint64_t m = x.hi >> (top + 9); /* 54 bits: one more than is kept */
  if (!sure || nr_drop(e) != 11 || (x.lo == 0 && (x.hi & 0x1ff) == 0 && (m & 3) == 1)) return -1; /* subnormal; halfway? */
  m = (m + (m & 1)) >> 1;
  return nr_assemble(m, e + 11, ret_value);
}

/* The parts of a well-formed number. */
typedef struct nr_number {
  uint64_t mantissa; /* the first 19 (hexadecimal: 16) digits */
  int64_t exponent;  /* of ten (hexadecimal: of two) for mantissa */
  bool neg, hex;
  bool cut; /* digits other than 0 were left out of mantissa */
  const char *digits;
  const char *digits_end; /* where point and underscores may still be in */
  int64_t point;          /* value = 0.d1d2d3.. * 10^point with d1 not 0 */
} nr_number;

static bool nr_scan(ottl_view t, nr_number *r) {
  const char *p = t.data, *end = p + t.len;
  *r = (nr_number){.neg = *p == '-'};
  p += *p == '-' || *p == '+';
  unsigned base = 10;
  int room = 19;
  if (end - p > 2 && p[0] == '0' && NR_LOWER(p[1]) == 'x') {
    base = 16;
    room = 16;
    p += 2;
    r->hex = true;
  }
  r->digits = p;
  bool underscores = false, saw_point = false, saw_digits = false;
  int64_t n = 0, n_kept = 0, point = 0;
  for (; p < end; p++) {
    unsigned d;
    if (nr_digit(*p)) {
      d = (unsigned)(*p - '0');
    } else if (*p == '_') {
      underscores = true;
      continue;
    } else if (*p == '.') {
      if (saw_point) break;
      saw_point = true;
      point += n;
      continue;
    } else if (base == 16 && nr_hex_letter(*p)) {
      d = NR_LOWER(*p) - 'a' + 10u;
    } else {
      break;
    }
    saw_digits = true;
    if (d == 0 && n == 0) { /* leading zero */
      point -= saw_point;
      continue;
    }
    n++;
    if (n_kept < room) {
      r->mantissa = r->mantissa * base + d;
      n_kept++;
    } else if (d) {
      r->cut = true;
    }
  }
  r->digits_end = p;
  if (!saw_digits) return false;
  if (!saw_point) point = n;
  if (base == 16) {
    point *= 4;
    n_kept *= 4;
  }
  if (p < end && NR_LOWER(*p) == (base == 16 ? 'p' : 'e')) {
    p++;
    bool neg = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p == end || !nr_digit(*p)) return false;
    int64_t e = 0;
    for (; p < end && (nr_digit(*p) || *p == '_'); p++) {
      if (*p == '_')
        underscores = true;
      else if (e < 10000)
        e = e * 10 + (*p - '0');
    }
    point += neg ? -e : e;
  } else if (base == 16) {
    return false; /* must have an exponent */
  }
  if (p != end || (underscores && !nr_underscores_ok(t))) return false;
  r->point = point;
  r->exponent = r->mantissa ? point - n_kept : 0;
  return true;
}

/* |number|; false when it is too large. */
static bool nr_decimal(const nr_number *n, double *ret_value) {
  *ret_value = 0;
  if (n->mantissa == 0 || n->point < -330) return true;
  if (n->point > 310) return false;
  if (!n->cut && nr_exact(n->mantissa, n->exponent, ret_value)) return true;
  int q = (int)n->exponent, e;
  uint64_t x;
  double above;
  if (q < GONUM_POW10_MIN) return true; /* below 2^64 * 10^-343, under half of the least double */
  int found = nr_lemire(n->mantissa, q, ret_value, &x, &e);
  if (found >= 0 && !n->cut) return found;
  if (found > 0) { /* the digits left out do not matter when the next mantissa gives the same */
    uint64_t x2;
    int e2;
    if (nr_lemire(n->mantissa + 1, q, &above, &x2, &e2) > 0 && above == *ret_value) return true;
  }
  if (found == 0) return false;
  int drop = nr_drop(e);
  *ret_value = 0;
  if (drop > 65) return true;
  uint64_t m = drop < 64 ? x >> drop : 0;
  int order = ottl__gonum_compare(n->digits, n->digits_end, n->point, 2 * m + 1, e + drop - 1);
  m += order > 0 || (order == 0 && (m & 1));
  return nr_assemble(m, e + drop, ret_value);
}

bool ottl__gonum_scale(uint64_t mantissa, int exponent, double *ret_value) {
  if (nr_exact(mantissa, exponent, ret_value)) return true;
  uint64_t x;
  int e;
  if (mantissa == 0 || exponent < GONUM_POW10_MIN || exponent > 308) return false;
  return nr_lemire(mantissa, exponent, ret_value, &x, &e) > 0;
}

ottl_num_error ottl__gonum_parse_double(ottl_view text, double *ret_value) {
  if (text.len == 0) return OTTL_NUM_SYNTAX;
  nr_number n;
  if (!nr_scan(text, &n)) return nr_special(text, ret_value) ? OTTL_NUM_OK : OTTL_NUM_SYNTAX;
  double value;
  bool fits = n.hex ? nr_round_binary(n.mantissa, n.exponent, n.cut, &value) : nr_decimal(&n, &value);
  if (!fits) value = __builtin_inf();
  *ret_value = n.neg ? -value : value;
  return fits ? OTTL_NUM_OK : OTTL_NUM_RANGE;
}

bool ottl__gonum_parse_bool(ottl_view text, bool *ret_value) {
  if (view_is(text, "1") || view_is(text, "t") || view_is(text, "T") || view_is(text, "true") || view_is(text, "TRUE") ||
      view_is(text, "True")) {
    *ret_value = true;
    return true;
  }
  if (view_is(text, "0") || view_is(text, "f") || view_is(text, "F") || view_is(text, "false") || view_is(text, "FALSE") ||
      view_is(text, "False")) {
    *ret_value = false;
    return true;
  }
  return false;
}

const char *ottl__gonum_error_text(ottl_num_error error) {
  switch (error) {
  case OTTL_NUM_OK: return "";
  case OTTL_NUM_SYNTAX: return "invalid syntax";
  case OTTL_NUM_RANGE: return "value out of range";
  case OTTL_NUM_BASE: return "invalid base";
  }
  return "";
}
