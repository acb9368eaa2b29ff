/* Contexts, paths, enum symbols and limits from the .def tables, and looking them up. The tables are short: plain scans. */
#include "sema/tables.h"

#include "sema/check.h"

const ottl_context_info ottl__contexts[OTTL_CONTEXT_COUNT] = {
#define CONTEXT(id, name, level, signals, doc) {name, OTTL_L_##level, signals},
#include "contexts.def"
#undef CONTEXT
};

#define PATH_RW true
#define PATH_RO false
const ottl_path_info ottl__paths[] = {
#define PATH(context, spelling, types, access, view, field, keyable, doc)                                                        \
  {OTTL_C_##context, spelling, types, PATH_##access, OTTL_V_##view, OTTL_FIELD_##field, keyable, doc},
#include "paths.def"
#undef PATH
};
const uint32_t ottl__n_paths = OTTL_COUNT(ottl__paths);

const ottl_enum_info ottl__enums[] = {
#define ENUM(context, symbol, value) {OTTL_C_##context, symbol, value},
#include "enums.def"
#undef ENUM
};
const uint32_t ottl__n_enums = OTTL_COUNT(ottl__enums);

const ottl_limit_info ottl__limits[OTTL_LIMIT_COUNT] = {
#define LIMIT(id, name, standard, maximum, unit, doc) {name, unit, doc, standard, maximum},
#include "limits.def"
#undef LIMIT
};

#define C(id) (1u << OTTL_C_##id)
static const uint32_t tables_sees[OTTL_CONTEXT_COUNT] = {
    [OTTL_C_OTELCOL] = C(OTELCOL),
    [OTTL_C_RESOURCE] = C(OTELCOL) | C(RESOURCE),
    [OTTL_C_SCOPE] = C(OTELCOL) | C(RESOURCE) | C(SCOPE),
    [OTTL_C_SPAN] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(SPAN),
    [OTTL_C_SPANEVENT] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(SPAN) | C(SPANEVENT),
    [OTTL_C_METRIC] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(METRIC),
    [OTTL_C_DATAPOINT] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(METRIC) | C(DATAPOINT),
    [OTTL_C_EXEMPLAR] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(METRIC) | C(DATAPOINT) | C(EXEMPLAR),
    [OTTL_C_LOG] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(LOG),
    [OTTL_C_PROFILE] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(PROFILE),
    /* DIFF: the reference's sample context has the profile's paths, but forgot to list the name. */
    [OTTL_C_PROFILESAMPLE] = C(OTELCOL) | C(RESOURCE) | C(SCOPE) | C(PROFILE) | C(PROFILESAMPLE),
};

/* Functions that are not there everywhere. */
#define SETS_STANDARD  (1u << OTTL_FUNCTIONS_STANDARD)
#define SETS_TRANSFORM (1u << OTTL_FUNCTIONS_TRANSFORM)
#define SETS_FILTER    (1u << OTTL_FUNCTIONS_FILTER)
#define SETS_ROUTING   (1u << OTTL_FUNCTIONS_ROUTING)
static const struct {
  const char *name;
  uint32_t sets, contexts;
} tables_restricted[] = {
#define COMPONENT(name, sets, context) {name, sets, C(context)},
#include "components.def"
};
static const struct {
  const char *name;
  uint32_t sets;
} tables_editors[] = {
#define EDITOR(name, sets) {name, sets},
#include "components.def"
};

ottl_context_id ottl__context_find(ottl_view name) {
  for (unsigned i = 0; i < OTTL_CONTEXT_COUNT; i++) {
    if (view_is(name, ottl__contexts[i].name)) return (ottl_context_id)i;
  }
  return OTTL_CONTEXT_COUNT;
}

/* No context (OTTL_CONTEXT_COUNT: a name that is none) sees nothing. */
bool ottl__context_sees(ottl_context_id from, ottl_context_id other) {
  return from < OTTL_CONTEXT_COUNT && tables_sees[from] >> other & 1;
}

const ottl_path_info *ottl__path_find(ottl_context_id context, ottl_view spelling) {
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    if (ottl__paths[i].context == context && view_is(spelling, ottl__paths[i].spelling)) return &ottl__paths[i];
  }
  return NULL;
}

const ottl_enum_info *ottl__enum_find(ottl_context_id context, ottl_view symbol) {
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    if (ottl__enums[i].context == context && view_is(symbol, ottl__enums[i].symbol)) return &ottl__enums[i];
  }
  return NULL;
}

bool ottl__function_available(ottl_function_set set, ottl_context_id context, ottl_view name) {
  uint32_t in = set == OTTL_FUNCTIONS_ALL ? UINT32_MAX : 1u << set;
  for (size_t i = 0; i < OTTL_COUNT(tables_restricted); i++) {
    if (view_is(name, tables_restricted[i].name))
      return (tables_restricted[i].sets & in) && (tables_restricted[i].contexts >> context & 1);
  }
  if (!name.len || name.data[0] < 'a' || name.data[0] > 'z' || set == OTTL_FUNCTIONS_ALL) return true;
  bool listed = false; /* an editor: has the set a list of its own? */
  for (size_t i = 0; i < OTTL_COUNT(tables_editors); i++) {
    if (!(tables_editors[i].sets & in)) continue;
    listed = true;
    if (view_is(name, tables_editors[i].name)) return true;
  }
  return !listed;
}
