/* UTF-8 as Go's unicode/utf8 sees it: an invalid byte is one U+FFFD of width 1; surrogates and over-long forms are invalid. */
#ifndef OTTL_SRC_BASE_UTF8_H
#define OTTL_SRC_BASE_UTF8_H

#include "base/sbuf.h"

#define OTTL_RUNE_ERROR 0xfffdu
#define OTTL_RUNE_MAX   0x10ffffu

/* DecodeRune on bytes that do not start with ASCII or are empty; use utf8_decode. */
int ottl__utf8_decode_slow(const char *p, size_t len, uint32_t *ret_rune);

/* DecodeRune: the width of the first rune of len bytes at p. 0 when len is 0, 1 with U+FFFD when invalid. */
static inline int utf8_decode(const char *p, size_t len, uint32_t *ret_rune) {
  if (OTTL_LIKELY(len && (unsigned char)*p < 0x80)) {
    *ret_rune = (unsigned char)*p;
    return 1;
  }
  return ottl__utf8_decode_slow(p, len, ret_rune);
}
/* DecodeLastRune: the width of the last rune. */
int ottl__utf8_decode_last(ottl_view text, uint32_t *ret_rune);

/* Not a continuation byte (RuneStart). */
static inline bool utf8_starts(char byte) { return ((unsigned char)byte & 0xc0) != 0x80; }

/* EncodeRune: 1 to 4 bytes; surrogates and what is above 0x10ffff become U+FFFD. */
int ottl__utf8_encode(char out[4], uint32_t rune);
void ottl__utf8_put(ottl_sbuf *buf, uint32_t rune);

/* Bytes before the first that is not ASCII. */
size_t ottl__utf8_ascii_prefix(ottl_view text);
static inline bool utf8_is_ascii(ottl_view text) { return ottl__utf8_ascii_prefix(text) == text.len; }
/* Bytes before the first invalid one: text.len when all is valid. */
size_t ottl__utf8_valid_prefix(ottl_view text);
static inline bool utf8_valid(ottl_view text) { return ottl__utf8_valid_prefix(text) == text.len; }
/* RuneCount: invalid bytes count one each. */
size_t ottl__utf8_count(ottl_view text);
/* strings.ToValidUTF8: each run of invalid bytes becomes one `replacement`. */
void ottl__utf8_put_valid(ottl_sbuf *buf, ottl_view text, ottl_view replacement);
/* []byte(string([]rune(text))): each invalid byte becomes U+FFFD. */
void ottl__utf8_put_replaced(ottl_sbuf *buf, ottl_view text);
/* Bytes of the white space (unicode.IsSpace) at s, of which n follow; 0 when there is none. */
size_t ottl__utf8_space_width(const char *s, size_t n);
/* strings.TrimSpace. */
ottl_view ottl__utf8_trim_space(ottl_view text);

#endif
