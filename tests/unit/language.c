/* What editors ask: a `|` in a text is the cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/ottl.h"

#include "counter.h"

typedef struct asked {
  char *text;
  size_t len, offset;
  ottl_document *document;
} asked;

static const ottl_sample *sample; /* of the tests that want one */

static ottl_document_options options_of(ottl_format_form form) {
  ottl_document_options o;
  ottl_document_options_init(&o);
  o.form = form;
  o.sample = sample;
  return o;
}

static asked ask_with(const ottl_document_options *o, const char *text) {
  asked a = {0};
  const char *mark = strchr(text, '|');
  if (mark && mark[1] == '\n' && strchr(mark + 1, '|')) mark = strchr(mark + 1, '|'); /* the head of a block */
  assert_non_null(mark);
  a.len = strlen(text) - 1;
  a.offset = (size_t)(mark - text);
  a.text = malloc(a.len + 1);
  memcpy(a.text, text, a.offset);
  memcpy(a.text + a.offset, mark + 1, a.len - a.offset);
  assert_int_equal(ottl_document_create(a.text, a.len, o, &a.document), OTTL_OK);
  return a;
}

static asked ask(ottl_format_form form, const char *text) {
  ottl_document_options o = options_of(form);
  return ask_with(&o, text);
}

static void done(asked *a) {
  ottl_document_free(a->document);
  free(a->text);
}

/* ---- completion ---- */

static const ottl_completion *find_label(const ottl_completions *c, const char *label) {
  for (size_t i = 0; i < c->n; i++) {
    if (c->items[i].label.len == strlen(label) && memcmp(c->items[i].label.data, label, strlen(label)) == 0) return &c->items[i];
  }
  return NULL;
}

/* Labels separated by blanks: `label` is there, `-label` is not, `^label` is among those of the best rank. */
static void expect_labels(const char *text, const ottl_completions *c, const char *labels) {
  char copy[1000];
  snprintf(copy, sizeof copy, "%s", labels);
  for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
    bool absent = word[0] == '-' && word[1], best = word[0] == '^';
    const ottl_completion *found = find_label(c, word + (absent || best));
    if (absent ? found != NULL : !found) fail_msg("%s: `%s` is %s", text, word, absent ? "offered" : "not offered");
    if (best && found->rank != c->items[0].rank) fail_msg("%s: `%s` is not among the first", text, word);
  }
}

/* The text after the item was chosen, with the cursor. */
static char *chosen(const asked *a, const ottl_completions *c, const char *label) {
  const ottl_completion *item = find_label(c, label);
  if (!item) fail_msg("no `%s` in %s", label, a->text);
  char *out = malloc(a->len + item->insert.len + 2), *p = out;
  memcpy(p, a->text, c->range.begin), p += c->range.begin;
  memcpy(p, item->insert.data, item->cursor), p += item->cursor;
  *p++ = '|';
  memcpy(p, item->insert.data + item->cursor, item->insert.len - item->cursor), p += item->insert.len - item->cursor;
  strcpy(p, a->text + c->range.end);
  return out;
}

static void offers(ottl_format_form form, const char *text, const char *labels) {
  ottl_completions c;
  asked a = ask(form, text);
  a.text[a.len] = 0;
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  for (size_t i = 0; i < c.n; i++)
    if (!c.items[i].label.len) fail_msg("%s: item %zu has no label", text, i);
  expect_labels(text, &c, labels);
  done(&a);
}

static void offers_nothing(ottl_format_form form, const char *text) {
  ottl_completions c;
  asked a = ask(form, text);
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  if (c.n) fail_msg("%s: `%.*s` is offered", text, (int)c.items[0].label.len, c.items[0].label.data);
  done(&a);
}

static void choosing(ottl_format_form form, const char *text, const char *label, const char *wanted) {
  ottl_completions c;
  asked a = ask(form, text);
  a.text[a.len] = 0;
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  char *got = chosen(&a, &c, label);
  assert_string_equal(got, wanted);
  free(got);
  done(&a);
}

#define FILE_OF OTTL_FORMAT_FILE
#define YAML    OTTL_FORMAT_CONFIG

