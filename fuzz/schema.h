/* Changes of payloads that know the schema: fields are added, taken away, put twice or given another value of their type, in any
 * message of the payload, and the lengths around them are right again. Now and then one is broken as mutate.h does it. */
#ifndef OTTL_FUZZ_SCHEMA_H
#define OTTL_FUZZ_SCHEMA_H

#include "mutate.h"
#include "otlp/json_schema.h"

typedef ProtobufCMessageDescriptor sm_message;
typedef ProtobufCFieldDescriptor sm_field;

static inline const sm_field *sm_find(const sm_message *m, uint64_t number) {
  for (unsigned i = 0; i < m->n_fields; i++)
    if (m->fields[i].id == number) return &m->fields[i];
  return NULL;
}

/* ---- new fields ---- */

static inline uint64_t sm_number(uint64_t *rng) {
  static const uint64_t odd[] = {0,          1,
                                 2,          3,
                                 9,          17,
                                 127,        128,
                                 255,        256,
                                 65535,      65536,
                                 0x7fffffff, 0x80000000,
                                 0xffffffff, (uint64_t)1 << 53,
                                 INT64_MAX,  (uint64_t)1 << 63,
                                 UINT64_MAX, 1700000000000000000u};
  return mu_below(rng, 8) ? odd[mu_below(rng, sizeof odd / sizeof *odd)] : mu_next(rng) >> mu_below(rng, 64);
}

static inline uint64_t sm_double(uint64_t *rng) {
  static const double odd[] = {0, -0.0, 1, -1.5, 2.5, 1e300, -1e300, 5e-324, 9007199254740993.0, 0.1};
  if (mu_below(rng, 8) == 0) return (uint64_t)0x7ff << 52 | mu_next(rng) >> 63 << mu_below(rng, 52); /* infinities, NaNs */
  uint64_t bits;
  memcpy(&bits, &odd[mu_below(rng, sizeof odd / sizeof *odd)], 8);
  return bits;
}

static inline void sm_text(mu_buf *out, const sm_field *f, uint64_t *rng) {
  static const char *const texts[] = {"",
                                      "a",
                                      "k",
                                      "service.name",
                                      "http.method",
                                      "x y=1 k=v",
                                      "10.0.0.1",
                                      "k=v,a=b",
                                      "\xc3\xa9",
                                      "\xff",
                                      "{\"a\": [1, 2.5, null]}",
                                      "<a b='c'>d</a>",
                                      "user@example.com",
                                      "4111 1111 1111 1111",
                                      "2024-05-06T07:08:09Z",
                                      "17",
                                      "-1",
                                      "exception",
                                      "\n",
                                      "CEF:0|a|b|c|d|e|5|k=v"};
  mu_buf body = {0};
  bool id = strstr(f->name, "_id") != NULL;
  if (f->type == PROTOBUF_C_TYPE_BYTES && id) {
    size_t n = mu_below(rng, 6) ? (strstr(f->name, "span") ? 8 : 16) : mu_below(rng, 20);
    bool zero = mu_below(rng, 6) == 0;
    for (size_t i = 0; i < n; i++) {
      uint8_t byte = zero ? 0 : (uint8_t)mu_next(rng);
      mu_put(&body, &byte, 1);
    }
  } else if (mu_below(rng, 30) == 0) {
    for (size_t i = mu_below(rng, 3000); i-- > 0;) mu_put(&body, "long ", 5);
  } else {
    const char *text = texts[mu_below(rng, sizeof texts / sizeof *texts)];
    mu_put(&body, text, strlen(text));
    if (mu_below(rng, 8) == 0) mu_bytes(&body, rng);
  }
  mu_varint(out, body.len, mu_below(rng, 40) ? 0 : 1 + (unsigned)mu_below(rng, 9));
  mu_put(out, body.data, body.len);
  free(body.data);
}

static inline void sm_new_field(mu_buf *out, const sm_field *f, unsigned depth, uint64_t *rng);

static inline void sm_new_message(mu_buf *out, const sm_message *m, unsigned depth, uint64_t *rng) {
  for (size_t n = mu_below(rng, depth < 3 ? 7 : depth < 9 ? 3 : 1); n-- > 0 && out->len < 100000;)
    sm_new_field(out, &m->fields[mu_below(rng, m->n_fields)], depth + 1, rng);
}

/* Bytes of one value without tag; false: it has a length, which is written. */
static inline bool sm_scalar(mu_buf *out, const sm_field *f, uint64_t *rng) {
  uint64_t v;
  switch (f->type) {
  case PROTOBUF_C_TYPE_DOUBLE: v = sm_double(rng), mu_put(out, &v, 8); return true;
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64: v = sm_number(rng), mu_put(out, &v, 8); return true;
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FLOAT: v = sm_number(rng), mu_put(out, &v, 4); return true;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE: return false;
  case PROTOBUF_C_TYPE_BOOL:
  case PROTOBUF_C_TYPE_ENUM: mu_varint(out, mu_below(rng, 6) ? mu_below(rng, 6) : sm_number(rng), 0); return true;
  default: mu_varint(out, sm_number(rng), mu_below(rng, 40) ? 0 : 1 + (unsigned)mu_below(rng, 9)); return true;
  }
}

static inline unsigned sm_wire_type(const sm_field *f) {
  switch (f->type) {
  case PROTOBUF_C_TYPE_DOUBLE:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64: return 1;
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FLOAT: return 5;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE: return 2;
  default: return 0;
  }
}

