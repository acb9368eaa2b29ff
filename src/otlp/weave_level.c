/* Which rows are woven, and the edits of each: dirty columns, edited maps, children that changed or went. */
#include "batch/map.h"
#include "otlp/impl.h"

void ottl__ot_mark_up(ottl_batch *b, ottl_level level, uint32_t row) {
  ot_of(b)->touched = true;
  for (unsigned l = level; l > 0; l--) {
    row = b->rows[l].parent[row];
    uint8_t *state = &b->rows[l - 1].state[row];
    if (*state & OTTL_ROW_EDITED) return; /* and so is everything above */
    *state |= OTTL_ROW_EDITED;
  }
}

/* One row and what is known of it while its edits are gathered. */
typedef struct wv_row {
  ottl_batch *b;
  ottl_level level;
  uint32_t row, i;
  const uint8_t *body;
  uint32_t len;
  uint8_t message, container;            /* container: of a metric's points, or 0 */
  bool no_children;                      /* the field that holds the children was emptied */
  uint32_t sub_begin, sub_body, sub_end; /* where the sub-message is; all len when it is not there */
  uint8_t sub;                           /* its number; 0: not looked up yet */
  bool more_subs;                        /* a metric with several containers: the last one is the one */
} wv_row;

static bool find_sub(wv_row *w, unsigned number) {
  if (w->sub) return w->sub == number;
  w->sub = (uint8_t)number;
  w->sub_begin = w->sub_body = w->sub_end = w->len;
  const uint8_t *p = w->body, *end = p + w->len;
  unsigned seen = 0;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t found, type, len;
    p = wr_tag(p, end, &found, &type);
    if (!p) return false;
    if (w->message == OTTL_M_METRIC && ottl__metric_kind_of(found)) w->more_subs |= seen++ > 0;
    if (found == number && type == WR_LEN) {
      p = wr_len(p, end, &len);
      if (!p) return false;
      w->sub_begin = (uint32_t)(tag - w->body);
      w->sub_body = (uint32_t)(p - w->body);
      w->sub_end = w->sub_body + len;
      p += len;
    } else {
      p = ottl__wr_skip(p, end, type);
      if (!p) return false;
    }
  }
  return true;
}

/* The place of a field in this row; number 0: it has none. */
static ot_place place_of(const wv_row *w, const ot_place *places, unsigned field) {
  ot_place place = places[w->message];
  if (w->message != OTTL_M_METRIC || place.sub == 0) return place;
  for (uint32_t p = 0; p < ottl__n_places; p++) { /* the container decides */
    const ottl_field_place *at = &ottl__places[p];
    if (at->field == field && at->sub == w->container) return (ot_place){at->number, at->sub};
  }
  return (ot_place){0, 0};
}

/* Adds an edit where `place` says: in the row or in its sub-message. What was not there goes to the end of that message. */
static wv_edit *add_at(wv_row *w, ot_place place, wv_kind kind, uint32_t begin, uint32_t end) {
  ot_impl *im = ot_of(w->b);
  wv_list *list = &im->edits;
  uint32_t tail = w->len;
  if (place.sub) {
    if (!find_sub(w, place.sub)) return NULL;
    list = &im->sub_edits;
    tail = w->sub_end;
  }
  if (end == 0) begin = end = tail;
  wv_edit *e = ottl__wv_add(w->b, list, kind, begin, end);
  if (e) e->number = place.number;
  return e;
}

/* Cuts every occurrence of a field between p and end. */
static ottl_status cut_all(wv_row *w, wv_list *list, uint32_t number, uint32_t begin, uint32_t stop) {
  const uint8_t *p = w->body + begin, *end = w->body + stop;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t found, type;
    p = wr_tag(p, end, &found, &type);
    p = p ? ottl__wr_skip(p, end, type) : NULL;
    if (!p) return ottl__ot_refuse(w->b, tag, "malformed field");
    if (found == number && !ottl__wv_add(w->b, list, WV_CUT, (uint32_t)(tag - w->body), (uint32_t)(p - w->body)))
      return OTTL_NOMEM;
  }
  return OTTL_OK;
}

static bool all_zero(const uint8_t *p, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    if (p[i]) return false;
  }
  return true;
}

