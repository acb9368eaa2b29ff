/* Walking into values by keys, for reading and for writing, and the reference's ways of storing a value.
 *
 * SPEC: pkg/ottl contexts/internal/ctxutil: getIndexableValue, SetIndexableValue, SetValue; ottl: getIndexedValue, mapGetter. */
#include "base/limits.h"
#include "batch/value_wire.h"
#include "vm/vm.h"

/* The key of one step. A failing key fails the walk only when the walk gets there. */
uint16_t ottl__path_key(ottl_vm *vm, uint16_t reg, uint32_t row, ottl_cell *ret) {
  const ottl_reg *k = vm->r[reg];
  if (reg_failed(k, row)) return k->code[reg_at(k, row)];
  *ret = reg_cell(k, row);
  return 0;
}

static uint16_t map_step(ottl_cell map, ottl_view key, ottl_cell *ret, bool *ret_found) {
  ottl_walk walk = walk_begin(map);
  for (;;) {
    ottl_view name;
    ottl_cell value;
    bool more;
    if (!walk_entry(&walk, &name, &value, &more)) return OTTL_RE_BAD_WIRE;
    if (!more) break;
    if (!view_eq(name, key)) continue;
    *ret = value;
    *ret_found = true;
    return 0;
  }
  *ret_found = false;
  return 0;
}

static uint16_t list_step(ottl_cell list, int64_t index, ottl_cell *ret) {
  if (index < 0) return OTTL_RE_INDEX_BOUNDS;
  if (cell_is_tree(list)) {
    const ottl_list *l = cell_list(list);
    if ((uint64_t)index >= l->n) return OTTL_RE_INDEX_BOUNDS;
    *ret = l->items[index];
    return 0;
  }
  ottl_walk walk = walk_begin(list);
  for (;; index--) {
    bool more;
    if (!walk_item(&walk, ret, &more)) return OTTL_RE_BAD_WIRE;
    if (!more) return OTTL_RE_INDEX_BOUNDS;
    if (index == 0) return 0;
  }
}

uint16_t ottl__path_get(ottl_vm *vm, ottl_cell at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret) {
  if (at.tag == OTTL_T_ABSENT) { /* a missing key ends the walk */
    *ret = at;
    return 0;
  }
  for (uint32_t k = 0; k < n_keys; k++) {
    ottl_cell key = cell_nil();
    ottl_type type = cell_type(at);
    if (type != OTTL_T_MAP && type != OTTL_T_LIST) return OTTL_ROWERR(NOT_INDEXABLE, type);
    uint16_t err = ottl__path_key(vm, keys[k], row, &key);
    if (err) return err;
    if (type == OTTL_T_MAP) {
      bool found;
      if (key.tag != OTTL_T_STRING) return OTTL_ROWERR(KEY_TYPE, cell_type(key));
      err = map_step(at, cell_view(key), &at, &found);
      if (err) return err;
      if (!found) {
        *ret = cell_nil();
        return 0;
      }
    } else {
      if (key.tag != OTTL_T_INT) return OTTL_ROWERR(KEY_TYPE, cell_type(key));
      err = list_step(at, (int64_t)key.word, &at);
      if (err) return err;
    }
  }
  *ret = at;
  return 0;
}

uint16_t ottl__path_get_result(ottl_vm *vm, ottl_cell at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell *ret) {
  for (uint32_t k = 0; k < n_keys; k++) {
    ottl_cell key = cell_nil();
    uint16_t err = ottl__path_key(vm, keys[k], row, &key);
    if (err) return err;
    ottl_type type = cell_type(at);
    if (key.tag == OTTL_T_STRING) {
      bool found;
      if (type != OTTL_T_MAP) return OTTL_ROWERR(NOT_INDEXABLE, type);
      err = map_step(at, cell_view(key), &at, &found);
      if (err) return err;
      if (!found) return OTTL_RE_KEY_NOT_FOUND;
    } else if (key.tag == OTTL_T_INT || key.tag == OTTL_T_GO_INT) {
      switch (type) {
      case OTTL_T_LIST:
      case OTTL_T_LIST_ANY:
      case OTTL_T_LIST_STRING:
      case OTTL_T_LIST_INT:
      case OTTL_T_LIST_DOUBLE: err = list_step(at, (int64_t)key.word, &at); break;
      case OTTL_T_BYTES:
        if (key.word >= at.len) return OTTL_RE_INDEX_BOUNDS;
        at = (ottl_cell){((const uint8_t *)(uintptr_t)at.word)[key.word], 0, OTTL_T_GO_INT};
        break;
      default: return OTTL_ROWERR(NOT_INDEXABLE, type);
      }
      if (err) return err;
    } else {
      return OTTL_ROWERR(KEY_TYPE, cell_type(key));
    }
  }
  *ret = at;
  return 0;
}

