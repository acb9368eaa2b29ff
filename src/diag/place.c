/* From byte offsets to lines and columns. Worked out when somebody looks, by walking the text: diagnostics are few. */
#include "diag/diag.h"

size_t ottl__diag_rune(const char *data, size_t len, uint32_t *ret) {
  const unsigned char *p = (const unsigned char *)data;
  *ret = 0xFFFD;
  if (p[0] < 0x80) {
    *ret = p[0];
    return 1;
  }
  size_t n = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : p[0] >= 0xE0 && p[0] <= 0xEF ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
  if (n == 0 || n > len) return 1;
  uint32_t rune = p[0] & (0x7Fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((p[i] & 0xC0) != 0x80) return 1;
    rune = rune << 6 | (p[i] & 0x3Fu);
  }
  if ((n == 3 && rune < 0x800) || (n == 4 && rune < 0x10000) || rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) return 1;
  *ret = rune;
  return n;
}

/* Are these eight characters of one byte, and none a newline? */
static inline bool place_plain(const char *p) {
  const uint64_t ones = 0x0101010101010101u, v = load_le64((const uint8_t *)p), x = v ^ ones * '\n';
  return !((v | ((x - ones) & ~x)) & ones * 0x80);
}

/* Columns from `from`, which is in the column `first`, to `to`; lines too. A statement may be long, and what is told of it much. */
static void place_walk(const char *text, size_t from, size_t to, uint32_t first, diag_place *place) {
  place->column = place->column_utf16 = first;
  for (size_t i = from; i < to;) {
    uint32_t rune;
    if (to - i >= 8 && place_plain(text + i)) {
      i += 8;
      place->column += 8;
      place->column_utf16 += 8;
      continue;
    }
    i += ottl__diag_rune(text + i, to - i, &rune);
    place->column++;
    place->column_utf16 += rune > 0xFFFF ? 2 : 1;
    if (rune != '\n') continue;
    place->line++;
    place->column = place->column_utf16 = 1;
  }
}

diag_place ottl__diag_place(const ottl_source *s, size_t at) {
  const char *text = s->text.data;
  if (at > s->text.len) at = s->text.len;
  diag_place place = {.line = s->line};
  for (const char *p = text; (p = at ? memchr(p, '\n', (size_t)(text + at - p)) : NULL);) {
    place.line++;
    place.line_begin = (size_t)(++p - text);
  }
  const char *end = s->text.len > place.line_begin ? memchr(text + place.line_begin, '\n', s->text.len - place.line_begin) : NULL;
  place.line_end = end ? (size_t)(end - text) : s->text.len;
  if (s->places) {
    place.line = s->line;
    place_walk(s->file, 0, s->places[at], s->column, &place);
    return place;
  }
  place_walk(text, place.line_begin, at, place.line_begin == 0 ? s->column : 1 + s->indent, &place);
  return place;
}
