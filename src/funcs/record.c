/* Reading and writing the messages of metrics: see record.h. */
#include "funcs/record.h"

/* -- reading -- */

bool ottl__rec_next(rec_walk *w, rec_field *ret) {
  if (w->bad || w->at >= w->end) return false;
  ret->tag = w->at;
  const uint8_t *p = wr_tag(w->at, w->end, &ret->number, &ret->type);
  if (!p) goto bad;
  uint32_t len;
  switch (ret->type) {
  case WR_VARINT: p = wr_varint(p, w->end, &ret->word); break;
  case WR_64:
    if (w->end - p < 8) goto bad;
    ret->word = load_le64(p);
    p += 8;
    break;
  case WR_32:
    if (w->end - p < 4) goto bad;
    ret->word = load_le32(p);
    p += 4;
    break;
  case WR_LEN:
    p = wr_len(p, w->end, &len);
    if (!p) goto bad;
    ret->bytes = view_of(p, len);
    p += len;
    break;
  default: p = ottl__wr_skip(p, w->end, ret->type); break;
  }
  if (!p) goto bad;
  ret->end = w->at = p;
  return true;
bad:
  w->bad = true;
  return false;
}

static bool container_fields(rec_metric *m) {
  rec_walk w = rec_open(m->points);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number == 1 && f.type != WR_LEN) return false;
    if (f.number == 2 && m->kind >= OTTL_MK_SUM && m->kind <= OTTL_MK_EXP_HISTOGRAM) {
      if (f.type != WR_VARINT) return false;
      m->temporality = (int32_t)(uint32_t)f.word;
    }
    if (f.number == 3 && m->kind == OTTL_MK_SUM) {
      if (f.type != WR_VARINT) return false;
      m->monotonic = f.word != 0;
    }
  }
  return !w.bad;
}

bool ottl__rec_metric(ottl_view body, rec_metric *ret) {
  *ret = (rec_metric){{"", 0}, {"", 0}, {"", 0}, OTTL_MK_NONE, {NULL, 0}, 0, false};
  rec_walk w = rec_open(body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    ottl_metric_kind kind = ottl__metric_kind_of(f.number);
    if ((kind != OTTL_MK_NONE || f.number <= 3) && f.type != WR_LEN) return false;
    switch (f.number) {
    case 1: ret->name = f.bytes; break;
    case 2: ret->description = f.bytes; break;
    case 3: ret->unit = f.bytes; break;
    default:
      if (kind == OTTL_MK_NONE) break;
      ret->kind = kind; /* the last one counts */
      ret->points = f.bytes;
      break;
    }
  }
  return !w.bad && container_fields(ret);
}

bool ottl__rec_next_point(rec_walk *w, ottl_view *ret) {
  rec_field f;
  while (ottl__rec_next(w, &f)) {
    if (f.number != 1) continue;
    *ret = f.bytes;
    return true;
  }
  return false;
}

static bool push(ottl_arena *arena, rec_numbers *list, uint64_t v) {
  if (list->n == list->cap) {
    uint32_t cap = list->cap ? list->cap * 2 : 16;
    uint64_t *items = cap < UINT32_MAX / 16 ? arena_array(arena, cap, sizeof *items) : NULL;
    if (!items) return false;
    if (list->n) memcpy(items, list->items, list->n * sizeof *items);
    list->items = items;
    list->cap = cap;
  }
  list->items[list->n++] = v;
  return true;
}

