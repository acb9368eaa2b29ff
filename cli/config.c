/* ottl run --config: the processors of a collector configuration, one after another, as a pipeline of the collector runs them. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cli_config_env(void *context, const char *name) {
  (void)context;
  return getenv(name);
}

const char *cli_config_name(const cli_config *c, size_t processor, char *text, size_t size) {
  ottl_config_processor_info info;
  if (ottl_config_processor(c->config, processor, &info) != OTTL_OK) return "";
  snprintf(text, size, "%.*s", (int)info.name.len, info.name.data);
  return text;
}

bool cli_config_filters(const cli_config *c, size_t processor) {
  ottl_config_processor_info info;
  return ottl_config_processor(c->config, processor, &info) == OTTL_OK && info.type == OTTL_PROCESSOR_FILTER;
}

static bool config_find(const cli_config *c, const char *name, size_t *ret) {
  ottl_config_processor_info info;
  for (size_t i = 0; ottl_config_processor(c->config, i, &info) == OTTL_OK; i++) {
    if (info.name.len != strlen(name) || memcmp(info.name.data, name, info.name.len) != 0) continue;
    *ret = i;
    return true;
  }
  return false;
}

static int config_unknown(const cli_config *c, const char *path, const char *name) {
  char names[400] = "", one[100];
  size_t n = ottl_config_processors(c->config), at = 0;
  for (size_t i = 0; i < n && at < sizeof names - sizeof one; i++)
    at += (size_t)snprintf(names + at, sizeof names - at, "%s`%s`", i ? ", " : "", cli_config_name(c, i, one, sizeof one));
  return cli_fail(CLI_USAGE, "%s has no processor `%s`: it has %s", path, name, n ? names : "no transform or filter processor");
}

/* What belongs to statements, and is the configuration's own business here. */
static int config_check_options(const cli_options *o) {
  if (o->snippets.n || o->program_file) return cli_fail(CLI_USAGE, "--config does not go together with -s and -f");
  if (o->context) return cli_fail(CLI_USAGE, "--context is for -s: a group of the configuration has `context:`");
  if (o->error_mode_given) return cli_fail(CLI_USAGE, "--error-mode is for -s and -f: the configuration has `error_mode:`");
  return CLI_OK;
}

int cli_config_open(cli_program *p, const cli_options *options) {
  char *text = NULL;
  size_t len = 0, unused;
  p->options = options;
  int status = config_check_options(options);
  if (status == CLI_OK) status = cli_file_text(options->config, "configurations", &text, &len);
  if (status != CLI_OK) return status;
  cli_config *c = p->config = calloc(1, sizeof *c);
  if (!c) {
    free(text);
    return cli_fail(CLI_INTERNAL, "out of memory");
  }
  ottl_config_options o;
  ottl_config_options_init(&o);
  o.flatten_logs = options->flatten;
  o.name = options->config;
  o.env = cli_config_env;
  ottl_diags *diags = NULL;
  ottl_status parsed = ottl_config_parse(text, len, &o, &c->config, &diags);
  free(text);
  status = cli_compiled(parsed, diags, "processors");
  for (size_t i = 0; i < options->processors.n && status == CLI_OK; i++) {
    if (!config_find(c, options->processors.items[i], &unused))
      status = config_unknown(c, options->config, options->processors.items[i]);
  }
  bool others = options->connectors && ottl_config_connectors(c->config);
  if (status == CLI_OK && !ottl_config_processors(c->config) && !others)
    status = cli_fail(CLI_USAGE, "%s has no transform or filter processor", options->config);
  p->signal = options->signal;
  return status;
}

/* The first pipeline of the signal; false: there are pipelines, and none is of the signal. */
static bool config_pipeline(const cli_config *c, ottl_signal signal, ottl_config_pipeline_info *ret) {
  for (size_t i = 0; ottl_config_pipeline(c->config, i, ret) == OTTL_OK; i++) {
    if (ret->signal == signal) return true;
  }
  return false;
}

static int config_choose(cli_program *p, ottl_signal signal, cli_step *steps, size_t *ret_n) {
  const cli_config *c = p->config;
  const cli_options *o = p->options;
  ottl_config_pipeline_info pipeline;
  size_t n = 0;
  if (o->processors.n) {
    for (; n < o->processors.n; n++) config_find(c, o->processors.items[n], &steps[n].processor);
  } else if (!ottl_config_pipelines(c->config)) {
    for (; n < ottl_config_processors(c->config); n++) steps[n].processor = n;
  } else if (config_pipeline(c, signal, &pipeline)) {
    for (; n < pipeline.n_processors; n++) steps[n].processor = pipeline.processors[n];
  } else {
    return cli_fail(CLI_PAYLOAD, "there are %s in the input, and %s has no pipeline for them", cli_signal_names[signal],
                    o->config);
  }
  *ret_n = n;
  return CLI_OK;
}

static size_t config_most_steps(const cli_program *p, ottl_signal signal) {
  ottl_config_pipeline_info pipeline;
  size_t most = ottl_config_processors(p->config->config) + p->options->processors.n;
  return config_pipeline(p->config, signal, &pipeline) ? most + pipeline.n_processors : most;
}

static int config_make(cli_program *p, ottl_signal signal) {
  cli_config *c = p->config;
  cli_step *steps = calloc(config_most_steps(p, signal) + 1, sizeof *steps);
  size_t n = 0;
  if (!steps) return cli_fail(CLI_INTERNAL, "out of memory");
  c->by_signal[signal].steps = steps;
  c->by_signal[signal].made = true;
  int status = config_choose(p, signal, steps, &n);
  for (size_t i = 0; i < n && status == CLI_OK; i++) {
    ottl_diags *diags = NULL;
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.on_failure = cli_on_failure(p->options);
    options.experimental = p->options->experimental;
    ottl_status compiled = ottl_config_compile(c->config, steps[i].processor, signal, &options, &steps[i].program, &diags);
    c->by_signal[signal].n = i + 1;
    status = cli_compiled(compiled, diags, "processors");
  }
  return status;
}

int cli_config_steps(cli_program *p, ottl_signal signal, cli_step **ret, size_t *ret_n) {
  cli_config *c = p->config;
  int status = c->by_signal[signal].made ? CLI_OK : config_make(p, signal);
  *ret = c->by_signal[signal].steps;
  *ret_n = c->by_signal[signal].n;
  return status;
}

void cli_config_close(cli_config *c) {
  if (!c) return;
  for (int s = 0; s < CLI_SIGNALS; s++) {
    for (size_t i = 0; i < c->by_signal[s].n; i++) {
      ottl_program_free(c->by_signal[s].steps[i].program);
    }
    free(c->by_signal[s].steps);
  }
  ottl_config_free(c->config);
  free(c);
}
