/* ottl check: compiles and says what it thinks of it. Each file is a program of its own; what is given with -s or -c is one. */
#include "checking.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct check_state {
  const cli_options *options;
  size_t n_programs; /* that were checked */
  size_t errors, warnings, notes;
  bool files;       /* what is being checked stands in files */
  cli_sarif *sarif; /* --format sarif */
  cli_rules rules;
  cli_checking checking;
} check_state;

static void check_count(check_state *c, const ottl_diags *diags) {
  c->errors += ottl_diags_errors(diags);
  for (size_t i = 0; i < ottl_diags_count(diags); i++) {
    ottl_diag d;
    if (ottl_diags_get(diags, i, &d) != OTTL_OK) continue;
    c->warnings += d.severity == OTTL_SEVERITY_WARNING;
    c->notes += d.severity == OTTL_SEVERITY_NOTE;
  }
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
      cli_json_text(name, strlen(name));
    else
      printf("null");
    printf(",\"diagnostics\":");
  } else if (c->options->format == OTTL_DIAGS_TEXT && before && ottl_diags_count(diags))
    putchar('\n');
  c->n_programs++;
  ottl_status status = OTTL_OK;
  if (diags)
    status = ottl_diags_render(diags, c->options->format, colour, cli_put, stdout);
  else if (json)
    printf("[]\n");
  if (json) putchar('}');
  return status == OTTL_OK ? CLI_OK : cli_fail(CLI_INTERNAL, "diagnostics cannot be shown: %s", ottl_status_name(status));
}

static int check_told(void *context, const char *name, ottl_status status, ottl_diags *diags, bool again) {
  check_state *c = context;
  cli_rules_apply(&c->rules, diags);
  bool refused = status == OTTL_COMPILE || status == OTTL_UNSUPPORTED || status == OTTL_LIMIT;
  if (status != OTTL_OK && !refused) return cli_fail(CLI_INTERNAL, "checking failed: %s", ottl_status_name(status));
  int result = check_tell(c, name, diags);
  if (refused && ottl_diags_errors(diags) == 0 && !again) {
    c->errors++;
    cli_fail(0, "%s%sstatements are too large", name ? name : "", name ? ": " : "");
  }
  return result;
}

static void check_how(check_state *c) {
  const cli_options *o = c->options;
  c->checking = (cli_checking){.conditions = o->conditions,
                               .explain = c->rules.notes || cli_rules_need_notes(&c->rules),
                               .experimental = o->experimental,
                               .signal = o->signal,
                               .paths = o->paths,
                               .compat = (uint32_t)(o->compat ? o->compat : c->rules.compat),
                               .told = check_told,
                               .context = c};
}

static int check_snippets(check_state *c) {
  const cli_options *o = c->options;
  const cli_texts *texts = &o->snippets;
  ottl_compile_options options;
  cli_checking_options(&c->checking, o->has_conditions, &options);
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
  ottl_program_free(program);
  int result = check_told(c, NULL, status, diags, false);
  ottl_diags_free(diags);
  free(names);
  free(snippets);
  return result;
}

/* What a file holds, and the comments in it that switch codes. */
static int check_read(check_state *c, const char *path, const char *what, char **ret_text, size_t *ret_len) {
  int result = cli_file_text(path, what, ret_text, ret_len);
  if (result == CLI_OK && !cli_rules_file(&c->rules, path, *ret_text, *ret_len)) result = CLI_USAGE;
  return result;
}

static int check_config(check_state *c, const char *path) {
  char *text = NULL;
  size_t len = 0;
  int result = check_read(c, path, "configurations", &text, &len);
  if (result == CLI_OK) result = cli_check_config(&c->checking, path, text, len);
  free(text);
  return result;
}

static int check_file(check_state *c, const char *path) {
  if (!c->options->conditions && cli_is_yaml(path)) return check_config(c, path);
  char *text = NULL;
  size_t len = 0;
  int result = check_read(c, path, "statements", &text, &len);
  c->checking.conditions = c->options->conditions || cli_rules_conditions(text, len);
  if (result == CLI_OK) result = cli_check_text(&c->checking, path, text, len);
  free(text);
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
    return cli_fail(CLI_USAGE, "nothing to check: give files, or statements with -s (`ottl help check` shows examples)");
  if (o->has_statements && o->has_conditions)
    return cli_fail(CLI_USAGE, "-s and -c do not go together: check them one after the other");
  if (o->context && o->files.n)
    return cli_fail(CLI_USAGE, "--context is for -s and -c; in a file it is a line `context: %s`", o->context);
  return CLI_OK;
}

/* Settings first, then what the command line says. */
static bool check_rules(check_state *c) {
  const cli_options *o = c->options;
  if (!cli_settings_read(o->settings, NULL, &c->rules)) return false;
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
  check_how(&c);
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
  cli_options_done(&options);
  return status;
}
