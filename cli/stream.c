/* Input to output, one message at a time:
 *
 *   file -> decompress -> cut into messages -> (JSON to wire) -> program -> (wire to JSON) -> frame -> compress -> file
 *
 * Memory is bounded by the largest message. The output takes framing and compression of the first input unless told. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STREAM_READ ((size_t)256 << 10)

typedef struct stream {
  const cli_options *options;
  cli_program *program;
  io_input *in;
  cli_sink *sinks, own; /* own: the only one, but for `ottl route` */
  size_t n_sinks;
  bool open;       /* they are */
  io_codec *codec; /* for messages that are compressed one by one */
  ottl_json *reader, *writer;
  ottl_framing framing; /* of the output; AUTO until the first message */
  uint64_t in_file;     /* messages of this file so far */
  bool closed;          /* nobody reads our output any more */
  cli_stats stats;
} stream;

static int stream_io(io_status status, const io_error *error) {
  return cli_fail(status == IO_CORRUPT || status == IO_LIMIT ? CLI_PAYLOAD : CLI_USAGE, "%s", error->text);
}

static int stream_out(stream *s, cli_sink *sink, io_status status, const io_error *error) {
  if (status == IO_OK) return CLI_OK;
  if (status != IO_CLOSED) return stream_io(status, error);
  sink->closed = true; /* `ottl ... | head` is no error */
  s->closed = s->n_sinks == 1;
  return CLI_OK;
}

/* "FILE: message 3", for errors. */
#define AT_FORMAT "%s: message %" PRIu64 ": "
#define AT(s)     io_input_name((s)->in), (s)->in_file

static int stream_json(stream *s, ottl_json **json) {
  if (*json) return CLI_OK;
  ottl_status status = ottl_json_create(NULL, json);
  (void)s;
  return status == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "JSON: %s", ottl_status_name(status));
}

/* Which signal a message is of: what the program works on, what JSON says. */
static int stream_signal(stream *s, ottl_encoding encoding, ottl_view message, ottl_signal *ret) {
  ottl_signal wanted = s->program->signal;
  ottl_signal found = encoding == OTTL_ENCODING_JSON ? ottl_json_signal(message.data, message.len) : OTTL_SIGNAL_NONE;
  if (wanted && found && wanted != found)
    return cli_fail(CLI_PAYLOAD, AT_FORMAT "it has %s, the %s are about %s", AT(s), cli_signal_names[found],
                    cli_program_what(s->program), cli_signal_names[wanted]);
  if (!wanted && !found && encoding == OTTL_ENCODING_JSON)
    return cli_fail(CLI_PAYLOAD, AT_FORMAT "this JSON has no resourceLogs, resourceSpans, resourceMetrics or resourceProfiles",
                    AT(s));
  if (!wanted && !found)
    return cli_fail(CLI_USAGE,
                    "protobuf does not tell logs, traces, metrics and profiles apart, and neither do the %s: give --signal",
                    cli_program_what(s->program));
  *ret = wanted ? wanted : found;
  return CLI_OK;
}

/* Of files that are named after pipelines. */
static const char *stream_ending(ottl_framing framing, io_compression compression, char *text, size_t size) {
  static const char *const packed[] = {"", ".gz", ".zst"};
  bool json = framing == OTTL_FRAMING_JSON, lines = framing == OTTL_FRAMING_JSONL;
  snprintf(text, size, "%s%s", json ? ".json" : lines || framing == OTTL_FRAMING_AUTO ? ".jsonl" : ".pb", packed[compression]);
  return text;
}

static int stream_open_output(stream *s, ottl_framing found) {
  const cli_options *o = s->options;
  io_error error;
  char ending[16];
  s->framing = o->to != OTTL_FRAMING_AUTO ? o->to : found;
  s->open = true;
  io_compression compression = o->compress_given ? o->compress : s->in ? io_input_compression(s->in) : IO_PLAIN;
  int status = CLI_OK;
  if (s->program->routes) {
    status = cli_routes_open_sinks(s->program, stream_ending(s->framing, compression, ending, sizeof ending));
    cli_routes_sinks(s->program, &s->sinks, &s->n_sinks);
  }
  for (size_t i = 0; i < s->n_sinks && status == CLI_OK; i++) {
    if (s->program->routes && !s->sinks[i].path) continue;
    io_status io = io_open_output(s->sinks[i].path, compression, 0, &s->sinks[i].out, &error);
    if (io != IO_OK) status = stream_io(io, &error);
  }
  return status;
}

