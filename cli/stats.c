/* What happened, for --stats and for the warnings of --error-mode ignore. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_failure(const cli_failure *a, const cli_failure *b) {
  return a->processor == b->processor && a->group == b->group && a->statement == b->statement && a->condition == b->condition;
}

static void stats_failure(cli_stats *s, const cli_step *step, size_t error, ottl_signal signal, bool bytes,
                          const ottl_row_error *e) {
  cli_failure failure = {
      .processor = step->processor, .group = e->group, .statement = e->statement, .condition = e->condition, .count = 1};
  for (size_t i = 0; i < s->n_failures; i++) {
    if (!same_failure(&s->failures[i], &failure)) continue;
    s->failures[i].count++;
    return;
  }
  if (s->n_failures == CLI_FAILURES) return;
  cli_failure *f = &s->failures[s->n_failures++];
  *f = failure;
  f->message = s->messages;
  f->item = e->item;
  cli_record_of(step->exec, error, bytes, &f->record);
  if (s->show_values) f->values = cli_record_values(step->exec, error, signal);
  snprintf(f->text, sizeof f->text, "%s: %s", e->code, e->message);
}

void cli_stats_add(cli_stats *s, const cli_step *steps, size_t step, const ottl_result *r, ottl_signal signal, bool bytes) {
  if (step == 0) s->rows_in += r->rows_in;
  s->rows_changed += r->rows_changed;
  s->rows_dropped += r->rows_dropped;
  s->rows_failed += r->rows_failed;
  s->errors += r->errors;
  ottl_row_error e;
  for (size_t i = 0; r->errors && ottl_exec_error(steps[step].exec, i, &e); i++) {
    if (ottl_program_error_mode(steps[step].program, e.group) != OTTL_ERROR_SILENT)
      stats_failure(s, &steps[step], i, signal, bytes, &e);
  }
}

static void stats_merge_failure(cli_stats *s, cli_failure *more) {
  for (size_t i = 0; i < s->n_failures; i++) {
    cli_failure *f = &s->failures[i];
    if (!same_failure(f, more)) continue;
    f->count += more->count;
    return;
  }
  if (s->n_failures == CLI_FAILURES) return;
  cli_failure *f = &s->failures[s->n_failures++];
  *f = *more;
  f->message += s->messages;
  more->values = NULL;
}

void cli_stats_merge(cli_stats *s, cli_stats *more) {
  for (size_t i = 0; i < more->n_failures; i++) stats_merge_failure(s, &more->failures[i]);
  s->messages += more->messages;
  s->rows_in += more->rows_in;
  s->rows_changed += more->rows_changed;
  s->rows_dropped += more->rows_dropped;
  s->rows_failed += more->rows_failed;
  s->errors += more->errors;
  s->passed_over += more->passed_over;
  s->bytes_in += more->bytes_in;
  s->bytes_out += more->bytes_out;
}

void cli_stats_done(cli_stats *s) {
  for (size_t i = 0; i < s->n_failures; i++) free(s->failures[i].values);
}

/* Where a message points: the text of the statement when the command line has it, cut to a line. */
void cli_failure_place(const cli_program *p, size_t processor, uint32_t group, uint32_t statement, uint32_t condition, char *text,
                       size_t size) {
  const cli_options *o = p->options;
  if (p->routes) {
    cli_routes_place(p, group, text, size);
    return;
  }
  bool filter = p->config ? cli_config_filters(p->config, processor) : p->filter;
  uint32_t i = filter || statement == UINT32_MAX ? condition : statement;
  const char *what = filter || statement == UINT32_MAX ? "condition" : "statement";
  if (p->config) {
    char name[60];
    snprintf(text, size, "%s: group %" PRIu32 ", %s %" PRIu32, cli_config_name(p->config, processor, name, sizeof name),
             group + 1, what, i + 1);
  } else if (o->keep) {
    snprintf(text, size, o->snippets.n > 1 ? "one of the conditions" : "the condition");
  } else if (i < o->snippets.n) {
    const char *source = o->snippets.items[i];
    int n = (int)strcspn(source, "\n");
    snprintf(text, size, "%s %" PRIu32 " `%.*s%s`", what, i + 1, n > 70 ? 67 : n, source, n > 70 ? "..." : "");
  } else {
    snprintf(text, size, "%s: group %" PRIu32 ", %s %" PRIu32, o->program_file ? o->program_file : "", group + 1, what, i + 1);
  }
}

void cli_stats_warn(const cli_stats *s, const cli_program *program) {
  uint64_t listed = 0;
  for (size_t i = 0; i < s->n_failures; i++) {
    const cli_failure *f = &s->failures[i];
    char place[160];
    cli_failure_place(program, f->processor, f->group, f->statement, f->condition, place, sizeof place);
    bool known = f->record.place[0];
    fprintf(stderr,
            "ottl: warning: %s failed on %" PRIu64 " record%s, first on %s %" PRIu64 " of message %" PRIu64 "%s%s%s: %s\n", place,
            f->count, f->count == 1 ? "" : "s", f->record.name, f->item + 1, f->message, known ? " (" : "", f->record.place,
            known ? ")" : "", f->text);
    if (f->values) fprintf(stderr, "ottl: it came as %s\n", f->values);
    listed += f->count;
  }
  if (s->errors > listed && !program->config) fprintf(stderr, "ottl: warning: %" PRIu64 " more failures\n", s->errors - listed);
}

void cli_stats_print(const cli_stats *s) {
  char passed[60] = "";
  if (s->passed_over) snprintf(passed, sizeof passed, ", and %" PRIu64 " passed over", s->passed_over);
  fprintf(stderr,
          "messages %" PRIu64 "%s\nrecords  %" PRIu64 " in, %" PRIu64 " changed, %" PRIu64 " dropped, %" PRIu64
          " failed (%" PRIu64 " errors)\nbytes    %" PRIu64 " in, %" PRIu64 " out\n",
          s->messages, passed, s->rows_in, s->rows_changed, s->rows_dropped, s->rows_failed, s->errors, s->bytes_in,
          s->bytes_out);
  double seconds = s->seconds > 0 ? s->seconds : 1e-9;
  fprintf(stderr, "speed    %.1f MB/s, %.0f records/s (%.3f s)\n", (double)s->bytes_in / 1e6 / seconds,
          (double)s->rows_in / seconds, s->seconds);
}
