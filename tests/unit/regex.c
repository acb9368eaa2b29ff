/* Regular expressions against Go's answers: tests/fixtures/regex/go.tsv, made with the reference's regexp package.
 *
 *   pattern <tab> \! <tab> error                                  Go refuses the pattern
 *   pattern <tab> input <tab> template <tab> spans <tab> replaced  FindAllStringSubmatchIndex and ReplaceAllString
 *
 * Bytes that are not printable ASCII, and backslashes, are \xNN. Spans: numbers with commas, matches with semicolons, -1 for
 * none. Every case runs as usual, and without literals: with PCRE2, its JIT and not, and with the
 * linear engine. With an argument, another file is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "counter.h"
#include "regex/regex_internal.h"

static const char *fixture = "tests/fixtures/regex/go.tsv";

/* --- the fixture --- */

static ottl_view field(char **at) {
  char *p = *at, *out = p, *begin = p;
  while (*p && *p != '\t' && *p != '\n') {
    if (p[0] == '\\' && p[1] == 'x') {
      char hex[3] = {p[2], p[3], 0};
      *out++ = (char)strtol(hex, NULL, 16);
      p += 4;
    } else {
      *out++ = *p++;
    }
  }
  *at = *p ? p + 1 : p;
  return view_of(begin, (size_t)(out - begin));
}

static unsigned bad;
static void complain(ottl_view pattern, ottl_view input, const char *what, const char *got, ottl_view want) {
  if (bad++ < 40) {
    fprintf(stderr, "%s: /%.*s/ on \"%.*s\": got %s, want %.*s\n", what, (int)pattern.len, pattern.data, (int)input.len,
            input.data ? input.data : "", got, (int)want.len, want.data);
  }
}

static void check_case(const ottl_regex *re, ottl_regex_context *cx, const char *mode, ottl_view pattern, ottl_view f[4]) {
  ottl_sbuf out;
  ottl__sbuf_init(&out, &cx->al);
  size_t *spans = calloc(2 * (ottl__regex_groups(re) + 1), sizeof *spans);
  ottl_regex_iter it = {.previous_end = SIZE_MAX};
  bool hit = true, first = true;
  for (;;) {
    assert_int_equal(ottl__regex_next(re, cx, f[0], &it, spans, &hit), OTTL_OK);
    if (!hit) break;
    if (!first) sbuf_byte(&out, ';');
    first = false;
    for (uint32_t i = 0; i < 2 * (ottl__regex_groups(re) + 1); i++) {
      ottl__sbuf_printf(&out, i ? ",%d" : "%d", spans[i] == SIZE_MAX ? -1 : (int)spans[i]);
    }
  }
  if (!view_eq(sbuf_all(&out), f[2])) {
    sbuf_byte(&out, 0);
    complain(pattern, f[0], mode, out.data, f[2]);
  }
  bool any;
  assert_int_equal(ottl__regex_match(re, cx, f[0], &any), OTTL_OK);
  if (any != (f[2].len > 0)) complain(pattern, f[0], mode, any ? "a match" : "no match", f[2]);
  ottl_regex_template *t;
  assert_int_equal(ottl__regex_template_create(&cx->al, re, f[1], &t), OTTL_OK);
  out.len = 0;
  bool changed;
  assert_int_equal(ottl__regex_replace_all(re, cx, t, f[0], &out, &changed), OTTL_OK);
  ottl_view got = changed ? sbuf_all(&out) : f[0];
  if (changed != (f[2].len > 0) || !view_eq(got, f[3])) {
    ottl_sbuf text;
    ottl__sbuf_init(&text, &cx->al);
    sbuf_view(&text, got);
    sbuf_byte(&text, 0);
    complain(pattern, f[0], mode, text.data, f[3]);
    ottl__sbuf_done(&text);
  }
  ottl__regex_template_free(t);
  free(spans);
  ottl__sbuf_done(&out);
}

