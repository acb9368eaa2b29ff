/* JSON that no sender writes, and arguments that no host gives to readers of JSON and of framings. */
#include "unit/edges_help.h"

#include "counter.h"
#include "otlp/json_schema.h"

/* ---- JSON ---- */

/* The transcoder knows the types that the schema has. A new schema with another type has to be met there. */
static void types_of_the_schema(void **state) {
  OTTL_UNUSED(state);
  js_schema schema = {0};
  for (int signal = OTTL_SIGNAL_LOGS; signal <= OTTL_SIGNAL_PROFILES; signal++)
    assert_non_null(ottl__json_message(&schema, &arena, ottl__json_root(signal)));
  assert_null(ottl__json_root(OTTL_SIGNAL_NONE));
  assert_true(schema.n_messages > 30);
  for (unsigned i = 0; i < schema.n_messages; i++) {
    const js_message *m = schema.messages[i];
    for (unsigned k = 0; k < m->n_fields; k++) {
      const js_field *f = &m->fields[k];
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_FLOAT);
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_SINT64);
      assert_int_not_equal(f->type, PROTOBUF_C_TYPE_SFIXED32);
      assert_true(f->quoted_len <= JS_QUOTED);
      if (f->packed && f->wire_type != JS_VARINT) assert_true(f->kind == JS_KIND_DOUBLE || f->kind == JS_KIND_TIME);
    }
  }
}

/* Numbers whose wire form is longer than their text, in text that is not the usual one. */
static void more_wire_than_text(void **state) {
  OTTL_UNUSED(state);
  enum { N = 5000 };
  char *text = malloc(2 * N + 200);
  assert_non_null(text);
  size_t len = (size_t)sprintf(text, "{\"resource_metrics\":[{\"scope_metrics\":[{\"metrics\":[{\"histogram\":{\"data_points\":"
                                     "[{\"explicit_bounds\":[0");
  for (int i = 1; i < N; i++) len += (size_t)sprintf(text + len, ",%d", i % 10);
  len += (size_t)sprintf(text + len, "]}]}}]}]}]}");
  const uint8_t *wire_data;
  size_t wire_len, out_len;
  const char *out;
  bool finished = false;
  for (size_t fail_at = 1; !finished; fail_at++) {
    counter c = {.fail_at = fail_at};
    ottl_allocator al = counter_allocator(&c);
    ottl_json *json = NULL;
    ottl_status status = ottl_json_create(&al, &json);
    if (status == OTTL_OK) status = ottl_json_to_wire(json, OTTL_SIGNAL_METRICS, text, len, &wire_data, &wire_len);
    assert_true(status == OTTL_OK || status == OTTL_NOMEM);
    finished = status == OTTL_OK;
    if (finished) {
      c.fail_at = 0;
      assert_true(wire_len > 8 * N);
      assert_int_equal(ottl_json_from_wire(json, OTTL_SIGNAL_METRICS, wire_data, wire_len, &out, &out_len), OTTL_OK);
      assert_true(out_len < 2 * N + 200);
      assert_non_null(strstr(out, "\"explicitBounds\":[0,1,2,3,4,5,6,7,8,9,0,1,"));
    }
    ottl_json_free(json);
    assert_int_equal(c.live_bytes, 0);
  }
  free(text);
}

static void what_was_found_instead(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    const char *text, *found;
  } cases[] = {{"\"x\"", "a string"},
               {"{\"resourceLogs\":\"x\"}", "a string"},
               {"{\"resourceLogs\":true}", "a boolean"},
               {"{\"resourceLogs\":1}", "a number"},
               {"[]", "an array"},
               {"{\"resourceLogs\":{}}", "an object"},
               {"null", "null"}};
  ottl_json *json;
  const uint8_t *wire_data;
  size_t n;
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    assert_int_equal(ottl_json_to_wire(json, OTTL_SIGNAL_LOGS, cases[i].text, strlen(cases[i].text), &wire_data, &n), OTTL_DATA);
    if (!strstr(ottl_json_error(json, NULL), cases[i].found)) fail_msg("%s: %s", cases[i].text, ottl_json_error(json, NULL));
  }
  ottl_json_free(json);
}

