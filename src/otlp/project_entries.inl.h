/* The walk of a projection, and its entries of maps: into columns, lists, or past them. For project.c. */
#ifndef OTTL_SRC_OTLP_PROJECT_ENTRIES_H
#define OTTL_SRC_OTLP_PROJECT_ENTRIES_H

#include "otlp/project_value.inl.h"

typedef enum pj_result { PJ_OK, PJ_ODD, PJ_BAD, PJ_NOMEM, PJ_LIMIT } pj_result;

typedef struct pj_walk {
  ottl_batch *b;
  ot_impl *im;
  uint32_t i; /* the row's index into columns */
  const uint8_t *body;
  const uint8_t *bad; /* PJ_BAD */
  const char *text;
  uint32_t sub;     /* number of the sub-message that was seen, or 0 */
  bool indirect;    /* profiles: keys and texts may be indices into the dictionary */
  bool indices;     /* the row's attribute indices were seen */
  ottl_rowmap list; /* entry tier: the row's list while it grows */
  uint32_t before;  /* entries that the row before had */
  unsigned map;     /* a message has one map at most */
  ottl_arena *entries;
} pj_walk;

static const char TOO_LONG[] = "length runs over the end of the message";

static OTTL_NOINLINE pj_result pj_bad(pj_walk *w, const uint8_t *at, const char *text) {
  w->bad = at;
  w->text = text;
  return PJ_BAD;
}

/* -- entries of maps -- */

static inline void column_put(ottl_reg *col, uint32_t i, ottl_cell c, uint32_t off, uint32_t end) {
  col->word[i] = c.word;
  col->len[i] = c.len;
  col->tag[i] = c.tag;
  col->off[i] = off;
  col->end[i] = end;
}

static void note_dup(ottl_rowmaps *map, uint32_t i) {
  bm_set(map->dups, i);
  map->any_dups = true;
}

static inline bool memo_holds(const ot_key_memo *memo, unsigned m, const char *key, uint32_t len) {
  return memo->len == len && memo->map == m + 1 && bytes_same(memo->key, key, len);
}

/* The key's memo, in one of two slots; false: *ret is to be made. */
static inline bool memo_find(ot_impl *im, unsigned m, const char *key, uint32_t len, ot_key_memo **ret) {
  uint32_t slot = key_bucket(key, len) % OT_MEMO_SLOTS;
  *ret = &im->memo[slot];
  if (OTTL_LIKELY(memo_holds(*ret, m, key, len))) return true;
  if ((*ret)->map) *ret = &im->memo[slot ^ OT_MEMO_SLOTS / 2]; /* the other one */
  return memo_holds(*ret, m, key, len);
}

/* An entry that no column stands for, of a map that may be pruned. */
static inline pj_result pruned_entry(pj_walk *w, unsigned m, ottl_view key, const uint8_t *tag, const uint8_t *end) {
  ot_key_memo *memo;
  ottl_status status = OTTL_OK;
  if (OTTL_UNLIKELY(!memo_find(w->im, m, key.data, (uint32_t)key.len, &memo))) {
    bool goes;
    status = ottl__ot_key_goes(w->b, m, key, &goes);
    if (status != OTTL_OK) return status == OTTL_NOMEM ? PJ_NOMEM : PJ_LIMIT;
    *memo = (ot_key_memo){.key = key.data, .len = (uint32_t)key.len, .map = (uint16_t)(m + 1), .goes = goes};
  }
  if (memo->goes) status = ottl__ot_hole(w->b, w->i, (uint32_t)(tag - w->body), (uint32_t)(end - w->body));
  return OTTL_LIKELY(status == OTTL_OK) ? PJ_OK : PJ_NOMEM;
}

/* Notes an entry of the row that is at hand; false: out of memory. */
static OTTL_ALWAYS_INLINE bool note(pj_walk *w, const uint8_t *key, uint32_t klen, const ottl_cell *c, const uint8_t *tag,
                                    const uint8_t *end) {
  ot_counted *co = &w->im->counted;
  if (OTTL_UNLIKELY(co->n_noted == co->noted_cap) && !ottl__counted_grow(w->b)) return false;
  ottl_entry *to = &co->noted[co->n_noted++];
  to->key = (const char *)key;
  to->word = c->word;
  to->klen = klen;
  to->len = c->len;
  to->raw_begin = (uint32_t)(tag - w->body);
  to->raw_end = (uint32_t)(end - w->body);
  to->keyid = OTTL_NO_KEY;
  to->column = OTTL_NO_COLUMN;
  to->tag = c->tag;
  to->dirty = 0;
  return true;
}