uint16_t ottl__vm_error_of(ottl_status status) {
  switch (status) {
  case OTTL_OK: return 0;
  case OTTL_DATA: return OTTL_RE_BAD_WIRE;
  case OTTL_LIMIT: return OTTL_RE_TOO_DEEP;
  default: return OTTL_RE_TOO_LARGE; /* memory */
  }
}

/* ---- storing values ---- */

/* Cells of map entries are not cells in memory: a place to store to has either form. */
typedef struct slot {
  ottl_cell *cell;
  ottl_entry *entry;
} slot;

static ottl_cell slot_get(slot s) { return s.cell ? *s.cell : entry_cell(s.entry); }
static void slot_put(slot s, ottl_cell c) {
  if (s.cell) {
    *s.cell = c;
  } else {
    entry_set(s.entry, c);
  }
}

static uint16_t slot_set(ottl_vm *vm, slot s, ottl_cell v);

static uint16_t list_of_cells(ottl_vm *vm, slot s, ottl_cell v) {
  const ottl_list *from = cell_list(v);
  ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
  if (!list) return OTTL_RE_TOO_LARGE;
  list->items = arena_array(&vm->batch->arena, from->n + 1, sizeof *list->items);
  if (!list->items) return OTTL_RE_TOO_LARGE;
  list->cap = from->n;
  slot_put(s, cell_tree(OTTL_T_LIST, list));
  uint16_t err = 0;
  /* Only the last item's error counts, as in the reference. An item that holds the slot sees the items before it. */
  for (uint32_t i = 0; i < from->n; i++) {
    const ottl_cell item = from->items[i];
    list->n = i + 1;
    if (OTTL_LIKELY(item.tag >= OTTL_T_BOOL && item.tag <= OTTL_T_BYTES)) {
      list->items[i] = item;
      err = 0;
      continue;
    }
    list->items[i] = cell_nil();
    err = slot_set(vm, (slot){&list->items[i], NULL}, from->items[i]);
  }
  return err;
}

/* The reference copies into a container that is as large entry by entry: a source that holds it shows it half overwritten. */
static uint16_t copy_over(ottl_vm *vm, ottl_cell at, ottl_cell v) {
  uint16_t err = 0;
  ottl_cell copy;
  if (cell_type(v) == OTTL_T_LIST) {
    ottl_list *to = cell_list(at);
    const ottl_list *from = cell_list(v);
    for (uint32_t i = from->n; i < to->n; i++) to->items[i] = cell_nil();
    for (uint32_t i = 0; i < from->n && !err; i++) {
      err = ottl__vm_error_of(ottl__value_copy(&vm->batch->arena, from->items[i], &copy));
      if (!err) to->items[i] = copy;
    }
    if (!err) to->n = from->n;
    return err;
  }
  ottl_rowmap *to = cell_map(at);
  const ottl_rowmap *from = cell_map(v);
  rowmap_moved(to);
  for (uint32_t i = from->n; i < to->n; i++)
    to->items[i] = (ottl_entry){.keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN, .dirty = 1};
  for (uint32_t i = 0; i < from->n && !err; i++) {
    const ottl_entry *e = &from->items[i];
    ottl_cell old = entry_cell(&to->items[i]);
    to->items[i] = (ottl_entry){.key = e->key, .klen = e->klen, .keyid = OTTL_NO_KEY, .column = OTTL_NO_COLUMN};
    entry_set(&to->items[i], old);
    err = ottl__vm_error_of(ottl__value_copy(&vm->batch->arena, entry_cell(e), &copy));
    if (!err) entry_set(&to->items[i], copy);
  }
  if (!err) to->n = from->n;
  return err;
}

