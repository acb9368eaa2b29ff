/* Names that are no functions: each row of renamed.def is refused today, gives its help, and what its fix makes of the statement
 * compiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "funcs/func.h"
#include "ottl/program.h"
#include "syntax/renamed.h"

static bool same(const char *a, const char *b) { /* without regard to case and `_` */
  for (;; a++, b++) {
    while (*a == '_') a++;
    while (*b == '_') b++;
    if ((*a | 0x20) != (*b | 0x20)) return false;
    if (!*a) return true;
  }
}

static ottl_status compile(const char *text, ottl_diags **ret_diags) {
  ottl_compile_options options;
  ottl_compile_options_init(&options);
  options.experimental = true;
  ottl_program *program = NULL;
  ottl_status status = ottl_program_compile_text(text, strlen(text), NULL, OTTL_ERROR_PROPAGATE, &options, &program, ret_diags);
  ottl_program_free(program);
  return status;
}

/* The use with its fixes applied. */
static void fixed(const ottl_diag *d, const char *use, char *ret, size_t size) {
  const ottl_diag_fix *f = &d->fixes[0];
  snprintf(ret, size, "%.*s%.*s%s", (int)f->span.begin, use, (int)f->replacement.len, f->replacement.data, use + f->span.end);
}

static void check_fix(const ottl_renamed *r, const ottl_diag *d) {
  if (!r->fix[0]) {
    assert_int_equal(d->n_fixes, 0);
    return;
  }
  char text[400];
  if (d->n_fixes != 1) fail_msg("%s: no fix", r->name);
  fixed(d, r->use, text, sizeof text);
  ottl_diags *diags = NULL;
  if (compile(text, &diags) != OTTL_OK) fail_msg("%s: `%s` does not compile", r->name, text);
  ottl_diags_free(diags);
}

static void test_renamed(void **state) {
  (void)state;
  for (size_t i = 0; i < ottl__n_renamed; i++) {
    const ottl_renamed *r = &ottl__renamed[i];
    ottl_view function = view_str(r->function);
    if (function.len && ottl__function_find(function) == UINT32_MAX) fail_msg("%s: there is no `%s`", r->name, r->function);
    for (uint32_t f = 0; f < ottl__n_functions; f++) {
      if (same(ottl__functions[f].name, r->name) && (ottl__functions[f].kind == OTTL_F_EDITOR) == r->statement)
        fail_msg("%s is a function", r->name);
    }
    for (size_t k = 0; k < i; k++) {
      if (same(ottl__renamed[k].name, r->name) && ottl__renamed[k].statement == r->statement) fail_msg("%s: twice", r->name);
    }
    ottl_diags *diags = NULL;
    assert_non_null(strstr(r->use, r->name));
    if (compile(r->use, &diags) != OTTL_COMPILE) fail_msg("%s: `%s` compiles", r->name, r->use);
    ottl_diag d;
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    if (strcmp(d.code, "E0501") != 0) fail_msg("%s: `%s`: %s", r->name, r->use, d.code);
    if (d.help.len != strlen(r->help) || memcmp(d.help.data, r->help, d.help.len) != 0)
      fail_msg("%s: help: %.*s", r->name, (int)d.help.len, d.help.data);
    check_fix(r, &d);
    ottl_diags_free(diags);
  }
}

/* What a fix looks like, in places where the name is not known and where it cannot stand. */
static void test_fixes(void **state) {
  (void)state;
  static const struct {
    const char *use, *code, *help, *fixed;
  } cases[] = {
      {"set(log.body, Base64Decode(log.attributes[\"a\"]))", "E0501", "it went in favour of `Decode(value, \"base64\")`",
       "set(log.body, Decode(log.attributes[\"a\"], \"base64\"))"},
      {"set(log.body, to_upper(log.body))", "E0206", "did you mean `ToUpperCase`?", "set(log.body, ToUpperCase(log.body))"},
      {"set(log.body, \"x\") where isMatch(log.body, \"a\")", "E0206", "did you mean `IsMatch`?",
       "set(log.body, \"x\") where IsMatch(log.body, \"a\")"},
      {"Set(log.body, 1)", "E0205", "did you mean `set`?", "set(log.body, 1)"},
      {"Delete(log.attributes, \"a\")", "E0205", "write `delete_key(map, \"key\")`, or `delete_matching_keys(map, pattern)`",
       "delete_key(log.attributes, \"a\")"},
      {"set(log.body, Default(Concat([\"a\", log.body], \"(,\"), 1 + 2))", "E0501", "write `Coalesce([value, other])`",
       "set(log.body, Coalesce([Concat([\"a\", log.body], \"(,\"), 1 + 2]))"},
      {"set(log.body, Upper(log.body, 1))", "E0501", "did you mean `ToUpperCase`?", NULL},
      {"set(log.body, Upper(target=log.body))", "E0501", "did you mean `ToUpperCase`?", NULL},
      {"set(log.body, Extract(log.body, \"(?P<a>.)\")[\"a\"])", "E0501",
       "write `ExtractPatterns(text, pattern)[\"name\"]`, with named groups", NULL},
      {"replace_pattern(log.body, \"a\", \"b\", Upper)", "E0501", "did you mean `ToUpperCase`?", NULL},
      {"set(log.body, Concta([\"a\"], \"\"))", "E0501", "did you mean `Concat`?", "set(log.body, Concat([\"a\"], \"\"))"},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    ottl_diags *diags = NULL;
    assert_int_equal(compile(cases[i].use, &diags), OTTL_COMPILE);
    ottl_diag d;
    char text[400];
    assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
    assert_string_equal(d.code, cases[i].code);
    snprintf(text, sizeof text, "%.*s", (int)d.help.len, d.help.data);
    assert_string_equal(text, cases[i].help);
    assert_int_equal(d.n_fixes, cases[i].fixed != NULL);
    if (cases[i].fixed) {
      fixed(&d, cases[i].use, text, sizeof text);
      assert_string_equal(text, cases[i].fixed);
    }
    ottl_diags_free(diags);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_renamed), cmocka_unit_test(test_fixes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
