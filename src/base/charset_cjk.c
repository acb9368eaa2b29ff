/* Chinese, Japanese and Korean encodings. A byte that is ASCII is never taken for the second half of a bad pair, but where the
 * original does so. */
#include "base/charset.h"
#include "base/utf8.h"

static const uint16_t jis0208[] = {
#include "../../third_party/encodings/jis0208.inc"
};
static const uint16_t jis0212[] = {
#include "../../third_party/encodings/jis0212.inc"
};
static const uint16_t euc_kr[] = {
#include "../../third_party/encodings/euc_kr.inc"
};
static const uint16_t gbk[] = {
#include "../../third_party/encodings/gbk.inc"
};
static const uint16_t big5[] = {
#include "../../third_party/encodings/big5.inc"
};
static const uint64_t big5_plane2[] = {
#include "../../third_party/encodings/big5_plane2.inc"
};
static const uint16_t gb18030_ranges[][2] = {
#include "../../third_party/encodings/gb18030.inc"
};

#define BAD  OTTL_RUNE_ERROR
#define NONE UINT32_MAX

static uint32_t table_at(const uint16_t *table, size_t count, size_t i) { return i < count && table[i] ? table[i] : BAD; }
#define AT(table, i) table_at(table, OTTL_COUNT(table), i)

static bool in(unsigned c, unsigned lo, unsigned hi) { return c >= lo && c <= hi; }

/* Stores a rune and returns how many bytes it took. */
static size_t took(uint32_t *ret, uint32_t rune, size_t bytes) {
  *ret = rune;
  return bytes;
}

static size_t euc_jp_next(const unsigned char *p, size_t n, uint32_t *ret) {
  if (p[0] == 0x8e) {
    if (n < 2 || p[1] < 0xa1) return took(ret, BAD, 1);
    return p[1] > 0xdf ? took(ret, BAD, p[1] == 0xff ? 1 : 2) : took(ret, p[1] + (0xff61u - 0xa1), 2);
  }
  if (p[0] == 0x8f) {
    if (n < 3) return took(ret, BAD, n == 2 && in(p[1], 0xa1, 0xfd) ? 2 : 1);
    if (!in(p[1], 0xa1, 0xfe)) return took(ret, BAD, 1);
    if (!in(p[2], 0xa1, 0xfe)) return took(ret, BAD, 2);
    return took(ret, AT(jis0212, (p[1] - 0xa1u) * 94 + (p[2] - 0xa1u)), 3);
  }
  if (!in(p[0], 0xa1, 0xfe) || n < 2 || !in(p[1], 0xa1, 0xfe)) return took(ret, BAD, 1);
  return took(ret, AT(jis0208, (p[0] - 0xa1u) * 94 + (p[1] - 0xa1u)), 2);
}

static size_t shift_jis_next(const unsigned char *p, size_t n, uint32_t *ret) {
  unsigned c0 = p[0];
  if (in(c0, 0xa1, 0xdf)) return took(ret, c0 + (0xff61u - 0xa1), 1);
  if (c0 == 0x80) return took(ret, 0x80, 1);
  if (!in(c0, 0x81, 0x9f) && !in(c0, 0xe0, 0xfc)) return took(ret, BAD, 1);
  unsigned row = 2 * (c0 <= 0x9f ? c0 - 0x70 : c0 - 0xb0) - 0x21;
  if (n < 2 || p[1] < 0x40 || p[1] == 0x7f) return took(ret, BAD, 1);
  if (p[1] >= 0xfd) return took(ret, BAD, 2);
  unsigned cell = p[1] < 0x7f ? p[1] - 0x40u : p[1] < 0x9f ? p[1] - 0x41u : p[1] - 0x9fu;
  return took(ret, AT(jis0208, (row - (p[1] < 0x9f)) * 94 + cell), 2);
}

enum { JP_ASCII, JP_KATAKANA, JP_0208, JP_0212 };

static size_t iso_2022_jp_escape(unsigned *state, const unsigned char *p, size_t n, uint32_t *ret) {
  *ret = NONE;
  if (n < 3) return took(ret, BAD, 1);
  if (p[1] == '$' && (p[2] == '@' || p[2] == 'B')) return *state = JP_0208, 3;
  if (p[1] == '$' && p[2] == '(' && n >= 4 && p[3] == 'D') return *state = JP_0212, 4;
  if (p[1] == '(' && (p[2] == 'B' || p[2] == 'J')) return *state = JP_ASCII, 3;
  if (p[1] == '(' && p[2] == 'I') return *state = JP_KATAKANA, 3;
  return took(ret, BAD, 1);
}

/* Bytes are not checked to be in the rows and cells of the sets: sums wrap and meet other characters, as in the original. */
static size_t iso_2022_jp_next(unsigned *state, const unsigned char *p, size_t n, uint32_t *ret) {
  if (p[0] >= 0x80) return took(ret, BAD, 1);
  if (p[0] == 0x1b) return iso_2022_jp_escape(state, p, n, ret);
  if (*state == JP_ASCII) return took(ret, p[0], 1);
  if (*state == JP_KATAKANA) return took(ret, in(p[0], 0x21, 0x5f) ? p[0] + (0xff61u - 0x21) : BAD, 1);
  if (p[0] == '\n') return *state = JP_ASCII, took(ret, '\n', 1);
  if (n < 2) return took(ret, BAD, 1);
  size_t i = (size_t)(unsigned char)(p[0] - 0x21) * 94 + (unsigned char)(p[1] - 0x21);
  return took(ret, *state == JP_0208 ? AT(jis0208, i) : AT(jis0212, i), 2);
}

