/* ottl trace: one record through every statement. */
#include "choose.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "yyjson.h"

typedef struct trace_state {
  const cli_options *options;
  cli_program program;
  cli_choice *choice; /* NULL: by number */
  ottl_viewer *viewer;
  size_t message, row; /* from 1, without a choice */
  bool found, colour, json;
  int status; /* of the run */
} trace_state;

static int trace_failed(const trace_state *s, const cli_message *m, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_viewer_error(s->viewer, &offset);
  return cli_message_refused(CLI_AT(m), "OTLP", status, offset, why);
}

/* The n-th record that the viewer has, from 0. */
static bool trace_record(const ottl_viewer *v, uint64_t n, size_t *ret_index, ottl_block *ret) {
  for (*ret_index = 0; ottl_viewer_block(v, *ret_index, ret); ++*ret_index) {
    if (ret->level == OTTL_BLOCK_RECORD && ret->number == n) return true;
  }
  return false;
}

static bool trace_wanted(const trace_state *s, size_t *ret_index, ottl_block *ret) {
  if (!s->choice) return trace_record(s->viewer, s->row - 1, ret_index, ret);
  uint64_t n = 0;
  for (; trace_record(s->viewer, n, ret_index, ret); n++) {
    if (cli_choice_has(s->choice, n)) return true;
  }
  return false;
}

/* A text as JSON; what is none becomes null. */
static void trace_json_text(const char *text) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  char *json = yyjson_mut_val_write(yyjson_mut_str(doc, text), 0, NULL);
  fputs(json ? json : "null", stdout);
  free(json);
  yyjson_mut_doc_free(doc);
}

static void trace_heading(const trace_state *s, const cli_message *m, const ottl_block *b) {
  if (s->json) {
    fputs("{\"input\":", stdout);
    trace_json_text(m->input);
    printf(",\"message\":%" PRIu64 ",\"signal\":\"%s\",\"kind\":\"%s\",\"record\":%" PRIu64 ",\"runs\":[", m->number,
           cli_signal_names[m->signal], b->kind, b->number + 1);
    return;
  }
  printf("%s%s %" PRIu64 "%s", s->colour ? "\x1b[1m" : "", b->kind, b->number + 1, s->colour ? "\x1b[0m" : "");
  if (b->summary.len) printf(" %.*s", (int)b->summary.len, b->summary.data);
  printf(" (%s: message %" PRIu64 ")\n", m->input, m->number);
}

/* Where the record is in the result; false: it was dropped. */
static int trace_follow(trace_state *s, const cli_message *m, ottl_exec *exec, const ottl_result *result, uint64_t *offset,
                        bool *ret_there) {
  uint64_t from;
  ottl_block b;
  size_t index;
  *ret_there = false;
  for (uint64_t i = 0; ottl_exec_origin(exec, OTTL_BLOCK_RECORD, i, &from) == OTTL_OK; i++) {
    if (from != *offset) continue;
    ottl_status opened = ottl_viewer_open(s->viewer, m->signal, result->data, result->len);
    if (opened != OTTL_OK) return trace_failed(s, m, opened);
    *ret_there = trace_record(s->viewer, i, &index, &b);
    *offset = b.offset;
    break;
  }
  return CLI_OK;
}

static int trace_write(const trace_state *s, const cli_step *step, size_t i, const ottl_exec *exec) {
  char name[200] = "";
  if (s->program.config) cli_config_name(s->program.config, step->processor, name, sizeof name);
  if (s->json) {
    printf("%s\n{", i ? "," : "");
    if (*name) {
      fputs("\"processor\":", stdout);
      trace_json_text(name);
      putchar(',');
    }
    fputs("\"steps\":", stdout);
  } else {
    putchar('\n');
    if (*name) printf("%s%s%s\n\n", s->colour ? "\x1b[1m" : "", name, s->colour ? "\x1b[0m" : "");
    if (!ottl_trace_steps(exec)) puts("  nothing is about this record");
  }
  ottl_status status = ottl_trace_write(exec, s->json ? OTTL_TRACE_JSON : OTTL_TRACE_TEXT, s->colour, cli_put, stdout);
  return status == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "%s", ottl_status_name(status));
}

