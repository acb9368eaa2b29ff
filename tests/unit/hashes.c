/* Hashes of bytes i * 7 + 3: the table was printed by Go 1.26. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/fasthash.h"
#include "base/fnv.h"
#include "base/hex.h"
#include "base/sha256.h"

static const struct {
  size_t len;
  const char *sha256;
  uint64_t fnv;
} hash_cases[] = {
    {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0xcbf29ce484222325},
    {1, "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5", 0xaf63be4c8601b992},
    {3, "6ab0dba1f4f1dfbb37b4f9eeb092c09fca4900ad32bdcd147d8dde35d6c87c35", 0xe20b021871089e3b},
    {20, "cb0b638f9fd1fd3d3a5310ef9160d16a8a50e30b8ff1bbeba11897246ebc3275", 0xfa722faead54f959},
    {31, "721f1b54dd0f746ef819ba479fcd63b6117bfbe44acc432bf0cb0a639fd41766", 0xf095b4a795d4441b},
    {32, "ab5f8b5cb9435354c7b58603592d5faf081e17ceb05f7a7c67f4b666f12ca457", 0xa2a6bfc397b0de25},
    {55, "e7313d333c272e639f790978283f9eb392e843d0f29b7016828bb1daa4aac70b", 0x77907a7ab3af9553},
    {56, "4324d65f3c103567f5589c710bc08f8523f929a9272e3af36fc968e52abc6c27", 0xda15f57f535b9c55},
    {57, "35df609437dcfea3279283ab79fd554e2bf78f8f7ae2de532d8ee300b09e8f73", 0xeeed055aa4ab8d3a},
    {60, "06659a8b0876d0ea2a601ae653912d113996bcfcd772b262e4bd866984d3bfb3", 0x355cf5f1a8ec8ae9},
    {63, "81c80242132f230c3bd41b3e63bbcff16107339549214a99614ff26664625055", 0xf76870a08a75fcfb},
    {64, "39e3d7b6b5d075d37d053ad89b24b41bef4f3c29760c84447cab3f3be1882241", 0xdc73a7cb467baca5},
    {65, "aacca6ff74fdbb296d165a45cecfa04e5127bc008770fbbdd48006f2d2fae95e", 0x14328468c425f152},
    {119, "9ce7368e4daf32341631b492e80359dc9f594b48453cd0dd5bf0b19279cc177e", 0x2de13ff1a0c24f93},
    {120, "7836b787757e95e58b3ca5aec90b1b004e8deba1e50e9675af9cabf1a13a04b5", 0xb80f7e942a2daa55},
    {127, "a8d23e75d936f303d248888d9b165ee543f4cbafcad3c9dd2a79bd84faa11d07", 0x9329af5a072a41bb},
    {128, "d2742f1f4ac6bb7ca2b239ee18402ba8b3f9f8e652d2a72973c2b9ba11c08cf6", 0x3a16bcfa2ccdc525},
    {129, "307f8fc2c1622b92762e818d39a185d4d667ad49a4b07ceae1f4afa008a93ec4", 0x8268c31a21a6d912},
    {200, "2c7e18c942ef065b526a2d4e5546283749cd3ddfb51d8fc71f42717363685f46", 0x5e9b8c09c69f36b5},
    {1000, "1e9bc38cbf860b9ec31918b065f9b52476c549a782e0e7990bed8ce3868d2371", 0x93cdf9b77b086af5},
};

static unsigned char data[4096];

static void test_table(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < sizeof data; i++) data[i] = (unsigned char)(i * 7 + 3);
  for (size_t i = 0; i < OTTL_COUNT(hash_cases); i++) {
    ottl_view text = view_of(data, hash_cases[i].len);
    unsigned char digest[32];
    char hex[65] = {0};
    ottl__sha256_hex(text, hex);
    assert_string_equal(hex, hash_cases[i].sha256);
    ottl__sha256_many(&ottl__sha256_scalar, &text, 1, &digest);
    ottl__hex_encode(hex, digest, sizeof digest);
    assert_string_equal(hex, hash_cases[i].sha256);
    assert_int_equal(fnv64a(text), hash_cases[i].fnv);
    assert_int_equal(fnv64a_add(fnv64a_add(OTTL_FNV64A_START, data, text.len / 3), data + text.len / 3, text.len - text.len / 3),
                     hash_cases[i].fnv);
  }
}

/* Four texts of any lengths side by side. */
static void test_fnv_lanes(void **state) {
  OTTL_UNUSED(state);
  for (size_t i = 0; i < OTTL_COUNT(hash_cases); i++) {
    ottl_view text[OTTL_FNV_LANES];
    uint64_t hash[OTTL_FNV_LANES];
    for (size_t k = 0; k < OTTL_FNV_LANES; k++) text[k] = view_of(data, hash_cases[(i * (k + 1)) % OTTL_COUNT(hash_cases)].len);
    fnv64a_lanes(text, hash);
    for (size_t k = 0; k < OTTL_FNV_LANES; k++) assert_true(hash[k] == fnv64a(text[k]));
  }
}

