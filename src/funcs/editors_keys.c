/* Editors of maps that look at keys: delete_key, keep_keys, delete_matching_keys, keep_matching_keys, limit.
 *
 * A key pattern or key set is decided once for each distinct key of the batch: entries carry the key's number, and two bits a
 * number remember the answer for the length of one call. */
#include "base/map.h"
#include "funcs/handlers.h"

ottl_status ottl__fn_delete_key(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_rowmap *map = c->map[row];
    ottl_entry *e = ottl__rowmap_lookup(c->arena, map, reg_view(c->arg[1].reg, row));
    if (e) {
      ottl__rowmap_remove_swap(map, (uint32_t)(e - map->items));
      bm_set(c->changed, row);
    }
  }
  return OTTL_OK;
}

/* -- answers remembered by key number -- */

/* -1: not known. */
static int decided_get(const ottl_scratch *s, uint32_t keyid) {
  size_t w = keyid / 32;
  if (w >= s->n_decided) return -1;
  unsigned two = (unsigned)(s->decided[w] >> (keyid % 32 * 2)) & 3;
  return two & 1 ? (int)(two >> 1) : -1;
}
static ottl_status decided_put(ottl_scratch *s, uint32_t keyid, bool yes) {
  size_t w = keyid / 32, old = s->n_decided;
  if (w >= old) {
    OTTL_TRY(ottl__al_reserve(&s->al, &s->decided, &s->n_decided, w + 1, sizeof *s->decided));
    memset(s->decided + old, 0, (s->n_decided - old) * sizeof *s->decided);
  }
  s->decided[w] |= (uint64_t)(1 | (yes ? 2 : 0)) << (keyid % 32 * 2);
  return OTTL_OK;
}
static void decided_reset(ottl_scratch *s) {
  if (s->n_decided) memset(s->decided, 0, s->n_decided * sizeof *s->decided);
}

/* Whether the key stays is what `keeps` says; removal is stable. Returns whether something was removed. */
typedef ottl_status keep_rule(ottl_call *c, const void *rule, ottl_view key, bool *ret);

static ottl_status keys_filter(ottl_call *c, uint32_t row, keep_rule *keeps, const void *rule, bool remember) {
  ottl_rowmap *map = c->map[row];
  uint32_t kept = 0;
  for (uint32_t i = 0; i < map->n; i++) {
    ottl_entry *e = &map->items[i];
    int known = remember && e->keyid != OTTL_NO_KEY ? decided_get(c->scratch, e->keyid) : -1;
    bool keep = known == 1;
    if (known < 0) {
      OTTL_TRY(keeps(c, rule, (ottl_view){e->key, e->klen}, &keep));
      if (remember && e->keyid != OTTL_NO_KEY) OTTL_TRY(decided_put(c->scratch, e->keyid, keep));
    }
    if (!keep) continue;
    if (kept != i) map->items[kept] = *e;
    kept++;
  }
  if (kept != map->n) {
    bm_set(c->changed, row);
    rowmap_moved(map);
  }
  map->n = kept;
  return OTTL_OK;
}

/* -- delete_matching_keys, keep_matching_keys -- */

ottl_status ottl__prep_delete_matching_keys(ottl_prepare *p) {
  return ottl__pattern_prepare(p, "delete_matching_keys", 1, OTTL_NO_ARG);
}
ottl_status ottl__prep_keep_matching_keys(ottl_prepare *p) {
  return ottl__pattern_prepare(p, "keep_matching_keys", 1, OTTL_NO_ARG);
}

typedef struct match_rule {
  pattern_use use;
  bool want; /* a match keeps */
} match_rule;

static ottl_status match_keeps(ottl_call *c, const void *rule, ottl_view key, bool *ret) {
  const match_rule *r = rule;
  bool hit;
  OTTL_TRY(ottl__regex_match(r->use.re, c->scratch->regex, key, &hit));
  *ret = hit == r->want;
  return OTTL_OK;
}

static ottl_status matching_keys(ottl_call *c, bool want) {
  bool constant = c->prep || c->arg[1].reg->mask == 0;
  if (constant) decided_reset(c->scratch);
  SEL_EACH(c->sel, c->n, row) {
    match_rule rule = {.want = want};
    bool ok;
    OTTL_TRY(ottl__pattern_for_row(c, row, 1, OTTL_NO_ARG, &rule.use, &ok));
    if (ok) OTTL_TRY(keys_filter(c, row, match_keeps, &rule, constant));
  }
  return OTTL_OK;
}
ottl_status ottl__fn_delete_matching_keys(ottl_call *c) { return matching_keys(c, false); }
ottl_status ottl__fn_keep_matching_keys(ottl_call *c) { return matching_keys(c, true); }

/* -- keep_keys -- */

static void key_set_free(const ottl_allocator *al, void *prep) {
  ottl_map *set = prep;
  if (!set) return;
  ottl__map_done(set);
  al_free(al, set, sizeof *set);
}

/* Makes p->prep a set of string literals. */
static ottl_status key_set_prepare(ottl_prepare *p, const ottl_cell *keys, uint32_t n) {
  ottl_map *set = al_zero(p->al, sizeof *set);
  if (!set) return OTTL_NOMEM;
  ottl__map_init(set, p->al);
  ottl_status status = OTTL_OK;
  for (uint32_t i = 0; status == OTTL_OK && i < n; i++) status = ottl__map_put(set, cell_view(keys[i]), 0);
  if (status != OTTL_OK) {
    key_set_free(p->al, set);
    return status;
  }
  p->prep = set;
  p->free_prep = key_set_free;
  return OTTL_OK;
}

