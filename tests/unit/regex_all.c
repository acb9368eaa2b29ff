/* All matches of one text take work that grows with its length, whatever pattern and text are: the steps of the engines are counted
 * for texts of n, 2n, ... 64n bytes. What is found is the same as by a search behind each match, for each way of changing over.
 *
 * With --measure: the processor time of whole statements on the same texts, as tab-separated lines; scripts/regex-growth draws them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>
#include <ottl/ottl.h>

#include "regex/linear.h"
#include "regex/regex_internal.h"
#include "regex_evil.h"

enum { LEAST = 128, TIMES = 64 };

static char *text_of(const evil *e, size_t n) {
  size_t len = strlen(e->fill), tail = strlen(e->tail);
  char *text = malloc(n + 1);
  assert_non_null(text);
  for (size_t i = 0; i < n; i++) text[i] = i + tail >= n ? e->tail[i + tail - n] : e->fill[i % len];
  text[n] = 0;
  return text;
}

static ottl_regex *compiled(const evil *e) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re = NULL;
  ottl_regex_error error = {0};
  if (ottl__regex_compile(&al, view_str(e->pattern), &re, &error) != OTTL_OK) fail_msg("%s: %s", e->name, error.message);
  return re;
}

static ottl_regex_context *context(void) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx = NULL;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  return cx;
}

/* All spans of all matches; *ret_n: how many numbers. */
static size_t *all_spans(const ottl_regex *re, ottl_regex_context *cx, ottl_view s, size_t *ret_n) {
  size_t n = 2 * ((size_t)ottl__regex_groups(re) + 1), cap = 64, used = 0, *out = calloc(cap, sizeof *out);
  ottl_regex_iter it = {.previous_end = SIZE_MAX};
  for (bool hit = true;; used += n) {
    while (used + n > cap) out = realloc(out, (cap *= 2) * sizeof *out);
    assert_non_null(out);
    assert_int_equal(ottl__regex_next(re, cx, s, &it, out + used, &hit), OTTL_OK);
    if (!hit) break;
  }
  *ret_n = used;
  return out;
}

/* Steps of a search for the first match, by the Pike machine, and of all matches, by a walk. */
static void count_steps(const ottl_regex *re, ottl_regex_context *cx, ottl_view s, uint64_t *ret_first, uint64_t *ret_all) {
  size_t n, *spans = calloc(2 * ((size_t)ottl__regex_groups(re) + 1), sizeof *spans);
  bool hit;
  assert_non_null(spans);
  cx->force = REGEX_LINEAR;
  uint64_t before = ottl__regex_steps(cx);
  assert_int_equal(ottl__regex_find(re, cx, s, 0, spans, &hit), OTTL_OK);
  *ret_first = ottl__regex_steps(cx) - before;
  cx->force = REGEX_WALK;
  before = ottl__regex_steps(cx);
  uint64_t walks = cx->walk.number;
  free(all_spans(re, cx, s, &n));
  assert_int_equal(cx->walk.number, walks + 1);
  *ret_all = ottl__regex_steps(cx) - before;
  free(spans);
}

static void test_work_grows_with_the_text(void **state) {
  OTTL_UNUSED(state);
  ottl_regex_context *cx = context();
  cx->no_filter = 1;
  assert_true(OTTL_COUNT(evils) >= 50);
  for (size_t i = 0; i < OTTL_COUNT(evils); i++) {
    ottl_regex *re = compiled(&evils[i]);
    uint64_t most = 2 * re->program->n + 1, first, all;
    for (size_t n = LEAST; n <= LEAST * TIMES; n *= 2) {
      char *text = text_of(&evils[i], n);
      count_steps(re, cx, view_of(text, n), &first, &all);
      /* The machine looks at each instruction at most twice for each place; the walk goes back over the two ways into each, twice
       * because of the blocks, and then forwards. */
      if (first > (n + 1) * most) fail_msg("%s: %zu bytes, %lu steps", evils[i].name, n, (unsigned long)first);
      if (all > (n + 1) * 4 * most) fail_msg("%s: %zu bytes, %lu steps for all", evils[i].name, n, (unsigned long)all);
      free(text);
    }
    ottl__regex_free(re);
  }
  ottl__regex_context_free(cx);
}

