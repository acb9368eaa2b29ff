/* Checking texts, wherever they come from and whoever is told: `ottl check` and the language server. */
#ifndef OTTL_CLI_CHECKING_H
#define OTTL_CLI_CHECKING_H

#include "cli.h"

typedef struct cli_checking {
  bool conditions; /* files of statements hold conditions */
  bool explain, experimental;
  ottl_signal signal;
  ottl_path_style paths;
  uint32_t compat; /* of v0.N; 0: not asked */
  /* Is told of each program: status and diagnostics of compiling it. again: something was told of it already, for another signal. The
   * diagnostics are freed behind it. Anything but CLI_OK ends the checking. */
  int (*told)(void *context, const char *name, ottl_status status, ottl_diags *diags, bool again);
  void *context;
} cli_checking;

void cli_checking_options(const cli_checking *c, bool conditions, ottl_compile_options *ret);
/* A file of statements or conditions. name: for diagnostics. */
int cli_check_text(const cli_checking *c, const char *name, const char *text, size_t len);
/* A configuration of a collector: its processors and connectors, each a program. */
int cli_check_config(const cli_checking *c, const char *name, const char *text, size_t len);

#endif
