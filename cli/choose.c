/* --where: each condition is a program of its own, because its context is; any of them chooses. */
#include "choose.h"

#include <stdlib.h>
#include <string.h>

typedef struct choice_program {
  ottl_program *program;
  ottl_exec *exec;
} choice_program;

struct cli_choice {
  const cli_options *options;
  size_t n; /* conditions */
  ottl_signal signal;
  choice_program *by_signal[CLI_SIGNALS];
  bool *records; /* of the last message */
  size_t n_records;
  bool any;
};

static int choice_compile(const cli_choice *c, size_t i, ottl_signal signal, ottl_program **ret) {
  const char *text = c->options->where.items[i];
  ottl_snippet snippet = {.text = text, .len = strlen(text), .name = "--where"};
  ottl_group group = {.struct_size = sizeof group,
                      .context = c->options->context,
                      .statements = &snippet,
                      .n_statements = 1,
                      .error_mode = OTTL_ERROR_SILENT};
  ottl_compile_options options;
  ottl_diags *diags = NULL;
  ottl_compile_options_init(&options);
  options.kind = OTTL_KIND_CONDITIONS;
  options.signal = signal;
  options.experimental = c->options->experimental;
  ottl_status status = ottl_program_compile(&group, 1, &options, ret, &diags);
  return cli_compiled(status, diags, "conditions");
}

/* Once for what is told, and to know what they are about. */
static int choice_check(cli_choice *c) {
  for (size_t i = 0; i < c->n; i++) {
    ottl_program *program = NULL;
    int status = choice_compile(c, i, c->options->signal, &program);
    if (status != CLI_OK) return status;
    ottl_signal signal = ottl_program_signal(program);
    ottl_program_free(program);
    if (signal && c->signal && signal != c->signal)
      return cli_fail(CLI_USAGE, "a condition is about %s, another one about %s", cli_signal_names[c->signal],
                      cli_signal_names[signal]);
    if (signal) c->signal = signal;
  }
  return CLI_OK;
}

int cli_choice_open(const cli_options *options, cli_choice **ret) {
  *ret = NULL;
  if (!options->where.n) return CLI_OK;
  cli_choice *c = calloc(1, sizeof *c);
  if (!c) return cli_fail(CLI_INTERNAL, "out of memory");
  c->options = options;
  c->n = options->where.n;
  *ret = c;
  return choice_check(c);
}

void cli_choice_close(cli_choice *c) {
  if (!c) return;
  for (int s = 0; s < CLI_SIGNALS; s++) {
    for (size_t i = 0; c->by_signal[s] && i < c->n; i++) {
      ottl_exec_free(c->by_signal[s][i].exec);
      ottl_program_free(c->by_signal[s][i].program);
    }
    free(c->by_signal[s]);
  }
  free(c->records);
  free(c);
}

ottl_signal cli_choice_signal(const cli_choice *c) { return c ? c->signal : OTTL_SIGNAL_NONE; }
bool cli_choice_has(const cli_choice *c, uint64_t record) { return record < c->n_records && c->records[record]; }
bool cli_choice_any(const cli_choice *c) { return c->any; }

static int choice_prepare(cli_choice *c, ottl_signal signal) {
  if (c->by_signal[signal]) return CLI_OK;
  choice_program *made = c->by_signal[signal] = calloc(c->n, sizeof *made);
  if (!made) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < c->n; i++) {
    int status = choice_compile(c, i, signal, &made[i].program);
    if (status != CLI_OK) return status;
    ottl_status created = ottl_exec_create(made[i].program, NULL, &made[i].exec);
    if (created != OTTL_OK) return cli_fail(CLI_INTERNAL, "cannot evaluate conditions: %s", ottl_status_name(created));
  }
  return CLI_OK;
}

/* Order of blocks: what is above comes first. NO_PLACE is one less than 0. */
static int choice_compare(const ottl_block *b, const ottl_record_place *p) {
  const uint64_t x[] = {b->resource + 1, b->scope + 1, b->item + 1}, y[] = {p->resource + 1, p->scope + 1, p->item + 1};
  for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}

static bool choice_below(const ottl_block *b, const ottl_record_place *p) {
  return b->resource == p->resource && (p->scope == OTTL_NO_PLACE || b->scope == p->scope) &&
         (p->item == OTTL_NO_PLACE || b->item == p->item);
}

static void choice_mark(cli_choice *c, const ottl_viewer *viewer, const ottl_record_place *place) {
  size_t low = 0, high = ottl_viewer_count(viewer);
  ottl_block b;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ottl_viewer_block(viewer, middle, &b) && choice_compare(&b, place) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  for (; ottl_viewer_block(viewer, low, &b) && choice_below(&b, place); low++) {
    if (b.level != OTTL_BLOCK_RECORD) continue;
    c->records[b.number] = true;
    c->any = true;
  }
}

static int choice_run(cli_choice *c, const choice_program *p, const cli_message *m, const ottl_viewer *viewer) {
  ottl_result result;
  ottl_status status = ottl_exec_run(p->exec, m->wire, m->len, &result);
  if (status != OTTL_OK) {
    size_t offset = 0;
    const char *why = ottl_exec_failure(p->exec, &offset);
    return cli_message_refused(CLI_AT(m), "OTLP", status, offset, why ? why : "");
  }
  for (size_t row = 0; row < ottl_eval_rows(p->exec); row++) {
    ottl_value value;
    ottl_record_place place = {.struct_size = sizeof place};
    if (ottl_eval_value(p->exec, 0, row, &value, NULL) != OTTL_OK || !value.boolean) continue;
    if (ottl_eval_place(p->exec, row, &place)) choice_mark(c, viewer, &place);
  }
  return CLI_OK;
}

int cli_choose(cli_choice *c, const cli_message *m, const ottl_viewer *viewer) {
  free(c->records);
  c->n_records = ottl_viewer_count(viewer);
  c->records = calloc(c->n_records + 1, sizeof *c->records);
  c->any = false;
  int status = c->records ? choice_prepare(c, m->signal) : cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < c->n && status == CLI_OK; i++) status = choice_run(c, &c->by_signal[m->signal][i], m, viewer);
  return status;
}
