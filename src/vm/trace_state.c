#include "vm/trace_state.h"

#define MAX_MEMBERS 32

typedef struct member {
  ottl_view key, value;
} member;

static bool is_key_char(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

static bool key_rest(ottl_view s) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (!is_key_char(c) && c != '_' && c != '-' && c != '*' && c != '/') return false;
  }
  return true;
}

static bool key_part(ottl_view s, size_t max, bool digit_first) {
  if (s.len == 0 || s.len - 1 > max) return false;
  unsigned char c = (unsigned char)s.data[0];
  return (digit_first ? is_key_char(c) : c >= 'a' && c <= 'z') && key_rest((ottl_view){s.data + 1, s.len - 1});
}

static bool key_ok(ottl_view key) {
  const char *at = key.len ? memchr(key.data, '@', key.len) : NULL;
  if (!at) return key_part(key, 255, false);
  size_t n = (size_t)(at - key.data);
  return key_part((ottl_view){key.data, n}, 240, true) && key_part((ottl_view){at + 1, key.len - n - 1}, 13, false);
}

static bool value_ok(ottl_view v) {
  if (v.len == 0 || v.len > 256) return false;
  for (size_t i = 0; i < v.len; i++) {
    unsigned char c = (unsigned char)v.data[i];
    if (c < (i + 1 == v.len ? 0x21 : 0x20) || c > 0x7e || c == ',' || c == '=') return false;
  }
  return true;
}

static bool parse_member(ottl_view text, member *ret) {
  const char *eq = memchr(text.data, '=', text.len);
  if (!eq) return false;
  ottl_view key = {text.data, (size_t)(eq - text.data)}, value = {eq + 1, text.len - (size_t)(eq - text.data) - 1};
  while (key.len && (*key.data == ' ' || *key.data == '\t')) key.data++, key.len--;
  while (value.len && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t')) value.len--;
  *ret = (member){key, value};
  return key_ok(key) && value_ok(value);
}

/* Number of members, or -1. */
static int parse(ottl_view text, member members[MAX_MEMBERS]) {
  int n = 0;
  while (text.len) {
    const char *comma = memchr(text.data, ',', text.len);
    ottl_view part = {text.data, comma ? (size_t)(comma - text.data) : text.len};
    size_t skip = part.len + (comma != NULL);
    text = (ottl_view){text.data + skip, text.len - skip};
    if (part.len == 0) continue;
    member m;
    if (!parse_member(part, &m)) return -1;
    for (int i = 0; i < n; i++) {
      if (view_eq(members[i].key, m.key)) return -1;
    }
    if (n == MAX_MEMBERS) return -1;
    members[n++] = m;
  }
  return n;
}

bool ottl__trace_state_get(ottl_view text, ottl_view key, ottl_view *ret) {
  member members[MAX_MEMBERS];
  int n = parse(text, members);
  if (n < 0) return false;
  *ret = VIEW("");
  for (int i = 0; i < n; i++) {
    if (view_eq(members[i].key, key)) *ret = members[i].value;
  }
  return true;
}

ottl_status ottl__trace_state_put(ottl_arena *arena, ottl_view text, ottl_view key, ottl_view value, ottl_view *ret) {
  member members[MAX_MEMBERS];
  int n = parse(text, members);
  *ret = text;
  if (n < 0 || !key_ok(key) || !value_ok(value)) return OTTL_OK;
  size_t bytes = key.len + value.len + 1;
  for (int i = 0; i < n; i++) bytes += members[i].key.len + members[i].value.len + 2;
  char *out = arena_alloc(arena, bytes), *at = out;
  if (!out) return OTTL_NOMEM;
  member first = {key, value};
  int kept = 0;
  bool replaces = false;
  for (int i = 0; i < n; i++) replaces |= view_eq(members[i].key, key);
  for (int i = -1; i < n; i++) {
    const member *m = i < 0 ? &first : &members[i];
    if (i >= 0 && (view_eq(m->key, key) || (!replaces && n == MAX_MEMBERS && i == n - 1))) continue;
    if (kept++) *at++ = ',';
    memcpy(at, m->key.data, m->key.len);
    at += m->key.len;
    *at++ = '=';
    memcpy(at, m->value.data, m->value.len);
    at += m->value.len;
  }
  *ret = view_of(out, (size_t)(at - out));
  return OTTL_OK;
}
