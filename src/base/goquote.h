/* Text in quotes as Go's strconv writes it. */
#ifndef OTTL_SRC_BASE_GOQUOTE_H
#define OTTL_SRC_BASE_GOQUOTE_H

#include "base/sbuf.h"

/* unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
bool ottl__unicode_is_print(uint32_t rune);

/* strconv.Quote, or QuoteToASCII. */
void ottl__goquote_put(ottl_sbuf *buf, ottl_view text, bool ascii);
/* strconv.QuoteRune, or QuoteRuneToASCII. */
void ottl__goquote_put_rune(ottl_sbuf *buf, uint32_t rune, bool ascii);
/* strconv.CanBackquote. */
bool ottl__goquote_can_backquote(ottl_view text);

#endif
