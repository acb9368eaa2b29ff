/* Input: a file or standard input, decompressed on the way if its first bytes are those of gzip or zstd. Concatenated members
 * and frames are one stream, as for gzip(1) and zstd(1); an end in the middle of one is an error. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define IN_BUFFER      ((size_t)128 << 10)
#define IN_FRAME       ((size_t)4 << 20) /* most that a frame may hold that is decompressed elsewhere */
#define IN_RATIO       5000
#define IN_RATIO_FLOOR ((uint64_t)64 << 20)

struct io_input {
  int fd;
  bool own_fd, looked, at_end; /* at_end: of the file */
  bool inside;                 /* a member or frame has begun and is not complete */
  io_compression compression;
  io_limits limits;
  uint64_t bytes_in, bytes_out;
  size_t start, end; /* of what is in the buffer */
  ZSTD_DStream *zstd;
  bool gzip_ready;
  z_stream gzip;
  char *name;
  unsigned char *buffer;
  size_t cap;
};

io_status io_fail(io_error *error, io_status status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(error->text, sizeof error->text, format, args);
  va_end(args);
  return status;
}

static const char *const in_names[] = {"none", "gzip", "zstd"};

const char *io_compression_name(io_compression compression) { return in_names[compression]; }

bool io_compression_parse(const char *name, io_compression *ret) {
  for (int i = 0; i < 3; i++)
    if (strcmp(name, in_names[i]) == 0) {
      *ret = (io_compression)i;
      return true;
    }
  return false;
}

io_compression io_compression_of(const void *data, size_t len) {
  const unsigned char *p = data;
  if (len >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) return IO_GZIP;
  if (len >= 4 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd) return IO_ZSTD;
  /* Skippable frames may come first. */
  if (len >= 4 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18) return IO_ZSTD;
  return IO_PLAIN;
}

io_status io_open_input(const char *path, const io_limits *limits, io_input **ret, io_error *error) {
  bool standard = !path || strcmp(path, "-") == 0;
  const char *name = standard ? "standard input" : path;
  io_input *in = calloc(1, sizeof *in);
  if (in) {
    in->name = strdup(name);
    in->buffer = malloc(IN_BUFFER);
    in->cap = IN_BUFFER;
    in->fd = -1;
  }
  if (!in || !in->name || !in->buffer) {
    io_close(in);
    return io_fail(error, IO_FAILED, "%s: out of memory", name);
  }
  if (limits) in->limits = *limits;
  if (!in->limits.max_ratio) in->limits.max_ratio = IN_RATIO;
  in->own_fd = !standard;
  in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (in->fd < 0) {
    io_fail(error, IO_FAILED, "cannot open %s: %s", name, strerror(errno));
    io_close(in);
    return IO_FAILED;
  }
  *ret = in;
  return IO_OK;
}

void io_close(io_input *in) {
  if (!in) return;
  if (in->own_fd && in->fd >= 0) close(in->fd);
  ZSTD_freeDStream(in->zstd);
  if (in->gzip_ready) inflateEnd(&in->gzip);
  free(in->name);
  free(in->buffer);
  free(in);
}

io_compression io_input_compression(const io_input *in) { return in->compression; }
const char *io_input_name(const io_input *in) { return in->name; }
uint64_t io_input_bytes(const io_input *in) { return in->bytes_in; }

/* One read(2). *ret_bytes 0: the end. */
static io_status in_read(io_input *in, void *data, size_t len, size_t *ret_bytes, io_error *error) {
  for (;;) {
    ssize_t n = read(in->fd, data, len);
    if (n >= 0) {
      *ret_bytes = (size_t)n;
      in->bytes_in += (uint64_t)n;
      if (n == 0) in->at_end = true;
      return IO_OK;
    }
    if (errno != EINTR && !io_would_wait(in->fd, POLLIN))
      return io_fail(error, IO_FAILED, "cannot read %s: %s", in->name, strerror(errno));
  }
}

/* More behind what is in the buffer. */
static io_status in_more(io_input *in, io_error *error) {
  size_t n = 0;
  if (in->at_end) return IO_OK;
  if (in->start) {
    memmove(in->buffer, in->buffer + in->start, in->end - in->start);
    in->end -= in->start;
    in->start = 0;
  }
  if (in->end == in->cap) {
    unsigned char *grown = realloc(in->buffer, in->cap * 2);
    if (!grown) return io_fail(error, IO_FAILED, "%s: out of memory", in->name);
    in->buffer = grown;
    in->cap *= 2;
  }
  io_status status = in_read(in, in->buffer + in->end, in->cap - in->end, &n, error);
  if (status == IO_OK) in->end += n;
  return status;
}

/* Enough of the first bytes to see the magic; sets up the decompressor. */
static io_status in_look(io_input *in, io_error *error) {
  while (in->end < 4 && !in->at_end) {
    io_status status = in_more(in, error);
    if (status != IO_OK) return status;
    /* No need to wait on a pipe for a fourth byte when the first says enough. */
    if (in->end && in->buffer[0] != 0x1f && in->buffer[0] != 0x28 && (in->buffer[0] & 0xf0) != 0x50) break;
  }
  in->looked = true;
  in->compression = io_compression_of(in->buffer, in->end);
  if (in->compression == IO_ZSTD) {
    in->zstd = ZSTD_createDStream();
    if (!in->zstd || ZSTD_isError(ZSTD_initDStream(in->zstd))) return io_fail(error, IO_FAILED, "%s: out of memory", in->name);
  } else if (in->compression == IO_GZIP) {
    if (inflateInit2(&in->gzip, 15 + 16) != Z_OK) return io_fail(error, IO_FAILED, "%s: out of memory", in->name);
    in->gzip_ready = true;
    in->inside = true;
  }
  return IO_OK;
}

