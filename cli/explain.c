/* ottl explain: what programs will do, and with --cost what they did with a payload. */
#include "messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Times are those of a round of passes that was not disturbed: nearly as fast as the fastest. */
#define ROUND_NANOSECONDS 20000000
#define ROUND_PASSES      1000
#define ROUNDS_LEAST      5
#define ROUNDS_MOST       40
#define ROUND_NEAR        1.05

/* One source of statements: -s or -c, a file of statements, or a configuration. */
typedef struct explain_source {
  cli_options options; /* as `ottl run` would have them */
  cli_program program;
  const char *path; /* NULL: the command line */
} explain_source;

typedef struct explain_state {
  const cli_options *options;
  explain_source *sources;
  size_t n_sources;
  ottl_explain_program *programs;
  char (*names)[300];
  size_t n, cap;
  ottl_program **own; /* that no source frees */
  size_t n_own;
} explain_state;

/* ---- which programs ---- */

static int add_program(explain_state *s, const ottl_program *program, const char *name, ottl_program *own) {
  if (s->n == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 16;
    void *programs = realloc(s->programs, cap * sizeof *s->programs);
    if (programs) s->programs = programs;
    void *names = realloc(s->names, cap * sizeof *s->names);
    if (names) s->names = names;
    void *owned = realloc(s->own, cap * sizeof *s->own);
    if (owned) s->own = owned;
    if (!programs || !names || !owned) {
      ottl_program_free(own);
      return cli_fail(CLI_INTERNAL, "out of memory");
    }
    s->cap = cap;
  }
  if (own) s->own[s->n_own++] = own;
  snprintf(s->names[s->n], sizeof s->names[s->n], "%s", name ? name : "");
  s->programs[s->n++] = (ottl_explain_program){.program = program};
  return CLI_OK;
}

static int open_source(explain_state *s, const char *path, bool config) {
  explain_source *from = &s->sources[s->n_sources++];
  from->path = path;
  from->options = *s->options;
  from->options.connectors = true;
  from->options.program_file = config ? NULL : path;
  from->options.config = config ? path : NULL;
  if (path) from->options.snippets.n = 0;
  if (!config && path) from->options.context = NULL;
  if (config) return cli_config_open(&from->program, &from->options);
  return cli_program_open(&from->program, &from->options, path ? s->options->conditions : s->options->has_conditions);
}

static int open_sources(explain_state *s) {
  const cli_options *o = s->options;
  s->sources = calloc(o->files.n + 2, sizeof *s->sources);
  if (!s->sources) return cli_fail(CLI_INTERNAL, "out of memory");
  int status = o->snippets.n ? open_source(s, NULL, false) : CLI_OK;
  if (status == CLI_OK && o->config) status = open_source(s, o->config, true);
  for (size_t i = 0; i < o->files.n && status == CLI_OK; i++)
    status = open_source(s, o->files.items[i], cli_is_yaml(o->files.items[i]));
  return status;
}

static void name_of(const explain_source *from, const char *what, ottl_signal signal, char *text, size_t size) {
  snprintf(text, size, "%s%s%s%s%s", from->path ? from->path : "", from->path && *what ? ": " : "", what, signal ? ", " : "",
           cli_signal_names[signal]);
}

/* What runs on messages of a signal, as `ottl run` would have it. */
static int add_steps(explain_state *s, explain_source *from, ottl_signal signal, bool named) {
  cli_step *steps;
  size_t n;
  int status = cli_program_steps(&from->program, signal, &steps, &n);
  for (size_t i = 0; i < n && status == CLI_OK; i++) {
    char name[300], processor[200] = "";
    if (from->program.config) cli_config_name(from->program.config, steps[i].processor, processor, sizeof processor);
    name_of(from, processor, named ? signal : OTTL_SIGNAL_NONE, name, sizeof name);
    status = add_program(s, steps[i].program, name, NULL);
  }
  return status;
}

/* Is a signal named by a section of the file? */
static bool section_of(const cli_program *p, ottl_signal signal) {
  for (size_t i = 0; i < p->n_sections; i++) {
    if (!p->sections[i].empty && p->sections[i].signal == signal) return true;
  }
  return false;
}

static int add_statements(explain_state *s, explain_source *from) {
  cli_program *p = &from->program;
  ottl_signal signal = p->signal ? p->signal : s->options->signal;
  if (signal || !p->sections) return add_steps(s, from, signal, false);
  int status = CLI_OK;
  bool any = false;
  for (int i = OTTL_SIGNAL_LOGS; i <= OTTL_SIGNAL_PROFILES && status == CLI_OK; i++) {
    if (!section_of(p, (ottl_signal)i)) continue;
    any = true;
    status = add_steps(s, from, (ottl_signal)i, true);
  }
  if (any || status != CLI_OK) return status;
  free(p->sections); /* all of it serves every signal */
  p->sections = NULL;
  p->n_sections = 0;
  return add_steps(s, from, OTTL_SIGNAL_NONE, false);
}

