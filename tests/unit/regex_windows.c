/* Windows decide where the engines begin, so they may not lose a match: with them, and without, random patterns made of what real
 * ones are made of find the same in random texts, short and of many blocks, for each instruction set. So do straight patterns, which
 * need no engine, and what replaces their matches is the same. Then what the windows of some patterns are, and which are straight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "regex/regex_internal.h"

static uint64_t seed = 0x9e3779b97f4a7c15u;
static size_t rnd(size_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (size_t)(seed % n);
}
#define PICK(list) ((list)[rnd(OTTL_COUNT(list))])

/* --- patterns --- */

static const char *const atoms[] = {"[a-z]",
                                    "[A-Za-z0-9._%+-]",
                                    "\\d",
                                    "\\w",
                                    "[ab]",
                                    ".",
                                    "(?s:.)",
                                    "[^x]",
                                    "[^,;]",
                                    "@",
                                    "\\.",
                                    "a",
                                    "ab",
                                    "-",
                                    "x",
                                    "k",
                                    "s",
                                    "\\s",
                                    "\xc3\xa9",
                                    "[\xc3\xa9z]",
                                    "\\pL",
                                    "(?i:k)",
                                    "\xe2\x82\xac",
                                    "\xef\xbf\xbd",
                                    "(?i:ab)",
                                    "[[:upper:]]",
                                    ":",
                                    "=",
                                    "\\D",
                                    "\\W"};
static const char *const counts[] = {"", "", "", "", "+", "*", "?", "{2}", "{1,3}", "{2,}", "+?", "{4}", "{0,2}", "*?", "{9}"};
static const char *const zero[] = {"\\b", "\\b", "^", "$", "\\B", "(?m:^)", "(?m:$)", "\\A", "\\z"};

static void put_pattern(ottl_sbuf *out, unsigned depth) {
  for (size_t n = 1 + rnd(5); n-- > 0;) {
    size_t what = rnd(12);
    if (what == 0) {
      sbuf_str(out, PICK(zero));
    } else if (what <= 2 && depth) {
      sbuf_str(out, rnd(2) ? "(" : "(?:");
      put_pattern(out, depth - 1);
      if (rnd(2)) {
        sbuf_byte(out, '|');
        put_pattern(out, depth - 1);
      }
      sbuf_byte(out, ')');
      sbuf_str(out, PICK(counts));
    } else {
      const char *atom = PICK(atoms);
      bool many = atom[0] != '[' && atom[0] != '(' && atom[0] != '\\' && strlen(atom) > 1;
      sbuf_str(out, many ? "(?:" : "");
      sbuf_str(out, atom);
      sbuf_str(out, many ? ")" : "");
      sbuf_str(out, PICK(counts));
    }
  }
}

/* --- texts --- */

static const char *const pieces[] = {"a",
                                     "b",
                                     "ab",
                                     "k",
                                     "K",
                                     "\xe2\x84\xaa",
                                     "s",
                                     "\xc5\xbf",
                                     "x",
                                     "@",
                                     ".",
                                     "-",
                                     " ",
                                     "1",
                                     "1234",
                                     "12.3",
                                     "a@b.",
                                     ":",
                                     "=",
                                     ",",
                                     ";",
                                     "\n",
                                     "Z",
                                     "\xc3\xa9",
                                     "\xe2\x82\xac",
                                     "\xff",
                                     "\xc3",
                                     "\xef\xbf\xbd",
                                     "xx",
                                     "_",
                                     "aaaaaaaaaaaaaaaaaaaaaaaa",
                                     "0123456789012345",
                                     "%"};

static void put_text(ottl_sbuf *out) {
  static const size_t lengths[] = {0, 1, 4, 12, 30, 60, 64, 66, 70, 130, 300, 1500};
  size_t want = PICK(lengths), few = 1 + rnd(OTTL_COUNT(pieces)), first = rnd(OTTL_COUNT(pieces));
  bool ascii = rnd(3) != 0;
  for (size_t k = 0; out->len < want && k < 4096; k++) {
    const char *piece = pieces[(first + rnd(few)) % OTTL_COUNT(pieces)];
    if (!(ascii && (uint8_t)piece[0] >= 0x80)) sbuf_str(out, piece);
  }
}

