/* A value as bytes, written once from front to back: no container is measured before it is written.
 *
 * The length of a container comes before it, and how many bytes that takes is a guess by its number of elements; what was
 * written behind a wrong guess moves. Containers deep in others are measured, so that nothing moves more than a few times. */
#include "base/limits.h"
#include "batch/value_put.inl.h"

enum {
  NODE_BOUND = 32,  /* an element but for its text and its key: lengths of 5 bytes, tags, a number */
  GUESS_DEPTH = 3,  /* deeper ones are measured */
  ENTRY_GUESS = 32, /* bytes of a map's entry, about */
  FEW_ENTRIES = 5,
  FEW_ITEMS = 16,
  ITEM_GUESS = 12,  /* bytes of a list's item */
  READY_MOST = 128, /* bytes of an entry that is ready: its lengths take one each */
};

static ottl_status bound_at(ottl_cell c, size_t *sum, unsigned depth) {
  if (!cell_is_tree(c)) {
    if (c.tag >= OTTL_T_STRING) *sum += c.len;
    return OTTL_OK;
  }
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  if (cell_type(c) == OTTL_T_MAP) {
    const ottl_entry *e = cell_map(c)->items;
    for (uint32_t i = 0, n = cell_map(c)->n; i < n; i++) {
      *sum += NODE_BOUND + e[i].klen;
      OTTL_TRY(bound_at(entry_cell(&e[i]), sum, depth + 1));
    }
  } else {
    const ottl_cell *item = cell_list(c)->items;
    for (uint32_t i = 0, n = cell_list(c)->n; i < n; i++) {
      *sum += NODE_BOUND;
      OTTL_TRY(bound_at(item[i], sum, depth + 1));
    }
  }
  return *sum > UINT32_MAX ? OTTL_LIMIT : OTTL_OK;
}

ottl_status ottl__anyvalue_bound(ottl_cell c, size_t *ret) {
  *ret = NODE_BOUND;
  return bound_at(c, ret, 0);
}

/* Few elements are looked at: their text tells on which side of 128 bytes they are together. */
size_t ottl__anyvalue_guess(ottl_cell c) {
  if (!cell_is_tree(c)) return 8 + (size_t)c.len;
  size_t sum = 4;
  if (cell_type(c) == OTTL_T_MAP) {
    const ottl_rowmap *map = cell_map(c);
    if (map->n > FEW_ENTRIES) return (size_t)map->n * ENTRY_GUESS;
    for (const ottl_entry *e = map->items, *stop = e + map->n; e < stop; e++)
      sum += 9 + (size_t)e->klen + (e->tag >= OTTL_T_STRING ? e->len : 2);
    return sum;
  }
  const ottl_list *list = cell_list(c);
  if (list->n > FEW_ITEMS) return (size_t)list->n * ITEM_GUESS;
  for (const ottl_cell *item = list->items, *stop = item + list->n; item < stop; item++)
    sum += 4 + (item->tag >= OTTL_T_STRING ? (size_t)item->len : 2);
  return sum;
}

static uint8_t *put_at(uint8_t *at, ottl_cell c, size_t guess, unsigned depth);

static inline uint8_t *put_entry(uint8_t *at, const ottl_entry *e, unsigned depth) {
  const ottl_cell value = entry_cell(e);
  const size_t head = 1 + (size_t)varint_size(e->klen) + e->klen + 1;
  size_t size, guess = 0;
  *at++ = 0x0a;
  uint8_t *body;
  const bool known = any_flat_size(value, &size);
  if (OTTL_LIKELY(known))
    body = varint_put(at, head + varint_size(size) + size);
  else
    body = at + varint_size(head + (guess = ottl__anyvalue_guess(value)));
  uint8_t *to = body;
  *to++ = 0x0a;
  to = varint_put(to, e->klen);
  copy_short(to, e->key, e->klen);
  to += e->klen;
  *to++ = 0x12;
  if (OTTL_LIKELY(known)) return any_flat_write(varint_put(to, size), value);
  return wire_close(at, body, put_at(to, value, guess, depth + 1));
}

static uint8_t *put_entries(uint8_t *at, const ottl_rowmap *map, unsigned depth) {
  for (const ottl_entry *e = map->items, *stop = e + map->n; e < stop; e++) at = put_entry(at, e, depth);
  return at;
}

