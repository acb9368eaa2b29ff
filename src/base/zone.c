/* Looking up zones. Instants after the last transition follow the zone's POSIX rule, as in Go. */
#include "base/zone.h"

typedef struct zone_type {
  int32_t offset;
  uint8_t is_dst;
  char name[7];
} zone_type;

typedef struct zone_change { /* the week'th weekday of a month, 5: the last */
  uint8_t month, week, weekday;
  int32_t second; /* after midnight, may leave the day */
} zone_change;

typedef struct zone_rule {
  char std[7];
  int32_t std_offset;
  uint8_t has_dst;
  char dst[7];
  int32_t dst_offset;
  zone_change begin, end;
} zone_rule;

struct ottl_zone {
  uint16_t moves, n_moves; /* in zone_when and zone_index */
  uint16_t types, n_types;
  uint16_t rule;
};

typedef struct zone_name {
  const char *name;
  uint16_t zone;
} zone_name;

#include "../../third_party/tzdata/zones.inc"

_Static_assert(OTTL_COUNT(zone_when) <= UINT16_MAX, "places in zone_when are 16 bits");

const ottl_zone ottl__zone_utc = {0, 0, 0, 0, 0};

const ottl_zone *ottl__zone_find(ottl_view name) {
  if (name.len == 0 || view_is(name, "UTC") || view_is(name, "Local")) return &ottl__zone_utc;
  size_t low = 0, high = OTTL_COUNT(zone_names);
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = view_cmp(name, view_str(zone_names[mid].name));
    if (c == 0) return &zone_table[zone_names[mid].zone];
    if (c < 0)
      high = mid;
    else
      low = mid + 1;
  }
  return NULL;
}

const char *ottl__zone_name(size_t i) { return i < OTTL_COUNT(zone_names) ? zone_names[i].name : NULL; }

static ottl_zone_span zone_span(int32_t offset, const char *name, int64_t start, int64_t end) {
  return (ottl_zone_span){offset, view_str(name), start, end};
}

/* Location.lookupFirstZone: what holds before the first transition. */
static const zone_type *zone_first(const ottl_zone *z) {
  const zone_type *types = &zone_types[z->types];
  bool used = false;
  for (uint32_t i = 0; i < z->n_moves; i++) used |= zone_index[z->moves + i] == 0;
  if (!used) return types;
  if (z->n_moves && types[zone_index[z->moves]].is_dst) {
    for (uint32_t i = zone_index[z->moves]; i-- > 0;) {
      if (!types[i].is_dst) return &types[i];
    }
  }
  for (uint32_t i = 0; i < z->n_types; i++) {
    if (!types[i].is_dst) return &types[i];
  }
  return types;
}

/* Second of the year, in UTC, at which a rule takes effect while `offset` holds. */
static int64_t zone_change_at(int64_t year, const zone_change *c, int32_t offset) {
  ottl_instant first = ottl__gotime_date(year, c->month, 1, 0, 0, 0, 0, 0), start = ottl__gotime_date(year, 1, 1, 0, 0, 0, 0, 0);
  int day = (int)c->weekday - ottl__gotime_civil(first, 0).weekday;
  if (day < 0) day += 7;
  for (int i = 1; i < c->week && day + 7 < ottl__gotime_days_in_month(year, c->month); i++) day += 7;
  return first.seconds - start.seconds + (int64_t)day * 86400 + c->second - offset;
}

static ottl_zone_span zone_by_rule(const zone_rule *r, int64_t start, int64_t seconds) {
  if (!r->has_dst) return zone_span(r->std_offset, r->std, start, INT64_MAX);
  int64_t year = ottl__gotime_civil((ottl_instant){seconds, 0}, 0).year;
  int64_t year_start = ottl__gotime_date(year, 1, 1, 0, 0, 0, 0, 0).seconds, at = seconds - year_start;
  int64_t begin = zone_change_at(year, &r->begin, r->std_offset), end = zone_change_at(year, &r->end, r->dst_offset);
  bool south = end < begin; /* then the year begins with daylight saving time */
  int64_t first = south ? end : begin, second = south ? begin : end;
  bool outside = at < first || at >= second;
  int64_t from = at < first ? 0 : at < second ? first : second;
  int64_t until = at < first ? first : at < second ? second : INT64_C(365) * 86400;
  bool dst = outside == south;
  return zone_span(dst ? r->dst_offset : r->std_offset, dst ? r->dst : r->std, year_start + from, year_start + until);
}

ottl_zone_span ottl__zone_at(const ottl_zone *z, int64_t seconds) {
  if (z->n_types == 0) return zone_span(0, "UTC", INT64_MIN, INT64_MAX);
  const zone_type *types = &zone_types[z->types];
  const zone_rule *rule = &zone_rules[z->rule];
  if (z->n_moves == 0) { /* for Go it moved to its first type at the beginning of time */
    if (rule->std[0]) return zone_by_rule(rule, INT64_MIN, seconds);
    return zone_span(types->offset, types->name, INT64_MIN, INT64_MAX);
  }
  const int64_t *when = &zone_when[z->moves];
  if (seconds < when[0]) {
    const zone_type *t = zone_first(z);
    return zone_span(t->offset, t->name, INT64_MIN, when[0]);
  }
  uint32_t low = 0, high = z->n_moves;
  while (high - low > 1) {
    uint32_t mid = (low + high) / 2;
    if (seconds < when[mid])
      high = mid;
    else
      low = mid;
  }
  if (high == z->n_moves && rule->std[0]) return zone_by_rule(rule, when[low], seconds);
  const zone_type *t = &types[zone_index[z->moves + low]];
  return zone_span(t->offset, t->name, when[low], high < z->n_moves ? when[high] : INT64_MAX);
}

bool ottl__zone_abbreviation(const ottl_zone *z, ottl_view name, int64_t local_seconds, int32_t *ret_offset) {
  const zone_type *types = &zone_types[z->types];
  for (uint32_t i = 0; i < z->n_types; i++) { /* the one that was in effect then */
    if (!view_is(name, types[i].name)) continue;
    ottl_zone_span at = ottl__zone_at(z, local_seconds - types[i].offset);
    if (!view_is(at.name, types[i].name)) continue;
    *ret_offset = at.offset;
    return true;
  }
  for (uint32_t i = 0; i < z->n_types; i++) {
    if (!view_is(name, types[i].name)) continue;
    *ret_offset = types[i].offset;
    return true;
  }
  return false;
}

ottl_instant ottl__zone_date(const ottl_zone *z, int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute,
                             int64_t second, int64_t nanos) {
  ottl_instant t = ottl__gotime_date(year, month, day, hour, minute, second, nanos, 0);
  ottl_zone_span at = ottl__zone_at(z, t.seconds);
  if (at.offset == 0) return t;
  int64_t utc = t.seconds - at.offset;
  int32_t offset = utc < at.start || utc >= at.end ? ottl__zone_at(z, utc).offset : at.offset;
  t.seconds -= offset;
  return t;
}
