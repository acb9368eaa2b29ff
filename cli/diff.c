/* ottl diff: what a program changes, record by record. */
#include "diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT 3 /* lines */

typedef struct diff_state {
  const cli_options *options;
  cli_program program;
  cli_step *steps[CLI_SIGNALS]; /* with execs */
  size_t n_steps[CLI_SIGNALS];
  ottl_diff *diff;
  diff_page *page;
  diff_totals totals;
  cli_stats stats;
  bool colour, printed;
  bool spaced;    /* a blank line goes before what follows */
  bool invisible; /* bytes are others, and no record is */
} diff_state;

/* ---- words ---- */

void diff_name(const ottl_diff_entry *e, char *text, size_t size) {
  const ottl_block *b = e->has_before ? &e->before : &e->after;
  if (b->level == OTTL_BLOCK_SCOPE)
    snprintf(text, size, "%s %" PRIu64 ".%" PRIu64, b->kind, b->resource + 1, b->scope + 1);
  else if (e->has_before)
    snprintf(text, size, "%s %" PRIu64, b->kind, b->number + 1);
  else
    snprintf(text, size, "%s", b->kind);
}

/* Where it stands in the result. */
static int diff_place(const ottl_diff_entry *e, char *text, size_t size) {
  const ottl_block *b = &e->after;
  if (b->level == OTTL_BLOCK_RESOURCE) return snprintf(text, size, "resource %" PRIu64, b->resource + 1);
  return snprintf(text, size, "resource %" PRIu64 ", scope %" PRIu64 ".%" PRIu64, b->resource + 1, b->resource + 1, b->scope + 1);
}

void diff_what(const ottl_diff_entry *e, char *text, size_t size) {
  static const char *const words[] = {"unchanged", "changed", "dropped", "added"};
  bool copy = e->change == OTTL_CHANGE_ADDED && e->has_before;
  const char *word = copy ? "copied" : e->change == OTTL_CHANGE_NONE && e->moved ? "moved" : words[e->change];
  int n = snprintf(text, size, "%s", word);
  if (copy || e->moved || e->change == OTTL_CHANGE_ADDED) {
    const char *more = copy ? " to " : e->change == OTTL_CHANGE_ADDED ? " below " : e->change ? ", moved to " : " to ";
    n += snprintf(text + n, size - (size_t)n, "%s", more);
    diff_place(e, text + n, size - (size_t)n);
  }
}

ottl_view diff_summary(const ottl_diff_entry *e) {
  ottl_view text = e->has_before ? e->before.summary : e->after.summary;
  return text.len ? text : (ottl_view){"", 0};
}

static size_t totals_bytes(const diff_totals *t, char *text, size_t size) {
  bool more = t->bytes_out > t->bytes_in;
  uint64_t by = more ? t->bytes_out - t->bytes_in : t->bytes_in - t->bytes_out;
  int n = snprintf(text, size, "bytes     %" PRIu64 " in, %" PRIu64 " out", t->bytes_in, t->bytes_out);
  if (by && t->bytes_in)
    n += snprintf(text + n, size - (size_t)n, " (%" PRIu64 " %s, %.1f %%)", by, more ? "more" : "saved",
                  (double)by * 100 / (double)t->bytes_in);
  return (size_t)n + (size_t)snprintf(text + n, size - (size_t)n, "\n");
}

size_t diff_totals_text(const diff_totals *t, char *text, size_t size) {
  const uint64_t *records = t->by_level[OTTL_BLOCK_RECORD];
  size_t at = (size_t)snprintf(text, size,
                               "records   %" PRIu64 " in, %" PRIu64 " out: %" PRIu64 " changed, %" PRIu64 " dropped, %" PRIu64
                               " added, %" PRIu64 " moved\n",
                               t->records_in, t->records_out, records[OTTL_CHANGE_CHANGED], records[OTTL_CHANGE_DROPPED],
                               records[OTTL_CHANGE_ADDED], t->moved);
  static const char *const names[] = {"resources", "scopes"};
  for (size_t level = 0; level < OTTL_BLOCK_RECORD; level++) {
    const uint64_t *n = t->by_level[level];
    if (n[OTTL_CHANGE_CHANGED] + n[OTTL_CHANGE_DROPPED] + n[OTTL_CHANGE_ADDED] == 0) continue;
    at += (size_t)snprintf(text + at, size - at, "%-10s%" PRIu64 " changed, %" PRIu64 " dropped, %" PRIu64 " copied\n",
                           names[level], n[OTTL_CHANGE_CHANGED], n[OTTL_CHANGE_DROPPED], n[OTTL_CHANGE_ADDED]);
  }
  at += (size_t)snprintf(text + at, size - at, "fields    %" PRIu64 " changed\n", t->fields);
  return at + totals_bytes(t, text + at, size - at);
}

/* ---- as text ---- */

