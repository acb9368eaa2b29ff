/* Records that conditions choose (--where), by what the engine says of them. */
#ifndef OTTL_CLI_CHOOSE_H
#define OTTL_CLI_CHOOSE_H

#include "messages.h"

typedef struct cli_choice cli_choice;

/* Compiles the conditions of --where; *ret NULL: there are none. Tells what is wrong, and gives the exit status. */
int cli_choice_open(const cli_options *options, cli_choice **ret);
void cli_choice_close(cli_choice *choice); /* NULL is fine */
/* What the conditions are about; NONE: anything. */
ottl_signal cli_choice_signal(const cli_choice *choice);
/* Chooses among the records of a message, which the viewer has open. A record on which a condition fails is not chosen by it. */
int cli_choose(cli_choice *choice, const cli_message *m, const ottl_viewer *viewer);
/* Of the last message: was this record chosen, by its number from 0? Was any? */
bool cli_choice_has(const cli_choice *choice, uint64_t record);
bool cli_choice_any(const cli_choice *choice);

#endif