/* One program. *there: the record is still there. */
static int trace_step(trace_state *s, const cli_message *m, const cli_step *step, size_t i, ottl_exec *exec, ottl_result *result,
                      uint64_t *offset, bool *there) {
  ottl_result next;
  ottl_status status = ottl_exec_trace(exec, *offset);
  if (status != OTTL_OK) return cli_fail(CLI_INTERNAL, "%s", ottl_status_name(status));
  status = ottl_exec_run(exec, result->data, result->len, &next);
  cli_step running = *step;
  running.exec = exec;
  cli_refused refused = {&s->program, &running, m->input, m->number, m->signal, !m->json && i == 0};
  if (status != OTTL_OK && status != OTTL_RUNTIME) return cli_run_refused(&refused, status);
  int told = trace_write(s, step, i, exec);
  if (told != CLI_OK) return told;
  if (status == OTTL_OK) told = trace_follow(s, m, exec, &next, offset, there);
  if (s->json)
    printf(",\"dropped\":%s}", status == OTTL_OK && !*there ? "true" : "false");
  else if (status == OTTL_OK && !*there && told == CLI_OK)
    puts("\nThe record is dropped.");
  if (status != OTTL_OK) {
    *there = false;
    fflush(stdout);
    s->status = cli_run_refused(&refused, status);
  }
  *result = next;
  return told;
}

static int trace_run(trace_state *s, const cli_message *m, uint64_t offset) {
  cli_step *steps = NULL;
  size_t n = 0;
  int status = cli_program_steps(&s->program, m->signal, &steps, &n);
  ottl_exec **execs = calloc(n + 1, sizeof *execs);
  if (!execs) return cli_fail(CLI_INTERNAL, "out of memory");
  ottl_result result = {.data = m->wire, .len = m->len};
  bool there = true;
  for (size_t i = 0; i < n && there && status == CLI_OK; i++) {
    status = cli_exec_create(&s->program, steps[i].program, i == 0, &execs[i]);
    there = false;
    if (status == CLI_OK) status = trace_step(s, m, &steps[i], i, execs[i], &result, &offset, &there);
  }
  if (s->json) puts("\n]}");
  for (size_t i = 0; i < n; i++) ottl_exec_free(execs[i]);
  free(execs);
  return status;
}

static int trace_take(void *context, const cli_message *m) {
  trace_state *s = context;
  ottl_block b;
  size_t index;
  if (!s->choice && m->number != s->message) return CLI_OK;
  ottl_status opened = ottl_viewer_open(s->viewer, m->signal, m->wire, m->len);
  if (opened != OTTL_OK) return trace_failed(s, m, opened);
  int status = s->choice ? cli_choose(s->choice, m, s->viewer) : CLI_OK;
  if (status != CLI_OK) return status;
  if (!trace_wanted(s, &index, &b)) return CLI_OK;
  s->found = true;
  ottl_status shown = ottl_viewer_render(s->viewer, index, &b);
  if (shown != OTTL_OK) return trace_failed(s, m, shown);
  trace_heading(s, m, &b);
  status = trace_run(s, m, b.offset);
  return status == CLI_OK ? CLI_ENOUGH : status;
}

static int trace_usage(const cli_options *o) {
  if (o->has_statements && o->has_conditions) return cli_fail(CLI_USAGE, "-s and -c do not go together");
  if (o->row && o->where.n) return cli_fail(CLI_USAGE, "--row and --where do not go together");
  if (o->processors.n && !o->config) return cli_fail(CLI_USAGE, "--processor is for --config");
  if (!o->snippets.n && !o->program_file && !o->config)
    return cli_fail(CLI_USAGE,
                    "nothing to run: give statements with -s, a file with -f or a collector's with --config (`ottl help "
                    "trace` shows examples)");
  return CLI_OK;
}

static int trace_open(trace_state *s) {
  const cli_options *o = s->options;
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  s->json = o->format == OTTL_DIAGS_JSON;
  s->colour = !s->json && cli_colour(STDOUT_FILENO);
  s->message = o->row ? o->message : 1;
  s->row = o->row ? o->row : 1;
  int status = o->config ? cli_config_open(&s->program, o) : cli_program_open(&s->program, o, o->has_conditions);
  if (status == CLI_OK) status = cli_program_request(&s->program);
  if (status == CLI_OK) status = cli_choice_open(o, &s->choice);
  if (status != CLI_OK) return status;
  ottl_status made = ottl_viewer_create(&options, &s->viewer);
  return made == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "%s", ottl_status_name(made));
}

static int trace_missing(const trace_state *s) {
  if (s->found) return s->status;
  if (s->choice) return cli_fail(CLI_USAGE, "no record was chosen by --where");
  return cli_fail(CLI_USAGE, "there is no record %zu in message %zu", s->row, s->message);
}

int cli_trace(int argc, char **argv) {
  cli_options options;
  trace_state s = {.options = &options};
  int status = cli_options_read(argv[0], IN_TRACE, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = trace_usage(&options);
  if (status == CLI_OK) status = trace_open(&s);
  ottl_signal signal = s.program.signal ? s.program.signal : cli_choice_signal(s.choice);
  if (status == CLI_OK) status = cli_messages(&options, signal, cli_program_what(&s.program), trace_take, &s);
  if (status == CLI_OK) status = trace_missing(&s);
out:
  ottl_viewer_free(s.viewer);
  cli_choice_close(s.choice);
  cli_program_close(&s.program);
  cli_options_done(&options);
  return status;
}
