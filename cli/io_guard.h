/* Temporary files that must not stay behind when the command is told to stop (Ctrl-C, kill, a closed terminal). */
#ifndef OTTL_CLI_IO_GUARD_H
#define OTTL_CLI_IO_GUARD_H

#include <signal.h>

typedef struct io_left {
  const char *path; /* borrowed as long as it is among those that are left */
  struct io_left *next;
} io_left;

/* Between these two no signal ends the command, so that a file and the word of it come and go together. Brief; they do not nest. */
void io_guard_enter(sigset_t *before);
void io_guard_leave(const sigset_t *before);
/* The first signal sets this, and nothing else happens; a second one ends the command. NULL: none does that. */
void io_guard_ask(volatile sig_atomic_t *asked);
/* Inside only. */
void io_guard_add(io_left *left);
void io_guard_remove(io_left *left); /* also one that was never added */

#endif
