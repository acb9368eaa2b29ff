/* Compiling texts for what is told of them. */
#include "checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A diagnostic that was told of a processor. */
typedef struct told_place {
  const char *code;
  size_t begin;
} told_place;

typedef struct told_list {
  told_place *items;
  size_t n;
} told_list;

void cli_checking_options(const cli_checking *c, bool conditions, ottl_compile_options *ret) {
  ottl_compile_options_init(ret);
  ret->kind = conditions ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  ret->signal = c->signal;
  ret->paths = c->paths;
  ret->explain = c->explain;
  ret->lint = true;
  ret->experimental = c->experimental;
  ret->compat = c->compat;
}

static int checking_tell(const cli_checking *c, const char *name, ottl_status status, ottl_program *program, ottl_diags *diags,
                         bool again) {
  ottl_program_free(program);
  int result = c->told(c->context, name, status, diags, again);
  ottl_diags_free(diags);
  return result;
}

int cli_check_text(const cli_checking *c, const char *name, const char *text, size_t len) {
  ottl_compile_options options;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  cli_checking_options(c, c->conditions, &options);
  ottl_status status = ottl_program_compile_text(text, len, name, OTTL_ERROR_PROPAGATE, &options, &program, &diags);
  return checking_tell(c, name, status, program, diags, false);
}

/* Remembers what is told of a processor for one signal. */
static bool told_remember(told_list *told, const ottl_diags *diags) {
  told->n = ottl_diags_count(diags);
  told->items = calloc(told->n + 1, sizeof *told->items);
  for (size_t i = 0; told->items && i < told->n; i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) == OTTL_OK) told->items[i] = (told_place){d.code, d.span.begin};
  }
  return told->items != NULL;
}

/* For another signal, what was told already is left out. */
static bool told_is_new(void *context, ottl_diag *d) {
  const told_list *told = context;
  for (size_t i = 0; i < told->n; i++) {
    if (told->items[i].begin == d->span.begin && strcmp(told->items[i].code, d->code) == 0) return false;
  }
  return true;
}

/* One processor of a configuration: compiling for one signal checks the lists of all. Only what keeps a signal from running is told
 * for that signal alone. */
static int check_signals(const cli_checking *c, const ottl_config *config, size_t processor, const char *name, told_list *told) {
  ottl_compile_options options;
  cli_checking_options(c, false, &options);
  for (int s = OTTL_SIGNAL_LOGS; s <= OTTL_SIGNAL_PROFILES; s++) {
    ottl_program *program = NULL;
    ottl_diags *diags = NULL;
    ottl_status status = ottl_config_compile(config, processor, (ottl_signal)s, &options, &program, &diags);
    if (s != OTTL_SIGNAL_LOGS && status == OTTL_OK) {
      ottl_program_free(program);
      ottl_diags_free(diags);
      continue;
    }
    if (s != OTTL_SIGNAL_LOGS) {
      ottl_diags_revise(diags, told_is_new, told);
    } else if (!told_remember(told, diags)) {
      ottl_program_free(program);
      ottl_diags_free(diags);
      return cli_fail(CLI_INTERNAL, "out of memory");
    }
    int result = checking_tell(c, name, status, program, diags, told->n > 0);
    if (result != CLI_OK || status != OTTL_OK) return result;
  }
  return CLI_OK;
}

static int check_processor(const cli_checking *c, const ottl_config *config, size_t processor, const char *name) {
  told_list told = {0};
  int result = check_signals(c, config, processor, name, &told);
  free(told.items);
  return result;
}

/* A routing connector, for the signal of its pipelines. */
static int check_connector(const cli_checking *c, const ottl_config *config, size_t connector, ottl_signal signal,
                           const char *name) {
  ottl_compile_options options;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  cli_checking_options(c, false, &options);
  if (signal == OTTL_SIGNAL_NONE || signal > OTTL_SIGNAL_METRICS)
    return cli_fail(CLI_USAGE, "%s: a routing connector has pipelines of logs, traces or metrics", name);
  ottl_status status = ottl_config_connector_compile(config, connector, signal, &options, &program, &diags);
  return checking_tell(c, name, status, program, diags, false);
}

/* whole: nothing of the configuration was left out because it is wrong. */
static int check_parts(const cli_checking *c, const ottl_config *config, const char *path, bool whole) {
  char name[600];
  for (size_t i = 0; i < ottl_config_processors(config); i++) {
    ottl_config_processor_info info;
    if (ottl_config_processor(config, i, &info) != OTTL_OK) break;
    snprintf(name, sizeof name, "%s: %.*s", path, (int)(info.name.len < 200 ? info.name.len : 200), info.name.data);
    int result = check_processor(c, config, i, name);
    if (result != CLI_OK) return result;
  }
  for (size_t i = 0; i < ottl_config_connectors(config); i++) {
    ottl_config_connector_info info;
    if (ottl_config_connector(config, i, &info) != OTTL_OK) break;
    if (!whole && info.signal == OTTL_SIGNAL_NONE) continue;
    snprintf(name, sizeof name, "%s: %.*s", path, (int)(info.name.len < 200 ? info.name.len : 200), info.name.data);
    int result = check_connector(c, config, i, info.signal, name);
    if (result != CLI_OK) return result;
  }
  for (size_t i = 0; i < ottl_config_others(config); i++) {
    ottl_config_other_info info;
    ottl_compile_options options;
    ottl_diags *diags = NULL;
    if (ottl_config_other(config, i, &info) != OTTL_OK) break;
    snprintf(name, sizeof name, "%s: %.*s", path, (int)(info.name.len < 200 ? info.name.len : 200), info.name.data);
    cli_checking_options(c, false, &options);
    ottl_status status = ottl_config_other_check(config, i, &options, &diags);
    int result = checking_tell(c, name, status, NULL, diags, false);
    if (result != CLI_OK) return result;
  }
  return CLI_OK;
}

int cli_check_config(const cli_checking *c, const char *name, const char *text, size_t len) {
  ottl_config_options options;
  ottl_config_options_init(&options);
  options.name = name;
  options.env = cli_config_env;
  options.flatten_logs = true;
  options.compat = c->compat;
  options.keep_going = true;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  int result = CLI_OK;
  ottl_status status = ottl_config_parse(text, len, &options, &config, &diags);
  if (status != OTTL_OK || ottl_diags_count(diags))
    result = checking_tell(c, name, status, NULL, diags, false);
  else
    ottl_diags_free(diags);
  if (config && result == CLI_OK) result = check_parts(c, config, name, status == OTTL_OK);
  ottl_config_free(config);
  return result;
}