static void put_line(const diff_state *s, const ottl_diff_line *line) {
  const char *paint = !s->colour ? "" : line->kind == '+' ? "\x1b[32m" : line->kind == '-' ? "\x1b[31m" : "";
  printf("%s%c %.*s%s\n", paint, line->kind, (int)line->text.len, line->text.data, *paint ? "\x1b[0m" : "");
}

static void put_entry(diff_state *s, const ottl_diff_entry *e) {
  char name[80], what[120];
  diff_name(e, name, sizeof name);
  diff_what(e, what, sizeof what);
  ottl_view summary = diff_summary(e);
  bool lines = e->lines.n_removed + e->lines.n_added > 0;
  if (s->printed && (lines || s->spaced)) putchar('\n');
  s->printed = true;
  s->spaced = lines;
  printf("%s%s%s%s%.*s: %s\n", s->colour ? "\x1b[1m" : "", name, s->colour ? "\x1b[0m" : "", summary.len ? " " : "",
         (int)summary.len, summary.data, what);
  size_t begin, end = 0;
  while (ottl_line_diff_hunk(&e->lines, CONTEXT, &begin, &end)) {
    if (begin) puts("  ...");
    for (size_t i = begin; i < end; i++) put_line(s, &e->lines.lines[i]);
  }
  if (end && end < e->lines.n) puts("  ...");
}

static void put_message(diff_state *s, const cli_message *m) {
  if (s->totals.messages == 1) return;
  printf("%s%s%s: message %" PRIu64 " (%s)%s\n", s->printed ? "\n" : "", s->colour ? "\x1b[1m" : "", m->input, m->number,
         cli_signal_names[m->signal], s->colour ? "\x1b[0m" : "");
  s->printed = s->spaced = true;
}

/* ---- messages ---- */

static int diff_refused(const diff_state *s, const cli_message *m, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_diff_error(s->diff, &offset);
  return cli_message_refused(CLI_AT(m), "OTLP", status, offset, why);
}

/* Execs for messages of a signal. */
static int diff_steps(diff_state *s, ottl_signal signal) {
  if (s->steps[signal]) return CLI_OK;
  cli_step *shared = NULL;
  size_t n = 0;
  int status = cli_program_steps(&s->program, signal, &shared, &n);
  if (status != CLI_OK) return status;
  s->steps[signal] = calloc(n + 1, sizeof *s->steps[signal]);
  if (!s->steps[signal]) return cli_fail(CLI_INTERNAL, "out of memory");
  s->n_steps[signal] = n;
  for (size_t i = 0; i < n && status == CLI_OK; i++) {
    s->steps[signal][i] = shared[i];
    s->steps[signal][i].exec = NULL;
    status = cli_exec_create(&s->program, shared[i].program, i == 0, &s->steps[signal][i].exec);
  }
  return status;
}

/* Through all programs; the diff learns of each. *ret: what is left, and whether its bytes are the same. */
static int diff_run(diff_state *s, const cli_message *m, ottl_result *ret) {
  cli_step *steps = s->steps[m->signal];
  ottl_result result = {.data = m->wire, .len = m->len, .unchanged = true};
  for (size_t i = 0; i < s->n_steps[m->signal] && (result.data || result.unchanged); i++) {
    ottl_result next;
    ottl_status status = ottl_exec_run(steps[i].exec, result.data, result.len, &next);
    bool bytes = !m->json && result.unchanged;
    if (status != OTTL_OK) {
      cli_refused refused = {&s->program, &steps[i], m->input, m->number, m->signal, bytes};
      return cli_run_refused(&refused, status);
    }
    cli_stats_add(&s->stats, steps, i, &next, m->signal, bytes);
    status = ottl_diff_step(s->diff, steps[i].exec, &next);
    if (status != OTTL_OK) return diff_refused(s, m, status);
    next.unchanged &= result.unchanged;
    result = next;
  }
  *ret = result;
  return CLI_OK;
}

static void diff_count(diff_totals *t, const ottl_diff_entry *e) {
  t->by_level[e->level][e->change]++;
  t->fields += e->change == OTTL_CHANGE_CHANGED ? e->fields : 0;
  if (e->level != OTTL_BLOCK_RECORD) return;
  t->moved += e->moved;
  t->records_in += e->has_before;
  t->records_out += e->has_after;
}

static bool diff_any(const diff_totals *t) {
  uint64_t n = t->moved;
  for (size_t level = 0; level <= OTTL_BLOCK_RECORD; level++) {
    for (size_t change = OTTL_CHANGE_CHANGED; change <= OTTL_CHANGE_ADDED; change++) n += t->by_level[level][change];
  }
  return n > 0;
}

static int diff_entries(diff_state *s, const cli_message *m) {
  const cli_options *o = s->options;
  bool json = o->format == OTTL_DIAGS_JSON, first = true;
  for (size_t i = 0; i < ottl_diff_count(s->diff); i++) {
    ottl_diff_entry e;
    ottl_status status = ottl_diff_get(s->diff, i, &e);
    if (status != OTTL_OK) return diff_refused(s, m, status);
    diff_count(&s->totals, &e);
    if (e.change == OTTL_CHANGE_NONE && !e.moved && !o->all) continue;
    if (s->page) {
      int written = diff_page_entry(s->page, &e);
      if (written != CLI_OK) return written;
    } else if (json && !diff_json_entry(&e, first)) {
      return cli_fail(CLI_INTERNAL, "out of memory");
    } else if (!json && !o->summary) {
      put_entry(s, &e);
    }
    first = false;
  }
  return CLI_OK;
}

