/* Globs, XML and XPath that are made to take long, go deep, or meet a refused allocation. What they mean is in the conformance cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/charset.h"
#include "base/limits.h"
#include "regex/glob.h"
#include "xml/xpath.h"

/* An allocator that refuses the allocation number `fail`, counted from 0. */
typedef struct counting {
  size_t n, fail;
} counting;
static bool counting_refuses(counting *c) { return c->n++ == c->fail; }
static void *counting_alloc(void *context, size_t bytes) { return counting_refuses(context) ? NULL : malloc(bytes); }
static void *counting_realloc(void *context, void *p, size_t old, size_t bytes) {
  OTTL_UNUSED(old);
  return counting_refuses(context) ? NULL : realloc(p, bytes);
}
static void counting_free(void *context, void *p, size_t bytes) {
  OTTL_UNUSED(context);
  OTTL_UNUSED(bytes);
  free(p);
}
static ottl_allocator counting_allocator(counting *c) {
  return (ottl_allocator){.context = c, .alloc = counting_alloc, .realloc = counting_realloc, .free = counting_free};
}

/* -- globs -- */

static ottl_status glob_try(const ottl_allocator *al, ottl_view pattern, ottl_view subject, bool *ret) {
  ottl_glob *glob = NULL;
  const char *message;
  ottl_arena scratch;
  OTTL_TRY(ottl__glob_compile(al, pattern, &glob, &message));
  ottl__arena_init(&scratch, al, 0);
  ottl_status status = ottl__glob_match(glob, &scratch, subject, ret);
  ottl__arena_done(&scratch);
  ottl__glob_free(glob);
  return status;
}

static void test_glob_budget(void **state) {
  OTTL_UNUSED(state);
  static char text[100001];
  ottl_allocator al = ottl__alloc_or_default(NULL);
  memset(text, 'a', sizeof text - 1);
  bool hit;
  assert_int_equal(glob_try(&al, VIEW("*a*a*a*a*a*a*a*a*ab"), view_of(text, sizeof text - 1), &hit), OTTL_OK);
  assert_false(hit);
  text[sizeof text - 2] = 'b';
  assert_int_equal(glob_try(&al, VIEW("*a*a*a*a*a*a*a*a*[b-c]"), view_of(text, sizeof text - 1), &hit), OTTL_OK);
  assert_true(hit);
  assert_int_equal(glob_try(&al, VIEW("*{a*,b*}*{?,a?}*{a*,b*}*c"), view_of(text, sizeof text - 1), &hit), OTTL_OK);
  assert_false(hit);
}

static void test_glob_limits(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  static char text[OTTL_MAX_GLOB_BYTES + 1];
  bool hit;
  memset(text, '{', sizeof text);
  assert_int_equal(glob_try(&al, view_of(text, 200), VIEW(""), &hit), OTTL_LIMIT);
  memset(text, '?', sizeof text);
  assert_int_equal(glob_try(&al, view_of(text, OTTL_MAX_GLOB_NODES), VIEW(""), &hit), OTTL_OK);
  assert_int_equal(glob_try(&al, view_of(text, OTTL_MAX_GLOB_NODES + 1), VIEW(""), &hit), OTTL_LIMIT);
  assert_int_equal(glob_try(&al, view_of(text, sizeof text), VIEW(""), &hit), OTTL_LIMIT);
}

static void test_glob_memory(void **state) {
  OTTL_UNUSED(state);
  ottl_status status = OTTL_NOMEM;
  for (size_t fail = 0; status == OTTL_NOMEM; fail++) {
    counting c = {.fail = fail};
    ottl_allocator al = counting_allocator(&c);
    bool hit = false;
    status = glob_try(&al, VIEW("{a*,b?[!c]*}x*{y,z}*[a-f]{ab,ac}"), VIEW("aaaxyyqdab"), &hit);
    assert_true(status == OTTL_NOMEM || (status == OTTL_OK && hit));
    assert_true(fail < 1000);
  }
}

/* -- XML -- */

/* Parses and selects; *ret_n: nodes found. DATA: not XML. */
static ottl_status xml_try(const ottl_allocator *al, ottl_view text, ottl_view path, size_t *ret_n) {
  ottl_arena arena;
  ottl_xpath *xp = NULL;
  ottl_regex_context *regex = NULL;
  const char *message;
  xml_node *doc = NULL, **nodes;
  bool deep = false;
  ottl__arena_init(&arena, al, 0);
  ottl_status status = ottl__xpath_compile(al, path, &xp, &message);
  if (status == OTTL_OK) status = ottl__regex_context_create(al, &regex);
  if (status == OTTL_OK) status = ottl__xml_parse(&arena, al, text, &doc, &deep);
  if (status == OTTL_OK && !doc) status = deep ? OTTL_LIMIT : OTTL_DATA;
  if (status == OTTL_OK) status = ottl__xpath_select(xp, &arena, al, regex, doc, &nodes, ret_n);
  if (regex) ottl__regex_context_free(regex);
  ottl__xpath_free(status == OTTL_COMPILE ? NULL : xp);
  ottl__arena_done(&arena);
  return status;
}