/* One step of a decompressor: from the buffer to data. */
static io_status in_zstd(io_input *in, void *data, size_t len, size_t *ret_bytes, io_error *error) {
  ZSTD_inBuffer from = {in->buffer, in->end, in->start};
  ZSTD_outBuffer to = {data, len, 0};
  size_t left = ZSTD_decompressStream(in->zstd, &to, &from);
  if (ZSTD_isError(left)) return io_fail(error, IO_CORRUPT, "%s: bad zstd data: %s", in->name, ZSTD_getErrorName(left));
  /* Between frames, with nothing to read, zstd tells how much it would like: that is not a frame that has begun. */
  if (from.pos != in->start || to.pos) in->inside = left != 0;
  in->start = from.pos;
  *ret_bytes = to.pos;
  return IO_OK;
}

static io_status in_gzip(io_input *in, void *data, size_t len, size_t *ret_bytes, io_error *error) {
  if (!in->inside) { /* between members; zeros are the padding of block devices */
    while (in->start < in->end && in->buffer[in->start] == 0) in->start++;
    if (in->start == in->end) return IO_OK;
    inflateReset(&in->gzip);
    in->inside = true;
  }
  in->gzip.next_in = in->buffer + in->start;
  in->gzip.avail_in = (unsigned)(in->end - in->start);
  in->gzip.next_out = data;
  in->gzip.avail_out = len > 1u << 30 ? 1u << 30 : (unsigned)len;
  size_t room = in->gzip.avail_out;
  int got = inflate(&in->gzip, Z_NO_FLUSH);
  in->start = in->end - in->gzip.avail_in;
  *ret_bytes = room - in->gzip.avail_out;
  if (got == Z_STREAM_END)
    in->inside = false;
  else if (got == Z_MEM_ERROR)
    return io_fail(error, IO_FAILED, "%s: out of memory", in->name);
  else if (got != Z_OK && got != Z_BUF_ERROR)
    return io_fail(error, IO_CORRUPT, "%s: bad gzip data: %s", in->name, in->gzip.msg ? in->gzip.msg : "damaged");
  return IO_OK;
}

static io_status in_check_limits(const io_input *in, io_error *error) {
  uint64_t used = in->bytes_in - (in->end - in->start);
  if (in->limits.max_bytes && in->bytes_out > in->limits.max_bytes)
    return io_fail(error, IO_LIMIT, "%s: decompresses to more than %llu bytes", in->name,
                   (unsigned long long)in->limits.max_bytes);
  if (in->bytes_out > IN_RATIO_FLOOR && in->bytes_out / in->limits.max_ratio > used)
    return io_fail(error, IO_LIMIT, "%s: decompresses to more than %llu times its size", in->name,
                   (unsigned long long)in->limits.max_ratio);
  return IO_OK;
}

io_status io_read_frame(io_input *in, const void **ret, size_t *ret_len, size_t *ret_content, io_error *error) {
  io_status status = in->looked ? IO_OK : in_look(in, error);
  *ret_len = 0;
  if (status != IO_OK || in->compression != IO_ZSTD || in->inside) return status;
  for (;;) {
    const unsigned char *p = in->buffer + in->start;
    size_t there = in->end - in->start, len = ZSTD_findFrameCompressedSize(p, there);
    if (ZSTD_isError(len)) { /* not all of it is there, or it is damaged: that shows in the end */
      if (in->at_end || there > IN_FRAME) return IO_OK;
      status = in_more(in, error);
      if (status != IO_OK) return status;
      continue;
    }
    unsigned long long content = ZSTD_getFrameContentSize(p, there);
    if (content == ZSTD_CONTENTSIZE_UNKNOWN || content == ZSTD_CONTENTSIZE_ERROR || content > IN_FRAME) return IO_OK;
    in->start += len;
    in->bytes_out += content;
    *ret = p;
    *ret_len = len;
    *ret_content = (size_t)content;
    return in_check_limits(in, error);
  }
}

io_status io_read(io_input *in, void *data, size_t len, size_t *ret_bytes, io_error *error) {
  io_status status = in->looked ? IO_OK : in_look(in, error);
  size_t n = 0;
  *ret_bytes = 0;
  if (status != IO_OK || len == 0) return status;
  if (in->compression == IO_PLAIN) {
    n = in->end - in->start;
    if (n) { /* what was read to look at it */
      if (n > len) n = len;
      memcpy(data, in->buffer + in->start, n);
      in->start += n;
    } else if (!in->at_end) {
      status = in_read(in, data, len, &n, error);
    }
    *ret_bytes = n;
    return status;
  }
  while (n == 0 && status == IO_OK) {
    /* The decompressor may hold output that did not fit last time, so it is asked before more is read; at the end of the file
     * it is asked once more, with nothing. */
    size_t before = in->start;
    status = in->compression == IO_ZSTD ? in_zstd(in, data, len, &n, error) : in_gzip(in, data, len, &n, error);
    if (status != IO_OK || n || in->start != before) continue;
    if (in->start < in->end) return io_fail(error, IO_CORRUPT, "%s: damaged %s data", in->name, in_names[in->compression]);
    if (in->at_end) break;
    status = in_more(in, error);
  }
  if (status != IO_OK) return status;
  if (n == 0 && in->inside) return io_fail(error, IO_CORRUPT, "%s: %s data is cut off", in->name, in_names[in->compression]);
  in->bytes_out += n;
  status = in_check_limits(in, error);
  if (status == IO_OK) *ret_bytes = n;
  return status;
}
