/* Putting definitions into a grok pattern, the reference's way: round by round, one reference after the other, each replaced
 * wherever its text stands. With definitions that refer to themselves, the rounds and their order show in what comes out. */
#define _GNU_SOURCE /* memmem */
#include "base/limits.h"
#include "funcs/grok.h"

enum { GROK_ROUNDS = 1000 }; /* the reference's guard against cycles */

const grok_definition ottl__grok_patterns[] = {
#include "../../third_party/grok/patterns.inc"
};
const size_t ottl__n_grok_patterns = sizeof ottl__grok_patterns / sizeof *ottl__grok_patterns;

/* %{pattern:field:type}; `field` and `type` may be empty. */
typedef struct grok_reference {
  ottl_view whole, pattern, field, type;
} grok_reference;

static bool grok_is_word(char c) { return (unsigned)c - '0' < 10 || ((unsigned)c | 0x20) - 'a' < 26 || c == '_'; }

/* A run of word characters, and of those in `more`, that is not empty. */
static bool grok_run(ottl_view s, size_t *at, const char *more, ottl_view *ret) {
  size_t from = *at;
  while (*at < s.len && (grok_is_word(s.data[*at]) || (s.data[*at] && strchr(more, s.data[*at])))) ++*at;
  *ret = view_of(s.data + from, *at - from);
  return *at > from;
}

/* %{(\w+(?::[\w+.]+(?::\w+)?)?)} at *at. */
static bool grok_read(ottl_view s, size_t at, grok_reference *ret) {
  size_t from = at;
  *ret = (grok_reference){0};
  at += 2;
  if (!grok_run(s, &at, "", &ret->pattern)) return false;
  if (at < s.len && s.data[at] == ':') {
    at++;
    if (!grok_run(s, &at, "+.", &ret->field)) return false;
    if (at < s.len && s.data[at] == ':') {
      at++;
      if (!grok_run(s, &at, "", &ret->type)) return false;
    }
  }
  if (at >= s.len || s.data[at] != '}') return false;
  ret->whole = view_of(s.data + from, at + 1 - from);
  return true;
}

/* The next reference at or behind *at, which moves behind it. */
static bool grok_next(ottl_view s, size_t *at, grok_reference *ret) {
  while (*at + 2 < s.len) {
    const char *hit = memmem(s.data + *at, s.len - *at, "%{", 2);
    if (!hit) return false;
    *at = (size_t)(hit - s.data);
    if (grok_read(s, *at, ret)) {
      *at += ret->whole.len;
      return true;
    }
    *at += 2;
  }
  return false;
}

static bool grok_find(const grok_definitions *own, ottl_view name, ottl_view *ret) {
  uint32_t i = ottl__map_find(&own->index, name);
  if (i != OTTL_MAP_NONE) {
    *ret = own->text[i];
    return true;
  }
  for (size_t lo = 0, hi = ottl__n_grok_patterns; lo < hi;) {
    size_t mid = (lo + hi) / 2;
    const char *there = ottl__grok_patterns[mid].name;
    size_t len = strlen(there);
    int order = memcmp(name.data, there, name.len < len ? name.len : len);
    if (order == 0 && name.len == len) {
      *ret = view_str(ottl__grok_patterns[mid].text);
      return true;
    }
    if (order < 0 || (order == 0 && name.len < len))
      hi = mid;
    else
      lo = mid + 1;
  }
  return false;
}

static grok_type grok_type_of(ottl_view name) {
  static const struct {
    const char *name;
    grok_type type;
  } types[] = {{"string", GROK_STRING}, {"int", GROK_INT},   {"long", GROK_INT},    {"float", GROK_DOUBLE},
               {"double", GROK_DOUBLE}, {"bool", GROK_BOOL}, {"boolean", GROK_BOOL}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (view_is(name, types[i].name)) return types[i].type;
  }
  return GROK_UNKNOWN;
}