/* An entry of a map that is counted, and its value, which an editor may look at. */
static OTTL_NOINLINE pj_result noted_entry(pj_walk *w, unsigned m, ottl_view key, const uint8_t *any, uint32_t len,
                                           const uint8_t *tag, const uint8_t *end) {
  const ottl_map_spec *spec = &w->b->layout->maps[m];
  ottl_cell c;
  if (OTTL_UNLIKELY(!any_decode(any, len, &c))) return pj_bad(w, any, "malformed value of an attribute");
  if (c.tag == OTTL_T_STRING ? c.len < spec->least : !spec->no_texts) return PJ_OK;
  return note(w, (const uint8_t *)key.data, (uint32_t)key.len, &c, tag, end) ? PJ_OK : PJ_NOMEM;
}

/* Is the AnyValue a double or a short int and nothing else? */
static inline bool is_number(const uint8_t *any, uint32_t len) {
  return (len == 9 && any[0] == WR_TAG(4, WR_64)) ||
         (len == 3 && any[0] == WR_TAG(3, WR_VARINT) && any[1] >= 0x80 && any[2] < 0x80);
}

/* One of the usual form. A value has more bytes than its text. */
static OTTL_ALWAYS_INLINE pj_result counted_usual(pj_walk *w, unsigned m, const ottl_map_spec *spec, const wire_pair *e,
                                                  const uint8_t *tag, const uint8_t *end) {
  if (OTTL_LIKELY(e->len < spec->least && !spec->no_texts)) return PJ_OK;
  if (OTTL_UNLIKELY(!wire_is_text(e->any, e->len)))
    return is_number(e->any, e->len) && !spec->no_texts
               ? PJ_OK
               : noted_entry(w, m, view_of((const char *)e->key, e->klen), e->any, e->len, tag, end);
  const ottl_cell c = {(uint64_t)(uintptr_t)(e->any + 2), e->len - 2, OTTL_T_STRING};
  return c.len < spec->least || note(w, e->key, e->klen, &c, tag, end) ? PJ_OK : PJ_NOMEM;
}

/* Any other one. A value whose length is hidden in an odd encoding (any NULL) may be anything. */
static inline pj_result counted_entry(pj_walk *w, unsigned m, ottl_view key, const uint8_t *any, uint32_t len, const uint8_t *tag,
                                      const uint8_t *end) {
  const ottl_map_spec *spec = &w->b->layout->maps[m];
  w->b->maps[m].others[w->i]++;
  if (OTTL_LIKELY(len < spec->least && !spec->no_texts)) return PJ_OK;
  if (any) return noted_entry(w, m, key, any, len, tag, end);
  note_dup(&w->b->maps[m], w->i); /* it gets a list */
  return PJ_OK;
}

/* An entry whose key is none of the map's columns. any: NULL where its length says nothing of the value's. */
static OTTL_ALWAYS_INLINE pj_result other_entry(pj_walk *w, unsigned m, ot_op op, ottl_view key, const uint8_t *any, uint32_t len,
                                                const uint8_t *tag, const uint8_t *end) {
  if (op == OT_COUNTED) return counted_entry(w, m, key, any, len, tag, end);
  return op == OT_PRUNED ? pruned_entry(w, m, key, tag, end) : PJ_OK;
}

static OTTL_ALWAYS_INLINE pj_result named_entry(pj_walk *w, unsigned m, uint16_t column, ottl_cell c, const uint8_t *tag,
                                                const uint8_t *end) {
  ottl_reg *col = &w->b->columns[column];
  if (OTTL_UNLIKELY(col->tag[w->i] != OTTL_T_ABSENT)) {
    note_dup(&w->b->maps[m], w->i);
    return PJ_OK;
  }
  column_put(col, w->i, c, (uint32_t)(tag - w->body), (uint32_t)(end - w->body));
  return PJ_OK;
}

