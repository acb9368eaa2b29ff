/* Comparison of two values of any type, as the reference's ValueComparator does it.
 *
 * The type of the left side decides; types that do not go together are unequal and neither less nor greater. Two kinds of
 * equality of containers are in it: pdata's Map.Equal and Slice.Equal (maps without order, numbers by type), and Go's
 * reflect.DeepEqual where a list literal ([]any) is involved. The Go list types ([]string, []uint64, ...) make the reference
 * panic when compared with their like; here their contents are compared (DIFF:). */
#include "base/gotime.h"
#include "base/limits.h"
#include "base/map.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"

/* The order of ottl_cmp (syntax/tree.h, which this layer does not see). */
enum { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GE, CMP_GT };

static bool cmp_order(int c, int op) {
  switch (op) {
  case CMP_EQ: return c == 0;
  case CMP_NE: return c != 0;
  case CMP_LT: return c < 0;
  case CMP_LE: return c <= 0;
  case CMP_GE: return c >= 0;
  default: return c > 0;
  }
}
static bool cmp_int(int64_t a, int64_t b, int op) { return cmp_order((a > b) - (a < b), op); }
static bool cmp_double(double a, double b, int op) {
  switch (op) {
  case CMP_EQ: return a == b;
  case CMP_NE: return a != b;
  case CMP_LT: return a < b;
  case CMP_LE: return a <= b;
  case CMP_GE: return a >= b;
  default: return a > b;
  }
}

static bool cmp_is_time(ottl_type t) { return t == OTTL_T_TIME || t == OTTL_T_TIME_ZONED; }
static bool cmp_is_list(ottl_type t) { return (t >= OTTL_T_LIST_STRING && t <= OTTL_T_LIST_DOUBLE) || t == OTTL_T_LIST_TIME; }
/* A []byte of the wire without bytes is a nil slice, which counts as nil. */
static bool cmp_is_nil(ottl_cell c) { return cell_is_nil(c) || (cell_type(c) == OTTL_T_BYTES && c.len == 0); }

static ottl_instant cmp_instant(ottl_cell c) {
  if (cell_type(c) == OTTL_T_TIME) return (ottl_instant){(int64_t)c.word, c.len};
  const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)c.word;
  return (ottl_instant){z->seconds, z->nanos};
}
static int cmp_times(ottl_cell a, ottl_cell b) { return ottl__gotime_compare(cmp_instant(a), cmp_instant(b)); }

static bool cmp_scalar_equal(ottl_cell a, ottl_cell b) { /* of one type */
  switch (cell_type(a)) {
  case OTTL_T_ABSENT:
  case OTTL_T_NIL: return true;
  case OTTL_T_DOUBLE: return double_of_bits(a.word) == double_of_bits(b.word);
  case OTTL_T_STRING:
  case OTTL_T_BYTES:
  case OTTL_T_TRACE_ID:
  case OTTL_T_PROFILE_ID:
  case OTTL_T_SPAN_ID: return view_eq(cell_view(a), cell_view(b));
  case OTTL_T_TIME:
  case OTTL_T_TIME_ZONED: return cmp_times(a, b) == 0;
  default: return a.word == b.word && a.len == b.len;
  }
}

/* -- pdata: Value.Equal -- */

static ottl_status pdata_equal(ottl_arena *scratch, ottl_cell a, ottl_cell b, unsigned depth, bool *ret);

/* Finds the first entry with a key; for large maps through an index. */
typedef struct cmp_finder {
  const ottl_rowmap *map;
  ottl_map index;
  bool indexed;
} cmp_finder;

static ottl_status finder_init(cmp_finder *f, ottl_arena *scratch, const ottl_rowmap *map) {
  f->map = map;
  f->indexed = map->n > 16;
  ottl__map_init(&f->index, &scratch->al);
  for (uint32_t i = map->n; f->indexed && i-- > 0;) { /* backwards: the first of equal keys stays */
    OTTL_TRY(ottl__map_put(&f->index, (ottl_view){map->items[i].key, map->items[i].klen}, i));
  }
  return OTTL_OK;
}
static const ottl_entry *finder_get(const cmp_finder *f, ottl_view key) {
  if (!f->indexed) return ottl__rowmap_find(f->map, key);
  uint32_t i = ottl__map_find(&f->index, key);
  return i == OTTL_MAP_NONE ? NULL : &f->map->items[i];
}

static ottl_status pdata_map_equal(ottl_arena *scratch, ottl_cell a, ottl_cell b, unsigned depth, bool *ret) {
  OTTL_TRY(ottl__value_to_tree(scratch, &a));
  OTTL_TRY(ottl__value_to_tree(scratch, &b));
  const ottl_rowmap *am = cell_map(a), *bm = cell_map(b);
  *ret = am->n == bm->n;
  if (!*ret) return OTTL_OK;
  cmp_finder f;
  ottl_status status = finder_init(&f, scratch, bm);
  for (uint32_t i = 0; status == OTTL_OK && *ret && i < am->n; i++) {
    const ottl_entry *e = finder_get(&f, (ottl_view){am->items[i].key, am->items[i].klen});
    if (!e)
      *ret = false;
    else
      status = pdata_equal(scratch, entry_cell(&am->items[i]), entry_cell(e), depth + 1, ret);
  }
  ottl__map_done(&f.index);
  return status;
}

