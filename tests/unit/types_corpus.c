/* The checker against the corpus: what the reference did on thousands of cases, and what the checker says of the same programs.
 * An error where nothing can fail, a value of a type that cannot come out, a condition that gives what it never gives, no error
 * where every record must fail: each is a defect of the checker (or of a case). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/api.h"
#include "sema/sema.h"
#include "unit/corpus.h"

#define CASES "tests/conformance/cases/"

static unsigned long n_cases, n_results, n_errors, n_decided, n_must, n_narrow, n_wrong;

static void wrong(yyjson_val *root, const char *what, const char *more) {
  printf("%s: %s%s%s\n", yyjson_get_str(yyjson_obj_get(root, "id")), what, more ? ": " : "", more ? more : "");
  n_wrong++;
}

/* The types that a value of the case files may have. */
static ottl_types types_of(yyjson_val *value) {
  static const struct {
    const char *name;
    ottl_types types;
  } names[] = {
      {"nil", TYPES_NIL | TYPES(BYTES)}, /* the reference's empty bytes can be a nil slice */
      {"bool", TYPES(BOOL)},
      {"int", TYPES(INT) | TYPES(GO_INT)},
      {"double", TYPES(DOUBLE)},
      {"string", TYPES(STRING)},
      {"bytes", TYPES(BYTES)},
      {"map", TYPES(MAP)},
      {"list", TYPES_LISTS},
      {"time", TYPES_TIME},
      {"time_zero", TYPES_TIME},
      {"duration", TYPES(DURATION)},
      {"trace_id", TYPES(TRACE_ID)},
      {"span_id", TYPES(SPAN_ID)},
  };
  yyjson_val *name = yyjson_obj_get(value, "t");
  for (size_t i = 0; i < OTTL_COUNT(names); i++) {
    if (corpus_is(name, names[i].name)) return names[i].types;
  }
  return TYPES_SLICES | TYPES(STATUS) | TYPES(BUCKETS);
}

static void check_results(yyjson_val *root, const ottl_expr *e, yyjson_val *results) {
  yyjson_val *one;
  size_t i, n;
  char types[300];
  if (e->types != TYPES_ALL && e->types != TYPES_ANYVALUE) n_narrow++;
  yyjson_arr_foreach(results, i, n, one) {
    yyjson_val *value = yyjson_obj_get(one, "value");
    n_results++;
    if (!value) {
      n_errors++;
      if (!e->may_fail) {
        wrong(root, "it fails and could not", yyjson_get_str(yyjson_obj_get(one, "error")));
        return;
      }
      continue;
    }
    if (e->must_fail) {
      wrong(root, "it must fail and does not", NULL);
      return;
    }
    if (!(types_of(value) & e->types)) {
      wrong(root, yyjson_get_str(yyjson_obj_get(value, "t")), ottl__types_text(e->types, types, sizeof types));
      return;
    }
    if (e->truth == OTTL_TRUTH_OPEN) continue;
    n_decided++;
    if (yyjson_get_bool(yyjson_obj_get(value, "v")) != (e->truth == OTTL_TRUTH_TRUE)) {
      wrong(root, "its truth is another", NULL);
      return;
    }
  }
  n_must += e->must_fail;
}

static void check_statements(yyjson_val *root, const ottl_checked_group *g, yyjson_val *errors) {
  yyjson_val *one;
  size_t i, n;
  yyjson_arr_foreach(errors, i, n, one) {
    uint64_t k = yyjson_get_uint(yyjson_obj_get(one, "statement"));
    n_errors++;
    if (k >= g->n_statements) continue;
    const ottl_checked_statement *s = &g->statements[k];
    if (!s->call->may_fail && !(s->where && s->where->may_fail))
      wrong(root, "a statement fails and could not", yyjson_get_str(yyjson_obj_get(one, "error")));
    else if (s->unreachable && !s->where->may_fail)
      wrong(root, "an unreachable statement fails", yyjson_get_str(yyjson_obj_get(one, "error")));
  }
  for (uint32_t k = 0; k < g->n_statements; k++) {
    if (!g->statements[k].call->must_fail || g->statements[k].where) continue;
    n_must++;
    if (yyjson_arr_size(errors) == 0) wrong(root, "a statement must fail and does not", NULL);
  }
}

static void check_case(const char *line, size_t len) {
  yyjson_doc *doc = yyjson_read(line, len, YYJSON_READ_ALLOW_INVALID_UNICODE);
  yyjson_val *root = yyjson_doc_get_root(doc), *want = yyjson_obj_get(root, "want");
  yyjson_val *expr = yyjson_obj_get(root, "expr"), *statements = yyjson_obj_get(root, "statements");
  ottl_program *program = NULL;
  if (want && !yyjson_obj_get(want, "compile_error") && (expr || statements) &&
      corpus_compile(root, expr, statements, &program) == OTTL_OK) {
    const ottl_checked_group *g = &program->checked[0];
    n_cases++;
    if (expr)
      check_results(root, g->statements[0].call, yyjson_obj_get(want, "results"));
    else
      check_statements(root, g, yyjson_obj_get(want, "errors"));
  }
  ottl_program_free(program);
  yyjson_doc_free(doc);
}

static void the_corpus_agrees(void **state) {
  (void)state;
  assert_true(corpus_each(CASES "language/*.jsonl", check_case));
  assert_true(corpus_each(CASES "contexts/*.jsonl", check_case));
  assert_true(corpus_each(CASES "functions/*.jsonl", check_case));
  assert_true(corpus_each("tests/conformance/own/*.jsonl", check_case));
  printf("%lu programs, %lu results, %lu errors, %lu results of decided conditions, %lu expressions that must fail\n", n_cases,
         n_results, n_errors, n_decided, n_must);
  if (n_wrong) fail_msg("%lu cases say otherwise", n_wrong);
  assert_true(n_cases > 2000 && n_errors > 200 && n_narrow > 500);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_agrees)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