static int diff_take(void *context, const cli_message *m) {
  diff_state *s = context;
  const cli_options *o = s->options;
  bool json = o->format == OTTL_DIAGS_JSON;
  ottl_result result = {0};
  int status = diff_steps(s, m->signal);
  if (status != CLI_OK) return status;
  s->stats.messages++;
  s->totals.messages++;
  ottl_status begun = ottl_diff_begin(s->diff, m->signal, m->wire, m->len);
  if (begun != OTTL_OK) return diff_refused(s, m, begun);
  status = diff_run(s, m, &result);
  if (status != CLI_OK) return status;
  s->totals.bytes_in += m->len;
  s->totals.bytes_out += result.data ? result.len : 0;
  s->invisible |= !result.unchanged;
  if (s->page)
    status = diff_page_message(s->page, m);
  else if (json)
    diff_json_message(m, s->totals.messages == 1);
  else if (!o->summary)
    put_message(s, m);
  if (status == CLI_OK) status = diff_entries(s, m);
  if (json && !s->page) diff_json_message_end();
  return status;
}

/* ---- the command ---- */

static int diff_usage(const cli_options *o) {
  if (o->has_statements && o->has_conditions) return cli_fail(CLI_USAGE, "-s and -c do not go together");
  if (o->atomic && o->rollback) return cli_fail(CLI_USAGE, "--atomic and --rollback do not go together");
  if (o->processors.n && !o->config) return cli_fail(CLI_USAGE, "--processor is for --config");
  if (!o->snippets.n && !o->program_file && !o->config)
    return cli_fail(CLI_USAGE,
                    "nothing to run: give statements with -s, a file with -f or a collector's with --config (`ottl help "
                    "diff` shows examples)");
  if ((o->atomic || o->rollback) && o->error_mode == OTTL_ERROR_PROPAGATE && !o->config)
    return cli_fail(CLI_USAGE, "--%s is for records that fail while others go on: give --error-mode ignore or silent",
                    o->atomic ? "atomic" : "rollback");
  return CLI_OK;
}

static int diff_open(diff_state *s) {
  const cli_options *o = s->options;
  s->colour = cli_colour(STDOUT_FILENO);
  s->stats.show_values = o->show_values;
  int status = o->config ? cli_config_open(&s->program, o) : cli_program_open(&s->program, o, o->has_conditions);
  if (status == CLI_OK) status = cli_program_request(&s->program);
  if (status != CLI_OK) return status;
  ottl_status made = ottl_diff_create(NULL, &s->diff);
  if (made != OTTL_OK) return cli_fail(CLI_INTERNAL, "%s", ottl_status_name(made));
  return o->html ? diff_page_open(o->html, o, &s->program, &s->page) : CLI_OK;
}

static int diff_finish(diff_state *s) {
  char text[1000];
  bool any = diff_any(&s->totals);
  int status = CLI_OK;
  if (s->page) {
    status = diff_page_finish(s->page, &s->totals);
    s->page = NULL;
  }
  if (s->options->format == OTTL_DIAGS_JSON && !s->options->html) {
    if (!diff_json_end(&s->totals)) return cli_fail(CLI_INTERNAL, "out of memory");
  } else {
    diff_totals_text(&s->totals, text, sizeof text);
    printf("%s%s", s->printed ? "\n" : "", text);
    if (!any && s->invisible) puts("The bytes are others, and no record is: they were encoded in an unusual way.");
  }
  cli_stats_warn(&s->stats, &s->program);
  return status != CLI_OK ? status : any ? CLI_NO : CLI_OK;
}

int cli_diff(int argc, char **argv) {
  cli_options options;
  diff_state s = {.options = &options};
  int status = cli_options_read(argv[0], IN_DIFF, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = diff_usage(&options);
  if (status == CLI_OK) status = diff_open(&s);
  if (status != CLI_OK) goto out;
  if (options.format == OTTL_DIAGS_JSON && !options.html) diff_json_begin();
  status = cli_messages(&options, s.program.signal, cli_program_what(&s.program), diff_take, &s);
  if (status == CLI_OK) status = diff_finish(&s);
out:
  diff_page_abandon(s.page);
  ottl_diff_free(s.diff);
  for (int i = 0; i < CLI_SIGNALS; i++) {
    for (size_t k = 0; k < s.n_steps[i]; k++) ottl_exec_free(s.steps[i][k].exec);
    free(s.steps[i]);
  }
  cli_stats_done(&s.stats);
  cli_program_close(&s.program);
  cli_options_done(&options);
  return status;
}
