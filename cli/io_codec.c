/* One message at a time, compressed and back: the file exporter compresses each message within its frame. */
#include "io.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

typedef struct codec_buffer {
  unsigned char *data;
  size_t cap;
} codec_buffer;

struct io_codec {
  ZSTD_CCtx *compress;
  ZSTD_DCtx *decompress;
  codec_buffer packed, unpacked; /* two: what was unpacked may be packed again as it is */
};

io_codec *io_codec_create(void) { return calloc(1, sizeof(io_codec)); }

void io_codec_free(io_codec *codec) {
  if (!codec) return;
  ZSTD_freeCCtx(codec->compress);
  ZSTD_freeDCtx(codec->decompress);
  free(codec->packed.data);
  free(codec->unpacked.data);
  free(codec);
}

static bool codec_room(codec_buffer *buffer, size_t need) {
  if (need <= buffer->cap) return true;
  size_t cap = buffer->cap ? buffer->cap : (size_t)64 << 10;
  while (cap < need) {
    if (cap > SIZE_MAX / 2) return false;
    cap *= 2;
  }
  unsigned char *grown = realloc(buffer->data, cap);
  if (!grown) return false;
  buffer->data = grown;
  buffer->cap = cap;
  return true;
}

static io_status codec_memory(io_error *error) { return io_fail(error, IO_FAILED, "out of memory"); }

/* More room for a result that has filled its buffer. */
static io_status codec_more(io_codec *codec, size_t max_bytes, io_error *error) {
  if (codec->unpacked.cap > max_bytes)
    return io_fail(error, IO_LIMIT, "a message decompresses to more than %zu bytes", max_bytes);
  return codec_room(&codec->unpacked, codec->unpacked.cap + 1) ? IO_OK : codec_memory(error);
}

static io_status codec_unzstd(io_codec *codec, const void *data, size_t len, size_t max_bytes, size_t *ret_bytes,
                              io_error *error) {
  if (!codec->decompress) codec->decompress = ZSTD_createDCtx();
  if (!codec->decompress) return codec_memory(error);
  ZSTD_DCtx_reset(codec->decompress, ZSTD_reset_session_only);
  ZSTD_inBuffer from = {data, len, 0};
  ZSTD_outBuffer to = {codec->unpacked.data, codec->unpacked.cap, 0};
  for (;;) {
    size_t left = ZSTD_decompressStream(codec->decompress, &to, &from);
    if (ZSTD_isError(left)) return io_fail(error, IO_CORRUPT, "a message is bad zstd data: %s", ZSTD_getErrorName(left));
    if (left == 0 && from.pos == from.size) break;
    if (to.pos < to.size && from.pos == from.size) return io_fail(error, IO_CORRUPT, "a message of zstd data is cut off");
    if (to.pos == to.size) {
      io_status status = codec_more(codec, max_bytes, error);
      if (status != IO_OK) return status;
      to.dst = codec->unpacked.data;
      to.size = codec->unpacked.cap;
    }
  }
  *ret_bytes = to.pos;
  return IO_OK;
}

static io_status codec_ungzip(io_codec *codec, const void *data, size_t len, size_t max_bytes, size_t *ret_bytes,
                              io_error *error) {
  z_stream z = {0};
  if (len > UINT32_MAX) return io_fail(error, IO_LIMIT, "a message is too large");
  if (inflateInit2(&z, 15 + 16) != Z_OK) return codec_memory(error);
  z.next_in = (unsigned char *)(uintptr_t)data;
  z.avail_in = (unsigned)len;
  io_status status = IO_OK;
  size_t used = 0;
  for (int got = Z_OK; got != Z_STREAM_END && status == IO_OK;) {
    size_t room = codec->unpacked.cap - used > 1u << 30 ? 1u << 30 : codec->unpacked.cap - used;
    z.next_out = codec->unpacked.data + used;
    z.avail_out = (unsigned)room;
    got = inflate(&z, Z_NO_FLUSH);
    used += room - z.avail_out;
    if (got == Z_STREAM_END) break;
    if (got != Z_OK && got != Z_BUF_ERROR)
      status = io_fail(error, IO_CORRUPT, "a message is bad gzip data");
    else if (z.avail_out)
      status = io_fail(error, IO_CORRUPT, "a message of gzip data is cut off");
    else if (used == codec->unpacked.cap)
      status = codec_more(codec, max_bytes, error);
  }
  if (status == IO_OK && z.avail_in) status = io_fail(error, IO_CORRUPT, "a message has more behind its gzip data");
  inflateEnd(&z);
  *ret_bytes = used;
  return status;
}

