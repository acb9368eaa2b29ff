/* Hashes of strings: SHA256 and its kin in hexadecimal, FNV as a number. */
#include "base/digest.h"
#include "base/fasthash.h"
#include "base/fnv.h"
#include "base/hex.h"
#include "base/sha256.h"
#include "funcs/handlers.h"
#include "kernels/kernels.h"

#define HASH_MAX 64 /* bytes */

typedef void hash_bytes(ottl_view text, unsigned char *out);

static ottl_status hash_put(ottl_call *c, uint32_t row, const unsigned char *hash, size_t len) {
  char *text = arena_alloc(c->arena, 2 * len);
  if (!text) return OTTL_NOMEM;
  ottl__hex_encode(text, hash, len);
  out_view(c, row, view_of(text, 2 * len));
  return OTTL_OK;
}

static ottl_status hash_rows(ottl_call *c, hash_bytes *hash, size_t len) {
  unsigned char out[HASH_MAX];
  SEL_EACH(c->sel, c->n, row) {
    hash(reg_view(c->arg[0].reg, row), out);
    OTTL_TRY(hash_put(c, row, out, len));
  }
  return OTTL_OK;
}

/* Rows in groups, so that several texts are hashed at once. */
enum { DIGEST_MANY = 16 };

/* PERF: ns for a text of 12, 40, 100 and 600 bytes, Zen 5: SHA-256 by its instructions in pairs 30, 31, 56, 229; in 16 lanes of
 * AVX-512 50, 59, 75, 189; in 8 of AVX2 85, 93, 139, 425; scalar 236, 242, 490, 2024. MD5 and SHA-1 in lanes 35 and 170, 49 and
 * 136; SHA-512 78 and 225; scalar 93 and 811, 91 and 621, 293 and 1002. */
static void digest_texts(const ottl_kernels *kernels, ottl_digest_kind kind, const ottl_view *text, uint32_t n,
                         unsigned char (*out)[OTTL_DIGEST_MAX]) {
  const ottl_sha256_form *form = kind == OTTL_SHA256 ? ottl__sha256_pick() : NULL;
  if (!form || form == &ottl__sha256_scalar) {
    kernels->digest(kind, text, n, out);
    return;
  }
  unsigned char sums[OTTL_SHA256_MANY][32];
  for (uint32_t at = 0, m; at < n; at += m) {
    m = n - at < OTTL_SHA256_MANY ? n - at : OTTL_SHA256_MANY;
    ottl__sha256_many(form, text + at, m, sums);
    for (uint32_t k = 0; k < m; k++) memcpy(out[at + k], sums[k], sizeof sums[k]);
  }
}

static ottl_status digest_put(ottl_call *c, ottl_digest_kind kind, const ottl_view *text, const uint32_t *rows, uint32_t n) {
  static const uint8_t size[OTTL_DIGESTS] = {16, 20, 32, 64};
  unsigned char out[DIGEST_MANY][OTTL_DIGEST_MAX];
  char *hex = arena_alloc(c->arena, (size_t)n * 2 * size[kind]);
  if (!hex) return OTTL_NOMEM;
  digest_texts(c->kernels, kind, text, n, out);
  for (uint32_t k = 0; k < n; k++, hex += 2u * size[kind]) {
    ottl__hex_encode(hex, out[k], size[kind]);
    out_view(c, rows[k], view_of(hex, 2u * size[kind]));
  }
  return OTTL_OK;
}

static ottl_status digest_rows(ottl_call *c, ottl_digest_kind kind) {
  ottl_view text[DIGEST_MANY];
  uint32_t rows[DIGEST_MANY], waiting = 0;
  SEL_EACH(c->sel, c->n, row) {
    text[waiting] = reg_view(c->arg[0].reg, row);
    rows[waiting++] = row;
    if (waiting < DIGEST_MANY) continue;
    OTTL_TRY(digest_put(c, kind, text, rows, waiting));
    waiting = 0;
  }
  return waiting ? digest_put(c, kind, text, rows, waiting) : OTTL_OK;
}

ottl_status ottl__fn_md5(ottl_call *c) { return digest_rows(c, OTTL_MD5); }
ottl_status ottl__fn_sha1(ottl_call *c) { return digest_rows(c, OTTL_SHA1); }
ottl_status ottl__fn_sha256(ottl_call *c) { return digest_rows(c, OTTL_SHA256); }
ottl_status ottl__fn_sha512(ottl_call *c) { return digest_rows(c, OTTL_SHA512); }

ottl_status ottl__fn_fnv(ottl_call *c) {
  ottl_view text[OTTL_FNV_LANES];
  uint64_t hash[OTTL_FNV_LANES];
  uint32_t rows[OTTL_FNV_LANES], waiting = 0;
  SEL_EACH(c->sel, c->n, row) {
    text[waiting] = reg_view(c->arg[0].reg, row);
    rows[waiting++] = row;
    if (waiting < OTTL_FNV_LANES) continue;
    fnv64a_lanes(text, hash);
    for (unsigned k = 0; k < OTTL_FNV_LANES; k++) out_int(c, rows[k], (int64_t)hash[k]);
    waiting = 0;
  }
  for (unsigned k = 0; k < waiting; k++) out_int(c, rows[k], (int64_t)fnv64a(text[k]));
  return OTTL_OK;
}

/* -- Murmur3 puts the least byte first, XXH3 the greatest -- */

static void put_little(unsigned char *out, uint64_t v, unsigned len) {
  for (unsigned i = 0; i < len; i++) out[i] = (unsigned char)(v >> (8 * i));
}
static void put_big(unsigned char *out, uint64_t v) {
  for (unsigned i = 0; i < 8; i++) out[i] = (unsigned char)(v >> (56 - 8 * i));
}

static void murmur3_32(ottl_view text, unsigned char *out) { put_little(out, ottl__murmur3_32(text), 4); }
static void murmur3_128(ottl_view text, unsigned char *out) {
  ottl_hash128 h = ottl__murmur3_128(text);
  put_little(out, h.low, 8);
  put_little(out + 8, h.high, 8);
}
static void xxh3_64(ottl_view text, unsigned char *out) { put_big(out, ottl__xxh3_64(text)); }
static void xxh3_128(ottl_view text, unsigned char *out) {
  ottl_hash128 h = ottl__xxh3_128(text);
  put_big(out, h.high);
  put_big(out + 8, h.low);
}

ottl_status ottl__fn_murmur3(ottl_call *c) { return hash_rows(c, murmur3_32, 4); }
ottl_status ottl__fn_murmur3_128(ottl_call *c) { return hash_rows(c, murmur3_128, 16); }
ottl_status ottl__fn_xxh3(ottl_call *c) { return hash_rows(c, xxh3_64, 8); }
ottl_status ottl__fn_xxh128(ottl_call *c) { return hash_rows(c, xxh3_128, 16); }
