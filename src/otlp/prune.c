/* Entries that go by a rule on their keys (delete_matching_keys and its kin), in the key tier.
 *
 * The projection asks about each distinct key once, and notes where entries of a row stand that go: its holes. The statement says
 * of which rows they go; weaving leaves them out. Named keys are columns, which the statement deletes. */
#include "batch/map.h"
#include "otlp/impl.h"

ottl_status ottl__ot_key_goes(ottl_batch *b, unsigned map, ottl_view key, bool *ret) {
  ot_impl *im = ot_of(b);
  uint32_t id = ottl__key_id(b, key);
  size_t word = id / 32, old = im->verdicts_cap;
  if (id != OTTL_NO_KEY && word >= old) {
    OTTL_TRY(ottl__al_reserve(&b->al, &im->verdicts, &im->verdicts_cap, word + 1, sizeof *im->verdicts));
    memset(im->verdicts + old, 0, (im->verdicts_cap - old) * sizeof *im->verdicts);
  }
  unsigned known = id != OTTL_NO_KEY ? (unsigned)(im->verdicts[word] >> (id % 32 * 2)) & 3 : 0;
  if (known) {
    *ret = known & 2;
    return OTTL_OK;
  }
  OTTL_TRY(b->key_rule.goes(b->key_rule.context, b->layout->maps[map].prune - 1u, key, ret));
  if (id != OTTL_NO_KEY) im->verdicts[word] |= (uint64_t)(*ret ? 3 : 1) << (id % 32 * 2);
  return OTTL_OK;
}

ottl_status ottl__ot_hole(ottl_batch *b, uint32_t i, uint32_t begin, uint32_t end) {
  ot_impl *im = ot_of(b);
  ot_holes *of = &im->holes_of[i];
  if (of->n && im->holes[im->n_holes - 1].end == begin) {
    im->holes[im->n_holes - 1].end = end;
    return OTTL_OK;
  }
  if (im->n_holes >= UINT32_MAX) return OTTL_NOMEM;
  OTTL_TRY(ottl__al_reserve(&b->al, &im->holes, &im->holes_cap, im->n_holes + 1, sizeof *im->holes));
  if (!of->n) of->first = (uint32_t)im->n_holes;
  of->n++;
  im->holes[im->n_holes++] = (ot_hole){begin, end};
  return OTTL_OK;
}

static ottl_status prune_list(ottl_batch *b, uint32_t m, uint32_t i) {
  OTTL_TRY(ottl__ot_row_list(b, m, i));
  ottl_rowmap *list = &b->maps[m].rows[i];
  uint32_t n = 0;
  for (uint32_t k = 0; k < list->n; k++) {
    bool goes;
    OTTL_TRY(ottl__ot_key_goes(b, m, (ottl_view){list->items[k].key, list->items[k].klen}, &goes));
    if (!goes) list->items[n++] = list->items[k];
  }
  list->n = n;
  rowmap_moved(list);
  return ottl__map_reload_row(b, m, i);
}

ottl_status ottl__map_prune(ottl_batch *b, uint32_t m, const uint64_t *sel, uint32_t n) {
  const ottl_map_spec *spec = &b->layout->maps[m];
  ottl_rowmaps *map = &b->maps[m];
  if (!map->pruned) return OTTL_INVALID_ARG;
  const bool lists = map->any_dups || map->rows;
  for (unsigned c = spec->first_column, end = c + spec->n_columns; c < end; c++) {
    ottl_reg *col = &b->columns[c];
    bool goes;
    OTTL_TRY(ottl__ot_key_goes(b, m, b->layout->columns[c].key, &goes));
    if (!goes) continue;
    SEL_EACH(sel, n, i) {
      if (col->tag[i] == OTTL_T_ABSENT || (lists && ot_listed(map, i))) continue;
      col->tag[i] = OTTL_T_ABSENT;
      col_touch(col, i);
    }
  }
  const ot_holes *holes = ot_of(b)->holes_of;
  SEL_EACH(sel, n, i) {
    if (OTTL_UNLIKELY(lists && ot_listed(map, i))) {
      OTTL_TRY(prune_list(b, m, i));
    } else if (holes[i].n) {
      bm_set(map->pruned, i);
      map->any_pruned = true;
    }
  }
  return OTTL_OK;
}
