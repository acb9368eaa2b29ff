/* Reads options and file names, in any order, by the table in options.def. `--` ends the options. */
#include "table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MOST 256
#define NUMBER_MOST  ((size_t)1 << 40)

const cli_arg cli_args[ARG_COUNT] = {
#define OPTION(id, commands, letter, name, argument, help) {commands, letter, name, argument, help},
#include "options.def"
};

/* Index of value in a NULL-terminated list, or -1. */
static int arg_choice(const char *value, const char *const *names) {
  for (int i = 0; names[i]; i++)
    if (strcmp(value, names[i]) == 0) return i;
  return -1;
}

static int arg_bad(const char *value, const char *name, const char *choices) {
  return cli_fail(CLI_USAGE, "`%s` is no value of --%s: give %s", value, name, choices);
}

static int arg_once(const char **field, const char *value, const char *name) {
  if (*field) return cli_fail(CLI_USAGE, "--%s is given twice", name);
  *field = value;
  return CLI_OK;
}

static bool arg_number(const char *text, size_t most, size_t *ret) {
  size_t n = 0;
  if (!*text) return false;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return false;
    n = n * 10 + (size_t)(*text - '0');
    if (n > most) return false;
  }
  *ret = n;
  return true;
}

/* A record, or a message and one of its records: "7", "2:7". */
static bool arg_row(const char *value, cli_options *o) {
  char message[24];
  const char *colon = strchr(value, ':');
  size_t len = colon ? (size_t)(colon - value) : 0;
  if (len >= sizeof message) return false;
  memcpy(message, value, len);
  message[len] = 0;
  o->message = 1;
  if (colon && (!arg_number(message, NUMBER_MOST, &o->message) || !o->message)) return false;
  return arg_number(colon ? colon + 1 : value, NUMBER_MOST, &o->row) && o->row;
}

/* "80", "99.5" */
static bool arg_percent(const char *text, double *ret) {
  size_t whole, tenths = 0;
  char digits[4] = "";
  const char *dot = strchr(text, '.');
  size_t n = dot ? (size_t)(dot - text) : strlen(text);
  if (n >= sizeof digits || (dot && strlen(dot) != 2)) return false;
  memcpy(digits, text, n);
  if (!arg_number(digits, 100, &whole) || (dot && !arg_number(dot + 1, 9, &tenths))) return false;
  *ret = (double)whole + (double)tenths / 10;
  return *ret <= 100;
}

/* "zstd", "gzip:9" */
static bool arg_compression(const char *value, cli_options *o) {
  char name[8];
  const char *colon = strchr(value, ':');
  size_t len = colon ? (size_t)(colon - value) : strlen(value), level = 0;
  if (len >= sizeof name) return false;
  memcpy(name, value, len);
  name[len] = 0;
  if (!io_compression_parse(name, &o->compress)) return false;
  size_t most = o->compress == IO_ZSTD ? 19 : o->compress == IO_GZIP ? 9 : 0;
  if (colon && (!arg_number(colon + 1, most, &level) || !level)) return false;
  o->level = (int)level;
  o->compress_given = true;
  return true;
}

bool cli_version_number(const char *value, size_t *ret) {
  char minor[8];
  if (*value == 'v') value++;
  if (strncmp(value, "0.", 2) != 0) return false;
  value += 2;
  size_t n = strcspn(value, "."), patch;
  if (n >= sizeof minor || (value[n] && !arg_number(value + n + 1, 100000, &patch))) return false;
  memcpy(minor, value, n);
  minor[n] = 0;
  return arg_number(minor, 100000, ret) && *ret;
}

static size_t processors(void) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (size_t)n;
}

bool cli_ends_in(const char *text, const char *ending) {
  size_t n = strlen(text), m = strlen(ending);
  return n > m && strcmp(text + n - m, ending) == 0;
}

bool cli_is_yaml(const char *path) {
  return cli_ends_in(path, ".yaml") || cli_ends_in(path, ".yml") || cli_ends_in(path, ".json");
}

