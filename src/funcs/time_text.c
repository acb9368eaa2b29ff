/* Time, FormatTime, TruncateTime: times from text, to text, and cut to a multiple of a duration. */
#include "funcs/strptime.h"

/* -- Time: time, format, location, locale -- */

typedef struct time_prep {
  strptime_format format;
  const ottl_zone *zone;
  const ottl_locale *locale;
} time_prep;

/* timeutils.GetLocation: the zone of a text that names none. */
static bool time_location(const ottl_arg *location, const ottl_zone **ret) {
  *ret = &ottl__zone_utc; /* the zone of this machine plays no part */
  if (!location->given || cell_view(location->literal).len == 0) return true;
  *ret = ottl__zone_find(cell_view(location->literal));
  return *ret != NULL;
}

/* A location, a locale, or an abbreviation that may name any zone. */
static bool time_looks_up(const ottl_prepare *p, ottl_view format) {
  return (p->arg[2].given && cell_view(p->arg[2].literal).len) || p->arg[3].given || ottl__strptime_names_zone(format);
}

ottl_status ottl__prep_time(ottl_prepare *p) {
  time_prep *prep = arena_zero(p->arena, sizeof *prep);
  if (!prep) return OTTL_NOMEM;
  ottl_view format = cell_view(p->arg[1].literal);
  if (format.len == 0) return ottl__refuse(p, 1, "the format cannot be empty");
  if (time_looks_up(p, format)) OTTL_TRY(ottl__need_bulk(p));
  if (!time_location(&p->arg[2], &prep->zone)) return ottl__refuse(p, 2, "unknown time zone");
  if (p->arg[3].given) {
    ottl_locale *locale = arena_zero(p->arena, sizeof *locale);
    if (!locale) return OTTL_NOMEM;
    if (!ottl__locale_find(cell_view(p->arg[3].literal), locale)) {
      return ottl__refuse(p, 3, "unsupported locale: it must be a BCP 47 tag that is known, such as \"fr-CA\"");
    }
    prep->locale = locale;
  }
  OTTL_TRY(ottl__strptime_check(p, 1, format));
  OTTL_TRY(ottl__strptime_reader(p->arena, format, &prep->format));
  p->reads_clock = !prep->format.has_year;
  p->prep = prep;
  return OTTL_OK;
}

/* time.Date in the zone of another time. */
static void time_set_date(ottl_parsed_time *t, int64_t year, const ottl_civil *v) {
  if (!t->zone) {
    t->at = ottl__gotime_date(year, v->month, v->day, v->hour, v->minute, v->second, t->at.nanos, t->offset);
    return;
  }
  t->at = ottl__zone_date(t->zone, year, v->month, v->day, v->hour, v->minute, v->second, t->at.nanos);
  ottl_zone_span span = ottl__zone_at(t->zone, t->at.seconds);
  t->offset = span.offset;
  t->name = span.name;
}

/* A text without a year is of this year, or of the last when that is more than a week ahead. */
static void time_add_year(const ottl_call *c, ottl_parsed_time *t) {
  ottl_civil v = ottl__gotime_civil(t->at, t->offset);
  if (v.year > 0) return;
  ottl_instant now = {c->now_seconds, c->now_nanos};
  int64_t year = ottl__gotime_civil(now, 0).year;
  time_set_date(t, year, &v);
  ottl_instant week = {now.seconds + INT64_C(7) * 86400, now.nanos};
  if (ottl__gotime_compare(t->at, week) <= 0) return;
  v = ottl__gotime_civil(t->at, t->offset);
  time_set_date(t, v.year - 1, &v);
}

static ottl_status time_put(ottl_call *c, uint32_t row, const ottl_parsed_time *t) {
  if (t->zone == &ottl__zone_utc) {
    out_put(c, row, (ottl_cell){(uint64_t)t->at.seconds, t->at.nanos, OTTL_T_TIME});
    return OTTL_OK;
  }
  ottl_zoned_time *z = arena_alloc(c->arena, sizeof *z);
  if (!z) return OTTL_NOMEM;
  *z = (ottl_zoned_time){t->at.seconds, t->at.nanos, t->offset, t->name, t->zone};
  if (!t->zone) { /* the name is a piece of the text */
    z->zone = arena_copy(c->arena, t->name.data, t->name.len);
    if (!z->zone.data) return OTTL_NOMEM;
  }
  out_put(c, row, (ottl_cell){(uint64_t)(uintptr_t)z, 0, OTTL_T_TIME_ZONED});
  return OTTL_OK;
}

ottl_status ottl__fn_time(ottl_call *c) {
  const time_prep *prep = c->prep;
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    ottl_parsed_time t;
    bool ok = false;
    if (text.len) OTTL_TRY(ottl__strptime_read(c->scratch, &prep->format, prep->zone, prep->locale, text, &t, &ok));
    if (!ok) {
      call_fail(c, row, OTTL_ROWERR(BAD_TIME, 0));
      continue;
    }
    time_add_year(c, &t);
    OTTL_TRY(time_put(c, row, &t));
  }
  return OTTL_OK;
}

/* -- FormatTime: time, format -- */

ottl_status ottl__prep_format_time(ottl_prepare *p) {
  const ottl_layout_chunk *chunks;
  ottl_view format = cell_view(p->arg[1].literal);
  OTTL_TRY(ottl__strptime_check(p, 1, format));
  OTTL_TRY(ottl__strptime_printer(p->arena, format, &chunks));
  p->prep = (void *)(uintptr_t)chunks;
  return OTTL_OK;
}

ottl_status ottl__fn_format_time(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    ottl_zoned_time t = {(int64_t)v.word, v.len, 0, VIEW("UTC"), NULL};
    if (cell_type(v) == OTTL_T_TIME_ZONED) t = *(const ottl_zoned_time *)(uintptr_t)v.word;
    ottl_sbuf *buf = scratch_text(c);
    ottl__layout_format(buf, c->prep, (ottl_instant){t.seconds, t.nanos}, t.offset_seconds, t.zone);
    OTTL_TRY(out_text(c, row, buf));
  }
  return OTTL_OK;
}

/* -- TruncateTime: time, duration -- */

ottl_status ottl__fn_truncate_time(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    int64_t ns = reg_int(c->arg[1].reg, row);
    if (cell_type(v) == OTTL_T_TIME) {
      ottl_instant t = ottl__gotime_truncate((ottl_instant){(int64_t)v.word, v.len}, ns);
      out_put(c, row, (ottl_cell){(uint64_t)t.seconds, t.nanos, OTTL_T_TIME});
      continue;
    }
    const ottl_zoned_time *z = (const ottl_zoned_time *)(uintptr_t)v.word;
    ottl_parsed_time t = {ottl__gotime_truncate((ottl_instant){z->seconds, z->nanos}, ns), z->location, z->offset_seconds,
                          z->zone};
    if (t.zone) {
      ottl_zone_span span = ottl__zone_at(t.zone, t.at.seconds);
      t.offset = span.offset;
      t.name = span.name;
    }
    OTTL_TRY(time_put(c, row, &t));
  }
  return OTTL_OK;
}
