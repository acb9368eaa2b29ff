/* ottl route: which pipeline gets which records, by a routing connector of a configuration or by routes of the command line. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct cli_routes {
  ottl_config *config; /* NULL: routes of the command line */
  size_t connector;
  ottl_route *routes; /* of the command line */
  ottl_view *pipelines;
  size_t n_routes;
  const char *rest; /* its default pipeline, or NULL */
  char **paths;     /* by pipeline; NULL: it is counted only */
  cli_sink *sinks;
  size_t n_sinks;
  bool writes; /* some pipeline has a path */
};

/* -- routes of the command line -- */

static bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_.-/", c));
}

/* "NAME: CONDITION", or "NAME" for what no route takes. */
static int route_read(cli_routes *r, const char *text) {
  size_t n = 0;
  while (is_name(text[n])) n++;
  if (n && !text[n]) {
    if (r->rest) return cli_fail(CLI_USAGE, "-r %s: there is a pipeline for the rest already: `%s`", text, r->rest);
    r->rest = text;
    return CLI_OK;
  }
  if (!n || text[n] != ':') return cli_fail(CLI_USAGE, "-r takes `NAME: CONDITION`, or `NAME` for the rest: this is `%s`", text);
  const char *condition = text + n + 1;
  while (*condition == ' ') condition++;
  r->pipelines[r->n_routes] = (ottl_view){text, n};
  r->routes[r->n_routes] = (ottl_route){.struct_size = sizeof *r->routes,
                                        .text = {.text = condition, .len = strlen(condition), .name = "-r"},
                                        .pipelines = &r->pipelines[r->n_routes],
                                        .n_pipelines = 1};
  r->n_routes++;
  return CLI_OK;
}

static int routes_read(cli_routes *r, const cli_texts *texts) {
  r->routes = calloc(texts->n + 1, sizeof *r->routes);
  r->pipelines = calloc(texts->n + 1, sizeof *r->pipelines);
  if (!r->routes || !r->pipelines) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < texts->n; i++) {
    int status = route_read(r, texts->items[i]);
    if (status != CLI_OK) return status;
  }
  return r->n_routes ? CLI_OK : cli_fail(CLI_USAGE, "there is a pipeline for the rest, and no route before it");
}

/* -- connectors -- */

static int connector_choose(cli_routes *r, const cli_options *o, ottl_signal *ret_signal) {
  ottl_config_connector_info info = {.signal = OTTL_SIGNAL_NONE};
  char names[400] = "";
  size_t n = ottl_config_connectors(r->config), at = 0, found = SIZE_MAX;
  for (size_t i = 0; i < n && ottl_config_connector(r->config, i, &info) == OTTL_OK; i++) {
    if (at < sizeof names - 100)
      at += (size_t)snprintf(names + at, 100, "%s`%.*s`", i ? ", " : "", info.name.len > 80 ? 80 : (int)info.name.len,
                             info.name.data);
    if (o->connector && strlen(o->connector) == info.name.len && memcmp(o->connector, info.name.data, info.name.len) == 0)
      found = i;
  }
  if (!n) return cli_fail(CLI_USAGE, "%s has no routing connector", o->config);
  if (o->connector && found == SIZE_MAX)
    return cli_fail(CLI_USAGE, "%s has no routing connector `%s`: it has %s", o->config, o->connector, names);
  if (!o->connector && n > 1)
    return cli_fail(CLI_USAGE, "%s has several connectors, choose with --connector: %s", o->config, names);
  r->connector = found == SIZE_MAX ? 0 : found;
  if (ottl_config_connector(r->config, r->connector, &info) != OTTL_OK) return cli_fail(CLI_INTERNAL, "the connector is gone");
  *ret_signal = info.signal;
  return CLI_OK;
}

static int config_read(cli_routes *r, const cli_options *o, ottl_signal *ret_signal) {
  char *text = NULL;
  size_t len = 0;
  if (o->error_mode_given) return cli_fail(CLI_USAGE, "--error-mode is for -r: the configuration has `error_mode:`");
  if (o->snippets.n) return cli_fail(CLI_USAGE, "--config does not go together with -r");
  int status = cli_file_text(o->config, "configurations", &text, &len);
  if (status != CLI_OK) return status;
  ottl_config_options options;
  ottl_config_options_init(&options);
  options.name = o->config;
  options.env = cli_config_env;
  ottl_diags *diags = NULL;
  ottl_status parsed = ottl_config_parse(text, len, &options, &r->config, &diags);
  free(text);
  status = cli_compiled(parsed, diags, "configuration");
  return status == CLI_OK ? connector_choose(r, o, ret_signal) : status;
}

/* -- programs -- */