/* -f takes configurations too; JSON there is a payload, by mistake. */
static int arg_file(int in, cli_options *o) {
  const char *path = o->program_file;
  if (!path || !(cli_ends_in(path, ".yaml") || cli_ends_in(path, ".yml"))) return CLI_OK;
  if (!(in & (IN_RUN | IN_DIFF | IN_TRACE)))
    return cli_fail(CLI_USAGE, "%s is a collector's file: `ottl run --config` runs its filter processors", path);
  o->program_file = NULL;
  return arg_once(&o->config, path, "config");
}

static int arg_set(cli_options *o, int id, const char *value) {
  static const char *const modes[] = {"propagate", "ignore", "silent", NULL};
  static const char *const styles[] = {"either", "prefixed", "bare", NULL};
  static const char *const renderings[] = {"text", "short", "json", "sarif", "github", NULL};
  static const char *const layouts[] = {"tree", "lines", NULL};
  static const char *const described[] = {"text", "json", NULL};
  static const char *const signals[] = {"logs", "traces", "metrics", "profiles", NULL};
  static const char formats[] = "auto, proto, proto-delimited, proto-framed, json or jsonl";
  int choice = 0;
  switch (id) {
  case ARG_FMT_STATEMENT:
  case ARG_STATEMENT:
  case ARG_CONDITION:
    *(id == ARG_CONDITION ? &o->has_conditions : &o->has_statements) = true;
    o->snippets.items[o->snippets.n++] = value;
    break;
  case ARG_SAME_FILE: o->files.items[o->files.n++] = value; break;
  case ARG_FILE: return arg_once(&o->program_file, value, cli_args[id].name);
  case ARG_ROUTE_CONFIG:
  case ARG_TEST_CONFIG:
  case ARG_CONFIG: return arg_once(&o->config, value, cli_args[id].name);
  case ARG_COST: return arg_once(&o->cost, value, cli_args[id].name);
  case ARG_SVG: return arg_once(&o->svg, value, cli_args[id].name);
  case ARG_TYPES: o->types = true; break;
  case ARG_BYTECODE: o->bytecode = true; break;
  case ARG_NO_TIMES: o->no_times = true; break;
  case ARG_PLAN_PROCESSOR:
  case ARG_PROCESSOR: o->processors.items[o->processors.n++] = value; break;
  case ARG_ROUTE: o->snippets.items[o->snippets.n++] = value; break;
  case ARG_PLAN_CONNECTOR:
  case ARG_CONNECTOR: return arg_once(&o->connector, value, cli_args[id].name);
  case ARG_OUT_DIR: return arg_once(&o->out_dir, value, cli_args[id].name);
  case ARG_ROUTE_OUTPUT: o->outputs.items[o->outputs.n++] = value; break;
  case ARG_REQUEST: return arg_once(&o->request, value, cli_args[id].name);
  case ARG_CONTEXT: return arg_once(&o->context, value, cli_args[id].name);
  case ARG_OUTPUT: return arg_once(&o->output, value, cli_args[id].name);
  case ARG_ERROR_MODE:
    if ((choice = arg_choice(value, modes)) < 0) return arg_bad(value, cli_args[id].name, "propagate, ignore or silent");
    o->error_mode = (ottl_error_mode)choice;
    o->error_mode_given = true;
    break;
  case ARG_SIGNAL:
    if ((choice = arg_choice(value, signals)) < 0) return arg_bad(value, cli_args[id].name, "logs, traces, metrics or profiles");
    o->signal = (ottl_signal)(choice + OTTL_SIGNAL_LOGS);
    break;
  case ARG_FROM:
    if (!ottl_framing_parse(value, strlen(value), &o->from)) return arg_bad(value, cli_args[id].name, formats);
    break;
  case ARG_TO:
    if (!ottl_framing_parse(value, strlen(value), &o->to)) return arg_bad(value, cli_args[id].name, formats);
    break;
  case ARG_COMPRESS:
    if (!arg_compression(value, o))
      return arg_bad(value, cli_args[id].name,
                     "zstd, gzip or none, with a level if you like: zstd:1 to zstd:19, gzip:1 to gzip:9");
    break;
  case ARG_THREADS:
    if (!arg_number(value, THREADS_MOST, &o->threads))
      return arg_bad(value, cli_args[id].name, "a number of threads from 0 to 256");
    if (!o->threads) o->threads = processors();
    break;
  case ARG_PATHS:
    if ((choice = arg_choice(value, styles)) < 0) return arg_bad(value, cli_args[id].name, "either, prefixed or bare");
    o->paths = (ottl_path_style)choice;
    break;
  case ARG_FORMAT:
    if ((choice = arg_choice(value, renderings)) < 0)
      return arg_bad(value, cli_args[id].name, "text, short, json, sarif or github");
    if (choice <= OTTL_DIAGS_JSON)
      o->format = (ottl_diags_format)choice;
    else
      o->report = (cli_report)(choice - OTTL_DIAGS_JSON);
    break;
  case ARG_DESCRIBE_FORMAT:
    if ((choice = arg_choice(value, described)) < 0) return arg_bad(value, cli_args[id].name, "text or json");
    o->format = choice ? OTTL_DIAGS_JSON : OTTL_DIAGS_TEXT;
    break;
  case ARG_WHERE: o->where.items[o->where.n++] = value; break;
  case ARG_ROW:
    if (!arg_row(value, o))
      return arg_bad(value, cli_args[id].name, "the number of a record, such as 7, or 2:7 for one of message 2");
    break;
  case ARG_LIMIT:
    if (!arg_number(value, NUMBER_MOST, &o->limit) || !o->limit) return arg_bad(value, cli_args[id].name, "a number of records");
    break;
  case ARG_MAX_TEXT:
    if (!arg_number(value, NUMBER_MOST, &o->max_text)) return arg_bad(value, cli_args[id].name, "a number of bytes, 0 for all");
    break;
  case ARG_ALL: o->all = true; break;
  case ARG_SUMMARY: o->summary = true; break;
  case ARG_HTML: return arg_once(&o->html, value, cli_args[id].name);
  case ARG_FIELDS: return arg_once(&o->fields, value, cli_args[id].name);
  case ARG_VIEW_FORMAT:
    if ((choice = arg_choice(value, layouts)) < 0) return arg_bad(value, cli_args[id].name, "tree or lines");
    o->lines = choice == 1;
    break;
  case ARG_TEST_NAME: o->names.items[o->names.n++] = value; break;
  case ARG_TEST_LIST: o->list = true; break;
  case ARG_TEST_UPDATE: o->update = true; break;
  case ARG_TEST_WATCH: o->watch = true; break;
  case ARG_TEST_COVERAGE: o->coverage = true; break;
  case ARG_TEST_MIN_COVERAGE:
    if (!arg_percent(value, &o->min_coverage)) return arg_bad(value, cli_args[id].name, "a number from 0 to 100");
    o->coverage = true;
    break;
  case ARG_TEST_JUNIT: return arg_once(&o->junit, value, cli_args[id].name);
  case ARG_FMT_CHECK: o->only_check = true; break;
  case ARG_FMT_DIFFERENCE: o->diff = true; break;
  case ARG_FMT_AS:
    if (strcmp(value, "ottl") != 0 && strcmp(value, "yaml") != 0) return arg_bad(value, cli_args[id].name, "ottl or yaml");
    return arg_once(&o->as, value, cli_args[id].name);
  case ARG_ALLOW:
  case ARG_WARN:
  case ARG_DENY:
    o->rules.items[o->rules.n++] = cli_args[id].name;
    o->rules.items[o->rules.n++] = value;
    break;
  case ARG_COMPAT:
    if (!cli_version_number(value, &o->compat)) return arg_bad(value, cli_args[id].name, "a version such as v0.130");
    break;
  case ARG_SETTINGS: return arg_once(&o->settings, value, cli_args[id].name);
  case ARG_CONDITIONS: o->conditions = true; break;
  case ARG_MAY_FAIL: o->may_fail = true; break;
  case ARG_STRICT: o->strict = true; break;
  case ARG_STRICT_INPUT: o->strict_input = true; break;
  case ARG_KEEP: o->keep = true; break;
  case ARG_ATOMIC: o->atomic = true; break;
  case ARG_ROLLBACK: o->rollback = true; break;
  case ARG_FLATTEN: o->flatten = true; break;
  case ARG_SHOW_VALUES: o->show_values = true; break;
  case ARG_EXPERIMENTAL: o->experimental = true; break;
  case ARG_UNTIL_END: o->until_end = true; break;
  case ARG_KAFKA_CONFIG: o->kafka_config.items[o->kafka_config.n++] = value; break;
  case ARG_NO_PROGRESS: o->no_progress = true; break;
  case ARG_STATS: o->stats = true; break;
  case ARG_LSP_STDIO: break;
  case ARG_HELP: o->help = true; break;
  default: break;
  }
  return CLI_OK;
}

