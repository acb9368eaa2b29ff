/* ottl view: payloads as text, record by record, under the headings of their resources and scopes. */
#include "messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "choose.h"

typedef struct view_state {
  const cli_options *options;
  ottl_viewer *viewer;
  cli_choice *choice; /* NULL: all records */
  char **fields;
  size_t n_fields;
  uint64_t shown; /* records */
  uint64_t messages;
  bool colour, found; /* found: something was printed */
} view_state;

/* "body,attributes" */
static int view_fields(view_state *s, ottl_viewer_options *options) {
  const char *text = s->options->fields;
  if (!text) return CLI_OK;
  size_t most = 1;
  for (const char *p = text; *p; p++) most += *p == ',';
  s->fields = calloc(most, sizeof *s->fields);
  if (!s->fields) return cli_fail(CLI_INTERNAL, "out of memory");
  while (*text) {
    size_t n = strcspn(text, ",");
    if (n && !(s->fields[s->n_fields++] = strndup(text, n))) return cli_fail(CLI_INTERNAL, "out of memory");
    text += n + (text[n] == ',');
  }
  options->fields = (const char *const *)s->fields;
  options->n_fields = s->n_fields;
  return s->n_fields ? CLI_OK : cli_fail(CLI_USAGE, "--fields takes names, such as body,attributes");
}

static void view_heading(const view_state *s, const ottl_block *b) {
  bool bold = s->colour;
  printf("%s%s ", bold ? "\x1b[1m" : "", b->kind);
  if (b->level == OTTL_BLOCK_SCOPE)
    printf("%" PRIu64 ".%" PRIu64, b->resource + 1, b->scope + 1);
  else
    printf("%" PRIu64, b->number + 1);
  printf("%s%s%.*s\n", bold ? "\x1b[0m" : "", b->summary.len ? " " : "", (int)b->summary.len,
         b->summary.len ? b->summary.data : "");
}

/* Lines of the block, two columns to the right. */
static void view_lines(ottl_view text) {
  while (text.len) {
    const char *end = memchr(text.data, '\n', text.len);
    size_t n = end ? (size_t)(end - text.data) + 1 : text.len;
    fputs("  ", stdout);
    fwrite(text.data, 1, n, stdout);
    text = (ottl_view){text.data + n, text.len - n};
  }
}

static int view_failed(const view_state *s, const cli_message *m, ottl_status status) {
  size_t offset = 0;
  const char *why = ottl_viewer_error(s->viewer, &offset);
  return cli_message_refused(CLI_AT(m), "OTLP", status, offset, why);
}

static int view_block(view_state *s, const cli_message *m, size_t i) {
  ottl_block b;
  ottl_status status = ottl_viewer_render(s->viewer, i, &b);
  if (status != OTTL_OK) return view_failed(s, m, status);
  if (s->found) putchar('\n');
  s->found = true;
  view_heading(s, &b);
  view_lines(b.lines);
  return ferror(stdout) ? CLI_ENOUGH : CLI_OK;
}

static bool view_wants(const view_state *s, const cli_message *m, const ottl_block *b) {
  const cli_options *o = s->options;
  if (o->row && (b->number + 1 != o->row || m->number != o->message)) return false;
  return !s->choice || cli_choice_has(s->choice, b->number);
}

/* Headings wait for the first record below them, unless everything is shown. */
static int view_message(view_state *s, const cli_message *m) {
  const cli_options *o = s->options;
  bool all = !s->choice && !o->row;
  size_t waits[2] = {SIZE_MAX, SIZE_MAX};
  for (size_t i = 0; i < ottl_viewer_count(s->viewer); i++) {
    ottl_block b;
    ottl_viewer_block(s->viewer, i, &b);
    int status = CLI_OK;
    if (b.level < OTTL_BLOCK_RECORD && !all) {
      waits[b.level] = i;
      continue;
    }
    if (b.level == OTTL_BLOCK_RECORD && !view_wants(s, m, &b)) continue;
    for (int level = 0; level < 2 && status == CLI_OK; level++) {
      if (waits[level] != SIZE_MAX) status = view_block(s, m, waits[level]);
      waits[level] = SIZE_MAX;
    }
    if (status == CLI_OK) status = view_block(s, m, i);
    s->shown += b.level == OTTL_BLOCK_RECORD;
    if (status != CLI_OK) return status;
    if (o->row || (o->limit && s->shown == o->limit)) return CLI_ENOUGH;
  }
  return CLI_OK;
}

/* The heading of a message that is not the first. */
static void view_another(view_state *s, const cli_message *m) {
  printf("%s%s%s: message %" PRIu64 " (%s)%s\n", s->found ? "\n" : "", s->colour ? "\x1b[1m" : "", m->input, m->number,
         cli_signal_names[m->signal], s->colour ? "\x1b[0m" : "");
  s->found = true;
}

static int view_take(void *context, const cli_message *m) {
  view_state *s = context;
  const cli_options *o = s->options;
  if (o->row && m->number != o->message) return CLI_OK;
  ottl_status status = ottl_viewer_open(s->viewer, m->signal, m->wire, m->len);
  if (status != OTTL_OK) return view_failed(s, m, status);
  int chosen = s->choice ? cli_choose(s->choice, m, s->viewer) : CLI_OK;
  if (chosen != CLI_OK) return chosen;
  if (s->messages++ && (!s->choice || cli_choice_any(s->choice))) view_another(s, m);
  return view_message(s, m);
}

static int view_open(view_state *s) {
  ottl_viewer_options options;
  ottl_viewer_options_init(&options);
  s->colour = cli_colour(STDOUT_FILENO);
  options.layout = s->options->lines ? OTTL_VIEWER_LINES : OTTL_VIEWER_TREE;
  options.colour = s->colour && !s->options->lines;
  options.max_text = s->options->max_text;
  int status = view_fields(s, &options);
  if (status == CLI_OK) status = cli_choice_open(s->options, &s->choice);
  if (status != CLI_OK) return status;
  ottl_status made = ottl_viewer_create(&options, &s->viewer);
  return made == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "%s", ottl_status_name(made));
}

/* A record that was asked for by its number. */
static int view_missing(const view_state *s) {
  const cli_options *o = s->options;
  if (!o->row || s->shown || s->choice) return CLI_OK;
  return cli_fail(CLI_USAGE, "there is no record %zu in message %zu", o->row, o->message);
}

int cli_view(int argc, char **argv) {
  cli_options options;
  view_state s = {.options = &options};
  int status = cli_options_read(argv[0], IN_VIEW, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  if (options.context && !options.where.n) {
    status = cli_fail(CLI_USAGE, "--context is for --where");
    goto out;
  }
  status = view_open(&s);
  if (status == CLI_OK) status = cli_messages(&options, cli_choice_signal(s.choice), "conditions", view_take, &s);
  if (status == CLI_OK) status = view_missing(&s);
out:
  for (size_t i = 0; i < s.n_fields; i++) free(s.fields[i]);
  free(s.fields);
  ottl_viewer_free(s.viewer);
  cli_choice_close(s.choice);
  cli_options_done(&options);
  return status;
}
