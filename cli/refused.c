/* Messages on which a program stopped: why, and on which record. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>

/* The failure that ended the run: there may be others before it, which were ignored. */
static bool refused_failure(const cli_step *step, size_t *ret_error, ottl_row_error *ret) {
  for (*ret_error = 0; ottl_exec_error(step->exec, *ret_error, ret); ++*ret_error) {
    if (ottl_program_error_mode(step->program, ret->group) == OTTL_ERROR_PROPAGATE) return true;
  }
  return false;
}

static int refused_record(const cli_refused *r, size_t error, const ottl_row_error *e) {
  const cli_options *o = r->program->options;
  char place[160];
  cli_record record;
  cli_failure_place(r->program, r->step->processor, e->group, e->statement, e->condition, place, sizeof place);
  cli_record_of(r->step->exec, error, r->bytes, &record);
  bool known = record.place[0];
  cli_fail(0, CLI_AT_FORMAT "%s failed on %s %" PRIu64 "%s%s%s: %s: %s", CLI_AT(r), place, record.name, e->item + 1,
           known ? " (" : "", record.place, known ? ")" : "", e->code, e->message);
  char *values = o->show_values ? cli_record_values(r->step->exec, error, r->signal) : NULL;
  if (values) cli_fail(0, "it came as %s", values);
  free(values);
  return cli_fail(CLI_ROW, "stopped there; %s goes on", o->config ? "`error_mode: ignore`" : "--error-mode ignore");
}

int cli_message_refused(const char *input, unsigned long long number, const char *what, ottl_status status, size_t offset,
                        const char *why) {
  if (status == OTTL_LIMIT && !offset) return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "%s", input, number, why);
  if (status == OTTL_DATA || status == OTTL_LIMIT)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "not valid %s at byte %zu: %s", input, number, what, offset, why);
  return cli_fail(CLI_INTERNAL, CLI_AT_FORMAT "%s", input, number, ottl_status_name(status));
}

int cli_run_refused(const cli_refused *r, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_exec_failure(r->step->exec, &offset);
  ottl_row_error e;
  size_t error;
  if (status == OTTL_RUNTIME && refused_failure(r->step, &error, &e)) return refused_record(r, error, &e);
  if (status == OTTL_RUNTIME) return cli_fail(CLI_ROW, CLI_AT_FORMAT "a record failed", CLI_AT(r));
  return cli_message_refused(CLI_AT(r), "OTLP", status, offset, why ? why : ottl_status_name(status));
}
