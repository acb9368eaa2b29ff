/* Random programs about types: every function of the table, with arguments that are mostly of the right types, and conditions
 * that speak of the path which the statement uses afterwards. Builds on random_program.h. */
#ifndef OTTL_TESTS_UNIT_RANDOM_TYPED_H
#define OTTL_TESTS_UNIT_RANDOM_TYPED_H

#include "funcs/func.h"
#include "random_program.h"
#include "sema/check.h"
#include "sema/tables.h"

typedef struct rt {
  rg g;
  char focus[RG_TEXT / 4]; /* the path that the statement is about */
} rt;

static inline void rt_value(rt *t, char type, unsigned depth);
static inline void rt_call(rt *t, const ottl_function *f, unsigned depth);

/* A new path to be about: often one that can be of any type. */
static inline void rt_focus(rt *t) {
  rg_out saved = t->g.o;
  t->g.o = (rg_out){t->focus, 0, sizeof t->focus};
  t->focus[0] = 0;
  if (rnd_in(t->g.r, 65)) {
    rg_keyed(&t->g, 0);
  } else {
    static const char types[] = "iissaaamto";
    rg_path_of(&t->g, types[rnd_below(t->g.r, sizeof types - 1)], 0);
  }
  t->g.o = saved;
}

/* The path, or a part of what is in it. */
static inline void rt_put_focus(rt *t) {
  static const char *const keys[] = {"[\"a\"]", "[\"b\"]", "[0]", "[1]", "[\"k\"]"};
  rg_put(&t->g.o, "%s", t->focus);
  if (rnd_in(t->g.r, 15)) rg_put(&t->g.o, "%s", RND_PICK(t->g.r, keys));
  if (rnd_in(t->g.r, 4)) rg_put(&t->g.o, "%s", RND_PICK(t->g.r, keys));
}

static inline const ottl_function *rt_function(rt *t, ottl_func_kind kind, ottl_types result) {
  rnd *r = t->g.r;
  ottl_context_id context = ottl__context_find(view_str(t->g.context->name));
  for (unsigned tries = 0; tries < 200; tries++) {
    const ottl_function *f = &ottl__functions[rnd_below(r, ottl__n_functions)];
    if (!ottl__function_available(OTTL_FUNCTIONS_ALL, context, view_str(f->name))) continue;
    if (f->kind == kind && (kind == OTTL_F_EDITOR || (f->result & result))) return f;
  }
  return &ottl__functions[ottl__function_find(VIEW("Len"))];
}

static inline void rt_list(rt *t, char type, unsigned depth) {
  rg_put(&t->g.o, "[");
  for (unsigned i = 0, n = 1 + rnd_below(t->g.r, 3); i < n; i++) {
    if (i) rg_put(&t->g.o, ", ");
    rt_value(t, type, depth);
  }
  rg_put(&t->g.o, "]");
}

