/* Random export requests as trees of wire fields, so that a failing one can be cut down field by field. */
#ifndef OTTL_TESTS_UNIT_RANDOM_PAYLOAD_H
#define OTTL_TESTS_UNIT_RANDOM_PAYLOAD_H

#include <stdlib.h>
#include <string.h>

#include "ottl/base.h"
#include "random_source.h"

#define RP_MAX_NODES 60000
#define RP_NONE      UINT32_MAX

typedef struct rp_node {
  uint32_t tag; /* field number << 3 | wire type */
  uint32_t first, next, last;
  uint64_t value; /* varint and fixed */
  char text[40];
  uint8_t len;
  bool message, removed;
} rp_node;

typedef struct rp_tree {
  rp_node *nodes;
  uint32_t n;
  uint8_t *out;
  size_t len, cap;
} rp_tree;

static inline uint32_t rp_add(rp_tree *t, uint32_t parent, unsigned number, unsigned type) {
  if (t->n >= RP_MAX_NODES) return t->n - 1; /* never reached with the sizes below */
  uint32_t i = t->n++;
  t->nodes[i] = (rp_node){.tag = number << 3 | type, .first = RP_NONE, .next = RP_NONE, .last = RP_NONE};
  if (parent == RP_NONE) return i;
  rp_node *p = &t->nodes[parent];
  if (p->first == RP_NONE) {
    p->first = i;
  } else {
    t->nodes[p->last].next = i;
  }
  p->last = i;
  return i;
}
static inline uint32_t rp_msg(rp_tree *t, uint32_t parent, unsigned number) {
  uint32_t i = rp_add(t, parent, number, 2);
  t->nodes[i].message = true;
  return i;
}
static inline void rp_int(rp_tree *t, uint32_t parent, unsigned number, uint64_t v) {
  t->nodes[rp_add(t, parent, number, 0)].value = v;
}
static inline void rp_f64(rp_tree *t, uint32_t parent, unsigned number, uint64_t v) {
  t->nodes[rp_add(t, parent, number, 1)].value = v;
}
static inline void rp_double(rp_tree *t, uint32_t parent, unsigned number, double v) {
  uint64_t bits;
  memcpy(&bits, &v, 8);
  rp_f64(t, parent, number, bits);
}
static inline void rp_f32(rp_tree *t, uint32_t parent, unsigned number, uint32_t v) {
  t->nodes[rp_add(t, parent, number, 5)].value = v;
}
static inline void rp_bytes(rp_tree *t, uint32_t parent, unsigned number, const void *data, size_t len) {
  rp_node *n = &t->nodes[rp_add(t, parent, number, 2)];
  n->len = (uint8_t)(len < sizeof n->text ? len : sizeof n->text);
  memcpy(n->text, data, n->len);
}
static inline void rp_str(rp_tree *t, uint32_t parent, unsigned number, const char *s) {
  rp_bytes(t, parent, number, s, strlen(s));
}

/* ---- values ---- */

static const char *const rp_keys[] = {"a", "a", "b", "b", "c", "d", "list", "map", "url.path"};
static const char *const rp_texts[] = {
    "x", "y", "", "foo", "foo bar", "123", "true", "a=b c=d", "{\"k\": 1}", "User 17 at 10.0.0.1", "\xc3\xa4\xc3\xb6"};
static const double rp_doubles[] = {0, 1, -1.5, 2.5, 1e300};
static const int64_t rp_ints[] = {0, 1, 2, 3, 17, -1, 200, 1000000};

static inline void rp_any(rnd *r, rp_tree *t, uint32_t at, unsigned depth);

static inline void rp_pairs(rnd *r, rp_tree *t, uint32_t at, unsigned number, unsigned depth) {
  unsigned n = rnd_below(r, depth ? 4 : 6);
  bool key_first = rnd_in(r, 50); /* most libraries; the collector writes back to front */
  for (unsigned i = 0; i < n; i++) {
    uint32_t kv = rp_msg(t, at, number);
    const char *key = RND_PICK(r, rp_keys);
    bool first = rnd_in(r, 90) ? key_first : !key_first;
    if (first) rp_str(t, kv, 1, key);
    if (rnd_in(r, 95)) rp_any(r, t, rp_msg(t, kv, 2), depth);
    if (!first) rp_str(t, kv, 1, key);
  }
}