static size_t euc_kr_next(const unsigned char *p, size_t n, uint32_t *ret) {
  if (!in(p[0], 0x81, 0xfe) || n < 2) return took(ret, BAD, 1);
  unsigned c = p[1];
  size_t i = SIZE_MAX;
  if (p[0] < 0xc7) {
    size_t row = 178 * (p[0] - 0x81u);
    i = in(c, 0x41, 0x5a)   ? row + c - 0x41
        : in(c, 0x61, 0x7a) ? row + c - 0x61 + 26
        : in(c, 0x81, 0xfe) ? row + c - 0x81 + 52
                            : i;
  } else if (in(c, 0xa1, 0xfe)) {
    i = 178 * (0xc7 - 0x81) + (p[0] - 0xc7u) * 94 + (c - 0xa1);
  }
  uint32_t rune = AT(euc_kr, i);
  return took(ret, rune, rune == BAD && c < 0x80 ? 1 : 2);
}

/* Four bytes of GB18030. */
static size_t gb18030_four(const unsigned char *p, size_t n, uint32_t *ret) {
  if (n < 4 || !in(p[2], 0x81, 0xfe) || !in(p[3], 0x30, 0x39)) return took(ret, BAD, 1);
  int64_t r = (((int64_t)(p[0] - 0x81) * 10 + (p[1] - 0x30)) * 126 + (p[2] - 0x81)) * 10 + (p[3] - 0x30);
  if (r >= 39420) {
    r -= 189000;
    return r >= 0 && r < 0x100000 ? took(ret, (uint32_t)r + 0x10000, 4) : took(ret, BAD, 1);
  }
  size_t i = OTTL_COUNT(gb18030_ranges);
  while (i > 1 && r < gb18030_ranges[i - 1][0]) i--;
  return took(ret, (uint32_t)(r + gb18030_ranges[i - 1][1] - gb18030_ranges[i - 1][0]), 4);
}

static size_t gbk_next(bool four, const unsigned char *p, size_t n, uint32_t *ret) {
  if (p[0] == 0x80) return took(ret, 0x20ac, 1);
  if (p[0] == 0xff || n < 2) return took(ret, BAD, 1);
  unsigned c = p[1];
  if (four && in(c, 0x30, 0x3f)) return gb18030_four(p, n, ret);
  if (!in(c, 0x40, 0x7e) && !in(c, 0x80, 0xfe)) return took(ret, BAD, 1);
  return took(ret, AT(gbk, (p[0] - 0x81u) * 190 + (c < 0x7f ? c - 0x40 : c - 0x41)), 2);
}

static size_t hz_next(unsigned *state, const unsigned char *p, size_t n, uint32_t *ret) {
  if (p[0] >= 0x80) return took(ret, BAD, 1);
  if (p[0] == '~') {
    if (n < 2) return took(ret, BAD, 1);
    if (p[1] == '{' || p[1] == '}') return *state = p[1] == '{', took(ret, NONE, 2);
    return took(ret, p[1] == '~' ? '~' : p[1] == '\n' ? NONE : BAD, 2);
  }
  if (!*state) return took(ret, p[0], 1);
  if (n < 2) return took(ret, BAD, 1);
  uint32_t rune = BAD;
  if (in(p[0], 0x21, 0x7d) && in(p[1], 0x21, 0x7e)) rune = AT(gbk, (p[0] - 1u) * 190 + (p[1] + 0x3fu));
  return took(ret, rune, rune == BAD && p[1] > 0x80 ? 1 : 2);
}

static size_t big5_next(const unsigned char *p, size_t n, uint32_t *ret) {
  if (!in(p[0], 0x81, 0xfe) || n < 2 || p[1] < 0x40) return took(ret, BAD, 1);
  if (!in(p[1], 0x40, 0x7e) && !in(p[1], 0xa1, 0xfe)) return took(ret, BAD, 2);
  size_t i = (p[0] - 0x81u) * 157 + (p[1] < 0x7f ? p[1] - 0x40u : p[1] - 0x62u);
  /* a letter and an accent above it: two characters */
  if (i == 1133 || i == 1135) return took(ret, 0xcau << 24 | (i == 1133 ? 0x304 : 0x30c), 2);
  if (i == 1164 || i == 1166) return took(ret, 0xeau << 24 | (i == 1164 ? 0x304 : 0x30c), 2);
  if (i < OTTL_COUNT(big5) && big5_plane2[i / 64] >> (i % 64) & 1) return took(ret, 0x20000u + big5[i], 2);
  return took(ret, AT(big5, i), 2);
}

size_t ottl__charset_cjk(ottl_charset charset, unsigned *state, const unsigned char *p, size_t n, uint32_t *ret_rune) {
  if (charset == CHARSET_ISO_2022_JP) return iso_2022_jp_next(state, p, n, ret_rune);
  if (charset == CHARSET_HZ_GB2312) return hz_next(state, p, n, ret_rune);
  if (p[0] < 0x80) return took(ret_rune, p[0], 1);
  switch (charset) {
  case CHARSET_EUC_JP: return euc_jp_next(p, n, ret_rune);
  case CHARSET_SHIFT_JIS: return shift_jis_next(p, n, ret_rune);
  case CHARSET_EUC_KR: return euc_kr_next(p, n, ret_rune);
  case CHARSET_BIG5: return big5_next(p, n, ret_rune);
  default: return gbk_next(charset == CHARSET_GB18030, p, n, ret_rune);
  }
}
