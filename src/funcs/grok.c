/* ExtractGrokPatterns: a grok pattern is compiled once, its fields numbered; a match then fills a map. */
#include <stdio.h>

#include "base/gonum.h"
#include "funcs/grok.h"
#include "funcs/handlers.h"

typedef struct grok_field {
  uint32_t key; /* index of the field's name: several groups may have the same */
  uint32_t type;
} grok_field;

struct grok_pattern {
  ottl_allocator al;
  ottl_regex *re;
  uint32_t n_keys;
  grok_field *fields; /* of group 1 and on; then keys, then their text, in one piece of memory */
  ottl_view *keys;
  size_t bytes;
};

typedef struct grok_prep {
  grok_definitions own;
  grok_pattern *pattern; /* NULL: it is not a literal */
  bool named_only;
} grok_prep;

/* -- compiling -- */

/* ___ in the name of a group is a dot of the field. Returns how long the field is. */
static size_t grok_key(ottl_view name, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < name.len; n++) {
    bool dot = name.len - i >= 3 && memcmp(name.data + i, "___", 3) == 0;
    out[n] = dot ? '.' : name.data[i];
    i += dot ? 3 : 1;
  }
  return n;
}

static ottl_status grok_number(grok_pattern *g, const ottl_map *types, ottl_map *index) {
  uint32_t n = ottl__regex_groups(g->re);
  size_t text = 0;
  for (uint32_t i = 1; i <= n; i++) text += ottl__regex_group_name(g->re, i).len;
  g->bytes = n * (sizeof *g->fields + sizeof *g->keys) + text;
  if (!n) return OTTL_OK;
  g->fields = al_zero(&g->al, g->bytes);
  if (!g->fields) return OTTL_NOMEM;
  g->keys = (ottl_view *)(void *)(g->fields + n);
  char *at = (char *)(g->keys + n);
  for (uint32_t i = 1; i <= n; i++) {
    ottl_view name = ottl__regex_group_name(g->re, i);
    uint32_t type = ottl__map_find(types, name);
    ottl_view key = view_of(at, grok_key(name, at));
    uint32_t known = ottl__map_find(index, key);
    if (known == OTTL_MAP_NONE) {
      known = g->n_keys++;
      g->keys[known] = key;
      at += key.len;
      OTTL_TRY(ottl__map_put(index, key, known));
    }
    g->fields[i - 1] = (grok_field){known, type == OTTL_MAP_NONE ? GROK_STRING : type};
  }
  return OTTL_OK;
}

static ottl_status grok_build(const ottl_allocator *al, const grok_expansion *e, grok_pattern **ret, ottl_regex_error *error) {
  grok_pattern *g = al_zero(al, sizeof *g);
  if (!g) return OTTL_NOMEM;
  g->al = *al;
  ottl_map index;
  ottl__map_init(&index, al);
  ottl_status status = ottl__regex_compile_named(al, sbuf_all(&e->text), &g->re, error);
  if (status == OTTL_OK) status = grok_number(g, &e->types, &index);
  ottl__map_done(&index);
  if (status == OTTL_OK)
    *ret = g;
  else
    ottl__grok_free(g);
  return status;
}

ottl_status ottl__grok_compile(const ottl_allocator *al, const grok_definitions *own, bool named_only, ottl_view pattern,
                               grok_pattern **ret, ottl_regex_error *error) {
  grok_expansion e;
  ottl_status status = ottl__grok_expand(al, own, named_only, pattern, &e);
  if (status == OTTL_OK) {
    status = grok_build(al, &e, ret, error);
  } else if (status == OTTL_COMPILE && error) {
    int n = e.unknown.len > 100 ? 100 : (int)e.unknown.len;
    snprintf(error->message, sizeof error->message, "pattern definition \"%.*s\" unknown", n, e.unknown.data);
  }
  ottl__grok_expansion_done(&e);
  return status;
}

void ottl__grok_free(grok_pattern *g) {
  if (!g) return;
  ottl__regex_free(g->re);
  al_free(&g->al, g->fields, g->bytes);
  ottl_allocator al = g->al;
  al_free(&al, g, sizeof *g);
}

/* -- constant arguments -- */

static void grok_free_prep(const ottl_allocator *al, void *memory) {
  grok_prep *prep = memory;
  ottl__grok_free(prep->pattern);
  ottl__map_done(&prep->own.index);
  al_free(al, prep, sizeof *prep);
}

