/* ParseCLF (Common and Combined Log Format, one line) and ParseELF (W3C Extended Log Format, a whole file). */
#include "base/gonum.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "funcs/log_formats.h"

/* -- CLF: host ident user [time] "request" status bytes, and "referer" "agent" in combined -- */

#define CLF_FIELDS 9

/* \S+ of Go's regexp and the space behind it, or the end for the last field. */
static bool clf_word(ottl_view *rest, bool last, ottl_view *ret) {
  size_t n = 0;
  while (n < rest->len && !memchr(" \t\n\f\r", rest->data[n], 5)) n++;
  *ret = view_of(rest->data, n);
  if (!n || (last ? n != rest->len : n == rest->len || rest->data[n] != ' ')) return false;
  *rest = view_of(rest->data + n + !last, rest->len - n - !last);
  return true;
}

static bool clf_time(ottl_view *rest, ottl_view *ret) {
  const char *close = rest->len && rest->data[0] == '[' ? memchr(rest->data, ']', rest->len) : NULL;
  size_t n = close ? (size_t)(close - rest->data) : 0;
  if (n < 2 || n + 1 >= rest->len || rest->data[n + 1] != ' ') return false;
  *ret = view_of(rest->data + 1, n - 1);
  *rest = view_of(rest->data + n + 2, rest->len - n - 2);
  return true;
}

/* A backslash protects what follows, which may be anything but a line break. */
static bool clf_quoted(ottl_view *rest, bool last, ottl_view *ret) {
  size_t n = 1;
  if (!rest->len || rest->data[0] != '"') return false;
  for (; n < rest->len && rest->data[n] != '"'; n++) {
    if (rest->data[n] != '\\') continue;
    n++;
    if (n == rest->len || rest->data[n] == '\n') return false;
  }
  if (n >= rest->len) return false;
  *ret = view_of(rest->data + 1, n - 1);
  n++;
  if (last ? n != rest->len : n == rest->len || rest->data[n] != ' ') return false;
  *rest = view_of(rest->data + n + !last, rest->len - n - !last);
  return true;
}

static char clf_escape(char ch) {
  switch (ch) {
  case 'n': return '\n';
  case 't': return '\t';
  case 'r': return '\r';
  case 'b': return '\b';
  case 'f': return '\f';
  case 'v': return '\v';
  case '\\':
  case '"': return ch;
  default: return 0;
  }
}

static ottl_status clf_unescape(ottl_arena *arena, ottl_view raw, ottl_view *ret) {
  *ret = raw;
  if (!raw.len || !memchr(raw.data, '\\', raw.len)) return OTTL_OK;
  char *out = arena_text(arena, raw.len);
  size_t n = 0;
  if (!out) return OTTL_NOMEM;
  for (size_t i = 0; i < raw.len; i++) {
    char ch = raw.data[i], plain = ch == '\\' && i + 1 < raw.len ? clf_escape(raw.data[i + 1]) : 0;
    if (plain) {
      ch = plain;
      i++;
    } else if (ch == '\\' && i + 3 < raw.len && raw.data[i + 1] == 'x') {
      int hi = hex_value(raw.data[i + 2]), lo = hex_value(raw.data[i + 3]);
      if (hi >= 0 && lo >= 0) {
        ch = (char)((unsigned)hi << 4 | (unsigned)lo);
        i += 3;
      }
    } else if (ch == '\\' && i + 1 < raw.len) { /* stays as it is, and what follows is no escape */
      out[n++] = ch;
      ch = raw.data[++i];
    }
    out[n++] = ch;
  }
  *ret = view_of(out, n);
  return OTTL_OK;
}

static bool clf_split(ottl_view text, bool combined, ottl_view field[CLF_FIELDS]) {
  return clf_word(&text, false, &field[0]) && clf_word(&text, false, &field[1]) && clf_word(&text, false, &field[2]) &&
         clf_time(&text, &field[3]) && clf_quoted(&text, false, &field[4]) && clf_word(&text, false, &field[5]) &&
         clf_word(&text, !combined, &field[6]) &&
         (!combined || (clf_quoted(&text, false, &field[7]) && clf_quoted(&text, true, &field[8])));
}