/* `--name`, `--name=value`, `--name value`. */
static int arg_long(const char *command, int in, char **argv, int *i, cli_options *o) {
  const char *name = argv[*i] + 2, *equals = strchr(name, '=');
  size_t len = equals ? (size_t)(equals - name) : strlen(name);
  for (int id = 0; id < ARG_COUNT; id++) {
    if (!(cli_args[id].in & in) || strlen(cli_args[id].name) != len || memcmp(cli_args[id].name, name, len) != 0) continue;
    if (!cli_args[id].argument)
      return equals ? cli_fail(CLI_USAGE, "--%s takes no value", cli_args[id].name) : arg_set(o, id, NULL);
    if (equals) return arg_set(o, id, equals + 1);
    if (!argv[*i + 1]) return cli_fail(CLI_USAGE, "--%s needs a value: %s", cli_args[id].name, cli_args[id].argument);
    return arg_set(o, id, argv[++*i]);
  }
  return cli_fail(CLI_USAGE, "no option `--%.*s`; `ottl help %s` lists them", (int)len, name, command);
}

/* `-x`, `-x value`, `-xvalue`, `-xy`. */
static int arg_short(const char *command, int in, char **argv, int *i, cli_options *o) {
  for (const char *p = argv[*i] + 1; *p; p++) {
    int id = 0;
    while (id < ARG_COUNT && !((cli_args[id].in & in) && cli_args[id].letter == *p)) id++;
    if (id == ARG_COUNT) return cli_fail(CLI_USAGE, "no option `-%c`; `ottl help %s` lists them", *p, command);
    if (cli_args[id].argument) {
      const char *value = p[1] ? p + 1 : argv[*i + 1];
      if (!value) return cli_fail(CLI_USAGE, "-%c needs a value: %s", *p, cli_args[id].argument);
      if (!p[1]) ++*i;
      return arg_set(o, id, value);
    }
    int status = arg_set(o, id, NULL);
    if (status != CLI_OK) return status;
  }
  return CLI_OK;
}

