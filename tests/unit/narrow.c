/* Narrowing over a group: what conditions say to statements, what writes end, classes of failures, tables, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/api.h"
#include "counter.h"
#include "sema/sema.h"

#define MAX_TEXTS 4

struct group_case {
  const char *context;
  const char *conditions[MAX_TEXTS];
  const char *statements[MAX_TEXTS];
  const char *told; /* short form; names of the sources are c1, ... and s1, ... */
};

#define BODY_NOTE(n) "s" n ":1:26: note[W0730]: this fails where a value on the way has no such keys\n"

static const struct group_case cases[] = {
    /* a condition of the group holds in all statements, until its path is written */
    {"log", {"IsMap(body)"}, {"set(attributes[\"a\"], 1)", "set(cache[\"a\"], body[\"x\"])"}, ""},
    {"log", {"IsMap(body)"}, {"set(body, \"x\")", "set(attributes[\"abcde\"], body[\"x\"])"}, BODY_NOTE("2")},
    {"log", {"IsMap(body)"}, {"set(body.string, \"x\")", "set(attributes[\"abcde\"], body[\"x\"])"}, BODY_NOTE("2")},
    {"log", {"IsMap(body)"}, {"set(body[\"y\"], \"x\")", "set(attributes[\"abcde\"], body[\"x\"])"}, BODY_NOTE("2")},
    /* a where clause holds in its statement alone */
    {"log",
     {NULL},
     {"set(cache[\"a\"], body[\"x\"]) where IsMap(body)", "set(attributes[\"abcde\"], body[\"x\"])"},
     BODY_NOTE("2")},
    /* keys: another literal is another place, a computed one may be any, the whole map is all of them */
    {"log", {"IsInt(attributes[\"a\"])"}, {"set(attributes[\"b\"], 1)", "set(severity_number, attributes[\"a\"])"}, ""},
    {"log",
     {"IsInt(attributes[\"a\"])"},
     {"set(attributes[severity_text], 1)", "set(severity_number, attributes[\"a\"])"},
     "s2:1:22: note[W0715]: this fails where the value is no int\n"},
    {"log",
     {"IsInt(attributes[\"a\"])"},
     {"delete_key(attributes, \"b\")", "set(severity_number, attributes[\"a\"])"},
     "s2:1:22: note[W0715]: this fails where the value is no int\n"},
    {"log",
     {"IsInt(attributes[\"a\"])"},
     {"set(attributes[\"a\"][\"b\"], 1)", "set(severity_number, attributes[\"a\"])"},
     "s1:1:5: note[W0715]: this fails where a value on the way has no such keys\n"
     "s2:1:22: note[W0715]: this fails where the value is no int\n"},
    /* two spellings of one field */
    {"span", {"start_time_unix_nano > 5"}, {"set(start_time, Unix(1))", "set(name, \"x\") where start_time_unix_nano < 3"}, ""},
    {"span",
     {"start_time_unix_nano > 5"},
     {"set(end_time, Unix(1))", "set(name, \"x\") where start_time_unix_nano < 3"},
     "s2:1:22: warning[W0708]: this is always false here\n"},
    /* of several conditions what all of them say */
    {"log",
     {"IsString(body)", "IsInt(body)"},
     {"set(cache[\"a\"], 1) where IsMap(body)", "set(cache[\"a\"], 1) where IsInt(body)"},
     "s1:1:26: warning[W0708]: this is always false here\n"},
    {"log", {"IsString(body)", "flags == 1"}, {"set(cache[\"a\"], 1) where IsMap(body)"}, ""},
    /* conditions of a group see nothing of each other: the first may have failed */
    {"log", {"not IsString(body)", "IsString(body)"}, {"set(cache[\"a\"], 1)"}, ""},
    {"log",
     {"IsMap(flags)"},
     {"set(cache[\"a\"], 1)"},
     "c1:1:1: warning[W0710]: this check is always false\n"
     "c1:1:1: warning[W0709]: the statements of this group never run: no condition of it ever holds\n"},
};

static void put(void *context, const char *data, size_t len) {
  char *text = context;
  size_t n = strlen(text);
  if (n + len < 4000) memcpy(text + n, data, len), text[n + len] = 0;
}

static ottl_status compile(const struct group_case *c, const ottl_allocator *al, ottl_program **ret, char *told) {
  char names[2 * MAX_TEXTS][8];
  ottl_snippet snippets[2 * MAX_TEXTS];
  ottl_group group = {.struct_size = sizeof group, .context = c->context, .conditions = snippets};
  for (; group.n_conditions < MAX_TEXTS && c->conditions[group.n_conditions]; group.n_conditions++) {
    size_t i = group.n_conditions;
    snprintf(names[i], sizeof names[i], "c%zu", i + 1);
    snippets[i] = (ottl_snippet){.text = c->conditions[i], .len = strlen(c->conditions[i]), .name = names[i]};
  }
  group.statements = &snippets[group.n_conditions];
  for (; group.n_statements < MAX_TEXTS && c->statements[group.n_statements]; group.n_statements++) {
    size_t i = group.n_statements, at = group.n_conditions + i;
    snprintf(names[at], sizeof names[at], "s%zu", i + 1);
    snippets[at] = (ottl_snippet){.text = c->statements[i], .len = strlen(c->statements[i]), .name = names[at]};
  }
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.allocator = al;
  options.explain = true;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(&group, 1, &options, ret, &diags);
  if (told) told[0] = 0;
  if (told && diags) assert_int_equal(ottl_diags_render(diags, OTTL_DIAGS_SHORT, false, put, told), OTTL_OK);
  ottl_diags_free(diags);
  return status;
}