/* Elements of a packed field, or one of an unpacked one; `type` is that of the elements. */
static ottl_status numbers(ottl_arena *arena, rec_numbers *list, const rec_field *f, uint32_t type) {
  if (f->type == type) return push(arena, list, f->word) ? OTTL_OK : OTTL_NOMEM;
  if (f->type != WR_LEN) return OTTL_DATA;
  const uint8_t *p = (const uint8_t *)f->bytes.data, *end = p + f->bytes.len;
  if (type == WR_64 && f->bytes.len % 8) return OTTL_DATA;
  while (p < end) {
    uint64_t v;
    if (type == WR_64) {
      v = load_le64(p);
      p += 8;
    } else {
      p = wr_varint(p, end, &v);
      if (!p) return OTTL_DATA;
    }
    if (!push(arena, list, v)) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static int32_t zigzag(uint64_t v) { return (int32_t)((uint32_t)(v >> 1) ^ (0 - (uint32_t)(v & 1))); }

static ottl_status buckets(ottl_arena *arena, rec_buckets *ret, const rec_field *in) {
  if (in->type != WR_LEN) return OTTL_DATA;
  rec_walk w = rec_open(in->bytes);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number == 1 && f.type != WR_VARINT) return OTTL_DATA;
    if (f.number == 1) ret->offset = zigzag(f.word);
    if (f.number == 2) OTTL_TRY(numbers(arena, &ret->counts, &f, WR_VARINT));
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

static ottl_status number_field(rec_point *p, const rec_field *f) {
  switch (f->number) {
  case 4:
  case 6:
    if (f->type != WR_64) return OTTL_DATA;
    p->value_type = f->number == 4 ? OTTL_T_DOUBLE : OTTL_T_INT;
    p->value = f->word;
    return OTTL_OK;
  case 8: p->flags = (uint32_t)f->word; return f->type == WR_VARINT ? OTTL_OK : OTTL_DATA;
  default: return OTTL_OK;
  }
}

static ottl_status optional_double(const rec_field *f, bool *has, double *ret) {
  if (f->type != WR_64) return OTTL_DATA;
  *has = true;
  *ret = double_of_bits(f->word);
  return OTTL_OK;
}

static ottl_status histogram_field(ottl_arena *arena, rec_point *p, const rec_field *f) {
  switch (f->number) {
  case 4: p->count = f->word; return f->type == WR_64 ? OTTL_OK : OTTL_DATA;
  case 5: return optional_double(f, &p->has_sum, &p->sum);
  case 6: return numbers(arena, &p->counts, f, WR_64);
  case 7: return numbers(arena, &p->bounds, f, WR_64);
  case 10: p->flags = (uint32_t)f->word; return f->type == WR_VARINT ? OTTL_OK : OTTL_DATA;
  case 11: return optional_double(f, &p->has_min, &p->min);
  case 12: return optional_double(f, &p->has_max, &p->max);
  default: return OTTL_OK;
  }
}

static ottl_status exp_field(ottl_arena *arena, rec_point *p, const rec_field *f) {
  bool has;
  switch (f->number) {
  case 4: p->count = f->word; return f->type == WR_64 ? OTTL_OK : OTTL_DATA;
  case 5: return optional_double(f, &p->has_sum, &p->sum);
  case 6: p->scale = zigzag(f->word); return f->type == WR_VARINT ? OTTL_OK : OTTL_DATA;
  case 7: p->zero_count = f->word; return f->type == WR_64 ? OTTL_OK : OTTL_DATA;
  case 8: return buckets(arena, &p->positive, f);
  case 9: return buckets(arena, &p->negative, f);
  case 10: p->flags = (uint32_t)f->word; return f->type == WR_VARINT ? OTTL_OK : OTTL_DATA;
  case 12: return optional_double(f, &p->has_min, &p->min);
  case 13: return optional_double(f, &p->has_max, &p->max);
  case 14: return optional_double(f, &has, &p->zero_threshold);
  default: return OTTL_OK;
  }
}

static ottl_status summary_field(rec_point *p, const rec_field *f) {
  switch (f->number) {
  case 4: p->count = f->word; return f->type == WR_64 ? OTTL_OK : OTTL_DATA;
  case 5: return optional_double(f, &p->has_sum, &p->sum);
  case 8: p->flags = (uint32_t)f->word; return f->type == WR_VARINT ? OTTL_OK : OTTL_DATA;
  default: return OTTL_OK;
  }
}

ottl_status ottl__rec_point(ottl_arena *arena, ottl_metric_kind kind, ottl_view body, rec_point *ret) {
  *ret = (rec_point){.body = body, .value_type = OTTL_T_NIL};
  rec_walk w = rec_open(body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number == 2 || f.number == 3) {
      if (f.type != WR_64) return OTTL_DATA;
      *(f.number == 2 ? &ret->start : &ret->time) = f.word;
      continue;
    }
    if ((f.number == ottl__rec_attributes(kind) || f.number == ottl__rec_exemplars(kind)) && f.type != WR_LEN) return OTTL_DATA;
    switch (kind) {
    case OTTL_MK_GAUGE:
    case OTTL_MK_SUM: OTTL_TRY(number_field(ret, &f)); break;
    case OTTL_MK_HISTOGRAM: OTTL_TRY(histogram_field(arena, ret, &f)); break;
    case OTTL_MK_EXP_HISTOGRAM: OTTL_TRY(exp_field(arena, ret, &f)); break;
    case OTTL_MK_SUMMARY: OTTL_TRY(summary_field(ret, &f)); break;
    default: return OTTL_DATA;
    }
  }
  return w.bad ? OTTL_DATA : OTTL_OK;
}

static uint32_t place(unsigned field, ottl_metric_kind kind) {
  if (kind == OTTL_MK_NONE) return 0;
  for (uint32_t p = 0; p < ottl__n_places; p++) {
    if (ottl__places[p].field == field && ottl__places[p].message == ottl__point_message(kind)) return ottl__places[p].number;
  }
  return 0;
}

uint32_t ottl__rec_attributes(ottl_metric_kind kind) { return place(OTTL_FIELD_POINT_ATTRIBUTES, kind); }
uint32_t ottl__rec_exemplars(ottl_metric_kind kind) { return place(OTTL_FIELD_POINT_EXEMPLARS, kind); }

/* -- writing -- */

/* One byte is kept for the length, which is enough for most; longer messages move. */
size_t ottl__rec_begin(ottl_sbuf *out, uint32_t number) {
  rec_put_tag(out, number, WR_LEN);
  sbuf_byte(out, 0);
  return out->len;
}

void ottl__rec_end(ottl_sbuf *out, size_t begin) {
  if (out->failed) return;
  size_t len = out->len - begin, more = varint_size(len) - 1;
  if (more) {
    if (!sbuf_reserve(out, more)) return;
    memmove(out->data + begin + more, out->data + begin, len);
    out->len += more;
  }
  varint_put((uint8_t *)out->data + begin - 1, len);
}

bool ottl__rec_put_others(ottl_sbuf *out, ottl_view body, uint32_t without) {
  rec_walk w = rec_open(body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number >= 32 || !(without >> f.number & 1)) rec_put_raw(out, &f);
  }
  return !w.bad;
}

