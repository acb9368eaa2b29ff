/* The canonical layout: the examples of docs/formatting.md, odd files and configurations, failing memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/common.h"
#include "counter.h"
#include "unit/format_help.h"

#define PAGE "docs/formatting.md"

static void is_formatted(ottl_format_form form, const char *before, const char *after, const char *code) {
  fmt_out out = fmt_text(form, OTTL_CONFIG_COLLECTOR, 0, before, strlen(before));
  if (strcmp(out.text, after) != 0) fail_msg("%s\nbecame\n%s\ninstead of\n%s", before, out.text, after);
  if (strcmp(out.code, code) != 0) fail_msg("%s\ntold `%s`, not `%s`", before, out.code, code);
  assert_int_equal(out.status, code[0] == 'E' ? OTTL_COMPILE : OTTL_OK);
  fmt_out again = fmt_text(form, OTTL_CONFIG_COLLECTOR, 0, out.text, out.len);
  if (strcmp(again.text, after) != 0) fail_msg("%s\nbecame in turn\n%s", after, again.text);
  free(again.text);
  free(out.text);
}

/* ---- the page: blocks come in pairs, before and after ---- */

static char *read_page(void) {
  FILE *f = fopen(PAGE, "rb");
  char *text = calloc(1, 1 << 20);
  assert_true(f && text);
  assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
  fclose(f);
  return text;
}

/* The next block of a language; ends its text. NULL: there is none. */
static char *next_block(char **at, const char *language) {
  char fence[32];
  snprintf(fence, sizeof fence, "```%s\n", language);
  char *begin = strstr(*at, fence), *end = begin ? strstr(begin + strlen(fence) - 1, "\n```") : NULL;
  if (!end) return NULL;
  end[1] = 0;
  *at = end + 2;
  return begin + strlen(fence);
}

static void test_page(void **state) {
  (void)state;
  static const struct {
    const char *language;
    ottl_format_form form;
  } kinds[] = {{"ottl", OTTL_FORMAT_FILE}, {"yaml", OTTL_FORMAT_CONFIG}};
  for (size_t k = 0; k < OTTL_COUNT(kinds); k++) {
    char *page = read_page(), *at = page, *before, *after;
    size_t n = 0;
    while ((before = next_block(&at, kinds[k].language))) {
      assert_non_null(after = next_block(&at, kinds[k].language));
      is_formatted(kinds[k].form, before, after, "");
      n++;
    }
    assert_true(n >= (k ? 3 : 8));
    free(page);
  }
}

/* ---- files ---- */

static void test_files(void **state) {
  (void)state;
  static const struct {
    const char *before, *after, *code;
  } cases[] = {
      {"", "", ""},
      {"\n \n\t\n", "", ""},
      {"# only a comment", "# only a comment\n", ""},
      {"\xEF\xBB\xBFset(a,1)\r\n\r\n\r\nset(b,2)", "set(a, 1)\n\nset(b, 2)\n", ""},
      {"\xEF\xBB\xBF  set(a 1)\n", "  set(a 1)\n", "E0201"},
      {"context:log\ncontext  :  span\t\n  set(a,1)\n", "context: log\ncontext: span\nset(a, 1)\n", ""},
      /* what does not parse stays, with its lines and comments */
      {"set(a,1)\nset(b\n   # why\n  2)  \nset(c,3)\n", "set(a, 1)\nset(b\n   # why\n  2)\nset(c, 3)\n", "E0201"},
      /* a file of conditions; a statement among them is wrong */
      {"a==1\nb  <  2 and\n not (c==3)\nset(d,4)\n", "a == 1\nb < 2 and not (c == 3)\nset(d,4)\n", "E0206"},
      /* a string with line breaks keeps them; with a `#` in it nothing is known of what it says */
      {"set(a,\"x\n  y\")\n", "set(a, \"x\n  y\")\n", ""},
      {"set(a,\"x\n  # y\n  z\")\n", "set(a,\"x\n  # y\n  z\")\n", "W1101"},
      /* joined, the name would be a keyword */
      {"set(a, 1) where n il() == 1\n", "set(a, 1) where n il() == 1\n", "E0206"},
      {"n ot(a)\n", "n ot(a)\n", "W1101"},
      /* comments go before what may begin a line */
      {"set(a,\n  # one\n  1,\n # two\n 2\n # three\n )\n",
       "set(\n    a,\n    # one\n    1,\n    # two\n    2\n    # three\n  )\n", ""},
      {"set(a\n #x\n  ,1)\n", "set(\n    #x\n    a,\n    1\n  )\n", ""},
      {"set\n#x\n  (a,1)\n", "#x\nset(a, 1)\n", ""},
      {"set(a, {\n \"b\": 1\n # c\n \"d\": 2})\n",
       "set(\n    a,\n    {\n      \"b\": 1,\n      # c\n      \"d\": 2\n    }\n  )\n", ""},
      {"set(a[\n # x\n \"k\"], b(\n # y\n ))\n", "set(a[\n # x\n \"k\"], b(\n # y\n ))\n", "E0206"},
      {"set(a[\n # x\n \"k\"], B(\n # y\n ))\n", "set(\n    a[\n      # x\n      \"k\"\n    ],\n    B(\n      # y\n    )\n  )\n",
       ""},
      /* a string may stand for a mark */
      {"set(a, {\"b\": 1 \",\" \"c\": 2})\n", "set(a, {\"b\": 1, \"c\": 2})\n", ""},
      {"set(a, 1) \"where\" b == 1\n", "set(a, 1) where b == 1\n", ""},
      {"set(a,-  1 - -2+(-b)*- C(1)[ 0 ])\n", "set(a, -1 - -2 + (-b) * -C(1)[0])\n", ""},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) is_formatted(OTTL_FORMAT_FILE, cases[i].before, cases[i].after, cases[i].code);
}

