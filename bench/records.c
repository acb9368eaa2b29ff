/* Counts records of a message as the harness of the reference does: log records, spans, data points of all metrics. */
#include "bench.h"

typedef struct rec_range {
  const uint8_t *at, *end;
} rec_range;

static bool rec_varint(rec_range *r, uint64_t *ret) {
  uint64_t n = 0;
  for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
    uint8_t byte = *r->at++;
    n |= (uint64_t)(byte & 0x7F) << shift;
    if (!(byte & 0x80)) {
      *ret = n;
      return true;
    }
  }
  return false;
}

/* The next field that is length-delimited; others are stepped over. False at the end. */
static bool rec_next(rec_range *r, uint64_t *ret_field, rec_range *ret_body) {
  uint64_t tag, n;
  while (r->at < r->end) {
    if (!rec_varint(r, &tag)) break;
    switch (tag & 7) {
    case 0:
      if (!rec_varint(r, &n)) return false;
      continue;
    case 1: n = 8; break;
    case 5: n = 4; break;
    case 2:
      if (!rec_varint(r, &n)) return false;
      break;
    default: return false;
    }
    if (n > (uint64_t)(r->end - r->at)) return false;
    rec_range body = {r->at, r->at + n};
    r->at = body.end;
    if ((tag & 7) != 2) continue;
    *ret_field = tag >> 3;
    *ret_body = body;
    return true;
  }
  return false;
}

/* Fields from a request down to its records. Metrics: the data of a metric is field 5, 7, 9, 10 or 11, its points field 1. */
static uint64_t rec_count(rec_range r, unsigned level, bool metrics) {
  uint64_t n = 0, field;
  rec_range body;
  while (rec_next(&r, &field, &body)) {
    bool down = level == 0 ? field == 1 : level < 3 ? field == 2 : level == 3 ? field >= 5 && field <= 11 : field == 1;
    if (!down) continue;
    n += level == (metrics ? 4 : 2) ? 1 : rec_count(body, level + 1, metrics);
  }
  return n;
}

uint64_t bench_count_records(ottl_signal signal, const uint8_t *data, size_t len) {
  return data ? rec_count((rec_range){data, data + len}, 0, signal == OTTL_SIGNAL_METRICS) : 0;
}
