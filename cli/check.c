/* ottl check: compiles and says what it thinks of it. Each file is a program of its own; what is given with -s or -c is one. */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A diagnostic that was told of a processor. */
typedef struct check_told {
  const char *code;
  size_t begin;
} check_told;

typedef struct check_state {
  const cli_options *options;
  size_t n_programs; /* that were checked */
  size_t errors, warnings, notes;
  bool files;       /* what is being checked stands in files */
  cli_sarif *sarif; /* --format sarif */
  cli_rules rules;
  check_told *told; /* of the processor that is being checked */
  size_t n_told;
} check_state;

static void check_to_stdout(void *context, const char *data, size_t len) { fwrite(data, 1, len, context); }

static void check_count(check_state *c, const ottl_diags *diags) {
  c->errors += ottl_diags_errors(diags);
  for (size_t i = 0; i < ottl_diags_count(diags); i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) != OTTL_OK) continue;
    c->warnings += d.severity == OTTL_SEVERITY_WARNING;
    c->notes += d.severity == OTTL_SEVERITY_NOTE;
  }
}

static void check_json_text(const char *text) {
  putchar('"');
  for (; *text; text++) {
    unsigned char ch = (unsigned char)*text;
    if (ch == '"' || ch == '\\')
      printf("\\%c", ch);
    else if (ch < 0x20 || ch == 0x7f)
      printf("\\u%04x", ch);
    else
      putchar(ch);
  }
  putchar('"');
}

/* Remembers what is told of a processor for one signal. */
static bool check_remember(check_state *c, const ottl_diags *diags) {
  free(c->told);
  c->n_told = ottl_diags_count(diags);
  c->told = calloc(c->n_told + 1, sizeof *c->told);
  for (size_t i = 0; c->told && i < c->n_told; i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) == OTTL_OK) c->told[i] = (check_told){d.code, d.span.begin};
  }
  return c->told != NULL;
}

/* For another signal, what was told already is left out. */
static bool check_is_new(void *context, ottl_diag *d) {
  const check_state *c = context;
  for (size_t i = 0; i < c->n_told; i++) {
    if (c->told[i].begin == d->span.begin && strcmp(c->told[i].code, d->code) == 0) return false;
  }
  return true;
}

/* One program's part of the output. */
static int check_tell(check_state *c, const char *name, const ottl_diags *diags) {
  if (c->options->report != REPORT_LIBRARY) {
    check_count(c, diags);
    c->sarif ? cli_sarif_add(c->sarif, diags, c->files) : cli_github(diags, c->files);
    return CLI_OK;
  }
  bool json = c->options->format == OTTL_DIAGS_JSON;
  bool colour = !json && cli_colour(STDOUT_FILENO);
  size_t before = c->errors + c->warnings + c->notes;
  check_count(c, diags);
  if (json) {
    printf("%s\n{\"name\":", c->n_programs ? "," : "");
    if (name)
      check_json_text(name);
    else
      printf("null");
    printf(",\"diagnostics\":");
  } else if (c->options->format == OTTL_DIAGS_TEXT && before && ottl_diags_count(diags))
    putchar('\n');
  c->n_programs++;
  ottl_status status = OTTL_OK;
  if (diags)
    status = ottl_diags_render(diags, c->options->format, colour, check_to_stdout, stdout);
  else if (json)
    printf("[]\n");
  if (json) putchar('}');
  return status == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "diagnostics cannot be shown: %s", ottl_status_name(status));
}

static int check_done(check_state *c, const char *name, ottl_status status, ottl_program *program, ottl_diags *diags) {
  int result;
  ottl_program_free(program);
  cli_rules_apply(&c->rules, diags);
  bool refused = status == OTTL_COMPILE || status == OTTL_UNSUPPORTED || status == OTTL_LIMIT;
  if (status != OTTL_OK && !refused) {
    result = cli_fail(CLI_INTERNAL, "checking failed: %s", ottl_status_name(status));
  } else {
    result = check_tell(c, name, diags);
    if (refused && ottl_diags_errors(diags) == 0 && !c->n_told) {
      c->errors++;
      cli_fail(0, "%s%sstatements are too large", name ? name : "", name ? ": " : "");
    }
  }
  ottl_diags_free(diags);
  return result;
}

static void check_options(const check_state *c, bool conditions, ottl_compile_options *ret) {
  const cli_options *o = c->options;
  ottl_compile_options_init(ret);
  ret->kind = conditions ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  ret->signal = o->signal;
  ret->paths = o->paths;
  ret->explain = c->rules.notes || cli_rules_need_notes(&c->rules);
  ret->lint = true;
  ret->experimental = o->experimental;
  ret->compat = (uint32_t)o->compat;
}

