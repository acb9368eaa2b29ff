/* Data points of a metric in groups, and one point made of each group: what the aggregate_on_* functions share. */
#ifndef OTTL_SRC_FUNCS_METRIC_GROUP_H
#define OTTL_SRC_FUNCS_METRIC_GROUP_H

#include "funcs/record.h"

typedef enum mg_function { MG_SUM, MG_MEAN, MG_MIN, MG_MAX, MG_MEDIAN, MG_COUNT, MG_FUNCTIONS } mg_function;

typedef struct mg_point {
  rec_point point;
  uint32_t next; /* of its group; UINT32_MAX: the last */
} mg_point;

typedef struct mg_group {
  ottl_view key;
  uint32_t hash, first, last, n;
} mg_group;

typedef struct mg_groups {
  ottl_arena *arena;
  ottl_metric_kind kind;
  mg_function how;
  bool delta;
  mg_point *points;
  uint32_t n_points, cap_points;
  mg_group *groups; /* in the order of their first points */
  uint32_t n_groups;
} mg_groups;

/* metric_group.c. Adds a point, whose body must live as long as the arena. Fails: NOMEM, DATA. */
OTTL_MUST_CHECK ottl_status ottl__mg_add(mg_groups *g, ottl_view body);
/* Puts the points into groups: those that differ in nothing but their values. Fails: NOMEM, DATA, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__mg_group(mg_groups *g, ottl_scratch *scratch);

/* metric_merge.c. Writes the point that a group amounts to. Fails: NOMEM, DATA, RUNTIME (buckets that do not fit). */
OTTL_MUST_CHECK ottl_status ottl__mg_merge(mg_groups *g, const mg_group *group, ottl_sbuf *out);

#endif
