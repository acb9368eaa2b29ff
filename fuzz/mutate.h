/* Corruptions of payloads and of texts, by a seeded generator: what a byte-wise mutator would take very long to find. */
#ifndef OTTL_FUZZ_MUTATE_H
#define OTTL_FUZZ_MUTATE_H

#include "common.h"

/* ---- numbers ---- */

static inline uint64_t mu_next(uint64_t *state) { /* splitmix64 */
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
static inline size_t mu_below(uint64_t *state, size_t n) { return n ? (size_t)(mu_next(state) % n) : 0; }

/* ---- bytes ---- */

typedef struct mu_buf {
  uint8_t *data;
  size_t len, cap;
} mu_buf;

static inline void mu_put(mu_buf *b, const void *data, size_t len) {
  if (b->len + len > b->cap) {
    b->cap = (b->len + len) * 2 + 64;
    b->data = realloc(b->data, b->cap);
    FZ_CHECK(b->data, "no memory");
  }
  if (len) memcpy(b->data + b->len, data, len);
  b->len += len;
}
static inline void mu_set(mu_buf *b, const void *data, size_t len) {
  b->len = 0;
  mu_put(b, data, len);
}
static inline void mu_varint(mu_buf *b, uint64_t v, unsigned least) { /* at least so many bytes */
  do {
    uint8_t byte = (uint8_t)(v & 0x7f);
    v >>= 7;
    if (v || least > 1) byte |= 0x80;
    mu_put(b, &byte, 1);
    if (least) least--;
  } while (v || least);
}
static inline void mu_splice(mu_buf *b, size_t at, size_t cut, const void *data, size_t len) {
  mu_buf out = {0};
  mu_put(&out, b->data, at);
  mu_put(&out, data, len);
  if (b->len > at + cut) mu_put(&out, b->data + at + cut, b->len - at - cut);
  free(b->data);
  *b = out;
}

/* Byte-wise: flips, changes, truncation, insertion, removal, duplication, moves. */
static inline void mu_bytes(mu_buf *b, uint64_t *rng) {
  static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x12, 0x0b, 0x0c, 0x1a, '"', '\\', '(', '{', '['};
  uint8_t raw[16];
  size_t at = mu_below(rng, b->len), n = mu_below(rng, b->len - at < 40 ? b->len - at + 1 : 40);
  switch (mu_below(rng, b->len ? 8 : 1)) {
  case 0: /* insertion */
    for (size_t i = 0; i < sizeof raw; i++) raw[i] = mu_below(rng, 2) ? odd[mu_below(rng, sizeof odd)] : (uint8_t)mu_next(rng);
    mu_splice(b, at, 0, raw, 1 + mu_below(rng, sizeof raw));
    break;
  case 1:
  case 2: b->data[at] ^= (uint8_t)(1u << mu_below(rng, 8)); break;
  case 3: b->data[at] = odd[mu_below(rng, sizeof odd)]; break;
  case 4: b->len = at; break;
  case 5: mu_splice(b, at, n, NULL, 0); break;
  case 6: { /* duplication */
    mu_buf copy = {0};
    mu_put(&copy, b->data + at, n);
    mu_splice(b, mu_below(rng, b->len), 0, copy.data, copy.len);
    free(copy.data);
    break;
  }
  default: b->data[at] = (uint8_t)(b->data[at] + mu_below(rng, 9) - 4);
  }
}

/* ---- protobuf: one field somewhere is changed, and the lengths around it are made right again ---- */