static bool wanted(const cli_options *o, const char *name) {
  for (size_t i = 0; i < o->processors.n; i++) {
    if (strcmp(o->processors.items[i], name) == 0) return true;
  }
  return !o->processors.n;
}

static int add_processor(explain_state *s, const explain_source *from, size_t processor, ottl_signal signal) {
  ottl_compile_options options;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  char name[300], what[200];
  const cli_config *c = from->program.config;
  cli_config_name(c, processor, what, sizeof what);
  if (!wanted(s->options, what)) return CLI_OK;
  ottl_compile_options_init(&options);
  options.experimental = s->options->experimental;
  options.flatten = false;
  ottl_status compiled = ottl_config_compile(c->config, processor, signal, &options, &program, &diags);
  if (compiled == OTTL_COMPILE || compiled == OTTL_UNSUPPORTED || compiled == OTTL_LIMIT || compiled == OTTL_NOMEM)
    return cli_compiled(compiled, diags, "processors");
  ottl_diags_free(diags);
  if (compiled != OTTL_OK) return cli_fail(CLI_INTERNAL, "%s: %s", what, ottl_status_name(compiled));
  if (!ottl_program_groups(program)) {
    ottl_program_free(program);
    return CLI_OK;
  }
  name_of(from, what, OTTL_SIGNAL_NONE, name, sizeof name);
  return add_program(s, program, name, program);
}

static int add_connector(explain_state *s, const explain_source *from, size_t connector) {
  ottl_config_connector_info info;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  char name[300], what[200];
  const ottl_config *config = from->program.config->config;
  if (ottl_config_connector(config, connector, &info) != OTTL_OK) return CLI_OK;
  snprintf(what, sizeof what, "%.*s", (int)(info.name.len < 190 ? info.name.len : 190), info.name.data);
  if (!wanted(s->options, what) || (s->options->signal && s->options->signal != info.signal)) return CLI_OK;
  ottl_signal signal = info.signal && info.signal <= OTTL_SIGNAL_METRICS ? info.signal : OTTL_SIGNAL_LOGS;
  ottl_status compiled = ottl_config_connector_compile(config, connector, signal, NULL, &program, &diags);
  int status = cli_compiled(compiled, diags, "routes");
  if (status != CLI_OK) return status;
  name_of(from, what, OTTL_SIGNAL_NONE, name, sizeof name);
  return add_program(s, program, name, program);
}

/* All that the configuration has, whether a pipeline uses it or not. */
static int add_config(explain_state *s, explain_source *from) {
  const ottl_config *config = from->program.config->config;
  int status = CLI_OK;
  for (size_t i = 0; i < ottl_config_processors(config) && status == CLI_OK; i++) {
    for (int k = OTTL_SIGNAL_LOGS; k <= OTTL_SIGNAL_PROFILES && status == CLI_OK; k++) {
      if (s->options->signal && s->options->signal != (ottl_signal)k) continue;
      if (k == OTTL_SIGNAL_PROFILES && !s->options->experimental) continue;
      status = add_processor(s, from, i, (ottl_signal)k);
    }
  }
  for (size_t i = 0; i < ottl_config_connectors(config) && status == CLI_OK; i++) status = add_connector(s, from, i);
  return status;
}

static void names_set(explain_state *s) {
  for (size_t i = 0; i < s->n; i++) s->programs[i].name = s->names[i][0] ? s->names[i] : NULL;
}

/* ---- running ---- */

/* Payloads, in memory: they are run again and again. */
typedef struct explain_payload {
  uint8_t *wire;
  size_t len;
} explain_payload;

typedef struct explain_payloads {
  explain_payload *items;
  size_t n, cap;
  ottl_signal signal; /* of all of them */
} explain_payloads;

static int cost_take(void *context, const cli_message *m) {
  explain_payloads *p = context;
  if (p->n && m->signal != p->signal)
    return cli_fail(CLI_PAYLOAD, CLI_AT_FORMAT "it has %s, those before it %s: --cost takes one signal", CLI_AT(m),
                    cli_signal_names[m->signal], cli_signal_names[p->signal]);
  if (!cli_grow(&p->items, p->n, &p->cap, sizeof *p->items)) return cli_fail(CLI_INTERNAL, "out of memory");
  uint8_t *copy = malloc(m->len + 1);
  if (!copy) return cli_fail(CLI_INTERNAL, "out of memory");
  if (m->len) memcpy(copy, m->wire, m->len);
  p->items[p->n++] = (explain_payload){copy, m->len};
  p->signal = m->signal;
  return CLI_OK;
}

