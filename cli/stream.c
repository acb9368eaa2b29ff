/* Input to output:
 *
 *   file -> decompress -> cut into messages | -> jobs, on any thread -> | frames of the output -> file
 *
 * Topics of Kafka (kafka.h) come as messages, and go as such; what was read of them is committed when it is written.
 *
 * The main thread reads, workers run what it has read (job.c), and whoever has run the oldest job writes it (order.c). Memory is
 * bounded by what may be in flight and the largest message. The output takes framing and compression of the first input unless
 * told. */
#include "kafka.h"
#include "order.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_READ      ((size_t)512 << 10) /* a job */
#define STREAM_READ_PACK ((size_t)1 << 20)   /* of what is compressed then: larger pieces compress better */
#define STREAM_PASSED    10                  /* jobs with messages that are passed over, of which it is told */
#define STREAM_FLIGHT    ((size_t)16 << 20)  /* in flight, for each thread */

/* A compressed frame on its way through a worker. */
typedef struct stream_frame {
  cli_task task; /* first: a task is its frame */
  struct stream *stream;
  cli_part packed, data; /* data.cap: what it says it holds */
  bool done;             /* under the lock of the pool */
  io_status status;
  io_error error;
} stream_frame;

typedef struct stream {
  const cli_options *options;
  cli_program *program;
  cli_shared shared;
  cli_pool *pool;     /* NULL: everything on this thread */
  cli_worker *worker; /* without a pool */
  cli_order *order;
  stream_frame *frames; /* a ring of n_frames, those from frame_first to frame_end on their way */
  size_t n_frames, frame_first, frame_end;

  io_input *in;
  uint64_t in_bytes; /* of topics */
  cli_progress *progress;
  bool shows_progress; /* the line may stand where something is said */
  const char *input;   /* its name */
  uint64_t in_file;    /* messages of it so far */

  /* The side that writes: by one thread at a time. */
  cli_sink *sinks, own; /* own: the only one, but for `ottl route` */
  size_t n_sinks;
  bool open;            /* they are */
  cli_kafka *kafka;     /* NULL: neither input nor output is a topic */
  bool topics;          /* the input is */
  bool kept;            /* everything is where it belongs */
  bool finished;        /* outputs are closed */
  bool whole;           /* some output is a file that appears at the end */
  uint64_t told_passed; /* messages that were passed over, and of which it was told */
  io_codec *codec;
  cli_stats stats;
  int status;       /* other than CLI_OK: of the job that failed */
  atomic_bool over; /* a job failed, or nobody reads our output any more */
} stream;

int cli_io_fail(io_status status, const io_error *error) {
  return cli_fail(status == IO_CORRUPT || status == IO_LIMIT ? CLI_PAYLOAD : CLI_USAGE, "%s", error->text);
}

int cli_one_json(void) { return cli_fail(CLI_USAGE, "there are several messages and format json holds one: use --to jsonl"); }

/* -- writing -- */

static int sink_io(stream *s, cli_sink *sink, io_status status, const io_error *error) {
  if (status == IO_OK) return CLI_OK;
  sink->lost = true; /* with what was gathered before, and told as written */
  if (status != IO_CLOSED) return cli_io_fail(status, error);
  sink->closed = true;                                            /* `ottl ... | head` is no error */
  if (s->n_sinks == 1 || s->topics) atomic_store(&s->over, true); /* of topics nothing can be committed any more */
  return CLI_OK;
}

/* Compresses what has been gathered. */
static int sink_pack(stream *s, cli_sink *sink) {
  io_error error;
  if (!s->codec) s->codec = io_codec_create();
  cli_part *gathered = &sink->gathered;
  io_status io = cli_part_pack(gathered, s->codec, s->shared.compression, s->options->level, &error);
  if (io == IO_OK) io = io_write(sink->out, gathered->data, gathered->len, &error);
  *gathered = (cli_part){.data = gathered->data, .cap = gathered->cap};
  sink->packed = true;
  return sink_io(s, sink, io, &error);
}

