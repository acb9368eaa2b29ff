/* ParseCEF and ParseLEEF: security events with a header between pipes and pairs after it. What the transform processor adds
 * for logs. Values are views of the text wherever nothing is escaped. */
#include "funcs/log_formats.h"
#include "base/hex.h"

ottl_status ottl__log_map_put(const ottl_log_map *m, ottl_view key, ottl_cell value) {
  uint32_t at = ottl__map_find(m->index, key);
  if (at == OTTL_MAP_NONE) {
    at = m->map->n;
    if (!ottl__rowmap_push(m->arena, m->map, key)) return OTTL_NOMEM;
    OTTL_TRY(ottl__map_put(m->index, key, at));
  }
  entry_set(&m->map->items[at], value);
  return OTTL_OK;
}

/* A key that is not there yet. */
static ottl_status put_new(ottl_arena *arena, ottl_rowmap *map, const char *key, ottl_cell value) {
  ottl_entry *e = ottl__rowmap_push(arena, map, view_str(key));
  if (!e) return OTTL_NOMEM;
  entry_set(e, value);
  return OTTL_OK;
}

bool ottl__log_cut(ottl_view *rest, char at, ottl_view *ret_part) {
  const char *hit = rest->len ? memchr(rest->data, at, rest->len) : NULL;
  if (!hit) {
    *ret_part = *rest;
    *rest = view_of(rest->data + rest->len, 0);
    return false;
  }
  size_t n = (size_t)(hit - rest->data);
  *ret_part = view_of(rest->data, n);
  *rest = view_of(hit + 1, rest->len - n - 1);
  return true;
}

/* Where `what` begins in text, or SIZE_MAX. */
static size_t find_text(ottl_view text, ottl_view what) {
  for (size_t i = 0; i + what.len <= text.len; i++) {
    const char *p = memchr(text.data + i, what.data[0], text.len - what.len + 1 - i);
    if (!p) break;
    i = (size_t)(p - text.data);
    if (memcmp(p, what.data, what.len) == 0) return i;
  }
  return SIZE_MAX;
}

ottl_status ottl__log_rows(ottl_call *c, log_parser *parse) {
  ottl_map index;
  ottl__map_init(&index, &c->scratch->al);
  ottl_status status = OTTL_OK;
  SEL_EACH(c->sel, c->n, row) {
    if (status != OTTL_OK) continue;
    ottl_view text = reg_view(c->arg[0].reg, row);
    ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
    uint16_t error = text.len ? 0 : OTTL_ROWERR(EMPTY_TARGET, 0);
    if (!map) status = OTTL_NOMEM;
    ottl__map_clear(&index);
    if (status == OTTL_OK && !error) status = parse(c, text, map, &index, &error);
    if (status != OTTL_OK) continue;
    if (error)
      call_fail(c, row, error);
    else
      out_put(c, row, cell_tree(OTTL_T_MAP, map));
  }
  ottl__map_done(&index);
  return status;
}

/* -- CEF -- */

#define CEF_FIELDS 7

static bool cef_header_escape(ottl_view text, size_t i) {
  return text.data[i] == '\\' && i + 1 < text.len && (text.data[i + 1] == '|' || text.data[i + 1] == '\\');
}

static ottl_status cef_header_field(ottl_arena *arena, ottl_view raw, ottl_view *ret) {
  *ret = raw;
  if (!raw.len || !memchr(raw.data, '\\', raw.len)) return OTTL_OK;
  char *out = arena_text(arena, raw.len);
  size_t n = 0;
  if (!out) return OTTL_NOMEM;
  for (size_t i = 0; i < raw.len; i++) {
    if (cef_header_escape(raw, i)) i++;
    out[n++] = raw.data[i];
  }
  *ret = view_of(out, n);
  return OTTL_OK;
}

static ottl_status cef_value(ottl_arena *arena, ottl_view raw, ottl_view *ret) {
  while (raw.len && raw.data[raw.len - 1] == ' ') raw.len--;
  *ret = raw;
  if (!raw.len || !memchr(raw.data, '\\', raw.len)) return OTTL_OK;
  char *out = arena_text(arena, raw.len);
  size_t n = 0;
  if (!out) return OTTL_NOMEM;
  for (size_t i = 0; i < raw.len; i++) {
    char ch = raw.data[i], next = i + 1 < raw.len ? raw.data[i + 1] : 0;
    if (ch == '\\' && next && strchr("\\=nr", next)) {
      ch = next == 'n' ? '\n' : next == 'r' ? '\r' : next;
      i++;
    }
    out[n++] = ch;
  }
  *ret = view_of(out, n);
  return OTTL_OK;
}

