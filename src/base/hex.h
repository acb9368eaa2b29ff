/* Hexadecimal text, as Go's encoding/hex: lower case out, either case in. */
#ifndef OTTL_SRC_BASE_HEX_H
#define OTTL_SRC_BASE_HEX_H

#include "base/sbuf.h"

/* Writes 2 * len characters. */
void ottl__hex_encode(char *out, const void *data, size_t len);
void ottl__hex_put(ottl_sbuf *buf, ottl_view bytes);

typedef enum ottl_hex_error {
  OTTL_HEX_OK = 0,
  OTTL_HEX_BYTE,  /* hex.InvalidByteError: *ret_bad is where */
  OTTL_HEX_LENGTH /* hex.ErrLength: all digits, but an odd number of them */
} ottl_hex_error;

/* Writes text.len / 2 bytes; on failure what was decoded before it is in out. ret_bad may be NULL. */
OTTL_MUST_CHECK ottl_hex_error ottl__hex_decode(void *out, ottl_view text, size_t *ret_bad);

/* Value of a hex digit, -1 when it is none. */
static inline int hex_value(char c) {
  unsigned d = (unsigned char)(c - '0');
  if (d <= 9) return (int)d;
  d = (unsigned char)((c | 0x20) - 'a');
  return d <= 5 ? (int)d + 10 : -1;
}

#endif