static int routes_compile(cli_program *p, ottl_signal signal, ottl_program **ret) {
  const cli_options *o = p->options;
  cli_routes *r = p->routes;
  ottl_diags *diags = NULL;
  ottl_status status;
  if (r->config) {
    ottl_compile_options options;
    ottl_compile_options_init(&options);
    options.experimental = o->experimental;
    status = ottl_config_connector_compile(r->config, r->connector, signal, &options, ret, &diags);
  } else {
    ottl_route_options options;
    ottl_view rest = {r->rest, r->rest ? strlen(r->rest) : 0};
    ottl_route_options_init(&options);
    options.signal = signal;
    options.error_mode = o->error_mode;
    options.experimental = o->experimental;
    options.default_pipelines = &rest;
    options.n_default_pipelines = r->rest != NULL;
    status = ottl_route_compile(r->routes, r->n_routes, &options, ret, &diags);
  }
  if (p->told && status == OTTL_OK) {
    ottl_diags_free(diags);
    return CLI_OK;
  }
  p->told |= diags != NULL;
  return cli_compiled(status, diags, "routes");
}

int cli_routes_steps(cli_program *p, ottl_signal signal, cli_step **ret, size_t *ret_n) {
  cli_step *step = &p->by_signal[signal];
  int status = CLI_OK;
  if (signal > OTTL_SIGNAL_METRICS)
    return cli_fail(CLI_PAYLOAD, "there are %s in the input: they are not routed", cli_signal_names[signal]);
  if (!step->program) status = routes_compile(p, signal, &step->program);
  *ret = step;
  *ret_n = 1;
  return status;
}

/* -- where pipelines are written -- */

static char *path_join(const char *dir, ottl_view pipeline, const char *ending) {
  size_t n_dir = strlen(dir), size = n_dir + pipeline.len + strlen(ending) + 2;
  char *path = malloc(size);
  if (!path) return NULL;
  int begin = snprintf(path, size, "%s%s", dir, n_dir && dir[n_dir - 1] == '/' ? "" : "/");
  snprintf(path + begin, size - (size_t)begin, "%.*s%s", (int)pipeline.len, pipeline.data, ending);
  for (char *c = path + begin; *c; c++) { /* a name is that of a file, not a way to other folders */
    if (*c == '/' || (unsigned char)*c < ' ') *c = '_';
  }
  return path;
}

static size_t find_sink(const cli_routes *r, const char *name, size_t len) {
  size_t i = 0;
  while (i < r->n_sinks && !(r->sinks[i].name.len == len && memcmp(r->sinks[i].name.data, name, len) == 0)) i++;
  return i;
}

static int sinks_by_option(cli_routes *r, const cli_texts *outputs) {
  for (size_t i = 0; i < outputs->n; i++) {
    const char *text = outputs->items[i], *equals = strchr(text, '=');
    if (!equals || !equals[1]) return cli_fail(CLI_USAGE, "--output takes PIPELINE=FILE: this is `%s`", text);
    size_t at = find_sink(r, text, (size_t)(equals - text));
    if (at == r->n_sinks) return cli_fail(CLI_USAGE, "--output %s: no route leads to `%.*s`", text, (int)(equals - text), text);
    if (r->paths[at]) return cli_fail(CLI_USAGE, "--output %s: the pipeline has an output already", text);
    for (size_t k = 0; k < r->n_sinks; k++) {
      if (r->paths[k] && strcmp(r->paths[k], equals + 1) == 0)
        return cli_fail(CLI_USAGE, "--output %s: another pipeline is written there", text);
    }
    r->paths[at] = strdup(equals + 1);
    if (!r->paths[at]) return cli_fail(CLI_INTERNAL, "out of memory");
    r->sinks[at].path = r->paths[at];
    r->writes = true;
  }
  return CLI_OK;
}

static int path_order(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int cli_routes_open_sinks(cli_program *p, const char *ending) {
  cli_routes *r = p->routes;
  const char *dir = p->options->out_dir;
  if (!dir) return CLI_OK;
  if (mkdir(dir, 0777) != 0) {
    struct stat st;
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) return cli_fail(CLI_USAGE, "cannot make the folder %s", dir);
  }
  char **sorted = calloc(r->n_sinks + 1, sizeof *sorted);
  if (!sorted) return cli_fail(CLI_INTERNAL, "out of memory");
  int status = CLI_OK;
  for (size_t i = 0; i < r->n_sinks && status == CLI_OK; i++) {
    if (!r->paths[i]) r->paths[i] = path_join(dir, r->sinks[i].name, ending);
    if (!r->paths[i]) status = cli_fail(CLI_INTERNAL, "out of memory");
    r->sinks[i].path = sorted[i] = r->paths[i];
  }
  if (status == CLI_OK) {
    qsort(sorted, r->n_sinks, sizeof *sorted, path_order);
    for (size_t i = 1; i < r->n_sinks && status == CLI_OK; i++) {
      if (strcmp(sorted[i], sorted[i - 1]) == 0) status = cli_fail(CLI_USAGE, "two pipelines would be written to %s", sorted[i]);
    }
  }
  free(sorted);
  return status;
}