static inline void rp_any(rnd *r, rp_tree *t, uint32_t at, unsigned depth) {
  unsigned kind = rnd_below(r, depth < 3 ? 20 : 14);
  if (kind < 8) {
    rp_str(t, at, 1, RND_PICK(r, rp_texts));
  } else if (kind < 9) {
    rp_int(t, at, 2, rnd_below(r, 2));
  } else if (kind < 12) {
    rp_int(t, at, 3, (uint64_t)RND_PICK(r, rp_ints));
  } else if (kind < 13) {
    rp_double(t, at, 4, RND_PICK(r, rp_doubles));
  } else if (kind < 14) {
    if (rnd_in(r, 50)) rp_bytes(t, at, 7, "\x01\x02\xff", 3); /* else a value that is not there */
  } else if (kind < 17) {
    uint32_t list = rp_msg(t, at, 5);
    unsigned n = rnd_below(r, 4);
    for (unsigned i = 0; i < n; i++) rp_any(r, t, rp_msg(t, list, 1), depth + 1);
  } else {
    rp_pairs(r, t, rp_msg(t, at, 6), 1, depth + 1);
  }
}

/* ---- levels ---- */

static inline void rp_unknown(rnd *r, rp_tree *t, uint32_t at) {
  if (rnd_in(r, 4)) rp_str(t, at, 200, "unknown");
}
static inline void rp_ids(rnd *r, rp_tree *t, uint32_t at, unsigned trace, unsigned span) {
  static const char bytes[] = "0123456789abcdef";
  if (rnd_in(r, 60)) rp_bytes(t, at, trace, bytes, 16);
  if (rnd_in(r, 60)) rp_bytes(t, at, span, bytes + rnd_below(r, 8), 8);
}

static inline void rp_log(rnd *r, rp_tree *t, uint32_t at) {
  uint32_t m = rp_msg(t, at, 2);
  if (rnd_in(r, 70)) rp_f64(t, m, 1, 1700000000000000000u + rnd_below(r, 9));
  if (rnd_in(r, 80)) rp_int(t, m, 2, rnd_below(r, 25));
  if (rnd_in(r, 50)) rp_str(t, m, 3, RND_PICK(r, rp_texts));
  if (rnd_in(r, 85)) rp_any(r, t, rp_msg(t, m, 5), 0);
  rp_pairs(r, t, m, 6, 0);
  if (rnd_in(r, 20)) rp_int(t, m, 7, rnd_below(r, 5));
  if (rnd_in(r, 20)) rp_f32(t, m, 8, rnd_below(r, 5));
  rp_ids(r, t, m, 9, 10);
  rp_unknown(r, t, m);
}

static inline void rp_span(rnd *r, rp_tree *t, uint32_t at) {
  uint32_t m = rp_msg(t, at, 2);
  rp_ids(r, t, m, 1, 2);
  if (rnd_in(r, 30)) rp_str(t, m, 3, "k=v,r=1");
  if (rnd_in(r, 80)) rp_str(t, m, 5, RND_PICK(r, rp_texts));
  if (rnd_in(r, 80)) rp_int(t, m, 6, rnd_below(r, 6));
  if (rnd_in(r, 80)) rp_f64(t, m, 7, 1700000000000000000u + rnd_below(r, 9));
  rp_pairs(r, t, m, 9, 0);
  for (unsigned n = rnd_below(r, 5); n; n--) {
    uint32_t ev = rp_msg(t, m, 11);
    if (rnd_in(r, 80)) rp_f64(t, ev, 1, 1700000000000000000u + rnd_below(r, 9));
    if (rnd_in(r, 80)) rp_str(t, ev, 2, RND_PICK(r, rp_texts));
    rp_pairs(r, t, ev, 3, 1);
    rp_unknown(r, t, ev);
  }
  if (rnd_in(r, 20)) rp_pairs(r, t, rp_msg(t, m, 13), 4, 1);
  if (rnd_in(r, 60)) {
    uint32_t s = rp_msg(t, m, 15);
    if (rnd_in(r, 60)) rp_str(t, s, 2, RND_PICK(r, rp_texts));
    if (rnd_in(r, 60)) rp_int(t, s, 3, rnd_below(r, 3));
  }
  rp_unknown(r, t, m);
}

