/* Tables of Unicode 15.0.0, generated from the Go reference's: see third_party/unicode. */
#ifndef OTTL_SRC_REGEX_UNICODE_H
#define OTTL_SRC_REGEX_UNICODE_H

#include <stdint.h>

#define UNICODE_MAX   0x10ffffu
#define UNICODE_ERROR 0xfffdu

/* lo, lo + stride, ... up to hi. */
typedef struct unicode_range16 {
  uint16_t lo, hi, stride;
} unicode_range16;
typedef struct unicode_range32 {
  uint32_t lo, hi, stride;
} unicode_range32;
/* Slices of the two pools. n16 and n32 zero: no such table. */
typedef struct unicode_table {
  uint16_t at16, n16, at32, n32;
} unicode_table;
/* A canonical class name, its members, and what case folding adds to them. */
typedef struct unicode_name {
  char name[24];
  unicode_table table, fold;
} unicode_name;
/* Runes lo..hi: the next one of the orbit is delta further, or (UNICODE_PAIRS) runes two by two are each other's case. */
typedef struct unicode_fold {
  uint32_t lo, hi;
  int32_t delta;
} unicode_fold;
#define UNICODE_PAIRS (1 << 30)

extern const unicode_range16 ottl__unicode_ranges16[];
extern const unicode_range32 ottl__unicode_ranges32[];
extern const unicode_name ottl__unicode_names[]; /* sorted by name */
extern const uint32_t ottl__unicode_n_names;
extern const unicode_fold ottl__unicode_folds[]; /* sorted */
extern const uint32_t ottl__unicode_n_folds;

#endif
