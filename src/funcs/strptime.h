/* Formats with directives such as %Y, of Time and FormatTime: read and printed by way of Go's layouts. */
#ifndef OTTL_SRC_FUNCS_STRPTIME_H
#define OTTL_SRC_FUNCS_STRPTIME_H

#include "base/golayout.h"
#include "funcs/handlers.h"
#include "funcs/locale.h"

#define STRPTIME_WAYS 3 /* most ways to read one directive */

typedef struct strptime_format {
  ottl_view text;
  struct strptime_way {
    ottl_view layout;
    const ottl_layout_chunk *chunks;
  } way[STRPTIME_WAYS]; /* all directives read in their first way, in their second.. */
  uint32_t n_ways;
  bool has_year;
} strptime_format;
/* Has it a directive that reads the abbreviation of a zone? */
bool ottl__strptime_names_zone(ottl_view format);

/* Refuses what the reference refuses. */
ottl_status ottl__strptime_check(ottl_prepare *p, uint32_t arg, ottl_view format);
/* Chunks to print by, or to read by. Memory from `arena`. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__strptime_printer(ottl_arena *arena, ottl_view format, const ottl_layout_chunk **ret);
OTTL_MUST_CHECK ottl_status ottl__strptime_reader(ottl_arena *arena, ottl_view format, strptime_format *ret);

/* Reads a text; locale may be NULL. Uses scratch's arena and both its texts: the name in *ret may lie there.
 * *ret_ok false: the text does not fit. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__strptime_read(ottl_scratch *scratch, const strptime_format *format, const ottl_zone *zone,
                                                const ottl_locale *locale, ottl_view text, ottl_parsed_time *ret, bool *ret_ok);

#endif