static void test_complete_begin(void **state) {
  (void)state;
  offers(FILE_OF, "|", "^set ^delete_key ^copy_metric -Concat -log.body -where");
  offers(FILE_OF, "s|", "^set");
  offers(FILE_OF, "set(log.body, 1)\n|", "^set -copy_metric"); /* the context is log: it has no metric editors */
  offers(FILE_OF, "context: metric\n|", "^set ^copy_metric");
  offers_nothing(FILE_OF, "# a comment |");
  offers_nothing(FILE_OF, "set(log.body,\n  # a comment |\n  1)");
  choosing(FILE_OF, "se|", "set", "set(|)");
  choosing(FILE_OF, "se|(log.body, 1)", "set", "set|(log.body, 1)");
  choosing(FILE_OF, "set(log.body, U|", "UUID", "set(log.body, UUID()|");
}

static void test_complete_context(void **state) {
  (void)state;
  offers(FILE_OF, "context: |", "log span datapoint -otelcol -profile");
  offers(FILE_OF, "context: lo|\n", "log");
  choosing(FILE_OF, "context: lo|\nset(body, 1)", "log", "context: log|\nset(body, 1)");
}

static void test_complete_paths(void **state) {
  (void)state;
  offers(FILE_OF, "set(|", "log.body resource.attributes span.name log.attributes[\"\"] -Concat");
  offers(FILE_OF, "set(log.body, 1)\nset(|", "^log.body resource.attributes -span.name");
  offers(FILE_OF, "set(resource.|", "^attributes schema_url -body");
  offers(FILE_OF, "set(log.body, resource.sch|", "schema_url attributes -body");
  offers(FILE_OF, "set(log.trace_id.|", "^string -trace_id");
  offers(FILE_OF, "set(resource.attributes[\"a\"], |", "log.body span.name"); /* the group may become one that sees resource */
  offers(FILE_OF, "context: resource\nset(attributes[\"a\"], |", "attributes resource.attributes -log.body");
  offers(FILE_OF, "context: span\nset(|", "span.name name span.kind");
  offers(FILE_OF, "set(log.cache[\"a\"], 1)\nset(|", "log.cache -resource.cache"); /* its own cache alone */
  offers(FILE_OF, "keep_keys(|", "^log.attributes log.body");
  offers_nothing(FILE_OF, "set(log.attributes[\"a\"].|");
  offers_nothing(FILE_OF, "set(log.body, 12|");
  offers_nothing(FILE_OF, "set(log.body, \"te|");
  offers_nothing(FILE_OF, "'|"); /* not a string of OTTL */
  offers_nothing(FILE_OF, "set(log.attributes['|");
  choosing(FILE_OF, "set(log.at|, 1)", "attributes[\"\"]", "set(log.attributes[\"|\"], 1)");
}

static void test_complete_values(void **state) {
  (void)state;
  offers(FILE_OF, "set(log.severity_number, |", "^SEVERITY_NUMBER_ERROR log.flags nil");
  offers(FILE_OF, "set(log.body, \"a\") where log.severity_number == |", "^SEVERITY_NUMBER_WARN Len");
  offers(FILE_OF, "set(span.name, \"a\") where span.kind == SPAN_|", "^SPAN_KIND_SERVER -STATUS_CODE_OK");
  offers(FILE_OF, "set(log.body, \"a\") where |", "log.body IsMatch not true -set -where");
  offers(FILE_OF, "set(log.body, \"a\") where sev|", "log.severity_number");
  offers(FILE_OF, "set(log.body, \"a\") w|", "^where -and");
  offers(FILE_OF, "set(log.body, \"a\") where log.flags |", "== and or -where -log.body");
  offers(FILE_OF, "set(log.body, \"a\") where log.flags == 1 a|", "^and or -where");
  offers(FILE_OF, "set(log.body, Concat(|", "delimiter= -set");
  offers(FILE_OF, "replace_all_patterns(log.attributes, \"key\", \"a\", \"b\", |", "function= replacement_format=");
  offers(FILE_OF, "replace_all_patterns(log.attributes, \"key\", \"a\", \"b\", function=|", "^SHA256 -log.body");
  offers_nothing(FILE_OF, "set(log.body, \"a\")|"); /* an operator wants a blank */
  choosing(FILE_OF, "set(log.body, Con|)", "Concat", "set(log.body, Concat(|))");
}

