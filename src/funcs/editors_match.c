/* replace_match and replace_all_matches: a string that a glob pattern matches as a whole is replaced. Parameters: target, pattern,
 * replacement, function, format. Everything but the format is evaluated for every row, whether something matches or not. */
#include "funcs/handlers.h"
#include "regex/glob.h"

static void glob_prep_free(const ottl_allocator *al, void *prep) {
  OTTL_UNUSED(al);
  ottl__glob_free(prep);
}

static ottl_status glob_prepare(ottl_prepare *p, const char *function) {
  const ottl_arg *arg = &p->arg[1];
  if (!arg->is_literal || cell_type(arg->literal) != OTTL_T_STRING) return OTTL_OK;
  ottl_glob *glob = NULL;
  const char *message = "";
  ottl_status status = ottl__glob_compile(p->al, cell_view(arg->literal), &glob, &message);
  if (status == OTTL_COMPILE || status == OTTL_LIMIT) {
    return ottl__refuse(p, 1, "the pattern supplied to %s is not a valid glob pattern: %s", function, message);
  }
  if (status != OTTL_OK) return status;
  p->prep = glob;
  p->free_prep = glob_prep_free;
  return OTTL_OK;
}

ottl_status ottl__prep_replace_match(ottl_prepare *p) { return glob_prepare(p, "replace_match"); }
ottl_status ottl__prep_replace_all_matches(ottl_prepare *p) { return glob_prepare(p, "replace_all_matches"); }

/* The pattern of a row; one that comes from data is kept until another comes. */
typedef struct glob_cache {
  ottl_view pattern;
  ottl_glob *glob;
} glob_cache;

/* *ret NULL: the row failed. */
static ottl_status glob_for_row(ottl_call *c, uint32_t row, glob_cache *cache, const ottl_glob **ret) {
  *ret = c->prep;
  if (*ret || arg_failed(c, c->arg[1].reg, row)) return OTTL_OK;
  ottl_view pattern = reg_view(c->arg[1].reg, row);
  if (!cache->glob || !view_eq(cache->pattern, pattern)) {
    ottl__glob_free(cache->glob);
    *cache = (glob_cache){.pattern = pattern};
    const char *message;
    ottl_status status = ottl__glob_compile(&c->scratch->al, pattern, &cache->glob, &message);
    if (status == OTTL_COMPILE || status == OTTL_LIMIT) {
      call_fail(c, row, OTTL_ROWERR(BAD_GLOB, 0));
      return OTTL_OK;
    }
    if (status != OTTL_OK) return status;
  }
  *ret = cache->glob;
  return OTTL_OK;
}

/* What goes in the place of a match. *ret_ok false: the row failed. */
static ottl_status match_replacement(ottl_call *c, uint32_t row, ottl_view *ret, bool *ret_ok) {
  *ret_ok = false;
  const ottl_arg *function = &c->arg[3], *format = &c->arg[4];
  if (arg_failed(c, c->arg[2].reg, row)) return OTTL_OK;
  *ret = reg_view(c->arg[2].reg, row);
  if (function->given) {
    uint16_t error = 0;
    ottl_sbuf *buf = scratch_text(c);
    OTTL_TRY(ottl__apply_function(c, &ottl__functions[function->function], *ret, ret, &error));
    if (!error) OTTL_TRY(ottl__apply_format(c, row, format, *ret, buf, &error));
    if (error) {
      call_fail(c, row, error);
      return OTTL_OK;
    }
    *ret = arena_copy(c->arena, buf->data, buf->len);
    if (buf->failed || !ret->data) return OTTL_NOMEM;
  }
  *ret_ok = true;
  return OTTL_OK;
}

static ottl_status match_row(ottl_call *c, uint32_t row, glob_cache *cache) {
  const ottl_glob *glob;
  ottl_view with;
  bool ok, hit;
  OTTL_TRY(glob_for_row(c, row, cache, &glob));
  if (!glob || arg_failed(c, c->arg[0].reg, row)) return OTTL_OK;
  OTTL_TRY(match_replacement(c, row, &with, &ok));
  ottl_cell old = reg_cell(c->arg[0].reg, row);
  if (!ok || cell_type(old) != OTTL_T_STRING) return OTTL_OK;
  OTTL_TRY(ottl__glob_match(glob, &c->scratch->arena, cell_view(old), &hit));
  if (!hit) return OTTL_OK;
  out_view(c, row, with);
  bm_set(c->changed, row);
  return OTTL_OK;
}

static ottl_status match_map(ottl_call *c, uint32_t row, glob_cache *cache) {
  const ottl_glob *glob;
  ottl_view with;
  bool ok, hit;
  OTTL_TRY(glob_for_row(c, row, cache, &glob));
  if (!glob) return OTTL_OK;
  OTTL_TRY(match_replacement(c, row, &with, &ok));
  ottl_rowmap *map = c->map[row];
  for (uint32_t i = 0; ok && i < map->n; i++) {
    ottl_entry *e = &map->items[i];
    if (e->tag != OTTL_T_STRING) continue;
    OTTL_TRY(ottl__glob_match(glob, &c->scratch->arena, cell_view(entry_cell(e)), &hit));
    if (!hit) continue;
    entry_set(e, cell_string(with));
    bm_set(c->changed, row);
  }
  return OTTL_OK;
}

static ottl_status match_rows(ottl_call *c, ottl_status each(ottl_call *, uint32_t, glob_cache *)) {
  glob_cache cache = {.glob = NULL};
  ottl_status status = OTTL_OK;
  SEL_EACH(c->sel, c->n, row) {
    if (status == OTTL_OK) status = each(c, row, &cache);
  }
  ottl__glob_free(cache.glob);
  return status;
}

ottl_status ottl__fn_replace_match(ottl_call *c) { return match_rows(c, match_row); }
ottl_status ottl__fn_replace_all_matches(ottl_call *c) { return match_rows(c, match_map); }