ottl_status ottl__wv_field(ottl_batch *b, unsigned c, unsigned message, uint32_t i, wv_edit *e, bool *ret_empty) {
  const unsigned field = b->layout->columns[c].field;
  const ottl_reg *col = &b->columns[c];
  uint64_t word = col->word[i];
  uint32_t len = col->len ? col->len[i] : 0;
  uint8_t tag = col->tag ? col->tag[i] : col->type;
  wv_kind kind = WV_VARINT;
  bool empty = word == 0;
  switch (ottl__fields[field].wire) {
  case OTTL_W_FIX64:
  case OTTL_W_SFIX64: kind = WV_64; break;
  case OTTL_W_F64:
    kind = WV_64;
    empty = double_of_bits(word) == 0;                                                   /* also -0, as pdata */
    if (field == OTTL_FIELD_POINT_SUM && message != OTTL_M_SUMMARY_POINT) empty = false; /* `optional`: 0 is a value */
    break;
  case OTTL_W_FIX32:
    kind = WV_32;
    empty = (uint32_t)word == 0;
    break;
  case OTTL_W_VARINT_I32:
    word = (uint64_t)(int64_t)(int32_t)(uint32_t)word;
    empty = word == 0;
    break;
  case OTTL_W_VARINT_U32:
    word = (uint32_t)word;
    empty = word == 0;
    break;
  case OTTL_W_BOOL: word = word != 0; break;
  case OTTL_W_SINT32: {
    uint32_t v = (uint32_t)word;
    word = (v << 1) ^ (0 - (v >> 31));
    empty = word == 0;
    break;
  }
  case OTTL_W_BYTES:
    kind = WV_BYTES;
    empty = all_zero((const uint8_t *)(uintptr_t)word, len);
    break;
  case OTTL_W_STRING:
  case OTTL_W_PACKED_VARINT:
  case OTTL_W_PACKED:
    kind = WV_BYTES;
    empty = len == 0;
    break;
  case OTTL_W_MESSAGE:
    kind = WV_BYTES;
    empty = false;
    if (col->type == OTTL_T_VALUE_TYPE && len == OTTL_PROFILE_TYPE_NEW) {
      ottl_view body;
      OTTL_TRY(ottl__ot_value_type(b, (const ottl_profile_type *)(uintptr_t)word, &body));
      word = (uint64_t)(uintptr_t)body.data;
      len = (uint32_t)body.len;
    }
    break;
  case OTTL_W_ANY:
    kind = WV_ANY;
    empty = tag <= OTTL_T_NIL;
    break;
  case OTTL_W_NUMBER:
    kind = WV_64;
    empty = tag != OTTL_T_INT && tag != OTTL_T_DOUBLE;
    e->number = tag == OTTL_T_INT ? 6 : message == OTTL_M_EXEMPLAR ? 3 : 4;
    break;
  default: break; /* VARINT_64: as it stands; maps and lists of messages do not come here */
  }
  if (kind == WV_BYTES && len > INT32_MAX) return OTTL_LIMIT;
  e->kind = (uint8_t)(empty ? WV_CUT : kind);
  e->word = word;
  e->len = len;
  e->tag = tag;
  *ret_empty = empty;
  return OTTL_OK;
}

/* A list of messages that was emptied. */
static ottl_status repeated_edit(wv_row *w, unsigned field, ot_place place) {
  ot_impl *im = ot_of(w->b);
  if (field != OTTL_FIELD_SPAN_LINKS && field != OTTL_FIELD_POINT_QUANTILES) w->no_children = true;
  if (!place.sub) return cut_all(w, &im->edits, place.number, 0, w->len);
  if (!find_sub(w, place.sub)) return OTTL_INTERNAL;
  return cut_all(w, &im->sub_edits, place.number, w->sub_body, w->sub_end);
}