static void test_complete_lambda(void **state) {
  (void)state;
  ottl_compile_options compile;
  ottl_compile_options_init(&compile);
  compile.experimental = true;
  ottl_document_options o = options_of(FILE_OF);
  ottl_completions c;
  o.compile = &compile;
  asked a = ask_with(&o, "set(log.body, Filter(log.attributes[\"n\"], |");
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  assert_non_null(find_label(&c, "(k, v) => "));
  done(&a);
  a = ask_with(&o, "set(log.body, Filter(log.attributes[\"n\"], (i, elem) => |");
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  expect_labels(a.text, &c, "^elem ^i log.body");
  done(&a);
  a = ask_with(&o, "set(log.body, [Filter(log.attributes[\"n\"], (i, elem) => elem), |");
  assert_int_equal(ottl_document_complete(a.document, a.offset, &c), OTTL_OK);
  expect_labels(a.text, &c, "-elem -i log.body"); /* behind the lambda */
  done(&a);
}

static void test_complete_keys(void **state) {
  (void)state;
  static const char body[] =
      "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
      "\"a\"}}]},\"scopeLogs\":[{\"logRecords\":[{\"attributes\":[{\"key\":\"http\",\"value\":{\"kvlistValue\":{"
      "\"values\":[{\"key\":\"status\",\"value\":{\"intValue\":\"200\"}}]}}}],\"body\":{\"kvlistValue\":{"
      "\"values\":[{\"key\":\"msg\",\"value\":{\"stringValue\":\"x\"}}]}}}]}]}]}";
  ottl_json *json;
  ottl_sample *made;
  const uint8_t *wire;
  size_t len;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, body, sizeof body - 1, &wire, &len), OTTL_OK);
  assert_int_equal(ottl_sample_create(NULL, &made), OTTL_OK);
  assert_int_equal(ottl_sample_add(made, OTTL_SIGNAL_LOGS, wire, len), OTTL_OK);
  assert_int_equal(ottl_sample_add(made, OTTL_SIGNAL_LOGS, wire, len), OTTL_OK);
  assert_int_equal(ottl_sample_keys(made), 4);
  assert_int_equal(ottl_sample_add(made, OTTL_SIGNAL_LOGS, (const uint8_t *)"\x0a\xff", 2), OTTL_DATA);
  assert_int_equal(ottl_sample_add(made, OTTL_SIGNAL_NONE, wire, len), OTTL_INVALID_ARG);
  sample = made;
  offers(FILE_OF, "set(log.attributes[\"|", "^http -service.name -status");
  offers(FILE_OF, "set(resource.attributes[\"se|\"], 1)", "^service.name -http");
  offers(FILE_OF, "set(log.attributes[\"http\"][\"|", "^status -http");
  offers(FILE_OF, "context: log\nset(body[\"|", "^msg");
  offers(FILE_OF, "context: log\nset(attributes[\"mine\"], 1)\nset(log.body, attributes[\"|", "^http mine");
  offers(FILE_OF, "context: log\nset(attributes[\"\"], attributes[\"\\n\"])\nset(log.body, attributes[\"|",
         "^http"); /* no name to show */
  choosing(FILE_OF, "set(log.attributes[\"h|", "http", "set(log.attributes[\"http\"]|");
  choosing(FILE_OF, "set(log.attributes[\"h|\"], 1)", "http", "set(log.attributes[\"http|\"], 1)");
  sample = NULL;
  ottl_sample_free(made);
  ottl_json_free(json);
}

#define PROCESSOR "processors:\n  transform:\n    log_statements:\n"

static void test_complete_yaml(void **state) {
  (void)state;
  offers(YAML, PROCESSOR "      - |", "^set -extract_sum_metric");
  offers(YAML, PROCESSOR "      - set(log.body, \"a\")\n      - se|", "^set");
  offers(YAML, PROCESSOR "      - set(log.|", "^body attributes");
  offers(YAML, PROCESSOR "      - context: log\n        statements:\n          - set(|", "^log.body body");
  offers(YAML, PROCESSOR "      - set(log.body, \"a\") where |", "log.body IsMatch");
  offers(YAML, PROCESSOR "      - 'set(log.body, |'", "Concat");
  offers(YAML, PROCESSOR "      - \"set(log.body, |", "Concat"); /* no YAML yet */
  offers(YAML, PROCESSOR "      - \"set(log.attributes[\\\"a\\\"], |\"", "Concat log.body");
  offers(YAML, PROCESSOR "      - |\n        set(log.body,\n          |", "Concat");
  offers(YAML, "processors:\n  filter:\n    log_conditions:\n      - |", "log.body IsMatch -set");
  offers(YAML, "processors:\n  filter:\n    log_conditions:\n      - log.severity_number < |", "^SEVERITY_NUMBER_INFO");
  offers(YAML, "connectors:\n  routing:\n    table:\n      - condition: |\n        pipelines: [logs/a]\n", "resource.attributes");
  offers_nothing(YAML, "processors:\n  tra|");
  offers_nothing(YAML, PROCESSOR "      - set(log.body, 1) # |");
  choosing(YAML, PROCESSOR "      - \"set(log.at|", "attributes[\"\"]", PROCESSOR "      - \"set(log.attributes[\\\"|\\\"]");
  choosing(YAML, PROCESSOR "      - 'set(log.at|'", "attributes[\"\"]", PROCESSOR "      - 'set(log.attributes[\"|\"]'");
}

