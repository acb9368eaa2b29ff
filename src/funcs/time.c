/* Times and durations: Now, Unix, UnixNano and its kin, Duration, Hours and its kin, Year and its kin. */
#include "base/gotime.h"
#include "funcs/handlers.h"

typedef struct time_parts {
  ottl_instant at;
  int32_t offset;
} time_parts;

static time_parts time_of(ottl_cell v) {
  if (cell_type(v) == OTTL_T_TIME) return (time_parts){{(int64_t)v.word, v.len}, 0};
  const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)v.word;
  return (time_parts){{z->seconds, z->nanos}, z->offset_seconds};
}
static ottl_cell time_cell(ottl_instant t) { return (ottl_cell){(uint64_t)t.seconds, t.nanos, OTTL_T_TIME}; }

ottl_status ottl__fn_now(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_put(c, row, (ottl_cell){(uint64_t)c->now_seconds, c->now_nanos, OTTL_T_TIME});
  return OTTL_OK;
}

ottl_status ottl__fn_unix(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    int64_t nanos = c->arg[1].given ? reg_int(c->arg[1].reg, row) : 0;
    out_put(c, row, time_cell(ottl__gotime_unix(reg_int(c->arg[0].reg, row), nanos)));
  }
  return OTTL_OK;
}

static int64_t unix_seconds(ottl_instant t) { return t.seconds; }

static ottl_status instant_rows(ottl_call *c, int64_t (*get)(ottl_instant)) {
  SEL_EACH(c->sel, c->n, row) out_int(c, row, get(time_of(reg_cell(c->arg[0].reg, row)).at));
  return OTTL_OK;
}
ottl_status ottl__fn_unix_nano(ottl_call *c) { return instant_rows(c, ottl__gotime_unix_nano); }
ottl_status ottl__fn_unix_micro(ottl_call *c) { return instant_rows(c, ottl__gotime_unix_micro); }
ottl_status ottl__fn_unix_milli(ottl_call *c) { return instant_rows(c, ottl__gotime_unix_milli); }
ottl_status ottl__fn_unix_seconds(ottl_call *c) { return instant_rows(c, unix_seconds); }

/* -- parts of a time, in its own zone -- */

typedef enum civil_part { PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE, PART_SECOND, PART_WEEKDAY } civil_part;

static ottl_status civil_rows(ottl_call *c, civil_part part) {
  SEL_EACH(c->sel, c->n, row) {
    time_parts t = time_of(reg_cell(c->arg[0].reg, row));
    ottl_civil v = ottl__gotime_civil(t.at, t.offset);
    int64_t parts[] = {v.year, v.month, v.day, v.hour, v.minute, v.second, v.weekday};
    out_int(c, row, parts[part]);
  }
  return OTTL_OK;
}
ottl_status ottl__fn_year(ottl_call *c) { return civil_rows(c, PART_YEAR); }
ottl_status ottl__fn_month(ottl_call *c) { return civil_rows(c, PART_MONTH); }
ottl_status ottl__fn_day(ottl_call *c) { return civil_rows(c, PART_DAY); }
ottl_status ottl__fn_hour(ottl_call *c) { return civil_rows(c, PART_HOUR); }
ottl_status ottl__fn_minute(ottl_call *c) { return civil_rows(c, PART_MINUTE); }
ottl_status ottl__fn_second(ottl_call *c) { return civil_rows(c, PART_SECOND); }
ottl_status ottl__fn_weekday(ottl_call *c) { return civil_rows(c, PART_WEEKDAY); }
ottl_status ottl__fn_nanosecond(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) out_int(c, row, time_of(reg_cell(c->arg[0].reg, row)).at.nanos);
  return OTTL_OK;
}

/* -- durations -- */

ottl_status ottl__fn_duration(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    int64_t ns;
    if (ottl__gotime_parse_duration(reg_view(c->arg[0].reg, row), &ns, NULL) == OTTL_DURATION_OK) {
      out_put(c, row, (ottl_cell){(uint64_t)ns, 0, OTTL_T_DURATION});
    } else {
      call_fail(c, row, OTTL_ROWERR(BAD_DURATION, 0));
    }
  }
  return OTTL_OK;
}

static ottl_status whole_rows(ottl_call *c, int64_t unit) {
  SEL_EACH(c->sel, c->n, row) out_int(c, row, reg_int(c->arg[0].reg, row) / unit);
  return OTTL_OK;
}
ottl_status ottl__fn_nanoseconds(ottl_call *c) { return whole_rows(c, 1); }
ottl_status ottl__fn_microseconds(ottl_call *c) { return whole_rows(c, 1000); }
ottl_status ottl__fn_milliseconds(ottl_call *c) { return whole_rows(c, 1000000); }

static ottl_status double_rows(ottl_call *c, double (*get)(int64_t)) {
  SEL_EACH(c->sel, c->n, row) out_put(c, row, cell_double(get(reg_int(c->arg[0].reg, row))));
  return OTTL_OK;
}
ottl_status ottl__fn_seconds(ottl_call *c) { return double_rows(c, ottl__gotime_seconds); }
ottl_status ottl__fn_minutes(ottl_call *c) { return double_rows(c, ottl__gotime_minutes); }
ottl_status ottl__fn_hours(ottl_call *c) { return double_rows(c, ottl__gotime_hours); }