static void test_snippets(void **state) {
  (void)state;
  is_formatted(OTTL_FORMAT_SNIPPET, "set( a,1)\n where b==1", "set(a, 1) where b == 1", "");
  is_formatted(OTTL_FORMAT_SNIPPET, "a==1 and  b", "a==1 and  b", "E0208");
  is_formatted(OTTL_FORMAT_SNIPPET, "a==1 and  B()", "a == 1 and B()", "");
  is_formatted(OTTL_FORMAT_SNIPPET, " [1,2 , nil] ", "[1, 2, nil]", "");
  is_formatted(OTTL_FORMAT_SNIPPET, "", "", "E0227");
}

/* Brackets inside one another are indented so far and no further. */
static void test_deep(void **state) {
  (void)state;
  enum { DEPTH = 700 };
  char text[8 * DEPTH] = "set(a, ";
  for (int i = 0; i < DEPTH; i++) strcat(text, "[1,");
  strcat(text, "2");
  for (int i = 0; i < DEPTH; i++) strcat(text, "]");
  strcat(text, ")\n");
  fmt_out out = fmt_text(OTTL_FORMAT_FILE, OTTL_CONFIG_COLLECTOR, 0, text, strlen(text));
  assert_int_equal(out.status, OTTL_OK);
  assert_true(out.len < 100 * DEPTH * 2);
  fmt_out again = fmt_text(OTTL_FORMAT_FILE, OTTL_CONFIG_COLLECTOR, 0, out.text, out.len);
  assert_string_equal(again.text, out.text);
  free(again.text);
  free(out.text);
}

/* ---- configurations ---- */

#define TRANSFORM "processors:\n  transform:\n    log_statements:\n"
#define ITEM      "      - "

