/* ParseJSON, as goccy/go-json 0.10.6 reads text into an `any`: lenient where that is (numbers are what ParseFloat takes of
 * the characters 0-9.eE+-, strings may hold control characters, `null` is the key "", a zero byte ends the text).
 *
 * One pass with stacks of its own: values of the open containers lie one behind the other. The outermost container becomes a
 * tree. What nests in it is seldom looked into, so it is encoded as it will stand on the wire, which costs nothing when it is
 * copied or written: its values stay on the stack, in the order of the text, with the sizes of their encodings, until the
 * container right below the outermost one closes, and are then written at once.
 *
 *   text   {"a":1,"h":{"m":"GET","l":[2,3]}}
 *   stack  a 1 | h MAP | m "GET" | l LIST | 2 | 3      at the inner }: h and all behind it become one value on the wire
 *
 * Documents with a key twice in a nested map, with great nested maps of suspicious keys or with more than OTTL_MAX_VALUE_DEPTH
 * levels are parsed again, with trees all the way. Nesting is limited as by goccy; most that can be done with a value stops at
 * OTTL_MAX_VALUE_DEPTH, though. */
#include "base/gonum.h"
#include "base/hex.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "batch/keyset.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* A value of an open container. A container within one that is to be encoded: tag without TREE, word = bytes of its body,
 * len = how many of the values behind it are in it, at any depth. */
typedef struct json_value {
  ottl_view key; /* data NULL: item of a list */
  ottl_cell value;
} json_value;

typedef struct json_open {
  uint32_t first; /* of its values; in an encoded container its own value stands before them */
  bool is_map;
  ottl_view key;   /* under which it goes into its parent */
  size_t body;     /* encoded: bytes so far */
  uint32_t n_keys; /* encoded maps */
  uint64_t seen;   /* keys, by a hash of 6 bits */
} json_open;

typedef struct json_parser {
  const char *end; /* of the text; where the parser is goes from hand to hand, so that it stays in a register */
  ottl_arena *arena;
  const ottl_allocator *al;
  ottl_scratch *scratch; /* holds the stacks */
  json_value *values;
  size_t n;
  json_open *open;
  uint32_t depth;
  bool trees;  /* nothing is encoded */
  bool no_mem; /* why there is no place behind a string */
} json_parser;

/* AGAIN: with trees. */
typedef enum json_result { JSON_OK, JSON_BAD, JSON_DEEP, JSON_AGAIN, JSON_NOMEM } json_result;

#define JSON_FEW_KEYS 32 /* of which each is compared with those before it, where a bitmap does not tell that it is new */

/* What reads text returns the place behind it, or NULL. */
static inline char json_peek(const char *at, const char *end) { return at < end ? *at : 0; }
static inline const char *json_space(const char *at, const char *end) {
  while (at < end && OTTL_UNLIKELY((unsigned char)*at <= ' ') && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) at++;
  return at;
}
static const char *json_word(const char *at, const char *end, const char *word, size_t len) {
  return (size_t)(end - at) < len || memcmp(at, word, len) != 0 ? NULL : at + len;
}

static uint32_t json_hex4(const char *s) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) v = v << 4 | (unsigned)(hex_value(s[i]) & 15);
  return v;
}