static int check_snippets(check_state *c) {
  const cli_options *o = c->options;
  const cli_texts *texts = &o->snippets;
  ottl_compile_options options;
  check_options(c, o->has_conditions, &options);
  ottl_snippet *snippets = calloc(texts->n, sizeof *snippets);
  char(*names)[32] = calloc(texts->n, sizeof *names);
  if (!snippets || !names) {
    free(snippets);
    free(names);
    return cli_fail(CLI_INTERNAL, "out of memory");
  }
  for (size_t i = 0; i < texts->n; i++) {
    snprintf(names[i], sizeof names[i], "%s %zu", o->has_conditions ? "condition" : "statement", i + 1);
    snippets[i] = (ottl_snippet){.text = texts->items[i], .len = strlen(texts->items[i]), .name = texts->n > 1 ? names[i] : NULL};
  }
  ottl_group group = {.struct_size = sizeof group, .context = o->context};
  *(o->has_conditions ? &group.conditions : &group.statements) = snippets;
  *(o->has_conditions ? &group.n_conditions : &group.n_statements) = texts->n;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_program_compile(&group, 1, &options, &program, &diags);
  free(names);
  free(snippets);
  return check_done(c, NULL, status, program, diags);
}

static int check_file(check_state *c, const char *path) {
  cli_program file = {0};
  int result = cli_file_text(path, "statements", &file.text, &file.text_len);
  if (result == CLI_OK && !cli_rules_file(&c->rules, path, file.text ? file.text : "", file.text_len)) result = CLI_USAGE;
  if (result == CLI_OK) {
    ottl_compile_options options;
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    check_options(c, c->options->conditions, &options);
    ottl_status status = ottl_program_compile_text(file.text ? file.text : "", file.text_len, path, OTTL_ERROR_PROPAGATE,
                                                   &options, &program, &diags);
    result = check_done(c, path, status, program, diags);
  }
  cli_program_close(&file);
  return result;
}

/* One processor of a configuration: compiling for one signal checks the lists of all. Only what keeps a signal from running is told
 * for that signal alone. */
static int check_signals(check_state *c, const ottl_config *config, size_t processor, const char *name) {
  ottl_compile_options options;
  check_options(c, false, &options);
  for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES; s++) {
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    ottl_status status = ottl_config_compile(config, processor, (ottl_signal)s, &options, &program, &diags);
    bool tell = s == OTTL_SIGNAL_LOGS || status != OTTL_OK;
    if (!tell) {
      ottl_program_free(program);
      ottl_diags_free(diags);
      continue;
    }
    if (s != OTTL_SIGNAL_LOGS) {
      ottl_diags_revise(diags, check_is_new, c);
    } else if (!check_remember(c, diags)) {
      ottl_program_free(program);
      ottl_diags_free(diags);
      return cli_fail(CLI_INTERNAL, "out of memory");
    }
    int result = check_done(c, name, status, program, diags);
    if (result != CLI_OK || status != OTTL_OK) return result;
  }
  return CLI_OK;
}

static int check_processor(check_state *c, const ottl_config *config, size_t processor, const char *name) {
  int result = check_signals(c, config, processor, name);
  c->n_told = 0;
  return result;
}

/* A routing connector, for the signal of its pipelines. */
static int check_connector(check_state *c, const ottl_config *config, size_t connector, ottl_signal signal, const char *name) {
  ottl_compile_options options;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  check_options(c, false, &options);
  if (signal == OTTL_SIGNAL_NONE || signal > OTTL_SIGNAL_METRICS)
    return cli_fail(CLI_USAGE, "%s: a routing connector has pipelines of logs, traces or metrics", name);
  ottl_status status = ottl_config_connector_compile(config, connector, signal, &options, &program, &diags);
  return check_done(c, name, status, program, diags);
}