/* Any entry. */
static OTTL_NOINLINE pj_result keys_entry(pj_walk *w, unsigned m, ot_op op, const uint8_t *tag, const uint8_t *value,
                                          uint32_t n) {
  const ottl_keyset *set = &w->im->plan->keysets[m];
  const uint8_t *key, *any;
  uint32_t klen, len;
  ottl_cell c;
  uint16_t column;
  if (OTTL_LIKELY(!w->indirect && entry_fast(value, n, &key, &klen, &any, &len))) {
    column = keyset_find(set, (const char *)key, klen);
    if (column == OTTL_NO_COLUMN) return other_entry(w, m, op, view_of((const char *)key, klen), any, len, tag, value + n);
    if (OTTL_UNLIKELY(!any_decode(any, len, &c))) return pj_bad(w, any, "malformed value of an attribute");
  } else {
    ottl_view k;
    if (!entry_slow(w->b, value, n, &k, &c)) return pj_bad(w, tag, "malformed attribute");
    column = keyset_find(set, k.data, (uint32_t)k.len);
    if (column == OTTL_NO_COLUMN) return other_entry(w, m, op, k, NULL, n, tag, value + n);
  }
  return named_entry(w, m, column, c, tag, value + n);
}

/* One of the usual form; PERF: w05. others: counts those of a map that is counted. */
static OTTL_ALWAYS_INLINE pj_result usual_entry(pj_walk *w, unsigned m, ot_op op, const ottl_map_spec *spec,
                                                const ottl_keyset *set, const wire_pair *e, const uint8_t *tag,
                                                const uint8_t *end, uint32_t *others) {
  const char *key = (const char *)e->key;
  ottl_cell c;
  /* A key of no bytes has its length before its end, which is 0. */
  const uint16_t column =
      set->ends & key_end(e->klen, e->key[(ptrdiff_t)e->klen - 1]) ? keyset_look(set, key, e->klen) : OTTL_NO_COLUMN;
  if (column == OTTL_NO_COLUMN && op == OT_COUNTED) {
    ++*others;
    return counted_usual(w, m, spec, e, tag, end);
  }
  if (column == OTTL_NO_COLUMN) return other_entry(w, m, op, view_of(key, e->klen), e->any, e->len, tag, end);
  if (OTTL_UNLIKELY(!any_decode(e->any, e->len, &c))) return pj_bad(w, e->any, "malformed value of an attribute");
  return named_entry(w, m, column, c, tag, end);
}

static OTTL_NOINLINE bool list_grow(pj_walk *w) {
  uint32_t cap = w->list.cap ? w->list.cap * 2 : w->before + w->b->maps[w->map].spare + 8;
  ottl_entry *items = cap < UINT32_MAX / 2 ? arena_array(w->entries, cap, sizeof *items) : NULL;
  if (!items) return false;
  if (w->list.n) memcpy(items, w->list.items, w->list.n * sizeof *items);
  w->list.items = items;
  w->list.cap = cap;
  return true;
}

/* The key and the value of an attribute in n bytes. */
static OTTL_ALWAYS_INLINE bool entry_read(ottl_batch *b, bool indirect, const uint8_t *p, uint32_t n, ottl_view *ret_key,
                                          ottl_cell *ret) {
  const uint8_t *key, *any;
  uint32_t klen, len;
  if (OTTL_UNLIKELY(indirect || !entry_fast(p, n, &key, &klen, &any, &len))) return entry_slow(b, p, n, ret_key, ret);
  *ret_key = view_of((const char *)key, klen);
  return any_decode(any, len, ret);
}

/* Number and column of an entry's key. What came behind the key of the entry before (or first of all, of which the last slot tells), the last
 * time, comes behind it again most often. */
static inline ot_key_memo *key_memo(pj_walk *w, unsigned m, const char *key, uint32_t len, ot_key_memo *before) {
  ot_key_memo *memo = &w->im->memo[before->next];
  if (OTTL_LIKELY(memo_holds(memo, m, key, len))) return memo;
  if (!memo_find(w->im, m, key, len, &memo)) {
    uint16_t column = keyset_find(&w->im->plan->keysets[m], key, len);
    uint32_t keyid = column != OTTL_NO_COLUMN ? w->b->columns[column].keyid : ottl__key_id(w->b, view_of(key, len));
    *memo = (ot_key_memo){.key = key, .len = len, .keyid = keyid, .map = (uint16_t)(m + 1), .column = column};
  }
  before->next = (uint8_t)(memo - w->im->memo);
  return memo;
}

/* The column of the entry that is at this place of the list, and its value there; OTTL_NO_COLUMN: an entry before has the key. */
static OTTL_NOINLINE uint16_t list_column(pj_walk *w, unsigned m, uint16_t column, ottl_cell c, uint32_t at, uint32_t off,
                                          uint32_t end) {
  ottl_reg *col = &w->b->columns[column];
  if (OTTL_UNLIKELY(col->tag[w->i] != OTTL_T_ABSENT)) {
    note_dup(&w->b->maps[m], w->i);
    return OTTL_NO_COLUMN;
  }
  column_put(col, w->i, c, off, end);
  col->slot[w->i] = at;
  return column;
}