static inline size_t mu_read_varint(const uint8_t *p, size_t len, uint64_t *ret) {
  *ret = 0;
  for (size_t i = 0; i < len && i < 10; i++) {
    *ret |= (uint64_t)(p[i] & 0x7f) << (7 * i);
    if (p[i] < 0x80) return i + 1;
  }
  return 0;
}
/* Bytes of the field at p, 0 if malformed. The value of a LEN field is its last *ret_body bytes. */
static inline size_t mu_field(const uint8_t *p, size_t len, uint64_t *ret_tag, size_t *ret_body) {
  uint64_t n;
  size_t at = mu_read_varint(p, len, ret_tag), more = 0;
  if (!at || *ret_tag >> 3 == 0) return 0;
  *ret_body = 0;
  switch (*ret_tag & 7) {
  case 0: more = mu_read_varint(p + at, len - at, &n); return more ? at + more : 0;
  case 1: return len - at >= 8 ? at + 8 : 0;
  case 2:
    more = mu_read_varint(p + at, len - at, &n);
    if (!more || n > len - at - more) return 0;
    *ret_body = (size_t)n;
    return at + more + (size_t)n;
  case 5: return len - at >= 4 ? at + 4 : 0;
  default: return 0;
  }
}
static inline bool mu_is_message(const uint8_t *p, size_t len) {
  uint64_t tag;
  size_t body;
  if (len < 2) return false;
  for (size_t at = 0, n; at < len; at += n) {
    n = mu_field(p + at, len - at, &tag, &body);
    if (!n || tag >> 3 > 40) return false;
  }
  return true;
}
static inline size_t mu_count(const uint8_t *p, size_t len, unsigned depth) {
  uint64_t tag;
  size_t body, sum = 0;
  for (size_t at = 0, n; at < len; at += n) {
    n = mu_field(p + at, len - at, &tag, &body);
    if (!n) break;
    sum++;
    if (body && depth < 60 && mu_is_message(p + at + n - body, body)) sum += mu_count(p + at + n - body, body, depth + 1);
  }
  return sum;
}

/* An AnyValue field nested `depth` deep, by lists or maps. */
static inline void mu_nested(mu_buf *out, size_t depth, bool maps, uint8_t tag) {
  mu_buf value = {0}, outer = {0};
  static const uint8_t leaf[] = {0x0a, 1, 'x'};
  mu_put(&value, leaf, sizeof leaf);
  if (depth > 3000) depth = 3000; /* quadratic to build */
  for (size_t i = 0; i < depth; i++) {
    /* AnyValue { array 5 { values 1 { AnyValue } } } or { kvlist 6 { values 1 { key 1, value 2 { AnyValue } } } } */
    mu_buf inner = {0};
    if (maps) {
      mu_put(&inner, "\x0a\x01k\x12", 4);
      mu_varint(&inner, value.len, 0);
      mu_put(&inner, value.data, value.len);
      mu_buf swap = value;
      value = inner;
      inner = swap;
      inner.len = 0;
    }
    mu_put(&inner, "\x0a", 1);
    mu_varint(&inner, value.len, 0);
    mu_put(&inner, value.data, value.len);
    outer.len = 0;
    mu_put(&outer, maps ? "\x32" : "\x2a", 1);
    mu_varint(&outer, inner.len, 0);
    mu_put(&outer, inner.data, inner.len);
    mu_set(&value, outer.data, outer.len);
    free(inner.data);
  }
  mu_put(out, &tag, 1);
  mu_varint(out, value.len, 0);
  mu_put(out, value.data, value.len);
  free(value.data);
  free(outer.data);
}

