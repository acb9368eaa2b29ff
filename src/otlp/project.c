/* Projection: one walk over a row's body stores what the program reads, field by field and key by key.
 *
 * The action tables say what to do with a field; most fields are stepped over. A row that is encoded in a legal but odd way (see
 * canonical.c) is walked a second time in its canonical form. */
#include "otlp/project_entries.inl.h"

/* -- attributes that lie in a dictionary -- */

static bool varints_check(const uint8_t *p, const uint8_t *end) {
  uint64_t v;
  while (p && p < end) p = wr_varint(p, end, &v);
  return p != NULL;
}

/* The row names an attribute that is not there: whoever reads the map fails. */
static void dict_bad(pj_walk *w, unsigned m) {
  const ottl_map_spec *spec = &w->b->layout->maps[m];
  ottl_rowmaps *map = &w->b->maps[m];
  bm_set(map->bad, w->i);
  map->any_bad = true;
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) {
    ottl_reg *col = &w->b->columns[c];
    bm_set(col->err, w->i);
    col->code[w->i] = OTTL_ROWERR(BAD_INDEX, 0);
    col->has_err = true;
  }
}

/* One index in the row's list. A key that comes again: the reference's map has the last value, at the first place. Later ones, and
 * indices that point nowhere, stay where they are and nobody sees them: no key is as long as theirs. */
static pj_result dict_entry(pj_walk *w, const ot_attribute *a, uint16_t column, uint64_t index) {
  ot_dict *d = &w->im->dict;
  uint32_t at = w->list.n;
  if (a && d->seen[a->key_id] >> 32 == d->serial) {
    ottl_entry *first = &w->list.items[(uint32_t)d->seen[a->key_id]];
    first->word = a->value.word;
    first->len = a->value.len;
    first->tag = a->value.tag;
    a = NULL;
  }
  if (OTTL_UNLIKELY(at == w->list.cap) && !list_grow(w)) return PJ_NOMEM;
  w->list.items[at] = (ottl_entry){.key = "",
                                   .klen = OTTL_HIDDEN_KEY,
                                   .raw_begin = (uint32_t)index,
                                   .raw_end = UINT32_MAX,
                                   .keyid = OTTL_NO_KEY,
                                   .column = OTTL_NO_COLUMN};
  ottl_entry *e = &w->list.items[at];
  w->list.n = at + 1;
  if (!a) return PJ_OK;
  d->seen[a->key_id] = (uint64_t)d->serial << 32 | at;
  e->key = a->key.data;
  e->klen = (uint32_t)a->key.len;
  e->word = a->value.word;
  e->len = a->value.len;
  e->tag = a->value.tag;
  e->keyid = a->keyid;
  e->column = column;
  if (column == OTTL_NO_COLUMN) return PJ_OK;
  w->b->columns[column].slot[w->i] = at;
  return PJ_OK;
}

/* The row's indices, between p and end. Entries of the list have the index as raw_begin: see ottl__ot_dict_indices. */
static pj_result dict_row(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *p, const uint8_t *end) {
  ottl_rowmaps *map = &w->b->maps[m];
  const ot_dict *d = &w->im->dict;
  const bool list = w->b->layout->maps[m].entries;
  if (OTTL_UNLIKELY(w->indices)) return PJ_ODD;
  w->indices = true;
  w->map = m;
  if (map->raw_begin) {
    map->raw_begin[w->i] = (uint32_t)(tag - w->body);
    map->raw_end[w->i] = (uint32_t)(end - w->body);
  }
  while (p < end) {
    uint64_t index;
    p = wr_varint(p, end, &index);
    if (OTTL_UNLIKELY(!p)) return pj_bad(w, tag, "malformed varint");
    const ot_attribute *a = dict_attribute(d, index);
    uint16_t column = a ? w->im->dict_columns[m][a - d->attributes] : OTTL_NO_COLUMN;
    if (OTTL_UNLIKELY(!a)) dict_bad(w, m);
    if (list) {
      pj_result r = dict_entry(w, a, column, index);
      if (OTTL_UNLIKELY(r != PJ_OK)) return r;
    }
    if (column != OTTL_NO_COLUMN) column_put(&w->b->columns[column], w->i, a->value, 0, 0);
  }
  return PJ_OK;
}