/* ---- hover ---- */

static void hovers(ottl_format_form form, const char *text, const char *range, const char *words) {
  ottl_hover h;
  asked a = ask(form, text);
  assert_int_equal(ottl_document_hover(a.document, a.offset, &h), OTTL_OK);
  char *markdown = malloc(h.markdown.len + 1);
  memcpy(markdown, h.markdown.data, h.markdown.len);
  markdown[h.markdown.len] = 0;
  if (!words) {
    assert_int_equal(h.markdown.len, 0);
  } else {
    if (!strstr(markdown, words)) fail_msg("%s: no `%s` in\n%s", text, words, markdown);
    if (h.range.end - h.range.begin != strlen(range) || memcmp(a.text + h.range.begin, range, strlen(range)) != 0)
      fail_msg("%s: the range is `%.*s`", text, (int)(h.range.end - h.range.begin), a.text + h.range.begin);
  }
  free(markdown);
  done(&a);
}

static void test_hover(void **state) {
  (void)state;
  hovers(FILE_OF, "s|et(log.body, 1)", "set", "```ottl\nset(target: path, value: value");
  hovers(FILE_OF, "set(log.body, Con|cat([\"a\"], \"-\"))", "Concat", "Example");
  hovers(FILE_OF, "set(log.severity_num|ber, 1)", "log.severity_number", "- reads: int");
  hovers(FILE_OF, "set(l|og.severity_number, 1)", "log", "context `log`");
  hovers(FILE_OF, "context: l|og\nset(body, 1)", "log", "context `log`");
  hovers(FILE_OF, "context: log\nset(b|ody, 1)", "body", "log.body");
  hovers(FILE_OF, "set(log.body, SEVERITY_NUMBER_|ERROR)", "SEVERITY_NUMBER_ERROR", "= 17");
  hovers(FILE_OF, "set(log.body, \"a\") wh|ere true", "where", "begins the condition");
  hovers(FILE_OF, "set(log.body, \"a\") where not| true", "not", NULL);
  hovers(FILE_OF, "set(log.body, \"a\") where n|ot true", "not", "negates");
  hovers(FILE_OF, "set(log.attributes[\"a|\"], 1)", "log.attributes[\"a\"]", "A key of `log.attributes`");
  hovers(FILE_OF, "set(log.body, log.attributes[\"a|\"]) where IsString(log.attributes[\"a\"])", "log.attributes[\"a\"]",
         "Here: string");
  hovers(FILE_OF, "replace_all_patterns(log.attributes, \"key\", \"a\", \"b\", func|tion=SHA256)", "function", "A parameter of");
  hovers(FILE_OF, "replace_all_patterns(log.attributes, \"key\", \"a\", \"b\", function=SHA|256)", "SHA256", "SHA256(");
  hovers(FILE_OF, "set(log.body, 1|2)", "", NULL);
  hovers(YAML, PROCESSOR "      - \"set(log.attributes[\\\"a\\\"], Con|cat([\\\"a\\\"], \\\"-\\\"))\"", "Concat", "Concat(");
  hovers(YAML, PROCESSOR "      - >\n        set(log.body,\n        Con|cat([\"a\"], \"-\"))\n", "Concat", "Concat(");
}

/* ---- signatures ---- */

