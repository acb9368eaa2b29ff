#ifndef OTTL_SRC_XML_NAMES_H
#define OTTL_SRC_XML_NAMES_H

#include "base/common.h"

bool ottl__xml_name_first(uint32_t rune); /* may begin a name; `:` too */
bool ottl__xml_name_next(uint32_t rune);  /* may be in a name */
bool ottl__xml_is_name(ottl_view text);

#endif