/* -- fields -- */

static pj_result walk(pj_walk *w, const ot_table *t, const uint8_t *p, const uint8_t *end);

/* Notes where a singular field is; false: it was there before. */
static inline bool seen(pj_walk *w, ottl_reg *col, const uint8_t *tag, const uint8_t *end) {
  if (OTTL_UNLIKELY(col->end[w->i])) return false;
  col->off[w->i] = (uint32_t)(tag - w->body);
  col->end[w->i] = (uint32_t)(end - w->body);
  return true;
}

static inline uint64_t varint_value(unsigned op, uint64_t v) {
  switch (op) {
  case OT_I32: return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
  case OT_U32: return (uint32_t)v;
  case OT_BOOL: return v != 0;
  case OT_V64: return v;
  default: return (uint64_t)(int64_t)(int32_t)((uint32_t)(v >> 1) ^ (0 - (uint32_t)(v & 1))); /* zigzag, as pdata */
  }
}

static pj_result walk(pj_walk *w, const ot_table *t, const uint8_t *p, const uint8_t *end) {
  const uint32_t i = w->i;
  ottl_reg *const columns = w->b->columns;
  while (p < end) {
    const uint8_t *tag = p;
    uint32_t number, n;
    ot_action a;
    if (OTTL_LIKELY(*p < 0x80)) {
      a = t->at[*p++];
    } else {
      uint32_t type;
      p = wr_tag(p, end, &number, &type);
      if (OTTL_UNLIKELY(!p)) return pj_bad(w, tag, "malformed tag");
      a = number < OT_NUMBERS ? t->at[number * 8 + type] : ottl__ot_skip[type];
    }
    switch (a.op) {
    case OT_SKIP_LEN:
      do { /* attributes come in runs */
        p = wr_len(p, end, &n);
        if (OTTL_UNLIKELY(!p)) return pj_bad(w, tag, TOO_LONG);
        p += n;
      } while (p < end && *p == *tag && *tag < 0x80 && (tag = p++, true));
      continue;
    case OT_SKIP_64:
      if (OTTL_UNLIKELY(end - p < 8)) return pj_bad(w, tag, TOO_LONG);
      p += 8;
      continue;
    case OT_SKIP_32:
      if (OTTL_UNLIKELY(end - p < 4)) return pj_bad(w, tag, TOO_LONG);
      p += 4;
      continue;
    case OT_SKIP_VARINT: {
      uint64_t v;
      p = wr_varint(p, end, &v);
      if (OTTL_UNLIKELY(!p)) return pj_bad(w, tag, "malformed varint");
      continue;
    }
    case OT_KEYS:
    case OT_PRUNED:
    case OT_COUNTED:
    case OT_SEEN:
    case OT_ENTRIES: {
      pj_result r = (a.op == OT_KEYS      ? keys_run
                     : a.op == OT_PRUNED  ? pruned_run
                     : a.op == OT_COUNTED ? counted_run
                     : a.op == OT_SEEN    ? seen_run
                                          : list_run)(w, a.index, tag, p, end, &p);
      if (OTTL_UNLIKELY(r != PJ_OK)) return r;
      continue;
    }
    case OT_I32:
    case OT_U32:
    case OT_BOOL:
    case OT_V64:
    case OT_SINT32: {
      ottl_reg *col = &columns[a.index];
      uint64_t v;
      p = wr_varint(p, end, &v);
      if (OTTL_UNLIKELY(!p)) return pj_bad(w, tag, "malformed varint");
      if (!seen(w, col, tag, p)) return PJ_ODD;
      col->word[i] = varint_value(a.op, v);
      continue;
    }
    case OT_FIX64:
    case OT_INT:
    case OT_DOUBLE:
      if (OTTL_UNLIKELY(end - p < 8)) return pj_bad(w, tag, TOO_LONG);
      p += 8;
      if (!seen(w, &columns[a.index], tag, p)) return PJ_ODD;
      columns[a.index].word[i] = load_le64(p - 8);
      if (a.op != OT_FIX64) columns[a.index].tag[i] = a.op == OT_INT ? OTTL_T_INT : OTTL_T_DOUBLE;
      continue;
    case OT_FIX32:
      if (OTTL_UNLIKELY(end - p < 4)) return pj_bad(w, tag, TOO_LONG);
      p += 4;
      if (!seen(w, &columns[a.index], tag, p)) return PJ_ODD;
      columns[a.index].word[i] = load_le32(p - 4);
      continue;
    case OT_SKIP_GROUP:
      p = ottl__wr_skip(p, end, WR_GROUP);
      if (!p) return pj_bad(w, tag, "malformed group");
      continue;
    case OT_BAD: return pj_bad(w, tag, "malformed tag");
    case OT_WRONG: return pj_bad(w, tag, "wrong wire type");
    case OT_UNPACKED: return PJ_ODD;
    default: break;
    }
    /* the length-delimited ones */
    const uint8_t *value = wr_len(p, end, &n);
    if (OTTL_UNLIKELY(!value)) return pj_bad(w, tag, TOO_LONG);
    ottl_reg *col = &columns[a.index];
    p = value + n;
    switch (a.op) {
    case OT_SUB: {
      uint32_t type;
      if (!wr_tag(tag, end, &number, &type) || w->sub) return PJ_ODD;
      w->sub = number;
      if (a.index != OTTL_NO_COLUMN) {
        if (!seen(w, col, tag, p)) return PJ_ODD;
        reg_put_view(col, i, view_of(value, n));
      }
      pj_result r = walk(w, t->sub[number], value, p);
      if (OTTL_UNLIKELY(r != PJ_OK)) return r;
      continue;
    }
    case OT_REPEATED:
      if (col->end[i] == 0) {
        col->word[i] = (uint64_t)(uintptr_t)tag;
        col->off[i] = (uint32_t)(tag - w->body);
      }
      col->end[i] = (uint32_t)(p - w->body);
      col->len[i]++;
      continue;
    case OT_ANY: {
      ottl_cell c;
      if (!seen(w, col, tag, p)) return PJ_ODD;
      if (!any_decode(value, n, &c)) return pj_bad(w, tag, "malformed value");
      reg_put_cell(col, i, c);
      continue;
    }
    case OT_TRACE_ID:
      if (n != 0 && n != 16) return pj_bad(w, tag, "a trace id must have 16 bytes");
      break;
    case OT_SPAN_ID:
      if (n != 0 && n != 8) return pj_bad(w, tag, "a span id must have 8 bytes");
      break;
    case OT_PROFILE_ID:
      if (n != 0 && n != 16) return pj_bad(w, tag, "a profile id must have 16 bytes");
      break;
    case OT_PACKED_VARINT:
      if (!varints_check(value, p)) return pj_bad(w, tag, "malformed varint");
      break;
    case OT_DICT: {
      pj_result r = dict_row(w, a.index, tag, value, p);
      if (OTTL_UNLIKELY(r != PJ_OK)) return r;
      continue;
    }
    case OT_PACKED:
      if (n % 8) return pj_bad(w, tag, "a packed field ends within an element");
      break;
    default: break;
    }
    if (!seen(w, col, tag, p)) return PJ_ODD;
    reg_put_view(col, i, view_of(value, n));
  }
  return PJ_OK;
}