static uint8_t *put_items(uint8_t *at, const ottl_list *list, unsigned depth) {
  for (const ottl_cell *c = list->items, *stop = c + list->n; c < stop; c++) {
    size_t size;
    *at++ = 0x0a;
    at =
        any_flat_size(*c, &size) ? any_flat_write(varint_put(at, size), *c) : put_at(at, *c, ottl__anyvalue_guess(*c), depth + 1);
  }
  return at;
}

/* Of what is measured: as anyvalue_write. */
static uint8_t *put_measured(uint8_t *at, ottl_cell c) {
  size_t size;
  if (ottl__anyvalue_size(c, &size) != OTTL_OK) size = 0; /* its bound was found before, so this is not reached */
  at = varint_put(at, size);
  return size ? ottl__anyvalue_write(at, c) : at;
}

static uint8_t *put_at(uint8_t *at, ottl_cell c, size_t guess, unsigned depth) {
  if (!cell_is_tree(c) || depth > GUESS_DEPTH) return put_measured(at, c);
  const bool map = cell_type(c) == OTTL_T_MAP;
  uint8_t *body = at + varint_size(guess) + 1 + varint_size(guess);
  uint8_t *end = map ? put_entries(body, cell_map(c), depth) : put_items(body, cell_list(c), depth);
  const size_t size = (size_t)(end - body), total = 1 + (size_t)varint_size(size) + size;
  uint8_t *place = at + varint_size(total) + 1 + varint_size(size);
  if (OTTL_UNLIKELY(place != body)) memmove(place, body, size);
  at = varint_put(at, total);
  *at++ = map ? 0x32 : 0x2a;
  varint_put(at, size);
  return place + size;
}

uint8_t *ottl__anyvalue_put(uint8_t *at, ottl_cell c, size_t guess) { return put_at(at, c, guess, 0); }

ottl_status ottl__entries_ready(ottl_arena *arena, ottl_entry *entries, uint32_t n) {
  size_t bytes = 0, size;
  for (uint32_t i = 0; i < n; i++) bytes += READY_MOST;
  uint8_t *out = arena_alloc(arena, bytes + 1), *at = out;
  if (!out) return OTTL_NOMEM;
  for (ottl_entry *e = entries, *stop = e + n; e < stop; e++) {
    if (!any_flat_size(entry_cell(e), &size) || !e->klen || (uint64_t)e->klen + size + 6 > READY_MOST) continue;
    uint8_t *end = put_entry(at, e, 0);
    e->key = (const char *)at + 4;
    e->dirty = OTTL_ENTRY_READY;
    at = end;
  }
  arena_trim(arena, out, bytes + 1, (size_t)(at - out) + 1);
  return OTTL_OK;
}

/* Does the entry stand in the body as it came, with a tag of one byte? */
static inline bool entry_as_came(const ottl_entry *e, const uint8_t *body) {
  return !e->dirty && e->raw_end > e->raw_begin && body[e->raw_begin] < 0x80;
}

/* PERF: set(body, attributes) */
ottl_status ottl__rowmap_wire(ottl_arena *arena, const ottl_rowmap *map, const uint8_t *body, ottl_cell *ret) {
  size_t bound = 0, size;
  *ret = cell_nil();
  for (const ottl_entry *e = map->items, *stop = e + map->n; e < stop; e++) {
    if (OTTL_LIKELY(entry_as_came(e, body))) {
      bound += e->raw_end - e->raw_begin;
      continue;
    }
    if (!any_flat_size(entry_cell(e), &size)) return OTTL_OK;
    bound += NODE_BOUND + e->klen + size;
  }
  if (bound > INT32_MAX) return OTTL_OK;
  uint8_t *out = arena_alloc(arena, bound), *at = out;
  if (!out) return OTTL_NOMEM;
  for (uint32_t i = 0, n = map->n; i < n;) {
    const ottl_entry *first = &map->items[i];
    if (OTTL_UNLIKELY(!entry_as_came(first, body))) {
      at = put_entry(at, first, 0);
      i++;
      continue;
    }
    uint32_t end = first->raw_end; /* a run of neighbours is one copy */
    for (i++; i < n && map->items[i].raw_begin == end && entry_as_came(&map->items[i], body); i++) end = map->items[i].raw_end;
    memcpy(at, body + first->raw_begin, end - first->raw_begin);
    for (; first < &map->items[i]; at += first->raw_end - first->raw_begin, first++) *at = 0x0a;
  }
  arena_trim(arena, out, bound, (size_t)(at - out));
  *ret = cell_of_view(OTTL_T_MAP, view_of(out, (size_t)(at - out)));
  return OTTL_OK;
}
