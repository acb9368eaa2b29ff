/* Grok patterns: %{NAME}, %{NAME:field} and %{NAME:field:type} in a regular expression stand for definitions, which are put in
 * as groups. Three steps: the text is expanded (grok_expand.c), compiled, and its groups become fields of a map (grok.c). */
#ifndef OTTL_SRC_FUNCS_GROK_H
#define OTTL_SRC_FUNCS_GROK_H

#include "base/map.h"
#include "funcs/scratch.h"

typedef enum grok_type { GROK_STRING, GROK_INT, GROK_DOUBLE, GROK_BOOL, GROK_UNKNOWN } grok_type;

/* A call's own definitions, which go before those of the library: index of a name -> its text. */
typedef struct grok_definitions {
  ottl_map index;
  const ottl_view *text;
} grok_definitions;

/* What a pattern becomes. `text` is a regular expression; types: a group's name -> grok_type, in `arena`. */
typedef struct grok_expansion {
  ottl_arena arena;
  ottl_sbuf text;
  ottl_map types;
  ottl_view unknown; /* after COMPILE: the name that has no definition; lives as long as the expansion */
} grok_expansion;

/* Nothing to undo when it was not called; ottl__grok_expansion_done in any case afterwards.
 * Fails: COMPILE (a name has no definition), LIMIT, NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__grok_expand(const ottl_allocator *al, const grok_definitions *own, bool named_only,
                                              ottl_view pattern, grok_expansion *ret);
void ottl__grok_expansion_done(grok_expansion *e);

/* The patterns of the library, in byte order of their names; for tests. */
typedef struct grok_definition {
  const char *name, *text;
} grok_definition;
extern const grok_definition ottl__grok_patterns[];
extern const size_t ottl__n_grok_patterns;

/* An expanded and compiled pattern: immutable. error may be NULL. Fails: as expanding, or as ottl__regex_compile. */
OTTL_MUST_CHECK ottl_status ottl__grok_compile(const ottl_allocator *al, const grok_definitions *own, bool named_only,
                                               ottl_view pattern, grok_pattern **ret, ottl_regex_error *error);
void ottl__grok_free(grok_pattern *g);
/* Empties a slot of the scratch memory. */
void ottl__grok_drop(ottl_scratch *s, scratch_grok *slot);

#endif