/* -- rows -- */

static bool is_cache_key(const ottl_layout *layout, unsigned c) {
  const ottl_column_spec *spec = &layout->columns[c];
  return spec->source == OTTL_COL_KEY && layout->maps[spec->map].field == OTTL_FIELD_COUNT;
}

/* What was read of a row. Caches are not read: they stay. */
static void clear_row(ottl_batch *b, ottl_level level, uint32_t i) {
  const ottl_layout *layout = b->layout;
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level != level || is_cache_key(layout, c)) continue;
    ottl_reg *col = &b->columns[c];
    col->word[i] = 0;
    if (col->len) col->len[i] = 0;
    if (col->tag) col->tag[i] = layout->columns[c].source == OTTL_COL_KEY ? OTTL_T_ABSENT : OTTL_T_NIL;
    if (col->slot) col->slot[i] = UINT32_MAX;
    col->off[i] = col->end[i] = 0;
    if (col->err) bm_clear(col->err, i);
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != level || layout->maps[m].field == OTTL_FIELD_COUNT) continue;
    bm_clear(b->maps[m].dups, i);
    if (b->maps[m].bad) bm_clear(b->maps[m].bad, i);
    if (b->maps[m].raw_begin) b->maps[m].raw_begin[i] = b->maps[m].raw_end[i] = 0;
    if (b->maps[m].pruned) ot_of(b)->holes_of[i].n = 0;
    if (b->maps[m].others) {
      b->maps[m].others[i] = 0;
      ot_of(b)->counted.noted_of[i].n = 0;
    }
  }
}