static int stream_write(stream *s, cli_sink *sink, const void *data, size_t len, io_compression packed) {
  io_error error;
  io_status io = IO_OK;
  ottl_frame_edges edges;
  if (packed != IO_PLAIN && (io = io_pack(s->codec, packed, 0, data, len, &data, &len, &error)) != IO_OK)
    return stream_io(io, &error);
  ottl_status status = ottl_frame_edges_of(s->framing, sink->written, data, len, &edges);
  if (status == OTTL_INVALID_ARG && s->framing == OTTL_FRAMING_JSON && sink->written)
    return cli_fail(CLI_USAGE, "there are several messages and format json holds one: use --to jsonl");
  if (status != OTTL_OK)
    return cli_fail(CLI_PAYLOAD, AT_FORMAT "it does not fit into format %s", AT(s), ottl_framing_name(s->framing));
  sink->written++;
  s->stats.bytes_out += len;
  if (edges.n_before) io = io_write(sink->out, edges.before, edges.n_before, &error);
  if (io == IO_OK) io = io_write(sink->out, data, len, &error);
  if (io == IO_OK && edges.n_after) io = io_write(sink->out, edges.after, edges.n_after, &error);
  return stream_out(s, sink, io, &error);
}

/* The failure that ended the run: there may be others before it, which were ignored. */
static bool stream_failure(const cli_step *step, size_t *ret_error, ottl_row_error *ret) {
  for (*ret_error = 0; ottl_exec_error(step->exec, *ret_error, ret); ++*ret_error) {
    if (ottl_program_error_mode(step->program, ret->group) == OTTL_ERROR_PROPAGATE) return true;
  }
  return false;
}

static int stream_failed(stream *s, const cli_step *step, size_t error, const ottl_row_error *e, ottl_signal signal, bool bytes) {
  char place[160];
  cli_record record;
  cli_failure_place(s->program, step->processor, e->group, e->statement, e->condition, place, sizeof place);
  cli_record_of(step->exec, error, bytes, &record);
  bool known = record.place[0];
  cli_fail(0, AT_FORMAT "%s failed on %s %" PRIu64 "%s%s%s: %s: %s", AT(s), place, record.name, e->item + 1, known ? " (" : "",
           record.place, known ? ")" : "", e->code, e->message);
  char *values = s->options->show_values ? cli_record_values(step->exec, error, signal) : NULL;
  if (values) cli_fail(0, "it came as %s", values);
  free(values);
  return cli_fail(CLI_ROW, "stopped there; %s goes on", s->options->config ? "`error_mode: ignore`" : "--error-mode ignore");
}

static int stream_refused(stream *s, const cli_step *step, ottl_status status, ottl_signal signal, bool bytes) {
  ottl_exec *exec = step->exec;
  size_t offset = 0;
  const char *why = ottl_exec_failure(exec, &offset);
  ottl_row_error e;
  size_t error;
  if (status == OTTL_RUNTIME && stream_failure(step, &error, &e)) return stream_failed(s, step, error, &e, signal, bytes);
  if (status == OTTL_RUNTIME) return cli_fail(CLI_ROW, AT_FORMAT "a record failed", AT(s));
  if (status == OTTL_DATA || status == OTTL_LIMIT)
    return cli_fail(CLI_PAYLOAD, AT_FORMAT "not valid OTLP at byte %zu: %s", AT(s), offset, why ? why : ottl_status_name(status));
  return cli_fail(CLI_INTERNAL, AT_FORMAT "%s", AT(s), ottl_status_name(status));
}

static int stream_bad_json(stream *s, const ottl_json *json, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_json_error(json, &offset);
  if (status == OTTL_DATA || status == OTTL_LIMIT)
    return cli_fail(CLI_PAYLOAD, AT_FORMAT "not valid OTLP/JSON at byte %zu: %s", AT(s), offset, why);
  return cli_fail(CLI_INTERNAL, AT_FORMAT "JSON: %s", AT(s), ottl_status_name(status));
}

/* A message of the input, while it is worked on. */
typedef struct stream_input {
  ottl_view message;
  ottl_signal signal;
  ottl_encoding encoding, wanted;
  io_compression packed;
} stream_input;

