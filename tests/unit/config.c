/* Configurations: what YAML says, what variables stand for, what hostile files may not do, and that no allocation is missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/node.h"
#include "counter.h"
#include "ottl/ottl.h"

/* ---- trees ---- */

static const char *test_env(void *context, const char *name) {
  (void)context;
  if (strcmp(name, "WORD") == 0) return "word";
  if (strcmp(name, "FIVE") == 0) return "5";
  if (strcmp(name, "LIST") == 0) return "[a, 2]";
  if (strcmp(name, "NAME") == 0) return "WORD";
  if (strcmp(name, "LOOP") == 0) return "${LOOP}";
  if (strcmp(name, "GROW") == 0) return "x ${GROW} ${GROW}";
  if (strcmp(name, "BAD") == 0) return "[a: 1";
  return NULL;
}

typedef struct tree {
  ottl_arena arena;
  ottl_diags *diags;
  cfg_reader r;
  ottl_config_options options;
} tree;

static const cfg_node *tree_read(tree *t, const char *text, size_t len, bool expand) {
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__arena_init(&t->arena, &al, 0);
  assert_int_equal(ottl__diags_create(&al, &t->diags), OTTL_OK);
  ottl_config_options_init(&t->options);
  t->options.env = test_env;
  t->r = (cfg_reader){.arena = &t->arena, .al = al, .diags = t->diags, .options = &t->options};
  t->r.source = ottl__diags_source(t->diags, (ottl_view){"t", 1}, (ottl_view){text, len}, 1, 1, 0);
  const cfg_node *n = ottl__cfg_read(&t->r, (ottl_view){text, len});
  return n && expand ? ottl__cfg_expand(&t->r, n) : n;
}

static void tree_done(tree *t) {
  ottl_diags_free(t->diags);
  ottl__arena_done(&t->arena);
}

static void print(const cfg_node *n, ottl_sbuf *out) {
  switch ((cfg_kind)n->kind) {
  case CFG_NULL: sbuf_str(out, "null"); break;
  case CFG_BOOL: sbuf_str(out, n->boolean ? "true" : "false"); break;
  case CFG_INT: ottl__sbuf_printf(out, "%lld", (long long)n->integer); break;
  case CFG_FLOAT: ottl__sbuf_printf(out, "%gf", n->number); break;
  case CFG_STRING: ottl__sbuf_printf(out, "'%.*s'", (int)n->text.len, n->text.data); break;
  case CFG_LIST:
  case CFG_MAP:
    sbuf_byte(out, n->kind == CFG_LIST ? '[' : '{');
    CFG_EACH(n, kid) {
      if (kid != n->first) sbuf_byte(out, ' ');
      if (n->kind == CFG_MAP) ottl__sbuf_printf(out, "%.*s:", (int)kid->key.len, kid->key.data);
      print(kid, out);
    }
    sbuf_byte(out, n->kind == CFG_LIST ? ']' : '}');
    break;
  }
}

static void reads(const char *text, bool expand, const char *wanted) {
  tree t;
  ottl_sbuf out;
  const cfg_node *n = tree_read(&t, text, strlen(text), expand);
  ottl__sbuf_init(&out, &t.r.al);
  if (n) {
    print(n, &out);
  } else {
    ottl_diag d;
    assert_int_equal(ottl_diags_get(t.diags, 0, &d), OTTL_OK);
    ottl__sbuf_printf(&out, "%s %u:%u", d.code, d.span.line, d.span.column);
  }
  sbuf_byte(&out, 0);
  assert_string_equal(out.data, wanted);
  ottl__sbuf_done(&out);
  tree_done(&t);
}

