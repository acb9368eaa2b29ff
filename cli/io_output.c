/* Output: standard output, or a file that is there whole or not at all. */
#include "io.h"
#include "io_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_BUFFER ((size_t)128 << 10)

struct io_output {
  int fd;
  bool own_fd;
  char *name;   /* for messages */
  char *target; /* what the temporary file becomes; NULL: written in place */
  char *temporary;
  io_left left;  /* the temporary file, for signals */
  bool replaces; /* a file that was there */
  bool keeps;    /* it is to be on the disk in the end, whatever it is */
  size_t used;
  unsigned char buffer[OUT_BUFFER];
};

static void out_free(io_output *out) {
  if (out->own_fd && out->fd >= 0) close(out->fd);
  free(out->temporary);
  free(out->target);
  free(out->name);
  free(out);
}

void io_abandon(io_output *out) {
  sigset_t before;
  if (!out) return;
  io_guard_enter(&before);
  if (out->temporary) unlink(out->temporary);
  io_guard_remove(&out->left);
  io_guard_leave(&before);
  out_free(out);
}

/* mkstemp, or -1 with errno; a signal finds the file, or there is none. */
static int out_make(io_output *out, char *path) {
  sigset_t before;
  io_guard_enter(&before);
  int fd = mkstemp(path), why = errno;
  if (fd >= 0) {
    out->temporary = path;
    out->left.path = path;
    io_guard_add(&out->left);
  }
  io_guard_leave(&before);
  errno = why;
  return fd;
}

/* A temporary file beside the target, with the mode that the target has or would get. */
static io_status out_temporary(io_output *out, const struct stat *old, io_error *error) {
  const char *slash = strrchr(out->target, '/');
  size_t dir = slash ? (size_t)(slash - out->target) + 1 : 0, len = strlen(out->target);
  char *path = malloc(len + 16);
  if (!path) return io_fail(error, IO_FAILED, "%s: out of memory", out->name);
  /* Long names are cut: the temporary one must fit the directory's limit as well. */
  snprintf(path, len + 16, "%.*s.%.200s.XXXXXX", (int)dir, out->target, out->target + dir);
  out->fd = out_make(out, path);
  if (out->fd < 0) {
    io_fail(error, IO_FAILED, "cannot create a file beside %s: %s", out->name, strerror(errno));
    free(path);
    return IO_FAILED;
  }
  out->own_fd = true;
  out->replaces = old != NULL;
  fcntl(out->fd, F_SETFD, FD_CLOEXEC);
  mode_t mask = umask(0);
  umask(mask);
  if (fchmod(out->fd, old ? old->st_mode & 07777 : 0666 & ~mask) != 0)
    return io_fail(error, IO_FAILED, "cannot set the mode of %s: %s", out->name, strerror(errno));
  return IO_OK;
}

static io_status out_open(io_output *out, const char *path, io_error *error) {
  if (!path || strcmp(path, "-") == 0) {
    out->fd = STDOUT_FILENO;
    return IO_OK;
  }
  struct stat old;
  bool exists = stat(path, &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    out->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (out->fd < 0) return io_fail(error, IO_FAILED, "cannot open %s: %s", path, strerror(errno));
    out->own_fd = true;
    return IO_OK;
  }
  if (exists && access(path, W_OK) != 0) return io_fail(error, IO_FAILED, "cannot write %s: %s", path, strerror(errno));
  out->target = exists ? realpath(path, NULL) : strdup(path); /* through a link to the file itself */
  if (!out->target) return io_fail(error, IO_FAILED, "cannot open %s: %s", path, strerror(errno));
  return out_temporary(out, exists ? &old : NULL, error);
}

io_status io_open_output(const char *path, io_output **ret, io_error *error) {
  const char *name = !path || strcmp(path, "-") == 0 ? "standard output" : path;
  io_output *out = calloc(1, sizeof *out);
  if (out) out->name = strdup(name);
  if (!out || !out->name) {
    free(out);
    return io_fail(error, IO_FAILED, "%s: out of memory", name);
  }
  out->fd = -1;
  sigset_t before;
  io_guard_enter(&before); /* a reader that leaves shows as EPIPE from here on */
  io_guard_leave(&before);
  io_status status = out_open(out, path, error);
  if (status != IO_OK) {
    io_abandon(out);
    return status;
  }
  *ret = out;
  return IO_OK;
}