static void test_fixture(void **state) {
  OTTL_UNUSED(state);
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  FILE *file = fopen(fixture, "r");
  assert_non_null(file);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  char *line = NULL;
  size_t cap = 0;
  unsigned cases = 0, linear_only = 0, bytes = 0;
  while (getline(&line, &cap, file) > 0) {
    if (line[0] == '#') continue;
    char *at = line;
    ottl_view pattern = field(&at);
    ottl_regex *re = NULL;
    ottl_regex_error error = {0};
    ottl_status status = ottl__regex_compile(&al, pattern, &re, &error);
    cases++;
    if (at[0] == '\\' && at[1] == '!') {
      at += 3;
      ottl_view want = field(&at);
      if (want.len > sizeof error.message - 1) want.len = sizeof error.message - 1;
      if (status != OTTL_COMPILE || !view_eq(view_str(error.message), want)) {
        complain(pattern, VIEW(""), "error", status == OTTL_COMPILE ? error.message : ottl_status_name(status), want);
      }
      ottl__regex_free(status == OTTL_OK ? re : NULL);
      continue;
    }
    ottl_view f[4];
    for (unsigned i = 0; i < 4; i++) f[i] = field(&at);
    if (status != OTTL_OK) {
      complain(pattern, f[0], "compile", status == OTTL_COMPILE ? error.message : ottl_status_name(status), f[2]);
      continue;
    }
    linear_only += !re->code;
    bytes += re->bytes;
    cx->force = REGEX_AUTO;
    cx->no_filter = 0;
    check_case(re, cx, "auto", pattern, f);
    cx->no_filter = 1;
    cx->force = REGEX_PCRE2;
    check_case(re, cx, "pcre2", pattern, f);
    bool jit = re->jit;
    re->jit = false;
    check_case(re, cx, "pcre2 without jit", pattern, f);
    re->jit = jit;
    cx->force = REGEX_LINEAR;
    check_case(re, cx, "linear", pattern, f);
    cx->force = REGEX_WALK;
    check_case(re, cx, "walk", pattern, f);
    ottl__regex_free(re);
  }
  if (getenv("OTTL_TEST_VERBOSE")) {
    fprintf(stderr, "%u cases, %u without PCRE2, %u by bytes; matches: %u PCRE2, %u linear\n", cases, linear_only, bytes,
            cx->n_pcre2, cx->n_linear);
  }
  ottl__regex_context_free(cx);
  free(line);
  fclose(file);
  assert_true(cases > 100);
  assert_int_equal(bad, 0);
  assert_int_equal(c.live_bytes, 0);
}

/* --- running time --- */

static void test_hostile(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *pattern;
    char fill;
    size_t n;
    const char *tail;
    bool matches;
  } cases[] = {
      {"^(a+)+$", 'a', 100000, "!", false},         {"(?:a+)+b", 'a', 20000, "!", false},
      {"a*a*a*a*b", 'a', 5000, "!", false},         {"(?:a|aa)+$", 'a', 100000, "", true},
      {"\\d+:\\d+", '1', 300000, "", false},        {"\\w+\\s+zzz", 'x', 300000, " zzz", true},
      {"(x+x+)+y", 'x', 30000, "y", true},          {"(?i)(k|kk)*\xe2\x82\xac", 'K', 20000, "", false},
      {"(?:(?:a?){30}){30}b", 'a', 500, "", false}, {"[a-z]+\\d\\d", 'q', 200000, "", false},
      {"[^x]*[^x]*y", 'q', 300000, "", false},      {"^[^x]*[^x]*[^y]*y", 'q', 300000, "y", true},
  };
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    size_t tail = strlen(cases[i].tail), len = cases[i].n + tail;
    char *text = malloc(len + 1);
    memset(text, cases[i].fill, cases[i].n);
    memcpy(text + cases[i].n, cases[i].tail, tail);
    ottl_regex *re;
    ottl_regex_error error;
    assert_int_equal(ottl__regex_compile(&al, view_str(cases[i].pattern), &re, &error), OTTL_OK);
    bool hit = !cases[i].matches;
    cx->no_filter = 1;
    struct timespec t0, t1;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    assert_int_equal(ottl__regex_match(re, cx, view_of(text, len), &hit), OTTL_OK);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    if (getenv("OTTL_TEST_VERBOSE")) {
      fprintf(stderr, "%-24s %8zu bytes %8.2f ms\n", cases[i].pattern, len,
              (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6);
    }
    assert_int_equal(hit, cases[i].matches);
    ottl__regex_free(re);
    free(text);
  }
  ottl__regex_context_free(cx);
}