static void test_scalars(void **state) {
  (void)state;
  reads("", false, "null");
  reads("[~, null, Null, NULL, nuLL, ]", false, "[null null null null 'nuLL']");
  reads("[true, True, TRUE, false, yes, on, tRue]", false, "[true true true false 'yes' 'on' 'tRue']");
  reads("[0, 7, -7, +7, 0x1f, 0o17, 017, 0b101, 1_000, 08, 9223372036854775807, -9223372036854775808]", false,
        "[0 7 -7 7 31 15 15 5 1000 8f 9223372036854775807 -9223372036854775808]");
  reads("[1.5, .5, 5., 1e3, -1.5E-2, 1.5.1, 1e, e1, ., -, .inf, -.INF, 9223372036854775808]", false,
        "[1.5f 0.5f 5f 1000f -0.015f '1.5.1' '1e' 'e1' '.' '-' inff -inff 9.22337e+18f]");
  reads("['1', \"true\", !!str 5, ! 5, !!int \"5\", !!float 1, \"a\\tb\"]", false, "['1' 'true' '5' 5 5 1f 'a\tb']");
  reads("{\"a\": {\"b\": [1, \"x\\u00e9\\/\"]}, \"\": null}", false, "{a:{b:[1 'x\xc3\xa9/']} :null}");
  reads("a: |\n  x\n   y\nb: >-\n  x\n  y\nc: x\n  y\n", false, "{a:'x\n y\n' b:'x y' c:'x y'}");
}

static void test_aliases(void **state) {
  (void)state;
  reads("a: &x [1, 2]\nb: *x\nc: {<<: &m {k: 1, l: 2}, k: 3}\nd: {<<: [*m, {z: 0, k: 9}]}\n", false,
        "{a:[1 2] b:[1 2] c:{k:3 l:2} d:{k:1 l:2 z:0}}");
  reads("a: &x [*x]\n", false, "E1001 1:8");
  reads("a: *x\n", false, "E1001 1:4");
  reads("a: {<<: 5}\n", false, "E1001 1:9");
  reads("a: &m {k: 1}\nb:\n  <<: *m\n  <<: *m\n", false, "E1002 4:3");
  reads("a: 1\n\"a\": 2\n", false, "E1002 2:2");
  reads("{[a]: 1}", false, "E1001 1:2");
  reads("a: [1\nb: 2", false, "E1001 2:2");
  reads("\xc3\xa9: 1\nb: [\xc3\xa9, *x]", false, "E1001 2:8");
  reads("a: \xff", false, "E1001 1:4");
  reads("a: 1\n---\nb: 2\n", false, "{a:1}");
}

/* Found by fuzz_config: an anchor with nothing behind it but blanks ended before it began. */
static void test_anchor_of_nothing(void **state) {
  (void)state;
  static const char *const texts[] = {"&am:pleInt ", "a: [!1 , &b ,2]", "{\"a\":  9.0, !8.x  9, b: &c }"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    tree t;
    const cfg_node *n = tree_read(&t, texts[i], strlen(texts[i]), false);
    assert_non_null(n);
    assert_true(n->begin <= n->end);
    CFG_EACH(n, kid) {
      assert_true(kid->begin <= kid->end);
      CFG_EACH(kid, inner) assert_true(inner->begin <= inner->end);
    }
    tree_done(&t);
  }
}

static void test_variables(void **state) {
  (void)state;
  reads("['${env:WORD}', '${WORD}s', '$$${WORD}', '$${WORD}', '$$$${WORD}', '${NONE}', '${env:NONE:-a:-b}']", true,
        "['word' 'words' '$word' '${WORD}' '$${WORD}' null 'a:-b']");
  reads("[$WORD, '${', '$}', '}${', 'a$$', '${${NAME}}', '${env:${NAME}} 5']", true,
        "['$WORD' '${' '$}' '}${' 'a$' 'word' 'word 5']");
  reads("['${FIVE}', 'x${FIVE}', '${LIST}', '${BAD}', \"${FIVE}\"]", true, "[5 'x5' ['a' 2] '[a: 1' 5]");
  reads("${WORD}: ${WORD}", true, "{${WORD}:'word'}"); /* keys stay */
  reads("a: ${LOOP}", true, "E1004 1:4");
  reads("a: ${GROW}", true, "E1003 1:4"); /* too long before it is too often */
  reads("a: ${file:x}", true, "E1004 1:4");
  reads("a: '${1X}'", true, "E1004 1:5");
  reads("a: '${WORD:-x}'", true, "E1004 1:5"); /* a scheme `WORD`, says the collector */
}

