/* The last resort of number reading: exact comparison of a decimal and a binary number of any size. */
#ifndef OTTL_SRC_BASE_GONUM_EXACT_H
#define OTTL_SRC_BASE_GONUM_EXACT_H

#include "base/common.h"

/* -1, 0, 1 as 0.d1d2d3.. * 10^point is below, at or above m * 2^k. The digits start at the first that is not 0 or before it;
 * points and underscores between them are skipped. Both numbers lie between 10^-340 and 10^311, within a factor of 4. */
int ottl__gonum_compare(const char *digits, const char *digits_end, int64_t point, uint64_t m, int k);

#endif