static bool cef_key_char(char ch) {
  return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* Length of a key with its `=` behind it at i, or 0. A key begins the text or follows a space. */
static size_t cef_key_len(ottl_view text, size_t i) {
  if (i > 0 && text.data[i - 1] != ' ') return 0;
  size_t j = i;
  while (j < text.len && cef_key_char(text.data[j])) j++;
  return j > i && j < text.len && text.data[j] == '=' ? j - i : 0;
}

/* Values reach to the next key. */
static ottl_status cef_extensions(ottl_call *c, ottl_view text, const ottl_log_map *m) {
  ottl_view key = {NULL, 0}, value;
  size_t begin = 0;
  for (size_t i = 0; i <= text.len; i++) {
    size_t n = i < text.len ? cef_key_len(text, i) : 0;
    if (i < text.len && !n) continue;
    if (key.data) {
      OTTL_TRY(cef_value(c->arena, view_of(text.data + begin, i - begin), &value));
      OTTL_TRY(ottl__log_map_put(m, key, cell_string(value)));
    }
    if (!n) break;
    key = view_of(text.data + i, n);
    begin = i + n + 1;
    i += n; /* goes on behind the = */
  }
  return OTTL_OK;
}

static ottl_status cef_parse(ottl_call *c, ottl_view text, ottl_rowmap *map, ottl_map *index, uint16_t *ret_error) {
  static const char *const names[CEF_FIELDS] = {"cef.version",        "cef.device_vendor",         "cef.device_product",
                                                "cef.device_version", "cef.device_event_class_id", "cef.name",
                                                "cef.severity"};
  *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
  size_t start = find_text(text, VIEW("CEF:"));
  if (start == SIZE_MAX) return OTTL_OK;
  ottl_view fields[CEF_FIELDS], extension = {text.data, 0};
  uint32_t n = 0;
  size_t begin = start;
  for (size_t i = start; i <= text.len && n < CEF_FIELDS; i++) {
    if (i < text.len && cef_header_escape(text, i)) {
      i++;
      continue;
    }
    if (i < text.len && text.data[i] != '|') continue;
    fields[n++] = view_of(text.data + begin, i - begin);
    begin = i + 1;
  }
  if (n < CEF_FIELDS) return OTTL_OK;
  if (begin < text.len) extension = view_of(text.data + begin, text.len - begin);
  fields[0] = view_of(fields[0].data + 4, fields[0].len - 4);
  if (fields[0].len == 0) return OTTL_OK;
  *ret_error = 0;
  for (uint32_t i = 0; i < CEF_FIELDS; i++) {
    if (i) OTTL_TRY(cef_header_field(c->arena, fields[i], &fields[i]));
    OTTL_TRY(put_new(c->arena, map, names[i], cell_string(fields[i])));
  }
  ottl_log_map m = {arena_zero(c->arena, sizeof *m.map), index, c->arena};
  if (!m.map) return OTTL_NOMEM;
  OTTL_TRY(cef_extensions(c, extension, &m));
  return put_new(c->arena, map, "cef.extensions", cell_tree(OTTL_T_MAP, m.map));
}

ottl_status ottl__fn_parse_cef(ottl_call *c) { return ottl__log_rows(c, cef_parse); }

/* -- LEEF -- */

typedef struct leef_header {
  ottl_view field[4]; /* vendor, product, version, event id */
  ottl_view attributes;
  char delimiter;
} leef_header;

static bool leef_delimiter(ottl_view spec, char *ret) {
  *ret = '\t';
  if (spec.len == 0) return true;
  if (spec.len >= 2 && spec.data[0] == '0' && (spec.data[1] | 0x20) == 'x') {
    if (spec.len != 4) return false;
    int hi = hex_value(spec.data[2]), lo = hex_value(spec.data[3]);
    *ret = (char)((unsigned)hi << 4 | (unsigned)lo);
    return hi >= 0 && lo >= 0;
  }
  *ret = spec.data[0];
  return spec.len == 1;
}

/* Version 2 has a field for the delimiter, which may be left out: then the fifth field holds a pair. */
static bool leef_fields(ottl_view rest, bool version2, leef_header *h) {
  bool more = true;
  h->delimiter = '\t';
  h->attributes = VIEW("");
  for (int i = 0; i < 4; i++) {
    if (!more) return false;
    more = ottl__log_cut(&rest, '|', &h->field[i]);
  }
  if (!more) return true;
  h->attributes = rest;
  if (!version2) return true;
  ottl_view spec;
  ottl__log_cut(&rest, '|', &spec);
  if (spec.len && memchr(spec.data, '=', spec.len)) return true;
  h->attributes = rest;
  return leef_delimiter(spec, &h->delimiter);
}

static ottl_status leef_parse(ottl_call *c, ottl_view text, ottl_rowmap *map, ottl_map *index, uint16_t *ret_error) {
  static const char *const names[] = {"leef.vendor", "leef.product.name", "leef.product.version", "leef.event.id"};
  *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
  size_t start = find_text(text, VIEW("LEEF:"));
  if (start == SIZE_MAX) return OTTL_OK;
  ottl_view rest = view_of(text.data + start + 5, text.len - start - 5), version;
  if (!ottl__log_cut(&rest, '|', &version)) return OTTL_OK;
  leef_header h;
  bool version2 = view_is(version, "2.0");
  if ((!version2 && !view_is(version, "1.0")) || !leef_fields(rest, version2, &h)) return OTTL_OK;
  *ret_error = 0;
  OTTL_TRY(put_new(c->arena, map, "leef.version", cell_string(version)));
  for (int i = 0; i < 4; i++) OTTL_TRY(put_new(c->arena, map, names[i], cell_string(h.field[i])));
  ottl_log_map m = {arena_zero(c->arena, sizeof *m.map), index, c->arena};
  if (!m.map) return OTTL_NOMEM;
  rest = h.attributes;
  for (bool more = rest.len > 0; more;) {
    ottl_view pair, key;
    more = ottl__log_cut(&rest, h.delimiter, &pair);
    if (ottl__log_cut(&pair, '=', &key) && key.len) OTTL_TRY(ottl__log_map_put(&m, key, cell_string(pair)));
  }
  return put_new(c->arena, map, "leef.attributes", cell_tree(OTTL_T_MAP, m.map));
}

ottl_status ottl__fn_parse_leef(ottl_call *c) { return ottl__log_rows(c, leef_parse); }
