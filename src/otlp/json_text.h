/* The text forms inside OTLP/JSON: digits, hex, base64, numbers in strings. No memory of their own, no failure but "no". */
#ifndef OTTL_SRC_OTLP_JSON_TEXT_H
#define OTTL_SRC_OTLP_JSON_TEXT_H

#include "base/gonum.h"

/* Writes v in decimal at `to` (20 bytes of room) and returns the end. */
static inline char *json_u64(char *to, uint64_t v) { return to + ottl__gonum_format_uint(to, v); }
/* Writes a number as pdata does, in the fewest digits that read back as the same double, or a quoted "NaN", "Infinity", "-Infinity"; 40 bytes of room. */
char *ottl__json_double(char *to, double d);
char *ottl__json_hex(char *to, const uint8_t *data, size_t len);    /* 2 * len bytes */
char *ottl__json_base64(char *to, const uint8_t *data, size_t len); /* 4 * ((len + 2) / 3) bytes */

/* Readers: false if the text is not of that form. */
bool ottl__json_read_u64(ottl_view text, bool *ret_negative, uint64_t *ret); /* a sign is taken, the magnitude returned */
bool ottl__json_read_double(ottl_view text, double *ret);
bool ottl__json_read_hex(uint8_t *to, ottl_view text); /* text.len / 2 bytes; odd lengths are not hex */
/* Bytes that base64 text stands for, standard or URL alphabet, padded or not, line ends skipped. */
bool ottl__json_base64_bytes(ottl_view text, size_t *ret_bytes);
bool ottl__json_read_base64(uint8_t *to, ottl_view text);

/* Whether a byte of the eight must not stand as it is in JSON text: quote, backslash, control, or not ASCII (to be checked). */
static inline uint64_t json_odd_bytes(uint64_t v) {
  const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  uint64_t quote = v ^ (ones * '"'), slash = v ^ (ones * '\\');
  return ((v - ones * 0x20) | (quote - ones) | (slash - ones) | v) & high;
}

/* Length of the valid UTF-8 sequence at p (Go's rules: shortest form, no surrogates, to U+10FFFF), or 0. p < end. */
static inline unsigned json_utf8(const uint8_t *p, const uint8_t *end) {
  uint8_t c = p[0];
  size_t left = (size_t)(end - p);
  if (c < 0x80) return 1;
  if (c < 0xc2) return 0;
  if (c < 0xe0) return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
  if (c < 0xf0) {
    if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80) return 0;
    if (c == 0xe0 && p[1] < 0xa0) return 0;
    return c == 0xed && p[1] > 0x9f ? 0 : 3;
  }
  if (c > 0xf4 || left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80) return 0;
  if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0;
  return 4;
}

#endif
