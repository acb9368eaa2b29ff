/* The system calls and allocations of the command, failing on demand. Linked into a second `ottl` (ottl-faulty) with --wrap, so it
 * works under sanitizers as well.
 *
 * OTTL_FAULT is a list of `WHAT:NUMBER`, parted by commas: the NUMBERth call of WHAT fails, counted from 1 ("write:2"). WHAT is alloc,
 * read, write, close, rename, fsync, mkstemp. `short:SEED` makes reads and writes short by chance, and interrupts some. `wait:SEED`
 * lets some say EAGAIN. OTTL_FAULT_COUNT names a file that gets "WHAT NUMBER" lines at the end: how many calls there were. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALLOC, READ, WRITE, CLOSE, RENAME, FSYNC, MKSTEMP, SHORT, WAIT, KINDS };
static const char *const names[KINDS] = {"alloc", "read", "write", "close", "rename", "fsync", "mkstemp", "short", "wait"};
static _Atomic unsigned long calls[KINDS];
static unsigned long fails[KINDS];
static _Atomic uint64_t chance;

__attribute__((constructor)) static void begin(void) {
  const char *told = getenv("OTTL_FAULT");
  for (const char *p = told; p && *p; p += *p == ',') {
    for (int k = 0; k < KINDS; k++) {
      size_t n = strlen(names[k]);
      if (strncmp(p, names[k], n) == 0 && p[n] == ':') fails[k] = strtoul(p + n + 1, NULL, 10);
    }
    while (*p && *p != ',') p++;
  }
  atomic_store(&chance, fails[SHORT] + fails[WAIT]);
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("OTTL_FAULT_COUNT");
  FILE *f = path ? fopen(path, "w") : NULL;
  if (!f) return;
  for (int k = 0; k < SHORT; k++) fprintf(f, "%s %lu\n", names[k], atomic_load(&calls[k]));
  fclose(f);
}

static bool hit(int kind, int why) {
  if (atomic_fetch_add(&calls[kind], 1) + 1 != fails[kind]) return false;
  errno = why;
  return true;
}

/* 0 to n - 1. */
static unsigned pick(unsigned n) {
  uint64_t x = atomic_fetch_add(&chance, 0x9e3779b97f4a7c15u);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  return (unsigned)((x ^ (x >> 31)) % n);
}

static bool interrupted(void) {
  if (fails[WAIT] && pick(3) == 0) {
    errno = EAGAIN;
    return true;
  }
  if (!fails[SHORT] || pick(4)) return false;
  errno = EINTR;
  return true;
}

static size_t shortened(size_t n) {
  if (!fails[SHORT] || n < 2) return n;
  return pick(2) ? 1 + pick(n > 64 ? 64 : (unsigned)n) : 1 + pick(n > 100000 ? 100000 : (unsigned)n);
}

/* What --wrap calls, and is called by: the linker's names. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t n);
char *__real_strdup(const char *text);
char *__real_realpath(const char *path, char *room);
FILE *__real_open_memstream(char **text, size_t *len);
ssize_t __real_read(int fd, void *data, size_t n);
ssize_t __real_write(int fd, const void *data, size_t n);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);
int __real_fsync(int fd);
int __real_mkstemp(char *path);

void *__wrap_malloc(size_t n) { return hit(ALLOC, ENOMEM) ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return hit(ALLOC, ENOMEM) ? NULL : __real_calloc(n, size); }
void *__wrap_realloc(void *old, size_t n) { return hit(ALLOC, ENOMEM) ? NULL : __real_realloc(old, n); }
char *__wrap_strdup(const char *text) { return hit(ALLOC, ENOMEM) ? NULL : __real_strdup(text); }
char *__wrap_realpath(const char *path, char *room) { return hit(ALLOC, ENOMEM) ? NULL : __real_realpath(path, room); }
FILE *__wrap_open_memstream(char **text, size_t *len) { return hit(ALLOC, ENOMEM) ? NULL : __real_open_memstream(text, len); }

ssize_t __wrap_read(int fd, void *data, size_t n) {
  return hit(READ, EIO) || interrupted() ? -1 : __real_read(fd, data, shortened(n));
}

/* As a disk that fills up: half of it still fits. */
ssize_t __wrap_write(int fd, const void *data, size_t n) {
  if (!hit(WRITE, ENOSPC)) return interrupted() ? -1 : __real_write(fd, data, shortened(n));
  if (n > 1 && __real_write(fd, data, n / 2) < 0) return -1;
  errno = ENOSPC;
  return -1;
}

int __wrap_close(int fd) {
  if (!hit(CLOSE, EIO)) return __real_close(fd);
  __real_close(fd);
  errno = EIO;
  return -1;
}
int __wrap_rename(const char *from, const char *to) { return hit(RENAME, EXDEV) ? -1 : __real_rename(from, to); }
int __wrap_fsync(int fd) { return hit(FSYNC, EIO) ? -1 : __real_fsync(fd); }
int __wrap_mkstemp(char *path) { return hit(MKSTEMP, EACCES) ? -1 : __real_mkstemp(path); }
