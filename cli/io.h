/* Files and streams of the command line: transparent decompression on input; compression and whole-or-nothing files on output.
 * Knows bytes only: framings and payloads are the library's. All memory is bounded by buffers, not by files. */
#ifndef OTTL_CLI_IO_H
#define OTTL_CLI_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum io_status {
  IO_OK = 0,
  IO_FAILED,  /* the system said no */
  IO_CORRUPT, /* compressed data is damaged or cut off */
  IO_LIMIT,   /* decompressed data grows beyond the limits */
  IO_CLOSED   /* nobody reads our output any more: time to stop quietly */
} io_status;

typedef enum io_compression { IO_PLAIN = 0, IO_GZIP, IO_ZSTD } io_compression;

/* Text for people: what failed, on which file, why. Lower case, no full stop. */
typedef struct io_error {
  char text[512];
} io_error;

/* Guards against data that decompresses without end; 0 stands for the default. Plain input has no limit. */
typedef struct io_limits {
  uint64_t max_bytes; /* decompressed bytes of one input (default: no limit) */
  uint64_t max_ratio; /* decompressed for each compressed byte, once 64 MiB are out (default 5,000) */
} io_limits;

const char *io_compression_name(io_compression compression);      /* "none", "gzip", "zstd" */
bool io_compression_parse(const char *name, io_compression *ret); /* those names */
io_compression io_compression_of(const void *data, size_t len);   /* by magic */

typedef struct io_input io_input;

/* path: NULL or "-" for standard input. limits: NULL for the defaults. The result is closed with io_close. */
io_status io_open_input(const char *path, const io_limits *limits, io_input **ret, io_error *error);
/* Reads up to len bytes, fewer when that is what is there: a slow pipe is not waited for. *ret_bytes 0: the end. */
io_status io_read(io_input *in, void *data, size_t len, size_t *ret_bytes, io_error *error);
/* The next frame of zstd input, still compressed, to be decompressed elsewhere (io_unpack_frame): one that tells how much it holds,
 * and that is not much. *ret_len 0: there is none such here, io_read goes on. Borrowed until the next call on `in`. */
io_status io_read_frame(io_input *in, const void **ret, size_t *ret_len, size_t *ret_content, io_error *error);
io_compression io_input_compression(const io_input *in); /* known after the first io_read */
uint64_t io_input_bytes(const io_input *in);             /* that were read, still compressed */
const char *io_input_name(const io_input *in);           /* for messages: the path, or "standard input" */
void io_close(io_input *in);                             /* NULL is fine */

typedef struct io_output io_output;

/* path: NULL or "-" for standard output. A regular (or new) file is written under a temporary name beside it, and takes its
 * name in io_finish; a link is followed, permissions are kept. Anything else (pipe, device) is written as it is.
 * From then on SIGPIPE and SIGXFSZ are ignored, and a signal that ends the command takes the temporary file along. */
io_status io_open_output(const char *path, io_output **ret, io_error *error);
io_status io_write(io_output *out, const void *data, size_t len, io_error *error);
/* Passes on what is buffered, so that a reader of a pipe sees whole messages. */
io_status io_flush(io_output *out, io_error *error);
/* The same, and to the disk, where it is one. */
io_status io_sync(io_output *out, io_error *error);
/* What was written is on the disk after io_finish, also when it is a new file. True: it is a file that appears only then. */
bool io_keep(io_output *out);
/* Ends the stream, puts the file in place and frees `out`, also when it fails (then the target is as it was). What replaces a file
 * is on the disk before (fsync); what is new may not be. */
io_status io_finish(io_output *out, io_error *error);
void io_abandon(io_output *out); /* frees; the target is as it was; NULL is fine */
/* A whole file, or what was there before. */
io_status io_write_file(const char *path, const void *data, size_t len, io_error *error);

/* Compression of pieces: those of the output, and messages that are compressed one by one, as the collector's file exporter does
 * within its frames. */
typedef struct io_codec io_codec;

io_codec *io_codec_create(void); /* NULL: out of memory */
void io_codec_free(io_codec *codec);
/* The result is borrowed until the next call on the codec. max_bytes: of the result. */
io_status io_unpack(io_codec *codec, const void *data, size_t len, size_t max_bytes, const void **ret, size_t *ret_bytes,
                    io_error *error);
/* A frame of io_read_frame into room for what it holds. */
io_status io_unpack_frame(io_codec *codec, const void *data, size_t len, void *room, size_t content, io_error *error);
/* The result is a frame or member of its own. level: 0 for the usual one. */
io_status io_pack(io_codec *codec, io_compression compression, int level, const void *data, size_t len, const void **ret,
                  size_t *ret_bytes, io_error *error);

/* For the files of this module: after a failed read or write on fd, did it fail because it would have to wait (O_NONBLOCK is
 * inherited)? Then it has waited. */
bool io_would_wait(int fd, short events);
/* For the files of this module: printf into error, returns status. */
io_status io_fail(io_error *error, io_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
