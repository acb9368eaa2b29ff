/* How far a long run is: one line on standard error, when that is a terminal and the output is not on it. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_FIRST 1.0 /* seconds: a run that is shorter shows nothing */
#define PROGRESS_EVERY 0.2

struct cli_progress {
  double start, last;
  uint64_t total, before; /* total 0: not known; before: of the files that are done */
  bool shown;
};

double cli_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes of all inputs; 0: some of them are no files. */
static uint64_t progress_total(const cli_options *o) {
  uint64_t total = 0;
  for (size_t i = 0; i < o->files.n || i == 0; i++) {
    struct stat st;
    const char *path = o->files.n ? o->files.items[i] : "-";
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st);
    if (failed || !S_ISREG(st.st_mode)) return 0;
    total += (uint64_t)st.st_size;
  }
  return total;
}

cli_progress *cli_progress_begin(const cli_options *o, bool writes_stdout) {
  const char *term = getenv("TERM");
  if (o->no_progress || !isatty(STDERR_FILENO) || (writes_stdout && isatty(STDOUT_FILENO))) return NULL;
  if (!term || strcmp(term, "dumb") == 0) return NULL;
  cli_progress *p = calloc(1, sizeof *p);
  if (!p) return NULL; /* it goes without */
  p->start = cli_now();
  p->total = progress_total(o);
  return p;
}

static void progress_size(char *text, size_t size, double bytes) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < sizeof units / sizeof *units) {
    bytes /= 1000;
    unit++;
  }
  snprintf(text, size, bytes < 10 && unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void progress_show(cli_progress *p, uint64_t bytes, double seconds) {
  char done[32], all[32], rate[32];
  double speed = (double)bytes / seconds;
  progress_size(done, sizeof done, (double)bytes);
  progress_size(all, sizeof all, (double)p->total);
  progress_size(rate, sizeof rate, speed);
  /* The cursor goes back to the start: what is said next stands there. */
  if (p->total && bytes <= p->total && speed > 0) {
    uint64_t left = (uint64_t)((double)(p->total - bytes) / speed + 0.5);
    int percent = (int)(100 * (double)bytes / (double)p->total);
    fprintf(stderr, "\r[%-20.*s] %3d %%  %s of %s  %s/s  %" PRIu64 ":%02u left\033[K\r", percent / 5, "####################",
            percent, done, all, rate, left / 60, (unsigned)(left % 60));
  } else {
    fprintf(stderr, "\r%s  %s/s\033[K\r", done, rate);
  }
  fflush(stderr);
  p->shown = true;
}

void cli_progress_step(cli_progress *p, uint64_t bytes) {
  if (!p) return;
  double now = cli_now();
  if (now - p->start < PROGRESS_FIRST || now - p->last < PROGRESS_EVERY) return;
  p->last = now;
  progress_show(p, p->before + bytes, now - p->start);
}

void cli_progress_file(cli_progress *p, uint64_t bytes) {
  if (p) p->before += bytes;
}

void cli_progress_clear(cli_progress *p) {
  if (!p || !p->shown) return;
  fputs(CLI_PROGRESS_GONE, stderr);
  fflush(stderr);
  p->shown = false;
}