/* Escapes were checked before. A surrogate without its partner is U+FFFD. */
static bool json_unescape(json_parser *p, const char *s, size_t len, ottl_view *ret) {
  char *text = arena_alloc(p->arena, len), *out = text;
  if (!text) return false;
  const char *end = s + len;
  while (s < end) {
    const char *slash = memchr(s, '\\', (size_t)(end - s));
    size_t plain = (size_t)((slash ? slash : end) - s);
    memcpy(out, s, plain);
    out += plain;
    s += plain;
    if (!slash) break;
    switch (s[1]) {
    case 'b': *out++ = '\b'; break;
    case 'f': *out++ = '\f'; break;
    case 'n': *out++ = '\n'; break;
    case 'r': *out++ = '\r'; break;
    case 't': *out++ = '\t'; break;
    case 'u': {
      uint32_t rune = json_hex4(s + 2);
      if (rune >= 0xd800 && rune < 0xdc00 && end - s >= 12 && s[6] == '\\' && s[7] == 'u') {
        uint32_t low = json_hex4(s + 8);
        if (low >= 0xdc00 && low < 0xe000) {
          rune = ((rune - 0xd800) << 10 | (low - 0xdc00)) + 0x10000;
          s += 6;
        }
      }
      out += ottl__utf8_encode(out, rune);
      s += 4;
      break;
    }
    default: *out++ = s[1]; break; /* a quote, \ or / */
    }
    s += 2;
  }
  arena_trim(p->arena, text, len, (size_t)(out - text));
  *ret = view_of(text, (size_t)(out - text));
  return true;
}

/* A string with escapes, from its first byte; `s`: nothing special before it. */
static OTTL_NOINLINE const char *json_escaped(json_parser *p, const char *begin, const char *s, ottl_view *ret) {
  for (;; s = json_scan_string(s, p->end)) {
    if (s == p->end || *s == 0) return NULL;
    if (*s == '"') break;
    if (++s == p->end) return NULL;
    if (*s == 'u') {
      if (p->end - s < 5) return NULL;
      for (int i = 1; i <= 4; i++) {
        if (hex_value(s[i]) < 0) return NULL;
      }
      s += 5;
    } else if (*s && strchr("\"\\/bfnrt", *s)) {
      s++;
    } else {
      return NULL;
    }
  }
  p->no_mem = !json_unescape(p, begin, (size_t)(s - begin), ret);
  return p->no_mem ? NULL : s + 1;
}

/* At the opening quote. */
static inline const char *json_string(json_parser *p, const char *at, ottl_view *ret) {
  const char *s = json_scan_string(++at, p->end);
  if (OTTL_UNLIKELY(s == p->end || *s != '"')) return json_escaped(p, at, s, ret);
  *ret = view_of(at, (size_t)(s - at));
  return s + 1;
}

static const char *json_number(const char *at, const char *end, ottl_cell *ret) {
  const char *begin = at++;
  while (at < end && ((unsigned)(*at - '0') < 10 || *at == '.' || *at == 'e' || *at == 'E' || *at == '+' || *at == '-')) at++;
  char next = json_peek(at, end);
  if (next != ',' && next != '}' && next && !strchr(" \t\r\n:]", next)) return NULL;
  double v;
  if (ottl__gonum_parse_double(view_of(begin, (size_t)(at - begin)), &v) != OTTL_NUM_OK) return NULL;
  *ret = cell_double(v);
  return at;
}

static json_value *json_push(json_parser *p, ottl_view key, ottl_cell value) {
  size_t need = (p->n + 1) * sizeof *p->values;
  if (OTTL_UNLIKELY(need > p->scratch->cap_stack)) {
    if (ottl__al_reserve(p->al, &p->scratch->stack, &p->scratch->cap_stack, need, 1) != OTTL_OK) return NULL;
    p->values = p->scratch->stack;
  }
  json_value *v = &p->values[p->n++];
  *v = (json_value){key, value};
  return v;
}

/* -- encoded containers -- */

static size_t json_value_bytes(ottl_cell v) { /* of an AnyValue's body */
  switch (v.tag) {
  case OTTL_T_STRING: return 1 + len_size(v.len);
  case OTTL_T_DOUBLE: return 9;
  case OTTL_T_BOOL: return 2;
  case OTTL_T_NIL: return 0;
  default: return 1 + len_size(v.word);
  }
}

static size_t json_entry_bytes(ottl_view key, size_t value) { /* of a KeyValue's body */
  return (key.len ? 1 + len_size(key.len) : 0) + 1 + len_size(value);
}