/* Is there room in the tree that the slot holds for the entries of another one? */
static bool has_room(ottl_cell at, ottl_cell v) {
  if (at.tag != v.tag || !cell_is_tree(at) || at.word == v.word) return false;
  return cell_type(v) == OTTL_T_LIST ? cell_list(at)->n >= cell_list(v)->n : cell_map(at)->n >= cell_map(v)->n;
}

static uint16_t slot_set(ottl_vm *vm, slot s, ottl_cell v) {
  switch (cell_type(v)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: slot_put(s, cell_nil()); return 0;
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE:
  case OTTL_T_STRING:
  case OTTL_T_BYTES: slot_put(s, v); return 0;
  case OTTL_T_LIST_ANY:
  case OTTL_T_LIST_STRING:
  case OTTL_T_LIST_INT:
  case OTTL_T_LIST_DOUBLE: return list_of_cells(vm, s, v);
  case OTTL_T_MAP:
  case OTTL_T_LIST: {
    ottl_cell same = slot_get(s);
    if (cell_is_tree(v) && same.tag == v.tag && same.word == v.word) { /* onto itself: what append gives */
      slot_put(s, v);
      return 0;
    }
    /* A slot of another type becomes an empty container first, then the source is copied: one that holds the slot shows it so. */
    if (cell_is_tree(v) && cell_type(slot_get(s)) != cell_type(v)) {
      void *node =
          arena_zero(&vm->batch->arena, sizeof(ottl_rowmap) > sizeof(ottl_list) ? sizeof(ottl_rowmap) : sizeof(ottl_list));
      if (!node) return OTTL_RE_TOO_LARGE;
      slot_put(s, cell_tree(cell_type(v), node));
    }
    ottl_cell old = slot_get(s);
    if (cell_is_tree(v) && !cell_is_tree(old) && ottl__value_to_tree(&vm->batch->arena, &old) == OTTL_OK) slot_put(s, old);
    if (has_room(slot_get(s), v)) {
      if (s.entry) s.entry->dirty = 1;
      return copy_over(vm, slot_get(s), v);
    }
    ottl_cell copy;
    uint16_t err = ottl__vm_error_of(ottl__value_copy(&vm->batch->arena, v, &copy));
    if (!err) slot_put(s, copy);
    return err;
  }
  default: return OTTL_ROWERR(SET_UNSUPPORTED, cell_type(v));
  }
}

uint16_t ottl__set_value(ottl_vm *vm, ottl_cell *at, ottl_cell v) { return slot_set(vm, (slot){at, NULL}, v); }

void ottl__value_live(ottl_cell *v, ottl_cell read, ottl_cell live) {
  if (v->tag == read.tag && v->word == read.word && v->len == read.len) {
    *v = live;
  } else if (v->tag == (OTTL_T_LIST_ANY | OTTL_TAG_TREE)) {
    ottl_list *list = cell_list(*v);
    for (uint32_t i = 0; i < list->n; i++) ottl__value_live(&list->items[i], read, live);
  }
}

uint16_t ottl__from_raw(ottl_vm *vm, ottl_cell v, bool top, ottl_cell *ret) {
  switch (cell_type(v)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: *ret = cell_nil(); return 0;
  case OTTL_T_BOOL:
  case OTTL_T_INT:
  case OTTL_T_DOUBLE:
  case OTTL_T_STRING:
  case OTTL_T_BYTES: *ret = v; return 0;
  case OTTL_T_GO_INT: *ret = cell_int((int64_t)v.word); return 0;
  case OTTL_T_MAP:
    if (!top) break; /* a map two lists down is refused */
    return ottl__vm_error_of(ottl__value_copy(&vm->batch->arena, v, ret));
  case OTTL_T_LIST_ANY: {
    const ottl_list *from = cell_list(v);
    ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
    if (!list) return OTTL_RE_TOO_LARGE;
    for (uint32_t i = 0; i < from->n; i++) {
      ottl_cell item;
      uint16_t err = ottl__from_raw(vm, from->items[i], top && cell_type(from->items[i]) == OTTL_T_MAP, &item);
      if (err) return err;
      if (ottl__list_push(&vm->batch->arena, list, item) != OTTL_OK) return OTTL_RE_TOO_LARGE;
    }
    *ret = cell_tree(OTTL_T_LIST, list);
    return 0;
  }
  default: break;
  }
  return OTTL_ROWERR(INVALID_VALUE, cell_type(v));
}

