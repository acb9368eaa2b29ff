/* Framings: every framing in pieces of every size, found and told; what is ambiguous; what is cut off or too large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ottl/frame.h"

/* ExportRequests: one resource with a schema URL; two resources, one of them empty; a larger one made in set_up. */
static const char small[] = "\x0a\x05\x0a\x00\x1a\x01s";
static const char two[] = "\x0a\x00\x0a\x02\x12\x00";
static char large[70000];
static size_t large_len;

/* A dictionary before and behind the resources. */
static const char profiles[] = "\x12\x09\x0a\x00\x2a\x00\x2a\x03"
                               "cpu"
                               "\x0a\x06\x12\x04\x12\x02\x12\x00\x12\x04\x32\x02\x08\x01";

typedef struct stream {
  char *data;
  size_t len;
} stream;

static void add(stream *s, const void *data, size_t len) {
  if (len == 0) return;
  s->data = realloc(s->data, s->len + len);
  assert_non_null(s->data);
  memcpy(s->data + s->len, data, len);
  s->len += len;
}

static void add_message(stream *s, ottl_framing framing, uint64_t index, const void *data, size_t len) {
  ottl_frame_edges edges;
  assert_int_equal(ottl_frame_edges_of(framing, index, data, len, &edges), OTTL_OK);
  add(s, edges.before, edges.n_before);
  add(s, data, len);
  add(s, edges.after, edges.n_after);
}

/* Takes the buffer, when it is the round for it: what was given out stays as it was, whatever becomes of the reader. */
static void take(ottl_frame_reader *reader, size_t round, ottl_view last, void **spare, size_t *spare_bytes) {
  if (round % 3) return;
  void *buffer, *copy = malloc(last.len + 1);
  size_t bytes;
  if (last.len) memcpy(copy, last.data, last.len);
  assert_int_equal(ottl_frame_reader_take(reader, *spare, *spare_bytes, &buffer, &bytes), OTTL_OK);
  if (last.len) assert_memory_equal(copy, last.data, last.len);
  free(copy);
  *spare = NULL;
  *spare_bytes = 0;
  if (!buffer) return;
  memset(buffer, 0xee, bytes);
  if (round % 2) {
    *spare = buffer;
    *spare_bytes = bytes;
  } else {
    free(buffer);
  }
}

/* Reads it all in pieces, writes what comes with a bar behind each message, and returns the status. */
static ottl_status cut(const stream *s, ottl_framing framing, size_t piece, size_t max, stream *out, ottl_framing *found) {
  ottl_frame_reader *reader;
  void *spare = NULL;
  size_t spare_bytes = 0, round = 0;
  assert_int_equal(ottl_frame_reader_create(NULL, framing, max, &reader), OTTL_OK);
  ottl_status status = OTTL_OK;
  for (size_t at = 0; status == OTTL_OK;) {
    size_t n = s->len - at < piece ? s->len - at : piece;
    if (n % 2) {
      void *room;
      assert_int_equal(ottl_frame_reader_room(reader, piece, &room), OTTL_OK);
      memcpy(room, s->data + at, n);
      assert_int_equal(ottl_frame_reader_fed(reader, n), OTTL_OK);
    } else {
      assert_int_equal(ottl_frame_reader_push(reader, s->data + at, n), OTTL_OK);
    }
    at += n;
    bool more = true;
    ottl_view message, last = {NULL, 0};
    while (more && (status = ottl_frame_reader_next(reader, &more, &message)) == OTTL_OK && more) {
      add(out, message.data, message.len);
      add(out, "|", 1);
      last = message;
    }
    take(reader, round++, last, &spare, &spare_bytes);
    if (n == 0) break;
  }
  *found = ottl_frame_reader_framing(reader);
  uint64_t offset;
  const char *why = ottl_frame_reader_error(reader, &offset);
  assert_true((status == OTTL_OK) == (*why == 0));
  assert_true(offset <= s->len);
  ottl_frame_reader_free(reader);
  free(spare);
  return status;
}

static void check(const stream *s, ottl_framing framing, ottl_framing wanted_framing, const stream *wanted) {
  size_t pieces[] = {1, 2, 3, 7, 64, 4096, 1 << 20};
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    if (s->len > 20000 && pieces[i] < 64) continue;
    stream out = {0};
    ottl_framing found;
    assert_int_equal(cut(s, framing, pieces[i], 0, &out, &found), OTTL_OK);
    assert_int_equal(found, wanted_framing);
    assert_int_equal(out.len, wanted->len);
    assert_memory_equal(out.data, wanted->data, out.len);
    free(out.data);
  }
}

