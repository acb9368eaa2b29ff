/* OTLP/JSON to wire form: the pass over usual text and the walk over a document agree, on fixtures and on what random changes
 * make of them. A member that nobody knows, put in front, sends a text the second way. More rounds: JSON_WAYS=N. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#define DETOUR "{\"x\":0,"

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static unsigned pick(size_t below) {
  random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
  return (unsigned)((random_state >> 16) % below);
}

static char *read_file(const char *path, size_t *ret_len) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  char *text = malloc(1 << 20);
  assert_non_null(text);
  *ret_len = fread(text, 1, (1 << 20) - 1, f);
  fclose(f);
  return text;
}

/* What changes put in. */
static const char *const bits[] = {"\"",
                                   "\\",
                                   "\\n",
                                   "\\u00e9",
                                   "\\ud83d\\ude00",
                                   "\\ud800",
                                   "\xc3\xa9",
                                   "\xff",
                                   "\x01",
                                   "null",
                                   "0",
                                   "-0",
                                   "1.5",
                                   "1e3",
                                   "\"1\"",
                                   "{}",
                                   "[]",
                                   ",",
                                   " ",
                                   "\n\t",
                                   "true",
                                   "\"\"",
                                   "18446744073709551615",
                                   "01",
                                   "9223372036854775808",
                                   "}",
                                   "]",
                                   "{",
                                   "[",
                                   ":",
                                   "-",
                                   "4294967296",
                                   "2147483648",
                                   "\"-5\"",
                                   "1E400",
                                   "\"NaN\""};

/* Ends of the member that begins at the quote at `at`, when it is one: the comma or brace behind it. */
static size_t member_end(const char *text, size_t len, size_t at) {
  int depth = 0;
  bool inside = false;
  for (size_t i = at; i < len; i++) {
    if (inside) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        inside = false;
      continue;
    }
    if (text[i] == '"') inside = true;
    if (text[i] == '{' || text[i] == '[') depth++;
    if (depth == 0 && (text[i] == ',' || text[i] == '}' || text[i] == ']')) return i;
    if (text[i] == '}' || text[i] == ']') depth--;
  }
  return len;
}

/* Replaces [from, to). */
static size_t splice(char *text, size_t len, size_t from, size_t to, const char *with, size_t n) {
  memmove(text + from + n, text + to, len - to);
  memcpy(text + from, with, n);
  return len - (to - from) + n;
}

static size_t change(char *text, size_t len) {
  size_t at = 1 + pick(len - 1);
  switch (pick(5)) {
  case 0: { /* something small, in the place of nothing or of a few bytes */
    const char *bit = bits[pick(sizeof bits / sizeof *bits)];
    size_t to = at + pick(3);
    return splice(text, len, at, to < len ? to : len, bit, strlen(bit));
  }
  case 1: { /* the value of a member */
    const char *colon = memchr(text + at, ':', len - at), *bit = bits[pick(sizeof bits / sizeof *bits)];
    if (!colon) return len;
    size_t from = (size_t)(colon - text) + 1;
    return splice(text, len, from, member_end(text, len, from), bit, strlen(bit));
  }
  default: { /* a member goes, comes twice, or changes places with the next */
    const char *quote = memchr(text + at, '"', len - at);
    if (!quote) return len;
    size_t from = (size_t)(quote - text), end = member_end(text, len, from);
    if (end >= len || text[end] != ',') return len;
    size_t next = member_end(text, len, end + 1);
    char *copy = malloc(next - from + 1);
    assert_non_null(copy);
    size_t n = end - from, m = next - end - 1;
    memcpy(copy, text + end + 1, m);
    copy[m] = ',';
    memcpy(copy + m + 1, text + from, n);
    unsigned what = pick(4);
    if (what == 0)
      len = splice(text, len, from, end + 1, "", 0);
    else if (what == 1)
      len = splice(text, len, next, next, copy + m, n + 1);
    else
      len = splice(text, len, from, next, copy, m + 1 + n);
    free(copy);
    return len;
  }
  }
}

static void check(ottl_json *json, ottl_signal signal, const char *text, size_t len) {
  const uint8_t *wire = NULL;
  size_t n = 0, m = 0;
  ottl_status direct = ottl_json_to_wire(json, signal, text, len, &wire, &n);
  uint8_t *kept = malloc(n + 1);
  assert_non_null(kept);
  if (n) memcpy(kept, wire, n);
  char *other = malloc(len + sizeof DETOUR);
  assert_non_null(other);
  memcpy(other, DETOUR, sizeof DETOUR - 1);
  memcpy(other + sizeof DETOUR - 1, text + 1, len - 1);
  ottl_status around = ottl_json_to_wire(json, signal, other, len + sizeof DETOUR - 2, &wire, &m);
  if (direct != around || (direct == OTTL_OK && (n != m || memcmp(kept, wire, n) != 0)))
    fail_msg("%s and %s (%s), %zu and %zu bytes: %.*s", ottl_status_name(direct), ottl_status_name(around),
             ottl_json_error(json, NULL), n, m, (int)len, text);
  free(other);
  free(kept);
}

static void ways_agree(void **state) {
  (void)state;
  const char *more = getenv("JSON_WAYS");
  long rounds = more ? atol(more) : 60;
  ottl_json *json;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  glob_t found;
  assert_int_equal(glob("tests/fixtures/otlp/*.json", 0, NULL, &found), 0);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    size_t len;
    char *text = read_file(found.gl_pathv[i], &len), *changed = malloc(len + 65536);
    assert_non_null(changed);
    assert_true(len > 2 && text[0] == '{');
    ottl_signal signal = ottl_json_signal(text, len);
    if (signal == OTTL_SIGNAL_NONE) signal = OTTL_SIGNAL_LOGS;
    check(json, signal, text, len);
    /* as we write it: without blanks, in order */
    const uint8_t *wire;
    const char *own;
    size_t n, own_len;
    assert_int_equal(ottl_json_to_wire(json, signal, text, len, &wire, &n), OTTL_OK);
    assert_int_equal(ottl_json_from_wire(json, signal, wire, n, &own, &own_len), OTTL_OK);
    if (own_len > 2) memcpy(text, own, len = own_len < len ? own_len : len);
    for (long k = 0; k < rounds && own_len > 2 && len == own_len; k++) {
      memcpy(changed, text, len);
      size_t now = len;
      for (unsigned c = 0; c < 1 + (unsigned)k % 3 && now > 8 && now < len + 30000; c++) now = change(changed, now);
      if (now > 1 && changed[0] == '{') check(json, signal, changed, now);
    }
    free(changed);
    free(text);
  }
  globfree(&found);
  ottl_json_free(json);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ways_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