/* ---- writing at keys ---- */

static uint16_t pad_list(ottl_vm *vm, ottl_cell *at, int64_t index, ottl_cell **ret) {
  ottl_list *list = arena_zero(&vm->batch->arena, sizeof *list);
  if (index >= (int64_t)OTTL_MAX_LIST_PADDING) return OTTL_RE_TOO_FAR;
  uint32_t n = index < 0 ? 1 : (uint32_t)index + 1; /* a negative index makes a list of one */
  if (list) list->items = arena_array(&vm->batch->arena, n, sizeof *list->items);
  if (!list || !list->items) return OTTL_RE_TOO_LARGE;
  for (uint32_t i = 0; i < n; i++) list->items[i] = cell_nil();
  list->n = list->cap = n;
  *at = cell_tree(OTTL_T_LIST, list);
  *ret = &list->items[n - 1];
  return 0;
}

static uint16_t set_step(ottl_vm *vm, slot *s, ottl_cell key, ottl_cell *v) {
  ottl_cell at = slot_get(*s);
  ottl_type type = cell_type(at);
  if (type == OTTL_T_NIL || type == OTTL_T_ABSENT) {
    if (key.tag == OTTL_T_STRING) {
      ottl_rowmap *map = arena_zero(&vm->batch->arena, sizeof *map);
      if (!map) return OTTL_RE_TOO_LARGE;
      slot_put(*s, cell_tree(OTTL_T_MAP, map));
      s->entry = ottl__rowmap_push(&vm->batch->arena, map, cell_view(key));
      s->cell = NULL;
      return s->entry ? 0 : OTTL_RE_TOO_LARGE;
    }
    if (key.tag != OTTL_T_INT) return OTTL_ROWERR(KEY_TYPE, cell_type(key));
    ottl_cell list, *item;
    uint16_t err = pad_list(vm, &list, (int64_t)key.word, &item);
    if (err) return err;
    slot_put(*s, list);
    *s = (slot){item, NULL};
    return 0;
  }
  if (type != OTTL_T_MAP && type != OTTL_T_LIST) return OTTL_ROWERR(NOT_INDEXABLE, type);
  if (key.tag != (type == OTTL_T_MAP ? OTTL_T_STRING : OTTL_T_INT)) return OTTL_ROWERR(KEY_TYPE, cell_type(key));
  if (!cell_is_tree(at)) {
    ottl_cell tree = at;
    uint16_t err = ottl__vm_error_of(ottl__value_to_tree(&vm->batch->arena, &tree));
    if (err) return err;
    ottl__value_live(v, at, tree); /* a value that is this very container */
    slot_put(*s, tree);
    at = tree;
  }
  if (type == OTTL_T_LIST) {
    ottl_list *list = cell_list(at);
    if ((int64_t)key.word < 0 || key.word >= list->n) return OTTL_RE_INDEX_BOUNDS;
    *s = (slot){&list->items[key.word], NULL};
    return 0;
  }
  ottl_rowmap *map = cell_map(at);
  ottl_entry *e = ottl__rowmap_lookup(&vm->batch->arena, map, cell_view(key));
  if (!e) e = ottl__rowmap_push(&vm->batch->arena, map, cell_view(key));
  *s = (slot){NULL, e};
  return e ? 0 : OTTL_RE_TOO_LARGE;
}

static uint16_t path_set(ottl_vm *vm, slot s, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell v) {
  for (uint32_t k = 0; k < n_keys; k++) {
    ottl_cell key = cell_nil();
    uint16_t err = ottl__path_key(vm, keys[k], row, &key);
    if (!err) err = set_step(vm, &s, key, &v);
    if (err) return err;
  }
  return slot_set(vm, s, v);
}

uint16_t ottl__path_set(ottl_vm *vm, ottl_cell *at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell v) {
  return path_set(vm, (slot){at, NULL}, keys, n_keys, row, v);
}

uint16_t ottl__path_set_entry(ottl_vm *vm, ottl_entry *at, const uint16_t *keys, uint32_t n_keys, uint32_t row, ottl_cell v) {
  return path_set(vm, (slot){NULL, at}, keys, n_keys, row, v);
}
