/* Maps and lists made into maps of another shape: flatten, SliceToMap. */
#include "base/gonum.h"
#include "base/limits.h"
#include "base/map.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

/* A map under construction: PutEmpty and Get. */
typedef struct shape_out {
  ottl_call *c;
  ottl_rowmap *map;
  ottl_map index;  /* key: entry, of all entries when there are more than SHAPE_SEARCHED */
  ottl_map counts; /* flatten: key: conflicts so far */
} shape_out;

#define SHAPE_SEARCHED 24u /* entries: up to it looking at each is as fast as hashing */

static uint32_t shape_find(const shape_out *o, ottl_view key) {
  if (o->map->n > SHAPE_SEARCHED) return ottl__map_find(&o->index, key);
  const ottl_entry *e = ottl__rowmap_find(o->map, key);
  return e ? (uint32_t)(e - o->map->items) : OTTL_MAP_NONE;
}

static bool shape_has(const shape_out *o, ottl_view key) { return shape_find(o, key) != OTTL_MAP_NONE; }

static ottl_status shape_push(shape_out *o, ottl_view key) {
  if (!ottl__rowmap_push(o->c->arena, o->map, key)) return OTTL_NOMEM;
  const uint32_t n = o->map->n;
  for (uint32_t i = n > SHAPE_SEARCHED + 1 ? n - 1 : 0; n > SHAPE_SEARCHED && i < n; i++) {
    OTTL_TRY(ottl__map_put(&o->index, (ottl_view){o->map->items[i].key, o->map->items[i].klen}, i));
  }
  return OTTL_OK;
}

/* The key is kept: it must live as long as the batch. */
static ottl_status shape_put(shape_out *o, ottl_view key, ottl_cell value) {
  OTTL_TRY(ottl__value_copy(o->c->arena, value, &value));
  uint32_t at = shape_find(o, key);
  if (at == OTTL_MAP_NONE) {
    at = o->map->n;
    OTTL_TRY(shape_push(o, key));
  }
  entry_set(&o->map->items[at], cell_is_nil(value) ? cell_nil() : value);
  return OTTL_OK;
}

/* a + b (+ separator between them), in the arena. */
static ottl_status shape_join(ottl_call *c, ottl_view a, const char *separator, ottl_view b, ottl_view *ret) {
  size_t s = strlen(separator), n = a.len + s + b.len;
  if (n > UINT32_MAX) return OTTL_LIMIT;
  char *p = arena_alloc(c->arena, n);
  if (!p) return OTTL_NOMEM;
  if (a.len) memcpy(p, a.data, a.len);
  memcpy(p + a.len, separator, s);
  if (b.len) memcpy(p + a.len + s, b.data, b.len);
  *ret = view_of(p, n);
  return OTTL_OK;
}

/* -- flatten: target, prefix, depth, resolve_conflicts -- */

typedef struct flat {
  shape_out out;
  int64_t max_depth;
  size_t key_bytes; /* of joined keys: each has those above it, so their sum is no longer linear */
  bool resolve;
} flat;

ottl_status ottl__prep_flatten(ottl_prepare *p) {
  int64_t depth = p->arg[2].given ? (int64_t)p->arg[2].literal.word : 1;
  if (depth >= 1) return OTTL_OK;
  return ottl__refuse(p, 2, "invalid depth '%lld' for flatten function, must be greater than 0", (long long)depth);
}

static ottl_status flat_value(flat *f, ottl_view key, ottl_cell v, int64_t depth, ottl_view prefix);

/* A key: what is above it and its own name. LIMIT: all keys together are larger than a result may be. */
static ottl_status flat_join(flat *f, ottl_view a, const char *separator, ottl_view b, ottl_view *ret) {
  OTTL_TRY(shape_join(f->out.c, a, separator, b, ret));
  f->key_bytes += ret->len;
  return f->key_bytes > OTTL_MAX_RESULT_BYTES ? OTTL_LIMIT : OTTL_OK;
}