static inline void rp_exemplars(rnd *r, rp_tree *t, uint32_t at, unsigned number) {
  for (unsigned n = rnd_in(r, 40) ? 1 + rnd_below(r, 2) : 0; n; n--) {
    uint32_t e = rp_msg(t, at, number);
    rp_f64(t, e, 2, 1700000000000000000u);
    if (rnd_in(r, 50)) {
      rp_double(t, e, 3, RND_PICK(r, rp_doubles));
    } else {
      rp_f64(t, e, 6, (uint64_t)RND_PICK(r, rp_ints));
    }
    rp_ids(r, t, e, 5, 4);
    rp_pairs(r, t, e, 7, 1);
  }
}

static inline void rp_point(rnd *r, rp_tree *t, uint32_t at, unsigned kind) {
  static const uint8_t attributes[] = {7, 7, 9, 1, 7}, exemplars[] = {5, 5, 8, 11, 0}, flags[] = {8, 8, 10, 10, 8};
  uint32_t p = rp_msg(t, at, 1);
  rp_pairs(r, t, p, attributes[kind], 1);
  if (rnd_in(r, 70)) rp_f64(t, p, 3, 1700000000000000000u + rnd_below(r, 9));
  if (kind < 2) {
    unsigned form = rnd_below(r, 3);
    if (form == 0) rp_double(t, p, 4, RND_PICK(r, rp_doubles));
    if (form == 1) rp_f64(t, p, 6, (uint64_t)RND_PICK(r, rp_ints));
  } else {
    rp_f64(t, p, 4, rnd_below(r, 9));
    if (rnd_in(r, 70)) rp_double(t, p, 5, RND_PICK(r, rp_doubles));
  }
  if (kind == 2 && rnd_in(r, 70)) {
    rp_bytes(t, p, 6, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16);
    rp_bytes(t, p, 7, "\0\0\0\0\0\0\xf0\x3f", 8);
  }
  if (kind == 3) {
    rp_int(t, p, 6, rnd_below(r, 4));
    if (rnd_in(r, 60)) {
      uint32_t b = rp_msg(t, p, 8);
      rp_int(t, b, 1, rnd_below(r, 4));
      rp_bytes(t, b, 2, "\1\2\3", 3);
    }
  }
  if (kind == 4) rp_double(t, rp_msg(t, p, 6), 1, 0.5);
  if (exemplars[kind]) rp_exemplars(r, t, p, exemplars[kind]);
  if (rnd_in(r, 20)) rp_int(t, p, flags[kind], 1);
  rp_unknown(r, t, p);
}

static inline void rp_metric(rnd *r, rp_tree *t, uint32_t at) {
  static const uint8_t fields[] = {5, 7, 9, 10, 11};
  uint32_t m = rp_msg(t, at, 2);
  if (rnd_in(r, 90)) rp_str(t, m, 1, RND_PICK(r, rp_texts));
  if (rnd_in(r, 50)) rp_str(t, m, 2, RND_PICK(r, rp_texts));
  if (rnd_in(r, 50)) rp_str(t, m, 3, "ms");
  if (rnd_in(r, 10)) return;
  unsigned kind = rnd_below(r, 5);
  uint32_t data = rp_msg(t, m, fields[kind]);
  for (unsigned n = rnd_below(r, 4); n; n--) rp_point(r, t, data, kind);
  if (kind >= 1 && kind <= 3 && rnd_in(r, 80)) rp_int(t, data, 2, rnd_below(r, 3));
  if (kind == 1 && rnd_in(r, 80)) rp_int(t, data, 3, 1);
  rp_pairs(r, t, m, 12, 1);
  rp_unknown(r, t, m);
}

