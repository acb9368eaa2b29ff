/* The language's own tables: functions with their examples, paths, enum symbols, limits, codes. For completion, documentation and
 * whoever else would have to parse our sources. */
#ifndef OTTL_DESCRIBE_H
#define OTTL_DESCRIBE_H

#include "ottl/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes a piece of text; called several times in a row. */
typedef void (*ottl_describe_write)(void *context, const char *data, size_t len);

/* The i-th table: "functions", "paths", "contexts", "enums", "types", "limits", "diagnostics", "renamed". Its description is for
 * people; NULL: not wanted. NULL behind the last. Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_describe_table(size_t i, const char **ret_doc);

/* Writes a table as one JSON object: {"table": T, "entries": [...]}, and beside them what belongs to the table as a whole. Members are
 * added in later versions, never taken away. name: only entries of that name (a function, a path or its context, a symbol, a
 * code, ...); NULL: all. Without such an entry "entries" is empty, and "suggestions" lists names that are near;
 * "instead" says what to write instead of a name that is known to be no function.
 * al: NULL for malloc. Fails: INVALID_ARG (no such table; name longer than 256 bytes), NOMEM. Any thread; since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_describe(const char *table, const char *name, const ottl_allocator *al,
                                                   ottl_describe_write write, void *context);

#ifdef __cplusplus
}
#endif
#endif