static ottl_status flat_leaf(flat *f, ottl_view key, ottl_cell v) {
  if (!f->resolve) return shape_put(&f->out, key, v);
  if (!shape_has(&f->out, key)) {
    OTTL_TRY(ottl__map_put(&f->out.counts, key, 0));
    return shape_put(&f->out, key, v);
  }
  uint32_t n = ottl__map_find(&f->out.counts, key);
  if (n == OTTL_MAP_NONE) n = 0;
  char digits[OTTL_INT_TEXT_MAX];
  ottl_view numbered;
  OTTL_TRY(flat_join(f, key, ".", view_of(digits, ottl__gonum_format_uint(digits, n)), &numbered));
  OTTL_TRY(ottl__map_put(&f->out.counts, key, n + 1));
  return shape_put(&f->out, numbered, v);
}

static ottl_status flat_map(flat *f, ottl_cell map, ottl_view prefix, int64_t depth) {
  if (prefix.len) OTTL_TRY(flat_join(f, prefix, ".", VIEW(""), &prefix));
  ottl_walk k = walk_begin(map);
  for (bool more;;) {
    ottl_view key;
    ottl_cell v;
    if (!walk_entry(&k, &key, &v, &more)) return OTTL_DATA;
    if (!more) return OTTL_OK;
    OTTL_TRY(flat_value(f, key, v, depth, prefix));
  }
}

/* A list under a key of a map (`nested` false), or a list in a list, whose elements' names lack the dot. */
static ottl_status flat_list(flat *f, ottl_cell list, ottl_view key, int64_t depth, bool nested) {
  ottl_walk k = walk_begin(list);
  for (uint64_t i = 0;; i++) {
    bool more;
    ottl_cell v;
    char digits[OTTL_INT_TEXT_MAX];
    ottl_view number = view_of(digits, ottl__gonum_format_uint(digits, i)), name;
    if (!walk_item(&k, &v, &more)) return OTTL_DATA;
    if (!more) return OTTL_OK;
    if (nested) {
      OTTL_TRY(flat_value(f, number, v, depth + 1, key));
      continue;
    }
    bool deeper = depth + 1 < f->max_depth;
    if (f->resolve && !(deeper && (cell_type(v) == OTTL_T_MAP || cell_type(v) == OTTL_T_LIST))) {
      OTTL_TRY(flat_leaf(f, key, v));
      continue;
    }
    OTTL_TRY(flat_join(f, key, ".", number, &name));
    if (cell_type(v) == OTTL_T_MAP && deeper)
      OTTL_TRY(flat_map(f, v, name, depth + 2));
    else if (cell_type(v) == OTTL_T_LIST && deeper)
      OTTL_TRY(flat_list(f, v, name, depth + 2, true));
    else
      OTTL_TRY(shape_put(&f->out, name, v));
  }
}