/* Where a string is wanted, a variable is one whatever YAML makes of its text. */
static const char *texts_env(void *context, const char *name) {
  (void)context;
  return strcmp(name, "RANGE") == 0 ? "[a-z]" : strcmp(name, "COLON") == 0 ? "error: ${env:RANGE}" : NULL;
}

static void test_texts_of_variables(void **state) {
  (void)state;
  static const char text[] = "logs: {include: {match_type: strict, bodies: ['${env:RANGE}', '${env:COLON}'], "
                             "resource_attributes: [{key: '${env:RANGE}'}]}}";
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.form = OTTL_CONFIG_FILTER;
  o.env = texts_env;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_config_parse(text, strlen(text), &o, &config, &diags), OTTL_OK);
  assert_null(diags);
  assert_int_equal(config->processors[0].parts[CFG_LOGS].n_groups, 1);
  const ottl_snippet *s = &config->processors[0].parts[CFG_LOGS].groups[0].conditions[0];
  ottl_sbuf out;
  ottl_allocator al = ottl__alloc_or_default(NULL);
  ottl__sbuf_init(&out, &al);
  sbuf_view(&out, (ottl_view){s->text, s->len});
  sbuf_byte(&out, 0);
  assert_non_null(strstr(out.data, "\"[a-z]\""));
  assert_non_null(strstr(out.data, "\"error: [a-z]\""));
  ottl__sbuf_done(&out);
  ottl_config_free(config);
}

/* -- limits -- */

static void refused(const char *text, size_t len, const char *code) {
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  ottl_diag d;
  assert_int_equal(ottl_config_parse(text, len, NULL, &config, &diags), OTTL_LIMIT);
  assert_null(config);
  assert_int_equal(ottl_diags_get(diags, 0, &d), OTTL_OK);
  assert_string_equal(d.code, code);
  ottl_diags_free(diags);
}

static void test_limits(void **state) {
  (void)state;
  char text[4096] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"; /* a billion laughs */
  size_t n = strlen(text);
  for (int i = 1; i < 10; i++) {
    n += (size_t)snprintf(text + n, sizeof text - n, "a%d: &a%d [", i, i);
    for (int k = 0; k < 10; k++) n += (size_t)snprintf(text + n, sizeof text - n, "*a%d, ", i - 1);
    n += (size_t)snprintf(text + n, sizeof text - n, "]\n");
  }
  refused(text, n, "E1003");
  memset(text, '[', 200);
  refused(text, 200, "E1003");
  size_t big = (size_t)5 << 20;
  char *many = malloc(big);
  assert_non_null(many);
  memset(many, ' ', big);
  refused(many, big, "E1003");
  for (size_t i = 1; i + 2 < 400000; i += 2) memcpy(many + i, "1,", 2);
  many[0] = '[';
  refused(many, 400000, "E1003");
  n = 0;
  for (int i = 0; i < 2000; i++) n += (size_t)snprintf(many + n, big - n, "k%d: &x%d 1\n", i, i);
  refused(many, n, "E1003");
  static const char *const values[][3] = {{"$$", "xx", ""}, {"${env:Z:-[1", ",1", "]}"}, {"${env:Z:-[1", ",1", "}"}};
  for (size_t i = 0; i < OTTL_COUNT(values); i++) { /* made anew for each alias */
    n = (size_t)snprintf(many, big, "a: &a \"%s", values[i][0]);
    while (n < 60000) n += (size_t)snprintf(many + n, big - n, "%s", values[i][1]);
    n += (size_t)snprintf(many + n, big - n, "%s\"\nb: [", values[i][2]);
    for (int k = 0; k < 40000; k++) n += (size_t)snprintf(many + n, big - n, "*a,");
    n += (size_t)snprintf(many + n, big - n, "]\n");
    refused(many, n, "E1003");
  }
  free(many);
}

/* ---- the public calls ---- */

