/* Explaining: what is told of programs of every kind is true to what they do; JSON is JSON whatever the texts hold; memory holds. What
 * it looks like is in tests/cli/explain_programs.t. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yyjson.h>

#include "counter.h"
#include "ottl/ottl.h"
#include "random_payload.h"
#include "random_program.h"

typedef struct text {
  char *data;
  size_t len;
} text;

static void put(void *context, const char *data, size_t len) {
  text *t = context;
  t->data = realloc(t->data, t->len + len + 1);
  assert_non_null(t->data);
  memcpy(t->data + t->len, data, len);
  t->len += len;
  t->data[t->len] = 0;
}

static ottl_program *compile(const char *source, ottl_kind kind) {
  ottl_compile_options o;
  ottl_compile_options_init(&o);
  o.kind = kind;
  o.signal = OTTL_SIGNAL_LOGS;
  ottl_program *p = NULL;
  assert_int_equal(ottl_program_compile_text(source, strlen(source), "a.ottl", OTTL_ERROR_IGNORE, &o, &p, NULL), OTTL_OK);
  return p;
}

static text explained(const ottl_program *program, const ottl_exec *exec, ottl_explain_format format, bool more) {
  text t = {0};
  ottl_explain_program one = {.program = program, .exec = exec, .name = "a.ottl"};
  ottl_explain_options o;
  ottl_explain_options_init(&o);
  o.format = format;
  o.types = o.bytecode = o.colour = more;
  assert_int_equal(ottl_explain(&one, 1, &o, put, &t), OTTL_OK);
  assert_true(t.len > 0);
  return t;
}

static yyjson_doc *json_of(const ottl_program *program, const ottl_exec *exec, bool more) {
  text t = explained(program, exec, OTTL_EXPLAIN_JSON, more);
  yyjson_doc *doc = yyjson_read(t.data, t.len, 0);
  assert_non_null(doc);
  free(t.data);
  return doc;
}

/* A member of the statement at the place. */
static yyjson_val *statement(yyjson_doc *doc, size_t group, size_t i, const char *member) {
  yyjson_val *programs = yyjson_obj_get(yyjson_doc_get_root(doc), "programs");
  yyjson_val *groups = yyjson_obj_get(yyjson_arr_get(programs, 0), "groups");
  yyjson_val *statements = yyjson_obj_get(yyjson_arr_get(groups, group), "statements");
  yyjson_val *value = yyjson_obj_get(yyjson_arr_get(statements, i), member);
  assert_non_null(value);
  return value;
}

static void check_list(yyjson_val *list, const char *want) {
  char got[500] = "";
  size_t i, n, at = 0;
  yyjson_val *item;
  yyjson_arr_foreach(list, i, n, item) {
    const char *one = yyjson_is_obj(item) ? yyjson_get_str(yyjson_obj_get(item, "text")) : yyjson_get_str(item);
    at += (size_t)snprintf(got + at, sizeof got - at, "%s%s", i ? "; " : "", one);
  }
  assert_string_equal(got, want);
}

