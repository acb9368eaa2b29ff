/* What every file of the library may use: statuses, checks, small integer helpers. Knows nothing of OTTL. */
#ifndef OTTL_SRC_BASE_COMMON_H
#define OTTL_SRC_BASE_COMMON_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ottl/base.h"

#define OTTL_LIKELY(x)    __builtin_expect(!!(x), 1)
#define OTTL_UNLIKELY(x)  __builtin_expect(!!(x), 0)
#define OTTL_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OTTL_UNUSED(x)    ((void)(x))
#define OTTL_NOINLINE     __attribute__((noinline))
#ifdef __OPTIMIZE_SIZE__
#define OTTL_ALWAYS_INLINE inline
#else
#define OTTL_ALWAYS_INLINE inline __attribute__((always_inline))
#endif
#define OTTL_PRINTF(at, first) __attribute__((format(printf, at, first)))

/* Hands a failed status on to the caller. */
#define OTTL_TRY(expr)                                                                                                           \
  do {                                                                                                                           \
    ottl_status ottl_try_ = (expr);                                                                                              \
    if (OTTL_UNLIKELY(ottl_try_ != OTTL_OK)) return ottl_try_;                                                                   \
  } while (0)

#define VIEW(literal) ((ottl_view){(literal), sizeof(literal) - 1})

static inline ottl_view view_of(const void *data, size_t len) { return (ottl_view){(const char *)data, len}; }
static inline ottl_view view_str(const char *text) { return (ottl_view){text, text ? strlen(text) : 0}; }
static inline bool view_eq(ottl_view a, ottl_view b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
static inline bool view_is(ottl_view a, const char *text) { return view_eq(a, view_str(text)); }
/* Byte order, then length: Go's order of strings. */
static inline int view_cmp(ottl_view a, ottl_view b) {
  size_t n = a.len < b.len ? a.len : b.len;
  int c = n ? memcmp(a.data, b.data, n) : 0;
  return c ? c : (a.len > b.len) - (a.len < b.len);
}

static inline uint64_t load_u64(const void *p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}
static inline uint32_t load_u32(const void *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v;
}
/* Numbers that lie in memory with their least byte first, as on the wire; the same way there and back. */
static inline uint64_t little_u64(uint64_t v) { return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(v) : v; }
static inline uint32_t little_u32(uint32_t v) { return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(v) : v; }
static inline uint64_t load_le64(const void *p) { return little_u64(load_u64(p)); }
static inline uint32_t load_le32(const void *p) { return little_u32(load_u32(p)); }
static inline void store_le64(void *to, uint64_t v) {
  v = little_u64(v);
  memcpy(to, &v, 8);
}
static inline void store_le32(void *to, uint32_t v) {
  v = little_u32(v);
  memcpy(to, &v, 4);
}
/* Up to 8 bytes, the first of them the least; zeros follow. */
static inline uint64_t load_le_short(const void *p, size_t len) {
  const uint8_t *f = (const uint8_t *)p;
  if (len >= 8) return load_le64(f);
  if (len >= 4) return load_le32(f) | (uint64_t)load_le32(f + len - 4) << (8 * (len - 4));
  if (len == 0) return 0;
  return f[0] | (uint64_t)f[len >> 1] << (8 * (len >> 1)) | (uint64_t)f[len - 1] << (8 * (len - 1));
}
/* memcmp == 0 for what is short mostly. */
static inline bool bytes_same(const char *a, const char *b, size_t len) {
  if (len >= 8) {
    if (load_u64(a) != load_u64(b) || load_u64(a + len - 8) != load_u64(b + len - 8)) return false;
    if (len <= 16) return true;
    if (len > 32) return memcmp(a + 8, b + 8, len - 16) == 0;
    return load_u64(a + 8) == load_u64(b + 8) && load_u64(a + len - 16) == load_u64(b + len - 16);
  }
  if (len >= 4) return load_u32(a) == load_u32(b) && load_u32(a + len - 4) == load_u32(b + len - 4);
  return len == 0 || (a[0] == b[0] && a[len >> 1] == b[len >> 1] && a[len - 1] == b[len - 1]);
}
/* memcpy for what is short mostly: keys, names, small values. The two may not overlap. */
static inline void copy_short(void *to, const void *from, size_t len) {
  char *t = (char *)to;
  const char *f = (const char *)from;
  if (len > 32) {
    memcpy(t, f, len);
  } else if (len > 16) {
    memcpy(t, f, 16);
    memcpy(t + len - 16, f + len - 16, 16);
  } else if (len >= 8) {
    uint64_t head = load_u64(f), tail = load_u64(f + len - 8);
    memcpy(t, &head, 8);
    memcpy(t + len - 8, &tail, 8);
  } else if (len >= 4) {
    uint32_t head = load_u32(f), tail = load_u32(f + len - 4);
    memcpy(t, &head, 4);
    memcpy(t + len - 4, &tail, 4);
  } else if (len) {
    t[0] = f[0];
    t[len >> 1] = f[len >> 1];
    t[len - 1] = f[len - 1];
  }
}
static inline double double_of_bits(uint64_t bits) {
  double d;
  memcpy(&d, &bits, 8);
  return d;
}
static inline uint64_t bits_of_double(double d) {
  uint64_t bits;
  memcpy(&bits, &d, 8);
  return bits;
}

#endif
