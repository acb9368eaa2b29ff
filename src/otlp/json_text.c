/* Digits, hex, base64 and doubles, as OTLP/JSON writes and takes them. Independent of the locale. */
#include "otlp/json_text.h"

#include "base/gonum.h"
#include "base/hex.h"

#include <math.h>

#include "yyjson.h"

static char *text_put(char *to, ottl_view v) {
  memcpy(to, v.data, v.len);
  return to + v.len;
}

char *ottl__json_double(char *to, double d) {
  if (isnan(d)) return text_put(to, VIEW("\"NaN\""));
  if (isinf(d)) return text_put(to, d > 0 ? VIEW("\"Infinity\"") : VIEW("\"-Infinity\""));
  double size = fabs(d);
  return to + ottl__gonum_format_double(to, d, size != 0 && (size < 1e-6 || size >= 1e21) ? 'e' : 'f');
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

bool ottl__json_read_hex(uint8_t *to, ottl_view text) { return ottl__hex_decode(to, text, NULL) == OTTL_HEX_OK; }

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