static int sinks_make(cli_program *p, const ottl_program *program) {
  cli_routes *r = p->routes;
  const cli_options *o = p->options;
  r->n_sinks = ottl_route_pipelines(program);
  r->sinks = calloc(r->n_sinks + 1, sizeof *r->sinks);
  r->paths = calloc(r->n_sinks + 1, sizeof *r->paths);
  if (!r->sinks || !r->paths) return cli_fail(CLI_INTERNAL, "out of memory");
  for (size_t i = 0; i < r->n_sinks; i++) { /* names outlive the program */
    ottl_view name = ottl_route_pipeline(program, i);
    char *copy = malloc(name.len + 1);
    if (!copy) return cli_fail(CLI_INTERNAL, "out of memory");
    memcpy(copy, name.data, name.len);
    r->sinks[i].name = (ottl_view){copy, name.len};
  }
  r->writes = o->out_dir != NULL;
  return sinks_by_option(r, &o->outputs);
}

void cli_routes_sinks(cli_program *p, cli_sink **ret, size_t *ret_n) {
  *ret = p->routes->sinks;
  *ret_n = p->routes->n_sinks;
}

/* The text of the route, if the command line has it. */
void cli_routes_place(const cli_program *p, uint32_t route, char *text, size_t size) {
  const cli_routes *r = p->routes;
  if (r->config) {
    snprintf(text, size, "route %" PRIu32 " of the table", route + 1);
  } else {
    const char *source = route < r->n_routes ? r->routes[route].text.text : "";
    int n = (int)strcspn(source, "\n");
    snprintf(text, size, "route `%.*s%s`", n > 70 ? 67 : n, source, n > 70 ? "..." : "");
  }
}

static void routes_print(const cli_routes *r, FILE *f, const char *before) {
  for (size_t i = 0; i < r->n_sinks; i++) {
    const cli_sink *s = &r->sinks[i];
    fprintf(f, "%s%.*s: %" PRIu64 " record%s in %" PRIu64 " message%s\n", before, (int)s->name.len, s->name.data, s->records,
            s->records == 1 ? "" : "s", s->messages, s->messages == 1 ? "" : "s");
  }
}

static int routes_open(cli_program *p, const cli_options *o) {
  cli_routes *r = p->routes = calloc(1, sizeof *r);
  ottl_signal signal = OTTL_SIGNAL_NONE;
  p->options = o;
  if (!r) return cli_fail(CLI_INTERNAL, "out of memory");
  if (o->connector && !o->config) return cli_fail(CLI_USAGE, "--connector is for --config");
  int status = o->config ? config_read(r, o, &signal)
               : o->snippets.n
                   ? routes_read(r, &o->snippets)
                   : cli_fail(CLI_USAGE, "nothing to route by: give --config or -r (`ottl help route` shows examples)");
  if (status != CLI_OK) return status;
  if (signal && o->signal && signal != o->signal)
    return cli_fail(CLI_USAGE, "the pipelines are of %s, --signal says %s", cli_signal_names[signal],
                    cli_signal_names[o->signal]);
  if (signal > OTTL_SIGNAL_METRICS || o->signal > OTTL_SIGNAL_METRICS) return cli_fail(CLI_USAGE, "profiles are not routed");
  ottl_program *program = NULL;
  if (!signal) signal = o->signal;
  status = routes_compile(p, signal, &program);
  if (status != CLI_OK) return status;
  p->signal = signal ? signal : ottl_program_signal(program);
  status = sinks_make(p, program);
  if (p->signal) {
    p->by_signal[p->signal].program = program;
  } else {
    ottl_program_free(program); /* compiled again for the signals that turn up */
  }
  return status;
}

void cli_routes_close(cli_routes *r) {
  if (!r) return;
  for (size_t i = 0; i < r->n_sinks; i++) {
    if (r->paths) free(r->paths[i]);
    if (r->sinks) free((char *)(uintptr_t)r->sinks[i].name.data);
  }
  free(r->paths);
  free(r->sinks);
  free(r->routes);
  free(r->pipelines);
  ottl_config_free(r->config);
  free(r);
}

int cli_route(int argc, char **argv) {
  cli_options options;
  cli_program program = {0};
  int status = cli_options_read(argv[0], IN_ROUTE, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = routes_open(&program, &options);
  if (status == CLI_OK) status = cli_stream(&options, &program);
  if (status == CLI_OK && !program.routes->writes) routes_print(program.routes, stdout, "");
  if (status == CLI_OK && program.routes->writes && options.stats) routes_print(program.routes, stderr, "pipeline ");
out:
  cli_program_close(&program);
  cli_options_done(&options);
  return status;
}
