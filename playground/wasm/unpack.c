#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { UNPACK_PIECE = 128 << 10 };

unpack_kind unpack_kind_of(const void *data, size_t len) {
  const unsigned char *p = data;
  if (len >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) return UNPACK_GZIP;
  if (len < 4) return UNPACK_NONE;
  if (p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd) return UNPACK_ZSTD;
  /* Skippable frames may come first. */
  return (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18 ? UNPACK_ZSTD : UNPACK_NONE;
}

/* Where the pieces go. */
typedef struct unpacking {
  unsigned char *piece;
  uint64_t left; /* bytes that may still come */
  glue_text *out;
  const char *why;
} unpacking;

static ottl_status unpack_fail(unpacking *u, ottl_status status, const char *why) {
  u->why = why;
  return status;
}

static ottl_status unpack_put(unpacking *u, size_t n) {
  if (n > u->left) return unpack_fail(u, OTTL_LIMIT, "the file decompresses to more than is allowed");
  u->left -= n;
  glue_put(u->out, (const char *)u->piece, n);
  return u->out->failed ? unpack_fail(u, OTTL_NOMEM, "out of memory") : OTTL_OK;
}

static ottl_status unpack_zstd(unpacking *u, ZSTD_DCtx *z, const void *data, size_t len) {
  ZSTD_inBuffer from = {data, len, 0};
  size_t left = 1, made = 0;
  /* What is in the file may all be read while a part of the result still waits for room. */
  while (from.pos < from.size || made == UNPACK_PIECE) {
    ZSTD_outBuffer to = {u->piece, UNPACK_PIECE, 0};
    size_t before = from.pos;
    size_t got = ZSTD_decompressStream(z, &to, &from);
    if (ZSTD_isError(got)) return unpack_fail(u, OTTL_DATA, "damaged zstd data");
    made = to.pos;
    if (made || from.pos != before) left = got;
    ottl_status status = unpack_put(u, made);
    if (status != OTTL_OK) return status;
  }
  return left ? unpack_fail(u, OTTL_DATA, "zstd data is cut off") : OTTL_OK;
}

/* One member; *ret_used: bytes of it. */
static ottl_status unpack_member(unpacking *u, z_stream *z, size_t len, size_t *ret_used) {
  z->avail_in = (unsigned)len;
  for (int got = Z_OK; got != Z_STREAM_END;) {
    z->next_out = u->piece;
    z->avail_out = UNPACK_PIECE;
    got = inflate(z, Z_NO_FLUSH);
    if (got == Z_MEM_ERROR) return unpack_fail(u, OTTL_NOMEM, "out of memory");
    if (got == Z_BUF_ERROR && !z->avail_in) return unpack_fail(u, OTTL_DATA, "gzip data is cut off");
    if (got != Z_OK && got != Z_STREAM_END) return unpack_fail(u, OTTL_DATA, "damaged gzip data");
    ottl_status status = unpack_put(u, UNPACK_PIECE - z->avail_out);
    if (status != OTTL_OK) return status;
  }
  *ret_used = len - z->avail_in;
  return OTTL_OK;
}

static ottl_status unpack_gzip(unpacking *u, z_stream *z, const unsigned char *data, size_t len) {
  ottl_status status = OTTL_OK;
  while (len && status == OTTL_OK) {
    size_t used = 0;
    z->next_in = (unsigned char *)data;
    status = unpack_member(u, z, len, &used);
    if (status != OTTL_OK) break;
    data += used;
    len -= used;
    while (len && *data == 0) data++, len--; /* the padding of block devices */
    inflateReset(z);
  }
  return status;
}

ottl_status unpack(unpack_kind kind, const void *data, size_t len, uint64_t max_bytes, glue_text *out, const char **ret_why) {
  unpacking u = {.piece = malloc(UNPACK_PIECE), .left = max_bytes, .out = out, .why = "out of memory"};
  ottl_status status = OTTL_NOMEM;
  if (u.piece && kind == UNPACK_ZSTD) {
    ZSTD_DCtx *z = ZSTD_createDCtx();
    if (z) status = unpack_zstd(&u, z, data, len);
    ZSTD_freeDCtx(z);
  } else if (u.piece) {
    z_stream z = {0};
    if (inflateInit2(&z, 15 + 16) == Z_OK) status = unpack_gzip(&u, &z, data, len);
    inflateEnd(&z);
  }
  free(u.piece);
  *ret_why = u.why;
  return status;
}