/* Any entry. */
static OTTL_NOINLINE pj_result list_entry(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *value, uint32_t n) {
  ottl_view key;
  ottl_cell c;
  if (!entry_read(w->b, w->indirect, value, n, &key, &c)) return pj_bad(w, tag, "malformed attribute");
  const uint32_t at = w->list.n, off = (uint32_t)(tag - w->body), end = (uint32_t)(value + n - w->body);
  if (OTTL_UNLIKELY(at == w->list.cap) && !list_grow(w)) return PJ_NOMEM;
  const ot_key_memo *memo = key_memo(w, m, key.data, (uint32_t)key.len, &w->im->memo[OT_MEMO_SLOTS]);
  const uint16_t column = memo->column == OTTL_NO_COLUMN ? OTTL_NO_COLUMN : list_column(w, m, memo->column, c, at, off, end);
  w->list.items[at] = (ottl_entry){.key = key.data,
                                   .word = c.word,
                                   .klen = (uint32_t)key.len,
                                   .len = c.len,
                                   .raw_begin = off,
                                   .raw_end = end,
                                   .keyid = memo->keyid,
                                   .column = column,
                                   .tag = c.tag};
  w->list.n = at + 1;
  return PJ_OK;
}

/* A run of entries, as entries_run. PERF: merge_maps */
static OTTL_ALWAYS_INLINE pj_result list_entries(pj_walk *w, unsigned m, uint8_t order, const uint8_t *tag, const uint8_t *p,
                                                 const uint8_t *end, const uint8_t **ret_end) {
  const uint8_t first = *tag, *const body = w->body;
  ot_key_memo *memo = &w->im->memo[OT_MEMO_SLOTS];
  ottl_entry *items = w->list.items;
  uint32_t at = w->list.n;
  for (;;) {
    uint32_t n;
    wire_pair e;
    const uint8_t *value = wr_len(p, end, &n);
    if (OTTL_UNLIKELY(!value)) return pj_bad(w, tag, TOO_LONG);
    p = value + n;
    if (OTTL_LIKELY(order && n > 1 && wire_pair_of(value, n, order, &e))) {
      ottl_cell c;
      if (OTTL_UNLIKELY(!any_decode(e.any, e.len, &c))) return pj_bad(w, e.any, "malformed value of an attribute");
      if (OTTL_UNLIKELY(at == w->list.cap)) {
        w->list.n = at;
        if (!list_grow(w)) return PJ_NOMEM;
        items = w->list.items;
      }
      memo = key_memo(w, m, (const char *)e.key, e.klen, memo);
      ottl_entry *to = &items[at++];
      to->key = (const char *)e.key;
      to->word = c.word;
      to->klen = e.klen;
      to->len = c.len;
      to->raw_begin = (uint32_t)(tag - body);
      to->raw_end = (uint32_t)(p - body);
      to->keyid = memo->keyid;
      to->column = memo->column;
      to->tag = c.tag;
      to->dirty = 0;
      if (memo->column != OTTL_NO_COLUMN) to->column = list_column(w, m, memo->column, c, at - 1, to->raw_begin, to->raw_end);
    } else {
      w->list.n = at;
      pj_result r = list_entry(w, m, tag, value, n);
      if (OTTL_UNLIKELY(r != PJ_OK)) return r;
      items = w->list.items;
      at = w->list.n;
    }
    if (p >= end || *p != first || first >= 0x80) break;
    tag = p++;
  }
  w->list.n = at;
  *ret_end = p;
  return PJ_OK;
}

/* The range of the map's entries grows by a run. */
static inline pj_result run_done(pj_walk *w, unsigned m, const uint8_t *begin, const uint8_t *end) {
  ottl_rowmaps *map = &w->b->maps[m];
  if (!map->raw_begin) return PJ_OK; /* only read */
  uint32_t at = (uint32_t)(begin - w->body);
  if (map->raw_end[w->i] == 0)
    map->raw_begin[w->i] = at;
  else if (OTTL_UNLIKELY(map->raw_end[w->i] != at))
    return PJ_ODD; /* something stands between them */
  map->raw_end[w->i] = (uint32_t)(end - w->body);
  return PJ_OK;
}