static ottl_status field_edit(wv_row *w, unsigned c) {
  ottl_batch *b = w->b;
  const unsigned field = b->layout->columns[c].field;
  const ottl_reg *col = &b->columns[c];
  const uint32_t begin = col->off[w->i], end = col->end[w->i];
  ot_place place = place_of(w, ot_of(b)->plan->places + (size_t)c * OTTL_MESSAGES, field);
  if (!place.number) return OTTL_OK;
  if (ottl__fields[field].wire == OTTL_W_REPEATED) return col->len[w->i] ? OTTL_OK : repeated_edit(w, field, place);
  wv_edit edit = {.number = place.number};
  bool empty;
  OTTL_TRY(ottl__wv_field(b, c, w->message, w->i, &edit, &empty));
  if (empty && begin == end) return OTTL_OK;
  wv_edit *e = add_at(w, place, (wv_kind)edit.kind, begin, end);
  if (!e) return OTTL_NOMEM;
  edit.begin = e->begin;
  edit.end = e->end;
  *e = edit;
  return OTTL_OK;
}

/* What was written to the key columns of a map in the key tier. */
static ottl_status keys_edit(wv_row *w, unsigned m) {
  ot_place place = ot_of(w->b)->plan->map_places[(size_t)m * OTTL_MESSAGES + w->message];
  if (!place.number) return OTTL_OK;
  uint32_t begin, end;
  bool any;
  OTTL_TRY(ottl__wk_gather(w->b, m, w->i, &begin, &end, &any));
  return !any || add_at(w, place, WV_KEYS, begin, end) ? OTTL_OK : OTTL_NOMEM;
}

static ottl_status map_edit(wv_row *w, unsigned m) {
  ottl_batch *b = w->b;
  ottl_rowmaps *map = &b->maps[m];
  ot_place place = ot_of(b)->plan->map_places[(size_t)m * OTTL_MESSAGES + w->message];
  if (!place.number) return OTTL_OK;
  wv_edit *e = add_at(w, place, WV_ENTRIES, map->raw_begin[w->i], map->raw_end[w->i]);
  if (!e) return OTTL_NOMEM;
  e->word = (uint64_t)(uintptr_t)&map->rows[w->i];
  return OTTL_OK;
}

/* A map that lies in the dictionary: its indices are one field. */
static ottl_status dict_edit(wv_row *w, unsigned m) {
  ottl_batch *b = w->b;
  const ottl_rowmaps *map = &b->maps[m];
  const ottl_map_spec *spec = &b->layout->maps[m];
  ot_place place = ot_of(b)->plan->map_places[(size_t)m * OTTL_MESSAGES + w->message];
  if (!place.number) return OTTL_OK;
  bool dirty = bm_get(map->dirty, w->i);
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end && !dirty; c++)
    dirty = b->columns[c].any_dirty && bm_get(b->columns[c].dirty, w->i);
  if (!dirty) return OTTL_OK;
  if (spec->entries) OTTL_TRY(ottl__map_flush_row(b, m, w->i));
  ottl_view indices;
  OTTL_TRY(ottl__ot_dict_indices(b, m, w->level, w->row, w->i, &indices));
  uint32_t begin = map->raw_begin[w->i], end = map->raw_end[w->i];
  if (begin == end && indices.len == 0) return OTTL_OK;
  size_t had = end - begin; /* the bytes that came, if they are these */
  if (had > indices.len && had - indices.len <= 11 && memcmp(w->body + end - indices.len, indices.data, indices.len) == 0) {
    uint32_t number, type, len;
    const uint8_t *p = wr_tag(w->body + begin, w->body + end, &number, &type);
    if (p && wr_len(p, w->body + end, &len) && len == indices.len) return OTTL_OK;
  }
  wv_edit *e = add_at(w, place, indices.len ? WV_BYTES : WV_CUT, begin, end);
  if (!e) return OTTL_NOMEM;
  if (indices.len > INT32_MAX) return OTTL_LIMIT;
  e->word = (uint64_t)(uintptr_t)indices.data;
  e->len = (uint32_t)indices.len;
  return OTTL_OK;
}