static ottl_status pdata_equal(ottl_arena *scratch, ottl_cell a, ottl_cell b, unsigned depth, bool *ret) {
  ottl_type at = cell_type(a), bt = cell_type(b);
  if (at == OTTL_T_ABSENT) at = OTTL_T_NIL;
  if (bt == OTTL_T_ABSENT) bt = OTTL_T_NIL;
  *ret = false;
  if (at != bt) return OTTL_OK;
  if (at != OTTL_T_MAP && at != OTTL_T_LIST) {
    *ret = cmp_scalar_equal(a, b);
    return OTTL_OK;
  }
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  if (at == OTTL_T_MAP) return pdata_map_equal(scratch, a, b, depth, ret);
  uint32_t an, bn;
  OTTL_TRY(ottl__value_count(a, &an));
  OTTL_TRY(ottl__value_count(b, &bn));
  if (an != bn) return OTTL_OK;
  *ret = true;
  ottl_walk ak = walk_begin(a), bk = walk_begin(b);
  for (uint32_t i = 0; i < an && *ret; i++) {
    ottl_cell x, y;
    bool more;
    if (!walk_item(&ak, &x, &more) || !walk_item(&bk, &y, &more)) return OTTL_DATA;
    OTTL_TRY(pdata_equal(scratch, x, y, depth + 1, ret));
  }
  return OTTL_OK;
}

/* -- Go: reflect.DeepEqual --
 * `raw`: the value came out of pdata by AsRaw, so lists in it are []any and maps map[string]any (the last of equal keys). */

typedef enum deep_kind { DEEP_SCALAR, DEEP_ANY, DEEP_SLICE, DEEP_PMAP, DEEP_RAWMAP, DEEP_GOLIST } deep_kind;

static deep_kind deep_kind_of(ottl_cell c, bool raw) {
  switch (cell_type(c)) {
  case OTTL_T_LIST_ANY: return DEEP_ANY;
  case OTTL_T_LIST: return raw ? DEEP_ANY : DEEP_SLICE;
  case OTTL_T_MAP: return raw ? DEEP_RAWMAP : DEEP_PMAP;
  default: return cmp_is_list(cell_type(c)) ? DEEP_GOLIST : DEEP_SCALAR;
  }
}

static ottl_status deep_equal(ottl_arena *scratch, ottl_cell a, bool a_raw, ottl_cell b, bool b_raw, unsigned depth, bool *ret);

/* Last of equal keys wins on both sides. */
static ottl_status deep_rawmap_equal(ottl_arena *scratch, ottl_cell a, ottl_cell b, unsigned depth, bool *ret) {
  OTTL_TRY(ottl__value_to_tree(scratch, &a));
  OTTL_TRY(ottl__value_to_tree(scratch, &b));
  const ottl_rowmap *m[2] = {cell_map(a), cell_map(b)};
  ottl_map index[2];
  ottl_status status = OTTL_OK;
  for (int k = 0; k < 2; k++) ottl__map_init(&index[k], &scratch->al);
  for (int k = 0; k < 2; k++) {
    for (uint32_t i = 0; status == OTTL_OK && i < m[k]->n; i++) {
      status = ottl__map_put(&index[k], (ottl_view){m[k]->items[i].key, m[k]->items[i].klen}, i);
    }
  }
  *ret = status == OTTL_OK && index[0].n == index[1].n;
  for (uint32_t i = 0; status == OTTL_OK && *ret && i < m[0]->n; i++) {
    ottl_view key = {m[0]->items[i].key, m[0]->items[i].klen};
    if (ottl__map_find(&index[0], key) != i) continue; /* a later one hides it */
    uint32_t j = ottl__map_find(&index[1], key);
    if (j == OTTL_MAP_NONE)
      *ret = false;
    else
      status = deep_equal(scratch, entry_cell(&m[0]->items[i]), true, entry_cell(&m[1]->items[j]), true, depth + 1, ret);
  }
  for (int k = 0; k < 2; k++) ottl__map_done(&index[k]);
  return status;
}

