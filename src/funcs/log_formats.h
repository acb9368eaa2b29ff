/* What ParseCEF, ParseLEEF, ParseCLF and ParseELF share. */
#ifndef OTTL_SRC_FUNCS_LOG_FORMATS_H
#define OTTL_SRC_FUNCS_LOG_FORMATS_H

#include "base/map.h"
#include "funcs/handlers.h"

/* One message into `map`; `index` is empty and free to use. What is wrong with the text shows as *ret_error. Fails: NOMEM. */
typedef ottl_status log_parser(ottl_call *c, ottl_view text, ottl_rowmap *map, ottl_map *index, uint16_t *ret_error);
/* The rows of a call; empty texts fail. */
OTTL_MUST_CHECK ottl_status ottl__log_rows(ottl_call *c, log_parser *parse);

/* A map under construction; of equal keys the last value stays, in the place of the first. */
typedef struct ottl_log_map {
  ottl_rowmap *map;
  ottl_map *index;
  ottl_arena *arena;
} ottl_log_map;
OTTL_MUST_CHECK ottl_status ottl__log_map_put(const ottl_log_map *m, ottl_view key, ottl_cell value);

/* Takes what is before `at` off rest; all of it, and false, when `at` is not there. */
bool ottl__log_cut(ottl_view *rest, char at, ottl_view *ret_part);

#endif
