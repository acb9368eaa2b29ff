/* Digits, hex, base64 and doubles, as OTLP/JSON writes and takes them. Independent of the locale. */
#include "otlp/json_text.h"

#include "base/hex.h"

#include <math.h>

#include "yyjson.h"

static const char json_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

static inline void json_pair(char *to, uint32_t v) { memcpy(to, json_pairs + 2 * v, 2); }

/* Eight digits. */
static inline void json_eight(char *to, uint32_t v) {
  uint32_t high = v / 10000, low = v % 10000;
  json_pair(to, high / 100);
  json_pair(to + 2, high % 100);
  json_pair(to + 4, low / 100);
  json_pair(to + 6, low % 100);
}

char *ottl__json_u64(char *to, uint64_t v) {
  char digits[24];
  unsigned at = sizeof digits;
  for (; v >= 100000000; v /= 100000000) json_eight(digits + (at -= 8), (uint32_t)(v % 100000000));
  uint32_t rest = (uint32_t)v;
  for (; rest >= 100; rest /= 100) json_pair(digits + (at -= 2), rest % 100);
  if (rest >= 10)
    json_pair(digits + (at -= 2), rest);
  else
    digits[--at] = (char)('0' + rest);
  memcpy(to, digits + at, sizeof digits - at);
  return to + (sizeof digits - at);
}

/* yyjson prints the shortest text of a double, into memory that it asks for: it gets a corner of the stack. */
static void *text_alloc(void *context, size_t bytes) { return bytes <= 64 ? context : NULL; }
static void *text_realloc(void *context, void *old, size_t old_bytes, size_t bytes) {
  OTTL_UNUSED(old);
  OTTL_UNUSED(old_bytes);
  return bytes <= 64 ? context : NULL;
}
static void text_free(void *context, void *p) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(p);
}

static char *text_put(char *to, ottl_view v) {
  memcpy(to, v.data, v.len);
  return to + v.len;
}

char *ottl__json_double(char *to, double d) {
  if (isnan(d)) return text_put(to, VIEW("\"NaN\""));
  if (isinf(d)) return text_put(to, d > 0 ? VIEW("\"Infinity\"") : VIEW("\"-Infinity\""));
  if (fabs(d) < 9007199254740992.0 && d == (double)(int64_t)d && !(d == 0 && signbit(d))) {
    if (d < 0) *to++ = '-';
    return ottl__json_u64(to, (uint64_t)fabs(d));
  }
  char room[64];
  const yyjson_alc al = {text_alloc, text_realloc, text_free, room};
  yyjson_val val = {.tag = YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL, .uni.f64 = d};
  size_t len = 0;
  const char *text = yyjson_val_write_opts(&val, 0, &al, &len, NULL);
  if (!text || len > 40) return text_put(to, VIEW("0")); /* cannot happen: 32 bytes are enough for any double */
  return text_put(to, view_of(text, len));
}

char *ottl__json_hex(char *to, const uint8_t *data, size_t len) {
  ottl__hex_encode(to, data, len);
  return to + 2 * len;
}

char *ottl__json_base64(char *to, const uint8_t *data, size_t len) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t i = 0;
  for (; i + 3 <= len; i += 3) {
    uint32_t v = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | data[i + 2];
    *to++ = digits[v >> 18];
    *to++ = digits[v >> 12 & 63];
    *to++ = digits[v >> 6 & 63];
    *to++ = digits[v & 63];
  }
  if (i < len) {
    uint32_t v = (uint32_t)data[i] << 16 | (i + 1 < len ? (uint32_t)data[i + 1] << 8 : 0);
    *to++ = digits[v >> 18];
    *to++ = digits[v >> 12 & 63];
    *to++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
    *to++ = '=';
  }
  return to;
}

