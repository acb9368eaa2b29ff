/* Which points of a metric belong together: those with equal attributes, time, and what else their values depend on.
 *
 * The reference compares JSON texts: 1 and 1.0 are equal, bytes equal their base64, and all points that no JSON can express (a NaN
 * in an attribute) are one group. The keys here are equal exactly when its texts are. */
#include <math.h>

#include "base/map.h"
#include "batch/value_text.h"
#include "funcs/metric_group.h"

ottl_status ottl__mg_add(mg_groups *g, ottl_view body) {
  if (g->n_points == g->cap_points) {
    uint32_t cap = g->cap_points ? g->cap_points * 2 : 16;
    mg_point *points = cap < UINT32_MAX / 4 ? arena_array(g->arena, cap, sizeof *points) : NULL;
    if (!points) return OTTL_NOMEM;
    if (g->n_points) memcpy(points, g->points, g->n_points * sizeof *points);
    g->points = points;
    g->cap_points = cap;
  }
  mg_point *p = &g->points[g->n_points];
  p->next = UINT32_MAX;
  OTTL_TRY(ottl__rec_point(g->arena, g->kind, body, &p->point));
  g->n_points++;
  return OTTL_OK;
}

static void put_number(ottl_sbuf *key, uint64_t v) { sbuf_put(key, &v, sizeof v); }

/* The key of a point, in `key`; `list` is a buffer for its attributes. */
static ottl_status key_of(const mg_groups *g, const rec_point *p, ottl_sbuf *key, ottl_sbuf *list) {
  sbuf_clear(key);
  sbuf_clear(list);
  for (uint32_t i = 0; g->kind == OTTL_MK_HISTOGRAM && i < p->bounds.n; i++) {
    if (!isfinite(double_of_bits(p->bounds.items[i]))) return OTTL_OK; /* no JSON */
  }
  if (!ottl__rec_put_as(list, p->body, ottl__rec_attributes(g->kind), 1)) return OTTL_DATA; /* as a KeyValueList */
  if (list->failed) return OTTL_NOMEM;
  OTTL_TRY(ottl__value_as_string(g->arena, key, cell_of_view(OTTL_T_MAP, view_of(list->data ? list->data : "", list->len))));
  if (key->len == 0) return OTTL_OK;
  put_number(key, p->time);
  if (g->delta) put_number(key, p->start);
  if (g->kind == OTTL_MK_HISTOGRAM) {
    put_number(key, p->bounds.n);
    for (uint32_t i = 0; i < p->bounds.n; i++) put_number(key, p->bounds.items[i]);
  }
  if (g->kind == OTTL_MK_EXP_HISTOGRAM) put_number(key, (uint32_t)p->scale);
  if (g->kind >= OTTL_MK_HISTOGRAM) put_number(key, (uint64_t)p->flags << 2 | (uint64_t)p->has_max << 1 | p->has_min);
  return sbuf_status(key);
}

ottl_status ottl__mg_group(mg_groups *g, ottl_scratch *scratch) {
  uint32_t slots = 16;
  while (slots < 2 * g->n_points) slots *= 2;
  uint32_t *table = arena_array(g->arena, slots, sizeof *table);
  g->groups = arena_array(g->arena, (size_t)g->n_points + 1, sizeof *g->groups);
  if (!table || !g->groups) return OTTL_NOMEM;
  memset(table, 0xff, slots * sizeof *table);
  for (uint32_t i = 0; i < g->n_points; i++) {
    OTTL_TRY(key_of(g, &g->points[i].point, &scratch->text, &scratch->text2));
    ottl_view key = sbuf_all(&scratch->text);
    uint32_t hash = ottl__hash_bytes(key.data ? key.data : "", key.len), at = hash & (slots - 1);
    mg_group *group = NULL;
    for (; table[at] != UINT32_MAX; at = (at + 1) & (slots - 1)) {
      group = &g->groups[table[at]];
      if (group->hash == hash && view_eq(group->key, key)) break;
    }
    if (table[at] == UINT32_MAX) {
      table[at] = g->n_groups;
      group = &g->groups[g->n_groups++];
      *group = (mg_group){arena_copy(g->arena, key.data, key.len), hash, i, i, 1};
      if (!group->key.data) return OTTL_NOMEM;
      continue;
    }
    g->points[group->last].next = i;
    group->last = i;
    group->n++;
  }
  return OTTL_OK;
}
