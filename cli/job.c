/* What a worker does with a message:
 *
 *   decompress -> (JSON to wire) -> program -> (wire to JSON) -> frame -> compress
 */
#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_PIECE ((size_t)1 << 20)   /* of what is compressed as one */
#define PART_PACK  ((size_t)256 << 10) /* less than that is gathered by the writer: small pieces compress badly */

struct cli_worker {
  cli_shared *shared;
  struct {
    cli_step *steps; /* the shared ones, with execs of this worker */
    size_t n;
  } by_signal[CLI_SIGNALS];
  io_codec *codec;
  ottl_json *reader, *writer;
  FILE *says; /* what is not about a message: for the job that it runs */
};

cli_worker *cli_worker_create(cli_shared *shared) {
  cli_worker *w = calloc(1, sizeof *w);
  if (w) w->shared = shared;
  return w;
}

void cli_worker_free(cli_worker *w) {
  if (!w) return;
  for (int s = 0; s < CLI_SIGNALS; s++) {
    for (size_t i = 0; i < w->by_signal[s].n; i++) ottl_exec_free(w->by_signal[s].steps[i].exec);
    free(w->by_signal[s].steps);
  }
  ottl_json_free(w->reader);
  ottl_json_free(w->writer);
  io_codec_free(w->codec);
  free(w);
}

io_codec *cli_worker_codec(cli_worker *w) {
  if (!w->codec) w->codec = io_codec_create();
  return w->codec;
}

/* -- parts -- */

bool cli_part_room(cli_part *part, size_t more) {
  if (more <= part->cap - part->len) return true;
  size_t cap = part->cap ? part->cap : (size_t)64 << 10;
  while (cap - part->len < more) {
    if (cap > SIZE_MAX / 2) return false;
    cap *= 2;
  }
  char *grown = realloc(part->data, cap);
  if (!grown) return false;
  part->data = grown;
  part->cap = cap;
  return true;
}

bool cli_part_add(cli_part *part, const void *data, size_t len) {
  if (!cli_part_room(part, len)) return false;
  if (len) memcpy(part->data + part->len, data, len);
  part->len += len;
  return true;
}

/* What was added last ends here. */
static bool part_cut(cli_part *part, size_t from) {
  if (!cli_grow(&part->cuts, part->n_cuts, &part->cap_cuts, sizeof *part->cuts)) return false;
  part->cuts[part->n_cuts++] = (cli_cut){part->len, from};
  return true;
}

io_status cli_part_pack(cli_part *part, io_codec *codec, io_compression compression, int level, io_error *error) {
  cli_part packed = {.written = part->written, .messages = part->messages, .records = part->records, .packed = true};
  size_t n = part->len ? (part->len + PART_PIECE - 1) / PART_PIECE : 1;
  io_status status = codec ? IO_OK : io_fail(error, IO_FAILED, "out of memory");
  for (size_t i = 0; i < n && status == IO_OK; i++) { /* pieces of the same size */
    size_t from = part->len / n * i, to = i + 1 == n ? part->len : part->len / n * (i + 1), len = 0;
    const void *data = NULL;
    status = io_pack(codec, compression, level, part->data + from, to - from, &data, &len, error);
    if (status == IO_OK && !cli_part_add(&packed, data, len)) status = io_fail(error, IO_FAILED, "out of memory");
  }
  if (status != IO_OK) {
    free(packed.data);
    return status;
  }
  free(part->data);
  *part = packed;
  return IO_OK;
}

/* -- a message -- */

/* A message while it is worked on. */
typedef struct job_message {
  cli_worker *worker;
  cli_job *job;
  const char *input; /* of the job */
  uint64_t number;   /* in its file, from 1; or its offset in the topic */
  size_t index;      /* in the job */
  ottl_view message;
  ottl_signal signal;
  ottl_encoding encoding, wanted;
  io_compression packed;
} job_message;