static int sink_write(stream *s, cli_sink *sink, const cli_part *part, cli_job *job) {
  io_error error;
  sink->messages += part->messages;
  sink->records += part->records;
  if (!part->written) return CLI_OK;
  if (sink->topic) return cli_kafka_send(s->kafka, sink->topic, part, job);
  if (!sink->out || sink->closed) return CLI_OK;
  if (s->shared.framing == OTTL_FRAMING_JSON && sink->written) return cli_one_json();
  sink->written += part->written;
  bool gather = s->shared.compression != IO_PLAIN && !part->packed;
  if (gather && !cli_part_add(&sink->gathered, part->data, part->len)) return cli_fail(CLI_INTERNAL, "out of memory");
  int status = sink->gathered.len && (part->packed || sink->gathered.len >= STREAM_READ_PACK) ? sink_pack(s, sink) : CLI_OK;
  if (gather || status != CLI_OK || sink->closed) return status;
  sink->packed |= part->packed;
  return sink_io(s, sink, io_write(sink->out, part->data, part->len, &error), &error);
}

/* Nobody waits for more than what there is. */
static int stream_flush(stream *s) {
  int status = CLI_OK;
  for (size_t i = 0; i < s->n_sinks && status == CLI_OK; i++) {
    io_error error;
    cli_sink *sink = &s->sinks[i];
    if (sink->out && !sink->closed) status = sink_io(s, sink, io_flush(sink->out, &error), &error);
  }
  return status;
}

/* To the disk, so that what was read of topics may be committed. Files that appear at the end are not there before. */
static int stream_sync(stream *s) {
  if (s->whole) return CLI_OK;
  for (size_t i = 0; i < s->n_sinks; i++) {
    io_error error;
    cli_sink *sink = &s->sinks[i];
    bool there = sink->out && !sink->closed;
    int status = there && sink->gathered.len ? sink_pack(s, sink) : CLI_OK;
    if (status == CLI_OK && there && !sink->closed) status = sink_io(s, sink, io_sync(sink->out, &error), &error);
    if (status != CLI_OK) return status;
    if (sink->lost) return CLI_OK;
  }
  cli_kafka_synced(s->kafka);
  return CLI_OK;
}

/* What takes the progress away, before something is said. Any thread. */
static const char *stream_line(const stream *s) { return s->shows_progress ? CLI_PROGRESS_GONE : ""; }

/* For cli_order: one job, when it is its turn. */
static void stream_write(void *context, cli_job *job) {
  stream *s = context;
  if (atomic_load(&s->over)) return;
  if (job->said) fprintf(stderr, "%s%s", stream_line(s), job->said);
  if (job->passed && s->told_passed++ < STREAM_PASSED)
    fprintf(stderr, "%sottl: passed over: %s", stream_line(s), job->passed + sizeof "ottl: " - 1);
  cli_stats_merge(&s->stats, &job->stats);
  int status = CLI_OK;
  for (size_t i = 0; i < job->n_parts && status == CLI_OK; i++) status = sink_write(s, &s->sinks[i], &job->parts[i], job);
  if (job->flush && status == CLI_OK) status = stream_flush(s);
  if (status != CLI_OK && !(s->n_sinks == 1 && s->own.topic)) job->done = 0; /* which of them are everywhere is not known */
  int noted = s->kafka ? cli_kafka_written(s->kafka, job) : CLI_OK;
  if (status == CLI_OK) status = noted;
  if (s->topics && status == CLI_OK && cli_kafka_sync_due(s->kafka)) status = stream_sync(s);
  s->status = job->status != CLI_OK ? job->status : status;
  if (s->status != CLI_OK) atomic_store(&s->over, true);
}

/* Of files that are named after pipelines. */
static const char *stream_ending(ottl_framing framing, io_compression compression, char *text, size_t size) {
  static const char *const packed[] = {"", ".gz", ".zst"};
  bool json = framing == OTTL_FRAMING_JSON, lines = framing == OTTL_FRAMING_JSONL;
  snprintf(text, size, "%s%s", json ? ".json" : lines || framing == OTTL_FRAMING_AUTO ? ".jsonl" : ".pb", packed[compression]);
  return text;
}