static inline void mu_change_field(mu_buf *out, const uint8_t *field, size_t n, uint64_t tag, size_t body, uint64_t *rng) {
  const uint8_t *value = field + n - body;
  switch (mu_below(rng, 15)) {
  case 0: return; /* gone */
  case 1: mu_put(out, field, n), mu_put(out, field, n); return;
  case 2: { /* other wire type */
    mu_varint(out, (tag & ~(uint64_t)7) | mu_below(rng, 8), 0);
    mu_put(out, value, body);
    return;
  }
  case 3: /* other number */
    mu_varint(out, (uint64_t)mu_below(rng, mu_below(rng, 2) ? 16 : 1 << 20) << 3 | (tag & 7), 0);
    mu_put(out, field + 1, n - 1);
    return;
  case 4: /* longer tag and length than needed */
    mu_varint(out, tag, 1 + (unsigned)mu_below(rng, 10));
    if ((tag & 7) == 2) mu_varint(out, body, 1 + (unsigned)mu_below(rng, 10));
    mu_put(out, (tag & 7) == 2 ? value : field + 1, (tag & 7) == 2 ? body : n - 1);
    return;
  case 5: /* wrong length */
    mu_varint(out, tag, 0);
    mu_varint(out, mu_below(rng, 2) ? body + mu_below(rng, 5) - 2 : mu_next(rng) >> mu_below(rng, 64), 0);
    mu_put(out, value, body);
    return;
  case 6: /* as a group */
    mu_varint(out, (tag & ~(uint64_t)7) | 3, 0);
    mu_put(out, value, body);
    if (mu_below(rng, 4)) mu_varint(out, (tag & ~(uint64_t)7) | 4, 0);
    return;
  case 7: { /* an unknown group or field in front, perhaps deep */
    size_t depth = mu_below(rng, 8) ? 1 : mu_below(rng, 5000);
    for (size_t i = 0; i < depth; i++) mu_put(out, "\xfb\x07", 2);
    for (size_t i = 0; i < depth; i++) mu_put(out, "\xfc\x07", 2);
    mu_put(out, field, n);
    return;
  }
  case 8: /* huge varint */
    mu_varint(out, tag & ~(uint64_t)7, 0);
    mu_varint(out, mu_next(rng) | (uint64_t)1 << 63, 0);
    return;
  case 9:
  case 10: { /* changed inside */
    mu_buf inner = {0};
    mu_set(&inner, value, body);
    mu_bytes(&inner, rng);
    mu_varint(out, (tag & ~(uint64_t)7) | 2, 0);
    mu_varint(out, inner.len, 0);
    mu_put(out, inner.data, inner.len);
    free(inner.data);
    return;
  }
  case 11:
    mu_nested(out, mu_below(rng, 8) ? mu_below(rng, 12) : mu_below(rng, 700), mu_below(rng, 2), (uint8_t)((tag & 0x78) | 2));
    return;
  case 12: /* empty */
    mu_varint(out, (tag & ~(uint64_t)7) | 2, 0);
    mu_varint(out, 0, 0);
    return;
  case 13: { /* many times */
    size_t times = 2 + mu_below(rng, 6);
    for (size_t i = 0; i < times * (n < 40 ? 20 : 1); i++) mu_put(out, field, n);
    return;
  }
  default: { /* random bytes of random type */
    uint8_t raw[24];
    for (size_t i = 0; i < sizeof raw; i++) raw[i] = (uint8_t)mu_next(rng);
    mu_varint(out, tag, 0);
    if ((tag & 7) == 2) mu_varint(out, sizeof raw, 0);
    mu_put(out, raw, (tag & 7) == 5 ? 4 : (tag & 7) == 1 ? 8 : sizeof raw);
  }
  }
}

/* Writes the message to `out` with its field number *countdown changed, or put at the end of its message (`last`). */
static inline void mu_rewrite(mu_buf *out, const uint8_t *p, size_t len, unsigned depth, size_t *countdown, bool last,
                              uint64_t *rng) {
  uint64_t tag;
  size_t body, n, at = 0;
  mu_buf held = {0};
  for (; at < len; at += n) {
    n = mu_field(p + at, len - at, &tag, &body);
    if (!n) break;
    bool hit = (*countdown)-- == 0;
    if (hit && last) {
      mu_put(&held, p + at, n);
    } else if (hit) {
      mu_change_field(out, p + at, n, tag, body, rng);
    } else if (body && depth < 60 && mu_is_message(p + at + n - body, body)) {
      mu_buf inner = {0};
      mu_rewrite(&inner, p + at + n - body, body, depth + 1, countdown, last, rng);
      mu_varint(out, tag, 0);
      mu_varint(out, inner.len, 0);
      mu_put(out, inner.data, inner.len);
      free(inner.data);
    } else {
      mu_put(out, p + at, n);
    }
  }
  mu_put(out, held.data, held.len);
  mu_put(out, p + at, len - at);
  free(held.data);
}

static inline void mu_structure(mu_buf *b, uint64_t *rng) {
  size_t n = mu_count(b->data, b->len, 0);
  if (!n) {
    mu_bytes(b, rng);
    return;
  }
  size_t countdown = mu_below(rng, n);
  mu_buf out = {0};
  mu_rewrite(&out, b->data, b->len, 0, &countdown, mu_below(rng, 8) == 0, rng);
  free(b->data);
  *b = out;
}