static ottl_status flat_value(flat *f, ottl_view key, ottl_cell v, int64_t depth, ottl_view prefix) {
  if (depth > OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT; /* every container adds to it */
  OTTL_TRY(flat_join(f, prefix, "", key, &key));
  if (cell_type(v) == OTTL_T_MAP && depth < f->max_depth) return flat_map(f, v, key, depth + 1);
  if (cell_type(v) == OTTL_T_LIST && depth < f->max_depth) return flat_list(f, v, key, depth, false);
  return flat_leaf(f, key, v);
}

/* Nothing in it that flatten changes: plain values under keys that are there once. */
static bool is_flat(const ottl_rowmap *map) {
  if (map->n > SHAPE_SEARCHED) return false;
  for (uint32_t i = 0; i < map->n; i++) {
    const ottl_entry *e = &map->items[i];
    bool plain = e->tag == OTTL_T_STRING || e->tag == OTTL_T_INT || e->tag == OTTL_T_DOUBLE || e->tag == OTTL_T_BOOL;
    if (!plain) return false;
    for (uint32_t k = 0; k < i; k++) {
      const ottl_entry *other = &map->items[k];
      if (other->klen == e->klen && bytes_same(other->key, e->key, e->klen)) return false;
    }
  }
  return true;
}

ottl_status ottl__fn_flatten(ottl_call *c) {
  flat f = {.out = {.c = c}, .max_depth = c->arg[2].given ? (int64_t)c->arg[2].literal.word : INT64_MAX};
  f.resolve = c->arg[3].given && c->arg[3].literal.word;
  ottl_view prefix = c->arg[1].given ? cell_view(c->arg[1].literal) : VIEW("");
  ottl_status status = OTTL_OK;
  ottl__map_init(&f.out.index, &c->scratch->al);
  ottl__map_init(&f.out.counts, &c->scratch->al);
  SEL_EACH(c->sel, c->n, row) {
    if (status != OTTL_OK || (!prefix.len && !c->of_dictionary && is_flat(c->map[row]))) continue;
    ottl_rowmap flat_rows = {0};
    ottl__map_clear(&f.out.index);
    ottl__map_clear(&f.out.counts);
    f.out.map = &flat_rows;
    f.key_bytes = 0;
    status = flat_map(&f, cell_tree(OTTL_T_MAP, c->map[row]), prefix, 0);
    if (status == OTTL_OK) {
      *c->map[row] = flat_rows;
      bm_set(c->changed, row);
    } else if (status == OTTL_LIMIT && f.key_bytes > OTTL_MAX_RESULT_BYTES) {
      call_fail(c, row, OTTL_ROWERR(TOO_LARGE, 0));
      status = OTTL_OK;
    } else {
      status = fail_status(c, row, status);
    }
  }
  ottl__map_done(&f.out.index);
  ottl__map_done(&f.out.counts);
  return status;
}

/* -- SliceToMap: target, key_path, value_path -- */

/* Follows a path of keys; false: it leads nowhere. */
static ottl_status path_value(ottl_arena *arena, ottl_cell v, const ottl_arg *path, ottl_cell *ret, bool *ret_found) {
  const ottl_list *keys = cell_is_tree(path->literal) ? cell_list(path->literal) : NULL;
  *ret_found = keys && keys->n > 0;
  for (uint32_t i = 0; *ret_found && i < keys->n; i++) {
    *ret_found = cell_type(v) == OTTL_T_MAP;
    if (!*ret_found) break;
    OTTL_TRY(ottl__value_to_tree(arena, &v));
    const ottl_entry *e = ottl__rowmap_find(cell_map(v), cell_view(keys->items[i]));
    *ret_found = e != NULL;
    if (e) v = entry_cell(e);
  }
  *ret = v;
  return OTTL_OK;
}

static ottl_status to_map_row(ottl_call *c, uint32_t row, shape_out *o, uint16_t *ret_error) {
  ottl_walk k = walk_begin(reg_cell(c->arg[0].reg, row));
  for (uint64_t i = 0;; i++) {
    bool more, found;
    ottl_cell element, name, value;
    if (!walk_item(&k, &element, &more)) return OTTL_DATA;
    if (!more) return OTTL_OK;
    ottl_view key;
    *ret_error = OTTL_ROWERR(FUNCTION_ARGUMENT, element.tag);
    value = element;
    if (c->arg[1].given) {
      OTTL_TRY(path_value(c->arena, element, &c->arg[1], &name, &found));
      if (!found || cell_type(name) != OTTL_T_STRING) return OTTL_OK;
      key = cell_view(name);
    } else {
      char digits[OTTL_INT_TEXT_MAX];
      key = arena_copy(c->arena, digits, ottl__gonum_format_uint(digits, i));
      if (!key.data) return OTTL_NOMEM;
    }
    if (c->arg[2].given) {
      OTTL_TRY(path_value(c->arena, element, &c->arg[2], &value, &found));
      if (!found) return OTTL_OK;
    }
    OTTL_TRY(shape_put(o, key, value));
    *ret_error = 0;
  }
}

ottl_status ottl__fn_slice_to_map(ottl_call *c) {
  shape_out o = {.c = c};
  ottl_status status = OTTL_OK;
  ottl__map_init(&o.index, &c->scratch->al);
  SEL_EACH(c->sel, c->n, row) {
    if (status != OTTL_OK) continue;
    ottl__map_clear(&o.index);
    o.map = arena_zero(c->arena, sizeof *o.map);
    uint16_t error = 0;
    status = o.map ? to_map_row(c, row, &o, &error) : OTTL_NOMEM;
    if (status != OTTL_OK)
      status = fail_status(c, row, status);
    else if (error)
      call_fail(c, row, error);
    else
      out_put(c, row, cell_tree(OTTL_T_MAP, o.map));
  }
  ottl__map_done(&o.index);
  return status;
}
