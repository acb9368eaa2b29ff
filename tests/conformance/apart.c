/* Runs a case in a child process. */
#include "conformance.h"

#ifdef __wasi__
conf_outcome conf_run_apart(conf_runner *runner, const conf_case *c, conf_buf *message) {
  (void)runner, (void)c;
  conf_buf_puts(message, "there are no processes here");
  return CONF_FAILED;
}
#else
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { APART_SECONDS = 20 };

static void apart_child(conf_runner *runner, const conf_case *c, int to) {
  conf_buf message = {0};
  alarm(APART_SECONDS);
  char outcome = (char)conf_run(runner, c, &message);
  bool sent = write(to, &outcome, 1) == 1;
  for (size_t at = 0; sent && at < message.len;) {
    ssize_t n = write(to, message.data + at, message.len - at);
    sent = n > 0;
    at += sent ? (size_t)n : 0;
  }
  _exit(0);
}

conf_outcome conf_run_apart(conf_runner *runner, const conf_case *c, conf_buf *message) {
  int ends[2];
  /* The child inherits the payload when it is read here. */
  if (c->mode <= CONF_STATEMENTS) conf_fixtures_get(&runner->fixtures, runner->json, c->fixture, c->signal);
  fflush(NULL);
  pid_t child = pipe(ends) == 0 ? fork() : -1;
  if (child == 0) apart_child(runner, c, ends[1]);
  if (child < 0) {
    conf_buf_puts(message, "no child process");
    return CONF_FAILED;
  }
  close(ends[1]);
  char piece[4096];
  conf_buf answer = {0};
  ssize_t n;
  while ((n = read(ends[0], piece, sizeof piece)) > 0) conf_buf_put(&answer, piece, (size_t)n);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  conf_outcome outcome = CONF_FAILED;
  if (WIFSIGNALED(status)) {
    conf_buf_printf(message, "%s: %s", WTERMSIG(status) == SIGALRM ? "hangs" : "crashes", strsignal(WTERMSIG(status)));
  } else if (WEXITSTATUS(status) != 0 || !answer.len) {
    conf_buf_printf(message, "crashes: exit status %d", WEXITSTATUS(status));
  } else {
    outcome = (conf_outcome)answer.data[0];
    conf_buf_put(message, answer.data + 1, answer.len - 1);
  }
  conf_buf_free(&answer);
  return outcome;
}
#endif