/* Something that has type i, s, d, b, m, l, t, u (duration), a (any); sometimes something else. */
static inline void rt_value(rt *t, char type, unsigned depth) {
  rnd *r = t->g.r;
  if (rnd_in(r, 40)) {
    rt_put_focus(t);
    return;
  }
  if (rnd_in(r, 6)) type = "isdbmltua"[rnd_below(r, 9)];
  if (depth && rnd_in(r, 45)) {
    ottl_types of = type == 'i'   ? TYPES(INT)
                    : type == 's' ? TYPES(STRING)
                    : type == 'd' ? TYPES(DOUBLE)
                    : type == 'b' ? TYPES(BOOL)
                    : type == 'm' ? TYPES(MAP)
                    : type == 'l' ? TYPES(LIST) | TYPES(LIST_STRING)
                    : type == 't' ? TYPES_TIME
                    : type == 'u' ? TYPES(DURATION)
                                  : TYPES_ALL;
    rt_call(t, rt_function(t, OTTL_F_CONVERTER, of), depth - 1);
    if (rnd_in(r, 8)) rg_put(&t->g.o, rnd_in(r, 50) ? "[\"a\"]" : "[0]");
    return;
  }
  static const char *const doubles[] = {"1.5", "-2.0", "0.0", "1.0"};
  static const char *const lists[] = {"[1, \"x\"]", "[\"a\", \"b\"]", "[]", "[[1], {\"a\": 1}]", "[nil, 2.5]"};
  switch (type) {
  case 'd': rg_put(&t->g.o, "%s", RND_PICK(r, doubles)); return;
  case 'b': rg_put(&t->g.o, rnd_in(r, 50) ? "true" : "false"); return;
  case 'l':
    if (rnd_in(r, 40)) {
      rg_put(&t->g.o, "%s", RND_PICK(r, lists));
    } else {
      rt_list(t, 'a', depth ? depth - 1 : 0);
    }
    return;
  case 't': rg_put(&t->g.o, rnd_in(r, 50) ? "Unix(17)" : "Now()"); return;
  case 'u': rg_put(&t->g.o, "Duration(\"90s\")"); return;
  case 'i':
    if (depth && rnd_in(r, 30)) {
      static const char *const ops[] = {"+", "-", "*", "/"};
      rg_put(&t->g.o, rnd_in(r, 85) ? "(" : "-(");
      rt_value(t, rnd_in(r, 90) ? 'i' : 'd', depth - 1);
      rg_put(&t->g.o, " %s ", RND_PICK(r, ops));
      rt_value(t, rnd_in(r, 80) ? 'i' : 'u', depth - 1);
      rg_put(&t->g.o, ")");
      return;
    }
    if (rnd_in(r, 3)) {
      rg_put(&t->g.o, "URL(\"http://a:80/b\")[\"url.%s\"]", rnd_in(r, 70) ? "port" : "path"); /* an int that is no int64 */
      return;
    }
    rg_value(&t->g, 'i', depth);
    return;
  case 'm':
    if (rnd_in(r, 30)) {
      rg_put(&t->g.o, "{\"a\": ");
      rt_value(t, 'a', depth ? depth - 1 : 0);
      rg_put(&t->g.o, "}");
      return;
    }
    rg_value(&t->g, 'm', depth);
    return;
  default: rg_value(&t->g, type == 's' ? 's' : 'a', depth); return;
  }
}

static inline void rt_argument(rt *t, const ottl_param *p, unsigned depth) {
  rnd *r = t->g.r;
  rg_out *o = &t->g.o;
  switch ((ottl_param_kind)p->kind) {
  case OTTL_P_STRING:
  case OTTL_P_IS_STRING:
    if (strstr(p->name, "pattern") && rnd_in(r, 85)) {
      rg_put(o, "\"%s\"", RND_PICK(r, rg_regexes));
    } else {
      rt_value(t, 's', depth);
    }
    return;
  case OTTL_P_INT:
  case OTTL_P_IS_INT: rt_value(t, 'i', depth); return;
  case OTTL_P_DOUBLE:
  case OTTL_P_IS_DOUBLE: rt_value(t, 'd', depth); return;
  case OTTL_P_BOOL:
  case OTTL_P_IS_BOOL: rt_value(t, 'b', depth); return;
  case OTTL_P_MAP:
  case OTTL_P_IS_MAP: rt_value(t, 'm', depth); return;
  case OTTL_P_LIST: rt_value(t, 'l', depth); return;
  case OTTL_P_TIME: rt_value(t, 't', depth); return;
  case OTTL_P_DURATION: rt_value(t, 'u', depth); return;
  case OTTL_P_SETTER:
  case OTTL_P_GETSETTER:
    if (rnd_in(r, 60)) {
      rt_put_focus(t);
    } else {
      rg_target(&t->g, rnd_in(r, 50) ? 's' : 'a');
    }
    return;
  case OTTL_P_MAP_GETSETTER:
    if (rnd_in(r, 40)) {
      rt_put_focus(t);
    } else {
      rg_map(&t->g, true);
    }
    return;
  case OTTL_P_LIST_GETSETTER: rt_put_focus(t); return;
  case OTTL_P_LIT_STRING: {
    static const struct {
      const char *name, *texts[3];
    } known[] = {{"strategy", {"insert", "update", "upsert"}},
                 {"mode", {"key", "value", "strict"}},
                 {"to_case", {"lower", "snake", "camel"}},
                 {"order", {"asc", "desc", "asc"}},
                 {"x_path", {"/a", "//b", "/a/@c"}},
                 {"string_agg_temp", {"delta", "cumulative", "delta"}},
                 {"aggregation_function", {"sum", "max", "count"}},
                 {"distribution_fn", {"upper", "midpoint", "uniform"}},
                 {"location", {"UTC", "Europe/Berlin", "UTC"}},
                 {"semconv_version", {"1.37.0", "1.37.0", "1.37.0"}},
                 {"delimiter", {",", "=", ";"}},
                 {"pair_delimiter", {" ", "&", "|"}}};
    for (size_t i = 0; i < OTTL_COUNT(known); i++) {
      if (strcmp(known[i].name, p->name) != 0 || rnd_in(r, 4)) continue;
      rg_put(o, "\"%s\"", known[i].texts[rnd_below(r, 3)]);
      return;
    }
    static const char *const texts[] = {"x", "upsert", "value", "key", "=", " ", "a"};
    rg_put(o, "\"%s\"", RND_PICK(r, texts));
    return;
  }
  case OTTL_P_LIT_INT: rg_put(o, "%u", 1 + rnd_below(r, 4)); return;
  case OTTL_P_LIT_DOUBLE: rg_put(o, "1.5"); return;
  case OTTL_P_LIT_BOOL: rg_put(o, "true"); return;
  case OTTL_P_STRINGS: rt_list(t, 's', depth); return;
  case OTTL_P_LAMBDA_COND:
    rg_put(o, "() => ");
    rt_value(t, 'b', depth);
    return;
  case OTTL_P_LAMBDA_KV: {
    static const char *const bodies[] = {"v != nil", "IsString(v)", "v", "k", "HasPrefix(v, \"x\")", "v[\"a\"]"};
    rg_put(o, "(k, v) => %s", RND_PICK(r, bodies));
    return;
  }
  case OTTL_P_LAMBDA_AKV: rg_put(o, "(a, k, v) => %s", rnd_in(r, 50) ? "v" : "a"); return;
  case OTTL_P_LIT_STRINGS: rg_put(o, "[\"a\"]"); return;
  case OTTL_P_LIT_DOUBLES: rg_put(o, "[0.5, 2.0]"); return;
  case OTTL_P_GETTERS: rt_list(t, 'a', depth); return;
  case OTTL_P_SLICE_STRING:
  case OTTL_P_SLICE_STRING_LIKE:
    if (rnd_in(r, 30)) {
      rt_put_focus(t);
    } else {
      rt_list(t, p->kind == OTTL_P_SLICE_STRING ? 's' : 'a', depth);
    }
    return;
  case OTTL_P_FUNCTION: rg_put(o, rnd_in(r, 70) ? "SHA256" : rnd_in(r, 50) ? "ParseJSON" : "Len"); return;
  default: rt_value(t, 'a', depth); return;
  }
}

