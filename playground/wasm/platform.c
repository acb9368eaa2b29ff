/* What the library asks of a system: a clock and random bytes, imported under the names that WASI has for them. All else that
 * wasi-libc would import (streams, for printf's sake) is answered here, so that a page has nothing more to emulate. These
 * definitions stand in the place of those of wasi-libc, which the linker then leaves out. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))
IMPORT("clock_time_get") int32_t ottl_import_clock(uint32_t id, uint64_t precision, uint64_t *ret_ns);
IMPORT("random_get") int32_t ottl_import_random(void *out, uint32_t len);

enum { CLOCK_ID_REALTIME = 0, CLOCK_ID_MONOTONIC = 1 }; /* WASI's numbers */

int clock_gettime(clockid_t id, struct timespec *ret) {
  uint64_t ns = 0;
  if (ottl_import_clock(id == CLOCK_REALTIME ? CLOCK_ID_REALTIME : CLOCK_ID_MONOTONIC, 1, &ns) != 0) return -1;
  ret->tv_sec = (time_t)(ns / 1000000000);
  ret->tv_nsec = (long)(ns % 1000000000);
  return 0;
}
/* The name that wasi-libc calls it by. */
int __clock_gettime(clockid_t id, struct timespec *ret) __attribute__((alias("clock_gettime")));

int getentropy(void *out, size_t len) { return ottl_import_random(out, (uint32_t)len) == 0 ? 0 : -1; }
int __getentropy(void *out, size_t len) __attribute__((alias("getentropy")));

/* yyjson can read files. */
FILE *fopen(const char *path, const char *mode) {
  (void)path, (void)mode;
  errno = ENOENT;
  return NULL;
}

/* There are no files and no streams. */
__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd) {
  (void)fd;
  return __WASI_ERRNO_BADF;
}
__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *pieces, size_t n, __wasi_size_t *ret) {
  (void)fd, (void)pieces, (void)n, (void)ret;
  return __WASI_ERRNO_BADF;
}
__wasi_errno_t __wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *pieces, size_t n, __wasi_size_t *ret) {
  (void)fd, (void)pieces, (void)n, (void)ret;
  return __WASI_ERRNO_BADF;
}
__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence, __wasi_filesize_t *ret) {
  (void)fd, (void)offset, (void)whence, (void)ret;
  return __WASI_ERRNO_BADF;
}
__wasi_errno_t __wasi_fd_fdstat_get(__wasi_fd_t fd, __wasi_fdstat_t *ret) {
  (void)fd, (void)ret;
  return __WASI_ERRNO_BADF;
}
_Noreturn void __wasi_proc_exit(__wasi_exitcode_t code) {
  (void)code;
  __builtin_trap();
}