static void signs(ottl_format_form form, const char *text, const char *label, const char *active) {
  ottl_signature s;
  asked a = ask(form, text);
  assert_int_equal(ottl_document_signature(a.document, a.offset, &s), OTTL_OK);
  if (s.label.len < strlen(label) || memcmp(s.label.data, label, strlen(label)) != 0)
    fail_msg("%s: %.*s", text, (int)s.label.len, s.label.data);
  if (!label[0]) assert_int_equal(s.label.len, 0);
  if (active) {
    assert_true(s.active < s.n_params);
    const ottl_signature_param *p = &s.params[s.active];
    if (p->end - p->begin < strlen(active) || memcmp(s.label.data + p->begin, active, strlen(active)) != 0)
      fail_msg("%s: %.*s", text, (int)(p->end - p->begin), s.label.data + p->begin);
  } else {
    assert_int_equal(s.active, s.n_params);
  }
  done(&a);
}

static void test_signature(void **state) {
  (void)state;
  signs(FILE_OF, "set(|", "set(target: path, value: value", "target: path");
  signs(FILE_OF, "set(log.body, |", "set(", "value: value");
  signs(FILE_OF, "set(log.body, Concat([log.body, |", "Concat(", "vals");
  signs(FILE_OF, "set(log.body, Concat([log.body], \"a, (|", "Concat(", "delimiter");
  signs(FILE_OF, "set(log.attributes[|", "set(", "target");
  signs(FILE_OF, "set(log.body, Substring(log.body, length=|", "Substring(", "length");
  signs(FILE_OF, "set(log.body, 1, 2, 3, 4, |", "set(", NULL);
  signs(FILE_OF, "set(log.body, 1)|", "", NULL);
  signs(FILE_OF, "no_such(|", "", NULL);
  signs(YAML, PROCESSOR "      - \"set(log.body, |", "set(", "value");
}

/* ---- definitions ---- */

static void defines(ottl_format_form form, const char *text, const char *origin, const char *selection) {
  ottl_definition d;
  asked a = ask(form, text);
  assert_int_equal(ottl_document_definition(a.document, a.offset, &d), OTTL_OK);
  if (!selection) {
    assert_true(d.target.begin == d.target.end);
  } else {
    assert_int_equal(d.origin.end - d.origin.begin, strlen(origin));
    assert_memory_equal(a.text + d.origin.begin, origin, strlen(origin));
    if (d.selection.end - d.selection.begin != strlen(selection) ||
        memcmp(a.text + d.selection.begin, selection, strlen(selection)) != 0)
      fail_msg("%s: `%.*s`", text, (int)(d.selection.end - d.selection.begin), a.text + d.selection.begin);
    assert_true(d.target.begin <= d.selection.begin && d.target.end >= d.selection.end);
    assert_true(d.selection.begin < a.offset);
  }
  done(&a);
}

static void test_definition(void **state) {
  (void)state;
  defines(FILE_OF, "set(log.body, Filter(log.attributes[\"n\"], (i, elem) => el|em > 1))", "elem", "elem");
  defines(FILE_OF, "set(log.body, Filter(log.attributes[\"n\"], (i, elem) => e|ls > 1))", "", NULL);
  defines(FILE_OF, "set(log.attributes[\"a\"], 1)\nset(log.body, log.attributes[\"a|\"])", "log.attributes[\"a\"]",
          "log.attributes[\"a\"]");
  defines(FILE_OF, "context: log\nset(attributes[\"a\"], 1)\nset(log.body, log.attri|butes[\"a\"])", "log.attributes[\"a\"]",
          "attributes[\"a\"]");
  defines(FILE_OF, "set(log.attributes[\"b\"], 1)\nset(log.body, log.attributes[\"a|\"])", "", NULL);
  defines(FILE_OF, "set(log.body, log.attributes[\"a|\"])\nset(log.attributes[\"a\"], 1)", "", NULL);
  defines(YAML, PROCESSOR "      - set(log.attributes[\"a\"], 1)\n      - 'set(log.body, log.attributes[\"a|\"])'\n",
          "log.attributes[\"a\"]", "log.attributes[\"a\"]");
  defines(YAML,
          "processors:\n  transform/a:\n    log_statements: [set(log.body\\, 1)]\n  batch:\nservice:\n  pipelines:\n    logs:\n"
          "      processors: [bat|ch]\n",
          "batch", "batch");
  defines(YAML, "receivers:\n  otlp:\nservice:\n  pipelines:\n    logs:\n      receivers: [otl|p]\n", "otlp", "otlp");
  defines(YAML, "receivers:\n  otlp:\nservice:\n  pipelines:\n    logs:\n      receivers: [otl|x]\n", "", NULL);
  defines(YAML, "a: &one [1]\nab: &one2 [2]\nb: *on|e\n", "*one", "&one");
}

