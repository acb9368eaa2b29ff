/* Base64 as Go's encoding/base64: standard and URL alphabets, with and without padding. */
#ifndef OTTL_SRC_BASE_BASE64_H
#define OTTL_SRC_BASE_BASE64_H

#include "base/sbuf.h"

typedef enum ottl_base64_form {
  OTTL_BASE64_STD = 0,    /* StdEncoding */
  OTTL_BASE64_RAW = 1,    /* RawStdEncoding: no padding */
  OTTL_BASE64_URL = 2,    /* URLEncoding: - and _ */
  OTTL_BASE64_RAW_URL = 3 /* RawURLEncoding */
} ottl_base64_form;

/* Characters of the encoded form; at most SIZE_MAX / 2 bytes can be asked for. */
size_t ottl__base64_encoded_len(size_t len, ottl_base64_form form);
/* Writes ottl__base64_encoded_len characters and returns their number. */
size_t ottl__base64_encode(char *out, const void *data, size_t len, ottl_base64_form form);
void ottl__base64_put(ottl_sbuf *buf, ottl_view bytes, ottl_base64_form form);

/* Most bytes that text of this length can give. */
static inline size_t base64_decoded_max(size_t len) { return len / 4 * 3 + len % 4 * 6 / 8; }
/* Decodes; CR and LF are skipped, left-over bits ignored, as in Go. out holds base64_decoded_max(text.len) bytes.
 * false: corrupt, *ret_bad (may be NULL) is the offset in Go's CorruptInputError. */
OTTL_MUST_CHECK bool ottl__base64_decode(void *out, size_t *ret_len, ottl_view text, ottl_base64_form form, size_t *ret_bad);

#endif
