/* Records as YAML. */
#include "tooling/record.h"

#include "base/base64.h"
#include "base/gonum.h"
#include "base/map.h"
#include "base/utf8.h"
#include "tooling/format.h"

static bool is_plain(ottl_view text) {
  cfg_node node = {.text = text};
  if (!ottl__format_plain(text) || text.data[0] == '<' || text.data[0] == '=' || text.data[text.len - 1] == ' ') return false;
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.data[i] < 0x20 || (unsigned char)text.data[i] > 0x7e) return false;
  }
  ottl__cfg_resolve(&node);
  return node.kind == CFG_STRING;
}

void ottl__rec_scalar(ottl_sbuf *out, ottl_view text) {
  if (is_plain(text)) {
    sbuf_view(out, text);
    return;
  }
  sbuf_byte(out, '"');
  for (size_t at = 0; at <= text.len;) { /* the escapes know of no line breaks */
    const char *newline = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;
    size_t end = newline ? (size_t)(newline - text.data) : text.len;
    ottl__format_escaped(out, view_of(text.data + at, end - at));
    if (newline) sbuf_str(out, "\\n");
    at = end + 1;
  }
  sbuf_byte(out, '"');
}

static void put_number(ottl_sbuf *out, double number) {
  char text[OTTL_DOUBLE_TEXT_MAX];
  if (number != number) {
    sbuf_str(out, ".nan");
  } else if (number - number != 0) {
    sbuf_str(out, number < 0 ? "-.inf" : ".inf");
  } else {
    size_t n = ottl__gonum_format_double(text, number, 'g');
    sbuf_put(out, text, n);
    if (!memchr(text, '.', n) && !memchr(text, 'e', n)) sbuf_str(out, ".0");
  }
}

static void put_indent(ottl_sbuf *out, uint32_t indent) {
  for (uint32_t i = 0; i < indent; i++) sbuf_byte(out, ' ');
}

static void put_value(ottl_sbuf *out, const rec *v, uint32_t indent, bool in_list);

/* Is a text best written line by line? */
static bool is_block(ottl_view text) {
  const char *data = text.data;
  if (text.len < 2 || !memchr(data, '\n', text.len - 1) || strchr(" \t\n#", data[0])) return false;
  if (data[text.len - 1] == '\n' && data[text.len - 2] == '\n') return false;
  for (size_t i = 0; i < text.len; i++) {
    if (((unsigned char)data[i] < 0x20 && data[i] != '\n' && data[i] != '\t') || (unsigned char)data[i] > 0x7e) return false;
  }
  return true;
}

static void put_block(ottl_sbuf *out, ottl_view text, uint32_t indent) {
  bool ends = text.data[text.len - 1] == '\n';
  sbuf_str(out, ends ? " |\n" : " |-\n");
  for (size_t at = 0; at < text.len;) {
    const char *newline = memchr(text.data + at, '\n', text.len - at);
    size_t end = newline ? (size_t)(newline - text.data) : text.len;
    if (end > at) put_indent(out, indent);
    sbuf_put(out, text.data + at, end - at);
    sbuf_byte(out, '\n');
    at = end + 1;
  }
}

static void put_items(ottl_sbuf *out, const rec *list, uint32_t indent) {
  for (const rec *kid = list->first; kid; kid = kid->next) {
    put_indent(out, indent);
    sbuf_byte(out, '-');
    put_value(out, kid, indent + 2, true);
  }
}

/* A map that would be read as something else. */
static bool is_odd(const rec *v) {
  return v->pairs && v->first && !v->first->next && v->first->key.len && v->first->key.data[0] == '$';
}

/* A key that is there twice is no key of YAML. */
static bool has_twins(ottl_sbuf *out, const rec *v) {
  ottl_map keys;
  bool twins = false;
  if (!v->pairs || v->first == v->last) return false;
  ottl__map_init(&keys, &out->al);
  for (const rec *kid = v->first; kid && !twins && !out->failed; kid = kid->next) {
    twins = ottl__map_find(&keys, kid->key) != OTTL_MAP_NONE;
    if (ottl__map_put(&keys, kid->key, 1) != OTTL_OK) out->failed = true;
  }
  ottl__map_done(&keys);
  return twins;
}

/* `$pairs`: a list of lists of a key and its value. */
static void put_twins(ottl_sbuf *out, const rec *v, uint32_t indent, bool inside) {
  sbuf_byte(out, inside ? ' ' : '\n');
  if (!inside) put_indent(out, indent);
  sbuf_str(out, "$pairs:\n");
  for (const rec *kid = v->first; kid; kid = kid->next) {
    put_indent(out, indent + 2);
    sbuf_str(out, "- - ");
    ottl__rec_scalar(out, kid->key);
    sbuf_byte(out, '\n');
    put_indent(out, indent + 4);
    sbuf_byte(out, '-');
    put_value(out, kid, indent + 6, true);
  }
}

static void put_container(ottl_sbuf *out, const rec *v, uint32_t indent, bool in_list) {
  if (!v->first) {
    sbuf_str(out, v->kind == REC_MAP ? " {}\n" : " []\n");
  } else if (has_twins(out, v)) {
    put_twins(out, v, indent, in_list);
  } else if (is_odd(v)) {
    rec plain = *v, outer = {.kind = REC_MAP, .first = &plain};
    plain.pairs = false;
    plain.key = VIEW("$map");
    plain.next = NULL;
    put_container(out, &outer, indent, in_list);
  } else if (v->kind == REC_MAP && in_list) {
    sbuf_byte(out, ' ');
    ottl__rec_text(out, v, indent, true);
  } else {
    sbuf_byte(out, '\n');
    if (v->kind == REC_MAP)
      ottl__rec_text(out, v, indent, false);
    else
      put_items(out, v, indent);
  }
}

/* Behind the colon or the dash; ends the line. */
static void put_value(ottl_sbuf *out, const rec *v, uint32_t indent, bool in_list) {
  if (v->kind == REC_MAP || v->kind == REC_LIST) {
    put_container(out, v, indent, in_list);
    return;
  }
  if (v->kind == REC_TEXT && is_block(v->text)) {
    put_block(out, v->text, indent);
    return;
  }
  sbuf_byte(out, ' ');
  switch (v->kind) {
  case REC_NULL: sbuf_str(out, "null"); break;
  case REC_BOOL: sbuf_str(out, v->boolean ? "true" : "false"); break;
  case REC_INT: ottl__gonum_put_int(out, v->integer); break;
  case REC_DOUBLE: put_number(out, v->number); break;
  case REC_TEXT: ottl__rec_scalar(out, v->text); break;
  case REC_BYTES:
    sbuf_str(out, "{$bytes: \"");
    ottl__base64_put(out, v->text, OTTL_BASE64_STD);
    sbuf_str(out, "\"}");
    break;
  default: sbuf_view(out, v->text); break;
  }
  sbuf_byte(out, '\n');
}

void ottl__rec_text(ottl_sbuf *out, const rec *map, uint32_t indent, bool inside) {
  for (const rec *kid = map->first; kid; kid = kid->next) {
    if (!inside) put_indent(out, indent);
    inside = false;
    ottl__rec_scalar(out, kid->key);
    sbuf_byte(out, ':');
    put_value(out, kid, indent + 2, false);
  }
}
