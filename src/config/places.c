/* Where the text of a scalar stands in the file, byte by byte, when YAML or `${...}` gave it another form: escapes, folded lines, variables.
 *
 * The text is known, so nothing is decoded again: both are walked side by side, and what the file has more than the text is passed over.
 * Where they no longer agree, what is left of the text stands where that was found. */
#include "config/config.h"

typedef struct places {
  const char *file;
  uint32_t at, end; /* what is left of the scalar */
  ottl_view text;
  uint32_t *place;
  size_t n; /* bytes that have a place */
  uint8_t style;
} places;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void put(places *p, size_t bytes, uint32_t at) {
  while (bytes-- && p->n < p->text.len) p->place[p->n++] = at;
}

static void pass_spaces(places *p) {
  while (p->at < p->end && is_space(p->file[p->at])) p->at++;
}

/* Bytes of the character that the text goes on with. */
static size_t rune_bytes(const places *p) {
  uint32_t rune;
  return ottl__diag_rune(p->text.data + p->n, p->text.len - p->n, &rune);
}

/* An escape of double quotes, or a line that goes on behind a backslash. */
static void put_escape(places *p) {
  const uint32_t begin = p->at;
  const char c = begin + 1 < p->end ? p->file[begin + 1] : 'x';
  const uint32_t len = c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2;
  p->at = p->end - begin < len ? p->end : begin + len;
  if (c == '\n' || c == '\r')
    pass_spaces(p);
  else
    put(p, rune_bytes(p), begin);
}

/* A variable's value ends where the text goes on as the file does behind the brace. */
static void put_variable(places *p) {
  const uint32_t begin = p->at;
  while (p->at < p->end && p->file[p->at] != '}') p->at++;
  if (p->at < p->end) p->at++;
  uint32_t same = 0;
  while (same < 8 && p->at + same < p->end && !strchr("$\\\n\r'", p->file[p->at + same])) same++;
  size_t from = p->n;
  while (same && from + same <= p->text.len && memcmp(p->text.data + from, p->file + p->at, same) != 0) from++;
  bool last = !same || from + same > p->text.len;
  put(p, (last ? p->text.len : from) - p->n, begin);
}

/* One step; false: text and file do not agree. */
static bool step(places *p) {
  const char have = p->file[p->at], want = p->text.data[p->n];
  const char next = p->at + 1 < p->end ? p->file[p->at + 1] : 0;
  if (have == '\\' && p->style == CFG_DOUBLE_QUOTED) {
    put_escape(p);
  } else if (have == '$' && next == '{') {
    put_variable(p);
  } else if (have == want) {
    put(p, 1, p->at);
    bool twice = (have == '\'' && next == '\'' && p->style == CFG_SINGLE_QUOTED) ||
                 (have == '$' && next == '$' && !(p->n < p->text.len && p->text.data[p->n] == '$'));
    p->at += twice ? 2 : 1;
  } else if (want == ' ' && is_space(have)) {
    put(p, 1, p->at);
    pass_spaces(p);
  } else if (is_space(have)) {
    pass_spaces(p);
  } else {
    return false;
  }
  return true;
}

const uint32_t *ottl__cfg_places(const cfg_reader *r, const cfg_node *node) {
  const uint32_t end = node->end <= r->text.len ? node->end : (uint32_t)r->text.len;
  places p = {.file = r->text.data, .at = node->begin, .end = end, .text = node->text, .style = node->style};
  p.place = arena_array(r->arena, node->text.len + 1, sizeof *p.place);
  if (!p.place) return NULL;
  while (p.n < p.text.len && p.at < p.end && step(&p)) {
  }
  put(&p, p.text.len - p.n, p.at);
  p.place[p.text.len] = p.at;
  return p.place;
}