/* --- memory --- */

static ottl_status everything(const ottl_allocator *al, ottl_view pattern, ottl_view subject, ottl_view replacement) {
  ottl_regex *re = NULL;
  ottl_regex_context *cx = NULL;
  ottl_regex_template *t = NULL;
  ottl_sbuf out;
  ottl__sbuf_init(&out, al);
  bool changed, hit;
  ottl_status status = ottl__regex_compile(al, pattern, &re, NULL);
  if (status == OTTL_OK) status = ottl__regex_context_create(al, &cx);
  if (status == OTTL_OK) status = ottl__regex_template_create(al, re, replacement, &t);
  if (status == OTTL_OK) status = ottl__regex_replace_all(re, cx, t, subject, &out, &changed);
  if (status == OTTL_OK) status = ottl__regex_match(re, cx, subject, &hit);
  ottl__sbuf_done(&out);
  ottl__regex_template_free(t);
  ottl__regex_context_free(cx);
  ottl__regex_free(re);
  return status;
}

static void test_memory(void **state) {
  OTTL_UNUSED(state);
  static const char *patterns[] = {"(?P<k>\\w+)=(?P<v>[^ ]*)", "(a*)*b", "(?i)\\p{Greek}+k{2,5}|x",
                                   "(1)(2)(3)(4)(5)(6)(7)(8)(9)|."};
  for (size_t i = 0; i < OTTL_COUNT(patterns); i++) {
    for (size_t n = 1;; n++) {
      counter c = {.fail_at = n};
      ottl_allocator al = counter_allocator(&c);
      ottl_status status = everything(&al, view_str(patterns[i]), VIEW("a=b c=\xffx \xce\xb1kk"), VIEW("$v:${k}$$"));
      assert_int_equal(c.live_bytes, 0);
      if (!c.failed) {
        assert_int_equal(status, OTTL_OK);
        break;
      }
      /* A failure may cost PCRE2 no more than its JIT code. */
      assert_true(status == OTTL_NOMEM || status == OTTL_OK);
    }
  }
}

static void test_steady(void **state) {
  OTTL_UNUSED(state);
  counter c = {0};
  ottl_allocator al = counter_allocator(&c);
  ottl_regex *re;
  ottl_regex_context *cx;
  ottl_regex_template *t;
  ottl_sbuf out;
  ottl__sbuf_init(&out, &al);
  assert_int_equal(ottl__regex_compile(&al, VIEW("(\\w+)@(\\w+|.)\\.(x|\xc3\xa9)"), &re, NULL), OTTL_OK);
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  assert_int_equal(ottl__regex_template_create(&al, re, VIEW("<$2>"), &t), OTTL_OK);
  for (unsigned i = 0; i < 4; i++) {
    size_t before = c.n;
    bool changed;
    out.len = 0;
    cx->force = i & 1 ? REGEX_LINEAR : REGEX_AUTO;
    assert_int_equal(ottl__regex_replace_all(re, cx, t, VIEW("to me@you.x and \xff@\xc3\xa9.\xc3\xa9 a@\xff.x"), &out, &changed),
                     OTTL_OK);
    assert_true(changed);
    assert_true(view_is(sbuf_all(&out), "to <you> and \xff@\xc3\xa9.\xc3\xa9 <\xff>"));
    if (i >= 2) assert_int_equal(c.n, before);
  }
  ottl__sbuf_done(&out);
  ottl__regex_template_free(t);
  ottl__regex_context_free(cx);
  ottl__regex_free(re);
  assert_int_equal(c.live_bytes, 0);
}

/* --- names and offsets --- */

