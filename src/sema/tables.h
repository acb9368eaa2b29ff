/* The language's tables as data: contexts, paths, enum symbols. For the checker and for tools (completion, describe). */
#ifndef OTTL_SRC_SEMA_TABLES_H
#define OTTL_SRC_SEMA_TABLES_H

#include "ottl/program.h"
#include "sema/expr.h"

typedef struct ottl_enum_info {
  uint8_t context; /* ottl_context_id */
  const char *symbol;
  int64_t value;
} ottl_enum_info;

extern const ottl_path_info ottl__paths[];
extern const uint32_t ottl__n_paths;
extern const ottl_enum_info ottl__enums[];
extern const uint32_t ottl__n_enums;

/* Does `from` see the paths of `other`? (A span event sees its span, its scope and its resource.) */
bool ottl__context_sees(ottl_context_id from, ottl_context_id other);
/* NULL: the context has no path of that spelling. */
const ottl_path_info *ottl__path_find(ottl_context_id context, ottl_view spelling);
const ottl_enum_info *ottl__enum_find(ottl_context_id context, ottl_view symbol);
/* Is a function of grammar/components.def there? True of every other name. */
bool ottl__function_available(ottl_function_set set, ottl_context_id context, ottl_view name);

typedef struct ottl_limit_info {
  const char *name, *unit, *doc;
  uint32_t standard, maximum;
} ottl_limit_info;
typedef enum ottl_limit {
#define LIMIT(id, name, standard, maximum, unit, doc) OTTL_LIMIT_##id,
#include "limits.def"
#undef LIMIT
  OTTL_LIMIT_COUNT
} ottl_limit;
extern const ottl_limit_info ottl__limits[OTTL_LIMIT_COUNT];

#endif