bool ottl__json_read_u64(ottl_view text, bool *ret_negative, uint64_t *ret) {
  size_t i = 0;
  bool negative = text.len > 0 && text.data[0] == '-';
  if (text.len > 0 && (text.data[0] == '-' || text.data[0] == '+')) i++;
  if (i == text.len) return false;
  uint64_t v = 0;
  for (size_t safe = text.len - i < 19 ? text.len : i + 19; i < safe; i++) { /* 19 digits fit */
    unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';
    if (digit > 9) return false;
    v = v * 10 + digit;
  }
  for (; i < text.len; i++) {
    unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';
    if (digit > 9 || v > (UINT64_MAX - digit) / 10) return false;
    v = v * 10 + digit;
  }
  *ret_negative = negative;
  *ret = v;
  return true;
}

/* Case does not matter in Go's names for what is no number. */
static bool text_named(ottl_view text, const char *name) {
  size_t n = strlen(name);
  if (text.len != n) return false;
  for (size_t i = 0; i < n; i++)
    if ((text.data[i] | 0x20) != name[i]) return false;
  return true;
}

bool ottl__json_read_double(ottl_view text, double *ret) {
  bool negative = text.len > 0 && text.data[0] == '-';
  if (text.len > 0 && (negative || text.data[0] == '+')) text.data++, text.len--;
  if (text_named(text, "inf") || text_named(text, "infinity")) {
    *ret = negative ? -INFINITY : INFINITY;
    return true;
  }
  if (text_named(text, "nan")) {
    *ret = double_of_bits(0x7ff8000000000001ull); /* the reference's: bytes of a double can be seen */
    return true;
  }
  /* Made into a JSON number, which wants a digit before and behind the point and no zeros in front. */
  char number[512];
  size_t n = 0, i = 0;
  if (text.len > sizeof number - 8) return false;
  while (i + 1 < text.len && text.data[i] == '0' && text.data[i + 1] >= '0' && text.data[i + 1] <= '9') i++;
  bool digits = false, point = false;
  for (; i < text.len; i++) {
    char c = text.data[i];
    if (c >= '0' && c <= '9') {
      digits = true;
    } else if (c == '.' && !point) {
      point = true;
      if (n == 0) number[n++] = '0';
      bool more = i + 1 < text.len && text.data[i + 1] >= '0' && text.data[i + 1] <= '9';
      if (!digits && !more) return false;
      if (!more) continue; /* "5." */
    } else {
      break;
    }
    number[n++] = c;
  }
  if (!digits) return false;
  for (; i < text.len; i++) number[n++] = text.data[i]; /* the exponent, or what yyjson will not take */
  memset(number + n, 0, 8);
  yyjson_val val;
  const char *end = yyjson_read_number(number, &val, 0, NULL, NULL);
  if (end != number + n) return false;
  double d = unsafe_yyjson_get_num(&val);
  *ret = negative ? -d : d;
  return true;
}

static const uint8_t text_nibbles[256] = {
    /* one more than the digit stands for; 0: no digit */
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool ottl__json_read_hex(uint8_t *to, ottl_view text) {
  if (text.len % 2) return false;
  for (size_t i = 0; i < text.len; i += 2) {
    unsigned high = text_nibbles[(uint8_t)text.data[i]], low = text_nibbles[(uint8_t)text.data[i + 1]];
    if (!high || !low) return false;
    *to++ = (uint8_t)((high - 1) << 4 | (low - 1));
  }
  return true;
}

static int text_sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

bool ottl__json_base64_bytes(ottl_view text, size_t *ret_bytes) {
  size_t n = 0, padding = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.data[i];
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      padding++;
      continue;
    }
    if (padding || text_sextet(c) < 0) return false;
    n++;
  }
  if (n % 4 == 1 || padding > 2 || (padding && (n + padding) % 4 != 0)) return false;
  *ret_bytes = n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0);
  return true;
}

bool ottl__json_read_base64(uint8_t *to, ottl_view text) {
  uint32_t bits = 0;
  unsigned n_bits = 0;
  for (size_t i = 0; i < text.len; i++) {
    int v = text_sextet(text.data[i]);
    if (v < 0) continue; /* line ends and padding: the length has been taken already */
    bits = bits << 6 | (uint32_t)v;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      *to++ = (uint8_t)(bits >> n_bits);
    }
  }
  return true;
}