static int cost_read(const explain_state *s, explain_payloads *ret) {
  cli_options options = *s->options;
  const char *file = s->options->cost;
  ottl_signal about = OTTL_SIGNAL_NONE;
  options.files = (cli_texts){&file, 1};
  for (size_t i = 0; i < s->n_sources && !about; i++) about = s->sources[i].program.signal;
  int status = cli_messages(&options, about, "statements", cost_take, ret);
  if (status == CLI_OK && !ret->n) status = cli_fail(CLI_PAYLOAD, "%s: there is nothing in it", file);
  return status;
}

static int cost_failed(const explain_state *s, size_t program, size_t message, ottl_status status, ottl_exec *exec) {
  size_t offset = 0;
  ottl_row_error e;
  const char *why = ottl_exec_failure(exec, &offset), *name = s->programs[program].name;
  for (size_t i = 0; status == OTTL_RUNTIME && ottl_exec_error(exec, i, &e); i++) why = e.message;
  cli_fail(0, "message %zu%s%s: %s", message + 1, name ? ", " : "", name ? name : "", why ? why : ottl_status_name(status));
  if (status == OTTL_RUNTIME) return cli_fail(CLI_ROW, "stopped there; error mode ignore goes on");
  return status == OTTL_DATA || status == OTTL_LIMIT ? CLI_PAYLOAD : CLI_INTERNAL;
}

/* All messages through all programs. */
static int cost_pass(const explain_state *s, const explain_payloads *m, ottl_exec **execs) {
  for (size_t i = 0; i < m->n; i++) {
    const uint8_t *data = m->items[i].wire;
    size_t len = m->items[i].len;
    for (size_t k = 0; k < s->n && data; k++) {
      ottl_result result;
      ottl_status status = ottl_exec_run(execs[k], data, len, &result);
      if (status != OTTL_OK) return cost_failed(s, k, i, status, execs[k]);
      data = result.data;
      len = result.len;
    }
  }
  return CLI_OK;
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Passes that are counted from the beginning. *ret_ns: what one took. */
static int cost_round(const explain_state *s, const explain_payloads *m, ottl_exec **execs, uint64_t *ret_passes,
                      double *ret_ns) {
  for (size_t i = 0; i < s->n; i++) {
    if (ottl_exec_profile(execs[i], true) != OTTL_OK) return cli_fail(CLI_INTERNAL, "out of memory");
  }
  int64_t begun = now();
  for (*ret_passes = 0;;) {
    int status = cost_pass(s, m, execs);
    if (status != CLI_OK) return status;
    ++*ret_passes;
    int64_t ns = now() - begun;
    *ret_ns = (double)ns / (double)*ret_passes;
    if (s->options->no_times || *ret_passes >= ROUND_PASSES || ns > ROUND_NANOSECONDS) return CLI_OK;
  }
}

static int cost_run(explain_state *s, const explain_payloads *m, ottl_exec **execs, uint64_t *ret_passes) {
  int status = CLI_OK;
  for (size_t i = 0; i < s->n && status == CLI_OK; i++) {
    ottl_exec_options o;
    ottl_exec_options_init(&o);
    ottl_status made = ottl_exec_create(s->programs[i].program, &o, &execs[i]);
    if (made != OTTL_OK) return cli_fail(CLI_INTERNAL, "cannot run it: %s", ottl_status_name(made));
    s->programs[i].exec = execs[i];
  }
  double best = 0, ns = 0;
  for (int round = 1; status == CLI_OK && round <= ROUNDS_MOST; round++) {
    status = cost_round(s, m, execs, ret_passes, &ns);
    if (round == 1 || ns < best) best = ns;
    if (s->options->no_times || (round >= ROUNDS_LEAST && ns <= best * ROUND_NEAR)) break;
  }
  return status;
}

/* ---- telling ---- */

static int tell_svg(const explain_state *s, ottl_explain_options *o) {
  cli_text text = {0};
  io_error error;
  o->format = OTTL_EXPLAIN_SVG;
  ottl_status status = ottl_explain(s->programs, s->n, o, cli_keep, &text);
  if (status == OTTL_OK && text.failed) status = OTTL_NOMEM;
  int result = CLI_OK;
  if (status != OTTL_OK)
    result = cli_fail(CLI_INTERNAL, "%s: %s", s->options->svg, ottl_status_name(status));
  else if (io_write_file(s->options->svg, text.data, text.len, &error) != IO_OK)
    result = cli_fail(CLI_USAGE, "%s", error.text);
  free(text.data);
  return result;
}

static int tell(explain_state *s, uint64_t passes) {
  if (!s->n) return cli_fail(CLI_NO, "there is no statement that is about it");
  const cli_options *o = s->options;
  ottl_explain_options e;
  struct winsize size;
  ottl_explain_options_init(&e);
  e.format = o->format == OTTL_DIAGS_JSON ? OTTL_EXPLAIN_JSON : OTTL_EXPLAIN_TEXT;
  e.types = o->types;
  e.bytecode = o->bytecode;
  e.no_times = o->no_times;
  e.passes = passes;
  e.colour = e.format == OTTL_EXPLAIN_TEXT && cli_colour(STDOUT_FILENO);
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) e.width = size.ws_col;
  ottl_status status = ottl_explain(s->programs, s->n, &e, cli_put, stdout);
  if (status != OTTL_OK) return cli_fail(CLI_INTERNAL, "it cannot be explained: %s", ottl_status_name(status));
  return o->svg ? tell_svg(s, &e) : CLI_OK;
}