static int sink_open(stream *s, size_t i) {
  io_error error;
  cli_sink *sink = &s->sinks[i];
  if (s->program->routes && !sink->path) return CLI_OK;
  s->shared.sinks[i] = cli_is_kafka(sink->path) ? SINK_TOPIC : SINK_FRAMED;
  if (cli_is_kafka(sink->path)) return cli_kafka_open_output(s->kafka, sink->path, &sink->topic);
  io_status io = io_open_output(sink->path, &sink->out, &error);
  if (io != IO_OK) return cli_io_fail(io, &error);
  if (s->topics) s->whole |= io_keep(sink->out);
  return CLI_OK;
}

/* Before the first job. */
static int stream_open_output(stream *s, ottl_framing found) {
  const cli_options *o = s->options;
  char ending[16];
  int status = CLI_OK;
  s->shared.framing = o->to != OTTL_FRAMING_AUTO ? o->to : found;
  s->shared.compression = o->compress_given ? o->compress : s->in ? io_input_compression(s->in) : IO_PLAIN;
  s->open = true;
  if (s->program->routes) {
    status = cli_routes_open_sinks(s->program, stream_ending(s->shared.framing, s->shared.compression, ending, sizeof ending));
  }
  s->shared.n_sinks = s->n_sinks;
  s->shared.sinks = calloc(s->n_sinks + 1, sizeof *s->shared.sinks);
  if (!s->shared.sinks) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < s->n_sinks && status == CLI_OK; i++) status = sink_open(s, i);
  return status;
}

/* A pipe gets the messages before the one that failed; a file is as it was. */
static int stream_finish(stream *s, int status) {
  io_error error;
  bool all = true; /* files appear together, as far as that can be */
  s->kept = true;
  for (size_t i = 0; i < s->n_sinks; i++) {
    cli_sink *sink = &s->sinks[i];
    s->kept &= !sink->lost;
    if (!sink->out) continue;
    bool wanted = (status == CLI_OK && all) || !sink->path;
    bool rest = s->shared.compression != IO_PLAIN && (sink->gathered.len || !sink->packed); /* nothing is a frame, too */
    int finished = wanted && rest && !sink->closed ? sink_pack(s, sink) : CLI_OK;
    if (wanted && finished == CLI_OK)
      finished = sink_io(s, sink, io_finish(sink->out, &error), &error);
    else
      io_abandon(sink->out);
    all &= finished == CLI_OK;
    s->kept &= wanted && finished == CLI_OK && !sink->lost;
    if (status == CLI_OK) status = finished;
    free(sink->gathered.data);
    sink->out = NULL;
  }
  return status;
}

/* -- compressed frames, on their way through workers -- */

static void frame_run(cli_task *task, cli_worker *worker) {
  stream_frame *f = (stream_frame *)task;
  cli_pool *pool = f->stream->pool;
  io_codec *codec = cli_worker_codec(worker);
  f->status = codec ? io_unpack_frame(codec, f->packed.data, f->packed.len, f->data.data, f->data.len, &f->error)
                    : io_fail(&f->error, IO_FAILED, "out of memory");
  cli_pool_lock(pool);
  f->done = true;
  cli_pool_changed(pool);
  cli_pool_unlock(pool);
}

/* Sends frames on their way, as long as the input has such; *ret_any: some are. */
static io_status frames_ahead(stream *s, bool *ret_any, io_error *error) {
  io_status io = IO_OK;
  for (bool more = true; more && io == IO_OK && s->frame_end - s->frame_first < s->n_frames;) {
    const void *packed;
    size_t len, content;
    io = io_read_frame(s->in, &packed, &len, &content, error);
    if (io != IO_OK || !(more = len > 0)) break;
    stream_frame *f = &s->frames[s->frame_end % s->n_frames];
    f->packed.len = f->data.len = 0;
    if (!cli_part_add(&f->packed, packed, len) || !cli_part_room(&f->data, content + 1))
      return io_fail(error, IO_FAILED, "out of memory");
    f->data.len = content;
    f->done = false;
    f->stream = s;
    f->task.run = frame_run;
    s->frame_end++;
    cli_pool_add(s->pool, &f->task);
  }
  *ret_any = s->frame_first != s->frame_end;
  return io;
}

/* The oldest one, when it is there. */
static stream_frame *frames_oldest(stream *s) {
  stream_frame *f = &s->frames[s->frame_first++ % s->n_frames];
  cli_pool_lock(s->pool);
  while (!f->done) cli_pool_wait(s->pool);
  cli_pool_unlock(s->pool);
  return f;
}