static uint8_t *json_put_bytes(uint8_t *to, uint8_t tag, const char *data, size_t len) {
  *to++ = tag;
  to = varint_put(to, len);
  copy_short(to, data, len);
  return to + len;
}

/* Writes values [at, end), each behind its container. */
static uint8_t *json_encode(uint8_t *to, const json_value *at, const json_value *end) {
  for (; at < end; at++) {
    ottl_cell v = at->value;
    size_t bytes = json_value_bytes(v);
    *to++ = 0x0a;
    if (at->key.data) {
      to = varint_put(to, json_entry_bytes(at->key, bytes));
      if (at->key.len) to = json_put_bytes(to, 0x0a, at->key.data, at->key.len);
      *to++ = 0x12;
    }
    to = varint_put(to, bytes);
    switch (v.tag) {
    case OTTL_T_STRING: to = json_put_bytes(to, 0x0a, cell_view(v).data, v.len); break;
    case OTTL_T_BOOL:
      *to++ = 0x10;
      *to++ = v.word != 0;
      break;
    case OTTL_T_DOUBLE:
      *to++ = 0x21;
      store_le64(to, v.word);
      to += 8;
      break;
    case OTTL_T_NIL: break;
    default: *to++ = v.tag == OTTL_T_MAP ? 0x32 : 0x2a; to = varint_put(to, v.word);
    }
  }
  return to;
}

/* The step from a value of an encoded container to the next one. */
static uint32_t json_step(const json_value *v) {
  return v->value.tag == OTTL_T_MAP || v->value.tag == OTTL_T_LIST ? v->value.len + 1 : 1;
}

/* A value goes into the encoded container `open`, of which it is the last. */
static inline json_result json_count(const json_parser *p, json_open *open, ottl_view key, ottl_cell value, uint32_t self) {
  size_t bytes = json_value_bytes(value);
  if (open->is_map) {
    bytes = json_entry_bytes(key, bytes);
    uint64_t bit = key_bit(key);
    if (OTTL_UNLIKELY(open->seen & bit)) {
      if (open->n_keys >= JSON_FEW_KEYS) return JSON_AGAIN;
      for (uint32_t i = open->first; i < self; i += json_step(&p->values[i])) {
        if (view_eq(p->values[i].key, key)) return JSON_AGAIN;
      }
    }
    open->seen |= bit;
    open->n_keys++;
  }
  open->body += 1 + len_size(bytes);
  return open->body > INT32_MAX ? JSON_AGAIN : JSON_OK;
}

/* The innermost container, which is encoded, is complete. */
static json_result json_close_encoded(json_parser *p) {
  const json_open *top = &p->open[--p->depth];
  uint32_t self = top->first - 1;
  json_value *v = &p->values[self];
  v->value.word = top->body;
  v->value.len = (uint32_t)p->n - top->first;
  if (p->depth > 1) return json_count(p, &p->open[p->depth - 1], v->key, v->value, self);
  uint8_t *body = arena_alloc(p->arena, top->body);
  if (!body) return JSON_NOMEM;
  json_encode(body, v + 1, p->values + p->n);
  v->value = cell_of_view((ottl_type)v->value.tag, view_of(body, top->body));
  p->n = top->first;
  return JSON_OK;
}

/* -- trees -- */