/* Children that changed or went, of a row of ITEM or below. */
static ottl_status child_edits(wv_row *w) {
  ottl_batch *b = w->b;
  ot_impl *im = ot_of(b);
  const ottl_rows *kids = &b->rows[w->level + 1];
  wv_list *list = &im->edits;
  if (w->message == OTTL_M_METRIC) {
    if (!find_sub(w, w->container)) return OTTL_INTERNAL;
    list = &im->sub_edits;
  }
  for (uint32_t c = b->rows[w->level].first_child[w->row], stop = b->rows[w->level].first_child[w->row + 1]; c < stop; c++) {
    if (!(kids->state[c] & (OTTL_ROW_DROPPED | OTTL_ROW_MOVED))) continue;
    const uint32_t begin = kids->start[c], end = kids->end[c];
    bool dropped = kids->state[c] & OTTL_ROW_DROPPED;
    uint32_t size = 0;
    const uint8_t *woven = dropped ? NULL : ot_woven(kids, c, &size);
    wv_edit *e = list->n ? &list->items[list->n - 1] : NULL;
    if (woven && e && e->kind == WV_RAW && e->end == begin && woven == (const uint8_t *)(uintptr_t)e->word + e->size) {
      e->end = end; /* neighbours in the old body and the new ones: one copy */
      e->size += size;
      continue;
    }
    e = ottl__wv_add(b, list, dropped ? WV_CUT : WV_RAW, begin, end);
    if (!e) return OTTL_NOMEM;
    e->word = (uint64_t)(uintptr_t)woven;
    e->size = size;
  }
  return OTTL_OK;
}

/* A resource or scope: its children stay where they are, and the new body tells where that is. */
static ottl_status gap_edits(wv_row *w) {
  ottl_batch *b = w->b;
  ot_impl *im = ot_of(b);
  const ottl_rows *kids = &b->rows[w->level + 1];
  if (!im->gaps[w->level]) {
    im->gaps[w->level] = arena_zero(&b->arena, ((size_t)b->rows[w->level].n + 1) * sizeof *im->gaps[w->level]);
    if (!im->gaps[w->level]) return OTTL_NOMEM;
  }
  const ot_gaps *gaps = im->gaps[w->level][w->row];
  for (uint32_t g = 0; gaps && g < gaps->n; g++) {
    wv_edit *e = ottl__wv_add(b, &im->edits, WV_GAP, gaps->gap[g].at, gaps->gap[g].at);
    if (!e) return OTTL_NOMEM;
    e->len = gaps->gap[g].first;
    e->word = gaps->gap[g].end;
  }
  if (gaps) return OTTL_OK;
  uint32_t base = (uint32_t)(w->body - b->in);
  for (uint32_t c = b->rows[w->level].first_child[w->row], stop = b->rows[w->level].first_child[w->row + 1]; c < stop;) {
    uint32_t first = c, begin = kids->start[c], end = begin;
    for (; c < stop && kids->start[c] == end; c++) end = kids->end[c];
    wv_edit *e = ottl__wv_add(b, &im->edits, WV_GAP, begin - base, end - base);
    if (!e) return OTTL_NOMEM;
    e->len = first;
    e->word = c;
  }
  return OTTL_OK;
}

/* Rows with duplicate keys in the key tier have a list once a key was deleted: see ottl__column_delete_dup. */
static bool has_list(const ottl_batch *b, unsigned m, uint32_t i) {
  const ottl_rowmaps *map = &b->maps[m];
  return map->rows && bm_get(map->dirty, i);
}

/* A metric whose own fields were written, and its points: those stay where they are until the output is put together. */
static bool has_shell(wv_row *w, ottl_status *ret) {
  const ot_impl *im = ot_of(w->b);
  if (w->message != OTTL_M_METRIC || !w->container || im->sub_edits.n || !im->edits.n || w->no_children) return false;
  if (!find_sub(w, w->container) || w->more_subs) return false;
  for (size_t e = 0; e < im->edits.n; e++) {
    if (im->edits.items[e].end > w->sub_begin && im->edits.items[e].begin < w->sub_end) return false;
  }
  *ret = ottl__ot_weave_shell(w->b, w->row, w->sub_begin, w->sub_end);
  return true;
}

/* What the shell has instead of the old body's own fields. */
static ottl_status shell_edits(wv_row *w) {
  ot_impl *im = ot_of(w->b);
  const ot_shell *shell = im->shells ? im->shells[w->row] : NULL;
  if (!shell) return OTTL_OK;
  if (!find_sub(w, w->container)) return OTTL_INTERNAL;
  wv_edit *a = ottl__wv_add(w->b, &im->edits, WV_RAW, 0, w->sub_begin);
  if (!a) return OTTL_NOMEM;
  a->word = (uint64_t)(uintptr_t)shell->a;
  a->size = shell->alen;
  wv_edit *b = ottl__wv_add(w->b, &im->edits, WV_RAW, w->sub_end, w->len);
  if (!b) return OTTL_NOMEM;
  b->word = (uint64_t)(uintptr_t)shell->b;
  b->size = shell->blen;
  im->shells[w->row] = NULL;
  return OTTL_OK;
}

