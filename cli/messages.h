/* Messages of the input, one after another, in wire form: for commands that look at payloads and hand nothing on. */
#ifndef OTTL_CLI_MESSAGES_H
#define OTTL_CLI_MESSAGES_H

#include "cli.h"

typedef struct cli_message {
  const char *input; /* its name */
  uint64_t number;   /* in its file, from 1 */
  ottl_signal signal;
  bool json; /* it came as OTLP/JSON: offsets mean nothing to whoever wrote it */
  const uint8_t *wire;
  size_t len;
} cli_message;

#define CLI_ENOUGH (-1) /* of a taker: no more messages, and all is well */

/* Hands each message of the files (none: standard input) to `take`, which returns CLI_OK, CLI_ENOUGH, or tells what is wrong and
 * returns the exit status. signal: what the command is about; NONE: each message tells. what: plural, for "the WHAT are about". */
int cli_messages(const cli_options *options, ottl_signal signal, const char *what,
                 int (*take)(void *context, const cli_message *message), void *context);

#endif
