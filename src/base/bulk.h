/* Are the large tables there: time zones, names of days in other languages, encodings, rules of user agents, patterns of grok? Always, but in
 * the WebAssembly core, whose host lays them into its memory later or never (playground/README.md). Who looks into one of them asks
 * before; a program whose functions need them does not compile without. */
#ifndef OTTL_SRC_BASE_BULK_H
#define OTTL_SRC_BASE_BULK_H

#include <stdbool.h>

bool ottl__bulk_here(void);

#endif