static const char collector[] = "processors:\n"
                                "  batch: {}\n"
                                "  transform/a: &a\n"
                                "    log_statements: ['set(log.body, \"a\")']\n"
                                "    trace_statements: ['set(span.name, \"a\")']\n"
                                "  filter: { log_conditions: ['log.body == \"b\"', 'resource.attributes[\"x\"] == 1'] }\n"
                                "  transform: *a\n"
                                "service:\n"
                                "  pipelines:\n"
                                "    logs/2: { processors: [transform, batch, filter] }\n"
                                "    profiles: { processors: [transform] }\n"
                                "    traces: { processors: }\n";

static void test_contents(void **state) {
  (void)state;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_config_parse(collector, strlen(collector), NULL, &config, &diags), OTTL_OK);
  assert_null(diags);
  assert_int_equal(ottl_config_processors(config), 3);
  ottl_config_processor_info p;
  assert_int_equal(ottl_config_processor(config, 1, &p), OTTL_OK);
  assert_int_equal(p.type, OTTL_PROCESSOR_FILTER);
  assert_int_equal(p.line, 6);
  assert_memory_equal(p.name.data, "filter", p.name.len);
  assert_int_equal(ottl_config_processor(config, 3, &p), OTTL_INVALID_ARG);
  ottl_config_pipeline_info line;
  assert_int_equal(ottl_config_pipelines(config), 3);
  assert_int_equal(ottl_config_pipeline(config, 0, &line), OTTL_OK);
  assert_int_equal(line.signal, OTTL_SIGNAL_LOGS);
  assert_int_equal(line.n_processors, 2);
  assert_int_equal(line.processors[0], 2);
  assert_int_equal(line.processors[1], 1);
  assert_int_equal(line.n_others, 1);
  ottl_program *program = NULL;
  assert_int_equal(ottl_config_compile(config, 0, OTTL_SIGNAL_NONE, NULL, &program, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_config_compile(config, 0, OTTL_SIGNAL_METRICS, NULL, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_program_groups(program), 0);
  ottl_program_free(program);
  assert_int_equal(ottl_config_compile(config, 1, OTTL_SIGNAL_LOGS, NULL, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_program_groups(program), 2); /* one for each context */
  assert_int_equal(ottl_program_signal(program), OTTL_SIGNAL_LOGS);
  assert_int_equal(ottl_program_error_mode(program, 0), OTTL_ERROR_IGNORE);
  ottl_program_free(program);
  ottl_config_free(config);
}

static const char others[] =
    "processors:\n"
    "  tail_sampling/a:\n"
    "    policies:\n"
    "      - type: ottl_condition\n"
    "        ottl_condition: { spanevent: ['name == \"x\"', 'nam == \"x\"'] }\n"
    "      - type: latency\n"
    "        ottl_condition: { span: [unused unused] }\n"
    "      - type: composite\n"
    "        composite:\n"
    "          composite_sub_policy:\n"
    "            - type: and\n"
    "              and:\n"
    "                and_sub_policy:\n"
    "                  - type: not\n"
    "                    not: { not_sub_policy: { type: ottl_condition, ottl_condition: { span: [kin == 1] } } }\n"
    "  batch:\n"
    "connectors:\n"
    "  count: { logs: { n: { conditions: ['span.name == \"x\"'] } }, spanevents: { n: { conditions: [name != nil] } } }\n"
    "  signaltometrics:\n"
    "    spans:\n"
    "      - sum: { value: 'Int(AdjustedCount())' }\n"
    "      - histogram: { value: 'end_time - start_tim', count: '1' }\n"
    "exporters: { honeycombmarker: { markers: [{ rules: { log_conditions: [bod == 1] } }] } }\n";

static size_t other_errors(const ottl_config *config, size_t other, ottl_status *ret) {
  ottl_diags *diags = NULL;
  *ret = ottl_config_other_check(config, other, NULL, &diags);
  size_t n = ottl_diags_errors(diags);
  ottl_diags_free(diags);
  return n;
}

/* OTTL of components that are not run. */
static void test_others(void **state) {
  (void)state;
  static const char *const names[] = {"tail_sampling/a", "count", "signaltometrics", "honeycombmarker"};
  static const size_t errors[] = {2, 1, 1, 1};
  ottl_config *config = NULL;
  ottl_config_other_info info;
  ottl_status status;
  assert_int_equal(ottl_config_parse(others, strlen(others), NULL, &config, NULL), OTTL_OK);
  assert_int_equal(ottl_config_others(config), 4);
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(ottl_config_other(config, i, &info), OTTL_OK);
    assert_true(view_is(info.name, names[i]));
    assert_int_equal(other_errors(config, i, &status), errors[i]);
    assert_int_equal(status, OTTL_COMPILE);
  }
  assert_int_equal(ottl_config_other(config, 4, &info), OTTL_INVALID_ARG);
  assert_int_equal(ottl_config_other_check(config, 4, NULL, NULL), OTTL_INVALID_ARG);
  ottl_config_free(config);
}

/* What is wrong is left out, and the rest is there. */
static void test_keep_going(void **state) {
  (void)state;
  static const char text[] = "processors:\n"
                             "  transform:\n"
                             "    error_mode: never\n"
                             "    log_statements:\n"
                             "      - { context: logs, statements: ['set(body, 1)', [2], 'set(body, 3)'] }\n"
                             "      - { context: nothing, statements: ['set(body, 4)'] }\n";
  ottl_config_options o;
  ottl_config_options_init(&o);
  ottl_config *config = NULL;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  assert_int_equal(ottl_config_parse(text, strlen(text), &o, &config, NULL), OTTL_COMPILE);
  assert_null(config);
  o.keep_going = true;
  assert_int_equal(ottl_config_parse(text, strlen(text), &o, &config, &diags), OTTL_COMPILE);
  assert_int_equal(ottl_diags_errors(diags), 4);
  ottl_diags_free(diags);
  assert_int_equal(ottl_config_compile(config, 0, OTTL_SIGNAL_LOGS, NULL, &program, NULL), OTTL_OK);
  assert_int_equal(ottl_program_groups(program), 1);
  assert_string_equal(ottl_program_context(program, 0), "log");
  ottl_program_free(program);
  ottl_config_free(config);
  config = NULL;
  assert_int_equal(ottl_config_parse("a: [", 4, &o, &config, NULL), OTTL_COMPILE); /* no YAML: nothing is left */
  assert_null(config);
}

/* A shared cache lives as long as the exec, whatever becomes of the payload it was filled from. */
static void test_shared_cache(void **state) {
  (void)state;
  static const char text[] = "log_statements:\n"
                             "  - shared_cache: true\n"
                             "    statements:\n"
                             "      - set(log.cache[\"seen\"], []) where log.cache[\"seen\"] == nil\n"
                             "      - append(log.cache[\"seen\"], log.body.string)\n"
                             "      - set(log.body, log.cache[\"seen\"])\n";
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.form = OTTL_CONFIG_TRANSFORM;
  ottl_config *config = NULL;
  ottl_program *program = NULL;
  ottl_exec *exec = NULL;
  ottl_json *json = NULL;
  assert_int_equal(ottl_config_parse(text, strlen(text), &o, &config, NULL), OTTL_OK);
  assert_int_equal(ottl_config_compile(config, 0, OTTL_SIGNAL_LOGS, NULL, &program, NULL), OTTL_OK);
  ottl_config_free(config);
  assert_true(ottl_program_row_order(program, 0));
  assert_int_equal(ottl_exec_create(program, NULL, &exec), OTTL_OK);
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  const char *out = "";
  size_t out_len = 0;
  for (int run = 0; run < 3; run++) {
    char in[200];
    const uint8_t *wire;
    size_t len;
    snprintf(in, sizeof in, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"n%d\"}}]}]}]}",
             run);
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, in, strlen(in), &wire, &len), OTTL_OK);
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, wire, len);
    ottl_result result;
    assert_int_equal(ottl_exec_run(exec, copy, len, &result), OTTL_OK);
    free(copy); /* what is left in the cache must not point into it */
    assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_LOGS, result.data, result.len, &out, &out_len), OTTL_OK);
  }
  char *shown = malloc(out_len + 1);
  assert_non_null(shown);
  memcpy(shown, out, out_len);
  shown[out_len] = 0;
  assert_non_null(strstr(shown, "n0"));
  assert_true(strstr(shown, "n0") < strstr(shown, "n1") && strstr(shown, "n1") < strstr(shown, "n2"));
  free(shown);
  ottl_json_free(json);
  ottl_exec_free(exec);
  ottl_program_free(program);
}