/* Changing over to the walk before any of the searches changes nothing. */
static void test_the_same_however_found(void **state) {
  OTTL_UNUSED(state);
  ottl_regex_context *cx = context();
  for (size_t i = 0; i < OTTL_COUNT(evils); i++) {
    ottl_regex *re = compiled(&evils[i]);
    char *text = text_of(&evils[i], 300);
    size_t n[2], *spans[2];
    cx->force = REGEX_LINEAR;
    spans[0] = all_spans(re, cx, view_of(text, 300), &n[0]);
    cx->force = REGEX_AUTO;
    for (cx->hurry = 1; cx->hurry < 40; cx->hurry = cx->hurry * 3 / 2 + 1) {
      spans[1] = all_spans(re, cx, view_of(text, 300), &n[1]);
      if (n[0] != n[1] || memcmp(spans[0], spans[1], n[0] * sizeof **spans) != 0)
        fail_msg("%s: other matches after %u", evils[i].name, cx->hurry);
      free(spans[1]);
    }
    cx->hurry = 0;
    free(spans[0]);
    free(text);
    ottl__regex_free(re);
  }
  ottl__regex_context_free(cx);
}

/* By the clock alone a text with many matches, each of which needs a look at all the rest, ends up in the walk. */
static void test_clock(void **state) {
  OTTL_UNUSED(state);
  ottl_regex_context *cx = context();
  const evil many = {"", "a+b|a", "a", ""};
  ottl_regex *re = compiled(&many);
  size_t n = 400000, found;
  char *text = text_of(&many, n);
  free(all_spans(re, cx, view_of(text, n), &found));
  assert_int_equal(found, 2 * n);
  assert_int_equal(cx->walk.number, 1);
  assert_ptr_equal(cx->tedious, re);
  /* The next text is walked at its second match. */
  cx->n_linear = cx->n_pcre2 = 0;
  free(all_spans(re, cx, view_of(text, 1000), &found));
  assert_int_equal(found, 2000);
  assert_int_equal(cx->walk.number, 2);
  assert_true(cx->n_linear + cx->n_pcre2 <= 1);
  free(text);
  ottl__regex_free(re);
  ottl__regex_context_free(cx);
}

/* A walk that would take too much memory is not begun; one whose context walked something else begins anew. */
static void test_bounded_and_interleaved(void **state) {
  OTTL_UNUSED(state);
  ottl_regex_context *cx = context();
  const evil many = {"", "(a+b)|(a)", "ab-aa", ""};
  ottl_regex *re = compiled(&many);
  char *text = text_of(&many, 100), *other = text_of(&evils[0], 100);
  size_t n[2], *spans = all_spans(re, cx, view_of(text, 100), &n[0]), got[6];
  cx->force = REGEX_WALK;
  cx->walk.most_bytes = 8;
  uint64_t before = cx->walk.steps;
  size_t *again = all_spans(re, cx, view_of(text, 100), &n[1]);
  assert_int_equal(n[0], n[1]);
  assert_memory_equal(spans, again, n[0] * sizeof *spans);
  assert_int_equal(cx->walk.steps, before);
  free(again);
  cx->walk.most_bytes = 0;
  ottl_regex *second = compiled(&evils[0]);
  ottl_regex_iter it = {.previous_end = SIZE_MAX}, in = {.previous_end = SIZE_MAX};
  bool hit = true;
  for (size_t k = 0;; k += 6) {
    assert_int_equal(ottl__regex_next(re, cx, view_of(text, 100), &it, got, &hit), OTTL_OK);
    if (!hit) break;
    assert_true(k < n[0]);
    assert_memory_equal(got, spans + k, sizeof got);
    assert_int_equal(ottl__regex_next(second, cx, view_of(other, 100), &in, got, &hit), OTTL_OK);
  }
  free(spans);
  free(text);
  free(other);
  ottl__regex_free(re);
  ottl__regex_free(second);
  ottl__regex_context_free(cx);
}

/* --- measuring --- */

static const struct {
  const char *name, *before, *after;
} forms[] = {
    {"IsMatch", "set(log.severity_text, \"y\") where IsMatch(log.body, \"", "\")"},
    {"ExtractPatterns", "set(log.attributes[\"x\"], ExtractPatterns(log.body, \"(?P<all>", ")\"))"},
    {"replace_pattern", "replace_pattern(log.body, \"", "\", \"-\")"},
    {"replace_pattern, function", "replace_pattern(log.body, \"", "\", \"$0\", ToUpperCase)"},
    {"replace_all_patterns", "replace_all_patterns(log.attributes, \"value\", \"", "\", \"-\")"},
};

static void put_escaped(ottl_sbuf *out, const char *pattern) {
  for (const char *p = pattern; *p; p++) {
    if (*p == '\\' || *p == '"') sbuf_byte(out, '\\');
    sbuf_byte(out, *p);
  }
}

