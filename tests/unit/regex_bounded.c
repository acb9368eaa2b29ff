/* No pattern fails for its running time, and none takes more than linear: the linear engine's steps are counted, not its time.
 * Patterns that are known to be evil for engines that backtrack run on texts of several lengths; the steps for one byte may not
 * grow with the length. Then what PCRE2 cannot do at all (compile, its stack, its heap, its limits), and the largest programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "regex/linear.h"
#include "regex/regex_internal.h"

static const char *const evil[] = {
    "(a+)+$", "(a+)+b", "^(a+)+$", "(a|aa)*b", "(a|aa)+$", "(a|a)*b", "(a|a?)+b", "(.*)*x", "(.*)*.*x", "(.+)+x", "(a*)*b",
    "(a*)*$", "((a*)*)*b", "(a+){1,100}b", "(?:a?){50}a{50}", "(?:a{1,30}){1,30}b", "((a{0,10}){0,10}){0,10}b", "(x+x+)+y",
    "(x+x+)+$", "a*a*a*a*a*b", "[^x]*[^x]*y", "[^x]*[^x]*[^x]*[^x]*[^y]*y", "^[^x]*[^x]*[^x]*[^x]*[^y]*zy", "[ax]*[ay]*[az]*q",
    "(?:[ax]*[ay]*)*q",
    /* validators of email addresses, host names and prices that made the news */
    "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    "([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@)",
    "^([0-9a-zA-Z]([-.\\w]*[0-9a-zA-Z])*@([0-9a-zA-Z][-\\w]*[0-9a-zA-Z]\\.)+[a-zA-Z]{2,9})$", "(\\w+\\s?)*!", "^(\\w+\\s?)*$",
    "(?i)(k|kk)*z", "(\\d+)*\\D", "(?:\\d+\\.?)*x", "(\\w*)*\\W!", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*?,){11}P", "(.*?,)*P",
    "<[^>]*>.*<", "\\s+$", "(?:a|b|ab)*c", "(?s)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^ax]", "a.*b.*c.*d.*e", ".*.*.*=.*;",
    "(?:.*=.*){20}z", "\\b(?:\\w+\\b)*!", "(?U)(a+)+b", "(a+?)+?b", "(a*?)*?b", "(?:(?:a|b)*?c|d)*e", "(?:(?:(?:(?:a+)+)+)+)+b",
    "(?m)^(a+)+$", "\\Ba*\\B\\Ba*b", "(?:\xc3\xa9|\xc3\xa9\xc3\xa9)*\xc3\x9f", "(?:\\pL+)+1", "(?i:(\xc5\xbf|s)+)+x",
    "(?:(?:.|\\n)*)*zzz!", "[^a]*x|(a+)+y", "(?:[a-z]+[a-z0-9]*)+!", "\\w+@\\w+\\.\\w+", "(?:(a)|b|(?:c|())*)*$"};

static const char *const fills[] = {"a",
                                    "x",
                                    "aaaaaaaaab",
                                    " ",
                                    "ab",
                                    "a,",
                                    "a=",
                                    "1",
                                    "a.",
                                    "\xc3\xa9",
                                    "kK",
                                    "a@b-c.",
                                    "x\n",
                                    "\xff"
                                    "a"};

static char *repeated(const char *fill, size_t n) {
  size_t len = strlen(fill);
  char *text = malloc(n + 1);
  assert_non_null(text);
  for (size_t i = 0; i < n; i++) text[i] = fill[i % len];
  text[n] = 0;
  return text;
}

static ottl_regex *compiled(const ottl_allocator *al, ottl_view pattern) {
  ottl_regex *re = NULL;
  ottl_regex_error error = {0};
  ottl_status status = ottl__regex_compile(al, pattern, &re, &error);
  if (status != OTTL_OK) fail_msg("%.60s: %s %s", pattern.data, ottl_status_name(status), error.message);
  return re;
}

static bool same_spans(const ottl_regex *re, const size_t *a, const size_t *b) {
  return memcmp(a, b, 2 * ((size_t)ottl__regex_groups(re) + 1) * sizeof *a) == 0;
}