static void test_scalars(void **state) {
  (void)state;
  static const struct {
    const char *before, *after, *code;
  } cases[] = {
      {"set(a,1)", "set(a, 1)", ""},
      {"set(a,1)   # said", "set(a, 1)   # said", ""},
      {"'set(a,\"it''s\")'", "'set(a, \"it''s\")'", ""},
      {"\"set(a,\\\"\\\\\\\\d\\u00e4\\\")\"", "\"set(a, \\\"\\\\\\\\d\xC3\xA4\\\")\"", ""},
      {"\"set(a, \\\"\\\\\\\\d\\u00e4\\\")\"", "\"set(a, \\\"\\\\\\\\d\\u00e4\\\")\"", ""}, /* nothing to do */
      {"\"set(a,\\\"x\\ty\\\")\"", "\"set(a, \\\"x\\ty\\\")\"", ""},
      {"\"set(a,\\\"x\\ny\\\")\"", "\"set(a,\\\"x\\ny\\\")\"", "W1101"},
      {"set(a, {\"k\":1})", "'set(a, {\"k\": 1})'", ""}, /* not plain any more */
      {"set(a, {\"k\":\"it's\"})", "'set(a, {\"k\": \"it''s\"})'", ""},
      {"set(a,1)\n        where b==1", "set(a, 1) where b == 1", ""},
      {"&one  set(a,1)\n" ITEM "*one", "&one  set(a, 1)\n" ITEM "*one", ""},
      {"!!str  set(a,1)", "!!str  set(a, 1)", ""},
      {"&one !!str\n        set(a,1)", "&one !!str\n        set(a, 1)", ""},
      {"|\n        set(a,1)\n          where b==1", "|\n        set(a, 1) where b == 1", ""},
      {"|- # said\n\n         set(a,1)\n\n\n      # behind", "|- # said\n\n         set(a, 1)\n\n\n      # behind", ""},
      {"|+\n        set(a,1)\n\n", "|+\n        set(a, 1)\n\n", ""},
      {"|\n        set(a,\"x\n        y\n\n          z\")", "|\n        set(a, \"x\n        y\n\n          z\")", ""},
      {"|2\n          set(a,1)", "|2\n          set(a,1)", "W1101"},
      {">\n        set(a,1)\n        where b==1", ">\n        set(a, 1) where b == 1", ""},
      {">-\n        set(a,\"x\n\n        y\")", ">-\n        set(a,\"x\n\n        y\")", "W1101"},
      {"set(a,\"${env:X}\")", "set(a, \"${env:X}\")", ""},
      {"set(a,\"$${1}\")", "set(a, \"$${1}\")", ""},
      {"set(a,${env:X})", "set(a,${env:X})", "W1101"},
      {"set(a 1)", "set(a 1)", "E0201"},
      {"set(a,1)\r", "set(a, 1)\r", ""},
      {"set(a,1), set(b,2)", "set(a,1), set(b,2)", "E0201"},
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    char before[1000], after[1000];
    snprintf(before, sizeof before, "# x\n" TRANSFORM ITEM "%s\nservice:   {}  # z\n", cases[i].before);
    snprintf(after, sizeof after, "# x\n" TRANSFORM ITEM "%s\nservice:   {}  # z\n", cases[i].after);
    is_formatted(OTTL_FORMAT_CONFIG, before, after, cases[i].code);
  }
}

static void test_configs(void **state) {
  (void)state;
  static const struct {
    const char *before, *after, *code;
  } cases[] = {
      {"", "", ""},
      {"a: [\n", "a: [\n", "E1001"},
      {"a: 1\na: 2\n", "a: 1\na: 2\n", "E1002"},
      {"processors:\n  batch: {x: set(a,1)}\n", "processors:\n  batch: {x: set(a,1)}\n", ""},
      /* what the processors do not know is none of our business */
      {TRANSFORM ITEM "set(a,1)\n    future: set(a,1)\n", TRANSFORM ITEM "set(a, 1)\n    future: set(a,1)\n", ""},
      {"{\"processors\":{\"filter\":{\"logs\":{\"log_record\":[ \"a==1\",\"b<\\\"\\\\\\\"\\\"\"]}}}}",
       "{\"processors\":{\"filter\":{\"logs\":{\"log_record\":[ \"a == 1\",\"b < \\\"\\\\\\\"\\\"\"]}}}}", ""},
      {"processors:\n  filter:\n    log_conditions: a==1\n", "processors:\n  filter:\n    log_conditions: a==1\n", ""},
      {"processors:\n  filter:\n    logs: {log_record: a==1}\n", "processors:\n  filter:\n    logs: {log_record: a == 1}\n", ""},
      {"processors:\n  filter:\n    logs: {log_record: 'a==1,b==2'}\n",
       "processors:\n  filter:\n    logs: {log_record: 'a==1,b==2'}\n", ""}, /* two in one text */
      {"processors:\n  filter:\n    logs: {include: {match_type: strict, bodies: ['a==1']}}\n",
       "processors:\n  filter:\n    logs: {include: {match_type: strict, bodies: ['a==1']}}\n", ""},
      {"connectors:\n  routing:\n    table:\n      - context: request\n        condition: request[\"a\"]==\"b\"\n"
       "        pipelines: [logs/a]\n      - statement: route()where a==1\n        pipelines: [logs/b]\n",
       "connectors:\n  routing:\n    table:\n      - context: request\n        condition: request[\"a\"] == \"b\"\n"
       "        pipelines: [logs/a]\n      - statement: route() where a == 1\n        pipelines: [logs/b]\n",
       ""},
      /* the value is used as something else too: changing it would change that */
      {"x: &s set(a,1)\n" TRANSFORM ITEM "*s\n", "x: &s set(a,1)\n" TRANSFORM ITEM "*s\n", "W1101"},
      /* it is a key too: found when the result is read, and the others are formatted all the same */
      {TRANSFORM ITEM "set(a,1)\n" ITEM "&k set(b,2)\n" ITEM "set(c,3)\nx:\n  *k : 1\n",
       TRANSFORM ITEM "set(a, 1)\n" ITEM "&k set(b,2)\n" ITEM "set(c, 3)\nx:\n  *k : 1\n", "W1101"},
      {TRANSFORM ITEM "set(a,1)\r\n" ITEM "|\r\n        set(b,1)\r\n         where c\r\n          ==2\r\n",
       TRANSFORM ITEM "set(a, 1)\r\n" ITEM "|\r\n        set(b, 1) where c == 2\r\n", ""},
      {"a: 1\n---\n" TRANSFORM ITEM "set(a,1)\n", "a: 1\n---\n" TRANSFORM ITEM "set(a,1)\n", ""}, /* the first document */
  };
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) is_formatted(OTTL_FORMAT_CONFIG, cases[i].before, cases[i].after, cases[i].code);
}