/* ---- whole documents ---- */

static void test_symbols(void **state) {
  (void)state;
  static const char text[] = "set(log.body,\n  1)\ncontext: span\n# c\nset(name, \"a\")\ncontext: metric\n";
  const ottl_symbol *s;
  size_t n;
  ottl_document_options o = options_of(FILE_OF);
  ottl_document *d;
  assert_int_equal(ottl_document_create(text, sizeof text - 1, &o, &d), OTTL_OK);
  assert_int_equal(ottl_document_symbols(d, &s, &n), OTTL_OK);
  static const struct {
    const char *name, *detail;
    ottl_symbol_kind kind;
    uint32_t depth;
  } wanted[] = {{"set(log.body, 1)", "log", OTTL_SYMBOL_STATEMENT, 0},
                {"context: span", "", OTTL_SYMBOL_SECTION, 0},
                {"set(name, \"a\")", "span", OTTL_SYMBOL_STATEMENT, 1},
                {"context: metric", "", OTTL_SYMBOL_SECTION, 0}};
  assert_int_equal(n, 4);
  for (size_t i = 0; i < n; i++) {
    assert_int_equal(s[i].name.len, strlen(wanted[i].name));
    assert_memory_equal(s[i].name.data, wanted[i].name, s[i].name.len);
    assert_int_equal(s[i].detail.len, strlen(wanted[i].detail));
    assert_int_equal(s[i].kind, wanted[i].kind);
    assert_int_equal(s[i].depth, wanted[i].depth);
  }
  const ottl_fold *f;
  assert_int_equal(ottl_document_folds(d, &f, &n), OTTL_OK);
  assert_int_equal(n, 2); /* the first statement, the section of spans */
  ottl_document_free(d);
}

static void test_symbols_yaml(void **state) {
  (void)state;
  static const char text[] = "processors:\n  transform/x:\n    trace_statements:\n      - &a set(span.name, \"a\")\n      - *a\n"
                             "  filter:\n    log_conditions:\n      - log.body == nil\n";
  const ottl_symbol *s;
  size_t n;
  ottl_document_options o = options_of(YAML);
  ottl_document *d;
  assert_int_equal(ottl_document_create(text, sizeof text - 1, &o, &d), OTTL_OK);
  assert_int_equal(ottl_document_symbols(d, &s, &n), OTTL_OK);
  assert_int_equal(n, 4); /* the alias is no statement of its own */
  assert_memory_equal(s[0].name.data, "transform/x", 11);
  assert_int_equal(s[1].kind, OTTL_SYMBOL_STATEMENT);
  assert_int_equal(s[2].kind, OTTL_SYMBOL_COMPONENT);
  assert_int_equal(s[3].kind, OTTL_SYMBOL_CONDITION);
  ottl_document_free(d);
}

static void expect_tokens(ottl_format_form form, const char *text, const char *wanted) {
  static const char *const names[] = {"comment", "keyword",   "editor", "converter", "context", "path",    "enum",
                                      "local",   "parameter", "string", "key",       "number",  "operator"};
  const ottl_language_token *t;
  size_t n;
  char got[2000];
  size_t len = 0;
  ottl_document_options o = options_of(form);
  ottl_document *d;
  assert_int_equal(ottl_document_create(text, strlen(text), &o, &d), OTTL_OK);
  assert_int_equal(ottl_document_tokens(d, &t, &n), OTTL_OK);
  got[0] = 0;
  for (size_t i = 0; i < n; i++) {
    len += (size_t)snprintf(got + len, sizeof got - len, "%s%s%s:%.*s", i ? " " : "", names[t[i].kind], t[i].unknown ? "?" : "",
                            (int)(t[i].range.end - t[i].range.begin), text + t[i].range.begin);
    if (i) assert_true(t[i].range.begin >= t[i - 1].range.end);
  }
  assert_string_equal(got, wanted);
  ottl_document_free(d);
}

