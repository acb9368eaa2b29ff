#include "base/goquote.h"

#include "base/utf8.h"

typedef struct quote_range {
  uint32_t first, last;
} quote_range;

static const quote_range quote_printable[] = {
#include "../../third_party/unicode/unicode_print.inc"
};

bool ottl__unicode_is_print(uint32_t rune) {
  if (rune <= 0xff) return (rune >= 0x20 && rune <= 0x7e) || (rune >= 0xa1 && rune != 0xad);
  size_t low = 0, high = OTTL_COUNT(quote_printable);
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (rune < quote_printable[mid].first)
      high = mid;
    else if (rune > quote_printable[mid].last)
      low = mid + 1;
    else
      return true;
  }
  return false;
}

static void quote_hex(ottl_sbuf *buf, char letter, uint32_t value, unsigned digits) {
  sbuf_byte(buf, '\\');
  sbuf_byte(buf, letter);
  while (digits--) sbuf_byte(buf, "0123456789abcdef"[value >> (4 * digits) & 15]);
}

static void quote_rune(ottl_sbuf *buf, uint32_t rune, char quote, bool ascii) {
  static const char named[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr"; /* U+0007 to U+000D */
  if (rune == (uint32_t)quote || rune == '\\') {
    sbuf_byte(buf, '\\');
    sbuf_byte(buf, (char)rune);
  } else if (ottl__unicode_is_print(rune) && (!ascii || rune < 0x80)) {
    ottl__utf8_put(buf, rune);
  } else if (rune >= (uint32_t)named[0] && rune <= (uint32_t)named[6]) {
    sbuf_byte(buf, '\\');
    sbuf_byte(buf, letters[rune - (uint32_t)named[0]]);
  } else if (rune < ' ' || rune == 0x7f) {
    quote_hex(buf, 'x', rune, 2);
  } else if (rune < 0x10000) {
    quote_hex(buf, 'u', rune, 4);
  } else {
    quote_hex(buf, 'U', rune, 8);
  }
}

void ottl__goquote_put(ottl_sbuf *buf, ottl_view text, bool ascii) {
  sbuf_byte(buf, '"');
  while (text.len) {
    uint32_t rune;
    size_t n = (size_t)utf8_decode(text.data, text.len, &rune);
    if (n == 1 && rune == OTTL_RUNE_ERROR)
      quote_hex(buf, 'x', (unsigned char)text.data[0], 2);
    else
      quote_rune(buf, rune, '"', ascii);
    text = view_of(text.data + n, text.len - n);
  }
  sbuf_byte(buf, '"');
}

void ottl__goquote_put_rune(ottl_sbuf *buf, uint32_t rune, bool ascii) {
  if (rune > OTTL_RUNE_MAX || (rune >= 0xd800 && rune < 0xe000)) rune = OTTL_RUNE_ERROR;
  sbuf_byte(buf, '\'');
  quote_rune(buf, rune, '\'', ascii);
  sbuf_byte(buf, '\'');
}

bool ottl__goquote_can_backquote(ottl_view text) {
  while (text.len) {
    uint32_t rune;
    size_t n = (size_t)utf8_decode(text.data, text.len, &rune);
    text = view_of(text.data + n, text.len - n);
    if (rune == 0xfeff || (n == 1 && (rune == OTTL_RUNE_ERROR || (rune < ' ' && rune != '\t') || rune == '`' || rune == 0x7f)))
      return false;
  }
  return true;
}
