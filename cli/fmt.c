/* ottl fmt: statements in the canonical layout, in place. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ottl_format_form form_of(const cli_options *o, const char *path) {
  bool yaml = o->as ? strcmp(o->as, "yaml") == 0 : cli_is_yaml(path);
  return yaml ? OTTL_FORMAT_CONFIG : OTTL_FORMAT_FILE;
}

/* Formats, and tells what is wrong. CLI_NO: something does not parse, the rest is formatted. */
static int fmt_run(ottl_view text, ottl_format_form form, const char *name, cli_text *ret) {
  ottl_format_options options;
  ottl_diags *diags = NULL;
  ottl_format_options_init(&options);
  options.form = form;
  options.name = name;
  ottl_status status = ottl_format(text.data, text.len, &options, cli_keep, ret, &diags);
  if (diags) cli_tell(diags);
  ottl_diags_free(diags);
  if (ret->failed) status = OTTL_NOMEM;
  if (status == OTTL_OK) return CLI_OK;
  if (status == OTTL_COMPILE) return CLI_NO;
  if (status == OTTL_LIMIT) return cli_fail(CLI_USAGE, "%s is too large", name ? name : "the statement");
  return cli_fail(CLI_INTERNAL, "formatting failed: %s", ottl_status_name(status));
}

static int fmt_show(const char *name, ottl_view before, ottl_view after) {
  return cli_text_diff(name, before, after, cli_colour(STDOUT_FILENO)) ? CLI_NO : cli_fail(CLI_INTERNAL, "out of memory");
}

static int fmt_write(const char *path, ottl_view before, ottl_view after) {
  struct stat st;
  io_error error;
  if (stat(path, &st) == 0 && (size_t)st.st_size != before.len)
    return cli_fail(CLI_USAGE, "%s is compressed, or changed meanwhile: it stays as it is", path);
  if (io_write_file(path, after.data, after.len, &error) != IO_OK) return cli_fail(CLI_USAGE, "%s", error.text);
  puts(path);
  return CLI_OK;
}

/* A file goes to its place, everything else to standard output. */
static bool fmt_in_place(const char *path) {
  struct stat st;
  return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int fmt_put(const cli_options *o, const char *path, ottl_view before, ottl_view after) {
  bool same = before.len == after.len && memcmp(before.data, after.data, after.len) == 0;
  if (o->diff) return same ? CLI_OK : fmt_show(path, before, after);
  if (o->only_check) {
    if (!same) puts(path);
    return same ? CLI_OK : CLI_NO;
  }
  if (fmt_in_place(path)) return same ? CLI_OK : fmt_write(path, before, after);
  fwrite(after.data, 1, after.len, stdout);
  return CLI_OK;
}

static int fmt_file(const cli_options *o, const char *path) {
  char *text = NULL;
  size_t len = 0;
  cli_text out = {0};
  int status = cli_file_text(path, "statements", &text, &len);
  if (status != CLI_OK) return status;
  status = fmt_run((ottl_view){text, len}, form_of(o, path), strcmp(path, "-") == 0 ? NULL : path, &out);
  if (out.data) {
    int put = fmt_put(o, path, (ottl_view){text, len}, (ottl_view){out.data, out.len});
    if (put > status) status = put;
  }
  free(out.data);
  free(text);
  return status;
}

static int fmt_snippet(const char *text) {
  cli_text out = {0};
  int status = fmt_run((ottl_view){text, strlen(text)}, OTTL_FORMAT_SNIPPET, NULL, &out);
  if (status == CLI_OK) puts(out.data);
  free(out.data);
  return status;
}

static int fmt_usage(const cli_options *o) {
  if (o->snippets.n && (o->files.n || o->only_check || o->diff || o->as))
    return cli_fail(CLI_USAGE, "-s stands alone: what it gives is printed");
  return CLI_OK;
}

int cli_fmt(int argc, char **argv) {
  cli_options options;
  int status = cli_options_read(argv[0], IN_FMT, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  status = fmt_usage(&options);
  if (status != CLI_OK) goto out;
  if (!options.snippets.n && !options.files.n) options.files.items[options.files.n++] = "-";
  for (size_t i = 0; i < options.snippets.n; i++) {
    int one = fmt_snippet(options.snippets.items[i]);
    if (one > status) status = one;
  }
  for (size_t i = 0; i < options.files.n && status != CLI_INTERNAL; i++) {
    int one = fmt_file(&options, options.files.items[i]); /* one that cannot be read does not keep the others from it */
    if (one > status) status = one;
  }
out:
  cli_options_done(&options);
  return status;
}
