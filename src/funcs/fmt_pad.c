/* Pieces of what fmt prints: padding, strings, numbers. */
#include "base/gonum_fixed.h"
#include "base/goquote.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "funcs/fmt.h"

/* Room for more text; false, and the row fails, when the result would get too large. */
static bool fmt_room(fmt_state *f, size_t more) {
  if (f->out->len + more <= OTTL_MAX_RESULT_BYTES && sbuf_reserve(f->out, more)) return true;
  if (!f->out->failed) f->row_error = OTTL_ROWERR(TOO_LARGE, 0);
  return false;
}

static void fmt_fill(fmt_state *f, size_t n, char byte) {
  if (n == 0 || !fmt_room(f, n)) return;
  memset(f->out->data + f->out->len, byte, n);
  f->out->len += n;
}

static void fmt_put(fmt_state *f, ottl_view text) {
  if (fmt_room(f, text.len)) sbuf_view(f->out, text);
}

static void fmt_padding(fmt_state *f, int64_t n) {
  if (n > 0) fmt_fill(f, (size_t)n, f->zero && !f->minus ? '0' : ' ');
}

void ottl__fmt_pad(fmt_state *f, ottl_view text) {
  int64_t n = f->wid_present && f->wid ? (int64_t)f->wid - (int64_t)ottl__utf8_count(text) : 0;
  if (!f->minus) fmt_padding(f, n);
  fmt_put(f, text);
  if (f->minus) fmt_padding(f, n);
}

static void fmt_pad_spaces(fmt_state *f, ottl_view text) {
  bool zero = f->zero;
  f->zero = false;
  ottl__fmt_pad(f, text);
  f->zero = zero;
}

static ottl_view fmt_truncate(const fmt_state *f, ottl_view text) {
  if (!f->prec_present) return text;
  size_t at = 0;
  uint32_t rune;
  for (int n = f->prec; n > 0 && at < text.len; n--) at += (size_t)utf8_decode(text.data + at, text.len - at, &rune);
  return view_of(text.data, at);
}

void ottl__fmt_string(fmt_state *f, ottl_view text) { ottl__fmt_pad(f, fmt_truncate(f, text)); }

void ottl__fmt_quoted(fmt_state *f, ottl_view text) {
  ottl_sbuf *quoted = &f->c->scratch->text2;
  text = fmt_truncate(f, text);
  if (!fmt_room(f, text.len)) return; /* before it grows fourfold and more */
  sbuf_clear(quoted);
  if (f->sharp && ottl__goquote_can_backquote(text)) {
    sbuf_byte(quoted, '`');
    sbuf_view(quoted, text);
    sbuf_byte(quoted, '`');
  } else {
    ottl__goquote_put(quoted, text, f->plus);
  }
  f->out->failed |= quoted->failed;
  ottl__fmt_pad(f, sbuf_all(quoted));
}

void ottl__fmt_hex(fmt_state *f, ottl_view bytes, bool upper) {
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef", *prefix = upper ? "0X" : "0x";
  size_t n = f->prec_present && (size_t)f->prec < bytes.len ? (size_t)f->prec : bytes.len, width = 2 * n;
  if (n == 0) {
    if (f->wid_present) fmt_padding(f, f->wid);
    return;
  }
  if (f->space)
    width = width * (f->sharp ? 2 : 1) + n - 1;
  else if (f->sharp)
    width += 2;
  int64_t padding = f->wid_present ? (int64_t)f->wid - (int64_t)width : 0;
  if (!f->minus) fmt_padding(f, padding);
  if (!fmt_room(f, width)) return;
  for (size_t i = 0; i < n; i++) {
    unsigned char byte = (unsigned char)bytes.data[i];
    if (i && f->space) sbuf_byte(f->out, ' ');
    if (f->sharp && (i == 0 || f->space)) sbuf_put(f->out, prefix, 2);
    sbuf_byte(f->out, digits[byte >> 4]);
    sbuf_byte(f->out, digits[byte & 15]);
  }
  if (f->minus) fmt_padding(f, padding);
}