static ottl_status clf_put(ottl_arena *arena, ottl_rowmap *map, const char *key, ottl_cell value) {
  ottl_entry *e = ottl__rowmap_push(arena, map, view_str(key));
  if (!e) return OTTL_NOMEM;
  entry_set(e, value);
  return OTTL_OK;
}

static ottl_status clf_request(ottl_call *c, ottl_rowmap *map, ottl_view raw) {
  ottl_view request, method, uri;
  OTTL_TRY(clf_unescape(c->arena, raw, &request));
  OTTL_TRY(clf_put(c->arena, map, "clf.request", cell_string(request)));
  ottl_view rest = request;
  if (!ottl__log_cut(&rest, ' ', &method) || !ottl__log_cut(&rest, ' ', &uri)) return OTTL_OK;
  OTTL_TRY(clf_put(c->arena, map, "clf.method", cell_string(method)));
  OTTL_TRY(clf_put(c->arena, map, "clf.request_uri", cell_string(uri)));
  return clf_put(c->arena, map, "clf.protocol", cell_string(rest));
}

static bool clf_combined(const ottl_arg *format) { return format->given && view_is(cell_view(format->literal), "combined"); }

static ottl_status clf_parse(ottl_call *c, ottl_view text, ottl_rowmap *map, ottl_map *index, uint16_t *ret_error) {
  OTTL_UNUSED(index);
  static const char *const names[] = {"clf.remote_host", "clf.rfc931", "clf.auth_user", "clf.timestamp"};
  bool combined = clf_combined(&c->arg[1]);
  ottl_view field[CLF_FIELDS];
  int64_t status, bytes = 0;
  *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
  if (!clf_split(ottl__utf8_trim_space(text), combined, field)) return OTTL_OK;
  bool sized = !view_is(field[6], "-");
  if (ottl__gonum_parse_int(field[5], 10, &status) != OTTL_NUM_OK) return OTTL_OK;
  if (sized && ottl__gonum_parse_int(field[6], 10, &bytes) != OTTL_NUM_OK) return OTTL_OK;
  *ret_error = 0;
  for (int i = 0; i < 4; i++) OTTL_TRY(clf_put(c->arena, map, names[i], cell_string(field[i])));
  OTTL_TRY(clf_request(c, map, field[4]));
  OTTL_TRY(clf_put(c->arena, map, "clf.status", cell_int(status)));
  if (sized) OTTL_TRY(clf_put(c->arena, map, "clf.bytes", cell_int(bytes)));
  if (!combined) return OTTL_OK;
  OTTL_TRY(clf_unescape(c->arena, field[7], &field[7]));
  OTTL_TRY(clf_unescape(c->arena, field[8], &field[8]));
  OTTL_TRY(clf_put(c->arena, map, "clf.referer", cell_string(field[7])));
  return clf_put(c->arena, map, "clf.user_agent", cell_string(field[8]));
}

ottl_status ottl__prep_parse_clf(ottl_prepare *p) {
  const ottl_arg *format = &p->arg[1];
  if (!format->given || clf_combined(format) || view_is(cell_view(format->literal), "clf")) return OTTL_OK;
  return ottl__refuse(p, 1, "invalid format: must be \"clf\" or \"combined\"");
}

ottl_status ottl__fn_parse_clf(ottl_call *c) { return ottl__log_rows(c, clf_parse); }

/* -- ELF: directives (#Name: value) and lines of values, which have the names of the last #Fields -- */

/* The fields of an entry: `slot` is where a field's value goes, the place of the first of that name. */
typedef struct elf_field {
  ottl_view name;
  uint32_t slot;
} elf_field;

typedef struct elf_parser {
  ottl_call *c;
  ottl_log_map top;
  ottl_list *entries;
  elf_field *fields;
  uint32_t n_fields, n_slots, cap_fields;
  size_t made; /* entries' fields, all together */
  bool version;
} elf_parser;

/* strings.EqualFold with ASCII lower case: two letters have a fold outside of ASCII. */
static bool elf_fold(ottl_view text, const char *lower) {
  size_t i = 0;
  for (; *lower && i < text.len; lower++) {
    uint32_t rune;
    i += (size_t)utf8_decode(text.data + i, text.len - i, &rune);
    if (rune >= 'A' && rune <= 'Z') rune += 'a' - 'A';
    if (rune == 0x17f) rune = 's';
    if (rune == 0x212a) rune = 'k';
    if (rune != (unsigned char)*lower) return false;
  }
  return !*lower && i == text.len;
}