/* --- comparing --- */

static size_t *all_spans(const ottl_regex *re, ottl_regex_context *cx, ottl_view s, size_t *ret_n) {
  size_t n = 2 * ((size_t)ottl__regex_groups(re) + 1), cap = 64, used = 0, *out = calloc(cap, sizeof *out);
  ottl_regex_iter it = {.previous_end = SIZE_MAX};
  for (;;) {
    bool hit;
    while (used + n > cap) out = realloc(out, (cap *= 2) * sizeof *out);
    assert_non_null(out);
    assert_int_equal(ottl__regex_next(re, cx, s, &it, out + used, &hit), OTTL_OK);
    if (!hit) break;
    used += n;
  }
  *ret_n = used;
  return out;
}

/* What replacing does, with an engine for each match, and as usual. */
static void compare_replaced(const ottl_regex *re, ottl_regex_context *cx, const ottl_regex_template *t, ottl_view pattern,
                             ottl_view s) {
  ottl_sbuf out[2];
  bool changed[2];
  for (unsigned i = 0; i < 2; i++) {
    cx->force = i ? REGEX_AUTO : REGEX_LINEAR;
    ottl__sbuf_init(&out[i], &cx->al);
    assert_int_equal(ottl__regex_replace_all(re, cx, t, s, &out[i], &changed[i]), OTTL_OK);
  }
  if (changed[0] != changed[1] || !view_eq(sbuf_all(&out[0]), sbuf_all(&out[1]))) {
    fail_msg("%s: /%.*s/ in \"%.*s\": \"%.*s\", not \"%.*s\"", cx->kernels->isa, (int)pattern.len, pattern.data, (int)s.len,
             s.data ? s.data : "", (int)out[1].len, out[1].data ? out[1].data : "", (int)out[0].len,
             out[0].data ? out[0].data : "");
  }
  ottl__sbuf_done(&out[0]);
  ottl__sbuf_done(&out[1]);
}

static void compare(const ottl_regex *re, ottl_regex_context *cx, ottl_view pattern, ottl_view s) {
  size_t n[2], *spans[2];
  bool any;
  cx->force = REGEX_LINEAR;
  cx->no_filter = 1;
  spans[0] = all_spans(re, cx, s, &n[0]);
  cx->no_filter = 0;
  for (unsigned force = REGEX_AUTO; force <= REGEX_WALK; force++) {
    cx->force = (ottl_regex_engine)force;
    cx->slow = NULL;
    spans[1] = all_spans(re, cx, s, &n[1]);
    assert_int_equal(ottl__regex_match(re, cx, s, &any), OTTL_OK);
    if (n[0] != n[1] || memcmp(spans[0], spans[1], n[0] * sizeof(size_t)) != 0 || any != (n[0] > 0)) {
      fail_msg("%s, engine %u: /%.*s/ in \"%.*s\": %zu and %zu numbers, match %d", cx->kernels->isa, force, (int)pattern.len,
               pattern.data, (int)s.len, s.data ? s.data : "", n[0], n[1], any);
    }
    free(spans[1]);
  }
  free(spans[0]);
}