/* What runs on messages of the signal: a configuration's processors as its pipeline has them, or the connector that was named. */
static int add_running(explain_state *s, explain_source *from, ottl_signal signal) {
  ottl_config_connector_info info;
  const char *name = s->options->connector;
  const ottl_config *config = from->program.config ? from->program.config->config : NULL;
  if (!name || !config) return add_steps(s, from, signal, false);
  for (size_t i = 0; ottl_config_connector(config, i, &info) == OTTL_OK; i++) {
    if (info.name.len == strlen(name) && memcmp(info.name.data, name, info.name.len) == 0) return add_connector(s, from, i);
  }
  return cli_fail(CLI_USAGE, "%s has no routing connector `%s`", from->path, name);
}

static int explain_costs(explain_state *s) {
  explain_payloads payloads = {0};
  ottl_exec **execs = NULL;
  uint64_t passes = 0;
  int status = cost_read(s, &payloads);
  for (size_t i = 0; i < s->n_sources && status == CLI_OK; i++) status = add_running(s, &s->sources[i], payloads.signal);
  names_set(s);
  if (status == CLI_OK && !(execs = calloc(s->n + 1, sizeof *execs))) status = cli_fail(CLI_INTERNAL, "out of memory");
  if (status == CLI_OK) status = cost_run(s, &payloads, execs, &passes);
  if (status == CLI_OK) status = tell(s, passes);
  for (size_t i = 0; execs && i < s->n; i++) ottl_exec_free(execs[i]);
  free(execs);
  for (size_t i = 0; i < payloads.n; i++) free(payloads.items[i].wire);
  free(payloads.items);
  return status;
}

static int explain_plans(explain_state *s) {
  int status = CLI_OK;
  for (size_t i = 0; i < s->n_sources && status == CLI_OK; i++)
    status = s->sources[i].program.config ? add_config(s, &s->sources[i]) : add_statements(s, &s->sources[i]);
  names_set(s);
  return status == CLI_OK ? tell(s, 1) : status;
}

static int explain_usage(const cli_options *o) {
  if (!o->snippets.n && !o->files.n && !o->config)
    return cli_fail(CLI_USAGE,
                    "nothing to explain: give files, or statements with -s, or a collector's file with --config (`ottl "
                    "help explain` shows examples)");
  if (o->has_statements && o->has_conditions)
    return cli_fail(CLI_USAGE, "-s and -c do not go together: explain them one after the other");
  if (o->context && !o->snippets.n)
    return cli_fail(CLI_USAGE, "--context is for -s and -c; in a file it is a line `context: %s`", o->context);
  if (!o->cost && (o->svg || o->no_times)) return cli_fail(CLI_USAGE, "--%s is for --cost", o->svg ? "svg" : "no-times");
  if (!o->cost && o->connector) return cli_fail(CLI_USAGE, "--connector is for --cost");
  if (o->svg && o->no_times) return cli_fail(CLI_USAGE, "--svg shows times: it does not go together with --no-times");
  return CLI_OK;
}

int cli_explain(int argc, char **argv) {
  cli_options options;
  explain_state s = {.options = &options};
  int status = cli_options_read(argv[0], IN_PLAN, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = explain_usage(&options);
  if (status == CLI_OK) status = open_sources(&s);
  if (status == CLI_OK) status = options.cost ? explain_costs(&s) : explain_plans(&s);
out:
  for (size_t i = 0; i < s.n_sources; i++) cli_program_close(&s.sources[i].program);
  for (size_t i = 0; i < s.n_own; i++) ottl_program_free(s.own[i]);
  free(s.sources);
  free(s.programs);
  free(s.names);
  free(s.own);
  cli_options_done(&options);
  return status;
}