static void test_reads_and_writes(void **state) {
  (void)state;
  static const struct {
    const char *text, *reads, *writes, *once;
  } cases[] = {
      {"set(log.body, 1)", "", "log.body", ""},
      {"set(log.attributes[log.body], log.attributes[\"a\"][2])", "log.body; log.attributes[\"a\"][2]", "log.attributes[...]",
       ""},
      {"delete_key(log.attributes, \"k\")", "", "log.attributes[\"k\"]", ""},
      {"delete_matching_keys(log.attributes, \"k\") where log.cache[\"x\"] == nil", "log.cache[\"x\"]; log.attributes",
       "log.attributes", ""},
      {"append(log.attributes[\"l\"], scope.name)", "log.attributes[\"l\"]; scope.name", "log.attributes[\"l\"]", ""},
      {"set(log.body, Len(resource.attributes[\"a\"]))", "resource.attributes[\"a\"]", "log.body",
       "Len(resource.attributes[\"a\"])"},
      {"set(log.body, Concat([\"a\", \"b\"], \"-\"))", "", "log.body", "Concat([\"a\", \"b\"], \"-\")"},
      {"set(log.time, Now())", "", "log.time", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ottl_program *p = compile(cases[i].text, OTTL_KIND_TRANSFORM);
    yyjson_doc *doc = json_of(p, NULL, false);
    check_list(statement(doc, 0, 0, "reads"), cases[i].reads);
    check_list(statement(doc, 0, 0, "writes"), cases[i].writes);
    check_list(statement(doc, 0, 0, "once"), cases[i].once);
    assert_string_equal(yyjson_get_str(statement(doc, 0, 0, "text")), cases[i].text);
    yyjson_doc_free(doc);
    ottl_program_free(p);
  }
}

/* What is shared is told where it is used again; what was written between is not shared. */
static void test_shared(void **state) {
  (void)state;
  ottl_program *p = compile("set(log.attributes[\"a\"], Len(log.body)) where log.severity_number > 1\n"
                            "set(log.attributes[\"b\"], 1) where log.severity_number > 1\n"
                            "set(log.severity_number, 5)\n"
                            "set(log.attributes[\"c\"], 1) where log.severity_number > 1\n",
                            OTTL_KIND_TRANSFORM);
  yyjson_doc *doc = json_of(p, NULL, false);
  check_list(statement(doc, 0, 0, "shared"), "");
  check_list(statement(doc, 0, 1, "shared"), "log.severity_number > 1");
  check_list(statement(doc, 0, 3, "shared"), "");
  yyjson_doc_free(doc);
  ottl_program_free(p);
}

static void test_refused(void **state) {
  (void)state;
  ottl_program *p = compile("set(log.body, 1)", OTTL_KIND_TRANSFORM), *q = compile("set(log.body, 2)", OTTL_KIND_TRANSFORM);
  ottl_exec *x = NULL;
  text t = {0};
  assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
  ottl_explain_program two[2] = {{.program = p, .exec = x}, {.program = q}};
  ottl_explain_options o;
  ottl_explain_options_init(&o);
  assert_int_equal(ottl_explain(two, 1, &o, put, &t), OTTL_INVALID_ARG); /* not profiled */
  assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
  assert_int_equal(ottl_explain(two, 2, &o, put, &t), OTTL_INVALID_ARG); /* a mixture */
  two[1].exec = x;
  assert_int_equal(ottl_explain(two, 2, &o, put, &t), OTTL_INVALID_ARG); /* of another program */
  o.format = OTTL_EXPLAIN_SVG;
  two[0].exec = NULL;
  assert_int_equal(ottl_explain(two, 1, &o, put, &t), OTTL_INVALID_ARG);
  assert_int_equal(ottl_explain(NULL, 0, &o, put, &t), OTTL_INVALID_ARG);
  assert_int_equal(ottl_explain(two, 1, NULL, NULL, &t), OTTL_INVALID_ARG);
  assert_int_equal(t.len, 0);
  assert_int_equal(ottl_explain(two, 1, NULL, put, &t), OTTL_OK);
  assert_true(t.len > 0);
  free(t.data);
  ottl_exec_free(x);
  ottl_program_free(p);
  ottl_program_free(q);
}

static void test_memory(void **state) {
  (void)state;
  ottl_program *p = compile("set(log.attributes[\"a\"], SHA256(Concat([log.body, resource.attributes[\"x\"]], \"\")))\n"
                            "set(log.body, 1) where log.severity_number > 1 and (log.body == nil or not (log.flags == 1))\n"
                            "set(resource.attributes[\"x\"], log.body)\n",
                            OTTL_KIND_TRANSFORM);
  ottl_exec *x = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
  assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)"\x0a\x06\x12\x04\x12\x02\x10\x05", 8, &result), OTTL_OK);
  for (int format = OTTL_EXPLAIN_TEXT; format <= OTTL_EXPLAIN_SVG; format++) {
    counter c = {0};
    ottl_allocator al = counter_allocator(&c);
    ottl_explain_program one = {.program = p, .exec = x};
    ottl_explain_options o;
    ottl_explain_options_init(&o);
    o.allocator = &al;
    o.format = (ottl_explain_format)format;
    o.types = o.bytecode = true;
    ottl_status status = OTTL_NOMEM;
    for (c.fail_at = 1; status != OTTL_OK; c.fail_at++) {
      text t = {0};
      c.n = 0;
      status = ottl_explain(&one, 1, &o, put, &t);
      if (status != OTTL_OK) assert_int_equal(status, OTTL_NOMEM);
      assert_true((status == OTTL_OK) == (t.len > 0));
      assert_int_equal(c.live_blocks, 0);
      free(t.data);
    }
    assert_true(c.fail_at > 10);
  }
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* ---- random programs ---- */

/* Well-formed as far as tags go, and nothing but what XML allows. */
static void check_svg(const text *t) {
  int depth = 0;
  for (size_t i = 0; i < t->len; i++) {
    unsigned char c = (unsigned char)t->data[i];
    assert_true(c >= 0x20 || c == '\n');
    if (c != '<') continue;
    const char *end = memchr(t->data + i, '>', t->len - i);
    assert_non_null(end);
    if (t->data[i + 1] == '/')
      depth--;
    else if (end[-1] != '/')
      depth++;
    assert_true(depth >= 0);
  }
  assert_int_equal(depth, 0);
}

