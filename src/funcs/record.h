/* Messages of the schema read and written field by field, for functions that work on whole records.
 *
 * Readers take every legal encoding: fields in any order, singular fields that come again, packed fields in pieces; unknown fields
 * are stepped over. Writers append to a buffer, and write no field that has its default, as pdata does. */
#ifndef OTTL_SRC_FUNCS_RECORD_H
#define OTTL_SRC_FUNCS_RECORD_H

#include "batch/schema.h"
#include "funcs/handlers.h"
#include "otlp/wire.h"

/* -- reading -- */

typedef struct rec_field {
  uint32_t number, type;
  const uint8_t *tag, *end; /* the whole field */
  uint64_t word;            /* VARINT, 64, 32 */
  ottl_view bytes;          /* LEN */
} rec_field;

typedef struct rec_walk {
  const uint8_t *at, *end;
  bool bad; /* what comes next is malformed */
} rec_walk;

static inline rec_walk rec_open(ottl_view body) {
  const uint8_t *p = (const uint8_t *)body.data;
  return (rec_walk){p, p ? p + body.len : p, false};
}
/* The next field; false at the end, or when it is malformed. */
bool ottl__rec_next(rec_walk *w, rec_field *ret);

typedef struct rec_metric {
  ottl_view name, description, unit;
  ottl_metric_kind kind;
  ottl_view points; /* body of the container: Gauge, Sum, ... */
  int32_t temporality;
  bool monotonic;
} rec_metric;
/* False: malformed. */
bool ottl__rec_metric(ottl_view body, rec_metric *ret);
/* The next point of a container, as its body. */
bool ottl__rec_next_point(rec_walk *w, ottl_view *ret);

typedef struct rec_numbers {
  uint64_t *items; /* counts, or the bits of doubles */
  uint32_t n, cap;
} rec_numbers;
typedef struct rec_buckets {
  int32_t offset;
  rec_numbers counts;
} rec_buckets;

/* A data point of any kind, without its attributes and exemplars. */
typedef struct rec_point {
  ottl_view body;
  uint64_t start, time, count, zero_count;
  uint32_t flags;
  int32_t scale;
  uint8_t value_type; /* OTTL_T_INT, OTTL_T_DOUBLE or OTTL_T_NIL: `value` */
  bool has_sum, has_min, has_max;
  uint64_t value;
  double sum, min, max, zero_threshold;
  rec_numbers counts, bounds;
  rec_buckets positive, negative;
} rec_point;
/* Lists go to `arena`. Fails: NOMEM, DATA (malformed). */
OTTL_MUST_CHECK ottl_status ottl__rec_point(ottl_arena *arena, ottl_metric_kind kind, ottl_view body, rec_point *ret);

/* Number of the field that holds the attributes, or the exemplars, of points of that kind (0: they have none). */
uint32_t ottl__rec_attributes(ottl_metric_kind kind);
uint32_t ottl__rec_exemplars(ottl_metric_kind kind);

/* -- writing -- */

static inline void rec_put_varint(ottl_sbuf *out, uint64_t v) {
  if (sbuf_reserve(out, 10)) out->len = (size_t)((char *)varint_put((uint8_t *)out->data + out->len, v) - out->data);
}
static inline void rec_put_tag(ottl_sbuf *out, uint32_t number, uint32_t type) { rec_put_varint(out, WR_TAG(number, type)); }
static inline void rec_put_bytes(ottl_sbuf *out, uint32_t number, ottl_view v) {
  rec_put_tag(out, number, WR_LEN);
  rec_put_varint(out, v.len);
  sbuf_view(out, v);
}
static inline void rec_put_text(ottl_sbuf *out, uint32_t number, ottl_view v) {
  if (v.len) rec_put_bytes(out, number, v);
}
static inline void rec_put_int(ottl_sbuf *out, uint32_t number, uint64_t v) { /* varints */
  if (v == 0) return;
  rec_put_tag(out, number, WR_VARINT);
  rec_put_varint(out, v);
}
static inline void rec_put_word(ottl_sbuf *out, uint32_t number, uint64_t v) { /* whatever it is */
  rec_put_tag(out, number, WR_64);
  if (sbuf_reserve(out, 8)) out->len = (size_t)((char *)wr_put64((uint8_t *)out->data + out->len, v) - out->data);
}
static inline void rec_put_fix64(ottl_sbuf *out, uint32_t number, uint64_t v) {
  if (v) rec_put_word(out, number, v);
}
static inline void rec_put_raw(ottl_sbuf *out, const rec_field *f) { sbuf_put(out, f->tag, (size_t)(f->end - f->tag)); }

/* A sub-message is what is put between begin and end. */
size_t ottl__rec_begin(ottl_sbuf *out, uint32_t number);
void ottl__rec_end(ottl_sbuf *out, size_t begin);

/* The fields that hold the points of metrics of all kinds. */
#define OTTL_REC_CONTAINERS (1u << 5 | 1u << 7 | 1u << 9 | 1u << 10 | 1u << 11)
/* The fields of `body` whose bits are not in `without` (bit n: field n). False: malformed. */
bool ottl__rec_put_others(ottl_sbuf *out, ottl_view body, uint32_t without);
/* The fields of `body` with that number, under another one. */
bool ottl__rec_put_as(ottl_sbuf *out, ottl_view body, uint32_t number, uint32_t as);
/* A list of 64-bit numbers, packed. */
void ottl__rec_put_packed(ottl_sbuf *out, uint32_t number, const uint64_t *items, uint32_t n);

/* name, description, unit and the beginning of a new metric's container: what stays open is ended by ottl__rec_end. */
size_t ottl__rec_new_metric(ottl_sbuf *out, ottl_view name, ottl_view suffix, ottl_view description, ottl_view unit,
                            ottl_metric_kind kind);
/* After its points: Sum's fields. */
void ottl__rec_sum_fields(ottl_sbuf *out, int32_t temporality, bool monotonic);
/* A number point with attributes and times of another point. */
bool ottl__rec_number_point(ottl_sbuf *out, ottl_metric_kind from, const rec_point *p, ottl_cell value);

/* -- handlers -- */

/* The arena for one row or point: what was there before is gone. */
static inline ottl_arena *rec_arena(ottl_call *c) {
  ottl__arena_reset(&c->scratch->arena);
  return &c->scratch->arena;
}

/* A copy of what is in the buffer, in the call's arena; *ret NULL with OTTL_OK: too large, the row failed. */
OTTL_MUST_CHECK ottl_status ottl__rec_keep(ottl_call *c, uint32_t row, const ottl_sbuf *out, ottl_view *ret);
/* The row's metric. False: the row failed. */
bool ottl__rec_row_metric(ottl_call *c, uint32_t row, rec_metric *ret);
/* Refuses what is no aggregation temporality. */
ottl_status ottl__rec_check_temporality(ottl_prepare *p, uint32_t arg);
static inline int32_t rec_temporality(const ottl_arg *arg) { return view_is(cell_view(arg->literal), "delta") ? 1 : 2; }

#endif