static int message_status(const job_message *m, ottl_status status) {
  return cli_fail(CLI_INTERNAL, CLI_AT_FORMAT "%s", CLI_AT(m), ottl_status_name(status));
}

static int message_json(const job_message *m, ottl_json **json) {
  if (*json) return CLI_OK;
  ottl_status status = ottl_json_create(NULL, json);
  return status == OTTL_OK ? CLI_OK : message_status(m, status);
}

/* Which signal a message is of: what the program works on, what JSON says. */
static int message_signal(job_message *m) {
  const cli_program *program = m->worker->shared->program;
  ottl_signal wanted = program->signal;
  ottl_signal found = m->encoding == OTTL_ENCODING_JSON ? ottl_json_signal(m->message.data, m->message.len) : OTTL_SIGNAL_NONE;
  if (wanted && found && wanted != found)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "it has %s, the %s are about %s", CLI_AT(m), cli_signal_names[found],
                    cli_program_what(program), cli_signal_names[wanted]);
  if (!wanted && !found && m->encoding == OTTL_ENCODING_JSON)
    return cli_fail(CLI_PAYLOAD,
                    CLI_AT_FORMAT "this JSON has no resourceLogs, resourceSpans, resourceMetrics or resourceProfiles", CLI_AT(m));
  if (!wanted && !found)
    return cli_fail(CLI_USAGE,
                    "protobuf does not tell logs, traces, metrics and profiles apart, and neither do the %s: give --signal",
                    cli_program_what(program));
  m->signal = wanted ? wanted : found;
  return CLI_OK;
}

/* The steps that all workers share, compiled when the first one asks. */
static int shared_steps(cli_worker *w, ottl_signal signal) {
  cli_shared *shared = w->shared;
  if (shared->by_signal[signal].made) {
    if (shared->by_signal[signal].said) fputs(shared->by_signal[signal].said, cli_says());
    return shared->by_signal[signal].status;
  }
  cli_capture capture;
  cli_capture_begin(&capture);
  int status = cli_program_steps(shared->program, signal, &shared->by_signal[signal].steps, &shared->by_signal[signal].n);
  char *said = cli_capture_end(&capture);
  if (said) fputs(said, status == CLI_OK ? w->says : cli_says());
  shared->by_signal[signal].made = true;
  shared->by_signal[signal].status = status;
  if (status != CLI_OK)
    shared->by_signal[signal].said = said;
  else
    free(said);
  return status;
}

/* Those of this worker. */
static int worker_steps(cli_worker *w, ottl_signal signal) {
  cli_shared *shared = w->shared;
  if (w->by_signal[signal].steps) return CLI_OK;
  pthread_mutex_lock(&shared->lock);
  int status = shared_steps(w, signal);
  pthread_mutex_unlock(&shared->lock);
  if (status != CLI_OK) return status;
  size_t n = shared->by_signal[signal].n;
  cli_step *steps = calloc(n + 1, sizeof *steps);
  if (!steps) return cli_fail(CLI_INTERNAL, "out of memory");
  w->by_signal[signal].steps = steps;
  w->by_signal[signal].n = n;
  for (size_t i = 0; i < n && status == CLI_OK; i++) {
    steps[i] = shared->by_signal[signal].steps[i];
    status = cli_exec_create(shared->program, steps[i].program, i == 0, &steps[i].exec);
  }
  return status;
}

static int message_bad_json(const job_message *m, const ottl_json *json, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_json_error(json, &offset);
  return cli_message_refused(CLI_AT(m), "OTLP/JSON", status, offset, why);
}

