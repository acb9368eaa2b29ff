/* merge_maps. Most sources are the map of a resource, which many rows merge one after the other, or what a function made for one row. */
#include "batch/keyset.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

enum { MERGE_INSERT = 1, MERGE_UPDATE, MERGE_UPSERT };

static int merge_strategy(const ottl_arg *arg) {
  ottl_view v = cell_view(arg->literal);
  return view_is(v, "insert") ? MERGE_INSERT : view_is(v, "update") ? MERGE_UPDATE : view_is(v, "upsert") ? MERGE_UPSERT : 0;
}

ottl_status ottl__prep_merge_maps(ottl_prepare *p) {
  if (merge_strategy(&p->arg[2])) return OTTL_OK;
  ottl_view v = cell_view(p->arg[2].literal);
  return ottl__refuse(p, 2, "invalid value for strategy, %.*s, must be 'insert', 'update' or 'upsert'",
                      (int)(v.len < 100 ? v.len : 100), v.data);
}

/* -- any two maps -- */

/* *seen: bits of the keys that are there. Keys that no entry has are most of them, and need not be searched. */
static ottl_status merge_entry(ottl_call *c, uint32_t row, const ottl_entry *from, int strategy, uint64_t *seen) {
  ottl_rowmap *map = c->map[row];
  ottl_view key = {from->key, from->klen};
  uint64_t bit = key_bit(key);
  ottl_entry *e = *seen & bit ? ottl__rowmap_lookup(c->arena, map, key) : NULL;
  if (e ? strategy == MERGE_INSERT : strategy == MERGE_UPDATE) return OTTL_OK;
  bool plain = from->tag <= OTTL_T_BYTES;
  ottl_cell value = cell_nil();
  if (OTTL_UNLIKELY(!plain)) OTTL_TRY(ottl__value_copy(c->arena, entry_cell(from), &value));
  if (!e) e = rowmap_append(c->arena, map, key);
  if (!e) return OTTL_NOMEM;
  *seen |= bit;
  bm_set(c->changed, row);
  if (OTTL_UNLIKELY(!plain)) {
    entry_set(e, value);
    return OTTL_OK;
  }
  e->word = from->word; /* PERF: w09; a cell in between is stored in parts and loaded as a whole, which waits for the stores */
  e->len = from->len;
  e->tag = from->tag == OTTL_T_ABSENT ? OTTL_T_NIL : from->tag;
  e->dirty = 1;
  return OTTL_OK;
}

static uint64_t merge_seen(const ottl_rowmap *map) {
  uint64_t seen = 0;
  if (map->n > 32) return UINT64_MAX; /* it would tell little */
  for (uint32_t i = 0; i < map->n; i++) seen |= key_bit((ottl_view){map->items[i].key, map->items[i].klen});
  return seen;
}

static ottl_status merge_wire(ottl_call *c, uint32_t row, ottl_cell source, int strategy, uint64_t *seen) {
  ottl_walk k = walk_begin(source);
  for (;;) {
    ottl_view key;
    ottl_cell value;
    bool more;
    if (!walk_entry(&k, &key, &value, &more)) return OTTL_DATA;
    if (!more) return OTTL_OK;
    const ottl_entry from = {.key = key.data, .klen = (uint32_t)key.len, .word = value.word, .len = value.len, .tag = value.tag};
    OTTL_TRY(merge_entry(c, row, &from, strategy, seen));
  }
}

static ottl_status merge_tree(ottl_call *c, uint32_t row, const ottl_rowmap *source, int strategy, uint64_t *seen) {
  if (strategy != MERGE_UPDATE) OTTL_TRY(ottl__rowmap_reserve(c->arena, c->map[row], source->n));
  const ottl_entry *from = source->items; /* there is room: it stays where it is, even if the target is the same map */
  for (uint32_t i = 0, n = source->n; i < n; i++) OTTL_TRY(merge_entry(c, row, &from[i], strategy, seen));
  return OTTL_OK;
}

static ottl_status merge_any(ottl_call *c, uint32_t row, ottl_cell source, int strategy) {
  uint64_t seen = merge_seen(c->map[row]);
  ottl_status status =
      cell_is_tree(source) ? merge_tree(c, row, cell_map(source), strategy, &seen) : merge_wire(c, row, source, strategy, &seen);
  return status == OTTL_OK ? OTTL_OK : fail_status(c, row, status);
}

/* -- maps whose keys have numbers -- */

/* A source as its entries go into targets. */
typedef struct merge_source {
  ottl_cell map;
  ottl_entry *entries; /* NULL: some key has no number, or some value is no plain one */
  uint32_t n, most;    /* most: the highest number of a key */
} merge_source;