/* NAME=definition, each; of equal names the last counts. */
static ottl_status grok_read_definitions(ottl_prepare *p, uint32_t arg, grok_definitions *own) {
  const ottl_list *list = cell_list(p->arg[arg].literal);
  ottl_view *text = arena_array(p->arena, list->n, sizeof *text);
  if (!text) return OTTL_NOMEM;
  own->text = text;
  for (uint32_t i = 0; i < list->n; i++) {
    ottl_view item = cell_view(list->items[i]);
    const char *equals = item.len ? memchr(item.data, '=', item.len) : NULL;
    int shown = item.len > 20 ? 17 : (int)item.len;
    if (!equals)
      return ottl__refuse(p, arg, "the pattern definition \"%.*s%s\" at index %u is not of the form NAME=definition", shown,
                          item.data ? item.data : "", item.len > 20 ? "..." : "", (unsigned)i);
    ottl_view name = view_of(item.data, (size_t)(equals - item.data));
    if (name.len && memchr(name.data, ':', name.len))
      return ottl__refuse(p, arg, "the name of the pattern definition at index %u must not contain ':'", (unsigned)i);
    text[i] = view_of(equals + 1, item.len - name.len - 1);
    OTTL_TRY(ottl__map_put(&own->index, name, i));
  }
  return OTTL_OK;
}

ottl_status ottl__prep_extract_grok_patterns(ottl_prepare *p) {
  enum { PATTERN = 1, NAMED_ONLY = 2, DEFINITIONS = 3 };
  OTTL_TRY(ottl__need_bulk(p));
  grok_prep *prep = al_zero(p->al, sizeof *prep);
  if (!prep) return OTTL_NOMEM;
  p->prep = prep;
  p->free_prep = grok_free_prep;
  ottl__map_init(&prep->own.index, p->al);
  prep->named_only = p->arg[NAMED_ONLY].given && p->arg[NAMED_ONLY].literal.word;
  if (p->arg[DEFINITIONS].given) OTTL_TRY(grok_read_definitions(p, DEFINITIONS, &prep->own));
  const ottl_arg *pattern = &p->arg[PATTERN];
  if (!pattern->is_literal || cell_type(pattern->literal) != OTTL_T_STRING) return OTTL_OK;
  ottl_regex_error error = {0};
  ottl_status status =
      ottl__grok_compile(p->al, &prep->own, prep->named_only, cell_view(pattern->literal), &prep->pattern, &error);
  if (status == OTTL_COMPILE || status == OTTL_LIMIT)
    return ottl__pattern_refuse(p, "ExtractGrokPatterns", PATTERN, status == OTTL_LIMIT ? "it is too large" : error.message);
  OTTL_TRY(status);
  if (prep->named_only && !prep->pattern->n_keys)
    return ottl__refuse(p, PATTERN, "at least 1 named capture group must be supplied in the given regex");
  return OTTL_OK;
}

/* -- patterns from data -- */

void ottl__grok_drop(ottl_scratch *s, scratch_grok *slot) {
  ottl__grok_free(slot->pattern);
  al_free(&s->al, slot->text, slot->len + 1);
  *slot = (scratch_grok){0};
}

static ottl_status grok_fill(ottl_scratch *s, const grok_prep *prep, ottl_view text, scratch_grok *slot) {
  char *copy = al_new(&s->al, text.len + 1);
  if (!copy) return OTTL_NOMEM;
  grok_pattern *g = NULL;
  ottl_status status = ottl__grok_compile(&s->al, &prep->own, prep->named_only, text, &g, NULL);
  if (status != OTTL_OK && status != OTTL_COMPILE && status != OTTL_LIMIT) {
    al_free(&s->al, copy, text.len + 1);
    return status;
  }
  if (text.len) memcpy(copy, text.data, text.len);
  *slot = (scratch_grok){prep, copy, text.len, g};
  return OTTL_OK;
}

/* The compiled pattern, which lives until the next call; NULL in *ret when it is not valid, or too large. Fails: NOMEM. */
static ottl_status grok_of(ottl_scratch *s, const grok_prep *prep, ottl_view text, const grok_pattern **ret) {
  uint32_t i = 0;
  while (i < OTTL_GROK_SLOTS && !(s->grok[i].owner == prep && view_eq(view_of(s->grok[i].text, s->grok[i].len), text))) i++;
  scratch_grok found = {0};
  if (i < OTTL_GROK_SLOTS)
    found = s->grok[i];
  else {
    OTTL_TRY(grok_fill(s, prep, text, &found));
    ottl__grok_drop(s, &s->grok[--i]);
  }
  memmove(s->grok + 1, s->grok, i * sizeof *s->grok);
  s->grok[0] = found;
  *ret = found.pattern;
  return OTTL_OK;
}