static void test_tokens(void **state) {
  (void)state;
  expect_tokens(
      FILE_OF, "# hi\ncontext: log\nset(log.attributes[\"a\"], Concat([body, \"x\"], delimiter=\"-\")) where not foo(bar.baz)\n",
      "comment:# hi keyword:context context:log editor:set context:log path:attributes key:\"a\" converter:Concat path:body "
      "string:\"x\" parameter:delimiter operator:= string:\"-\" keyword:where keyword:not editor?:foo path?:bar path?:baz");
  expect_tokens(
      FILE_OF, "set(log.body, Filter({\"k\": 1}, (a, b) => b > 0x1f and log.severity_number == SEVERITY_NUMBER_INFO))",
      "editor:set context:log path:body converter:Filter key:\"k\" number:1 local:a local:b operator:=> local:b operator:> "
      "number:0x1f keyword:and context:log path:severity_number operator:== enum:SEVERITY_NUMBER_INFO");
  expect_tokens(YAML, PROCESSOR "      - set(log.body, 'it''s')\n      - \"set(log.body, \\\"a\\\")\"\n",
                "editor:set context:log path:body string:'it' string:'s' editor:set context:log path:body string:\\\"a\\\"");
  /* not a context line: something stands behind the name */
  expect_tokens(FILE_OF, "context:log\"a\"\ncontext : span\n",
                "path?:context path?:log string:\"a\" keyword:context context:span");
  /* a string that nobody closed, over a comment */
  expect_tokens(FILE_OF, "set(log.body, \"a\n  # b\n  c)\n", "editor:set context:log path:body string:\"a\n   comment:# b");
  expect_tokens(FILE_OF, "", "");
}

static void test_words(void **state) {
  (void)state;
  static const ottl_token_kind kinds[] = {OTTL_TOKEN_KEYWORD, OTTL_TOKEN_EDITOR, OTTL_TOKEN_CONVERTER,
                                          OTTL_TOKEN_CONTEXT, OTTL_TOKEN_PATH,   OTTL_TOKEN_ENUM};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    size_t n = 0;
    const char *word;
    for (; (word = ottl_language_word(kinds[k], n)); n++) {
      for (size_t b = 0; b < n; b++) assert_string_not_equal(word, ottl_language_word(kinds[k], b));
    }
    assert_true(n > 5);
  }
  assert_null(ottl_language_word(OTTL_TOKEN_STRING, 0));
}

/* ---- hostile ---- */

static void ask_everything(ottl_document *d, size_t offset) {
  ottl_completions c;
  ottl_hover h;
  ottl_signature s;
  ottl_definition f;
  const ottl_symbol *symbols;
  const ottl_language_token *tokens;
  const ottl_fold *folds;
  size_t n;
  assert_int_equal(ottl_document_complete(d, offset, &c), OTTL_OK);
  assert_int_equal(ottl_document_hover(d, offset, &h), OTTL_OK);
  assert_int_equal(ottl_document_signature(d, offset, &s), OTTL_OK);
  assert_int_equal(ottl_document_definition(d, offset, &f), OTTL_OK);
  assert_int_equal(ottl_document_symbols(d, &symbols, &n), OTTL_OK);
  assert_int_equal(ottl_document_tokens(d, &tokens, &n), OTTL_OK);
  assert_int_equal(ottl_document_folds(d, &folds, &n), OTTL_OK);
}

static const char *const texts[] = {
    "# c\ncontext: log\nset(log.attributes[\"a\"], Concat([body, \"x\"], delimiter=\"-\")) where not IsMatch(body, \"a\") and "
    "true\n",
    "set(log.body, Filter({\"k\": [1, (2)]}, (a, b) => b[\"x\"].y > 1.5))\n\n  where\n",
    PROCESSOR "      - context: log\n        conditions: [\"log.body == \\\"a\\u00e9\\\"\"]\n        statements:\n          - |\n"
              "            set(log.body,\n              1)\n          - >-\n            set(log.body,\n\n            2)\n        "
              "  - 'it''s'\n",
};

/* Every beginning of a text, at every place near its end, and with a byte that does not belong there. */
static void test_prefixes(void **state) {
  (void)state;
  static const char odd[] = "\"'([{}])\\.,#&*\n\t\xc3";
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
    for (size_t len = 0; len <= strlen(texts[t]); len++) {
      char *text = malloc(len + 2);
      memcpy(text, texts[t], len);
      text[len] = odd[len % (sizeof odd - 1)];
      for (size_t more = 0; more < 2; more++) {
        ottl_document_options o = options_of(t == 2 ? YAML : FILE_OF);
        ottl_document *d;
        assert_int_equal(ottl_document_create(text, len + more, &o, &d), OTTL_OK);
        ask_everything(d, len + more);
        ask_everything(d, len / 2);
        ottl_document_free(d);
      }
      free(text);
    }
  }
}