/* A message as it is written, framed, into a part. */
static int message_write(const job_message *m, cli_part *part, const void *data, size_t len) {
  const cli_shared *shared = m->worker->shared;
  io_error error;
  ottl_frame_edges edges;
  if (m->packed != IO_PLAIN) {
    io_status io = io_pack(m->worker->codec, m->packed, 0, data, len, &data, &len, &error);
    if (io != IO_OK) return cli_io_fail(io, &error);
  }
  if (part->apart) {
    part->written++;
    m->job->stats.bytes_out += len;
    return cli_part_add(part, data, len) && part_cut(part, m->index) ? CLI_OK : cli_fail(CLI_INTERNAL, "out of memory");
  }
  if (shared->framing == OTTL_FRAMING_JSON && part->written) return cli_one_json();
  ottl_status status = ottl_frame_edges_of(shared->framing, part->written, data, len, &edges);
  if (status != OTTL_OK)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "it does not fit into format %s", CLI_AT(m), ottl_framing_name(shared->framing));
  part->written++;
  m->job->stats.bytes_out += len;
  bool fits = cli_part_add(part, edges.before, edges.n_before) && cli_part_add(part, data, len) &&
              cli_part_add(part, edges.after, edges.n_after);
  return fits ? CLI_OK : cli_fail(CLI_INTERNAL, "out of memory");
}

/* What became of it. unchanged: the bytes are those that came in. */
static int message_hand_on(const job_message *m, cli_part *part, const uint8_t *data, size_t len, bool unchanged) {
  ottl_view message = m->message;
  bool fits = part->apart || m->encoding != OTTL_ENCODING_JSON || !memchr(message.data, '\n', message.len);
  if (unchanged && m->encoding == m->wanted && fits) return message_write(m, part, message.data, message.len);
  const char *text = (const char *)data;
  size_t text_len = len;
  ottl_json **writer = &m->worker->writer;
  if (m->wanted == OTTL_ENCODING_JSON) {
    int status = message_json(m, writer);
    if (status != CLI_OK) return status;
    ottl_status json = ottl_json_from_wire(*writer, m->signal, data, len, &text, &text_len);
    if (json != OTTL_OK) return message_bad_json(m, *writer, json);
  }
  return message_write(m, part, text, text_len);
}

/* To each pipeline what it gets. */
static int message_parts(const job_message *m, const ottl_exec *exec) {
  for (size_t i = 0; i < m->job->n_parts; i++) {
    cli_part *part = &m->job->parts[i];
    ottl_route_payload got;
    ottl_status status = ottl_route_output(exec, i, &got);
    if (status != OTTL_OK) return message_status(m, status);
    if (!got.data) continue;
    part->records += got.records;
    part->messages++;
    bool wanted = m->worker->shared->sinks[i] != SINK_NOWHERE;
    int written = wanted ? message_hand_on(m, part, got.data, got.len, got.whole) : CLI_OK;
    if (written != CLI_OK) return written;
  }
  return CLI_OK;
}

/* Through the program, and on. */
static int message_run(job_message *m, const uint8_t *wire, size_t len) {
  cli_step *steps = m->worker->by_signal[m->signal].steps;
  ottl_result result = {.data = wire, .len = len, .unchanged = true};
  m->job->stats.bytes_in += m->message.len;
  for (size_t i = 0; i < m->worker->by_signal[m->signal].n; i++) {
    ottl_result next;
    if (!result.data && !result.unchanged) break; /* nothing is left of it */
    ottl_status run = ottl_exec_run(steps[i].exec, result.data, result.len, &next);
    bool bytes = m->encoding != OTTL_ENCODING_JSON && result.unchanged; /* else places are in what the steps before made of it */
    if (run != OTTL_OK) {
      cli_refused refused = {m->worker->shared->program, &steps[i], m->input, m->number, m->signal, bytes};
      return cli_run_refused(&refused, run);
    }
    cli_stats_add(&m->job->stats, steps, i, &next, m->signal, bytes);
    next.unchanged &= result.unchanged;
    result = next;
  }
  if (m->worker->shared->program->routes) return message_parts(m, steps[0].exec);
  if (!result.data && !result.unchanged) return CLI_OK;
  return message_hand_on(m, &m->job->parts[0], result.data, result.len, result.unchanged);
}