static void frames_done(stream *s) {
  for (size_t i = 0; s->frames && i < s->n_frames; i++) {
    free(s->frames[i].packed.data);
    free(s->frames[i].data.data);
  }
  free(s->frames);
}

/* -- reading -- */

/* After what was given: failures are told in the order of the input. */
static int stream_after(stream *s) {
  cli_order_drain(s->order);
  return atomic_load(&s->over) ? s->status : CLI_OK;
}

static int stream_read_failed(stream *s, io_status io, const io_error *error) {
  fputs(stream_line(s), stderr);
  int before = stream_after(s);
  return before != CLI_OK ? before : cli_io_fail(io, error);
}

static int stream_reader_failed(stream *s, ottl_status status, const ottl_frame_reader *reader) {
  int before = stream_after(s);
  uint64_t offset = 0;
  const char *why = ottl_frame_reader_error(reader, &offset);
  if (before != CLI_OK) return before;
  if (status == OTTL_NOMEM) return cli_fail(CLI_INTERNAL, "out of memory");
  return cli_fail(CLI_PAYLOAD, "%s: byte %" PRIu64 ": %s", s->input, offset, why);
}

/* A slow pipe is not waited for, unless what comes of it is compressed. */
static bool stream_hurries(const stream *s) {
  bool packs = s->open ? s->shared.compression != IO_PLAIN : s->options->compress_given && s->options->compress != IO_PLAIN;
  return io_input_compression(s->in) == IO_PLAIN && !packs;
}

/* Fills the room of the reader; *ret_bytes 0: the end. */
static int stream_fill(stream *s, ottl_frame_reader *reader, size_t *ret_bytes, bool *ret_short) {
  io_error error;
  void *room;
  size_t want = s->options->compress_given || io_input_compression(s->in) != IO_PLAIN ? STREAM_READ_PACK : STREAM_READ;
  bool frames = false;
  io_status io = s->pool ? frames_ahead(s, &frames, &error) : IO_OK;
  stream_frame *f = frames && io == IO_OK ? frames_oldest(s) : NULL;
  if (f && f->status != IO_OK) io = io_fail(&error, f->status, "%s: %s", s->input, f->error.text);
  if (f) want = f->data.len;
  if (io != IO_OK) return stream_read_failed(s, io, &error);
  ottl_status status = ottl_frame_reader_room(reader, want + !want, &room);
  size_t n = 0;
  if (f && status == OTTL_OK) memcpy(room, f->data.data, n = want);
  for (size_t more = 1; !f && status == OTTL_OK && more && n < want; n += more) {
    if (n && stream_hurries(s)) break;
    io = io_read(s->in, (char *)room + n, want - n, &more, &error);
    if (io != IO_OK) return stream_read_failed(s, io, &error);
  }
  *ret_short = n < want;
  *ret_bytes = n;
  if (status == OTTL_OK && (n || !f)) status = ottl_frame_reader_fed(reader, n);
  if (f && !n) *ret_bytes = 1; /* a frame of nothing is not the end */
  return status == OTTL_OK ? CLI_OK : stream_reader_failed(s, status, reader);
}

/* All messages that the reader has by now; *ret_status: why there are no more. */
static int stream_messages(ottl_frame_reader *reader, cli_job *job, ottl_status *ret_status) {
  for (;;) {
    bool found = false;
    ottl_view message;
    *ret_status = ottl_frame_reader_next(reader, &found, &message);
    if (*ret_status != OTTL_OK || !found) return CLI_OK;
    if (!cli_job_add(job, message)) return cli_fail(CLI_INTERNAL, "out of memory");
  }
}

static int stream_job(stream *s, ottl_frame_reader *reader, bool flush) {
  ottl_status why;
  cli_job *job = cli_order_next(s->order);
  int status = stream_messages(reader, job, &why);
  ottl_framing framing = ottl_frame_reader_framing(reader);
  if (status == CLI_OK && job->n && !s->open) status = stream_open_output(s, framing);
  if (status == CLI_OK && job->n) {
    void *buffer;
    size_t bytes;
    ottl_status taken = ottl_frame_reader_take(reader, job->buffer, job->buffer_bytes, &buffer, &bytes);
    if (taken != OTTL_OK) return stream_reader_failed(s, taken, reader);
    job->buffer = buffer;
    job->buffer_bytes = bytes;
    job->input = s->input;
    job->framing = framing;
    job->before = s->in_file;
    job->flush = flush;
    s->in_file += job->n;
    cli_order_give(s->order);
  }
  return status == CLI_OK && why != OTTL_OK ? stream_reader_failed(s, why, reader) : status;
}

