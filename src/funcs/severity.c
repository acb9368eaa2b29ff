/* ParseSeverity: a mapping of levels to texts and ranges of numbers. */
#include "batch/value_wire.h"
#include "funcs/handlers.h"

typedef struct severity_rule { /* in the order of the mapping; a level may have several */
  ottl_view level;
  ottl_cell equals; /* a list, or nil */
  bool has_range;
  int64_t min, max;
} severity_rule;

typedef struct severity_prep {
  bool bad; /* no literal, or not of the right shape: every row fails, as in the reference */
  uint32_t n;
  severity_rule *rules;
} severity_prep;

/* The value of a key; nil with *ret_ok false when it is not there. */
static ottl_cell severity_get(ottl_cell map, const char *key, bool *ret_ok) {
  ottl_walk k = walk_begin(map);
  ottl_view name;
  ottl_cell v, found = cell_nil();
  *ret_ok = false;
  for (bool more; walk_entry(&k, &name, &v, &more) && more;) {
    if (!view_is(name, key)) continue;
    found = v;
    *ret_ok = true;
  }
  return found;
}

static bool severity_is_list(ottl_cell c) { return cell_type(c) == OTTL_T_LIST || cell_type(c) == OTTL_T_LIST_ANY; }

static bool severity_range(ottl_cell range, severity_rule *r) {
  r->has_range = true;
  if (cell_type(range) == OTTL_T_STRING) {
    ottl_view text = cell_view(range);
    if (text.len != 3 || text.data[0] < '2' || text.data[0] > '5' || memcmp(text.data + 1, "xx", 2) != 0) return false;
    r->min = (text.data[0] - '0') * 100;
    r->max = r->min + 99;
    return true;
  }
  if (cell_type(range) != OTTL_T_MAP) return false;
  bool has_min, has_max;
  ottl_cell min = severity_get(range, "min", &has_min), max = severity_get(range, "max", &has_max);
  if (!has_min || !has_max || cell_type(min) != OTTL_T_INT || cell_type(max) != OTTL_T_INT) return false;
  r->min = (int64_t)min.word;
  r->max = (int64_t)max.word;
  return true;
}

static bool severity_rule_of(ottl_cell map, severity_rule *r) {
  bool has;
  if (cell_type(map) != OTTL_T_MAP) return false;
  ottl_cell equals = severity_get(map, "equals", &has);
  r->equals = cell_nil();
  if (has) {
    if (!severity_is_list(equals)) return false;
    ottl_walk k = walk_begin(equals);
    ottl_cell item;
    for (bool more; walk_item(&k, &item, &more) && more;) {
      if (cell_type(item) != OTTL_T_STRING) return false;
    }
    r->equals = equals;
  }
  ottl_cell range = severity_get(map, "range", &has);
  return !has || severity_range(range, r);
}

/* Counts rules, and stores them when `rules` is not NULL; false: a level is not a list of maps of the right shape. */
static bool severity_rules(ottl_cell mapping, severity_rule *rules, uint32_t *ret_n) {
  ottl_walk levels = walk_begin(mapping);
  ottl_view level;
  ottl_cell list;
  uint32_t n = 0;
  for (bool more; walk_entry(&levels, &level, &list, &more) && more;) {
    if (!severity_is_list(list)) return false;
    ottl_walk k = walk_begin(list);
    ottl_cell item;
    for (bool another; walk_item(&k, &item, &another) && another; n++) {
      severity_rule r = {.level = level};
      if (!severity_rule_of(item, &r)) return false;
      if (rules) rules[n] = r;
    }
  }
  *ret_n = n;
  return true;
}

ottl_status ottl__prep_parse_severity(ottl_prepare *p) {
  severity_prep *prep = arena_zero(p->arena, sizeof *prep);
  if (!prep) return OTTL_NOMEM;
  p->prep = prep;
  prep->bad = !p->arg[1].is_literal || !severity_rules(p->arg[1].literal, NULL, &prep->n);
  if (prep->bad) return OTTL_OK;
  prep->rules = arena_array(p->arena, prep->n + 1, sizeof *prep->rules);
  if (!prep->rules) return OTTL_NOMEM;
  prep->bad = !severity_rules(p->arg[1].literal, prep->rules, &prep->n);
  return OTTL_OK;
}

static bool severity_fits(const severity_rule *r, ottl_cell v) {
  if (cell_type(v) == OTTL_T_INT) return r->has_range && (int64_t)v.word >= r->min && (int64_t)v.word <= r->max;
  ottl_walk k = walk_begin(r->equals);
  ottl_cell item;
  for (bool more; walk_item(&k, &item, &more) && more;) {
    if (view_eq(cell_view(item), cell_view(v))) return true;
  }
  return false;
}

ottl_status ottl__fn_parse_severity(ottl_call *c) {
  const severity_prep *prep = c->prep;
  SEL_EACH(c->sel, c->n, row) {
    ottl_cell v = reg_cell(c->arg[0].reg, row);
    uint32_t i = 0;
    if (prep->bad) {
      call_fail(c, row, OTTL_ROWERR(BAD_MAPPING, 0));
    } else if (cell_type(v) != OTTL_T_INT && cell_type(v) != OTTL_T_STRING) {
      call_fail(c, row, OTTL_ROWERR(UNSUPPORTED_TYPE, v.tag));
    } else {
      while (i < prep->n && !severity_fits(&prep->rules[i], v)) i++;
      if (i < prep->n)
        out_view(c, row, prep->rules[i].level);
      else
        call_fail(c, row, OTTL_ROWERR(NO_SEVERITY, 0));
    }
  }
  return OTTL_OK;
}