static int message_unpack(job_message *m) {
  io_error error;
  const void *data;
  io_codec *codec = cli_worker_codec(m->worker);
  if (!codec) return cli_fail(CLI_INTERNAL, "out of memory");
  io_status io = io_unpack(codec, m->message.data, m->message.len, OTTL_FRAME_MAX_BYTES, &data, &m->message.len, &error);
  if (io != IO_OK) return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "%s", CLI_AT(m), error.text);
  m->message.data = data;
  return CLI_OK;
}

static int job_message_try(cli_job *job, cli_worker *w, size_t i) {
  const cli_shared *shared = w->shared;
  job_message m = {
      .worker = w, .job = job, .input = job->input, .number = job->before + i + 1, .index = i, .message = job->messages[i]};
  if (job->batch) cli_kafka_batch_place(job->batch, i, &m.input, &m.number);
  bool framed = job->framing == OTTL_FRAMING_PROTO_FRAMED;
  int status = CLI_OK;
  job->stats.messages++;
  if (framed && (m.packed = io_compression_of(m.message.data, m.message.len)) != IO_PLAIN) status = message_unpack(&m);
  if (shared->options->compress_given || shared->framing != OTTL_FRAMING_PROTO_FRAMED) m.packed = IO_PLAIN;
  if (status != CLI_OK) return status;
  m.encoding = framed ? ottl_message_encoding(m.message.data, m.message.len) : ottl_framing_encoding(job->framing);
  m.wanted = shared->options->to == OTTL_FRAMING_AUTO && shared->framing == OTTL_FRAMING_PROTO_FRAMED
                 ? m.encoding
                 : ottl_framing_encoding(shared->framing);
  status = message_signal(&m);
  if (status == CLI_OK) status = worker_steps(w, m.signal);
  const uint8_t *wire = (const uint8_t *)m.message.data;
  size_t wire_len = m.message.len;
  if (status == CLI_OK && m.encoding == OTTL_ENCODING_JSON && (status = message_json(&m, &w->reader)) == CLI_OK) {
    ottl_status json = ottl_json_to_wire(w->reader, m.signal, m.message.data, m.message.len, &wire, &wire_len);
    if (json != OTTL_OK) status = message_bad_json(&m, w->reader, json);
  }
  return status == CLI_OK ? message_run(&m, wire, wire_len) : status;
}

static void part_take_back(cli_part *part) {
  part->len = part->whole.len;
  part->n_cuts = part->whole.n_cuts;
  part->written = part->whole.written;
  part->messages = part->whole.messages;
  part->records = part->whole.records;
}

/* One message, as it stands in the input. Of one that fails no part keeps anything. */
static int job_message_run(cli_job *job, cli_worker *w, size_t i) {
  uint64_t bytes_out = job->stats.bytes_out;
  int status = job_message_try(job, w, i);
  if (status != CLI_OK) job->stats.bytes_out = bytes_out;
  for (size_t p = 0; p < job->n_parts; p++) {
    cli_part *part = &job->parts[p];
    if (status == CLI_OK)
      part->whole = (cli_extent){part->len, part->n_cuts, part->written, part->messages, part->records};
    else
      part_take_back(part);
  }
  return status;
}

/* -- jobs -- */

bool cli_job_add(cli_job *job, ottl_view message) {
  if (!cli_grow(&job->messages, job->n, &job->cap, sizeof *job->messages)) return false;
  job->messages[job->n++] = message;
  return true;
}

static int job_parts(cli_job *job, const cli_shared *shared) {
  if (job->n_parts == shared->n_sinks) return CLI_OK;
  job->parts = calloc(shared->n_sinks + 1, sizeof *job->parts);
  if (!job->parts) return cli_fail(CLI_INTERNAL, "out of memory");
  job->n_parts = shared->n_sinks;
  for (size_t i = 0; i < job->n_parts; i++) job->parts[i].apart = shared->sinks[i] == SINK_TOPIC;
  return CLI_OK;
}