/* Steps of the linear engine for the first n bytes; both engines must give the same. */
static uint64_t steps_for(const ottl_regex *re, ottl_regex_context *cx, ottl_view text) {
  size_t spans[2][64];
  bool hit[2], any;
  assert_true(2 * (ottl__regex_groups(re) + 1) <= OTTL_COUNT(spans[0]));
  cx->force = REGEX_AUTO;
  assert_int_equal(ottl__regex_find(re, cx, text, 0, spans[0], &hit[0]), OTTL_OK);
  cx->force = REGEX_LINEAR;
  uint64_t before = cx->linear.steps;
  assert_int_equal(ottl__regex_find(re, cx, text, 0, spans[1], &hit[1]), OTTL_OK);
  uint64_t steps = cx->linear.steps - before;
  assert_int_equal(hit[0], hit[1]);
  assert_true(!hit[0] || same_spans(re, spans[0], spans[1]));
  assert_int_equal(ottl__regex_match(re, cx, text, &any), OTTL_OK);
  assert_int_equal(any, hit[0]);
  return steps;
}

static void test_evil(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  cx->no_filter = 1;
  unsigned gave_up = 0;
  for (size_t i = 0; i < OTTL_COUNT(evil); i++) {
    ottl_regex *re = compiled(&al, view_str(evil[i]));
    for (size_t f = 0; f < OTTL_COUNT(fills); f++) {
      char *text = repeated(fills[f], 2048);
      for (size_t n = 256; n <= 2048; n *= 8) {
        uint64_t steps = steps_for(re, cx, view_of(text, n));
        gave_up += cx->slow == re;
        cx->slow = NULL;
        /* Each instruction counts at most twice for each position: n runes and the end. */
        if (steps > (n + 1) * (2 * (uint64_t)re->program->n + 1))
          fail_msg("%s on %s: %lu", evil[i], fills[f], (unsigned long)steps);
      }
      free(text);
    }
    ottl__regex_free(re);
  }
  assert_true(gave_up > 20); /* they are evil */
  ottl__regex_context_free(cx);
}

/* A pattern made of `n` times `part` and as many times `close` around `after`. */
static ottl_view made(ottl_sbuf *out, const char *before, const char *part, size_t n, const char *after, const char *close) {
  out->len = 0;
  sbuf_str(out, before);
  for (size_t i = 0; i < n; i++) sbuf_str(out, part);
  sbuf_str(out, after);
  for (size_t i = 0; i < n; i++) sbuf_str(out, close);
  assert_false(out->failed);
  return sbuf_all(out);
}

/* Patterns at the limits of the dialect, with a text that matches as a whole or not at all. */
static void test_largest(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *before, *part;
    size_t n;
    const char *after, *close, *fill;
    size_t len;
    bool matches, pcre2;
  } cases[] = {
      {"^a{1000}$", "", 0, "", "", "a", 1000, true, true},
      {"^(?:a{0,10}){0,100}$", "", 0, "", "", "a", 1001, false, true},
      {"^(?:(?:a{10}){10}){10}$", "", 0, "", "", "a", 1000, true, true},
      {"^", "(", 990, "a$", ")", "a", 1, true, false},
      {"^", "a?", 3000, "$", "", "a", 3000, true, true},
      {"^", "(a)", 3000, "$", "", "a", 3000, true, true},
      {"^(?:b|", "(a)", 66000, ")$", "", "b", 1, true, false},
      {"^(?i:", "k", 40000, ")$", "", "K", 40000, true, false},
      {"^", "[\\pL\\d]", 1000, "$", "", "a", 1000, true, false},
      {"^(?:", "(a)?", 100, "){300}(b)$", "", "b", 1, true, false},
      {"^(?:", "\\pL", 20, "){1000}$", "", "\xc3\xa9", 40000, true, false},
  };
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  ottl_sbuf pattern;
  ottl__sbuf_init(&pattern, &al);
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    ottl_view p = made(&pattern, cases[i].before, cases[i].part, cases[i].n, cases[i].after, cases[i].close);
    ottl_regex *re = compiled(&al, p);
    if ((re->code != NULL) != cases[i].pcre2) fail_msg("case %zu: PCRE2 %s it", i, re->code ? "takes" : "does not take");
    char *text = repeated(cases[i].fill, cases[i].len);
    size_t n_groups = ottl__regex_groups(re), *spans = calloc(2 * (n_groups + 1), sizeof *spans);
    for (unsigned force = REGEX_AUTO; force <= REGEX_LINEAR; force++) {
      bool hit = false, any = false, want = cases[i].matches;
      cx->force = (ottl_regex_engine)force;
      assert_int_equal(ottl__regex_match(re, cx, view_of(text, cases[i].len), &any), OTTL_OK);
      assert_int_equal(ottl__regex_find(re, cx, view_of(text, cases[i].len), 0, spans, &hit), OTTL_OK);
      if (hit != want || any != want) fail_msg("case %zu, engine %u: %d %d", i, force, hit, any);
      if (!hit) continue;
      assert_int_equal(spans[1], cases[i].len);
      if (n_groups) assert_int_equal(spans[2 * n_groups + 1], n_groups > 60000 ? SIZE_MAX : cases[i].len);
    }
    free(spans);
    free(text);
    ottl__regex_free(re);
  }
  /* What is larger is refused when it is compiled. */
  ottl_regex *re = NULL;
  assert_int_equal(ottl__regex_compile(&al, made(&pattern, "", "x", OTTL_MAX_REGEX_INSTRUCTIONS, "", ""), &re, NULL), OTTL_LIMIT);
  assert_null(re);
  ottl__sbuf_done(&pattern);
  ottl__regex_context_free(cx);
}

