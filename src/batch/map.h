/* One row's part of ottl__map_flush and ottl__map_reload; maps[m].rows[row] must be there (either tier). */
#ifndef OTTL_SRC_BATCH_MAP_H
#define OTTL_SRC_BATCH_MAP_H

#include "batch/batch.h"

OTTL_MUST_CHECK ottl_status ottl__map_flush_row(ottl_batch *batch, uint32_t map, uint32_t row);
OTTL_MUST_CHECK ottl_status ottl__map_reload_row(ottl_batch *batch, uint32_t map, uint32_t row);
/* As reload, when nothing changed but the value of this entry, which is the first with its key, and may be new. */
void ottl__map_reload_entry(ottl_batch *batch, uint32_t map, uint32_t row, ottl_entry *entry);

/* DICT_MAP: the row's entries were written as a whole: it can be read again. */
void ottl__map_mend(ottl_batch *batch, uint32_t map, uint32_t row);

#endif
