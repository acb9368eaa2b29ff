/* Statements and conditions from the command line or a file, compiled. What serves every signal alike (resource and scope
 * contexts) is compiled for each signal that turns up in the input. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const cli_signal_names[] = {"", "logs", "traces", "metrics", "profiles"};

#define PROGRAM_MAX_BYTES ((size_t)16 << 20) /* of a file of statements */

int cli_file_text(const char *path, const char *what, char **ret_text, size_t *ret_len) {
  io_input *in = NULL;
  io_error error;
  char *text = NULL;
  size_t len = 0, cap = 0;
  if (io_open_input(path, NULL, &in, &error) != IO_OK) return cli_fail(CLI_USAGE, "%s", error.text);
  int status = CLI_OK;
  for (size_t n = 1; n && status == CLI_OK;) {
    if (cap - len < 2) {
      cap = cap ? cap * 2 : 4096;
      char *grown = realloc(text, cap);
      if (!grown) {
        status = cli_fail(CLI_INTERNAL, "out of memory");
        break;
      }
      text = grown;
    }
    if (io_read(in, text + len, cap - len - 1, &n, &error) != IO_OK)
      status = cli_fail(CLI_USAGE, "%s", error.text);
    else if ((len += n) > PROGRAM_MAX_BYTES)
      status = cli_fail(CLI_USAGE, "%s: more than %zu MB are no file of %s", path, PROGRAM_MAX_BYTES >> 20, what);
  }
  io_close(in);
  if (status != CLI_OK) {
    free(text);
    return status;
  }
  text[len] = 0;
  *ret_text = text;
  *ret_len = len;
  return CLI_OK;
}

void cli_tell(const ottl_diags *diags) {
  if (ottl_diags_render(diags, OTTL_DIAGS_TEXT, cli_colour(STDERR_FILENO), cli_put, cli_says()) != OTTL_OK)
    cli_fail(0, "diagnostics cannot be shown");
}

/* `not (a) and not (b)`: a filter that drops what no condition matches. Each condition has compiled alone before, so that
 * brackets within it are balanced and messages point into what the user wrote. */
static char *program_inverted(const cli_texts *conditions) {
  size_t size = 1;
  for (size_t i = 0; i < conditions->n; i++) size += strlen(conditions->items[i]) + sizeof " and not (\n)";
  char *text = malloc(size), *end = text;
  for (size_t i = 0; text && i < conditions->n; i++)
    end += snprintf(end, size - (size_t)(end - text), "%snot (%s\n)", i ? " and " : "", conditions->items[i]);
  return text;
}

static ottl_status program_snippets(cli_program *p, const ottl_compile_options *options, ottl_program **ret, ottl_diags **diags) {
  const cli_texts *texts = &p->options->snippets;
  ottl_snippet *snippets = calloc(texts->n, sizeof *snippets);
  char(*names)[32] = calloc(texts->n, sizeof *names);
  ottl_group group = {.struct_size = sizeof group, .context = p->options->context, .error_mode = p->options->error_mode};
  ottl_status status = OTTL_NOMEM;
  char *inverted = NULL;
  if (!snippets || !names) goto out;
  for (size_t i = 0; i < texts->n; i++) {
    snprintf(names[i], sizeof names[i], "%s %zu", p->filter ? "condition" : "statement", i + 1);
    snippets[i] = (ottl_snippet){.text = texts->items[i], .len = strlen(texts->items[i]), .name = texts->n > 1 ? names[i] : NULL};
  }
  *(p->filter ? &group.conditions : &group.statements) = snippets;
  *(p->filter ? &group.n_conditions : &group.n_statements) = texts->n;
  status = ottl_program_compile(&group, 1, options, ret, diags);
  if (status != OTTL_OK || !p->options->keep) goto out;
  ottl_program_free(*ret);
  *ret = NULL;
  inverted = program_inverted(texts);
  status = OTTL_NOMEM;
  if (!inverted) goto out;
  snippets[0] = (ottl_snippet){.text = inverted, .len = strlen(inverted)};
  group.n_conditions = 1;
  status = ottl_program_compile(&group, 1, options, ret, NULL);
out:
  free(inverted);
  free(names);
  free(snippets);
  return status;
}

static ottl_status program_text(cli_program *p, const ottl_compile_options *options, ottl_program **ret, ottl_diags **diags) {
  const char *name = p->options->program_file;
  char *part = NULL;
  if (p->sections && !(part = cli_sections_text(p, options->signal))) return OTTL_NOMEM;
  const char *text = part ? part : p->text ? p->text : "";
  ottl_status status = ottl_program_compile_text(text, p->text_len, name, p->options->error_mode, options, ret, diags);
  free(part);
  return status;
}

ottl_on_failure cli_on_failure(const cli_options *o) {
  return o->rollback ? OTTL_ON_FAILURE_ROLLBACK : o->atomic ? OTTL_ON_FAILURE_ATOMIC : OTTL_ON_FAILURE_DEFAULT;
}

static void program_options(const cli_program *p, ottl_signal signal, ottl_compile_options *ret) {
  ottl_compile_options_init(ret);
  ret->kind = p->filter ? OTTL_KIND_FILTER : OTTL_KIND_TRANSFORM;
  ret->signal = signal;
  ret->flatten = p->options->flatten;
  ret->on_failure = cli_on_failure(p->options);
  ret->experimental = p->options->experimental;
}

