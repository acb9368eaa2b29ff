/* Upper and lower case as Go's strings.ToUpper and ToLower: simple mappings of Unicode 15.0, rune by rune. */
#ifndef OTTL_SRC_BASE_UNICODE_CASE_H
#define OTTL_SRC_BASE_UNICODE_CASE_H

#include "base/sbuf.h"

/* unicode.ToUpper and ToLower. */
uint32_t ottl__unicode_upper(uint32_t rune);
uint32_t ottl__unicode_lower(uint32_t rune);

/* strings.ToUpper and ToLower; invalid bytes become U+FFFD. */
void ottl__unicode_put_upper(ottl_sbuf *buf, ottl_view text);
void ottl__unicode_put_lower(ottl_sbuf *buf, ottl_view text);

#endif
