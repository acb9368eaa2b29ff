/* The tables of options.def: commands and options, for the parser, the help, the manual pages and completions. */
#ifndef OTTL_CLI_TABLE_H
#define OTTL_CLI_TABLE_H

#include "cli.h"

enum {
#define COMMAND(name, main, arguments, summary) COMMAND_##main,
#include "options.def"
  COMMAND_COUNT
};

enum {
#define OPTION(id, commands, letter, name, argument, help) ARG_##id,
#include "options.def"
  ARG_COUNT
};

typedef struct cli_command {
  const char *name;
  int (*main)(int argc, char **argv);
  const char *arguments, *summary;
} cli_command;

typedef struct cli_arg {
  int in; /* IN_RUN and others: which commands know it */
  char letter;
  const char *name, *argument, *help;
} cli_arg;

extern const cli_command cli_commands[COMMAND_COUNT]; /* main.c */
extern const cli_arg cli_args[ARG_COUNT];             /* args.c; by ARG_... */

#endif
