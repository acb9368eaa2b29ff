/* The limits of grammar/limits.def, as constants for every layer. */
#ifndef OTTL_SRC_BASE_LIMITS_H
#define OTTL_SRC_BASE_LIMITS_H

enum {
#define LIMIT(id, name, standard, maximum, unit, doc) OTTL_MAX_##id = standard,
#include "limits.def"
#undef LIMIT
};

#endif
