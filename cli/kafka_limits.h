/* Limits of what is done with Kafka, from grammar/limits.def. */
#ifndef OTTL_CLI_KAFKA_LIMITS_H
#define OTTL_CLI_KAFKA_LIMITS_H

enum {
#define LIMIT(id, name, standard, maximum, unit, doc) OTTL_MAX_##id = standard,
#include "limits.def"
#undef LIMIT
};

#endif