/* The next line that is not blank, trimmed. Lines end with \n, \r or \r\n. */
static bool elf_line(ottl_view *rest, ottl_view *ret) {
  while (rest->len) {
    size_t n = 0;
    while (n < rest->len && rest->data[n] != '\n' && rest->data[n] != '\r') n++;
    *ret = ottl__utf8_trim_space(view_of(rest->data, n));
    if (n < rest->len && rest->data[n] == '\r') n++;
    if (n < rest->len && rest->data[n] == '\n') n++;
    *rest = view_of(rest->data + n, rest->len - n);
    if (ret->len) return true;
  }
  return false;
}

/* strings.Fields */
static bool elf_next_field(ottl_view *rest, ottl_view *ret) {
  *rest = ottl__utf8_trim_space(*rest);
  size_t n = 0;
  while (n < rest->len && !ottl__utf8_space_width(rest->data + n, rest->len - n)) n++;
  *ret = view_of(rest->data, n);
  *rest = view_of(rest->data + n, rest->len - n);
  return n > 0;
}

static ottl_status elf_fields(elf_parser *p, ottl_view value) {
  ottl_map *index = p->top.index;
  ottl__map_clear(index);
  p->n_fields = p->n_slots = 0;
  for (ottl_view name; elf_next_field(&value, &name); p->n_fields++) {
    if (p->n_fields == p->cap_fields) {
      uint32_t cap = p->cap_fields ? 2 * p->cap_fields : 16;
      elf_field *more = arena_array(p->c->arena, cap, sizeof *more);
      if (!more) return OTTL_NOMEM;
      if (p->n_fields) memcpy(more, p->fields, p->n_fields * sizeof *more);
      p->fields = more;
      p->cap_fields = cap;
    }
    uint32_t slot = ottl__map_find(index, name);
    if (slot == OTTL_MAP_NONE) {
      slot = p->n_slots++;
      OTTL_TRY(ottl__map_put(index, name, slot));
    }
    p->fields[p->n_fields] = (elf_field){name, slot};
  }
  return OTTL_OK;
}

static ottl_status elf_put(elf_parser *p, const char *key, ottl_cell value) {
  ottl_entry *e = ottl__rowmap_find(p->top.map, view_str(key));
  if (!e) e = ottl__rowmap_push(p->c->arena, p->top.map, view_str(key));
  if (!e) return OTTL_NOMEM;
  entry_set(e, value);
  return OTTL_OK;
}

/* Without a colon a directive is left out, but for #Fields, whose loss would spoil the lines after it. */
static ottl_status elf_directive(elf_parser *p, ottl_view line, uint16_t *ret_error) {
  static const struct {
    const char *name, *key;
  } known[] = {{"version", "elf.version"},       {"software", "elf.software"}, {"date", "elf.date"},
               {"start-date", "elf.start_date"}, {"end-date", "elf.end_date"}, {"remark", "elf.remark"}};
  ottl_view rest = view_of(line.data + 1, line.len - 1), key;
  if (!ottl__log_cut(&rest, ':', &key)) {
    key = ottl__utf8_trim_space(key);
    if (key.len >= 6 && elf_fold(view_of(key.data, 6), "fields")) *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
    return OTTL_OK;
  }
  key = ottl__utf8_trim_space(key);
  ottl_view value = ottl__utf8_trim_space(rest);
  if (elf_fold(key, "fields")) return elf_fields(p, value);
  for (size_t i = 0; i < OTTL_COUNT(known); i++) {
    if (!elf_fold(key, known[i].name)) continue;
    p->version |= i == 0;
    return elf_put(p, known[i].key, cell_string(value));
  }
  return OTTL_OK;
}

