/* Sort: a list in order. What is compared is the common type of the elements; what comes out are the elements as they were. */
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/handlers.h"

typedef struct sort_item {
  ottl_cell value;
  union {
    int64_t i;
    double d;
    ottl_view text;
  } key;
} sort_item;

enum { SORT_FEW = 16 };

typedef int sort_compare(const sort_item *a, const sort_item *b);

static int sort_ints(const sort_item *a, const sort_item *b) { return (a->key.i > b->key.i) - (a->key.i < b->key.i); }
static int sort_texts(const sort_item *a, const sort_item *b) { return view_cmp(a->key.text, b->key.text); }
/* cmp.Compare: NaN is less than anything, and equal to itself. */
static int sort_doubles(const sort_item *a, const sort_item *b) {
  double x = a->key.d, y = b->key.d;
  bool x_nan = x != x, y_nan = y != y;
  if (x_nan || y_nan) return y_nan - x_nan;
  return (x > y) - (x < y);
}

/* Merge sort, bottom up. DIFF: equal elements that differ (1 and 1.0, true and "true") stay in order; in the reference they do in lists of up to
 * 12 elements. */
static void sort_merge(sort_item *items, sort_item *spare, size_t n, sort_compare *compare, bool descending) {
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t begin = 0; begin + width < n; begin += 2 * width) {
      size_t mid = begin + width, end = mid + width < n ? mid + width : n, a = begin, b = mid, out = begin;
      memcpy(spare + begin, items + begin, (end - begin) * sizeof *items);
      while (a < mid && b < end) {
        int c = descending ? compare(&spare[a], &spare[b]) : compare(&spare[b], &spare[a]);
        items[out++] = c < 0 ? spare[b++] : spare[a++];
      }
      while (a < mid) items[out++] = spare[a++];
      while (b < end) items[out++] = spare[b++];
    }
  }
}

/* What the elements have in common: INT, DOUBLE, STRING, or NIL when they cannot be sorted. */
static ottl_type sort_common(const ottl_list *list) {
  bool ints = false, doubles = false, texts = false;
  for (uint32_t i = 0; i < list->n; i++) {
    switch (cell_type(list->items[i])) {
    case OTTL_T_INT: ints = true; break;
    case OTTL_T_DOUBLE: doubles = true; break;
    case OTTL_T_ABSENT:
    case OTTL_T_NIL:
    case OTTL_T_BOOL:
    case OTTL_T_STRING: texts = true; break;
    default: return OTTL_T_NIL;
    }
  }
  if (texts) return OTTL_T_STRING;
  return doubles ? OTTL_T_DOUBLE : ints ? OTTL_T_INT : OTTL_T_NIL;
}

static ottl_status sort_key(ottl_call *c, sort_item *item, ottl_type common) {
  ottl_cell v = item->value;
  if (common == OTTL_T_INT) {
    item->key.i = (int64_t)v.word;
  } else if (common == OTTL_T_DOUBLE) {
    item->key.d = cell_type(v) == OTTL_T_INT ? (double)(int64_t)v.word : double_of_bits(v.word);
  } else if (cell_type(v) == OTTL_T_STRING) {
    item->key.text = cell_view(v);
  } else {
    ottl_sbuf *buf = scratch_text(c);
    OTTL_TRY(ottl__value_as_string(&c->scratch->arena, buf, v));
    item->key.text = arena_copy(c->arena, buf->data, buf->len);
    if (!item->key.text.data) return OTTL_NOMEM;
  }
  return OTTL_OK;
}

/* A few: each in its place among those before it. */
static void sort_few(sort_item *items, size_t n, sort_compare *compare, bool descending) {
  for (size_t i = 1; i < n; i++) {
    const sort_item moving = items[i];
    size_t at = i;
    for (; at > 0; at--) {
      int c = descending ? compare(&items[at - 1], &moving) : compare(&moving, &items[at - 1]);
      if (c >= 0) break;
      items[at] = items[at - 1];
    }
    items[at] = moving;
  }
}

/* A sorted list of `type` out of the items of `list`. */
static ottl_status sort_list(ottl_call *c, uint32_t row, const ottl_list *list, ottl_type common, ottl_type type,
                             bool descending) {
  sort_item few[SORT_FEW], *items = list->n <= SORT_FEW ? few : arena_array(c->arena, 2 * (size_t)list->n, sizeof *items);
  ottl_list *out = arena_alloc(c->arena, sizeof *out);
  ottl_cell *cells = arena_array(c->arena, (size_t)list->n + 1, sizeof *cells);
  if (!items || !out || !cells) return OTTL_NOMEM;
  for (uint32_t i = 0; i < list->n; i++) {
    items[i].value = list->items[i];
    ottl_status status = sort_key(c, &items[i], common);
    if (status != OTTL_OK) return fail_status(c, row, status);
  }
  sort_compare *compare = common == OTTL_T_INT ? sort_ints : common == OTTL_T_DOUBLE ? sort_doubles : sort_texts;
  if (items == few)
    sort_few(items, list->n, compare, descending);
  else
    sort_merge(items, items + list->n, list->n, compare, descending);
  for (uint32_t i = 0; i < list->n; i++) cells[i] = items[i].value;
  *out = (ottl_list){cells, list->n, list->n};
  out_put(c, row, cell_tree(type, out));
  return OTTL_OK;
}

ottl_status ottl__prep_sort(ottl_prepare *p) {
  if (!p->arg[1].given) return OTTL_OK;
  ottl_view order = cell_view(p->arg[1].literal);
  if (view_is(order, "asc") || view_is(order, "desc")) return OTTL_OK;
  return ottl__refuse(p, 1, "the order is either \"asc\" or \"desc\"");
}

static ottl_status sort_row(ottl_call *c, uint32_t row, bool descending) {
  ottl_cell v = reg_cell(c->arg[0].reg, row);
  ottl_type type = cell_type(v), common;
  uint16_t error;
  switch (type) {
  case OTTL_T_LIST_STRING: return sort_list(c, row, cell_list(v), OTTL_T_STRING, type, descending);
  case OTTL_T_LIST_INT: return sort_list(c, row, cell_list(v), OTTL_T_INT, type, descending);
  case OTTL_T_LIST_DOUBLE: return sort_list(c, row, cell_list(v), OTTL_T_DOUBLE, type, descending);
  case OTTL_T_LIST_ANY:
    error = ottl__coerce(c->arena, c->scratch, OTTL_P_LIST, v, &v);
    if (error) {
      call_fail(c, row, error);
      return OTTL_OK;
    }
    break;
  case OTTL_T_LIST: break;
  default: call_fail(c, row, OTTL_ROWERR(WANT_LIST, v.tag)); return OTTL_OK;
  }
  ottl_status status = ottl__value_to_tree(c->arena, &v);
  if (status != OTTL_OK) return fail_status(c, row, status);
  common = sort_common(cell_list(v));
  if (common != OTTL_T_NIL) return sort_list(c, row, cell_list(v), common, OTTL_T_LIST_ANY, descending);
  status = ottl__value_copy(c->arena, v, &v);
  if (status != OTTL_OK) return fail_status(c, row, status);
  out_put(c, row, v);
  return OTTL_OK;
}

ottl_status ottl__fn_sort(ottl_call *c) {
  bool descending = c->arg[1].given && view_is(cell_view(c->arg[1].literal), "desc");
  SEL_EACH(c->sel, c->n, row) OTTL_TRY(sort_row(c, row, descending));
  return OTTL_OK;
}