static inline void mu_payload(mu_buf *b, uint64_t *rng) {
  for (size_t i = 1 + mu_below(rng, 3); i-- > 0;) {
    if (mu_below(rng, 4) == 0) {
      mu_bytes(b, rng);
    } else {
      mu_structure(b, rng);
    }
  }
}

/* ---- texts of the language ---- */

typedef struct mu_tokens {
  ottl_view item[4096];
  size_t n;
} mu_tokens;

static inline bool mu_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Cuts a text roughly: words, strings, blanks, single characters. */
static inline void mu_cut(mu_tokens *t, const char *text, size_t len) {
  t->n = 0;
  for (size_t at = 0, n; at < len && t->n < 4096; at += n) {
    n = 1;
    if (mu_word(text[at])) {
      while (at + n < len && mu_word(text[at + n])) n++;
    } else if (text[at] == '"') {
      while (at + n < len && text[at + n] != '"') n += text[at + n] == '\\' && at + n + 1 < len ? 2 : 1;
      if (at + n < len) n++;
    }
    t->item[t->n++] = (ottl_view){text + at, n};
  }
}

static inline void mu_wrap(mu_buf *b, uint64_t *rng, size_t at, size_t n) {
  static const char *const around[][2] = {
      {"(", ")"},   {"[", "]"},  {"{\"k\":", "}"}, {"not ", ""},      {"Concat([", "],\"\")"}, {"-", ""},
      {"1 + ", ""}, {"", "[0]"}, {"", "[\"k\"]"},  {"true and ", ""}, {"Len(", ")"},           {"String(", ")"}};
  static const size_t depths[] = {1, 2, 3, 8, 60, 500, 1499, 1501, 5000};
  const char *const *w = around[mu_below(rng, sizeof around / sizeof *around)];
  size_t depth = depths[mu_below(rng, mu_below(rng, 4) ? 4 : sizeof depths / sizeof *depths)];
  mu_buf out = {0};
  for (size_t i = 0; i < depth; i++) mu_put(&out, w[0], strlen(w[0]));
  mu_put(&out, b->data + at, n);
  for (size_t i = 0; i < depth; i++) mu_put(&out, w[1], strlen(w[1]));
  mu_splice(b, at, n, out.data, out.len);
  free(out.data);
}

static inline void mu_literal(mu_buf *b, uint64_t *rng, size_t at, size_t n) {
  static const char *const odd[] = {"9223372036854775807",
                                    "-9223372036854775808",
                                    "9223372036854775808",
                                    "99999999999999999999999",
                                    "1e308",
                                    "1e999",
                                    "4e-320",
                                    "0x",
                                    "0xzz",
                                    "0xffffffffffffffffffff",
                                    "nil",
                                    "true",
                                    "4294967295",
                                    "4294967296",
                                    "2147483648",
                                    "-1",
                                    "\"\"",
                                    "\"\\\"\"",
                                    "\"\\xff\"",
                                    "\"$0$1${x}\"",
                                    "\"(?i)(a+)+$\"",
                                    "\"[\"",
                                    "\"(\"",
                                    "\"%{X}\"",
                                    "1000000000",
                                    "[]",
                                    "{}",
                                    "\"(((((a{1,9}){1,9}){1,9}){1,9}){1,9})\"",
                                    "\"\\u0000\"",
                                    "\"a{1000}{1000}\"",
                                    "\"\\\\pL{500}\""};
  if (mu_below(rng, 8) == 0) {
    mu_buf out = {0};
    bool digits = mu_below(rng, 2);
    if (!digits) mu_put(&out, "\"", 1);
    for (size_t i = mu_below(rng, 70000); i-- > 0;) mu_put(&out, digits ? "7" : "x", 1);
    if (!digits) mu_put(&out, "\"", 1);
    mu_splice(b, at, n, out.data, out.len);
    free(out.data);
    return;
  }
  const char *text = odd[mu_below(rng, sizeof odd / sizeof *odd)];
  mu_splice(b, at, n, text, strlen(text));
}