static void test_windows_lose_nothing(void **state) {
  OTTL_UNUSED(state);
  const char *rounds = getenv("OTTL_TEST_ROUNDS");
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  ottl_sbuf pattern, text;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  ottl__sbuf_init(&pattern, &al);
  ottl__sbuf_init(&text, &al);
  unsigned windows = 0, before = 0, words = 0, straight = 0;
  for (long i = rounds ? atol(rounds) : 1500; i > 0; i--) {
    pattern.len = 0;
    put_pattern(&pattern, 2);
    ottl_regex *re;
    ottl_status status = ottl__regex_compile(&al, sbuf_all(&pattern), &re, NULL);
    if (status == OTTL_COMPILE) continue; /* \b+ */
    assert_int_equal(status, OTTL_OK);
    windows += re->window.used;
    before += re->window.used && re->window.before_max > 0;
    words += re->window.used && re->window.window.begins_word;
    straight += re->straight != NULL;
    static const char *const templates[] = {"", "*", "<a longer text than most>", "[$1]", "$0$0"};
    ottl_regex_template *t;
    assert_int_equal(ottl__regex_template_create(&al, re, view_str(PICK(templates)), &t), OTTL_OK);
    for (unsigned k = 0; k < (re->window.used || re->straight ? 8 : 1); k++) {
      text.len = 0;
      put_text(&text);
      for (size_t isa = 0; (cx->kernels = ottl__kernels_at(isa)); isa++) {
        compare(re, cx, sbuf_all(&pattern), sbuf_all(&text));
        compare_replaced(re, cx, t, sbuf_all(&pattern), sbuf_all(&text));
      }
    }
    ottl__regex_template_free(t);
    ottl__regex_free(re);
  }
  /* Each kind was there. */
  assert_true(windows > 300);
  assert_true(before > 50);
  assert_true(words > 5);
  assert_true(straight > 100);
  ottl__sbuf_done(&pattern);
  ottl__sbuf_done(&text);
  ottl__regex_context_free(cx);
}

/* --- what they are --- */

static void expect(const char *pattern, const char *width_and_sets, size_t before_min, size_t before_max, bool word) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, view_str(pattern), &re, NULL), OTTL_OK);
  const rx_window *w = &re->window;
  char got[32] = "none";
  if (w->used) (void)snprintf(got, sizeof got, "%u %u", w->window.width, w->window.n_sets);
  if (strcmp(got, width_and_sets) != 0) fail_msg("%s: %s", pattern, got);
  if (w->used) {
    assert_int_equal(w->before_min, before_min);
    assert_int_equal(w->before_max, before_max);
    assert_int_equal(w->window.begins_word, word);
  }
  ottl__regex_free(re);
}

/* How many bytes behind the window are looked at. */
static void expect_behind(const char *pattern, unsigned width) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, view_str(pattern), &re, NULL), OTTL_OK);
  if ((re->window.behind.n_sets ? re->window.behind.width : 0) != width) fail_msg("%s: %u", pattern, re->window.behind.width);
  ottl__regex_free(re);
}

/* Whether the window is the literal that the pattern consists of. */
static void expect_literal(const char *pattern, bool want) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, view_str(pattern), &re, NULL), OTTL_OK);
  if (re->window_is_literal != want) fail_msg("%s", pattern);
  ottl__regex_free(re);
}

static void test_windows_of_patterns(void **state) {
  OTTL_UNUSED(state);
  expect("[a-z]+@[a-z]+\\.[a-z]{2,}", "6 3", 0, SIZE_MAX, false); /* [a-z]@[a-z][a-z.][a-z.][a-z.] */
  expect("\\b\\d{4}[ -]?\\d{4}\\b", "8 2", 0, 0, true);           /* dddd[ -d]ddd */
  expect("\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b", "7 3", 0, 2, false); /* d.d[d.][d.][d.][d.] */
  expect("(?i)googlebot|pingdom|uptime", "6 6", 0, 0, false);
  expect("^/static/.*x", "8 6", 0, 0, false);
  expect(".*", "none", 0, 0, false);
  expect("[a-z ]+", "none", 0, 0, false);
  expect("x?", "none", 0, 0, false);
  expect("\xc3\xa9+@", "2 2", 0, 0, false); /* high[high@] */
  expect_behind("\"level\":\"(debug|trace)\"", 7);
  expect_behind("\"level\":\"(warn|trace|information)", 5);
  expect_behind("\"level\":.*(x|y)", 0);    /* anything */
  expect_behind("^\"level\":\"(a|b)\"", 0); /* looked for at one place */
  expect_behind("\"level\":\"[a-f]+\"", 0); /* straight */
  expect_literal("user", true);
  expect_literal(".*user.*", true);
  expect_literal("x?user", true);
  expect_literal("user.*", true);
  expect_literal("users of it", false);
  expect_literal("(?i)users", false);
  expect_literal("us\xc3\xa9r", false);
  expect_literal("^user", false);
  /* Loops in loops end, and are given up. */
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_sbuf pattern;
  ottl__sbuf_init(&pattern, &al);
  for (unsigned i = 0; i < 400; i++) sbuf_str(&pattern, "(?:a*");
  for (unsigned i = 0; i < 400; i++) sbuf_str(&pattern, "b)*");
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, sbuf_all(&pattern), &re, NULL), OTTL_OK);
  assert_false(re->window.used);
  ottl__regex_free(re);
  ottl__sbuf_done(&pattern);
}