/* A request; `size` scales the number of records. */
static inline void rp_request(rnd *r, rp_tree *t, ottl_signal signal, unsigned size) {
  t->n = 0;
  uint32_t root = rp_msg(t, RP_NONE, 0);
  for (unsigned i = 1 + rnd_below(r, 3); i; i--) {
    uint32_t rs = rp_msg(t, root, 1);
    if (rnd_in(r, 90)) {
      uint32_t res = rp_msg(t, rs, 1);
      rp_pairs(r, t, res, 1, 0);
      if (rnd_in(r, 20)) rp_int(t, res, 2, 1);
      rp_unknown(r, t, res);
    }
    for (unsigned j = rnd_in(r, 90) ? 1 + rnd_below(r, 2) : 0; j; j--) {
      uint32_t ss = rp_msg(t, rs, 2);
      if (rnd_in(r, 80)) {
        uint32_t s = rp_msg(t, ss, 1);
        rp_str(t, s, 1, RND_PICK(r, rp_texts));
        if (rnd_in(r, 50)) rp_str(t, s, 2, RND_PICK(r, rp_texts));
        rp_pairs(r, t, s, 3, 1);
      }
      for (unsigned k = rnd_in(r, 90) ? 1 + rnd_below(r, size) : 0; k; k--) {
        if (signal == OTTL_SIGNAL_LOGS) rp_log(r, t, ss);
        if (signal == OTTL_SIGNAL_TRACES) rp_span(r, t, ss);
        if (signal == OTTL_SIGNAL_METRICS) rp_metric(r, t, ss);
      }
      if (rnd_in(r, 30)) rp_str(t, ss, 3, "https://schema");
    }
    if (rnd_in(r, 30)) rp_str(t, rs, 3, "https://schema");
    rp_unknown(r, t, rs);
  }
}

/* ---- encoding ---- */

static inline void rp_byte(rp_tree *t, unsigned b) {
  if (t->len == t->cap) {
    t->cap = t->cap ? t->cap * 2 : 4096;
    t->out = realloc(t->out, t->cap);
    if (!t->out) abort();
  }
  t->out[t->len++] = (uint8_t)b;
}
static inline void rp_varint(rp_tree *t, uint64_t v) {
  for (; v >= 0x80; v >>= 7) rp_byte(t, (unsigned)(v & 0x7f) | 0x80);
  rp_byte(t, (unsigned)v);
}
static inline unsigned rp_varint_len(uint64_t v) {
  unsigned n = 1;
  for (; v >= 0x80; v >>= 7) n++;
  return n;
}
static inline size_t rp_size(const rp_tree *t, uint32_t i) { /* of the body */
  if (!t->nodes[i].message) return t->nodes[i].len;
  size_t size = 0;
  for (uint32_t k = t->nodes[i].first; k != RP_NONE; k = t->nodes[k].next) {
    const rp_node *n = &t->nodes[k];
    if (n->removed) continue;
    unsigned type = n->tag & 7;
    size_t body = type == 0 ? rp_varint_len(n->value) : type == 1 ? 8 : type == 5 ? 4 : rp_size(t, k);
    size += rp_varint_len(n->tag) + body + (type == 2 ? rp_varint_len(body) : 0);
  }
  return size;
}
static inline void rp_put(rp_tree *t, uint32_t i) {
  for (uint32_t k = t->nodes[i].first; k != RP_NONE; k = t->nodes[k].next) {
    const rp_node *n = &t->nodes[k];
    if (n->removed) continue;
    rp_varint(t, n->tag);
    switch (n->tag & 7) {
    case 0: rp_varint(t, n->value); break;
    case 1:
    case 5:
      for (unsigned b = 0; b < ((n->tag & 7) == 1 ? 8u : 4u); b++) rp_byte(t, (unsigned)(n->value >> 8 * b & 0xff));
      break;
    default:
      rp_varint(t, rp_size(t, k));
      if (n->message) {
        rp_put(t, k);
      } else {
        for (unsigned b = 0; b < n->len; b++) rp_byte(t, (uint8_t)n->text[b]);
      }
    }
  }
}
/* Encodes into t->out, t->len. */
static inline void rp_encode(rp_tree *t) {
  t->len = 0;
  rp_put(t, 0);
}

#endif