/* Of equal keys the last value stays, in the place of the first. */
static bool json_make_map(json_parser *p, const json_value *values, uint32_t n, ottl_cell *ret) {
  ottl_rowmap *map = arena_alloc(p->arena, sizeof *map);
  ottl_entry *items = arena_array(p->arena, n, sizeof *items);
  if (!map || !items) return false;
  *map = (ottl_rowmap){items, 0, n, NULL};
  ottl_map index;
  ottl__map_init(&index, p->al);
  bool ok = true, few = n <= JSON_FEW_KEYS;
  uint64_t seen = 0;
  for (uint32_t i = 0; ok && i < n; i++) {
    ottl_view key = values[i].key;
    ottl_entry *e = NULL;
    if (few) {
      uint64_t bit = key_bit(key);
      if (seen & bit) e = ottl__rowmap_find(map, key);
      seen |= bit;
    } else {
      uint32_t at = ottl__map_find(&index, key);
      if (at != OTTL_MAP_NONE)
        e = &items[at];
      else
        ok = ottl__map_put(&index, key, map->n) == OTTL_OK;
    }
    if (!e) {
      e = &items[map->n++];
      *e = (ottl_entry){.key = key.data, .klen = (uint32_t)key.len, .keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN, .dirty = 1};
    }
    entry_set(e, values[i].value);
  }
  ottl__map_done(&index);
  *ret = cell_tree(OTTL_T_MAP, map);
  return ok;
}

static bool json_make_list(json_parser *p, const json_value *values, uint32_t n, ottl_cell *ret) {
  ottl_list *list = arena_alloc(p->arena, sizeof *list);
  ottl_cell *items = arena_array(p->arena, n, sizeof *items);
  if (!list || !items) return false;
  for (uint32_t i = 0; i < n; i++) items[i] = values[i].value;
  *list = (ottl_list){items, n, n};
  *ret = cell_tree(OTTL_T_LIST, list);
  return true;
}

/* -- the grammar -- */

static json_result json_begin(json_parser *p, bool is_map, ottl_view key) {
  if (p->depth == OTTL_MAX_JSON_DEPTH) return JSON_DEEP;
  bool encoded = p->depth > 0 && !p->trees;
  if (encoded && p->depth >= OTTL_MAX_VALUE_DEPTH) return JSON_AGAIN;
  size_t need = (p->depth + 1) * sizeof *p->open;
  if (OTTL_UNLIKELY(need > p->scratch->cap_open)) {
    if (ottl__al_reserve(p->al, &p->scratch->open, &p->scratch->cap_open, need, 1) != OTTL_OK) return JSON_NOMEM;
    p->open = p->scratch->open;
  }
  if (encoded && !json_push(p, key, (ottl_cell){0, 0, is_map ? OTTL_T_MAP : OTTL_T_LIST})) return JSON_NOMEM;
  p->open[p->depth++] = (json_open){.first = (uint32_t)p->n, .is_map = is_map, .key = key};
  return JSON_OK;
}

/* The innermost container closes; *ret is its value when it was the outermost one. */
static json_result json_close(json_parser *p, ottl_cell *ret) {
  if (p->depth > 1 && !p->trees) return json_close_encoded(p);
  const json_open *top = &p->open[--p->depth];
  uint32_t n = (uint32_t)p->n - top->first;
  const json_value *values = p->values ? p->values + top->first : NULL;
  if (!(top->is_map ? json_make_map : json_make_list)(p, values, n, ret)) return JSON_NOMEM;
  p->n = top->first;
  return p->depth == 0 || json_push(p, top->key, *ret) ? JSON_OK : JSON_NOMEM;
}

/* A value that is no container goes into the innermost one. */
static json_result json_add(json_parser *p, ottl_view key, ottl_cell value) {
  if (!json_push(p, key, value)) return JSON_NOMEM;
  return p->depth > 1 && !p->trees ? json_count(p, &p->open[p->depth - 1], key, value, (uint32_t)p->n - 1) : JSON_OK;
}

/* A key and its colon. */
static inline const char *json_key(json_parser *p, const char *at, ottl_view *ret) {
  at = json_space(at, p->end);
  if (OTTL_LIKELY(json_peek(at, p->end) == '"')) {
    at = json_string(p, at, ret);
  } else {
    at = json_word(at, p->end, "null", 4);
    *ret = VIEW("");
  }
  if (!at) return NULL;
  at = json_space(at, p->end);
  return json_peek(at, p->end) == ':' ? at + 1 : NULL;
}