static void test_refused(void **state) {
  (void)state;
  ottl_format_options o;
  ottl_format_options_init(&o);
  assert_int_equal(ottl_format(NULL, 1, NULL, fmt_keep, NULL, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_format("", 0, NULL, NULL, NULL, NULL), OTTL_INVALID_ARG);
  o.form = (ottl_format_form)3;
  assert_int_equal(ottl_format("", 0, &o, fmt_keep, NULL, NULL), OTTL_INVALID_ARG);
  o.form = OTTL_FORMAT_FILE;
  o.struct_size = 1;
  assert_int_equal(ottl_format("", 0, &o, fmt_keep, NULL, NULL), OTTL_INVALID_ARG);
}

/* ---- failing memory ---- */

static void test_memory(void **state) {
  (void)state;
  static const char *const texts[] = {"# x\ncontext: log\nset(a,1)\n # y\n where b==1\n", "a==1 or b == [1,2]",
                                      TRANSFORM ITEM "set(a,1)\n" ITEM "|\n        set(b,{\"c\":1})\n" ITEM
                                                     "\"set(c,\\\"x\\\")\"\n" ITEM "set(a,{\"c\":1})\n",
                                      "set(a,1)\nset(b,\n", "set(a,1)\nset(b,\n" /* told, once all is written */};
  static const ottl_format_form forms[] = {OTTL_FORMAT_FILE, OTTL_FORMAT_SNIPPET, OTTL_FORMAT_CONFIG, OTTL_FORMAT_FILE,
                                           OTTL_FORMAT_FILE};
  for (size_t i = 0; i < OTTL_COUNT(texts); i++) {
    ottl_status status = OTTL_NOMEM;
    size_t n = 0;
    bool once = i == 4;
    for (; once ? n < 60 : status == OTTL_NOMEM; n++) {
      counter c = {.fail_at = n + 1, .onwards = !once};
      ottl_allocator al = counter_allocator(&c);
      ottl_format_options o;
      ottl_format_options_init(&o);
      o.form = forms[i];
      o.allocator = &al;
      fmt_out out = {0};
      ottl_diags *diags = NULL;
      status = ottl_format(texts[i], strlen(texts[i]), &o, fmt_keep, &out, &diags);
      assert_true(status == OTTL_NOMEM || status == (i < 3 ? OTTL_OK : OTTL_COMPILE));
      assert_true(status == OTTL_NOMEM ? out.text == NULL : out.text != NULL);
      assert_true(status == OTTL_COMPILE ? diags != NULL : i >= 3 || !diags);
      ottl_diags_free(diags);
      assert_int_equal(c.live_blocks, 0);
      free(out.text);
    }
    assert_true(n > 4);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_page),    cmocka_unit_test(test_files),   cmocka_unit_test(test_snippets),
      cmocka_unit_test(test_deep),    cmocka_unit_test(test_scalars), cmocka_unit_test(test_configs),
      cmocka_unit_test(test_refused), cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