/* ---- whichever allocation fails ---- */

static ottl_status all_of_it(const ottl_allocator *al) {
  static const char text[] =
      "processors:\n"
      "  transform:\n"
      "    log_statements:\n"
      "      - { shared_cache: true, statements: ['set(log.cache[log.body.string], {\"a\": [1, log.body.string]})'] }\n"
      "      - { shared_cache: true, statements: ['set(log.attributes[\"c\"], log.cache)'] }\n"
      "  filter:\n"
      "    logs: { exclude: { match_type: regexp, bodies: ['^${env:FIVE}', x], record_attributes: [{ key: a, value: b }] } }\n"
      "  filter/2:\n"
      "    error_mode: propagate\n"
      "    log_conditions: ['resource.attributes[\"a\"] == 1', 'log.body == \"z\"', 'log.body == 5']\n";
  static const uint8_t payload[] = {0x0a, 0x09, 0x12, 0x07, 0x12, 0x05, 0x2a, 0x03, 0x0a, 0x01, 'y'};
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.allocator = al;
  o.env = test_env;
  o.name = "f.yaml";
  ottl_compile_options co;
  ottl_compile_options_init(&co);
  co.allocator = al;
  ottl_exec_options eo;
  ottl_exec_options_init(&eo);
  eo.allocator = al;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_config_parse(text, strlen(text), &o, &config, &diags);
  ottl_diags_free(diags);
  for (size_t i = 0; status == OTTL_OK && i < ottl_config_processors(config); i++) {
    ottl_program *program = NULL;
    ottl_exec *exec = NULL;
    ottl_result result;
    status = ottl_config_compile(config, i, OTTL_SIGNAL_LOGS, &co, &program, &diags);
    ottl_diags_free(diags);
    if (status == OTTL_OK) status = ottl_exec_create(program, &eo, &exec);
    for (int run = 0; run < 2 && status == OTTL_OK; run++) status = ottl_exec_run(exec, payload, sizeof payload, &result);
    ottl_exec_free(exec);
    ottl_program_free(program);
  }
  ottl_config_free(config);
  if (status == OTTL_OK) status = ottl_config_parse(others, strlen(others), &o, &config, NULL);
  for (size_t i = 0; status == OTTL_OK && i < ottl_config_others(config); i++) {
    status = ottl_config_other_check(config, i, &co, &diags);
    if (status == OTTL_COMPILE) status = OTTL_OK;
    ottl_diags_free(diags);
    if (status != OTTL_OK || i + 1 == ottl_config_others(config)) {
      ottl_config_free(config);
      break;
    }
  }
  return status;
}

static void test_memory(void **state) {
  (void)state;
  for (size_t at = 1;; at++) {
    counter c = {.fail_at = at};
    ottl_allocator al = counter_allocator(&c);
    ottl_status status = all_of_it(&al);
    assert_int_equal(c.live_blocks, 0);
    if (!c.failed) {
      assert_int_equal(status, OTTL_OK);
      assert_true(at > 50);
      return;
    }
    /* A diagnostic that finds no memory is lost; everything else says so. */
    assert_true(status == OTTL_NOMEM || status == OTTL_OK);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scalars),
      cmocka_unit_test(test_aliases),
      cmocka_unit_test(test_anchor_of_nothing),
      cmocka_unit_test(test_variables),
      cmocka_unit_test(test_texts_of_variables),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_contents),
      cmocka_unit_test(test_others),
      cmocka_unit_test(test_keep_going),
      cmocka_unit_test(test_shared_cache),
      cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