static void groups(void **state) {
  (void)state;
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    char told[4096];
    ottl_program *program = NULL;
    assert_int_equal(compile(&cases[i], NULL, &program, told), OTTL_OK);
    if (strcmp(told, cases[i].told) != 0) fail_msg("case %zu: \"%s\" != \"%s\"", i, told, cases[i].told);
    ottl_program_free(program);
  }
}

static void classes(void **state) {
  (void)state;
  static const struct {
    const char *statement;
    uint8_t fails; /* of the call, limits left out */
    bool must_fail, unreachable;
  } expressions[] = {
      {"set(attributes[\"a\"], 1)", 0, false, false},
      {"set(attributes[\"a\"], ParseJSON(severity_text))", OTTL_FAIL_DATA, false, false},
      {"set(attributes[\"a\"], ToUpperCase(body))", OTTL_FAIL_TYPE, false, false},
      {"set(attributes[\"a\"], ToUpperCase(severity_text))", 0, false, false},
      {"set(attributes[\"a\"], Int(attributes[\"b\"]))", OTTL_FAIL_TYPE | OTTL_FAIL_DATA, false, false},
      {"set(attributes[\"a\"], Int(attributes[\"b\"])) where IsString(attributes[\"b\"])", OTTL_FAIL_DATA, false, false},
      {"set(attributes[\"a\"], Len(attributes)) where Len(attributes[\"b\"]) > 1", 0, false, false},
      {"set(severity_number, \"x\")", OTTL_FAIL_TYPE, true, false},
      {"set(attributes[\"a\"], time)", OTTL_FAIL_TYPE, true, false},
      {"set(attributes[\"a\"], 1) where flags == \"x\"", 0, false, true},
      {"set(attributes[\"a\"], 1) where not (flags != \"x\" or true == false)", 0, false, true},
      {"set(attributes[\"a\"], 1) where body == 1 and (flags == 1 and flags == 2 or flags == \"x\")", 0, false, true},
      {"set(attributes[\"a\"], 1) where Len(attributes)", 0, false, true},
  };
  for (size_t i = 0; i < OTTL_COUNT(expressions); i++) {
    struct group_case c = {"log", {NULL}, {expressions[i].statement}, NULL};
    ottl_program *program = NULL;
    assert_int_equal(compile(&c, NULL, &program, NULL), OTTL_OK);
    const ottl_checked_statement *s = &program->checked[0].statements[0];
    if ((ottl__sema_failures(s->call) & ~OTTL_FAIL_LIMIT) != expressions[i].fails ||
        s->call->must_fail != expressions[i].must_fail || s->unreachable != expressions[i].unreachable)
      fail_msg("%s: classes %u, must fail %d, unreachable %d", expressions[i].statement, ottl__sema_failures(s->call),
               s->call->must_fail, s->unreachable);
    ottl_program_free(program);
  }
}

static void known_function(const char *name) {
  if (ottl__function_find(view_str(name)) == UINT32_MAX) fail_msg("refine.def: no function `%s`", name);
}

static void tables(void **state) {
  (void)state;
#define CHECK(function, types)            known_function(#function);
#define NIL_OF_NIL(function)              known_function(#function);
#define FIRST_OF(function)                known_function(#function);
#define TAKES(function, parameter, types) known_function(#function);
#define LIMITS(function)                  known_function(#function);
#define ACTS_ON(function, types)          known_function(#function);
#define FORMAT(function, parameter)       known_function(#function);
#define GROUPS(function, parameter, grok) known_function(#function);
#include "refine.def"
#define ENUM_PATH(context, spelling, prefix, closed) assert_non_null(ottl__path_find(OTTL_C_##context, VIEW(spelling)));
#define ENUM_BESIDE(context, spelling, meant)                                                                                    \
  assert_non_null(ottl__path_find(OTTL_C_##context, VIEW(spelling)));                                                            \
  assert_non_null(ottl__path_find(OTTL_C_##context, VIEW(meant)));
#include "enum_paths.def"
}

static void memory(void **state) {
  (void)state;
  static const struct group_case c = {
      "log",
      {"IsString(body) or IsMap(body)", "IsInt(attributes[\"a\"]) and attributes[\"a\"] > 3"},
      {"set(attributes[\"a\"], body[\"x\"]) where IsMap(body) and flags != 1 and flags == 1", "delete_key(attributes, \"b\")"},
      NULL};
  ottl_status status = OTTL_NOMEM;
  for (size_t n = 0; status == OTTL_NOMEM && n < 10000; n++) {
    counter f = {.fail_at = n + 1, .onwards = true};
    ottl_allocator al = counter_allocator(&f);
    ottl_program *program = NULL;
    status = compile(&c, &al, &program, NULL);
    ottl_program_free(program);
    assert_int_equal(f.live_blocks, 0);
  }
  assert_int_equal(status, OTTL_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(groups), cmocka_unit_test(classes), cmocka_unit_test(tables),
                                     cmocka_unit_test(memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
