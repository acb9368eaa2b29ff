/* Values of expressions as text: the type, then the value as JSON or in a form of its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner.h"

static void put_hex(rt_text *out, ottl_view v) {
  for (size_t i = 0; i < v.len; i++) rt_printf(out, "%02x", (unsigned char)v.data[i]);
}

static void put_double(rt_text *out, double d) {
  char buf[40];
  if (isnan(d) || isinf(d)) {
    rt_puts(out, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buf, sizeof buf, "%.*g", digits, d);
    if (strtod(buf, NULL) == d) break;
  }
  rt_puts(out, buf);
  if (!strpbrk(buf, ".e")) rt_puts(out, ".0");
}

static void put_time(rt_text *out, const ottl_value *v) {
  time_t at = (time_t)(v->integer + v->offset_seconds);
  struct tm tm;
  char buf[64];
  if (!gmtime_r(&at, &tm) || !strftime(buf, sizeof buf, "%Y-%m-%dT%H:%M:%S", &tm)) return;
  rt_puts(out, buf);
  if (v->nanos) rt_printf(out, ".%09u", v->nanos);
  int offset = v->offset_seconds, minutes = abs(offset) / 60;
  if (offset) {
    rt_printf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  } else {
    rt_puts(out, "Z");
  }
}

static void put(rt_text *out, ottl_exec *exec, const ottl_value *v, bool within);

static void put_members(rt_text *out, ottl_exec *exec, const ottl_value *v) {
  bool map = v->type == OTTL_VALUE_MAP;
  rt_puts(out, map ? "{" : "[");
  for (size_t i = 0; i < v->n; i++) {
    ottl_view key = {NULL, 0};
    ottl_value member;
    if (i) rt_puts(out, ", ");
    if (ottl_value_member(exec, v, i, map ? &key : NULL, &member) != OTTL_OK) {
      rt_puts(out, "?");
      continue;
    }
    if (map) {
      rt_put_json(out, key.data, key.len);
      rt_puts(out, ": ");
    }
    put(out, exec, &member, true);
  }
  rt_puts(out, map ? "}" : "]");
}

/* Members of maps and lists have no type in front where JSON tells it. */
static void put(rt_text *out, ottl_exec *exec, const ottl_value *v, bool within) {
  static const char *const names[] = {"nil",  "bool", "int",      "double",   "string",  "bytes", "map",
                                      "list", "time", "duration", "trace_id", "span_id", "opaque"};
  bool told = v->type <= OTTL_VALUE_STRING || v->type == OTTL_VALUE_MAP || v->type == OTTL_VALUE_LIST;
  if (!within || !told) rt_puts(out, names[v->type]);
  if (!within && v->type != OTTL_VALUE_NIL) rt_puts(out, " ");
  if (within && !told) rt_puts(out, " ");
  switch (v->type) {
  case OTTL_VALUE_NIL: rt_puts(out, within ? "null" : ""); break;
  case OTTL_VALUE_BOOL: rt_puts(out, v->boolean ? "true" : "false"); break;
  case OTTL_VALUE_INT: rt_printf(out, "%lld", (long long)v->integer); break;
  case OTTL_VALUE_DOUBLE: put_double(out, v->number); break;
  case OTTL_VALUE_STRING: rt_put_json(out, v->text.data, v->text.len); break;
  case OTTL_VALUE_MAP:
  case OTTL_VALUE_LIST: put_members(out, exec, v); break;
  case OTTL_VALUE_TIME: put_time(out, v); break;
  case OTTL_VALUE_DURATION: rt_printf(out, "%lldns", (long long)v->integer); break;
  case OTTL_VALUE_OPAQUE: rt_put(out, v->text.data, v->text.len); break;
  default: put_hex(out, v->text);
  }
}

void rt_put_value(rt_text *out, ottl_exec *exec, const ottl_value *v) { put(out, exec, v, false); }