/* The counts that JSON tells are those of the profile. */
static void check_counts(yyjson_doc *doc, const ottl_exec *x) {
  uint64_t rows = 0, selected = 0, told_rows = 0, told_selected = 0;
  for (size_t i = 0; i < ottl_profile_statements(x); i++) {
    ottl_profile_statement_info s = {.struct_size = sizeof s};
    assert_int_equal(ottl_profile_statement(x, i, &s), OTTL_OK);
    rows += s.rows;
    selected += s.selected;
  }
  yyjson_val *programs = yyjson_obj_get(yyjson_doc_get_root(doc), "programs"), *group, *one;
  size_t i, k, n, m;
  yyjson_arr_foreach(yyjson_obj_get(yyjson_arr_get(programs, 0), "groups"), i, n, group) {
    yyjson_arr_foreach(yyjson_obj_get(group, "statements"), k, m, one) {
      yyjson_val *profile = yyjson_obj_get(one, "profile");
      told_rows += yyjson_get_uint(yyjson_obj_get(profile, "rows"));
      told_selected += yyjson_get_uint(yyjson_obj_get(profile, "selected"));
    }
  }
  assert_int_equal(told_rows, rows);
  assert_int_equal(told_selected, selected);
}

static void test_random(void **state) {
  (void)state;
  rp_tree payload = {.nodes = calloc(RP_MAX_NODES, sizeof(rp_node))};
  rg_program *program = malloc(sizeof *program);
  unsigned explained_n = 0;
  for (uint64_t seed = 1; seed <= 300; seed++) {
    rnd r = {seed * 1000003};
    ottl_program *p = NULL;
    ottl_exec *x = NULL;
    ottl_result result;
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    rg_make(&r, program);
    program->mode = OTTL_ERROR_SILENT;
    rp_request(&r, &payload, program->signal, 6);
    rp_encode(&payload);
    if (rg_compile(program, options, &p, NULL) != OTTL_OK) continue;
    explained_n++;
    assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
    for (int profiled = 0; profiled < 2; profiled++) {
      yyjson_doc *doc = json_of(p, profiled ? x : NULL, seed % 2);
      if (profiled) check_counts(doc, x);
      yyjson_doc_free(doc);
      text t = explained(p, profiled ? x : NULL, OTTL_EXPLAIN_TEXT, seed % 3);
      free(t.data);
      if (!profiled) assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
      if (!profiled && ottl_exec_run(x, payload.out, payload.len, &result) != OTTL_OK) break;
    }
    text svg = explained(p, x, OTTL_EXPLAIN_SVG, false);
    check_svg(&svg);
    free(svg.data);
    ottl_exec_free(x);
    ottl_program_free(p);
  }
  assert_true(explained_n > 200);
  free(program);
  free(payload.nodes);
  free(payload.out);
}

/* Lines of the table are as long as the terminal is wide, remarks included. */
static void test_width(void **state) {
  (void)state;
  ottl_program *p =
      compile("set(log.attributes[\"a long name of an attribute\"], \"a long value of it\") where log.severity_number "
              "> 100 and (log.body == \"some text\" or log.body == \"some other text that is longer than the rest\")",
              OTTL_KIND_TRANSFORM);
  ottl_exec *x = NULL;
  ottl_result result;
  text t = {0};
  assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
  assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)"\x0a\x06\x12\x04\x12\x02\x10\x05", 8, &result), OTTL_OK);
  ottl_explain_program one = {.program = p, .exec = x};
  ottl_explain_options o;
  ottl_explain_options_init(&o);
  o.width = 120;
  assert_int_equal(ottl_explain(&one, 1, &o, put, &t), OTTL_OK);
  assert_non_null(strstr(t.data, "...  <- never true\n"));
  for (const char *line = t.data; *line;) {
    size_t len = strcspn(line, "\n");
    assert_true(len <= 120);
    line += len + (line[len] == '\n');
  }
  free(t.data);
  ottl_exec_free(x);
  ottl_program_free(p);
}

/* Texts that are no UTF-8, or hold what JSON and XML escape. */
static void test_odd_texts(void **state) {
  (void)state;
  static const char source[] =
      "set(log.attributes[\"<a & b>\\t\"], \"\xff\x01 ]]> \xe2\x82\xac\") where log.body != \"\\\"  x\\\\\"";
  ottl_program *p = compile(source, OTTL_KIND_TRANSFORM);
  ottl_exec *x = NULL;
  ottl_result result;
  assert_int_equal(ottl_exec_create(p, NULL, &x), OTTL_OK);
  assert_int_equal(ottl_exec_profile(x, true), OTTL_OK);
  assert_int_equal(ottl_exec_run(x, (const uint8_t *)"\x0a\x06\x12\x04\x12\x02\x10\x05", 8, &result), OTTL_OK);
  yyjson_doc *doc = json_of(p, x, true);
  assert_int_equal(yyjson_get_uint(yyjson_obj_get(statement(doc, 0, 0, "profile"), "selected")), 1);
  yyjson_doc_free(doc);
  text svg = explained(p, x, OTTL_EXPLAIN_SVG, false);
  check_svg(&svg);
  free(svg.data);
  ottl_exec_free(x);
  ottl_program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reads_and_writes),
      cmocka_unit_test(test_shared),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_memory),
      cmocka_unit_test(test_odd_texts),
      cmocka_unit_test(test_random),
      cmocka_unit_test(test_width),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