static void test_binary(void **state) {
  (void)state;
  const struct {
    const char *data;
    size_t len;
  } messages[] = {{small, sizeof small - 1}, {two, sizeof two - 1}, {large, large_len}, {profiles, sizeof profiles - 1}, {"", 0},
                  {small, sizeof small - 1}};
  for (unsigned first = 0; first < 4; first++)
    for (ottl_framing framing = OTTL_FRAMING_PROTO; framing <= OTTL_FRAMING_PROTO_FRAMED; framing++) {
      stream s = {0}, wanted = {0};
      for (size_t i = first; i < 6; i++) {
        add_message(&s, framing, i, messages[i].data, messages[i].len);
        add(&wanted, messages[i].data, messages[i].len);
        if (framing != OTTL_FRAMING_PROTO) add(&wanted, "|", 1);
      }
      if (framing == OTTL_FRAMING_PROTO) add(&wanted, "|", 1);
      check(&s, framing, framing, &wanted);
      check(&s, OTTL_FRAMING_AUTO, framing, &wanted);
      free(s.data);
      free(wanted.data);
    }
}

/* The file exporter may compress each message, or frame JSON. */
static void test_framed_content(void **state) {
  (void)state;
  static const char *const contents[] = {"\x28\xb5\x2f\xfd compressed", "{\"resourceLogs\":[]}", "{ }"};
  for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
    stream s = {0}, wanted = {0};
    for (uint64_t k = 0; k < 2; k++) {
      add_message(&s, OTTL_FRAMING_PROTO_FRAMED, k, contents[i], strlen(contents[i]));
      add(&wanted, contents[i], strlen(contents[i]));
      add(&wanted, "|", 1);
    }
    check(&s, OTTL_FRAMING_AUTO, OTTL_FRAMING_PROTO_FRAMED, &wanted);
    free(s.data);
    free(wanted.data);
  }
}

static void check_text(const char *text, ottl_framing framing, const char *wanted) {
  stream s = {0}, w = {0};
  add(&s, text, strlen(text));
  add(&w, wanted, strlen(wanted));
  check(&s, framing, framing == OTTL_FRAMING_AUTO ? OTTL_FRAMING_JSONL : framing, &w);
  free(s.data);
  free(w.data);
}

static void test_json(void **state) {
  (void)state;
  check_text("{}", OTTL_FRAMING_AUTO, "{}|");
  check_text(" \n{ }\n", OTTL_FRAMING_JSON, "{ }|");
  check_text("{\"resourceLogs\":[]}\n{\"resourceLogs\":[]}\r\n\n", OTTL_FRAMING_AUTO,
             "{\"resourceLogs\":[]}|{\"resourceLogs\":[]}|");
  check_text("{\n  \"a\": \"}{\\\"]\\\\\"\n}{\"b\":[{},{\"long text in a string \\\" with } more\":1}]}", OTTL_FRAMING_AUTO,
             "{\n  \"a\": \"}{\\\"]\\\\\"\n}|{\"b\":[{},{\"long text in a string \\\" with } more\":1}]}|");
  check_text("", OTTL_FRAMING_JSONL, "");
  check_text(" \n", OTTL_FRAMING_JSONL, "");
}

static void check_fails(const char *data, size_t len, ottl_framing framing, size_t max, ottl_status wanted) {
  for (size_t piece = 1; piece < 100; piece += 33) {
    stream s = {0}, out = {0};
    ottl_framing found;
    add(&s, data, len);
    ottl_status status = cut(&s, framing, piece, max, &out, &found);
    if (status != wanted) fail_msg("%.*s: status %d", (int)len, data, status);
    free(s.data);
    free(out.data);
  }
}
#define BYTES(text) text, sizeof text - 1