/* What a reference is replaced by, into `out`: (definition), or (?P<field>definition) with each dot of the field as ___. */
static ottl_status grok_replacement(grok_expansion *e, const grok_reference *r, ottl_view definition, bool named_only,
                                    ottl_sbuf *out) {
  out->len = 0;
  sbuf_byte(out, '(');
  if (r->field.len || !named_only) {
    ottl_view field = r->field.len ? r->field : r->pattern;
    sbuf_str(out, "?P<");
    size_t from = out->len;
    for (size_t i = 0; i < field.len; i++) field.data[i] == '.' ? sbuf_str(out, "___") : sbuf_byte(out, field.data[i]);
    if (r->type.len && !out->failed) {
      ottl_view name = arena_copy(&e->arena, out->data + from, out->len - from);
      if (!name.data) return OTTL_NOMEM;
      OTTL_TRY(ottl__map_put(&e->types, name, grok_type_of(r->type)));
    }
    sbuf_byte(out, '>');
  }
  sbuf_view(out, definition);
  sbuf_byte(out, ')');
  return sbuf_status(out);
}

/* Replaces `what` by `with` everywhere in e->text; `spare` gives the memory. *steps counts bytes looked through. */
static ottl_status grok_replace(grok_expansion *e, ottl_view what, ottl_view with, ottl_sbuf *spare, size_t *steps) {
  ottl_view s = sbuf_all(&e->text);
  *steps += s.len;
  if (*steps > OTTL_MAX_GROK_STEPS) return OTTL_LIMIT;
  const char *hit = memmem(s.data, s.len, what.data, what.len);
  if (!hit) return OTTL_OK;
  spare->len = 0;
  size_t at = 0;
  for (; hit; hit = memmem(s.data + at, s.len - at, what.data, what.len)) {
    size_t here = (size_t)(hit - s.data);
    if (spare->len + with.len + (s.len - at) > OTTL_MAX_GROK_BYTES) return OTTL_LIMIT;
    sbuf_put(spare, s.data + at, here - at);
    sbuf_view(spare, with);
    at = here + what.len;
  }
  sbuf_put(spare, s.data + at, s.len - at);
  ottl_sbuf old = e->text;
  e->text = *spare;
  *spare = old;
  return sbuf_status(&e->text);
}

/* One round: each reference of the text as it is now. */
static ottl_status grok_round(grok_expansion *e, const grok_definitions *own, bool named_only, ottl_sbuf buf[3], size_t *steps,
                              bool *ret_any) {
  ottl_sbuf *round = &buf[0], *with = &buf[1];
  round->len = 0;
  sbuf_view(round, sbuf_all(&e->text));
  OTTL_TRY(sbuf_status(round));
  grok_reference r;
  size_t at = 0;
  *ret_any = false;
  while (grok_next(sbuf_all(round), &at, &r)) {
    *ret_any = true;
    ottl_view definition;
    if (!grok_find(own, r.pattern, &definition)) {
      e->unknown = arena_copy(&e->arena, r.pattern.data, r.pattern.len);
      return e->unknown.data ? OTTL_COMPILE : OTTL_NOMEM;
    }
    if (definition.len > OTTL_MAX_GROK_BYTES) return OTTL_LIMIT;
    OTTL_TRY(grok_replacement(e, &r, definition, named_only, with));
    OTTL_TRY(grok_replace(e, r.whole, sbuf_all(with), &buf[2], steps));
  }
  return OTTL_OK;
}

ottl_status ottl__grok_expand(const ottl_allocator *al, const grok_definitions *own, bool named_only, ottl_view pattern,
                              grok_expansion *ret) {
  ottl__arena_init(&ret->arena, al, 1024);
  ottl__sbuf_init(&ret->text, al);
  ottl__map_init(&ret->types, al);
  ret->unknown = VIEW("");
  if (pattern.len > OTTL_MAX_GROK_BYTES) return OTTL_LIMIT; /* DIFF: the reference knows no bound */
  ottl_sbuf buf[3];
  for (size_t i = 0; i < 3; i++) ottl__sbuf_init(&buf[i], al);
  sbuf_view(&ret->text, pattern);
  ottl_status status = sbuf_status(&ret->text);
  size_t steps = 0;
  bool any = true;
  for (int left = GROK_ROUNDS; status == OTTL_OK && any && left > 0; left--)
    status = grok_round(ret, own, named_only, buf, &steps, &any);
  for (size_t i = 0; i < 3; i++) ottl__sbuf_done(&buf[i]);
  return status;
}

void ottl__grok_expansion_done(grok_expansion *e) {
  ottl__map_done(&e->types);
  ottl__sbuf_done(&e->text);
  ottl__arena_done(&e->arena);
}
