/* ottl run: statements. */
#include "cli.h"

int cli_run(int argc, char **argv) {
  cli_options options;
  cli_program program = {0};
  int status = cli_options_read(argv[0], IN_RUN, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  if (options.atomic && options.rollback) {
    status = cli_fail(CLI_USAGE, "--atomic and --rollback do not go together");
    goto out;
  }
  if (options.config) {
    status = cli_config_open(&program, &options);
    if (status == CLI_OK) status = cli_stream(&options, &program);
    goto out;
  }
  if (options.processors.n) {
    status = cli_fail(CLI_USAGE, "--processor is for --config");
    goto out;
  }
  if (!options.snippets.n && !options.program_file) {
    status = cli_fail(CLI_USAGE, "nothing to run: give statements with -s or a file with -f (`ottl help run` shows examples)");
    goto out;
  }
  if ((options.atomic || options.rollback) && options.error_mode == OTTL_ERROR_PROPAGATE) {
    status = cli_fail(CLI_USAGE, "--%s is for records that fail while others go on: give --error-mode ignore or silent",
                      options.atomic ? "atomic" : "rollback");
    goto out;
  }
  status = cli_program_open(&program, &options, false);
  if (status == CLI_OK) status = cli_stream(&options, &program);
out:
  cli_program_close(&program);
  cli_options_done(&options);
  return status;
}