static void test_names(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, VIEW("(?P<a>x)(y)(?<b_2>z)(?P<a>w){0}"), &re, NULL), OTTL_OK);
  assert_int_equal(ottl__regex_groups(re), 4);
  assert_true(view_is(ottl__regex_group_name(re, 0), ""));
  assert_true(view_is(ottl__regex_group_name(re, 1), "a"));
  assert_true(view_is(ottl__regex_group_name(re, 2), ""));
  assert_true(view_is(ottl__regex_group_name(re, 3), "b_2"));
  assert_true(view_is(ottl__regex_group_name(re, 4), "a"));
  assert_true(view_is(ottl__regex_group_name(re, 5), ""));
  ottl__regex_free(re);
  ottl_regex_error error;
  assert_int_equal(ottl__regex_compile(&al, VIEW("abc[z-a]"), &re, &error), OTTL_COMPILE);
  assert_string_equal(error.message, "error parsing regexp: invalid character class range: `z-a`");
  assert_int_equal(error.offset, 4);
}

static void test_start(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  ottl_regex_context *cx;
  size_t spans[4];
  bool hit;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  assert_int_equal(ottl__regex_compile(&al, VIEW("\\b(.)|$"), &re, NULL), OTTL_OK);
  ottl_view s = VIEW("a\xe2\x82\xac"
                     "b");
  static const size_t want[][3] = {{0, 0, 1}, {1, 1, 4}, {2, 4, 5}, {3, 4, 5}, {4, 4, 5}, {5, 5, 5}};
  for (unsigned force = REGEX_AUTO; force <= REGEX_LINEAR; force++) {
    cx->force = (ottl_regex_engine)force;
    for (size_t i = 0; i < OTTL_COUNT(want); i++) {
      assert_int_equal(ottl__regex_find(re, cx, s, want[i][0], spans, &hit), OTTL_OK);
      assert_true(hit);
      assert_int_equal(spans[0], want[i][1]);
      assert_int_equal(spans[1], want[i][2]);
    }
    assert_int_equal(ottl__regex_find(re, cx, s, 6, spans, &hit), OTTL_OK);
    assert_false(hit);
    assert_int_equal(ottl__regex_find(re, cx, view_of(NULL, 0), 0, spans, &hit), OTTL_OK);
    assert_true(hit);
    assert_int_equal(spans[2], SIZE_MAX);
  }
  ottl__regex_context_free(cx);
  ottl__regex_free(re);
}

/* Patterns for which PCRE2's start optimizations lose a match; what each finds first, as the reference does. */
static void test_alternatives_before_repeats(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *pattern, *subject;
    size_t begin, end;
  } cases[] = {
      {"(?P<m>(a||b)b*a)", "ab2 ", 0, 1}, {"(a|)b*a", "a", 0, 1},    {"((bba|)a*b)ba", "bba", 0, 3}, {"((b|)|)a*b", "b", 0, 1},
      {"(bb|b)b+b", "bbb", 0, 3},         {"(a||)a+a+", "aa", 0, 2}, {"((ab|)a*)a", "ab", 0, 1},     {"(ba|b|)a+a", "baa", 0, 3},
  };
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    ottl_regex *re;
    assert_int_equal(ottl__regex_compile(&al, view_str(cases[i].pattern), &re, NULL), OTTL_OK);
    for (unsigned force = REGEX_AUTO; force <= REGEX_LINEAR; force++) {
      size_t spans[12];
      bool hit = false;
      cx->force = (ottl_regex_engine)force;
      assert_int_equal(ottl__regex_find(re, cx, view_str(cases[i].subject), 0, spans, &hit), OTTL_OK);
      if (!hit) fail_msg("%s finds nothing in %s with engine %u", cases[i].pattern, cases[i].subject, force);
      assert_int_equal(spans[0], cases[i].begin);
      assert_int_equal(spans[1], cases[i].end);
    }
    ottl__regex_free(re);
  }
  ottl__regex_context_free(cx);
}

int main(int argc, char **argv) {
  if (argc > 1) fixture = argv[1];
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fixture),
      cmocka_unit_test(test_hostile),
      cmocka_unit_test(test_memory),
      cmocka_unit_test(test_steady),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_start),
      cmocka_unit_test(test_alternatives_before_repeats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