static inline void rt_call(rt *t, const ottl_function *f, unsigned depth) {
  rg_put(&t->g.o, "%s(", f->name);
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    if (f->params[i].optional && rnd_in(t->g.r, strcmp(f->name, "append") == 0 && i == 1 ? 2 : 65)) break;
    if (i) rg_put(&t->g.o, ", ");
    rt_argument(t, &f->params[i], depth);
  }
  rg_put(&t->g.o, ")");
}

static inline void rt_condition(rt *t, unsigned depth) {
  static const char *const relations[] = {"==", "!=", "==", "!=", "<", ">", "<=", ">="};
  rnd *r = t->g.r;
  rg_out *o = &t->g.o;
  unsigned form = rnd_below(r, depth ? 20 : 11);
  if (depth && rnd_in(r, 8)) { /* two relations of one path */
    unsigned k = rnd_below(r, 4);
    rg_put(o, "(%s %s %u", t->focus, RND_PICK(r, relations), k);
    rg_put(o, " %s %s %s %u)", rnd_in(r, 70) ? "and" : "or", t->focus, RND_PICK(r, relations),
           rnd_in(r, 60) ? k : rnd_below(r, 4));
    return;
  }
  if (form < 3) {
    static const char *const checks[] = {"IsString", "IsInt", "IsMap", "IsList", "IsBool", "IsDouble"};
    rg_put(o, "%s(", RND_PICK(r, checks));
    rt_put_focus(t);
    rg_put(o, ")");
  } else if (form < 4) {
    rt_put_focus(t);
    rg_put(o, " %s %u%s", RND_PICK(r, relations), rnd_below(r, 4), rnd_in(r, 20) ? ".5" : "");
  } else if (form < 6) {
    static const char *const literals[] = {"nil",   "nil",     "1",    "2",    "17",     "1.0",
                                           "\"x\"", "\"foo\"", "\"\"", "true", "0x0102", "[1]"};
    bool left = rnd_in(r, 85);
    const char *literal = RND_PICK(r, literals);
    if (!left) rg_put(o, "%s %s ", literal, RND_PICK(r, relations));
    rt_put_focus(t);
    if (left) rg_put(o, " %s %s", RND_PICK(r, relations), literal);
  } else if (form < 8) {
    static const char types[] = "isdbmla";
    char type = types[rnd_below(r, 7)];
    rt_value(t, type, 2);
    rg_put(o, " %s ", RND_PICK(r, relations));
    rt_value(t, type, 2);
  } else if (form < 10) {
    rt_call(t, rt_function(t, OTTL_F_CONVERTER, TYPES(BOOL)), 1);
  } else if (form < 11) {
    rg_condition(&t->g, 1);
  } else if (form < 15) {
    rg_put(o, "(");
    rt_condition(t, depth - 1);
    for (unsigned n = 1 + rnd_below(r, 2); n; n--) {
      rg_put(o, " and ");
      rt_condition(t, depth - 1);
    }
    rg_put(o, ")");
  } else if (form < 18) {
    rg_put(o, "(");
    rt_condition(t, depth - 1);
    for (unsigned n = 1 + rnd_below(r, 2); n; n--) {
      rg_put(o, " or ");
      rt_condition(t, depth - 1);
    }
    rg_put(o, ")");
  } else {
    rg_put(o, "not (");
    rt_condition(t, depth - 1);
    rg_put(o, ")");
  }
}

