/* What a case puts in, or expects, as requests: records in short, OTLP/JSON written as YAML, or a file. */
#include "tooling/test.h"

#include "ottl/frame.h"

static const char *const request_keys[] = {
    [OTTL_SIGNAL_LOGS] = "resourceLogs", [OTTL_SIGNAL_TRACES] = "resourceSpans", [OTTL_SIGNAL_METRICS] = "resourceMetrics"};

/* The signal of OTLP/JSON as YAML. */
static ottl_signal otlp_signal(const cfg_node *node) {
  CFG_EACH(node && node->kind == CFG_MAP ? node : NULL, kid) {
    for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_METRICS; s++) {
      if (view_is(kid->key, request_keys[s])) return (ottl_signal)s;
    }
  }
  return OTTL_SIGNAL_NONE;
}

/* The signal whose records have most of the fields of the first one; logs when there is no telling. */
static ottl_signal guess_signal(test_run *t, const cfg_node *records) {
  const cfg_node *first = records && records->kind == CFG_LIST ? records->first : NULL;
  ottl_signal best = OTTL_SIGNAL_LOGS;
  size_t most = 0;
  for (int s = OTTL_SIGNAL_LOGS; first && s <= OTTL_SIGNAL_METRICS; s++) {
    const rec_schema *schema = ottl__test_schema(t->test, (ottl_signal)s);
    size_t known = schema ? ottl__rec_known(schema, first) : 0;
    if (known > most) best = (ottl_signal)s;
    if (known > most) most = known;
  }
  return best;
}

static bool read_file(test_run *t, test_key key, ottl_view *ret) {
  const char *path = ottl__test_text(t, key), *name;
  return path && ottl__test_file(t, t->c->f[key], path, ret, &name);
}

ottl_signal ottl__test_input_signal(test_run *t, bool *ret_sure) {
  const cfg_node *input = t->c->f[TEST_INPUT];
  ottl_view text;
  *ret_sure = true;
  if (t->c->f[TEST_INPUT_FILE]) {
    if (read_file(t, TEST_INPUT_FILE, &text) && ottl_message_encoding(text.data, text.len) == OTTL_ENCODING_JSON)
      return ottl_json_signal(text.data, text.len);
    return OTTL_SIGNAL_NONE;
  }
  ottl_signal signal = otlp_signal(input);
  if (signal != OTTL_SIGNAL_NONE) return signal;
  *ret_sure = false;
  return guess_signal(t, input);
}

static bool put_json(test_run *t, const cfg_node *node, ottl_view text, ottl_sbuf *out) {
  ottl_test *test = t->test;
  const uint8_t *wire;
  size_t len;
  ottl_status status = test->json ? OTTL_OK : ottl_json_create(&test->al, &test->json);
  if (status == OTTL_OK) status = ottl_json_to_wire(test->json, t->signal, text.data, text.len, &wire, &len);
  if (status == OTTL_NOMEM) t->r->fatal = status;
  if (status == OTTL_OK) {
    sbuf_put(out, wire, len);
    return true;
  }
  if (status != OTTL_NOMEM)
    CFG_ERROR(t->r, CONFIG_VALUE, cfg_span(t->r, node), "this is not OTLP: %s", ottl_json_error(test->json, NULL));
  return false;
}

static bool put_node(test_run *t, test_key key, const cfg_node *node, ottl_sbuf *out) {
  if (node->kind == CFG_LIST)
    return ottl__rec_request(t->r, t->schema, node, test_field(t, TEST_RESOURCE), test_field(t, TEST_SCOPE), out);
  if (otlp_signal(node) != OTTL_SIGNAL_NONE) {
    ottl_sbuf text;
    ottl__sbuf_init(&text, &t->test->al);
    ottl__rec_json(node, &text);
    if (text.failed) t->r->fatal = OTTL_NOMEM;
    bool ok = !text.failed && put_json(t, node, sbuf_all(&text), out);
    ottl__sbuf_done(&text);
    return ok;
  }
  ottl_diag_item *d = CFG_ERROR(t->r, CONFIG_KIND, cfg_span(t->r, node), "`%s` is a list of records, or OTLP/JSON, this is %s",
                                ottl__test_key_names[key], ottl__cfg_kind_name(node));
  if (node->kind == CFG_MAP) ottl__diag_help(d, "each record begins with `- `; OTLP/JSON has `%s`", request_keys[t->signal]);
  return false;
}

bool ottl__test_payload(test_run *t, test_key key, test_key file, ottl_sbuf *out) {
  ottl_view text;
  if (t->c->f[key]) return put_node(t, key, t->c->f[key], out);
  if (!read_file(t, file, &text)) return false;
  if (ottl_message_encoding(text.data, text.len) == OTTL_ENCODING_JSON) return put_json(t, t->c->f[file], text, out);
  sbuf_view(out, text);
  return true;
}
