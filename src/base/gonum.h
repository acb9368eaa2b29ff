/* Numbers read and printed exactly as Go's strconv does (checked against Go 1.26). No allocation, no locale.
 *
 * Functions named format_* write into the caller's buffer and return the length (no terminating zero); put_* append. */
#ifndef OTTL_SRC_BASE_GONUM_H
#define OTTL_SRC_BASE_GONUM_H

#include "base/sbuf.h"

/* What strconv's errors say; see ottl__gonum_error_text. */
typedef enum ottl_num_error {
  OTTL_NUM_OK = 0,
  OTTL_NUM_SYNTAX, /* "invalid syntax" */
  OTTL_NUM_RANGE,  /* "value out of range" */
  OTTL_NUM_BASE    /* "invalid base N": base is not 0, 2..36 */
} ottl_num_error;

/* Sizes of buffers for format_*. */
#define OTTL_INT_TEXT_MAX    20  /* "-9223372036854775808", "18446744073709551615" */
#define OTTL_DOUBLE_TEXT_MAX 352 /* "-0.000...": the least doubles in format 'f' */
#define OTTL_DIGITS_MAX      20  /* 17, and room to work in */

/* strconv.FormatInt(value, 10) and FormatUint. */
size_t ottl__gonum_format_int(char out[OTTL_INT_TEXT_MAX], int64_t value);
size_t ottl__gonum_format_uint(char out[OTTL_INT_TEXT_MAX], uint64_t value); /* writes 8 bytes, or as many as there are digits */
void ottl__gonum_put_int(ottl_sbuf *buf, int64_t value);
void ottl__gonum_put_uint(ottl_sbuf *buf, uint64_t value);
/* strconv.FormatInt(value, base), base 2..36, lower-case digits. */
void ottl__gonum_put_int_base(ottl_sbuf *buf, int64_t value, int base);

/* strconv.FormatFloat(value, style, -1, 64): the shortest digits that read back as value; style is 'e', 'f' or 'g'.
 * Also "NaN", "+Inf", "-Inf", "-0". */
size_t ottl__gonum_format_double(char out[OTTL_DOUBLE_TEXT_MAX], double value, char style);
void ottl__gonum_put_double(ottl_sbuf *buf, double value, char style);
/* The digits d1 d2 .. dn alone: |value| = 0.d1d2..dn * 10^*ret_point, no zeros at either end; n is returned.
 * value is finite; 0 gives n = 0. */
int ottl__gonum_shortest(char digits[OTTL_DIGITS_MAX], double value, int *ret_point);

/* strconv.ParseInt(text, base, 64) and ParseUint. Base 0: by prefix 0b, 0o, 0, 0x, with underscores between digits.
 * On OTTL_NUM_RANGE the nearest value that fits is stored, as in Go; on other errors nothing is. */
OTTL_MUST_CHECK ottl_num_error ottl__gonum_parse_int(ottl_view text, int base, int64_t *ret_value);
OTTL_MUST_CHECK ottl_num_error ottl__gonum_parse_uint(ottl_view text, int base, uint64_t *ret_value);
/* strconv.ParseFloat(text, 64): decimal, hexadecimal, inf, infinity, nan in any case, underscores after Go's rule.
 * On OTTL_NUM_RANGE an infinity is stored, as in Go; on OTTL_NUM_SYNTAX nothing is. */
OTTL_MUST_CHECK ottl_num_error ottl__gonum_parse_double(ottl_view text, double *ret_value);
/* mantissa * 10^exponent, rounded as ParseFloat rounds it. False: not sure, or out of range; the text has to be parsed. */
bool ottl__gonum_scale(uint64_t mantissa, int exponent, double *ret_value);
/* strconv.ParseBool: 1 t T TRUE true True, 0 f F FALSE false False; false when it is none of them. */
OTTL_MUST_CHECK bool ottl__gonum_parse_bool(ottl_view text, bool *ret_value);

/* "invalid syntax" and so on; "" for OTTL_NUM_OK. */
const char *ottl__gonum_error_text(ottl_num_error error);

/* int64(value) as Go compiles it for amd64: towards zero; out of range and NaN give the least int64. */
static inline int64_t gonum_int_of_double(double value) {
  return value >= -0x1p63 && value < 0x1p63 ? (int64_t)value : INT64_MIN;
}

/* Two digits "00".."99" at gonum_two_digits + 2 * n. */
extern const char ottl__gonum_two_digits[200];

#endif