static inline void rt_editor(rt *t) {
  rnd *r = t->g.r;
  if (rnd_in(r, 45)) {
    static const char types[] = "isdbmltua";
    rg_put(&t->g.o, "set(");
    if (rnd_in(r, 30)) {
      rt_put_focus(t);
    } else {
      rg_target(&t->g, rnd_in(r, 40) ? 's' : 0);
    }
    rg_put(&t->g.o, ", ");
    rt_value(t, types[rnd_below(r, 9)], 2);
    rg_put(&t->g.o, ")");
  } else if (rnd_in(r, 25)) {
    rg_editor(&t->g);
  } else {
    rt_call(t, rt_function(t, OTTL_F_EDITOR, 0), 2);
  }
}

/* One group of one context, with conditions sometimes. */
static inline void rt_make(rnd *r, rg_program *p) {
  *p = (rg_program){.kind = OTTL_KIND_TRANSFORM, .signal = (ottl_signal)(1 + rnd_below(r, 3)), .mode = OTTL_ERROR_IGNORE};
  p->n_groups = 1;
  rg_group *group = &p->groups[0];
  const rg_context *c = NULL;
  while (!c || (c->signal != p->signal && (c->signal != OTTL_SIGNAL_NONE || !rnd_in(r, 30)))) c = &RND_PICK(r, rg_contexts);
  rt t = {.g = {r, c, {NULL, 0, RG_TEXT}}};
  group->context = c->name;
  group->n_conditions = rnd_in(r, 40) ? 1 + rnd_below(r, 2) : 0;
  group->n_statements = 1 + rnd_below(r, 3);
  rt_focus(&t);
  bool about = rnd_in(r, 25); /* all of it about one path: conditions, writes to it, and what reads it then */
  if (about) group->n_conditions = 1, group->n_statements = 2 + rnd_below(r, 2);
  for (unsigned i = 0; i < group->n_conditions; i++) {
    group->conditions[i] = (rg_text){0};
    t.g.o = (rg_out){group->conditions[i].text, 0, RG_TEXT};
    if (about && rnd_in(r, 70)) {
      static const char *const forms[] = {"%s != nil", "IsString(%s)", "IsMap(%s)", "%s > 0",
                                          "IsInt(%s)", "%s == \"x\"",  "%s == nil"};
      const char *form = RND_PICK(r, forms), *mark = strstr(form, "%s");
      rg_put(&t.g.o, "%.*s%s%s", (int)(mark - form), form, t.focus, mark + 2);
    } else {
      rt_condition(&t, 1);
    }
  }
  for (unsigned i = 0; i < group->n_statements; i++) {
    if (!about && rnd_in(r, 25)) rt_focus(&t);
    group->statements[i] = (rg_text){0};
    t.g.o = (rg_out){group->statements[i].text, 0, RG_TEXT};
    rt_editor(&t);
    if (rnd_in(r, about ? 60 : 20)) continue;
    t.g.o = (rg_out){group->statements[i].where, 0, RG_TEXT};
    rt_condition(&t, 2);
  }
}

#endif
