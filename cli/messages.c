/* The messages of the input, one after another, on this thread: read, decompressed, cut and turned into wire form. */
#include "messages.h"
#include "kafka.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_READ ((size_t)256 << 10)

typedef struct messages {
  const cli_options *options;
  ottl_signal signal;
  const char *what;
  int (*take)(void *context, const cli_message *message);
  void *context;
  cli_message m;
  io_codec *codec;
  ottl_json *json;
} messages;

static int message_signal(const messages *s, ottl_view text, ottl_signal *ret) {
  const cli_message *m = &s->m;
  ottl_signal wanted = s->signal ? s->signal : s->options->signal;
  ottl_signal found = m->json ? ottl_json_signal(text.data, text.len) : OTTL_SIGNAL_NONE;
  if (found && s->signal && s->signal != found)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "it has %s, the %s are about %s", CLI_AT(m), cli_signal_names[found], s->what,
                    cli_signal_names[s->signal]);
  if (found && wanted && wanted != found)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "it has %s, --signal says %s", CLI_AT(m), cli_signal_names[found],
                    cli_signal_names[wanted]);
  if (!wanted && !found && m->json)
    return cli_fail(CLI_PAYLOAD,
                    CLI_AT_FORMAT "this JSON has no resourceLogs, resourceSpans, resourceMetrics or resourceProfiles", CLI_AT(m));
  if (!wanted && !found)
    return cli_fail(CLI_USAGE, "protobuf does not tell logs, traces, metrics and profiles apart: give --signal");
  *ret = wanted ? wanted : found;
  return CLI_OK;
}

static int message_json(messages *s, ottl_view *text) {
  const cli_message *m = &s->m;
  const uint8_t *wire;
  size_t len, offset = 0;
  ottl_status status = s->json ? OTTL_OK : ottl_json_create(NULL, &s->json);
  if (status == OTTL_OK) status = ottl_json_to_wire(s->json, m->signal, text->data, text->len, &wire, &len);
  if (status != OTTL_OK) {
    const char *why = ottl_json_error(s->json, &offset);
    return cli_message_refused(CLI_AT(m), "OTLP/JSON", status, offset, why);
  }
  *text = (ottl_view){(const char *)wire, len};
  return CLI_OK;
}

static int message_unpack(messages *s, ottl_view *text) {
  io_error error;
  const void *data;
  if (io_compression_of(text->data, text->len) == IO_PLAIN) return CLI_OK;
  if (!s->codec && !(s->codec = io_codec_create())) return cli_fail(CLI_INTERNAL, "out of memory");
  if (io_unpack(s->codec, text->data, text->len, OTTL_FRAME_MAX_BYTES, &data, &text->len, &error) != IO_OK)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "%s", CLI_AT(&s->m), error.text);
  text->data = data;
  return CLI_OK;
}

static int message_take(messages *s, ottl_view text, ottl_framing framing) {
  bool framed = framing == OTTL_FRAMING_PROTO_FRAMED;
  int status = framed ? message_unpack(s, &text) : CLI_OK;
  if (status != CLI_OK) return status;
  ottl_encoding encoding = framed ? ottl_message_encoding(text.data, text.len) : ottl_framing_encoding(framing);
  s->m.json = encoding == OTTL_ENCODING_JSON;
  status = message_signal(s, text, &s->m.signal);
  if (status == CLI_OK && s->m.json) status = message_json(s, &text);
  if (status != CLI_OK) return status;
  s->m.wire = (const uint8_t *)text.data;
  s->m.len = text.len;
  return s->take(s->context, &s->m);
}

static int reader_failed(const messages *s, ottl_status status, const ottl_frame_reader *reader) {
  uint64_t offset = 0;
  const char *why = ottl_frame_reader_error(reader, &offset);
  if (status == OTTL_NOMEM) return cli_fail(CLI_INTERNAL, "out of memory");
  return cli_fail(CLI_PAYLOAD, "%s: byte %" PRIu64 ": %s", s->m.input, offset, why);
}

/* What the reader has by now. */
static int messages_there(messages *s, ottl_frame_reader *reader) {
  for (;;) {
    bool found = false;
    ottl_view text;
    ottl_status status = ottl_frame_reader_next(reader, &found, &text);
    if (status != OTTL_OK) return reader_failed(s, status, reader);
    if (!found) return CLI_OK;
    s->m.number++;
    int taken = message_take(s, text, ottl_frame_reader_framing(reader));
    if (taken != CLI_OK) return taken;
  }
}

static int messages_read(messages *s, io_input *in, ottl_frame_reader *reader) {
  io_error error;
  for (size_t n = 1; n;) {
    void *room;
    ottl_status status = ottl_frame_reader_room(reader, MESSAGES_READ, &room);
    if (status != OTTL_OK) return reader_failed(s, status, reader);
    io_status io = io_read(in, room, MESSAGES_READ, &n, &error);
    if (io != IO_OK) return cli_io_fail(io, &error);
    status = ottl_frame_reader_fed(reader, n);
    if (status != OTTL_OK) return reader_failed(s, status, reader);
    int taken = messages_there(s, reader);
    if (taken != CLI_OK) return taken;
  }
  return CLI_OK;
}

static int messages_file(messages *s, const char *path) {
  io_error error;
  io_input *in = NULL;
  ottl_frame_reader *reader = NULL;
  s->m.number = 0;
  if (cli_is_kafka(path)) return cli_kafka_not_here();
  s->m.input = !path || strcmp(path, "-") == 0 ? "standard input" : path;
  io_status io = io_open_input(path, NULL, &in, &error);
  if (io != IO_OK) return cli_io_fail(IO_FAILED, &error);
  int status = CLI_INTERNAL;
  if (ottl_frame_reader_create(NULL, s->options->from, 0, &reader) == OTTL_OK)
    status = messages_read(s, in, reader);
  else
    cli_fail(0, "out of memory");
  ottl_frame_reader_free(reader);
  io_close(in);
  return status;
}

int cli_messages(const cli_options *options, ottl_signal signal, const char *what,
                 int (*take)(void *context, const cli_message *message), void *context) {
  messages s = {.options = options, .signal = signal, .what = what, .take = take, .context = context};
  int status = CLI_OK;
  if (!options->files.n) status = messages_file(&s, NULL);
  for (size_t i = 0; i < options->files.n && status == CLI_OK; i++) status = messages_file(&s, options->files.items[i]);
  io_codec_free(s.codec);
  ottl_json_free(s.json);
  return status == CLI_ENOUGH ? CLI_OK : status;
}