int cli_options_read(const char *command, int in, int argc, char **argv, cli_options *ret) {
  memset(ret, 0, sizeof *ret);
  ret->snippets.items = calloc((size_t)argc + 1, sizeof *ret->snippets.items);
  ret->files.items = calloc((size_t)argc + 1, sizeof *ret->files.items);
  ret->processors.items = calloc((size_t)argc + 1, sizeof *ret->processors.items);
  ret->where.items = calloc((size_t)argc + 1, sizeof *ret->where.items);
  ret->rules.items = calloc(2 * (size_t)argc + 2, sizeof *ret->rules.items);
  ret->outputs.items = calloc((size_t)argc + 1, sizeof *ret->outputs.items);
  ret->names.items = calloc((size_t)argc + 1, sizeof *ret->names.items);
  ret->kafka_config.items = calloc((size_t)argc + 1, sizeof *ret->kafka_config.items);
  if (!ret->snippets.items || !ret->files.items || !ret->processors.items || !ret->outputs.items || !ret->rules.items ||
      !ret->where.items || !ret->names.items || !ret->kafka_config.items)
    return cli_fail(CLI_INTERNAL, "out of memory");
  bool ended = false;
  for (int i = 1; i < argc; i++) {
    const char *arg = argv[i];
    int status = CLI_OK;
    if (ended || arg[0] != '-' || !arg[1])
      ret->files.items[ret->files.n++] = arg;
    else if (strcmp(arg, "--") == 0)
      ended = true;
    else if (arg[1] == '-')
      status = arg_long(command, in, argv, &i, ret);
    else
      status = arg_short(command, in, argv, &i, ret);
    if (status != CLI_OK) return status;
  }
  return arg_file(in, ret);
}

void cli_options_done(cli_options *options) {
  free(options->snippets.items);
  free(options->files.items);
  free(options->processors.items);
  free(options->outputs.items);
  free(options->where.items);
  free(options->rules.items);
  free(options->names.items);
  free(options->kafka_config.items);
}