/* The canonical form stands in for the row until the window or the pass ends: see ottl__ot_restore. */
static ottl_status stand_in(ottl_batch *b, ottl_level level, uint32_t row) {
  ot_impl *im = ot_of(b);
  ottl_rows *r = &b->rows[level];
  OTTL_TRY(ottl__al_reserve(&b->al, &im->odd, &im->odd_cap, im->n_odd + 1, sizeof *im->odd));
  ot_gaps *before = ot_gaps_of(im, level, row);
  ot_odd odd = {r->body[row], NULL, before, r->len[row], row, (uint8_t)level};
  uint32_t len, gap;
  OTTL_TRY(ottl__ot_canonical(b, r->message[row], odd.body, odd.len, &odd.canonical, &len, &gap));
  if (level < OTTL_L_ITEM) {
    if (!im->gaps[level]) {
      im->gaps[level] = arena_zero(&b->arena, ((size_t)r->n + 1) * sizeof *im->gaps[level]);
      if (!im->gaps[level]) return OTTL_NOMEM;
    }
    uint32_t n = before ? before->n : 1;
    ot_gaps *gaps = arena_alloc(&b->arena, sizeof *gaps + n * sizeof gaps->gap[0]);
    if (!gaps) return OTTL_NOMEM;
    gaps->n = n;
    if (before)
      memcpy(gaps->gap, before->gap, n * sizeof gaps->gap[0]);
    else
      gaps->gap[0] = (ot_gap){gap, r->first_child[row], r->first_child[row + 1]};
    for (uint32_t g = 0; g < n; g++) gaps->gap[g].at = gap;
    im->gaps[level][row] = gaps;
  } else if (level < OTTL_L_GRANDCHILD) {
    b->rows[level + 1].open = false; /* their offsets are those of the other form */
    if (level < OTTL_L_CHILD) b->rows[level + 2].open = false;
  }
  r->body[row] = odd.canonical;
  r->len[row] = len;
  im->odd[im->n_odd++] = odd;
  return OTTL_OK;
}

static inline pj_result walk_row(pj_walk *w, const ot_table *t, const uint8_t *body, uint32_t len, uint32_t i) {
  w->i = i;
  w->body = body;
  w->sub = 0;
  w->list = (ottl_rowmap){0};
  if (OTTL_UNLIKELY(w->indirect)) {
    w->indices = false;
    w->im->dict.serial++;
  }
  return walk(w, t, body, body + len);
}

/* What did not go the usual way: refused, or read once more in its canonical form. */
static OTTL_NOINLINE ottl_status row_unusual(pj_walk *w, pj_result result, ottl_level level, uint32_t row, uint32_t i) {
  const ottl_rows *r = &w->b->rows[level];
  if (result == PJ_ODD) {
    clear_row(w->b, level, i);
    OTTL_TRY(stand_in(w->b, level, row));
    result = walk_row(w, w->im->plan->tables[r->message[row]], r->body[row], r->len[row], i);
  }
  switch (result) {
  case PJ_OK: return OTTL_OK;
  case PJ_BAD: return ottl__ot_refuse(w->b, w->bad, w->text);
  case PJ_NOMEM: return OTTL_NOMEM;
  case PJ_LIMIT: return OTTL_LIMIT;
  default: return OTTL_INTERNAL; /* unreachable: a canonical form is not odd */
  }
}

