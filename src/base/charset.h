/* Text in other encodings, made UTF-8: those of golang.org/x/text that the IANA registry names. What cannot be decoded becomes U+FFFD;
 * nothing fails. */
#ifndef OTTL_SRC_BASE_CHARSET_H
#define OTTL_SRC_BASE_CHARSET_H

#include "base/sbuf.h"

/* An encoding; CHARSET_SINGLE + n is the single-byte encoding number n. */
typedef enum ottl_charset {
  CHARSET_NONE,
  CHARSET_RAW, /* nothing is changed */
  CHARSET_UTF8,
  CHARSET_ASCII,
  CHARSET_UTF16_LE,
  CHARSET_UTF16_BE,
  CHARSET_UTF16_BOM, /* big-endian, unless a byte order mark says otherwise */
  CHARSET_EUC_JP,
  CHARSET_ISO_2022_JP,
  CHARSET_SHIFT_JIS,
  CHARSET_EUC_KR,
  CHARSET_GB18030,
  CHARSET_GBK,
  CHARSET_HZ_GB2312,
  CHARSET_BIG5,
  CHARSET_SINGLE
} ottl_charset;

/* ianaindex.IANA.Encoding: white space around the name and case do not count. CHARSET_NONE: not known, or cannot be decoded. */
ottl_charset ottl__charset_find(ottl_view name);
/* By the labels of the Encoding Standard, where iso-8859-1 is windows-1252; CHARSET_NONE: not known, or the one that refuses all text. */
ottl_charset ottl__charset_find_label(ottl_view label);
/* Does reading it take a table? */
static inline bool ottl__charset_is_table(ottl_charset charset) { return charset >= CHARSET_EUC_JP; }
/* Appends the text as UTF-8. */
void ottl__charset_put(ottl_sbuf *buf, ottl_charset charset, ottl_view text);

/* One character of a multi-byte encoding (charset_cjk.c): its bytes at p, of which n follow (n > 0). *ret_rune: UINT32_MAX for none.
 * `state` is 0 at the beginning. */
size_t ottl__charset_cjk(ottl_charset charset, unsigned *state, const unsigned char *p, size_t n, uint32_t *ret_rune);

#endif
