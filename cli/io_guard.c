/* A signal that would end the command unlinks its temporary files first; then it ends the command as it would have. */
#include "io_guard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const int guard_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};
#define GUARD_SIGNALS (sizeof guard_signals / sizeof *guard_signals)

/* Globals, as a handler has nothing else. The lock is held by threads that have the signals blocked, so a handler never waits for
 * its own. */
static atomic_flag guard_lock = ATOMIC_FLAG_INIT;
static io_left *guard_first;
static bool guard_set;
static volatile sig_atomic_t *volatile guard_asked;

static void guard_wait(void) {
  while (atomic_flag_test_and_set(&guard_lock)) continue; /* a few system calls at most */
}

static void guard_end(int number) {
  if (guard_asked && !*guard_asked) {
    *guard_asked = 1;
    return;
  }
  guard_wait(); /* for good: nobody makes a file, or puts one in its place, after this */
  for (const io_left *left = guard_first; left; left = left->next) unlink(left->path);
  signal(number, SIG_DFL);
  raise(number); /* takes effect when the handler returns */
}

static void guard_mask(sigset_t *set) {
  sigemptyset(set);
  for (size_t i = 0; i < GUARD_SIGNALS; i++) sigaddset(set, guard_signals[i]);
}

/* Those that end the command now: what is ignored (nohup) or has a handler stays so. */
static void guard_install(void) {
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_handler = guard_end;
  guard_mask(&action.sa_mask);
  for (size_t i = 0; i < GUARD_SIGNALS; i++)
    if (sigaction(guard_signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) sigaction(guard_signals[i], &action, NULL);
  signal(SIGPIPE, SIG_IGN); /* a reader that leaves, a file that is too large: errors of write(2) */
  signal(SIGXFSZ, SIG_IGN);
}

void io_guard_enter(sigset_t *before) {
  sigset_t set;
  guard_mask(&set);
  pthread_sigmask(SIG_BLOCK, &set, before);
  guard_wait();
  if (!guard_set) guard_install();
  guard_set = true;
}

void io_guard_ask(volatile sig_atomic_t *asked) {
  sigset_t before;
  io_guard_enter(&before);
  guard_asked = asked;
  io_guard_leave(&before);
}

void io_guard_leave(const sigset_t *before) {
  atomic_flag_clear(&guard_lock);
  pthread_sigmask(SIG_SETMASK, before, NULL);
}

void io_guard_add(io_left *left) {
  left->next = guard_first;
  guard_first = left;
}

void io_guard_remove(io_left *left) {
  io_left **at = &guard_first;
  while (*at && *at != left) at = &(*at)->next;
  if (*at) *at = left->next;
}