static void test_xml_depth(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  size_t n = (OTTL_MAX_XML_DEPTH + 1) * 7, found;
  char *text = malloc(n);
  for (size_t i = 0; i < OTTL_MAX_XML_DEPTH - 1; i++) {
    memcpy(text + 3 * i, "<a>", 3);
    memcpy(text + 3 * (OTTL_MAX_XML_DEPTH - 1) + 4 * i, "</a>", 4);
  }
  assert_int_equal(xml_try(&al, view_of(text, 7 * (OTTL_MAX_XML_DEPTH - 1)), VIEW("//a"), &found), OTTL_OK);
  assert_int_equal(found, OTTL_MAX_XML_DEPTH - 1);
  assert_int_equal(xml_try(&al, view_of(text, 7 * (OTTL_MAX_XML_DEPTH - 1)), VIEW("//a[count(.//a//a) > 1]//a"), &found),
                   OTTL_LIMIT);
  for (size_t i = 0; i < n / 7 * 2; i++) memcpy(text + 3 * i, "<a>", 3);
  assert_int_equal(xml_try(&al, view_of(text, n / 7 * 6), VIEW("//a"), &found), OTTL_LIMIT);
  free(text);
}

static void test_xpath_depth(void **state) {
  OTTL_UNUSED(state);
  ottl_allocator al = ottl__alloc_or_default(NULL);
  static char path[100000];
  size_t found;
  static const char *const parts[] = {"(", "a[", "-", "//a", "not(", "../", "a|", "a or ", "'", "a/(", "a::"};
  for (size_t i = 0; i < OTTL_COUNT(parts); i++) {
    size_t len = strlen(parts[i]), n = 0;
    while (n + len < sizeof path) {
      memcpy(path + n, parts[i], len);
      n += len;
    }
    ottl_status status = xml_try(&al, VIEW("<a/>"), view_of(path, n), &found);
    assert_true(status == OTTL_COMPILE || status == OTTL_OK);
  }
}

static void test_xml_memory(void **state) {
  OTTL_UNUSED(state);
  ottl_status status = OTTL_NOMEM;
  for (size_t fail = 0; status == OTTL_NOMEM; fail++) {
    counting c = {.fail = fail};
    ottl_allocator al = counting_allocator(&c);
    size_t found = 0;
    status = xml_try(
        &al, VIEW("<?xml encoding='latin1'?><r xmlns:p='u'><p:a x='1'>t<b/>u</p:a><p:a x='2'/></r>"),
        VIEW("//*[local-name() = 'a' and matches(@x, '^[0-9]') and concat(., 'y') != ''] | //@x[. = 1] | //b/ancestor::*"),
        &found);
    assert_true(status == OTTL_NOMEM || (status == OTTL_OK && found == 4));
    assert_true(fail < 1000);
  }
}

/* -- encodings -- */

/* Every prefix of every pair of bytes is decoded inside of its bounds. */
static void test_charsets(void **state) {
  OTTL_UNUSED(state);
  ottl_sbuf buf;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__sbuf_init(&buf, &al);
  for (unsigned charset = CHARSET_RAW; charset <= CHARSET_SINGLE; charset++) {
    for (unsigned pair = 0; pair < 0x10000; pair++) {
      char *text = malloc(3);
      text[0] = (char)(pair >> 8);
      text[1] = (char)pair;
      text[2] = (char)(pair >> 4);
      buf.len = 0;
      ottl__charset_put(&buf, (ottl_charset)charset, view_of(text, 3));
      ottl__charset_put(&buf, (ottl_charset)charset, view_of(text + 1, 2));
      free(text);
      assert_false(buf.failed);
    }
  }
  ottl__sbuf_done(&buf);
  assert_int_equal(ottl__charset_find(VIEW(" kOI8-R\n")), ottl__charset_find(VIEW("csKOI8R")));
  assert_int_equal(ottl__charset_find(VIEW("latin-none")), CHARSET_NONE);
  assert_int_equal(ottl__charset_find_label(VIEW("Latin1")), ottl__charset_find(VIEW("windows-1252")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_glob_budget), cmocka_unit_test(test_glob_limits), cmocka_unit_test(test_glob_memory),
      cmocka_unit_test(test_xml_depth),   cmocka_unit_test(test_xpath_depth), cmocka_unit_test(test_xml_memory),
      cmocka_unit_test(test_charsets),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