static int job_pack(cli_job *job, cli_worker *w) {
  const cli_shared *shared = w->shared;
  for (size_t i = 0; i < job->n_parts && shared->compression != IO_PLAIN; i++) {
    io_error error;
    if (job->parts[i].len < PART_PACK || job->parts[i].apart) continue;
    io_status io = cli_part_pack(&job->parts[i], cli_worker_codec(w), shared->compression, shared->options->level, &error);
    if (io != IO_OK) return cli_io_fail(io, &error);
  }
  return CLI_OK;
}

/* Has the first step for a signal anything to do? Nobody may have asked for its steps yet. */
static bool worker_works(cli_worker *w, ottl_signal signal) {
  cli_capture capture;
  cli_capture_begin(&capture);
  int status = worker_steps(w, signal);
  free(cli_capture_end(&capture)); /* whoever has a message of the signal is told */
  return status == CLI_OK && w->by_signal[signal].n && ottl_program_groups(w->by_signal[signal].steps[0].program);
}

/* A message of a topic that cannot be read would be read again and again: where failures are passed over, it is, too. */
static ottl_error_mode job_error_mode(cli_worker *w) {
  const cli_options *o = w->shared->options;
  ottl_signal wanted = w->shared->program->signal;
  for (int s = OTTL_SIGNAL_NONE + 1; o->config && s < CLI_SIGNALS; s++) {
    if ((!wanted || wanted == (ottl_signal)s) && worker_works(w, (ottl_signal)s))
      return ottl_program_error_mode(w->by_signal[s].steps[0].program, 0);
  }
  return o->config ? OTTL_ERROR_PROPAGATE : o->error_mode;
}

static int job_message_of_topic(cli_job *job, cli_worker *w, size_t i) {
  cli_capture capture;
  cli_capture_begin(&capture);
  int status = job_message_run(job, w, i);
  char *said = cli_capture_end(&capture);
  ottl_error_mode mode = job_error_mode(w);
  if (status != CLI_PAYLOAD || mode == OTTL_ERROR_PROPAGATE) {
    if (said) fputs(said, cli_says());
    free(said);
    return status;
  }
  job->n_passed++;
  if (job->passed || mode == OTTL_ERROR_SILENT)
    free(said);
  else
    job->passed = said;
  return CLI_OK;
}

void cli_job_run(cli_job *job, cli_worker *w) {
  cli_capture capture;
  cli_capture_begin(&capture);
  w->says = cli_says();
  job->stats.show_values = w->shared->options->show_values;
  job->status = job_parts(job, w->shared);
  bool alone = job->batch && (w->shared->options->config || w->shared->options->error_mode != OTTL_ERROR_PROPAGATE);
  for (; job->done < job->n && job->status == CLI_OK; job->done += job->status == CLI_OK)
    job->status = alone ? job_message_of_topic(job, w, job->done) : job_message_run(job, w, job->done);
  job->stats.passed_over = job->n_passed;
  int packed = job->n_parts ? job_pack(job, w) : CLI_OK;
  if (job->status == CLI_OK) job->status = packed;
  job->said = cli_capture_end(&capture);
}

void cli_job_clear(cli_job *job) {
  for (size_t i = 0; i < job->n_parts; i++) {
    cli_part *part = &job->parts[i];
    *part =
        (cli_part){.data = part->data, .cap = part->cap, .apart = part->apart, .cuts = part->cuts, .cap_cuts = part->cap_cuts};
  }
  cli_stats_done(&job->stats);
  job->stats = (cli_stats){0};
  free(job->said);
  free(job->passed);
  job->said = job->passed = NULL;
  job->n = job->done = job->n_passed = job->borrowed = 0;
}

void cli_job_done(cli_job *job) {
  cli_job_clear(job);
  for (size_t i = 0; i < job->n_parts; i++) {
    free(job->parts[i].data);
    free(job->parts[i].cuts);
  }
  cli_kafka_batch_free(job->batch);
  free(job->parts);
  free(job->messages);
  free(job->buffer);
}