/* A run of a map that is counted: others of the usual form, and what was noted from number `noted` on. */
static inline void counted_done(pj_walk *w, unsigned m, uint32_t others, size_t noted) {
  const ot_counted *co = &w->im->counted;
  ot_holes *of = &co->noted_of[w->i];
  w->b->maps[m].others[w->i] += others;
  if (of->n == 0) of->first = (uint32_t)noted;
  of->n = (uint32_t)co->n_noted - of->first;
}

/* A run of entries that stand side by side, the first of them at `tag`. *ret_end is behind the last one. order: 0: any. */
static OTTL_ALWAYS_INLINE pj_result entries_run(pj_walk *w, unsigned m, ot_op op, uint8_t order, const uint8_t *tag,
                                                const uint8_t *p, const uint8_t *end, const uint8_t **ret_end) {
  const ottl_keyset *set = &w->im->plan->keysets[m];
  const ottl_map_spec *spec = &w->b->layout->maps[m];
  const uint8_t *begin = tag;
  const uint8_t first = *tag;
  const size_t noted = w->im->counted.n_noted;
  uint32_t others = 0;
  for (;;) {
    pj_result r;
    uint32_t n;
    wire_pair e;
    const uint8_t *value = wr_len(p, end, &n);
    if (OTTL_UNLIKELY(!value)) return pj_bad(w, tag, TOO_LONG);
    p = value + n;
    if (OTTL_LIKELY(order && n > 1 && wire_pair_of(value, n, order, &e)))
      r = usual_entry(w, m, op, spec, set, &e, tag, p, &others);
    else
      r = keys_entry(w, m, op, tag, value, n);
    if (OTTL_UNLIKELY(r != PJ_OK)) return r;
    if (p >= end || *p != first || first >= 0x80) break;
    tag = p++;
  }
  if (op == OT_COUNTED) counted_done(w, m, others, noted);
  *ret_end = p;
  return run_done(w, m, begin, p);
}

/* The order of the parts of the first entry is that of all, nearly always. */
#define RUN(name, op)                                                                                                            \
  static OTTL_NOINLINE pj_result name##_key_first(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *p,                  \
                                                  const uint8_t *end, const uint8_t **ret_end) {                                 \
    return entries_run(w, m, op, WR_TAG(1, WR_LEN), tag, p, end, ret_end);                                                       \
  }                                                                                                                              \
  static OTTL_NOINLINE pj_result name(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *p, const uint8_t *end,          \
                                      const uint8_t **ret_end) {                                                                 \
    if (OTTL_UNLIKELY(w->indirect)) return entries_run(w, m, op, 0, tag, p, end, ret_end);                                       \
    if (end - p > 1 && p[1] == WR_TAG(1, WR_LEN)) return name##_key_first(w, m, tag, p, end, ret_end);                           \
    return entries_run(w, m, op, WR_TAG(2, WR_LEN), tag, p, end, ret_end);                                                       \
  }
RUN(keys_run, OT_KEYS)
RUN(pruned_run, OT_PRUNED)
RUN(counted_run, OT_COUNTED)
#undef RUN

/* Where the entries are. What they are is looked at when the map is read: see ottl__map_came. */
static OTTL_NOINLINE pj_result seen_run(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *p, const uint8_t *end,
                                        const uint8_t **ret_end) {
  const uint8_t first = *tag, *begin = tag;
  for (;; tag = p++) {
    uint32_t n;
    const uint8_t *value = wr_len(p, end, &n);
    if (OTTL_UNLIKELY(!value)) return pj_bad(w, tag, TOO_LONG);
    p = value + n;
    if (p >= end || *p != first || first >= 0x80) break;
  }
  *ret_end = p;
  return run_done(w, m, begin, p);
}

static OTTL_NOINLINE pj_result list_run(pj_walk *w, unsigned m, const uint8_t *tag, const uint8_t *p, const uint8_t *end,
                                        const uint8_t **ret_end) {
  const uint8_t *begin = tag;
  const bool key_first = end - p > 1 && p[1] == WR_TAG(1, WR_LEN);
  w->map = m;
  pj_result r = OTTL_UNLIKELY(w->indirect) ? list_entries(w, m, 0, tag, p, end, ret_end)
                : key_first                ? list_entries(w, m, WR_TAG(1, WR_LEN), tag, p, end, ret_end)
                                           : list_entries(w, m, WR_TAG(2, WR_LEN), tag, p, end, ret_end);
  return OTTL_LIKELY(r == PJ_OK) ? run_done(w, m, begin, *ret_end) : r;
}

#endif