static int stream_file(stream *s, const char *path) {
  io_error error;
  ottl_frame_reader *reader = NULL;
  s->in_file = 0;
  s->input = !path || strcmp(path, "-") == 0 ? "standard input" : path;
  if (io_open_input(path, NULL, &s->in, &error) != IO_OK) return stream_read_failed(s, IO_FAILED, &error);
  ottl_status made = ottl_frame_reader_create(NULL, s->options->from, 0, &reader);
  int status = made == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "%s: %s", s->input, ottl_status_name(made));
  for (size_t n = 1; n && status == CLI_OK && !atomic_load(&s->over);) {
    bool brief = false;
    status = stream_fill(s, reader, &n, &brief);
    cli_progress_step(s->progress, io_input_bytes(s->in));
    if (status == CLI_OK) status = stream_job(s, reader, n && brief && stream_hurries(s));
  }
  cli_progress_file(s->progress, io_input_bytes(s->in));
  ottl_frame_reader_free(reader);
  while (s->frame_first != s->frame_end) frames_oldest(s); /* those that nobody wants any more */
  io_close(s->in);
  s->in = NULL;
  return status;
}

/* -- topics -- */

/* For cli_kafka: what was given is written after this, and on the disk. */
static void stream_settle(void *context) {
  stream *s = context;
  if (s->finished || stream_after(s) != CLI_OK || !cli_kafka_unsynced(s->kafka)) return;
  int status = stream_sync(s);
  if (status == CLI_OK) return;
  s->status = status; /* nobody writes now */
  atomic_store(&s->over, true);
}

/* Is there an output that is a topic, or one that is none? */
static bool stream_writes(const stream *s, bool topic) {
  const cli_options *o = s->options;
  if (!s->program->routes) return cli_is_kafka(o->output) == topic;
  for (size_t i = 0; i < s->n_sinks; i++)
    if (s->sinks[i].path && cli_is_kafka(s->sinks[i].path) == topic) return true;
  return o->out_dir && !topic;
}

/* With the first message: into files they go as lines, if it is JSON. */
static int topic_open_output(stream *s, const cli_job *job) {
  bool json = ottl_message_encoding(job->messages[0].data, job->messages[0].len) == OTTL_ENCODING_JSON;
  return stream_open_output(s, json ? OTTL_FRAMING_JSONL : OTTL_FRAMING_PROTO_FRAMED);
}

/* What the topics have by now. */
static int topic_job(stream *s, bool *ret_end) {
  cli_job *job = cli_order_next(s->order);
  int status = cli_kafka_fill(s->kafka, job, ret_end);
  if (status == CLI_OK && job->n && !s->open) status = topic_open_output(s, job);
  if (status != CLI_OK || !job->n) return status;
  job->input = s->input;
  job->framing = s->options->from == OTTL_FRAMING_AUTO ? OTTL_FRAMING_PROTO_FRAMED : s->options->from;
  job->before = s->in_file;
  s->in_file += job->n;
  s->in_bytes += job->borrowed;
  cli_order_give(s->order);
  return CLI_OK;
}

static int stream_topics(stream *s, const char *path) {
  s->input = "topics";
  bool end = false, idle, files = stream_writes(s, false);
  int status = files ? CLI_OK : stream_open_output(s, OTTL_FRAMING_PROTO_FRAMED); /* each goes on as it came */
  if (status == CLI_OK) status = cli_kafka_open_input(s->kafka, path, stream_settle, s);
  if (status == CLI_OK) cli_kafka_ready(s->kafka, files, !files && !stream_writes(s, true));
  while (status == CLI_OK && !end && !atomic_load(&s->over)) {
    uint64_t before = s->in_file;
    status = topic_job(s, &end);
    idle = s->in_file == before;
    if (status == CLI_OK && idle && cli_kafka_unsynced(s->kafka)) stream_settle(s);
    if (status == CLI_OK) status = cli_kafka_tend(s->kafka);
    cli_progress_step(s->progress, s->in_bytes);
  }
  cli_progress_file(s->progress, s->in_bytes);
  return status;
}