static ottl_status merge_prepare(ottl_call *c, ottl_cell map, bool often, merge_source *ret) {
  *ret = (merge_source){.map = map};
  if (map.tag != (OTTL_T_MAP | OTTL_TAG_TREE)) return OTTL_OK;
  const ottl_rowmap *from = cell_map(map);
  for (const ottl_entry *e = from->items, *end = e + from->n; e < end; e++) {
    if (e->keyid == OTTL_NO_KEY || e->tag > OTTL_T_BYTES) return OTTL_OK;
    if (e->keyid > ret->most) ret->most = e->keyid;
  }
  ret->n = from->n;
  ret->entries = arena_array(c->arena, (size_t)from->n + 1, sizeof *ret->entries);
  if (!ret->entries) return OTTL_NOMEM;
  for (uint32_t i = 0; i < from->n; i++) {
    const ottl_entry *e = &from->items[i];
    ret->entries[i] = (ottl_entry){.key = e->key,
                                   .word = e->word,
                                   .klen = e->klen,
                                   .len = e->len,
                                   .keyid = e->keyid,
                                   .column = OTTL_NO_COLUMN,
                                   .tag = e->tag <= OTTL_T_NIL ? OTTL_T_NIL : e->tag,
                                   .dirty = 1};
  }
  return often ? ottl__entries_ready(c->arena, ret->entries, ret->n) : OTTL_OK;
}

/* Where the keys of the row's map are, by number, first ones of equal keys; *ret false: some key has no number. */
static ottl_status merge_places(ottl_call *c, const ottl_rowmap *map, uint32_t most, bool *ret) {
  ottl_scratch *s = c->scratch;
  for (const ottl_entry *e = map->items, *end = e + map->n; e < end; e++) most = e->keyid > most ? e->keyid : most;
  *ret = most != OTTL_NO_KEY;
  if (OTTL_UNLIKELY(!*ret)) return OTTL_OK;
  const size_t old = s->n_places;
  if (OTTL_UNLIKELY(most >= old)) {
    OTTL_TRY(ottl__al_reserve(&s->al, &s->places, &s->n_places, (size_t)most + 1, sizeof *s->places));
    memset(s->places + old, 0, (s->n_places - old) * sizeof *s->places);
  }
  if (OTTL_UNLIKELY(++s->place_serial == 0)) {
    memset(s->places, 0, s->n_places * sizeof *s->places);
    s->place_serial = 1;
  }
  for (uint32_t i = map->n; i-- > 0;) s->places[map->items[i].keyid] = (uint64_t)s->place_serial << 32 | i;
  return OTTL_OK;
}

static ottl_status merge_numbered(ottl_call *c, uint32_t row, const merge_source *source, int strategy) {
  ottl_rowmap *map = c->map[row];
  uint64_t *const places = c->scratch->places;
  const uint64_t serial = (uint64_t)c->scratch->place_serial << 32;
  if (strategy != MERGE_UPDATE) OTTL_TRY(ottl__rowmap_reserve(c->arena, map, source->n));
  ottl_entry *const items = map->items;
  const uint32_t before = map->n;
  uint32_t n = before;
  bool changed = false;
  for (const ottl_entry *e = source->entries, *end = e + source->n; e < end; e++) {
    const uint64_t place = places[e->keyid];
    if (place >= serial) {
      if (strategy == MERGE_INSERT) continue;
      ottl_entry *at = &items[(uint32_t)place];
      at->key = e->key;
      at->word = e->word;
      at->len = e->len;
      at->tag = e->tag;
      at->dirty = e->dirty;
      changed = true;
    } else if (strategy != MERGE_UPDATE) {
      places[e->keyid] = serial | n;
      items[n++] = *e;
    }
  }
  map->n = n;
  if (changed || n != before) bm_set(c->changed, row);
  return OTTL_OK;
}

/* Does the next row merge the same map? */
static bool merge_again(const ottl_call *c, uint32_t row, ottl_cell map) {
  return row + 1 < c->n && bm_get(c->sel, row + 1) && reg_cell(c->arg[1].reg, row + 1).word == map.word;
}

ottl_status ottl__fn_merge_maps(ottl_call *c) {
  const int strategy = merge_strategy(&c->arg[2]);
  const ottl_reg *from = c->arg[1].reg;
  merge_source source = {.map = cell_nil()};
  SEL_EACH(c->sel, c->n, row) {
    const ottl_cell map = reg_cell(from, row);
    bool numbered = false;
    if (map.word != source.map.word || map.tag != source.map.tag)
      OTTL_TRY(merge_prepare(c, map, merge_again(c, row, map), &source));
    if (source.entries) OTTL_TRY(merge_places(c, c->map[row], source.most, &numbered));
    OTTL_TRY(numbered ? merge_numbered(c, row, &source, strategy) : merge_any(c, row, map, strategy));
  }
  return OTTL_OK;
}
