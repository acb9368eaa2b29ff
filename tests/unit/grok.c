/* Grok patterns: the table of definitions, how they are put in, and that no shipped one is left to the slow engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "funcs/grok.h"
#include "regex/regex_internal.h"

static ottl_allocator al;

/* What a pattern becomes, with own definitions NAME=text up to NULL. */
static ottl_status expand(bool named_only, const char *pattern, const char *const *definitions, grok_expansion *e) {
  ottl_view text[4];
  grok_definitions own = {.text = text};
  ottl__map_init(&own.index, &al);
  for (uint32_t i = 0; definitions && definitions[i]; i++) {
    assert_true(i < OTTL_COUNT(text));
    const char *equals = strchr(definitions[i], '=');
    text[i] = view_str(equals + 1);
    assert_int_equal(ottl__map_put(&own.index, view_of(definitions[i], (size_t)(equals - definitions[i])), i), OTTL_OK);
  }
  ottl_status status = ottl__grok_expand(&al, &own, named_only, view_str(pattern), e);
  ottl__map_done(&own.index);
  return status;
}

static void becomes(bool named_only, const char *pattern, const char *const *definitions, const char *want) {
  grok_expansion e;
  assert_int_equal(expand(named_only, pattern, definitions, &e), OTTL_OK);
  sbuf_byte(&e.text, 0);
  assert_string_equal(e.text.data, want);
  ottl__grok_expansion_done(&e);
}

static void test_expand(void **state) {
  OTTL_UNUSED(state);
  static const char *const own[] = {"A=a%{B}", "B=b", "WORD=%{A:w.x}", NULL};
  becomes(true, "%{A}", own, "(a(b))");
  becomes(false, "%{A}", own, "(?P<A>a(?P<B>b))");
  becomes(true, "%{A:x.y}-%{A:x.y}", own, "(?P<x___y>a(b))-(?P<x___y>a(b))");
  becomes(true, "%{WORD}", own, "((?P<w___x>a(b)))");
  becomes(true, "%{WORD}", NULL, "(\\b\\w+\\b)");
  becomes(true, "%{B:a-b} %{B:@t} %{B:[a][b]} %{B:} %{} %{B:x:} %{B:a:int:b} %{B", own,
          "%{B:a-b} %{B:@t} %{B:[a][b]} %{B:} %{} %{B:x:} %{B:a:int:b} %{B");
  becomes(true, "%{B:a+b}%{%{B}%%{B}}", own, "(?P<a+b>b)%{(b)%(b)}");
  becomes(true, "", NULL, "");
}

static void test_types(void **state) {
  OTTL_UNUSED(state);
  static const char *const own[] = {"A=%{INT:n:double}", NULL};
  grok_expansion e;
  assert_int_equal(expand(true, "%{INT:a.b:int}%{WORD:c:nope}%{WORD:d}%{A:n:int}", own, &e), OTTL_OK);
  assert_int_equal(ottl__map_find(&e.types, VIEW("a___b")), GROK_INT);
  assert_int_equal(ottl__map_find(&e.types, VIEW("c")), GROK_UNKNOWN);
  assert_int_equal(ottl__map_find(&e.types, VIEW("d")), OTTL_MAP_NONE);
  assert_int_equal(ottl__map_find(&e.types, VIEW("n")), GROK_DOUBLE); /* put in later */
  ottl__grok_expansion_done(&e);
}

static void test_refused(void **state) {
  OTTL_UNUSED(state);
  static const char *const doubles[] = {"A=%{A}%{A}", NULL};
  static const char *const once[] = {"A=%{A}", NULL};
  grok_expansion e;
  assert_int_equal(expand(true, "%{WORD} %{NOPE:x}", NULL, &e), OTTL_COMPILE);
  assert_true(view_is(e.unknown, "NOPE"));
  ottl__grok_expansion_done(&e);
  assert_int_equal(expand(true, "%{A}", doubles, &e), OTTL_LIMIT);
  ottl__grok_expansion_done(&e);
  assert_int_equal(expand(true, "%{A}", once, &e), OTTL_OK); /* a thousand rounds; then it nests too deeply for Go's dialect */
  assert_int_equal(e.text.len, 4 + 2 * 1000);
  ottl_regex *re;
  assert_int_equal(ottl__regex_compile_named(&al, sbuf_all(&e.text), &re, NULL), OTTL_COMPILE);
  ottl__grok_expansion_done(&e);
  char *large = malloc(OTTL_MAX_GROK_BYTES + 2);
  assert_non_null(large);
  memset(large, 'a', OTTL_MAX_GROK_BYTES + 1);
  large[OTTL_MAX_GROK_BYTES + 1] = 0;
  assert_int_equal(expand(true, large, NULL, &e), OTTL_LIMIT);
  ottl__grok_expansion_done(&e);
  memcpy(large, "%{WORD}", 7); /* it fits, but not with what is put in */
  large[OTTL_MAX_GROK_BYTES] = 0;
  assert_int_equal(expand(false, large, NULL, &e), OTTL_LIMIT);
  ottl__grok_expansion_done(&e);
  free(large);
}