/* One value of a line; "" inside quotes is a quote. *ret_end: there was none. */
static ottl_status elf_value(elf_parser *p, ottl_view *rest, ottl_view *ret, bool *ret_end, uint16_t *ret_error) {
  size_t i = 0, n = rest->len;
  while (i < n && (rest->data[i] == ' ' || rest->data[i] == '\t')) i++;
  *ret_end = i == n;
  if (i == n) return OTTL_OK;
  size_t begin = i;
  if (rest->data[i] != '"') {
    while (i < n && rest->data[i] != ' ' && rest->data[i] != '\t') i++;
    *ret = view_of(rest->data + begin, i - begin);
    *rest = view_of(rest->data + i, n - i);
    return OTTL_OK;
  }
  size_t doubled = 0;
  for (begin = ++i; i < n; i++) {
    if (rest->data[i] != '"') continue;
    if (i + 1 == n || rest->data[i + 1] != '"') break;
    doubled++;
    i++;
  }
  if (i >= n) {
    *ret_error = OTTL_ROWERR(BAD_QUOTES, 0);
    return OTTL_OK;
  }
  *ret = view_of(rest->data + begin, i - begin);
  *rest = view_of(rest->data + i + 1, n - i - 1);
  if (!doubled) return OTTL_OK;
  char *out = arena_text(p->c->arena, ret->len);
  size_t k = 0;
  if (!out) return OTTL_NOMEM;
  for (size_t j = 0; j < ret->len; j++) {
    if (ret->data[j] == '"') j++;
    out[k++] = ret->data[j];
  }
  *ret = view_of(out, k);
  return OTTL_OK;
}

/* Fields that a line has no value for get "-"; values without a field are dropped, but must be well-formed. */
static ottl_status elf_entry(elf_parser *p, ottl_view line, uint16_t *ret_error) {
  if (!p->n_fields) {
    *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
    return OTTL_OK;
  }
  p->made += p->n_slots; /* few bytes can name many fields */
  if (p->made > OTTL_MAX_RESULT_BYTES / sizeof(ottl_entry)) {
    *ret_error = OTTL_ROWERR(TOO_LARGE, 0);
    return OTTL_OK;
  }
  ottl_rowmap *map = arena_zero(p->c->arena, sizeof *map);
  ottl_entry *items = arena_array(p->c->arena, p->n_slots, sizeof *items);
  if (!map || !items) return OTTL_NOMEM;
  *map = (ottl_rowmap){items, 0, p->n_slots, NULL};
  bool end = false;
  for (uint32_t i = 0; i < p->n_fields || !end; i++) {
    ottl_view value = VIEW("-");
    if (!end) OTTL_TRY(elf_value(p, &line, &value, &end, ret_error));
    if (*ret_error) return OTTL_OK;
    if (i >= p->n_fields) continue;
    const elf_field *f = &p->fields[i];
    if (f->slot == map->n) {
      items[map->n++] = (ottl_entry){
          .key = f->name.data, .klen = (uint32_t)f->name.len, .keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN, .dirty = 1};
    }
    entry_set(&items[f->slot], cell_string(value));
  }
  return ottl__list_push(p->c->arena, p->entries, cell_tree(OTTL_T_MAP, map));
}

static ottl_status elf_parse(ottl_call *c, ottl_view text, ottl_rowmap *map, ottl_map *index, uint16_t *ret_error) {
  ottl_list *names = arena_zero(c->arena, sizeof *names);
  elf_parser p = {.c = c, .top = {map, index, c->arena}, .entries = arena_zero(c->arena, sizeof *p.entries)};
  if (!names || !p.entries) return OTTL_NOMEM;
  OTTL_TRY(elf_put(&p, "elf.entries", cell_tree(OTTL_T_LIST, p.entries)));
  for (ottl_view line; !*ret_error && elf_line(&text, &line);) {
    if (line.data[0] == '#')
      OTTL_TRY(elf_directive(&p, line, ret_error));
    else
      OTTL_TRY(elf_entry(&p, line, ret_error));
  }
  if (*ret_error) return OTTL_OK;
  if (!p.version) {
    *ret_error = OTTL_ROWERR(BAD_LOG_FORMAT, 0);
    return OTTL_OK;
  }
  for (uint32_t i = 0; i < p.n_fields; i++) {
    OTTL_TRY(ottl__list_push(c->arena, names, cell_string(p.fields[i].name)));
  }
  return elf_put(&p, "elf.fields", cell_tree(OTTL_T_LIST, names));
}

ottl_status ottl__fn_parse_elf(ottl_call *c) { return ottl__log_rows(c, elf_parse); }
