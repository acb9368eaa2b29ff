/* Tokens of XML. */
#include "xml/reader.h"

#include "base/bulk.h"
#include "base/charset.h"
#include "base/gonum.h"
#include "base/utf8.h"
#include "xml/names.h"

#define XML_URL "http://www.w3.org/XML/1998/namespace"

void ottl__xml_reader_init(xml_reader *r, ottl_arena *arena, const ottl_allocator *al, ottl_view text) {
  *r = (xml_reader){.text = text, .arena = arena, .al = al};
  ottl__sbuf_init(&r->buf, al);
  ottl__map_init(&r->prefixes, al);
}

void ottl__xml_reader_done(xml_reader *r) {
  ottl__sbuf_done(&r->buf);
  ottl__map_done(&r->prefixes);
  al_free(r->al, r->bindings, r->cap_bindings * sizeof *r->bindings);
  al_free(r->al, r->open, r->cap_open * sizeof *r->open);
}

static ottl_status bad(xml_reader *r, const char *why) {
  r->bad = why;
  return OTTL_DATA;
}

/* The next byte, or -1. */
static int get(xml_reader *r) { return r->at < r->text.len ? (unsigned char)r->text.data[r->at++] : -1; }
static int peek(const xml_reader *r) { return r->at < r->text.len ? (unsigned char)r->text.data[r->at] : -1; }

static void skip_space(xml_reader *r) {
  while (r->at < r->text.len && memchr(" \r\n\t", r->text.data[r->at], 4)) r->at++;
}

static bool name_byte(int c) {
  return c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
         c == '.' || c == '-';
}

/* A name must end before the text does. */
static ottl_status read_name(xml_reader *r, ottl_view *ret) {
  size_t begin = r->at;
  while (name_byte(peek(r))) r->at++;
  if (r->at == r->text.len) return bad(r, "unexpected EOF");
  *ret = view_of(r->text.data + begin, r->at - begin);
  return ottl__xml_is_name(*ret) ? OTTL_OK : bad(r, "expected a name");
}

static ottl_status read_nsname(xml_reader *r, xml_name *ret) {
  ottl_view name;
  OTTL_TRY(read_name(r, &name));
  const char *colon = memchr(name.data, ':', name.len), *end = name.data + name.len;
  *ret = (xml_name){.local = name};
  if (!colon) return OTTL_OK;
  if (memchr(colon + 1, ':', (size_t)(end - colon - 1))) return bad(r, "a name with two colons");
  if (colon == name.data || colon + 1 == end) return OTTL_OK;
  *ret = (xml_name){view_of(name.data, (size_t)(colon - name.data)), view_of(colon + 1, (size_t)(end - colon - 1))};
  return OTTL_OK;
}

/* -- text -- */

/* Behind the `&`. */
static ottl_status read_entity(xml_reader *r) {
  static const struct {
    const char *name;
    char ch;
  } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}};
  const char *begin = r->text.data + r->at, *semicolon = begin;
  const char *end = r->text.data + r->text.len;
  while (semicolon < end && (name_byte((unsigned char)*semicolon) || (semicolon == begin && *semicolon == '#'))) semicolon++;
  if (semicolon == end) return bad(r, "unexpected EOF");
  ottl_view name = view_of(begin, (size_t)(semicolon - begin));
  if (*semicolon != ';' || name.len == 0) return bad(r, "invalid character entity");
  r->at += name.len + 1;
  if (name.data[0] == '#') {
    bool hex = name.len > 1 && name.data[1] == 'x';
    ottl_view digits = view_of(name.data + 1 + hex, name.len - 1 - hex);
    uint64_t n;
    if (ottl__gonum_parse_uint(digits, hex ? 16 : 10, &n) != OTTL_NUM_OK || n > OTTL_RUNE_MAX) {
      return bad(r, "invalid character entity");
    }
    ottl__utf8_put(&r->buf, (uint32_t)n);
    return OTTL_OK;
  }
  for (size_t i = 0; i < OTTL_COUNT(known); i++) {
    if (!view_is(name, known[i].name)) continue;
    sbuf_byte(&r->buf, known[i].ch);
    return OTTL_OK;
  }
  return bad(r, "invalid character entity");
}

static bool xml_char(uint32_t rune) {
  return rune == 9 || rune == 10 || rune == 13 || (rune >= 0x20 && rune <= 0xd7ff) || (rune >= 0xe000 && rune <= 0xfffd) ||
         rune >= 0x10000;
}