int cli_compiled(ottl_status status, ottl_diags *diags, const char *what) {
  if (diags) cli_tell(diags);
  size_t n_told = ottl_diags_count(diags);
  ottl_diags_free(diags);
  switch (status) {
  case OTTL_OK: return CLI_OK;
  case OTTL_COMPILE:
  case OTTL_UNSUPPORTED: return n_told ? CLI_COMPILE : cli_fail(CLI_COMPILE, "the %s do not compile", what);
  case OTTL_LIMIT: return n_told ? CLI_COMPILE : cli_fail(CLI_COMPILE, "the %s are too large", what);
  default: return cli_fail(CLI_INTERNAL, "compiling failed: %s", ottl_status_name(status));
  }
}

static int program_compile(cli_program *p, ottl_signal signal, ottl_program **ret) {
  ottl_compile_options options;
  ottl_diags *diags = NULL;
  program_options(p, signal, &options);
  ottl_status status =
      p->options->program_file ? program_text(p, &options, ret, &diags) : program_snippets(p, &options, ret, &diags);
  if (p->told && status == OTTL_OK) {
    ottl_diags_free(diags);
    return CLI_OK;
  }
  p->told |= diags != NULL;
  return cli_compiled(status, diags, "statements");
}

/* What --request tells. */
static int program_request(const cli_program *p, ottl_exec *exec) {
  ottl_status told = ottl_exec_set_request(exec, p->request, p->request_len);
  if (told == OTTL_OK) return CLI_OK;
  return cli_fail(
      told == OTTL_NOMEM ? CLI_INTERNAL : CLI_USAGE,
      "%s is not what --request takes: a JSON object such as {\"addr\": \"10.1.2.3:4317\", \"metadata\": {\"x-tenant\": "
      "[\"acme\"]}}, with addr, metadata, grpc and auth",
      p->options->request);
}

int cli_exec_create(const cli_program *p, const ottl_program *program, bool first, ottl_exec **ret) {
  ottl_exec_options options;
  ottl_exec_options_init(&options);
  options.strict = first && p->options->strict_input;
  ottl_status status = ottl_exec_create(program, &options, ret);
  if (status != OTTL_OK) return cli_fail(CLI_INTERNAL, "cannot run the %s: %s", cli_program_what(p), ottl_status_name(status));
  return p->request ? program_request(p, *ret) : CLI_OK;
}

int cli_program_request(cli_program *p) {
  const char *path = p->options->request;
  return path ? cli_file_text(path, "requests", &p->request, &p->request_len) : CLI_OK;
}

int cli_program_open(cli_program *p, const cli_options *options, bool filter) {
  p->options = options;
  p->filter = filter;
  if (options->snippets.n && options->program_file)
    return cli_fail(CLI_USAGE, "-%c and -f do not go together: put everything into the file", filter ? 'c' : 's');
  if (options->context && options->program_file)
    return cli_fail(CLI_USAGE, "--context is for -%c; in a file it is a line `context: %s`", filter ? 'c' : 's',
                    options->context);
  ottl_signal told = options->program_file ? OTTL_SIGNAL_NONE : options->signal; /* a file may serve others as well */
  int status = options->program_file ? cli_file_text(options->program_file, "statements", &p->text, &p->text_len) : CLI_OK;
  ottl_program *program = NULL;
  if (status == CLI_OK) status = program_compile(p, told, &program);
  if (status != CLI_OK) return status;
  p->signal = ottl_program_signal(program);
  if (p->signal == OTTL_SIGNAL_NONE) { /* compiled again for the signals that turn up */
    ottl_compile_options compile;
    ottl_program_free(program);
    program_options(p, told, &compile);
    if (options->program_file && !cli_sections_split(p, &compile)) return cli_fail(CLI_INTERNAL, "out of memory");
    p->signal = options->signal;
    return CLI_OK;
  }
  p->by_signal[p->signal].program = program;
  if (options->signal && options->signal != p->signal)
    return cli_fail(CLI_USAGE, "the %s are about %s, --signal says %s", filter ? "conditions" : "statements",
                    cli_signal_names[p->signal], cli_signal_names[options->signal]);
  return CLI_OK;
}

const char *cli_program_what(const cli_program *p) {
  return p->routes ? "routes" : p->config ? "processors" : p->filter ? "conditions" : "statements";
}

int cli_program_steps(cli_program *p, ottl_signal signal, cli_step **ret, size_t *ret_n) {
  int status = CLI_OK;
  if (p->routes) return cli_routes_steps(p, signal, ret, ret_n);
  if (p->config) return cli_config_steps(p, signal, ret, ret_n);
  if (p->sections && !cli_sections_any(p, signal))
    return cli_fail(CLI_PAYLOAD, "there are %s in the input, and no %s are about them", cli_signal_names[signal],
                    p->filter ? "conditions" : "statements");
  if (!p->by_signal[signal].program) status = program_compile(p, signal, &p->by_signal[signal].program);
  *ret = &p->by_signal[signal];
  *ret_n = 1;
  return status;
}

void cli_program_close(cli_program *p) {
  cli_config_close(p->config);
  cli_routes_close(p->routes);
  for (int i = 0; i < CLI_SIGNALS; i++) {
    ottl_program_free(p->by_signal[i].program);
  }
  free(p->sections);
  free(p->request);
  free(p->text);
}
