/* Keys that payloads have: a set of (map, key). */
#include "base/limits.h"
#include "base/map.h"
#include "tooling/language.h"

ottl_status ottl_sample_create(const ottl_allocator *allocator, ottl_sample **ret) {
  if (!ret) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_sample *s = al_zero(&al, sizeof *s);
  if (!s) return OTTL_NOMEM;
  s->al = al;
  ottl__arena_init(&s->arena, &s->al, (size_t)8 << 10);
  ottl__map_init(&s->index, &s->al);
  *ret = s;
  return OTTL_OK;
}

void ottl_sample_free(ottl_sample *s) {
  if (!s) return;
  ottl_allocator al = s->al;
  al_free(&al, s->names, s->cap * sizeof *s->names);
  al_free(&al, s->types, s->cap_types * sizeof *s->types);
  ottl__map_done(&s->index);
  ottl__arena_done(&s->arena);
  al_free(&al, s, sizeof *s);
}

size_t ottl_sample_keys(const ottl_sample *s) { return s ? s->n : 0; }

ottl_status ottl__sample_key(ottl_sample *s, ottl_view map, ottl_view key, ottl_types types) {
  if (s->n >= OTTL_MAX_SAMPLE_KEYS || key.len > OTTL_MAX_LANGUAGE_BYTES) return OTTL_OK;
  char *text = arena_alloc(&s->arena, map.len + key.len + 1);
  if (!text) return OTTL_NOMEM;
  memcpy(text, map.data, map.len);
  text[map.len] = 0;
  if (key.len) memcpy(text + map.len + 1, key.data, key.len);
  ottl_view name = {text, map.len + 1 + key.len};
  uint32_t known = ottl__map_find(&s->index, name);
  if (known != OTTL_MAP_NONE) {
    s->types[known] |= types;
    arena_trim(&s->arena, text, name.len, 0);
    return OTTL_OK;
  }
  OTTL_TRY(ottl__al_reserve(&s->al, &s->names, &s->cap, s->n + 1, sizeof *s->names));
  OTTL_TRY(ottl__al_reserve(&s->al, &s->types, &s->cap_types, s->n + 1, sizeof *s->types));
  OTTL_TRY(ottl__map_put(&s->index, name, (uint32_t)s->n));
  s->names[s->n] = name;
  s->types[s->n++] = types;
  return OTTL_OK;
}
