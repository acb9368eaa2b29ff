/* ottl filter: conditions that drop, or with --keep let through. */
#include "cli.h"

int cli_filter(int argc, char **argv) {
  cli_options options;
  cli_program program = {0};
  int status = cli_options_read(argv[0], IN_FILTER, argc, argv, &options);
  if (status != CLI_OK) goto out;
  if (options.help) {
    cli_help_command(argv[0]);
    goto out;
  }
  if (!options.snippets.n && !options.program_file) {
    status = cli_fail(CLI_USAGE,
                      "nothing to filter by: give conditions with -c or a file with -f (`ottl help filter` shows examples)");
    goto out;
  }
  if (options.keep && options.program_file) {
    status = cli_fail(CLI_USAGE, "--keep works on conditions given with -c, not with -f");
    goto out;
  }
  status = cli_program_open(&program, &options, true);
  if (status == CLI_OK) status = cli_stream(&options, &program);
out:
  cli_program_close(&program);
  cli_options_done(&options);
  return status;
}