/* Captures that do not fit the memory are found some groups at a time: the same as all at once. */
static void test_captures_in_parts(void **state) {
  OTTL_UNUSED(state);
  static const char *const patterns[] = {"(a)(b)?(c|d)(?:(e)|(f))*(g)?", "((a*)(b|(c))*)+$", "(?:(\\w)(\\W)?)*",
                                         "(x)|(y)|(.)(.)(.)", "\\b((?:(a)|(b)|(c)|(d))+)\\b"};
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  cx->force = REGEX_LINEAR;
  cx->no_filter = 1;
  for (size_t i = 0; i < OTTL_COUNT(patterns); i++) {
    ottl_regex *re = compiled(&al, view_str(patterns[i]));
    ottl_view text = VIEW("x abcd acefeg \xff"
                          "abc ccab. aab");
    for (size_t start = 0; start <= text.len; start++) {
      size_t want[32], got[32];
      bool hit, again;
      cx->linear.most_bytes = 0;
      assert_int_equal(ottl__regex_find(re, cx, text, start, want, &hit), OTTL_OK);
      for (size_t most = 1; most < 4096; most = most * 3 / 2 + 7) {
        cx->linear.most_bytes = most;
        assert_int_equal(ottl__regex_find(re, cx, text, start, got, &again), OTTL_OK);
        assert_int_equal(hit, again);
        if (hit && !same_spans(re, want, got)) fail_msg("%s from %zu with %zu bytes", patterns[i], start, most);
      }
    }
    ottl__regex_free(re);
  }
  ottl__regex_context_free(cx);
}

/* Every way in which PCRE2 gives up ends in the linear engine, with the answer. */
static void test_pcre2_gives_up(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  cx->no_filter = 1;
  size_t n = 200000;
  char *text = repeated("ab", n);
  ottl_regex *re = compiled(&al, VIEW("^(?:(a)|(b))*$")); /* a frame for each round: JIT stack, or heap */
  for (unsigned jit = 0; jit < 2; jit++) {
    bool compiled_jit = re->jit;
    re->jit = compiled_jit && jit;
    size_t spans[6];
    bool hit = false;
    unsigned before = cx->n_linear;
    cx->slow = NULL;
    (void)pcre2_set_heap_limit(cx->match, 64);
    assert_int_equal(ottl__regex_find(re, cx, view_of(text, n), 0, spans, &hit), OTTL_OK);
    assert_true(hit);
    assert_int_equal(cx->n_linear, before + 1);
    assert_int_equal(spans[1], n);
    assert_int_equal(spans[2], n - 2);
    assert_int_equal(spans[4], n - 1);
    re->jit = compiled_jit;
  }
  ottl__regex_free(re);
  free(text);
  ottl__regex_context_free(cx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_evil),
      cmocka_unit_test(test_largest),
      cmocka_unit_test(test_captures_in_parts),
      cmocka_unit_test(test_pcre2_gives_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