/* What would take a square of its length is cut short. */
static void test_long(void **state) {
  (void)state;
  static const char *const parts[] = {"[", "a.", "a[", "](", "(a,", "=> a ", "\"", ".a[\"b\"]", "A", "\n "};
  for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
    size_t one = strlen(parts[p]), len = 60000 / one * one;
    char *text = malloc(len + 200000);
    memcpy(text, "set(", 4);
    for (size_t i = 0; i < len; i += one) memcpy(text + 4 + i, parts[p], one);
    ottl_document_options o = options_of(FILE_OF);
    ottl_document *d;
    assert_int_equal(ottl_document_create(text, len + 4, &o, &d), OTTL_OK);
    ask_everything(d, len + 4);
    ottl_document_free(d);
    memset(text, 'a', 200000); /* too long to be asked about */
    assert_int_equal(ottl_document_create(text, 200000, &o, &d), OTTL_OK);
    ask_everything(d, 100000);
    ottl_document_free(d);
    free(text);
  }
}

static void test_arguments(void **state) {
  (void)state;
  ottl_document_options o = options_of(FILE_OF);
  ottl_document *d;
  ottl_completions c;
  assert_int_equal(ottl_document_create(NULL, 1, &o, &d), OTTL_INVALID_ARG);
  assert_int_equal(ottl_document_create("", 0, &o, NULL), OTTL_INVALID_ARG);
  o.struct_size = 1;
  assert_int_equal(ottl_document_create("", 0, &o, &d), OTTL_INVALID_ARG);
  assert_int_equal(ottl_document_create("", 0, NULL, &d), OTTL_OK);
  assert_int_equal(ottl_document_complete(d, 1, &c), OTTL_INVALID_ARG);
  assert_int_equal(ottl_document_complete(d, 0, NULL), OTTL_INVALID_ARG);
  ottl_document_free(d);
  ottl_document_free(NULL);
  ottl_sample_free(NULL);
}

static ottl_status ask_counted(counter *c, ottl_format_form form, const char *text, size_t len, size_t offset) {
  ottl_allocator al = counter_allocator(c);
  ottl_document_options o = options_of(form);
  ottl_document *d = NULL;
  ottl_completions completions;
  ottl_hover h;
  ottl_signature s;
  ottl_definition f;
  const ottl_symbol *symbols;
  const ottl_language_token *tokens;
  size_t n;
  o.allocator = &al;
  ottl_status status = ottl_document_create(text, len, &o, &d);
  if (status == OTTL_OK) status = ottl_document_complete(d, offset, &completions);
  if (status == OTTL_OK) status = ottl_document_hover(d, offset, &h);
  if (status == OTTL_OK) status = ottl_document_signature(d, offset, &s);
  if (status == OTTL_OK) status = ottl_document_definition(d, offset, &f);
  if (status == OTTL_OK) status = ottl_document_symbols(d, &symbols, &n);
  if (status == OTTL_OK) status = ottl_document_tokens(d, &tokens, &n);
  ottl_document_free(d);
  return status;
}

static void test_memory(void **state) {
  (void)state;
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
    size_t len = strlen(texts[t]);
    ottl_status status = OTTL_NOMEM;
    size_t at = 1;
    for (; status == OTTL_NOMEM; at++) {
      counter c = {.fail_at = at, .onwards = true};
      status = ask_counted(&c, t == 2 ? YAML : FILE_OF, texts[t], len, len - 12);
      assert_int_equal(c.live_blocks, 0);
      assert_int_equal(c.live_bytes, 0);
    }
    assert_int_equal(status, OTTL_OK);
    assert_true(at > 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_complete_begin),  cmocka_unit_test(test_complete_context),
      cmocka_unit_test(test_complete_paths),  cmocka_unit_test(test_complete_values),
      cmocka_unit_test(test_complete_lambda), cmocka_unit_test(test_complete_keys),
      cmocka_unit_test(test_complete_yaml),   cmocka_unit_test(test_hover),
      cmocka_unit_test(test_signature),       cmocka_unit_test(test_definition),
      cmocka_unit_test(test_symbols),         cmocka_unit_test(test_symbols_yaml),
      cmocka_unit_test(test_tokens),          cmocka_unit_test(test_words),
      cmocka_unit_test(test_prefixes),        cmocka_unit_test(test_long),
      cmocka_unit_test(test_arguments),       cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