static void put_len(ottl_sbuf *out, size_t n) {
  for (; n >= 0x80; n >>= 7) sbuf_byte(out, (char)(n | 0x80));
  sbuf_byte(out, (char)n);
}

/* A message with one field that has `inner`; the result takes its place. */
static void wrap(ottl_sbuf *inner, char tag, const char *before, size_t n_before) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &inner->al);
  sbuf_put(&out, before, n_before);
  sbuf_byte(&out, tag);
  put_len(&out, inner->len);
  sbuf_view(&out, sbuf_all(inner));
  ottl__sbuf_done(inner);
  *inner = out;
}

/* A payload with one log record: the text in its body and in one attribute. */
static ottl_sbuf payload_of(const ottl_allocator *al, ottl_view text) {
  ottl_sbuf body, attribute;
  ottl__sbuf_init(&body, al);
  ottl__sbuf_init(&attribute, al);
  sbuf_view(&body, text);
  sbuf_view(&attribute, text);
  wrap(&body, 0x0a, "", 0); /* AnyValue.string_value */
  wrap(&attribute, 0x0a, "", 0);
  wrap(&attribute, 0x12, "\x0a\x01k", 3); /* KeyValue */
  wrap(&body, 0x2a, "", 0);               /* LogRecord.body */
  wrap(&attribute, 0x32, "", 0);          /* LogRecord.attributes */
  sbuf_view(&body, sbuf_all(&attribute));
  ottl__sbuf_done(&attribute);
  for (unsigned i = 0; i < 2; i++) wrap(&body, 0x12, "", 0);
  wrap(&body, 0x0a, "", 0);
  return body;
}

static double cpu_seconds(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The least time of some runs, each on an exec of its own, so that nothing is remembered. */
static double time_of(const ottl_program *program, const ottl_sbuf *payload) {
  double least = 1e9;
  for (unsigned round = 0; round < 3; round++) {
    ottl_exec *x = NULL;
    ottl_result result;
    assert_int_equal(ottl_exec_create(program, NULL, &x), OTTL_OK);
    double begin = cpu_seconds();
    assert_int_equal(ottl_exec_run(x, (const uint8_t *)payload->data, payload->len, &result), OTTL_OK);
    double took = cpu_seconds() - begin;
    if (took < least) least = took;
    ottl_exec_free(x);
    if (took > 0.05 && round) break;
  }
  return least;
}

static void measure(void) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx = context();
  cx->no_filter = 1;
  printf("pattern\tname\tform\tbytes\tmicroseconds\tsteps\n");
  for (size_t i = 0; i < OTTL_COUNT(evils); i++) {
    ottl_regex *re = compiled(&evils[i]);
    for (size_t f = 0; f < OTTL_COUNT(forms); f++) {
      ottl_sbuf text;
      ottl__sbuf_init(&text, &al);
      sbuf_str(&text, forms[f].before);
      put_escaped(&text, evils[i].pattern);
      sbuf_str(&text, forms[f].after);
      ottl_snippet snippet = {.text = text.data, .len = text.len};
      ottl_group group = {.struct_size = sizeof group, .context = "log", .statements = &snippet, .n_statements = 1};
      ottl_program *program = NULL;
      if (ottl_program_compile(&group, 1, NULL, &program, NULL) != OTTL_OK) fail_msg("%s: %s", evils[i].name, forms[f].name);
      for (size_t n = 8 * LEAST; n <= 8 * LEAST * TIMES; n *= 2) {
        char *subject = text_of(&evils[i], n);
        ottl_sbuf payload = payload_of(&al, view_of(subject, n));
        uint64_t first, all;
        count_steps(re, cx, view_of(subject, n), &first, &all);
        printf("%s\t%s\t%s\t%zu\t%.3f\t%lu\n", evils[i].pattern, evils[i].name, forms[f].name, n,
               1e6 * time_of(program, &payload), (unsigned long)(f < 2 ? first : all));
        ottl__sbuf_done(&payload);
        free(subject);
      }
      ottl_program_free(program);
      ottl__sbuf_done(&text);
    }
    ottl__regex_free(re);
    (void)fflush(stdout);
  }
  ottl__regex_context_free(cx);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--measure") == 0) {
    measure();
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_work_grows_with_the_text),
      cmocka_unit_test(test_the_same_however_found),
      cmocka_unit_test(test_clock),
      cmocka_unit_test(test_bounded_and_interleaved),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
