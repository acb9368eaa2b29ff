/* Time zones of the IANA database, built in: what Go's time.LoadLocation and Location.lookup answer.
 *
 * A zone is constant data of the library (third_party/tzdata); the machine's own zone files are never read. */
#ifndef OTTL_SRC_BASE_ZONE_H
#define OTTL_SRC_BASE_ZONE_H

#include "base/gotime.h"

typedef struct ottl_zone ottl_zone;

/* What holds at an instant: seconds east of UTC, its name, and from when until when (Unix seconds). */
typedef struct ottl_zone_span {
  int32_t offset;
  ottl_view name;
  int64_t start, end;
} ottl_zone_span;

/* The zone with that name, in exactly that case; "", "UTC" and "Local" are UTC. NULL: there is none. Any thread. */
const ottl_zone *ottl__zone_find(ottl_view name);
extern const ottl_zone ottl__zone_utc;
/* Names in byte order; NULL after the last. */
const char *ottl__zone_name(size_t i);

ottl_zone_span ottl__zone_at(const ottl_zone *zone, int64_t seconds);
/* The offset that goes with an abbreviation such as "EST" at a time of day (in seconds, as if it were UTC); false: not one of the zone. */
bool ottl__zone_abbreviation(const ottl_zone *zone, ottl_view name, int64_t local_seconds, int32_t *ret_offset);
/* time.Date in a zone. */
ottl_instant ottl__zone_date(const ottl_zone *zone, int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute,
                             int64_t second, int64_t nanos);

#endif