/* A value that is no container. */
static inline const char *json_scalar(json_parser *p, const char *at, ottl_cell *ret) {
  char ch = json_peek(at, p->end);
  if (ch == '"') {
    ottl_view text = {NULL, 0};
    at = json_string(p, at, &text);
    *ret = cell_string(text);
    return at;
  }
  if (ch == '-' || (unsigned)(ch - '0') < 10) return json_number(at, p->end, ret);
  if (ch == 't') {
    *ret = cell_bool(true);
    return json_word(at, p->end, "true", 4);
  }
  if (ch == 'f') {
    *ret = cell_bool(false);
    return json_word(at, p->end, "false", 5);
  }
  *ret = cell_nil();
  return json_word(at, p->end, "null", 4);
}

static json_result json_bad(const json_parser *p) { return p->no_mem ? JSON_NOMEM : JSON_BAD; }

static json_result json_parse(json_parser *p, const char *at, ottl_cell *ret) {
  static const ottl_view none = {NULL, 0};
  const char *const end = p->end;
  ottl_view key = none;
  ottl_cell value = cell_nil();
  json_result r;
  for (;;) { /* at the beginning of a value */
    at = json_space(at, end);
    char ch = json_peek(at, end);
    if (ch == '{' || ch == '[') {
      if ((r = json_begin(p, ch == '{', key)) != JSON_OK) return r;
      at = json_space(at + 1, end);
      key = none;
      if (json_peek(at, end) != (ch == '{' ? '}' : ']')) {
        if (ch == '{' && !(at = json_key(p, at, &key))) return json_bad(p);
        continue;
      }
    } else {
      if (!(at = json_scalar(p, at, &value))) return json_bad(p);
      if (p->depth == 0) break;
      if ((r = json_add(p, key, value)) != JSON_OK) return r;
      at = json_space(at, end);
    }
    /* behind a value: the next one, or the ends of containers */
    for (;;) {
      bool is_map = p->open[p->depth - 1].is_map;
      char next = json_peek(at, end);
      if (next == ',') {
        at++;
        key = none;
        if (is_map && !(at = json_key(p, at, &key))) return json_bad(p);
        break;
      }
      if (next != (is_map ? '}' : ']')) return JSON_BAD;
      if ((r = json_close(p, &value)) != JSON_OK) return r;
      at++;
      if (p->depth == 0) goto done;
      at = json_space(at, end);
    }
  }
done:
  at = json_space(at, end);
  if (json_peek(at, end) != 0) return JSON_BAD;
  *ret = value;
  return JSON_OK;
}

static json_result json_parse_text(json_parser *p, ottl_view text, bool trees, ottl_cell *ret) {
  p->end = text.data + text.len;
  p->n = 0;
  p->depth = 0;
  p->trees = trees;
  p->no_mem = false;
  json_result r = json_parse(p, text.data, ret);
  return r == JSON_AGAIN ? json_parse_text(p, text, true, ret) : r;
}

ottl_status ottl__fn_parse_json(ottl_call *c) {
  json_parser p;
  p.arena = c->arena;
  p.al = &c->scratch->al;
  p.scratch = c->scratch;
  p.values = c->scratch->stack;
  p.open = c->scratch->open;
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    ottl_cell v = cell_nil();
    switch (json_parse_text(&p, text, false, &v)) {
    case JSON_OK:
      if (cell_type(v) == OTTL_T_MAP || cell_type(v) == OTTL_T_LIST)
        out_put(c, row, v);
      else
        call_fail(c, row, OTTL_ROWERR(JSON_SCALAR, v.tag));
      break;
    case JSON_BAD: call_fail(c, row, OTTL_ROWERR(BAD_JSON, 0)); break;
    case JSON_DEEP: call_fail(c, row, OTTL_ROWERR(TOO_DEEP, 0)); break;
    default: return OTTL_NOMEM;
    }
  }
  return OTTL_OK;
}