static inline void sm_new_field(mu_buf *out, const sm_field *f, unsigned depth, uint64_t *rng) {
  unsigned wire = sm_wire_type(f);
  if (wire != 2 && f->label == PROTOBUF_C_LABEL_REPEATED && mu_below(rng, 3)) { /* packed */
    mu_buf body = {0};
    for (size_t n = mu_below(rng, 6); n-- > 0;) (void)sm_scalar(&body, f, rng);
    mu_varint(out, (uint64_t)f->id << 3 | 2, 0);
    mu_varint(out, body.len, 0);
    mu_put(out, body.data, body.len);
    free(body.data);
    return;
  }
  mu_varint(out, (uint64_t)f->id << 3 | wire, 0);
  if (sm_scalar(out, f, rng)) return;
  if (f->type != PROTOBUF_C_TYPE_MESSAGE) {
    sm_text(out, f, rng);
    return;
  }
  mu_buf body = {0};
  if (depth < 40) sm_new_message(&body, f->descriptor, depth, rng);
  mu_varint(out, body.len, 0);
  mu_put(out, body.data, body.len);
  free(body.data);
}

/* ---- changes ---- */

/* Messages in a message, itself too. */
static inline size_t sm_count(const uint8_t *p, size_t len, const sm_message *m, unsigned depth) {
  uint64_t tag;
  size_t body, sum = 1;
  for (size_t at = 0, n; at < len; at += n) {
    if (!(n = mu_field(p + at, len - at, &tag, &body))) break;
    const sm_field *f = sm_find(m, tag >> 3);
    if (f && f->type == PROTOBUF_C_TYPE_MESSAGE && (tag & 7) == 2 && depth < 60)
      sum += sm_count(p + at + n - body, body, f->descriptor, depth + 1);
  }
  return sum;
}

/* One change of the fields of this message. */
static inline void sm_change(mu_buf *out, const uint8_t *p, size_t len, const sm_message *m, unsigned depth, uint64_t *rng) {
  uint64_t tag;
  size_t body, fields = 0, valid = 0;
  for (size_t n; valid < len && (n = mu_field(p + valid, len - valid, &tag, &body)); valid += n) fields++;
  size_t what = mu_below(rng, 12), hit = mu_below(rng, fields + (what == 0));
  const sm_field *more = &m->fields[mu_below(rng, m->n_fields)];
  if (!fields) what = 0;
  mu_buf held = {0};
  size_t at = 0, i = 0;
  for (size_t n; at < valid; at += n, i++) {
    n = mu_field(p + at, len - at, &tag, &body);
    const sm_field *f = sm_find(m, tag >> 3);
    if (what <= 3 && i == hit) sm_new_field(out, more, depth, rng); /* a new one in front */
    if (i != hit || what <= 3) {
      mu_put(out, p + at, n);
    } else if (what <= 6 && f) {
      sm_new_field(out, f, depth, rng); /* another value */
    } else if (what == 7) {
      mu_put(&held, p + at, n); /* to the end */
    } else if (what == 8) {
      mu_put(out, p + at, n), mu_put(out, p + at, n);
    } else if (what == 9) {
      mu_change_field(out, p + at, n, tag, body, rng); /* broken, perhaps */
    } else if (what == 10 && body && f && f->type != PROTOBUF_C_TYPE_MESSAGE) {
      mu_buf inner = {0};
      mu_set(&inner, p + at + n - body, body);
      mu_bytes(&inner, rng);
      mu_varint(out, tag, 0);
      mu_varint(out, inner.len, 0);
      mu_put(out, inner.data, inner.len);
      free(inner.data);
    } /* else it is gone */
  }
  if (what <= 3 && hit >= fields) sm_new_field(out, more, depth, rng);
  mu_put(out, held.data, held.len);
  mu_put(out, p + valid, len - valid);
  free(held.data);
}

/* Writes the message with its *countdown-th message changed. */
static inline void sm_rewrite(mu_buf *out, const uint8_t *p, size_t len, const sm_message *m, unsigned depth, size_t *countdown,
                              uint64_t *rng) {
  uint64_t tag;
  size_t body, at = 0;
  if ((*countdown)-- == 0) {
    sm_change(out, p, len, m, depth, rng);
    return;
  }
  for (size_t n; at < len; at += n) {
    if (!(n = mu_field(p + at, len - at, &tag, &body))) break;
    const sm_field *f = sm_find(m, tag >> 3);
    if (!f || f->type != PROTOBUF_C_TYPE_MESSAGE || (tag & 7) != 2 || depth >= 60) {
      mu_put(out, p + at, n);
      continue;
    }
    mu_buf inner = {0};
    sm_rewrite(&inner, p + at + n - body, body, f->descriptor, depth + 1, countdown, rng);
    mu_varint(out, tag, 0);
    mu_varint(out, inner.len, 0);
    mu_put(out, inner.data, inner.len);
    free(inner.data);
  }
  mu_put(out, p + at, len - at);
}

static inline void sm_payload(mu_buf *b, ottl_signal signal, uint64_t *rng) {
  const sm_message *root = ottl__json_root((int)signal);
  if (!root) {
    mu_payload(b, rng);
    return;
  }
  for (size_t i = 1 + mu_below(rng, 3); i-- > 0;) {
    size_t countdown = mu_below(rng, sm_count(b->data, b->len, root, 0));
    mu_buf out = {0};
    sm_rewrite(&out, b->data, b->len, root, 0, &countdown, rng);
    free(b->data);
    *b = out;
  }
}

#endif