static void expect_straight(const char *pattern, bool want) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile(&al, view_str(pattern), &re, NULL), OTTL_OK);
  if ((re->straight != NULL) != want) fail_msg("%s: %s", pattern, want ? "not straight" : "straight");
  ottl__regex_free(re);
}

static void test_straight_patterns(void **state) {
  OTTL_UNUSED(state);
  expect_straight("\\d", true);
  expect_straight("\\d{3,}", true);
  expect_straight("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", true);
  expect_straight("\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b", true);
  expect_straight("^(?P<m>\\w+) (?P<p>\\S+) (?P<s>\\d+)", true);
  expect_straight("(?i)token=([^&]*)", false); /* the other forms of k are not ASCII */
  expect_straight("(?i)auth=([^&]*)", true);
  expect_straight("a|b+", false);
  expect_straight("a.*?b", false);
  expect_straight("a*", false);
  expect_straight("(ab)+", false);
  expect_straight("abc", false); /* a literal needs no more */
}

/* One that goes back for ever: the engines take over, in matching and in the middle of replacing. */
static void test_straight_gives_up(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl_regex_context *cx;
  ottl_regex *re;
  ottl_sbuf text;
  bool hit;
  ottl__sbuf_init(&text, &al);
  sbuf_str(&text, "x1 y");
  for (unsigned i = 0; i < 3000; i++) sbuf_byte(&text, 'a');
  sbuf_str(&text, " x2");
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  assert_int_equal(ottl__regex_compile(&al, VIEW("x\\d|y"), &re, NULL), OTTL_OK);
  assert_null(re->straight);
  ottl__regex_free(re);
  assert_int_equal(ottl__regex_compile(&al, VIEW("[xya][ab]*[a1]*[ac]*[12]"), &re, NULL), OTTL_OK);
  assert_non_null(re->straight);
  assert_int_equal(ottl__regex_match(re, cx, sbuf_all(&text), &hit), OTTL_OK);
  assert_true(hit);
  assert_int_equal(cx->n_pcre2 + cx->n_linear, 0);
  ottl_view rest = view_of(text.data + 3, text.len - 6);
  assert_int_equal(ottl__regex_match(re, cx, rest, &hit), OTTL_OK);
  assert_false(hit);
  assert_int_equal(cx->n_pcre2 + cx->n_linear, 1);
  ottl_regex_template *t;
  assert_int_equal(ottl__regex_template_create(&al, re, VIEW("<$0>"), &t), OTTL_OK);
  compare_replaced(re, cx, t, VIEW("one that goes back"), sbuf_all(&text));
  ottl__regex_template_free(t);
  assert_int_equal(ottl__regex_template_create(&al, re, VIEW("*"), &t), OTTL_OK);
  compare_replaced(re, cx, t, VIEW("one that goes back"), sbuf_all(&text));
  ottl__regex_template_free(t);
  ottl__regex_free(re);
  ottl__regex_context_free(cx);
  ottl__sbuf_done(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_windows_lose_nothing),
      cmocka_unit_test(test_windows_of_patterns),
      cmocka_unit_test(test_straight_patterns),
      cmocka_unit_test(test_straight_gives_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