/* What became of it. unchanged: the bytes are those that came in. */
static int stream_hand_on(stream *s, cli_sink *sink, const stream_input *in, const uint8_t *data, size_t len, bool unchanged) {
  ottl_view message = in->message;
  int status = CLI_OK;
  if (sink->closed) return CLI_OK;
  if (unchanged && in->encoding == in->wanted && !(in->encoding == OTTL_ENCODING_JSON && memchr(message.data, '\n', message.len)))
    return stream_write(s, sink, message.data, message.len, in->packed);
  const char *text = (const char *)data;
  size_t text_len = len;
  if (in->wanted == OTTL_ENCODING_JSON && (status = stream_json(s, &s->writer)) == CLI_OK) {
    ottl_status json = ottl_json_from_wire(s->writer, in->signal, data, len, &text, &text_len);
    if (json != OTTL_OK) status = stream_bad_json(s, s->writer, json);
  }
  return status == CLI_OK ? stream_write(s, sink, text, text_len, in->packed) : status;
}

/* To each pipeline what it gets. */
static int stream_parts(stream *s, const ottl_exec *exec, const stream_input *in) {
  for (size_t i = 0; i < s->n_sinks; i++) {
    cli_sink *sink = &s->sinks[i];
    ottl_route_payload part;
    ottl_status got = ottl_route_output(exec, i, &part);
    if (got != OTTL_OK) return cli_fail(CLI_INTERNAL, AT_FORMAT "%s", AT(s), ottl_status_name(got));
    if (!part.data) continue;
    sink->records += part.records;
    sink->messages++;
    int status = sink->out ? stream_hand_on(s, sink, in, part.data, part.len, part.whole) : CLI_OK;
    if (status != CLI_OK) return status;
  }
  return CLI_OK;
}

/* One message, as it stands in the input. */
static int stream_message(stream *s, ottl_framing framing, ottl_view raw) {
  io_error error;
  ottl_view message = raw;
  io_compression packed = IO_PLAIN;
  s->in_file++;
  if (framing == OTTL_FRAMING_PROTO_FRAMED && (packed = io_compression_of(raw.data, raw.len)) != IO_PLAIN) {
    const void *data;
    if (!s->codec) s->codec = io_codec_create();
    if (!s->codec) return cli_fail(CLI_INTERNAL, "out of memory");
    io_status io = io_unpack(s->codec, raw.data, raw.len, OTTL_FRAME_MAX_BYTES, &data, &message.len, &error);
    if (io != IO_OK) return cli_fail(CLI_PAYLOAD, AT_FORMAT "%s", AT(s), error.text);
    message.data = data;
  }
  if (s->options->compress_given || s->framing != OTTL_FRAMING_PROTO_FRAMED) packed = IO_PLAIN;

  bool framed = framing == OTTL_FRAMING_PROTO_FRAMED;
  ottl_encoding encoding = framed ? ottl_message_encoding(message.data, message.len) : ottl_framing_encoding(framing);
  ottl_encoding wanted = s->options->to == OTTL_FRAMING_AUTO && s->framing == OTTL_FRAMING_PROTO_FRAMED
                             ? encoding
                             : ottl_framing_encoding(s->framing);
  ottl_signal signal = OTTL_SIGNAL_NONE;
  cli_step *steps = NULL;
  size_t n_steps = 0;
  int status = stream_signal(s, encoding, message, &signal);
  if (status == CLI_OK) status = cli_program_steps(s->program, signal, &steps, &n_steps);
  const uint8_t *wire = (const uint8_t *)message.data;
  size_t wire_len = message.len;
  if (status == CLI_OK && encoding == OTTL_ENCODING_JSON && (status = stream_json(s, &s->reader)) == CLI_OK) {
    ottl_status json = ottl_json_to_wire(s->reader, signal, message.data, message.len, &wire, &wire_len);
    if (json != OTTL_OK) status = stream_bad_json(s, s->reader, json);
  }
  if (status != CLI_OK) return status;

  ottl_result result = {.data = wire, .len = wire_len, .unchanged = true};
  s->stats.messages++;
  s->stats.bytes_in += message.len;
  for (size_t i = 0; i < n_steps && (result.data || result.unchanged); i++) { /* until nothing is left of it */
    ottl_result next;
    ottl_status run = ottl_exec_run(steps[i].exec, result.data, result.len, &next);
    bool bytes = encoding != OTTL_ENCODING_JSON && result.unchanged; /* else places are in what the steps before made of it */
    if (run != OTTL_OK) return stream_refused(s, &steps[i], run, signal, bytes);
    cli_stats_add(&s->stats, steps, i, &next, signal, bytes);
    next.unchanged &= result.unchanged;
    result = next;
  }
  stream_input in = {message, signal, encoding, wanted, packed};
  if (s->program->routes) return stream_parts(s, steps[0].exec, &in);
  if (!result.data && !result.unchanged) return CLI_OK; /* nothing is left of it */
  return stream_hand_on(s, &s->sinks[0], &in, result.data, result.len, result.unchanged);
}