static inline ottl_status project_row(pj_walk *w, ottl_level level, uint32_t row, uint32_t i) {
  const ottl_rows *r = &w->b->rows[level];
  const ot_table *t = w->im->plan->tables[r->message[row]];
  if (!t) return OTTL_OK;
  pj_result result = walk_row(w, t, r->body[row], r->len[row], i);
  return OTTL_LIKELY(result == PJ_OK) ? OTTL_OK : row_unusual(w, result, level, row, i);
}

/* The row's list of entries, with room for what the program adds. */
static void keep_list(pj_walk *w, uint32_t i) {
  if (w->list.n == 0) return;
  uint32_t cap = w->list.n + w->b->maps[w->map].spare;
  if (w->list.cap > cap) {
    arena_trim(w->entries, w->list.items, w->list.cap * sizeof(ottl_entry), cap * sizeof(ottl_entry));
    w->list.cap = cap;
  }
  w->before = w->list.n;
  w->b->maps[w->map].rows[i] = w->list;
}

static pj_walk walk_of(ottl_batch *b, ottl_level level) {
  ot_impl *im = ot_of(b);
  return (pj_walk){.b = b,
                   .im = im,
                   .indirect = b->signal == OTTL_SIGNAL_PROFILES,
                   .entries = level == b->layout->level ? &im->window : &im->pass};
}

ottl_status ottl__ot_project(ottl_batch *b, ottl_level level, uint32_t first, uint32_t n) {
  pj_walk w = walk_of(b, level);
  const uint8_t *state = b->rows[level].state + first;
  for (uint32_t i = 0; i < n; i++) {
    if (state[i] & OTTL_ROW_DROPPED) continue;
    OTTL_TRY(project_row(&w, level, first + i, i));
    keep_list(&w, i);
  }
  return OTTL_OK;
}

ottl_status ottl__ot_project_again(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i) {
  const ottl_layout *layout = b->layout;
  clear_row(b, level, i);
  for (unsigned c = 0; c < layout->n_columns; c++) {
    if (layout->columns[c].level == level && !is_cache_key(layout, c)) bm_clear(b->columns[c].dirty, i);
  }
  for (unsigned m = 0; m < layout->n_maps; m++) {
    if (layout->maps[m].level != level || layout->maps[m].field == OTTL_FIELD_COUNT) continue;
    if (b->maps[m].rows) b->maps[m].rows[i] = (ottl_rowmap){0};
    bm_clear(b->maps[m].dirty, i);
    if (b->maps[m].cut) bm_clear(b->maps[m].cut, i);
    if (b->maps[m].pruned) bm_clear(b->maps[m].pruned, i);
  }
  pj_walk w = walk_of(b, level);
  OTTL_TRY(project_row(&w, level, row, i));
  keep_list(&w, i);
  return OTTL_OK;
}

enum { ENTRY_BYTES = 32 }; /* of an attribute, about */

ottl_status ottl__ot_entries(ottl_batch *b, ottl_arena *arena, ot_place place, const uint8_t *body, uint32_t begin, uint32_t end,
                             ottl_rowmap *ret) {
  ottl_rowmap list = {0};
  const uint8_t *p = body + begin, *stop = body + end;
  const bool indirect = b->signal == OTTL_SIGNAL_PROFILES;
  OTTL_TRY(ottl__rowmap_reserve(arena, &list, 4 + (end - begin) / ENTRY_BYTES));
  while (p < stop) {
    const uint8_t *tag = p;
    uint32_t number, type, n;
    ottl_view key;
    ottl_cell value;
    p = wr_tag(p, stop, &number, &type);
    p = p && number == place.number && type == WR_LEN ? wr_len(p, stop, &n) : NULL;
    if (!p || !entry_read(b, indirect, p, n, &key, &value)) return ottl__ot_refuse(b, tag, "malformed attribute");
    p += n;
    ottl_entry *e = rowmap_append(arena, &list, key);
    if (!e) return OTTL_NOMEM;
    entry_set(e, value);
    e->dirty = 0;
    e->raw_begin = (uint32_t)(tag - body);
    e->raw_end = (uint32_t)(p - body);
    e->keyid = OTTL_NO_KEY;
    e->column = OTTL_NO_COLUMN;
  }
  *ret = list;
  return OTTL_OK;
}