ottl_status ottl__prep_keep_keys(ottl_prepare *p) {
  const ottl_arg *keys = &p->arg[1];
  if (keys->is_literal) { /* not a list of expressions: a literal that is to be a list */
    if (cell_is_nil(keys->literal)) return ottl__refuse(p, 1, "keys cannot be nil");
    ottl_type type = cell_type(keys->literal);
    if ((type < OTTL_T_LIST || type > OTTL_T_LIST_DOUBLE) && type != OTTL_T_BYTES) {
      return ottl__refuse(p, 1, "expected a slice, got %s", ottl__type_go_name(type));
    }
  }
  if (keys->n_items == 0 || !p->item_literals || !p->item_literals[1]) return OTTL_OK; /* the handler sees to it */
  return key_set_prepare(p, p->item_literals[1], keys->n_items);
}

static ottl_status set_keeps(ottl_call *c, const void *rule, ottl_view key, bool *ret) {
  OTTL_UNUSED(c);
  *ret = ottl__map_find(rule, key) != OTTL_MAP_NONE;
  return OTTL_OK;
}

static ottl_status keep_keys_row(ottl_call *c, uint32_t row, ottl_map *set) {
  slice_items items;
  bool ok;
  OTTL_TRY(ottl__slice_begin(c, row, 1, &items, &ok));
  if (!ok) return OTTL_OK;
  if (items.is_nil) {
    call_fail(c, row, OTTL_ROWERR(KEYS_NIL, 0));
    return OTTL_OK;
  }
  ottl__map_clear(set);
  for (ottl_cell item; slice_next(&items, &item);) {
    if (cell_type(item) != OTTL_T_STRING) {
      call_fail(c, row, OTTL_ROWERR(WANT_STRING, item.tag));
      return OTTL_OK;
    }
    OTTL_TRY(ottl__map_put(set, cell_view(item), 0));
  }
  return keys_filter(c, row, set_keeps, set, false);
}

ottl_status ottl__fn_keep_keys(ottl_call *c) {
  if (c->prep) {
    decided_reset(c->scratch);
    SEL_EACH(c->sel, c->n, row) OTTL_TRY(keys_filter(c, row, set_keeps, c->prep, true));
    return OTTL_OK;
  }
  ottl_map set;
  ottl__map_init(&set, &c->scratch->al);
  ottl_status status = OTTL_OK;
  SEL_EACH(c->sel, c->n, row) {
    if (status == OTTL_OK) status = keep_keys_row(c, row, &set);
  }
  ottl__map_done(&set);
  return status;
}

ottl_status ottl__key_goes(const ottl_function *f, const void *prep, ottl_scratch *scratch, ottl_view key, bool *ret) {
  if (f->handler == ottl__fn_keep_keys) {
    *ret = ottl__map_find(prep, key) == OTTL_MAP_NONE;
    return OTTL_OK;
  }
  const pattern_prep *pattern = prep;
  bool hit;
  OTTL_TRY(ottl__regex_match(pattern->re, scratch->regex, key, &hit));
  *ret = hit == (f->handler == ottl__fn_delete_matching_keys);
  return OTTL_OK;
}

/* -- limit -- */

ottl_status ottl__prep_limit(ottl_prepare *p) {
  int64_t limit = (int64_t)p->arg[1].literal.word;
  const ottl_list *keys = cell_is_tree(p->arg[2].literal) ? cell_list(p->arg[2].literal) : NULL;
  uint32_t n = keys ? keys->n : 0;
  if (limit < 0) {
    return ottl__refuse(p, 1, "invalid limit for limit function, %lld cannot be negative", (long long)limit);
  }
  if (limit < n) {
    return ottl__refuse(p, 1, "invalid limit for limit function, %lld cannot be less than number of priority attributes %u",
                        (long long)limit, n);
  }
  return key_set_prepare(p, n ? keys->items : NULL, n);
}

ottl_status ottl__fn_limit(ottl_call *c) {
  int64_t limit = (int64_t)c->arg[1].literal.word;
  const ottl_list *keys = cell_is_tree(c->arg[2].literal) ? cell_list(c->arg[2].literal) : NULL;
  const ottl_map *priority = c->prep;
  decided_reset(c->scratch);
  SEL_EACH(c->sel, c->n, row) {
    ottl_rowmap *map = c->map[row];
    if (map->n <= limit) continue;
    int64_t count = 0;
    for (uint32_t i = 0; keys && i < keys->n; i++) { /* a key that is listed twice counts twice */
      count += ottl__rowmap_lookup(c->arena, map, cell_view(keys->items[i])) != NULL;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < map->n; i++) {
      ottl_entry *e = &map->items[i];
      int known = e->keyid != OTTL_NO_KEY ? decided_get(c->scratch, e->keyid) : -1;
      if (known < 0) {
        known = keys && keys->n && ottl__map_find(priority, (ottl_view){e->key, e->klen}) != OTTL_MAP_NONE;
        if (e->keyid != OTTL_NO_KEY) OTTL_TRY(decided_put(c->scratch, e->keyid, known));
      }
      if (!known) {
        if (count >= limit) continue;
        count++;
      }
      if (kept != i) map->items[kept] = *e;
      kept++;
    }
    if (kept != map->n) {
      bm_set(c->changed, row);
      rowmap_moved(map);
    }
    map->n = kept;
  }
  return OTTL_OK;
}