static void arguments_of_json(void **state) {
  OTTL_UNUSED(state);
  ottl_json *json;
  const uint8_t *data;
  const char *text;
  size_t n;
  assert_int_equal(ottl_json_create(NULL, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_create(NULL, &json), OTTL_OK);
  const ottl_signal logs = OTTL_SIGNAL_LOGS, none = OTTL_SIGNAL_NONE, beyond = (ottl_signal)(OTTL_SIGNAL_PROFILES + 1);
  assert_int_equal(ottl_json_to_wire(NULL, logs, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, NULL, 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", 2, NULL, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", 2, &data, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, none, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, beyond, "{}", 2, &data, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_to_wire(json, logs, "{}", SIZE_MAX / 2, &data, &n), OTTL_LIMIT);
  assert_int_equal(ottl_json_from_wire(NULL, logs, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, NULL, 2, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", 0, NULL, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", 0, &text, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, none, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, beyond, (const uint8_t *)"", 0, &text, &n), OTTL_INVALID_ARG);
  assert_int_equal(ottl_json_from_wire(json, logs, (const uint8_t *)"", SIZE_MAX / 2, &text, &n), OTTL_LIMIT);
  assert_int_equal(ottl_json_from_wire(json, logs, NULL, 0, &text, &n), OTTL_OK);
  assert_string_equal(ottl_json_error(NULL, &n), "");
  assert_int_equal(n, 0);
  assert_int_equal(ottl_json_signal(NULL, 0), OTTL_SIGNAL_NONE);
  ottl_json_free(json);
  ottl_json_free(NULL);
}

/* ---- framings ---- */

static void arguments_of_framings(void **state) {
  OTTL_UNUSED(state);
  ottl_frame_reader *r;
  ottl_frame_edges edges;
  ottl_view message;
  bool found;
  void *room, *buffer;
  size_t bytes;
  uint64_t at;
  const ottl_framing beyond = (ottl_framing)77;
  assert_string_equal(ottl_framing_name(OTTL_FRAMING_JSONL), "jsonl");
  assert_string_equal(ottl_framing_name(beyond), "unknown");
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_AUTO, 0, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_create(NULL, beyond, 0, &r), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(beyond, 0, "", 0, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_AUTO, 0, "", 0, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO, 0, "", 0, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO, 0, NULL, 1, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSONL, 0, "a\nb", 3, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSONL, 0, "a\rb", 3, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSON, 1, "{}", 2, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_PROTO_FRAMED, 0, "x", (size_t)UINT32_MAX + 1, &edges), OTTL_LIMIT);
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_PROTO_DELIMITED, 100, &r), OTTL_OK);
  assert_int_equal(ottl_frame_reader_room(NULL, 1, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 1, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 0, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, SIZE_MAX, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(NULL, 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(r, 1), OTTL_INVALID_ARG); /* there was no room for it */
  assert_int_equal(ottl_frame_reader_push(NULL, "", 0), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_push(r, NULL, 1), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(NULL, &found, &message), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(r, NULL, &message), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_next(r, &found, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(NULL, NULL, 0, &buffer, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 0, NULL, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 0, &buffer, NULL), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_take(r, NULL, 3, &buffer, &bytes), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_framing(NULL), OTTL_FRAMING_AUTO);
  assert_string_equal(ottl_frame_reader_error(NULL, &at), "");
  assert_int_equal(at, 0);
  /* A length of eleven bytes; and what failed stays failed, at its place. */
  assert_int_equal(ottl_frame_reader_push(r, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11), OTTL_OK);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(ottl_frame_reader_next(r, &found, &message), OTTL_DATA);
    assert_string_equal(ottl_frame_reader_error(r, &at), "bad message length");
    assert_int_equal(at, 0);
  }
  ottl_frame_reader_free(r);
  ottl_frame_reader_free(NULL);
  /* The end comes once. */
  assert_int_equal(ottl_frame_reader_create(NULL, OTTL_FRAMING_PROTO, SIZE_MAX, &r), OTTL_OK);
  assert_int_equal(ottl_frame_reader_push(r, NULL, 0), OTTL_OK);
  assert_int_equal(ottl_frame_reader_push(r, "x", 1), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_room(r, 1, &room), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_reader_fed(r, 0), OTTL_INVALID_ARG);
  ottl_frame_reader_free(r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(types_of_the_schema), cmocka_unit_test(more_wire_than_text),   cmocka_unit_test(what_was_found_instead),
      cmocka_unit_test(arguments_of_json),   cmocka_unit_test(arguments_of_framings),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