static int check_config(check_state *c, const char *path) {
  char *text = NULL;
  size_t len = 0;
  int result = cli_file_text(path, "configurations", &text, &len);
  if (result == CLI_OK && !cli_rules_file(&c->rules, path, text, len)) {
    free(text);
    result = CLI_USAGE;
  }
  if (result != CLI_OK) return result;
  ottl_config_options options;
  ottl_config_options_init(&options);
  options.name = path;
  options.env = cli_config_env;
  options.flatten_logs = true;
  options.compat = (uint32_t)c->options->compat;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ottl_config_parse(text, len, &options, &config, &diags);
  free(text);
  if (status != OTTL_OK || ottl_diags_count(diags))
    result = check_done(c, path, status, NULL, diags);
  else
    ottl_diags_free(diags);
  for (size_t i = 0; config && i < ottl_config_processors(config) && result == CLI_OK; i++) {
    ottl_config_processor_info info;
    if (ottl_config_processor(config, i, &info) != OTTL_OK) break;
    char name[600];
    snprintf(name, sizeof name, "%s: %.*s", path, (int)(info.name.len < 200 ? info.name.len : 200), info.name.data);
    result = check_processor(c, config, i, name);
  }
  for (size_t i = 0; config && i < ottl_config_connectors(config) && result == CLI_OK; i++) {
    ottl_config_connector_info info;
    if (ottl_config_connector(config, i, &info) != OTTL_OK) break;
    char name[600];
    snprintf(name, sizeof name, "%s: %.*s", path, (int)(info.name.len < 200 ? info.name.len : 200), info.name.data);
    result = check_connector(c, config, i, info.signal, name);
  }
  ottl_config_free(config);
  return result;
}

static int check_sum(check_state *c) {
  if (c->sarif) {
    bool written = cli_sarif_end(c->sarif, stdout);
    c->sarif = NULL;
    return written ? CLI_OK : cli_fail(CLI_INTERNAL, "out of memory");
  }
  if (c->options->report != REPORT_LIBRARY) return CLI_OK;
  if (c->options->format == OTTL_DIAGS_JSON)
    printf("\n],\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu}\n", c->errors, c->warnings, c->notes);
  else if (c->options->format == OTTL_DIAGS_TEXT) {
    if (c->errors + c->warnings + c->notes) putchar('\n');
    printf("%zu error%s, %zu warning%s", c->errors, c->errors == 1 ? "" : "s", c->warnings, c->warnings == 1 ? "" : "s");
    if (c->rules.notes || c->notes) printf(", %zu note%s", c->notes, c->notes == 1 ? "" : "s");
    putchar('\n');
  }
  return CLI_OK;
}

static int check_usage(const cli_options *o) {
  if (!o->snippets.n && !o->files.n && !o->config)
    return cli_fail(CLI_USAGE, "nothing to check: give files, or statements with -s, or a collector's file with --config (`ottl "
                               "help check` shows examples)");
  if (o->has_statements && o->has_conditions)
    return cli_fail(CLI_USAGE, "-s and -c do not go together: check them one after the other");
  if (o->context && o->files.n)
    return cli_fail(CLI_USAGE, "--context is for -s and -c; in a file it is a line `context: %s`", o->context);
  return CLI_OK;
}

/* Settings first, then what the command line says. */
static bool check_rules(check_state *c) {
  const cli_options *o = c->options;
  if (!cli_settings_read(o->settings, &c->rules)) return false;
  for (size_t i = 0; i < o->rules.n; i++) {
    const char *rule = o->rules.items[i];
    rule_level level = rule[0] == 'a' ? RULE_ALLOW : rule[0] == 'w' ? RULE_WARN : RULE_DENY;
    const char *codes = o->rules.items[++i];
    if (!cli_rules_add(&c->rules, codes, strlen(codes), level, rule)) return false;
  }
  c->rules.n_general = c->rules.n;
  c->rules.notes = c->rules.may_fail || o->may_fail;
  c->rules.strict |= o->strict;
  return true;
}

int cli_check(int argc, char **argv) {
  cli_options options;
  check_state c = {.options = &options};
  int status = cli_options_read(argv[0], IN_CHECK, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = check_usage(&options);
  if (status != CLI_OK) goto out;
  if (!check_rules(&c)) {
    status = CLI_USAGE;
    goto out;
  }
  if (options.report == REPORT_SARIF && !(c.sarif = cli_sarif_begin())) {
    status = cli_fail(CLI_INTERNAL, "out of memory");
    goto out;
  }
  if (options.format == OTTL_DIAGS_JSON) printf("{\"programs\":[");
  if (options.snippets.n) status = check_snippets(&c);
  c.files = true;
  if (options.config) status = check_config(&c, options.config);
  for (size_t i = 0; i < options.files.n && status != CLI_INTERNAL; i++) {
    int one = check_file(&c, options.files.items[i]);
    if (one != CLI_OK) status = one; /* a file that cannot be read does not keep the others from being checked */
  }
  int sum = check_sum(&c);
  if (sum != CLI_OK) status = sum;
  if (status == CLI_OK && (c.errors || (c.rules.strict && c.warnings))) status = CLI_NO;
out:
  cli_sarif_end(c.sarif, NULL);
  cli_rules_done(&c.rules);
  free(c.told);
  cli_options_done(&options);
  return status;
}
