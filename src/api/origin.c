/* Which record of the payload that came in a record of the result is. */
#include "api/api.h"

ottl_status ottl_exec_origin(ottl_exec *x, ottl_block_level level, uint64_t i, uint64_t *ret_offset) {
  static const ottl_level levels[] = {OTTL_L_RESOURCE, OTTL_L_SCOPE, OTTL_L_ITEM};
  if (!x || !ret_offset || (unsigned)level >= OTTL_COUNT(levels) || !x->finished || x->nothing_left) return OTTL_INVALID_ARG;
  const uint32_t **offsets = &x->origins[level].offsets;
  if (!*offsets) OTTL_TRY(ottl__batch_origins(x->batch, levels[level], offsets, &x->origins[level].n));
  if (i >= x->origins[level].n) return OTTL_INVALID_ARG;
  uint32_t offset = (*offsets)[i];
  *ret_offset = offset == UINT32_MAX ? OTTL_NO_PLACE : offset;
  return OTTL_OK;
}