/* lazy: a shell is enough. */
static ottl_status weave_one(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, bool columns, bool lazy) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[level];
  wv_row w = {.b = b, .level = level, .row = row, .i = i, .body = r->body[row], .len = r->len[row], .message = r->message[row]};
  if (w.message == OTTL_M_METRIC) w.container = ottl__metric_container((ottl_metric_kind)r->kind[row]);
  im->edits.n = im->sub_edits.n = 0;
  const ottl_layout *layout = b->layout;
  if (columns) {
    for (unsigned m = 0; m < layout->n_maps; m++) {
      if (layout->maps[m].level != level) continue;
      if (field_is_dict_map(layout->maps[m].field)) {
        OTTL_TRY(dict_edit(&w, m));
        continue;
      }
      if (layout->maps[m].field == OTTL_FIELD_COUNT) continue;
      if (!layout->maps[m].entries && has_list(b, m, i)) OTTL_TRY(ottl__map_flush_row(b, m, i));
      OTTL_TRY(has_list(b, m, i) ? map_edit(&w, m) : keys_edit(&w, m));
    }
    for (size_t k = im->dirty_first[layout->n_maps]; k < im->n_dirty; k++) {
      if (im->dirty[k].bits >> (i & 63) & 1) OTTL_TRY(field_edit(&w, im->dirty[k].column));
    }
  }
  ottl_status status = OTTL_OK;
  if (lazy && has_shell(&w, &status)) return status;
  if (level >= OTTL_L_ITEM && (r->state[row] & OTTL_ROW_EDITED)) {
    if (!w.no_children) OTTL_TRY(child_edits(&w));
    if (level == OTTL_L_ITEM) OTTL_TRY(shell_edits(&w));
  }
  if (im->sub_edits.n) {
    /* A whole status that was written hides writes to its parts. */
    for (size_t e = 0; e < im->edits.n; e++) {
      if (im->edits.items[e].number == w.sub && im->edits.items[e].kind == WV_BYTES) im->sub_edits.n = 0;
    }
  }
  if (w.more_subs && im->sub_edits.n) { /* containers before the last one mean nothing */
    for (unsigned k = OTTL_MK_GAUGE; k <= OTTL_MK_SUMMARY; k++) {
      size_t n = im->edits.n;
      OTTL_TRY(cut_all(&w, &im->edits, ottl__metric_container((ottl_metric_kind)k), 0, w.len));
      for (size_t e = n; e < im->edits.n; e++) {
        if (im->edits.items[e].begin == w.sub_begin) im->edits.items[e] = im->edits.items[--im->edits.n];
      }
    }
  }
  if (!im->edits.n && !im->sub_edits.n) return OTTL_OK;
  if (level < OTTL_L_ITEM) OTTL_TRY(gap_edits(&w));
  if (im->sub_edits.n) {
    wv_edit *e = ottl__wv_add(b, &im->edits, WV_SUB, w.sub_begin, w.sub_end);
    if (!e) return OTTL_NOMEM;
    e->number = w.sub;
    e->len = w.sub_body;
  }
  OTTL_TRY(ottl__ot_weave_row(b, level, row));
  if (level >= OTTL_L_ITEM) {
    for (unsigned l = level + 1; l < OTTL_LEVELS; l++) b->rows[l].open = false; /* their offsets are those of the old body */
  }
  return OTTL_OK;
}

/* One word of dirty bits over all columns and maps of the level. */
static uint64_t dirty_word(const ottl_batch *b, ottl_level level, size_t word) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  uint64_t bits = 0;
  const size_t first_field = im->dirty_first[layout->n_maps];
  im->dirty_fields = im->dirty_plain = 0;
  for (size_t k = 0; k < im->n_dirty; k++) {
    im->dirty[k].bits = im->dirty[k].dirty[word];
    bits |= im->dirty[k].bits;
    if (k < first_field) continue;
    *(im->dirty[k].plain ? &im->dirty_plain : &im->dirty_fields) |= im->dirty[k].bits;
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != level) continue;
    bits |= b->maps[m].dirty[word];
    if (b->maps[m].any_cut) bits |= b->maps[m].cut[word];
    if (b->maps[m].any_pruned) bits |= b->maps[m].pruned[word];
  }
  return bits;
}