/* Digits come 16 bytes at a time, and what is left one by one. */
static void test_hex_lengths(void **state) {
  OTTL_UNUSED(state);
  for (size_t len = 0; len <= 50; len++) {
    char hex[101] = {0}, one[3];
    ottl__hex_encode(hex, data + len, len);
    assert_int_equal(hex[2 * len], 0);
    for (size_t i = 0; i < len; i++) {
      snprintf(one, sizeof one, "%02x", data[len + i]);
      assert_memory_equal(hex + 2 * i, one, 2);
    }
  }
}

/* The picked one against the scalar one, at every length and alignment. */
static void test_forms_agree(void **state) {
  OTTL_UNUSED(state);
  for (size_t len = 0; len <= 300; len++) {
    ottl_view text = view_of(data + len % 17, len);
    unsigned char a[32], b[32];
    ottl__sha256(text, a);
    ottl__sha256_many(&ottl__sha256_scalar, &text, 1, &b);
    assert_memory_equal(a, b, sizeof a);
  }
}

/* Texts side by side, of all lengths and in all numbers, against each alone. */
static void test_many(void **state) {
  OTTL_UNUSED(state);
  const ottl_sha256_form *forms[] = {ottl__sha256_pick(), &ottl__sha256_scalar};
  for (size_t f = 0; f < OTTL_COUNT(forms); f++) {
    for (size_t a = 0; a <= 300; a++) {
      size_t n = a % OTTL_SHA256_MANY + 1;
      ottl_view text[OTTL_SHA256_MANY];
      unsigned char out[OTTL_SHA256_MANY + 1][32] = {{0}}, alone[32];
      for (size_t k = 0; k < n; k++) text[k] = view_of(data + k, k % 2 ? (a * 7 + k * 61) % 301 : a);
      ottl__sha256_many(forms[f], text, n, out);
      for (size_t k = 0; k < n; k++) {
        ottl__sha256(text[k], alone);
        assert_memory_equal(out[k], alone, sizeof alone);
      }
      assert_memory_equal(out[n], (unsigned char[32]){0}, 32);
    }
  }
}

/* Every length beside every other. */
static void test_pairs(void **state) {
  OTTL_UNUSED(state);
  static unsigned char alone[301][32];
  for (size_t len = 0; len <= 300; len++) ottl__sha256(view_of(data + len % 17, len), alone[len]);
  for (size_t a = 0; a <= 300; a++) {
    for (size_t b = 0; b <= 300; b++) {
      const ottl_view text[2] = {view_of(data + a % 17, a), view_of(data + b % 17, b)};
      unsigned char out[2][32];
      ottl__sha256_many(ottl__sha256_pick(), text, 2, out);
      assert_memory_equal(out[0], alone[a], 32);
      assert_memory_equal(out[1], alone[b], 32);
    }
  }
}

/* -- the other hashes: FNV-1a of their answers for all lengths to 1,100 and some to 4,096, against Go's -- */

static void put_u64(unsigned char *out, uint64_t v) {
  for (unsigned i = 0; i < 8; i++) out[i] = (unsigned char)(v >> (8 * i));
}
static void murmur3_32(ottl_view text, unsigned char *out) { put_u64(out, ottl__murmur3_32(text)); }
static void xxh3_64(ottl_view text, unsigned char *out) { put_u64(out, ottl__xxh3_64(text)); }
static void murmur3_128(ottl_view text, unsigned char *out) {
  ottl_hash128 h = ottl__murmur3_128(text);
  put_u64(out, h.low);
  put_u64(out + 8, h.high);
}
static void xxh3_128(ottl_view text, unsigned char *out) {
  ottl_hash128 h = ottl__xxh3_128(text);
  put_u64(out, h.low);
  put_u64(out + 8, h.high);
}

static void md5(ottl_view text, unsigned char *out) { ottl__digest(OTTL_MD5, text, out); }
static void sha1(ottl_view text, unsigned char *out) { ottl__digest(OTTL_SHA1, text, out); }
static void sha512(ottl_view text, unsigned char *out) { ottl__digest(OTTL_SHA512, text, out); }

static void test_all_lengths(void **state) {
  OTTL_UNUSED(state);
  static const struct {
    void (*hash)(ottl_view text, unsigned char *out);
    size_t len;
    uint64_t sum;
  } all[] = {{md5, 16, 0x46afe41172496d58},       {sha1, 20, 0x53ab7357e31e39e4},        {sha512, 64, 0x384a907f6f4329e5},
             {murmur3_32, 4, 0x62fd2e6893178e80}, {murmur3_128, 16, 0x02034b606043be98}, {xxh3_64, 8, 0x95a68a4efdbefe31},
             {xxh3_128, 16, 0x5badd104509f8ae2}};
  for (size_t i = 0; i < OTTL_COUNT(all); i++) {
    uint64_t sum = OTTL_FNV64A_START;
    for (size_t n = 0; n <= sizeof data; n++) {
      unsigned char out[64];
      if (n > 1100 && n % 61) continue;
      all[i].hash(view_of(data, n), out);
      sum = fnv64a_add(sum, out, all[i].len);
    }
    assert_int_equal(sum, all[i].sum);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_table),       cmocka_unit_test(test_fnv_lanes),
                                     cmocka_unit_test(test_hex_lengths), cmocka_unit_test(test_forms_agree),
                                     cmocka_unit_test(test_many),        cmocka_unit_test(test_pairs),
                                     cmocka_unit_test(test_all_lengths)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
