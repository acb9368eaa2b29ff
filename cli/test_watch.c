/* ottl test --watch: waits for changes of the files that a session read, and of the folders that it looked for cases in. What has changed is
 * found by looking at the files; where the system tells of changes, there is no looking in between. */
#include "test.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#define LOOK_MS    300  /* without help of the system */
#define PATIENT_MS 2000 /* with it: what it did not tell is found all the same */
#define SETTLE_MS  50   /* an editor may write several times */

static volatile sig_atomic_t ended;

static void on_signal(int number) {
  (void)number;
  ended = 1;
}

void test_watch_begin(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

bool test_watch_ended(void) { return ended; }

static uint64_t mix(uint64_t hash, uint64_t v) { return (hash ^ v) * 0x9e3779b97f4a7c15u + (hash >> 29); }

static uint64_t look_at(const char *path, uint64_t hash) {
  struct stat st;
  if (stat(path, &st) != 0) return mix(hash, 1);
#ifdef __APPLE__
  const struct timespec *t = &st.st_mtimespec;
#else
  const struct timespec *t = &st.st_mtim;
#endif
  hash = mix(mix(hash, (uint64_t)t->tv_sec), (uint64_t)t->tv_nsec);
  return mix(mix(hash, (uint64_t)st.st_size), (uint64_t)st.st_ino);
}

/* Something that changes with every file of the session, and with the names in its folders. */
static uint64_t look(const test_session *s) {
  uint64_t hash = 0;
  for (const test_source *source = s->sources; source; source = source->next) hash = look_at(source->path, hash);
  const cli_texts *files = &s->options->files;
  for (size_t i = 0; i < files->n; i++) hash = look_at(files->items[i], hash);
  return files->n ? hash : look_at(".", hash);
}

#ifdef __linux__
static void watch_folder(int fd, const char *path, bool folder) {
  char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
  if (!copy) return;
  if (!folder && slash == copy)
    slash[1] = 0;
  else if (!folder && slash)
    *slash = 0;
  (void)inotify_add_watch(fd, folder || slash ? copy : ".",
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_MODIFY);
  free(copy);
}

static int watch_open(const test_session *s) {
  int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return -1;
  for (const test_source *source = s->sources; source; source = source->next) watch_folder(fd, source->path, false);
  const cli_texts *files = &s->options->files;
  for (size_t i = 0; i < files->n; i++) {
    struct stat st;
    if (stat(files->items[i], &st) == 0 && S_ISDIR(st.st_mode)) watch_folder(fd, files->items[i], true);
  }
  if (!files->n) watch_folder(fd, ".", true);
  return fd;
}
#else
static int watch_open(const test_session *s) {
  (void)s;
  return -1;
}
#endif

bool test_watch_wait(const test_session *s) {
  char events[4096];
  int fd = watch_open(s);
  uint64_t before = look(s);
  while (!ended && look(s) == before) {
    struct pollfd wait = {fd, POLLIN, 0};
    if (poll(&wait, fd >= 0, fd >= 0 ? PATIENT_MS : LOOK_MS) > 0) {
      while (read(fd, events, sizeof events) > 0) continue;
    }
  }
  if (fd >= 0) close(fd);
  if (!ended) poll(NULL, 0, SETTLE_MS);
  return !ended;
}