/* The same of rows whose children changed. */
static uint64_t edited_word(const ottl_rows *r, uint32_t first, uint32_t n) {
  uint64_t bits = 0;
  for (uint32_t i = 0; i < n; i++) bits |= (uint64_t)(r->state[first + i] / OTTL_ROW_EDITED & 1) << i;
  return bits;
}

static void note_dirty(ot_impl *im, const ottl_reg *columns, unsigned c, uint32_t head, bool plain) {
  const ottl_reg *col = &columns[c];
  if (!col->any_dirty) return;
  im->dirty[im->n_dirty++] = (wv_column){.dirty = col->dirty,
                                         .word = col->word,
                                         .len = col->len,
                                         .off = col->off,
                                         .end = col->end,
                                         .tag = col->tag,
                                         .head = head,
                                         .column = (uint16_t)c,
                                         .plain = plain};
}

/* Columns of the level with some dirty bit, so that rows look at no others: those of each map's keys, then
 * the fields. A flush only clears bits. */
static ottl_status dirty_columns(ottl_batch *b, ottl_level level) {
  ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  size_t n = (size_t)layout->n_columns + 1;
  OTTL_TRY(ottl__al_reserve(&b->al, &im->dirty, &im->dirty_cap, n, sizeof *im->dirty));
  OTTL_TRY(ottl__al_reserve(&b->al, &im->dirty_first, &im->dirty_first_cap, (size_t)layout->n_maps + 1, sizeof *im->dirty_first));
  OTTL_TRY(ottl__al_reserve(&b->al, &im->keys, &im->keys_cap, n, sizeof *im->keys));
  OTTL_TRY(ottl__al_reserve(&b->al, &im->fresh, &im->fresh_cap, n, sizeof *im->fresh));
  im->n_dirty = 0;
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *map = &layout->maps[m];
    im->dirty_first[m] = (uint32_t)im->n_dirty;
    if (map->level != level || map->field == OTTL_FIELD_COUNT) continue;
    for (unsigned c = map->first_column, stop = c + map->n_columns; c < stop; c++)
      note_dirty(im, b->columns, c, im->plan->heads[c].len, false);
  }
  im->dirty_first[layout->n_maps] = (uint32_t)im->n_dirty;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    const ottl_column_spec *spec = &layout->columns[c];
    if (spec->source == OTTL_COL_FIELD && spec->level == level) note_dirty(im, b->columns, c, 0, im->plan->plain[c]);
  }
  return OTTL_OK;
}

/* Entries of its rows are woven; caches are not, and what lies in the dictionary goes its own way. */
static bool map_is_woven(const ottl_map_spec *spec) {
  return spec->entries && spec->field != OTTL_FIELD_COUNT && !field_is_dict_map(spec->field);
}

/* What was written to key columns of maps in the entry tier goes to their entries: rows 0 .. n of the level. */
static ottl_status flush_maps(ottl_batch *b, ottl_level level, uint32_t n) {
  const ottl_layout *layout = b->layout;
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    if (spec->level == level && map_is_woven(spec)) OTTL_TRY(ottl__map_flush(b, m, NULL, n));
  }
  return OTTL_OK;
}

ottl_status ottl__ot_weave_one(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i) {
  const ottl_layout *layout = b->layout;
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    if (spec->level == level && map_is_woven(spec)) OTTL_TRY(ottl__map_flush_row(b, m, i));
  }
  OTTL_TRY(dirty_columns(b, level));
  dirty_word(b, level, i / 64);
  return weave_one(b, level, row, i, true, false);
}

/* Are rows of the level woven by ottl__wk_weave and its like, as far as their own fields are plain? *ret: the map that may have been
 * written to, or n_maps: there is none. Caches are not woven. */