io_status io_unpack(io_codec *codec, const void *data, size_t len, size_t max_bytes, const void **ret, size_t *ret_bytes,
                    io_error *error) {
  io_compression compression = io_compression_of(data, len);
  if (compression == IO_PLAIN) {
    *ret = data;
    *ret_bytes = len;
    return IO_OK;
  }
  if (!codec_room(&codec->unpacked, 1)) return codec_memory(error);
  size_t n = 0;
  io_status status = compression == IO_ZSTD ? codec_unzstd(codec, data, len, max_bytes, &n, error)
                                            : codec_ungzip(codec, data, len, max_bytes, &n, error);
  if (status != IO_OK) return status;
  if (n > max_bytes) return io_fail(error, IO_LIMIT, "a message decompresses to more than %zu bytes", max_bytes);
  *ret = codec->unpacked.data;
  *ret_bytes = n;
  return IO_OK;
}

io_status io_unpack_frame(io_codec *codec, const void *data, size_t len, void *room, size_t content, io_error *error) {
  if (!codec->decompress) codec->decompress = ZSTD_createDCtx();
  if (!codec->decompress) return codec_memory(error);
  size_t n = ZSTD_decompressDCtx(codec->decompress, room, content, data, len);
  if (ZSTD_isError(n)) return io_fail(error, IO_CORRUPT, "bad zstd data: %s", ZSTD_getErrorName(n));
  return n == content ? IO_OK : io_fail(error, IO_CORRUPT, "bad zstd data: a frame holds less than it says");
}

static io_status codec_zstd(io_codec *codec, int level, const void *data, size_t len, size_t *ret_bytes, io_error *error) {
  if (!codec->compress) codec->compress = ZSTD_createCCtx();
  size_t bound = ZSTD_compressBound(len);
  if (!codec->compress || ZSTD_isError(bound) || !codec_room(&codec->packed, bound)) return codec_memory(error);
  size_t n = ZSTD_CCtx_setParameter(codec->compress, ZSTD_c_checksumFlag, 1);
  if (!ZSTD_isError(n)) n = ZSTD_CCtx_setParameter(codec->compress, ZSTD_c_compressionLevel, level ? level : ZSTD_CLEVEL_DEFAULT);
  if (!ZSTD_isError(n)) n = ZSTD_compress2(codec->compress, codec->packed.data, codec->packed.cap, data, len);
  if (ZSTD_isError(n)) return io_fail(error, IO_FAILED, "zstd: %s", ZSTD_getErrorName(n));
  *ret_bytes = n;
  return IO_OK;
}

static io_status codec_gzip(io_codec *codec, int level, const void *data, size_t len, size_t *ret_bytes, io_error *error) {
  z_stream z = {0};
  if (len > UINT32_MAX / 2) return io_fail(error, IO_LIMIT, "a message is too large");
  if (deflateInit2(&z, level ? level : Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return codec_memory(error);
  bool room = codec_room(&codec->packed, deflateBound(&z, len));
  if (room) {
    z.next_in = (unsigned char *)(uintptr_t)data;
    z.avail_in = (unsigned)len;
    z.next_out = codec->packed.data;
    z.avail_out = codec->packed.cap > UINT32_MAX ? UINT32_MAX : (unsigned)codec->packed.cap;
    size_t given = z.avail_out;
    deflate(&z, Z_FINISH);
    *ret_bytes = given - z.avail_out;
  }
  deflateEnd(&z);
  return room ? IO_OK : codec_memory(error);
}

io_status io_pack(io_codec *codec, io_compression compression, int level, const void *data, size_t len, const void **ret,
                  size_t *ret_bytes, io_error *error) {
  if (compression == IO_PLAIN) {
    *ret = data;
    *ret_bytes = len;
    return IO_OK;
  }
  io_status status = compression == IO_ZSTD ? codec_zstd(codec, level, data, len, ret_bytes, error)
                                            : codec_gzip(codec, level, data, len, ret_bytes, error);
  if (status == IO_OK) *ret = codec->packed.data;
  return status;
}