/* -- rows -- */

/* 0, or the error of the row. */
static uint16_t grok_convert(ottl_view text, grok_type type, ottl_cell *ret) {
  int64_t i;
  double d;
  bool b;
  switch (type) {
  case GROK_STRING: *ret = cell_string(text); return 0;
  case GROK_INT:
    if (ottl__gonum_parse_int(text, 10, &i) != OTTL_NUM_OK) return OTTL_ROWERR(BAD_INT, OTTL_T_STRING);
    *ret = cell_int(i);
    return 0;
  case GROK_DOUBLE:
    if (ottl__gonum_parse_double(text, &d) != OTTL_NUM_OK) return OTTL_ROWERR(BAD_DOUBLE, OTTL_T_STRING);
    *ret = cell_double(d);
    return 0;
  case GROK_BOOL:
    if (!ottl__gonum_parse_bool(text, &b)) return OTTL_ROWERR(BAD_BOOL, OTTL_T_STRING);
    *ret = cell_bool(b);
    return 0;
  default: return OTTL_ROWERR(GROK_TYPE, 0);
  }
}

/* The value of each key into `values`; of groups with the same name the last that matched something counts. */
static uint16_t grok_collect(const grok_pattern *g, const size_t *spans, ottl_view text, ottl_cell *values, uint32_t *ret_n) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < ottl__regex_groups(g->re); i++) {
    size_t begin = spans[2 * i + 2], end = spans[2 * i + 3];
    if (begin == end) continue; /* took no part, or matched nothing */
    ottl_cell *value = &values[g->fields[i].key];
    n += cell_type(*value) == OTTL_T_ABSENT;
    uint16_t error = grok_convert(view_of(text.data + begin, end - begin), g->fields[i].type, value);
    if (error) return error;
  }
  *ret_n = n;
  return 0;
}

static ottl_status grok_row(ottl_call *c, uint32_t row, const grok_pattern *g, ottl_view text, bool keep_keys) {
  ottl_scratch *s = c->scratch;
  ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
  if (!map) return OTTL_NOMEM;
  bool hit;
  OTTL_TRY(ottl__scratch_spans(s, g->re));
  OTTL_TRY(ottl__regex_find(g->re, s->regex, text, 0, s->spans, &hit));
  if (hit && g->n_keys) {
    ottl__arena_reset(&s->arena);
    ottl_cell *values = arena_array(&s->arena, g->n_keys, sizeof *values);
    if (!values) return OTTL_NOMEM;
    for (uint32_t k = 0; k < g->n_keys; k++) values[k] = (ottl_cell){.tag = OTTL_T_ABSENT};
    uint32_t n;
    uint16_t error = grok_collect(g, s->spans, text, values, &n);
    if (error) {
      call_fail(c, row, error);
      return OTTL_OK;
    }
    map->items = arena_array(c->arena, n, sizeof *map->items);
    if (!map->items) return OTTL_NOMEM;
    map->cap = n;
    for (uint32_t k = 0; k < g->n_keys; k++) {
      if (cell_type(values[k]) == OTTL_T_ABSENT) continue;
      ottl_view key = keep_keys ? arena_copy(c->arena, g->keys[k].data, g->keys[k].len) : g->keys[k];
      ottl_entry *e = key.data ? ottl__rowmap_push(c->arena, map, key) : NULL;
      if (!e) return OTTL_NOMEM;
      entry_set(e, values[k]);
    }
  }
  out_put(c, row, cell_tree(OTTL_T_MAP, map));
  return OTTL_OK;
}

ottl_status ottl__fn_extract_grok_patterns(ottl_call *c) {
  const grok_prep *prep = c->prep;
  SEL_EACH(c->sel, c->n, row) {
    const grok_pattern *g = prep->pattern;
    if (!g) OTTL_TRY(grok_of(c->scratch, prep, reg_view(c->arg[1].reg, row), &g));
    if (!g)
      call_fail(c, row, OTTL_ROWERR(BAD_REGEX, 0));
    else if (prep->named_only && !g->n_keys)
      call_fail(c, row, OTTL_ROWERR(NO_NAMED_GROUP, 0));
    else
      OTTL_TRY(grok_row(c, row, g, reg_view(c->arg[0].reg, row), !prep->pattern));
  }
  return OTTL_OK;
}