bool io_would_wait(int fd, short events) {
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  struct pollfd p = {.fd = fd, .events = events};
  poll(&p, 1, -1);
  return true;
}

/* All of it to the file. */
static io_status out_write(io_output *out, const void *data, size_t len, io_error *error) {
  for (const char *p = data; len;) {
    ssize_t n = write(out->fd, p, len > (size_t)1 << 30 ? (size_t)1 << 30 : len);
    if (n < 0 && (errno == EINTR || io_would_wait(out->fd, POLLOUT))) continue;
    if (n <= 0) {
      int why = n ? errno : ENOSPC;
      return io_fail(error, why == EPIPE ? IO_CLOSED : IO_FAILED, "cannot write %s: %s", out->name, strerror(why));
    }
    p += n;
    len -= (size_t)n;
  }
  return IO_OK;
}

static io_status out_drain(io_output *out, io_error *error) {
  size_t n = out->used;
  out->used = 0;
  return out_write(out, out->buffer, n, error);
}

io_status io_write(io_output *out, const void *data, size_t len, io_error *error) {
  if (len > OUT_BUFFER - out->used) {
    io_status status = out_drain(out, error);
    if (status != IO_OK) return status;
    if (len >= OUT_BUFFER) return out_write(out, data, len, error);
  }
  if (len) memcpy(out->buffer + out->used, data, len);
  out->used += len;
  return IO_OK;
}

io_status io_flush(io_output *out, io_error *error) { return out_drain(out, error); }

bool io_keep(io_output *out) {
  out->keeps = true;
  return out->temporary != NULL;
}

/* What a power cut leaves is the old file or the new one. A new file has nothing to lose, and is not waited for. */
static io_status out_sync(const io_output *out, io_error *error) {
  if (!(out->replaces || out->keeps) || fsync(out->fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS)
    return IO_OK;
  return io_fail(error, IO_FAILED, "cannot write %s: %s", out->name, strerror(errno));
}

io_status io_sync(io_output *out, io_error *error) {
  io_status status = out_drain(out, error);
  return status == IO_OK ? out_sync(out, error) : status;
}

/* The name of a file is on the disk when its folder is. */
static void out_sync_folder(const io_output *out) {
  const char *slash = strrchr(out->target, '/');
  char *path = slash ? strndup(out->target, (size_t)(slash - out->target) + 1) : strdup(".");
  int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  free(path);
  if (fd < 0) return; /* it may be one that cannot be read */
  fsync(fd);
  close(fd);
}

static io_status out_place(io_output *out, io_error *error) {
  sigset_t before;
  io_guard_enter(&before);
  int failed = rename(out->temporary, out->target), why = errno;
  if (!failed) {
    io_guard_remove(&out->left);
    free(out->temporary);
    out->temporary = NULL;
  }
  io_guard_leave(&before);
  if (!failed && out->keeps) out_sync_folder(out);
  return failed ? io_fail(error, IO_FAILED, "cannot put %s in place: %s", out->name, strerror(why)) : IO_OK;
}

io_status io_finish(io_output *out, io_error *error) {
  io_status status = out_drain(out, error);
  if (status == IO_OK) status = out_sync(out, error);
  if (out->own_fd) { /* full disks may show only here */
    int fd = out->fd;
    out->fd = -1;
    if (close(fd) != 0 && status == IO_OK) status = io_fail(error, IO_FAILED, "cannot write %s: %s", out->name, strerror(errno));
  }
  if (status == IO_OK && out->temporary) status = out_place(out, error);
  io_abandon(out);
  return status;
}

io_status io_write_file(const char *path, const void *data, size_t len, io_error *error) {
  io_output *out = NULL;
  io_status status = io_open_output(path, &out, error);
  if (status != IO_OK) return status;
  status = io_write(out, data, len, error);
  if (status == IO_OK) return io_finish(out, error);
  io_abandon(out);
  return status;
}
