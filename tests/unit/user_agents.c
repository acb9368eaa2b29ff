/* The rules for user agents against the reference's answers: tests/fixtures/useragents/go.tsv (agent, program, its version, system, its
 * version; other bytes than printable ASCII, and backslashes, are \xNN). And the choice of rules: it must give what all give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "counter.h"
#include "funcs/uap.h"

enum { AGENT_FIELDS = 5 };

typedef struct matcher {
  counter count;
  ottl_allocator al;
  ottl_regex_context *cx;
  ottl_uap *uap;
} matcher;

static void matcher_init(matcher *m, bool all) {
  m->count = (counter){0};
  m->al = counter_allocator(&m->count);
  assert_int_equal(ottl__regex_context_create(&m->al, &m->cx), OTTL_OK);
  assert_int_equal(ottl__uap_create(&m->al, &m->uap), OTTL_OK);
  ottl__uap_try_all(m->uap, all);
}

static void matcher_done(matcher *m) {
  ottl__uap_free(m->uap);
  ottl__regex_context_free(m->cx);
  assert_int_equal(m->count.live_bytes, 0);
}

static void matcher_ask(matcher *m, ottl_view agent, ottl_view got[AGENT_FIELDS]) {
  uap_answer a;
  assert_int_equal(ottl__uap_parse(m->uap, m->cx, agent, &a), OTTL_OK);
  got[0] = agent;
  got[1] = a.program;
  got[2] = a.program_version;
  got[3] = a.system;
  got[4] = a.system_version;
}

static void compare(const ottl_view got[AGENT_FIELDS], const ottl_view want[AGENT_FIELDS], const char *whose) {
  for (unsigned k = 0; k < AGENT_FIELDS; k++) {
    if (view_eq(got[k], want[k])) continue;
    print_error("%.*s\n  field %u is `%.*s`, %s `%.*s`\n", (int)got[0].len, got[0].data, k, (int)got[k].len, got[k].data, whose,
                (int)want[k].len, want[k].data);
    fail();
  }
}

/* --- the fixture --- */

static void split(char *line, ottl_view fields[AGENT_FIELDS]) {
  char *at = line;
  for (unsigned k = 0; k < AGENT_FIELDS; k++) {
    char *begin = at, *out = at;
    while (*at && *at != '\t' && *at != '\n') {
      if (at[0] == '\\' && at[1] == 'x') {
        char hex[3] = {at[2], at[3], 0};
        *out++ = (char)strtol(hex, NULL, 16);
        at += 4;
      } else {
        *out++ = *at++;
      }
    }
    fields[k] = view_of(begin, (size_t)(out - begin));
    assert_true(*at == (k + 1 < AGENT_FIELDS ? '\t' : '\n'));
    at++;
  }
}

static void each_agent(void (*what)(matcher *m, matcher *all, ottl_view fields[AGENT_FIELDS]), matcher *m, matcher *all) {
  FILE *file = fopen("tests/fixtures/useragents/go.tsv", "r");
  assert_non_null(file);
  char *line = NULL;
  size_t cap = 0;
  unsigned n = 0;
  for (; getline(&line, &cap, file) > 0; n++) {
    ottl_view fields[AGENT_FIELDS];
    split(line, fields);
    what(m, all, fields);
  }
  free(line);
  (void)fclose(file);
  assert_true(n > 1500);
}

/* --- answers --- */

static void check_answer(matcher *m, matcher *all, ottl_view fields[AGENT_FIELDS]) {
  ottl_view got[AGENT_FIELDS];
  matcher_ask(m, fields[0], got);
  compare(got, fields, "the reference says");
  matcher_ask(all, fields[0], got);
  compare(got, fields, "the reference says");
}

