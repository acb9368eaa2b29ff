#include "base/hex.h"

/* Both digits of a byte at once. */
#define HX_ROW(h) h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
static const char hx_pairs[513] = HX_ROW("0") HX_ROW("1") HX_ROW("2") HX_ROW("3") HX_ROW("4") HX_ROW("5") HX_ROW("6") HX_ROW("7")
    HX_ROW("8") HX_ROW("9") HX_ROW("a") HX_ROW("b") HX_ROW("c") HX_ROW("d") HX_ROW("e") HX_ROW("f");

typedef unsigned char hx_vector __attribute__((vector_size(16)));

/* The digits of the halves of 16 bytes, each below 16. */
static inline hx_vector hx_digits(hx_vector half) { return half + '0' + ((hx_vector)(half > 9) & ('a' - '0' - 10)); }

/* PERF: w12; 16 bytes at once, as trace ids have them. */
static inline void hx_encode_16(char *out, const unsigned char *p) {
  hx_vector v;
  memcpy(&v, p, 16);
  const hx_vector high = hx_digits(v >> 4), low = hx_digits(v & 15);
  const hx_vector first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const hx_vector second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  memcpy(out, &first, 16);
  memcpy(out + 16, &second, 16);
}

void ottl__hex_encode(char *out, const void *data, size_t len) {
  const unsigned char *p = data;
  for (; len >= 16; len -= 16, p += 16, out += 32) hx_encode_16(out, p);
  for (size_t i = 0; i < len; i++) memcpy(out + 2 * i, hx_pairs + 2 * p[i], 2);
}

void ottl__hex_put(ottl_sbuf *buf, ottl_view bytes) {
  if (bytes.len > SIZE_MAX / 8 || !sbuf_reserve(buf, 2 * bytes.len)) return;
  ottl__hex_encode(buf->data + buf->len, bytes.data, bytes.len);
  buf->len += 2 * bytes.len;
}

/* Eight halves, in the order of memory, as four bytes in that order. */
static inline uint32_t hx_join(uint64_t halves) {
  halves = little_u64(halves);
  halves = (halves << 4 | halves >> 8) & 0x00ff00ff00ff00ff;
  halves = (halves | halves >> 8) & 0x0000ffff0000ffff;
  return little_u32((uint32_t)(halves | halves >> 16));
}

/* 16 digits at once; false: some are not. */
static inline bool hx_decode_16(unsigned char *out, const char *p) {
  hx_vector v;
  memcpy(&v, p, 16);
  const hx_vector number = v - '0', letter = (v | 0x20) - 'a';
  const hx_vector is_number = (hx_vector)(number < 10), is_letter = (hx_vector)(letter < 6), good = is_number | is_letter;
  uint64_t all[2];
  memcpy(all, &good, 16);
  if ((all[0] & all[1]) != UINT64_MAX) return false;
  const hx_vector half = (number & is_number) | ((letter + 10) & is_letter);
  memcpy(all, &half, 16);
  const uint32_t bytes[2] = {hx_join(all[0]), hx_join(all[1])};
  memcpy(out, bytes, 8);
  return true;
}

ottl_hex_error ottl__hex_decode(void *out, ottl_view text, size_t *ret_bad) {
  unsigned char *o = out;
  size_t i = 0;
  for (; text.len - i >= 16 && hx_decode_16(o, text.data + i); i += 16) o += 8; /* PERF: ids in OTLP/JSON */
  for (; i < text.len; i += 2) {
    int high = hex_value(text.data[i]), low = i + 1 < text.len ? hex_value(text.data[i + 1]) : 0;
    if (high < 0 || low < 0) {
      if (ret_bad) *ret_bad = i + (high >= 0);
      return OTTL_HEX_BYTE;
    }
    if (i + 1 == text.len) return OTTL_HEX_LENGTH;
    *o++ = (unsigned char)(high << 4 | low);
  }
  return OTTL_HEX_OK;
}