bool ottl__rec_put_as(ottl_sbuf *out, ottl_view body, uint32_t number, uint32_t as) {
  rec_walk w = rec_open(body);
  rec_field f;
  while (ottl__rec_next(&w, &f)) {
    if (f.number == number && f.type == WR_LEN) rec_put_bytes(out, as, f.bytes);
  }
  return !w.bad;
}

void ottl__rec_put_packed(ottl_sbuf *out, uint32_t number, const uint64_t *items, uint32_t n) {
  if (n == 0) return;
  rec_put_tag(out, number, WR_LEN);
  rec_put_varint(out, (uint64_t)n * 8);
  if (!sbuf_reserve(out, (size_t)n * 8)) return;
  uint8_t *at = (uint8_t *)out->data + out->len;
  for (uint32_t i = 0; i < n; i++) at = wr_put64(at, items[i]);
  out->len += (size_t)n * 8;
}

size_t ottl__rec_new_metric(ottl_sbuf *out, ottl_view name, ottl_view suffix, ottl_view description, ottl_view unit,
                            ottl_metric_kind kind) {
  if (name.len + suffix.len) {
    rec_put_tag(out, 1, WR_LEN);
    rec_put_varint(out, (uint64_t)name.len + suffix.len);
    sbuf_view(out, name);
    sbuf_view(out, suffix);
  }
  rec_put_text(out, 2, description);
  rec_put_text(out, 3, unit);
  return ottl__rec_begin(out, ottl__metric_container(kind));
}

void ottl__rec_sum_fields(ottl_sbuf *out, int32_t temporality, bool monotonic) {
  rec_put_int(out, 2, (uint64_t)(int64_t)temporality);
  rec_put_int(out, 3, monotonic);
}

bool ottl__rec_number_point(ottl_sbuf *out, ottl_metric_kind from, const rec_point *p, ottl_cell value) {
  size_t at = ottl__rec_begin(out, 1);
  bool good = ottl__rec_put_as(out, p->body, ottl__rec_attributes(from), 7);
  rec_put_fix64(out, 2, p->start);
  rec_put_fix64(out, 3, p->time);
  rec_put_word(out, value.tag == OTTL_T_INT ? 6 : 4, value.word);
  ottl__rec_end(out, at);
  return good;
}

/* -- handlers -- */

ottl_status ottl__rec_keep(ottl_call *c, uint32_t row, const ottl_sbuf *out, ottl_view *ret) {
  if (out->failed) return OTTL_NOMEM;
  if (out->len > INT32_MAX) {
    call_fail(c, row, OTTL_ROWERR(TOO_LARGE, 0));
    return OTTL_OK;
  }
  *ret = arena_copy(c->arena, out->data ? out->data : "", out->len);
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

bool ottl__rec_row_metric(ottl_call *c, uint32_t row, rec_metric *ret) {
  if (ottl__rec_metric(c->record[row].body, ret)) return true;
  call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
  return false;
}

ottl_status ottl__rec_check_temporality(ottl_prepare *p, uint32_t arg) {
  ottl_view v = cell_view(p->arg[arg].literal);
  if (view_is(v, "delta") || view_is(v, "cumulative")) return OTTL_OK;
  return ottl__refuse(p, arg, "unknown aggregation temporality `%.*s`: `delta` or `cumulative`", (int)(v.len < 80 ? v.len : 80),
                      v.data);
}