static void test_table(void **state) {
  OTTL_UNUSED(state);
  assert_int_equal(ottl__n_grok_patterns, 245);
  for (size_t i = 0; i < ottl__n_grok_patterns; i++) {
    const char *name = ottl__grok_patterns[i].name;
    assert_true(*name && !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")]);
    assert_true(i == 0 || strcmp(ottl__grok_patterns[i - 1].name, name) < 0); /* they are found by halving */
  }
}

/* Each compiles, as small as PCRE2 wants it, but for one that Go refuses, too. */
static void test_compile(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < 2 * ottl__n_grok_patterns; i++) {
    char pattern[100];
    const char *name = ottl__grok_patterns[i / 2].name;
    snprintf(pattern, sizeof pattern, "%%{%s:x}", name);
    grok_expansion e;
    assert_int_equal(expand(i & 1, pattern, NULL, &e), OTTL_OK);
    ottl_regex *re = NULL;
    ottl_regex_error error;
    ottl_status status = ottl__regex_compile_named(&al, sbuf_all(&e.text), &re, &error);
    if (strcmp(name, "CISCOFW733100") == 0) {
      assert_int_equal(status, OTTL_COMPILE);
    } else {
      if (status != OTTL_OK) fail_msg("%s: %s", name, error.message);
      if (!re->code) fail_msg("%s: PCRE2 does not take it", name);
      for (uint32_t g = 1; g <= ottl__regex_groups(re); g++) assert_true(ottl__regex_group_name(re, g).len > 0);
      ottl__regex_free(re);
    }
    ottl__grok_expansion_done(&e);
  }
}

static const char *const lines[] = {
    "203.0.113.9 - alice [26/Jun/2024:12:34:56 -0700] \"GET /a/b?q=1 HTTP/1.1\" 200 1234 \"https://example.com/\" \"curl/8.0\"",
    "Jun  6 12:34:56 web-1 sshd[1234]: Failed password for root from 10.0.0.1 port 22 ssh2",
    "<34>1 2024-06-26T12:34:56.789Z host.example.com app 77 ID47 [x@1 a=\"b\"] it is \xc3\xa9",
    "2024-06-26 12:34:56,789 ERROR [main] com.example.Shop - java.lang.IllegalStateException: no",
    "fe80::1%eth0 aa:bb:cc:dd:ee:ff C:\\dir\\file.txt /var/log/x.log \"q \\\" q\" 'x' -1.5e3 0x1F true",
    "Jun 26 12:34:56 lb haproxy[9]: 10.1.2.3:5555 [26/Jun/2024:12:34:56.789] web~ back/s1 1/0/2/3/6 200 99 - - ---- 1/1/0/0/0 "
    "0/0 "
    "\"GET / HTTP/1.1\"",
    "a\xff"
    "b \xe2\x82 12 \n second line",
    "",
};

/* The engines agree on what each pattern finds in lines that are plausible, and PCRE2 does not give up on them. */
static void test_engines(void **state) {
  OTTL_UNUSED(state);
  grok_definitions none = {0};
  ottl__map_init(&none.index, &al);
  ottl_regex_context *cx;
  assert_int_equal(ottl__regex_context_create(&al, &cx), OTTL_OK);
  for (size_t i = 0; i < ottl__n_grok_patterns; i++) {
    char pattern[100];
    snprintf(pattern, sizeof pattern, "%%{%s}", ottl__grok_patterns[i].name);
    grok_expansion e;
    assert_int_equal(ottl__grok_expand(&al, &none, i & 1, view_str(pattern), &e), OTTL_OK);
    ottl_regex *re = NULL;
    if (ottl__regex_compile_named(&al, sbuf_all(&e.text), &re, NULL) == OTTL_OK) {
      size_t n = 2 * ((size_t)ottl__regex_groups(re) + 1), *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
      assert_true(a && b);
      for (size_t k = 0; k < OTTL_COUNT(lines); k++) {
        bool hit_a, hit_b;
        cx->force = REGEX_AUTO;
        cx->n_linear = 0;
        assert_int_equal(ottl__regex_find(re, cx, view_str(lines[k]), 0, a, &hit_a), OTTL_OK);
        if (cx->n_linear) fail_msg("%s: PCRE2 gives up on: %s", pattern, lines[k]);
        cx->force = REGEX_LINEAR;
        assert_int_equal(ottl__regex_find(re, cx, view_str(lines[k]), 0, b, &hit_b), OTTL_OK);
        if (hit_a != hit_b || (hit_a && memcmp(a, b, n * sizeof *a) != 0)) fail_msg("%s: differs on: %s", pattern, lines[k]);
      }
      free(a);
      free(b);
      ottl__regex_free(re);
    }
    ottl__grok_expansion_done(&e);
  }
  ottl__regex_context_free(cx);
}

int main(void) {
  al = ottl__alloc_or_default(NULL);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_expand), cmocka_unit_test(test_types),   cmocka_unit_test(test_refused),
      cmocka_unit_test(test_table),  cmocka_unit_test(test_compile), cmocka_unit_test(test_engines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
