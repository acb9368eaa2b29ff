/* Escapes, Perl, POSIX and Unicode classes, and brackets of Go's syntax. */
#define _GNU_SOURCE /* memmem */
#include "regex/dialect.h"

enum { POSIX_MAX = 4 };
typedef struct class_group {
  char name[8];
  uint8_t n;
  struct {
    uint8_t lo, hi;
  } ranges[POSIX_MAX];
} class_group;

static const class_group class_posix[] = {
    {"alnum", 3, {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
    {"alpha", 2, {{'A', 'Z'}, {'a', 'z'}}},
    {"ascii", 1, {{0, 0x7f}}},
    {"blank", 2, {{'\t', '\t'}, {' ', ' '}}},
    {"cntrl", 2, {{0, 0x1f}, {0x7f, 0x7f}}},
    {"digit", 1, {{'0', '9'}}},
    {"graph", 1, {{'!', '~'}}},
    {"lower", 1, {{'a', 'z'}}},
    {"print", 1, {{' ', '~'}}},
    {"punct", 4, {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", 2, {{'\t', '\r'}, {' ', ' '}}},
    {"upper", 1, {{'A', 'Z'}}},
    {"word", 4, {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", 3, {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};
static const class_group class_digit = {"d", 1, {{'0', '9'}}};
static const class_group class_space = {"s", 3, {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}};
static const class_group class_word = {"w", 4, {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}};

/* Adds `part`, folded when the flag is set, or what is not in it. */
static bool class_add_part(rx_parser *p, rx_class *c, rx_class *part, bool negative) {
  if (negative && !ottl__regex_class_negate(p->arena, part)) return ottl__regex_parse_nomem(p);
  return ottl__regex_class_add_all(p->arena, c, part) || ottl__regex_parse_nomem(p);
}

static bool class_add_group(rx_parser *p, rx_class *c, const class_group *g, bool negative) {
  rx_class part = {0};
  for (unsigned i = 0; i < g->n; i++) {
    bool fine = p->flags & RX_FOLD ? ottl__regex_class_add_folded(p->arena, &part, g->ranges[i].lo, g->ranges[i].hi)
                                   : ottl__regex_class_add(p->arena, &part, g->ranges[i].lo, g->ranges[i].hi);
    if (!fine) return ottl__regex_parse_nomem(p);
  }
  return class_add_part(p, c, &part, negative);
}

/* Go's canonicalName: no blanks, hyphens, underscores; a capital, then lower case. False: longer than any name. */
static bool class_canonical(ottl_view name, char *out, size_t cap) {
  size_t n = 0;
  for (size_t i = 0; i < name.len; i++) {
    char ch = name.data[i];
    if (ch == '_' || ch == '-' || ch == ' ') continue;
    if (n + 1 >= cap || ch == 0) return false;
    if (n == 0) {
      if (ch >= 'a' && ch <= 'z') ch = (char)(ch - 'a' + 'A');
    } else if (ch >= 'A' && ch <= 'Z') {
      ch = (char)(ch - 'A' + 'a');
    }
    out[n++] = ch;
  }
  out[n] = 0;
  return true;
}

/* At \p or \P. */
static bool class_unicode(rx_parser *p, rx_class *c) {
  size_t from = p->at;
  bool negative = parse_char(p, 1) == 'P';
  uint32_t first;
  p->at += 2;
  if (!ottl__regex_parse_rune(p, &first)) return false;
  ottl_view name;
  if (first != '{') {
    name = view_of(p->text.data + from + 2, p->at - from - 2);
  } else {
    const char *close = memchr(p->text.data + from, '}', p->text.len - from);
    if (!close) {
      return ottl__regex_parse_utf8(p, from, p->text.len) &&
             ottl__regex_parse_fail(p, "invalid character class range", from, p->text.len);
    }
    p->at = (size_t)(close - p->text.data) + 1;
    name = view_of(p->text.data + from + 3, p->at - from - 4);
    if (!ottl__regex_parse_utf8(p, from + 3, p->at - 1)) return false;
  }
  if (name.len && name.data[0] == '^') {
    negative = !negative;
    name = view_of(name.data + 1, name.len - 1);
  }
  char canonical[32];
  rx_class part = {0};
  bool known = class_canonical(name, canonical, sizeof canonical), fine = true, fold = p->flags & RX_FOLD;
  const unicode_name *u = NULL;
  if (known && strcmp(canonical, "Any") == 0) {
    fine = ottl__regex_class_add(p->arena, &part, 0, UNICODE_MAX);
  } else if (known && strcmp(canonical, "Ascii") == 0) {
    fine = ottl__regex_class_add(p->arena, &part, 0, 0x7f);
    if (fold) {
      fine =
          fine && ottl__regex_class_add(p->arena, &part, 0x17f, 0x17f) && ottl__regex_class_add(p->arena, &part, 0x212a, 0x212a);
    }
  } else if (known && strcmp(canonical, "Assigned") == 0) {
    u = ottl__regex_unicode_name("Cn");
    negative = !negative;
  } else {
    u = known ? ottl__regex_unicode_name(canonical) : NULL;
    if (!u) return ottl__regex_parse_fail(p, "invalid character class range", from, p->at);
  }
  if (u) {
    fine = ottl__regex_class_add_table(p->arena, &part, u->table) &&
           (!fold || ottl__regex_class_add_table(p->arena, &part, u->fold));
  }
  if (!fine) return ottl__regex_parse_nomem(p);
  ottl__regex_class_clean(&part);
  return class_add_part(p, c, &part, negative);
}

bool ottl__regex_parse_group_escape(rx_parser *p, rx_class *c, bool *found) {
  *found = false;
  if (parse_left(p) < 2 || parse_char(p, 0) != '\\') return true;
  const class_group *g = NULL;
  char ch = parse_char(p, 1);
  switch (ch) {
  case 'p':
  case 'P': *found = true; return class_unicode(p, c);
  case 'd':
  case 'D': g = &class_digit; break;
  case 's':
  case 'S': g = &class_space; break;
  case 'w':
  case 'W': g = &class_word; break;
  default: return true;
  }
  *found = true;
  p->at += 2;
  return class_add_group(p, c, g, ch < 'a');
}

/* At `[:` in a bracket. Without a closing `:]` it is no POSIX class. */
static bool class_parse_posix(rx_parser *p, rx_class *c, bool *found) {
  *found = false;
  const char *close = memmem(p->text.data + p->at + 2, parse_left(p) - 2, ":]", 2);
  if (!close) return true;
  size_t from = p->at, end = (size_t)(close - p->text.data);
  ottl_view name = view_of(p->text.data + from + 2, end - from - 2);
  bool negative = name.len && name.data[0] == '^';
  if (negative) name = view_of(name.data + 1, name.len - 1);
  for (size_t i = 0; i < OTTL_COUNT(class_posix); i++) {
    if (!view_is(name, class_posix[i].name)) continue;
    *found = true;
    p->at = end + 2;
    return class_add_group(p, c, &class_posix[i], negative);
  }
  return ottl__regex_parse_fail(p, "invalid character class range", from, end + 2);
}

static int escape_hex(uint32_t c) {
  if (c - '0' < 10) return (int)(c - '0');
  if (c - 'a' < 6) return (int)(c - 'a' + 10);
  if (c - 'A' < 6) return (int)(c - 'A' + 10);
  return -1;
}

/* Behind \x. False without a failure recorded: no such escape. */
static bool escape_parse_hex(rx_parser *p, uint32_t *ret) {
  uint32_t c, r = 0;
  if (parse_left(p) == 0) return false;
  if (!ottl__regex_parse_rune(p, &c)) return false;
  if (c != '{') {
    int x = escape_hex(c);
    if (!ottl__regex_parse_rune(p, &c)) return false;
    int y = escape_hex(c);
    if (x < 0 || y < 0) return false;
    *ret = (uint32_t)(x * 16 + y);
    return true;
  }
  for (unsigned digits = 0;; digits++) {
    if (parse_left(p) == 0) return false;
    if (!ottl__regex_parse_rune(p, &c)) return false;
    if (c == '}') {
      *ret = r;
      return digits > 0;
    }
    int v = escape_hex(c);
    if (v < 0) return false;
    r = r * 16 + (uint32_t)v;
    if (r > UNICODE_MAX) return false;
  }
}

static uint32_t escape_parse_octal(rx_parser *p, uint32_t first) {
  uint32_t r = first - '0';
  for (unsigned i = 1; i < 3 && parse_left(p) && (unsigned)parse_char(p, 0) - '0' < 8; i++) {
    r = r * 8 + (uint32_t)(parse_char(p, 0) - '0');
    p->at++;
  }
  return r;
}

bool ottl__regex_parse_escape(rx_parser *p, uint32_t *ret) {
  size_t from = p->at;
  uint32_t c;
  p->at++;
  if (parse_left(p) == 0) {
    return ottl__regex_parse_fail(p, "trailing backslash at end of expression", p->at, p->at);
  }
  if (!ottl__regex_parse_rune(p, &c)) return false;
  switch (c) {
  case '0': *ret = escape_parse_octal(p, c); return true;
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
    /* One digit alone would be a back reference. */
    if (parse_left(p) == 0 || (unsigned)parse_char(p, 0) - '0' > 7) break;
    *ret = escape_parse_octal(p, c);
    return true;
  case 'x':
    if (escape_parse_hex(p, ret)) return true;
    if (p->status != OTTL_OK) return false;
    break;
  case 'a': *ret = '\a'; return true;
  case 'f': *ret = '\f'; return true;
  case 'n': *ret = '\n'; return true;
  case 'r': *ret = '\r'; return true;
  case 't': *ret = '\t'; return true;
  case 'v': *ret = '\v'; return true;
  default:
    if (c < 0x80 && !parse_alnum(c)) {
      *ret = c;
      return true;
    }
    break;
  }
  return ottl__regex_parse_fail(p, "invalid escape sequence", from, p->at);
}

static bool class_char(rx_parser *p, size_t whole, uint32_t *ret) {
  if (parse_left(p) == 0) return ottl__regex_parse_fail(p, "missing closing ]", whole, p->text.len);
  return parse_char(p, 0) == '\\' ? ottl__regex_parse_escape(p, ret) : ottl__regex_parse_rune(p, ret);
}

bool ottl__regex_parse_class(rx_parser *p) {
  size_t whole = p->at;
  rx_node *n = ottl__regex_parse_node(p, RX_CLASS);
  if (!n) return false;
  rx_class *c = &n->cls;
  p->at++;
  bool negative = parse_left(p) && parse_char(p, 0) == '^';
  if (negative) p->at++;
  for (bool first = true; parse_left(p) == 0 || parse_char(p, 0) != ']' || first; first = false) {
    bool found = false;
    if (parse_left(p) > 2 && parse_char(p, 0) == '[' && parse_char(p, 1) == ':') {
      if (!class_parse_posix(p, c, &found)) return false;
      if (found) continue;
    }
    if (!ottl__regex_parse_group_escape(p, c, &found)) return false;
    if (found) continue;
    size_t from = p->at;
    uint32_t lo, hi;
    if (!class_char(p, whole, &lo)) return false;
    hi = lo;
    if (parse_left(p) >= 2 && parse_char(p, 0) == '-' && parse_char(p, 1) != ']') {
      p->at++;
      if (!class_char(p, whole, &hi)) return false;
      if (hi < lo) return ottl__regex_parse_fail(p, "invalid character class range", from, p->at);
    }
    bool fine =
        p->flags & RX_FOLD ? ottl__regex_class_add_folded(p->arena, c, lo, hi) : ottl__regex_class_add(p->arena, c, lo, hi);
    if (!fine) return ottl__regex_parse_nomem(p);
  }
  p->at++;
  ottl__regex_class_clean(c);
  if (negative && !ottl__regex_class_negate(p->arena, c)) return ottl__regex_parse_nomem(p);
  return ottl__regex_parse_push(p, n);
}