/* All messages that the reader has by now. */
static int stream_messages(stream *s, ottl_frame_reader *reader) {
  for (;;) {
    bool found = false;
    ottl_view message;
    ottl_status status = ottl_frame_reader_next(reader, &found, &message);
    if (status != OTTL_OK) {
      uint64_t offset = 0;
      const char *why = ottl_frame_reader_error(reader, &offset);
      if (status == OTTL_NOMEM) return cli_fail(CLI_INTERNAL, "out of memory");
      return cli_fail(CLI_PAYLOAD, "%s: byte %" PRIu64 ": %s", io_input_name(s->in), offset, why);
    }
    if (!found) return CLI_OK;
    ottl_framing framing = ottl_frame_reader_framing(reader);
    int result = s->open ? CLI_OK : stream_open_output(s, framing);
    if (result == CLI_OK) result = stream_message(s, framing, message);
    if (result != CLI_OK || s->closed) return result;
  }
}

static int stream_file(stream *s, const char *path) {
  io_error error;
  ottl_frame_reader *reader = NULL;
  s->in_file = 0;
  if (io_open_input(path, NULL, &s->in, &error) != IO_OK) return cli_fail(CLI_USAGE, "%s", error.text);
  int result = CLI_OK;
  ottl_status status = ottl_frame_reader_create(NULL, s->options->from, 0, &reader);
  for (size_t n = 1; n && status == OTTL_OK && result == CLI_OK && !s->closed;) {
    void *room;
    status = ottl_frame_reader_room(reader, STREAM_READ, &room);
    if (status != OTTL_OK) break;
    io_status io = io_read(s->in, room, STREAM_READ, &n, &error);
    if (io != IO_OK) {
      result = stream_io(io, &error);
      break;
    }
    status = ottl_frame_reader_fed(reader, n);
    if (status == OTTL_OK) result = stream_messages(s, reader);
    /* A slow pipe: hand on what there is, before waiting for more. */
    bool slow = n && n < STREAM_READ && s->open && !s->closed && io_input_compression(s->in) == IO_PLAIN;
    for (size_t i = 0; i < s->n_sinks && result == CLI_OK && slow && !s->options->compress_given; i++) {
      cli_sink *sink = &s->sinks[i];
      if (sink->out && !sink->closed) result = stream_out(s, sink, io_flush(sink->out, &error), &error);
    }
  }
  if (status != OTTL_OK) result = cli_fail(CLI_INTERNAL, "%s: %s", io_input_name(s->in), ottl_status_name(status));
  ottl_frame_reader_free(reader);
  io_close(s->in);
  s->in = NULL;
  return result;
}

static double stream_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A pipe gets the messages before the one that failed; a file is as it was. */
static int stream_finish(stream *s, int status) {
  io_error error;
  bool all = true; /* files appear together, as far as that can be */
  for (size_t i = 0; i < s->n_sinks; i++) {
    cli_sink *sink = &s->sinks[i];
    if (!sink->out) continue;
    if ((status == CLI_OK && all) || !sink->path) {
      int finished = stream_out(s, sink, io_finish(sink->out, &error), &error);
      all &= finished == CLI_OK;
      if (status == CLI_OK) status = finished;
    } else {
      io_abandon(sink->out);
    }
    sink->out = NULL;
  }
  return status;
}

int cli_stream(const cli_options *options, cli_program *program) {
  stream s = {.options = options, .program = program, .n_sinks = 1, .stats.show_values = options->show_values};
  int status = CLI_OK;
  double start = stream_now();
  s.own.path = options->output;
  s.sinks = &s.own;
  if (!options->files.n) status = stream_file(&s, NULL);
  for (size_t i = 0; i < options->files.n && status == CLI_OK && !s.closed; i++)
    status = stream_file(&s, options->files.items[i]);
  if (!s.open && status == CLI_OK && (options->output || program->routes))
    status = stream_open_output(&s, OTTL_FRAMING_AUTO); /* no message: empty file */
  status = stream_finish(&s, status);
  s.stats.seconds = stream_now() - start;
  if (options->config || options->error_mode == OTTL_ERROR_IGNORE) cli_stats_warn(&s.stats, program);
  if (options->stats && status == CLI_OK) cli_stats_print(&s.stats);
  cli_stats_done(&s.stats);
  ottl_json_free(s.reader);
  ottl_json_free(s.writer);
  io_codec_free(s.codec);
  return status;
}