static int stream_begin(stream *s) {
  const cli_options *o = s->options;
  s->shared = (cli_shared){.options = o, .program = s->program};
  pthread_mutex_init(&s->shared.lock, NULL);
  if (o->threads > 1) s->pool = cli_pool_create(&s->shared, o->threads);
  if (!s->pool) s->worker = cli_worker_create(&s->shared);
  if (s->pool) s->n_frames = 2 * o->threads;
  s->frames = calloc(s->n_frames + 1, sizeof *s->frames);
  s->order = cli_order_create(s->pool, s->worker, STREAM_FLIGHT * (o->threads ? o->threads : 1), stream_write, s);
  bool made = s->order && s->frames && (s->pool || s->worker);
  return made ? CLI_OK : cli_fail(CLI_INTERNAL, "out of memory");
}

/* Nothing is in flight. */
static void stream_end(stream *s) {
  cli_pool_free(s->pool);
  cli_order_free(s->order);
  frames_done(s);
  cli_worker_free(s->worker);
  for (int i = 0; i < CLI_SIGNALS; i++) free(s->shared.by_signal[i].said);
  free(s->shared.sinks);
  cli_kafka_free(s->kafka);
  pthread_mutex_destroy(&s->shared.lock);
  io_codec_free(s->codec);
  cli_stats_done(&s->stats);
}

/* Everything arrives, and appears; then it counts as read. */
static int stream_deliver(stream *s, int status) {
  int delivered = s->kafka ? cli_kafka_flush(s->kafka) : CLI_OK;
  status = stream_finish(s, status != CLI_OK ? status : delivered);
  s->finished = true;
  if (s->topics && s->kafka && s->kept) cli_kafka_synced(s->kafka);
  return s->kafka ? cli_kafka_finish(s->kafka, status) : status;
}

int cli_stream(const cli_options *options, cli_program *program) {
  stream s = {.options = options, .program = program, .n_sinks = 1, .stats.show_values = options->show_values};
  double start = cli_now();
  s.own.path = options->output;
  s.sinks = &s.own;
  s.topics = options->files.n && cli_is_kafka(options->files.items[0]);
  if (program->routes) cli_routes_sinks(program, &s.sinks, &s.n_sinks);
  s.progress = cli_progress_begin(options, !options->output && !program->routes);
  s.shows_progress = s.progress != NULL;
  int status = cli_kafka_check(options);
  if (status == CLI_OK) status = stream_begin(&s);
  if (status == CLI_OK && (s.topics || stream_writes(&s, true))) status = cli_kafka_create(options, &s.kafka);
  if (status == CLI_OK) status = cli_program_request(program);
  if (status == CLI_OK && !options->files.n) status = stream_file(&s, NULL);
  if (status == CLI_OK && s.topics) status = stream_topics(&s, options->files.items[0]);
  for (size_t i = 0; i < options->files.n && !s.topics && status == CLI_OK && !atomic_load(&s.over); i++)
    status = stream_file(&s, options->files.items[i]);
  cli_progress_clear(s.progress);
  free(s.progress);
  if (s.order) {
    int last = stream_after(&s);
    if (status == CLI_OK) status = last;
  }
  if (!s.open && status == CLI_OK && (options->output || program->routes))
    status = stream_open_output(&s, OTTL_FRAMING_AUTO); /* no message: empty file */
  status = stream_deliver(&s, status);
  s.stats.seconds = cli_now() - start;
  if (options->config || options->error_mode == OTTL_ERROR_IGNORE) cli_stats_warn(&s.stats, program);
  if (s.told_passed) fprintf(stderr, "ottl: warning: %" PRIu64 " messages were passed over\n", s.stats.passed_over);
  if (options->stats && status == CLI_OK) cli_stats_print(&s.stats);
  if (options->stats && status == CLI_OK && s.kafka) cli_kafka_stats(s.kafka);
  stream_end(&s);
  return status;
}