static void test_answers(void **state) {
  OTTL_UNUSED(state);
  matcher m, all;
  matcher_init(&m, false);
  matcher_init(&all, true);
  each_agent(check_answer, &m, &all);
  /* Warm: nothing more is made. */
  size_t made = m.count.n;
  ottl_view got[AGENT_FIELDS], again[AGENT_FIELDS];
  const char *agents[] = {"GeoEvent Server 033", "curl/8.4.0", "", "nothing known"};
  for (unsigned i = 0; i < OTTL_COUNT(agents); i++) {
    matcher_ask(&m, view_str(agents[i]), got);
    matcher_ask(&all, view_str(agents[i]), again);
    compare(got, again, "all rules say");
  }
  assert_int_equal(m.count.n, made);
  matcher_done(&m);
  matcher_done(&all);
}

/* --- no rule is lost: agents bent until other rules, and other texts of rules, decide --- */

static uint64_t random_state = 1;
static size_t random_below(size_t n) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (size_t)(random_state >> 33) % n;
}

static void bend(char *text, size_t *len, size_t cap, ottl_view other) {
  size_t at = random_below(*len + 1), n = random_below(*len - at + 1), from = random_below(other.len + 1);
  switch (random_below(6)) {
  case 0: *len = at; return;
  case 1:
    memmove(text, text + at, *len - at);
    *len -= at;
    return;
  case 2:
    memmove(text + at, text + at + n, *len - at - n);
    *len -= n;
    return;
  case 3:
    for (size_t i = at; i < at + n; i++) {
      if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z')) text[i] ^= 0x20;
    }
    return;
  case 4:
    if (at < *len) text[at] = (char)random_below(256);
    return;
  default:
    n = other.len - from;
    if (*len + n > cap) return;
    memmove(text + at + n, text + at, *len - at);
    memcpy(text + at, other.data + from, n);
    *len += n;
  }
}

static void check_bent(matcher *m, matcher *all, ottl_view fields[AGENT_FIELDS]) {
  static char last[512];
  static size_t last_len;
  char text[512];
  size_t len = fields[0].len < sizeof text ? fields[0].len : sizeof text;
  memcpy(text, fields[0].data, len);
  for (unsigned i = 0; i < 3; i++) {
    ottl_view got[AGENT_FIELDS], want[AGENT_FIELDS];
    bend(text, &len, sizeof text, view_of(last, last_len));
    matcher_ask(m, view_of(text, len), got);
    matcher_ask(all, view_of(text, len), want);
    compare(got, want, "all rules say");
  }
  memcpy(last, text, len);
  last_len = len;
}

static void test_choice(void **state) {
  OTTL_UNUSED(state);
  matcher m, all;
  matcher_init(&m, false);
  matcher_init(&all, true);
  each_agent(check_bent, &m, &all);
  matcher_done(&m);
  matcher_done(&all);
}

/* --- memory --- */

static void test_memory(void **state) {
  OTTL_UNUSED(state);
  ottl_view agent = view_str("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                             "Version/17.1 Mobile/15E148 Safari/604.1");
  unsigned refused = 0;
  for (size_t fail_at = 1;; fail_at++) {
    matcher m;
    matcher_init(&m, false);
    uap_answer a;
    m.count.fail_at = m.count.n + fail_at;
    ottl_status status = ottl__uap_parse(m.uap, m.cx, agent, &a);
    bool failed = m.count.failed;
    m.count.fail_at = 0;
    assert_true(status == OTTL_OK || (failed && status == OTTL_NOMEM)); /* without memory for machine code it goes on */
    refused += status == OTTL_NOMEM;
    assert_int_equal(ottl__uap_parse(m.uap, m.cx, agent, &a), OTTL_OK); /* what failed is made now */
    assert_true(view_is(a.program, "Mobile Safari") && view_is(a.program_version, "17.1"));
    assert_true(view_is(a.system, "iOS") && view_is(a.system_version, "17.1"));
    matcher_done(&m);
    if (!failed) break;
  }
  assert_true(refused > 50);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answers),
      cmocka_unit_test(test_choice),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
