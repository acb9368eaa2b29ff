/* UUID (version 4: random) and UUIDv7 (by time, then random). */
#include "base/hex.h"
#include "base/random.h"
#include "funcs/handlers.h"

#define UUID_TEXT  36
#define UUID_BATCH 16 /* identifiers made of one request for random bytes */

typedef struct uuid_source {
  unsigned char bytes[16 * UUID_BATCH];
  size_t at;
} uuid_source;

static unsigned char *uuid_random(uuid_source *s, ottl_scratch *scratch) {
  if (scratch->seed) {
    for (unsigned i = 0; i < 16; i += 8) {
      uint64_t v = ottl__random_next(&scratch->random);
      memcpy(s->bytes + i, &v, 8);
    }
    return s->bytes;
  }
  if (s->at == sizeof s->bytes) {
    if (!ottl__random(s->bytes, sizeof s->bytes)) return NULL;
    s->at = 0;
  }
  s->at += 16;
  return s->bytes + s->at - 16;
}

static ottl_status uuid_put(ottl_call *c, uint32_t row, unsigned char *id, unsigned version) {
  static const uint8_t begins[] = {0, 4, 6, 8, 10, 16};
  id[6] = (unsigned char)((id[6] & 0x0f) | version << 4);
  id[8] = (unsigned char)((id[8] & 0x3f) | 0x80);
  char *text = arena_alloc(c->arena, UUID_TEXT), *p = text;
  if (!text) return OTTL_NOMEM;
  for (size_t i = 0; i + 1 < OTTL_COUNT(begins); i++) {
    size_t n = (size_t)begins[i + 1] - begins[i];
    if (i) *p++ = '-';
    ottl__hex_encode(p, id + begins[i], n);
    p += 2 * n;
  }
  out_view(c, row, view_of(text, UUID_TEXT));
  return OTTL_OK;
}

/* Milliseconds and 1/4096 of them; later ones are greater, also within one run. */
static void uuid_time(ottl_call *c, unsigned char *id) {
  uint64_t now = (uint64_t)c->now_seconds * 1000 + c->now_nanos / 1000000;
  now = now << 12 | (c->now_nanos % 1000000) >> 8;
  if (now <= c->scratch->last_uuid) now = c->scratch->last_uuid + 1;
  c->scratch->last_uuid = now;
  uint64_t millis = now >> 12;
  for (unsigned i = 0; i < 6; i++) id[i] = (unsigned char)(millis >> (40 - 8 * i));
  id[6] = (unsigned char)(now >> 8);
  id[7] = (unsigned char)now;
}

static ottl_status uuid_rows(ottl_call *c, unsigned version) {
  uuid_source source = {.at = sizeof source.bytes};
  SEL_EACH(c->sel, c->n, row) {
    unsigned char *id = uuid_random(&source, c->scratch);
    if (!id) {
      call_fail(c, row, OTTL_ROWERR(NO_RANDOM, 0));
      continue;
    }
    if (version == 7) uuid_time(c, id);
    OTTL_TRY(uuid_put(c, row, id, version));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_uuid(ottl_call *c) { return uuid_rows(c, 4); }
ottl_status ottl__fn_uuid_v7(ottl_call *c) { return uuid_rows(c, 7); }