/* Lists of any kind, or the memory of pdata maps: in order, with keys. */
static ottl_status deep_equal(ottl_arena *scratch, ottl_cell a, bool a_raw, ottl_cell b, bool b_raw, unsigned depth, bool *ret) {
  deep_kind kind = deep_kind_of(a, a_raw);
  *ret = false;
  if (kind != deep_kind_of(b, b_raw)) return OTTL_OK;
  if (kind == DEEP_SCALAR) {
    ottl_type at = cell_type(a), bt = cell_type(b);
    bool same = at == bt || (cell_is_nil(a) && cell_is_nil(b)) || (cmp_is_time(at) && cmp_is_time(bt));
    *ret = same && cmp_scalar_equal(a, b);
    return OTTL_OK;
  }
  if (kind == DEEP_GOLIST && cell_type(a) != cell_type(b)) return OTTL_OK;
  if (depth >= OTTL_MAX_VALUE_DEPTH) return OTTL_LIMIT;
  if (kind == DEEP_RAWMAP) return deep_rawmap_equal(scratch, a, b, depth, ret);
  uint32_t an, bn;
  OTTL_TRY(ottl__value_count(a, &an));
  OTTL_TRY(ottl__value_count(b, &bn));
  if (an != bn) return OTTL_OK;
  *ret = true;
  ottl_walk ak = walk_begin(a), bk = walk_begin(b);
  /* Inside a pdata container that is compared by its memory, containers are of pdata again. */
  for (uint32_t i = 0; i < an && *ret; i++) {
    ottl_cell x, y;
    bool more;
    if (kind == DEEP_PMAP) {
      ottl_view xk, yk;
      if (!walk_entry(&ak, &xk, &x, &more) || !walk_entry(&bk, &yk, &y, &more)) return OTTL_DATA;
      *ret = view_eq(xk, yk);
    } else if (!walk_item(&ak, &x, &more) || !walk_item(&bk, &y, &more)) {
      return OTTL_DATA;
    }
    if (*ret) OTTL_TRY(deep_equal(scratch, x, a_raw, y, b_raw, depth + 1, ret));
  }
  return OTTL_OK;
}

ottl_status ottl__value_equal_raw(ottl_arena *scratch, ottl_cell a, ottl_cell b, bool *ret) {
  ottl_type at = cell_type(a), bt = cell_type(b);
  bool equal;
  if (at == OTTL_T_MAP && bt == OTTL_T_MAP)
    OTTL_TRY(deep_equal(scratch, a, true, b, true, 0, &equal));
  else if (at == OTTL_T_LIST && bt == OTTL_T_LIST)
    OTTL_TRY(deep_equal(scratch, a, true, b, true, 0, &equal));
  else
    OTTL_TRY(ottl__value_compare(scratch, a, b, CMP_EQ, &equal));
  *ret = equal;
  return OTTL_OK;
}

/* -- all types -- */

ottl_status ottl__value_compare(ottl_arena *scratch, ottl_cell a, ottl_cell b, int op, bool *ret) {
  ottl_type at = cell_type(a), bt = cell_type(b);
  if (cmp_is_nil(a) || cmp_is_nil(b)) {
    bool both = cmp_is_nil(a) && cmp_is_nil(b);
    *ret = both ? op == CMP_EQ || op == CMP_LE || op == CMP_GE : op == CMP_NE;
    return OTTL_OK;
  }
  bool none = op == CMP_NE, equal;
  switch (at) {
  case OTTL_T_BOOL: *ret = bt == OTTL_T_BOOL ? cmp_int(a.word != 0, b.word != 0, op) : none; return OTTL_OK;
  case OTTL_T_INT:
    if (bt == OTTL_T_INT)
      *ret = cmp_int((int64_t)a.word, (int64_t)b.word, op);
    else
      *ret = bt == OTTL_T_DOUBLE ? cmp_double((double)(int64_t)a.word, double_of_bits(b.word), op) : none;
    return OTTL_OK;
  case OTTL_T_DOUBLE:
    if (bt == OTTL_T_DOUBLE)
      *ret = cmp_double(double_of_bits(a.word), double_of_bits(b.word), op);
    else
      *ret = bt == OTTL_T_INT ? cmp_double(double_of_bits(a.word), (double)(int64_t)b.word, op) : none;
    return OTTL_OK;
  case OTTL_T_STRING:
  case OTTL_T_BYTES: *ret = at == bt ? cmp_order(view_cmp(cell_view(a), cell_view(b)), op) : none; return OTTL_OK;
  case OTTL_T_DURATION: *ret = at == bt ? cmp_int((int64_t)a.word, (int64_t)b.word, op) : none; return OTTL_OK;
  case OTTL_T_TIME:
  case OTTL_T_TIME_ZONED: *ret = cmp_is_time(bt) ? cmp_order(cmp_times(a, b), op) : none; return OTTL_OK;
  default: break;
  }
  if (op != CMP_EQ && op != CMP_NE) {
    *ret = false;
    return OTTL_OK;
  }
  if (at == OTTL_T_LIST_ANY || (at == OTTL_T_LIST && bt == OTTL_T_LIST_ANY)) {
    if (bt != OTTL_T_LIST && bt != OTTL_T_LIST_ANY)
      equal = false;
    else
      OTTL_TRY(deep_equal(scratch, a, at == OTTL_T_LIST, b, bt == OTTL_T_LIST, 0, &equal));
  } else if (at != bt) {
    equal = false;
  } else if (at == OTTL_T_MAP || at == OTTL_T_LIST) {
    OTTL_TRY(pdata_equal(scratch, a, b, 0, &equal));
  } else if (cmp_is_list(at)) {
    OTTL_TRY(deep_equal(scratch, a, false, b, false, 0, &equal));
  } else {
    equal = cmp_scalar_equal(a, b); /* ids by content, opaque types by identity */
  }
  *ret = equal == (op == CMP_EQ);
  return OTTL_OK;
}