/* Digits, then zeros up to `least` digits, then what stands before them. */
void ottl__fmt_integer(fmt_state *f, uint64_t v, unsigned base, bool is_signed, bool upper, bool prefix_o) {
  bool negative = is_signed && (int64_t)v < 0;
  if (negative) v = 0 - v;
  int least = 0;
  if (f->prec_present) {
    least = f->prec;
    if (least == 0 && v == 0) {
      bool zero = f->zero;
      f->zero = false;
      fmt_padding(f, f->wid);
      f->zero = zero;
      return;
    }
  } else if (f->zero && !f->minus && f->wid_present) {
    least = f->wid - (negative || f->plus || f->space);
  }
  char digits[64], head[4];
  int n = 0, n_head = 0;
  do {
    digits[63 - n++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[v % base];
    v /= base;
  } while (v);
  int zeros = least > n ? least - n : 0;
  if (negative || f->plus || f->space) head[n_head++] = negative ? '-' : f->plus ? '+' : ' ';
  if (prefix_o) {
    head[n_head++] = '0';
    head[n_head++] = 'o';
  }
  if (f->sharp && base != 10) {
    bool leads = zeros || digits[64 - n] == '0';
    if (base != 8 || !leads) head[n_head++] = '0';
    if (base == 2) head[n_head++] = 'b';
    if (base == 16) head[n_head++] = upper ? 'X' : 'x';
  }
  int64_t padding = f->wid_present ? (int64_t)f->wid - n_head - zeros - n : 0;
  if (padding > 0 && !f->minus) fmt_fill(f, (size_t)padding, ' ');
  fmt_put(f, view_of(head, (size_t)n_head));
  fmt_fill(f, (size_t)zeros, '0');
  fmt_put(f, view_of(digits + 64 - n, (size_t)n));
  if (padding > 0 && f->minus) fmt_fill(f, (size_t)padding, ' ');
}

/* U+0041, or U+0041 'A'. */
void ottl__fmt_unicode(fmt_state *f, uint64_t v) {
  ottl_sbuf *text = &f->c->scratch->text2;
  int least = f->prec_present && f->prec > 4 ? f->prec : 4, n = 1;
  if (!fmt_room(f, (size_t)least)) return;
  for (uint64_t rest = v; rest >>= 4;) n++;
  sbuf_clear(text);
  sbuf_put(text, "U+", 2);
  for (int i = n; i < least; i++) sbuf_byte(text, '0');
  while (n--) sbuf_byte(text, "0123456789ABCDEF"[v >> (4 * n) & 15]);
  if (f->sharp && v <= OTTL_RUNE_MAX && ottl__unicode_is_print((uint32_t)v)) {
    sbuf_put(text, " '", 2);
    ottl__utf8_put(text, (uint32_t)v);
    sbuf_byte(text, '\'');
  }
  f->out->failed |= text->failed;
  fmt_pad_spaces(f, sbuf_all(text));
}

/* %#g and its kin: a point in any case, and zeros up to the precision. num begins with its sign. */
static void fmt_sharpen(ottl_sbuf *num, char style, int precision) {
  bool hex = (style | 0x20) == 'x', point = false, nonzero = false;
  int64_t digits = style == 'g' || style == 'G' || style == 'x' ? (precision == -1 ? 6 : precision) : 0;
  char tail[8];
  size_t end = 1, n_tail;
  for (; end < num->len; end++) {
    char ch = num->data[end];
    if (ch == 'p' || ch == 'P' || (!hex && (ch == 'e' || ch == 'E'))) break;
    if (ch == '.') {
      point = true;
      continue;
    }
    nonzero |= ch != '0';
    digits -= nonzero;
  }
  n_tail = num->len - end < sizeof tail ? num->len - end : sizeof tail;
  memcpy(tail, num->data + end, n_tail);
  num->len = end;
  if (!point) {
    digits -= num->len == 2 && num->data[1] == '0';
    sbuf_byte(num, '.');
  }
  for (; digits > 0; digits--) sbuf_byte(num, '0');
  sbuf_put(num, tail, n_tail);
}

void ottl__fmt_double(fmt_state *f, double v, char style, int precision) {
  ottl_sbuf *num = &f->c->scratch->text2;
  if (f->prec_present) precision = f->prec;
  if (!fmt_room(f, precision > 0 ? (size_t)precision : 0)) return;
  sbuf_clear(num);
  sbuf_byte(num, '+');
  ottl__gonum_put_double_precision(num, v, style, precision);
  if (num->failed) {
    f->out->failed = true;
    return;
  }
  bool special = v != v || v - v != 0, has_sign = num->data[1] == '-' || num->data[1] == '+';
  if (has_sign) {
    memmove(num->data, num->data + 1, num->len - 1);
    num->len--;
  }
  if (f->space && num->data[0] == '+' && !f->plus) num->data[0] = ' ';
  if (special) {
    size_t skip = v != v && !f->space && !f->plus;
    fmt_pad_spaces(f, view_of(num->data + skip, num->len - skip));
    return;
  }
  if (f->sharp && style != 'b') fmt_sharpen(num, style, precision);
  f->out->failed |= num->failed;
  bool sign = f->plus || num->data[0] != '+';
  if (sign && f->zero && !f->minus && f->wid_present && (size_t)f->wid > num->len) { /* the sign before the zeros */
    fmt_put(f, view_of(num->data, 1));
    fmt_padding(f, (int64_t)f->wid - (int64_t)num->len);
    fmt_put(f, view_of(num->data + 1, num->len - 1));
    return;
  }
  ottl__fmt_pad(f, sign ? sbuf_all(num) : view_of(num->data + 1, num->len - 1));
}