static ottl_status check_chars(xml_reader *r, ottl_view text) {
  for (size_t i = 0; i < text.len;) {
    uint32_t rune;
    int width = utf8_decode(text.data + i, text.len - i, &rune);
    if (rune == OTTL_RUNE_ERROR && width == 1) return bad(r, "invalid UTF-8");
    if (!xml_char(rune)) return bad(r, "illegal character code");
    i += (size_t)width;
  }
  return OTTL_OK;
}

/* Up to the quote, or (quote 0) up to `<` or the end, or (cdata) behind ]]>. Line ends become \n. */
static ottl_status read_text(xml_reader *r, int quote, bool cdata, ottl_view *ret) {
  int b0 = 0, b1 = 0;
  r->buf.len = 0;
  for (;;) {
    int b = get(r);
    if (b < 0) {
      if (cdata) return bad(r, "unexpected EOF in CDATA section");
      break;
    }
    if (!quote && b0 == ']' && b1 == ']' && b == '>') {
      if (!cdata) return bad(r, "unescaped ]]> not in CDATA section");
      r->buf.len -= 2;
      break;
    }
    if (b == '<' && !cdata) {
      if (quote) return bad(r, "unescaped < inside quoted string");
      r->at--;
      r->looked = true;
      break;
    }
    if (quote && b == quote) break;
    if (b == '&' && !cdata) {
      OTTL_TRY(read_entity(r));
      b0 = b1 = 0;
      continue;
    }
    if (b == '\r')
      sbuf_byte(&r->buf, '\n');
    else if (b1 != '\r' || b != '\n')
      sbuf_byte(&r->buf, (char)b);
    b0 = b1;
    b1 = b;
    if (r->buf.failed) return OTTL_NOMEM;
  }
  if (r->buf.failed) return OTTL_NOMEM;
  OTTL_TRY(check_chars(r, sbuf_all(&r->buf)));
  *ret = arena_copy(r->arena, r->buf.data, r->buf.len);
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

/* -- what begins with <! or <? -- */

/* The value of version= or encoding= in a declaration, as leniently as the original looks for it. */
static ottl_view declaration_value(ottl_view s, const char *param) {
  size_t n = strlen(param);
  for (size_t i = 0; i + n < s.len; i++) {
    if (memcmp(s.data + i, param, n) != 0) continue;
    char quote = s.data[i + n];
    i += n;
    if (quote != '\'' && quote != '"') continue;
    const char *end = memchr(s.data + i + 1, quote, s.len - i - 1);
    return end ? view_of(s.data + i + 1, (size_t)(end - s.data) - i - 1) : VIEW("");
  }
  return VIEW("");
}

static bool is_utf8_label(ottl_view v) {
  static const char label[] = "utf-8";
  if (v.len != 5) return false;
  for (size_t i = 0; i < 5; i++) {
    if ((v.data[i] | (v.data[i] >= 'A' && v.data[i] <= 'Z' ? 0x20 : 0)) != label[i]) return false;
  }
  return true;
}

/* What follows a declaration of another encoding is read from a copy in UTF-8. */
static ottl_status recode(xml_reader *r, ottl_view encoding) {
  ottl_charset charset = r->recodes ? ottl__charset_find_label(encoding) : CHARSET_NONE;
  if (charset == CHARSET_NONE) {
    r->bad = "unsupported encoding";
    return OTTL_UNSUPPORTED;
  }
  if (ottl__charset_is_table(charset) && !ottl__bulk_here()) {
    r->bad = "the tables of this encoding are not loaded";
    return OTTL_UNSUPPORTED;
  }
  r->buf.len = 0;
  ottl__charset_put(&r->buf, charset, view_of(r->text.data + r->at, r->text.len - r->at));
  ottl_view copy = arena_copy(r->arena, r->buf.data, r->buf.len);
  if (r->buf.failed || !copy.data) return OTTL_NOMEM;
  r->text = copy;
  r->at = 0;
  r->recoded = true;
  return OTTL_OK;
}

static ottl_status read_instruction(xml_reader *r, xml_token *t) {
  t->kind = XML_PI;
  OTTL_TRY(read_name(r, &t->target));
  skip_space(r);
  size_t begin = r->at;
  for (int b, b0 = 0;; b0 = b) {
    b = get(r);
    if (b < 0) return bad(r, "unexpected EOF");
    if (b0 == '?' && b == '>') break;
  }
  t->data = view_of(r->text.data + begin, r->at - begin - 2);
  if (!view_is(t->target, "xml")) return OTTL_OK;
  ottl_view version = declaration_value(t->data, "version="), encoding = declaration_value(t->data, "encoding=");
  if (version.len && !view_is(version, "1.0")) return bad(r, "unsupported version");
  return encoding.len && !is_utf8_label(encoding) ? recode(r, encoding) : OTTL_OK;
}

static ottl_status read_comment(xml_reader *r, xml_token *t) {
  t->kind = XML_COMMENT;
  if (get(r) != '-') return bad(r, "invalid sequence <!- not part of <!--");
  size_t begin = r->at;
  for (int b, b0 = 0, b1 = 0;; b0 = b1, b1 = b) {
    b = get(r);
    if (b < 0) return bad(r, "unexpected EOF");
    if (b0 != '-' || b1 != '-') continue;
    if (b != '>') return bad(r, "invalid sequence \"--\" not allowed in comments");
    break;
  }
  t->data = view_of(r->text.data + begin, r->at - begin - 3);
  return OTTL_OK;
}

/* A comment inside of a directive, behind its <!--; a space stands for it. */
static ottl_status directive_comment(xml_reader *r) {
  r->buf.len--;
  for (int b, b0 = 0, b1 = 0;; b0 = b1, b1 = b) {
    b = get(r);
    if (b < 0) return bad(r, "unexpected EOF");
    if (b0 == '-' && b1 == '-' && b == '>') break;
  }
  sbuf_byte(&r->buf, ' ');
  return OTTL_OK;
}

/* <!DOCTYPE ...> and its like, to the `>` that fits; `first` is the byte behind the exclamation mark. */
static ottl_status read_directive(xml_reader *r, int first, xml_token *t) {
  int quote = 0, depth = 0;
  t->kind = XML_DIRECTIVE;
  r->buf.len = 0;
  sbuf_byte(&r->buf, (char)first);
  for (;;) {
    int b = get(r);
    if (b < 0) return bad(r, "unexpected EOF");
    if (!quote && b == '>' && depth == 0) break;
    sbuf_byte(&r->buf, (char)b);
    if (r->buf.failed) return OTTL_NOMEM;
    if (b == quote) {
      quote = 0;
    } else if (quote) {
      continue;
    } else if (b == '\'' || b == '"') {
      quote = b;
    } else if (b == '>') {
      depth--;
    } else if (b == '<') {
      if (r->text.len - r->at >= 3 && memcmp(r->text.data + r->at, "!--", 3) == 0) {
        r->at += 3;
        OTTL_TRY(directive_comment(r));
      } else {
        depth++;
      }
    }
  }
  t->data = arena_copy(r->arena, r->buf.data, r->buf.len);
  return t->data.data && !r->buf.failed ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status read_markup(xml_reader *r, xml_token *t) {
  int b = get(r);
  if (b < 0) return bad(r, "unexpected EOF");
  if (b == '-') return read_comment(r, t);
  if (b != '[') return read_directive(r, b, t);
  if (r->text.len - r->at < 6 || memcmp(r->text.data + r->at, "CDATA[", 6) != 0) return bad(r, "invalid <![ sequence");
  r->at += 6;
  t->kind = XML_TEXT;
  return read_text(r, 0, true, &t->data);
}

/* -- elements -- */

static ottl_status read_attr(xml_reader *r, xml_attr *ret) {
  *ret = (xml_attr){0};
  OTTL_TRY(read_nsname(r, &ret->name));
  skip_space(r);
  if (get(r) != '=') return bad(r, "attribute name without = in element");
  skip_space(r);
  int quote = get(r);
  if (quote != '"' && quote != '\'') return bad(r, "unquoted or missing attribute value in element");
  return read_text(r, quote, false, &ret->value);
}

static ottl_status read_start(xml_reader *r, xml_token *t) {
  uint32_t cap = 0;
  t->kind = XML_START;
  OTTL_TRY(read_nsname(r, &t->name));
  for (;;) {
    skip_space(r);
    int b = peek(r);
    if (b < 0) return bad(r, "unexpected EOF");
    if (b == '>') break;
    if (b == '/') {
      r->at++;
      if (peek(r) != '>') return bad(r, "expected /> in element");
      r->close_pending = true;
      r->to_close = t->name;
      break;
    }
    if (t->n_attr == cap) {
      cap = cap ? 2 * cap : 4;
      xml_attr *more = arena_array(r->arena, cap, sizeof *more);
      if (!more) return OTTL_NOMEM;
      if (t->n_attr) memcpy(more, t->attr, t->n_attr * sizeof *more);
      t->attr = more;
    }
    OTTL_TRY(read_attr(r, &t->attr[t->n_attr]));
    t->n_attr++;
  }
  r->at++;
  return OTTL_OK;
}

static ottl_status read_raw(xml_reader *r, xml_token *t) {
  *t = (xml_token){.kind = XML_EOF};
  if (r->close_pending) {
    r->close_pending = false;
    t->kind = XML_END;
    t->name = r->to_close;
    return OTTL_OK;
  }
  size_t begin = r->at + r->looked;
  bool recoded = r->recoded;
  r->looked = false;
  if (r->at == r->text.len) return OTTL_OK;
  ottl_status status;
  int b = get(r);
  if (b != '<') {
    r->at--;
    t->kind = XML_TEXT;
    status = read_text(r, 0, false, &t->data);
  } else if (peek(r) == '/') {
    r->at++;
    t->kind = XML_END;
    OTTL_TRY(read_nsname(r, &t->name));
    skip_space(r);
    status = get(r) == '>' ? OTTL_OK : bad(r, "invalid characters in an end element");
  } else if (peek(r) == '?') {
    r->at++;
    status = read_instruction(r, t);
  } else if (peek(r) == '!') {
    r->at++;
    status = read_markup(r, t);
  } else {
    status = peek(r) < 0 ? bad(r, "unexpected EOF") : read_start(r, t);
  }
  t->source = view_of(r->text.data + begin, r->at > begin ? r->at - begin : 0);
  if (recoded) { /* the original sees what was read for the first token, and then nothing */
    if (r->recoded_before) t->source.len = 0;
    r->recoded_before = true;
  }
  return status;
}

/* -- name spaces -- */

static ottl_status bind(xml_reader *r, ottl_view prefix, ottl_view uri) {
  uint32_t before = ottl__map_find(&r->prefixes, prefix);
  OTTL_TRY(ottl__al_reserve(r->al, &r->bindings, &r->cap_bindings, r->n_bindings + 1, sizeof *r->bindings));
  r->bindings[r->n_bindings++] = (xml_binding){prefix, uri, before == OTTL_MAP_NONE ? 0 : before};
  return ottl__map_put(&r->prefixes, prefix, (uint32_t)r->n_bindings);
}

static ottl_status unbind(xml_reader *r, size_t n) {
  while (r->n_bindings > n) {
    const xml_binding *b = &r->bindings[--r->n_bindings];
    OTTL_TRY(ottl__map_put(&r->prefixes, b->prefix, b->shadowed));
  }
  return OTTL_OK;
}

static void translate(const xml_reader *r, xml_name *name, bool element) {
  if (view_is(name->space, "xmlns") || (!name->space.len && (!element || view_is(name->local, "xmlns")))) return;
  if (view_is(name->space, "xml")) name->space = VIEW(XML_URL);
  uint32_t b = ottl__map_find(&r->prefixes, name->space);
  if (b != OTTL_MAP_NONE && b) name->space = r->bindings[b - 1].uri;
}

static ottl_status start_element(xml_reader *r, xml_token *t) {
  OTTL_TRY(ottl__al_reserve(r->al, &r->open, &r->cap_open, r->n_open + 1, sizeof *r->open));
  r->open[r->n_open++] = (xml_open){t->name, (uint32_t)r->n_bindings};
  for (uint32_t i = 0; i < t->n_attr; i++) {
    const xml_attr *a = &t->attr[i];
    if (view_is(a->name.space, "xmlns")) OTTL_TRY(bind(r, a->name.local, a->value));
    if (!a->name.space.len && view_is(a->name.local, "xmlns")) OTTL_TRY(bind(r, VIEW(""), a->value));
  }
  translate(r, &t->name, true);
  for (uint32_t i = 0; i < t->n_attr; i++) translate(r, &t->attr[i].name, false);
  return OTTL_OK;
}

static ottl_status end_element(xml_reader *r, xml_token *t) {
  if (!r->n_open) return bad(r, "unexpected end element");
  xml_open open = r->open[--r->n_open];
  if (!view_eq(open.name.local, t->name.local) || !view_eq(open.name.space, t->name.space)) {
    return bad(r, "an element closed by another's end");
  }
  translate(r, &t->name, true);
  return unbind(r, open.n_bindings);
}

ottl_status ottl__xml_next(xml_reader *r, xml_token *ret) {
  OTTL_TRY(read_raw(r, ret));
  if (ret->kind == XML_START) return start_element(r, ret);
  if (ret->kind == XML_END) return end_element(r, ret);
  if (ret->kind == XML_EOF && r->n_open) return bad(r, "unexpected EOF");
  return OTTL_OK;
}