/* Tokens of one class may stand for each other: strings, numbers, names of converters, other words, one character of a kind. */
static inline int mu_class(ottl_view token) {
  char c = token.len ? token.data[0] : 0;
  if (c == '"') return 1;
  if (c >= '0' && c <= '9') return 2;
  if (c >= 'A' && c <= 'Z') return 3;
  if (mu_word(c)) return 4;
  return strchr("+-*/", c) ? 5 : strchr("<>=!", c) ? 6 : strchr("([{", c) ? 7 : strchr(")]}", c) ? 8 : 9;
}

/* Puts a token of the same class, from either text, in place of one: often still a legal text. */
static inline void mu_gentle(mu_buf *b, const mu_tokens *t, const mu_tokens *o, uint64_t *rng) {
  size_t k = mu_below(rng, t->n);
  while (k + 1 < t->n && mu_class(t->item[k]) == 9) k++;
  int class = mu_class(t->item[k]);
  size_t at = (size_t)(t->item[k].data - (const char *)b->data), n = t->item[k].len;
  if ((class == 1 || class == 2) && mu_below(rng, 3) == 0) {
    mu_literal(b, rng, at, n);
    return;
  }
  if (class == 1 && n > 2 && mu_below(rng, 2)) { /* within a string */
    mu_buf inner = {0};
    mu_set(&inner, b->data + at + 1, n - 2);
    mu_bytes(&inner, rng);
    mu_splice(b, at + 1, n - 2, inner.data, inner.len);
    free(inner.data);
    return;
  }
  for (size_t tries = 0; tries < 60; tries++) {
    const mu_tokens *from = mu_below(rng, 3) && o->n ? o : t;
    ottl_view token = from->item[mu_below(rng, from->n)];
    if (mu_class(token) != class || (token.len == n && memcmp(token.data, b->data + at, n) == 0)) continue;
    mu_buf copy = {0};
    mu_put(&copy, token.data, token.len);
    mu_splice(b, at, n, copy.data, copy.len);
    free(copy.data);
    return;
  }
}

/* other: a text to take tokens from. */
static inline void mu_text(mu_buf *b, ottl_view other, uint64_t *rng) {
  mu_tokens *t = malloc(sizeof *t), *o = malloc(sizeof *o);
  FZ_CHECK(t && o, "no memory");
  mu_cut(o, other.data, other.len);
  bool gentle = mu_below(rng, 2);
  for (size_t i = 1 + mu_below(rng, 3); i-- > 0;) {
    mu_cut(t, (const char *)b->data, b->len);
    if (t->n && gentle) {
      mu_gentle(b, t, o, rng);
      continue;
    }
    if (!t->n || mu_below(rng, 10) == 0) {
      mu_bytes(b, rng);
      continue;
    }
    size_t k = mu_below(rng, t->n), j = mu_below(rng, t->n);
    size_t at = (size_t)(t->item[k].data - (const char *)b->data), n = t->item[k].len;
    ottl_view spare = o->n ? o->item[mu_below(rng, o->n)] : (ottl_view){"", 0};
    mu_buf copy = {0};
    mu_put(&copy, t->item[j].data, t->item[j].len);
    switch (mu_below(rng, 8)) {
    case 0: mu_splice(b, at, n, NULL, 0); break;
    case 1: mu_splice(b, at, 0, copy.data, copy.len); break;
    case 2: mu_splice(b, at, n, copy.data, copy.len); break;
    case 3: mu_splice(b, at, n, spare.data, spare.len); break;
    case 4: mu_splice(b, at, 0, spare.data, spare.len); break;
    case 5: mu_wrap(b, rng, at, n); break;
    case 6: mu_literal(b, rng, at, n); break;
    default: /* a run of tokens becomes a run of the other text */
      if (o->n) {
        size_t from = mu_below(rng, o->n), to = from + mu_below(rng, o->n - from);
        mu_splice(b, at, n, o->item[from].data, (size_t)(o->item[to].data + o->item[to].len - o->item[from].data));
      }
    }
    free(copy.data);
  }
  free(t);
  free(o);
}

#endif
