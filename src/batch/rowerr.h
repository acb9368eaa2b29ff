/* Errors of rows: a code and the type that was found, in 16 bits. Text is made from grammar/rowerrors.def when somebody asks. */
#ifndef OTTL_SRC_BATCH_ROWERR_H
#define OTTL_SRC_BATCH_ROWERR_H

#include <stdint.h>

typedef enum ottl_rowerr {
#define ROWERR(id, code, text) OTTL_RE_##id,
#include "rowerrors.def"
#undef ROWERR
  OTTL_ROWERR_COUNT
} ottl_rowerr;

#define OTTL_ROWERR(id, found) ((uint16_t)(OTTL_RE_##id | (uint16_t)((found) & 0x7f) << 8))
static inline ottl_rowerr rowerr_code(uint16_t e) { return (ottl_rowerr)(e & 0xff); }
static inline uint8_t rowerr_found(uint16_t e) { return (uint8_t)(e >> 8); }

#endif
