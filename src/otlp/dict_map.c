/* Rows that name what lies in the dictionary, on their way back to the wire: indices of attributes, and value types. */
#include "batch/value_wire.h"
#include "otlp/impl.h"

static ottl_status push_index(ottl_batch *b, int32_t index) {
  ot_dict *d = &ot_of(b)->dict;
  OTTL_TRY(ottl__al_reserve(&b->al, &d->row, &d->cap_row, d->n_row + 1, sizeof *d->row));
  d->row[d->n_row++] = index;
  return OTTL_OK;
}

static ottl_status push_attribute(ottl_batch *b, ottl_view key, ottl_cell value) {
  int32_t index;
  OTTL_TRY(ottl__dict_put_attribute(b, key, value, &index));
  return push_index(b, index);
}

/* Entry tier: entries that nobody wrote keep their index, and with it their unit. */
static ottl_status indices_of_list(ottl_batch *b, const ottl_rowmap *list) {
  for (uint32_t k = 0; k < list->n; k++) {
    const ottl_entry *e = &list->items[k];
    if (!e->dirty && e->raw_end == UINT32_MAX)
      OTTL_TRY(push_index(b, (int32_t)e->raw_begin));
    else
      OTTL_TRY(push_attribute(b, (ottl_view){e->key, e->klen}, entry_cell(e)));
  }
  return OTTL_OK;
}

/* Key tier: the indices that came, with those of dirty columns replaced, the first of each; then what is new. */
static ottl_status indices_of_columns(ottl_batch *b, unsigned m, uint32_t i, const uint8_t *p, const uint8_t *end) {
  ot_impl *im = ot_of(b);
  const ot_dict *d = &im->dict;
  const ottl_map_spec *spec = &b->layout->maps[m];
  while (p && p < end) {
    uint64_t index;
    p = wr_varint(p, end, &index);
    if (!p) return OTTL_INTERNAL; /* read before */
    const ot_attribute *a = dict_attribute(d, index);
    uint16_t c = a ? im->dict_columns[m][a - d->attributes] : OTTL_NO_COLUMN;
    if (c == OTTL_NO_COLUMN || !bm_get(b->columns[c].dirty, i) || b->columns[c].end[i]) {
      OTTL_TRY(push_index(b, (int32_t)(uint32_t)index));
      continue;
    }
    ottl_reg *col = &b->columns[c];
    col->end[i] = 1; /* done */
    OTTL_TRY(push_attribute(b, b->layout->columns[c].key, (ottl_cell){col->word[i], col->len[i], col->tag[i]}));
  }
  for (unsigned c = spec->first_column, last = c + spec->n_columns; c < last; c++) {
    const ottl_reg *col = &b->columns[c];
    if (!col->any_dirty || !bm_get(col->dirty, i) || col->end[i] || col->tag[i] == OTTL_T_ABSENT) continue;
    OTTL_TRY(push_attribute(b, b->layout->columns[c].key, (ottl_cell){col->word[i], col->len[i], col->tag[i]}));
  }
  return OTTL_OK;
}

ottl_status ottl__ot_dict_indices(ottl_batch *b, unsigned m, ottl_level level, uint32_t row, uint32_t i, ottl_view *ret) {
  ot_dict *d = &ot_of(b)->dict;
  const ottl_rowmaps *map = &b->maps[m];
  d->n_row = 0;
  if (b->layout->maps[m].entries) {
    OTTL_TRY(indices_of_list(b, &map->rows[i]));
  } else {
    const uint8_t *body = b->rows[level].body[row], *p = body + map->raw_begin[i], *end = body + map->raw_end[i];
    uint32_t number, type, len;
    if (p < end && (!(p = wr_tag(p, end, &number, &type)) || !(p = wr_len(p, end, &len)))) return OTTL_INTERNAL;
    OTTL_TRY(indices_of_columns(b, m, i, p, end));
  }
  size_t size = 0;
  for (size_t k = 0; k < d->n_row; k++) size += varint_size((uint64_t)(int64_t)d->row[k]);
  uint8_t *out = arena_alloc(&b->arena, size), *at = out;
  if (!out) return OTTL_NOMEM;
  for (size_t k = 0; k < d->n_row; k++) at = varint_put(at, (uint64_t)(int64_t)d->row[k]);
  *ret = view_of(out, size);
  return OTTL_OK;
}

ottl_status ottl__ot_value_type(ottl_batch *b, const ottl_profile_type *v, ottl_view *ret) {
  int32_t index[2] = {0, 0};
  for (unsigned k = 0; k < 2; k++) {
    if (v->set[k]) OTTL_TRY(ottl__dict_put_string(b, v->text[k], &index[k]));
  }
  uint8_t *out = arena_alloc(&b->arena, v->body.len + 24), *at = out;
  if (!out) return OTTL_NOMEM;
  ottl_wire in = {(const uint8_t *)v->body.data, (const uint8_t *)v->body.data + v->body.len};
  while (in.at < in.end) {
    const uint8_t *begin = in.at;
    uint32_t field, type;
    if (!wire_tag(&in, &field, &type) || !ottl__wire_skip(&in, type)) return OTTL_INTERNAL; /* read before it was written */
    if (field > 2 || !v->set[field - 1]) at = wr_put(at, begin, (size_t)(in.at - begin));
  }
  for (unsigned k = 0; k < 2; k++) {
    if (index[k] == 0) continue;
    *at++ = (uint8_t)WR_TAG(k + 1, WR_VARINT);
    at = varint_put(at, (uint64_t)index[k]);
  }
  *ret = view_of(out, (size_t)(at - out));
  return OTTL_OK;
}

bool ottl__batch_text(const ottl_batch *b, int64_t index, ottl_view *ret) {
  const ot_dict *d = &ot_of(b)->dict;
  if (index < 0 || (uint64_t)index >= d->strings_seen) return false;
  *ret = d->strings[index];
  return true;
}