static bool quick_level(const ottl_batch *b, ottl_level level, unsigned *ret) {
  const ot_impl *im = ot_of(b);
  const ottl_layout *layout = b->layout;
  *ret = layout->n_maps;
  if (level < OTTL_L_ITEM || im->n_dirty - im->dirty_first[layout->n_maps] >= WK_EDITS) return false;
  for (unsigned m = 0; m < layout->n_maps; m++) {
    const ottl_map_spec *spec = &layout->maps[m];
    if (spec->level != level || spec->field == OTTL_FIELD_COUNT || !(spec->written || spec->entries)) continue;
    if (*ret != layout->n_maps || field_is_dict_map(spec->field)) return false;
    *ret = m;
  }
  return true;
}

ottl_status ottl__ot_weave_level(ottl_batch *b, ottl_level level, uint32_t first, uint32_t n, bool columns, bool edited) {
  ottl_rows *r = &b->rows[level];
  unsigned map = 0;
  ot_impl *im = ot_of(b);
  bool quick = false, listed = false, woven = false;
  bool lazy = columns && !edited && level == OTTL_L_ITEM && b->layout->level > OTTL_L_ITEM; /* the pass is over */
  if (columns) {
    OTTL_TRY(flush_maps(b, level, n));
    OTTL_TRY(dirty_columns(b, level));
    quick = quick_level(b, level, &map) && !edited;
    listed = quick && map < b->layout->n_maps;
  }
  for (uint32_t at = 0; at < n; at += 64) {
    uint32_t rows = n - at < 64 ? n - at : 64;
    uint64_t bits = columns ? dirty_word(b, level, at / 64) : 0;
    if (edited) bits |= edited_word(r, first + at, rows);
    for (; bits; bits &= bits - 1) {
      uint32_t i = at + (uint32_t)__builtin_ctzll(bits);
      if (i >= n) break;
      if (r->state[first + i] & OTTL_ROW_DROPPED) continue;
      if (quick && !(im->dirty_fields >> (i & 63) & 1) && !(r->state[first + i] & OTTL_ROW_EDITED)) {
        const bool list = listed && has_list(b, map, i), fields = im->dirty_plain >> (i & 63) & 1;
        if (list && !b->layout->maps[map].entries) OTTL_TRY(ottl__map_flush_row(b, map, i));
        OTTL_TRY((list ? ottl__wk_weave_list : fields ? ottl__wk_weave_fields : ottl__wk_weave)(b, level, first + i, i, map));
        woven |= r->state[first + i] & OTTL_ROW_MOVED;
        continue;
      }
      OTTL_TRY(weave_one(b, level, first + i, i, columns, lazy));
      bool shell = lazy && im->shells && im->shells[first + i];
      if (level >= OTTL_L_ITEM && !shell) r->state[first + i] &= (uint8_t)~OTTL_ROW_EDITED;
    }
  }
  for (unsigned l = level + 1; woven && l < OTTL_LEVELS; l++)
    b->rows[l].open = false; /* their offsets are those of the old body */
  return OTTL_OK;
}

ottl_status ottl__ot_gather(ottl_batch *b, bool columns, bool items) {
  ot_impl *im = ot_of(b);
  for (unsigned level = OTTL_L_CHILD + 1; level-- > 0;) {
    bool own = columns && level < b->layout->level && (im->plan->written >> level & 1);
    bool edited = im->touched && (level == OTTL_L_CHILD || (level == OTTL_L_ITEM && items));
    if ((own || edited) && b->rows[level].open)
      OTTL_TRY(ottl__ot_weave_level(b, (ottl_level)level, 0, b->rows[level].n, own, edited));
  }
  im->ungathered = im->touched && !items;
  if (items) im->shells = NULL; /* all are in their rows now */
  return OTTL_OK;
}

void ottl__ot_restore(ottl_batch *b, ottl_level level) {
  ot_impl *im = ot_of(b);
  for (; im->n_odd && im->odd[im->n_odd - 1].level == level; im->n_odd--) { /* deeper levels came later */
    const ot_odd odd = im->odd[im->n_odd - 1];
    ottl_rows *r = &b->rows[level];
    if (r->body[odd.row] != odd.canonical) continue; /* woven */
    r->body[odd.row] = odd.body;
    r->len[odd.row] = odd.len;
    if (level < OTTL_L_ITEM) {
      im->gaps[level][odd.row] = odd.gaps;
      continue;
    }
    for (unsigned l = level + 1u; l < OTTL_LEVELS; l++) b->rows[l].open = false; /* their offsets were the canonical form's */
  }
}