static void test_refused(void **state) {
  (void)state;
  check_fails(BYTES("hello"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("[]"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("{hello}"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("{\"a\":1"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("{\"a\":1}x"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("{}{}"), OTTL_FRAMING_JSON, 0, OTTL_DATA);
  check_fails(BYTES("{\"a\":\"0123456789\"}"), OTTL_FRAMING_AUTO, 10, OTTL_LIMIT);
  check_fails(BYTES("\x07\x0a\x05\x0a\x00\x1a"), OTTL_FRAMING_AUTO, 0, OTTL_DATA);
  check_fails(BYTES("\x07\x0a\x05\x0a\x00\x1a"), OTTL_FRAMING_PROTO_DELIMITED, 0, OTTL_DATA);
  check_fails(BYTES("\x00\x00\x00"), OTTL_FRAMING_PROTO_FRAMED, 0, OTTL_DATA);
  check_fails(BYTES("\xff\xff\xff\xff\x0a"), OTTL_FRAMING_PROTO_FRAMED, 0, OTTL_LIMIT);
  check_fails(BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x0a"), OTTL_FRAMING_PROTO_DELIMITED, 0, OTTL_LIMIT);
  check_fails(BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x0a"), OTTL_FRAMING_PROTO_DELIMITED, 0, OTTL_DATA);
  check_fails(BYTES("\x0a\x05\x0a\x00\x1a\x01s"), OTTL_FRAMING_PROTO, 6, OTTL_LIMIT);
  check_fails(BYTES("\x0a\x05\x0a\x00\x1a\x01s"), OTTL_FRAMING_PROTO, 7, OTTL_OK);
  check_fails(BYTES("\x0a\x05\x0a\x00\x1a\x01s"), OTTL_FRAMING_AUTO, 7, OTTL_OK);
  /* One message whose first resource has ten bytes, or one of ten bytes after its length. */
  check_fails(BYTES("\x0a\x0a\x0a\x08\x0a\x06\x0a\x04\x0a\x02\x0a\x00"), OTTL_FRAMING_PROTO, 0, OTTL_OK);
  /* Cut anywhere: an answer, and the framing never wrong once there is enough to tell. */
  stream s = {0};
  add_message(&s, OTTL_FRAMING_PROTO_FRAMED, 0, small, sizeof small - 1);
  add_message(&s, OTTL_FRAMING_PROTO_FRAMED, 1, two, sizeof two - 1);
  for (size_t n = 0; n < s.len; n++) {
    stream part = {0}, out = {0};
    ottl_framing found;
    add(&part, s.data, n);
    ottl_status status = cut(&part, OTTL_FRAMING_AUTO, 5, 0, &out, &found);
    assert_int_equal(status, n == 0 || n == 4 + sizeof small - 1 ? OTTL_OK : OTTL_DATA);
    free(part.data);
    free(out.data);
  }
  free(s.data);
}

static void test_names(void **state) {
  (void)state;
  for (ottl_framing framing = OTTL_FRAMING_AUTO; framing <= OTTL_FRAMING_JSONL; framing++) {
    ottl_framing back = OTTL_FRAMING_AUTO;
    const char *name = ottl_framing_name(framing);
    assert_true(ottl_framing_parse(name, strlen(name), &back));
    assert_int_equal(back, framing);
  }
  ottl_framing back;
  assert_false(ottl_framing_parse("jso", 3, &back));
  assert_int_equal(ottl_message_encoding("\n{ }", 4), OTTL_ENCODING_JSON);
  assert_int_equal(ottl_message_encoding("{\"a\" :", 6), OTTL_ENCODING_JSON);
  assert_int_equal(ottl_message_encoding("\n{\n\"\n", 5), OTTL_ENCODING_PROTO);
  assert_int_equal(ottl_message_encoding(small, sizeof small - 1), OTTL_ENCODING_PROTO);
  assert_int_equal(ottl_message_encoding(NULL, 0), OTTL_ENCODING_PROTO);
  ottl_frame_edges edges;
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSONL, 0, "{\n}", 3, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_JSON, 1, "{}", 2, &edges), OTTL_INVALID_ARG);
  assert_int_equal(ottl_frame_edges_of(OTTL_FRAMING_AUTO, 0, "{}", 2, &edges), OTTL_INVALID_ARG);
}

static int set_up(void **state) {
  (void)state;
  /* 500 resources, each with an attribute-like content of 120 bytes. */
  for (int i = 0; i < 500; i++) {
    large[large_len++] = 0x0a;
    large[large_len++] = 122;
    large[large_len++] = 0x0a;
    large[large_len++] = 120;
    memset(large + large_len, '\n', 120);
    large_len += 120;
  }
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),          cmocka_unit_test(test_json),    cmocka_unit_test(test_binary),
      cmocka_unit_test(test_framed_content), cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, set_up, NULL);
}
